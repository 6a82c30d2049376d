"""What sort of state one is: greed, firmness, sensibility and economic pain, worked out by hand."""

from __future__ import annotations

import pytest

from sim.model.stages.character import (
    arms_from,
    can_deploy,
    felt_from,
    fielded_by,
    firmness_of,
    greed_of,
    leaning_from,
    meant_by,
    opening_of,
    pain_of,
    sensibility_of,
    shown_by,
)
from tests.tiny import LANE, Tiny, about, only


@pytest.mark.parametrize(
    ("greed", "challenger", "expected"),
    [(0.1, 0.0, 0.1), (0.1, 1.0, 0.6), (0.1, 0.4, 0.3), (0.8, 1.0, 1.0)],
)
def test_greed_of(greed: float, challenger: float, expected: float) -> None:
    t = Tiny(challenger_greed=0.5)
    t.state_traits("BET", greed=greed, challenger=challenger)
    assert greed_of(t.atlas, t.p, t.rows["BET"]) == about(expected)


@pytest.mark.parametrize(
    ("firmness", "challenger", "expected"),
    [
        (0.3, 1.0, 0.8),  # 0.5 for the challenger
        (0.3, 0.0, 0.4),  # 0.1 for everybody else
        (0.3, 0.25, 0.5),  # 0.3 + 0.125 + 0.075
        (0.7, 1.0, 1.0),
    ],
)
def test_firmness_of(firmness: float, challenger: float, expected: float) -> None:
    t = Tiny(challenger_firmness=0.5, defender_firmness=0.1)
    t.state_traits("BET", firmness=firmness, challenger=challenger)
    assert firmness_of(t.atlas, t.p, t.rows["BET"]) == about(expected)


@pytest.mark.parametrize(("own", "expected"), [(-1.0, 0.4), (0.0, 0.0), (0.7, 0.7)])
def test_sensibility_of(own: float, expected: float) -> None:
    t = Tiny(sensibility=0.4)
    t.state_traits("BET", sensibility=own)
    assert sensibility_of(t.atlas, t.p, t.rows["BET"]) == expected


def test_pain_of_sums_what_is_received_and_imposed_over_all_relations() -> None:
    t = Tiny(bite=2.0, sender_cost=0.4)
    sanctions = {"ALF>BET": 0.5, "BET>ALF": 0.25, "GAM>BET": 0.25, "BET>GAM": 0.5,
                 "DEL>BET": 1.0, "BET>DEL": 0.0}  # fmt: skip
    for name, level in sanctions.items():
        t.relation(name, sanctions=level)
    for name, share in {"BET>ALF": 0.4, "BET>GAM": 0.1, "BET>DEL": 0.2}.items():
        t.relation_traits(name, trade=share)
    # 2 x 0.4 x (0.5 + 0.4 x 0.25) + 2 x 0.1 x (0.25 + 0.4 x 0.5) + 2 x 0.2 x 1
    # ... and what covers its trade: 0.4 x 0.5 + 0.1 x 0.25 + 0.2 x 1
    pain, covered = pain_of(t.world, t.atlas, t.p, t.rows["BET"], LANE)
    assert (pain, covered) == about((0.48 + 0.09 + 0.4, 0.425))


@pytest.mark.parametrize(
    ("name", "stake", "expected"),
    [
        ("ALF>BET", 0.5, 0.12),  # greed 0.1 + 0.5 x 0.4, less 1.2 x 0.5 of it for retaliation
        ("ALF>BET", 0.75, 0.06),  # the left side holds three quarters
        ("ALF>BET", 0.1, 0.12),
        ("BET>ALF", 0.75, 0.12),  # the right side a quarter
        ("BET>ALF", 0.25, 0.06),
        ("BET>ALF", 0.0, 0.0),
    ],
)
def test_opening_of_is_what_is_left_to_gain(name: str, stake: float, expected: float) -> None:
    t = Tiny(challenger_greed=0.5, deterrence=1.2)
    t.pair("ALF-BET", stake=stake)
    t.relation(name, retaliation=0.5)
    t.state_traits(name[:3], greed=0.1, challenger=0.4)
    assert opening_of(t.world, t.atlas, t.p, t.rows[name], LANE) == about(expected)


@pytest.mark.parametrize(
    ("deployment", "exercise", "announced", "shown", "fielded"),
    [
        (0.5, 0.0, 0.0, 0.5, 0.5),
        (0.25, 0.75, 0.0, 0.75, 0.75),
        (0.25, 0.75, 1.0, 0.25, 0.75),  # announced it is no display, but the forces are there
        (0.75, 0.5, 0.0, 0.75, 0.75),
    ],
)
def test_what_an_exercise_shows_and_fields(
    deployment: float, exercise: float, announced: float, shown: float, fielded: float
) -> None:
    me = Tiny().relation("ALF>BET", deployment=deployment, exercise=exercise, announced=announced)
    assert (shown_by(me), fielded_by(me)) == (shown, fielded)


@pytest.mark.parametrize(
    ("name", "felt"),
    [
        ("ALF>BET", 0.85),  # 0.25, and 2 x 0.3 of its bloc's forces forward
        ("BET>ALF", 1.25),  # ... and 2 x 0.5
        ("GAM>BET", 0.3),  # others have none but their own
        ("ALF>DEL", 0.3),  # ... and only the other leader feels them
        ("BET>GAM", 0.3),
        ("DEL>ALF", 0.3),
    ],
)
def test_felt_from_counts_forces_forward_between_leaders_alone(name: str, felt: float) -> None:
    t = Tiny(notice=0.4, forward_weight=2.0)
    t.system(west_forward=0.3, east_forward=0.5)
    t.relation(name, deployment=0.25, exercise=0.5, announced=1.0)
    assert felt_from(t.world, t.atlas, t.rows[name], LANE) == about(felt)


@pytest.mark.parametrize(
    ("blocs", "rivalry", "felt"),
    [
        ((1.0, 2.0), 0.0, 0.4),
        ((2.0, 1.0), 0.0, 0.4),
        ((1.0, 1.0), 0.0, 0.0),  # an ally's arms
        ((1.0, 0.0), 0.0, 0.0),
        ((0.0, 2.0), 0.0, 0.0),
        ((0.0, 0.0), 0.0, 0.0),
        ((0.0, 0.0), 1.0, 0.4),  # a rival's
        ((1.0, 1.0), 0.5, 0.2),
    ],
)
def test_arms_from_adversaries_are_felt(
    blocs: tuple[float, float], rivalry: float, felt: float
) -> None:
    t = Tiny()
    t.state("BET", bloc=blocs[0], spending=0.4)
    t.state("GAM", bloc=blocs[1], spending=0.9)
    t.relation_traits("BET>GAM", rivalry=rivalry)
    assert arms_from(t.world, t.atlas, t.rows["BET>GAM"], LANE) == about(felt)


@pytest.mark.parametrize(
    ("bloc", "lean", "leads", "expected"),
    [
        (0.0, 0.6, 2.0, 0.6),  # it leans west, away from the east's leader
        (0.0, 0.6, 1.0, 0.0),
        (0.0, -0.6, 1.0, 0.6),
        (0.0, -0.6, 2.0, 0.0),
        (0.0, 0.6, 0.0, 0.0),  # who leads nobody
        (1.0, 0.6, 2.0, 0.0),  # a member leans no more
    ],
)
def test_leaning_from_a_leader(bloc: float, lean: float, leads: float, expected: float) -> None:
    t = Tiny()
    t.state("DEL", bloc=bloc, lean=lean)
    t.relation_traits("DEL>BET", rival_leads=leads)
    assert leaning_from(t.world, t.atlas, t.rows["DEL>BET"], LANE) == about(expected)


@pytest.mark.parametrize(
    ("acts", "violence", "spending", "greed", "expected"),
    [
        ({"rhetoric": 0.5}, 0.0, 0.0, 0.0, 0.1),  # 0.2 x 0.5
        ({"sanctions": 0.5}, 0.0, 0.0, 0.0, 0.05),  # 0.1 x 0.5
        ({}, 1.0, 0.0, 0.0, 0.4),
        ({"deployment": 0.5}, 0.0, 0.0, 0.0, 0.0),  # a seeker's forces mean no harm
        ({"deployment": 0.5}, 0.0, 0.0, 0.5, 0.15),  # 0.6 x 0.5 of a half
        ({"exercise": 1.0}, 0.0, 0.0, 0.5, 0.3),
        ({}, 0.0, 0.4, 0.5, 0.1),  # arms: 0.5 x 0.4 of a half
    ],
)
def test_what_is_meant_is_what_a_prober_would_take_by_it(
    acts: dict[str, float], violence: float, spending: float, greed: float, expected: float
) -> None:
    t = Tiny(
        rhetoric_weight=0.2, deployment_weight=0.6, sanctions_weight=0.1, arms_weight=0.5,
        force_weight=0.4, notice=0.4, forward_weight=2.0, challenger_greed=0.0,
    )  # fmt: skip
    still = dict.fromkeys(("rhetoric", "deployment", "sanctions", "exercise", "announced"), 0.0)
    t.relation("ALF>BET", **{**still, **acts})
    t.relation_traits("ALF>BET", rivalry=0.0)
    t.pair("ALF-BET", violence=violence)
    t.system(west_forward=0.0, east_forward=0.0)
    t.state("ALF", bloc=1.0, spending=spending)
    t.state("BET", bloc=2.0)
    t.state_traits("ALF", greed=greed, challenger=0.0)
    assert meant_by(t.world, t.atlas, t.rows["ALF>BET"], LANE) == about(expected)


@pytest.mark.parametrize(
    ("strength", "given", "expected"),
    [(1.0, 1.0, True), (0.0, 1.0, True), (0.5, 0.0, True), (0.0, 0.0, False)],
)
def test_without_readiness_and_without_any_given_there_are_no_forces(
    strength: float, given: float, expected: bool
) -> None:
    assert can_deploy(only(deployment_strength=strength, deployment_given=given)) == expected
