"""差异: every tenant's bill beside last month's, as text while that fits, as a workbook otherwise."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models.exports.table import Column, Holds, Table
from models.fees.bill import BillRun
from models.fees.bill_draft import month_of, run_label
from models.fees.bill_summary import changed
from models.fees.money import yuan
from models.fees.run_differences import Differences, differences
from models.messages.content import Content

MOST_ROWS = 20


async def difference_contents(session: AsyncSession, run: BillRun) -> list[Content]:
    """The totals, and the list of tenants below them or as a file."""
    found = await differences(session, run, month_of(run))
    head = (
        f"{run_label(run)}与上月对比：{yuan(found.before_fen)} → {yuan(found.now_fen)} 元，"
        f"{len(found.tenants)} 家租户。"
    )
    codes = [f"· {changed(each)}" for each in found.codes]
    if len(found.tenants) <= MOST_ROWS:
        rows = [f"· {changed(each)}" for each in found.tenants]
        return [Content(text="\n".join([head, *codes, "逐户：", *rows]))]
    name = f"账单差异-{month_of(run).label}.xlsx"
    text = "\n".join([head, *codes, "逐户对比见附件。"])
    return [Content(text=text), Content(file=f"billdiff:{run.id}", file_name=name)]


def difference_tables(found: Differences) -> list[Table]:
    """The same as sheets."""
    columns = (Column("上月", Holds.MONEY), Column("本月", Holds.MONEY), Column("增减", Holds.MONEY))
    return [
        Table(
            sheet,
            (Column(heading), *columns),
            [(each.name, each.before_fen, each.now_fen, each.change_fen) for each in rows],
        )
        for sheet, heading, rows in (("租户", "租户", found.tenants), ("项目", "项目", found.codes))
    ]
