"""Who has to act on a claim: on shift first, then up [manual 二, 三; practice]."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import LOCAL, local
from models.people.staff import Staff, on_shift_first
from models.rules import Rules

WORK = "claim.work"
LEAD = "claim.lead"
OVERSEE = "claim.oversee"
_AHEAD_DAYS = 8
"""Every pattern of shifts repeats within a week."""


async def crew_of(session: AsyncSession, rules: Rules) -> list[Staff]:
    """Everybody who may work on claims, by id."""
    rows = await session.scalars(select(Staff).where(Staff.active).order_by(Staff.id))
    return [member for member in rows if member.may(WORK, rules)]


def alarmed(crew: Sequence[Staff], department: str, now: datetime, rules: Rules) -> list[Staff]:
    """Whom a loss calls at once: the department in charge, the leading one, and every lead, awake or not.

    Of the departments those on shift; everybody of them when nobody is. Besides those on shift who can be on the
    scene in three minutes (`claims.scene_departments`).
    """
    called: dict[int, Staff] = {}
    for name in dict.fromkeys((department, rules.claims.lead_department)):
        for member in on_shift_first((m for m in crew if m.department == name), now, rules):
            called[member.id] = member
    for member in crew:
        near = member.department in rules.claims.scene_departments and member.on_shift(now, rules)
        if near or member.may(LEAD, rules):
            called[member.id] = member
    if not any(member.on_shift(now, rules) for member in called.values()):
        called |= {member.id: member for member in crew if member.on_shift(now, rules)}
    return list(called.values())


def reminded(crew: Sequence[Staff], department: str, now: datetime, rules: Rules) -> list[Staff]:
    """Who is reminded of a duty: the department it falls to, and the leading one; on shift, else those above."""
    names = {department, rules.claims.lead_department}
    on_shift = [m for m in crew if m.department in names and m.on_shift(now, rules)]
    return on_shift or [m for m in crew if m.on_shift(now, rules)] or _upwards(crew, rules)


def leads(crew: Sequence[Staff], rules: Rules) -> list[Staff]:
    """Those who answer for every claim."""
    return [member for member in crew if member.may(LEAD, rules)]


def overseers(crew: Sequence[Staff], rules: Rules) -> list[Staff]:
    """Those above the leads (总办): they get the incident report, and hear of what was missed for long."""
    return [member for member in crew if member.may(OVERSEE, rules)]


def next_holder(crew: Sequence[Staff], department: str, now: datetime, rules: Rules) -> Staff | None:
    """Who is responsible now: on shift in the department in charge, in the leading one, anywhere; then upwards.

    Among several the specialist comes before their superiors (专员 → 主管 → 经理).
    """
    on_shift = [member for member in crew if member.on_shift(now, rules)]
    on_shift.sort(key=lambda member: _rank(member, rules))
    for name in (department, rules.claims.lead_department):
        for member in on_shift:
            if member.department == name:
                return member
    return next(iter(on_shift or _upwards(crew, rules) or crew), None)


def _upwards(crew: Sequence[Staff], rules: Rules) -> list[Staff]:
    """The leads, in the order of `claims.upwards`."""
    return sorted(leads(crew, rules), key=lambda member: _rank(member, rules))


def _rank(member: Staff, rules: Rules) -> int:
    """How far up the member stands: 0 for those whose roles are not in `claims.upwards`."""
    return max(
        (place for place, role in enumerate(rules.claims.upwards, start=1) if role in member.roles), default=0
    )


def in_charge(department: str, rules: Rules) -> tuple[str, str]:
    """The departments whose members hold a claim before others: the one in charge, then the leading one."""
    return department, rules.claims.lead_department


def may_keep(holder: Staff, crew: Sequence[Staff], department: str, now: datetime, rules: Rules) -> bool:
    """Whether the holder stays: on shift, and of a department in charge while any of those has somebody on shift."""
    names = in_charge(department, rules)
    stands_in = holder.department not in names
    return holder.on_shift(now, rules) and not (
        stands_in and any(m.department in names and m.on_shift(now, rules) for m in crew)
    )


def next_change(
    holder: Staff | None, crew: Sequence[Staff], department: str, now: datetime, rules: Rules
) -> datetime | None:
    """When to look again who is responsible: the end of the holder's shift, or when those come whose place they fill.

    While nobody is on shift, the next beginning of anybody's.
    """
    waits_for = list(crew)
    if holder is not None and holder.on_shift(now, rules):
        names = in_charge(department, rules)
        others = [member for member in crew if member.department in names]
        waits_for = [holder] if holder.department in names else [holder, *others]
    return min((found for member in waits_for if (found := _boundary(member, now, rules))), default=None)


def _boundary(member: Staff, now: datetime, rules: Rules) -> datetime | None:
    """The next instant at which the member comes on or goes off shift; None for those who always or never are."""
    pattern, present = rules.shifts.get(member.shift), member.on_shift(now, rules)
    if pattern is None:
        return None
    here = local(now)
    times = (pattern.start, pattern.end)
    for day in range(_AHEAD_DAYS + 1):
        for moment in sorted(times):
            at = datetime.combine(here.date() + timedelta(days=day), moment, tzinfo=LOCAL)
            if at > here and member.on_shift(at, rules) is not present:
                return at.astimezone(now.tzinfo)
    return None
