"""The control contract of the stage: clock, faults, ledger."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from aiohttp import web

from bot.simulator.clock_moves import BadMove, read_move
from bot.simulator.control import NotPossible, guarded, read_body
from bot.simulator.faults import BadOrder
from bot.simulator.gate import reply
from bot.simulator.phones import iso_now
from bot.simulator.tokens import Tokens
from bot.simulator.world import World

MoveClock = Callable[[datetime], Awaitable[None]]


class Director:
    """`/sim/clock`, `/sim/faults`, `/sim/reset-faults`, `/sim/ledger`."""

    def __init__(self, world: World, tokens: Tokens, move_clock: MoveClock | None) -> None:
        self._world = world
        self._tokens = tokens
        self._move_clock = move_clock

    def routes(self) -> list[web.RouteDef]:
        """Everything this file answers."""
        return [
            web.get("/sim/clock", guarded(self._clock)),
            web.post("/sim/clock", guarded(self._move)),
            web.get("/sim/faults", guarded(self._standing_faults)),
            web.post("/sim/faults", guarded(self._order_faults)),
            web.post("/sim/reset-faults", guarded(self._reset_faults)),
            web.get("/sim/ledger", guarded(self._ledger)),
        ]

    async def _clock(self, _request: web.Request) -> web.StreamResponse:
        return reply({"now": iso_now(self._world.clock)})

    async def _move(self, request: web.Request) -> web.StreamResponse:
        try:
            target = read_move(await read_body(request), self._world.now())
        except BadMove as error:
            raise NotPossible(400, str(error)) from error
        if self._move_clock is None:
            raise NotPossible(409, "当前使用真实时钟，不能拨动。")
        await self._move_clock(target)
        return reply({"now": iso_now(self._world.clock)})

    async def _standing_faults(self, _request: web.Request) -> web.StreamResponse:
        return reply(self._world.faults.standing())

    async def _order_faults(self, request: web.Request) -> web.StreamResponse:
        try:
            faults = self._world.faults.order(await read_body(request))
        except BadOrder as error:
            raise NotPossible(400, str(error)) from error
        if any(fault.revoke for fault in faults):
            self._tokens.revoke_all()
        return reply(self._world.faults.standing())

    async def _reset_faults(self, _request: web.Request) -> web.StreamResponse:
        self._world.faults.reset()
        return reply([])

    async def _ledger(self, request: web.Request) -> web.StreamResponse:
        after = request.query.get("after", "0")
        if not (after.isascii() and after.isdigit() and len(after) < 16):
            raise NotPossible(400, "after 应为 0 或更大的整数。")
        return reply(self._world.ledger.lines(int(after)))
