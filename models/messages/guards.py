"""Questions asked again right before a message leaves: do the facts still stand? [domain §6]

A message's guard is "name:argument". The answer is "" to send it, or the Chinese reason to withhold it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from models.announcements.announcement import announcement_stands
from models.announcements.deciding import announcement_asked
from models.cases.merge_proposal import proposal_stands
from models.cases.overdue import deadline_stands, state_stands
from models.fees.bill import Bill, BillStatus
from models.notices.payment_receipt import payment_stands
from models.notices.standing import letter_owed, letter_unsigned
from models.suspension.news import suspension_stands

Guard = Callable[[AsyncSession, str], Awaitable[str]]


async def unpaid(session: AsyncSession, bill_id: str) -> str:
    """Letters about money are for those who still owe it: a bill paid meanwhile is not asked for again."""
    bill = await session.get(Bill, int(bill_id), populate_existing=True)
    if bill is None:
        return "账单不存在"
    if bill.status is BillStatus.REVERSED:
        return "账单已冲销"
    return "" if bill.owed_fen > 0 else "账单已付清"


GUARDS: dict[str, Guard] = {
    "unpaid": unpaid,
    "owed": letter_owed,
    "unsigned": letter_unsigned,
    "payment": payment_stands,
    "deadline": deadline_stands,
    "case_state": state_stands,
    "merge": proposal_stands,
    "announcement": announcement_stands,
    "announcement_asked": announcement_asked,
    "suspension": suspension_stands,
}


async def reason_to_withhold(session: AsyncSession, guard: str) -> str:
    """Why the message must not go out any more; "" when it may. Raises KeyError for a guard nobody defined."""
    if not guard:
        return ""
    name, _, argument = guard.partition(":")
    return await GUARDS[name](session, argument)
