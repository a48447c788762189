"""What a person can say on a simulated phone, read from the control contract."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any, TypeGuard

from bot.simulator.answers import Json
from bot.simulator.media import Media, media_url
from bot.simulator.wire import clean

_FIELDS = {"text", "image", "location", "file", "voice", "name"}
_MAX_CHARACTERS = 20_000


class BadMessage(ValueError):
    """It can not be said; the text is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place."""

    latitude: float
    longitude: float
    label: str

    def entry(self) -> Json:
        """As the sender sees it."""
        return {"kind": "text", "text": f"[位置] {self.label}".strip()}


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture, a voice message or a file."""

    kind: str
    name: str
    body: bytes

    def entry(self, media: Media) -> Json:
        """As the sender sees it."""
        if self.kind == "voice":
            return {"kind": "file", "title": "[语音]", "url": media_url(media)}
        title = media.name if self.kind == "file" else ""
        return {"kind": self.kind, "title": title, "url": media_url(media)}


@dataclass(frozen=True, slots=True)
class Message:
    """One `say`: a text, something else, or a text with something else."""

    text: str = ""
    location: Location | None = None
    upload: Upload | None = None


def read_message(body: Any) -> Message:
    """Raises BadMessage."""
    if not isinstance(body, dict) or not body or set(body) - _FIELDS:
        raise BadMessage("请提供 text、image、location、file 或 voice 之一。")
    text = body.get("text", "")
    if not isinstance(text, str) or len(text) > _MAX_CHARACTERS:
        raise BadMessage("文字内容不正确或过长，请缩短后重试。")
    text = clean(text)
    others = [name for name in ("image", "location", "file", "voice") if name in body]
    if len(others) > 1 or (not others and not text):
        raise BadMessage("消息不能为空，一次只能发一种内容。")
    if not others:
        return Message(text)
    if others == ["location"]:
        return Message(text, location=_location(body["location"]))
    return Message(text, upload=_upload(others[0], body))


def _upload(kind: str, body: Json) -> Upload:
    name = body.get("name", "")
    if not isinstance(name, str) or len(name) > 200:
        raise BadMessage("文件名不正确，请修改后重试。")
    try:
        data = base64.b64decode(body[kind], validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise BadMessage("内容不是有效的 base64，请重新选择文件。") from error
    if not data:
        raise BadMessage("文件是空的，请重新选择。")
    return Upload(kind, clean(name).replace("\\", "/").rpartition("/")[2], data)


def _location(place: Any) -> Location:
    if not isinstance(place, dict) or set(place) - {"latitude", "longitude", "label"}:
        raise BadMessage("位置需要 latitude、longitude 和 label。")
    latitude, longitude, label = place.get("latitude"), place.get("longitude"), place.get("label", "")
    if not _is_number(latitude) or not _is_number(longitude) or not isinstance(label, str):
        raise BadMessage("位置的经纬度应为数字，label 应为文字。")
    return Location(float(latitude), float(longitude), clean(label))


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 180
