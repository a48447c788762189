"""How WeCom says no: HTTP 200 with an errcode."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

# kf/send_msg with a msgid used before. The documents name no code for it; this one stands for nothing else.
MSGID_USED = 95033

# What the platform means by its codes [wecom.md 5.2].
MEANINGS = {
    -1: "system busy",
    40001: "invalid credential",
    40004: "invalid media type",
    40005: "invalid type",
    40006: "invalid file size",
    40007: "invalid media_id",
    40008: "invalid msgtype",
    40009: "invalid image size",
    40011: "invalid video size",
    40013: "invalid corpid",
    40014: "invalid access_token",
    40016: "invalid button count",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button count",
    40025: "invalid sub button name size",
    40032: "invalid userid list size",
    40056: "invalid agentid",
    40058: "invalid parameter",
    40096: "invalid external userid",
    41001: "access_token missing",
    41002: "corpid missing",
    41004: "secret missing",
    41006: "media_id missing",
    41011: "agentid missing",
    41016: "title missing",
    41050: "invalid welcome code",
    42001: "access_token expired",
    42014: "taskid has existed or empty or exceed max len",
    42015: "card was sent by another application",
    42016: "task_id does not exist",
    42018: "invalid button key",
    42027: "horizontal_content_list.keyname missing",
    42028: "url missing",
    42031: "invalid card_type",
    42033: "title missing",
    42035: "invalid horizontal_content_list length",
    42038: "button_list.text missing or invalid",
    42039: "button_list.key missing or invalid",
    42042: "invalid jump_list length",
    42045: "card_action missing or invalid",
    42051: "action_menu.action_list.key conflict",
    42052: "msgid expired",
    44001: "empty media data",
    44004: "text content is empty",
    45001: "media size out of limit",
    45002: "content size out of limit",
    45008: "article count out of limit",
    45009: "api freq out of limit",
    45033: "api concurrent out of limit",
    45034: "url must have a scheme",
    46003: "menu does not exist",
    47001: "data format error",
    60140: "response_code expired or used",
    81013: "user & party & tag all invalid",
    82001: "user & party & tag all empty",
    95001: "send msg count limit",
    95002: "send msg time limit",
    95004: "open_kfid does not exist",
    95007: "invalid msg token",
    95008: "too many menu items",
    95014: "servicer is not serving",
    95016: "session state does not allow this change",
    MSGID_USED: "msgid was used before",
    95018: "send msg session status invalid",
    301002: "agentid does not belong to this access_token",
}


class ApiError(Exception):
    """One refusal. `detail` names the field; `fields` are added to the reply."""

    def __init__(self, code: int, detail: str = "", **fields: Any) -> None:
        super().__init__(f"{code} {detail}")
        self.code = code
        self.detail = detail
        self.fields = fields

    def reply(self) -> Json:
        """The JSON the caller gets."""
        meaning = MEANINGS.get(self.code, "error")
        return {
            "errcode": self.code,
            "errmsg": f"{meaning}: {self.detail}" if self.detail else meaning,
        } | self.fields


def ok(**fields: Any) -> Json:
    """The JSON of success."""
    return {"errcode": 0, "errmsg": "ok"} | fields
