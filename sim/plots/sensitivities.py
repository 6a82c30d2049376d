"""Drawings of what parameters do to a quantity: Morris's screening and Sobol's indices.

Rows are those of one quantity in the table of sensitivities: ``parameter, index, value, lo, hi``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.plots.style import (
    DASHES,
    EAST,
    HALO,
    INK,
    LINE,
    NEUTRAL,
    WEST,
    change_format,
    height_of,
    spread,
)

MOST_NAMED, MOST_BARS = 12, 20
"""Parameters named beside a cloud, and drawn as bars."""


def ranked(rows: pd.DataFrame, index: str) -> pd.DataFrame:
    """Return ``parameter, value, lo, hi`` of one index, the highest first."""
    found = rows[rows["index"] == index]
    columns = ["parameter", "value", "lo", "hi"]
    return found.sort_values(["value", "parameter"], ascending=[False, True])[columns]


def draw_morris(ax: Axes, rows: pd.DataFrame, unit: str, most: int = MOST_NAMED) -> None:
    """Draw how much each parameter moves a quantity (mu*) against how unevenly (sigma).

    Far right: matters. High above the lines: what it does depends on the others, or bends. The
    highest mu* are named at the right, in the order of their height.

    Args:
        ax: where to draw.
        rows: table of sensitivities, of one quantity.
        unit: of the quantity.
        most: parameters named.
    """
    table = ranked(rows, "mu_star")
    sigma = rows[rows["index"] == "sigma"].set_index("parameter")["value"]
    table = table.assign(sigma=sigma.reindex(table["parameter"]).to_numpy())
    named = np.arange(len(table)) < most
    top, rest = table[named], table[~named]
    ax.plot(rest["value"], rest["sigma"], "o", color=NEUTRAL, ms=4.0, mew=0, alpha=0.6)
    ax.hlines(top["sigma"], top["lo"], top["hi"], color=WEST, lw=1.3, alpha=0.6)
    ax.plot(top["value"], top["sigma"], "o", color=WEST, ms=6.5, mew=0)
    right = 1.05 * max(float(table["hi"].max()), 1e-9)
    ax.set_xlim(0.0, right)
    ax.set_ylim(0.0, 1.08 * max(float(table["sigma"].max()), 1e-9))
    _slopes(ax, right)
    ax.set_xlabel(f"mu*: mean absolute effect over the range, {change_format(ax.xaxis, unit)}")
    ax.set_ylabel(f"sigma: standard deviation of the effect, {change_format(ax.yaxis, unit)}")
    _name_dots(ax, top)


def _slopes(ax: Axes, right: float) -> None:
    """Draw the lines sigma = mu* and sigma = mu*/2, and say what they part."""
    top = ax.get_ylim()[1]
    for slope, dash in ((1.0, DASHES[1]), (0.5, DASHES[2])):
        ax.plot([0.0, right], [0.0, slope * right], color="#9a9a9a", lw=1.0, ls=dash, zorder=1)
        x = min(right, top / slope)
        ax.annotate(
            "sigma = mu*" if slope == 1.0 else "sigma = mu*/2", (x, slope * x), (-3, -3),
            textcoords="offset points", ha="right", va="top", fontsize=8.5, color="#6f6f6f",
            path_effects=HALO,
        )  # fmt: skip


def _name_dots(ax: Axes, table: pd.DataFrame) -> None:
    """Write names in a column at the right, joined to their dots, none on another."""
    inside = table.sort_values(["sigma", "value"], ascending=[True, False])
    top = ax.get_ylim()[1]
    room = LINE / height_of(ax)
    heights = spread((inside["sigma"] / top).tolist(), room=room, top=0.99)
    for (_, row), height in zip(inside.iterrows(), heights, strict=True):
        ax.annotate(
            str(row["parameter"]), (row["value"], row["sigma"]), (1.03, height),
            textcoords="axes fraction", va="center", ha="left", fontsize=10, color=INK,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": WEST, "lw": 0.7, "alpha": 0.5,
                        "shrinkA": 1.0, "shrinkB": 3.0, "relpos": (0.0, 0.5)},
        )  # fmt: skip


def draw_morris_bars(ax: Axes, rows: pd.DataFrame, unit: str, most: int = MOST_BARS) -> None:
    """Draw mu* of the parameters that move a quantity most, with intervals, the first on top.

    Args:
        ax: where to draw.
        rows: table of sensitivities, of one quantity.
        unit: of the quantity.
        most: parameters drawn.
    """
    table = ranked(rows, "mu_star").head(most)
    y = np.arange(len(table))[::-1]
    ax.barh(y, table["value"], 0.66, color=WEST, alpha=0.75, lw=0)
    ax.hlines(y, table["lo"], table["hi"], color=INK, lw=1.6)
    _named_rows(ax, y.tolist(), table)
    ax.set_xlim(0.0, 1.05 * max(float(table["hi"].max()), 1e-9))
    ax.set_xlabel(f"mu*: mean absolute effect over the range, {change_format(ax.xaxis, unit)}")


def draw_sobol(ax: Axes, rows: pd.DataFrame, most: int = MOST_BARS) -> None:
    """Draw Sobol's first and total order of each parameter with intervals, highest total on top.

    Args:
        ax: where to draw.
        rows: table of sensitivities, of one quantity.
        most: parameters drawn.
    """
    total = ranked(rows, "ST").head(most)
    first = ranked(rows, "S1").set_index("parameter").loc[total["parameter"]]
    y = np.arange(len(total))[::-1]
    kinds = ((total, 0.2, EAST, "///", "ST: total, with interactions"),
             (first, -0.2, WEST, "", "S1: first order"))  # fmt: skip
    for table, shift, colour, hatch, label in kinds:
        ax.barh(
            y + shift, table["value"], 0.36, color=colour, alpha=0.8, hatch=hatch,
            edgecolor="white", lw=0, label=label,
        )  # fmt: skip
        ax.hlines(y + shift, table["lo"], table["hi"], color=INK, lw=1.5)
    _named_rows(ax, y.tolist(), total)
    lowest = min(0.0, float(first["lo"].min()), float(total["lo"].min()))
    highest = max(float(first["hi"].max()), float(total["hi"].max()))
    ax.set_xlim(1.05 * lowest, max(0.1, 1.05 * highest))
    ax.axvline(0.0, color=INK, lw=1.0)
    ax.set_xlabel("share of the variance between points")
    ax.legend(loc="lower right")


def _named_rows(ax: Axes, y: list[float], table: pd.DataFrame) -> None:
    ax.set_yticks(y, table["parameter"])
    ax.set_ylim(-0.6, len(table) - 0.4)
    ax.grid(axis="y", visible=False)
    ax.tick_params(axis="y", length=0)
