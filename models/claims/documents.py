"""The papers of a claim as values. Text fields hold what the case says and nothing else: "" is printed as 待补.

A damage list whose lines do not add up to its totals can not be made: totals are computed from the lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from models.notices.documents import Issuer, Photo


@dataclass(frozen=True, slots=True)
class Insured:
    """The cover a claim is made under, as the policy in the register says."""

    insurer: str = ""
    policy_number: str = ""
    policy_name: str = ""
    holder: str = ""
    period: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Damaged:
    """One line of the damage list. Money is for the whole line; None: not known yet."""

    name: str
    quantity: str
    original_fen: int | None
    estimate_fen: int | None
    kept: str
    photos: str


@dataclass(frozen=True, slots=True)
class LossFacts:
    """What the three forms share. times are words: they say where an hour is not known.

    handler: who wrote it up, with department and number to call.
    """

    issuer: Issuer
    case_number: str
    insurer_case_number: str
    insured: Insured
    kind: str
    thing: str
    place: str
    occurred: str
    discovered: str
    reported: str
    arrived: str
    description: str
    cause: str
    extent: str
    measures: str
    police: str
    third_parties: tuple[str, ...]
    handler: str
    made_on: date


@dataclass(frozen=True, slots=True)
class LossNotice:
    """出险通知书: to the insurer [manual 4.3.1, 7]. estimate_fen: None while nobody has estimated."""

    loss: LossFacts
    insurer_told: str
    estimate_fen: int | None
    rescue_fen: int | None
    attached: tuple[str, ...]

    @property
    def issuer(self) -> Issuer:
        """Whose letterhead it bears."""
        return self.loss.issuer


@dataclass(frozen=True, slots=True)
class DamageList:
    """受损标的清单 [manual 7]."""

    loss: LossFacts
    items: tuple[Damaged, ...]

    @property
    def issuer(self) -> Issuer:
        """Whose letterhead it bears."""
        return self.loss.issuer

    @property
    def original_fen(self) -> int:
        """All known original values together."""
        return sum(item.original_fen or 0 for item in self.items)

    @property
    def estimate_fen(self) -> int:
        """All known estimates together."""
        return sum(item.estimate_fen or 0 for item in self.items)

    @property
    def open_count(self) -> int:
        """Lines whose estimate nobody has given yet."""
        return sum(item.estimate_fen is None for item in self.items)


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a course of events; late: it came after its time."""

    at: str
    what: str
    who: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class IncidentReport:
    """特别事件报告: to 总办 [manual 5.4, 7]."""

    loss: LossFacts
    estimate_fen: int | None
    course: tuple[Moment, ...]
    next_steps: tuple[str, ...]

    @property
    def issuer(self) -> Issuer:
        """Whose letterhead it bears."""
        return self.loss.issuer


@dataclass(frozen=True, slots=True)
class ClockRow:
    """A clock as the file shows it: what, since when, by when and why, when it was met, and if not in time, why."""

    what: str
    since: str
    due: str
    basis: str
    met: str
    remark: str


@dataclass(frozen=True, slots=True)
class FiledPicture:
    """A picture with what proves that it is the one that came in."""

    caption: str
    sha256: str
    received: str
    sender: str
    picture: Photo


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount with its name, or an entry of the log of amounts."""

    name: str
    amount_fen: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class ClaimFile:
    """理赔卷宗: the whole file with an index of pages."""

    loss: LossFacts
    state: str
    made_at: datetime
    notice: LossNotice
    damage: DamageList
    report: IncidentReport
    clocks: tuple[ClockRow, ...]
    course: tuple[Moment, ...]
    papers: tuple[str, ...]
    requests: tuple[str, ...]
    consents: tuple[Moment, ...]
    repairs: tuple[str, ...]
    third_parties: tuple[str, ...]
    amounts: tuple[Sum, ...]
    amount_log: tuple[Sum, ...]
    photos: tuple[FiledPicture, ...]
    pages: tuple[FiledPicture, ...]

    @property
    def issuer(self) -> Issuer:
        """Whose letterhead it bears."""
        return self.loss.issuer


class Light(StrEnum):
    """How a clock stands."""

    RED = "red"  # over, and not done
    AMBER = "amber"  # soon
    GREEN = "green"  # there is time
    DONE = "done"  # met in time
    LATE = "late"  # met too late


@dataclass(frozen=True, slots=True)
class BoardClock:
    """A light with its words."""

    word: str
    text: str
    light: Light


@dataclass(frozen=True, slots=True)
class BoardClaim:
    """One claim on the board."""

    number: str
    title: str
    state: str
    holder: str
    department: str
    hotline: str
    clocks: tuple[BoardClock, ...]
    papers: str
    money: str


@dataclass(frozen=True, slots=True)
class ClaimBoard:
    """理赔看板: a picture for a phone. more: how many claims it has no room for."""

    issuer: Issuer
    made_at: datetime
    claims: tuple[BoardClaim, ...]
    more: int


ClaimDocument = LossNotice | DamageList | IncidentReport | ClaimFile | ClaimBoard


def quantity_text(quantity: Decimal, unit: str) -> str:
    """ "3 块"."""
    return f"{quantity.normalize():f} {unit}".strip()
