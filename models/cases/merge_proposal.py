"""Proposals to merge: the machine asks, a person decides, and is not asked twice about the same two cases."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, UniqueConstraint, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models.base import Base
from models.calendar.quiet import next_allowed
from models.cases.case import Case
from models.cases.repair import OPEN
from models.cases.reporter import tenant_name
from models.cases.same_fault import Fault, why_same
from models.cases.workflow import Act
from models.clock import local_date
from models.messages.content import Button, Content
from models.messages.tell import close_cards, tell_staff
from models.people.staff import Staff, on_shift_first, staff_who_may
from models.people.tenant import units_of
from models.people.unit import Unit, buildings
from models.rules import Rules

MOST = 10
DECIDES = "case.dispatch"


class MergeProposal(Base):
    """Two open repairs that look like one fault. verdict: "" while nobody has decided, else "merged" or "apart".

    case_id: the later report; other_id: the one it resembles. why: what they have in common, in Chinese.
    """

    __tablename__ = "merge_proposal"
    __table_args__ = (UniqueConstraint("case_id", "other_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    why: Mapped[str]
    made_at: Mapped[datetime]
    verdict: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]

    @property
    def subject(self) -> str:
        """The name its cards go by."""
        return f"merge:{self.id}"


async def propose_merge(session: AsyncSession, case: Case, act: Act) -> MergeProposal | None:
    """Asks the desk about the earliest open report that this one resembles; None when it is like no other."""
    found = await _resembled(session, case, act)
    if found is None:
        return None
    other, why = found
    proposal = MergeProposal(case_id=case.id, other_id=other.id, why=why, made_at=act.now)
    session.add(proposal)
    await session.flush()
    await _ask_desk(session, proposal, case, other, act)
    return proposal


async def _resembled(session: AsyncSession, case: Case, act: Act) -> tuple[Case, str] | None:
    """An earlier open repair near in time, and why it may be the same; never one that was asked about before."""
    since = case.created_at - timedelta(hours=act.rules.repair.merge_within_h)
    asked = select(MergeProposal.other_id).where(MergeProposal.case_id == case.id)
    rows = await session.scalars(
        select(Case)
        .where(Case.workflow == case.workflow, Case.state.in_(OPEN), Case.created_at >= since)
        .where(Case.id < case.id, Case.id.not_in(asked))
        .order_by(Case.id)
    )
    on, new = local_date(act.now), await fault_of(session, case, local_date(act.now))
    for other in rows:
        if why := why_same(new, await fault_of(session, other, on), act.rules.repair):
            return other, why
    return None


async def fault_of(session: AsyncSession, case: Case, on: date) -> Fault:
    """The case as the comparison sees it."""
    unit = await session.get(Unit, case.unit_id) if case.unit_id else None
    return Fault(
        category=case.category,
        description=case.description,
        unit_id=case.unit_id,
        unit=unit.code if unit else "",
        buildings=frozenset([unit.building] if unit else await _buildings_of(session, case, on)),
        place=case.place,
        at=case.created_at,
    )


async def _buildings_of(session: AsyncSession, case: Case, on: date) -> list[str]:
    """Where a fault in no unit may be: the buildings it names, else those the tenant rents in, else any."""
    known = await buildings(session)
    named = [
        name for name in known if re.search(rf"{re.escape(name)}\s*(?:座|栋|号楼)", case.description.upper())
    ]
    rented = {each.building for each in await units_of(session, case.tenant_id or 0, on)}
    return named or sorted(rented) or known


async def _ask_desk(
    session: AsyncSession, proposal: MergeProposal, case: Case, other: Case, act: Act
) -> None:
    """One card to whoever gives out the work: at night only to those on shift, unless it is urgent."""
    lines = [await _line(session, each) for each in (other, case)]
    minutes = int((case.created_at - other.created_at).total_seconds() // 60)
    text = f"{proposal.why}，相隔 {minutes} 分钟。\n{chr(10).join(lines)}\n合并后只派一次，每位报修人都会收到进展。"
    buttons = (
        Button(f"merge:{proposal.id}", "合并"),
        Button(f"notsame:{proposal.id}", "不是同一件"),
    )
    content = Content(title=f"是同一件吗？{other.number} 和 {case.number}", text=text, buttons=buttons)
    quiet = act.rules.calendar
    later = next_allowed(act.now, quiet.quiet_from, quiet.quiet_until)
    urgent = "emergency" in (case.urgency, other.urgency)
    for member in on_shift_first(await staff_who_may(session, DECIDES, act.rules), act.now, act.rules):
        waits = not urgent and not member.on_shift(act.now, act.rules)
        await tell_staff(
            session, [member], f"{proposal.subject}:ask", content, now=act.now, subject=proposal.subject,
            guard=f"merge:{proposal.id}", due_at=later if waits else None,
        )  # fmt: skip


async def _line(session: AsyncSession, case: Case) -> str:
    where = f" {case.place}" if case.place else ""
    return f"{case.number}{where}（{await tenant_name(session, case)}）：{case.description[:40]}"


async def decide(session: AsyncSession, proposal: MergeProposal, verdict: str, label: str, act: Act) -> None:
    """Writes down what was decided; the cards lose their buttons."""
    proposal.verdict, proposal.decided_by, proposal.decided_at = verdict, act.actor_key, act.now
    await close_cards(session, proposal.subject, label, act.now)


async def undecided_about(session: AsyncSession, case_ids: tuple[int, int]) -> list[MergeProposal]:
    """Proposals about one of these two cases that nobody has decided, locked."""
    rows = await session.scalars(
        select(MergeProposal)
        .where(or_(MergeProposal.case_id.in_(case_ids), MergeProposal.other_id.in_(case_ids)))
        .where(MergeProposal.verdict == "")
        .order_by(MergeProposal.id)
        .with_for_update()
    )
    return list(rows)


async def proposals_todo(session: AsyncSession, member: Staff, rules: Rules) -> str:
    """What still waits for a decision, for whoever gives out the work; "" for nothing."""
    if not member.may(DECIDES, rules):
        return ""
    later, earlier = aliased(Case), aliased(Case)
    rows = await session.execute(
        select(MergeProposal.why, later.number, earlier.number)
        .join(later, later.id == MergeProposal.case_id)
        .join(earlier, earlier.id == MergeProposal.other_id)
        .where(MergeProposal.verdict == "", later.state.in_(OPEN), earlier.state.in_(OPEN))
        .order_by(MergeProposal.id)
    )
    lines = [
        f"{number} 和 {other}：{why}｜是同一件请发“并单 {number} {other}”" for why, number, other in rows
    ]
    more = [f"……另有 {len(lines) - MOST} 组"] if len(lines) > MOST else []
    return "\n".join(["【是不是同一件】", *lines[:MOST], *more]) if lines else ""


async def proposal_stands(session: AsyncSession, argument: str) -> str:
    """Guard: the question is withheld once it was decided or one of the two is over."""
    proposal = await session.get(MergeProposal, int(argument), populate_existing=True)
    if proposal is None or proposal.verdict:
        return "已经有人处理"
    states = await session.scalars(
        select(Case.state).where(Case.id.in_((proposal.case_id, proposal.other_id)))
    )
    return "" if all(state in OPEN for state in states) else "其中一单已经结束"
