"""What must hold whatever comes: only the one error, something storable, a polite answer, never a 5xx."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.core import Core
from bot.notice_files import NoticeFiles
from bot.notice_page import NoticePage
from bot.wecom.kf_reading import read_item
from handlers.routing import Side
from models.database import Database
from models.errors import BadCallback
from models.messages.storable import storable
from tests.conftest import ROOT
from tests.fakes.full_park import EVERYTHING, everything_open, hear
from tests.fakes.world import World
from tests.fuzz import inputs
from tests.wire.callbacks import CRYPTO, NOW, open_callback, open_plain, outer, signed

SPEAKERS = {Side.TENANT: ("lina", "xiaoming", "stranger"), Side.STAFF: (EVERYTHING, "linfang", "zhoumin")}
_CALLBACK_S = datetime(2026, 11, 26, tzinfo=UTC)


def callback(random: Random) -> int:
    """Damaged outside, or odd inside under a good signature: a message (200), or BadCallback with its status."""
    sealed = CRYPTO.encrypt(inputs.plain(random))
    try:
        if random.random() < 0.5:
            open_callback(CRYPTO, signed(sealed), inputs.damaged(random, outer(sealed)), NOW)
        else:
            open_plain(inputs.plain(random))
    except BadCallback as refused:
        return refused.status
    return 200


def kf_item(random: Random) -> str:
    """Each item becomes one message that both databases can keep; its text as it would be kept."""
    got = read_item(inputs.item(random), "wk1", _CALLBACK_S)
    kept = storable({name: getattr(got, name) for name in ("key", "sender", "text", "action", "data")})
    return json.dumps(kept, ensure_ascii=False).encode().decode() if 0 < len(got.key) <= 64 else "\\u0000"


async def speech(world: World, random: Random) -> list[str]:
    """Whoever says whatever is answered, and the message is not set aside as failed; what is wrong with the answer."""
    side = random.choice(list(Side))
    person, press = random.choice(SPEAKERS[side]), random.random() < 0.25
    said = inputs.tap(random, side) if press else inputs.sentence(random, side)
    return (await hear(world, person, said, press=press)).faults() if said.strip() else []


async def page(client: TestClient[web.Request, web.Application], token: str, random: Random) -> int:
    """Links and forms of a letter's page: never a fault of ours; the status."""
    link = random.choice([token, token[:-1], inputs.odd(random)[:80], "../" + token])
    path = (
        "/n/" + "".join(c for c in link if c not in "\r\n\x00#?") + random.choice(["", "/pdf", "/x", "?a=1"])
    )
    if random.random() < 0.5:
        answer = await client.get(path, allow_redirects=False)
    else:
        names = ("csrf", "name", "role", "mobile_tail", "x")
        form = {name: inputs.odd(random) for name in random.sample(names, random.randint(0, 5))}
        answer = await client.post(path, data=form, allow_redirects=False)
    told = (await answer.read()).decode("utf-8", "replace")
    return 500 if "Traceback" in told else answer.status


@asynccontextmanager
async def full_park(db: Database, files: Path) -> AsyncIterator[World]:
    """The park with everything open, in an empty database."""
    from bot.config import load

    async with World.open(db, load(ROOT / "config.yaml", {}), files) as world:
        await everything_open(world)
        yield world


@asynccontextmanager
async def letter_page(core: Core) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """The page of letters over that park."""
    app = web.Application()
    NoticePage(core, NoticeFiles(core)).add_to(app)
    async with TestClient(TestServer(app)) as client:
        yield client
