"""A tenant's own bills as text: the list (账单) and the lines with their reasons (明细)."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.fees.bill import Bill, BillKind, BillLine, BillStatus, lines_of, unpaid_bills
from models.fees.bill_change import change_text, changes
from models.fees.bill_lines import line_text
from models.fees.deposit_refunds import deposits
from models.fees.money import yuan
from models.fees.payment import credit_fen
from models.messages.splitting import byte_length

_MOST_BILLS = 6
_ROOM_BYTES = 1500


def bill_label(bill: Bill) -> str:
    """How people call the bill."""
    year, month = bill.month.split("-")
    return f"{year}年{int(month)}月{_KINDS[bill.kind]}"


_KINDS = {BillKind.MONTH: "账单", BillKind.SUPPLEMENT: "补账", BillKind.OPENING: "期初欠费"}


async def bills_text(session: AsyncSession, tenant_id: int) -> str:
    """What is open, and the newest bill when nothing is."""
    bills = await unpaid_bills(session, tenant_id)
    credit = await credit_fen(session, tenant_id)
    tail = f"\n预存余额 {yuan(credit)} 元，下次出账时自动抵扣。" if credit else ""
    if held_fen := sum(each.held_fen for each in await deposits(session, tenant_id=tenant_id)):
        tail += f"\n服务中心代管贵司押金 {yuan(held_fen)} 元。"
    if not bills:
        newest = await latest_bill(session, tenant_id)
        paid = f"最近一期 {bill_label(newest)} {yuan(newest.total_fen)} 元已付清。" if newest else ""
        return f"贵司目前没有未付账单。{paid}{tail}"
    rows = [_bill_row(bill) for bill in bills[:_MOST_BILLS]]
    if len(bills) > _MOST_BILLS:
        rows.append(f"……另有 {len(bills) - _MOST_BILLS} 期")
    total = sum(bill.owed_fen for bill in bills)
    head = f"贵司未付账单 {len(bills)} 期，合计应付 {yuan(total)} 元："
    return "\n".join([head, *rows]) + tail


def _bill_row(bill: Bill) -> str:
    owed = f"，已付 {yuan(bill.paid_fen)}，还需付 {yuan(bill.owed_fen)}" if bill.paid_fen else ""
    return f"· {bill_label(bill)}：{yuan(bill.total_fen)} 元{owed}，{bill.due_on:%Y-%m-%d} 前付清"


async def latest_bill(session: AsyncSession, tenant_id: int) -> Bill | None:
    """The newest bill that has been issued."""
    found: Bill | None = await session.scalar(
        select(Bill)
        .where(Bill.tenant_id == tenant_id, Bill.status == BillStatus.ISSUED)
        .order_by(Bill.month.desc(), Bill.id.desc())
        .limit(1)
    )
    return found


async def bill_of(session: AsyncSession, tenant_id: int, month: Month) -> Bill | None:
    """The tenant's issued bill of a month."""
    found: Bill | None = await session.scalar(
        select(Bill).where(
            Bill.tenant_id == tenant_id,
            Bill.month == str(month),
            Bill.kind == BillKind.MONTH,
            Bill.status == BillStatus.ISSUED,
        )
    )
    return found


async def change_answer(session: AsyncSession, bill: Bill) -> str:
    """Why the bill is more than that of the month before, from the stored lines of both; the parts add up to the 分."""
    earlier = await _bill_before(session, bill)
    if earlier is None:
        return f"{bill_label(bill)} {yuan(bill.total_fen)} 元；贵司上月没有账单，无法对比。每项怎么算的请发送“明细”。"
    found = changes(await lines_of(session, earlier.id), await lines_of(session, bill.id))
    text = change_text(found, earlier.total_fen, bill.total_fen, bill_label(bill), bill_label(earlier))
    return "\n".join(fitting(text.split("\n"))) + "\n每项怎么算的请发送“明细”；对读数有疑问请发送“异议”。"


async def _bill_before(session: AsyncSession, bill: Bill) -> Bill | None:
    year, month = map(int, bill.month.split("-"))
    return await bill_of(session, bill.tenant_id, Month(year, month).previous())


async def detail_text(session: AsyncSession, bill: Bill) -> str:
    """Every line with its arithmetic and its difference to the month before."""
    lines = await lines_of(session, bill.id)
    before = await _amounts_before(session, bill)
    rows = fitting([_line_row(line, before) for line in lines])
    if left := lines[len(rows) :]:
        rest = sum(line.amount_fen for line in left)
        rows.append(f"……另有 {len(left)} 项，共 {yuan(rest)} 元，详见缴费通知单。")
    head = (
        f"{bill_label(bill)}（{bill.number or '期初'}）共 {len(lines)} 项，合计 {yuan(bill.total_fen)} 元："
    )
    return "\n".join([head, *rows, _state(bill)])


def fitting(rows: list[str]) -> list[str]:
    """As many rows as leave the answer one message."""
    sizes = list(accumulate(byte_length(row) + 1 for row in rows))
    return rows[: bisect_right(sizes, _ROOM_BYTES)]


def _line_row(line: BillLine, before: dict[tuple[str, str], int]) -> str:
    text = f"· {line_text(line.name, line.basis, line.amount_fen)}"
    earlier = before.get(_same_thing(line))
    if earlier is None or earlier == line.amount_fen:
        return text
    change = line.amount_fen - earlier
    return f"{text}，比上月{'多' if change > 0 else '少'} {yuan(abs(change))}"


def _state(bill: Bill) -> str:
    if bill.owed_fen <= 0:
        return "已付清，谢谢。"
    paid = f"已付 {yuan(bill.paid_fen)} 元，" if bill.paid_fen else ""
    return (
        f"{paid}应付 {yuan(bill.owed_fen)} 元，请于 {bill.due_on:%Y-%m-%d} 前付清。有疑问请发送“异议”加说明。"
    )


async def _amounts_before(session: AsyncSession, bill: Bill) -> dict[tuple[str, str], int]:
    """The amounts of the month before, summed by what they are for."""
    earlier = await _bill_before(session, bill)
    sums: dict[tuple[str, str], int] = {}
    for line in await lines_of(session, earlier.id) if earlier else []:
        if _same_thing(line)[1]:
            sums[_same_thing(line)] = sums.get(_same_thing(line), 0) + line.amount_fen
    return sums


def _same_thing(line: BillLine) -> tuple[str, str]:
    source = line.source
    return line.code, str(source.get("key") or source.get("meter") or source.get("unit", ""))
