"""Which desk a message belongs to, on the list of sentences beside the tests; see tests.corpus.measure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cases.understanding import Sort, understand, without_denials
from models.rules import Rules
from tests.corpus.measure import SEEN, UNSEEN, measure, sentences

RULES = Rules()


def test_the_list_is_long_enough_and_says_everything_once() -> None:
    found = sentences(SEEN)
    assert len(found) >= 300
    assert len({each.text for each in found}) == len(found)
    assert len(sentences(UNSEEN)) >= 150
    assert {each.sort for each in found} == set(Sort)


def test_nine_of_ten_sentences_go_to_the_right_desk() -> None:
    share = measure(sentences(SEEN), RULES)
    assert share.sort >= 0.9 * share.total, share.lines()
    assert share.category >= 0.9 * share.repairs, share.lines()
    assert share.urgency >= 0.9 * share.repairs, share.lines()
    assert len(share.missed_emergencies) <= 1, share.missed_emergencies


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("没有漏水，就是下水管有点堵", "normal"),
        ("不是停电，只是插座没电", "normal"),
        ("没有漏水，但是停电了", "emergency"),
    ],
)
def test_what_is_denied_is_no_emergency(text: str, urgency: str) -> None:
    assert understand(text, RULES).urgency == urgency


@given(st.text(max_size=300))
def test_whatever_is_written_has_a_desk(text: str) -> None:
    assert understand(text, RULES).sort in Sort
    assert len(without_denials(text, RULES.understanding)) <= len(text)
