"""An archive: a ZIP encrypted with AES-256 that 7-Zip, Bandizip and WinRAR open, with a list of what is in it.

Names inside a ZIP are not encrypted, so they are numbers, never names of companies. The key is the whole protection:
the format makes guessing cheap (1,000 rounds), therefore a short key is refused.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pyzipper

from models.errors import ServiceError

MANIFEST = "清单.json"
SHORTEST_KEY = 20
_CHUNK = 1024 * 1024
NO_KEY = "没有设置归档密钥：请把密钥放到环境变量 GUANJIA_ARCHIVE__KEY 后再试。"
SHORT_KEY = f"归档密钥太短：请换成至少 {SHORTEST_KEY} 个字符的随机密钥（GUANJIA_ARCHIVE__KEY）。"
WRONG_KEY = "密钥不对：这份归档不是用当前的 GUANJIA_ARCHIVE__KEY 加密的，请换成归档时的密钥再试。"
WRONG_KEY_OR_DAMAGED = (
    "密钥不对，或者文件已损坏：请先核对 GUANJIA_ARCHIVE__KEY，仍打不开请用备份的归档文件再试。"
)


class ArchiveError(ServiceError):
    """Why an archive can not be made or opened, as one Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A finished archive. files: papers in it, the list not counted."""

    sha256: str
    size_bytes: int
    files: int
    manifest_sha256: str


def checked_key(key: str) -> bytes:
    """The key as bytes. Raises ArchiveError for none or a short one."""
    if not key:
        raise ArchiveError(NO_KEY)
    if len(key) < SHORTEST_KEY:
        raise ArchiveError(SHORT_KEY)
    return key.encode()


class Counted:
    """What is written into a member, with its size and digest so far."""

    def __init__(self, inner: Any) -> None:
        self._inner, self._hash, self.size = inner, hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        """The next piece."""
        self._inner.write(data)
        self._hash.update(data)
        self.size += len(data)

    @property
    def sha256(self) -> str:
        """Of everything written."""
        return self._hash.hexdigest()


class BoxWriter:
    """Fills a draft beside the target; `finish` gives it its name. A process that dies leaves no half archive.

    owner: who writes it, where several may be at it; drafts that others left behind are cleared away.
    """

    def __init__(self, target: Path, key: str, owner: str = "") -> None:
        self._key = checked_key(key)
        self._target = target
        self._draft = target.with_name(f".{target.name}{owner}.draft")
        target.parent.mkdir(parents=True, exist_ok=True)
        for left in target.parent.glob(f".{glob.escape(target.name)}-*.draft"):
            left.unlink(missing_ok=True)
        self._file = self._draft.open("wb")
        self._zip = pyzipper.AESZipFile(
            self._file, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
        )
        self._zip.setpassword(self._key)
        self._listed: list[dict[str, Any]] = []
        self._names: set[str] = set()

    def add(self, name: str, data: bytes) -> None:
        """One paper. Raises ValueError for a name that is there already."""
        with self.member(name) as file:
            file.write(data)

    @contextmanager
    def member(self, name: str) -> Iterator[Counted]:
        """One paper written piece by piece. Raises ValueError for a name that is there already."""
        if name in self._names:
            raise ValueError(f"two papers named {name}")
        self._names.add(name)
        with self._zip.open(name, "w", force_zip64=True) as inner:
            counted = Counted(inner)
            yield counted
        self._listed.append({"name": name, "sha256": counted.sha256, "size": counted.size})

    def finish(self, about: dict[str, Any]) -> Sealed:
        """Completes the archive and gives it its name."""
        sealed = self.complete(about)
        self.publish()
        return sealed

    def complete(self, about: dict[str, Any]) -> Sealed:
        """Writes the list and brings everything to the disk."""
        manifest = json.dumps({**about, "files": self._listed}, ensure_ascii=False, indent=1).encode()
        self._zip.writestr(MANIFEST, manifest)
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        sha256, size = digest(self._draft), self._draft.stat().st_size
        return Sealed(sha256, size, len(self._listed), hashlib.sha256(manifest).hexdigest())

    def publish(self) -> None:
        """Gives the complete archive its name, in the place of an earlier one."""
        self._draft.replace(self._target)

    def abandon(self) -> None:
        """Nothing is left of the draft."""
        self._zip.fp = None  # closing would write a directory for a file that is going away
        self._file.close()
        self._draft.unlink(missing_ok=True)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    counted = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            counted.update(chunk)
    return counted.hexdigest()


def read_box(path: Path, key: str, recorded_sha256: str = "") -> dict[str, bytes]:
    """All papers, each compared with the list. Raises ArchiveError with one plain sentence for whatever is wrong.

    recorded_sha256: of the whole file, where it is on record; with it a wrong key and a changed file are told apart.
    """
    secret = checked_key(key)
    if not path.is_file():
        raise ArchiveError(f"找不到归档文件：{path}")
    if recorded_sha256 and digest(path) != recorded_sha256:
        raise _damaged(path, "与登记的校验码不符")
    with plainly(path, known=bool(recorded_sha256)), pyzipper.AESZipFile(path) as box:
        box.setpassword(secret)
        papers = {name: box.read(name) for name in box.namelist()}
    return _as_listed(path, papers)


@contextmanager
def plainly(path: Path, *, known: bool = False) -> Iterator[None]:
    """Whatever goes wrong with the file becomes a plain sentence. known: the whole file is as it was put on record."""
    try:
        yield
    except RuntimeError as wrong:  # how zipfile says "bad password"
        raise ArchiveError(WRONG_KEY if known else WRONG_KEY_OR_DAMAGED) from wrong
    except (pyzipper.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError) as broken:
        raise _damaged(path, "内容校验失败") from broken


def _as_listed(path: Path, papers: dict[str, bytes]) -> dict[str, bytes]:
    try:
        listed = {each["name"]: each["sha256"] for each in json.loads(papers.pop(MANIFEST))["files"]}
    except (KeyError, ValueError, TypeError) as missing:
        raise _damaged(path, "里面没有可读的清单") from missing
    if listed != {name: hashlib.sha256(data).hexdigest() for name, data in papers.items()}:
        raise _damaged(path, "里面的文件与清单不符")
    return papers


def _damaged(path: Path, why: str) -> ArchiveError:
    return ArchiveError(f"归档文件“{path.name}”已损坏或被改动（{why}），请用备份的归档文件。")


def unpack(papers: dict[str, bytes], folder: Path) -> None:
    """Writes the papers below a folder. Raises ArchiveError for names that lead out of it, or a folder in use."""
    if folder.exists() and any(folder.iterdir()):
        raise ArchiveError(f"目录“{folder}”里已有文件，请换一个空目录。")
    for name in papers:
        inside = PurePosixPath(name)
        if inside.is_absolute() or ".." in inside.parts or "\\" in name:
            raise ArchiveError(f"归档里的文件名“{name}”不安全，没有解开。")
    for name, data in papers.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
