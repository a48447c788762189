"""送达记录: the chain of proof of one letter, from the first message to the signature or the parcel."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.database import Database
from models.errors import UserError
from models.messages.outbox import OutboxStatus
from models.messages.reports import SmsReport, bounced, take_reports
from models.notices.delivery_step import Rung, note_step
from models.notices.notice import Notice
from models.notices.posting import note_delivered, note_posting, note_returned, parcel_on_its_way
from models.notices.proof import ProofChain, Stage, proof_of
from models.notices.refusal import AtTheDoor, note_refusal
from models.notices.signing import Proof, Signer, sign
from models.people.tenant import ContactRole
from tests.store.fee_park import MARCH, FeePark, day, kept
from tests.store.letters import RULES, contact, letters, on, open_letters, rows_of

TENANT = "云帆设计"
ISSUED = day(3, 26)


@kept
async def park(db: Database) -> FeePark:
    """One tenant whom only an SMS reaches, with a letter."""
    park = await open_letters(db)
    await park.lets(TENANT, "A-1203")
    await contact(park, TENANT, "李娜")
    await park.issue(MARCH, ISSUED)
    return park


async def the_letter(park: FeePark) -> Notice:
    return (await letters(park.db))[0]


async def chain(park: FeePark) -> ProofChain:
    async with park.db.read() as session:
        return await proof_of(session, await the_letter(park))


async def sms_left(park: FeePark) -> str:
    """The pointer is taken by the gateway; its id."""
    async with park.db.begin() as session:
        message, file = await rows_of(session, await the_letter(park))
        message.status, message.channel, message.address = OutboxStatus.SENT, "sms", "13800010001"
        message.provider_id, message.settled_at = "out1", ISSUED
        file.status, file.settled_at = OutboxStatus.WITHHELD, ISSUED
        return message.provider_id


async def test_taken_by_the_gateway_is_sent_and_not_received(park: FeePark) -> None:
    assert [event.stage for event in (await chain(park)).events] == [Stage.MADE, Stage.QUEUED, Stage.QUEUED]
    await sms_left(park)
    told = await chain(park)
    assert [event.stage for event in told.events] == [Stage.MADE, Stage.SENT]
    sent = told.events[1]
    assert (sent.who, sent.how, sent.provider_id) == ("李娜（负责人）", "短信", "out1")
    assert not told.proven


async def test_the_carriers_word_is_kept_as_it_came(park: FeePark) -> None:
    out_id = await sms_left(park)
    raw = {"out_id": out_id, "success": "True", "code": "DELIVERED", "mobile": "13800010001"}
    async with park.db.begin() as session:
        report = SmsReport(out_id, True, "DELIVERED", raw)
        await take_reports(session, [report, report], ISSUED + timedelta(minutes=1), RULES)
    arrived = (await chain(park)).events[-1]
    assert (arrived.stage, dict(arrived.raw)) == (Stage.ARRIVED, raw)


async def test_a_report_of_failure_leaves_what_was_sent_sent(park: FeePark) -> None:
    out_id = await sms_left(park)
    async with park.db.begin() as session:
        await take_reports(session, [SmsReport(out_id, False, "MK:0001")], day(3, 26, 11), RULES)
    stages = [event.stage for event in (await chain(park)).events]
    assert stages == [Stage.MADE, Stage.SENT, Stage.FAILED, Stage.ASKED]


async def test_a_chat_that_bounced_is_told_with_its_own_channel(park: FeePark) -> None:
    async with park.db.begin() as session:
        message, _ = await rows_of(session, await the_letter(park))
        message.status, message.channel, message.address = OutboxStatus.SENT, "kf", "wmlina"
        message.provider_id, message.settled_at = "gj1", ISSUED
    async with park.db.begin() as session:
        await bounced(session, "gj1", "客户拒收", day(3, 26, 11))
    events = (await chain(park)).events
    failed = next(event for event in events if event.stage is Stage.FAILED)
    assert (failed.how, failed.provider_id, failed.detail) == ("微信", "gj1", "回执 客户拒收")
    await sms_left(park)
    assert Stage.SENT in {event.stage for event in (await chain(park)).events}


async def test_each_state_stands_by_itself_in_order_of_time(park: FeePark) -> None:
    await sms_left(park)
    notice = await the_letter(park)
    async with park.db.begin() as session:
        clerk = Signer("小明", ContactRole.EMPLOYEE)
        await sign(session, notice, clerk, Proof("网页", "page:1", {"browser": "x"}), day(3, 26, 15))
        await note_step(
            session, [notice.id], Rung.VISIT, on(3, 27), day(3, 27, 9), steward="zhoumin",
            reason="28 日为休息日，提前至 27 日",
        )  # fmt: skip
        told = AtTheDoor("前台", "说负责人不在", witness="chenjing")
        _, first = await note_refusal(session, notice, told, "zhoumin", "wecom:1", day(3, 27, 14))
        _, again = await note_refusal(session, notice, told, "zhoumin", "wecom:2", day(3, 27, 15))
        assert (first, again) == (True, False)
        parcel, _ = await note_posting(session, notice, "EMS1", "zhoumin", day(3, 30))
        assert note_returned(parcel, on(4, 2), "查无此人", "zhoumin", day(4, 3))
        assert not note_returned(parcel, on(4, 2), "查无此人", "zhoumin", day(4, 3))
        await note_posting(session, notice, "EMS2", "zhoumin", day(4, 3))
        second = await parcel_on_its_way(session, notice)
        assert second.tracking == "EMS2"
        assert note_delivered(second, on(4, 5), "收发室", "zhoumin", day(4, 6))
        with pytest.raises(UserError, match="已登记妥投"):
            note_returned(second, on(4, 6), "拒收", "zhoumin", day(4, 6))
    whole = await chain(park)
    assert [event.stage for event in whole.events][1:] == [
        Stage.SENT, Stage.UNAUTHORISED, Stage.ASKED, Stage.REFUSED, Stage.POSTED, Stage.RETURNED,
        Stage.POSTED, Stage.PARCEL_DELIVERED,
    ]  # fmt: skip
    refused = whole.events[4]
    assert (refused.who, refused.detail) == ("前台", "说负责人不在（派发 周敏，见证 陈静）")
    assert whole.proven and whole.proven_at == whole.events[-1].at


async def test_a_letter_that_never_went_by_post_has_no_parcel(park: FeePark) -> None:
    async with park.db.begin() as session:
        with pytest.raises(UserError, match="还没有登记邮寄"):
            await parcel_on_its_way(session, await the_letter(park))
