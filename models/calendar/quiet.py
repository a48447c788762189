"""When people may be disturbed. That is another clock than the one by which a deadline counts."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from models.clock import LOCAL, local

QUIET_FROM = time(21, 0)
QUIET_UNTIL = time(8, 30)


def next_allowed(at: datetime, quiet_from: time = QUIET_FROM, quiet_until: time = QUIET_UNTIL) -> datetime:
    """The first instant from `at` on that lies outside the quiet hours, aware UTC [practice].

    Quiet hours are on the park's clock, may span midnight, begin at `quiet_from` and are over at
    `quiet_until`; where both are equal there are none. Emergencies do not ask.
    """
    if at.tzinfo is None:
        raise ValueError("at must be an aware datetime")
    here = local(at)
    clock = here.time()
    if not _is_quiet(clock, quiet_from, quiet_until):
        return at.astimezone(UTC)
    day = here.date() if clock < quiet_until else here.date() + timedelta(days=1)
    return datetime.combine(day, quiet_until, tzinfo=LOCAL).astimezone(UTC)


def _is_quiet(clock: time, quiet_from: time, quiet_until: time) -> bool:
    if quiet_from <= quiet_until:
        return quiet_from <= clock < quiet_until
    return clock >= quiet_from or clock < quiet_until
