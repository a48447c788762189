"""The ladder: in order, none skipped, none doubled, silent when nothing is owed."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

import pytest

from models.calendar.period import Month
from models.calendar.working_days import Calendar, CalendarUnknown
from models.fees.dunning import (
    AfterDay,
    Ladder,
    Letter,
    OnWorkingDay,
    Rung,
    Unpaid,
    ladder_of,
    next_step,
)
from models.fees.limitation import limitation_until
from models.rules import DunningRules, Rules, SuspensionRules
from models.rules.dunning import LevelRule

CALENDAR = Calendar()
LAWFUL = ladder_of(Rules())
MANUAL = ladder_of(Rules(suspension=SuspensionRules(mode="manual", legal_basis="合同第 8 条")))
JANUARY = Unpaid(1, Month(2026, 1), date(2026, 2, 13), 100_000)
FEBRUARY = Unpaid(2, Month(2026, 2), date(2026, 3, 13), 50_000)
NOTICE = Letter("dunning_notice", 1, date(2026, 2, 14))
LEGAL = Letter("legal_letter", 1, date(2026, 3, 1))


def step(today, unpaid=(JANUARY,), letters=(), **more):
    """The letter of that day as (name, bills), None when it is silent."""
    found = next_step(date.fromisoformat(today), unpaid, letters, CALENDAR, **{"ladder": LAWFUL} | more)
    return found and (found.rung.name, found.bill_ids)


@pytest.mark.parametrize(
    ("today", "letters", "expected"),
    [
        ("2026-02-13", (), None),  # the due day itself
        ("2026-02-14", (), ("催款通知单", (1,))),  # a make-up Saturday is the 11th working day
        ("2026-02-17", (), ("催款通知单", (1,))),  # the machine was off: made up
        ("2026-02-14", (NOTICE,), None),
        ("2026-02-28", (NOTICE,), None),  # the last day of February stands for the 30th
        ("2026-03-01", (NOTICE,), ("欠费法律告知函", (1,))),
        ("2026-04-20", (), ("催款通知单", (1,))),  # however late, the first rung comes first
        ("2026-04-26", (replace(NOTICE, sent_on=date(2026, 4, 20)),), None),  # 7 days apart
        ("2026-04-27", (replace(NOTICE, sent_on=date(2026, 4, 20)),), ("欠费法律告知函", (1,))),
        ("2026-06-01", (NOTICE, LEGAL), None),  # the top of the ladder
    ],
)
def test_one_bill_climbs_the_ladder(today, letters, expected):
    assert step(today, letters=letters) == expected


def test_who_owes_nothing_hears_nothing():
    assert step("2026-03-20", unpaid=()) is None
    assert step("2026-03-20", unpaid=(replace(JANUARY, open_fen=0),)) is None


def test_a_part_payment_changes_nothing():
    partly = (replace(JANUARY, open_fen=1),)
    assert step("2026-02-14", partly) == step("2026-02-14")
    assert step("2026-03-01", partly, (NOTICE,)) == step("2026-03-01", letters=(NOTICE,))


def test_the_oldest_unpaid_bill_decides():
    both = (FEBRUARY, JANUARY)
    assert step("2026-03-20", both, (NOTICE,)) == ("欠费法律告知函", (1,))
    assert step("2026-03-20", both, (NOTICE, LEGAL)) == ("催款通知单", (2,))
    assert step("2026-03-20", (FEBRUARY,), (NOTICE,)) == ("催款通知单", (2,))


def test_one_letter_counts_for_all_bills_on_the_same_rung():
    assert step("2026-03-20", (FEBRUARY, JANUARY)) == ("催款通知单", (1, 2))


def test_an_opening_balance_of_the_same_month_has_its_own_place():
    opening = replace(JANUARY, bill_id=9)
    assert step("2026-03-01", (JANUARY, opening), (NOTICE,)) == ("欠费法律告知函", (1,))
    assert step("2026-03-01", (opening,), (NOTICE,)) == ("催款通知单", (9,))


@pytest.mark.parametrize(("today", "silent"), [("2026-02-20", True), ("2026-02-21", False)])
def test_a_promise_or_dispute_pauses_until_its_day_is_over(today, silent):
    assert (step(today, paused_until=date(2026, 2, 20)) is None) == silent


def test_a_bill_is_not_dunned_before_it_is_due():
    late = (replace(JANUARY, due_on=date(2026, 5, 15)),)
    assert step("2026-05-15", late) is None
    found = next_step(date(2026, 5, 20), late, (), CALENDAR, ladder=LAWFUL)
    assert found is not None
    assert found.opened_on == date(2026, 5, 16)


def test_the_manuals_ladder_ends_with_its_own_letter():
    ladder = MANUAL
    assert step("2026-03-01", letters=(NOTICE,), ladder=ladder) == ("暂停服务通知书", (1,))
    assert step("2026-03-01", letters=(NOTICE, LEGAL), ladder=ladder) == ("暂停服务通知书", (1,))


def test_days_and_distance_are_settings():
    levels = (LevelRule(kind="dunning_notice", working_day=12), LevelRule(kind="final", after_day=20))
    ladder = ladder_of(Rules(dunning=DunningRules(levels=levels, gap_days=1)))
    assert step("2026-02-23", ladder=ladder) is None
    assert step("2026-02-24", ladder=ladder) == ("催款通知单", (1,))
    sent = (replace(NOTICE, sent_on=date(2026, 2, 24)),)
    assert step("2026-02-25", letters=sent, ladder=ladder) == ("欠费法律告知函", (1,))


def test_a_rung_added_below_is_not_climbed_backwards():
    reminder = Rung("温馨提示", "reminder", OnWorkingDay(10))
    longer = Ladder((reminder, *LAWFUL.rungs))
    assert step("2026-03-01", letters=(NOTICE,), ladder=longer) == ("欠费法律告知函", (1,))


def test_a_ladder_may_reach_into_later_months():
    slow = Ladder((Rung("催款通知单", "dunning_notice", AfterDay(31, months_after=2)),))
    assert step("2026-03-31", ladder=slow) is None
    assert step("2026-04-01", ladder=slow) == ("催款通知单", (1,))


def test_a_level_may_follow_so_many_days_after_the_letter_before():
    levels = (
        LevelRule(kind="dunning_notice", working_day=11),
        LevelRule(kind="dunning_notice", name="第二次催款", days_after_previous=10),
        LevelRule(kind="final", days_after_previous=10),
    )
    ladder = ladder_of(Rules(dunning=DunningRules(levels=levels)))
    first = replace(NOTICE, rung="催款通知单")
    second = Letter("dunning_notice", 1, date(2026, 2, 25), "第二次催款")
    assert step("2026-02-23", letters=(first,), ladder=ladder) is None
    assert step("2026-02-24", letters=(first,), ladder=ladder) == ("第二次催款", (1,))
    assert step("2026-03-06", letters=(first, second), ladder=ladder) is None
    assert step("2026-03-07", letters=(first, second), ladder=ladder) == ("欠费法律告知函", (1,))


def test_a_renamed_level_is_not_climbed_again():
    levels = (
        LevelRule(kind="dunning_notice", name="温馨提示", working_day=11),
        LevelRule(kind="final", after_day=30),
    )
    ladder = ladder_of(Rules(dunning=DunningRules(levels=levels)))
    assert step("2026-02-20", letters=(replace(NOTICE, rung="催款通知单"),), ladder=ladder) is None
    assert step("2026-03-01", letters=(replace(NOTICE, rung="催款通知单"),), ladder=ladder) == (
        "欠费法律告知函",
        (1,),
    )


@pytest.mark.parametrize(
    ("levels", "says"),
    [
        ((), "至少要有一级"),
        (({"kind": "final"},), "一个时间"),
        (({"kind": "final", "working_day": 3, "after_day": 3},), "一个时间"),
        (({"kind": "final", "days_after_previous": 3},), "第一级"),
        (({"kind": "threat", "working_day": 3},), "kind"),
    ],
)
def test_levels_that_do_not_hold_together_are_refused(levels, says):
    with pytest.raises(ValueError, match=says):
        DunningRules.model_validate({"levels": levels})


def test_names_of_levels_are_their_keys():
    twice = (LevelRule(kind="dunning_notice", working_day=11), LevelRule(kind="dunning_notice", after_day=20))
    with pytest.raises(ValueError, match="名称不能重复"):
        Rules(dunning=DunningRules(levels=twice))
    with pytest.raises(ValueError, match="催款通知单、欠费法律告知函"):
        Rules(dunning=DunningRules(tell_owner_at="末次函"))
    assert Rules(dunning=DunningRules(tell_owner_at="欠费法律告知函")).dunning.tell_owner_at


def test_the_suspension_letter_needs_a_mode_that_suspends():
    levels = (LevelRule(kind="suspension_notice", after_day=30),)
    with pytest.raises(ValueError, match=r"suspension\.mode"):
        Rules(dunning=DunningRules(levels=levels))


def test_a_month_beyond_the_calendar_is_not_guessed():
    december = Unpaid(1, Month(2026, 12), date(2027, 1, 15), 1)
    with pytest.raises(CalendarUnknown):
        next_step(date(2027, 1, 20), (december,), (), CALENDAR, ladder=LAWFUL)


@pytest.mark.parametrize(
    ("proof_on", "until"),
    [(date(2026, 3, 16), date(2029, 3, 16)), (date(2028, 2, 29), date(2031, 2, 28))],
)
def test_each_provable_demand_starts_three_years_anew(proof_on, until):
    assert limitation_until(proof_on) == until


@dataclass
class Story:
    """Four months of one tenant: bills come, some days the machine is off, money comes in parts."""

    down: set
    payments: dict
    pauses: dict
    bills: dict = field(default_factory=dict)
    letters: list = field(default_factory=list)
    paused_until: date | None = None

    def run(self):
        day = date(2026, 1, 26)
        while day < date(2026, 5, 20):
            self.live(day, (day - date(2026, 1, 26)).days)
            day += timedelta(days=1)

    def live(self, day, number):
        if day.day == 26:
            month = Month.of(day)
            due_on = CALENDAR.nth_working_day(month.next().year, month.next().month, 10)
            self.bills[month.month] = Unpaid(month.month, month, due_on, 1000)
        if number in self.payments:
            self.pay(self.payments[number])
        if number in self.pauses:
            self.paused_until = day + timedelta(days=self.pauses[number])
        if number not in self.down and self.dun(day):
            assert not self.dun(day), "never two letters on one day"

    def pay(self, amount_fen):
        for bill in self.unpaid():
            part = min(amount_fen, bill.open_fen)
            self.bills[bill.bill_id] = replace(bill, open_fen=bill.open_fen - part)
            amount_fen -= part

    def unpaid(self):
        return [bill for bill in self.bills.values() if bill.open_fen]

    def dun(self, day):
        found = next_step(
            day, self.unpaid(), self.letters, CALENDAR, ladder=LAWFUL, paused_until=self.paused_until
        )
        if found is None:
            return False
        assert self.paused_until is None or day > self.paused_until
        assert all(day >= letter.sent_on + timedelta(days=7) for letter in self.letters)
        for bill_id in found.bill_ids:
            assert self.bills[bill_id].open_fen > 0
            assert day > self.bills[bill_id].due_on
            self.letters.append(Letter(found.rung.kind, bill_id, day))
        return True

    def climbed(self, bill_id):
        return [letter.kind for letter in self.letters if letter.bill_id == bill_id]


def random_story(seed):
    """The same for the same seed, so that a failure can be looked at."""
    chance = Random(seed)
    days = range(114)
    down = {
        day for start in chance.sample(days, 5) for day in range(start, start + chance.choice((0, 1, 3, 12)))
    }
    payments = {day: chance.randint(1, 2500) for day in chance.sample(days, chance.randint(0, 5))}
    pauses = {day: chance.randint(0, 20) for day in chance.sample(days, chance.randint(0, 2))}
    return Story(down, payments, pauses)


def test_no_history_skips_doubles_or_disturbs():
    """500 histories of down days, part payments and promises; what may not happen is asserted on the way."""
    whole = ["dunning_notice", "legal_letter"]
    heights = set()
    for seed in range(500):
        story = random_story(seed)
        story.run()
        for bill_id in story.bills:
            climbed = story.climbed(bill_id)
            assert climbed == whole[: len(climbed)], f"seed {seed}"
            heights.add(len(climbed))
    assert heights == {0, 1, 2}


def test_who_never_pays_gets_each_months_letters_on_their_days():
    story = Story(set(), {}, {})
    story.run()
    assert [str(letter.sent_on)[5:] for letter in story.letters] == [
        *("02-14", "03-01", "03-16", "03-31", "04-16", "05-01", "05-19"),
    ]
