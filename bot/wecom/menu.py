"""The menu at the foot of the application, from the configuration. Source: 创建菜单 (WeCom 90231)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.config import MenuButton, MenuEntry
from bot.wecom.client import WecomClient
from models.errors import ConfigError
from models.messages.splitting import byte_length

MOST, MOST_BELOW = 3, 5
NAME_BYTES, NAME_BELOW_BYTES, KEY_BYTES, URL_BYTES = 16, 40, 128, 1024


def menu_body(entries: Sequence[MenuButton]) -> dict[str, Any]:
    """What menu/create takes. Raises ConfigError that names the entry."""
    if not 1 <= len(entries) <= MOST:
        raise ConfigError(f"wecom.menu 应有 1 到 {MOST} 个按钮")
    return {"button": [_button(entry) for entry in entries]}


async def publish(client: WecomClient, agent_id: int, entries: Sequence[MenuButton]) -> None:
    """Puts the menu on every member's phone. Raises ConfigError, Refused or Unreachable."""
    await client.call("menu/create", menu_body(entries), params={"agentid": str(agent_id)})


async def is_published(client: WecomClient, agent_id: int, entries: Sequence[MenuButton]) -> bool:
    """Whether phones show this very menu. Raises Refused (46003: there is none) or Unreachable."""
    answer = await client.call("menu/get", params={"agentid": str(agent_id)})
    return _names(answer.get("button")) == _names(menu_body(entries)["button"])


def _button(entry: MenuButton) -> dict[str, Any]:
    _check_name(entry.name, NAME_BYTES)
    if not entry.items:
        return _leaf(entry)
    if len(entry.items) > MOST_BELOW:
        raise ConfigError(f"wecom.menu “{entry.name}”：下一级最多 {MOST_BELOW} 项")
    for item in entry.items:
        _check_name(item.name, NAME_BELOW_BYTES)
    return {"name": entry.name, "sub_button": [_leaf(item) for item in entry.items]}


def _leaf(entry: MenuEntry) -> dict[str, Any]:
    """A tap is as if the member typed the word; or it opens an address."""
    if bool(entry.word) == bool(entry.url):
        raise ConfigError(f"wecom.menu “{entry.name}”：请写 word（指令）或 url（网址）之一")
    if entry.url:
        if not entry.url.startswith(("http://", "https://")) or byte_length(entry.url) > URL_BYTES:
            raise ConfigError(f"wecom.menu “{entry.name}”：url 应为完整网址")
        return {"type": "view", "name": entry.name, "url": entry.url}
    key = f"say:{entry.word}"
    if byte_length(key) > KEY_BYTES:
        raise ConfigError(f"wecom.menu “{entry.name}”：word 太长")
    return {"type": "click", "name": entry.name, "key": key}


def _check_name(name: str, most: int) -> None:
    if not 1 <= byte_length(name) <= most:
        raise ConfigError(f"wecom.menu “{name}”：名称应为 1 到 {most // 3} 个汉字")


def _names(buttons: Any) -> list[Any]:
    """Names, keys and addresses, without what the platform adds."""
    found = []
    for button in buttons if isinstance(buttons, list) else []:
        below = button.get("sub_button") or []
        subs = below.get("list", []) if isinstance(below, dict) else below
        found.append([button.get(field, "") for field in ("name", "key", "url")] + _names(subs))
    return found
