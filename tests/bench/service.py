"""The working parts of one process over a database, with given channels and without a web server."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.assembly import assemble
from bot.channels.base import Channel
from bot.config import load
from bot.core import Core
from bot.engine import Engine
from bot.files import FileStore
from models.clock import SystemClock
from models.database import Database
from tests.bench.silence import CHANNELS, no_media

ROOT = Path(__file__).parent.parent.parent


def core_over(database: Database) -> Core:
    """The shipped rules and the real clock."""
    config = load(ROOT / "config.yaml", {})
    return Core(database, SystemClock(), config.rules(), config.working_calendar(), FileStore(Path()))


def engine_over(database: Database, channels: Mapping[str, Channel] = CHANNELS) -> Engine:
    """The real engine; nobody starts its loops."""
    return assemble(core_over(database), channels, no_media)
