"""Whether the files that prove something are still what they were: read again, and their SHA-256 compared."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable

from bot.files import FileStore
from models.database import Database
from models.notices.kept_files import KeptFile, kept_files, strayed_proofs

Progress = Callable[[int, int], None]
"""Called with files done and files in all."""


async def damaged_files(database: Database, files: FileStore, progress: Progress | None = None) -> list[str]:
    """Sentences on whatever is lost or changed; empty when all is as it was."""
    async with database.read() as session:
        kept, found = await kept_files(session), await strayed_proofs(session)
    for done, file in enumerate(kept, start=1):
        if fault := await asyncio.to_thread(_fault, files, file):
            found.append(f"{file.label}：{fault}")
        if progress:
            progress(done, len(kept))
    return found


def _fault(files: FileStore, file: KeptFile) -> str:
    """What is wrong with one file, "" for nothing."""
    try:
        data = files.path(file.sha256).read_bytes()
    except (OSError, ValueError):
        return f"文件丢失（{file.sha256[:12]}…）"
    same = hashlib.sha256(data).hexdigest() == file.sha256
    return "" if same else f"文件内容已被改动（{file.sha256[:12]}…）"
