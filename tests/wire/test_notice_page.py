"""The page of a letter over HTTP: read, opened as PDF, signed; and what strangers and guessers see."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select, update

from bot.core import Core
from bot.notice_files import NoticeFiles
from models.database import Database
from models.fees.bill import Bill
from models.notices.notice import Notice, Receipt, receipts_of
from models.people.identity import BindingAttempt
from models.people.tenant import ContactRole
from tests.fakes.letter_site import NOW, letter_park, open_letter_site
from tests.store.fee_park import FeePark, day, kept
from tests.store.letters import RULES, letters


@dataclass
class Site:
    """The page of one letter."""

    client: TestClient[web.Request, web.Application]
    core: Core
    files: NoticeFiles
    notice: Notice

    async def get(self, path: str) -> ClientResponse:
        return await self.client.get(path, allow_redirects=False)

    async def sign(self, path: str = "", **fields: str) -> ClientResponse:
        """Fills the form as a browser would, with the page's own csrf."""
        path = path or f"/n/{self.notice.token}"
        page = await (await self.get(path)).text()
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
        form = {"name": "李娜", "role": "负责人", "mobile_tail": "0001", "csrf": found[1] if found else ""}
        return await self.client.post(path, data=form | fields, allow_redirects=False)

    async def receipts(self) -> list[Receipt]:
        async with self.core.db.read() as session:
            return await receipts_of(session, self.notice.id)

    async def now(self) -> Notice:
        """The letter as it stands."""
        return (await letters(self.core.db))[0]


@kept
async def park(db: Database) -> FeePark:
    return await letter_park(db)


@pytest.fixture
async def site(park: FeePark, tmp_path: Path) -> AsyncIterator[Site]:
    opened = await open_letter_site(park.db, tmp_path)
    async with TestClient(TestServer(opened.app)) as client:
        yield Site(client, opened.core, opened.files, opened.notice)


async def test_the_letter_is_read_and_the_first_look_noted(site: Site) -> None:
    answer = await site.get(f"/n/{site.notice.token}")
    text = await answer.text()
    assert answer.status == 200
    for words in (
        "JF-202603-0001",
        "1,000.00",
        "人民币壹仟元整",
        "2026年4月15日",
        "&lt;b&gt;云帆&lt;/b&gt;设计",
    ):
        assert words in text
    assert (await site.now()).seen_at == NOW
    assert await (await site.get(f"/n/{site.notice.short_code}")).text() != ""


async def test_nothing_of_it_stays_in_caches_or_search_engines(site: Site) -> None:
    for path in (f"/n/{site.notice.token}", f"/n/{site.notice.token}/pdf", "/n/wrong"):
        headers = (await site.get(path)).headers
        assert headers["Cache-Control"] == "no-store"
        assert "noindex" in headers["X-Robots-Tag"]
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in headers["Content-Security-Policy"]


async def test_an_unknown_and_an_expired_link_look_the_same(site: Site) -> None:
    unknown = await site.get("/n/" + "x" * 43)
    async with site.core.db.begin() as session:
        row = await session.get_one(Notice, site.notice.id)
        row.token_expires_at = day(3, 26, 14)
    expired = await site.get(f"/n/{site.notice.token}")
    assert (unknown.status, expired.status) == (404, 404)
    assert await unknown.text() == await expired.text()
    assert (await site.get(f"/n/{site.notice.short_code}/pdf")).status == 404
    assert (await site.sign()).status == 404


async def test_odd_links_lead_nowhere(site: Site) -> None:
    for token in ("%00", "..%2f..", "%ff%fe", "'--", "😀" * 50, "x" * 5000):
        assert (await site.get(f"/n/{token}")).status in (400, 404), token


async def test_the_file_is_the_same_for_ever_and_its_digest_is_kept(site: Site) -> None:
    first = await (await site.get(f"/n/{site.notice.token}/pdf")).read()
    again = await site.files.pdf(site.notice.id)
    assert first == again and first.startswith(b"%PDF")
    assert (await site.now()).sha256 == hashlib.sha256(first).hexdigest()


async def test_a_signature_names_the_very_document(site: Site) -> None:
    answer = await site.sign()
    assert (answer.status, answer.headers["Location"]) == (303, f"/n/{site.notice.token}")
    (receipt,) = await site.receipts()
    assert (receipt.signer, receipt.role, receipt.how, receipt.sufficient) == ("李娜", "负责人", "网页", True)
    assert receipt.sha256 == hashlib.sha256(await site.files.pdf(site.notice.id)).hexdigest()
    assert receipt.evidence["address"] == "127.0.0.1" and "browser" in receipt.evidence
    page = await (await site.get(f"/n/{site.notice.token}")).text()
    assert "<strong>李娜</strong>（负责人）于 2026年3月26日 15:00 签收" in page
    assert "确认签收" not in page


async def test_signing_twice_is_signing_once(site: Site) -> None:
    page = await (await site.get(f"/n/{site.notice.short_code}")).text()
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found
    for _ in range(2):
        answer = await site.sign(f"/n/{site.notice.short_code}", csrf=found[1])
        assert answer.status == 303
    assert len(await site.receipts()) == 1


async def test_mistakes_are_shown_and_nothing_is_kept(site: Site) -> None:
    answer = await site.sign(mobile_tail="9999", name="李娜\u202e")
    text = await answer.text()
    assert answer.status == 400 and "与登记的手机号不符" in text and 'value="李娜"' in text
    assert "请填写签收人姓名" in await (await site.sign(name="  ")).text()
    assert "请选择您的身份" in await (await site.sign(role="老板")).text()
    assert "页面已过期" in await (await site.sign(csrf="0" * 64)).text()
    assert await site.receipts() == []


async def test_nobody_guesses_a_mobile(site: Site) -> None:
    for tail in ("1111", "2222", "3333", "4444", "5555"):
        await site.sign(mobile_tail=tail)
    assert "填错次数过多" in await (await site.sign()).text()
    assert await site.receipts() == []


async def test_nobody_guesses_a_mobile_by_many_tries_at_once(site: Site) -> None:
    await asyncio.gather(*(site.sign(mobile_tail=f"{tail:04}") for tail in range(7000, 7012)))
    async with site.core.db.read() as session:
        assert (
            await session.scalar(select(func.count()).select_from(BindingAttempt)) == RULES.binding.attempts
        )
    assert "填错次数过多" in await (await site.sign()).text()


async def test_what_is_paid_is_not_asked_for_again(site: Site) -> None:
    async with site.core.db.begin() as session:
        await session.execute(update(Bill).values(paid_fen=Bill.total_fen))
    page = await (await site.get(f"/n/{site.notice.token}")).text()
    assert "已缴清，请勿重复付款" in page and "确认签收" in page
    assert "缴费期限" not in page and "账号" not in page


async def test_a_void_letter_asks_for_nothing(site: Site) -> None:
    page = await (await site.get(f"/n/{site.notice.token}")).text()
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    async with site.core.db.begin() as session:
        await session.execute(update(Notice).values(void_at=NOW))
    page = await (await site.get(f"/n/{site.notice.token}")).text()
    assert "已作废，请勿按此付款" in page
    assert "缴费期限" not in page and "账号" not in page and "确认签收" not in page
    answer = await site.sign(csrf=csrf[1] if csrf else "")
    assert answer.status == 400 and "无需签收" in await answer.text()
    assert await site.receipts() == []


async def test_what_a_browser_fetches_ahead_of_a_tap_was_seen_by_nobody(site: Site) -> None:
    path = f"/n/{site.notice.token}"
    await site.client.get(path, headers={"Sec-Purpose": "prefetch;prerender"})
    await site.client.get(f"{path}/pdf", headers={"Purpose": "prefetch"})
    await site.client.head(path)
    assert (await site.now()).seen_at is None


async def test_whoever_knows_only_an_employees_mobile_signs_as_an_employee(site: Site) -> None:
    answer = await site.sign(name="某某", role="法定代表人", mobile_tail="0003")
    assert answer.status == 400 and "不能代表贵司签收" in await answer.text()
    (receipt,) = await site.receipts()
    assert (receipt.role, receipt.sufficient) == (ContactRole.EMPLOYEE.value, False)
    assert receipt.evidence["role"] == "法定代表人"
    assert (await site.sign()).status == 303


async def test_odd_forms_change_nothing(site: Site) -> None:
    path = f"/n/{site.notice.token}"
    kinds = (
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; charset=nope",
    )
    for body in (b"", b"\xff" * 100, b"a=1&" * 500, b"name=%ff%fe&csrf=%E4", b"x" * 20_000):
        for kind in kinds:
            answer = await site.client.post(path, data=body, headers={"Content-Type": kind})
            assert answer.status == 400, (body[:40], kind)
        assert await site.receipts() == [], body[:40]
