"""Template cards on phones: task ids used once, response codes used once, updates in place. [wecom.md 3.3, 3.4]"""

from __future__ import annotations

from bot.simulator import limits
from bot.simulator.answers import ApiError, Json, ok
from bot.simulator.card_rules import BUTTON_INTERACTION, check_card, keys_of, text_of, title_of, url_of
from bot.simulator.fields import Field, Fields, check
from bot.simulator.people import Person
from bot.simulator.phones import buttons
from bot.simulator.world import World, secret

_UPDATE: Fields = {
    "userids": Field(list, items=limits.RECIPIENTS),
    "partyids": Field(list, items=limits.PARTIES),
    "tagids": Field(list, items=limits.PARTIES),
    "atall": Field(int, one_of=(0, 1)),
    "agentid": Field(int, required=True, missing=41011, bad=40056),
    "response_code": Field(str, required=True),
    "enable_id_trans": Field(int, one_of=(0, 1)),
    "button": Field(dict, fields={"replace_name": Field(str, required=True)}),
    "template_card": Field(dict),
}


class Cards:
    """Cards that call back."""

    def __init__(self, world: World) -> None:
        self._world = world

    def register(self, card: Json) -> str:
        """Takes the task_id and returns the first response_code, "" for a card that can not be updated.

        Raises 42014 for a task_id used before.
        """
        task_id = card.get("task_id", "")
        if task_id:
            if self._world.store.get("task", task_id):
                raise ApiError(42014)
            self._world.store.put("task", task_id, {"card_type": card["card_type"]})
        return self.new_code(task_id) if keys_of(card) else ""

    def shown(self, card: Json, member: Person, n: int) -> None:
        """Remembers where on whose phone the card is."""
        if card.get("task_id"):
            self._world.store.put("card", _place(card["task_id"], member), {"n": n})

    def new_code(self, task_id: str) -> str:
        """A code that updates this task's card once, within 72 hours."""
        code = secret("rc", 40)
        self._world.store.put("response_code", code, {"task_id": task_id, "at": self._world.stamp()})
        return code

    def update(self, body: Json) -> Json:
        """The reply to update_template_card. Raises ApiError."""
        check(body, _UPDATE)
        if body["agentid"] != self._world.settings.agent_id:
            raise ApiError(42015)
        if ("button" in body) == ("template_card" in body):
            raise ApiError(40058, "either button or template_card")
        card = check_card(body["template_card"]) if "template_card" in body else None
        members, invalid = self._addressed(body)
        task_id = self._peek(body["response_code"])
        if card is None and self._card_type(task_id) != BUTTON_INTERACTION:
            raise ApiError(40058, "this card has no buttons")
        self._take_task(card, task_id)
        self._world.store.drop("response_code", body["response_code"])
        for member in members:
            self._change(task_id, member, body, card)
        return ok(invaliduser=invalid)

    def _peek(self, code: str) -> str:
        """The task of a code that still can be used. Raises 60140."""
        data = self._world.store.get("response_code", code)
        if data is None or self._world.age_s(data) > limits.RESPONSE_CODE_LIFE.total_seconds():
            raise ApiError(60140)
        return str(data["task_id"])

    def _card_type(self, task_id: str) -> str:
        task = self._world.store.get("task", task_id)
        if task is None:
            raise ApiError(42016)
        return str(task["card_type"])

    def _take_task(self, card: Json | None, old: str) -> None:
        """A new card may keep the task_id; another one must be new."""
        new = card.get("task_id", "") if card else ""
        if card and new and new != old:
            if self._world.store.get("task", new):
                raise ApiError(42014)
            self._world.store.put("task", new, {"card_type": card["card_type"]})

    def _addressed(self, body: Json) -> tuple[list[Person], list[str]]:
        if body.get("atall"):
            return self._world.people.members(), []
        userids = body.get("userids") or []
        if not userids or not all(isinstance(userid, str) for userid in userids):
            raise ApiError(40058, "userids")
        found = {userid.lower(): self._world.people.member(userid) for userid in userids}
        return [member for member in found.values() if member], [name for name in found if not found[name]]

    def _change(self, task_id: str, member: Person, body: Json, card: Json | None) -> None:
        place = self._world.store.get("card", _place(task_id, member))
        if place is None:
            return
        if card is None:
            entry: Json = {"buttons": [], "state": body["button"]["replace_name"]}
        else:
            entry = card_entry(card) | {"state": "" if keys_of(card) else "已更新"}
            self.shown(card, member, place["n"])
        self._world.phones.change(member.id, place["n"], **entry)
        self._world.ledger.note("message/update_template_card", member.id, task_id)


def card_entry(card: Json) -> Json:
    """The card as an entry of a phone."""
    return {
        "kind": "card",
        "title": title_of(card),
        "text": text_of(card),
        "url": url_of(card),
        "buttons": buttons(keys_of(card)),
        "_task_id": card.get("task_id", ""),
        "_card_type": card["card_type"],
    }


def _place(task_id: str, member: Person) -> str:
    return f"{task_id}/{member.id}"
