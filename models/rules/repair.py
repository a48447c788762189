"""Repairs."""

from __future__ import annotations

from models.rules.section import Section


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
