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
    def posted(self) -> bool:
        """Whether nobody signed, but registered mail was delivered: that proves receipt too."""
        return not self.signed and self.reached.delivered_parcel is not None

    @property
    def open(self) -> bool:
        """Whether receipt is still to be proven: what is paid needs no proof."""
        return not self.reached.proven and not self.paid and self.notice.void_at is None

    @property
    def name(self) -> str:
        """Where and who."""
        return f"{'、'.join(self.letter.units) or '—'} {self.letter.tenant}（{self.notice.number}）"

    @property
    def line(self) -> str:
        """For a list: with how far it has come, and since when."""
        step = self.reached.step
        since = f"，{step[0]} {step[1].month}月{step[1].day}日" if step and self.open else ""
        return f"{self.name}{self.reached.words}{since}"


async def stands(session: AsyncSession, month: str, building: str = "") -> list[Stand]:
    """The letters of the month by unit; building: only of those who rent there, "" for all."""
    rows = await session.scalars(
        select(Notice).where(Notice.month == month, Notice.kind != NoticeKind.OWNER).order_by(Notice.number)
    )
    there = await _codes(session, building) if building else None
    found = await stands_of(session, list(rows))
    chosen = [stand for stand in found if there is None or there & set(stand.letter.units)]
    return sorted(chosen, key=lambda stand: (stand.notice.kind is not NoticeKind.PAYMENT, stand.letter.units))


async def stands_of(session: AsyncSession, notices: Sequence[Notice]) -> list[Stand]:
    """How it stands with these letters, in their order."""
    reached, paid = await how_reached(session, notices), await paid_notices(session, notices)
    return [Stand(notice, document_of(notice), reached[notice.id], notice.id in paid) for notice in notices]


async def latest_month(session: AsyncSession) -> str | None:
    """The newest month that has letters; None when there are none at all."""
    found: str | None = await session.scalar(
        select(func.max(Notice.month)).where(Notice.kind == NoticeKind.PAYMENT)
    )
    return found


async def sign_off_sheet(
    session: AsyncSession, month: str, building: str, made_by: str, made_on: date, rules: Rules
) -> SignOffSheet:
    """The sheet as a document."""
    rows = tuple(_row(stand) for stand in await stands(session, month, building))
    return SignOffSheet(Issuer.of(rules.park), month, building or "全部", made_on, made_by, rows)


def summary(found: Sequence[Stand]) -> str:
    """The numbers in one sentence."""
    signed, posted = sum(stand.signed for stand in found), sum(stand.posted for stand in found)
    rest = [stand for stand in found if not stand.reached.proven]
    void = sum(stand.notice.void_at is not None for stand in rest)
    paid = sum(stand.paid and stand.notice.void_at is None for stand in rest)
    notes = [(posted, "邮件妥投"), (paid, "未签收但已付清"), (void, "已作废")]
    more = "".join(f"，{word} {count} 份" for count, word in notes if count)
    unsigned = len(rest) - void - paid
    return f"共 {len(found)} 份，已签收 {signed} 份，未签收 {unsigned} 份{more}。"


def unsigned_lines(found: Sequence[Stand], most: int) -> list[str]:
    """The letters that somebody still has to see to, at most so many, then how many more."""
    missing = [stand for stand in found if stand.open]
    lines = [f"· {stand.line}" for stand in missing[:most]]
    return [*lines, f"另有 {len(missing) - most} 份"] if len(missing) > most else lines


def _row(stand: Stand) -> SignOffRow:
    reached = stand.reached
    enough, parcel = reached.signature, reached.delivered_parcel
    step = reached.step if stand.open else None
    return SignOffRow(
        number=stand.notice.number,
        tenant=stand.letter.tenant,
        units=stand.letter.units,
        amount_fen=stand.notice.amount_fen,
        how=enough.how if enough else "邮寄" if parcel else "、".join(reached.channels),
        signer=enough.signer if enough else parcel.received_by if parcel else "",
        role=enough.role if enough else "",
        signed_at=enough.at if enough else None,
        delivered_on=parcel.delivered_on if parcel and not enough else None,
        step=step[0] if step else "",
        step_on=step[1] if step else None,
        remark="；".join(filter(None, _remarks(stand))),
    )


def _remarks(stand: Stand) -> list[str]:
    reached, warning = stand.reached, stand.reached.warning
    refused = reached.refusals[-1] if reached.refusals else None
    parcel = reached.parcel
    return [
        "已作废" if stand.notice.void_at else "已付清" if stand.paid else "",
        f"邮寄 {parcel.tracking}" if parcel else "",
        f"退件：{parcel.return_reason}" if parcel and parcel.returned_on else "",
        f"拒收：{refused.who}，{refused.reason}" if refused else "",
        f"{warning.signer}（{warning.role}）无权签收" if warning and not reached.signature else "",
    ]


async def _codes(session: AsyncSession, building: str) -> set[str]:
    return set(await session.scalars(select(Unit.code).where(Unit.building == building)))
