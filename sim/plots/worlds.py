"""Drawings of worlds, many or one, each on an Axes it is given: nothing here simulates or saves.

The tables are those of :mod:`sim.analysis.tables`. How the points of a design are drawn beside one
another is in :mod:`sim.plots.designs`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.analysis.tables import rung_line
from sim.lanes import Floats
from sim.model.vocabulary import Instrument, Rung
from sim.plots.style import (
    ABOVE,
    DASHES,
    EAST,
    INK,
    NEUTRAL,
    OKABE_ITO,
    RUNG_COLOURS,
    RUNG_NAMES,
    WEST,
    columns_within,
    name_ends,
    rung_axis,
    share_axis,
    weeks_axis,
    width_across,
)

# Rungs


def draw_fan(ax: Axes, rungs: pd.DataFrame, column: str = "share", *, legend: bool = True) -> None:
    """Draw where a pair stands: a ribbon a rung, quantiles, median and mean.

    Quantiles of whole numbers move in steps and hide how many worlds stand where; a ribbon is as
    thick as the share of worlds on its rung that week.

    Args:
        ax: where to draw.
        rungs: table of rungs, of one point.
        column: ``share`` (the leaders) or ``subject``.
        legend: whether to say what is what, above the axes.
    """
    shares = rungs.pivot(index="week", columns="rung", values=column).sort_index().to_numpy()
    line = rung_line(rungs, column)
    weeks = line["week"].to_numpy()
    for low, high, shade in (("q05", "q95", 0.10), ("q25", "q75", 0.20)):
        ax.fill_between(
            weeks, line[low] - 0.5, line[high] + 0.5, step="mid", color=NEUTRAL, alpha=shade, lw=0
        )
    present = [int(rung) for rung in np.flatnonzero(shares.max(axis=0) > 0.0)]
    for rung in present:
        half = 0.46 * shares[:, rung]
        ax.fill_between(weeks, rung - half, rung + half, color=RUNG_COLOURS[rung], lw=0.3)
    ax.plot(weeks, line["q50"], color=INK, lw=2.0, drawstyle="steps-mid")
    ax.plot(weeks, line["mean"], color=EAST, ls=DASHES[1], lw=2.2)
    rung_axis(ax, max(3, *present))
    weeks_axis(ax, int(weeks.max()))
    if not legend:
        return
    handles = [
        Line2D([], [], color=INK, label="median"),
        Line2D([], [], color=EAST, ls=DASHES[1], lw=2.2, label="mean"),
        Line2D([], [], color=NEUTRAL, alpha=0.35, lw=9, label="25-75 % range"),
        Line2D([], [], color=NEUTRAL, alpha=0.14, lw=9, label="5-95 % range"),
        Line2D([], [], color=RUNG_COLOURS[3], lw=9, label="ribbon width: share of worlds"),
    ]
    ax.legend(handles=handles, ncols=5, columnspacing=1.2, **ABOVE)


def draw_reached(ax: Axes, reached: pd.DataFrame, *, top: float = 1.0, legend: bool = True) -> None:
    """Draw the share of worlds that have reached each rung from display to war by each week.

    Args:
        ax: where to draw.
        reached: table of reached rungs, of one point and one scope.
        top: upper end of the axis, a share.
        legend: whether to name the lines at their ends.
    """
    ends: list[tuple[float, str, Any]] = []
    for k, rung in enumerate((Rung.DISPLAY, Rung.CRISIS, Rung.CLASH, Rung.WAR)):
        line = reached[reached["rung"] == rung].sort_values("week")
        colour = (OKABE_ITO[2], OKABE_ITO[0], OKABE_ITO[1], OKABE_ITO[6])[k]
        seen = line[line["share"] > 0.0]  # the interval of what never happened only hides others
        ax.fill_between(seen["week"], seen["lo"], seen["hi"], color=colour, alpha=0.18, lw=0)
        ax.plot(line["week"], line["share"], color=colour, ls=DASHES[k], label=RUNG_NAMES[rung])
        ends.append((float(line["share"].iloc[-1]), RUNG_NAMES[rung], colour))
    weeks = int(reached["week"].max())
    share_axis(ax, top)
    weeks_axis(ax, weeks)
    if legend:
        name_ends(ax, weeks, ends)


def draw_rungs(ax: Axes, rungs: pd.DataFrame, column: str, label: str, lowest: int = 0) -> None:
    """Draw how many stand on each rung, week by week, stacked from the lowest rung up.

    Args:
        ax: where to draw.
        rungs: table of rungs, of one point.
        column: ``share`` (of worlds, the leaders' pair), ``subject`` (the same of the pair that
            the scenario is about) or ``pairs`` (mean number).
        label: of the y axis.
        lowest: lowest rung drawn.
    """
    grid = rungs.pivot(index="week", columns="rung", values=column).sort_index()
    weeks, counts = grid.index.to_numpy(), grid.to_numpy()  # [week, rung]
    present = [int(r) for r in np.flatnonzero(counts.max(axis=0) > 0.0) if r >= lowest]
    if present:
        colours = [RUNG_COLOURS[rung] for rung in present]
        ax.stackplot(weeks, counts[:, present].T, colors=colours, lw=0.4, edgecolor="white")
    top = float(counts[:, present].sum(axis=1).max()) if present else 1.0
    ax.set_ylim(0.0, 1.05 * top)
    if column != "pairs":
        share_axis(ax)
    ax.set_ylabel(label)
    weeks_axis(ax, int(weeks.max()))
    handles = [
        Line2D([], [], color=RUNG_COLOURS[r], marker="s", ms=9, ls="", label=f"{r} {RUNG_NAMES[r]}")
        for r in reversed(present)
    ]
    ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0), handletextpad=0.2)


# The perception gap


def draw_views(
    ax: Axes, views: pd.DataFrame, actor: str, doer: str, seer: str, colour: str
) -> None:
    """Draw one side's acts in one world as it meant them and as the other saw them.

    Args:
        ax: where to draw.
        views: table of the two views.
        actor: code of the side that acts.
        doer, seer: names of that side and of the other, for the title and the legend.
        colour: of the acting side.
    """
    mine = views[views["actor"] == actor].sort_values("week")
    week, meant, seen = (mine[name].to_numpy() for name in ("week", "meant", "seen"))
    worse = seen >= meant
    for where, shade, label in (
        (worse, OKABE_ITO[4], "perceived as more hostile"),
        (~worse, OKABE_ITO[5], "perceived as less hostile"),
    ):
        ax.fill_between(
            week,
            meant,
            seen,
            where=where,
            color=shade,
            alpha=0.45,
            lw=0,
            interpolate=True,
            label=label,
        )
    ax.plot(week, meant, color=colour, label="as intended")
    ax.plot(week, seen, color=INK, ls=DASHES[1], lw=1.6, label=f"as perceived by {seer}")
    ax.set_title(f"Acts of {doer}")
    ax.set_ylim(0.0, max(0.5, 1.3 * float(views[["meant", "seen"]].to_numpy().max())))
    ax.set_ylabel("hostility, about 0 to 1.4")
    weeks_axis(ax, int(week.max()))
    handles, labels = ax.get_legend_handles_labels()
    order = (2, 3, 0, 1)
    ax.legend(
        [handles[k] for k in order], [labels[k] for k in order], loc="upper left",
        ncols=columns_within(width_across(ax), labels, 2),
    )  # fmt: skip


def draw_measure(ax: Axes, curves: pd.DataFrame, measure: str, label: str) -> None:
    """Draw the fan of one measure over all worlds.

    Args:
        ax: where to draw.
        curves: table of curves, of one point.
        measure: its name in the table.
        label: of the y axis, with the unit.
    """
    line = curves[curves["measure"] == measure].sort_values("week")
    for low, high, shade, name in (
        ("q05", "q95", 0.18, "5-95 % range"),
        ("q25", "q75", 0.35, "25-75 % range"),
    ):
        ax.fill_between(
            line["week"], line[low], line[high], color=OKABE_ITO[2], alpha=shade, lw=0, label=name
        )
    ax.plot(line["week"], line["q50"], color=OKABE_ITO[2], label="median")
    ax.plot(line["week"], line["mean"], color=INK, ls=DASHES[1], lw=1.6, label="mean")
    ax.set_ylabel(label)
    bottom, top = min(0.0, float(line["q05"].min())), float(line["q95"].max())
    ax.set_ylim(bottom, max(0.05, top + 0.25 * (top - bottom)))
    weeks_axis(ax, int(line["week"].max()))
    ax.legend(loc="upper left", ncols=4)


# Fear


def draw_fear(
    ax: Axes,
    pairs: pd.DataFrame,
    leader: str,
    names: Mapping[str, str],
    whose: tuple[str, str],
    colours: tuple[str, str],
    n_rows: int,
) -> None:
    """Draw fear both ways between a leader and each state opposed to it, the most feared last.

    Args:
        ax: where to draw.
        pairs: table of pairs, of one point.
        leader: its code.
        names: states' names by code.
        whose: names of the two fears: the others' of the leader, the leader's of them.
        colours: of the two fears.
        n_rows: rows to leave room for.
    """
    rows = fear_of(pairs, leader)
    y = np.arange(len(rows))
    ax.hlines(y, rows["felt"], rows["held"], color="#bdbdbd", lw=1.6, zorder=1)
    ax.scatter(rows["held"], y, s=34, color=colours[0], zorder=3, label=whose[0])
    ax.scatter(rows["felt"], y, s=38, color=colours[1], marker="D", zorder=2, label=whose[1])
    ax.set_yticks(y, [names[code] for code in rows["state"]], fontsize=10)
    ax.set_ylim(len(rows) - n_rows - 0.7, len(rows) - 0.3)
    ax.set_xlim(0.0, max(0.3, 1.08 * float(rows[["felt", "held"]].to_numpy().max())))
    ax.set_xlabel("mean fear over weeks and worlds, 0 to 1")
    ax.grid(axis="y", visible=False)
    ax.legend(ncols=columns_within(width_across(ax), whose, 2), **ABOVE)


def fear_of(pairs: pd.DataFrame, leader: str) -> pd.DataFrame:
    """Return ``state, held, felt``: an opposed state's fear of a leader, the leader's of it."""
    opposed = pairs[pairs["opposed"]]
    ahead = opposed[opposed["second"] == leader]
    behind = opposed[opposed["first"] == leader]
    rows = pd.DataFrame(
        {
            "state": [*ahead["first"], *behind["second"]],
            "held": [*ahead["fear_first"], *behind["fear_second"]],
            "felt": [*ahead["fear_second"], *behind["fear_first"]],
        }
    )
    return rows.sort_values("held", ignore_index=True)


# One history


def draw_steps(
    ax: Axes, series: Mapping[str, Floats], instrument: Instrument, colours: Sequence[str]
) -> None:
    """Draw an instrument of both sides in one world, week by week.

    Args:
        ax: where to draw.
        series: levels, ``[week]``, by the name of the side.
        instrument: whose steps name the axis.
        colours: of the sides.
    """
    for k, (name, levels) in enumerate(series.items()):
        weeks = np.arange(len(levels))
        shift = (0.5 - k) * 0.03  # both are seen where both are equal
        ax.step(
            weeks, levels + shift, where="post", color=colours[k], ls=DASHES[k], lw=1.8, label=name
        )
    ax.set_ylim(-0.08, 1.08)
    ax.set_yticks(np.linspace(0.0, 1.0, 5), instrument.declared.levels)
    ax.set_title(instrument.field)
    weeks_axis(ax, len(weeks) - 1)


def draw_lines(ax: Axes, series: Mapping[str, Floats], label: str, colours: Sequence[str]) -> None:
    """Draw a quantity of both sides in one world, week by week."""
    for k, (name, values) in enumerate(series.items()):
        ax.plot(np.arange(len(values)), values, color=colours[k], ls=DASHES[k], label=name)
    ax.set_ylim(0.0, max(0.3, 1.1 * max(float(values.max()) for values in series.values())))
    ax.set_ylabel(label)
    weeks_axis(ax, len(values) - 1)
    ax.legend(loc="best", ncols=columns_within(width_across(ax), list(series), 2))


def draw_ladder(ax: Axes, rungs: Floats) -> None:
    """Draw the rung a pair stood on in one world, week by week."""
    weeks = np.arange(len(rungs))
    ax.fill_between(weeks, -0.5, rungs, step="post", color=WEST, alpha=0.15, lw=0)
    ax.step(weeks, rungs, where="post", color=WEST)
    rung_axis(ax, int(max(3, rungs.max())))
    weeks_axis(ax, len(rungs) - 1)
