"""Forks: how a world's risk rose, what its links did, until when a step keeps the peace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, MultipleLocator

from sim.plots.lettering import folded
from sim.plots.style import DASHES, EAST, INK, MARKERS, NEUTRAL, OKABE_ITO, WEST, percents

FAINT = "#9a9a9a"
LETTERS = 54
"""Letters of a line beside a row."""
SIDES = {"west": WEST, "east": EAST, "both": OKABE_ITO[2]}
"""Colours of those who take a step."""


def draw_risk(
    ax: Axes, risk: pd.DataFrame, week: int, what: str, within: int, marks: Mapping[int, str]
) -> None:
    """Draw how the risk of a world rose to the week in which it came.

    Args:
        ax: where to draw.
        risk: ``week, share, lo, hi``: of futures with other luck from the end of the week on.
        week: in which it came.
        what: came.
        within: weeks for which the risk is told.
        marks: words at the weeks of links that were decisive.
    """
    ax.fill_between(risk["week"], risk["lo"], risk["hi"], color=WEST, alpha=0.18, lw=0)
    ax.plot(risk["week"], risk["share"], color=WEST)
    ax.axvline(week, color=EAST, lw=2.0)
    top = max(0.1, 1.25 * float(risk["hi"].max()))
    ax.set_ylim(0.0, min(1.0, top))
    ax.set_xlim(float(risk["week"].min()), week + 1.5)
    ax.annotate(f"{what}\nin week {week}", (week, ax.get_ylim()[1]), xytext=(-6, -4),
                textcoords="offset points", ha="right", va="top", color=EAST,
                fontsize=10)  # fmt: skip
    for at, label in marks.items():
        if at != week:
            ax.annotate(label, (at, 0.0), xytext=(0, 4), textcoords="offset points", ha="center",
                        va="bottom", color=INK, fontsize=9)  # fmt: skip
    ax.yaxis.set_major_formatter(percents())
    ax.xaxis.set_major_locator(MaxNLocator(9, integer=True))
    ax.set_xlabel("week from which luck is another")
    ax.set_ylabel(f"futures with {what}\nwithin {within} weeks")


def draw_links(ax: Axes, table: pd.DataFrame, what: str) -> None:
    """Draw in how many futures it comes with each link and without it, in order of weeks.

    Args:
        ax: where to draw.
        table: of :meth:`sim.forks.why.Why.table`.
        what: came.
    """
    rows = table.sort_values(["week", "rank"], ascending=[True, False]).reset_index(drop=True)
    y = np.arange(len(rows))[::-1]
    for at, row in zip(y, rows.to_dict("records"), strict=True):
        strong = bool(row["decisive"])
        colour = EAST if strong else FAINT
        ax.plot([row["without"], row["with"]], [at, at], color=colour, lw=3.0 if strong else 1.5,
                solid_capstyle="round", zorder=2)  # fmt: skip
        ax.plot([row["without_lo"], row["without_hi"]], [at, at], color=colour, lw=1.0, zorder=1)
        ax.plot(row["with"], at, "o", color=colour, ms=7, zorder=3)
        ax.plot(row["without"], at, "o", mfc="white", mec=colour, mew=1.6, ms=7, zorder=4)
    ax.set_yticks(y, [_row(row) for row in rows.to_dict("records")])
    for label, strong in zip(ax.get_yticklabels(), rows["decisive"], strict=True):
        label.set_fontsize(9.5)
        label.set_color(INK if strong else NEUTRAL)
        label.set_fontweight("bold" if strong else "normal")
    ax.set_ylim(-0.7, len(rows) - 0.3)
    ax.set_xlim(-0.02, 1.02)
    ax.xaxis.set_major_locator(MultipleLocator(0.2))
    ax.xaxis.set_major_formatter(percents())
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(f"futures in which it still comes to {what}, other luck after the week")
    ax.plot([], [], "o", color=INK, ms=7, label="with the link")
    ax.plot([], [], "o", mfc="white", mec=INK, mew=1.6, ms=7, label="without it")
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncol=2, fontsize=9.5, borderaxespad=0.1)


def _row(row: Mapping[Any, Any]) -> str:
    what = str(row["what"])
    short = what if len(what) <= LETTERS else what[: LETTERS - 3].rstrip() + "..."
    return f"{short}   week {row['week']}"


def draw_kinds(ax: Axes, table: pd.DataFrame, what: str) -> None:
    """Draw in what share of worlds a link of each kind was decisive.

    Args:
        ax: where to draw.
        table: of :class:`sim.forks.why.Kinds`.
        what: the worlds came to.
    """
    rows = table[table["asked"] > 0].reset_index(drop=True)
    y = np.arange(len(rows))[::-1]
    ax.barh(y, rows["share"], 0.62, color=WEST)
    ax.hlines(y, rows["lo"], rows["hi"], color=INK, lw=1.6)
    end = max(0.1, float(rows["hi"].max()))
    for at, row in zip(y, rows.to_dict("records"), strict=True):
        ax.text(row["hi"] + 0.012 * end, at, f"{row['decisive']} of {row['worlds']}", va="center",
                fontsize=9.5, color=INK)  # fmt: skip
    ax.set_yticks(y, rows["kind"])
    ax.set_xlim(0.0, min(1.12, 1.18 * end))
    ax.xaxis.set_major_formatter(percents())
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(f"worlds with {what} in which a link of the kind was decisive")


def draw_window(ax: Axes, rows: pd.DataFrame, title: str, top: float) -> None:
    """Draw until when a step keeps the peace, taken by one side, by the other or by both.

    Args:
        ax: where to draw.
        rows: of the step: ``by`` (west, east, both), ``before, share, lo, hi``.
        title: the step.
        top: upper end of the axis of shares.
    """
    for k, (by, colour) in enumerate(SIDES.items()):
        part = rows[rows["by"] == by].sort_values("before")
        ax.fill_between(part["before"], part["lo"], part["hi"], color=colour, alpha=0.13, lw=0)
        ax.plot(part["before"], part["share"], color=colour, ls=DASHES[k], marker=MARKERS[k],
                ms=4.5, markevery=4, lw=1.8)  # fmt: skip
    room = 72.0 * ax.bbox.width / float(ax.figure.dpi)
    ax.set_title(folded(title, room, 10.5, weight="bold"), fontsize=10.5)
    ax.set_ylim(0.0, top)
    ax.set_xlim(float(rows["before"].max()) + 0.3, -0.3)
    ax.yaxis.set_major_formatter(percents())
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))


def window_legend(figure: Figure, ends: tuple[str, str]) -> None:
    """Say below a figure's title who takes a step.

    Args:
        figure: a sheet with a title.
        ends: codes of the two sides.
    """
    names = (f"by {ends[0]}", f"by {ends[1]}", "by both")
    handles = [
        Line2D([], [], color=colour, ls=DASHES[k], marker=MARKERS[k], ms=4.5, label=name)
        for k, (colour, name) in enumerate(zip(SIDES.values(), names, strict=True))
    ]
    height = float(figure.get_size_inches()[1])
    n_lines = figure.texts[0].get_text().count("\n") + 1
    figure.legend(handles=handles, loc="upper left", ncol=3, frameon=False,
                  bbox_to_anchor=(0.008, 1.0 - (0.12 + 0.25 * n_lines) / height))  # fmt: skip
