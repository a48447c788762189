"""A tenant of the small park that owes since January, in a world where the manual's last step is allowed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import select

from bot.config import Config, load
from models.calendar.working_days import Calendar
from models.clock import at_local
from models.database import Database
from models.fees.bill import Bill, BillKind, BillLine, BillStatus
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.notices.dunning_letter import dun
from models.notices.signing import Proof, Signer, sign
from models.people.tenant import ContactRole, Tenant
from models.rules import Rules
from models.suspension.machine import State
from models.suspension.suspension import Suspension
from tests.fakes.world import World, small_park, small_park_open, verify_talk

CONFIG = Path(__file__).parent.parent.parent / "config.yaml"
MANUAL = {
    "GUANJIA_SUSPENSION__MODE": "manual",
    "GUANJIA_SUSPENSION__LEGAL_BASIS": "物业服务合同第8条，法务已确认",
}
OPTIONAL = {"GUANJIA_SUSPENSION__MODE": "optional_services"}
OWED_FEN = 6_000_000


async def owe_since_january(
    db: Database, name: str = "云帆设计有限公司", unit: str = "A-1203", owed_fen: int = OWED_FEN
) -> int:
    """60,000.00 for January, due on 13 February; the id of the bill."""
    async with db.begin() as session:
        tenant = (await session.scalars(select(Tenant).where(Tenant.name == name))).one()
        bill = Bill(
            tenant_id=tenant.id, month="2026-01", kind=BillKind.OPENING, status=BillStatus.ISSUED,
            number=f"QC-202601-{tenant.id:04}", total_fen=owed_fen, paid_fen=0, due_on=date(2026, 2, 13),
            issued_at=datetime(2026, 1, 27, tzinfo=UTC),
        )  # fmt: skip
        session.add(bill)
        await session.flush()
        line = BillLine(
            bill_id=bill.id, position=1, code="opening", name=f"物业服务费 {unit}", basis="上线前欠费",
            amount_fen=owed_fen, source={"unit": unit},
        )  # fmt: skip
        session.add(line)
        return bill.id


@asynccontextmanager
async def debt_world(db: Database, files: Path, environment: dict[str, str]) -> AsyncIterator[World]:
    """The world on 16 March; the first letter goes out that day at 10:07, the last one on the 23rd."""
    world = World(db, configured(**environment), files)
    await world.begins_with(small_park_open, owing_since_january)
    yield world


@cache
def configured(**environment: str) -> Config:
    """The shipped configuration with these settings, one and the same each time."""
    return load(CONFIG, environment)


async def owing_since_january(world: World) -> None:
    """A chapter: the debt, on top of what there is."""
    await owe_since_january(world.db)


@asynccontextmanager
async def served_world(db: Database, files: Path, environment: dict[str, str]) -> AsyncIterator[World]:
    """The world on 31 March, 9:00: the paper was signed for at the door on the 23rd, its full days are over."""
    world = World(db, configured(**environment), files)
    world.clock.set(at_local(date(2026, 3, 31), 9))
    await world.begins_with(paper_served)
    yield world


async def paper_served(world: World) -> None:
    """A chapter: a park with the debt and both letters of the ladder in it."""

    async def build(database: Database) -> None:
        await small_park(database)
        await owe_since_january(database)
        await serve_both_letters(database, world.core.rules, world.core.calendar)

    await world.prepare(build)


async def serve_both_letters(db: Database, rules: Rules, calendar: Calendar) -> None:
    """Both letters of the ladder on their days, the second one on paper too."""
    async with db.begin() as session:
        tenant = (await session.scalars(select(Tenant).where(Tenant.name == "云帆设计有限公司"))).one()
        await dun(session, tenant.id, at_local(date(2026, 3, 16), 10, 7), rules, calendar)
        brought_at = at_local(date(2026, 3, 23), 15)
        notice = await dun(session, tenant.id, at_local(date(2026, 3, 23), 10, 7), rules, calendar)
        assert notice
        proof = Proof("上门", "paper", {"entered_by": "zhoumin", "photos": ["0" * 64]})
        await sign(session, notice, Signer("李娜", ContactRole.HEAD), proof, brought_at)
        for row in await session.scalars(select(OutboxMessage)):
            row.status = OutboxStatus.SENT


async def letters_out(world: World) -> None:
    """A chapter: the letters of the ladder go out on their days, and nothing else; before the paper nothing can be asked."""
    world.only("dunning.daily")
    await verify_talk(
        world,
        [
            ("chenjing", "暂停申请 云帆", "还没有收到《暂停服务通知书》"),
            ("clock", "2026-03-16 10:30", ""),
            ("leap", "2026-03-22 12:00", ""),
            ("lina", "账单", "60,000.00"),
            (
                "clock",
                "2026-03-23 10:30",
                "@zhoumin 【纸质送达】暂停服务通知书 | @lina 正式通知以书面送达为准",
            ),
        ],
    )


APPLY = [
    ("chenjing", "暂停申请 云帆", "民法典第944条 | 要暂停哪些服务 | 空调、供电"),
    ("chenjing", "供电、空调", "合同条款"),
    ("chenjing", "物业服务合同 2025-031 第8条", "请拍下该条款"),
    ("chenjing", "<photo>", "安全检查：服务器"),
    ("chenjing", "无", "安全检查：冷藏"),
    ("chenjing", "无", "安全检查：人员"),
    ("chenjing", "已落实 夜间值守人员已通知撤离", "材料齐全 | 供电 | 60,000.00"),
    ("chenjing", "[提交申请]", "已提交"),
]
"""An application whose papers are all there."""


AGREE = [
    ("linfang", "[同意暂停]", "民法典第944条 | 已一人批准"),
    ("zhengwei", "[同意暂停]", "民法典第944条 | 已批准待执行"),
]
"""Both agree."""
TO_EXECUTED = [
    ("wangqiang", "[已执行]", "民法典第944条 | 现场的照片"),
    ("wangqiang", "<photo>", "已登记执行 | @lina 以下服务已暂停：空调、供电 | @linfang 已暂停，已告知租户"),
]
"""Engineering carries it out."""


async def suspension_state(world: World) -> State:
    """Where the newest suspension stands."""
    return (await newest_suspension(world)).state


async def newest_suspension(world: World) -> Suspension:
    """The newest one."""
    async with world.db.read() as session:
        return (await session.scalars(select(Suspension).order_by(Suspension.id.desc()).limit(1))).one()


async def pay(world: World, yuan: str = "60000") -> None:
    """The debtor pays at the counter."""
    await verify_talk(
        world, [("sunli", f"收款 云帆 {yuan} 转账", "确认收款"), ("sunli", "[确认收款]", "已入账")]
    )
