"""Claims by the rules: which papers, which amounts, which days, which lights, which figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import Config
from models.calendar.period import Month
from models.cases.case import Case
from models.claims.amounts import SUMMED, AmountKind, ClaimAmount, doubts, kind_meant, totals
from models.claims.board import duty_clock, insurer_clock, short_span
from models.claims.checklist import asked_of
from models.claims.documents import Light
from models.claims.duty import NOT_APPLICABLE, ClaimDuty, DutyKind
from models.claims.insurer_clocks import ClockKind, InsurerClock, bell_days, clock_line, due_day
from models.claims.kpi import UNNAMED, kpi_of, kpi_text
from models.claims.paper import OURS, PAPER_LABELS, Paper, paper_meant
from models.claims.third_party import read_third_party
from models.errors import UserError
from models.rules import InsuranceRules, Rules

RULES = InsuranceRules()
NOW = datetime(2026, 3, 16, 1, tzinfo=UTC)
"""9:00 in the park."""


@pytest.mark.parametrize(
    ("kind", "must"),
    [
        ("水浸", {Paper.QUOTE}),
        ("火灾", {Paper.FIRE, Paper.EXPERT}),
        ("机器设备", {Paper.EXPERT, Paper.SERVICE_LOG}),
        ("盗抢", {Paper.POLICE}),
        ("车辆", {Paper.TRAFFIC, Paper.THIRD_PARTY}),
        ("客户财产", {Paper.THIRD_PARTY}),
        ("现金", {Paper.POLICE, Paper.CASH_COUNT}),
        ("没见过的事故", {Paper.QUOTE}),
    ],
)
def test_each_kind_of_loss_asks_for_its_papers(kind: str, must: set[Paper]) -> None:
    asked = asked_of(kind, "公共财产", third_parties=False)
    assert must <= {each.paper for each in asked if not each.when}
    assert {*OURS, Paper.POLICY} <= {each.paper for each in asked if not each.when}
    assert len({each.paper for each in asked}) == len(asked)


def test_a_paper_is_not_asked_of_a_loss_it_says_nothing_about() -> None:
    water = {each.paper for each in asked_of("水浸", "公共财产", third_parties=False)}
    assert not water & {Paper.POLICE, Paper.FIRE, Paper.CASH_COUNT, Paper.THIRD_PARTY}


@pytest.mark.parametrize(
    ("thing", "others"), [("租户财产", False), ("第三者责任", False), ("公共财产", True)]
)
def test_where_somebody_else_is_concerned_their_papers_are_wanted(thing: str, others: bool) -> None:
    asked = {each.paper: each.when for each in asked_of("水浸", thing, third_parties=others)}
    assert asked[Paper.THIRD_PARTY] == ""


def test_every_paper_has_a_label_that_finds_it() -> None:
    assert set(PAPER_LABELS) == set(Paper)
    assert all(paper_meant(label) is paper for paper, label in PAPER_LABELS.items() if paper not in OURS)
    assert [paper_meant(word) for word in ("报价", "鉴定")] == [Paper.QUOTE, Paper.EXPERT]
    assert [paper_meant(word) for word in ("出险通知书", "书", "")] == [None, None, None]


def _amount(kind: AmountKind, fen: int) -> ClaimAmount:
    return ClaimAmount(kind=kind, amount_fen=fen, note="", at=NOW, noted_by="")


@given(st.lists(st.tuples(st.sampled_from(AmountKind), st.integers(0, 10**9))))
def test_costs_and_payments_add_up_and_other_amounts_are_the_last_said(
    noted: list[tuple[AmountKind, int]],
) -> None:
    found = totals([_amount(kind, fen) for kind, fen in noted])
    for kind in AmountKind:
        said = [fen for each, fen in noted if each is kind]
        expected = sum(said) if kind in SUMMED else said[-1] if said else None
        assert found.get(kind) == (expected if said else None)


def test_what_it_cost_to_hold_the_loss_down_never_stands_in_the_loss() -> None:
    found = totals(
        [_amount(AmountKind.LOSS, 100), _amount(AmountKind.RESCUE, 30), _amount(AmountKind.EXPERT, 20)]
    )
    assert found == {AmountKind.LOSS: 100, AmountKind.RESCUE: 30, AmountKind.EXPERT: 20}


def test_amounts_that_do_not_fit_are_spoken_of() -> None:
    said = doubts(
        {AmountKind.CLAIMED: 500, AmountKind.DECIDED: 300, AmountKind.AGREED: 400, AmountKind.PAID: 100}
    )
    assert [line[:2] for line in said] == ["到账", "核定", "协议"]
    assert doubts({AmountKind.AGREED: 400, AmountKind.PAID: 400}) == []
    assert "第六十条" in doubts({AmountKind.OFFSET: 1})[0]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("施救费", AmountKind.RESCUE),
        ("施救", AmountKind.RESCUE),
        ("免赔额", AmountKind.DEDUCTIBLE),
        ("损失", AmountKind.LOSS),
        ("索赔", AmountKind.CLAIMED),
        ("", None),
        ("工资", None),
    ],
)
def test_an_amount_is_known_by_its_word(word: str, kind: AmountKind | None) -> None:
    assert kind_meant(word) is kind


@pytest.mark.parametrize(
    ("said", "name", "phone", "fen", "note"),
    [
        ("王先生 13800010002 愿意赔 2000 元现金", "王先生", "13800010002", 200_000, "愿意赔 2000 元现金"),
        ("顺达物流 0571-88001234 货车撞了道闸", "顺达物流", "0571-88001234", None, "货车撞了道闸"),
        ("李女士 说赔1,500.50元", "李女士", "", 150_050, "说赔1,500.50元"),
        ("Tom", "Tom", "", None, ""),
        ("云帆公司 13800010001 要求赔 20000 元", "云帆公司", "13800010001", None, "要求赔 20000 元"),
    ],
)
def test_a_third_party_is_read_from_one_line(
    said: str, name: str, phone: str, fen: int | None, note: str
) -> None:
    found = read_third_party(said)
    assert (found.name, found.phone, found.offered_fen, found.note) == (name, phone, fen, note)
    assert found.demands == ("要求" in note)


@pytest.mark.parametrize("said", ["", "13800010002", "13800010002 王先生", "123 元"])
def test_a_third_party_needs_a_name_first(said: str) -> None:
    with pytest.raises(UserError, match="请先写姓名或单位"):
        read_third_party(said)


@pytest.mark.parametrize(
    ("kind", "start", "due"),
    [
        (ClockKind.DECISION, date(2026, 3, 16), date(2026, 4, 15)),
        (ClockKind.UNDISPUTED, date(2026, 3, 16), date(2026, 5, 15)),
        (ClockKind.PAYMENT, date(2026, 2, 20), date(2026, 3, 2)),
        (ClockKind.REFUSAL, date(2026, 12, 30), date(2027, 1, 2)),
        (ClockKind.LIMITATION, date(2026, 3, 16), date(2028, 3, 16)),
        (ClockKind.LIMITATION, date(2024, 2, 29), date(2026, 2, 28)),
        (ClockKind.LIMITATION, date(2026, 2, 28), date(2028, 2, 28)),
    ],
)
def test_the_last_day_of_each_clock(kind: ClockKind, start: date, due: date) -> None:
    assert due_day(kind, start, RULES) == due


def _clock(kind: ClockKind, starts_on: date) -> InsurerClock:
    return InsurerClock(kind=kind, starts_on=starts_on, due_on=due_day(kind, starts_on, RULES))


def test_bells_ring_before_on_and_after_the_last_day() -> None:
    days = bell_days(_clock(ClockKind.DECISION, date(2026, 3, 16)), RULES)
    assert days == [(-1, date(2026, 4, 13)), (0, date(2026, 4, 15)), (1, date(2026, 4, 16))]
    two_years = bell_days(_clock(ClockKind.LIMITATION, date(2026, 3, 16)), RULES)
    assert [day for _, day in two_years] == sorted(day for _, day in two_years)
    assert len({level for level, _ in two_years}) == len(two_years) == 5
    assert (
        bell_days(_clock(ClockKind.REFUSAL, date(2026, 3, 16)), InsuranceRules(insurer_warn_days=(5,)))[0][0]
        == 0
    )


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.sampled_from(ClockKind))
def test_no_bell_rings_before_its_clock_has_begun(start: date, kind: ClockKind) -> None:
    assert all(day > start for _, day in bell_days(_clock(kind, start), RULES))


def test_a_clock_says_how_it_stands() -> None:
    clock = _clock(ClockKind.DECISION, date(2026, 3, 16))
    assert "还有 2 天" in clock_line(clock, date(2026, 4, 13))
    assert "今天到期" in clock_line(clock, date(2026, 4, 15))
    assert "已超 3 天" in clock_line(clock, date(2026, 4, 18))
    clock.paused_on = date(2026, 3, 20)
    assert "停计" in clock_line(clock, date(2026, 4, 18))
    clock.met_on = date(2026, 4, 1)
    assert "2026-04-01 已完成" in clock_line(clock, date(2026, 4, 18))


def _duty(hours: float, **changes: object) -> ClaimDuty:
    """12 hours from a start that lies `hours` back."""
    start = NOW - timedelta(hours=hours)
    facts = {
        "kind": DutyKind.INSURER,
        "starts_at": start,
        "due_at": start + timedelta(hours=12),
        "claim_id": 1,
        "reason": "",
    }
    return ClaimDuty(**facts | changes)


@pytest.mark.parametrize(
    ("hours", "light"),
    [
        (1, Light.GREEN),
        (8.9, Light.GREEN),
        (9, Light.AMBER),
        (11.9, Light.AMBER),
        (12, Light.RED),
        (30, Light.RED),
    ],
)
def test_a_light_turns_with_the_time_that_is_left(hours: float, light: Light) -> None:
    assert duty_clock(_duty(hours), NOW, Rules()).light is light


def test_what_is_done_is_grey_and_says_whether_it_was_late() -> None:
    assert duty_clock(_duty(1, met_at=NOW), NOW, Rules()).light is Light.DONE
    late = _duty(20, met_at=NOW, missed_at=NOW)
    assert duty_clock(late, NOW, Rules()).light is Light.LATE


def test_the_two_years_show_on_the_board_only_when_they_come_near() -> None:
    clock = _clock(ClockKind.LIMITATION, date(2026, 3, 16))
    assert insurer_clock(clock, NOW, Rules()) is None
    near = insurer_clock(clock, datetime(2028, 3, 1, tzinfo=UTC), Rules())
    assert near is not None and near.light is Light.AMBER


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=40), "40 秒"),
        (timedelta(minutes=5), "5 分"),
        (timedelta(hours=5), "5 小时"),
        (timedelta(hours=47), "47 小时"),
        (timedelta(days=3), "3 天"),
    ],
)
def test_a_span_is_short(span: timedelta, said: str) -> None:
    assert short_span(span) == said


def test_a_figure_is_what_was_in_time_of_what_was_due() -> None:
    case = Case(number="L01", place="大堂")
    duties = [
        _duty(20, met_at=NOW - timedelta(hours=10)),  # in time
        _duty(20, met_at=NOW, missed_at=NOW),  # late by eight hours
        _duty(30),  # never done
        _duty(1),  # not due yet
        _duty(30, reason=NOT_APPLICABLE),
        _duty(30, kind=DutyKind.REPORT),
    ]
    found = kpi_of(DutyKind.INSURER, "报险 ≤ 12 小时", duties, {1: case}, NOW)
    assert (found.met, found.due, found.rate) == (1, 3, "33.3%")
    assert [(miss.late_s // 3600, miss.reason) for miss in found.misses] == [
        (8, UNNAMED),
        (18, f"{UNNAMED}，仍未办"),
    ]
    text = kpi_text(Month(2026, 3), 1, [found], NOW)
    assert "1/3 = 33.3%" in text and "L01 报险 晚 8 小时" in text
    assert kpi_text(Month(2026, 2), 0, [], NOW) == "2026年2月没有出险。"


def test_what_only_just_was_in_time_was_in_time() -> None:
    duty = _duty(20)
    duty.met_at = duty.due_at
    assert kpi_of(DutyKind.INSURER, "x", [duty], {1: Case(number="L01", place="")}, NOW).rate == "100.0%"


def test_the_shipped_numbers_are_the_laws(config: Config) -> None:
    rules = config.rules().insurance
    assert (
        rules.decision_days,
        rules.payment_days,
        rules.refusal_days,
        rules.undisputed_days,
        rules.limitation_years,
    ) == (30, 10, 3, 60, 2)
    assert rules.renewal_days == (60, 30, 15, 7)
