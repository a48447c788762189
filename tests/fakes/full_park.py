"""The small park with everything open at once: repairs in several states, bills, letters, a payment, a form half filled."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Table, bindparam, func, select, update

from models.bank.importing import keep_lines
from models.bank.statement import StatementLine
from models.clock import local_date
from models.database import Database
from models.messages.inbound import Inbound, Kind
from models.messages.inbox import InboxMessage, InboxStatus
from models.messages.outbox import OutboxMessage
from models.messages.splitting import byte_length
from models.people.staff import Staff
from tests.fakes.content import content
from tests.fakes.march import READINGS
from tests.fakes.policies import add_policies
from tests.fakes.world import World, verify_talk

EVERYTHING = "linfang"
"""The member who has every role there is, once the story is told."""
MOST_BYTES = 2048
"""Longest text of one message on either channel."""
NOTHING = "heting"
"""The member who has none."""

_PASSING = frozenset({"inbox", "outbox", "kf_window", "card"})
"""Tables that change with every message, whatever it says."""
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_INTERNALS = re.compile(
    r"Traceback|Error|Exception|\bNone\b|\bnan\b|\{\}|\[\]|<[a-z]+ |sqlalchemy|object at", re.I
)


async def everything_open(world: World) -> None:
    """A chapter: two companies each with repairs, a bill, a letter and a payment."""
    await verify_talk(
        world,
        [
            ("lina", "报修 A-1203 空调不冷", "R01"),
            ("zhaomin", "报修 B-0305 卫生间漏水密室暗号芝麻", "R02"),
            ("zhaomin", "报修 B-0306 电灯不亮芝麻开门", "R03"),
            ("zhaomin", "报修 B-0305 门锁坏了芝麻街", "R04"),
            ("wangqiang", "领单 R02", "R02"),
            ("wangqiang", "接单 R02", "R02"),
            ("wangqiang", "到场 R02", "R02"),
            ("wangqiang", "报价 R02 8642 更换芝麻水管", "已报价"),
            ("zhaolei", "领单 R01", "R01"),
            ("zhaolei", "接单 R01", "R01"),
            ("zhaolei", "到场 R01", "R01"),
            ("zhaolei", "报价 R01 135.79 更换风机", "已报价"),
            ("zhaolei", "领单 R03", "R03"),
            ("zhaolei", "接单 R03", "R03"),
            ("zhaolei", "到场 R03", "R03"),
            ("zhaolei", "完工 R03 芝麻灯管已换", "已完工"),
            ("liuyan", READINGS, "已记 10 条"),
            ("chenjing", "出账", "3 家租户"),
            ("chenjing", "[复核]", "已复核"),
            ("zhengwei", "[批准]", "已批准"),
            ("sunli", "收款 云帆 300.25 转账 流水7", "确认收款"),
            ("sunli", "[确认收款]", "300.25"),
            ("sunli", "收款 青禾 777.13 转账 流水8", "确认收款"),
            ("sunli", "[确认收款]", "777.13"),
            ("zhaomin", "发票", "发票抬头"),
            ("zhaomin", "青禾芝麻抬头有限公司", "纳税人识别号"),
            ("zhaomin", "91350100M000100Y43", "邮箱"),
            ("zhaomin", "芝麻@example.com", "没看懂这个邮箱"),
            ("zhaomin", "[不需要]", "777.13"),
            ("zhaomin", "[申请开票]", "FP-202603-0001"),
            ("zhoumin", "公告 停水 B座 明天9:00-16:00 芝麻水泵检修", "公告预览"),
            ("zhoumin", "[提交审批]", "G01 已提交"),
            ("zhoumin", "出险 B座大堂 玻璃自爆 刚刚 碎片落地", "L01 已登记"),
        ],
    )
    async with world.db.begin() as session:
        at = world.clock.now()
        line = StatementLine(local_date(at), 86_420, "青禾芝麻付款户", "622200001", "芝麻 B-0305", "S-0001")
        await keep_lines(session, [(1, "serial:S-0001", line)], by="system", now=at)
    await add_policies(world.db, world.core.rules)
    await verify_talk(world, [("linfang", "续保 财产一切险 36000 2027-06-30", "已提交")])
    async with world.db.begin() as session:
        every_role = list(world.core.rules.roles)
        await session.execute(update(Staff).where(Staff.userid == EVERYTHING).values(roles=every_role))
        await session.execute(update(Staff).where(Staff.userid == NOTHING).values(roles=[]))


@dataclass
class Said:
    """A message and what was answered to it; `status` is what the inbox says about the message."""

    who: str
    what: str
    status: InboxStatus
    error: str
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All words of the answers, those on buttons too."""
        return "\n".join(
            "\n".join([each.get("title", ""), each.get("text", ""), each.get("url", ""), *_labels(each)])
            for each in self.answers
        )

    def faults(self) -> list[str]:
        """What is wrong with the answer as an answer to a person."""
        found = [f"{self.status}: {self.error}"] if self.status is not InboxStatus.DONE else []
        if not any(each.get("file") or _CHINESE.search(each.get("text", "")) for each in self.answers):
            found.append("no Chinese answer")
        if any(byte_length(each.get("text", "")) > MOST_BYTES for each in self.answers):
            found.append("too long for one message")
        own_words = self.text.replace(self.what.strip(), "")
        found += [f"says {hit!r}" for hit in _INTERNALS.findall(own_words)]
        return [f"{self.who} {self.what[:60]!r}: {each}; {self.text[:120]!r}" for each in found]


def _labels(content: dict[str, Any]) -> list[str]:
    return [button["text"] for button in content.get("buttons", ())]


async def hear(world: World, who: str, what: str, *, press: bool = False, **fields: Any) -> Said:
    """One message (or tap) and its answers, read where they are kept, so that no speed limit hides any."""
    (said,) = await hear_all(world, who, [what], press=press, **fields)
    return said


async def hear_all(
    world: World, who: str, whats: Sequence[str], *, press: bool = False, **fields: Any
) -> list[Said]:
    """One message after the other from the same person, without waiting for the answers; each with its own."""
    messages = [_message(world, who, what, press, fields) for what in whats]
    async with world.db.read() as session:
        before = await session.scalar(_LAST) or 0
    await asyncio.gather(*(world.engine.inbox.store(message) for message in messages))
    await world.engine.work_inbox()
    async with world.db.read() as session:
        rows = {row.key: row for row in await session.execute(_HEARD, {"keys": [m.key for m in messages]})}
        answers: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for key, content in await session.execute(_ANSWERS, {"before": before}):
            answers[key.partition(":")[0]].append(content)
    said = [(what, rows[message.key]) for what, message in zip(whats, messages, strict=True)]
    return [Said(who, what, row.status, row.error, answers[f"in{row.id}"]) for what, row in said]


def _message(world: World, who: str, what: str, press: bool, fields: dict[str, Any]) -> Inbound:
    world.count += 1
    channel, sender = ("kf", f"wm{who}") if who in _GUESTS else ("wecom", who)
    words: dict[str, Any] = {"action": what} if press else {"text": what}
    kind = Kind.PRESS if press else Kind.TEXT
    return Inbound(channel, f"k{world.count}", sender, kind, world.clock.now(), **words, **fields)


_GUESTS = ("lina", "xiaoming", "zhaomin", "chensiyuan", "stranger")
_LAST = select(func.max(OutboxMessage.id))
_HEARD = select(InboxMessage.key, InboxMessage.id, InboxMessage.status, InboxMessage.error).where(
    InboxMessage.key.in_(bindparam("keys", expanding=True))
)
_ANSWERS = (
    select(OutboxMessage.dedupe_key, OutboxMessage.content)
    .where(OutboxMessage.id > bindparam("before"), OutboxMessage.dedupe_key.like("in%:reply:%"))
    .order_by(OutboxMessage.id)
)


async def rows(db: Database, without: Iterable[str] = ()) -> dict[str, list[str]]:
    """Everything that is in the tables, except what changes with every message."""
    found = await content(db, _lasting)
    return {name: lines for name, lines in found.items() if name not in without}


def _lasting(table: Table) -> list[Column[Any]]:
    return [] if table.name in _PASSING else list(table.columns)


def changed(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> list[str]:
    """The rows that have come, gone or become different."""
    return [f"{name}: {line}" for name in before for line in sorted(set(before[name]) ^ set(after[name]))]
