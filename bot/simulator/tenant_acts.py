"""What a tenant does on the phone, as the KF account sees it."""

from __future__ import annotations

from typing import Any

from bot.simulator import limits
from bot.simulator.answers import Json
from bot.simulator.kf_log import KfLog
from bot.simulator.kf_notices import KfNotices
from bot.simulator.kf_sessions import Sessions
from bot.simulator.media import IMAGE
from bot.simulator.messages import Location, Message, Upload
from bot.simulator.people import Person
from bot.simulator.phones import KF, ME
from bot.simulator.world import World

_TOO_LARGE = "（收到一个过大的文件，无法显示）"


class TenantActs:
    """Everything goes into the log; the service is only told that there is something."""

    def __init__(self, world: World, log: KfLog, sessions: Sessions, notices: KfNotices) -> None:
        self._world = world
        self._log = log
        self._sessions = sessions
        self._notices = notices

    async def open(self, person: Person) -> bool:
        """Opens the chat: enter_session, with a welcome code when one is due. [wecom.md 4.5]"""
        code = self._sessions.enter(person.account)
        welcome = {"welcome_code": code} if code else {}
        self._log.event(person.account, "enter_session", scene="guanjia", scene_param="", **welcome)
        return await self._notices.tell()

    async def say(self, person: Person, message: Message) -> int:
        """Sends it; who has not used the chat for 48 hours opens it first. Number of the last phone entry."""
        if self._sessions.must_enter(person.account):
            await self.open(person)
        n = 0
        for entry, kind, fields in self._parts(message):
            n = self._world.phones.add(person.id, ME, KF, **entry)
            self._log.message(person.account, kind, **fields)
        self._sessions.wrote(person.account)
        await self._notices.tell()
        return n

    async def press(self, person: Person, entry: Json, key: str) -> int:
        """A menu click arrives as an ordinary text with menu_id. [wecom.md 4.4]"""
        label = next(button["text"] for button in entry["buttons"] if button["key"] == key)
        n = self._world.phones.add(person.id, ME, KF, "text", text=label)
        self._log.message(person.account, "text", content=label, menu_id=key)
        self._sessions.wrote(person.account)
        await self._notices.tell()
        return n

    def _parts(self, message: Message) -> list[tuple[Json, str, dict[str, Any]]]:
        """Phone entry, msgtype and its fields; a text goes before what is sent with it."""
        parts: list[tuple[Json, str, dict[str, Any]]] = []
        if message.text:
            parts.append(({"kind": "text", "text": message.text}, "text", {"content": message.text}))
        if message.location:
            parts.append(_location(message.location))
        if message.upload:
            parts.append(self._upload(message.upload))
        return parts

    def _upload(self, upload: Upload) -> tuple[Json, str, dict[str, Any]]:
        media = self._world.media.keep(upload.kind, upload.name, upload.body)
        if len(upload.body) > limits.KF_INBOUND_BYTES[upload.kind]:
            return upload.entry(media), "text", {"content": _TOO_LARGE}
        fields = {"media_id": media.id} | (
            {"filename": media.name} if upload.kind not in (IMAGE, "voice") else {}
        )
        return upload.entry(media), upload.kind, fields


def _location(place: Location) -> tuple[Json, str, dict[str, Any]]:
    fields = {
        "latitude": place.latitude,
        "longitude": place.longitude,
        "name": place.label,
        "address": place.label,
    }
    return place.entry(), "location", fields
