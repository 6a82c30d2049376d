"""Dyad by dyad: simulated and recorded onsets, and a forecast as peace science uses it.

What is simulated is started by rule, as the record is (:mod:`sim.evidence.sizes`); nothing here is
fitted to a year after 1991.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import gamma

from sim.analysis.intervals import wilson
from sim.engine.blocks import Block
from sim.engine.disputes import DISPUTE_COLUMNS
from sim.engine.record import Record
from sim.evidence.observation import WEEKS_PER_YEAR, YEAR
from sim.evidence.sizes import ALLIED, ENOUGH, FROM, classes, onsets
from sim.model.parameters import parameter_block
from sim.model.roster import PairTraits, Roster
from sim.model.state import Relation
from sim.model.vocabulary import Bloc

FORECAST = range(1992, 2015)
"""Years that are forecast."""
STATE_SINCE = {"HRV": 1992, "SVN": 1992, "CZE": 1993, "SVK": 1993, "MKD": 1993, "MNE": 2006}
"""First year of members that were no states in 1992 (COW State System Membership 2016)."""


def poisson_interval(count: float, years: float) -> tuple[float, float]:
    """Return the exact 95 % interval of a rate a year (Garwood 1936)."""
    low = gamma.ppf(0.025, count) if count > 0.0 else 0.0
    return float(low) / years, float(gamma.ppf(0.975, count + 1.0)) / years


def begun(record: Record) -> pd.DataFrame:
    """Return the disputes of a run that its two states began, drawn-in allies left out.

    Columns ``world, pair, year``: years of 52 weeks since disputes are counted, whole ones alone.
    """
    found = pd.DataFrame(record.disputes, columns=["world", *DISPUTE_COLUMNS[1:]])
    found = found[found["joined"] == 0]
    found = found.assign(year=(found["first_week"] - FROM) // YEAR)
    return found[found["year"] < _n_years(record)][["world", "pair", "year"]]


def _n_years(record: Record) -> int:
    return (record.n_weeks - FROM) // YEAR


def compared(record: Record) -> pd.DataFrame:
    """Return simulated and recorded onsets a year of every dyad with ten years of record or more.

    Russia and a member of 2025 that was its ally when the record was made are *allied then*.

    Args:
        record: of :func:`sim.evidence.sizes.of_era`.

    Returns:
        Columns ``first, second, kind, simulated, recorded, lo, hi`` (onsets a year, the recorded
        ones with their exact 95 % interval), ``onsets, years`` of the record, and ``inside``; what
        pulls a dyad: ``proximity`` (0 to 1), ``exposure`` (size, 0 to 1), ``grievance``, ``fear``
        (means of the two sides at the start, 0 to 1). In order of recorded onsets a year.
    """
    roster, years = record.roster, record.n_worlds * _n_years(record) * YEAR / WEEKS_PER_YEAR
    counted = np.bincount(begun(record)["pair"].astype(int), minlength=roster.n_pairs) / years
    pulls = _pulls(roster)
    kinds = {pair: kind for kind, pairs in classes(roster).items() for pair in pairs}
    rows = []
    for pair, codes in enumerate(tuple(roster.codes[i] for i in p) for p in roster.pairs):
        allied = "RUS" in codes and {*codes} & {*ALLIED}
        kind = "allied then" if allied else kinds.get(pair, "opposed")
        known = onsets().get((min(codes), max(codes)), {"onsets": 0.0, "years": 0.0})
        n, over = float(known["onsets"]), float(known["years"])
        if over < ENOUGH:
            continue
        low, high = poisson_interval(n, over)
        rows.append(
            {"first": codes[0], "second": codes[1], "kind": kind,
             "simulated": float(counted[pair]), "recorded": n / over, "lo": low, "hi": high,
             "onsets": int(n), "years": int(over),
             "inside": low <= counted[pair] <= high, **pulls.loc[pair]}
        )  # fmt: skip
    return pd.DataFrame(rows).sort_values("recorded", ascending=False, ignore_index=True)


def _pulls(roster: Roster) -> pd.DataFrame:
    """Return what makes a dyad dispute more or less often, by rule at the start: a row a pair."""
    block = Block(roster, 1, 0)
    block.begin(parameter_block({}, 1)[0, :, 0], 0)
    near = [PairTraits(roster.atlas.pair_traits, p, 0).proximity for p in range(roster.n_pairs)]
    sides = block.world.relations[roster.atlas.left], block.world.relations[roster.atlas.right]
    fields = {name: Relation.FIELDS.index(name) for name in ("exposure", "grievance", "fear")}
    means = {name: 0.5 * sum(side[:, k, 0] for side in sides) for name, k in fields.items()}
    return pd.DataFrame({"proximity": near, **means}, dtype=float)


def forecast(record: Record) -> pd.DataFrame:
    """Return the probability that a year sees an onset between Russia and each member of 2025.

    Args:
        record: of :func:`sim.evidence.sizes.of_era`.

    Returns:
        Columns ``a, b, year, probability, lo, hi``: the two states, every year of
        :data:`FORECAST` in which both were states, and the probability with its Wilson interval.
        It is the same in every year: no rule knows the calendar.
    """
    roster, found = record.roster, begun(record)
    n = record.n_worlds * _n_years(record)
    rows = []
    for pair, codes in enumerate(tuple(roster.codes[i] for i in p) for p in roster.pairs):
        member = codes[1 - codes.index("RUS")] if "RUS" in codes else ""
        if roster.blocs.get(member) != Bloc.WEST:
            continue
        k = len(found[found["pair"] == pair].drop_duplicates())
        low, high = wilson(k, n)
        rows += [
            {"a": "RUS", "b": member, "year": year, "probability": k / n, "lo": float(low),
             "hi": float(high)}
            for year in FORECAST if year >= STATE_SINCE.get(member, FORECAST.start)
        ]  # fmt: skip
    return pd.DataFrame(rows).sort_values(["b", "year"], ignore_index=True)
