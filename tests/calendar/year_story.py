"""Twelve months of 2026 in chat: what every month brings, and what only one of them does."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from models.clock import at_local, local_date
from models.fees.bill import Bill, BillStatus
from models.notices.notice import Notice, NoticeKind
from models.people.tenant import Tenant
from tests.calendar import year_park as who
from tests.calendar.year_park import YearPark
from tests.fakes.world import World

POOL, SUBS = "D-总", tuple(f"D-C-010{number}" for number in range(1, 5))
PAYS_OTHERWISE = (who.LEAVER, who.HALF, who.PROMISER, who.DISPUTER, who.STATEMENT, who.CHEQUE, who.PENALISED)


class YearStory:
    """Speaks for staff and tenants; the service does the rest."""

    def __init__(self, world: World, park: YearPark) -> None:
        self.world, self.park = world, park
        self.receipts = 0
        self.swapped: dict[str, Decimal] = {}

    @property
    def today(self) -> date:
        """The park's date."""
        return local_date(self.world.clock.now())

    async def go(self, day: str, hour: int = 10, minute: int = 0) -> None:
        """To a time of a day, "04-16"; never back."""
        to = at_local(date.fromisoformat(f"2026-{day}"), hour, minute)
        await self.world.advance(max(to, self.world.clock.now()))

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

    async def pay(self, tenant: str, fen: int | None = None, how: str = "转账") -> None:
        """At the counter; without an amount all that is owed."""
        fen = sum(open_fen for _, open_fen in await self.owed(tenant)) if fen is None else fen
        if not fen:
            return
        self.receipts += 1
        await self.ask(
            "heting", f"收款 {tenant} {fen // 100}.{fen % 100:02} {how} 流水{self.receipts:05}", "确认收款"
        )
        await self.tap("heting", "确认收款", "已入账")
        await self.world.advance(self.world.clock.now() + timedelta(minutes=1))

    async def most_pay(self) -> None:
        """Everybody but those with a way of their own."""
        for tenant in await self.debtors():
            if tenant not in PAYS_OTHERWISE:
                await self.pay(tenant)

    async def read_meters(self, month: int, missing: tuple[str, ...] = ()) -> None:
        """One long message; what asks a question is answered."""
        lines, rolled = ["抄表"], list[str]()
        for place, number in enumerate(self.park.shows):
            unit = self.park.unit_of.get(number, "")
            if number == POOL or (unit and self.park.tenant_in(unit, self.today) is None):
                continue
            if number in missing:
                continue
            rolls = self.turn(number, used(number, place, month))
            (rolled if rolls else lines).append(f"{number} {self.park.shows[number]}")
        self.park.shows[POOL] += sum(self.swapped.pop(number, Decimal(0)) for number in SUBS) + Decimal(
            260 + month
        )
        lines.append(f"{POOL} {self.park.shows[POOL]}")
        await self.ask("liuyan", "\n".join(lines), "已记")
        for line in rolled:
            await self.ask("liuyan", f"抄表 翻转 {line}", "走满归零")

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
        await self.go(f"{month:02}-25", 9, 5)
        await self.tap("zhengwei", "批准", "已批准")
        await self.world.advance(self.world.clock.now() + timedelta(hours=2))

    async def sign(self, month: int) -> None:
        """Who is in chat signs there; the others are visited on the 28th, or written to by post."""
        await self.go(f"{month:02}-26", 15)
        for company in self.park.companies:
            if company.chat and company.chat != "lina" and await self.letter(company.name, month):
                await self.ask(company.chat, "签收", "签收")
        if await self.letter(who.CLERK_SIGNS, month):
            await self.ask("tangxiaoyu", "签收", "")
            await self.ask("lina", "签收", "签收")
        await self.go(f"{month:02}-28", 11)
        for company in self.park.companies:
            number = await self.letter(company.name, month)
            if not company.chat and number:
                await self.bring(company.name, number)

    async def bring(self, tenant: str, number: str) -> None:
        """The steward goes there; one door stays shut, and post comes back."""
        if tenant != who.WRONG_PHONE:
            await self.world.show("zhoumin")
            await self.ask("zhoumin", f"送达 {number} 王经理 负责人", number)
            return
        await self.ask("zhoumin", f"拒收 {number} 前台 说负责人不在 见证 潘军", number)
        await self.ask("zhoumin", f"邮寄 {number} EMS{number[-4:]}{self.today:%m%d}", number)
        if self.today.month % 2:
            await self.ask("zhoumin", f"退件 {number} 查无此人", number)
        else:
            await self.ask("zhoumin", f"妥投 {number} {self.today.month}月{self.today.day}日 收发室", number)

    async def letter(self, tenant: str, month: int) -> str:
        """The number of the month's letter that nobody has signed for; "" when there is none."""
        async with self.world.db.read() as session:
            found = await session.scalar(
                select(Notice.number)
                .join(Tenant, Tenant.id == Notice.tenant_id)
                .where(Tenant.name == tenant, Notice.month == f"2026-{month:02}")
                .where(Notice.kind == NoticeKind.PAYMENT)
                .order_by(Notice.id.desc())
                .limit(1)
            )
            return found or ""

    async def close(self, month: int) -> None:
        """The papers of the month before, on the 2nd."""
        await self.ask("sunli", f"月结 2026-{month:02}", "")
        await self.tap("chenjing", "通过", "归档")
        await self.world.advance(self.world.clock.now() + timedelta(minutes=5))

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
