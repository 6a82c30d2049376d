"""Small functions in the subset that is translated, so that what it says in C++ can be tested.

:mod:`tests.compiled` compiles them. They use everything a rule or a stage may use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.lanes import (
    Reals,
    Row,
    anywhere,
    arithmetic,
    each,
    fraction,
    least,
    most,
    note,
    scaled,
    where,
    word,
    words,
)
from sim.lanes.randomness import Key, threefry, uniforms
from sim.model.roster import Ints
from sim.model.vocabulary import Bloc, Rung

MORE = (
    "ranked", "risen", "named", "half_a", "half_b", "written", "folded", "chosen", "handed", "kept",
    "counted", "doubled",
)  # fmt: skip
"""Fields that are declared apart."""


class Operands(Row):
    """Two numbers and what becomes of them."""

    a: float
    b: float
    sum: float
    difference: float
    product: float
    quotient: float
    negative: float
    mixed: float
    least: float
    most: float
    clipped: float
    below: float
    not_above: float
    above: float
    not_below: float
    equal: float
    unequal: float
    both: float
    either: float
    nested: float
    grown: float
    fraction: float
    shuffled: float
    any_below: float
    more: float = each(MORE)

    if TYPE_CHECKING:

        def __setattr__(self, name: str, value: float) -> None: ...


_HALVES = tuple(Operands.FIELDS.index(name) for name in ("half_a", "half_b"))


THIRD, TENTHS = 1.0 / 3.0, (0.1, 0.7)


def _apart(a: float, b: float) -> float:
    """Return a rule's answer to numbers that may be written by who asks."""
    return 1.0 - a * 0.3 + b / 0.7


def operate(
    block: Reals, at: int, numbers: NDArray[np.uint32], out: NDArray[np.uint8], lane: int
) -> None:
    """Do everything once; note a level, and skip idle work as a stage does."""
    me = Operands(block, at, lane)
    a, b = me.a, me.b
    me.sum = a + b
    me.difference = a - b
    me.product = a * b
    me.quotient = a / where(b == 0.0, 1.0, b)
    me.negative = -a
    me.mixed = 2.0 * a - b / 3.0 + 1.0
    me.least = least(a, b)
    me.most = most(a, b)
    me.clipped = most(0.0, least(1.0, a))
    me.below = where(a < b, 1.0, 0.0)
    me.not_above = where(a <= b, a, b)
    me.above = where(a > b, a, 0.0)
    me.not_below = where(a >= b, 1.0, b)
    me.equal = where(a == b, 1.0, 0.0)
    me.unequal = where(a != b, 1.0, 0.0)
    me.both = where((a > 0.0) & (b > 0.0), 1.0, -1.0)
    me.either = where((a > 0.0) | (b > 0.5), 1.0, -1.0)
    me.nested = where(a < b, where(a < 0.0, -1.0, b), least(b, 0.25))
    grown = 0.5
    for _ in range(3):
        grown += a
    me.grown = grown
    x = words(numbers, lane)
    me.fraction = fraction(x)
    me.shuffled = fraction(word(word(x << 13) | (x >> 19)) ^ word(x + 0x9E3779B9))
    note(out, 1, at, lane, 3.0 * where(me.a < me.b, 1.0, 0.0) + where(me.a == me.b, 64.9, 0.0))
    me.any_below = 0.0
    if anywhere(me.a < me.b):
        me.any_below = 1.0
    me.ranked = where(b == Bloc.WEST, Bloc.EAST, where(a >= Rung.CRISIS, Rung.WAR, b))
    me.risen = a - Rung.DISPLAY + Rung.COERCION * b
    me.named = where(a < b, Rung.CALM, Rung.CLASH)
    me.written = 0.1 * 3.0 + a
    me.folded = (1 / 3 - 2.0**-3) * a
    me.chosen = where(a < b, 0.1, 0.7) + 0.2
    me.handed = _apart(0.1, 0.7) * _apart(a, 0.3)
    me.kept = least(0.3, a) * 3.0 - THIRD * 0.1
    me.counted = (at + 3.0) * a * TENTHS[1] - TENTHS[0]
    me.doubled = scaled(where(a < b, 0.7, 1.4), where(a == b, -3.0, 5.0))
    for k in range(len(_HALVES)):
        me[_HALVES[k]] = 0.5 * me[k]


class Numbers(Row):
    """Arguments and results of the functions of :mod:`sim.lanes.arithmetic`, one set a lane."""

    x: float  # any number
    a: float  # uniforms
    b: float
    c: float
    d: float
    s: float  # 0.0001..1
    exponential: float
    logistic: float
    clamp: float
    rested: float
    bell: float
    square_root: float


def evaluate(block: Reals, lane: int) -> None:
    """Evaluate every function."""
    at = Numbers(block, 0, lane)
    at.exponential = arithmetic.exponential(at.x)
    at.logistic = arithmetic.logistic(at.x)
    at.clamp = arithmetic.clamp(at.x)
    at.rested = arithmetic.rested(at.x)
    at.bell = arithmetic.bell(at.a, at.b, at.c, at.d)
    at.square_root = arithmetic.square_root(at.s)


class Answer(Row):
    """Four words: the upper 24 bits of each as a fraction, then the lower 8."""

    high_0: float
    high_1: float
    high_2: float
    high_3: float
    low_0: float
    low_1: float
    low_2: float
    low_3: float


def answer(
    k0: NDArray[np.uint32], k1: NDArray[np.uint32], k2: NDArray[np.uint32],
    k3: NDArray[np.uint32], c0: NDArray[np.uint32], c1: NDArray[np.uint32],
    c2: NDArray[np.uint32], c3: NDArray[np.uint32], out: Reals, lane: int,
) -> None:  # fmt: skip
    """Run Threefry on the words of a key and of a counter."""
    at = Answer(out, 0, lane)
    a, b, c, d = threefry(
        words(k0, lane), words(k1, lane), words(k2, lane), words(k3, lane),
        words(c0, lane), words(c1, lane), words(c2, lane), words(c3, lane),
    )  # fmt: skip
    at.high_0, at.high_1, at.high_2, at.high_3 = fraction(a), fraction(b), fraction(c), fraction(d)
    at.low_0, at.low_1 = fraction(word(a << 24)), fraction(word(b << 24))
    at.low_2, at.low_3 = fraction(word(c << 24)), fraction(word(d << 24))


class Uniforms(Row):
    """The four uniforms of a call."""

    a: float
    b: float
    c: float
    d: float


def draw(key: Key, weeks: Ints, who: Ints, purpose: Ints, out: Reals, lane: int) -> None:
    """Fill ``out[draw, uniform, lane]``."""
    for k in range(len(weeks)):
        at = Uniforms(out, k, lane)
        at.a, at.b, at.c, at.d = uniforms(key, weeks[k], who[k], purpose[k], lane)
