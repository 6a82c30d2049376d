"""Rosters and comparisons that many tests share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import ensemble
from sim.facts import PairSheet, StateSheet
from sim.parameters import parameter_block
from sim.randomness import key_of
from sim.record import Record
from sim.roster import Roster, build_roster
from sim.tracks import MEASURES, empty_tracks
from sim.vocabulary import Bloc
from sim.world import empty_world


def rivals(
    *,
    grievance: float = 0.25,
    fear: float = 0.25,
    rhetoric: float = 0.25,
    deployment: float = 0.25,
    firmness: float = 0.3,
    nuclear: float = 1.0,
    proximity: float = 0.8,
) -> Roster:
    """Return two invented equals, AAA and BBB, alone in the world; BBB is the challenger."""
    sheets = [
        StateSheet(
            code,
            number,
            name,
            0.5,
            nuclear=nuclear,
            firmness=firmness,
            challenger=float(number > 1001),
        )
        for code, number, name in (("AAA", 1001, "Alphia"), ("BBB", 1002, "Betania"))
    ]
    start = {
        "start_rhetoric": rhetoric,
        "start_deployment": deployment,
        "start_grievance": grievance,
        "start_fear": fear,
    }
    return build_roster(
        sheets,
        [PairSheet("AAA", "BBB", proximity, adjacent=True)],
        {"AAA": Bloc.WEST, "BBB": Bloc.EAST},
        ("AAA", "BBB"),
        starts={("AAA", "BBB"): start, ("BBB", "AAA"): start},
    )


def point(**values: float) -> NDArray[np.float64]:
    """Return one design point, ``[1, parameter]``, with these values and the rest as declared."""
    return parameter_block(values, 1)[:, :, 0]


def play(
    roster: Roster,
    values: Mapping[str, float] | None = None,
    *,
    worlds: int = 1500,
    weeks: int = 104,
    seed: int = 5,
    **options: Any,
) -> Record:
    """Play worlds at one point."""
    return ensemble.play(
        roster, point(**(values or {})), n_worlds=worlds, n_weeks=weeks, seed=seed, **options
    )


def reached(record: Record, rung: int) -> NDArray[np.float64]:
    """Return, world by world, whether the leaders' pair reached a rung."""
    return (record.outcome("peak_rung_leaders")[0] >= rung).astype(float)


def paired(before: NDArray[Any], after: NDArray[Any]) -> tuple[float, float, float]:
    """Return the mean paired difference over worlds and its 95 % normal interval."""
    change = np.asarray(after, float) - np.asarray(before, float)
    half = 1.96 * change.std(ddof=1) / len(change) ** 0.5
    return float(change.mean()), float(change.mean() - half), float(change.mean() + half)


def rises(before: NDArray[Any], after: NDArray[Any]) -> bool:
    """Say whether the paired difference is above zero with its whole interval."""
    return paired(before, after)[1] > 0.0


def falls(before: NDArray[Any], after: NDArray[Any]) -> bool:
    """Say whether the paired difference is below zero with its whole interval."""
    return paired(before, after)[2] < 0.0


def measured(
    roster: Roster,
    measure: str,
    values: Mapping[str, float] | None = None,
    *,
    worlds: int = 320,
    weeks: int = 104,
    seed: int = 5,
) -> NDArray[np.float64]:
    """Return a measure of every world, ``[world, week]``; ``worlds`` is a multiple of 16."""
    k = [m.name for m in MEASURES].index(measure)
    key = key_of(seed, np.arange(worlds, dtype=np.uint32), np.zeros(worlds, np.uint32))
    world = empty_world(roster, parameter_block(values or {}, worlds), key)
    tracks = empty_tracks(roster, weeks, worlds)
    ensemble.block_player(16)(world, roster.atlas, 0, weeks + 1, tracks)
    return tracks.levels[:, k, :].T / MEASURES[k].scale - MEASURES[k].offset
