"""Numbers as the summary shows them: with their intervals, in words, in tables of Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.intervals import Z, wilson


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
    """Return the mean of a count over worlds with its normal interval."""
    centre, n = float(values.mean()), len(values)
    half = Z * float(values.std()) / n**0.5 if n > 1 else float("nan")
    return Estimate(
        centre, centre - half if np.isnan(half) else max(0.0, centre - half), centre + half
    )


def ratio(part: pd.Series[int], whole: pd.Series[int]) -> Estimate:
    """Return a share of events over all worlds; its interval takes worlds as the sample."""
    if whole.sum() == 0:
        return Estimate(*[float("nan")] * 3)
    value, n = float(part.sum() / whole.sum()), len(whole)
    rest = (part - value * whole).to_numpy(float)
    half = Z * float(np.sqrt((rest**2).sum() / max(1, n - 1) / n)) / float(whole.mean())
    half = half if n > 1 else float("nan")
    return Estimate(value, max(0.0, value - half), min(1.0, value + half))


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
    """Return an amount with two digits, or one from 10 on."""
    return "-" if np.isnan(value) else f"{value:.2f}" if abs(value) < 10.0 else f"{value:.1f}"


def amounts(estimate: Estimate) -> str:
    """Return the interval of an amount."""
    return (
        f"{amount(estimate.low)} to {amount(estimate.high)}"
        if estimate.low == estimate.low
        else "-"
    )


def count(n: int, what: str) -> str:
    """Return a number of things: ``1 world``, ``2,000 worlds``."""
    many = f"{what}es" if what.endswith("sh") else f"{what}s"
    return f"{n:,} {what if n == 1 else many}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table: the first column to the left, the others to the right."""
    marks = ["---"] + ["---:"] * (len(head) - 1)
    return ["| " + " | ".join(cells) + " |" for cells in (head, marks, *rows)]
