"""What one sheet is: its columns, how a row is checked, how checked rows are stored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.imports.cells import Cells
from models.rules import Rules


class Checked(Protocol):
    """A row whose values make sense by themselves."""

    @property
    def key(self) -> Hashable:
        """Two rows of a file with the same key speak of the same thing."""


T = TypeVar("T", bound=Checked)


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name; `aliases` are other headings people use for it."""

    name: str
    aliases: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class Batch(Generic[T]):
    """Rows to store in one transaction. `keys`: of all rows of the file, stored or still to come."""

    rows: Sequence[T]
    keys: frozenset[Hashable]
    now: datetime
    rules: Rules


@dataclass(frozen=True, slots=True)
class SheetForm(Generic[T]):
    """A sheet. `check` raises UserError with the reason; `save` answers with a reason per row, "" for a good one."""

    name: str
    columns: tuple[Column, ...]
    check: Callable[[Cells, Rules], T]
    save: Callable[[AsyncSession, Batch[T]], Awaitable[list[str]]]


def each_row(rows: Sequence[T], store: Callable[[T], None]) -> list[str]:
    """Stores row by row; a refusal concerns its row alone."""
    reasons = []
    for row in rows:
        try:
            store(row)
        except UserError as refusal:
            reasons.append(str(refusal))
        else:
            reasons.append("")
    return reasons
