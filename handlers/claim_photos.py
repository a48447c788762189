"""Pictures of a claim: kept as they came, told apart by one tap, and what is still missing said at once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from handlers.claim_case import OPEN, WORK, ask, claim_by_id, done, may_of, meant, move
from handlers.claim_papers import offer_papers, wanted_papers
from handlers.context import Ctx
from handlers.routing import Router, Side
from models.cases.case import Case
from models.claims.cards import precise
from models.claims.claim import Claim, claim_of
from models.claims.duty import DutyKind, duties_of
from models.claims.evidence import SHOT_LABELS, ClaimPhoto, Shot, missing_shots, photos_of
from models.errors import UserError
from models.messages.content import Button, Content
from models.messages.media import Media
from models.messages.tell import close_cards

router = Router("claim_photos", Side.STAFF)

_FINGERPRINT = 8
_LATER_SHOTS = (Shot.NEAR, Shot.PARTS, Shot.RECEIPT, Shot.OTHER)
"""What a picture may still show when the scene is complete."""
_PAPERS_SHOWN = 2
"""A card has six buttons."""


@router.command("照片", may=may_of("照片"), usage="照片 L01", about="给一张出险单发照片，原图留存")
async def photos(ctx: Ctx, rest: str) -> None:
    """From now on pictures are this claim's, until 完."""
    case, _ = await meant(ctx, "照片", rest)
    missing = await _missing_text(ctx, case)
    await ask(ctx, case, "photos", f"请把 {case.number} 的照片直接发来（原图）。{missing}发完回复“完”。")


@router.step("claim", "photos", may=OPEN)
async def one_more(ctx: Ctx, answers: dict[str, object]) -> None:
    """A picture, or the end."""
    case = await claim_by_id(ctx, answers["case"])
    if ctx.media is None:
        await done(ctx, case, f"{case.number} 的照片已收好。")
        return
    await take_and_ask(ctx, case, [ctx.media])
    await ctx.ask("claim", "photos", {"case": case.id}, f"还有就继续发 {case.number} 的照片，发完回复“完”。")


async def take_and_ask(ctx: Ctx, case: Case, pictures: Sequence[Media]) -> None:
    """Keeps the pictures and asks what each shows."""
    if not pictures:
        raise UserError("照片没有收到，请再发一次。")
    before = len(await photos_of(ctx.session, (await claim_of(ctx.session, case.id)).id))
    await take_all(ctx, case, pictures)
    for place, media in enumerate(pictures, start=before + 1):
        await _ask_what(ctx, case, media, place)


async def _ask_what(ctx: Ctx, case: Case, media: Media, place: int) -> None:
    claim = await claim_of(ctx.session, case.id)
    photo = (await ctx.session.scalars(select(ClaimPhoto).where(ClaimPhoto.media_id == media.id))).one()
    text = (
        f"原图已留存，{precise(media.received_at, ctx.now)} 收到，指纹 {media.sha256[:_FINGERPRINT]}。"
        f"{await _arrived_text(ctx, claim, media)}{await _missing_text(ctx, case)}"
    )
    title = f"{case.number} 第 {place} 张照片，拍的是什么？"
    content = Content(title=title, text=text, buttons=await _shot_buttons(ctx, case, claim, photo))
    await ctx.reply(content, subject=_card_of(photo))


def _card_of(photo: ClaimPhoto) -> str:
    """The question about a picture is a card of its own: answered, its buttons give way to the answer."""
    return f"claim_photo:{photo.id}"


async def _shot_buttons(ctx: Ctx, case: Case, claim: Claim, photo: ClaimPhoto) -> tuple[Button, ...]:
    """What is missing comes first; once the scene is complete, the papers that are still wanted."""
    missing = await missing_shots(ctx.session, claim.id)
    if not missing and ctx.staff.may(WORK, ctx.rules):
        papers = (await wanted_papers(ctx, case, photo.media_id))[:_PAPERS_SHOWN]
        shots = [Button(f"shot:{case.id}:{photo.id}:{shot}", SHOT_LABELS[shot]) for shot in _LATER_SHOTS]
        return (*shots[:-1], *papers, shots[-1])
    if claim.police_receipt and claim.police_at is None:
        missing = [Shot.RECEIPT, *missing]
    ordered = [*missing, *(shot for shot in Shot if shot not in missing)]
    return tuple(Button(f"shot:{case.id}:{photo.id}:{shot}", SHOT_LABELS[shot]) for shot in ordered)


async def take_all(ctx: Ctx, case: Case, media: Sequence[Media]) -> int:
    """Keeps pictures with the claim; the first from the scene proves the arrival. How many."""
    for each in media:
        await move(ctx, case, "照片", facts={"photo": each.id})
    claim = await claim_of(ctx.session, case.id)
    if media and claim.arrived_at is None:
        await move(ctx, case, "到场", "照片为证", facts={"media": [each.id for each in media]})
    return len(media)


async def _arrived_text(ctx: Ctx, claim: Claim, media: Media) -> str:
    """Said once, with the picture that proved it."""
    duty = next((d for d in await duties_of(ctx.session, claim.id) if d.kind is DutyKind.ARRIVE), None)
    if duty is None or duty.met_at is None or media.id not in duty.evidence_media:
        return ""
    return f"已按这张照片记到场 {precise(duty.met_at, ctx.now)}。"


async def _missing_text(ctx: Ctx, case: Case) -> str:
    claim = await claim_of(ctx.session, case.id)
    missing = [SHOT_LABELS[shot] for shot in await missing_shots(ctx.session, claim.id)]
    return f"还缺：{'、'.join(missing)}。" if missing else "远景、近景、带比例尺已齐。"


@router.press("shot", may=OPEN)
async def shows(ctx: Ctx, argument: str) -> None:
    """ "<case id>:<photo id>:<shot>"."""
    case_id, _, rest = argument.partition(":")
    photo_id, _, shot = rest.partition(":")
    case = await claim_by_id(ctx, case_id)
    claim = await claim_of(ctx.session, case.id)
    found = [photo for photo, _ in await photos_of(ctx.session, claim.id) if str(photo.id) == photo_id]
    if not found or shot not in set(Shot):
        raise UserError("没有找到这张照片，请重新发一次。")
    await move(ctx, case, "照片", SHOT_LABELS[Shot(shot)], facts={"photo": found[0].media_id, "shows": shot})
    await close_cards(ctx.session, _card_of(found[0]), f"已记为{SHOT_LABELS[Shot(shot)]}", ctx.now)
    text = f"已记为{SHOT_LABELS[Shot(shot)]}。{await _missing_text(ctx, case)}"
    if Shot(shot) is Shot.RECEIPT:
        text += await _police(ctx, case, claim)
    await done(ctx, case, text)
    if Shot(shot) is Shot.OTHER and ctx.staff.may(WORK, ctx.rules):
        await offer_papers(ctx, case, found[0].media_id)


async def _police(ctx: Ctx, case: Case, claim: Claim) -> str:
    """With number and picture of the receipt the report to the police is proved."""
    if claim.police_at is not None:
        return ""
    if not claim.police_receipt:
        return f"请把回执号也发来：报警 {case.number} 回执号。"
    await move(ctx, case, "报警", facts={"receipt": claim.police_receipt})
    return "报警已记录。"
