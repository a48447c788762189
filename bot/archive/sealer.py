"""Seals what was approved. A process killed on the way leaves a draft, which the next one writes anew: no half archive."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import structlog

from bot.archive.box import BoxWriter, Sealed
from bot.archive.papers import Papers
from bot.core import Core
from models.closing.close import MonthClose
from models.closing.sealing import claim_approved, note_failed, note_sealed, waiting
from models.errors import ServiceError

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Vault:
    """Where archives lie, and the key; "" while none is set."""

    folder: Path
    key: str

    def path(self, month: str) -> Path:
        """The archive of a month."""
        return self.folder / f"月结-{month}.zip"


class Sealer:
    """Makes the archives of months that have passed their review."""

    def __init__(self, core: Core, papers: Papers, vault: Vault) -> None:
        self._core = core
        self._papers = papers
        self._vault = vault
        self._owner = secrets.token_hex(8)

    async def work(self) -> int:
        """Seals what is approved and not in another process's hands; how many were tried."""
        tried = 0
        while close := await self._claim():
            tried += 1
            await self._seal(close)
        return tried

    async def _claim(self) -> MonthClose | None:
        async with self._core.db.read() as session:  # asked every second: nobody has to wait for it
            if not await waiting(session, self._core.clock.now()):
                return None
        async with self._core.db.begin() as session:
            close = await claim_approved(session, self._owner, self._core.clock.now())
            if close is None:
                await session.rollback()
            return close

    async def _seal(self, close: MonthClose) -> None:
        """The error border for sealing: what fails is noted, told and tried again."""
        try:
            sealed = await self._box(close)
        except (ServiceError, OSError) as failed:
            log.error("sealing failed", month=close.month, reason=str(failed))
            fault = str(failed) if isinstance(failed, ServiceError) else f"写不进归档目录（{failed}）。"
            async with self._core.db.begin() as session:
                await note_failed(session, close.id, fault, self._now, self._core.rules)
            return
        async with self._core.db.begin() as session:
            name = self._vault.path(close.month).name
            await note_sealed(session, close.id, self._owner, self._now, file_name=name, facts=asdict(sealed))

    @property
    def _now(self) -> datetime:
        return self._core.clock.now()

    async def _box(self, close: MonthClose) -> Sealed:
        writer = await asyncio.to_thread(BoxWriter, self._vault.path(close.month), self._vault.key)
        try:
            async for name, data in self._papers.of(close):
                await asyncio.to_thread(writer.add, name, data)
            about = {"month": close.month, "approved_by": close.reviewed_by, "made_at": self._now.isoformat()}
            return await asyncio.to_thread(writer.finish, about)
        except BaseException:  # also when the service is told to stop in the middle
            writer.abandon()
            raise
