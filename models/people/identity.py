"""Which chat identity is which contact, and the codes that bind them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, UniqueConstraint, and_, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.people.staff import Staff
from models.people.tenant import Contact, Tenant
from models.rules import Rules

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class Identity(Base):
    """A WeChat customer (external_userid) who is known to be this contact. One account, one contact.

    stale_at: the platform does not know the account any more; nothing is sent there until it writes again.
    """

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("channel", "account"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    account: Mapped[str]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    bound_at: Mapped[datetime]
    how: Mapped[str]
    stale_at: Mapped[datetime | None]


class BindingCode(Base):
    """A one-time code for one contact. Only its hash is kept.

    account: empty for a code given by staff (whoever has it may use it); for an SMS code the one identity that asked.
    """

    __tablename__ = "binding_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    account: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class BindingAttempt(Base):
    """A wrong try; counted to lock out guessing."""

    __tablename__ = "binding_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class TenantActor:
    """A bound contact and the company behind it."""

    contact: Contact
    tenant: Tenant


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody we can not place; may only bind, and hear how to reach us."""

    account: str


Actor = Staff | TenantActor | Stranger


def _digest(code: str) -> str:
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()


async def new_code(
    session: AsyncSession, contact: Contact, now: datetime, rules: Rules, *, account: str = ""
) -> str:
    """A fresh code: eight letters and digits from staff, six digits when it goes by SMS to `account`."""
    by_sms = bool(account)
    alphabet, length = ("0123456789", 6) if by_sms else (_LETTERS, 8)
    code = "".join(secrets.choice(alphabet) for _ in range(length))
    minutes = rules.binding.sms_code_valid_min if by_sms else rules.binding.code_valid_h * 60
    session.add(
        BindingCode(
            code_hash=_digest(code),
            contact_id=contact.id,
            account=account,
            expires_at=now + timedelta(minutes=minutes),
        )
    )
    return code


async def locked_out(session: AsyncSession, account: str, now: datetime, rules: Rules) -> bool:
    """Whether this identity has guessed wrong too often lately [practice]."""
    since = now - timedelta(minutes=rules.binding.lock_min)
    tries = await session.scalar(
        select(func.count())
        .select_from(BindingAttempt)
        .where(BindingAttempt.account == account, BindingAttempt.at > since)
    )
    return (tries or 0) >= rules.binding.attempts


def note_wrong_try(session: AsyncSession, account: str, now: datetime) -> None:
    """Counts a wrong try."""
    session.add(BindingAttempt(account=account, at=now))


async def use_code(session: AsyncSession, code: str, account: str, now: datetime) -> Contact | None:
    """Takes the code out of use; the contact it stands for, or None when it is wrong, used, late or another's."""
    taken = await session.scalar(
        update(BindingCode)
        .where(
            BindingCode.code_hash == _digest(code),
            BindingCode.used_at.is_(None),
            BindingCode.expires_at > now,
            BindingCode.account.in_(["", account]),
        )
        .values(used_at=now)
        .returning(BindingCode.contact_id)
    )
    if taken is None:
        return None
    contact = await session.get(Contact, taken)
    return contact if contact and contact.active else None


async def bind(
    session: AsyncSession, channel: str, account: str, contact: Contact, now: datetime, how: str
) -> None:
    """Makes the identity stand for the contact from now on; an earlier binding of the same identity ends."""
    row = await session.scalar(
        select(Identity).where(Identity.channel == channel, Identity.account == account).with_for_update()
    )
    if row is None:
        session.add(Identity(channel=channel, account=account, contact_id=contact.id, bound_at=now, how=how))
        return
    row.contact_id, row.bound_at, row.how = contact.id, now, how


_LIVE = and_(Identity.channel == "kf", Identity.stale_at.is_(None))
_NEWEST_FIRST = Identity.bound_at.desc(), Identity.id.desc()
_ACCOUNTS = (
    select(Identity.account).where(Identity.contact_id == bindparam("whose"), _LIVE).order_by(*_NEWEST_FIRST)
)
_PEOPLE = (
    select(Contact, Identity.account)
    .outerjoin(Identity, and_(Identity.contact_id == Contact.id, _LIVE))
    .where(Contact.id.in_(bindparam("wanted", expanding=True)))
    .order_by(*_NEWEST_FIRST)
)


async def accounts_of(session: AsyncSession, contact_id: int) -> list[str]:
    """The KF accounts bound to a contact, newest binding first."""
    return list(await session.scalars(_ACCOUNTS, {"whose": contact_id}))


async def people_with_accounts(
    session: AsyncSession, contact_ids: Collection[int]
) -> tuple[dict[int, Contact], dict[int, list[str]]]:
    """Contacts by id, and the KF accounts of those who have any, newest binding first."""
    people: dict[int, Contact] = {}
    accounts: dict[int, list[str]] = {}
    if not contact_ids:
        return people, accounts
    for contact, account in await session.execute(_PEOPLE, {"wanted": sorted(contact_ids)}):
        people[contact.id] = contact
        if account is not None:
            accounts.setdefault(contact.id, []).append(account)
    return people, accounts


async def mark_stale(session: AsyncSession, account: str, at: datetime | None) -> None:
    """Notes that a KF account is gone, or, with None, that it has been heard of again."""
    changed = Identity.stale_at.is_(None) if at else Identity.stale_at.is_not(None)
    await session.execute(
        update(Identity)
        .where(Identity.channel == "kf", Identity.account == account, changed)
        .values(stale_at=at)
        .execution_options(synchronize_session=False)
    )
