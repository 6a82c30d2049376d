"""Disputes and incidents are coded as their definitions say, and gaps in days follow from weeks."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from sim.engine.disputes import DISPUTE_COLUMNS, INCIDENT_COLUMNS
from sim.engine.ensemble import coded_disputes
from sim.engine.notes import (
    ACCIDENT,
    DISPLAY,
    DRAWN_IN,
    FORCE,
    FRESH,
    MEDIATED,
    STOOD,
    YIELDED,
    empty_tracks,
)
from sim.evidence.claims import rivals
from sim.evidence.observation import (
    Span,
    lasting,
    leader_dyads,
    observe,
    quantile_days,
    share_within,
    within,
)
from sim.evidence.targets import targets, unspoken
from sim.model.roster import Roster

WEEKS = 60
A, B = 0, 1


@pytest.fixture(scope="module")
def roster() -> Roster:
    return rivals()


def coded(roster: Roster, *acts: tuple[int, int, int]) -> tuple[list[dict], list[dict]]:
    """Return disputes and incidents of a pair whose sides did ``(week, side, act)``."""
    tracks = empty_tracks(roster, WEEKS, 1)
    r = (roster.atlas.left[0], roster.atlas.right[0])
    for week, side, act in acts:
        tracks.acts[week, r[side], 0] = act
    disputes, incidents = coded_disputes(roster, tracks, 1, 0)
    return (
        [dict(zip(DISPUTE_COLUMNS, map(int, row), strict=True)) for row in disputes],
        [dict(zip(INCIDENT_COLUMNS, map(int, row), strict=True)) for row in incidents],
    )


def test_eight_silent_weeks_part_two_disputes_and_seven_do_not(roster: Roster) -> None:
    one, _ = coded(roster, (5, A, DISPLAY | FRESH), (13, A, DISPLAY | FRESH))
    two, _ = coded(roster, (5, A, DISPLAY | FRESH), (14, A, DISPLAY | FRESH))
    assert [(d["first_week"], d["last_week"]) for d in one] == [(5, 13)]
    assert [(d["first_week"], d["previous_end"]) for d in two] == [(5, -1), (14, 5)]


def test_a_display_kept_up_is_one_incident_and_prolongs_its_dispute(roster: Roster) -> None:
    kept = [(week, A, DISPLAY) for week in range(6, 20)]
    (dispute,), incidents = coded(roster, (5, A, DISPLAY | FRESH), *kept)
    assert (dispute["first_week"], dispute["last_week"]) == (5, 19)
    assert [(i["week"], i["level"]) for i in incidents] == [(5, DISPLAY)]


def test_forces_that_meet_come_after_the_display_of_the_same_week(roster: Roster) -> None:
    met = ((5, A, FORCE | FRESH | STOOD), (5, B, FORCE | STOOD))
    (dispute,), incidents = coded(roster, *met)
    assert (dispute["first_level"], dispute["initiator"], dispute["force_week"]) == (DISPLAY, A, 5)
    assert [(i["sides"], i["level"]) for i in incidents] == [(1, DISPLAY), (3, FORCE)]


@pytest.mark.parametrize("slipped", [A, B])
def test_an_accident_comes_before_the_answer_to_it(roster: Roster, slipped: int) -> None:
    acts = ((5, slipped, FORCE | ACCIDENT), (5, 1 - slipped, FORCE))
    (dispute,), incidents = coded(roster, *acts)
    assert (dispute["first_level"], dispute["initiator"]) == (FORCE, slipped)
    assert (dispute["answer"], dispute["answer_week"]) == (FORCE, 5)
    assert [i["sides"] for i in incidents] == [1 + slipped, 2 - slipped]


def test_joining_mediation_and_yielding_are_noted(roster: Roster) -> None:
    (one,), _ = coded(
        roster, (5, B, DISPLAY | FRESH | DRAWN_IN), (6, A, DISPLAY | FRESH | MEDIATED),
        (7, A, DISPLAY | YIELDED), (7, B, DISPLAY | STOOD),
    )  # fmt: skip
    assert (one["joined"], one["mediated"], one["yielded"], one["crisis"]) == (1, 1, A, 1)


def test_what_is_open_at_the_horizon_is_known_to_be(roster: Roster) -> None:
    early, _ = coded(roster, (5, A, DISPLAY | FRESH))
    late, _ = coded(roster, (WEEKS - 1, A, DISPLAY | FRESH))
    assert (early[0]["open"], late[0]["open"]) == (0, 1)


@pytest.mark.parametrize("weeks", [0, 1, 4])
@pytest.mark.parametrize("days", [2.0, 7.0, 10.0, 30.0])
def test_days_apart_are_those_of_acts_on_any_day_of_their_weeks(weeks: int, days: float) -> None:
    u, v = np.random.default_rng(1).random((2, 200_000))
    apart = np.abs(7.0 * (weeks + u - v))
    found = float(within(np.array([weeks]), days)[0])
    assert found == pytest.approx((apart <= days).mean(), abs=0.006)


def test_the_quantile_of_days_is_where_the_share_is_reached() -> None:
    weeks = np.random.default_rng(2).integers(0, 30, 500)
    for share in (0.1, 0.5, 0.9):
        assert share_within(weeks, quantile_days(weeks, share)) == pytest.approx(share, abs=1e-6)


def test_what_lasts_is_watched_to_its_end_or_counted_as_cut_off() -> None:
    """By hand: of 4 one ends after 2 weeks, of 2 left one after 5; the longest is cut off."""
    weeks, mass = lasting(np.array([2, 3, 5, 9]), np.array([False, True, False, True]))
    assert dict(zip(weeks.tolist(), mass.tolist(), strict=True)) == pytest.approx(
        {2: 0.25, 3: 0.0, 5: 0.375, 9: 0.0}
    )


def spells(n_weeks: int) -> pd.DataFrame:
    """Return disputes begun every two weeks that last 104 weeks each, as seen until the horizon."""
    rows = np.full((n_weeks // 2, len(DISPUTE_COLUMNS)), -1)
    found = pd.DataFrame(rows, columns=["world", *DISPUTE_COLUMNS[1:]])
    found["world"] = 0
    found["first_week"] = np.arange(0, n_weeks, 2)
    found["last_week"] = np.minimum(found["first_week"] + 104, n_weeks)
    found["open"] = (found["first_week"] + 104 > n_weeks).astype(int)
    return found.assign(first_level=DISPLAY, highest=DISPLAY, answer=0, joined=0, crisis=0)


@pytest.mark.parametrize("n_weeks", [160, 400, 2000])
def test_a_shorter_run_does_not_shorten_disputes(n_weeks: int) -> None:
    from sim import load_scenario

    roster = load_scenario("attache_briefing").roster
    found = spells(n_weeks).assign(pair=int(leader_dyads(roster).pair[0]))
    incidents = pd.DataFrame(columns=list(INCIDENT_COLUMNS))
    seen = observe(roster, found, incidents, Span(1, 0, n_weeks))
    assert seen["mid_duration_q50"] == pytest.approx(1 + 7 * 104, abs=1.0)
    assert seen["mid_still_ongoing_after_365d"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("years", "joined", "expected"),
    [
        ([0, 0, 1, 1, 2, 2, 3, 3], 0, 0.0),  # two a year
        ([0, 0, 0, 0, 2, 2, 2, 2], 0, 2.0),  # 4, 0, 4, 0: variance 4 over mean 2
        ([0, 0, 0, 0, 2, 2, 2, 2], 1, math.nan),  # drawn in, not begun
        ([0, 4, 4, 4, 4, 4], 0, 0.75),  # a year that is cut off counts for nothing: 1, 0, 0, 0
    ],
)
def test_dispersion_of_onsets_is_over_whole_years(
    years: list[int], joined: int, expected: float
) -> None:
    from sim import load_scenario

    roster = load_scenario("attache_briefing").roster
    found = spells(2 * len(years)).assign(pair=int(leader_dyads(roster).pair[0]))
    found = found.assign(first_week=10 + 52 * np.array(years), joined=joined)
    incidents = pd.DataFrame(columns=list(INCIDENT_COLUMNS))
    seen = observe(roster, found, incidents, Span(1, 10, 10 + 52 * 4 + 20))
    assert seen["onset_dispersion_russia_nato"] == pytest.approx(expected, nan_ok=True)


def test_observed_dyads_are_russia_with_the_members() -> None:
    from sim import read_jobs

    (job,) = read_jobs([])
    roster = job.scenario.roster
    dyads = leader_dyads(roster)
    named = {frozenset(roster.codes[i] for i in roster.pairs[p]) for p in dyads.pair}
    assert len(named) == 32
    assert all("RUS" in pair for pair in named)
    land = {pair for pair, near in zip(dyads.pair, dyads.by_land, strict=True) if near}
    neighbours = {({roster.codes[i] for i in roster.pairs[p]} - {"RUS"}).pop() for p in land}
    assert neighbours == {"NOR", "EST", "LVA", "LTU", "POL", "FIN"}


def test_every_target_has_an_interval_around_its_value_and_no_row_is_told_twice() -> None:
    assert len(targets()) >= 30
    assert not set(targets()) & set(unspoken())
    for target in targets().values():
        assert target.low <= target.value <= target.high
        assert target.use in ("fit", "check", "shown")
        assert all((target.label, target.source, target.definition, target.limits))
