"""The sample park as a workbook, the same bytes of data every time, and the people with phones in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from bot.sample.companies import COMPANIES, DEBTS, Company
from bot.sample.fees import (
    PARKING,
    PARKING_HEADS,
    PENALTIES,
    PENALTY_HEADS,
    POOL_HEADS,
    POOLS,
    common_units,
    main_meters,
)
from bot.sample.policies import POLICIES, POLICY_HEADS
from bot.sample.staff import AREAS, MEMBERS
from bot.sheets.writer import write_sheet

Row = tuple[object, ...]

UNITS_OF_BUILDING = {
    "A": "0201 0202 0801 0802 0803 0901 0902 1101 1102 1203 1204 1501 1502 1601",
    "B": "0203 0204 0305 0306 0402 0403 0505 0506 0601 0602 0701 0702 0801",
    "C": "0101 0102 0103 0201 0202 0203 0301 0302 0401 0402 0501 0502 0601",
}
FIRST_MONTH = "2026-02"
DEBTS_DUE_ON = date(2026, 3, 13)
_SERVER_ROOM = "A-0201"
_BIG_USERS = ("A-0201", "A-0202", "C-0101", "C-0201")
_TARIFFS: tuple[Row, ...] = (
    ("水", 5.10, "吨", date(2025, 1, 1)),
    ("电", 0.92, "度", date(2025, 1, 1)),
    ("停车月租", 300, "车位·月", date(2025, 1, 1)),
    ("装修清运", 12, "㎡", date(2025, 1, 1)),
)


def write_sample_park(path: Path) -> None:
    """Writes the workbook that `import` takes."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    write_sheet(
        book, "单元", ["单元号", "楼栋", "楼层", "计费面积", "公共部位"], [*_units(), *common_units()]
    )
    write_sheet(
        book, "租户", ["名称", "单元", "起租日", "止租日", "物业费单价", "通信地址", "业主"], _tenancies()
    )
    write_sheet(book, "联系人", ["租户", "姓名", "手机", "身份", "客服账号"], _contacts())
    write_sheet(book, "员工", ["userid", "姓名", "部门", "手机", "角色", "班次"], _staff())
    write_sheet(book, "片区", ["楼栋或单元", "客服专员"], AREAS)
    write_sheet(
        book,
        "表计",
        ["表号", "单元", "类型", "倍率", "位数", "上期读数", "上期月份"],
        [*_meters(), *main_meters(FIRST_MONTH)],
    )
    write_sheet(book, "收费标准", ["项目", "单价", "单位", "生效日"], _TARIFFS)
    write_sheet(book, "公摊", POOL_HEADS, POOLS)
    write_sheet(book, "车位", PARKING_HEADS, PARKING)
    write_sheet(book, "违约金约定", PENALTY_HEADS, PENALTIES)
    write_sheet(book, "期初欠费", ["租户", "月份", "金额", "到期日"], _debts())
    write_sheet(book, "保单", POLICY_HEADS, POLICIES)
    book.save(path)


def sample_people() -> list[dict[str, object]]:
    """Everybody with a phone in the simulator: all staff, and the contacts who use WeChat."""
    members: list[dict[str, object]] = [
        {
            "id": member.userid, "name": member.name, "kind": "staff", "company": member.department, "unit": "",
            "roles": (member.roles,), "mobile": member.mobile, "account": member.userid,
        }
        for member in MEMBERS
    ]  # fmt: skip
    return members + [
        {
            "id": person.id, "name": person.name, "kind": "tenant", "company": company.name,
            "unit": company.stays[0].unit, "roles": (person.role,), "mobile": person.mobile,
            "account": f"wm{person.id}",
        }
        for company in COMPANIES
        for person in company.people
        if person.id
    ]  # fmt: skip


def _codes() -> list[str]:
    return [f"{building}-{number}" for building, all_ in UNITS_OF_BUILDING.items() for number in all_.split()]


def _units() -> Iterator[Row]:
    for index, code in enumerate(_codes()):
        area = Decimal("86.50") + Decimal(index * 37 % 190) + Decimal(index % 4) / 4
        yield (code, code[0], str(int(code[2:4])), float(area), None)


def _tenancies() -> Iterator[Row]:
    for company in COMPANIES:
        address = f"稻香路 8 号{company.stays[0].unit}"
        rented = {stay.unit for stay in company.stays}
        for stay in company.stays:
            owns = "是" if stay.unit in company.owns else "否"
            price = float(company.price)
            yield (company.name, stay.unit, stay.start_on, stay.end_on, price, address, owns)
        for unit in company.owns:
            if unit not in rented:
                yield (company.name, unit, None, None, None, address, "是")


def _contacts() -> Iterator[Row]:
    for company in COMPANIES:
        for person in company.people:
            account = f"wm{person.id}" if person.id and person.bound else None
            yield (company.name, person.name, person.mobile or None, person.role, account)


def _staff() -> Iterator[Row]:
    for member in MEMBERS:
        yield (member.userid, member.name, member.department, member.mobile, member.roles, member.shift)


def _meters() -> Iterator[Row]:
    for index, code in enumerate(_codes()):
        water, power = 120 + index * 53 % 900, 4200 + index * 719 % 60000
        yield (f"S-{code}", code, "水", 1, 5, water, FIRST_MONTH)
        multiplier = 40 if code == _SERVER_ROOM else 1
        # One counter stands right before its last digit and will begin again from zero.
        value = 99930 if code == "B-0801" else power
        yield (f"D-{code}", code, "电", multiplier, 5, value, FIRST_MONTH)
    for code in _BIG_USERS:
        yield (f"D2-{code}", code, "电", 1, 6, 15000 + 811 * _BIG_USERS.index(code), FIRST_MONTH)
    for code in _units_of_five():
        yield (f"S2-{code}", code, "水", 1, None, 36.5, FIRST_MONTH)


def _units_of_five() -> list[str]:
    largest: Company = max(COMPANIES, key=lambda company: len(company.stays))
    return [stay.unit for stay in largest.stays]


def _debts() -> Iterator[Row]:
    for name, yuan in DEBTS:
        yield (name, FIRST_MONTH, float(yuan), DEBTS_DUE_ON)
