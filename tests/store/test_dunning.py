"""The dunning ladder on the calendar: exactly those who owe, when it is due, once, and never while it is paused."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.clock import at_local, local_date
from models.database import Database
from models.errors import UserError
from models.fees.promise import dispute, promise
from models.messages.guards import reason_to_withhold
from models.messages.outbox import OutboxStatus, Purpose
from models.notices.documents import DunningNotice, LegalNotice
from models.notices.letter import document_of
from models.notices.notice import NoticeKind
from models.people.tenant import ContactRole
from scheduler import dunning
from tests.store.fee_park import APRIL, MARCH, FeePark, day
from tests.store.letters import RULES, contact, letters, on, open_letters, queued, rows_of, run, settle_all

(DAILY,) = dunning.table.jobs
TENTH, ELEVENTH = day(4, 15), day(4, 16)  # working days of April 2026
PAYER, DEBTOR, PART = "已付公司", "未付公司", "部分付公司"


@pytest.fixture
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
    start = local_date(first)
    for n in range(days):
        now = at_local(start + timedelta(days=n), 10, 7)
    async with park.db.begin() as session:
        bill = await park.bill(DEBTOR, MARCH)
        assert bill
        bill.month, bill.due_on = "2027-03", on(4, 15).replace(year=2027)
        await session.merge(bill)
    await run(park.db, DAILY, late)
    told = [content.text for _, content in await queued(park.db, "staff:chenjing")]
    assert any("【催款暂停】2027 年" in text for text in told)
