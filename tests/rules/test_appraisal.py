"""Appraisal, rule by rule: numbers worked out by hand, limits, and what must rise or fall."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.rules import appraisal
from tests.tiny import about, declared, only, quick, units, wrong_ways


@pytest.mark.parametrize(
    ("sensibility", "perceived", "own", "expected"),
    [
        (0.0, 0.8, 0.6, 0.8),
        (0.5, 0.8, 0.6, 0.5),  # 0.8 - 0.5 x 0.6
        (0.5, 0.4, 0.6, 0.2),  # no more is put down to own acts than is perceived
        (1.0, 0.4, 0.6, 0.0),
        (1.0, 0.4, -0.3, 0.4),
        (0.5, 0.0, 0.6, 0.0),
    ],
)
def test_unprovoked(sensibility: float, perceived: float, own: float, expected: float) -> None:
    assert appraisal.unprovoked(sensibility, perceived, own) == about(expected)


@quick
@given(sensibility=units, more=units, perceived=units, own=units)
def test_sensibility_never_raises_what_is_unprovoked(
    sensibility: float, more: float, perceived: float, own: float
) -> None:
    low, high = sorted((sensibility, more))
    dull = appraisal.unprovoked(low, perceived, own)
    keen = appraisal.unprovoked(high, perceived, own)
    assert 0.0 <= keen <= dull <= perceived


@pytest.mark.parametrize(
    ("theirs", "ours", "expected"),
    [(0.3, 0.1, 0.75), (0.1, 0.3, 0.25), (0.2, 0.2, 0.5), (0.0, 0.2, 0.0), (0.2, 0.0, 1.0),
     (0.0, 0.0, 0.0)],
)  # fmt: skip
def test_share(theirs: float, ours: float, expected: float) -> None:
    assert appraisal.share(theirs, ours) == about(expected)


@quick
@given(theirs=st.floats(0.001, 10.0), ours=st.floats(0.001, 10.0))
def test_shares_of_the_two_sides_make_one(theirs: float, ours: float) -> None:
    assert appraisal.share(theirs, ours) + appraisal.share(ours, theirs) == about(1.0)


THREAT = {"unprovoked": 0.5, "proximity": 0.8, "their_share": 0.25, "greed": 0.0, "trust": 0.0}
COEFFICIENTS = {
    "fear_gain": 2.0, "greed_calm": 0.75, "fear_base": 0.5, "fear_capability": 2.0,
    "fear_offence": 0.2, "offence": 0.8, "fear_trust": 0.5,
}  # fmt: skip


@pytest.mark.parametrize(
    ("other", "x"),
    [
        ({}, 0.8),  # 2 x 0.5 x 0.8 x (0.5 + 2 x 0.25) x (0.2 + 0.8)
        ({"unprovoked": 0.25}, 0.4),
        ({"proximity": 0.2}, 0.2),
        ({"their_share": 0.0}, 0.4),  # only the base is left
        ({"their_share": 1.0}, 2.0),  # 0.8 x 2.5
        ({"greed": 0.8}, 0.32),  # 0.8 x (1 - 0.75 x 0.8)
        ({"trust": 0.4}, 0.64),  # 0.8 x (1 - 0.5 x 0.4)
        ({"trust": 3.0}, 0.4),  # no more than unit trust calms
        ({"trust": 1.0, "fear_trust": 1.0}, 0.0),
        ({"offence": 0.3}, 0.4),  # 0.8 x (0.2 + 0.3)
        ({"offence": 0.0, "fear_offence": 0.0}, 0.0),
        ({"proximity": 0.0}, 0.0),
        ({"unprovoked": 0.0}, 0.0),
    ],
)
def test_threat(other: dict[str, float], x: float) -> None:
    p = only(**{**COEFFICIENTS, **{k: v for k, v in other.items() if k in COEFFICIENTS}})
    given = {**THREAT, **{k: v for k, v in other.items() if k in THREAT}}
    assert appraisal.threat(p, **given) == about(x / (1 + x))


@quick
@given(at=st.fixed_dictionaries(dict.fromkeys(THREAT, units)), other=units)
def test_threat_saturates_and_greed_and_trust_calm(at: dict[str, float], other: float) -> None:
    signs = {"unprovoked": 1, "proximity": 1, "their_share": 1, "greed": -1, "trust": -1}
    assert 0.0 <= appraisal.threat(declared(), **at) < 1.0
    assert wrong_ways(appraisal.threat, declared(), at, other, signs) == []


@pytest.mark.parametrize(
    ("before", "threat", "expected"),
    [
        (0.2, 0.6, 0.3),  # a quarter of 0.4
        (0.6, 0.2, 0.58),  # a twentieth of 0.4
        (0.4, 0.4, 0.4),
        (0.0, 1.0, 0.25),
        (1.0, 0.0, 0.95),
    ],
)
def test_fear(before: float, threat: float, expected: float) -> None:
    p = only(fear_rise=0.25, fear_fall=0.05)
    assert appraisal.fear(p, before, threat) == about(expected)


@quick
@given(before=units, threat=units)
def test_fear_lies_between_what_it_was_and_the_threat(before: float, threat: float) -> None:
    low, high = sorted((before, threat))
    assert low - 1e-12 <= appraisal.fear(declared(), before, threat) <= high + 1e-12


@quick
@given(level=units, step=units)
def test_fear_rises_more_quickly_than_it_falls(level: float, step: float) -> None:
    low, high = sorted((level, step))
    up = appraisal.fear(declared(), low, high) - low
    down = high - appraisal.fear(declared(), high, low)
    assert up >= down - 1e-12
