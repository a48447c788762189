"""Papers of a claim: one with everything on record, one of which hardly anything is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from samples import ISSUER, photo

from models.claims.documents import (
    BoardClaim,
    BoardClock,
    ClaimBoard,
    ClaimFile,
    ClockRow,
    Damaged,
    DamageList,
    FiledPicture,
    IncidentReport,
    Insured,
    Light,
    LossFacts,
    LossNotice,
    Moment,
    Sum,
)
from models.notices.documents import Photo

KINDS = ("loss_notice", "damage_list", "incident_report", "claim_file", "claim_board")
COVER = Insured(
    insurer="示例财产保险杭州分公司",
    policy_number="CY2025-0701-01",
    policy_name="财产一切险",
    holder="西溪物业服务有限公司",
    period="2025-07-01 至 2026-06-30",
    contact="许经理 0571-8800 5501",
)
COURSE = (
    Moment("2026-03-15 23:00", "事故发生", ""),
    Moment("2026-03-16 00:10", "发现", "李虎"),
    Moment("2026-03-16 00:12", "出险 水管爆裂，地下一层配电房外积水约 5 厘米", "李虎"),
    Moment("2026-03-16 00:14", "到场 现场照片 1 张", "李虎"),
    Moment("2026-03-16 00:40", "报险 RD20260316001", "于晴"),
    Moment("2026-03-16 13:20", "报告", "林芳", late=True),
)


def loss(**changes: Any) -> LossFacts:
    """Water in the basement at night."""
    facts: dict[str, Any] = {
        "issuer": ISSUER, "case_number": "L01", "insurer_case_number": "RD20260316001", "insured": COVER,
        "kind": "水浸", "thing": "公共财产", "place": "B 座地下一层配电房外走廊", "occurred": "2026-03-15 23:00",
        "discovered": "2026-03-16 00:10", "reported": "2026-03-16 00:12", "arrived": "2026-03-16 00:14",
        "description": "夜班巡查发现 B 座地下一层消防主管爆裂，水沿走廊流向配电房，积水约 5 厘米。",
        "cause": "消防主管接头爆裂", "extent": "走廊吊顶、墙面及两台空调内机受损，配电房未进水",
        "measures": "关闭消防主管阀门，断开走廊照明回路，用沙袋围挡，抽水两小时", "police": "未涉及",
        "third_parties": (), "handler": "于晴（客户服务部） 0571-8812 3456", "made_on": date(2026, 3, 16),
    }  # fmt: skip
    return LossFacts(**facts | changes)


def bare_loss() -> LossFacts:
    """What stands on record a minute after the alarm."""
    return loss(
        insurer_case_number="", insured=Insured(), place="", occurred="", arrived="", cause="", extent="",
        measures="", handler="",
    )  # fmt: skip


def loss_notice(**changes: Any) -> LossNotice:
    """Complete."""
    facts: dict[str, Any] = {
        "loss": loss(), "insurer_told": "2026-03-16 00:40", "estimate_fen": 1_860_000, "rescue_fen": 120_000,
        "attached": ("受损标的清单（3 项）", "现场照片（6 张）", "保单复印件（2 张）"),
    }  # fmt: skip
    return LossNotice(**facts | changes)


ITEMS = (
    Damaged("走廊矿棉板吊顶", "36 ㎡", 540_000, 460_000, "拆下的吊顶板存 B1 库房", "1、2"),
    Damaged("墙面乳胶漆", "80 ㎡", 320_000, 300_000, "", "3"),
    Damaged("空调内机 FCU-06", "2 台", 1_200_000, None, "原样保留", "4"),
)


def damage_list(**changes: Any) -> DamageList:
    """Three lines, one without an estimate."""
    return DamageList(**{"loss": loss(), "items": ITEMS} | changes)


def incident_report(**changes: Any) -> IncidentReport:
    """To those above."""
    facts: dict[str, Any] = {
        "loss": loss(), "estimate_fen": 1_860_000, "course": COURSE,
        "next_steps": ("《出险通知书》 03-18 23:00 前", "等待保险公司查勘"),
    }  # fmt: skip
    return IncidentReport(**facts | changes)


def filed(n: int, caption: str) -> FiledPicture:
    """A picture of the file."""
    return FiledPicture(
        caption,
        f"{n:02x}" * 32,
        f"2026-03-16 00:{n:02}:07",
        "李虎",
        Photo(caption, photo(colour=f"#{20 * n:02x}8f93")),
    )


def claim_file(**changes: Any) -> ClaimFile:
    """The whole file half-way."""
    facts: dict[str, Any] = {
        "loss": loss(), "state": "资料已提交，待核定", "made_at": datetime(2026, 3, 30, 2, tzinfo=UTC),
        "notice": loss_notice(), "damage": damage_list(), "report": incident_report(),
        "clocks": (
            ClockRow("到场", "2026-03-16 00:12", "2026-03-16 00:15", "接报后 3 分钟内到场", "2026-03-16 00:14", ""),
            ClockRow("向保险公司报案", "2026-03-15 23:00", "2026-03-16 11:00", "事故发生后 12 小时内",
                     "2026-03-16 00:40", ""),
            ClockRow("《特别事件报告》交总办", "2026-03-15 23:00", "2026-03-16 11:00", "事故发生后 12 小时内",
                     "2026-03-16 13:20", "超时：人手不足"),
            ClockRow("保险公司作出核定", "2026-03-25", "2026-04-24", "保险法第二十三条", "", ""),
            ClockRow("向保险公司请求赔付的时效届满", "2026-03-16", "2028-03-16", "保险法第二十六条", "", ""),
        ),
        "course": COURSE * 4,
        "papers": ("√ 出险通知书（03-17 10:00 已交）", "√ 受损标的清单（3 项）", "× 报价单", "○ 气象证明（暴雨时）"),
        "requests": ("03-20 维修发票原件（未交）",),
        "consents": (Moment("2026-03-16 15:00", "同意清理、维修", "许经理（电话）"),),
        "repairs": ("R12 给排水 更换消防主管接头：已完工，待签认",),
        "third_parties": (),
        "amounts": (Sum("损失金额", 1_860_000), Sum("施救费", 120_000)),
        "amount_log": (
            Sum("损失金额", 1_860_000, "2026-03-16 14:00 于晴"),
            Sum("施救费", 120_000, "2026-03-17 10:00 于晴，抽水泵"),
        ),
        "photos": tuple(filed(n, text) for n, text in enumerate(("远景", "近景", "带比例尺", "残件", "其他"), start=1)),
        "pages": (filed(7, "保单复印件"), filed(8, "报价单")),
    }  # fmt: skip
    return ClaimFile(**facts | changes)


def bare_claim_file() -> ClaimFile:
    """The whole file a minute after the alarm."""
    empty = bare_loss()
    return claim_file(
        loss=empty,
        notice=loss_notice(loss=empty, insurer_told="", estimate_fen=None, rescue_fen=None, attached=()),
        damage=damage_list(loss=empty, items=()),
        report=incident_report(loss=empty, estimate_fen=None, course=(), next_steps=()),
        clocks=(), course=(), papers=(), requests=(), consents=(), repairs=(), amounts=(), amount_log=(),
        photos=(), pages=(),
    )  # fmt: skip


def broken_picture() -> ClaimFile:
    """A picture whose file is lost."""
    lost = replace(filed(1, "远景"), picture=Photo("远景", b""))
    return claim_file(photos=(lost,))


def claim_board(**changes: Any) -> ClaimBoard:
    """Three claims: one too late, one with little time, one in order."""
    red = BoardClaim(
        "L03", "盗抢 B 座停车场岗亭", "已出险，现场处置", "李虎", "保安部", "示例财产保险杭州分公司 0571-8800 5500",
        (
            BoardClock("到场", "00:14 已办", Light.DONE),
            BoardClock("报险", "应在 11:00 前，已超 2 小时", Light.RED),
            BoardClock("报警", "23:00 前，剩 10 小时", Light.GREEN),
            BoardClock("报告", "13:20 已办，超时", Light.LATE),
        ),
        "缺 出险通知书、受损标的清单、现场照片、报警回执", "估损 18,600.00",
    )  # fmt: skip
    amber = BoardClaim(
        "L01", "水浸 A 座地下一层水泵房", "资料已提交，待核定", "于晴", "客户服务部",
        "示例财产保险杭州分公司 0571-8800 5500",
        (
            BoardClock("保险核定", "2026-03-18 前，剩 2 天", Light.AMBER),
            BoardClock("先行赔付", "2026-04-17 前，剩 32 天", Light.GREEN),
        ),
        "已齐", "估损 18,600.00，索赔 18,600.00",
    )  # fmt: skip
    green = BoardClaim(
        "L02", "玻璃自爆 C 座大堂", "已报险，待查勘", "周敏", "客户服务部", "",
        (BoardClock("出险通知书", "03-18 23:00 前，剩 2 天", Light.GREEN),),
        "缺 报价单", "",
    )  # fmt: skip
    facts: dict[str, Any] = {
        "issuer": ISSUER, "made_at": datetime(2026, 3, 16, 0, 47, tzinfo=UTC), "claims": (red, amber, green), "more": 0,
    }  # fmt: skip
    return ClaimBoard(**facts | changes)
