"""Clashes by what they began with, stacked: one bar a point of a design."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Patch

from sim.plots.lettering import width_of
from sim.plots.style import EAST, INK, NEUTRAL, OKABE_ITO

CAUSE_COLOURS = (EAST, OKABE_ITO[4], OKABE_ITO[0], OKABE_ITO[5], NEUTRAL, OKABE_ITO[2])
"""Of the causes, in their order: warm for what was chosen, blue for accidents. Okabe & Ito (2008);
neighbours differ in lightness too, so that a bar can be read in grey."""
BAR, SMALL = 0.62, 9.0
UNIT = "clashes of opposed dyads, mean per world"


def draw_causes(ax: Axes, rows: pd.DataFrame, names: Sequence[str]) -> None:
    """Draw clashes by cause, one bar a row, the first on top, each part with its share.

    Args:
        ax: where to draw.
        rows: ``label``, a column for each of ``names``, and ``lo, hi``, the ends of the 95 %
            interval of all clashes, which are drawn over the end of the bar.
        names: of the causes, in the order in which they are stacked.
    """
    y = np.arange(len(rows))[::-1]
    total, left = rows[list(names)].sum(axis=1).to_numpy(float), np.zeros(len(rows))
    top = 1.06 * float(rows["hi"].max()) or 1.0
    room = 72.0 * ax.bbox.width / float(ax.figure.dpi) / top
    for name, colour in zip(names, CAUSE_COLOURS, strict=True):
        part = rows[name].to_numpy(float)
        ax.barh(y, part, BAR, left=left, color=colour, edgecolor="white", lw=0.8)
        for height, start, value, whole in zip(y, left, part, total, strict=True):
            text = f"{100.0 * value / whole:.0f}%" if whole else ""
            if text and value * room > width_of(text, SMALL) + 8.0:
                ax.text(start + value / 2.0, height, text, ha="center", va="center",
                        fontsize=SMALL, color=ink_on(colour))  # fmt: skip
        left = left + part
    ax.hlines(y - BAR / 2 - 0.07, rows["lo"], rows["hi"], color=INK, lw=1.6)
    ax.set_yticks(y, rows["label"])
    ax.set_ylim(-0.7, len(rows) - 0.5)
    ax.set_xlim(0.0, top)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(UNIT)


def ink_on(colour: str) -> str:
    """Return black or white, whichever can be read on a colour (relative luminance, WCAG 2)."""
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    luminance = float(np.dot((0.2126, 0.7152, 0.0722), linear))
    return "white" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "black"


def cause_handles(names: Sequence[str]) -> list[Patch]:
    """Return what a legend shows of the causes."""
    return [Patch(color=c, label=name) for name, c in zip(names, CAUSE_COLOURS, strict=True)]
