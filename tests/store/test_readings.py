"""Handing in readings: what is stored, what is asked, what is refused, and what a month's usage comes to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from models.database import Database
from models.errors import UserError
from models.fees.meter import Reading, ReadingCorrection
from models.fees.meter_book import load_books
from models.fees.meter_events import confirm_reading, hand_over, replace_meter, roll_over
from models.fees.missing_readings import missing_meters, open_questions
from tests.store.fee_park import APRIL, MARCH, FeePark, day, meter_named, open_park


@pytest.fixture
async def park(db: Database) -> FeePark:
    park = await open_park(db)
    await park.lets("云帆设计", "A-1203")
    await park.meter("E-A1203", "A-1203", february="15000")
    await park.meter("W-A1203", "A-1203", february="100")
    return park


async def _value(park: FeePark, number: str, month: str) -> Decimal | None:
    async with park.db.read() as session:
        meter = await meter_named(session, number)
        return await session.scalar(
            select(Reading.value).where(Reading.meter_id == meter.id, Reading.month == month)
        )


async def _usages(park: FeePark, number: str) -> list[Decimal]:
    async with park.db.read() as session:
        meter = await meter_named(session, number)
        return (await load_books(session, [meter.id]))[meter.id].history(date(2030, 1, 1))


async def test_good_and_bad_lines_are_told_apart(park: FeePark) -> None:
    intake = await park.read("A-1203 电 15820.5\nA-1203水表112\n你好\nZ-9 电 5\nA-1203 电 一百", day(3, 21))
    assert (intake.stored, len(intake.questions)) == (2, 0)
    assert [problem.position for problem in intake.problems] == [3, 4, 5]
    assert await _value(park, "E-A1203", "2026-03") == Decimal("15820.5")


async def test_a_meter_is_found_by_its_number_too(park: FeePark) -> None:
    assert (await park.read("ea1203 15820.5", day(3, 21))).stored == 1


async def test_readings_count_for_the_month_they_are_given_in_unless_one_is_named(park: FeePark) -> None:
    await park.read("2026-03\nA-1203 电 15820", day(4, 2))
    await park.read("A-1203 电 16000", day(4, 22))
    assert await _value(park, "E-A1203", "2026-03") == 15820
    assert await _value(park, "E-A1203", "2026-04") == 16000


async def test_a_month_ahead_is_refused(park: FeePark) -> None:
    with pytest.raises(UserError, match="还没有到"):
        await park.read("2026-05\nA-1203 电 15820", day(4, 2))


async def test_the_same_line_twice_changes_nothing_and_another_value_corrects(park: FeePark) -> None:
    await park.read("A-1203 电 15820", day(3, 21))
    again = await park.read("A-1203 电 15820", day(3, 21))
    assert (again.stored, again.unchanged) == (0, 1)
    other = await park.read("A-1203 电 15830", day(3, 22))
    assert other.corrected == [("E-A1203", "15820", "15830")]


async def test_a_meter_twice_in_one_message_is_corrected_by_its_second_line(park: FeePark) -> None:
    intake = await park.read("A-1203 电 15000\nA-1203 电 15300", day(3, 21))
    assert (intake.stored, intake.questions) == (2, [])
    assert intake.corrected == [("E-A1203", "15000", "15300")]
    async with park.db.read() as session:
        (kept,) = await session.scalars(select(ReadingCorrection))
    assert (kept.old_value, kept.in_question) == (15000, True)


async def test_a_lower_reading_is_an_error_that_says_what_to_do(park: FeePark) -> None:
    intake = await park.read("A-1203 电 14000", day(3, 21))
    assert intake.stored == 0
    for word in ("小于上次", "换表", "翻转"):
        assert word in intake.problems[0].reason


async def test_an_odd_value_waits_for_somebody_to_stand_by_it(park: FeePark) -> None:
    intake = await park.read("A-1203 电 15000", day(3, 21))
    assert "用量为 0" in intake.questions[0].doubts[0]
    async with park.db.begin() as session:
        assert len(await open_questions(session)) == 1
        await confirm_reading(session, intake.questions[0].reading_id)
        await session.flush()
        assert await open_questions(session) == []
        with pytest.raises(UserError, match="已经确认"):
            await confirm_reading(session, intake.questions[0].reading_id)


async def test_a_multiplier_of_forty_multiplies(park: FeePark) -> None:
    await park.lets("青禾科技", "B-0305")
    await park.meter("E-B0305", "B-0305", february="100", multiplier="40")
    await park.read("B-0305 电 110.5", day(3, 21))
    assert await _usages(park, "E-B0305") == [Decimal("420.0")]


async def test_a_replaced_meter_counts_both_with_their_multipliers(park: FeePark) -> None:
    change = {"old_final": Decimal(15100), "new_first": Decimal(10), "multiplier": Decimal(40)}
    async with park.db.begin() as session:
        meter = await meter_named(session, "E-A1203")
        assert await replace_meter(session, meter, **change, on=date(2026, 3, 10), by="staff:liuyan")
        assert not await replace_meter(session, meter, **change, on=date(2026, 3, 10), by="staff:liuyan")
    assert (await park.read("A-1203 电 12", day(3, 21))).stored == 1
    assert await _usages(park, "E-A1203") == [Decimal(100 + 2 * 40)]


async def test_an_old_meter_can_not_end_below_its_last_reading(park: FeePark) -> None:
    async with park.db.begin() as session:
        meter = await meter_named(session, "E-A1203")
        with pytest.raises(UserError, match="小于上次读数"):
            await replace_meter(
                session, meter, old_final=Decimal(14000), new_first=Decimal(0), multiplier=None,
                on=date(2026, 3, 10), by="staff:liuyan",
            )  # fmt: skip


async def test_a_meter_that_ran_past_its_last_digit_is_taken_on_a_persons_word(park: FeePark) -> None:
    await park.read("A-1203 电 99990", day(3, 21))
    async with park.db.begin() as session:
        rows = await open_questions(session)
        for row in rows:
            await confirm_reading(session, row.reading_id)
    async with park.db.begin() as session:
        meter = await meter_named(session, "E-A1203")
        assert await roll_over(session, meter, Decimal(12), digits=None, by="staff:liuyan", now=day(4, 21))
        assert not await roll_over(
            session, meter, Decimal(12), digits=None, by="staff:liuyan", now=day(4, 21)
        )
    assert (await _usages(park, "E-A1203"))[-1] == 22


async def test_without_known_digits_there_is_no_rollover(park: FeePark) -> None:
    await park.meter("E-X", "A-1203", february="99990", digits=None)
    async with park.db.begin() as session:
        meter = await meter_named(session, "E-X")
        with pytest.raises(UserError, match="表盘位数"):
            await roll_over(session, meter, Decimal(12), digits=None, by="staff:liuyan", now=day(3, 21))


async def test_a_late_reading_takes_its_place_between_two_others(park: FeePark) -> None:
    await park.read("A-1203 电 15900", day(4, 21))
    assert (await park.read("2026-03\nA-1203 电 15300", day(4, 22))).stored == 1
    assert await _usages(park, "E-A1203") == [300, 600]
    late = await park.read("2026-03\nA-1203 电 16300", day(4, 22))
    assert "小于上次" in late.problems[0].reason


async def test_missing_meters_are_listed_by_building(park: FeePark) -> None:
    await park.read("A-1203 电 15820", day(3, 21))
    async with park.db.read() as session:
        assert await missing_meters(session, MARCH) == {"A": ["A-1203 水表"]}
        assert await missing_meters(session, APRIL) == {"A": ["A-1203 电表", "A-1203 水表"]}


async def test_a_billed_reading_holds_still(park: FeePark) -> None:
    await park.read("A-1203 电 15820", day(3, 21))
    await park.issue(MARCH, day(3, 25))
    assert "已经出账" in (await park.read("A-1203 电 15830", day(3, 26))).problems[0].reason
    async with park.db.begin() as session:
        meter = await meter_named(session, "E-A1203")
        with pytest.raises(UserError, match="已经出账"):
            await replace_meter(
                session, meter, old_final=Decimal(15100), new_first=Decimal(0), multiplier=None,
                on=date(2026, 3, 10), by="staff:liuyan",
            )  # fmt: skip
        with pytest.raises(UserError, match="已出账"):
            await hand_over(session, meter, Decimal(15100), on=date(2026, 3, 10), by="staff:liuyan")


async def test_two_meters_of_a_kind_are_told_apart_by_their_numbers(park: FeePark) -> None:
    await park.meter("E2-A1203", "A-1203", february="300")
    async with park.db.read() as session:
        missing = await missing_meters(session, MARCH)
    assert sorted(missing["A"]) == ["A-1203 水表", "A-1203 电表 E-A1203", "A-1203 电表 E2-A1203"]
