"""Letters with each bill: what they say, who gets them, who signed, and what happens when they do not arrive."""

from __future__ import annotations

import pytest

from models.database import Database
from models.errors import UserError
from models.messages.guards import reason_to_withhold
from models.messages.outbox import OutboxStatus
from models.messages.reports import SmsReport, take_reports
from models.notices.aftermath import undelivered
from models.notices.by_hand import role_of, sign_by_hand
from models.notices.documents import PaymentNotice
from models.notices.finding import any_by_number, newest_to_sign, own_by_number, own_notice
from models.notices.issue import make_payment_notice
from models.notices.letter import document_of
from models.notices.notice import Notice, notice_by_token, receipts_of
from models.notices.posting import note_posting
from models.notices.reached import how_reached
from models.notices.sign_off import sign_off_sheet, stands, summary
from models.notices.signing import Proof, Signer, Signing, sign, signed_text
from models.people.staff import find_staff
from models.people.tenant import Contact, ContactRole
from scheduler import notices, reminders
from tests.store.fee_park import APRIL, CALENDAR, MARCH, FeePark, day, kept
from tests.store.letters import (
    CLERK,
    RULES,
    contact,
    job_named,
    letters,
    on,
    open_letters,
    queued,
    rows_of,
    run,
    settle_all,
)

TENANT = "云帆设计"
ISSUED = day(3, 26)


@kept
async def park(db: Database) -> FeePark:
    """One tenant with a head in chat, a finance contact by phone, and an employee."""
    park = await open_letters(db)
    await park.lets(TENANT, "A-1203")
    await park.meter("E-1", "A-1203", february="100")
    await park.read("E-1 100", ISSUED)
    await contact(park, TENANT, "钱会计", role=ContactRole.FINANCE, mobile="13800010002")
    await contact(park, TENANT, "李娜", account="wmlina")
    await contact(park, TENANT, "小明", role=CLERK, mobile="13800010003", account="wmxm")
    await park.issue(MARCH, ISSUED)
    return park


async def the_letter(park: FeePark) -> Notice:
    return (await letters(park.db))[0]


async def signs(park: FeePark, notice: Notice, signer: Signer, key: str = "kf:m1") -> Signing:
    async with park.db.begin() as session:
        return await sign(session, notice, signer, Proof("微信", key, {"account": "wm"}), ISSUED)


async def test_each_bill_has_one_letter_with_the_amounts_of_the_bill(park: FeePark) -> None:
    bill = await park.bill(TENANT, MARCH)
    assert bill
    async with park.db.begin() as session:
        await make_payment_notice(session, bill, "staff:zhengwei", ISSUED, RULES, CALENDAR)
    notice = await the_letter(park)
    letter = document_of(notice)
    assert isinstance(letter, PaymentNotice)
    assert (notice.number, notice.amount_fen, notice.due_on) == ("JF-202603-0001", 100_000, on(4, 15))
    assert (letter.units, letter.total_words) == (("A-1203",), "人民币壹仟元整")
    assert letter.due_note == "4月第10个工作日"
    assert letter.approval and letter.approval.name == "郑伟"
    assert len(await letters(park.db)) == 1


async def test_everybody_who_sees_money_gets_it_the_person_in_charge_first(park: FeePark) -> None:
    sent = [item for item in await queued(park.db, "contact:")]
    async with park.db.read() as session:
        names = [(await session.get_one(Contact, int(who.partition(":")[2]))).name for who, _ in sent]
    assert names == ["李娜", "李娜", "钱会计", "钱会计"]
    message, file = sent[0][1], sent[1][1]
    assert "【缴费通知单】2026年3月" in message.text
    assert "应缴 1,000.00 元，请于4月15日前" in message.text
    assert [button.text for button in message.buttons] == ["签收", "明细", "异议"]
    assert file.file == (await the_letter(park)).subject
    assert file.file_name == "缴费通知单-2026年3月-云帆设计.pdf"


async def test_on_sms_it_is_a_neutral_pointer_with_a_short_code(park: FeePark) -> None:
    notice = await the_letter(park)
    sms = (await queued(park.db, "contact:"))[0][1].sms
    assert sms and sms.template == "notice" and sms.params == (("code", notice.short_code),)
    assert len(notice.short_code) == 16 and len(notice.token) >= 43
    async with park.db.read() as session:
        by_code = await notice_by_token(session, notice.short_code, ISSUED)
        assert by_code and by_code.id == notice.id
        assert await notice_by_token(session, notice.token, day(12, 31).replace(year=2027)) is None


async def test_earlier_debt_stands_in_the_next_letter(park: FeePark) -> None:
    await park.pay(TENANT, 40_000, day(4, 2))
    await park.issue(APRIL, day(4, 24))
    letter = document_of((await letters(park.db))[1])
    assert isinstance(letter, PaymentNotice)
    assert (letter.subtotal_fen, letter.previous_balance_fen, letter.total_fen) == (100_000, 60_000, 160_000)


async def test_it_is_withheld_when_paid_before_it_leaves(park: FeePark) -> None:
    async with park.db.read() as session:
        guard = (await rows_of(session, await the_letter(park)))[0].guard
        assert await reason_to_withhold(session, guard) == ""
    await park.pay(TENANT, 100_000, ISSUED)
    async with park.db.read() as session:
        assert await reason_to_withhold(session, guard) == "账单已付清"


async def test_a_signature_names_who_how_and_when_and_counts_once(park: FeePark) -> None:
    notice = await the_letter(park)
    first = await signs(park, notice, Signer("李娜", ContactRole.HEAD))
    again = await signs(park, notice, Signer("钱会计", ContactRole.FINANCE), "kf:m2")
    assert first.first and not again.first
    assert again.receipt.id == first.receipt.id
    assert "已签收" in signed_text(notice, first)
    assert "2026-03-26 10:00由李娜（负责人）签收" in signed_text(notice, again)
    async with park.db.read() as session:
        assert [(r.signer, r.how, r.evidence) for r in await receipts_of(session, notice.id)] == [
            ("李娜", "微信", {"account": "wm"})
        ]


async def test_an_employees_signature_is_kept_with_a_warning_and_does_not_end_the_ladder(
    park: FeePark,
) -> None:
    notice = await the_letter(park)
    employee = await signs(park, notice, Signer("小明", ContactRole.EMPLOYEE))
    await signs(park, notice, Signer("小明", ContactRole.EMPLOYEE), "kf:m2")
    text = signed_text(notice, employee)
    assert "不能代表贵司签收" in text and "1,000" not in text
    head = await signs(park, notice, Signer("李娜", ContactRole.HEAD), "kf:m3")
    assert head.first and head.receipt.sufficient
    async with park.db.read() as session:
        assert [r.sufficient for r in await receipts_of(session, notice.id)] == [False, True]


async def test_another_tenants_letter_is_like_none(park: FeePark) -> None:
    await park.lets("青禾", "B-1")
    notice, other = await the_letter(park), park.tenants["青禾"]
    async with park.db.read() as session:
        said = set()
        for number in (notice.number, "JF-202603-0099"):
            with pytest.raises(UserError) as error:
                await own_by_number(session, other, number)
            said.add(str(error.value))
        for wanted in (str(notice.id), "471100", "9" * 30, "²", "x", ""):
            with pytest.raises(UserError) as error:
                await own_notice(session, other, wanted)
            said.add(str(error.value))
        assert len(said) == 1
        assert await newest_to_sign(session, other) is None


async def test_staff_may_shorten_a_number(park: FeePark) -> None:
    async with park.db.read() as session:
        assert (await any_by_number(session, " jf-202603-0001")).number == "JF-202603-0001"
        assert (await any_by_number(session, "0001")).number == "JF-202603-0001"
        for wrong in ("", "1", "%", "____", "JF-202603-0002"):
            with pytest.raises(UserError, match="没有找到"):
                await any_by_number(session, wrong)


async def test_when_no_way_is_left_staff_are_told_once(park: FeePark) -> None:
    notice = await the_letter(park)
    async with park.db.begin() as session:
        rows = await rows_of(session, notice)
        for row in rows[:-1]:
            row.status = OutboxStatus.DEAD
            await undelivered(session, row, "号码无效", ISSUED, RULES)
    assert await queued(park.db, "staff:zhoumin") == []
    async with park.db.begin() as session:
        row = (await rows_of(session, notice))[-1]
        row.status = OutboxStatus.DEAD
        await undelivered(session, row, "号码无效", ISSUED, RULES)
        await undelivered(session, row, "号码无效", ISSUED, RULES)
    told = await queued(park.db, "staff:zhoumin")
    assert len(told) == 1
    assert "无法送达：号码无效" in told[0][1].text and f"送达 {notice.number}" in told[0][1].text


async def test_nobody_is_sent_to_a_tenant_who_has_signed(park: FeePark) -> None:
    notice = await the_letter(park)
    await signs(park, notice, Signer("李娜", ContactRole.HEAD))
    async with park.db.begin() as session:
        for row in await rows_of(session, notice):
            row.status = OutboxStatus.DEAD
            await undelivered(session, row, "窗口已关闭", ISSUED, RULES)
    assert await queued(park.db, "staff:zhoumin") == []


async def test_a_tenant_without_reachable_contacts_is_visited(park: FeePark) -> None:
    await park.lets("无人", "C-1")
    bill = await park.bill(TENANT, MARCH)
    assert bill
    async with park.db.begin() as session:
        bill.tenant_id = park.tenants["无人"]
        await make_payment_notice(session, bill, "", ISSUED, RULES, CALENDAR)
    assert "没有可联系的负责人" in (await queued(park.db, "staff:zhoumin"))[0][1].text


async def test_a_signature_on_paper_is_entered_by_staff(park: FeePark) -> None:
    notice = await the_letter(park)
    async with park.db.begin() as session:
        (bringer,) = await find_staff(session, "周敏")
        signing, photos = await sign_by_hand(
            session, notice, "李娜", role_of("法人"), bringer, "wecom:1", ISSUED
        )
    assert signing.receipt.how == "上门" and signing.receipt.evidence["entered_by"] == "zhoumin"
    assert photos == 0
    with pytest.raises(UserError, match="法定代表人、负责人"):
        role_of("路人")


async def test_the_sign_off_sheet_tells_how_each_letter_stands(park: FeePark) -> None:
    await park.lets("青禾", "B-1")
    await contact(park, "青禾", "赵敏", mobile="13800010009")
    notice = await the_letter(park)
    await settle_all(park.db, OutboxStatus.SENT, "sms")
    async with park.db.begin() as session:
        assert (await note_posting(session, notice, "EMS1", "zhoumin", ISSUED))[1]
        assert not (await note_posting(session, notice, "EMS1", "zhoumin", ISSUED))[1]
        assert (await how_reached(session, [notice]))[notice.id].words == "邮寄 EMS1"
    await signs(park, notice, Signer("李娜", ContactRole.HEAD))
    async with park.db.read() as session:
        sheet = await sign_off_sheet(session, str(MARCH), "A", "周敏", on(3, 28), RULES)
        assert summary(await stands(session, str(MARCH))) == "共 1 份，已签收 1 份，未签收 0 份。"
        assert await stands(session, str(MARCH), "B") == []
    (row,) = sheet.rows
    assert (row.signer, row.role, row.how, row.remark) == ("李娜", "负责人", "微信", "邮寄 EMS1")
    assert (sheet.signed_count, sheet.total_fen) == (1, 100_000)


async def test_the_day_after_it_goes_out_again_to_those_who_have_not_signed(park: FeePark) -> None:
    await settle_all(park.db, OutboxStatus.SENT)
    again = job_named(notices.table.jobs, "notices.again")
    assert await run(park.db, again, day(3, 27)) == "再次发送 1 份"
    await run(park.db, again, day(3, 27), day(3, 28))
    notice = await the_letter(park)
    async with park.db.read() as session:
        rows = await rows_of(session, notice)
    assert [row.guard for row in rows if ":again" in row.dedupe_key] == [f"unsigned:{notice.id}"] * 2
    await signs(park, await the_letter(park), Signer("李娜", ContactRole.HEAD))
    async with park.db.read() as session:
        assert await reason_to_withhold(session, rows[-1].guard) == "已签收"
    assert await run(park.db, again, day(3, 27)) == "再次发送 0 份"


@pytest.mark.parametrize(
    ("name", "month", "on_day", "who", "says"),
    [
        ("remind.bills", 4, 24, "staff:chenjing", "26 日为休息日，提前至 24 日"),
        ("remind.close", 4, 3, "staff:chenjing", "2026年3月的收费凭证"),
        ("remind.charges", 4, 22, "staff:chenjing", "2026年4月有偿服务费还没有录入"),
        ("remind.meters", 4, 23, "staff:chenjing", "A-1203 电表"),
    ],
)
async def test_who_holds_a_step_is_reminded(
    park: FeePark, name: str, month: int, on_day: int, who: str, says: str
) -> None:
    job = job_named(reminders.table.jobs, name)
    assert job.when(on(month, on_day), RULES, CALENDAR)
    await run(park.db, job, day(month, on_day))
    await run(park.db, job, day(month, on_day))
    (told,) = [content for recipient, content in await queued(park.db, who)]
    assert says in told.text


async def test_nobody_is_reminded_of_bills_that_are_out(park: FeePark) -> None:
    job = job_named(reminders.table.jobs, "remind.bills")
    assert await run(park.db, job, ISSUED) == "账单已发出"
    assert await queued(park.db, "staff:chenjing") == []


async def test_an_sms_that_the_carrier_could_not_deliver_sends_staff_to_the_door(park: FeePark) -> None:
    async with park.db.begin() as session:
        for row in await rows_of(session, await the_letter(park)):
            sent = bool(row.content.get("sms"))
            row.status = OutboxStatus.SENT if sent else OutboxStatus.DEAD
            row.channel, row.provider_id = "sms", f"out{row.id}"
        rows = await rows_of(session, await the_letter(park))
        reports = [SmsReport(row.provider_id, False, "MK:0001") for row in rows]
        await take_reports(session, [*reports, *reports], ISSUED, RULES)
    (told,) = await queued(park.db, "staff:zhoumin")
    assert "短信未送达" in told[1].text
