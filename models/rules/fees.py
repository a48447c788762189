"""Fees."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from models.rules.section import Section


class FeeRules(Section):
    """The month of fees."""

    due_working_day: int = 10
    """Bills are due on this working day of the next month [manual flow chart]."""
    due_shift: Literal["previous", "next", "keep"] = "keep"
    supplement_days: int = 10
    """Bills that follow after the month's leave at least so many days to pay [practice]."""
    notable_percent: int = 30
    """Bills that differ from last month's by so much are shown to those who check [practice]."""
    calendar_reminder_day: str = "11-15"
    """From this day of the year on the manager is told that next year's holidays are missing [practice]."""
    odd_usage_factor: Decimal = Decimal(3)
    """A usage above this many times the median is asked about [practice]."""
    upload_link_hours: int = 72
    """How long the link for handing in readings as a spreadsheet works [practice]."""
    bill_day: int = 26
    bill_day_shift: Literal["previous", "next", "keep"] = "previous"
    notice_valid_days: int = 400
    """How long the link to a notice works."""
    allocation: tuple[Literal["cost", "penalty", "principal"], ...] = ("cost", "penalty", "principal")
    vacant_share: Literal["centre", "tenants"] = "centre"
    """Who bears the part of shared costs that falls on empty units [practice]."""
    parking_part_month: Literal["days", "whole"] = "days"
    """A space let for a part of the month is charged by days, or for the whole month [practice]."""
    deposits: tuple[str, ...] = ("装修押金", "门禁卡押金")
    """What may be taken as a deposit [practice]."""
    penalty: bool = False
    """Whether 违约金 is charged at all; even then only where a contract provides for it [law: 民法典 §585]."""
    penalty_warn_yearly_percent: Decimal = Decimal(12)
    """A yearly rate above this is shown with a warning: courts cut what is too high [law: 合同编通则解释 §65]."""
    penalty_cap_percent: int = Field(default=100, ge=0)
    """What has run up on a bill stops at so much of its principal; 0 for no end [practice: courts cut what exceeds the
    loss by far, 合同编通则解释 §65]."""
    estimates_in_a_row: int = 2
    """So many months of a meter may be estimated, then it has to be read [practice]."""
