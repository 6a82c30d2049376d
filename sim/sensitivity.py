"""What matters: indices of how much each axis of a design moves a result, with intervals.

The analyses are SALib's; a design of :func:`sim.design.morris` or :func:`sim.design.saltelli` must
be whole, for a row left out would turn every index after it into another's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.design import LEVELS, narrow, problem_of, salib
from sim.intervals import LEVEL
from sim.lanes import Floats

RESAMPLES = 1000
COLUMNS = ["parameter", "index", "value", "lo", "hi"]


def morris(names: Sequence[str], rows: Floats, values: Floats, seed: int) -> pd.DataFrame:
    """Return the elementary effects of each axis over its range.

    ``mu_star``, the mean size of an effect, says how much an axis matters; ``mu`` which way;
    ``sigma``, the spread of effects, how much that depends on the rest. Source: Morris 1991;
    Campolongo, Cariboni & Saltelli 2007.

    Args:
        names: of the axes.
        rows: the design, ``[point, axis]`` in 0..1.
        values: result at each point, ``[point]``.
        seed: of the bootstrap.

    Returns:
        Columns ``parameter, index, value, lo, hi``; the interval, of 95 %, is that of ``mu_star``.

    Raises:
        ValueError: if a result is missing.
    """
    _check_whole(values)
    found = salib("analyze.morris").analyze(
        problem_of(len(names), list(names)), np.asarray(rows), np.asarray(values, float),
        conf_level=LEVEL, num_resamples=RESAMPLES, num_levels=LEVELS, seed=narrow(seed),
    )  # fmt: skip
    mean = np.asarray(found["mu_star"], float)
    half = np.nan_to_num(np.asarray(found["mu_star_conf"], float))
    unknown = np.full(len(names), np.nan)
    return _table(
        names,
        mu_star=(mean, np.maximum(mean - half, 0.0), mean + half),
        mu=(np.asarray(found["mu"], float), unknown, unknown),
        sigma=(np.nan_to_num(np.asarray(found["sigma"], float)), unknown, unknown),
    )


def sobol(names: Sequence[str], values: Floats, seed: int) -> pd.DataFrame:
    """Return the share of a result's variance that each axis explains.

    ``S1``, the first order, is what the axis explains alone; ``ST``, the total, includes all its
    interactions. Source: Saltelli et al. 2010; Jansen 1999.

    Args:
        names: of the axes.
        values: result at each point of the design, ``[point]``.
        seed: of the bootstrap.

    Returns:
        Columns ``parameter, index, value, lo, hi``, with 95 % intervals.

    Raises:
        ValueError: if a result is missing.
    """
    _check_whole(values)
    values = np.asarray(values, float)
    if np.ptp(values) == 0.0:
        zero = np.zeros(len(names))
        return _table(names, S1=(zero, zero, zero), ST=(zero, zero, zero))
    found = salib("analyze.sobol").analyze(
        problem_of(len(names), list(names)), values, calc_second_order=False,
        conf_level=LEVEL, num_resamples=RESAMPLES, seed=narrow(seed),
    )  # fmt: skip
    indices = {}
    for index in ("S1", "ST"):
        value, half = (np.asarray(found[key], float) for key in (index, f"{index}_conf"))
        indices[index] = (value, value - half, value + half)
    return _table(names, **indices)


def _check_whole(values: Floats) -> None:
    missing = np.flatnonzero(~np.isfinite(np.asarray(values, float)))
    if len(missing):
        told = ", ".join(map(str, missing[:10])) + (" ..." if len(missing) > 10 else "")
        raise ValueError(f"{len(missing)} points have no result ({told}): play them again")


def _table(names: Sequence[str], **indices: tuple[Floats, Floats, Floats]) -> pd.DataFrame:
    frames = [
        pd.DataFrame({"parameter": list(names), "index": index, "value": value, "lo": lo, "hi": hi})
        for index, (value, lo, hi) in indices.items()
    ]
    return pd.concat(frames, ignore_index=True)[COLUMNS]
