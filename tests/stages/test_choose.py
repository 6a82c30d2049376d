"""Choosing and acting: each weight from the right fields, each step by its own draw."""

from __future__ import annotations

import math

import pytest

from sim.model.rules import choice
from sim.model.stages import choose
from sim.model.vocabulary import Draw
from tests.tiny import LANE, WEEK, Tiny, about, throws

WORDS, FORCES, SANCTIONS, TALKS = 0.11, 0.22, 0.33, 0.44
"""The four draws of a week; the stand-in for a step answers the draw it was given."""


def deciding(deployment: float) -> Tiny:
    """Return a world in which ALF is about to choose toward BET.

    Its greed is 0.1 + 0.5 x 0.2 = 0.2, its firmness 0.3 + 0.5 x 0.2 + 0.25 x 0.8 = 0.6; the channel
    is worth 0.5 x 0.4 = 0.2; its opportunity is 0.2 x (1 - 1.5 x 0.6) = 0.02, its motive 0.3 + 0.25
    + 0.02 = 0.57.
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
        withdraw_stress=1.7, withdraw_talks=0.9, withdraw_issue=0.65,
        rhetoric_strength=1.5, accuse_base=-2.0, accuse_fear=1.3, accuse_alarm=0.55,
        accuse_cohesion=0.85, accuse_firmness=1.25, accuse_issue=0.3,
        soften_base=-3.1, soften_level=2.3, soften_alarm=0.75,
        sanctions_strength=2.5, sanction_base=-4.0, sanction_alarm=1.45, sanction_grievance=0.95,
        sanction_hostility=1.15, sanction_stress=1.35, lift_base=-5.0, lift_level=0.45,
        talk_base=-4.1, talk_fear=1.55, talk_return=3.3, talk_rhetoric=2.4,
        expel_base=-5.2, expel_alarm=1.05, expel_rhetoric=1.65,
    )  # fmt: skip
    t.relation(
        "ALF>BET", pooled_fear=0.3, alarm=0.4, reply=0.2, grievance=0.25, perceived=0.5,
        retaliation=0.6, deployment=deployment, rhetoric=0.75, sanctions=0.5, diplomacy=0.25,
    )  # fmt: skip
    t.pair("ALF-BET", channel=0.4, salience=0.35, talks=0.7)
    t.state("ALF", audience=0.8, cohesion=0.1, stress=0.15)
    t.relation_traits("ALF>BET", proximity=0.9)
    t.state_traits("ALF", greed=0.1, firmness=0.3, challenger=0.2)
    return t


def weights(patch: pytest.MonkeyPatch, t: Tiny) -> dict[float, tuple[float, float]]:
    """Return the weights of raising and lowering by the draw that decides."""
    found = {}

    def step(more: float, less: float, u: float) -> float:
        found[u] = more, less
        return u

    patch.setattr(choice, "step", step)
    draws = throws({("ALF>BET", Draw.CHOOSE): (WORDS, FORCES, SANCTIONS, TALKS)})
    patch.setattr(choose, "uniforms", draws)
    changed = t.changes(choose.choose_relation, t.world, t.atlas, WEEK, "ALF>BET", LANE)
    assert changed == {
        "ALF>BET.step_rhetoric": WORDS,
        "ALF>BET.step_deployment": FORCES,
        "ALF>BET.step_sanctions": SANCTIONS,
        "ALF>BET.step_diplomacy": TALKS,
    }
    return found


@pytest.mark.parametrize(
    ("deployment", "entering", "tied"),
    [(0.25, 3.0 * 0.8 * 0.9, 2.5), (0.75, 0.0, 1.1 * 0.8 * 0.75)],
)
def test_deployment_is_weighed(
    monkeypatch: pytest.MonkeyPatch, deployment: float, entering: float, tied: float
) -> None:
    more, less = weights(monkeypatch, deciding(deployment))[FORCES]
    drives = 0.8 * (2.0 * 0.3 + 0.5 * 0.4) + 1.5 * 0.2 * 0.88 + 1.2 * 0.25 + 9.0 * 0.02
    drives += 2.2 * 0.6 * 0.5 + 0.35
    deters = 0.7 * 0.6 + 1.6 * deployment**2 + 1.9 * 0.15 + 1.4 * 0.1
    assert more == about(0.57 * 2.0 * math.exp(-3.0 + drives - deters - entering))
    keeps = 0.8 * (2.9 * 0.3 + 0.6 * 0.4) + 2.1 * 0.6 * 0.5 + 3.5 * 0.02 + 0.65 * 0.35
    helps = 0.8 * deployment**2 + 1.8 * 0.2 * 0.6 + 0.4 * 0.2 + 1.7 * 0.15 + 0.9 * 0.7
    assert less == about(math.exp(0.5 + helps - keeps - tied))


def test_rhetoric_is_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    more, less = weights(monkeypatch, deciding(0.25))[WORDS]
    exponent = -2.0 + 1.3 * 0.3 + 0.55 * 0.4 - 0.85 * 0.1 + 1.25 * 0.6 + 0.3 * 0.35
    assert more == about(0.57 * 1.5 * math.exp(exponent))
    assert less == about(math.exp(-3.1 + 2.3 * 0.75 - 0.75 * 0.4 - 0.3 * 0.35))


def test_sanctions_are_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    more, less = weights(monkeypatch, deciding(0.25))[SANCTIONS]
    exponent = -4.0 + 1.45 * 0.4 + 0.95 * 0.25 + 1.15 * 0.5 - 1.35 * 0.15
    assert more == about(0.57 * 2.5 * math.exp(exponent))
    assert less == about(math.exp(-5.0 + 0.45 * 0.5))


def test_diplomacy_is_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    more, less = weights(monkeypatch, deciding(0.25))[TALKS]
    exponent = -4.1 + 1.55 * 0.3 * 0.4 - 2.4 * 0.75 * 0.8 + 3.3 * 0.25
    assert more == about(0.5 * math.exp(exponent))  # without the motive: talks need none
    assert less == about(0.5 * 0.57 * math.exp(-5.2 + 1.05 * 0.4 + 1.65 * 0.75 - 3.3 * 0.25))


def test_in_the_calm_corner_nothing_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    t = deciding(0.25)
    t.relation("ALF>BET", pooled_fear=0.0, grievance=0.0)
    t.state_traits("ALF", greed=0.0, challenger=0.0)
    found = weights(monkeypatch, t)
    assert [found[u][0] for u in (WORDS, FORCES, SANCTIONS)] == [0.0, 0.0, 0.0]


def test_steps_follow_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    t = deciding(0.25)
    draws = throws({("ALF>BET", Draw.CHOOSE): (0.0, 0.999, 0.5, 0.0)})
    monkeypatch.setattr(choose, "uniforms", draws)
    choose.choose_relation(t.world, t.atlas, WEEK, t.rows["ALF>BET"], LANE)
    me = t.relation("ALF>BET")
    steps = me.step_rhetoric, me.step_deployment, me.step_sanctions, me.step_diplomacy
    assert steps == (1.0, -1.0, 0.0, 1.0)


def acting(**other: float) -> dict[str, float]:
    t = Tiny(reply_threshold=0.3)
    before = {
        "rhetoric": 0.25, "deployment": 0.0, "sanctions": 0.5, "diplomacy": 0.75,
        "step_rhetoric": 1.0, "step_deployment": 1.0, "step_sanctions": -1.0,
        "step_diplomacy": 1.0, "reply": 0.9,
    }  # fmt: skip
    t.relation("ALF>BET", **{**before, **other})
    changed = t.changes(choose.act_relation, t.world, t.atlas, "ALF>BET", LANE)
    return {name.removeprefix("ALF>BET."): value for name, value in changed.items()}


def test_chosen_steps_take_effect() -> None:
    steps = {"rhetoric": 0.5, "sanctions": 0.25, "diplomacy": 1.0}
    assert acting() == {**steps, "deployment": 0.5, "fresh": 1.0}  # a reply is at once a display
    assert acting(reply=0.1) == {**steps, "deployment": 0.25, "fresh": 0.0}


def test_each_step_moves_its_own_instrument() -> None:
    assert acting(step_rhetoric=-1.0)["rhetoric"] == 0.0
    assert acting(step_sanctions=1.0)["sanctions"] == 0.75
    assert acting(step_diplomacy=-1.0)["diplomacy"] == 0.5
    assert acting(deployment=0.75, step_deployment=-1.0)["deployment"] == 0.5
