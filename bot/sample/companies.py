"""The companies of the sample park 稻香创意产业园, their stays and their contacts. All invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

PARK = "稻香创意产业园"


@dataclass(frozen=True, slots=True)
class Stay:
    """A unit rented by a company; `end_on` None: until further notice."""

    unit: str
    start_on: date
    end_on: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A contact. `id`: of the phone in the simulator, "" for people without WeChat; `bound`: the sheet knows it."""

    name: str
    mobile: str
    role: str
    id: str = ""
    bound: bool = True


@dataclass(frozen=True, slots=True)
class Company:
    """A tenant. `owns`: units it has bought, whoever is in them."""

    name: str
    price: str
    stays: tuple[Stay, ...]
    people: tuple[Person, ...]
    owns: tuple[str, ...] = ()


def _since(year: int, month: int, *units: str) -> tuple[Stay, ...]:
    return tuple(Stay(unit, date(year, month, 1)) for unit in units)


COMPANIES: tuple[Company, ...] = (
    Company(
        "云帆设计有限公司", "6.80", _since(2024, 6, "A-1203"),
        (
            Person("李娜", "13800010001", "负责人", "lina"),
            Person("高翔", "13800010021", "财务", "gaoxiang"),
            Person("唐小雨", "13800010022", "员工", "tangxiaoyu"),  # sees no money and may not sign
        ),
    ),
    Company(
        "青禾科技有限公司", "5.50", _since(2025, 1, "B-0305"),
        (
            Person("陈思远", "13800010002", "经办人", "chensiyuan", bound=False),
            Person("许青", "13800010023", "法定代表人", "xuqing"),
        ),
    ),
    # Five units, one bill.
    Company(
        "联禾数字科技集团有限公司", "6.20", _since(2023, 9, "A-0801", "A-0802", "A-0803", "A-0901", "A-0902"),
        (
            Person("欧阳明", "13800010003", "法定代表人", "ouyangming"),
            Person("沈洁", "13800010024", "财务", "shenjie"),
            Person("丁伟", "13800010025", "经办人", "dingwei"),
            Person("收发室", "13800010026", "收件部门"),
        ),
    ),
    # Moves out on the 10th and leaves a debt; the next company comes the day after.
    Company(
        "拾光文化传播有限公司", "5.80", (Stay("B-0402", date(2024, 3, 11), date(2026, 3, 10)),),
        (
            Person("罗一鸣", "13800010004", "负责人", "luoyiming"),
            Person("白薇", "13800010027", "财务"),
        ),
    ),
    Company(
        "北辰影像工作室", "6.00", (Stay("B-0402", date(2026, 3, 11)),),
        (Person("秦北辰", "13800010005", "负责人", "qinbeichen"), Person("马跃", "13800010028", "员工")),
    ),
    # Owns C-0201 and C-0202 and lets them to others.
    Company(
        "德润置业有限公司", "5.00", _since(2022, 5, "C-0501"),
        (Person("贺德润", "13800010006", "法定代表人", "hederun"), Person("曾敏", "13800010029", "财务")),
        owns=("C-0201", "C-0202", "C-0501"),
    ),
    Company(
        "知味餐饮管理有限公司", "7.50", _since(2024, 10, "C-0201"),
        (Person("周知味", "13800010007", "负责人", "zhouzhiwei"), Person("冯师傅", "13800010030", "员工")),
    ),
    Company(
        "澄心会展服务有限公司", "5.60", _since(2025, 4, "C-0202"),
        (Person("顾澄", "13800010008", "经办人", "gucheng"), Person("梁静", "13800010031", "财务")),
    ),
    # The server room is metered through a ×40 current transformer.
    Company(
        "极数云计算有限公司", "6.50", _since(2023, 12, "A-0201", "A-0202"),
        (
            Person("方极", "13800010009", "负责人", "fangji"),
            Person("邓可", "13800010032", "财务"),
            Person("机房值班", "13800010033", "员工"),
        ),
    ),
    # Nobody here has a chat account: letters, SMS and visits only.
    Company(
        "老陈木作工坊", "4.20", _since(2021, 7, "C-0102"),
        (Person("陈守业", "13800010010", "负责人"), Person("陈婶", "", "收件部门")),
    ),
    # A number that every carrier refuses.
    Company(
        "远岸国际贸易有限公司", "5.30", _since(2024, 1, "B-0601"),
        (Person("段远", "19900010011", "负责人"), Person("陆岸", "19900010034", "财务")),
    ),
    Company(
        "Bluebird & Co. (Asia) Ltd.", "6.60", _since(2025, 2, "A-1501", "A-1502"),
        (
            Person("Emma O'Brien", "13800010012", "负责人", "emma"),
            Person("Zhang, Wei (Finance)", "13800010035", "财务"),
        ),
    ),
    Company(
        "鴻運國際設計顧問有限公司", "6.10", _since(2025, 6, "B-0801"),
        (Person("林國棟", "13800010013", "负责人", "linguodong"), Person("蘇麗儀", "13800010036", "财务")),
    ),
    Company(
        "🌈彩虹糖儿童摄影", "5.90", _since(2025, 9, "B-0203"),
        (Person("小熊🐻老师", "13800010014", "负责人", "xiaoxiong"), Person("𠮷田龍", "13800010037", "员工")),
    ),
    # Names that a spreadsheet or a chat must not obey.
    Company(
        "=1+1 科技", "5.50", _since(2025, 3, "B-0505"),
        (Person("杜加一", "13800010015", "负责人", "dujiayi"), Person("@汤圆", "13800010038", "员工")),
    ),
    Company(
        "[x](http://evil) 网络有限公司", "5.50", _since(2025, 5, "B-0506"),
        (Person("**贾粗体**", "13800010016", "经办人", "jiacuti"), Person("<b>尹标签</b>", "13800010039", "财务")),
    ),
    Company(
        "稻田读书会", "3.80", _since(2024, 8, "C-0301"),
        (Person("乔木", "13800010017", "负责人"), Person("夏禾", "13800010040", "收件部门")),
    ),
    Company(
        "启明星教育咨询有限公司", "5.70", _since(2025, 8, "B-0701", "B-0702"),
        (
            Person("孟启明", "13800010018", "法定代表人"),
            Person("石榴", "13800010041", "经办人"),
            Person("安宁", "13800010042", "员工"),
        ),
    ),
    Company(
        "松果健身有限公司", "7.20", _since(2024, 4, "C-0101"),
        (Person("雷松", "13800010019", "负责人"), Person("柳叶", "13800010043", "财务")),
    ),
    Company(
        "一苇律师事务所", "6.90", _since(2023, 3, "A-1601"),
        (
            Person("叶一苇", "13800010020", "负责人"),
            Person("江渡", "13800010044", "经办人"),
            Person("何帆", "13800010045", "收件部门"),
        ),
    ),
)  # fmt: skip

DEBTS = (("拾光文化传播有限公司", "3286.40"), ("老陈木作工坊", "1409.50"))
"""Owed for 2026-02 at the start of the demonstration."""
