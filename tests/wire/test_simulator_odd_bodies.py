"""Whatever is put in the place of a field, every API answers with an errcode and never falls over."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from tests.wire.simulator_stage import AGENT, KFID, Stage, card, click, menu, notice, open_stage, text

ODD = (None, True, 7, -1, 1.5, "", "\ud800", "x" * 5000, [], [None], [[]], [{}], {}, {"a": 1}, {"\ud800": []})
ARTICLE = {"title": "a", "url": "https://a", "description": "b", "picurl": "https://c"}
MENU_ENTRY = {"type": "click", "name": "待办", "key": "todo"}
BODIES: dict[str, tuple[str, dict[str, Any]]] = {
    "text": ("message/send", {"touser": "qian", "agentid": AGENT, **text("a"), "safe": 0}),
    "news": (
        "message/send",
        {"touser": "qian", "agentid": AGENT, "msgtype": "news", "news": {"articles": [ARTICLE]}},
    ),
    "card": (
        "message/send",
        {
            "touser": "qian",
            "agentid": AGENT,
            **card(horizontal_content_list=[{"keyname": "a", "value": "b"}]),
        },
    ),
    "notice": (
        "message/send",
        {
            "touser": "qian",
            "agentid": AGENT,
            **notice(
                jump_list=[{"type": 1, "title": "a", "url": "https://a"}],
                action_menu={"desc": "a", "action_list": [{"key": "a", "text": "b"}]},
                quote_area={"title": "a", "quote_text": "b"},
                emphasis_content={"title": "a"},
                task_id="n-1",
            ),
        },
    ),
    "update": (
        "message/update_template_card",
        {
            "userids": ["qian"],
            "agentid": AGENT,
            "response_code": "x",
            "template_card": card()["template_card"],
        },
    ),
    "recall": ("message/recall", {"msgid": "x"}),
    "menu": ("menu/create", {"button": [MENU_ENTRY, {"name": "更多", "sub_button": [MENU_ENTRY]}]}),
    "sync": ("kf/sync_msg", {"open_kfid": KFID, "cursor": "", "limit": 10, "voice_format": 0, "token": ""}),
    "kf text": ("kf/send_msg", {"touser": "wmLina", "open_kfid": KFID, "msgid": "m", **text("a")}),
    "kf menu": ("kf/send_msg", {"touser": "wmLina", "open_kfid": KFID, **menu(click("a", "b"))}),
    "kf event": ("kf/send_msg_on_event", {"code": "x", **menu(click("a", "b"))}),
    "state": ("kf/service_state/get", {"open_kfid": KFID, "external_userid": "wmLina"}),
    "trans": (
        "kf/service_state/trans",
        {"open_kfid": KFID, "external_userid": "wmLina", "service_state": 3, "servicer_userid": "qian"},
    ),
    "customers": ("kf/customer/batchget", {"external_userid_list": ["wmLina"]}),
    "contact way": ("kf/add_contact_way", {"open_kfid": KFID, "scene": "a"}),
    "accounts": ("kf/account/list", {"offset": 0, "limit": 10}),
}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with open_stage() as stage:
        yield stage


def places(body: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every path into the body."""
    children = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, child in children:
        yield (*at, key)
        yield from places(child, (*at, key))


def with_odd(body: dict[str, Any], path: tuple[Any, ...], odd: Any) -> dict[str, Any]:
    changed = copy.deepcopy(body)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = odd
    return changed


@pytest.mark.parametrize("case", BODIES)
async def test_odd_values_are_answered_with_an_errcode(stage: Stage, case: str) -> None:
    api, body = BODIES[case]
    await stage.say("lina", "你好")
    for path in places(body):
        for odd in ODD:
            reply = await stage.call(api, with_odd(body, path, odd), agentid=AGENT)
            assert isinstance(reply["errcode"], int), (path, odd)


SMS = {"key": "k", "sign": "s", "template": "t", "mobile": "13800000001", "params": {"a": "b"}, "out_id": "o"}


async def test_odd_sms_are_answered_with_a_code(stage: Stage) -> None:
    for path in places(SMS):
        for odd in ODD:
            status, reply = await stage.post("/sms/send", with_odd(SMS, path, odd))
            assert status == 200 and reply["code"] != "OK"


ACTS = {
    "say": {"text": "a", "location": {"latitude": 31.2, "longitude": 121.4, "label": "a"}},
    "press": {"message": 1, "key": "a"},
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("person", ["lina", "qian"])
async def test_odd_acts_never_break_the_phones(stage: Stage, person: str, act: str) -> None:
    for path in places(ACTS[act]):
        for odd in ODD:
            status, answer = await stage.post(f"/sim/people/{person}/{act}", with_odd(ACTS[act], path, odd))
            assert status == 200 or answer["error"]
    assert isinstance(await stage.phone(person), list)
