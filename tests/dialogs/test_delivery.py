"""Letters at the door and in the post, told in chat: refused, posted, delivered, returned, and the whole record."""

from __future__ import annotations

import io

from openpyxl import load_workbook
from sqlalchemy import select

from models.clock import at_local, local_date
from models.messages.media import Media
from models.notices.notice import Receipt
from models.notices.posting import Posting
from models.notices.refusal import Refusal
from tests.dialogs.test_notices import letters_out
from tests.fakes.march import quiet_until_25_march
from tests.fakes.world import World, verify_talk


async def on(world: World, day: int, hour: int = 10, month: int = 3) -> None:
    await world.advance(at_local(local_date(world.clock.now()).replace(month=month, day=day), hour))


async def test_a_refused_letter_needs_a_witness_or_a_photo_and_goes_by_post(world: World) -> None:
    await world.begins_with(letters_out)
    await verify_talk(
        world,
        [
            ("zhoumin", "拒收 0003", "请这样发：拒收"),
            ("zhoumin", "拒收 0003 前台王女士 说负责人不在", "还没有见证人或照片 | 邮寄 JF-202603-0003"),
            ("zhoumin", "<photo>", "照片已存入 JF-202603-0003，现有 1 张"),
            ("zhoumin", "<photo>", "现有 2 张"),
            ("zhoumin", "拒收 0003 前台王女士 说负责人不在", "此前已登记 | 照片 2 张"),
            ("zhoumin", "拒收 0002 门卫 不肯收 见证 周敏", "没有认出见证人“周敏”"),
            ("zhoumin", "拒收 0002 门卫 不肯收 见证 林芳", "拒收不等于签收 | 邮寄 JF-202603-0002 快递单号"),
            ("wangqiang", "拒收 0002 门卫 不肯收", "没有这项权限"),
            ("chenjing", "签收表 3月", "未签收 3 份 | 上门被拒收"),
        ],
    )
    async with world.db.read() as session:
        refusals = list(await session.scalars(select(Refusal).order_by(Refusal.id)))
        assert [(r.who, r.witness, len(r.photos)) for r in refusals] == [
            ("前台王女士", "", 2), ("门卫", "linfang", 0),
        ]  # fmt: skip
        photos = await session.scalars(select(Media.purpose).where(Media.subject != ""))
        assert set(photos) == {"拒收照片"}


async def test_a_parcel_is_posted_with_its_slip_and_its_end_is_told(world: World) -> None:
    await world.begins_with(letters_out)
    await world.show("zhoumin")
    await verify_talk(
        world,
        [
            ("zhoumin", "妥投 0003", "还没有登记邮寄"),
            ("zhoumin", "邮寄 0003 EMS1", "内件品名”请写：缴费通知单 JF-202603-0003 | 面单照片 1 张"),
            ("zhoumin", "退件 0003", "请这样发：退件"),
            ("zhoumin", "退件 0003 3月10日 查无此人", "是3月16日寄出的"),
            ("zhoumin", "退件 0003 查无此人", "EMS1 退件：查无此人 | 请勿拆封 | 重新邮寄"),
            ("zhoumin", "妥投 0003", "已登记退件，不能再登记妥投"),
            ("zhoumin", "邮寄 0003 EMS2", "还没有面单照片"),
            ("zhoumin", "<photo>", "现有 1 张"),
            ("zhoumin", "妥投 0003 13月1日", "没有“13月1日”这一天"),
            ("zhoumin", "妥投 0003 今天 收发室", "EMS2 于3月16日妥投，送达证明完整"),
            ("zhoumin", "妥投 0003 今天 收发室", "此前已登记"),
            ("chenjing", "签收表 3月 C", "共 1 份，已签收 0 份，未签收 0 份，邮件妥投 1 份"),
        ],
    )
    async with world.db.read() as session:
        first, second = await session.scalars(select(Posting).order_by(Posting.id))
    assert (first.return_reason, len(first.slip_photos)) == ("查无此人", 1)
    assert (second.received_by, len(second.slip_photos)) == ("收发室", 1)
    assert second.sha256 == first.sha256


async def test_the_record_of_a_letter_tells_everything_in_order(world: World) -> None:
    await world.begins_with(letters_out)
    await world.advance(at_local(local_date(world.clock.now()), 11))
    await verify_talk(
        world,
        [
            ("lina", "签收", "已签收"),
            ("zhoumin", "送达 0003 小吴 员工", "无权代表租户签收 | 还没有签收照片"),
            ("zhoumin", "<photo>", "现有 1 张"),
            ("zhoumin", "送达记录", "请写明编号"),
            (
                "zhoumin",
                "送达记录 0001",
                "制作 | 已发送：李娜（负责人），微信 | 已签收：李娜（负责人），微信 | 足以证明送达",
            ),
            (
                "chenjing",
                "送达记录 0003",
                "138****0005 | !13800010005 | 无权签收：小吴（员工），上门 | 照片 1 张 | 还没有足以证明送达",
            ),
            ("wangqiang", "送达记录 0001", "没有这项权限"),
            ("zhoumin", "送达记录 9999", "没有找到编号"),
        ],
    )
    async with world.db.read() as session:
        clerk = (await session.scalars(select(Receipt).where(~Receipt.sufficient))).one()
    assert len(clerk.evidence["photos"]) == 1 and clerk.evidence["entered_by"] == "zhoumin"


async def test_a_signer_registered_in_another_role_is_pointed_out(world: World) -> None:
    await world.begins_with(letters_out)
    await verify_talk(world, [("zhoumin", "送达 0001 王小明 负责人", "该联系人登记的身份是员工，请核对")])


async def test_areas_are_given_out_and_each_gets_her_own_list(world: World) -> None:
    await world.begins_with(quiet_until_25_march)
    await verify_talk(
        world,
        [
            ("linfang", "片区", "未分派：A、B、C"),
            ("linfang", "片区 A座 周敏", "A 由周敏负责"),
            ("linfang", "片区 C 林芳", "C 由林芳负责"),
            ("linfang", "片区 B 王强", "王强没有派发通知单的权限"),
            ("linfang", "片区 Z 周敏", "没有楼栋或单元“Z”"),
            ("zhoumin", "片区 A 周敏", "没有这项权限"),
            ("linfang", "片区 C 取消", "已没有专人负责"),
            ("linfang", "片区 C 林芳", "C 由林芳负责"),
        ],
    )
    await letters_out(world)
    await on(world, 27)
    own, shared = [entry.text for entry in world.phone("zhoumin") if "·" in entry.text]
    assert "A-1203 云帆" in own and "C-0101" not in own
    assert "未分派片区，当班客服均收到" in shared and "B-0305" in shared
    assert any("C-0101 无信商贸行" in entry.text for entry in world.phone("linfang"))


async def test_the_sign_off_sheet_comes_as_spreadsheet_and_by_a_tap(world: World) -> None:
    await world.begins_with(letters_out)
    await world.say("chenjing", "签收表 3月")
    await world.press("chenjing", "A 栋")
    card, book, pdf = world.phone("chenjing")[-3:]
    assert "（A 栋） 共 1 份" in card.text
    sheet = load_workbook(io.BytesIO(world.platform.media[book.text])).active
    heads, row = [list(cells) for cells in sheet.iter_rows(values_only=True)]
    assert heads[-3:] == ["未签收已至", "到达日期", "备注"]
    assert row[0] == "JF-202603-0001" and row[-3] == "微信发送"
    assert world.platform.media[pdf.text].startswith(b"%PDF")


async def test_what_staff_entered_for_the_wrong_letter_is_taken_back_and_stays_on_record(
    world: World,
) -> None:
    await world.begins_with(letters_out)
    await world.show("zhoumin")
    await verify_talk(
        world,
        [
            ("lina", "签收", "已签收"),
            ("linfang", "撤销送达 0001 写错", "租户本人的签收不能撤销"),
            ("zhoumin", "送达 0003 李娜 负责人", "签收照片 1 张"),
            ("zhoumin", "撤销送达 0003 编号写错", "没有这项权限"),
            ("linfang", "撤销送达 0003", "请写明编号和原因"),
            ("linfang", "撤销送达 0003 编号写错", "已撤销 JF-202603-0003 李娜（负责人）的上门签收"),
            ("linfang", "撤销送达 0003 编号写错", "没有由员工登记的"),
            ("linfang", "签收表 3月 C", "已签收 0 份，未签收 1 份"),
            ("linfang", "送达记录 0003 照片", "签收已撤销：李娜（负责人），上门，登记有误，已撤销：编号写错"),
            ("zhoumin", "邮寄 0003 EMS1", "已登记"),
            ("zhoumin", "妥投 0003", "妥投"),
            ("linfang", "撤销送达 0003 看错单号", "邮件 EMS1 的妥投登记"),
            ("zhoumin", "退件 0003 查无此人", "EMS1 退件"),
            ("zhoumin", "送达 0003 吴老板 法定代表人", "已登记"),
        ],
    )
    assert world.phone("linfang")[-2].kind == "image"
