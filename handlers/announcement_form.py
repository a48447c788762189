"""A new announcement, question by question: what, where, when, to whom; then the preview with its cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.announcements.announcement import PLAIN, URGENT, WRITE
from models.announcements.area import Area, area_meant, area_said
from models.announcements.audience import plan_for
from models.announcements.deciding import LONGEST, Draft, ask_text, submit
from models.announcements.span import moment_said, span_said, span_text
from models.announcements.words import title_of
from models.errors import UserError
from models.messages.content import Button, Content
from models.messages.spill import spill
from models.people.unit import Unit

router = Router("announcement_form", Side.STAFF)

FORM = "announcement"
_AT_ONCE = ("立即", "马上", "现在", "批准后立即")
_PUNCTUATION = " \t\r\n\u3000,，。;；:：、"


@dataclass(frozen=True, slots=True)
class Said:
    """What has been said so far; empty where it is still to be asked. areas as JSON."""

    kind: str = ""
    area: dict[str, Any] | None = None
    audience: dict[str, Any] | None = None
    from_at: str = ""
    until_at: str = ""
    body: str = ""
    send_at: str = ""
    sign: bool = False
    sms: bool = True

    @property
    def is_outage(self) -> bool:
        """Whether an area and a time belong to it."""
        return self.kind not in (PLAIN, URGENT)

    def draft(self) -> Draft:
        """As a value, once everything is there."""
        everywhere = Area(everywhere=True).to_json()
        return Draft(
            self.kind, self.body, Area.from_json(self.area or everywhere), Area.from_json(self.audience or everywhere),
            _instant(self.from_at), _instant(self.until_at), self.sign, self.sms, _instant(self.send_at),
        )  # fmt: skip


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def kinds(ctx: Ctx) -> list[str]:
    """通知, 紧急通知 and every shared installation."""
    return [PLAIN, URGENT, *ctx.rules.repair.shared]


async def begin(ctx: Ctx, text: str) -> None:
    """Reads what the sentence says already, and asks for the rest."""
    said = next((each for each in sorted(kinds(ctx), key=len, reverse=True) if text.startswith(each)), "")
    rest = text.removeprefix(said)
    units = list(await ctx.session.scalars(select(Unit)))
    found = Said(kind=said)
    if said and found.is_outage and (span := span_said(rest, ctx.now)):
        found = replace(found, from_at=span[0].isoformat(), until_at=span[1].isoformat())
        rest = span[2]
    if said:
        area, without = area_said(rest, units)
        if area is not None:
            found = replace(found, audience=area.to_json(), area=area.to_json() if found.is_outage else None)
            rest = without if found.is_outage else rest
    body = " ".join(rest.split()).strip(_PUNCTUATION)
    await _go_on(ctx, replace(found, body=body[:LONGEST]))


async def _go_on(ctx: Ctx, said: Said) -> None:
    """Asks for what is missing next, or shows the whole."""
    if not said.kind:
        buttons = [Button(f"form:{kind}", kind) for kind in kinds(ctx)[:6]]
        await _ask(ctx, said, "kind", "要发哪一类公告？点选，或回复：" + "、".join(kinds(ctx)), *buttons)
    elif said.is_outage and said.area is None:
        await _ask(ctx, said, "area", "停用范围是哪里？例如：A座、A座 12-15层、A-1203、全园区。")
    elif said.is_outage and not said.from_at:
        await _ask(ctx, said, "span", "从什么时候到什么时候？例如：明天 9:00-16:00。")
    elif not said.body:
        hint = "请写原因和提醒，例如：更换水泵，请提前储水。" if said.is_outage else "请写公告正文。"
        await _ask(ctx, said, "body", hint)
    elif said.audience is None:
        await _ask(ctx, said, "audience", "发给哪些单元的租户？例如：全园区、A座、A座 12层、A-1203、A-1204。")
    else:
        await _preview(ctx, said)


async def _ask(ctx: Ctx, said: Said, step: str, question: str, *buttons: Button) -> None:
    await ctx.ask(FORM, step, _to_answers(said), question, *buttons)


def _to_answers(said: Said) -> dict[str, Any]:
    return {name: getattr(said, name) for name in Said.__slots__}


def _said(answers: dict[str, object]) -> Said:
    known: dict[str, Any] = {name: value for name, value in answers.items() if name in Said.__slots__}
    return Said(**known)


@router.step(FORM, "kind", may=WRITE)
async def kind_said(ctx: Ctx, answers: dict[str, object]) -> None:
    """One of the list; the words told before stay."""
    word = ctx.message.text.strip()
    if word not in kinds(ctx):
        raise UserError(f"没有“{word[:10]}”这一类，请回复其中一类：{'、'.join(kinds(ctx))}。")
    before = _said(answers)
    await begin(ctx, f"{word} {before.body}".strip())


@router.step(FORM, "area", may=WRITE)
async def area_told(ctx: Ctx, answers: dict[str, object]) -> None:
    """Where the outage is; it is told to those who rent there, unless somebody says otherwise."""
    area = await _area(ctx)
    said = _said(answers)
    await _go_on(ctx, replace(said, area=area.to_json(), audience=said.audience or area.to_json()))


@router.step(FORM, "span", may=WRITE)
async def span_told(ctx: Ctx, answers: dict[str, object]) -> None:
    """From–to."""
    span = span_said(ctx.message.text, ctx.now)
    if span is None:
        raise UserError("没看懂时间，请写成：明天 9:00-16:00。")
    said = replace(_said(answers), from_at=span[0].isoformat(), until_at=span[1].isoformat())
    await _go_on(ctx, said)


@router.step(FORM, "body", may=WRITE)
async def body_told(ctx: Ctx, answers: dict[str, object]) -> None:
    """The words."""
    body = ctx.message.text.strip()
    if not body:
        raise UserError("没看到文字，请写公告正文。")
    if len(body) > LONGEST:
        raise UserError(f"正文最多 {LONGEST} 字，现在 {len(body)} 字，请写短一些再发。")
    await _go_on(ctx, replace(_said(answers), body=body))


@router.step(FORM, "audience", may=WRITE)
async def audience_told(ctx: Ctx, answers: dict[str, object]) -> None:
    """To whom."""
    area = await _area(ctx)
    await _go_on(ctx, replace(_said(answers), audience=area.to_json()))


@router.step(FORM, "send_at", may=WRITE)
async def time_told(ctx: Ctx, answers: dict[str, object]) -> None:
    """Not before this moment."""
    word, said = ctx.message.text.strip(), _said(answers)
    at = moment_said(word, ctx.now)
    if at is None and word not in _AT_ONCE:
        raise UserError("没看懂时间，请写成：明天 9:00，或“立即”。")
    if at is not None and at <= ctx.now:
        raise UserError("这个时间已经过去，请写成：明天 9:00，或“立即”。")
    await _go_on(ctx, replace(said, send_at=at.isoformat() if at else ""))


@router.step(FORM, "preview", may=WRITE)
async def decided(ctx: Ctx, answers: dict[str, object]) -> None:
    """Hand it in, change something, or let it be."""
    said = _said(answers)
    match ctx.message.text.strip():
        case "提交" | "提交审批" | "是" | "确认":
            made = await submit(ctx.session, said.draft(), ctx.staff, ctx.now, ctx.rules, ctx.calendar)
            await ctx.audit("announcement.submit", made.subject, number=made.number, kind=made.kind)
            await ctx.reply(
                f"{made.number} 已提交，等待另一位同事批准。撤回请发：公告撤回 {made.number} 原因"
            )
        case "时间" | "定时发":
            await _ask(
                ctx, said, "send_at", "什么时候发？例如：明天 9:00。夜间不发，整点、半点前后会错开几分钟。"
            )
        case "范围" | "改范围":
            await _ask(
                ctx, said, "audience", "发给哪些单元的租户？例如：全园区、A座、A座 12层、A-1203、A-1204。"
            )
        case "签收":
            await _go_on(ctx, replace(said, sign=not said.sign))
        case "短信":
            await _go_on(ctx, replace(said, sms=not said.sms))
        case _:
            await ctx.reply("好的，没有提交。需要时重新发“公告”。")


async def _area(ctx: Ctx) -> Area:
    return area_meant(ctx.message.text, list(await ctx.session.scalars(select(Unit))))


async def _preview(ctx: Ctx, said: Said) -> None:
    draft = said.draft()
    plan = await plan_for(ctx.session, draft.audience, draft.asked, ctx.now, ctx.rules)
    lines = [f"【{title_of(draft.kind)}】"]
    if draft.from_at and draft.until_at:
        lines += [f"范围：{draft.area.label}", f"时间：{span_text(draft.from_at, draft.until_at)}"]
    text = "\n".join([*lines, draft.body, "——", ask_text(draft, plan, ctx.now)])
    buttons = (
        Button("form:提交", "提交审批"),
        Button("form:时间", "定时发"),
        Button("form:范围", "改范围"),
        Button("form:签收", "不要签收" if said.sign else "要求签收"),
        Button("form:短信", "不发短信" if said.sms else "发短信"),
        Button("form:放弃", "放弃"),
    )
    *ahead, card = spill(Content(title="公告预览", text=text, buttons=buttons))
    for each in ahead:
        await ctx.reply(each)
    await ctx.ask(FORM, "preview", _to_answers(said), card)
