"""Every reporter of a fault hears of each step, under the number and in the chat they know [domain §10]."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.companions import companions_of, worked_on
from models.cases.reporter_news import line_for, say_to_reporter
from models.cases.workflow import Story
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.people.staff import Staff

_NO_NEWS = ("登记", "重开", "接续", "续派", "拆单", "不是同一件")
"""Moves of the case itself that mean nothing to those who wait with it."""


async def tell_companions(session: AsyncSession, story: Story) -> None:
    """The step of the case worked on, to the reporters of those merged into it: nothing of the other tenant."""
    if story.event.move in _NO_NEWS:
        return
    for other in await companions_of(session, story.case.id):
        content = await line_for(session, story, other.number)
        if content is not None:
            await say_to_reporter(session, story, other, content)


async def release_worker(session: AsyncSession, story: Story) -> None:
    """Whoever had the merged case need not go for it any more; its case goes on under the other number."""
    case = story.case
    worker = await session.get(Staff, case.worker_id) if case.worker_id else None
    case.worker_id = None
    if worker is None:
        return
    main = await worked_on(session, case)
    text = f"{case.number} 与 {main.number} 是同一件，已合并，按 {main.number} 处理，您不用再处理 {case.number}。"
    await tell_staff(
        session,
        [worker],
        f"{story.key}:released",
        Content(text=text),
        now=story.act.now,
        subject=case.subject,
    )
