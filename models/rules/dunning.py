"""The ladder for unpaid bills: its levels, what holds it, who is told beside the tenant."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from models.rules.section import Section

Kind = Literal["dunning_notice", "legal_letter", "suspension_notice", "final"]
TITLES = {
    "dunning_notice": "催款通知单",
    "legal_letter": "欠费法律告知函",
    "suspension_notice": "暂停服务通知书",
}
"""Kind of a letter → its title, which is the name of a level that has none of its own."""
WHENS = ("working_day", "after_day", "days_after_previous")


class LevelRule(Section):
    """One letter of the ladder. Its name is what the records know it by: give a changed level a new one.

    kind "final" is the last letter that suspension.mode allows: 欠费法律告知函, or 暂停服务通知书.
    Exactly one of the three says from when on it may be sent.
    """

    kind: Kind
    name: str = ""
    working_day: Annotated[int, Field(ge=1, le=23)] | None = None
    """From this working day of the month so many months after the bill's."""
    after_day: Annotated[int, Field(ge=1, le=31)] | None = None
    """From the day after this day of that month."""
    days_after_previous: Annotated[int, Field(ge=1)] | None = None
    """So many days after the letter before it."""
    months_after: Annotated[int, Field(ge=0, le=12)] = 1

    def letter(self, *, suspends: bool) -> str:
        """The kind of its letter, where services may be suspended or not.

        The last letter is the manual's 暂停服务通知书 only where something may be suspended at all; else the
        欠费法律告知函, because pressing for property fees by stopping utilities is forbidden [law: 民法典 §944].
        """
        if self.kind != "final":
            return self.kind
        return "suspension_notice" if suspends else "legal_letter"

    def title(self, *, suspends: bool) -> str:
        """What people and records call it."""
        return self.name or TITLES[self.letter(suspends=suspends)]

    @model_validator(mode="after")
    def _one_when(self) -> Self:
        if sum(getattr(self, when) is not None for when in WHENS) != 1:
            raise ValueError(f"每一级须且只须写明一个时间：{'、'.join(WHENS)}")
        return self


class DunningRules(Section):
    """The ladder for unpaid bills."""

    levels: tuple[LevelRule, ...] = (
        LevelRule(kind="dunning_notice", working_day=11),
        LevelRule(kind="final", after_day=30),
    )
    """催款通知单 on the 11th working day, the last letter after the 30th [manual flow chart]."""
    pay_within_days: int = 7
    """Days a letter gives [manual flow chart]."""
    gap_days: int = 7
    """Never two letters to one tenant within this many days [practice]."""
    promise_max_days: int = 14
    """The latest day that can be promised, from the first promise after a letter [practice]."""
    dispute_days: int = 15
    """How long a dispute holds the letters back while finance looks into it [practice]."""
    correction_days: int = 10
    """How long an upheld dispute holds them back while finance corrects the bill [practice]."""
    hand_pause_max_days: int = 30
    """The longest pause staff may set by hand [practice]."""
    warn_before_days: int = 1
    """The owner of a pause hears of its end so many days before [practice]."""
    tell_owner_at: str = ""
    """The owner of the unit is told when a tenant gets the letter of this level; "" never.
    The owner is jointly liable where the lessee agreed to pay [law: 物业管理条例 §41]."""
    legal_min_yuan: int = 50_000
    """From this debt on a tenant is on the list for legal action [manual 一.二(二); practice]."""
    legal_min_days: int = 90
    """The oldest bill of that debt is overdue by so many days [practice]."""
    limitation_warn_days: tuple[int, ...] = (180, 90, 30)
    """Managers are warned so many days before a claim can no longer be enforced [law: 民法典 §188; practice]."""

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if not self.levels:
            raise ValueError("至少要有一级催款")
        if self.levels[0].days_after_previous is not None:
            raise ValueError("第一级不能写 days_after_previous，请写 working_day 或 after_day")
        return self
