"""The ladder, rule by rule: numbers worked out by hand, limits, and what must rise or fall."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.rules import ladder
from sim.model.vocabulary import Rung
from tests.tiny import about, declared, only, quick, units, wrong_ways

quarters = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])


@pytest.mark.parametrize(
    ("deployment", "expected"),
    [(0.0, False), (0.25, False), (0.5, True), (0.75, True), (1.0, True)],
)
def test_displays(deployment: float, expected: bool) -> None:
    assert ladder.displays(deployment) is expected


@pytest.mark.parametrize(
    ("level", "step", "expected"),
    [(0.25, 1.0, 0.5), (0.25, -1.0, 0.0), (0.25, 0.0, 0.25), (1.0, 1.0, 1.0), (0.0, -1.0, 0.0)],
)
def test_moved(level: float, step: float, expected: float) -> None:
    assert ladder.moved(level, step) == expected


@pytest.mark.parametrize(
    ("level", "step", "reply", "expected"),
    [
        (0.0, 1.0, 0.0, 0.25),
        (0.0, 1.0, 0.3, 0.25),  # at the threshold, not above it
        (0.0, 1.0, 0.31, 0.5),  # a reply is at once a display
        (0.25, 1.0, 0.9, 0.5),
        (0.5, 1.0, 0.9, 0.75),  # ... and never less than an ordinary step
        (0.0, 0.0, 0.9, 0.0),  # who holds does not reply
        (0.25, -1.0, 0.9, 0.0),
        (1.0, 1.0, 0.9, 1.0),
    ],
)
def test_deployed(level: float, step: float, reply: float, expected: float) -> None:
    assert ladder.deployed(only(reply_threshold=0.3), level, step, reply) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (0.25, 0.5, 1.0),
        (0.5, 0.75, 1.0),  # a display raised
        (0.5, 0.5, 0.0),  # one that is only kept up
        (1.0, 0.75, 0.0),
        (0.0, 0.25, 0.0),  # presence is none
    ],
)
def test_fresh_display(before: float, after: float, expected: float) -> None:
    assert ladder.fresh_display(before, after) == expected


@pytest.mark.parametrize(
    ("exercise", "announced", "expected"),
    [
        (0.0, 0.0, 0.0),
        (0.75, 0.0, 0.75),
        (0.75, 1.0, 0.0),  # announced: no display at all
        (1.0, 1.0, 0.0),
    ],
)
def test_exercised(exercise: float, announced: float, expected: float) -> None:
    assert ladder.exercised(exercise, announced) == expected


@quick
@given(exercise=units)
def test_only_a_snap_exercise_may_be_a_display(exercise: float) -> None:
    assert ladder.displays(ladder.exercised(exercise, 0.0)) is ladder.displays(exercise)
    assert ladder.displays(ladder.exercised(exercise, 1.0)) is False


CALM = {
    "rhetoric_a": 0.0, "rhetoric_b": 0.0, "deployment_a": 0.0, "deployment_b": 0.0,
    "sanctions_a": 0.0, "sanctions_b": 0.0, "violence": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, Rung.CALM),
        ({"deployment_a": 0.25, "deployment_b": 0.25}, Rung.CALM),  # presence alone
        ({"rhetoric_a": 0.25}, Rung.ACCUSATION),
        ({"rhetoric_b": 0.5}, Rung.ACCUSATION),
        ({"rhetoric_b": 0.75}, Rung.COERCION),  # a threat
        ({"sanctions_a": 0.25}, Rung.COERCION),
        ({"sanctions_b": 1.0}, Rung.COERCION),
        ({"deployment_a": 0.5}, Rung.DISPLAY),
        ({"deployment_b": 0.75, "deployment_a": 0.25, "rhetoric_a": 1.0}, Rung.DISPLAY),
        ({"deployment_a": 0.5, "deployment_b": 0.5}, Rung.CRISIS),
        ({"deployment_b": 1.0}, Rung.CRISIS),  # an attack posture of one side
        ({"violence": 1.0}, Rung.CLASH),
        ({"violence": 2.0, "deployment_a": 1.0}, Rung.WAR),
        ({"violence": 3.0}, Rung.NUCLEAR),
    ],
)
def test_rung(other: dict[str, float], expected: Rung) -> None:
    assert ladder.rung(**{**CALM, **other}) == expected


@quick
@given(at=st.fixed_dictionaries(dict.fromkeys(CALM, quarters)), other=quarters)
def test_no_instrument_lowers_the_rung(at: dict[str, float], other: float) -> None:
    assert wrong_ways(ladder.rung, None, at, other, dict.fromkeys(CALM, 1)) == []


@quick
@given(at=st.fixed_dictionaries(dict.fromkeys(CALM, quarters)))
def test_rung_is_the_same_from_both_sides(at: dict[str, float]) -> None:
    swap = str.maketrans("ab", "ba")
    turned = {
        name: at[name[:-1] + name[-1].translate(swap)] if name[-2] == "_" else value
        for name, value in at.items()
    }
    assert ladder.rung(**at) == ladder.rung(**turned)


CONTACT = {
    "proximity": 1.0, "exposure": 1.0, "own": 0.5, "theirs": 0.3, "motive_a": 0.2,
    "motive_b": 0.6, "rung": 0.0, "salience": 0.0,
}  # fmt: skip
"""Contact 0.2 + 0.5 + 0.3 = 1 and tension 0.4, so that the odds are 2 x 0.05 x 0.4 = 0.04."""


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, 0.04),
        ({"proximity": 0.5}, 0.025),  # 0.04 x (0.25 + 0.75 x 0.5)
        ({"proximity": 0.0}, 0.01),  # ... 0.25 of it reaches anywhere
        ({"exposure": 0.5}, 0.02),
        ({"exposure": 0.0}, 0.0),
        ({"own": 0.0}, 0.02),  # contact 0.5
        ({"theirs": 0.0}, 0.028),  # contact 0.7
        ({"own": 0.0, "theirs": 0.0}, 0.008),  # contact 0.2 without deployments
        ({"motive_a": 0.6}, 0.06),
        ({"motive_b": 0.2}, 0.02),
        ({"motive_a": 0.0, "motive_b": 0.0}, 0.0),  # without tension nothing slips
        ({"rung": 4.0}, 0.056),  # 0.04 x (1 + 0.1 x 4)
        ({"salience": 0.5}, 0.04 * math.exp(0.4)),  # 0.8 x 0.5
    ],
)
def test_accident_odds(other: dict[str, float], expected: float) -> None:
    p = only(
        miscalculation_strength=2.0, accident=0.05, contact_base=0.2, time_pressure=0.1,
        accident_issue=0.8, reach=0.25,
    )  # fmt: skip
    assert ladder.accident_odds(p, **{**CONTACT, **other}) == about(expected)


def test_no_accidents_without_miscalculation() -> None:
    p = declared(miscalculation_strength=0.0)
    assert ladder.accident_odds(p, **CONTACT) == 0.0


@quick
@given(at=st.fixed_dictionaries(dict.fromkeys(CONTACT, units)), other=units)
def test_accident_odds_rise_with_contact_and_tension(at: dict[str, float], other: float) -> None:
    signs = dict.fromkeys(CONTACT, 1)
    assert wrong_ways(ladder.accident_odds, declared(), at, other, signs) == []


FACING = {
    "deployment_a": 0.5, "deployment_b": 0.0, "reply_a": 0.0, "reply_b": 0.0,
    "proximity": 1.0, "violence": 0.0, "salience": 0.0,
}  # fmt: skip
"""One side displays, far from nothing: the odds are 0.1 x 0.3 = 0.03."""


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, 0.03),
        ({"deployment_a": 0.25}, 0.0),  # nobody displays
        ({"deployment_a": 0.0, "deployment_b": 0.75}, 0.03),  # the other does
        ({"deployment_b": 0.5}, 0.13),  # 0.1 x (0.3 + 2 x 0.5)
        ({"deployment_a": 1.0, "deployment_b": 0.25}, 0.08),  # 0.1 x (0.3 + 2 x 0.25)
        ({"reply_a": 0.5}, 0.06),  # 0.1 x (0.3 + 0.6 x 0.5)
        ({"reply_b": 0.25}, 0.045),
        ({"reply_a": 1.7}, 0.09),  # fresh up to 1
        ({"proximity": 0.0}, 0.012),  # 0.4 of it
        ({"proximity": 0.5}, 0.021),  # 0.4 + 0.6 x 0.5 of it
        ({"salience": -1.0}, 0.03 * math.exp(-0.5)),
        ({"violence": 1.0}, 0.28),  # + 0.25
        ({"violence": 2.0, "deployment_a": 0.0}, 0.25),
        ({"violence": 2.0, "deployment_a": 0.0, "proximity": 0.0, "salience": 2.0}, 0.25),
    ],
)
def test_incident_odds(other: dict[str, float], expected: float) -> None:
    p = only(
        incident=0.1, incident_base=0.3, incident_mutual=2.0, incident_fresh=0.6,
        incident_reach=0.4, incident_issue=0.5, incident_violence=0.25,
    )  # fmt: skip
    assert ladder.incident_odds(p, **{**FACING, **other}) == about(expected)


@quick
@given(at=st.fixed_dictionaries(dict.fromkeys(FACING, units)), other=units)
def test_incident_odds_rise_with_mutual_and_fresh_displays(
    at: dict[str, float], other: float
) -> None:
    signs = dict.fromkeys(FACING, 1)
    assert wrong_ways(ladder.incident_odds, declared(), at, other, signs) == []
