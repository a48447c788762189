"""The incident report (特别事件报告) on its way to those above [manual 5.4]."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case
from models.cases.workflow import Act
from models.claims.cards import loss_text
from models.claims.claim import Claim
from models.claims.crew import crew_of, overseers
from models.messages.content import Content
from models.messages.tell import tell_staff


async def tell_above(session: AsyncSession, case: Case, claim: Claim, act: Act) -> str:
    """Sends the report to 总办, once per version; the names of those it went to, "" when there is nobody."""
    above = overseers(await crew_of(session, act.rules), act.rules)
    content = Content(text=report_text(case, claim, act))
    key = f"{case.subject}:incident:{act.message_key or int(act.now.timestamp())}"
    await tell_staff(session, above, key, content, now=act.now, subject=case.subject)
    paper = Content(file=f"claim:{case.id}:report", file_name=f"特别事件报告-{case.number}.pdf")
    await tell_staff(session, above, f"{key}:paper", paper, now=act.now, subject=case.subject)
    return "、".join(member.name for member in above)


def report_text(case: Case, claim: Claim, act: Act) -> str:
    """What happened, why, what was done, what it has come to so far."""
    lines = [
        f"【特别事件报告】{case.number} {case.category}",
        f"时间：{loss_text(claim, act.now)}",
        f"地点：{case.place}",
        f"经过：{case.description}",
        f"原因：{claim.cause}",
        f"已采取措施：{claim.measures}",
        f"损失概况：{claim.extent or '正在清点'}",
        f"保险报案：{claim.insurer_case_number or '尚未报案'}",
        f"报告人：{act.actor_name}",
    ]
    return "\n".join(lines)
