"""One chunk of a draft: the next tenants, their lines from all sources, and the bills written in bulk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.database import insert_absent, insert_many
from models.fees.bill import Bill, BillGap, BillKind, BillLine, BillRun, BillStatus, RunKind
from models.fees.bill_lines import DraftLine
from models.fees.sources import RANK, SOURCES
from models.fees.sources.carried import balanced
from models.fees.sources.source import Scope
from models.fees.standing_bills import Standing, standing_bills

_NOTHING = Standing()
_COLUMNS = ("bill_id", "position", "code", "name", "basis", "amount_fen", "source", "once")


@dataclass(frozen=True, slots=True)
class Done:
    """tenants: how many were looked at. last_id: where the next chunk begins; None after the last one."""

    tenants: int
    last_id: int | None


def candidates(run: BillRun) -> list[Select[int]]:
    """Ids of tenants for whom a bill is tried, one query for each source."""
    year, month = map(int, run.month.split("-"))
    queries = [source.tenants(Month(year, month)) for source in SOURCES]
    if run.tenant_id is None:
        return queries
    return [query.where(query.selected_columns[0] == run.tenant_id) for query in queries]


async def draft_chunk(session: AsyncSession, run: BillRun, scope: Scope, limit: int) -> Done:
    """Throws away what was drafted for the next tenants and drafts them anew."""
    after = run.drafted_through or 0
    ids = await _next_ids(session, run, after, limit)
    last_id = ids[-1] if len(ids) == limit else None
    await _clear(session, run, after, last_id)
    if ids:
        await _draft(session, run, replace(scope, tenant_ids=tuple(ids)))
    return Done(len(ids), last_id)


async def _next_ids(session: AsyncSession, run: BillRun, after: int, limit: int) -> list[int]:
    """Each query stops at the limit by itself: asked chunk by chunk, none reads the same rows again."""
    found: set[int] = set()
    for query in candidates(run):
        column = query.selected_columns[0]
        following = query.where(column > after).distinct().order_by(column).limit(limit)
        found.update(await session.scalars(following))
    return sorted(found)[:limit]


async def _clear(session: AsyncSession, run: BillRun, after: int, last_id: int | None) -> None:
    """Removes earlier drafts of this chunk, and of tenants in between who are not billed any more."""
    old = delete(Bill).where(Bill.run_id == run.id, Bill.status == BillStatus.DRAFT, Bill.tenant_id > after)
    if last_id is not None:
        old = old.where(Bill.tenant_id <= last_id)
    await session.execute(old.execution_options(synchronize_session="fetch"))


async def _draft(session: AsyncSession, run: BillRun, scope: Scope) -> None:
    lines: dict[int, list[DraftLine]] = {tenant_id: [] for tenant_id in scope.tenant_ids}
    for source in SOURCES:
        found = await source.find(session, replace(scope, facts=run.facts.get(source.name, {})))
        for line in found.lines:
            if line.tenant_id in lines:
                lines[line.tenant_id].append(line)
        await keep_gaps(session, run, found.gaps)
    standing = await standing_bills(session, run.month, scope.tenant_ids)
    bills = _bills(run, lines, standing)
    await _write(session, run, bills, lines)


async def keep_gaps(session: AsyncSession, run: BillRun, gaps: Sequence[str]) -> None:
    """The same sentence from two chunks is one."""
    await insert_absent(session, BillGap, [{"run_id": run.id, "text": gap} for gap in dict.fromkeys(gaps)])


def _bills(
    run: BillRun, lines: dict[int, list[DraftLine]], standing: Mapping[int, Standing]
) -> list[dict[str, Any]]:
    """A row for each tenant with anything to charge, though it come to 0; what is billed already is left out."""
    rows = []
    for tenant_id, own in lines.items():
        known = standing.get(tenant_id, _NOTHING)
        if run.kind is RunKind.MONTH and known.billed(BillKind.MONTH):
            continue
        if known.once:
            own[:] = [line for line in own if line.once not in known.once]
        own[:] = balanced(tenant_id, own)
        if own:
            kind = known.next_kind(run.kind)
            rows.append(
                {
                    "run_id": run.id, "tenant_id": tenant_id, "month": run.month, "kind": kind,
                    "revision": known.next_revision(kind), "status": BillStatus.DRAFT,
                    "total_fen": sum([line.amount_fen for line in own]), "paid_fen": 0, "due_on": run.due_on,
                }
            )  # fmt: skip
    return rows


async def _write(
    session: AsyncSession, run: BillRun, bills: list[dict[str, Any]], lines: Mapping[int, list[DraftLine]]
) -> None:
    if not bills:
        return
    await session.execute(insert(Bill.__table__), bills)  # type: ignore[arg-type]  # a plain table
    written = await session.execute(
        select(Bill.tenant_id, Bill.id).where(
            Bill.run_id == run.id, Bill.tenant_id.between(bills[0]["tenant_id"], bills[-1]["tenant_id"])
        )
    )
    rows = [
        (bill_id, position, line.code, line.name, line.basis, line.amount_fen, line.source, line.once)
        for tenant_id, bill_id in written
        for position, line in enumerate(sorted(lines[tenant_id], key=_printed), start=1)
    ]
    await insert_many(session, BillLine, _COLUMNS, rows)


def _printed(line: DraftLine) -> tuple[str, int]:
    """Unit by unit; what belongs to none comes last."""
    return line.source.get("unit", "~"), RANK[line.code]
