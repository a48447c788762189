"""The instants of a month on the park's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression

from models.calendar.period import Month
from models.clock import at_local


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to, but not including, `end`."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, month: Month) -> Span:
        """From its first midnight to that of the next month."""
        return cls(at_local(month.first_day, 0), at_local(month.last_day + timedelta(days=1), 0))

    def holds(self, column: SQLColumnExpression[Any]) -> ColumnElement[bool]:
        """Whether an instant lies in it."""
        return (column >= self.start) & (column < self.end)
