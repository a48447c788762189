"""A claim after the alarm: papers, what the insurer asks for, amounts, third parties, clocks, board and figures."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from models.cases.case import Deadline
from models.claims.amounts import ClaimAmount
from models.claims.insurer_clocks import ClockKind, InsurerClock
from models.claims.morning import send_board
from models.claims.paper import ClaimPaper, Paper
from models.claims.third_party import ThirdParty
from models.messages.media import Media
from tests.documents.samples import photo
from tests.fakes.full_park import Said, hear_all
from tests.fakes.policies import add_policies
from tests.fakes.world import World, verify_talk

OPENED = [
    ("wangqiang", "出险 A座地下室 水浸 8点半 消防主管爆裂", "L01"),
    ("wangqiang", "<photo>", "第 1 张"),
    ("wangqiang", "[远景]", "远景"),
    ("wangqiang", "<photo>", "第 2 张"),
    ("wangqiang", "[近景]", "近景"),
    ("wangqiang", "<photo>", "第 3 张"),
    ("wangqiang", "[带比例尺]", "已齐"),
]
TOLD = [
    ("zhoumin", "补充 L01 原因 消防主管接头爆裂", "已补充"),
    ("zhoumin", "补充 L01 损失 三台水泵进水", "已补充"),
    ("zhoumin", "报险 L01 RD20260316001", "报险已记录"),
]
SURVEYED = [
    *TOLD,
    ("zhoumin", "估损 L01 16600 李经理", "已告知李经理"),
    ("zhoumin", "同意 L01 清理 维修 李经理电话同意", "已记录"),
    ("zhoumin", "定损 L01 李经理现场查勘", "已定损"),
]


async def water_in_the_basement(world: World) -> None:
    """Pictures are there, nobody has been told yet."""
    world.only()  # clocks of claims are no jobs
    await add_policies(world.db, world.core.rules)
    await verify_talk(world, OPENED)


async def looked_at(world: World) -> None:
    """The insurer has been told and has looked at it."""
    await verify_talk(world, SURVEYED)
    await world.advance(world.clock.now().replace(minute=2))


async def own_papers_done(world: World) -> None:
    """What we owe the office and the insurer is there, so that only the insurer's clocks ring from here on."""
    await verify_talk(
        world,
        [
            ("zhoumin", "报告 L01 已关总阀并抽水", "已发给郑伟"),
            ("zhoumin", "出险通知书 L01 交李经理", "《出险通知书》已记录"),
        ],
    )


@pytest.fixture
async def flooded(world: World) -> World:
    await world.begins_with(water_in_the_basement)
    return world


@pytest.fixture
async def surveyed(world: World) -> World:
    await world.begins_with(water_in_the_basement, looked_at)
    return world


@pytest.fixture
async def handed_in(world: World) -> World:
    await world.begins_with(water_in_the_basement, looked_at, own_papers_done)
    return world


async def _rows(world: World, table: type) -> list:  # type: ignore[type-arg]
    async with world.db.read() as session:
        return list(await session.scalars(select(table).order_by(table.id)))


def _files(world: World, person: str, newest: int = 0) -> list[str]:
    """The text of so many newest PDFs on the phone, of all of them for 0, without blanks, in their order."""
    files = [entry.text for entry in world.phone(person) if entry.kind == "file"]
    readers = [PdfReader(io.BytesIO(world.platform.media[name])) for name in files[-newest:]]
    return ["".join("".join(page.extract_text().split()) for page in reader.pages) for reader in readers]


async def test_the_alarm_names_hotline_and_what_may_be_left_out(world: World) -> None:
    world.only()  # clocks of claims are no jobs
    await add_policies(world.db, world.core.rules)
    await verify_talk(
        world,
        [
            ("wangqiang", "出险 C座大堂 玻璃自爆 刚刚 一块幕墙玻璃自爆",
             "@linfang 0571-8800 5500 | @linfang 可能不赔 | @linfang 以保险公司答复为准"),
            ("clock", "2026-03-16 09:40", "@linfang 报案电话：示例财产保险杭州分公司 0571-8800 5500"),
        ],
    )  # fmt: skip


async def test_the_checklist_says_what_is_there_and_a_tap_files_a_picture(flooded: World) -> None:
    await verify_talk(
        flooded,
        [
            ("zhoumin", "材料 L01", "还缺 5 份 | × 出险通知书 | √ 现场照片（3 张） | × 报价单 | ○ 气象证明（暴雨"),
            ("zhoumin", "[报价单]", "请拍照发来"),
            ("zhoumin", "<photo>", "已存入报价单 | 下一页"),
            ("zhoumin", "<photo>", "已存入报价单"),
            ("zhoumin", "完", "√ 报价单（2 张） | 还缺 4 份"),
            ("zhoumin", "材料 L01 气象证明", "请拍照发来"),
            ("zhoumin", "<photo>", "已存入气象证明"),
            ("zhoumin", "材料", "√ 气象证明（1 张）"),
            ("zhoumin", "材料 L01 火星文", "没有“火星文”这样材料"),
            ("zhoumin", "材料 L01 出险通知书", "没有“出险通知书”这样材料"),
        ],
    )  # fmt: skip
    assert [paper.paper for paper in await _rows(flooded, ClaimPaper)] == [
        Paper.QUOTE,
        Paper.QUOTE,
        Paper.WEATHER,
    ]
    (subject,) = {media.subject for media in await _rows(flooded, Media)}
    assert subject.startswith("case:")


async def test_a_picture_on_its_way_to_the_scene_file_becomes_a_paper_by_one_tap(flooded: World) -> None:
    await verify_talk(
        flooded,
        [
            ("wangqiang", "<photo>", "第 4 张"),
            ("wangqiang", "[报价单]", "已归入报价单 | √ 报价单（1 张）"),
            ("wangqiang", "<photo>", "拍的是什么"),
            ("wangqiang", "[其他]", "这张是哪份材料"),
            ("wangqiang", "[发票]", "已归入发票 | √ 发票（1 张） | √ 现场照片（3 张）"),
        ],
    )
    assert len(await _rows(flooded, ClaimPaper)) == 2


async def test_the_forms_come_filled_from_the_case_and_say_what_is_missing(flooded: World) -> None:
    await verify_talk(flooded, [("zhoumin", "单据 L01", "出险通知书、受损标的清单、特别事件报告")])
    notice, damage, report = _files(flooded, "zhoumin")
    assert "致：示例财产保险杭州分公司" in notice
    assert "出险时间2026-03-1608:30" in notice
    for label in ("报案号", "报案时间", "出险原因", "损失概况", "估计损失", "施救措施"):
        assert f"{label}待补" in notice
    assert "尚未登记受损标的" in damage
    assert "到场照片为证王强" in report
    await verify_talk(
        flooded,
        [
            *TOLD,
            ("zhoumin", "损失 L01\n水泵 3台 30000 12000\n吊顶 1批", "已登记"),
            ("zhoumin", "完", ""),
            ("zhoumin", "单据 L01 清单", "受损标的清单：按现有记录填好"),
        ],
    )
    (latest,) = _files(flooded, "zhoumin", newest=1)
    assert "水泵3台30,000.0012,000.00" in latest
    assert "其中1项估损待补" in latest
    assert "RD20260316001" in latest


async def test_the_incident_report_goes_to_those_above_as_a_paper(flooded: World) -> None:
    await verify_talk(flooded, [*TOLD, ("zhoumin", "报告 L01 已关总阀并抽水", "已发给郑伟")])
    (report,) = _files(flooded, "zhengwei")
    assert "特别事件报告L01" in report.replace("出险单号", "") or "特别事件报告" in report
    assert "已关总阀并抽水" in report
    assert "消防主管接头爆裂" in report


async def test_the_whole_file_has_everything_in_it(surveyed: World) -> None:
    await surveyed.show("zhoumin", photo())
    await verify_talk(
        surveyed,
        [
            (
                "zhoumin",
                "第三方 L01 王先生 13800010002 愿意赔 2000 元现金",
                "第六十一条 | 不要收现金 | 第六十条",
            ),
            ("zhoumin", "金额 L01 施救费 800 抽水泵", "施救费：800.00 元"),
            ("zhoumin", "卷宗 L01", ""),
        ],
    )
    (file,) = _files(surveyed, "zhoumin", newest=1)
    for wanted in (
        "目录", "一、事故事实", "李经理电话同意", "王先生13800010002，提出赔2,000.00元", "施救费800.00",
        "接报后3分钟内到场", "保险法第二十六条", "消防主管接头爆裂", "SHA-256",
    ):  # fmt: skip
        assert wanted in file, wanted
    digest = (await _rows(surveyed, Media))[0].sha256
    assert digest in file


async def test_amounts_stand_apart_and_what_does_not_fit_is_said(surveyed: World) -> None:
    await verify_talk(
        surveyed,
        [
            ("zhoumin", "金额 L01", "还没有记录"),
            ("zhoumin", "金额 L01 索赔 16600", "索赔金额：16,600.00 元"),
            ("zhoumin", "金额 L01 免赔额 2000", "免赔：2,000.00 元"),
            ("zhoumin", "金额 L01 施救费 800 抽水泵", "施救费：800.00 元"),
            ("zhoumin", "金额 L01 施救费 200 沙袋", "施救费：1,000.00 元"),
            ("zhoumin", "金额 L01 施救费", "请写哪一项和多少"),
            ("zhoumin", "金额 L01 核定 3", "核定金额请发：核定 L01 金额"),
            ("zhoumin", "金额 L01 乱七八糟 3", "请写哪一项和多少"),
            ("zhoumin", "提交 L01 快递 SF123", "已提交"),
            ("linfang", "核定 L01 12000", "已核定"),
            ("linfang", "协议 L01 12000", "10 天内付款 | 核定比索赔少 4,600.00 元"),
            ("linfang", "赔付 L01 10000", "已赔付"),
            ("linfang", "金额 L01", "到账赔款：10,000.00 元 | 到账比协议金额少 2,000.00 元"),
            ("linfang", "赔付 L01 2000", "已赔付"),
            ("linfang", "金额 L01", "到账赔款：12,000.00 元 | !到账比协议"),
            ("wangqiang", "协议 L01 1", "没有这项权限"),
        ],
    )
    assert len(await _rows(surveyed, ClaimAmount)) == 8


async def _clocks(world: World) -> dict[str, tuple[date, str]]:
    """Each clock with its last day and how it stands."""
    return {
        clock.kind.value: (
            clock.due_on,
            "met"
            if clock.met_on
            else "dropped"
            if clock.dropped_on
            else "paused"
            if clock.paused_on
            else "runs",
        )
        for clock in await _rows(world, InsurerClock)
    }


async def test_the_insurers_clocks_run_from_the_papers_to_the_money(handed_in: World) -> None:
    assert await _clocks(handed_in) == {"limitation": (date(2028, 3, 16), "runs")}
    await verify_talk(handed_in, [("zhoumin", "提交 L01 快递 SF123", "已提交")])
    found = await _clocks(handed_in)
    assert found["ins_decision"] == (date(2026, 4, 15), "runs")
    assert found["ins_undisputed"] == (date(2026, 5, 15), "runs")
    await verify_talk(
        handed_in,
        [
            ("leap", "2026-04-12 12:00", ""),
            ("clock", "2026-04-13 09:00", "@linfang 保险公司作出核定：2026-04-15 前（保险法第二十三条），还有 2 天"),
            ("clock", "2026-04-15 09:00", "@linfang 今天到期 | @linfang 核定 L01 金额"),
            ("clock", "2026-04-16 09:00", "@linfang 已超 1 天"),
            ("clock", "2026-04-17 09:00", "@linfang !保险公司作出核定：2026-04-15 前（保险法第二十三条），已超 2 天"),
            ("linfang", "核定 L01 12000", "已核定"),
            ("linfang", "协议 L01 12000", "10 天内付款"),
            ("leap", "2026-04-24 12:00", ""),
            ("clock", "2026-04-25 09:00", "@linfang 保险公司支付赔款：2026-04-27 前"),
            ("linfang", "赔付 L01 12000", "已赔付"),
            ("leap", "2026-05-12 12:00", ""),
            ("clock", "2026-05-20 09:00", "@linfang !【理赔时限】"),
        ],
    )  # fmt: skip
    assert {kind: state for kind, (_, state) in (await _clocks(handed_in)).items()} == {
        "limitation": "runs", "ins_decision": "met", "ins_undisputed": "met", "ins_payment": "met",
    }  # fmt: skip


async def test_a_refusal_wants_its_reasons_in_writing_within_three_days(handed_in: World) -> None:
    await verify_talk(
        handed_in,
        [
            ("zhoumin", "提交 L01 快递", "已提交"),
            ("linfang", "拒赔 L01 渗漏除外", "已拒赔"),
            ("clock", "2026-03-19 09:00", "@linfang 书面说明拒赔理由：2026-03-19 前（保险法第二十四条）"),
            ("zhoumin", "材料 L01 拒赔通知书", "请拍照发来"),
            ("zhoumin", "<photo>", "已存入拒赔通知书"),
            ("clock", "2026-03-21 09:00", "@linfang !书面说明拒赔理由"),
        ],
    )
    found = await _clocks(handed_in)
    assert (found["ins_decision"][1], found["ins_undisputed"][1], found["ins_refusal"][1]) == (
        "met",
        "dropped",
        "met",
    )


async def test_what_the_insurer_asks_for_is_noted_once_and_stops_its_time(handed_in: World) -> None:
    await verify_talk(
        handed_in,
        [
            ("zhoumin", "提交 L01 快递", "已提交"),
            ("clock", "2026-03-20 10:00", ""),
            ("zhoumin", "补料 L01", "还没有补料要求"),
            ("zhoumin", "补料 L01 维修发票原件", "停计 | !第二十二条"),
            ("clock", "2026-03-24 10:00", ""),
            ("zhoumin", "材料 L01", "保险公司要求补料 | 03-20 维修发票原件（未交）"),
            ("zhoumin", "补料 L01 已交 快递 SF9", "接着算"),
            ("zhoumin", "补料 L01 已交", "没有未交的补料要求"),
            ("zhoumin", "材料 L01", "03-20 维修发票原件（03-24 已交，快递 SF9）"),
        ],
    )
    assert (await _clocks(handed_in))["ins_decision"] == (date(2026, 4, 19), "runs")  # four days later
    await verify_talk(handed_in, [("zhoumin", "补料 L01 水泵铭牌照片", "第二十二条 | 已不是第一次")])
    assert (await _clocks(handed_in))["ins_decision"][1] == "paused"
    await verify_talk(
        handed_in,
        [("leap", "2026-04-12 12:00", ""), ("clock", "2026-04-20 09:30", "@linfang !保险公司作出核定")],
    )


async def test_after_downtime_the_last_bell_says_all(surveyed: World) -> None:
    await verify_talk(surveyed, [("zhoumin", "提交 L01 快递", "已提交")])
    before = len(surveyed.phone("linfang"))
    surveyed.clock.set(datetime.fromisoformat("2026-04-20T09:30+08:00"))
    await surveyed.engine.settle()
    told = [entry.text for entry in surveyed.phone("linfang")[before:] if "保险公司作出核定" in entry.text]
    assert len(told) == 1
    assert "已超 5 天" in told[0]


async def test_the_two_years_are_remembered_before_they_are_over(surveyed: World) -> None:
    bells = [row for row in await _rows(surveyed, Deadline) if row.kind == ClockKind.LIMITATION]
    assert len(bells) == 5
    surveyed.clock.set(datetime.fromisoformat("2028-01-16T09:30+08:00"))
    await surveyed.engine.settle()
    for person in ("linfang", "zhengwei"):
        assert any(
            "第二十六条" in entry.text and "还有 60 天" in entry.text for entry in surveyed.phone(person)
        ), person


async def test_a_third_party_who_offers_cash_is_written_down_with_the_warning(surveyed: World) -> None:
    await verify_talk(
        surveyed,
        [
            ("zhoumin", "第三方 L01", "还没有登记第三方 | 第六十一条"),
            ("zhoumin", "第三方 L01 13800010002", "请先写姓名"),
            (
                "zhoumin",
                "第三方 L01 王先生 13800010002 愿意赔 2000 元现金",
                "提出赔 2,000.00 元 | 第六十一条",
            ),
            ("zhoumin", "第三方", "王先生 13800010002，提出赔 2,000.00 元，愿意赔 2000 元现金"),
            ("zhoumin", "材料 L01", "× 第三方材料"),
            ("linfang", "和解 L01 对方赔 2000 元", "保险公司"),
        ],
    )
    (party,) = await _rows(surveyed, ThirdParty)
    assert (party.name, party.phone, party.offered_fen) == ("王先生", "13800010002", 200_000)


async def test_the_board_is_a_picture_and_a_list(flooded: World) -> None:
    await verify_talk(
        flooded,
        [
            ("leap", "2026-03-16 19:00", ""),
            ("zhoumin", "理赔", "在办 1 件 | L01 水浸 | 报险 20:30 前"),
            ("leap", "2026-03-16 23:00", ""),
            ("zhoumin", "理赔", "【超时】报险 应在"),
        ],
    )
    pictures = [entry for entry in flooded.phone("zhoumin") if entry.kind == "image"]
    assert len(pictures) == 2
    assert flooded.platform.media[pictures[0].text].startswith(b"\x89PNG")


async def test_the_morning_begins_with_the_board_only_when_there_is_something_on_it(world: World) -> None:
    world.only("claims.board")
    await add_policies(world.db, world.core.rules)
    await verify_talk(world, [("clock", "2026-03-17 09:00", "@linfang !【理赔】"), *OPENED])
    await verify_talk(
        world,
        [
            ("clock", "2026-03-18 08:40", "@linfang !在办 1 件"),
            ("clock", "2026-03-18 09:00", "@linfang 【理赔】在办 1 件 | @zhoumin !【理赔】在办"),
            ("linfang", "撤案 L01 损失低于免赔额", "说明"),
        ],
    )
    assert sum(entry.kind == "image" for entry in world.phone("linfang")) == 1
    async with world.db.begin() as session:
        assert (
            await send_board(session, world.clock.now(), world.core.rules) == 1
        )  # a second run on the same day
    await world.engine.settle()
    assert sum(entry.kind == "image" for entry in world.phone("linfang")) == 1


async def test_the_months_figures_name_every_miss(flooded: World) -> None:
    await verify_talk(
        flooded,
        [
            ("zhoumin", "理赔 统计", "出险 1 件 | 到场 ≤ 3 分钟：1/1 = 100.0% | 报险 ≤ 12 小时：没有到期的"),
            ("clock", "2026-03-16 22:30", ""),
            (
                "zhoumin",
                "理赔 统计 3月",
                "报险 ≤ 12 小时：0/1 = 0.0% | L01 报险 晚 2 小时：未说明原因，仍未办",
            ),
            *TOLD,
            ("zhoumin", "说明 L01 报险 联系不上对方", "原因已记"),
            ("zhoumin", "理赔 统计 3月", "L01 报险 晚 2 小时：联系不上对方"),
            ("zhoumin", "理赔 统计 2月", "2026年2月没有出险"),
            ("zhoumin", "理赔 统计 十三月", "月"),
        ],
    )


async def test_words_of_claims_are_for_those_who_work_on_them(flooded: World) -> None:
    for who in ("liuyan", "heting"):
        whats = ["材料 L01", "单据 L01", "卷宗 L01", "理赔", "金额 L01", "第三方 L01", "补料 L01 发票"]
        _only_refused(await hear_all(flooded, who, whats))
    keys = ["paper:1:quote", "paper:1:quote:1", "paper:99:quote", "paper:1:乱", "paper:"]
    _only_refused(await hear_all(flooded, "heting", keys, press=True))
    for key in ("paper:99:quote", "paper:1:乱", "paper:", "paper:1:quote:999", "paper:1:loss_notice"):
        await flooded.press_key("zhoumin", key)
    assert not await _rows(flooded, ClaimPaper)


def _only_refused(said: list[Said]) -> None:
    assert [each.what for each in said if "没有这项权限" not in each.text] == []
