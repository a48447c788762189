"""报修 of a month as a picture for a phone: how many of each category and of each worker, in time and late."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from bot.documents.fonts import font_folder
from models.clock import local
from models.kpi.desk import By, DeskMonth, Group

_WIDTH = 5.4
_DPI = 200
"""1080 pixels wide: the width of a phone."""
_ROW, _HEAD, _FOOT, _GAP = 0.34, 1.15, 0.5, 0.62
"""Inches: of a bar, above the first panel, below the last, between panels."""
_INK, _MUTED, _GRID = "#1b2733", "#566473", "#dde3e9"
_IN_TIME, _LATE, _OPEN = "#1f4e79", "#b3261e", "#c5ced8"
MOST = 10
"""Bars of a panel; the rest is one bar."""
_PANELS = (By.CATEGORY, By.WORKER, By.BUILDING)


def desk_chart_png(found: DeskMonth) -> bytes:
    """The picture. Draws with its own figure, so that it may run in any thread."""
    font = FontProperties(fname=str(font_folder() / "NotoSansSC-Regular.ttf"))
    panels = [(by, _shortened(found.groups[by])) for by in _PANELS]
    height = _HEAD + sum(len(groups) * _ROW + _GAP for _, groups in panels) + _FOOT
    figure = Figure(figsize=(_WIDTH, height), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    top = height - _HEAD
    for by, groups in panels:
        tall = len(groups) * _ROW
        axes = figure.add_axes((0.2, (top - _GAP / 2 - tall) / height, 0.7, tall / height))
        _panel(axes, f"按{by}", groups, font)
        top -= tall + _GAP
    _titles(figure, found, height, font)
    _legend(figure, height, font)
    kept = io.BytesIO()
    figure.savefig(kept, format="png")
    return kept.getvalue()


def _shortened(groups: Sequence[Group]) -> list[Group]:
    if len(groups) <= MOST:
        return list(groups)
    rest = groups[MOST - 1 :]
    other = Group(
        f"其余 {len(rest)} 组",
        sum(group.count for group in rest),
        sum(group.in_time for group in rest),
        sum(group.ended for group in rest),
        None,
        None,
    )
    return [*groups[: MOST - 1], other]


def _panel(axes: Axes, title: str, groups: Sequence[Group], font: FontProperties) -> None:
    """One bar for each group: in time, late, and what has not ended yet."""
    longest = max([group.count for group in groups] + [1])
    for place, group in enumerate(groups):
        late, left = group.ended - group.in_time, max(group.count - group.ended, 0)
        start = 0
        for width, colour in ((group.in_time, _IN_TIME), (late, _LATE), (left, _OPEN)):
            axes.barh(place, width, left=start, height=0.62, color=colour)
            start += width
        axes.text(
            start + longest * 0.015, place, _figures(group), va="center", color=_MUTED, font=_sized(font, 8.5)
        )
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.set_xlim(0, longest * 1.3)
    axes.set_yticks(range(len(groups)), [group.name for group in groups])
    axes.set_xticks([])
    axes.tick_params(length=0)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.spines["left"].set_color(_GRID)
    for label in axes.get_yticklabels():
        label.set_fontproperties(_sized(font, 10))
        label.set_color(_INK)
    axes.set_title(title, loc="left", x=-0.2286, font=_sized(font, 11), color=_INK, pad=5)


def _figures(group: Group) -> str:
    rating = f" · {group.rating:.1f} 分" if group.rating is not None else ""
    return f"{group.count} 单{rating}"


def _titles(figure: Figure, found: DeskMonth, height: float, font: FontProperties) -> None:
    at = local(found.as_of)
    rating = f"，平均 {found.rating:.1f} 分" if found.rating is not None else ""
    hours = f"，平均 {found.hours:.1f} 小时完工" if found.hours is not None else ""
    text = f"{found.counts['repair']} 单，未完 {found.open_count}，重开 {found.reopened} 次{hours}{rating}"
    figure.text(0.04, 1 - 0.42 / height, f"{found.month.label}报修", font=_sized(font, 17), color=_INK)
    figure.text(0.04, 1 - 0.72 / height, text, font=_sized(font, 10), color=_MUTED)
    figure.text(
        0.96, 0.12 / height, f"截至 {at:%Y-%m-%d %H:%M}", ha="right", font=_sized(font, 8.5), color=_MUTED
    )


def _legend(figure: Figure, height: float, font: FontProperties) -> None:
    for place, (colour, word) in enumerate(((_IN_TIME, "按时完工"), (_LATE, "超时"), (_OPEN, "未完"))):
        x = 0.04 + place * 0.2
        figure.text(x, 1 - 1.0 / height, "■", color=colour, font=_sized(font, 11))
        figure.text(x + 0.035, 1 - 1.0 / height, word, color=_MUTED, font=_sized(font, 9.5))


def _sized(font: FontProperties, points: float) -> FontProperties:
    sized = font.copy()
    sized.set_size(points)
    return sized
