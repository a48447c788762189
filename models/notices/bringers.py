"""Who brings a letter: the 客服专员 who looks after the tenant's units, in her hours; else those on duty [practice]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.quiet import next_allowed
from models.clock import LOCAL, local
from models.people.staff import Staff, staff_who_may
from models.people.stewardship import Stewards, load_stewards
from models.rules import Rules

DELIVER = "notice.deliver"


@dataclass(frozen=True, slots=True)
class Bringers:
    """Whom to ask, and from when on. area: userid of the steward of these units, "" where nobody looks after them.

    instead_of: the steward's name when somebody else is asked because of a day off, else "".
    """

    members: tuple[Staff, ...]
    at: datetime
    area: str = ""
    instead_of: str = ""

    @property
    def asked(self) -> str:
        """The userid of the one who is asked, "" when several are."""
        return self.members[0].userid if len(self.members) == 1 else ""


@dataclass(frozen=True, slots=True)
class Crew:
    """Everybody who may bring letters, and who looks after what."""

    members: Sequence[Staff]
    stewards: Stewards

    def for_units(self, units: Sequence[str], now: datetime, rules: Rules) -> Bringers:
        """Whom to ask to go to a tenant with these units."""
        steward = self.stewards.of(units)
        if steward is None or all(steward.id != member.id for member in self.members):
            return self._on_duty("", "", now, rules)
        at = at_work(steward, now, rules)
        if at is None:
            return self._on_duty(steward.userid, steward.name, now, rules)
        return Bringers((steward,), at, steward.userid)

    def _on_duty(self, area: str, instead_of: str, now: datetime, rules: Rules) -> Bringers:
        """All who work today; everybody when nobody does, so that no letter waits unseen."""
        there = [member for member in self.members if at_work(member, now, rules) is not None]
        at = next_allowed(now, rules.calendar.quiet_from, rules.calendar.quiet_until)
        return Bringers(tuple(there or self.members), at, area, instead_of)


async def load_crew(session: AsyncSession, rules: Rules) -> Crew:
    """As people and areas stand now."""
    return Crew(await staff_who_may(session, DELIVER, rules), await load_stewards(session))


def at_work(member: Staff, now: datetime, rules: Rules) -> datetime | None:
    """When the member can set out today: now, or when the shift begins; None on a day off [manual 二: 班次].

    A member whose pattern is not in the configuration is always there.
    """
    quiet = rules.calendar.quiet_from, rules.calendar.quiet_until
    pattern, here = rules.shifts.get(member.shift), local(now)
    if pattern is None:
        return next_allowed(now, *quiet)
    over = pattern.end != time(0) and here.time() >= pattern.end
    if here.isoweekday() not in pattern.weekdays or over:
        return None
    begins = datetime.combine(here.date(), pattern.start, tzinfo=LOCAL)
    return next_allowed(max(here, begins), *quiet)
