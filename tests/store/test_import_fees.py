"""The sheets that bills are made of: shared costs, parking spaces, agreements on 违约金."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.config import Config
from bot.sheets.importing import import_workbook
from models.database import Database
from models.fees.parking import ParkingSpace
from models.fees.penalty_agreement import PenaltyAgreement
from models.fees.pool import ShareBasis, SharedPool
from models.people.unit import Unit
from models.rules import Rules
from tests.fakes.workbook import TENANT_HEADS, Sheets, book

NOW = datetime(2026, 3, 16, 1, tzinfo=UTC)
POOL_HEADS: list[object] = ["名称", "类型", "总表", "分表", "分摊范围", "分摊方式", "停用"]
SITE: Sheets = {
    "单元": [
        ["单元号", "楼栋", "楼层", "计费面积", "公共部位"],
        ["A-1203", "A座", "12", 100, ""],
        ["A-1204", "A座", "12", 80, "否"],
        ["A-公区", "A座", "", "", "是"],
    ],
    "租户": [TENANT_HEADS, ["云帆", "A-1203", "2025-01-01", "", 5, "", ""]],
    "表计": [
        ["表号", "单元", "类型", "倍率", "位数", "上期读数", "上期月份"],
        ["ZD-1", "A-公区", "电", 40, 6, 100, "2026-02"],
        ["D-1203", "A-1203", "电", 1, 5, 100, "2026-02"],
        ["S-1203", "A-1203", "水", 1, 5, 100, "2026-02"],
    ],
}


@pytest.fixture
def rules(config: Config) -> Rules:
    """The shipped rules."""
    return config.rules()


async def bring_in(db: Database, rules: Rules, path: Path, sheets: Sheets) -> list[str]:
    """Imports; why rows were refused."""
    result = await import_workbook(db, book(path, {**SITE, **sheets}), rules, NOW)
    return [row.reason for row in result.bad]


async def test_a_common_part_of_a_building_holds_the_main_meter_and_is_let_to_nobody(
    db: Database, rules: Rules, tmp_path: Path
) -> None:
    assert await bring_in(db, rules, tmp_path / "1.xlsx", {}) == []
    async with db.read() as session:
        common = (await session.scalars(select(Unit).where(Unit.common))).one()
        assert (common.code, common.area) == ("A-公区", Decimal(0))
    refused = await bring_in(
        db,
        rules,
        tmp_path / "2.xlsx",
        {"租户": [TENANT_HEADS, ["云帆", "A-公区", "2025-01-01", "", 5, "", ""]]},
    )
    assert refused == ["单元 A-公区 登记为公共部位，不能出租，请核对单元号。"]


async def test_a_pool_names_its_meters_and_who_shares_it(db: Database, rules: Rules, tmp_path: Path) -> None:
    sheets: Sheets = {
        "公摊": [POOL_HEADS, ["A座公共用电", "电", "ZD-1", "D-1203", "A座、A-1204", "按面积", ""]]
    }
    assert await bring_in(db, rules, tmp_path / "1.xlsx", sheets) == []
    sheets["公摊"] = [POOL_HEADS, ["A座公共用电", "电表", "ZD-1", "", "全园", "按户均摊", "是"]]
    async with db.read() as session:
        pool = (await session.scalars(select(SharedPool))).one()
        assert (pool.buildings, pool.basis, pool.active) == (["A座"], ShareBasis.AREA, True)
        assert (len(pool.unit_ids), len(pool.main_ids), len(pool.sub_ids)) == (1, 1, 1)
    assert await bring_in(db, rules, tmp_path / "2.xlsx", sheets) == []
    async with db.read() as session:
        pool = (await session.scalars(select(SharedPool))).one()
        assert (pool.buildings, pool.unit_ids, pool.sub_ids) == ([], [], [])
        assert (pool.basis, pool.active) == (ShareBasis.EQUAL, False)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["池", "电", "没有", "", "全园", "均摊", ""], "表号“没有”不存在，请先在“表计”表中登记。"),
        (["池", "电", "S-1203", "", "全园", "均摊", ""], "表 S-1203 是水表，与公摊类型“电”不符。"),
        (["池", "电", "ZD-1", "ZD-1", "全园", "均摊", ""], "表 ZD-1 不能既是总表又是分表。"),
        (["池", "电", "ZD-1", "", "月球", "均摊", ""], "分摊范围“月球”既不是楼栋也不是单元，请核对。"),
        (["池", "电", "ZD-1", "", "", "均摊", ""], "“分摊范围”没有填写，请填“全园”、楼栋或单元号。"),
        (["池", "电", "ZD-1", "", "A座", "随便", ""], "“分摊方式”请填“按面积”或“均摊”。"),
        (["池", "电", "", "", "A座", "均摊", ""], "“总表”没有填写，请填总表的表号，几块表用顿号隔开。"),
    ],
)
async def test_a_pool_that_can_not_be_right_comes_back(
    db: Database, rules: Rules, tmp_path: Path, row: list[object], reason: str
) -> None:
    assert await bring_in(db, rules, tmp_path / "1.xlsx", {"公摊": [POOL_HEADS, row]}) == [reason]


async def test_a_parking_space_is_let_to_one_at_a_time(db: Database, rules: Rules, tmp_path: Path) -> None:
    heads: list[object] = ["车位号", "租户", "车牌", "月租", "起租日", "止租日"]
    sheets: Sheets = {
        "车位": [
            heads,
            ["b1-023", "云帆", "浙a·88888", 280, "2025-01-01", "2026-02-28"],
            ["B1-023", "云帆", "", "", "2026-03-01", ""],
            ["B1-023", "云帆", "", "", "2026-05-01", ""],
            ["B1-024", "不在", "", "", "2026-05-01", ""],
        ]
    }
    assert await bring_in(db, rules, tmp_path / "1.xlsx", sheets) == [
        "车位 B1-023 在 2026-03-01 至 长期 已经出租，请核对起止日。",
        "租户“不在”不存在，请先在“租户”表中登记。",
    ]
    async with db.read() as session:
        spaces = list(await session.scalars(select(ParkingSpace).order_by(ParkingSpace.from_on)))
    assert [(each.number, each.plate, each.price_yuan) for each in spaces] == [
        ("B1-023", "浙A·88888", Decimal(280)),
        ("B1-023", "", None),
    ]


async def test_no_agreement_without_a_contract(db: Database, rules: Rules, tmp_path: Path) -> None:
    heads: list[object] = ["租户", "合同依据", "每日千分之", "起用日"]
    sheets: Sheets = {
        "违约金约定": [
            heads,
            ["云帆", "DX-2025-018 第 9.2 条", 0.5, "2026-01-01"],
            ["云帆", "", 0.5, "2026-02-01"],
            ["云帆", "DX-2025-018", 50, "2026-03-01"],
        ]
    }
    assert await bring_in(db, rules, tmp_path / "1.xlsx", sheets) == [
        "“合同依据”没有填写：没有合同约定的，不能计收违约金。",
        "“每日千分之”超过 10（每天 1%），请核对。万分之五请填 0.5。",
    ]
    async with db.read() as session:
        agreement = (await session.scalars(select(PenaltyAgreement))).one()
    assert (agreement.daily_rate, agreement.from_on) == (Decimal("0.0005"), date(2026, 1, 1))
