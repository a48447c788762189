"""Targets the month is measured by."""

from __future__ import annotations

from decimal import Decimal

from models.rules.section import Section


class KpiRules(Section):
    """Targets of fees and what a miss may be put down to [manual 5.x]."""

    notice_error_most: Decimal = Decimal("0.0005")
    """Notices reversed for our error, of those issued [manual 5.x]."""
    entry_accuracy_least: Decimal = Decimal("0.99")
    """Payments and readings that stood, of those entered [manual 5.x]."""
    collection_least: Decimal = Decimal("0.95")
    """Paid by the end of the due month, of what was billed [manual 5.x]."""
    sign_off_least: Decimal = Decimal(1)
    """Notices signed for by `sign_off_day`, of those issued [manual 5.x]."""
    sign_off_day: int = 28
    """[manual flow chart: –28]"""
    desk_on_time_least: Decimal = Decimal("0.95")
    """Of the targets of repairs, complaints and questions, how many are met in time [practice]."""
    rating_least: Decimal = Decimal("4.5")
    """Mean of the ratings of repairs [practice]."""
    reasons: tuple[str, ...] = (
        "资金周转",
        "金额有异议",
        "联系不上",
        "等发票",
        "已搬离",
        "录入错误",
        "读数错误",
        "其他",
    )
    """What a miss may be put down to [practice]."""
