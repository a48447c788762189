"""When a queue is a matter for a person."""

from __future__ import annotations

import pytest

from models.operation.standing import Standing
from models.operation.watching import troubles
from models.rules import OperationRules

RULES = OperationRules(inbox_late_min=5, outbox_late_min=20, grows_looks=4, grows_least=100)


def look(inbox: int = 0, inbox_s: float = 0, outbox: int = 0, outbox_s: float = 0) -> Standing:
    return Standing(inbox, inbox_s, 0, outbox, outbox_s, 0, 0, 0, 0, 0, None)


@pytest.mark.parametrize(
    ("looks", "causes"),
    [
        ([look()] * 5, []),
        ([look(3, 400)] * 2, []),  # a machine that was off has much to make up
        ([look(3, 400)] * 3, ["queue:inbox"]),
        ([look(3, 400), look(3, 400), look(1, 20), look(3, 400)], []),
        ([look(outbox=2, outbox_s=1300)] * 3, ["queue:outbox"]),
        ([look(outbox=2, outbox_s=1100)] * 3, []),
        ([look(n) for n in (50, 80, 120, 160)], ["grows:inbox"]),
        ([look(n) for n in (50, 80, 70, 160)], []),  # it is being worked on
        ([look(n) for n in (20, 40, 60, 80)], []),
        ([look(outbox=n) for n in (150, 200, 300, 900)], ["grows:outbox"]),
    ],
)
def test_a_queue_calls_when_it_is_late_or_only_grows(looks: list[Standing], causes: list[str]) -> None:
    found = troubles(looks, RULES)
    assert [trouble.cause for trouble in found] == causes
    assert all("请" in trouble.text for trouble in found)
