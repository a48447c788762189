"""Setting a site up against the platform: menu, QR codes, and what `python -m bot check` finds beforehand."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pypdf import PdfReader
from sqlalchemy import select

from bot import doctor_wecom, wecom_access
from bot.config import Config, MenuButton, MenuEntry
from bot.doctor_sms import sms_findings
from bot.doctor_wecom import callback_findings, wecom_findings
from bot.finding import Finding
from bot.kf_codes import make_sheet
from bot.simulator import limits
from bot.wecom.menu import menu_body, publish
from bot.wecom_access import wecom_client
from handlers import ROUTERS
from handlers.routing import Side
from models.errors import ConfigError
from models.operation.access_token import AccessToken
from models.people.scene import scene_of
from tests.wire.fake_aliyun import KEY_ID, SECRET, aliyun
from tests.wire.site import Site, open_site


@pytest.fixture
async def site(config: Config, tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Site]:
    async with open_site(config, tmp_path, sqlite_template) as opened:
        yield opened


def changed(config: Config, section: str, **values: Any) -> Config:
    return config.model_copy(update={section: getattr(config, section).model_copy(update=values)})


def faults(findings: list[Finding]) -> list[str]:
    return [finding.text for finding in findings if not finding.good]


async def test_check_finds_what_would_fail_and_says_how_to_mend_it(site: Site) -> None:
    assert faults(await wecom_findings(site.config)) == [
        "应用菜单与 wecom.menu 不一致：请运行 python -m bot menu"
    ]
    await publish(site.service.client, site.config.wecom.agent_id, site.config.wecom.menu)
    assert faults(await wecom_findings(site.config)) == []
    await site.say("wangqiang", "帮助")
    wrong = {
        "不是同一个应用": {"agent_id": 7},
        "Secret 不正确": {"secret": SecretStr("x")},
        "企业 ID 不正确": {"corp_id": "ww-other"},
        "不在授权范围内": {"open_kfid": "wk-other"},
    }
    for cure, values in wrong.items():
        assert cure in faults(await wecom_findings(changed(site.config, "wecom", **values)))[0]
    for api, code, cure in (
        ("agent/get", 60020, "企业可信IP"),
        ("kf/account/list", 48007, "可调用接口的应用"),
    ):
        site.order({"api": api, "errcode": code})
        (fault,) = faults(await wecom_findings(site.config))
        assert cure in fault


async def test_commands_use_the_token_of_the_service_and_do_not_end_its_life(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TOKEN_VOIDS_EARLIER", True)
    monkeypatch.setattr(wecom_access, "SystemClock", lambda: site.clock)

    async def token() -> str:
        await site.say("wangqiang", "帮助")
        async with site.service.core.db.read() as session:
            return (await session.scalars(select(AccessToken.sealed))).one()

    before = await token()
    await wecom_findings(site.config)
    await make_sheet(site.config, tmp_path / "codes.pdf", "B")
    async with wecom_client(site.config) as client:
        await publish(client, site.config.wecom.agent_id, site.config.wecom.menu)
    assert await token() == before
    elsewhere = f"sqlite+aiosqlite:///{tmp_path / 'none' / 'no.sqlite'}"  # nothing is set up yet: one of its own will do
    assert faults(await wecom_findings(changed(site.config, "database", url=elsewhere))) == []


async def test_check_makes_the_platforms_own_request_to_the_callback(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "还是本机地址" in faults(await callback_findings(site.config))[0]
    monkeypatch.setattr(doctor_wecom, "_LOCAL", ("http://localhost",))
    assert faults(await callback_findings(site.config)) == []
    other = changed(site.config, "wecom", token=SecretStr("another"))
    assert "没有正确回应" in faults(await callback_findings(other))[0]


async def test_check_compares_the_templates_with_what_aliyun_has(config: Config) -> None:
    async with aliyun() as (fake, address):
        ours = changed(
            config, "sms", provider="aliyun", access_key_id=KEY_ID, key=SecretStr(SECRET), base_url=address,
            report_key=SecretStr("push"),
        )  # fmt: skip
        fake.templates = {code: (1, text) for code, text in ours.sms_texts().items()}
        assert faults(await sms_findings(ours)) == []
        fake.templates["notice"] = (2, "")
        fake.templates["case_done"] = (1, "别的话")
        assert [fault[:12] for fault in faults(await sms_findings(ours))] == [
            "短信模板 notice（",
            "短信模板 case_do",
        ]
    text = config.sms.templates["notice"].model_copy(update={"text": "您有一份通知"})
    wrong = changed(config, "sms", templates={"code_bind": config.sms.templates["code_bind"], "notice": text})
    told = " ".join(faults(await sms_findings(wrong)))
    assert "短信模板 notice：正文里缺少变量 ${code}" in told and "缺少短信模板 case_new" in told
    assert "还没有填短信网关的密钥" in faults(await sms_findings(config))[0]


MENUS: dict[str, tuple[MenuButton, ...]] = {
    "应有 1 到 3": (MenuButton(name="一", word="待办"),) * 4,
    "5 个汉字": (MenuButton(name="名称太长的按钮", word="待办"),),
    "之一": (MenuButton(name="空"),),
    "下一级最多": (MenuButton(name="多", items=(MenuEntry(name="项", word="待办"),) * 6),),
    "完整网址": (MenuButton(name="网", url="park.example"),),
}


@pytest.mark.parametrize(("says", "menu"), MENUS.items(), ids=MENUS)
def test_a_menu_the_platform_would_refuse_is_refused_before(says: str, menu: tuple[MenuButton, ...]) -> None:
    with pytest.raises(ConfigError, match=says):
        menu_body(menu)


def test_every_word_of_the_shipped_menu_is_a_command(config: Config) -> None:
    words = {
        word
        for router in ROUTERS
        if router.side is Side.STAFF
        for each in router.commands
        for word in (each.word, *each.aliases)
    }
    leaves = [entry for button in config.wecom.menu for entry in (button.items or (button,))]
    assert [entry.word for entry in leaves if entry.word not in words] == []


async def test_the_sheet_has_a_code_for_each_building_and_unit(site: Site, tmp_path: Path) -> None:
    to = tmp_path / "codes.pdf"
    assert await make_sheet(site.config, to) == 3 + 5
    reader = PdfReader(io.BytesIO(to.read_bytes()))
    words = "".join(page.extract_text() for page in reader.pages)
    assert len(reader.pages) == 2 and all(code in words for code in ("A 栋", "A-1203", "C-0101"))
    assert await make_sheet(site.config, to, "B") == 3
    with pytest.raises(ConfigError, match="Z"):
        await make_sheet(site.config, to, "Z")
    assert (scene_of("A-1203"), len(scene_of("创意楼"))) == ("A-1203", 16)
