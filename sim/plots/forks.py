"""Forks: how a world's risk rose, what its links did, until when a step keeps the peace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.plots.lettering import folded
from sim.plots.style import DASHES, EAST, INK, MARKERS, NEUTRAL, OKABE_ITO, WEST, percents

FAINT = "#9a9a9a"
FEWEST = 5
"""Worlds that must have links of a kind for it to be drawn."""
LETTERS = 54
"""Letters of a line beside a row."""
SIDES = {"west": WEST, "east": EAST, "both": OKABE_ITO[2]}
"""Colours of those who take a step."""


def draw_risk(
    ax: Axes, risk: pd.DataFrame, week: int, what: str, within: int, links: pd.DataFrame,
    ends: tuple[str, str],
) -> None:  # fmt: skip
    """Draw how the risk of a world changed up to the week in which it came.

    Args:
        ax: where to draw.
        risk: ``week, share, lo, hi``: of replays with fresh chance from the end of the week.
        week: in which it came.
        what: came.
        within: weeks for which the risk is told.
        links: ``week, who, decisive``: marked below the curve, by side.
        ends: codes of the two sides.
    """
    ax.fill_between(risk["week"], risk["lo"], risk["hi"], color=NEUTRAL, alpha=0.18, lw=0)
    ax.plot(risk["week"], risk["share"], color=INK)
    ax.axvline(week, color=INK, lw=2.0, ls=DASHES[1])
    top = min(1.0, max(0.1, 1.25 * float(risk["hi"].max())))
    first = float(risk["week"].min())
    ax.set_ylim(-0.16 * top, top)
    ax.set_xlim(first - 0.5, week + 1.5)
    ax.annotate(f"{what}\nin week {week}", (week, top), xytext=(-6, -4),
                textcoords="offset points", ha="right", va="top", color=INK,
                fontsize=10)  # fmt: skip
    for k, (who, colour) in enumerate(zip(ends, (WEST, EAST), strict=True)):
        mine = links[(links["who"] == who) & (links["week"] >= first)]
        y = np.full(len(mine), -(0.05 + 0.065 * k) * top)
        ax.plot(mine["week"], y, ls="", marker=MARKERS[k], ms=5.5, color=colour,
                label=f"links of {who}", clip_on=False)  # fmt: skip
    ax.legend(loc="upper left", ncol=2, fontsize=9.5, borderaxespad=0.1)
    ax.set_yticks([t for t in ax.get_yticks() if 0.0 <= t <= top])
    ax.yaxis.set_major_formatter(percents())
    ax.xaxis.set_major_locator(MaxNLocator(9, integer=True))
    ax.set_xlabel("week from which chance is fresh")
    ax.set_ylabel(f"replays with {what}\nwithin {within} weeks")


def draw_links(ax: Axes, table: pd.DataFrame, what: str) -> None:
    """Draw by how much less often it comes without each link, in order of weeks.

    Args:
        ax: where to draw.
        table: of :meth:`sim.forks.why.Why.table`, without triggers.
        what: came.
    """
    rows = table.sort_values(["week", "rank"], ascending=[True, False]).reset_index(drop=True)
    y = np.arange(len(rows))[::-1]
    ax.axvline(0.0, color=NEUTRAL, lw=1.0)
    for at, row in zip(y, rows.to_dict("records"), strict=True):
        strong = bool(row["decisive"])
        colour = EAST if strong else NEUTRAL
        low, high = 100.0 * row["effect_lo"], 100.0 * row["effect_hi"]
        ax.plot([low, high], [at, at], color=colour, lw=2.4 if strong else 1.6)
        ax.plot(100.0 * row["effect"], at, "o", color=colour, ms=7)
        ax.annotate(f"{100.0 * row['with']:.0f} → {100.0 * row['without']:.0f} %", (1.01, at),
                    xycoords=("axes fraction", "data"), va="center", fontsize=9,
                    color=colour)  # fmt: skip
    ax.set_yticks(y, [_row(row) for row in rows.to_dict("records")])
    for label, strong in zip(ax.get_yticklabels(), rows["decisive"], strict=True):
        label.set_fontsize(9.5)
        label.set_color(INK if strong else NEUTRAL)
        label.set_fontweight("bold" if strong else "normal")
    ax.set_ylim(-0.7, max(1, len(rows)) - 0.3)
    if not len(rows):
        ax.text(0.5, 0.5, "no earlier links", transform=ax.transAxes, ha="center")
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(f"points of a hundred by which {what} comes less often without the link\n"
                  "(right: replays with it → without it)")  # fmt: skip


def _row(row: Mapping[Any, Any]) -> str:
    what = str(row["what"])
    short = what if len(what) <= LETTERS else what[: LETTERS - 3].rstrip() + "..."
    return f"{short}   week {row['week']}"


def draw_triggers(ax: Axes, rows: pd.DataFrame, what: str) -> None:
    """Draw in what share of worlds the worst began with each kind of trigger.

    Args:
        ax: where to draw.
        rows: ``kind, n, worlds, share, lo, hi``.
        what: the worlds came to.
    """
    y = np.arange(len(rows))[::-1]
    ax.barh(y, rows["share"], 0.62, color=WEST)
    ax.hlines(y, rows["lo"], rows["hi"], color=INK, lw=1.6)
    end = max(0.1, float(rows["hi"].max())) if len(rows) else 1.0
    for at, row in zip(y, rows.to_dict("records"), strict=True):
        ax.text(row["hi"] + 0.015 * end, at, f"{row['n']}", va="center", fontsize=9.5, color=INK)
    ax.set_yticks(y, rows["kind"])
    ax.set_ylim(-0.7, max(1, len(rows)) - 0.3)
    ax.set_xlim(0.0, 1.15 * end)
    ax.xaxis.set_major_formatter(percents())
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", visible=False)
    ax.set_title(f"the trigger of {what}")
    ax.set_xlabel("share of worlds")


def draw_kinds(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw by how much the risk on the eve is less without all earlier links of a kind.

    Args:
        ax: where to draw.
        rows: ``kind, asked, effect, effect_lo, effect_hi``, all links first.
    """
    order = rows[rows["asked"] >= FEWEST].sort_values("effect", ascending=False, kind="stable")
    y = np.arange(len(order))[::-1]
    ax.axvline(0.0, color=NEUTRAL, lw=1.0)
    for at, row in zip(y, order.to_dict("records"), strict=True):
        known = row["effect_lo"] == row["effect_lo"]
        clear = known and (row["effect_lo"] > 0.0 or row["effect_hi"] < 0.0)
        colour = EAST if clear else NEUTRAL
        if known:
            ax.plot([100.0 * row["effect_lo"], 100.0 * row["effect_hi"]], [at, at], color=colour,
                    lw=1.8)  # fmt: skip
        ax.plot(100.0 * row["effect"], at, "o", color=colour, ms=7)
    ax.set_yticks(y, [f"{row['kind']} ({row['asked']})" for row in order.to_dict("records")])
    ax.set_ylim(-0.7, max(1, len(order)) - 0.3)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", visible=False)
    ax.set_title("earlier links, taken out together")
    ax.set_xlabel("points by which the risk on the eve is less without them")


def draw_window(
    ax: Axes, rows: pd.DataFrame, control: pd.DataFrame, title: str, ends: tuple[float, float], *,
    points: bool,
) -> None:  # fmt: skip
    """Draw what a step saves against how early it is taken, by one side, by the other or by both.

    Args:
        ax: where to draw.
        rows: of the step: ``by`` (west, east, both), ``before, share, lo, hi``.
        control: the same of a step that should do harm.
        title: the step.
        ends: of the axis of shares.
        points: whether each week stands alone, with a bar for its interval; else as a band.
    """
    ax.axhline(0.0, color=NEUTRAL, lw=1.0)
    harm = control.sort_values("before")
    ax.plot(harm["before"], harm["share"], color=FAINT, lw=1.6, ls=DASHES[1])
    for k, (by, colour) in enumerate(SIDES.items()):
        part = rows[rows["by"] == by].sort_values("before")
        if points:
            x = part["before"] + 0.22 * (k - 1)
            ax.vlines(x, part["lo"], part["hi"], color=colour, lw=1.1, alpha=0.65)
        else:
            x = part["before"]
            ax.fill_between(x, part["lo"], part["hi"], color=colour, alpha=0.13, lw=0)
        ax.plot(x, part["share"], color=colour, ls=DASHES[k], marker=MARKERS[k], ms=4.5,
                markevery=1 if points else 4, lw=1.6)  # fmt: skip
    room = 72.0 * ax.bbox.width / float(ax.figure.dpi)
    ax.set_title(folded(title, room, 10.5, weight="bold"), fontsize=10.5)
    pad = 0.04 * (ends[1] - ends[0])
    ax.set_ylim(ends[0] - (pad if ends[0] < 0.0 else 0.0), ends[1] + pad)
    last = float(rows["before"].max()) if len(rows) else 1.0
    ax.set_xlim(last + 0.6, -0.6)
    if points:
        ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{100.0 * y:+.3g}" if y else "0"))
    else:
        ax.yaxis.set_major_formatter(percents())
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))


def window_legend(figure: Figure, ends: tuple[str, str], *, control: bool) -> None:
    """Say below a figure's title who takes a step.

    Args:
        figure: a sheet with a title.
        ends: names of the two sides.
        control: whether a control is drawn too.
    """
    names = (f"by {ends[0]}", f"by {ends[1]}", "by both")
    handles = [
        Line2D([], [], color=colour, ls=DASHES[k], marker=MARKERS[k], ms=4.5, label=name)
        for k, (colour, name) in enumerate(zip(SIDES.values(), names, strict=True))
    ]
    if control:
        handles.append(Line2D([], [], color=FAINT, ls=DASHES[1], label="control: a show of force"))
    height = float(figure.get_size_inches()[1])
    n_lines = figure.texts[0].get_text().count("\n") + 1
    figure.legend(handles=handles, loc="upper left", ncol=4, frameon=False,
                  bbox_to_anchor=(0.008, 1.0 - (0.12 + 0.25 * n_lines) / height))  # fmt: skip
