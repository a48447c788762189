"""The clocks of a loss: met, met to the second, missed, at night, over a change of shifts, over downtime [manual 五]."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models.cases.case import Case
from models.claims.duty import DUTY_LABELS, DUTY_WORDS, DutyKind
from models.clock import LOCAL
from models.messages.inbound import Inbound, Kind
from models.people.staff import Staff
from tests.fakes.claims import duty_row, insured, open_losses, reported
from tests.fakes.full_park import hear_all
from tests.fakes.world import Row, World, verify_talk

THEFT = "A座前台 电脑被盗 刚刚"
MONDAY_9 = datetime(2026, 3, 16, 9, 0, tzinfo=LOCAL)
DUE = {
    DutyKind.ARRIVE: timedelta(minutes=3),
    DutyKind.POLICE: timedelta(hours=24),
    DutyKind.INSURER: timedelta(hours=12),
    DutyKind.REPORT: timedelta(hours=12),
    DutyKind.LOSS_NOTICE: timedelta(days=3),
}
MEETS: dict[DutyKind, list[Row]] = {  # in the order in which they run out
    DutyKind.ARRIVE: [("zhoumin", "<photo>", "已按这张照片记到场")],
    DutyKind.INSURER: reported("zhoumin"),
    DutyKind.REPORT: [("zhoumin", "报告 L01 已封锁现场", "已发给郑伟")],
    DutyKind.POLICE: [
        ("zhoumin", "报警 L01 受字12号", "请拍报警回执"),
        ("zhoumin", "<photo>", "报警已记录"),
    ],
    DutyKind.LOSS_NOTICE: [("zhoumin", "出险通知书 L01 交李经理", "《出险通知书》已记录")],
}


async def stolen(world: World) -> None:
    """A theft at nine on Monday morning."""
    await open_losses(world, what=THEFT)


@pytest.fixture
async def park(world: World) -> World:
    """The small park with policies and a night shift, and a theft at nine on Monday morning."""
    await world.begins_with(insured, stolen)
    return world


def said_to(world: World, person: str, words: str) -> list[str]:
    """What the person has been told with these words in it."""
    return [entry.text for entry in world.phone(person) if words in entry.text]


def about(world: World, person: str, kind: DutyKind, head: str) -> list[str]:
    """The cards with that head about that duty."""
    return [text for text in said_to(world, person, head) if f"“{DUTY_WORDS[kind]} L01”" in text]


async def holder(world: World) -> str:
    """Who is responsible for the loss."""
    async with world.db.read() as session:
        query = select(Staff.userid).join(Case, Case.worker_id == Staff.id).where(Case.number == "L01")
        return (await session.scalars(query)).one()


async def test_every_clock_starts_with_the_loss(park: World) -> None:
    for kind, span in DUE.items():
        duty = await duty_row(park, kind)
        assert duty.starts_at == MONDAY_9
        assert duty.due_at - duty.starts_at == span
        assert duty.met_at is None and duty.missed_at is None


async def test_met_at_once_nobody_is_reminded_and_nobody_is_handed_papers_at_night(park: World) -> None:
    for kind in (DutyKind.ARRIVE, DutyKind.POLICE, DutyKind.INSURER, DutyKind.REPORT, DutyKind.LOSS_NOTICE):
        if kind is DutyKind.REPORT:
            await park.advance(MONDAY_9 + timedelta(minutes=5))
        await verify_talk(park, MEETS[kind])
        duty = await duty_row(park, kind)
        assert duty.met_at == park.clock.now() and duty.met_by == "周敏" and duty.evidence
    await park.advance(MONDAY_9 + timedelta(days=2))
    assert await holder(park) == "zhoumin"
    await park.advance(MONDAY_9 + DUE[DutyKind.LOSS_NOTICE] + timedelta(hours=1))
    for who in ("linfang", "zhoumin", "yuqing", "lihu"):
        assert said_to(park, who, "【时限提醒】") + said_to(park, who, "【错过时限】") == []
    assert said_to(park, "yuqing", "【交接班】") == []
    assert [(await duty_row(park, kind)).missed_at for kind in DUE] == [None] * len(DUE)


async def test_met_in_the_last_second_it_is_met(park: World) -> None:
    for kind, rows in MEETS.items():
        last = MONDAY_9 + DUE[kind] - timedelta(seconds=1)
        await park.advance(last)
        assert about(park, "yuqing", kind, "【时限提醒】") or about(park, "linfang", kind, "【时限提醒】")
        await verify_talk(park, rows)
        duty = await duty_row(park, kind)
        assert (duty.met_at, duty.missed_at) == (last, None)
    await park.advance(MONDAY_9 + DUE[DutyKind.LOSS_NOTICE] + timedelta(days=1))
    assert said_to(park, "linfang", "【错过时限】") == []
    assert [(await duty_row(park, kind)).missed_at for kind in DUE] == [None] * len(DUE)


async def test_missed_by_a_second_it_asks_for_a_reason_and_goes_up(park: World) -> None:
    for kind, rows in MEETS.items():
        due = MONDAY_9 + DUE[kind]
        await park.advance(max(due + timedelta(seconds=1), park.clock.now()))
        late = park.clock.now()
        assert (await duty_row(park, kind)).missed_at == due
        await verify_talk(park, rows)
        duty = await duty_row(park, kind)
        assert duty.met_at == late
        assert (duty.missed_at, duty.unnamed) == (due, True)
    await park.advance(MONDAY_9 + DUE[DutyKind.LOSS_NOTICE] + timedelta(days=1))
    explained = [f"说明 L01 {DUTY_WORDS[kind]} 人手不足 夜里只有一人" for kind in DUE]
    for said in await hear_all(park, "linfang", explained):
        assert "原因已记为“人手不足”" in said.text, said.what
    for kind in DUE:
        duty = await duty_row(park, kind)
        assert (duty.reason, duty.reason_by, duty.unnamed) == ("人手不足", "林芳", False)
        assert "夜里只有一人" in duty.reason_note


async def test_nothing_is_done_and_the_clocks_run_out_one_by_one(park: World) -> None:
    await the_first_one_counts_seconds(park)
    await verify_talk(park, [("linfang", "[发现太晚]", "L01 到场：原因已记为“发现太晚”")])
    assert (await duty_row(park, DutyKind.ARRIVE)).reason == "发现太晚"
    await it_is_handed_over_when_a_shift_ends_and_goes_up_at_night(park)
    await park.advance(MONDAY_9 + DUE[DutyKind.LOSS_NOTICE] + timedelta(days=1))
    for kind in DUE:
        assert about(park, "linfang", kind, "【错过时限】"), kind
        for who in ("linfang", "xieyu", "zhengwei"):
            assert [t for t in said_to(park, who, "【超时升级】") if f"\n{DUTY_LABELS[kind]}已超时" in t], (
                kind
            )


async def the_first_one_counts_seconds(park: World) -> None:
    await park.advance(MONDAY_9 + timedelta(minutes=2))
    assert "09:03:00 前须到场" in said_to(park, "lihu", "【时限提醒】")[0]
    assert "还剩 1 分钟" in said_to(park, "linfang", "【时限提醒】")[0]
    await park.advance(MONDAY_9 + timedelta(minutes=2, seconds=59))
    assert said_to(park, "linfang", "【错过时限】") == []
    await park.advance(MONDAY_9 + timedelta(minutes=3))
    assert "应在 09:03:00 前到场" in said_to(park, "linfang", "【错过时限】")[0]


async def it_is_handed_over_when_a_shift_ends_and_goes_up_at_night(park: World) -> None:
    assert await holder(park) == "zhoumin"
    await park.advance(datetime(2026, 3, 16, 16, 30, tzinfo=LOCAL))
    assert await holder(park) == "yuqing"
    handed = said_to(park, "yuqing", "【交接班】")[0]
    assert (
        "周敏已下班" in handed and "报险：21:00 前" in handed and "照片还缺：远景、近景、带比例尺" in handed
    )
    assert said_to(park, "zhoumin", "已交接给于晴，您不用再跟进")
    await park.advance(datetime(2026, 3, 16, 22, 0, tzinfo=LOCAL))
    assert await holder(park) == "wangqiang"
    await verify_talk(park, [("linfang", "进度 L01", "系统 交接 周敏 → 于晴 | 系统 交接 于晴 → 王强")])


async def test_at_night_scene_police_and_insurer_ring_and_papers_wait_for_the_morning(world: World) -> None:
    await world.begins_with(insured)
    await world.advance(datetime(2026, 3, 17, 2, 0, tzinfo=LOCAL))
    await open_losses(world, who="lihu", what="财务室 现金被盗 刚刚")
    night = datetime(2026, 3, 17, 2, 0, tzinfo=LOCAL)
    assert said_to(world, "linfang", "【出险】L01") and said_to(world, "chenjing", "【出险】L01")
    await world.advance(night + timedelta(minutes=31))
    assert said_to(world, "lihu", "【时限提醒】") and said_to(world, "lihu", "【请立即报险】")
    await world.leap(datetime(2026, 3, 19, 8, 0, tzinfo=LOCAL))
    await world.advance(datetime(2026, 3, 20, 1, 59, tzinfo=LOCAL))
    await verify_talk(world, [("linfang", "进度 L01", "○ 《出险通知书》交保险公司 02:00 前")])
    before = len(said_to(world, "linfang", "《出险通知书》"))
    await world.advance(datetime(2026, 3, 20, 2, 1, tzinfo=LOCAL))
    assert (await duty_row(world, DutyKind.LOSS_NOTICE)).missed_at == datetime(
        2026, 3, 20, 2, 0, tzinfo=LOCAL
    )
    assert len(said_to(world, "linfang", "《出险通知书》")) == before
    await world.advance(datetime(2026, 3, 20, 8, 30, tzinfo=LOCAL))
    assert "应在 02:00 前《出险通知书》交保险公司" in said_to(world, "linfang", "【错过时限】")[-1]


async def test_who_stands_in_at_night_gives_it_back_in_the_morning_and_papers_stay_with_the_desk(
    world: World,
) -> None:
    await world.begins_with(insured)
    await world.advance(datetime(2026, 3, 17, 2, 0, tzinfo=LOCAL))
    await open_losses(world, who="lihu", what=THEFT)
    assert await holder(world) == "lihu"
    await world.advance(datetime(2026, 3, 17, 8, 30, tzinfo=LOCAL))
    assert await holder(world) == "zhoumin"
    assert (
        "主责部门已上班（之前由李虎代管），L01 从现在起由您负责" in said_to(world, "zhoumin", "【交接班】")[0]
    )
    await verify_talk(
        world,
        [
            *MEETS[DutyKind.ARRIVE],
            *MEETS[DutyKind.INSURER],
            *MEETS[DutyKind.POLICE],
            ("clock", "2026-03-17 16:30", ""),
        ],
    )
    assert await holder(world) == "yuqing"
    await world.advance(datetime(2026, 3, 18, 2, 0, tzinfo=LOCAL))
    assert await holder(world) == "yuqing"  # the late report and the notice of loss need no night shift
    await world.advance(datetime(2026, 3, 18, 8, 30, tzinfo=LOCAL))
    assert await holder(world) == "zhoumin"


async def test_at_night_with_nobody_on_shift_the_chain_goes_upwards(world: World) -> None:
    await world.begins_with(insured)
    async with world.db.begin() as session:
        for member in await session.scalars(select(Staff)):
            member.shift = "late" if member.userid == "yuqing" else "office"
    await open_losses(world, who="linfang", what=THEFT)
    await world.advance(datetime(2026, 3, 16, 17, 30, tzinfo=LOCAL))
    assert await holder(world) == "yuqing"
    await world.advance(datetime(2026, 3, 16, 22, 0, tzinfo=LOCAL))
    assert await holder(world) == "xieyu"
    await world.advance(datetime(2026, 3, 17, 8, 30, tzinfo=LOCAL))
    assert await holder(world) == "xieyu"


async def store(world: World, person: str, kind: Kind, **fields: object) -> None:
    """A message that arrives while nobody works."""
    world.count += 1
    await world.engine.inbox.store(
        Inbound("wecom", f"k{world.count}", person, kind, world.clock.now(), **fields)  # type: ignore[arg-type]
    )


async def test_what_was_sent_in_time_counts_although_the_service_was_down(park: World) -> None:
    park.pictures["late"] = b"\xff\xd8\xff\xe0 scene"
    park.clock.set(MONDAY_9 + timedelta(minutes=2))
    await store(park, "lihu", Kind.LOCATION, text="稻香路 1 号")
    park.clock.set(MONDAY_9 + timedelta(minutes=20))
    await park.engine.settle()
    duty = await duty_row(park, DutyKind.ARRIVE)
    assert (duty.met_at, duty.missed_at) == (MONDAY_9 + timedelta(minutes=2), None)
    assert said_to(park, "linfang", "【错过时限】") == []


async def test_after_a_day_of_downtime_the_last_word_is_said_once_with_honest_times(park: World) -> None:
    park.clock.set(MONDAY_9 + timedelta(hours=13))
    await park.engine.settle()
    assert said_to(park, "linfang", "【时限提醒】") == []
    assert (
        len(said_to(park, "linfang", "【错过时限】")) == 2
    )  # the scene and the insurer; the report waits for the morning
    assert (await duty_row(park, DutyKind.INSURER)).missed_at == MONDAY_9 + timedelta(hours=12)
    await park.advance(MONDAY_9 + timedelta(hours=24))
    assert len([text for text in said_to(park, "linfang", "【错过时限】") if "报险" in text]) == 1


async def test_a_policys_own_shorter_term_counts(world: World) -> None:
    await world.begins_with(insured)
    await open_losses(world, what="B座机房 冷水机组损坏 刚刚")
    duty = await duty_row(world, DutyKind.INSURER)
    hours = (duty.due_at - duty.starts_at) / timedelta(hours=1)
    assert hours <= 12
    assert ("保单要求" in duty.basis) == (hours < 12)
