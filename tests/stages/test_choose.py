"""Choosing and acting: each weight from the right fields, each step by its own draw."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.model.rules import choice
from sim.model.stages import choose
from sim.model.vocabulary import Draw, Instrument, Origin
from tests.tiny import LANE, WEEK, Tiny, about, throws

WORDS, FORCES, SANCTIONS, TALKS = 0.11, 0.22, 0.33, 0.44
"""The four draws of a week; the stand-in for a step answers the draw it was given."""


def deciding(deployment: float) -> Tiny:
    """Return a world in which ALF is about to choose toward BET.

    Its greed is 0.1 + 0.5 x 0.2 = 0.2, its firmness 0.3 + 0.5 x 0.2 + 0.25 x 0.8 = 0.6; the channel
    is worth 0.5 x 0.4 = 0.2; its opportunity is 0.2 x (1 - 1.5 x 0.6) = 0.02, its heat 0.5 x (1 -
    0.2 x 0.6) = 0.44, its motive 0.3 + 0.5 x 0.25 + 0.25 x 0.44 + 0.02 = 0.555, without heat 0.445.
    BET displays, a third of the way from presence to all it has; the relief ALF may hope for is
    0.4 x 0.5 x (0.25 + 0.75 x 0.15) x (1 - 0.5 x 0.8 x 0.5) = 0.058.
    """
    t = Tiny(
        channel_strength=0.5, challenger_greed=0.5, challenger_firmness=0.5,
        defender_firmness=0.25, deterrence=1.5, sensibility=0.4,
        deployment_strength=2.0, deploy_base=-3.0, deploy_fear=2.0, deploy_alarm=0.5,
        deploy_reply=1.5, deploy_grievance=1.2, deploy_opportunity=9.0, deploy_firmness=2.2,
        deploy_audience=3.0, deploy_retaliation=0.7, deploy_cost=1.6, deploy_stress=1.9,
        deploy_reach=1.4,
        withdraw_base=0.5, withdraw_presence=2.5, withdraw_cost=0.8, withdraw_fear=2.9,
        withdraw_alarm=0.6, withdraw_audience=1.1, withdraw_firmness=2.1,
        withdraw_opportunity=3.5, withdraw_respect=1.8, withdraw_channel=0.4,
        withdraw_stress=1.7, withdraw_talks=0.9, withdraw_issue=0.65, withdraw_relief=1.5,
        conditional=0.4, relief_floor=0.25, relief_face=0.5, sanction_lean=1.9, lift_condition=2.6,
        rhetoric_strength=1.5, accuse_base=-2.0, accuse_fear=1.3, accuse_alarm=0.55,
        accuse_cohesion=0.85, accuse_firmness=1.25, accuse_issue=0.3,
        soften_base=-3.1, soften_level=2.3, soften_alarm=0.75,
        sanctions_strength=2.5, sanction_base=-4.0, sanction_alarm=1.45, sanction_grievance=0.95,
        sanction_hostility=1.15, sanction_stress=1.35, lift_base=-5.0, lift_level=0.45,
        talk_base=-4.1, talk_fear=1.55, talk_return=3.3, talk_rhetoric=2.4,
        expel_base=-5.2, expel_alarm=1.05, expel_rhetoric=1.65,
        motive_grievance=0.5, motive_heat=0.25, deploy_heat=1.1, withdraw_heat=0.95,
        deploy_threshold=1.3, reply_threshold=0.3, accuse_heat=0.7, posture_rate=0.2,
        posture_heat=0.8, reach=0.2, offence=0.75,
        strike_strength=2.0, strike_base=-3.2, strike_offence=4.0, strike_opportunity=5.0,
        strike_firmness=1.3, strike_retaliation=0.8, strike_issue=0.6, strike_first=1.8,
        strike_talks=0.85,
    )  # fmt: skip
    t.relation(
        "ALF>BET", pooled_fear=0.3, alarm=0.4, reply=0.2, grievance=0.25, perceived=0.5,
        retaliation=0.6, deployment=deployment, rhetoric=0.75, sanctions=0.5, diplomacy=0.25,
        score=0.5, exposure=0.75, misled=0.0,
    )  # fmt: skip
    t.relation(
        "BET>ALF", trace=18.0, deployment=0.5, exercise=0.0, announced=0.0, sanctions=0.5,
        rhetoric=0.5,
    )  # fmt: skip
    t.pair("ALF-BET", channel=0.4, salience=0.35, talks=0.7, stake=0.5, violence=0.0)
    t.state("ALF", audience=0.8, cohesion=0.1, stress=0.15, bloc=1.0)
    t.relation_traits("ALF>BET", proximity=0.9, rival_leads=2.0)
    t.state_traits("ALF", greed=0.1, firmness=0.3, challenger=0.2, sensibility=-1.0)
    return t


STRIKE = (
    0.555
    * 0.75
    * 0.92
    * 2.0
    * math.exp(
        -3.2
        + 4.0 * 0.25 * 0.8 * 0.3
        + 5.0 * 0.02
        + 1.3 * 0.6 * 0.5
        - 0.8 * 0.6
        + 1.8 * 2.0 * 0.25 / 3.0
        - 0.85 * 0.7
        + 0.6 * 0.35
    )
)
"""Motive, exposure, reach (0.2 + 0.8 x 0.9) and strength; pre-emption by four fifths of fear and by
what BET displays."""


def deploying(deployment: float, provoked: float = 1.0) -> tuple[float, float]:
    """Return the weights of raising and lowering a deployment; not provoked, what is of itself."""
    motive = 0.445 + 0.11 * provoked
    entering = 3.0 * 0.8 * 0.9 + 1.3 if deployment < 0.5 else 0.0
    alarm, heat = 0.4 * provoked, 0.44 * provoked
    drives = 0.8 * (2.0 * 0.3 + 0.5 * alarm) + 1.5 * 0.2 * provoked * 0.88 + 1.2 * 0.25
    drives += 9.0 * 0.02 + 2.2 * 0.6 * 0.5 + 0.35 + 1.1 * heat
    deters = 0.7 * 0.6 + 1.6 * deployment**2 + 1.9 * 0.15 + 1.4 * 0.1 + entering
    tied = 2.5 if deployment < 0.5 else 1.1 * 0.8 * 0.75 * 0.3
    keeps = 0.8 * (2.9 * 0.3 + 0.6 * alarm) + 2.1 * 0.6 * 0.5 + 3.5 * 0.02 + 0.65 * 0.35
    keeps += tied + 0.95 * heat
    helps = 0.8 * deployment**2 + 1.8 * 0.2 * 0.6 + 0.4 * 0.2 + 1.7 * 0.15 + 0.9 * 0.7
    helps += 1.5 * 0.058 if deployment >= 0.5 else 0.0
    return (
        motive * 0.75 * 2.0 * math.exp(-3.0 + drives - deters),
        math.exp(0.5 + helps - keeps),
    )


def speaking(provoked: float) -> tuple[float, float]:
    """Return the weights of raising and lowering rhetoric; not provoked, what is of itself."""
    alarm, heat = 0.4 * provoked, 0.44 * provoked
    drives = 1.3 * 0.3 + 0.55 * alarm - 0.85 * 0.1 + 1.25 * 0.6 + 0.3 * 0.35 + 0.7 * heat
    return (
        (0.445 + 0.11 * provoked) * 1.5 * math.exp(-2.0 + drives),
        math.exp(-3.1 + 2.3 * 0.75 - 0.75 * alarm - 0.3 * 0.35),
    )


WEIGHED = tuple(
    f"ALF>BET.{name}"
    for name in ("heat", "motive", "reason", "strike", "fresh", "due_trace", "due_words")
)
"""What else is stored of a choice."""


def weights(patch: pytest.MonkeyPatch, t: Tiny) -> dict[float, tuple[float, float]]:
    """Return the weights of raising and lowering by the draw that decides."""
    found: dict[float, tuple[float, float]] = {}

    def step(more: float, less: float, u: float) -> float:
        found.setdefault(u, (more, less))  # what it would do of itself is asked afterwards
        return u

    patch.setattr(choice, "step", step)
    draws = throws({("ALF>BET", Draw.CHOOSE): (WORDS, FORCES, SANCTIONS, TALKS)})
    patch.setattr(choose, "uniforms", draws)
    changed = t.changes(choose.choose_relation, t.world, t.atlas, WEEK, "ALF>BET", LANE)
    assert changed == {
        **{name: changed[name] for name in WEIGHED},
        "ALF>BET.step_rhetoric": WORDS,
        "ALF>BET.step_deployment": FORCES,
        "ALF>BET.step_sanctions": SANCTIONS,
        "ALF>BET.step_diplomacy": TALKS,
    }
    return found


@pytest.mark.parametrize("deployment", [0.25, 0.75])
def test_deployment_is_weighed(monkeypatch: pytest.MonkeyPatch, deployment: float) -> None:
    found = weights(monkeypatch, deciding(deployment))[FORCES]
    assert found == about(deploying(deployment))


def test_what_it_would_do_of_itself_is_weighed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    t = deciding(0.25)
    found = choose.weights(t.world, t.atlas, t.rows["ALF>BET"], Instrument.DEPLOYMENT, 0.0, LANE)
    assert found == about(deploying(0.25, 0.0))
    calm = [
        choose.weights(t.world, t.atlas, t.rows["ALF>BET"], instrument, 0.0, LANE)
        for instrument in (Instrument.RHETORIC, Instrument.SANCTIONS, Instrument.DIPLOMACY)
    ]
    t.relation("ALF>BET", alarm=0.0, score=0.0)
    found = weights(monkeypatch, t)
    assert calm == [about(found[u]) for u in (WORDS, SANCTIONS, TALKS)]


def test_rhetoric_is_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    more, less = weights(monkeypatch, deciding(0.25))[WORDS]
    exponent = -2.0 + 1.3 * 0.3 + 0.55 * 0.4 - 0.85 * 0.1 + 1.25 * 0.6 + 0.3 * 0.35 + 0.7 * 0.44
    assert more == about(0.555 * 1.5 * math.exp(exponent))
    assert less == about(math.exp(-3.1 + 2.3 * 0.75 - 0.75 * 0.4 - 0.3 * 0.35))


def test_sanctions_are_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    more, less = weights(monkeypatch, deciding(0.25))[SANCTIONS]
    exponent = -4.0 + 1.45 * 0.4 + 0.95 * 0.25 + 1.15 * 0.5 - 1.35 * 0.15
    assert more == about(0.555 * 2.5 * math.exp(exponent))
    assert less == about(math.exp(-5.0 + 0.45 * 0.5))


@pytest.mark.parametrize(
    ("deployment", "exercise", "announced", "violence", "met"),
    [
        (0.25, 0.0, 0.0, 0.0, True),
        (0.5, 0.0, 0.0, 0.0, False),
        (0.25, 0.75, 0.0, 0.0, False),  # a snap exercise is a display
        (0.25, 0.75, 1.0, 0.0, True),
        (0.25, 0.0, 0.0, 1.0, False),  # force is used
    ],
)
def test_tied_sanctions_ease_where_the_other_neither_displays_nor_fights(
    deployment: float, exercise: float, announced: float, violence: float, met: bool
) -> None:
    t = deciding(0.25)
    t.relation("BET>ALF", deployment=deployment, exercise=exercise, announced=announced)
    t.pair("ALF-BET", violence=violence)
    _, less = choose.weights(t.world, t.atlas, t.rows["ALF>BET"], Instrument.SANCTIONS, 1.0, LANE)
    # 2.6 x 0.4 where the condition is met
    assert less == about(math.exp(-5.0 + 0.45 * 0.5 + (1.04 if met else 0.0)))


@pytest.mark.parametrize(
    ("bloc", "lean", "added"), [(0.0, 0.6, 1.14), (0.0, -0.6, 0.0), (1.0, 0.6, 0.0)]
)
def test_a_neutral_sanctions_whom_it_leans_away_from(
    bloc: float, lean: float, added: float
) -> None:
    t = deciding(0.25)
    t.state("ALF", bloc=bloc, lean=lean)
    more, _ = choose.weights(t.world, t.atlas, t.rows["ALF>BET"], Instrument.SANCTIONS, 1.0, LANE)
    exponent = -4.0 + 1.45 * 0.4 + 0.95 * 0.25 + 1.15 * 0.5 - 1.35 * 0.15 + added  # 1.9 x 0.6
    assert more == about(0.555 * 2.5 * math.exp(exponent))


@pytest.mark.parametrize(
    ("deployment", "exercise", "announced", "mobilised"),
    [(0.25, 0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 1.0), (0.0, 1.0, 0.0, 1.0), (0.0, 1.0, 1.0, 0.0)],
)
def test_what_the_other_shows_makes_for_pre_emption(
    monkeypatch: pytest.MonkeyPatch,
    deployment: float,
    exercise: float,
    announced: float,
    mobilised: float,
) -> None:
    t = deciding(0.25)
    t.relation("BET>ALF", deployment=deployment, exercise=exercise, announced=announced)
    found = decided(monkeypatch, t, 0.999)["strike"]
    assert found == about(STRIKE * math.exp(0.9 * (mobilised - 1.0 / 3.0)))  # 1.8 x 2 x 0.25


def test_who_holds_most_of_what_is_at_issue_has_less_to_gain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    t = deciding(0.25)
    t.pair("ALF-BET", stake=0.75)
    found = decided(monkeypatch, t, 0.999)
    assert found["motive"] == about(0.545)  # half the opportunity of 0.02
    assert found["strike"] == about(STRIKE * 0.545 / 0.555 * math.exp(-5.0 * 0.01))


def test_diplomacy_is_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    more, less = weights(monkeypatch, deciding(0.25))[TALKS]
    exponent = -4.1 + 1.55 * 0.3 * 0.4 - 2.4 * 0.75 * 0.8 + 3.3 * 0.25
    assert more == about(0.5 * math.exp(exponent))  # without the motive: talks need none
    assert less == about(0.5 * 0.555 * math.exp(-5.2 + 1.05 * 0.4 + 1.65 * 0.75 - 3.3 * 0.25))


def test_in_the_calm_corner_nothing_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    t = deciding(0.25)
    t.relation("ALF>BET", pooled_fear=0.0, grievance=0.0, score=-0.5)
    t.state_traits("ALF", greed=0.0, challenger=0.0)
    found = weights(monkeypatch, t)
    assert [found[u][0] for u in (WORDS, FORCES, SANCTIONS)] == [0.0, 0.0, 0.0]
    assert (t.relation("ALF>BET").motive, t.relation("ALF>BET").strike) == (0.0, 0.0)
    assert t.relation("ALF>BET").reason == Origin.OWN  # there is nothing to gain either


def test_a_state_may_have_a_sensibility_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    t = deciding(0.25)
    t.state_traits("ALF", sensibility=0.9)
    t.state_traits("BET", sensibility=0.1)
    more, _ = weights(monkeypatch, t)[TALKS]
    exponent = -4.1 + 1.55 * 0.3 * 0.9 - 2.4 * 0.75 * 0.8 + 3.3 * 0.25
    assert more == about(0.5 * math.exp(exponent))


def test_steps_follow_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    t = deciding(0.25)
    draws = throws({("ALF>BET", Draw.CHOOSE): (0.0, 0.999, 0.5, 0.0)})
    monkeypatch.setattr(choose, "uniforms", draws)
    choose.choose_relation(t.world, t.atlas, WEEK, t.rows["ALF>BET"], LANE)
    me = t.relation("ALF>BET")
    steps = me.step_rhetoric, me.step_deployment, me.step_sanctions, me.step_diplomacy
    assert steps == (1.0, -1.0, 0.0, 1.0)


def test_weights_are_noted_by_instrument_raising_before_lowering() -> None:
    t, out = deciding(0.25), np.full((4, 2), np.nan)
    assert t.changes(choose.note_weights, t.world, t.atlas, "ALF>BET", out, LANE) == {}
    assert tuple(out[Instrument.DEPLOYMENT]) == about(deploying(0.25))
    for instrument in Instrument:
        found = choose.weights(t.world, t.atlas, t.rows["ALF>BET"], instrument, 1.0, LANE)
        assert tuple(out[instrument]) == found


def decided(patch: pytest.MonkeyPatch, t: Tiny, u: float) -> dict[str, float]:
    """Return what ALF decides about its forces by this draw, and about nothing else."""
    draws = throws({("ALF>BET", Draw.CHOOSE): (0.999, u, 0.999, 0.999)})
    patch.setattr(choose, "uniforms", draws)
    changed = t.changes(choose.choose_relation, t.world, t.atlas, WEEK, "ALF>BET", LANE)
    return {name.removeprefix("ALF>BET."): value for name, value in changed.items()}


def test_how_ready_it_is_to_strike_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    found = decided(monkeypatch, deciding(0.25), 0.999)
    kept = {name: found[name] for name in ("heat", "motive", "reason", "strike")}
    assert kept == about({"heat": 0.44, "motive": 0.555, "reason": Origin.OWN, "strike": STRIKE})


@pytest.mark.parametrize(
    ("fear", "grievance", "reason"),
    [(0.3, 0.25, Origin.OWN), (0.01, 0.005, Origin.GAIN), (0.01, 0.015, Origin.OWN),
     (0.0, 0.0, Origin.GAIN)],
)  # fmt: skip
def test_a_prober_acts_for_gain_where_nothing_else_moves_it_more(
    monkeypatch: pytest.MonkeyPatch, fear: float, grievance: float, reason: Origin
) -> None:
    t = deciding(0.25)
    t.relation("ALF>BET", pooled_fear=fear, grievance=grievance)
    found = decided(monkeypatch, t, 0.0)
    assert found["reason"] == reason
    assert found["due_trace"] == 8.0 + reason


EVEN = 1e-6


def share(more: float, less: float, held: float = 0.0) -> float:
    """Return the draw below which a deployment is raised, or ``held`` of holding's 1 as well."""
    return (more + held) / (more + 1.0 + less)


@pytest.mark.parametrize(("trace", "linked"), [(18.0, 26.0), (0.0, 15.0), (255.0, 255.0)])
def test_an_act_goes_back_to_the_others_if_it_would_not_have_been_without_it(
    monkeypatch: pytest.MonkeyPatch, trace: float, linked: float
) -> None:
    calm, warm = share(*deploying(0.25, 0.0)), share(*deploying(0.25))
    assert calm < warm
    for u, step, due in (
        (calm - EVEN, 1.0, 9.0), (calm + EVEN, 1.0, linked), (warm - EVEN, 1.0, linked),
        (warm + EVEN, 0.0, 0.0),
    ):  # fmt: skip
        t = deciding(0.25)
        t.relation("BET>ALF", trace=trace)
        found = decided(monkeypatch, t, u)
        assert (found["step_deployment"], found.get("due_trace")) == (step, due)
        assert found["fresh"] == 0.0


@pytest.mark.parametrize(
    ("misled", "due"),
    [
        (0.3, 11.0),  # without it the same luck would not have raised
        (0.0, 26.0),
    ],
)
def test_an_act_that_would_not_have_been_but_for_a_misreading_goes_back_to_it(
    monkeypatch: pytest.MonkeyPatch, misled: float, due: float
) -> None:
    t = deciding(0.25)
    t.relation("ALF>BET", misled=misled)
    # raising: e^-(0.5 x 0.3 x 0.8); lowering: e^(0.6 x 0.3 x 0.8)
    more, less = deploying(0.25)
    read_right = share(more * math.exp(-0.12), less * math.exp(0.144))
    assert decided(monkeypatch, t, 0.5 * (read_right + share(more, less)))["due_trace"] == due
    again = deciding(0.25)
    again.relation("ALF>BET", misled=misled)
    assert decided(monkeypatch, again, read_right - EVEN)["due_trace"] == 26.0


@pytest.mark.parametrize(("misled", "due"), [(0.3, 11.0), (0.0, 26.0)])
def test_words_go_back_to_what_they_would_not_have_been_without(
    monkeypatch: pytest.MonkeyPatch, misled: float, due: float
) -> None:
    def said(u: float, misled: float) -> float | None:
        t = deciding(0.25)
        t.relation("ALF>BET", misled=misled)
        draws = throws({("ALF>BET", Draw.CHOOSE): (u, 0.5, 0.5, 0.5)})
        monkeypatch.setattr(choose, "uniforms", draws)
        changed = t.changes(choose.choose_relation, t.world, t.atlas, WEEK, "ALF>BET", LANE)
        return changed.get("ALF>BET.due_words")

    # of itself without alarm and heat; read right without e^(0.55 x 0.3), e^(0.75 x 0.3) to lower
    more, less = speaking(1.0)
    right = share(more * math.exp(-0.165), less * math.exp(0.225))
    calm = share(*speaking(0.0))
    assert calm < right < share(more, less)
    assert said(calm - EVEN, misled) == 9.0
    assert said(right - EVEN, misled) == 26.0
    assert said(share(more, less) - EVEN, misled) == due
    assert said(share(more, less) + EVEN, misled) == 0.0


def test_a_display_that_is_held_may_be_acted_on_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    more, less = deploying(0.75)
    weight = 0.2 * math.exp(0.8 * 0.44)
    for u, fresh in (
        (share(more, less) + EVEN, 1.0),
        (share(more, less, weight) - EVEN, 1.0),
        (share(more, less, weight) + EVEN, 0.0),
    ):
        found = decided(monkeypatch, deciding(0.75), u)
        assert (found["step_deployment"], found["fresh"]) == (0.0, fresh)
        assert (found["due_trace"] > 0.0) is (fresh > 0.0)


def test_what_is_acted_on_anew_has_a_trace_like_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    calm = share(*deploying(0.75, 0.0), 0.2)  # of itself it renews up to here, 0.096
    assert share(*deploying(0.75)) < calm < share(*deploying(0.75), 0.2)
    assert decided(monkeypatch, deciding(0.75), calm - EVEN)["due_trace"] == 9.0
    assert decided(monkeypatch, deciding(0.75), calm + EVEN)["due_trace"] == 26.0


def acting(**other: float) -> dict[str, float]:
    t = Tiny(reply_threshold=0.3)
    before = {
        "rhetoric": 0.25, "deployment": 0.0, "sanctions": 0.5, "diplomacy": 0.75,
        "step_rhetoric": 1.0, "step_deployment": 1.0, "step_sanctions": -1.0,
        "step_diplomacy": 1.0, "reply": 0.9, "fresh": 0.0, "trace": 9.0, "due_trace": 26.0,
        "due_words": 34.0,
    }  # fmt: skip
    t.relation("ALF>BET", **{**before, **other})
    changed = t.changes(choose.act_relation, t.world, t.atlas, WEEK, "ALF>BET", LANE)
    return {name.removeprefix("ALF>BET."): value for name, value in changed.items()}


def test_chosen_steps_take_effect() -> None:
    steps = {"rhetoric": 0.5, "sanctions": 0.25, "diplomacy": 1.0}
    # A reply is at once a display.
    assert acting() == {**steps, "deployment": 0.5, "fresh": 1.0, "trace": 26.0}
    assert acting(reply=0.1) == {**steps, "deployment": 0.25, "trace": 34.0}  # that of its words


def test_words_that_cannot_be_raised_leave_no_trace() -> None:
    assert "trace" not in acting(rhetoric=1.0, step_deployment=0.0)
    assert "trace" not in acting(step_rhetoric=-1.0, step_deployment=0.0)


def test_each_step_moves_its_own_instrument() -> None:
    assert acting(step_rhetoric=-1.0)["rhetoric"] == 0.0
    assert acting(step_sanctions=1.0)["sanctions"] == 0.75
    assert acting(step_diplomacy=-1.0)["diplomacy"] == 0.5
    assert acting(deployment=0.75, step_deployment=-1.0)["deployment"] == 0.5


@pytest.mark.parametrize(
    ("before", "step", "chosen", "fresh"),
    [
        (0.5, 0.0, 1.0, 1.0),  # a display kept up and acted on anew
        (0.5, 0.0, 0.0, 0.0),
        (0.25, 0.0, 1.0, 0.0),  # there is none to act on
        (0.5, -1.0, 1.0, 0.0),  # ... or it is given up
        (0.5, 1.0, 0.0, 1.0),
        (0.25, 1.0, 0.0, 1.0),
    ],
)
def test_an_act_is_fresh_and_leaves_its_trace(
    before: float, step: float, chosen: float, fresh: float
) -> None:
    found = acting(
        deployment=before, step_deployment=step, fresh=chosen, reply=0.0, step_rhetoric=0.0
    )
    assert found.get("fresh", chosen) == fresh
    assert found.get("trace", 9.0) == (26.0 if fresh else 9.0)
