"""Money received: which bills it pays, what is left over, and how it is taken back."""

from __future__ import annotations

import asyncio

import pytest

from models.database import Database
from models.errors import UserError
from models.fees.account import books_balance
from models.fees.bill import Bill, unpaid_bills
from models.fees.debtors import debtors
from models.fees.payer import find_payers
from models.fees.payment import Payment, credit_fen
from models.fees.reversal import find_payment, reverse
from models.fees.till import by_method, entries_of
from models.fees.wanted import parse_wanted
from models.messages.guards import GUARDS
from tests.store.fee_park import APRIL, MARCH, FeePark, day, kept, open_park

MAY_9 = day(5, 9)


@kept
async def park(db: Database) -> FeePark:
    """One tenant that owes 1,000.00 for March and again for April."""
    park = await open_park(db)
    await park.lets("云帆设计", "A-1203")
    await park.issue(MARCH, day(3, 25))
    await park.issue(APRIL, day(4, 25))
    return park


async def _owed(park: FeePark) -> list[int]:
    async with park.db.read() as session:
        assert await books_balance(session) == []
        return [bill.owed_fen for bill in await unpaid_bills(session, park.tenants["云帆设计"])]


async def _credit(park: FeePark) -> int:
    async with park.db.read() as session:
        return await credit_fen(session, park.tenants["云帆设计"])


async def _take_back(park: FeePark, number: str, reason: str = "输错") -> list[Bill]:
    async with park.db.begin() as session:
        payment = await find_payment(session, number)
        return await reverse(session, payment, by="staff:chenjing", reason=reason, now=MAY_9)


async def test_a_part_payment_pays_the_oldest_bill_first(park: FeePark) -> None:
    received = await park.pay("云帆设计", 130_000, day(5, 8))
    assert received.payment.number == "SK-202605-0001"
    assert [part for _, part in received.parts] == [100_000, 30_000]
    assert await _owed(park) == [70_000]


async def test_the_same_message_twice_is_one_payment(park: FeePark) -> None:
    first = await park.pay("云帆设计", 50_000, day(5, 8), key="in7")
    second = await park.pay("云帆设计", 50_000, day(5, 8), key="in7")
    assert (first.new, second.new) == (True, False)
    assert second.payment.number == first.payment.number
    assert await _owed(park) == [50_000, 100_000]


async def test_two_payments_at_once_do_not_pay_the_same_debt_twice(park: FeePark) -> None:
    await asyncio.gather(park.pay("云帆设计", 150_000, MAY_9), park.pay("云帆设计", 150_000, MAY_9))
    assert await _owed(park) == []
    assert await _credit(park) == 100_000


async def test_what_is_paid_too_much_pays_the_next_bill(park: FeePark) -> None:
    received = await park.pay("云帆设计", 230_000, day(5, 8))
    assert (received.credit_fen, await _credit(park)) == (30_000, 30_000)
    may = APRIL.next()
    await park.issue(may, day(5, 25))
    bill = await park.bill("云帆设计", may)
    assert bill and (bill.total_fen, bill.paid_fen) == (100_000, 30_000)
    assert await _credit(park) == 0
    assert await _owed(park) == [70_000]


async def test_a_payment_is_taken_back_once_and_its_bills_are_open_again(park: FeePark) -> None:
    await park.pay("云帆设计", 130_000, day(5, 8))
    with pytest.raises(UserError, match="请写明原因"):
        await _take_back(park, "SK-202605-0001", " ")
    assert len(await _take_back(park, "0001")) == 2
    assert await _owed(park) == [100_000, 100_000]
    with pytest.raises(UserError, match="无需重复"):
        await _take_back(park, "SK-202605-0001")
    with pytest.raises(UserError, match="没有这张收款单"):
        await _take_back(park, "SK-209905-0001")


async def test_credit_from_another_payment_steps_in_for_one_taken_back(park: FeePark) -> None:
    await park.pay("云帆设计", 200_000, day(5, 7))
    await park.pay("云帆设计", 50_000, day(5, 8))
    await _take_back(park, "SK-202605-0001")
    assert await _owed(park) == [50_000, 100_000]
    assert await _credit(park) == 0


async def test_a_letter_about_a_bill_is_withheld_once_it_is_paid(park: FeePark) -> None:
    bill = await park.bill("云帆设计", MARCH)
    assert bill
    async with park.db.read() as session:
        assert await GUARDS["unpaid"](session, str(bill.id)) == ""
    await park.pay("云帆设计", 100_000, day(4, 3))
    async with park.db.read() as session:
        assert await GUARDS["unpaid"](session, str(bill.id)) == "账单已付清"


async def test_debtors_are_listed_with_the_oldest_first(park: FeePark) -> None:
    async with park.db.read() as session:
        found = await debtors(session, MAY_9.date())
    assert [(each.name, each.bills, each.owed_fen, each.overdue_fen) for each in found] == [
        ("云帆设计", 2, 200_000, 100_000)
    ]


async def test_a_cashiers_day_shows_what_came_and_what_went_back(park: FeePark) -> None:
    await park.pay("云帆设计", 10_000, MAY_9)
    await park.pay("云帆设计", 20_000, MAY_9)
    await _take_back(park, "0002")
    async with park.db.read() as session:
        sums = by_method(await entries_of(session, "staff:sunli", MAY_9.date()))
        assert [(each.method, each.count, each.in_fen, each.out_fen, each.net_fen) for each in sums] == [
            ("转账", 3, 30_000, 20_000, 10_000)
        ]
        assert await entries_of(session, "staff:heting", MAY_9.date()) == []


@pytest.mark.parametrize(
    ("text", "payer", "amount_fen", "method", "reference"),
    [
        ("云帆设计 1409.50 转账 流水号0312", "云帆设计", 140_950, "转账", "流水号0312"),
        ("Blue Sky Ltd 1,000 现金", "Blue Sky Ltd", 100_000, "现金", ""),
        ("A-1203 ￥20 汇款 尾号 8812", "A-1203", 2_000, "转账", "尾号 8812"),
    ],
)
def test_a_cashiers_line_is_understood(
    text: str, payer: str, amount_fen: int, method: str, reference: str
) -> None:
    wanted = parse_wanted(text)
    assert (wanted.payer, wanted.amount_fen, wanted.method, wanted.reference) == (
        payer, amount_fen, method, reference,
    )  # fmt: skip


@pytest.mark.parametrize(
    "text", ["", "云帆设计", "云帆设计 1409.50", "1409.50 转账", "云帆设计 0 现金", "云帆设计 -5 现金"]
)
def test_a_line_that_is_not_clear_is_asked_again(text: str) -> None:
    with pytest.raises(UserError):
        parse_wanted(text)


async def test_a_payer_is_found_by_part_of_the_name_or_by_unit(park: FeePark) -> None:
    await park.lets("云帆科技", "B-0101")
    async with park.db.read() as session:
        assert [each.name for each in await find_payers(session, "云帆", MAY_9.date())] == [
            "云帆设计", "云帆科技",
        ]  # fmt: skip
        assert [each.name for each in await find_payers(session, "b0101", MAY_9.date())] == ["云帆科技"]
        assert await find_payers(session, "无此公司", MAY_9.date()) == []


async def test_a_reversed_payment_stays_on_record(park: FeePark) -> None:
    number = (await park.pay("云帆设计", 10_000, MAY_9)).payment.number
    await _take_back(park, number, "金额输错")
    async with park.db.read() as session:
        payment = await find_payment(session, number)
        assert isinstance(payment, Payment)
        assert (payment.reversed_by, payment.reversed_reason) == ("staff:chenjing", "金额输错")
