"""Chatting on the page of phones: what is typed arrives, what is answered is seen, by whom it should be."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from playwright.async_api import FilePayload, Locator, Page, expect

from tests.fakes.phones import HOSTILE, FakePhones

pytestmark = pytest.mark.asyncio(loop_scope="session")


def png(width: int, height: int) -> bytes:
    """A grey picture, to be chosen as a photo."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = io.BytesIO()
    for _ in range(height):
        rows.write(b"\0" + b"\x80" * width)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows.getvalue())) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height out of the frame header."""
    at = next(at for at in range(len(data)) if data[at : at + 2] in (b"\xff\xc0", b"\xff\xc2"))
    height, width = struct.unpack(">HH", data[at + 5 : at + 9])
    return width, height


def last_message(page: Page, pane: str) -> Locator:
    return page.locator(f"#pane-{pane} .message").last


async def say(page: Page, pane: str, text: str) -> None:
    await page.locator(f"#pane-{pane} .field").fill(text)
    await page.locator(f"#pane-{pane} .field").press("Enter")


async def switch(page: Page, pane: str, search: str) -> None:
    """Chooses a person with the keyboard alone."""
    await page.locator(f"#pane-{pane} .switcher").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.type(search)
    await page.keyboard.press("Enter")


async def test_enter_sends_and_the_answer_appears(desktop: Page, site: str, phones: FakePhones) -> None:
    await desktop.goto(site)
    await say(desktop, "tenant", "报修 3楼空调不冷了")
    await expect(last_message(desktop, "tenant")).to_contain_text("已登记报修 R07")
    assert ("lina", {"text": "报修 3楼空调不冷了"}) in phones.said
    await expect(desktop.locator("#pane-tenant .field")).to_have_value("")


async def test_shift_enter_makes_a_line_and_lines_stay(desktop: Page, site: str, phones: FakePhones) -> None:
    await desktop.goto(site)
    field = desktop.locator("#pane-staff .field")
    await field.fill("抄表")
    await field.press("Shift+Enter")
    await field.press_sequentially("D301 10260")
    await field.press("Enter")
    bubble = desktop.locator("#pane-staff .from-me .bubble")
    await expect(bubble).to_have_text("抄表\nD301 10260", use_inner_text=True)
    assert phones.said == [("zhoumin", {"text": "抄表\nD301 10260"})]


async def test_a_new_phone_is_opened_once_and_greeted(desktop: Page, site: str, phones: FakePhones) -> None:
    await desktop.goto(site)
    await expect(last_message(desktop, "tenant")).to_contain_text("这里是物业服务中心")
    await desktop.reload()
    await expect(last_message(desktop, "tenant")).to_contain_text("这里是物业服务中心")
    assert phones.opened.count("lina") == 1


async def test_word_chips_say_the_word(desktop: Page, site: str, phones: FakePhones) -> None:
    await desktop.goto(site)
    await desktop.get_by_role("button", name="进度", exact=True).click()
    await expect(last_message(desktop, "tenant")).to_contain_text("收到：进度")
    assert phones.said == [("lina", {"text": "进度"})]


async def test_another_person_has_another_phone(desktop: Page, site: str, phones: FakePhones) -> None:
    phones.put("zhaolei", text="只给赵磊看")
    phones.put("zhaolei", channel="sms", text="验证码 482913")
    await desktop.goto(site)
    await expect(desktop.locator("#pane-tenant")).not_to_contain_text("只给赵磊看")
    await switch(desktop, "tenant", "云帆")
    await expect(desktop.locator("#pane-tenant .switcher")).to_contain_text("赵磊")
    await expect(last_message(desktop, "tenant")).to_contain_text("只给赵磊看")
    await expect(last_message(desktop, "sms")).to_contain_text("验证码 482913")
    assert phones.opened[-1] == "zhaolei"


async def test_unread_messages_of_others_are_counted_until_looked_at(
    desktop: Page, site: str, phones: FakePhones
) -> None:
    await desktop.goto(site)
    await expect(last_message(desktop, "staff")).to_be_visible()
    phones.put("chenjing", text="待复核")
    phones.put("chenjing", text="待收款")
    badge = desktop.locator("#pane-staff .switcher .badge")
    await expect(badge).to_have_text("2")
    await desktop.locator("#pane-staff .switcher").click()
    await expect(desktop.locator('[data-person="chenjing"] .badge')).to_have_text("2")
    await desktop.locator('[data-person="chenjing"]').click()
    await expect(badge).to_be_hidden()


async def test_a_refusal_is_told_and_the_text_is_kept(desktop: Page, site: str) -> None:
    await desktop.goto(site)
    await say(desktop, "tenant", "出错")
    await expect(desktop.get_by_role("alert")).to_contain_text("会话已过期")
    await expect(desktop.locator("#pane-tenant .field")).to_have_value("出错")


async def test_a_large_photo_is_scaled_down_and_can_be_enlarged(
    desktop: Page, site: str, phones: FakePhones
) -> None:
    await desktop.goto(site)
    photo = FilePayload(name="现场.png", mimeType="image/png", buffer=png(2600, 1300))
    await desktop.locator('#pane-tenant input[aria-label="选择照片"]').set_input_files(photo)
    await desktop.locator("#pane-tenant .picture").click()
    await expect(desktop.locator("#viewer img")).to_be_visible()
    await desktop.keyboard.press("Escape")
    await expect(desktop.locator("#viewer")).to_be_hidden()
    assert jpeg_size(phones.media[0]) == (1280, 640)


async def test_a_sample_photo_can_be_sent_without_a_camera(
    desktop: Page, site: str, phones: FakePhones
) -> None:
    await desktop.goto(site)
    await desktop.locator("#pane-tenant .plus").click()
    await desktop.locator("#pane-tenant").get_by_role("button", name="拍一张样例照片").click()
    await expect(desktop.locator("#pane-tenant .picture img")).to_be_visible()
    assert jpeg_size(phones.media[0]) == (960, 720)


async def test_what_is_no_picture_is_refused_here(desktop: Page, site: str, phones: FakePhones) -> None:
    await desktop.goto(site)
    fake = FilePayload(name="a.png", mimeType="image/png", buffer=b"not a picture")
    await desktop.locator('#pane-tenant input[aria-label="选择照片"]').set_input_files(fake)
    await expect(desktop.get_by_role("alert")).to_contain_text("不是可以识别的图片")
    assert phones.said == []


async def test_a_pdf_opens_in_a_new_window(desktop: Page, site: str, phones: FakePhones) -> None:
    phones.put("lina", kind="file", title="缴费通知单.pdf", url="/bill.pdf")
    await desktop.goto(site)
    link = desktop.locator("#pane-tenant a.attachment")
    await expect(link).to_have_attribute("target", "_blank")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await expect(link).to_have_attribute("href", f"{site}bill.pdf")
    await expect(link).to_contain_text("PDF")


async def test_hostile_names_and_texts_stay_text(desktop: Page, site: str, phones: FakePhones) -> None:
    phones.put("smith", text=f"{HOSTILE}\n<script>window.hacked=1</script>")
    phones.put("smith", kind="card", title=HOSTILE, text=HOSTILE, url="javascript:window.hacked=1")
    phones.put("smith", kind="image", url="javascript:window.hacked=1", text=HOSTILE)
    await desktop.goto(site)
    await switch(desktop, "tenant", "Smith")
    await expect(desktop.locator("#pane-tenant .bubble").first).to_contain_text(
        "<script>window.hacked=1</script>"
    )
    await expect(desktop.locator("#pane-tenant .card h3")).to_have_text(HOSTILE)
    await expect(desktop.locator("#pane-tenant .more")).to_have_count(0)
    assert await desktop.evaluate("window.hacked") is None
    assert await desktop.locator("#pane-tenant .log img").count() == 0


async def test_only_web_links_become_links(desktop: Page, site: str, phones: FakePhones) -> None:
    good = '<a href="http://example.com/n/1?a=1&b=2">明细</a>'
    phones.put("zhoumin", text=f'{good} <a href="javascript:alert(1)">坏</a> 见 https://example.com/x。完')
    await desktop.goto(site)
    links = desktop.locator("#pane-staff .bubble a")
    await expect(links).to_have_text(["明细", "https://example.com/x"])
    await expect(links.first).to_have_attribute("href", "http://example.com/n/1?a=1&b=2")
    await expect(desktop.locator("#pane-staff .bubble").last).to_contain_text("坏 见")


async def test_a_demo_started_anew_empties_the_phones(desktop: Page, site: str, phones: FakePhones) -> None:
    for number in range(3):
        phones.put("lina", text=f"旧消息 {number}")
    await desktop.goto(site)
    await expect(last_message(desktop, "tenant")).to_contain_text("旧消息 2")
    phones.phones.clear()
    await expect(desktop.locator("#pane-tenant .message")).to_have_count(0)
    phones.put("lina", text="新的开始")
    await expect(last_message(desktop, "tenant")).to_contain_text("新的开始")


async def test_the_newest_stays_in_sight_unless_one_reads_above(
    desktop: Page, site: str, phones: FakePhones
) -> None:
    for number in range(30):
        phones.put("lina", text=f"消息 {number}")
    await desktop.goto(site)
    await expect(last_message(desktop, "tenant")).to_be_in_viewport()
    await desktop.locator("#pane-tenant .plus").click()
    await expect(last_message(desktop, "tenant")).to_be_in_viewport()
    await desktop.locator("#pane-tenant .message").first.scroll_into_view_if_needed()
    phones.put("lina", text="后来的消息")
    await expect(last_message(desktop, "tenant")).to_contain_text("后来的消息")
    await expect(last_message(desktop, "tenant")).not_to_be_in_viewport()
    await say(desktop, "tenant", "我说一句")
    await expect(last_message(desktop, "tenant")).to_be_in_viewport()
