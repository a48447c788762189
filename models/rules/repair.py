"""Repairs."""

from __future__ import annotations

from typing import Literal

from models.rules import repair_words as words
from models.rules.section import Section

Kind = Literal["accept", "arrive", "finish"]


class RepairRules(Section):
    """Repairs [practice]: the manual has only the title."""

    accept_min: dict[str, int] = {"emergency": 5, "urgent": 15, "normal": 30}
    finish_min: dict[str, int] = {"emergency": 240, "urgent": 480, "normal": 810}
    targets: dict[str, dict[Kind, dict[str, int]]] = {
        "电梯": {"arrive": {"normal": 60}, "finish": {"normal": 480}}
    }
    """Categories with targets of their own: category → accept, arrive or finish → urgency → minutes."""
    around_the_clock: frozenset[str] = frozenset({"emergency", "urgent"})
    """Urgencies whose targets count day and night; those of the others count in the duty hours of the desk."""
    remind_before_min: dict[Kind, dict[str, int]] = {
        "accept": {"urgent": 5, "normal": 10},
        "arrive": {"emergency": 5, "urgent": 15, "normal": 30},
        "finish": {"emergency": 60, "urgent": 60, "normal": 120},
    }
    """Those who have to act are reminded so long before a target."""
    arrive_min: dict[str, int] = {"emergency": 15, "urgent": 60, "normal": 240}
    """From a worker's acceptance to the door."""
    escalate_min: dict[str, int] = {"emergency": 5, "urgent": 30, "normal": 120}
    """A target missed by more than this is told one step up, and after as long again the next (desk.upwards)."""
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
    same_within_min: int = 10
    """What the same person says again within this time without anything new is no second report."""
    merge_within_h: int = 24
    """Reports of one place and kind further apart than this are not proposed for merging."""
    shared: dict[str, tuple[str, ...]] = words.SHARED
    """Installations that whole buildings share, and how tenants speak of their faults: for merging, and for planned
    outages that answer first."""
    reopen_days: int = 7
    confirm_h: int = 48
    """Without a word from the tenant a finished repair is closed after this time."""
    low_rating_most: int = 2
    """Up to so many stars a repair is opened again and lies with those above, who telephone."""
    low_rating_call_min: int = 240
    """From a low rating to the call, in duty hours."""
    call_back_percent: int = 10
    """So many per cent of the repairs that were rated are telephoned about all the same."""
    call_back_silent_percent: int = 20
    """And so many of those that were closed without a word from the tenant."""
    emergency_words: tuple[str, ...] = words.EMERGENCY_WORDS
    emergency_unless: dict[str, tuple[str, ...]] = words.EMERGENCY_UNLESS
    urgent_words: tuple[str, ...] = words.URGENT_WORDS
    not_urgent: tuple[str, ...] = (
        "不着急", "不急", "不是很急", "不紧急", "应急", "不赶", "急诊", "不是特别急", "不算急", "不太急",
        "没那么急", "不用急", "不用着急", "别急", "不用太急", "不用马上", "不用赶", "没有很急", "紧急出口",
        "紧急按钮", "紧急呼叫", "紧急疏散", "紧急通道", "不危险", "抽屉/柜/信箱/窗…打不开", "抽屉…锁",
        "网页/系统/网站/页面/小程序/APP…进不去/进不了", "车…进不去/进不来",
    )  # fmt: skip
    categories: dict[str, tuple[str, ...]] = words.CATEGORIES
    places: dict[str, tuple[str, ...]] = words.PLACES
    other_things: tuple[str, ...] = words.OTHER_THINGS
    not_things: tuple[str, ...] = words.NOT_THINGS
