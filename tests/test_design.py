"""A design covers the ranges as its name promises, and is the same wherever it is drawn."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import qmc

from sim.lanes import Floats
from sim.plan.sampling import (
    MissingLibraryError,
    latin_hypercube,
    morris,
    saltelli,
    scaled,
    seed32,
    sobol,
)

Draw = Callable[[int, int, int], Floats]

DRAWN: dict[str, Draw] = {
    "latin_hypercube": latin_hypercube, "sobol": sobol, "morris": morris, "saltelli": saltelli,
}  # fmt: skip
ROWS_EACH = {"latin_hypercube": 1, "sobol": 1, "morris": 6, "saltelli": 7}  # with five axes
LAST_SEED = 2**64 - 1
drawn = pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)


# All that are drawn


@drawn
@pytest.mark.filterwarnings("error")
def test_rows_are_as_many_as_promised_and_in_the_cube(draw: Draw) -> None:
    rows = draw(12, 5, 3)
    assert rows.shape == (12 * ROWS_EACH[draw.__name__], 5)
    assert rows.dtype == np.float64
    assert rows.min() >= 0.0
    assert rows.max() <= 1.0
    assert (rows.max(axis=0) - rows.min(axis=0) > 0.6).all()  # and not in a corner of it


@drawn
@pytest.mark.parametrize("seed", [0, 1, 2**32, LAST_SEED])
def test_same_seed_gives_the_same_rows(draw: Draw, seed: int) -> None:
    np.random.seed(1)  # noqa: NPY002 - nobody's state may matter
    first = draw(8, 5, seed)
    np.random.seed(2)  # noqa: NPY002
    assert np.array_equal(first, draw(8, 5, seed))


@drawn
def test_other_seed_gives_other_rows(draw: Draw) -> None:
    seeds = (0, 1, 2, 2**32, 2**32 + 1, 2**63, LAST_SEED - 1, LAST_SEED)
    assert len({draw(8, 5, seed).tobytes() for seed in seeds}) == len(seeds)


@drawn
def test_drawing_leaves_the_state_of_numpy_alone(draw: Draw) -> None:
    np.random.seed(5)  # noqa: NPY002
    expected = np.random.random(3)  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    draw(4, 3, 9)
    assert np.array_equal(np.random.random(3), expected)  # noqa: NPY002


@drawn
@pytest.mark.parametrize(("n", "n_axes"), [(0, 3), (-1, 3), (4, 0)])
def test_too_few_are_refused(draw: Draw, n: int, n_axes: int) -> None:
    with pytest.raises(ValueError, match=r"must be \d or more, not"):
        draw(n, n_axes, 1)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("latin_hypercube", "d3297f483cc0"), ("sobol", "6d33175d457c"),
     ("morris", "d625c20ed7b5"), ("saltelli", "1295bd897b81")],
)  # fmt: skip
def test_rows_are_those_of_every_python_and_library_of_the_lock(name: str, expected: str) -> None:
    # A stored study can only be continued with the rows that it was begun with.
    n = {"morris": 10}.get(name, 100)
    rows = np.ascontiguousarray(DRAWN[name](n, 7, 1))
    assert hashlib.sha256(rows.tobytes()).hexdigest()[:12] == expected


@pytest.mark.parametrize("draw", [morris, saltelli])
def test_without_salib_the_error_says_what_to_install(
    draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "SALib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "SALib", None)
    with pytest.raises(MissingLibraryError, match=r'pip install "spiral-sim\[analysis\]"'):
        draw(4, 3, 1)


def test_seeds_for_libraries_are_never_the_one_for_no_seed() -> None:
    seeds = [seed32(seed) for seed in (*range(500), 2**32, LAST_SEED)]
    assert min(seeds) > 0
    assert max(seeds) < 2**32
    assert len(set(seeds)) == len(seeds)


# Each kind


def test_each_slice_of_an_axis_holds_one_point_of_a_latin_hypercube() -> None:
    rows = latin_hypercube(40, 6, 2)
    for column in rows.T:
        assert sorted(np.floor(column * 40 - 1e-12)) == [*range(40)]


@pytest.mark.parametrize("n_points", [64, 100])
def test_sobol_is_more_even_than_chance(n_points: int) -> None:
    chance = [np.random.default_rng(seed).random((n_points, 4)) for seed in range(20)]
    least = min(qmc.discrepancy(rows) for rows in chance)
    assert all(qmc.discrepancy(sobol(n_points, 4, seed)) < 0.5 * least for seed in range(5))


def test_power_of_two_puts_one_sobol_point_in_each_part_of_an_axis() -> None:
    for column in sobol(64, 9, 7).T:
        assert sorted(np.floor(column * 64)) == [*range(64)]


def test_more_sobol_points_begin_with_the_fewer() -> None:
    assert np.array_equal(sobol(100, 3, 4)[:37], sobol(37, 3, 4))


def test_trajectory_steps_along_each_axis_once_and_alone() -> None:
    paths = morris(20, 7, 1).reshape(20, 8, 7)
    steps = np.diff(paths, axis=1)
    moved = np.abs(steps) > 1e-12
    assert (moved.sum(axis=2) == 1).all()
    assert (moved.sum(axis=1) == 1).all()
    assert np.allclose(np.abs(steps[moved]), 2.0 / 3.0)


def test_trajectories_begin_step_and_end_everywhere() -> None:
    paths = morris(200, 3, 1).reshape(200, 4, 3)
    steps = np.diff(paths, axis=1)
    assert len(np.unique(paths.round(6))) == 4  # all levels
    assert 0.4 < (steps.sum(axis=1) > 0).mean() < 0.6  # as often up as down
    orders = {tuple(np.argmax(np.abs(path), axis=1)) for path in steps}
    assert len(orders) == 6


@pytest.mark.parametrize(("n_trajectories", "n_axes"), [(4, 1), (32, 2), (300, 3)])
def test_no_trajectory_comes_twice(n_trajectories: int, n_axes: int) -> None:
    paths = morris(n_trajectories, n_axes, 1).reshape(n_trajectories, -1)
    assert len({path.tobytes() for path in paths}) == n_trajectories


def test_trajectories_come_again_only_when_all_have_come() -> None:
    paths = [path.tobytes() for path in morris(70, 2, 1).reshape(70, 3, 2)]
    assert sorted(paths.count(path) for path in set(paths)) == [2] * 26 + [3] * 6
    assert len(set(paths[:32])) == 32


@pytest.mark.parametrize("draw", [morris, saltelli])
def test_one_trajectory_or_block_is_refused(draw: Draw) -> None:
    with pytest.raises(ValueError, match="must be 2 or more, not 1"):
        draw(1, 3, 1)


def test_two_hundred_axes_take_no_time() -> None:
    morris(2, 2, 1)  # imports
    begun = time.process_time()
    assert morris(10, 200, 1).shape == (2010, 200)
    assert time.process_time() - begun < 5.0


@pytest.mark.parametrize("n_base", [16, 20])
def test_saltelli_block_takes_one_axis_at_a_time_from_its_other_point(n_base: int) -> None:
    blocks = saltelli(n_base, 4, 1).reshape(n_base, 6, 4)
    a, b = blocks[:, 0], blocks[:, -1]
    assert (a != b).all()
    for axis in range(4):
        mixed = a.copy()
        mixed[:, axis] = b[:, axis]
        assert np.array_equal(blocks[:, 1 + axis], mixed)


def test_more_saltelli_blocks_begin_with_the_fewer() -> None:
    assert np.array_equal(saltelli(32, 3, 4)[: 20 * 5], saltelli(20, 3, 4))


# Values


def test_shares_are_scaled_to_equal_steps_or_equal_ratios() -> None:
    shares = [0.0, 0.25, 0.5, 1.0]
    assert np.allclose(scaled(shares, 2.0, 6.0), [2.0, 3.0, 4.0, 6.0], rtol=1e-15)
    assert np.allclose(scaled(shares, 0.01, 100.0, log=True), [0.01, 0.1, 1.0, 100.0], rtol=1e-14)
    assert float(scaled(0.5, -1.0, 1.0)) == 0.0


@pytest.mark.parametrize("log", [False, True])
def test_scaled_values_keep_their_order_and_their_ends(log: bool) -> None:
    shares = np.concatenate([np.linspace(0.0, 1.0, 2001), [1e-300, 1.0 - 2.0**-53]])
    for low, high in [(0.1, 0.3), (1e-9, 7.7), (0.7, 0.7), (1.0 / 3.0, 1e6)]:
        values = scaled(np.sort(shares), low, high, log)
        assert (np.diff(values) >= 0.0).all()
        assert values[0] == low
        assert values[-1] == high


def test_equal_ratios_are_the_same_bits_everywhere() -> None:
    values = scaled(sobol(64, 3, 1), 0.01, 30.0, log=True)
    assert hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()[:12] == "f56580148cfe"


@pytest.mark.parametrize(
    ("share", "low", "high", "log"),
    [(1.01, 0.0, 1.0, False), (-0.1, 0.0, 1.0, False), (np.nan, 0.0, 1.0, False),
     (0.5, 2.0, 1.0, False), (0.5, 0.0, 1.0, True), (0.5, -1.0, 1.0, True),
     (0.5, np.nan, 1.0, False)],
)  # fmt: skip
def test_what_cannot_be_scaled_is_refused(share: float, low: float, high: float, log: bool) -> None:
    with pytest.raises(ValueError, match=r"shares must be|cannot go from"):
        scaled(share, low, high, log)
