"""What the model must show, P1 to P9: paired on common random numbers, intervals clear of zero."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from sim.facts import pair_table, state_table
from sim.parameters import COEFFICIENTS
from sim.roster import Roster, build_roster, with_calendar
from sim.vocabulary import Bloc, Happening
from tests.worlds import falls, measured, play, reached, rises, rivals

JERVIS = {
    "doubly dangerous": {"offence": 0.9, "distinguishability": 0.1},
    "offence, distinguishable": {"offence": 0.9, "distinguishability": 0.9},
    "defence, indistinguishable": {"offence": 0.1, "distinguishability": 0.1},
    "doubly stable": {"offence": 0.1, "distinguishability": 0.9},
}
LEVELS = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
"""Factors on the odds of all five kinds of miscalculation together."""


def small_alliance() -> Roster:
    """Return Russia and Belarus, ten members and four neutrals, all started by rule."""
    west = ("USA", "GBR", "FRA", "DEU", "POL", "NOR", "EST", "LVA", "ROU", "TUR")
    neutral = ("UKR", "MDA", "SRB", "CHE")
    blocs = {**dict.fromkeys(west, Bloc.WEST), "RUS": Bloc.EAST, "BLR": Bloc.EAST}
    sheets = [state_table()[code] for code in (*west, "RUS", "BLR", *neutral)]
    return build_roster(sheets, list(pair_table().values()), blocs, ("USA", "RUS"))


def test_p1_the_calm_corner_never_leaves_rung_zero() -> None:
    calm = rivals(grievance=0.0, fear=0.0, rhetoric=0.0, deployment=0.0)
    record = play(calm, {"miscalculation_strength": 0.0}, worlds=500)
    assert record.outcome("peak_rung_leaders").max() == 0


def test_p2_the_four_worlds_order_as_jervis_says() -> None:
    seekers = rivals(grievance=0.0, fear=0.15, nuclear=0.0)
    share = {name: reached(play(seekers, world), 3) for name, world in JERVIS.items()}
    worst, best = share["doubly dangerous"], share["doubly stable"]
    for middle in ("offence, distinguishable", "defence, indistinguishable"):
        assert rises(share[middle], worst), middle
        assert rises(best, share[middle]), middle
    assert 0.05 < worst.mean() < 0.95


@pytest.mark.parametrize("roster", ["rivals", "leaders of today"])
def test_p3_more_miscalculation_means_more_clashes_and_never_a_cliff(roster: str) -> None:
    who, worlds = (rivals(), 3000) if roster == "rivals" else (small_alliance(), 640)
    clashed = [reached(play(who, {"miscalculation_strength": s}, worlds=worlds), 5) for s in LEVELS]
    shares = [float(c.mean()) for c in clashed]
    assert all(a <= b for a, b in pairwise(shares))
    assert rises(clashed[0], clashed[-1])
    assert sum(0.02 < share < 0.98 for share in shares) >= 6


def test_p4_a_hotline_lowers_and_expulsion_raises_the_share_that_clash() -> None:
    base = reached(play(rivals()), 5)
    assert falls(base, reached(play(rivals(), {"hotline": 1.0}), 5))
    expelled = with_calendar(rivals(), [(4, Happening.DIPLOMACY, r, 0.0) for r in range(2)])
    assert rises(base, reached(play(expelled), 5))


@pytest.mark.parametrize("rung", [3, 5])
def test_p5_firmness_calms_a_prober_and_inflames_the_fearful(rung: int) -> None:
    prober = rivals(grievance=0.1, fear=0.05, firmness=0.0)
    firm = {"challenger_greed": 0.8, "defender_firmness": 1.0}
    soft = {"challenger_greed": 0.8, "defender_firmness": 0.0}
    assert falls(reached(play(prober, soft), rung), reached(play(prober, firm), rung))
    fearful = rivals(grievance=0.25, fear=0.35, firmness=0.0)
    base = reached(play(fearful), rung)
    assert rises(base, reached(play(fearful, {"defender_firmness": 1.0}), rung))


def sanctioned(roster: Roster) -> Roster:
    """Return the roster with sanctions of all members on Russia in week 10."""
    relations = [
        r
        for r, (owner, rival) in enumerate(roster.relations)
        if rival == "RUS" and roster.blocs.get(owner) == Bloc.WEST
    ]
    return with_calendar(roster, [(10, Happening.SANCTIONS, r, 0.75) for r in relations])


def test_p6_sanctions_bite_early_and_are_adapted_to() -> None:
    stress = measured(sanctioned(small_alliance()), "stress_east", weeks=156)
    assert falls(stress[:, 11:31].mean(axis=1), stress[:, 120:].mean(axis=1))
    assert stress[:, 11:31].mean() > 2 * stress[:, 120:].mean() > 0.0


def test_p6_sanctions_rouse_hostility_at_once() -> None:
    roster = small_alliance()
    before = measured(roster, "alarm_east", weeks=13)[:, 11:].mean(axis=1)
    assert rises(before, measured(sanctioned(roster), "alarm_east", weeks=13)[:, 11:].mean(axis=1))


def test_p6_which_dominates_depends_on_bite_and_grievance() -> None:
    def change(**values: float) -> tuple[np.ndarray, np.ndarray]:
        without, with_sanctions = (
            measured(r, "deployment_east", values, worlds=1600)[:, 15:].mean(axis=1)
            for r in (small_alliance(), sanctioned(small_alliance()))
        )
        return without, with_sanctions

    assert rises(*change(bite=0.2, grievance_sanctions=0.02))
    assert falls(*change(bite=5.0, grievance_sanctions=0.0))


def test_p7_audience_costs_make_crises_rarer_and_harder_to_back_out_of() -> None:
    without = play(rivals(), {"audience": 0.0}, worlds=4000, weeks=156)
    with_costs = play(rivals(), {"audience": 2.0}, worlds=4000, weeks=156)
    assert falls(without.outcome("crises")[0], with_costs.outcome("crises")[0])
    yielded = [r.outcome("yields")[0].sum() for r in (without, with_costs)]
    stood = [r.outcome("stands")[0].sum() for r in (without, with_costs)]
    share = [y / (y + s) for y, s in zip(yielded, stood, strict=True)]
    error = sum(q * (1 - q) / (y + s) for q, y, s in zip(share, yielded, stood, strict=True)) ** 0.5
    assert share[0] - share[1] > 1.96 * error


def jittered(rng: np.random.Generator) -> dict[str, float]:
    """Return all coefficients that are not switches or worlds, each times exp(N(0, 0.2))."""
    fixed = {"offence", "distinguishability", "hotline", "audience"}
    values = {}
    for name, c in COEFFICIENTS.items():
        if c.group != "strengths" and not name.startswith(("challenger", "defender")):
            values[name] = min(c.high, max(c.low, c.value * float(np.exp(rng.normal(0, 0.2)))))
    return {name: value for name, value in values.items() if name not in fixed}


def test_p7_holds_over_jittered_coefficients() -> None:
    rng, n_clear = np.random.default_rng(3), 0
    for _ in range(14):
        values = jittered(rng)
        without, with_costs = (
            play(rivals(), {**values, "audience": a}, worlds=4000, weeks=156).outcome("crises")[0]
            for a in (0.0, 2.0)
        )
        assert with_costs.mean() <= without.mean()
        if without.mean() > 0.003:  # else there are no crises to make rarer
            assert falls(without, with_costs)
            n_clear += 1
    assert n_clear >= 10


def test_p8_solidarity_deters_attacks_and_widens_what_there_is() -> None:
    roster, worlds = small_alliance(), 600
    east = roster.codes.index("RUS")
    begun, widened, clashes = [], [], []
    for solidarity in (0.0, 1.0):
        record = play(
            roster,
            {"solidarity": solidarity, "challenger_greed": 0.15},
            worlds=worlds,
            disputes_from=0,
        )
        by_east = np.zeros(worlds)
        for row in record.disputes:
            pair = roster.pairs[row[1]]
            by_east[row[0]] += pair[row[4]] == east
        begun.append(by_east)
        widened.append(record.outcome("widened")[0])
        clashes.append(record.outcome("clashes")[0])
    assert falls(*begun)
    assert rises(*widened)


def test_p9_a_threatened_neutral_leans_away() -> None:
    roster = small_alliance()
    threats = [
        (5, Happening.DEPLOYMENT, roster.relation("RUS", code), 0.75)
        for code in ("UKR", "MDA", "SRB", "CHE")
    ]
    calm = measured(roster, "lean_neutrals")[:, -1]
    assert rises(calm, measured(with_calendar(roster, threats), "lean_neutrals")[:, -1])


def test_p9_an_accession_raises_the_rivals_grievance_and_disputes() -> None:
    roster = small_alliance()
    joins = [(10, Happening.ACCESSION, roster.codes.index("UKR"), float(Bloc.WEST))]
    joined = with_calendar(roster, joins)
    before = measured(roster, "grievance_leaders", weeks=20)[:, -1]
    assert rises(before, measured(joined, "grievance_leaders", weeks=20)[:, -1])
    disputes = play(roster, worlds=3000).outcome("disputes")[0]
    assert rises(disputes, play(joined, worlds=3000).outcome("disputes")[0])
