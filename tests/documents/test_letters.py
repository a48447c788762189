"""What stands on a letter, a receipt and a work order when it comes out of the printer."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import claim_samples
import pytest
import samples
from pypdf import PdfReader

from bot.documents.render import TEMPLATES, Document, render, render_pdf, render_png
from models.notices.documents import (
    FeeLine,
    PaidPart,
    Photo,
    SignOffRow,
    WorkStep,
)
from models.notices.evidence_document import AnnexStamps
from models.notices.facts import LETTERS, letter_of, to_facts
from models.notices.kf_sheet import KfSheet

NASTY = '#set page(width: 1mm) *b* _i_ $x^2$ ] [ "双引号" \'单\' \\ {x} <l> @ref // /* `r` #panic("x") 第一行\n第二行 👍🏽'
KINDS = (
    "payment_notice",
    "dunning_notice",
    "legal_notice",
    "suspension_notice",
    "owner_letter",
    "evidence_pack",
    "sign_off_sheet",
    "payment_receipt",
    "work_order",
)
REPORTS = ("voucher_summary", "day_close")
"""Papers about many tenants."""


@cache
def printed(document: Document) -> PdfReader:
    return PdfReader(io.BytesIO(render_pdf(document)))


@cache
def pages(document: Document) -> tuple[str, ...]:
    """The text of each page without blanks: how wide a gap is set is not what is tested."""
    return tuple("".join(page.extract_text().split()) for page in printed(document).pages)


def text(document: Document) -> str:
    return "".join(pages(document))


def missing(document: Document, *wanted: str) -> list[str]:
    there = text(document)
    return [words for words in wanted if "".join(words.split()) not in there]


def sample(kind: str, **changes: Any) -> Document:
    document: Document = getattr(samples, kind)(**changes)
    return document


def test_payment_notice_says_what_to_pay_until_when_and_how() -> None:
    wanted = (
        *("缴费通知单", "JF-202603-0012", "杭州云图科技有限公司", "A-301、A-302"),
        *("2026年3月（2026年3月1日至2026年3月31日）", "物业服务费", "120.00 ㎡ × 12.00 元/㎡", "1,440.00"),
        *("本月费用合计3,262.69", "加：以前未缴500.00", "减：预存款抵用200.00"),
        *("3,562.69", "人民币叁仟伍佰陆拾贰元陆角玖分"),
        *("2026年4月15日（含当日）", "清明节放假", "现金、支票", "3301 0401 6000 1234 567", "异议"),
        *("0571-8812 3456", "（盖章处）", "赵敏（项目经理）", "2026年3月25日"),
        *("签收回执", "签收人", "法定代表人", "收件部门", "日期", "第1页/共1页"),
    )
    assert missing(samples.payment_notice(), *wanted) == []


def test_dunning_notice_lists_each_unpaid_bill_and_threatens_nothing() -> None:
    letter = samples.dunning_notice()
    wanted = (
        *(
            "催款通知单",
            "CK-202604-0003",
            "JF-202602-0012",
            "3,120.50",
            "2,000.00",
            "1,120.50",
            "2026年3月13日",
        ),
        *("4,383.19", "人民币肆仟叁佰捌拾叁元壹角玖分", "2026年4月23日（含当日）", "转账", "异议", "承诺"),
    )
    assert missing(letter, *wanted) == []
    assert [word for word in ("滞纳金", "停水", "停电", "停止供", "暂停服务") if word in text(letter)] == []


def test_legal_notice_offers_payment_and_objection_and_names_the_court() -> None:
    letter = samples.legal_notice()
    wanted = (
        *("欠费法律告知函", "西溪创意产业园物业服务合同（XX-2025-031）", "2026年5月13日（含当日）"),
        *("催款通知单 CK-202604-0003（微信签收）", "缴费方式", "异议", "人民法院", "仲裁", "第九百四十四条"),
    )
    assert missing(letter, *wanted) == []
    assert [word for word in ("滞纳金", "停水", "停电", "停止供", "暂停服务") if word in text(letter)] == []


def test_sign_off_sheet_shows_who_signed_and_adds_up() -> None:
    wanted = (
        *("西溪创意产业园", "A座", "2026年3月", "共6份，已签收3份，未签收2份，邮件妥投1份", "1,022,180.21"),
        *("李娜", "财务", "微信", "2026-03-26 10:14", "上门", "邮寄", "EMS1234567890123", "归档日期"),
    )
    assert missing(samples.sign_off_sheet(), *wanted) == []


def test_sign_off_sheet_is_landscape_and_repeats_its_head() -> None:
    rows = tuple(
        SignOffRow(f"JF-202603-{n:04}", "杭州云图科技有限公司", ("A-301",), 100) for n in range(1, 61)
    )
    sheet = samples.sign_off_sheet(rows)
    page = printed(sheet).pages[0]
    assert page.mediabox.width > page.mediabox.height
    assert len(pages(sheet)) > 1
    assert all("派发方式" in page for page in pages(sheet))
    assert missing(sheet, "JF-202603-0060", "合计60份60.00") == []


def test_receipt_says_what_was_paid_for_and_that_it_is_no_invoice() -> None:
    wanted = (
        *("收据", "SJ-20260410-0005", "3,000.00", "人民币叁仟元整", "转账", "2026041000123456", "孙丽"),
        *("JF-202602-0012", "1,120.50", "1,879.50", "尚未缴1,383.19元", "预存款余额0.00元", "本收据非发票"),
        "2026-04-10 11:05",
    )
    assert missing(samples.payment_receipt(), *wanted) == []


def test_receipt_prints_the_order_the_split_and_who_paid() -> None:
    receipt = samples.payment_receipt(
        paid_by="云图控股有限公司",
        order="抵付次序：从最早到期的账单抵起；同一账单依次抵费用、违约金、本金。",
        cheque_note="支票以银行入账为准；如被退票，本收据作废，相应账单恢复未付。",
        parts=(
            PaidPart("ZD-202602-0012", "2026年2月账单", 112_050, "违约金 20.50、本金 1,100.00"),
            PaidPart("ZD-202603-0012", "2026年3月账单（部分）", 187_950),
        ),
    )
    wanted = ("付款户名云图控股有限公司", "违约金20.50、本金1,100.00", "依次抵费用、违约金、本金", "如被退票")
    assert missing(receipt, *wanted) == []
    assert len(pages(receipt)) == 1


def test_money_left_over_is_a_line_of_the_receipt() -> None:
    receipt = samples.payment_receipt(
        parts=(PaidPart("JF-202603-0012", "2026年3月费用", 250_000),), credit_added_fen=50_000
    )
    assert missing(receipt, "转入预存款500.00") == []
    assert "转入预存款" not in text(samples.payment_receipt())


def test_work_order_tells_the_story_and_leaves_room_to_sign() -> None:
    wanted = (
        *("维修工单", "R07", "A-301茶水间", "李娜", "138 0000 1234", "2026-03-02 09:12", "王强", "80.00元"),
        *("茶水间水槽下面漏水", "到场，关闭角阀", "2026-03-02 10:20", "租户签认", "客服回访"),
        *("时限", "按时，03-02 09:31", "租户李娜 03-02 10:41 签认（微信）", "周敏 03-03 09:30 回访"),
    )
    assert missing(samples.work_order(), *wanted) == []
    assert missing(samples.work_order(charge_fen=0), "费用无有偿费用") == []


def test_photos_are_in_the_work_order_and_a_broken_one_says_so() -> None:
    order = samples.work_order()
    assert sum(len(page.images) for page in printed(order).pages) == 3
    broken = samples.work_order(photos=(Photo("报修照片", b"\xff\xd8 not a picture"),))
    assert missing(broken, "照片无法显示", "报修照片") == []


def test_sixty_lines_go_over_pages_that_each_say_what_they_are() -> None:
    lines = tuple(FeeLine(f"有偿服务第{n}次", "1 次 × 20.00 元", 2_000) for n in range(1, 61))
    found = pages(samples.payment_notice(lines=lines))
    assert len(found) >= 2
    assert all("费用项目" in page for page in found if "有偿服务第" in page)
    assert all(
        "缴费通知单（续）杭州云图科技有限公司" in page and "JF-202603-0012" in page for page in found[1:]
    )
    assert all(f"第{n}页/共{len(found)}页" in page for n, page in enumerate(found, start=1))
    assert [n for n in range(1, 61) if f"有偿服务第{n}次" not in "".join(found)] == []
    assert sum("签收回执" in page for page in found) == 1


def test_a_letter_without_approval_leaves_the_place_empty() -> None:
    letter = replace(samples.payment_notice(), approval=None)
    assert "赵敏" not in text(letter)
    assert missing(letter, "（盖章处）", "审批", "日期") == []


def test_a_letter_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="JF-202603-0012"):
        replace(samples.payment_notice(), total_fen=1)
    with pytest.raises(ValueError, match="CK-202604-0003"):
        replace(samples.dunning_notice(), total_fen=1)
    with pytest.raises(ValueError, match="LH-202605-0001"):
        replace(samples.legal_notice(), total_fen=1)
    with pytest.raises(ValueError, match="SJ-20260410-0005"):
        samples.payment_receipt(amount_fen=1)


NAMES = {"sign_off_sheet": "building", "payment_receipt": "payer"}


@pytest.mark.parametrize("kind", KINDS)
def test_markup_in_a_name_is_printed_as_it_is(kind: str) -> None:
    document = sample(kind, **{NAMES.get(kind, "tenant"): NASTY})
    assert (
        missing(document, '#set page(width: 1mm) *b* _i_ $x^2$ ] [ "双引号"', '#panic("x")', "第一行 第二行")
        == []
    )


HOSTILE = (
    "超长名称" * 100,
    "W" * 300,
    "\U00020000\ud800\x00\u202e\u2066\u2028\u200b",
    "臺灣鳳凰設計顧問股份有限公司",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\U0001f680",
    "مرحبا שלום",
    "e" + "\u0301" * 50,
    "",
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_no_name_stops_the_printer(kind: str, name: str) -> None:
    document = sample(kind, **{NAMES.get(kind, "tenant"): name})
    assert render_pdf(document).startswith(b"%PDF-")


def test_hostile_text_in_every_place_of_a_work_order() -> None:
    facts = dict.fromkeys(("state", "category", "urgency", "tenant", "unit", "reporter", "worker"), NASTY * 3)
    step = WorkStep(samples.work_order().reported_at, NASTY, NASTY * 20)
    order = samples.work_order(**facts, description=NASTY * 20, steps=(step,), photos=(Photo(NASTY, b""),))
    assert len(pages(order)) > 1


def test_direction_turning_characters_do_not_reach_the_paper() -> None:
    letter = samples.payment_notice(tenant="杭州\u202e云图\u2066科技")
    assert missing(letter, "杭州云图科技") == []


@pytest.mark.parametrize("kind", (*KINDS, *REPORTS))
def test_a_page_can_be_had_as_picture(kind: str) -> None:
    assert render_png(sample(kind), ppi=40).startswith(b"\x89PNG")


def test_a_page_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="page 2 of 1"):
        render_png(samples.payment_receipt(), page=2, ppi=40)


def test_the_voucher_summary_rolls_the_month_forward_to_what_is_owed() -> None:
    wanted = (
        *("收费凭证汇总表", "2026年3月", "物业服务费", "252,000.00", "180 份", "356,746.95"),
        *("现金", "12,000.00", "167 笔", "322,000.00", "账单冲销", "电表读数录错，重开账单", "1,400.00"),
        *("期初净欠（欠费 30,000.00 − 预存 500.00）", "29,500.00", "期末净欠", "64,146.95"),
        "账单累计 950,000.00 ＝ 收款 860,000.00 ＋ 预存抵用 23,753.05 ＋ 冲销 1,400.00 ＋ 欠费 64,846.95",
        *("押金（代管款，不计收入）", "期末代管 83,000.00 元", "已重新入账，SK-202603-0010", "财务主管"),
    )
    assert missing(samples.voucher_summary(), *wanted) == []
    with pytest.raises(ValueError, match="the accounts"):
        samples.voucher_summary(refunded_fen=0)


def test_every_kind_of_document_has_a_template_and_a_sample() -> None:
    papers = {type(getattr(claim_samples, kind)()) for kind in claim_samples.KINDS}
    others = {type(samples.deposit_receipt()), AnnexStamps, KfSheet}  # looked at by tests of their own
    assert {type(sample(kind)) for kind in (*KINDS, *REPORTS)} | papers | others == set(TEMPLATES)


@pytest.mark.parametrize("kind", list(LETTERS))
def test_frozen_facts_give_the_same_letter_again(kind: Any) -> None:
    letter = {type(sample(name)): sample(name) for name in KINDS}[LETTERS[kind]]
    facts = to_facts(letter)  # type: ignore[arg-type]
    assert letter_of(kind, facts) == letter
    assert facts["issued_on"] == letter.issued_on.isoformat()  # type: ignore[union-attr]


async def test_rendering_in_a_thread_gives_the_same_bytes() -> None:
    letter = samples.payment_notice(issued_on=date(2026, 3, 25))
    assert await render(letter) == render_pdf(letter)
