"""The insurer's own clocks, and ours against it: what it owes by when, and until when we may claim [law: 保险法 §§21–26].

A clock is a row with a day; its bells are deadlines of the case with the same kind, rung in the morning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.cases.case import Case, Deadline
from models.clock import at_local, local_date
from models.rules import InsuranceRules

BELL_HOUR = 9
"""Bells about the insurer ring in the morning: nobody there can be called before [practice]."""
TODAY, LATE = 0, 1
"""Levels of the bells: on the last day, on the day after; below 0 are the days before."""


class ClockKind(StrEnum):
    """Who owes what. The value is also the kind of the bells."""

    DECISION = "ins_decision"
    UNDISPUTED = "ins_undisputed"
    PAYMENT = "ins_payment"
    REFUSAL = "ins_refusal"
    LIMITATION = "limitation"


@dataclass(frozen=True, slots=True)
class ClockSort:
    """What a clock is about. step: what to do when it runs out; "{number}" stands for the case."""

    label: str
    law: str
    step: str


SORTS = {
    ClockKind.DECISION: ClockSort(
        "保险公司作出核定",
        "保险法第二十三条",
        "合同另有约定的按合同。请书面催保险公司核定，结果发“核定 {number} 金额”或“拒赔 {number} 理由”。",
    ),
    ClockKind.UNDISPUTED: ClockSort(
        "保险公司先付能确定的部分",
        "保险法第二十五条",
        "请书面要求先行支付无争议的数额，到账后发“赔付 {number} 金额”。",
    ),
    ClockKind.PAYMENT: ClockSort(
        "保险公司支付赔款",
        "保险法第二十三条",
        "请催付赔款，逾期可要求赔偿损失；到账后发“赔付 {number} 金额”。",
    ),
    ClockKind.REFUSAL: ClockSort(
        "保险公司书面说明拒赔理由",
        "保险法第二十四条",
        "请要求书面拒赔通知书，收到后发“材料 {number}”拍照存入。",
    ),
    ClockKind.LIMITATION: ClockSort(
        "向保险公司请求赔付的时效届满", "保险法第二十六条", "请在届满前书面索赔或起诉，并请法务确认。"
    ),
}


class InsurerClock(Base):
    """One clock of one claim, counted in whole days; the first day does not count [law: 民法典 §201].

    paused_on: since when the insurer waits for papers of ours: that time is not its own
    [保险法解释（二）§15: for the lawyer to confirm].
    """

    __tablename__ = "insurer_clock"
    __table_args__ = (UniqueConstraint("claim_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    kind: Mapped[ClockKind]
    starts_on: Mapped[date]
    due_on: Mapped[date]
    paused_on: Mapped[date | None]
    met_on: Mapped[date | None]
    dropped_on: Mapped[date | None]

    @property
    def runs(self) -> bool:
        """Whether it is still open."""
        return self.met_on is None and self.dropped_on is None


def due_day(kind: ClockKind, starts_on: date, rules: InsuranceRules) -> date:
    """The last day."""
    if kind is ClockKind.LIMITATION:
        year = starts_on.year + rules.limitation_years
        leap = starts_on.month == 2 and starts_on.day == 29
        return date(year, 2, 28) if leap and not _is_leap(year) else starts_on.replace(year=year)
    days = {
        ClockKind.DECISION: rules.decision_days,
        ClockKind.UNDISPUTED: rules.undisputed_days,
        ClockKind.PAYMENT: rules.payment_days,
        ClockKind.REFUSAL: rules.refusal_days,
    }
    return starts_on + timedelta(days=days[kind])


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def bell_days(clock: InsurerClock, rules: InsuranceRules) -> list[tuple[int, date]]:
    """When it rings: level and day, oldest first; each level below 0 is one more reminder ahead."""
    ahead = rules.limitation_warn_days if clock.kind is ClockKind.LIMITATION else rules.insurer_warn_days
    early = [
        (-number, clock.due_on - timedelta(days=days))
        for number, days in enumerate(sorted(ahead), start=1)
        if clock.due_on - timedelta(days=days) > clock.starts_on
    ]
    return [*reversed(early), (TODAY, clock.due_on), (LATE, clock.due_on + timedelta(days=1))]


async def clocks_of(session: AsyncSession, claim_id: int, *, lock: bool = True) -> list[InsurerClock]:
    """Every clock of the claim, the earliest due first, locked for change; like models.claims.duty.duties_of."""
    return list(await session.scalars(_LOCKED if lock else _CLOCKS, {"of": claim_id}))


_CLOCKS = (
    select(InsurerClock)
    .where(InsurerClock.claim_id == bindparam("of"))
    .order_by(InsurerClock.due_on, InsurerClock.id)
)
_LOCKED = _CLOCKS.with_for_update()


async def start_clock(
    session: AsyncSession, case: Case, claim_id: int, kind: ClockKind, at: datetime, rules: InsuranceRules
) -> InsurerClock:
    """Starts the clock, or starts it anew: a second submission begins a second term."""
    clock = next((each for each in await clocks_of(session, claim_id) if each.kind is kind), None)
    if clock is None:
        clock = InsurerClock(claim_id=claim_id, kind=kind)
        session.add(clock)
    clock.starts_on = local_date(at)
    clock.due_on = due_day(kind, clock.starts_on, rules)
    clock.paused_on = clock.met_on = clock.dropped_on = None
    await _hang_bells(session, case, clock, at, rules)
    return clock


async def _hang_bells(
    session: AsyncSession, case: Case, clock: InsurerClock, now: datetime, rules: InsuranceRules
) -> None:
    """New bells for the clock as it stands; those still hanging are taken down."""
    await _silence(session, case, clock.kind, now)
    for level, day in bell_days(clock, rules):
        at = at_local(day, BELL_HOUR)
        if at > now:
            session.add(Deadline(case_id=case.id, kind=clock.kind.value, level=level, due_at=at))
    await session.flush()


async def _silence(session: AsyncSession, case: Case, kind: ClockKind, now: datetime) -> None:
    hanging = await session.scalars(
        select(Deadline)
        .where(Deadline.case_id == case.id, Deadline.kind == kind.value)
        .where(Deadline.fired_at.is_(None), Deadline.met_at.is_(None), Deadline.dropped_at.is_(None))
        .with_for_update()
    )
    for bell in hanging:
        bell.dropped_at = now


async def end_clocks(
    session: AsyncSession, case: Case, claim_id: int, now: datetime, *kinds: ClockKind, met: bool = True
) -> None:
    """The clocks of these kinds are over: met, or no longer of use."""
    for clock in await clocks_of(session, claim_id):
        if clock.kind in kinds and clock.runs:
            if met:
                clock.met_on = local_date(now)
            else:
                clock.dropped_on = local_date(now)
            await _silence(session, case, clock.kind, now)


async def pause_clocks(session: AsyncSession, case: Case, claim_id: int, now: datetime) -> None:
    """The insurer waits for papers: the time of its decision stands still."""
    for clock in await clocks_of(session, claim_id):
        if clock.kind is ClockKind.DECISION and clock.runs and clock.paused_on is None:
            clock.paused_on = local_date(now)
            await _silence(session, case, clock.kind, now)


async def resume_clocks(
    session: AsyncSession, case: Case, claim_id: int, now: datetime, rules: InsuranceRules
) -> None:
    """The papers are there: the time goes on, later by the days it stood still."""
    for clock in await clocks_of(session, claim_id):
        if clock.paused_on is not None and clock.runs:
            clock.due_on += local_date(now) - clock.paused_on
            clock.paused_on = None
            await _hang_bells(session, case, clock, now, rules)


async def running_lines(session: AsyncSession, claim_id: int, today: date) -> list[str]:
    """What the insurer owes by when; our own two years are not said here: they are far."""
    open_ = [
        each
        for each in await clocks_of(session, claim_id)
        if each.runs and each.kind is not ClockKind.LIMITATION
    ]
    return [clock_line(each, today) for each in open_]


def clock_line(clock: InsurerClock, today: date) -> str:
    """How it stands, in one line."""
    sort = SORTS[clock.kind]
    when = f"{clock.due_on}（{sort.law}）"
    if clock.met_on:
        return f"{sort.label}：{clock.met_on} 已完成，期限 {when}"
    if clock.dropped_on:
        return f"{sort.label}：不再计时"
    if clock.paused_on:
        return f"{sort.label}：{clock.paused_on} 起等我方补料，停计"
    left = (clock.due_on - today).days
    state = f"还有 {left} 天" if left > 0 else "今天到期" if left == 0 else f"已超 {-left} 天"
    return f"{sort.label}：{when}，{state}"
