"""Finding letters the way people name them. Another tenant's letter is not told apart from none at all."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import UserError
from models.notices.notice import Notice, NoticeKind, Receipt

SHORTEST = 2
_ID = re.compile(r"[0-9]{1,9}", re.ASCII)
_NONE = "没有找到这份通知单，请核对编号，或发送“账单”查看贵司的账单。"
_NONE_FOR_STAFF = "没有找到编号为“{number}”的通知单，请核对编号，例如 JF-202603-0001。"


def _own(tenant_id: int) -> ColumnElement[bool]:
    """Letters about the tenant to the owner of its unit are not its own."""
    return (Notice.tenant_id == tenant_id) & (Notice.kind != NoticeKind.OWNER)


def _unsigned() -> ColumnElement[bool]:
    return ~exists().where(Receipt.notice_id == Notice.id, Receipt.sufficient)


async def own_notice(session: AsyncSession, tenant_id: int, notice_id: str) -> Notice:
    """The tenant's letter with that id, as a button names it. Raises UserError."""
    notice = await session.get(Notice, int(notice_id)) if _ID.fullmatch(notice_id) else None
    if notice is None or notice.tenant_id != tenant_id or notice.kind is NoticeKind.OWNER:
        raise UserError(_NONE)
    return notice


async def own_by_number(session: AsyncSession, tenant_id: int, number: str) -> Notice:
    """The tenant's letter with that number or its unique end. Raises UserError."""
    found = await session.scalars(select(Notice).where(_own(tenant_id)).order_by(Notice.id))
    hits = _ending(list(found), number)
    if len(hits) != 1:
        raise UserError(_NONE if not hits else _several(hits))
    return hits[0]


async def newest_to_sign(session: AsyncSession, tenant_id: int) -> Notice | None:
    """The tenant's newest letter nobody has signed for; where all are signed, the newest of all."""
    query = select(Notice).where(_own(tenant_id)).order_by(Notice.id.desc()).limit(1)
    unsigned: Notice | None = await session.scalar(query.where(_unsigned()))
    newest: Notice | None = unsigned or await session.scalar(query)
    return newest


async def any_by_number(session: AsyncSession, number: str) -> Notice:
    """The letter staff mean by a number or its unique end. Raises UserError."""
    wanted = number.strip().upper()
    tail = wanted.replace("%", "").replace("_", "")
    found = await session.scalars(
        select(Notice).where(Notice.number.like(f"%{tail}")).order_by(Notice.id.desc()).limit(5)
    )
    hits = _ending(list(found), wanted)
    if not hits:
        raise UserError(_NONE_FOR_STAFF.format(number=number.strip()[:30]))
    if len(hits) > 1:
        raise UserError(_several(hits))
    return hits[0]


def _ending(notices: list[Notice], number: str) -> list[Notice]:
    wanted = number.strip().upper()
    exact = [notice for notice in notices if notice.number == wanted]
    if exact or len(wanted) < SHORTEST:
        return exact
    return [notice for notice in notices if notice.number.endswith(wanted)]


def _several(notices: list[Notice]) -> str:
    return f"有几份通知单符合：{'、'.join(notice.number for notice in notices[:5])}。请写完整编号。"
