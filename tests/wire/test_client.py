"""The client of the platform's API: one token for all, bounded, every odd answer an error without secrets."""

from __future__ import annotations

import asyncio
import traceback
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.wecom.client import WecomClient, wire_bytes
from bot.wecom.errors import ErrorClass, classify
from models.clock import VirtualClock
from models.errors import Refused, Unreachable
from tests.wire.fake_platform import SECRET, FakePlatform, text


def everything_said(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error)


async def refusal_of(client: WecomClient, api: str = "message/send") -> Refused:
    with pytest.raises(Refused) as refused:
        await client.call(api, {"a": 1})
    return refused.value


async def test_two_hundred_calls_share_one_token(client: WecomClient, platform: FakePlatform) -> None:
    answers = await asyncio.gather(*(client.call("message/send", {"n": n}) for n in range(200)))
    assert [answer["errcode"] for answer in answers] == [0] * 200
    assert len(platform.calls("gettoken")) == 1


async def test_revoked_token_is_renewed_once_for_all(client: WecomClient, platform: FakePlatform) -> None:
    await client.call("message/send", {})
    platform.revoke()
    await asyncio.gather(*(client.call("message/send", {"n": n}) for n in range(200)))
    assert len(platform.calls("gettoken")) == 2


async def test_token_runs_out_and_is_fetched_before(
    client: WecomClient, platform: FakePlatform, clock: VirtualClock
) -> None:
    for minutes in (0, 114, 2):
        clock.set(clock.now() + timedelta(minutes=minutes))
        await client.call("message/send", {})
    assert len(platform.calls("gettoken")) == 2


async def test_token_that_never_helps_is_given_up(client: WecomClient, platform: FakePlatform) -> None:
    platform.token_always_bad = True
    results = await asyncio.gather(
        *(client.call("message/send", {"n": n}) for n in range(50)), return_exceptions=True
    )
    assert {type(result) for result in results} == {Refused}
    assert len(platform.calls("gettoken")) == 2
    assert len(platform.calls("message/send")) <= 100


async def test_given_up_token_is_tried_again_after_a_minute(
    client: WecomClient, platform: FakePlatform, clock: VirtualClock
) -> None:
    platform.token_always_bad = True
    await refusal_of(client)
    calls = len(platform.seen)
    assert (await refusal_of(client)).api == "gettoken"
    assert len(platform.seen) == calls
    platform.token_always_bad = False
    clock.set(clock.now() + timedelta(minutes=1))
    assert (await client.call("message/send", {}))["errcode"] == 0


@pytest.mark.parametrize("code", [40001, 40013])
async def test_wrong_secret_stops_asking_for_ten_minutes(
    client: WecomClient, platform: FakePlatform, clock: VirtualClock, code: int
) -> None:
    platform.reply("gettoken", {"errcode": code, "errmsg": f"invalid credential {SECRET}"})
    for _ in range(20):
        refusal = await refusal_of(client)
        assert refusal.code == code
        assert SECRET not in everything_said(refusal)
    assert len(platform.calls("gettoken")) == 1
    clock.set(clock.now() + timedelta(minutes=10))
    await refusal_of(client)
    assert len(platform.calls("gettoken")) == 2


async def test_busy_token_service_fails_all_waiting_at_once(
    client: WecomClient, platform: FakePlatform
) -> None:
    platform.reply("gettoken", {"errcode": -1, "errmsg": "system busy"})
    results = await asyncio.gather(
        *(client.call("message/send", {}) for _ in range(50)), return_exceptions=True
    )
    assert {type(result) for result in results} == {Refused}
    assert len(platform.calls("gettoken")) == 1


async def test_cancelled_caller_leaves_the_token_to_the_others(
    client: WecomClient, platform: FakePlatform
) -> None:
    first = asyncio.create_task(client.call("message/send", {}))
    second = asyncio.create_task(client.call("message/send", {}))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second)["errcode"] == 0
    assert first.cancelled() or first.done()
    assert len(platform.calls("gettoken")) == 1


async def test_same_content_is_the_same_bytes(client: WecomClient, platform: FakePlatform) -> None:
    await client.call("message/send", {"b": "中", "a": 1})
    await client.call("message/send", {"a": 1, "b": "中"})
    first, second = platform.calls("message/send")
    assert first.body == second.body == wire_bytes({"a": 1, "b": "中"})


async def test_raw_bytes_go_out_untouched(client: WecomClient, platform: FakePlatform) -> None:
    await client.call("message/send", raw=b'{"b":1,  "a":2}')
    assert platform.calls("message/send")[0].body == b'{"b":1,  "a":2}'


def cut_off() -> web.StreamResponse:
    return web.Response(text='{"errcode": 0, "msg', content_type="application/json")


ODD: dict[str, tuple[Any, bool]] = {
    "html with 200": (text("<html>busy</html>"), True),
    "html with 502": (text("<html>bad gateway</html>", 502), True),
    "json with 500": (text('{"errcode":0}', 500, "application/json"), True),
    "not found": (text("no", 404), False),
    "redirect": (lambda: web.Response(status=302, headers={"Location": "http://127.0.0.1:9/"}), False),
    "cut off": (cut_off, True),
    "empty": (text(""), True),
    "a list": (text("[]", 200, "application/json"), True),
    "code in words": (text('{"errcode": "none"}', 200, "application/json"), True),
    "deeply nested": (text("[" * 100_000, 200, "application/json"), True),
}


@pytest.mark.parametrize(("reply", "maybe_done"), ODD.values(), ids=ODD)
async def test_odd_answer_is_no_answer(
    client: WecomClient, platform: FakePlatform, reply: Any, maybe_done: bool
) -> None:
    platform.reply("message/send", reply)
    with pytest.raises(Unreachable) as silence:
        await client.call("message/send", {})
    assert silence.value.maybe_done is maybe_done
    assert "canary" not in everything_said(silence.value)


async def test_silence_of_the_token_service_means_not_done(
    client: WecomClient, platform: FakePlatform
) -> None:
    platform.reply("gettoken", text("<html>", 502))
    with pytest.raises(Unreachable) as silence:
        await client.call("message/send", {})
    assert silence.value.maybe_done is False
    assert "canary" not in everything_said(silence.value)


async def test_nobody_listening_means_not_done(session: aiohttp.ClientSession, clock: VirtualClock) -> None:
    client = WecomClient(session, "http://127.0.0.1:9", "ww-park", SECRET, clock, timeout_s=5)
    with pytest.raises(Unreachable) as silence:
        await client.call("message/send", {})
    assert silence.value.maybe_done is False
    assert "canary" not in everything_said(silence.value)


async def test_answer_that_never_comes_is_given_up(platform: FakePlatform, clock: VirtualClock) -> None:
    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with aiohttp.ClientSession() as session:
        client = WecomClient(session, f"http://127.0.0.1:{port}", "ww-park", SECRET, clock, timeout_s=0.05)
        with pytest.raises(Unreachable, match="gettoken"):
            await client.call("message/send", {})
    server.close()
    await server.wait_closed()
    assert platform.seen == []


async def test_refusal_carries_code_and_no_secret(client: WecomClient, platform: FakePlatform) -> None:
    platform.reply(
        "message/send",
        {
            "errcode": 81013,
            "errmsg": "bad canary-token-1 access_token=xyz, hint: [1], from ip: 10.1.1.1, more",
        },
    )
    refusal = await refusal_of(client)
    assert (refusal.code, refusal.api) == (81013, "message/send")
    said = everything_said(refusal)
    assert not any(word in said for word in ("canary", "xyz", "10.1.1.1"))


async def test_upload_sends_the_file_again_under_a_new_token(
    client: WecomClient, platform: FakePlatform
) -> None:
    await client.call("message/send", {})
    platform.revoke()
    platform.reply("media/upload", {"errcode": 42001}, {"errcode": 0, "media_id": "MEDIA"})
    assert await client.upload("file", '催款"通知/单.pdf', b"%PDF-1.7") == "MEDIA"
    first, second = platform.calls("media/upload")
    assert b"%PDF-1.7" in first.body
    assert b"%PDF-1.7" in second.body
    assert 'filename="催款_通知_单.pdf"'.encode() in second.body
    assert second.query["type"] == "file"


async def test_upload_without_media_id_is_no_answer(client: WecomClient, platform: FakePlatform) -> None:
    platform.reply("media/upload", {"errcode": 0})
    with pytest.raises(Unreachable):
        await client.upload("file", "a.pdf", b"%PDF-1.7")


def file_reply(content_type: str, *, attachment: bool) -> Any:
    headers = {"Content-Disposition": 'attachment; filename="a"'} if attachment else {}
    return lambda: web.Response(body=b'{"errcode":40007}', content_type=content_type, headers=headers)


@pytest.mark.parametrize(
    ("content_type", "attachment"), [("image/jpeg", False), ("application/json", True), ("text/plain", True)]
)
async def test_download_gives_the_file(
    client: WecomClient, platform: FakePlatform, content_type: str, attachment: bool
) -> None:
    platform.reply("media/get", file_reply(content_type, attachment=attachment))
    assert await client.download("M") == (b'{"errcode":40007}', content_type)


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
async def test_download_error_with_status_200_is_seen(
    client: WecomClient, platform: FakePlatform, content_type: str
) -> None:
    platform.reply("media/get", file_reply(content_type, attachment=False))
    with pytest.raises(Refused) as refused:
        await client.download("M")
    assert refused.value.code == 40007


@pytest.mark.parametrize("reply", [text("<html>"), {"errcode": 0}, text("x", 500)])
async def test_download_of_neither_file_nor_error(
    client: WecomClient, platform: FakePlatform, reply: Any
) -> None:
    platform.reply("media/get", reply)
    with pytest.raises(Unreachable):
        await client.download("M")


async def test_endless_answer_is_cut(
    client: WecomClient, platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.wecom.answers.MAX_ANSWER", 1_000)
    platform.reply("media/get", lambda: web.Response(body=b"x" * 1_001, content_type="image/png"))
    with pytest.raises(Unreachable, match="too large"):
        await client.download("M")


async def test_incomplete_json_of_ours_is_logged(
    client: WecomClient, platform: FakePlatform, caplog: pytest.LogCaptureFixture
) -> None:
    platform.reply("message/send", {"errcode": 0, "errmsg": "ok. Warning: wrong json format. "})
    await client.call("message/send", {})
    assert "could not read our JSON" in caplog.text


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (-1, ErrorClass.RETRY),
        (45009, ErrorClass.WINDOW),
        (42001, ErrorClass.TOKEN),
        (60020, ErrorClass.CONFIG),
        (81013, ErrorClass.RECIPIENT),
        (42051, ErrorClass.CONTENT),
        (40201, ErrorClass.BLOCKED),
        (40007, ErrorClass.MEDIA_GONE),
        (60140, ErrorClass.CARD),
        (95002, ErrorClass.KF_CLOSED),
        (95018, ErrorClass.KF_STATE),
        (123456, ErrorClass.UNKNOWN),
        ("isv.X", ErrorClass.UNKNOWN),
    ],
)
def test_codes_are_sorted_by_what_to_do(code: int | str, expected: ErrorClass) -> None:
    assert classify(code) is expected
