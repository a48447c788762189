"""The part of `python -m bot check` about SMS: texts by the linter, credentials, and what Aliyun has registered."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels.sms_aliyun import ENDPOINT, AliyunKey, AliyunSms
from bot.channels.sms_codes import cure_of_sms
from bot.config import Config, SmsConfig, SmsStandbyConfig
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
        codes = {name: template.code for name, template in sms.templates.items()}
        found = await _aliyun(config, sms, sms.sign, codes, "sms")
    else:
        found = faults + _key(sms, "sms") or [Finding(True, "短信模板合规")]
    return [*found, *await _standby(config)]


async def _standby(config: Config) -> list[Finding]:
    """The same of the second provider, if there is one."""
    second = config.sms_standby
    if not second.provider:
        return []
    if unknown := [name for name in second.codes if name not in config.sms.templates]:
        return [Finding(False, f"sms_standby.codes 里有不认识的模板：{'、'.join(unknown)}")]
    if not second.codes:
        return [Finding(False, "备用短信没有可用的模板：请在 sms_standby.codes 填它的报备编号")]
    if second.provider == "aliyun":
        return await _aliyun(config, second, second.sign or config.sms.sign, second.codes, "sms_standby")
    return _key(second, "sms_standby") or [Finding(True, "备用短信网关已设置")]


def _key(sms: SmsConfig | SmsStandbyConfig, section: str) -> list[Finding]:
    if sms.key.get_secret_value():
        return []
    return [Finding(False, f"还没有填短信网关的密钥（GUANJIA_{section.upper()}__KEY），短信发不出去")]


async def _aliyun(
    config: Config, sms: SmsConfig | SmsStandbyConfig, sign: str, codes: Mapping[str, str], section: str
) -> list[Finding]:
    secret, variable = sms.key.get_secret_value(), f"GUANJIA_{section.upper()}"
    if not (sms.access_key_id and secret):
        return [Finding(False, f"还没有填阿里云短信的密钥（{section}.access_key_id 和 {variable}__KEY）")]
    provider = AliyunSms(AliyunKey(sms.access_key_id, secret, sign), SystemClock(), sms.base_url or ENDPOINT)
    registered, findings = config.sms_registered(), list[Finding]()
    for name, code in codes.items():
        try:
            status, text = await provider.registered(code)
        except Refused as refusal:
            findings.append(Finding(False, f"短信模板 {name}：{cure_of_sms(refusal.code) or refusal}"))
            continue
        except ProviderError as silence:
            return [Finding(False, f"连不上阿里云短信（{silence}）：请检查网络")]
        if state := _STATES.get(status, f"状态 {status}"):
            findings.append(Finding(False, f"短信模板 {name}（{code}）{state}"))
        elif text.strip() != registered[name].text.strip():
            findings.append(Finding(False, f"短信模板 {name} 与报备的不一致，报备的是：{text}"))
    if not sms.report_key.get_secret_value():
        findings.append(
            Finding(
                False,
                f"还没有设置回执密钥：请设 {variable}__REPORT_KEY，并把它写进控制台的推送地址 /sms/report/aliyun?key=…",
            )
        )
    return findings or [Finding(True, "阿里云短信可用，模板已报备")]
