"""What a refusal or silence of the platform means for the message, the same for both of its channels."""

from __future__ import annotations

from bot.channels.base import Again, Dead, NextChannel, Outcome, Sent
from bot.wecom.cures import cure_of
from bot.wecom.errors import ErrorClass, classify
from models.errors import Refused, Unreachable

_BUSY_S = 2.0
_SLOWER_S = 5.0
_BLOCKED_MINUTE_S = 60.0
_CONFIG_S = 600.0  # keeps the queue while somebody mends the settings
_ONLY_THIS_KIND = {43012}  # cards with buttons want a callback address, texts do not


def of_refusal(refusal: Refused) -> Outcome:
    """The outcome of an error code."""
    reason, cure = str(refusal), cure_of(refusal.code)
    outcomes: dict[ErrorClass, Outcome] = {
        ErrorClass.RETRY: Again(_BUSY_S, reason),
        ErrorClass.SLOWER: Again(_SLOWER_S, reason),
        ErrorClass.WINDOW: Again(_BLOCKED_MINUTE_S, reason, pause=True),
        ErrorClass.TOKEN: Again(_BLOCKED_MINUTE_S, reason, alarm=True, pause=True, cure=cure),
        ErrorClass.CONFIG: Again(
            _CONFIG_S, reason, alarm=True, pause=refusal.code not in _ONLY_THIS_KIND, cure=cure
        ),
        ErrorClass.RECIPIENT: NextChannel(reason, stale=True),
        ErrorClass.KF_CLOSED: NextChannel(reason, closed=True),
        ErrorClass.KF_STATE: NextChannel(reason, closed=True),
        ErrorClass.CARD: NextChannel(reason),
        ErrorClass.REPEATED: Sent(""),
        ErrorClass.MEDIA_GONE: Again(0, reason, anew=True),
        ErrorClass.WELCOME: Dead(reason, alarm=False),
        ErrorClass.CONTENT: Dead(reason, alarm=True, cure=cure, plainer=True),
    }
    return outcomes.get(classify(refusal.code), Dead(reason, alarm=True, cure=cure))


def of_silence(silence: Unreachable) -> Outcome:
    """Sent again either way: the duplicate check (app) or the msgid (KF) keeps a repetition from being shown."""
    return Again(_BUSY_S, str(silence), maybe_sent=silence.maybe_done)
