"""What the simulator must know to play WeCom and the SMS gateway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """The same values the service is configured with, seen from the other side.

    callback_url: where the service answers `/wecom/callback`.
    sms_report_url: where the service takes delivery reports; sms_key: shared key of the SMS gateway, both ways.
    sms_templates: registered templates, code → text with `${name}`.
    kf_page_items: at most so many messages on one page of kf/sync_msg; small values exercise `has_more`.
    """

    corp_id: str
    agent_id: int
    secret: str
    token: str
    aes_key: str
    open_kfid: str
    callback_url: str
    sms_report_url: str
    sms_key: str
    sms_templates: Mapping[str, str] = field(default_factory=dict)
    sms_signature: str = ""
    kf_page_items: int = 1000
