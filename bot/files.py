"""Files kept under their SHA-256: written once, never changed, the name proves the content."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from pathlib import Path


class FileStore:
    """A folder of files. `put` answers only when the bytes are on the disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Where the file lies. Raises ValueError for anything that is no SHA-256, such as a path."""
        if len(sha256) != 64 or any(c not in "0123456789abcdef" for c in sha256):
            raise ValueError("not a SHA-256")
        return self.root / sha256[:2] / sha256

    async def put(self, data: bytes) -> str:
        """Keeps the bytes; their SHA-256."""
        sha256 = hashlib.sha256(data).hexdigest()
        await asyncio.to_thread(_write, self.path(sha256), data)
        return sha256

    async def get(self, sha256: str) -> bytes:
        """The bytes. Raises FileNotFoundError."""
        return await asyncio.to_thread(self.path(sha256).read_bytes)

    async def delete(self, sha256: str, unused_s: float) -> bool:
        """Deletes a file that nobody has put for that long; False, and nothing happens, when somebody has."""
        return await asyncio.to_thread(_delete, self.path(sha256), unused_s)

    async def sweep(self, older_s: float) -> int:
        """Deletes what processes that were killed while writing have left half; how many files."""
        return await asyncio.to_thread(_sweep, self.root, older_s)


def _write(path: Path, data: bytes) -> None:
    if path.exists():
        path.touch()  # whoever is about to delete it sees that it is wanted again
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


def _delete(path: Path, unused_s: float) -> bool:
    """Ages are measured by the clock of the file system, whatever ours says."""
    if not path.exists():
        return True
    age_s = _now(path.parent) - path.stat().st_mtime
    if age_s >= unused_s:
        path.unlink(missing_ok=True)
    return age_s >= unused_s


def _now(folder: Path) -> float:
    """The time of the file system that holds the folder."""
    probe = folder / f".probe.{secrets.token_hex(4)}"
    probe.touch()
    at = probe.stat().st_mtime
    probe.unlink()
    return at


def _sweep(root: Path, older_s: float) -> int:
    drafts = list(root.glob("*/.*"))
    old = [path for path in drafts if _now(root) - path.stat().st_mtime >= older_s]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
