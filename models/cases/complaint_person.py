"""Whom a complaint is about: that member neither handles nor closes it [domain §10]."""

from __future__ import annotations

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.cases.case import Case
from models.cases.workflow import Act
from models.database import insert_absent
from models.errors import UserError
from models.people.staff import Staff, find_staff
from models.rules import Rules


class ComplaintPerson(Base):
    """A member whom the complaint names."""

    __tablename__ = "complaint_person"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)


async def persons_of(session: AsyncSession, case_id: int) -> set[int]:
    """Ids of the members complained about."""
    rows = await session.scalars(select(ComplaintPerson.staff_id).where(ComplaintPerson.case_id == case_id))
    return set(rows)


async def persons_named(session: AsyncSession, staff_id: int) -> set[int]:
    """Ids of the complaints that name the member."""
    rows = await session.scalars(select(ComplaintPerson.case_id).where(ComplaintPerson.staff_id == staff_id))
    return set(rows)


async def named_in(session: AsyncSession, text: str) -> list[Staff]:
    """Active members whose name stands in the complaint."""
    members = await session.scalars(select(Staff).where(Staff.active).order_by(Staff.id))
    return [member for member in members if len(member.name) >= 2 and member.name in text]


async def remember(session: AsyncSession, case_id: int, members: list[Staff]) -> None:
    """Keeps them away from the case, once each."""
    rows = [{"case_id": case_id, "staff_id": member.id} for member in members]
    await insert_absent(session, ComplaintPerson, rows)


async def name_person(session: AsyncSession, case: Case, act: Act) -> None:
    """涉及: puts the member on record, and takes the case out of their hands.

    Raises: UserError when the name means nobody, or several.
    """
    found = await find_staff(session, act.note)
    if len(found) != 1:
        problem = "有不止一位同事叫这个名字，请写 userid" if found else f"没有找到同事“{act.note[:20]}”"
        raise UserError(f"{problem}，例如：涉及 {case.number} 王强")
    await remember(session, case.id, found)
    if case.worker_id == found[0].id:
        case.worker_id = None


async def somebody_else(session: AsyncSession, case: Case, act: Act) -> None:
    """Neither the one who acts nor the one who shall is the one complained about.

    Raises: UserError.
    """
    about = await persons_of(session, case.id)
    if isinstance(act.actor, Staff) and act.actor.id in about:
        raise UserError(f"{case.number} 涉及您本人，须由其他同事处理，已请主管跟进。")
    if act.worker is not None and act.worker.id in about:
        raise UserError(f"{case.number} 涉及{act.worker.name}本人，请转给其他同事。")


async def may_read(session: AsyncSession, case: Case, member: Staff, rules: Rules) -> bool:
    """Complaints are read by those who handle them, and by nobody they are about."""
    if case.workflow != "complaint":
        return True
    handles = member.may("complaint.handle", rules) or member.may("case.close", rules)
    return handles and member.id not in await persons_of(session, case.id)
