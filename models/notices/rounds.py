"""What members of staff have to do for unproven letters on a day: each 客服专员 gets her own tenants [manual ¶4.6.6]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.working_days import Calendar
from models.clock import at_local, local_date
from models.notices.bringers import Bringers, Crew, load_crew
from models.notices.delivery_step import Rung, note_step
from models.notices.ladder import DueStep, Standing, due_step
from models.notices.notice import Notice, NoticeKind, Receipt
from models.notices.paid import paid_notices
from models.notices.sign_off import Stand, stands_of
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class Task:
    """One letter and what is to be done for it today."""

    stand: Stand
    step: DueStep


@dataclass(frozen=True, slots=True)
class Round:
    """The tasks of one area, and who is asked to do them."""

    bringers: Bringers
    tasks: tuple[Task, ...]


async def tasks_of_day(session: AsyncSession, today: date, rules: Rules, calendar: Calendar) -> list[Task]:
    """The letters that have come to a step of staff's today, by unit. The facts are read anew each time.

    What is told to the owner of a unit is not brought to the tenant's door.
    """
    since = at_local(today - timedelta(days=rules.notices.give_up_after_days), 0)
    signed = exists().where(Receipt.notice_id == Notice.id, Receipt.sufficient)
    rows = await session.scalars(
        select(Notice)
        .where(Notice.made_at >= since, Notice.kind != NoticeKind.OWNER, ~signed, Notice.void_at.is_(None))
        .order_by(Notice.number)
    )
    unsigned = list(rows)
    paid = await paid_notices(session, unsigned)
    tasks = []
    # Most are paid by then: nothing more is asked about those.
    for stand in await stands_of(session, [notice for notice in unsigned if notice.id not in paid]):
        step = due_step(standing_of(stand), today, rules.notices, calendar) if stand.open else None
        if step is not None:
            tasks.append(Task(stand, step))
    return sorted(tasks, key=lambda task: (task.stand.letter.units, task.stand.notice.number))


def standing_of(stand: Stand) -> Standing:
    """The letter as the ladder sees it."""
    reached, parcel = stand.reached, stand.reached.parcel
    asked = {rung: tuple(step.reached_on for step in reached.steps if step.rung is rung) for rung in Rung}
    return Standing(
        made_on=local_date(stand.notice.made_at),
        monthly=stand.notice.kind is NoticeKind.PAYMENT,
        visits=asked[Rung.VISIT],
        posts=asked[Rung.POST],
        traces=asked[Rung.TRACE],
        refused_on=reached.refused_on,
        posted_on=local_date(parcel.posted_at) if parcel and parcel.travelling else None,
        returned_on=parcel.returned_on if parcel else None,
    )


async def rounds_of(session: AsyncSession, tasks: Sequence[Task], now: datetime, rules: Rules) -> list[Round]:
    """The tasks by area. A steward who is off today is stood in for by those who are on duty."""
    crew: Crew = await load_crew(session, rules)
    areas: dict[str, tuple[Bringers, list[Task]]] = {}
    for task in tasks:
        bringers = crew.for_units(task.stand.letter.units, now, rules)
        areas.setdefault(bringers.area, (bringers, []))[1].append(task)
    return [Round(bringers, tuple(own)) for bringers, own in areas.values()]


async def note_round(session: AsyncSession, todo: Round, now: datetime) -> None:
    """Each letter of the round has come to its step."""
    today, asked = local_date(now), todo.bringers.asked
    steps = dict.fromkeys(task.step for task in todo.tasks)
    for step in steps:
        ids = [task.stand.notice.id for task in todo.tasks if task.step == step]
        await note_step(session, ids, step.rung, today, now, steward=asked, reason=step.reason)
