"""Pictures of dials in chat: each goes with the reading in question it shows."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Ctx
from handlers.routing import Router, Side
from models.errors import UserError
from models.fees.meter import Meter, Reading
from models.fees.meter_index import find_meter, label
from models.fees.reading_photos import attach_photos, newest_reading, photos_of, waiting_for_photo
from models.messages import conversation
from models.messages.content import Button, Content
from models.messages.media import loose
from models.people.unit import Unit

router = Router("reading_photos", Side.STAFF)

MAY = "fees.read_meters"
MOST_BUTTONS = 6
_AGAIN = "读数没错请点“确认”，有误请发送更正后的读数，例如：抄表 A-1203 电 15820.5"


async def expect_photo(ctx: Ctx) -> None:
    """After readings were asked about: pictures sent before go with them, and the next ones are waited for."""
    waiting = await waiting_for_photo(ctx.session, ctx.actor_key)
    if not waiting:
        return
    if await loose(ctx.session, ctx.message.channel, ctx.message.sender, ctx.now):
        await place_photo(ctx, waiting)
        return
    await conversation.put(
        ctx.session, ctx.message.channel, ctx.message.sender, "reading_photo", "photo", {}, ctx.now
    )


@router.step("reading_photo", "photo", may=MAY)
async def photo_came(ctx: Ctx, _answers: dict[str, object]) -> None:
    """The picture that was asked for; words instead are no harm."""
    if ctx.media is None:
        await ctx.reply(f"没有看到照片。{_AGAIN}")
        return
    await place_photo(ctx, await waiting_for_photo(ctx.session, ctx.actor_key))


@router.step("reading_photo", "which", may=MAY)
async def photo_of_which(ctx: Ctx, answers: dict[str, object]) -> None:
    """Which of several readings the picture shows: by a tap, or by what the meter is called."""
    waiting = await waiting_for_photo(ctx.session, ctx.actor_key)
    if ctx.media is not None and not ctx.message.text:
        await place_photo(ctx, waiting)
        return
    said = ctx.message.text.strip()
    if said.isdecimal():
        hits = [reading for reading in waiting if str(reading.id) == said]
    else:
        meter = await find_meter(ctx.session, said)
        hits = [reading for reading in waiting if reading.meter_id == meter.id]
    if not hits:
        raise UserError(f"“{said[:20]}”没有待确认、缺照片的读数。发送“抄表 待确认”查看。")
    await _store(ctx, hits[0])


async def place_photo(ctx: Ctx, waiting: Sequence[Reading]) -> None:
    """Puts the loose pictures where they belong, or asks."""
    if not waiting:
        await ctx.reply("照片已收下，目前没有缺照片的待确认读数。发送“抄表 待确认”查看。")
    elif len(waiting) == 1:
        await _store(ctx, waiting[0])
    else:
        buttons = [
            Button(f"form:{reading.id}", (await name_of(ctx, reading))[:10])
            for reading in waiting[:MOST_BUTTONS]
        ]
        await ctx.ask(
            "reading_photo", "which", {}, "这张照片是哪一块表的？点选，或回复例如“A-1203 电”。", *buttons
        )


async def take_photo(ctx: Ctx) -> bool:
    """A picture without a form around it: whether a reading in question was waiting for one."""
    if not ctx.staff.may(MAY, ctx.rules):
        return False
    waiting = await waiting_for_photo(ctx.session, ctx.actor_key)
    if waiting:
        await place_photo(ctx, waiting)
    return bool(waiting)


async def _store(ctx: Ctx, reading: Reading) -> None:
    count = await attach_photos(ctx.session, reading, ctx.staff.userid, ctx.now)
    await ctx.audit("reading.photo", f"meter:{reading.meter_id}", month=reading.month, photos=count)
    name = await name_of(ctx, reading)
    done = Content(
        text=f"照片 {count} 张已存入 {name} {reading.value:f}。{_AGAIN}",
        title="表盘照片已存",
        buttons=(Button(f"reading_ok:{reading.id}", "确认"),),
    )
    await ctx.reply(done, subject="readings")
    if await waiting_for_photo(ctx.session, ctx.actor_key):
        await conversation.put(
            ctx.session, ctx.message.channel, ctx.message.sender, "reading_photo", "photo", {}, ctx.now
        )


async def name_of(ctx: Ctx, reading: Reading) -> str:
    """ "A-1203 电表"."""
    meter = await ctx.session.get_one(Meter, reading.meter_id)
    return label(meter, await ctx.session.get_one(Unit, meter.unit_id))


async def show_photos(ctx: Ctx, rest: str) -> None:
    """The pictures of a meter's newest reading, to be looked at before it is confirmed."""
    if not rest:
        raise UserError("请写明哪一块表，例如：抄表 照片 A-1203 电")
    meter = await find_meter(ctx.session, rest)
    reading = await newest_reading(ctx.session, meter)
    pictures = (await photos_of(ctx.session, [reading.id]))[reading.id] if reading else []
    if reading is None or not pictures:
        raise UserError(f"{meter.number} 最近一次读数没有照片。可以拍照后再发一次读数。")
    await ctx.reply(f"{meter.number} {reading.month} 读数 {reading.value:f}，照片 {len(pictures)} 张：")
    for picture in pictures[-3:]:
        await ctx.reply(Content(file=f"media:{picture.id}", file_name=f"{meter.number}-{reading.month}.jpg"))
