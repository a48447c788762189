"""Who wrote, and all that is known of their chat, in one statement: it is asked for every message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, and_, bindparam, cast, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.conversation import Conversation
from models.messages.outbox import WAITS, OutboxMessage, OutboxStatus
from models.messages.window import KfWindow
from models.people.identity import Actor, Identity, Stranger, TenantActor
from models.people.staff import Staff
from models.people.tenant import Contact, Tenant


@dataclass(frozen=True, slots=True)
class Sender:
    """The person, and where they stand.

    stale: we had taken the account for gone. window: of a customer. waits: something waits for them to write.
    form: what is being filled, run out or not.
    """

    actor: Actor
    stale: bool = False
    window: KfWindow | None = None
    form: Conversation | None = None
    waits: bool = False

    def running(self, now: datetime) -> Conversation | None:
        """The form they are in, if it has not run out."""
        return self.form if self.form and self.form.expires_at > now else None


_ME = select(bindparam("who", type_=String).label("account")).subquery("me")
_WAITS = or_(
    exists().where(
        OutboxMessage.recipient == literal("contact:") + cast(Contact.id, String),
        OutboxMessage.status == OutboxStatus.WAITING,
    ),
    exists().where(OutboxMessage.account == _ME.c.account, WAITS),
)
"""Two questions, each with its index: thousands of letters may wait for people who never write."""
_CUSTOMER = (
    select(Contact, Tenant, Identity.stale_at, KfWindow, Conversation, _WAITS.label("waits"))
    .select_from(_ME)
    .outerjoin(Identity, and_(Identity.channel == "kf", Identity.account == _ME.c.account))
    .outerjoin(Contact, and_(Contact.id == Identity.contact_id, Contact.active))
    .outerjoin(Tenant, Tenant.id == Contact.tenant_id)
    .outerjoin(KfWindow, KfWindow.account == _ME.c.account)
    .outerjoin(Conversation, and_(Conversation.channel == "kf", Conversation.sender == _ME.c.account))
)
_MEMBER = (
    select(Staff, Conversation)
    .select_from(_ME)
    .outerjoin(Staff, and_(Staff.userid == _ME.c.account, Staff.active))
    .outerjoin(Conversation, and_(Conversation.channel == "wecom", Conversation.sender == _ME.c.account))
)


async def sender_of(session: AsyncSession, channel: str, account: str) -> Sender:
    """Everything about whoever writes from that account. A member who left, or a contact struck off, is a stranger."""
    if channel == "wecom":
        member, form = (await session.execute(_MEMBER, {"who": account})).one()
        return Sender(member or Stranger(account), stale=bool(member and member.stale_at), form=form)
    row = (await session.execute(_CUSTOMER, {"who": account})).one()
    contact, tenant, stale_at, window, form, waits = row
    actor = TenantActor(contact, tenant) if contact else Stranger(account)
    return Sender(actor, bool(stale_at), window, form, bool(waits))
