"""Complaints and inquiries [practice: the manual has only the titles]."""

from __future__ import annotations

from datetime import time
from typing import Annotated

from pydantic import Field

from models.rules.section import Section


class DeskRules(Section):
    """The service desk as a whole [practice]."""

    duty_from: time = time(8, 30)
    duty_until: time = time(22, 0)
    """Targets that do not count around the clock count within these hours: those of the two shifts [manual 二]."""
    duty_weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = (1, 2, 3, 4, 5, 6)
    """A six-day week [manual 二]; on the seventh nobody is on shift."""
    upwards: tuple[tuple[str, ...], ...] = (("客服主管", "工程主管"), ("客服经理",), ("项目经理",))
    """The roles a missed target climbs to, step by step; a step that nobody has is left out."""
    late_reasons: tuple[str, ...] = (
        "人手不足",
        "忙于急修",
        "等配件",
        "联系不上租户",
        "租户改约",
        "派单太晚",
        "其他",
    )
    """Why a target was missed."""


class ComplaintRules(Section):
    """投诉."""

    accept_min: int = 30
    """From the complaint to somebody who takes it on, in duty hours."""
    answer_min: int = 24 * 60
    """From the complaint to the answer, around the clock."""
    remind_before_min: int = 120
    """Whoever has the complaint is reminded so long before the answer is due; 0 for never."""
    escalate_min: int = 60
    """A target missed by more than this is told one step up, and after as long again the next."""
    confirm_h: int = 48
    """An answered complaint of which the tenant says nothing is called back about after this time."""


class InquiryRules(Section):
    """咨询 and 人工."""

    answer_min: int = 60
    """From the question to a person's answer, in duty hours."""
    remind_before_min: int = 15
    """The desk is reminded so long before; 0 for never."""
    close_h: int = 48
    """An answered inquiry is closed after this time without another word."""
    join_h: int = 24
    """Within this time what a tenant writes beside any form belongs to the inquiry that is open."""
    match_share: int = 80
    """How alike, in per cent, a question must be to one of the list to be answered from it."""
