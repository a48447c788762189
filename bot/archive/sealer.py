"""Seals what was approved. A process killed on the way leaves a draft, which the next one writes anew: no half archive."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import structlog

from bot.archive.box import BoxWriter
from bot.archive.papers import Papers
from bot.core import Core
from models.closing.close import MonthClose
from models.closing.sealing import claim_approved, note_failed, note_sealed, renew_seal, waiting
from models.errors import ServiceError

log = structlog.get_logger(__name__)

_RENEW_S = 15.0


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
        keeper = asyncio.create_task(self._keep(close.id))
        try:
            await self._box(close)
        except (ServiceError, OSError) as failed:
            log.error("sealing failed", month=close.month, reason=str(failed))
            fault = str(failed) if isinstance(failed, ServiceError) else f"写不进归档目录（{failed}）。"
            async with self._core.db.begin() as session:
                await note_failed(session, close.id, self._owner, fault, self._now, self._core.rules)
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def _keep(self, close_id: int) -> None:
        """Others see that somebody is at it, as long as this process lives."""
        kept = True
        while kept:
            await asyncio.sleep(_RENEW_S)
            async with self._core.db.begin() as session:
                kept = await renew_seal(session, close_id, self._owner, self._now)

    @property
    def _now(self) -> datetime:
        return self._core.clock.now()

    async def _box(self, close: MonthClose) -> None:
        """Draft, record and name: a process that was replaced meanwhile leaves the archive of the other alone."""
        target = self._vault.path(close.month)
        writer = await asyncio.to_thread(BoxWriter, target, self._vault.key, f"-{self._owner}")
        try:
            async for name, data in self._papers.of(close):
                await asyncio.to_thread(writer.add, name, data)
            about = {"month": close.month, "approved_by": close.reviewed_by, "made_at": self._now.isoformat()}
            sealed = await asyncio.to_thread(writer.complete, about)
            async with self._core.db.begin() as session:
                facts = asdict(sealed)
                if await note_sealed(
                    session, close.id, self._owner, self._now, file_name=target.name, facts=facts
                ):
                    writer.publish()  # before the commit: a record without its file would be worse than a file without
                else:
                    writer.abandon()
        except BaseException:  # also when the service is told to stop in the middle
            writer.abandon()
            raise
