"""Simulated disputes described as coders of real ones describe theirs, and their base rates.

Definitions follow the Militarized Interstate Dispute data as far as a weekly model can: see
:mod:`sim.disputes` for when a dispute begins and ends. Rates are per 1000 dyad-years, and a dyad is
*contiguous* by land or by up to 400 miles of water.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.disputes import DISPUTE_COLUMNS
from sim.record import Record
from sim.roster import PairTraits
from sim.vocabulary import Bloc

WEEKS_PER_YEAR = 365.25 / 7
CONTIGUOUS = 0.8  # proximity of neighbours across up to 400 miles of water, see roster.Geography


@dataclass(frozen=True)
class Target:
    """A recorded rate or quantile with its 95 % interval, from the years 1946-91 unless said."""

    value: float
    low: float
    high: float
    unit: str
    what: str


_ICB = "dated MID incidents 1993-2003"
TARGETS: Mapping[str, Target] = {
    "onset_contiguous": Target(177.7, 123.8, 247.1, "per 1000 dyad-years", "Russia-NATO onsets"),
    "onset_apart": Target(33.6, 18.8, 55.3, "per 1000 dyad-years", "Russia-NATO onsets"),
    "force": Target(41.9, 27.6, 61.0, "per 1000 dyad-years", "Russia-NATO onsets with force"),
    "war": Target(0.0, 0.0, 5.7, "per 1000 dyad-years", "Russia-NATO wars"),
    "reached_force": Target(0.627, 0.500, 0.739, "share", "Russia-NATO disputes with force"),
    "began_with_force": Target(0.439, 0.389, 0.491, "share", f"first incident is force, {_ICB}"),
    "answered": Target(0.525, 0.400, 0.647, "share", "Russia-NATO disputes answered in kind"),
    "display_unanswered": Target(0.519, 0.461, 0.576, "share", "no answer to a display, all MIDs"),
    "display_met_by_force": Target(0.171, 0.132, 0.219, "share", "force against a display"),
    "force_unanswered": Target(0.391, 0.355, 0.428, "share", "no answer to force, all MIDs"),
    "force_met_by_force": Target(0.506, 0.468, 0.543, "share", "force against force, all MIDs"),
    "duration_q50": Target(21.0, 7.0, 82.0, "days", "Russia-NATO disputes"),
    "duration_q75": Target(149.5, 85.0, 218.5, "days", "Russia-NATO disputes"),
    "duration_q90": Target(377.8, 327.6, 421.0, "days", "all MIDs"),
    "ongoing_30d": Target(0.484, 0.454, 0.515, "share", "all MIDs"),
    "ongoing_180d": Target(0.220, 0.196, 0.246, "share", "all MIDs"),
    "ongoing_365d": Target(0.106, 0.089, 0.126, "share", "all MIDs"),
    "force_by_7d": Target(0.050, 0.028, 0.090, "share", f"of starts below force, {_ICB}"),
    "force_by_30d": Target(0.090, 0.058, 0.138, "share", f"of starts below force, {_ICB}"),
    "force_by_90d": Target(0.141, 0.099, 0.196, "share", f"of starts below force, {_ICB}"),
    "force_by_180d": Target(0.211, 0.160, 0.273, "share", f"of starts below force, {_ICB}"),
    "force_by_365d": Target(0.236, 0.183, 0.300, "share", f"of starts below force, {_ICB}"),
    "answer_within_7d": Target(0.58, 0.52, 0.64, "share", "of answers; from ICB lag quantiles"),
    "answer_within_21d": Target(0.78, 0.74, 0.82, "share", "of answers; from ICB lag quantiles"),
}


def disputes(record: Record) -> pd.DataFrame:
    """Return the disputes of a run, one row each.

    Columns are those of :data:`sim.disputes.DISPUTE_COLUMNS` with ``world`` for the lane, and
    ``first``, ``second`` (codes), ``contiguous``, ``days`` (duration), ``days_to_force``,
    ``days_to_answer`` (a week is the finest grain; missing where there was none).
    """
    frame = pd.DataFrame(record.disputes, columns=["world", *DISPUTE_COLUMNS[1:]])
    codes, pairs = np.array(record.roster.codes), np.array(record.roster.pairs)
    at = frame["pair"].to_numpy()
    proximity = record.roster.atlas.pair_traits[:, PairTraits.FIELDS.index("proximity"), 0]
    frame["first"] = codes[pairs[at, 0]]
    frame["second"] = codes[pairs[at, 1]]
    frame["contiguous"] = proximity[at] >= CONTIGUOUS
    begun = frame["first_week"]
    frame["days"] = 7 * (frame["last_week"] - begun) + 1
    for name in ("force", "answer"):
        week = frame[f"{name}_week"]
        frame[f"days_to_{name}"] = (7.0 * (week - begun)).where(week >= 0)
    return frame


def leader_dyads(record: Record) -> pd.DataFrame:
    """Return the dyads of the east's leader with the members of the west at the start.

    Columns ``pair`` and ``contiguous``.
    """
    roster = record.roster
    east = roster.leaders[1]
    proximity = roster.atlas.pair_traits[:, PairTraits.FIELDS.index("proximity"), 0]
    rows = []
    for p, pair in enumerate(roster.pairs):
        codes = {roster.codes[i] for i in pair}
        other = (codes - {east}).pop() if east in codes else ""
        if roster.blocs.get(other) == Bloc.WEST:
            rows.append((p, bool(proximity[p] >= CONTIGUOUS)))
    return pd.DataFrame(rows, columns=["pair", "contiguous"])


def base_rates(record: Record, *, counted_from: int = 0) -> dict[str, float]:
    """Return what :data:`TARGETS` names, for the east's leader and the west's members.

    Args:
        record: a run of one point that kept its disputes from ``counted_from`` on.
        counted_from: first week counted.
    """
    dyads = leader_dyads(record)
    found = disputes(record)
    found = found[found["pair"].isin(dyads["pair"])]
    years = record.n_worlds * (record.n_weeks - counted_from) / WEEKS_PER_YEAR
    near = int(dyads["contiguous"].sum())
    rate = {
        "onset_contiguous": 1000 * found["contiguous"].sum() / (years * near),
        "onset_apart": 1000 * (~found["contiguous"]).sum() / (years * (len(dyads) - near)),
        "force": 1000 * (found["highest"] >= 5).sum() / (years * len(dyads)),
        "war": 1000 * (found["highest"] >= 6).sum() / (years * len(dyads)),
    }
    return {**rate, **_answers(found), **_spells(found, record.n_weeks)}


def _answers(found: pd.DataFrame) -> dict[str, float]:
    by_display = found[found["first_level"] == 3]
    by_force = found[found["first_level"] == 5]
    answered = found["days_to_answer"].dropna()
    return {
        "reached_force": (found["highest"] >= 5).mean(),
        "began_with_force": (found["first_level"] == 5).mean(),
        "answered": (found["answer"] >= 3).mean(),
        "display_unanswered": (by_display["answer"] < 3).mean(),
        "display_met_by_force": (by_display["answer"] >= 5).mean(),
        "force_unanswered": (by_force["answer"] < 3).mean(),
        "force_met_by_force": (by_force["answer"] >= 5).mean(),
        "answer_within_7d": (answered <= 7).mean(),
        "answer_within_21d": (answered <= 21).mean(),
    }


def _spells(found: pd.DataFrame, n_weeks: int) -> dict[str, float]:
    """Return durations, and the escalation curve of disputes that begin below force.

    Only disputes that begin a year before the horizon count for the curve and for durations, so
    that few are cut short.
    """
    seen = found[found["first_week"] <= n_weeks - 52]
    below = seen[seen["first_level"] == 3]
    days = seen["days"]
    return {
        **{f"duration_q{q}": float(days.quantile(q / 100)) for q in (50, 75, 90)},
        **{f"ongoing_{d}d": (days > d).mean() for d in (30, 180, 365)},
        **{f"force_by_{d}d": (below["days_to_force"] <= d).mean() for d in (7, 30, 90, 180, 365)},
    }
