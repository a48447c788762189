"""Sheet 违约金约定: which contracts provide for 违约金, and at what rate. Whoever is not in it is never charged any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.fees.penalty_agreement import PenaltyAgreement
from models.imports.cells import Cells
from models.imports.sheet import Batch, Column, SheetForm, each_row
from models.imports.tenancy import tenant_named, tenants_by_name
from models.rules import Rules

_MOST_PER_MILLE = Decimal(10)
"""Above 1 % a day it is a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """An agreement as the sheet has it."""

    tenant: str
    contract_reference: str
    daily_rate: Decimal
    from_on: date

    @property
    def key(self) -> tuple[str, date]:
        """A new contract may set another rate from a day on."""
        return (self.tenant, self.from_on)


def check(cells: Cells, rules: Rules) -> AgreementRow:
    """The row's values. Raises UserError."""
    del rules
    per_mille, from_on = cells.amount("每日千分之"), cells.day("起用日")
    if per_mille > _MOST_PER_MILLE:
        raise UserError("“每日千分之”超过 10（每天 1%），请核对。万分之五请填 0.5。")
    if from_on is None:
        raise UserError("“起用日”没有填写。")
    reference = cells.text("合同依据")
    if not reference:
        raise UserError("“合同依据”没有填写：没有合同约定的，不能计收违约金。")
    return AgreementRow(cells.required("租户"), reference, per_mille / 1000, from_on)


async def save(session: AsyncSession, batch: Batch[AgreementRow]) -> list[str]:
    """New agreements are added, known ones take the row's values."""
    tenants = await tenants_by_name(session, {row.tenant for row in batch.rows})
    ids = [tenant.id for tenant in tenants.values()]
    rows = await session.scalars(
        select(PenaltyAgreement).where(PenaltyAgreement.tenant_id.in_(ids)).with_for_update()
    )
    known = {(each.tenant_id, each.from_on): each for each in rows}

    def store(row: AgreementRow) -> None:
        key = (tenant_named(tenants, row.tenant).id, row.from_on)
        agreement = known.get(key)
        if agreement is None:
            agreement = known[key] = PenaltyAgreement(tenant_id=key[0], from_on=row.from_on)
            session.add(agreement)
        agreement.contract_reference, agreement.daily_rate = row.contract_reference, row.daily_rate

    return each_row(batch.rows, store)


PENALTIES = SheetForm(
    "违约金约定",
    (
        Column("租户", ("名称", "租户名称", "公司名称")),
        Column("合同依据", ("合同编号", "合同条款", "依据")),
        Column("每日千分之", ("日千分比", "每日‰")),
        Column("起用日", ("起用日期", "生效日", "开始日期")),
    ),
    check,
    save,
)
