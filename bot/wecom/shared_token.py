"""Fetches the access token once for all processes over one database, and keeps it there sealed with the secret itself.

Whoever does not know the application's secret can not read it; who does can have a token anyway.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken

from models.clock import Clock
from models.database import Database
from models.operation.access_token import TURN, end_turn, kept_token, put_token, take_turn

_LOOK_S = 0.2
_LOOKS = round(TURN.total_seconds() / _LOOK_S)
"""After so many looks in vain this process asks by itself: better two tokens than none."""

Ask = Callable[[], Awaitable[tuple[str, datetime]]]
"""Asks the platform: token, and until when it may be used."""


class SharedToken:
    """The token of one application, as the processes share it."""

    def __init__(self, database: Database, clock: Clock, corp_id: str, secret: str) -> None:
        self._db, self._clock = database, clock
        self._name = hashlib.sha256(f"{corp_id} {secret}".encode()).hexdigest()[:32]
        key = hashlib.sha256(f"access token of {corp_id} {secret}".encode()).digest()
        self._seal = Fernet(base64.urlsafe_b64encode(key))
        self._owner = secrets.token_hex(8)

    async def fetch(self, ask: Ask, failed: str = "") -> tuple[str, datetime]:
        """A token other than `failed`: the one another process has put there, or a new one. Raises what asking raises."""
        for _ in range(_LOOKS):
            token, until, sealed = await self._kept()
            if token and token != failed and until and self._clock.now() < until:
                return token, until
            async with self._db.begin() as session:
                mine = await take_turn(session, self._name, self._owner, sealed, self._clock.now())
            if mine:
                return await self._ask(ask)
            await asyncio.sleep(_LOOK_S)
        return await ask()

    async def _kept(self) -> tuple[str, datetime | None, str]:
        async with self._db.read() as session:
            row = await kept_token(session, self._name)
        if row is None or not row.sealed:
            return "", None, ""
        try:
            return self._seal.decrypt(row.sealed.encode()).decode(), row.valid_until, row.sealed
        except InvalidToken:
            return "", None, row.sealed

    async def _ask(self, ask: Ask) -> tuple[str, datetime]:
        try:
            token, until = await ask()
        except BaseException:
            async with self._db.begin() as session:
                await end_turn(session, self._name, self._owner)
            raise
        sealed = self._seal.encrypt(token.encode()).decode()
        async with self._db.begin() as session:
            await put_token(session, self._name, self._owner, sealed, until)
        return token, until
