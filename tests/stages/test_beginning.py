"""The beginning: every field from its own trait and parameter, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.parameters import defaults
from sim.model.roster import RelationTraits, StateTraits
from sim.model.stages import beginning, events
from tests.tiny import LANE, Tiny, about, roster

GIVEN = dict.fromkeys(
    ("rhetoric_given", "deployment_given", "sanctions_given", "diplomacy_given"), 1.0
)


def starting(**other: float) -> Tiny:
    """Return a world in which ALF's relation to its rival BET is about to begin."""
    t = Tiny(**{
        **GIVEN, "start_grievance": 0.1, "start_grievance_near": 0.2,
        "start_grievance_rival": 0.3, "start_grievance_other": 0.05, "start_fear": 0.4,
        "start_grievance_feud": 0.25, "start_grievance_reach": 0.2, "start_fear_feud": 0.15,
        "start_resolve": 0.35, "size_share": 0.8, "size_half": 0.1, **other,
    })  # fmt: skip
    t.state_traits("ALF", capability=0.3, leads=1.0, start_bloc=1.0)
    t.state_traits("BET", capability=0.1, leads=2.0, start_bloc=2.0)
    t.relation_traits(
        "ALF>BET", start_rhetoric=0.25, start_deployment=0.5, start_sanctions=0.75,
        start_diplomacy=1.0, opposed=1.0, proximity=0.6, rivalry=1.0, start_grievance=-1.0,
        start_fear=-1.0,
    )  # fmt: skip
    return t


def begun(t: Tiny) -> dict[str, float]:
    changed = t.changes(beginning.begin_relation, t.world, t.atlas, "ALF>BET", LANE)
    return {name.removeprefix("ALF>BET."): value for name, value in changed.items()}


BY_RULE = {
    "rhetoric": 0.25, "deployment": 0.5, "sanctions": 0.75, "diplomacy": 1.0,
    "grievance": 0.52, "grievance_floor": 0.52,  # 0.1 + 0.2 x 0.6 + 0.3
    "fear": 0.24, "pooled_fear": 0.24,  # 0.4 x 0.6
    "resolve": 0.35, "capability_error": 1.0,
    "exposure": 0.5,  # 0.2 + 0.8 x 0.75 x 0.5
}  # fmt: skip


def test_a_relation_begins_by_its_traits_and_the_rules() -> None:
    assert begun(starting()) == about(BY_RULE)


def test_a_relation_may_be_given_fear_and_grievance() -> None:
    t = starting()
    t.relation_traits("ALF>BET", start_grievance=0.7, start_fear=0.0)
    given = {"grievance": 0.7, "grievance_floor": 0.7, "fear": 0.0, "pooled_fear": 0.0}
    assert begun(t) == about({**BY_RULE, **given})


@pytest.mark.parametrize(
    ("one", "other", "exposure"), [(0.9, 0.1, 0.56), (0.3, 0.3, 0.65), (0.0, 0.3, 0.2)]
)
def test_exposure_goes_with_both_states_size(one: float, other: float, exposure: float) -> None:
    t = starting()
    t.state_traits("ALF", capability=one)
    t.state_traits("BET", capability=other)
    assert begun(t)["exposure"] == about(exposure)


def test_who_is_neither_opposed_nor_a_rival_begins_without_fear() -> None:
    t = starting()
    t.relation_traits("ALF>BET", opposed=0.0, rivalry=0.0)
    calm = {"grievance": 0.05, "grievance_floor": 0.05, "fear": 0.0, "pooled_fear": 0.0}
    assert begun(t) == about({**BY_RULE, **calm})


def test_a_rival_that_is_not_opposed_begins_with_a_feud() -> None:
    t = starting()
    t.relation_traits("ALF>BET", opposed=0.0)
    feud = {"grievance": 0.3, "grievance_floor": 0.3}  # 0.05 + 0.25
    fear = {"fear": 0.09, "pooled_fear": 0.09}  # 0.15 x 0.6
    assert begun(t) == about({**BY_RULE, **feud, **fear})


@pytest.mark.parametrize(
    ("one", "other", "grievance"),
    [
        # a neutral that agrees with the east by 0.3 and its leader: 0.2 x 0.7
        ({"leads": 0.0, "start_bloc": 0.0, "east_affinity": 0.3}, {"leads": 2.0}, 0.19),
        ({"leads": 0.0, "start_bloc": 0.0, "west_affinity": 0.3}, {"leads": 1.0}, 0.19),
        # a leader and a neutral that agrees with the west by 0.6: 0.2 x 0.4
        ({"leads": 1.0}, {"leads": 0.0, "start_bloc": 0.0, "west_affinity": 0.6}, 0.13),
        ({"leads": 2.0}, {"leads": 0.0, "start_bloc": 0.0, "east_affinity": 0.6}, 0.13),
        ({"leads": 1.0}, {"leads": 0.0, "start_bloc": 1.0, "west_affinity": 0.6}, 0.05),  # an ally
        (
            {"leads": 0.0, "start_bloc": 0.0},
            {"leads": 0.0, "start_bloc": 0.0},
            0.05,
        ),  # two neutrals
    ],
)
def test_a_neutral_and_a_leader_that_disagree_begin_with_grievance(
    one: dict[str, float], other: dict[str, float], grievance: float
) -> None:
    t = starting()
    t.relation_traits("ALF>BET", opposed=0.0, rivalry=0.0)
    t.state_traits("ALF", **one)
    t.state_traits("BET", **other)
    assert begun(t)["grievance"] == about(grievance)


@pytest.mark.parametrize(
    ("given", "instrument"),
    list(zip(GIVEN, ("rhetoric", "deployment", "sanctions", "diplomacy"), strict=True)),
)
def test_an_instrument_begins_at_the_part_that_is_given(given: str, instrument: str) -> None:
    for part in (0.0, 0.4):
        level = {instrument: part * BY_RULE[instrument]}
        assert begun(starting(**{given: part})) == about({**BY_RULE, **level})


@pytest.mark.parametrize(
    ("start_channel", "channel", "violence", "rung"),
    [(-1.0, 0.45, 1.0, 5.0), (0.2, 0.2, 0.0, 3.0)],
)
def test_a_pair_begins_with_what_each_side_sees(
    start_channel: float, channel: float, violence: float, rung: float
) -> None:
    t = Tiny(
        start_channel=0.45, rhetoric_weight=0.2, deployment_weight=0.6, sanctions_weight=0.1,
        force_weight=0.4, perception_strength=1.0, distinguishability=0.6, challenger_greed=0.5,
        arms_weight=0.5, notice=0.6, forward_weight=2.0,
    )  # fmt: skip
    t.pair_traits("ALF-BET", start_channel=start_channel, start_violence=violence)
    t.relation("ALF>BET", rhetoric=0.25, deployment=0.25, sanctions=0.0)
    t.relation("BET>ALF", rhetoric=0.5, deployment=0.75, sanctions=0.25)
    for name in ("ALF>BET", "BET>ALF"):
        t.relation(name, exercise=0.0, announced=0.0)
    # ALF spends a fifth more than usual and leads a bloc with forces forward, 2 x 0.25
    t.state("ALF", bloc=1.0, spending=0.2)
    t.state("BET", bloc=2.0, spending=-0.1)
    t.system(west_forward=0.25, east_forward=0.0)
    t.state_traits("ALF", greed=0.2, challenger=0.0)  # 0.2 + 0.8 x 0.4 = 0.52 looks hostile
    t.state_traits("BET", greed=0.1, challenger=0.4)  # 0.3 + 0.7 x 0.4 = 0.58
    force = 0.4 if violence else 0.0
    assert t.changes(beginning.begin_pair, t.world, t.atlas, "ALF-BET", LANE) == about({
        "ALF-BET.channel": channel,
        "ALF-BET.violence": violence,
        "ALF-BET.stake": 0.5,
        "ALF-BET.rung": rung,
        "ALF>BET.seen_posture": 0.75,
        "BET>ALF.seen_posture": 0.75,  # 0.25 + 0.5
        "ALF>BET.perceived": 0.2 * 0.5 + 0.6 * 0.75 * 0.58 + 0.1 * 0.25 + force,
        "BET>ALF.perceived": 0.2 * 0.25 + (0.6 * 0.75 + 0.5 * 0.2) * 0.52 + force,
    })  # fmt: skip


def test_a_state_begins_by_its_traits() -> None:
    t = Tiny(umbrella=0.9, cohesion_strength=0.5, audience=1.5, erosion=0.5, deployment_given=0.5)
    t.state_traits(
        "GAM", start_bloc=1.0, start_spending=0.2, start_lean=0.3, capability=0.1, nuclear=0.0,
        democracy=0.8, start_hosted=0.75,
    )  # fmt: skip
    assert t.changes(beginning.begin_state, t.world, t.atlas, "GAM", LANE) == about({
        "GAM.bloc": 1.0, "GAM.spending": 0.2, "GAM.lean": 0.3, "GAM.hosted": 0.375,
        "GAM.capability": 0.12,  # 0.1 x 1.2
        "GAM.nuclear": 0.9,  # under the umbrella
        "GAM.audience": 0.6,  # 0.5 x 1.5 x 0.8
    })  # fmt: skip


@pytest.mark.parametrize(("bite", "expected"), [(2.0, 0.76), (5.0, 1.0)])
def test_an_economy_is_used_to_the_sanctions_it_begins_with(bite: float, expected: float) -> None:
    t = Tiny(bite=bite, sender_cost=0.4)  # 2 x 0.4 x (0.75 + 0.4 x 0.5)
    t.relation("ALF>BET", sanctions=0.5)
    t.relation("BET>ALF", sanctions=0.75)
    t.relation_traits("ALF>BET", trade=0.4)
    t.relation("ALF>DEL", sanctions=0.0)
    t.relation("DEL>ALF", sanctions=0.0)
    t.relation_traits("ALF>DEL", trade=0.6)
    changed = t.changes(beginning.begin_economy, t.world, t.atlas, "ALF", LANE)
    assert changed == about({"ALF.adaptation": expected})


@pytest.mark.parametrize(
    ("share", "climate", "pair"),
    [(0.36, 0.9, 1.2), (0.0, 0.015, 1.5), (1.0, 1.5, 0.015)],  # roots of the shares, of 1.5
)
def test_noise_keeps_issue_and_climate_at_unit_variance(
    share: float, climate: float, pair: float
) -> None:
    t = Tiny(issue_memory=0.6, climate_memory=0.8, issue_size=1.5, climate_share=share)
    assert t.changes(events.settle_system, t.world, LANE) == about({
        "system.issue_noise": 0.8,
        "system.climate_noise": 0.6,
        "system.climate_part": climate,
        "system.pair_part": pair,
    })  # fmt: skip


def test_a_world_begins_whole() -> None:
    """Every row is begun; economies, perception and consultation after what they read."""
    t, atlas = Tiny(**{**defaults(), "bite": 2.0}), roster().atlas
    for array in t.world[:4]:
        array[:, :, LANE] = 0.0
    RelationTraits(atlas.relation_traits, t.rows["BET>ALF"], 0).start_sanctions = 0.5
    RelationTraits(atlas.relation_traits, t.rows["ALF>BET"], 0).trade = 0.3
    beginning.begin(t.world, atlas, LANE)
    assert t.system().issue_noise > 0.0
    assert [t.state(code).bloc for code in ("ALF", "BET", "GAM", "DEL")] == [1.0, 2.0, 1.0, 0.0]
    assert t.state("ALF").adaptation == about(0.3)  # 2 x 0.3 x 0.5
    assert {t.relation(name).capability_error for name in t.rows if ">" in name} == {1.0}
    assert t.relation("ALF>BET").perceived > t.relation("BET>ALF").perceived > 0.0
    assert {name: t.pair(name).rung for name in t.rows if "-" in name} == {
        "ALF-BET": 2.0, "ALF-DEL": 0.0, "BET-GAM": 1.0, "BET-DEL": 0.0,
    }  # fmt: skip
    assert (t.system().west_capability, t.system().east_capability) == about((0.2, 0.1))
    assert np.isnan(t.world.states[:, :, 1 - LANE]).all()


def test_forces_forward_are_seen_from_the_beginning() -> None:
    perceived = []
    for hosted in (0.0, 0.25):
        t, atlas = Tiny(**{**defaults(), "forward_weight": 2.0}), roster().atlas
        for array in t.world[:4]:
            array[:, :, LANE] = 0.0
        StateTraits(atlas.state_traits, t.rows["GAM"], 0).start_hosted = hosted
        beginning.begin(t.world, atlas, LANE)
        assert (t.system().west_forward, t.system().west_line) == (hosted, 4.0 * hosted)
        assert (t.system().east_forward, t.system().east_line) == (0.0, 0.0)
        assert t.relation("BET>ALF").seen_posture == about(
            t.relation("ALF>BET").deployment + 2.0 * hosted
        )
        perceived.append(t.relation("BET>ALF").perceived)
    assert perceived[0] < perceived[1]
