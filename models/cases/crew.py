"""Whom a dispatcher means, and who could go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.people.staff import Staff, find_staff, on_shift_first, staff_who_may
from models.rules import Rules

MOST = 5


@dataclass(frozen=True, slots=True)
class Meant:
    """The worker named, or those to choose from."""

    worker: Staff | None
    choices: tuple[Staff, ...] = ()


async def on_duty(session: AsyncSession, now: datetime, rules: Rules) -> list[Staff]:
    """Those who may do repairs, on shift; everybody when nobody is."""
    return on_shift_first(await staff_who_may(session, "case.work", rules), now, rules)


async def meant(session: AsyncSession, text: str, now: datetime, rules: Rules) -> Meant:
    """Who is meant by a name or userid; several of one name, or no name, are a choice. Raises UserError for a stranger."""
    name = text.strip().removeprefix("给").strip()
    crew = await on_duty(session, now, rules)
    if not name:
        return Meant(None, tuple(crew[:MOST]))
    found = await find_staff(session, name)
    if len(found) == 1:
        return Meant(found[0])
    if found:
        return Meant(None, tuple(found[:MOST]))
    names = "、".join(member.name for member in crew[:MOST]) or "暂无"
    raise UserError(f"没有找到员工“{name[:20]}”。当班师傅：{names}。")


def shift_warning(worker: Staff, now: datetime, rules: Rules) -> str:
    """A word of caution when the worker is not on shift."""
    return "" if worker.on_shift(now, rules) else f"注意：{worker.name}现在不当班，请电话确认。"
