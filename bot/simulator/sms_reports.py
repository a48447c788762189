"""Delivery reports of the SMS gateway: some seconds later, by the clock, repeated until taken."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import aiohttp

from bot.simulator import limits
from bot.simulator.answers import Json
from bot.simulator.phones import iso_now
from bot.simulator.world import World
from models.errors import ServiceError

_API = "sms/report"
_TIMEOUT_S = 5.0
_BATCH = 200


class SmsReports:
    """Promises are in the store, so none is lost with a restart."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._session: aiohttp.ClientSession | None = None
        self._posting = asyncio.Lock()

    def start(self, session: aiohttp.ClientSession) -> None:
        """From here on reports can be sent; the session belongs to the caller."""
        self._session = session

    def promise(self, sms_id: str, mobile: str, out_id: str, *, arrives: bool) -> None:
        """A report about this message will be sent."""
        code = "DELIVERED" if arrives else "MOBILE_NOT_ON_SERVICE"
        report = {
            "out_id": out_id,
            "mobile": mobile,
            "success": arrives,
            "code": code,
            "at": iso_now(self._world.clock),
        }
        due = self._world.stamp() + limits.SMS_REPORT_AFTER.total_seconds()
        self._world.store.put("sms_report", sms_id, {"due": due, "tries": 0, "report": report})

    @property
    def due_now(self) -> int:
        """Reports that should be sent at once, or are just being sent."""
        return len(self._due())

    def next_due(self) -> datetime | None:
        """When the next report is to be sent."""
        times = [promise["due"] for _, promise in self._world.store.things("sms_report")]
        return datetime.fromtimestamp(min(times), UTC) if times else None

    async def run_due(self) -> None:
        """Sends what is due, many in one request."""
        async with self._posting:
            due = self._due()[:_BATCH]
            if not due:
                return
            fault = self._world.faults.take(_API)
            await asyncio.sleep(fault.delay_s)
            if fault.drop or await self._post([promise["report"] for _, promise in due]):
                for sms_id, promise in due:
                    self._settle(sms_id, promise["report"])
            else:
                for sms_id, promise in due:
                    self._again(sms_id, promise)

    def _due(self) -> list[tuple[str, Json]]:
        now = self._world.stamp()
        return [
            (sms_id, promise)
            for sms_id, promise in self._world.store.things("sms_report")
            if promise["due"] <= now
        ]

    def _settle(self, sms_id: str, report: Json) -> None:
        self._world.store.drop("sms_report", sms_id)
        status = "delivered" if report["success"] else "failed"
        self._world.store.put("sms", report["out_id"], {"id": sms_id, "status": status})

    def _again(self, sms_id: str, promise: Json) -> None:
        tries = promise["tries"] + 1
        if tries >= limits.SMS_REPORT_TRIES:
            self._world.ledger.note(_API, "service", promise["report"]["out_id"], "not answered with 200")
            self._settle(sms_id, promise["report"])
            return
        due = self._world.stamp() + limits.SMS_REPORT_AGAIN_AFTER.total_seconds()
        self._world.store.put("sms_report", sms_id, promise | {"due": due, "tries": tries})

    async def _post(self, reports: list[Json]) -> bool:
        if self._session is None:
            raise ServiceError("the simulator was not started")
        settings = self._world.settings
        headers = {"X-Sms-Key": settings.sms_key}
        timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
        try:
            async with self._session.post(
                settings.sms_report_url, json=reports, headers=headers, timeout=timeout
            ) as response:
                await response.read()
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False
