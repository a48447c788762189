"""Personal data: how long each class is kept, and how fast a person is answered."""

from __future__ import annotations

from pydantic import Field

from models.rules.section import Section


class PrivacyRules(Section):
    """A person's rights [law: 个人信息保护法 §§44–50]."""

    answer_days: int = Field(15, ge=1)
    """A request to delete is decided within so many days [law: §50 says in time; the number is practice]."""
    remind_after_days: int = Field(3, ge=1)
    """From this day on those who decide are reminded every day [practice]."""


class RetentionRules(Section):
    """How long what is kept; then a job deletes it, or takes its content out [law: 个人信息保护法 §19, §47].

    Vouchers, bills, payments, letters and the audit chain are never deleted by it: accounting records are kept for
    30 years [law: 会计档案管理办法 §14].
    """

    inbox_days: int = Field(180, ge=7)
    """Texts people sent, after they were handled [practice]. Never less than the platform may repeat them."""
    outbox_days: int = Field(180, ge=7)
    """Texts sent to people [practice]; what proves the delivery of a letter falls under `evidence_years`."""
    evidence_years: int = Field(10, ge=3)
    """Messages and reports that prove the delivery of a letter [law: 民法典 §188, three years, begun anew each time]."""
    loose_media_days: int = Field(90, ge=1)
    """Pictures and files that belong to nothing [practice]."""
    case_media_years: int = Field(3, ge=1)
    """Pictures of closed repairs, complaints and questions [law: 民法典 §188]. Claims keep theirs."""
    code_days: int = Field(30, ge=2)
    """Binding and SMS codes after they ran out, of which only hashes are kept, and wrong tries [practice]."""
    link_days: int = Field(30, ge=1)
    """Upload links after they ran out [practice]."""
    window_days: int = Field(30, ge=4)
    """Chat windows of accounts that are bound to nobody [practice]. Never less than such a window is open."""
    card_days: int = Field(180, ge=7)
    """What is remembered of cards with buttons on members' phones [practice]."""
    job_days: int = Field(400, ge=120)
    """The record of scheduled runs [practice]. Never less than twice the longest time for making one up."""
