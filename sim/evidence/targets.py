"""The recorded figures the model is set beside: ``data/targets.csv``, and those it cannot speak to.

Values are of militarised disputes, their dated incidents and international crises of years long
past, each with its 95 % interval, window and source. A target of use *fit* is one that calibration
sees: all of these were counted among Russia and NATO's members. One of use *check* is kept from it,
and one of another population is *shown*, or one that a model of weeks cannot tell.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data"
OURS = "Russia and NATO"
"""The population of figures that were counted among the dyads that the model plays."""


@dataclass(frozen=True)
class Target:
    """A recorded figure with its 95 % interval."""

    name: str
    use: str  # fit, check or shown
    label: str
    population: str  # whose disputes were counted: OURS, or all states
    group: str  # of rows that say nearly the same
    value: float
    low: float
    high: float
    before: float | None  # the same of 1816-1945 (of crises 1918-45), where it can be told
    n: float  # what was counted
    unit: str
    window: str  # years
    source: str
    definition: str  # of the simulated figure
    limits: str  # of the comparison

    @property
    def is_share(self) -> bool:
        """Whether it is a share or a probability, 0 to 1."""
        return "share" in self.unit or "prob" in self.unit

    @property
    def is_ours(self) -> bool:
        """Whether it was counted among the dyads that the model plays."""
        return self.population == OURS

    def verdict(self, found: float) -> str:
        """Say where a figure lies: inside its interval, within a factor of three, or off."""
        if self.low <= found <= self.high:
            return "inside"
        if self.value > 0.0 and 1.0 / 3.0 <= found / self.value <= 3.0:
            return "within 3"
        return "off"


def rows_of(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of the package's data."""
    with (DATA / name).open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@cache
def targets() -> Mapping[str, Target]:
    """Return all targets by name."""
    return {row["target"]: _target(row) for row in rows_of("targets.csv")}


def _target(row: dict[str, str]) -> Target:
    said = ("use", "label", "population", "group", "unit", "window", "source", "definition")
    words = {k: row[k] for k in said}
    numbers = {k: float(row[k]) for k in ("value", "low", "high", "n")}
    before = float(row["before"]) if row["before"] else None
    fields: dict[str, Any] = {**words, **numbers, "before": before, "limits": row["limits"]}
    return Target(name=row["target"], **fields)


@cache
def unspoken() -> Mapping[str, str]:
    """Return what of the record the model cannot speak to, and why, by name."""
    return {row["target"]: row["why"] for row in rows_of("unspoken.csv")}
