"""The exact documents are kept: what was lost or changed is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.core import Core
from bot.file_check import damaged_files
from bot.files import FileStore
from bot.notice_files import NoticeFiles
from models.clock import VirtualClock
from models.database import Database
from models.notices.notice import Receipt
from models.notices.posting import Posting, note_posting
from models.notices.refusal import AtTheDoor, Refusal, note_refusal
from models.notices.signing import Proof, Signer, sign
from models.people.tenant import ContactRole
from tests.store.fee_park import CALENDAR, MARCH, FeePark, day
from tests.store.letters import RULES, contact, letters, open_letters

TENANT = "云帆设计"
ISSUED = day(3, 26)


@pytest.fixture
async def park(db: Database) -> FeePark:
    park = await open_letters(db)
    await park.lets(TENANT, "A-1203")
    await contact(park, TENANT, "李娜")
    await park.issue(MARCH, ISSUED)
    return park


async def rendered(park: FeePark, folder: Path) -> Core:
    """The letter as a file in the store."""
    core = Core(park.db, VirtualClock(ISSUED), RULES, CALENDAR, FileStore(folder))
    await NoticeFiles(core).pdf((await letters(park.db))[0].id)
    return core


async def test_what_was_proven_before_the_file_was_made_names_it_too(park: FeePark, tmp_path: Path) -> None:
    (notice,) = await letters(park.db)
    async with park.db.begin() as session:
        clerk = Signer("小明", ContactRole.EMPLOYEE)
        await sign(session, notice, clerk, Proof("微信", "kf:1", {}), ISSUED)
        await note_refusal(session, notice, AtTheDoor("前台", "不收"), "zhoumin", "wecom:1", ISSUED)
        await note_posting(session, notice, "EMS1", "zhoumin", ISSUED)
    core = await rendered(park, tmp_path)
    (notice,) = await letters(park.db)
    async with park.db.read() as session:
        for table in (Receipt, Refusal, Posting):
            assert await session.scalar(select(table.sha256)) == notice.sha256 != ""
    assert await damaged_files(park.db, core.files) == []


async def test_a_changed_and_a_lost_file_are_told_by_name(park: FeePark, tmp_path: Path) -> None:
    core = await rendered(park, tmp_path)
    (notice,) = await letters(park.db)
    path = core.files.path(notice.sha256)
    path.write_bytes(path.read_bytes() + b" ")
    (changed,) = await damaged_files(park.db, core.files)
    assert changed.startswith("缴费通知单 JF-202603-0001：文件内容已被改动")
    path.unlink()
    seen: list[tuple[int, int]] = []
    (lost,) = await damaged_files(park.db, core.files, lambda done, total: seen.append((done, total)))
    assert "文件丢失" in lost and seen == [(1, 1)]


async def test_a_proof_for_another_document_is_told(park: FeePark, tmp_path: Path) -> None:
    core = await rendered(park, tmp_path)
    (notice,) = await letters(park.db)
    async with park.db.begin() as session:
        await note_posting(session, notice, "EMS1", "zhoumin", ISSUED)
        await session.execute(update(Posting).values(sha256="0" * 64))
    (strayed,) = await damaged_files(park.db, core.files)
    assert strayed.startswith("JF-202603-0001 的送达证据（posting")
