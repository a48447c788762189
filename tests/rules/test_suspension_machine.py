"""No order of moves carries a suspension out without its gates; what stands in the way is named."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules import SuspensionRules
from models.suspension.facts import ENDS, Against, Facts, obstacles
from models.suspension.machine import LIVE, RULES, Approval, Attempt, Move, Side, State, judge
from models.suspension.papers import PAPERS, accepted, missing_papers, next_paper, paper

FULL = {
    item.key: {"photos": ["a"]} if item.picture else {"text": "无" if item.safety else "合同第8条"}
    for item in PAPERS
}
MANUAL = SuspensionRules(mode="manual", legal_basis="合同第 8 条")
READY = Facts(
    today=date(2026, 3, 31),
    rules=MANUAL,
    services=("空调",),
    letter_services=("空调", "供电"),
    letter_void=False,
    asked_on=date(2026, 3, 30),
    served_on=date(2026, 3, 23),
    owed_fen=1,
    holds=(),
    left_units=(),
    papers=FULL,
)


def kinds(facts: Facts) -> set[Against]:
    return {each.kind for each in obstacles(facts)}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({"today": date(2026, 3, 30)}, {Against.DAYS}),
        ({"asked_on": date(2026, 3, 31)}, {Against.DAYS}),
        ({"served_on": None}, {Against.PAPER}),
        ({"owed_fen": 0}, {Against.PAID}),
        ({"holds": (("异议", "Y01"),)}, {Against.DISPUTE}),
        ({"holds": (("承诺", "N01"),)}, {Against.PROMISE}),
        ({"holds": (("人工", "T01"),)}, {Against.PROMISE}),
        ({"left_units": ("A-1",)}, {Against.TENANT}),
        ({"letter_void": True}, {Against.LETTER}),
        ({"letter_services": ("供电",)}, {Against.LETTER}),
        ({"services": ("电梯",)}, {Against.MODE, Against.LETTER}),
        ({"rules": SuspensionRules()}, {Against.MODE}),
        ({"rules": SuspensionRules(mode="optional_services")}, {Against.MODE}),
        ({"papers": {}}, {Against.PAPERS}),
    ],
)
def test_each_fact_stands_in_the_way_by_itself(change: dict[str, object], expected: set[Against]) -> None:
    facts = replace(READY, **change)
    assert kinds(facts) == expected
    assert all(each.text for each in obstacles(facts))


@pytest.mark.parametrize("item", PAPERS, ids=lambda item: item.key)
def test_each_paper_is_needed(item) -> None:
    without = {key: value for key, value in FULL.items() if key != item.key}
    assert missing_papers(without) == [item.name]
    assert next_paper(without) == item
    assert next_paper(FULL) is None


@pytest.mark.parametrize(
    ("key", "said", "settles"),
    [
        ("servers", "无", True), ("servers", "没有", True), ("servers", "有", False), ("servers", "", False),
        ("servers", "已落实", False), ("servers", "已落实 已迁走", True), ("people", "有一人值守", False),
        ("clause", "有", False), ("clause", "物业合同第8条", True),
    ],
)  # fmt: skip
def test_a_danger_that_is_only_told_settles_nothing(key: str, said: str, settles: bool) -> None:
    assert accepted(paper(key), said) is settles


@pytest.mark.parametrize("service", ["供电", "自来水", "供暖", "空调", "电梯", "网络", "门禁"])
def test_no_utility_gets_onto_the_whitelist(service: str) -> None:
    with pytest.raises(ValueError, match="不能列入"):
        SuspensionRules(mode="optional_services", optional_services=(service,))


def test_utilities_belong_to_the_manual_mode_alone() -> None:
    assert SuspensionRules().services == ()
    assert "供电" not in SuspensionRules(mode="optional_services").services
    assert {"供电", "加班空调"} <= set(MANUAL.services)
    with pytest.raises(ValueError, match="legal_basis"):
        SuspensionRules(mode="manual")


@dataclass
class History:
    """A suspension as the machine has it, and what was true when it was carried out."""

    state: State = State.GATHERING
    approvals: list[Approval] = field(default_factory=list)
    executed: list[Attempt] = field(default_factory=list)

    def attempt(self, attempt: Attempt) -> None:
        verdict = judge(self.state, self.approvals, attempt)
        if verdict.state is None:
            assert verdict.refusal
            return
        if attempt.move is Move.APPROVE:
            assert attempt.side is not None
            self.approvals.append(Approval(attempt.side, attempt.userid))
        if attempt.move is Move.EXECUTE:
            self.executed.append(attempt)
        self.state = verdict.state


ATTEMPTS = st.builds(
    Attempt,
    move=st.sampled_from(Move),
    userid=st.sampled_from(["", "asker", "one", "two", "three"]),
    side=st.sampled_from([None, *Side]),
    obstacles=st.sampled_from([(), (), ("款项已付清",)]),
    requested_by=st.just("asker"),
    expired=st.booleans(),
    photo=st.booleans(),
)


@settings(max_examples=600)
@given(st.lists(ATTEMPTS, max_size=30))
def test_no_order_of_moves_carries_it_out_without_two_people_and_open_gates(attempts: list[Attempt]) -> None:
    history = History()
    for attempt in attempts:
        history.attempt(attempt)
    for executed in history.executed:
        assert {each.side for each in history.approvals} == set(Side)
        assert len({each.userid for each in history.approvals}) == 2
        assert "asker" not in {each.userid for each in history.approvals}
        assert not executed.obstacles and not executed.expired and executed.photo
    assert len(history.executed) <= 1


def test_the_straight_way_leads_to_the_end() -> None:
    history = History()
    asked = Attempt(Move.SUBMIT, "asker", requested_by="asker", photo=True)
    for attempt in (
        asked,
        replace(asked, move=Move.APPROVE, userid="one", side=Side.OFFICE),
        replace(asked, move=Move.APPROVE, userid="two", side=Side.SERVICE),
        replace(asked, move=Move.EXECUTE, userid="three"),
        replace(asked, move=Move.RESTORE, userid=""),
        replace(asked, move=Move.RESTORED, userid="three"),
    ):
        history.attempt(attempt)
    assert history.state is State.RESTORED and len(history.executed) == 1


def test_every_state_that_is_not_over_can_be_left() -> None:
    left = {source for rule in RULES for source in rule.sources}
    assert set(LIVE) <= left
    assert not left - set(LIVE)
    assert Against.DAYS not in ENDS and Against.PAPERS not in ENDS
