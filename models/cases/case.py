"""Cases: what tenants report (报事), and what the centre claims from its insurer. Every change of state leaves an event."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.errors import UserError
from models.rare import rows_with


class Case(Base):
    """One case. `number` is what people say: "R07". `workflow` names the definition that `state` belongs to.

    place: as the tenant said it. unit_id: the unit it was placed in, None for common areas.
    tenant_id, contact_id: who reported; None where the centre acts for itself, so that no tenant ever sees it.
    reporter_account: the KF account that reported, "" when staff entered it.
    merged_into_id: the case that is worked on for this one too, where both report the same fault (models.cases.merging).
    reporter_name, reporter_mobile: of somebody who is no contact of ours: a visitor, a caller, a member on patrol.
    helpers: ids of the members who work on it beside the one responsible.
    """

    __tablename__ = "case_"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    workflow: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    tenant_id: Mapped[int | None] = mapped_column(ForeignKey("tenant.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    reporter_account: Mapped[str] = mapped_column(default="")
    reporter_name: Mapped[str] = mapped_column(default="")
    reporter_mobile: Mapped[str] = mapped_column(default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    place: Mapped[str]
    category: Mapped[str]
    urgency: Mapped[str]
    description: Mapped[str]
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    helpers: Mapped[list[int]] = mapped_column(default=list)
    rating: Mapped[int | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("case_.id"), index=True)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    @property
    def subject(self) -> str:
        """The name other tables use for it."""
        return f"case:{self.id}"


class CaseEvent(Base):
    """One thing that happened to a case. `actor` is "staff:<userid>", "contact:<id>" or "system"."""

    __tablename__ = "case_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    actor_name: Mapped[str]
    move: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    note: Mapped[str]
    data: Mapped[dict[str, Any]]
    message_key: Mapped[str]


class Deadline(Base):
    """A time by which something about a case must have happened. Fired by one job when due.

    level: 0 reminds those who have to act, 1 tells their superiors; below 0 are reminders ahead of time.
    left_s: seconds that were left when the clock was paused, None while it runs.
    """

    __tablename__ = "deadline"
    __table_args__ = (
        # Of three years' deadlines, those that may still fire.
        Index(
            "ix_deadline_open",
            "due_at",
            **rows_with("fired_at IS NULL AND met_at IS NULL AND dropped_at IS NULL AND left_s IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    kind: Mapped[str]
    level: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(index=True)
    left_s: Mapped[int | None]
    fired_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]


def _same_number(number: str, wanted: str) -> bool:
    """ "7", "07", "R7" and "R0007" all mean R07; a letter, when given, must agree."""
    letter = wanted[:1] if wanted[:1].isalpha() else ""
    digits = wanted[len(letter) :].lstrip("0")
    return number[1:].lstrip("0") == digits and (not letter or number.startswith(letter))


async def find_case(
    session: AsyncSession, text: str, *, tenant_id: int | None = None, workflows: Collection[str] = ()
) -> Case:
    """The case meant by a number, locked for change. With `tenant_id`, only that tenant's cases exist; with `workflows`
    a number without its letter is looked for only among those.

    Raises UserError when there is none: the sentence is the same for "does not exist" and "not yours".
    """
    wanted = text.strip().upper().lstrip("#")
    mine = select(Case.id, Case.number)
    if workflows and not wanted[:1].isalpha():
        mine = mine.where(Case.workflow.in_(workflows))
    if tenant_id is not None:
        mine = mine.where(Case.tenant_id == tenant_id)
    hits = [row for row in await session.execute(mine.order_by(Case.id)) if _same_number(row.number, wanted)]
    if len(hits) > 1:
        raise UserError(f"这个号有几单：{'、'.join(row.number for row in hits)}，请连字母一起发。")
    if not hits:
        raise UserError(f"没有找到单号 {text.strip()[:20]}，请核对后再发。")
    return (await session.execute(select(Case).where(Case.id == hits[0].id).with_for_update())).scalar_one()


async def timeline(session: AsyncSession, case_id: int) -> list[CaseEvent]:
    """Everything that happened, oldest first."""
    return list(
        await session.scalars(select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id))
    )
