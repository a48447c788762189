"""Binding the evidence pack: its own pages, then the originals, page numbers right through, and the very files attached.

A page that was bound in is a copy and can not be checked by its hash: so each original is in the PDF a second time, as
an attachment, byte for byte.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.documents.render import render_pdf
from models.notices.evidence_document import Annex, AnnexPage, AnnexStamps, EvidencePack

if TYPE_CHECKING:
    from pypdf import PageObject, PdfWriter


@dataclass(frozen=True, slots=True)
class Original:
    """A PDF to be bound in. data: none where it is lost."""

    what: str
    sha256: str
    data: bytes


def bundle(pack: EvidencePack, originals: Sequence[Original]) -> bytes:
    """One PDF. Blocks; called in a thread."""
    from pypdf import PdfReader, PdfWriter

    readers = [PdfReader(io.BytesIO(each.data)) if each.data else None for each in originals]
    counts = [len(reader.pages) if reader else 0 for reader in readers]
    annexes = tuple(
        Annex(each.what, each.sha256, 1 + sum(counts[:at]), counts[at]) for at, each in enumerate(originals)
    )
    front = PdfReader(io.BytesIO(render_pdf(replace(pack, annexes=annexes))))
    writer = PdfWriter()
    writer.append(front)
    writer.metadata = front.metadata
    for number, (each, reader) in enumerate(zip(originals, readers, strict=True), start=1):
        if reader:
            writer.append(reader, outline_item=f"附件{number} {each.what}", import_outline=False)
            writer.add_attachment(f"{number:02} {each.what}.pdf", each.data)
    _stamp(writer, len(front.pages), counts)
    bound = io.BytesIO()
    writer.write(bound)
    return bound.getvalue()


def _stamp(writer: PdfWriter, before: int, counts: Sequence[int]) -> None:
    """Writes annex and page above the head of each original."""
    from pypdf import PdfReader

    pages = writer.pages[before:]
    if not pages:
        return
    of_annex = [number for number, count in enumerate(counts, start=1) for _ in range(count)]
    stamps = AnnexStamps(before, tuple(map(_blank, of_annex, pages)))
    for page, stamp in zip(pages, PdfReader(io.BytesIO(render_pdf(stamps))).pages, strict=True):
        page.merge_page(stamp)


def _blank(annex: int, page: PageObject) -> AnnexPage:
    return AnnexPage(annex, float(page.mediabox.width), float(page.mediabox.height))
