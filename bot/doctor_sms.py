"""The part of `python -m bot check` about SMS: texts by the linter, credentials, and what Aliyun has registered."""

from __future__ import annotations

from bot.channels.sms_aliyun import ENDPOINT, AliyunKey, AliyunSms
from bot.channels.sms_codes import cure_of_sms
from bot.config import Config
from bot.finding import Finding
from models.clock import SystemClock
from models.errors import ProviderError, Refused
from models.messages.sms_lint import VARIABLES, lint, lint_variables

_STATES = {0: "审核中", 1: "", 2: "审核未通过", 10: "已取消审核"}


async def sms_findings(config: Config) -> list[Finding]:
    """What is wrong with our side first; what the provider has is asked only when ours holds."""
    sms = config.sms
    faults = [
        Finding(False, f"短信模板 {name}：{fault}")
        for name, template in sms.templates.items()
        for fault in [*lint(template.text, sms.sign), *lint_variables(name, template.text)]
    ]
    faults += [Finding(False, f"缺少短信模板 {name}") for name in VARIABLES if name not in sms.templates]
    if sms.provider == "aliyun" and not faults:
        return await _aliyun(config)
    if not sms.key.get_secret_value():
        faults.append(Finding(False, "还没有填短信网关的密钥（GUANJIA_SMS__KEY），短信发不出去"))
    return faults or [Finding(True, "短信模板合规")]


async def _aliyun(config: Config) -> list[Finding]:
    sms = config.sms
    secret = sms.key.get_secret_value()
    if not (sms.access_key_id and secret):
        return [Finding(False, "还没有填阿里云短信的密钥（sms.access_key_id 和 GUANJIA_SMS__KEY）")]
    provider = AliyunSms(
        AliyunKey(sms.access_key_id, secret, sms.sign), SystemClock(), sms.base_url or ENDPOINT
    )
    texts, findings = config.sms_texts(), list[Finding]()
    for name, template in sms.templates.items():
        try:
            status, text = await provider.registered(template.code)
        except Refused as refusal:
            findings.append(Finding(False, f"短信模板 {name}：{cure_of_sms(refusal.code) or refusal}"))
            continue
        except ProviderError as silence:
            return [Finding(False, f"连不上阿里云短信（{silence}）：请检查网络")]
        if state := _STATES.get(status, f"状态 {status}"):
            findings.append(Finding(False, f"短信模板 {name}（{template.code}）{state}"))
        elif text.strip() != texts[template.code].strip():
            findings.append(Finding(False, f"短信模板 {name} 与报备的不一致，报备的是：{text}"))
    if not sms.report_key.get_secret_value():
        findings.append(
            Finding(
                False,
                "还没有设置回执密钥：请设 GUANJIA_SMS__REPORT_KEY，并把它写进控制台的推送地址 /sms/report/aliyun?key=…",
            )
        )
    return findings or [Finding(True, "阿里云短信可用，模板已报备")]
