"""Three years from the due day, begun anew by what is proven, and by nothing that comes too late."""

from __future__ import annotations

from datetime import date

import pytest

from models.fees.limitation import Restart, limitation_of

DUE = date(2026, 3, 13)


@pytest.mark.parametrize(
    ("restarts", "until"),
    [
        ((), date(2029, 3, 13)),
        ((date(2026, 4, 16),), date(2029, 4, 16)),
        ((date(2028, 2, 29), date(2026, 4, 16)), date(2031, 2, 28)),
        ((date(2026, 3, 1),), date(2029, 3, 13)),  # before it was due: no demand yet
        ((date(2026, 3, 13),), date(2029, 3, 13)),
        ((date(2029, 3, 13),), date(2032, 3, 13)),  # on its last day
        ((date(2029, 3, 14),), date(2029, 3, 13)),  # a day too late revives nothing
        ((date(2029, 3, 14), date(2028, 1, 5)), date(2032, 3, 14)),
    ],
)
def test_each_proven_demand_begins_it_anew(restarts: tuple[date, ...], until: date) -> None:
    found = limitation_of(DUE, [Restart(on, "催款") for on in restarts])
    assert found.until_on == until
    assert (found.since is None) == (until == date(2029, 3, 13))


def test_days_left_are_counted_to_its_last_day() -> None:
    found = limitation_of(DUE, [])
    assert found.days_left(date(2029, 3, 13)) == 0
    assert found.days_left(date(2029, 3, 14)) == -1
