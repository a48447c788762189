"""Policies: what goes into the register, what chat may say of them, and when renewals are asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.config import Config
from models.clock import at_local, local_date
from models.database import Database
from models.errors import UserError
from models.imports.cells import Cells
from models.imports.policy import POLICIES, check
from models.messages.outbox import OutboxMessage
from models.people.staff import Staff
from models.policies.hints import exclusions_of, may_apply, riders_for
from models.policies.policy import Policy, find_policy, replaced, running_policies
from models.policies.reminders import remind_renewals, reminder_step
from models.policies.words import advice_text, loss_meant
from models.rules import Rules
from tests.fakes.policies import LIABILITY, MACHINERY, PROPERTY, add_policies, policy_cells

END = date(2026, 6, 30)
TODAY = date(2026, 3, 16)


@pytest.fixture
def rules(config: Config) -> Rules:
    """The shipped rules."""
    return config.rules()


@pytest.fixture
async def park(db: Database, rules: Rules) -> AsyncIterator[Database]:
    """Three policies and one member of each department that has to do with them."""
    assert await add_policies(db, rules) == ["", "", ""]
    async with db.begin() as session:
        for userid, role in (("linfang", "客服经理"), ("fanwen", "行政人事"), ("zhengwei", "项目经理")):
            session.add(Staff(userid=userid, name=userid, department="", roles=[role]))
    yield db


def test_a_sheet_row_is_read_strictly(rules: Rules) -> None:
    row = check(Cells(policy_cells(MACHINERY)), rules)
    assert (row.sum_fen, row.deductible_fen, row.report_hours) == (1_200_000_000, 300_000, 10)
    assert row.losses == ("机器设备",)
    assert check(Cells(policy_cells(附加险="玻璃破碎、盗抢扩展")), rules).riders == ("玻璃破碎", "盗抢扩展")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"止保日": "2025-06-30"}, "应晚于"),
        ({"止保日": ""}, "都要填写"),
        ({"保单号": ""}, "没有填写"),
        ({"报案电话": ""}, "没有填写"),
        ({"保险金额": "很多"}, "应为数字"),
        ({"保险金额": -1}, "不能是负数"),
        ({"报案时限": 0}, "1 到 72"),
        ({"适用损失": "地震"}, "不认识"),
        ({"险种": "别的险", "适用损失": ""}, "也没有默认"),
    ],
)
def test_a_row_that_can_not_be_is_refused_with_the_reason(
    rules: Rules, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        check(Cells(policy_cells(PROPERTY, **changes)), rules)


def test_a_sheet_needs_only_what_every_policy_has() -> None:
    assert [column.name for column in POLICIES.columns if column.required] == [
        "保单号", "险种", "保险公司", "报案电话", "保险金额", "起保日", "止保日",
    ]  # fmt: skip


async def test_the_same_policy_again_takes_the_new_values(park: Database, rules: Rules) -> None:
    await add_policies(park, rules, policy_cells(PROPERTY, 报案电话="95500", 附加险="玻璃破碎"))
    async with park.read() as session:
        found = await find_policy(session, "cy2025-0701-01", TODAY)
        assert (found.hotline, found.riders) == ("95500", ["玻璃破碎"])
        assert len(list(await session.scalars(select(Policy)))) == 3


async def test_a_policy_is_found_by_a_part_of_its_name(park: Database) -> None:
    async with park.read() as session:
        assert (await find_policy(session, "责任", TODAY)).number == LIABILITY
        with pytest.raises(UserError, match="没有找到保单“火星”"):
            await find_policy(session, "火星", TODAY)
        with pytest.raises(UserError, match="有几份保单都对得上"):
            await find_policy(session, "2025", TODAY)


@pytest.mark.parametrize(
    ("loss", "numbers"),
    [
        ("水浸", [PROPERTY]), ("玻璃自爆", [PROPERTY]), ("火灾", [PROPERTY]), ("盗抢", [PROPERTY]),
        ("机器设备", [MACHINERY]), ("客户财产", [LIABILITY]), ("车辆", [LIABILITY]), ("现金", []),
    ],
)  # fmt: skip
async def test_which_policy_to_ask_about_a_loss(park: Database, loss: str, numbers: list[str]) -> None:
    async with park.read() as session:
        running = await running_policies(session, TODAY)
    assert [policy.number for policy in may_apply(running, loss)] == numbers


async def test_glass_without_the_rider_may_be_left_out_and_with_it_the_rider_is_named(
    park: Database, rules: Rules
) -> None:
    async with park.read() as session:
        bare = await find_policy(session, PROPERTY, TODAY)
        assert "可能不赔" in exclusions_of(bare, "玻璃自爆")[0]
        assert riders_for(bare, "玻璃自爆") == []
    await add_policies(park, rules, policy_cells(PROPERTY, 附加险="玻璃单独破碎险"))
    async with park.read() as session:
        with_rider = await find_policy(session, PROPERTY, TODAY)
        assert exclusions_of(with_rider, "玻璃自爆") == []
        assert "玻璃单独破碎险" in advice_text([with_rider], "玻璃自爆")


async def test_nothing_said_of_a_policy_promises_that_it_pays(park: Database, rules: Rules) -> None:
    async with park.read() as session:
        running = await running_policies(session, TODAY)
    for loss in rules.claims.kinds:
        text = advice_text(running, loss)
        assert not [
            word
            for word in ("保障范围内", "属于保险责任", "可以赔", "会赔", "能赔", "承保范围")
            if word in text
        ]
        assert "以保险公司答复为准" in text or "没有登记可以问的保单" in text


async def test_what_the_wording_leaves_out_is_said_as_entered(park: Database) -> None:
    async with park.read() as session:
        machinery = await find_policy(session, MACHINERY, TODAY)
    assert "本保单载明：保修期内的损失" in exclusions_of(machinery, "机器设备")


@pytest.mark.parametrize(
    ("said", "loss"),
    [
        ("玻璃", "玻璃自爆"), ("爆管了", "水浸"), ("财产", ""), ("车", "车辆"), ("租户财产", "客户财产"), ("被偷", "盗抢"),
        ("火", "火灾"), ("机器损坏险", ""), ("", ""), ("电梯", "机器设备"),
    ],
)  # fmt: skip
def test_a_kind_of_loss_may_be_shortened(said: str, loss: str, rules: Rules) -> None:
    assert loss_meant(said, rules.claims) == loss


@pytest.mark.parametrize(
    ("left", "step"),
    [(61, None), (60, 60), (59, 60), (31, 60), (30, 30), (15, 15), (8, 15), (7, 7), (0, 7), (-1, 0), (-30, 0), (-31, None)],
)  # fmt: skip
def test_a_step_is_due_from_its_day_on(left: int, step: int | None, rules: Rules) -> None:
    policy = Policy(end_on=END)
    assert reminder_step(policy, END - timedelta(days=left), rules.insurance.renewal_days) == step


async def _told(db: Database) -> list[tuple[str, str]]:
    async with db.read() as session:
        rows = await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        return [(row.account, row.content["text"]) for row in rows]


async def test_a_renewal_is_asked_for_four_times_and_once_more_when_it_is_too_late(
    park: Database, rules: Rules
) -> None:
    day, said = END - timedelta(days=70), {}
    while day <= END + timedelta(days=3):
        now = at_local(day, 9, 11)
        before = len(await _told(park))
        async with park.begin() as session:
            await remind_renewals(session, day, now, rules)
            await remind_renewals(session, day, now, rules)  # a second run says nothing new
        said[day] = [who for who, text in (await _told(park))[before:] if "CY2025-0701-01" in text]
        day += timedelta(days=1)
    found = {(END - day).days: sorted(who) for day, who in said.items() if who}
    assert found == {
        60: ["linfang"], 30: ["linfang"], 15: ["linfang"],
        7: ["linfang", "zhengwei"], -1: ["linfang", "zhengwei"],
    }  # fmt: skip


async def test_after_downtime_one_reminder_says_all_of_it(park: Database, rules: Rules) -> None:
    now = at_local(END - timedelta(days=13), 9, 11)
    async with park.begin() as session:
        await remind_renewals(session, local_date(now), now, rules)
    texts = [text for who, text in await _told(park) if who == "linfang" and "财产一切险" in text]
    assert len(texts) == 1
    assert "还有 13 天到期" in texts[0]


async def test_a_policy_that_goes_on_needs_no_reminder(park: Database, rules: Rules) -> None:
    following = policy_cells(PROPERTY, 保单号="CY2026-1", 起保日=date(2026, 7, 1), 止保日=date(2027, 6, 30))
    await add_policies(park, rules, following)
    now = datetime(2026, 6, 20, 1, tzinfo=UTC)
    async with park.begin() as session:
        assert await remind_renewals(session, date(2026, 6, 20), now, rules) == 1  # the liability cover only
        everything = list(await session.scalars(select(Policy)))
        assert [policy.number for policy in everything if replaced(policy, everything)] == [PROPERTY]
    assert not [text for _, text in await _told(park) if PROPERTY in text]
