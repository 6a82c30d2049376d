"""Confronting: accidents, meetings, stands, answers and violence, each threshold by hand."""

from __future__ import annotations

import math

import pytest

from sim.model.stages import confront
from sim.model.vocabulary import Draw
from tests.tiny import LANE, WEEK, Tiny, about, throws

NEVER = {
    "slip_a": 0.999, "stand_a": 0.999, "answer_a": 0.999, "judge_a": 0.999,
    "slip_b": 0.999, "stand_b": 0.999, "answer_b": 0.999, "judge_b": 0.999,
    "meet": 0.999, "end": 0.999, "war": 0.999, "nuclear": 0.999,
    "force_a": 0.999, "force_b": 0.999, "meant_a": 0.999, "meant_b": 0.999,
}  # fmt: skip
"""Draws of a week in which nothing happens."""
EVEN = 1e-6

READY_A = 0.1 + 1.2 * 0.2 + 0.5 * 0.4 + 2.0 * 0.6 * 0.5 + 0.6 * 0.4 + 0.8 * 0.1 - 0.16 * 2.0 + 0.3
READY_B = 0.1 + 1.2 * 0.5 + 0.5 * 0.1 + 2.0 * 0.2 * 0.25 + 0.6 * 0.6 + 0.8 * 0.5 - 0.16 * 2.0 - 0.3
"""Log-odds of standing but for what is believed: base, grievance, fear, tied hands, firmness,
greed, nuclear risk (0.4 x 0.5 x 0.8, twice at rung 5), cohesion."""
FACED_A, FACED_B = 1.5 * 2.0 * 0.48, 1.5 * 2.0 * 0.3
"""What a full belief in the other's resolve takes off: its share of capability is 0.4 x 1.2 as ALF
sees it, 0.6 x 0.5 as BET does."""


def facing(one: str = "ALF", other: str = "BET") -> Tiny:
    """Return a world in which the forces of two states face each other, ``one`` with a display.

    Greed of ``one`` is 0.1 and firmness 0.3 + 0.1; of ``other``, the challenger, 0.2 + 0.3 and
    0.4 + 0.2. The pressure is 2 x (1 - 0.8 x 0.5 x 0.5) x (1 + 0.1 x 5) = 2.4. The last act of
    ``one`` was the first after a misreading, that of ``other`` the second after a gain; each is
    due to answer the other's. ``one`` holds 0.4 of what is at issue, and nothing changes hands.
    """
    t = Tiny(
        miscalculation_strength=2.0, accident=0.05, contact_base=0.2, time_pressure=0.1,
        accident_issue=0.8, force_share=0.6, incident=0.1, incident_base=0.3,
        incident_mutual=2.0, incident_fresh=0.6, incident_reach=0.4, incident_issue=0.5,
        incident_violence=0.25, misjudged_resolve=0.2, yielding_share=0.65,
        channel_strength=0.5, channel_clarity=0.8, resolve_size=0.3, stand_base=0.1,
        stand_grievance=1.2, stand_fear=0.5, stand_audience=2.0, stand_firmness=0.6,
        stand_greed=0.8, stand_belief=1.5, stand_nuclear=0.4, stand_cohesion=3.0,
        retaliation=0.5, deployment_strength=1.0, force_impulse=0.3, belief_up=0.25,
        belief_down=0.5, war_onset=0.2, nuclear_brake=0.9, nuclear_use=0.02, end_talks=2.0,
        clash_end=0.6, war_end=0.04, nuclear_end=0.1, challenger_greed=0.3,
        challenger_firmness=0.2, defender_firmness=0.1, reach=0.2, attribution=0.25,
        excuse_channel=0.4, strike_floor=0.1, strike_fresh=0.3, score_settle=0.4,
        reply_settle=0.5, act_memory=0.8, tripwire_join=2.0, deterrence=0.5, concession=0.0,
        seizure=0.0, encroachment=0.0, grievance_loss=1.5, offence=0.5,
    )  # fmt: skip
    none = dict.fromkeys(
        ("accident", "misread_resolve", "stance", "force", "fresh", "excused", "own_acts",
         "exercise", "announced"), 0.0
    )  # fmt: skip
    t.relation(
        f"{one}>{other}", grievance=0.2, pooled_fear=0.4, rhetoric=0.5, resolve=0.6,
        capability_error=1.2, motive=0.3, deployment=0.5, reply=0.25, exposure=0.8, heat=3.0,
        strike=0.2, reason=1.0, trace=11.0, due_trace=26.0, score=0.5, retaliation=0.5, **none,
    )  # fmt: skip
    t.relation(
        f"{other}>{one}", grievance=0.5, pooled_fear=0.1, rhetoric=0.25, resolve=0.3,
        capability_error=0.5, motive=0.5, deployment=0.25, reply=0.5, exposure=0.6, heat=1.0,
        strike=0.1, reason=2.0, trace=18.0, due_trace=19.0, score=1.0, retaliation=0.4, **none,
    )  # fmt: skip
    own = {"force_share": -1.0, "yielding_share": -1.0}
    t.relation_traits(f"{one}>{other}", proximity=0.9, accident_odds=1.5, resolve_odds=0.5, **own)
    t.relation_traits(f"{other}>{one}", proximity=0.6, accident_odds=0.5, resolve_odds=1.0, **own)
    t.pair(
        f"{one}-{other}", channel=0.5, rung=5.0, talks=0.25, violence=0.0, salience=0.4,
        new_clash=0.0, cause=0.0, root=0.0, stake=0.4,
    )  # fmt: skip
    t.pair_traits(f"{one}-{other}", proximity=0.75)
    t.state(one, audience=0.6, cohesion=0.1, nuclear=0.5, pooled_capability=0.3, bloc=1.0)
    t.state(other, audience=0.2, cohesion=-0.1, nuclear=0.8, pooled_capability=0.2, bloc=2.0)
    t.state(one, hosted=0.0)
    t.state(other, hosted=0.0)
    t.state_traits(one, firmness=0.3, greed=0.1, challenger=0.0, nuclear=0.2, leads=1.0)
    t.state_traits(other, firmness=0.4, greed=0.2, challenger=1.0, nuclear=0.7, leads=2.0)
    t.system(crises=1.0, stands=10.0, yields=20.0, west_attacked=0.0, east_attacked=0.0)
    t.system(west_concessions=2.0, east_concessions=3.0, west_gains=0.5, east_gains=0.25)
    return t


def play(
    patch: pytest.MonkeyPatch, t: Tiny, one: str = "ALF", other: str = "BET", /, **draws: float
) -> dict[str, float]:
    """Let the two confront each other, with these draws and else none that matters."""
    u = {**NEVER, **draws}
    known = {
        (f"{one}>{other}", Draw.ACT): (u["slip_a"], u["stand_a"], u["answer_a"], u["judge_a"]),
        (f"{other}>{one}", Draw.ACT): (u["slip_b"], u["stand_b"], u["answer_b"], u["judge_b"]),
        (f"{one}-{other}", Draw.CONFRONT): (u["meet"], u["end"], u["war"], u["nuclear"]),
        (f"{one}-{other}", Draw.FORCE): (u["force_a"], u["force_b"], u["meant_a"], u["meant_b"]),
    }
    patch.setattr(confront, "uniforms", throws(known))
    return t.changes(confront.confront_pair, t.world, t.atlas, WEEK, f"{one}-{other}", LANE)


ACTED_A = {"ALF>BET.own_acts": 1.0, "ALF>BET.score": 0.3, "ALF>BET.reply": 0.125}
ACTED_B = {"BET>ALF.own_acts": 1.0, "BET>ALF.score": 0.6, "BET>ALF.reply": 0.25}
"""What an own display or use of force leaves: two fifths of the score and half of the reply are
settled."""
FORCED_A = {**ACTED_A, "ALF>BET.force": 1.0, "ALF>BET.fresh": 0.3}
FORCED_B = {**ACTED_B, "BET>ALF.force": 1.0, "BET>ALF.fresh": 0.3}
BEGUN = {
    "ALF-BET.violence": 1.0, "ALF-BET.new_clash": 1.0, "system.west_attacked": 1.0,
    "system.east_attacked": 1.0,
}  # fmt: skip


def odds(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-log_odds))


def test_most_weeks_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    assert play(monkeypatch, facing()) == {}


# Meeting

MEET = 0.1 * (0.3 + 2.0 * 0.25 + 0.6 * 0.5) * (0.4 + 0.6 * 0.75) * math.exp(0.5 * 0.4)


def test_displayed_forces_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    assert play(monkeypatch, facing(), meet=MEET + EVEN) == {}
    assert play(monkeypatch, facing(), meet=MEET - EVEN) == about({
        # Both yield: one comes down a step, the other from presence to none; both learn.
        "ALF>BET.stance": -1.0, "ALF>BET.deployment": 0.25, "ALF>BET.resolve": 0.3,
        "BET>ALF.stance": -1.0, "BET>ALF.deployment": 0.0, "BET>ALF.resolve": 0.15,
        "system.yields": 22.0,
    })  # fmt: skip


@pytest.mark.parametrize("side", ["ALF>BET", "BET>ALF"])
def test_either_sides_fresh_act_heats_a_meeting(monkeypatch: pytest.MonkeyPatch, side: str) -> None:
    heated = MEET * (0.3 + 0.5 + 0.6 * 0.9) / (0.3 + 0.5 + 0.6 * 0.5)
    for u, met in ((heated - EVEN, True), (heated + EVEN, False)):
        t = facing()
        t.relation(side, reply=0.9)
        assert ("system.yields" in play(monkeypatch, t, meet=u)) is met


@pytest.mark.parametrize("side", ["ALF>BET", "BET>ALF"])
def test_either_side_may_be_the_one_that_displays(
    monkeypatch: pytest.MonkeyPatch, side: str
) -> None:
    for u, met in ((MEET - EVEN, True), (MEET + EVEN, False)):
        t = facing()
        for name in ("ALF>BET", "BET>ALF"):
            t.relation(name, deployment=0.5 if name == side else 0.25)
        assert ("system.yields" in play(monkeypatch, t, meet=u)) is met


def test_where_nobody_displays_forces_do_not_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    t = facing()
    t.relation("ALF>BET", deployment=0.25)
    assert play(monkeypatch, t, meet=0.0) == {}


def test_a_clash_burns_on(monkeypatch: pytest.MonkeyPatch) -> None:
    t = facing()
    t.pair("ALF-BET", violence=1.0)
    assert play(monkeypatch, t, meet=MEET + 0.25 + EVEN) == {}
    assert play(monkeypatch, t, meet=MEET + 0.25 - EVEN)["system.yields"] == 22.0


# Standing


@pytest.mark.parametrize(
    ("judge", "error", "believed"),
    [
        (0.999, 0.0, 0.6),
        (0.155, 1.0, 0.3),  # odds 0.2 x 0.5 x 2.4 = 0.24, of them 0.65 expect it to yield
        (0.157, -1.0, 0.9),
        (0.239, -1.0, 0.9),
        (0.241, 0.0, 0.6),
    ],
)
def test_the_left_side_stands_on_what_it_believes(
    monkeypatch: pytest.MonkeyPatch, judge: float, error: float, believed: float
) -> None:
    stands = odds(READY_A - FACED_A * believed)
    for u, stance in ((stands - EVEN, 1.0), (stands + EVEN, -1.0)):
        found = play(monkeypatch, facing(), meet=0.0, judge_a=judge, stand_a=u)
        assert found["ALF>BET.stance"] == stance
        assert found.get("ALF>BET.misread_resolve", 0.0) == error


@pytest.mark.parametrize(
    ("judge", "error", "believed"),
    [
        (0.999, 0.0, 0.3),
        (0.311, 1.0, 0.0),  # odds 0.2 x 1 x 2.4 = 0.48
        (0.313, -1.0, 0.6),
        (0.479, -1.0, 0.6),
        (0.481, 0.0, 0.3),
    ],
)
def test_the_right_side_stands_on_what_it_believes(
    monkeypatch: pytest.MonkeyPatch, judge: float, error: float, believed: float
) -> None:
    stands = odds(READY_B - FACED_B * believed)
    for u, stance in ((stands - EVEN, 1.0), (stands + EVEN, -1.0)):
        found = play(monkeypatch, facing(), meet=0.0, judge_b=judge, stand_b=u)
        assert found["BET>ALF.stance"] == stance
        assert found.get("BET>ALF.misread_resolve", 0.0) == error


def test_a_state_may_have_its_own_directions_of_error(monkeypatch: pytest.MonkeyPatch) -> None:
    t = facing()
    t.relation_traits("ALF>BET", yielding_share=1.0, force_share=0.0)
    found = play(monkeypatch, t, meet=0.0, judge_a=0.239, slip_a=0.0)
    assert found["ALF>BET.misread_resolve"] == 1.0
    assert found["ALF>BET.accident"] == -1.0


def test_resolve_is_misjudged_only_face_to_face(monkeypatch: pytest.MonkeyPatch) -> None:
    assert play(monkeypatch, facing(), judge_a=0.0, judge_b=0.0) == {}


def test_who_stands_against_who_yields(monkeypatch: pytest.MonkeyPatch) -> None:
    assert play(monkeypatch, facing(), meet=0.0, stand_a=0.0) == about({
        "ALF>BET.stance": 1.0, "ALF>BET.resolve": 0.3,  # it saw the other yield: half
        "BET>ALF.stance": -1.0, "BET>ALF.resolve": 0.475, "BET>ALF.deployment": 0.0,
        "system.stands": 11.0, "system.yields": 21.0,
    })  # fmt: skip
    assert play(monkeypatch, facing(), meet=0.0, stand_b=0.0) == about({
        "ALF>BET.stance": -1.0, "ALF>BET.resolve": 0.7, "ALF>BET.deployment": 0.25,
        "BET>ALF.stance": 1.0, "BET>ALF.resolve": 0.15,
        "system.stands": 11.0, "system.yields": 21.0,
    })  # fmt: skip


CLASH = {
    **FORCED_A, "ALF>BET.stance": 1.0, "ALF>BET.resolve": 0.7,
    **FORCED_B, "BET>ALF.stance": 1.0, "BET>ALF.resolve": 0.475,
    **BEGUN, "system.stands": 12.0,
    "ALF-BET.cause": 2.0, "ALF-BET.root": 18.0,  # forces met; the longer chain of the two
}  # fmt: skip


def test_who_both_stand_clash_and_may_go_to_war(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"meet": 0.0, "stand_a": 0.0, "stand_b": 0.0}
    war = 0.2 * (1.0 - 0.9 * 0.4)  # both are nuclear, by 0.5 x 0.8
    assert play(monkeypatch, facing(), **both, war=war + EVEN) == about(CLASH)
    found = play(monkeypatch, facing(), **both, war=war - EVEN)
    assert found == about({**CLASH, "ALF-BET.violence": 2.0})


# Accidents

SLIP = 2.0 * 0.05 * (0.2 + 0.5 + 0.25) * (0.5 * (0.3 + 0.5)) * 1.5 * math.exp(0.8 * 0.4)
SLIP_A, SLIP_B = 1.5 * 0.92 * 0.8 * SLIP, 0.5 * 0.68 * 0.6 * SLIP
"""Odds by own traits, reach (0.2 + 0.8 x 0.9 and 0.6) and exposure."""
MEANT_A, MEANT_B = 0.625 * 0.9, 0.8125 * 0.9
"""Odds that an accident is taken as meant, in the other's heat: 0.25 + 0.75 x 1 / 2 and 3 / 4, less
0.4 x 0.25 for the channel."""


def test_forces_slip_by_their_own_odds(monkeypatch: pytest.MonkeyPatch) -> None:
    for u, accident in ((0.6 * SLIP_A - EVEN, 1.0), (0.6 * SLIP_A + EVEN, -1.0),
                        (SLIP_A - EVEN, -1.0), (SLIP_A + EVEN, 0.0)):  # fmt: skip
        found = play(monkeypatch, facing(), slip_a=u)
        assert found.get("ALF>BET.accident", 0.0) == accident
    for u, accident in ((0.6 * SLIP_B - EVEN, 1.0), (0.6 * SLIP_B + EVEN, -1.0),
                        (SLIP_B - EVEN, -1.0), (SLIP_B + EVEN, 0.0)):  # fmt: skip
        found = play(monkeypatch, facing(), slip_b=u)
        assert found.get("BET>ALF.accident", 0.0) == accident


@pytest.mark.parametrize("u", [0.0, 0.6 - EVEN, 0.6 + EVEN])
def test_an_excused_accident_leaves_everything_else_alone(
    monkeypatch: pytest.MonkeyPatch, u: float
) -> None:
    """Neither violence nor score nor deployment, no trace, nothing to answer, no cause."""
    accident = 1.0 if u < 0.6 else -1.0
    answered = {"answer_a": 0.0, "answer_b": 0.0, "war": 0.0}
    assert play(monkeypatch, facing(), slip_a=u * SLIP_A, meant_a=MEANT_A + EVEN, **answered) == {
        "ALF>BET.accident": accident, "ALF>BET.excused": 1.0,
    }  # fmt: skip
    assert play(monkeypatch, facing(), slip_b=u * SLIP_B, meant_b=MEANT_B + EVEN, **answered) == {
        "BET>ALF.accident": accident, "BET>ALF.excused": 1.0,
    }  # fmt: skip


def test_an_accident_is_judged_by_the_side_that_suffers_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for side, rival, slip, meant in (
        ("ALF>BET", "BET>ALF", "slip_a", "meant_a"), ("BET>ALF", "ALF>BET", "slip_b", "meant_b"),
    ):  # fmt: skip
        for heat, likely in ((3.0, 0.73125), (1.0, 0.5625), (0.0, 0.225), (-1.0, 0.225)):
            for u, excused in ((likely - EVEN, 0.0), (likely + EVEN, 1.0)):
                t = facing()
                t.relation(rival, heat=heat)
                play(monkeypatch, t, **{slip: 0.0, meant: u})
                assert t.relation(side).excused == excused
                assert t.relation(side).force == 1.0 - excused


@pytest.mark.parametrize("field", ["excused", "stance", "misread_resolve"])
@pytest.mark.parametrize("side", ["ALF>BET", "BET>ALF"])
def test_what_was_so_last_week_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, side: str, field: str
) -> None:
    t = facing()
    t.relation(side, **{field: 1.0})
    assert play(monkeypatch, t) == {f"{side}.{field}": 0.0}


def test_a_perfect_channel_excuses_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    t = facing()
    t.p.channel_strength, t.p.excuse_channel = 2.0, 1.0
    found = play(monkeypatch, t, slip_a=0.0, slip_b=0.0, meant_a=0.0, meant_b=0.0)
    assert found == {
        "ALF>BET.accident": 1.0, "ALF>BET.excused": 1.0,
        "BET>ALF.accident": 1.0, "BET>ALF.excused": 1.0,
    }  # fmt: skip


def test_a_shot_by_accident_is_a_clash_that_may_be_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shot = {
        **FORCED_A, **BEGUN, "ALF>BET.accident": 1.0, "ALF>BET.trace": 12.0,
        "ALF-BET.cause": 3.0, "ALF-BET.root": 12.0,
    }  # fmt: skip
    slip = {"slip_a": 0.0, "meant_a": MEANT_A - EVEN}
    answers = odds(READY_B - FACED_B * 0.3 + 0.5)
    assert play(monkeypatch, facing(), **slip, answer_b=answers + EVEN) == about(shot)
    answered = {**shot, **FORCED_B, "BET>ALF.trace": 20.0}  # the second link of an accident
    assert play(monkeypatch, facing(), **slip, answer_b=answers - EVEN) == about(answered)
    war = {**answered, "ALF-BET.violence": 2.0}
    assert play(monkeypatch, facing(), **slip, answer_b=0.0, war=0.0) == about(war)


def test_either_side_may_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    slip = {"slip_b": 0.0, "meant_b": MEANT_B - EVEN}
    answers = odds(READY_A - FACED_A * 0.6 + 0.5)
    shot = {
        **FORCED_B, **BEGUN, "BET>ALF.accident": 1.0, "BET>ALF.trace": 12.0,
        "ALF-BET.cause": 3.0, "ALF-BET.root": 12.0,
    }  # fmt: skip
    assert play(monkeypatch, facing(), **slip, answer_a=answers + EVEN) == about(shot)
    answered = {**shot, **FORCED_A, "ALF>BET.trace": 20.0}
    assert play(monkeypatch, facing(), **slip, answer_a=answers - EVEN) == about(answered)


def test_where_nobody_strikes_there_is_nothing_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert play(monkeypatch, facing(), answer_a=0.0, answer_b=0.0) == {}


def test_an_unintended_display_shows_and_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    slipped = {"slip_b": 0.6 * SLIP_B + EVEN, "meant_b": 0.0, "answer_a": 0.0}
    assert play(monkeypatch, facing(), **slipped) == about({
        **ACTED_B, "BET>ALF.accident": -1.0, "BET>ALF.deployment": 0.5, "BET>ALF.fresh": 1.0,
        "BET>ALF.trace": 12.0,
    })  # fmt: skip
    for deployment in (0.5, 0.75):  # it displays already
        t = facing()
        t.relation("ALF>BET", deployment=deployment)
        shown = {"slip_a": SLIP_A - EVEN, "meant_a": 0.0, "answer_b": 0.0}
        assert play(monkeypatch, t, **shown) == about({
            **ACTED_A, "ALF>BET.accident": -1.0, "ALF>BET.fresh": 1.0, "ALF>BET.trace": 12.0,
        })  # fmt: skip


def test_without_forces_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    t = facing()
    t.p.deployment_strength = 0.0
    found = play(monkeypatch, t, slip_b=0.6 * SLIP_B + EVEN, meant_b=0.0)
    assert found == {"BET>ALF.accident": -1.0, "BET>ALF.trace": 12.0}


def test_who_yields_after_a_slip_steps_down_from_what_was_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = play(monkeypatch, facing(), meet=0.0, slip_b=0.6 * SLIP_B + EVEN, meant_b=0.0)
    assert "BET>ALF.deployment" not in found  # up a step and down a step
    assert found["BET>ALF.fresh"] == 1.0


# Force by choice

STRIKES_A, STRIKES_B = 0.2 * 0.95 * 3.1, 0.1 * 0.95 * 1.1
"""Weights: readiness, contact 0.2 + 0.5 + 0.25, heat above the floor of 0.1."""
CALM_A, CALM_B = 0.2 * 0.95 * 0.1, 0.1 * 0.95 * 0.1


def chance(weight: float) -> float:
    return weight / (1.0 + weight)


def test_the_left_side_may_strike(monkeypatch: pytest.MonkeyPatch) -> None:
    struck = {**FORCED_A, **BEGUN, "ALF-BET.cause": 1.0}
    provoked = {**struck, "ALF>BET.trace": 26.0, "ALF-BET.root": 26.0}
    at = chance(STRIKES_A)
    assert play(monkeypatch, facing(), force_a=at + EVEN) == {}
    assert play(monkeypatch, facing(), force_a=at - EVEN) == about(provoked)
    at = chance(CALM_A)
    assert play(monkeypatch, facing(), force_a=at + EVEN) == about(provoked)
    of_itself = dict.fromkeys(("ALF>BET.trace", "ALF>BET.due_trace", "ALF-BET.root"), 9.0)
    assert play(monkeypatch, facing(), force_a=at - EVEN) == about({**struck, **of_itself})


def test_the_right_side_may_strike(monkeypatch: pytest.MonkeyPatch) -> None:
    struck = {**FORCED_B, **BEGUN, "ALF-BET.cause": 1.0}
    provoked = {**struck, "BET>ALF.trace": 19.0, "ALF-BET.root": 19.0}
    at = chance(STRIKES_B)
    assert play(monkeypatch, facing(), force_b=at + EVEN) == {}
    assert play(monkeypatch, facing(), force_b=at - EVEN) == about(provoked)
    at = chance(CALM_B)
    assert play(monkeypatch, facing(), force_b=at + EVEN) == about(provoked)
    of_itself = dict.fromkeys(("BET>ALF.trace", "BET>ALF.due_trace", "ALF-BET.root"), 10.0)
    assert play(monkeypatch, facing(), force_b=at - EVEN) == about({**struck, **of_itself})


@pytest.mark.parametrize(
    ("side", "rival", "draw", "weight"),
    [("ALF>BET", "BET>ALF", "force_a", 0.2), ("BET>ALF", "ALF>BET", "force_b", 0.1)],
)
@pytest.mark.parametrize(
    ("fresh", "heat", "warmth"), [(1.0, 0.5, 0.9), (0.3, 0.5, 0.6), (1.0, -1.0, 0.4),
                                  (0.0, -1.0, 0.1)],
)  # fmt: skip
def test_a_display_of_the_same_week_warms(
    monkeypatch: pytest.MonkeyPatch,
    side: str,
    rival: str,
    draw: str,
    weight: float,
    fresh: float,
    heat: float,
    warmth: float,
) -> None:
    at = chance(weight * 0.95 * warmth)
    for u, force in ((at - EVEN, 1.0), (at + EVEN, 0.0)):
        t = facing()
        t.relation(rival, fresh=fresh)
        t.relation(side, heat=heat)
        play(monkeypatch, t, **{draw: u})
        assert t.relation(side).force == force


@pytest.mark.parametrize("own", [0.0, 0.5])
def test_contact_is_both_sides_forces(monkeypatch: pytest.MonkeyPatch, own: float) -> None:
    at = chance(0.2 * (0.2 + own + 0.75) * 3.1)
    for u, force in ((at - EVEN, 1.0), (at + EVEN, 0.0)):
        t = facing()
        t.relation("ALF>BET", deployment=own)
        t.relation("BET>ALF", deployment=0.75)
        play(monkeypatch, t, force_a=u)
        assert t.relation("ALF>BET").force == force


def test_without_forces_nobody_strikes(monkeypatch: pytest.MonkeyPatch) -> None:
    t = facing()
    t.p.deployment_strength = 0.0
    found = play(monkeypatch, t, force_a=0.0, force_b=0.0)
    assert found == {"ALF>BET.due_trace": 9.0, "BET>ALF.due_trace": 10.0}


def test_who_is_not_ready_to_strike_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    t = facing()
    t.relation("ALF>BET", strike=0.0)
    t.relation("BET>ALF", strike=0.0)
    assert play(monkeypatch, t, force_a=0.0, force_b=0.0) == {}


def test_a_strike_may_be_answered_and_lead_to_war(monkeypatch: pytest.MonkeyPatch) -> None:
    at, answers = chance(STRIKES_A), odds(READY_B - FACED_B * 0.3 + 0.5)
    answered = {
        **FORCED_A, **FORCED_B, **BEGUN, "ALF>BET.trace": 26.0, "BET>ALF.trace": 34.0,
        "ALF-BET.cause": 1.0, "ALF-BET.root": 26.0,
    }  # fmt: skip
    found = play(monkeypatch, facing(), force_a=at - EVEN, answer_b=answers - EVEN)
    assert found == about(answered)
    kept = play(monkeypatch, facing(), force_a=at - EVEN, answer_b=answers + EVEN)
    assert "BET>ALF.force" not in kept
    found = play(monkeypatch, facing(), force_a=at - EVEN, answer_b=0.0, war=0.0)
    assert found == about({**answered, "ALF-BET.violence": 2.0})


def test_both_may_strike_at_once_and_each_act_has_its_own_trace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What each goes back to is the other's last act, not the one of the same moment."""
    u = {"force_a": chance(CALM_A) + EVEN, "force_b": chance(CALM_B) + EVEN}
    found = play(monkeypatch, facing(), **u, answer_a=0.0, answer_b=0.0)
    assert found == about({
        **FORCED_A, **FORCED_B, **BEGUN, "ALF>BET.trace": 26.0, "BET>ALF.trace": 19.0,
        "ALF-BET.cause": 1.0, "ALF-BET.root": 26.0,
    })  # fmt: skip


def test_a_chain_of_strikes_ends_at_31_links(monkeypatch: pytest.MonkeyPatch) -> None:
    t = facing()
    t.relation("BET>ALF", trace=249.0)
    play(monkeypatch, t, force_a=chance(CALM_A) + EVEN, answer_b=0.0)
    assert (t.relation("ALF>BET").trace, t.relation("BET>ALF").trace) == (249.0, 249.0)
    assert t.pair("ALF-BET").root == 249.0


# What a clash comes of

HAPPENINGS = {
    "slip": {"slip_a": 0.0, "meant_a": 0.0},
    "strike": {"force_b": chance(CALM_B) + EVEN},
    "meet": {"meet": 0.0, "stand_a": 0.0, "stand_b": 0.0},
    "event": {},
}  # fmt: skip


@pytest.mark.parametrize(
    ("happening", "cause", "root"),
    [
        ("slip", 3.0, 12.0),
        ("strike", 1.0, 19.0),
        ("slip strike", 1.0, 19.0),
        ("meet", 2.0, 18.0),
        ("slip meet", 2.0, 18.0),
        ("strike meet", 2.0, 18.0),
        ("slip strike meet", 2.0, 18.0),
        ("event", 4.0, 13.0),
        ("slip event", 4.0, 13.0),
        ("strike event", 4.0, 13.0),
        ("slip strike event", 4.0, 13.0),
        ("meet event", 4.0, 13.0),
        ("slip strike meet event", 4.0, 13.0),
    ],
)
def test_an_event_comes_before_forces_that_met_before_choice_before_accident(
    monkeypatch: pytest.MonkeyPatch, happening: str, cause: float, root: float
) -> None:
    t, draws = facing(), {}
    for name in happening.split():
        draws |= HAPPENINGS[name]
        if name == "event":
            t.relation("ALF>BET", force=1.0, trace=13.0)
    play(monkeypatch, t, **draws)
    us = t.pair("ALF-BET")
    assert (us.violence, us.cause, us.root) == (1.0, cause, root)


@pytest.mark.parametrize("side", ["ALF>BET", "BET>ALF"])
def test_either_side_may_use_force_by_date(monkeypatch: pytest.MonkeyPatch, side: str) -> None:
    t = facing()
    t.relation(side, force=1.0)
    play(monkeypatch, t)
    assert (t.pair("ALF-BET").cause, t.pair("ALF-BET").root) == (4.0, 13.0)


@pytest.mark.parametrize(
    ("trace_a", "trace_b", "cause", "root"),
    [
        (9.0, 11.0, 2.0, 11.0),
        (25.0, 18.0, 2.0, 25.0),
        (0.0, 0.0, 2.0, 15.0),  # standing forces
        (0.0, 9.0, 2.0, 9.0),
        (14.0, 9.0, 5.0, 14.0),  # an ally was drawn in
        (9.0, 14.0, 5.0, 14.0),
        (14.0, 17.0, 2.0, 17.0),  # ... but there is more behind the other's display
    ],
)
def test_forces_that_met_go_back_to_their_displays(
    monkeypatch: pytest.MonkeyPatch, trace_a: float, trace_b: float, cause: float, root: float
) -> None:
    t = facing()
    t.relation("ALF>BET", trace=trace_a)
    t.relation("BET>ALF", trace=trace_b)
    play(monkeypatch, t, **HAPPENINGS["meet"])
    assert (t.pair("ALF-BET").cause, t.pair("ALF-BET").root) == (cause, root)


def test_who_meets_and_yields_clashes_over_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for stands in ({}, {"stand_a": 0.0}, {"stand_b": 0.0}):
        t = facing()
        play(monkeypatch, t, meet=0.0, **stands)
        assert (t.pair("ALF-BET").cause, t.pair("ALF-BET").root) == (0.0, 0.0)


@pytest.mark.parametrize("draws", [{}, {"slip_b": 0.0}, HAPPENINGS["strike"]])
def test_violence_that_goes_on_keeps_its_cause(
    monkeypatch: pytest.MonkeyPatch, draws: dict[str, float]
) -> None:
    t = facing()
    t.pair("ALF-BET", violence=1.0, cause=3.0, root=12.0)
    play(monkeypatch, t, **draws)
    assert (t.pair("ALF-BET").cause, t.pair("ALF-BET").root) == (3.0, 12.0)


@pytest.mark.parametrize("draws", [{}, {"slip_b": 0.0}])
def test_what_past_violence_came_of_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, draws: dict[str, float]
) -> None:
    t = facing()
    t.pair("ALF-BET", cause=3.0, root=12.0)
    play(monkeypatch, t, **draws)
    assert (t.pair("ALF-BET").cause, t.pair("ALF-BET").root) == (0.0, 0.0)


# What acts leave behind


def test_own_acts_are_remembered_and_settle_part_of_the_score(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    t = facing()
    t.relation("ALF>BET", own_acts=1.5, fresh=1.0)
    t.relation("BET>ALF", own_acts=0.5, fresh=0.9)  # short of a display
    assert play(monkeypatch, t) == about({
        "ALF>BET.own_acts": 2.2, "ALF>BET.score": 0.3, "ALF>BET.reply": 0.125,
        "BET>ALF.own_acts": 0.4,
    })  # fmt: skip


def test_trust_is_nothing_to_settle(monkeypatch: pytest.MonkeyPatch) -> None:
    t = facing()
    t.relation("ALF>BET", score=-0.5, fresh=1.0)
    assert "ALF>BET.score" not in play(monkeypatch, t)


# Force, war and what it sets off


@pytest.mark.parametrize(("side", "rival"), [("ALF>BET", "BET>ALF"), ("BET>ALF", "ALF>BET")])
def test_force_ordered_this_week_is_a_clash(
    monkeypatch: pytest.MonkeyPatch, side: str, rival: str
) -> None:
    t = facing()
    t.relation(side, force=1.0)
    found = play(monkeypatch, t)
    assert found["ALF-BET.violence"] == 1.0
    assert found[f"{side}.fresh"] == about(0.3)
    assert f"{rival}.force" not in found


def test_a_fresher_act_than_force_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    t = facing()
    t.relation("ALF>BET", fresh=1.0)
    found = play(monkeypatch, t, slip_a=0.0, meant_a=0.0)
    assert found["ALF>BET.force"] == 1.0
    assert "ALF>BET.fresh" not in found


def test_a_clash_ends_unless_force_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def burning(**draws: float) -> float:
        t = facing()
        t.pair("ALF-BET", violence=1.0, new_clash=1.0)
        found = play(monkeypatch, t, **draws)
        assert found["ALF-BET.new_clash"] == 0.0  # it was new last week
        return found.get("ALF-BET.violence", 1.0)

    assert burning(end=0.9 - EVEN) == 0.0  # 0.6 x (1 + 2 x 0.25): talks hasten it
    assert burning(end=0.9 + EVEN) == 1.0
    assert burning(end=0.0, slip_a=0.0, meant_a=0.0) == 1.0
    assert burning(end=0.0, slip_a=0.0) == 0.0  # what is excused does not keep it up


def test_a_war_is_fought_by_both_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def at_war(**draws: float) -> dict[str, float]:
        t = facing()
        t.pair("ALF-BET", violence=2.0)
        return play(monkeypatch, t, **draws)

    fought = {**FORCED_A, **FORCED_B}
    assert at_war(end=0.06 + EVEN) == about(fought)  # 0.04 x 1.5
    assert at_war(end=0.06 - EVEN) == about({**fought, "ALF-BET.violence": 0.0})
    nuclear = 0.02 * 0.7  # by the one with more weapons of its own
    assert at_war(nuclear=nuclear + EVEN) == about(fought)
    assert at_war(nuclear=nuclear - EVEN) == about({**fought, "ALF-BET.violence": 3.0})


def test_a_war_that_begins_by_date_lasts_its_week(monkeypatch: pytest.MonkeyPatch) -> None:
    def declared(today: float) -> float:
        t = facing()
        t.pair("ALF-BET", violence=2.0, declared=today)
        return play(monkeypatch, t, end=0.0).get("ALF-BET.violence", 2.0)

    assert (declared(1.0), declared(0.0)) == (2.0, 0.0)


def test_without_weapons_no_war_turns_nuclear(monkeypatch: pytest.MonkeyPatch) -> None:
    t = facing()
    t.pair("ALF-BET", violence=2.0)
    for code in ("ALF", "BET"):
        t.state_traits(code, nuclear=0.0)
    assert "ALF-BET.violence" not in play(monkeypatch, t, nuclear=0.0)


def test_a_full_brake_keeps_a_nuclear_clash_from_war(monkeypatch: pytest.MonkeyPatch) -> None:
    t = facing()
    t.p.nuclear_brake = 1.0
    for code in ("ALF", "BET"):
        t.state(code, nuclear=1.0)
    found = play(monkeypatch, t, meet=0.0, stand_a=0.0, stand_b=0.0, war=0.0)
    assert found["ALF-BET.violence"] == 1.0


def test_weapons_of_either_side_may_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    t = facing()
    t.pair("ALF-BET", violence=2.0)
    t.state_traits("ALF", nuclear=1.0)
    assert play(monkeypatch, t, nuclear=0.02 - EVEN)["ALF-BET.violence"] == 3.0


@pytest.mark.parametrize(
    ("one", "other", "leads", "blocs", "attacked"),
    [
        ("BET", "GAM", (2.0, 0.0), (2.0, 1.0), "west"),  # the east's leader and a western ally
        ("BET", "GAM", (2.0, 0.0), (2.0, 0.0), None),  # ... and a neutral
        ("BET", "GAM", (2.0, 0.0), (2.0, 2.0), None),  # ... and its own ally
        ("BET", "GAM", (0.0, 0.0), (2.0, 1.0), None),  # no leader is in it
        ("ALF", "DEL", (1.0, 0.0), (1.0, 2.0), "east"),
        ("ALF", "DEL", (1.0, 0.0), (1.0, 0.0), None),
        ("ALF", "DEL", (0.0, 1.0), (2.0, 1.0), "east"),  # whichever side leads
        ("ALF", "DEL", (0.0, 2.0), (1.0, 2.0), "west"),
    ],
)
def test_a_leaders_new_clash_calls_its_victims_allies(
    monkeypatch: pytest.MonkeyPatch,
    one: str,
    other: str,
    leads: tuple[float, float],
    blocs: tuple[float, float],
    attacked: str | None,
) -> None:
    t = facing(one, other)
    for code, leader, bloc in zip((one, other), leads, blocs, strict=True):
        t.state(code, bloc=bloc)
        t.state_traits(code, leads=leader)
    found = play(monkeypatch, t, one, other, slip_a=0.0, meant_a=0.0)
    called = {name for name in found if name.endswith("_attacked")}
    assert called == ({f"system.{attacked}_attacked"} if attacked else set())


@pytest.mark.parametrize(
    ("one", "other", "leads", "hosts", "attacked", "loud"),
    [
        ("BET", "GAM", (2.0, 0.0), (0.0, 0.25), "west", 1.5),  # 1 + 2 x 0.25
        ("BET", "GAM", (2.0, 0.0), (0.5, 0.0), "west", 1.0),  # those in the attacker call nobody
        ("ALF", "DEL", (1.0, 0.0), (0.0, 0.5), "east", 2.0),
        ("ALF", "DEL", (0.0, 2.0), (0.5, 0.25), "west", 2.0),  # whichever side is struck
    ],
)
def test_an_attack_on_allied_forces_calls_louder(
    monkeypatch: pytest.MonkeyPatch,
    one: str,
    other: str,
    leads: tuple[float, float],
    hosts: tuple[float, float],
    attacked: str,
    loud: float,
) -> None:
    bloc = 2.0 if one == "BET" else 1.0
    t = facing(one, other)
    for code, leader, hosted in zip((one, other), leads, hosts, strict=True):
        t.state(code, bloc=bloc if code == one else 3.0 - bloc, hosted=hosted)
        t.state_traits(code, leads=leader)
    found = play(monkeypatch, t, one, other, slip_a=0.0, meant_a=0.0)
    assert found[f"system.{attacked}_attacked"] == loud


def test_a_call_is_not_drowned_by_a_lesser_one(monkeypatch: pytest.MonkeyPatch) -> None:
    t = facing()
    t.system(west_attacked=1.5, east_attacked=0.5)
    found = play(monkeypatch, t, slip_a=0.0, meant_a=0.0)
    assert "system.west_attacked" not in found
    assert found["system.east_attacked"] == 1.0


@pytest.mark.parametrize("attacked", [(1.0, 0.0), (0.0, 1.0), (1.0, 1.0)])
def test_an_earlier_clash_of_the_week_is_not_forgotten(
    monkeypatch: pytest.MonkeyPatch, attacked: tuple[float, float]
) -> None:
    t = facing()
    t.system(west_attacked=attacked[0], east_attacked=attacked[1])
    assert play(monkeypatch, t) == {}
    play(monkeypatch, t, meet=0.0)  # both yield, and nobody is struck
    assert (t.system().west_attacked, t.system().east_attacked) == attacked


# Exercises


@pytest.mark.parametrize("announced", [0.0, 1.0])
def test_forces_that_exercise_may_have_accidents_and_be_used(
    monkeypatch: pytest.MonkeyPatch, announced: float
) -> None:
    strikes = chance(STRIKES_A)
    for draws, happens in (
        ({"slip_a": SLIP_A - EVEN}, True), ({"slip_a": SLIP_A + EVEN}, False),
        ({"force_a": strikes - EVEN}, True), ({"force_a": strikes + EVEN}, False),
    ):  # fmt: skip
        t = facing()  # as where it deploys as many
        t.relation("ALF>BET", deployment=0.0, exercise=0.5, announced=announced)
        assert (play(monkeypatch, t, **draws) != {}) is happens


@pytest.mark.parametrize("side", ["ALF>BET", "BET>ALF"])
@pytest.mark.parametrize(("announced", "met"), [(0.0, True), (1.0, False)])
def test_only_a_snap_exercise_is_met_as_a_display(
    monkeypatch: pytest.MonkeyPatch, side: str, announced: float, met: bool
) -> None:
    t = facing()
    t.relation("ALF>BET", deployment=0.25)
    t.relation(side, exercise=0.5, announced=announced)
    assert ("system.yields" in play(monkeypatch, t, meet=0.0)) is met


# What is at issue


def disputing(**other: float) -> Tiny:
    """Return a world in which the two may lose part of what is at issue: 0.4 is ALF's.

    ALF sees 0.1 x (1 - 0.5 x 0.5) = 0.075 to gain, BET, which holds more than half, 0.5 x 0.8 x
    (1 - 0.5 x 0.4) = 0.32.
    """
    t = facing()
    for name, value in {"concession": 0.25, "seizure": 0.1, **other}.items():
        setattr(t.p, name, value)
    return t


AT_ISSUE = ("stake", "grievance", "concessions", "gains")


def disputed(patch: pytest.MonkeyPatch, t: Tiny, **draws: float) -> dict[str, float]:
    """Return what changes hands, and who is aggrieved."""
    found = play(patch, t, **draws)
    return {name: value for name, value in found.items() if name.endswith(AT_ISSUE)}


WON = {
    "ALF-BET.stake": 0.55,  # 0.4 + 0.25 x 0.6
    "BET>ALF.grievance": 0.725,  # 0.5 + 1.5 x 0.15
    "system.east_concessions": 4.0, "system.west_gains": 0.65,
}  # fmt: skip
GIVEN_UP = {
    "ALF-BET.stake": 0.3,  # 0.4 - 0.25 x 0.4
    "ALF>BET.grievance": 0.35,  # 0.2 + 1.5 x 0.1
    "system.west_concessions": 3.0, "system.east_gains": 0.35,
}  # fmt: skip


def test_who_yields_alone_gives_up_part_of_what_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert disputed(monkeypatch, disputing(), meet=0.0, stand_a=0.0) == about(WON)
    assert disputed(monkeypatch, disputing(), meet=0.0, stand_b=0.0) == about(GIVEN_UP)
    assert disputed(monkeypatch, disputing(), meet=0.0) == {}  # both yield
    assert disputed(monkeypatch, disputing(), meet=0.0, stand_a=0.0, stand_b=0.0) == {}


def test_unanswered_force_takes_part_of_what_the_other_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    struck_a, struck_b = {"force_a": 0.0}, {"force_b": 0.0}
    assert disputed(monkeypatch, disputing(), **struck_a) == about({
        "ALF-BET.stake": 0.46,  # 0.4 + 0.1 x 0.6
        "BET>ALF.grievance": 0.59,
        "system.east_concessions": 4.0, "system.west_gains": 0.56,
    })  # fmt: skip
    assert disputed(monkeypatch, disputing(), **struck_b) == about({
        "ALF-BET.stake": 0.36,  # 0.4 - 0.1 x 0.4
        "ALF>BET.grievance": 0.26,
        "system.west_concessions": 3.0, "system.east_gains": 0.29,
    })  # fmt: skip
    assert disputed(monkeypatch, disputing(), **struck_a, answer_b=0.0) == {}
    assert disputed(monkeypatch, disputing(), **struck_b, answer_a=0.0) == {}


SHOWN_A = {
    "ALF-BET.stake": 0.409,  # 0.4 + 0.2 x 0.075 x 0.6
    "BET>ALF.grievance": 0.5135, "system.west_gains": 0.509,
}  # fmt: skip
SHOWN_B = {
    "ALF-BET.stake": 0.3744,  # 0.4 - 0.2 x 0.32 x 0.4
    "ALF>BET.grievance": 0.2384, "system.east_gains": 0.2756,
}  # fmt: skip
LOOKS_ON = {"deployment": 0.25, "exercise": 0.0, "announced": 0.0}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"deployment": 0.5}, {}, SHOWN_A),
        ({}, {"deployment": 1.0}, SHOWN_B),
        ({}, {}, {}),
        ({"deployment": 0.5}, {"deployment": 0.5}, {}),  # answered
        ({"exercise": 0.5}, {}, SHOWN_A),  # a snap exercise
        ({"exercise": 1.0, "announced": 1.0}, {}, {}),
        ({"deployment": 0.5}, {"exercise": 0.5}, {}),
        ({"deployment": 0.5}, {"exercise": 1.0, "announced": 1.0}, SHOWN_A),
    ],
)
def test_a_display_that_nobody_answers_encroaches(
    monkeypatch: pytest.MonkeyPatch,
    one: dict[str, float],
    other: dict[str, float],
    expected: dict[str, float],
) -> None:
    t = disputing(encroachment=0.2)
    t.relation("ALF>BET", **{**LOOKS_ON, **one})
    t.relation("BET>ALF", **{**LOOKS_ON, **other})
    assert play(monkeypatch, t) == about(expected)


def test_what_both_a_yield_and_a_display_take_is_no_more_than_is_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    t = disputing(encroachment=1.0, concession=1.0, deterrence=0.0)
    t.relation("ALF>BET", **{**LOOKS_ON, "deployment": 0.5})
    t.relation("BET>ALF", **{**LOOKS_ON, "deployment": 0.5})
    t.state_traits("ALF", greed=1.0)
    found = disputed(monkeypatch, t, meet=0.0, stand_a=0.0)
    assert found["ALF-BET.stake"] == 1.0


def test_a_security_seeker_does_not_encroach(monkeypatch: pytest.MonkeyPatch) -> None:
    t = disputing(encroachment=0.2)
    t.state_traits("ALF", greed=0.0)
    assert play(monkeypatch, t) == {}


@pytest.mark.parametrize(
    ("blocs", "counted"),
    [
        ((1.0, 2.0), ("system.east_concessions", "system.west_gains")),
        ((2.0, 1.0), ("system.west_concessions", "system.east_gains")),
        ((0.0, 2.0), ("system.east_concessions",)),  # a neutral's gain is no bloc's
        ((1.0, 0.0), ("system.west_gains",)),
        ((1.0, 1.0), ()),  # inside a bloc nobody counts
        ((0.0, 0.0), ()),
    ],
)
def test_concessions_and_gains_are_counted_between_sides(
    monkeypatch: pytest.MonkeyPatch, blocs: tuple[float, float], counted: tuple[str, ...]
) -> None:
    t = disputing()
    for code, bloc in zip(("ALF", "BET"), blocs, strict=True):
        t.state(code, bloc=bloc)
    found = disputed(monkeypatch, t, meet=0.0, stand_a=0.0)
    assert found["ALF-BET.stake"] == about(0.55)
    assert {name for name in found if name.startswith("system")} == set(counted)


@pytest.mark.parametrize("draws", [
    {"meet": 0.0, "stand_a": 0.0}, {"meet": 0.0, "stand_b": 0.0}, {"force_a": 0.0},
    {"force_b": 0.0},
])  # fmt: skip
@pytest.mark.parametrize("stake", [0.0, 0.3, 1.0])
def test_no_side_ever_holds_less_than_nothing(
    monkeypatch: pytest.MonkeyPatch, draws: dict[str, float], stake: float
) -> None:
    t = disputing(concession=1.0, seizure=1.0)
    t.pair("ALF-BET", stake=stake)
    play(monkeypatch, t, **draws)
    assert t.pair("ALF-BET").stake == (1.0 if draws.keys() & {"stand_a", "force_a"} else 0.0)


@pytest.mark.parametrize("side", ["ALF>BET", "BET>ALF"])
@pytest.mark.parametrize(("rung", "crises"), [(2.0, 2.0), (3.0, 1.0)])
def test_a_crisis_begins_with_a_display_from_below_one(
    monkeypatch: pytest.MonkeyPatch, side: str, rung: float, crises: float
) -> None:
    t = facing()
    t.pair("ALF-BET", rung=rung)
    play(monkeypatch, t)
    assert t.system().crises == 1.0
    t.relation(side, fresh=1.0)
    play(monkeypatch, t)
    assert t.system().crises == crises
