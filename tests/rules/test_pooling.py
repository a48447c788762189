"""Shared pools: who bears which 分, whatever the areas and the days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from models.fees.meter import MeterKind, Tariff
from models.fees.pool import ShareBasis
from models.fees.pooling import Counted, MeterPart, Seat, arithmetic, price_fen, share
from models.people.tenant import Tenancy

D = Decimal
FROM, TO = date(2026, 2, 20), date(2026, 3, 20)
COUNTED = Counted(FROM, TO, (MeterPart("M", D(700)),), (MeterPart("S1", D(400)), MeterPart("S2", D(200))))
AREAS = st.decimals(D("0.01"), 5000, places=2)
STAYS = st.tuples(st.integers(-40, 27), st.integers(0, 60))


def seat(unit: str, area: Decimal | int, *stays: tuple[int, date, date | None]) -> Seat:
    """A unit with its tenancies."""
    return Seat(
        unit, D(area), [Tenancy(tenant_id=who, start_on=first, end_on=last) for who, first, last in stays]
    )


def test_the_day_the_pool_begins_with_was_charged_before() -> None:
    (whole,) = share(
        1_000, [seat("A", 100, (1, FROM, None))], COUNTED, ShareBasis.AREA, centre_bears_vacant=True
    )
    assert (whole.days, whole.amount_fen) == (28, 1_000)
    leaves, empty = share(
        1_000, [seat("A", 100, (1, date(2025, 1, 1), date(2026, 3, 6)))], COUNTED, ShareBasis.AREA,
        centre_bears_vacant=True,
    )  # fmt: skip
    assert (leaves.days, leaves.amount_fen, empty.tenant_id, empty.amount_fen) == (14, 500, None, 500)


def test_two_contracts_of_one_company_in_one_unit_are_one_share() -> None:
    renewed = seat("A", 100, (1, date(2025, 1, 1), date(2026, 3, 1)), (1, date(2026, 3, 2), None))
    (only,) = share(999, [renewed], COUNTED, ShareBasis.EQUAL, centre_bears_vacant=False)
    assert (only.days, only.amount_fen) == (28, 999)


def test_where_nobody_was_the_centre_bears_it_whatever_the_rules_say() -> None:
    (nobody,) = share(999, [seat("A", 100)], COUNTED, ShareBasis.AREA, centre_bears_vacant=False)
    assert (nobody.tenant_id, nobody.amount_fen) == (None, 999)


def test_a_share_is_printed_with_pool_basis_and_arithmetic() -> None:
    tariff = Tariff(code="电", price_yuan=D("0.92"), per="度", from_on=date(2026, 1, 1))
    pool_fen = price_fen(COUNTED, tariff)
    parts = share(
        pool_fen, [seat("A", "229.75", (1, FROM, None)), seat("B", 100)], COUNTED, ShareBasis.AREA,
        centre_bears_vacant=True,
    )  # fmt: skip
    whole = sum((part.weight * part.days for part in parts), D(0))
    text = arithmetic(COUNTED, tariff, pool_fen, MeterKind.ELECTRICITY, ShareBasis.AREA, parts[0], whole)
    assert text == "总表 700 − 分表 600 = 100 度 × 0.92 元/度 = 92.00 元，按面积 229.75/329.75 ㎡"


@given(
    st.integers(0, 10**9), st.lists(st.tuples(AREAS, st.lists(STAYS, max_size=1)), min_size=1, max_size=12),
    st.sampled_from(ShareBasis), st.booleans(),
)  # fmt: skip
def test_every_fen_is_borne_by_somebody_once(
    pool_fen: int, units: list[tuple[Decimal, list[tuple[int, int]]]], basis: ShareBasis, centre: bool
) -> None:
    seats = []
    for n, (area, stays) in enumerate(units):
        lets = [(n + 1, FROM + timedelta(days=a), FROM + timedelta(days=a + b)) for a, b in stays]
        seats.append(seat(f"U{n}", area, *lets))
    parts = share(pool_fen, seats, COUNTED, basis, centre_bears_vacant=centre)
    assert sum(part.amount_fen for part in parts) == pool_fen
    assert all(part.amount_fen >= 0 and 0 < part.days <= 28 for part in parts)
    if not centre and any(part.tenant_id for part in parts):
        assert all(part.tenant_id for part in parts)
