"""Where parameters may lie, which are calibrated, and what is held of these before any data.

Each is uniform over its part of :data:`SPACE`, or its logarithm is, independent of the others.
Everything here works in *unit* coordinates, 0 at the low end and 1 at the high. The parts lie
inside the declared ranges, which are what a sweep may take; beyond them the model explodes or is
still whatever the others are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import qmc

from sim.lanes import Floats
from sim.model.parameters import Parameters

SPACE: dict[str, tuple[float, float, bool]] = {
    # name: lowest, highest, whether on a logarithmic scale
    "score_memory": (0.94, 0.99, False), "score_settle": (0.0, 0.6, False),
    "score_display": (0.2, 2.0, False), "score_force": (0.3, 2.5, False),
    "score_word": (0.0, 0.4, False), "score_step": (0.0, 1.2, False),
    "score_offence": (0.3, 1.8, False), "reassure_withdrawal": (0.02, 0.5, True),
    "reassure_restraint": (0.01, 0.3, True), "fear_trust": (0.1, 1.0, False),
    "motive_grievance": (0.1, 1.0, False), "motive_heat": (0.0, 0.9, False),
    "deploy_heat": (0.2, 3.0, False), "withdraw_heat": (0.0, 2.0, False),
    "accuse_heat": (0.0, 0.8, False), "strike_base": (-9.0, -3.0, False),
    "strike_floor": (0.02, 0.6, True), "strike_fresh": (0.02, 5.0, True),
    "strike_offence": (0.5, 5.0, False),
    "strike_issue": (0.0, 1.5, False), "strike_retaliation": (0.0, 3.0, False),
    "strike_firmness": (0.0, 3.0, False), "posture_rate": (0.0005, 0.08, True),
    "posture_heat": (0.0, 1.5, False), "attribution": (0.05, 0.7, False),
    "excuse_channel": (0.3, 0.9, False), "accident": (0.0004, 0.01, True),
    "deploy_base": (-10.5, -4.0, False), "deploy_threshold": (0.0, 6.0, False),
    "deploy_fear": (1.9, 7.5, False),
    "deploy_alarm": (0.0, 2.0, False), "deploy_reply": (0.0, 4.5, False),
    "withdraw_base": (-2.0, 2.0, False), "withdraw_fear": (2.0, 7.5, False),
    "withdraw_presence": (0.0, 4.0, False), "soften_base": (-4.0, -1.5, False),
    "accuse_base": (-5.5, -2.0, False), "issue_size": (0.15, 0.7, False),
    "retaliation": (-2.5, 2.5, False), "contact_base": (0.005, 0.8, True),
    "force_impulse": (0.0, 0.8, False), "clash_end": (0.2, 0.95, False),
    "join": (0.002, 0.05, True), "fear_gain": (1.2, 5.5, False), "fear_fall": (0.01, 0.08, True),
    "size_share": (0.2, 1.0, False), "size_half": (0.0005, 0.02, True),
    "deploy_reach": (0.0, 2.0, False), "reach": (0.0, 0.8, False),
    "incident": (0.005, 0.12, True), "incident_mutual": (0.5, 6.0, False),
    "incident_fresh": (0.0, 3.0, False), "stand_base": (-1.5, 1.5, False),
    "force_share": (0.2, 0.9, False), "reply_settle": (0.0, 1.0, False),
    "mediation": (0.02, 0.3, True), "war_onset": (0.01, 0.2, True),
    "join_leader": (1.0, 10.0, False), "incident_base": (0.0, 1.5, False),
    "incident_violence": (0.05, 0.8, True), "withdraw_cost": (0.0, 4.0, False),
    "reply_memory": (0.1, 0.85, False), "alarm_gain": (3.0, 15.0, True),
    "stand_belief": (0.0, 4.0, False), "accident_issue": (0.2, 1.6, False),
    "stand_fear": (0.0, 2.0, False), "rhetoric_weight": (0.05, 0.4, False),
    "start_grievance": (0.05, 0.6, False), "start_grievance_near": (0.0, 0.5, False),
    "start_grievance_rival": (0.0, 0.5, False), "start_fear": (0.1, 1.0, False),
    "start_grievance_other": (0.0, 0.3, False), "start_grievance_feud": (0.0, 0.7, False),
    "start_grievance_reach": (0.3, 1.6, False), "start_fear_feud": (0.1, 0.8, False),
    "arms_weight": (0.05, 0.8, True), "spend_rate": (0.001, 0.01, True),
    "grievance_loss": (0.1, 2.0, False),
}  # fmt: skip

CALIBRATED = (
    "accuse_base", "soften_base", "rhetoric_weight", "score_word",
    "deploy_base", "deploy_threshold", "deploy_reply", "withdraw_base", "withdraw_presence",
    "strike_base", "stand_base", "retaliation", "score_memory", "score_force", "fear_fall",
    "accident", "issue_size", "incident", "incident_violence",
)  # fmt: skip
"""Parameters that are calibrated; the others keep the values of the config."""

_COLUMNS = [Parameters.FIELDS.index(name) for name in CALIBRATED]


def values_at(names: Sequence[str], unit: Floats) -> Floats:
    """Return the values of parameters at unit coordinates, ``[..., name]`` both."""
    low, high, log = (np.array(column) for column in zip(*(SPACE[n] for n in names), strict=True))
    ratio = np.where(log, high / np.where(log, low, 1.0), 1.0)
    found: Floats = np.where(log, low * ratio**unit, low + unit * (high - low))
    return found


def place_of(names: Sequence[str], value: Floats) -> Floats:
    """Return the unit coordinates of values, ``[..., name]`` both; outside 0..1 where beyond."""
    low, high, log = (np.array(column) for column in zip(*(SPACE[n] for n in names), strict=True))
    floor = np.where(log, low, 1.0)
    by_ratio = np.log(np.where(log, np.maximum(value, 1e-12), 1.0) / floor)
    span = np.where(log, np.log(np.where(log, high, np.e) / floor), high - low)
    found: Floats = np.where(log, by_ratio, value - low) / span
    return found


def first_wave(n_points: int, seed: int) -> Floats:
    """Return points that fill the prior evenly, ``[point, parameter]`` in 0..1."""
    sequence = qmc.Sobol(len(CALIBRATED), seed=seed)
    filled: Floats = sequence.random_base2(max(0, int(np.ceil(np.log2(n_points)))))
    return filled[:n_points]


def values(unit: Floats) -> Floats:
    """Return the parameters' values of points in unit coordinates."""
    return values_at(CALIBRATED, unit)


def unit_of(point: Floats) -> Floats:
    """Return the unit coordinates of the calibrated ones of all parameters, ``[parameter]``."""
    return place_of(CALIBRATED, point[_COLUMNS])


def whole(unit: Floats, base: Floats) -> Floats:
    """Return points with all parameters, ``[point, parameter]``.

    Args:
        unit: of the calibrated ones, ``[point, parameter]``.
        base: values of all, ``[parameter]``.
    """
    points = np.tile(base, (len(unit), 1))
    points[:, _COLUMNS] = values(unit)
    return points
