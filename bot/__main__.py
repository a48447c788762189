"""The command line: `python -m bot …`. Commands import what they need when they run, so that help comes at once."""

from __future__ import annotations

from bot.commands import app

if __name__ == "__main__":
    app(prog_name="python -m bot")
