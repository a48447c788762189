"""送达, 邮寄, 签收表: letters that staff bring, post and account for."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.calendar.period import Month
from models.errors import UserError
from models.messages.content import Content
from models.notices.by_hand import role_of, sign_by_hand
from models.notices.finding import any_by_number
from models.notices.posting import note_posting
from models.notices.sign_off import buildings, latest_month, stands, summary, unsigned_lines

router = Router("staff_notices", Side.STAFF)

_BROUGHT = "请这样发：送达 JF-202603-0001 李娜 负责人（先拍下签收联发来）。"
_POSTED = "请这样发：邮寄 JF-202603-0001 EMS1234567890。"
MOST_LINES = 30
TRACKING_LENGTH = 40


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
    receipt = signing.receipt
    await ctx.audit("notice.by_hand", notice.subject, signer=signer, role=role.value, photos=photos)
    said = "已登记" if signing.first else "此前已有签收记录："
    text = f"{said} {notice.number} {receipt.how}签收：{receipt.signer}（{receipt.role}）。"
    if not receipt.sufficient:
        text += "该身份无权代表租户签收，请改由负责人、经办人、财务或收件部门签收。"
    if receipt.how == "上门":
        text += f"签收照片 {photos} 张。" if photos else "还没有签收照片，请拍照发来，再把这条“送达”发一次。"
    await ctx.reply(text)


@router.command(
    "邮寄", may="notice.deliver", usage="邮寄 JF-202603-0001 EMS1234567890", about="登记邮寄的快递单号"
)
async def posted(ctx: Ctx, rest: str) -> None:
    words = rest.split()
    if len(words) != 2 or len(words[1]) > TRACKING_LENGTH:
        raise UserError(_POSTED)
    notice = await any_by_number(ctx.session, words[0])
    _, new = await note_posting(ctx.session, notice, words[1], ctx.staff.userid, ctx.now)
    await ctx.audit("notice.post", notice.subject, tracking=words[1])
    await ctx.reply(
        f"{'已登记' if new else '此前已登记'} {notice.number} 邮寄单号 {words[1]}。请保留面单和内件照片；"
        f"收到回执后发送：送达 {notice.number} 签收人姓名 身份。"
    )


@router.command(
    "签收表", may="notice.deliver|fees.see", usage="签收表 3月 A", about="通知单签收情况和签收表 PDF"
)
async def sign_off(ctx: Ctx, rest: str) -> None:
    month, building = await _meant(ctx, rest)
    found = await stands(ctx.session, str(month), building)
    where = f"（{building} 栋）" if building else ""
    if not found:
        raise UserError(f"{month.label}{where}没有通知单。请换一个月份，例如：签收表 3月 A。")
    await ctx.reply(
        "\n".join([f"【签收表】{month.label}{where} {summary(found)}", *unsigned_lines(found, MOST_LINES)])
    )
    file = f"signoff:{month}:{building}:{ctx.staff.userid}"
    await ctx.reply(Content(file=file, file_name=f"签收表-{month.label}{building and '-' + building}.pdf"))


async def _meant(ctx: Ctx, rest: str) -> tuple[Month, str]:
    """Month and building in any order; without a month the newest that has letters."""
    known, building = await buildings(ctx.session), ""
    months = []
    for word in rest.split():
        code = word.upper().rstrip("栋座楼")
        if code in known:
            building = code
        else:
            months.append(Month.parse(word, ctx.today))
    newest = await latest_month(ctx.session)
    return months[0] if months else Month.parse(newest or str(Month.of(ctx.today)), ctx.today), building
