"""The park's clock can be moved, and the guided story does what it says."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from playwright.async_api import Page, expect

from tests.fakes.phones import PAGE, FakePhones

pytestmark = pytest.mark.asyncio(loop_scope="session")

SPECS = {
    ("26T10:00", "2026-11-23T09:00+08:00"): "2026-11-26T10:00+08:00",
    ("26T10:00", "2026-11-26T10:00+08:00"): "2026-12-26T10:00+08:00",
    ("30T09:00", "2026-02-03T09:00+08:00"): "2026-02-28T09:00+08:00",
    ("W11T10:00", "2026-01-31T23:00+08:00"): "2026-02-14T10:00+08:00",
    ("+W11T10:00", "2026-11-02T09:00+08:00"): "2026-12-15T10:00+08:00",
    ("2026-12-01T08:00:00+08:00", "2026-11-23T09:00+08:00"): "2026-12-01T08:00+08:00",
}


def nth_working_day(year: int, month: int, nth: int) -> int:
    days = (date(year, month, 1) + timedelta(days=ahead) for ahead in range(28))
    return [day for day in days if chinese_calendar.is_workday(day)][nth - 1].day


async def test_the_clock_is_the_parks_wherever_the_browser_is(desktop: Page, site: str) -> None:
    await desktop.goto(site)
    await expect(desktop.locator("#now-day")).to_have_text("2026年11月23日 周一")
    await expect(desktop.locator("#now-time")).to_have_text("09:00")


async def test_a_moving_clock_shows_it_and_cannot_be_moved_twice(
    desktop: Page, site: str, phones: FakePhones
) -> None:
    await desktop.goto(site)
    phones.clock_may_arrive.clear()
    hour = desktop.get_by_role("button", name="+1小时")
    await hour.click()
    await expect(desktop.locator(".clock-busy")).to_contain_text("正在走到 11月23日 10:00")
    await expect(hour).to_be_disabled()
    await expect(desktop.locator(".do").first).to_be_disabled()
    phones.clock_may_arrive.set()
    await expect(desktop.locator("#now-time")).to_have_text("10:00")
    await expect(hour).to_be_enabled()
    await expect(desktop.locator(".clock-busy")).to_be_hidden()


async def test_jumps_and_the_picker_speak_park_time(desktop: Page, site: str, phones: FakePhones) -> None:
    await desktop.goto(site)
    await desktop.get_by_role("button", name="到 26 日 10:00").click()
    await expect(desktop.locator("#now-day")).to_have_text("2026年11月26日 周四")
    await desktop.get_by_role("button", name="到下月第 11 个工作日").click()
    await expect(desktop.locator("#now-day")).to_have_text("2026年12月15日 周二")
    await desktop.locator(".picked").fill("2026-12-20T18:30")
    await desktop.get_by_role("button", name="前往").click()
    await expect(desktop.locator("#now-time")).to_have_text("18:30")
    assert phones.now == datetime(2026, 12, 20, 10, 30, tzinfo=UTC)


async def test_going_back_and_an_unpublished_year_are_refused(
    desktop: Page, site: str, phones: FakePhones
) -> None:
    phones.now = datetime(2026, 12, 3, 2, 0, tzinfo=UTC)
    await desktop.goto(site)
    await desktop.locator(".picked").fill("2026-12-01T08:00")
    await desktop.get_by_role("button", name="前往").click()
    await expect(desktop.get_by_role("alert")).to_contain_text("只能往后拨")
    await desktop.get_by_role("button", name="到下月第 11 个工作日").click()
    await expect(desktop.get_by_role("alert")).to_contain_text("2027 年的节假日安排尚未收录")
    assert phones.now == datetime(2026, 12, 3, 2, 0, tzinfo=UTC)


async def test_words_for_points_in_time(desktop: Page, site: str) -> None:
    await desktop.goto(site)
    resolve = """async ([spec, now]) => {
        const times = await import("/sim/static/times.js");
        return times.resolve(spec, new Date(now)).toISOString();
    }"""
    for (spec, now), wanted in SPECS.items():
        found = datetime.fromisoformat(await desktop.evaluate(resolve, [spec, now]))
        assert found == datetime.fromisoformat(wanted), spec


async def test_working_days_agree_with_the_published_calendar(desktop: Page, site: str) -> None:
    await desktop.goto(site)
    ask = """async (year) => {
        const { workingDay } = await import("/sim/static/workdays.js");
        return Array.from({length: 12}, (_, month) => [1, 10, 11].map((nth) => workingDay(year, month + 1, nth)));
    }"""
    for year in (2025, 2026):
        published = [[nth_working_day(year, month, nth) for nth in (1, 10, 11)] for month in range(1, 13)]
        assert await desktop.evaluate(ask, year) == published, year


async def test_a_step_switches_the_phone_sends_waits_and_is_ticked(
    desktop: Page, site: str, phones: FakePhones
) -> None:
    await desktop.goto(site)
    steps = desktop.locator(".steps li")
    await expect(steps.nth(0)).to_contain_text("以李娜的身份说：“报修 3楼空调不冷了”")
    await steps.nth(0).get_by_role("button").click()
    await expect(steps.nth(0)).to_have_class("done")
    await expect(steps.nth(2)).to_contain_text("派单 R07 王强")
    press = steps.filter(has_text="点按「接单」")
    await press.get_by_role("button").click()
    await expect(press).to_have_class("done")
    await expect(desktop.locator("#pane-staff .switcher")).to_contain_text("王强")
    assert phones.pressed == [("wangqiang", 1, "R07:accept")]
    await desktop.reload()
    await expect(steps.nth(0)).to_have_class("done")


async def test_a_step_out_of_turn_says_what_is_missing(desktop: Page, site: str, phones: FakePhones) -> None:
    await desktop.goto(site)
    steps = desktop.locator(".steps li")
    await steps.filter(has_text="点按「接单」").get_by_role("button").click()
    await expect(desktop.get_by_role("alert")).to_contain_text("还没有「接单」")
    await steps.nth(2).get_by_role("button").click()
    await expect(desktop.get_by_role("alert")).to_contain_text("还不知道单号")
    assert phones.said == []


async def test_a_story_plays_by_itself_until_stopped(desktop: Page, site: str, phones: FakePhones) -> None:
    await desktop.goto(site)
    await desktop.get_by_role("button", name="连续播放").click()
    await expect(desktop.locator(".steps li").nth(1)).to_have_class("done")
    await desktop.get_by_role("button", name="停止播放").click()
    await expect(desktop.get_by_role("button", name="连续播放")).to_be_enabled()
    assert [who for who, _ in phones.said][:2] == ["lina", "lina"]


async def test_the_shipped_stories_are_well_formed() -> None:
    stories = json.loads((PAGE / "story.json").read_text(encoding="utf-8"))["stories"]
    needs = {
        "say": {"who", "text"},
        "press": {"who", "button"},
        "photo": {"who"},
        "open": {"who"},
        "clock": set(),
    }
    for story in stories:
        assert story["title"]
        for step in story["steps"]:
            assert needs[step["do"]] <= step.keys(), step
            assert step["do"] != "clock" or step.keys() & {"to", "by"}, step
            assert step["look"], step
