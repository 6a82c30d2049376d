"""Disputes by pair beside the record: does the model quarrel where states quarrelled?

``data/onsets.csv`` has the onsets of 1946-91 of the pairs that the default scenario plays, and the
years in which both were states (COW Dyadic MID 4.02, Maoz et al. 2019).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from sim.config.job import load_scenario
from sim.engine import ensemble
from sim.engine.record import Record
from sim.evidence.observation import WEEKS_PER_YEAR, disputes, observed
from sim.lanes import Floats
from sim.model.parameters import parameter_block
from sim.model.roster import Roster

FROM = 52
"""Weeks before disputes are counted."""
WEEKS = 364
ENOUGH = 10
"""Years of record from which a pair counts."""
ALLIED = ("POL", "HUN", "ROU", "BGR", "ALB", "CZE", "SVK")
"""Members that were in the other bloc when the record was made."""


@cache
def era() -> Roster:
    """Return the roster that the record is set beside, started by rule."""
    return load_scenario("record_1946_91").roster


@cache
def recorded() -> Mapping[str, float]:
    """Return recorded onsets a year of Russia with the members it was opposed to, by code."""
    path = Path(__file__).parents[1] / "data" / "onsets.csv"
    with path.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    found = {}
    for row in rows:
        codes, years = (row["first"], row["second"]), float(row["years"])
        if "RUS" in codes and row["opposed"] == "1" and years >= ENOUGH:
            other = codes[1 - codes.index("RUS")]
            if other not in ALLIED:
                found[other] = float(row["onsets"]) / years
    return found


def simulated(record: Record) -> dict[str, float]:
    """Return simulated onsets a year of Russia with each state, by code."""
    roster = record.roster
    of = disputes(record)["pair"].to_numpy().astype(int)
    years = record.n_worlds * (record.n_weeks - FROM) / WEEKS_PER_YEAR
    count: Floats = np.bincount(of, minlength=roster.n_pairs) / years
    found = {}
    for number, pair in zip(count, roster.pairs, strict=True):
        codes = [roster.codes[i] for i in pair]
        if "RUS" in codes:
            found[codes[1 - codes.index("RUS")]] = float(number)
    return found


def rank_correlation(record: Record) -> float:
    """Return the rank correlation of simulated with recorded onsets over the opposed pairs."""
    mine, theirs = simulated(record), recorded()
    codes = sorted(theirs)
    found = spearmanr([mine[c] for c in codes], [theirs[c] for c in codes])
    return float(found.statistic)


def rates(values: Mapping[str, float], *, worlds: int, seed: int) -> tuple[dict[str, float], float]:
    """Return base rates by the names of the targets, and the rank correlation of sizes."""
    record = ensemble.play(
        era(), parameter_block(values, 1)[:, :, 0], n_worlds=worlds, n_weeks=WEEKS, seed=seed,
        disputes_from=FROM,
    )  # fmt: skip
    return observed(record, counted_from=FROM), rank_correlation(record)
