"""What a week brings to the desk of the one park: who reports what, when. Drawn by lot, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.clock import at_local, local
from tests.calendar.year_park import START as YEAR_START
from tests.calendar.year_park import Company

MONDAY = local(YEAR_START).date() + timedelta(days=1)
"""5 January 2026."""
ONE_PARK = 130
"""Cases of a week where a month has 550."""


class Sort(StrEnum):
    """What is brought to the desk, and how."""

    REPAIR = "报修"
    EMERGENCY = "急修"
    COMPLAINT = "投诉"
    INQUIRY = "人工"
    WALK_IN = "代报"


@dataclass(frozen=True, slots=True)
class Report:
    """One of them. company: of the reporter; for a walk-in nobody there has a chat."""

    at: datetime
    sort: Sort
    company: Company
    text: str


_TEXTS = {
    Sort.REPAIR: (
        "空调不冷了", "水龙头滴水", "插座没电", "走廊灯不亮", "门禁刷不开", "网络连不上", "马桶堵了", "窗户关不严",
        "电梯按键不灵", "墙皮掉了一块", "洗手间没纸了", "道闸不抬杆", "打印间插座冒不出电", "百叶窗坏了",
    ),
    Sort.EMERGENCY: ("漏水了！！快来", "停电了，一片漆黑", "有人困在电梯里", "配电箱冒烟了"),
    Sort.COMPLAINT: ("隔壁装修太吵，没法上班", "保洁三天没来", "停车位总被占，没人管"),
    Sort.INQUIRY: ("会议室怎么预订", "请客服回电", "周末能进园区搬家具吗", "想换个大一点的车位"),
    Sort.WALK_IN: ("地砖松了 陈先生 13611112222", "洗手盆堵了 孙女士 13611113333"),
}  # fmt: skip
_SHARES = ((Sort.REPAIR, 62), (Sort.INQUIRY, 18), (Sort.COMPLAINT, 8), (Sort.EMERGENCY, 6), (Sort.WALK_IN, 6))
_HOURS = (*range(8, 18), *range(9, 12), *range(13, 18), 18, 19, 20, 21, 22, 23, 2, 6)
"""When people write: mostly in office hours, now and then at night."""


def week_of(companies: Sequence[Company], cases: int, days: int, seed: int = 7) -> list[Report]:
    """So many cases over so many days from Monday on, in order of time."""
    lot = random.Random(seed)
    chatting = [company for company in companies if company.chat]
    silent = [company for company in companies if not company.chat]
    sorts = [sort for sort, share in _SHARES for _ in range(share)]
    found = []
    for number in range(cases):
        sort = sorts[number * 37 % len(sorts)]
        company = lot.choice(silent if sort is Sort.WALK_IN else chatting)
        hour = lot.randrange(9, 16) if sort is Sort.WALK_IN else lot.choice(_HOURS)
        day = MONDAY + timedelta(days=lot.randrange(min(days, 5) if sort is Sort.WALK_IN else days))
        at = at_local(day, hour) + timedelta(seconds=lot.randrange(3600))
        found.append(Report(at, sort, company, f"{lot.choice(_TEXTS[sort])}"))
    return sorted(found, key=lambda report: report.at)


def on_duty(at: datetime) -> datetime:
    """The first moment from then on at which somebody of the day shifts is there."""
    here = local(at)
    while here.isoweekday() == 7 or not 8 * 60 + 35 <= here.hour * 60 + here.minute < 21 * 60 + 50:
        here += timedelta(minutes=5)
    return here.astimezone(at.tzinfo)
