"""Complaints and inquiries [practice: the manual has only the titles]."""

from __future__ import annotations

from models.rules.section import Section


class ComplaintRules(Section):
    """投诉."""

    accept_min: int = 30
    """From the complaint to somebody who takes it on."""
    answer_min: int = 24 * 60
    """From the complaint to the answer."""
    escalate_min: int = 60
    """A target missed by more than this is told to those who may close cases."""
    confirm_h: int = 48
    """An answered complaint of which the tenant says nothing is called back about after this time."""


class InquiryRules(Section):
    """咨询 and 人工."""

    answer_min: int = 60
    """From the question to a person's answer."""
    close_h: int = 48
    """An answered inquiry is closed after this time without another word."""
    join_h: int = 24
    """Within this time what a tenant writes beside any form belongs to the inquiry that is open."""
    match_share: int = 80
    """How alike, in per cent, a question must be to one of the list to be answered from it."""
