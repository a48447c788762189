"""What every part of the simulator shares."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from bot.simulator.answers import Json
from bot.simulator.faults import Faults
from bot.simulator.media import MediaShelf
from bot.simulator.people import People
from bot.simulator.phones import Ledger, Phones
from bot.simulator.rates import Rates
from bot.simulator.settings import SimulatorSettings
from bot.simulator.store import Store
from models.clock import Clock


@dataclass(frozen=True, slots=True)
class World:
    """One park with its platform."""

    settings: SimulatorSettings
    people: People
    clock: Clock
    store: Store
    phones: Phones
    ledger: Ledger
    media: MediaShelf
    rates: Rates
    faults: Faults

    def now(self) -> datetime:
        """The present instant."""
        return self.clock.now()

    def stamp(self) -> float:
        """The present instant as it is stored."""
        return self.clock.now().timestamp()

    def age_s(self, thing: Json) -> float:
        """Seconds since the thing's `at`."""
        return self.stamp() - float(thing["at"])


def secret(prefix: str, length: int = 24) -> str:
    """An id that can not be guessed."""
    return prefix + secrets.token_hex(length)[:length]
