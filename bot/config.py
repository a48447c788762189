"""`config.yaml` and `GUANJIA_…` variables → one frozen, typed object. What is wrong is told with file and line.

A variable overrides the key at its path: GUANJIA_SERVER__PORT=9000 is server.port. Secrets come from variables only.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, SecretStr, ValidationError

from models.calendar.working_days import Calendar
from models.errors import ConfigError
from models.messages.sms_lint import RegisteredTemplate, charged_as, registered_text
from models.rules import Rules, Section

PREFIX = "GUANJIA_"
_SECRETS = (
    ("wecom", "secret"),
    ("wecom", "token"),
    ("wecom", "aes_key"),
    ("sms", "key"),
    ("sms", "report_key"),
    ("sms_standby", "key"),
    ("sms_standby", "report_key"),
    ("archive", "key"),
    ("backup", "key"),
)


class DatabaseConfig(Section):
    """Where the rows are."""

    url: str = "sqlite+aiosqlite:///data/guanjia.sqlite"


class ServerConfig(Section):
    """Where we listen, and how the outside reaches us."""

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = "http://127.0.0.1:8080"


class StorageConfig(Section):
    """Where documents and received pictures are kept."""

    path: str = "data/files"


class ArchiveConfig(Section):
    """Where the papers of closed months are kept, encrypted. Without a key nothing is sealed."""

    path: str = "data/archive"
    key: SecretStr = SecretStr("")


class BackupConfig(Section):
    """The key that backups are encrypted with; kept apart from them."""

    key: SecretStr = SecretStr("")


class MenuEntry(Section):
    """An entry of the application's menu: `word` is sent as if typed, `url` is opened."""

    name: str
    word: str = ""
    url: str = ""


class MenuButton(MenuEntry):
    """A button at the foot of the application; with `items` it opens them."""

    items: tuple[MenuEntry, ...] = ()


class WecomConfig(Section):
    """The application in WeCom (企业微信) and its 微信客服 account."""

    api_base: str = "https://qyapi.weixin.qq.com"
    corp_id: str = ""
    agent_id: int = 0
    secret: SecretStr = SecretStr("")
    token: SecretStr = SecretStr("")
    aes_key: SecretStr = SecretStr("")
    open_kfid: str = ""
    timeout_s: float = 10.0
    menu: tuple[MenuButton, ...] = ()


class SmsTemplate(Section):
    """A template registered with the provider: its code there, and its text with ${name} variables."""

    code: str
    text: str


class SmsAccount(Section):
    """How a provider is reached. key: of the plain gateway, or the secret of Aliyun's access key.

    report_key: what a push of Aliyun carries in its address, for Aliyun signs nothing.
    """

    base_url: str = ""
    access_key_id: str = ""
    key: SecretStr = SecretStr("")
    report_key: SecretStr = SecretStr("")
    sign: str = ""


class SmsConfig(SmsAccount):
    """The SMS provider."""

    provider: Literal["http", "aliyun"] = "http"
    templates: dict[str, SmsTemplate] = Field(default_factory=dict)


class SmsStandbyConfig(SmsAccount):
    """A second one, for what the first has surely not taken; "" for none.

    codes: our name of a template → its code there, registered with the same text; what is not named goes over the first
    only.
    """

    provider: Literal["", "http", "aliyun"] = ""
    codes: dict[str, str] = Field(default_factory=dict)


class Config(Rules):
    """Everything: the rules of the centre and the machinery around them."""

    database: DatabaseConfig = DatabaseConfig()
    server: ServerConfig = ServerConfig()
    storage: StorageConfig = StorageConfig()
    archive: ArchiveConfig = ArchiveConfig()
    backup: BackupConfig = BackupConfig()
    wecom: WecomConfig = WecomConfig()
    sms: SmsConfig = SmsConfig()
    sms_standby: SmsStandbyConfig = SmsStandbyConfig()

    def rules(self) -> Rules:
        """Only what the rooms below may know."""
        known = {name: getattr(self, name) for name in Rules.model_fields}
        from_machinery = {
            "public_url": self.server.public_url.rstrip("/"),
            "sms_segments": self.sms_segments_charged(),
        }
        return Rules(**{**known, **from_machinery})

    def sms_texts(self) -> dict[str, str]:
        """The SMS templates as they are registered: code → text, with the fixed address of this service in it."""
        return {template.code: template.text for template in self.sms_registered().values()}

    def sms_registered(self) -> dict[str, RegisteredTemplate]:
        """Our name of a template → its code and text as they are registered."""
        url = self.server.public_url
        return {
            name: RegisteredTemplate(entry.code, registered_text(entry.text, url))
            for name, entry in self.sms.templates.items()
        }

    def sms_segments_charged(self) -> dict[str, int]:
        """Our name of a template → how many messages it is charged as with its variables filled."""
        known = self.sms_registered().items()
        return {name: charged_as(template.text, self.sms.sign) for name, template in known}

    def working_calendar(self) -> Calendar:
        """The calendar these settings describe."""
        days = self.calendar
        return Calendar(
            days.working_days,
            frozenset(date.fromisoformat(day) for day in days.extra_rest),
            frozenset(date.fromisoformat(day) for day in days.extra_work),
            days.entered_years,
        )


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C takes a tenth of the time; it is not built in everywhere."""


def load(path: Path, environment: Mapping[str, str] = os.environ) -> Config:
    """Reads the file and the variables. Raises ConfigError that names file, line, key and what is allowed."""
    try:
        text = path.read_text(encoding="utf-8")
        node, data = yaml.compose(text, _Loader), yaml.load(text, _Loader) or {}  # noqa: S506 - is a safe one
    except OSError as exc:
        raise ConfigError(f"{path}: 读不到配置文件（{exc.strerror}）") from exc
    except yaml.YAMLError as exc:
        raise ConfigError(f"{path}: 不是有效的 YAML:{exc}") from exc
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: 顶层应为“键: 值”")
    for section, key in _SECRETS:
        if isinstance(data.get(section), dict) and key in data[section]:
            line = _line(node, (section, key))
            raise ConfigError(
                f"{path}:{line}: {section}.{key} 是密钥，请放到环境变量 {_variable(section, key)}"
            )
    sources = _override(data, environment)
    try:
        return Config.model_validate(data)
    except ValidationError as exc:
        raise ConfigError("\n".join(_explain(path, node, sources, dict(e)) for e in exc.errors())) from exc


def _variable(*keys: str) -> str:
    return PREFIX + "__".join(keys).upper()


def _override(data: dict[str, Any], environment: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    """Puts the variables into `data`; which key came from which variable."""
    sources: dict[tuple[str, ...], str] = {}
    for name in sorted(environment):
        if not name.startswith(PREFIX):
            continue
        keys = tuple(name.removeprefix(PREFIX).lower().split("__"))
        place = data
        for key in keys[:-1]:
            place = place.setdefault(key, {})
            if not isinstance(place, dict):
                raise ConfigError(f"{name}: {key} 不是一个段落")
        place[keys[-1]] = environment[name]
        sources[keys] = name
    return sources


def _explain(
    path: Path, node: yaml.Node | None, sources: Mapping[tuple[str, ...], str], error: dict[str, Any]
) -> str:
    location = tuple(str(part) for part in error["loc"])
    where = sources.get(location) or f"{path}:{_line(node, location)}"
    if error["type"] == "extra_forbidden":
        return f"{where}: 没有这个设置：{'.'.join(location)}"
    return f"{where}: {'.'.join(location)}: {error['msg']}"


def _line(node: yaml.Node | None, location: tuple[str, ...]) -> int:
    """The line of a key in the file, or of the nearest part of the path that is there."""
    line = 1
    for part in location:
        if not isinstance(node, yaml.MappingNode):
            break
        hit = next((pair for pair in node.value if pair[0].value == part), None)
        if hit is None:
            break
        line, node = hit[0].start_mark.line + 1, hit[1]
    return line
