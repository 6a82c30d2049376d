"""Exponential and logistic from + - * / alone: every machine and engine gives the same bits.

The exponential of x is 2**n times that of what n logarithms of 2 leave of x, by a polynomial. No
library function and no table is involved: what is not arithmetic is the factor 2**n.
"""

from __future__ import annotations

from sim.lanes import least, most, scaled, where

_PER_UNIT = 1.4426950408889634
_ROUNDS = 12582912.0  # 1.5 * 2**23: above it a float32 has no fraction
_LOG_2, _REST_OF_LOG_2 = 0.693359375, -0.00021219444  # the first times n is exact

_NOTHING = 9.094947017729282e-13


def exponential(x: float) -> float:
    """Return e**x for x in [-32, 32]; beyond that the end of the range.

    The relative error is below 1.9e-7, thrice that of any float32, and it never falls: all of them
    were tried.
    """
    x = most(-32.0, least(32.0, x))
    n = (x * _PER_UNIT + _ROUNDS) - _ROUNDS
    y = (x - n * _LOG_2) - n * _REST_OF_LOG_2  # within half a logarithm of 2
    s = 0.4999923 + y * (0.16667116 + y * (0.04189033 + y * 0.008312501))
    return scaled(1.0 + (y + y * y * s), n)


def logistic(x: float) -> float:
    """Return 1 / (1 + e**-x): the probability with log-odds x."""
    return 1.0 / (1.0 + exponential(-x))


def clamp(x: float) -> float:
    """Return x cut to [0, 1]."""
    return most(0.0, least(1.0, x))


def rested(x: float) -> float:
    """Return x, but 0 where it is within a trillionth (2**-40) of it.

    What fades by a share a week would end among the smallest float32, which take a processor many
    times as long, and stay there.
    """
    return where((x < _NOTHING) & (x > -_NOTHING), 0.0, x)


def bell(a: float, b: float, c: float, d: float) -> float:
    """Return a bell-shaped number of mean 0 and variance 1 from four uniforms, within 3.47.

    The sum of four uniforms has variance 1/3; a bounded shape keeps every exponent in range.
    """
    return (a + b + c + d - 2.0) * 1.7320508075688772


def square_root(x: float) -> float:
    """Return the square root of x in [0.0001, 1] by Heron's rule.

    The relative error is below 1e-7.
    """
    s = 0.5 + 0.5 * x
    s = 0.5 * (s + x / s)
    s = 0.5 * (s + x / s)
    s = 0.5 * (s + x / s)
    s = 0.5 * (s + x / s)
    s = 0.5 * (s + x / s)
    s = 0.5 * (s + x / s)
    s = 0.5 * (s + x / s)
    s = 0.5 * (s + x / s)
    return 0.5 * (s + x / s)
