"""What staff type after 拒收, 邮寄, 妥投 and 退件. Pure but for looking up the witness."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.past_day import past_day
from models.errors import UserError
from models.notices.refusal import AtTheDoor
from models.people.staff import Staff, find_staff

REFUSED = "请这样发：拒收 JF-202603-0001 前台王女士 说负责人不在 见证 周敏（先拍下留置现场发来）。"
RETURNED = "请这样发：退件 JF-202603-0001 查无此人（可加日期：3月29日）。"
DELIVERED = "请这样发：妥投 JF-202603-0001 3月29日 收发室。"
NAME_LENGTH = 40
REASON_LENGTH = 200
_WITNESS = re.compile(r"\s*[，,]?\s*见证人?[:：]?\s*(\S{1,20})$")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the tracking said. on: today when no day was named."""

    number: str
    on: date
    text: str


async def refusal_told(session: AsyncSession, text: str, bringer: Staff) -> tuple[str, AtTheDoor]:
    """Number of the letter and what happened at the door. Raises UserError with an example."""
    witness = _WITNESS.search(text)
    words = (text[: witness.start()] if witness else text).split(maxsplit=2)
    if len(words) != 3:
        raise UserError(REFUSED)
    userid = await _colleague(session, witness[1], bringer) if witness else ""
    return words[0], AtTheDoor(words[1][:NAME_LENGTH], words[2][:REASON_LENGTH], userid)


async def _colleague(session: AsyncSession, name: str, bringer: Staff) -> str:
    found = [member for member in await find_staff(session, name) if member.id != bringer.id]
    if len(found) != 1:
        raise UserError(f"没有认出见证人“{name}”，请写另一位在场同事的姓名或账号。")
    return found[0].userid


def outcome_told(text: str, today: date, example: str) -> Outcome:
    """ "0001 3月29日 收发室" in parts, the day anywhere. Raises UserError with the example."""
    number, *words = text.split() or [""]
    if not number:
        raise UserError(example)
    days = [day for word in words if (day := past_day(word, today)) is not None]
    rest = [word for word in words if past_day(word, today) is None]
    return Outcome(number, days[0] if days else today, " ".join(rest)[:REASON_LENGTH])
