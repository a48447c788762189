"""Workbooks as people make them, for tests of the import."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

Sheets = dict[str, list[Sequence[object]]]
UNITS = [["单元号", "楼栋", "楼层", "计费面积"], ["A-1203", "A座", "12", 120.5], ["B-0402", "B座", 4, 80]]
TENANT_HEADS = ["名称", "单元", "起租日", "止租日", "物业费单价", "通信地址", "业主"]

HEADS: Sheets = {
    "单元": [UNITS[0]], "租户": [TENANT_HEADS], "联系人": [["租户", "姓名", "手机", "身份", "客服账号"]],
    "员工": [["userid", "姓名", "部门", "手机", "角色", "班次"]],
    "表计": [["表号", "单元", "类型", "倍率", "位数", "上期读数", "上期月份"]],
    "收费标准": [["项目", "单价", "单位", "生效日"]], "期初欠费": [["租户", "月份", "金额", "到期日"]],
    "片区": [["楼栋或单元", "客服专员"]],
    "保单": [["保单号", "险种", "保险公司", "报案电话", "保险金额", "起保日", "止保日"]],
}  # fmt: skip


def book(path: Path, sheets: Sheets) -> Path:
    """A workbook as a person might have made it."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    workbook.save(path)
    return path
