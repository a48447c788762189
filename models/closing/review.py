"""Handing a month's papers in, asking, answering and passing them [manual flow chart: 出纳员 → 财务主管审核 → 归档]."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.period import Month
from models.clock import local, local_date
from models.closing.close import CloseQuestion, CloseStatus, MonthClose, close_of, questions_of
from models.closing.figures import voucher_summary
from models.closing.span import Span
from models.closing.voucher import Asked, to_facts
from models.errors import UserError
from models.fees.account import books_balance
from models.fees.bill import BillRun, RunStatus
from models.fees.payment import Payment
from models.people.staff import name_of
from models.rules import Rules

LONGEST = 300
"""Characters of a question or an answer."""


async def submit(session: AsyncSession, month: Month, *, by: str, now: datetime, rules: Rules) -> MonthClose:
    """Compiles the month and hands it in; a second hand-in replaces the figures of the first.

    Raises UserError: not over yet, bills still on their way, books that do not balance, questions without an answer,
    or handed in already.
    """
    await _must_be_ready(session, month, now)
    close = await close_of(session, month, lock=True)
    questions = await questions_of(session, close.id) if close else []
    if close:
        _must_be_open(close)
    if waiting := [each for each in questions if not each.answer]:
        raise UserError(f"还有 {len(waiting)} 个疑问没有答复，请先答复再提交。发送“月结 {month}”逐条答复。")
    asked = [
        Asked(each.question, each.answer, await name_of(session, each.answered_by)) for each in questions
    ]
    try:
        summary = await voucher_summary(
            session, month,
            made_by=await name_of(session, by), made_on=local_date(now), rules=rules, asked=asked,
        )  # fmt: skip
    except ValueError as unbalanced:
        raise UserError("期初加本月发生不等于期末，不能月结。请联系系统管理员核对账目。") from unbalanced
    if close is None:
        close = MonthClose(month=str(month), round=0)
        session.add(close)
    close.status, close.round = CloseStatus.REVIEW, close.round + 1
    close.made_by, close.made_at, close.facts = by, now, to_facts(summary)
    await session.flush()
    return close


async def _must_be_ready(session: AsyncSession, month: Month, now: datetime) -> None:
    if local_date(now) <= month.last_day:
        first = month.next()
        raise UserError(f"{month.label}还没有结束，{first.month}月1日起可以月结。")
    unfinished = await session.scalar(
        select(func.count(BillRun.id)).where(BillRun.month == str(month), BillRun.status != RunStatus.ISSUED)
    )
    if unfinished:
        raise UserError(f"{month.label}账单还没有全部发出，请先完成复核和批准，再月结。")
    if not await has_papers(session, month):
        raise UserError(f"{month.label}没有账单，也没有收款，不需要月结。")
    if faults := await books_balance(session):
        raise UserError(f"账目有 {len(faults)} 处不平，不能月结。请联系系统管理员核对后再试。")


async def has_papers(session: AsyncSession, month: Month) -> bool:
    """Whether there is anything to close: bills issued for the month, or money received in it."""
    run = await session.scalar(
        select(BillRun.id).where(BillRun.month == str(month), BillRun.status == RunStatus.ISSUED).limit(1)
    )
    if run is not None:
        return True
    paid = select(Payment.id).where(Span.of(month).holds(Payment.received_at)).limit(1)
    return await session.scalar(paid) is not None


def _must_be_open(close: MonthClose) -> None:
    if close.status is CloseStatus.REVIEW:
        raise UserError(
            f"{close.period.label}月结已于 {local(close.made_at):%m-%d %H:%M} 提交，正在等待财务主管审核。"
        )
    if close.status is not CloseStatus.RETURNED:
        raise UserError(f"{close.period.label}月结{close.status.words}，不能再改。")


async def approve(session: AsyncSession, close: MonthClose, *, by: str, now: datetime) -> None:
    """Passes the papers; sealing follows by itself. Raises UserError for one's own papers or the wrong moment."""
    _must_be_reviewable(close, by)
    close.status, close.reviewed_by, close.reviewed_at = CloseStatus.APPROVED, by, now
    await session.flush()


async def send_back(
    session: AsyncSession, close: MonthClose, questions: list[str], *, by: str, now: datetime
) -> None:
    """Sends the papers back with questions. Raises UserError when there is none, or it is not the moment."""
    _must_be_reviewable(close, by)
    if not questions:
        raise UserError("请写明要核对的问题，每行一个。")
    if any(len(question) > LONGEST for question in questions):
        raise UserError(f"一个问题最多 {LONGEST} 字，请分成几个写。")
    close.status, close.reviewed_by, close.reviewed_at = CloseStatus.RETURNED, by, now
    session.add_all(
        CloseQuestion(close_id=close.id, round=close.round, question=question, asked_by=by, asked_at=now)
        for question in questions
    )
    await session.flush()


def _must_be_reviewable(close: MonthClose, by: str) -> None:
    """Two people: whoever made the papers does not pass them [practice: 不相容岗位分离]."""
    if close.status is not CloseStatus.REVIEW:
        raise UserError(f"{close.period.label}月结{close.status.words}，现在不需要审核。")
    if close.made_by == by:
        raise UserError("制表人不能审核自己提交的月结，请另一位有审核权限的同事处理。")


async def next_question(session: AsyncSession, close: MonthClose) -> CloseQuestion | None:
    """The first question without an answer."""
    found: CloseQuestion | None = await session.scalar(
        select(CloseQuestion)
        .where(CloseQuestion.close_id == close.id, CloseQuestion.answer == "")
        .order_by(CloseQuestion.id)
        .limit(1)
        .with_for_update()
    )
    return found


async def answer(
    session: AsyncSession, question: CloseQuestion, text: str, *, by: str, now: datetime
) -> None:
    """Keeps the answer. Raises UserError for an empty or an endless one."""
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise UserError(f"请用一两句话答复（最多 {LONGEST} 字）。")
    question.answer, question.answered_by, question.answered_at = said, by, now
    await session.flush()
