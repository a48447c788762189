"""Readings in question: their photos, before, with and after; what was corrected, and by whom."""

from __future__ import annotations

from sqlalchemy import select

from models.fees.meter import ReadingCorrection
from models.messages.media import Media
from tests.fakes.world import World, verify_talk


async def subjects(world: World) -> list[str]:
    async with world.db.read() as session:
        return list(await session.scalars(select(Media.subject).order_by(Media.id)))


async def test_a_photo_after_the_question_goes_with_the_reading(world: World) -> None:
    await verify_talk(
        world,
        [
            ("liuyan", "抄表 A-1203 电 15000", "用量为 0 | 拍一张表盘照片 | !无照片"),
            ("liuyan", "抄表 待确认", "A-1203 电表（2026-03） 15000（无照片）"),
            ("liuyan", "<photo>", "照片 1 张已存入 A-1203 电表 15000"),
            ("liuyan", "抄表 待确认", "（照片 1 张）"),
            ("liuyan", "抄表 照片 A-1203 电", "照片 1 张"),
            ("liuyan", "抄表 照片 A-1203 水", "没有照片"),
            ("liuyan", "抄表 照片", "请写明哪一块表"),
            ("liuyan", "[确认]", "已确认 15000"),
        ],
    )
    (subject,) = await subjects(world)
    assert subject.startswith("reading:")
    assert any(entry.kind == "image" for entry in world.phone("liuyan"))


async def test_a_photo_before_the_reading_goes_with_it(world: World) -> None:
    await verify_talk(
        world,
        [
            ("liuyan", "<photo>", "登记（代报、抄表、送达、邮寄、拒收）时会自动附上"),
            ("liuyan", "抄表 A-1203 电 15000", "照片 1 张已存入 A-1203 电表"),
            ("liuyan", "好的", "没看懂"),
        ],
    )
    assert all(subject.startswith("reading:") for subject in await subjects(world))


async def test_of_several_readings_the_clerk_says_which_one_the_photo_shows(world: World) -> None:
    await verify_talk(
        world,
        [
            ("liuyan", "抄表 A-1203 电 15000\nB-0305 水 100\nC-0101 电 15000", "请确认（3）"),
            ("liuyan", "<photo>", "这张照片是哪一块表的"),
            ("liuyan", "B-0306 电", "没有待确认、缺照片的读数"),
        ],
    )
    await verify_talk(
        world,
        [
            ("liuyan", "<photo>", "这张照片是哪一块表的"),
            ("liuyan", "[B-0305 水表]", "照片 2 张已存入 B-0305 水表"),
            ("liuyan", "<photo>", "这张照片是哪一块表的"),
            ("liuyan", "A-1203 电", "已存入 A-1203 电表"),
            ("liuyan", "<photo>", "已存入 C-0101 电表"),
            ("liuyan", "在哪里", "没看懂"),
        ],
    )


async def test_words_instead_of_a_photo_are_no_harm(world: World) -> None:
    await verify_talk(
        world,
        [
            ("liuyan", "抄表 A-1203 电 15000", "用量为 0"),
            ("liuyan", "等一下", "没有看到照片"),
            ("liuyan", "抄表 A-1203 电 15300", "其中更正 1 条"),
            ("liuyan", "抄表 待确认", "没有待确认"),
        ],
    )


async def test_a_correction_keeps_the_old_value_and_who_changed_it(world: World) -> None:
    await verify_talk(
        world,
        [
            ("liuyan", "抄表 A-1203 电 15340", "已记 1 条"),
            ("linfang", "抄表 A-1203 电 15300", "没有这项权限"),
            ("liuyan", "抄表 A-1203 电 15430", "更正 1 条 | E-A1203 15340 → 15430"),
            ("liuyan", "抄表 A-1203 电 15430", "与已记相同"),
            (
                "liuyan",
                "抄表 记录 A-1203 电",
                "2026-03 15430（刘燕 | 更正 15340 → 15430（刘燕 | 2026-02 15000",
            ),
            ("liuyan", "抄表 记录", "请写明哪一块表"),
            ("liuyan", "缺抄 A座", "A 栋还缺 1 块表，按路线：\nA-1203 水表"),
            ("liuyan", "缺抄 3月 B", "B 栋还缺 4 块表"),
            ("liuyan", "缺抄 Z", "没看懂月份"),
        ],
    )
    async with world.db.read() as session:
        (kept,) = await session.scalars(select(ReadingCorrection))
    assert (kept.old_value, kept.new_value, kept.month) == (15340, 15430, "2026-03")
    assert (kept.old_entered_by, kept.corrected_by, kept.in_question) == (
        "staff:liuyan", "staff:liuyan", False,
    )  # fmt: skip


async def test_a_link_for_the_sheet_is_handed_out_to_the_clerk_alone(world: World) -> None:
    await verify_talk(
        world,
        [
            ("liuyan", "抄表 表格", "2026年3月抄表表格 | /m/ | 72小时内有效，请勿转发"),
            ("liuyan", "抄表 表格 2月", "2026年2月抄表表格"),
            ("liuyan", "抄表 表格 4月", "/m/"),
            ("wangqiang", "抄表 表格", "没有这项权限"),
        ],
    )
    links = [entry.text.rpartition("/m/")[2] for entry in world.phone("liuyan")]
    assert len(set(links)) == len(links) and all(len(link) == 43 for link in links)
