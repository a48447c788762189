"""Who else is concerned in a loss: whoever caused it or was hurt by it, and what was offered [law: 保险法 §§60–65]."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.errors import UserError
from models.fees.money import parse_yuan, yuan

SUBROGATION = (
    "赔付后保险公司可以在赔款范围内向第三方追偿（保险法第六十条），请把对方姓名、电话和证据交给保险公司（第六十三条）；"
    "对方已经赔过的部分会从赔款里扣除。"
)
LIABILITY = (
    "【注意】对方是受损的一方：未经保险公司同意，不承认责任、不答应数额，否则可能不赔。"
    "责任险由保险公司直接赔给对方，我方没有先赔的，它不赔给我方（保险法第六十五条）。"
)
OTHERS_HURT = frozenset({"第三者责任", "租户财产"})
"""Objects of which somebody else is the owner: there the third party claims, and nobody turns on them."""
_DEMAND = re.compile(r"要求|索赔|索要|要我们|让我们|要你们|叫我们|得赔")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)")
_OFFER = re.compile(r"(\d[\d,]*(?:\.\d{1,2})?)\s*(?:元|块)")


class ThirdParty(Base):
    """A person or company beside the insurer and us. offered_fen: what they offered, None for nothing said."""

    __tablename__ = "claim_third_party"

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    offered_fen: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
    noted_at: Mapped[datetime]
    noted_by: Mapped[str]

    @property
    def line(self) -> str:
        """For lists."""
        offered = f"提出赔 {yuan(self.offered_fen)} 元" if self.offered_fen is not None else ""
        return "，".join(filter(None, (f"{self.name} {self.phone}".strip(), offered, self.note)))


@dataclass(frozen=True, slots=True)
class Named:
    """A third party as a message names it. demands: they want money of us; what they want is no offer."""

    name: str
    phone: str
    offered_fen: int | None
    note: str
    demands: bool = False


def read_third_party(text: str) -> Named:
    """ "王先生 13800010002 愿意赔 2000 元现金": name first, then a number to call, what was offered, the rest.

    Raises UserError without a name.
    """
    name, _, rest = text.strip().partition(" ")
    if not name or _MOBILE.fullmatch(name) or not any(char.isalpha() for char in name):
        raise UserError("请先写姓名或单位，例如：第三方 L01 王先生 13800010002 愿意赔 2000 元现金。")
    phone = _MOBILE.search(rest)
    offer = _OFFER.search(rest.replace(phone[0], " ") if phone else rest)
    note = " ".join(rest.replace(phone[0], " ").split()) if phone else rest.strip()
    demands = _DEMAND.search(note) is not None
    offered_fen = parse_yuan(offer[1]) if offer and not demands else None
    return Named(name[:40], phone[0] if phone else "", offered_fen, note[:200], demands)


async def third_parties_of(session: AsyncSession, claim_id: int) -> list[ThirdParty]:
    """Everybody named, in the order they were noted."""
    rows = await session.scalars(
        select(ThirdParty).where(ThirdParty.claim_id == claim_id).order_by(ThirdParty.id)
    )
    return list(rows)
