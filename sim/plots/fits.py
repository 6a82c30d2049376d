"""Lines and surfaces laid through scattered points, to guide the eye; they are not the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.lanes import Floats

SPAN, FEW = 0.4, 10
"""Share of the points that each stretch of a smooth line looks at; with fewer levels it is no line
but the mean at each."""
FINENESS = 60
"""Places along a smooth line, and along each side of a surface."""


def smoothed(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return a smooth line through points: local straight lines with tricube weights.

    Args:
        x, y: ``[point]``.

    Returns:
        Places between the least and the greatest x, and the line at each. Where x has few levels,
        those levels and the mean at each.

    Reference: Cleveland (1979), without the robust rounds.
    """
    levels, at = np.unique(x, return_inverse=True)
    if len(levels) < FEW:
        return levels, np.bincount(at, weights=y) / np.bincount(at)
    places = np.linspace(x.min(), x.max(), FINENESS)
    return places, np.array([_local(place, x, y) for place in places])


def _local(place: float, x: Floats, y: Floats) -> float:
    """Return the weighted straight line's height at one place."""
    away = np.abs(x - place)
    third = np.unique(away)[2]  # so that points at two levels or more have a weight
    reach = max(np.sort(away)[int(np.ceil(SPAN * len(x))) - 1], third) * (1.0 + 1e-9)
    weights = np.clip(1.0 - (away / reach) ** 3, 0.0, None) ** 1.5
    terms = np.column_stack([np.ones_like(x), x - place]) * weights[:, None]
    return float(np.linalg.lstsq(terms, y * weights, rcond=None)[0][0])


@dataclass(frozen=True)
class Quadratic:
    """A polynomial of second degree in all axes, fitted by least squares.

    Attributes:
        low, high: range of each axis, ``[axis]``.
        weights: of the terms, ``[term]``.
        explained: share of the variance explained, adjusted for the number of terms.
    """

    low: Floats
    high: Floats
    weights: Floats
    explained: float

    @classmethod
    def through(cls, levels: Floats, values: Floats) -> Quadratic | None:
        """Return the fit, or None where there are fewer than two points a term.

        Args:
            levels: ``[point, axis]``.
            values: ``[point]``.
        """
        low, high = levels.min(axis=0), levels.max(axis=0)
        terms = _terms(_centred(levels, low, high))
        n_points, n_terms = terms.shape
        spread = float(values.var())
        if n_points < 2 * n_terms or spread == 0.0:
            return None
        weights: Floats = np.linalg.lstsq(terms, values, rcond=None)[0].astype(float)
        missed = float(((values - terms @ weights) ** 2).sum()) / (n_points - n_terms)
        return cls(low, high, weights, 1.0 - missed / (spread * n_points / (n_points - 1)))

    def at(self, levels: Floats) -> Floats:
        """Return its heights at ``[..., axis]``."""
        height: Floats = _terms(_centred(levels, self.low, self.high)) @ self.weights
        return height

    def slice(self, first: int, second: int) -> tuple[Floats, Floats, Floats]:
        """Return x, y and heights ``[y, x]`` over two axes, the others at their middle."""
        x, y = (np.linspace(self.low[k], self.high[k], FINENESS) for k in (first, second))
        levels = np.tile(0.5 * (self.low + self.high), (FINENESS, FINENESS, 1))
        levels[..., first], levels[..., second] = np.meshgrid(x, y)
        return x, y, self.at(levels)

    def leading(self, levels: Floats) -> tuple[int, int]:
        """Return the two axes whose settling at the middle would change the heights most."""
        middle, height = 0.5 * (self.low + self.high), self.at(levels)
        n_axes = levels.shape[-1]
        settled = [np.where(np.arange(n_axes) == k, middle, levels) for k in range(n_axes)]
        moved = [float(np.std(height - self.at(rows))) for rows in settled]
        first, second = np.argsort(moved)[::-1][:2]
        return int(first), int(second)


def _centred(levels: Floats, low: Floats, high: Floats) -> Floats:
    """Return levels on a scale from -1 to 1."""
    unit: Floats = 2.0 * (levels - low) / np.where(high > low, high - low, 1.0) - 1.0
    return unit


def _terms(unit: Floats) -> Floats:
    """Return 1, each axis, and each product of two, ``[..., term]``."""
    first, second = np.triu_indices(unit.shape[-1])
    one = np.ones((*unit.shape[:-1], 1))
    return np.concatenate([one, unit, unit[..., first] * unit[..., second]], axis=-1)
