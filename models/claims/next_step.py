"""What to do next about a claim, in one sentence: for somebody who has never seen one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case
from models.cases.claim import SCENE
from models.claims.claim import Claim, Scope
from models.claims.duty import ClaimDuty, DutyKind, duties_of
from models.claims.evidence import SHOT_LABELS, missing_shots
from models.claims.gates import consented

_DUTY_STEPS = {
    DutyKind.POLICE: "拨打 110 报警，拿到回执后发“报警 {no} 回执号”并拍回执。",
    DutyKind.INSURER: "给保险公司打电话报案，发“报险 {no}”看电话里要说什么。",
    DutyKind.REPORT: "写事件报告交总办，发“报告 {no} 已采取的措施”。",
}
_COURSE = {
    "notified": "等查勘员到场，查勘后发“定损 {no} 谁来查勘”。",
    "surveyed": "发“材料 {no}”看还缺什么，备齐交保险公司后发“提交 {no} 怎么交的”。",
    "submitted": "等保险公司核定，收到后发“核定 {no} 金额”或“拒赔 {no} 理由”。",
    "decided": "谈妥后发“协议 {no} 金额”，到账后发“赔付 {no} 金额”；不同意发“异议 {no} 理由”。",
    "refused": "要到书面拒赔通知书，发“材料 {no} 拒赔通知书”存入；不服发“异议 {no} 理由”，接受发“结案 {no}”。",
    "objecting": "补充资料后发“提交 {no}”，有结果后发“核定 {no} 金额”或“拒赔 {no} 理由”。",
    "paid": "核对金额无误后发“结案 {no}”。",
}


async def next_step(session: AsyncSession, case: Case, claim: Claim, *, works: bool = True) -> str:
    """The most pressing step, with the words to send; what is due first comes first.

    works: whether the reader may go on with the claim; who may only raise the alarm is not sent against a closed door.
    """
    duties = await duties_of(session, claim.id)
    if case.state in SCENE and (step := await _at_the_scene(session, case, claim, duties)):
        return step
    if not works:
        return f"您的部分已完成，后面由负责人办理。有新情况发“补充 {case.number} 损失 …”，照片直接发来。"
    open_ = {duty.kind for duty in duties if duty.is_open}
    if word := next((_DUTY_STEPS[kind] for kind in _DUTY_STEPS if kind in open_), ""):
        return word.format(no=case.number)
    if step := await _before_the_papers(session, case, claim):
        return step
    if DutyKind.LOSS_NOTICE in open_:
        return f"填《出险通知书》交保险公司，交后发“出险通知书 {case.number} 交给谁”。"
    return _COURSE.get(case.state, "发“进度 {no}”看全部经过。").format(no=case.number)


async def _at_the_scene(session: AsyncSession, case: Case, claim: Claim, duties: Sequence[ClaimDuty]) -> str:
    """Somebody there, then the three pictures."""
    if any(duty.kind is DutyKind.ARRIVE and duty.is_open and not duty.reason for duty in duties):
        return f"到现场后发一张照片或位置，就算到场（或发“到场 {case.number}”）。"
    missing = [SHOT_LABELS[shot] for shot in await missing_shots(session, claim.id)]
    return f"请再拍{'、'.join(missing)}，直接发来；现场先别清理。" if missing else ""


async def _before_the_papers(session: AsyncSession, case: Case, claim: Claim) -> str:
    """The estimate told and consent, which nobody may do without."""
    number = case.number
    if case.state == "refused":
        return ""
    if claim.estimate_told_at is None:
        return f"登记受损物品（发“损失 {number}”），估价后告诉保险公司（发“估损 {number} 金额 告知对象”）。"
    if claim.urgent_at is None and not await consented(session, claim, Scope.REPAIR):
        return f"等保险公司同意后再清理、维修，同意后发“同意 {number} 清理 维修 谁同意的”。"
    return ""
