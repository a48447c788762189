"""`python -m bot check`: finds beforehand what would fail later, and says how to mend it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.archive.box import ArchiveError, checked_key
from bot.config import Config
from bot.doctor_sms import sms_findings
from bot.doctor_wecom import callback_findings, wecom_findings
from bot.file_check import damaged_files
from bot.files import FileStore
from bot.finding import Finding
from models.clock import SystemClock, local_date
from models.database import Database
from models.migrations import is_current
from models.suspension.machine import SIDE_RIGHTS
from models.suspension.news import EXECUTE, WARNING


async def examine(config: Config) -> list[Finding]:
    """All findings, in the order a person would mend them."""
    findings = [Finding(True, "配置文件有效")]
    findings += await _database(config)
    if all(finding.good for finding in findings):
        findings += await _files(config)
    findings += await wecom_findings(config)
    findings += await callback_findings(config)
    findings += await sms_findings(config)
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
