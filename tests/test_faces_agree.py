"""Mesa, the ensemble, one replayed world, plain Python and every lane width give the same bits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.ensemble import WIDTHS, block_player, play
from sim.history import History, replay
from sim.jit import ENABLED
from sim.mesa_world import EscalationModel
from sim.parameters import Parameters
from sim.randomness import key_of
from sim.roster import Roster
from sim.tracks import Total, Tracks, empty_tracks
from sim.world import World, empty_world
from tests.conftest import digest, small_europe

N_WEEKS = 24
N_WORLDS = 50  # not a multiple of any width
SEED = 20_250_106
WORLDS = (0, 6, 15)

pytestmark = pytest.mark.skipif(not ENABLED, reason="compares compiled code with plain Python")


def played(roster: Roster, point: np.ndarray, n_weeks: int) -> tuple[World, Tracks]:
    """Return sixteen worlds of an ensemble after some weeks."""
    n_lanes = 16
    key = key_of(SEED, np.arange(n_lanes, dtype=np.uint32), np.zeros(n_lanes, np.uint32))
    columns = np.ascontiguousarray(np.repeat(point[None, :, None], n_lanes, axis=2))
    world = empty_world(roster, columns, key)
    tracks = empty_tracks(roster, n_weeks, n_lanes)
    block_player(16)(world, roster.atlas, 0, n_weeks + 1, tracks)
    return world, tracks


def assert_same_week(history: History, week: int, world: World, lane: int) -> None:
    """Hold every field of one week against a lane of a block."""
    for mine, theirs in (
        (history.relations[week], world.relations[:, :, lane]),
        (history.pairs[week], world.pairs[:, :, lane]),
        (history.states[week], world.states[:, :, lane]),
        (history.system[week], world.system[0, :, lane]),
    ):
        assert mine.tobytes() == theirs.tobytes()


@pytest.fixture(scope="module")
def replays(eventful: Roster, extreme: np.ndarray) -> dict[int, History]:
    return {w: replay(eventful, extreme, world=w, n_weeks=N_WEEKS, seed=SEED) for w in WORLDS}


def test_much_happens_in_the_worlds_compared(eventful: Roster, extreme: np.ndarray) -> None:
    world, tracks = played(eventful, extreme, N_WEEKS)
    rungs = set(np.unique(tracks.rungs))
    assert rungs >= {1, 2, 3, 4, 5, 6, 7}
    misread = tracks.acts >> 3
    assert all((misread >> kind & 1).any() for kind in range(5))
    assert (world.system[0, -5:] > 0).any(axis=1).all()  # stands, yields, crises, joins, accessions


def test_world_of_the_ensemble_is_the_replayed_world_in_every_week(
    eventful: Roster, extreme: np.ndarray, replays: dict[int, History]
) -> None:
    for week in range(N_WEEKS + 1):
        world, _ = played(eventful, extreme, week)
        for w in WORLDS:
            assert_same_week(replays[w], week, world, w)


def test_lane_is_the_same_whatever_its_neighbours(extreme: np.ndarray) -> None:
    rng, n_lanes, roster = np.random.default_rng(3), 16, small_europe()
    points = np.repeat(extreme[None], n_lanes, axis=0)
    for name, high in (("start_grievance", 1.0), ("start_grievance_near", 1.0),
                       ("start_grievance_rival", 1.0), ("join_hazard", 1.0)):  # fmt: skip
        points[:, Parameters.FIELDS.index(name)] = rng.uniform(0.0, high, n_lanes).round()
    key = key_of(SEED, np.arange(n_lanes, dtype=np.uint32), np.zeros(n_lanes, np.uint32))
    world = empty_world(roster, np.ascontiguousarray(points.T[None]), key)
    tracks = empty_tracks(roster, N_WEEKS, n_lanes)
    block_player(n_lanes)(world, roster.atlas, 0, N_WEEKS + 1, tracks)
    for lane in range(n_lanes):
        alone = replay(roster, points[lane], world=lane, n_weeks=N_WEEKS, seed=SEED)
        assert_same_week(alone, N_WEEKS, world, lane)


def test_mesa_is_the_replayed_world_in_every_week(
    eventful: Roster, extreme: np.ndarray, replays: dict[int, History]
) -> None:
    values = dict(zip(Parameters.FIELDS, extreme.tolist(), strict=True))
    for w in WORLDS:
        with EscalationModel(eventful, values, seed=SEED, world=w) as model:
            model.play(N_WEEKS)
        for field in ("relations", "pairs", "states", "system"):
            mesa, alone = getattr(model.history, field), getattr(replays[w], field)
            assert mesa.tobytes() == alone.tobytes()


def test_tracks_tell_what_the_replayed_world_went_through(
    eventful: Roster, extreme: np.ndarray, replays: dict[int, History]
) -> None:
    _, tracks = played(eventful, extreme, N_WEEKS)
    at = eventful.atlas.leaders_pair
    first, second = (eventful.codes[i] for i in eventful.pairs[at])
    for w, history in replays.items():
        assert (tracks.rungs[:, at, w] == history.pair(first, second, "rung")).all()
        r = eventful.relation(first, second)
        total = 0.0
        for fear in history.relation(first, second, "fear").tolist():
            total += fear
        assert tracks.totals[r, Total.FIELDS.index("fear"), w] == total


@pytest.fixture(scope="module")
def points(extreme: np.ndarray) -> np.ndarray:
    other = extreme.copy()
    other[Parameters.FIELDS.index("offence")] = 0.2
    return np.stack([extreme, other])


@pytest.fixture(scope="module")
def usual(eventful: Roster, points: np.ndarray) -> str:
    return digest(
        play(eventful, points, n_worlds=N_WORLDS, n_weeks=N_WEEKS, seed=SEED, threads=1,
             disputes_from=0)
    )  # fmt: skip


@pytest.mark.parametrize("lanes", WIDTHS)
def test_number_of_lanes_changes_nothing(
    eventful: Roster, points: np.ndarray, usual: str, lanes: int
) -> None:
    record = play(
        eventful, points, n_worlds=N_WORLDS, n_weeks=N_WEEKS, seed=SEED, lanes=lanes,
        disputes_from=0,
    )  # fmt: skip
    assert record.facts["lanes"] == lanes
    assert digest(record) == usual


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(("block", "lanes"), [(1, 1), (7, 1), (16, 16), (48, 16), (112, 16)])
def test_threads_and_blocks_change_nothing(
    eventful: Roster, points: np.ndarray, usual: str, threads: int, block: int, lanes: int
) -> None:
    record = play(
        eventful, points, n_worlds=N_WORLDS, n_weeks=N_WEEKS, seed=SEED, threads=threads,
        block=block, lanes=lanes, disputes_from=0,
    )  # fmt: skip
    assert digest(record) == usual


ALONE = """
from sim.ensemble import play
from tests.conftest import EXTREME, digest, point_of, two_rivals
print(digest(play(two_rivals(), point_of(EXTREME)[None], n_worlds=6, n_weeks=16, seed=3)))
"""


@pytest.mark.parametrize(("jit", "hash_seed"), [("0", "1"), ("1", "2")])
def test_plain_python_and_the_hash_seed_change_nothing(
    rivals: Roster, extreme: np.ndarray, jit: str, hash_seed: str
) -> None:
    here = digest(play(rivals, extreme[None], n_worlds=6, n_weeks=16, seed=3))
    elsewhere = subprocess.run(
        [sys.executable, "-W", "error", "-c", ALONE],
        env={**os.environ, "SPIRAL_JIT": jit, "PYTHONHASHSEED": hash_seed},
        cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert elsewhere.returncode == 0, elsewhere.stderr
    assert elsewhere.stdout.strip() == here
