"""缴费/催费通知单签收表: what of a month is signed for, by building [manual ¶4.6.7]. Made from the evidence, never kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.notices.documents import Issuer, SignOffRow, SignOffSheet
from models.notices.facts import Letter
from models.notices.letter import document_of
from models.notices.notice import Notice, NoticeKind
from models.notices.paid import paid_notices
from models.notices.reached import Reached, how_reached
from models.people.unit import Unit
from models.rules import Rules


@dataclass(frozen=True, slots=True)
class Stand:
    """How it stands with one letter. paid: what it asks for is paid."""

    notice: Notice
    letter: Letter
    reached: Reached
    paid: bool

    @property
    def signed(self) -> bool:
        """Whether somebody who may has signed."""
        return self.reached.signature is not None

    @property
    def open(self) -> bool:
        """Whether somebody still has to sign: what is paid needs no signature."""
        return not self.signed and not self.paid

    @property
    def line(self) -> str:
        """For a list."""
        return f"{'、'.join(self.letter.units) or '—'} {self.letter.tenant}（{self.notice.number}）{self.reached.words}"


async def stands(session: AsyncSession, month: str, building: str = "") -> list[Stand]:
    """The letters of the month by unit; building: only of those who rent there, "" for all."""
    notices = list(
        await session.scalars(
            select(Notice)
            .where(Notice.month == month, Notice.kind != NoticeKind.OWNER)
            .order_by(Notice.number)
        )
    )
    reached, paid = await how_reached(session, notices), await paid_notices(session, notices)
    there = await _codes(session, building) if building else None
    found = [Stand(notice, document_of(notice), reached[notice.id], notice.id in paid) for notice in notices]
    chosen = [stand for stand in found if there is None or there & set(stand.letter.units)]
    return sorted(chosen, key=lambda stand: (stand.notice.kind is not NoticeKind.PAYMENT, stand.letter.units))


async def latest_month(session: AsyncSession) -> str | None:
    """The newest month that has letters; None when there are none at all."""
    found: str | None = await session.scalar(
        select(func.max(Notice.month)).where(Notice.kind == NoticeKind.PAYMENT)
    )
    return found


async def buildings(session: AsyncSession) -> list[str]:
    """All buildings of the park."""
    return list(await session.scalars(select(Unit.building).distinct().order_by(Unit.building)))


async def sign_off_sheet(
    session: AsyncSession, month: str, building: str, made_by: str, made_on: date, rules: Rules
) -> SignOffSheet:
    """The sheet as a document."""
    rows = tuple(_row(stand) for stand in await stands(session, month, building))
    return SignOffSheet(Issuer.of(rules.park), month, building or "全部", made_on, made_by, rows)


def summary(found: Sequence[Stand]) -> str:
    """The numbers in one sentence."""
    signed, paid = (
        sum(stand.signed for stand in found),
        sum(stand.paid and not stand.signed for stand in found),
    )
    unsigned = len(found) - signed - paid
    note = f"，未签收但已付清 {paid} 份" if paid else ""
    return f"共 {len(found)} 份，已签收 {signed} 份，未签收 {unsigned} 份{note}。"


def unsigned_lines(found: Sequence[Stand], most: int) -> list[str]:
    """The letters that somebody still has to see to, at most so many, then how many more."""
    missing = [stand for stand in found if stand.open]
    lines = [f"· {stand.line}" for stand in missing[:most]]
    return [*lines, f"另有 {len(missing) - most} 份"] if len(missing) > most else lines


def _row(stand: Stand) -> SignOffRow:
    signature = stand.reached.signature or stand.reached.warning
    remarks = [
        "已付清" if stand.paid else "",
        f"邮寄 {stand.reached.posted[-1]}" if stand.reached.posted else "",
        f"{signature.signer}（{signature.role}）无权签收" if signature and not signature.sufficient else "",
    ]
    enough = stand.reached.signature
    return SignOffRow(
        number=stand.notice.number,
        tenant=stand.letter.tenant,
        units=stand.letter.units,
        amount_fen=stand.notice.amount_fen,
        how=enough.how if enough else "、".join(stand.reached.channels),
        signer=enough.signer if enough else "",
        role=enough.role if enough else "",
        signed_at=enough.at if enough else None,
        remark="；".join(filter(None, remarks)),
    )


async def _codes(session: AsyncSession, building: str) -> set[str]:
    return set(await session.scalars(select(Unit.code).where(Unit.building == building)))
