"""The PDFs that go with deposits; they say what never changes, so they are the same whenever they are made."""

from __future__ import annotations

from bot.core import Core
from bot.documents.render import render
from models.errors import ServiceError
from models.notices.deposit_paper import deposit_back, deposit_receipt

_PAPERS = {"receipt": deposit_receipt, "back": deposit_back}


async def deposit_pdf(core: Core, paper: str, number: str) -> bytes:
    """The 押金收据 of a deposit's id ("receipt"), or the 押金退还单 of a refund's ("back")."""
    if paper not in _PAPERS:
        raise ServiceError(f"no such paper: {paper}")
    async with core.db.read() as session:
        facts = await _PAPERS[paper](session, int(number), core.rules)
    return await render(facts)
