"""Sheet 员工: members of the service centre, their roles and shifts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.imports.cells import Cells
from models.imports.sheet import Batch, Column, SheetForm, each_row
from models.people.staff import Staff
from models.rules import Rules

USUAL_SHIFT = "office"


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A member as the sheet has it."""

    userid: str
    name: str
    department: str
    mobile: str
    roles: tuple[str, ...]
    shift: str

    @property
    def key(self) -> str:
        """WeCom's userid, in lower case."""
        return self.userid


def check(cells: Cells, rules: Rules) -> StaffRow:
    """The row's values. Raises UserError."""
    userid = cells.plain("userid").lower()
    if not userid:
        raise UserError("“userid”没有填写。")
    department = cells.required("部门")
    return StaffRow(
        userid=userid,
        name=cells.required("姓名"),
        department=department,
        mobile=cells.mobile("手机"),
        roles=_roles(cells.names("角色"), department, rules),
        shift=_known(cells.text("班次") or USUAL_SHIFT, "班次", rules.shifts),
    )


def _roles(words: list[str], department: str, rules: Rules) -> tuple[str, ...]:
    usual = rules.departments.get(department, "")
    if not words and not usual:
        raise UserError(f"“角色”没有填写，部门“{department[:20]}”也没有默认角色。")
    return tuple(_known(word, "角色", rules.roles) for word in dict.fromkeys(words or [usual]))


def _known(word: str, column: str, allowed: object) -> str:
    """The word, when the configuration has it; a configuration without any such names allows all."""
    names = list(allowed) if isinstance(allowed, dict) else []
    if names and word not in names:
        raise UserError(f"“{column}”里的“{word[:20]}”没有设置过，可选：{'、'.join(names)}。")
    return word


async def save(session: AsyncSession, batch: Batch[StaffRow]) -> list[str]:
    """New members are added, known ones take the row's values."""
    wanted = [row.userid for row in batch.rows]
    rows = await session.scalars(select(Staff).where(Staff.userid.in_(wanted)).with_for_update())
    known = {member.userid: member for member in rows}

    def store(row: StaffRow) -> None:
        member = known.get(row.userid)
        if member is None:
            member = Staff(userid=row.userid, roles=[], active=True)
            session.add(member)
        member.name, member.department, member.mobile = row.name, row.department, row.mobile
        member.roles, member.shift = list(row.roles), row.shift

    return each_row(batch.rows, store)


STAFF = SheetForm(
    "员工",
    (
        Column("userid", ("企业微信账号", "账号", "UserID", "userID")),
        Column("姓名", ("员工姓名",)),
        Column("部门", ()),
        Column("手机", ("手机号", "手机号码", "电话"), required=False),
        Column("角色", ("岗位", "职务"), required=False),
        Column("班次", ("班",), required=False),
    ),
    check,
    save,
)
