"""What must have happened by when after a loss, and what proves that it did [manual 4.1.2, 4.2.1, 五]."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class DutyKind(StrEnum):
    """Each has a clock of its own; none waits for another."""

    ARRIVE = "arrive"
    POLICE = "police"
    INSURER = "insurer"
    REPORT = "report"
    LOSS_NOTICE = "loss_notice"


DUTY_WORDS = {
    DutyKind.ARRIVE: "到场",
    DutyKind.POLICE: "报警",
    DutyKind.INSURER: "报险",
    DutyKind.REPORT: "报告",
    DutyKind.LOSS_NOTICE: "出险通知书",
}
"""The word in chat that meets each duty."""

DUTY_LABELS = {
    DutyKind.ARRIVE: "到场",
    DutyKind.POLICE: "向警方报案",
    DutyKind.INSURER: "向保险公司报案",
    DutyKind.REPORT: "《特别事件报告》交总办",
    DutyKind.LOSS_NOTICE: "《出险通知书》交保险公司",
}


PAPERS = frozenset({DutyKind.REPORT, DutyKind.LOSS_NOTICE})
"""Nobody is woken for these while they can still be done in time, or when it is too late anyway."""

NOT_APPLICABLE = "不适用"
"""The reason that ends a duty for good; only a lead may give it."""


class ClaimDuty(Base):
    """One duty of one claim. Its bells are deadlines of the case with the same kind.

    basis: in words, which rule the due time comes from. evidence: in words, what met it; evidence_media: its pictures.
    missed_at: set when it was not met in time, also when it was met late. reason: why, a label of
    `claims.miss_reasons`; a missed duty without one keeps the claim from being closed.
    """

    __tablename__ = "claim_duty"
    __table_args__ = (UniqueConstraint("claim_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    kind: Mapped[DutyKind]
    department: Mapped[str]
    starts_at: Mapped[datetime]
    due_at: Mapped[datetime]
    basis: Mapped[str]
    met_at: Mapped[datetime | None]
    met_by: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str] = mapped_column(default="")
    evidence_media: Mapped[list[int]]
    missed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    reason_note: Mapped[str] = mapped_column(default="")
    reason_by: Mapped[str] = mapped_column(default="")

    @property
    def is_open(self) -> bool:
        """Whether it still has to be done. A reason for being late does not do it; 不适用 ends it."""
        return self.met_at is None and self.reason != NOT_APPLICABLE

    def is_late(self, now: datetime) -> bool:
        """Whether it was missed, or is being missed."""
        return self.missed_at is not None or (self.met_at is None and self.due_at <= now)

    @property
    def unnamed(self) -> bool:
        """Whether it still is open, or was missed, and nobody has said why."""
        return not self.reason and (self.met_at is None or self.missed_at is not None)


async def duties_of(session: AsyncSession, claim_id: int, *, lock: bool = True) -> list[ClaimDuty]:
    """The duties of a claim, earliest due first, locked for change; not by who only tells of many claims, and would wait
    for those at work on one while they wait for it.
    """
    return list(await session.scalars(_LOCKED if lock else _DUTIES, {"of": claim_id}))


_DUTIES = (
    select(ClaimDuty).where(ClaimDuty.claim_id == bindparam("of")).order_by(ClaimDuty.due_at, ClaimDuty.id)
)
_LOCKED = _DUTIES.with_for_update()
