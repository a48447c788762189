"""Chapters of a March in the small park: the month of fees, after days nobody looks at."""

from __future__ import annotations

from datetime import date

from models.clock import at_local
from tests.fakes.world import Row, World, verify_talk

READINGS = """抄表 A-1203 电 15340
A-1203水表112
E-A1204 15000
W-A1204 100
B-0305 电 15010
B-0305 水 130
B-0306 电 15100
B-0306 水 105
C-0101 电 15500
C-0101 水 120"""


def issue(drafted: str = "3 家租户") -> list[Row]:
    """From the draft to the approval, each by whoever does it."""
    return [
        ("chenjing", "出账", drafted),
        ("chenjing", "[复核]", "已复核 | 同一人"),
        ("zhengwei", "[批准]", "已批准"),
    ]


async def quiet_until_21_march(world: World) -> None:
    """Saturday, 10:00: the meters are being read."""
    await world.leap(at_local(date(2026, 3, 21), 10))


async def quiet_until_24_march(world: World) -> None:
    """Tuesday, 10:00."""
    await world.leap(at_local(date(2026, 3, 24), 10))


async def quiet_until_25_march(world: World) -> None:
    """Wednesday, 10:00: the day before the bills go out."""
    await world.leap(at_local(date(2026, 3, 25), 10))


async def march_read(world: World) -> None:
    """On the 25th all ten meters are read."""
    await world.begins_with(quiet_until_25_march)
    await verify_talk(
        world, [("liuyan", READINGS, "已记 10 条 | 本月已全部抄齐 | @chenjing 3月读数已全部抄齐")]
    )


async def march_issued(world: World) -> None:
    """On the 25th three companies get their bills: two owe for six units, one has the letter in chat."""
    await world.begins_with(march_read)
    await verify_talk(world, issue("3 家租户 | 12 项"))
