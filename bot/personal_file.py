"""我的数据 as a workbook, made when it is sent."""

from __future__ import annotations

import asyncio

from bot.core import Core
from bot.sheets.writer import workbook
from models.errors import ServiceError
from models.people.tenant import Contact, Tenant
from models.privacy.holdings import holdings_tables


async def personal_file(core: Core, contact_id: str) -> bytes:
    """Everything kept about the contact. Raises ServiceError for one who is there no more."""
    async with core.db.read() as session:
        contact = await session.get(Contact, int(contact_id))
        if contact is None or not contact.active:
            raise ServiceError(f"no such file: mydata:{contact_id}")
        tables = await holdings_tables(session, contact, await session.get_one(Tenant, contact.tenant_id))
    return await asyncio.to_thread(workbook, tables)
