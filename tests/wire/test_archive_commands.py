"""The command line of archives and exports, as an operator types it: on a site with one closed month."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from typer.testing import CliRunner, Result

from bot.archive.box import ArchiveError, read_box
from bot.archive.papers import Papers
from bot.archive.sealer import Sealer, Vault
from bot.commands import app
from bot.core import Core
from bot.files import FileStore
from bot.notice_files import NoticeFiles
from models.audit.entry import AuditEntry
from models.clock import VirtualClock
from models.closing.close import MonthClose
from models.closing.review import approve, submit
from models.database import Database
from tests.conftest import ROOT
from tests.store.fee_park import CALENDAR, MARCH, day
from tests.store.letters import RULES, contact, open_letters

KEY = "a-long-random-key-of-the-centre"
Type = Callable[..., Result]


async def _closed_month(db: Database, folder: Path) -> None:
    park = await open_letters(db)
    await park.lets("云帆设计", "A-1")
    await contact(park, "云帆设计", "李娜")
    await park.issue(MARCH, day(3, 26))
    await park.pay("云帆设计", 30_000, day(3, 27))
    async with db.begin() as session:
        close = await submit(session, MARCH, by="staff:chenjing", now=day(4, 5), rules=RULES)
        await approve(session, close, by="staff:zhengwei", now=day(4, 6))
    core = Core(db, VirtualClock(day(4, 6)), RULES, CALENDAR, FileStore(folder / "files"))
    await Sealer(core, Papers(core, NoticeFiles(core)), Vault(folder / "archive", KEY)).work()
    await db.close()


@pytest.fixture(scope="module")
def closed(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that site, made once: database, files, archive."""
    folder = tmp_path_factory.mktemp("closed")

    path = shutil.copy(sqlite_template, folder / "guanjia.sqlite")
    asyncio.run(_closed_month(Database(f"sqlite+aiosqlite:///{path}", durable=False), folder))
    return folder


@pytest.fixture
def site(closed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Runs a command line of `python -m bot` on a copy of that site."""
    shutil.copytree(closed, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("GUANJIA_DATABASE__URL", f"sqlite+aiosqlite:///{tmp_path / 'guanjia.sqlite'}")
    monkeypatch.setenv("GUANJIA_ARCHIVE__PATH", str(tmp_path / "archive"))
    monkeypatch.setenv("GUANJIA_ARCHIVE__KEY", KEY)

    def typed(*words: str, **environment: str) -> Result:
        command = ["--config", str(ROOT / "config.yaml"), *words]
        return CliRunner().invoke(app, command, env=environment, catch_exceptions=False)

    return typed


def verify_refused(result: Result, sentence: str) -> None:
    """It ended with a status and one plain Chinese sentence."""
    assert result.exit_code != 0
    assert sentence in result.output, result.output
    assert result.output.strip().count("\n") == 0 and "Traceback" not in result.output


def test_the_list_shows_what_is_closed(site: Type) -> None:
    result = site("archive", "list", COLUMNS="240")
    assert result.exit_code == 0
    assert "2026-03" in result.output and "已归档" in result.output and "月结-2026-03.zip" in result.output


def test_a_good_archive_is_told_so_and_opened_by_month_or_by_file(site: Type, tmp_path: Path) -> None:
    path = tmp_path / "archive" / "月结-2026-03.zip"
    for name in ("2026-03", str(path)):
        result = site("archive", "verify", name)
        assert (
            result.exit_code == 0 and "归档完好" in result.output and "与登记和操作记录一致" in result.output
        )
    result = site("archive", "open", str(path), "--to", str(tmp_path / "out"))
    assert result.exit_code == 0
    names = {str(each.relative_to(tmp_path / "out")) for each in (tmp_path / "out").rglob("*.*")}
    assert names == {
        "凭证汇总.pdf", "凭证汇总.xlsx", "清单.xlsx", "通知单/JF-202603-0001.pdf", "收据/SK-202603-0001.pdf", "签收表/A.pdf"
    }  # fmt: skip
    assert (tmp_path / "out" / "凭证汇总.pdf").read_bytes().startswith(b"%PDF")
    verify_refused(site("archive", "open", "2026-03", "--to", str(tmp_path / "out")), "里已有文件")


def test_a_wrong_key_is_told_plainly(site: Type, tmp_path: Path) -> None:
    wrong = site("archive", "verify", "2026-03", GUANJIA_ARCHIVE__KEY="another-long-key-of-somebody")
    verify_refused(wrong, "密钥不对")
    verify_refused(site("archive", "verify", "2026-03", GUANJIA_ARCHIVE__KEY=""), "没有设置归档密钥")
    verify_refused(site("archive", "verify", "2026-03", GUANJIA_ARCHIVE__KEY="short"), "归档密钥太短")
    out = tmp_path / "out"
    verify_refused(
        site("archive", "open", "2026-03", "--to", str(out), GUANJIA_ARCHIVE__KEY="x" * 30), "密钥不对"
    )
    assert not out.exists()
    verify_refused(site("archive", "verify", "2026-02"), "找不到归档文件")


def flipped(good: bytes, pieces: int) -> Iterator[tuple[int, bytes]]:
    """Where one bit has changed, and what came of it: once in each piece."""
    for at in range(0, len(good), len(good) // pieces):
        yield at, good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]


def test_a_flipped_byte_anywhere_is_told_plainly(site: Type, tmp_path: Path) -> None:
    """The command line says of every tenth place what is found in all of them."""
    path = tmp_path / "archive" / "月结-2026-03.zip"
    good = path.read_bytes()
    sentence = "已损坏或被改动（与登记的校验码不符）"
    for n, (_, data) in enumerate(flipped(good, 25)):
        path.write_bytes(data)
        with pytest.raises(ArchiveError, match=re.escape(sentence)):
            read_box(path, KEY, hashlib.sha256(good).hexdigest())
        if n % 10 == 0:
            verify_refused(site("archive", "verify", "2026-03"), sentence)
    path.write_bytes(good[: len(good) // 2])
    verify_refused(site("archive", "verify", "2026-03"), "已损坏或被改动")


def test_a_changed_copy_that_is_not_on_record_is_found_out_as_well(site: Type, tmp_path: Path) -> None:
    good = (tmp_path / "archive" / "月结-2026-03.zip").read_bytes()
    copy = tmp_path / "copy.zip"
    copy.write_bytes(good)
    assert "数据库里没有登记" in site("archive", "verify", str(copy)).output
    for n, (at, data) in enumerate(flipped(good, 40)):
        copy.write_bytes(data)
        found = ""
        # What is not content (a time stamp, say) may differ; every paper that is handed out is the one on the list.
        try:
            read_box(copy, KEY, "")
        except ArchiveError as error:
            found = str(error)
            assert "已损坏" in found, at
        if n % 10 == 0:
            result = site("archive", "verify", str(copy))
            assert (result.exit_code != 0) is bool(found) and found in result.output, (at, result.output)


def test_a_forged_entry_on_record_is_found_out(site: Type, tmp_path: Path) -> None:
    async def forge() -> None:
        db = Database(_url())
        async with db.begin() as session:
            close = (await session.scalars(select(MonthClose))).one()
            close.sha256 = "0" * 64
        await db.close()

    asyncio.run(forge())
    verify_refused(site("archive", "verify", "2026-03"), "登记与操作记录不一致")


def _url() -> str:
    return os.environ["GUANJIA_DATABASE__URL"]


def test_an_export_is_written_whole_and_logged(site: Type, tmp_path: Path) -> None:
    target = tmp_path / "账单.xlsx"
    result = site("export", "bills", "--month", "2026-03", "--to", str(target))
    assert result.exit_code == 0 and "已导出 1 行" in result.output
    sheet = load_workbook(target).worksheets[0]
    assert [cell.value for cell in sheet[2]][4:] == [1000, 300, 700]
    for kind in ("payments", "debts", "readings", "signoff", "tenants"):
        assert site("export", kind, "--month", "2026-03", "--to", str(tmp_path / "x.xlsx")).exit_code == 0
    assert site("export", "secrets", "--to", str(target)).exit_code == 2
    verify_refused(site("export", "bills", "--month", "下辈子", "--to", str(target)), "没看懂月份")

    async def logged() -> list[str]:
        db = Database(_url())
        async with db.read() as session:
            entries = await session.scalars(
                select(AuditEntry).where(AuditEntry.action == "export").order_by(AuditEntry.number)
            )
            found = [
                json.dumps([entry.actor[:4], entry.detail["what"], entry.detail["rows"]]) for entry in entries
            ]
        await db.close()
        return found

    assert asyncio.run(logged())[0] == '["cli:", "bills", 1]'
    assert len(asyncio.run(logged())) == 6
