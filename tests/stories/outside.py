"""Drives a running service from outside, over HTTP: what a person with the page of phones could do."""

from __future__ import annotations

import base64
from typing import Any

import aiohttp

from scheduler.runner import Runner

PHOTO = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////"
    "////////2wBDAf//////////////////////////////////////////////////////////////////////////////////////wAARCAABAAED"
    "ASIAAhEBAxEB/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/xAAUAQEAAAAAAAAAAAAAAAAAAAAA/8QAFBEBAAAA"
    "AAAAAAAAAAAAAAAAAP/aAAwDAQACEQMRAD8AR//Z"
)
_TRIES = 5


class Outside:
    """The simulator's control contract."""

    def __init__(self, session: aiohttp.ClientSession, base: str, runner: Runner | None = None) -> None:
        """runner: of the service, where the test is to choose its jobs."""
        self.session = session
        self.base = base
        self.runner = runner
        self._read: dict[str, int] = {}

    async def phone(self, person: str, after: int = 0) -> list[dict[str, Any]]:
        """What the person sees."""
        async with self.session.get(
            f"{self.base}/sim/people/{person}/phone", params={"after": after}
        ) as answer:
            found: list[dict[str, Any]] = await answer.json()
            return found

    async def say(self, person: str, text: str) -> None:
        """The person writes."""
        await self._post(f"/sim/people/{person}/say", {"text": text})

    async def show(self, person: str) -> None:
        """The person sends a photo."""
        await self._post(f"/sim/people/{person}/say", {"image": base64.b64encode(PHOTO).decode()})

    async def press(self, person: str, label: str) -> None:
        """The person taps the newest button with that label, once it is there."""
        entry, key = await self._find(person, label)
        await self._post(f"/sim/people/{person}/press", {"message": entry, "key": key})

    async def expect(self, person: str, *words: str) -> dict[str, Any]:
        """The first new entry on the phone that has all the words; AssertionError with the phone when none comes."""
        after = self._read.get(person, 0)
        for _ in range(_TRIES):
            entries = await self.phone(person, after)
            for entry in entries:
                shown = f"{entry.get('title', '')}\n{entry['text']}\n{entry.get('url', '')}"
                if entry["from"] == "bot" and all(word in shown for word in words):
                    self._read[person] = entry["n"]
                    return entry
            await self._breathe()
        seen = [(entry["text"], entry["buttons"]) for entry in (await self.phone(person))[-4:]]
        raise AssertionError(f"{person} never saw {words}; last on the phone: {seen}")

    async def _find(self, person: str, label: str) -> tuple[int, str]:
        for _ in range(_TRIES):
            for entry in reversed(await self.phone(person)):
                for button in entry.get("buttons", []):
                    if button["text"] == label:
                        return entry["n"], button["key"]
            await self._breathe()
        raise AssertionError(f"{person} has no button {label}: {(await self.phone(person))[-2:]}")

    async def clock(self, to: str = "", by: str = "") -> str:
        """Moves the clock; the new time."""
        wish = {name: value for name, value in (("to", to), ("by", by)) if value}
        moved: dict[str, str] = await self._post("/sim/clock", wish)
        return moved["now"]

    def only(self, *subjects: str) -> None:
        """From now on only the jobs of these subjects run: for weeks in which the others say the same each day."""
        assert self.runner
        self.runner._jobs = tuple(job for job in self.runner._jobs if job.name.startswith(subjects))
        assert self.runner._jobs

    async def fault(self, **fault: Any) -> None:
        """Orders a fault."""
        await self._post("/sim/faults", [fault])

    async def _post(self, path: str, body: Any) -> Any:
        async with self.session.post(self.base + path, json=body) as answer:
            content = await answer.json()
            assert answer.status == 200, f"{path} {body}: {answer.status} {content}"
            return content

    async def _breathe(self) -> None:
        """Returns when the service has done everything there is to do now."""
        await self.clock(by="0s")
