"""Announcements that wait for approval are asked for once more; recalled ones are taken from the phones of the desk."""

from __future__ import annotations

from tests.fakes.world import World, verify_talk

AGAIN = "请尽快批准公告 G01"


def told(world: World, who: str, words: str) -> int:
    """How often somebody read that."""
    return sum(words in entry.text for entry in world.phone(who))


async def test_who_may_approve_is_asked_once_more_and_the_author_hears_of_it(world: World) -> None:
    world.jobs = ()
    await verify_talk(
        world,
        [
            ("zhoumin", "公告 停水 A座 明天14:00-16:00 换泵", "公告预览"),
            ("zhoumin", "[提交审批]", "G01 已提交 | @zhengwei 公告待批准 G01"),
            ("zhoumin", "公告 G01", "待批准 | !起发送"),
            ("clock", "2026-03-17 09:59", f"@zhengwei !{AGAIN}"),
            (
                "clock",
                "2026-03-17 10:01",
                f"@zhengwei {AGAIN} | @zhengwei 停用 14:00 开始，周敏 3月16日 09:00 提交 | @linfang {AGAIN}"
                " | @zhoumin 还没有人批准，已再次提醒林芳、郑伟",
            ),
            ("zhengwei", "[批准]", "G01 已批准"),
            ("clock", "2026-03-17 17:00", ""),
        ],
    )
    assert [told(world, who, AGAIN) for who in ("zhengwei", "linfang", "zhoumin")] == [1, 1, 0]


async def test_what_is_pressing_is_asked_for_after_minutes_and_given_up_when_it_is_over(world: World) -> None:
    world.jobs = ()
    await verify_talk(
        world,
        [
            ("zhoumin", "公告 停水 A座 今天10:00-11:00 抢修", "公告预览"),
            ("zhoumin", "[提交审批]", "G01 已提交"),
            ("clock", "2026-03-16 09:11", f"@zhengwei {AGAIN}"),
            ("clock", "2026-03-16 11:01", "@zhoumin 到停用结束还没有人批准，没有发出"),
            ("zhoumin", "公告", "G01｜已撤回"),
        ],
    )
    await world.press_key("zhengwei", "announce_ok:G01")
    assert "现在是“已撤回”，不用再审批" in world.new("zhengwei")[-1]
    assert told(world, "zhengwei", AGAIN) == 1 and world.phone("lina") == []


async def test_nobody_is_asked_again_about_what_was_decided(world: World) -> None:
    world.jobs = ()
    await verify_talk(
        world,
        [
            ("zhoumin", "公告 通知 A座 周末保洁", "公告预览"),
            ("zhoumin", "[提交审批]", "G01 已提交"),
            ("linfang", "[不同意]", "请写不同意的原因"),
            ("linfang", "时间不对", "未批准"),
            ("clock", "2026-03-17 10:00", ""),
        ],
    )
    assert told(world, "zhengwei", "请尽快批准") == 0


async def test_a_recalled_announcement_is_taken_from_the_phones_of_the_desk(world: World) -> None:
    world.jobs = ()
    await verify_talk(
        world,
        [
            ("zhoumin", "公告 停水 A座 明天10:00-16:00 换泵", "公告预览"),
            ("zhoumin", "[提交审批]", "G01 已提交"),
            ("zhengwei", "[批准]", "G01 已批准"),
            ("clock", "2026-03-16 09:05", "@linfang 【已发公告】G01"),
            ("zhoumin", "公告撤回 G01 改到下周", "发给服务台的 1 条已收回 | @linfang 【公告已撤回】"),
        ],
    )
    assert len(world.platform.recalled) == 1
