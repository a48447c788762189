"""What tenants have been billed for a month already: which bill comes next, and what must not be charged again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.bill import (
    Bill,
    BillKind,
    BillLine,
    BillReversal,
    BillStatus,
    ReversalStatus,
    RunKind,
)


@dataclass(slots=True)
class Standing:
    """One tenant's bills of the month.

    revisions: the last one of each kind, reversed bills too. to_replace: kinds of reversed bills that wait for a correct
    one. once: what stands on bills that are not reversed (`BillLine.once`).
    """

    revisions: dict[BillKind, int] = field(default_factory=dict)
    to_replace: set[BillKind] = field(default_factory=set)
    once: set[str] = field(default_factory=set)

    def billed(self, kind: BillKind) -> bool:
        """Whether there has been such a bill."""
        return kind in self.revisions

    def next_kind(self, run: RunKind) -> BillKind:
        """A bill instead of a reversed one is of the same kind; the month's own first."""
        if run is RunKind.MONTH or BillKind.MONTH in self.to_replace:
            return BillKind.MONTH
        return BillKind.SUPPLEMENT

    def next_revision(self, kind: BillKind) -> int:
        """The number of the next bill of that kind."""
        return self.revisions.get(kind, 0) + 1


async def standing_bills(session: AsyncSession, month: str, tenant_ids: Sequence[int]) -> dict[int, Standing]:
    """By tenant; tenants without any bill of the month are left out."""
    here = (Bill.tenant_id.in_(tenant_ids), Bill.month == month, Bill.status != BillStatus.DRAFT)
    found: dict[int, Standing] = defaultdict(Standing)
    rows = await session.execute(select(Bill.tenant_id, Bill.kind, Bill.revision).where(*here))
    for tenant_id, kind, revision in rows:
        known = found[tenant_id].revisions
        known[kind] = max(revision, known.get(kind, 0))
    if not found:
        return {}
    waiting = await session.execute(
        select(Bill.tenant_id, Bill.kind)
        .join(BillReversal, BillReversal.bill_id == Bill.id)
        .where(
            *here,
            BillReversal.status == ReversalStatus.APPROVED,
            BillReversal.replace,
            BillReversal.replacement_id.is_(None),
        )
    )
    for tenant_id, kind in waiting:
        found[tenant_id].to_replace.add(kind)
    once = await session.execute(
        select(Bill.tenant_id, BillLine.once)
        .join(BillLine, BillLine.bill_id == Bill.id)
        .where(*here, Bill.status == BillStatus.ISSUED, BillLine.once != "")
    )
    for tenant_id, key in once:
        found[tenant_id].once.add(key)
    return dict(found)
