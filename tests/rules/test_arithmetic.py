"""The arithmetic of the rules at known points; how exact it is: tests/test_arithmetic.py."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.lanes import arithmetic
from tests.tiny import about, quick, units


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (0.0, 1.0),
        (1.0, 2.718281828459045),
        (-1.0, 0.36787944117144233),
        (math.log(2.0), 2.0),
        (-16.0, 1.1253517471925912e-07),
    ],
)
def test_exponential(x: float, expected: float) -> None:
    assert arithmetic.exponential(x) == pytest.approx(expected, rel=1.9e-7)


@pytest.mark.parametrize(("x", "end"), [(40.0, 32.0), (-40.0, -32.0)])
def test_exponential_beyond_its_range_is_that_of_the_end(x: float, end: float) -> None:
    assert arithmetic.exponential(x) == arithmetic.exponential(end)
    assert arithmetic.exponential(end) == pytest.approx(math.exp(end), rel=1.9e-7)


@quick
@given(x=st.floats(-32.0, 32.0), y=st.floats(-32.0, 32.0))
def test_exponential_rises(x: float, y: float) -> None:
    low, high = sorted((x, y))
    assert 0.0 < arithmetic.exponential(low) <= arithmetic.exponential(high)


@pytest.mark.parametrize(
    ("x", "expected"), [(0.0, 0.5), (math.log(3.0), 0.75), (-math.log(3.0), 0.25)]
)
def test_logistic(x: float, expected: float) -> None:
    assert arithmetic.logistic(x) == about(expected)


@pytest.mark.parametrize(
    ("x", "expected"), [(-0.5, 0.0), (0.0, 0.0), (0.3, 0.3), (1.0, 1.0), (1.5, 1.0)]
)
def test_clamp(x: float, expected: float) -> None:
    assert arithmetic.clamp(x) == expected


@pytest.mark.parametrize(
    ("uniforms", "expected"),
    [
        ((0.5, 0.5, 0.5, 0.5), 0.0),
        ((1.0, 0.5, 0.5, 0.5), 0.5 * math.sqrt(3.0)),
        ((0.5, 0.25, 0.5, 0.5), -0.25 * math.sqrt(3.0)),
        ((0.5, 0.5, 1.0, 0.0), 0.0),
        ((1.0, 1.0, 1.0, 1.0), 2.0 * math.sqrt(3.0)),
    ],
)
def test_bell(uniforms: tuple[float, float, float, float], expected: float) -> None:
    assert arithmetic.bell(*uniforms) == about(expected)


@pytest.mark.parametrize(
    ("x", "expected"), [(1.0, 1.0), (0.25, 0.5), (0.09, 0.3), (0.01, 0.1), (0.0001, 0.01)]
)
def test_square_root(x: float, expected: float) -> None:
    assert arithmetic.square_root(np.float32(x)) == pytest.approx(expected, rel=1e-7)


@quick
@given(x=units)
def test_square_root_squared_is_the_number(x: float) -> None:
    x = max(x, 0.0001)
    assert float(arithmetic.square_root(np.float32(x))) ** 2 == pytest.approx(x, rel=3e-7)
