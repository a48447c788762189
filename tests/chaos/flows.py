"""What goes on in the park while the service dies: each flow returns when its last answer has been seen."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from random import Random

from sqlalchemy import func, select

from models.clock import LOCAL
from models.fees.bill import Bill, BillKind, BillStatus
from models.fees.meter import Meter, Reading
from models.fees.money import yuan
from models.fees.payment import Payment
from models.people.tenant import Tenant
from models.people.unit import Unit
from tests.chaos.people import People
from tests.chaos.stage import Stage

_CREW = ("王强", "wangqiang"), ("赵磊", "zhaolei"), ("牛刚", "niugang")
_REPORTERS = ("lina", "xuqing", "qinbeichen")
_HASTY, _ROW, _PAUSE_S = "linfang", 3, 8
_LINES = 30
_PAID = 3


class Park:
    """Everything people do, and how much of it was done."""

    def __init__(self, stage: Stage, people: People, random: Random) -> None:
        self.stage, self.people, self._random = stage, people, random
        self._numbers = count(1)
        self.done: Counter[str] = Counter()
        self.under_way: Counter[str] = Counter()
        self.reports: list[str] = []
        self.payments: list[str] = []

    @contextlib.contextmanager
    def during(self, flow: str) -> Iterator[None]:
        """Notes that this is going on, and in the end that it was done."""
        self.under_way[flow] += 1
        try:
            yield
        finally:
            self.under_way[flow] -= 1
        self.done[flow] += 1

    def flows(self) -> list[str]:
        """What is going on now."""
        return [flow for flow, count in self.under_way.items() if count]

    async def work(self, crew: int, enough: asyncio.Event) -> None:
        """One tenant and one technician, repair after repair, until it is enough."""
        first = True
        while first or not enough.is_set():
            with self.during("repair"):
                await self.repair(crew)
            first = False

    async def repair(self, crew: int) -> None:
        """From the report to the rating."""
        reporter, (name, worker) = _REPORTERS[crew], _CREW[crew]
        people, mark = self.people, f"第{next(self._numbers)}号灯"
        answer = await people.say(reporter, f"报修 走廊{mark}不亮", "已登记")
        number = re.search(r"R\d+", answer["text"])
        assert number, answer
        self.reports.append(number[0])
        before = await people.last(reporter)
        await people.say("xieyu", f"派单 {number[0]} {name}", number[0], name)
        await people.say(worker, f"接单 {number[0]}", number[0])
        await people.say(worker, f"到场 {number[0]}", number[0])
        await people.say(worker, f"完工 {number[0]} 更换{mark}", number[0])
        # By SMS where a letter took the last of the five that a chat allows.
        await people.sees_either(reporter, before, (number[0], "更换"), (number[0], "已处理完成"))
        await people.say(reporter, f"签认 {number[0]}", "已签认")
        await people.say(reporter, f"评价 {number[0]} 5", "谢")

    async def claims(self, enough: asyncio.Event) -> None:
        """Losses, one after the other, each with a photo and the insurer's number."""
        first = True
        while first or not enough.is_set():
            with self.during("claim"):
                await self._claim()
            first = False

    async def _claim(self) -> None:
        place = f"C座{next(self._numbers)}层水泵房"
        answer = await self.people.say("zhangwu", f"出险 {place} 水浸 刚刚", "已登记")
        number = re.search(r"L\d+", answer["text"])
        assert number, answer
        # With several losses open a picture alone would be asked about.
        await self.people.say("zhangwu", f"照片 {number[0]}", number[0], "照片")
        await self.people.show("zhangwu", "拍的是什么")
        await self.people.press("zhangwu", "远景", "已记为远景")

    async def documents(self, enough: asyncio.Event) -> None:
        """Files that are made when they are sent."""
        first = True
        while first or not enough.is_set():
            with self.during("document"):
                before = await self.people.last("chenjing")
                await self.people.say("chenjing", "导出 欠费", "已记录")
                while not any(e["kind"] == "file" for e in await self.people.phone("chenjing", before)):
                    await self.people.sees("chenjing", before, "")
                    await asyncio.sleep(0.5)
                await self.people.say("gaoxiang", "账单", "")
            first = False
            await asyncio.sleep(1)

    async def in_a_row(self, enough: asyncio.Event) -> None:
        """One person writes several things without waiting; the answers come in the order of the questions."""
        first = True
        while first or not enough.is_set():
            with self.during("in a row"):
                before = await self.people.last(_HASTY)
                words = [f"查无{next(self._numbers):05}" for _ in range(_ROW)]
                for word in words:
                    await self.people.say(_HASTY, f"租户 {word}")
                for word in words:
                    await self.people.sees(_HASTY, before, word)
                seen = [e["text"] for e in await self.people.phone(_HASTY, before) if e["from"] == "bot"]
                order = [word for text in seen for word in words if word in text]
                assert order == words, f"asked {words}, answered {order}"
            first = False
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(enough.wait(), _PAUSE_S)

    async def imports(self, enough: asyncio.Event) -> None:
        """The command line imports the same workbook; it is killed in the middle and begun again."""
        book = str(self.stage.folder / "sample-park.xlsx")
        while not enough.is_set() or not self.done["import"]:
            with self.during("import"):
                child = await self.stage.nursery.bear(["import", book], self.stage.environment)
                await asyncio.sleep(self._random.uniform(0.3, 6))
                await child.end()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(enough.wait(), 10)

    async def read_meters(self, month: str) -> None:
        """Every meter, in messages of some lines; each line is taken once."""
        lines = await self._readings(month)
        with self.during("reading"):
            for first in range(0, len(lines), _LINES):
                part = lines[first : first + _LINES]
                answer = await self.people.say("liuyan", "\n".join(["抄表", *part]), "已记")
                assert f"已记 {len(part)} 条" in answer["text"], answer["text"]

    async def _readings(self, month: str) -> list[str]:
        """What the counters show: some more than last time, the main meters much more."""
        async with self.stage.db.read() as session:
            rows = await session.execute(
                select(Meter, Unit.common).join(Unit, Unit.id == Meter.unit_id).where(Meter.active)
            )
            meters = [(meter, common) for meter, common in rows]
            last = {
                meter_id: value
                for meter_id, value in await session.execute(
                    select(Reading.meter_id, Reading.value)
                    .where(Reading.month < month)
                    .order_by(Reading.month)
                )
            }
        return [
            f"{meter.number} {int(last.get(meter.id, 0)) + (900 if common else 10)}"
            for meter, common in meters
        ]

    async def bill(self, month: int) -> None:
        """Drafted, checked, approved."""
        with self.during("bill run"):
            await self.people.say("chenjing", f"出账 {month}月", "合计")
            await self.people.press("chenjing", "复核", "已复核")
            await self.people.press("zhengwei", "批准", "已批准")

    async def sign_and_pay(self, month: str) -> None:
        """Who is in chat signs; some pay, one after the other, at the counter."""
        with self.during("signing"):
            for person in ("lina", "qinbeichen"):
                await self.people.say(person, "签收", "签收")
        owing = await self._owing(month)
        for name, owed_fen in self._random.sample(owing, min(_PAID, len(owing))):
            with self.during("payment"):
                amount = yuan(owed_fen).replace(",", "")
                await self.people.say("sunli", f"收款 {name} {amount} 转账", "确认收款")
                seen = await self.people.press("sunli", "确认收款", "已入账")
            number = re.search(r"SK-\d+-\d+", seen["text"])
            assert number, seen
            self.payments.append(number[0])

    async def _owing(self, month: str) -> list[tuple[str, int]]:
        """Companies whose names can be typed, with what is open of that month."""
        async with self.stage.db.read() as session:
            rows = await session.execute(
                select(Tenant.name, Bill.total_fen - Bill.paid_fen)
                .join(Tenant, Tenant.id == Bill.tenant_id)
                .where(Bill.month == month, Bill.kind == BillKind.MONTH, Bill.status == BillStatus.ISSUED)
                .where(Bill.total_fen > Bill.paid_fen)
                .order_by(Bill.id)
            )
            return [(name, fen) for name, fen in rows if re.fullmatch(r"[\u4e00-\u9fff]+", name)]

    async def close(self, month: int) -> None:
        """The month's papers are handed in, passed and sealed."""
        with self.during("archive"):
            before = await self.people.last("sunli")
            await self.people.say("sunli", f"月结 {month}月", "月结")
            await self.people.press("chenjing", "通过", "通过")
            await self.people.sees("sunli", before, "归档")

    async def counted(self) -> tuple[int, int]:
        """How many payments there are, and how many bills of a month."""
        async with self.stage.db.read() as session:
            payments = await session.scalar(select(func.count(Payment.id)))
            bills = await session.scalar(select(func.count(Bill.id)).where(Bill.kind == BillKind.MONTH))
        return payments or 0, bills or 0


def at(text: str) -> datetime:
    """A time of the park, "2026-03-21 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)
