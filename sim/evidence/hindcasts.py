"""Crises of the past, told by what was known the day before: did the two sides come to force?

``data/hindcasts.csv`` has the crises, ``data/hindcast_events.csv`` dated events that came before
them. A crisis is played from its scenario with the events before its day alone, or, where it has
none of its own, from the blocs of a scenario of its time with every level by rule (*by rule*), so
that nothing is tuned to what came of it. What is asked is whether the two use force against one
another from the day to the end that the record gives the crisis.

Two base rates stand beside the model, neither of which knows the crisis by name: what came of
disputes that began without force, by their age (:func:`like_others`), and how often the two came
to force in any such stretch of 1946-91 (:func:`any_day`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.intervals import wilson
from sim.config.job import load_scenario, scenario_from
from sim.engine.disputes import DISPUTE_COLUMNS, INCIDENT_COLUMNS
from sim.engine.ensemble import Terms, Worlds, play_worlds
from sim.engine.notes import FORCE
from sim.evidence.sizes import ENOUGH, onsets
from sim.evidence.targets import rows_of, targets
from sim.lanes import Floats
from sim.plan.scenario import Scenario

DAYS = (7, 30, 90, 180, 365)
LEAST = 1e-3
"""Least probability that a log score is taken of."""


@dataclass(frozen=True)
class Crisis:
    """A crisis, and whether it came to force between the two."""

    name: str
    title: str
    scenario: str
    by_rule: bool  # blocs of the scenario alone; every level by rule, events of the table
    start: date | None  # first week that is played, if by rule
    pair: tuple[str, str]
    day: date
    until: date
    force: bool
    happened: str
    source: str

    @property
    def days(self) -> int:
        """Days from the day to the end, both counted."""
        return (self.until - self.day).days + 1


@cache
def crises() -> tuple[Crisis, ...]:
    """Return all crises, by day."""
    return tuple(
        Crisis(
            name=row["crisis"], title=row["title"], scenario=row["scenario"],
            by_rule=row["by_rule"] == "1",
            start=date.fromisoformat(row["start"]) if row["start"] else None,
            pair=(row["first"], row["second"]), day=date.fromisoformat(row["day"]),
            until=date.fromisoformat(row["until"]), force=row["force"] == "1",
            happened=row["happened"], source=row["source"],
        )
        for row in rows_of("hindcasts.csv")
    )  # fmt: skip


@cache
def before(crisis: Crisis) -> Scenario:
    """Return what a crisis is played from: its scenario, with the events before the day alone."""
    tree: dict[str, Any] = deepcopy(dict(load_scenario(crisis.scenario).given))
    if crisis.by_rule:
        assert crisis.start is not None
        tree |= {"start": crisis.start.isoformat(), "relations": {}, "pairs": {}}
        mine = (r for r in rows_of("hindcast_events.csv") if r["crisis"] == crisis.name)
        tree["events"] = [
            {**{k: v for k, v in row.items() if k != "crisis"}, "size": float(row["size"])}
            for row in mine
        ]
    tree["events"] = [e for e in tree["events"] if date.fromisoformat(str(e["date"])) < crisis.day]
    return scenario_from(tree, crisis.name)


def came_to_force(
    crisis: Crisis, points: Floats, *, worlds: int, seed: int, threads: int
) -> Floats:
    """Return whether the two used force from the day to the end, ``[world]``.

    Args:
        crisis: which one.
        points: parameter sets that the worlds are shared out to, ``[set, parameter]``.
        worlds: to play.
        seed: of the worlds.
        threads: to play on.
    """
    scenario = before(crisis)
    first = (crisis.day - scenario.start).days // 7 + 1
    last = (crisis.until - scenario.start).days // 7 + 1
    numbers = np.arange(worlds)
    played = play_worlds(
        scenario.roster, points, Worlds(numbers % len(points), numbers, np.zeros_like(numbers)),
        Terms(last + 1, seed, every=last + 1, disputes_from=0), threads=threads,
    )  # fmt: skip
    disputes = pd.DataFrame(played.disputes, columns=["world", *DISPUTE_COLUMNS[1:]])
    acts = pd.DataFrame(played.incidents, columns=list(INCIDENT_COLUMNS))
    roster = scenario.roster
    places = {roster.codes.index(code) for code in crisis.pair}
    (pair,) = (k for k, two in enumerate(roster.pairs) if set(two) == places)
    of = disputes.iloc[acts["dispute"]].reset_index(drop=True)
    meant = (
        (of["pair"] == pair) & (acts["level"] >= FORCE)
        & acts["week"].between(first, last)
    )  # fmt: skip
    found = np.zeros(worlds)
    found[of["world"][meant].unique().astype(int)] = 1.0
    return found


def like_others(crisis: Crisis) -> float:
    """Return the share of disputes begun without force that came to it within as many days.

    Between the days of the record along the logarithm of days; below the first in proportion.
    """
    shares = [targets()[f"esc_curve_use_plus_by_{d}d_start_below4"].value for d in DAYS]
    if crisis.days <= DAYS[0]:
        return shares[0] * crisis.days / DAYS[0]
    return float(np.interp(math.log(crisis.days), np.log(DAYS), shares))


def any_day(crisis: Crisis) -> float:
    """Return how likely the two come to force within as many days of 1946-91, whatever goes on.

    By the pair's own onsets where it has ten years of record or more, else by those of Russia's
    neighbours in NATO.
    """
    row = onsets().get((min(crisis.pair), max(crisis.pair)), {"onsets": "0", "years": "0"})
    known = float(row["years"]) >= ENOUGH
    near = targets()["onset_rate_russia_nato_contig_any"].value / 1000.0
    rate = float(row["onsets"]) / float(row["years"]) if known else near
    rate *= targets()["ru_nato_maxhost_use"].value
    return 1.0 - math.exp(-rate * crisis.days / 365.25)


def log_score(probability: float, force: bool) -> float:
    """Return the logarithm of the probability that was given to what happened; 0 is best."""
    kept = min(max(probability, LEAST), 1.0 - LEAST)
    return math.log(kept if force else 1.0 - kept)


def judged(points: Mapping[str, Floats], *, worlds: int, seed: int, threads: int) -> pd.DataFrame:
    """Return every crisis with what was given to force, and the log score of each account.

    Args:
        points: parameter sets by the name of an account, ``[set, parameter]``.
        worlds: of each crisis.
        seed: of the worlds.
        threads: to play on.

    Returns:
        Columns ``crisis, title, day, days, by_rule, force, account, probability, lo, hi, score``;
        ``lo, hi`` is the 95 % Wilson interval of a share of worlds, nan of a base rate.
    """
    rows = []
    for crisis in crises():
        given = {}
        for name, sets in points.items():
            came = came_to_force(crisis, sets, worlds=worlds, seed=seed, threads=threads)
            low, high = wilson(came.sum(), worlds)
            given[name] = float(came.mean()), float(low), float(high)
        given["a crisis like others"] = like_others(crisis), math.nan, math.nan
        given["the pair on any day"] = any_day(crisis), math.nan, math.nan
        rows += [
            {"crisis": crisis.name, "title": crisis.title, "day": crisis.day, "days": crisis.days,
             "by_rule": crisis.by_rule, "force": crisis.force, "account": name, "probability": p,
             "lo": low, "hi": high, "score": log_score(p, crisis.force)}
            for name, (p, low, high) in given.items()
        ]  # fmt: skip
    return pd.DataFrame(rows)
