"""What has been sent up the dunning ladder, and what holds it: a promise (承诺), a dispute (异议), or staff (人工)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.errors import UserError
from models.sequence import next_number


class DunningStep(Base):
    """A letter that was sent about a bill. One per (bill, rung); rung: the level's name, kind: of the letter."""

    __tablename__ = "dunning_step"
    __table_args__ = (UniqueConstraint("bill_id", "rung"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"))
    rung: Mapped[str]
    kind: Mapped[str]
    sent_on: Mapped[date]
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))


class PauseKind(StrEnum):
    """Why no letters go out."""

    PROMISE = "承诺"
    DISPUTE = "异议"
    BY_HAND = "人工"


class PauseOutcome(StrEnum):
    """How a pause ended before its day, or was decided. OPEN: it runs, or has run out by itself."""

    OPEN = ""
    UPHELD = "成立"  # the dispute is right: it holds on while finance corrects the bill
    UNFOUNDED = "不成立"
    MOVED = "改期"  # another promise has taken its place
    LIFTED = "人工恢复"


LONGEST = 9
_LETTERS = {PauseKind.PROMISE: "N", PauseKind.DISPUTE: "Y", PauseKind.BY_HAND: "T"}


class DunningPause(Base):
    """No letters until `until_on` (that day included), unless lifted before.

    number: as people say it: "Y07" a dispute, "N08" a promise, "T09" by hand; they count together.
    about_notice_id: the letter it is about. made_by: "contact:<id>" or "staff:<userid>". owner: who looks after it.
    note: what was decided, in words the tenant may read.
    """

    __tablename__ = "dunning_pause"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), index=True)
    kind: Mapped[PauseKind]
    until_on: Mapped[date] = mapped_column(index=True)
    reason: Mapped[str]
    owner: Mapped[str]
    created_at: Mapped[datetime]
    about_notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    made_by: Mapped[str] = mapped_column(default="")
    lifted_at: Mapped[datetime | None]
    outcome: Mapped[PauseOutcome] = mapped_column(default=PauseOutcome.OPEN)
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")

    def runs_on(self, day: date) -> bool:
        """Whether it holds the letters of that day."""
        return self.lifted_at is None and self.until_on >= day


async def paused_until(session: AsyncSession, tenant_id: int, today: date) -> date | None:
    """The last day of the pause that runs today, None when none does."""
    return max((pause.until_on for pause in await running_pauses(session, tenant_id, today)), default=None)


async def running_pauses(session: AsyncSession, tenant_id: int, today: date) -> list[DunningPause]:
    """What holds the tenant's letters today, the longest first."""
    rows = await session.scalars(
        select(DunningPause)
        .where(DunningPause.tenant_id == tenant_id, DunningPause.lifted_at.is_(None))
        .where(DunningPause.until_on >= today)
        .order_by(DunningPause.until_on.desc(), DunningPause.id)
    )
    return list(rows)


async def unsettled(session: AsyncSession, tenant_id: int, today: date) -> list[DunningPause]:
    """What runs today, and every dispute nobody has answered, however long ago its time ran out."""
    rows = await session.scalars(
        select(DunningPause)
        .where(DunningPause.tenant_id == tenant_id, DunningPause.lifted_at.is_(None))
        .order_by(DunningPause.id)
    )
    return [
        pause
        for pause in rows
        if pause.runs_on(today) or (pause.kind is PauseKind.DISPUTE and pause.outcome is PauseOutcome.OPEN)
    ]


async def pause_number(session: AsyncSession, kind: PauseKind) -> str:
    """The next number, whatever holds the letters."""
    return f"{_LETTERS[kind]}{await next_number(session, 'pause'):02}"


async def find_pause(session: AsyncSession, text: str) -> DunningPause:
    """The pause meant by "Y07", "y7" or "7", locked for change. Raises UserError."""
    word = text.strip().upper()
    letter, digits = (word[:1], word[1:]) if word[:1].isalpha() else ("", word)
    numbers = []
    if digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST:
        numbers = [f"{each}{int(digits):02}" for each in _LETTERS.values() if letter in ("", each)]
    pause: DunningPause | None = await session.scalar(
        select(DunningPause).where(DunningPause.number.in_(numbers)).with_for_update()
    )
    if pause is None:
        raise UserError(f"没有找到编号“{text.strip()[:20]}”，请核对后再发，例如 Y07。")
    return pause


async def hand_on_steps(session: AsyncSession, from_bill_id: int, to_bill_id: int) -> None:
    """The bill that replaces another has come as far up the ladder as that one."""
    await session.execute(
        update(DunningStep)
        .where(DunningStep.bill_id == from_bill_id)
        .values(bill_id=to_bill_id)
        .execution_options(synchronize_session=False)
    )
