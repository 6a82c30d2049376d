"""Confrontation, rule by rule: numbers worked out by hand, limits, and what must rise or fall."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.rules import confrontation
from sim.model.vocabulary import Bloc
from tests.tiny import about, declared, only, quick, units, wrong_ways


@pytest.mark.parametrize(
    ("resolve", "error", "expected"),
    [
        (0.5, 0.0, 0.5),
        (0.5, 1.0, 0.2),  # it will yield
        (0.5, -1.0, 0.8),  # it will stand
        (0.2, 1.0, 0.0),  # never less than none
    ],
)
def test_believed_resolve(resolve: float, error: float, expected: float) -> None:
    assert confrontation.believed_resolve(only(resolve_size=0.3), resolve, error) == about(expected)


STAND = {
    "stand_base": 0.1, "stand_grievance": 1.2, "stand_fear": 0.5, "stand_audience": 2.0,
    "stand_firmness": 0.6, "stand_greed": 0.8, "stand_belief": 1.5, "stand_nuclear": 0.4,
    "stand_cohesion": 3.0,
}  # fmt: skip
EVEN = {
    "grievance": 0.0, "fear": 0.0, "audience": 0.0, "rhetoric": 0.0, "firmness": 0.0,
    "greed": 0.0, "believed": 0.0, "their_share": 0.5, "nuclear": 0.0, "rung": 3.0,
    "cohesion": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("other", "added"),
    [
        ({}, 0.0),
        ({"grievance": 0.5}, 0.6),
        ({"fear": 0.5}, 0.25),
        ({"audience": 0.5}, 0.0),  # an audience binds by what was said to it
        ({"rhetoric": 0.5}, 0.0),
        ({"audience": 0.5, "rhetoric": 0.5}, 0.5),
        ({"firmness": 0.5}, 0.3),
        ({"greed": 0.5}, 0.4),
        ({"believed": 0.4}, -0.6),  # an equal's resolve counts once
        ({"believed": 0.4, "their_share": 0.75}, -0.9),
        ({"believed": 0.4, "their_share": 0.0}, 0.0),
        ({"nuclear": 0.5}, -0.2),
        ({"nuclear": 0.5, "rung": 4.0}, -0.2),
        ({"nuclear": 0.5, "rung": 6.0}, -0.6),  # 0.4 x 0.5 x (1 + 2)
        ({"rung": 7.0}, 0.0),
        ({"cohesion": -0.2}, -0.6),
        (
            {"grievance": 0.2, "fear": 0.4, "firmness": 0.5, "greed": 0.1, "nuclear": 1.0,
             "cohesion": 0.1},
            0.24 + 0.2 + 0.3 + 0.08 - 0.4 + 0.3,
        ),
    ],
)  # fmt: skip
def test_standing(other: dict[str, float], added: float) -> None:
    assert confrontation.standing(only(**STAND), **{**EVEN, **other}) == about(0.1 + added)


@quick
@given(at=st.fixed_dictionaries(dict.fromkeys(EVEN, units)), other=units)
def test_what_makes_yielding_dear_and_what_makes_standing_dear(
    at: dict[str, float], other: float
) -> None:
    for_standing = ("grievance", "fear", "audience", "rhetoric", "firmness", "greed", "cohesion")
    for_yielding = ("believed", "their_share", "nuclear", "rung")
    signs = {**dict.fromkeys(for_standing, 1), **dict.fromkeys(for_yielding, -1)}
    assert wrong_ways(confrontation.standing, declared(), at, other, signs) == []


@pytest.mark.parametrize(
    ("resolve", "stance", "expected"),
    [
        (0.4, 0.0, 0.4),
        (0.4, 1.0, 0.55),  # 0.4 + 0.25 x 0.6
        (0.4, -1.0, 0.2),  # half is lost
        (1.0, 1.0, 1.0),
        (0.0, -1.0, 0.0),
    ],
)
def test_learned(resolve: float, stance: float, expected: float) -> None:
    p = only(belief_up=0.25, belief_down=0.5)
    assert confrontation.learned(p, resolve, stance) == about(expected)


@quick
@given(resolve=units)
def test_who_stands_is_believed_and_who_yields_is_not(resolve: float) -> None:
    p = declared()
    down, up = (confrontation.learned(p, resolve, stance) for stance in (-1.0, 1.0))
    assert 0.0 <= down <= resolve <= up <= 1.0


@pytest.mark.parametrize(
    ("deployment", "expected"), [(0.0, 0.0), (0.25, 0.0), (0.5, 0.25), (0.75, 0.25), (1.0, 0.5)]
)
def test_backed_down(deployment: float, expected: float) -> None:
    assert confrontation.backed_down(deployment) == expected


NOBODY = {"stance": 0.0, "their_stance": 0.0, "force": 0.0, "their_force": 0.0}


@pytest.mark.parametrize(
    ("held", "other", "expected"),
    [
        (0.5, {}, 0.0),
        (0.5, {"stance": -1.0, "their_stance": 1.0}, 0.15),  # 0.3 x 0.5
        (0.2, {"stance": -1.0, "their_stance": 1.0}, 0.06),  # the less the less it holds
        (0.0, {"stance": -1.0, "their_stance": 1.0}, 0.0),
        (0.5, {"stance": -1.0, "their_stance": -1.0}, 0.0),  # both gave way
        (0.5, {"stance": 1.0, "their_stance": -1.0}, 0.0),
        (0.5, {"stance": 1.0, "their_stance": 1.0}, 0.0),
        (0.5, {"stance": -1.0}, 0.0),  # to nobody
        (0.5, {"their_force": 1.0}, 0.1),  # 0.2 x 0.5
        (0.5, {"force": 1.0}, 0.0),
        (0.5, {"force": 1.0, "their_force": 1.0}, 0.0),  # answered
        (0.5, {"stance": -1.0, "their_stance": 1.0, "their_force": 1.0}, 0.15),  # not both at once
    ],
)
def test_lost(held: float, other: dict[str, float], expected: float) -> None:
    p = only(concession=0.3, seizure=0.2)
    assert confrontation.lost(p, held, **{**NOBODY, **other}) == about(expected)


@quick
@given(
    held=units,
    stances=st.tuples(*[st.sampled_from([-1.0, 0.0, 1.0])] * 2),
    forces=st.tuples(*[st.sampled_from([0.0, 1.0])] * 2),
)
def test_what_one_side_loses_the_other_can_take_without_end(
    held: float, stances: tuple[float, float], forces: tuple[float, float]
) -> None:
    p = declared(concession=1.0, seizure=1.0)
    one = confrontation.lost(p, held, *stances, *forces)
    other = confrontation.lost(p, 1.0 - held, *stances[::-1], *forces[::-1])
    assert 0.0 <= held - one + other <= 1.0 + 1e-7


@pytest.mark.parametrize(
    ("held", "opening", "shown", "their_shown", "rung", "expected"),
    [
        (0.5, 0.4, 0.5, 0.25, 3.0, 0.02),  # 0.1 x 0.4 x 0.5
        (0.5, 0.4, 1.0, 0.0, 4.0, 0.02),  # a larger display takes no more
        (0.2, 0.4, 0.5, 0.25, 3.0, 0.008),
        (0.5, 0.0, 0.5, 0.25, 3.0, 0.0),  # who seeks nothing takes nothing
        (0.5, 0.4, 0.25, 0.0, 3.0, 0.0),  # presence is no display
        (0.5, 0.4, 0.5, 0.5, 3.0, 0.0),  # answered
        (0.5, 0.4, 1.0, 0.75, 3.0, 0.0),
        (0.5, 0.4, 0.5, 0.25, 2.0, 0.0),  # begun this week: nobody could answer yet
        (0.0, 1.0, 1.0, 0.0, 3.0, 0.0),  # nothing is left
    ],
)
def test_encroached(
    held: float, opening: float, shown: float, their_shown: float, rung: float, expected: float
) -> None:
    p = only(encroachment=0.1)
    assert confrontation.encroached(p, held, opening, shown, their_shown, rung) == about(expected)


@quick
@given(at=st.fixed_dictionaries(dict.fromkeys(("held", "opening", "shown", "their_shown"), units)),
       other=units)  # fmt: skip
def test_an_answer_stops_encroachment(at: dict[str, float], other: float) -> None:
    signs = {**dict.fromkeys(at, 1), "their_shown": -1}
    taken = partial(confrontation.encroached, rung=3.0)
    assert 0.0 <= taken(declared(encroachment=1.0), **at) <= at["held"]
    assert wrong_ways(taken, declared(), at, other, signs) == []


@pytest.mark.parametrize(("nuclear", "expected"), [(0.0, 0.2), (0.5, 0.11), (1.0, 0.02)])
def test_war_odds(nuclear: float, expected: float) -> None:
    p = only(war_onset=0.2, nuclear_brake=0.9)  # 0.2 x (1 - 0.9 x nuclear)
    assert confrontation.war_odds(p, nuclear) == about(expected)


def test_a_full_brake_prevents_every_nuclear_war() -> None:
    assert confrontation.war_odds(only(war_onset=1.0, nuclear_brake=1.0), 1.0) == 0.0


WEEK = {
    "force_a": 0.0, "force_b": 0.0, "to_war": 0.0, "to_nuclear": 0.0, "talks": 0.0, "u": 0.999,
}  # fmt: skip


@pytest.mark.parametrize(
    ("before", "other", "expected"),
    [
        (0.0, {}, 0.0),
        (0.0, {"to_war": 1.0, "to_nuclear": 1.0}, 0.0),  # without force neither comes of anything
        (0.0, {"force_a": 1.0, "to_war": 1.0}, 1.0),  # one side's force is a clash
        (0.0, {"force_b": 1.0, "to_war": 1.0}, 1.0),
        (0.0, {"force_a": 1.0, "force_b": 1.0}, 1.0),
        (0.0, {"force_a": 1.0, "force_b": 1.0, "to_war": 1.0}, 2.0),
        (1.0, {"u": 0.59}, 0.0),  # clashes end at 0.6
        (1.0, {"u": 0.6}, 1.0),
        (1.0, {"u": 0.0, "force_b": 1.0}, 1.0),  # ... but not while force is used
        (1.0, {"u": 0.0, "force_a": 1.0, "force_b": 1.0, "to_war": 1.0}, 2.0),
        (1.0, {"to_nuclear": 1.0}, 1.0),
        (2.0, {"u": 0.03}, 0.0),  # wars end at 0.04
        (2.0, {"u": 0.04}, 2.0),
        (2.0, {"u": 0.0, "to_nuclear": 1.0}, 3.0),  # nuclear use comes before an end
        (2.0, {"force_a": 1.0, "u": 0.05}, 2.0),
        (3.0, {"u": 0.09}, 0.0),  # after nuclear use war ends at 0.1
        (3.0, {"u": 0.1}, 3.0),
        (3.0, {"u": 0.0, "to_nuclear": 1.0}, 0.0),
        (1.0, {"u": 0.89, "talks": 0.25}, 0.0),  # talks hasten by 1 + 2 x 0.25
        (1.0, {"u": 0.91, "talks": 0.25}, 1.0),
        (2.0, {"u": 0.059, "talks": 0.25}, 0.0),
        (2.0, {"u": 0.061, "talks": 0.25}, 2.0),
        (3.0, {"u": 0.149, "talks": 0.25}, 0.0),
        (3.0, {"u": 0.151, "talks": 0.25}, 3.0),
    ],
)
def test_violence(before: float, other: dict[str, float], expected: float) -> None:
    p = only(end_talks=2.0, clash_end=0.6, war_end=0.04, nuclear_end=0.1)
    assert confrontation.violence(p, before, **{**WEEK, **other}) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [(1.0, 0.0, 0.02), (0.0, 1.0, 0.02), (1.0, 1.0, 0.02), (0.0, 0.0, 0.0), (0.5, 0.25, 0.01)],
)
def test_nuclear_odds(one: float, other: float, expected: float) -> None:
    assert confrontation.nuclear_odds(only(nuclear_use=0.02), one, other) == about(expected)


@pytest.mark.parametrize(
    ("proximity", "fear", "leads", "called", "ties", "expected"),
    [
        (1.0, 0.0, 0.0, 1.0, 1.0, 0.02),  # 0.5 x 0.1 x 0.4
        (1.0, 0.6, 0.0, 1.0, 1.0, 0.05),  # 0.5 x 0.1 x (0.4 + 0.6)
        (0.5, 0.6, 0.0, 1.0, 1.0, 0.025),
        (1.0, 0.6, 1.0, 1.0, 1.0, 0.15),  # a leader is three times as ready
        (1.0, 0.6, 2.0, 1.0, 1.0, 0.15),
        (0.0, 1.0, 1.0, 1.0, 1.0, 0.0),
        (1.0, 0.6, 0.0, 2.5, 1.0, 0.125),  # 0.05 x 2.5: forces stand in the one attacked
        (1.0, 0.6, 0.0, 1.0, 0.2, 0.01),  # 0.05 x 0.2: a neutral
        (1.0, 0.6, 1.0, 2.0, 0.5, 0.15),  # 0.15 x 2 x 0.5
        (1.0, 0.6, 1.0, 0.0, 1.0, 0.0),  # nobody calls
        (1.0, 0.6, 1.0, 1.0, 0.0, 0.0),  # nothing ties
    ],
)
def test_joining_odds(
    proximity: float, fear: float, leads: float, called: float, ties: float, expected: float
) -> None:
    p = only(solidarity=0.5, join=0.1, join_fear=0.4, join_leader=3.0)
    odds = confrontation.joining_odds(p, proximity, fear, leads, called, ties)
    assert odds == about(expected)


def test_without_solidarity_nobody_joins() -> None:
    assert confrontation.joining_odds(declared(solidarity=0.0), 1.0, 1.0, 1.0, 3.0, 1.0) == 0.0


@quick
@given(
    at=st.fixed_dictionaries(
        dict.fromkeys(("proximity", "fear", "leads", "called", "ties"), units)
    ),
    other=units,
)
def test_what_makes_allies_join(at: dict[str, float], other: float) -> None:
    signs = dict.fromkeys(at, 1)
    assert wrong_ways(confrontation.joining_odds, declared(), at, other, signs) == []


@pytest.mark.parametrize(
    ("bloc", "side", "leaning", "expected"),
    [
        (Bloc.WEST, Bloc.WEST, 0.0, 1.0),
        (Bloc.EAST, Bloc.EAST, 0.0, 1.0),
        (Bloc.WEST, Bloc.EAST, 0.8, 0.0),  # not for the other side
        (Bloc.EAST, Bloc.WEST, 0.8, 0.0),
        (Bloc.NONE, Bloc.WEST, 0.5, 0.2),  # 0.4 x 0.5
        (Bloc.NONE, Bloc.EAST, 1.0, 0.4),
        (Bloc.NONE, Bloc.WEST, 0.0, 0.0),  # a neutral that leans nowhere stays out
    ],
)
def test_ties(bloc: float, side: float, leaning: float, expected: float) -> None:
    assert confrontation.ties(only(join_neutral=0.4), bloc, side, leaning) == about(expected)


@pytest.mark.parametrize(("hosted", "expected"), [(0.0, 1.0), (0.25, 1.6), (1.0, 3.4)])
def test_called(hosted: float, expected: float) -> None:
    assert confrontation.called(only(tripwire_join=2.4), hosted) == about(expected)


def test_without_a_tripwire_forces_call_nobody_louder() -> None:
    assert confrontation.called(declared(tripwire_join=0.0), 1.0) == 1.0
