"""Mesa, the ensemble, one replayed world, plain Python and every lane width give the same bits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim import read_jobs
from sim.engine import native
from sim.engine.blocks import Block
from sim.engine.ensemble import play
from sim.engine.history import History, replay
from sim.engine.notes import Total, Tracks
from sim.lanes import Real
from sim.mesa_model import EscalationModel
from sim.model.parameters import Parameters
from sim.model.roster import Roster
from sim.model.state import World
from tests.compiled import WIDTHS, able, model
from tests.conftest import digest, digest_of_state, small_europe

N_WEEKS = 24
N_WORLDS = 50  # not a multiple of any width
SEED = 20_250_106
WORLDS = (0, 6, 15)

SCENARIOS = (
    "attache_briefing", "georgia_2008", "crimea_2014", "baltic_reinforcement", "nordic_accession",
    "able_archer_1983", "donbas_2021", "cuba_1962", "two_rivals", "two_alliances",
)  # fmt: skip


def played(roster: Roster, point: np.ndarray, n_weeks: int) -> tuple[World, Tracks]:
    """Return sixteen worlds of an ensemble after some weeks."""
    block = Block(roster, n_weeks, SEED)
    block.begin(point, np.arange(16))
    block.play(n_weeks)
    return block.world, block.tracks.value


def assert_same_week(history: History, week: int, world: World, lane: int) -> None:
    """Hold every field of one week against a lane of a block."""
    for mine, theirs in (
        (history.relations[week], world.relations[:, :, lane]),
        (history.pairs[week], world.pairs[:, :, lane]),
        (history.states[week], world.states[:, :, lane]),
        (history.system[week], world.system[0, :, lane]),
    ):
        assert mine.astype(Real).tobytes() == theirs.tobytes()
        assert (mine == theirs).all()


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
    block = Block(roster, N_WEEKS, SEED)
    block.begin(points, np.arange(n_lanes))
    block.play(N_WEEKS)
    for lane in range(n_lanes):
        alone = replay(roster, points[lane], world=lane, n_weeks=N_WEEKS, seed=SEED)
        assert_same_week(alone, N_WEEKS, block.world, lane)


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
        total = Real(0.0)
        for fear in history.relation(first, second, "fear"):
            total += Real(fear)
        assert tracks.totals[r, Total.FIELDS.index("fear"), w] == total


@pytest.fixture(scope="module")
def points(extreme: np.ndarray) -> np.ndarray:
    other = extreme.copy()
    other[Parameters.FIELDS.index("offence")] = 0.2
    return np.stack([extreme, other])


@pytest.fixture(scope="module")
def usual_state(eventful: Roster, extreme: np.ndarray) -> str:
    return digest_of_state(eventful, extreme, n_worlds=20, n_weeks=N_WEEKS, seed=SEED)


@pytest.fixture(scope="module")
def usual(eventful: Roster, points: np.ndarray) -> str:
    return digest(
        play(eventful, points, n_worlds=N_WORLDS, n_weeks=N_WEEKS, seed=SEED, threads=1,
             disputes_from=0)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("variant", "width"), [pytest.param("base", width, marks=pytest.mark.long) for width in (16, 4)]
)
def test_variants_and_widths_change_nothing(
    eventful: Roster, points: np.ndarray, usual: str, usual_state: str, variant: str, width: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    other = model(variant, width)
    monkeypatch.setattr(native, "library", lambda: other)
    record = play(eventful, points, n_worlds=N_WORLDS, n_weeks=N_WEEKS, seed=SEED, disputes_from=0)
    assert record.facts["lanes"] == width
    assert digest(record) == usual
    state = digest_of_state(eventful, points[0], n_worlds=20, n_weeks=N_WEEKS, seed=SEED)
    assert state == usual_state


def test_threads_change_nothing(eventful: Roster, points: np.ndarray, usual: str) -> None:
    record = play(
        eventful, points, n_worlds=N_WORLDS, n_weeks=N_WEEKS, seed=SEED, threads=3, disputes_from=0
    )
    assert digest(record) == usual


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_is_the_same_at_all_widths_and_variants(
    scenario: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = read_jobs([f"scenario={scenario}"])[0]
    found = set()
    for variant, width in (*((v, 16) for v in able()), *(("base", w) for w in WIDTHS if w != 16)):
        other = model(variant, width)
        monkeypatch.setattr(native, "library", lambda other=other: other)
        roster, points = job.scenario.roster, job.parameter_points()
        record = play(roster, points, n_worlds=20, n_weeks=60, seed=SEED)
        state = digest_of_state(roster, points[0], n_worlds=20, n_weeks=60, seed=SEED)
        found.add((digest(record), state))
    assert len(found) == 1


# The blocks


def test_a_week_in_two_halves_is_the_week(eventful: Roster, extreme: np.ndarray) -> None:
    whole, halves = (Block(eventful, N_WEEKS, SEED) for _ in range(2))
    for block in (whole, halves):
        block.begin(extreme, WORLDS)
    whole.play(N_WEEKS)
    for _ in range(N_WEEKS):
        halves.decide()
        halves.carry_out()
    for mine, theirs in zip(whole.world[:4], halves.world[:4], strict=True):
        assert mine.tobytes() == theirs.tobytes()
    for mine, theirs in zip(whole.tracks.value, halves.tracks.value, strict=True):
        assert mine.tobytes() == theirs.tobytes()


def test_a_copied_world_goes_on_as_the_one_it_was_copied_from(
    eventful: Roster, points: np.ndarray
) -> None:
    block = Block(eventful, N_WEEKS, SEED)
    block.begin(points[[0, 1, 1]], WORLDS)
    block.play(9)
    block.copy(1, into=2)
    block.play(N_WEEKS)
    assert_same_week(
        replay(eventful, points[1], world=WORLDS[1], n_weeks=N_WEEKS, seed=SEED), N_WEEKS,
        block.world, 2,
    )  # fmt: skip
    for array in block.tracks.value:
        assert (array[..., 2] == array[..., 1]).all()


def test_another_luck_changes_what_comes_and_nothing_before(
    eventful: Roster, extreme: np.ndarray
) -> None:
    block = Block(eventful, N_WEEKS, SEED)
    block.begin(extreme, [4, 4, 4])
    block.play(6)
    block.give_lucks([0, 1, 0])
    block.play(N_WEEKS)
    acts = block.tracks.value.acts
    assert (acts[:7, :, 0] == acts[:7, :, 1]).all()
    assert (acts[7:, :, 0] != acts[7:, :, 1]).any()
    assert (acts[:, :, 0] == acts[:, :, 2]).all()


ALONE = """
from sim.engine.ensemble import play
from tests.conftest import EXTREME, digest, digest_of_state, eventful_europe, point_of, two_rivals
print(digest(play(two_rivals(), point_of(EXTREME)[None], n_worlds=6, n_weeks=16, seed=3)))
print(digest_of_state(two_rivals(), point_of(EXTREME), n_worlds=6, n_weeks=40, seed=3))
print(digest_of_state(eventful_europe(), point_of(EXTREME), n_worlds=1, n_weeks=16, seed=3))
"""


@pytest.mark.parametrize(("plain_face", "hash_seed"), [("1", "1"), ("0", "2")])
def test_plain_python_and_the_hash_seed_change_nothing(
    rivals: Roster, eventful: Roster, extreme: np.ndarray, plain_face: str, hash_seed: str
) -> None:
    here = [
        digest(play(rivals, extreme[None], n_worlds=6, n_weeks=16, seed=3)),
        digest_of_state(rivals, extreme, n_worlds=6, n_weeks=40, seed=3),
        digest_of_state(eventful, extreme, n_worlds=1, n_weeks=16, seed=3),
    ]
    elsewhere = subprocess.run(
        [sys.executable, "-W", "error", "-c", ALONE],
        env={**os.environ, "SPIRAL_PLAIN": plain_face, "PYTHONHASHSEED": hash_seed},
        cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert elsewhere.returncode == 0, elsewhere.stderr
    assert elsewhere.stdout.split() == here
