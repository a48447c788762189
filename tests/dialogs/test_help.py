"""帮助 says what this very person may do now; 取消 ends what runs; opening the chat is greeted once."""

from __future__ import annotations

import pytest

from handlers import ROUTERS
from handlers.help import help_text, staff_help_text
from handlers.routing import Command, Side
from models.messages.inbound import Kind
from models.messages.outbox import TEXT_BYTES
from models.messages.splitting import byte_length
from tests.fakes.world import World, verify_talk


def commands(side: Side) -> list[Command]:
    """Everything that can be said on a side."""
    return [command for router in ROUTERS if router.side is side for command in router.commands]


async def test_help_shows_what_this_person_may_do(world: World) -> None:
    await verify_talk(
        world,
        [
            ("stranger", "帮助", "绑定 K7M2P9QX | 服务中心电话 | !报修 3楼"),
            ("lina", "帮助", "绑定 | 取消"),
            ("lina", "？", "您可以发送"),
            ("zhoumin", "帮助", "【人员】 | 绑定码 | 租户 | 值班 | 发送“帮助 报事”看这一类的例子"),
            ("zhoumin", "帮助 人员", "【人员】 | 绑定码 云帆设计 李娜 | 租户 云帆 | !派单"),
            ("zhoumin", "帮助 收费", "!出账"),
            ("wangqiang", "帮助", "值班 | !绑定码 云帆"),
        ],
    )


async def test_help_about_one_word(world: World) -> None:
    await verify_talk(
        world,
        [
            ("zhoumin", "帮助 绑定码", "绑定码：给联系人一个一次性绑定码 | 例如：绑定码 云帆设计 李娜"),
            ("zhoumin", "帮助 客户", "租户： | 也可以说：客户"),
            ("wangqiang", "帮助 绑定码", "!例如：绑定码"),
            ("lina", "帮助 绑定", "绑定 K7M2P9QX"),
        ],
    )


@pytest.mark.parametrize("side", list(Side))
def test_every_command_has_an_example_that_begins_with_it_and_an_explanation(side: Side) -> None:
    entries = commands(side)
    assert entries
    for entry in entries:
        assert entry.usage.startswith(entry.word)
        assert 2 <= len(entry.about) <= 60


def test_help_fits_one_message_for_whoever_may_do_everything() -> None:
    assert byte_length(help_text(commands(Side.TENANT))) <= TEXT_BYTES
    assert byte_length(staff_help_text(commands(Side.STAFF))) <= TEXT_BYTES
    assert byte_length(staff_help_text((commands(Side.STAFF) * 100)[:100])) <= TEXT_BYTES
    assert byte_length(help_text(commands(Side.TENANT)[:1] * 60)) <= TEXT_BYTES


async def test_cancel_ends_the_running_form_and_nothing_else(world: World) -> None:
    await verify_talk(
        world,
        [
            ("stranger", "取消", "没有正在填写"),
            ("stranger", "绑定", "单元号"),
            ("stranger", "取消", "已取消"),
            ("stranger", "B-0305", "!手机号"),
            ("zhoumin", "取消", "没有正在填写"),
        ],
    )


async def test_cancel_with_a_number_is_about_a_case(world: World) -> None:
    await verify_talk(world, [("lina", "取消 R99", "没有找到单号"), ("stranger", "取消 R99", "没有正在填写")])


async def test_opening_the_chat_is_greeted_when_the_platform_allows_it(world: World) -> None:
    for person, words in (("lina", "李娜，您好"), ("stranger", "请先绑定身份")):
        await world.deliver(
            person, Kind.EVENT, action="enter_session", data={"welcome_code": f"welcome-{person}"}
        )
        (greeting,) = world.phone(person)
        assert words in greeting.text
        assert 1 <= len(greeting.buttons) <= 5
        assert ("绑定" in greeting.buttons) is (person == "stranger")


async def test_opening_the_chat_again_says_nothing(world: World) -> None:
    await world.deliver("lina", Kind.EVENT, action="enter_session", data={"scene": "x"})
    await world.deliver("wangqiang", Kind.EVENT, action="enter_agent")
    assert world.phone("lina") == world.phone("wangqiang") == []
