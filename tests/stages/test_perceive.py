"""Perceiving and appraising: whose acts, whose traits and which draw are read, by hand."""

from __future__ import annotations

import pytest

from sim.model.stages import perceive
from sim.model.vocabulary import Draw
from tests.tiny import LANE, WEEK, Tiny, about, throws

WEIGHTS = {
    "rhetoric_weight": 0.2, "deployment_weight": 0.6, "sanctions_weight": 0.1, "force_weight": 0.4,
    "arms_weight": 0.5, "notice": 0.6, "forward_weight": 2.0,
}  # fmt: skip


def looking() -> Tiny:
    """Return a world in which ALF is about to read what BET does.

    The channel is worth 0.5 x 0.5 = 0.25, the pressure is 2 x (1 - 0.8 x 0.25) x (1 + 0.1 x 3) =
    2.08. BET's greed is 0.1 + 0.5 x 0.4 = 0.3, so that 0.3 + 0.7 x 0.4 = 0.58 of its deployment is
    hostile, and its hostility is 0.2 x 0.5 + 0.6 x 0.75 x 0.58 + 0.1 x 0.25 + 0.4 = 0.786.
    Last week it raised a display by two quarters, and sanctions, while its words grew softer: a
    provocation of 0.58 x (0.8 + 0.25 x 2) + 0.2 = 0.954, of which ALF puts 0.5 x 0.4 down to
    itself.
    """
    t = Tiny(
        **WEIGHTS, channel_strength=0.5, miscalculation_strength=2.0, channel_clarity=0.8,
        time_pressure=0.1, perception_strength=1.0, distinguishability=0.6, challenger_greed=0.5,
        fog=0.5, hostile_share=0.3, fear_bias=0.5, misread_intent=0.1, intent_size=0.4,
        benign_size=0.5, lost_signal=0.05, concession_share=0.25, alarm_gain=0.5,
        alarm_memory=0.5, alarm_limit=2.0, perception_rate=0.25, reply_memory=0.6,
        misread_capability=0.2, overestimate_share=0.6, capability_size=0.3, sensibility=0.5,
        score_display=0.8, score_step=0.25, score_sanction=0.2, score_word=0.15,
        reassure_withdrawal=0.3, reassure_restraint=0.2, score_offence=0.8, offence=0.75,
        score_memory=0.9, score_limit=2.0, trust_limit=0.5,
    )  # fmt: skip
    t.relation(
        "ALF>BET", fear=0.4, perceived=0.2, alarm=0.3, misled=0.2, reply=0.5, score=0.5,
        own_acts=0.4, seen_posture=0.25,
    )  # fmt: skip
    t.relation(
        "BET>ALF", rhetoric=0.5, deployment=0.75, sanctions=0.25, fresh=1.0, step_sanctions=1.0,
        step_rhetoric=-1.0, exercise=0.0, announced=0.0,
    )  # fmt: skip
    t.system(west_forward=0.0, east_forward=0.0)
    t.state("ALF", bloc=1.0)
    t.state("BET", bloc=2.0, spending=0.0)
    t.pair("ALF-BET", channel=0.5, rung=3.0, violence=1.0)
    t.relation_traits(
        "ALF>BET", intent_odds=1.5, signal_odds=2.0, capability_odds=0.5,
        hostile_share=-1.0, concession_share=-1.0, overestimate_share=-1.0,
    )  # fmt: skip
    t.state_traits("ALF", sensibility=-1.0)
    t.state_traits("BET", greed=0.1, challenger=0.4)
    return t


CLEAR = {"fog": 0.5, "intent": 0.9, "capability": 0.9, "signal": 0.9}
AS_IT_IS = {
    "misread_intent": 0.0,
    "misread_signal": 0.0,
    "misread_capability": 0.0,
    "capability_error": 1.0,
    "alarm": 0.443,  # 0.5 x 0.3 + 0.5 x (0.786 - 0.2)
    "perceived": 0.3465,  # 0.2 + 0.25 x (0.786 - 0.2)
    "reply": 1.3,  # 0.6 x 0.5 + 1
    "misled": 0.1,  # fading
    "score": 1.36584,  # 0.9 x 0.5 + 1.2 x 0.954 x 0.8
    "seen_posture": 0.75,
}


def seen(patch: pytest.MonkeyPatch, t: Tiny, **draws: float) -> dict[str, float]:
    u = {**CLEAR, **draws}
    four = u["fog"], u["intent"], u["capability"], u["signal"]
    patch.setattr(perceive, "uniforms", throws({("ALF>BET", Draw.PERCEIVE): four}))
    return t.changes(perceive.perceive_relation, t.world, t.atlas, WEEK, "ALF>BET", LANE)


def expected(**other: float) -> dict[str, float]:
    return {f"ALF>BET.{name}": value for name, value in {**AS_IT_IS, **other}.items()}


def test_a_clear_view_is_of_the_rivals_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen(monkeypatch, looking()) == about(expected())


@pytest.mark.parametrize(
    ("acts", "system", "spending", "posture", "more"),
    [
        ({"exercise": 1.0}, {}, 0.0, 0.75, 0.087),  # 0.6 x 0.25 x 0.58; it alarms, it passes
        ({"deployment": 0.25, "exercise": 1.0, "announced": 1.0}, {}, 0.0, 0.25, -0.1218),
        ({}, {"east_forward": 0.25}, 0.0, 1.25, 0.174),  # 0.6 x 0.5 x 0.58
        ({}, {"west_forward": 0.25}, 0.0, 0.75, 0.0),  # its own bloc's
        ({}, {}, 0.4, 0.75, 0.116),  # arms: 0.5 x 0.4 x 0.58
        ({}, {}, -0.4, 0.75, 0.0),
    ],
)
def test_exercises_forces_forward_and_arms_are_seen(
    monkeypatch: pytest.MonkeyPatch,
    acts: dict[str, float],
    system: dict[str, float],
    spending: float,
    posture: float,
    more: float,
) -> None:
    t = looking()
    t.relation("BET>ALF", **acts)
    t.system(**system)
    t.state("BET", spending=spending)
    found = seen(monkeypatch, t)
    assert found["ALF>BET.perceived"] == about(0.3465 + 0.25 * more)
    assert found["ALF>BET.alarm"] == about(0.443 + 0.5 * more)
    assert found.get("ALF>BET.seen_posture", 0.25) == about(posture)
    # a rise of 4 x (posture - 0.25) steps
    provoked = 0.58 * (0.8 + 0.25 * 4.0 * (posture - 0.25)) + 0.2
    assert found["ALF>BET.score"] == about(0.45 + 1.2 * 0.8 * provoked)


def test_fog_is_what_the_channel_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    # 0.786 x (1 + 0.5 x 0.75 x 0.8) = 1.0218
    assert seen(monkeypatch, looking(), fog=0.9) == about(
        expected(alarm=0.15 + 0.5 * 0.8218, perceived=0.2 + 0.25 * 0.8218)
    )


@pytest.mark.parametrize(
    ("u", "error", "sight"),
    [
        (0.155, 1.0, 1.186),  # odds 0.1 x 1.5 x 2.08 = 0.312, of them 0.3 + 0.5 x 0.4 hostile
        (0.157, -1.0, 0.393),
        (0.311, -1.0, 0.393),
        (0.313, 0.0, 0.786),
    ],
)
def test_intent_is_misread_by_the_readers_fear(
    monkeypatch: pytest.MonkeyPatch, u: float, error: float, sight: float
) -> None:
    assert seen(monkeypatch, looking(), intent=u) == about(
        expected(
            misread_intent=error,
            misled=0.1 + (0.5 * (sight - 0.2) if error > 0.0 else 0.0),
            alarm=0.15 + 0.5 * (sight - 0.2),
            perceived=0.2 + 0.25 * (sight - 0.2),
        )
    )


@pytest.mark.parametrize(
    ("u", "error"),
    [
        (0.155, 1.0),
        (0.157, -1.0),
        (0.207, -1.0),
        (0.209, 0.0),
    ],  # odds 0.05 x 2 x 2.08, 3/4 warnings
)
def test_warnings_are_lost_before_concessions(
    monkeypatch: pytest.MonkeyPatch, u: float, error: float
) -> None:
    found = seen(monkeypatch, looking(), signal=u)
    assert found["ALF>BET.misread_signal"] == error
    if error == 1.0:  # what was seen last week is still seen, and there is nothing to answer
        assert "ALF>BET.perceived" not in found
        assert (found["ALF>BET.alarm"], found["ALF>BET.reply"]) == about((0.15, 0.3))
        assert found["ALF>BET.score"] == about(0.45)  # ... and none to settle
        assert found["ALF>BET.seen_posture"] == 0.75  # nor next week
    else:
        assert found == about(expected(misread_signal=error))


def test_a_lost_concession_leaves_the_old_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    t = looking()
    t.relation("ALF>BET", perceived=0.9)
    found = seen(monkeypatch, t, signal=0.157)
    assert "ALF>BET.perceived" not in found
    assert (found["ALF>BET.alarm"], found["ALF>BET.reply"]) == about((0.15, 1.3))


@pytest.mark.parametrize(
    ("u", "error", "factor"),
    [(0.124, 1.0, 1.3), (0.126, -1.0, 0.7), (0.207, -1.0, 0.7), (0.209, 0.0, 1.0)],
)
def test_capability_is_misread(
    monkeypatch: pytest.MonkeyPatch, u: float, error: float, factor: float
) -> None:
    # odds 0.2 x 0.5 x 2.08 = 0.208, of them 0.6 overestimate
    assert seen(monkeypatch, looking(), capability=u) == about(
        expected(misread_capability=error, capability_error=factor)
    )


@pytest.mark.parametrize(
    ("trait", "share", "draws", "field", "error"),
    [
        ("hostile_share", 1.0, {"intent": 0.311}, "misread_intent", 1.0),
        ("hostile_share", 0.0, {"intent": 0.0}, "misread_intent", -1.0),
        ("concession_share", 0.0, {"signal": 0.207}, "misread_signal", 1.0),
        ("concession_share", 1.0, {"signal": 0.0}, "misread_signal", -1.0),
        ("overestimate_share", 1.0, {"capability": 0.207}, "misread_capability", 1.0),
        ("overestimate_share", 0.0, {"capability": 0.0}, "misread_capability", -1.0),
    ],
)
def test_a_state_may_have_its_own_directions_of_error(
    monkeypatch: pytest.MonkeyPatch,
    trait: str,
    share: float,
    draws: dict[str, float],
    field: str,
    error: float,
) -> None:
    t = looking()
    t.relation_traits("ALF>BET", **{trait: share})
    assert seen(monkeypatch, t, **draws)[f"ALF>BET.{field}"] == error


def test_who_misreads_less_than_was_feared_is_not_misled(monkeypatch: pytest.MonkeyPatch) -> None:
    t = looking()
    t.relation("ALF>BET", perceived=1.5)
    found = seen(monkeypatch, t, intent=0.155)
    assert found["ALF>BET.misread_intent"] == 1.0
    assert found["ALF>BET.misled"] == about(0.1)


# What is kept of the other's acts


def scored(patch: pytest.MonkeyPatch, t: Tiny, **draws: float) -> float:
    """Return what the week adds to a score that fades from 0.5 to 0.45."""
    seen(patch, t, **draws)
    return t.relation("ALF>BET").score - 0.45


STILL = {"deployment": 0.25, "fresh": 0.0, "step_sanctions": 0.0, "step_rhetoric": 0.0}


@pytest.mark.parametrize(
    ("acts", "added"),
    [
        ({}, -0.08),  # a quiet week after own acts: 0.2 x 0.4
        ({"fresh": 1.0}, 0.96 * 0.464),  # a display: 0.58 x 0.8, 0.8 of it felt, times 1.2
        ({"deployment": 0.5}, 0.96 * 0.145),  # a step short of a display: 0.58 x 0.25
        ({"step_sanctions": 1.0}, 0.96 * 0.2),
        ({"step_rhetoric": 1.0}, 0.96 * 0.15),
        ({"step_sanctions": -1.0, "step_rhetoric": -1.0}, -0.08),
        ({"deployment": 0.0}, -0.38),  # a withdrawal by a quarter: 0.3 more
        ({"deployment": 0.0, "step_rhetoric": 1.0}, 0.96 * 0.15 - 0.3),
        ({"fresh": 0.3}, 0.0),  # force alone: scored when it was used, and no quiet week
    ],
)
def test_each_act_goes_into_the_score(
    monkeypatch: pytest.MonkeyPatch, acts: dict[str, float], added: float
) -> None:
    t = looking()
    t.relation("BET>ALF", **{**STILL, **acts})
    assert scored(monkeypatch, t) == about(added)


def test_defensive_forces_provoke_nobody_and_reassure_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    t = looking()
    t.p.distinguishability = 1.0
    t.state_traits("BET", greed=0.0, challenger=0.0)
    t.relation("BET>ALF", step_sanctions=0.0)
    assert scored(monkeypatch, t) == about(0.0)


def test_a_lost_concession_reassures_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    t = looking()
    t.relation("BET>ALF", **{**STILL, "deployment": 0.0})
    assert scored(monkeypatch, t, signal=0.157) == about(0.0)


@pytest.mark.parametrize(
    ("own", "rival", "felt"), [(0.0, 1.0, 1.0), (1.0, 0.0, 0.6), (-1.0, 0.9, 0.8)]
)
def test_whose_sensibility_tells_what_was_called_for(
    monkeypatch: pytest.MonkeyPatch, own: float, rival: float, felt: float
) -> None:
    t = looking()
    t.state_traits("ALF", sensibility=own)
    t.state_traits("BET", sensibility=rival)
    assert scored(monkeypatch, t) == about(1.2 * 0.954 * felt)


def test_a_score_ends_at_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    t = looking()
    t.relation("ALF>BET", score=2.0)
    seen(monkeypatch, t)
    assert t.relation("ALF>BET").score == 2.0
    t.relation("ALF>BET", score=-0.45, seen_posture=1.0, own_acts=1.0)
    t.relation("BET>ALF", **STILL)
    seen(monkeypatch, t)
    assert t.relation("ALF>BET").score == -0.5


def fearing(fear: float) -> Tiny:
    """Return a world in which ALF weighs what it sees of BET.

    ALF's own acts come to 0.2 x 0.5 + 0.6 x 0.25 + 0.1 x 0.5 = 0.3, so that 0.7 - 0.5 x 0.3 = 0.55
    is unprovoked; BET's share of capability is taken for 0.3 of 0.6; ALF's greed is 0.4.
    """
    t = Tiny(
        **WEIGHTS, sensibility=0.5, fear_trust=0.5, fear_gain=2.0, greed_calm=0.5, fear_base=0.5,
        fear_capability=2.0, fear_offence=0.2, offence=0.6, fear_rise=0.25, fear_fall=0.05,
        challenger_greed=0.5,
    )  # fmt: skip
    t.relation(
        "ALF>BET", rhetoric=0.5, deployment=0.25, sanctions=0.5, perceived=0.7,
        capability_error=1.5, fear=fear, score=0.8,
    )  # fmt: skip
    t.relation("ALF>BET", exercise=0.0, announced=0.0)
    t.relation_traits("ALF>BET", proximity=0.4)
    t.system(west_forward=0.0, west_line=0.0, east_line=0.0)
    t.state("ALF", capability=0.3, bloc=1.0, spending=0.0)
    t.state("BET", capability=0.2, bloc=2.0)
    t.state_traits("ALF", greed=0.1, challenger=0.6, sensibility=-1.0)
    return t


@pytest.mark.parametrize(("before", "rate"), [(0.1, 0.25), (0.5, 0.05)])
def test_fear_moves_to_the_threat_as_perceived(before: float, rate: float) -> None:
    t = fearing(before)
    x = 2.0 * 0.8 * 0.55 * 0.4 * 1.5 * 0.8
    fear = before + rate * (x / (1.0 + x) - before)
    changed = t.changes(perceive.appraise_relation, t.world, t.atlas, "ALF>BET", LANE)
    assert changed == about({"ALF>BET.fear": fear})


@pytest.mark.parametrize(("score", "left"), [(0.0, 1.0), (-0.4, 0.8), (-3.0, 0.5)])
def test_trust_calms(score: float, left: float) -> None:
    t = fearing(0.1)
    t.relation("ALF>BET", score=score)
    x = 2.0 * 0.8 * 0.55 * 0.4 * 1.5 * 0.8 * left
    perceive.appraise_relation(t.world, t.atlas, t.rows["ALF>BET"], LANE)
    assert t.relation("ALF>BET").fear == about(0.1 + 0.25 * (x / (1.0 + x) - 0.1))


@pytest.mark.parametrize(("own", "unprovoked"), [(0.0, 0.7), (1.0, 0.4)])
def test_one_state_alone_may_be_sensible(own: float, unprovoked: float) -> None:
    t = fearing(0.1)
    t.state_traits("ALF", sensibility=own)
    t.state_traits("BET", sensibility=1.0 - own)
    x = 2.0 * 0.8 * unprovoked * 0.4 * 1.5 * 0.8
    perceive.appraise_relation(t.world, t.atlas, t.rows["ALF>BET"], LANE)
    assert t.relation("ALF>BET").fear == about(0.1 + 0.25 * (x / (1.0 + x) - 0.1))


def test_what_is_out_of_reach_is_not_feared() -> None:
    t = fearing(0.5)
    t.relation_traits("ALF>BET", proximity=0.0)
    changed = t.changes(perceive.appraise_relation, t.world, t.atlas, "ALF>BET", LANE)
    assert changed == about({"ALF>BET.fear": 0.475})


@pytest.mark.parametrize(
    ("west", "east", "near"),
    [
        (0.0, 0.8, 0.8),  # the east's forces stand nearer to it than its leader
        (0.0, 0.3, 0.4),
        (0.9, 0.0, 0.4),  # its own side's do not frighten it
    ],
)
def test_a_leader_fears_by_how_near_the_line_is(west: float, east: float, near: float) -> None:
    t = fearing(0.1)
    t.system(west_line=west, east_line=east)
    x = 2.0 * 0.8 * 0.55 * near * 1.5 * 0.8
    perceive.appraise_relation(t.world, t.atlas, t.rows["ALF>BET"], LANE)
    assert t.relation("ALF>BET").fear == about(0.1 + 0.25 * (x / (1.0 + x) - 0.1))


@pytest.mark.parametrize(
    ("one", "other", "fear"), [("BET", "ALF", True), ("BET", "GAM", False), ("GAM", "BET", False)]
)
def test_the_line_is_the_leaders(one: str, other: str, fear: bool) -> None:
    t = fearing(0.1)
    t.relation(
        f"{one}>{other}", rhetoric=0.0, deployment=0.0, sanctions=0.0, exercise=0.0, announced=0.0,
        perceived=0.7, capability_error=1.5, fear=0.0, score=0.0,
    )  # fmt: skip
    t.relation_traits(f"{one}>{other}", proximity=0.0, rivalry=0.0)
    for code in (one, other):
        t.state(code, capability=0.2, bloc=2.0 if code == "BET" else 1.0, spending=0.0)
        t.state_traits(code, greed=0.1, challenger=0.6, sensibility=-1.0)
    t.system(west_line=1.0, east_line=0.0, east_forward=0.0)
    changed = t.changes(perceive.appraise_relation, t.world, t.atlas, f"{one}>{other}", LANE)
    assert bool(changed) is fear


@pytest.mark.parametrize(
    ("own", "unprovoked"),
    [
        ({"exercise": 0.5}, 0.475),  # 0.7 - 0.5 x (0.3 + 0.6 x 0.25)
        ({"exercise": 1.0, "announced": 1.0}, 0.505),  # 0.7 - 0.5 x (0.3 + 0.6 x 0.15)
        ({"forward": 0.25}, 0.4),  # 0.7 - 0.5 x (0.3 + 0.6 x 0.5)
        ({"spending": 0.2}, 0.5),  # 0.7 - 0.5 x (0.3 + 0.5 x 0.2)
    ],
)
def test_who_exercises_stands_forward_or_arms_called_for_it(
    own: dict[str, float], unprovoked: float
) -> None:
    t = fearing(0.1)
    t.relation("ALF>BET", exercise=own.get("exercise", 0.0), announced=own.get("announced", 0.0))
    t.system(west_forward=own.get("forward", 0.0))
    t.state("ALF", spending=own.get("spending", 0.0))
    x = 2.0 * 0.8 * unprovoked * 0.4 * 1.5 * 0.8
    perceive.appraise_relation(t.world, t.atlas, t.rows["ALF>BET"], LANE)
    assert t.relation("ALF>BET").fear == about(0.1 + 0.25 * (x / (1.0 + x) - 0.1))


def test_own_violence_is_no_provocation() -> None:
    t = fearing(0.1)
    t.pair("ALF-BET", violence=2.0)
    quiet = fearing(0.1)
    changed = [
        w.changes(perceive.appraise_relation, w.world, w.atlas, "ALF>BET", LANE) for w in (t, quiet)
    ]
    assert changed[0] == changed[1]
