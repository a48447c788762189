"""Sheet 保单: the insurance policies of the park."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.fees.money import parse_yuan
from models.imports.cells import Cells
from models.imports.sheet import Batch, Column, SheetForm, each_row
from models.policies.policy import Policy
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A policy as the sheet has it; fields are those of the table."""

    number: str
    name: str
    insurer: str
    hotline: str
    contact_name: str
    contact_phone: str
    holder: str
    insured: str
    sum_fen: int
    deductible_fen: int
    deductible_note: str
    start_on: date
    end_on: date
    report_hours: int | None
    riders: tuple[str, ...]
    losses: tuple[str, ...]
    exclusions: str

    @property
    def key(self) -> str:
        """One policy per number."""
        return self.number


def check(cells: Cells, rules: Rules) -> PolicyRow:
    """The row's values. Raises UserError."""
    start_on, end_on = cells.day("起保日"), cells.day("止保日")
    if start_on is None or end_on is None:
        raise UserError("“起保日”和“止保日”都要填写。")
    if end_on <= start_on:
        raise UserError(f"“止保日”{end_on} 应晚于“起保日”{start_on}。")
    name = cells.required("险种")
    return PolicyRow(
        number=_number(cells),
        name=name,
        insurer=cells.required("保险公司"),
        hotline=cells.required("报案电话"),
        contact_name=cells.text("业务联系人"),
        contact_phone=cells.plain("联系电话"),
        holder=cells.text("被保险人"),
        insured=cells.text("承保标的"),
        sum_fen=_fen(cells, "保险金额"),
        deductible_fen=_fen(cells, "免赔额") if cells.text("免赔额") else 0,
        deductible_note=cells.text("免赔说明"),
        start_on=start_on,
        end_on=end_on,
        report_hours=cells.whole("报案时限", range(1, 73)),
        riders=tuple(cells.names("附加险")),
        losses=_losses(cells, name, rules),
        exclusions=cells.text("除外提示"),
    )


def _number(cells: Cells) -> str:
    number = cells.plain("保单号").replace(" ", "")
    if not number:
        raise UserError("“保单号”没有填写。")
    return number


def _fen(cells: Cells, column: str) -> int:
    number = cells.number(column)
    return parse_yuan(cells.required(column) if number is None else format(number or Decimal(0), "f"))


def _losses(cells: Cells, name: str, rules: Rules) -> tuple[str, ...]:
    """What stands in the sheet, else what such policies are usually asked about."""
    known = "、".join(rules.claims.kinds)
    words = cells.names("适用损失") or list(rules.insurance.usual_losses.get(name, ()))
    if not words:
        raise UserError(f"“适用损失”没有填写，险种“{name[:20]}”也没有默认。可填：{known}。")
    if unknown := [word for word in words if word not in rules.claims.kinds]:
        raise UserError(f"“适用损失”里的“{unknown[0][:20]}”不认识，可填：{known}。")
    return tuple(dict.fromkeys(words))


async def save(session: AsyncSession, batch: Batch[PolicyRow]) -> list[str]:
    """New policies are added, known ones take the row's values."""
    wanted = [row.number for row in batch.rows]
    rows = await session.scalars(select(Policy).where(Policy.number.in_(wanted)).with_for_update())
    known = {policy.number: policy for policy in rows}

    def store(row: PolicyRow) -> None:
        policy = known.get(row.number)
        if policy is None:
            policy = Policy(number=row.number)
            session.add(policy)
        for field in fields(row):
            value = getattr(row, field.name)
            setattr(policy, field.name, list(value) if isinstance(value, tuple) else value)

    return each_row(batch.rows, store)


POLICIES = SheetForm(
    "保单",
    (
        Column("保单号", ("保险单号", "保单编号")),
        Column("险种", ("保险名称", "险别")),
        Column("保险公司", ("承保公司", "承保单位", "保险人")),
        Column("报案电话", ("保险报案电话", "服务热线")),
        Column("业务联系人", ("联系人",), required=False),
        Column("联系电话", ("联系人电话",), required=False),
        Column("被保险人", ("投保人", "投保单位"), required=False),
        Column("承保标的", ("保险标的", "标的"), required=False),
        Column("保险金额", ("保额", "赔偿限额", "责任限额")),
        Column("免赔额", ("每次免赔额",), required=False),
        Column("免赔说明", ("免赔率",), required=False),
        Column("起保日", ("起保日期", "保险起期")),
        Column("止保日", ("止保日期", "保险止期", "到期日")),
        Column("报案时限", ("报案小时数",), required=False),
        Column("附加险", ("附加条款",), required=False),
        Column("适用损失", ("适用事故",), required=False),
        Column("除外提示", ("除外责任",), required=False),
    ),
    check,
    save,
)
