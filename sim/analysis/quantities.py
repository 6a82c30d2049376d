"""Quantities: what a study can ask of a world, and estimate from many.

A quantity is a whole number for every world, read off its row of outcomes: 1 or 0 for something
that happened or not, else a count. One of one's own is an expression (:mod:`sim.engine.asked`),
whose value is kept as a whole number too, of thousandths where it is none. Sums of whole numbers
are exact, so that an estimate does not depend on the order in which worlds were played.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sim.analysis.intervals import (
    changed_counts,
    changed_shares,
    counts,
    student,
    wholes,
    wilson,
)
from sim.engine.asked import SCALE, asked
from sim.engine.record import OUTCOMES
from sim.lanes import Floats
from sim.model.vocabulary import Miscalculation, Rung

Wholes = NDArray[np.int64]


@dataclass(frozen=True)
class Quantity:
    """Something to ask of a world."""

    name: str
    label: str
    unit: str
    column: str  # of the outcomes
    at_least: int | None = None  # the quantity is whether the column comes to this; None: its value
    scale: int = 1  # it is kept as a whole number of 1 / scale
    is_own: bool = False  # asked for by an expression, which is its name

    @property
    def is_share(self) -> bool:
        """Whether it is 0 or 1, and its mean a share of worlds."""
        return self.at_least is not None

    @property
    def is_rung(self) -> bool:
        """Whether it is a place on the ladder, neither a share nor a count of events."""
        return self.at_least is None and self.column.startswith("peak_rung")

    def interval(self, total: ArrayLike, squares: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
        """Return the two ends of the 95 % interval of its mean over worlds.

        Args:
            total: sum of its values, as they are kept.
            squares: sum of their squares.
            n: count of worlds, 1 or more; of one world only a share has an interval, else NaN.
        """
        if self.is_share:
            return wilson(total, n)
        if self.is_own:
            total, squares = np.asarray(total), np.asarray(squares)
            if self.scale == 1:
                return wholes(total, squares, n)
            return student(total / self.scale, squares / self.scale**2, n)
        if self.is_rung:
            low, high = wholes(total, squares, n)
            return np.maximum(low, 0.0), np.minimum(high, float(max(Rung)))
        return counts(total, squares, n)

    def of(self, outcomes: NDArray[np.int32]) -> Wholes:
        """Return its value in each world, ``[world]``, from rows of ``OUTCOMES``."""
        values = outcomes[:, OUTCOMES.index(self.column)].astype(np.int64)
        return values if self.at_least is None else (values >= self.at_least).astype(np.int64)

    def seen(self, outcomes: pd.DataFrame) -> Wholes:
        """Return its value in each world of a table of outcomes, as it is kept."""
        if self.scale > 1:
            kept: Wholes = np.rint(outcomes[self.column].to_numpy(float) * self.scale).astype("i8")
            return kept
        values = outcomes[self.column].fillna(-1).to_numpy(np.int64)
        return values if self.at_least is None else (values >= self.at_least).astype(np.int64)


def _all() -> Iterable[Quantity]:
    for rung in (Rung.DISPLAY, Rung.CRISIS, Rung.CLASH, Rung.WAR):
        name = rung.name.lower()
        label = f"the leaders reach a {name}"
        yield Quantity(name, label, "share of worlds", "peak_rung_leaders", rung)
    for rung in (Rung.DISPLAY, Rung.CRISIS, Rung.CLASH, Rung.WAR):
        name = rung.name.lower()
        label = f"the two states that the scenario is about reach a {name}"
        yield Quantity(f"{name}_subject", label, "share of worlds", "peak_rung_subject", rung)
    for rung in (Rung.CLASH, Rung.WAR):
        name = rung.name.lower()
        label = f"any two opposed states reach a {name}"
        yield Quantity(f"any_{name}", label, "share of worlds", "peak_rung_any", rung)
    yield Quantity("returned", "the leaders rise and come back", "share of worlds",
                   "returned_week", 0)  # fmt: skip
    yield Quantity("peak_rung", "highest rung of the leaders", "rung, mean", "peak_rung_leaders")
    for column, label in (
        ("disputes", "disputes of opposed pairs"),
        ("disputes_answered", "disputes of opposed pairs that are answered"),
        ("clashes", "clashes of opposed pairs"),
        ("wars", "wars of opposed pairs"),
        ("disputes_other", "disputes of pairs that are not opposed"),
        ("clashes_other", "clashes of pairs that are not opposed"),
        ("wars_other", "wars of pairs that are not opposed"),
        ("crises", "crises begun by choice"),
        ("stands", "sides that stand when forces meet"),
        ("yields", "sides that yield when forces meet"),
        ("widened", "allies drawn into a clash"),
        ("accessions", "neutrals that join a bloc"),
        ("concessions_west", "times a state of the west gives way"),
        ("concessions_east", "times a state of the east gives way"),
        ("gains_west", "hundredths of what is at issue that the west takes"),
        ("gains_east", "hundredths of what is at issue that the east takes"),
        *((kind.declared.column, kind.declared.label) for kind in Miscalculation),
        ("clashes_choice", "clashes begun by a state's choice"),
        ("clashes_met", "clashes begun between forces that met"),
        ("clashes_accident", "clashes begun by an accident that was taken as meant"),
        ("clashes_accident_alone", "clashes begun by an accident that nobody answered"),
        ("clashes_event", "clashes begun by a dated event"),
        ("clashes_drawn_in", "clashes begun as an ally was drawn in"),
        ("clashes_unanswered", "clashes of one side's deliberate and unanswered fire"),
        ("clashes_of_own", "clashes rooted in a state's own issue, grievance or fear"),
        ("clashes_of_gain", "clashes rooted in an opportunity"),
        ("clashes_of_misreading", "clashes rooted in misread intent"),
        ("clashes_of_accident", "clashes rooted in an accident"),
        ("clashes_of_event", "clashes rooted in a dated event"),
        ("clashes_of_drawn_in", "clashes rooted in an ally's clash"),
        ("clashes_of_standing", "clashes rooted in words and forces that stood from the start"),
        ("wars_of_accident", "wars begun by an accident"),
        ("excused", "accidents that were taken for accidents"),
        ("links", "acts from the root to a clash, in the longest chain"),
    ):
        yield Quantity(column, label, "a world, mean", column)


QUANTITIES = {quantity.name: quantity for quantity in _all()}
"""The quantities that every study has."""


@cache
def quantity_of(name: str) -> Quantity:
    """Return a quantity by its name, or by its expression (see :mod:`sim.engine.asked`).

    Raises:
        ExpressionError: if it is neither.
    """
    if name in QUANTITIES:
        return QUANTITIES[name]
    it = asked(name)
    unit = "share of worlds" if it.kind == "event" else "a world, mean"
    return Quantity(
        name, name, unit, name, 1 if it.kind == "event" else None,
        SCALE if it.kind == "real" else 1, is_own=True,
    )  # fmt: skip


def file_name(name: str) -> str:
    """Return a quantity's name as part of the name of a file, on any system."""
    if name in QUANTITIES:
        return name
    words = re.sub("[^A-Za-z0-9]+", "_", name).strip("_")[:60]
    return f"{words}_{hashlib.sha256(name.encode()).hexdigest()[:4]}"


def own_of(names: Iterable[str]) -> tuple[str, ...]:
    """Return those of some quantities that are asked for by an expression, each once."""
    return tuple(name for name in dict.fromkeys(names) if name not in QUANTITIES)


# Estimates


@dataclass
class Sums:
    """Exact sums of every quantity over worlds, ``[point, quantity]``."""

    names: tuple[str, ...]  # of the quantities, those of one's own last
    n: Wholes  # [point] worlds
    total: Wholes
    squares: Wholes

    @classmethod
    def zero(cls, n_points: int, own: tuple[str, ...] = ()) -> Sums:
        """Return sums over no worlds."""
        names = (*QUANTITIES, *own)
        shape = (n_points, len(names))
        return cls(names, np.zeros(n_points, np.int64), np.zeros(shape, np.int64),
                   np.zeros(shape, np.int64))  # fmt: skip

    def add(
        self, point: Wholes, outcomes: NDArray[np.int32], own: NDArray[np.int32] | None = None
    ) -> None:
        """Add worlds.

        Args:
            point: row of each world's point, ``[world]``.
            outcomes: rows of ``OUTCOMES``, ``[world, column]``.
            own: values of quantities of one's own, ``[world, quantity]``.
        """
        np.add.at(self.n, point, 1)
        for k, name in enumerate(self.names):
            if k < len(QUANTITIES) or own is None:
                values = QUANTITIES[name].of(outcomes)
            else:
                values = own[:, k - len(QUANTITIES)].astype(np.int64)
            np.add.at(self.total[:, k], point, values)
            np.add.at(self.squares[:, k], point, values * values)

    def estimates(self, first_point: int = 0) -> pd.DataFrame:
        """Return every quantity's mean at every point with its interval.

        Returns:
            Columns ``point, quantity, value, lo, hi, worlds``; points without worlds are left out.
        """
        played = np.flatnonzero(self.n > 0)
        n = self.n[played, None]
        total, squares = self.total[played], self.squares[played]
        ends = [
            quantity_of(name).interval(total[:, k], squares[:, k], n[:, 0])
            for k, name in enumerate(self.names)
        ]
        lo, hi = np.array(ends).transpose(1, 2, 0)
        scale = np.array([quantity_of(name).scale for name in self.names])
        names = np.array(self.names, object)
        return pd.DataFrame(
            {"point": np.repeat(played + first_point, len(names)),
             "quantity": pd.array(np.tile(names, len(played)), dtype="str"),
             "value": (total / n / scale).ravel(), "lo": lo.ravel(), "hi": hi.ravel(),
             "worlds": np.repeat(n, len(names))}
        )  # fmt: skip

    def distances(self, name: str) -> Floats:
        """Return how far a quantity's interval reaches from its estimate at every point, at most.

        The farther end counts: where nothing was seen, that is all of the interval. Infinite where
        it is unknown.
        """
        rows = self.estimates()
        mine = rows[rows["quantity"] == name]
        found = np.full(len(self.n), np.inf)
        found[mine["point"]] = np.nan_to_num(distance(mine), nan=np.inf)
        return found


def distance(rows: pd.DataFrame) -> Floats:
    """Return how far the farther end of each interval is from its estimate; NaN if unknown.

    Args:
        rows: ``value, lo, hi``.
    """
    value, lo, hi = (rows[name].to_numpy(float) for name in ("value", "lo", "hi"))
    far: Floats = np.maximum(hi - value, value - lo)
    return far


# Worlds in groups


def between_groups(values: Wholes, group: Wholes) -> float:
    """Return the share of the variance of worlds that lies between groups of them, 0 to 1.

    1 - (mean square within groups) / (mean square in all), at least 0: what is left when groups
    explain nothing is 0 on average, however many they are (epsilon squared, Kelley 1935).

    Args:
        values: of a quantity, ``[world]``.
        group: number of each world's group, ``[world]``, 0 or more.

    Returns:
        nan where all worlds are alike, or no group has two.
    """
    n, total, squares = (np.bincount(group, weight) for weight in (None, values, values * values))
    free = len(values) - int((n > 0).sum())
    within = float((squares - total * total / np.maximum(n, 1)).sum())
    whole = float(values.var(ddof=1)) if len(values) > 1 else 0.0
    return max(0.0, 1.0 - within / free / whole) if free > 0 and whole > 0.0 else float("nan")


# Differences over the same worlds


def paired(quantity: Quantity, before: Wholes, after: Wholes) -> dict[str, float]:
    """Return the mean difference of a quantity over the same worlds, with its interval.

    Args:
        quantity: which.
        before, after: its values, ``[world]``, in the same order of worlds.

    Returns:
        ``difference, lo, hi``; ``up`` and ``down``, the shares of worlds in which it rose and fell;
        ``worlds``.
    """
    change, n = after - before, len(before)
    up, down = int((change > 0).sum()), int((change < 0).sum())
    if quantity.is_share:
        value, lo, hi = (float(x) for x in changed_shares(up, down, n))
    elif quantity.scale > 1:
        moved = change / quantity.scale
        value = float(moved.mean())
        lo, hi = map(float, student(moved.sum(), (moved * moved).sum(), n))
    else:
        value = int(change.sum()) / n
        rises, falls = int(change[change > 0].sum()), -int(change[change < 0].sum())
        ends = changed_counts(rises, falls, int((change * change).sum()), n)
        lo, hi = map(float, ends)
    return {"difference": value, "lo": lo, "hi": hi, "up": up / n, "down": down / n, "worlds": n}
