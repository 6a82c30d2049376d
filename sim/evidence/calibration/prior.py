"""Which parameters are calibrated, and what is held of them before any data.

Each is uniform over its declared range, independent of the others. Everything here works in *unit*
coordinates, 0 at the low end of a range and 1 at the high.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import qmc

from sim.lanes import Floats
from sim.model.parameters import COEFFICIENTS, Parameters

CALIBRATED = (
    "accident", "force_share", "accident_issue", "contact_base",
    "fear_gain", "reply_memory", "force_impulse",
    "deploy_base", "deploy_reply", "deploy_reach",
    "withdraw_base", "withdraw_fear", "withdraw_cost", "withdraw_presence",
    "incident", "incident_base", "incident_fresh", "incident_violence",
    "stand_base", "retaliation", "clash_end",
    "join", "join_leader", "mediation",
    "issue_size", "issue_memory", "start_grievance",
)  # fmt: skip
"""Parameters that are calibrated; the others keep the values of the config."""

LOW = np.array([COEFFICIENTS[name].low for name in CALIBRATED])
HIGH = np.array([COEFFICIENTS[name].high for name in CALIBRATED])
_COLUMNS = [Parameters.FIELDS.index(name) for name in CALIBRATED]


def first_wave(n_points: int, seed: int) -> Floats:
    """Return points that fill the prior evenly, ``[point, parameter]`` in 0..1."""
    sequence = qmc.Sobol(len(CALIBRATED), seed=seed)
    filled: Floats = sequence.random_base2(max(0, int(np.ceil(np.log2(n_points)))))
    return filled[:n_points]


def values(unit: Floats) -> Floats:
    """Return the parameters' values of points in unit coordinates."""
    found: Floats = LOW + unit * (HIGH - LOW)
    return found


def unit_of(point: Floats) -> Floats:
    """Return the unit coordinates of the calibrated ones of all parameters, ``[parameter]``."""
    found: Floats = (point[_COLUMNS] - LOW) / (HIGH - LOW)
    return found


def whole(unit: Floats, base: Floats) -> Floats:
    """Return points with all parameters, ``[point, parameter]``.

    Args:
        unit: of the calibrated ones, ``[point, parameter]``.
        base: values of all, ``[parameter]``.
    """
    points = np.tile(base, (len(unit), 1))
    points[:, _COLUMNS] = values(unit)
    return points
