"""What is thrown at the service: good things damaged, words of the trade in any order, and what breaks parsers."""

from __future__ import annotations

from random import Random
from typing import Any

from handlers import ROUTERS
from handlers.routing import Side
from tests.wire.callbacks import inner

ODD = (
    "", "\u200b", "\u202e", "\x00", "😀", "𠮷", "＝1+1", "=cmd|' /C calc'!A0", "@all", "<@user>", "[x](http://evil)",
    "<b>", "</xml>", "]]>", "<!ENTITY a 'a'>", "../../etc/passwd", "'; DROP TABLE bill; --", "9" * 40, "-1", "0",
    "1e309", "2026-02-30", "25:61", "，", "：", "\n", "R01", "A-1203", "云帆", "3月", "1409.50", "电", "是",
    "取消", "JF-202603-0001", "长" * 3000,
)  # fmt: skip


def damaged(random: Random, data: bytes) -> bytes:
    """Some bytes are flipped, cut out, doubled or put in."""
    out = bytearray(data)
    for _ in range(random.randint(1, 8)):
        at, way = random.randrange(len(out) + 1), random.randrange(4)
        if way == 0 and at < len(out):
            out[at] ^= 1 << random.randrange(8)
        elif way == 1:
            del out[at : at + random.randint(1, 30)]
        elif way == 2:
            out[at:at] = out[at : at + random.randint(1, 60)]
        else:
            out[at:at] = random.randbytes(random.randint(1, 12))
    return bytes(out)


def plain(random: Random) -> bytes:
    """The inner XML of a callback, with odd things in its fields, then perhaps damaged."""
    kind = random.choice(["text", "image", "event", "location", "voice", "", "unknown"])
    names = [
        "MsgId",
        "Content",
        "Event",
        "EventKey",
        "TaskId",
        "MediaId",
        "Location_X",
        "CreateTime",
        "Token",
    ]
    fields = "".join(f"<{name}>{odd(random)}</{name}>" for name in random.sample(names, random.randrange(6)))
    text = inner(kind, fields, odd(random) or "LiMing").encode("utf-8", "surrogatepass")
    return damaged(random, text) if random.random() < 0.6 else text


def odd(random: Random) -> str:
    """One odd thing, or any characters."""
    if random.random() < 0.7:
        return random.choice(ODD)
    return "".join(
        chr(random.choice((random.randrange(1, 0x300), random.randrange(0x4E00, 0x9FFF)))) for _ in range(20)
    )


def item(random: Random, depth: int = 0) -> Any:
    """Any JSON; at the top often something like an item of sync_msg."""
    if depth == 0 and random.random() < 0.8:
        names = [
            "msgid",
            "open_kfid",
            "external_userid",
            "send_time",
            "origin",
            "msgtype",
            "text",
            "event",
            "image",
        ]
        return {name: item(random, 1) for name in random.sample(names, random.randint(2, 9))}
    ways = [
        lambda: odd(random),
        lambda: random.choice(
            [None, True, 3, 4, 5, -1, 2**63, 1.5, "text", "event", "image", "enter_session"]
        ),
        lambda: [item(random, depth + 1) for _ in range(random.randrange(3))] if depth < 4 else [],
        lambda: (
            {odd(random)[:9]: item(random, depth + 1) for _ in range(random.randrange(4))}
            if depth < 4
            else {}
        ),
    ]
    return random.choice(ways)()


WORDS = {
    side: sorted(
        {
            word
            for router in ROUTERS
            if router.side is side
            for c in router.commands
            for word in (c.word, *c.aliases)
        }
    )
    for side in Side
}
TAPS = {
    side: sorted({press.prefix for router in ROUTERS if router.side is side for press in router.presses})
    for side in Side
}


def sentence(random: Random, side: Side) -> str:
    """A command, mostly, with what people and others write behind it."""
    first = [random.choice(WORDS[side])] if random.random() < 0.8 else []
    glue = random.choice([" ", "", "\n", "，", "\u3000"])
    return glue.join([*first, *(odd(random) for _ in range(random.randrange(5)))])


def tap(random: Random, side: Side) -> str:
    """The key of a button, forged."""
    tail = random.choice(["1", "2:5", "999999", "-1", "²", odd(random)[:60]])
    return f"{random.choice(TAPS[side])}:{tail}"
