"""A person's wish to be forgotten: asked in chat, decided by staff, told with what has to stay and why.

[law: 个人信息保护法 §47] Deleted is what is no longer needed. What the law makes us keep, or what proves a debt, is only
stored and no longer used.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.cases.case import Case
from models.clock import local_date
from models.errors import UserError
from models.people.tenant import Contact, Tenant, contacts_of
from models.rules import Rules

ERASED_NAME = "已删除联系人"


class ErasureStatus(StrEnum):
    """asked → done | refused | withdrawn."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Erasure(Base):
    """One request. account: the chat it came from, where the answer goes. removed: how many rows of what."""

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    account: Mapped[str]
    status: Mapped[ErasureStatus]
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")

    @property
    def subject(self) -> str:
        """The name other tables use for it."""
        return f"erasure:{self.id}"

    def decide_by(self, rules: Rules) -> date:
        """The day by which the person has an answer."""
        return local_date(self.asked_at + timedelta(days=rules.privacy.answer_days))


async def running_request(session: AsyncSession, contact_id: int) -> Erasure | None:
    """What the person has asked for and nobody has decided yet."""
    found: Erasure | None = await session.scalar(
        select(Erasure)
        .where(Erasure.contact_id == contact_id, Erasure.status == ErasureStatus.ASKED)
        .with_for_update()
    )
    return found


async def open_requests(session: AsyncSession) -> list[tuple[Erasure, Contact, Tenant]]:
    """All that wait to be decided, oldest first."""
    rows = await session.execute(
        select(Erasure, Contact, Tenant)
        .join(Contact, Contact.id == Erasure.contact_id)
        .join(Tenant, Tenant.id == Contact.tenant_id)
        .where(Erasure.status == ErasureStatus.ASKED)
        .order_by(Erasure.id)
    )
    return [(erasure, contact, tenant) for erasure, contact, tenant in rows]


async def refuse_while_needed(session: AsyncSession, contact: Contact) -> None:
    """Raises UserError while a case of this person is open: until then the data serves its purpose [law: §47 (1)]."""
    numbers = list(
        await session.scalars(
            select(Case.number)
            .where(Case.contact_id == contact.id, Case.closed_at.is_(None))
            .order_by(Case.id)
            .limit(5)
        )
    )
    if numbers:
        raise UserError(
            f"{'、'.join(numbers)} 还没有办结，联系您要用到这些信息。办结或取消后再申请删除；进展请发：进度"
        )


async def last_who_sees_money(session: AsyncSession, contact: Contact) -> bool:
    """Whether nobody would be left at the company to whom bills may be sent."""
    others = [each for each in await contacts_of(session, contact.tenant_id) if each.id != contact.id]
    return contact.role.sees_money and not any(each.role.sees_money for each in others)
