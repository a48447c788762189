"""Large debtors, the clock of their debts, and the pack that proves them; who may not see any of it."""

from __future__ import annotations

import hashlib
import io
import re
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
    pack = PdfReader(io.BytesIO(owing.platform.media[file.text]))
    pages = ["".join(page.extract_text().split()) for page in pack.pages]
    text = "".join(pages)
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
    assert all(title in pages[0] for title in ("一、合同与使用情况", "四、通知与送达", "八、文件清单"))
    assert "第2页" in pages[0]
    hold_originals(pack, pages)


def hold_originals(pack: PdfReader, pages: list[str]) -> None:
    """Each is in the index with the page it begins on, stands there, and is attached as it was."""
    originals = re.findall(r"附件([0-9]+)(\S+?)[·]+第([0-9]+)页", pages[0])
    assert [what[:2] for _, what, _ in originals] == ["催款", "欠费", "收据"], pages[0]
    for number, what, page in originals:
        there = pages[int(page) - 1]
        assert what[-14:] in there and f"证据材料附件{number}第{page}页/共{len(pages)}页" in there
        [data] = next(data for name, data in pack.attachments.items() if what[-14:] in name)
        assert hashlib.sha256(data).hexdigest() in "".join(pages), what
