"""Forks: a world's past, and other futures from a week on.

Every random number is a function of the seed, the world, its luck, the week, who and what for: a
world whose luck is another from a week on has its own past and another future, and one whose luck
stays is itself again, to the last bit. What else is changed in a fork lies in its roster's calendar
and in what it holds (:func:`sim.model.roster.with_holds`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Fork:
    """Where the worlds of a study leave those whose futures they are.

    Attributes:
        week: weeks of the past that all futures share, 0 or more.
        world: the world whose futures they are, numbered by their luck, of which 0 is its own; or
            None: every world has one future.
        other: whether luck is another from then on: the future's number, or 1 where every world has
            one future.
        past: weeks before in which luck became another, and which: of a future's own futures.
    """

    week: int
    world: int | None = None
    other: bool = True
    past: tuple[tuple[int, int], ...] = ()

    def pasts(self, numbers: ArrayLike) -> NDArray[np.int64]:
        """Return the numbers of the worlds whose futures these are."""
        numbers = np.atleast_1d(np.asarray(numbers, np.int64))
        return numbers if self.world is None else np.full_like(numbers, self.world)

    def turns(self, numbers: ArrayLike) -> dict[int, NDArray[np.int64]]:
        """Return the luck that each future has from the end of a week on, by week, in order."""
        numbers = np.atleast_1d(np.asarray(numbers, np.int64))
        own = self.past[-1][1] if self.past else 0
        lucks = np.full_like(numbers, own)
        if self.other:
            lucks = np.ones_like(numbers) if self.world is None else numbers
            lucks = np.where(lucks == 0, own, lucks)
        return {
            **{week: np.full_like(numbers, luck) for week, luck in self.past}, self.week: lucks,
        }  # fmt: skip
