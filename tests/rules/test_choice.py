"""Choice, rule by rule: numbers worked out by hand, limits, and what must rise or fall.

The weight of a step is an exponential. A row of a table names what differs from a state at rest and
by how much the exponent then differs: each term stands alone before all of them stand together.
"""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.rules import choice
from tests.tiny import about, declared, only, quick, units, wrong_ways


@pytest.mark.parametrize(
    ("greed", "retaliation", "held", "expected"),
    [
        (0.5, 0.0, 0.5, 0.5),
        (0.5, 0.5, 0.5, 0.125),  # 0.5 x (1 - 1.5 x 0.5)
        (1.0, 0.4, 0.5, 0.4),
        (0.5, 1.0, 0.5, 0.0),  # deterred: never less than nothing
        (0.0, 0.0, 0.5, 0.0),
        (0.5, 0.0, 0.2, 0.5),  # who holds less than half sees no more for that
        (0.5, 0.0, 0.75, 0.25),  # 0.5 x 2 x 0.25
        (1.0, 0.4, 0.9, 0.08),  # 0.4 x 2 x 0.1
        (1.0, 0.0, 1.0, 0.0),  # nothing is left to take
    ],
)
def test_opportunity(greed: float, retaliation: float, held: float, expected: float) -> None:
    assert choice.opportunity(only(deterrence=1.5), greed, retaliation, held) == about(expected)


@quick
@given(greed=units, held=units, retaliation=units, more=units)
def test_opportunity_falls_with_retaliation_to_nothing(
    greed: float, held: float, retaliation: float, more: float
) -> None:
    p = only(deterrence=1.0)
    at = {"greed": greed, "retaliation": retaliation, "held": held}
    assert 0.0 <= choice.opportunity(p, **at) <= greed
    assert wrong_ways(choice.opportunity, p, at, more, {"retaliation": -1}) == []
    assert choice.opportunity(p, greed, 1.0, held) == 0.0


@quick
@given(greed=units, held=units, retaliation=units, more=units)
def test_opportunity_falls_with_what_is_held_to_nothing(
    greed: float, held: float, retaliation: float, more: float
) -> None:
    at = {"greed": greed, "retaliation": retaliation, "held": held}
    assert wrong_ways(choice.opportunity, declared(), at, more, {"held": -1, "greed": 1}) == []
    assert choice.opportunity(declared(), greed, retaliation, 1.0) == 0.0


@pytest.mark.parametrize(
    ("fear", "grievance", "heat", "opportunity", "expected"),
    [
        (0.0, 0.0, 0.0, 0.0, 0.0),  # the calm corner
        (0.0, 0.0, -1.0, 0.0, 0.0),  # where trust adds nothing and takes nothing
        (0.3, 0.0, 0.0, 0.0, 0.3),
        (0.0, 0.3, 0.0, 0.0, 0.15),  # 0.5 x 0.3
        (0.0, 0.0, 0.5, 0.0, 0.2),  # 0.4 x 0.5
        (0.0, 0.0, 0.0, 0.3, 0.3),
        (0.1, 0.2, 0.25, 0.3, 0.6),
        (0.3, 0.0, -1.0, 0.0, 0.3),
        (0.5, 0.4, 1.0, 0.3, 1.0),  # 1.4, cut
    ],
)
def test_motive(
    fear: float, grievance: float, heat: float, opportunity: float, expected: float
) -> None:
    p = only(motive_grievance=0.5, motive_heat=0.4)
    assert choice.motive(p, fear, grievance, heat, opportunity) == about(expected)


@quick
@given(
    at=st.fixed_dictionaries(dict.fromkeys(("fear", "grievance", "heat", "opportunity"), units)),
    other=units,
)
def test_every_reason_adds_to_the_motive(at: dict[str, float], other: float) -> None:
    assert 0.0 <= choice.motive(declared(), **at) <= 1.0
    assert wrong_ways(choice.motive, declared(), at, other, dict.fromkeys(at, 1)) == []


@pytest.mark.parametrize(
    ("up", "down", "u", "expected"),
    [
        (2.0, 1.0, 0.49, 1.0),  # of 4, 2 are for raising,
        (2.0, 1.0, 0.5, 0.0),
        (2.0, 1.0, 0.75, 0.0),  # 1 for holding
        (2.0, 1.0, 0.76, -1.0),  # and 1 for lowering
        (0.0, 3.0, 0.0, 0.0),  # no weight, no step
        (0.0, 3.0, 0.24, 0.0),
        (0.0, 3.0, 0.26, -1.0),
        (3.0, 0.0, 0.76, 0.0),
        (3.0, 0.0, 0.999, 0.0),
    ],
)
def test_step(up: float, down: float, u: float, expected: float) -> None:
    assert choice.step(up, down, u) == expected


@quick
@given(up=st.floats(0.0, 20.0), down=st.floats(0.0, 20.0), u=units, v=units)
def test_step_raises_from_below_and_lowers_from_above(
    up: float, down: float, u: float, v: float
) -> None:
    low, high = sorted((u, v))
    assert choice.step(up, down, low) >= choice.step(up, down, high)
    assert choice.step(0.0, down, low) <= 0.0
    assert choice.step(up, 0.0, high) >= 0.0


@pytest.mark.parametrize(
    ("up", "down", "weight", "u", "expected"),
    [
        (2.0, 1.0, 0.4, 0.49, False),  # raised
        (2.0, 1.0, 0.4, 0.5, True),  # of holding's 1, from 2 to 2.4 of 4
        (2.0, 1.0, 0.4, 0.59, True),
        (2.0, 1.0, 0.4, 0.61, False),
        (2.0, 1.0, 5.0, 0.74, True),  # no more than what is held
        (2.0, 1.0, 5.0, 0.75, False),
        (2.0, 1.0, 0.0, 0.5, False),
        (0.0, 0.0, 0.4, 0.0, True),
    ],
)
def test_renewed(up: float, down: float, weight: float, u: float, expected: bool) -> None:
    assert bool(choice.renewed(up, down, weight, u)) is expected


@quick
@given(up=st.floats(0.0, 20.0), down=st.floats(0.0, 20.0), weight=st.floats(0.0, 3.0), u=units)
def test_only_what_is_held_is_acted_on_anew(
    up: float, down: float, weight: float, u: float
) -> None:
    assert choice.step(up, down, u) == 0.0 or not choice.renewed(up, down, weight, u)


@pytest.mark.parametrize(
    ("heat", "deployment", "expected"),
    [
        (0.0, 0.25, 0.0),  # no display to renew
        (2.0, 0.0, 0.0),
        (0.0, 0.5, 0.02),
        (0.5, 0.75, 0.02 * math.exp(0.4)),  # 0.8 x 0.5
        (-0.5, 1.0, 0.02 * math.exp(-0.4)),
    ],
)
def test_renew(heat: float, deployment: float, expected: float) -> None:
    p = only(posture_rate=0.02, posture_heat=0.8)
    assert choice.renew(p, heat, deployment) == about(expected)


# Deployment

AT_REST = {
    "fear": 0.0, "alarm": 0.0, "reply": 0.0, "heat": 0.0, "grievance": 0.0, "perceived": 0.0,
    "opportunity": 0.0, "retaliation": 0.0, "greed": 0.0, "firmness": 0.0, "audience": 0.0,
    "cohesion": 0.0, "stress": 0.0, "deployment": 0.0, "proximity": 1.0, "salience": 0.0,
}  # fmt: skip
DEPLOY = {
    "deployment_strength": 2.0, "deploy_base": -3.0, "deploy_fear": 2.0, "deploy_alarm": 0.5,
    "deploy_reply": 4.0, "deploy_heat": 1.1, "deploy_grievance": 1.5, "deploy_opportunity": 9.0,
    "deploy_firmness": 5.0, "deploy_audience": 3.0, "deploy_retaliation": 0.8,
    "deploy_cost": 1.2, "deploy_stress": 1.6, "deploy_reach": 1.4, "deploy_threshold": 1.7,
    "reply_threshold": 0.6,
}  # fmt: skip


@pytest.mark.parametrize(
    ("other", "added"),
    [
        ({}, 0.0),
        ({"fear": 0.5}, 1.0),
        ({"fear": 0.5, "greed": 0.25}, 0.75),  # a prober is moved less by fear
        ({"fear": 0.5, "greed": 1.0}, 0.0),
        ({"alarm": 1.2}, 0.6),
        ({"alarm": 1.2, "greed": 0.5}, 0.3),
        ({"reply": 0.5}, 2.0),
        ({"retaliation": 0.5}, -0.4),
        ({"reply": 0.5, "retaliation": 0.5}, 1.6),  # a security seeker replies all the same
        ({"reply": 0.5, "retaliation": 0.5, "greed": 0.5}, 1.1),  # 4 x 0.5 x 0.75 - 0.4
        ({"heat": 0.5}, 0.55),
        ({"heat": -0.5}, -0.55),  # trust
        ({"grievance": 0.4}, 0.6),
        ({"opportunity": 0.1}, 0.9),
        ({"firmness": 0.2}, 0.0),  # firmness answers hostility alone
        ({"perceived": 0.5}, 0.0),
        ({"firmness": 0.2, "perceived": 0.5}, 0.5),
        ({"audience": 0.5}, -1.5),
        ({"audience": 0.5, "cohesion": 0.2}, -1.2),  # a rallied home forgives
        ({"audience": 0.5, "cohesion": -0.5}, -2.25),
        ({"deployment": 0.2}, -0.048),  # 1.2 x 0.2 x 0.2
        ({"deployment": 0.25}, -1.775),  # 1.2 x 0.25 x 0.25, and the threshold of a display
        ({"audience": 0.5, "deployment": 0.25}, -3.275),
        ({"reply": 0.6}, 2.4),
        ({"reply": 0.7}, 1.1),  # at once a display: 4 x 0.7 - 1.7
        ({"reply": 0.7, "deployment": 0.25}, 1.025),  # one threshold, not two
        ({"reply": 0.7, "deployment": 0.5}, 2.5),  # crossed already: 2.8 - 0.3
        ({"audience": 0.5, "deployment": 0.5}, -0.3),  # in the crisis already
        ({"stress": 0.5}, -0.8),
        ({"proximity": 0.25}, -1.05),  # 1.4 x 0.75
        ({"salience": -0.7}, -0.7),
        (
            {"fear": 0.5, "alarm": 1.0, "greed": 0.5, "grievance": 0.2, "stress": 0.25,
             "proximity": 0.5, "salience": 0.45},
            0.5 + 0.25 + 0.3 - 0.4 - 0.7 + 0.45,
        ),
    ],
)  # fmt: skip
def test_deploy_more(other: dict[str, float], added: float) -> None:
    weight = choice.deploy_more(only(**DEPLOY), **{**AT_REST, **other})
    assert weight == about(2.0 * math.exp(-3.0 + added))


def test_deploy_more_is_nothing_at_strength_zero() -> None:
    p = only(**{**DEPLOY, "deployment_strength": 0.0})
    assert choice.deploy_more(p, **{**AT_REST, "fear": 1.0, "alarm": 2.0}) == 0.0


@quick
@given(at=st.fixed_dictionaries(dict.fromkeys(AT_REST, units)), other=units)
def test_what_drives_and_deters_deployment(at: dict[str, float], other: float) -> None:
    drives = ("fear", "alarm", "heat", "grievance", "perceived", "opportunity", "firmness",
              "cohesion", "proximity", "salience")  # fmt: skip
    signs = {**dict.fromkeys(drives, 1), **dict.fromkeys(("retaliation", "audience", "stress"), -1)}
    assert wrong_ways(choice.deploy_more, declared(), at, other, signs) == []
    near = {**at, "deployment": max(0.25, at["deployment"])}  # where the next step is a display
    assert wrong_ways(choice.deploy_more, declared(), near, other, {"reply": 1}) == []


WITHDRAW = {
    "withdraw_base": 0.5, "withdraw_presence": 2.5, "withdraw_cost": 0.8, "withdraw_fear": 3.0,
    "withdraw_alarm": 0.6, "withdraw_audience": 1.2, "withdraw_firmness": 2.0,
    "withdraw_opportunity": 3.5, "withdraw_respect": 1.8, "withdraw_channel": 0.4,
    "withdraw_stress": 1.6, "withdraw_talks": 0.9, "withdraw_issue": 0.7, "withdraw_heat": 1.3,
    "withdraw_relief": 2.2,
}  # fmt: skip
SHOWN = {
    "fear": 0.0, "alarm": 0.0, "heat": 0.0, "perceived": 0.0, "opportunity": 0.0,
    "retaliation": 0.0, "greed": 0.0, "firmness": 0.0, "audience": 0.0, "rhetoric": 0.0,
    "stress": 0.0, "deployment": 0.5, "clarity": 0.0, "talks": 0.0, "relief": 0.0,
    "salience": 0.0,
}  # fmt: skip
"""A show of force: the exponent is 0.5 + 0.8 x 0.25 = 0.7."""


@pytest.mark.parametrize(
    ("other", "added"),
    [
        ({}, 0.0),
        ({"deployment": 1.0}, 0.6),  # 0.8 x (1 - 0.25)
        ({"deployment": 0.25}, -2.65),  # presence is sticky, and costs 0.8 x (0.0625 - 0.25)
        ({"fear": 0.5}, -1.5),
        ({"fear": 0.5, "greed": 0.5}, -0.75),
        ({"alarm": 1.5}, -0.9),
        ({"alarm": 1.5, "greed": 1.0}, 0.0),
        ({"heat": 0.5}, -0.65),
        ({"heat": -0.5}, 0.65),
        ({"audience": 0.5}, 0.0),  # a silent leader's hands are free
        ({"rhetoric": 0.5}, 0.0),
        ({"audience": 0.5, "rhetoric": 0.5}, -0.3),
        ({"audience": 0.5, "rhetoric": 0.5, "deployment": 0.25}, -2.65),  # nothing shown to undo
        ({"firmness": 0.5, "perceived": 0.4}, -0.4),
        ({"firmness": 0.5}, 0.0),
        ({"perceived": 0.4}, 0.0),
        ({"opportunity": 0.2}, -0.7),
        ({"retaliation": 0.5}, 0.0),  # who seeks no gain has nothing to respect
        ({"retaliation": 0.5, "greed": 0.5}, 0.45),
        ({"clarity": 0.5}, 0.2),
        ({"stress": 0.5}, 0.8),
        ({"talks": 0.5}, 0.45),
        ({"audience": 0.5, "rhetoric": 0.5, "talks": 0.5}, 0.3),  # half the face saved: 0.45 - 0.15
        ({"audience": 0.5, "rhetoric": 0.5, "talks": 1.0}, 0.9),  # ... and all of it
        ({"relief": 0.5}, 1.1),  # 2.2 x 0.5
        ({"relief": 0.5, "deployment": 0.75}, 1.35),  # + 0.8 x (0.5625 - 0.25)
        ({"relief": 0.5, "deployment": 0.25}, -2.65),  # it is the display that is to end
        ({"salience": -0.5}, 0.35),
        (
            {"fear": 0.2, "alarm": 0.5, "greed": 0.5, "retaliation": 0.4, "opportunity": 0.1,
             "clarity": 0.25, "talks": 1.0, "relief": 0.1, "salience": 0.3},
            -0.3 - 0.15 + 0.36 - 0.35 + 0.1 + 0.9 + 0.22 - 0.21,
        ),
    ],
)  # fmt: skip
def test_deploy_less(other: dict[str, float], added: float) -> None:
    weight = choice.deploy_less(only(**WITHDRAW), **{**SHOWN, **other})
    assert weight == about(math.exp(0.7 + added))


@quick
@given(at=st.fixed_dictionaries(dict.fromkeys(SHOWN, units)), other=units)
def test_what_keeps_a_deployment_and_what_helps_it_down(at: dict[str, float], other: float) -> None:
    keeps = ("fear", "alarm", "heat", "perceived", "opportunity", "firmness", "audience",
             "rhetoric", "salience")  # fmt: skip
    helps = ("retaliation", "clarity", "talks", "stress", "relief")
    signs = {**dict.fromkeys(keeps, -1), **dict.fromkeys(helps, 1)}
    assert wrong_ways(choice.deploy_less, declared(), at, other, signs) == []


# Rhetoric

ACCUSE = {
    "rhetoric_strength": 1.5, "accuse_base": -2.0, "accuse_fear": 1.6, "accuse_alarm": 0.5,
    "accuse_heat": 0.7, "accuse_cohesion": 0.8, "accuse_firmness": 1.2, "accuse_issue": 0.3,
}  # fmt: skip
QUIET = dict.fromkeys(("fear", "alarm", "heat", "cohesion", "firmness", "salience"), 0.0)


@pytest.mark.parametrize(
    ("other", "added"),
    [
        ({}, 0.0),
        ({"fear": 0.5}, 0.8),
        ({"alarm": 0.5}, 0.25),
        ({"heat": 0.5}, 0.35),
        ({"cohesion": 0.5}, -0.4),
        ({"cohesion": -0.5}, 0.4),  # a home to rally
        ({"firmness": 0.5}, 0.6),
        ({"salience": 1.0}, 0.3),
        (dict.fromkeys(QUIET, 0.5), 0.8 + 0.25 + 0.35 - 0.4 + 0.6 + 0.15),
    ],
)
def test_accuse_more(other: dict[str, float], added: float) -> None:
    weight = choice.accuse_more(only(**ACCUSE), **{**QUIET, **other})
    assert weight == about(1.5 * math.exp(-2.0 + added))


def test_accuse_more_is_nothing_at_strength_zero() -> None:
    p = only(**{**ACCUSE, "rhetoric_strength": 0.0})
    assert choice.accuse_more(p, **dict.fromkeys(QUIET, 1.0)) == 0.0


@pytest.mark.parametrize(
    ("alarm", "rhetoric", "salience", "exponent"),
    [
        (0.0, 0.0, 0.0, -3.0),
        (0.0, 0.5, 0.0, -2.0),  # + 2 x 0.5
        (0.5, 0.0, 0.0, -3.4),  # - 0.8 x 0.5
        (0.0, 0.0, 1.0, -3.3),  # - 0.3
        (0.5, 1.0, -1.0, -1.1),  # - 0.4 + 2 + 0.3
    ],
)
def test_accuse_less(alarm: float, rhetoric: float, salience: float, exponent: float) -> None:
    p = only(soften_base=-3.0, soften_level=2.0, soften_alarm=0.8, accuse_issue=0.3)
    assert choice.accuse_less(p, alarm, rhetoric, salience) == about(math.exp(exponent))


@quick
@given(alarm=units, rhetoric=units, louder=units)
def test_loud_words_are_harder_to_keep_up(alarm: float, rhetoric: float, louder: float) -> None:
    low, high = sorted((rhetoric, louder))
    p = declared()
    assert choice.accuse_less(p, alarm, low, 0.0) <= choice.accuse_less(p, alarm, high, 0.0)


# Sanctions


@pytest.mark.parametrize(
    ("alarm", "grievance", "perceived", "stress", "leaning", "exponent"),
    [
        (0.0, 0.0, 0.0, 0.0, 0.0, -4.0),
        (0.5, 0.0, 0.0, 0.0, 0.0, -3.3),  # + 1.4 x 0.5
        (0.0, 0.5, 0.0, 0.0, 0.0, -3.6),  # + 0.8 x 0.5
        (0.0, 0.0, 0.5, 0.0, 0.0, -3.4),  # + 1.2 x 0.5
        (0.0, 0.0, 0.0, 0.5, 0.0, -4.9),  # - 1.8 x 0.5
        (0.0, 0.0, 0.0, 0.0, 0.5, -2.9),  # + 2.2 x 0.5
        (1.0, 1.0, 1.0, 1.0, 1.0, -0.2),  # 1.4 + 0.8 + 1.2 - 1.8 + 2.2
    ],
)
def test_sanction_more(
    alarm: float, grievance: float, perceived: float, stress: float, leaning: float, exponent: float
) -> None:
    p = only(
        sanctions_strength=3.0, sanction_base=-4.0, sanction_alarm=1.4, sanction_grievance=0.8,
        sanction_hostility=1.2, sanction_stress=1.8, sanction_lean=2.2,
    )  # fmt: skip
    weight = choice.sanction_more(p, alarm, grievance, perceived, stress, leaning)
    assert weight == about(3.0 * math.exp(exponent))


def test_sanction_more_is_nothing_at_strength_zero() -> None:
    assert choice.sanction_more(declared(sanctions_strength=0.0), 1.0, 1.0, 1.0, 0.0, 1.0) == 0.0


@pytest.mark.parametrize(
    ("conditional", "sanctions", "met", "exponent"),
    [
        (0.5, 0.0, 0.0, -5.0),
        (0.5, 0.5, 0.0, -4.6),
        (0.5, 1.0, 0.0, -4.2),
        (0.5, 0.0, 1.0, -3.75),  # + 2.5 x 0.5
        (1.0, 0.5, 1.0, -2.1),  # + 0.4 + 2.5
        (0.0, 0.5, 1.0, -4.6),  # tied to nothing: what is met is no matter
    ],
)
def test_sanction_less(conditional: float, sanctions: float, met: float, exponent: float) -> None:
    p = only(lift_base=-5.0, lift_level=0.8, lift_condition=2.5, conditional=conditional)
    assert choice.sanction_less(p, sanctions, met) == about(math.exp(exponent))


def test_sanctions_outlive_their_reasons() -> None:
    # At the declared values an embargo is eased at e^-5 a week: after some 148 weeks, 2.9 years.
    assert choice.sanction_less(declared(), 1.0, 0.0) == about(math.exp(-5.0))
    # ... and at e^-4.1 where its condition is met: 3 x 0.3 more.
    assert choice.sanction_less(declared(), 1.0, 1.0) == about(math.exp(-4.1))


OFFER = {"sanctions": 1.0, "stress": 0.0, "audience": 0.0, "threats": 0.0}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, 0.2),  # 0.5 x 0.4: worth something even without stress
        ({"sanctions": 0.5}, 0.1),
        ({"sanctions": 0.0, "stress": 1.0}, 0.0),  # there is nothing to lift
        ({"stress": 0.5}, 0.35),  # 0.5 x (0.4 + 0.6 x 0.5)
        ({"stress": 1.0}, 0.5),
        ({"audience": 0.8}, 0.2),  # who is not threatened loses no face
        ({"threats": 0.75}, 0.2),  # ... nor does who faces no audience
        ({"audience": 0.8, "threats": 0.75}, 0.104),  # 0.2 x (1 - 0.8 x 0.6)
        ({"audience": 3.0, "threats": 1.0}, 0.04),  # 0.2 x (1 - 0.8), at most
        ({"sanctions": 0.5, "stress": 0.5, "audience": 0.5, "threats": 0.5}, 0.14),  # 0.175 x 0.8
    ],
)
def test_relief(other: dict[str, float], expected: float) -> None:
    p = only(conditional=0.5, relief_floor=0.4, relief_face=0.8)
    assert choice.relief(p, **{**OFFER, **other}) == about(expected)


@quick
@given(at=st.fixed_dictionaries(dict.fromkeys(OFFER, units)), other=units)
def test_hurt_makes_relief_and_threats_take_it_away(at: dict[str, float], other: float) -> None:
    signs = {"sanctions": 1, "stress": 1, "audience": -1, "threats": -1}
    assert 0.0 <= choice.relief(declared(conditional=1.0), **at) <= at["sanctions"]
    assert wrong_ways(choice.relief, declared(), at, other, signs) == []
    assert choice.relief(declared(conditional=0.0), **at) == 0.0  # tied to nothing, no relief


# Forces in allies


@pytest.mark.parametrize(
    ("fear", "leader_fear", "expected"),
    [
        (0.0, 0.0, 0.0),
        (0.0, 1.0, 0.0),  # who fears nothing invites nobody, whatever its leader fears
        (0.5, 0.0, math.exp(-4.25)),  # 2 x 0.5 x exp(-5 + 3 x 0.25)
        (0.5, 0.5, math.exp(-3.5)),
        (1.0, 0.5, 2.0 * math.exp(-2.75)),
        (1.0, 1.0, 2.0 * math.exp(-2.0)),
    ],
)
def test_station_more(fear: float, leader_fear: float, expected: float) -> None:
    p = only(deployment_strength=2.0, station_base=-5.0, station_fear=3.0)
    assert choice.station_more(p, fear, leader_fear) == about(expected)


def test_station_more_is_nothing_at_strength_zero() -> None:
    assert choice.station_more(declared(deployment_strength=0.0), 1.0, 1.0) == 0.0


@pytest.mark.parametrize(("fear", "exponent"), [(0.0, -3.0), (0.5, -3.6), (1.0, -4.2)])
def test_station_less(fear: float, exponent: float) -> None:
    p = only(unstation_base=-3.0, unstation_fear=1.2)
    assert choice.station_less(p, fear) == about(math.exp(exponent))


@quick
@given(fear=units, leader_fear=units, other=units)
def test_fear_brings_allied_forces_and_keeps_them(
    fear: float, leader_fear: float, other: float
) -> None:
    at = {"fear": fear, "leader_fear": leader_fear}
    assert wrong_ways(choice.station_more, declared(), at, other, dict.fromkeys(at, 1)) == []
    assert wrong_ways(choice.station_less, declared(), {"fear": fear}, other, {"fear": -1}) == []


# Diplomacy

TALK = {
    "channel_strength": 0.5, "talk_base": -4.0, "talk_fear": 1.5, "talk_rhetoric": 2.0,
    "talk_return": 3.0,
}  # fmt: skip
EMBASSIES = {
    "fear": 0.0, "sensibility": 0.4, "rhetoric": 0.0, "audience": 0.0, "diplomacy": 0.5,
}  # fmt: skip


@pytest.mark.parametrize(
    ("other", "added"),
    [
        ({}, 0.0),
        ({"fear": 0.5}, 0.3),  # 1.5 x 0.5 x 0.4
        ({"rhetoric": 0.5}, 0.0),
        ({"audience": 0.5}, 0.0),
        ({"rhetoric": 0.5, "audience": 0.25}, -0.25),
        ({"diplomacy": 0.0}, 1.5),  # back to ordinary embassies
        ({"diplomacy": 1.0}, -1.5),
        ({"fear": 1.0, "rhetoric": 0.5, "audience": 1.0, "diplomacy": 0.25}, 0.6 - 1.0 + 0.75),
    ],
)
def test_talk_more(other: dict[str, float], added: float) -> None:
    weight = choice.talk_more(only(**TALK), **{**EMBASSIES, **other})
    assert weight == about(0.5 * math.exp(-4.0 + added))


def test_fear_without_sensibility_seeks_no_talks() -> None:
    dull = {**EMBASSIES, "fear": 1.0, "sensibility": 0.0}
    assert choice.talk_more(only(**TALK), **dull) == about(0.5 * math.exp(-4.0))


EXPEL = {
    "channel_strength": 0.5, "talk_base": -4.0, "talk_return": 3.0, "expel_base": -5.0,
    "expel_alarm": 0.8, "expel_rhetoric": 1.2,
}  # fmt: skip


@pytest.mark.parametrize(
    ("alarm", "rhetoric", "diplomacy", "motive", "expected"),
    [
        (0.0, 0.0, 0.5, 1.0, 0.5 * math.exp(-5.0)),
        (0.0, 0.0, 0.5, 0.2, 0.1 * math.exp(-5.0)),
        (0.5, 0.0, 0.5, 1.0, 0.5 * math.exp(-4.6)),
        (0.0, 0.5, 0.5, 1.0, 0.5 * math.exp(-4.4)),
        (0.0, 0.0, 0.25, 1.0, 0.5 * math.exp(-5.75)),
        (1.0, 1.0, 0.5, 0.0, 0.0),  # without a motive embassies stay
        (1.0, 1.0, 1.0, 0.0, 0.5 * math.exp(-2.5)),  # ... and a summit ends: -4 + 3 x 0.5
        (0.5, 0.5, 0.75, 0.4, 0.2 * math.exp(-3.25) + 0.5 * math.exp(-3.25)),
    ],
)
def test_talk_less(
    alarm: float, rhetoric: float, diplomacy: float, motive: float, expected: float
) -> None:
    weight = choice.talk_less(only(**EXPEL), alarm, rhetoric, diplomacy, motive)
    assert weight == about(expected)


def test_without_channels_diplomacy_does_not_move() -> None:
    p = declared(channel_strength=0.0)
    assert choice.talk_more(p, **{**EMBASSIES, "fear": 1.0, "rhetoric": 0.5}) == 0.0
    assert choice.talk_less(p, alarm=1.0, rhetoric=0.5, diplomacy=0.75, motive=1.0) == 0.0


@pytest.mark.parametrize(
    ("rung", "violence", "expected"),
    [
        (3.0, 0.0, 0.0),  # a display is no crisis
        (4.0, 0.0, 0.03),  # 0.06 x 0.5
        (5.0, 1.0, 0.03),
        (0.0, 1.0, 0.03),
        (0.0, 0.0, 0.0),
    ],
)
def test_mediation_odds(rung: float, violence: float, expected: float) -> None:
    assert choice.mediation_odds(only(mediation=0.06), rung, violence, 0.5) == about(expected)


def test_nobody_mediates_where_no_neutral_is_willing() -> None:
    assert choice.mediation_odds(only(mediation=0.06), 7.0, 3.0, 0.0) == 0.0


@pytest.mark.parametrize(
    ("before", "mediated", "expected"),
    [(0.5, 0.0, 0.4), (0.0, 0.0, 0.0), (0.5, 1.0, 1.0), (0.0, 1.0, 1.0)],  # 0.5 x (1 - 0.2)
)
def test_talks(before: float, mediated: float, expected: float) -> None:
    assert choice.talks(only(mediation_end=0.2), before, mediated) == about(expected)
