"""What everybody sees on their phone, and what the simulator did with every send."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.simulator.answers import Json
from bot.simulator.store import Store
from models.clock import Clock, local

KF, WECOM, SMS = "kf", "wecom", "sms"
ME, BOT = "me", "bot"


class Phones:
    """One numbered list of entries per person; fields whose name begins with `_` are not shown."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def add(self, owner: str, sender: str, channel: str, kind: str, **fields: Any) -> int:
        """A new entry at the end of that person's phone; returns its number."""
        entry: Json = {
            "at": iso_now(self._clock),
            "from": sender,
            "channel": channel,
            "kind": kind,
            "text": "",
            "buttons": [],
            "url": "",
        }
        return self._store.append(_list(owner), entry | fields)

    def change(self, owner: str, n: int, **fields: Any) -> None:
        """Replaces fields of an entry and counts the change in `rev`."""
        entry = self._store.entry(_list(owner), n)
        if entry is None:
            raise KeyError(n)
        self._store.rewrite(_list(owner), n, entry | fields | {"rev": entry.get("rev", 0) + 1})

    def entry(self, owner: str, n: int) -> Json | None:
        """One entry with its hidden fields."""
        return self._store.entry(_list(owner), n)

    def show(self, owner: str, after: int) -> list[Json]:
        """The entries numbered above `after`, as that person sees them."""
        return [{"n": n} | _visible(entry) for n, entry in self._store.entries(_list(owner), after)]


class Ledger:
    """Every send that was accepted and every one that was swallowed, for tests and for the curious."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def note(self, api: str, to: str, key: str, why: str = "") -> None:
        """One line; without a reason it was delivered."""
        line = {
            "at": iso_now(self._clock),
            "api": api,
            "to": to,
            "key": key,
            "delivered": not why,
            "why": why,
        }
        self._store.append("ledger", line)

    def lines(self, after: int = 0) -> list[Json]:
        """The lines numbered above `after`."""
        return [{"n": n} | line for n, line in self._store.entries("ledger", after)]


def buttons(pairs: Iterable[tuple[str, str]]) -> list[Json]:
    """Buttons from (key, text)."""
    return [{"key": key, "text": text} for key, text in pairs]


def iso_now(clock: Clock) -> str:
    """The present instant on the park's clock, with its offset."""
    return local(clock.now()).isoformat(timespec="seconds")


def _list(owner: str) -> str:
    return f"phone:{owner}"


def _visible(entry: Json) -> Json:
    return {name: value for name, value in entry.items() if not name.startswith("_")}
