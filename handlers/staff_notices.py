"""送达, 送达记录, 签收表: letters that staff bring and account for."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.proof_photos import ask_for_photo
from handlers.routing import Router, Side
from models.calendar.period import Month
from models.errors import UserError
from models.messages.content import Button, Content
from models.messages.media import attached
from models.messages.spill import spill
from models.notices.by_hand import HOW, registered_otherwise, role_of, sign_by_hand
from models.notices.finding import any_by_number
from models.notices.proof import proof_of
from models.notices.proof_words import proof_text
from models.notices.sign_off import latest_month, stands, summary, unsigned_lines
from models.notices.signing import Signing
from models.notices.withdrawing_proof import withdraw_proof
from models.people.unit import buildings, find_building

router = Router("staff_notices", Side.STAFF)

_BROUGHT = "请这样发：送达 JF-202603-0001 李娜 负责人（先拍下签收联发来）。"
MOST_LINES = 30
MOST_BUTTONS = 6
MOST_PICTURES = 6
REASON_LENGTH = 200


@router.command(
    "送达",
    may="notice.deliver",
    usage="送达 JF-202603-0001 李娜 负责人",
    about="登记上门派发的签收，照片先发",
)
async def brought(ctx: Ctx, rest: str) -> None:
    words = rest.split()
    if len(words) != 3:
        raise UserError(_BROUGHT)
    number, signer, role = words[0], words[1][:40], role_of(words[2])
    notice = await any_by_number(ctx.session, number)
    key = f"{ctx.message.channel}:{ctx.message.key}"
    signing, photos = await sign_by_hand(ctx.session, notice, signer, role, ctx.staff, key, ctx.now)
    await ctx.audit("notice.by_hand", notice.subject, signer=signer, role=role.value, photos=photos)
    text = _signed_by_hand(notice.number, signing)
    if signing.receipt.how != HOW:
        await ctx.reply(text)
    elif photos:
        await ctx.reply(f"{text}签收照片 {photos} 张。")
    else:
        await ask_for_photo(ctx, signing.receipt, f"{text}还没有签收照片，请把签收联拍照发来。")


def _signed_by_hand(number: str, signing: Signing) -> str:
    receipt = signing.receipt
    said = "已登记" if signing.first else "此前已有签收记录："
    text = f"{said} {number} {receipt.how}签收：{receipt.signer}（{receipt.role}）。{registered_otherwise(signing)}"
    if not receipt.sufficient:
        text += "该身份无权代表租户签收，请改由负责人、经办人、财务或收件部门签收。"
    return text


@router.command(
    "送达记录",
    may="notice.deliver|fees.see",
    usage="送达记录 JF-202603-0001",
    about="一份通知单从发出到签收的全部记录",
)
async def proof(ctx: Ctx, rest: str) -> None:
    """With 照片 behind the number the pictures follow."""
    number, _, more = rest.partition(" ")
    if not number:
        raise UserError("请写明编号，例如：送达记录 JF-202603-0001。看照片请在后面加“照片”。")
    notice = await any_by_number(ctx.session, number)
    await ctx.reply(proof_text(await proof_of(ctx.session, notice)))
    pictures = await attached(ctx.session, notice.subject) if more.strip() == "照片" else []
    for n, picture in enumerate(pictures[-MOST_PICTURES:], start=1):
        name = f"{notice.number}-{picture.purpose}-{n}.jpg"
        await ctx.reply(Content(file=f"media:{picture.id}", file_name=name))


@router.command(
    "撤销送达",
    may="notice.assign",
    usage="撤销送达 JF-202603-0001 编号写错",
    about="撤销员工误登记的签收、妥投或退件",
)
async def withdraw(ctx: Ctx, rest: str) -> None:
    number, _, reason = rest.partition(" ")
    if not number or not reason.strip():
        raise UserError("请写明编号和原因，例如：撤销送达 JF-202603-0001 编号写错。")
    notice = await any_by_number(ctx.session, number)
    reason = reason.strip()[:REASON_LENGTH]
    words, detail = await withdraw_proof(ctx.session, notice, reason, ctx.staff.userid, ctx.now)
    await ctx.audit("notice.withdraw_proof", notice.subject, **detail)
    await ctx.reply(f"已撤销 {notice.number} {words}，原记录保留备查。请按实际情况重新登记。")


@router.command(
    "签收表",
    may="notice.deliver|fees.see",
    usage="签收表 3月 A",
    about="通知单签收情况，附签收表 PDF 和 Excel",
)
async def sign_off(ctx: Ctx, rest: str) -> None:
    month, building = await _meant(ctx, rest)
    found = await stands(ctx.session, str(month), building)
    where = f"（{building} 栋）" if building else ""
    if not found:
        raise UserError(f"{month.label}{where}没有通知单。请换一个月份，例如：签收表 3月 A。")
    head = f"【签收表】{month.label}{where} {summary(found)}"
    text = "\n".join([head, *unsigned_lines(found, MOST_LINES)])
    buttons = () if building else await _by_building(ctx, month)
    title = f"签收表 {month.label}" if buttons else ""
    for part in spill(Content(text=text, title=title, buttons=buttons)):
        await ctx.reply(part)
    name = f"签收表-{month.label}{building and '-' + building}"
    about = f"{month}:{building}:{ctx.staff.userid}"
    await ctx.reply(Content(file=f"signoffbook:{about}", file_name=f"{name}.xlsx"))
    await ctx.reply(Content(file=f"signoff:{about}", file_name=f"{name}.pdf"))


async def _by_building(ctx: Ctx, month: Month) -> tuple[Button, ...]:
    """The same for one building by a tap."""
    codes = await buildings(ctx.session)
    if not 1 < len(codes) <= MOST_BUTTONS:
        return ()
    return tuple(Button(f"say:签收表 {month} {code}", f"{code} 栋"[:10]) for code in codes)


async def _meant(ctx: Ctx, rest: str) -> tuple[Month, str]:
    """Month and building in any order; without a month the newest that has letters."""
    building, months = "", []
    for word in rest.split():
        if named := await find_building(ctx.session, word):
            building = named
        else:
            months.append(Month.parse(word, ctx.today))
    newest = await latest_month(ctx.session)
    return months[0] if months else Month.parse(newest or str(Month.of(ctx.today)), ctx.today), building
