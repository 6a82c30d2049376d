"""Drawings of a design: a quantity at its points, beside one another, along axes, scattered.

Rows are small frames with an estimate and its 95 % interval in ``value, lo, hi``; what else a row
holds is said at each drawing. A ``unit`` labels the axis of the quantity and says how it is
written: :data:`~sim.plots.style.SHARE` in per cent. Maps over two axes are in
:mod:`sim.plots.surfaces`, differences of points in :mod:`sim.plots.comparisons`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes

from sim.lanes import Floats
from sim.plots.fits import smoothed
from sim.plots.style import (
    DASHES,
    EAST,
    INK,
    MARKERS,
    NEUTRAL,
    OKABE_ITO,
    SHARE,
    WEST,
    difference_format,
    is_wide,
    level_axis,
    name_ends,
    nice_top,
    percents,
    share_axis,
    shorts,
    value_axis,
)

MOST_BARS, MANY = 150, 2000
"""Largest number of scattered points drawn with their intervals, and drawn each as a shape."""


# Beside one another


def draw_forest(
    ax: Axes, rows: pd.DataFrame, colour: str, *, zero: bool = False, unit: str = SHARE
) -> None:
    """Draw values (or differences) with their intervals, one a row, the first on top.

    Args:
        ax: where to draw.
        rows: ``label, value, lo, hi``, in order.
        colour: of the marks.
        zero: whether to mark zero, for differences.
        unit: of the values.
    """
    y = np.arange(len(rows))[::-1]
    ax.hlines(y, rows["lo"], rows["hi"], color=colour, lw=2.4)
    ax.plot(rows["value"], y, "o", color=colour, ms=6.5)
    ax.set_yticks(y, rows["label"])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    if unit == SHARE:
        ax.xaxis.set_major_formatter(percents())
    ax.grid(axis="y", visible=False)
    highest = 1.08 * float(rows["hi"].max())
    if zero:
        ax.axvline(0.0, color=INK, lw=1.0)
    elif unit == SHARE:
        ax.set_xlim(0.0, max(0.05, min(1.0, highest)))
    else:
        ax.set_xlim(0.0, highest if highest > 0.0 else 1.0)


# Along an axis


def draw_lines_of_axis(ax: Axes, rows: pd.DataFrame, unit: str) -> None:
    """Draw a quantity against the levels of one axis, a line for each level of another.

    Args:
        ax: where to draw.
        rows: ``level`` (a number), ``line`` (its name or number; one of all is not written),
            ``value, lo, hi``.
        unit: of the quantity.
    """
    ends = _lines(ax, rows)
    value_axis(ax, float(rows["hi"].max()), unit)
    _name_lines(ax, ends)


def draw_differences_of_axis(ax: Axes, rows: pd.DataFrame, unit: str) -> None:
    """Draw differences against the levels of one axis, a line for each comparison.

    Args:
        ax: where to draw.
        rows: ``level`` (a number), ``line``, ``value, lo, hi``.
        unit: of the quantity.
    """
    ax.axhline(0.0, color=INK, lw=1.0, zorder=1)
    ends = _lines(ax, rows)
    ax.set_ylabel(difference_format(ax.yaxis, unit))
    _name_lines(ax, ends)


def _lines(ax: Axes, rows: pd.DataFrame) -> list[tuple[float, str, Any]]:
    """Draw lines through values with their bands; return height, name and colour of their ends."""
    names = list(dict.fromkeys(rows["line"]))
    ends, shade = [], 0.18 if len(names) <= 3 else 0.10
    styles = zip(names, shorts(names), _colours(names), strict=True)
    for k, (name, words, colour) in enumerate(styles):
        line = rows[rows["line"] == name].sort_values("level")
        ax.fill_between(line["level"], line["lo"], line["hi"], color=colour, alpha=shade, lw=0)
        marker = MARKERS[k % len(MARKERS)] if len(line) <= 20 else ""
        ax.plot(
            line["level"], line["value"], color=colour, ls=DASHES[k % len(DASHES)],
            marker=marker, ms=6, label=words,
        )  # fmt: skip
        ends.append((float(line["value"].iloc[-1]), words, colour))
    level_axis(ax, rows["level"].tolist())
    return ends


def _name_lines(ax: Axes, ends: list[tuple[float, str, Any]]) -> None:
    if len(ends) > 1:
        name_ends(ax, ax.get_xlim()[1], ends)


def _colours(names: Sequence[Any]) -> list[Any]:
    """Return a colour for each line: in order along viridis for numbers, apart for names."""
    if len(names) > 2 and not any(isinstance(name, str) for name in names):
        shades = np.linspace(0.0, 0.85, len(names))
        ranks = np.argsort(np.argsort(np.asarray(names, float)))
        return [colormaps["viridis"](shades[rank]) for rank in ranks]
    return [OKABE_ITO[k % len(OKABE_ITO)] for k in range(len(names))]


def draw_star(ax: Axes, rows: pd.DataFrame, unit: str) -> None:
    """Draw a quantity against the levels of one axis, all else at the base, which is marked.

    Args:
        ax: where to draw.
        rows: ``level`` (all numbers or all names), ``base`` (whether it is the base), ``value, lo,
            hi``.
        unit: of the quantity.
    """
    at_base = rows[rows["base"]].iloc[0]
    ax.axhspan(at_base["lo"], at_base["hi"], color=NEUTRAL, alpha=0.15, lw=0)
    ax.axhline(at_base["value"], color=NEUTRAL, lw=1.0, ls=DASHES[1])
    line = _placed(ax, rows)
    numbers = not isinstance(rows["level"].iloc[0], str)
    ax.vlines(line["x"], line["lo"], line["hi"], color=WEST, lw=1.6)
    ax.plot(line["x"], line["value"], "o", ls="-" if numbers else "", color=WEST, ms=5.5, lw=1.4)
    base = line[line["base"]]
    ax.plot(base["x"], base["value"], "D", color="white", mec=INK, mew=1.6, ms=8, label="base")
    value_axis(ax, float(rows["hi"].max()), unit)


def _placed(ax: Axes, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with ``x``, in its order: the level, or the rank of its name on the axis."""
    if not isinstance(rows["level"].iloc[0], str):
        level_axis(ax, rows["level"].tolist())
        return rows.assign(x=rows["level"].astype(float)).sort_values("x")
    x = np.arange(len(rows))
    ax.set_xticks(x, shorts(list(rows["level"])), rotation=20, ha="right")
    ax.set_xlim(-0.5, len(rows) - 0.5)
    return rows.assign(x=x)


def draw_scatter(
    ax: Axes, levels: pd.Series[Any], values: Floats, key: str, unit: str = SHARE
) -> None:
    """Draw a quantity against one varied key, one dot for each point.

    Args:
        ax: where to draw.
        levels: of the key, ``[point]``; names are spread along the axis.
        values: ``[point]``.
        key: its name.
        unit: of the quantity.
    """
    if levels.dtype.kind == "f":
        x = levels.to_numpy()
    else:
        codes, names = pd.factorize(levels, sort=True)
        x = codes.astype(float)
        ax.set_xticks(range(len(names)), shorts(list(names)), rotation=20, ha="right")
    _dots(ax, x, values, WEST, "o")
    ax.set_xlabel(key)
    if unit == SHARE:
        share_axis(ax, nice_top(float(np.max(values))))
    else:
        value_axis(ax, float(np.max(values)), unit)


def _dots(ax: Axes, x: Floats, y: Floats, colour: str, marker: str) -> None:
    """Draw one dot for each point; many are small, pale and one picture."""
    style: dict[str, Any] = {"ms": 4.5, "alpha": 0.6}
    if len(x) > MANY:
        style = {"ms": 2.5, "alpha": 0.25, "rasterized": True}
    ax.plot(x, y, marker, color=colour, mew=0, **style)


def draw_cloud(ax: Axes, rows: pd.DataFrame, key: str, unit: str) -> None:
    """Draw a scatter of numeric levels with intervals, where few, and a smooth line through it.

    Args:
        ax: where to draw.
        rows: ``level, value, lo, hi``, one a point.
        key: name of what was varied.
        unit: of the quantity.
    """
    if len(rows) <= MOST_BARS:
        ax.vlines(rows["level"], rows["lo"], rows["hi"], color=WEST, lw=0.8, alpha=0.35)
    draw_scatter(ax, rows["level"].astype(float), rows["value"].to_numpy(float), key, unit)
    level_axis(ax, rows["level"].tolist())
    ax.plot(*_smooth(rows), color=EAST, lw=2.4, label="local mean")


def draw_difference_cloud(ax: Axes, rows: pd.DataFrame, key: str, unit: str) -> None:
    """Draw a scatter of differences, with a smooth line and a kind of dot for each comparison.

    Args:
        ax: where to draw.
        rows: ``level, line, value``, one a point.
        key: name of what was varied.
        unit: of the quantity.
    """
    ax.axhline(0.0, color=INK, lw=1.0, zorder=1)
    for k, (name, line) in enumerate(rows.groupby("line", sort=False)):
        colour, marker = OKABE_ITO[k % len(OKABE_ITO)], MARKERS[k % len(MARKERS)]
        x, y = (line[column].to_numpy(float) for column in ("level", "value"))
        _dots(ax, x, y, colour, marker)
        smooth = {"color": colour, "ls": DASHES[k % len(DASHES)], "label": str(name)}
        ax.plot(*_smooth(line), lw=2.4, **smooth)
    level_axis(ax, rows["level"].tolist())
    ax.set_xlabel(key)
    ax.set_ylabel(difference_format(ax.yaxis, unit))


def _smooth(rows: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return the smooth line through values, straight where the axis is logarithmic or not."""
    x, y = (rows[name].to_numpy(float) for name in ("level", "value"))
    if not is_wide(x):
        return smoothed(x, y)
    at, line = smoothed(np.log(x), y)
    return np.exp(at), line
