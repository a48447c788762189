"""The place: park, calendar, shifts, binding, pictures."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Literal

from pydantic import Field

from models.rules.section import Section


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


class ImageRules(Section):
    """Pictures people send."""

    max_bytes: int = 10 * 1024 * 1024
    max_pixels: int = 50_000_000
