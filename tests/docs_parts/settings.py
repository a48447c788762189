"""Tables of settings: keys from the typed configuration, values and Chinese comments from the shipped config.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, get_origin

import yaml
from pydantic import BaseModel, SecretStr

from bot.config import Config
from models.rules import Rules
from tests.docs_parts.markdown import code, table

CONFIG_FILE = Path(__file__).parent.parent.parent / "config.yaml"
_UNSAID = {
    "wecom.secret": "应用的 Secret，只放在环境变量里",
    "wecom.token": "接收消息的 Token，只放在环境变量里",
    "wecom.aes_key": "接收消息的 EncodingAESKey，只放在环境变量里",
    "archive.key": "月结归档的密钥，至少 20 个字符，只放在环境变量里",
    "sms.key": "短信网关的密钥，只放在环境变量里",
    "sms_standby.key": "备用服务商的密钥，只放在环境变量里",
    "sms_standby.report_key": "备用的是阿里云时，推送回执的地址里要带的密钥，只放在环境变量里",
    "wecom.api_base": "企业微信接口的地址",
    "wecom.corp_id": "企业 ID",
    "wecom.agent_id": "自建应用的 AgentId",
    "wecom.open_kfid": "微信客服账号的 open_kfid",
    "wecom.timeout_s": "一次接口调用最多等几秒",
    "server.host": "监听的地址",
    "server.port": "监听的端口",
    "sms.report_key": "阿里云推送回执和上行的地址里要带的密钥（?key=…），只放在环境变量里",
    "sms.sign": "已报备的短信签名，不带【】",
    "sms.templates": "模板：名称 → 报备编号和正文",
    "park.name": "园区名称",
    "park.centre": "服务中心名称",
    "park.phone": "服务电话",
    "park.address": "服务地点",
    "park.account_name": "收款户名",
    "park.account_bank": "开户行",
    "park.account_number": "收款账号",
    "park.finance_hours": "财务收款时间",
    "binding.code_valid_h": "绑定码几小时内有效 [惯例]",
    "binding.attempts": "连续输错几次后要等一等 [惯例]",
    "binding.lock_min": "输错太多要等几分钟 [惯例]",
    "binding.sms_code_valid_min": "短信验证码几分钟内有效 [惯例]",
    "calendar.quiet_until": "免打扰到几点 [惯例]",
    "fees.due_shift": "缴费截止日遇休息日：previous 提前，next 顺延，keep 不动",
    "fees.bill_day_shift": "出账日遇休息日：previous 提前，next 顺延，keep 不动",
    "fees.notice_valid_days": "通知单链接几天内有效 [惯例]",
    "repair.accept_min": "几分钟内接单，按紧急程度 [惯例]",
    "repair.finish_min": "几分钟内完工，按紧急程度 [惯例]",
    "repair.arrive_min": "接单后几分钟内到场，按紧急程度 [惯例]",
    "repair.escalate_min": "超时再过几分钟告知上级，按紧急程度 [惯例]",
    "repair.first_aid": "师傅到达前请租户先做什么，按词或类别 [惯例]",
    "repair.reopen_days": "关闭后几天内可以重开 [惯例]",
    "repair.confirm_h": "完工后几小时无答复自动关闭 [惯例]",
    "repair.emergency_words": "出现这些词算紧急 [惯例]",
    "repair.urgent_words": "出现这些词算加急 [惯例]",
    "repair.emergency_unless": "算紧急的词；同一小句里有后面的词则不算 [惯例]",
    "repair.not_urgent": "含有急字、却不是加急的话 [惯例]",
    "repair.places": "没说是什么东西时，按地点归类 [惯例]",
    "repair.other_things": "不属于任何一类的物件 [惯例]",
    "repair.not_things": "含有物件名、却不是那件东西的词 [惯例]",
    "understanding.dangers": "前面紧跟否定词就不算数的险情 [惯例]",
    "understanding.denied": "否定词 [惯例]",
    "understanding.denials": "说的是没有这回事，先去掉再判断 [惯例]",
    "understanding.over": "说明水电已经恢复的话 [惯例]",
    "understanding.passing": "说已恢复就不再算紧急的险情 [惯例]",
    "understanding.again": "说明又出问题的词，抵消“已恢复” [惯例]",
    "understanding.hypothetical": "假设的说法，与疑问同时出现算咨询 [惯例]",
    "understanding.person": "要找人的话 [惯例]",
    "understanding.business": "要由人来办的事务 [惯例]",
    "understanding.complaint": "算投诉的词 [惯例]",
    "understanding.annoyance": "算投诉的词，除非说的是我们自己的设备 [惯例]",
    "understanding.machines": "会响会吵的设备类别 [惯例]",
    "understanding.neighbours": "噪音来自别人时出现的词 [惯例]",
    "understanding.others": "别人影响了租户的说法，算投诉 [惯例]",
    "understanding.no_complaint": "像投诉、其实不是的词 [惯例]",
    "understanding.question": "疑问的词 [惯例]",
    "understanding.asking_first": "虽提到故障、仍算咨询的疑问 [惯例]",
    "understanding.settled": "说明不用再处理的话 [惯例]",
    "understanding.not_settled": "像已解决、其实没有的话 [惯例]",
    "understanding.thanks": "致谢和寒暄 [惯例]",
    "understanding.idle": "含有故障字、却不是故障的词 [惯例]",
    "understanding.trouble": "出毛病的说法，与物件同时出现算报修 [惯例]",
    "understanding.repair": "要求维修的话，单独出现也算报修 [惯例]",
    "repair.categories": "类别和认出它的词 [惯例]",
    "claims.kinds": "出险种类：受损标的、认出它的词、现场先做什么 [惯例]",
    "fees.allocation": "一笔款抵一份账单的次序：cost 费用，penalty 违约金，principal 本金",
    "dunning.pay_within_days": "催款信给几天时间缴清",
    "kpi.sign_off_day": "通知单应在几日前签收",
    "payments.methods": "付款方式 → 也可以写成；现金、支票、转账不能去掉",
    "bank.columns": "流水的字段 → 表头",
    "dunning.levels": "催款阶梯：每一级发什么、什么时候发",
    "images.max_bytes": "一张图片最多多少字节",
    "images.max_pixels": "一张图片最多多少像素",
    "database.url": "数据库地址",
    "storage.path": "文件目录",
}
"""For keys that config.yaml leaves out or does not explain."""
_BULKY = 48


@dataclass(frozen=True, slots=True)
class Setting:
    """One key with its type, its shipped value and what it is for."""

    key: str
    kind: Any
    value: object
    about: str

    @property
    def variable(self) -> str:
        """The environment variable that overrides it, "" where only the file can."""
        if _plain(self.kind):
            return "GUANJIA_" + self.key.replace(".", "__").upper()
        return ""


def of_rules() -> str:
    """The rules a manager may tune."""
    sections = [name for name in Rules.model_fields if name not in ("public_url", "roles")]
    return _table(setting for setting in all_settings() if setting.key.split(".")[0] in sections)


def of_service() -> str:
    """The machinery: database, addresses, WeCom, SMS."""
    return _table(s for s in all_settings() if s.key.split(".")[0] not in Rules.model_fields)


def all_settings() -> Iterator[Setting]:
    """Every key of the configuration, in order; a section without fixed keys is one setting."""
    shipped = yaml.safe_load(CONFIG_FILE.read_text(encoding="utf-8"))
    said = _comments(CONFIG_FILE.read_text(encoding="utf-8"))
    for key, kind, default in _fields(Config, ""):
        if key != "public_url":  # handed down from server.public_url
            value = _at(shipped, key.split("."), default)
            yield Setting(key, kind, value, _about(key, said.get(key, "")))


def _about(key: str, said: str) -> str:
    """The comment of the file; where that is only a mark, our words before it."""
    return f"{_UNSAID.get(key, '')} {said}".strip() if not said or said.startswith("[") else said


@cache
def known_keys() -> frozenset[str]:
    """Every key and section, also inside the dictionaries of the shipped file."""
    shipped = yaml.safe_load(CONFIG_FILE.read_text(encoding="utf-8"))
    keys = {setting.key for setting in all_settings()} | set(_paths(shipped, ""))
    return frozenset(keys | {key.rsplit(".", 1)[0] for key in keys if "." in key})


def _table(settings: Iterator[Setting]) -> str:
    rows = (
        [code(each.key), _shown(each.key, each.value), each.about, code(each.variable) or "只在文件里"]
        for each in settings
    )
    return table(["设置", "默认值", "含义", "环境变量"], rows)


def _fields(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, Any, object]]:
    for name, field in model.model_fields.items():
        key = f"{prefix}{name}"
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _fields(field.annotation, f"{key}.")
        else:
            yield key, field.annotation, field.get_default(call_default_factory=True)


def _plain(kind: Any) -> bool:
    """Whether a text can stand for a value of that type."""
    origin = get_origin(kind) or kind
    return origin is UnionType or origin not in (dict, list, tuple, set, frozenset)


def _at(tree: Any, path: list[str], default: object) -> object:
    for part in path:
        if not isinstance(tree, dict) or part not in tree:
            return default
        tree = tree[part]
    return tree


def _paths(tree: Any, prefix: str) -> Iterator[str]:
    if isinstance(tree, dict):
        for name, below in tree.items():
            yield f"{prefix}{name}"
            yield from _paths(below, f"{prefix}{name}.")


def _shown(key: str, value: object) -> str:
    if isinstance(value, SecretStr) or value in ("", None):
        return "（空）"
    if isinstance(value, dict):
        text = "，".join(f"{name}: {_plain_text(one)}" for name, one in value.items())
    elif isinstance(value, frozenset | set | list | tuple):
        text = "、".join(str(one) for one in value) or "（空）"
    else:
        text = _plain_text(value)
    return text if len(text) <= _BULKY else f"见 {_source(key)}"


def _source(key: str) -> str:
    """Where a long value can be read."""
    return "`config.yaml`" if key in _paths_shipped() else "`models/rules/`"


def _paths_shipped() -> set[str]:
    return set(_paths(yaml.safe_load(CONFIG_FILE.read_text(encoding="utf-8")), ""))


def _plain_text(value: object) -> str:
    return value.isoformat("minutes") if hasattr(value, "hour") else str(value)


def _comments(text: str) -> dict[str, str]:
    """The comment at the end of the line of each key."""
    found: dict[str, str] = {}
    path: list[tuple[int, str]] = []
    for line in text.splitlines():
        match = re.match(r"( *)([^\s#:]+):(.*)$", line)
        if match is None:
            continue
        depth = len(match[1])
        path = [(indent, name) for indent, name in path if indent < depth] + [(depth, match[2])]
        comment = re.search(r"(?:^|\s)# (.*)$", match[3])
        if comment:
            found[".".join(name for _, name in path)] = comment[1].strip()
    return found
