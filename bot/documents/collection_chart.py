"""收缴进度 as a picture for a phone: this month's curve in front of the months before, and the line to reach."""

from __future__ import annotations

import io
import math

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import FixedLocator, FuncFormatter, PercentFormatter

from bot.documents.fonts import font_folder
from models.calendar.period import Month
from models.kpi.curve import Chart, Curve

_INCHES = (5.4, 4.5)
_DPI = 200
"""1080 pixels wide: the width of a phone."""
_INK, _MUTED, _GRID, _MAIN, _TARGET = "#1b2733", "#566473", "#dde3e9", "#1f4e79", "#b3261e"
_EARLIER = ("#7d9bb8", "#a9bccd", "#cbd7e1")
_TICKS = (-6, 0, 4, 9, 14, 19, 24, 29)


def chart_png(chart: Chart) -> bytes:
    """The picture. Draws with its own figure, so that it may run in any thread."""
    font = FontProperties(fname=str(font_folder() / "NotoSansSC-Regular.ttf"))
    figure = Figure(figsize=_INCHES, dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.115, 0.085, 0.845, 0.715))
    _frame(axes, chart, font)
    axes.plot(*_xy(chart.curves[0]), color=_MAIN, linewidth=3.2, label=_label(chart.curves[0]), zorder=3)
    for curve, colour in zip(chart.curves[1:], _EARLIER, strict=False):
        axes.plot(*_xy(curve), color=colour, linewidth=1.8, label=_label(curve))
    _mark_end(axes, chart.curves[0], font)
    _titles(figure, chart, font)
    axes.legend(loc="lower right", prop=_sized(font, 10), frameon=False, labelcolor=_INK)
    kept = io.BytesIO()
    figure.savefig(kept, format="png")
    return kept.getvalue()


def _xy(curve: Curve) -> tuple[list[int], list[float]]:
    return [day for day, _ in curve.points], [share for _, share in curve.points]


def _label(curve: Curve) -> str:
    return f"{curve.month.month}月账单 {_percent(curve.latest)}"


def _frame(axes: Axes, chart: Chart, font: FontProperties) -> None:
    first = min([day for curve in chart.curves for day, _ in curve.points] + [-6]) - 1
    axes.set_xlim(first, 31)
    axes.set_ylim(0, 1.04)
    axes.xaxis.set_major_locator(FixedLocator([tick for tick in _TICKS if tick >= first]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda day, _: _day_text(chart.month, int(day))))
    axes.yaxis.set_major_locator(FixedLocator([0, 0.2, 0.4, 0.6, 0.8, 1]))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.grid(axis="y", color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_GRID)
    axes.tick_params(length=0)
    for label in [*axes.get_xticklabels(), *axes.get_yticklabels()]:
        label.set_fontproperties(_sized(font, 10.5))
        label.set_color(_MUTED)
    axes.axhline(chart.target, color=_TARGET, linewidth=1.4, linestyle=(0, (5, 3)))
    small = _sized(font, 10.5)
    axes.text(
        first + 0.3, chart.target - 0.012, f"目标 {chart.target:.0%}", va="top", color=_TARGET, font=small
    )
    due = chart.due_day - 1
    axes.axvline(due, color=_MUTED, linewidth=1, linestyle=":")
    axes.text(due - 0.3, 0.02, f"{chart.due_day}日到期", ha="right", color=_MUTED, font=small)


def _day_text(month: Month, day: int) -> str:
    """The day of the due month; before its first day, that of the month before it."""
    due = month.next()
    return f"{day + 1}日" if day >= 0 else f"{due.previous().days + day + 1}日"


def _mark_end(axes: Axes, curve: Curve, font: FontProperties) -> None:
    if not curve.points:
        return
    day, share = curve.points[-1]
    axes.plot([day], [share], marker="o", markersize=7, color=_MAIN)
    left = day > 24
    axes.annotate(
        _percent(share),
        (day, share),
        xytext=(-8 if left else 8, -18 if share > 0.5 else 10),
        textcoords="offset points",
        ha="right" if left else "left",
        color=_MAIN,
        fontproperties=_sized(font, 13),
    )


def _titles(figure: Figure, chart: Chart, font: FontProperties) -> None:
    share, on = chart.curves[0].latest, chart.as_of_on
    reached = "已达到" if share >= chart.target else f"差 {(chart.target - share) * 100:.1f} 个百分点"
    text = (
        f"截至 {on.month}月{on.day}日收缴 {_percent(share)}，目标 {chart.target:.0%}，{reached}（不含押金）"
    )
    figure.text(0.04, 0.925, f"{chart.month.label}账单收缴进度", font=_sized(font, 17), color=_INK)
    figure.text(0.04, 0.855, text, font=_sized(font, 10.5), color=_MUTED)


def _percent(share: float) -> str:
    """One decimal, never rounded up: 94.97 % is not 95 %."""
    return f"{math.floor(share * 1000 + 1e-9) / 10:.1f}%"


def _sized(font: FontProperties, points: float) -> FontProperties:
    sized = font.copy()
    sized.set_size(points)
    return sized
