"""What a week leaves, rule by rule: numbers worked out by hand, limits, what must rise or fall."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.rules import spread
from tests.tiny import about, declared, only, quick, units, wrong_ways

ends = st.floats(-0.5, 0.5)


@pytest.mark.parametrize(
    ("before", "memory", "noise", "bell", "expected"),
    [
        (2.0, 0.8, 0.6, 0.0, 1.6),
        (0.0, 0.8, 0.6, 1.5, 0.9),
        (2.0, 0.8, 0.6, -1.5, 0.7),  # 1.6 - 0.9
        (2.0, 0.0, 1.0, 0.5, 0.5),  # no memory, all noise
    ],
)
def test_slow_noise(
    before: float, memory: float, noise: float, bell: float, expected: float
) -> None:
    assert spread.slow_noise(before, memory, noise, bell) == about(expected)


CHANNEL = {
    "channel_base": 0.7, "channel_rate": 0.1, "channel_erosion": 0.6, "hotline": 0.0,
    "hotline_floor": 0.3, "hotline_gain": 0.25, "hotline_speed": 3.0,
}  # fmt: skip
EMBASSIES = {
    "before": 0.5, "diplomacy": 0.5, "perceived_a": 0.0, "perceived_b": 0.0, "leaders": 1.0,
}  # fmt: skip
HOSTILE = {"perceived_a": 0.4, "perceived_b": 0.2}  # erodes 0.6 x 0.3 = 0.18


@pytest.mark.parametrize(
    ("other", "hotline", "expected"),
    [
        ({}, 0.0, 0.52),  # a tenth of the way to 2 x 0.7 x 0.5 = 0.7
        ({"diplomacy": 0.25}, 0.0, 0.485),  # to 0.35
        ({"diplomacy": 1.0}, 0.0, 0.55),  # to 1.4, cut to 1
        (HOSTILE, 0.0, 0.502),  # to 0.7 - 0.18 = 0.52
        ({"perceived_a": 0.2, "perceived_b": 0.4}, 0.0, 0.502),  # from both sides alike
        ({"perceived_b": 0.5}, 0.0, 0.505),  # to 0.7 - 0.15 = 0.55
        ({"diplomacy": 0.0, "perceived_a": 1.0, "perceived_b": 1.0}, 0.0, 0.45),  # to -0.6, cut
        (HOSTILE, 1.0, 0.608),  # four tenths of the way to 0.52 + 0.25
        (HOSTILE, 0.5, 0.53625),  # 0.1 x (1 + 1.5) of the way to 0.52 + 0.125
        ({**HOSTILE, "leaders": 0.0}, 1.0, 0.502),  # others have no hotline
        ({"diplomacy": 0.0}, 1.0, 0.52),  # to the floor and the gain: 0.55
    ],
)
def test_channel(other: dict[str, float], hotline: float, expected: float) -> None:
    p = only(**{**CHANNEL, "hotline": hotline})
    assert spread.channel(p, **{**EMBASSIES, **other}) == about(expected)


def test_no_channel_overshoots_its_target() -> None:
    p = only(**{**CHANNEL, "channel_rate": 0.5, "hotline": 1.0})
    assert spread.channel(p, **{**EMBASSIES, **HOSTILE}) == about(0.77)


@quick
@given(at=st.fixed_dictionaries(dict.fromkeys(EMBASSIES, units)), other=units, hotline=units)
def test_diplomacy_raises_a_channel_and_hostility_erodes_it(
    at: dict[str, float], other: float, hotline: float
) -> None:
    p = declared(hotline=hotline)
    signs = {"before": 1, "diplomacy": 1, "perceived_a": -1, "perceived_b": -1}
    assert 0.0 <= spread.channel(p, **at) <= 1.0
    assert wrong_ways(spread.channel, p, at, other, signs) == []


@pytest.mark.parametrize(
    ("pain", "adaptation", "expected"),
    [(0.5, 0.2, 0.3), (0.2, 0.5, 0.0), (1.8, 0.2, 1.0), (0.0, 0.0, 0.0)],
)
def test_stress(pain: float, adaptation: float, expected: float) -> None:
    assert spread.stress(only(), pain, adaptation) == about(expected)


@pytest.mark.parametrize(
    ("before", "pain", "covered", "expected"),
    [
        (0.2, 0.7, 0.0, 0.3),  # a fifth of the way
        (0.7, 0.2, 0.0, 0.6),
        (0.5, 3.0, 0.0, 0.6),
        (0.0, 0.0, 0.0, 0.0),
        (0.2, 0.7, 0.5, 0.27),  # 0.2 x (1 - 0.6 x 0.5) of the way
        (0.2, 0.7, 1.0, 0.24),  # 0.2 x 0.4
        (0.7, 0.2, 0.5, 0.63),
    ],
)
def test_adaptation(before: float, pain: float, covered: float, expected: float) -> None:
    p = only(adaptation=0.2, coalition=0.6)
    assert spread.adaptation(p, before, pain, covered) == about(expected)


@quick
@given(before=units, pain=units, covered=units, more=units)
def test_a_larger_coalition_is_adapted_to_later(
    before: float, pain: float, covered: float, more: float
) -> None:
    at = {"before": min(before, pain), "pain": pain, "covered": covered}
    signs = {"pain": 1, "covered": -1}
    assert wrong_ways(spread.adaptation, declared(), at, more, {"pain": 1}) == []
    assert wrong_ways(spread.adaptation, declared(), at, more, signs if more >= pain else {}) == []
    alone = spread.adaptation(declared(), at["before"], pain, 0.0)
    assert at["before"] <= spread.adaptation(declared(), **at) <= alone


@quick
@given(pain=units)
def test_an_economy_adapts_until_no_stress_is_left(pain: float) -> None:
    p = only(adaptation=0.2, coalition=0.6)
    adapted = 0.0
    for _ in range(100):  # 0.8 ** 100 = 2e-10 of the pain is left, less than a float32 tells
        adapted = spread.adaptation(p, adapted, pain, 0.0)
    assert spread.stress(p, pain, adapted) == pytest.approx(0.0, abs=3e-7)


@pytest.mark.parametrize(
    ("received", "imposed", "share", "expected"),
    [
        (0.5, 0.0, 0.25, 0.25),  # 2 x 0.25 x 0.5
        (0.0, 0.5, 0.25, 0.1),  # 0.4 of that for the sender
        (0.5, 0.5, 0.25, 0.35),
        (1.0, 1.0, 0.0, 0.0),  # who does not trade does not feel it
    ],
)
def test_pain(received: float, imposed: float, share: float, expected: float) -> None:
    assert spread.pain(only(bite=2.0, sender_cost=0.4), received, imposed, share) == about(expected)


SPEND = {
    "spending_strength": 2.0, "spend_rate": 0.05, "spend_threat": 1.5, "spend_fatigue": 0.8,
    "spend_grievance": 0.4, "spend_stress": 0.6,
}  # fmt: skip
NORMAL = {"before": 0.0, "threat": 0.0, "grievance": 0.0, "stress": 0.0}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, 0.0),
        ({"threat": 0.6}, 0.09),  # 2 x 0.05 x 1.5 x 0.6
        ({"before": 0.5}, 0.46),  # 0.5 - 0.1 x 0.8 x 0.5
        ({"before": -0.25}, -0.23),
        ({"grievance": 0.5}, 0.02),
        ({"stress": 0.5}, -0.03),
        ({"before": 1.0, "threat": 0.8, "grievance": 1.0, "stress": 0.5}, 1.05),
        ({"before": 1.99, "threat": 5.0}, 2.0),  # + 0.75 - 0.16, cut
        ({"before": -0.5, "stress": 1.0}, -0.5),  # + 0.04 - 0.06, cut
    ],
)
def test_spending(other: dict[str, float], expected: float) -> None:
    assert spread.spending(only(**SPEND), **{**NORMAL, **other}) == about(expected)


def test_spending_does_not_react_at_strength_zero() -> None:
    p = only(**{**SPEND, "spending_strength": 0.0})
    assert spread.spending(p, before=0.3, threat=1.0, grievance=1.0, stress=0.0) == 0.3


@quick
@given(at=st.fixed_dictionaries(dict.fromkeys(NORMAL, units)), other=units)
def test_what_raises_and_what_restrains_spending(at: dict[str, float], other: float) -> None:
    signs = {"threat": 1, "grievance": 1, "stress": -1}
    assert wrong_ways(spread.spending, declared(), at, other, signs) == []


@pytest.mark.parametrize(
    ("trait", "spending", "stress", "expected"),
    [
        (0.2, 0.0, 0.0, 0.2),
        (0.2, 0.5, 0.0, 0.3),
        (0.2, -0.5, 0.0, 0.1),
        (0.2, 0.0, 0.5, 0.15),  # 0.2 x (1 - 0.5 x 0.5)
        (0.2, 1.0, 1.0, 0.2),  # doubled and halved
        (0.0, 2.0, 0.0, 0.0),
    ],
)
def test_capability(trait: float, spending: float, stress: float, expected: float) -> None:
    assert spread.capability(only(erosion=0.5), trait, spending, stress) == about(expected)


@pytest.mark.parametrize(
    ("strength", "scale", "democracy", "expected"),
    [(0.5, 1.5, 0.8, 0.6), (1.0, 1.0, 0.0, 0.0), (0.0, 1.5, 0.8, 0.0), (2.0, 1.5, 1.0, 3.0)],
)
def test_audience(strength: float, scale: float, democracy: float, expected: float) -> None:
    p = only(cohesion_strength=strength, audience=scale)
    assert spread.audience(p, democracy) == about(expected)


COHESION = {
    "cohesion_strength": 2.0, "cohesion_rate": 0.1, "rally": 0.05, "rally_rhetoric": 0.04,
    "yield_cost": 0.1,
}  # fmt: skip
AT_PEACE = {"before": 0.0, "clashes": 0.0, "rallying": 0.0, "yields": 0.0, "audience": 0.6}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, 0.0),
        ({"before": 0.4}, 0.36),  # back to normal by a tenth
        ({"before": -0.4}, -0.36),
        ({"clashes": 2.0}, 0.2),  # 2 x 0.05 x 2
        ({"rallying": 0.5}, 0.04),  # 2 x 0.04 x 0.5
        ({"yields": 1.0}, -0.06),  # 0.1 x 0.6
        ({"yields": 1.0, "audience": 0.0}, 0.0),
        ({"before": 0.2, "clashes": 1.0, "rallying": 0.25, "yields": 2.0}, 0.18),  # +0.1+0.02-0.12
        ({"before": 0.5, "clashes": 3.0}, 0.5),
        ({"before": -0.5, "yields": 3.0}, -0.5),
    ],
)
def test_cohesion(other: dict[str, float], expected: float) -> None:
    assert spread.cohesion(only(**COHESION), **{**AT_PEACE, **other}) == about(expected)


@quick
@given(before=ends, rallying=units, clashes=units, yields=units)
def test_rallies_raise_cohesion_and_yielding_lowers_it(
    before: float, rallying: float, clashes: float, yields: float
) -> None:
    p, at = declared(), {**AT_PEACE, "before": before}
    usual = spread.cohesion(p, **at)
    assert -0.5 <= spread.cohesion(p, **{**at, "yields": yields}) <= usual
    assert usual <= spread.cohesion(p, **{**at, "rallying": rallying}) <= 0.5
    assert usual <= spread.cohesion(p, **{**at, "clashes": clashes}) <= 0.5


@pytest.mark.parametrize(
    ("before", "size", "expected"),
    [(0.1, 0.0, 0.1), (0.1, 0.5, 0.2), (-0.5, 1.0, -0.3), (0.45, 1.0, 0.5)],  # + 2 x 0.1 x size
)
def test_briefed(before: float, size: float, expected: float) -> None:
    p = only(cohesion_strength=2.0, rally_briefing=0.1)
    assert spread.briefed(p, before, size) == about(expected)


def test_briefings_rally_nobody_at_strength_zero() -> None:
    assert spread.briefed(declared(cohesion_strength=0.0), 0.25, 1.0) == 0.25


@pytest.mark.parametrize(
    ("before", "loss", "expected"),
    [(0.2, 0.0, 0.2), (0.2, 0.1, 0.35), (0.0, 0.5, 0.75), (0.9, 0.5, 1.0)],  # + 1.5 x loss
)
def test_lessened(before: float, loss: float, expected: float) -> None:
    assert spread.lessened(only(grievance_loss=1.5), before, loss) == about(expected)


@pytest.mark.parametrize(
    ("before", "raised", "proximity", "expected"),
    [
        (0.2, 0.0, 1.0, 0.2),
        (0.2, 0.5, 1.0, 0.4),  # + 0.4 x 0.5
        (0.2, 0.5, 0.5, 0.3),
        (0.2, 1.0, 0.0, 0.2),  # far away
        (0.9, 1.0, 1.0, 1.0),  # 1.3, cut
    ],
)
def test_stationed(before: float, raised: float, proximity: float, expected: float) -> None:
    p = only(grievance_forward=0.4)
    assert spread.stationed(p, before, raised, proximity) == about(expected)


@quick
@given(before=units, added=units, proximity=units)
def test_losses_and_forces_nearby_never_lower_grievance(
    before: float, added: float, proximity: float
) -> None:
    assert before <= spread.lessened(declared(), before, added) <= 1.0
    assert before <= spread.stationed(declared(), before, added, proximity) <= 1.0


@pytest.mark.parametrize(
    ("before", "floor", "sanctions", "force", "expected"),
    [
        (0.0, 0.0, 0.0, 0.0, 0.0),
        (0.6, 0.2, 0.0, 0.0, 0.56),  # a tenth of the way to its floor
        (0.0, 0.0, 1.0, 0.0, 0.02),
        (0.0, 0.0, 0.0, 1.0, 0.3),
        (0.5, 0.5, 0.5, 1.0, 0.655),  # 0.5 + (0.01 + 0.3) x 0.5
        (1.0, 1.0, 1.0, 1.0, 1.0),  # the full have no room
        (0.2, 0.4, 0.0, 0.0, 0.22),
    ],
)
def test_grievance(
    before: float, floor: float, sanctions: float, force: float, expected: float
) -> None:
    p = only(grievance_sanctions=0.02, grievance_force=0.3, grievance_fade=0.1)
    assert spread.grievance(p, before, floor, sanctions, force) == about(expected)


@quick
@given(before=units, sanctions=units)
def test_sanctions_and_force_never_lower_grievance(before: float, sanctions: float) -> None:
    p = declared()
    usual = spread.grievance(p, before, 0.1, 0.0, 0.0)
    assert usual <= spread.grievance(p, before, 0.1, sanctions, 0.0) <= 1.0
    assert usual <= spread.grievance(p, before, 0.1, 0.0, 1.0) <= 1.0


BELIEF = {
    "belief_rate": 0.5, "belief_base": 0.3, "belief_deployment": 0.6, "belief_rhetoric": 0.8,
    "belief_audience": 0.4, "belief_backing": 0.5,
}  # fmt: skip
SILENT = {"before": 0.3, "deployment": 0.0, "rhetoric": 0.0, "firmness": 0.5, "audience": 0.25}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, 0.3),
        ({"before": 0.7}, 0.5),  # half way to 0.3
        ({"deployment": 0.5}, 0.45),  # to 0.3 + 0.3
        ({"rhetoric": 0.4}, 0.4),  # to 0.3 + (0.8 x 0.5 + 0.4 x 0.25) x 0.4
        ({"rhetoric": 0.4, "audience": 0.0}, 0.38),  # to 0.3 + 0.16
        ({"rhetoric": 0.4, "firmness": 0.0}, 0.32),  # to 0.3 + 0.04
        ({"rhetoric": 1.0, "firmness": 0.0, "audience": 0.0}, 0.3),  # empty words
        # with forces behind them: to 0.3 + 0.3 + 0.5 x 0.5 x 0.4
        ({"rhetoric": 0.4, "deployment": 0.5, "firmness": 0.0, "audience": 0.0}, 0.5),
        ({"before": 1.0, "deployment": 1.0, "rhetoric": 1.0}, 1.0),  # to 1.4, cut
    ],
)
def test_resolve(other: dict[str, float], expected: float) -> None:
    assert spread.resolve(only(**BELIEF), **{**SILENT, **other}) == about(expected)


@quick
@given(at=st.fixed_dictionaries(dict.fromkeys(SILENT, units)), other=units)
def test_what_is_visible_raises_believed_resolve(at: dict[str, float], other: float) -> None:
    p = declared()
    assert 0.0 <= spread.resolve(p, **at) <= 1.0
    assert wrong_ways(spread.resolve, p, at, other, dict.fromkeys(SILENT, 1)) == []


@pytest.mark.parametrize(
    ("before", "of_east", "of_west", "expected"),
    [
        (0.0, 0.0, 0.0, 0.0),
        (0.0, 0.5, 0.0, 0.2),  # 2 x 0.1 x 2 x 0.5: away from the east
        (0.0, 0.0, 0.5, -0.2),
        (0.5, 0.0, 0.0, 0.45),  # 0.5 - 0.2 x 0.5 x 0.5: back to hedging
        (-0.5, 0.4, 0.1, -0.33),  # + 0.2 x (2 x 0.3 + 0.25)
        (0.9, 1.0, 0.0, 1.0),  # 0.9 + 0.31, cut
        (-0.9, 0.0, 1.0, -1.0),
    ],
)
def test_lean(before: float, of_east: float, of_west: float, expected: float) -> None:
    p = only(appeal_strength=2.0, lean_rate=0.1, lean_threat=2.0, lean_hedge=0.5)
    assert spread.lean(p, before, of_east, of_west) == about(expected)


@quick
@given(before=st.floats(-1.0, 1.0), of_east=units, of_west=units, other=units)
def test_a_neutral_leans_away_from_the_threat(
    before: float, of_east: float, of_west: float, other: float
) -> None:
    at = {"before": before, "fear_of_east": of_east, "fear_of_west": of_west}
    signs = {"fear_of_east": 1, "fear_of_west": -1}
    assert wrong_ways(spread.lean, declared(), at, other, signs) == []


@pytest.mark.parametrize(
    ("lean", "expected"),
    [(0.0, 0.0), (0.6, 0.0), (0.8, 0.04), (-0.8, 0.04), (1.0, 0.08), (-1.0, 0.08)],
)
def test_accession_odds(lean: float, expected: float) -> None:
    p = only(accession_strength=2.0, join_hazard=0.1, join_threshold=0.6)
    assert spread.accession_odds(p, lean) == about(expected)


def test_nobody_accedes_at_strength_zero() -> None:
    assert spread.accession_odds(declared(accession_strength=0.0), 1.0) == 0.0


@pytest.mark.parametrize(
    ("opposed", "proximity", "rivalry", "apart", "expected"),
    [
        (1.0, 0.0, 0.0, 0.0, 0.1),
        (1.0, 0.5, 0.0, 0.0, 0.2),  # + 0.2 x 0.5
        (1.0, 0.0, 1.0, 0.0, 0.4),
        (1.0, 1.0, 1.0, 0.0, 0.6),
        (1.0, 0.0, 0.0, 1.0, 0.1),  # disagreement is a matter of neutrals
        (0.0, 1.0, 0.0, 0.0, 0.05),  # who is not opposed holds no grudge for nearness
        (0.0, 1.0, 1.0, 0.0, 0.45),  # + 0.4
        (0.0, 1.0, 0.0, 0.5, 0.35),  # + 0.6 x 0.5
        (0.0, 0.0, 1.0, 0.5, 0.75),
        (1.0, 1.0, 5.0, 0.0, 1.0),
        (0.0, 0.0, 5.0, 0.0, 1.0),
    ],
)
def test_start_grievance(
    opposed: float, proximity: float, rivalry: float, apart: float, expected: float
) -> None:
    p = only(
        start_grievance=0.1, start_grievance_near=0.2, start_grievance_rival=0.3,
        start_grievance_other=0.05, start_grievance_feud=0.4, start_grievance_reach=0.6,
    )  # fmt: skip
    assert spread.start_grievance(p, opposed, proximity, rivalry, apart) == about(expected)


@pytest.mark.parametrize(
    ("opposed", "proximity", "rivalry", "expected"),
    [
        (1.0, 1.0, 0.0, 0.8),
        (1.0, 0.5, 0.0, 0.4),
        (1.0, 0.5, 1.0, 0.4),  # no more of a rival that is opposed already
        (1.0, 0.0, 1.0, 0.0),  # what is out of reach is not feared
        (0.0, 1.0, 0.0, 0.0),  # nor who is neither opposed nor a rival
        (0.0, 1.0, 1.0, 0.3),
        (0.0, 0.5, 1.0, 0.15),
    ],
)
def test_start_fear(opposed: float, proximity: float, rivalry: float, expected: float) -> None:
    p = only(start_fear=0.8, start_fear_feud=0.3)
    assert spread.start_fear(p, opposed, proximity, rivalry) == about(expected)
