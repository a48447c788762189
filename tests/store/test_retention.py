"""What has been kept long enough goes, and nothing else."""

from __future__ import annotations

import os
from datetime import timedelta

from sqlalchemy import select, update

from bot.shredder import Shredder
from models.cases.case import Case
from models.messages.inbox import InboxMessage
from models.messages.media import Media
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.people.identity import BindingCode
from models.privacy.doomed import WAIT
from models.privacy.retention import CLASSES, visitors
from scheduler.privacy import apply_retention
from scheduler.registry import JobCtx
from tests.fakes.world import World, verify_talk


async def retain(world: World, days: int) -> str:
    """The nightly job, so many days later."""
    core = world.core
    at = world.clock.now() + timedelta(days=days)
    return await apply_retention(JobCtx(core.db, at, at, core.rules, core.calendar))


async def texts(world: World) -> tuple[list[str], list[str]]:
    """What is still readable of messages in and out."""
    async with world.db.read() as session:
        received = [row.message.text for row in await session.scalars(select(InboxMessage))]
        sent = [str(row.content.get("text")) for row in await session.scalars(select(OutboxMessage))]
    return [each for each in received if each], [each for each in sent if "保存期限" not in each]


async def test_texts_and_pictures_go_when_their_time_is_over_and_not_before(world: World) -> None:
    await verify_talk(
        world, [("lina", "报修 灯不亮", "R01"), ("lina", "<photo>", "R01"), ("zhaomin", "<photo>", "")]
    )
    async with world.db.begin() as session:  # a letter's message is proof, and one waits for a chat to open
        first, second = (
            await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id).limit(2))
        ).all()
        first.subject, second.status = "notice:1", OutboxStatus.WAITING
        await session.execute(update(Media).where(Media.subject == "").values(sha256="b" * 64))
    before = await texts(world)
    assert "照片" not in await retain(world, 80) and await texts(world) == before
    assert "照片和文件 1" in await retain(world, 91)  # the loose one; R01 keeps its own
    report = await retain(world, 181)
    assert "收到的消息正文" in report and "发出的消息正文" in report
    received, sent = await texts(world)
    assert received == [] and len(sent) == 1
    async with world.db.read() as session:
        assert (await session.get_one(OutboxMessage, second.id)).status is OutboxStatus.DEAD
    assert "消息" not in await retain(world, 182)
    async with world.db.begin() as session:
        await session.execute(update(Case).values(closed_at=world.clock.now()))
    assert "照片和文件 1" in await retain(world, 3 * 365 + 1)
    await retain(world, 10 * 365 + 1)
    assert (await texts(world))[1] == []


async def test_a_file_goes_when_no_row_names_it_any_more(world: World) -> None:
    await verify_talk(
        world, [("lina", "报修 灯不亮", "R01"), ("lina", "<photo>", "R01"), ("zhaomin", "<photo>", "")]
    )
    async with world.db.read() as session:
        (sha256,) = set(await session.scalars(select(Media.sha256)))  # both sent the same picture
    path = world.core.files.path(sha256)
    os.utime(path, (0, 0))
    await retain(world, 91)
    await shred(world, timedelta(days=91) + WAIT)
    assert path.exists(), "R01 still has it"
    async with world.db.begin() as session:
        await session.execute(update(Case).values(closed_at=world.clock.now() - timedelta(days=1200)))
    await retain(world, 0)
    await world.core.files.put(path.read_bytes())  # somebody sends it a third time just now
    await shred(world, WAIT)
    assert path.exists()
    os.utime(path, (0, 0))
    await shred(world, WAIT)
    assert not path.exists()


async def test_half_files_of_the_killed_are_swept_away(world: World) -> None:
    sha256 = await world.core.files.put(b"whole")
    half = world.core.files.path(sha256).with_name(f".{sha256}.0123abcd")
    half.write_bytes(b"ha")
    assert await world.core.files.sweep(3600) == 0 and half.exists()
    os.utime(half, (0, 0))
    assert await world.core.files.sweep(3600) == 1 and not half.exists()
    assert await world.core.files.get(sha256) == b"whole"


async def shred(world: World, later: timedelta) -> None:
    """Files are deleted some time later; nothing else happens meanwhile."""
    world.clock.set(world.clock.now() + later)
    await Shredder(world.core).work()


async def test_codes_and_links_go_some_time_after_they_ran_out(world: World) -> None:
    await verify_talk(world, [("zhoumin", "绑定码 云帆设计 李娜", "绑定码"), ("liuyan", "抄表表格", "")])
    assert "绑定码和验证码" not in await retain(world, 20)
    report = await retain(world, 40)
    assert "绑定码和验证码 1" in report
    async with world.db.read() as session:
        assert list(await session.scalars(select(BindingCode.id))) == []


async def test_who_is_no_contact_is_forgotten_some_time_after_the_repair(world: World) -> None:
    await world.say("zhoumin", "代报 A-1203 空调不冷 张三 13900001234")
    await world.say("zhoumin", "撤单 R01 打错了")
    limit = timedelta(days=world.core.rules.retention.inbox_days)
    for days, mobile in ((0, "13900001234"), (1, "")):
        at = world.clock.now() + limit + timedelta(days=days - 0.5)
        async with world.db.begin() as session:
            await visitors(session, world.core.rules.retention, at, 0, 50)
        async with world.db.read() as session:
            assert (await session.scalars(select(Case.reporter_mobile))).one() == mobile


def test_every_class_is_named_once() -> None:
    names = [name for name, _ in CLASSES]
    assert len(set(names)) == len(names)
