"""Whatever stands in a cell, the answer is a value or a sentence for the person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import UserError
from models.imports import SHEETS
from models.imports.cells import Cells
from models.rules import Rules

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates(), st.datetimes(), st.times(),
    st.sampled_from(["2026-02", "１２", "是", "1e400", "1_0", "A-1203", "13800010001", "#REF!", "٣", "\ud800", "水"]),
)  # fmt: skip


@given(st.data())
def test_any_cells_make_a_row_or_a_reason(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(SHEETS))
    cells = Cells({column.name: data.draw(ANYTHING) for column in form.columns})
    try:
        row = form.check(cells, Rules())
    except UserError as refusal:
        assert str(refusal).endswith("。")
    else:
        assert hash(row.key) is not None


READ: list[tuple[Callable[[Cells], object], object, object]] = [
    (lambda c: c.number("x"), "１，２３４．５０ 元", Decimal("1234.5")),
    (lambda c: c.number("x"), 0.1 + 0.2, Decimal("0.3")),
    (lambda c: c.number("x"), " ", None),
    (lambda c: c.number("x"), 1000, Decimal(1000)),
    (lambda c: c.text("x"), 13800010001.0, "13800010001"),
    (lambda c: c.text("x"), "李\u3000娜\n \x07", "李 娜"),
    (lambda c: c.mobile("x"), "+86 138-0001-0001", "13800010001"),
    (lambda c: c.day("x"), datetime(2026, 3, 1), date(2026, 3, 1)),  # noqa: DTZ001 - as the library gives it
    (lambda c: c.day("x"), "2026.3.1", date(2026, 3, 1)),
    (lambda c: c.day("x"), "2026-03-01 00:00:00", date(2026, 3, 1)),
    (lambda c: str(c.month("x")), date(2026, 2, 1), "2026-02"),
    (lambda c: str(c.month("x")), 202602, "2026-02"),
    (lambda c: c.yes_or_no("x"), "Ｙ", True),
    (lambda c: c.names("x"), "技工、 客服专员，收费员", ["技工", "客服专员", "收费员"]),
]


@pytest.mark.parametrize(("read", "value", "expected"), READ)
def test_cells_are_understood(read: Callable[[Cells], object], value: object, expected: object) -> None:
    assert read(Cells({"x": value})) == expected


@pytest.mark.parametrize("value", [True, "1.0000001", float("nan"), float("inf"), "12a", time(3), "1" * 13])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(UserError, match="x"):
        Cells({"x": value}).number("x")
