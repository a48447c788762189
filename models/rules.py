"""Every rule a manager may tune, as it stands in `config.yaml`. Adding a setting = adding one field here.

Each field says where its default comes from: [manual ¶], [law] or [practice].
"""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A part of the configuration: unknown keys are refused, values never change after the start."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ParkRules(Section):
    """How the park names itself in texts and documents."""

    name: str = "示例创意产业园"
    centre: str = "示例创意产业园物业服务中心"
    phone: str = "0571-8800 0000"
    address: str = "服务中心前台"
    account_name: str = "示例物业服务有限公司"
    account_bank: str = "示例银行科技支行"
    account_number: str = "0000 0000 0000 0000"
    finance_hours: str = "工作日 8:30–17:30"


class CalendarRules(Section):
    """Which days count [manual 二: six-day week; practice: statutory calendar]."""

    working_days: Literal["statutory", "six_day"] = "statutory"
    extra_rest: frozenset[str] = frozenset()
    """Days off that the centre adds, ISO dates."""
    extra_work: frozenset[str] = frozenset()
    """Days worked that the calendar calls off, ISO dates."""
    entered_years: frozenset[int] = frozenset()
    """Years beyond the published calendar whose days stand completely in the two lists above."""
    quiet_from: time = time(21, 0)
    quiet_until: time = time(8, 30)


class Shift(Section):
    """A pattern of work; `end` 00:00 means midnight."""

    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = (1, 2, 3, 4, 5, 6)
    start: time
    end: time

    def covers(self, here: datetime) -> bool:
        """Whether that local minute belongs to the shift."""
        before_end = here.time() < self.end or self.end == time(0)
        return here.isoweekday() in self.weekdays and self.start <= here.time() and before_end


class BindingRules(Section):
    """Binding a chat identity to a contact [practice]."""

    code_valid_h: int = 72
    attempts: int = 5
    """Wrong tries before the identity has to wait."""
    lock_min: int = 60
    sms_code_valid_min: int = 10


class FeeRules(Section):
    """The month of fees."""

    due_working_day: int = 10
    """Bills are due on this working day of the next month [manual flow chart]."""
    due_shift: Literal["previous", "next", "keep"] = "keep"
    odd_usage_factor: Decimal = Decimal(3)
    """A usage above this many times the median is asked about [practice]."""
    bill_day: int = 26
    bill_day_shift: Literal["previous", "next", "keep"] = "previous"
    notice_valid_days: int = 400
    """How long the link to a notice works."""
    allocation: tuple[Literal["cost", "penalty", "principal"], ...] = ("cost", "penalty", "principal")


class DunningRules(Section):
    """The ladder for unpaid bills."""

    first_working_day: int = 11
    """The dunning notice goes out on this working day of the month after the bill's [manual flow chart]."""
    last_day: int = 30
    """After this day of that month the last letter may follow [manual flow chart]."""
    pay_within_days: int = 7
    gap_days: int = 7
    """Never two letters to one tenant within this many days [practice]."""
    promise_max_days: int = 14
    dispute_days: int = 15
    """How long a dispute holds the letters back while finance looks into it [practice]."""


class RepairRules(Section):
    """Repairs [practice]: the manual has only the title."""

    accept_min: dict[str, int] = {"emergency": 5, "urgent": 15, "normal": 30}
    finish_min: dict[str, int] = {"emergency": 240, "urgent": 480, "normal": 1440}
    arrive_min: dict[str, int] = {"emergency": 15, "urgent": 60, "normal": 240}
    """From a worker's acceptance to the door."""
    escalate_min: dict[str, int] = {"emergency": 5, "urgent": 30, "normal": 120}
    """A target missed by more than this is told to those who may close cases."""
    first_aid: dict[str, str] = {
        "燃气": "请先关闭气阀、开窗通风，不要开关任何电器，人员先撤离。",
        "煤气": "请先关闭气阀、开窗通风，不要开关任何电器，人员先撤离。",
        "着火": "请立即撤离并拨打 119，不要乘电梯。",
        "火警": "请立即撤离并拨打 119，不要乘电梯。",
        "冒烟": "请先断开电源并离开，见到明火立即撤离并拨打 119。",
        "给排水": "请先关闭入户水阀，移开怕水的物品，远离插座和带电设备。",
        "空调": "请先关闭空调电源，移开下方怕水的物品。",
        "电气": "请不要触碰插座和线路，跳闸后不要反复合闸。",
        "电梯": "请按轿厢内的紧急呼叫按钮，保持冷静，不要扒门。",
        "消防": "请立即撤离并拨打 119，不要乘电梯。",
        "其他": "请先离开危险处，确保人员安全。",
    }
    """What to do until help comes, by emergency word or category; words are looked up first."""
    reopen_days: int = 7
    confirm_h: int = 48
    """Without a word from the tenant a finished repair is closed after this time."""
    emergency_words: tuple[str, ...] = (
        "漏水",
        "爆管",
        "水管爆",
        "停电",
        "跳闸",
        "冒烟",
        "着火",
        "火警",
        "煤气",
        "燃气",
        "困梯",
        "电梯困人",
        "被困",
        "水浸",
    )
    urgent_words: tuple[str, ...] = ("快来", "急", "马上", "尽快", "门锁", "打不开门", "堵")
    categories: dict[str, tuple[str, ...]] = {
        "空调": ("空调", "制冷", "不冷", "不热", "冷气", "暖气"),
        "给排水": ("漏水", "水管", "下水", "马桶", "水龙头", "堵", "渗水", "停水", "没水", "热水"),
        "电气": ("电", "灯", "插座", "跳闸", "照明", "开关"),
        "电梯": ("电梯", "升降", "困梯"),
        "门窗": ("门", "窗", "锁", "玻璃"),
        "消防": ("消防", "烟感", "喷淋", "着火", "火"),
        "网络弱电": ("网络", "网线", "门禁", "监控", "对讲", "wifi"),
        "保洁": ("垃圾", "保洁", "卫生", "异味", "虫", "蟑螂"),
    }


class ImageRules(Section):
    """Pictures people send."""

    max_bytes: int = 10 * 1024 * 1024
    max_pixels: int = 50_000_000


class Rules(Section):
    """All rules together; handed down as `rules`."""

    public_url: str = ""
    """Where the outside world reaches this service; taken from server.public_url."""
    park: ParkRules = ParkRules()
    calendar: CalendarRules = CalendarRules()
    shifts: dict[str, Shift] = {}
    roles: dict[str, frozenset[str]] = {}
    departments: dict[str, str] = {}
    """Name of a department → its default role."""
    binding: BindingRules = BindingRules()
    fees: FeeRules = FeeRules()
    dunning: DunningRules = DunningRules()
    repair: RepairRules = RepairRules()
    images: ImageRules = ImageRules()
