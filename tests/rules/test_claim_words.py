"""Times, kinds, places and lines of damage as people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.claims.at_hand import split_claim_number
from models.claims.cards import left_text
from models.claims.damage_lines import read_lines
from models.claims.intake import kind_meant, told
from models.claims.when import when_said
from models.clock import local
from models.errors import UserError
from models.rules import ClaimRules

NOW = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)  # Monday, nine o'clock in the park
RULES = ClaimRules()


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("14:30", "03-15 14:30"),
        ("8:20", "03-16 08:20"),
        ("8点半", "03-16 08:30"),
        ("今早7点15分", "03-16 07:15"),
        ("昨晚11点", "03-15 23:00"),
        ("昨晚12点", "03-16 00:00"),
        ("昨天下午3点", "03-15 15:00"),
        ("今天凌晨2点半左右", "03-16 02:30"),
        ("中午12:30", "03-15 12:30"),
        ("前天晚上9点", "03-14 21:00"),
        ("3月14日 22:30", "03-14 22:30"),
        ("12月31日 10:00", "12-31 10:00"),
        ("20分钟前", "03-16 08:40"),
        ("半小时前", "03-16 08:30"),
        ("两个小时前", "03-16 07:00"),
        ("刚刚", "03-16 09:00"),
        ("刚才发生的", "03-16 09:00"),
        ("A座前台 8:10", "03-16 08:10"),
    ],
)
def test_the_time_of_a_loss(said: str, at: str) -> None:
    when = when_said(said, NOW)
    assert when is not None and when.at is not None
    assert (local(when.at).strftime("%m-%d %H:%M"), when.found_at) == (at, None)


@pytest.mark.parametrize("said", ["昨晚", "早上", "水管爆了", "A-1203 漏水", "B座3楼", "99:99"])
def test_without_a_clock_time_nothing_is_assumed(said: str) -> None:
    assert when_said(said, NOW) is None


@pytest.mark.parametrize("said", ["不清楚", "时间不明", "说不清什么时候"])
def test_not_known_is_an_answer(said: str) -> None:
    when = when_said(said, NOW)
    assert when is not None and (when.at, when.found_at) == (None, None)


def test_a_discovery_is_no_loss() -> None:
    when = when_said("早上8点发现，不知道什么时候漏的", NOW)
    assert when is not None and when.at is None and when.found_at is not None
    assert local(when.found_at).strftime("%H:%M") == "08:00"


@pytest.mark.parametrize("said", ["明天8点", "今天23:00", "3月16日 12:00", "2月30日 8:00"])
def test_a_time_to_come_or_that_never_was_is_refused(said: str) -> None:
    with pytest.raises(UserError, match="出险时间"):
        when_said(said, NOW)


@pytest.mark.parametrize(
    ("said", "kind", "place"),
    [
        ("B座地下室水泵房 水浸 昨晚11点 水管爆裂", "水浸", "B座地下室水泵房"),
        ("A座大堂玻璃自爆 刚刚", "玻璃自爆", "A座大堂"),
        ("财务室 现金被盗 早上8点发现", "现金", "财务室"),
        ("停车场 道闸被撞 8:20", "车辆", "停车场"),
        ("A-1203 客户财产 天花漏水泡坏电脑", "客户财产", "A-1203"),
        ("着火了 C座3楼", "火灾", "C座3楼"),
        ("地下车库车辆被撞 20分钟前", "车辆", "地下车库"),
        ("西门 电瓶被偷", "盗抢", "西门"),
        ("水管爆了", "水浸", ""),
        ("出事了", "", ""),
        ("", "", ""),
    ],
)
def test_kind_and_place_from_one_line(said: str, kind: str, place: str) -> None:
    found = told(said, NOW, RULES)
    assert (found.kind, found.place) == (kind, place)


@pytest.mark.parametrize(
    ("said", "kind"), [("2", "玻璃自爆"), ("3.", "火灾"), ("着火", "火灾"), ("99", ""), ("啊", "")]
)
def test_the_kind_by_number_or_word(said: str, kind: str) -> None:
    assert kind_meant(said, RULES) == kind


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("办公桌 2张 3000 1500", "办公桌 2张 原值 3,000.00 估损 1,500.00"),
        ("1. 水泵 3 台 3万 9000元", "水泵 3 台"),
        ("电缆 20.5米 800", "电缆 20.5米 原值未填 估损 800.00"),
        ("- 地毯 1块", "地毯 1块 原值未填 估损未填"),
        ("联想 笔记本 1台 5,000 2,000", "联想 笔记本 1台 原值 5,000.00 估损 2,000.00"),
        ("监控主机 8000 4000", "监控主机 1件 原值 8,000.00 估损 4,000.00"),
        ("门 1扇 100 300", "门 1扇 原值 100.00 估损 300.00（估损高于原值，请核对）"),
    ],
)
def test_lines_of_the_damage_list(row: str, words: str) -> None:
    if "3 台" in row:
        with pytest.raises(UserError, match="没看懂"):
            read_lines(row)
        return
    assert read_lines(row)[0].words == words


@pytest.mark.parametrize("row", ["办公桌", "3000 1500", "桌 2张 1 2 3", "桌 2张 很贵", "桌 0张 100"])
def test_lines_that_say_too_little_or_too_much(row: str) -> None:
    with pytest.raises(UserError, match="请写成"):
        read_lines(row)


def test_no_more_than_fifty_lines_at_once() -> None:
    with pytest.raises(UserError, match="最多 50 行"):
        read_lines("\n".join("桌 1张" for _ in range(51)))


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("L01 清理 李经理", "L01", "清理 李经理"),
        ("l1", "l1", ""),
        ("#L 07，说明", "L07", "说明"),
        ("12000 李经理", "", "12000 李经理"),
        ("RD20260316001", "", "RD20260316001"),
        ("R07", "R07", ""),
        ("R20260316", "", "R20260316"),
    ],
)
def test_numbers_of_claims_have_their_letter(text: str, number: str, rest: str) -> None:
    assert split_claim_number(text) == (number, rest)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 秒"),
        (59, "59 秒"),
        (61, "1 分钟"),
        (3600, "1 小时"),
        (5400, "1 小时 30 分钟"),
        (90000, "1 天 1 小时"),
    ],
)
def test_spans_as_people_say_them(seconds: int, words: str) -> None:
    assert left_text(seconds) == words
