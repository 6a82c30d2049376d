"""One value or sixteen: every operation a rule may use means the same in every width."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.ensemble import WIDTHS
from sim.jit import ENABLED, group, jit, kernel, row
from sim.lanes import (
    Floats,
    Row,
    anywhere,
    fraction,
    least,
    most,
    note,
    where,
    word,
    words,
)

N_ROWS, N_LANES = 3, 1024
N_WEEKS = 2

pytestmark = pytest.mark.skipif(not ENABLED, reason="plain Python has one width")


@row
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


INPUTS = ("a", "b")


@jit
def operate(block: Floats, at: int, numbers: NDArray[np.uint32], lane: int) -> None:
    """Do everything once."""
    me = Operands(block, at, lane)
    a, b = me.a, me.b
    me.sum = a + b
    me.difference = a - b
    me.product = a * b
    me.quotient = a / where(b == 0.0, 1.0, b)
    me.negative = -a
    me.mixed = 2.0 * a - b / 3.0 + 1
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


@jit
def tell(out: NDArray[np.uint8], block: Floats, at: int, lane: int) -> None:
    """Note a level, and skip idle work as a stage does."""
    me = Operands(block, at, lane)
    note(out, 1, at, lane, 3.0 * where(me.a < me.b, 1.0, 0.0) + where(me.a == me.b, 64.9, 0.0))
    me.any_below = 0.0
    if anywhere(me.a < me.b):
        me.any_below = 1.0


def operator(width: int) -> Callable[[Floats, NDArray[np.uint32], NDArray[np.uint8]], None]:
    """Return what operates on a block, ``width`` lanes at a time."""

    @kernel
    def run(block: Floats, numbers: NDArray[np.uint32], out: NDArray[np.uint8]) -> None:
        for k in range(block.shape[2] // width):
            lane = group(k * width, width)
            for at in range(block.shape[0]):
                operate(block, at, numbers, lane)
                tell(out, block, at, lane)

    return run


def plainly(plain: SimpleNamespace, a: float, b: float, x: int) -> dict[str, float]:
    """Return what plain Python makes of two numbers and a word."""
    is_below = a < b
    turned = ((x << 13) & 0xFFFFFFFF) | (x >> 19)
    return {
        "sum": a + b,
        "difference": a - b,
        "product": a * b,
        "quotient": a / (b if b else 1.0),
        "negative": -a,
        "mixed": 2.0 * a - b / 3.0 + 1,
        "least": plain.lanes.least(a, b),
        "most": plain.lanes.most(a, b),
        "clipped": plain.lanes.most(0.0, plain.lanes.least(1.0, a)),
        "below": float(is_below),
        "not_above": a if a <= b else b,
        "above": a if a > b else 0.0,
        "not_below": 1.0 if a >= b else b,
        "equal": float(a == b),
        "unequal": float(a != b),
        "both": 1.0 if a > 0.0 and b > 0.0 else -1.0,
        "either": 1.0 if a > 0.0 or b > 0.5 else -1.0,
        "nested": (-1.0 if a < 0.0 else b) if is_below else plain.lanes.least(b, 0.25),
        "grown": 0.5 + a + a + a,
        "fraction": plain.lanes.fraction(x),
        "shuffled": plain.lanes.fraction(turned ^ plain.lanes.word(x + 0x9E3779B9)),
    }


@pytest.fixture(scope="module")
def inputs() -> tuple[Floats, NDArray[np.uint32]]:
    """Random numbers, equal pairs, ends and signed zeros, one in a few lanes below the other."""
    rng = np.random.default_rng(5)
    block = Operands.empty(N_ROWS, N_LANES)
    block[:, 2:] = np.nan
    block[0, :2] = rng.normal(size=(2, N_LANES)) * 10.0 ** rng.integers(-5, 5, (2, N_LANES))
    block[1, :2] = rng.integers(-4, 8, (2, N_LANES)) * 0.25
    ends = np.array([-0.0, 0.0, 5e-324, 1.0, np.inf, -np.inf, 1e308, 1.0 - 2.0**-53])
    block[1, :2, : len(ends) ** 2] = np.array(np.meshgrid(ends, ends)).reshape(2, -1)
    block[2, 0] = 2.0
    block[2, 1] = np.where(rng.uniform(size=N_LANES) < 0.05, 3.0, 1.0)
    numbers = rng.integers(0, 2**32, N_LANES, np.uint32)
    numbers[:4] = 0, 2**32 - 1, 255, 256
    return block, numbers


@pytest.mark.parametrize("width", WIDTHS)
def test_every_operation_means_what_plain_python_means(
    plain: SimpleNamespace, inputs: tuple[Floats, NDArray[np.uint32]], width: int
) -> None:
    block, numbers = inputs[0].copy(), inputs[1]
    out = np.full((N_WEEKS, N_ROWS, N_LANES), 7, np.uint8)
    operator(width)(block, numbers, out)
    fields = {name: k for k, name in enumerate(Operands.FIELDS)}
    assert (block[:, :2] == inputs[0][:, :2]).all()
    assert (out[0] == 7).all()
    with np.errstate(over="ignore", invalid="ignore"):
        for at in range(N_ROWS):
            a, b = block[at, 0].tolist(), block[at, 1].tolist()
            below = [x < y for x, y in zip(a, b, strict=True)]
            for lane in range(N_LANES):
                mine = plainly(plain, a[lane], b[lane], int(numbers[lane]))
                for name, value in mine.items():
                    got = block[at, fields[name], lane]
                    same = np.float64(value).tobytes() == got.tobytes()
                    assert same or (value != value and got != got), (name, at, lane)
                first = lane - lane % width
                assert block[at, fields["any_below"], lane] == any(below[first : first + width])
                assert out[1, at, lane] == (3 if below[lane] else 64 if a[lane] == b[lane] else 0)


def test_rows_load_and_store_the_named_field_of_the_lane() -> None:
    block = Operands.empty(2, 3)
    one = Operands(block, 1, 2)
    one.b = 0.75
    assert block[1, Operands.FIELDS.index("b"), 2] == one.b == 0.75
    assert np.count_nonzero(block) == 1
    assert type(one.b) is float


def test_words_and_notes_mean_the_same_in_plain_python() -> None:
    out = np.zeros((1, 1, 2), np.uint16)
    note(out, 0, 0, 1, 12.99)
    assert out.tolist() == [[[0, 12]]]
    assert words(np.array([3, 2**32 - 1], np.uint32), 1) == 2**32 - 1
    assert word(2**32 + 5) == 5
    assert fraction(2**32 - 1) == 1.0 - 2.0**-24
    assert where(True, 1.0, 2.0) == 1.0
    assert anywhere(False) is False
