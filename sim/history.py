"""One world in full: every field of every relation, pair and state, week by week.

World w played here is world w of any ensemble with the same seed and parameters, to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.ensemble import WIDTHS, block_player
from sim.jit import ENABLED
from sim.lanes import Floats
from sim.randomness import key_of
from sim.roster import Roster
from sim.tracks import empty_tracks
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


def single_world(
    roster: Roster, point: Floats, *, world: int, seed: int, of_point: int = 0, n_lanes: int = 1
) -> World:
    """Return a block of one world, the same in every lane, that is not begun.

    Args:
        roster: who is in the world.
        point: parameters, ``[parameter]``.
        world: number of the world.
        seed: master seed.
        of_point: 0 where points share random numbers, else the point's number plus 1.
        n_lanes: number of lanes.
    """
    worlds, points = (np.full(n_lanes, k, np.uint32) for k in (world, of_point))
    parameters = np.ascontiguousarray(np.repeat(point[None, :, None], n_lanes, axis=2))
    return empty_world(roster, parameters, key_of(seed, worlds, points))


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
    width = WIDTHS[-1] if ENABLED else 1  # the kernel of the ensemble: lanes alike, one is kept
    player, tracks = block_player(width), empty_tracks(roster, n_weeks, width)
    block = single_world(roster, point, world=world, seed=seed, of_point=of_point, n_lanes=width)
    kept: list[tuple[Floats, ...]] = []
    for step in range(n_weeks + 1):
        player(block, roster.atlas, step, step + 1, tracks)
        kept.append(tuple(array[:, :, 0].copy() for array in block[:4]))
    relations, pairs, states, system = (np.stack(part) for part in zip(*kept, strict=True))
    return History(roster, world, relations, pairs, states, system[:, 0])
