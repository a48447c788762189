"""The sheet of QR codes that lead to 微信客服, one for each building and unit: to be printed and put up.

Source: 获取客服账号链接 (WeCom 94665): a scene of at most 32 letters and digits. Who scans may change what stands
behind it in the address, so it is a hint where they stand, never who they are.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import segno
from sqlalchemy import select

from bot.config import Config
from bot.documents.render import render_pdf
from bot.wecom.client import WecomClient
from bot.wecom_access import wecom_client
from models.database import Database
from models.errors import ConfigError
from models.notices.kf_sheet import KfCode, KfSheet
from models.people.scene import scene_of
from models.people.unit import Unit

_API = "kf/add_contact_way"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a code is put up."""

    title: str
    subtitle: str
    scene: str


async def make_sheet(config: Config, to: Path, building: str = "") -> int:
    """Asks the platform for an address each and writes the PDF; how many codes. Raises ConfigError, Refused, Unreachable."""
    if not config.wecom.open_kfid:
        raise ConfigError("还没有填 wecom.open_kfid（微信客服账号）")
    places = await _places(config, building)
    if not places:
        raise ConfigError(f"没有楼栋“{building}”的单元" if building else "还没有导入单元")
    async with wecom_client(config) as client:
        codes = [await _code(client, config.wecom.open_kfid, place) for place in places]
    sheet = KfSheet(config.park.name, config.park.centre, config.park.phone, tuple(codes))
    data = await asyncio.to_thread(render_pdf, sheet)
    await asyncio.to_thread(to.write_bytes, data)
    return len(codes)


async def _places(config: Config, building: str) -> Sequence[Place]:
    database = Database(config.database.url)
    try:
        async with database.read() as session:
            query = select(Unit).where(~Unit.common).order_by(Unit.building, Unit.code)
            units = list(await session.scalars(query.where(Unit.building == building) if building else query))
    finally:
        await database.close()
    places = []
    for name in dict.fromkeys(unit.building for unit in units):
        places.append(Place(f"{name} 栋", "大堂、电梯厅", scene_of(name)))
        places += [
            Place(u.code, f"{name} 栋 {u.floor} 层", scene_of(u.code)) for u in units if u.building == name
        ]
    return places


async def _code(client: WecomClient, open_kfid: str, place: Place) -> KfCode:
    answer = await client.call(_API, {"open_kfid": open_kfid, "scene": place.scene})
    return KfCode(place.title, place.subtitle, qr_svg(str(answer.get("url", ""))))


def qr_svg(address: str) -> str:
    """The QR code as SVG; middling error correction, for doors get scratched."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False, svgns=True)
    return out.getvalue().decode()
