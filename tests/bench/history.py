"""Three years of one park, written straight into the tables: what the answers of today have to be found among.

Only the columns that queries look at are lifelike; the others hold the emptiest value that their type has. What people
wrote has been erased by now, night after night.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Enum, Integer, Table
from sqlalchemy.ext.asyncio import AsyncSession

from models.audit.entry import AuditEntry
from models.base import Base, Quantity, UtcDateTime
from models.cases.case import Case, CaseEvent, Deadline
from models.database import Database, insert_many
from models.fees.bill import Bill, BillLine, BillRun
from models.fees.meter import Meter, Reading
from models.fees.payment import Allocation, Payment
from models.messages.inbox import InboxMessage, InboxStatus
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.notices.facts import to_facts
from models.notices.notice import Notice, NoticeKind, Receipt
from models.people.identity import Identity
from models.people.staff import Staff
from models.people.tenant import Contact, Tenancy, Tenant
from models.people.unit import Unit
from models.sequence import Sequence
from tests.documents.samples import payment_notice
from tests.fakes.park import STAFF

MONTHS = 36
TENANTS, METERS = 179, 660
CASES, MESSAGES, RECORDS = 250, 3_000, 1_500
"""In a month of one park [the sample park, and what its desk hears]."""
START = datetime(2023, 11, 1, 1, 0, tzinfo=UTC)
_CHUNK = 5_000
Value = Any | Callable[[int], Any]


@dataclass(frozen=True, slots=True)
class Size:
    """How many parks' worth of everything."""

    parks: int

    @property
    def tenants(self) -> int:
        """With a unit and a contact each."""
        return TENANTS * self.parks


async def write_history(database: Database, size: Size) -> None:
    """People, 36 months of bills, readings, cases and messages."""
    await database.create_all()
    for fill in (_people, _fees, _cases, _messages):
        async with database.begin() as session:
            await fill(session, size)


def month(n: int) -> str:
    """The n-th of the 36, "2023-11"."""
    at = START.month - 1 + n
    return f"{START.year + at // 12}-{at % 12 + 1:02}"


def _instant(n: int) -> datetime:
    return START + timedelta(days=30 * n)


async def _people(session: AsyncSession, size: Size) -> None:
    for userid, name, department, roles, shift in STAFF:
        session.add(Staff(userid=userid, name=name, department=department, roles=roles, shift=shift))
    await session.flush()
    count, meters = size.tenants, METERS * size.parks
    await _many(session, Tenant, count, id=_from_one, name=lambda n: f"第{n + 1}号公司")
    await _many(
        session, Unit, count, id=_from_one, code=lambda n: f"A-{n + 1:05}", building="A", floor="12",
        area=Decimal("100.00"),
    )  # fmt: skip
    await _many(
        session, Tenancy, count, tenant_id=_from_one, unit_id=_from_one, start_on=date(2020, 1, 1),
        price_yuan=Decimal(8),
    )  # fmt: skip
    await _many(
        session, Contact, count, id=_from_one, tenant_id=_from_one, name=lambda n: f"联系人{n}",
        mobile=lambda n: f"139{n:08}", active=True,
    )  # fmt: skip
    await _many(
        session, Identity, count, channel="kf", account=lambda n: f"wm{n}", contact_id=_from_one,
        bound_at=START,
    )  # fmt: skip
    await _many(
        session, Meter, meters, id=_from_one, number=lambda n: f"M{n:06}", unit_id=lambda n: 1 + n % count,
        multiplier=Decimal(1), active=True,
    )  # fmt: skip


async def _fees(session: AsyncSession, size: Size) -> None:
    tenants, meters = size.tenants, METERS * size.parks
    count = MONTHS * tenants
    await _many(
        session, BillRun, MONTHS, id=_from_one, month=month, kind="month", turn=1, status="issued",
        due_on=date(2026, 1, 15), made_at=START,
    )  # fmt: skip
    await _many(
        session, Bill, count, id=_from_one, run_id=lambda n: 1 + n // tenants,
        tenant_id=lambda n: 1 + n % tenants, month=lambda n: month(n // tenants), kind="month",
        status="issued", number=lambda n: f"B{n:07}", total_fen=135_000,
        paid_fen=lambda n: 135_000 if n // tenants < MONTHS - 1 else 0, due_on=date(2026, 10, 15),
    )  # fmt: skip
    await _many(
        session, BillLine, 4 * count, bill_id=lambda n: 1 + n // 4, position=lambda n: n % 4,
        name="物业管理费", amount_fen=33_750,
    )  # fmt: skip
    await _many(
        session, Notice, count, id=_from_one, number=lambda n: f"N{n:07}", kind=NoticeKind.PAYMENT,
        tenant_id=lambda n: 1 + n % tenants, month=lambda n: month(n // tenants), bill_id=_from_one,
        amount_fen=135_000, token=lambda n: f"t{n}", short_code=lambda n: f"s{n}", made_at=START,
        due_on=date(2026, 10, 15), token_expires_at=START, facts=to_facts(payment_notice()),
    )  # fmt: skip
    await _many(
        session, Receipt, count, notice_id=_from_one, at=START, message_key=lambda n: f"r{n}",
        sufficient=lambda n: n % 20 > 0,
    )  # fmt: skip
    paid = count - tenants
    await _many(
        session, Payment, paid, id=_from_one, number=lambda n: f"P{n:07}", tenant_id=lambda n: 1 + n % tenants,
        amount_fen=135_000, received_at=lambda n: _instant(n // tenants), message_key=lambda n: f"p{n}",
    )  # fmt: skip
    await _many(
        session, Allocation, paid, payment_id=_from_one, bill_id=_from_one, amount_fen=135_000, made_at=START
    )
    await _many(
        session, Reading, MONTHS * meters, meter_id=lambda n: 1 + n % meters,
        month=lambda n: month(n // meters), value=Decimal(15_000), read_at=START, doubts=[], confirmed=True,
    )  # fmt: skip


async def _cases(session: AsyncSession, size: Size) -> None:
    count = MONTHS * CASES * size.parks

    def open_(n: int) -> bool:
        return n >= count - 40  # the last ones are still at work

    await _many(
        session, Case, count, id=_from_one, number=lambda n: f"R{n:06}", workflow="repair",
        state=lambda n: "dispatched" if open_(n) else "closed", tenant_id=lambda n: 1 + n % size.tenants,
        contact_id=lambda n: 1 + n % size.tenants, reporter_account=lambda n: f"wm{n % size.tenants}",
        unit_id=lambda n: 1 + n % size.tenants, place="A-1203", category="空调", urgency="normal",
        description="空调不制冷", worker_id=3, helpers=[],
        created_at=lambda n: START + timedelta(minutes=172 * n // size.parks),
        closed_at=lambda n: None if open_(n) else START + timedelta(minutes=172 * n // size.parks + 200),
    )  # fmt: skip
    await _many(
        session, CaseEvent, 6 * count, case_id=lambda n: 1 + n // 6, at=START, actor="staff:wangqiang",
        actor_name="王强", move="接单", data={},
    )  # fmt: skip
    await _many(
        session, Deadline, 2 * count, case_id=lambda n: 1 + n // 2, kind="accept", due_at=START,
        met_at=lambda n: None if open_(n // 2) else START,
        fired_at=lambda n: START if open_(n // 2) else None,
    )  # fmt: skip


async def _messages(session: AsyncSession, size: Size) -> None:
    count = MONTHS * MESSAGES * size.parks
    await _many(
        session, InboxMessage, count, channel="kf", key=lambda n: f"old{n}",
        sender=lambda n: f"wm{n % size.tenants}", payload={"text": "进度"}, received_at=START,
        status=InboxStatus.DONE, handled_at=START, erased_at=START,
    )  # fmt: skip
    await _many(
        session, OutboxMessage, count // 2, dedupe_key=lambda n: f"old{n}",
        recipient=lambda n: f"contact:{1 + n % size.tenants}", content={"text": "已派单"},
        purpose=Purpose.UPDATE, status=OutboxStatus.SENT, channel="kf",
        address=lambda n: f"wm{n % size.tenants}", subject=lambda n: f"case:{1 + n // 4}", tried=[],
        due_at=START, created_at=START, settled_at=START, erased_at=START,
    )  # fmt: skip
    await _many(
        session, AuditEntry, MONTHS * RECORDS * size.parks, number=_from_one, at=START,
        actor="staff:zhoumin", action="case.move", subject=lambda n: f"case:{1 + n // 6}", detail={},
        previous=lambda n: f"h{n - 1}", hash=lambda n: f"h{n}",
    )  # fmt: skip
    session.add(Sequence(name="audit", last=MONTHS * RECORDS * size.parks))


async def _many(session: AsyncSession, table: type[Base], count: int, **given: Value) -> None:
    """`count` rows; a function is asked for the value of the n-th row, from 0."""
    target: Table = table.__table__  # type: ignore[assignment]  # declarative classes map plain tables here
    values: dict[str, Value] = {
        column.name: _empty(column) for column in target.c if not column.nullable and column.name != "id"
    } | given
    columns = tuple(values)
    for first in range(0, count, _CHUNK):
        rows = [
            tuple([value(n) if callable(value) else value for value in values.values()])
            for n in range(first, min(first + _CHUNK, count))
        ]
        await insert_many(session, table, columns, rows)


def _empty(column: Column[Any]) -> Any:
    """The emptiest value of the type."""
    if isinstance(column.type, Enum):
        return next(iter(column.type.enum_class)) if column.type.enum_class else column.type.enums[0]
    for kind, value in _EMPTY.items():
        if isinstance(column.type, kind):
            return value
    return ""


_EMPTY: dict[type, Any] = {
    Boolean: False,
    Integer: 0,
    JSON: {},
    Date: date(2023, 11, 1),
    UtcDateTime: START,
    Quantity: Decimal(0),
}


def _from_one(n: int) -> int:
    return n + 1
