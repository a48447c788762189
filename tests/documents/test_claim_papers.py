"""The papers of a claim at the insurer's desk: everything on record stands there, and nothing that is not."""

from __future__ import annotations

import io
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

import claim_samples
import pytest
from pypdf import PdfReader

from bot.documents.render import Printable, render_pdf, render_png
from models.claims.documents import Damaged, LossFacts

NASTY = '#set page(width: 1mm) *b* $x^2$ ] [ "双引号" \\ {x} <l> @ref // /* #panic("x") 第一行\n第二行 👍🏽'


@cache
def printed(document: Printable) -> PdfReader:
    return PdfReader(io.BytesIO(render_pdf(document)))


@cache
def pages(document: Printable) -> tuple[str, ...]:
    return tuple("".join(page.extract_text().split()) for page in printed(document).pages)


def text(document: Printable) -> str:
    return "".join(pages(document))


def absent(document: Printable, *wanted: str) -> list[str]:
    there = text(document)
    return [words for words in wanted if "".join(words.split()) not in there]


def test_the_loss_notice_says_what_the_manual_wants_the_insurer_told() -> None:
    wanted = (
        *(
            "出险通知书",
            "L01",
            "致：示例财产保险杭州分公司",
            "西溪物业服务有限公司",
            "CY2025-0701-01",
            "RD20260316001",
        ),
        *(
            "2026-03-15 23:00",
            "2026-03-16 00:10",
            "B 座地下一层配电房外走廊",
            "消防主管接头爆裂",
            "公共财产",
            "水浸",
        ),
        *(
            "18,600.00 元",
            "1,200.00 元（另计）",
            "沙袋围挡",
            "受损标的清单（3 项）",
            "于晴（客户服务部）",
            "被保险人（盖章）",
        ),
    )
    assert absent(claim_samples.loss_notice(), *wanted) == []
    assert "待补" not in text(claim_samples.loss_notice()).replace("标“待补”的项目", "")


def test_the_damage_list_adds_up_what_is_known_and_says_what_is_not() -> None:
    wanted = (
        "走廊矿棉板吊顶",
        "36㎡",
        "5,400.00",
        "合计3项",
        "20,600.00",
        "7,600.00",
        "其中1项估损待补，未计入",
        "1、2",
    )
    assert absent(claim_samples.damage_list(), *wanted) == []
    assert absent(claim_samples.damage_list(items=()), "待补", "尚未登记受损标的") == []


def test_the_incident_report_tells_the_course_and_what_was_late() -> None:
    wanted = (
        "特别事件报告",
        "报：总办",
        "处理经过",
        "2026-03-16 13:20",
        "报告超时",
        "《出险通知书》",
        "总办批示",
    )
    assert absent(claim_samples.incident_report(), *wanted) == []


def test_the_file_has_an_index_whose_pages_are_right() -> None:
    found = pages(claim_samples.claim_file())
    assert absent(claim_samples.claim_file(), "理赔卷宗", "目录") == []
    parts = (
        "事故事实",
        "时限",
        "处理经过",
        "金额",
        "索赔材料清单",
        "出险通知书",
        "受损标的清单",
        "特别事件报告",
        "现场照片",
        "材料影像",
    )
    numerals = "一二三四五六七八九十"
    for numeral, part in zip(numerals, parts, strict=True):
        there = [n for n, page in enumerate(found[1:], start=2) if f"{numeral}、{part}" in page]
        assert len(there) == 1, part
        line = next(line for line in found[0].split(f"{numeral}、{part}")[1:])
        assert line.lstrip(".").startswith(str(there[0])), part


def test_every_picture_stands_in_the_file_with_time_sender_and_digest() -> None:
    file = claim_samples.claim_file()
    assert sum(len(page.images) for page in printed(file).pages) == len(file.photos) + len(file.pages)
    for shot in (*file.photos, *file.pages):
        assert absent(file, shot.sha256, shot.received) == []
    assert absent(claim_samples.broken_picture(), "图像未附", file.photos[0].sha256) == []


def test_every_clock_stands_in_the_file() -> None:
    wanted = (
        "接报后 3 分钟内到场",
        "超时：人手不足",
        "保险法第二十三条",
        "2028-03-16",
        "未完成",
        "许经理（电话）",
        "R12",
    )
    assert absent(claim_samples.claim_file(), *wanted) == []


def test_what_nobody_knows_is_left_to_be_written_in() -> None:
    empty = claim_samples.bare_claim_file()
    told = {field.name for field in fields(LossFacts) if not getattr(empty.loss, field.name)}
    assert told == {
        "insurer_case_number", "place", "occurred", "arrived", "cause", "extent", "measures", "handler", "third_parties",
    }  # fmt: skip
    for document in (empty.notice, empty.damage, empty.report, empty):
        assert "待补" in text(document)
    rows = text(empty.notice)
    for label in (
        "被保险人",
        "报案号",
        "保单号",
        "出险地点",
        "出险原因",
        "损失概况",
        "估计损失",
        "施救措施",
        "经办人",
    ):
        assert f"{label}待补" in rows, label


def _every_text(value: Any) -> Any:
    """The same document with something nasty in every place that takes words; lines that differ in words only are one."""
    if is_dataclass(value) and not isinstance(value, type):
        changes = {
            field.name: _every_text(getattr(value, field.name))
            for field in fields(value)
            if field.name not in ("issuer", "sha256", "light")
        }
        return replace(value, **changes)
    if isinstance(value, tuple):
        return tuple(dict.fromkeys(_every_text(each) for each in value))
    return NASTY * 4 if isinstance(value, str) else value


@pytest.mark.parametrize("kind", claim_samples.KINDS)
def test_hostile_text_in_every_place_is_only_text(kind: str) -> None:
    printed = PdfReader(io.BytesIO(render_pdf(_every_text(getattr(claim_samples, kind)()))))
    first = "".join(printed.pages[0].extract_text().split())  # pages of it take long to read
    assert '#panic("x")' in first and "#setpage(width:1mm)*b*" in first


def test_a_long_list_repeats_its_head_on_every_page() -> None:
    items = tuple(Damaged(f"办公桌{n}", "1 张", 100_000, 50_000, "", "") for n in range(1, 91))
    found = pages(claim_samples.damage_list(items=items))
    assert len(found) > 1
    assert all("受损标的数量原值（元）" in page for page in found if "办公桌" in page)
    assert "合计90项90,000.0045,000.00" in "".join(found)


@pytest.mark.parametrize("kind", claim_samples.KINDS)
def test_the_same_facts_give_the_same_bytes_and_a_picture(kind: str) -> None:
    make = getattr(claim_samples, kind)
    assert render_pdf(make()) == render_pdf(make())
    assert render_png(make(), ppi=40).startswith(b"\x89PNG")
