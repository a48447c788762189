"""How many messages went out within a span of time, in the database: all processes share the limits of the providers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Integer, String, Table, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.clock import at_local, local_date
from models.database import insert_absent
from models.prepared import Prepared
from models.shortcut import ask

SLICE = timedelta(seconds=6)
"""The minute of the platform may begin anywhere: in ten slices, any sixty seconds hold at most eleven of them."""
SLICES = 11
PER_ACCOUNT = 200
"""Person-sends a day for each account the corporation may have (WeCom 90454)."""


class SendCount(Base):
    """One span of one channel, "wecom:day:2026-11-28" or "kf:slice:…"; of no use after `until`."""

    __tablename__ = "send_count"

    key: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    sent: Mapped[int]


@dataclass(frozen=True, slots=True)
class Span:
    """A span and how much may be sent in it."""

    key: str
    until: datetime
    most: int


def spans_at(now: datetime, accounts: int, per_minute: int) -> dict[str, tuple[Span, ...]]:
    """The spans that count now, by channel. SMS has limits per number only."""
    slice_number = int(now.timestamp() // SLICE.total_seconds())
    slice_end = datetime.fromtimestamp((slice_number + 1) * SLICE.total_seconds(), UTC)
    today = local_date(now)
    day = Span(f"wecom:day:{today}", at_local(today + timedelta(days=1), 0), PER_ACCOUNT * accounts)
    most = max(1, per_minute // SLICES)
    slices = {name: Span(f"{name}:slice:{slice_number}", slice_end, most) for name in ("wecom", "kf")}
    return {"wecom": (day, slices["wecom"]), "kf": (slices["kf"],)}


async def locked_counts(session: AsyncSession, spans: Sequence[Span], now: datetime) -> dict[str, int]:
    """How much has been sent in each of the three spans, by key; locked until the end of the transaction: others wait with
    their own counting.

    None is locked before all are there: who held some of them while it put in others might be waited for.
    """
    wanted = {f"key{n}": span.key for n, span in enumerate(spans)}
    rows = await ask(session, _LOCKED, wanted)
    if not rows:
        await _put_in(session, sorted(spans, key=lambda span: span.key), now)
        rows = await ask(session, _LOCKED, wanted)
    return {key: sent for key, sent in rows}


async def count(session: AsyncSession, key: str, taken: int) -> None:
    """So many more went out in that span, which must be locked."""
    await ask(session, _TAKEN, {"which": key, "more": taken})


async def _put_in(session: AsyncSession, spans: Sequence[Span], now: datetime) -> None:
    there = set(await session.scalars(_THERE, {"wanted": [span.key for span in spans]}))
    missing = [span for span in spans if span.key not in there]
    if any(span.until - now > SLICE for span in missing):  # a new day
        await session.execute(delete(SendCount).where(SendCount.until < now - timedelta(days=1)))
    rows = [{"key": span.key, "until": span.until, "sent": 0} for span in missing]
    await insert_absent(session, SendCount, rows)


_THERE = select(SendCount.key).where(SendCount.key.in_(bindparam("wanted", expanding=True)))
_KEYS = [bindparam(f"key{n}", type_=String) for n in range(3)]
_LOCKED = Prepared(
    select(SendCount.key, SendCount.sent)
    .where(SendCount.key.in_(_KEYS))
    .where(
        select(func.count())
        .select_from(select(SendCount.key).where(SendCount.key.in_(_KEYS)).subquery())
        .scalar_subquery()
        == len(_KEYS)
    )
    .order_by(SendCount.key)
    .with_for_update()
)
_TABLE: Table = SendCount.__table__  # type: ignore[assignment]  # declarative classes map plain tables here
_TAKEN = Prepared(
    update(_TABLE)
    .where(_TABLE.c.key == bindparam("which"))
    .values(sent=_TABLE.c.sent + bindparam("more", type_=Integer))
)
