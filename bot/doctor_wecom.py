"""The part of `python -m bot check` that asks WeCom: credentials, trusted address, KF authorisation, menu, callback URL."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from bot.config import Config
from bot.finding import Finding
from bot.wecom.client import WecomClient
from bot.wecom.crypto import WecomCrypto
from bot.wecom.cures import cure_of
from bot.wecom.menu import is_published
from bot.wecom_access import wecom_client
from models.errors import ConfigError, ProviderError, Refused

_NO_MENU = 46003
_ECHO_TIMEOUT_S = 5.0
_LOCAL = ("http://127.", "http://localhost")

Look = Callable[[WecomClient, Config], Awaitable[Finding]]


async def wecom_findings(config: Config) -> list[Finding]:
    """What the platform says to our settings; each question is asked, whatever the one before found."""
    wecom = config.wecom
    if not (wecom.corp_id and wecom.secret.get_secret_value()):
        return [
            Finding(
                False, "还没有填企业微信的 corp_id 和 secret（GUANJIA_WECOM__CORP_ID、GUANJIA_WECOM__SECRET）"
            )
        ]
    looks: list[Look] = [_agent, *([_kf] if wecom.open_kfid else []), *([_menu] if wecom.menu else [])]
    async with wecom_client(config) as client:
        return [await _asked(look, client, config) for look in looks]


async def _asked(look: Look, client: WecomClient, config: Config) -> Finding:
    try:
        return await look(client, config)
    except Refused as refusal:
        return Finding(False, cure_of(refusal.code) or str(refusal))
    except ConfigError as fault:
        return Finding(False, str(fault))
    except ProviderError as silence:
        return Finding(False, f"连不上企业微信（{silence}）：请检查网络和 wecom.api_base")


async def _agent(client: WecomClient, config: Config) -> Finding:
    """301002 when secret and agent id are of two applications, 60020 when our address is not trusted."""
    answer = await client.call("agent/get", params={"agentid": str(config.wecom.agent_id)})
    if answer.get("close") == 1:
        return Finding(False, "应用已被停用：请在管理后台重新启用")
    return Finding(True, "企业微信凭证有效，应用可用")


async def _kf(client: WecomClient, config: Config) -> Finding:
    """Whether the account is ours to write through, not only whether there is one."""
    answer = await client.call("kf/account/list", {"offset": 0, "limit": 100})
    accounts: list[dict[str, Any]] = answer.get("account_list") or []
    mine = next((each for each in accounts if each.get("open_kfid") == config.wecom.open_kfid), None)
    if mine is None:
        return Finding(
            False,
            "微信客服账号不在授权范围内：请核对 wecom.open_kfid，并在 微信客服 → 可调用接口的应用 中授权",
        )
    if mine.get("manage_privilege") is False:
        return Finding(False, "微信客服账号没有交给 API 管理：请在 微信客服 → 通过API管理 中选择本应用")
    return Finding(True, "微信客服已授权")


async def _menu(client: WecomClient, config: Config) -> Finding:
    try:
        same = await is_published(client, config.wecom.agent_id, config.wecom.menu)
    except Refused as refusal:
        if refusal.code != _NO_MENU:
            raise
        same = False
    return Finding(
        same, "应用菜单与设置一致" if same else "应用菜单与 wecom.menu 不一致：请运行 python -m bot menu"
    )


async def callback_findings(config: Config) -> list[Finding]:
    """Makes the very request that WeCom makes when the address is saved, from here."""
    url, wecom = config.server.public_url.rstrip("/"), config.wecom
    token, aes_key = wecom.token.get_secret_value(), wecom.aes_key.get_secret_value()
    if not (token and aes_key and wecom.corp_id):
        return [
            Finding(False, "还没有填回调的 token 和 aes_key（GUANJIA_WECOM__TOKEN、GUANJIA_WECOM__AES_KEY）")
        ]
    try:
        crypto = WecomCrypto(token, aes_key, wecom.corp_id)
    except ConfigError:
        return [Finding(False, "aes_key 应为管理后台显示的 43 位字母数字：请核对 GUANJIA_WECOM__AES_KEY")]
    if url.startswith(_LOCAL):
        return [
            Finding(
                False,
                "server.public_url 还是本机地址：请改为外网能打开的地址，企业微信的回调和短信里的链接都用它",
            )
        ]
    if await _echoes(crypto, f"{url}/wecom/callback"):
        return [Finding(True, "回调地址可用")]
    return [
        Finding(
            False,
            f"回调地址 {url}/wecom/callback 没有正确回应：请确认服务已启动、反向代理转发了该路径，"
            "且 token、aes_key、corp_id 与管理后台一致",
        )
    ]


async def _echoes(crypto: WecomCrypto, url: str) -> bool:
    plain = str(secrets.randbelow(10**16)).encode()
    encrypted, timestamp, nonce = crypto.encrypt(plain), "1", str(secrets.randbelow(10**10))
    query = {
        "msg_signature": crypto.signature(timestamp, nonce, encrypted),
        "timestamp": timestamp, "nonce": nonce, "echostr": encrypted,
    }  # fmt: skip
    timeout = aiohttp.ClientTimeout(total=_ECHO_TIMEOUT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, params=query) as response,
        ):
            return response.status == 200 and await response.content.read(100) == plain
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False
