"""What message/send takes. [wecom.md 3.2]"""

from __future__ import annotations

from bot.simulator import limits
from bot.simulator.answers import ApiError, Json
from bot.simulator.card_rules import check_card
from bot.simulator.fields import Field, Fields, check

_CONTENT = Field(str, required=True, bytes=limits.TEXT_BYTES, missing=44004, too_long=45002)
_MEDIA_ID = Field(str, required=True, missing=41006, bad=40007)
_TITLE = Field(str, bytes=limits.TITLE_BYTES)
_DESCRIPTION = Field(str, bytes=limits.DESCRIPTION_BYTES)
_URL = Field(str, required=True, bytes=limits.URL_BYTES, url=True)
_ARTICLE: Fields = {
    "title": Field(str, required=True, bytes=limits.TITLE_BYTES, missing=41016),
    "description": _DESCRIPTION,
    "url": _URL,
    "picurl": Field(str, bytes=limits.URL_BYTES, url=True),
}

MEDIA_TYPES = ("image", "voice", "video", "file")
_TYPES: dict[str, Fields] = {
    "text": {"content": _CONTENT},
    "markdown": {"content": _CONTENT},
    "image": {"media_id": _MEDIA_ID},
    "voice": {"media_id": _MEDIA_ID},
    "file": {"media_id": _MEDIA_ID},
    "video": {"media_id": _MEDIA_ID, "title": _TITLE, "description": _DESCRIPTION},
    "textcard": {
        "title": Field(str, required=True, bytes=limits.TITLE_BYTES, missing=41016),
        "description": Field(str, required=True, bytes=limits.DESCRIPTION_BYTES),
        "url": _URL,
        "btntxt": Field(str, characters=4),
    },
    "news": {
        "articles": Field(
            list, required=True, items=limits.ARTICLES, fields=_ARTICLE, missing=45008, too_long=45008
        )
    },
}
_FLAG = Field(int, one_of=(0, 1))
_COMMON: Fields = {
    "touser": Field(str),
    "toparty": Field(str),
    "totag": Field(str),
    "msgtype": Field(str, required=True, missing=40008, bad=40008),
    "agentid": Field(int, required=True, missing=41011, bad=40056),
    "safe": _FLAG,
    "enable_id_trans": _FLAG,
    "enable_duplicate_check": _FLAG,
    "duplicate_check_interval": Field(int, one_of=range(limits.DUPLICATE_CHECK_MAX_S + 1)),
}


def check_message(body: Json, agent_id: int) -> Json:
    """The part named after msgtype. Raises ApiError."""
    kind = body.get("msgtype")
    if not isinstance(kind, str) or (kind not in _TYPES and kind != "template_card"):
        raise ApiError(40008)
    check(body, {**_COMMON, kind: Field(dict, required=True)})
    if body["agentid"] != agent_id:
        raise ApiError(301002)
    if kind == "template_card":
        return check_card(body[kind])
    return check(body[kind], _TYPES[kind], f"{kind}.")
