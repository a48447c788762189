"""A week at the desk, played: people report, staff work it off in their hours, some of it late, the clock goes on."""

from __future__ import annotations

import heapq
import itertools
import random
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

from bot.config import Config
from models.database import Database
from tests.calendar import year_park
from tests.calendar.week_plan import Report, Sort, on_duty, week_of
from tests.fakes.world import World

Act = Callable[[datetime], Awaitable[None]]
_NUMBER = re.compile(r"[RTZ]\d{2,}")
DESK, LEAD = ("zhoumin", "panjun", "yuqing"), "xieyu"
CREW = ("wangqiang", "zhaolei", "niugang")
START = year_park.START


class Week:
    """The world, the lot, and what is still to be done by whom."""

    def __init__(self, world: World, seed: int = 11) -> None:
        self.world = world
        self._lot = random.Random(seed)
        self._agenda: list[tuple[datetime, int, Act]] = []
        self._count = itertools.count()

    def at(self, when: datetime, act: Act) -> None:
        """Puts something on the agenda."""
        heapq.heappush(self._agenda, (when, next(self._count), act))

    def after(self, now: datetime, low_min: int, high_min: int, act: Act, *, any_time: bool = False) -> None:
        """The same, so many minutes later; staff wait for their hours unless it burns."""
        when = now + timedelta(minutes=self._lot.randint(low_min, high_min))
        self.at(when if any_time else on_duty(when), act)

    async def play(self, until: datetime) -> None:
        """Everything on the agenda, in order, then on to the end."""
        while self._agenda and self._agenda[0][0] <= until:
            when, _, act = heapq.heappop(self._agenda)
            await self.world.advance(when)
            await act(when)
        await self.world.advance(until)

    async def said(self, who: str, text: str) -> str:
        """What the person reads in answer."""
        return "\n".join(await self.world.say(who, text))

    async def report(self, report: Report, now: datetime) -> None:
        """Somebody writes, calls or stands at the counter; the rest follows from the number."""
        unit, who = report.company.units[0], report.company.chat
        match report.sort:
            case Sort.WALK_IN:
                answer = await self.said(DESK[0], f"代报 {unit} {report.text}")
            case Sort.INQUIRY:
                answer = await self.said(who, f"人工 {report.text}")
            case Sort.COMPLAINT:
                answer = await self.said(who, f"投诉 {report.text}")
            case _:
                answer = await self.said(who, f"报修 {unit} {report.text}")
        found = _NUMBER.search(answer)
        if found is None:
            return
        number, urgent = found[0], report.sort is Sort.EMERGENCY
        match number[0]:
            case "Z":
                self.after(now, 5, 90, lambda at: self._reply(number, who, at))
            case "T":
                self.after(now, 5, 60, lambda at: self._complaint(number, who, at))
            case _:
                late = self._lot.random() < 0.2
                low, high = (45, 200) if late else (2, 20)
                first = (1, 4) if urgent else (low, high)
                self.after(now, *first, lambda at: self._repair(number, report, at), any_time=urgent)

    async def _reply(self, number: str, who: str, now: datetime) -> None:
        await self.said(DESK[1], f"回复 {number} 在前台登记即可")
        if self._lot.random() < 0.3:
            self.at(now + timedelta(minutes=7), lambda _: self._write(who, f"解决了 {number}"))

    async def _complaint(self, number: str, who: str, now: datetime) -> None:
        await self.said(DESK[0], f"受理 {number}")
        self.after(now, 60, 1800, lambda at: self._answer(number, who, at))

    async def _answer(self, number: str, who: str, now: datetime) -> None:
        await self.said(DESK[0], f"答复 {number} 已经处理，请再观察")
        word = self._lot.choice(("满意", "满意", "不满意"))
        self.at(now + timedelta(hours=1), lambda _: self._write(who, f"{word} {number}"))

    async def _repair(self, number: str, report: Report, now: datetime) -> None:
        """Given out or taken, sometimes with help."""
        worker, urgent = self._lot.choice(CREW), report.sort is Sort.EMERGENCY
        if self._lot.random() < 0.5:
            await self.said(DESK[0], f"派单 {number} {worker}")
            await self.said(worker, f"接单 {number}")
        else:
            await self.said(worker, f"领单 {number}")
        if self._lot.random() < 0.15:
            helper = next(member for member in CREW if member != worker)
            await self.said(worker, f"加派 {number} {helper}")
        arrive = (5, 14) if urgent else (20, 300)
        self.after(now, *arrive, lambda at: self._on_scene(number, worker, report, at), any_time=urgent)

    async def _on_scene(self, number: str, worker: str, report: Report, now: datetime) -> None:
        urgent = report.sort is Sort.EMERGENCY
        await self.said(worker, f"到场 {number}")
        if self._lot.random() < 0.1:
            await self.said(worker, f"待料 {number} 缺配件")
        self.after(now, 20, 400, lambda at: self._done(number, worker, report, at), any_time=urgent)

    async def _done(self, number: str, worker: str, report: Report, now: datetime) -> None:
        await self.said(worker, f"完工 {number} 已修好")
        await self.said(worker, "照片稍后")
        if report.sort is Sort.WALK_IN or self._lot.random() < 0.4:
            return
        stars = self._lot.choice((5, 5, 5, 4, 4, 3, 1))
        self.at(now + timedelta(minutes=30), lambda at: self._rate(number, report.company.chat, stars, at))

    async def _rate(self, number: str, who: str, stars: int, now: datetime) -> None:
        await self.said(who, f"评价 {number} {stars}")
        if stars < 3:
            self.after(now, 30, 600, lambda _: self._write(LEAD, f"办结 {number} 已电话致歉"))

    async def _write(self, who: str, text: str) -> None:
        await self.said(who, text)


async def open_week(
    db: Database, config: Config, folder: Path, ordinary: int, cases: int, days: int
) -> tuple[Week, datetime]:
    """The park on its first Monday, with the reports of the week on the agenda; and when it is over."""
    park = year_park.year_park(ordinary)
    world = World(db, config, folder / "files", START)
    await world.prepare(year_park.importing(folder / "park.xlsx", park, config, START))
    week = Week(world)
    for report in week_of(park.companies, cases, days):
        week.at(report.at, lambda at, report=report: week.report(report, at))  # type: ignore[misc]
    end = START + timedelta(days=days + 1, hours=3)
    return week, end
