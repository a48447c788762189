"""What every channel offers: rendering without side effects, sending with an outcome that says what to do next."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Protocol

from models.messages.content import Content

_SAFE = re.compile(r"[0-9A-Za-z_-]+", re.ASCII)
_PICTURES = {".jpg", ".jpeg", ".png"}


@dataclass(frozen=True, slots=True)
class Sent:
    """Taken by the provider. `invalid`: addressees it did not know. `response_code`: may change the card once.

    alarm: what the operator has to know all the same, in Chinese.
    """

    provider_id: str
    response_code: str = ""
    invalid: tuple[str, ...] = ()
    alarm: str = ""

    @property
    def before(self) -> bool:
        """Whether it was an earlier try that arrived: the repetition gets no name of its own."""
        return not self.provider_id


@dataclass(frozen=True, slots=True)
class Again:
    """Temporary. Send the same bytes again, not before `after_s` seconds.

    alarm: the operator has to mend something meanwhile; the queue is kept.
    pause: nothing else passes through this interface either until then: all of it waits, and no attempt is counted.
    cure: what the operator has to do.
    anew: render again first, because the media in the request is gone.
    maybe_sent: nobody answered, it may have arrived; only a repetition the platform recognises is safe
    (application: the same bytes within 4 h; KF: the same msgid).
    """

    after_s: float
    reason: str
    alarm: bool = False
    anew: bool = False
    maybe_sent: bool = False
    pause: bool = False
    cure: str = ""


@dataclass(frozen=True, slots=True)
class NextChannel:
    """This channel can not reach the person now. `stale`: nor later, the address is dead.

    closed: KF takes no more until the customer writes. holder: who has the KF conversation, None when that is not it.
    """

    reason: str
    stale: bool = False
    closed: bool = False
    holder: int | None = None


@dataclass(frozen=True, slots=True)
class Dead:
    """This message will not arrive. `alarm`: a person must look. `cure`: what that person has to do.

    plainer: it is its shape that was refused; the same may pass as plain text.
    """

    reason: str
    alarm: bool
    cure: str = ""
    plainer: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not have been sent: ask before sending again."""

    reason: str


MINE = 1
"""The state of a KF conversation that the bot has; other channels have no conversations, all is ours."""

Outcome = Sent | Again | NextChannel | Dead | Unknown


@dataclass(frozen=True, slots=True)
class Request:
    """What goes over the wire, JSON-able; stored before the first try, and repeated as it is."""

    api: str
    body: dict[str, Any]


class Channel(Protocol):
    """A way to reach a person."""

    @property
    def name(self) -> str:
        """ "wecom", "kf" or "sms"."""

    def render(self, content: Content, address: str, key: str, media_id: str = "") -> Request:
        """The request for one person. `key`, the outbox's dedupe key, makes a repetition recognisable.

        Pure. Raises ValueError for what the channel can not carry.
        """

    async def upload(self, kind: str, name: str, data: bytes) -> str:
        """Makes a file sendable; its media_id. Raises Refused where the channel has no files, or Unreachable."""

    async def hold(self, address: str) -> Outcome | int:
        """Takes a conversation that nobody has: who has it then, MINE where it is ours. What goes wrong is an outcome."""

    async def send(self, request: Request) -> Outcome:
        """Sends; every failure is a value."""

    async def ask(self, request: Request) -> Outcome | None:
        """What became of an earlier try. None: send it (again); it never arrived, or a repetition does no harm."""


def safe_id(key: str, limit: int) -> str:
    """`key` where it may go over the wire as it is, else a hash of it: always the same, `[0-9A-Za-z_-]`."""
    if len(key) <= limit and _SAFE.fullmatch(key):
        return key
    return hashlib.sha256(key.encode()).hexdigest()[: min(limit, 64)]


def media_kind(file_name: str) -> str:
    """ "image" for what is shown as a picture, else "file"."""
    return "image" if PurePath(file_name).suffix.lower() in _PICTURES else "file"
