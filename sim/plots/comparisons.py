"""Drawings of what a variant changes in the same worlds: paired differences and changed fates.

A ``unit`` labels the quantity and says how it is written: differences of shares stand in percentage
points. Rows of each drawing carry their name in ``label``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sim.lanes import Floats
from sim.plots.style import (
    DASHES,
    EAST,
    INK,
    OKABE_ITO,
    RUNG_NAMES,
    SHARE,
    WEST,
    difference_format,
    name_ends,
    weeks_axis,
)

SAME = "#e2e2e2"
"""Colour of worlds whose fate is unchanged."""
ROSE, FELL, ROSE_INK = colormaps["Oranges"], colormaps["Blues"], "#B34700"


def draw_differences(ax: Axes, rows: pd.DataFrame, unit: str) -> None:
    """Draw paired differences with their intervals, one a row, the first on top.

    A mark is hollow where its interval holds zero. Pale bars and the numbers at the right are the
    shares of worlds in which the quantity rose and fell; the bars are drawn for shares only, whose
    difference is the one less the other.

    Args:
        ax: where to draw.
        rows: ``label, difference, lo, hi, up, down``, in order.
        unit: of the quantity.
    """
    y = np.arange(len(rows))[::-1].astype(float)
    ax.axvline(0.0, color=INK, lw=1.0)
    ax.use_sticky_edges = False
    if unit == SHARE:
        ax.barh(y, rows["up"], 0.62, color=EAST, alpha=0.22, lw=0)
        ax.barh(y, -rows["down"], 0.62, color=WEST, alpha=0.22, lw=0)
    ax.hlines(y, rows["lo"], rows["hi"], color=INK, lw=2.2)
    clear = ((rows["lo"] > 0.0) | (rows["hi"] < 0.0)).to_numpy()
    for height, value, filled in zip(y, rows["difference"], clear, strict=True):
        ax.plot(value, height, "o", ms=7, color=INK if filled else "white", mec=INK, mew=1.6)
    ax.set_yticks(y, rows["label"])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(difference_format(ax.xaxis, unit))
    _changed(ax, y, rows)


def _changed(ax: Axes, y: Floats, rows: pd.DataFrame) -> None:
    """Write the shares of worlds that rose and fell in two columns at the right."""
    for column, word, colour, x in (("up", "rose", ROSE_INK, 40), ("down", "fell", WEST, 84)):
        place: dict[str, Any] = {
            "xytext": (x, 0), "textcoords": "offset points", "xycoords": ax.get_yaxis_transform(),
            "ha": "right", "color": colour, "annotation_clip": False, "fontsize": 9.5,
        }  # fmt: skip
        ax.annotate(word, (1.0, len(rows) - 0.38), va="bottom", fontweight="bold", **place)
        for height, share in zip(y, rows[column], strict=True):
            ax.annotate(percent(share), (1.0, height), va="center", **place)


def percent(share: float) -> str:
    """Return a share of worlds in per cent, to a tenth where it is below ten."""
    return f"{100.0 * share:.{1 if 0.0 < share < 0.0995 else 0}f}%"


def draw_difference_curve(ax: Axes, rows: pd.DataFrame, unit: str, *, ends: bool = True) -> None:
    """Draw differences week by week with their bands, a line style each, against zero.

    Args:
        ax: where to draw.
        rows: ``label, week, difference, lo, hi``.
        unit: of the measure.
        ends: whether to name the lines at their ends, if there are several.
    """
    weeks, named = int(rows["week"].max()), []
    ax.axhline(0.0, color=INK, lw=1.0, zorder=1)
    for k, name in enumerate(dict.fromkeys(rows["label"])):
        line = rows[rows["label"] == name].sort_values("week")
        colour = OKABE_ITO[k % len(OKABE_ITO)]
        ax.fill_between(line["week"], line["lo"], line["hi"], color=colour, alpha=0.18, lw=0)
        ax.plot(
            line["week"], line["difference"], color=colour, ls=DASHES[k % len(DASHES)], label=name
        )
        named.append((float(line["difference"].iloc[-1]), name, colour))
    weeks_axis(ax, weeks)
    ax.set_ylabel(difference_format(ax.yaxis, unit))
    if ends and len(named) > 1:
        name_ends(ax, weeks, named)


def draw_fates(ax: Axes, rows: pd.DataFrame, n_worlds: int, rungs: Sequence[int]) -> None:
    """Draw how many worlds peaked at which rung in the baseline and in a variant of it.

    Above the grey diagonal are worlds whose peak rose, below it worlds whose peak fell.

    Args:
        ax: where to draw.
        rows: ``before, after``, one for each world in which they differ.
        n_worlds: worlds compared, changed or not.
        rungs: rungs drawn, from the lowest up.
    """
    counts = pd.crosstab(rows["after"], rows["before"]).reindex(
        index=list(rungs), columns=list(rungs), fill_value=0
    )
    most = max(1, int(counts.to_numpy().max()))
    for (row, column), count in np.ndenumerate(counts.to_numpy()):
        _cell(ax, row, column, int(count), most)
    ticks = range(len(rungs))
    ax.set_xticks(ticks, [str(rung) for rung in rungs])
    ax.set_yticks(ticks, [f"{RUNG_NAMES[rung]}  {rung}" for rung in rungs])
    ax.set_xlim(-0.5, len(rungs) - 0.5)
    ax.set_ylim(-0.5, len(rungs) - 0.5)
    ax.set_aspect("equal")
    ax.grid(visible=False)
    ax.tick_params(length=0)
    _totals(ax, rows, n_worlds)


def _cell(ax: Axes, row: int, column: int, count: int, most: int) -> None:
    """Draw one pair of rungs: darker the more worlds, by the root of their number."""
    shades = ROSE if row > column else FELL
    part = np.sqrt(count / most)
    face = SAME if row == column else shades(0.12 + 0.63 * part) if count else "white"
    box = Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=face, edgecolor="#ededed", lw=0.8)
    ax.add_patch(box)
    if count:
        ink = "white" if part > 0.8 else INK
        ax.text(column, row, f"{count:,}", ha="center", va="center", color=ink, fontsize=10)


def _totals(ax: Axes, rows: pd.DataFrame, n_worlds: int) -> None:
    """Write how many worlds rose, fell and stayed."""
    rose = int((rows["after"] > rows["before"]).sum())
    fell = int((rows["after"] < rows["before"]).sum())
    words = ((0.02, 1.015, "left", f"rose: {_of(rose, n_worlds)}", ROSE_INK),
             (0.98, 1.015, "right", f"fell: {_of(fell, n_worlds)}", WEST))  # fmt: skip
    for x, y, side, text, colour in words:
        ax.text(x, y, text, ha=side, va="bottom", transform=ax.transAxes, color=colour,
                fontweight="bold", fontsize=10)  # fmt: skip
    same = f"grey: unchanged, {_of(n_worlds - rose - fell, n_worlds)}"
    ax.set_xlabel(f"peak rung in the baseline\n{same}")
    ax.set_ylabel("peak rung in the variant")


def _of(count: int, n_worlds: int) -> str:
    return f"{count:,} ({percent(count / max(1, n_worlds))})"
