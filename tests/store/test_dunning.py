"""The dunning ladder on the calendar: exactly those who owe, when it is due, once, and never while it is paused."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.clock import at_local, local_date
from models.database import Database
from models.errors import UserError
from models.fees.bill import Bill, BillKind, BillStatus
from models.fees.promise import By, dispute, promise
from models.messages.guards import reason_to_withhold
from models.messages.outbox import OutboxStatus, Purpose
from models.notices.debt_documents import DunningNotice, LegalNotice
from models.notices.letter import document_of
from models.notices.notice import NoticeKind
from models.people.tenant import ContactRole
from scheduler import dunning
from tests.store.fee_park import APRIL, MARCH, FeePark, day, kept
from tests.store.letters import (
    RULES,
    contact,
    job_named,
    letters,
    on,
    open_letters,
    queued,
    rows_of,
    run,
    settle_all,
)

DAILY = job_named(dunning.table.jobs, "dunning.daily")
TENTH, ELEVENTH = day(4, 15), day(4, 16)  # working days of April 2026
PAYER, DEBTOR, PART = "已付公司", "未付公司", "部分付公司"


@kept
async def park(db: Database) -> FeePark:
    """Three tenants with a bill of 1,000.00 for March: one pays, one does not, one pays a part."""
    park = await open_letters(db)
    for number, name in enumerate((PAYER, DEBTOR, PART)):
        await park.lets(name, f"A-{number}")
        await contact(park, name, f"联系人{number}", mobile=f"1380001000{number}", account=f"wm{number}")
        await contact(park, name, f"员工{number}", role=ContactRole.EMPLOYEE, account=f"wx{number}")
    await park.issue(MARCH, day(3, 26))
    await settle_all(db, OutboxStatus.SENT)
    await park.pay(PAYER, 100_000, day(4, 8))
    await park.pay(PART, 40_000, day(4, 9))
    return park


async def dunned(park: FeePark) -> list[tuple[str, str, int]]:
    """(kind, tenant, amount) of all letters beyond the payment notices."""
    names = {number: name for name, number in park.tenants.items()}
    found = await letters(park.db)
    return [
        (letter.kind.value, names[letter.tenant_id], letter.amount_fen)
        for letter in found
        if letter.kind is not NoticeKind.PAYMENT
    ]


async def walk(park: FeePark, first: datetime, days: int) -> None:
    """The daily job, day after day."""
    for n in range(days):
        await run(park.db, DAILY, at_local(local_date(first) + timedelta(days=n), 10, 7))


async def kinds_of(park: FeePark, name: str) -> list[str]:
    """The dunning letters of one tenant, in order."""
    return [kind for kind, tenant, _ in await dunned(park) if tenant == name]


async def test_on_the_eleventh_working_day_exactly_those_who_owe_get_a_letter(park: FeePark) -> None:
    await run(park.db, DAILY, TENTH)
    assert await dunned(park) == []
    assert await run(park.db, DAILY, ELEVENTH) == "催款通知单 2 份，共 1,600.00 元"
    assert await dunned(park) == [("催款通知单", DEBTOR, 100_000), ("催款通知单", PART, 60_000)]
    letter = document_of((await letters(park.db, park.tenants[PART]))[1])
    assert isinstance(letter, DunningNotice)
    assert (letter.number, letter.pay_by_on) == ("CK-202603-0002", on(4, 23))
    assert [(bill.billed_fen, bill.paid_fen) for bill in letter.bills] == [(100_000, 40_000)]


async def test_the_words_are_polite_and_threaten_nothing(park: FeePark) -> None:
    await run(park.db, DAILY, ELEVENTH)
    notice = (await letters(park.db, park.tenants[DEBTOR]))[1]
    async with park.db.read() as session:
        rows = await rows_of(session, notice)
    message = rows[0].content
    assert rows[0].purpose is Purpose.NOTICE and rows[0].guard == f"owed:{notice.id}"
    assert "尚有 1,000.00 元未缴" in message["text"] and "2026年4月15日" in message["text"]
    assert [button["text"] for button in message["buttons"]] == ["签收", "异议", "承诺"]
    for word in ("滞纳金", "停水", "停电", "断电", "催缴", "否则"):
        assert word not in message["text"]


async def test_a_second_run_of_the_day_says_nothing_more(park: FeePark) -> None:
    await run(park.db, DAILY, ELEVENTH)
    before = await queued(park.db)
    assert await run(park.db, DAILY, ELEVENTH) == "今日无需催款"
    assert await queued(park.db) == before


async def test_it_is_withheld_when_payment_comes_between(park: FeePark) -> None:
    await run(park.db, DAILY, ELEVENTH)
    notice = (await letters(park.db, park.tenants[DEBTOR]))[1]
    async with park.db.read() as session:
        assert await reason_to_withhold(session, f"owed:{notice.id}") == ""
    await park.pay(DEBTOR, 100_000, ELEVENTH)
    async with park.db.read() as session:
        assert await reason_to_withhold(session, f"owed:{notice.id}") == "账单已付清"


async def test_after_the_thirtieth_the_last_letter_names_the_earlier_ones(park: FeePark) -> None:
    await walk(park, ELEVENTH, 20)
    assert await kinds_of(park, DEBTOR) == ["催款通知单", "欠费法律告知函"]
    last = (await letters(park.db, park.tenants[DEBTOR]))[2]
    letter = document_of(last)
    assert isinstance(letter, LegalNotice) and last.number == "GZ-202603-0001"
    assert letter.issued_on == on(5, 1)
    assert [demand.number for demand in letter.demands] == ["JF-202603-0002", "CK-202603-0001"]


async def test_a_backlog_after_downtime_comes_out_one_by_one_with_honest_dates(park: FeePark) -> None:
    back = day(5, 3)
    for missed in (day(4, 16), day(4, 17), day(5, 1)):
        await run(park.db, DAILY, missed, back)
    assert await kinds_of(park, DEBTOR) == ["催款通知单"]
    assert document_of((await letters(park.db, park.tenants[DEBTOR]))[1]).issued_on == on(5, 3)
    await walk(park, day(5, 4), 7)
    assert await kinds_of(park, DEBTOR) == ["催款通知单", "欠费法律告知函"]
    assert document_of((await letters(park.db, park.tenants[DEBTOR]))[2]).issued_on == on(5, 10)


async def test_the_next_month_has_a_letter_of_its_own(park: FeePark) -> None:
    await park.issue(APRIL, day(4, 24))
    await walk(park, ELEVENTH, 16)
    await run(park.db, DAILY, day(5, 25))
    mine = [(letter.kind, letter.month) for letter in await letters(park.db, park.tenants[DEBTOR])]
    assert mine[2:] == [
        (NoticeKind.DUNNING, "2026-03"),
        (NoticeKind.LEGAL, "2026-03"),
        (NoticeKind.DUNNING, "2026-04"),
    ]


async def test_an_opening_debt_of_the_same_month_does_not_stand_in_the_way(park: FeePark) -> None:
    """It is due later than the month's bill, so the second letter of that month looks for another month."""
    await run(park.db, DAILY, ELEVENTH)
    async with park.db.begin() as session:
        session.add(
            Bill(
                tenant_id=park.tenants[DEBTOR], month="2026-03", kind=BillKind.OPENING, number="QC-1",
                status=BillStatus.ISSUED, total_fen=500, paid_fen=0, due_on=on(4, 20), issued_at=day(4, 17),
            )
        )  # fmt: skip
    await run(park.db, DAILY, day(4, 24))
    mine = await letters(park.db, park.tenants[DEBTOR])
    assert [(letter.kind, letter.month, letter.amount_fen) for letter in mine[1:]] == [
        (NoticeKind.DUNNING, "2026-03", 100_000),
        (NoticeKind.DUNNING, "2026-04", 100_500),
    ]


async def test_a_promise_holds_the_letter_until_its_day_is_over(park: FeePark) -> None:
    async with park.db.begin() as session:
        held = await promise(session, park.tenants[DEBTOR], on(4, 20), By("contact:1", day(4, 14), RULES))
    assert held.owner == "chenjing"
    await walk(park, ELEVENTH, 5)
    assert await kinds_of(park, DEBTOR) == []
    told = [content.text for _, content in await queued(park.db, "staff:chenjing")]
    assert any("暂停催款：未付公司（承诺至4月20日）" in text for text in told)
    await run(park.db, DAILY, day(4, 21))
    assert await kinds_of(park, DEBTOR) == ["催款通知单"]


async def test_promising_again_and_again_gains_nothing(park: FeePark) -> None:
    debtor = park.tenants[DEBTOR]
    async with park.db.begin() as session:
        await promise(session, debtor, on(4, 20), By("contact:1", day(4, 14), RULES))
        await promise(session, debtor, on(4, 28), By("contact:1", day(4, 20), RULES))
        with pytest.raises(UserError, match="最晚可约定到4月28日"):
            await promise(session, debtor, on(4, 29), By("contact:1", day(4, 20), RULES))
        with pytest.raises(UserError, match="不能再次推迟"):
            await promise(session, debtor, on(5, 2), By("contact:1", day(4, 29), RULES))
        with pytest.raises(UserError, match="已经过去"):
            await promise(session, debtor, on(4, 13), By("contact:1", day(4, 14), RULES))
        with pytest.raises(UserError, match="没有未付"):
            await promise(session, park.tenants[PAYER], on(4, 20), By("contact:1", day(4, 14), RULES))


async def test_a_dispute_holds_the_letter_too(park: FeePark) -> None:
    async with park.db.begin() as session:
        held = await dispute(session, park.tenants[DEBTOR], "读数有误", By("contact:1", day(4, 14), RULES))
    assert held.until_on == on(4, 29)
    await run(park.db, DAILY, ELEVENTH)
    assert [name for _, name, _ in await dunned(park)] == [PART]


async def test_in_the_quiet_hours_nothing_is_sent(park: FeePark) -> None:
    assert "静默" in await run(park.db, DAILY, ELEVENTH, day(4, 16, 22))
    assert await dunned(park) == []


async def test_an_unknown_calendar_is_told_and_nobody_is_dunned_by_a_guess(park: FeePark) -> None:
    late = at_local(on(4, 16).replace(year=2027), 10, 7)
    async with park.db.begin() as session:
        bill = await park.bill(DEBTOR, MARCH)
        assert bill
        bill.month, bill.due_on = "2027-03", on(4, 15).replace(year=2027)
        await session.merge(bill)
    await run(park.db, DAILY, late)
    told = [content.text for _, content in await queued(park.db, "staff:chenjing")]
    assert any("【催款暂停】2027 年" in text for text in told)
