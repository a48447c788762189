"""Who is told what when a complaint moves. The person who acted gets a reply, not a notice."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case
from models.cases.complaint_person import persons_of
from models.cases.repair_cards import Facts, facts_of, shown
from models.cases.telling import news_at, tell_about
from models.cases.workflow import Notice, Story
from models.messages.content import Button, Content
from models.messages.tell import tell_contact
from models.people.identity import TenantActor, accounts_of
from models.people.staff import Staff, on_shift_first, staff_who_may
from models.people.tenant import Contact


async def handlers_of(session: AsyncSession, story: Story, permission: str) -> list[Staff]:
    """Those on shift who may act, without those the complaint is about."""
    about = await persons_of(session, story.case.id)
    members = await staff_who_may(session, permission, story.act.rules)
    free = [member for member in members if member.id not in about]
    return on_shift_first(free, story.act.now, story.act.rules)


def complaint_text(case: Case, facts: Facts) -> str:
    """The lines of a card."""
    return (
        f"租户：{facts.tenant}\n内容：{shown(case.description)}\n联系人：{facts.reporter}\n期限：{facts.due}"
    )


async def call_handlers(session: AsyncSession, story: Story) -> None:
    """A card to those who may take it on; outside their hours in the morning."""
    case, act = story.case, story.act
    facts = await facts_of(session, story.workflow, case, act.now)
    card = Content(
        title=f"新投诉 {case.number}",
        text=complaint_text(case, facts),
        buttons=(Button(f"do:{case.id}:受理", "受理"),),
    )
    told, guard = await handlers_of(session, story, "complaint.handle"), f"case_state:{case.id}/{case.state}"
    await tell_about(session, case, told, f"{story.key}:new", card, now=act.now, rules=act.rules, guard=guard)


async def hand_to_handler(session: AsyncSession, story: Story) -> None:
    """Whoever was given the complaint, or has it back, reads what it is about."""
    case, act = story.case, story.act
    worker = await session.get(Staff, case.worker_id) if case.worker_id else None
    if worker is None or (isinstance(act.actor, Staff) and act.actor.id == worker.id):
        return
    facts = await facts_of(session, story.workflow, case, act.now)
    head = "租户不满意，请重新处理" if isinstance(act.actor, TenantActor) else "请您处理投诉"
    note = f"\n补充：{act.note}" if act.note else ""
    text = (
        f"【{head}】{case.number}\n{complaint_text(case, facts)}{note}\n答复请发“答复 {case.number} 内容”。"
    )
    key, content = f"{story.key}:handler", Content(text=text)
    await tell_about(session, case, [worker], key, content, now=act.now, rules=act.rules)


async def tell_leads(session: AsyncSession, story: Story) -> None:
    """A tenant who is not content with the answer is heard by those above [practice]."""
    case, act = story.case, story.act
    if not isinstance(act.actor, TenantActor):
        return
    note = f"：{act.note}" if act.note else ""
    text = f"【投诉未解决】{case.number} 租户对答复不满意{note}。请亲自跟进，需要换人请发“转办 {case.number} 姓名”。"
    leads = await handlers_of(session, story, "case.close")
    leads = [member for member in leads if member.id != case.worker_id]
    key, content = f"{story.key}:lead", Content(text=text)
    await tell_about(session, case, leads, key, content, now=act.now, rules=act.rules)


async def tell_handler(session: AsyncSession, story: Story) -> None:
    """One line to the handler on how it ended."""
    case, act = story.case, story.act
    worker = await session.get(Staff, case.worker_id) if case.worker_id else None
    if worker is None or (isinstance(act.actor, Staff) and act.actor.id == worker.id):
        return
    key, content = f"{story.key}:line", Content(text=f"{case.number} {act.actor_name}：{story.event.move}。")
    await tell_about(session, case, [worker], key, content, now=act.now, rules=act.rules)


async def tell_registered(session: AsyncSession, story: Story) -> None:
    """Who did not write themselves learns the number."""
    hours = story.act.rules.complaint.answer_min // 60
    number = story.case.number
    await tell_reporter(
        session, story, f"已为您登记投诉 {number}，{hours} 小时内答复。发送“进度 {number}”可查看。"
    )


async def tell_accepted(session: AsyncSession, story: Story) -> None:
    """Who looks after it now."""
    case = story.case
    worker = await session.get(Staff, case.worker_id) if case.worker_id else None
    name = worker.name if worker else "主管"
    await tell_reporter(session, story, f"投诉 {case.number} 已由{name}受理，会尽快给您答复。")


async def tell_answer(session: AsyncSession, story: Story) -> None:
    """The answer, and the question whether it will do."""
    case = story.case
    buttons = (Button(f"content:{case.id}", "满意"), Button(f"discontent:{case.id}", "不满意"))
    text = f"关于投诉 {case.number}，我们的答复：{story.act.note}\n请问您对处理结果满意吗？"
    await tell_reporter(session, story, text, *buttons)


async def tell_reporter(session: AsyncSession, story: Story, text: str, *buttons: Button) -> None:
    """To the contact who complained, unless it was their own move."""
    case, act = story.case, story.act
    if isinstance(act.actor, TenantActor):
        return
    contact = await session.get_one(Contact, case.contact_id)
    account = case.reporter_account
    if not account and not await accounts_of(session, contact.id):
        return
    content = Content(text=text, buttons=buttons)
    await tell_contact(
        session, contact, f"{story.key}:tenant", content, now=act.now, account=account, subject=case.subject,
        due_at=news_at(case, act.now, act.rules),
    )  # fmt: skip


NOTICES: dict[str, Notice] = {
    "call_handlers": call_handlers,
    "hand_to_handler": hand_to_handler,
    "tell_leads": tell_leads,
    "tell_handler": tell_handler,
    "tell_registered": tell_registered,
    "tell_accepted": tell_accepted,
    "tell_answer": tell_answer,
}
"""What the states of a complaint may name."""
