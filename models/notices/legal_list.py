"""法务清单: large debtors for legal action, each with the clock of its limitation [manual 一.二(二)], and the warnings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local_date
from models.fees.bill import Bill, BillStatus, unpaid_bills
from models.fees.debtors import debtors
from models.fees.limitation import limitation_until
from models.fees.money import yuan
from models.messages.content import Content
from models.messages.tell import tell_staff
from models.notices.limitation_facts import Claim, claims_of
from models.people.staff import staff_who_may
from models.people.tenant import Tenant
from models.rules import Rules

LEGAL = "fees.legal"
MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class LargeDebtor:
    """A debtor whose overdue debt is both large and old enough. first: the claim that lapses first."""

    tenant_id: int
    name: str
    overdue_fen: int
    bills: int
    days: int
    first: Claim


async def large_debtors(session: AsyncSession, today: date, rules: Rules) -> list[LargeDebtor]:
    """The largest debt first."""
    found = []
    for debtor in await debtors(session, today):
        days = (today - debtor.oldest_due_on).days
        large = debtor.overdue_fen >= rules.dunning.legal_min_yuan * 100
        if not large or days < rules.dunning.legal_min_days:
            continue
        bills = [bill for bill in await unpaid_bills(session, debtor.tenant_id) if bill.due_on < today]
        claims = await claims_of(session, debtor.tenant_id, bills)
        first = min(claims, key=lambda claim: claim.until_on)
        found.append(LargeDebtor(debtor.tenant_id, debtor.name, debtor.overdue_fen, len(bills), days, first))
    return sorted(found, key=lambda each: -each.overdue_fen)


def legal_text(found: list[LargeDebtor], rules: Rules, today: date) -> str:
    """The list; a long one is cut, its totals are not."""
    terms = (
        f"逾期欠费满 {rules.dunning.legal_min_yuan:,} 元且最早一期逾期满 {rules.dunning.legal_min_days} 天"
    )
    if not found:
        return f"目前没有{terms}的租户。"
    total = yuan(sum(each.overdue_fen for each in found))
    lines = [_line(each, today) for each in found[:MOST_LINES]]
    more = [f"另有 {len(found) - MOST_LINES} 家"] if len(found) > MOST_LINES else []
    head = f"【法务清单】{terms}：{len(found)} 家，合计 {total} 元"
    return "\n".join([head, *lines, *more, "取证据材料：证据 租户名称"])


async def warn_of_limitation(session: AsyncSession, tenant_id: int, now: datetime, rules: Rules) -> bool:
    """Managers hear that a tenant's claim lapses soon, once for each of the settings' days; whether one is near.

    Where several of these days were missed, one warning is enough.
    """
    today = local_date(now)
    bills = [bill for bill in await unpaid_bills(session, tenant_id) if bill.due_on < today]
    if not bills:
        return False
    first = min(await claims_of(session, tenant_id, bills), key=lambda claim: claim.until_on)
    left = first.limitation.days_left(today)
    passed = [days for days in rules.dunning.limitation_warn_days if left <= days]
    if not passed:
        return False
    tenant = await session.get_one(Tenant, tenant_id)
    owed = yuan(sum(bill.owed_fen for bill in bills))
    text = (
        f"【诉讼时效】{tenant.name} 未付 {owed} 元：{_claim_words(first, today)}。\n"
        f"请尽快书面催告并取得签收或妥投凭据（可使时效重新计算），或交法务起诉。取证据材料：证据 {tenant.name}"
    )
    step = min(passed) if left >= 0 else -1
    members = await staff_who_may(session, LEGAL, rules)
    key = f"limitation:{tenant_id}:{first.until_on}:{step}"
    await tell_staff(session, members, key, Content(text=text), now=now)
    return True


async def old_debtors(session: AsyncSession, today: date, rules: Rules) -> list[int]:
    """Tenants with an open bill so old that its limitation could end within the longest warning."""
    horizon = today + timedelta(days=max(rules.dunning.limitation_warn_days, default=0))
    rows = await session.execute(
        select(Bill.tenant_id, Bill.due_on)
        .where(Bill.status == BillStatus.ISSUED, Bill.paid_fen < Bill.total_fen, Bill.due_on < today)
        .order_by(Bill.tenant_id)
    )
    return list(dict.fromkeys(tenant for tenant, due_on in rows if limitation_until(due_on) <= horizon))


def _line(each: LargeDebtor, today: date) -> str:
    return (
        f"· {each.name}：{yuan(each.overdue_fen)} 元（{each.bills} 期，最早逾期 {each.days} 天），"
        f"{_claim_words(each.first, today)}"
    )


def _claim_words(claim: Claim, today: date) -> str:
    left = claim.limitation.days_left(today)
    when = f"还有 {left} 天" if left >= 0 else f"已过 {-left} 天"
    since = claim.limitation.since
    why = f"{since.on} {since.what}" if since else f"{claim.bill.due_on} 到期后没有送达凭据"
    return f"时效至 {claim.until_on}（{when}；{why}）"
