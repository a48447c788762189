"""What happened to a claim and which clocks ran, as its papers show it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case, CaseEvent, timeline
from models.claims.claim import Claim, Scope, consents_of
from models.claims.documents import ClockRow, Moment
from models.claims.duty import DUTY_LABELS, DUTY_WORDS, ClaimDuty, DutyKind, duties_of
from models.claims.insurer_clocks import SORTS, InsurerClock, clocks_of
from models.clock import local
from models.fees.money import yuan

SCOPE_LABELS = {Scope.CLEAR: "清理现场", Scope.REPAIR: "维修", Scope.SETTLE: "与第三方和解"}
_SAID = ("receipt", "insurer_case", "given_by", "told_to", "told", "location", "kept", "reason")
"""What an event was given besides its note, in the order in which it is read."""


def stamp(at: datetime | None) -> str:
    """ "2026-03-16 00:14", "" for a time nobody knows."""
    return f"{local(at):%Y-%m-%d %H:%M}" if at else ""


async def course_of(
    session: AsyncSession, case: Case, claim: Claim, without: frozenset[str] = frozenset()
) -> tuple[Moment, ...]:
    """Loss, discovery, and every event in the order in which it was noted; `without`: moves to leave out."""
    late = {
        DUTY_WORDS[duty.kind] for duty in await duties_of(session, claim.id) if duty.missed_at is not None
    }
    found = [Moment(stamp(claim.occurred_at), "事故发生", "")] if claim.occurred_at else []
    found.append(Moment(stamp(claim.discovered_at), "发现", ""))
    for event in await timeline(session, case.id):
        if event.move in without:
            continue
        was_late = event.move in late
        late.discard(event.move)  # the first of its kind is what met the duty
        found.append(Moment(stamp(event.at), event_words(event), event.actor_name, was_late))
    return tuple(found)


def event_words(event: CaseEvent) -> str:
    """The move, its amount, and what was said with it, each thing once."""
    given = [str(event.data[name]) for name in _SAID if event.data.get(name)]
    amount = [f"{yuan(event.data['amount_fen'])} 元"] if "amount_fen" in event.data else []
    said = list(dict.fromkeys([*given, *filter(None, [event.note])]))
    once = [each for each in said if not any(each != other and each in other for other in said)]
    return " ".join([event.move, *amount, *once])


async def consents_course(session: AsyncSession, claim: Claim) -> tuple[Moment, ...]:
    """What the insurer consented to, and who of it."""
    return tuple(
        Moment(
            stamp(each.at),
            f"同意{SCOPE_LABELS[each.scope]}（{each.note or '未记原话'}），{each.noted_by}记录",
            each.given_by,
        )
        for each in await consents_of(session, claim.id)
    )


async def clock_rows(session: AsyncSession, claim: Claim) -> tuple[ClockRow, ...]:
    """Every clock: ours by the manual, then the insurer's by law."""
    ours = [_duty_row(duty) for duty in await duties_of(session, claim.id)]
    return tuple([*ours, *(_clock_row(clock) for clock in await clocks_of(session, claim.id))])


def _duty_row(duty: ClaimDuty) -> ClockRow:
    form = "%Y-%m-%d %H:%M:%S" if duty.kind is DutyKind.ARRIVE else "%Y-%m-%d %H:%M"
    why = f"{duty.reason} {duty.reason_note}".strip()
    remark = f"超时：{why or '未说明原因'}" if duty.missed_at is not None else why
    met = f"{local(duty.met_at):{form}}" if duty.met_at else ""
    return ClockRow(
        DUTY_LABELS[duty.kind],
        f"{local(duty.starts_at):{form}}",
        f"{local(duty.due_at):{form}}",
        duty.basis,
        met,
        remark,
    )


def _clock_row(clock: InsurerClock) -> ClockRow:
    sort = SORTS[clock.kind]
    remark = (
        "不再计时" if clock.dropped_on else f"{clock.paused_on} 起等我方补料，停计" if clock.paused_on else ""
    )
    if clock.met_on and clock.met_on > clock.due_on:
        remark = f"超期 {(clock.met_on - clock.due_on).days} 天"
    met = str(clock.met_on or clock.dropped_on or "")
    return ClockRow(sort.label, str(clock.starts_on), str(clock.due_on), sort.law, met, remark)


def open_steps(duties: Sequence[ClaimDuty]) -> tuple[str, ...]:
    """What still has to be done by when."""
    return tuple(f"{DUTY_LABELS[duty.kind]}：{stamp(duty.due_at)} 前" for duty in duties if duty.is_open)
