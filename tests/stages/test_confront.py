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
    0.4 + 0.2. The pressure is 2 x (1 - 0.8 x 0.5 x 0.5) x (1 + 0.1 x 5) = 2.4.
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
        belief_down=0.5, war_onset=0.2, nuclear_brake=0.9, nuclear_use=0.02, withdraw_talks=2.0,
        clash_end=0.6, war_end=0.04, nuclear_end=0.1, challenger_greed=0.3,
        challenger_firmness=0.2, defender_firmness=0.1,
    )  # fmt: skip
    none = {"accident": 0.0, "misread_resolve": 0.0, "stance": 0.0, "force": 0.0, "fresh": 0.0}
    t.relation(
        f"{one}>{other}", grievance=0.2, pooled_fear=0.4, rhetoric=0.5, resolve=0.6,
        capability_error=1.2, fear=0.3, deployment=0.5, reply=0.25, **none,
    )  # fmt: skip
    t.relation(
        f"{other}>{one}", grievance=0.5, pooled_fear=0.1, rhetoric=0.25, resolve=0.3,
        capability_error=0.5, fear=0.5, deployment=0.25, reply=0.5, **none,
    )  # fmt: skip
    own = {"force_share": -1.0, "yielding_share": -1.0}
    t.relation_traits(f"{one}>{other}", proximity=0.9, accident_odds=1.5, resolve_odds=0.5, **own)
    t.relation_traits(f"{other}>{one}", proximity=0.6, accident_odds=0.5, resolve_odds=1.0, **own)
    t.pair(
        f"{one}-{other}", channel=0.5, rung=5.0, talks=0.25, violence=0.0, salience=0.4,
        new_clash=0.0,
    )  # fmt: skip
    t.pair_traits(f"{one}-{other}", proximity=0.75)
    t.state(one, audience=0.6, cohesion=0.1, nuclear=0.5, pooled_capability=0.3, bloc=1.0)
    t.state(other, audience=0.2, cohesion=-0.1, nuclear=0.8, pooled_capability=0.2, bloc=2.0)
    t.state_traits(one, firmness=0.3, greed=0.1, challenger=0.0, nuclear=0.2, leads=1.0)
    t.state_traits(other, firmness=0.4, greed=0.2, challenger=1.0, nuclear=0.7, leads=2.0)
    t.system(crises=1.0, stands=10.0, yields=20.0, west_attacked=0.0, east_attacked=0.0)
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
    }
    patch.setattr(confront, "uniforms", throws(known))
    return t.changes(confront.confront_pair, t.world, t.atlas, WEEK, f"{one}-{other}", LANE)


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
    "ALF>BET.stance": 1.0, "ALF>BET.resolve": 0.7, "ALF>BET.force": 1.0, "ALF>BET.fresh": 0.3,
    "BET>ALF.stance": 1.0, "BET>ALF.resolve": 0.475, "BET>ALF.force": 1.0, "BET>ALF.fresh": 0.3,
    "ALF-BET.violence": 1.0, "ALF-BET.new_clash": 1.0,
    "system.stands": 12.0, "system.west_attacked": 1.0, "system.east_attacked": 1.0,
}  # fmt: skip


def test_who_both_stand_clash_and_may_go_to_war(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"meet": 0.0, "stand_a": 0.0, "stand_b": 0.0}
    war = 0.2 * (1.0 - 0.9 * 0.4)  # both are nuclear, by 0.5 x 0.8
    assert play(monkeypatch, facing(), **both, war=war + EVEN) == about(CLASH)
    found = play(monkeypatch, facing(), **both, war=war - EVEN)
    assert found == about({**CLASH, "ALF-BET.violence": 2.0})


# Accidents

SLIP = 2.0 * 0.05 * (0.2 + 0.5 + 0.25) * (0.5 * (0.3 + 0.5)) * 1.5 * math.exp(0.8 * 0.4)
SLIP_A, SLIP_B = 1.5 * 0.9 * SLIP, 0.5 * 0.6 * SLIP


def test_forces_slip_by_their_own_odds(monkeypatch: pytest.MonkeyPatch) -> None:
    for u, accident in ((0.6 * SLIP_A - EVEN, 1.0), (0.6 * SLIP_A + EVEN, -1.0),
                        (SLIP_A - EVEN, -1.0), (SLIP_A + EVEN, 0.0)):  # fmt: skip
        found = play(monkeypatch, facing(), slip_a=u)
        assert found.get("ALF>BET.accident", 0.0) == accident
    for u, accident in ((0.6 * SLIP_B - EVEN, 1.0), (0.6 * SLIP_B + EVEN, -1.0),
                        (SLIP_B - EVEN, -1.0), (SLIP_B + EVEN, 0.0)):  # fmt: skip
        found = play(monkeypatch, facing(), slip_b=u)
        assert found.get("BET>ALF.accident", 0.0) == accident


def test_a_shot_by_accident_is_a_clash_that_may_be_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shot = {
        "ALF>BET.accident": 1.0, "ALF>BET.force": 1.0, "ALF>BET.fresh": 0.3,
        "ALF-BET.violence": 1.0, "ALF-BET.new_clash": 1.0,
        "system.west_attacked": 1.0, "system.east_attacked": 1.0,
    }  # fmt: skip
    answers = odds(READY_B - FACED_B * 0.3 + 0.5)
    assert play(monkeypatch, facing(), slip_a=0.0, answer_b=answers + EVEN) == about(shot)
    answered = {**shot, "BET>ALF.force": 1.0, "BET>ALF.fresh": 0.3}
    assert play(monkeypatch, facing(), slip_a=0.0, answer_b=answers - EVEN) == about(answered)
    war = {**answered, "ALF-BET.violence": 2.0}
    assert play(monkeypatch, facing(), slip_a=0.0, answer_b=0.0, war=0.0) == about(war)


def test_either_side_may_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = odds(READY_A - FACED_A * 0.6 + 0.5)
    kept = play(monkeypatch, facing(), slip_b=0.0, answer_a=answers + EVEN)
    assert "ALF>BET.force" not in kept
    assert kept["BET>ALF.force"] == 1.0
    assert play(monkeypatch, facing(), slip_b=0.0, answer_a=answers - EVEN)["ALF>BET.force"] == 1.0


def test_where_nobody_strikes_there_is_nothing_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert play(monkeypatch, facing(), answer_a=0.0, answer_b=0.0) == {}


def test_an_unintended_display_shows_and_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    slipped = 0.6 * SLIP_B + EVEN
    assert play(monkeypatch, facing(), slip_b=slipped) == about(
        {"BET>ALF.accident": -1.0, "BET>ALF.deployment": 0.5, "BET>ALF.fresh": 1.0}
    )
    shown = play(monkeypatch, facing(), slip_a=0.6 * SLIP_A + EVEN)
    assert shown == {"ALF>BET.accident": -1.0}  # it displays already


def test_without_forces_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    t = facing()
    t.p.deployment_strength = 0.0
    found = play(monkeypatch, t, slip_b=0.6 * SLIP_B + EVEN)
    assert found == {"BET>ALF.accident": -1.0}


def test_who_yields_after_a_slip_steps_down_from_what_was_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = play(monkeypatch, facing(), meet=0.0, slip_b=0.6 * SLIP_B + EVEN)
    assert "BET>ALF.deployment" not in found  # up a step and down a step
    assert found["BET>ALF.fresh"] == 1.0


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
    found = play(monkeypatch, t, slip_a=0.0)
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
    assert burning(end=0.0, slip_a=0.0) == 1.0


def test_a_war_is_fought_by_both_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def at_war(**draws: float) -> dict[str, float]:
        t = facing()
        t.pair("ALF-BET", violence=2.0)
        return play(monkeypatch, t, **draws)

    fought = dict.fromkeys(("ALF>BET.force", "BET>ALF.force"), 1.0)
    fought |= dict.fromkeys(("ALF>BET.fresh", "BET>ALF.fresh"), 0.3)
    assert at_war(end=0.06 + EVEN) == about(fought)  # 0.04 x 1.5
    assert at_war(end=0.06 - EVEN) == about({**fought, "ALF-BET.violence": 0.0})
    nuclear = 0.02 * 0.7  # by the one with more weapons of its own
    assert at_war(nuclear=nuclear + EVEN) == about(fought)
    assert at_war(nuclear=nuclear - EVEN) == about({**fought, "ALF-BET.violence": 3.0})


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
    found = play(monkeypatch, t, one, other, slip_a=0.0)
    called = {name for name in found if name.endswith("_attacked")}
    assert called == ({f"system.{attacked}_attacked"} if attacked else set())


@pytest.mark.parametrize("attacked", [(1.0, 0.0), (0.0, 1.0), (1.0, 1.0)])
def test_an_earlier_clash_of_the_week_is_not_forgotten(
    monkeypatch: pytest.MonkeyPatch, attacked: tuple[float, float]
) -> None:
    t = facing()
    t.system(west_attacked=attacked[0], east_attacked=attacked[1])
    assert play(monkeypatch, t) == {}


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
