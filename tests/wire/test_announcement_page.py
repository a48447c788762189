"""The page an SMS points to: read, signed for with one tap, told apart from nothing when the code is wrong."""

from __future__ import annotations

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.announcement_page import AnnouncementPage
from tests.fakes.world import World, verify_talk


async def test_the_page_of_an_announcement(world: World) -> None:
    await verify_talk(
        world,
        [
            ("zhoumin", "公告 停水 C座 今天10:00-16:00 <b>换泵</b>", "公告预览"),
            ("zhoumin", "[要求签收]", "请租户签收"),
            ("zhoumin", "[提交审批]", "G01 已提交"),
            ("zhengwei", "[批准]", "G01 已批准"),
            ("clock", "2026-03-16 09:05", ""),
        ],
    )
    code = world.phone("13800010005")[-1].text.removeprefix("announcement ")
    app = web.Application()
    AnnouncementPage(world.core).add_to(app)
    async with TestClient(TestServer(app)) as client:
        await client.get(f"/g/{code}", headers={"Sec-Purpose": "prefetch"})
        assert "已看 0" in "".join(await world.say("zhoumin", "公告 G01")), (
            "fetched ahead, looked at by nobody"
        )
        page = await client.get(f"/g/{code}")
        text = await page.text()
        assert page.status == 200 and "noindex" in page.headers["X-Robots-Tag"]
        assert "停水通知" in text and "3月16日 10:00 至 16:00" in text and "&lt;b&gt;换泵" in text
        assert "无信" not in text and "吴老板" not in text, "nothing of the reader stands on it"
        for wrong in ("x", "a" * 16, f"{code}x", "..%2f"):
            assert (await client.get(f"/g/{wrong}")).status == 404
        assert "已看 1，签收 0" in "".join(await world.say("zhoumin", "公告 G01"))
        for _ in range(2):
            assert "签收，谢谢" in await (await client.post(f"/g/{code}")).text()
        assert "已看 1，签收 1" in "".join(await world.say("zhoumin", "公告 G01"))
        await world.say("zhoumin", "公告撤回 G01 改期")
        recalled = await (await client.get(f"/g/{code}")).text()
        assert "已撤回：改期" in recalled and "换泵" not in recalled
