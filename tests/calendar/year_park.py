"""A park for a whole year, as a site would import it: the cases that bite, and ordinary tenants as many as asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook

from bot.config import Config
from bot.sample.staff import AREAS, MEMBERS
from bot.sheets.importing import import_workbook
from bot.sheets.writer import write_sheet
from models.clock import at_local
from models.database import Database
from models.imports import SHEETS
from tests.fakes.world import Build

START = at_local(date(2026, 1, 4), 9)
"""A Sunday that is worked: the year begins with a make-up day."""
CALM_AREA = Decimal("88.75")
COMMON_UNIT = "C-B101"
ORDINARY, TWO_UNITS, COMMON_METERS, MORE_STAFF, MORE_EMPLOYEES = 167, 116, 63, 41, 25
"""Of the whole park: ordinary tenants, those of them with a second unit, meters of nobody's, and people."""
OWN, NAMES = "晨澜启沐恒竹霁岚锦禾溪柏", "光舟泽峰源林石桥星野雨风木川"
TRADES = ("软件有限公司", "印务有限公司", "餐饮管理有限公司", "建筑设计事务所", "国际物流有限公司")

FIVE, LEAVER, HEIR = "联禾数字科技集团有限公司", "拾光文化传播有限公司", "北辰影像工作室"
LESSEE, OWNER, DISPUTER = "知味餐饮管理有限公司", "德润置业有限公司", "澄心会展服务有限公司"
NO_CHAT, WRONG_PHONE = "老字号纸品行", "无名信箱商行"
CLERK_SIGNS, ENGLISH, CHEQUE = "云帆设计有限公司", "Blue Harbour Trading Ltd.", "臺灣茶業聯合商行"
PARKER, LATE = "🚀火箭创意工作室", "晚到的新租户有限公司"


@dataclass(frozen=True, slots=True)
class Company:
    """A tenant: units with the days it has them; contact ids that have a chat, the first signs."""

    name: str
    units: tuple[str, ...]
    price: str = "6.00"
    chat: str = ""
    mobile: str = ""
    start_on: date = date(2025, 6, 1)
    end_on: date | None = None
    employee: str = ""


BITING = (
    Company(CLERK_SIGNS, ("A-0101",), "6.80", "lina", "13800010001", employee="tangxiaoyu"),
    Company(FIVE, ("A-0201", "A-0202", "A-0203", "A-0204", "A-0205"), "6.20", "ouyangming", "13800010003"),
    Company(LEAVER, ("B-0101",), "5.80", "luoyiming", "13800010004", end_on=date(2026, 3, 10)),
    Company(HEIR, ("B-0101",), "5.90", "qinbei", "13800010005", start_on=date(2026, 3, 11)),
    Company(LESSEE, ("B-0102",), "7.00", "zhouzhiwei", "13800010006"),
    Company(DISPUTER, ("C-0101",), "5.50", "gucheng", "13800010009"),
    Company(NO_CHAT, ("C-0102",), "5.00", "", "13800010010"),
    Company(WRONG_PHONE, ("C-0103",), "5.00", "", "1380001"),
    Company(ENGLISH, ("A-0102",), "8.00", "harbour", "13800010012"),
    Company(CHEQUE, ("A-0103",), "5.60", "lintea", "13800010013"),
    Company(PARKER, ("A-0104",), "6.00", "rocket", "13800010014"),
    Company(LATE, ("C-0104",), "6.00", "wandao", "13800010016", start_on=date(2026, 5, 16)),
)


@dataclass(slots=True)
class YearPark:
    """Who is in it, and what the meters show. ordinary: tenants with nothing remarkable about them."""

    companies: tuple[Company, ...]
    ordinary: int
    shows: dict[str, Decimal] = field(default_factory=dict)
    times: dict[str, Decimal] = field(default_factory=dict)
    digits: dict[str, int] = field(default_factory=dict)
    unit_of: dict[str, str] = field(default_factory=dict)

    def tenant_in(self, unit: str, day: date) -> Company | None:
        """Who has the unit on that day."""
        return next(
            (
                each
                for each in self.companies
                if unit in each.units and each.start_on <= day and (each.end_on is None or day <= each.end_on)
            ),
            None,
        )


def year_park(ordinary: int) -> YearPark:
    """The biting cases and so many ordinary tenants, half of them in chat.

    With 167 it is the one park: 180 tenants (one only owns), 300 units, 540 contacts, 60 members of staff, 660 meters.
    """
    calm = tuple(_calm(number, number < share(ordinary, TWO_UNITS)) for number in range(ordinary))
    park = YearPark((*BITING, *calm), ordinary)
    for unit in dict.fromkeys(unit for company in park.companies for unit in company.units):
        _meter(park, f"S-{unit}", unit, 100, 5)
        _meter(park, f"D-{unit}", unit, 4000, 5)
    for number in range(share(ordinary, COMMON_METERS)):
        _meter(park, f"L-{number:03}", COMMON_UNIT, 700, 5)
    park.times["D-A-0201"] = Decimal(40)
    park.shows["D-B-0102"] = Decimal(99300)  # begins again from zero in the summer
    park.shows["D-总"] = Decimal(10000)
    park.times["D-总"] = Decimal(1)
    park.digits["D-总"] = 7
    return park


def share(ordinary: int, of_the_whole: int) -> int:
    """What belongs to so many ordinary tenants of what the whole park has."""
    return of_the_whole * ordinary // ORDINARY


def _calm(number: int, more_room: bool) -> Company:
    first, second = OWN[number % len(OWN)], NAMES[number // len(OWN) % len(NAMES)]
    place = f"{number // 12 + 1:02}{number % 12 + 1:02}"
    return Company(
        f"{first}{second}{TRADES[number % len(TRADES)]}", (f"D-{place}", *([f"F-{place}"] if more_room else ())),
        chat=f"calm{number:03}" if number % 2 == 0 else "", mobile=f"1391{number:07}",
    )  # fmt: skip


def _meter(park: YearPark, number: str, unit: str, first: int, digits: int) -> None:
    park.unit_of[number], park.digits[number] = unit, digits
    park.shows[number], park.times[number] = Decimal(first), Decimal(1)


def write_year_park(path: Path, park: YearPark) -> None:
    """The workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in _sheets(park).items():
        form = next(form for form in SHEETS if form.name == name)
        write_sheet(book, name, [column.name for column in form.columns], rows)
    book.save(path)


def _sheets(park: YearPark) -> dict[str, list[tuple[object, ...]]]:
    return {
        "单元": list(_units(park)),
        "租户": list(_tenancies(park)),
        "联系人": list(_contacts(park)),
        "员工": list(_staff(park)),
        "片区": [*AREAS, *((building, "zhoumin") for building in "DF" if f"{building}-0101" in park.unit_of.values())],
        "表计": [
            (number, park.unit_of.get(number, COMMON_UNIT), "水" if number[0] == "S" else "电", float(park.times[number]),
             park.digits[number], None, float(park.shows[number]), "2025-12")
            for number in park.shows
        ],
        "收费标准": [
            ("水", 5.1, "吨", date(2025, 1, 1)), ("电", 0.92, "度", date(2025, 1, 1)),
            ("停车月租", 300, "车位·月", date(2025, 1, 1)), ("装修清运", 12, "㎡", date(2025, 1, 1)),
        ],
        "公摊": [("C栋公共用电", "电", "D-总", "D-C-0101、D-C-0102、D-C-0103、D-C-0104", "C", "按面积", None)],
        "车位": [
            ("P-001", PARKER, "浙A12345", None, date(2026, 1, 1), None),
            ("P-002", PARKER, "浙A23456", 260, date(2026, 4, 11), None),
        ],
        "违约金约定": [(PARKER, "合同 HJ-2025-01 第 8 条", 0.5, date(2026, 1, 1))],
        "期初欠费": [(LEAVER, "2025-12", 53210.55, date(2026, 1, 15))],
    }  # fmt: skip


def _units(park: YearPark) -> Iterator[tuple[object, ...]]:
    codes = dict.fromkeys(unit for company in park.companies for unit in company.units)
    for place, code in enumerate([*codes, COMMON_UNIT, "E-0101"]):
        area = CALM_AREA + place * 37 % 160
        common = "是" if code == COMMON_UNIT else None
        owned = code == "B-0102"
        yield (
            code, code[0], code[2:4].lstrip("0"), float(area), common,
            None if owned else "王业主", None if owned else "13700010099", None,
        )  # fmt: skip


def _tenancies(park: YearPark) -> Iterator[tuple[object, ...]]:
    for company in park.companies:
        for unit in company.units:
            yield (
                company.name, unit, company.start_on, company.end_on, float(company.price),
                f"稻香路 8 号 {unit}", "否",
            )  # fmt: skip
    yield (OWNER, "B-0102", None, None, None, "稻香路 9 号", "是")


def _contacts(park: YearPark) -> Iterator[tuple[object, ...]]:
    for company in park.companies:
        account = f"wm{company.chat}" if company.chat else None
        mobile = company.mobile if len(company.mobile) == 11 else None
        yield (company.name, f"{company.name[:4]}负责人", mobile or "19900012345", "负责人", account)
        if company.employee:
            yield (company.name, "唐小雨", "13800010022", "员工", f"wm{company.employee}")
        if company not in BITING:
            yield (company.name, f"{company.name[:4]}财务", f"1392{company.mobile[4:]}", "财务", None)
            yield (company.name, f"{company.name[:4]}员工", f"1393{company.mobile[4:]}", "员工", None)
    for number in range(share(park.ordinary, MORE_EMPLOYEES)):
        yield (FIVE, f"员工{number:02}", f"1394{number:07}", "员工", None)
    yield (OWNER, "何德润", "13800010098", "法定代表人", None)


def _staff(park: YearPark) -> Iterator[tuple[object, ...]]:
    for member in MEMBERS:
        yield (member.userid, member.name, member.department, member.mobile, member.roles, member.shift)
    for number in range(share(park.ordinary, MORE_STAFF)):
        yield (f"guard{number:02}", f"保安{number:02}", "保安部", f"1395{number:07}", "保安", "early")


def importing(path: Path, park: YearPark, config: Config, at: datetime) -> Build:
    """Takes the workbook in the way a site does."""
    write_year_park(path, park)

    async def build(db: Database) -> None:
        result = await import_workbook(db, path, config.rules(), at)
        assert result.bad == [], result.bad

    return build
