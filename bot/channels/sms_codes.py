"""What the codes of SMS providers mean for a message. They are Aliyun's; plain gateways of the mainland use them too.

Source: the provider's 错误码 of SendSms, as classes with one action each.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.channels.base import Again, Dead, NextChannel, Outcome, Unknown
from models.errors import Refused

_MINUTE_S, _HOUR_S, _DAY_S = 60.0, 3600.0, 24 * 3600.0
_PAUSE_S = 300.0
_WINDOWS = (("分钟", _MINUTE_S), ("小时", _HOUR_S), ("天", _DAY_S))
_LEVEL = re.compile(r"触发(分钟|小时|天)级流控")


class SmsClass(StrEnum):
    """What a code asks for."""

    NUMBER_LATER = (
        "number_later"  # this number had too many: again after its window, not over another provider
    )
    ALL_LATER = "all_later"  # the whole channel had too many, or the provider is busy
    NUMBER_NEVER = "number_never"  # mark the number, take the next channel
    TEXT_NEVER = "text_never"  # this template or signature does not pass: a person looks
    ACCOUNT = "account"  # nothing passes until a person mends it; the queue is kept
    UNKNOWN = "unknown"  # it may have been sent: ask, never repeat


_CODES: dict[SmsClass, tuple[str, ...]] = {
    SmsClass.NUMBER_LATER: ("isv.BUSINESS_LIMIT_CONTROL",),
    SmsClass.ALL_LATER: (
        "isp.SYSTEM_ERROR", "isp.GATEWAY_ERROR", "isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL",
        "Throttling", "Throttling.User", "ServiceUnavailable",
    ),
    SmsClass.NUMBER_NEVER: ("isv.MOBILE_NUMBER_ILLEGAL", "isv.BLACK_KEY_CONTROL_LIMIT"),
    SmsClass.TEXT_NEVER: (
        "isv.SMS_TEMPLATE_ILLEGAL", "isv.SMS_SIGNATURE_ILLEGAL", "isv.TEMPLATE_MISSING_PARAMETERS",
        "isv.PARAM_LENGTH_LIMIT", "isv.SMS_CONTENT_ILLEGAL", "isv.PARAM_NOT_SUPPORT_URL",
        "isv.TEMPLATE_PARAMS_ILLEGAL", "isv.INVALID_PARAMETERS", "isv.INVALID_JSON_PARAM",
        "isv.SMS_SIGNATURE_SCENE_ILLEGAL", "isv.SIGN_NAME_ILLEGAL",
    ),
    SmsClass.ACCOUNT: (
        "isv.OUT_OF_SERVICE", "isv.AMOUNT_NOT_ENOUGH", "isp.RAM_PERMISSION_DENY", "isv.ACCOUNT_ABNORMAL",
        "isv.ACCOUNT_NOT_EXISTS", "isv.PRODUCT_UN_SUBSCRIPT", "isv.PRODUCT_UNSUBSCRIBE",
        "InvalidAccessKeyId.NotFound", "InvalidAccessKeyId.Inactive", "SignatureDoesNotMatch",
        "IncompleteSignature", "Forbidden.RAM", "Forbidden",
    ),
}  # fmt: skip
_CLASS_OF = {code: sms_class for sms_class, codes in _CODES.items() for code in codes}
_CURES = {
    "isv.OUT_OF_SERVICE": "短信服务已停机：请登录服务商控制台充值",
    "isv.AMOUNT_NOT_ENOUGH": "短信余额不足：请登录服务商控制台充值",
    "isp.RAM_PERMISSION_DENY": "访问密钥没有短信权限：请在服务商的访问控制中授权",
    "Forbidden.RAM": "访问密钥没有短信权限：请在服务商的访问控制中授权",
    "isv.PRODUCT_UN_SUBSCRIPT": "还没有开通短信服务：请在服务商控制台开通",
    "isv.SMS_SIGNATURE_ILLEGAL": "短信签名未报备或已失效：请核对 sms.sign 与控制台中的签名",
    "isv.SMS_TEMPLATE_ILLEGAL": "短信模板未报备或编号不对：请核对 sms.templates 里的 code 与控制台",
    "isv.SMS_CONTENT_ILLEGAL": "短信内容含禁发词：请改模板并重新报备",
}
_BY_CLASS = {
    SmsClass.ACCOUNT: "请核对 sms.access_key_id 和 GUANJIA_SMS__KEY，并登录服务商控制台查看账号状态",
    SmsClass.TEXT_NEVER: "请运行 python -m bot check，核对短信模板和签名的报备情况",
}


def classify_sms(code: int | str) -> SmsClass:
    """The class of a code; one that is not listed is asked about, never repeated for ever."""
    return _CLASS_OF.get(str(code), SmsClass.UNKNOWN)


def of_code(refusal: Refused) -> Outcome:
    """The outcome of a provider's code."""
    code, reason = str(refusal.code), str(refusal)
    sms_class, cure = classify_sms(code), cure_of_sms(code)
    match sms_class:
        case SmsClass.NUMBER_LATER:
            return Again(_window_s(reason), reason)
        case SmsClass.ALL_LATER:
            return Again(_HOUR_S if "LIMIT" in code else _PAUSE_S, reason, pause=True)
        case SmsClass.NUMBER_NEVER:
            return NextChannel(reason, stale=True)
        case SmsClass.TEXT_NEVER:
            return Dead(reason, alarm=True, cure=cure)
        case SmsClass.ACCOUNT:
            return Again(_HOUR_S, reason, alarm=True, pause=True, cure=cure)
    return Unknown(reason)


def cure_of_sms(code: int | str) -> str:
    """What the operator has to do, as a Chinese clause; "" where nobody has to do anything."""
    return _CURES.get(str(code), _BY_CLASS.get(classify_sms(code), ""))


def _window_s(reason: str) -> float:
    """The provider says in words which of its windows is full; without them the longest."""
    found = _LEVEL.search(reason)
    return dict(_WINDOWS).get(found[1], _DAY_S) if found else _DAY_S
