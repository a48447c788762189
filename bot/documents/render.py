"""Documents as PDF and as pictures. The same facts give the same bytes, on any machine, on any day."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Literal

import typst

from bot.documents.fonts import fonts
from bot.documents.values import shown
from models.claims.documents import (
    ClaimBoard,
    ClaimDocument,
    ClaimFile,
    DamageList,
    IncidentReport,
    LossNotice,
)
from models.closing.voucher import VoucherSummary
from models.notices.debt_documents import DunningNotice, LegalNotice, OwnerLetter, SuspensionNotice
from models.notices.deposit_paper import DepositPaper
from models.notices.documents import (
    PaymentNotice,
    PaymentReceipt,
    SignOffSheet,
    WorkOrder,
)
from models.notices.evidence_document import AnnexStamps, EvidencePack
from models.notices.kf_sheet import KfSheet
from models.notices.money_papers import DayCloseSheet

_FOLDER = Path(__file__).parent
PHONE_PPI = 200
"""A page of 100 mm becomes some 790 pixels: what a phone shows without zooming."""

Document = (
    PaymentNotice
    | DunningNotice
    | LegalNotice
    | SuspensionNotice
    | OwnerLetter
    | SignOffSheet
    | PaymentReceipt
    | WorkOrder
)

Printable = (
    Document
    | DayCloseSheet
    | DepositPaper
    | VoucherSummary
    | EvidencePack
    | AnnexStamps
    | ClaimDocument
    | KfSheet
)

TEMPLATES: dict[type[Printable], str] = {
    PaymentNotice: "payment_notice.typ",
    DunningNotice: "dunning_notice.typ",
    LegalNotice: "legal_notice.typ",
    SuspensionNotice: "suspension_notice.typ",
    OwnerLetter: "owner_letter.typ",
    SignOffSheet: "sign_off_sheet.typ",
    PaymentReceipt: "payment_receipt.typ",
    WorkOrder: "work_order.typ",
    DayCloseSheet: "day_close.typ",
    DepositPaper: "deposit.typ",
    VoucherSummary: "voucher_summary.typ",
    EvidencePack: "evidence_pack.typ",
    AnnexStamps: "annex_stamps.typ",
    LossNotice: "loss_notice.typ",
    DamageList: "damage_list.typ",
    IncidentReport: "incident_report.typ",
    ClaimFile: "claim_file.typ",
    ClaimBoard: "claim_board.typ",
    KfSheet: "kf_sheet.typ",
}


async def render(document: Printable) -> bytes:
    """The PDF, made in a thread so that nobody waits for it."""
    return await asyncio.to_thread(render_pdf, document)


async def render_picture(document: Printable) -> bytes:
    """The first page as a picture for a phone, made in a thread."""
    return await asyncio.to_thread(render_png, document, 1, PHONE_PPI)


def render_pdf(document: Printable) -> bytes:
    """The PDF. It bears no date of its own making: its SHA-256 is the proof of what was signed."""
    pages = _compiled(document, "pdf", None)
    return b"".join(pages)


def render_png(document: Printable, page: int = 1, ppi: int = 110) -> bytes:
    """One page as a picture; pages count from 1. Raises ValueError when there is no such page."""
    pages = _compiled(document, "png", ppi)
    if not 1 <= page <= len(pages):
        raise ValueError(f"page {page} of {len(pages)}")
    return pages[page - 1]


def _compiled(document: Printable, form: Literal["pdf", "png"], ppi: int | None) -> list[bytes]:
    """One file for PDF, one for each page for PNG. Facts travel as data, so no text can become markup."""
    made = typst.compile(
        _FOLDER / TEMPLATES[type(document)],
        root=_FOLDER,
        font_paths=fonts(),
        ignore_system_fonts=True,
        format=form,
        ppi=ppi,
        sys_inputs={"document": json.dumps(shown(document), ensure_ascii=False)},
    )
    return made if isinstance(made, list) else [made]
