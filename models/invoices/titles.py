"""What a tenant's invoices say: title, tax number, e-mail; asked once, kept, changed when told [domain §9]."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.invoices.invoice import InvoiceTitle

_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}")
_NONE = frozenset({"无", "没有", "不要", "不用", "不需要", "不填"})


def invoice_title(text: str, company: str) -> str:
    """The title; 同名 stands for the company's own name. Raises: UserError."""
    title = " ".join(unicodedata.normalize("NFC", text).split())
    if title in ("同名", "用公司名称"):
        return company
    if not 2 <= len(title) <= 100 or not any(char.isalpha() for char in title):
        raise UserError("发票抬头请写营业执照上的公司全称。")
    return title


def invoice_email(text: str) -> str:
    """The address; "" when none is wanted. Raises: UserError."""
    word = unicodedata.normalize("NFKC", text).strip()
    if word in _NONE:
        return ""
    if len(word) > 100 or not _EMAIL.fullmatch(word):
        raise UserError("没看懂这个邮箱，请写成 caiwu@example.com；不需要请回复“无”。")
    return word


async def keep_title(
    session: AsyncSession, tenant_id: int, title: str, tax_number: str, email: str, *, by: str, now: datetime
) -> InvoiceTitle:
    """Keeps or changes what the tenant's next invoices say; those applied for stay as they were."""
    known = await session.get(InvoiceTitle, tenant_id, with_for_update=True)
    if known is None:
        known = InvoiceTitle(tenant_id=tenant_id)
        session.add(known)
    known.title, known.tax_number, known.email = title, tax_number, email
    known.changed_by, known.changed_at = by, now
    await session.flush()
    return known


def title_text(title: str, tax_number: str, email: str) -> str:
    """As the tenant reads it before anything is applied for."""
    return f"抬头：{title}\n税号：{tax_number}\n邮箱：{email or '（不需要，微信接收）'}"
