"""Drafting the bills of a month: in chunks of tenants, each a transaction that can be run again.

A draft is thrown away and made anew until somebody checks it; one bill per (tenant, month, kind) for ever.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, delete, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.calendar.working_days import Calendar, CalendarUnknown, Shifted
from models.clock import local_date
from models.database import insert_new
from models.errors import UserError
from models.fees.bill import Bill, BillKind, BillLine, BillRun, BillStatus, RunStatus, ServiceCharge
from models.fees.bill_lines import DraftLine, metered_lines, property_line, service_line
from models.fees.meter import Meter
from models.fees.meter_book import load_books
from models.fees.occupancy import tenancies_by_unit
from models.fees.tariff import load_tariffs
from models.people.tenant import Tenancy, Tenant
from models.people.unit import Unit
from models.rules import Rules

CHUNK = 50
_LOOK_BACK = timedelta(days=400)  # how long after moving out a late reading may still be charged
_ORDER = {"property": 0, "water": 1, "electricity": 2, "service": 3}


@dataclass(frozen=True, slots=True)
class _Found:
    lines: dict[int, list[DraftLine]]
    gaps: list[str]


def due_day(month: Month, rules: Rules, calendar: Calendar) -> Shifted:
    """The last day to pay: a working day of the next month [manual flow chart].

    Raises: UserError when that year's calendar is not known.
    """
    after = month.next()
    try:
        day = calendar.nth_working_day(after.year, after.month, rules.fees.due_working_day)
        return calendar.shift(day, rules.fees.due_shift)
    except CalendarUnknown as unknown:
        raise UserError(
            f"{unknown.year} 年的放假安排还没有录入，无法算出付款截止日。请先录入该年工作日历，再出账。"
        ) from unknown


async def start_draft(
    session: AsyncSession, month: Month, *, by: str, now: datetime, rules: Rules, calendar: Calendar
) -> BillRun:
    """The month's run, emptied to be drafted (again).

    Raises: UserError when it is past drafting, or too early.
    """
    if month > Month.of(local_date(now)):
        raise UserError(f"{month.label}还没有到，请核对月份。")
    due_day(month, rules, calendar)
    first = {"month": str(month), "status": RunStatus.DRAFT, "made_by": by, "made_at": now, "gaps": []}
    await insert_new(session, BillRun, [first])
    run = await lock_run(session, month)
    if run.status is RunStatus.ISSUED:
        raise UserError(f"{month.label}账单已经发出，不能重新出账。漏计的读数和费用会计入下月。")
    if run.status is RunStatus.CHECKED:
        raise UserError(f"{month.label}账单已复核，等待批准。需要重算请先由审批人驳回。")
    await _refuse_while_another_waits(session, run)
    run.made_by, run.made_at, run.gaps, run.drafted_through = by, now, [], 0
    run.rejected_reason = ""
    return run


async def _refuse_while_another_waits(session: AsyncSession, run: BillRun) -> None:
    """Two drafts at a time would both charge what is not charged yet."""
    other = await session.scalar(
        select(BillRun)
        .join(Bill, Bill.run_id == BillRun.id)
        .where(Bill.status == BillStatus.DRAFT, BillRun.id != run.id)
        .limit(1)
    )
    if other is not None:
        raise UserError(
            f"{month_of(other).label}账单还没有发完，请先复核、批准，再出{month_of(run).label}的账单。"
        )


async def lock_run(session: AsyncSession, month: Month) -> BillRun:
    """The month's run, to be changed.

    Raises: UserError when there is none.
    """
    run: BillRun | None = await session.scalar(
        select(BillRun)
        .where(BillRun.month == str(month))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if run is None:
        raise UserError(f"{month.label}还没有出账草稿。请先由财务发送“出账 {month}”。")
    return run


async def continue_draft(
    session: AsyncSession, run: BillRun, *, rules: Rules, calendar: Calendar, limit: int = CHUNK
) -> int:
    """Drafts the next tenants; how many are left. `run` must be locked."""
    if run.drafted_through is None:
        return 0
    month = month_of(run)
    waiting = _candidates(run, month)
    ids = list(await session.scalars(waiting.order_by(Tenant.id).limit(limit)))
    total = await session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
    left = total - len(ids)
    await _clear(session, run, ids[-1] if left else None)
    found = await _compute(session, ids, month)
    due_on = due_day(month, rules, calendar).on
    for tenant_id in ids:
        await _write(session, run, tenant_id, found.lines.get(tenant_id, []), due_on)
    run.gaps = sorted({*run.gaps, *found.gaps})
    run.drafted_through = ids[-1] if left else None
    await session.flush()
    return left


def month_of(run: BillRun) -> Month:
    """The run's month as a value."""
    year, month = map(int, run.month.split("-"))
    return Month(year, month)


def _candidates(run: BillRun, month: Month) -> Select[int]:
    rented = exists().where(
        Tenancy.tenant_id == Tenant.id,
        Tenancy.start_on <= month.last_day,
        or_(Tenancy.end_on.is_(None), Tenancy.end_on >= month.first_day - _LOOK_BACK),
    )
    charged = exists().where(
        ServiceCharge.tenant_id == Tenant.id,
        ServiceCharge.bill_id.is_(None),
        ServiceCharge.month <= str(month),
    )
    billed = exists().where(
        Bill.tenant_id == Tenant.id,
        Bill.month == str(month),
        Bill.kind == BillKind.MONTH,
        Bill.status == BillStatus.ISSUED,
    )
    return select(Tenant.id).where(Tenant.id > (run.drafted_through or 0), or_(rented, charged), ~billed)


async def _clear(session: AsyncSession, run: BillRun, last_id: int | None) -> None:
    """Removes earlier drafts of this chunk, and of tenants in between who are not billed any more."""
    old = delete(Bill).where(
        Bill.run_id == run.id, Bill.status == BillStatus.DRAFT, Bill.tenant_id > (run.drafted_through or 0)
    )
    if last_id is not None:
        old = old.where(Bill.tenant_id <= last_id)
    await session.execute(old.execution_options(synchronize_session="fetch"))


async def _compute(session: AsyncSession, tenant_ids: list[int], month: Month) -> _Found:
    lines: dict[int, list[DraftLine]] = defaultdict(list)
    wanted = set(tenant_ids)
    rented = (
        await session.execute(
            select(Tenancy, Unit)
            .join(Unit, Unit.id == Tenancy.unit_id)
            .where(Tenancy.tenant_id.in_(tenant_ids))
        )
    ).all()
    for tenancy, unit in rented:
        if line := property_line(tenancy, unit, month):
            lines[line.tenant_id].append(line)
    metered, gaps = await _metered(session, {unit.id for _, unit in rented}, month)
    for line in metered:
        if line.tenant_id in wanted:
            lines[line.tenant_id].append(line)
    for line in await _charges(session, tenant_ids, month):
        lines[line.tenant_id].append(line)
    return _Found(lines, gaps)


async def _metered(
    session: AsyncSession, unit_ids: set[int], month: Month
) -> tuple[list[DraftLine], list[str]]:
    meters = await session.scalars(select(Meter.id).where(Meter.unit_id.in_(unit_ids)))
    books = await load_books(session, meters)
    tenancies = await tenancies_by_unit(session, unit_ids)
    tariffs = await load_tariffs(session)
    lines, gaps = [], []
    for book in books.values():
        more, missing = metered_lines(book, tenancies[book.unit.id], tariffs, month)
        lines.extend(more)
        gaps.extend(missing)
    return lines, gaps


async def _charges(session: AsyncSession, tenant_ids: list[int], month: Month) -> list[DraftLine]:
    """Charges of the month, and of earlier ones that came too late for theirs."""
    rows = await session.scalars(
        select(ServiceCharge)
        .where(
            ServiceCharge.tenant_id.in_(tenant_ids),
            ServiceCharge.bill_id.is_(None),
            ServiceCharge.month <= str(month),
        )
        .order_by(ServiceCharge.id)
    )
    return [service_line(row) for row in rows]


async def _write(
    session: AsyncSession, run: BillRun, tenant_id: int, lines: list[DraftLine], due_on: date
) -> None:
    """A bill, unless there is nothing to pay."""
    total_fen = sum(line.amount_fen for line in lines)
    if total_fen <= 0:
        return
    bill = Bill(
        run_id=run.id,
        tenant_id=tenant_id,
        month=run.month,
        kind=BillKind.MONTH,
        status=BillStatus.DRAFT,
        total_fen=total_fen,
        paid_fen=0,
        due_on=due_on,
    )
    session.add(bill)
    await session.flush()
    for position, line in enumerate(sorted(lines, key=_printed), start=1):
        fields = asdict(line)
        del fields["tenant_id"]
        session.add(BillLine(bill_id=bill.id, position=position, **fields))


def _printed(line: DraftLine) -> tuple[str, int]:
    """Unit by unit; what belongs to none comes last."""
    return line.source.get("unit", "~"), _ORDER[line.code]
