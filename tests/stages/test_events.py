"""Events: drift by the right draw, and each kind of dated event to the row it is for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.model.stages import events
from sim.model.vocabulary import Draw, Happening
from tests.tiny import LANE, WEEK, Tiny, about, throws


def test_the_climate_drifts_and_alliances_calm(monkeypatch: pytest.MonkeyPatch) -> None:
    t = Tiny(climate_memory=0.6)
    t.system(climate=0.5, climate_noise=0.8, west_attacked=1.0, east_attacked=1.0)

    def uniforms(_: object, week: int, who: int, purpose: int, lane: int) -> tuple[float, ...]:
        assert (week, who, purpose, lane) == (WEEK, 0, Draw.CLIMATE, LANE)
        return 0.75, 0.5, 0.625, 0.5

    monkeypatch.setattr(events, "uniforms", uniforms)
    assert t.changes(events.drift_system, t.world, WEEK, LANE) == about({
        "system.climate": 0.3 + 0.8 * 0.375 * math.sqrt(3.0),
        "system.west_attacked": 0.0,
        "system.east_attacked": 0.0,
    })  # fmt: skip


def test_a_pairs_issue_drifts_and_force_is_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    t = Tiny(issue_memory=0.5)
    t.system(climate=0.4, issue_noise=0.7, pair_part=1.2, climate_part=0.9)
    t.pair("BET-GAM", issue=-0.6, declared=1.0)
    t.relation("BET>GAM", force=1.0)
    t.relation("GAM>BET", force=1.0)
    draws = throws({("BET-GAM", Draw.ISSUE): (1.0, 0.5, 0.5, 0.75)})
    monkeypatch.setattr(events, "uniforms", draws)
    issue = -0.3 + 0.7 * 0.75 * math.sqrt(3.0)
    assert t.changes(events.drift_pair, t.world, t.atlas, WEEK, "BET-GAM", LANE) == about({
        "BET-GAM.issue": issue,
        "BET-GAM.salience": 1.2 * issue + 0.9 * 0.4,
        "BET-GAM.declared": 0.0,
        "BET>GAM.force": 0.0,
        "GAM>BET.force": 0.0,
    })  # fmt: skip


def happens(
    t: Tiny, kind: Happening, row: str, size: float, *, actor: float = 0.0, target: float = 0.0
) -> dict[str, float]:
    """Let the second of two dated events happen; actor and target may have to be in blocs."""
    columns = [name for name in t.atlas._fields if name.startswith("event_")]
    calendar: dict[str, Any] = {
        **dict.fromkeys(columns, np.zeros(2, np.int64)),
        "event_kind": np.array([-1, kind]),
        "event_row": np.array([-1, t.rows[row]]),
        "event_size": np.array([np.nan, size]),
        "event_actor": np.array([np.nan, actor]),
        "event_target": np.array([np.nan, target]),
    }
    atlas = t.atlas._replace(**calendar)
    return t.changes(events.happen, t.world, atlas, 1, LANE)


@pytest.mark.parametrize(
    ("given", "before", "size", "after"),
    [
        (1.0, 0.25, 0.75, 0.75),
        (1.0, 0.75, 0.25, 0.75),
        (0.5, 0.25, 1.0, 0.5),
        (0.5, 0.75, 1.0, 0.75),
        (0.0, 0.25, 0.75, 0.25),  # none is given; what is said already stays
    ],
)
def test_a_speech_raises_rhetoric(given: float, before: float, size: float, after: float) -> None:
    t = Tiny(rhetoric_given=given)
    t.relation("ALF>BET", rhetoric=before, trace=18.0)
    happens(t, Happening.SPEECH, "ALF>BET", size)
    assert t.relation("ALF>BET").rhetoric == after
    assert t.relation("ALF>BET").trace == (13.0 if after > before else 18.0)


@pytest.mark.parametrize(
    ("given", "before", "size", "after", "fresh", "trace"),
    [
        (1.0, 0.25, 0.75, 0.75, 1.0, 13.0),  # one link from an event
        (1.0, 0.75, 0.5, 0.5, 0.2, 18.0),  # a withdrawal is no fresh display; last week's stays
        (1.0, 0.0, 0.25, 0.25, 0.2, 18.0),
        (0.0, 0.25, 0.75, 0.0, 0.2, 18.0),
        (0.5, 0.0, 1.0, 0.5, 1.0, 13.0),
        (0.5, 0.0, 0.75, 0.375, 0.2, 18.0),
    ],
)
def test_a_deployment_is_ordered(
    given: float, before: float, size: float, after: float, fresh: float, trace: float
) -> None:
    t = Tiny(deployment_given=given)
    t.relation("ALF>BET", deployment=before, fresh=0.2, trace=18.0)
    happens(t, Happening.DEPLOYMENT, "ALF>BET", size)
    me = t.relation("ALF>BET")
    assert (me.deployment, me.fresh, me.trace) == (after, fresh, trace)


@pytest.mark.parametrize(("given", "after"), [(1.0, 0.5), (0.5, 0.25), (0.0, 0.0)])
def test_sanctions_are_set(given: float, after: float) -> None:
    t = Tiny(sanctions_given=given)
    t.relation("ALF>BET", sanctions=0.75)
    assert happens(t, Happening.SANCTIONS, "ALF>BET", 0.5) == {"ALF>BET.sanctions": after}


@pytest.mark.parametrize(
    ("strength", "given", "size", "after"),
    [
        (1.0, 1.0, 0.75, {"BET>ALF.diplomacy": 0.75}),
        (1.0, 0.5, 0.5, {"BET>ALF.diplomacy": 0.25}),
        # a fifth is left
        (1.0, 1.0, 0.0, {"BET>ALF.diplomacy": 0.0, "ALF-BET.channel": 0.08}),
        (1.0, 0.0, 0.75, {"BET>ALF.diplomacy": 0.0}),
        (0.0, 1.0, 0.75, {"BET>ALF.diplomacy": 0.75}),
        # attaches do nothing, and nothing is lost
        (0.0, 1.0, 0.0, {"BET>ALF.diplomacy": 0.0}),
    ],
)
def test_diplomacy_is_set_and_expulsion_cuts_the_channel(
    strength: float, given: float, size: float, after: dict[str, float]
) -> None:
    t = Tiny(channel_strength=strength, diplomacy_given=given, expulsion_cost=0.8)
    t.relation("BET>ALF", diplomacy=0.5)
    t.pair("ALF-BET", channel=0.4)
    assert happens(t, Happening.DIPLOMACY, "BET>ALF", size) == about(after)


@pytest.mark.parametrize(("before", "after"), [(0.3, 0.5), (0.9, 1.0)])
def test_grievance_is_added(before: float, after: float) -> None:
    t = Tiny()
    t.relation("ALF>BET", grievance=before)
    found = happens(t, Happening.GRIEVANCE, "ALF>BET", 0.2)
    assert found == about({"ALF>BET.grievance": after})


def test_force_is_used() -> None:
    assert happens(Tiny(), Happening.FORCE, "ALF>BET", 1.0) == {
        "ALF>BET.force": 1.0, "ALF>BET.trace": 13.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("actor", "target", "meant"),
    [
        (0.0, 0.0, True),
        (1.0, 0.0, True),
        (2.0, 0.0, False),
        (0.0, 2.0, True),
        (0.0, 1.0, False),
        (1.0, 2.0, True),
        (1.0, 1.0, False),
        (2.0, 2.0, False),
    ],
)
def test_whom_an_event_does_not_mean_it_leaves_alone(
    actor: float, target: float, meant: bool
) -> None:
    """Neither acts nor traces change where a state is not in the bloc that is named."""
    t = Tiny()
    t.relation("ALF>BET", force=0.0, trace=18.0, deployment=0.25, fresh=0.0, grievance=0.3)
    t.relation("ALF>BET", exercise=0.0, announced=0.0, rhetoric=0.0)
    t.relation("BET>ALF", trace=9.0)
    t.p.deployment_given = t.p.rhetoric_given = 1.0
    t.state("ALF", bloc=1.0)
    t.state("BET", bloc=2.0)
    t.pair("ALF-BET", violence=0.0, cause=0.0, root=0.0)
    for kind, size in (
        (Happening.FORCE, 1.0), (Happening.DEPLOYMENT, 0.75), (Happening.GRIEVANCE, 0.2),
        (Happening.WAR, 2.0), (Happening.SPEECH, 0.5), (Happening.EXERCISE, 0.25),
        (Happening.SNAP_EXERCISE, 1.0),
    ):  # fmt: skip
        found = happens(t, kind, "ALF>BET", size, actor=actor, target=target)
        assert (found != {}) is meant


def test_alarm_is_raised_by_what_is_seen() -> None:
    t = Tiny(alarm_gain=2.0, alarm_memory=0.5, alarm_limit=3.0)
    t.relation("ALF>BET", alarm=0.6, perceived=0.1)
    assert happens(t, Happening.ALARM, "ALF>BET", 0.4) == about({
        "ALF>BET.alarm": 1.1,  # 0.5 x 0.6 + 2 x 0.4
        "ALF>BET.perceived": 0.5,
    })  # fmt: skip


def fighting(violence: float) -> Tiny:
    """Return a world in which BET and GAM may have clashed over an accident."""
    t = Tiny()
    t.pair("BET-GAM", violence=violence, cause=3.0, root=12.0, declared=0.0)
    t.relation("BET>GAM", trace=12.0)
    t.relation("GAM>BET", trace=20.0)
    return t


BY_DATE = {
    "BET-GAM.declared": 1.0,
    "BET-GAM.violence": 2.0, "BET-GAM.cause": 4.0, "BET-GAM.root": 13.0, "BET>GAM.trace": 13.0,
    "GAM>BET.trace": 13.0,
}  # fmt: skip


@pytest.mark.parametrize("row", ["BET>GAM", "GAM>BET"])
@pytest.mark.parametrize("before", [0.0, 1.0])
def test_a_war_by_date_comes_of_the_event(row: str, before: float) -> None:
    assert happens(fighting(before), Happening.WAR, row, 2.0) == BY_DATE


@pytest.mark.parametrize("before", [2.0, 3.0])
def test_a_war_that_goes_on_keeps_its_cause(before: float) -> None:
    found = happens(fighting(before), Happening.WAR, "BET>GAM", 2.0)
    assert found == ({"BET-GAM.violence": 2.0} if before > 2.0 else {})


@pytest.mark.parametrize("before", [1.0, 2.0])
def test_a_ceasefire_ends_what_there_is(before: float) -> None:
    found = happens(fighting(before), Happening.CEASEFIRE, "BET>GAM", 0.0)
    assert found == {"BET-GAM.violence": 0.0}


# Exercises


@pytest.mark.parametrize(
    ("kind", "given", "size", "before", "after"),
    [
        # announced it is no display, whatever its size
        (Happening.EXERCISE, 1.0, 0.75, {}, {"exercise": 0.75, "announced": 1.0}),
        (Happening.EXERCISE, 0.5, 0.75, {}, {"exercise": 0.375, "announced": 1.0}),
        (Happening.SNAP_EXERCISE, 1.0, 0.75, {}, {"exercise": 0.75, "fresh": 1.0, "trace": 13.0}),
        (Happening.SNAP_EXERCISE, 1.0, 0.25, {}, {"exercise": 0.25}),  # too small to be one
        (Happening.SNAP_EXERCISE, 0.5, 0.75, {}, {"exercise": 0.375}),
        (Happening.SNAP_EXERCISE, 0.0, 0.75, {}, {}),
        # forces that are shown already
        (Happening.SNAP_EXERCISE, 1.0, 0.75, {"deployment": 0.75}, {"exercise": 0.75}),
        (Happening.SNAP_EXERCISE, 1.0, 0.5, {"exercise": 0.75}, {"exercise": 0.5}),
        (
            Happening.SNAP_EXERCISE, 1.0, 0.75, {"exercise": 0.5},
            {"exercise": 0.75, "fresh": 1.0, "trace": 13.0},
        ),
        # ... or were announced, and now are a display
        (
            Happening.SNAP_EXERCISE, 1.0, 0.75, {"exercise": 0.75, "announced": 1.0},
            {"announced": 0.0, "fresh": 1.0, "trace": 13.0},
        ),
        # it ends
        (Happening.SNAP_EXERCISE, 1.0, 0.0, {"exercise": 0.75}, {"exercise": 0.0}),
        (
            Happening.EXERCISE, 1.0, 0.0, {"exercise": 0.75, "announced": 1.0},
            {"exercise": 0.0, "announced": 0.0},
        ),
    ],
)  # fmt: skip
def test_an_exercise_begins_and_ends(
    kind: Happening, given: float, size: float, before: dict[str, float], after: dict[str, float]
) -> None:
    t = Tiny(deployment_given=given)
    still = {"deployment": 0.25, "exercise": 0.0, "announced": 0.0, "fresh": 0.2, "trace": 18.0}
    t.relation("ALF>BET", **{**still, **before})
    expected = {f"ALF>BET.{name}": value for name, value in after.items()}
    assert happens(t, kind, "ALF>BET", size) == about(expected)


# Briefings


def listening() -> Tiny:
    """Return a world in which GAM and DEL may hear what a leader's attaches are told."""
    t = Tiny(
        rhetoric_given=0.5, cohesion_strength=2.0, rally_briefing=0.1, appeal_strength=2.0,
        appeal_briefing=0.25,
    )  # fmt: skip
    for code, bloc in {"ALF": 1.0, "BET": 2.0, "GAM": 1.0, "DEL": 0.0}.items():
        t.state(code, bloc=bloc, cohesion=0.1, lean=0.2)
        t.state_traits(code, west_affinity=0.8, east_affinity=0.5)
    return t


@pytest.mark.parametrize(
    ("speaker", "lean"),
    [
        ("ALF", 0.36),  # 0.2 + 2 x 0.25 x 0.5 x 0.8 x (1 - 0.2)
        ("BET", 0.05),  # 0.2 - 2 x 0.25 x 0.5 x 0.5 x (1 + 0.2)
        ("GAM", 0.2),  # who leads nobody is heard at home alone
        ("DEL", 0.2),
    ],
)
def test_a_briefing_is_heard_at_home_and_by_neutrals(speaker: str, lean: float) -> None:
    moved = {"DEL.lean": lean} if lean != 0.2 else {}
    # 0.1 + 2 x 0.1 x 0.5
    expected = {f"{speaker}.cohesion": 0.2, **moved}
    assert happens(listening(), Happening.BRIEFING, speaker, 1.0) == about(expected)


def test_nobody_hears_a_briefing_that_is_not_given() -> None:
    t = listening()
    t.p.rhetoric_given = 0.0
    assert happens(t, Happening.BRIEFING, "ALF", 1.0) == {}


# Accession


def acceding(code: str, strength: float = 2.0) -> Tiny:
    """Return a world in which a state may accede and the other leader would resent it by 0.5."""
    t = Tiny(
        accession_strength=strength, umbrella=0.9, grievance_accession=0.25, accession_leader=0.3
    )
    t.system(accessions=3.0)
    t.state(code, bloc=0.0, nuclear=0.1, acceded=0.0)
    for name in ("ALF>BET", "BET>ALF", "ALF>DEL", "BET>DEL", "BET>GAM"):
        t.relation(name, grievance=0.2, grievance_floor=0.1)
    for name in ("ALF>BET", "BET>ALF", "DEL>ALF", "DEL>BET", "GAM>BET"):
        t.relation_traits(name, proximity=1.0)
    return t


def test_accession_to_the_west_aggrieves_the_easts_leader() -> None:
    assert happens(acceding("DEL"), Happening.ACCESSION, "DEL", 1.0) == about({
        "DEL.bloc": 1.0, "DEL.nuclear": 0.9, "DEL.acceded": 1.0, "DEL.hosted": 0.0,
        "system.accessions": 4.0,
        "BET>DEL.grievance": 0.7, "BET>DEL.grievance_floor": 0.35,  # + 0.5, half of it for good
        "BET>ALF.grievance": 0.35,  # + 0.3 x 0.5
    })  # fmt: skip


def test_accession_to_the_east_aggrieves_the_wests_leader() -> None:
    assert happens(acceding("DEL"), Happening.ACCESSION, "DEL", 2.0) == about({
        "DEL.bloc": 2.0, "DEL.nuclear": 0.9, "DEL.acceded": 1.0, "DEL.hosted": 0.0,
        "system.accessions": 4.0,
        "ALF>DEL.grievance": 0.7, "ALF>DEL.grievance_floor": 0.35,
        "ALF>BET.grievance": 0.35,
    })  # fmt: skip


def test_accession_hurts_the_more_the_nearer_it_is() -> None:
    t = acceding("DEL")
    t.relation_traits("DEL>BET", proximity=0.4)
    found = happens(t, Happening.ACCESSION, "DEL", 1.0)
    grieved = {name: value for name, value in found.items() if "grievance" in name}
    assert grieved == about({
        "BET>DEL.grievance": 0.4, "BET>DEL.grievance_floor": 0.2,  # + 0.5 x 0.4
        "BET>ALF.grievance": 0.26,  # + 0.3 x 0.2
    })  # fmt: skip
    t = acceding("DEL")
    t.relation_traits("DEL>BET", proximity=0.0)
    assert not [n for n in happens(t, Happening.ACCESSION, "DEL", 1.0) if "grievance" in n]


def test_a_leader_without_relations_to_the_newcomer_does_not_mind() -> None:
    assert happens(acceding("GAM"), Happening.ACCESSION, "GAM", 2.0) == about({
        "GAM.bloc": 2.0, "GAM.nuclear": 0.9, "GAM.acceded": 1.0, "GAM.hosted": 0.0,
        "system.accessions": 4.0,
    })  # fmt: skip


def test_the_first_relation_of_all_is_aggrieved_too() -> None:
    # ALF>BET is relation 0: 0.2 + 0.5 for its accession, 0.15 at the door of its leader, itself.
    found = happens(acceding("ALF"), Happening.ACCESSION, "ALF", 1.0)
    assert found["BET>ALF.grievance"] == about(0.85)
    assert found["BET>ALF.grievance_floor"] == about(0.35)


def test_grievance_over_accessions_ends_at_one() -> None:
    t = acceding("DEL")
    t.relation("BET>DEL", grievance=0.8, grievance_floor=0.9)
    t.relation("BET>ALF", grievance=0.95)
    happens(t, Happening.ACCESSION, "DEL", 1.0)
    resented = t.relation("BET>DEL")
    assert (resented.grievance, resented.grievance_floor) == (1.0, 1.0)
    assert t.relation("BET>ALF").grievance == 1.0


def test_own_weapons_outdo_the_umbrella() -> None:
    t = acceding("DEL")
    t.state("DEL", nuclear=1.0)
    assert "DEL.nuclear" not in happens(t, Happening.ACCESSION, "DEL", 1.0)


def test_any_strength_lets_a_state_accede_and_is_resented_in_proportion() -> None:
    found = happens(acceding("DEL", 0.4), Happening.ACCESSION, "DEL", 1.0)
    assert found["DEL.bloc"] == 1.0
    assert found["BET>DEL.grievance"] == about(0.3)  # 0.2 + 0.4 x 0.25


def test_who_does_not_accede_now_aggrieves_nobody() -> None:
    t = acceding("DEL")
    assert t.changes(events.accede, t.world, t.atlas, "DEL", 1.0, 0.0, LANE) == {}


def test_nobody_accedes_at_strength_zero() -> None:
    assert happens(acceding("DEL", 0.0), Happening.ACCESSION, "DEL", 1.0) == {}
