"""Amounts in figures and in words."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import UserError
from models.fees.money import MOST_FEN, in_words, parse_yuan, round_half_up, yuan

AMOUNTS = st.one_of(
    st.integers(-MOST_FEN, MOST_FEN),
    # Mostly zeros: that is where such converters break.
    st.lists(st.sampled_from("00000012"), min_size=1, max_size=14).map(lambda digits: int("".join(digits))),
)

WORDS = [
    ("1409.50", "壹仟肆佰零玖元伍角整"),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ("325.04", "叁佰贰拾伍元零肆分"),
    ("6007.14", "陆仟零柒元壹角肆分"),
    ("107000.53", "壹拾万柒仟元伍角叁分"),
    ("10000000.00", "壹仟万元整"),
    ("10000.00", "壹万元整"),
    ("0.00", "零元整"),
    ("0.05", "伍分"),
    ("0.50", "伍角整"),
    ("0.15", "壹角伍分"),
    ("1.00", "壹元整"),
    ("10.00", "壹拾元整"),
    ("20.10", "贰拾元壹角整"),
    ("100.01", "壹佰元零壹分"),
    ("1000.00", "壹仟元整"),
    ("1001.00", "壹仟零壹元整"),
    ("10001.00", "壹万零壹元整"),
    ("10700.53", "壹万零柒佰元伍角叁分"),
    ("100100.00", "壹拾万零壹佰元整"),
    ("1010101.00", "壹佰零壹万零壹佰零壹元整"),
    ("100000000.00", "壹亿元整"),
    ("100000001.00", "壹亿零壹元整"),
    ("100010000.00", "壹亿零壹万元整"),
    ("110000000.00", "壹亿壹仟万元整"),
    ("120030405.67", "壹亿贰仟零叁万零肆佰零伍元陆角柒分"),
    ("100000000000.00", "壹仟亿元整"),
    ("1000000000000.00", "壹万亿元整"),
]


@pytest.mark.parametrize(("figures", "words"), WORDS)
def test_an_amount_in_words(figures, words):
    fen = int(Decimal(figures) * 100)
    assert in_words(fen) == f"人民币{words}"
    if fen:
        assert in_words(-fen) == f"人民币负{words}"


def test_an_amount_beyond_all_reason_is_not_written():
    with pytest.raises(ValueError, match="too large"):
        in_words(MOST_FEN + 1)


def read_words(text: str) -> int:
    """The 分 of an amount in words, read digit by digit: knows nothing of how it was written."""
    body = text.removeprefix("人民币")
    sign = -1 if body.startswith("负") else 1
    body = body.removeprefix("负")
    total = section = digit = 0
    places = {"拾": 10, "佰": 100, "仟": 1000}
    for sign_of_place in body:
        if sign_of_place in "零壹贰叁肆伍陆柒捌玖":
            digit = "零壹贰叁肆伍陆柒捌玖".index(sign_of_place)
        elif sign_of_place in places:
            section += digit * places[sign_of_place]
            digit = 0
        elif sign_of_place in "万亿元":
            times = {"万": 10**4, "亿": 10**8, "元": 1}[sign_of_place]
            low = section + digit
            # 亿 multiplies all that stands before it, 万 only what follows the last 亿.
            total = (total + low) * times if sign_of_place == "亿" else total + low * times
            section = digit = 0
        elif sign_of_place == "角":
            total, digit = total * 100 + digit * 10, 0
        elif sign_of_place == "分":
            total = total + digit if "角" in body else total * 100 + digit
    return sign * (total if set("角分") & set(body) else total * 100)


@given(AMOUNTS)
def test_words_say_the_amount_and_keep_the_form(fen):
    words = in_words(fen)
    assert read_words(words) == fen
    assert not re.search(r"零零|零[万亿角分拾佰仟]|^人民币负?零(?!元整$)", words)
    assert words.endswith("整") == (fen % 10 == 0)


@pytest.mark.parametrize(
    ("fen", "text"),
    [(123450, "1,234.50"), (0, "0.00"), (5, "0.05"), (-5, "-0.05"), (-123456789, "-1,234,567.89")],
)
def test_an_amount_in_figures(fen, text):
    assert yuan(fen) == text


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1234.5", 123450),
        ("1,234.50", 123450),
        ("￥1234.50元", 123450),
        ("¥ 1,234.50", 123450),
        ("人民币1234元整", 123400),
        ("RMB 20", 2000),
        ("１，２３４．５０", 123450),
        (" 0 ", 0),
        ("0.05", 5),
        ("+8块", 800),
        ("1000000000000", MOST_FEN),
    ],
)
def test_an_amount_people_write(text, fen):
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", "没看懂金额"),
        ("很多", "没看懂金额"),
        ("12,34", "没看懂金额"),
        ("1.2.3", "没看懂金额"),
        (".5", "没看懂金额"),
        ("5.", "没看懂金额"),
        ("1e5", "没看懂金额"),
        ("1.2万", "没看懂金额"),
        ("NaN", "没看懂金额"),
        ("٣٤", "没看懂金额"),
        ("-5", "不能是负数"),
        ("−5", "不能是负数"),
        ("￥-5.00", "不能是负数"),
        ("1.234", "最多两位小数"),
        ("1.500", "最多两位小数"),
        ("1000000000000.01", "金额过大"),
        ("9" * 4000, "金额过大"),
    ],
)
def test_what_is_no_amount_is_answered_in_words(text, answer):
    with pytest.raises(UserError, match=answer):
        parse_yuan(text)


@given(st.integers(0, MOST_FEN))
def test_figures_read_back_are_the_amount(fen):
    assert parse_yuan(yuan(fen)) == fen


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_a_polite_answer(text):
    try:
        fen = parse_yuan(text)
    except UserError as answer:
        assert "请" in str(answer)
    else:
        assert 0 <= fen <= MOST_FEN


@pytest.mark.parametrize(
    ("value", "expected"), [("0.5", 1), ("1.5", 2), ("2.5", 3), ("2.4999999999999999999", 2), ("-0.5", -1)]
)
def test_a_half_goes_up(value, expected):
    assert round_half_up(Decimal(value)) == expected
