"""Intervals: what a number of worlds says, and how surely. All are of 95 %."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.lanes import Floats

LEVEL = 0.95
Z = NormalDist().inv_cdf(0.5 + LEVEL / 2.0)
FEW = 30
"""Events in all worlds below which a mean count is not taken to be normal."""
LEAST_TIMES = 6
"""Times that an interval of their median needs: 2 * 0.5**6 < 0.05 (the sign test)."""


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


def shares_apart(
    successes: ArrayLike, n: ArrayLike, others: ArrayLike, m: ArrayLike
) -> tuple[Floats, Floats]:
    """Return the ends of the 95 % interval of a share less another (Newcombe 1998, method 10).

    Args:
        successes, n: count of successes and of trials of the one, which is independent of
        others, m: those of the other.
    """
    (low, high), (least, most) = wilson(successes, n), wilson(others, m)
    one, other = np.asarray(successes, float) / n, np.asarray(others, float) / m
    below, above = np.hypot(one - low, most - other), np.hypot(high - one, other - least)
    return one - other - below, one - other + above


def student(total: ArrayLike, squares: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """Return the two ends of the 95 % interval of a mean (Student 1908); NaN for one trial.

    Args:
        total: sum of the values.
        squares: sum of their squares.
        n: count of values, 1 or more.
    """
    from scipy.special import stdtrit  # slow to import, and not needed before there are worlds

    n, total = np.asarray(n, float), np.asarray(total, float)
    mean = total / n
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.maximum(np.asarray(squares, float) - mean * total, 0.0) / (n - 1.0)
        half = stdtrit(n - 1.0, 0.5 + LEVEL / 2.0) * np.sqrt(variance / n)
    return mean - half, mean + half


def garwood(events: ArrayLike) -> tuple[Floats, Floats]:
    """Return the two ends of the exact 95 % interval of a Poisson mean (Garwood 1936).

    Args:
        events: count that was seen, 0 or more.
    """
    from scipy.special import gammaincinv

    events, tail = np.asarray(events, float), (1.0 - LEVEL) / 2.0
    low = np.where(events > 0.0, gammaincinv(np.maximum(events, 1.0), tail), 0.0)
    return low, np.asarray(gammaincinv(events + 1.0, 1.0 - tail), float)


@cache
def unseen() -> float:
    """Return the events that may be expected where none was seen, at most."""
    return float(garwood(0)[1])


def wholes(total: ArrayLike, squares: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """Return the two ends of the 95 % interval of a mean of whole numbers; NaN for one trial.

    Student's, but where trials are all alike it has a width as well: as many as :func:`unseen` of
    them may be unlike all that were seen, by one.

    Args:
        total: sum of the values.
        squares: sum of their squares.
        n: count of values, 1 or more.
    """
    low, high = student(total, squares, n)
    n = np.asarray(n, float)
    mean, least = np.asarray(total, float) / n, unseen() / n
    return np.minimum(low, mean - least), np.maximum(high, mean + least)


def counts(total: ArrayLike, squares: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """Return the two ends of the 95 % interval of a mean count, 0 or more; NaN for one trial.

    That of :func:`wholes`; of fewer than :data:`FEW` events at least as wide as the exact interval
    of as many independent ones (Garwood 1936): events that come together are surer in no trial.

    Args:
        total: events in all trials.
        squares: sum of the squares of each trial's count.
        n: count of trials, 1 or more.
    """
    low, high = wholes(total, squares, n)
    few, (least, most) = np.asarray(total) < FEW, garwood(total)
    low = np.where(few, np.minimum(low, least / np.asarray(n)), low)
    high = np.where(few, np.maximum(high, most / np.asarray(n)), high)
    return np.maximum(low, 0.0), high


def changed_counts(
    up: ArrayLike, down: ArrayLike, squares: ArrayLike, n: ArrayLike
) -> tuple[Floats, Floats]:
    """Return the two ends of the 95 % interval of a mean paired difference of whole numbers.

    That of :func:`wholes`; of fewer than :data:`FEW` changes at least as wide as that of the
    difference of two Poisson counts, from the exact interval of each (MOVER: Zou & Donner 2008).

    Args:
        up, down: by how much trials rose, and by how much they fell, summed over them.
        squares: sum of the squares of each trial's change.
        n: count of trials, 1 or more; one gives NaN.
    """
    up, down, n = (np.asarray(x, float) for x in (up, down, n))
    low, high = wholes(up - down, squares, n)
    (up_low, up_high), (down_low, down_high) = garwood(up), garwood(down)
    below, above = np.hypot(up - up_low, down_high - down), np.hypot(up_high - up, down - down_low)
    few = up + down < FEW
    low = np.where(few, np.minimum(low, (up - down - below) / n), low)
    return low, np.where(few, np.maximum(high, (up - down + above) / n), high)


@dataclass(frozen=True)
class MedianTime:
    """The median of times of which some were cut off before their end (Kaplan & Meier 1958)."""

    value: float  # infinite where the share still waiting does not come down to one half
    low: float  # ends of its 95 % interval (Brookmeyer & Crowley 1982), of log(-log S); NaN for
    high: float  # fewer than LEAST_TIMES times, infinite where not reached
    n: int  # times
    n_cut: int  # times that were cut off

    @property
    def reached(self) -> bool:
        """Whether half of what waits is seen to end."""
        return self.value < float("inf")


def median_time(times: ArrayLike, cut: ArrayLike) -> MedianTime:
    """Return the median of times that may be cut off.

    Args:
        times: until the end, or until watching ended, ``[case]``, 0 or more.
        cut: whether watching ended first, ``[case]``.
    """
    times, cut = np.asarray(times, float), np.asarray(cut, bool)
    n, n_cut = len(times), int(cut.sum())
    if n == n_cut:
        return MedianTime(np.inf, np.nan if n < LEAST_TIMES else np.inf, np.inf, n, n_cut)
    weeks, curves = _waiting(times, cut)

    def halved(shares: Floats) -> float:
        known = np.where(np.isnan(shares), curves[0], shares)
        at = np.flatnonzero(known <= 0.5)
        return float(weeks[at[0]]) if len(at) else float("inf")

    value, low, high = map(halved, curves)
    if n < LEAST_TIMES:
        low = high = float("nan")
    return MedianTime(value, low, high, n, n_cut)


def _waiting(times: Floats, cut: NDArray[np.bool_]) -> tuple[Floats, tuple[Floats, ...]]:
    """Return the share that still waits after each time (Kaplan & Meier 1958), with its interval.

    The interval is that of log(-log S) with Greenwood's variance, NaN where nothing or all has
    ended. ``scipy.stats.ecdf`` gives the same, and takes a second to import.

    Returns:
        The times, rising, and the shares, their lower and their upper ends, ``[time]`` each.
    """
    moments, at = np.unique(times, return_inverse=True)
    ended = np.bincount(at, ~cut, len(moments))
    watched = len(times) - np.searchsorted(np.sort(times), moments)
    share = np.cumprod((watched - ended) / watched)
    if not cut.any():  # nothing to be estimated, and no rounding of many factors
        share = 1.0 - np.cumsum(ended) / len(times)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.cumsum(ended / (watched * (watched - ended)))
        half, middle = Z * np.sqrt(1.0 / np.log(share) ** 2 * spread), np.log(-np.log(share))
        ends = np.exp(-np.exp(middle + half)), np.exp(-np.exp(middle - half))
    return moments, (share, *(np.clip(end, 0.0, 1.0) for end in ends))


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
