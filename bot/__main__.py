"""The command line: `python -m bot …`. Commands import what they need when they run, so that help comes at once."""

from __future__ import annotations

import gc

# What is imported stays for good: the collector finds nothing in it, and looking costs a fifth of the start.
# bot.commands.context.run sets it going again.
gc.disable()

from bot.commands import app  # noqa: E402 - the imports are what it is about

if __name__ == "__main__":
    app(prog_name="python -m bot")
