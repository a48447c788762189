"""Several members on one repair: one is responsible, the others help [practice, domain §10]."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case
from models.cases.workflow import Act
from models.errors import UserError
from models.people.staff import Staff

MOST_HELPERS = 5


async def helpers_of(session: AsyncSession, case: Case) -> list[Staff]:
    """The members who help, by id."""
    if not case.helpers:
        return []
    return list(await session.scalars(select(Staff).where(Staff.id.in_(case.helpers)).order_by(Staff.id)))


async def team_of(session: AsyncSession, case: Case) -> list[Staff]:
    """The one responsible, then the helpers."""
    worker = await session.get(Staff, case.worker_id) if case.worker_id else None
    return [*([worker] if worker else []), *await helpers_of(session, case)]


def team_names(team: Sequence[Staff]) -> str:
    """ "王强", or "王强、赵磊"."""
    return "、".join(member.name for member in team)


async def add_helper(_session: AsyncSession, case: Case, act: Act) -> None:
    """加派: one more.

    Raises: UserError when the member is at it already, or there are many.
    """
    helper = act.worker
    if helper is None:
        return
    if helper.id == case.worker_id or helper.id in case.helpers:
        raise UserError(f"{case.number} 已经有{helper.name}在处理，请换一位。")
    if len(case.helpers) >= MOST_HELPERS:
        raise UserError(f"{case.number} 已有 {MOST_HELPERS} 位师傅协助，不能再加。")
    case.helpers = [*case.helpers, helper.id]


async def leave_team(_session: AsyncSession, case: Case, act: Act) -> None:
    """不再协助: one less."""
    if isinstance(act.actor, Staff):
        case.helpers = [each for each in case.helpers if each != act.actor.id]


async def dissolve(_session: AsyncSession, case: Case, _act: Act) -> None:
    """重开: whoever takes it on asks for help anew."""
    case.helpers = []
