"""How the recipient of a message can be reached at this moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case
from models.messages.caps import Room
from models.messages.delivery import Reach
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.messages.quota import Quota
from models.messages.window import KfWindow
from models.people.identity import people_with_accounts
from models.people.tenant import Contact

_ESSENTIAL = (Purpose.CODE, Purpose.NOTICE)
"""What is sent also to who has opted out of SMS: asked for by themselves, or part of the contract
[law: 通信短信息服务管理规定 §18 is about commercial messages]."""


class Parties:
    """Those to whom a lot of messages goes, as far as we know them; each table is asked once for all.

    on_way: what may count by now of the five messages of a KF conversation, beside those that surely do.
    """

    def __init__(
        self,
        contacts: Mapping[int, Contact],
        accounts: Mapping[int, list[str]],
        windows: Mapping[str, KfWindow],
        on_way: Mapping[str, int],
    ) -> None:
        self.contacts = contacts
        self.accounts = accounts
        self._windows = windows
        self._on_way = Counter(on_way)

    def window(self, account: str) -> KfWindow | None:
        """The ledger of a KF conversation."""
        return self._windows.get(account)

    def windows(self, accounts: Sequence[str]) -> list[KfWindow]:
        """In the order of the accounts."""
        return [window for account in accounts if (window := self.window(account))]

    def take(self, account: str) -> None:
        """One more is on its way there."""
        self._on_way[account] += 1

    def why_closed(self, window: KfWindow, now: datetime) -> str:
        """As the window says, what is on its way counted."""
        return window.why_closed(now, self._on_way[window.account])


async def parties_of(session: AsyncSession, rows: Sequence[OutboxMessage]) -> Parties:
    """The people whom these messages are for."""
    contacts, bound = await people_with_accounts(session, {row.contact_id for row in rows if row.contact_id})
    accounts = {row.account for row in rows if row.account and not row.recipient.startswith("staff:")}
    accounts |= {row.address for row in rows if row.channel == "kf"}
    wanted = sorted(accounts.union(*bound.values()))
    windows = (await session.execute(_WINDOWS, {"wanted": wanted})).all() if wanted else ()
    return Parties(
        contacts,
        bound,
        {window.account: window for window, _ in windows},
        {window.account: on_way for window, on_way in windows},
    )


_ON_WAY = (
    select(func.count())
    .where(
        OutboxMessage.channel == "kf",
        OutboxMessage.address == KfWindow.account,
        OutboxMessage.purpose != Purpose.WELCOME,
        OutboxMessage.in_doubt_since.is_not(None),
        OutboxMessage.status.in_([OutboxStatus.LEASED, OutboxStatus.DUE]),
    )
    .correlate(KfWindow)
    .scalar_subquery()
)
_WINDOWS = select(KfWindow, _ON_WAY).where(KfWindow.account.in_(bindparam("wanted", expanding=True)))


async def reach_of(
    session: AsyncSession, row: OutboxMessage, now: datetime, quota: Quota, parties: Parties
) -> Reach:
    """The facts that models.messages.delivery.choose decides on."""
    if row.recipient.startswith("staff:"):
        userid = row.recipient.removeprefix("staff:")
        return Reach(staff=userid, staff_room=quota.member(userid))
    if row.recipient.startswith("visitor:"):
        case = await session.get(Case, int(row.recipient.removeprefix("visitor:")))
        mobile = case.reporter_mobile if case else ""
        return Reach(mobile=mobile, sms_room=await quota.number(mobile, row.purpose, row.id))
    if row.purpose is Purpose.WELCOME:
        # The code itself is the permission.
        return Reach(kf=(row.account,), kf_known=True, kf_words="欢迎语")
    contact = parties.contacts.get(row.contact_id) if row.contact_id else None
    accounts = [row.account] if row.account else parties.accounts.get(contact.id, []) if contact else []
    windows = parties.windows(accounts)
    open_now = [window for window in windows if not parties.why_closed(window, now)]
    mobile, no_sms = _mobile(contact, row.purpose)
    needed = mobile and row.content.get("sms") and (not open_now or row.purpose is Purpose.CODE or row.tried)
    return Reach(
        kf=tuple(window.account for window in open_now),
        kf_known=bool(accounts),
        kf_words=open_now[0].words(now)
        if open_now
        else parties.why_closed(windows[0], now)
        if windows
        else "",
        human=bool(windows) and not open_now and windows[0].is_human(now),
        mobile=mobile,
        sms_room=await quota.number(mobile, row.purpose, row.id) if needed else Room(None, ""),
        sms_words=no_sms,
    )


def _mobile(contact: Contact | None, purpose: Purpose) -> tuple[str, str]:
    """The number to use; "" with the reason why none."""
    if contact is None or not contact.active or not contact.mobile:
        return "", ""
    if contact.mobile_dead_at is not None:
        return "", "登记的手机号收不到短信"
    if contact.sms_refused and purpose not in _ESSENTIAL:
        return "", "对方已退订短信"
    return contact.mobile, ""
