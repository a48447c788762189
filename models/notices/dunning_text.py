"""What a dunning letter says in chat: polite, with the way to pay and to object.

Never the word 滞纳金, never a threat. Services are named in the 暂停服务通知书 alone, which exists only where the settings
allow to suspend any [law: 民法典 §944].
"""

from __future__ import annotations

from datetime import date
from typing import cast

from models.clock import local_date
from models.fees.money import yuan
from models.messages.content import Button, Content
from models.notices.debt_documents import DunningNotice
from models.notices.facts import DebtLetter
from models.notices.letter import document_of
from models.notices.notice import Notice, NoticeKind
from models.notices.pay_text import pay_text, safe_name
from models.notices.sending import with_pointer
from models.rules import Rules

_LAST_WORDS = {
    NoticeKind.DUNNING: "如已缴纳，请忽略本通知。有疑问请点“异议”；需要约定付款日请点“承诺”。",
    NoticeKind.LEGAL: (
        "如届时仍未缴纳，我中心将依照约定和法律规定处理，包括通过诉讼或仲裁解决，详见附件。"
        "愿意协商请点“承诺”约定付款日；有疑问请点“异议”。"
    ),
    NoticeKind.SUSPENSION: (
        "正式通知以书面送达为准，工作人员会把原件送交贵司。愿意协商请点“承诺”约定付款日；有疑问请点“异议”，"
        "我们核对清楚之前不会暂停任何服务。"
    ),
}


def dunning_content(notice: Notice, oldest_due_on: date, rules: Rules) -> Content:
    """The message that carries the letter."""
    letter, made_on = cast("DebtLetter", document_of(notice)), local_date(notice.made_at)
    text = (
        f"【{_title(letter, notice)}】{notice.number}\n{letter.tenant}：\n"
        f"截至{_day(made_on)}，贵司尚有 {yuan(notice.amount_fen)} 元未缴，最早一笔的缴费期限是"
        f"{oldest_due_on.year}年{_day(oldest_due_on)}。{_promised(letter)}烦请于{_day(notice.due_on)}前（含当日）缴清。\n"
        f"{pay_text(letter.issuer, notice.number)}\n{_LAST_WORDS[notice.kind]}"
    )
    return with_pointer(
        notice,
        text,
        rules,
        Button(f"sign:{notice.id}", "签收"),
        Button(f"dispute:{notice.id}", "异议"),
        Button(f"promise:{notice.id}", "承诺"),
    )


def _title(letter: DebtLetter, notice: Notice) -> str:
    """The level's own name where it has one."""
    return letter.title if isinstance(letter, DunningNotice) else str(notice.kind)


def _promised(letter: DebtLetter) -> str:
    """A promise that was not kept is recalled, without reproach."""
    return "".join(f"贵司曾约定{_day(said.promised_on)}付款，我们尚未收到。" for said in letter.promises)


def dunning_file_name(notice: Notice) -> str:
    """The name the tenant sees."""
    return f"{notice.kind}-{notice.number}-{safe_name(document_of(notice).tenant)}.pdf"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
