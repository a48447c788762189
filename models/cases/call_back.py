"""Repairs somebody of the desk telephones about, after they were closed [practice, domain §10: 回访]."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.cases.case import Case
from models.cases.workflow import Act
from models.database import insert_absent
from models.people.directory import masked
from models.people.tenant import Contact
from models.rules import Rules

SILENT, SAMPLED = "没有答复", "抽样"
"""Why somebody telephones."""
MOST = 15


class CallBack(Base):
    """One telephone call to be made. asked_on: the day whose list it stood on first."""

    __tablename__ = "call_back"
    __table_args__ = (UniqueConstraint("case_id", "asked_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    why: Mapped[str]
    asked_on: Mapped[date]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(default="")


def drawn(number: str, percent: int) -> bool:
    """Whether the lot falls on a case; always the same for the same number."""
    return int.from_bytes(hashlib.sha256(number.encode()).digest()[:4], "big") % 100 < percent


def why_called(case: Case, rules: Rules) -> str:
    """Why somebody telephones about a repair that was closed; "" for nobody does."""
    share = rules.repair.call_back_percent if case.rating else rules.repair.call_back_silent_percent
    if not drawn(case.number, share):
        return ""
    return SAMPLED if case.rating else SILENT


async def draw(session: AsyncSession, on: date, until: datetime, rules: Rules) -> int:
    """Puts on the list what was closed in the 24 h before `until`; how many. The same run twice adds nothing."""
    closed = await session.scalars(
        select(Case)
        .where(Case.workflow == "repair", Case.state == "closed")
        .where(Case.closed_at > until - timedelta(days=1), Case.closed_at <= until)
        .order_by(Case.id)
    )
    rows: list[dict[str, Any]] = [
        {"case_id": case.id, "why": why, "asked_on": on, "done_by": ""}
        for case in closed
        if (why := why_called(case, rules))
    ]
    await insert_absent(session, CallBack, rows)
    return len(rows)


async def to_call(session: AsyncSession) -> list[tuple[Case, str]]:
    """Whom somebody has still to telephone, and why, oldest first; what was taken up again is not among them."""
    rows = await session.execute(
        select(Case, CallBack.why)
        .join(CallBack, CallBack.case_id == Case.id)
        .where(CallBack.done_at.is_(None), Case.state == "closed")
        .order_by(CallBack.id)
    )
    return [(case, why) for case, why in rows]


async def called(session: AsyncSession, case: Case, act: Act) -> None:
    """Effect of 回访: the call was made."""
    for row in await _waiting(session, case.id):
        row.done_at, row.done_by = act.now, act.actor_key


async def may_be_called(session: AsyncSession, case: Case, _now: datetime, _rules: Rules) -> str:
    """Gate of 回访: a repair that was rated is telephoned about only when it stands on the list."""
    if case.rating is None or await _waiting(session, case.id):
        return ""
    return f"{case.number} 已经评过 {case.rating} 分，不用再回访。发送“回访单”看要回访的。"


async def _waiting(session: AsyncSession, case_id: int) -> Sequence[CallBack]:
    rows = await session.scalars(
        select(CallBack).where(CallBack.case_id == case_id, CallBack.done_at.is_(None)).with_for_update()
    )
    return rows.all()


async def call_list_text(session: AsyncSession, waiting: Sequence[tuple[Case, str]], *, numbers: bool) -> str:
    """The list; "" when nobody has to be called. numbers: whole, for whoever is about to dial, else masked."""
    if not waiting:
        return ""
    lines = [
        f"{case.number} {case.category}｜{why}｜{await _whom(session, case, numbers=numbers)}"
        for case, why in waiting[:MOST]
    ]
    more = [f"……另有 {len(waiting) - MOST} 单"] if len(waiting) > MOST else []
    dial = "" if numbers else "发“回访单”看电话。"
    last = f"{dial}打完电话请发：回访 {waiting[0][0].number} 5 客户满意（1 到 5 分）"
    return "\n".join([f"【请回访】{len(waiting)} 单：", *lines, *more, last])


async def _whom(session: AsyncSession, case: Case, *, numbers: bool) -> str:
    contact = await session.get(Contact, case.contact_id) if case.contact_id else None
    name = contact.name if contact else case.reporter_name or "报修人"
    mobile = contact.mobile if contact else case.reporter_mobile
    return f"{name} {mobile or '无电话'}" if numbers else f"{name} {masked(mobile)}"
