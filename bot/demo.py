"""Service and simulator in one process, on one port and one clock that can be moved: `make run`.

The service speaks to the simulator over HTTP and with encryption, exactly as it would to WeCom; it does not know.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import structlog
from pydantic import SecretStr

from bot.app import Service, listening, service
from bot.config import Config
from bot.sample.park import sample_people, write_sample_park
from bot.sheets.importing import import_workbook
from bot.simulator.people import Person
from bot.simulator.server import Simulator
from bot.simulator.settings import SimulatorSettings
from bot.wecom.menu import publish
from models.clock import VirtualClock, at_local
from models.database import Database
from models.migrations import upgrade

log = structlog.get_logger(__name__)

START = at_local(datetime(2026, 3, 16).date(), 9)  # noqa: DTZ001 - only its date is used
"""A Monday morning in the month that the guided story bills."""
# The simulator's own credentials: they open nothing but the simulator.
CORP_ID, AGENT_ID, OPEN_KFID = "ww0sim0000000000", 1000002, "wk0sim0000000000"
_SECRET, _TOKEN, _SMS_KEY = "simulator-secret", "simulatortoken", "simulator-sms-key"
_AES_KEY = "SimulatorAesKey0123456789abcdefghijklmnopqr"
_ARCHIVE_KEY = "demo-archive-key-0123456789"
_SAVE_S = 5.0


def demo_config(config: Config, data: Path, port: int, *, keep_database: bool) -> Config:
    """The same configuration, pointed at the simulator and at files under `data`."""
    base = f"http://127.0.0.1:{port}"
    wecom = config.wecom.model_copy(
        update={
            "api_base": base, "corp_id": CORP_ID, "agent_id": AGENT_ID, "open_kfid": OPEN_KFID,
            "secret": SecretStr(_SECRET), "token": SecretStr(_TOKEN), "aes_key": SecretStr(_AES_KEY),
        }
    )  # fmt: skip
    changes = {
        "wecom": wecom,
        "sms": config.sms.model_copy(update={"base_url": base, "key": SecretStr(_SMS_KEY)}),
        "server": config.server.model_copy(update={"port": port, "public_url": base}),
        "storage": config.storage.model_copy(update={"path": str(data / "files")}),
        "archive": config.archive.model_copy(
            update={"path": str(data / "archive"), "key": SecretStr(_ARCHIVE_KEY)}
        ),
    }
    if not keep_database:
        url = f"sqlite+aiosqlite:///{(data / 'guanjia.sqlite').absolute()}"
        changes["database"] = config.database.model_copy(update={"url": url})
    return config.model_copy(update=changes)


def simulator_settings(config: Config) -> SimulatorSettings:
    """The other side of that configuration."""
    base = f"http://127.0.0.1:{config.server.port}"
    return SimulatorSettings(
        corp_id=config.wecom.corp_id,
        agent_id=config.wecom.agent_id,
        secret=config.wecom.secret.get_secret_value(),
        token=config.wecom.token.get_secret_value(),
        aes_key=config.wecom.aes_key.get_secret_value(),
        open_kfid=config.wecom.open_kfid,
        callback_url=f"{base}/wecom/callback",
        sms_report_url=f"{base}/sms/report/http",
        sms_key=config.sms.key.get_secret_value(),
        sms_templates=config.sms_texts(),
        sms_signature=config.sms.sign,
    )


def people_with_phones() -> list[Person]:
    """Everybody of the sample park who has a phone in the simulator."""
    return [Person(**cast("Any", person)) for person in sample_people()]


async def prepare(config: Config, data: Path, now: datetime) -> None:
    """The schema and, the first time, the sample park through the import that sites use."""
    database = Database(config.database.url)
    try:
        await upgrade(database)
        workbook = data / "sample-park.xlsx"
        if not workbook.exists():
            draft = workbook.with_suffix(".draft.xlsx")
            write_sample_park(draft)
            result = await import_workbook(database, draft, config.rules(), now, None)
            if result.bad:
                raise RuntimeError(f"the sample park has bad rows: {result.bad[:3]}")
            draft.rename(workbook)  # last, so that a start that was cut off imports again
    finally:
        await database.close()


@asynccontextmanager
async def demo(config: Config, data: Path, at: datetime | None) -> AsyncIterator[Service]:
    """A running demo, listening on the configured port."""
    clock = VirtualClock(_resume(data, at), running=True)
    await prepare(config, data, clock.now())
    async with service(config, clock) as built:
        people = people_with_phones()

        async def move(to: datetime) -> None:
            await built.engine.advance(clock, to, simulator)
            _save(data, clock.now())

        store = data / "simulator.sqlite"
        simulator = Simulator(simulator_settings(config), people, clock, store=store, move_clock=move)
        simulator.add_routes(built.app)
        try:
            async with listening(built.app, config.server.host, config.server.port), _saving(data, clock):
                await simulator.start()
                await publish(built.client, config.wecom.agent_id, config.wecom.menu)
                built.engine.start()
                yield built
        finally:
            await simulator.close()
            await built.engine.stop()


def _resume(data: Path, at: datetime | None) -> datetime:
    """Where the clock stood when the demo was stopped; never back from there."""
    saved = data / "clock"
    before = datetime.fromisoformat(saved.read_text().strip()) if saved.exists() else None
    return max(filter(None, (before, at)), default=START)


def _save(data: Path, now: datetime) -> None:
    draft = data / "clock.draft"
    draft.write_text(now.isoformat())
    draft.replace(data / "clock")


@asynccontextmanager
async def _saving(data: Path, clock: VirtualClock) -> AsyncIterator[None]:
    """Writes the time down every few seconds and at the end."""

    async def keep_saving() -> None:
        while True:
            _save(data, clock.now())
            await asyncio.sleep(_SAVE_S)

    saver = asyncio.create_task(keep_saving())
    try:
        yield
    finally:
        saver.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await saver
        _save(data, clock.now())
