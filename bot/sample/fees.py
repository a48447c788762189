"""What the sample park's bills are made of besides rent and meters: common parts, shared costs, parking, agreements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

Row = tuple[object, ...]

COMMON_UNITS = ("C-公区", "B-地库")
"""Let to nobody; the main meters hang here."""

POOL_HEADS = ["名称", "类型", "总表", "分表", "分摊范围", "分摊方式"]
POOLS: tuple[Row, ...] = (
    # C-0103 is empty: its part stays with the centre.
    ("C座一层公共用电", "电", "ZD-C1", "", "C-0101、C-0102、C-0103", "按面积"),
    # Building B took over its garage late; without a first reading the pool begins a month later.
    ("B座地库用水", "水", "ZS-B1", "S-B-0601、S-B-0801", "B-0601、B-0801", "均摊"),
)

PARKING_HEADS = ["车位号", "租户", "车牌", "月租", "起租日", "止租日"]
PARKING: tuple[Row, ...] = (
    ("B1-001", "极数云计算有限公司", "浙A·D2468", None, date(2025, 1, 1), None),
    ("B1-002", "极数云计算有限公司", "浙A·F1357", 350, date(2025, 1, 1), None),
    # A space that changes hands within the month, as its unit does.
    ("B1-018", "拾光文化传播有限公司", "浙A·66P06", None, date(2024, 4, 1), date(2026, 3, 10)),
    ("B1-018", "北辰影像工作室", "", None, date(2026, 3, 11), None),
    ("B1-030", "Bluebird & Co. (Asia) Ltd.", "沪AD·0909", 280, date(2026, 3, 16), None),
    ("B1-031", "鴻運國際設計顧問有限公司", "粤Z·8K28港", None, date(2025, 6, 1), None),
)

PENALTY_HEADS = ["租户", "合同依据", "每日千分之", "起用日"]
PENALTIES: tuple[Row, ...] = (
    ("老陈木作工坊", "DX-C0102-2021 物业服务合同 第 8.3 条", 0.3, date(2024, 1, 1)),
    ("知味餐饮管理有限公司", "DX-C0201-2024 物业服务合同 第 8.3 条", 0.5, date(2024, 10, 1)),
    # A later contract dropped the clause.
    ("知味餐饮管理有限公司", "DX-C0201-2026 补充协议（取消违约金）", 0, date(2026, 6, 1)),
)


def common_units() -> Iterator[Row]:
    """Rows of the sheet of units."""
    for code in COMMON_UNITS:
        yield (code, code[0], "1" if code == "C-公区" else "-1", None, "是")


def main_meters(month: str) -> Iterator[Row]:
    """Rows of the sheet of meters."""
    yield ("ZD-C1", "C-公区", "电", 20, 6, 18250, month)
    yield ("ZS-B1", "B-地库", "水", 1, 6, None, None)
