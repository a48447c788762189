"""The bot carries the words between tenant and desk; both sides stay on record with the case."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.quiet import next_allowed
from models.cases.repair_cards import facts_of
from models.cases.workflow import Notice, Story
from models.messages.content import Button, Content
from models.messages.tell import tell_contact, tell_staff
from models.people.staff import on_shift_first, staff_who_may
from models.people.tenant import Contact


async def call_desk(session: AsyncSession, story: Story) -> None:
    """The tenant's words to those of the desk who are on shift; at night they wait until the morning."""
    case, act = story.case, story.act
    facts = await facts_of(session, story.workflow, case, act.now)
    desk = on_shift_first(await staff_who_may(session, "desk.answer", act.rules), act.now, act.rules)
    said = act.note or case.description
    head = "新咨询" if not story.event.from_state else "租户留言"
    text = f"【{head}】{case.number} {facts.tenant} {facts.reporter}：{said}\n回复请发“回复 {case.number} 内容”。"
    quiet = act.rules.calendar
    await tell_staff(
        session,
        desk,
        f"{story.key}:desk",
        Content(text=text),
        now=act.now,
        subject=case.subject,
        due_at=next_allowed(act.now, quiet.quiet_from, quiet.quiet_until),
    )


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
    )


NOTICES: dict[str, Notice] = {"call_desk": call_desk, "tell_reply": tell_reply}
"""What the states of an inquiry may name."""
