"""A payment that looks like one recorded before: asked about, never refused [practice]."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import at_local, local, local_date
from models.fees.money import yuan
from models.fees.payment import Payment
from models.fees.wanted import Wanted
from models.people.staff import name_of
from models.rules import Rules


async def twin_of(
    session: AsyncSession, tenant_id: int, wanted: Wanted, now: datetime, rules: Rules
) -> Payment | None:
    """The newest live payment of the same tenant and amount: with the same reference lately, or, without one, by the
    same method today.
    """
    same = select(Payment).where(
        Payment.tenant_id == tenant_id,
        Payment.amount_fen == wanted.amount_fen,
        Payment.reference == wanted.reference,
        Payment.reversed_at.is_(None),
    )
    if wanted.reference:
        same = same.where(Payment.received_at > now - timedelta(days=rules.payments.twice_days))
    else:
        same = same.where(
            Payment.method == wanted.method, Payment.received_at >= at_local(local_date(now), 0)
        )
    found: Payment | None = await session.scalar(same.order_by(Payment.id.desc()).limit(1))
    return found


async def twin_text(session: AsyncSession, twin: Payment) -> str:
    """What the cashier is shown of it."""
    who = await name_of(session, twin.cashier)
    about = f"，{twin.reference}" if twin.reference else ""
    return (
        f"注意：{local(twin.received_at):%m-%d %H:%M} {who}已登记过相同的一笔 {twin.number}"
        f"（{yuan(twin.amount_fen)} 元{about}）。如是同一笔请取消；确是另一笔再入账。"
    )
