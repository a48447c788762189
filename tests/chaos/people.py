"""What people do on their phones, and what they wait for, over the simulator's control contract."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta
from typing import Any

import aiohttp

from tests.chaos.stage import Stage
from tests.stories.outside import PHOTO

_PATIENCE_S = 150.0
_LOOK_S = 0.2
_NUDGE_EVERY = 15
_NUDGE = timedelta(seconds=21)
"""While somebody waits, the clock goes on a little faster: a lease left behind by the dead runs out sooner."""


class NeverCame(AssertionError):
    """Somebody waited in vain."""


class People:
    """Everybody in the park. said: how many messages and taps there were; waited: who saw what they waited for."""

    def __init__(self, session: aiohttp.ClientSession, stage: Stage) -> None:
        self._http, self._stage = session, stage
        self.said = self.waited = 0

    async def phone(self, person: str, after: int = 0) -> list[dict[str, Any]]:
        """What the person has on the phone."""
        url = f"{self._stage.simulator}/sim/people/{person}/phone"
        async with self._http.get(url, params={"after": after}) as answer:
            found: list[dict[str, Any]] = await answer.json()
            return found

    async def say(self, person: str, text: str, *words: str) -> dict[str, Any]:
        """Writes, and waits for an answer with these words."""
        return await self._do(person, "say", {"text": text}, words)

    async def show(self, person: str, *words: str) -> dict[str, Any]:
        """Sends a photo."""
        return await self._do(person, "say", {"image": base64.b64encode(PHOTO).decode()}, words)

    async def press(self, person: str, label: str, *words: str) -> dict[str, Any]:
        """Taps the newest button with that label, once it is there."""
        entry = await self._wait(person, 0, lambda e: any(b["text"] == label for b in e["buttons"]), label)
        key = next(button["key"] for button in entry["buttons"] if button["text"] == label)
        return await self._do(person, "press", {"message": entry["n"], "key": key}, words)

    async def sees(self, person: str, after: int, *words: str) -> dict[str, Any]:
        """Waits for something new with these words."""
        return await self._wait(person, after, lambda entry: _has(entry, words), "、".join(words))

    async def sees_either(self, person: str, after: int, *choices: tuple[str, ...]) -> dict[str, Any]:
        """Waits for something new with all words of one of the choices."""
        what = " / ".join("、".join(words) for words in choices)
        return await self._wait(person, after, lambda e: any(_has(e, words) for words in choices), what)

    async def last(self, person: str) -> int:
        """The number of the newest entry."""
        return max((entry["n"] for entry in await self.phone(person)), default=0)

    async def _do(
        self, person: str, act: str, body: dict[str, Any], words: tuple[str, ...]
    ) -> dict[str, Any]:
        before = await self.last(person)
        self.said += 1
        # The simulator answers when the service has; that may take as long as a restart.
        async with self._http.post(f"{self._stage.simulator}/sim/people/{person}/{act}", json=body) as answer:
            if answer.status != 200:
                raise NeverCame(f"{person} {act} {body}: {answer.status} {await answer.text()}")
        if not words:
            return {}
        return await self.sees(person, before, *words)

    async def _wait(self, person: str, after: int, fits: Any, what: str) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        until, looks, kills = loop.time() + _PATIENCE_S, 0, self._stage.troubles
        while loop.time() < until:
            if kills != self._stage.troubles:  # the patience is for a service that lives
                until, kills = loop.time() + _PATIENCE_S, self._stage.troubles
            entries = await self.phone(person, after)
            for entry in reversed(entries):
                if entry["from"] == "bot" and fits(entry):
                    self.waited += 1
                    return entry
            looks += 1
            if looks % _NUDGE_EVERY == 0 and not self._stage.away:
                self._stage.clock.move(self._stage.clock.now() + _NUDGE)
            await asyncio.sleep(_LOOK_S)
        seen = [entry["text"][:80] for entry in (await self.phone(person))[-4:]]
        raise NeverCame(f"{person} never saw “{what}”; last on the phone: {seen}")

    async def fault(self, **fault: Any) -> None:
        """Orders a fault of the platform."""
        async with self._http.post(f"{self._stage.simulator}/sim/faults", json=[fault]) as answer:
            await answer.read()


def _has(entry: dict[str, Any], words: tuple[str, ...]) -> bool:
    shown = f"{entry.get('title', '')}\n{entry['text']}\n{entry.get('url', '')}"
    return all(word in shown for word in words)
