"""Pictures and files: what was uploaded, and what people sent."""

from __future__ import annotations

import mimetypes
import secrets
from dataclasses import asdict, dataclass

from bot.simulator import limits
from bot.simulator.answers import ApiError
from bot.simulator.store import Store
from models.clock import Clock

IMAGE, VOICE, VIDEO, FILE = "image", "voice", "video", "file"
_TOO_LARGE = {IMAGE: 40009, VOICE: 40006, VIDEO: 40011, FILE: 45001}
_DEFAULT_NAMES = {IMAGE: "image.jpg", VOICE: "voice.amr", VIDEO: "video.mp4", FILE: "file"}


@dataclass(frozen=True, slots=True)
class Media:
    """One stored file; `at` is the POSIX time of its arrival."""

    id: str
    kind: str
    name: str
    content_type: str
    at: float


class MediaShelf:
    """Keeps files. To the API they are gone after three days, phones show them for ever."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def keep(self, kind: str, name: str, body: bytes) -> Media:
        """Stores bytes under a new media_id."""
        name = name or _DEFAULT_NAMES[kind]
        content_type = picture_type(body) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        media_id = "3" + secrets.token_urlsafe(48)
        media = Media(media_id, kind, name, content_type, self._clock.now().timestamp())
        self._store.put("media", media.id, asdict(media))
        self._store.put_bytes(media.id, body)
        return media

    def find(self, media_id: str) -> Media | None:
        """However old."""
        data = self._store.get("media", media_id)
        return Media(**data) if data else None

    def valid(self, media_id: str, *kinds: str) -> Media:
        """For the API. Raises 40007 when unknown, older than three days or of another kind."""
        media = self.find(media_id)
        if media is None or (kinds and media.kind not in kinds):
            raise ApiError(40007)
        if self._clock.now().timestamp() - media.at > limits.MEDIA_LIFE.total_seconds():
            raise ApiError(40007, "expired")
        return media

    def body(self, media_id: str) -> bytes:
        """The bytes."""
        return self._store.get_bytes(media_id)


def media_url(media: Media) -> str:
    """Where phones fetch it."""
    return f"/sim/media/{media.id}"


def check_upload(kind: str, body: bytes) -> None:
    """Type, size and format of an upload. Raises ApiError. [wecom.md 3.5]"""
    if kind not in limits.MEDIA_BYTES:
        raise ApiError(40005)
    if not body:
        raise ApiError(44001)
    if len(body) <= limits.MEDIA_MIN_BYTES:
        raise ApiError(40006)
    if len(body) > limits.MEDIA_BYTES[kind]:
        raise ApiError(_TOO_LARGE[kind])
    if not _is_format(kind, body):
        raise ApiError(40004)


def picture_type(body: bytes) -> str:
    """Content type of a JPG or PNG by its first bytes, "" for anything else."""
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/png" if body.startswith(b"\x89PNG\r\n\x1a\n") else ""


def _is_format(kind: str, body: bytes) -> bool:
    if kind == IMAGE:
        return bool(picture_type(body))
    if kind == VOICE:
        return body.startswith(b"#!AMR")
    return kind != VIDEO or body[4:8] == b"ftyp"
