"""Long texts become several messages, none torn inside a character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.messages.splitting import byte_length, shorten_bytes, split_bytes

ANY_TEXT = st.text(st.sampled_from("a中é😀\n。，👨\u200d👩\u200d👧🇨🇳🏽\u0301 ") | st.characters())


@given(ANY_TEXT, st.integers(4, 40))
def test_nothing_is_lost_and_every_piece_fits(text: str, limit: int) -> None:
    pieces = split_bytes(text, limit)
    assert "".join(pieces) == text
    assert all(byte_length(piece) <= limit for piece in pieces)
    assert all(pieces) or pieces == [""]


@given(ANY_TEXT, st.integers(7, 40))
def test_shortened_text_fits_and_is_a_beginning(text: str, limit: int) -> None:
    short = shorten_bytes(text, limit)
    assert byte_length(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_text_that_fits_stays_one_message() -> None:
    assert split_bytes("您好") == ["您好"]


def test_chinese_counts_three_bytes_a_character() -> None:
    assert [len(piece) for piece in split_bytes("字" * 683)] == [682, 1]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("第一行字\n第二行字", ["第一行字\n", "第二行字"]),
        ("账单已出。请查收", ["账单已出。", "请查收"]),
        ("甲乙丙，丁戊己", ["甲乙丙，", "丁戊己"]),
        ("甲\n乙丙丁戊己", ["甲\n乙丙丁戊", "己"]),
    ],
    ids=["line", "sentence", "phrase", "not when half empty"],
)
def test_splits_where_a_reader_would_pause(text: str, pieces: list[str]) -> None:
    assert split_bytes(text, 16) == pieces


@pytest.mark.parametrize("emoji", ["👨\u200d👩\u200d👧", "🇨🇳", "👍🏽", "e\u0301", "❤\ufe0f"])
def test_what_looks_like_one_character_stays_whole(emoji: str) -> None:
    pieces = split_bytes(emoji * 10, byte_length(emoji) + 2)
    assert pieces == [emoji] * 10


def test_sequence_longer_than_the_limit_is_torn_between_code_points() -> None:
    assert "".join(split_bytes("e" + "\u0301" * 20, 8)) == "e" + "\u0301" * 20


def test_limit_below_one_character_is_refused() -> None:
    with pytest.raises(ValueError, match="4 bytes"):
        split_bytes("字", 3)
