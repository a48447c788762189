"""The targets of the month of fees, from the rows: numerator, denominator, every miss, and the reason noted for it."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from PIL import Image
from sqlalchemy import select, update

from bot.documents.collection_chart import chart_png
from models.calendar.period import Month
from models.database import Database
from models.errors import UserError
from models.fees.bill import Bill, BillLine, BillReversal, BillStatus, ReversalCause, ReversalStatus
from models.fees.deposit import DEPOSIT
from models.fees.meter import Reading, ReadingCorrection
from models.fees.payment import Cheque, Payment, ReversalCode
from models.fees.reversal import reverse
from models.kpi.board import board, find_miss, measure, note_reason
from models.kpi.curve import Chart, chart_of
from models.kpi.measure import Kpi, Measure
from models.kpi.words import MOST, board_text, detail_text, misses_table
from models.notices.notice import Notice, Receipt
from scheduler import stats
from tests.store.fee_park import APRIL, CALENDAR, MARCH, FeePark, day, kept
from tests.store.letters import RULES, contact, job_named, open_letters, queued, run

LATER = day(5, 6)
NAMES = ("云帆设计", "青禾科技", "星河文化", "无信商贸")


@kept
async def park(db: Database) -> FeePark:
    """Four companies at 1,000 yuan each; the first pays all, the second a part, the third too late, the last nothing."""
    park = await open_letters(db)
    for number, name in enumerate(NAMES, start=1):
        await park.lets(name, f"A-{number}")
        await contact(park, name, f"联系人{number}")
    await park.meter("E-1", "A-1", february="100")
    await park.read("E-1 100", day(3, 20))
    await park.issue(MARCH, day(3, 26))
    await park.pay("云帆设计", 100_000, day(3, 30))
    await park.pay("青禾科技", 60_000, day(4, 14))
    await park.pay("星河文化", 100_000, day(5, 1))
    return park


async def _measure(park: FeePark, kpi: Kpi, month: Month = MARCH, now: datetime = LATER) -> Measure:
    async with park.db.read() as session:
        return await measure(session, kpi, month, now, RULES)


async def _bill(park: FeePark, name: str) -> Bill:
    bill = await park.bill(name, MARCH)
    assert bill
    return bill


async def test_collection_is_what_came_by_the_end_of_the_due_month(park: FeePark) -> None:
    found = await _measure(park, Kpi.COLLECTION)
    assert (found.numerator, found.denominator) == (160_000, 400_000)
    assert (found.met, found.rate_text, found.verdict) == (False, "40.00%", "未达标")
    assert [(miss.who, miss.amount_fen) for miss in found.misses] == [
        ("星河文化", 100_000),
        ("无信商贸", 100_000),
        ("青禾科技", 40_000),
    ]
    assert "2026-04-30" in found.formula
    early = await _measure(park, Kpi.COLLECTION, now=day(4, 10))
    assert early.numerator == 100_000 and early.verdict == "截至 04-10，未到期"


async def test_money_that_was_taken_back_or_may_still_bounce_does_not_count(park: FeePark) -> None:
    async with park.db.begin() as session:
        paid = (await session.scalars(select(Payment).order_by(Payment.id))).all()
        await reverse(
            session, paid[0], by="staff:chenjing", reason="退汇", now=day(5, 2), code=ReversalCode.RETURNED
        )
        paid[1].cheque, paid[1].cheque_at = Cheque.RECEIVED, day(4, 14)
    assert (await _measure(park, Kpi.COLLECTION)).numerator == 0
    async with park.db.begin() as session:
        await session.execute(
            update(Payment)
            .where(Payment.cheque == Cheque.RECEIVED)
            .values(cheque=Cheque.CLEARED, cheque_at=day(4, 20))
        )
    assert (await _measure(park, Kpi.COLLECTION)).numerator == 60_000
    async with park.db.begin() as session:
        await session.execute(
            update(Payment).where(Payment.cheque == Cheque.CLEARED).values(cheque_at=day(5, 2))
        )
    assert (await _measure(park, Kpi.COLLECTION)).numerator == 0


async def test_deposits_and_old_debts_never_count(park: FeePark) -> None:
    bill = await _bill(park, "青禾科技")
    async with park.db.begin() as session:
        session.add(
            BillLine(
                bill_id=bill.id,
                position=9,
                code=DEPOSIT,
                name="装修押金",
                basis="",
                amount_fen=500_000,
                source={},
            )
        )
        await session.execute(update(Bill).where(Bill.id == bill.id).values(total_fen=600_000))
    found = await _measure(park, Kpi.COLLECTION)
    assert (found.numerator, found.denominator) == (160_000, 400_000)
    await park.pay("青禾科技", 540_000, day(4, 20))  # deposit and all: of the fees no more than the fees
    assert (await _measure(park, Kpi.COLLECTION)).numerator == 200_000


async def test_the_error_rate_counts_what_was_taken_back_for_our_fault(park: FeePark) -> None:
    assert (await _measure(park, Kpi.NOTICES)).met is True
    for name, cause in (("青禾科技", ReversalCause.READING), ("星河文化", ReversalCause.CONTRACT)):
        bill = await _bill(park, name)
        async with park.db.begin() as session:
            session.add(
                BillReversal(
                    bill_id=bill.id, number=f"CX-{bill.id}", status=ReversalStatus.APPROVED, cause=cause,
                    reason="电表读数录错", replace=True, asked_by="", asked_at=day(4, 1), decided_at=day(4, 2),
                )
            )  # fmt: skip
            await session.execute(update(Bill).where(Bill.id == bill.id).values(status=BillStatus.REVERSED))
    found = await _measure(park, Kpi.NOTICES)
    assert (found.numerator, found.denominator, found.met) == (1, 4, False)
    assert [(miss.item, miss.who) for miss in found.misses] == [("JF-202603-0002", "青禾科技")]
    assert "电表读数录错" in detail_text(found)


async def test_accuracy_counts_corrected_payments_and_readings_once_each(park: FeePark) -> None:
    async with park.db.begin() as session:
        first = await session.scalar(select(Payment).order_by(Payment.id).limit(1))
        assert first
        await reverse(
            session, first, by="staff:chenjing", reason="金额输错", now=day(4, 2), code=ReversalCode.ENTRY
        )
        reading = (await session.scalars(select(Reading).where(Reading.month == "2026-03"))).one()
        for value in ("120", "130"):
            session.add(
                ReadingCorrection(
                    reading_id=reading.id, month="2026-03", old_value=Decimal(100), new_value=Decimal(value),
                    old_entered_by="staff:liuyan", old_read_at=day(3, 20), corrected_by="staff:liuyan",
                    corrected_at=day(3, 21), in_question=False,
                )
            )  # fmt: skip
    found = await _measure(park, Kpi.ENTRIES)
    assert (found.numerator, found.denominator) == (0, 2)
    assert [miss.item for miss in found.misses] == ["SK-202603-0001", f"DS-202603-{reading.id}"]
    april = await _measure(park, Kpi.ENTRIES, APRIL)
    assert (april.numerator, april.denominator, april.met) == (1, 1, True)


async def test_sign_off_counts_signatures_until_the_28th(park: FeePark) -> None:
    async with park.db.begin() as session:
        notices = (await session.scalars(select(Notice).order_by(Notice.number))).all()
        days = (day(3, 28, 23), day(3, 29), day(3, 27), None)
        for notice, at in zip(notices, days, strict=True):
            if at:
                session.add(
                    Receipt(
                        notice_id=notice.id, signer="李娜", role="负责人", sufficient=notice is not notices[2],
                        how="微信", at=at, sha256="", evidence={}, message_key=f"m{notice.id}",
                    )
                )  # fmt: skip
    found = await _measure(park, Kpi.SIGN_OFF)
    assert (found.numerator, found.denominator, found.target_text) == (1, 4, "≥100%")
    assert found.misses[0].what == "03-29 才签收"
    assert [miss.item for miss in found.misses] == ["JF-202603-0002", "JF-202603-0003", "JF-202603-0004"]


async def test_a_reason_is_noted_for_what_was_missed_and_for_nothing_else(park: FeePark) -> None:
    number = (await _bill(park, "无信商贸")).number or ""
    async with park.db.begin() as session:
        miss = await find_miss(session, number.lower(), LATER, RULES)
        assert miss.who == "无信商贸"
        with pytest.raises(UserError, match="选一个：资金周转"):
            await note_reason(
                session, number, "运气", "", by="staff:chenjing", now=LATER, reasons=RULES.kpi.reasons
            )
        for code, note in (("其他", ""), ("联系不上", "电话停机")):
            await note_reason(
                session, number, code, note, by="staff:chenjing", now=LATER, reasons=RULES.kpi.reasons
            )
    for nonsense in ("ZD-202603-0001", "ZD-209913-0001", "ZD-202613-0001", "你好", ""):
        async with park.db.read() as session:
            with pytest.raises(UserError):
                await find_miss(session, nonsense, LATER, RULES)
    found = await _measure(park, Kpi.COLLECTION)
    assert {miss.who: miss.reason for miss in found.misses}["无信商贸"] == "联系不上（电话停机）"
    assert len(found.unexplained) == 2 and "原因：联系不上 1 项" in detail_text(found)


async def test_the_overview_names_every_target_and_what_is_unexplained(park: FeePark) -> None:
    async with park.db.read() as session:
        measures = await board(session, MARCH, LATER, RULES)
        nothing = await board(session, Month(2025, 1), LATER, RULES)
    text = board_text(MARCH, measures)
    assert "✓ 通知单差错率 0.00%（0/4，目标 ≤0.05%）达标" in text
    assert "✗ 当月收缴率 40.00%（1,600.00/4,000.00 元，目标 ≥95%）未达标" in text
    assert "还有 7 项没有写明原因" in text
    assert {each.rate for each in nothing} == {None} and "没有数据" in board_text(Month(2025, 1), nothing)


def test_a_rate_just_below_its_target_never_reads_as_met() -> None:
    def of(numerator: int, denominator: int, target: str, *, low: bool = False) -> Measure:
        return Measure(
            Kpi.COLLECTION, "率", MARCH, numerator, denominator, Decimal(target), "", [], low_is_good=low
        )

    below = of(94_999, 100_000, "0.95")
    assert (below.rate_text, below.met) == ("94.99%", False)
    assert (of(95, 100, "0.95").rate_text, of(95, 100, "0.95").met) == ("95.00%", True)
    above = of(1, 1_999, "0.0005", low=True)
    assert (above.rate_text, above.met, above.target_text) == ("0.06%", False, "≤0.05%")


async def test_a_long_list_is_cut_but_its_total_and_the_workbook_are_not(park: FeePark) -> None:
    found = await _measure(park, Kpi.COLLECTION)
    many = Measure(
        Kpi.COLLECTION, "当月收缴率", MARCH, 0, 1, Decimal("0.95"), "", [*found.misses] * 10, money=True
    )
    text = detail_text(many)
    assert text.count("\n· ") == MOST and "未达标 30 项，合计 24,000.00 元" in text and "另有 15 项" in text
    assert len(misses_table(many).rows) == 30


async def _chart(park: FeePark, now: datetime) -> Chart:
    async with park.db.read() as session:
        chart = await chart_of(session, MARCH, now, RULES)
    assert chart
    return chart


async def test_the_curve_climbs_day_by_day_to_the_share_that_is_measured(park: FeePark) -> None:
    chart = await _chart(park, LATER)
    points = dict(chart.curves[0].points)
    assert [points[on] for on in (-6, -2, 12, 13, 29)] == [0, 0.25, 0.25, 0.4, 0.4]
    assert max(points) == 29 and (chart.due_day, chart.as_of_on) == (15, day(4, 30).date())
    running = await _chart(park, day(4, 10))
    assert running.curves[0].points[-1] == (9, 0.25)
    async with park.db.read() as session:
        assert await chart_of(session, APRIL, LATER, RULES) is None


async def test_the_picture_fits_a_phone(park: FeePark) -> None:
    with Image.open(io.BytesIO(chart_png(await _chart(park, LATER)))) as picture:
        assert picture.format == "PNG" and picture.width == 1080 and picture.height < 1200
        assert len(picture.convert("RGB").getcolors(1 << 20) or []) > 50


async def test_on_the_first_working_day_the_figures_go_out_once(park: FeePark) -> None:
    job = job_named(stats.table.jobs, "stats.monthly")
    # 2026-05-01 to 05-05 are days off, 2026-04-01 is not, 2026-08-01 and 02 are a weekend.
    days = [datetime(2026, *on, tzinfo=UTC).date() for on in ((4, 1), (5, 1), (5, 6), (5, 7), (8, 1), (8, 3))]
    assert [job.when(on, RULES, CALENDAR) for on in days] == [True, False, True, False, False, True]
    rules = RULES.model_copy(update={"roles": {**RULES.roles, "经理": frozenset({"stats.see"})}})
    for _ in range(2):
        await job.function(_ctx(park, rules))
    told = await queued(park.db, "staff:zhengwei")
    assert [content.file for _, content in told] == ["", "chart:2026-03"]
    assert "当月收缴率 40.00%" in told[0][1].text
    assert await run(park.db, job, day(4, 1)) == "2026年2月没有账单"


def _ctx(park: FeePark, rules: object) -> stats.JobCtx:
    return stats.JobCtx(park.db, day(5, 6, 9), day(5, 6, 9), rules, CALENDAR)  # type: ignore[arg-type]
