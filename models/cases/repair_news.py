"""What the service centre is told when a repair moves. The person who acted gets a reply, not a notice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case
from models.cases.companions import companions_of, worked_on
from models.cases.repair_cards import arrival_card, facts_of, step_card
from models.cases.reporter_news import tell_reporter
from models.cases.team import team_names, team_of
from models.cases.telling import tell_about
from models.cases.workflow import Act, Mover, Notice, Story, System
from models.messages.content import Button, Content
from models.messages.media import attached
from models.messages.tell import tell_staff
from models.people.identity import TenantActor
from models.people.staff import Staff, on_shift_first, staff_who_may

MOST_PHOTOS = 3


async def call_crew(session: AsyncSession, story: Story) -> None:
    """A card to everybody on shift who may do or give out the work; at night only those on shift, unless it burns."""
    case, now, rules = story.case, story.act.now, story.act.rules
    facts = await facts_of(session, story.workflow, case, now)
    crew = on_shift_first(await staff_who_may(session, "case.work", rules), now, rules)
    desk = on_shift_first(await staff_who_may(session, "case.dispatch", rules), now, rules)
    members = {member.id: member for member in (*crew, *desk)}
    for member in members.values():
        card, key = arrival_card(case, facts, member, crew, rules), f"{story.key}:new"
        await tell_about(session, case, [member], key, card, now=now, rules=rules, guard=guard_of(story))


async def pass_on_words(session: AsyncSession, case: Case, act: Act) -> None:
    """What the tenant adds later reaches whoever works on it, or whoever gives it out."""
    desk = await staff_who_may(session, "case.dispatch", act.rules)
    team = await team_of(session, await worked_on(session, case))
    told = team or on_shift_first(desk, act.now, act.rules)
    content = Content(text=f"{case.number} 租户补充：{act.note}")
    key = f"{case.subject}:more:{act.message_key}"
    await tell_about(session, case, told, key, content, now=act.now, rules=act.rules)


def guard_of(story: Story) -> str:
    """Withholds a card whose case has moved on before it left."""
    return f"case_state:{story.case.id}/{story.case.state}"


async def hand_to_worker(session: AsyncSession, story: Story) -> None:
    """The worker's next card, when somebody else made the move; with the pictures when the work is new to them."""
    case, act = story.case, story.act
    worker = await session.get(Staff, case.worker_id) if case.worker_id else None
    if worker is None or _is(act.actor, worker):
        return
    facts = await facts_of(session, story.workflow, case, act.now)
    by_tenant = isinstance(act.actor, TenantActor)
    head = f"租户已{story.event.move}" if by_tenant else story.workflow.state(case.state).label
    card, key = step_card(story.workflow, case, facts, worker, act.rules, head), f"{story.key}:worker"
    await tell_about(session, case, [worker], key, card, now=act.now, rules=act.rules, guard=guard_of(story))
    if case.state == "dispatched":
        await share_photos(session, story, worker)


def _is(actor: Mover, worker: Staff) -> bool:
    return isinstance(actor, Staff) and actor.id == worker.id


async def tell_former(session: AsyncSession, story: Story) -> None:
    """Whoever had the work before need not go any more."""
    case, act = story.case, story.act
    former = await session.get(Staff, story.former_id) if story.former_id else None
    if former is None or former.id == case.worker_id or _is(act.actor, former) or act.worker is None:
        return
    content = Content(text=f"{case.number} 已改派给{act.worker.name}，您不用再处理。")
    await tell_about(session, case, [former], f"{story.key}:former", content, now=act.now, rules=act.rules)


async def share_photos(session: AsyncSession, story: Story, worker: Staff) -> None:
    """The tenant's pictures, so that the right tool comes along."""
    for case in (story.case, *await companions_of(session, story.case.id)):
        await share_photos_of(session, case, worker, story.act.now)


async def share_photos_of(session: AsyncSession, case: Case, worker: Staff, now: datetime) -> None:
    """The first pictures of one case."""
    for media in (await attached(session, case.subject))[:MOST_PHOTOS]:
        content = Content(file=f"media:{media.id}", file_name=media.name)
        key = f"{case.subject}:media:{media.id}"
        await tell_staff(session, [worker], key, content, now=now, subject=case.subject)


async def call_helper(session: AsyncSession, story: Story) -> None:
    """加派: whoever shall help reads what it is about, with the pictures."""
    case, act, helper = story.case, story.act, story.act.worker
    if helper is None or _is(act.actor, helper):
        return
    facts = await facts_of(session, story.workflow, case, act.now)
    card = step_card(story.workflow, case, facts, helper, act.rules, "请协助")
    await tell_about(session, case, [helper], f"{story.key}:helper", card, now=act.now, rules=act.rules)
    await share_photos(session, story, helper)


async def tell_left(session: AsyncSession, story: Story) -> None:
    """不再协助: the one responsible hears of it."""
    case, act = story.case, story.act
    worker = await session.get(Staff, case.worker_id) if case.worker_id else None
    content = Content(text=f"{case.number} {act.actor_name}不再协助。")
    told = [worker] if worker else []
    await tell_about(session, case, told, f"{story.key}:left", content, now=act.now, rules=act.rules)


async def tell_worker(session: AsyncSession, story: Story) -> None:
    """One line to the worker and those who help on what was decided."""
    case, act = story.case, story.act
    if isinstance(act.actor, System):
        return
    told = [member for member in await team_of(session, case) if not _is(act.actor, member)]
    stars = f" {act.rating} 分" if act.rating else ""
    note = f"（{act.note}）" if act.note else ""
    word = "评价" if act.rating and isinstance(act.actor, TenantActor) else story.event.move
    content = Content(text=f"{case.number} {act.actor_name}已{word}{stars}{note}。")
    await tell_about(session, case, told, f"{story.key}:line", content, now=act.now, rules=act.rules)


async def call_lead(session: AsyncSession, story: Story) -> None:
    """A low rating is a call that those above make [domain §10]: done again, or the tenant is content after all."""
    case, act = story.case, story.act
    note = f"：{act.note}" if act.note else ""
    facts = await facts_of(session, story.workflow, case, act.now)
    team = team_names(await team_of(session, case)) or "无"
    card = Content(
        title=f"低分 {case.number} {case.category}",
        text=f"{facts.tenant} {facts.reporter} 打了 {act.rating} 分{note}\n师傅：{team}\n期限：{facts.due}\n"
        "请打电话了解情况，再点选。",
        buttons=(Button(f"do:{case.id}:重开", "重开再修"), Button(f"do:{case.id}:办结", "租户认可，办结")),
    )
    leads = on_shift_first(await staff_who_may(session, "case.close", act.rules), act.now, act.rules)
    key = f"{story.key}:low"
    await tell_about(session, case, leads, key, card, now=act.now, rules=act.rules, guard=guard_of(story))


NOTICES: dict[str, Notice] = {
    "call_crew": call_crew,
    "hand_to_worker": hand_to_worker,
    "tell_former": tell_former,
    "tell_worker": tell_worker,
    "call_helper": call_helper,
    "tell_left": tell_left,
    "call_lead": call_lead,
    "tell_reporter": tell_reporter,
}
"""What a workflow's states may name."""
