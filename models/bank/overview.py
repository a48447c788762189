"""How far the statement has been worked through, and what of the counter's transfers no statement shows yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.bank.facts import Facts, line_facts
from models.bank.line import BankLine
from models.bank.proposals import Proposal, What, sure_one
from models.clock import local
from models.fees.money import yuan
from models.fees.payment import Payment
from models.people.tenant import Tenant
from models.rules import Rules
from models.rules.money import CASH

MOST_ROWS = 20
MOST_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class SureLine:
    """A line that may be confirmed in a list."""

    line: BankLine
    proposal: Proposal


async def sure_lines(
    session: AsyncSession, lines: Sequence[BankLine], facts: Facts, rules: Rules
) -> list[SureLine]:
    """Lines whose only proposal is good enough, for one tenant each, every tenant once: after the first its debt
    is another.
    """
    found, taken = [], set()
    for line in lines[:MOST_LOOKED_AT]:
        proposals = facts.proposals(await line_facts(session, line), rules)
        best = sure_one(proposals, rules.bank)
        if best and best.what is What.BOOK and len(best.parts) == 1 and best.parts[0][0] not in taken:
            taken.add(best.parts[0][0])
            found.append(SureLine(line, best))
    return found


def overview_text(lines: Sequence[BankLine], sure: int, missing: int) -> str:
    """The head of 对账."""
    came = [line.amount_fen for line in lines if line.amount_fen > 0]
    went = [-line.amount_fen for line in lines if line.amount_fen < 0]
    parts = [f"收入 {len(came)} 笔 {yuan(sum(came))} 元"] if came else []
    parts += [f"支出 {len(went)} 笔 {yuan(sum(went))} 元"] if went else []
    text = f"待认流水 {len(lines)} 笔：{'，'.join(parts)}。" if lines else "没有待认的流水。"
    if sure > 1:
        text += f"\n其中 {sure} 笔把握大，可以看过清单后一起确认。"
    if missing:
        text += f"\n柜台登记的转账、支票等有 {missing} 笔还没有对上流水，发送“对账 未达”查看。"
    return text


def lines_text(lines: Sequence[BankLine]) -> str:
    """The list of open lines; a long one is cut, its total is not."""
    if not lines:
        return "没有待认的流水。"
    rows = [
        f"· {line.id}：{line.on:%m-%d} {yuan(line.amount_fen)} 元 {line.payer_name or '（没有户名）'}"
        f"{f' {line.reference[:20]}' if line.reference else ''}"
        for line in lines[:MOST_ROWS]
    ]
    more = [f"……另有 {len(lines) - MOST_ROWS} 笔"] if len(lines) > MOST_ROWS else []
    total = sum(line.amount_fen for line in lines)
    head = f"待认流水 {len(lines)} 笔，净额 {yuan(total)} 元："
    return "\n".join([head, *rows, *more, "发送“对账 编号”处理其中一笔。"])


def sure_text(sure: Sequence[SureLine]) -> str:
    """What is confirmed together."""
    rows = [
        f"{place}. {each.line.on:%m-%d} {yuan(each.proposal.parts[0][1])} 元 {each.proposal.words}"
        f"（{each.proposal.reasons[0]}，{each.proposal.score} 分）"
        for place, each in enumerate(sure, start=1)
    ]
    total = sum(each.proposal.parts[0][1] for each in sure)
    return "\n".join(
        [
            f"以下 {len(sure)} 笔合计 {yuan(total)} 元，确认后逐笔入账并告知租户：",
            *rows,
            "有不对的请取消，改为逐笔认款。",
        ]
    )


async def not_on_statement(session: AsyncSession, now: datetime, days: int) -> list[tuple[Payment, str]]:
    """Live payments but cash that no line shows, older than so many days, oldest first."""
    rows = await session.execute(
        select(Payment, Tenant.name)
        .join(Tenant, Tenant.id == Payment.tenant_id)
        .where(Payment.bank_line_id.is_(None), Payment.reversed_at.is_(None), Payment.method != CASH)
        .where(Payment.received_at <= now - timedelta(days=days))
        .order_by(Payment.received_at, Payment.id)
    )
    return [(payment, name) for payment, name in rows]


def missing_text(missing: Sequence[tuple[Payment, str]]) -> str:
    """The list of them."""
    if not missing:
        return "柜台登记的转账、支票都已对上流水，或登记不久。"
    rows = [
        f"· {payment.number} {name} {payment.method} {yuan(payment.amount_fen)} 元，"
        f"{local(payment.received_at):%m-%d} 登记"
        for payment, name in missing[:MOST_ROWS]
    ]
    more = [f"……另有 {len(missing) - MOST_ROWS} 笔"] if len(missing) > MOST_ROWS else []
    total = sum(payment.amount_fen for payment, _ in missing)
    head = f"柜台已登记、流水里还没有的 {len(missing)} 笔，合计 {yuan(total)} 元："
    return "\n".join([head, *rows, *more, "请核对是否到账；没有到账的请财务主管冲正。"])
