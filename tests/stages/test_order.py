"""Inside a stage nothing that is read is written by another row: their order never matters."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import numpy as np
import pytest

from sim.model.parameters import defaults
from sim.model.stages import (
    beginning,
    choose,
    confront,
    consult,
    events,
    perceive,
    place,
    spread,
    stand,
)
from tests.tiny import LANE, WEEK, Tiny

RELATION = (
    perceive.perceive_relation, perceive.appraise_relation, consult.consult_relation,
    choose.choose_relation, choose.act_relation, spread.remember_relation,
    beginning.begin_relation,
)  # fmt: skip
PAIR = (
    events.drift_pair, confront.confront_pair, spread.settle_pair, stand.stand_pair,
    beginning.begin_pair,
)  # fmt: skip
STATE = (
    consult.consult_state, spread.join_state, spread.live_state, spread.recount_state,
    beginning.begin_state, beginning.begin_economy, place.choose_station, place.station,
)  # fmt: skip

EAGER = {
    "miscalculation_strength": 8.0, "incident": 0.5, "incident_base": 2.0, "accident": 0.1,
    "join": 0.5, "join_leader": 10.0, "join_hazard": 0.2, "join_threshold": 0.0,
    "accession_strength": 3.0, "mediation": 0.5, "strike_base": 1.0, "posture_rate": 0.5,
    "deploy_base": -3.0, "station_base": 0.0, "unstation_base": 0.0,
}  # fmt: skip


def any_world(seed: int) -> Tiny:
    """Return a world in which every field and trait is drawn, so that all are different."""
    rng = np.random.default_rng(seed)

    def whole(n: int) -> float:
        return float(rng.integers(n))

    t = Tiny(**{**defaults(), **EAGER})
    traits = (t.atlas.relation_traits, t.atlas.pair_traits, t.atlas.state_traits)
    for array in (*t.world[:4], *traits):
        array[:] = rng.random(array.shape)
    for name in t.rows:
        if ">" in name:
            t.relation(name, deployment=whole(3) / 4.0 + 0.25, force=whole(2), fresh=whole(2))
            t.relation(name, trace=8.0 * whole(4) + whole(7) + 1.0)
            t.relation_traits(name, rival_leads=whole(3))
        elif "-" in name:
            t.pair(name, violence=whole(3), rung=whole(7))
        else:
            t.state(name, bloc=whole(3), lean=rng.uniform(-1.0, 1.0), step_hosted=whole(3) - 1.0)
            t.state_traits(name, leads=whole(3), start_bloc=whole(3))
    t.system(west_attacked=1.0, east_attacked=1.0, joins=0.0, crises=0.0, stands=0.0, yields=0.0,
             accessions=0.0)  # fmt: skip
    return t


def after(stage: Callable[..., None], n_rows: int, seed: int, turned: bool) -> list[np.ndarray]:
    """Return a world after a stage has been through all its rows, forward or backward."""
    t = any_world(seed)
    week = (WEEK,) if "week" in inspect.signature(stage).parameters else ()
    for row in sorted(range(n_rows), reverse=turned):
        stage(t.world, t.atlas, *week, row, LANE)
    return list(t.world[:4])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("stage", "n_rows"),
    [(s, 8) for s in RELATION] + [(s, 4) for s in (*PAIR, *STATE)],
    ids=lambda at: getattr(at, "__name__", ""),
)
def test_order_of_rows_changes_nothing(stage: Callable[..., None], n_rows: int, seed: int) -> None:
    forward, backward = (after(stage, n_rows, seed, turned) for turned in (False, True))
    untouched = any_world(seed).world
    assert any((one != old).any() for one, old in zip(forward, untouched, strict=False))
    for one, other in zip(forward, backward, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-14)  # a sum over rows may round
