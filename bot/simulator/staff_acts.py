"""What a member of staff does on the phone, as the application sees it."""

from __future__ import annotations

from bot.simulator.answers import Json
from bot.simulator.callbacks import Courier
from bot.simulator.cards import Cards
from bot.simulator.media import IMAGE, media_url
from bot.simulator.menu_rules import click_keys
from bot.simulator.messages import Location, Message, Upload
from bot.simulator.people import Person
from bot.simulator.phones import ME, WECOM
from bot.simulator.world import World

_FIRST_MESSAGE_ID = 7_300_000_000_000_000_000  # beyond 2^53, as real ones may be


class StaffActs:
    """Every act is a callback of its own."""

    def __init__(self, world: World, courier: Courier, cards: Cards) -> None:
        self._world = world
        self._courier = courier
        self._cards = cards

    async def open(self, person: Person) -> bool:
        """Opens the application: enter_agent."""
        return await self._event(person, "enter_agent", EventKey="")

    async def say(self, person: Person, message: Message) -> int:
        """Sends it; number of the last phone entry. A text goes before what is sent with it."""
        n = 0
        if message.text:
            n = self._world.phones.add(person.id, ME, WECOM, "text", text=message.text)
            await self._message(person, "text", Content=message.text)
        if message.location:
            n = self._world.phones.add(person.id, ME, WECOM, **message.location.entry())
            await self._location(person, message.location)
        if message.upload:
            n = await self._upload(person, message.upload)
        return n

    async def press(self, person: Person, entry: Json, key: str) -> None:
        """A card's button: the event carries a new response_code each time. [wecom.md 2.2]"""
        await self._event(
            person,
            "template_card_event",
            EventKey=key,
            TaskId=entry["_task_id"],
            CardType=entry["_card_type"],
            ResponseCode=self._cards.new_code(entry["_task_id"]),
        )

    async def press_menu(self, person: Person, key: str) -> bool:
        """An entry of the application's menu; False when the menu has no such key."""
        menu = self._world.store.get("menu", "app")
        if menu is None or key not in click_keys(menu):
            return False
        await self._event(person, "click", EventKey=key)
        return True

    async def _upload(self, person: Person, upload: Upload) -> int:
        media = self._world.media.keep(upload.kind, upload.name, upload.body)
        n = self._world.phones.add(person.id, ME, WECOM, **upload.entry(media))
        if upload.kind == IMAGE:
            await self._message(person, "image", PicUrl=media_url(media), MediaId=media.id)
        elif upload.kind == "voice":
            await self._message(person, "voice", MediaId=media.id, Format="amr")
        else:
            # A self-built application never gets files. [wecom.md 2.1]
            self._world.ledger.note("callback", "service", media.name, "files do not reach an application")
        return n

    async def _location(self, person: Person, place: Location) -> None:
        fields = {
            "Location_X": place.latitude,
            "Location_Y": place.longitude,
            "Scale": 15,
            "Label": place.label,
        }
        await self._message(person, "location", **fields, AppType="wxwork")

    async def _message(self, person: Person, kind: str, **fields: object) -> bool:
        message_id = str(_FIRST_MESSAGE_ID + self._world.store.next_number("message"))
        inner = self._courier.inner.message(person.account, kind, message_id, self._world.now(), **fields)
        return await self._courier.deliver(inner)

    async def _event(self, person: Person, name: str, **fields: object) -> bool:
        return await self._courier.deliver(
            self._courier.inner.event(person.account, name, self._world.now(), **fields)
        )
