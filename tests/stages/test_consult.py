"""Consulting: sums over blocs, whose fear is pooled, which way an appeal pulls."""

from __future__ import annotations

import pytest

from sim.model.stages.consult import consult_blocs, consult_relation, consult_state
from tests.tiny import LANE, Tiny, about


def blocs(**sides: float) -> Tiny:
    """Return a world in which the blocs are about to be summed up."""
    t = Tiny()
    capability = {"ALF": 0.3, "BET": 0.5, "GAM": 0.1, "DEL": 0.2}
    mediator = {"ALF": 0.01, "BET": 0.02, "GAM": 0.03, "DEL": 0.5}
    for code, bloc in {"ALF": 1.0, "BET": 2.0, "GAM": 1.0, "DEL": 0.0, **sides}.items():
        t.state(code, bloc=bloc, capability=capability[code], lean=0.0)
        t.state_traits(code, mediator=mediator[code])
    t.state("DEL", lean=-0.4)
    fears = {"ALF>BET": 0.6, "GAM>BET": 0.2, "DEL>BET": 0.9, "BET>ALF": 0.8, "DEL>ALF": 0.7}
    for name, fear in fears.items():
        t.relation(name, fear=fear)
    return t


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        (
            {},
            # (0.3 x 0.6 + 0.1 x 0.2) / 0.4, and 0.5 x (1 - 0.4) of the neutral's standing
            {"west_capability": 0.4, "east_capability": 0.5, "west_fear": 0.5, "east_fear": 0.8,
             "mediators": 0.3},
        ),
        (
            {"DEL": 2.0},
            # (0.5 x 0.8 + 0.2 x 0.7) / 0.7
            {"west_capability": 0.4, "east_capability": 0.7, "west_fear": 0.5,
             "east_fear": 0.54 / 0.7, "mediators": 0.0},
        ),
        (
            {"DEL": 1.0},
            # (0.2 + 0.2 x 0.9) / 0.6
            {"west_capability": 0.6, "east_capability": 0.5, "west_fear": 0.38 / 0.6,
             "east_fear": 0.8, "mediators": 0.0},
        ),
        (
            dict.fromkeys(("ALF", "BET", "GAM"), 0.0),
            {"west_capability": 0.0, "east_capability": 0.0, "west_fear": 0.0, "east_fear": 0.0,
             "mediators": 0.01 + 0.02 + 0.03 + 0.3},
        ),
    ],
)  # fmt: skip
def test_blocs_are_summed_up(sides: dict[str, float], expected: dict[str, float]) -> None:
    t = blocs(**sides)
    found = {f"system.{name}": value for name, value in expected.items()}
    assert t.changes(consult_blocs, t.world, t.atlas, LANE) == about(found)


def test_the_first_relation_of_all_is_counted() -> None:
    t = blocs()
    t.atlas.toward[t.rows["BET"], 0] = 0  # ALF>BET in place of BET's own
    consult_blocs(t.world, t.atlas, LANE)
    assert t.system().east_fear == about(0.6)


def test_who_leans_either_way_mediates_less() -> None:
    west, east = blocs(), blocs()
    west.state("DEL", lean=0.4)
    for t in (west, east):
        consult_blocs(t.world, t.atlas, LANE)
    assert west.system().mediators == east.system().mediators == about(0.3)


def listening(code: str, bloc: float) -> dict[str, float]:
    t = Tiny(solidarity=0.4, capability_pooling=0.5, appeal_strength=2.0, appeal=0.1)
    t.system(west_capability=0.8, east_capability=0.6)
    t.state(code, bloc=bloc, capability=0.2, lean=0.2)
    t.state_traits(code, west_affinity=0.8, east_affinity=0.6)
    t.relation("ALF>BET", rhetoric=0.5)
    t.relation("BET>ALF", rhetoric=0.25)
    return t.changes(consult_state, t.world, t.atlas, code, LANE)


def test_a_member_counts_on_its_own_bloc_and_hears_no_appeal() -> None:
    assert listening("GAM", 1.0) == about({"GAM.pooled_capability": 0.32})  # 0.2 + 0.2 x 0.6
    assert listening("DEL", 2.0) == about({"DEL.pooled_capability": 0.28})  # 0.2 + 0.2 x 0.4


def test_a_neutral_counts_on_itself_and_is_pulled_both_ways() -> None:
    # West: 0.2 x 0.5 x 0.8 x (1 - 0.2) = 0.064; east: 0.2 x 0.25 x 0.6 x (1 + 0.2) = 0.036
    expected = {"DEL.pooled_capability": 0.2, "DEL.lean": 0.228}
    assert listening("DEL", 0.0) == about(expected)


SIDES = {"ALF": 1.0, "BET": 2.0, "GAM": 1.0, "DEL": 0.0}
POOLED = {"ALF": 0.15, "BET": 0.3, "GAM": 0.2, "DEL": 0.1}
HOSTED = {"ALF": 0.0, "BET": 0.0, "GAM": 0.25, "DEL": 0.0}


def fearful(name: str, leads: float, **sides: float) -> dict[str, float]:
    t = Tiny(solidarity=0.5, fear_pooling=0.6, tripwire=0.8)
    t.system(west_fear=0.7, east_fear=0.9)
    for code, bloc in {**SIDES, **sides}.items():
        t.state(code, bloc=bloc, pooled_capability=POOLED[code], hosted=HOSTED[code])
    t.relation(name, fear=0.3, resolve=0.5, capability_error=1.2)
    t.relation_traits(name, rival_leads=leads)
    changed = t.changes(consult_relation, t.world, t.atlas, name, LANE)
    return {field.removeprefix(f"{name}."): value for field, value in changed.items()}


def test_an_ally_takes_over_its_blocs_fear_of_the_other_leader() -> None:
    # 0.3 + 0.5 x 0.6 x (0.7 - 0.3); 0.5 x 2 x 0.3 / (0.3 + 0.2) x 1.2
    assert fearful("GAM>BET", 2.0) == about({"pooled_fear": 0.42, "retaliation": 0.72})


def test_the_east_takes_over_its_own() -> None:
    # 0.3 + 0.3 x (0.9 - 0.3); 0.5 x 2 x 0.15 / 0.45 x 1.2
    assert fearful("BET>ALF", 1.0) == about({"pooled_fear": 0.48, "retaliation": 0.4})
    assert fearful("DEL>ALF", 1.0, DEL=2.0)["pooled_fear"] == about(0.48)


def test_allied_forces_in_the_other_are_a_tripwire() -> None:
    # 0.5 x 2 x 0.2 / 0.5 x 1.2, and 0.8 x 0.25: those in BET's rival, not in itself
    assert fearful("BET>GAM", 0.0)["retaliation"] == about(0.68)


@pytest.mark.parametrize(
    ("name", "leads", "sides"),
    [
        ("BET>GAM", 0.0, {}),  # the rival leads nobody
        ("DEL>BET", 2.0, {}),  # the owner has no allies
        ("DEL>BET", 2.0, {"DEL": 2.0}),  # the rival is the ally's own leader
        ("GAM>BET", 2.0, {"BET": 0.0}),  # the rival has left its bloc
    ],
)
def test_other_fears_are_ones_own(name: str, leads: float, sides: dict[str, float]) -> None:
    assert fearful(name, leads, **sides)["pooled_fear"] == 0.3
