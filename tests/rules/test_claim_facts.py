"""What counts as a fact of a claim: numbers, names of damaged things, kinds of loss, reasons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.claims.board import duty_clock
from models.claims.checklist import asked_of
from models.claims.documents import Light
from models.claims.duty import ClaimDuty, DutyKind
from models.claims.evidence import thing_named
from models.claims.intake import kind_of
from models.claims.paper import Paper
from models.claims.reference import reference_in
from models.rules import ClaimRules, Rules

NOW = datetime(2026, 3, 16, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("杭公（科）受字12号", "杭公（科）受字12号"), ("受字第十二号", "受字第十二号"), ("RD7", "RD7"),
        ("报案号是RD88123", "RD88123"), ("回执号：33010012", "33010012"), (" 95500-26-1 ", "95500-26-1"),
        ("打不通", ""), ("还没拿到，等会12点去", ""), ("我没有回执", ""), ("电脑3台", ""), ("", ""), ("👍", ""),
    ],
)  # fmt: skip
def test_a_number_others_give_us_is_told_from_words_that_hold_none(said: str, number: str) -> None:
    assert reference_in(said) == number


def test_what_is_hurt_is_named_as_far_as_the_list_has_it() -> None:
    assert thing_named("公共财产", []) == "公共财产"
    assert thing_named("公共财产", ["水泵", "电缆"]) == "公共财产：水泵、电缆"
    assert thing_named("公共财产", list("甲乙丙丁戊")) == "公共财产：甲、乙、丙、丁等 5 项"


def test_kinds_of_the_configuration_stand_beside_the_usual_ones() -> None:
    bites = {"object": "第三者责任", "words": ["狗咬"], "first": "先送医。"}
    rules = ClaimRules.model_validate({"kinds": {"宠物伤人": bites}})
    assert "水浸" in rules.kinds and rules.kinds["宠物伤人"].words == ("狗咬",)
    assert kind_of("南门 狗咬了租户", rules) == "宠物伤人"
    assert asked_of("宠物伤人", "第三者责任", third_parties=False)[-1].paper is Paper.THIRD_PARTY


@pytest.mark.parametrize(
    ("reason", "due_in_h", "met", "is_open", "late", "unnamed"),
    [
        ("", 1, False, True, False, True),
        ("", -1, False, True, True, True),
        ("人手不足", -1, False, True, True, False),
        ("不适用", 1, False, False, False, False),
        ("", 1, True, False, False, False),
    ],
)
def test_a_reason_for_being_late_does_not_do_what_is_to_be_done(
    reason: str, due_in_h: int, met: bool, is_open: bool, late: bool, unnamed: bool
) -> None:
    duty = ClaimDuty(kind=DutyKind.REPORT, due_at=NOW + timedelta(hours=due_in_h), reason=reason)
    duty.met_at = NOW if met else None
    assert (duty.is_open, duty.is_late(NOW), duty.unnamed) == (is_open, late, unnamed)
    assert (duty_clock_light(duty) is Light.DONE) == (not is_open)


def duty_clock_light(duty: ClaimDuty) -> Light:
    duty.starts_at = NOW - timedelta(hours=2)
    return duty_clock(duty, NOW, Rules()).light
