"""The ledger of 微信客服: we may answer for 48 h after a customer wrote, five messages at most, while no person of ours
has the conversation (WeCom 94677, 94669).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum

from sqlalchemy import ColumnElement, Table, bindparam, null, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from models.base import Base
from models.clock import local
from models.database import prepare_absent
from models.prepared import Prepared
from models.shortcut import ask

WINDOW = timedelta(hours=48)
MESSAGES = 5
RESERVE = timedelta(minutes=1)
"""Kept for clocks that differ."""


class Holder(IntEnum):
    """Who has the conversation, by the platform's numbers (service_state)."""

    NEW = 0  # nobody yet
    BOT = 1
    POOL = 2  # waits for a person
    HUMAN = 3
    ENDED = 4


_WHY = {Holder.POOL: "等待人工接待", Holder.HUMAN: "人工会话中", Holder.ENDED: "会话已结束"}


class KfWindow(Base):
    """What one customer's window allows. `sent` counts since the customer last wrote.

    state: who has the conversation, as far as we were told; state_at: since when we know.
    """

    __tablename__ = "kf_window"

    account: Mapped[str] = mapped_column(primary_key=True)
    last_inbound_at: Mapped[datetime]
    sent: Mapped[int] = mapped_column(default=0)
    state: Mapped[int] = mapped_column(default=0)
    state_at: Mapped[datetime | None]

    def why_closed(self, now: datetime, on_way: int = 0) -> str:
        """Why a message sent now would be refused; "" when it is allowed. on_way: so many more may count already."""
        if now >= self.last_inbound_at + WINDOW - RESERVE:
            return "客服窗口已关闭（对方 48 小时内没有发消息）"
        if self.sent + on_way >= MESSAGES:
            return f"客服本轮 {MESSAGES} 条已用完"
        return _WHY.get(self.holder(now), "")

    def words(self, now: datetime) -> str:
        """How far it is used up."""
        until = local(self.last_inbound_at + WINDOW)
        return f"本轮第 {self.sent + 1}/{MESSAGES} 条，窗口到 {until:%m-%d %H:%M}"

    def holder(self, now: datetime) -> Holder:
        """Who has the conversation. One consultation lasts 48 h at most: after that nobody has it."""
        if self.state_at is None or now >= self.state_at + WINDOW:
            return Holder.NEW
        return Holder(self.state)

    def is_human(self, now: datetime) -> bool:
        """Whether the bot has to keep silent."""
        return self.holder(now) in (Holder.POOL, Holder.HUMAN)


async def opened(session: AsyncSession, row: KfWindow | None, account: str, at: datetime) -> KfWindow:
    """The customer wrote: the window opens anew, and what had ended begins again. row: the one there is, None at first.

    What is written is in the answer too, which the session need not know.
    """
    if row is None:
        first = {"account": account, "last_inbound_at": at, "sent": 0, "state": int(Holder.NEW)}
        await ask(session, _FIRST, first)
        return KfWindow(**first)
    if at >= row.last_inbound_at:
        anew = row.holder(at) in (Holder.NEW, Holder.ENDED) or at > row.last_inbound_at + WINDOW
        await ask(session, _ANEW if anew else _AGAIN, {"whose": account, "at": at})
        known = {"last_inbound_at": at, "sent": 0} | (
            {"state": int(Holder.NEW), "state_at": None} if anew else {}
        )
        for name, value in known.items():
            set_committed_value(row, name, value)
    return row


_TABLE: Table = KfWindow.__table__  # type: ignore[assignment]  # declarative classes map plain tables here
_FIRST = prepare_absent(_TABLE, ("account", "last_inbound_at", "sent", "state"))
_CAME = update(_TABLE).where(_TABLE.c.account == bindparam("whose"))
_AGAIN = Prepared(_CAME.values(last_inbound_at=bindparam("at"), sent=0))
_ANEW = Prepared(
    _CAME.values(last_inbound_at=bindparam("at"), sent=0, state=int(Holder.NEW), state_at=null())
)
_SENT = (
    update(_TABLE)
    .where(_TABLE.c.account == bindparam("whose"), _TABLE.c.last_inbound_at <= bindparam("since"))
    .values(sent=_TABLE.c.sent + 1)
)  # fmt: skip


async def note_sent(session: AsyncSession, used: Sequence[tuple[str, datetime]]) -> None:
    """One of the five is used, for each account and the time when a message went on its way to it. Not where the
    customer has written since: then it belonged to the last five.
    """
    if used:
        # Always in the same order: somebody else may be at the same rows.
        values = [{"whose": account, "since": since} for account, since in sorted(used)]
        await (await session.connection()).execute(_SENT, values)


async def note_closed(session: AsyncSession, account: str, asked_at: datetime) -> None:
    """The platform says that no more is allowed; believe it rather than our own count. Not where the customer has
    written since we asked: then it meant the last window.
    """
    await _change(session, account, KfWindow.last_inbound_at <= asked_at, sent=MESSAGES)


async def note_holder(session: AsyncSession, account: str, holder: int, asked_at: datetime) -> None:
    """Who has the conversation, as the platform said. One that had ended begins again when the customer writes."""
    still = KfWindow.last_inbound_at <= asked_at if holder == Holder.ENDED else true()
    await _change(session, account, still, state=holder, state_at=asked_at)


async def _change(session: AsyncSession, account: str, still: ColumnElement[bool], **values: object) -> None:
    await session.execute(
        update(KfWindow).where(KfWindow.account == account, still).values(**values)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
