"""Numbers as the summary shows them: with their intervals, in words, in tables of Markdown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.analysis.intervals import MedianTime, Z, counts, wilson

MOST_DIGITS = 6
"""Digits behind the point of an amount, at most."""


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval."""

    value: float
    low: float
    high: float


def share(happened: pd.Series[bool]) -> Estimate:
    """Return the share of worlds in which something happened, with Wilson's interval."""
    count, n = int(happened.sum()), max(1, len(happened))
    low, high = wilson(count, n)
    return Estimate(count / n, float(low), float(high))


def mean(values: pd.Series[int]) -> Estimate:
    """Return the mean of a count over worlds with its interval, NaN for one world."""
    each, n = values.to_numpy(np.int64), len(values)
    low, high = counts(each.sum(), (each * each).sum(), n)
    return Estimate(float(each.mean()), float(low), float(high))


def ratio(part: pd.Series[int], whole: pd.Series[int]) -> Estimate:
    """Return a share of events over all worlds; its interval takes worlds as the sample.

    It is at least as wide as that of as many independent events, so that none, or all, has one too.
    """
    if whole.sum() == 0:
        return Estimate(*[float("nan")] * 3)
    value, n = float(part.sum() / whole.sum()), len(whole)
    if n == 1:
        return Estimate(value, float("nan"), float("nan"))
    rest = (part - value * whole).to_numpy(float)
    half = Z * float(np.sqrt((rest**2).sum() / (n - 1) / n)) / float(whole.mean())
    low, high = map(float, wilson(part.sum(), whole.sum()))
    return Estimate(value, max(0.0, min(low, value - half)), min(1.0, max(high, value + half)))


def percent(value: float) -> str:
    """Return a share in per cent, finer near its ends."""
    if np.isnan(value):
        return "-"
    near = min(value, 1.0 - value)
    digits = 0 if near == 0.0 or near >= 0.0095 else 1 if near >= 0.00095 else 2
    return f"{100.0 * value:.{digits}f} %"


def span(estimate: Estimate) -> str:
    """Return the interval of a share."""
    return f"{percent(estimate.low)} to {percent(estimate.high)}"


def amount(value: float) -> str:
    """Return an amount with two digits, one from 10 on, and one that counts near zero."""
    return "-" if np.isnan(value) else f"{value:.{_digits(value)}f}"


def change(value: float) -> str:
    """Return an amount with its sign."""
    return "-" if np.isnan(value) else f"{value:+.{_digits(value)}f}"


def _digits(value: float) -> int:
    """Return the digits behind the point that show an amount."""
    if value == 0.0 or abs(value) >= 0.0095:
        return 2 if abs(value) < 10.0 else 1
    return min(MOST_DIGITS, -math.floor(math.log10(abs(value) / 0.95)))


def amounts(estimate: Estimate) -> str:
    """Return the interval of an amount."""
    return (
        f"{amount(estimate.low)} to {amount(estimate.high)}"
        if estimate.low == estimate.low
        else "-"
    )


def weeks(time: MedianTime) -> str:
    """Return a median time in weeks, with its interval and how many times were cut off.

    ``15 weeks (12 to 19; 34 of 120 had not returned at the end of the run)``
    """
    cut = f"{time.n_cut:,} of {time.n:,} had not returned at the end of the run"
    if not time.reached:
        known = np.isfinite(time.low)
        return f"not reached ({f'{time.low:.0f} weeks or more; ' if known else ''}{cut})"
    high = f"{time.high:.0f}" if np.isfinite(time.high) else "not reached"
    ends = "" if np.isnan(time.low) else f"{time.low:.0f} to {high}; "
    return f"{count(round(time.value), 'week')} ({ends}{cut})"


def count(n: int, what: str) -> str:
    """Return a number of things: ``1 world``, ``2,000 worlds``."""
    many = f"{what}es" if what.endswith("sh") else f"{what}s"
    return f"{n:,} {what if n == 1 else many}"


def from_to(numbers: Sequence[int], what: str) -> str:
    """Return numbers of things, the least and the most where they differ: ``2 to 36 states``."""
    least, most = min(numbers), max(numbers)
    return count(most, what) if least == most else f"{least:,} to {count(most, what)}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table: the first column to the left, the others to the right."""
    marks = ["---"] + ["---:"] * (len(head) - 1)
    return ["| " + " | ".join(cells) + " |" for cells in (head, marks, *rows)]


def duration(seconds: float) -> str:
    """Return a time in words: ``40 s``, ``12 min``, ``3.5 h``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def size(n_bytes: float) -> str:
    """Return an amount of bytes in words: ``3 MB``, ``1.2 GB``."""
    return f"{max(1.0, n_bytes / 1e6):.0f} MB" if n_bytes < 1e9 else f"{n_bytes / 1e9:.1f} GB"
