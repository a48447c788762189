"""Sheet 知识库: the answers to what tenants ask."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.knowledge import Knowledge, check_answer
from models.imports.cells import Cells
from models.imports.sheet import Batch, Column, SheetForm, each_row
from models.rules import Rules

_MARKS = re.compile(r"[、,，;；/\s]+")


@dataclass(frozen=True, slots=True)
class KnowledgeRow:
    """One answer as the sheet has it."""

    question: str
    words: tuple[str, ...]
    answer: str
    source: str

    @property
    def key(self) -> str:
        """A question is answered once."""
        return self.question


def split_words(text: str) -> tuple[str, ...]:
    """ "停车、月卡" as words."""
    return tuple(word for word in _MARKS.split(text.strip()) if word)


def check(cells: Cells, rules: Rules) -> KnowledgeRow:
    """The row's values. Raises UserError."""
    del rules
    answer = check_answer(cells.required("答复"))
    return KnowledgeRow(cells.required("问题"), split_words(cells.text("关键词")), answer, cells.text("来源"))


async def save(session: AsyncSession, batch: Batch[KnowledgeRow]) -> list[str]:
    """New questions are added, known ones take the row's answer."""
    rows = await session.scalars(select(Knowledge).with_for_update())
    known = {entry.question: entry for entry in rows}

    def store(row: KnowledgeRow) -> None:
        entry = known.get(row.question)
        if entry is None:
            entry = known[row.question] = Knowledge(question=row.question)
            session.add(entry)
        entry.words, entry.answer, entry.source = list(row.words), row.answer, row.source
        entry.kept_by, entry.kept_at = "import", batch.now

    return each_row(batch.rows, store)


KNOWLEDGE = SheetForm(
    "知识库",
    (
        Column("问题", ("租户常问",)),
        Column("关键词", ("关键字",), required=False),
        Column("答复", ("回答", "答案")),
        Column("来源", ("出处",), required=False),
    ),
    check,
    save,
)
