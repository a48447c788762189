"""What comes back from an import: bad rows as text, and a sentence for files that are no workbooks."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from bot.config import Config
from bot.sheets.bad_rows import write_bad_rows
from bot.sheets.importing import BadRow, ImportResult, import_workbook
from models.database import Database
from models.errors import UserError
from models.people.unit import Unit
from models.rules import Rules
from tests.fakes.workbook import TENANT_HEADS, UNITS, Sheets, book

NOW = datetime(2026, 3, 16, 1, tzinfo=UTC)


@pytest.fixture
def rules(config: Config) -> Rules:
    """The shipped rules."""
    return config.rules()


def test_bad_rows_come_back_as_text_that_runs_nothing(tmp_path: Path) -> None:
    values = {
        "名称": "=1+1 科技",
        "单元": "＝A1",
        "通信地址": "@SUM(A1)",
        "物业费单价": 5.5,
        "业主": "-x\x07",
    }
    result = ImportResult(good={"租户": 0}, bad=[BadRow("租户", 2, dict(values), "单元不存在。")])
    path = tmp_path / "bad.xlsx"
    write_bad_rows(result, path)
    sheet = load_workbook(path)["租户"]
    heads = [cell.value for cell in sheet[1]]
    cells = {head: cell for head, cell in zip(heads, sheet[2], strict=True)}
    assert heads[-1] == "原因"
    assert cells["原因"].value == "单元不存在。"
    assert all(cell.data_type != "f" for cell in sheet[2])
    assert (cells["名称"].value, cells["名称"].quotePrefix) == ("=1+1 科技", True)
    assert (cells["单元"].quotePrefix, cells["通信地址"].quotePrefix, cells["业主"].value) == (
        True,
        True,
        "-x",
    )
    assert cells["物业费单价"].value == 5.5


async def test_mended_rows_can_be_imported_as_they_come_back(
    db: Database, rules: Rules, tmp_path: Path
) -> None:
    sheets: Sheets = {"租户": [TENANT_HEADS, ["正常公司", "A-1203", "2025-01-01", "", 5, "", ""]]}
    first = await import_workbook(db, book(tmp_path / "h.xlsx", sheets), rules, NOW)
    write_bad_rows(first, tmp_path / "bad.xlsx")
    await import_workbook(db, book(tmp_path / "i.xlsx", {"单元": [*UNITS]}), rules, NOW)
    second = await import_workbook(db, tmp_path / "bad.xlsx", rules, NOW)
    assert (len(first.bad), second.bad, second.good) == (1, [], {"租户": 1})


@pytest.fixture(scope="module")
def unusable_files(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, str]]:
    """Files that can not be imported, and a word of the answer."""
    folder = tmp_path_factory.mktemp("unusable")
    text, truncated, bomb, other = (folder / name for name in ("a.xlsx", "b.xlsx", "c.xlsx", "d.xlsx"))
    text.write_text("单元号,楼栋")
    whole = book(folder / "whole.xlsx", {"单元": [*UNITS]}).read_bytes()
    truncated.write_bytes(whole[: len(whole) // 2])
    archive = zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with archive, archive.open("xl/x.xml", "w") as entry:
        for _ in range(410):
            entry.write(bytes(1 << 20))
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("hello.txt", "no workbook")
    return [
        (text, ".xlsx"), (truncated, ".xlsx"), (bomb, "过大"), (other, ".xlsx"), (folder / "none.xlsx", "找不到"),
        (book(folder / "e.xlsx", {"别的": [["x"]]}), "没有认识的工作表"),
        (book(folder / "f.xlsx", {"单元": [["单元号", "楼层"], ["A-1", 1]]}), "缺少列：楼栋、计费面积"),
    ]  # fmt: skip


async def test_a_file_that_is_no_workbook_is_refused_in_words(
    db: Database, rules: Rules, unusable_files: list[tuple[Path, str]]
) -> None:
    for path, word in unusable_files:
        with pytest.raises(UserError, match=word):
            await import_workbook(db, path, rules, NOW)
    async with db.read() as session:
        assert await session.scalar(select(Unit.id)) is None
