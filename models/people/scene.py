"""Which place a QR code of 微信客服 hangs at. The scene travels in an address that anybody may change: a hint, no proof."""

from __future__ import annotations

import hashlib
import re

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.people.unit import Unit

_FITS = re.compile(r"[0-9a-zA-Z_-]{1,32}", re.ASCII)


def scene_of(place: str) -> str:
    """The scene of a unit or building: its code where that may travel as it is, else a short hash of it (WeCom 94665)."""
    if _FITS.fullmatch(place):
        return place
    return "p" + hashlib.sha256(place.encode()).hexdigest()[:15]


async def unit_of_scene(session: AsyncSession, scene: str) -> str:
    """The code of the unit where the scanned code hangs; "" for a building, or for none of ours."""
    if not scene:
        return ""
    codes = await session.scalars(select(Unit.code).where(~Unit.common))
    return next((code for code in codes if scene_of(code) == scene), "")
