"""What happens when the calendar asks. JOBS is the table of contents; jobs due at one instant run in its order."""

from __future__ import annotations

from scheduler import (
    calendar_year,
    cases,
    cash,
    claims,
    dunning,
    escalation,
    news,
    notices,
    policies,
    privacy,
    reminders,
    stats,
)
from scheduler.registry import Job

JOBS: tuple[Job, ...] = (
    *cases.table.jobs,
    *notices.table.jobs,
    *news.table.jobs,
    *dunning.table.jobs,
    *reminders.table.jobs,
    *escalation.table.jobs,
    *calendar_year.table.jobs,
    *policies.table.jobs,
    *claims.table.jobs,
    *cash.table.jobs,
    *stats.table.jobs,
    *privacy.table.jobs,
)
