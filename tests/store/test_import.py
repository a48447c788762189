"""A site is set up from a workbook: good rows go in, bad ones come back, and a second time changes nothing."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

import models.tables
from bot.config import Config
from bot.sample.park import write_sample_park
from bot.sheets.importing import ImportResult, import_workbook
from models.audit.entry import AuditEntry
from models.database import Database
from models.fees.bill import Bill
from models.fees.meter import Reading, Tariff
from models.people.identity import Identity
from models.people.owner import owners_of
from models.people.staff import Staff
from models.people.tenant import Contact, Tenancy, Tenant, units_of
from models.people.unit import Unit, find_unit
from models.rules import Rules
from tests.fakes.workbook import HEADS, TENANT_HEADS, UNITS, Sheets, book

NOW = datetime(2026, 3, 16, 1, tzinfo=UTC)


@pytest.fixture
def rules(config: Config) -> Rules:
    """The shipped rules."""
    return config.rules()


async def everything(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables but the audit, which tells of every import."""
    tables = [
        t
        for t in models.tables.metadata.sorted_tables
        if t.name not in (AuditEntry.__tablename__, "sequence")
    ]
    async with db.read() as session:
        return {
            t.name: [tuple(row) for row in await session.execute(select(t).order_by(*t.primary_key))]
            for t in tables
        }


def reasons(result: ImportResult) -> dict[int, str]:
    """Why which row was refused."""
    return {row.row_number: row.reason for row in result.bad}


async def test_the_sample_park_goes_in_whole_and_the_second_time_changes_nothing(
    db: Database, rules: Rules, tmp_path: Path
) -> None:
    path = tmp_path / "park.xlsx"
    write_sample_park(path)
    result = await import_workbook(db, path, rules, NOW)
    before = await everything(db)
    again = await import_workbook(db, path, rules, NOW)
    assert result.bad == []
    assert result.good == {
        "单元": 42,
        "租户": 29,
        "联系人": 46,
        "员工": 19,
        "片区": 3,
        "表计": 91,
        "收费标准": 4,
        "公摊": 2,
        "车位": 6,
        "违约金约定": 3,
        "期初欠费": 2,
        "保单": 3,
    }
    assert again == result
    assert await everything(db) == before


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five thousand rows, three of them bad."""
    units = [[f"{i // 100:02}-{i % 100:04}", f"{i // 100}座", 1, 50 + i % 90] for i in range(1000)]
    stays = [[f"公司{i:04}", unit[0], "2025/1/1", "", 5.5, "", ""] for i, unit in enumerate(units)]
    contacts = [[f"公司{i % 1000:04}", f"人{i}", 13800000000 + i, "经办人", ""] for i in range(2000)]
    meters = [[f"M{i}", unit[0], "电", 1, 5, i, "2026-02"] for i, unit in enumerate(units)]
    contacts[7][2] = "1380000"
    meters[5][1] = "没有这间"
    stays[-1][1] = stays[0][1]
    sheets: Sheets = {
        "单元": [UNITS[0], *units], "租户": [TENANT_HEADS, *stays],
        "联系人": [["租户", "姓名", "手机", "身份", "客服账号"], *contacts],
        "表计": [["表号", "单元", "类型", "倍率", "位数", "上期读数", "上期月份"], *meters],
    }  # fmt: skip
    # The last company gets no unit, so its contacts have no company either: they are bad rows as well.
    sheets["联系人"] = [row for row in sheets["联系人"] if row[0] != "公司0999"]
    return book(tmp_path_factory.mktemp("import") / "large.xlsx", sheets)


async def test_five_thousand_rows_with_three_bad_ones(db: Database, rules: Rules, large: Path) -> None:
    seen: list[tuple[int, int]] = []
    started = time.perf_counter()
    result = await import_workbook(db, large, rules, NOW, lambda done, total: seen.append((done, total)))
    took_s = time.perf_counter() - started
    assert [(row.sheet, row.row_number) for row in result.bad] == [("租户", 1001), ("联系人", 9), ("表计", 7)]
    assert sum(result.good.values()) == 4998 - 3
    assert seen[-1] == (4998, 4998)
    assert took_s < 30  # about 2 s on an idle machine; the bound only catches a query per row
    if not db.is_sqlite:
        return  # what a second time does to either database shows with the sample park
    before = await everything(db)
    await import_workbook(db, large, rules, NOW)
    assert await everything(db) == before


async def test_the_owner_of_a_unit_is_a_company_of_the_park_or_somebody_outside(
    db: Database, rules: Rules, tmp_path: Path
) -> None:
    heads = [*UNITS[0], "业主姓名", "业主手机", "业主地址"]
    sheets: Sheets = {
        "单元": [
            heads,
            ["A-1", "A座", 1, 100, "许文博", "139 0000 1111", "文三路 100 号"],
            ["A-2", "A座", 1, 100, "", "13900001111", ""],
            ["A-3", "A座", 1, 100, "", "", ""],
        ],
        "租户": [TENANT_HEADS, ["云帆", "A-3", "", "", "", "稻香路1号", "是"]],
    }
    result = await import_workbook(db, book(tmp_path / "one.xlsx", sheets), rules, NOW)
    assert [row.reason for row in result.bad] == ["填了业主手机或地址，请同时填写“业主姓名”。"]
    async with db.read() as session:
        units = [await find_unit(session, code) for code in ("A-1", "A-3")]
        owners = await owners_of(session, [unit for unit in units if unit], lessee_id=0)
    assert [(owner.name, owner.mobile, owner.address, owner.codes) for owner in owners] == [
        ("许文博", "13900001111", "文三路 100 号", ("A-1",)),
        ("云帆", "", "稻香路1号", ("A-3",)),
    ]


async def test_a_changed_row_updates(db: Database, rules: Rules, tmp_path: Path) -> None:
    sheets: Sheets = {
        "单元": [*UNITS],
        "租户": [TENANT_HEADS, ["云帆", "A-1203", "2025-01-01", "", 5, "", "是"]],
        "联系人": [["租户", "姓名", "手机", "身份"], ["云帆", "李娜", "13800010001", "员工"]],
    }
    await import_workbook(db, book(tmp_path / "one.xlsx", sheets), rules, NOW)
    sheets["单元"] = [UNITS[0], ["a1203", "A座", "12", "１３０．２５㎡"]]
    sheets["租户"] = [TENANT_HEADS, ["云帆", "A-1203", "2025-02-01", "2026-12-31", "5.8", "稻香路1号", "否"]]
    sheets["联系人"] = [["租户", "姓名", "手机", "身份"], ["云帆", "李娜", "１３８ 0001 0009", "负责人"]]
    result = await import_workbook(db, book(tmp_path / "two.xlsx", sheets), rules, NOW)
    assert result.bad == []
    async with db.read() as session:
        unit = await find_unit(session, "A-1203")
        contact = (await session.scalars(select(Contact))).one()
        stay = (await session.scalars(select(Tenancy))).one()
        assert unit is not None
        assert (unit.area, unit.owner_id) == (Decimal("130.25"), None)
        assert (contact.mobile, contact.role.value) == ("13800010009", "负责人")
        assert (stay.start_on, stay.end_on, stay.price_yuan) == (
            date(2025, 2, 1),
            date(2026, 12, 31),
            Decimal("5.8"),
        )


async def test_a_unit_is_never_let_twice_on_one_day(db: Database, rules: Rules, tmp_path: Path) -> None:
    sheets: Sheets = {
        "单元": [*UNITS],
        "租户": [
            TENANT_HEADS,
            ["旧租户", "B-0402", date(2024, 1, 1), date(2026, 3, 10), 5, "", ""],
            ["新租户", "B-0402", date(2026, 3, 11), None, 5, "", ""],
            ["重叠租户", "B-0402", date(2026, 3, 10), date(2026, 3, 10), 5, "", ""],
        ],
    }
    result = await import_workbook(db, book(tmp_path / "b.xlsx", sheets), rules, NOW)
    assert result.good["租户"] == 2
    assert "重叠" in reasons(result)[4]
    assert "旧租户" in reasons(result)[4]
    async with db.read() as session:
        assert await session.scalar(select(Tenant.id).where(Tenant.name == "重叠租户")) is None


async def test_cells_are_read_as_people_type_them(db: Database, rules: Rules, tmp_path: Path) -> None:
    sheets: Sheets = {
        "单元表": [
            [], ["稻香园单元清单"], [], ["楼 栋", "单元号*", "计费面积（㎡）", "楼层", "备注"],
            [], ["A座", "Ａ－１２０３", "１，２０３．５", 12.0, "朝南"], [None, "  ", None], ["A座", "A-1204", 88.1 + 0.2],
        ],
        "租户": [TENANT_HEADS, ["云帆", "a1203", "2025年1月1日", 46387, "5.50元", "稻香路", "Y"]],
        "员工": [["userid", "姓名", "部门"], ["ZhouMin", "周敏", "客户服务部"]],
        "收费标准": [["项目", "单价", "单位", "生效日"], ["电费", "0.92", "度", "20250101"]],
        "说明": [["随便写"]],
    }  # fmt: skip
    result = await import_workbook(db, book(tmp_path / "c.xlsx", sheets), rules, NOW)
    assert (result.bad, result.ignored) == ([], ["说明"])
    async with db.read() as session:
        rows = (await session.execute(select(Unit.code, Unit.area, Unit.floor).order_by(Unit.code))).all()
        assert [tuple(row) for row in rows] == [
            ("A-1203", Decimal("1203.5"), "12"),
            ("A-1204", Decimal("88.3"), ""),
        ]
        stay = (await session.scalars(select(Tenancy))).one()
        assert (stay.start_on, stay.end_on) == (date(2025, 1, 1), date(2026, 12, 31))
        member = (await session.scalars(select(Staff))).one()
        assert (member.userid, member.roles, member.shift) == ("zhoumin", ["客服专员"], "office")
        assert [u.code for u in await units_of(session, stay.tenant_id, date(2026, 3, 1))] == ["A-1203"]
        assert await session.scalar(select(Tariff.code)) == "电"


BAD_CELLS = [
    ("单元", ["A-1", "A座", "1", "很大"], "应为数字"),
    ("单元", ["A-1", "A座", "1", 0], "不能小于"),
    ("单元", ["", "A座", "1", 10], "没有填写"),
    ("单元", ["A-1", "#REF!", "1", 10], "公式出错"),
    ("租户", ["甲", "A-1203", "2025-02-30", "", 5, "", ""], "不是有效日期"),
    ("租户", ["甲", "A-1203", "2025-02-01", "2025-01-01", 5, "", ""], "早于"),
    ("租户", ["甲", "A-1203", "", "", 5, "", ""], "起租日"),
    ("租户", ["甲", "Z-9", "2025-01-01", "", 5, "", ""], "不存在"),
    ("租户", ["甲", "A-1203", "2025-01-01", "", 5, "", "也许"], "是"),
    ("联系人", ["云帆", "王", "12345", "员工", ""], "11 位"),
    ("联系人", ["云帆", "王", "", "老板", ""], "身份"),
    ("联系人", ["查无此司", "王", "", "员工", ""], "不存在"),
    ("联系人", ["云帆", "王", "", "员工", "wmlina"], "已绑定"),
    ("员工", ["u1", "张", "工程部", "", "飞行员", ""], "没有设置过"),
    ("员工", ["u1", "张", "外星部", "", "", ""], "默认角色"),
    ("员工", ["u1", "张", "工程部", "", "技工", "夜班"], "班次"),
    ("表计", ["M1", "A-1203", "气", 1, 5, 1, "2026-02"], "水"),
    ("表计", ["M1", "A-1203", "电", 0, 5, 1, "2026-02"], "倍率"),
    ("表计", ["M1", "A-1203", "电", 1, 3, 1000, "2026-02"], "量程"),
    ("表计", ["M1", "A-1203", "电", 1, 5, 1, ""], "要么都填"),
    ("表计", ["M1", "A-1203", "电", 1, 5, 1, "2月"], "带年份"),
    ("收费标准", ["水", "贵", "吨", "2025-01-01"], "应为数字"),
    ("期初欠费", ["云帆", "2026-02", -5, "2026-03-13"], "负数"),
    ("期初欠费", ["云帆", "2026-02", "12.345", "2026-03-13"], "两位小数"),
    ("期初欠费", ["没有的公司", "2026-02", 5, "2026-03-13"], "不存在"),
]


async def test_every_bad_cell_is_answered_with_its_reason(db: Database, rules: Rules, tmp_path: Path) -> None:
    good: Sheets = {name: list(rows) for name, rows in HEADS.items()}
    good["单元"] += UNITS[1:]
    good["租户"].append(["云帆", "B-0402", "2025-01-01", "", 5, "", ""])
    good["联系人"].append(["云帆", "李娜", "", "负责人", "wmlina"])
    await import_workbook(db, book(tmp_path / "good.xlsx", good), rules, NOW)
    sheets: Sheets = {name: list(rows) for name, rows in HEADS.items()}
    for name, row, _ in BAD_CELLS:
        sheets[name].append(row)
    result = await import_workbook(db, book(tmp_path / "bad.xlsx", sheets), rules, NOW)
    assert sum(result.good.values()) == 0
    order = list(HEADS)
    expected = sorted(BAD_CELLS, key=lambda case: order.index(case[0]))
    for bad, (name, _, word) in zip(result.bad, expected, strict=True):
        assert bad.sheet == name
        assert word in bad.reason


async def test_two_rows_about_one_thing_count_once(db: Database, rules: Rules, tmp_path: Path) -> None:
    sheets: Sheets = {"单元": [*UNITS, ["a1203", "A座", "12", 99]]}
    result = await import_workbook(db, book(tmp_path / "d.xlsx", sheets), rules, NOW)
    assert reasons(result) == {4: "与第 2 行重复，请只保留一行。"}
    async with db.read() as session:
        unit = await find_unit(session, "A-1203")
        assert unit is not None
        assert unit.area == Decimal("120.5")


async def test_what_was_billed_stays_as_it_was(db: Database, rules: Rules, tmp_path: Path) -> None:
    sheets: Sheets = {name: list(rows) for name, rows in HEADS.items()}
    sheets["单元"] += UNITS[1:]
    sheets["租户"].append(["云帆", "B-0402", "2025-01-01", "", 5, "", ""])
    sheets["表计"].append(["M1", "B-0402", "电", 1, 5, 100, "2026-02"])
    sheets["期初欠费"].append(["云帆", "2026-02", 88.8, "2026-03-13"])
    await import_workbook(db, book(tmp_path / "e.xlsx", sheets), rules, NOW)
    async with db.begin() as session:
        reading = (await session.scalars(select(Reading))).one()
        reading.bill_id = await session.scalar(select(Bill.id))
    sheets["表计"][1] = ["M1", "B-0402", "电", 1, 5, 101, "2026-02"]
    sheets["期初欠费"][1] = ["云帆", "2026-02", 99, "2026-03-13"]
    result = await import_workbook(db, book(tmp_path / "f.xlsx", sheets), rules, NOW)
    assert [row.sheet for row in result.bad] == ["表计", "期初欠费"]
    assert "已出过账" in result.bad[0].reason
    assert "不能改" in result.bad[1].reason
    async with db.read() as session:
        assert await session.scalar(select(Reading.value)) == 100
        assert await session.scalar(select(Bill.total_fen)) == 8880


async def test_an_account_is_bound_once(db: Database, rules: Rules, tmp_path: Path) -> None:
    sheets: Sheets = {name: list(rows) for name, rows in HEADS.items()}
    sheets["单元"] += UNITS[1:]
    sheets["租户"].append(["云帆", "B-0402", "2025-01-01", "", 5, "", ""])
    sheets["联系人"] += [["云帆", "李娜", "", "负责人", "wm1"], ["云帆", "王五", "", "员工", "wm1"]]
    result = await import_workbook(db, book(tmp_path / "g.xlsx", sheets), rules, NOW)
    assert list(reasons(result)) == [3]
    async with db.read() as session:
        name = await session.scalar(select(Contact.name).join(Identity, Identity.contact_id == Contact.id))
        assert name == "李娜"
