"""What the moves of a claim write besides the event. Each asks for what it needs: no way around the chat skips it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.cases.case import Case
from models.cases.workflow import Act
from models.claims.cards import due_clock
from models.claims.claim import Claim, ClaimRepair, Consent, Scope, claim_of, claim_of_repair
from models.claims.clocks import bells_of, keep_clocks, meet
from models.claims.crew import LEAD
from models.claims.duty import DUTY_WORDS, NOT_APPLICABLE, DutyKind, duties_of
from models.claims.evidence import ClaimPhoto, DamageItem, Shot, items_of, photos_of
from models.claims.gates import parts_are_kept
from models.claims.incident import tell_above
from models.claims.reference import reference_in
from models.errors import UserError
from models.messages.media import Media
from models.people.staff import Staff


def _text(act: Act, name: str) -> str:
    return str(act.facts.get(name, "")).strip()


def _media(act: Act) -> Sequence[int]:
    return [int(each) for each in act.facts.get("media", ())]


async def arrive(session: AsyncSession, case: Case, act: Act) -> None:
    """到场 counts from the picture or the location that proves it."""
    media, place = _media(act), _text(act, "location")
    if not media and not place:
        raise UserError(f"请发一张现场照片或位置，证明已到 {case.number} 的现场。")
    claim = await claim_of(session, case.id)
    claim.arrived_at = claim.arrived_at or act.happened_at
    evidence = f"位置：{place}" if place else f"现场照片 {len(media)} 张"
    await meet(session, case, claim, DutyKind.ARRIVE, act.happened_at, act.actor_name, evidence, media)
    await keep_clocks(session, case, claim, act.now, act.rules)


async def tell_police(session: AsyncSession, case: Case, act: Act) -> None:
    """报警 counts with the number of the receipt and its picture [manual 4.1.2]."""
    claim = await claim_of(session, case.id)
    receipt = reference_in(_text(act, "receipt")) or claim.police_receipt
    shown = [media.id for photo, media in await photos_of(session, claim.id) if photo.kind is Shot.RECEIPT]
    if not receipt:
        raise UserError(f"请写报警回执号，例如：报警 {case.number} 杭公（科）受字12号。")
    if not shown:
        raise UserError(f"请拍报警回执发来，并点“报警回执”。没有回执照片，{case.number} 的报警不算完成。")
    claim.police_receipt, claim.police_at = receipt, claim.police_at or act.happened_at
    await meet(
        session, case, claim, DutyKind.POLICE, act.happened_at, act.actor_name, f"回执 {receipt}", shown
    )


def insurer_facts(case: Case, claim: Claim) -> dict[str, str]:
    """What the insurer must be told, "" where it is missing [manual 4.2.1]; the time stands by itself."""
    return {
        "出险标的": claim.object,
        "保单号": claim.policy_number,
        "出险原因": claim.cause,
        "地点": case.place,
        "损失概况": claim.extent,
    }


async def tell_insurer(session: AsyncSession, case: Case, act: Act) -> None:
    """报险 counts with the insurer's case number and every fact of manual 4.2.1; an estimate we have is told with them."""
    claim = await claim_of(session, case.id)
    number = reference_in(_text(act, "insurer_case") or act.note)
    if missing := [name for name, value in insurer_facts(case, claim).items() if not value]:
        raise UserError(f"报险前请先补齐：{'、'.join(missing)}。发“报险 {case.number}”会逐项问您。")
    if not number:
        raise UserError(f"请写保险公司给的报案号，例如：报险 {case.number} RD20260316001。")
    claim.insurer_case_number, claim.insurer_told_at = number, act.happened_at
    if claim.estimate_fen is not None and claim.estimate_told_at is None:
        claim.estimate_told_at, claim.estimate_told_to = act.happened_at, "报案时告知"
    await meet(session, case, claim, DutyKind.INSURER, act.happened_at, act.actor_name, f"报案号 {number}")


async def send_report(session: AsyncSession, case: Case, act: Act) -> None:
    """报告 counts when it goes to those above [manual 5.4]: it leaves in the same transaction."""
    claim = await claim_of(session, case.id)
    if not claim.cause or not claim.measures:
        raise UserError(f"报告前请写明原因和已采取的措施。发“报告 {case.number}”会逐项问您。")
    told = await tell_above(session, case, claim, act)
    if not told:
        raise UserError("没有找到可以接收《特别事件报告》的总办人员，请联系系统管理员设置。")
    await meet(session, case, claim, DutyKind.REPORT, act.happened_at, act.actor_name, f"已发给{told}")


async def hand_in_notice(session: AsyncSession, case: Case, act: Act) -> None:
    """出险通知书 counts when it is said who has it."""
    if not act.note:
        raise UserError(f"请写交给谁、怎么交的，例如：出险通知书 {case.number} 交李经理。")
    claim = await claim_of(session, case.id)
    await meet(session, case, claim, DutyKind.LOSS_NOTICE, act.happened_at, act.actor_name, act.note)


async def estimate(session: AsyncSession, case: Case, act: Act) -> None:
    """估损: our own estimate, and to whom of the insurer it was told [manual 4.1.3]."""
    claim = await claim_of(session, case.id)
    if act.amount_fen is not None:
        if claim.estimate_fen != act.amount_fen:
            claim.estimate_told_at, claim.estimate_told_to = None, ""
        claim.estimate_fen = act.amount_fen
    if claim.estimate_fen is None:
        raise UserError(f"请写估价，例如：估损 {case.number} 12000。")
    if told_to := _text(act, "told_to"):
        claim.estimate_told_at, claim.estimate_told_to = act.happened_at, told_to


async def note_consent(session: AsyncSession, case: Case, act: Act) -> None:
    """同意: what the insurer consented to, and who of them."""
    claim, given_by = await claim_of(session, case.id), _text(act, "given_by")
    scopes = [Scope(each) for each in act.facts.get("scopes", ())]
    if claim.insurer_told_at is None:
        raise UserError(f"{case.number} 还没有报险，保险公司无从同意。请先发“报险 {case.number}”。")
    if not scopes or not given_by:
        raise UserError(f"请写同意什么、谁同意的，例如：同意 {case.number} 清理 维修 李经理电话同意。")
    session.add_all(
        Consent(
            claim_id=claim.id,
            scope=scope,
            given_by=given_by,
            note=act.note,
            at=act.happened_at,
            noted_by=act.actor_name,
        )
        for scope in scopes
    )


async def begin_urgent_repair(session: AsyncSession, case: Case, act: Act) -> None:
    """抢修: a reason, and damaged parts kept [manual 4.1.1]."""
    claim = await claim_of(session, case.id)
    claim.kept_parts = _text(act, "kept") or claim.kept_parts
    if not await parts_are_kept(session, claim):
        raise UserError(f"请先拍残件照片，或写明残件放在哪里，再发“抢修 {case.number} {act.note}”。")
    claim.urgent_at, claim.urgent_reason = act.happened_at, act.note


async def offer_settlement(session: AsyncSession, case: Case, act: Act) -> None:
    """和解: only after the warning was read."""
    if not act.facts.get("warned"):
        raise UserError(f"请先阅读提示再确认。发“和解 {case.number} {act.note}”。".strip())
    claim = await claim_of(session, case.id)
    claim.third_party = claim.third_party or act.note


async def note_survey(session: AsyncSession, case: Case, act: Act) -> None:
    """定损: the insurer's surveyor was there."""
    claim = await claim_of(session, case.id)
    claim.surveyed_at = act.happened_at


async def name_reason(session: AsyncSession, case: Case, act: Act) -> None:
    """说明: why a clock was missed; 不适用 ends the duty and is for a lead to say."""
    claim, reason = await claim_of(session, case.id), _text(act, "reason")
    duty = next((d for d in await duties_of(session, claim.id) if d.kind == _text(act, "duty")), None)
    if duty is None or not reason:
        words = "、".join(DUTY_WORDS[each.kind] for each in await duties_of(session, claim.id))
        raise UserError(f"请写哪一项和原因，例如：说明 {case.number} 报险 人手不足。可说明：{words}。")
    if duty.met_at is not None and duty.missed_at is None:
        raise UserError(f"{DUTY_WORDS[duty.kind]}已按时完成，不用说明。")
    if reason != NOT_APPLICABLE and not duty.is_late(act.now):
        raise UserError(
            f"{DUTY_WORDS[duty.kind]}还没到时限（{due_clock(duty, act.now)} 前），请先办。"
            f"确实不用办的，请客服主管或经理发“说明 {case.number} {DUTY_WORDS[duty.kind]} 不适用”。"
        )
    if reason == NOT_APPLICABLE:
        await _waive(session, case, duty.kind, act)
    duty.reason, duty.reason_note, duty.reason_by = reason, act.note, act.actor_name


async def _waive(session: AsyncSession, case: Case, kind: DutyKind, act: Act) -> None:
    if not isinstance(act.actor, Staff) or not act.actor.may(LEAD, act.rules):
        raise UserError("“不适用”请客服主管或经理说明。")
    for bell in await bells_of(session, case.id, kind):
        bell.dropped_at = act.now


async def link_repair(session: AsyncSession, case: Case, act: Act) -> None:
    """关联: a repair order comes under the gates of this claim."""
    claim, repair_id = await claim_of(session, case.id), int(act.facts.get("repair", 0))
    repair = await session.get(Case, repair_id)
    if repair is None or repair.workflow != "repair":
        raise UserError(f"请写报修单号，例如：关联 {case.number} R07。")
    if repair.closed_at is not None:
        raise UserError(f"{repair.number} 已经关闭，不能关联。")
    if await claim_of_repair(session, repair.id) is not None:
        raise UserError(f"{repair.number} 已经属于一张出险单。")
    session.add(ClaimRepair(claim_id=claim.id, case_id=repair.id))


async def take_over(_session: AsyncSession, case: Case, act: Act) -> None:
    """接手: the member becomes responsible."""
    if isinstance(act.actor, Staff):
        case.worker_id = act.actor.id


async def list_damage(session: AsyncSession, case: Case, act: Act) -> None:
    """损失: lines of the damage list; those of the same name and unit replace the earlier line."""
    claim, lines = await claim_of(session, case.id), act.facts.get("items", ())
    if not lines:
        raise UserError(f"请一行写一项，例如：损失 {case.number} 办公桌 2张 3000 1500。")
    there = await items_of(session, claim.id)
    for line in lines:
        same = next((item for item in there if (item.name, item.unit) == (line["name"], line["unit"])), None)
        if same is None:
            same = DamageItem(
                claim_id=claim.id, position=len(there) + 1, name=line["name"], unit=line["unit"]
            )
            session.add(same)
            there.append(same)
        same.quantity = Decimal(line["quantity"])
        same.original_value_fen, same.estimate_fen = line["original_value_fen"], line["estimate_fen"]
    await session.flush()


async def keep_photo(session: AsyncSession, case: Case, act: Act) -> None:
    """照片: a picture is the claim's; what it shows may be tapped now or later. The original stays as it came."""
    claim = await claim_of(session, case.id)
    media = await session.get(Media, int(act.facts.get("photo", 0)))
    if media is None:
        raise UserError(f"请直接把照片发来，会问您属于哪一单；或先发“进度 {case.number}”。")
    photo = await session.scalar(select(ClaimPhoto).where(ClaimPhoto.media_id == media.id).with_for_update())
    if photo is None:
        photo = ClaimPhoto(claim_id=claim.id, media_id=media.id)
        session.add(photo)
    if photo.claim_id != claim.id:
        raise UserError("这张照片属于另一张出险单。")
    media.subject = media.subject or case.subject
    photo.item_id = act.facts.get("item", photo.item_id)
    if shot := _text(act, "shows"):
        photo.kind, photo.kind_by, photo.kind_at = Shot(shot), act.actor_name, act.now
    await session.flush()
