"""The desk answers: complaints are taken on and answered, questions replied to, the list of answers kept."""

from __future__ import annotations

import re

from handlers.context import Ctx
from handlers.routing import Router, Side
from handlers.staff_repair import by_command, permission_of
from models.cases.complaint import COMPLAINT
from models.cases.inquiry import INQUIRY
from models.cases.knowledge import Knowledge, answer_text, check_answer, find_question, knowledge_text
from models.cases.repair import REPAIR
from models.cases.workflow import Move
from models.errors import UserError
from models.imports.knowledge import split_words

router = Router("staff_inquiry", Side.STAFF)

_ADD = "请这样发：知识 添加 停车月卡怎么办｜月卡、停车证｜带行驶证到前台办理｜前台告示"
_SEPARATOR = re.compile(r"[｜|]")


def _register(move: Move) -> None:
    @router.command(move.word, may=permission_of(move), usage=_usage(move), about=move.about)
    async def by_word(ctx: Ctx, rest: str) -> None:
        await by_command(ctx, move, rest)


def _usage(move: Move) -> str:
    return move.usage("T03" if move in COMPLAINT.moves else "Z02")


for _move in (*COMPLAINT.moves, *INQUIRY.moves):
    if _move.for_staff and REPAIR.move(_move.word) is None:  # a word of repairs too is registered there
        _register(_move)


@router.command(
    "知识", "知识库", may="desk.knowledge|desk.answer", usage="知识", about="看现成的答复；添加、删除、查看"
)
async def knowledge(ctx: Ctx, rest: str) -> None:
    """The list; "添加 …", "删除 3" or "3" behind the word."""
    word, _, more = rest.partition(" ")
    if word in ("添加", "修改"):
        await add(ctx, more)
    elif word == "删除":
        await remove(ctx, more)
    elif word:
        entry = await _entry(ctx, word)
        text = await answer_text(ctx.session, entry, ctx.today, ctx.rules)
        await ctx.reply(f"{entry.id}. {entry.question}\n关键词：{'、'.join(entry.words) or '无'}\n{text}")
    else:
        await ctx.reply(await knowledge_text(ctx.session))


async def add(ctx: Ctx, text: str) -> None:
    """Question, words, answer and source, divided by bars; a known question takes the new answer."""
    _must_keep(ctx)
    parts = [part.strip() for part in _SEPARATOR.split(text)]
    if len(parts) not in (3, 4) or not parts[0] or not parts[2]:
        raise UserError(_ADD)
    question, words, answer, source = (*parts, "")[:4]
    await keep_answer(ctx, question[:60], split_words(words), check_answer(answer), source[:40])


async def keep_answer(ctx: Ctx, question: str, words: tuple[str, ...], answer: str, source: str) -> None:
    """Writes the entry and says how it will be found."""
    entry = await find_question(ctx.session, question)
    if entry is None:
        entry = Knowledge(question=question)
        ctx.session.add(entry)
    entry.words, entry.answer, entry.source = list(words), answer[:500], source
    entry.kept_by, entry.kept_at = ctx.actor_key, ctx.now
    await ctx.session.flush()
    await ctx.audit("knowledge.keep", f"knowledge:{entry.id}", question=question)
    await ctx.reply(f"已记为 {entry.id}. {question}。租户问到“{'、'.join(words) or question}”时会这样答复。")


async def remove(ctx: Ctx, text: str) -> None:
    """Takes an answer off the list."""
    _must_keep(ctx)
    entry = await _entry(ctx, text)
    await ctx.session.delete(entry)
    await ctx.audit("knowledge.remove", f"knowledge:{entry.id}", question=entry.question)
    await ctx.reply(f"已删除：{entry.question}")


def _must_keep(ctx: Ctx) -> None:
    if not ctx.staff.may("desk.knowledge", ctx.rules):
        raise UserError("知识库由客服主管维护，请把要改的内容告诉主管。")


async def _entry(ctx: Ctx, text: str) -> Knowledge:
    number = text.strip().rstrip(".。")
    entry = await ctx.session.get(Knowledge, int(number)) if re.fullmatch(r"[0-9]{1,9}", number) else None
    if entry is None:
        raise UserError("没有这一条，发送“知识”看全部编号。")
    return entry
