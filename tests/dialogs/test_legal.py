"""Large debtors, the clock of their debts, and the pack that proves them; who may not see any of it."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from models.database import Database
from tests.fakes.debt import served_world
from tests.fakes.world import World, verify_talk


@pytest.fixture
async def owing(db: Database, tmp_path: Path) -> AsyncIterator[World]:
    """31 March; the last letter, here the 欠费法律告知函, was signed for at the door on the 23rd."""
    async with served_world(db, tmp_path / "files", {"GUANJIA_DUNNING__LEGAL_MIN_DAYS": "30"}) as world:
        yield world


async def test_large_debtors_are_listed_with_the_clock_of_their_debt(owing: World) -> None:
    await verify_talk(
        owing,
        [
            (
                "linfang",
                "法务清单",
                "1 家，合计 60,000.00 元 | 云帆设计有限公司 | 时效至 2029-03-23 | 欠费法律告知函",
            ),
            ("chenjing", "法务清单", "云帆"),
            ("zhengwei", "法务清单", "云帆"),
            ("zhoumin", "法务清单", "没有这项权限"),
            ("sunli", "证据 云帆", "没有这项权限"),
            ("linfang", "证据", "请写明租户"),
            ("linfang", "证据 青禾", "没有逾期未付的账单"),
        ],
    )


async def test_a_small_debt_is_no_case_for_the_court(world: World) -> None:
    await verify_talk(world, [("linfang", "法务清单", "目前没有逾期欠费满 50,000 元")])


async def test_the_pack_comes_as_one_indexed_file(owing: World) -> None:
    await verify_talk(
        owing,
        [
            ("lina", "账单", ""),
            ("lina", "承诺 4月2日", "已记下"),
            ("sunli", "收款 云帆 1000 转账", "确认收款"),
            ("sunli", "[确认收款]", "已入账"),
            ("linfang", "证据 云帆", "正在整理"),
        ],
    )
    file = owing.phone("linfang")[-1]
    assert file.kind == "file"
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(owing.platform.media[file.text])).pages]
    text = "".join("".join(pages).split())
    for words in (
        "目录",
        "59,000.00",
        "A-1203",
        "GZ-202601-0001",
        "李娜（负责人）",
        "SK-202603-0001",
        "承诺",
        "SHA-256",
    ):
        assert words in text, words
    assert "未生成" not in text, "every letter has its digest"
    index = "".join(pages[0].split())
    assert all(f"{title}" in index for title in ("一、合同与使用情况", "四、通知与送达", "八、文件清单"))
    assert "第2页" in index
