"""Letters in chat: they arrive, are signed, disputed, promised, brought by hand, and accounted for."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from models.clock import at_local, local_date
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.notices.notice import Notice, Receipt
from models.people.tenant import Contact
from tests.fakes.march import READINGS
from tests.fakes.world import World, verify_talk

NONE = "没有找到这份通知单"


async def on(world: World, day: int, hour: int = 10, minute: int = 0) -> None:
    await world.advance(at_local(local_date(world.clock.now()).replace(day=day), hour, minute))


async def checked(world: World) -> None:
    """March read, drafted and checked: the project manager holds it."""
    await verify_talk(
        world,
        [
            ("liuyan", READINGS, "已记 10 条"),
            ("chenjing", "出账", "3 家租户"),
            ("chenjing", "[复核]", "已复核"),
        ],
    )


async def letters_out(world: World) -> None:
    """A chapter: two tenants have just written, so their windows are open; then the bills go out."""
    await world.say("lina", "账单")
    await world.say("zhaomin", "账单")
    await checked(world)
    await world.press("zhengwei", "批准")


async def receipts(world: World) -> list[Receipt]:
    async with world.db.read() as session:
        return list(await session.scalars(select(Receipt).order_by(Receipt.id)))


async def test_the_letter_arrives_in_chat_with_its_file_and_is_signed_by_a_tap(world: World) -> None:
    await world.begins_with(letters_out)
    message, file = world.phone("lina")[-2:]
    assert "【缴费通知单】2026年3月" in message.text and "应缴 1,400.00 元" in message.text
    assert list(message.buttons) == ["签收", "明细", "异议"]
    assert file.kind == "file" and world.platform.media[file.text].startswith(b"%PDF")
    await verify_talk(
        world,
        [
            ("lina", "[明细]", "物业服务费"),
            ("lina", "签收人是谁？", "要签收缴费通知单 JF-202603-0001 吗"),
            ("lina", "[签收]", "已签收缴费通知单 JF-202603-0001：李娜（负责人）"),
            ("lina", "[签收]", "已于2026-03-16 09:00由李娜（负责人）签收"),
            ("lina", "签收", "已于2026-03-16"),
        ],
    )
    (receipt,) = await receipts(world)
    assert receipt.sha256 and receipt.evidence["account"] == "wmlina"


async def test_an_employees_word_is_kept_but_does_not_count(world: World) -> None:
    await world.begins_with(letters_out)
    await verify_talk(
        world,
        [
            ("xiaoming", "签收", "不能代表贵司签收 | !1,400"),
            ("xiaoming", "异议 太贵了", "只对贵司登记的负责人"),
            ("zhoumin", "签收表 3月", "共 3 份，已签收 0 份，未签收 3 份"),
            ("lina", "签收 0001", "已签收"),
            ("zhoumin", "签收表 3月 A座", "共 1 份，已签收 1 份"),
        ],
    )
    assert [receipt.sufficient for receipt in await receipts(world)] == [False, True]


async def test_another_tenants_letter_is_answered_like_none(world: World) -> None:
    await world.begins_with(letters_out)
    await verify_talk(
        world, [("zhaomin", "签收 JF-202603-0001", NONE), ("zhaomin", "签收 JF-202603-0099", NONE)]
    )
    async with world.db.read() as session:
        linas = await session.scalar(select(Notice.id).where(Notice.number == "JF-202603-0001"))
    for key in (f"sign:{linas}", f"dispute:{linas}", f"promise:{linas}", "sign:471100", "sign:", "sign:x"):
        await world.press_key("zhaomin", key)
        assert NONE in world.new("zhaomin")[-1], key
    assert await receipts(world) == []


async def test_without_a_window_an_sms_points_to_the_page(world: World) -> None:
    await checked(world)
    await world.press("zhengwei", "批准")
    assert world.phone("lina") == []
    for mobile in ("13800010001", "13800010004", "13800010002", "13800010005"):
        (sms,) = world.phone(mobile)
        assert re.fullmatch(r"notice [0-9A-Za-z]{16}", sms.text)


async def test_a_wrong_number_sends_staff_to_the_door(world: World) -> None:
    async with world.db.begin() as session:
        await session.execute(update(Contact).where(Contact.name == "吴老板").values(mobile="12345678901"))
    await letters_out(world)
    told = [text for text in world.new("zhoumin") if "无法送达" in text]
    assert len(told) == 1 and "无信商贸行，C-0101" in told[0]
    await world.show("zhoumin")
    await verify_talk(
        world,
        [
            (
                "zhoumin",
                "送达 0003 吴老板 法定代表人",
                "已登记 JF-202603-0003 上门签收：吴老板 | 签收照片 1 张",
            ),
            ("zhoumin", "送达 0003 吴老板 法定代表人", "此前已有签收记录"),
            ("zhoumin", "邮寄 0002 EMS123", "已登记 JF-202603-0002 邮寄单号 EMS123"),
            ("zhoumin", "邮寄 0002", "请这样发"),
            ("zhoumin", "送达 9999 李娜 负责人", "没有找到编号"),
            ("zhoumin", "送达 0001 李娜 老板", "身份请写以下之一"),
            ("wangqiang", "送达 0001 李娜 负责人", "没有这项权限"),
            ("chenjing", "签收表", "【签收表】2026年3月 共 3 份，已签收 1 份 | 邮寄 EMS123"),
        ],
    )
    file = world.phone("chenjing")[-1]
    assert file.kind == "file" and world.platform.media[file.text].startswith(b"%PDF")


async def test_an_objection_is_heard_and_answered_for(world: World) -> None:
    await world.begins_with(letters_out)
    await verify_talk(
        world,
        [
            ("lina", "[异议]", "请说明您对缴费通知单 JF-202603-0001 的疑问"),
            ("lina", "电表读数有误，现在是 15320", "已记下您对JF-202603-0001的异议 | 3月31日前不再催款"),
        ],
    )
    told = world.new("chenjing")[-1]
    assert "云帆设计有限公司 李娜（负责人）提出异议 Y01：电表读数有误" in told and "跟进人：陈静" in told


async def test_a_day_is_promised(world: World) -> None:
    await world.begins_with(letters_out)
    await verify_talk(
        world,
        [
            ("lina", "承诺", "哪一天付款"),
            ("lina", "很快", "没看懂日期"),
            ("lina", "承诺 周五", "承诺 3月20日前付款"),
            ("lina", "承诺 4月20日", "最晚可约定到3月30日"),
        ],
    )
    assert "承诺 3月20日付款" in world.new("chenjing")[-1]


async def test_what_is_approved_at_night_waits_for_the_morning_and_is_withheld_when_paid(
    world: World,
) -> None:
    await checked(world)
    await on(world, 16, 22)
    await world.press("zhengwei", "批准")
    await verify_talk(world, [("sunli", "收款 云帆设计 1400 转账", "1,400.00"), ("sunli", "是", "SK-")])
    await on(world, 17, 9)
    assert world.phone("13800010001") == []
    assert len(world.phone("13800010005")) == 1
    async with world.db.read() as session:
        rows = await session.scalars(
            select(OutboxMessage).where(OutboxMessage.status == OutboxStatus.WITHHELD)
        )
        # The documents of those whom only an SMS reaches stay behind as well.
        assert {row.reason for row in rows if not row.content.get("file")} == {"账单已付清"}


@pytest.mark.parametrize("text", ["签收", "异议", "承诺 周五"])
async def test_with_no_letter_there_is_nothing_to_answer(world: World, text: str) -> None:
    (said,) = await world.say("lina", text)
    assert "贵司目前没有" in said
