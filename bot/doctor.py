"""`python -m bot check`: finds beforehand what would fail later, and says how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import aiohttp

from bot.archive.box import ArchiveError, checked_key
from bot.config import Config
from bot.file_check import damaged_files
from bot.files import FileStore
from bot.wecom.client import WecomClient
from models.clock import SystemClock, local_date
from models.database import Database
from models.errors import Refused, Unreachable
from models.messages.sms_lint import lint
from models.migrations import is_current
from models.suspension.machine import SIDE_RIGHTS
from models.suspension.news import EXECUTE, WARNING


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    good: bool
    text: str


_CURES = {
    60020: "本机出口 IP 不在“企业可信IP”里：请在企业微信管理后台 → 应用 → 企业可信IP 中添加，约一分钟后生效",
    40001: "secret 不正确：请核对 GUANJIA_WECOM__SECRET",
    40013: "corp_id 不正确：请核对 wecom.corp_id",
    301002: "agent_id 与 secret 不是同一个应用",
    48007: "应用未获微信客服授权：请在 微信客服 → 可调用接口的应用 中添加本应用",
}


async def examine(config: Config) -> list[Finding]:
    """All findings, in the order a person would mend them."""
    findings = [Finding(True, "配置文件有效")]
    findings += await _database(config)
    if all(finding.good for finding in findings):
        findings += await _files(config)
    findings += await _wecom(config)
    findings += _sms(config)
    findings += _suspension(config)
    findings += _archive(config)
    return [*findings, *_calendar(config, local_date(SystemClock().now()))]


async def _database(config: Config) -> list[Finding]:
    database = Database(config.database.url)
    try:
        if await is_current(database):
            return [Finding(True, "数据库可用，结构是当前版本")]
        return [Finding(False, "数据库结构不是当前版本：请运行 python -m bot migrate")]
    except Exception as exc:
        return [Finding(False, f"连不上数据库（{type(exc).__name__}）：请核对 GUANJIA_DATABASE__URL")]
    finally:
        await database.close()


async def _files(config: Config) -> list[Finding]:
    database = Database(config.database.url)
    try:
        found = await damaged_files(database, FileStore(Path(config.storage.path)))
    finally:
        await database.close()
    if not found:
        return [Finding(True, "通知单、收据和签收照片等文件完好")]
    more = f"等 {len(found)} 处" if len(found) > 1 else ""
    return [Finding(False, f"送达证据有损：{found[0]}{more}。全部清单：python -m bot notice verify")]


async def _wecom(config: Config) -> list[Finding]:
    wecom = config.wecom
    if not (wecom.corp_id and wecom.secret.get_secret_value()):
        return [
            Finding(
                False, "还没有填企业微信的 corp_id 和 secret（GUANJIA_WECOM__CORP_ID、GUANJIA_WECOM__SECRET）"
            )
        ]
    async with aiohttp.ClientSession() as session:
        client = WecomClient(
            session,
            wecom.api_base,
            wecom.corp_id,
            wecom.secret.get_secret_value(),
            SystemClock(),
            wecom.timeout_s,
        )
        findings = []
        for api, body, params, good in (
            ("agent/get", None, {"agentid": str(wecom.agent_id)}, "企业微信凭证有效，应用可用"),
            ("kf/account/list", {"offset": 0, "limit": 1}, {}, "微信客服已授权"),
        ):
            try:
                await client.call(api, body, params=params)
                findings.append(Finding(True, good))
            except Refused as refusal:
                cure = (
                    _CURES.get(int(refusal.code), str(refusal))
                    if str(refusal.code).isdigit()
                    else str(refusal)
                )
                findings.append(Finding(False, cure))
            except Unreachable as silence:
                findings.append(Finding(False, f"连不上企业微信（{silence}）：请检查网络和 wecom.api_base"))
        return findings


def _sms(config: Config) -> list[Finding]:
    faults = [
        Finding(False, f"短信模板 {name}：{fault}")
        for name, template in config.sms.templates.items()
        for fault in lint(template.text)
    ]
    return faults or [Finding(True, "短信模板合规")]


def _suspension(config: Config) -> list[Finding]:
    """Whether everybody a suspension needs has a role, and what the law says to it."""
    rules = config.suspension
    if rules.mode == "off":
        return [Finding(True, "暂停服务未启用，催款的末次函件是《欠费法律告知函》")]
    needed = ("suspension.request", *SIDE_RIGHTS.values(), EXECUTE)
    missing = [right for right in needed if not any(right in given for given in config.roles.values())]
    if missing:
        return [
            Finding(False, f"暂停服务已启用，但没有角色有这些权限：{'、'.join(missing)}，请在 roles 中补上")
        ]
    basis = f"，依据：{rules.legal_basis}" if rules.legal_basis else ""
    return [
        Finding(
            True, f"暂停服务已启用（{rules.mode}），可暂停：{'、'.join(rules.services)}{basis}。{WARNING}"
        )
    ]


def _archive(config: Config) -> list[Finding]:
    try:
        checked_key(config.archive.key.get_secret_value())
    except ArchiveError as fault:
        return [Finding(False, f"月结不能归档：{fault}")]
    return [Finding(True, "月结归档的密钥已设置")]


def _calendar(config: Config, today: date) -> list[Finding]:
    calendar = config.working_calendar()
    year = today.year + 1 if (today.month, today.day) >= (11, 15) else today.year
    if calendar.known(year):
        return [Finding(True, f"{year} 年的工作日历已就绪")]
    return [
        Finding(
            False,
            f"{year} 年的放假安排还没有：国务院公布后请升级日历，或在 calendar.entered_years 和两个日期表里录入",
        )
    ]
