"""Fetching from 微信客服: nothing is lost when many messages arrive together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.kf_inbox import Page
from bot.channels.wecom_kf import WecomKf
from bot.wecom.client import WecomClient
from bot.wecom.envelope import KfNotice
from bot.wecom.kf_reading import read_item
from models.clock import VirtualClock
from models.errors import Refused
from models.messages.inbound import Inbound, Kind
from tests.wire.fake_platform import FakePlatform

NOTICE = KfNotice("wk1", "tok")
SENT = 1_795_654_700


@pytest.fixture
def kf(client: WecomClient, clock: VirtualClock) -> WecomKf:
    return WecomKf(client, "wk1", clock)


def item(number: int | str, **fields: Any) -> dict[str, Any]:
    base = {
        "msgid": f"m{number}",
        "open_kfid": "wk1",
        "external_userid": "wmTenant",
        "send_time": SENT,
        "origin": 3,
        "msgtype": "text",
        "text": {"content": f"报修 {number}"},
    }
    return base | fields


def page(items: list[Any], cursor: str, *, more: bool) -> dict[str, Any]:
    return {"errcode": 0, "next_cursor": cursor, "has_more": int(more), "msg_list": items}


async def collect(pages: AsyncIterator[Page]) -> list[Page]:
    return [each async for each in pages]


async def read_one(kf: WecomKf, platform: FakePlatform, one: Any) -> Inbound:
    platform.reply("kf/sync_msg", page([one], "c1", more=False))
    (only,) = await collect(kf.pull(NOTICE, ""))
    return only.items[0]


async def test_two_hundred_messages_over_pages_with_an_empty_one(kf: WecomKf, platform: FakePlatform) -> None:
    numbers = [list(range(n, n + 50)) for n in (0, 50, 100, 150)]
    filled = [[item(n) for n in each] for each in numbers]
    pages = [filled[0], filled[1], [], filled[2], filled[3]]
    platform.reply("kf/sync_msg", *(page(items, f"c{n}", more=n < 4) for n, items in enumerate(pages)))
    got = await collect(kf.pull(NOTICE, "start"))
    assert [each.key for one in got for each in one.items] == [f"m{n}" for n in range(200)]
    assert [one.cursor for one in got] == ["c0", "c1", "c2", "c3", "c4"]
    assert [seen.json["cursor"] for seen in platform.calls("kf/sync_msg")] == [
        "start",
        "c0",
        "c1",
        "c2",
        "c3",
    ]


async def test_first_fetch_names_account_and_token_but_no_cursor(kf: WecomKf, platform: FakePlatform) -> None:
    platform.reply("kf/sync_msg", page([], "", more=False))
    assert await collect(kf.pull(NOTICE, "")) == []
    (seen,) = platform.calls("kf/sync_msg")
    assert seen.json == {"open_kfid": "wk1", "token": "tok", "limit": 1000, "voice_format": 0}


async def test_stream_that_does_not_move_on_ends(kf: WecomKf, platform: FakePlatform) -> None:
    platform.reply("kf/sync_msg", page([], "c", more=True))
    assert [one.cursor for one in await collect(kf.pull(NOTICE, ""))] == ["c"]
    assert len(platform.calls("kf/sync_msg")) == 4


async def test_empty_page_under_the_same_cursor_is_asked_again(kf: WecomKf, platform: FakePlatform) -> None:
    platform.reply("kf/sync_msg", page([], "c0", more=True), page([item(1)], "c1", more=False))
    (only,) = await collect(kf.pull(NOTICE, "c0"))
    assert [each.key for each in only.items] == ["m1"]


async def test_old_notice_is_fetched_without_its_token(kf: WecomKf, platform: FakePlatform) -> None:
    platform.reply(
        "kf/sync_msg", {"errcode": 95007}, page([item(1)], "c1", more=True), page([item(2)], "c2", more=False)
    )
    got = await collect(kf.pull(NOTICE, ""))
    assert [len(one.items) for one in got] == [1, 1]
    assert ["token" in seen.json for seen in platform.calls("kf/sync_msg")] == [True, False, False]


async def test_refused_poll_is_told(kf: WecomKf, platform: FakePlatform) -> None:
    platform.reply("kf/sync_msg", {"errcode": 95007})
    with pytest.raises(Refused):
        await collect(kf.pull(KfNotice("wk1", ""), ""))
    assert len(platform.calls("kf/sync_msg")) == 1


async def test_one_account_is_fetched_by_one_at_a_time(kf: WecomKf, platform: FakePlatform) -> None:
    order: list[str] = []
    replies = [page([item(n)], f"c{n}", more=n in (0, 2)) for n in range(4)]
    platform.reply("kf/sync_msg", *replies)

    async def fetch(who: str) -> None:
        async for one in kf.pull(NOTICE, ""):
            order.append(who)
            assert one.items
            await asyncio.sleep(0)

    await asyncio.gather(fetch("a"), fetch("b"))
    assert order == ["a", "a", "b", "b"]


async def test_broken_off_fetch_lets_the_next_one_in(kf: WecomKf, platform: FakePlatform) -> None:
    platform.reply("kf/sync_msg", page([item(1)], "c1", more=True), page([item(2)], "c2", more=False))
    with pytest.raises(OSError, match="disk full"):
        async for _ in kf.pull(NOTICE, ""):
            raise OSError("disk full")
    assert len(await asyncio.wait_for(collect(kf.pull(NOTICE, "")), 5)) == 1


async def test_text_of_a_tenant(kf: WecomKf, platform: FakePlatform) -> None:
    got = await read_one(kf, platform, item(1))
    assert (got.channel, got.key, got.sender, got.kind, got.text) == (
        "kf",
        "m1",
        "wmTenant",
        Kind.TEXT,
        "报修 1",
    )
    assert (int(got.sent_at.timestamp()), got.data) == (SENT + 1, {"open_kfid": "wk1"})  # the second is over


@pytest.mark.parametrize("kind", ["image", "voice", "video", "file"])
async def test_media_of_a_tenant(kf: WecomKf, platform: FakePlatform, kind: str) -> None:
    got = await read_one(kf, platform, item(1, msgtype=kind, **{kind: {"media_id": "M"}}))
    assert (got.kind, got.media_id) == (Kind(kind), "M")


async def test_location_and_link(kf: WecomKf, platform: FakePlatform) -> None:
    place = {"latitude": 22.5, "longitude": 113.9, "name": "A 座", "address": "科技园"}
    got = await read_one(kf, platform, item(1, msgtype="location", location=place))
    assert (got.kind, got.text, got.data["latitude"]) == (Kind.LOCATION, "A 座 科技园", 22.5)
    got = await read_one(kf, platform, item(2, msgtype="link", link={"title": "合同", "url": "https://a"}))
    assert (got.kind, got.text, got.data["url"]) == (Kind.LINK, "合同", "https://a")


async def test_menu_entry_is_a_press(kf: WecomKf, platform: FakePlatform) -> None:
    got = await read_one(kf, platform, item(1, text={"content": "满意", "menu_id": "rate:R07:5"}))
    assert (got.kind, got.action, got.text) == (Kind.PRESS, "rate:R07:5", "满意")


async def test_unknown_type_is_kept(kf: WecomKf, platform: FakePlatform) -> None:
    got = await read_one(kf, platform, item(1, msgtype="channels", channels={"title": "t"}))
    assert (got.kind, got.data["msgtype"], got.data["title"]) == (Kind.OTHER, "channels", "t")


async def test_entering_the_chat_brings_the_welcome_code(kf: WecomKf, platform: FakePlatform) -> None:
    event = {
        "event_type": "enter_session",
        "open_kfid": "wk2",
        "external_userid": "wmTenant",
        "scene": "A座",
        "scene_param": "u",
        "welcome_code": "W",
    }
    one = {"msgid": "e1", "send_time": SENT, "origin": 4, "msgtype": "event", "event": event}
    got = await read_one(kf, platform, one)
    assert (got.kind, got.action, got.sender) == (Kind.EVENT, "enter_session", "wmTenant")
    assert got.data == {"open_kfid": "wk2", "scene": "A座", "scene_param": "u", "welcome_code": "W"}


async def test_failed_delivery_names_our_message(kf: WecomKf, platform: FakePlatform) -> None:
    event = {"event_type": "msg_send_fail", "external_userid": "wm", "fail_msgid": "our", "fail_type": 4}
    got = await read_one(kf, platform, item(1, origin=4, msgtype="event", event=event))
    assert (got.action, got.data["fail_msgid"], got.data["fail_type"]) == ("msg_send_fail", "our", 4)


async def test_words_of_a_human_servicer_are_no_message_of_the_tenant(
    kf: WecomKf, platform: FakePlatform
) -> None:
    got = await read_one(kf, platform, item(1, origin=5, servicer_userid="LiMing"))
    assert (got.kind, got.action, got.text) == (Kind.EVENT, "servicer_message", "报修 1")
    assert got.data["servicer_userid"] == "LiMing"


async def test_message_from_the_future_is_taken_as_now(
    kf: WecomKf, platform: FakePlatform, clock: VirtualClock
) -> None:
    got = await read_one(kf, platform, item(1, send_time=SENT + 10_000_000))
    assert got.sent_at == clock.now()
    clock.set(clock.now() + timedelta(days=1))
    assert (await read_one(kf, platform, item(2, send_time="soon"))).sent_at == clock.now()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
ODD_ITEM = JSON | st.fixed_dictionaries(
    {}, optional={name: JSON for name in ("msgid", "origin", "msgtype", "text", "event", "send_time")}
)


@given(ODD_ITEM | st.fixed_dictionaries({"msgtype": st.just("event"), "event": JSON}))
def test_any_item_becomes_something_that_can_be_stored(one: Any) -> None:
    got = read_item(one, "wk1", datetime(2026, 11, 26, tzinfo=UTC))
    assert 0 < len(got.key) <= 64
    for text in (got.key, got.sender, got.text, got.action):
        assert "\0" not in text
        assert text.encode().decode() == text
