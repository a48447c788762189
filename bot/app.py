"""The composition root: the only file that knows every real thing and how they fit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import structlog
from aiohttp import web

from bot.announcement_page import AnnouncementPage
from bot.archive.sealer import Vault
from bot.assembly import assemble
from bot.channels import Channel, SmsChannel, WecomApp, WecomKf
from bot.channels.sms_aliyun import ENDPOINT, AliyunKey, AliyunSms
from bot.channels.sms_gateway import SmsProvider
from bot.channels.sms_http import HttpSmsProvider
from bot.channels.sms_standby import Standby
from bot.config import Config, SmsConfig, SmsStandbyConfig
from bot.core import Core
from bot.engine import Engine
from bot.files import FileStore
from bot.media_fetch import media_fetcher
from bot.money_page import MoneyPage
from bot.notice_files import NoticeFiles
from bot.notice_page import NoticePage
from bot.reading_page import ReadingPage
from bot.sms_hooks import SmsHooks, SmsKeys
from bot.web import CallbackRoutes
from bot.wecom.client import WecomClient
from bot.wecom.crypto import WecomCrypto
from bot.wecom_access import client_of
from models.clock import Clock
from models.database import Database
from models.errors import ConfigError
from models.frozen import give_up_what_is_frozen
from models.migrations import is_current

log = structlog.get_logger(__name__)

DRAFT_S = 3600.0
"""Nobody writes a file for so long: a draft that old was left by a process that was killed."""
SHUTDOWN_S = 3.0
"""Requests under way have so long to end; with the loops' own time a gentle stop takes less than ten seconds."""


@dataclass(frozen=True, slots=True)
class Service:
    """A built service, not yet listening: its loops and its web application."""

    core: Core
    engine: Engine
    app: web.Application
    client: WecomClient


@asynccontextmanager
async def service(config: Config, clock: Clock) -> AsyncIterator[Service]:
    """Builds the service and takes it down again. Raises ConfigError when it could not work."""
    _check(config)
    database = Database(config.database.url)
    give_up_what_is_frozen(database)
    files = FileStore(Path(config.storage.path))
    core = Core(database, clock, config.rules(), config.working_calendar(), files)
    session = aiohttp.ClientSession()
    try:
        if not await is_current(database):
            raise ConfigError("数据库结构不是当前版本，请先运行：python -m bot migrate")
        await files.sweep(DRAFT_S)
        yield _build(config, core, session)
    finally:
        await session.close()
        await database.close()


def _build(config: Config, core: Core, session: aiohttp.ClientSession) -> Service:
    wecom = config.wecom
    client = client_of(config, session, core.clock, core.db)
    channels: dict[str, Channel] = {
        WecomApp.name: WecomApp(client, wecom.agent_id),
        WecomKf.name: WecomKf(client, wecom.open_kfid, core.clock),
        SmsChannel.name: sms_channel(config, session, core.clock),
    }
    vault = Vault(Path(config.archive.path), config.archive.key.get_secret_value())
    engine = assemble(core, channels, media_fetcher(client, core.rules.images), wecom.open_kfid, vault)
    crypto = WecomCrypto(wecom.token.get_secret_value(), wecom.aes_key.get_secret_value(), wecom.corp_id)
    app = web.Application(client_max_size=1024 * 1024)
    CallbackRoutes(core, crypto, engine.inbox, engine.kf).add_to(app)
    SmsHooks(core, sms_keys(config)).add_to(app)
    NoticePage(core, NoticeFiles(core)).add_to(app)
    AnnouncementPage(core).add_to(app)
    ReadingPage(core).add_to(app)
    MoneyPage(core).add_to(app)
    return Service(core, engine, app, client)


def sms_channel(config: Config, session: aiohttp.ClientSession, clock: Clock) -> SmsChannel:
    """Over the provider that is configured, and the second one where there is."""
    sms, second, registered = config.sms, config.sms_standby, config.sms_registered()
    standby = None
    if second.provider:
        codes = {registered[name].code: code for name, code in second.codes.items() if name in registered}
        standby = Standby(sms_provider(second, second.sign or sms.sign, session, clock), codes)
    return SmsChannel(sms_provider(sms, sms.sign, session, clock), registered, sms.sign, standby)


def sms_provider(
    sms: SmsConfig | SmsStandbyConfig, sign: str, session: aiohttp.ClientSession, clock: Clock
) -> SmsProvider:
    """One provider. Aliyun's package is loaded here and nowhere else."""
    if sms.provider == "aliyun":
        key = AliyunKey(sms.access_key_id, sms.key.get_secret_value(), sign)
        return AliyunSms(key, clock, sms.base_url or ENDPOINT)
    return HttpSmsProvider(session, sms.base_url, sms.key.get_secret_value(), sign)


def sms_keys(config: Config) -> SmsKeys:
    """Only providers in use are heard."""
    keys = {}
    for sms in (config.sms_standby, config.sms):
        if sms.provider:
            keys[sms.provider] = (sms.report_key if sms.provider == "aliyun" else sms.key).get_secret_value()
    return SmsKeys(**keys)


def _check(config: Config) -> None:
    """Raises ConfigError that names every missing setting at once."""
    wecom = config.wecom
    needed = {
        "wecom.corp_id": wecom.corp_id,
        "wecom.agent_id": wecom.agent_id,
        "wecom.secret": wecom.secret.get_secret_value(),
        "wecom.token": wecom.token.get_secret_value(),
        "wecom.aes_key": wecom.aes_key.get_secret_value(),
    }
    missing = [
        f"{name}（GUANJIA_{name.replace('.', '__').upper()}）" for name, value in needed.items() if not value
    ]
    if missing:
        raise ConfigError("还缺少这些设置：" + "、".join(missing))
    if config.sms_standby.provider == config.sms.provider:
        raise ConfigError("sms.provider 和 sms_standby.provider 不能是同一种：一个用 http，另一个用 aliyun")


@asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serves the application; yields the port (a free one for 0)."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
