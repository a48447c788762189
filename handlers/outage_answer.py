"""The answer of a known outage, before a report is filed [domain §10]."""

from __future__ import annotations

from handlers.context import Ctx
from models.announcements.outage_answer import answer_text, known_outage, note_answer
from models.cases.intake import Placed
from models.messages.content import Button

FORM = "outage"


async def answer_with_outage(ctx: Ctx, text: str, placed: Placed) -> bool:
    """Whether an outage that was announced explains the report; then it is told, and the report may still be made."""
    known = await known_outage(ctx.session, ctx.tenant.tenant.id, text, placed, ctx.now, ctx.rules)
    if known is None:
        return False
    await note_answer(ctx.session, known, ctx.tenant.contact, ctx.message.sender, ctx.now)
    await ctx.audit("outage.answer", known.subject, number=known.number)
    anyway = f"anyway{ctx.inbox_id}"
    buttons = (Button(f"outage_word:{known.number}", "恢复后通知我"), Button(f"form:{anyway}", "仍要报修"))
    answers = {"text": text, "ask": anyway, "number": known.number}
    await ctx.ask(FORM, "choice", answers, answer_text(known, ctx.now, ctx.rules), *buttons)
    return True
