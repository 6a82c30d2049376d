"""Causes and roots: as a week notes them, as disputes carry them, as a world's row counts them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.__main__ import read_jobs
from sim.engine import notes, record
from sim.engine.disputes import DISPUTE_COLUMNS, GAP, most_disputes
from sim.engine.ensemble import coded_disputes, play
from sim.engine.notes import (
    ACCIDENT,
    DISPLAY,
    DRAWN_IN,
    EXCUSED,
    FORCE,
    FRESH,
    LEVEL,
    STOOD,
    YIELDED,
    Tracks,
    empty_tracks,
)
from sim.engine.record import CAUSES, ORIGINS, OUTCOMES, empty_tally
from sim.evidence.claims import rivals
from sim.model.roster import StateTraits, build_roster
from sim.model.sheets import PairSheet, StateSheet
from sim.model.vocabulary import Bloc, Cause, Origin, Rung
from tests.conftest import EXTREME, digest, point_of
from tests.tiny import LANE, Tiny, roster

WEEKS = 40

# What a week notes


def noted(t: Tiny) -> Tracks:
    """Return what is noted of a world after its third week; what it does not say is 0."""
    for array in t.world[:4]:
        np.nan_to_num(array, copy=False)
    np.nan_to_num(t.world.parameters, copy=False)
    tracks = empty_tracks(roster(), 3, 2)
    notes.observe(t.world, roster().atlas, 3, tracks, LANE)
    assert not any(array[..., 1 - LANE].any() for array in tracks)
    return tracks


@pytest.mark.parametrize(
    ("fields", "act"),
    [
        ({}, 0),
        ({"excused": 1.0, "accident": 1.0}, ACCIDENT | EXCUSED),  # no force, no display
        ({"excused": 1.0, "accident": -1.0}, ACCIDENT | EXCUSED),
        ({"force": 1.0, "fresh": 0.3, "accident": 1.0}, FORCE | ACCIDENT),
        ({"force": 1.0, "fresh": 0.3}, FORCE),
        ({"deployment": 0.5}, DISPLAY),
        ({"deployment": 0.5, "fresh": 1.0}, DISPLAY | FRESH),
        ({"deployment": 0.25, "fresh": 1.0, "stance": -1.0}, DISPLAY | FRESH | YIELDED),
        ({"deployment": 0.5, "stance": 1.0, "force": 1.0}, FORCE | STOOD),
    ],
)
def test_an_act_is_noted_with_what_became_of_it(fields: dict[str, float], act: int) -> None:
    t = Tiny()
    t.relation("BET>GAM", **fields)
    tracks = noted(t)
    assert tracks.acts[3, t.rows["BET>GAM"], LANE] == act
    assert np.count_nonzero(tracks.acts) == (act > 0)


def test_flags_are_told_apart_and_fit_their_track() -> None:
    flags = [ACCIDENT, FRESH, STOOD, YIELDED, DRAWN_IN, EXCUSED]
    assert len({flag & -flag for flag in flags}) == len(flags)
    assert all(flag & LEVEL == 0 for flag in flags)
    assert max(flags) < 1 << 16


@pytest.mark.parametrize("trace", [0, 9, 26, 255])
def test_the_trace_of_an_act_is_noted(trace: int) -> None:
    t = Tiny()
    t.relation("GAM>BET", trace=float(trace))
    tracks = noted(t)
    assert tracks.traces[3, t.rows["GAM>BET"], LANE] == trace
    assert np.count_nonzero(tracks.traces) == (trace > 0)


@pytest.mark.parametrize(
    ("violence", "cause", "root", "code"),
    [
        (1.0, Cause.CHOICE, 26, 1 + 8 * 26),
        (2.0, Cause.DRAWN_IN, 14, 5 + 8 * 14),
        (1.0, Cause.MET, 255, 2 + 8 * 255),
        (0.0, Cause.CHOICE, 26, 0),  # it has ended
    ],
)
def test_the_cause_of_the_violence_there_is_is_noted(
    violence: float, cause: Cause, root: int, code: int
) -> None:
    t = Tiny()
    t.pair("BET-GAM", violence=violence, cause=float(cause), root=float(root))
    tracks = noted(t)
    assert tracks.causes[3, t.rows["BET-GAM"], LANE] == code
    assert np.count_nonzero(tracks.causes) == (code > 0)


# What a dispute opens with

A, B = 0, 1


def opened(*acts: tuple[int, int, int, int]) -> list[tuple[Cause, Origin, int]]:
    """Return cause, origin and links of disputes: ``(week, side, act, trace)`` was done."""
    made = rivals()
    tracks = empty_tracks(made, WEEKS, 1)
    sides = (made.atlas.left[0], made.atlas.right[0])
    for week, side, act, trace in acts:
        tracks.acts[week, sides[side], 0] = act
        tracks.traces[week:, sides[side], 0] = trace
    disputes, _ = coded_disputes(made, tracks, 1, 0)
    at = [DISPUTE_COLUMNS.index(name) for name in ("cause", "origin", "links")]
    return [(Cause(int(row[at[0]])), Origin(int(row[at[1]])), int(row[at[2]])) for row in disputes]


@pytest.mark.parametrize("side", [A, B])
@pytest.mark.parametrize(
    ("act", "trace", "cause", "origin", "links"),
    [
        (DISPLAY | FRESH, 9, Cause.CHOICE, Origin.OWN, 1),
        (DISPLAY | FRESH, 26, Cause.CHOICE, Origin.GAIN, 3),
        (DISPLAY | FRESH, 11, Cause.CHOICE, Origin.MISREADING, 1),
        (FORCE, 255, Cause.CHOICE, Origin.STANDING, 31),
        (DISPLAY | FRESH, 13, Cause.EVENT, Origin.EVENT, 1),
        (FORCE, 13, Cause.EVENT, Origin.EVENT, 1),
        (FORCE, 21, Cause.CHOICE, Origin.EVENT, 2),  # an answer to an event is chosen
        (FORCE | ACCIDENT, 12, Cause.ACCIDENT, Origin.ACCIDENT, 1),
        (DISPLAY | FRESH | ACCIDENT, 12, Cause.ACCIDENT, Origin.ACCIDENT, 1),
        (FORCE, 20, Cause.CHOICE, Origin.ACCIDENT, 2),
        (DISPLAY | FRESH | ACCIDENT | EXCUSED, 9, Cause.CHOICE, Origin.OWN, 1),
        (DISPLAY | FRESH | DRAWN_IN, 14, Cause.DRAWN_IN, Origin.DRAWN_IN, 1),
        (DISPLAY | FRESH | YIELDED, 17, Cause.CHOICE, Origin.OWN, 2),
        (FORCE | STOOD, 17, Cause.MET, Origin.OWN, 2),
        (FORCE | FRESH | STOOD, 17, Cause.CHOICE, Origin.OWN, 2),  # it opens with the display
        (DISPLAY, 0, Cause.CHOICE, Origin.STANDING, 1),  # forces that stood from the start
    ],
)
def test_a_dispute_carries_what_it_opens_with(
    side: int, act: int, trace: int, cause: Cause, origin: Origin, links: int
) -> None:
    assert opened((5, side, act, trace)) == [(cause, origin, links)]


def test_later_acts_do_not_change_what_a_dispute_opened_with() -> None:
    acts = ((5, A, DISPLAY | FRESH, 9), (6, B, FORCE, 17), (7, A, FORCE | ACCIDENT, 12))
    assert opened(*acts) == [(Cause.CHOICE, Origin.OWN, 1)]
    again = (20, B, FORCE, 33)
    assert opened(*acts, again) == [(Cause.CHOICE, Origin.OWN, 1), (Cause.CHOICE, Origin.OWN, 4)]


def test_the_side_that_opens_gives_the_cause() -> None:
    slip, answer = (5, A, FORCE | ACCIDENT, 12), (5, B, FORCE, 20)
    assert opened(slip, answer) == [(Cause.ACCIDENT, Origin.ACCIDENT, 1)]
    force, display = (5, B, FORCE, 18), (5, A, DISPLAY | FRESH, 9)
    assert opened(force, display) == [(Cause.CHOICE, Origin.GAIN, 2)]


# What a world's row counts

LEADERS, ALLY, NEUTRAL = "ALF-BET", "BET-GAM", "ALF-DEL"
Told = tuple[int, str, Rung, Cause, int]


Acted = tuple[tuple[int, str, int], ...]


def row_of_world(*weeks: Told, acts: Acted = ()) -> dict[str, int]:
    """Return the row of a world in which pairs stood on rungs above calm.

    Each week is told as week, pair, rung, cause and root; acts as week, relation and act.
    """
    made, rows = roster(), Tiny().rows
    tracks = empty_tracks(made, WEEKS, 1)
    for week, pair, rung, cause, root in weeks:
        tracks.rungs[week, rows[pair], 0] = rung
        tracks.causes[week, rows[pair], 0] = cause + 8 * root
    for week, relation, act in acts:
        tracks.acts[week, rows[relation], 0] = act
    outcomes = np.full((1, len(OUTCOMES)), 7, np.int32)
    room: Any = np.zeros((most_disputes(WEEKS), len(DISPUTE_COLUMNS)), np.int32)
    tally = empty_tally(made, WEEKS, 1)
    record.fold(tracks, made.atlas, np.zeros(1, np.int64), tally, outcomes, 1, room)
    return {name: int(value) for name, value in zip(OUTCOMES, outcomes[0], strict=True)}


def counted(*weeks: Told, acts: Acted = ()) -> dict[str, int]:
    """Return the counts of clashes and wars that are not 0 in such a world."""
    told = row_of_world(*weeks, acts=acts)
    start = OUTCOMES.index("clashes_choice")
    kept = ("clashes", "wars", "clashes_other", "wars_other", *OUTCOMES[start:])
    return {name: told[name] for name in kept if told[name] != 0}


def test_a_quiet_world_counts_nothing() -> None:
    assert counted() == {}
    assert counted((5, LEADERS, Rung.CRISIS, Cause.NONE, 0)) == {}


BOTH = ((5, "BET>GAM", FORCE), (5, "GAM>BET", FORCE))


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("origin", ORIGINS)
def test_a_clash_is_counted_by_cause_and_by_origin(cause: Cause, origin: Origin) -> None:
    found = counted((5, ALLY, Rung.CLASH, cause, 16 + origin), acts=BOTH)
    assert found == {
        "clashes": 1,
        f"clashes_{cause.name.lower()}": 1,
        f"clashes_of_{origin.name.lower()}": 1,
        "links": 2,
    }


def test_every_cause_and_origin_has_a_column() -> None:
    assert [c.name for c in CAUSES] == ["CHOICE", "MET", "ACCIDENT", "EVENT", "DRAWN_IN"]
    assert [o.name for o in ORIGINS] == [
        "OWN", "GAIN", "MISREADING", "ACCIDENT", "EVENT", "DRAWN_IN", "STANDING",
    ]  # fmt: skip
    assert len(set(OUTCOMES)) == len(OUTCOMES)


@pytest.mark.parametrize(
    ("act_a", "act_b", "cause", "alone", "unanswered"),
    [
        (FORCE | ACCIDENT, 0, Cause.ACCIDENT, 1, 0),
        (0, FORCE | ACCIDENT, Cause.ACCIDENT, 1, 0),
        (FORCE | ACCIDENT, FORCE, Cause.ACCIDENT, 0, 0),
        (FORCE, DISPLAY, Cause.CHOICE, 0, 1),
        (DISPLAY | FRESH, FORCE, Cause.EVENT, 0, 1),
        (FORCE, FORCE, Cause.CHOICE, 0, 0),
        (FORCE | STOOD, FORCE | STOOD, Cause.MET, 0, 0),
    ],
)
def test_one_sides_shot_is_counted_apart(
    act_a: int, act_b: int, cause: Cause, alone: int, unanswered: int
) -> None:
    acts = ((5, "BET>GAM", act_a), (5, "GAM>BET", act_b))
    found = counted((5, ALLY, Rung.CLASH, cause, 9), acts=acts)
    counts = found.get("clashes_accident_alone", 0), found.get("clashes_unanswered", 0)
    assert counts == (alone, unanswered)


def test_a_clash_that_goes_on_is_counted_once() -> None:
    weeks = [(week, ALLY, Rung.CLASH, Cause.CHOICE, 9) for week in (5, 6, 7, 12)]
    found = counted(*weeks, acts=BOTH)
    assert found == {
        "clashes": 2, "clashes_choice": 2, "clashes_of_own": 2, "links": 1, "clashes_unanswered": 1,
    }  # fmt: skip


@pytest.mark.parametrize(("cause", "wars"), [(Cause.ACCIDENT, 1), (Cause.CHOICE, 0),
                                             (Cause.EVENT, 0)])  # fmt: skip
@pytest.mark.parametrize("first", [Rung.CLASH, Rung.WAR])
def test_a_war_of_accident_is_one_whose_violence_began_so(
    cause: Cause, wars: int, first: Rung
) -> None:
    weeks = ((5, ALLY, first, cause, 12), (6, ALLY, Rung.WAR, cause, 12),
             (7, ALLY, Rung.NUCLEAR, cause, 12))  # fmt: skip
    found = counted(*weeks, acts=BOTH)
    assert (found["wars"], found["clashes"]) == (1, 1)
    assert found.get("wars_of_accident", 0) == wars


def test_clashes_and_wars_of_pairs_that_are_not_opposed_are_counted_apart_without_causes() -> None:
    onset = (5, NEUTRAL, Rung.WAR, Cause.ACCIDENT, 12)
    assert counted(onset) == {"clashes_other": 1, "wars_other": 1}
    rise = (4, NEUTRAL, Rung.CLASH, Cause.MET, 9)
    assert counted(rise, onset) == {"clashes_other": 1, "wars_other": 1}


def test_a_war_from_the_start_of_a_pair_that_is_not_opposed_does_not_begin() -> None:
    assert counted((0, NEUTRAL, Rung.WAR, Cause.NONE, 0), (1, NEUTRAL, Rung.WAR, 0, 0)) == {}


def test_disputes_are_counted_by_whether_the_pair_is_opposed() -> None:
    twice = tuple((week, "DEL>ALF", DISPLAY) for week in (2, 3, 3 + GAP + 1))
    found = row_of_world(acts=twice)
    assert (found["disputes"], found["disputes_other"]) == (0, 2)
    found = row_of_world(acts=(*twice, (4, "GAM>BET", DISPLAY)))
    assert (found["disputes"], found["disputes_other"]) == (1, 2)


def test_the_leaders_first_clash_is_told_and_the_longest_chain_of_all() -> None:
    found = counted(
        (4, ALLY, Rung.CLASH, Cause.ACCIDENT, 12),
        (6, LEADERS, Rung.CLASH, Cause.MET, 26),
        (9, LEADERS, Rung.CLASH, Cause.CHOICE, 41),
        (12, ALLY, Rung.CLASH, Cause.CHOICE, 255),
    )
    first = {name: value for name, value in found.items() if name.startswith("first_")}
    assert first == {
        "first_cause_leaders": Cause.MET, "first_origin_leaders": Origin.GAIN,
        "first_links_leaders": 3,
    }  # fmt: skip
    assert found["links"] == 31


def test_excused_accidents_are_counted_of_all_relations() -> None:
    acts = ((3, "ALF>BET", ACCIDENT | EXCUSED), (4, "ALF>BET", ACCIDENT | EXCUSED),
            (4, "DEL>ALF", ACCIDENT | EXCUSED), (6, "BET>GAM", FORCE | ACCIDENT))  # fmt: skip
    assert counted(acts=acts) == {"excused": 3}


# In whole runs


@pytest.fixture(scope="module", params=["two_rivals", "two_alliances"])
def run(request: pytest.FixtureRequest) -> record.Record:
    name = f"scenario={request.param}"
    (job,) = read_jobs([name, "worlds=64", "weeks=104"])
    point = point_of({**EXTREME, "start_fear": 0.9})
    return play(job.scenario.roster, point[None], n_worlds=64, n_weeks=104, seed=4, disputes_from=0)


def total(run: record.Record, *columns: str) -> Any:
    return sum(run.outcome(name)[0] for name in columns)


def test_every_clash_has_one_cause_and_one_origin(run: record.Record) -> None:
    clashes = run.outcome("clashes")[0]
    assert clashes.sum() > 50
    causes = total(run, *(f"clashes_{cause.name.lower()}" for cause in CAUSES))
    origins = total(run, *(f"clashes_of_{origin.name.lower()}" for origin in ORIGINS))
    assert (causes == clashes).all()
    assert (origins == clashes).all()
    alone = total(run, "clashes_accident_alone", "clashes_unanswered")
    assert (alone <= clashes).all()
    assert (run.outcome("excused") <= run.outcome("accidents")).all()
    assert (run.outcome("wars_of_accident") <= run.outcome("wars")).all()
    assert ((run.outcome("links")[0] > 0) == (clashes > 0)).all()
    assert run.outcome("links").max() <= 31


def test_every_dispute_has_a_cause_an_origin_and_a_link(run: record.Record) -> None:
    columns = {name: run.disputes[:, k] for k, name in enumerate(DISPUTE_COLUMNS)}
    assert len(run.disputes) > 50
    assert (columns["cause"] >= Cause.CHOICE).all()
    assert (columns["cause"] <= Cause.DRAWN_IN).all()
    assert (columns["origin"] >= Origin.OWN).all()
    assert (columns["origin"] <= Origin.STANDING).all()
    assert (columns["links"] >= 1).all()
    assert (columns["links"] <= 31).all()


# The sensibility of one state


@pytest.mark.parametrize(("given", "trait"), [(None, -1.0), (0.0, 0.0), (0.75, 0.75)])
def test_a_state_has_a_sensibility_of_its_own_or_that_of_all(
    given: float | None, trait: float
) -> None:
    made = build_roster(
        [StateSheet("ALF", 1, "ALF", 0.1), StateSheet("BET", 2, "BET", 0.1, sensibility=given)],
        [PairSheet("ALF", "BET", proximity=1.0, adjacent=True)],
        {"ALF": Bloc.WEST, "BET": Bloc.EAST},
        ("ALF", "BET"),
    )
    found = made.atlas.state_traits[:, StateTraits.FIELDS.index("sensibility"), 0]
    assert found.tolist() == [-1.0, trait]


def of_sensibility(*words: str, general: float) -> str:
    (job,) = read_jobs(["scenario=two_rivals", "worlds=16", "weeks=52", *words])
    point = point_of({"sensibility": general, "start_fear": 0.8, "deploy_base": -7.0})
    return digest(play(job.scenario.roster, point[None], n_worlds=16, n_weeks=52, seed=2))


def test_a_config_gives_one_state_a_sensibility() -> None:
    one, other = (f"scenario.traits.{code}.sensibility=0.9" for code in ("AAA", "BBB"))
    all_of_them = of_sensibility(general=0.9)
    assert of_sensibility(one, other, general=0.1) == all_of_them
    assert of_sensibility(one, general=0.9) == all_of_them
    found = {of_sensibility(*words, general=0.1) for words in ((), (one,), (other,))}
    assert len(found | {all_of_them}) == 4
