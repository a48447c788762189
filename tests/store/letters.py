"""A fee park whose tenants have contacts and whose staff can be told, for tests of letters."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.database import Database
from models.messages.content import Content
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.notices.notice import Notice
from models.people.identity import Identity
from models.people.staff import Staff
from models.people.tenant import Contact, ContactRole
from models.rules import Rules
from scheduler.registry import Job, JobCtx
from tests.store.fee_park import CALENDAR, FeePark, day, open_park

RULES = Rules(
    public_url="https://park.example",
    roles={
        "客服": frozenset({"notice.deliver"}),
        "财务": frozenset(
            {"fees.see", "fees.bill", "fees.cash", "fees.charges", "fees.read_meters", "fees.close"}
        ),
        "经理": frozenset({"fees.approve"}),
    },
)
HEAD, CLERK = ContactRole.HEAD, ContactRole.EMPLOYEE


async def open_letters(db: Database) -> FeePark:
    """The park with one member of each kind of staff."""
    park = await open_park(db)
    async with db.begin() as session:
        for userid, name, role in (
            ("zhoumin", "周敏", "客服"),
            ("chenjing", "陈静", "财务"),
            ("zhengwei", "郑伟", "经理"),
        ):
            session.add(Staff(userid=userid, name=name, department="", roles=[role]))
    return park


async def contact(
    park: FeePark,
    tenant: str,
    name: str,
    *,
    role: ContactRole = HEAD,
    mobile: str = "13800010001",
    account: str = "",
) -> Contact:
    """A contact of the tenant; account: of 微信客服, bound."""
    async with park.db.begin() as session:
        person = Contact(tenant_id=park.tenants[tenant], name=name, mobile=mobile, role=role)
        session.add(person)
        await session.flush()
        if account:
            session.add(
                Identity(channel="kf", account=account, contact_id=person.id, bound_at=day(1, 1), how="登记")
            )
    return person


async def letters(db: Database, tenant_id: int | None = None) -> list[Notice]:
    """All letters, oldest first."""
    async with db.read() as session:
        query = select(Notice).order_by(Notice.id)
        if tenant_id is not None:
            query = query.where(Notice.tenant_id == tenant_id)
        return list(await session.scalars(query))


async def queued(db: Database, recipient: str = "") -> list[tuple[str, Content]]:
    """(recipient, content) of everything in the outbox, in order; recipient: only to those whose name begins so."""
    async with db.read() as session:
        rows = await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        return [
            (row.recipient, Content.from_json(row.content))
            for row in rows
            if row.recipient.startswith(recipient)
        ]


async def rows_of(session: AsyncSession, notice: Notice) -> list[OutboxMessage]:
    """The messages that carry a letter to the tenant."""
    found = await session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.subject == notice.subject, OutboxMessage.contact_id.is_not(None))
        .order_by(OutboxMessage.id)
    )
    return list(found)


async def settle_all(db: Database, status: OutboxStatus, channel: str = "kf") -> None:
    """What is queued has met its fate."""
    async with db.begin() as session:
        for row in await session.scalars(
            select(OutboxMessage).where(OutboxMessage.status == OutboxStatus.DUE)
        ):
            row.status, row.channel = status, channel


async def run(db: Database, job: Job, scheduled: datetime, now: datetime | None = None) -> str:
    """One run of a job."""
    return await job.function(JobCtx(db, scheduled, now or scheduled, RULES, CALENDAR))


def job_named(jobs: list[Job], name: str) -> Job:
    """The job with that name."""
    return next(job for job in jobs if job.name == name)


def on(month: int, number: int) -> date:
    """A day of 2026."""
    return date(2026, month, number)
