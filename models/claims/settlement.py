"""What may be put before a third party, and the warning that comes first [law: 保险法 §§60–61]."""

from __future__ import annotations

from datetime import datetime

from models.cases.case import Case
from models.claims.claim import Claim
from models.clock import local

WARNING = (
    "【注意】赔付前放弃向对方追偿，保险公司可以不赔（保险法第六十一条）；"
    "不要写“互不追究”“一次性了结”，也不要收现金了事。"
)

REFUSED = "保险公司虽已拒赔，仍可以异议，两年内可以起诉（保险法第二十六条）；先签和解，可能就要不回来了。"
"""A refusal is not the end: whoever settles behind it may lose what the insurer would have had to pay."""


def settlement_text(case: Case, claim: Claim, terms: str, now: datetime) -> str:
    """Neutral words to copy: no waiver beyond what is written, no word of guilt."""
    at = local(claim.loss_at).strftime("%-m 月 %-d 日")
    return (
        f"{case.number} 可以用的文字：\n关于 {at} {case.place}{claim.kind}一事，双方就以下内容达成一致：{terms}。"
        f"本约定仅限上述内容，不影响本中心及保险公司的其他权利。\n{local(now).strftime('%Y 年 %-m 月 %-d 日')}"
    )
