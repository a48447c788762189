"""What a source of amounts on a month's bills is, and what it is given.

To add one: a file in this package with functions of these shapes and one `LineSource`, and its name in `SOURCES`
(models/fees/sources/__init__.py). Nothing else knows the sources by name.

A bill run works in chunks of up to a thousand tenants, so every function works set-wise: a fixed number of queries
for the whole chunk, narrow columns, no query for each tenant.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from models.calendar.period import Month
from models.calendar.working_days import Calendar
from models.fees.bill import BillRun
from models.fees.bill_lines import DraftLine
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose amounts of which month are asked for.

    tenant_ids: the tenants of the chunk, in order; empty in `prepare`.
    facts: what this source's `prepare` left at the start of the run.
    """

    month: Month
    rules: Rules
    calendar: Calendar
    tenant_ids: tuple[int, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def holds(self, tenant_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """A condition for queries: the column lies within the chunk. Lines of others in between are left out later."""
        return tenant_id.between(self.tenant_ids[0], self.tenant_ids[-1])


@dataclass(frozen=True, slots=True)
class Found:
    """The lines of one chunk, and what could not be charged, in words for finance."""

    lines: Sequence[DraftLine]
    gaps: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a source works out once for a run.

    facts: kept as JSON with the run and handed to each chunk, so keep it small; amounts by tenant or unit belong into
    a table of the source's own.
    gaps: what can not be charged to anybody.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    gaps: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ChargedLine:
    """A line of a bill that has just been issued. source: as `find` gave it."""

    bill_id: int
    tenant_id: int
    code: str
    amount_fen: int
    source: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LineSource:
    """One sort of amounts.

    name: of its facts in the run; for ever.
    codes: of its lines, in the order in which they are printed within a unit. A code belongs to one source.
    tenants: a query for the ids of tenants who may have a line in the month. A bill is tried for these, whatever source
    names them.
    find: lines and gaps of a chunk. Nothing is changed: a draft may be thrown away.
    prepare: once before the first chunk. Raises UserError to stop the run, with the sentence for finance.
    stale: asked when the draft is checked and when it is approved; a sentence on what has changed since it was
    computed, "" when it still holds.
    charge: marks what the lines were computed from as charged, once their bills are issued.
    release: the inverse, for bills that are reversed; it may be charged again.

    What is charged by mark (a reading, a service charge: it has a bill_id) is found as long as it has none. What belongs to
    the month as such (the property fee, a parking space) has no mark: its line carries `DraftLine.once`, and is left out
    where a line with the same `once` stands on a bill of this tenant and month already.
    """

    name: str
    codes: tuple[str, ...]
    tenants: Callable[[Month], Select[int]]
    find: Callable[[AsyncSession, Scope], Awaitable[Found]]
    prepare: Callable[[AsyncSession, Scope], Awaitable[Prepared]] | None = None
    stale: Callable[[AsyncSession, BillRun], Awaitable[str]] | None = None
    charge: Callable[[AsyncSession, Sequence[ChargedLine]], Awaitable[None]] | None = None
    release: Callable[[AsyncSession, Sequence[int]], Awaitable[None]] | None = None
