"""What one company may not learn of another, an employee of money, a stranger at all, a member beyond their role."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import pytest
from sqlalchemy import select, update

from handlers import ROUTERS
from handlers.routing import ANYONE, Command, Side
from models.cases.case import Case
from models.fees.bill import Bill, BillLine
from models.fees.money import yuan
from models.fees.payment import Payment
from models.messages.outbox import OutboxMessage
from models.notices.notice import Notice
from models.people.staff import Staff
from models.people.tenant import Contact, ContactRole, Tenant
from tests.fakes.full_park import NOTHING, Said, changed, hear, hear_all, rows
from tests.fakes.world import World

TENANT = [router for router in ROUTERS if router.side is Side.TENANT]
STAFF = [router for router in ROUTERS if router.side is Side.STAFF]
COMMANDS = [command for router in TENANT for command in router.commands]
PRESSES = [press.prefix for router in TENANT for press in router.presses]
_MONEY = re.compile(r"[0-9][0-9,]*\.[0-9]{2}(?![0-9])|[0-9] ?元")


@dataclass
class Company:
    """All that is a company's own: what it would mind others reading, what they might type, its ids in the tables."""

    id: int
    secrets: list[str]
    names: list[str]
    ids: list[int]
    own: dict[str, set[int]]

    def leaked(self, said: Said) -> list[str]:
        """Secrets in the answer which the person had not typed."""
        return [each for each in self.secrets if each in said.text and each not in said.what]


async def company(world: World, name: str) -> Company:
    """Reads everything there is about it."""
    async with world.db.read() as session:
        tenant = (await session.scalars(select(Tenant).where(Tenant.name.contains(name)))).one()
        people = list(await session.scalars(select(Contact).where(Contact.tenant_id == tenant.id)))
        cases = list(await session.scalars(select(Case).where(Case.tenant_id == tenant.id)))
        bills = list(await session.scalars(select(Bill).where(Bill.tenant_id == tenant.id)))
        lines = list(
            await session.scalars(select(BillLine).where(BillLine.bill_id.in_([b.id for b in bills])))
        )
        letters = list(await session.scalars(select(Notice).where(Notice.tenant_id == tenant.id)))
        payments = list(await session.scalars(select(Payment).where(Payment.tenant_id == tenant.id)))
    assert cases and bills and lines and letters and payments
    amounts = [b.total_fen for b in bills] + [b.owed_fen for b in bills] + [p.amount_fen for p in payments]
    numbers = [
        *(case.number for case in cases),
        *(bill.number or "" for bill in bills),
        *(letter.number for letter in letters),
        *(payment.number for payment in payments),
    ]
    links = [link for letter in letters for link in (letter.token, letter.short_code)]
    told = [*(person.name for person in people), *(person.mobile for person in people)]
    secrets = [name, "芝麻", "8,642.00", *map(yuan, amounts), *numbers, *links, *told]
    tails = [number[-4:] for number in numbers]
    own = {"case_id": {c.id for c in cases}, "bill_id": {b.id for b in bills}, "notice_id": {n.id for n in letters},
           "payment_id": {p.id for p in payments}, "contact_id": {p.id for p in people}}  # fmt: skip
    ids = sorted({each for some in own.values() for each in some} | {tenant.id})
    return Company(tenant.id, secrets, [tenant.name, *numbers, *tails, *links, *told], ids, own)


async def rows_of(world: World, theirs: Company) -> dict[str, list[str]]:
    """The company's rows in all tables."""
    everything = await rows(world.db)
    return {
        table: [line for line in lines if _is_of(theirs, table, json.loads(line))]
        for table, lines in everything.items()
    }


_OF_ITSELF = {
    "case_": "case_id",
    "bill": "bill_id",
    "notice": "notice_id",
    "payment": "payment_id",
    "contact": "contact_id",
}


def _is_of(theirs: Company, table: str, row: dict[str, object]) -> bool:
    if table == "tenant":
        return row["id"] == theirs.id
    if table in _OF_ITSELF:
        return row["id"] in theirs.own[_OF_ITSELF[table]]
    return row.get("tenant_id") == theirs.id or any(row.get(name) in ids for name, ids in theirs.own.items())


async def told_to(world: World, theirs: Company) -> int:
    """How many messages the company's people were to get."""
    async with world.db.read() as session:
        found = await session.scalars(
            select(OutboxMessage.id).where(OutboxMessage.contact_id.in_(theirs.own["contact_id"]))
        )
        return len(list(found))


async def verify_nothing_leaks(
    world: World, person: str, theirs: Company, said: list[str], *, press: bool = False
) -> None:
    """Says (or taps) all of it: nothing of theirs comes back, nothing of theirs changes, nobody of theirs is written to."""
    before, written = await rows_of(world, theirs), await told_to(world, theirs)
    assert all(before[name] for name in ("case_", "bill", "notice", "payment"))
    for heard in await hear_all(world, person, said, press=press):
        assert heard.faults() == []
        assert theirs.leaked(heard) == [], heard
    assert changed(before, await rows_of(world, theirs)) == []
    assert await told_to(world, theirs) == written


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.word)
async def test_no_word_shows_another_companys_affairs(full_world: World, command: Command) -> None:
    theirs = await company(full_world, "青禾")
    said = [f"{command.word} {name}" for name in theirs.names] + [f"{command.word} R02 5", command.word]
    await verify_nothing_leaks(full_world, "lina", theirs, said)


@pytest.mark.parametrize("prefix", PRESSES)
async def test_no_tap_reaches_another_companys_affairs(full_world: World, prefix: str) -> None:
    theirs = await company(full_world, "青禾")
    endings = [str(each) for each in theirs.ids] + [f"{each}:5" for each in theirs.ids] + theirs.names
    await verify_nothing_leaks(
        full_world, "lina", theirs, [f"{prefix}:{ending}" for ending in endings], press=True
    )


async def test_a_companys_own_people_do_see_them(full_world: World) -> None:
    """That the tests around this one would notice a leak."""
    theirs = await company(full_world, "青禾")
    for said in ("账单", "明细", "进度", "进度 R02", "签收"):
        assert theirs.leaked(await hear(full_world, "zhaomin", said)), said


async def test_strangers_see_nothing_of_anybody(full_world: World) -> None:
    for name in ("青禾", "云帆"):
        theirs = await company(full_world, name)
        said = [f"{command.word} {each}" for command in COMMANDS for each in ("", *theirs.names[:6])]
        await verify_nothing_leaks(full_world, "stranger", theirs, [*said, *theirs.names])
        taps = [f"{prefix}:{each}" for prefix in PRESSES for each in theirs.ids]
        await verify_nothing_leaks(full_world, "stranger", theirs, taps, press=True)


async def test_employees_see_no_money(full_world: World) -> None:
    own = await company(full_world, "云帆")
    words = [word for command in COMMANDS for word in (command.word, *command.aliases, command.usage)]
    said = [*words, *(f"{command.word} {name}" for command in COMMANDS for name in own.names)]
    for heard in await hear_all(full_world, "xiaoming", said):
        assert not _MONEY.search(heard.text.replace(heard.what, "")), heard
    keys = [f"{prefix}:{each}" for prefix in PRESSES for each in own.ids]
    for heard in await hear_all(full_world, "xiaoming", keys, press=True):
        assert not _MONEY.search(heard.text), heard


@pytest.mark.parametrize(
    "change", [{"active": False}, {"role": ContactRole.EMPLOYEE}], ids=["left", "demoted"]
)
@pytest.mark.parametrize(("word", "answer"), [("异议", "电表读数有误"), ("承诺", "周五")])
async def test_a_contact_who_left_or_was_demoted_can_not_finish_a_form(
    full_world: World, change: dict[str, object], word: str, answer: str
) -> None:
    own = await company(full_world, "云帆")
    assert (await hear(full_world, "lina", word)).faults() == []
    async with full_world.db.begin() as session:
        await session.execute(update(Contact).where(Contact.name == "李娜").values(**change))
    before = await rows(full_world.db)
    heard = await hear(full_world, "lina", answer)
    assert heard.faults() == [] and own.leaked(heard) == []
    assert "请先绑定" in heard.text or "只对贵司登记的负责人" in heard.text
    assert changed(before, await rows(full_world.db)) == []


@pytest.mark.parametrize("change", [{"active": False}, {"roles": ["保安"]}], ids=["left", "other role"])
async def test_a_member_who_left_or_lost_the_role_can_not_finish_a_form(
    full_world: World, change: dict[str, object]
) -> None:
    assert "确认收款" in (await hear(full_world, "sunli", "收款 青禾 55.55 现金")).text
    async with full_world.db.begin() as session:
        await session.execute(update(Staff).where(Staff.userid == "sunli").values(**change))
    before = await rows(full_world.db)
    for said, press in (
        ("是", False),
        ("form:是", True),
        ("日结", False),
        ("欠费", False),
        ("租户 青禾", False),
    ):
        heard = await hear(full_world, "sunli", said, press=press)
        assert heard.faults() == []
        assert "没有这项权限" in heard.text or "还没有登记为本服务中心的员工" in heard.text, (
            said,
            heard.text,
        )
    assert changed(before, await rows(full_world.db)) == []


async def test_members_without_the_right_learn_nothing(full_world: World) -> None:
    theirs = await company(full_world, "青禾")
    words = [command.word for router in STAFF for command in router.commands if command.may != ANYONE]
    said = [f"{word} {name}" for word in words for name in ("", *theirs.names[:8])]
    await verify_nothing_leaks(full_world, NOTHING, theirs, said)
    taps = [f"{press.prefix}:{each}" for router in STAFF for press in router.presses for each in theirs.ids]
    await verify_nothing_leaks(full_world, NOTHING, theirs, taps, press=True)


async def test_an_offer_for_an_employees_report_goes_to_who_may_decide(full_world: World) -> None:
    await hear(full_world, "xiaoming", "报修 A-1203 插座没电")
    for said in ("领单 R05", "接单 R05", "到场 R05", "报价 R05 246.80 换插座"):
        assert (await hear(full_world, "zhaolei", said)).faults() == []
    async with full_world.db.read() as session:
        told = await session.scalars(
            select(Contact.name)
            .join(OutboxMessage, OutboxMessage.contact_id == Contact.id)
            .where(OutboxMessage.content["text"].as_string().contains("246.80"))
        )
        assert list(told) == ["李娜"]
    assert "246.80" in (await hear(full_world, "lina", "同意 R05")).text
