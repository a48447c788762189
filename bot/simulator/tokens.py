"""access_token: given for corpid and secret, valid two hours. [wecom.md 3.1]"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import timedelta

from bot.simulator import limits
from bot.simulator.answers import ApiError, Json, ok
from bot.simulator.world import World, secret


class Tokens:
    """Issues and checks tokens; they live on in the store, as the platform's do."""

    def __init__(self, world: World) -> None:
        self._world = world

    def issue(self, query: Mapping[str, str]) -> Json:
        """The reply to gettoken. A repeated call gets the same token until shortly before its end, or voids it."""
        self._check_secret(query)
        if limits.TOKEN_VOIDS_EARLIER:
            self.revoke_all()
        for token, data in self._world.store.things("token"):
            left_s = int(data["until"] - self._world.stamp())
            if left_s > limits.TOKEN_RENEWED_BEFORE.total_seconds():
                return ok(access_token=token, expires_in=left_s)
        token, life_s = secret("sim-", 64), int(limits.TOKEN_LIFE.total_seconds())
        self._world.store.put("token", token, {"until": self._world.stamp() + life_s})
        return ok(access_token=token, expires_in=life_s)

    def check(self, token: str) -> None:
        """Raises 41001, 40014 or 42001."""
        if not token:
            raise ApiError(41001)
        data = self._world.store.get("token", token)
        if data is None:
            raise ApiError(40014)
        if data["until"] <= self._world.stamp():
            raise ApiError(42001)

    def revoke_all(self) -> None:
        """Voids every token before its time, as the platform may."""
        self._world.store.drop("token")

    def _check_secret(self, query: Mapping[str, str]) -> None:
        if not query.get("corpid"):
            raise ApiError(41002)
        if not query.get("corpsecret"):
            raise ApiError(41004)
        if self._blocked():
            raise ApiError(45009)
        if query["corpid"] != self._world.settings.corp_id:
            raise ApiError(40013)
        if not hmac.compare_digest(query["corpsecret"].encode(), self._world.settings.secret.encode()):
            self._world.rates.hit("wrong secret", self._world.now())
            raise ApiError(40001)

    def _blocked(self) -> bool:
        wrong = self._world.rates.count("wrong secret", self._world.now(), timedelta(hours=1))
        return wrong >= limits.WRONG_SECRETS_PER_HOUR
