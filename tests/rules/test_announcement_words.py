"""Areas, times and dangers as staff and tenants write them, and the minutes at which nothing is sent to many."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from bot.config import Config
from models.announcements.announcement import PLAIN, URGENT
from models.announcements.area import Area, area_meant, area_said
from models.announcements.outage_answer import explained_by
from models.announcements.span import moment_said, span_said, span_text
from models.announcements.timing import ask_again_at, start_at
from models.cases.repetition import says_nothing_new
from models.clock import at_local, local
from models.errors import UserError
from models.people.unit import Unit

NOW = at_local(date(2026, 3, 16), 9)  # a Monday
UNITS = [
    Unit(code=f"{building}-{floor:02d}01", building=building, floor=str(floor), area=Decimal(1))
    for building in "AB"
    for floor in (1, 2, 12, 13, 15)
]


@pytest.mark.parametrize(
    ("said", "label", "rest"),
    [
        ("A座 换水泵", "A 座", "换水泵"),
        ("a栋、B栋 换水泵", "A 座、B 座", "换水泵"),
        ("A座12-15层 换水泵", "A 座 12 层、A 座 13 层、A 座 15 层", "换水泵"),
        ("B座 2楼", "B 座 2 层", ""),
        ("A-1201、B0201 两户", "A-1201、B-0201", "两户"),
        ("全园区 节前检查", "全园区", "节前检查"),
        ("A座 和 A座2层", "A 座", "和"),
    ],
)
def test_an_area_is_read_and_the_rest_left(said: str, label: str, rest: str) -> None:
    area, without = area_said(said, UNITS)
    assert area is not None and area.label == label
    assert without.strip(" 、") == rest
    assert Area.from_json(area.to_json()) == area


@pytest.mark.parametrize("said", ["更换水泵", "Z座", ""])
def test_words_without_an_area_name_none(said: str) -> None:
    assert area_said(said, UNITS) == (None, said)


@pytest.mark.parametrize(
    ("said", "fault"), [("A座 7层", "没有 7 层"), ("A-9999", "没有找到单元"), ("随便", "没看懂范围")]
)
def test_what_is_not_there_is_said(said: str, fault: str) -> None:
    with pytest.raises(UserError, match=fault):
        area_meant(said, UNITS)


def test_an_area_covers_what_lies_in_it() -> None:
    area = area_meant("B、A", UNITS)
    assert area.label == "B 座、A 座" and all(area.covers(unit) for unit in UNITS)
    floor = area_meant("A座 12层", UNITS)
    assert [unit.code for unit in UNITS if floor.covers(unit)] == ["A-1201"]


@pytest.mark.parametrize(
    ("said", "span", "rest"),
    [
        ("明天9点到下午4点 换泵，请储水", "3月17日 09:00 至 16:00", "换泵，请储水"),
        ("3月18日 9:00-16:00", "3月18日 09:00 至 16:00", ""),
        ("下午2点到4点半", "3月16日 14:00 至 16:30", ""),
        ("今晚22:00至次日6:00", "3月16日 22:00 至 3月17日 06:00", ""),
        ("22:00-6:00", "3月16日 22:00 至 3月17日 06:00", ""),
        ("周三 8:30 - 周四 17:30", "3月18日 08:30 至 3月19日 17:30", ""),
        ("明天 0:00-24:00", "3月17日 00:00 至 3月18日 00:00", ""),
    ],
)
def test_a_span_as_people_write_it(said: str, span: str, rest: str) -> None:
    found = span_said(said, NOW)
    assert found is not None
    assert (span_text(found[0], found[1]), found[2].strip()) == (span, rest)


@pytest.mark.parametrize(
    "said", ["今天 7:00-8:00", "3月18日 9:00-4月18日 9:00", "明天 25:00-26:00", "3月18日 9:00-3月17日 9:00"]
)
def test_a_span_that_can_not_be_is_refused(said: str) -> None:
    with pytest.raises(UserError):
        span_said(said, NOW)


def test_one_moment_and_none() -> None:
    assert moment_said("到 18:00", NOW) == at_local(date(2026, 3, 16), 18)
    assert moment_said("明天下午3点", NOW) == at_local(date(2026, 3, 17), 15)
    assert (moment_said("立即", NOW), span_said("换泵", NOW)) == (None, None)


@pytest.mark.parametrize(
    ("wanted", "kind", "begins"),
    [
        ("09:00", PLAIN, "09:03"),
        ("09:02", PLAIN, "09:03"),
        ("09:28", PLAIN, "09:33"),
        ("09:57", PLAIN, "09:57"),
        ("09:58", PLAIN, "10:03"),
        ("09:15", PLAIN, "09:15"),
        ("23:00", PLAIN, "08:33"),
        ("23:00", URGENT, "23:00"),
    ],
)
def test_nothing_goes_out_at_night_or_beside_the_hour(
    wanted: str, kind: str, begins: str, config: Config
) -> None:
    hour, minute = map(int, wanted.split(":"))
    at = start_at(at_local(date(2026, 3, 16), hour, minute), kind, None, config.rules())
    assert f"{local(at):%H:%M}" == begins


def test_an_outage_about_to_begin_is_told_at_any_hour(config: Config) -> None:
    night = at_local(date(2026, 3, 16), 23)
    assert start_at(night, "停水", at_local(date(2026, 3, 16), 22), config.rules()) == night
    assert start_at(night, "停水", at_local(date(2026, 3, 17), 3), config.rules()) == at_local(
        date(2026, 3, 17), 8, 33
    )


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("停水", "没水了"),
        ("停水", "水龙头不出水，快来人"),
        ("停电", "停电了"),
        ("停电", "整层没电，电脑全黑了"),
        ("电梯", "电梯停了不动"),
        ("中央空调", "空调不制冷"),
    ],
)
def test_an_outage_explains_what_it_causes(kind: str, said: str, config: Config) -> None:
    assert explained_by(said, kind, config.rules())


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("停水", "停水了，水管爆了水喷出来"),
        ("停水", "没水了，现在来水了天花板在漏水"),
        ("停水", "马桶堵了"),
        ("停电", "停电了，配电箱冒烟"),
        ("停电", "没电，闻到焦味"),
        ("停电", "停电了，有人被困在电梯里"),
        ("停电", "停电，厨房燃气味很大"),
        ("停电", "跳闸有火花"),
        ("电梯", "电梯停了，里面有人"),
        ("电梯", "电梯困人"),
        ("电梯", "电梯夹到手了"),
        ("燃气", "没气了，闻到燃气味"),
        ("停电", "着火了"),
        ("中央空调", "空调不冷而且漏水"),
    ],
)
def test_danger_is_never_put_off_with_an_outage(kind: str, said: str, config: Config) -> None:
    assert not explained_by(said, kind, config.rules())


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("空调不冷", "空调还是不冷，快点来人", True),
        ("空调不冷", "师傅怎么还没来修空调啊，不冷", True),
        ("灯不亮", "卫生间灯不亮", False),
        ("空调不冷", "空调不冷，3 台", False),
        ("空调不冷", "空调外机很响", False),
    ],
)
def test_urging_is_nothing_new(before: str, after: str, same: bool) -> None:
    assert says_nothing_new(before, after) is same


@pytest.mark.parametrize(
    ("made", "kind", "start", "asked"),
    [
        ((16, 9, 0), PLAIN, None, (17, 9, 0)),
        ((20, 16, 0), PLAIN, None, (23, 9, 0)),  # a Friday
        ((16, 9, 0), "停水", (17, 14, 0), (17, 10, 0)),
        ((16, 9, 0), "停水", (17, 9, 0), (16, 17, 0)),
        ((20, 9, 0), "停水", (23, 9, 0), (20, 17, 0)),
        ((16, 9, 0), "停水", (16, 10, 0), (16, 9, 10)),
        ((16, 22, 0), URGENT, None, (16, 22, 10)),
        ((16, 22, 0), "停水", (16, 23, 0), (16, 22, 10)),
        ((16, 22, 0), PLAIN, (17, 9, 0), (17, 8, 30)),
    ],
)
def test_an_approval_is_asked_for_again_in_good_time(
    config: Config,
    made: tuple[int, int, int],
    kind: str,
    start: tuple[int, int, int] | None,
    asked: tuple[int, int, int],
) -> None:
    def at(when: tuple[int, int, int]) -> datetime:
        return at_local(date(2026, 3, when[0]), when[1], when[2])

    rules, calendar = config.rules(), config.working_calendar()
    assert ask_again_at(at(made), kind, at(start) if start else None, rules, calendar) == at(asked)
