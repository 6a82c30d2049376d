"""Intervals: what a number of worlds says, and how surely. All are of 95 %."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from sim.lanes import Floats

LEVEL = 0.95
Z = NormalDist().inv_cdf(0.5 + LEVEL / 2.0)


def wilson(successes: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """Return the two ends of the 95 % interval of a share (Wilson 1927).

    Args:
        successes: count of successes, 0 to ``n``.
        n: count of trials, 1 or more.
    """
    n = np.asarray(n, float)
    share = np.asarray(successes, float) / n
    centre = share + Z * Z / (2.0 * n)
    half = Z * np.sqrt(share * (1.0 - share) / n + Z * Z / (4.0 * n * n))
    scale = 1.0 + Z * Z / n
    # Rounding must not push an end past the share it encloses.
    low = np.minimum((centre - half) / scale, share)
    high = np.maximum((centre + half) / scale, share)
    return np.maximum(low, 0.0), np.minimum(high, 1.0)


def student(total: ArrayLike, squares: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """Return the two ends of the 95 % interval of a mean (Student 1908); NaN for one trial.

    Args:
        total: sum of the values.
        squares: sum of their squares.
        n: count of values, 1 or more.
    """
    n, total = np.asarray(n, float), np.asarray(total, float)
    mean = total / n
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.maximum(np.asarray(squares, float) - mean * total, 0.0) / (n - 1.0)
        half = stdtrit(n - 1.0, 0.5 + LEVEL / 2.0) * np.sqrt(variance / n)
    return mean - half, mean + half


def paired_difference(before: ArrayLike, after: ArrayLike) -> tuple[float, float, float]:
    """Return the difference of two shares over the same worlds, and its 95 % interval.

    The interval adds half a world to each way of changing (Agresti & Min 2005), so that it has a
    width even where no world changed.

    Args:
        before, after: whether it happened, ``[world]``.
    """
    before, after = np.asarray(before, bool), np.asarray(after, bool)
    up, down = int((after & ~before).sum()), int((before & ~after).sum())
    change, low, high = changed_shares(up, down, len(before))
    return float(change), float(low), float(high)


def changed_shares(up: ArrayLike, down: ArrayLike, n: int) -> tuple[Floats, Floats, Floats]:
    """Return the difference of two paired shares, and its 95 % interval (Agresti & Min 2005).

    Args:
        up, down: counts of the worlds that changed each way.
        n: count of worlds.
    """
    up, down = np.asarray(up, float), np.asarray(down, float)
    b, c, m = down + 0.5, up + 0.5, n + 2.0
    centre = (c - b) / m
    half = Z * np.sqrt(b + c - (c - b) ** 2 / m) / m
    return (up - down) / n, np.maximum(-1.0, centre - half), np.minimum(1.0, centre + half)
