"""Who is told what while a month's run goes from hand to hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.bill import BillRun
from models.fees.bill_draft import draft_word, run_label
from models.fees.bill_summary import Summary, summarise
from models.fees.money import yuan
from models.fees.supplement import dropped
from models.messages.content import Button, Content
from models.messages.spill import spill
from models.messages.tell import close_cards, tell_staff
from models.people.staff import Staff, find_staff, staff_who_may
from models.rules import Rules


def run_subject(run: BillRun) -> str:
    """The name other tables use for the run."""
    return f"run:{run.id}"


def check_buttons(run: BillRun) -> tuple[Button, ...]:
    """What finance may do with a draft."""
    return Button(f"check:{run.id}", "复核"), Button(f"bill_return:{run.id}", "退回")


async def ask_to_check(
    session: AsyncSession, run: BillRun, summary: Summary, key: str, *, now: datetime, rules: Rules
) -> None:
    """The finished draft goes to those who check; the maker has it as the answer already."""
    checkers = await staff_who_may(session, "fees.check", rules)
    others = [member for member in checkers if f"staff:{member.userid}" != run.made_by]
    content = Content(title=f"{run_label(run)}待复核", text=summary.text(), buttons=check_buttons(run))
    await _tell(session, run, others, f"{key}:check", content, now)


async def ask_to_approve(
    session: AsyncSession, run: BillRun, key: str, warning: str, *, now: datetime, rules: Rules
) -> None:
    """The checked run goes to those who approve [manual flow chart: 项目经理盖章]."""
    await close_cards(session, run_subject(run), "已复核", now)
    text = (await summarise(session, run, rules)).text()
    content = Content(
        title=f"{run_label(run)}待批准",
        text=f"{text}\n注意：{warning}。" if warning else text,
        buttons=(Button(f"bill_approve:{run.id}", "批准"), Button(f"bill_reject:{run.id}", "驳回")),
    )
    members = await staff_who_may(session, "fees.approve", rules)
    await _tell(session, run, members, f"{key}:approve", content, now)


async def _tell(
    session: AsyncSession, run: BillRun, members: list[Staff], key: str, content: Content, now: datetime
) -> None:
    for i, part in enumerate(spill(content)):
        await tell_staff(session, members, f"{key}:{i}", part, now=now, subject=run_subject(run))


async def tell_sent_back(session: AsyncSession, run: BillRun, key: str, *, by: str, now: datetime) -> None:
    """The maker hears why the run came back, and what to do."""
    await close_cards(session, run_subject(run), "已退回", now)
    content = Content(
        title=f"{run_label(run)}被退回",
        text=f"{by}退回：{run.rejected_reason}\n改正后请重新发送“{draft_word(run)}”。",
    )
    makers = await find_staff(session, run.made_by.removeprefix("staff:"))
    await tell_staff(session, makers, f"{key}:back", content, now=now, subject=run_subject(run))


async def tell_drafted(session: AsyncSession, run: BillRun, *, now: datetime, rules: Rules) -> None:
    """A draft that took longer than one message is ready: the maker and the checkers hear of it."""
    key = f"run:{run.id}:drafted:{run.made_at.timestamp():.0f}"
    makers = await find_staff(session, run.made_by.removeprefix("staff:"))
    if nothing := await dropped(session, run):
        await tell_staff(session, makers, key, Content(text=nothing), now=now)
        return
    summary = await summarise(session, run, rules)
    content = Content(title=f"{run_label(run)}草稿已算好", text=summary.text())
    await tell_staff(session, makers, key, content, now=now, subject=run_subject(run))
    await ask_to_check(session, run, summary, key, now=now, rules=rules)


async def tell_issued(session: AsyncSession, run: BillRun, *, now: datetime, rules: Rules) -> None:
    """All bills are out: those who had a hand in it hear the total."""
    await close_cards(session, run_subject(run), "已批准", now)
    summary = await summarise(session, run, rules)
    content = Content(
        title=f"{summary.label}已发出",
        text=f"共 {summary.tenants} 份，合计 {yuan(summary.total_fen)} 元。缴费通知单正在送达，发送“签收表”看进度。",
    )
    userids = {actor.removeprefix("staff:") for actor in (run.made_by, run.checked_by)}
    members = [member for userid in sorted(userids) for member in await find_staff(session, userid)]
    await tell_staff(session, members, f"run:{run.id}:issued", content, now=now, subject=run_subject(run))
