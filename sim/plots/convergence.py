"""Drawings of how the estimate at each point settles as more worlds are played.

Rows are those of one quantity in the table of convergence: ``point, worlds, value, lo, hi``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from sim.analysis.quantities import distance
from sim.plots.style import DASHES, INK, OKABE_ITO, SHARE, name_ends, percents, value_axis

GREY, MOST_GREY = "#b5b5b5", 300
"""Colour of the points that are not named, and how many of them are drawn, evenly chosen."""
SETTLED = 0.05
"""An axis holds the bands from this part of the worlds played on; earlier ones may leave it."""


def draw_convergence(ax: Axes, rows: pd.DataFrame, unit: str, named: Mapping[int, str]) -> None:
    """Draw the estimate at each point against the worlds played, with its band where named.

    Args:
        ax: where to draw.
        rows: ``point, worlds, value, lo, hi``, one a step, of one quantity.
        unit: of the quantity.
        named: names of the points in colour, at most seven; all others are thin and grey.
    """
    _grey(ax, rows, "value", named)
    ends = []
    for point, style in _styles(named).items():
        line = _line(rows, point)
        ax.fill_between(line["worlds"], line["lo"], line["hi"], color=style["color"], alpha=0.15,
                        lw=0)  # fmt: skip
        ax.plot(line["worlds"], line["value"], label=named[point], **style)
        ax.plot(line["worlds"].iloc[-1], line["value"].iloc[-1], "o", color=style["color"], ms=7)
        ends.append((float(line["value"].iloc[-1]), named[point], style["color"]))
    last = rows.groupby("point")["worlds"].transform("max")
    settled = rows[rows["worlds"] >= SETTLED * last]
    value_axis(ax, float(settled["hi"].max()), unit)
    _worlds_axis(ax, rows)
    name_ends(ax, ax.get_xlim()[1], ends)


def draw_half_widths(
    ax: Axes, rows: pd.DataFrame, unit: str, named: Mapping[int, str], tolerance: float | None
) -> None:
    """Draw how far each interval reaches against the worlds played, and what was requested.

    That is the distance of its farther end from the estimate. Both axes are logarithmic: to halve
    it takes four times the worlds.

    Args:
        ax: where to draw.
        rows: ``point, worlds, value, lo, hi``, one a step, of one quantity.
        unit: of the quantity.
        named: names of the points in colour; all others are thin and grey.
        tolerance: distance requested, if any.
    """
    rows = rows.assign(far=distance(rows))
    rows = rows[rows["far"] > 0.0]
    write = percents() if unit == SHARE else FuncFormatter(lambda y, _: f"{y:.3g}")
    _grey(ax, rows, "far", named)
    for point, style in _styles(named).items():
        line = _line(rows, point)
        ax.plot(line["worlds"], line["far"], label=named[point], **style)
    if tolerance is not None:
        ax.axhline(tolerance, color=INK, lw=1.2)
        ax.annotate(
            f"tolerance: {write(tolerance, 0)}", (0.0, tolerance), (4, -4), ha="left", va="top",
            xycoords=("axes fraction", "data"), textcoords="offset points", fontsize=10,
        )  # fmt: skip
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(10.0, (1.0, 2.0, 5.0)))
    ax.yaxis.set_major_formatter(write)
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.set_ylabel("half-width of the 95 % interval (larger side)")
    _worlds_axis(ax, rows)


def _styles(named: Mapping[int, str]) -> dict[int, dict[str, Any]]:
    return {
        point: {"color": OKABE_ITO[k % len(OKABE_ITO)], "ls": DASHES[k % len(DASHES)],
                "marker": "."}
        for k, point in enumerate(named)
    }  # fmt: skip


def _line(rows: pd.DataFrame, point: int) -> pd.DataFrame:
    return rows[rows["point"] == point].sort_values("worlds")


def _grey(ax: Axes, rows: pd.DataFrame, column: str, named: Mapping[int, str]) -> None:
    """Draw points that are not named thin and grey, of many an even choice."""
    others = np.array(sorted(set(rows["point"]) - set(named)), dtype=int)
    keep = np.linspace(0, len(others) - 1, min(MOST_GREY, len(others))).astype(int)
    shown = rows[rows["point"].isin(others[keep])].sort_values("worlds")
    lines = [line[["worlds", column]].to_numpy(float) for _, line in shown.groupby("point")]
    ax.add_collection(LineCollection(lines, colors=GREY, linewidths=0.7, zorder=1.5))


def _worlds_axis(ax: Axes, rows: pd.DataFrame) -> None:
    """Let x be the number of worlds, on a logarithmic axis."""
    ax.set_xscale("log")
    ax.set_xlim(0.9 * float(rows["worlds"].min()), 1.1 * float(rows["worlds"].max()))
    ax.xaxis.set_major_locator(LogLocator(10.0, (1.0, 3.0)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlabel("number of worlds")
