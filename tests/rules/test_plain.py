"""A card or menu in plain words."""

from __future__ import annotations

import pytest

from models.messages.content import Button, Content, Sms
from models.messages.plain import plainer

POINTER = Sms("notice", (("code", "x"),))


@pytest.mark.parametrize(
    "content",
    [
        Content("只有文字", sms=POINTER),
        Content("文字", url="https://x"),
        Content(file="notice:1", file_name="a.pdf"),
        Content("欢迎", buttons=(Button("say:帮助", "帮助"),), welcome_code="C"),
        Content(task_id="t", replace="已接单"),
    ],
)
def test_what_is_no_card_stays_as_it_is(content: Content) -> None:
    assert plainer(content) is None


def test_words_take_the_place_of_buttons_and_the_sms_stays() -> None:
    buttons = (Button("say:待办", "看待办"), Button("accept:7", "接单"))
    said = plainer(Content("R07 空调", title="新单", buttons=buttons, url="https://x/n/1", sms=POINTER))
    assert said == Content("新单\nR07 空调\nhttps://x/n/1\n（按钮没能显示，请直接发送：待办）", sms=POINTER)
    only_tap = plainer(Content("请签收", buttons=(Button("sign:1", "签收"),)))
    assert only_tap is not None and only_tap.text.endswith("请发送“帮助”看怎样答复）")
    assert len((plainer(Content("长" * 900, buttons=buttons)) or Content()).text.encode()) <= 2000
