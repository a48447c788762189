"""The one typeface of documents and pictures: Noto Sans SC, which ships inside the zhplot package."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import typst

from models.errors import ConfigError


@cache
def font_folder() -> Path:
    """Where the font file lies. The package itself is not imported: it would bring matplotlib along."""
    spec = find_spec("zhplot")
    if spec is None or spec.origin is None:
        raise ConfigError("缺少字体：请安装 zhplot（make install 会一并安装）。")
    return Path(spec.origin).parent / "fonts"


@cache
def fonts() -> typst.Fonts:
    """Only our own font, read once: what the machine has installed must not change a document's bytes."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_folder())]
    )
