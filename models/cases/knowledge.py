"""The list of answers kept by staff (知识): opening hours, prices, how to pay, telephone numbers [practice].

An answer may name {电话}, {地址}, {财务时间}, {户名}, {开户行}, {账号}, and {水} or {电} for the price in force; what stands
there is read when it is asked for, so that it is never out of date.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.cases.intake import folded
from models.errors import UserError
from models.fees.bill_lines import plain
from models.fees.tariff import load_tariffs, valid_tariff
from models.rules import Rules

_NAME = re.compile(r"\{([^{}\s]{1,8})\}")
_METERED = ("水", "电")


class Knowledge(Base):
    """One answer. `words`: any of them in a question means this one. `source`: where it is written, shown with it."""

    __tablename__ = "knowledge"

    id: Mapped[int] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(unique=True)
    words: Mapped[list[str]]
    answer: Mapped[str]
    source: Mapped[str]
    kept_by: Mapped[str]
    kept_at: Mapped[datetime]


def check_answer(text: str) -> str:
    """The answer, if everything in braces is known.

    Raises: UserError.
    """
    unknown = [name for name in _NAME.findall(text) if name not in (*_facts_names(), *_METERED)]
    if unknown:
        known = "、".join(f"{{{name}}}" for name in (*_facts_names(), *_METERED))
        raise UserError(f"答复里的 {{{unknown[0]}}} 不认识，可以用：{known}。")
    return text


def _facts_names() -> tuple[str, ...]:
    return ("电话", "地址", "财务时间", "户名", "开户行", "账号")


def score(entry: Knowledge, said: str, alike: int) -> int:
    """How well an entry answers what was said; 0 for not at all. `said` is folded and without blanks."""
    hits = sum(len(word) for word in entry.words if folded(word).replace(" ", "") in said)
    likeness = int(fuzz.ratio(folded(entry.question).replace(" ", ""), said))
    return hits * 10 + (likeness if likeness >= alike else 0)


async def find_question(session: AsyncSession, question: str) -> Knowledge | None:
    """The entry with exactly that question, locked."""
    found: Knowledge | None = await session.scalar(
        select(Knowledge).where(Knowledge.question == question).with_for_update()
    )
    return found


async def best_answer(session: AsyncSession, text: str, rules: Rules) -> Knowledge | None:
    """The entry that answers the question; None where none does, or two do equally well."""
    said = folded(text).replace(" ", "")
    rows = list(await session.scalars(select(Knowledge).order_by(Knowledge.id)))
    ranked = sorted(
        ((score(row, said, rules.inquiry.match_share), row) for row in rows), key=lambda one: -one[0]
    )
    if not ranked or not ranked[0][0]:
        return None
    if len(ranked) > 1 and ranked[1][0] == ranked[0][0]:
        return None
    return ranked[0][1]


async def answer_text(session: AsyncSession, entry: Knowledge, on: date, rules: Rules) -> str:
    """The answer with today's facts and its source."""
    park = rules.park
    facts = dict(
        zip(
            _facts_names(),
            (
                park.phone,
                park.address,
                park.finance_hours,
                park.account_name,
                park.account_bank,
                park.account_number,
            ),
            strict=True,
        )
    )
    if any(f"{{{name}}}" in entry.answer for name in _METERED):
        tariffs = await load_tariffs(session)
        for name in _METERED:
            tariff = valid_tariff(tariffs, name, on)
            facts[name] = f"{plain(tariff.price_yuan)} 元/{tariff.per}" if tariff else "以账单为准"
    said = _NAME.sub(lambda match: facts.get(match[1], match[0]), entry.answer)
    return f"{said}\n（来源：{entry.source}）" if entry.source else said


async def knowledge_text(session: AsyncSession, most: int = 30) -> str:
    """The list as staff see it."""
    rows = list(await session.scalars(select(Knowledge).order_by(Knowledge.id)))
    if not rows:
        return "知识库还是空的。添加请发：知识 添加 问题｜关键词、关键词｜答复｜来源"
    lines = [f"{row.id}. {row.question}（{'、'.join(row.words)}）" for row in rows[:most]]
    more = [f"……另有 {len(rows) - most} 条"] if len(rows) > most else []
    return "\n".join(
        [f"知识库 {len(rows)} 条：", *lines, *more, "查看发“知识 编号”，删除发“知识 删除 编号”。"]
    )
