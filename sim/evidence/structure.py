"""What each mechanism buys: the model without it, as it is and with other parameters set anew.

A mechanism may be missed because the record asks for it, or because the rest was set with it in
place. So the model without it is tried again at many settings of a few parameters that carry the
rates (:data:`SET_ANEW`), of which the one nearest to the fitted rows is kept. It is told apart from
the model by what was not fitted: the figures of cause, and the checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import qmc

from sim.evidence.calibration.aims import NAMES, distances
from sim.evidence.calibration.prior import values_at
from sim.evidence.calibration.watching import Watch, with_causes
from sim.evidence.laboratory import FROZEN, NO_NOISE
from sim.lanes import Floats
from sim.model.parameters import Parameters

WITHOUT: Mapping[str, Mapping[str, float]] = {
    "the model": {},
    "reaction frozen": FROZEN,
    "noise off": {**NO_NOISE, "miscalculation_strength": 0.0},
    "scores off": {"score_limit": 0.0, "trust_limit": 0.0},
    "belief off": {"belief_rate": 0.0, "belief_up": 0.0, "belief_down": 0.0},
    "size off": {"size_share": 0.0},
}
"""What is taken out, and how."""
SET_ANEW = ("accident", "contact_base", "accuse_base", "deploy_base", "withdraw_base",
            "strike_base", "incident")  # fmt: skip
_BEST = 8
_OFTEN = 8  # times as many worlds for the best


def tried(base: Floats, n_points: int, seed: int) -> Floats:
    """Return all parameters with those of :data:`SET_ANEW` anywhere, ``[point, parameter]``.

    The first point is as declared.
    """
    unit = qmc.Sobol(len(SET_ANEW), seed=seed).random(n_points)
    points = np.tile(base, (1 + n_points, 1))
    points[1:, [Parameters.FIELDS.index(n) for n in SET_ANEW]] = values_at(SET_ANEW, unit)
    return points


def without(base: Floats, changed: Mapping[str, float]) -> Floats:
    """Return points with a mechanism taken out, ``[..., parameter]``."""
    found = base.copy()
    for name, value in changed.items():
        found[..., Parameters.FIELDS.index(name)] = value
    return found


def structures(
    watch: Watch, base: Floats, n_points: int, progress: Callable[[int], None] | None = None
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each structure's name and figures, as it is and set anew.

    Args:
        watch: what is played at each setting; as it is and at the best as much several times over.
        base: all parameters as declared, ``[parameter]``.
        n_points: settings to try, a power of two.
        progress: called with the number of worlds just finished.

    Yields:
        A frame with a column for each of :data:`~sim.evidence.calibration.aims.NAMES` and rows
        ``as it is`` and ``set anew``.
    """
    often = replace(watch, n_worlds=_OFTEN * watch.n_worlds)
    for name, changed in WITHOUT.items():
        as_it_is = with_causes(often, without(base[None], changed), 0, progress)
        points = without(tried(base, n_points, watch.seed), changed)
        seen = with_causes(watch, points, often.n_worlds, progress)
        best = np.argsort(distances(seen, causes=False), kind="stable")[:_BEST]
        again = with_causes(often, points[best], often.n_worlds * 2, progress)
        kept = again[[int(np.argmin(distances(again, causes=False)))]]
        yield (
            name,
            pd.DataFrame(
                np.vstack([as_it_is, kept]), index=["as it is", "set anew"], columns=list(NAMES)
            ),
        )


def n_worlds(watch: Watch, n_points: int) -> int:
    """Return how many worlds :func:`structures` plays."""
    return len(WITHOUT) * watch.n_worlds * (1 + n_points + _OFTEN * (1 + _BEST))
