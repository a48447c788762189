"""What to say when ringing the insurer: every fact of manual 4.2.1, ready to be read out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from models.cases.case import Case
from models.claims.cards import loss_text
from models.claims.claim import Claim
from models.claims.evidence import thing_named
from models.claims.terms import Terms
from models.fees.money import yuan
from models.people.staff import Staff
from models.policies.words import cautions


def missing_fact(claim: Claim) -> str:
    """The first fact nobody has told yet, by its word of 补充; "" when all are there."""
    facts = (("保单", claim.policy_number), ("原因", claim.cause), ("损失", claim.extent))
    return next((word for word, value in facts if not value), "")


def script(
    case: Case, claim: Claim, terms: Terms, things: Sequence[str], caller: Staff, now: datetime
) -> str:
    """The seven facts in the order an insurer asks for them. things: the names on the damage list."""
    estimate = f"估价 {yuan(claim.estimate_fen)} 元" if claim.estimate_fen is not None else "金额待估"
    lines = [
        f"请现在拨打{terms.hotlines or '保险公司报案电话（见保单）'}，照着念：",
        f"1. 出险标的：{thing_named(claim.object, things)}（{claim.kind}）",
        f"2. 保单号码：{claim.policy_number}",
        f"3. 出险原因：{claim.cause}",
        f"4. 出险时间：{loss_text(claim, now)}",
        f"5. 出险地点：{case.place}",
        f"6. 损失概况：{claim.extent}，{estimate}",
        f"7. 现场联系人：{caller.name}" + (f" {caller.mobile}" if caller.mobile else ""),
        *cautions(terms.policies, claim.kind),
        "问清楚：何时来查勘，现场能不能清理、能不能先修。",
        "对方会给一个报案号，请把报案号直接发给我。",
    ]
    return "\n".join(lines)
