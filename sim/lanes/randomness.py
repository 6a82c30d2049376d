"""Counter-based random numbers: each is a pure function of (seed, world, week, who, purpose).

Threefry4x32 with 13 rounds (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy
as 1, 2, 3"), held to its published known answers in the tests. One call serves four draws. The
key is (seed low, seed high, world, point); the counter (week, who, purpose, 0): separate words, so
that neighbouring worlds never share noise a step apart. ``point`` is 0 where worlds are paired over
the points of a design.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.lanes import fraction, word, words

_PARITY = 0x1BD11BDA


class Key(NamedTuple):
    """What tells one world's random numbers from another's."""

    seed_low: int
    seed_high: int
    worlds: NDArray[np.uint32]  # [lane]
    points: NDArray[np.uint32]  # [lane]
    lucks: NDArray[np.uint32]  # [lane] 0 for a world's own luck, else another future's


def key_of(seed: int, worlds: NDArray[np.uint32], points: NDArray[np.uint32]) -> Key:
    """Return the key of a block of worlds.

    Args:
        seed: master seed, 0 to 2**64 - 1.
        worlds: number of the world in each lane, ``[lane]``.
        points: number of the design point in each lane, or zeros for paired worlds, ``[lane]``.
    """
    return Key(seed & 0xFFFFFFFF, seed >> 32, worlds, points, np.zeros_like(worlds))


def _rotate(x: int, left: int) -> int:
    return word(word(x << left) | (x >> (32 - left)))


def _two_rounds(
    x0: int, x1: int, x2: int, x3: int, r0: int, r1: int, r2: int, r3: int
) -> tuple[int, int, int, int]:
    x0 = word(x0 + x1)
    x1 = word(_rotate(x1, r0) ^ x0)
    x2 = word(x2 + x3)
    x3 = word(_rotate(x3, r1) ^ x2)
    x0 = word(x0 + x3)
    x3 = word(_rotate(x3, r2) ^ x0)
    x2 = word(x2 + x1)
    x1 = word(_rotate(x1, r3) ^ x2)
    return x0, x1, x2, x3


def threefry(
    k0: int, k1: int, k2: int, k3: int, c0: int, c1: int, c2: int, c3: int
) -> tuple[int, int, int, int]:
    """Return the four words of Threefry4x32-13 for a key and a counter of four words each."""
    k4 = word(word(word(word(k0 ^ k1) ^ k2) ^ k3) ^ _PARITY)
    x0, x1, x2, x3 = word(k0 + c0), word(k1 + c1), word(k2 + c2), word(k3 + c3)
    x0, x1, x2, x3 = _two_rounds(x0, x1, x2, x3, 10, 26, 11, 21)
    x0, x1, x2, x3 = _two_rounds(x0, x1, x2, x3, 13, 27, 23, 5)
    x0, x1, x2, x3 = word(x0 + k1), word(x1 + k2), word(x2 + k3), word(x3 + word(k4 + 1))
    x0, x1, x2, x3 = _two_rounds(x0, x1, x2, x3, 6, 20, 17, 11)
    x0, x1, x2, x3 = _two_rounds(x0, x1, x2, x3, 25, 10, 18, 20)
    x0, x1, x2, x3 = word(x0 + k2), word(x1 + k3), word(x2 + k4), word(x3 + word(k0 + 2))
    x0, x1, x2, x3 = _two_rounds(x0, x1, x2, x3, 10, 26, 11, 21)
    x0, x1, x2, x3 = _two_rounds(x0, x1, x2, x3, 13, 27, 23, 5)
    x0, x1, x2, x3 = word(x0 + k3), word(x1 + k4), word(x2 + k0), word(x3 + word(k1 + 3))
    x0 = word(x0 + x1)
    x2 = word(x2 + x3)
    return x0, word(_rotate(x1, 6) ^ x0), x2, word(_rotate(x3, 20) ^ x2)


def uniforms(
    key: Key, week: int, who: int, purpose: int, lane: int
) -> tuple[float, float, float, float]:
    """Return four uniforms on [0, 1) for one week, one state or pair, and one purpose.

    Args:
        key: key of the block of worlds.
        week: week of the world, 0 at the start.
        who: number of the state, relation or pair (see :mod:`sim.model.roster`).
        purpose: a :class:`~sim.model.vocabulary.Draw`.
        lane: the lane of the world.
    """
    a, b, c, d = threefry(
        word(key.seed_low),
        word(key.seed_high),
        words(key.worlds, lane),
        words(key.points, lane),
        word(week),
        word(who),
        word(purpose),
        words(key.lucks, lane),
    )
    return fraction(a), fraction(b), fraction(c), fraction(d)
