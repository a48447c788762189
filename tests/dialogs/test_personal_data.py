"""我的数据, 删除我的数据: what is kept is shown, goes on request, and what stays is told with the reason."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from datetime import timedelta

from openpyxl import load_workbook
from sqlalchemy import select

from models.audit.entry import first_break
from models.messages.inbox import InboxMessage
from models.messages.outbox import OutboxMessage
from models.people.tenant import Contact
from models.privacy.erasure import ERASED_NAME
from scheduler.privacy import remind_requests
from scheduler.registry import JobCtx
from tests.fakes.full_park import rows
from tests.fakes.world import Row, World, verify_talk

MOBILE = "13800010001"
CHAT: list[Row] = [
    ("lina", "报修 空调滴水，我姓李，车牌浙A12345", "R01"),
    ("lina", "<photo>", "R01"),
    ("lina", "删除我的数据", "R01 还没有办结"),
    ("zhoumin", "派单 R01 王强", "王强"),
    ("wangqiang", "接单 R01", "R01"),
    ("wangqiang", "到场 R01", "R01"),
    ("wangqiang", "完工 R01 清洗滤网", "R01"),
    ("lina", "[签认]", "签认"),
    ("lina", "[5 分 ★★★★★]", "感谢"),
]
ASK: list[Row] = [
    ("lina", "删除我的数据", "会计资料 | 签收记录 | 确定申请吗"),
    ("lina", "[确认删除]", "3月31日前 | @linfang 要求删除个人信息"),
]


async def test_a_person_sees_what_is_kept_and_gets_it_whole(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "报修 灯不亮", "R01"),
            ("lina", "我的数据", "姓名 李娜，手机 138****0001 | 发来的消息 2 条 | 报事 1 件 | 180 天"),
            ("stranger", "我的数据", "请先绑定身份"),
        ],
    )
    book = load_workbook(io.BytesIO(list(world.platform.media.values())[-1]))
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert {"李娜", MOBILE, "报修 灯不亮", "R01"} <= cells
    assert "赵敏" not in cells


async def test_who_asks_is_forgotten_and_told_what_stays(world: World) -> None:
    await verify_talk(world, [*CHAT, *ASK])
    before = await held(world) + await said_between(world)
    assert all(each in before for each in ("李娜", MOBILE, "浙A12345"))
    await verify_talk(
        world,
        [
            ("lina", "删除我的数据", "正在处理，3月31日前答复"),
            ("zhoumin", "删除申请", "没有这项权限"),
            ("linfang", "[同意删除]", "已删除 | @lina 会计档案管理办法"),
            ("linfang", "删除申请", "没有待处理"),
            ("lina", "账单", "请先绑定身份"),
            ("linfang", "租户 云帆", "!李娜"),
        ],
    )
    left = await held(
        world, but={"case_"}
    )  # what was wrong with the air conditioning is the record of the work
    assert not [each for each in ("李娜", MOBILE, "浙A12345", "wmlina") if each in left]
    assert not [each for each in ("李娜", MOBILE, "浙A12345") if each in await said_between(world)]
    async with world.db.read() as session:
        names = set(await session.scalars(select(Contact.name)))
        assert ERASED_NAME in names and await first_break(session) is None


async def test_a_request_can_be_taken_back_or_refused_with_its_reason(world: World) -> None:
    await verify_talk(
        world,
        [
            ("lina", "删除我的数据", "确定申请吗"),
            ("lina", "再想想", "没有申请删除"),
            *ASK,
            ("lina", "[撤回申请]", "已撤回"),
            ("linfang", "删除申请", "没有待处理"),
            *ASK,
            ("linfang", "[不同意]", "法定理由"),
            ("linfang", "不", "至少 4 个字"),
            ("linfang", "[不同意]", "法定理由"),
            ("linfang", "正在诉讼，需保全证据", "已答复 | @lina 正在诉讼，需保全证据"),
            ("lina", "我的数据", "李娜"),
        ],
    )


async def held(world: World, but: Iterable[str] = ()) -> str:
    """Everything in the tables, as one text."""
    found = (await rows(world.db)).items()
    return "\n".join(repr(json.loads(line)) for name, lines in found if name not in but for line in lines)


async def said_between(world: World) -> str:
    """The messages from and to tenants."""
    async with world.db.read() as session:
        received = list(
            await session.scalars(select(InboxMessage.payload).where(InboxMessage.channel == "kf"))
        )
        sent = select(OutboxMessage.content, OutboxMessage.request, OutboxMessage.address)
        to_them = await session.execute(sent.where(OutboxMessage.recipient.not_like("staff:%")))
        return repr([received, *to_them])


async def test_who_decides_is_reminded_until_it_is_done(world: World) -> None:
    await verify_talk(world, ASK)
    core = world.core
    for days, said in ((2, "没有待处理"), (3, "待处理 1 件")):
        at = world.clock.now() + timedelta(days=days)
        assert said in await remind_requests(JobCtx(core.db, at, at, core.rules, core.calendar))
    async with world.db.read() as session:
        said_to = await session.scalar(
            select(OutboxMessage.content["text"].as_string()).where(
                OutboxMessage.recipient == "staff:linfang", OutboxMessage.dedupe_key.startswith("erasures:")
            )
        )
    assert said_to and "3月31日前答复" in said_to
