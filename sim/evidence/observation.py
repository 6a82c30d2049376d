"""Simulated disputes described as coders of real ones describe theirs, so that rates compare.

Disputes and incidents are those of :mod:`sim.engine.disputes`, of the east's leader with the states
that are in the west at the start: the dyads of which the record has Russia and NATO's members.
Rates are per 1000 dyad-years, and a dyad is *contiguous* by land or by up to 400 miles of water.
What each figure means, and what of the record it stands beside, is in ``sim/data/targets.csv``
(:mod:`sim.evidence.targets`).

A week is the finest grain. Where the record counts days, acts are taken to fall on any day of their
week alike: two acts k weeks apart are then 7 (k + U - V) days apart with U and V uniform.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import CensoredData, ecdf

from sim.engine.disputes import BOTH, DISPUTE_COLUMNS, INCIDENT_COLUMNS
from sim.engine.notes import DISPLAY, FORCE
from sim.engine.record import Record
from sim.lanes import Real
from sim.model.roster import PairTraits, RelationTraits, Roster, StateTraits
from sim.model.vocabulary import Bloc, Rung

WEEKS_PER_YEAR = 365.25 / 7
CONTIGUOUS = 0.8  # proximity of neighbours across up to 400 miles of water, see roster.Geography
LAND = 1.0  # proximity of neighbours by land
YEAR = 52
FOLLOWED = YEAR  # weeks a dispute must have before the horizon to be counted for what takes time

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Dyads:
    """The dyads of the east's leader with the members of the west at the start."""

    pair: Ints  # [dyad] its number in the roster
    contiguous: NDArray[np.bool_]  # [dyad] by land or up to 400 miles of water
    by_land: NDArray[np.bool_]  # [dyad]
    rival: NDArray[np.bool_]  # [dyad]
    nuclear: NDArray[
        np.bool_
    ]  # [dyad] the member has nuclear weapons (the major powers of 1946-91)


def leader_dyads(roster: Roster) -> Dyads:
    """Return the dyads that are observed."""
    east, atlas = roster.leaders[1], roster.atlas
    place = {
        "proximity": PairTraits.FIELDS.index("proximity"),
        "rivalry": RelationTraits.FIELDS.index("rivalry"),
        "nuclear": StateTraits.FIELDS.index("nuclear"),
    }
    rows = []
    for p, pair in enumerate(roster.pairs):
        codes = [roster.codes[i] for i in pair]
        if east not in codes:
            continue
        other = pair[1 - codes.index(east)]
        if roster.blocs.get(roster.codes[other]) == Bloc.WEST:
            rivalry = atlas.relation_traits[
                atlas.left[p], RelationTraits.FIELDS.index("rivalry"), 0
            ]
            weapons = atlas.state_traits[other, place["nuclear"], 0]
            rows.append((p, atlas.pair_traits[p, place["proximity"], 0], rivalry, weapons))
    pairs, near, rivalry, weapons = np.array(rows, Real).T
    return Dyads(pairs.astype(int), near >= CONTIGUOUS, near >= LAND, rivalry > 0.0, weapons > 0.0)


# Days out of weeks


def within(weeks: Ints, days: float) -> NDArray[np.float64]:
    """Return the odds that two acts lie at most ``days`` apart, for each number of weeks between.

    Args:
        weeks: whole weeks from one act's week to the other's, 0 or more.
        days: 0 or more.
    """
    x = days / 7.0 - np.asarray(weeks, dtype=float)
    apart = np.clip(x, -1.0, 1.0)
    later = np.where(apart < 0.0, 0.5 * (1.0 + apart) ** 2, 1.0 - 0.5 * (1.0 - apart) ** 2)
    same = 1.0 - (1.0 - np.clip(x, 0.0, 1.0)) ** 2
    return np.where(np.asarray(weeks) == 0, same, later)


def share_within(weeks: Ints, days: float, of: int | None = None) -> float:
    """Return the share of gaps of at most ``days``, of all of them or of a larger number."""
    n = len(weeks) if of is None else of
    return float(within(weeks, days).sum() / n) if n else float("nan")


def quantile_days(weeks: Ints, share: float) -> float:
    """Return the days that ``share`` of the gaps do not exceed."""
    found, counts = np.unique(weeks, return_counts=True)
    return _days(found, counts / max(1, len(weeks)), share)


def _days(weeks: Ints, mass: NDArray[np.float64], share: float) -> float:
    """Return the days by which shares of gaps, of so many weeks each, come to ``share``.

    Where they do not, it is the end of the last week; nan where there are none.
    """
    if len(weeks) == 0:
        return float("nan")
    low, high = 0.0, 7.0 * (float(weeks[-1]) + 1.0)
    for _ in range(30):
        middle = 0.5 * (low + high)
        reached = (within(weeks, middle) * mass).sum() >= share - 1e-12
        low, high = (low, middle) if reached else (middle, high)
    return high


def lasting(weeks: Ints, cut: NDArray[np.bool_]) -> tuple[Ints, NDArray[np.float64]]:
    """Return how long things last of which some were cut off (Kaplan & Meier 1958).

    Args:
        weeks: from first to last, or to when watching ended, ``[case]``.
        cut: whether watching ended first, ``[case]``.

    Returns:
        Weeks, rising, and the share that ends in each; together below 1 where the longest is cut.
    """
    if len(weeks) == 0:
        return weeks, np.zeros(0)
    curve = ecdf(CensoredData.right_censored(weeks, cut)).sf
    return curve.quantiles.astype(np.int64), -np.diff(curve.probabilities, prepend=1.0)


# What is observed


def disputes(record: Record) -> pd.DataFrame:
    """Return the disputes of a run, one row each.

    Columns are those of :data:`sim.engine.disputes.DISPUTE_COLUMNS` with ``world`` for the lane.
    """
    return pd.DataFrame(record.disputes, columns=["world", *DISPUTE_COLUMNS[1:]])


def incidents(record: Record) -> pd.DataFrame:
    """Return the incidents of a run's disputes, one row each, in order within a dispute.

    Columns are those of :data:`sim.engine.disputes.INCIDENT_COLUMNS`.
    """
    return pd.DataFrame(record.incidents, columns=list(INCIDENT_COLUMNS))


def observed(record: Record, *, counted_from: int = 0) -> dict[str, float]:
    """Return what :mod:`sim.evidence.targets` names, as a coder of this run would find it.

    Args:
        record: a run of one point that kept its disputes from ``counted_from`` on.
        counted_from: first week counted.

    Returns:
        Values by the names of the targets; nan where nothing was seen to count.
    """
    span = Span(record.n_worlds, counted_from, record.n_weeks)
    return observe(record.roster, disputes(record), incidents(record), span)


@dataclass(frozen=True)
class Span:
    """How much was watched."""

    n_worlds: int
    first_week: int
    n_weeks: int

    @property
    def years(self) -> float:
        """World-years watched."""
        return self.n_worlds * (self.n_weeks - self.first_week) / WEEKS_PER_YEAR


def observe(
    roster: Roster, found: pd.DataFrame, dated: pd.DataFrame, span: Span
) -> dict[str, float]:
    """Return what a coder finds, from :func:`disputes` and :func:`incidents`."""
    dyads = leader_dyads(roster)
    place = np.full(roster.n_pairs, -1)
    place[dyads.pair] = np.arange(len(dyads.pair))
    mine = place[found["pair"].to_numpy()]
    numbers = np.flatnonzero(mine >= 0)
    mine, found = mine[numbers], found.iloc[numbers]
    column = {name: found[name].to_numpy().astype(np.int64) for name in found.columns}
    followed = column["first_week"] <= span.n_weeks - FOLLOWED
    return {
        **_rates(column, mine, dyads, span),
        **_severity(column, mine, dyads),
        **_answers({name: values[followed] for name, values in column.items()}),
        **_spells(column, followed),
        **_recurrence(column, mine, dyads, span),
        **_spreading(column, mine, dyads),
        **_dated(numbers[followed], column["first_level"][followed], dated),
    }


def _share(of: NDArray[np.bool_]) -> float:
    return float(of.mean()) if len(of) else float("nan")


def _rates(c: dict[str, Ints], mine: Ints, dyads: Dyads, span: Span) -> dict[str, float]:
    """Onsets per 1000 dyad-years."""
    near = dyads.contiguous[mine]

    def rate(which: NDArray[np.bool_], n_dyads: int) -> float:
        return float(1000.0 * which.sum() / (span.years * n_dyads))

    n_near, n_all = int(dyads.contiguous.sum()), len(dyads.pair)
    return {
        "onset_rate_russia_nato_contig_any": rate(near, n_near),
        "onset_rate_russia_nato_noncontig": rate(~near, n_all - n_near),
        "onset_rate_russia_nato_member": rate(near | ~near, n_all),
        "force_onset_rate_russia_nato_member": rate(c["highest"] >= Rung.CLASH, n_all),
        "war_onset_rate_russia_nato_member": rate(c["highest"] >= Rung.WAR, n_all),
        "onset_dispersion_russia_nato": _dispersion(c, span),
    }


def _dispersion(c: dict[str, Ints], span: Span) -> float:
    """Return the variance of a world's onsets in a year over their mean, both originators counted.

    It is 1 where disputes begin independently of one another; nan where none begins.
    """
    n_years = (span.n_weeks - span.first_week) // YEAR
    year = (c["first_week"] - span.first_week) // YEAR
    counted = (c["joined"] == 0) & (year < n_years)
    count = np.zeros((span.n_worlds, n_years))
    world = c["world"] % span.n_worlds  # of a point among others, whose worlds are numbered on
    np.add.at(count, (world[counted], year[counted]), 1.0)
    return float(count.var() / count.mean()) if count.any() else float("nan")


def _severity(c: dict[str, Ints], mine: Ints, dyads: Dyads) -> dict[str, float]:
    """How far disputes go, and with what they begin."""
    force, war = c["highest"] >= Rung.CLASH, c["highest"] >= Rung.WAR
    land, near, nuclear = dyads.by_land[mine], dyads.contiguous[mine], dyads.nuclear[mine]
    return {
        "ru_nato_maxhost_use": _share(force & ~war),
        "ru_nato_maxhost_display": _share(~force),
        "dyadmid_use_plus_contig_land": _share(force[land]),
        "dyadmid_use_plus_noncontig": _share(force[~near]),
        "dyadmid_use_plus_majmaj": _share(force[nuclear]),
        "dyadmid_war_majmaj": _share(war[nuclear]),
        "first_incident_use": _share(c["first_level"] >= FORCE),
        "first_incident_display": _share(c["first_level"] < FORCE),
        "mid_outcome_stalemate": _share(c["yielded"] < 0),
        "icb_mediation_occurred": _share(c["mediated"][c["crisis"] > 0] > 0),
    }


def _answers(c: dict[str, Ints]) -> dict[str, float]:
    """What the other side did about it, and how soon, of disputes that could be followed."""
    answer = c["answer"]
    shown, struck = answer[c["first_level"] < FORCE], answer[c["first_level"] >= FORCE]
    did = c["answer_week"] >= 0
    lags = (c["answer_week"] - c["first_week"])[did]
    return {
        "ru_nato_reciprocated": _share(answer >= DISPLAY),
        "mid_reciprocated": _share(answer >= DISPLAY),
        "mid_war_given_not_reciprocated": _share(c["highest"][answer < DISPLAY] >= Rung.WAR),
        "response_none_given_init_h3": _share(shown < DISPLAY),
        "response_use_given_init_h3": _share(shown >= FORCE),
        "response_none_given_init_h4": _share(struck < DISPLAY),
        "response_use_given_init_h4": _share(struck >= FORCE),
        **{f"icb_response_lag_q{q}": quantile_days(lags, q / 100) for q in (50, 75, 90)},
    }


def _spells(c: dict[str, Ints], followed: NDArray[np.bool_]) -> dict[str, float]:
    """How long disputes last, and when those that begin below force come to it."""
    spells = (c["last_week"] - c["first_week"])[followed], c["open"][followed] > 0
    weeks, mass = lasting(*spells)
    below = followed & (c["first_level"] < FORCE)
    forced = below & (c["force_week"] >= 0)
    lags = (c["force_week"] - c["first_week"])[forced]
    n_below = int(below.sum())
    days = {q: 1.0 + _days(weeks, mass, q / 100) for q in (50, 75, 90)}
    still = {d: 1.0 - float((within(weeks, d - 1.0) * mass).sum()) for d in (30, 180, 365)}
    return {
        "ru_nato_duration_q50": days[50],
        "ru_nato_duration_q75": days[75],
        **{f"mid_duration_q{q}": days[q] for q in days},
        **{
            f"mid_still_ongoing_after_{d}d": share if len(weeks) else float("nan")
            for d, share in still.items()
        },
        **{
            f"esc_curve_use_plus_by_{d}d_start_below4": share_within(lags, d, n_below)
            for d in (7, 30, 90, 180, 365)
        },
        "ever_use_given_start_display": len(lags) / n_below if n_below else float("nan"),
    }


def _recurrence(c: dict[str, Ints], mine: Ints, dyads: Dyads, span: Span) -> dict[str, float]:
    """Whether the same dyad disputes again within years of an end (Kaplan-Meier)."""
    order = np.lexsort((c["first_week"], c["pair"], c["world"]))
    same = np.zeros(len(order), dtype=bool)
    ahead = np.roll(order, -1)
    same[:-1] = ((c["pair"][order] == c["pair"][ahead]) & (c["world"][order] == c["world"][ahead]))[
        :-1
    ]
    wait = np.where(same, c["first_week"][ahead], span.n_weeks) - c["last_week"][order]
    ended, dyad = c["open"][order] == 0, mine[order]

    def again(which: NDArray[np.bool_], years: int) -> float:
        chosen = ended & which[dyad]
        if not (chosen & same).any():
            return 0.0 if chosen.any() else float("nan")
        waits = CensoredData.right_censored(wait[chosen], ~same[chosen])
        return float(ecdf(waits).cdf.evaluate(years * WEEKS_PER_YEAR))

    return {
        "recurrence_contig_land_within_1y": again(dyads.by_land, 1),
        "recurrence_contig_land_within_5y": again(dyads.by_land, 5),
        "recurrence_rival_within_1y": again(dyads.rival, 1),
        "recurrence_rival_within_5y": again(dyads.rival, 5),
        "recurrence_nonrival_within_1y": again(~dyads.rival, 1),
    }


def _spreading(c: dict[str, Ints], mine: Ints, dyads: Dyads) -> dict[str, float]:
    """How often an ally joins: of all chances to join another member's dispute."""
    joined = c["joined"] > 0
    own = int((~joined).sum())
    major = dyads.nuclear[mine]
    n_major = int(dyads.nuclear.sum())
    chances = own * (len(dyads.pair) - 1)
    major_chances = own * n_major - int((~joined & major).sum())
    week = c["world"] * 1_000_000 + c["first_week"]
    starts = np.unique(week[joined])
    return {
        "join_prob_ally": float(joined.sum() / chances) if chances else float("nan"),
        "join_prob_ally_major": (
            float((joined & major).sum() / major_chances) if major_chances else float("nan")
        ),
        "mid_multiparty": min(1.0, len(starts) / own) if own else float("nan"),
    }


def _next_of(side: int, sides: Ints, dispute: Ints) -> Ints:
    """Return for each incident the next one of its dispute in which a side takes part, or -1.

    Args:
        side: 1 or 2, for all incidents alike.
        sides, dispute: of each incident, in order.
    """
    theirs = np.flatnonzero(sides & side)
    at = np.searchsorted(theirs, np.arange(len(sides)), side="right")
    found = np.append(theirs, -1)[np.minimum(at, len(theirs))]
    return np.where((found >= 0) & (dispute[found] == dispute), found, -1)


def _dated(numbers: Ints, first_level: Ints, dated: pd.DataFrame) -> dict[str, float]:
    """Incidents within a dispute: how many, how far apart, what follows what."""
    known = np.isin(dated["dispute"].to_numpy(), numbers)
    dispute, week, sides, level = dated.to_numpy().astype(np.int64)[known].T
    _, count = np.unique(dispute, return_counts=True)
    follows = dispute[1:] == dispute[:-1]
    gaps = np.diff(week)[follows]
    before, after = level[:-1][follows], level[1:][follows]
    last = np.append(~follows, True) if len(dispute) else np.zeros(0, bool)
    return {
        "incidents_per_dispute_mean": float(count.mean()) if len(count) else float("nan"),
        "single_incident_disputes": _share(count == 1),
        **{f"inter_incident_gap_q{q}": quantile_days(gaps, q / 100) for q in (50, 75)},
        "trans_h3_to_h4": _share(after[before < FORCE] >= FORCE),
        "trans_h4_to_h3": _share(after[before >= FORCE] < FORCE),
        "trans_end_after_h3": _share(last[level < FORCE]),
        "trans_end_after_h4": _share(last[level >= FORCE]),
        **_reactions(dispute, week, sides, level),
    }


def _reactions(dispute: Ints, week: Ints, sides: Ints, level: Ints) -> dict[str, float]:
    """What follows an incident of one side alone: by the other side, or by itself again."""
    reply, repeat = np.full(len(sides), -1), np.full(len(sides), -1)
    for side in (1, 2):
        own = sides == side
        reply[own] = _next_of(BOTH - side, sides, dispute)[own]
        repeat[own] = _next_of(side, sides, dispute)[own]
    alone = sides != BOTH
    replied, repeated = alone & (reply >= 0), alone & (repeat >= 0)
    lags = (week[reply] - week)[replied]
    given, got = level[replied], level[reply][replied]
    soon = within(lags, 30.0)
    n_alone = int(alone.sum())

    def within_30d(which: NDArray[np.bool_], of: NDArray[np.bool_]) -> float:
        total = float(soon[of].sum())
        return float(soon[which & of].sum()) / total if total else float("nan")

    by_display = given < FORCE
    return {
        **{f"react_within_{d}d": share_within(lags, d, n_alone) for d in (7, 30)},
        "react_escalates_given_h3": within_30d(got > given, by_display),
        "self_repeat_within_30d": share_within((week[repeat] - week)[repeated], 30, n_alone),
    }
