"""Who is sent to which door, when, and what the sign-off sheet says of it afterwards."""

from __future__ import annotations

from datetime import datetime, time

import pytest
from sqlalchemy import select

from models.clock import at_local
from models.database import Database
from models.errors import UserError
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.notices.delivery_step import Rung, steps_of
from models.notices.notice import Notice
from models.notices.posting import note_delivered, note_posting
from models.notices.refusal import AtTheDoor, note_refusal
from models.notices.sign_off import sign_off_sheet, stands, summary, unsigned_lines
from models.people.staff import Staff, find_staff
from models.people.stewardship import areas_text, assign, place_meant
from models.rules import Shift
from scheduler.notices import table
from scheduler.registry import JobCtx
from tests.store import letters as base
from tests.store.fee_park import CALENDAR, MARCH, FeePark, day, kept
from tests.store.letters import contact, job_named, letters, on, open_letters, queued, settle_all

RULES = base.RULES.model_copy(
    update={
        "shifts": {
            "early": Shift(weekdays=(1, 2, 3, 4, 5, 6), start=time(8, 30), end=time(16, 30)),
            "late": Shift(weekdays=(1, 2, 3, 4), start=time(14), end=time(22)),
        }
    }
)
ROUNDS = job_named(table.jobs, "notices.unsigned")
ISSUED = day(3, 26)


@kept
async def park(db: Database) -> FeePark:
    """A tenant in A and one in B, each with a letter; 周敏 works early, 于晴 late and not on Fridays."""
    park = await open_letters(db)
    for name, code, person in (("云帆设计", "A-1203", "李娜"), ("青禾科技", "B-0305", "赵敏")):
        await park.lets(name, code)
        await contact(park, name, person)
    async with db.begin() as session:
        zhoumin = (await find_staff(session, "周敏"))[0]
        zhoumin.shift = "early"
        session.add(Staff(userid="yuqing", name="于晴", department="", roles=["客服"], shift="late"))
    await park.issue(MARCH, ISSUED)
    await settle_all(park.db, OutboxStatus.SENT, "sms")
    return park


async def give(park: FeePark, place: str, name: str) -> None:
    async with park.db.begin() as session:
        await assign(session, await place_meant(session, place), (await find_staff(session, name))[0])


async def go(park: FeePark, now: datetime) -> str:
    return await ROUNDS.function(JobCtx(park.db, now, now, RULES, CALENDAR))


async def told(park: FeePark, userid: str) -> list[str]:
    return [content.text for _, content in await queued(park.db, f"staff:{userid}") if "清单" in content.text]


async def letter_of(park: FeePark, tenant: str) -> Notice:
    return (await letters(park.db, park.tenants[tenant]))[0]


async def test_each_member_gets_the_doors_of_her_own_area_in_her_own_hours(park: FeePark) -> None:
    await give(park, "A栋", "周敏")
    await give(park, "b-0305", "于晴")
    assert await go(park, day(3, 30, 9)) == "上门、邮寄、查询共 2 份，2 份清单"
    (zhoumin,), (yuqing,) = await told(park, "zhoumin"), await told(park, "yuqing")
    assert "A-1203 云帆设计" in zhoumin and "青禾" not in zhoumin
    assert "B-0305 青禾科技" in yuqing and "云帆" not in yuqing
    async with park.db.read() as session:
        rows = await session.scalars(select(OutboxMessage).where(OutboxMessage.recipient == "staff:yuqing"))
        assert {row.due_at for row in rows} == {at_local(on(3, 30), 14)}


async def test_whoever_is_off_is_stood_in_for(park: FeePark) -> None:
    await give(park, "A", "周敏")
    await give(park, "B", "于晴")
    await go(park, day(3, 27, 9))  # a Friday; the 28th is a day of rest
    assert await told(park, "yuqing") == []
    own, for_another = await told(park, "zhoumin")
    assert "28 日为休息日，提前至 27 日" in own
    assert "于晴今天不当班，请代为派发" in for_another and "青禾科技" in for_another


async def test_without_areas_everybody_on_duty_gets_the_whole_list_once(park: FeePark) -> None:
    await go(park, day(3, 30, 9))
    await go(park, day(3, 30, 9))
    for userid in ("zhoumin", "yuqing"):
        (text,) = await told(park, userid)
        assert "云帆设计" in text and "青禾科技" in text
    async with park.db.read() as session:
        notice = await letter_of(park, "云帆设计")
        assert [step.rung for step in (await steps_of(session, [notice.id]))[notice.id]] == [Rung.VISIT]


async def test_after_the_visit_the_letter_is_posted_and_the_parcel_traced(park: FeePark) -> None:
    await give(park, "A", "周敏")
    await park.pay("青禾科技", 100_000, ISSUED)
    for moment in (day(3, 27, 9), day(3, 30, 9)):
        await go(park, moment)
    visit, post = await told(park, "zhoumin")
    assert "上门派发 1 份" in visit and "送达 编号" in visit
    assert "邮寄（挂号信或快递） 1 份" in post and "邮寄 编号 快递单号" in post
    notice = await letter_of(park, "云帆设计")
    async with park.db.begin() as session:
        await note_posting(session, notice, "EMS1", "zhoumin", day(3, 30))
    assert await go(park, day(4, 3, 9)) == "今天没有要派发的通知单"
    await go(park, day(4, 7, 9))
    assert "查询邮件 1 份" in (await told(park, "zhoumin"))[-1]
    async with park.db.begin() as session:
        parcel, _ = await note_posting(session, notice, "EMS1", "zhoumin", day(4, 7))
        note_delivered(parcel, on(4, 1), "收发室", "zhoumin", day(4, 7))
    assert await go(park, day(4, 8, 9)) == "今天没有要派发的通知单"


async def test_the_sheet_says_how_far_the_unsigned_ones_have_come(park: FeePark) -> None:
    await go(park, day(3, 27, 9))
    yunfan, qinghe = await letter_of(park, "云帆设计"), await letter_of(park, "青禾科技")
    async with park.db.begin() as session:
        refused = AtTheDoor("前台", "说负责人不在")
        await note_refusal(session, yunfan, refused, "zhoumin", "wecom:1", day(3, 27, 15))
        parcel, _ = await note_posting(session, qinghe, "EMS2", "zhoumin", day(3, 27, 16))
        note_delivered(parcel, on(3, 29), "收发室", "zhoumin", day(3, 30))
    async with park.db.read() as session:
        found = await stands(session, str(MARCH))
        assert summary(found) == "共 2 份，已签收 0 份，未签收 1 份，邮件妥投 1 份。"
        (line,) = unsigned_lines(found, 30)
        assert "上门被拒收 3月27日" in line
        first, second = (await sign_off_sheet(session, str(MARCH), "", "周敏", on(3, 30), RULES)).rows
    assert (first.step, first.step_on) == ("上门被拒收", on(3, 27))
    assert "拒收：前台，说负责人不在" in first.remark
    assert (second.delivered_on, second.signer, second.step) == (on(3, 29), "收发室", "")


async def test_areas_are_listed_with_what_nobody_looks_after(park: FeePark) -> None:
    await give(park, "A-1203", "周敏")
    async with park.db.read() as session:
        text = await areas_text(session)
        assert "周敏：A-1203" in text and "未分派：A、B" in text
        with pytest.raises(UserError, match="现有楼栋：A、B"):
            await place_meant(session, "Z-9")
