"""Drawings of the laboratory: what a mechanism holds up, hazards, and where worlds settle.

Rows are those of ``experiments/laboratory.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.plots.style import (
    DASHES,
    EAST,
    INK,
    MARKERS,
    OKABE_ITO,
    WEST,
    name_ends,
    nice_top,
    percents,
    share_axis,
    weeks_axis,
)

STARTS = {"calm": (WEST, DASHES[0]), "tense": (EAST, DASHES[1])}
"""Colour and line of each start."""


def draw_hazards(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw, half-year by half-year, the share of worlds without a clash so far that see one.

    Args:
        ax: where to draw.
        rows: ``series, half, value, lo, hi``; half-years from 1.
    """
    top = nice_top(float(rows["hi"].max()))
    for k, (name, line) in enumerate(rows.groupby("series", sort=False)):
        at = line["half"] + 0.06 * (k - 0.5)
        colour = OKABE_ITO[k % len(OKABE_ITO)]
        ax.errorbar(
            at, line["value"], yerr=[line["value"] - line["lo"], line["hi"] - line["value"]],
            color=colour, ls=DASHES[k % len(DASHES)], marker=MARKERS[k], ms=6, capsize=2, lw=1.6,
            label=str(name),
        )  # fmt: skip
    ax.set_xticks(sorted(set(rows["half"])))
    ax.set_xlabel("half-year")
    ax.set_ylabel("first clash, share of worlds\nthat had none before")
    share_axis(ax, top)
    ax.legend(loc="upper right")


def draw_regimes(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw the share of worlds at a display or above, week by week, from each start.

    Args:
        ax: where to draw.
        rows: ``start, week, value``; starts as in :data:`STARTS`.
    """
    ends = []
    for start, (colour, dash) in STARTS.items():
        line = rows[rows["start"] == start].sort_values("week")
        ax.plot(line["week"], line["value"], color=colour, ls=dash)
        ends.append((float(line["value"].iloc[-1]), f"{start} start", colour))
    weeks_axis(ax, int(rows["week"].max()))
    share_axis(ax)
    ax.set_ylabel("worlds at a display or above")
    name_ends(ax, ax.get_xlim()[1], ends)


def draw_kept(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw what share of clashes is left when something is taken out, with its interval.

    Args:
        ax: where to draw.
        rows: ``what, value, lo, hi``, from the top down; 1 is as many as with everything.
    """
    y = np.arange(len(rows))[::-1]
    ax.axvline(1.0, color=INK, lw=1.0)
    ax.errorbar(
        rows["value"], y, xerr=[rows["value"] - rows["lo"], rows["hi"] - rows["value"]],
        fmt="o", color=WEST, ms=6, capsize=2, lw=1.6,
    )  # fmt: skip
    ax.set_yticks(y, rows["what"])
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.set_xlim(0.0, max(1.25, 1.05 * float(rows["hi"].max())))
    ax.xaxis.set_major_formatter(percents())
    ax.set_xlabel("worlds that clash, of those with everything")
    ax.grid(visible=False, axis="y")


def draw_changes(ax: Axes, rows: pd.DataFrame, readiness: Sequence[str]) -> None:
    """Draw by how much a quantity changes with the readiness for each mechanism.

    Args:
        ax: where to draw.
        rows: ``mechanism, readiness, change, lo, hi`` of one quantity, from the top down.
        readiness: those that are drawn, in order.
    """
    names = list(dict.fromkeys(rows["mechanism"]))
    place = {name: len(names) - 1 - k for k, name in enumerate(names)}
    ax.axvline(0.0, color=INK, lw=1.0)
    for k, level in enumerate(readiness):
        some = rows[rows["readiness"] == level]
        y = some["mechanism"].map(place) + 0.24 * (0.5 * (len(readiness) - 1) - k)
        ax.errorbar(
            some["change"], y, xerr=[some["change"] - some["lo"], some["hi"] - some["change"]],
            fmt=MARKERS[k], color=OKABE_ITO[k % len(OKABE_ITO)], ms=5, capsize=2, lw=1.4,
            label=level,
        )  # fmt: skip
    ax.set_yticks([place[name] for name in names], names)
    ax.set_ylim(-0.6, len(names) - 0.4)
    ax.grid(visible=False, axis="y")
