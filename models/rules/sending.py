"""How much may be sent: what the providers drop silently, refuse or charge for beyond their limits."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.rules.section import Section

Count = Annotated[int, Field(ge=1)]


class SendingRules(Section):
    """Limits of WeCom and of the SMS provider, a little below theirs where they drop without a word."""

    member_per_minute: Annotated[int, Field(ge=1, le=30)] = 28
    """To one member; WeCom drops silently beyond 30 [WeCom 90454]."""
    member_per_hour: Annotated[int, Field(ge=1, le=1000)] = 980
    """To one member; WeCom drops silently beyond 1,000 [WeCom 90454]."""
    app_accounts: Count = 200
    """Accounts the corporation may have (账号上限). The application sends 200 times as many a day [WeCom 90454]."""
    api_per_minute: Annotated[int, Field(ge=100, le=10_000)] = 9000
    """Calls of one interface; WeCom blocks it for a minute beyond 10,000 [WeCom 90454]."""
    broadcast_from: Count = 100
    """So many letters due at once keep away from the full and the half hour [WeCom 90236; the number: practice]."""
    sms_code_per_minute: Count = 1
    """Verification codes to one number [practice: the first provider's rule]."""
    sms_code_per_hour: Count = 5
    """As above."""
    sms_code_per_day: Count = 10
    """As above, within 24 hours."""
    sms_notice_per_day: Count = 50
    """Notices to one number within 24 hours [practice: the first provider's rule]."""
    sms_price_fen: Annotated[float, Field(ge=0)] = 4.5
    """What one SMS of 70 characters costs, for the count of costs [practice: as in the contract]."""
