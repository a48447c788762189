"""Which channel a message takes, and how much one address may get: pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.messages.broadcast import is_crowded
from models.messages.caps import Cap, Room, room, sms_caps
from models.messages.content import Content, Sms
from models.messages.delivery import Choice, Decision, Later, Nobody, Reach, Unwanted, Wait, choose
from models.messages.outbox import Purpose
from models.messages.send_count import SLICE, SLICES, spans_at
from models.messages.window import Holder, KfWindow
from models.rules.sending import SendingRules

NOW = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
TEXT, SMS = Content(text="x"), Content(text="x", sms=Sms("notice"))
FULL = Room(NOW + timedelta(hours=3), "满")
SOON = Room(NOW + timedelta(minutes=1), "满")
OPEN = Reach(kf=("wm1",), kf_known=True, kf_words="第 2/5 条", mobile="138")
CLOSED = Reach(kf_known=True, kf_words="窗口已关闭", mobile="138")
CAPPED = Reach(kf_known=True, mobile="138", sms_room=FULL)

TABLE: dict[str, tuple[Purpose, Content, Reach, tuple[str, ...], type[Decision], str]] = {
    "a member": (Purpose.WORK, TEXT, Reach(staff="a"), (), Choice, "员工"),
    "a member has had 28 in a minute": (Purpose.WORK, TEXT, Reach(staff="a", staff_room=SOON), (), Later, "限额"),
    "a member unknown to WeCom": (Purpose.WORK, TEXT, Reach(staff="a"), ("wecom",), Nobody, "拒收"),
    "an open window": (Purpose.NOTICE, SMS, OPEN, (), Choice, "第 2/5 条"),
    "a closed window": (Purpose.NOTICE, SMS, CLOSED, (), Choice, "窗口已关闭，改发短信"),
    "the window refused": (Purpose.NOTICE, SMS, OPEN, ("kf",), Choice, "短信"),
    "a letter over the cap": (Purpose.NOTICE, SMS, CAPPED, (), Later, "额度恢复"),
    "news over the cap": (Purpose.UPDATE, SMS, CAPPED, (), Wait, "短信已到限额"),
    "a code goes by SMS though the chat is open": (Purpose.CODE, SMS, OPEN, (), Choice, "验证码"),
    "a code a minute later": (Purpose.CODE, SMS, Reach(mobile="138", sms_room=SOON), (), Later, "稍后"),
    "a code three hours later is of no use": (Purpose.CODE, SMS, CAPPED, (), Nobody, "限额"),
    "news wait for the customer": (Purpose.UPDATE, TEXT, CLOSED, (), Wait, "等对方"),
    "a letter without SMS needs a person": (Purpose.NOTICE, TEXT, CLOSED, (), Nobody, "不发短信"),
    "everything tried": (Purpose.NOTICE, SMS, CLOSED, ("kf", "sms"), Nobody, "短信未送达"),
    "opted out": (Purpose.NOTICE, SMS, Reach(sms_words="对方已退订短信"), (), Nobody, "退订"),
    "an answer while a person talks": (
        Purpose.REPLY, TEXT, Reach(kf_known=True, kf_words="人工会话中", human=True), (), Unwanted, "不插话",
    ),
    "news while a person talks": (
        Purpose.UPDATE, TEXT, Reach(kf_known=True, kf_words="人工会话中", human=True), (), Wait, "人工会话中",
    ),
    "a letter while a person talks": (
        Purpose.NOTICE, SMS, Reach(kf_known=True, kf_words="人工会话中", human=True, mobile="138"), (), Choice, "短信",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLE.values(), ids=TABLE)
def test_the_channel_is_chosen_from_facts(
    case: tuple[Purpose, Content, Reach, tuple[str, ...], type[Decision], str],
) -> None:
    purpose, content, reach, tried, kind, words = case
    decision = choose(purpose, content, reach, NOW, tried)
    assert isinstance(decision, kind)
    assert words in decision.why


def test_a_number_gets_no_more_than_its_caps_and_is_told_when_again() -> None:
    caps = sms_caps(Purpose.CODE, SendingRules())
    ago = [NOW - timedelta(seconds=s) for s in (30, 300, 600, 900, 1200)]
    assert room(ago[1:], caps, NOW).free_at is None
    assert room(ago[:1], caps, NOW).free_at == NOW + timedelta(seconds=30)
    assert room(ago, caps, NOW).free_at == NOW + timedelta(minutes=40)
    notices = [NOW - timedelta(hours=n / 3) for n in range(50)]
    assert room(notices, sms_caps(Purpose.NOTICE, SendingRules()), NOW).free_at == notices[-1] + timedelta(
        days=1
    )
    assert room([], [Cap(timedelta(days=1), 1)], NOW) == Room(None, "该号码 24 小时内第 1/1 条")


@pytest.mark.parametrize("second", range(0, 60, 7))
def test_no_sixty_seconds_hold_more_than_a_minute_may(second: int) -> None:
    """However the platform's minute lies to our slices."""
    start, per_minute = NOW + timedelta(seconds=second), 10_000
    instants = [start + timedelta(seconds=s) for s in range(60)]
    slices = {span.key: span.most for at in instants for span in spans_at(at, 200, per_minute)["kf"]}
    assert len(slices) <= SLICES == 60 / SLICE.total_seconds() + 1
    assert sum(slices.values()) <= per_minute


WINDOW: dict[str, tuple[dict[str, object], float, str]] = {
    "just written": ({}, 1, ""),
    "a minute before the end": ({}, 48 * 60 - 1, "48 小时"),
    "five sent": ({"sent": 5}, 1, "5 条已用完"),
    "a person has it": ({"state": Holder.HUMAN, "state_at": NOW}, 1, "人工会话中"),
    "a person had it two days ago": ({"state": Holder.HUMAN, "state_at": NOW - timedelta(days=2)}, 1, ""),
    "ended": ({"state": Holder.ENDED, "state_at": NOW}, 1, "会话已结束"),
    "the bot has it": ({"state": Holder.BOT, "state_at": NOW}, 1, ""),
}


@pytest.mark.parametrize("case", WINDOW.values(), ids=WINDOW)
def test_the_window_says_why_it_is_closed(case: tuple[dict[str, object], float, str]) -> None:
    fields, minutes, why = case
    window = KfWindow(account="wm1", **({"sent": 0, "state": 0, "last_inbound_at": NOW} | fields))
    told = window.why_closed(NOW + timedelta(minutes=minutes))
    assert why in told
    assert bool(why) == bool(told)


def test_broadcasts_keep_away_from_the_full_and_the_half_hour() -> None:
    minutes = [minute for minute in range(60) if is_crowded(NOW + timedelta(minutes=minute))]
    assert minutes == [0, 1, 28, 29, 30, 31, 58, 59]
