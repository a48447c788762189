"""What the routers of claims share: which claim is meant, making a move, and saying what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.acting import act
from handlers.context import Ctx
from models.cases.advance import advance
from models.cases.case import Case
from models.cases.claim import CLAIM
from models.cases.lookup import case_by_id
from models.cases.workflow import Move, Right
from models.claims.at_hand import claim_meant
from models.claims.claim import claim_of
from models.claims.next_step import next_step
from models.errors import UserError
from models.messages.content import Button

OPEN = "claim.open"
WORK = "claim.work"


def move_of(word: str) -> Move:
    """The move of claims that the word stands for."""
    return next(move for move in CLAIM.moves if move.word == word)


def may_of(word: str) -> str:
    """The permissions that let somebody make the move."""
    return "|".join(right.value for right in move_of(word).by if right is not Right.SYSTEM)


def usage_of(word: str) -> str:
    """An example, as it is typed."""
    return move_of(word).usage("L01")


async def meant(ctx: Ctx, word: str, rest: str) -> tuple[Case, str]:
    """The claim a command is about, locked, and the rest of the text."""
    return await claim_meant(ctx.session, ctx.staff, word, rest, ctx.now, ctx.rules)


async def claim_by_id(ctx: Ctx, case_id: object) -> Case:
    """The claim behind a button or a form, locked."""
    case = await case_by_id(ctx.session, ctx.staff, str(case_id))
    if case.workflow != CLAIM.name:
        raise UserError("没有找到这张出险单，可能已经失效，请核对后再试。")
    return case


async def move(
    ctx: Ctx,
    case: Case,
    word: str,
    note: str = "",
    *,
    amount_fen: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Makes the move."""
    await advance(ctx.session, case, word, act(ctx, note=note, amount_fen=amount_fen, facts=facts))


async def ask(ctx: Ctx, case: Case, step: str, question: str, *buttons: Button, **answers: object) -> None:
    """The next question about this claim."""
    await ctx.ask("claim", step, {"case": case.id, **answers}, question, *buttons)


async def done(ctx: Ctx, case: Case, text: str, *buttons: Button) -> None:
    """What was noted, and the next step."""
    if case.closed_at is not None:
        await ctx.reply(text)
        return
    works = ctx.staff.may(WORK, ctx.rules)
    step = await next_step(ctx.session, case, await claim_of(ctx.session, case.id), works=works)
    await ctx.reply(f"{text}\n下一步：{step}", *buttons, subject=case.subject)
