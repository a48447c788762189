"""Who is told what while a month's papers go from hand to hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.closing.close import CloseQuestion, MonthClose
from models.closing.voucher import VoucherSummary, summary_of
from models.fees.money import yuan
from models.messages.content import Button, Content
from models.messages.spill import spill
from models.messages.tell import close_cards, tell_staff
from models.people.staff import find_staff, staff_who_may
from models.rules import Rules

MAKE, REVIEW = "fees.close", "fees.review"


def summary_text(summary: VoucherSummary) -> str:
    """The figures in a few lines."""
    undone = len(summary.undone_bills) + len(summary.undone_payments)
    methods = "，".join(f"{each.name} {yuan(each.amount_fen)}" for each in summary.payments) or "无"
    lines = [
        f"账单 {summary.bills} 份，{yuan(summary.billed_fen)} 元",
        f"收款 {summary.payment_count} 笔，{yuan(summary.received_fen)} 元（{methods}）",
        f"冲销冲正 {undone} 笔，{yuan(summary.bills_undone_fen + summary.payments_undone_fen)} 元",
        f"期末欠费 {summary.closing.debtors} 家 {yuan(summary.closing.owed_fen)} 元，"
        f"预存 {yuan(summary.closing.credit_fen)} 元",
        f"押金代管 {yuan(summary.deposits_held_fen)} 元（不计收入）",
        f"通知单 {summary.notices} 份，已签收 {summary.signed} 份",
        "期初＋本月＝期末，账目平衡。",
    ]
    return "\n".join(lines)


def files_of(close: MonthClose) -> tuple[Content, Content]:
    """The voucher summary as a sheet of paper and as a workbook."""
    name = f"收费凭证汇总-{close.period.label}"
    return (
        Content(file=f"close:{close.id}:pdf", file_name=f"{name}.pdf"),
        Content(file=f"close:{close.id}:xlsx", file_name=f"{name}.xlsx"),
    )


def review_card(close: MonthClose, questions: Sequence[CloseQuestion]) -> Content:
    """What the reviewer decides on. Answers to earlier questions stand below the figures."""
    summary = summary_of(close.facts)
    text = f"{summary.made_by}提交（第 {close.round} 次）\n{summary_text(summary)}"
    answers = [f"问：{each.question}\n答：{each.answer}" for each in questions if each.answer]
    return Content(
        title=f"{close.period.label}月结待审核",
        text="\n".join([text, *answers]),
        buttons=(Button(f"close_pass:{close.id}", "通过"), Button(f"close_back:{close.id}", "退回")),
    )


async def ask_to_review(
    session: AsyncSession, close: MonthClose, questions: Sequence[CloseQuestion], now: datetime, rules: Rules
) -> int:
    """The papers go to those who review, but for who made them; how many people that is."""
    await close_cards(session, close.subject, "已重新提交", now)
    reviewers = await staff_who_may(session, REVIEW, rules)
    others = [member for member in reviewers if f"staff:{member.userid}" != close.made_by]
    parts = [*files_of(close), *spill(review_card(close, questions))]
    for number, part in enumerate(parts):
        key = f"{close.subject}:{close.round}:review:{number}"
        await tell_staff(session, others, key, part, now=now, subject=close.subject)
    return len(others)


async def tell_passed(session: AsyncSession, close: MonthClose, by: str, now: datetime) -> None:
    """The maker hears that the papers are through."""
    await close_cards(session, close.subject, "已通过", now)
    text = f"{close.period.label}月结已由{by}审核通过，正在加密归档。归档完成后会告诉您。"
    await _tell_maker(session, close, "passed", Content(text=text), now)


async def tell_sent_back(
    session: AsyncSession, close: MonthClose, questions: Sequence[str], by: str, now: datetime
) -> None:
    """The maker hears what is to be answered."""
    await close_cards(session, close.subject, "已退回", now)
    rows = "\n".join(f"{number}. {question}" for number, question in enumerate(questions, start=1))
    content = Content(
        title=f"{close.period.label}月结被退回",
        text=f"{by}有 {len(questions)} 个疑问：\n{rows}\n请逐条答复，然后重新提交。",
        buttons=(Button(f"close_answer:{close.id}", "答复"),),
    )
    for number, part in enumerate(spill(content)):
        await _tell_maker(session, close, f"back:{number}", part, now)


async def tell_sealed(session: AsyncSession, close: MonthClose, papers: int, now: datetime) -> None:
    """Maker and reviewer hear where the archive lies and what proves it."""
    text = (
        f"{close.period.label}月结已加密归档：{close.file_name}，共 {papers} 个文件，"
        f"{close.size_bytes / 1024 / 1024:.1f} MB。\n校验码（SHA-256）{close.sha256}\n"
        "请系统管理员把文件和密钥分开备份；用 7-Zip 等工具输入密钥即可打开。"
    )
    for userid in dict.fromkeys((close.made_by, close.reviewed_by)):
        members = await find_staff(session, userid.removeprefix("staff:"))
        await tell_staff(session, members, f"{close.subject}:sealed", Content(text=text), now=now)


async def _tell_maker(
    session: AsyncSession, close: MonthClose, what: str, content: Content, now: datetime
) -> None:
    makers = await find_staff(session, close.made_by.removeprefix("staff:"))
    key = f"{close.subject}:{close.round}:{what}"
    await tell_staff(session, makers, key, content, now=now, subject=close.subject)
