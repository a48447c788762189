"""Binding by unit number, registered mobile and SMS code: whom it would bind, and how often it may be tried.

The person who asks learns nothing from the answers: they are the same whether unit and mobile fit or not.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.caps import sms_caps
from models.messages.content import Content, Sms
from models.messages.outbox import Purpose
from models.messages.tell import tell_contact
from models.people.identity import BindingCode, locked_out, new_code, note_wrong_try
from models.people.tenant import Contact, Tenancy
from models.people.unit import find_unit
from models.rules import Rules

SMS_TEMPLATE = "code_bind"


async def registered_contact(
    session: AsyncSession, unit_text: str, mobile: str, today: date
) -> Contact | None:
    """The contact of that mobile in a company that rents (or is about to rent) or owns the unit."""
    unit = await find_unit(session, unit_text)
    if unit is None or not mobile:
        return None
    renting = select(Tenancy.tenant_id).where(
        Tenancy.unit_id == unit.id, or_(Tenancy.end_on.is_(None), Tenancy.end_on >= today)
    )
    there = or_(Contact.tenant_id.in_(renting), Contact.tenant_id == unit.owner_id)
    found: Contact | None = await session.scalar(
        select(Contact).where(Contact.active, Contact.mobile == mobile, there).order_by(Contact.id).limit(1)
    )
    return found


async def request_sms_code(
    session: AsyncSession, contact: Contact | None, account: str, key: str, now: datetime, rules: Rules
) -> None:
    """Sends a code to the contact, if there is one and the number has not had too many.

    Every request counts as a try, right or wrong: else the lock-out would tell the one from the other.
    """
    note_wrong_try(session, account, now)
    if contact is None or await _too_many(session, contact.mobile, now, rules):
        return
    code = await new_code(session, contact, now, rules, account=account)
    sms = Sms(SMS_TEMPLATE, (("code", code),))
    await tell_contact(session, contact, f"{key}:code", Content(sms=sms), now=now, purpose=Purpose.CODE)


async def wrong_try(session: AsyncSession, account: str, now: datetime, rules: Rules) -> bool:
    """Counts a wrong code; whether the identity is locked out now."""
    note_wrong_try(session, account, now)
    await session.flush()
    return await locked_out(session, account, now, rules)


async def _too_many(session: AsyncSession, mobile: str, now: datetime, rules: Rules) -> bool:
    valid = timedelta(minutes=rules.binding.sms_code_valid_min)
    for cap in sms_caps(Purpose.CODE, rules.sending):
        sent = await session.scalar(
            select(func.count(BindingCode.id))
            .join(Contact, Contact.id == BindingCode.contact_id)
            .where(
                Contact.mobile == mobile,
                BindingCode.account != "",
                BindingCode.expires_at > now - cap.span + valid,
            )
        )
        if (sent or 0) >= cap.most:
            return True
    return False
