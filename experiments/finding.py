"""What the experiments share: run one, state what it found with intervals, say where it is drawn.

A script gives :func:`state` its name, a function from the study to sentences, and the figure that
shows them. Numbers are differences over the same worlds unless a sentence says otherwise, and stand
with their 95 % intervals.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim import Study, open_study, read_jobs
from sim.__main__ import exit_code
from sim.analysis.intervals import student, wilson
from sim.analysis.quantities import QUANTITIES, paired
from sim.errors import Fault, InputError, clean, nearest
from sim.plan.scenario import Job
from sim.plots import NEUTRAL
from sim.report import run

Estimate = tuple[float, float, float]
"""An estimate and the two ends of its 95 % interval."""
Finding = Callable[[Study], Iterator[str]]


def state(name: str, finding: Finding, figure: str, overrides: Sequence[str]) -> int:
    """Run an experiment, print its finding and the path of the figure that shows it.

    Args:
        name: of the experiment.
        finding: gives sentences about its study.
        figure: name of the figure.
        overrides: as on the command line, for example ``["worlds=50"]``.

    Returns:
        The exit code: 0 done, 1 something cannot be read or written, a point failed or the finding
        does not fit what was varied, 2 the input has faults, 130 interrupted.
    """

    def tell(job: Job, study: Study) -> int:
        try:
            print("", *finding(study), sep="\n")
            if job.figures != "none":
                print(_drawn(study, figure))
        except LookupError as error:
            told = f"spiral: the finding does not fit what was varied: no {error}"
            print(told, file=sys.stderr)
            return 1
        return 0

    return of_studies(name, overrides, tell)


def of_studies(name: str, overrides: Sequence[str], tell: Callable[[Job, Study], int]) -> int:
    """Run an experiment and tell each of its studies; return the first exit code that is not 0.

    Args:
        name: of the experiment.
        overrides: as on the command line.
        tell: what is done with a job and its study; returns an exit code.
    """

    def each() -> int:
        for job in read_jobs([f"experiment={name}", *overrides]):
            run(job)
            if (job.output / "failed.parquet").exists():
                return 1
            if not job.dry_run and (code := tell(job, open_study(job.output))):
                return code
        return 0

    code: int = exit_code(each)
    return code


def _drawn(study: Study, figure: str) -> str:
    path = study.folder / "figures" / f"{figure}.png"
    if not path.is_file():
        raise FileNotFoundError(f"no figure {path}")
    return f"Figure: {path}"


# Settings of scripts that are no study


def settings(words: Sequence[str], **known: type) -> dict[str, Any]:
    """Return what ``name=value`` words say, as numbers and paths.

    Args:
        words: as on the command line.
        known: the names that there are, and of what type each is.

    Raises:
        InputError: if a word has another name, or a value is none of its type; a number must be
            above 0.
    """
    found: dict[str, Any] = {}
    faults = []
    for word in words:
        name, _, text = word.partition("=")
        if name not in known or not text:
            told = f"must be one of {', '.join(f'{n}=...' for n in known)}"
            faults.append(Fault("command line", clean(word), told, nearest(name, known)))
            continue
        try:
            found[name] = known[name](text)
            if known[name] is not Path and not 0 < found[name] < math.inf:
                raise ValueError
        except ValueError:
            kind = "whole number" if known[name] is int else "number"
            faults.append(Fault("command line", name, f"must be a {kind} above 0", value=text))
    if faults:
        raise InputError(faults)
    return found


# Which point


def point_at(study: Study, **levels: str | float) -> int:
    """Return the first design point at these levels.

    Raises:
        LookupError: if the study has none, since something else was varied.
    """
    design = study.design
    keep = np.ones(len(design), bool)
    for name, level in levels.items():
        there = name in design.columns
        keep &= (design[name] == level).to_numpy() if there else np.zeros(len(design), bool)
    if not keep.any():
        told = ", ".join(f"{name} = {level}" for name, level in levels.items())
        raise LookupError(f"point with {told}")
    return int(design["point"].to_numpy()[keep][0])


# Differences between any two points


def worlds_at(study: Study, point: int) -> pd.DataFrame:
    """Return the outcomes of a point's worlds, in the order of their numbers."""
    rows = study.outcomes
    return rows[rows["point"] == point].set_index("world").sort_index()


def values(study: Study, quantity: str, point: int) -> NDArray[np.int64]:
    """Return a quantity in every world of a point, ``[world]``."""
    return QUANTITIES[quantity].seen(worlds_at(study, point))


def change(study: Study, quantity: str, after: int, before: int) -> Estimate:
    """Return how much higher a quantity is at one point than at another, in the same worlds."""
    both = values(study, quantity, before), values(study, quantity, after)
    n = min(map(len, both))  # with a precision, points have different numbers of worlds
    found = paired(QUANTITIES[quantity], both[0][:n], both[1][:n])
    return found["difference"], found["lo"], found["hi"]


def mean(each: NDArray[np.float64]) -> Estimate:
    """Return the mean of a value that every world has, ``[world]``."""
    lo, hi = student(each.sum(), (each * each).sum(), len(each))
    return float(each.mean()), float(lo), float(hi)


def relative(study: Study, quantity: str, after: int, before: int) -> Estimate:
    """Return the change of a quantity as a part of what it was (a ratio of means, linearised)."""
    was, now = (values(study, quantity, point).astype(float) for point in (before, after))
    n, base = min(len(was), len(now)), max(1e-9, was.mean())
    ratio = now.mean() / base
    return mean((now[:n] - ratio * was[:n]) / base + ratio - 1.0)


def fate_shares(study: Study, point: int) -> tuple[Estimate, Estimate]:
    """Return the shares of worlds whose leaders peaked higher, and lower, than in the baseline."""
    rows = study.differences
    mine = rows[(rows["point"] == point) & (rows["quantity"] == "peak_rung")].iloc[0]

    def share(way: str) -> Estimate:
        low, high = wilson(mine[way] * mine["worlds"], mine["worlds"])
        return float(mine[way]), float(low), float(high)

    return share("up"), share("down")


# Words


def minus(estimate: Estimate) -> Estimate:
    """Return a difference the other way round."""
    value, low, high = estimate
    return -value, -high, -low


def _digits(value: float) -> int:
    return 2 if abs(value) >= 10.0 else 3 if abs(value) >= 0.01 else 4


def told(estimate: Estimate) -> str:
    """Return a difference in words: ``-0.041 [-0.050, -0.032]``."""
    digits = _digits(estimate[0])
    value, low, high = (f"{x:+.{digits}f}" for x in estimate)
    return f"{value} [{low}, {high}]"


def level(estimate: Estimate) -> str:
    """Return a value in words: ``0.237 [0.225, 0.250]``."""
    digits = _digits(estimate[0])
    value, low, high = (f"{x:.{digits}f}" for x in estimate)
    return f"{value} [{low}, {high}]"


def percent(estimate: Estimate) -> str:
    """Return a relative change in words: ``-14 % [-18, -11]``."""
    value, low, high = (f"{100.0 * x:+.0f}" for x in estimate)
    return f"{value} % [{low}, {high}]"


def moves(estimate: Estimate, up: str = "rises", down: str = "falls") -> str:
    """Return which way a difference points, if its interval excludes zero."""
    _, low, high = estimate
    return up if low > 0.0 else down if high < 0.0 else "does not clearly change"


def save(figure: Figure, path: Path, told: str) -> None:
    """Write a figure as a PNG file, with a line on what it shows."""
    figure.suptitle(f"{told} Not a forecast.", x=0.01, ha="left", fontsize=9, color=NEUTRAL)
    FigureCanvasAgg(figure)
    figure.savefig(path, dpi=120)
