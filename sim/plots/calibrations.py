"""Drawings of a calibration: what is plausible, how waves close in, what is recovered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from sim.evidence.targets import Target
from sim.lanes import Floats
from sim.plots.style import DASHES, EAST, INK, MARKERS, NEUTRAL, OKABE_ITO, WEST, percents


def draw_plausible(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw where in its range each parameter is plausible, beside the hand-set value.

    Args:
        ax: where to draw.
        rows: one row for each parameter: ``parameter, low, high`` (of the range), ``q05, q25, q50,
            q95`` (of the posterior), ``declared``, ``log``, whether its prior is even in the
            logarithm, ``contraction``, the narrowest first.
    """
    log, low, high = (rows[name].to_numpy() for name in ("log", "low", "high"))

    def scaled(value: Floats) -> Floats:
        found: Floats = np.where(log, np.log(np.where(log, value, 1.0)), value)
        return found

    def place(column: str) -> Floats:
        of = scaled(rows[column].to_numpy()) - scaled(low)
        found: Floats = of / (scaled(high) - scaled(low))
        return found

    y = np.arange(len(rows))[::-1]
    ax.hlines(y, 0.0, 1.0, color="#e0e0e0", lw=7.0)
    ax.hlines(y, place("q05"), place("q95"), color=WEST, lw=2.0)
    ax.hlines(y, place("q25"), place("q75"), color=WEST, lw=6.0)
    ax.plot(place("q50"), y, "o", color="white", mec=WEST, ms=5.0, label="posterior: median, 50 "
            "and 90 % intervals")  # fmt: skip
    ax.plot(place("declared"), y, "D", color=EAST, ms=5.0, label="set by hand")
    ax.set_yticks(y, rows["parameter"])
    ax.set_xlim(-0.02, 1.02)
    ax.xaxis.set_major_formatter(percents())
    ax.set_xlabel("position in the range of the prior")
    ax.grid(visible=False, axis="y")
    ax.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2)


def draw_waves(ax: Axes, distances: Sequence[Floats], declared: float) -> None:
    """Draw the distance from the record of the points of each wave.

    Args:
        ax: where to draw.
        distances: root mean squared distance in standard errors, ``[point]`` for each wave.
        declared: of the hand-set parameters.
    """
    for k, found in enumerate(distances):
        low, lower, middle, upper, high = np.quantile(found, (0.05, 0.25, 0.5, 0.75, 0.95))
        ax.vlines(k, low, high, color=WEST, lw=2.0)
        ax.vlines(k, lower, upper, color=WEST, lw=8.0)
        ax.plot(k, middle, "o", color="white", mec=WEST)
    ax.axhline(declared, color=EAST, ls="--")
    ax.set_xlim(-0.6, len(distances) - 0.4)
    ax.text(-0.55, declared, "set by hand", color=EAST, va="bottom")
    names = [*(f"wave {k}" for k in range(len(distances) - 1)), "posterior"]
    ax.set_xticks(range(len(distances)), names)
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(FixedLocator([1, 2, 5, 10, 20, 50]))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
    ax.set_ylabel("distance from the record,\nRMS, in standard errors")
    ax.grid(visible=False, axis="x")


def draw_ranks(ax: Axes, ranks: Floats, n_ranks: int) -> None:
    """Draw the shares of ranks of known truths, a line for each parameter, and what chance allows.

    Args:
        ax: where to draw.
        ranks: ``[trial, parameter]``, 0 to ``n_ranks``.
        n_ranks: the highest.
    """
    trials = len(ranks)
    x = np.linspace(0.0, 1.0, 101)
    from scipy.stats import binom  # slow to import, and drawn by calibrations alone

    low, high = (binom.ppf(q, trials, x) / trials - x for q in (0.005, 0.995))
    ax.fill_between(x, low, high, color="#dddddd", lw=0, label="99 % band under uniform ranks")
    share = (ranks + 0.5) / (n_ranks + 1)
    for column in share.T:
        ax.plot(x, np.searchsorted(np.sort(column), x) / trials - x, color=WEST, lw=0.8, alpha=0.6)
    ax.axhline(0.0, color=INK, lw=1.0)
    ax.set_xlim(0.0, 1.0)
    ax.set_xlabel("normalised rank of the true value")
    ax.set_ylabel("ECDF difference")
    ax.legend(loc="upper right")


def draw_targets(
    ax: Axes, targets: Sequence[Target], found: Mapping[str, pd.DataFrame], widest: float = 4.0
) -> None:
    """Draw simulated figures over recorded ones, with both intervals, on an axis of ratios.

    Args:
        ax: where to draw.
        targets: one line each, none of them zero.
        found: frames with ``value, low, high`` by name of target, for each series by its name.
        widest: factor at which the axis ends; what lies beyond is drawn at its end.
    """
    y = np.arange(len(targets))[::-1]
    value = np.array([t.value for t in targets])

    def ratio(x: Floats) -> Floats:
        held: Floats = np.clip(x / value, 1.0 / widest, widest)
        return held

    ends = np.array([(t.low, t.high) for t in targets])
    ax.hlines(y, ratio(ends[:, 0]), ratio(ends[:, 1]), color="#b0b0b0", lw=9.0)
    steps = np.linspace(0.22, -0.22, len(found)) if len(found) > 1 else [0.0]
    colours = (WEST, OKABE_ITO[4], EAST, NEUTRAL)
    for (name, frame), step, colour, mark in zip(
        found.items(), steps, colours, MARKERS, strict=False
    ):
        rows = frame.loc[[t.name for t in targets]]
        low, high = ratio(rows["low"].to_numpy()), ratio(rows["high"].to_numpy())
        ax.hlines(y + step, low, high, color=colour, lw=1.6)
        ax.plot(ratio(rows["value"].to_numpy()), y + step, mark, color=colour, ms=4.5, mew=0,
                label=name)  # fmt: skip
    ax.axvline(1.0, color=INK, lw=1.0)
    ax.set_xscale("log")
    ax.set_xlim(0.93 / widest, 1.07 * widest)
    ax.xaxis.set_major_locator(FixedLocator([0.25, 1 / 3, 0.5, 1, 2, 3, 4]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:.2g}"))
    ax.set_yticks(y, [t.label + (" *" if t.use == "check" else "") for t in targets])
    ax.set_ylim(-0.7, len(targets) - 0.3)
    ax.set_xlabel(
        "simulated / recorded; grey: recorded 95 % interval; bars: 95 % of sets;\n"
        f"at the edge: off by {widest:g} or more"
    )
    ax.grid(visible=False, axis="y")
    ax.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=len(found))


def draw_escalation(ax: Axes, record: pd.DataFrame, found: Mapping[str, pd.DataFrame]) -> None:
    """Draw the share of disputes begun by a display that have come to force, by day.

    Args:
        ax: where to draw.
        record: ``days, value, low, high``.
        found: the same of each series, the first with its band.
    """
    for k, ((name, rows), colour) in enumerate(
        zip(found.items(), (WEST, EAST, NEUTRAL), strict=False)
    ):
        if k == 0:
            ax.fill_between(rows["days"], rows["low"], rows["high"], color=colour, alpha=0.2, lw=0)
        ax.plot(rows["days"], rows["value"], MARKERS[k + 1], ls=DASHES[k], color=colour, label=name)
    low, high = record["value"] - record["low"], record["high"] - record["value"]
    ax.errorbar(record["days"], record["value"], [low, high], fmt="o", color=INK, capsize=3.0,
                label="recorded, 95 % interval")  # fmt: skip
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(FixedLocator(list(record["days"])))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    ax.set_xlabel("days since onset of the dispute")
    ax.set_ylabel("share of disputes that have reached use of force")
    ax.set_ylim(0.0, None)
    ax.yaxis.set_major_formatter(percents())
    ax.legend(loc="upper left")
