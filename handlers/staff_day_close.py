"""日结, 日结汇总, 日结单: the cashier's evening."""

from __future__ import annotations

import re
from datetime import date, timedelta

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.errors import UserError
from models.fees.day_close import close_day, closed_day, everybody_on, oldest_open_day
from models.fees.day_close_words import closed_text, day_text, everybody_text, next_step
from models.fees.money import parse_yuan
from models.fees.till import DayClose, by_method, entries_of
from models.messages.content import Button, Content

router = Router("staff_day_close", Side.STAFF)

_DAY = re.compile(r"(?:([0-9]{4})[-年])?([0-9]{1,2})[-月]([0-9]{1,2})日?")
_LAST_YEAR = timedelta(days=180)
"""A day without a year that lies this far ahead is last year's."""
_NEAR = {"今天": 0, "昨天": 1, "前天": 2}


@router.command("日结", may="fees.cash", usage="日结", about="看今天的收款；清点后发“日结 确认 现金数”")
async def my_day(ctx: Ctx, rest: str) -> None:
    words = rest.split()
    if words and words[0] == "确认":
        await _close(ctx, words[1:])
        return
    if words and words[0] == "全部":
        raise UserError("看所有收款员请发送“日结汇总”。")
    day = _day(words[0], ctx.today) if words else ctx.today
    await _show(ctx, day)


@router.command("日结汇总", may="fees.cash_all", usage="日结汇总", about="看所有收款员当天的收款和日结")
async def everybody(ctx: Ctx, rest: str) -> None:
    day = _day(rest.split(maxsplit=1)[0], ctx.today) if rest.split() else ctx.today
    found = await everybody_on(ctx.session, day)
    await ctx.reply(everybody_text(day, found))
    for each in found:
        if each.close:
            await _hand(ctx, each.close)


@router.command("日结单", may="fees.cash", usage="日结单", about="再取一次日结单 PDF，可写日期")
async def paper_again(ctx: Ctx, rest: str) -> None:
    day = _day(rest.split(maxsplit=1)[0], ctx.today) if rest.split() else ctx.today
    close = await closed_day(ctx.session, ctx.actor_key, day)
    if close is None:
        raise UserError(f"{day} 还没有日结。发送“日结”查看当天收款。")
    await _hand(ctx, close)


async def _show(ctx: Ctx, day: date) -> None:
    sums = by_method(await entries_of(ctx.session, ctx.actor_key, day))
    text = day_text(f"{day} {ctx.actor_name}", sums)
    close = await closed_day(ctx.session, ctx.actor_key, day)
    if close:
        await ctx.reply(f"{text}\n{closed_text(close)}", Button("say:日结单", "取日结单"))
        return
    oldest = await oldest_open_day(ctx.session, ctx.actor_key)
    if oldest and oldest < day:
        text += f"\n{oldest} 还没有日结，请先发送“日结 {oldest}”。"
    elif sums:
        text += f"\n{next_step(sums, day, ctx.today)}"
    await ctx.reply(text)


async def _close(ctx: Ctx, words: list[str]) -> None:
    """ "确认 [日期] [现金数] [差额原因]"."""
    day = ctx.today
    if words and (_DAY.fullmatch(words[0]) or words[0] in _NEAR):
        day, words = _day(words[0], ctx.today), words[1:]
    counted_fen = parse_yuan(words[0]) if words else None
    close = await close_day(
        ctx.session, ctx.actor_key, day, counted_fen=counted_fen, reason=" ".join(words[1:]), now=ctx.now
    )
    detail = {"number": close.number, "cash_fen": close.cash_fen, "counted_fen": close.counted_fen}
    await ctx.audit("day.close", f"day_close:{close.id}", **detail, reason=close.difference_reason)
    await ctx.reply(f"{closed_text(close)}之后的收款和冲正计入下一天。")
    await _hand(ctx, close)


async def _hand(ctx: Ctx, close: DayClose) -> None:
    await ctx.reply(
        Content(file=f"dayclose:{close.id}", file_name=f"日结单-{close.number}.pdf"),
        subject=f"day_close:{close.id}",
    )


def _day(word: str, today: date) -> date:
    """A day that lies behind. Raises: UserError."""
    if word in _NEAR:
        return today - timedelta(days=_NEAR[word])
    match = _DAY.fullmatch(word)
    try:
        if match is None:
            raise ValueError(word)
        day = date(int(match[1] or today.year), int(match[2]), int(match[3]))
    except ValueError:
        raise UserError(f"没看懂日期“{word[:20]}”，请写成 3月16日 或 昨天。") from None
    return day.replace(year=today.year - 1) if not match[1] and day - today > _LAST_YEAR else day
