"""What waited for a customer to write again goes out in as few messages as possible."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select, update

from models.database import Database
from models.messages.content import Button, Content
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose, enqueue
from models.messages.waiting import wake_waiting

NOW = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)


async def test_texts_are_merged_repetitions_dropped_and_menus_kept(db: Database) -> None:
    said = ["已派单", "已接单", "已派单", "x" * 1990, "已完工"]
    async with db.begin() as session:
        for i, text in enumerate(said):
            content = Content(text=text)
            await enqueue(session, f"k{i}", content, recipient="contact:1", purpose=Purpose.UPDATE, now=NOW)
        menu = Content(text="请签认", buttons=(Button("confirm:1", "签认"),))
        await enqueue(session, "menu", menu, recipient="contact:1", purpose=Purpose.UPDATE, now=NOW)
        await enqueue(
            session, "other", Content(text="别人"), recipient="contact:2", purpose=Purpose.UPDATE, now=NOW
        )
        await session.execute(update(OutboxMessage).values(status=OutboxStatus.WAITING))
    async with db.begin() as session:
        await wake_waiting(session, "contact:1", "wm1", NOW)
    async with db.read() as session:
        rows = (await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))).all()
    due = [row.content["text"] for row in rows if row.status is OutboxStatus.DUE]
    assert due == ["已派单\n\n已接单", "x" * 1990, "已完工", "请签认"]
    assert [row.dedupe_key for row in rows if row.status is OutboxStatus.WITHHELD] == ["k1", "k2"]
    assert rows[-1].status is OutboxStatus.WAITING


async def test_what_was_rendered_before_is_rendered_anew_and_what_is_in_doubt_stays_as_it_is(
    db: Database,
) -> None:
    async with db.begin() as session:
        for i in range(4):
            await enqueue(
                session,
                f"k{i}",
                Content(text=f"消息{i}"),
                recipient="contact:1",
                purpose=Purpose.UPDATE,
                now=NOW,
            )
        old = {"api": "kf/send_msg", "body": {}}
        rows = (await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))).all()
        for row in rows:
            row.status, row.request = OutboxStatus.WAITING, old
        rows[1].in_doubt_since = NOW
        await session.flush()
        await wake_waiting(session, "contact:1", "wm1", NOW)
    async with db.read() as session:
        rows = (await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))).all()
    due = [(row.content["text"], row.request) for row in rows if row.status is OutboxStatus.DUE]
    assert due == [("消息0", old), ("消息1", old), ("消息2\n\n消息3", None)]


async def test_a_year_of_files_leaves_room_for_the_answer(db: Database) -> None:
    async with db.begin() as session:
        for i in range(9):
            receipt = Content(file=f"receipt:{i}", file_name="收据.pdf")
            await enqueue(session, f"f{i}", receipt, recipient="contact:1", purpose=Purpose.UPDATE, now=NOW)
        news = Content(text="账单已全部结清。")
        await enqueue(session, "news", news, recipient="contact:1", purpose=Purpose.UPDATE, now=NOW)
        await session.execute(update(OutboxMessage).values(status=OutboxStatus.WAITING))
    async with db.begin() as session:
        await wake_waiting(session, "contact:1", "wm1", NOW)
    async with db.read() as session:
        due = select(OutboxMessage.dedupe_key).where(OutboxMessage.status == OutboxStatus.DUE)
        assert sorted(await session.scalars(due)) == ["f6", "f7", "f8", "news"]
