"""Days as people promise them."""

from __future__ import annotations

from datetime import date

import pytest

from models.calendar.day_words import parse_day
from models.errors import UserError

WEDNESDAY = date(2026, 3, 25)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("今天", date(2026, 3, 25)),
        ("明天", date(2026, 3, 26)),
        ("后天付款", date(2026, 3, 27)),
        ("周五", date(2026, 3, 27)),
        ("星期五付", date(2026, 3, 27)),
        ("礼拜天", date(2026, 3, 29)),
        ("周三", date(2026, 3, 25)),
        ("周一", date(2026, 3, 30)),
        ("下周一", date(2026, 3, 30)),
        ("下周五之前", date(2026, 4, 3)),
        ("本月底", date(2026, 3, 31)),
        ("月底", date(2026, 3, 31)),
        ("下月底", date(2026, 4, 30)),
        ("3月28日", date(2026, 3, 28)),
        ("3月28号前付清", date(2026, 3, 28)),
        ("４月１日", date(2026, 4, 1)),
        ("4/1", date(2026, 4, 1)),
        ("28号", date(2026, 3, 28)),
        ("2号", date(2026, 4, 2)),
        ("2026-04-03", date(2026, 4, 3)),
        ("3月20日", date(2026, 3, 20)),
        ("1月3日。", date(2026, 1, 3)),
    ],
)
def test_a_day_is_understood_as_people_say_it(said: str, meant: date) -> None:
    assert parse_day(said, WEDNESDAY) == meant


@pytest.mark.parametrize("said", ["", "很快", "2月30日", "32号", "周八", "5", "付款", "😀" * 500])
def test_what_is_no_day_is_asked_again_with_examples(said: str) -> None:
    with pytest.raises(UserError, match="周五、3月28日 或 本月底"):
        parse_day(said, WEDNESDAY)


def test_january_promised_in_december_is_next_years() -> None:
    assert parse_day("1月5日", date(2026, 12, 28)) == date(2027, 1, 5)
