"""What happened at the KF account, as kf/sync_msg tells it: messages and events in order. [wecom.md 4.2, 4.3]"""

from __future__ import annotations

import re
from typing import Any

from bot.simulator import limits
from bot.simulator.answers import ApiError, Json
from bot.simulator.world import World, secret

CUSTOMER, SYSTEM = 3, 4
_LOG = "kf"
_CURSOR = re.compile(r"kf([0-9]{1,15})\.[0-9a-f]{8}", re.ASCII)


class KfLog:
    """One log for the one account; a cursor is a position in it and outlives a restart."""

    def __init__(self, world: World) -> None:
        self._world = world

    def message(self, customer: str, kind: str, **fields: Any) -> None:
        """Adds what a customer sent."""
        own = {"open_kfid": self._world.settings.open_kfid, "external_userid": customer}
        self._add(CUSTOMER, kind, own, fields)

    def event(self, customer: str, event_type: str, **fields: Any) -> None:
        """Adds an event: account and customer are inside of it."""
        event = {
            "event_type": event_type,
            "open_kfid": self._world.settings.open_kfid,
            "external_userid": customer,
        }
        self._add(SYSTEM, "event", {}, event | fields)

    def new_token(self) -> str:
        """The token of a notification, valid for ten minutes."""
        token = secret("KFT", 40)
        self._world.store.put("kf_token", token, {"at": self._world.stamp()})
        return token

    def is_token(self, token: str) -> bool:
        """Whether a notification brought it within the last ten minutes."""
        data = self._world.store.get("kf_token", token)
        return data is not None and self._world.age_s(data) <= limits.KF_TOKEN_LIFE.total_seconds()

    def page(self, cursor: str, limit: int) -> Json:
        """Items behind the cursor; without one, from three days ago."""
        after = self._position(cursor) if cursor else self._three_days_ago()
        found = self._world.store.entries(_LOG, after, limit)
        last = found[-1][0] if found else after
        return {
            "next_cursor": _cursor(last),
            "has_more": int(self._world.store.last(_LOG) > last),
            "msg_list": [item for _, item in found],
        }

    def empty_page(self, cursor: str) -> Json:
        """Nothing yet, but there is more: the platform does that."""
        after = self._position(cursor) if cursor else self._three_days_ago()
        return {"next_cursor": _cursor(after), "has_more": 1, "msg_list": []}

    def _add(self, origin: int, kind: str, own: Json, fields: Json) -> None:
        item = {
            "msgid": secret("kfm", 32),
            **own,
            "send_time": int(self._world.stamp()),
            "origin": origin,
            "servicer_userid": "",
            "msgtype": kind,
            kind: fields,
        }
        self._world.store.append(_LOG, item)

    def _position(self, cursor: str) -> int:
        found = _CURSOR.fullmatch(cursor)
        if found is None or int(found[1]) > self._world.store.last(_LOG):
            raise ApiError(40058, "cursor")
        return int(found[1])

    def _three_days_ago(self) -> int:
        since = self._world.stamp() - limits.KF_HISTORY.total_seconds()
        old = (n for n, item in self._world.store.entries(_LOG) if item["send_time"] < since)
        return max(old, default=0)


def _cursor(position: int) -> str:
    """Opaque on purpose: two cursors of one position differ."""
    return f"kf{position}.{secret('', 8)}"
