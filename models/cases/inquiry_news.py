"""The bot carries the words between tenant and desk; both sides stay on record with the case."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import CaseEvent
from models.cases.repair_cards import facts_of
from models.cases.telling import news_at, tell_about
from models.cases.workflow import Notice, Story
from models.messages.content import Button, Content
from models.messages.tell import tell_contact
from models.people.staff import on_shift_first, staff_who_may
from models.people.tenant import Contact

TALK = timedelta(hours=1)
"""So long after the last word of the tenant a talk is going on [practice]."""


async def call_desk(session: AsyncSession, story: Story) -> None:
    """The tenant's words to those of the desk who are on shift; at night they wait until the morning."""
    case, act = story.case, story.act
    facts = await facts_of(session, story.workflow, case, act.now)
    desk = on_shift_first(await staff_who_may(session, "desk.answer", act.rules), act.now, act.rules)
    said = act.note or case.description
    head = "新咨询" if not story.event.from_state else "租户留言"
    text = f"【{head}】{case.number} {facts.tenant} {facts.reporter}：{said}\n回复请发“回复 {case.number} 内容”。"
    key, content = f"{story.key}:desk", Content(text=text)
    await tell_about(session, case, desk, key, content, now=act.now, rules=act.rules)


async def tell_reply(session: AsyncSession, story: Story) -> None:
    """The member's words, with a name under them."""
    case, act = story.case, story.act
    contact = await session.get_one(Contact, case.contact_id)
    content = Content(
        text=f"{act.note}\n（{act.actor_name}回复 {case.number}，可直接接着写）",
        buttons=(Button(f"solved:{case.id}", "解决了"),),
    )
    await tell_contact(
        session,
        contact,
        f"{story.key}:tenant",
        content,
        now=act.now,
        account=case.reporter_account,
        subject=case.subject,
        due_at=act.now if await _talking(session, story) else news_at(case, act.now, act.rules),
    )


async def _talking(session: AsyncSession, story: Story) -> bool:
    """Whether the tenant wrote so lately that an answer is awaited, be it night."""
    latest = await session.scalar(
        select(func.max(CaseEvent.at)).where(
            CaseEvent.case_id == story.case.id, CaseEvent.actor.startswith("contact:")
        )
    )
    return latest is not None and latest > story.act.now - TALK


NOTICES: dict[str, Notice] = {"call_desk": call_desk, "tell_reply": tell_reply}
"""What the states of an inquiry may name."""
