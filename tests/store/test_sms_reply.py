"""Replies to SMS (上行), and reports on what was sent without an answer."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.audit.entry import AuditEntry
from models.database import Database
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.messages.reports import SmsReport, take_reports
from models.messages.sms_reply import Meaning, SmsReply, meaning_of, take_replies
from models.notices.proof import Stage
from models.people.tenant import Contact
from tests.store.fee_park import MARCH, FeePark, day
from tests.store.letters import RULES, contact, open_letters, rows_of
from tests.store.test_proof import ISSUED, TENANT, chain, sms_left, the_letter


@pytest.fixture
async def park(db: Database) -> FeePark:
    """One tenant whom only an SMS reaches, with a letter."""
    park = await open_letters(db)
    await park.lets(TENANT, "A-1203")
    await contact(park, TENANT, "李娜")
    await park.issue(MARCH, ISSUED)
    return park


REPLIES = {
    "签收": Meaning.SIGN, "“已签收”。": Meaning.SIGN, " t ": Meaning.STOP, "ＴＤ": Meaning.STOP, "退订！": Meaning.STOP,
    "恢复": Meaning.AGAIN, "这是什么": Meaning.WORDS, "签收是什么意思": Meaning.WORDS, "": Meaning.WORDS,
}  # fmt: skip


@pytest.mark.parametrize(("content", "meaning"), REPLIES.items())
def test_only_a_word_by_itself_is_a_command(content: str, meaning: Meaning) -> None:
    assert meaning_of(content) is meaning


async def test_a_reply_signs_for_the_one_open_letter_and_opts_out_once(park: FeePark) -> None:
    await sms_left(park)
    async with park.db.begin() as session:
        message, *_ = await rows_of(session, await the_letter(park))
        lina = await session.get_one(Contact, message.contact_id)
        mobile = lina.mobile
    replies = [SmsReply("u1", mobile, "签收"), SmsReply("u2", mobile, "退订"), SmsReply("u2", mobile, "退订")]
    replies += [SmsReply("u3", mobile, "签收"), SmsReply("u4", "19900000000", "签收")]
    async with park.db.begin() as session:
        await take_replies(session, replies, day(3, 26, 12), RULES)
    events = (await chain(park)).events
    signed = [event for event in events if event.stage is Stage.SIGNED]
    assert [(event.how, event.at) for event in signed] == [("短信", day(3, 26, 12))]
    async with park.db.read() as session:
        assert (await session.get_one(Contact, lina.id)).sms_refused
        audited = await session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("sms.")))
        assert list(audited) == ["sms.stop"]
        told = await session.scalars(
            select(OutboxMessage.content).where(OutboxMessage.dedupe_key.startswith("sms-reply:"))
        )
        assert all("没有发给该号码的待签收" in str(content["text"]) for content in told)


async def test_a_report_settles_what_was_sent_without_an_answer(park: FeePark) -> None:
    out_id = await sms_left(park)
    async with park.db.begin() as session:
        message, *_ = await rows_of(session, await the_letter(park))
        message.status = OutboxStatus.UNKNOWN
    async with park.db.begin() as session:
        await take_reports(session, [SmsReport(out_id, True, "DELIVERED")], day(3, 26, 11), RULES)
        message, *_ = await rows_of(session, await the_letter(park))
        assert (message.status, message.delivered_at) == (OutboxStatus.SENT, day(3, 26, 11))
