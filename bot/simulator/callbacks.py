"""Brings callbacks to the service: encrypted, repeated until answered 200. [wecom.md 1]"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

import aiohttp

from bot.simulator import limits
from bot.simulator.faults import CALLBACK
from bot.simulator.wire import Inner, envelope
from bot.simulator.world import World
from bot.wecom.crypto import WecomCrypto
from models.errors import ServiceError

_MESSAGE_ID = re.compile(r"<MsgId>(?:<!\[CDATA\[)?(\d+)", re.ASCII)


class Courier:
    """Knows how many callbacks are under way; every delivery is a task of its own."""

    def __init__(self, world: World) -> None:
        settings = world.settings
        self._world = world
        self._crypto = WecomCrypto(settings.token, settings.aes_key, settings.corp_id)
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[bool]] = set()
        self._held: list[tuple[float, str]] = []
        self.inner = Inner(settings)

    def start(self, session: aiohttp.ClientSession) -> None:
        """From here on deliveries can be made; the session belongs to the caller."""
        self._session = session

    async def close(self) -> None:
        """Gives up what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def pending(self) -> int:
        """Callbacks neither answered nor given up, without those held back until later."""
        return len(self._tasks) + sum(1 for due, _ in self._held if due <= self._world.stamp())

    def next_due(self) -> datetime | None:
        """When the next callback that was held back is to go."""
        return datetime.fromtimestamp(min(self._held)[0], UTC) if self._held else None

    async def run_due(self) -> None:
        """Delivers what was held back until now, in the order of its time."""
        now = self._world.stamp()
        due = sorted(held for held in self._held if held[0] <= now)
        self._held = [held for held in self._held if held[0] > now]
        for _, inner in due:
            await asyncio.shield(self._spawn(self._try_often(inner)))

    async def idle(self) -> None:
        """Returns when none is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def deliver(self, inner: str) -> bool:
        """Whether the service answered 200; waits until it did or was given up."""
        return await asyncio.shield(self._spawn(self._deliver(inner)))

    def post(self, inner: str) -> None:
        """The same without waiting."""
        self._spawn(self._deliver(inner))

    async def verify_url(self) -> bool:
        """The GET that WeCom makes when the address is saved: must be answered at once with the bare text."""
        plain = str(secrets.randbelow(10**18))
        query = self._signed(encrypted := self._crypto.encrypt(plain.encode())) | {"echostr": encrypted}
        timeout = aiohttp.ClientTimeout(total=limits.VERIFY_TIMEOUT_S)
        url = self._world.settings.callback_url
        try:
            async with self._http().get(url, params=query, timeout=timeout) as response:
                return response.status == 200 and await response.read() == plain.encode()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    def _spawn(self, work: Coroutine[Any, Any, bool]) -> asyncio.Task[bool]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _deliver(self, inner: str) -> bool:
        fault = self._world.faults.take(CALLBACK)
        await asyncio.sleep(fault.delay_s)
        if fault.drop:
            self._world.ledger.note(CALLBACK, "service", "", "dropped on order")
            return False
        if fault.after_s:
            self._held.append((self._world.stamp() + fault.after_s, inner))
            return False
        answers = [await self._try_often(inner) for _ in range(fault.repeat)]
        return any(answers)

    async def _try_often(self, inner: str) -> bool:
        for gap_s in (*limits.CALLBACK_GAPS_S, None):
            if await self._try_once(inner):
                return True
            if gap_s is not None:
                await asyncio.sleep(gap_s)
        self._world.ledger.note(CALLBACK, "service", _message_id(inner), "not answered with 200")
        return False

    async def _try_once(self, inner: str) -> bool:
        """A repetition has the same content under a new nonce: only the content tells that it is one."""
        settings = self._world.settings
        encrypted = self._crypto.encrypt(inner.encode())
        body = envelope(settings.corp_id, settings.agent_id, encrypted)
        timeout = aiohttp.ClientTimeout(total=limits.CALLBACK_TIMEOUT_S)
        query = self._signed(encrypted)
        try:
            async with self._http().post(
                settings.callback_url,
                params=query,
                data=body,
                headers={"Content-Type": "text/xml"},
                timeout=timeout,
            ) as response:
                await response.read()
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    def _signed(self, encrypted: str) -> dict[str, str]:
        timestamp, nonce = str(int(self._world.stamp())), str(secrets.randbelow(10**10))
        signature = self._crypto.signature(timestamp, nonce, encrypted)
        return {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise ServiceError("the simulator was not started")
        return self._session


def _message_id(inner: str) -> str:
    """Events have none."""
    found = _MESSAGE_ID.search(inner)
    return found[1] if found else ""
