"""What speaks against suspending a debtor's services: read fresh at every step, judged by one pure function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local_date
from models.fees.bill import Bill, BillStatus
from models.fees.pause import unsettled
from models.notices.debt_documents import SuspensionNotice
from models.notices.letter import document_of
from models.notices.notice import Notice, Receipt
from models.notices.posting import Posting
from models.people.tenant import units_of
from models.people.unit import Unit
from models.rules import SuspensionRules
from models.suspension.papers import missing_papers


class Against(StrEnum):
    """What kind of obstacle it is."""

    MODE = "mode"
    PAID = "paid"
    DISPUTE = "dispute"
    PROMISE = "promise"
    TENANT = "tenant"
    LETTER = "letter"
    PAPER = "paper"
    DAYS = "days"
    PAPERS = "papers"


ENDS = frozenset(
    {Against.MODE, Against.PAID, Against.DISPUTE, Against.PROMISE, Against.TENANT, Against.LETTER}
)
"""These cancel what is not carried out yet [law: 民法典 §944; practice]."""
UNDOES = ENDS - {Against.PROMISE}
"""These have what was carried out restored; a promise alone is for the managers to weigh [practice]."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing in the way, with what can be done about it."""

    kind: Against
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """As things stand. served_on: the paper letter was signed for or delivered by post; None: no proof of it.

    left_units: units of the application that the tenant rents no more. asked_on: the last day the letter gave.
    """

    today: date
    rules: SuspensionRules
    services: tuple[str, ...]
    letter_services: tuple[str, ...]
    letter_void: bool
    asked_on: date
    served_on: date | None
    owed_fen: int
    holds: tuple[tuple[str, str], ...]
    left_units: tuple[str, ...]
    papers: Mapping[str, Any]

    @property
    def free_on(self) -> date | None:
        """The first day after the full days, which begin the day after the paper arrived [law: 民法典 §201]."""
        if self.served_on is None:
            return None
        after_paper = self.served_on + timedelta(days=self.rules.full_days + 1)
        return max(after_paper, self.asked_on + timedelta(days=1))


def obstacles(facts: Facts) -> tuple[Obstacle, ...]:
    """Everything in the way; empty when nothing is."""
    return (*_ending(facts), *_waiting(facts))


def _ending(facts: Facts) -> tuple[Obstacle, ...]:
    found = []
    beyond = [name for name in facts.services if name not in facts.rules.services]
    if facts.rules.mode == "off" or beyond:
        what = f"：{'、'.join(beyond)}" if beyond else ""
        found.append(Obstacle(Against.MODE, f"现行设置不允许暂停{what}"))
    unnamed = [name for name in facts.services if name not in facts.letter_services]
    if facts.letter_void or unnamed:
        why = "已作废" if facts.letter_void else f"没有写明“{'、'.join(unnamed)}”"
        found.append(Obstacle(Against.LETTER, f"暂停服务通知书{why}"))
    if facts.owed_fen <= 0:
        found.append(Obstacle(Against.PAID, "通知书所列款项已付清或已更正"))
    for kind, number in facts.holds:
        against = Against.DISPUTE if kind == "异议" else Against.PROMISE
        found.append(Obstacle(against, f"{kind} {number} 尚未了结"))
    if facts.left_units:
        units = "、".join(facts.left_units)
        found.append(Obstacle(Against.TENANT, f"{units} 已不再由该租户使用，欠费跟人不跟房"))
    return tuple(found)


def _waiting(facts: Facts) -> tuple[Obstacle, ...]:
    found = []
    free_on = facts.free_on
    if free_on is None:
        found.append(
            Obstacle(Against.PAPER, "没有纸质通知书的送达凭据（上门签收并拍照，或邮寄妥投；电子送达不算）")
        )
    elif facts.today < free_on:
        day = f"{free_on.month}月{free_on.day}日"
        found.append(Obstacle(Against.DAYS, f"送达后未满 {facts.rules.full_days} 个整日，{day}起才能继续"))
    found += [Obstacle(Against.PAPERS, f"缺少：{name}") for name in missing_papers(facts.papers)]
    return tuple(found)


async def gather(
    session: AsyncSession,
    notice: Notice,
    unit_ids: list[int],
    services: list[str],
    papers: Mapping[str, Any],
    today: date,
    rules: SuspensionRules,
) -> Facts:
    """Reads the facts about a letter and what is asked for on its ground."""
    letter = document_of(notice)
    rented = {unit.id for unit in await units_of(session, notice.tenant_id, today)}
    left = await session.scalars(
        select(Unit.code).where(Unit.id.in_([each for each in unit_ids if each not in rented]))
    )
    pauses = await unsettled(session, notice.tenant_id, today)
    return Facts(
        today=today,
        rules=rules,
        services=tuple(services),
        letter_services=letter.services if isinstance(letter, SuspensionNotice) else (),
        letter_void=notice.void_at is not None,
        asked_on=notice.due_on,
        served_on=await paper_served_on(session, notice.id),
        owed_fen=await owed_of_letter(session, notice),
        holds=tuple((str(pause.kind), pause.number) for pause in pauses),
        left_units=tuple(left),
        papers=papers,
    )


async def owed_of_letter(session: AsyncSession, notice: Notice) -> int:
    """What is still open of the bills the letter names; a debt follows its debtor, whoever is in the unit now."""
    letter = document_of(notice)
    numbers = [bill.number for bill in letter.bills] if isinstance(letter, SuspensionNotice) else []
    bills = await session.scalars(
        select(Bill)
        .where(Bill.tenant_id == notice.tenant_id, Bill.number.in_(numbers))
        .where(Bill.status == BillStatus.ISSUED)
        .execution_options(populate_existing=True)
    )
    return sum(bill.owed_fen for bill in bills)


async def paper_served_on(session: AsyncSession, notice_id: int) -> date | None:
    """When the paper reached the tenant, by a signature at the door with its photo, or by delivered mail.

    A tap in chat or on the page does not count [law: 电子签名法 §3].
    """
    receipts = await session.scalars(
        select(Receipt).where(Receipt.notice_id == notice_id, Receipt.sufficient, Receipt.how == "上门")
    )
    days = [local_date(receipt.at) for receipt in receipts if receipt.evidence.get("photos")]
    parcels = await session.scalars(
        select(Posting.delivered_on).where(Posting.notice_id == notice_id, Posting.delivered_on.is_not(None))
    )
    return min([*days, *(day for day in parcels if day)], default=None)
