"""The platform's error codes, sorted by what is to be done. Decide on the code, never on its text.

Source: the platform's 全局错误码 (90455) and the pages of the calls that answer them.
"""

from __future__ import annotations

from enum import StrEnum


class ErrorClass(StrEnum):
    """What a code asks for."""

    RETRY = "retry"  # busy: again soon, few times
    WINDOW = "window"  # too often: again after the blocked minute
    SLOWER = "slower"  # too many at once: again in seconds
    TOKEN = "token"  # noqa: S105  renew the access token once
    CONFIG = "config"  # nothing will pass until a person mends the settings
    RECIPIENT = "recipient"  # this person can not be reached here any more
    CONTENT = "content"  # this message will never pass
    REPEATED = (
        "repeated"  # task id or msgid used before: by our own earlier try, for they are made of our keys
    )
    BLOCKED = "blocked"  # the text is not allowed: never again, tell the operator
    MEDIA_GONE = "media_gone"  # upload again, once
    MEDIA = "media"  # the file itself is not acceptable
    CARD = "card"  # the card can not be changed: write anew
    KF_CLOSED = "kf_closed"  # outside of 48 h or five messages: another channel
    KF_STATE = "kf_state"  # look who holds the conversation
    KF_TOKEN = "kf_token"  # noqa: S105  fetch without the notice's token
    WELCOME = "welcome"  # the welcome came too late or twice
    UNKNOWN = "unknown"  # a code this table does not have: a person looks


_CODES: dict[ErrorClass, tuple[int, ...]] = {
    ErrorClass.RETRY: (-1, 6000, 301022),
    ErrorClass.WINDOW: (45009, 41063, 41094),
    ErrorClass.SLOWER: (45033,),
    ErrorClass.TOKEN: (40014, 42001, 41001),
    ErrorClass.CONFIG: (
        40001, 40013, 40056, 40091, 43012, 48001, 48002, 48004, 48006, 48007, 50003, 60020, 301002,
        95000, 95004, 95005, 95006, 95011, 95012, 95015, 95017, 95023, 95026, 95027, 95032, 301055, 301056,
    ),
    ErrorClass.RECIPIENT: (
        40003, 40031, 40032, 46004, 50002, 60011, 60021, 60111, 81013, 82001, 82002, 82003, 40096, 84061, 84084,
        41048, 40050, 86001, 86003, 86008,
    ),
    ErrorClass.CONTENT: (
        40008, 40033, 40035, 40058, 40063, 44004, 45002, 45008, 45034, 42017, 42018, 42019, 42020, 86215,
        *range(42027, 42052), 95008, 95009, 95022, 95030, 301025,
    ),
    # The documents name no code for a KF msgid used before; 95033 stands for nothing else.
    ErrorClass.REPEATED: (42014, 95033),
    ErrorClass.BLOCKED: (40201, 82004),
    ErrorClass.MEDIA_GONE: (40007,),
    ErrorClass.MEDIA: (40004, 40005, 40006, 40009, 40011, 44001, 45001, 45007, 301016, 301017),
    ErrorClass.CARD: (60140, 42015, 42016, 42052),
    ErrorClass.KF_CLOSED: (95001, 95002, 95003, 95013, 95031),
    ErrorClass.KF_STATE: (95016, 95018, 95014, 95019),
    ErrorClass.KF_TOKEN: (95007,),
    ErrorClass.WELCOME: (41050, 41051, 41096),
}  # fmt: skip

_CLASS_OF = {code: error_class for error_class, codes in _CODES.items() for code in codes}


def classify(code: int | str) -> ErrorClass:
    """The class of a code; UNKNOWN is never repeated blindly."""
    return _CLASS_OF.get(code, ErrorClass.UNKNOWN) if isinstance(code, int) else ErrorClass.UNKNOWN
