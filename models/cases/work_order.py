"""维修工单: what the sheet of a repair shows. The tenant signs it, so notes between members of staff stay out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.advance import workflow_of
from models.cases.case import Case, Deadline, timeline
from models.cases.companions import once_merged_into, worked_on
from models.cases.joined import joined_timeline
from models.cases.progress import step_words
from models.cases.repair_cards import URGENCY_LABELS, placed
from models.cases.reporter import reporter_of, tenant_name
from models.cases.team import team_names, team_of
from models.cases.workflow import Workflow
from models.clock import local
from models.fees.bill import ServiceCharge
from models.messages.media import attached
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.notices.documents import Issuer, WorkMessage, WorkOrder, WorkStep, WorkTarget
from models.people.unit import Unit
from models.rules import Rules

_SIGNED, _CALLED = ("签认", "评价"), ("回访", "办结")
"""Steps that stand for a signature: the tenant's, and that of who telephoned."""
_CHANNELS = {"kf": "微信客服", "sms": "短信"}
LONGEST_MESSAGE = 160
MOST_PHOTOS = 12
"""Two pages of them; a file above 20 MB would not be taken by the platform."""


@dataclass(frozen=True, slots=True)
class StoredPhoto:
    """A picture of the case by the digest of its bytes."""

    caption: str
    sha256: str


async def work_order_of(session: AsyncSession, case: Case, rules: Rules) -> WorkOrder:
    """The sheet without its photos, whose bytes the database does not hold."""
    workflow = workflow_of(case)
    reporter, phone = await reporter_of(session, case)
    unit = await session.get(Unit, case.unit_id) if case.unit_id else None
    charge_fen = await session.scalar(
        select(ServiceCharge.amount_fen).where(ServiceCharge.case_id == case.id)
    )
    return WorkOrder(
        issuer=Issuer.of(rules.park),
        case_number=case.number,
        state=workflow.state(case.state).label,
        category=case.category,
        urgency=URGENCY_LABELS[case.urgency],
        tenant=await tenant_name(session, case),
        unit=placed(case, unit),
        reporter=reporter,
        reporter_phone=phone,
        reported_at=case.created_at,
        description=case.description,
        worker=team_names(await team_of(session, await worked_on(session, case))),
        kind=workflow.label,
        steps=await _steps(session, case),
        messages=await _messages(session, case),
        charge_fen=charge_fen or 0,
        targets=await _targets(session, workflow, case),
        signed_by=await _by(session, case, _SIGNED),
        called_by=await _by(session, case, _CALLED),
    )


async def _targets(session: AsyncSession, workflow: Workflow, case: Case) -> tuple[WorkTarget, ...]:
    """Every target time, those of an earlier try too, in the order in which they were set."""
    rows = await session.scalars(
        select(Deadline).where(Deadline.case_id == case.id, Deadline.level == 0).order_by(Deadline.id)
    )
    return tuple(WorkTarget(workflow.timer(row.kind).label, row.due_at, _outcome(row)) for row in rows)


def _outcome(row: Deadline) -> str:
    late = "超时" if row.fired_at else "按时"
    if row.met_at:
        return f"{late}，{local(row.met_at):%m-%d %H:%M}"
    if row.dropped_at:
        return "不再需要"
    return "暂停计时" if row.left_s is not None else "超时，未完成" if row.fired_at else "进行中"


async def _by(session: AsyncSession, case: Case, moves: Collection[str]) -> str:
    """ "李娜 03-16 10:20 签认": the last such step since the case was taken up anew; "" when there is none."""
    found = ""
    for event in await timeline(session, case.id):
        if event.move == "重开":
            found = ""
        elif event.move in moves:
            found = f"{event.actor_name} {local(event.at):%m-%d %H:%M} {event.move}"
    return found


async def _steps(session: AsyncSession, case: Case) -> tuple[WorkStep, ...]:
    events = await joined_timeline(session, case, for_staff=True)
    return tuple(WorkStep(event.at, event.actor_name, step_words(event, for_staff=False)) for event in events)


async def _messages(session: AsyncSession, case: Case) -> tuple[WorkMessage, ...]:
    """What the reporter was sent about the case, in order; replies on the spot are answers to steps and stand there."""
    rows = await session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.subject == case.subject,
            OutboxMessage.status == OutboxStatus.SENT,
            OutboxMessage.channel.in_(_CHANNELS),
        )
        .order_by(OutboxMessage.id)
    )
    return tuple(
        WorkMessage(row.settled_at or row.created_at, _CHANNELS[row.channel], _said(row)) for row in rows
    )


def _said(row: OutboxMessage) -> str:
    text = str(row.content.get("text", "")).strip() or "文件"
    return text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]}……"


async def photos_of(session: AsyncSession, case: Case) -> list[StoredPhoto]:
    """The pictures in the order they came: the tenant's show the fault, staff's the result."""
    found = []
    for each in (case, *await once_merged_into(session, case.id)):
        number = "" if each.id == case.id else f" {each.number}"
        for media in await attached(session, each.subject):
            if media.kind == "image":
                caption = "完工照片" if media.channel == "wecom" else "报修照片"
                found.append(StoredPhoto(caption + number, media.sha256))
    return found[:MOST_PHOTOS]
