"""A stand-in for WeCom and for an SMS gateway: their real HTTP and encryption, stricter than the originals.

The service can not tell it from the real ones. State is kept in one file, so phones show the past after a restart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.simulator.app_api import AppApi
from bot.simulator.callbacks import Courier
from bot.simulator.cards import Cards
from bot.simulator.control import Control
from bot.simulator.director import Director, MoveClock
from bot.simulator.faults import Faults
from bot.simulator.gate import Call, Gate
from bot.simulator.kf_api import KfApi
from bot.simulator.kf_log import KfLog
from bot.simulator.kf_notices import KfNotices
from bot.simulator.kf_send import KfSend
from bot.simulator.kf_sessions import Sessions
from bot.simulator.media import MediaShelf
from bot.simulator.media_api import MediaApi
from bot.simulator.people import People, Person
from bot.simulator.phones import Ledger, Phones
from bot.simulator.rates import Rates
from bot.simulator.settings import SimulatorSettings
from bot.simulator.sms_gateway import SmsGateway
from bot.simulator.sms_reports import SmsReports
from bot.simulator.staff_acts import StaffActs
from bot.simulator.store import Store
from bot.simulator.tenant_acts import TenantActs
from bot.simulator.tokens import Tokens
from bot.simulator.world import World
from models.clock import Clock

__all__ = ["Person", "Simulator", "SimulatorSettings"]

PAGE = Path(__file__).parent / "page"
_TICK_S = 1.0  # how often a running clock is looked at


class Simulator:
    """The whole stand-in."""

    def __init__(
        self,
        settings: SimulatorSettings,
        people: Sequence[Person],
        clock: Clock,
        *,
        store: Path | None = None,
        move_clock: MoveClock | None = None,
    ) -> None:
        self._world = world = _build_world(settings, people, clock, store)
        self._session: aiohttp.ClientSession | None = None
        self._ticker: asyncio.Task[None] | None = None
        self._courier = Courier(world)
        self._reports = SmsReports(world)
        self._tokens = Tokens(world)
        self._cards = Cards(world)
        self._log, self._sessions = KfLog(world), Sessions(world)
        self._notices = KfNotices(world, self._courier, self._log)
        self._move_clock = move_clock

    def add_routes(self, app: web.Application) -> None:
        """Adds `/cgi-bin/*`, `/sms/*`, `/sim/*` and the page on `/`."""
        world, gate = self._world, Gate(self._world.faults, self._tokens)
        tenants = TenantActs(world, self._log, self._sessions, self._notices)
        staff = StaffActs(world, self._courier, self._cards)
        app.router.add_routes(
            [
                gate.get("gettoken", self._give_token, needs_token=False),
                *AppApi(world, self._cards).routes(gate),
                *KfApi(world, self._log, self._sessions).routes(gate),
                *KfSend(world, self._log, self._sessions, self._notices).routes(gate),
                *MediaApi(world).routes(gate),
                *SmsGateway(world, self._reports).routes(),
                *Control(world, staff, tenants).routes(),
                *Director(world, self._tokens, self._move_clock).routes(),
                web.get("/", _index),
                web.static("/sim/static", PAGE),
            ]
        )

    async def start(self) -> None:
        """Opens what the deliveries need."""
        self._session = aiohttp.ClientSession()
        self._courier.start(self._session)
        self._reports.start(self._session)
        self._ticker = asyncio.create_task(self._tick())

    async def close(self) -> None:
        """Gives up deliveries under way and closes the file."""
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.gather(self._ticker, return_exceptions=True)
        await self._courier.close()
        if self._session is not None:
            await self._session.close()
        self._world.store.close()

    @property
    def pending(self) -> int:
        """Callbacks not answered or given up, and SMS reports that are due."""
        return self._courier.pending + self._reports.due_now

    async def settled(self) -> None:
        """Returns when nothing is pending at the present instant; see `next_due` for what comes later."""
        while self.pending:
            await self.run_due()
            await self._courier.idle()

    def next_due(self) -> datetime | None:
        """When the simulator wants to do something itself: an SMS report, a callback that was held back."""
        times = (self._reports.next_due(), self._courier.next_due())
        return min((due for due in times if due), default=None)

    async def run_due(self) -> None:
        """Does what is due by the clock."""
        await self._reports.run_due()
        await self._courier.run_due()

    async def verify_callback_url(self) -> bool:
        """Whether the service answers the GET that WeCom makes when its address is saved."""
        return await self._courier.verify_url()

    async def _give_token(self, call: Call) -> dict[str, object]:
        return self._tokens.issue(call.request.query)

    async def _tick(self) -> None:
        """Looks at a clock that runs by itself; one that stands still is stepped by whoever owns it."""
        while True:
            await asyncio.sleep(_TICK_S)
            await self.run_due()


async def _index(_request: web.Request) -> web.StreamResponse:
    return web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})


def _build_world(
    settings: SimulatorSettings, people: Sequence[Person], clock: Clock, path: Path | None
) -> World:
    store = Store(path)
    return World(
        settings=settings,
        people=People(people),
        clock=clock,
        store=store,
        phones=Phones(store, clock),
        ledger=Ledger(store, clock),
        media=MediaShelf(store, clock),
        rates=Rates(),
        faults=Faults(),
    )
