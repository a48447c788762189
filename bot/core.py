"""What every part of the rim is built from."""

from __future__ import annotations

from dataclasses import dataclass

from bot.files import FileStore
from models.calendar.working_days import Calendar
from models.clock import Clock
from models.database import Database
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class Core:
    """Database, clock, rules, calendar and files: the same for inbox, outbox, jobs and web."""

    db: Database
    clock: Clock
    rules: Rules
    calendar: Calendar
    files: FileStore
