"""A month of the park, played in chat by those whose work it is; the ledger keeps the same books by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from bot.config import Config
from models.clock import at_local, local_date
from models.database import Database
from tests.calendar.ledger import Ledger, fee_fen, parking_fen, use_fen
from tests.calendar.park20 import Dial, Park20, importing, read_park
from tests.fakes.world import World

LEAVES, COMES = "拾光文化传播有限公司", "北辰影像工作室"
SHARED_UNIT, LEFT_ON = "B-0402", date(2026, 3, 10)


async def open_story(db: Database, config: Config, folder: Path) -> Story:
    """The park of twenty on its first morning."""
    book = folder / "park.xlsx"
    world = World(db, config, folder / "files")
    await world.prepare(importing(book, config))
    return Story(world, read_park(book))


class Story:
    """Moves the clock, speaks for the staff, and remembers what every meter shows."""

    def __init__(self, world: World, park: Park20) -> None:
        self.world, self.park, self.ledger = world, park, Ledger()
        self.shows = {dial.number: dial.first for dial in park.dials}
        self.unbilled: dict[str, Decimal] = {}
        """What a meter has turned since it was last billed, where a reading is missing."""
        self.receipts = 0
        for tenant, (month, yuan) in park.debts.items():
            self.ledger.bill(tenant, month, int(yuan * 100))

    @property
    def today(self) -> date:
        """The park's date."""
        return local_date(self.world.clock.now())

    async def go(self, day: str, hour: int = 10, minute: int = 0) -> None:
        """To a time of a day of this year, "04-16"."""
        await self.world.advance(at_local(date.fromisoformat(f"{self.today.year}-{day}"), hour, minute))

    async def wait(self, minutes: int = 1) -> None:
        """A few minutes pass."""
        await self.world.advance(self.world.clock.now() + timedelta(minutes=minutes))

    async def ask(self, person: str, text: str, *expects: str) -> str:
        """Says it and holds the answer to some words."""
        got = "\n".join(await self.world.say(person, text))
        for word in expects:
            assert word in got, f"{person}: {text[:60]!r} should be answered with {word!r}: {got[:600]!r}"
        return got

    async def tap(self, person: str, label: str, word: str) -> None:
        """Taps the newest such button and holds the answer to a word."""
        got = "\n".join(await self.world.press(person, label))
        assert word in got, f"{person}: [{label}] should be answered with {word!r}: {got[:600]!r}"

    async def hand_over(self) -> None:
        """The clerk tells what the meters of the shared unit showed when one company left."""
        for dial in self._dials_of(SHARED_UNIT):
            turned = Decimal(3) if dial.kind == "水" else Decimal(70)
            self.shows[dial.number] += turned
            await self.ask("liuyan", f"抄表 交接 {dial.number} {self.shows[dial.number]} {LEFT_ON}", "已记下")
            self.ledger.lines["2026-03"][LEAVES] += use_fen(dial, turned, self.park)

    async def read_meters(
        self, month: str, missing: tuple[str, ...] = (), still: tuple[str, ...] = ()
    ) -> None:
        """One long message, then the odd ones by themselves. missing: meters nobody gets at; still: unused ones."""
        lines, rolled = ["抄表"], list[str]()
        for place, dial in enumerate(self._let_in(month)):
            turned = Decimal(0) if dial.number in still else usage_of(dial, place, month)
            rolls = self._turn(dial, turned)
            if dial.number in missing:
                self.unbilled[dial.number] = turned
                continue
            (rolled if rolls else lines).append(f"{dial.number} {self.shows[dial.number]}")
            self._charge(dial, turned + self.unbilled.pop(dial.number, Decimal(0)), month)
        await self.ask("liuyan", "\n".join(lines), f"已记 {len(lines) - 1} 条")
        for line in rolled:
            await self.ask("liuyan", f"抄表 {line}", "小于上次")
            await self.ask("liuyan", f"抄表 翻转 {line}", "走满归零")
        for _ in still:
            await self.ask("liuyan", "抄表 待确认", "用量为 0")
            await self.tap("liuyan", "确认", "已确认")

    async def draft_and_check(self, month: str) -> None:
        """Finance on the 24th."""
        await self.ask("chenjing", f"出账 {month}", "合计")
        await self.tap("chenjing", "复核", "已复核")
        for rent in self.park.rents:
            fee = fee_fen(self.park.areas[rent.unit], rent, month)
            self.ledger.lines[month][rent.tenant] += fee
        for space in self.park.spaces:
            self.ledger.lines[month][space.tenant] += parking_fen(space, self.park, month)

    async def approve(self, month: str) -> None:
        """The project manager; the letters leave."""
        await self.tap("zhengwei", "批准", "已批准")
        self.ledger.issue(month)

    async def pay(self, tenant: str, fen: int | None = None) -> None:
        """At the counter; without an amount all that is owed. A minute passes, as it does."""
        fen = self.ledger.owes(tenant) if fen is None else fen
        self.receipts += 1
        yuan = f"{fen // 100}.{fen % 100:02}"
        await self.ask("heting", f"收款 {tenant} {yuan} 转账 流水{self.receipts:04}", "确认收款")
        await self.tap("heting", "确认收款", "已入账")
        self.ledger.pay(tenant, fen)
        await self.wait()

    async def pay_all(self, *besides: str) -> None:
        """Everybody who owes something pays it, but for some."""
        for tenant in dict.fromkeys(rent.tenant for rent in self.park.rents):
            if tenant not in besides and self.ledger.owes(tenant):
                await self.pay(tenant)

    def _dials_of(self, unit: str) -> list[Dial]:
        return [dial for dial in self.park.dials if dial.unit == unit]

    def _let_in(self, month: str) -> list[Dial]:
        day = date.fromisoformat(f"{month}-20")
        return [dial for dial in self.park.dials if self.park.renter(dial.unit, day)]

    def _turn(self, dial: Dial, turned: Decimal) -> bool:
        """The counter goes on; whether it has begun again from zero."""
        shown, most = self.shows[dial.number] + turned, Decimal(10) ** (dial.digits or 9)
        self.shows[dial.number] = shown % most
        return shown >= most

    def _charge(self, dial: Dial, turned: Decimal, month: str) -> None:
        tenant = self.park.renter(dial.unit, date.fromisoformat(f"{month}-20"))
        assert tenant
        self.ledger.lines[month][tenant] += use_fen(dial, turned, self.park)


def usage_of(dial: Dial, place: int, month: str) -> Decimal:
    """What a meter turns in a month: never the same twice running, never out of all proportion, the same in every run."""
    number = int(month[-2:])
    if dial.kind == "水":
        return Decimal(4 + place % 4 + number % 2) + (Decimal("0.5") if dial.digits is None else 0)
    return Decimal(110 + place * 37 % 120 + number)
