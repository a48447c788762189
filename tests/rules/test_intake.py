"""What we understand from the way people report a fault."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cases.intake import (
    LONGEST,
    Placed,
    Rented,
    category_of,
    clean,
    first_aid,
    place_of,
    says_something,
    urgency_of,
)
from models.rules import RepairRules

RULES = RepairRules()
A1203 = Rented(1, "A-1203", "12")
B0305 = Rented(2, "B-0305", "3")
B0306 = Rented(3, "B-0306", "3")
B1101 = Rented(4, "B-1101", "11F")


@pytest.mark.parametrize(
    ("text", "category", "urgency"),
    [
        ("3楼空调不冷了", "空调", "normal"),
        ("空调漏水", "空调", "emergency"),
        ("漏水!!快来", "给排水", "emergency"),
        ("水管漏水", "给排水", "emergency"),
        ("马桶堵了", "给排水", "urgent"),
        ("停电了", "电气", "emergency"),
        ("应急灯不亮", "电气", "normal"),
        ("灯不亮，不急", "电气", "normal"),
        ("灯不亮，有点急", "电气", "urgent"),
        ("电梯停在7楼不动", "电梯", "normal"),
        ("電梯壞了", "电梯", "normal"),
        ("電梯困人，快來", "电梯", "emergency"),
        ("廁所漏水", "给排水", "emergency"),
        ("空調不冷", "空调", "normal"),
        ("門鎖打不開", "门窗", "urgent"),
        ("门禁刷不开", "网络弱电", "normal"),
        ("WiFi 连不上", "网络弱电", "normal"),
        ("AC not cooling in A-1203", "空调", "normal"),
        ("The air conditioner is broken, urgent", "空调", "urgent"),
        ("water leaking from the ceiling", "给排水", "emergency"),
        ("people trapped in the lift!", "电梯", "emergency"),
        ("no power in our office", "电气", "emergency"),
        ("black socket smoking", "电气", "emergency"),
        ("😭😭空调坏了😭", "空调", "normal"),
        ("有蟑螂", "保洁", "normal"),
        ("墙皮掉了", "土建", "normal"),
        ("投影仪坏了", "其他", "normal"),
        ("a packet of place cards", "其他", "normal"),
    ],
)
def test_category_and_urgency(text: str, category: str, urgency: str) -> None:
    assert (category_of(text, RULES), urgency_of(text, RULES)) == (category, urgency)


@pytest.mark.parametrize(
    ("text", "units", "place"),
    [
        ("空调不冷", [A1203], Placed(A1203, "A-1203")),
        ("3楼空调不冷", [A1203], Placed(None, "3楼")),
        ("12楼空调不冷", [A1203], Placed(A1203, "12楼")),
        ("十二层空调不冷", [A1203], Placed(A1203, "12楼")),
        ("空调不冷", [A1203, B0305], Placed(None, "", (A1203, B0305))),
        ("A-1203空调不冷", [A1203, B0305], Placed(A1203, "A-1203")),
        ("A座1203室空调不冷", [A1203, B0305], Placed(A1203, "A-1203")),
        ("1203空调不冷", [A1203, B0305], Placed(A1203, "A-1203")),
        ("AC not cooling in a-1203", [A1203, B0305], Placed(A1203, "A-1203")),
        ("Ａ１２０３ 漏水", [A1203, B0305], Placed(A1203, "A-1203")),
        ("B-1203空调不冷", [A1203, B0305], Placed(None, "B-1203")),
        ("A-1203和B-0305都停电", [A1203, B0305], Placed(None, "", (A1203, B0305))),
        ("3楼停电", [A1203, B0305, B0306], Placed(None, "3楼", (B0305, B0306))),
        ("3F 灯不亮", [A1203, B0305], Placed(B0305, "3楼")),
        ("十一樓漏水", [A1203, B1101], Placed(B1101, "11楼")),
        ("3楼走廊灯不亮", [A1203, B0305], Placed(None, "3楼走廊")),
        ("电梯坏了", [A1203, B0305], Placed(None, "电梯")),
        ("2026年坏到现在", [A1203], Placed(A1203, "A-1203")),
        ("空调不冷", [], Placed(None, "")),
    ],
)
def test_the_unit_is_asked_only_when_it_is_not_clear(text: str, units: list[Rented], place: Placed) -> None:
    assert place_of(text, units) == place


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("漏水!!快来", "漏水！快来"),
        ("  你好，报修：空调  不冷 \n 了 ", "空调 不冷 了"),
        ("您好，麻烦师傅，门锁坏了。。。。", "门锁坏了。"),
        ("AC not cooling in A-1203", "AC not cooling in A-1203"),
        ("空调坏了😭", "空调坏了😭"),
        ("灯\x07坏了", "灯坏了"),
    ],
)
def test_the_description_is_what_was_said_without_ornament(text: str, description: str) -> None:
    assert clean(text) == description


def test_a_very_long_description_is_cut() -> None:
    assert len(clean("空调坏了" * 1000)) == LONGEST


@pytest.mark.parametrize("text", ["", "  ", "!!!", "😭😭😭", "[流泪][流泪]", "1", "。"])
def test_marks_and_emoji_alone_say_nothing(text: str) -> None:
    assert not says_something(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("漏水了", "水阀"),
        ("闻到煤气味", "气阀"),
        ("插座冒烟", "断开电源"),
        ("电梯困人", "扒门"),
        ("地下室水浸", "水阀"),
        ("有人晕倒了", "确保人员安全"),
    ],
)
def test_emergencies_come_with_what_to_do_first(text: str, word: str) -> None:
    assert word in first_aid(text, category_of(text, RULES), RULES)


@given(st.text(max_size=300))
def test_nothing_anybody_writes_breaks_understanding(text: str) -> None:
    placed = place_of(text, [A1203, B0305, B1101])
    assert placed.unit is None or not placed.choices
    assert len(clean(text)) <= LONGEST
    assert urgency_of(text, RULES) in RULES.accept_min
    assert category_of(text, RULES) in (*RULES.categories, "其他")
