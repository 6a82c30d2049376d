"""One value or sixteen: every operation a rule may use means the same in every width."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.lanes import Real, Reals, anywhere, fraction, note, where, word, words
from tests.compiled import WIDTHS, call, kernels
from tests.kernels import Operands

N_ROWS, N_LANES = 3, 1024
N_WEEKS = 2


def operate(width: int, block: Reals, numbers: NDArray[np.uint32], out: NDArray[np.uint8]) -> None:
    """Operate on a block, ``width`` lanes at a time, as compiled."""
    library = kernels(width)
    for first in range(0, block.shape[2], width):
        lanes = slice(first, first + width)
        mine, said = block[:, :, lanes].copy(), out[:, :, lanes].copy()
        for at in range(block.shape[0]):
            call(library, "operate", mine, at, numbers[lanes].copy(), said)
        block[:, :, lanes], out[:, :, lanes] = mine, said


def plainly(plain: SimpleNamespace, a: float, b: float, x: int, at: int) -> dict[str, float]:
    """Return what plain Python makes of two numbers and a word."""
    is_below = a < b
    turned = ((x << 13) & 0xFFFFFFFF) | (x >> 19)
    return {
        "sum": a + b,
        "difference": a - b,
        "product": a * b,
        "quotient": a / (b if b else 1.0),
        "negative": -a,
        "mixed": 2.0 * a - b / 3.0 + 1.0,
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
        "ranked": 2.0 if b == 1.0 else 6.0 if a >= 4.0 else b,
        "risen": a - 3.0 + 2.0 * b,
        "named": 0.0 if is_below else 5.0,
        "written": 0.30000000000000004 + a,
        "folded": 0.20833333333333331 * a,
        "chosen": Real(0.1 if is_below else 0.7) + 0.2,
        "handed": 1.97 * (1.0 - a * 0.3 + 0.3 / 0.7),
        "kept": plain.lanes.least(0.3, a) * 3.0 - 0.03333333333333333,
        "counted": (at + 3) * a * 0.7 - 0.1,
        "doubled": Real(0.7 if is_below else 1.4) * Real(0.125 if a == b else 32.0),
        "half_a": 0.5 * a,
        "half_b": 0.5 * b,
        "fraction": plain.lanes.fraction(x),
        "shuffled": plain.lanes.fraction(turned ^ plain.lanes.word(x + 0x9E3779B9)),
    }


@pytest.fixture(scope="module")
def inputs() -> tuple[Reals, NDArray[np.uint32]]:
    """Random numbers, equal pairs, ends and signed zeros, one in a few lanes below the other."""
    rng = np.random.default_rng(5)
    block = Operands.empty(N_ROWS, N_LANES)
    block[:, 2:] = np.nan
    block[0, :2] = rng.normal(size=(2, N_LANES)) * 10.0 ** rng.integers(-5, 5, (2, N_LANES))
    block[1, :2] = rng.integers(-4, 8, (2, N_LANES)) * 0.25
    ends = np.array([-0.0, 0.0, 1e-45, 1.0, np.inf, -np.inf, 1e38, 1.0 - 2.0**-24])
    block[1, :2, : len(ends) ** 2] = np.array(np.meshgrid(ends, ends)).reshape(2, -1)
    block[2, 0] = 2.0
    block[2, 1] = np.where(rng.uniform(size=N_LANES) < 0.05, 3.0, 1.0)
    numbers = rng.integers(0, 2**32, N_LANES, np.uint32)
    numbers[:4] = 0, 2**32 - 1, 255, 256
    return block, numbers


@pytest.mark.parametrize("width", WIDTHS)
def test_every_operation_means_what_plain_python_means(
    plain: SimpleNamespace, inputs: tuple[Reals, NDArray[np.uint32]], width: int
) -> None:
    block, numbers = inputs[0].copy(), inputs[1]
    out = np.full((N_WEEKS, N_ROWS, N_LANES), 7, np.uint8)
    operate(width, block, numbers, out)
    fields = {name: k for k, name in enumerate(Operands.FIELDS)}
    assert (block[:, :2] == inputs[0][:, :2]).all()
    assert (out[0] == 7).all()
    with np.errstate(over="ignore", invalid="ignore"):
        for at in range(N_ROWS):
            a, b = list(block[at, 0]), list(block[at, 1])
            below = [x < y for x, y in zip(a, b, strict=True)]
            for lane in range(N_LANES):
                mine = plainly(plain, a[lane], b[lane], int(numbers[lane]), at)
                for name, value in mine.items():
                    got = block[at, fields[name], lane]
                    same = Real(value).tobytes() == got.tobytes()
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
    assert type(one.b) is Real


def test_words_and_notes_mean_the_same_in_plain_python() -> None:
    out = np.zeros((1, 1, 2), np.uint16)
    note(out, 0, 0, 1, 12.99)
    assert out.tolist() == [[[0, 12]]]
    assert words(np.array([3, 2**32 - 1], np.uint32), 1) == 2**32 - 1
    assert word(2**32 + 5) == 5
    assert fraction(2**32 - 1) == 1.0 - 2.0**-24
    assert where(True, 1.0, 2.0) == 1.0
    assert anywhere(False) is False
