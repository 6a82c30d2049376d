"""Baseline and variants over the same worlds: what differs, by how much, and in which worlds.

Worlds that share their random numbers differ only by what was changed, so differences are taken
world by world before anything is averaged (common random numbers). Worlds may be many: they are
requested column by column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.intervals import changed_counts, changed_shares, student
from sim.analysis.quantities import QUANTITIES, paired, quantity_of
from sim.engine.notes import MEASURES
from sim.model.vocabulary import Rung

RUNGS = (Rung.DISPLAY, Rung.CRISIS, Rung.CLASH, Rung.WAR)

MEASURE = {measure.name: measure for measure in MEASURES}

Pairs = Mapping[int, int]
"""Points that are compared, each with the point of its baseline."""
Outcomes = Callable[[int, Sequence[str]], pd.DataFrame]
"""Returns columns of the outcomes of a point, one row for each world, in order of number."""
Series = Callable[[int, str, Sequence[int], int], NDArray[np.float64]]
"""Returns a measure of a point's first so many worlds in some weeks, ``[world, week]``."""


def _matched(
    outcomes: Outcomes, point: int, baseline: int, columns: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the worlds that a baseline and a point both have: of the longer, the first."""
    before, after = outcomes(baseline, columns), outcomes(point, columns)
    n = min(len(before), len(after))
    return before.iloc[:n], after.iloc[:n]


def differences(outcomes: Outcomes, pairs: Pairs, own: Sequence[str] = ()) -> pd.DataFrame:
    """Return how much every quantity differs from the baseline's in the same worlds.

    Args:
        outcomes: gives the worlds of a point.
        pairs: what to compare.
        own: quantities of one's own that there are.

    Returns:
        Columns ``point, baseline, quantity, difference, lo, hi, up, down, worlds``.
    """
    rows = []
    for point, baseline in pairs.items():
        for quantity in map(quantity_of, (*QUANTITIES, *own)):
            before, after = _matched(outcomes, point, baseline, [quantity.column])
            if len(before):
                found = paired(quantity, quantity.seen(before), quantity.seen(after))
                rows.append(
                    {"point": point, "baseline": baseline, "quantity": quantity.name, **found}
                )
    columns = ["point", "baseline", "quantity", "difference", "lo", "hi", "up", "down", "worlds"]
    return pd.DataFrame(rows, columns=columns)


def fates(outcomes: Outcomes, pairs: Pairs) -> pd.DataFrame:
    """Return the worlds whose leaders peaked at another rung than in the baseline.

    Returns:
        Columns ``point, baseline, world, before, after``.
    """
    frames = []
    for point, baseline in pairs.items():
        columns = ["world", "peak_rung_leaders"]
        before, after = _matched(outcomes, point, baseline, columns)
        was, now = (rows["peak_rung_leaders"].to_numpy() for rows in (before, after))
        changed = was != now
        worlds = before["world"].to_numpy()[changed]
        if len(before):
            frames.append(
                pd.DataFrame({"point": point, "baseline": baseline, "world": worlds,
                              "before": was[changed], "after": now[changed]})
            )  # fmt: skip
    columns = ["point", "baseline", "world", "before", "after"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def difference_curves(
    outcomes: Outcomes, series: Series, measures: Sequence[str], pairs: Pairs, weeks: Sequence[int]
) -> pd.DataFrame:
    """Return, week by week, how much more worlds had reached a rung, and how far measures moved.

    Args:
        outcomes: gives the worlds of a point.
        series: gives a measure of the worlds of a point.
        measures: names of those there are.
        pairs: what to compare.
        weeks: the weeks to give.

    Returns:
        Columns ``point, baseline, week, measure, difference, lo, hi``.
    """
    frames = []
    for point, baseline in pairs.items():
        n = len(_matched(outcomes, point, baseline, ["world"])[0])
        found: dict[str, Any] = {}
        for rung in RUNGS if n else ():
            column = f"first_week_rung_{rung:d}"
            rows = _matched(outcomes, point, baseline, [column, "peak_rung_leaders"])
            was, now = (_first_week(some, column, rung) for some in rows)
            found[rung.name.lower()] = changed_shares(*_changed(was, now, weeks), n)
        for name in measures if n else ():
            found[name] = _moved(series, name, point, baseline, weeks, n)
        ids = {"point": point, "baseline": baseline, "week": list(weeks)}
        frames += [
            pd.DataFrame({**ids, "measure": name, "difference": value, "lo": lo, "hi": hi})
            for name, (value, lo, hi) in found.items()
        ]
    columns = ["point", "baseline", "week", "measure", "difference", "lo", "hi"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def _first_week(rows: pd.DataFrame, column: str, rung: int) -> NDArray[np.float64]:
    """Return the week in which each world's leaders reached a rung, infinite if they never did."""
    first = rows[column].to_numpy(float, na_value=np.inf)
    started = rows["peak_rung_leaders"].to_numpy() >= rung  # from the start on, if in no week
    return np.where(np.isinf(first) & started, 0.0, first)


def _changed(
    was: NDArray[np.float64], now: NDArray[np.float64], weeks: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many worlds had by each week reached only now, or only then, what they reach."""
    one, other, both = (
        np.searchsorted(np.sort(first), weeks, side="right")
        for first in (now, was, np.maximum(was, now))
    )
    return one - both, other - both


MOST_VALUES = 1 << 22
"""Values of a measure that are held at a time."""


def _moved(
    series: Series, name: str, point: int, baseline: int, weeks: Sequence[int], n: int
) -> tuple[NDArray[np.float64], ...]:
    """Return the mean difference of a measure by week over ``n`` worlds, with its interval."""
    step, found = max(1, MOST_VALUES // n), []
    for k in range(0, len(weeks), step):
        was, now = (series(p, name, weeks[k : k + step], n) for p in (baseline, point))
        change = now - was
        squares = (change * change).sum(axis=0)
        if MEASURE[name].scale == 1:
            rises, falls = (np.maximum(x, 0.0).sum(axis=0) for x in (change, -change))
            ends = changed_counts(rises, falls, squares, n)
        else:
            ends = student(change.sum(axis=0), squares, n)
        found.append((change.mean(axis=0), *ends))
    return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))


def convergence(outcomes: pd.DataFrame, names: Sequence[str], n_steps: int = 12) -> pd.DataFrame:
    """Return how estimates settle as worlds are added, in the order of their numbers.

    Args:
        outcomes: one row for each world.
        names: of quantities.
        n_steps: numbers of worlds to look at, spread evenly on a log scale.

    Returns:
        Columns ``point, worlds, quantity, value, lo, hi``.
    """
    frames = []
    for point, rows in outcomes.groupby("point"):
        rows = rows.sort_values("world")
        frames += [
            settling(quantity_of(name).seen(rows), name, int(str(point)), n_steps) for name in names
        ]
    return pd.concat(frames, ignore_index=True)


def settling(values: NDArray[np.int64], name: str, point: int, n_steps: int = 12) -> pd.DataFrame:
    """Return the same of one quantity at one point from its values, ``[world]``."""
    steps = np.geomspace(min(10, len(values)), len(values), n_steps)
    return _running(values, np.unique(steps.round().astype(int)), name, point)


def _running(
    values: NDArray[np.int64], counts: NDArray[np.int64], name: str, point: int
) -> pd.DataFrame:
    total = np.cumsum(values)[counts - 1]
    squares = np.cumsum(values * values)[counts - 1]
    quantity = quantity_of(name)
    ends = quantity.interval(total, squares, counts)
    value = total / counts / quantity.scale
    return pd.DataFrame({"point": point, "worlds": counts, "quantity": name,
                         "value": value, "lo": ends[0], "hi": ends[1]})  # fmt: skip
