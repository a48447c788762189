"""Plays the days from one date to another over a copy of the data, and tells what would go out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.rehearsal.copying import copy_of
from bot.rehearsal.day_reasons import BILLS, day_reason, letter_reason
from bot.rehearsal.planned import Outlook, Planned, planned_of
from bot.rehearsal.stage import DUNNING, Stage
from models.calendar.period import Month
from models.calendar.working_days import Calendar
from models.clock import at_local, local, local_date
from models.errors import ServiceError, UserError
from models.fees.bill import BillRun, RunKind, RunStatus
from models.fees.bill_draft import continue_draft, start_draft
from models.fees.billing import approve_run, check_run
from models.job_run import JobRun
from models.messages.inbox import InboxMessage
from models.messages.outbox import OutboxMessage
from models.notices.notice import Notice
from models.people.staff import Staff
from models.people.tenant import Contact, Tenant
from models.rules import Rules
from scheduler.reminders import bill_day

_NOBODY = "staff:rehearsal"
_ISSUE_HOUR, _ISSUE_MINUTE = 10, 30
_LONGEST_DAYS = 92
Progress = Callable[[int, int], None]
"""Called with days played and days in all."""


async def rehearse(
    url: str,
    from_on: date,
    to_on: date,
    rules: Rules,
    calendar: Calendar,
    *,
    bills: bool = True,
    progress: Progress | None = None,
) -> Outlook:
    """What the days `from_on` to `to_on` would bring, both included, if nobody wrote, paid or signed meanwhile.

    bills: a month's bills are taken to be issued on their day, from the readings there are.
    Raises ServiceError: days in the wrong order, too many, or lying before what has happened already.
    """
    if not from_on <= to_on <= from_on + timedelta(days=_LONGEST_DAYS):
        raise UserError(f"请写明先后正确、最多 {_LONGEST_DAYS} 天的起止日期。")
    with tempfile.TemporaryDirectory(prefix="guanjia-rehearsal-") as folder:
        copy = await copy_of(url, Path(folder))
        try:
            async with copy.read() as session:
                start = await _start(session, at_local(from_on, 0))
            stage = await Stage.set_up(copy, start, rules, calendar, Path(folder))
            notes = await _play(stage, from_on, to_on, bills, progress)
            return await _outlook(stage, from_on, to_on, notes)
        finally:
            await copy.close()


async def _start(session: AsyncSession, from_at: datetime) -> datetime:
    """The last thing that has happened: from there on the copy lives by itself."""
    latest = [
        await session.scalar(select(func.max(column)))
        for column in (JobRun.started_at, InboxMessage.received_at, OutboxMessage.created_at)
    ]
    last = max(filter(None, latest), default=from_at)
    if last > from_at:
        raise UserError(
            f"数据已经到 {local(last):%Y-%m-%d %H:%M}，只能预演这之后的日子，请把起始日改到 "
            f"{local_date(last) + timedelta(days=1)} 或更晚。"
        )
    return last


async def _play(
    stage: Stage, from_on: date, to_on: date, bills: bool, progress: Progress | None
) -> list[str]:
    notes = ["假定期间没有新的来信、收款、签收和录入；实际发生后，消息会随之变化。"]
    days = list(_days(local_date(stage.clock.now()), to_on))
    for done, day in enumerate(days, start=1):
        if (
            bills
            and day >= from_on
            and bill_day(Month.of(day), stage.core.rules, stage.core.calendar).on == day
        ):
            await stage.engine.advance(stage.clock, at_local(day, _ISSUE_HOUR, _ISSUE_MINUTE))
            notes += await _issue(stage, Month.of(day))
        await stage.engine.advance(stage.clock, at_local(day + timedelta(days=1), 0))
        if progress:
            progress(done, len(days))
    return notes


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


async def _issue(stage: Stage, month: Month) -> list[str]:
    """Issues the month's bills on the copy, as if everybody had done their part; what to tell about it."""
    core, now = stage.core, stage.clock.now()
    async with core.db.read() as session:
        query = select(BillRun.status).where(BillRun.month == str(month), BillRun.kind == RunKind.MONTH)
        if await session.scalar(query) is RunStatus.ISSUED:
            return []
    try:
        async with core.db.begin() as session:
            run = await start_draft(
                session, month, by=_NOBODY, now=now, rules=core.rules, calendar=core.calendar
            )
            while await continue_draft(session, run, rules=core.rules, calendar=core.calendar):
                pass
            await check_run(session, run, by=_NOBODY, now=now)
            await approve_run(session, run, by=_NOBODY, now=now)
    except ServiceError as refused:
        return [f"{month.label}出账没有预演：{refused}"]
    return [f"假定{month.label}账单在 {now:%m-%d} 按期复核、批准；还没有的读数不计入金额。"]


async def _outlook(stage: Stage, from_on: date, to_on: date, notes: list[str]) -> Outlook:
    first, last = at_local(from_on, 0), at_local(to_on + timedelta(days=1), 0)
    at = func.coalesce(OutboxMessage.settled_at, OutboxMessage.due_at)
    async with stage.core.db.read() as session:
        people, letters = await _people(session), await _letters(session)
        rows = await session.scalars(
            select(OutboxMessage)
            .where(at >= first, at < last)
            .where(or_(OutboxMessage.settled_at.is_not(None), OutboxMessage.due_at < last))
            .order_by(at, OutboxMessage.id)
        )
        planned = [
            _planned(stage, row, people.get(row.recipient, row.recipient), letters.get(row.subject))
            for row in rows
        ]
    held = [
        (each.on, each.tenant, each.letter, f"{each.why}，暂缓到 {each.until_on:%m-%d}")
        for each in stage.held.values()
        if from_on <= each.on <= to_on
    ]
    return Outlook(from_on, to_on, [each for each in planned if each], sorted(held), notes)


def _planned(stage: Stage, row: OutboxMessage, who: str, letter: tuple[str, Month] | None) -> Planned | None:
    job, rules, calendar = stage.origins.get(row.id), stage.core.rules, stage.core.calendar
    if letter and job and job.name == DUNNING:
        reason = letter_reason(*letter, rules, calendar)
    else:
        name = job.name if job else BILLS if row.dedupe_key.startswith("notice:") else ""
        reason = day_reason(name, local_date(row.created_at), rules, calendar)
    return planned_of(row, who, job, reason, rules)


async def _letters(session: AsyncSession) -> dict[str, tuple[str, Month]]:
    """Level and month of each dunning letter, by the subject of its messages."""
    rows = await session.execute(select(Notice.id, Notice.step, Notice.month).where(Notice.step != ""))
    return {f"notice:{key}": (step, Month(*map(int, month.split("-")))) for key, step, month in rows}


async def _people(session: AsyncSession) -> dict[str, str]:
    """Recipient → name, as the list shows it."""
    found = {
        f"staff:{member.userid}": f"{member.name}（{member.department or '员工'}）"
        for member in await session.scalars(select(Staff))
    }
    rows = await session.execute(select(Contact, Tenant.name).join(Tenant, Tenant.id == Contact.tenant_id))
    return found | {
        f"contact:{contact.id}": f"{name} {contact.name}（{contact.role}）" for contact, name in rows
    }
