"""The customer service account: what tenants write, when they may be written to, and what is refused."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.wire.simulator_stage import KFID, PNG, Stage, click, menu, open_stage, text


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with open_stage() as stage:
        yield stage


def b64(body: bytes) -> str:
    return base64.b64encode(body).decode()


def kinds(page: dict[str, Any]) -> list[str]:
    return [
        item["event"]["event_type"] if item["msgtype"] == "event" else item["msgtype"]
        for item in page["msg_list"]
    ]


async def test_a_notification_carries_nothing_and_the_log_has_the_message(stage: Stage) -> None:
    assert await stage.say("lina", "空调漏水") == 1
    notice = stage.service.heard[-1]
    assert set(notice) == {"ToUserName", "CreateTime", "MsgType", "Event", "Token", "OpenKfId"}
    page = await stage.sync()
    assert (page["errcode"], page["has_more"], kinds(page)) == (0, 0, ["enter_session", "text"])
    message = page["msg_list"][1]
    assert message["external_userid"] == "wmLina" and message["origin"] == 3
    assert message["text"] == {"content": "空调漏水"} and message["open_kfid"] == KFID
    event = page["msg_list"][0]
    assert "external_userid" not in event and event["event"]["external_userid"] == "wmLina"
    assert (await stage.sync(cursor=page["next_cursor"]))["msg_list"] == []


async def test_everything_a_tenant_can_send_arrives_as_on_the_wire(stage: Stage) -> None:
    place = {"latitude": 31.2, "longitude": 121.4, "label": "A 座 3 楼"}
    await stage.say("lina", {"image": b64(PNG), "text": "漏水照片"})
    await stage.say("lina", {"location": place})
    await stage.say("lina", {"file": b64(b"%PDF-1.7"), "name": "回单.pdf"})
    await stage.say("lina", {"voice": b64(b"#!AMR\n1234")})
    page = await stage.sync()
    assert kinds(page) == ["enter_session", "text", "image", "location", "file", "voice"]
    assert page["msg_list"][3]["location"] == {
        "latitude": 31.2, "longitude": 121.4, "name": "A 座 3 楼", "address": "A 座 3 楼",
    }  # fmt: skip
    media_id = page["msg_list"][2]["image"]["media_id"]
    path = f"/cgi-bin/media/get?access_token={stage.token}&media_id={media_id}"
    async with stage.http.get(stage.base + path) as response:
        assert await response.read() == PNG
    seen = [(entry["from"], entry["kind"]) for entry in await stage.phone("lina")]
    assert seen == [("me", "text"), ("me", "image"), ("me", "text"), ("me", "file"), ("me", "file")]


async def test_too_large_a_picture_becomes_a_notice(stage: Stage) -> None:
    await stage.say("lina", {"image": b64(PNG + bytes(2 * 2**20))})
    assert "过大" in (await stage.sync())["msg_list"][-1]["text"]["content"]


async def test_small_pages_lead_through_the_whole_log() -> None:
    async with open_stage(kf_page_items=2) as stage:
        for n in range(4):
            await stage.say("lina", str(n))
        seen, cursor, more = [], "", 1
        while more:
            page = await stage.sync(**({"cursor": cursor} if cursor else {}))
            assert len(page["msg_list"]) <= 2
            seen += kinds(page)
            cursor, more = page["next_cursor"], page["has_more"]
        assert seen == ["enter_session", "text", "text", "text", "text"]


async def test_without_a_cursor_three_days_come_again(stage: Stage) -> None:
    await stage.say("lina", "old")
    stage.wait(days=3, seconds=1)
    await stage.renew_token()
    await stage.say("lina", "new")
    assert [item["text"]["content"] for item in (await stage.sync())["msg_list"] if "text" in item] == ["new"]


SYNCS = {
    "no account": ({"open_kfid": ""}, 40058),
    "other account": ({"open_kfid": "wk-other"}, 95004),
    "bad cursor": ({"cursor": "17"}, 40058),
    "cursor of the future": ({"cursor": "kf99.00000000"}, 40058),
    "limit 0": ({"limit": 0}, 40058),
    "limit 1001": ({"limit": 1001}, 40058),
    "voice format": ({"voice_format": 2}, 40058),
    "wrong token": ({"token": "x"}, 95007),
    "unknown field": ({"page": 1}, 40058),
}


@pytest.mark.parametrize("case", SYNCS)
async def test_a_bad_fetch_is_refused(stage: Stage, case: str) -> None:
    await stage.say("lina", "a")
    body, code = SYNCS[case]
    assert (await stage.sync(**body))["errcode"] == code


async def test_a_token_lasts_ten_minutes_and_polls_are_rationed(stage: Stage) -> None:
    await stage.say("lina", "a")
    stage.wait(minutes=10, seconds=1)
    assert (await stage.sync())["errcode"] == 95007
    codes = [(await stage.call("kf/sync_msg", {"open_kfid": KFID}))["errcode"] for _ in range(10)]
    assert codes == [0] * 9 + [45009]
    stage.wait(minutes=1)
    assert (await stage.call("kf/sync_msg", {"open_kfid": KFID}))["errcode"] == 0


async def test_texts_menus_pictures_files_and_links_are_on_the_phone(stage: Stage) -> None:
    await stage.say("lina", "你好")
    picture = (await stage.upload("image", "a.png", PNG))["media_id"]
    paper = (await stage.upload("file", "账单.pdf", b"%PDF-1.7"))["media_id"]
    link = {"title": "账单", "desc": "11 月", "url": "https://park.example/n/1", "thumb_media_id": picture}
    view = {"type": "view", "view": {"url": "https://park.example", "content": "查看"}}
    await stage.kf_send(text("收到"))
    await stage.kf_send(menu(click("r:1", "报修"), view))
    await stage.kf_send({"msgtype": "image", "image": {"media_id": picture}})
    await stage.kf_send({"msgtype": "file", "file": {"media_id": paper}})
    await stage.kf_send({"msgtype": "link", "link": link})
    seen = (await stage.phone("lina"))[1:]
    assert [entry["kind"] for entry in seen] == ["text", "menu", "image", "file", "link"]
    assert (seen[1]["text"], seen[1]["buttons"], seen[1]["url"]) == (
        "请选择", [{"key": "r:1", "text": "报修"}], "https://park.example",
    )  # fmt: skip
    assert (seen[3]["title"], seen[4]["title"]) == ("账单.pdf", "账单")


async def test_a_menu_click_comes_back_as_text_with_its_id(stage: Stage) -> None:
    await stage.say("lina", "你好")
    await stage.kf_send(menu(click("r:1", "报修")))
    status, answer = await stage.post("/sim/people/lina/press", {"message": 2, "key": "r:1"})
    assert (status, answer) == (200, {"n": 3})
    assert (await stage.sync())["msg_list"][-1]["text"] == {"content": "报修", "menu_id": "r:1"}
    assert (await stage.post("/sim/people/lina/press", {"message": 2, "key": "r:1"}))[0] == 200


SENDS = {
    "no type": ({}, 40008),
    "markdown": ({"msgtype": "markdown", "markdown": {"content": "a"}}, 40008),
    "card": ({"msgtype": "template_card", "template_card": {}}, 40008),
    "unknown field": (text("a") | {"safe": 0}, 40058),
    "text over 2048 bytes": (text("费" * 683), 45002),
    "empty text": (text(""), 44004),
    "other account": (text("a") | {"open_kfid": "wk-other"}, 95004),
    "unknown customer": (text("a") | {"touser": "wmGhost"}, 40096),
    "msgid too long": (text("a") | {"msgid": "m" * 33}, 40058),
    "msgid with a dot": (text("a") | {"msgid": "a.b"}, 40058),
    "media unknown": ({"msgtype": "image", "image": {"media_id": "x"}}, 40007),
    "eleven entries": (menu(*[click(str(n), "好") for n in range(11)]), 95008),
    "entry id too long": (menu(click("k" * 65, "好")), 40058),
    "entry label too long": (menu(click("k", "好" * 43)), 40058),
    "entry without id": (menu({"type": "click", "click": {"content": "好"}}), 40058),
    "entry of unknown type": (menu({"type": "dial", "dial": {}}), 40058),
    "entry without address": (menu({"type": "view", "view": {"content": "好"}}), 40058),
    "head too long": (menu(click("k", "好"), head="长" * 342), 45002),
    "link without scheme": (
        {"msgtype": "link", "link": {"title": "a", "url": "park.example", "thumb_media_id": "x"}},
        45034,
    ),
    "link without picture": ({"msgtype": "link", "link": {"title": "a", "url": "https://a"}}, 41006),
}


@pytest.mark.parametrize("case", SENDS)
async def test_a_bad_message_is_refused_and_not_shown(stage: Stage, case: str) -> None:
    await stage.say("lina", "a")
    message, code = SENDS[case]
    assert (await stage.kf_send(message))["errcode"] == code
    assert len(await stage.phone("lina")) == 1


async def test_nobody_is_written_to_before_they_wrote(stage: Stage) -> None:
    assert (await stage.kf_send(text("a")))["errcode"] == 95002


async def test_five_messages_until_the_customer_writes_again(stage: Stage) -> None:
    await stage.say("lina", "a")
    codes = [(await stage.kf_send(text(str(n))))["errcode"] for n in range(6)]
    assert codes == [0] * 5 + [95001]
    await stage.say("lina", "b")
    assert (await stage.kf_send(text("again")))["errcode"] == 0


async def test_48_hours_after_the_last_message_the_window_is_closed(stage: Stage) -> None:
    await stage.say("lina", "a")
    stage.wait(hours=48)
    await stage.renew_token()
    assert (await stage.kf_send(text("in time")))["errcode"] == 0
    stage.wait(seconds=1)
    assert (await stage.kf_send(text("late")))["errcode"] == 95002


async def test_a_msgid_is_shown_once(stage: Stage) -> None:
    await stage.say("lina", "a")
    codes = [(await stage.kf_send(text("账单"), msgid="outbox-7"))["errcode"] for _ in range(2)]
    assert codes == [0, 95033]
    assert [entry["text"] for entry in await stage.phone("lina")] == ["a", "账单"]


async def test_accepted_is_not_delivered(stage: Stage) -> None:
    await stage.say("lina", "a")
    await stage.post("/sim/faults", [{"api": "kf/send_msg", "fail_type": 10}])
    assert (await stage.kf_send(text("b"), msgid="m1"))["errcode"] == 0
    await stage.simulator.settled()
    assert len(await stage.phone("lina")) == 1
    event = (await stage.sync())["msg_list"][-1]["event"]
    assert (event["event_type"], event["fail_msgid"], event["fail_type"]) == ("msg_send_fail", "m1", 10)


async def welcome_codes(stage: Stage) -> list[str]:
    events = [item["event"] for item in (await stage.sync())["msg_list"] if item["msgtype"] == "event"]
    return [event.get("welcome_code", "") for event in events]


async def test_a_welcome_is_due_on_first_contact_and_after_48_hours(stage: Stage) -> None:
    for _ in range(2):
        assert await stage.post("/sim/people/lina/open", {}) == (200, {"answered": True})
    first, second = await welcome_codes(stage)
    assert first and not second
    body = {"code": first, **menu(click("bind", "绑定"))}
    assert (await stage.call("kf/send_msg_on_event", body))["errcode"] == 0
    assert (await stage.call("kf/send_msg_on_event", body))["errcode"] == 41050
    assert (await stage.phone("lina"))[0]["buttons"] == [{"key": "bind", "text": "绑定"}]
    stage.wait(hours=49)
    await stage.renew_token()
    await stage.say("lina", "hello again")
    assert (await welcome_codes(stage))[-1]


async def test_a_welcome_code_lasts_20_seconds_and_takes_text_and_menu_only(stage: Stage) -> None:
    await stage.post("/sim/people/lina/open", {})
    (code,) = await welcome_codes(stage)
    bad = {"code": code, "msgtype": "image", "image": {"media_id": "x"}}
    assert (await stage.call("kf/send_msg_on_event", bad))["errcode"] == 40008
    assert (await stage.call("kf/send_msg_on_event", text("a")))["errcode"] == 41050
    stage.wait(seconds=21)
    assert (await stage.call("kf/send_msg_on_event", {"code": code, **text("a")}))["errcode"] == 41050


async def state(stage: Stage, number: int | None = None, **more: Any) -> dict[str, Any]:
    body = {"open_kfid": KFID, "external_userid": "wmLina"} | more
    if number is None:
        return await stage.call("kf/service_state/get", body)
    return await stage.call("kf/service_state/trans", body | {"service_state": number})


async def test_a_human_holds_the_conversation_until_it_ends(stage: Stage) -> None:
    await stage.say("lina", "人工")
    assert (await state(stage))["service_state"] == 0
    assert (await state(stage, 1))["errcode"] == 0
    assert (await state(stage, 3))["errcode"] == 40058
    assert (await state(stage, 3, servicer_userid="ghost"))["errcode"] == 95014
    code = (await state(stage, 3, servicer_userid="ZhaoMin"))["msg_code"]
    assert (await stage.kf_send(text("a")))["errcode"] == 95018
    assert (await stage.call("kf/send_msg_on_event", {"code": code, **menu(click("a", "b"))}))[
        "errcode"
    ] == 40008
    assert (await stage.call("kf/send_msg_on_event", {"code": code, **text("赵敏为您服务")}))["errcode"] == 0
    assert (await state(stage, 1))["errcode"] == 95016
    assert (await state(stage, 4))["errcode"] == 0
    assert (await stage.kf_send(text("a")))["errcode"] == 95018
    await stage.say("lina", "还有一件事")
    assert (await state(stage))["service_state"] == 0
    assert (await state(stage, 9))["errcode"] == 40058
    assert (await state(stage, external_userid="wmGhost"))["errcode"] == 40096


async def test_customers_links_and_accounts_can_be_asked_for(stage: Stage) -> None:
    reply = await stage.call("kf/customer/batchget", {"external_userid_list": ["wmLina", "wmGhost"]})
    assert reply["customer_list"][0]["nickname"] == "李娜"
    assert reply["invalid_external_userid"] == ["wmGhost"]
    many = {"external_userid_list": ["wmLina"] * 101}
    assert (await stage.call("kf/customer/batchget", many))["errcode"] == 40058
    way = await stage.call("kf/add_contact_way", {"open_kfid": KFID, "scene": "A-301"})
    assert way["url"].startswith("https://")
    assert (await stage.call("kf/add_contact_way", {"open_kfid": KFID, "scene": "A 301"}))["errcode"] == 40058
    assert (await stage.call("kf/account/list", {}))["account_list"][0]["open_kfid"] == KFID
