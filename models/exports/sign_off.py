"""签收表 as a spreadsheet: the columns of the printed sheet, and for unproven letters the step of the ladder reached."""

from __future__ import annotations

from collections.abc import Sequence

from models.exports.table import Column, Holds, Row, Table
from models.notices.documents import SignOffSheet

SIGN_OFF_COLUMNS = (
    Column("编号"),
    Column("租户"),
    Column("单元"),
    Column("金额（元）", Holds.MONEY),
    Column("派发方式"),
    Column("签收人"),
    Column("身份"),
    Column("签收时间", Holds.INSTANT),
    Column("邮件妥投", Holds.DAY),
    Column("未签收已至"),
    Column("到达日期", Holds.DAY),
    Column("备注"),
)


def sign_off_rows(sheet: SignOffSheet) -> Sequence[Row]:
    """A row for each letter."""
    return [
        (
            row.number,
            row.tenant,
            "、".join(row.units),
            row.amount_fen,
            row.how,
            row.signer,
            row.role,
            row.signed_at,
            row.delivered_on,
            row.step,
            row.step_on,
            row.remark,
        )
        for row in sheet.rows
    ]


def sign_off_table(sheet: SignOffSheet) -> Table:
    """The sheet of a month and a building."""
    return Table(f"签收表 {sheet.month}", SIGN_OFF_COLUMNS, sign_off_rows(sheet))
