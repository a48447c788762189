"""帮助, 取消 and the greeting, on both sides."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.context import Ctx
from handlers.routing import ANYONE, Command, Router, Side, allowed
from handlers.tenant_repair import cancel_case
from models.cases import WORKFLOWS
from models.cases.lookup import words_now
from models.errors import UserError
from models.messages.content import Button
from models.messages.outbox import TEXT_BYTES
from models.messages.splitting import byte_length
from models.people.identity import Stranger, TenantActor
from models.people.scene import unit_of_scene

router = Router("help", Side.TENANT)
staff_router = Router("staff_help", Side.STAFF)

_GROUPS = {
    "case": "报事", "fees": "收费", "notice": "通知送达", "announce": "公告", "claim": "出险理赔", "people": "人员",
    "stats": "统计", "data": "统计", "ops": "系统",
}  # fmt: skip
_OTHER = "其他"
_NOTHING_RUNS = "现在没有正在填写的内容。发送“帮助”可以看到能做什么。"
_GREETING_WORDS = ("绑定", "报修", "账单", "进度", "帮助")
"""Buttons of the greeting, as far as the person may use them; 绑定 only for strangers."""


@router.command("帮助", "?", "？", "菜单", may=ANYONE, usage="帮助", about="看看能做什么")
async def tenant_help(ctx: Ctx, rest: str) -> None:
    """What this person may do now."""
    commands = _offered(ctx)
    if one := _about_one(commands, rest):
        await ctx.reply(one)
        return
    text = help_text(await _of_use_now(ctx, commands))
    if isinstance(ctx.actor, Stranger):
        text += f"\n绑定身份后可以报修、查账单、看进度。服务中心电话：{ctx.rules.park.phone}。"
    await ctx.reply(text, *_buttons(ctx, commands))


@staff_router.command("帮助", "?", "？", "菜单", may=ANYONE, usage="帮助", about="看看能做什么")
async def staff_help(ctx: Ctx, rest: str) -> None:
    """What this member may do now, by subject."""
    commands = _offered(ctx)
    await ctx.reply(_about_one(commands, rest) or _subject_text(commands, rest) or staff_help_text(commands))


@router.command("取消", may=ANYONE, usage="取消", about="结束正在填写的内容；“取消 R07”撤销一件报事")
async def tenant_cancel(ctx: Ctx, rest: str) -> None:
    """Ends the running form; with a number, or where no form runs, it is about a case."""
    if rest or not await _end_running_form(ctx):
        if isinstance(ctx.actor, Stranger):
            raise UserError(_NOTHING_RUNS)
        await cancel_case(ctx, rest)


@staff_router.command("取消", may=ANYONE, usage="取消", about="结束正在填写的内容")
async def staff_cancel(ctx: Ctx, rest: str) -> None:
    """Ends the running form. Cases are withdrawn by those who reported them."""
    del rest
    if not await _end_running_form(ctx):
        raise UserError(_NOTHING_RUNS)


@router.event("enter_session")
async def welcome(ctx: Ctx, name: str) -> None:
    """Greets who opens the chat, when the platform allows it: with a code, and else never.

    Without a code the person wrote within 48 hours, and each message would use up one of five.
    """
    del name
    if not ctx.message.data.get("welcome_code"):
        return
    centre = ctx.rules.park.centre
    match ctx.actor:
        case TenantActor(contact=contact):
            text = f"{contact.name}，您好！这里是{centre}。请直接说明要报修的问题，或点击下面的选项。"
        case _:
            text = f"您好！这里是{centre}。第一次使用请先绑定身份；紧急情况请拨打 {ctx.rules.park.phone}。"
    if unit := await unit_of_scene(ctx.session, str(ctx.message.data.get("scene", ""))):
        text += f"\n您扫的是 {unit} 的二维码，报修时请说明是否在这里。"
    await ctx.reply(text, *_buttons(ctx, _offered(ctx)))


def help_text(commands: Iterable[Command]) -> str:
    """One line per command: an example and what it does. Only examples where all would not fit a message."""
    entries = list(commands)
    text = "您可以发送：\n" + "\n".join(f"· {entry.usage}——{entry.about}" for entry in entries)
    if byte_length(text) <= TEXT_BYTES - 300:  # room for what the caller adds
        return text
    return "您可以发送：\n" + "\n".join(f"· {entry.usage}" for entry in entries)


def staff_help_text(commands: Iterable[Command]) -> str:
    """Examples by subject, one per line; only the words where all examples would not fit a message."""
    known = _by_subject(commands)
    blocks = [_examples(subject, entries) for subject, entries in known.items()]
    if byte_length("\n".join(blocks)) <= TEXT_BYTES - 100:
        return "\n".join([*blocks, "发送“帮助 指令名”看它的说明，例如“帮助 值班”。"])
    blocks = [f"【{subject}】{'、'.join(e.word for e in entries)}" for subject, entries in known.items()]
    hint = f"发送“帮助 {next(iter(known))}”看这一类的例子，“帮助 指令名”看一条的说明。"
    return "\n".join([*blocks, hint])


def _by_subject(commands: Iterable[Command]) -> dict[str, list[Command]]:
    """The commands of each subject, in the order of the subjects."""
    groups: dict[str, list[Command]] = {}
    for entry in commands:
        groups.setdefault(_GROUPS.get(entry.may.partition(".")[0], _OTHER), []).append(entry)
    return {
        subject: groups[subject]
        for subject in dict.fromkeys((*_GROUPS.values(), _OTHER))
        if subject in groups
    }


def _examples(subject: str, entries: Iterable[Command]) -> str:
    return f"【{subject}】\n" + "\n".join(f"· {entry.usage}" for entry in entries)


def _subject_text(commands: Iterable[Command], word: str) -> str:
    """The examples of one subject ("帮助 报事"); "" where there is none of that name."""
    entries = _by_subject(commands).get(word.strip("【】 "))
    return _examples(word.strip("【】 "), entries) if entries else ""


def _offered(ctx: Ctx) -> list[Command]:
    """The commands this person may use, in the order of the routers."""
    # The table of contents imports this module; by the time a message arrives it is complete.
    from handlers import ROUTERS  # noqa: PLC0415

    side = Side(ctx.message.channel)
    return [
        command
        for each in ROUTERS
        if each.side is side
        for command in each.commands
        if allowed(ctx.actor, command.may, ctx.rules)
    ]


async def _of_use_now(ctx: Ctx, commands: list[Command]) -> list[Command]:
    """Without the words that are about a case in a certain state, where there is no such case."""
    for_cases = {move.word for workflow in WORKFLOWS for move in workflow.moves} - {"取消"}
    if not isinstance(ctx.actor, TenantActor):
        return [command for command in commands if command.word not in for_cases]
    now = await words_now(ctx.session, ctx.actor, ctx.now, ctx.rules)
    return [command for command in commands if command.word not in for_cases - now]


def _about_one(commands: Iterable[Command], word: str) -> str:
    for entry in commands:
        if word and word in (entry.word, *entry.aliases):
            also = f"也可以说：{'、'.join(entry.aliases)}。" if entry.aliases else ""
            return f"{entry.word}：{entry.about}。\n例如：{entry.usage}\n{also}".strip()
    return ""


def _buttons(ctx: Ctx, commands: Iterable[Command]) -> list[Button]:
    words = {entry.word for entry in commands}
    if isinstance(ctx.actor, TenantActor):
        words.discard("绑定")
    return [Button(f"say:{word}", word) for word in _GREETING_WORDS if word in words]


async def _end_running_form(ctx: Ctx) -> bool:
    if ctx.form is None:
        return False
    await ctx.end_form()
    await ctx.reply("好的，已取消。需要时可以重新开始。")
    return True
