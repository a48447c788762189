"""Why a bill is more than the last one: every cause by itself, and the causes add up to the 分."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.fees.bill_change import change_text, changes
from models.fees.money import round_half_up


@dataclass(frozen=True)
class Printed:
    """A line as it stands on a bill."""

    code: str
    name: str
    amount_fen: int
    source: dict[str, Any]


def power(used: str, price: str, meter: str = "E-1") -> Printed:
    fen = round_half_up(Decimal(used) * Decimal(price) * 100)
    return Printed("electricity", "电费 A-1203", fen, {"meter": meter, "usage": used, "price_yuan": price})


def rent(days: int, of: int, price: str = "10") -> Printed:
    fen = round_half_up(Decimal(100) * Decimal(price) * 100 * days / of)
    source = {"unit": "A-1203", "area": "100", "price_yuan": price, "days": days, "days_in_month": of}
    return Printed("property", "物业服务费 A-1203", fen, source)


def work(fen: int, name: str = "换锁") -> Printed:
    return Printed("service", name, fen, {"charge_id": 1})


def test_usage_and_price_are_told_apart() -> None:
    found = changes([power("300", "1.2")], [power("340", "1.5")])
    assert [(each.why, each.fen) for each in found] == [
        ("单价 1.2 → 1.5 元", 10_200),
        ("用量 300 → 340 度", 4_800),
    ]


def test_days_new_and_gone_lines_are_told_the_biggest_first() -> None:
    found = changes([rent(10, 31), work(12_050)], [rent(30, 30), power("50", "1")])
    assert [(each.name, each.why, each.fen) for each in found] == [
        ("物业服务费 A-1203", "计费天数 10/31 → 30/30 天", 67_742),
        ("换锁", "本月没有这一项", -12_050),
        ("电费 A-1203", "本月新增", 5_000),
    ]


def test_the_answer_says_what_is_more_and_what_is_less() -> None:
    before, now = [power("300", "1"), work(2_000)], [power("350", "1")]
    text = change_text(changes(before, now), 32_000, 35_000, "2026年4月账单", "2026年3月账单")
    assert text.splitlines() == [
        "2026年4月账单 350.00 元，比2026年3月账单（320.00 元）多 30.00 元：",
        "· 电费 A-1203：多 50.00 元（用量 300 → 350 度）",
        "· 换锁：少 20.00 元（本月没有这一项）",
    ]
    same = change_text([], 100, 100, "2026年4月账单", "2026年3月账单")
    assert same == "2026年4月账单 1.00 元，与2026年3月账单相同。"


def test_two_stretches_of_one_meter_are_one_usage_at_one_price_only() -> None:
    joined = changes([power("100", "1")], [power("60", "1"), power("70", "1")])
    assert [(each.why, each.fen) for each in joined] == [("用量 100 → 130 度", 3_000)]
    apart = changes([power("100", "1")], [power("60", "1"), power("70", "2")])
    assert [(each.why, each.fen) for each in apart] == [("100.00 → 200.00 元", 10_000)]


_QUANTITY = st.decimals(min_value=0, max_value=99_999, places=2).map(lambda value: f"{value:f}")
_PRICE = st.decimals(min_value=0, max_value=20, places=4).map(lambda value: f"{value:f}")
_LINE = st.one_of(
    st.builds(power, _QUANTITY, _PRICE, st.sampled_from(["E-1", "E-2"])),
    st.builds(rent, st.integers(1, 28), st.integers(28, 31), _PRICE),
    st.builds(work, st.integers(-10_000, 100_000), st.sampled_from(["换锁", "保洁"])),
)


@given(st.lists(_LINE, max_size=6), st.lists(_LINE, max_size=6))
def test_the_reasons_always_add_up(before: list[Printed], now: list[Printed]) -> None:
    total = sum(line.amount_fen for line in now) - sum(line.amount_fen for line in before)
    found = changes(before, now)
    assert sum(each.fen for each in found) == total
    assert [abs(each.fen) for each in found] == sorted((abs(each.fen) for each in found), reverse=True)
