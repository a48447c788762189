"""Strangers become contacts, and nobody learns by guessing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.audit.entry import AuditEntry
from models.messages.outbox import OutboxMessage
from models.messages.sender import sender_of
from models.people.identity import TenantActor
from models.people.tenant import Contact, ContactRole, Tenant
from tests.fakes.world import START, World, verify_talk

CHEN_MOBILE = "13800010002"


async def who(world: World, person: str) -> str:
    """The name the service knows the person by, "" for a stranger."""
    async with world.db.read() as session:
        actor = (await sender_of(session, "kf", f"wm{person}")).actor
    return actor.contact.name if isinstance(actor, TenantActor) else ""


async def code_for(world: World, contact: str) -> str:
    """A code as 周敏 gets it for a contact."""
    (answer,) = await world.say("zhoumin", f"绑定码 {contact}")
    found = re.search(r"“绑定 ([2-9A-Z]{8})”", answer)
    assert found, answer
    return found[1]


def sms_code(world: World, mobile: str) -> str:
    """The newest code on that number."""
    return world.phone(mobile)[-1].text.removeprefix("code_bind ")


async def count_messages(world: World) -> int:
    """How many messages there have been so far."""
    async with world.db.read() as session:
        return await session.scalar(select(func.count(OutboxMessage.id))) or 0


async def test_a_code_from_staff_binds_once(world: World) -> None:
    code = await code_for(world, "青禾 陈思远")
    await verify_talk(
        world, [("chensiyuan", f"绑定 {code.lower()}", "绑定成功 | 陈思远 | 青禾科技有限公司 | 经办人")]
    )
    await verify_talk(world, [("stranger", f"绑定 {code}", "绑定码不对")])
    assert await who(world, "chensiyuan") == "陈思远"
    assert await who(world, "stranger") == ""


async def test_a_code_may_be_pasted_in_many_ways(world: World) -> None:
    for form in ("绑定{}", "绑定码 {}", "绑定：{}", "绑定 {} "):
        code = await code_for(world, "青禾 陈思远")
        await verify_talk(world, [("chensiyuan", form.format(code), "绑定成功")])


async def test_a_code_runs_out(world: World) -> None:
    code = await code_for(world, "B-0305 陈思远")
    await world.advance(START + timedelta(hours=73))
    await verify_talk(world, [("chensiyuan", f"绑定 {code}", "已过期")])
    assert await who(world, "chensiyuan") == ""


async def test_unit_mobile_and_sms_code_bind(world: World) -> None:
    await verify_talk(
        world,
        [
            ("chensiyuan", "绑定", "单元号 | A-1203"),
            ("chensiyuan", "b座0305室", "手机号"),
            ("chensiyuan", "１３８ 0001 0002", "如果单元和手机号与登记一致"),
        ],
    )
    assert re.fullmatch(r"[0-9]{6}", sms_code(world, CHEN_MOBILE))
    await verify_talk(world, [("chensiyuan", sms_code(world, CHEN_MOBILE), "绑定成功 | 陈思远")])
    assert await who(world, "chensiyuan") == "陈思远"


@pytest.mark.parametrize(
    ("unit", "mobile"), [("A-1203", CHEN_MOBILE), ("Z-9", CHEN_MOBILE), ("B-0305", "13911112222")]
)
async def test_a_guess_is_answered_like_a_hit(world: World, unit: str, mobile: str) -> None:
    right = [await world.say("good", text) for text in ("绑定", "B-0305", CHEN_MOBILE)]
    wrong = [await world.say("guesser", text) for text in ("绑定", unit, mobile)]
    assert wrong == right
    assert world.phone("13911112222") == []
    assert len(world.phone(CHEN_MOBILE)) == 1


async def test_the_sms_code_is_of_use_only_to_the_one_who_asked(world: World) -> None:
    for text in ("绑定", "B-0305", CHEN_MOBILE):
        await world.say("chensiyuan", text)
    await verify_talk(world, [("thief", f"绑定 {sms_code(world, CHEN_MOBILE)}", "绑定码不对")])
    assert await who(world, "thief") == ""


async def test_guessing_locks_out_for_an_hour(world: World) -> None:
    for _ in range(4):
        await verify_talk(world, [("guesser", "绑定 AAAA2222", "绑定码不对")])
    code = await code_for(world, "青禾 陈思远")
    await verify_talk(
        world,
        [
            ("guesser", "绑定 AAAA2222", "尝试次数过多 | 60 分钟"),
            ("guesser", f"绑定 {code}", "尝试次数过多"),
            ("guesser", "绑定", "尝试次数过多"),
        ],
    )
    await world.advance(START + timedelta(minutes=61))
    await verify_talk(world, [("guesser", f"绑定 {code}", "绑定成功")])


async def test_wrong_sms_codes_may_be_mended_and_then_lock(world: World) -> None:
    for text in ("绑定", "B-0305", CHEN_MOBILE):
        await world.say("chensiyuan", text)
    right = sms_code(world, CHEN_MOBILE)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _ in range(3):
        await verify_talk(world, [("chensiyuan", wrong, "验证码不对")])
    await verify_talk(world, [("chensiyuan", wrong, "尝试次数过多"), ("chensiyuan", right, "!绑定成功")])
    assert await who(world, "chensiyuan") == ""


async def test_one_number_is_not_flooded_with_codes(world: World) -> None:
    for person in ("one", "two", "three"):
        for text in ("绑定", "B-0305", CHEN_MOBILE):
            await world.say(person, text)
    assert len(world.phone(CHEN_MOBILE)) == 1


async def test_a_number_that_is_none_is_asked_for_again(world: World) -> None:
    await verify_talk(
        world,
        [
            ("chensiyuan", "绑定", "单元号"),
            ("chensiyuan", "B-0305", "手机号"),
            ("chensiyuan", "0571-88001234", "11 位"),
            ("chensiyuan", CHEN_MOBILE, "验证码"),
            ("chensiyuan", "[取消]", "已取消"),
        ],
    )
    assert len(world.phone(CHEN_MOBILE)) == 1


async def test_a_bound_contact_is_told_who_it_is_and_may_change(world: World) -> None:
    code = await code_for(world, "青禾 赵敏")
    await verify_talk(
        world,
        [
            ("lina", "绑定", "已绑定为云帆设计有限公司的负责人李娜 | 绑定码"),
            ("lina", f"绑定 {code}", "绑定成功 | 赵敏"),
        ],
    )
    assert await who(world, "lina") == "赵敏"


async def test_who_was_struck_off_is_a_stranger_and_gets_no_code(world: World) -> None:
    code = await code_for(world, "青禾 陈思远")
    async with world.db.begin() as session:
        contact = (await session.scalars(select(Contact).where(Contact.name == "陈思远"))).one()
        contact.active = False
    await verify_talk(world, [("chensiyuan", f"绑定 {code}", "绑定码不对")])
    for text in ("绑定", "B-0305", CHEN_MOBILE):
        await world.say("chensiyuan", text)
    assert world.phone(CHEN_MOBILE) == []


async def test_each_step_is_one_message_and_a_binding_leaves_a_record(world: World) -> None:
    before = await count_messages(world)
    for text in ("绑定", "Z-9", CHEN_MOBILE):
        await world.say("guesser", text)
    assert await count_messages(world) == before + 3
    await world.say("chensiyuan", f"绑定 {await code_for(world, '青禾 陈思远')}")
    async with world.db.read() as session:
        acts = list(await session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)))
    assert acts[-2:] == ["binding.code", "binding.bound"]


async def test_staff_find_tenants_and_see_only_what_they_may(world: World) -> None:
    await verify_talk(
        world,
        [
            (
                "zhoumin",
                "租户 云帆",
                "云帆设计有限公司 | A-1203（100㎡） | 李娜（负责人）138****0001 已绑定 | !13800010001",
            ),
            ("linfang", "租户 李娜", "13800010001"),
            ("zhoumin", "租户 b0306", "青禾科技有限公司 | 陈思远（经办人）138****0002 未绑定"),
            ("zhoumin", "租户 13800010005", "无信商贸行"),
            ("zhoumin", "租户", "请写上"),
            ("zhoumin", "租户 %", "没有找到"),
            ("wangqiang", "租户 云帆", "没有这项权限"),
        ],
    )


async def test_binding_codes_are_given_by_those_who_may_for_one_person(world: World) -> None:
    await verify_talk(
        world,
        [
            ("zhoumin", "绑定码 云帆设计 李娜", "云帆设计有限公司 李娜的绑定码 | 72 小时 | 转发"),
            ("zhoumin", "绑定码 吴老板", "无信商贸行 吴老板"),
            ("zhoumin", "绑定码 青禾 李娜", "没有找到联系人"),
            ("zhoumin", "绑定码", "请写上公司和联系人"),
            ("wangqiang", "绑定码 云帆设计 李娜", "没有这项权限"),
        ],
    )
    async with world.db.begin() as session:
        other = (await session.scalars(select(Contact).where(Contact.name == "赵敏"))).one()
        session.add(Contact(tenant_id=other.tenant_id, name="李娜", mobile="", role=other.role))
    await verify_talk(
        world, [("zhoumin", "绑定码 李娜", "多位同名 | 云帆设计有限公司 李娜 | 青禾科技有限公司 李娜")]
    )


async def test_who_is_on_shift_now(world: World) -> None:
    await verify_talk(
        world,
        [
            ("wangqiang", "值班", "客户服务部：林芳、周敏、何婷 | 工程部：王强、赵磊、刘燕"),
            ("zhoumin", "值班 财务", "陈静 | !王强"),
        ],
    )
    await world.leap(START + timedelta(hours=14))
    await verify_talk(
        world, [("zhoumin", "值班", "王强、赵磊 | !林芳"), ("zhoumin", "值班 财务", "没有人在班")]
    )


async def test_names_that_are_no_words_are_found_and_said_as_they_are(world: World) -> None:
    async with world.db.begin() as session:
        for number, (company, person) in enumerate(
            [
                ("Bluebird & Co. (Asia) Ltd.", "Emma O'Brien"),
                ("=1+1 科技", "@汤圆"),
                ("🌈彩虹糖", "小熊🐻老师"),
            ]
        ):
            tenant = Tenant(name=company)
            session.add(tenant)
            await session.flush()
            session.add(
                Contact(tenant_id=tenant.id, name=person, mobile=f"1390000000{number}", role=ContactRole.HEAD)
            )
    await verify_talk(
        world,
        [
            ("zhoumin", "租户 bluebird", "Bluebird & Co. (Asia) Ltd. | 没有在租单元 | 139****0000"),
            ("zhoumin", "绑定码 bluebird Emma O'Brien", "Emma O'Brien的绑定码"),
            ("zhoumin", "绑定码 =1+1 科技 @汤圆", "=1+1 科技 @汤圆的绑定码"),
            ("zhoumin", "租户 🌈", "小熊🐻老师"),
        ],
    )
