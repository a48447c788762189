"""What a tenant gets for a deposit, and what it signs when the deposit goes back."""

from __future__ import annotations

import pytest

from models.fees.money import in_words
from tests.documents import samples
from tests.documents.test_letters import missing, pages


def test_the_receipt_says_what_is_held_and_that_it_is_no_invoice() -> None:
    receipt = samples.deposit_receipt()
    wanted = (
        "押金收据",
        "YJ-202603-0001",
        "5,000.00",
        "人民币伍仟元整",
        "凭本收据退还",
        "现代管 5,000.00 元",
        "不是发票",
        "孙丽",
    )
    assert missing(receipt, *wanted) == []
    assert len(pages(receipt)) == 1
    assert "领款人签字" not in "".join(pages(receipt))


def test_the_slip_of_a_refund_says_why_what_is_left_and_is_signed() -> None:
    slip = samples.deposit_back()
    wanted = (
        "押金退还单",
        "TY-202606-0001",
        "YJ-202603-0001",
        "4,500.00",
        "扣墙面修补 500 元",
        "现代管 500.00 元",
        "领款人签字",
    )
    assert missing(slip, *wanted) == []


def test_a_long_reason_and_an_odd_name_stay_on_the_paper() -> None:
    slip = samples.deposit_back(tenant="#panic(1) [x](http://evil) 网络", why="墙面修补" * 40)
    assert missing(slip, "#panic(1)", "墙面修补" * 10) == []


def test_more_than_was_held_is_never_printed() -> None:
    with pytest.raises(ValueError, match="600000 of 500000"):
        samples.deposit_back(amount_fen=600_000, amount_words=in_words(600_000))
