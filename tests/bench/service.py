"""The working parts of one process over a database, with given channels and without a web server."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from bot.assembly import assemble
from bot.channels.base import Channel
from bot.config import load
from bot.core import Core
from bot.engine import Engine, spare_the_collector
from bot.files import FileStore
from models.clock import Clock, SystemClock
from models.database import Database
from models.rules.sending import SendingRules
from tests.bench.silence import CHANNELS, no_media

ROOT = Path(__file__).parent.parent.parent


UNBOUNDED = SendingRules.model_construct(api_per_minute=10**9, app_accounts=10**6)
"""Where our own speed is measured, the platform's limits must not be in the way."""


def core_over(database: Database, clock: Clock | None = None, sending: SendingRules | None = None) -> Core:
    """The shipped rules and the real clock, unless others are given."""
    config = load(ROOT / "config.yaml", {})
    rules = config.rules()
    if sending is not None:
        rules = rules.model_copy(update={"sending": sending})
    files = FileStore(Path(tempfile.mkdtemp(prefix="guanjia-bench-files-")))
    return Core(database, clock or SystemClock(), rules, config.working_calendar(), files)


def engine_over(database: Database, channels: Mapping[str, Channel] = CHANNELS) -> Engine:
    """The real engine, without limits of sending; nobody starts its loops."""
    spare_the_collector()  # as it does when they start
    return assemble(core_over(database, sending=UNBOUNDED), channels, no_media)
