"""Fetches what customers wrote to a 微信客服 account: every item of every page, one fetch per account at a time.

Source: 接收消息和事件 (94670).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from bot.wecom.client import WecomClient
from bot.wecom.envelope import KfNotice
from bot.wecom.errors import ErrorClass, classify
from bot.wecom.kf_reading import read_item
from models.clock import Clock
from models.errors import Refused
from models.messages.inbound import Inbound

_API = "kf/sync_msg"
_PAGE = 1000
_MAX_STANDSTILL = 3  # a page may be empty and have others behind it, but a stream must not be asked for ever


@dataclass(frozen=True, slots=True)
class Page:
    """One page. Store the items and the cursor in one commit, then ask for the next."""

    items: tuple[Inbound, ...]
    cursor: str


class KfInbox:
    """Reads the message stream of 微信客服 accounts."""

    def __init__(self, client: WecomClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def pull(self, notice: KfNotice, cursor: str) -> AsyncIterator[Page]:
        """Pages from `cursor` on; without one it begins 3 days ago. A poll is a notice with an empty token."""
        async with self._locks[notice.open_kfid]:
            token, has_more, standstill = notice.token, True, 0
            while has_more and standstill < _MAX_STANDSTILL:
                answer, token = await self._sync(notice.open_kfid, cursor, token)
                page = self._page(answer, notice.open_kfid, cursor)
                has_more = answer.get("has_more") == 1
                standstill = standstill + 1 if page.cursor == cursor else 0
                if page.items or not standstill:
                    yield page
                cursor = page.cursor

    async def _sync(self, open_kfid: str, cursor: str, token: str) -> tuple[dict[str, Any], str]:
        """The answer, and the token to go on with: none when this one ran out (10 minutes)."""
        body = {"open_kfid": open_kfid, "limit": _PAGE, "voice_format": 0}
        body |= {name: value for name, value in (("cursor", cursor), ("token", token)) if value}
        try:
            return await self._client.call(_API, body), token
        except Refused as refusal:
            if classify(refusal.code) is not ErrorClass.KF_TOKEN or not token:
                raise
        return await self._sync(open_kfid, cursor, "")

    def _page(self, answer: dict[str, Any], open_kfid: str, cursor: str) -> Page:
        items = answer.get("msg_list")
        now = self._clock.now()
        found = tuple(read_item(item, open_kfid, now) for item in items) if isinstance(items, list) else ()
        return Page(found, str(answer.get("next_cursor") or cursor))
