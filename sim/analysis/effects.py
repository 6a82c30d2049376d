"""Main effects and interactions of a full grid, over the same worlds.

The main effect of a factor is how much higher a quantity is at one of its levels than at its first,
averaged over the levels of all others; the interaction of two factors is how much the effect of the
one differs between the last and the first level of the other (Fisher 1935). Both are taken world by
world before anything is averaged, so that an interval is of paired differences.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.comparison import Outcomes
from sim.analysis.intervals import student, unseen
from sim.analysis.quantities import quantity_of
from sim.lanes import Floats

MOST_VALUES = 20_000_000
"""Values of a quantity, worlds times points, beyond which no effects are computed."""
COLUMNS = ("quantity", "factor", "low", "high", "other", "other_low", "other_high", "value", "lo",
           "hi", "worlds")  # fmt: skip


def axes_of(design: pd.DataFrame) -> list[str]:
    """Return the names of what differs between points, in the order of the columns."""
    return [name for name in design.columns if name != "point" and design[name].nunique() > 1]


def is_full(design: pd.DataFrame) -> bool:
    """Say whether every combination of the levels is there, once."""
    axes = axes_of(design)
    n_points = math.prod(int(design[axis].nunique()) for axis in axes)
    return len(design) == n_points and not design[axes].duplicated().any()


def is_grid(design: pd.DataFrame) -> bool:
    """Say whether a design has two factors or more, and every combination of levels once."""
    return len(axes_of(design)) > 1 and is_full(design)


def effects(
    outcomes: Outcomes, design: pd.DataFrame, worlds: Mapping[int, int], names: Sequence[str]
) -> pd.DataFrame:
    """Return main effects and interactions of two factors of a full grid.

    Args:
        outcomes: gives the worlds of a point.
        design: ``point`` and a column for each factor.
        worlds: number of worlds of each point.
        names: of quantities.

    Returns:
        Columns ``quantity, factor, low, high, other, other_low, other_high, value, lo, hi,
        worlds``: the change of the quantity as the factor goes from ``low`` to ``high``, over all
        levels of the others; where there is an ``other``, the change at its ``other_high`` less
        that at its ``other_low``. Levels are texts. Shares change by -1 to 1.
    """
    points, n = list(design["point"]), min(worlds.values())
    axes, rows = axes_of(design), []
    levels = {axis: _levels(design[axis]) for axis in axes}
    for name in names:
        quantity = quantity_of(name)
        values = np.stack([
            quantity.seen(outcomes(point, [quantity.column]).iloc[:n]) / quantity.scale
            for point in points
        ], axis=-1)  # fmt: skip

        def at(*where: tuple[str, Any], of: Floats = values) -> Floats:
            """Return each world's mean over the points at some levels, ``[world]``."""
            mine = np.logical_and.reduce([(design[axis] == level).to_numpy()
                                          for axis, level in where])  # fmt: skip
            found: Floats = of[:, mine].mean(axis=1)
            return found

        for axis in axes:
            first, *rest = levels[axis]
            for level in rest:
                change = at((axis, level)) - at((axis, first))
                rows.append((name, axis, first, level, "", "", "", *_judged(change)))
        for one, two in combinations(axes, 2):
            (a, *_, b), (c, *_, d) = levels[one], levels[two]
            change = at((one, b), (two, d)) - at((one, a), (two, d))
            change = change - at((one, b), (two, c)) + at((one, a), (two, c))
            rows.append((name, one, a, b, two, c, d, *_judged(change)))
    frame = pd.DataFrame(rows, columns=list(COLUMNS[:-1]))
    for column in ("low", "high", "other_low", "other_high"):
        frame[column] = frame[column].map(_worded)
    return frame.assign(worlds=n)


def _levels(column: pd.Series[Any]) -> list[Any]:
    """Return the levels of a factor: numbers as they rise, names as they come."""
    found = list(dict.fromkeys(column))
    return sorted(found) if pd.api.types.is_numeric_dtype(column) else found


def _worded(level: Any) -> str:
    return level if isinstance(level, str) else f"{level:g}"


def _judged(change: Floats) -> tuple[float, float, float]:
    """Return a mean of paired changes and its interval, which is never without width."""
    n = len(change)
    low, high = (float(x) for x in student(change.sum(), (change * change).sum(), n))
    value, least = float(change.mean()), unseen() / n if not change.any() else 0.0
    return value, min(low, value - least), max(high, value + least)
