"""The facts of a letter as JSON and back: what `Notice.facts` keeps, so that it reads the same for ever."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from models.notices.debt_documents import DunningNotice, LegalNotice, OwnerLetter, SuspensionNotice
from models.notices.documents import PaymentNotice
from models.notices.notice import NoticeKind

DebtLetter = DunningNotice | LegalNotice | SuspensionNotice
Letter = PaymentNotice | DebtLetter | OwnerLetter

LETTERS: dict[NoticeKind, type[Letter]] = {
    NoticeKind.PAYMENT: PaymentNotice,
    NoticeKind.DUNNING: DunningNotice,
    NoticeKind.LEGAL: LegalNotice,
    NoticeKind.SUSPENSION: SuspensionNotice,
    NoticeKind.OWNER: OwnerLetter,
}
_ADAPTERS: dict[type[Letter], TypeAdapter[Any]] = {letter: TypeAdapter(letter) for letter in LETTERS.values()}


def to_facts(letter: Letter) -> dict[str, Any]:
    """A JSON-able dict that holds everything the letter shows."""
    facts: dict[str, Any] = _ADAPTERS[type(letter)].dump_python(letter, mode="json")
    return facts


def letter_of(kind: NoticeKind, facts: dict[str, Any]) -> Letter:
    """The inverse of `to_facts`."""
    letter: Letter = _ADAPTERS[LETTERS[kind]].validate_python(facts)
    return letter
