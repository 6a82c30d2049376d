"""The exponential and its kin: as exact as they say, and the same bits on every face."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from sim.lanes import Real, Reals
from tests.compiled import WIDTHS, call, kernels
from tests.kernels import Numbers

N_NUMBERS = 40_000
ARGUMENTS = {
    "exponential": "x", "logistic": "x", "clamp": "x", "rested": "x", "bell": "abcd",
    "square_root": "s",
}  # fmt: skip


def evaluate(width: int, block: Reals) -> None:
    """Evaluate every function, ``width`` lanes at a time, as compiled."""
    for first in range(0, block.shape[2], width):
        mine = block[:, :, first : first + width].copy()
        call(kernels(width), "evaluate", mine)
        block[:, :, first : first + width] = mine


@pytest.fixture(scope="module")
def block() -> Reals:
    """Arguments, ends and signed zeros among them, with the results of the compiled functions."""
    rng = np.random.default_rng(11)
    block = Numbers.empty(1, N_NUMBERS)
    fields = dict(zip(Numbers.FIELDS, block[0], strict=True))
    fields["x"][:] = rng.uniform(-33.0, 33.0, N_NUMBERS)
    ends = [-40.0, -32.0, -1.0, -1e-45, -0.0, 0.0, 1e-45, 0.25, 0.5, 1.0, 32.0, 40.0]
    fields["x"][: len(ends)] = ends
    halves = (np.arange(-46.0, 46.0) + 0.5) * math.log(2.0)  # where the factor 2**n changes
    near = np.concatenate([np.nextafter(halves.astype(Real), Real(way)) for way in (-99.0, 99.0)])
    fields["x"][len(ends) :][: len(near)] = near
    for name in "abcd":
        fields[name][:] = rng.integers(0, 2**24, N_NUMBERS) * 2.0**-24
    fields["s"][:] = 10.0 ** rng.uniform(-4.0, 0.0, N_NUMBERS)
    fields["s"][:2] = 0.0001, 1.0
    evaluate(1, block)
    return block


@pytest.fixture(scope="module")
def numbers(block: Reals) -> dict[str, np.ndarray]:
    return dict(zip(Numbers.FIELDS, block[0], strict=True))


def test_plain_python_gives_the_same_bits(
    plain: SimpleNamespace, numbers: dict[str, np.ndarray]
) -> None:
    for name, arguments in ARGUMENTS.items():
        function = getattr(plain.arithmetic, name)
        rows = zip(*(numbers[argument] for argument in arguments), strict=True)
        results = np.array([function(*row) for row in rows])
        assert results.dtype == Real
        assert results.tobytes() == numbers[name].tobytes(), name


@pytest.mark.parametrize("width", [w for w in WIDTHS if w > 1])
def test_lanes_give_the_same_bits(block: Reals, width: int) -> None:
    again = block.copy()
    n_arguments = Numbers.FIELDS.index("exponential")
    again[:, n_arguments:] = np.nan
    evaluate(width, again)
    assert again.tobytes() == block.tobytes()


def test_exponential_is_as_exact_as_it_says(numbers: dict[str, np.ndarray]) -> None:
    true = np.array([math.exp(min(32.0, max(-32.0, x))) for x in numbers["x"].tolist()])
    assert np.abs(numbers["exponential"] / true - 1.0).max() < 1.9e-7


def test_exponential_never_falls(numbers: dict[str, np.ndarray]) -> None:
    order = np.argsort(numbers["x"])
    assert (np.diff(numbers["exponential"][order]) >= 0.0).all()


def test_exponential_of_zero_is_one(plain: SimpleNamespace) -> None:
    assert plain.arithmetic.exponential(0.0) == 1.0


def test_logistic_is_the_probability_of_its_log_odds(numbers: dict[str, np.ndarray]) -> None:
    true = np.array([1.0 / (1.0 + math.exp(-x)) for x in numbers["x"].tolist()])
    inside = np.abs(numbers["x"]) <= 32.0
    assert np.abs(numbers["logistic"] / true - 1.0)[inside].max() < 2.4e-7
    assert ((numbers["logistic"] > 0.0) & (numbers["logistic"] <= 1.0)).all()


def test_clamp_cuts_to_the_unit_interval(numbers: dict[str, np.ndarray]) -> None:
    assert (numbers["clamp"] == np.clip(numbers["x"], 0.0, 1.0)).all()


def test_next_to_nothing_rests(plain: SimpleNamespace) -> None:
    grain = 2.0**-40
    for x in (0.0, 1e-45, -1e-45, 0.9 * grain, -0.9 * grain):
        assert plain.arithmetic.rested(Real(x)) == 0.0
    for x in (grain, -grain, 0.25, -1.0):
        assert plain.arithmetic.rested(Real(x)) == Real(x)


def test_bell_has_mean_0_variance_1_and_stays_within_3_47(
    plain: SimpleNamespace, numbers: dict[str, np.ndarray]
) -> None:
    drawn = numbers["bell"].astype(float)
    assert abs(drawn.mean()) < 5.0 / math.sqrt(N_NUMBERS)
    # The kurtosis of four uniforms is 2.7, so the variance of z**2 is 1.7.
    assert abs((drawn * drawn).mean() - 1.0) < 5.0 * math.sqrt(1.7 / N_NUMBERS)
    assert -3.47 < plain.arithmetic.bell(0.0, 0.0, 0.0, 0.0) < -3.46
    assert 3.46 < plain.arithmetic.bell(1.0, 1.0, 1.0, 1.0) < 3.47


def test_square_root_is_as_exact_as_it_says(numbers: dict[str, np.ndarray]) -> None:
    true = np.array([math.sqrt(s) for s in numbers["s"].tolist()])
    assert np.abs(numbers["square_root"] / true - 1.0).max() < 1e-7
