"""What the SMS gateway refuses, by the codes of a mainland provider."""

from __future__ import annotations

import hmac
import re
from typing import Any

from bot.simulator import limits
from bot.simulator.answers import Json
from bot.simulator.world import World

MEANINGS = {
    "InvalidAccessKeyId.NotFound": "密钥不正确",
    "isv.INVALID_PARAMETERS": "参数格式不正确",
    "isv.SMS_SIGNATURE_ILLEGAL": "签名不存在",
    "isv.SMS_TEMPLATE_ILLEGAL": "模板不存在",
    "isv.MOBILE_NUMBER_ILLEGAL": "手机号码不正确",
    "isv.TEMPLATE_MISSING_PARAMETERS": "模板变量缺失",
    "isv.TEMPLATE_PARAMS_ILLEGAL": "模板中没有这个变量",
    "isv.PARAM_LENGTH_LIMIT": "变量超过 20 个字符",
    "isv.BLACK_KEY_CONTROL_LIMIT": "变量中有不允许的字符",
    "isv.BUSINESS_LIMIT_CONTROL": "发送过于频繁",
}
_MOBILE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_FIELDS = {"key": str, "sign": str, "template": str, "mobile": str, "params": dict, "out_id": str}


class SmsError(Exception):
    """One refusal."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def refuse_sms(code: int | str) -> Json:
    """The reply with a code."""
    return {"code": str(code), "message": MEANINGS.get(str(code), "发送失败")}


def check_key(world: World, key: str) -> None:
    """Raises SmsError for a wrong key."""
    if not hmac.compare_digest(key.encode("utf-8", "surrogatepass"), world.settings.sms_key.encode()):
        raise SmsError("InvalidAccessKeyId.NotFound")


def check_sms(world: World, body: Any) -> str:
    """The text that is sent, signature first. Raises SmsError."""
    if not isinstance(body, dict) or set(body) != set(_FIELDS):
        raise SmsError("isv.INVALID_PARAMETERS")
    if not all(isinstance(body[name], kind) for name, kind in _FIELDS.items()):
        raise SmsError("isv.INVALID_PARAMETERS")
    check_key(world, body["key"])
    if body["sign"] != world.settings.sms_signature:
        raise SmsError("isv.SMS_SIGNATURE_ILLEGAL")
    if body["template"] not in world.settings.sms_templates:
        raise SmsError("isv.SMS_TEMPLATE_ILLEGAL")
    if not _MOBILE.fullmatch(body["mobile"]):
        raise SmsError("isv.MOBILE_NUMBER_ILLEGAL")
    if not 1 <= len(body["out_id"]) <= 256:
        raise SmsError("isv.INVALID_PARAMETERS")
    template = world.settings.sms_templates[body["template"]]
    check_params(template, body["params"])
    text = _VARIABLE.sub(lambda variable: str(body["params"][variable[1]]), template)
    return f"【{body['sign']}】{text}"


def check_params(template: str, params: dict[str, Any]) -> None:
    """Raises SmsError."""
    wanted = set(_VARIABLE.findall(template))
    if wanted - set(params):
        raise SmsError("isv.TEMPLATE_MISSING_PARAMETERS")
    if set(params) - wanted:
        raise SmsError("isv.TEMPLATE_PARAMS_ILLEGAL")
    for value in params.values():
        if not isinstance(value, str) or not value:
            raise SmsError("isv.INVALID_PARAMETERS")
        if len(value) > limits.SMS_PARAM_CHARACTERS:
            raise SmsError("isv.PARAM_LENGTH_LIMIT")
        if any(character in value for character in limits.SMS_FORBIDDEN):
            raise SmsError("isv.BLACK_KEY_CONTROL_LIMIT")


def take_quota(world: World, template: str, mobile: str) -> None:
    """Counts one message to that number. Raises SmsError when there were too many."""
    is_code = template.startswith("code")
    key, now = f"sms {'code' if is_code else 'notice'} {mobile}", world.now()
    for within, most in limits.SMS_CODE_LIMITS if is_code else limits.SMS_NOTICE_LIMITS:
        if world.rates.count(key, now, within) >= most:
            raise SmsError("isv.BUSINESS_LIMIT_CONTROL")
    world.rates.hit(key, now)
