"""Puts the working parts together: whatever speaks to the outside comes in as arguments."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import cast

from bot.archive.papers import Papers
from bot.archive.sealer import Sealer, Vault
from bot.attachments import Attachments
from bot.channels import WecomKf
from bot.channels.base import Channel
from bot.core import Core
from bot.engine import Engine, Work
from bot.inbox import Inbox
from bot.kf_reader import KfReader
from bot.media_copy import FetchMedia
from bot.notice_files import NoticeFiles
from bot.outbox import Outbox
from bot.queue_watch import QueueWatch
from bot.shredder import Shredder
from handlers import ROUTERS
from handlers.dispatch import Dispatcher
from scheduler import JOBS
from scheduler.runner import Runner


def assemble(
    core: Core,
    channels: Mapping[str, Channel],
    fetch: FetchMedia,
    open_kfid: str = "",
    vault: Vault | None = None,
) -> Engine:
    """The engine of one process over these channels. Without a vault no month is sealed here."""
    inbox = Inbox(core, Dispatcher(ROUTERS), fetch)
    kf = KfReader(core, cast("WecomKf", channels["kf"]), open_kfid, inbox.wake.set)
    notices = NoticeFiles(core)
    outbox = Outbox(core, channels, Attachments(core, notices))
    runner = Runner(core.db, JOBS, core.rules, core.calendar, secrets.token_hex(8), core.clock)
    chores: list[Work] = [Shredder(core)]
    if vault:
        chores.append(Sealer(core, Papers(core, notices), vault))
    return Engine(core, kf, inbox, outbox, runner, chores, QueueWatch(core))
