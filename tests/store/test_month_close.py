"""The figures of a month's close, who is reminded of it, and the archive that comes of it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.archive.box import BoxWriter
from bot.archive.papers import Papers
from bot.archive.sealer import Sealer, Vault
from bot.core import Core
from bot.files import FileStore
from bot.notice_files import NoticeFiles
from bot.receipt_files import ReceiptFiles
from models.audit.entry import AuditEntry
from models.calendar.period import Month
from models.clock import VirtualClock
from models.closing.close import CloseStatus, MonthClose
from models.closing.figures import voucher_summary
from models.closing.review import approve, send_back, submit
from models.closing.sealing import LEASE
from models.closing.voucher import Books, VoucherSummary, summary_of, to_facts
from models.database import Database
from models.errors import UserError
from models.fees.payment import Payment
from models.fees.reversal import reverse
from models.messages.outbox import OutboxMessage
from models.notices.notice import Notice
from models.people.staff import Staff
from scheduler import reminders
from scheduler.registry import JobCtx
from tests.fakes.zip_reader import opened
from tests.store.fee_park import APRIL, CALENDAR, MARCH, FeePark, day, kept
from tests.store.letters import RULES, contact, job_named, open_letters, run

KEY = "a-long-random-key-of-the-centre"
CLOSER = RULES.model_copy(update={"roles": {**RULES.roles, "主管": frozenset({"fees.review"})}})


@kept
async def park(db: Database) -> FeePark:
    """March billed to two companies and paid in part, one payment taken back in April."""
    park = await open_letters(db)
    for name, code in (("云帆设计", "A-1"), ("青禾科技", "B-1")):
        await park.lets(name, code)
        await contact(park, name, "李娜")
    async with db.begin() as session:
        session.add(Staff(userid="wangli", name="王丽", department="财务部", roles=["主管"]))
    await park.issue(MARCH, day(3, 26))
    await park.pay("云帆设计", 30_000, day(3, 27))
    await park.pay("云帆设计", 90_000, day(3, 28))
    await park.pay("青禾科技", 40_000, day(4, 2))
    async with db.begin() as session:
        second = await session.scalar(select(Payment).where(Payment.amount_fen == 90_000))
        assert second
        await reverse(session, second, by="staff:wangli", reason="金额输错", now=day(4, 3))
    return park


async def _summary(park: FeePark, month: Month = MARCH) -> VoucherSummary:
    async with park.db.read() as session:
        return await voucher_summary(session, month, made_by="孙丽", made_on=day(4, 5).date(), rules=RULES)


async def _submitted(park: FeePark) -> MonthClose:
    async with park.db.begin() as session:
        return await submit(session, MARCH, by="staff:chenjing", now=day(4, 5), rules=RULES)


async def _approved(park: FeePark) -> None:
    close = await _submitted(park)
    async with park.db.begin() as session:
        mine = await session.get_one(MonthClose, close.id)
        await approve(session, mine, by="staff:wangli", now=day(4, 6))


async def _close(park: FeePark) -> MonthClose:
    async with park.db.read() as session:
        return (await session.scalars(select(MonthClose))).one()


def _sealer(park: FeePark, folder: Path, key: str = KEY) -> Sealer:
    core = Core(park.db, VirtualClock(day(4, 6)), CLOSER, CALENDAR, FileStore(folder / "files"))
    return Sealer(core, Papers(core, NoticeFiles(core)), Vault(folder / "archive", key))


async def test_a_month_is_told_as_it_stood_at_its_end(park: FeePark) -> None:
    march = await _summary(park)
    assert (march.bills, march.billed_fen, march.received_fen) == (2, 200_000, 120_000)
    assert (march.closing.owed_fen, march.closing.credit_fen, march.closing.debtors) == (100_000, 20_000, 1)
    assert march.undone_payments == () and march.opening.net_fen == 0
    assert march.books == Books(200_000, 100_000, 0, 0, 100_000)
    april = await _summary(park, APRIL)
    assert (april.opening, april.billed_fen, april.received_fen) == (march.closing, 0, 40_000)
    assert [each.number for each in april.undone_payments] == ["SK-202603-0002"]
    assert (april.closing.owed_fen, april.closing.credit_fen) == (130_000, 0)


async def test_figures_that_do_not_add_up_are_refused_and_good_ones_survive_json(park: FeePark) -> None:
    summary = await _summary(park)
    assert summary_of(to_facts(summary)) == summary
    with pytest.raises(ValueError, match="the accounts"):
        replace(summary, refunded_fen=1)


async def test_what_is_reviewed_is_what_was_handed_in(park: FeePark) -> None:
    close = await _submitted(park)
    async with park.db.begin() as session:
        with pytest.raises(UserError, match="已于 04-05 10:00 提交"):
            await submit(session, MARCH, by="staff:chenjing", now=day(4, 5), rules=RULES)
    async with park.db.begin() as session:
        mine = await session.get_one(MonthClose, close.id)
        with pytest.raises(UserError, match="制表人不能审核"):
            await approve(session, mine, by="staff:chenjing", now=day(4, 6))
        with pytest.raises(UserError, match="每行一个"):
            await send_back(session, mine, [], by="staff:wangli", now=day(4, 6))
        await send_back(session, mine, ["现金存了吗？"], by="staff:wangli", now=day(4, 6))
        with pytest.raises(UserError, match="已退回"):
            await approve(session, mine, by="staff:wangli", now=day(4, 6))
    async with park.db.begin() as session:
        with pytest.raises(UserError, match="1 个疑问没有答复"):
            await submit(session, MARCH, by="staff:chenjing", now=day(4, 7), rules=RULES)


async def _told(park: FeePark, on: int) -> dict[str, str]:
    """Who was reminded on that day of April, and of what."""
    job = job_named(reminders.table.jobs, "remind.close")
    scheduled = day(4, on)
    assert job.when(scheduled.date(), RULES, CALENDAR)
    await job.function(_ctx(park, scheduled))
    await job.function(_ctx(park, scheduled))
    async with park.db.read() as session:
        rows = await session.execute(
            select(OutboxMessage.recipient, OutboxMessage.content)
            .where(OutboxMessage.dedupe_key.like(f"remind:close%2026-04-{on:02}%"))
            .order_by(OutboxMessage.id)
        )
        return {who.removeprefix("staff:"): content["text"] for who, content in rows}


def _ctx(park: FeePark, scheduled: datetime) -> JobCtx:
    return JobCtx(park.db, scheduled, scheduled, CLOSER, CALENDAR)


async def test_the_cashier_is_reminded_until_it_is_handed_in_and_then_the_supervisor(park: FeePark) -> None:
    assert set(await _told(park, 3)) == {"chenjing"}
    late = await _told(park, 5)
    assert "还没有提交" in late["chenjing"] and "请督促" in late["wangli"]
    await _submitted(park)
    async with park.db.begin() as session:
        await session.execute(update(OutboxMessage).values(dedupe_key=OutboxMessage.dedupe_key + ":before"))
    waiting = await _told(park, 5)
    assert "等待审核" in waiting.pop("wangli")


async def test_nobody_is_reminded_of_a_month_that_is_closed_or_had_nothing(park: FeePark) -> None:
    job = job_named(reminders.table.jobs, "remind.close")
    assert await run(park.db, job, day(3, 3)) == "没有需要月结的"
    await _approved(park)
    assert await run(park.db, job, day(4, 3)) == "2026年3月月结已通过，等待归档"


async def test_the_archive_holds_the_exact_letters_and_is_on_record(park: FeePark, tmp_path: Path) -> None:
    await _approved(park)
    assert await _sealer(park, tmp_path).work() == 1
    assert await _sealer(park, tmp_path).work() == 0
    close = await _close(park)
    path = tmp_path / "archive" / close.file_name
    assert (close.status, close.sha256) == (
        CloseStatus.SEALED,
        hashlib.sha256(path.read_bytes()).hexdigest(),
    )
    papers = opened(path, KEY)
    async with park.db.read() as session:
        letters = {f"通知单/{each.number}.pdf": each.sha256 for each in await session.scalars(select(Notice))}
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.action == "archive.seal"))
    assert letters == {name: hashlib.sha256(papers[name]).hexdigest() for name in letters}
    assert entry and entry.detail["sha256"] == close.sha256 and entry.detail["month"] == "2026-03"


async def test_without_a_key_it_waits_and_says_so(park: FeePark, tmp_path: Path) -> None:
    await _approved(park)
    assert await _sealer(park, tmp_path, key="").work() == 1
    close = await _close(park)
    assert close.status is CloseStatus.APPROVED and "GUANJIA_ARCHIVE__KEY" in close.fault
    assert list(tmp_path.glob("archive/*")) == []


async def test_a_lost_original_stops_the_seal_and_is_named(park: FeePark, tmp_path: Path) -> None:
    await _approved(park)
    sealer = _sealer(park, tmp_path)
    async with park.db.begin() as session:
        await session.execute(update(Notice).values(sha256="a" * 64))
    await sealer.work()
    close = await _close(park)
    assert close.status is CloseStatus.APPROVED and "JF-202603-0001 的原件不在" in close.fault
    assert [path.name for path in tmp_path.glob("archive/*")] == []


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("at", ["adding", "finishing", "noting"])
async def test_a_process_killed_on_the_way_leaves_no_half_archive(
    park: FeePark, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    await _approved(park)
    sealer = _sealer(park, tmp_path)

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        if at == "adding":
            patched.setattr(ReceiptFiles, "pdf", die)
        elif at == "finishing":
            patched.setattr(Path, "replace", die)
        else:
            patched.setattr("bot.archive.sealer.note_sealed", die)
        with pytest.raises(Killed):
            await sealer.work()
    path = tmp_path / "archive" / "月结-2026-03.zip"
    assert (await _close(park)).status is CloseStatus.APPROVED
    assert not path.exists()
    assert (await _close(park)).lease_until == day(4, 6) + LEASE
    async with park.db.begin() as session:  # time passes: the lease of the dead process runs out
        await session.execute(update(MonthClose).values(lease_until=day(4, 6)))
    assert await _sealer(park, tmp_path).work() == 1
    close = await _close(park)
    assert close.status is CloseStatus.SEALED
    assert close.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert "收据/SK-202603-0001.pdf" in opened(path, KEY)


async def test_a_process_that_wakes_up_leaves_the_others_archive_alone(
    park: FeePark, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _approved(park)
    frozen, pdf = _sealer(park, tmp_path), ReceiptFiles.pdf

    async def stand_still(files: ReceiptFiles, number: int) -> bytes:
        monkeypatch.setattr(ReceiptFiles, "pdf", pdf)
        async with park.db.begin() as session:
            await session.execute(update(MonthClose).values(lease_until=day(4, 6)))
        assert await _sealer(park, tmp_path).work() == 1
        return await pdf(files, number)

    monkeypatch.setattr(ReceiptFiles, "pdf", stand_still)
    assert await frozen.work() == 1
    close, path = await _close(park), tmp_path / "archive" / "月结-2026-03.zip"
    assert close.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_draft_of_before_is_written_anew(tmp_path: Path) -> None:
    target = tmp_path / "月结-2026-03.zip"
    target.with_name(f".{target.name}.draft").write_bytes(b"half of something")
    writer = BoxWriter(target, KEY)
    writer.add("一.txt", b"1")
    writer.finish({})
    assert opened(target, KEY)["一.txt"] == b"1"
