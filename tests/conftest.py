"""Small worlds and other things the tests share."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sim.config import posteriors
from sim.engine.blocks import Block
from sim.engine.native import width
from sim.engine.record import Record
from sim.evidence.calibration.prior import CALIBRATED
from sim.model.parameters import COEFFICIENTS, parameter_block
from sim.model.roster import Roster, build_roster, with_calendar
from sim.model.sheets import PairSheet, StateSheet, pair_table, state_table
from sim.model.vocabulary import Bloc, Happening
from sim.plan.changes import Change, changed

Point = Callable[..., np.ndarray]

WEST = ("USA", "GBR", "NOR", "POL", "EST", "FIN")
EAST = ("RUS", "BLR")
NEUTRAL = ("UKR", "CHE", "SRB")

EXTREME = {
    "miscalculation_strength": 5.0, "accident": 0.05, "offence": 0.9, "distinguishability": 0.1,
    "challenger_greed": 0.6, "challenger_firmness": 0.4, "defender_firmness": 0.4,
    "incident": 0.4, "war_onset": 0.8, "nuclear_brake": 0.2, "nuclear_use": 0.04, "join": 0.4,
    "join_hazard": 0.2, "join_threshold": 0.1, "mediation": 0.4, "hotline": 0.7,
}  # fmt: skip
"""Parameters under which everything that can happen does, soon."""


def two_rivals() -> Roster:
    """Return two invented states, both a little greedy, firm and frightened."""
    traits = {"firmness": 0.5, "greed": 0.1, "democracy": 0.6, "nuclear": 1.0}
    start = {"start_rhetoric": 0.25, "start_deployment": 0.25, "start_grievance": 0.25}
    return build_roster(
        [
            StateSheet("ALF", 1, "Alfia", 0.08, **traits),
            StateSheet("BET", 2, "Betania", 0.1, challenger=1.0, **traits),
        ],
        [PairSheet("ALF", "BET", proximity=0.8, rivalry=1.0, trade=100.0, adjacent=True)],
        {"ALF": Bloc.WEST, "BET": Bloc.EAST},
        ("ALF", "BET"),
        starts={("ALF", "BET"): start, ("BET", "ALF"): {**start, "start_fear": 0.3}},
    )


def small_europe() -> Roster:
    """Return eleven real states, without events."""
    codes = (*WEST, *EAST, *NEUTRAL)
    blocs = {**dict.fromkeys(WEST, Bloc.WEST), **dict.fromkeys(EAST, Bloc.EAST)}
    states = [state_table()[code] for code in codes]
    return build_roster(states, list(pair_table().values()), blocs, ("USA", "RUS"))


Dated = tuple[int, Happening, tuple[str, ...], float]


def with_events(roster: Roster, events: Sequence[Dated]) -> Roster:
    """Return a roster with a calendar of events: week, kind, codes, size."""
    return with_calendar(
        roster,
        [(week, kind, _row(roster, kind, codes), size) for week, kind, codes, size in events],
    )


def _row(roster: Roster, kind: Happening, codes: tuple[str, ...]) -> int:
    if kind in (Happening.ACCESSION, Happening.FORWARD, Happening.BRIEFING):
        return roster.codes.index(codes[0])
    return roster.relation(*codes)


EVENTS: tuple[Dated, ...] = (
    (1, Happening.SPEECH, ("RUS", "USA"), 0.75),
    (2, Happening.DEPLOYMENT, ("RUS", "EST"), 0.5),
    (2, Happening.SANCTIONS, ("USA", "RUS"), 0.5),
    (3, Happening.DIPLOMACY, ("RUS", "POL"), 0.0),
    (3, Happening.GRIEVANCE, ("RUS", "FIN"), 0.2),
    (4, Happening.ACCESSION, ("UKR",), 1.0),
    (5, Happening.FORCE, ("RUS", "NOR"), 1.0),
    (5, Happening.ALARM, ("FIN", "RUS"), 0.4),
    (6, Happening.WAR, ("RUS", "UKR"), 2.0),
    (7, Happening.FORWARD, ("EST",), 0.5),
    (8, Happening.EXERCISE, ("GBR", "RUS"), 1.0),
    (8, Happening.SNAP_EXERCISE, ("RUS", "POL"), 0.75),
    (9, Happening.BRIEFING, ("RUS",), 0.75),
    (11, Happening.SNAP_EXERCISE, ("RUS", "POL"), 0.0),
    (12, Happening.EXERCISE, ("GBR", "RUS"), 0.0),
    (14, Happening.CEASEFIRE, ("RUS", "UKR"), 0.0),
)
"""One event of each kind, in :func:`small_europe`."""


HELD = (
    Change("misreading", 2, "RUS", "POL", "intent", "hostile"),
    Change("misreading", 3, "POL", "RUS", "capability", "under"),
    Change("misreading", 4, "EST", "RUS", "signal", "a warning lost"),
    Change("misreading", 6, "RUS", "EST", "resolve", "will yield"),
    Change("accident", 3, "RUS", "NOR", value="force"),
    Change("apology", 3, "RUS", "NOR"),
    Change("incident", 6, "EST", "RUS", value="met"),
    Change("stance", 6, "EST", "RUS", value="stand"),
    Change("force", 5, "RUS", "FIN", value="used"),
    Change("hold", 4, "RUS", "USA", "deployment", 0.75, 2),
    Change("hold", 7, "USA", "RUS", "diplomacy", 0.75, 2),
    Change("limit", 5, "POL", "RUS", "rhetoric", 0.25, 3),
    Change("restrain", 5, "NOR", "RUS", "sanctions", weeks=4),
    Change("step", 4, "NOR", "RUS", "deployment", "raise", 2),
    Change("step", 6, "EST", "RUS", "rhetoric", "lower"),
    Change("step", 7, "EST", "RUS", "sanctions", "keep", 3),
    Change("orders", 5, "POL", "RUS", value="yield", weeks=2),
    Change("hold_fire", 6, "POL", "RUS", weeks=3),
    Change("channel", 6, "USA", "RUS", value=0.875, weeks=2),
    Change("mediator", 8, "RUS", "UKR"),
    Change("stay_out", 4, "GBR", weeks=6),
    Change("parameter", 9, name="fog", value=0.75),
)
"""One change of each kind that is held, in :func:`small_europe`."""


def eventful_europe() -> Roster:
    """Return the eleven states with their events, and with something of each kind held."""
    return changed(with_events(small_europe(), EVENTS), HELD)


def point_of(values: Mapping[str, float] | None = None, **more: float) -> np.ndarray:
    """Return the parameters of a point, ``[parameter]``: the declared ones, but for these."""
    return parameter_block({**(values or {}), **more}, 1)[0, :, 0]


def digest(record: Record) -> str:
    """Return what tells one record from another: every count and every row, to the last bit."""
    found = hashlib.sha256()
    for array in (*record.tally, record.outcomes, record.disputes):
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def digest_of_state(
    roster: Roster, point: np.ndarray, *, n_worlds: int, n_weeks: int, seed: int
) -> str:
    """Return what tells the last week of some worlds from others: every field, to the last bit."""
    found, block = hashlib.sha256(), Block(roster, n_weeks, seed)
    for first in range(0, n_worlds, width()):
        block.begin(point, np.arange(first, min(first + width(), n_worlds)))
        block.play(n_weeks)
        for lane in range(block.n_worlds):
            for array in (*block.world[:4], block.tracks.value.totals):
                found.update(array[..., lane].tobytes())
    return found.hexdigest()


@pytest.fixture(scope="session")
def rivals() -> Roster:
    return two_rivals()


@pytest.fixture(scope="session")
def europe() -> Roster:
    return small_europe()


@pytest.fixture(scope="session")
def eventful(europe: Roster) -> Roster:
    return changed(with_events(europe, EVENTS), HELD)


@pytest.fixture(scope="session")
def point() -> Point:
    return point_of


@pytest.fixture(scope="session")
def extreme() -> np.ndarray:
    return point_of(EXTREME)


@pytest.fixture(scope="session")
def plain() -> SimpleNamespace:
    """The package a second time, in plain Python: what ``SPIRAL_PLAIN=1`` gives."""

    def ours() -> list[str]:
        return [name for name in sys.modules if name == "sim" or name.startswith("sim.")]

    compiled = {name: sys.modules.pop(name) for name in ours()}
    names = (
        "lanes", "lanes.randomness", "lanes.arithmetic", "model.parameters", "model.roster",
        "model.state", "model.turn", "engine.record", "engine.ensemble", "engine.history",
        "engine.notes", "engine.blocks", "model.rules.perception", "model.rules.appraisal",
        "model.rules.consultation", "model.rules.choice", "model.rules.ladder",
        "model.rules.confrontation", "model.rules.spread", "model.stages.confront",
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "SPIRAL_PLAIN", "1")
        twin = {name.split(".")[-1]: import_module(f"sim.{name}") for name in names}
    for name in ours():
        del sys.modules[name]
    sys.modules.update(compiled)
    return SimpleNamespace(**twin)


@pytest.fixture
def shipped(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the package ship a posterior: 32 sets spread over a part of each calibrated range."""
    path = tmp_path_factory.mktemp("shipped") / "posterior.csv"
    low, high = (np.array([getattr(COEFFICIENTS[n], end) for n in CALIBRATED])
                 for end in ("low", "high"))  # fmt: skip
    middle = np.array([COEFFICIENTS[n].value for n in CALIBRATED])
    spread = 0.1 * np.random.default_rng(1).uniform(-1.0, 1.0, (32, len(CALIBRATED)))
    values = np.clip(middle + spread * (high - low), low, high)
    weighted = np.column_stack([np.linspace(0.5, 1.5, 32), values])
    pd.DataFrame(weighted, columns=["weight", *CALIBRATED]).to_csv(path, index=False)
    monkeypatch.setattr(posteriors, "SHIPPED", path)
    return path
