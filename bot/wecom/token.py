"""The access token: one for all, fetched once however many ask, never again and again when it does not help."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from bot.wecom.errors import ErrorClass, classify
from models.clock import Clock
from models.errors import Refused

EARLY = timedelta(seconds=300)  # renewed before it runs out under way
CONFIG_PAUSE = timedelta(minutes=10)  # 2,000 failures an hour block our address for an hour (45009)
REFUSED_PAUSE = timedelta(seconds=60)

Fetch = Callable[[], Awaitable[tuple[str, int]]]
"""Asks the platform: token and its validity in seconds."""


class Shared(Protocol):
    """Where processes share a token; bot.wecom.shared_token.SharedToken is."""

    async def fetch(
        self, ask: Callable[[], Awaitable[tuple[str, datetime]]], failed: str = ""
    ) -> tuple[str, datetime]:
        """A token other than `failed`, and until when it may be used."""


class Tokens:
    """Keeps the token of one application. shared: with other processes; None for a command that has no database."""

    def __init__(self, fetch: Fetch, clock: Clock, shared: Shared | None = None) -> None:
        self._fetch = fetch
        self._shared = shared
        self._clock = clock
        self._token = ""
        self._valid_until: datetime | None = None
        self._flight: asyncio.Task[str] | None = None
        self._paused: tuple[datetime, Refused] | None = None

    @property
    def current(self) -> str:
        """The token kept now, to be struck out of texts; "" before the first."""
        return self._token

    async def get(self) -> str:
        """A token believed to be good. Raises Refused while fetching is paused."""
        self._check_pause()
        if self._valid_until is not None and self._clock.now() < self._valid_until:
            return self._token
        return await self._shared_fetch()

    async def renew(self, failed: str) -> str:
        """Another token than `failed`; the present one when somebody has renewed it meanwhile."""
        if self._token != failed:
            return await self.get()
        self._check_pause()
        return await self._shared_fetch(failed)

    def distrust(self, fresh: str, refusal: Refused) -> None:
        """A token just renewed was refused too: stop for a while instead of fetching one after the other."""
        if fresh == self._token:
            self._valid_until = None
            self._pause(refusal, REFUSED_PAUSE)

    def _check_pause(self) -> None:
        if self._paused is None:
            return
        until, refusal = self._paused
        if self._clock.now() < until:
            raise Refused(refusal.code, "paused after a refusal", api="gettoken")
        self._paused = None

    def _pause(self, refusal: Refused, how_long: timedelta) -> None:
        self._paused = (self._clock.now() + how_long, refusal)

    async def _shared_fetch(self, failed: str = "") -> str:
        if self._flight is None:
            self._flight = asyncio.create_task(self._fetch_once(failed), name="gettoken")
            self._flight.add_done_callback(self._landed)
        # One caller that is cancelled must not take the token away from the others.
        return await asyncio.shield(self._flight)

    def _landed(self, flight: asyncio.Task[str]) -> None:
        self._flight = None
        if not flight.cancelled():
            flight.exception()  # marks it as seen when every caller has gone

    async def _fetch_once(self, failed: str) -> str:
        try:
            shared = self._shared
            token, until = await (shared.fetch(self._ask, failed) if shared else self._ask())
        except Refused as refusal:
            error_class = classify(refusal.code)
            if error_class is not ErrorClass.RETRY:
                self._pause(refusal, CONFIG_PAUSE if error_class is ErrorClass.CONFIG else REFUSED_PAUSE)
            raise
        self._token, self._valid_until = token, until
        return token

    async def _ask(self) -> tuple[str, datetime]:
        token, valid_s = await self._fetch()
        return token, self._clock.now() + max(timedelta(seconds=valid_s) - EARLY, EARLY / 5)
