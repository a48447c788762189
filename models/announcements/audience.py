"""Whom an announcement reaches, over which channel, and what that costs: counted before anybody sends it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from models.announcements.area import Area
from models.clock import local_date
from models.database import one_of
from models.fees.money import round_half_up, yuan
from models.messages.outbox import Purpose
from models.messages.window import KfWindow
from models.people.identity import Identity
from models.people.tenant import Contact, Tenancy, Tenant
from models.people.unit import Unit
from models.rules import Rules

SMS_TEMPLATE = "announcement"
CHAT, SMS, WAIT, NOWAY = "kf", "sms", "wait", ""
"""Ways to a contact: the chat is open; a pointer by SMS; when they write next; none."""
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides on the way: is an SMS wanted at all, and is the matter one that nobody can opt out of."""

    sms: bool
    essential: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """How many people each way, what the messages cost, and the tenants of whom nobody can be reached.

    lost: people without any way, whose company may have others.
    """

    ways: dict[str, int]
    lost: int
    segments: int
    price_yuan: Decimal
    nobody_at: tuple[str, ...]

    @property
    def cost_fen(self) -> int:
        """All SMS together, rounded."""
        return round_half_up(self.ways.get(SMS, 0) * self.segments * self.price_yuan * 100)

    @property
    def text(self) -> str:
        """Two or three lines for whoever decides."""
        count = self.ways.get(SMS, 0)
        lines = [
            f"收件人 {sum(self.ways.values())} 人：微信 {self.ways.get(CHAT, 0)} 人，短信提示 {count} 人"
        ]
        if waits := self.ways.get(WAIT, 0):
            lines[0] += f"，下次来信时送达 {waits} 人"
        if self.lost:
            lines[0] += f"；另有 {self.lost} 人没有微信和手机"
        lines.append(
            f"短信每人 {self.segments} 条，共 {count * self.segments} 条，约 {yuan(self.cost_fen)} 元"
            if count
            else "不发短信，没有费用"
        )
        if self.nobody_at:
            more = f"等 {len(self.nobody_at)} 家" if len(self.nobody_at) > _NAMED else ""
            lines.append(f"联系不上：{'、'.join(self.nobody_at[:_NAMED])}{more}，请张贴或上门告知")
        return "\n".join(lines)


async def contacts_in(
    session: AsyncSession, area: Area, on: date, *, after: int = 0, most: int | None = None
) -> list[Contact]:
    """Active contacts of tenants who rent in the area on that day, by id, from the one behind `after`."""
    renting = select(Tenancy.tenant_id).join(Unit, Unit.id == Tenancy.unit_id).where(in_area(area), _runs(on))
    query = (
        select(Contact)
        .where(Contact.active, Contact.id > after, Contact.tenant_id.in_(renting))
        .order_by(Contact.id)
    )
    return list(await session.scalars(query.limit(most) if most else query))


async def ways_to(
    session: AsyncSession, contacts: Sequence[Contact], asked: Asked, now: datetime, rules: Rules
) -> dict[int, str]:
    """How each contact would be reached at this instant, by contact id; asked again when a message leaves."""
    rows = await session.execute(
        select(Identity.contact_id, KfWindow)
        .outerjoin(KfWindow, KfWindow.account == Identity.account)
        .where(one_of(session, Identity.contact_id, [contact.id for contact in contacts]))
        .where(Identity.channel == "kf", Identity.stale_at.is_(None))
    )
    known, open_now = set[int](), set[int]()
    for contact_id, window in rows:
        known.add(contact_id)
        if window is not None and not window.why_closed(now):
            open_now.add(contact_id)
    return {contact.id: _way(contact, known, open_now, asked, rules) for contact in contacts}


def _way(
    contact: Contact, known: Collection[int], open_now: Collection[int], asked: Asked, rules: Rules
) -> str:
    if contact.id in open_now:
        return CHAT
    if asked.sms and may_get_sms(contact, asked, rules):
        return SMS
    return WAIT if contact.id in known else NOWAY


def may_get_sms(contact: Contact, asked: Asked, rules: Rules) -> bool:
    """Whether a pointer may go to this phone: who opted out gets what is essential only [law: 短信].

    Without a registered template nothing goes by SMS.
    """
    wanted = (asked.essential or not contact.sms_refused) and SMS_TEMPLATE in rules.sms_segments
    works = bool(contact.mobile) and contact.mobile_dead_at is None
    return works and wanted and contact.role.value in rules.announcements.sms_roles


def purpose_of(contact: Contact, *, pointer: bool) -> Purpose:
    """What is essential reaches by SMS also who has opted out; everything else is kept until they write."""
    return Purpose.NOTICE if pointer and contact.sms_refused else Purpose.UPDATE


async def plan_for(session: AsyncSession, area: Area, asked: Asked, now: datetime, rules: Rules) -> Plan:
    """The whole audience as it stands now."""
    contacts = await contacts_in(session, area, local_date(now))
    ways = await ways_to(session, contacts, asked, now, rules)
    counts: dict[str, int] = {}
    for way in ways.values():
        if way:
            counts[way] = counts.get(way, 0) + 1
    reached = {contact.tenant_id for contact in contacts if ways[contact.id]}
    return Plan(
        counts,
        sum(not way for way in ways.values()),
        rules.sms_segments.get(SMS_TEMPLATE, 1),
        rules.announcements.sms_price_yuan,
        await _nobody_at(session, area, reached, local_date(now)),
    )


async def _nobody_at(
    session: AsyncSession, area: Area, reached: Collection[int], on: date
) -> tuple[str, ...]:
    """Tenants in the area none of whose contacts can be reached, those without any contact too."""
    rows = await session.execute(
        select(Tenant.id, Tenant.name, Unit.code)
        .join(Tenancy, Tenancy.tenant_id == Tenant.id)
        .join(Unit, Unit.id == Tenancy.unit_id)
        .where(in_area(area), _runs(on))
        .order_by(Unit.code)
    )
    return tuple(f"{code} {name}" for tenant_id, name, code in rows if tenant_id not in reached)


def in_area(area: Area) -> ColumnElement[bool]:
    """The same as `Area.covers`, asked of the database."""
    if area.everywhere:
        return true()
    on_floors = [and_(Unit.building == building, Unit.floor == floor) for building, floor in area.floors]
    return or_(Unit.building.in_(area.buildings), Unit.code.in_(area.units), *on_floors)


def _runs(on: date) -> ColumnElement[bool]:
    return and_(Tenancy.start_on <= on, or_(Tenancy.end_on.is_(None), Tenancy.end_on >= on))
