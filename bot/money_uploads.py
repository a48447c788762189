"""What becomes of a file that came over an upload link: a statement's lines are kept, an invoice goes to its tenant."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from bot.core import Core
from bot.media_fetch import picture_type
from bot.sheets.statement import import_statement
from models.audit.entry import record
from models.bank.importing import Kept
from models.errors import UserError
from models.fees.money import yuan
from models.invoices.changing import attach_file
from models.invoices.invoice import Invoice
from models.invoices.words import tell_issued
from models.messages.content import Button, Content
from models.messages.tell import tell_staff
from models.people.staff import Staff
from models.uploads.link import UploadKind, UploadLink

MAX_BYTES = 20 * 1024 * 1024
_UNSAFE = frozenset('\\/:*?"<>|')
_PICTURES = {"image/jpeg": ".jpg", "image/png": ".png"}


class MoneyUploads:
    """Takes the files."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def take(self, link: UploadLink, member: Staff, name: str, data: bytes) -> None:
        """Works the file in and keeps on the link what the page shows. Raises UserError for a file that is no use."""
        shown = _safe(name)
        if link.kind is UploadKind.STATEMENT:
            text, bad = await self._statement(link, member, shown, data)
        else:
            text, bad = await self._invoice(link, member, data), []
        async with self._core.db.begin() as session:
            fresh = await session.get_one(UploadLink, link.id, with_for_update=True)
            fresh.outcome = {"name": shown, "text": text, "bad": bad}

    async def _statement(
        self, link: UploadLink, member: Staff, name: str, data: bytes
    ) -> tuple[str, list[str]]:
        core, now = self._core, self._core.clock.now()
        with tempfile.TemporaryDirectory(prefix="guanjia-") as folder:
            path = Path(folder) / f"{Path(name).stem or '流水'}{_suffix(data)}"
            await asyncio.to_thread(path.write_bytes, data)
            kept = await import_statement(core.db, path, core.rules, by=f"staff:{member.userid}", now=now)
        text, bad = _told(kept), [f"第 {number} 行：{reason}" for number, reason in kept.bad]
        content = Content(
            text=f"流水“{name}”已导入：{text}" + (f"有 {len(bad)} 行没有导入，原因见上传页。" if bad else ""),
            buttons=(Button("say:对账", "开始对账"),) if kept.new else (),
        )
        async with core.db.begin() as session:
            key = f"statement:{link.id}:{now.isoformat()}"
            await tell_staff(session, [member], key, content, now=now)
        return text, bad

    async def _invoice(self, link: UploadLink, member: Staff, data: bytes) -> str:
        core, now = self._core, self._core.clock.now()
        suffix = await asyncio.to_thread(self._invoice_suffix, data)
        sha256 = await core.files.put(data)
        async with core.db.begin() as session:
            invoice = await session.get(Invoice, link.invoice_id)
            if invoice is None:
                raise UserError("没有这张开票申请，请在企业微信发送“开票”重新取链接。")
            await attach_file(session, invoice, sha256, suffix)
            await tell_issued(session, invoice, now)
            await record(
                session, actor=f"staff:{member.userid}", action="invoice.file", subject=invoice.subject, now=now,
                detail={"number": invoice.number, "sha256": sha256},
            )  # fmt: skip
            return f"发票 {invoice.invoice_number}（{invoice.number}）的文件已存入，已发给租户。"

    def _invoice_suffix(self, data: bytes) -> str:
        """The end of the file's name, by what it is. Raises UserError."""
        if data.startswith(b"%PDF-"):
            return ".pdf"
        if data.startswith(b"PK\x03\x04") and b"OFD.xml" in data[:4096]:
            return ".ofd"
        try:
            return _PICTURES[picture_type(data, self._core.rules.images)]
        except UserError:
            raise UserError("发票文件应为 PDF、OFD 或图片（JPG、PNG），请重新选择。") from None


def _told(kept: Kept) -> str:
    new = f"新流水 {kept.new} 笔，净额 {yuan(kept.new_fen)} 元" if kept.new else "没有新的流水"
    return f"{new}；此前已有 {kept.known} 笔，没有重复导入。" if kept.known else f"{new}。"


def _suffix(data: bytes) -> str:
    """By what the file is, whatever it is called."""
    if data.startswith(b"PK\x03\x04"):
        return ".xlsx"
    return ".xls" if data.startswith(b"\xd0\xcf\x11\xe0") else ".csv"


def _safe(name: str) -> str:
    """A name that is nothing but a name."""
    plain = "".join(char for char in name if char.isprintable() and char not in _UNSAFE)
    return plain.strip(". ")[:60] or "流水"
