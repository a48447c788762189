"""Tables of what can be written in chat, from the routers and the roles of config.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from bot.config import Config, load
from handlers import ROUTERS
from handlers.help import _GROUPS as GROUPS
from handlers.routing import ANYONE, BOUND, MONEY, Command, Side
from models.people.tenant import ContactRole
from tests.docs_parts.markdown import code, table
from tests.docs_parts.settings import CONFIG_FILE

OTHERS = "其他"


@cache
def config() -> Config:
    """The shipped configuration, without the variables of this machine."""
    return load(CONFIG_FILE, {})


def commands(side: Side) -> Iterator[Command]:
    """In the order of the routers, which is that of 帮助."""
    return (command for router in ROUTERS if router.side is side for command in router.commands)


def for_tenants() -> str:
    """What tenants write."""
    rows = ([*_words(command), _who_of_tenants(command.may)] for command in commands(Side.TENANT))
    return table(["指令", "也可以写", "例子", "作用", "谁能用"], rows)


def for_staff() -> str:
    """What members write, by subject."""
    blocks = []
    for subject in (*GROUPS.values(), OTHERS):
        members = [each for each in commands(Side.STAFF) if _subject(each) == subject]
        rows = [[*_words(each), _roles_text(each.may), _permission_text(each.may)] for each in members]
        if rows:
            blocks.append(
                f"### {subject}\n\n" + table(["指令", "也可以写", "例子", "作用", "哪些角色", "权限"], rows)
            )
    return "\n\n".join(blocks)


def by_role() -> str:
    """One row per role: every word it may use, besides those for everybody."""
    rows = []
    for role in config().roles:
        words = [
            each.word for each in commands(Side.STAFF) if each.may != ANYONE and role in _roles(each.may)
        ]
        rows.append([role, "、".join(words) or "（只有所有员工都能用的指令）"])
    everybody = "、".join(each.word for each in commands(Side.STAFF) if each.may == ANYONE)
    return table(["角色", "能用的指令"], [["所有员工", everybody], *rows])


def permissions() -> str:
    """One row per permission of config.yaml: who has it and which words it opens."""
    names = dict.fromkeys(name for granted in config().roles.values() for name in sorted(granted))
    rows = []
    for name in sorted(names):
        words = [each.word for each in commands(Side.STAFF) if name in each.may.split("|")]
        rows.append([code(name), "、".join(words), _roles_text(name)])
    return table(["权限", "打开的指令", "哪些角色有"], rows)


def _words(command: Command) -> list[str]:
    return [f"**{command.word}**", "、".join(command.aliases), code(command.usage), command.about]


def _subject(command: Command) -> str:
    return GROUPS.get(command.may.partition(".")[0], OTHERS)


def _roles(may: str) -> list[str]:
    wanted = set(may.split("|"))
    return [role for role, granted in config().roles.items() if wanted & granted]


def _roles_text(may: str) -> str:
    if may == ANYONE:
        return "所有员工"
    return "、".join(_roles(may)) or "（还没有角色有这项权限）"


def _permission_text(may: str) -> str:
    return "" if may == ANYONE else "、".join(code(each) for each in may.split("|"))


def _who_of_tenants(may: str) -> str:
    money = "、".join(role for role in ContactRole if role.sees_money)
    return {ANYONE: "任何人", BOUND: "已绑定的联系人", MONEY: money}[may]
