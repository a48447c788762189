"""What becomes of an SMS that can not go out, or that the carrier does not deliver: another way, else a person."""

from __future__ import annotations

from pathlib import Path

from bot.config import load
from models.database import Database
from tests.dialogs.test_notices import checked
from tests.fakes.world import World, small_park, verify_talk

CONFIG = Path(__file__).parent.parent.parent / "config.yaml"
BROKEN = {
    "GUANJIA_SMS__TEMPLATES__NOTICE__TEXT": "您有一份通知${what}",
    "GUANJIA_SMS__TEMPLATES__CASE_NEW__TEXT": "单号${id}",
}


async def test_values_that_do_not_fit_their_template_are_not_sent(db: Database, tmp_path: Path) -> None:
    async with World.open(db, load(CONFIG, BROKEN), tmp_path / "files", small_park) as world:
        await checked(world)
        await world.press("zhengwei", "批准")
        for mobile in ("13800010001", "13800010004", "13800010005"):
            assert world.phone(mobile) == []
        brought = [text for text in world.new("zhoumin") if "无法送达" in text]
        assert len(brought) == 3, "each letter is brought by a person"
        told = [text for text in world.new("linfang") if "短信没有发出" in text]
        assert len(told) == 1 and "缺少变量 what；模板里没有变量 code" in told[0]


async def test_news_whose_sms_does_not_fit_waits_for_the_chat(db: Database, tmp_path: Path) -> None:
    async with World.open(db, load(CONFIG, BROKEN), tmp_path / "files", small_park) as world:
        await verify_talk(
            world,
            [
                ("zhoumin", "代报 A-1203 灯不亮 李娜 13800010001", "登记 R01 | !@lina"),
                ("lina", "在吗", "已为您登记报修 R01"),
            ],
        )
        assert world.phone("13800010001") == []
