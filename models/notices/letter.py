"""Making a letter: its number, its page, and everything it shows, frozen in one row."""

from __future__ import annotations

import secrets
import string
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from models.notices.documents import PaymentNotice
from models.notices.facts import Letter, letter_of, to_facts
from models.notices.notice import Notice, NoticeKind
from models.rules import Rules
from models.sequence import next_number

PREFIX = {
    NoticeKind.PAYMENT: "JF",
    NoticeKind.DUNNING: "CK",
    NoticeKind.LEGAL: "GZ",
    NoticeKind.SUSPENSION: "ZT",
    NoticeKind.OWNER: "YZ",
}
SHORT_CODE_LENGTH = 16  # 95 bits; a value of an SMS template has at most 20 characters
_BASE62 = string.ascii_letters + string.digits
_TOKEN_BYTES = 32


async def next_letter_number(session: AsyncSession, kind: NoticeKind, month: str) -> str:
    """The next number of that kind and month, without gaps: "JF-202603-0001"."""
    series = f"{PREFIX[kind]}-{month.replace('-', '')}"
    return f"{series}-{await next_number(session, f'notice:{series}'):04}"


async def keep_letter(
    session: AsyncSession,
    kind: NoticeKind,
    letter: Letter,
    *,
    tenant_id: int,
    month: str,
    now: datetime,
    rules: Rules,
    bill_id: int | None = None,
    revision: int = 1,
    step: str = "",
) -> Notice:
    """Writes the letter down; from here on it never changes. step: see Notice."""
    notice = Notice(
        number=letter.number,
        kind=kind,
        tenant_id=tenant_id,
        month=month,
        revision=revision,
        bill_id=bill_id,
        step=step,
        amount_fen=letter.total_fen,
        due_on=last_day_to_pay(letter),
        facts=to_facts(letter),
        token=secrets.token_urlsafe(_TOKEN_BYTES),
        short_code="".join(secrets.choice(_BASE62) for _ in range(SHORT_CODE_LENGTH)),
        token_expires_at=now + timedelta(days=rules.fees.notice_valid_days),
        made_at=now,
    )
    session.add(notice)
    await session.flush()
    return notice


def document_of(notice: Notice) -> Letter:
    """What the notice shows."""
    return letter_of(notice.kind, notice.facts)


def last_day_to_pay(letter: Letter) -> date:
    """Until when the letter asks for the money."""
    return letter.due_on if isinstance(letter, PaymentNotice) else letter.pay_by_on
