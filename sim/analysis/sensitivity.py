"""What the outcome of a Morris or a Saltelli design says of each axis, by SALib.

An interval is the estimate plus and minus 1.96 bootstrap standard errors, drawn anew from whole
trajectories or blocks. The bootstrap is seeded. Every row counts: where one has no value nothing is
said, for a trajectory or a block with a hole has no effect to give, and to drop it would favour
whatever does not fail.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sim.analysis.intervals import Z
from sim.lanes import Floats
from sim.plan.sampling import MORRIS_LEVELS, needs_salib, seed32, unit_cube

RESAMPLES = 300
"""Draws of the bootstrap: its standard errors are right to about 4 %."""
NOT_NEGATIVE = ("mu_star", "sigma", "ST")
"""Indices below 0 neither in truth nor in estimate; nor are their intervals."""
NAMED = 10
"""Points without a value that an error names."""


def morris(
    names: Sequence[str], unit_rows: ArrayLike, values: ArrayLike, seed: int
) -> pd.DataFrame:
    """Return the elementary effects of each axis, over its whole range.

    The effect of a step is the change of the outcome over that of the share, dy / du. ``mu`` is the
    mean of an axis's effects, ``mu_star`` that of their sizes (Campolongo, Cariboni & Saltelli
    2007), ``sigma`` their standard deviation: what interaction and curvature do (Morris 1991).

    Args:
        names: of the axes.
        unit_rows: as :func:`sim.plan.sampling.morris` returned them, ``[point, axis]``.
        values: outcome of each row, ``[point]``.
        seed: of the bootstrap, 0 to 2**64 - 1.

    Returns:
        A row for each axis and index: ``parameter``, ``index`` (``mu_star``, ``mu``, ``sigma``),
        ``value``, ``lo``, ``hi``.

    Raises:
        MissingLibraryError: if SALib is not installed.
        ValueError: if a row has no value, or the rows are not two or more trajectories.
    """
    rows, outcome = np.asarray(unit_rows, float), _whole(values)
    effects = _effects(rows, outcome, len(names))
    with needs_salib():
        from SALib.analyze import morris as analyzer
    problem = _problem(len(names), seed)
    found = analyzer.analyze(
        problem.axes,
        rows,
        outcome,
        num_resamples=RESAMPLES,
        num_levels=MORRIS_LEVELS,
        seed=problem.seed,
    )
    spread = {"mu_star": found["mu_star_conf"], **_spread(effects, problem.seed)}
    return _frame(names, {index: (found[index], spread[index]) for index in spread})


class _Problem(NamedTuple):
    """What SALib is told of a design."""

    axes: dict[str, Any]
    seed: int


def _problem(n_axes: int, seed: int) -> _Problem:
    return _Problem(unit_cube(n_axes), seed32(seed))


def _effects(rows: Floats, outcome: Floats, n_axes: int) -> Floats:
    """Return the effect of each axis in each trajectory, ``[trajectory, axis]``."""
    n_steps = n_axes + 1
    if rows.shape != (len(outcome), n_axes) or len(rows) % n_steps or len(rows) < 2 * n_steps:
        told = f"{len(outcome)} values and rows of shape {rows.shape}"
        raise ValueError(f"two or more trajectories of {n_steps} points are needed, not {told}")
    steps = np.diff(rows.reshape(-1, n_steps, n_axes), axis=1)
    moved = steps != 0.0
    if not (np.all(moved.sum(axis=1) == 1) and np.all(moved.sum(axis=2) == 1)):
        raise ValueError("in a trajectory each axis must step once, and alone")
    change = np.diff(outcome.reshape(-1, n_steps), axis=1)
    effects: Floats = np.einsum("ts,tsa->ta", change, moved) / steps.sum(axis=1)
    return effects


def _spread(effects: Floats, seed: int) -> Mapping[str, Floats]:
    """Return half the interval of ``mu`` and ``sigma`` of each axis, as SALib does for mu_star."""
    n = len(effects)
    drawn = np.random.default_rng(seed).integers(n, size=(RESAMPLES, n))
    means = [effects[draw].mean(axis=0) for draw in drawn]
    deviations = [effects[draw].std(axis=0, ddof=1) for draw in drawn]
    return {
        "mu": Z * np.std(means, axis=0, ddof=1),
        "sigma": Z * np.std(deviations, axis=0, ddof=1),
    }


def sobol(names: Sequence[str], values: ArrayLike, seed: int) -> pd.DataFrame:
    """Return the shares of the outcome's variance that each axis accounts for.

    ``S1`` is what it does alone, Var(E(y | u)) / Var(y); ``ST`` what it does alone and together
    with others, E(Var(y | all but u)) / Var(y). An outcome that never changes has no variance to
    share out: all are 0. Estimators of Saltelli et al. 2010; an estimate of little may be below 0.

    Args:
        names: of the axes.
        values: outcome of each row of :func:`sim.plan.sampling.saltelli`, ``[point]``.
        seed: of the bootstrap, 0 to 2**64 - 1.

    Returns:
        A row for each axis and index: ``parameter``, ``index`` (``S1``, ``ST``), ``value``,
        ``lo``, ``hi``.

    Raises:
        MissingLibraryError: if SALib is not installed.
        ValueError: if a row has no value, or the rows are not two or more blocks.
    """
    outcome, size = _whole(values), len(names) + 2
    if len(outcome) % size or len(outcome) < 2 * size:
        raise ValueError(f"two or more blocks of {size} points are needed, not {len(outcome)}")
    with needs_salib():
        from SALib.analyze import sobol as analyzer
    if np.ptp(outcome) == 0.0:
        nothing = np.zeros(len(names))
        return _frame(names, dict.fromkeys(("S1", "ST"), (nothing, nothing)))
    with warnings.catch_warnings():
        # Of an outcome that changes in few rows SALib says that it is constant, and gives 0.
        warnings.simplefilter("ignore")
        problem = _problem(len(names), seed)
        found = analyzer.analyze(
            problem.axes, (outcome - outcome.min()) / np.ptp(outcome),
            calc_second_order=False, num_resamples=RESAMPLES, seed=problem.seed,
        )  # fmt: skip
    return _frame(names, {index: (found[index], found[f"{index}_conf"]) for index in ("S1", "ST")})


def _whole(values: ArrayLike) -> Floats:
    """Return the outcome of all rows.

    Raises:
        ValueError: if one has none.
    """
    outcome = np.asarray(values, float)
    holes = np.flatnonzero(~np.isfinite(outcome))
    if len(holes):
        named = ", ".join(map(str, holes[:NAMED]))
        more = f" and {len(holes) - NAMED} more" if len(holes) > NAMED else ""
        told = "play them again: none may be left out"
        raise ValueError(f"{len(holes)} points have no value ({named}{more}); {told}")
    return outcome


def _frame(names: Sequence[str], found: Mapping[str, tuple[Any, Any]]) -> pd.DataFrame:
    """Return a tidy table of estimates and half their intervals."""

    def lines() -> Iterator[tuple[str, str, float, float, float]]:
        for index, (values, halves) in found.items():
            least = 0.0 if index in NOT_NEGATIVE else -np.inf
            for name, value, half in zip(
                names, np.asarray(values), np.asarray(halves), strict=True
            ):
                yield name, index, value, max(least, value - half), value + half

    return pd.DataFrame(lines(), columns=["parameter", "index", "value", "lo", "hi"])
