"""A posterior: plausible sets of parameters with their weights, and which of them a world has.

A calibration leaves many sets that resemble the record about as well as one another. Where worlds
are played over them, what is kept holds what is not known of the parameters as well as chance. What
is left to a draw is *nan* in a point; what a point says itself is never drawn. Files are read and
judged in :mod:`sim.config.posteriors`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.lanes import Floats
from sim.model.parameters import Parameters

_BITS = 32
"""Bits of a world's number that choose its draw."""


def radical_inverse(number: NDArray[np.int64]) -> Floats:
    """Return the base-2 radical inverse of whole numbers: their binary digits behind the point.

    0, 1/2, 1/4, 3/4, 1/8, ...: the first 2**m numbers have one in each of 2**m equal parts of 0..1
    (van der Corput 1935).

    Args:
        number: 0 to 2**32 - 1, of any shape.

    Returns:
        Shares, 0 to below 1, in the shape of ``number``; exact.
    """
    share = np.zeros(np.shape(number))
    for bit in range(_BITS):
        share += ((number >> bit) & 1) * 0.5 ** (bit + 1)
    return share


def settled(points: Floats, drawn: Floats) -> Floats:
    """Return parameters with those that are open, nan, as they were drawn."""
    return np.where(np.isnan(points), drawn, points)


@dataclass(frozen=True, eq=False)
class Posterior:
    """Sets of parameters, each with the weight at which worlds have it."""

    source: str  # the file it comes from
    names: tuple[str, ...]  # of the parameters it gives
    values: Floats  # [draw, name]
    weights: Floats  # [draw] 0 or more, with a positive sum

    @property
    def n_draws(self) -> int:
        """Number of sets."""
        return len(self.weights)

    @cached_property
    def _bounds(self) -> Floats:
        """Sums of weights up to and with each draw, ``[draw]``."""
        return np.cumsum(self.weights)

    def row_of(self, world: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the draw that worlds have: a function of their numbers and the weights alone.

        The radical inverse of a number is looked up in the cumulated weights, so that of the first
        n worlds every draw has its share, less or more than one world.

        Args:
            world: numbers, 0 to 2**32 - 1, of any shape.
        """
        share = radical_inverse(np.asarray(world, np.int64)) * self._bounds[-1]
        row: NDArray[np.int64] = np.searchsorted(self._bounds, share, side="right")
        return row

    def of_worlds(self, world: NDArray[np.int64]) -> tuple[Floats, NDArray[np.int64]]:
        """Return what some worlds draw.

        Args:
            world: numbers, ``[world]``.

        Returns:
            The draws there are among them, ``[draw, parameter]``, nan where a parameter is not
            drawn, and each world's row of these, ``[world]``.
        """
        rows, place = np.unique(self.row_of(world), return_inverse=True)
        draws = np.full((len(rows), len(Parameters.FIELDS)), np.nan)
        draws[:, [Parameters.FIELDS.index(name) for name in self.names]] = self.values[rows]
        return draws, place

    @cached_property
    def digest(self) -> str:
        """A short name of its content, wherever that is read from."""
        found = hashlib.sha256(" ".join(self.names).encode())
        for array in (self.values, self.weights):
            found.update(np.ascontiguousarray(array, "<f8").tobytes())
        return found.hexdigest()[:32]
