"""What became of an announcement: sent, delivered, seen, signed – each by its own evidence [domain §6]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.announcements.announcement import Announcement, AnnouncementCopy, AnnouncementState
from models.announcements.audience import plan_for
from models.announcements.deciding import asked_of, author_name
from models.announcements.outage_answer import answered_text
from models.announcements.words import clock_words, lines_of, short, state_text, title_of
from models.messages.after_sms import said_otherwise
from models.messages.content import Content
from models.messages.outbox import OutboxMessage, OutboxStatus
from models.messages.tell import tell_staff
from models.people.staff import Staff, on_shift_first, staff_who_may
from models.people.tenant import Contact, Tenant
from models.rules import Rules

_LISTED = 40
_GOING = (OutboxStatus.DUE, OutboxStatus.LEASED)
_FAILED = (OutboxStatus.DEAD, OutboxStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Counts:
    """People, not messages. delivered: reported by the SMS provider; a chat tells nothing of the kind."""

    readers: int
    chat: int
    sms: int
    delivered: int
    going: int
    waiting: int
    withheld: int
    failed: int
    unreachable: int
    seen: int
    signed: int

    @property
    def text(self) -> str:
        """One line for what went out, one for what came back."""
        out = [f"微信已发 {self.chat}", f"短信已发 {self.sms}（回执送达 {self.delivered}）"]
        for word, count in (
            ("待发", self.going),
            ("等对方来信", self.waiting),
            ("不再发", self.withheld),
            ("未送达", self.failed),
            ("联系不上", self.unreachable),
        ):
            if count:
                out.append(f"{word} {count}")
        return f"收件人 {self.readers}：{'，'.join(out)}\n已看 {self.seen}，签收 {self.signed}"


async def counts_of(session: AsyncSession, announcement: Announcement) -> Counts:
    """From the rows themselves: nothing is counted twice or kept twice."""
    rows = await session.execute(
        select(
            OutboxMessage.status,
            OutboxMessage.channel,
            func.count(),
            func.count(OutboxMessage.delivered_at),
        )
        .where(OutboxMessage.subject == announcement.subject, OutboxMessage.guard == announcement.subject)
        .where(OutboxMessage.contact_id.is_not(None), OutboxMessage.dedupe_key.not_like("%#%"))
        .where(~said_otherwise())
        .group_by(OutboxMessage.status, OutboxMessage.channel)
    )
    messages = [(status, channel, many, arrived) for status, channel, many, arrived in rows]
    mine = AnnouncementCopy.announcement_id == announcement.id
    copies, seen, signed = (
        await session.execute(
            select(func.count(), func.count(AnnouncementCopy.seen_at), func.count(AnnouncementCopy.signed_at))
            .where(mine)
        )
    ).one()  # fmt: skip
    unreachable = await session.scalar(select(func.count()).where(mine, AnnouncementCopy.way == ""))
    return Counts(
        readers=copies,
        chat=_sum(messages, (OutboxStatus.SENT,), "kf"),
        sms=_sum(messages, (OutboxStatus.SENT,), "sms"),
        delivered=sum(arrived for status, channel, _, arrived in messages if channel == "sms"),
        going=_sum(messages, _GOING),
        waiting=_sum(messages, (OutboxStatus.WAITING,)),
        withheld=_sum(messages, (OutboxStatus.WITHHELD,)),
        failed=_sum(messages, _FAILED),
        unreachable=unreachable or 0,
        seen=seen,
        signed=signed,
    )


def _sum(
    messages: Sequence[tuple[OutboxStatus, str, int, int]], states: Sequence[OutboxStatus], channel: str = ""
) -> int:
    return sum(many for status, way, many, _ in messages if status in states and channel in ("", way))


async def announcement_text(session: AsyncSession, announcement: Announcement, now: datetime) -> str:
    """Everything there is to know about one."""
    made = f"拟稿 {await author_name(session, announcement)}，{clock_words(announcement.made_at, now)}"
    lines = [
        f"{announcement.number} {title_of(announcement.kind)}｜{state_text(announcement)}",
        *lines_of(announcement),
        f"收件范围：{announcement.readers.label}",
        made,
    ]
    if announcement.reason:
        lines.append(f"原因：{announcement.reason}")
    if announcement.sent_at or announcement.told_through:
        lines.append((await counts_of(session, announcement)).text)
    elif announcement.next_at and announcement.state is AnnouncementState.APPROVED:
        lines.append(f"{clock_words(announcement.next_at, now)} 起发送")
    if announcement.is_outage and (answered := await answered_text(session, announcement)):
        lines.append(answered)
    return "\n".join(lines)


async def silent_text(session: AsyncSession, announcement: Announcement) -> str:
    """The companies of which nobody has signed yet, or, where no signature is asked for, nobody is known to have read it."""
    answer = AnnouncementCopy.signed_at if announcement.sign else AnnouncementCopy.seen_at
    word = "签收" if announcement.sign else "看过"
    rows = await session.scalars(
        select(Tenant.name)
        .join(Contact, Contact.tenant_id == Tenant.id)
        .join(AnnouncementCopy, AnnouncementCopy.contact_id == Contact.id)
        .where(AnnouncementCopy.announcement_id == announcement.id)
        .group_by(Tenant.id, Tenant.name)
        .having(func.count(answer) == 0)
        .order_by(Tenant.id)
    )
    names = list(rows)
    if not names:
        return f"{announcement.number}：收件的每家都已有人{word}。"
    more = f"……另有 {len(names) - _LISTED} 家" if len(names) > _LISTED else ""
    return "\n".join(
        [f"{announcement.number}：还没有人{word}的 {len(names)} 家", *names[:_LISTED], more]
    ).strip()


async def tell_sent(session: AsyncSession, announcement: Announcement, now: datetime, rules: Rules) -> None:
    """The author reads whom nobody can reach; the desk on shift knows what tenants will call about."""
    plan = await plan_for(session, announcement.readers, asked_of(announcement), now, rules)
    author = await session.scalars(select(Staff).where(Staff.userid == announcement.made_by, Staff.active))
    text = f"公告 {announcement.number} 已全部交发。\n{plan.text}\n进展发“公告 {announcement.number}”。"
    await tell_staff(session, author.all(), f"{announcement.subject}:sent", Content(text=text), now=now)
    answer = f"租户问起请照此答复，详情发“公告 {announcement.number}”。"
    await tell_desk(session, announcement, "【已发公告】", answer, now, rules)


async def tell_desk(
    session: AsyncSession, announcement: Announcement, head: str, text: str, now: datetime, rules: Rules
) -> None:
    """Whoever is on shift at the desk, once for each state, except the author."""
    desk = on_shift_first(await staff_who_may(session, "desk.answer", rules), now, rules)
    others = [member for member in desk if member.userid != announcement.made_by]
    content = Content(text=f"{head}{announcement.number} {short(announcement)}\n{text}")
    key = f"{announcement.subject}:desk:{announcement.state.name}"
    await tell_staff(session, others, key, content, now=now)
