"""Threefry4x32-13 gives its published answers on every face, and its uniforms are uniform."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from sim.engine.native import refer
from sim.lanes import Floats
from sim.lanes.randomness import Key, key_of
from tests.compiled import WIDTHS, call, kernels
from tests.kernels import Answer, Uniforms

# Random123 1.09, tests/kat_vectors: threefry 4 32 13: counter, key, answer.
ANSWERS = (
    ((0,) * 4, (0,) * 4, (0x531C7E4F, 0x39491EE5, 0x2C855A92, 0x3D6ABF9A)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 4, (0xC4189358, 0x1C9CC83A, 0xD5881C67, 0x6A0A89E0)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0, 0x082EFA98, 0xEC4E6C89),
        (0x4AA71D8F, 0x734738C2, 0x431FC6A8, 0xAE6DEBF1),
    ),
)


def test_plain_python_gives_the_published_answers(plain: SimpleNamespace) -> None:
    for counter, key, answer in ANSWERS:
        assert plain.randomness.threefry(*key, *counter) == answer


@pytest.mark.parametrize("width", WIDTHS)
def test_compiled_lanes_give_the_published_answers(width: int) -> None:
    lanes = [ANSWERS[k % 3] for k in range(width)]  # neighbouring lanes differ
    words = np.array([(*k, *c) for c, k, _ in lanes], np.uint32).T.copy()
    out = Answer.empty(1, width)
    call(kernels(width), "answer", *words, out)
    high, low = out[0, :4].astype(float), out[0, 4:].astype(float)
    got = (high * 2.0**32 + low * 2.0**8).T.astype(np.uint64)
    assert [tuple(row) for row in got.tolist()] == [answer for _, _, answer in lanes]


def draw(
    key: Key, weeks: NDArray[np.int64], who: NDArray[np.int64], purpose: NDArray[np.int64]
) -> Floats:
    """Return compiled draws, ``[draw, uniform, lane]``."""
    n_lanes, width = len(key.worlds), 16
    out = np.zeros((len(weeks), 4, n_lanes))
    for first in range(0, n_lanes, width):
        at = np.minimum(np.arange(first, first + width), n_lanes - 1)
        mine = Uniforms.empty(len(weeks), width)
        given = key._replace(worlds=key.worlds[at], points=key.points[at], lucks=key.lucks[at])
        call(kernels(width), "draw", refer(given), weeks, who, purpose, mine)
        out[:, :, first : first + width] = mine[:, :, : n_lanes - first]
    return out


N_WORLDS = 64
N_DRAWS = 2000


def drawn(
    weeks: object = 0, who: object = 5 << 16 | 9, purpose: object = 1, *, seed: int = 17,
    n_draws: int = N_DRAWS, points: int = 0, luck: int = 0, first_world: int = 0,
) -> Floats:  # fmt: skip
    """Return uniforms, ``[draw, uniform, world]``."""
    worlds = np.arange(first_world, first_world + N_WORLDS, dtype=np.uint32)
    key = key_of(seed, worlds, np.full(N_WORLDS, points, np.uint32))
    key.lucks[:] = luck
    columns = (np.broadcast_to(x, n_draws).astype(np.int64) for x in (weeks, who, purpose))
    return draw(key, *columns)


def by_week(**other: object) -> Floats:
    return drawn(np.arange(N_DRAWS), **other)


def test_uniforms_fill_the_unit_interval_evenly() -> None:
    u = by_week().ravel()
    assert ((u >= 0.0) & (u < 1.0)).all()
    assert (u * 2.0**24 == np.floor(u * 2.0**24)).all()
    assert abs(u.mean() - 0.5) < 4.5 * math.sqrt(1.0 / 12.0 / u.size)
    counts = np.bincount((u * 256.0).astype(int), minlength=256)
    assert stats.chisquare(counts).pvalue > 1e-5
    grains = np.bincount((u * 2.0**24).astype(int) & 255, minlength=256)
    assert stats.chisquare(grains).pvalue > 1e-5


Pair = tuple[Floats, Floats]
NEIGHBOURS: dict[str, Callable[[Floats], Pair]] = {
    "worlds": lambda u: (u[:, :, :-1], u[:, :, 1:]),
    "weeks": lambda u: (u[:-1], u[1:]),
    "rivals": lambda u: (u, by_week(who=5 << 16 | 10)),
    "the two relations of a pair": lambda u: (u, by_week(who=9 << 16 | 5)),
    "purposes": lambda u: (u, by_week(purpose=2)),
    "seeds": lambda u: (u, by_week(seed=18)),
    "high words of seeds": lambda u: (u, by_week(seed=17 + 2**32)),
    "points": lambda u: (u, by_week(points=1)),
    "lucks": lambda u: (u, by_week(luck=1)),
    "the four of a call": lambda u: (u[:, :-1], u[:, 1:]),
    "a week on in the world before": lambda u: (u[1:, :, :-1], u[:-1, :, 1:]),
}
"""Draws that are one step apart in one thing."""


@pytest.mark.parametrize("apart", NEIGHBOURS)
def test_neighbours_are_independent(apart: str) -> None:
    one, other = (x.ravel() for x in NEIGHBOURS[apart](by_week()))
    assert abs(np.corrcoef(one, other)[0, 1]) < 4.5 / math.sqrt(one.size)
    cells = (one * 16.0).astype(int) * 16 + (other * 16.0).astype(int)
    assert stats.chisquare(np.bincount(cells, minlength=256)).pvalue > 1e-5


def test_uniforms_in_three_dimensions_fill_the_cube() -> None:
    u = by_week().transpose(0, 2, 1).reshape(-1, 4)
    cells = ((u[:, :3] * 8.0).astype(int) @ [64, 8, 1]).ravel()
    assert stats.chisquare(np.bincount(cells, minlength=512)).pvalue > 1e-5


def test_no_two_purposes_weeks_or_relations_share_a_draw() -> None:
    combinations = np.array(list(itertools.product(range(12), range(12), range(7))))
    u = drawn(*combinations.T, n_draws=len(combinations))
    assert len(np.unique(u[:, :2].transpose(0, 2, 1).reshape(-1, 2), axis=0)) == (
        len(combinations) * N_WORLDS
    )


def test_a_draw_depends_on_its_key_and_counter_alone() -> None:
    together = by_week()
    late = drawn([1999], n_draws=1, first_world=7)
    assert late[0, :, 0].tobytes() == together[1999, :, 7].tobytes()


def test_plain_python_draws_the_same(plain: SimpleNamespace) -> None:
    worlds = np.array([0, 2**32 - 1], np.uint32)
    seed = 2**64 - 1
    weeks, who, purpose = np.array([103]), np.array([1002 << 16 | 1001]), np.array([6])
    compiled = draw(key_of(seed, worlds, worlds), weeks, who, purpose)
    for lane in range(2):
        key = plain.randomness.key_of(seed, worlds, worlds)
        mine = plain.randomness.uniforms(key, 103, 1002 << 16 | 1001, 6, lane)
        assert mine == tuple(compiled[0, :, lane])
