"""A WeCom client for commands: opened, used, closed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from sqlalchemy.exc import SQLAlchemyError

from bot.config import Config
from bot.wecom.client import WecomClient
from bot.wecom.shared_token import SharedToken
from models.clock import Clock, SystemClock
from models.database import Database
from models.operation.access_token import kept_token


def client_of(
    config: Config, session: aiohttp.ClientSession, clock: Clock, database: Database | None = None
) -> WecomClient:
    """The client of the configured application; the session belongs to the caller.

    database: where the processes of the service share their token.
    """
    wecom = config.wecom
    secret = wecom.secret.get_secret_value()
    shared = SharedToken(database, clock, wecom.corp_id, secret) if database else None
    return WecomClient(session, wecom.api_base, wecom.corp_id, secret, clock, wecom.timeout_s, shared)


@asynccontextmanager
async def wecom_client(config: Config) -> AsyncIterator[WecomClient]:
    """A client with a session of its own, and the token of the service: another may end the life of that one (91039)."""
    database = Database(config.database.url)
    try:
        shared = database if await _keeps_tokens(database) else None
        async with aiohttp.ClientSession() as session:
            yield client_of(config, session, SystemClock(), shared)
    finally:
        await database.close()


async def _keeps_tokens(database: Database) -> bool:
    """Whether a service may be running over it: not before it was set up, nor while it can not be reached."""
    try:
        async with database.read() as session:
            await kept_token(session, "")
    except (SQLAlchemyError, OSError):
        return False
    return True
