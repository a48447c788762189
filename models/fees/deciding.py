"""Staff decide a dispute or lift a pause. The tenant is answered, and the ladder goes on, or waits for the correction."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import local, local_date
from models.errors import UserError
from models.fees.pause import DunningPause, PauseKind, PauseOutcome, running_pauses
from models.rules import Rules

_HOW = "例如：异议处理 {number} 不成立 已现场核对读数无误"


async def decide_dispute(
    session: AsyncSession,
    pause: DunningPause,
    outcome: PauseOutcome,
    note: str,
    *,
    by: str,
    now: datetime,
    rules: Rules,
) -> None:
    """Decides it once, for reasons the tenant gets to read. `pause` is locked for change. Raises UserError.

    成立: the letters wait until finance has corrected the bill, at most `correction_days` [practice].
    不成立: they go on.
    """
    if pause.kind is not PauseKind.DISPUTE:
        raise UserError(f"{pause.number} 不是异议；要恢复催款请发：恢复催款 {pause.number} 原因")
    if pause.outcome is not PauseOutcome.OPEN:
        raise UserError(f"{pause.number} 已于 {_when(pause.decided_at)} 处理：{pause.outcome}。")
    if not note.strip():
        raise UserError(f"请写明答复租户的说明，{_HOW.format(number=pause.number)}")
    pause.outcome, pause.note, pause.decided_by, pause.decided_at = outcome, note.strip()[:300], by, now
    if outcome is PauseOutcome.UPHELD:
        pause.until_on = local_date(now) + timedelta(days=rules.dunning.correction_days)
        pause.lifted_at = None
    else:
        pause.lifted_at = pause.lifted_at or now


async def lift(
    session: AsyncSession, tenant_id: int, note: str, *, by: str, now: datetime
) -> list[DunningPause]:
    """Ends everything that holds the tenant's letters, except a dispute nobody has decided. Raises UserError."""
    if not note.strip():
        raise UserError("请写明恢复催款的原因，例如：恢复催款 云帆设计 租户已撤回异议")
    found = await running_pauses(session, tenant_id, local_date(now))
    if not found:
        raise UserError("该租户目前没有暂停催款。发送“暂停中”可以查看全部。")
    undecided = [pause for pause in found if _undecided(pause)]
    if undecided:
        raise UserError(
            f"异议 {undecided[0].number} 还没有答复，请先处理，{_HOW.format(number=undecided[0].number)}"
        )
    for pause in found:
        pause.lifted_at, pause.decided_by, pause.decided_at = now, by, now
        pause.note = pause.note or note.strip()[:300]
        if pause.outcome is PauseOutcome.OPEN:
            pause.outcome = PauseOutcome.LIFTED
    return found


def _undecided(pause: DunningPause) -> bool:
    return pause.kind is PauseKind.DISPUTE and pause.outcome is PauseOutcome.OPEN


def _when(at: datetime | None) -> str:
    return f"{local(at):%m-%d %H:%M}" if at else "此前"
