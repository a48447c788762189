"""A filled-in sheet of readings on its way through the same intake as chat, some rows to a transaction."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.core import Core
from bot.sheets.reader import SheetRow
from bot.sheets.reading_book import read_reading_book
from models.audit.entry import record
from models.calendar.period import Month
from models.database import insert_new
from models.fees.missing_readings import missing_meters
from models.fees.reading_intake import Intake, take_parsed
from models.fees.reading_upload import ReadingLink, ReadingUpload
from models.fees.reading_words import intake_content
from models.fees.readings_ready import tell_if_ready
from models.imports.reading_sheet import Outcome, parse_rows
from models.messages.spill import spill
from models.messages.tell import tell_staff
from models.people.staff import Staff

BATCH_ROWS = 300
"""One transaction; on SQLite others wait for it."""
NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Taken:
    """An upload. again: these very bytes had been taken before, so nothing was done."""

    upload_id: int
    again: bool


class ReadingUploads:
    """Takes files. The same file twice is taken once, also after a start in between."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def take(self, link: ReadingLink, member: Staff, name: str, data: bytes) -> Taken:
        """Stores every row that can be stored. Raises UserError where the file as a whole can not be used."""
        month = Month.parse(link.month, date.max)
        rows = await asyncio.to_thread(read_reading_book, data, name, month)
        sha256 = await self._core.files.put(data)
        upload = await self._begin(link, member, name, sha256)
        if upload.outcome:
            return Taken(upload.id, again=True)
        intake = Intake(month)
        for start in range(0, len(rows), BATCH_ROWS):
            intake.add(await self._batch(rows[start : start + BATCH_ROWS], month, member))
        intake.problems.sort(key=lambda problem: problem.position)
        await self._finish(upload.id, intake, rows, member)
        return Taken(upload.id, again=False)

    async def _begin(self, link: ReadingLink, member: Staff, name: str, sha256: str) -> ReadingUpload:
        """Its row: a new one, or that of an earlier try. Without an outcome it was never finished."""
        now = self._core.clock.now()
        row = {
            "link_id": link.id, "staff_id": member.id, "month": link.month, "sha256": sha256,
            "name": name[:NAME_LENGTH], "uploaded_at": now, "outcome": {},
        }  # fmt: skip
        async with self._core.db.begin() as session:
            await insert_new(session, ReadingUpload, [row])
            found = select(ReadingUpload).where(
                ReadingUpload.month == link.month, ReadingUpload.sha256 == sha256
            )
            return (await session.scalars(found)).one()

    async def _batch(self, rows: list[SheetRow], month: Month, member: Staff) -> Intake:
        parsed = parse_rows([(row.number, row.values) for row in rows], month)
        now, by = self._core.clock.now(), f"staff:{member.userid}"
        async with self._core.db.begin() as session:
            intake = await take_parsed(session, parsed, by=by, now=now, rules=self._core.rules)
            if intake.stored:
                await record(
                    session, actor=by, action="readings.take", subject=f"month:{month}", now=now,
                    detail={"stored": intake.stored, "corrected": intake.corrected, "by": "sheet"},
                )  # fmt: skip
        return intake

    async def _finish(self, upload_id: int, intake: Intake, rows: list[SheetRow], member: Staff) -> None:
        """The result stands on the page, and in chat with its buttons."""
        outcome = Outcome.of(intake, {row.number: row.values for row in rows})
        async with self._core.db.begin() as session:
            upload = await session.get_one(ReadingUpload, upload_id, with_for_update=True)
            if upload.outcome:
                return  # the same file came twice at once
            upload.outcome = outcome.to_json()
            await self._tell(session, upload, intake, member)

    async def _tell(
        self, session: AsyncSession, upload: ReadingUpload, intake: Intake, member: Staff
    ) -> None:
        now = self._core.clock.now()
        missing = sum(map(len, (await missing_meters(session, intake.month)).values()))
        for number, part in enumerate(spill(intake_content(intake, missing))):
            key = f"reading_upload:{upload.id}:{number}"
            await tell_staff(session, [member], key, part, now=now, subject="readings")
        if not missing:
            await tell_if_ready(session, intake.month, now, self._core.rules)
        await record(
            session, actor=f"staff:{member.userid}", action="readings.upload", subject=f"month:{intake.month}",
            now=now, detail={"file": upload.sha256, "name": upload.name, "bad": len(intake.problems)},
        )  # fmt: skip
