"""What whoever reported a repair is told when it moves: in the chat, or by a neutral SMS where there is none."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case
from models.cases.repair_cards import clock_text, done_buttons, quote_text
from models.cases.team import team_names, team_of
from models.cases.telling import news_at
from models.cases.workflow import Story
from models.messages.content import Button, Content, Sms
from models.messages.tell import tell_contact, tell_visitor
from models.people.identity import TenantActor, accounts_of
from models.people.tenant import Contact, contacts_of

_PASSING = frozenset({"dispatched", "accepted", "on_scene", "waiting_parts", "quoted"})
"""States of which nobody wants to read the morning after, when the work has gone on."""
_UNTOLD = ("自动关闭", "接续")
"""Moves of the calendar's own that the tenant need not hear of."""


async def tell_reporter(session: AsyncSession, story: Story) -> None:
    """One line per step; nothing when the tenant made it."""
    content = await line_for(session, story)
    if (
        content is not None
        and not isinstance(story.act.actor, TenantActor)
        and story.event.move not in _UNTOLD
    ):
        await say_to_reporter(session, story, story.case, content)


async def say_to_reporter(session: AsyncSession, story: Story, case: Case, content: Content) -> None:
    """The line in the chat the report came from, else by SMS where there is one for it. At night only about emergencies.

    case: whose reporter it is; the step is that of the story's.
    """
    now, due_at = story.act.now, news_at(case, story.act.now, story.act.rules)
    key = f"{story.key}:tenant" if case.id == story.case.id else f"{story.key}:tenant:{case.id}"
    if case.contact_id is None:
        if content.sms and case.reporter_mobile:
            await tell_visitor(session, case.id, key, content, now=now, due_at=due_at)
        return
    contact, account = await session.get_one(Contact, case.contact_id), case.reporter_account
    if case.state == "quoted" and not contact.role.sees_money:
        contact, account = await who_pays(session, contact), ""
    if not account and not await accounts_of(session, contact.id) and not (content.sms and contact.mobile):
        return
    passing = story.case.state in _PASSING and due_at > now
    await tell_contact(
        session,
        contact,
        key,
        content,
        now=now,
        account=account,
        subject=case.subject,
        guard=f"case_state:{story.case.id}/{story.case.state}" if passing else "",
        due_at=due_at,
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
    names = team_names(await team_of(session, case))
    who, number = f"{names}师傅", number or case.number
    note = f"（{event.note}）" if event.note else ""
    if asking := _ASKING.get(case.state):
        return asking(story)
    match case.state:
        case "new":
            return _new_line(story, number)
        case "dispatched":
            return Content(text=f"{number} 已派给{who}，接单后会告诉您。发送“进度 {number}”可随时查看。")
        case "accepted":
            return Content(text=f"{who}已接单 {number}，正在安排上门，请留人开门。")
        case "on_scene":
            return Content(text=f"{who}已到现场处理 {number}，完工后请您签认。")
        case "waiting_parts":
            return Content(text=f"{number} 需要等配件{note}，到货后继续处理，届时会告诉您。")
        case "closed" if event.from_state not in ("closed", "low_rated"):
            return Content(text=f"{number} 已关闭{note}，感谢配合。7 天内仍有问题请发送“重开 {number}”。")
        case "cancelled":
            return Content(text=f"{number} 已撤销{note}。如有疑问请发送“人工”。")
    return None


def _merged(story: Story) -> Content:
    number, buttons = story.case.number, (Button(f"apart:{story.case.id}", "不是同一件"),)
    text = f"{number} 与附近报来的是同一个故障，已合并处理，进展照样告诉您。如果不是同一件，请点下面的按钮。"
    return Content(text=text, buttons=buttons)


def _new_line(story: Story, number: str) -> Content:
    if story.event.from_state:
        return Content(text=f"{number} 正在重新安排师傅，请稍候。发送“进度 {number}”可随时查看。")
    at = clock_text(story.act.now, story.act.now)
    text = f"已为您登记报修 {number}（{at}，{story.case.category}）。发送“进度 {number}”可随时查看。"
    return Content(text=text, sms=Sms("case_new", (("no", number),)))


def _quote(story: Story) -> Content:
    case, amount_fen = story.case, int(story.event.data["amount_fen"])
    buttons = (Button(f"agree:{case.id}", "同意"), Button(f"refuse:{case.id}", "不同意"))
    return Content(text=quote_text(case, amount_fen, story.event.note), buttons=buttons)


def _done(story: Story) -> Content:
    case, hours = story.case, story.act.rules.repair.confirm_h
    text = f"{case.number} 已完工：{story.event.note}。请确认是否修好；{hours} 小时内未答复将自动关闭。"
    template = "case_done" if case.contact_id else "case_ready"
    return Content(text=text, buttons=done_buttons(case), sms=Sms(template, (("no", case.number),)))


_ASKING: dict[str, Callable[[Story], Content]] = {"merged": _merged, "quoted": _quote, "done": _done}
"""States that want an answer of the tenant."""
