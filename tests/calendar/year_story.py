"""Twelve months of 2026 in chat: what every month brings, and what only one of them does."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import func, select

from bot.sheets.statement import import_statement
from models.clock import at_local, local_date
from models.fees.bill import Bill, BillStatus
from models.notices.notice import Notice, NoticeKind
from models.people.tenant import Tenant
from scheduler.glance import glance
from tests.calendar import year_park as who
from tests.calendar.year_park import YearPark
from tests.fakes.statement import as_xlsx, line
from tests.fakes.world import World

POOL, SUBS = "D-总", tuple(f"D-C-010{number}" for number in range(1, 5))
PAYS_OTHERWISE = (who.LEAVER, who.LESSEE, who.PARKER)
AT_NIGHT = 11
"""The month whose bills are approved at night: the letters wait for the morning, and one tenant pays before it."""
LINES_OF_A_MESSAGE, LINES_OF_A_LIST = 50, 20
SIGN_IN_CHAT = ("harbour",)


class YearStory:
    """Speaks for staff and tenants; the service does the rest."""

    def __init__(self, world: World, park: YearPark, folder: Path, *, awake_daily: bool = False) -> None:
        """awake_daily: the machine sleeps, but for half past ten each day and whenever a message is due. What was
        to happen meanwhile is made up then. A tenth of the stops, and the same letters on the same days.
        """
        self.world, self.park, self.folder, self.awake_daily = world, park, folder, awake_daily
        self.receipts = 0
        self.received: dict[str, int] = defaultdict(int)
        """What each tenant gave and did not get back, in 分: kept by hand."""
        self.swapped: dict[str, Decimal] = {}

    @property
    def today(self) -> date:
        """The park's date."""
        return local_date(self.world.clock.now())

    async def go(self, day: str, hour: int = 10, minute: int = 45) -> None:
        """To a time of a day, "04-16"; never back."""
        to = at_local(date.fromisoformat(f"2026-{day}"), hour, minute)
        if not self.awake_daily:
            await self.world.advance(max(to, self.world.clock.now()))
            return
        while (now := self.world.clock.now()) < to:
            self.world.clock.set(min(await self._waking(now), to))
            await self.world.engine.settle()

    async def _waking(self, now: datetime) -> datetime:
        morning = at_local(local_date(now), 10, 30)
        if morning <= now:
            morning = at_local(local_date(now) + timedelta(days=1), 10, 30)
        due = (await glance(self.world.db, now)).next_at
        return min(due, morning) if due else morning

    async def wait(self, minutes: int) -> None:
        """Some minutes pass."""
        to = self.world.clock.now() + timedelta(minutes=minutes)
        if not self.awake_daily:
            await self.world.advance(to)
            return
        self.world.clock.set(to)
        await self.world.engine.settle()

    async def ask(self, person: str, text: str, *expects: str) -> str:
        """Says it and holds the answer to some words."""
        got = "\n".join(await self.world.say(person, text))
        for word in expects:
            assert word in got, f"{self.today} {person}: {text[:80]!r} should say {word!r}: {got[:900]!r}"
        return got

    async def tap(self, person: str, label: str, *expects: str) -> str:
        """Taps the newest such button and holds the answer to some words."""
        got = "\n".join(await self.world.press(person, label))
        for word in expects:
            assert word in got, f"{self.today} {person}: [{label}] should say {word!r}: {got[:900]!r}"
        return got

    async def owed(self, tenant: str) -> list[tuple[str, int]]:
        """Month and 分 of each bill that is open, as the tenant's letters say."""
        async with self.world.db.read() as session:
            rows = await session.execute(
                select(Bill.month, Bill.total_fen - Bill.paid_fen)
                .join(Tenant, Tenant.id == Bill.tenant_id)
                .where(
                    Tenant.name == tenant, Bill.status == BillStatus.ISSUED, Bill.total_fen > Bill.paid_fen
                )
                .order_by(Bill.due_on, Bill.id)
            )
            return [(month, fen) for month, fen in rows]

    async def debtors(self) -> list[str]:
        """Who owes something."""
        async with self.world.db.read() as session:
            rows = await session.scalars(
                select(Tenant.name)
                .join(Bill, Bill.tenant_id == Tenant.id)
                .where(Bill.status == BillStatus.ISSUED, Bill.total_fen > Bill.paid_fen)
                .group_by(Tenant.id, Tenant.name)
                .order_by(Tenant.id)
            )
            return list(rows)

    # -- what every month brings ------------------------------------------------------------------------

    async def pay(self, tenant: str, fen: int, how: str = "转账", more: str = "") -> None:
        """At the counter."""
        self.receipts += 1
        yuan = f"{fen // 100}.{fen % 100:02}"
        words = " ".join(filter(None, [f"收款 {tenant} {yuan} {how}", more, f"流水{self.receipts:05}"]))
        await self.ask("heting", words, "确认收款")
        await self.tap("heting", "确认收款", "已入账")
        self.received[tenant] += fen
        await self.wait(1)

    async def pay_all(self, tenant: str) -> None:
        """At the counter, everything."""
        await self.pay(tenant, sum(fen for _, fen in await self.owed(tenant)))

    async def most_pay(self, *besides: str) -> None:
        """Everybody but some transfers what is owed; the bank's statement is taken in and gone through in the lists
        it offers.
        """
        lines = []
        for tenant in await self.debtors():
            if tenant in PAYS_OTHERWISE or tenant in besides:
                continue
            fen = sum(open_fen for _, open_fen in await self.owed(tenant))
            self.receipts += 1
            self.received[tenant] += fen
            yuan = f"{fen // 100}.{fen % 100:02}"
            account, serial = f"6222{sum(tenant.encode()):08}", f"BK{self.receipts:06}"
            lines.append(
                line(
                    self.today.isoformat(), yuan, name=tenant, account=account, words="物业费", serial=serial
                )
            )
        path = as_xlsx(self.folder / "statement.xlsx", lines)
        world = self.world
        await import_statement(world.db, path, world.core.rules, by="staff:sunli", now=world.clock.now())
        left = len(lines)
        while left:
            if len(lines) > LINES_OF_A_LIST:
                await self.wait(5)  # nobody is sent more than some messages a minute
            await self.ask("sunli", "对账", f"待认流水 {left} 笔")
            await self.tap("sunli", "看清单一起确认", "都对吗")
            label = next(iter(self.world.phone("sunli")[-1].buttons))
            if len(lines) > LINES_OF_A_LIST:
                await self.wait(5)
            await self.tap("sunli", label, "已入账")
            left -= int(label.split()[1])

    async def read_meters(
        self, month: int, missing: tuple[str, ...] = (), still: tuple[str, ...] = ()
    ) -> None:
        """Long messages; a dial that has begun again from zero is told of. still: unused ones."""
        lines, rolled = ["抄表"], list[str]()
        for place, number in enumerate(self.park.shows):
            if number == POOL or number in missing:
                continue
            rolls = self.turn(number, Decimal(0) if number in still else used(number, place, month))
            (rolled if rolls else lines).append(f"{number} {self.park.shows[number]}")
        self.park.shows[POOL] += sum(self.swapped.pop(number, Decimal(0)) for number in SUBS) + Decimal(
            260 + month
        )
        lines.append(f"{POOL} {self.park.shows[POOL]}")
        for start in range(1, len(lines), LINES_OF_A_MESSAGE):
            await self.ask("liuyan", "\n".join(["抄表", *lines[start : start + LINES_OF_A_MESSAGE]]), "已记")
        for dial in rolled:
            await self.ask("liuyan", f"抄表 翻转 {dial}", "走满归零")

    def turn(self, number: str, turned: Decimal) -> bool:
        """The counter goes on; whether it has begun again from zero."""
        most = Decimal(10) ** self.park.digits[number]
        shown = self.park.shows[number] + turned
        self.park.shows[number] = shown % most
        if number in SUBS:
            self.swapped[number] = self.swapped.get(number, Decimal(0)) + turned
        return shown >= most

    async def bill(self, month: int) -> None:
        """Draft, check and approval between the 24th and the 25th."""
        await self.go(f"{month:02}-24")
        await self.ask("chenjing", f"出账 2026-{month:02}", "合计")
        await self.tap("chenjing", "复核", "已复核")
        await (self.go(f"{month:02}-24", 21, 40) if month == AT_NIGHT else self.go(f"{month:02}-25", 9, 5))
        await self.tap("zhengwei", "批准", "已批准")
        if month == AT_NIGHT:
            await self.pay_all(who.CLERK_SIGNS)
        await self.wait(120)

    async def sign(self, month: int) -> None:
        """Some sign in chat."""
        await self.go(f"{month:02}-26", 15)
        for company in self.park.companies:
            if company.chat in SIGN_IN_CHAT and await self.letter(company.name, month):
                await self.ask(company.chat, "签收", "签收")

    async def letter(self, tenant: str, month: int | None, kind: NoticeKind = NoticeKind.PAYMENT) -> str:
        """The number of the newest letter of the month, or of any; "" when there is none."""
        query = (
            select(Notice.number)
            .join(Tenant, Tenant.id == Notice.tenant_id)
            .where(Tenant.name == tenant, Notice.kind == kind)
        )
        if month:
            query = query.where(Notice.month == f"2026-{month:02}")
        async with self.world.db.read() as session:
            return await session.scalar(query.order_by(Notice.id.desc()).limit(1)) or ""

    async def bill_of(self, tenant: str, month: int) -> str:
        """The number of the month's bill."""
        async with self.world.db.read() as session:
            found = await session.scalar(
                select(Bill.number)
                .join(Tenant, Tenant.id == Bill.tenant_id)
                .where(
                    Tenant.name == tenant, Bill.month == f"2026-{month:02}", Bill.status == BillStatus.ISSUED
                )
            )
        assert found, f"{tenant} has no bill of {month}"
        return found

    async def close(self, month: int) -> None:
        """The papers of the month before, on the 2nd."""
        await self.ask("sunli", f"月结 2026-{month:02}", "")
        await self.tap("chenjing", "通过", "归档")
        await self.wait(5)

    async def bills_of(self, month: int) -> int:
        """How many went out."""
        async with self.world.db.read() as session:
            count = await session.scalar(
                select(func.count())
                .select_from(Bill)
                .where(Bill.month == f"2026-{month:02}", Bill.status == BillStatus.ISSUED)
            )
            return count or 0


def used(number: str, place: int, month: int) -> Decimal:
    """What a meter turns in a month: never twice the same, never out of all proportion, the same in every run."""
    if number[0] == "S":
        return Decimal(5 + (place + month) % 4)
    return Decimal(110 + place * 37 % 60 + month)


def last_day(month: int) -> str:
    """ "02-28" """
    return f"{month:02}-{monthrange(2026, month)[1]}"
