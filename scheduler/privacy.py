"""Personal data: what has been kept long enough goes every night; who waits to be forgotten is not forgotten about."""

from __future__ import annotations

from datetime import timedelta

from models.clock import local
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.people.staff import staff_who_may
from models.privacy.asking import DECIDE
from models.privacy.erasure import open_requests
from models.privacy.retention import CLASSES, Work
from scheduler.registry import JobCtx, JobTable, every_day

table = JobTable()
CHUNK = 50
_MOST_CHUNKS = 400


@table.job(
    "data.retention", about="按保存期限删除到期的数据", when=every_day, hour=3, minute=41, catch_up_days=30,
    latest_only=True,
)  # fmt: skip
async def apply_retention(ctx: JobCtx) -> str:
    """Each class by itself, in short transactions; a backlog is worked off over several nights."""
    done = {name: await _apply(ctx, work) for name, work in CLASSES}
    return "、".join(f"{name} {count}" for name, count in done.items() if count) or "没有到期的数据"


async def _apply(ctx: JobCtx, work: Work) -> int:
    total = after = 0
    for _ in range(_MOST_CHUNKS):
        async with ctx.units.begin() as session:
            step = await work(session, ctx.rules.retention, ctx.now, after, CHUNK)
        total, after = total + step.count, step.after
        if not after:
            break
    return total


@table.job(
    "data.requests", about="提醒处理删除个人信息的申请", when=every_day, hour=9, minute=13, catch_up_days=2,
    latest_only=True,
)  # fmt: skip
async def remind_requests(ctx: JobCtx) -> str:
    """One list to those who decide, from the set day on, with the day by which the person has to be answered."""
    ripe = ctx.now - timedelta(days=ctx.rules.privacy.remind_after_days)
    async with ctx.units.begin() as session:
        waiting = [each for each in await open_requests(session) if each[0].asked_at <= ripe]
        if not waiting:
            return "没有待处理的申请"
        lines = [
            f"{tenant.name} {contact.name}：{local(erasure.asked_at):%-m月%-d日}申请，"
            f"{erasure.decide_by(ctx.rules):%-m月%-d日}前答复"
            for erasure, contact, tenant in waiting[:20]
        ]
        text = "\n".join(["【提醒】有删除个人信息的申请待处理：", *lines, "请发送：删除申请"])
        members = await staff_who_may(session, DECIDE, ctx.rules)
        await tell_staff(session, members, f"erasures:{ctx.day}", Content(text=text), now=ctx.now)
    return f"待处理 {len(waiting)} 件"
