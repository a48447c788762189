"""What locks the scene, the repair orders and the settlement, and what opens them [manual 4.1.1, 4.1.3; law: 保险法 §61]."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case
from models.claims.claim import Claim, Scope, claim_of, claim_of_repair, consents_of
from models.claims.duty import DUTY_LABELS, DUTY_WORDS, duties_of
from models.claims.evidence import SHOT_LABELS, Shot, missing_shots, photos_of
from models.claims.third_party import OTHERS_HURT
from models.rules import Rules

_SCOPE_WORDS = {Scope.CLEAR: "清理", Scope.REPAIR: "维修", Scope.SETTLE: "和解"}
UNDECIDED = ("alarmed", "notified", "surveyed", "submitted", "decided", "objecting", "paid")
"""States in which the insurer may still turn to the third party in our place."""


async def lacks(session: AsyncSession, claim: Claim, case: Case, scope: Scope) -> list[str]:
    """What is missing before the scene may be cleared or repaired, each with the word that supplies it."""
    number = case.number
    found = await lacks_pictures(session, claim)
    if claim.estimate_told_at is None:
        found.append(f"估价并告诉保险公司（发“估损 {number} 金额 告知对象”）")
    if not await consented(session, claim, scope):
        word = _SCOPE_WORDS[scope]
        found.append(f"保险公司同意{word}（发“同意 {number} {word} 谁同意的”）")
    return found


async def lacks_pictures(session: AsyncSession, claim: Claim) -> list[str]:
    """Which pictures of the protocol are missing, as one item."""
    missing = [SHOT_LABELS[shot] for shot in await missing_shots(session, claim.id)]
    return [f"{'、'.join(missing)}照片（直接发来）"] if missing else []


async def consented(session: AsyncSession, claim: Claim, scope: Scope) -> bool:
    """Whether the insurer consented to exactly this."""
    return any(consent.scope is scope for consent in await consents_of(session, claim.id))


async def scene_may_be_cleared(session: AsyncSession, case: Case, _now: datetime, _rules: Rules) -> str:
    """Nothing at the scene is cleared before pictures, the estimate told, and consent [manual 4.1.1]."""
    claim = await claim_of(session, case.id)
    missing = await lacks(session, claim, case, Scope.CLEAR)
    return (
        f"{case.number} 的现场还不能清理，残余物资也不能处理。还缺：{'；'.join(missing)}。" if missing else ""
    )


async def urgent_repair_may_begin(session: AsyncSession, case: Case, _now: datetime, _rules: Rules) -> str:
    """An urgent repair may go ahead of consent, never ahead of the pictures [manual 4.1.1]."""
    missing = await lacks_pictures(session, await claim_of(session, case.id))
    return (
        f"{case.number} 抢修前必须先拍照：{'；'.join(missing)}。拍完再发“抢修 {case.number} 原因”。"
        if missing
        else ""
    )


async def lock_of(session: AsyncSession, repair: Case) -> str:
    """ "属于出险单 L01" while a claim keeps this repair order from being finished; else ""."""
    found = await _locking(session, repair)
    return f"属于出险单 {found[1].number}" if found and await lacks(session, *found, Scope.REPAIR) else ""


async def _locking(session: AsyncSession, repair: Case) -> tuple[Claim, Case] | None:
    """The open claim the repair order belongs to, unless an urgent repair was declared."""
    claim = await claim_of_repair(session, repair.id)
    if claim is None or claim.urgent_at is not None:
        return None
    owner = await session.get_one(Case, claim.case_id)
    return (claim, owner) if owner.closed_at is None else None


async def claim_lets_repair(session: AsyncSession, case: Case, _now: datetime, _rules: Rules) -> str:
    """The gate of a repair order that belongs to a loss: consent, or an urgent repair declared [manual 4.1.1, 4.1.3]."""
    if (found := await _locking(session, case)) is None:
        return ""
    claim, owner = found
    missing = await lacks(session, claim, owner, Scope.REPAIR)
    if not missing:
        return ""
    return (
        f"{case.number} 属于出险单 {owner.number}，现在还不能修。还缺：{'；'.join(missing)}。"
        f"来不及等的，拍照、留残件后发“抢修 {owner.number} 原因”。"
    )


async def settlement_may_be_offered(session: AsyncSession, case: Case, _now: datetime, _rules: Rules) -> str:
    """A waiver towards the third party without the insurer's consent frees the insurer, or is void [law: 保险法 §61]."""
    claim = await claim_of(session, case.id)
    if case.state not in UNDECIDED or await consented(session, claim, Scope.SETTLE):
        return ""
    why = (
        "未经保险公司同意承认责任、答应数额的，可能不赔"
        if claim.object in OTHERS_HURT
        else "赔付前放弃向对方追偿，保险公司可以不赔；赔付后未经它同意的放弃无效（保险法第六十一条）"
    )
    return (
        f"{case.number} 现在不能给对方任何和解、免责或收条文字：{why}。"
        f"先取得保险公司同意，再发“同意 {case.number} 和解 谁同意的”。"
    )


async def duties_are_named(session: AsyncSession, case: Case, _now: datetime, _rules: Rules) -> str:
    """No claim is closed with a duty open or missed that nobody has given a reason for [practice]."""
    claim = await claim_of(session, case.id)
    unnamed = [duty for duty in await duties_of(session, claim.id) if duty.unnamed]
    if not unnamed:
        return ""
    listed = "、".join(DUTY_LABELS[duty.kind] for duty in unnamed)
    word = DUTY_WORDS[unnamed[0].kind]
    return f"{case.number} 还有没办或错过而未说明的：{listed}。补办，或发“说明 {case.number} {word} 原因”。"


async def parts_are_kept(session: AsyncSession, claim: Claim) -> bool:
    """Whether damaged parts are known to be kept, by words or by a picture."""
    shots = {photo.kind for photo, _ in await photos_of(session, claim.id)}
    return bool(claim.kept_parts) or Shot.PARTS in shots
