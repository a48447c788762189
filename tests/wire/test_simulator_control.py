"""The stage's own contract: people, phones, clock, memory; and an independent client against the platform's side."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from wechatpy.enterprise import WeChatClient

from bot.config import MenuButton, MenuEntry
from bot.wecom.menu import menu_body
from tests.wire.simulator_stage import AGENT, CORP, PNG, SECRET, Stage, card, click, menu, open_stage, text


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with open_stage() as stage:
        yield stage


async def test_people_are_listed_with_what_the_page_shows(stage: Stage) -> None:
    people = await stage.get_json("/sim/people")
    assert people[0] == {
        "id": "lina",
        "name": "李娜",
        "kind": "tenant",
        "company": "星河科技",
        "unit": "A-301",
        "roles": [],
        "mobile": "13800000001",
    }
    assert [person["id"] for person in people] == ["lina", "wang", "ZhaoMin", "qian"]


async def test_a_phone_is_read_from_a_number_on(stage: Stage) -> None:
    for word in ("a", "b", "c"):
        await stage.say("qian", word)
    assert [entry["n"] for entry in await stage.phone("qian", after=1)] == [2, 3]


SAID = {
    "nothing": {},
    "empty text": {"text": ""},
    "no object": [],
    "unknown field": {"sticker": "x"},
    "two at once": {"image": "aGk=", "voice": "aGk="},
    "text is a number": {"text": 7},
    "not base64": {"image": "%%%"},
    "picture is empty": {"image": ""},
    "picture is a number": {"image": 7},
    "name is a list": {"file": "aGk=", "name": []},
    "place without longitude": {"location": {"latitude": 31}},
    "place is text": {"location": "here"},
    "place is wrong": {"location": {"latitude": "31", "longitude": 121}},
}


@pytest.mark.parametrize("case", SAID)
async def test_what_cannot_be_said_is_refused_in_chinese(stage: Stage, case: str) -> None:
    status, answer = await stage.post("/sim/people/lina/say", SAID[case])
    assert status == 400 and answer["error"].endswith("。")
    assert await stage.phone("lina") == [] and stage.service.heard == []


async def test_nobody_and_nothing_are_404(stage: Stage) -> None:
    for path in ("say", "open", "press"):
        assert (await stage.post(f"/sim/people/ghost/{path}", {}))[0] == 404
    for path in ("/sim/people/ghost/phone", "/sim/media/none"):
        async with stage.http.get(stage.base + path) as response:
            assert response.status == 404 and (await response.json())["error"]


async def test_broken_requests_are_400(stage: Stage) -> None:
    async with stage.http.post(f"{stage.base}/sim/people/lina/say", data=b"{") as response:
        assert response.status == 400
    for path in ("/sim/people/lina/phone?after=-1", "/sim/ledger?after=x"):
        async with stage.http.get(stage.base + path) as response:
            assert response.status == 400


async def test_uploads_never_run_as_a_page(stage: Stage) -> None:
    page = "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="
    await stage.say("lina", {"file": page, "name": "../../evil.html"})
    (entry,) = await stage.phone("lina")
    assert entry["title"] == "evil.html"
    async with stage.http.get(stage.base + entry["url"]) as response:
        assert response.headers["Content-Disposition"] == "attachment"
        assert response.headers["Content-Security-Policy"] == "sandbox"


async def test_the_page_is_served(stage: Stage) -> None:
    async with stage.http.get(stage.base + "/") as response:
        assert response.status == 200 and response.content_type == "text/html"
    async with stage.http.get(stage.base + "/sim/static/app.js") as response:
        assert response.status == 200


MOVES = {
    "3d": ({"by": "3d"}, "2026-11-29T09:00:00+08:00"),
    "45s": ({"by": "45s"}, "2026-11-26T09:00:45+08:00"),
    "the park's time": ({"to": "2026-12-01T09:00"}, "2026-12-01T09:00:00+08:00"),
    "with offset": ({"to": "2026-12-01T01:00:00Z"}, "2026-12-01T09:00:00+08:00"),
}


@pytest.mark.parametrize("case", MOVES)
async def test_the_clock_can_be_moved(case: str) -> None:
    move, then = MOVES[case]
    async with open_stage(moves=True) as stage:
        assert await stage.get_json("/sim/clock") == {"now": "2026-11-26T09:00:00+08:00"}
        assert await stage.post("/sim/clock", move) == (200, {"now": then})


NONSENSE: dict[str, Any] = {
    "nothing": {},
    "both": {"to": "2026-12-01", "by": "3d"},
    "words": {"by": "三天"},
    "no unit": {"by": "3"},
    "back": {"to": "2026-11-25T09:00"},
    "minus": {"by": "-3d"},
    "too far": {"by": "9999d"},
    "no date": {"to": "tomorrow"},
    "number": {"to": 7},
    "list": [],
    "end of time": {"to": "9999-12-31T23:59:59-12:00"},
}


@pytest.mark.parametrize("case", NONSENSE)
async def test_the_clock_does_not_go_where_there_is_no_time(case: str) -> None:
    async with open_stage(moves=True) as stage:
        status, answer = await stage.post("/sim/clock", NONSENSE[case])
        assert status == 400 and answer["error"].endswith("。")


async def test_a_real_clock_cannot_be_moved(stage: Stage) -> None:
    status, answer = await stage.post("/sim/clock", {"by": "1d"})
    assert (status, answer) == (409, {"error": "当前使用真实时钟，不能拨动。"})


async def test_phones_log_and_codes_are_there_after_a_restart(tmp_path: Path) -> None:
    store = tmp_path / "simulator.sqlite"
    async with open_stage(store) as stage:
        await stage.say("lina", "你好")
        cursor = (await stage.sync())["next_cursor"]
        await stage.kf_send(menu(click("bind", "绑定")), msgid="m1")
        await stage.send(card("task-1"))
        await stage.sms()
        before = await stage.phone("lina")
    async with open_stage(store) as stage:
        assert await stage.phone("lina") == before
        assert (await stage.post("/sim/people/lina/press", {"message": 2, "key": "bind"}))[0] == 200
        assert [item["text"]["menu_id"] for item in (await stage.sync(cursor=cursor))["msg_list"]] == ["bind"]
        assert (await stage.kf_send(text("a"), msgid="m1"))["errcode"] == 95033
        assert (await stage.send(card("task-1")))["errcode"] == 42014
        assert (await stage.post("/sim/people/qian/press", {"message": 1, "key": "accept"}))[0] == 200
        stage.wait(seconds=5)
        await stage.simulator.settled()
        assert len(stage.service.reports) == 1


async def test_voices_films_and_places_are_shown_to_tenants(stage: Stage) -> None:
    await stage.say("lina", "你好")
    voice = (await stage.upload("voice", "a.amr", b"#!AMR\n1234"))["media_id"]
    film = (await stage.upload("video", "a.mp4", b"....ftypisom"))["media_id"]
    await stage.kf_send({"msgtype": "voice", "voice": {"media_id": voice}})
    await stage.kf_send({"msgtype": "video", "video": {"media_id": film}})
    place = {"name": "服务中心", "address": "A 座 1 楼", "latitude": 31, "longitude": 121.4}
    await stage.kf_send({"msgtype": "location", "location": place})
    assert (await stage.kf_send({"msgtype": "image", "image": {"media_id": voice}}))["errcode"] == 40007
    seen = (await stage.phone("lina"))[1:]
    assert [entry["kind"] for entry in seen] == ["file", "file", "text"]
    assert seen[2]["text"] == "[位置] 服务中心 A 座 1 楼"


class Detour(HTTPAdapter):
    """Leads the platform's fixed address to the simulator."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        assert request.url is not None
        request.url = request.url.replace("https://qyapi.weixin.qq.com", self._base)
        return super().send(request, *args, **kwargs)


MENU = (
    MenuButton(name="待办", word="待办"),
    MenuButton(name="更多", items=(MenuEntry(name="网站", url="https://park.example"),)),
)


def use_wechatpy(base: str) -> tuple[bytes, str]:
    client = WeChatClient(CORP, SECRET, timeout=5)
    client.API_BASE_URL = f"{base}/cgi-bin/"
    client._http.mount("https://qyapi.weixin.qq.com", Detour(base))
    try:
        client.message.send_text(AGENT, ["qian"], "你好")
        upload = io.BytesIO(PNG)
        upload.name = "a.png"
        media_id = client.media.upload("image", upload)["media_id"]
        client.message.send_image(AGENT, "qian|ghost", media_id)
        got = client.get("media/get", params={"media_id": media_id})
        client.message.send_text_card(AGENT, "qian", "账单", "请查收", "https://park.example/n/1")
        client.message.send_markdown(AGENT, "qian", "**你好**")
        client.menu.create(AGENT, menu_body(MENU))
        assert client.menu.get(AGENT)["button"] == menu_body(MENU)["button"]
        assert client.agent.get(AGENT)["agentid"] == AGENT
        token = client.access_token
        return got.content, token
    finally:
        client._http.close()


@pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")
async def test_an_unchanged_independent_client_gets_along(stage: Stage) -> None:
    body, token = await asyncio.to_thread(use_wechatpy, stage.base)
    assert (body, token) == (PNG, stage.token)
    assert [entry["kind"] for entry in await stage.phone("qian")] == ["text", "image", "card", "text"]
