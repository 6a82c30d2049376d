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
from sim.engine.posterior import Posterior
from sim.engine.record import Record
from sim.evidence.observation import LAND, WEEKS_PER_YEAR, disputes
from sim.lanes import Floats
from sim.model.parameters import Parameters, parameter_block
from sim.model.roster import PairTraits, RelationTraits, Roster

FROM = 52
"""Weeks before disputes are counted."""
WEEKS = 364
ENOUGH = 10
"""Years of record from which a pair counts."""
ALLIED = ("POL", "HUN", "ROU", "BGR", "ALB", "CZE", "SVK")
"""Members of today that were Russia's allies when the record was made."""


@cache
def era() -> Roster:
    """Return the roster that the record is set beside, started by rule."""
    return load_scenario("record_1946_91").roster


@cache
def onsets() -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Return the rows of the record by the two codes, in order."""
    path = Path(__file__).parents[1] / "data" / "onsets.csv"
    with path.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {(min(codes), max(codes)): row for row in rows
            for codes in [(row["first"], row["second"])]}  # fmt: skip


@cache
def recorded() -> Mapping[str, float]:
    """Return recorded onsets a year of Russia with the members it was opposed to, by code."""
    found = {}
    for row in onsets().values():
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


def classes(roster: Roster) -> dict[str, list[int]]:
    """Return the pairs that are not opposed, by class: rivals, neighbours by land, the rest."""
    atlas = roster.atlas
    found: dict[str, list[int]] = {"rivals": [], "neighbours by land": [], "the rest": []}
    traits = atlas.relation_traits[:, :, 0]
    opposed, rivalry = (RelationTraits.FIELDS.index(name) for name in ("opposed", "rivalry"))
    near = PairTraits.FIELDS.index("proximity")
    for pair, r in enumerate(atlas.left):
        if traits[r, opposed] > 0.0:
            continue
        by_land = atlas.pair_traits[pair, near, 0] >= LAND
        kind = "rivals" if traits[r, rivalry] else "neighbours by land" if by_land else "the rest"
        found[kind].append(pair)
    return found


def by_class(record: Record) -> dict[str, tuple[Floats, float]]:
    """Return onsets a dyad-year of the pairs that are not opposed, by class.

    Of each class the simulated ones, ``[world]``, the pairs weighted by their years of record, and
    the recorded ones; pairs that the record does not have are left out.
    """
    roster, years_played = record.roster, (record.n_weeks - FROM) / WEEKS_PER_YEAR
    count = np.zeros((record.n_worlds, roster.n_pairs))
    np.add.at(count, (record.disputes[:, 0], record.disputes[:, 1]), 1.0 / years_played)
    found = {}
    for kind, every in classes(roster).items():
        pairs, rows = [], []
        for pair in every:
            first, second = sorted(roster.codes[i] for i in roster.pairs[pair])
            row = onsets().get((first, second))
            if row is not None and row["opposed"] == "0":
                pairs.append(pair)
                rows.append(row)
        years = np.array([float(row["years"]) for row in rows])
        known = sum(float(row["onsets"]) for row in rows) / years.sum()
        found[kind] = (count[:, pairs] @ years / years.sum(), float(known))
    return found


def of_era(
    values: Mapping[str, float], *, worlds: int, seed: int, posterior: Posterior | None = None
) -> Record:
    """Return a run of the roster that the record is set beside.

    Args:
        values: parameters that differ from the declared ones.
        worlds: to play, of which disputes count from the second year on.
        seed: of the worlds.
        posterior: what each world draws.
    """
    point = parameter_block(values, 1)[:, :, 0].astype(float)
    if posterior:
        point[:, [Parameters.FIELDS.index(name) for name in posterior.names]] = np.nan
    return ensemble.play(
        era(), point, n_worlds=worlds, n_weeks=WEEKS, seed=seed, disputes_from=FROM,
        posterior=posterior,
    )  # fmt: skip
