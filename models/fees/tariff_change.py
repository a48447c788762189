"""单价: what is valid, what comes, and setting a price from a coming day on; what has been used stays as it was."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.calendar.day_words import parse_day
from models.calendar.period import Month
from models.errors import UserError
from models.fees.bill_lines import plain
from models.fees.meter import MeterKind, Tariff
from models.fees.meter_book import cut_off
from models.fees.tariff import load_tariffs, valid_tariff

EXAMPLE = "单价 电 0.95 2026-05-01"
_ALIASES = {"水费": "水", "电费": "电", "水价": "水", "电价": "电"}
_MOST = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class PriceWords:
    """An item, its price, and the day it begins."""

    code: str
    price_yuan: Decimal
    from_on: date


def parse_price(text: str, today: date) -> PriceWords:
    """ "电 0.95 2026-05-01" in parts.

    Raises: UserError with an example.
    """
    words = unicodedata.normalize("NFKC", text).split()
    if len(words) != 3:
        raise UserError(f"请写成：单价 项目 价格 生效日，例如：{EXAMPLE}。只看现价请发送“单价”。")
    code, price, day = words
    try:
        value = Decimal(price.removesuffix("元").replace(",", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 <= value < _MOST or value != round(value, 6):
        raise UserError(f"没看懂单价“{price[:20]}”，请只写数字，最多 6 位小数，例如：{EXAMPLE}")
    return PriceWords(_ALIASES.get(code, code), value.normalize() + 0, parse_day(day, today))


async def set_price(session: AsyncSession, words: PriceWords, today: date) -> tuple[Tariff, Tariff]:
    """Stores a price of a coming day; the price it follows, and the new one.

    Raises: UserError for an unknown item, or a day that is not ahead: bills may have been computed for it.
    """
    tariffs = await load_tariffs(session)
    now = valid_tariff(tariffs, words.code, today) or next((t for t in tariffs if t.code == words.code), None)
    if now is None:
        known = "、".join(dict.fromkeys(tariff.code for tariff in reversed(tariffs)))
        raise UserError(f"没有收费项目“{words.code[:20]}”。已有：{known}。新项目请用“收费标准”表导入。")
    if words.from_on <= today:
        raise UserError(f"单价只能从今天（{today}）以后的日子起调整，已经计费的日子不能改。")
    row = await session.scalar(
        select(Tariff).where(Tariff.code == words.code, Tariff.from_on == words.from_on).with_for_update()
    )
    if row is None:
        row = Tariff(code=words.code, per=now.per, from_on=words.from_on)
        session.add(row)
    row.price_yuan = words.price_yuan
    await session.flush()
    before = valid_tariff([each for each in tariffs if each is not row], words.code, words.from_on)
    return before or now, row


async def withdraw_price(session: AsyncSession, text: str, today: date) -> Tariff:
    """Takes a price back whose day has not come.

    Raises: UserError.
    """
    words = unicodedata.normalize("NFKC", text).split()
    if len(words) != 2:
        raise UserError("请写成：单价 撤销 电 2026-05-01")
    code, day = _ALIASES.get(words[0], words[0]), parse_day(words[1], today)
    row = await session.scalar(
        select(Tariff).where(Tariff.code == code, Tariff.from_on == day).with_for_update()
    )
    if row is None or row.from_on <= today:
        raise UserError(f"没有从 {day} 起、尚未生效的“{code[:20]}”单价。发送“单价”查看。")
    await session.delete(row)
    await session.flush()
    return row


async def prices_text(session: AsyncSession, today: date) -> str:
    """What is valid today and what comes, by item."""
    tariffs = await load_tariffs(session)
    if not tariffs:
        return "还没有收费标准，请用“收费标准”表导入。"
    rows = []
    for code in dict.fromkeys(tariff.code for tariff in reversed(tariffs)):
        now = valid_tariff(tariffs, code, today)
        text = f"{_price(now)}（{now.from_on} 起）" if now else "尚未生效"
        coming = [each for each in reversed(tariffs) if each.code == code and each.from_on > today]
        later = "".join(f"，{each.from_on} 起 {_price(each)}" for each in coming)
        rows.append(f"· {code}：{text}{later}")
    return "\n".join(["现行单价：", *rows, f"调整请发送：{EXAMPLE}"])


def takes_effect(tariff: Tariff) -> str:
    """On which bills a price appears first."""
    if tariff.code not in list(MeterKind):
        return f"{Month.of(tariff.from_on).label}账单起按新价"
    month = Month.of(tariff.from_on)
    if tariff.from_on > cut_off(month):
        month = month.next()
    return (
        f"{month.label}账单（{cut_off(month.previous())} 之后的用量）起出现新价；"
        "生效日在两次抄表之间的，用量按天数分到新旧单价，各列一行"
    )


def _price(tariff: Tariff) -> str:
    return f"{plain(tariff.price_yuan)} 元/{tariff.per}"
