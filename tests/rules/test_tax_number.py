"""Taxpayer numbers, titles and e-mail addresses as tenants type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import UserError
from models.invoices.tax_number import check_character, tax_number
from models.invoices.titles import invoice_email, invoice_title

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("91350100M000100Y43", "91350100M000100Y43"),  # the example of GB 32100—2015
        (" 9135 0100 m000 100y 43 ", "91350100M000100Y43"),
        ("９１３５０１００Ｍ０００１００Ｙ４３", "91350100M000100Y43"),
        ("330106123456789", "330106123456789"),
        ("33010612345678901", "33010612345678901"),
        ("33010619800101123X01", "33010619800101123X01"),
    ],
)
def test_a_number_is_taken_as_it_is_typed(typed: str, number: str) -> None:
    assert tax_number(typed) == number


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "0 位"),
        ("91350100M000100Y4", ""),
        ("91350100M000100Y44", "校验位"),
        ("91350100M000010Y43", "校验位"),
        ("91350100I000100Y43", "I、O、S、V、Z"),
        ("91350100M000100Y4343", ""),
        ("税号91350100M000100Y", "15、17、18 或 20 位"),
        ("9135010", "7 位"),
    ],
)
def test_a_number_that_can_not_be_right_is_refused(typed: str, told: str) -> None:
    if told:
        with pytest.raises(UserError, match=told):
            tax_number(typed)
    else:
        assert len(tax_number(typed)) in (17, 20)


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(first: str, place: int, other: str) -> None:
    whole = first + check_character(first)
    assert tax_number(whole) == whole
    wrong = whole[:place] + other + whole[place + 1 :]
    if other != whole[place]:
        with pytest.raises(UserError):
            tax_number(wrong)


def test_the_title_is_a_companys_name() -> None:
    assert invoice_title("同名", "云帆设计有限公司") == "云帆设计有限公司"
    assert invoice_title("  Blue   Sky Ltd ", "x") == "Blue Sky Ltd"
    for wrong in ("", "云", "12345", "长" * 101):
        with pytest.raises(UserError, match="公司全称"):
            invoice_title(wrong, "x")


def test_the_address_is_one_or_none() -> None:
    assert invoice_email("caiwu@yunfan.example.com") == "caiwu@yunfan.example.com"
    assert invoice_email("无") == invoice_email("不需要") == ""
    for wrong in ("caiwu", "a@b", "a b@c.com", "a@b.com,c@d.com", "@x.com"):
        with pytest.raises(UserError, match="邮箱"):
            invoice_email(wrong)
