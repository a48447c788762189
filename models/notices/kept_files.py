"""Which files in the store are evidence, and whether every proof names the document it is for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.fees.payment import Payment
from models.fees.reading_upload import ReadingUpload
from models.messages.media import Media
from models.notices.notice import Notice, Receipt
from models.notices.posting import Posting
from models.notices.refusal import Refusal

PROOFS: tuple[type[Receipt | Refusal | Posting], ...] = (Receipt, Refusal, Posting)
"""The tables whose rows name the SHA-256 of the exact document."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that must be there under its digest. label: what it is, for people."""

    label: str
    sha256: str


async def kept_files(session: AsyncSession) -> list[KeptFile]:
    """Letters, receipts, photos that prove something, and sheets of readings."""
    notices = await session.execute(select(Notice.kind, Notice.number, Notice.sha256).order_by(Notice.id))
    payments = await session.execute(select(Payment.number, Payment.receipt_sha256).order_by(Payment.id))
    photos = await session.execute(
        select(Media.purpose, Media.subject, Media.sha256).where(Media.purpose != "").order_by(Media.id)
    )
    uploads = await session.execute(
        select(ReadingUpload.month, ReadingUpload.name, ReadingUpload.sha256).order_by(ReadingUpload.id)
    )
    found = [
        *(KeptFile(f"{kind} {number}", sha256) for kind, number, sha256 in notices),
        *(KeptFile(f"收据 {number}", sha256) for number, sha256 in payments),
        *(KeptFile(f"{purpose}（{subject}）", sha256) for purpose, subject, sha256 in photos),
        *(KeptFile(f"{month} 抄表表格“{name}”", sha256) for month, name, sha256 in uploads),
    ]
    return [file for file in found if file.sha256]


async def strayed_proofs(session: AsyncSession) -> list[str]:
    """Proofs that name another document than their letter's, as sentences; none in sound books."""
    found = []
    for table in PROOFS:
        rows = await session.execute(
            select(Notice.number, table.id)
            .join(Notice, Notice.id == table.notice_id)
            .where(table.sha256 != "", table.sha256 != Notice.sha256)
            .order_by(table.id)
        )
        found += [
            f"{number} 的送达证据（{table.__tablename__} {row_id}）对应的不是现存文件"
            for number, row_id in rows
        ]
    return found
