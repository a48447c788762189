"""Papers of a claim that come as pictures, and what the insurer asked for besides."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.claims.evidence import ClaimPhoto, photos_of
from models.messages.media import Media


class Paper(StrEnum):
    """What an insurer may want to see [manual 4.3.1, flow chart; the rest is practice]."""

    LOSS_NOTICE = "loss_notice"
    DAMAGE_LIST = "damage_list"
    INCIDENT_REPORT = "incident_report"
    PHOTOS = "photos"
    POLICY = "policy"
    QUOTE = "quote"
    INVOICE = "invoice"
    EXPERT = "expert"
    ASSET = "asset"
    POLICE = "police"
    FIRE = "fire"
    WEATHER = "weather"
    SERVICE_LOG = "service_log"
    TRAFFIC = "traffic"
    CASH_COUNT = "cash_count"
    THIRD_PARTY = "third_party"
    DECISION = "decision"
    REFUSAL = "refusal"
    OTHER = "other"


PAPER_LABELS = {
    Paper.LOSS_NOTICE: "出险通知书",
    Paper.DAMAGE_LIST: "受损标的清单",
    Paper.INCIDENT_REPORT: "特别事件报告",
    Paper.PHOTOS: "现场照片",
    Paper.POLICY: "保单复印件",
    Paper.QUOTE: "报价单",
    Paper.INVOICE: "发票",
    Paper.EXPERT: "鉴定报告",
    Paper.ASSET: "资产凭证",
    Paper.POLICE: "报警回执",
    Paper.FIRE: "火灾证明",
    Paper.WEATHER: "气象证明",
    Paper.SERVICE_LOG: "维保记录",
    Paper.TRAFFIC: "事故认定书",
    Paper.CASH_COUNT: "现金盘点表",
    Paper.THIRD_PARTY: "第三方材料",
    Paper.DECISION: "赔款核定书",
    Paper.REFUSAL: "拒赔通知书",
    Paper.OTHER: "其他材料",
}
OURS = frozenset({Paper.LOSS_NOTICE, Paper.DAMAGE_LIST, Paper.INCIDENT_REPORT, Paper.PHOTOS})
"""Papers made from the case itself; nobody files a picture of them."""


class ClaimPaper(Base):
    """A page of a paper: the picture, and which paper it is of."""

    __tablename__ = "claim_paper"
    __table_args__ = (UniqueConstraint("claim_id", "media_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    paper: Mapped[Paper]
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"))
    filed_by: Mapped[str]
    filed_at: Mapped[datetime]


class PaperRequest(Base):
    """What the insurer asked for, once, with its date [law: 保险法 §22]; done_at: when it was handed in."""

    __tablename__ = "claim_paper_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    text: Mapped[str]
    asked_at: Mapped[datetime]
    noted_by: Mapped[str]
    done_at: Mapped[datetime | None]
    done_note: Mapped[str] = mapped_column(default="")


async def papers_of(session: AsyncSession, claim_id: int) -> list[tuple[ClaimPaper, Media]]:
    """The pages of a claim with their originals, oldest first."""
    rows = await session.execute(
        select(ClaimPaper, Media)
        .join(Media, Media.id == ClaimPaper.media_id)
        .where(ClaimPaper.claim_id == claim_id)
        .order_by(ClaimPaper.id)
    )
    return [(paper, media) for paper, media in rows]


async def scene_photos(session: AsyncSession, claim_id: int) -> list[tuple[ClaimPhoto, Media]]:
    """The pictures that show the scene: those filed as pages of a paper stand with the papers."""
    filed = set(await session.scalars(select(ClaimPaper.media_id).where(ClaimPaper.claim_id == claim_id)))
    return [(photo, media) for photo, media in await photos_of(session, claim_id) if media.id not in filed]


async def requests_of(session: AsyncSession, claim_id: int) -> list[PaperRequest]:
    """What the insurer asked for, oldest first, locked for change."""
    rows = await session.scalars(
        select(PaperRequest)
        .where(PaperRequest.claim_id == claim_id)
        .order_by(PaperRequest.id)
        .with_for_update()
    )
    return list(rows)


def paper_meant(text: str) -> Paper | None:
    """The paper a word stands for, by its label or a part of it; only those filed as pictures."""
    wanted = text.strip()
    return next(
        (
            paper
            for paper, label in PAPER_LABELS.items()
            if paper not in OURS and len(wanted) >= 2 and wanted in label
        ),
        None,
    )
