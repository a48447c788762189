"""Whose money a line of the statement may be, and why."""

from __future__ import annotations

from datetime import date

import pytest

from models.bank.names import core, likeness
from models.bank.picked import Picked, parse_picked
from models.bank.proposals import (
    Known,
    LineFacts,
    OpenBillFacts,
    Proposal,
    RecordedFacts,
    TenantFacts,
    What,
    bills_named,
    propose,
    sure_one,
)
from models.errors import UserError
from models.rules import BankRules

RULES = BankRules()
ON = date(2026, 4, 3)
FEBRUARY = OpenBillFacts(1, "2026-02", "2026年2月账单", 100_000, ("ZD-202602-0001", "JF-202602-0001"))
MARCH = OpenBillFacts(2, "2026-03", "2026年3月账单", 140_000, ("ZD-202603-0001", "JF-202603-0001"))
YUNFAN = TenantFacts(1, "云帆设计有限公司", ("A-1203",), (FEBRUARY, MARCH))
QINGHE = TenantFacts(
    2,
    "青禾科技有限公司",
    ("B-0305", "B-0306"),
    (OpenBillFacts(3, "2026-03", "2026年3月账单", 250_000, ("ZD-202603-0002",)),),
)
PAID_UP = TenantFacts(3, "无信商贸行", ("C-0101",))
EVERYBODY = (YUNFAN, QINGHE, PAID_UP)


def facts(fen: int, name: str = "", reference: str = "", account: str = "", serial: str = "") -> LineFacts:
    return LineFacts(ON, fen, name, account, reference, serial)


def proposals(line: LineFacts, *recorded: RecordedFacts, known: Known = Known()) -> list[Proposal]:  # noqa: B008
    return propose(line, EVERYBODY, recorded, known, RULES)


def best(line: LineFacts, *recorded: RecordedFacts, known: Known = Known()) -> Proposal:  # noqa: B008
    return proposals(line, *recorded, known=known)[0]


@pytest.mark.parametrize(
    ("line", "tenant", "sure", "reason"),
    [
        (facts(240_000, "云帆设计有限公司"), 1, True, "金额等于全部欠款"),
        (facts(100_000, "云帆设计有限公司"), 1, True, "金额等于2026年2月账单"),
        (facts(140_000, "云帆设计（有限公司）"), 1, True, "户名与租户名称一致"),
        (facts(240_000, "云帆设计工作室"), 1, False, "户名相似（100%）"),
        (facts(90_000, "云帆设计有限公司"), 1, False, "部分付款，付后还欠 1,500.00"),
        (facts(300_000, "云帆设计有限公司"), 1, False, "多付 600.00，转预存"),
        (facts(250_000, "张三"), 2, False, "金额等于全部欠款"),
        (facts(250_000, "张三", "代青禾科技付3月物业费"), 2, False, "附言写了租户名称"),
        (facts(50_000, "张三", "b0306 电费"), 2, False, "附言写了单元 B-0306"),
        (facts(140_000, "张三", "JF-202603-0001"), 1, True, "附言写了 JF-202603-0001"),
        (facts(5_000, "无信商贸行"), 3, False, "没有欠款，全部转预存"),
    ],
)
def test_the_best_proposal_says_why(line: LineFacts, tenant: int, sure: bool, reason: str) -> None:
    found = proposals(line)
    assert (found[0].parts, found[0].what) == (((tenant, line.rest_fen),), What.BOOK)
    assert reason in found[0].reasons
    assert (sure_one(found, RULES) is not None) is sure


def test_an_amount_alone_is_never_sure_and_nothing_is_made_up() -> None:
    assert best(facts(250_000)).score < RULES.sure_score
    assert proposals(facts(777, "路人甲", "借款")) == []


def test_two_tenants_with_the_same_claim_are_both_shown_and_none_is_sure() -> None:
    twins = (YUNFAN, TenantFacts(9, "云帆设计院有限公司", (), (FEBRUARY, MARCH)))
    found = propose(facts(240_000, "云帆设计"), twins, (), Known(), RULES)
    assert {proposal.parts[0][0] for proposal in found} == {1, 9}
    assert sure_one(found, RULES) is None


def test_who_paid_before_is_known_by_account_and_by_name() -> None:
    account = Known(accounts={"6222": frozenset({2})})
    assert best(facts(250_000, "王五", account="6222"), known=account).score == 80
    name = Known(names={"王五": frozenset({2})})
    assert "付款户名以前确认过" in best(facts(30_000, "王 五"), known=name).reasons


def test_one_payer_for_several_tenants_is_split_by_what_each_owes() -> None:
    known = Known(accounts={"6222": frozenset({1, 2})})
    found = best(facts(490_000, "云青集团", account="6222"), known=known)
    assert found.parts == ((1, 240_000), (2, 250_000))
    assert "金额等于 2 家欠款之和" in found.reasons


def test_money_the_counter_told_of_is_linked_and_not_booked_again() -> None:
    told = RecordedFacts(7, 1, "SK-202604-0001", "云帆设计有限公司", 50_000, "流水号031288", date(2026, 4, 2))
    found = best(facts(50_000, "云帆设计有限公司", serial="031288"), told)
    assert (found.what, found.target_id, found.score) == (What.LINK, 7, 100)
    assert best(facts(50_001, "云帆设计有限公司"), told).what is What.BOOK


def test_money_that_went_out_is_a_refund_or_nothing() -> None:
    refund = RecordedFacts(
        4, 1, "TK-202604-0001", "云帆设计有限公司", 6_000, "云帆设计基本户", date(2026, 4, 1)
    )
    found = best(facts(-6_000, "云帆设计"), refund)
    assert (found.what, found.target_id) == (What.REFUND, 4)
    assert "收款人一致" in found.reasons
    assert proposals(facts(-240_000, "云帆设计有限公司")) == []


@pytest.mark.parametrize(
    ("reference", "named"),
    [
        ("3月物业费", [2]),
        ("付2026年2月、3月", [1, 2]),
        ("202603物业费", [2]),
        ("ZD-202602-0001", [1]),
        ("jf-202603-0001", [2]),
        ("3月16日转账", []),
        ("12月", []),
        ("账号尾号202603160001", []),
        ("", []),
    ],
)
def test_the_payers_words_name_bills(reference: str, named: list[int]) -> None:
    assert bills_named(reference, YUNFAN.bills, ON) == named


def test_names_are_compared_by_what_is_their_own() -> None:
    assert core("云帆设计（杭州）有限公司") == "云帆设计杭州"
    assert likeness("青禾科技有限公司", "云帆设计有限公司") < 50
    assert likeness("青禾科技", "青禾科技股份有限公司") == 100
    assert likeness("", "青禾") == 0


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("云帆设计", [Picked("云帆设计", None, ())]),
        ("云帆 1,000.50、青禾 1500元 3月", [Picked("云帆", 100_050, ()), Picked("青禾", 150_000, ("3月",))]),
        ("A-1203 1000\nB-0305 2000", [Picked("A-1203", 100_000, ()), Picked("B-0305", 200_000, ())]),
        ("Blue Sky Ltd 12.5", [Picked("Blue Sky Ltd", 1_250, ())]),
    ],
)
def test_what_people_pick_is_understood(text: str, picked: list[Picked]) -> None:
    assert parse_picked(text) == picked


@pytest.mark.parametrize("text", ["", "、", "云帆、青禾 100", "云帆 1 2", "3月", "云帆 100 青禾 200"])
def test_what_is_not_clear_is_asked_again(text: str) -> None:
    with pytest.raises(UserError):
        parse_picked(text)
