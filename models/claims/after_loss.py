"""After the loss: what moves of a claim write besides the state — amounts, papers, third parties, the insurer's clocks.

Effects of models.cases.claim; each is given the locked case and what was said.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case
from models.cases.workflow import Act
from models.claims.amounts import (
    AMOUNT_LABELS,
    OF_THE_INSURER,
    SUMMED,
    AmountKind,
    ClaimAmount,
    amounts_of,
    totals,
)
from models.claims.claim import Claim, claim_of
from models.claims.insurer_clocks import ClockKind, end_clocks, pause_clocks, resume_clocks, start_clock
from models.claims.paper import ClaimPaper, Paper, PaperRequest, requests_of
from models.claims.third_party import ThirdParty
from models.errors import UserError
from models.messages.media import Media


def note_amount(session: AsyncSession, claim: Claim, kind: AmountKind, act: Act) -> None:
    """Keeps the amount of the act under its kind."""
    if act.amount_fen is None:
        return
    if act.amount_fen <= 0 and kind in OF_THE_INSURER:
        raise UserError(f"{AMOUNT_LABELS[kind]}要大于 0。保险公司不赔的，请发“拒赔 单号 理由”。")
    row = ClaimAmount(
        claim_id=claim.id, kind=kind, amount_fen=act.amount_fen, note=act.note[:200], at=act.happened_at,
        noted_by=act.actor_name,
    )  # fmt: skip
    session.add(row)


async def hand_in_papers(session: AsyncSession, case: Case, act: Act) -> None:
    """提交: the insurer has the papers; its time to decide and to pay what is not disputed begins [law: 保险法 §23, §25].

    Papers handed in after an objection begin a second term: what we ask for, not what the law says [practice].
    """
    claim = await claim_of(session, case.id)
    note_amount(session, claim, AmountKind.CLAIMED, act)
    await _requests_done(session, claim, act, act.note)
    for kind in (ClockKind.DECISION, ClockKind.UNDISPUTED):
        await start_clock(session, case, claim.id, kind, act.happened_at, act.rules.insurance)


async def take_decision(session: AsyncSession, case: Case, act: Act) -> None:
    """核定: the amount the insurer decided on."""
    claim = await claim_of(session, case.id)
    note_amount(session, claim, AmountKind.DECIDED, act)
    await end_clocks(session, case, claim.id, act.happened_at, ClockKind.DECISION)


async def agree(session: AsyncSession, case: Case, act: Act) -> None:
    """协议: agreed on an amount; ten days to pay [law: 保险法 §23]."""
    claim = await claim_of(session, case.id)
    note_amount(session, claim, AmountKind.AGREED, act)
    await end_clocks(session, case, claim.id, act.happened_at, ClockKind.DECISION)
    await start_clock(session, case, claim.id, ClockKind.PAYMENT, act.happened_at, act.rules.insurance)


async def take_refusal(session: AsyncSession, case: Case, act: Act) -> None:
    """拒赔: three days for the reasons in writing [law: 保险法 §24]."""
    claim = await claim_of(session, case.id)
    await end_clocks(session, case, claim.id, act.happened_at, ClockKind.DECISION)
    await end_clocks(
        session, case, claim.id, act.happened_at, ClockKind.UNDISPUTED, ClockKind.PAYMENT, met=False
    )
    await start_clock(session, case, claim.id, ClockKind.REFUSAL, act.happened_at, act.rules.insurance)


async def take_payment(session: AsyncSession, case: Case, act: Act) -> None:
    """赔付: money has come; the clock of the payment stops when all that was agreed is there."""
    claim = await claim_of(session, case.id)
    note_amount(session, claim, AmountKind.PAID, act)
    await session.flush()
    known = totals(await amounts_of(session, claim.id))
    await end_clocks(
        session, case, claim.id, act.happened_at, ClockKind.DECISION, ClockKind.UNDISPUTED, ClockKind.REFUSAL
    )
    if known.get(AmountKind.PAID, 0) >= known.get(AmountKind.AGREED, 0):
        await end_clocks(session, case, claim.id, act.happened_at, ClockKind.PAYMENT)


async def stop_clocks(session: AsyncSession, case: Case, act: Act) -> None:
    """结案, 撤案: nothing is waited for any more."""
    claim = await claim_of(session, case.id)
    await end_clocks(session, case, claim.id, act.happened_at, *ClockKind, met=False)


async def keep_amount(session: AsyncSession, case: Case, act: Act) -> None:
    """金额: one more amount of the kind named; with `corrects`, what all of that kind comes to."""
    if act.amount_fen is None or "kind" not in act.facts:
        raise UserError(f"请写哪一项和多少，例如：金额 {case.number} 施救费 800 抽水泵。")
    claim, kind = await claim_of(session, case.id), AmountKind(str(act.facts["kind"]))
    if act.facts.get("corrects") and kind in SUMMED:
        noted = totals(await amounts_of(session, claim.id)).get(kind, 0)
        row = ClaimAmount(
            claim_id=claim.id, kind=kind, amount_fen=act.amount_fen - noted, note=act.note[:200],
            at=act.happened_at, noted_by=act.actor_name,
        )  # fmt: skip
        session.add(row)
        return
    note_amount(session, claim, kind, act)


async def keep_third_party(session: AsyncSession, case: Case, act: Act) -> None:
    """第三方: who they are and what they offered."""
    name = str(act.facts.get("name", ""))
    if not name:
        raise UserError(f"请先写姓名或单位，例如：第三方 {case.number} 王先生 13800010002 愿意赔 2000 元。")
    offered = act.facts.get("offered_fen")
    claim = await claim_of(session, case.id)
    row = ThirdParty(
        claim_id=claim.id, name=name, phone=str(act.facts.get("phone", "")), note=str(act.facts.get("said", ""))[:200],
        offered_fen=None if offered is None else int(offered), noted_at=act.happened_at, noted_by=act.actor_name,
    )  # fmt: skip
    session.add(row)


async def file_paper(session: AsyncSession, case: Case, act: Act) -> None:
    """材料: a picture becomes a page of a paper; the notice of refusal stops its clock."""
    claim = await claim_of(session, case.id)
    media = await session.get(Media, int(act.facts.get("media", 0)))
    if media is None or media.subject not in ("", case.subject):
        raise UserError(f"请先点要交的材料，再拍照发来。发“材料 {case.number}”看还缺什么。")
    paper, media.subject = Paper(str(act.facts["paper"])), case.subject
    page = await session.scalar(
        select(ClaimPaper).where(ClaimPaper.claim_id == claim.id, ClaimPaper.media_id == media.id)
    )
    if page is None:
        page = ClaimPaper(claim_id=claim.id, media_id=media.id)
        session.add(page)
    page.paper, page.filed_by, page.filed_at = paper, act.actor_name, act.happened_at
    if paper is Paper.REFUSAL:
        await end_clocks(session, case, claim.id, act.happened_at, ClockKind.REFUSAL)


async def ask_for_papers(session: AsyncSession, case: Case, act: Act) -> None:
    """补料: what the insurer wants besides, or, with `done`, that it was handed in.

    The insurer has to name everything at once [law: 保险法 §22]; its time stands still meanwhile, as courts count
    [保险法解释（二）§15: for the lawyer to confirm].
    """
    claim = await claim_of(session, case.id)
    if act.facts.get("done"):
        how = act.note.partition(" ")[2]
        if not await _requests_done(session, claim, act, how):
            raise UserError(f"{case.number} 没有未交的补料要求。")
        await resume_clocks(session, case, claim.id, act.happened_at, act.rules.insurance)
        return
    if not act.note:
        raise UserError(
            f"请写保险公司要什么，例如：补料 {case.number} 维修发票原件。交了发：补料 {case.number} 已交 快递。"
        )
    row = PaperRequest(
        claim_id=claim.id, text=act.note[:200], asked_at=act.happened_at, noted_by=act.actor_name
    )
    session.add(row)
    await pause_clocks(session, case, claim.id, act.happened_at)


async def _requests_done(session: AsyncSession, claim: Claim, act: Act, note: str) -> int:
    """Closes what was asked for; how many requests that were."""
    waiting = [each for each in await requests_of(session, claim.id) if each.done_at is None]
    for each in waiting:
        each.done_at, each.done_note = act.happened_at, f"，{note[:60]}" if note else ""
    return len(waiting)
