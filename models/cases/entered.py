"""Reports that staff enter for somebody who called or walked in, and what they find on patrol [domain §10]."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.people.tenant import Contact, ContactRole, Tenant, contacts_of, tenants_in
from models.people.unit import Unit

_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)[ -]?(\d{4})[ -]?(\d{4})(?!\d)")
_NAME = r"(?:^|[\s,，。;；、:：])([\u4e00-\u9fffA-Za-z·]{1,20}?)(?:先生|女士|小姐|师傅)?"
_BEFORE = re.compile(_NAME + r"[\s,，:：]*(?:电话|手机)?[:：]?\s*$")
COMMON = ("公共区域", "公共", "公区")
"""In place of a unit: what belongs to no tenant."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who reports: a contact of ours, or somebody of whom there is a name and perhaps a number.

    text: the fault, without name and number.
    """

    text: str
    contact: Contact | None = None
    name: str = ""
    mobile: str = ""


async def tenant_meant(session: AsyncSession, unit: Unit, text: str, on: date) -> list[Tenant]:
    """Who rents the unit; only those named in the text when some are. Raises UserError for an empty unit."""
    tenants = await tenants_in(session, unit.id, on)
    if not tenants:
        raise UserError(f"{unit.code} 目前没有在租的租户。公共区域请发：代报 公共区域 {text[:20]}")
    return [tenant for tenant in tenants if tenant.name in text] or tenants


async def speaker_for(session: AsyncSession, tenant: Tenant, text: str) -> Speaker:
    """The contact named in the text by name or number; a stranger who left a number; else who handles such things."""
    contacts = await contacts_of(session, tenant.id)
    named = [c for c in contacts if c.name in text or (c.mobile and c.mobile in _digits(text))]
    visitor = visitor_in(text)
    if named:
        return Speaker(visitor.text, named[0])
    if visitor.mobile:
        return visitor
    if not contacts:
        raise UserError(f"{tenant.name}没有登记联系人。请在后面写上报修人姓名和手机，例如：张三 13900001234")
    agents = [c for c in contacts if c.role is ContactRole.AGENT]
    return Speaker(text, (agents or contacts)[0])


def visitor_in(text: str) -> Speaker:
    """ "大堂地砖松了 张三 139 0000 1234": what, who, and the number; no number, no visitor."""
    found = _MOBILE.search(text)
    if found is None:
        return Speaker(text)
    before, after = text[: found.start()], text[found.end() :]
    who = _BEFORE.search(before)
    what = f"{before[: who.start()] if who else before} {after}".strip(" \t\n,，。;；:：")
    if not what and who:
        return Speaker(text.strip(), mobile="".join(found.groups()))
    return Speaker(what, name=who[1] if who else "", mobile="".join(found.groups()))


def _digits(text: str) -> str:
    return re.sub(r"(?<=\d)[ -](?=\d)", "", text)
