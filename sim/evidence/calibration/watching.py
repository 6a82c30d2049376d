"""What a coder finds at points of the parameters: worlds are played and their disputes coded.

Beside them stand figures of cause, of worlds of two rivals (:mod:`sim.evidence.calibration.aims`).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.engine.disputes import DISPUTE_COLUMNS, INCIDENT_COLUMNS
from sim.engine.ensemble import Terms, Worlds, play_worlds
from sim.evidence.calibration.aims import caused
from sim.evidence.observation import Span, observe
from sim.evidence.targets import targets
from sim.lanes import Floats
from sim.model.parameters import Parameters
from sim.model.roster import Roster

BURN_IN = 52
"""Weeks before disputes are counted."""
RIVALS = 16
"""Worlds of two rivals for each world of the record's era."""


@dataclass(frozen=True)
class Watch:
    """What is played at each point, and how."""

    roster: Roster
    n_worlds: int  # of each point
    n_weeks: int  # of each world, more than BURN_IN
    seed: int
    threads: int


def watched(
    watch: Watch, points: Floats, first_world: int, progress: Callable[[int], None] | None = None
) -> Floats:
    """Return what is observed at each point, in worlds of its own.

    Args:
        watch: what is played.
        points: parameters, ``[point, parameter]``.
        first_world: number of the first point's first world.
        progress: called with the number of worlds just finished.

    Returns:
        ``[point, target]``; nan where nothing was seen to count.
    """
    worlds = np.arange(watch.n_worlds * len(points))
    point = worlds // watch.n_worlds
    played = play_worlds(
        watch.roster, points, Worlds(point, first_world + worlds, np.zeros_like(point)),
        Terms(watch.n_weeks, watch.seed, every=watch.n_weeks, disputes_from=BURN_IN),
        threads=watch.threads, progress=progress,
    )  # fmt: skip
    found = pd.DataFrame(played.disputes, columns=["world", *DISPUTE_COLUMNS[1:]])
    dated = pd.DataFrame(played.incidents, columns=list(INCIDENT_COLUMNS))
    span = Span(watch.n_worlds, BURN_IN, watch.n_weeks)
    numbers = np.arange(len(points) + 1)
    at = np.searchsorted(found["world"].to_numpy() // watch.n_worlds, numbers)
    its = np.searchsorted(dated["dispute"].to_numpy(), at)
    rows = []
    for k in range(len(points)):
        incidents = dated.iloc[its[k] : its[k + 1]]
        mine = incidents.assign(dispute=incidents["dispute"] - at[k])
        seen = observe(watch.roster, found.iloc[at[k] : at[k + 1]], mine, span)
        rows.append([seen[name] for name in targets()])
    return np.array(rows)


def with_causes(watch: Watch, points: Floats, first_world: int,
                progress: Callable[[int], None] | None = None) -> Floats:  # fmt: skip
    """Return what :func:`watched` does, and the figures of cause, ``[point, name]``."""
    seen = watched(watch, points, first_world, progress)
    sets = [dict(zip(Parameters.FIELDS, map(float, point), strict=True)) for point in points]
    with ThreadPoolExecutor(watch.threads) as pool:
        causes = pool.map(
            lambda k: caused(sets[k], RIVALS * watch.n_worlds, watch.seed + first_world + k),
            range(len(sets)),
        )
        return np.hstack([seen, np.array(list(causes))])
