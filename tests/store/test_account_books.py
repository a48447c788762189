"""Whatever is paid, taken back, given back, bounced and read from statements in whatever order: the books agree."""

from __future__ import annotations

import asyncio
import random

import pytest
from sqlalchemy import select

from models.bank.deciding import Part, book
from models.bank.importing import keep_lines
from models.bank.line import BankLine
from models.bank.statement import StatementLine
from models.database import Database
from models.errors import UserError
from models.fees.account import books_balance
from models.fees.bill import unpaid_bills
from models.fees.cheques import clear_cheque
from models.fees.day_close import close_day
from models.fees.payment import Payment, ReversalCode, credit_fen
from models.fees.receiving import receive
from models.fees.refunding import RefundWanted, give_back, take_refund_back
from models.fees.reversal import reverse
from models.fees.till import DayClose, by_method, entries_of
from models.invoices.changing import apply, issue, red_letter
from models.invoices.invoice import Invoice
from models.invoices.invoiceable import invoiceable, over_invoiced
from models.invoices.titles import keep_title
from models.people.staff import Staff
from models.rules.money import CASH, CHEQUE, TRANSFER
from tests.store.fee_park import APRIL, MARCH, RULES, FeePark, day, kept, open_park

SUNLI, CHENJING = "staff:sunli", "staff:chenjing"
NAMES = ("云帆设计", "青禾科技")


@kept
async def park(db: Database) -> FeePark:
    """Two tenants that owe 1,000.00 each for March; April comes in between."""
    park = await open_park(db)
    await park.lets("云帆设计", "A-1203")
    await park.lets("青禾科技", "B-0101")
    await park.issue(MARCH, day(3, 25))
    async with db.begin() as session:
        for userid in ("sunli", "chenjing"):
            session.add(Staff(userid=userid, name=userid, department="财务部", roles=["出纳员"]))
        for tenant_id in park.tenants.values():
            await keep_title(session, tenant_id, "抬头", "91350100M000100Y43", "", by="x", now=day(3, 25))
    return park


class Play:
    """Random moves with money, each a unit of work of its own; what is refused changes nothing."""

    def __init__(self, park: FeePark, seed: int) -> None:
        self.park, self.chance, self.count = park, random.Random(seed), 0
        self.now = day(4, 1)
        self.done: dict[str, int] = {}

    async def move(self) -> None:
        """One of them."""
        self.count += 1
        kind = self.chance.choice(
            (
                "pay",
                "pay",
                "pay",
                "reverse",
                "refund",
                "refund_back",
                "clear",
                "bank",
                "close",
                "invoice",
                "issue",
                "red",
            )
        )
        try:
            await getattr(self, kind)()
        except UserError:
            return
        self.done[kind] = self.done.get(kind, 0) + 1

    def tenant(self) -> int:
        return self.park.tenants[self.chance.choice(NAMES)]

    async def pay(self) -> None:
        tenant_id = self.tenant()
        async with self.park.db.begin() as session:
            bills = await unpaid_bills(session, tenant_id)
            named = [self.chance.choice(bills).id] if bills and self.chance.random() < 0.4 else []
            await receive(
                session, tenant_id=tenant_id, amount_fen=self.chance.choice((1, 33_333, 50_000, 100_000, 170_001)),
                method=self.chance.choice((CASH, CHEQUE, TRANSFER)), reference="", cashier=SUNLI,
                message_key=f"pay:{self.count}", now=self.now, rules=RULES, named=named,
            )  # fmt: skip

    async def _some(self, table: type[Payment] | type[Invoice]) -> int:
        async with self.park.db.read() as session:
            ids = list(await session.scalars(select(table.id)))
        if not ids:
            raise UserError("nothing there")
        return self.chance.choice(ids)

    async def reverse(self) -> None:
        payment_id = await self._some(Payment)
        code = self.chance.choice(list(ReversalCode))
        async with self.park.db.begin() as session:
            payment = await session.get_one(Payment, payment_id)
            await reverse(session, payment, by=CHENJING, reason="试", now=self.now, code=code)

    async def refund(self) -> None:
        wanted = RefundWanted("", self.chance.choice((1, 9_999, 40_000)), CASH, "某", "多付")
        async with self.park.db.begin() as session:
            await give_back(
                session, tenant_id=self.tenant(), wanted=wanted, by=CHENJING,
                message_key=f"back:{self.count}", now=self.now,
            )  # fmt: skip

    async def refund_back(self) -> None:
        number = f"TK-202604-{self.chance.randint(1, 4):04}"
        async with self.park.db.begin() as session:
            await take_refund_back(session, number, by=CHENJING, reason="退回", now=self.now)

    async def clear(self) -> None:
        payment_id = await self._some(Payment)
        async with self.park.db.begin() as session:
            await clear_cheque(session, await session.get_one(Payment, payment_id), self.now)

    async def bank(self) -> None:
        line = StatementLine(
            self.now.date(), self.chance.choice((70_000, 150_000)), "某", "", "3月", f"S{self.count}"
        )
        async with self.park.db.begin() as session:
            await keep_lines(session, [(1, f"serial:{line.serial}", line)], by="system", now=self.now)
            lines = list(await session.scalars(select(BankLine.id)))
            parts = [Part(self.tenant(), self.chance.choice((30_000, 70_000)))]
            await book(session, self.chance.choice(lines), parts, by=SUNLI, now=self.now, rules=RULES)

    async def close(self) -> None:
        async with self.park.db.begin() as session:
            await close_day(session, SUNLI, self.now.date(), counted_fen=0, reason="试", now=self.now)

    async def invoice(self) -> None:
        async with self.park.db.begin() as session:
            title = await keep_title(
                session, self.tenant(), "抬头", "91350100M000100Y43", "", by="x", now=self.now
            )
            await apply(session, title, by="contact:1", now=self.now)

    async def issue(self) -> None:
        invoice_id = await self._some(Invoice)
        async with self.park.db.begin() as session:
            invoice = await session.get_one(Invoice, invoice_id)
            number = f"{self.count:020}"
            await issue(session, invoice, number, self.now.date(), by=SUNLI, now=self.now)

    async def red(self) -> None:
        invoice_id = await self._some(Invoice)
        async with self.park.db.begin() as session:
            await red_letter(
                session, await session.get_one(Invoice, invoice_id), f"{self.count:020}", now=self.now
            )


async def verify_accounts(park: FeePark) -> None:
    """Each tenant's money is on its bills, its credit, or given back; no part of it is on two invoices."""
    async with park.db.read() as session:
        assert await books_balance(session) == []
        assert await over_invoiced(session) == []
        for tenant_id in park.tenants.values():
            assert await credit_fen(session, tenant_id) >= 0
            assert all(
                item.amount_fen <= item.payment.amount_fen for item in await invoiceable(session, tenant_id)
            )
            owed = await unpaid_bills(session, tenant_id)
            assert not (owed and await credit_fen(session, tenant_id)), "credit lies idle beside a debt"


_PLAYS = [*(("sqlite", seed) for seed in range(4)), ("postgresql", 0), ("postgresql", 2)]
"""The same moves in another order; two of them are enough for the slower database."""


@pytest.mark.parametrize(("shelf", "seed"), _PLAYS, indirect=["shelf"])
async def test_the_books_agree_after_anything(park: FeePark, seed: int) -> None:
    play = Play(park, seed)
    for step in range(70):
        await play.move()
        if step == 30:
            await park.issue(APRIL, day(4, 25))
            play.now = day(4, 26)
        if step % 10 == 0:
            await verify_accounts(park)
    await verify_accounts(park)
    assert len(play.done) >= 8, play.done


async def test_a_day_that_is_closed_stays_as_it_was_counted(park: FeePark) -> None:
    now = day(4, 1)
    tenant_id = park.tenants["云帆设计"]

    async def pay(key: str) -> None:
        async with park.db.begin() as session:
            await receive(
                session, tenant_id=tenant_id, amount_fen=100, method=CASH, reference="", cashier=SUNLI,
                message_key=key, now=now, rules=RULES,
            )  # fmt: skip

    async def close() -> None:
        async with park.db.begin() as session:
            entries = await entries_of(session, SUNLI, now.date())
            counted = sum(entry.amount_fen for entry in entries)
            await close_day(session, SUNLI, now.date(), counted_fen=counted, reason="差", now=now)

    await pay("first")
    await asyncio.gather(pay("second"), close(), pay("third"))
    async with park.db.read() as session:
        close_row = (await session.scalars(select(DayClose))).one()
        sums = by_method(await entries_of(session, SUNLI, now.date()))
        assert close_row.totals == {each.method: each.net_fen for each in sums}
        later = by_method(await entries_of(session, SUNLI, day(4, 2).date()))
        assert sum(each.net_fen for each in [*sums, *later]) == 300


async def test_two_people_can_not_book_one_line_twice(park: FeePark) -> None:
    line = StatementLine(day(4, 1).date(), 100_000, "云帆设计", "", "", "S1")
    async with park.db.begin() as session:
        await keep_lines(session, [(1, "serial:S1", line)], by="system", now=day(4, 1))
        line_id = (await session.scalars(select(BankLine.id))).one()

    async def try_to_book(who: str) -> int:
        try:
            async with park.db.begin() as session:
                parts = [Part(park.tenants["云帆设计"], 100_000)]
                return len(await book(session, line_id, parts, by=who, now=day(4, 1), rules=RULES))
        except UserError:
            return 0

    assert sorted(await asyncio.gather(try_to_book(SUNLI), try_to_book(CHENJING))) == [0, 1]
    await verify_accounts(park)
