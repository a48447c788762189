"""One filled-in document of each kind, as the centre would hand it over the counter."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

from PIL import Image, ImageDraw

from models.closing.voucher import Asked, Books, ItemTotal, Standing, Undone, VoucherSummary
from models.fees.money import in_words
from models.notices.debt_documents import (
    BrokenPromise,
    DunningNotice,
    EarlierDemand,
    LegalNotice,
    OpenBill,
    OwnerBill,
    OwnerLetter,
    SuspensionNotice,
)
from models.notices.deposit_paper import DepositPaper
from models.notices.documents import (
    Approval,
    FeeLine,
    Issuer,
    PaidPart,
    PaymentNotice,
    PaymentReceipt,
    Photo,
    SignOffRow,
    SignOffSheet,
    WorkMessage,
    WorkOrder,
    WorkStep,
    WorkTarget,
)
from models.notices.evidence_document import (
    Agreement,
    Annex,
    Digest,
    EvidencePack,
    ProvenBill,
    ProvenEvent,
    ProvenLetter,
    ReceivedMoney,
    SaidByDebtor,
    SignerOfDebtor,
    Stay,
    UsedReading,
)
from models.notices.money_papers import DayCloseSheet, TillRow, TillSum
from models.rules import ParkRules

ISSUER = Issuer.of(
    ParkRules(
        name="西溪创意产业园",
        centre="西溪创意产业园物业服务中心",
        phone="0571-8812 3456",
        address="A 座一楼服务中心财务收费处",
        account_name="杭州西溪物业服务有限公司",
        account_bank="杭州银行科技支行",
        account_number="3301 0401 6000 1234 567",
    )
)
APPROVAL = Approval("赵敏（项目经理）", date(2026, 3, 25))
LINES = (
    FeeLine("物业服务费", "120.00 ㎡ × 12.00 元/㎡", 144_000),
    FeeLine("电费（表 D-0317，倍率 40）", "（1,204.50 − 1,180.20）× 40 × 0.8560 元/度", 83_203),
    FeeLine("水费（表 S-0317）", "（318 − 301）吨 × 4.95 元/吨", 8_415),
    FeeLine("公共照明分摊", "池 1,860.40 元 × 120.00 ㎡ ÷ 8,420.00 ㎡", 2_651),
    FeeLine("有偿服务：更换门锁（R07）", "", 18_000),
    FeeLine("停车位租赁", "2 个 × 350.00 元/月", 70_000),
)


WHEN = datetime(2026, 3, 26, 8, 30, tzinfo=UTC)


def payment_notice(**changes: Any) -> PaymentNotice:
    """For one tenant with two units. Lines, earlier debt and credit may be given; the total follows."""
    lines = changes.pop("lines", LINES)
    previous_fen = changes.pop("previous_balance_fen", 50_000)
    credit_fen = changes.pop("credit_used_fen", 20_000)
    total_fen = sum(line.amount_fen for line in lines) + previous_fen - credit_fen
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "number": "JF-202603-0012",
        "tenant": "杭州云图科技有限公司",
        "units": ("A-301", "A-302"),
        "month": "2026-03",
        "period_from_on": date(2026, 3, 1),
        "period_to_on": date(2026, 3, 31),
        "issued_on": date(2026, 3, 26),
        "lines": lines,
        "previous_balance_fen": previous_fen,
        "credit_used_fen": credit_fen,
        "total_fen": total_fen,
        "total_words": in_words(total_fen),
        "due_on": date(2026, 4, 15),
        "due_note": "4 月第 10 个工作日；4 月 4 日至 6 日清明节放假，不计入",
        "approval": APPROVAL,
    }
    return PaymentNotice(**facts | changes)


OPEN_BILLS = (
    OpenBill("JF-202602-0012", "2026-02", date(2026, 3, 13), 312_050, 200_000),
    OpenBill("JF-202603-0012", "2026-03", date(2026, 4, 15), 326_269, 0),
)


def dunning_notice(**changes: Any) -> DunningNotice:
    """For two months, one of them paid in part."""
    bills = changes.pop("bills", OPEN_BILLS)
    total_fen = sum(bill.owed_fen for bill in bills)
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "number": "CK-202604-0003",
        "tenant": "杭州云图科技有限公司",
        "units": ("A-301", "A-302"),
        "issued_on": date(2026, 4, 16),
        "as_of_on": date(2026, 4, 15),
        "bills": bills,
        "total_fen": total_fen,
        "total_words": in_words(total_fen),
        "pay_by_on": date(2026, 4, 23),
        "pay_by_note": "自出单之日起 7 日",
        "approval": Approval("赵敏（项目经理）", date(2026, 4, 16)),
    }
    return DunningNotice(**facts | changes)


def legal_notice(**changes: Any) -> LegalNotice:
    """After one dunning notice that was signed for."""
    total_fen = sum(bill.owed_fen for bill in OPEN_BILLS)
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "number": "LH-202605-0001",
        "tenant": "杭州云图科技有限公司",
        "units": ("A-301", "A-302"),
        "issued_on": date(2026, 5, 6),
        "as_of_on": date(2026, 5, 5),
        "bills": OPEN_BILLS,
        "total_fen": total_fen,
        "total_words": in_words(total_fen),
        "pay_by_on": date(2026, 5, 13),
        "demands": (EarlierDemand("CK-202604-0003", date(2026, 4, 16), "微信签收"),),
        "contract": "西溪创意产业园物业服务合同（XX-2025-031）",
        "approval": None,
    }
    return LegalNotice(**facts | changes)


def suspension_notice(**changes: Any) -> SuspensionNotice:
    """The paper of mode manual, after two demands and a promise that was not kept."""
    bills = changes.pop("bills", OPEN_BILLS)
    total_fen = sum(bill.owed_fen for bill in bills)
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "number": "ZT-202602-0001",
        "tenant": "杭州云图科技有限公司",
        "units": ("A-301", "A-302"),
        "issued_on": date(2026, 5, 6),
        "as_of_on": date(2026, 5, 6),
        "bills": bills,
        "total_fen": total_fen,
        "total_words": in_words(total_fen),
        "pay_by_on": date(2026, 5, 13),
        "full_days": 7,
        "services": ("加班空调", "会议室预订", "空调", "供电"),
        "utilities": True,
        "legal_basis": "双方签订的《供用电服务合同》第 6 条（经法务确认，2026-01-08）",
        "demands": (EarlierDemand("CK-202604-0003", date(2026, 4, 16), "微信签收"),),
        "promises": (BrokenPromise(date(2026, 4, 17), date(2026, 4, 24)),),
        "approval": None,
    }
    return SuspensionNotice(**facts | changes)


def owner_letter(**changes: Any) -> OwnerLetter:
    """To a private owner of one of the tenant's units."""
    bills = (
        OwnerBill("JF-202602-0012", "2026-02", date(2026, 3, 13), 112_050),
        OwnerBill("JF-202603-0012", "2026-03", date(2026, 4, 15), 144_000),
    )
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "number": "YZ-202602-0001",
        "owner": "许文博",
        "owner_address": "杭州市西湖区文三路 100 号 2 幢 801 室",
        "tenant": "杭州云图科技有限公司",
        "units": ("A-301",),
        "issued_on": date(2026, 5, 6),
        "as_of_on": date(2026, 5, 6),
        "bills": bills,
        "total_fen": 256_050,
        "total_words": in_words(256_050),
        "pay_by_on": date(2026, 5, 13),
        "demand_number": "GZ-202602-0001",
    }
    return OwnerLetter(**facts | changes)


def sign_off_sheet(rows: tuple[SignOffRow, ...] | None = None, **changes: Any) -> SignOffSheet:
    """Delivered over all ways; two are not signed for yet, one came by registered mail."""
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "month": "2026-03",
        "building": "A 座",
        "made_on": date(2026, 3, 28),
        "made_by": "陈静",
        "rows": rows or SIGN_OFF_ROWS,
    }
    return SignOffSheet(**facts | changes)


SIGN_OFF_ROWS = (
    SignOffRow(
        number="JF-202603-0012",
        tenant="杭州云图科技有限公司",
        units=("A-301", "A-302"),
        amount_fen=356_269,
        how="微信",
        signer="李娜",
        role="财务",
        signed_at=datetime(2026, 3, 26, 2, 14, tzinfo=UTC),
    ),
    SignOffRow(
        number="JF-202603-0013",
        tenant="Blue Whale Interactive (Hangzhou) Co., Ltd.",
        units=("A-305",),
        amount_fen=1_640_902,
        how="短信",
        signer="Tom Baker",
        role="经办人",
        signed_at=datetime(2026, 3, 27, 8, 2, tzinfo=UTC),
        remark="通知页签收",
    ),
    SignOffRow(
        number="JF-202603-0014",
        tenant="臺灣鳳凰設計顧問股份有限公司杭州代表處",
        units=("A-401", "A-402", "A-403", "A-404", "A-405"),
        amount_fen=12_350,
        how="上门",
        signer="周慧",
        role="员工",
        signed_at=datetime(2026, 3, 27, 9, 40, tzinfo=UTC),
        remark="签收人无签收权限，已补寄",
    ),
    SignOffRow(
        number="JF-202603-0015",
        tenant="浙江远山投资管理有限公司",
        units=("A-501",),
        amount_fen=1_000_000_00,
        how="微信",
        step="邮寄 EMS1234567890123",
        step_on=date(2026, 3, 30),
        remark="拒收：前台，说负责人不在",
    ),
    SignOffRow(
        number="JF-202603-0016",
        tenant="无锡太湖生物科技有限公司",
        units=("A-502",),
        amount_fen=88_000,
        how="邮寄",
        signer="收发室",
        delivered_on=date(2026, 3, 28),
        remark="邮寄 EMS1234567890124",
    ),
    SignOffRow(
        number="JF-202603-0017",
        tenant="晨光文化传播工作室",
        units=("A-503",),
        amount_fen=120_500,
        how="短信",
        step="上门派发",
        step_on=date(2026, 3, 27),
    ),
)


def payment_receipt(**changes: Any) -> PaymentReceipt:
    """A transfer that pays one bill, a part of another, and leaves nothing over."""
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "number": "SJ-20260410-0005",
        "payer": "杭州云图科技有限公司",
        "units": ("A-301", "A-302"),
        "received_at": datetime(2026, 4, 10, 3, 5, tzinfo=UTC),
        "method": "转账",
        "reference": "2026041000123456",
        "amount_fen": 300_000,
        "amount_words": in_words(300_000),
        "parts": (
            PaidPart("JF-202602-0012", "2026年2月费用", 112_050),
            PaidPart("JF-202603-0012", "2026年3月费用（部分）", 187_950),
        ),
        "credit_added_fen": 0,
        "as_of_at": datetime(2026, 4, 10, 3, 5, tzinfo=UTC),
        "remaining_debt_fen": 138_319,
        "credit_fen": 0,
        "cashier": "孙丽",
    }
    return PaymentReceipt(**facts | changes)


def photo(width: int = 640, height: int = 480, colour: str = "#7a8fa3") -> bytes:
    """A JPEG picture with something to see on it."""
    image = Image.new("RGB", (width, height), colour)
    ImageDraw.Draw(image).ellipse((width // 4, height // 4, width // 2, height // 2), fill="#d9ddE2")
    data = io.BytesIO()
    image.save(data, "JPEG")
    return data.getvalue()


def work_order(**changes: Any) -> WorkOrder:
    """Finished, with three photos."""
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "case_number": "R07",
        "state": "待签认",
        "category": "给排水",
        "urgency": "紧急",
        "tenant": "杭州云图科技有限公司",
        "unit": "A-301 茶水间",
        "reporter": "李娜",
        "reporter_phone": "138 0000 1234",
        "reported_at": datetime(2026, 3, 2, 1, 12, tzinfo=UTC),
        "description": "茶水间水槽下面漏水，地面有积水，已经放了桶接水。\n下午 3 点以后有客户来访，希望之前处理好。",
        "worker": "王强",
        "steps": (
            WorkStep(datetime(2026, 3, 2, 1, 12, tzinfo=UTC), "李娜", "报修，附照片 1 张"),
            WorkStep(datetime(2026, 3, 2, 1, 15, tzinfo=UTC), "陈静", "派单给王强"),
            WorkStep(datetime(2026, 3, 2, 1, 16, tzinfo=UTC), "王强", "接单"),
            WorkStep(datetime(2026, 3, 2, 1, 31, tzinfo=UTC), "王强", "到场，关闭角阀，确认软管老化开裂"),
            WorkStep(datetime(2026, 3, 2, 2, 20, tzinfo=UTC), "王强", "完工：更换软管一根，试水十分钟无渗漏"),
        ),
        "photos": (
            Photo("报修照片", photo()),
            Photo("完工照片", photo(480, 640, "#8aa38f")),
            Photo("完工照片", photo(900, 300, "#a3948a")),
        ),
        "messages": (
            WorkMessage(
                datetime(2026, 3, 2, 1, 16, tzinfo=UTC),
                "微信客服",
                "王强师傅已接单 R07，正在安排上门，请留人开门。",
            ),
            WorkMessage(
                datetime(2026, 3, 2, 2, 20, tzinfo=UTC), "短信", "R07 已完工：更换软管一根。请确认是否修好。"
            ),
        ),
        "charge_fen": 8_000,
        "targets": (
            WorkTarget("接单", datetime(2026, 3, 2, 1, 17, tzinfo=UTC), "按时，03-02 09:16"),
            WorkTarget("到场", datetime(2026, 3, 2, 1, 31, tzinfo=UTC), "按时，03-02 09:31"),
            WorkTarget("完工", datetime(2026, 3, 2, 5, 12, tzinfo=UTC), "按时，03-02 10:20"),
        ),
        "signed_by": "李娜 03-02 10:41 签认",
        "called_by": "周敏 03-03 09:30 回访",
    }
    return WorkOrder(**facts | changes)


def day_close(**changes: Any) -> DayCloseSheet:
    rows = (
        TillRow(WHEN, "SK-202603-0008", "收款", "杭州云图科技有限公司", "现金", "", 50_000),
        TillRow(WHEN, "SK-202603-0009", "收款", "杭州云图科技有限公司", "转账", "流水0312", 140_950),
    )
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "number": "RJ-20260326-01",
        "day": date(2026, 3, 26),
        "cashier": "孙丽",
        "closed_at": WHEN,
        "sums": (TillSum("现金", 1, 50_000, 0, 50_000), TillSum("转账", 1, 140_950, 0, 140_950)),
        "rows": rows,
        "total_fen": 190_950,
        "total_words": in_words(190_950),
        "cash_fen": 50_000,
        "counted_fen": 49_950,
        "difference_reason": "找零差额",
    }
    return DayCloseSheet(**facts | changes)


def voucher_summary(**changes: Any) -> VoucherSummary:
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "month": "2026-03",
        "made_by": "孙丽",
        "made_on": date(2026, 4, 3),
        "bills": 180,
        "items": (
            ItemTotal("物业服务费", 210, 25_200_000),
            ItemTotal("电费", 240, 9_012_345),
            ItemTotal("水费", 230, 812_300),
            ItemTotal("有偿服务费", 12, 150_050),
            ItemTotal("押金（代管，不计收入）", 1, 500_000),
        ),
        "payments": (
            ItemTotal("支票", 3, 3_000_000),
            ItemTotal("现金", 14, 1_200_000),
            ItemTotal("转账", 150, 28_000_000),
        ),
        "undone_bills": (
            Undone(
                "账单冲销", "ZD-202603-0007", "杭州云图科技有限公司", 140_000, "电表读数录错，重开账单",
                datetime(2026, 3, 28, 2, tzinfo=UTC),
            ),
        ),
        "undone_payments": (
            Undone(
                "收款冲正", "SK-202603-0009", "杭州云图科技有限公司", 100_000, "金额输错",
                datetime(2026, 3, 29, 2, tzinfo=UTC),
            ),
        ),
        "refunded_fen": 30_000,
        "opening": Standing(3_000_000, 50_000, 11),
        "closing": Standing(6_484_695, 70_000, 19),
        "deposits_received_fen": 500_000,
        "deposits_returned_fen": 200_000,
        "deposits_held_fen": 8_300_000,
        "notices": 180,
        "signed": 171,
        "books": Books(95_000_000, 86_000_000, 2_375_305, 140_000, 6_484_695),
        "asked": (Asked("3 月 29 日冲正的 1,000.00 元重新入账了吗？", "已重新入账，SK-202603-0010", "孙丽"),),
    }  # fmt: skip
    return VoucherSummary(**facts | changes)


def evidence_pack(**changes: Any) -> EvidencePack:
    """Two open bills, three letters of which two are proven, a payment, a promise, a dispute, two photos."""
    centre, parcel = "西溪创意产业园物业服务中心", "邮寄 EMS1234567890"
    at = datetime(2026, 4, 16, 2, 7, tzinfo=UTC)
    digest = "9f2c41d07be3a5c86d1e0f42b7a95c3e18d6f0a2b4c7e9135d8f6a0b2c4e7f91"
    events = (
        ProvenEvent(at, "制作", centre, "系统", "CK-202602-0003"),
        ProvenEvent(at, "已发送", "李娜（财务）", "微信", "通知；wm_8f21"),
        ProvenEvent(datetime(2026, 4, 16, 3, 20, tzinfo=UTC), "已签收", "李娜（财务）", "微信", ""),
    )
    visit = (
        ProvenEvent(datetime(2026, 5, 6, 2, 7, tzinfo=UTC), "制作", centre, "系统", ""),
        ProvenEvent(
            datetime(2026, 5, 6, 6, 0, tzinfo=UTC),
            "拒收",
            "前台王女士",
            "上门",
            "称负责人不在（见证 林芳）",
        ),
        ProvenEvent(
            datetime(2026, 5, 7, 1, 0, tzinfo=UTC),
            "已邮寄",
            "周敏",
            parcel,
            "内件：欠费法律告知函",
        ),
        ProvenEvent(
            datetime(2026, 5, 9, 15, 59, tzinfo=UTC),
            "邮件妥投",
            "前台",
            parcel,
            "周敏 查询登记",
        ),
    )
    letters = (
        ProvenLetter(
            "CK-202602-0003", "催款通知单", date(2026, 4, 16), 438_319, digest, date(2026, 4, 16), events
        ),
        ProvenLetter(
            "GZ-202602-0001",
            "欠费法律告知函",
            date(2026, 5, 6),
            438_319,
            digest[::-1],
            date(2026, 5, 9),
            visit,
        ),
        ProvenLetter("JF-202604-0012", "缴费通知单", date(2026, 4, 26), 326_269, "", None, events[:1]),
    )
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "tenant": "杭州云图科技有限公司",
        "post_address": "杭州市西湖区文三路 90 号 A 座 301",
        "made_at": datetime(2026, 6, 1, 2, 30, tzinfo=UTC),
        "made_by": "陈静",
        "total_fen": sum(bill.owed_fen for bill in OPEN_BILLS),
        "total_words": in_words(sum(bill.owed_fen for bill in OPEN_BILLS)),
        "stays": (
            Stay("A-301", "120 ㎡", "12 元/㎡·月", date(2024, 7, 1), None, "许文博"),
            Stay("A-302", "86.5 ㎡", "12 元/㎡·月", date(2025, 1, 1), date(2026, 12, 31)),
        ),
        "signers": (SignerOfDebtor("张伟", "法定代表人"), SignerOfDebtor("李娜", "财务")),
        "bills": tuple(
            ProvenBill(bill, LINES, date(2029, 5, 9), "2026-05-09 欠费法律告知函 GZ-202602-0001 送达有凭据")
            for bill in OPEN_BILLS
        ),
        "readings": (
            UsedReading(
                "JF-202603-0012", "D-0317", "A-301", "2026-02-20", "1180.20", "2026-03-20", "1204.50", "972"
            ),
            UsedReading("JF-202603-0012", "S-0317", "A-301", "2026-02-20", "301", "2026-03-20", "318", "17"),
        ),
        "letters": letters,
        "payments": (
            ReceivedMoney("SK-202604-0031", at, "转账", 200_000, "JF-202602-0012 2,000.00 元", ""),
            ReceivedMoney("SK-202604-0032", at, "现金", 10_000, "", "已冲正：金额输错"),
        ),
        "said": (
            SaidByDebtor("N03", "承诺", date(2026, 4, 17), date(2026, 4, 24), "", "未付清"),
            SaidByDebtor(
                "Y05",
                "异议",
                date(2026, 4, 28),
                date(2026, 5, 13),
                "电表读数有误",
                "不成立：已现场核对读数无误",
            ),
        ),
        "digests": (
            Digest("GZ-202602-0001 拒收（上门）", digest),
            Digest("GZ-202602-0001 已邮寄", digest[::-1]),
        ),
        "annexes": tuple(
            Annex(f"{each.kind} {each.number}", each.sha256, first, pages)
            for each, first, pages in zip(letters, (1, 2, 4), (1, 2, 0), strict=True)
        ),
        "agreements": (Agreement("物业服务合同 2024-031 第 8 条", "每日 0.5‰", date(2026, 1, 1)),),
        "photos": (
            Photo("GZ-202602-0001 拒收（上门）", photo()),
            Photo("GZ-202602-0001 已邮寄", photo(480, 640, "#8aa38f")),
        ),
    }
    return EvidencePack(**facts | changes)


def deposit_receipt(**changes: Any) -> DepositPaper:
    """Taken at the counter before decoration."""
    facts: dict[str, Any] = {
        "issuer": ISSUER,
        "title": "押金收据",
        "number": "YJ-202603-0001",
        "tenant": "杭州云图科技有限公司",
        "unit": "A-301",
        "name": "装修押金",
        "at": WHEN,
        "method": "转账",
        "taken_by": "",
        "amount_fen": 500_000,
        "amount_words": in_words(500_000),
        "deposit_fen": 500_000,
        "held_fen": 500_000,
        "why": "",
        "by": "孙丽",
    }
    return DepositPaper(**facts | changes)


def deposit_back(**changes: Any) -> DepositPaper:
    """All but the mending of a wall."""
    back: dict[str, Any] = {
        "title": "押金退还单",
        "number": "TY-202606-0001",
        "taken_by": "YJ-202603-0001",
        "amount_fen": 450_000,
        "amount_words": in_words(450_000),
        "held_fen": 50_000,
        "why": "装修验收合格，扣墙面修补 500 元",
        "by": "陈静",
    }
    return deposit_receipt(**back | changes)
