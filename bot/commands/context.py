"""What commands share: the configuration, and errors told as a sentence instead of a traceback."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import typer

from bot.config import Config, load
from models.errors import ServiceError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Options:
    """The options before the command's name."""

    path: Path

    def config(self) -> Config:
        """The configuration; ends the program with a sentence when it can not be used."""
        try:
            return load(self.path)
        except ServiceError as error:
            raise stop(error) from error


def stop(error: object) -> typer.Exit:
    """Says what is wrong and ends with status 1."""
    typer.secho(str(error), fg="red", err=True)
    return typer.Exit(1)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs a command's work; errors that people can mend become a sentence.

    From here on garbage is collected: `bot.__main__` has put that off while modules are loaded.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
    try:
        return asyncio.run(work)
    except ServiceError as error:
        raise stop(error) from error
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
