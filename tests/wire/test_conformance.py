"""Every row of the platform's table of errors, each driven through the whole service to its end.

One site on one clock: a code is ordered, a message is said, time passes, and the message has had the end of its class.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.config import Config
from bot.wecom.cures import cure_of
from bot.wecom.errors import ErrorClass, classify
from models.messages.content import Button, Content
from models.messages.outbox import OutboxMessage, OutboxStatus, Purpose
from models.messages.tell import close_cards
from tests.wire.site import POINTER, Site, open_site

SEND, KF, ON_EVENT, UPDATE, UPLOAD = (
    "message/send", "kf/send_msg", "kf/send_msg_on_event", "message/update_template_card", "media/upload",
)  # fmt: skip
CARD, MENU = f"{SEND} as card", f"{KF} as menu"
MEMBER, TENANT = "zhaolei", "lina"
MOBILE = "13800010001"


class Paper:
    """Any reference is a small PDF."""

    async def load(self, reference: str) -> bytes:
        return b"%PDF-1.7 " + reference.encode()


@pytest.fixture
async def site(config: Config, tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Site]:
    async with open_site(config, tmp_path, sqlite_template) as opened:
        opened.service.engine.outbox._attachments = Paper()
        yield opened


End = Callable[[Site, int, str], Awaitable[str]]
"""What is wrong with the end of a message, "" when nothing is: site, row, text."""


async def shown(site: Site, person: str, text: str) -> int:
    return sum(text in f"{entry['text']}{entry.get('title', '')}" for entry in site.new(person))


async def arrives_once(site: Site, row_id: int, text: str) -> str:
    row = await site.row(row_id)
    person = MEMBER if row.recipient.startswith("staff:") else TENANT
    times = await shown(site, person, text)
    return "" if (row.status, times) == (OutboxStatus.SENT, 1) else f"{row.told}; shown {times} times"


async def goes_by_sms(site: Site, row_id: int, text: str) -> str:
    row = await site.row(row_id)
    entries = site.new(TENANT)
    sms = [entry for entry in entries if entry["channel"] == "sms"]
    chat = [entry for entry in entries if text in entry["text"]]
    fine = (row.status, row.channel, len(sms), len(chat)) == (OutboxStatus.SENT, "sms", 1, 0)
    return "" if fine else f"{row.told}; {entries}"


async def is_given_up(site: Site, row_id: int, text: str) -> str:
    row = await site.row(row_id)
    return "" if row.status is OutboxStatus.DEAD and row.attempts <= 2 else row.told


async def is_said_anew(site: Site, row_id: int, text: str) -> str:
    row = await site.row(row_id)
    said = await shown(site, MEMBER, "卡片上的按钮不用再点")
    return "" if (row.status, said) == (OutboxStatus.WITHHELD, 1) else f"{row.told}; said {said} times"


async def is_said_plainly(site: Site, row_id: int, text: str) -> str:
    """Once, without buttons, and with what to write instead of them."""
    row = await site.row(row_id)
    person = MEMBER if row.recipient.startswith("staff:") else TENANT
    entries = [entry for entry in site.new(person) if text in entry["text"]]
    fine = [(entry["kind"], entry["buttons"]) for entry in entries] == [("text", [])]
    said = fine and "请直接发送：值班" in entries[0]["text"]
    return "" if said and row.status is OutboxStatus.SENT else f"{row.told}; {entries}"


async def counts_as_sent(site: Site, row_id: int, text: str) -> str:
    """Its task id was used before: by our own earlier try, whose answer was lost."""
    row = await site.row(row_id)
    return "" if (row.status, row.attempts) == (OutboxStatus.SENT, 1) else row.told


@dataclass(frozen=True)
class Row:
    """`faults` are ordered for the first word of `api`, then `text` is said that way."""

    api: str
    codes: tuple[int, ...]
    end: End
    times: int = 1


APP_CONFIG = (
    40001, 40013, 40056, 40091, 43012, 48001, 48002, 48004, 48006, 50003, 60020, 301002, 301055, 301056,
)  # fmt: skip
KF_CONFIG = (48007, 95017, 95023, 95000, 95004, 95005, 95006, 95011, 95012, 95015, 95026, 95027, 95032)
RECIPIENT = (
    40003, 40031, 40032, 46004, 50002, 60011, 60021, 60111, 81013, 82001, 82002, 82003, 40096, 84061, 84084,
    41048, 40050, 86001, 86003, 86008,
)  # fmt: skip
CONTENT = (
    40008, 40033, 40035, 40058, 40063, 44004, 45002, 45008, 45034, 42017, 42018, 42019, 42020, 42027, 42039, 42051,
    301025, 86215,
)  # fmt: skip
TABLE = {
    "retry with back-off": Row(SEND, (-1, 6000, 301022), arrives_once, times=3),
    "retry with back-off, KF": Row(KF, (-1,), arrives_once, times=3),
    "retry after the window": Row(SEND, (45009, 45033, 41063, 41094), arrives_once),
    "retry after the window, KF": Row(KF, (45009, 45033), arrives_once),
    "refresh the token once": Row(SEND, (40014, 42001, 41001), arrives_once),
    "stop and alarm": Row(SEND, APP_CONFIG, arrives_once),
    "stop and alarm, KF": Row(KF, KF_CONFIG, arrives_once),
    "bad recipient, KF": Row(KF, RECIPIENT[:3], goes_by_sms),
    "bad recipient": Row(SEND, RECIPIENT, is_given_up),
    "bad content": Row(SEND, CONTENT, is_given_up),
    "bad content, KF": Row(KF, (95008, 95009, 95022, 95030), is_given_up),
    "bad shape of a card": Row(
        CARD, (40058, 42017, 42018, 42019, 42020, *range(42027, 42052)), is_said_plainly
    ),
    "bad shape of a menu": Row(MENU, (40058, 95008, 95009, 95022, 95030), is_said_plainly),
    "blocked": Row(SEND, (40201, 82004), is_given_up),
    "media to be uploaded again": Row(UPLOAD, (40007,), arrives_once),
    "media not acceptable": Row(
        UPLOAD, (40004, 40005, 40006, 40009, 40011, 44001, 45001, 45007, 301016, 301017), is_given_up
    ),
    "card update": Row(UPDATE, (60140, 42015, 42016), is_said_anew),
    "task id used before": Row(CARD, (42014,), counts_as_sent),
    "KF fall back": Row(KF, (95001, 95002, 95031, 95003, 95013), goes_by_sms),
    "KF state": Row(KF, (95016, 95018, 95014, 95019), arrives_once),
    "welcome": Row(ON_EVENT, (41050, 41051, 41096), is_given_up),
    "never heard of": Row(SEND, (99999,), is_given_up),
}


async def say(site: Site, api: str, text: str) -> int:
    """One message over that API; its row."""
    if api == ON_EVENT:
        site.new(TENANT)
        content = Content(text=text, welcome_code="CODE")
        return await site.send(TENANT, content, purpose=Purpose.WELCOME)
    if api.startswith(KF):
        await site.say(TENANT, "帮助")
        site.new(TENANT)
    if api == KF:
        return await site.send(TENANT, Content(text=text, sms=POINTER))
    if api in (CARD, MENU):
        content = Content(title="值班表", text=text, buttons=(Button("say:值班", "看值班"),))
        return await site.send(MEMBER if api == CARD else TENANT, content)
    if api == UPLOAD:
        return await site.send(MEMBER, Content(file="paper:1", file_name=f"{text}.pdf"))
    if api == UPDATE:
        await site.send(MEMBER, Content(title=text, text="x", buttons=(Button(f"take:{text}", "接单"),)))
        await site.settle()
        site.new(MEMBER)
        return await _closing(site)
    return await site.send(MEMBER, Content(text=text))


async def _closing(site: Site) -> int:
    async with site.service.core.db.begin() as session:
        await close_cards(session, "", "已接单", site.clock.now())
        newest = await session.scalars(OutboxMessage.__table__.select().with_only_columns(OutboxMessage.id))
        return max(newest)


AT_ONCE = {is_given_up, is_said_anew, is_said_plainly, counts_as_sent, goes_by_sms}
"""Ends that nothing has to be waited for."""


async def play(site: Site, row: Row, code: int) -> str:
    """What went wrong, "" when nothing did. Whatever ends at once is watched longer for the first code of its row."""
    text = f"第 {site.count + 1} 件"
    site.new(MEMBER)
    row_id = await say(site, row.api, text)
    site.order({"api": row.api.split()[0], "errcode": code, "times": row.times})
    await site.wait(minutes=1 if row.end in AT_ONCE and code != row.codes[0] else 12)
    wrong = await row.end(site, row_id, text)
    if row.api == KF and classify(code) is ErrorClass.RECIPIENT:
        await site.say(TENANT, "帮助")  # heard of again
    return f"{code}: {wrong}" if wrong else ""


async def test_every_code_has_the_end_of_its_class(site: Site) -> None:
    wrong = [
        f"{name} {fault}"
        for name, row in TABLE.items()
        for code in row.codes
        if (fault := await play(site, row, code))
    ]
    assert wrong == []
    alarms = [entry for entry in site.world.phones.show("linfang", 0) if "系统提醒" in entry["text"]]
    assert {"可信IP", "渠道发送受阻", "收不到发给 赵磊"} <= {
        word
        for word in ("可信IP", "渠道发送受阻", "收不到发给 赵磊")
        for entry in alarms
        if word in entry["text"]
    }
    assert not any(line["why"] for line in site.world.ledger.lines() if line["api"] == SEND)


READING = (-1, 6000, 40014, 42001, 45009, 45033, 95007)


async def test_a_refused_reading_is_made_good(site: Site) -> None:
    """What refuses kf/sync_msg once, also the notice's own token (95007), keeps no tenant without an answer."""
    wrong = []
    await site.say(TENANT, "帮助")
    for code in READING:
        site.new(TENANT)
        site.order({"api": "kf/sync_msg", "errcode": code})
        await site.say(TENANT, "帮助")
        await site.wait(minutes=3)
        wrong += [f"{code}: {len(entries)} answers" for entries in [site.new(TENANT)] if len(entries) != 1]
    assert wrong == []


def test_every_code_of_the_table_is_known_and_has_a_cure_where_a_person_is_needed() -> None:
    needs_cure = {ErrorClass.CONFIG, ErrorClass.CONTENT, ErrorClass.BLOCKED, ErrorClass.MEDIA}
    for row in TABLE.values():
        for code in row.codes:
            assert (classify(code) is ErrorClass.UNKNOWN) is (code == 99999), code
            assert bool(cure_of(code)) or classify(code) not in needs_cure, code


SILENCE: dict[str, dict[str, Any]] = {
    "5xx": {"http": 503},
    "html": {"html": True},
    "dropped": {"drop": True},
    "answer lost": {"deliver_then_drop": True},
}


async def test_silence_is_answered_with_the_same_bytes(site: Site) -> None:
    wrong = []
    for name, fault in SILENCE.items():
        for api in (SEND, KF):
            text = f"{name} {api}"
            site.new(MEMBER)
            row_id = await say(site, api, text)
            site.order({"api": api, "times": 2, **fault})
            await site.wait(minutes=2)
            wrong += [f"{name} {api}: {why}" for why in [await arrives_once(site, row_id, text)] if why]
    assert wrong == []
