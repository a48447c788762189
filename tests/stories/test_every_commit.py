"""The process dies just before or just after any commit of the stories; started again, everything ends the same.

On SQLite at every moment; on PostgreSQL, where each takes five times as long, at every fifth: GUANJIA_EVERY_COMMIT=1 walks
through all of them there as well.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.config import Config
from models.fees.account import books_balance
from tests.fakes.chapters import Saved
from tests.fakes.crash import Rehearsal, differences, picture
from tests.fakes.shelf import Shelf, sqlite_shelf
from tests.fakes.world import Row, World, play

STRIDE = int(os.environ.get("GUANJIA_EVERY_COMMIT", "5"))

REPAIR: list[Row] = [
    ("lina", "<photo>", ""),
    ("lina", "报修 空调不冷了", "R01"),
    ("zhoumin", "派单 R01 王强", "王强"),
    ("wangqiang", "接单 R01", "R01"),
    ("wangqiang", "到场 R01", "R01"),
    ("wangqiang", "<photo>", "R01"),
    ("wangqiang", "完工 R01 更换启动电容", "R01"),
    ("lina", "[签认]", "签认"),
    ("lina", "[5 分 ★★★★★]", "感谢"),
]
CLAIM: list[Row] = [
    ("zhoumin", "出险 B座大堂 水浸 刚刚", "L01 已登记"),
    ("zhoumin", "<photo>", "拍的是什么"),
    ("zhoumin", "[远景]", "已记为远景"),
    ("zhoumin", "报险 L01", "用哪份保单"),
    ("zhoumin", "待查", "是什么原因"),
    ("zhoumin", "水管老化", "损失大概"),
    ("zhoumin", "三台水泵", "照着念"),
    ("zhoumin", "RD1", "报险已记录"),
    ("clock", "2026-03-16 16:31", "@linfang 【交接班】"),
]
MONTH: list[Row] = [
    ("leap", "2026-03-24 10:20", ""),
    ("lina", "帮助", "账单"),
    ("liuyan", "抄表\nA-1203 电 15300\nA-1203 水 110\nB-0305 电 15010", "已记 3"),
    ("chenjing", "出账 3月", "合计"),
    ("chenjing", "[复核]", "已复核"),
    ("zhengwei", "[批准]", "已批准"),
    ("lina", "[签收]", "签收"),
    ("heting", "收款 云帆 1350 转账", "确认"),
    ("heting", "是", "已入账"),
    ("leap", "2026-04-16 09:40", ""),
    ("clock", "2026-04-16 10:08", "@chenjing 催款通知单"),
]
ISSUED = MONTH[: next(at for at, row in enumerate(MONTH) if row[1] == "[批准]") + 1]
CORRECTION: list[Row] = [
    ("chenjing", "冲销 0001 读数 电表抄错一位", "已请项目经理批准"),
    ("zhengwei", "[批准]", "已冲销"),
    ("chenjing", "补账 3月", "1 家租户"),
    ("chenjing", "[复核]", "已复核"),
    ("zhengwei", "[批准]", "已批准"),
]
"""A bill is taken back and another goes out instead of it; the check is that of the month."""


@pytest.mark.parametrize("story", [REPAIR, CLAIM, MONTH], ids=["repair", "claim", "month"])
async def test_dying_at_any_commit_changes_nothing(
    story: list[Row], config: Config, shelf: Shelf, tmp_path: Path
) -> None:
    rehearsal = Rehearsal(shelf, config, tmp_path / "files")
    saved = await rehearsal.start()
    killed = 0
    for row in story:
        saved, times = await _die_in(rehearsal, saved, row)
        killed += times
    assert killed > len(story) // _step(shelf)
    await rehearsal.close()


async def test_dying_while_a_bill_is_replaced_changes_nothing(
    config: Config, sqlite_template: Path, tmp_path: Path
) -> None:
    """On one database: where the commits lie does not depend on it."""
    shelf = await sqlite_shelf(sqlite_template.parent, sqlite_template)
    rehearsal = Rehearsal(shelf, config, tmp_path / "files")
    world = await rehearsal.load(await rehearsal.start())
    for row in ISSUED:
        await play(world, row)
    saved, killed = await rehearsal.save(world), 0
    for row in CORRECTION:
        saved, times = await _die_in(rehearsal, saved, row, also=row[1] != "[复核]")
        killed += times
    assert killed > len(CORRECTION)
    end = await rehearsal.load(saved)
    async with end.db.read() as session:
        assert await books_balance(session) == []
    await end.db.close()
    await rehearsal.close()


def _step(shelf: Shelf) -> int:
    return 1 if shelf.db.is_sqlite else STRIDE


async def _die_in(rehearsal: Rehearsal, saved: Saved, row: Row, *, also: bool = True) -> tuple[Saved, int]:
    """What an undisturbed run of the line comes to, to which every disturbed one was held; how many there were.

    also: whether it is disturbed at all.
    """
    # Nothing is done in a leap; each job of the days in between is killed in the tests of its own.
    step = _step(rehearsal.shelf) if also and row[0] != "leap" else 0
    world, deaths = await rehearsal.undisturbed(saved, row, step)
    expected, after = await picture(world), await rehearsal.save(world)
    for left in deaths:
        seen = await rehearsal.disturbed(left, row)
        assert differences(seen, expected) == [], f"{row}: died at moment {left.moment}"
    return after, len(deaths)


async def test_the_stories_themselves(world: World) -> None:
    for row in [*REPAIR, *CLAIM, *MONTH]:
        await play(world, row)
    assert any("催款通知单" in entry.text for entry in world.phone("chenjing"))
