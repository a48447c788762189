"""From a message to the one function that answers it.

Order: taps, events, a running form, commands, other kinds, free text. Permissions are checked here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar, cast

from rapidfuzz import process

from handlers.context import Ctx
from handlers.routing import Command, Handler, Press, Router, Side, Step, allowed
from models.errors import UserError
from models.messages.card import find_card
from models.messages.inbound import Inbound, Kind
from models.messages.tapped_early import card_under_way
from models.people.identity import Stranger, TenantActor

_IGNORED = str.maketrans(
    "", "", "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\x00"
)
_BLANKS = " \t\r\n\u3000"
MAX_TEXT = 2000
K = TypeVar("K")
V = TypeVar("V")


class Dispatcher:
    """All routers of the house as tables. Raises ValueError when two entries claim the same word, tap or step."""

    def __init__(self, routers: Sequence[Router]) -> None:
        self.commands: dict[Side, dict[str, Command]] = {side: {} for side in Side}
        self._presses: dict[tuple[Side, str], Press] = {}
        self._steps: dict[tuple[Side, str, str], Step] = {}
        self._kinds: dict[tuple[Side, Kind], Handler] = {}
        self._events: dict[tuple[Side, str], Handler] = {}
        self._otherwise: dict[Side, Handler] = {}
        for router in routers:
            self._add(router)

    def _add(self, router: Router) -> None:
        side = router.side
        for command in router.commands:
            for word in (command.word, *command.aliases):
                _put(self.commands[side], word, command)
        for press in router.presses:
            _put(self._presses, (side, press.prefix), press)
        for (form, name), step in router.steps.items():
            _put(self._steps, (side, form, name), step)
        for kind, handle in router.kinds.items():
            _put(self._kinds, (side, kind), handle)
        for name, handle in router.events.items():
            _put(self._events, (side, name), handle)
        if router.otherwise:
            _put(self._otherwise, side, router.otherwise)

    async def dispatch(self, ctx: Ctx) -> None:
        """Answers one message. Raises UserError with the sentence for the person."""
        side = Side(ctx.message.channel)
        ctx.message = _clean(ctx.message, side)
        if side is Side.STAFF and isinstance(ctx.actor, Stranger):
            await self._unknown_member(ctx)
        elif ctx.message.kind is Kind.EVENT:
            await self._event(ctx, side)
        elif ctx.message.kind is Kind.PRESS:
            await self._press(ctx, side)
        elif not await self._answer(ctx, side):
            await self._new_topic(ctx, side)

    async def _unknown_member(self, ctx: Ctx) -> None:
        if ctx.message.kind is Kind.EVENT and not ctx.message.sender:  # the platform itself
            await self._event(ctx, Side.STAFF)
        elif ctx.message.kind is not Kind.EVENT:
            raise UserError("您还没有登记为本服务中心的员工，请联系客服部经理开通后再试。")

    async def _event(self, ctx: Ctx, side: Side) -> None:
        handler = self._events.get((side, ctx.message.action))
        if handler:
            await handler(ctx, ctx.message.action)

    async def _press(self, ctx: Ctx, side: Side) -> None:
        prefix, _, argument = ctx.message.action.partition(":")
        if prefix == "say":
            ctx.message = replace(ctx.message, kind=Kind.TEXT, text=argument, action="")
            await self._new_topic(ctx, side)
            return
        if "task_id" in ctx.message.data:
            await _check_card(ctx)
        if prefix == "form":
            ctx.message = replace(ctx.message, text=argument)
            if not await self._answer(ctx, side):
                raise UserError("这个问题已经过时了，请重新开始。发送“帮助”可以看到能做什么。")
            return
        press = self._presses.get((side, prefix))
        if press is None:
            raise UserError("这个按钮已经失效。发送“帮助”可以看到现在能做什么。")
        _check(ctx, press.may)
        await press.handler(ctx, argument)

    async def _answer(self, ctx: Ctx, side: Side) -> bool:
        """Gives the message to the running form; False when there is none or it is a command of its own."""
        row = ctx.form
        if row is None:
            return False
        first = ctx.message.text.split(maxsplit=1)[:1]
        if ctx.message.kind is Kind.TEXT and first and first[0] in self.commands[side]:
            if first[0] != "取消":
                await ctx.end_form()
            return False
        step = self._steps[side, row.form, row.step]
        answers = cast("dict[str, object]", dict(row.answers))
        await ctx.end_form()
        _check(ctx, step.may)
        await step.handler(ctx, answers)
        return True

    async def _new_topic(self, ctx: Ctx, side: Side) -> None:
        text = ctx.message.text
        if ctx.message.kind is not Kind.TEXT:
            handler = self._kinds.get((side, ctx.message.kind))
            if handler is None:
                raise UserError("这类消息暂时看不懂，请用文字告诉我们。发送“帮助”可以看到能做什么。")
            _check_bound(ctx, side)
            await handler(ctx, text)
        elif command := self._command(text, side):
            _check(ctx, command.may)
            await command.handler(ctx, _rest(text, command))
        else:
            await self._free_text(ctx, side, text)

    def _command(self, text: str, side: Side) -> Command | None:
        """The command whose word the text begins with; the longest word wins ("绑定码" before "绑定")."""
        words = self.commands[side]
        hits = [word for word in words if text.startswith(word)]
        if not hits:
            return None
        word = max(hits, key=len)
        return words[word] if _is_whole(text, word) else None

    async def _free_text(self, ctx: Ctx, side: Side, text: str) -> None:
        handler = self._otherwise.get(side)
        if handler:
            await handler(ctx, text)
            return
        near = self.nearest(ctx, side, text)
        hint = f"您是不是想发：{'、'.join(near)}？" if near else ""
        raise UserError(f"没看懂这句话。{hint}发送“帮助”可以看到您能用的全部指令。")

    def nearest(self, ctx: Ctx, side: Side, text: str) -> list[str]:
        """Up to three words this person may use that look like what was written."""
        words = [
            word for word, entry in self.commands[side].items() if allowed(ctx.actor, entry.may, ctx.rules)
        ]
        found = process.extract(text[:10], words, limit=3, score_cutoff=50)
        return [str(word) for word, _score, _index in found]

    def offered(self, ctx: Ctx, side: Side) -> list[Command]:
        """The commands this person may use, in the order of the routers."""
        entries = dict.fromkeys(self.commands[side].values())
        return [entry for entry in entries if allowed(ctx.actor, entry.may, ctx.rules)]


def _put(table: dict[K, V], key: K, value: V) -> None:
    if key in table:
        raise ValueError(f"registered twice: {key}")
    table[key] = value


def _clean(message: Inbound, side: Side) -> Inbound:
    """Without invisible marks and blank ends. A tenant's very long text is cut, the original stays in the inbox.

    Raises UserError for a member's: behind the cut there may be readings or payments, which must not be lost unseen.
    """
    text = message.text.translate(_IGNORED).strip(_BLANKS)
    if side is Side.STAFF and len(text) > MAX_TEXT:
        raise UserError(f"这条消息太长，没有处理。请分成几条发送，每条不超过 {MAX_TEXT} 字。")
    return replace(message, text=text[:MAX_TEXT])


def _is_whole(text: str, word: str) -> bool:
    """Whether `word` stands there as a command: alone, before a blank or punctuation, or before its argument."""
    rest = text[len(word) :]
    return not rest or not rest[0].isalpha() or len(word) >= 2


def _rest(text: str, command: Command) -> str:
    word = max((w for w in (command.word, *command.aliases) if text.startswith(w)), key=len)
    return text[len(word) :].lstrip(_BLANKS + ",,::。.、")


def _check(ctx: Ctx, may: str) -> None:
    if allowed(ctx.actor, may, ctx.rules):
        return
    match ctx.actor:
        case Stranger():
            raise UserError("请先绑定身份：发送“绑定”，或发送“帮助”了解我们能为您做什么。")
        case TenantActor():
            raise UserError(
                "账单和费用只对贵司登记的负责人、经办人、财务等联系人开放。如需开通，请贵司负责人联系服务中心。"
            )
    raise UserError("您没有这项权限。发送“帮助”可以看到您能用的指令。")


def _check_bound(ctx: Ctx, side: Side) -> None:
    if side is Side.TENANT and isinstance(ctx.actor, Stranger):
        _check(ctx, "bound")


async def _check_card(ctx: Ctx) -> None:
    """A tap on a card counts only when this very card was sent to this very member and still has its buttons."""
    task_id, userid = str(ctx.message.data["task_id"]), ctx.message.sender
    card = (
        await find_card(ctx.session, task_id, userid)
        or await card_under_way(ctx.session, task_id, userid, ctx.now)
        # Its sender may have written down between the two that it was shown: then it is not under way any more.
        or await find_card(ctx.session, task_id, userid)
    )
    if card is None or ctx.message.action not in card.keys:
        raise UserError("这张卡片不是发给您的，或已经失效。发送“待办”查看您的任务。")
    card.code = str(ctx.message.data.get("response_code", ""))
    if card.closed_as:
        raise UserError(f"这张卡片已经处理过：{card.closed_as}。发送“待办”查看您的任务。")
