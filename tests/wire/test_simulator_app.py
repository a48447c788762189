"""The application's side: what is delivered, what is refused with which code, what is swallowed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.wire.simulator_stage import (
    AGENT,
    AMR,
    CORP,
    PNG,
    SECRET,
    Stage,
    card,
    notice,
    open_stage,
    text,
)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with open_stage() as stage:
        yield stage


def button(key: str, label: str = "好", **more: Any) -> dict[str, Any]:
    return {"key": key, "text": label, **more}


async def test_a_text_is_on_the_phone_and_the_reply_names_it(stage: Stage) -> None:
    reply = await stage.send(text("您好"))
    (entry,) = await stage.phone("qian")
    assert reply["errcode"] == 0 and reply["msgid"]
    assert entry == {
        "n": 1,
        "at": "2026-11-26T09:00:00+08:00",
        "from": "bot",
        "channel": "wecom",
        "kind": "text",
        "text": "您好",
        "buttons": [],
        "url": "",
    }


REFUSED = {
    "no type": ({}, 40008),
    "unknown type": ({"msgtype": "hologram", "hologram": {}}, 40008),
    "unknown field": (text("a") | {"priority": 1}, 40058),
    "unknown inner field": ({"msgtype": "text", "text": {"content": "a", "bold": 1}}, 40058),
    "part missing": ({"msgtype": "text"}, 40058),
    "empty text": (text(""), 44004),
    "blank text": (text(" \n"), 44004),
    "text over 2048 bytes": (text("费" * 683), 45002),
    "markdown over 2048 bytes": ({"msgtype": "markdown", "markdown": {"content": "x" * 2049}}, 45002),
    "text is a number": ({"msgtype": "text", "text": {"content": 7}}, 40058),
    "safe is a boolean": (text("a") | {"safe": True}, 40058),
    "other application": (text("a") | {"agentid": 7}, 301002),
    "agentid is text": (text("a") | {"agentid": str(AGENT)}, 40056),
    "agentid missing": (text("a") | {"agentid": None}, 41011),
    "duplicate interval over 4 h": (text("a") | {"duplicate_check_interval": 14401}, 40058),
    "nobody": (text("a") | {"touser": ""}, 82001),
    "all unknown": (text("a") | {"touser": "Nobody|Other"}, 81013),
    "only a party": (text("a") | {"touser": "", "toparty": "2"}, 81013),
    "too many": (text("a") | {"touser": "|".join(f"u{n}" for n in range(1001))}, 40032),
    "media missing": ({"msgtype": "image", "image": {}}, 41006),
    "media unknown": ({"msgtype": "image", "image": {"media_id": "x"}}, 40007),
    "textcard without title": (
        {"msgtype": "textcard", "textcard": {"description": "a", "url": "https://a"}},
        41016,
    ),
    "textcard without scheme": (
        {"msgtype": "textcard", "textcard": {"title": "a", "description": "a", "url": "park.example"}},
        45034,
    ),
    "textcard title too long": (
        {"msgtype": "textcard", "textcard": {"title": "长" * 43, "description": "a", "url": "https://a"}},
        40058,
    ),
    "nine articles": (
        {"msgtype": "news", "news": {"articles": [{"title": "a", "url": "https://a"}] * 9}},
        45008,
    ),
    "card of no type": (card(card_type=None), 42031),
    "card of another type": (card(card_type="vote_interaction"), 42031),
    "card is a list": ({"msgtype": "template_card", "template_card": []}, 40058),
    "card without task": (card(""), 42014),
    "task with a space": (card("task 1"), 42014),
    "task too long": (card("t" * 129), 42014),
    "card with unknown field": (card(colour="red"), 40058),
    "card without words": (card(main_title={}, sub_title_text=""), 42033),
    "card without buttons": (card(button_list=None), 42038),
    "no buttons in the list": (card(button_list=[]), 40016),
    "seven buttons": (card(button_list=[button(str(n)) for n in range(7)]), 40016),
    "button without text": (card(button_list=[{"key": "a"}]), 42038),
    "button text too long": (card(button_list=[button("a", "十一个字的按钮太长了吧")]), 42038),
    "button without key": (card(button_list=[{"text": "好"}]), 42039),
    "button key too long": (card(button_list=[button("k" * 1025)]), 42039),
    "two buttons of one key": (card(button_list=[button("a"), button("a")]), 42018),
    "link button without url": (card(button_list=[button("a", type=1)]), 42028),
    "button style": (card(button_list=[button("a", style=5)]), 40058),
    "seven lines": (card(horizontal_content_list=[{"keyname": "k"}] * 7), 42035),
    "line without name": (card(horizontal_content_list=[{"value": "v"}]), 42027),
    "notice without action": (notice(card_action=None), 42045),
    "notice without address": (notice(card_action={"type": 1}), 42028),
    "notice without scheme": (notice(card_action={"type": 1, "url": "a.example"}), 45034),
    "four jumps": (notice(jump_list=[{"title": "a", "type": 0}] * 4), 42042),
    "jump without title": (notice(jump_list=[{"type": 0}]), 42033),
    "menu without task": (notice(action_menu={"action_list": [button("a")]}), 42014),
    "menu keys twice": (notice(action_menu={"action_list": [button("a"), button("a")]}, task_id="t"), 42051),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_bad_message_is_refused_with_the_real_code_and_not_shown(stage: Stage, case: str) -> None:
    message, code = REFUSED[case]
    reply = await stage.send({name: value for name, value in message.items()})
    assert reply["errcode"] == code, reply
    assert await stage.phone("qian") == []


async def test_tokens_and_bodies(stage: Stage) -> None:
    async def errcode(path: str, **options: Any) -> int:
        async with stage.http.request(
            options.pop("method", "GET"), f"{stage.base}/cgi-bin/{path}", **options
        ) as response:
            assert response.status == 200
            return int((await response.json(content_type=None))["errcode"])

    send = f"message/send?access_token={stage.token}"
    assert await errcode(f"gettoken?corpid={CORP}") == 41004
    assert await errcode(f"gettoken?corpsecret={SECRET}") == 41002
    assert await errcode(f"gettoken?corpid=ww-other&corpsecret={SECRET}") == 40013
    assert await errcode(f"gettoken?corpid={CORP}&corpsecret=wrong") == 40001
    assert await errcode("message/send", method="POST", json={}) == 41001
    assert await errcode("message/send?access_token=x", method="POST", json={}) == 40014
    assert await errcode(send) == 40058
    assert await errcode(send, method="POST", data=b"{") == 47001
    assert await errcode(send, method="POST", data=b"[]") == 47001


async def test_a_token_ends_after_two_hours_and_when_revoked(stage: Stage) -> None:
    first = stage.token
    await stage.renew_token()
    assert stage.token == first
    stage.wait(hours=2)
    assert (await stage.send(text("a")))["errcode"] == 42001
    await stage.renew_token()
    assert (await stage.send(text("a")))["errcode"] == 0
    await stage.post("/sim/faults", [{"api": "gettoken", "revoke": True}])
    assert (await stage.send(text("a")))["errcode"] == 40014


async def test_many_wrong_secrets_block_the_address_for_an_hour(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.simulator.limits.WRONG_SECRETS_PER_HOUR", 2)
    wrong = f"/cgi-bin/gettoken?corpid={CORP}&corpsecret=wrong"
    codes = [(await stage.get_json(wrong))["errcode"] for _ in range(3)]
    assert codes == [40001, 40001, 45009]


async def test_unknown_members_are_named_in_lower_case_while_the_others_get_it(stage: Stage) -> None:
    reply = await stage.send(text("a"), to="zhaomin|QIAN|Ghost|qian")
    assert (reply["errcode"], reply["invaliduser"]) == (0, "ghost")
    assert len(await stage.phone("qian")) == len(await stage.phone("ZhaoMin")) == 1
    await stage.send(text("b"), to="@all")
    assert len(await stage.phone("ZhaoMin")) == 2


async def test_the_same_request_is_delivered_once_within_its_interval(stage: Stage) -> None:
    once = card("task-9") | {"enable_duplicate_check": 1, "duplicate_check_interval": 600}
    first, second = await stage.send(once), await stage.send(once)
    assert first == second and len(await stage.phone("qian")) == 1
    stage.wait(seconds=601)
    assert (await stage.send(once))["errcode"] == 42014
    assert [line["why"] for line in await stage.get_json("/sim/ledger")] == ["", "duplicate"]


async def test_over_thirty_a_minute_is_swallowed_with_success(stage: Stage) -> None:
    replies = [await stage.send(text(str(n))) for n in range(31)]
    assert {reply["errcode"] for reply in replies} == {0}
    assert len(await stage.phone("qian")) == 30
    assert (await stage.get_json("/sim/ledger"))[-1]["why"] == "over 30 a minute"
    stage.wait(minutes=1)
    await stage.send(text("again"))
    assert (await stage.phone("qian"))[-1]["text"] == "again"


async def test_pictures_files_links_and_cards_look_right(stage: Stage) -> None:
    picture = (await stage.upload("image", "泵房.png", PNG))["media_id"]
    paper = (await stage.upload("file", "账单.pdf", b"%PDF-1.7 ...."))["media_id"]
    await stage.send({"msgtype": "image", "image": {"media_id": picture}})
    await stage.send({"msgtype": "file", "file": {"media_id": paper}})
    await stage.send(
        {"msgtype": "textcard", "textcard": {"title": "催", "description": "费", "url": "https://a"}}
    )
    await stage.send({"msgtype": "news", "news": {"articles": [{"title": "讯", "url": "https://b"}]}})
    await stage.send(notice(horizontal_content_list=[{"keyname": "金额", "value": "1280.50"}]))
    seen = await stage.phone("qian")
    assert [(entry["kind"], entry.get("title")) for entry in seen] == [
        ("image", "泵房.png"), ("file", "账单.pdf"), ("card", "催"), ("link", "讯"), ("card", "账单"),
    ]  # fmt: skip
    assert seen[4]["text"] == "金额:1280.50" and seen[4]["url"] == "https://park.example/n/1"
    async with stage.http.get(stage.base + seen[0]["url"]) as response:
        assert await response.read() == PNG
        assert (response.content_type, response.headers["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert (await stage.send({"msgtype": "image", "image": {"media_id": paper}}))["errcode"] == 40007


UPLOADS = {
    "unknown type": ("poster", b"123456789", 40005),
    "empty": ("file", b"", 44001),
    "five bytes": ("file", b"12345", 40006),
    "no picture": ("image", b"GIF89a....", 40004),
    "no sound": ("voice", b"RIFF......", 40004),
    "no film": ("video", b"..........", 40004),
    "picture over 10 MB": ("image", PNG + bytes(10 * 2**20), 40009),
    "sound over 2 MB": ("voice", AMR + bytes(2 * 2**20), 40006),
    "film over 10 MB": ("video", b"....ftyp" + bytes(10 * 2**20), 40011),
    "file over 20 MB": ("file", bytes(20 * 2**20 + 1), 45001),
}


@pytest.mark.parametrize("case", UPLOADS)
async def test_a_bad_file_is_refused(stage: Stage, case: str) -> None:
    kind, body, code = UPLOADS[case]
    assert (await stage.upload(kind, "name", body))["errcode"] == code


async def test_a_file_can_be_fetched_for_three_days_and_not_for_ever_in_a_row(stage: Stage) -> None:
    media_id = (await stage.upload("file", "账单.pdf", b"%PDF-1.7 ...."))["media_id"]
    path = f"/cgi-bin/media/get?access_token={{}}&media_id={media_id}"
    async with stage.http.get(stage.base + path.format(stage.token)) as response:
        assert await response.read() == b"%PDF-1.7 ...."
        assert response.headers["Content-Disposition"].startswith("attachment")
    for _ in range(19):
        async with stage.http.get(stage.base + path.format(stage.token)) as response:
            assert response.content_type == "application/pdf"
    assert (await stage.get_json(path.format(stage.token)))["errcode"] == 45033
    missing = await stage.get_json(f"/cgi-bin/media/get?access_token={stage.token}")
    assert missing["errcode"] == 41006
    stage.wait(days=3, seconds=1)
    await stage.renew_token()
    assert (await stage.get_json(path.format(stage.token)))["errcode"] == 40007


async def test_an_upload_without_a_file_is_refused(stage: Stage) -> None:
    assert (await stage.call("media/upload", {}, type="file"))["errcode"] == 44001


async def test_a_message_can_be_recalled_within_a_day(stage: Stage) -> None:
    first, second = await stage.send(text("错的")), await stage.send(text("留着"))
    assert (await stage.call("message/recall", {"msgid": first["msgid"]}))["errcode"] == 0
    assert (await stage.phone("qian"))[0]["text"] == "（消息已撤回）"
    assert (await stage.call("message/recall", {"msgid": "none"}))["errcode"] == 40058
    stage.wait(hours=24, seconds=1)
    await stage.renew_token()
    assert (await stage.call("message/recall", {"msgid": second["msgid"]}))["errcode"] == 42052


def entry(name: str = "待办", **more: Any) -> dict[str, Any]:
    return {"type": "click", "name": name, "key": "todo"} | more


MENUS = {
    "four": ([entry()] * 4, 40016),
    "name too long": ([entry("六个汉字太长")], 40018),
    "key too long": ([entry(key="k" * 129)], 40019),
    "type": ([entry(type="fly")], 40017),
    "url too long": ([{"type": "view", "name": "页", "url": "https://" + "u" * 1024}], 40020),
    "six below": ([{"name": "更多", "sub_button": [entry()] * 6}], 40023),
    "name below too long": ([{"name": "更多", "sub_button": [entry("长" * 14)]}], 40025),
    "unknown field": ([entry(colour="red")], 40058),
}


@pytest.mark.parametrize("case", MENUS)
async def test_a_bad_menu_is_refused(stage: Stage, case: str) -> None:
    buttons, code = MENUS[case]
    reply = await stage.call("menu/create", {"button": buttons}, agentid=AGENT)
    assert reply["errcode"] == code


async def test_a_menu_entry_can_be_pressed(stage: Stage) -> None:
    body = {"button": [{"name": "工单", "sub_button": [entry()]}]}
    assert (await stage.call("menu/create", body, agentid=1))["errcode"] == 301002
    assert (await stage.call("menu/create", body))["errcode"] == 41011
    assert (await stage.call("menu/create", body, agentid=AGENT))["errcode"] == 0
    assert await stage.post("/sim/people/qian/press", {"message": 0, "key": "todo"}) == (200, {"n": 0})
    assert (stage.service.heard[-1]["Event"], stage.service.heard[-1]["EventKey"]) == ("click", "todo")
    assert (await stage.post("/sim/people/qian/press", {"message": 0, "key": "other"}))[0] == 404
