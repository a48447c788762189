"""Every kind of loss through the flow chart [manual 6.2]; every clock of it met, nearly missed, and missed."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from bot.config import Config
from models.cases.case import Case
from models.claims.claim import Claim
from models.claims.duty import ClaimDuty, DutyKind
from models.clock import LOCAL
from tests.fakes.claims import insured
from tests.fakes.shelf import sqlite_copy
from tests.fakes.world import Row, World, play_at_once, small_park_open, verify_talk

LOSSES: dict[str, tuple[str, str, str]] = {
    # kind → what is said, who says it and sees it through, what is lost
    "水浸": ("出险 B座地下室水泵房 水浸 刚刚 水管爆裂", "zhoumin", "水泵 3台 30000 9000"),
    "玻璃自爆": ("出险 A座大堂 玻璃自爆 刚刚", "yuqing", "幕墙玻璃 1块 8000 8000"),
    "火灾": ("出险 C座3楼 着火了 刚刚", "songjia", "吊顶 20平方米 6000 6000"),
    "机器设备": ("出险 B座机房 冷水机组损坏 刚刚", "wangqiang", "压缩机 1台 90000 30000"),
    "盗抢": ("出险 A座前台 电脑被盗 刚刚", "lihu", "电脑 2台 12000 10000"),
    "车辆": ("出险 停车场 道闸被撞 刚刚", "zhangwu", "道闸 1套 15000 5000"),
    "客户财产": ("出险 A-1203 客户财产 天花漏水泡坏电脑 刚刚", "zhaolei", "租户电脑 3台 18000 9000"),
    "现金": ("出险 财务室 现金丢失 刚刚", "chenjing", "备用金 1笔 5000 5000"),
    "自然灾害": ("出险 天台 台风掀翻广告牌 刚刚", "sunli", "广告牌 1块 4000 4000"),
    "其他损失": ("出险 南门 围墙倒塌 刚刚", "gaopeng", "围墙 6米 12000 12000"),
}
POLICE = {"盗抢", "现金"}
INSURER_H = {"机器设备": 10}
"""Where the policy says earlier than the manual's 12 hours."""
NUMBERS = {kind: f"L{place:02}" for place, kind in enumerate(LOSSES, start=1)}
"""In the order in which they are raised."""


@pytest.fixture
async def park(sqlite_template: Path, config: Config, tmp_path: Path) -> AsyncIterator[World]:
    """The small park with policies and a night shift; what clocks do on the other database is told for one kind."""
    db = await sqlite_copy(sqlite_template.parent, sqlite_template)
    world = World(db, config, tmp_path / "files")
    await world.begins_with(small_park_open, insured)
    yield world
    await db.close()


def due_of(kind: str) -> dict[DutyKind, timedelta]:
    """What is due how long after a loss of this kind."""
    due = {
        DutyKind.ARRIVE: timedelta(minutes=3),
        DutyKind.INSURER: timedelta(hours=INSURER_H.get(kind, 12)),
        DutyKind.REPORT: timedelta(hours=12),
        DutyKind.LOSS_NOTICE: timedelta(days=3),
    }
    return due | {DutyKind.POLICE: timedelta(hours=24)} if kind in POLICE else due


def meets(kind: str) -> dict[DutyKind, list[Row]]:
    """The lines that meet each duty of this kind of loss."""
    number, who = NUMBERS[kind], LOSSES[kind][1]
    return {
        DutyKind.ARRIVE: [(who, "<photo>", "已按这张照片记到场")],
        DutyKind.INSURER: [(who, f"报险 {number} RD2026{number}", "报险已记录")],
        DutyKind.REPORT: [(who, f"报告 {number} 已控制现场", "已发给郑伟")],
        DutyKind.POLICE: [(who, f"报警 {number} 受字12号", "请拍报警回执"), (who, "<photo>", "报警已记录")],
        DutyKind.LOSS_NOTICE: [(who, f"出险通知书 {number} 交李经理", "已记录")],
    }


async def play_side_by_side(
    world: World, dialogues: Iterable[Sequence[Row]], apart: timedelta = timedelta()
) -> None:
    """Each dialogue line by line, all of them at the same time, `apart` from line to line."""
    for lines in zip_longest(*dialogues):
        await play_at_once(world, [line for line in lines if line])
        world.clock.set(world.clock.now() + apart)


async def raise_all(world: World) -> None:
    """One loss of every kind, with the facts the insurer will ask for."""
    await verify_talk(
        world, [(who, said, f"【出险】{NUMBERS[kind]} {kind}") for kind, (said, who, _) in LOSSES.items()]
    )
    facts = [
        [
            (who, f"补充 {NUMBERS[kind]} 原因 初步判断：老化", "已补充"),
            (who, f"补充 {NUMBERS[kind]} 损失 {lost}", "已补充"),
        ]
        for kind, (_, who, lost) in LOSSES.items()
    ]  # fmt: skip
    await play_side_by_side(world, facts)
    # no policy of the park is asked about it
    await verify_talk(world, [(LOSSES["现金"][1], f"补充 {NUMBERS['现金']} 保单 待查", "已补充")])


async def standing(world: World) -> dict[str, dict[DutyKind, ClaimDuty]]:
    """Every duty of every loss, by kind of loss."""
    found: dict[str, dict[DutyKind, ClaimDuty]] = {}
    async with world.db.read() as session:
        rows = await session.execute(
            select(Claim.kind, ClaimDuty).join(ClaimDuty, ClaimDuty.claim_id == Claim.id)
        )
        for kind, duty in rows:
            found.setdefault(kind, {})[duty.kind] = duty
    return found


def on_the_scene(kind: str) -> list[Row]:
    """Pictures, police, insurer and report."""
    number, who, done = NUMBERS[kind], LOSSES[kind][1], meets(kind)
    shots = [
        row
        for shot in ("远景", "近景", "带比例尺")
        for row in ((who, "<photo>", "拍的是什么"), (who, f"[{shot}]", f"已记为{shot}"))
    ]
    police = [(who, f"清理 {number}", "还不能清理"), *(done[DutyKind.POLICE] if kind in POLICE else ())]
    return [*shots, *police, *done[DutyKind.INSURER], *done[DutyKind.REPORT]]


def afterwards(kind: str) -> list[Row]:
    """What is lost, what the insurer agrees to, and the papers."""
    number, (_, who, damage) = NUMBERS[kind], LOSSES[kind]
    return [
        (who, f"损失 {number} {damage}", "已登记"), (who, "[完]", "受损清单 1 项"),
        (who, f"估损 {number} 李经理", "已告知李经理"),
        (who, f"清理 {number}", "还缺：保险公司同意清理"),
        (who, f"同意 {number} 清理 维修 李经理电话同意", "同意清理、维修"),
        (who, f"清理 {number}", "可以清理现场了"),
        *meets(kind)[DutyKind.LOSS_NOTICE],
        (who, f"定损 {number} 李经理查勘", "已查勘定损"), (who, f"提交 {number} 快递", "待核定"),
    ]  # fmt: skip


def to_the_end(number: str, late: bool) -> list[Row]:
    """The money, and the closing, which wants a reason for what was late."""
    money = [
        (f"核定 {number} 4000", "已核定"),
        (f"协议 {number} 4000", "10 天内付款"),
        (f"赔付 {number} 4000", "待结案"),
    ]
    reason = [
        (f"结案 {number} 到场 人手不足", "而未说明的：到场"),
        (f"说明 {number} 到场 人手不足", "原因已记"),
    ]
    return [("linfang", *line) for line in (*money, *(reason if late else ()), (f"结案 {number}", "已结案"))]


async def test_a_loss_of_every_kind_goes_through_the_flow_chart(park: World) -> None:
    await raise_all(park)
    start = park.clock.now()
    first, *others = LOSSES
    park.clock.set(start + timedelta(minutes=2))
    await verify_talk(park, on_the_scene(first))
    park.clock.set(start + timedelta(minutes=4))
    await play_side_by_side(park, map(on_the_scene, others))
    park.clock.set(start + timedelta(minutes=6))
    await play_side_by_side(park, map(afterwards, LOSSES))
    await verify_talk(park, [("chenjing", f"单据 {NUMBERS['现金']} 出险通知书", "出险通知书")])
    (paper,) = (entry for entry in park.phone("chenjing") if entry.kind == "file")
    (page,) = PdfReader(io.BytesIO(park.platform.media[paper.text])).pages
    assert "保单号待补" in "".join(page.extract_text().split())  # 待查 is no number
    late = {kind for kind, duties in (await standing(park)).items() if duties[DutyKind.ARRIVE].missed_at}
    assert late == {*others}  # their pictures were taken after three minutes
    park.clock.set(start + timedelta(days=4))
    ends = [to_the_end(number, kind in late) for kind, number in NUMBERS.items()]
    await play_side_by_side(park, ends, apart=timedelta(minutes=1))  # else the platform would bear no more
    async with park.db.read() as session:
        assert set(await session.scalars(select(Case.state))) == {"settled"}


async def test_every_clock_of_every_kind_nearly_missed_over_night_and_two_changes_of_shift(
    park: World,
) -> None:
    opened = datetime(2026, 3, 16, 21, 50, tzinfo=LOCAL)
    await park.advance(opened)
    await raise_all(park)
    last = {
        (kind, duty): opened + span - timedelta(seconds=1)
        for kind in LOSSES for duty, span in due_of(kind).items()
    }  # fmt: skip
    for at in sorted(set(last.values())):
        await park.advance(at)
        for each in DutyKind:
            await play_side_by_side(
                park, [meets(kind)[duty] for (kind, duty) in last if last[kind, duty] == at and duty is each]
            )
    await park.advance(opened + timedelta(days=3, hours=1))
    found = await standing(park)
    assert {(kind, duty): row.met_at for kind, rows in found.items() for duty, row in rows.items()} == last
    assert all(row.missed_at is None for rows in found.values() for row in rows.values())
    assert [
        e.text for who in ("linfang", "zhengwei") for e in park.phone(who) if "【错过时限】" in e.text
    ] == []


async def test_every_clock_of_every_kind_missed_at_night_over_downtime(park: World) -> None:
    opened = datetime(2026, 3, 17, 2, 0, tzinfo=LOCAL)
    await park.advance(opened)
    await raise_all(park)
    for hours in (16, 80):  # the machine is off meanwhile, twice
        park.clock.set(opened + timedelta(hours=hours))
        await park.engine.settle()
    await park.advance(opened + timedelta(hours=86))
    found = await standing(park)
    assert {kind: {duty: row.missed_at for duty, row in rows.items()} for kind, rows in found.items()} == {
        kind: {duty: opened + span for duty, span in due_of(kind).items()} for kind in LOSSES
    }
    for kind, number in NUMBERS.items():
        missed = [e.text for e in park.phone("linfang") if f"【错过时限】{number} " in e.text]
        above = [e.text for e in park.phone("zhengwei") if f"【超时升级】{number} " in e.text]
        assert len(missed) == len(set(missed)) == len(due_of(kind)), (kind, missed)
        assert len(above) == len(due_of(kind)), (kind, above)
