"""送达记录: everything that is known of how one letter reached its tenant, in order of time, as data [domain §6].

"Accepted by the API" is not received; received is not signed. Each event says which of these it is, who, how and when,
and carries what proves it: the digest of the exact document, the provider's id and its raw callback, photos.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import at_local
from models.messages.delivery_report import DeliveryReport, reports_on
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.notices.delivery_step import DeliveryStep, Rung, steps_of
from models.notices.letter import document_of
from models.notices.notice import Notice, Receipt, receipts_of
from models.notices.posting import Posting
from models.notices.refusal import Refusal, refusals_of
from models.notices.withdrawing_proof import WITHDRAWN
from models.people.staff import Staff
from models.people.tenant import Contact

CHANNELS = {"kf": "微信", "sms": "短信", "wecom": "企业微信"}


class Stage(StrEnum):
    """What an event proves; the value is what people read."""

    MADE = "制作"
    QUEUED = "待发送"
    SENT = "已发送"
    ARRIVED = "已送达"
    SEEN = "已查看"
    SIGNED = "已签收"
    UNAUTHORISED = "无权签收"
    WITHDRAWN = "签收已撤销"
    ASKED = "派工"
    REFUSED = "拒收"
    POSTED = "已邮寄"
    PARCEL_DELIVERED = "邮件妥投"
    RETURNED = "邮件退回"
    FAILED = "未送达"
    WITHHELD = "未再发送"
    UNCERTAIN = "结果不明"
    VOID = "作废"


_OF_STATUS = {
    OutboxStatus.DUE: Stage.QUEUED,
    OutboxStatus.LEASED: Stage.QUEUED,
    OutboxStatus.WAITING: Stage.QUEUED,
    OutboxStatus.SENT: Stage.SENT,
    OutboxStatus.WITHHELD: Stage.WITHHELD,
    OutboxStatus.UNKNOWN: Stage.UNCERTAIN,
    OutboxStatus.DEAD: Stage.FAILED,
}


@dataclass(frozen=True, slots=True)
class ProofEvent:
    """One thing that happened to the letter.

    who: on the tenant's side, with the role, or the member of staff who acted. how: the way it went.
    address: of chat or phone it went to. sha256: of the exact document concerned. provider_id, raw: as the provider
    gave them. photos: SHA-256 of pictures.
    """

    at: datetime
    stage: Stage
    who: str
    how: str
    detail: str = ""
    address: str = ""
    sha256: str = ""
    provider_id: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProofChain:
    """The events of one letter, oldest first. proven: somebody who may has signed, or registered mail was delivered."""

    notice_id: int
    number: str
    kind: str
    month: str
    tenant: str
    tenant_id: int
    amount_fen: int
    made_at: datetime
    sha256: str
    events: tuple[ProofEvent, ...]

    @property
    def proven(self) -> bool:
        """Whether receipt is sufficiently proven: then the ladder ends."""
        return self.proven_at is not None

    @property
    def proven_at(self) -> datetime | None:
        """When receipt was first proven; this is when a demand restarts the limitation [law: 民法典 §195]."""
        ends = (Stage.SIGNED, Stage.PARCEL_DELIVERED)
        return next((event.at for event in self.events if event.stage in ends), None)


async def proof_of(session: AsyncSession, notice: Notice) -> ProofChain:
    """The chain of one letter, from the rows themselves: nothing is kept twice."""
    letter = document_of(notice)
    events = [
        ProofEvent(
            notice.made_at, Stage.MADE, letter.issuer.centre, "系统", notice.number, sha256=notice.sha256
        ),
        *await _messages(session, notice),
        *(_receipt(receipt) for receipt in await receipts_of(session, notice.id)),
    ]
    if notice.seen_at:
        events.append(
            ProofEvent(notice.seen_at, Stage.SEEN, letter.tenant, "网页", "首次打开", sha256=notice.sha256)
        )
    if notice.void_at:
        events.append(ProofEvent(notice.void_at, Stage.VOID, letter.issuer.centre, "系统", "账单已冲正"))
    names = {member.userid: member.name for member in await session.scalars(select(Staff))}
    steps = (await steps_of(session, [notice.id])).get(notice.id, [])
    # What was said again stands among the messages.
    events += [_step(step, names) for step in steps if step.rung is not Rung.AGAIN]
    events += [_refusal(refusal, names) for refusal in await refusals_of(session, [notice.id])]
    for parcel in await session.scalars(
        select(Posting).where(Posting.notice_id == notice.id).order_by(Posting.id)
    ):
        events += _parcel(parcel, names)
    return ProofChain(
        notice_id=notice.id,
        number=notice.number,
        kind=notice.kind.value,
        month=notice.month,
        tenant=letter.tenant,
        tenant_id=notice.tenant_id,
        amount_fen=notice.amount_fen,
        made_at=notice.made_at,
        sha256=notice.sha256,
        events=tuple(sorted(events, key=lambda event: event.at)),
    )


async def _messages(session: AsyncSession, notice: Notice) -> list[ProofEvent]:
    """Every message to the tenant that carried the letter, and what its provider reported."""
    rows = (
        await session.execute(
            select(OutboxMessage, Contact)
            .outerjoin(Contact, Contact.id == OutboxMessage.contact_id)
            .where(OutboxMessage.subject == notice.subject, OutboxMessage.purpose == Purpose.NOTICE)
            .order_by(OutboxMessage.id)
        )
    ).all()
    reports = await reports_on(session, [row.id for row, _ in rows])
    events = []
    for row, contact in rows:
        if row.status is OutboxStatus.WITHHELD and row.content.get("file"):
            continue  # the file stays behind where an SMS leads to it: nothing was withheld from the tenant
        who = f"{contact.name}（{contact.role}）" if contact else row.recipient
        events += _message(row, who, notice.sha256, reports.get(row.id, []))
    return events


def _message(row: OutboxMessage, who: str, sha256: str, reports: list[DeliveryReport]) -> list[ProofEvent]:
    how = CHANNELS.get(row.channel, row.channel or "待选渠道")
    what = "PDF 文件" if row.content.get("file") else "再次通知" if ":again" in row.dedupe_key else "通知"
    failed_later = row.status is OutboxStatus.DEAD and any(not report.success for report in reports)
    stage = Stage.SENT if failed_later else _OF_STATUS[row.status]
    reason = row.reason if stage in (Stage.FAILED, Stage.WITHHELD, Stage.UNCERTAIN) else ""
    detail = "；".join(filter(None, (what, reason)))
    at = row.settled_at or row.created_at
    events = [ProofEvent(at, stage, who, how, detail, row.address, sha256, row.provider_id)]
    return events + [_report(row, report, who, how, sha256) for report in reports]


def _report(row: OutboxMessage, report: DeliveryReport, who: str, how: str, sha256: str) -> ProofEvent:
    """What the provider said afterwards; of a chat that bounced, the message has moved on to another channel."""
    stage = Stage.ARRIVED if report.success else Stage.FAILED
    by = CHANNELS.get(str(report.raw.get("channel", "")), how)
    provider_id = str(report.raw.get("msgid") or row.provider_id)
    detail = f"回执 {report.code}"
    return ProofEvent(
        report.received_at, stage, who, by, detail, row.address, sha256, provider_id, report.raw
    )


def _receipt(receipt: Receipt) -> ProofEvent:
    withdrawn = receipt.evidence.get(WITHDRAWN)
    stage = Stage.SIGNED if receipt.sufficient else Stage.WITHDRAWN if withdrawn else Stage.UNAUTHORISED
    photos = tuple(receipt.evidence.get("photos", ()))
    refusals = {Stage.UNAUTHORISED: "该身份无权代表租户签收", Stage.WITHDRAWN: "登记有误，已撤销"}
    detail = refusals.get(stage, "")
    if withdrawn:
        detail += f"：{withdrawn['reason']}"
    who = f"{receipt.signer}（{receipt.role}）"
    message_id = str(receipt.evidence.get("message_key", receipt.message_key))
    address = str(receipt.evidence.get("account") or receipt.evidence.get("address") or "")
    return ProofEvent(
        receipt.at, stage, who, receipt.how, detail, address, receipt.sha256, message_id, receipt.evidence,
        photos,
    )  # fmt: skip


def _step(step: DeliveryStep, names: Mapping[str, str]) -> ProofEvent:
    who = names.get(step.steward, step.steward) or "值班客服"
    return ProofEvent(step.noted_at, Stage.ASKED, who, step.rung.value, step.reason)


def _refusal(refusal: Refusal, names: Mapping[str, str]) -> ProofEvent:
    brought = names.get(refusal.brought_by, refusal.brought_by)
    witness = f"，见证 {names.get(refusal.witness, refusal.witness)}" if refusal.witness else ""
    detail = f"{refusal.reason}（派发 {brought}{witness}）"
    photos = tuple(refusal.photos)
    return ProofEvent(
        refusal.at, Stage.REFUSED, refusal.who, "上门", detail, sha256=refusal.sha256, photos=photos
    )


def _parcel(parcel: Posting, names: Mapping[str, str]) -> list[ProofEvent]:
    who, how = names.get(parcel.posted_by, parcel.posted_by), f"邮寄 {parcel.tracking}"
    photos = tuple(parcel.slip_photos)
    events = [
        ProofEvent(
            parcel.posted_at, Stage.POSTED, who, how, f"内件：{parcel.content}",
            sha256=parcel.sha256, provider_id=parcel.tracking, photos=photos,
        )
    ]  # fmt: skip
    traced = names.get(parcel.traced_by, parcel.traced_by)
    if parcel.delivered_on:
        received = parcel.received_by or "收件人"
        events.append(
            ProofEvent(
                _evening(parcel.delivered_on), Stage.PARCEL_DELIVERED, received, how, f"{traced} 查询登记",
                sha256=parcel.sha256, provider_id=parcel.tracking,
            )
        )  # fmt: skip
    if parcel.returned_on:
        detail = f"{parcel.return_reason}（{traced} 登记）"
        at = _evening(parcel.returned_on)
        events.append(
            ProofEvent(at, Stage.RETURNED, "", how, detail, sha256=parcel.sha256, provider_id=parcel.tracking)
        )
    return events


def _evening(day: date) -> datetime:
    """Of a day without an hour; late enough to stand behind what was done that morning."""
    return at_local(day, 23, 59)
