"""Baseline and variants over the same worlds: what differs, by how much, and in which worlds.

Worlds that share their random numbers differ only by what was changed, so differences are taken
world by world before anything is averaged (common random numbers).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.intervals import changed_counts, changed_shares, student
from sim.quantities import QUANTITIES, paired
from sim.tracks import MEASURES
from sim.vocabulary import Rung

RUNGS = (Rung.DISPLAY, Rung.CRISIS, Rung.CLASH, Rung.WAR)

MEASURE = {measure.name: measure for measure in MEASURES}

Pairs = Mapping[int, int]
"""Points that are compared, each with the point of its baseline."""


def _matched(outcomes: pd.DataFrame, pairs: Pairs) -> Iterator[tuple[int, int, Any, Any]]:
    """Give each pair of points with the rows of the worlds that both have, in the same order."""
    worlds = {int(str(point)): rows.set_index("world") for point, rows in outcomes.groupby("point")}
    for point, baseline in pairs.items():
        if point in worlds and baseline in worlds:
            both = worlds[point].index.intersection(worlds[baseline].index).sort_values()
            yield point, baseline, worlds[baseline].loc[both], worlds[point].loc[both]


def differences(outcomes: pd.DataFrame, pairs: Pairs) -> pd.DataFrame:
    """Return how much every quantity differs from the baseline's in the same worlds.

    Args:
        outcomes: a row a world, as of :func:`sim.measures.outcomes`.
        pairs: what to compare.

    Returns:
        Columns ``point, baseline, quantity, difference, lo, hi, up, down, worlds``.
    """
    rows = [
        {"point": point, "baseline": baseline, "quantity": quantity.name,
         **paired(quantity, quantity.seen(before), quantity.seen(after))}
        for point, baseline, before, after in _matched(outcomes, pairs)
        for quantity in QUANTITIES.values()
    ]  # fmt: skip
    columns = ["point", "baseline", "quantity", "difference", "lo", "hi", "up", "down", "worlds"]
    return pd.DataFrame(rows, columns=columns)


def fates(outcomes: pd.DataFrame, pairs: Pairs) -> pd.DataFrame:
    """Return the worlds whose leaders peaked at another rung than in the baseline.

    Returns:
        Columns ``point, baseline, world, before, after``.
    """
    frames = []
    for point, baseline, before, after in _matched(outcomes, pairs):
        was, now = (rows["peak_rung_leaders"].to_numpy() for rows in (before, after))
        changed = was != now
        worlds = before.index.to_numpy()[changed]
        frames.append(
            pd.DataFrame({"point": point, "baseline": baseline, "world": worlds,
                          "before": was[changed], "after": now[changed]})
        )  # fmt: skip
    columns = ["point", "baseline", "world", "before", "after"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def difference_curves(
    outcomes: pd.DataFrame, series: pd.DataFrame | None, pairs: Pairs, weeks: Sequence[int]
) -> pd.DataFrame:
    """Return, week by week, how much more worlds had reached a rung, and how far measures moved.

    Args:
        outcomes: a row a world.
        series: ``point, world, week`` and a column a measure, or None.
        pairs: what to compare.
        weeks: the weeks to give.

    Returns:
        Columns ``point, baseline, week, measure, difference, lo, hi``.
    """
    frames = []
    for point, baseline, before, after in _matched(outcomes, pairs):
        ids = {"point": point, "baseline": baseline, "week": list(weeks)}
        for rung in RUNGS:
            was, now = (_had_reached(rows, rung, weeks) for rows in (before, after))
            up, down = (now & ~was).sum(axis=0), (was & ~now).sum(axis=0)
            value, lo, hi = changed_shares(up, down, len(was))
            name = rung.name.lower()
            frames.append(pd.DataFrame({**ids, "measure": name, "difference": value,
                                        "lo": lo, "hi": hi}))  # fmt: skip
        if series is not None:
            frames += _series_curves(series, ids, before.index.to_numpy())
    columns = ["point", "baseline", "week", "measure", "difference", "lo", "hi"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def _had_reached(rows: pd.DataFrame, rung: int, weeks: Sequence[int]) -> NDArray[np.bool_]:
    """Return whether each world's leaders had reached a rung by each week, ``[world, week]``."""
    first = rows[f"first_week_rung_{rung:d}"].to_numpy(float, na_value=np.inf)
    started = rows["peak_rung_leaders"].to_numpy() >= rung  # from the start on, if in no week
    first = np.where(np.isinf(first) & started, 0.0, first)
    found: NDArray[np.bool_] = first[:, None] <= np.asarray(weeks)[None, :]
    return found


def _series_curves(
    series: pd.DataFrame, ids: Mapping[str, Any], worlds: NDArray[Any]
) -> list[pd.DataFrame]:
    frames = []
    for name in series.columns[3:]:
        was, now = (
            series[series["point"] == ids[which]]
            .pivot(index="world", columns="week", values=name)
            .loc[worlds, ids["week"]]
            .to_numpy(float)
            for which in ("baseline", "point")
        )
        change, n = now - was, len(was)
        squares = (change * change).sum(axis=0)
        if MEASURE[name].scale == 1:
            rises, falls = (np.maximum(x, 0.0).sum(axis=0) for x in (change, -change))
            lo, hi = changed_counts(rises, falls, squares, n)
        else:
            lo, hi = student(change.sum(axis=0), squares, n)
        frames.append(pd.DataFrame({**ids, "measure": name, "difference": change.mean(axis=0),
                                    "lo": lo, "hi": hi}))  # fmt: skip
    return frames


def convergence(outcomes: pd.DataFrame, names: Sequence[str], n_steps: int = 12) -> pd.DataFrame:
    """Return how estimates settle as worlds are added, in the order of their numbers.

    Args:
        outcomes: a row a world.
        names: of quantities.
        n_steps: numbers of worlds to look at, spread evenly on a log scale.

    Returns:
        Columns ``point, worlds, quantity, value, lo, hi``.
    """
    frames = []
    for point, rows in outcomes.groupby("point"):
        rows = rows.sort_values("world")
        steps = np.geomspace(min(10, len(rows)), len(rows), n_steps)
        counts = np.unique(steps.round().astype(int))
        frames += [
            _running(QUANTITIES[name].seen(rows), counts, name, int(str(point))) for name in names
        ]
    return pd.concat(frames, ignore_index=True)


def _running(
    values: NDArray[np.int64], counts: NDArray[np.int64], name: str, point: int
) -> pd.DataFrame:
    total = np.cumsum(values)[counts - 1]
    squares = np.cumsum(values * values)[counts - 1]
    ends = QUANTITIES[name].interval(total, squares, counts)
    return pd.DataFrame({"point": point, "worlds": counts, "quantity": name,
                         "value": total / counts, "lo": ends[0], "hi": ends[1]})  # fmt: skip
