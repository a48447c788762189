"""How letters climb to a sufficient proof of receipt."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from models.rules.section import Section

DayOfMonth = Annotated[int, Field(ge=1, le=31)]


class NoticeRules(Section):
    """The delivery ladder: message, second message, visit, post [manual ¶4.6.6, flow chart: –28]."""

    visit_days: tuple[DayOfMonth, ...] = Field(default=(27, 28), min_length=1)
    """Unsigned payment notices are listed for a visit on these days of the month they were issued in."""
    visit_shift: Literal["previous", "next", "keep"] = "previous"
    """What becomes of such a day when it is a day off: nobody is sent to closed doors [practice]."""
    letter_visit_after: Annotated[int, Field(ge=1, le=20)] = 2
    """Dunning letters: so many working days after the letter somebody brings it [practice]."""
    post_after: Annotated[int, Field(ge=1, le=20)] = 1
    """So many working days after the last visit list the letter is to be posted [practice]."""
    trace_after_days: Annotated[int, Field(ge=1, le=60)] = 5
    """A parcel without a known end is to be traced after so many days [practice]."""
    give_up_after_days: Annotated[int, Field(ge=10, le=400)] = 45
    """Older letters are on no more lists; the dunning ladder goes on without them [practice]."""
