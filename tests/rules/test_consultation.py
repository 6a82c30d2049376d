"""Consultation, rule by rule: numbers worked out by hand, limits, and what must rise or fall."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.rules import consultation
from tests.tiny import about, declared, only, quick, units, wrong_ways


@pytest.mark.parametrize(
    ("solidarity", "pooling", "own", "allies", "expected"),
    [
        (0.5, 0.4, 0.2, 0.7, 0.3),  # 0.2 + 0.5 x 0.4 x 0.5
        (0.5, 0.4, 0.7, 0.2, 0.7),  # allies who fear less do not calm
        (1.0, 1.0, 0.2, 0.7, 0.7),
        (0.0, 0.4, 0.2, 0.7, 0.2),
        (0.5, 0.0, 0.2, 0.7, 0.2),
    ],
)
def test_pooled_fear(
    solidarity: float, pooling: float, own: float, allies: float, expected: float
) -> None:
    p = only(solidarity=solidarity, fear_pooling=pooling)
    assert consultation.pooled_fear(p, own, allies) == about(expected)


@quick
@given(own=units, allies=units, solidarity=units)
def test_pooled_fear_lies_between_own_and_the_greater(
    own: float, allies: float, solidarity: float
) -> None:
    pooled = consultation.pooled_fear(declared(solidarity=solidarity), own, allies)
    assert own <= pooled <= max(own, allies) + 1e-12


@pytest.mark.parametrize(
    ("solidarity", "pooling", "own", "bloc", "expected"),
    [
        (0.5, 0.4, 0.1, 0.6, 0.2),  # 0.1 + 0.5 x 0.4 x 0.5
        (0.5, 0.4, 0.1, 0.1, 0.1),  # alone in its bloc
        (0.5, 0.4, 0.1, 0.0, 0.1),  # in none
        (1.0, 1.0, 0.1, 0.6, 0.6),
        (0.0, 1.0, 0.1, 0.6, 0.1),
    ],
)
def test_pooled_capability(
    solidarity: float, pooling: float, own: float, bloc: float, expected: float
) -> None:
    p = only(solidarity=solidarity, capability_pooling=pooling)
    assert consultation.pooled_capability(p, own, bloc) == about(expected)


@pytest.mark.parametrize(
    ("resolve", "their_share", "error", "hosted", "expected"),
    [
        (0.5, 0.5, 1.0, 0.0, 0.5),  # an equal's retaliation is its resolve
        (0.5, 0.25, 1.0, 0.0, 0.25),
        (0.5, 0.5, 1.4, 0.0, 0.7),
        (0.5, 0.5, 0.6, 0.0, 0.3),
        (0.9, 0.9, 1.0, 0.0, 1.0),  # 1.62, cut
        (0.0, 1.0, 1.0, 0.0, 0.0),
        (0.5, 0.25, 1.0, 0.25, 0.45),  # + 0.8 x 0.25: a tripwire
        (0.0, 0.0, 1.0, 0.5, 0.4),  # ... even in a state of no power
        (0.5, 0.5, 1.0, 0.75, 1.0),  # 1.1, cut
    ],
)
def test_expected_retaliation(
    resolve: float, their_share: float, error: float, hosted: float, expected: float
) -> None:
    p = only(tripwire=0.8)
    found = consultation.expected_retaliation(p, resolve, their_share, error, hosted)
    assert found == about(expected)


@quick
@given(
    at=st.fixed_dictionaries(dict.fromkeys(("resolve", "their_share", "error", "hosted"), units)),
    other=units,
)
def test_what_raises_expected_retaliation(at: dict[str, float], other: float) -> None:
    rule, signs = consultation.expected_retaliation, dict.fromkeys(at, 1)
    assert 0.0 <= rule(declared(tripwire=2.0), **at) <= 1.0
    assert wrong_ways(rule, declared(), at, other, signs) == []


@quick
@given(resolve=units, their_share=units)
def test_without_a_tripwire_allied_forces_add_nothing(resolve: float, their_share: float) -> None:
    none, many = (
        consultation.expected_retaliation(only(tripwire=0.0), resolve, their_share, 1.0, hosted)
        for hosted in (0.0, 1.0)
    )
    assert none == many


@pytest.mark.parametrize(
    ("own", "bloc", "expected"),
    [(0.0, 0.0, 0.0), (0.0, 1.0, 0.9), (0.0, 2.0, 0.9), (1.0, 1.0, 1.0), (1.0, 0.0, 1.0),
     (0.3, 0.0, 0.3)],
)  # fmt: skip
def test_nuclear_cover(own: float, bloc: float, expected: float) -> None:
    assert consultation.nuclear_cover(only(umbrella=0.9), own, bloc) == expected


@pytest.mark.parametrize(
    ("lean", "side", "size", "affinity", "expected"),
    [
        (0.0, 1.0, 0.5, 0.8, 0.08),  # 2 x 0.1 x 0.5 x 0.8
        (0.0, -1.0, 0.5, 0.8, -0.08),
        (0.5, 1.0, 0.5, 0.8, 0.54),  # 0.08 x (1 - 0.5)
        (0.5, -1.0, 0.5, 0.8, 0.38),  # 0.08 x (1 + 0.5), the other way
        (0.3, 1.0, 0.0, 0.8, 0.3),  # nothing was said
        (0.3, -1.0, 0.5, 0.0, 0.3),  # nobody listens
        (1.0, 1.0, 1.0, 1.0, 1.0),  # won already
        (-1.0, -1.0, 1.0, 1.0, -1.0),
    ],
)
def test_briefed(lean: float, side: float, size: float, affinity: float, expected: float) -> None:
    p = only(appeal_strength=2.0, appeal_briefing=0.1)
    assert consultation.briefed(p, lean, side, size, affinity) == about(expected)


def test_briefings_move_no_neutral_at_strength_zero() -> None:
    p = only(appeal_strength=0.0, appeal_briefing=0.1)
    assert consultation.briefed(p, 0.2, 1.0, 1.0, 1.0) == 0.2


@quick
@given(lean=st.floats(-1.0, 1.0), size=units, affinity=units)
def test_a_briefing_pulls_to_whoever_speaks(lean: float, size: float, affinity: float) -> None:
    west, east = (consultation.briefed(declared(), lean, side, size, affinity) for side in (1, -1))
    assert -1.0 <= east <= lean + 1e-7
    assert lean - 1e-7 <= west <= 1.0


APPEAL = {
    "lean": 0.0, "west_rhetoric": 0.0, "east_rhetoric": 0.0,
    "west_affinity": 0.8, "east_affinity": 0.5,
}  # fmt: skip


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, 0.0),
        ({"lean": 0.3}, 0.3),  # who is silent pulls nobody
        ({"west_rhetoric": 0.5}, 0.08),  # 2 x 0.1 x 0.5 x 0.8
        ({"east_rhetoric": 0.5}, -0.05),  # 2 x 0.1 x 0.5 x 0.5, the other way
        ({"west_rhetoric": 0.5, "lean": 0.5}, 0.54),  # 0.08 x (1 - 0.5)
        ({"east_rhetoric": 0.5, "lean": 0.5}, 0.425),  # 0.05 x (1 + 0.5)
        ({"west_rhetoric": 1.0, "east_rhetoric": 0.5, "lean": -0.5}, -0.285),  # + 0.24 - 0.025
        ({"west_rhetoric": 1.0, "lean": 1.0}, 1.0),  # won already
        ({"east_rhetoric": 1.0, "lean": -1.0}, -1.0),
    ],
)
def test_appealed(other: dict[str, float], expected: float) -> None:
    p = only(appeal_strength=2.0, appeal=0.1)
    assert consultation.appealed(p, **{**APPEAL, **other}) == about(expected)


def test_appeals_move_nobody_at_strength_zero() -> None:
    loud = {**APPEAL, "west_rhetoric": 1.0, "lean": 0.2}
    assert consultation.appealed(only(appeal_strength=0.0, appeal=0.1), **loud) == 0.2


@quick
@given(lean=st.floats(-1.0, 1.0), words=units, more=units)
def test_each_appeal_pulls_its_own_way(lean: float, words: float, more: float) -> None:
    low, high = sorted((words, more))
    at, p = {**APPEAL, "lean": lean}, declared()
    west = [consultation.appealed(p, **{**at, "west_rhetoric": x}) for x in (low, high)]
    east = [consultation.appealed(p, **{**at, "east_rhetoric": x}) for x in (low, high)]
    assert lean <= west[0] <= west[1] <= 1.0
    assert lean >= east[0] >= east[1] >= -1.0
