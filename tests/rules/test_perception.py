"""Perception, rule by rule: numbers worked out by hand, limits, and what must rise or fall."""

from __future__ import annotations

import pytest
from hypothesis import given

from sim.model.rules import perception
from tests.tiny import about, declared, only, quick, units, wrong_ways

ACTS = {
    "rhetoric": 0.0, "deployment": 0.0, "sanctions": 0.0, "arms": 0.0, "violence": 0.0,
    "hostile_part": 1.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ({}, 0.0),
        ({"rhetoric": 0.75}, 0.15),  # 0.2 x 0.75
        ({"deployment": 0.5}, 0.3),  # 0.6 x 0.5
        ({"deployment": 0.5, "hostile_part": 0.25}, 0.075),  # a quarter of it
        ({"deployment": 1.0, "hostile_part": 0.0}, 0.0),  # told from offence
        ({"sanctions": 0.5}, 0.05),  # 0.1 x 0.5
        ({"violence": 1.0}, 0.4),
        ({"violence": 3.0}, 0.4),  # force counts once, whatever its state
        ({"arms": 0.5}, 0.25),  # 0.5 x 0.5
        ({"arms": 0.5, "hostile_part": 0.25}, 0.0625),
        ({"deployment": 0.5, "arms": 0.5, "hostile_part": 0.5}, 0.275),  # (0.3 + 0.25) x 0.5
        ({"arms": 2.0, "hostile_part": 0.0}, 0.0),  # arms that can be told from offence
        (dict.fromkeys(ACTS, 1.0), 1.8),  # 0.2 + 0.6 + 0.1 + 0.5 + 0.4
    ],
)
def test_hostility(acts: dict[str, float], expected: float) -> None:
    p = only(rhetoric_weight=0.2, deployment_weight=0.6, sanctions_weight=0.1, arms_weight=0.5,
             force_weight=0.4)  # fmt: skip
    assert perception.hostility(p, **{**ACTS, **acts}) == about(expected)


@pytest.mark.parametrize(
    ("deployment", "forward", "expected"),
    [
        (0.5, 0.0, 0.5),
        (0.0, 0.25, 0.5),  # 2 x 0.25
        (0.5, 0.25, 1.0),  # those are others
    ],
)
def test_posture(deployment: float, forward: float, expected: float) -> None:
    assert perception.posture(only(forward_weight=2.0), deployment, forward) == about(expected)


FORCES = {"posture": 0.0, "exercise": 0.0, "announced": 0.0}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, 0.0),
        ({"posture": 0.5}, 0.5),
        ({"exercise": 0.75}, 0.75),  # unannounced it is felt in full
        ({"exercise": 0.75, "announced": 1.0}, 0.3),  # 0.75 x (1 - 0.6)
        ({"posture": 0.5, "exercise": 0.75}, 0.75),  # the same forces, not more
        ({"posture": 0.5, "exercise": 0.75, "announced": 1.0}, 0.5),  # ... 0.3 lies within
        ({"announced": 1.0}, 0.0),
        ({"posture": 1.25, "exercise": 1.0}, 1.25),
    ],
)
def test_felt(other: dict[str, float], expected: float) -> None:
    p = only(notice=0.6)
    assert perception.felt(p, **{**FORCES, **other}) == about(expected)


@quick
@given(exercise=units, posture=units, other=units, announced=units)
def test_notice_calms_and_forces_alarm(
    exercise: float, posture: float, other: float, announced: float
) -> None:
    at = {"posture": posture, "exercise": exercise, "announced": announced}
    signs = {"posture": 1, "exercise": 1, "announced": -1}
    assert wrong_ways(perception.felt, declared(), at, other, signs) == []
    assert perception.felt(declared(notice=1.0), 0.0, exercise, 1.0) == 0.0


@pytest.mark.parametrize(
    ("spending", "adversaries", "expected"),
    [
        (0.0, 1.0, 0.0),
        (0.4, 1.0, 0.4),
        (2.0, 1.0, 2.0),
        (-0.3, 1.0, 0.0),  # disarmament below normal is no negative threat
        (0.4, 0.0, 0.0),  # a friend's arms are not felt
        (0.4, 0.5, 0.2),
    ],
)
def test_armed(spending: float, adversaries: float, expected: float) -> None:
    assert perception.armed(spending, adversaries) == about(expected)


@pytest.mark.parametrize(
    ("strength", "distinguishability", "greed", "expected"),
    [
        (1.0, 0.75, 0.0, 0.25),
        (0.5, 0.75, 0.0, 0.125),
        (1.0, 0.75, 0.5, 0.625),  # 0.5 + 0.5 x 0.25
        (1.0, 0.75, 1.0, 1.0),  # a prober's all
        (1.5, 0.0, 0.0, 1.0),  # never more than all
        (0.0, 0.0, 0.3, 0.3),  # S5 absent: only greed shows
    ],
)
def test_hostile_part(
    strength: float, distinguishability: float, greed: float, expected: float
) -> None:
    p = only(perception_strength=strength, distinguishability=distinguishability)
    assert perception.hostile_part(p, greed) == about(expected)


@quick
@given(greed=units, low=units, high=units)
def test_hostile_part_falls_with_distinguishability(greed: float, low: float, high: float) -> None:
    low, high = sorted((low, high))
    blurred = perception.hostile_part(declared(distinguishability=low), greed)
    clear = perception.hostile_part(declared(distinguishability=high), greed)
    assert greed - 1e-12 <= clear <= blurred <= 1.0


@pytest.mark.parametrize(
    ("seen", "clarity", "u", "expected"),
    [
        (0.8, 0.25, 0.5, 0.8),  # the middle of the noise
        (0.8, 0.25, 1.0, 1.28),  # 0.8 x (1 + 2 x 0.4 x 0.75)
        (0.8, 0.25, 0.0, 0.32),  # 0.8 x (1 - 0.6)
        (0.8, 0.25, 0.75, 1.04),  # 0.8 x (1 + 0.6 / 2)
        (0.8, 1.0, 0.0, 0.8),  # a perfect channel
        (0.0, 0.0, 1.0, 0.0),
    ],
)
def test_through_fog(seen: float, clarity: float, u: float, expected: float) -> None:
    p = only(perception_strength=2.0, fog=0.4)
    assert perception.through_fog(p, seen, clarity, u) == about(expected)


@quick
@given(clarity=units, u=units)
def test_where_nothing_is_done_fog_shows_nothing(clarity: float, u: float) -> None:
    assert perception.through_fog(declared(), 0.0, clarity, u) == 0.0


@pytest.mark.parametrize(
    ("strength", "channel", "expected"), [(0.5, 0.6, 0.3), (1.0, 0.6, 0.6), (0.0, 1.0, 0.0)]
)
def test_clarity(strength: float, channel: float, expected: float) -> None:
    assert perception.clarity(only(channel_strength=strength), channel) == about(expected)


@pytest.mark.parametrize(
    ("clarity", "rung", "expected"),
    [
        (0.0, 0.0, 3.0),
        (0.5, 0.0, 1.8),  # 3 x (1 - 0.8 / 2)
        (0.0, 4.0, 4.2),  # 3 x (1 + 0.1 x 4)
        (0.5, 4.0, 2.52),  # 3 x 0.6 x 1.4
        (1.0, 7.0, 1.02),  # 3 x 0.2 x 1.7
    ],
)
def test_pressure(clarity: float, rung: float, expected: float) -> None:
    p = only(miscalculation_strength=3.0, channel_clarity=0.8, time_pressure=0.1)
    assert perception.pressure(p, clarity, rung) == about(expected)


def test_pressure_is_nothing_without_miscalculation() -> None:
    p = only(miscalculation_strength=0.0, channel_clarity=0.8, time_pressure=0.1)
    assert perception.pressure(p, 0.0, 7.0) == 0.0


@quick
@given(clarity=units, better=units, rung=units)
def test_channels_lower_pressure_and_rungs_raise_it(
    clarity: float, better: float, rung: float
) -> None:
    low, high = sorted((clarity, better))
    p = declared()
    assert perception.pressure(p, high, rung) <= perception.pressure(p, low, rung)
    assert perception.pressure(p, low, rung) <= perception.pressure(p, low, rung + 1.0)


@pytest.mark.parametrize(("trait", "expected"), [(-1.0, 0.6), (0.0, 0.0), (0.2, 0.2), (1.0, 1.0)])
def test_given(trait: float, expected: float) -> None:
    assert perception.given(trait, 0.6) == expected


@pytest.mark.parametrize(
    ("odds", "share", "u", "expected"),
    [
        (0.4, 0.25, 0.09, 1.0),  # below 0.4 x 0.25
        (0.4, 0.25, 0.1, -1.0),
        (0.4, 0.25, 0.39, -1.0),
        (0.4, 0.25, 0.4, 0.0),
        (0.4, 0.0, 0.0, -1.0),
        (0.4, 1.0, 0.39, 1.0),
        (0.0, 0.5, 0.0, 0.0),  # no odds, no mistake, whatever is drawn
    ],
)
def test_mistake(odds: float, share: float, u: float, expected: float) -> None:
    assert perception.mistake(odds, share, u) == expected


@quick
@given(odds=units, more=units, share=units, u=units)
def test_more_odds_never_undo_a_mistake(odds: float, more: float, share: float, u: float) -> None:
    low, high = sorted((odds, more))
    if perception.mistake(low, share, u) != 0.0:
        assert perception.mistake(high, share, u) != 0.0


@pytest.mark.parametrize(
    ("error", "expected"),
    [(0.0, 0.5), (1.0, 0.9), (-1.0, 0.35)],  # 0.5 + 0.4; 0.5 x (1 - 0.3)
)
def test_misread_intent(error: float, expected: float) -> None:
    p = only(intent_size=0.4, benign_size=0.3)
    assert perception.misread_intent(p, 0.5, error) == about(expected)


def test_benign_misreading_sees_nothing_at_full_size() -> None:
    assert perception.misread_intent(only(intent_size=0.4, benign_size=1.0), 0.7, -1.0) == 0.0


@pytest.mark.parametrize(
    ("seen", "before", "error", "expected"),
    [
        (0.9, 0.4, 0.0, 0.9),
        (0.2, 0.4, 0.0, 0.2),
        (0.9, 0.4, 1.0, 0.4),  # a warning goes unnoticed
        (0.2, 0.4, 1.0, 0.2),  # ... a concession does not
        (0.2, 0.4, -1.0, 0.4),  # a concession goes unnoticed
        (0.9, 0.4, -1.0, 0.9),  # ... a warning does not
    ],
)
def test_lose_signal(seen: float, before: float, error: float, expected: float) -> None:
    assert perception.lose_signal(seen, before, error) == expected


@pytest.mark.parametrize(
    ("before", "surprise", "expected"),
    [
        (0.0, 0.0, 0.0),
        (0.8, 0.0, 0.4),  # half is kept
        (0.8, -0.6, 0.4),  # relief does not calm
        (0.8, 0.1, 0.7),  # 0.4 + 3 x 0.1
        (0.0, 0.2, 0.6),
        (1.5, 1.0, 1.5),  # 0.75 + 3, cut
    ],
)
def test_alarm(before: float, surprise: float, expected: float) -> None:
    p = only(alarm_gain=3.0, alarm_memory=0.5, alarm_limit=1.5)
    assert perception.alarm(p, before, surprise) == about(expected)


@pytest.mark.parametrize(
    ("rate", "before", "seen", "expected"),
    [(0.25, 0.4, 0.8, 0.5), (0.25, 0.8, 0.4, 0.7), (1.0, 0.4, 0.8, 0.8), (0.05, 0.0, 1.0, 0.05)],
)
def test_picture(rate: float, before: float, seen: float, expected: float) -> None:
    assert perception.picture(only(perception_rate=rate), before, seen) == about(expected)


@quick
@given(before=units, seen=units)
def test_picture_lies_between_what_was_and_what_is_seen(before: float, seen: float) -> None:
    low, high = sorted((before, seen))
    after = perception.picture(declared(), before, seen)
    assert low - 1e-12 <= after <= high + 1e-12
    at = {"before": before, "seen": seen}
    assert wrong_ways(perception.picture, declared(), at, 1.0, {"seen": 1, "before": 1}) == []


@pytest.mark.parametrize(
    ("before", "fresh", "error", "expected"),
    [
        (0.0, 0.0, 0.0, 0.0),
        (0.5, 0.0, 0.0, 0.3),  # 0.6 x 0.5
        (0.5, 1.0, 0.0, 1.3),
        (0.5, 1.0, 1.0, 0.3),  # the warning was lost
        (0.5, 1.0, -1.0, 1.3),  # a lost concession takes no warning away
    ],
)
def test_reply_impulse(before: float, fresh: float, error: float, expected: float) -> None:
    p = only(reply_memory=0.6)
    assert perception.reply_impulse(p, before, fresh, error) == about(expected)


@pytest.mark.parametrize(("error", "expected"), [(0.0, 1.0), (1.0, 1.3), (-1.0, 0.7)])
def test_capability_error(error: float, expected: float) -> None:
    assert perception.capability_error(only(capability_size=0.3), error) == about(expected)
