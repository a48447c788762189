"""Tenants (租户), the units they rent, and their contacts (联系人)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.people.unit import Unit


class Tenant(Base):
    """A company in the park. Debts follow the company, never the unit."""

    __tablename__ = "tenant"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    post_address: Mapped[str] = mapped_column(default="")


class Tenancy(Base):
    """Who rents which unit from when to when (both days included); `price_yuan` is per ㎡ and month."""

    __tablename__ = "tenancy"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    start_on: Mapped[date]
    end_on: Mapped[date | None]
    price_yuan: Mapped[Decimal]


class ContactRole(StrEnum):
    """What a contact stands for in the company; decides what may be signed for and seen."""

    LEGAL = "法定代表人"
    HEAD = "负责人"
    AGENT = "经办人"
    FINANCE = "财务"
    MAILROOM = "收件部门"
    EMPLOYEE = "员工"

    @property
    def sees_money(self) -> bool:
        """Only an ordinary employee sees no bills [practice]."""
        return self is not ContactRole.EMPLOYEE

    @property
    def may_sign(self) -> bool:
        """Whose signature shows that the company received a letter [law: 诉讼时效规定 2020 §8]."""
        return self is not ContactRole.EMPLOYEE


class Contact(Base):
    """A person who speaks for a tenant. `mobile` is digits only; "" when unknown.

    sms_refused: has opted out of SMS that are not essential; mobile_dead_at: since when the number is known to be wrong.
    """

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    name: Mapped[str]
    mobile: Mapped[str] = mapped_column(default="", index=True)
    role: Mapped[ContactRole]
    active: Mapped[bool] = mapped_column(default=True)
    sms_refused: Mapped[bool] = mapped_column(default=False)
    mobile_dead_at: Mapped[datetime | None]


_DAY = bindparam("on", type_=Date)
_RENTED = (
    select(Unit)
    .join(Tenancy, Tenancy.unit_id == Unit.id)
    .where(Tenancy.tenant_id == bindparam("by"), Tenancy.start_on <= _DAY)
    .where((Tenancy.end_on.is_(None)) | (Tenancy.end_on >= _DAY))
    .order_by(Unit.code)
)


async def units_of(session: AsyncSession, tenant_id: int, on: date) -> list[Unit]:
    """The units the tenant rents on that day, by code."""
    return list((await session.scalars(_RENTED, {"by": tenant_id, "on": on})).unique())


async def tenants_in(session: AsyncSession, unit_id: int, on: date) -> list[Tenant]:
    """Who rents the unit on that day."""
    there = (
        select(Tenant)
        .join(Tenancy, Tenancy.tenant_id == Tenant.id)
        .where(Tenancy.unit_id == unit_id, Tenancy.start_on <= on)
        .where((Tenancy.end_on.is_(None)) | (Tenancy.end_on >= on))
        .order_by(Tenant.id)
    )
    return list((await session.scalars(there)).unique())


async def contacts_of(session: AsyncSession, tenant_id: int) -> list[Contact]:
    """The tenant's active contacts, those who may sign first, then by id."""
    rows = await session.scalars(
        select(Contact).where(Contact.tenant_id == tenant_id, Contact.active).order_by(Contact.id)
    )
    return sorted(rows, key=lambda contact: not contact.role.may_sign)
