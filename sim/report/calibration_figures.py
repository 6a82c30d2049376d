"""The figures of a calibration; see :mod:`sim.report.figures` for what they share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from sim import plots
from sim.evidence.calibration.recovery import RANKS
from sim.evidence.targets import targets
from sim.lanes import Floats
from sim.report.figures import NOTE, Plan, sheet


@dataclass(frozen=True)
class Line:
    """A line of small print."""

    text: str

    def small_print(self) -> str:
        """Return the line at the foot of a figure."""
        return f"{NOTE}.  {self.text}."


def of_calibration(
    parameters: pd.DataFrame, found: pd.DataFrame, waves: Sequence[Floats], declared: float,
    ranks: Floats, caption: Line,
) -> Iterator[Plan]:  # fmt: skip
    """Yield the figures of a calibration, each under its name and not yet drawn.

    Args:
        parameters: one row for each parameter, see :func:`sim.report.calibrating.parameters_of`.
        found: one row for each target, see :func:`sim.report.calibrating.targets_of`.
        waves: distances of the points of each wave, the posterior last.
        declared: distance of the hand-set parameters.
        ranks: of known truths, ``[trial, parameter]``.
        caption: the small print.
    """
    yield "plausible", partial(_plausible, parameters, caption)
    yield "waves", partial(_waves, waves, declared, caption)
    if len(ranks):
        yield "recovery", partial(_recovery, ranks, caption)
    by_name = found.set_index("target")
    hand = by_name["by_hand"]
    series = {
        "posterior": pd.DataFrame({"value": by_name["value"], "low": by_name["lo"],
                                   "high": by_name["hi"]}),
        "set by hand": pd.DataFrame({"value": hand, "low": hand, "high": hand}),
    }  # fmt: skip
    yield "targets", partial(of_targets, series, caption)


def _plausible(parameters: pd.DataFrame, caption: Line) -> Figure:
    title, height = "Posterior of the calibrated parameters", 1.6 + 0.27 * len(parameters)
    figure = sheet(9.0, height, title, caption)
    plots.draw_plausible(figure.subplots(), parameters)
    return figure


def _waves(waves: Sequence[Floats], declared: float, caption: Line) -> Figure:
    figure = sheet(9.0, 5.0, "Distance from the record, by wave", caption)
    plots.draw_waves(figure.subplots(), waves, declared)
    return figure


def _recovery(ranks: Floats, caption: Line) -> Figure:
    figure = sheet(8.0, 5.0, "Simulation-based calibration: ranks of known parameters", caption)
    plots.draw_ranks(figure.subplots(), ranks, RANKS)
    return figure


def of_targets(series: dict[str, pd.DataFrame], caption: Line) -> Figure:
    """Return simulated figures over recorded ones: those of Russia and NATO, and of all states.

    Args:
        series: frames with ``value, low, high`` by name of target, by the name of each series.
        caption: the small print.
    """
    above_zero = [t for t in targets().values() if t.value > 0.0]
    drawn = {
        "Russia and NATO's members; * kept from the fit": [t for t in above_zero if t.is_ours],
        "All states, none fitted; * checks": [t for t in above_zero if not t.is_ours],
    }
    longest = max(len(listed) for listed in drawn.values())
    figure = sheet(15.0, 2.0 + 0.27 * longest, "Simulated and recorded statistics", caption)
    axes = figure.subplots(1, 2)
    for ax, (title, listed) in zip(axes, drawn.items(), strict=True):
        plots.draw_targets(ax, listed, series)
        ax.set_ylim(len(listed) - longest - 0.7, len(listed) - 0.3)
        ax.text(1.0, 1.04, title, transform=ax.transAxes, ha="right", fontweight="bold")
    return figure
