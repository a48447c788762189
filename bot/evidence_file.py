"""The evidence pack about a debtor, as things stand when it is sent; letters never rendered before are rendered first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import structlog

from bot.core import Core
from bot.documents.render import render
from models.errors import ServiceError
from models.notices.documents import Photo
from models.notices.evidence import StoredPicture, evidence_of, letters_of, overdue_bills
from models.people.staff import name_of
from models.people.tenant import Tenant

log = structlog.get_logger(__name__)


async def evidence_pdf(
    core: Core, letter_pdf: Callable[[int], Awaitable[bytes]], tenant_id: int, userid: str
) -> bytes:
    """The pack with its pictures. Raises ServiceError when there is no such tenant, UserError without a debt."""
    now = core.clock.now()
    async with core.db.read() as session:
        tenant = await session.get(Tenant, tenant_id)
        if tenant is None:
            raise ServiceError(f"no such tenant: {tenant_id}")
        bills = await overdue_bills(session, tenant, now)
        fresh = [each.id for each in await letters_of(session, tenant_id, bills) if not each.sha256]
    for notice_id in fresh:
        await letter_pdf(notice_id)
    async with core.db.read() as session:
        tenant = await session.get_one(Tenant, tenant_id)
        made_by = await name_of(session, userid)
        pack, stored = await evidence_of(session, tenant, made_by, now, core.rules)
    photos = tuple([Photo(each.caption, await _picture(core, each)) for each in stored])
    return await render(replace(pack, photos=photos))


async def _picture(core: Core, picture: StoredPicture) -> bytes:
    """The bytes; none when the file is lost, which the pack says in its place."""
    try:
        return await core.files.get(picture.sha256)
    except OSError:
        log.warning("picture is missing from the store", sha256=picture.sha256)
        return b""
