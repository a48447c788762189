"""The evidence pack about a debtor, as things stand when it is sent: one PDF with the originals behind it.

Letters and receipts never rendered before are rendered first.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog

from bot.core import Core
from bot.documents.bundle import Original, bundle
from models.errors import ServiceError
from models.notices.documents import Photo
from models.notices.evidence import Gathered, evidence_of, letters_of, overdue_bills, payments_of
from models.notices.evidence_files import StoredFile
from models.people.staff import name_of
from models.people.tenant import Tenant

log = structlog.get_logger(__name__)

Maker = Callable[[int], Awaitable[bytes]]
"""Makes and keeps the PDF of a row with that id."""


async def evidence_pdf(
    core: Core, letter_pdf: Maker, receipt_pdf: Maker, tenant_id: int, userid: str
) -> bytes:
    """The pack. Raises ServiceError when there is no such tenant, UserError without a debt."""
    now = core.clock.now()
    await _make_missing(core, letter_pdf, receipt_pdf, tenant_id)
    async with core.db.read() as session:
        tenant = await session.get_one(Tenant, tenant_id)
        found = await evidence_of(session, tenant, await name_of(session, userid), now, core.rules)
    return await _bound(core, found)


async def _make_missing(core: Core, letter_pdf: Maker, receipt_pdf: Maker, tenant_id: int) -> None:
    async with core.db.read() as session:
        tenant = await session.get(Tenant, tenant_id)
        if tenant is None:
            raise ServiceError(f"no such tenant: {tenant_id}")
        bills = await overdue_bills(session, tenant, core.clock.now())
        letters = await letters_of(session, tenant_id, bills)
        payments = await payments_of(session, tenant_id, bills)
    for letter in letters:
        if not letter.sha256:
            await letter_pdf(letter.id)
    for payment in payments:
        if not payment.receipt_sha256 and payment.reversed_at is None:
            await receipt_pdf(payment.id)


async def _bound(core: Core, found: Gathered) -> bytes:
    photos = tuple([Photo(each.what, await _bytes(core, each)) for each in found.pictures])
    originals = [Original(each.what, each.sha256, await _bytes(core, each)) for each in found.originals]
    return await asyncio.to_thread(bundle, replace(found.pack, photos=photos), originals)


async def _bytes(core: Core, file: StoredFile) -> bytes:
    """None when the file is lost or is not what it was: the pack says so in its place."""
    try:
        data = await core.files.get(file.sha256)
    except OSError:
        data = b""
    if hashlib.sha256(data).hexdigest() == file.sha256:
        return data
    log.warning("evidence is missing from the store, restore it from a backup", sha256=file.sha256)
    return b""
