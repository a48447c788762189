"""A person's message as an act upon a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handlers.context import Ctx
from models.cases.workflow import Act, Mover
from models.people.identity import TenantActor
from models.people.staff import Staff


def mover(ctx: Ctx) -> Mover:
    """The person who wrote, as one who may move cases."""
    return ctx.actor if isinstance(ctx.actor, TenantActor) else ctx.staff


def act(
    ctx: Ctx,
    *,
    note: str = "",
    worker: Staff | None = None,
    rating: int | None = None,
    amount_fen: int | None = None,
    facts: Mapping[str, Any] | None = None,
    sent_at: datetime | None = None,
) -> Act:
    """What the person does now, with what they gave for it."""
    return Act(
        mover(ctx),
        ctx.now,
        ctx.rules,
        message_key=f"{ctx.message.channel}:{ctx.message.key}",
        note=note,
        worker=worker,
        rating=rating,
        amount_fen=amount_fen,
        sent_at=sent_at or ctx.message.sent_at,
        facts=facts or {},
    )
