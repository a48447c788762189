"""What holds the ladder: promises, disputes and pauses by hand, told to their owner in time, decided, and remembered."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import select

from models.database import Database
from models.errors import UserError
from models.fees.deciding import decide_dispute, lift
from models.fees.pause import DunningPause, PauseOutcome, find_pause, paused_until
from models.fees.promise import By, dispute, pause_by_hand, promise
from models.notices.debt_documents import BrokenPromise, DunningNotice, LegalNotice, OwnerLetter
from models.notices.decided import tell_decided
from models.notices.dunning_letter import dun
from models.notices.letter import document_of
from models.notices.notice import Notice, NoticeKind
from models.people.unit import Unit
from models.rules import DunningRules
from scheduler import dunning
from scheduler.registry import JobCtx
from tests.store.fee_park import CALENDAR, MARCH, FeePark, day, kept
from tests.store.letters import RULES, contact, job_named, letters, on, open_letters, queued, run

DAILY = job_named(dunning.table.jobs, "dunning.daily")
PAUSES = job_named(dunning.table.jobs, "dunning.pauses")
LIMITATION = job_named(dunning.table.jobs, "dunning.limitation")
ELEVENTH = day(4, 16)
DEBTOR = "未付公司"


@kept
async def park(db: Database) -> FeePark:
    """One tenant with an unpaid bill of 1,000.00 for March, due on 15 April."""
    park = await open_letters(db)
    await park.lets(DEBTOR, "A-1")
    await contact(park, DEBTOR, "李娜", account="wmlina")
    await park.issue(MARCH, day(3, 26))
    return park


def by(now, notice_id=None) -> By:
    return By("contact:1", now, RULES, notice_id)


async def hold(park: FeePark, kind, *args) -> DunningPause:
    async with park.db.begin() as session:
        return await kind(session, park.tenants[DEBTOR], *args)


async def decide(park: FeePark, outcome: PauseOutcome, note: str, now) -> None:
    async with park.db.begin() as session:
        pause = await find_pause(session, "1")
        await decide_dispute(session, pause, outcome, note, by="staff:chenjing", now=now, rules=RULES)
        await tell_decided(session, pause, now, RULES)


async def until(park: FeePark, today: date) -> date | None:
    async with park.db.read() as session:
        return await paused_until(session, park.tenants[DEBTOR], today)


async def told(park: FeePark, recipient: str) -> str:
    return "\n".join(content.text for _, content in await queued(park.db, recipient))


async def last_letter(park: FeePark) -> DunningNotice | LegalNotice:
    letter = document_of((await letters(park.db, park.tenants[DEBTOR]))[-1])
    assert isinstance(letter, DunningNotice | LegalNotice)
    return letter


async def test_a_promise_that_was_not_kept_is_recalled_by_the_next_letter(park: FeePark) -> None:
    await hold(park, promise, on(4, 20), by(day(4, 14)))
    await run(park.db, DAILY, day(4, 21))
    assert (await last_letter(park)).promises == (BrokenPromise(on(4, 14), on(4, 20)),)
    assert "贵司曾约定4月20日付款，我们尚未收到" in await told(park, "contact:")
    await run(park.db, DAILY, day(5, 2))
    assert (await last_letter(park)).promises == (), "recalled once"


async def test_the_owner_is_told_before_a_promise_ends_and_after_it_was_broken_once(park: FeePark) -> None:
    await hold(park, promise, on(4, 20), by(day(4, 14)))
    assert await run(park.db, PAUSES, day(4, 18)) == "将到期 0 项，已到期未了 0 项"
    assert await run(park.db, PAUSES, day(4, 19)) == "将到期 1 项，已到期未了 0 项"
    for _ in range(2):
        await run(park.db, PAUSES, day(4, 21))
    text = await told(park, "staff:chenjing")
    assert text.count("租户承诺的付款日是4月20日，未付 1,000.00 元") == 1
    assert text.count("租户承诺4月20日付款，没有履行，仍未付 1,000.00 元") == 1
    assert await told(park, "staff:zhoumin") == ""


async def test_a_promise_that_was_kept_is_no_news(park: FeePark) -> None:
    await hold(park, promise, on(4, 20), by(day(4, 14)))
    await park.pay(DEBTOR, 100_000, day(4, 18))
    await run(park.db, PAUSES, day(4, 19))
    await run(park.db, PAUSES, day(4, 21))
    assert "承诺" not in await told(park, "staff:chenjing")


async def test_a_later_promise_takes_the_place_of_the_earlier(park: FeePark) -> None:
    await hold(park, promise, on(4, 24), by(day(4, 14)))
    await hold(park, promise, on(4, 20), by(day(4, 15)))
    assert await until(park, on(4, 16)) == on(4, 20)


async def test_an_upheld_dispute_waits_for_the_correction(park: FeePark) -> None:
    await hold(park, dispute, "读数有误", by(day(4, 14)))
    await decide(park, PauseOutcome.UPHELD, "读数抄错一位", day(4, 20))
    assert await until(park, on(4, 21)) == on(4, 30)
    assert "成立：读数抄错一位" in await told(park, "contact:")
    assert "【更正账单】未付公司" in await told(park, "staff:chenjing")
    await run(park.db, DAILY, day(4, 30))
    assert len(await letters(park.db)) == 1
    await run(park.db, DAILY, day(5, 1))
    assert len(await letters(park.db)) == 2


async def test_an_unfounded_dispute_lets_the_ladder_go_on_and_holds_it_no_second_time(park: FeePark) -> None:
    notice = (await letters(park.db))[0]
    await hold(park, dispute, "读数有误", by(day(4, 14), notice.id))
    await decide(park, PauseOutcome.UNFOUNDED, "已现场核对", day(4, 15))
    assert "不成立：已现场核对" in await told(park, "contact:")
    assert await until(park, on(4, 15)) is None
    await run(park.db, DAILY, ELEVENTH)
    assert len(await letters(park.db)) == 2
    with pytest.raises(UserError, match="已经答复过：已现场核对"):
        await hold(park, dispute, "还是有误", by(day(4, 17), notice.id))
    with pytest.raises(UserError, match="已于 04-15 10:00 处理"):
        await decide(park, PauseOutcome.UPHELD, "改主意", day(4, 17))


async def test_what_is_added_to_a_dispute_belongs_to_it(park: FeePark) -> None:
    first = await hold(park, dispute, "读数有误", by(day(4, 14)))
    second = await hold(park, dispute, "倍率也不对", by(day(4, 20)))
    assert (second.id, second.reason, second.until_on) == (first.id, "读数有误；倍率也不对", first.until_on)


async def test_a_dispute_nobody_answers_is_brought_to_its_owner(park: FeePark) -> None:
    await hold(park, dispute, "读数有误", by(day(4, 14)))
    await run(park.db, PAUSES, day(4, 28))
    await run(park.db, PAUSES, day(4, 30))
    text = await told(park, "staff:chenjing")
    assert "还没有答复租户" in text and "异议处理 Y01 成立 说明" in text
    assert "已于4月29日结束而未答复" in text


async def test_a_pause_by_hand_has_a_reason_and_an_end(park: FeePark) -> None:
    for until_on, reason, says in (
        (on(4, 20), " ", "请写明暂停的原因"),
        (on(4, 13), "续签", "须在今天和5月14日之间"),
        (on(5, 15), "续签", "须在今天和5月14日之间"),
    ):
        with pytest.raises(UserError, match=says):
            await hold(park, pause_by_hand, until_on, reason, by(day(4, 14)))
    held = await hold(park, pause_by_hand, on(4, 20), "合同正在续签", by(day(4, 14)))
    assert held.number == "T01"
    await run(park.db, DAILY, day(4, 20))
    assert len(await letters(park.db)) == 1
    await run(park.db, DAILY, day(4, 21))
    assert len(await letters(park.db)) == 2


async def test_lifting_ends_everything_but_a_dispute_nobody_has_answered(park: FeePark) -> None:
    await hold(park, pause_by_hand, on(4, 30), "续签", by(day(4, 14)))
    await hold(park, promise, on(4, 25), by(day(4, 14)))
    async with park.db.begin() as session:
        ended = await lift(session, park.tenants[DEBTOR], "续签已完成", by="staff:linfang", now=day(4, 16))
    assert {pause.number for pause in ended} == {"T01", "N02"}
    assert await until(park, on(4, 16)) is None
    await hold(park, dispute, "读数有误", by(day(4, 16)))
    async with park.db.begin() as session:
        with pytest.raises(UserError, match="Y03 还没有答复"):
            await lift(session, park.tenants[DEBTOR], "不等了", by="staff:linfang", now=day(4, 16))


@pytest.mark.parametrize("text", ["Y01", "y1", "1", "01"])
async def test_a_dispute_is_found_by_its_number_as_people_write_it(park: FeePark, text: str) -> None:
    await hold(park, dispute, "读数有误", by(day(4, 14)))
    async with park.db.begin() as session:
        assert (await find_pause(session, text)).number == "Y01"
        for wrong in ("N01", "Y02", "Y", "", "Yx", "99999999999"):
            with pytest.raises(UserError, match="没有找到编号"):
                await find_pause(session, wrong)


async def test_two_workers_on_one_tenant_make_one_letter(park: FeePark) -> None:
    async def worker() -> Notice | None:
        async with park.db.begin() as session:
            return await dun(session, park.tenants[DEBTOR], ELEVENTH, RULES, CALENDAR)

    made = await asyncio.gather(worker(), worker(), worker())
    assert sum(notice is not None for notice in made) == 1
    assert len(await letters(park.db)) == 2


async def test_the_owner_of_the_unit_hears_of_its_own_unit_alone(park: FeePark) -> None:
    await park.lets(DEBTOR, "A-2")
    rules = RULES.model_copy(update={"dunning": DunningRules(tell_owner_at="催款通知单")})
    async with park.db.begin() as session:
        unit = (await session.scalars(select(Unit).where(Unit.code == "A-1"))).one()
        unit.owner_name, unit.owner_mobile, unit.owner_address = "许文博", "13900001111", "文三路 100 号"
        await dun(session, park.tenants[DEBTOR], ELEVENTH, rules, CALENDAR)
    found = await letters(park.db)
    assert [letter.kind for letter in found] == [NoticeKind.PAYMENT, NoticeKind.DUNNING, NoticeKind.OWNER]
    letter = document_of(found[-1])
    assert isinstance(letter, OwnerLetter)
    assert (letter.owner, letter.units, letter.total_fen) == ("许文博", ("A-1",), 100_000)
    text = await told(park, "staff:zhoumin")
    assert "【告知业主】YZ-202603-0001：许文博" in text and "文三路 100 号，13900001111" in text
    assert "许文博" not in await told(park, "contact:")


async def test_an_owner_is_asked_for_no_more_than_is_surely_open(park: FeePark) -> None:
    rules = RULES.model_copy(update={"dunning": DunningRules(tell_owner_at="催款通知单")})
    await park.pay(DEBTOR, 40_000, day(4, 10))
    async with park.db.begin() as session:
        unit = (await session.scalars(select(Unit).where(Unit.code == "A-1"))).one()
        unit.owner_name = "许文博"
        await dun(session, park.tenants[DEBTOR], ELEVENTH, rules, CALENDAR)
    assert (await letters(park.db))[-1].amount_fen == 60_000


async def test_without_an_owner_or_a_level_nobody_else_is_told(park: FeePark) -> None:
    async with park.db.begin() as session:
        unit = (await session.scalars(select(Unit).where(Unit.code == "A-1"))).one()
        unit.owner_id = park.tenants[DEBTOR]
        unit.owner_name = "本公司"
    for rules in (RULES, RULES.model_copy(update={"dunning": DunningRules(tell_owner_at="催款通知单")})):
        async with park.db.begin() as session:
            await dun(session, park.tenants[DEBTOR], ELEVENTH, rules, CALENDAR)
    assert NoticeKind.OWNER not in {letter.kind for letter in await letters(park.db)}


async def test_managers_are_warned_before_a_claim_lapses_once_for_each_day(park: FeePark) -> None:
    """Due on 15 April 2026 without any proof: the last day is 15 April 2029."""
    rules = RULES.model_copy(update={"roles": {**RULES.roles, "财务": RULES.roles["财务"] | {"fees.legal"}}})

    async def warned(month: int, number: int, year: int = 2029) -> str:
        now = day(month, number).replace(year=year)
        await LIMITATION.function(JobCtx(park.db, now, now, rules, CALENDAR))
        return await told(park, "staff:chenjing")

    assert "诉讼时效" not in await warned(10, 16, 2028)
    assert (await warned(10, 17, 2028)).count("还有 180 天") == 1
    assert (await warned(10, 20, 2028)).count("【诉讼时效】") == 1
    assert (await warned(3, 20)).count("【诉讼时效】") == 2, "after a long pause of the machine one is enough"
    assert (await warned(4, 20)).count("已过 5 天") == 1
