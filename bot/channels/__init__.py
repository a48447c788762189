"""The ways to reach a person, best first: the table of contents of this folder."""

from __future__ import annotations

from bot.channels.base import Channel
from bot.channels.sms import SmsChannel
from bot.channels.wecom_app import WecomApp
from bot.channels.wecom_kf import WecomKf

CHANNELS: tuple[type[Channel], ...] = (WecomApp, WecomKf, SmsChannel)

__all__ = ["CHANNELS", "Channel", "SmsChannel", "WecomApp", "WecomKf"]
