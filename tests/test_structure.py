"""What each mechanism buys: what is taken out, what is set anew, which setting is kept."""

from __future__ import annotations

import numpy as np
import pytest

from sim.evidence import sizes, structure
from sim.evidence.calibration.aims import NAMES, distances
from sim.evidence.calibration.prior import SPACE
from sim.evidence.calibration.watching import Watch
from sim.model.parameters import COEFFICIENTS, Parameters, defaults

BASE = np.array([defaults()[name] for name in Parameters.FIELDS])


def test_what_is_taken_out_is_declared_and_stays_inside_its_range() -> None:
    for changed in structure.WITHOUT.values():
        assert all(COEFFICIENTS[name].allows(value) for name, value in changed.items())
        assert not set(changed) & set(structure.SET_ANEW) or "accident" in changed


def test_settings_begin_as_declared_and_move_what_is_set_anew_alone() -> None:
    points = structure.tried(BASE, 16, seed=1)
    assert (points[0] == BASE).all()
    moved = {Parameters.FIELDS[k] for k in np.flatnonzero((points != BASE).any(axis=0))}
    assert moved == set(structure.SET_ANEW)
    for name in structure.SET_ANEW:
        column = points[1:, Parameters.FIELDS.index(name)]
        low, high, _ = SPACE[name]
        assert low <= column.min() < column.max() <= high


@pytest.mark.slow
def test_the_frozen_model_comes_nearer_when_set_anew_and_calls_forth_nothing_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = {name: structure.WITHOUT[name] for name in ("the model", "reaction frozen")}
    monkeypatch.setattr(structure, "WITHOUT", kept)
    watch = Watch(sizes.era(), 16, sizes.WEEKS, 5, 2)
    played: list[int] = []
    found = dict(structure.structures(watch, BASE, 32, played.append))
    assert sum(played) == structure.n_worlds(watch, 32)
    frozen, whole = found["reaction frozen"], found["the model"]
    near = distances(frozen[list(NAMES)].to_numpy(), causes=False)
    assert near[1] < near[0]
    assert whole["force_after_fire"].to_numpy(float)[0] > 0.05
    assert (frozen["force_after_fire"].abs() < 0.01).all()
