"""One world in full: every field of every relation, pair and state, week by week.

World w played here is world w of any ensemble with the same seed and parameters, to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim import turn
from sim.jit import kernel
from sim.lanes import Floats
from sim.randomness import key_of
from sim.roster import Atlas, Roster
from sim.world import Pair, Relation, State, System, World, empty_world


@dataclass(frozen=True)
class History:
    """A world's state at the start (week 0) and after each week."""

    roster: Roster
    number: int  # of the world
    relations: Floats  # [week, relation, Relation field]
    pairs: Floats  # [week, pair, Pair field]
    states: Floats  # [week, state, State field]
    system: Floats  # [week, System field]

    def relation(self, owner: str, rival: str, name: str) -> Floats:
        """Return a field of a directed relation, ``[week]``."""
        r = self.roster.relation(owner, rival)
        return self.relations[:, r, Relation.FIELDS.index(name)]

    def pair(self, first: str, second: str, name: str) -> Floats:
        """Return a field of a pair, ``[week]``."""
        p = self.roster.atlas.pair[self.roster.relation(first, second)]
        return self.pairs[:, p, Pair.FIELDS.index(name)]

    def state(self, code: str, name: str) -> Floats:
        """Return a field of a state, ``[week]``."""
        return self.states[:, self.roster.codes.index(code), State.FIELDS.index(name)]

    def whole(self, name: str) -> Floats:
        """Return a field of the system, ``[week]``."""
        return self.system[:, System.FIELDS.index(name)]


@kernel
def _begin_one(world: World, atlas: Atlas) -> None:
    turn.begin(world, atlas, 0)


@kernel
def _play_one(world: World, atlas: Atlas, week: int) -> None:
    turn.play_turn(world, atlas, week, 0)


def single_world(
    roster: Roster, point: Floats, *, world: int, seed: int, of_point: int = 0
) -> World:
    """Return a block of one world that is not begun.

    Args:
        roster: who is in the world.
        point: parameters, ``[parameter]``.
        world: number of the world.
        seed: master seed.
        of_point: 0 where points share random numbers, else the point's number plus 1.
    """
    key = key_of(seed, np.array([world], np.uint32), np.array([of_point], np.uint32))
    return empty_world(roster, np.ascontiguousarray(point[None, :, None]), key)


def replay(
    roster: Roster, point: Floats, *, world: int, n_weeks: int, seed: int, of_point: int = 0
) -> History:
    """Play one world and keep everything.

    Args:
        roster: who is in the world.
        point: parameters, ``[parameter]``.
        world: number of the world.
        n_weeks: weeks to play.
        seed: master seed.
        of_point: 0 where points share random numbers, else the point's number plus 1.
    """
    block = single_world(roster, point, world=world, seed=seed, of_point=of_point)
    _begin_one(block, roster.atlas)
    kept: list[tuple[Floats, ...]] = []
    for week in range(n_weeks + 1):
        kept.append(tuple(array[:, :, 0].copy() for array in block[:4]))
        if week < n_weeks:
            _play_one(block, roster.atlas, week)
    relations, pairs, states, system = (np.stack(part) for part in zip(*kept, strict=True))
    return History(roster, world, relations, pairs, states, system[:, 0])
