"""Who is told what when a repair enters a state. The person who acted gets a reply, not a notice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.quiet import next_allowed
from models.cases.case import Case
from models.cases.companions import companions_of, worked_on
from models.cases.repair_cards import (
    arrival_card,
    clock_text,
    done_buttons,
    facts_of,
    quote_text,
    step_card,
)  # fmt: skip
from models.cases.workflow import Act, Mover, Notice, Story, System
from models.messages.content import Button, Content, Sms
from models.messages.media import attached
from models.messages.tell import tell_contact, tell_staff
from models.people.identity import TenantActor, accounts_of
from models.people.staff import Staff, on_shift_first, staff_who_may
from models.people.tenant import Contact, contacts_of

LOW_RATING = 2
"""Up to this many stars somebody calls back [practice]."""
MOST_PHOTOS = 3
_UNTOLD = ("自动关闭", "接续")
"""Moves of the calendar's own that the tenant need not hear of."""


async def call_crew(session: AsyncSession, story: Story) -> None:
    """A card to everybody on shift who may do or give out the work; at night only those on shift, unless it burns."""
    case, now, rules = story.case, story.act.now, story.act.rules
    facts = await facts_of(session, story.workflow, case, now)
    crew = on_shift_first(await staff_who_may(session, "case.work", rules), now, rules)
    desk = on_shift_first(await staff_who_may(session, "case.dispatch", rules), now, rules)
    members = {member.id: member for member in (*crew, *desk)}
    later = next_allowed(now, rules.calendar.quiet_from, rules.calendar.quiet_until)
    for member in members.values():
        waits = case.urgency != "emergency" and not member.on_shift(now, rules)
        await tell_staff(
            session,
            [member],
            f"{story.key}:new",
            arrival_card(case, facts, member, crew, rules),
            now=now,
            subject=case.subject,
            guard=guard_of(story),
            due_at=later if waits else None,
        )


async def pass_on_words(session: AsyncSession, case: Case, act: Act) -> None:
    """What the tenant adds later reaches whoever works on it, or whoever gives it out."""
    in_hand = await worked_on(session, case)
    worker = await session.get(Staff, in_hand.worker_id) if in_hand.worker_id else None
    desk = [worker] if worker else await staff_who_may(session, "case.dispatch", act.rules)
    text = f"{case.number} 租户补充：{act.note}"
    key = f"{case.subject}:more:{act.message_key}"
    told = on_shift_first(desk, act.now, act.rules)
    await tell_staff(session, told, key, Content(text=text), now=act.now, subject=case.subject)


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
    content = step_card(story.workflow, case, facts, worker, act.rules, head)
    await tell_staff(
        session,
        [worker],
        f"{story.key}:worker",
        content,
        now=act.now,
        subject=case.subject,
        guard=guard_of(story),
    )
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
    text = f"{case.number} 已改派给{act.worker.name}，您不用再处理。"
    await tell_staff(
        session, [former], f"{story.key}:former", Content(text=text), now=act.now, subject=case.subject
    )


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


async def tell_worker(session: AsyncSession, story: Story) -> None:
    """One line to the worker on what the tenant or the desk decided."""
    case, act = story.case, story.act
    worker = await session.get(Staff, case.worker_id) if case.worker_id else None
    if worker is None or isinstance(act.actor, System) or _is(act.actor, worker):
        return
    stars = f" {act.rating} 分" if act.rating else ""
    note = f"（{act.note}）" if act.note else ""
    text = f"{case.number} {act.actor_name}已{story.event.move}{stars}{note}。"
    await tell_staff(
        session, [worker], f"{story.key}:line", Content(text=text), now=act.now, subject=case.subject
    )


async def call_back(session: AsyncSession, story: Story) -> None:
    """A low rating is somebody's call to make [domain §10]."""
    case, act = story.case, story.act
    if act.rating is None or act.rating > LOW_RATING:
        return
    desk = on_shift_first(await staff_who_may(session, "case.dispatch", act.rules), act.now, act.rules)
    note = f"：{act.note}" if act.note else ""
    text = f"{case.number} 只得了 {act.rating} 分{note}。请电话回访，需要时发“重开 {case.number}”。"
    await tell_staff(session, desk, f"{story.key}:low", Content(text=text), now=act.now, subject=case.subject)


async def tell_reporter(session: AsyncSession, story: Story) -> None:
    """One line to the tenant per step; nothing when the tenant or the calendar made it."""
    case, act = story.case, story.act
    content = await line_for(session, story)
    if content is None or isinstance(act.actor, TenantActor) or story.event.move in _UNTOLD:
        return
    contact, account = await session.get_one(Contact, case.contact_id), case.reporter_account
    if case.state == "quoted" and not contact.role.sees_money:
        contact, account = await who_pays(session, contact), ""
    await say_to_reporter(session, story, case, contact, content, account)


async def say_to_reporter(
    session: AsyncSession, story: Story, case: Case, contact: Contact, content: Content, account: str
) -> None:
    """The line in the chat the report came from, else by SMS where there is one for it; `case`: whose reporter it is."""
    reachable = account or await accounts_of(session, contact.id)
    if not reachable and not (content.sms and contact.mobile):
        return
    key = f"{story.key}:tenant" if case.id == story.case.id else f"{story.key}:tenant:{case.id}"
    await tell_contact(
        session, contact, key, content, now=story.act.now, account=account, subject=case.subject
    )


async def who_pays(session: AsyncSession, reporter: Contact) -> Contact:
    """The colleague to decide on an offer when an employee made the report: prices are not for employees [practice]."""
    colleagues = [each for each in await contacts_of(session, reporter.tenant_id) if each.role.sees_money]
    bound = [each for each in colleagues if await accounts_of(session, each.id)]
    return next(iter(bound or colleagues), reporter)


async def line_for(session: AsyncSession, story: Story, number: str = "") -> Content | None:
    """What the tenant reads about the state just entered; None for states that need no word.

    number: what the reader calls the case, where it is not its own number.
    """
    case, event = story.case, story.event
    worker = await session.get(Staff, case.worker_id) if case.worker_id else None
    who, number = f"{worker.name}师傅" if worker else "师傅", number or case.number
    note = f"（{event.note}）" if event.note else ""
    if asking := _ASKING.get(case.state):
        return asking(story)
    match case.state:
        case "new":
            return Content(text=_new_line(story, number))
        case "dispatched":
            return Content(text=f"{number} 已派给{who}，接单后会告诉您。发送“进度 {number}”可随时查看。")
        case "accepted":
            return Content(text=f"{who}已接单 {number}，正在安排上门，请留人开门。")
        case "on_scene":
            return Content(text=f"{who}已到现场处理 {number}，完工后请您签认。")
        case "waiting_parts":
            return Content(text=f"{number} 需要等配件{note}，到货后继续处理，届时会告诉您。")
        case "closed":
            return Content(text=f"{number} 已关闭{note}，感谢配合。7 天内仍有问题请发送“重开 {number}”。")
        case "cancelled":
            return Content(text=f"{number} 已撤销{note}。如有疑问请发送“人工”。")
    return None


def _merged(story: Story) -> Content:
    number, buttons = story.case.number, (Button(f"apart:{story.case.id}", "不是同一件"),)
    text = f"{number} 与附近报来的是同一个故障，已合并处理，进展照样告诉您。如果不是同一件，请点下面的按钮。"
    return Content(text=text, buttons=buttons)


def _new_line(story: Story, number: str) -> str:
    if story.event.from_state:
        return f"{number} 正在重新安排师傅，请稍候。发送“进度 {number}”可随时查看。"
    at = clock_text(story.act.now, story.act.now)
    return f"已为您登记报修 {number}（{at}，{story.case.category}）。发送“进度 {number}”可随时查看。"


def _quote(story: Story) -> Content:
    case, amount_fen = story.case, int(story.event.data["amount_fen"])
    buttons = (Button(f"agree:{case.id}", "同意"), Button(f"refuse:{case.id}", "不同意"))
    return Content(text=quote_text(case, amount_fen, story.event.note), buttons=buttons)


def _done(story: Story) -> Content:
    case, hours = story.case, story.act.rules.repair.confirm_h
    text = f"{case.number} 已完工：{story.event.note}。请确认是否修好；{hours} 小时内未答复将自动关闭。"
    return Content(text=text, buttons=done_buttons(case), sms=Sms("case_done", (("no", case.number),)))


_ASKING: dict[str, Callable[[Story], Content]] = {"merged": _merged, "quoted": _quote, "done": _done}
"""States that want an answer of the tenant."""

NOTICES: dict[str, Notice] = {
    "call_crew": call_crew,
    "hand_to_worker": hand_to_worker,
    "tell_former": tell_former,
    "tell_worker": tell_worker,
    "call_back": call_back,
    "tell_reporter": tell_reporter,
}
"""What a workflow's states may name."""
