"""What a week spreads: joining, mediating, channels, economies, leaning and memory, by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.model.stages import spread
from sim.model.vocabulary import Draw
from tests.tiny import LANE, WEEK, Tiny, about, throws

# Joining


def called(code: str, bloc: float, relation: str, **attacked: float) -> Tiny:
    """Return a world in which a state's ally may have been attacked.

    Its odds of joining are 0.5 x 0.1 x 0.8 x (0.4 + 0.6) = 0.04.
    """
    t = Tiny(solidarity=0.5, join=0.1, join_fear=0.4, join_leader=3.0, deployment_strength=1.0,
             join_neutral=0.5)  # fmt: skip
    t.system(**{"west_attacked": 0.0, "east_attacked": 0.0, "joins": 5.0, **attacked})
    t.state(code, bloc=bloc, joined_fight=0.0)
    t.state_traits(code, leads=0.0)
    t.relation(relation, fear=0.6, deployment=0.25, fresh=0.0, trace=9.0)
    t.relation_traits(relation, proximity=0.8, rival_leads=2.0 if relation == "GAM>BET" else 1.0)
    for pair in ("ALF-BET", "BET-GAM", "ALF-DEL", "BET-DEL"):
        t.pair(pair, violence=0.0)
    return t


def join(patch: pytest.MonkeyPatch, t: Tiny, code: str, u: float) -> dict[str, float]:
    draws = throws({(code, Draw.SPREAD): (u, 0.99, 0.99, 0.99)})
    patch.setattr(spread, "uniforms", draws)
    return t.changes(spread.join_state, t.world, t.atlas, WEEK, code, LANE)


def joined(code: str, relation: str) -> dict[str, float]:
    return {
        f"{relation}.deployment": 0.5,
        f"{relation}.fresh": 1.0,
        f"{relation}.trace": 14.0,  # drawn in
        f"{code}.joined_fight": 1.0,
        "system.joins": 6.0,
    }


def test_an_ally_joins_a_western_states_clash(monkeypatch: pytest.MonkeyPatch) -> None:
    t = called("GAM", 1.0, "GAM>BET", west_attacked=1.0)
    assert join(monkeypatch, t, "GAM", 0.041) == {}
    assert join(monkeypatch, t, "GAM", 0.039) == joined("GAM", "GAM>BET")


def test_an_ally_joins_an_eastern_states_clash(monkeypatch: pytest.MonkeyPatch) -> None:
    t = called("DEL", 2.0, "DEL>ALF", east_attacked=1.0)
    t.relation("DEL>BET", fear=0.9, deployment=0.0, fresh=0.0)
    t.relation_traits("DEL>BET", proximity=1.0)
    assert join(monkeypatch, t, "DEL", 0.041) == {}
    assert join(monkeypatch, t, "DEL", 0.039) == joined("DEL", "DEL>ALF")


def test_a_leader_joins_more_readily(monkeypatch: pytest.MonkeyPatch) -> None:
    t = called("ALF", 1.0, "ALF>BET", west_attacked=1.0)
    t.state_traits("ALF", leads=1.0)
    assert join(monkeypatch, t, "ALF", 0.121) == {}
    assert join(monkeypatch, t, "ALF", 0.119) == joined("ALF", "ALF>BET")


def test_a_loud_call_is_heeded_the_more(monkeypatch: pytest.MonkeyPatch) -> None:
    t = called("GAM", 1.0, "GAM>BET", west_attacked=2.5)
    assert join(monkeypatch, t, "GAM", 0.101) == {}
    assert join(monkeypatch, t, "GAM", 0.099) == joined("GAM", "GAM>BET")


def test_a_neutral_joins_the_side_it_leans_to(monkeypatch: pytest.MonkeyPatch) -> None:
    # 0.04 x 0.5 x 0.6
    for code, relation, lean, attacked in (
        ("GAM", "GAM>BET", 0.6, "west_attacked"), ("DEL", "DEL>ALF", -0.6, "east_attacked"),
    ):  # fmt: skip
        for u, expected in ((0.0121, {}), (0.0119, joined(code, relation))):
            t = called(code, 0.0, relation, **{attacked: 1.0})
            t.state(code, lean=lean)
            t.relation_traits("DEL>BET", proximity=1.0, rival_leads=2.0)
            t.relation("DEL>BET", fear=1.0, deployment=0.0)
            assert join(monkeypatch, t, code, u) == expected


def test_who_left_the_fight_last_week_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    t = called("GAM", 1.0, "GAM>BET")
    t.state("GAM", joined_fight=1.0)
    assert join(monkeypatch, t, "GAM", 0.0) == {"GAM.joined_fight": 0.0}


def other_side(t: Tiny) -> None:
    t.system(west_attacked=0.0, east_attacked=1.0)


def neutral(t: Tiny) -> None:
    t.state("GAM", bloc=0.0, lean=0.0)


def neutral_of_the_other_side(t: Tiny) -> None:
    t.state("GAM", bloc=0.0, lean=-0.9)


def in_the_east(t: Tiny) -> None:
    t.state("GAM", bloc=2.0)


def fighting_already(t: Tiny) -> None:
    t.pair("BET-GAM", violence=1.0)


def displaying_already(t: Tiny) -> None:
    t.relation("GAM>BET", deployment=0.5)


def without_forces(t: Tiny) -> None:
    t.p.deployment_strength = 0.0


@pytest.mark.parametrize(
    "but",
    [other_side, neutral, neutral_of_the_other_side, in_the_east, fighting_already,
     displaying_already, without_forces],
)  # fmt: skip
def test_who_does_not_join(monkeypatch: pytest.MonkeyPatch, but: Callable[[Tiny], None]) -> None:
    t = called("GAM", 1.0, "GAM>BET", west_attacked=1.0)
    but(t)
    assert join(monkeypatch, t, "GAM", 0.0) == {}


def test_out_of_reach_nobody_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    t = called("GAM", 1.0, "GAM>BET", west_attacked=1.0)
    t.relation_traits("GAM>BET", proximity=0.0)
    assert join(monkeypatch, t, "GAM", 0.0) == {}


# Mediation and channels


def settling(**other: float) -> Tiny:
    """Return a world in which ALF and BET are in a crisis that half the neutrals would mediate.

    The channel moves by 0.1 x (1 + 3 x 0.5) of the way to 0.52 + 0.5 x 0.25 (see the rule).
    """
    t = Tiny(
        mediation=0.4, mediation_end=0.2, channel_base=0.7, channel_rate=0.1,
        channel_erosion=0.6, hotline=0.5, hotline_floor=0.3, hotline_gain=0.25,
        hotline_speed=3.0, expulsion_cost=0.8,
    )  # fmt: skip
    t.system(mediators=0.5)
    t.pair("ALF-BET", rung=4.0, violence=0.0, talks=0.5, mediated=0.0, channel=0.5)
    t.pair_traits("ALF-BET", leaders=1.0)
    t.relation("ALF>BET", diplomacy=0.75, perceived=0.4, step_diplomacy=0.0)
    t.relation("BET>ALF", diplomacy=0.5, perceived=0.2, step_diplomacy=0.0)
    t.pair("ALF-BET", **other)
    return t


def settle(patch: pytest.MonkeyPatch, t: Tiny, u: float) -> dict[str, float]:
    draws = throws({("ALF-BET", Draw.SPREAD): (u, 0.0, 0.0, 0.0)})
    patch.setattr(spread, "uniforms", draws)
    return t.changes(spread.settle_pair, t.world, t.atlas, WEEK, "ALF-BET", LANE)


def test_a_neutral_mediates_a_crisis(monkeypatch: pytest.MonkeyPatch) -> None:
    calm = {"ALF-BET.talks": 0.4, "ALF-BET.channel": 0.53625}
    mediated = {"ALF-BET.talks": 1.0, "ALF-BET.channel": 0.53625, "ALF-BET.mediated": 1.0}
    assert settle(monkeypatch, settling(), 0.21) == about(calm)  # odds 0.4 x 0.5
    assert settle(monkeypatch, settling(), 0.19) == about(mediated)
    assert settle(monkeypatch, settling(rung=3.0), 0.0) == about(calm)
    assert settle(monkeypatch, settling(rung=0.0, violence=1.0), 0.19) == about(mediated)


def test_only_leaders_have_the_hotline(monkeypatch: pytest.MonkeyPatch) -> None:
    t = settling()
    t.pair_traits("ALF-BET", leaders=0.0)
    assert settle(monkeypatch, t, 0.9)["ALF-BET.channel"] == about(0.502)


@pytest.mark.parametrize("side", ["ALF>BET", "BET>ALF"])
@pytest.mark.parametrize(
    ("level", "step", "channel"),
    [
        # without diplomacy: 0.5 + 0.25 x (-0.18 + 0.5 x (0.3 + 0.25 + 0.18) - 0.5)
        (0.0, 0.0, 0.42125),
        (0.0, -1.0, 0.08425),  # ... and the attaches expelled: a fifth is left
        (0.25, -1.0, 0.5 + 0.25 * (0.17 + 0.5 * (0.3 + 0.25 - 0.17) - 0.5)),
    ],
)
def test_either_sides_expulsion_cuts_the_channel(
    monkeypatch: pytest.MonkeyPatch, side: str, level: float, step: float, channel: float
) -> None:
    t = settling()
    t.relation(side, diplomacy=level, step_diplomacy=step)
    assert settle(monkeypatch, t, 0.9)["ALF-BET.channel"] == about(channel)


# Economy, spending, cohesion


def test_a_state_lives_through_what_its_relations_went_through() -> None:
    t = Tiny(
        bite=2.0, sender_cost=0.4, adaptation=0.2, cohesion_strength=2.0, cohesion_rate=0.1,
        rally=0.05, rally_rhetoric=0.04, yield_cost=0.1, spending_strength=2.0, spend_rate=0.05,
        spend_threat=1.5, spend_fatigue=0.8, spend_grievance=0.4, spend_stress=0.6, coalition=0.4,
    )  # fmt: skip
    t.state("BET", adaptation=0.3, cohesion=0.1, audience=0.6, spending=0.2)
    t.relation("BET>ALF", sanctions=0.25, rhetoric=0.5, pooled_fear=0.6, stance=-1.0, grievance=0.3)
    t.relation("BET>GAM", sanctions=0.5, rhetoric=0.25, pooled_fear=0.2, stance=-1.0, grievance=0.5)
    t.relation("BET>DEL", sanctions=0.0, rhetoric=0.75, pooled_fear=0.1, stance=0.0, grievance=0.1)
    for name, level in {"ALF>BET": 0.5, "GAM>BET": 0.25, "DEL>BET": 1.0}.items():
        t.relation(name, sanctions=level)
    for name, share in {"BET>ALF": 0.4, "BET>GAM": 0.1, "BET>DEL": 0.2}.items():
        t.relation_traits(name, trade=share)
    for name, clash in {"ALF-BET": 1.0, "BET-GAM": 1.0, "BET-DEL": 0.0}.items():
        t.pair(name, new_clash=clash)
    for code, (now, usual) in {"ALF": (0.33, 0.3), "GAM": (0.4, 0.1), "DEL": (0.2, 0.2)}.items():
        t.state(code, capability=now)
        t.state_traits(code, capability=usual)
    assert t.changes(spread.live_state, t.world, t.atlas, "BET", LANE) == about({
        "BET.stress": 0.67,  # pain 0.48 + 0.09 + 0.4 less what is adapted to
        # by sanctions on 0.425 of its trade: 0.3 + 0.2 x (1 - 0.4 x 0.425) x (0.97 - 0.3)
        "BET.adaptation": 0.41122,
        # two clashes, two yields; the loudest fear is 0.5 x 0.6
        "BET.cohesion": 0.1 - 0.01 + 2.0 * (0.05 * 2.0 + 0.04 * 0.3) - 0.1 * 0.6 * 2.0,
        # the greatest threat is a small rival with four times its usual arms: 0.2 x 4
        "BET.spending": 0.2 + 0.1 * (1.5 * 0.8 - 0.8 * 0.2 + 0.4 * 0.5 - 0.6 * 0.67),
    })  # fmt: skip


# Leaning and accession


def leaning(**other: float) -> Tiny:
    """Return a world in which DEL fears BET more than ALF and so leans west.

    It leans 0.3 + 2 x 0.1 x (2 x (0.6 - 0.1) - 0.5 x 0.3) = 0.47; its odds of acceding are
    2 x 0.5 x (0.47 - 0.2) = 0.27; its capability is 0.2 x 1.5 x (1 - 0.5 x 0.4) = 0.24.
    """
    t = Tiny(
        erosion=0.5, appeal_strength=2.0, lean_rate=0.1, lean_threat=2.0, lean_hedge=0.5,
        accession_strength=2.0, join_hazard=0.5, join_threshold=0.2, umbrella=0.9,
        grievance_accession=0.25, accession_leader=0.3,
    )  # fmt: skip
    t.system(accessions=3.0)
    t.state("DEL", **{"bloc": 0.0, "lean": 0.3, "spending": 0.5, "stress": 0.4, "nuclear": 0.1,
                      "acceded": 0.0, **other})  # fmt: skip
    t.state_traits("DEL", capability=0.2, mediator=0.5)
    t.relation("DEL>ALF", fear=0.1)
    t.relation("DEL>BET", fear=0.6)
    for name in ("ALF>BET", "BET>ALF", "ALF>DEL", "BET>DEL"):
        t.relation(name, grievance=0.1, grievance_floor=0.05)
    for name in ("DEL>ALF", "DEL>BET"):
        t.relation_traits(name, proximity=1.0)
    return t


def recount(patch: pytest.MonkeyPatch, t: Tiny, u: float, code: str = "DEL") -> dict[str, float]:
    draws = throws({(code, Draw.SPREAD): (0.99, u, 0.99, 0.99)})
    patch.setattr(spread, "uniforms", draws)
    return t.changes(spread.recount_state, t.world, t.atlas, WEEK, code, LANE)


def test_a_neutral_leans_away_from_whom_it_fears(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = {"DEL.capability": 0.24, "DEL.lean": 0.47}
    assert recount(monkeypatch, leaning(), 0.28) == about(expected)


def test_a_neutral_joins_the_bloc_it_leans_to(monkeypatch: pytest.MonkeyPatch) -> None:
    west = recount(monkeypatch, leaning(), 0.26)
    assert west == about({
        "DEL.capability": 0.24, "DEL.lean": 0.47, "DEL.bloc": 1.0, "DEL.nuclear": 0.9,
        "DEL.acceded": 1.0, "DEL.hosted": 0.0, "system.accessions": 4.0,
        # the east's leader resents it: 2 x 0.25, half of it for good, 0.3 of it against the west
        "BET>DEL.grievance": 0.6, "BET>DEL.grievance_floor": 0.3, "BET>ALF.grievance": 0.25,
    })  # fmt: skip


def test_a_neutral_may_join_the_east(monkeypatch: pytest.MonkeyPatch) -> None:
    t = leaning(lean=-0.3)
    t.relation("DEL>ALF", fear=0.6)
    t.relation("DEL>BET", fear=0.1)
    assert recount(monkeypatch, t, 0.26) == about({
        "DEL.capability": 0.24, "DEL.lean": -0.47, "DEL.bloc": 2.0, "DEL.nuclear": 0.9,
        "DEL.acceded": 1.0, "DEL.hosted": 0.0, "system.accessions": 4.0,
        "ALF>DEL.grievance": 0.6, "ALF>DEL.grievance_floor": 0.3, "ALF>BET.grievance": 0.25,
    })  # fmt: skip


def test_members_neither_lean_nor_join(monkeypatch: pytest.MonkeyPatch) -> None:
    for bloc in (1.0, 2.0):
        found = recount(monkeypatch, leaning(bloc=bloc), 0.0)
        assert found == about({"DEL.capability": 0.24})


def test_who_leans_too_little_does_not_join(monkeypatch: pytest.MonkeyPatch) -> None:
    t = leaning()
    t.p.join_threshold = 0.5
    assert recount(monkeypatch, t, 0.0) == about({"DEL.capability": 0.24, "DEL.lean": 0.47})


@pytest.mark.parametrize("code", ["GAM", "BET"])  # no relation with ALF, with itself
def test_whom_only_one_leader_reaches_does_not_lean(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    t = leaning()
    t.relation("GAM>BET", fear=0.9)
    t.relation("BET>ALF", fear=0.9)
    t.state(code, bloc=0.0, spending=0.0, stress=0.0, lean=0.9)
    t.state_traits(code, capability=0.3, mediator=0.5)
    assert recount(monkeypatch, t, 0.0, code) == about({f"{code}.capability": 0.3})


@pytest.mark.parametrize(("side", "of_first"), [(0, 0.1), (1, 0.6)])
def test_the_first_relation_of_all_may_be_a_neutrals(
    monkeypatch: pytest.MonkeyPatch, side: int, of_first: float
) -> None:
    t = leaning()
    t.atlas.toward[t.rows["DEL"], side] = 0
    t.relation("ALF>BET", fear=of_first)  # relation 0, in place of DEL's own
    assert recount(monkeypatch, t, 0.99)["DEL.lean"] == about(0.47)


def test_who_has_no_standing_does_not_lean(monkeypatch: pytest.MonkeyPatch) -> None:
    t = leaning()
    t.state_traits("DEL", mediator=0.0)
    assert recount(monkeypatch, t, 0.0) == about({"DEL.capability": 0.24})


# Memory


@pytest.mark.parametrize(("force", "grievance", "score"), [(1.0, 0.625, 2.15), (0.0, 0.475, 0.35)])
def test_grievance_score_and_belief_remember_what_the_rival_did(
    force: float, grievance: float, score: float
) -> None:
    t = Tiny(
        score_force=1.5, score_offence=0.8, offence=0.75, score_limit=3.0,
        grievance_sanctions=0.02, grievance_force=0.3, grievance_fade=0.1, belief_rate=0.5,
        belief_base=0.3, belief_deployment=0.6, belief_rhetoric=0.8, belief_audience=0.4,
        belief_backing=0.5,
        challenger_firmness=0.5, defender_firmness=0.25,
    )  # fmt: skip
    t.relation("ALF>BET", grievance=0.5, grievance_floor=0.2, resolve=0.4, score=0.35)
    t.relation("BET>ALF", sanctions=0.5, force=force, deployment=0.25, rhetoric=0.4)
    t.state("BET", audience=0.25)
    t.state_traits("BET", firmness=0.1, challenger=0.4)  # 0.1 + 0.5 x 0.4 + 0.25 x 0.6 = 0.45
    struck = {"ALF>BET.score": score} if force else {}  # 0.35 + 1.5 x (1 + 0.8 x 0.25)
    assert t.changes(spread.remember_relation, t.world, t.atlas, "ALF>BET", LANE) == about({
        **struck,
        "ALF>BET.grievance": grievance,  # 0.5 + (0.01 + 0.3) x 0.5 - 0.1 x 0.3
        # half way to 0.3 + 0.6 x 0.25 + (0.5 x 0.25 + 0.8 x 0.45 + 0.4 x 0.25) x 0.4 = 0.684
        "ALF>BET.resolve": 0.542,
    })  # fmt: skip
