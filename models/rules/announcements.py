"""Announcements and planned outages [practice]."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from models.rules.section import Section


class AnnouncementRules(Section):
    """公告 [practice]: the manual has only the titles."""

    sms_roles: tuple[str, ...] = ("法定代表人", "负责人", "经办人", "财务", "收件部门")
    """Whose phone gets an SMS pointer where the chat is closed; others read it when they write next."""
    sms_price_yuan: Decimal = Decimal("0.045")
    """What the provider charges for one segment, for the estimate before sending."""
    spare_min: Annotated[int, Field(ge=0, le=14)] = 3
    """Nothing is sent so many minutes before and after each full and half hour, when the platform is busy."""
    warn_before_min: Annotated[int, Field(ge=0, le=240)] = 20
    """So long before the planned end of an outage its author is asked whether it will be over in time."""
    ask_again_before_h: Annotated[int, Field(ge=1, le=72)] = 4
    """So long before its planned start, in office hours, an announcement that nobody has approved is asked for again."""
    ask_again_urgent_min: Annotated[int, Field(ge=1, le=120)] = 10
    """So long after it was handed in one that is pressing is asked for again."""
    near_min: Annotated[int, Field(ge=0, le=720)] = 60
    """A report up to so long before the start and after the end of an outage is answered with it first."""
    never_outage: tuple[str, ...] = (
        "火", "烟", "燃气", "煤气", "焦", "糊", "烧", "爆", "炸", "漏", "淹", "喷", "涌", "进水", "积水", "到处是水",
        "全是水", "水浸", "困", "关在", "卡在", "出不来", "出不去", "里面有人", "有人在", "坠", "夹", "受伤", "流血", "晕",
        "救", "触电", "麻手", "麻了", "火花", "短路", "打火", "味",
    )  # fmt: skip
    """Words of danger: whoever says one of them is never put off with a planned outage."""
