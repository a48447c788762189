"""The table of contents of the channels."""

from __future__ import annotations

from pathlib import Path

import bot.channels


def test_every_channel_of_the_folder_is_in_its_table() -> None:
    folder = Path(bot.channels.__file__).parent
    with_send = {
        path.stem
        for path in folder.glob("*.py")
        if "def ask(" in path.read_text("utf-8") and path.stem != "base"
    }
    assert {channel.__module__.rpartition(".")[2] for channel in bot.channels.CHANNELS} == with_send
