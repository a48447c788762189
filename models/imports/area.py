"""Sheet 片区: which 客服专员 looks after which building or unit."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.imports.cells import Cells
from models.imports.sheet import Batch, Column, SheetForm
from models.people.staff import Staff
from models.people.stewardship import assign, place_meant
from models.people.unit import normal_code
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A building or unit and who looks after it."""

    place: str
    steward: str

    @property
    def key(self) -> str:
        """One steward for each place."""
        return normal_code(self.place)


def check(cells: Cells, rules: Rules) -> AreaRow:
    """The row's values. Raises UserError."""
    del rules
    return AreaRow(cells.required("楼栋或单元"), cells.plain("客服专员") or cells.required("客服专员"))


async def save(session: AsyncSession, batch: Batch[AreaRow]) -> list[str]:
    """A place gets its steward, in the place of an earlier one."""
    members = list(await session.scalars(select(Staff).where(Staff.active)))
    reasons = []
    for row in batch.rows:
        try:
            await assign(session, await place_meant(session, row.place), _member(members, row.steward))
        except UserError as refusal:
            reasons.append(str(refusal))
        else:
            reasons.append("")
    return reasons


def _member(members: list[Staff], text: str) -> Staff:
    found = [member for member in members if text.lower() == member.userid] or [
        member for member in members if text == member.name
    ]
    if len(found) != 1:
        raise UserError(f"没有认出员工“{text[:20]}”，请填“员工”表里的 userid。")
    return found[0]


AREAS = SheetForm(
    "片区",
    (
        Column("楼栋或单元", ("楼栋", "单元", "单元号", "范围")),
        Column("客服专员", ("userid", "员工", "负责人", "管家")),
    ),
    check,
    save,
)
