"""Gathering the evidence pack: the open bills of a debtor, and all that proves them [manual 一.二(二)]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import at_local, local_date
from models.errors import UserError
from models.fees.bill import Bill, BillLine, lines_of, unpaid_bills
from models.fees.bill_lines import plain
from models.fees.money import in_words, yuan
from models.fees.pause import DunningPause, PauseKind, PauseOutcome
from models.fees.payment import Allocation, Payment
from models.notices.debt_documents import OpenBill
from models.notices.documents import FeeLine, Issuer
from models.notices.evidence_document import (
    Digest,
    EvidencePack,
    ProvenBill,
    ProvenEvent,
    ProvenLetter,
    ReceivedMoney,
    SaidByDebtor,
    SignerOfDebtor,
    Stay,
    UsedReading,
)
from models.notices.evidence_files import (
    StoredFile,
    agreements_of,
    contract_pictures,
    letter_files,
    pictures_of,
    receipt_files,
)
from models.notices.limitation_facts import Claim, claims_of
from models.notices.notice import Notice, NoticeKind
from models.notices.proof import ProofChain, Stage, proof_of
from models.people.tenant import Tenancy, Tenant, contacts_of
from models.people.unit import Unit
from models.rules import Rules

MOST_PHOTOS = 40


@dataclass(frozen=True, slots=True)
class Gathered:
    """The pack without what the database does not hold: its pictures and the originals behind it."""

    pack: EvidencePack
    pictures: list[StoredFile]
    originals: list[StoredFile]


async def overdue_bills(session: AsyncSession, tenant: Tenant, now: datetime) -> list[Bill]:
    """What the pack is about, oldest first. Raises UserError when nothing is overdue."""
    bills = [bill for bill in await unpaid_bills(session, tenant.id) if bill.due_on < local_date(now)]
    if not bills:
        raise UserError(f"{tenant.name}没有逾期未付的账单，不需要证据材料。")
    return bills


async def letters_of(session: AsyncSession, tenant_id: int, bills: Sequence[Bill]) -> list[Notice]:
    """The letters of the months from the oldest bill on, those to the owner left out."""
    since = min(bill.month for bill in bills)
    rows = await session.scalars(
        select(Notice)
        .where(Notice.tenant_id == tenant_id, Notice.month >= since, Notice.kind != NoticeKind.OWNER)
        .order_by(Notice.id)
    )
    return list(rows)


async def evidence_of(
    session: AsyncSession, tenant: Tenant, made_by: str, now: datetime, rules: Rules
) -> Gathered:
    """Raises UserError when nothing is overdue."""
    bills = await overdue_bills(session, tenant, now)
    chains = [await proof_of(session, notice) for notice in await letters_of(session, tenant.id, bills)]
    claims = await claims_of(session, tenant.id, bills)
    lines = {bill.id: await lines_of(session, bill.id) for bill in bills}
    total_fen = sum(bill.owed_fen for bill in bills)
    pictures = [*await contract_pictures(session, tenant.id), *pictures_of(chains)]
    payments = await payments_of(session, tenant.id, bills)
    pack = EvidencePack(
        issuer=Issuer.of(rules.park),
        tenant=tenant.name,
        post_address=tenant.post_address,
        made_at=now,
        made_by=made_by,
        total_fen=total_fen,
        total_words=in_words(total_fen),
        stays=await _stays(session, tenant.id),
        signers=tuple(
            SignerOfDebtor(contact.name, contact.role.value)
            for contact in await contacts_of(session, tenant.id)
            if contact.role.may_sign
        ),
        bills=tuple(_bill(claim, lines[claim.bill.id]) for claim in claims),
        readings=tuple(each for bill in bills for each in _readings(bill, lines[bill.id])),
        letters=tuple(_letter(chain) for chain in chains),
        payments=await _payments(session, payments, bills),
        said=await _said(session, tenant.id),
        digests=tuple(Digest(each.what, each.sha256) for each in pictures),
        agreements=await agreements_of(session, tenant.id),
    )
    return Gathered(pack, pictures[:MOST_PHOTOS], [*letter_files(chains), *receipt_files(payments)])


async def _stays(session: AsyncSession, tenant_id: int) -> tuple[Stay, ...]:
    rows = await session.execute(
        select(Tenancy, Unit, Tenant.name)
        .join(Unit, Unit.id == Tenancy.unit_id)
        .outerjoin(Tenant, Tenant.id == Unit.owner_id)
        .where(Tenancy.tenant_id == tenant_id)
        .order_by(Tenancy.start_on, Unit.code)
    )
    return tuple(
        Stay(
            unit.code,
            f"{plain(unit.area)} ㎡",
            f"{plain(stay.price_yuan)} 元/㎡·月",
            stay.start_on,
            stay.end_on,
            owner or unit.owner_name,
        )
        for stay, unit, owner in rows
    )


def _bill(claim: Claim, lines: Sequence[BillLine]) -> ProvenBill:
    bill, since = claim.bill, claim.limitation.since
    return ProvenBill(
        OpenBill(bill.number or "", bill.month, bill.due_on, bill.total_fen, bill.paid_fen),
        tuple(FeeLine(line.name, line.basis, line.amount_fen) for line in lines),
        claim.until_on,
        f"{since.on} {since.what}" if since else "缴费期限届满，此后没有送达凭据",
    )


def _readings(bill: Bill, lines: Sequence[BillLine]) -> list[UsedReading]:
    """The stretches the lines were computed from; a line keeps them as they stood then."""
    found = []
    for line in lines:
        source: dict[str, Any] = line.source
        start, end = source.get("from"), source.get("to")
        if isinstance(start, dict) and isinstance(end, dict) and "meter" in source:
            found.append(
                UsedReading(
                    bill.number or "", str(source["meter"]), str(source.get("unit", "")),
                    str(start.get("on", "")), str(start.get("value", "")),
                    str(end.get("on", "")), str(end.get("value", "")), str(source.get("usage", "")),
                )
            )  # fmt: skip
    return found


def _letter(chain: ProofChain) -> ProvenLetter:
    events = tuple(
        ProvenEvent(event.at, event.stage.value, event.who, event.how, event.detail)
        for event in chain.events
        if event.stage not in (Stage.QUEUED, Stage.WITHHELD)
    )
    return ProvenLetter(
        chain.number,
        chain.kind,
        local_date(chain.made_at),
        chain.amount_fen,
        chain.sha256,
        local_date(chain.proven_at) if chain.proven_at else None,
        events,
    )


async def payments_of(session: AsyncSession, tenant_id: int, bills: Sequence[Bill]) -> list[Payment]:
    """What came in since the oldest of the bills was due or paid a part of one, reversed or not."""
    since = at_local(min(bill.due_on for bill in bills), 0)
    parts = select(Allocation.payment_id).where(Allocation.bill_id.in_([bill.id for bill in bills]))
    rows = await session.scalars(
        select(Payment)
        .where(Payment.tenant_id == tenant_id, or_(Payment.received_at >= since, Payment.id.in_(parts)))
        .order_by(Payment.received_at, Payment.id)
    )
    return list(rows)


async def _payments(
    session: AsyncSession, payments: Sequence[Payment], bills: Sequence[Bill]
) -> tuple[ReceivedMoney, ...]:
    """Each with what of it went to these bills."""
    numbers = {bill.id: bill.number or "" for bill in bills}
    parts: dict[int, list[str]] = {}
    rows = await session.execute(
        select(Allocation.payment_id, Allocation.bill_id, Allocation.amount_fen)
        .where(Allocation.bill_id.in_(numbers))
        .order_by(Allocation.id)
    )
    for payment_id, bill_id, amount_fen in rows:
        parts.setdefault(payment_id, []).append(f"{numbers[bill_id]} {yuan(amount_fen)} 元")
    return tuple(
        ReceivedMoney(
            payment.number, payment.received_at, payment.method, payment.amount_fen,
            "；".join(parts.get(payment.id, [])),
            f"已冲正：{payment.reversed_reason}" if payment.reversed_at else "",
        )
        for payment in payments
    )  # fmt: skip


async def _said(session: AsyncSession, tenant_id: int) -> tuple[SaidByDebtor, ...]:
    pauses = await session.scalars(
        select(DunningPause)
        .where(DunningPause.tenant_id == tenant_id, DunningPause.kind != PauseKind.BY_HAND)
        .order_by(DunningPause.id)
    )
    return tuple(
        SaidByDebtor(
            pause.number, str(pause.kind), local_date(pause.created_at), pause.until_on,
            pause.reason, _outcome(pause),
        )
        for pause in pauses
    )  # fmt: skip


def _outcome(pause: DunningPause) -> str:
    if pause.outcome is PauseOutcome.OPEN:
        return "未付清" if pause.kind is PauseKind.PROMISE else "核对中"
    return f"{pause.outcome}：{pause.note}" if pause.note else str(pause.outcome)
