"""What becomes of an SMS that can not go out, or that the carrier does not deliver: another way, else a person."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from bot.config import load
from models.database import Database
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.messages.reports import SmsReport, take_reports
from tests.dialogs.test_notices import checked
from tests.fakes.world import World, small_park, verify_talk

CONFIG = Path(__file__).parent.parent.parent / "config.yaml"
BROKEN = {
    "GUANJIA_SMS__TEMPLATES__NOTICE__TEXT": "您有一份通知${what}",
    "GUANJIA_SMS__TEMPLATES__CASE_NEW__TEXT": "单号${id}",
}


async def fail_sms(world: World, mobile: str) -> None:
    """The carrier reports that what was sent to the number last did not arrive."""
    async with world.db.begin() as session:
        row = (
            await session.scalars(
                select(OutboxMessage)
                .where(OutboxMessage.channel == "sms", OutboxMessage.address == mobile)
                .order_by(OutboxMessage.id.desc())
            )
        ).first()
        assert row is not None and row.status is OutboxStatus.SENT
        report = SmsReport(row.provider_id, False, "MK:0001")
        await take_reports(session, [report, report], world.clock.now(), world.core.rules)
    await world.engine.settle()


async def test_values_that_do_not_fit_their_template_are_not_sent(db: Database, tmp_path: Path) -> None:
    async with World.open(db, load(CONFIG, BROKEN), tmp_path / "files", small_park) as world:
        await checked(world)
        await world.press("zhengwei", "批准")
        for mobile in ("13800010001", "13800010004", "13800010005"):
            assert world.phone(mobile) == []
        brought = [text for text in world.new("zhoumin") if "无法送达" in text]
        assert len(brought) == 3, "each letter is brought by a person"
        told = [text for text in world.new("linfang") if "短信没有发出" in text]
        assert len(told) == 1 and "缺少变量 what；模板里没有变量 code" in told[0]


async def test_news_whose_sms_does_not_fit_waits_for_the_chat(db: Database, tmp_path: Path) -> None:
    async with World.open(db, load(CONFIG, BROKEN), tmp_path / "files", small_park) as world:
        await verify_talk(
            world,
            [
                ("zhoumin", "代报 A-1203 灯不亮 李娜 13800010001", "登记 R01 | !@lina"),
                ("lina", "在吗", "已为您登记报修 R01"),
            ],
        )
        assert world.phone("13800010001") == []


async def test_a_failed_sms_goes_on_in_the_chat_that_is_open_by_then(world: World) -> None:
    await checked(world)
    await world.press("zhengwei", "批准")
    assert "notice" in world.phone("13800010001")[-1].text and world.phone("lina") == []
    await world.say("lina", "账单")
    before = len(world.phone("lina"))
    await fail_sms(world, "13800010001")
    (letter,) = world.phone("lina")[before:]
    assert "【缴费通知单】2026年3月" in letter.text and list(letter.buttons) == ["签收", "明细", "异议"]
    assert not any("无法送达" in text for text in world.new("zhoumin"))
    await verify_talk(world, [("lina", "[签收]", "已签收缴费通知单 JF-202603-0001")])


async def test_a_failed_sms_with_no_chat_open_is_brought_by_a_person(world: World) -> None:
    await checked(world)
    await world.press("zhengwei", "批准")
    await fail_sms(world, "13800010001")
    (asked,) = [text for text in world.new("zhoumin") if "无法送达" in text]
    assert "云帆设计" in asked and "短信未送达（MK:0001）" in asked


async def test_a_signed_letter_is_not_said_again_when_its_sms_failed(world: World) -> None:
    await checked(world)
    await world.press("zhengwei", "批准")
    await verify_talk(world, [("lina", "签收", "已签收")])
    before = len(world.phone("lina"))
    await fail_sms(world, "13800010001")
    assert len(world.phone("lina")) == before
    assert not any("无法送达" in text for text in world.new("zhoumin"))


async def test_counts_of_an_announcement_are_people(world: World) -> None:
    await verify_talk(
        world,
        [
            ("zhoumin", "公告 停水 A座 明天14:00-16:00 换泵", "公告预览"),
            ("zhoumin", "[提交审批]", "G01 已提交"),
            ("zhengwei", "[批准]", "G01 已批准"),
            ("clock", "2026-03-16 10:15", ""),
            ("lina", "你好", ""),
        ],
    )
    await fail_sms(world, "13800010001")
    told = "".join(await world.say("zhoumin", "公告 G01"))
    assert "微信已发 1，短信已发 0" in told and "未送达" not in told
