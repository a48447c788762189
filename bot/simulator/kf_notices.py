"""Tells the service that there is something in the KF log."""

from __future__ import annotations

from bot.simulator.callbacks import Courier
from bot.simulator.kf_log import KfLog
from bot.simulator.world import World


class KfNotices:
    """Sends kf_msg_or_event."""

    def __init__(self, world: World, courier: Courier, log: KfLog) -> None:
        self._world = world
        self._courier = courier
        self._log = log

    async def tell(self) -> bool:
        """Whether the notification was answered; waits for it."""
        return await self._courier.deliver(self._notice())

    def tell_later(self) -> None:
        """Sends it beside the present work."""
        self._courier.post(self._notice())

    def _notice(self) -> str:
        return self._courier.inner.kf_notice(self._log.new_token(), self._world.now())
