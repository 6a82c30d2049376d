"""One world in full: every field of every relation, pair and state, week by week.

World w played here is world w of any ensemble with the same seed and parameters, to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.blocks import Block
from sim.engine.forks import Fork
from sim.lanes import Floats, Real, Reals
from sim.lanes.randomness import key_of
from sim.model.parameters import parameter_block
from sim.model.roster import Roster
from sim.model.state import Pair, Relation, State, System, World


@dataclass(frozen=True, repr=False)
class History:
    """A world's state at the start (week 0) and after each week, its float32 as doubles."""

    roster: Roster
    number: int  # of the world
    relations: Floats  # [week, relation, Relation field]
    pairs: Floats  # [week, pair, Pair field]
    states: Floats  # [week, state, State field]
    system: Floats  # [week, System field]

    def __repr__(self) -> str:
        rungs = self.pair(*self.roster.leaders, "rung")
        return (
            f"History of world {self.number}: {len(self.system) - 1} weeks of "
            f"{len(self.roster.codes)} states; {' and '.join(self.roster.leaders)} come to rung "
            f"{int(rungs.max())} in week {int(rungs.argmax())} and end at {int(rungs[-1])}. "
            f"relation(A, B, NAME), pair(A, B, NAME), state(A, NAME): values by week"
        )

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

    def world(self, parameters: Mapping[str, float]) -> World:
        """Return its weeks as the lanes of a world without luck, for rules to be asked of.

        Args:
            parameters: values that differ from the declared ones.
        """
        rows = (self.relations, self.pairs, self.states, self.system[:, None])
        relations, pairs, states, system = (np.moveaxis(a, 0, 2).astype(Real) for a in rows)
        block = parameter_block(parameters, len(self.system)).astype(Real)
        nobody = np.zeros(len(self.system), np.uint32)
        return World(relations, pairs, states, system, block, key_of(0, nobody, nobody))

    def whole(self, name: str) -> Floats:
        """Return a field of the system, ``[week]``."""
        return self.system[:, System.FIELDS.index(name)]


def replay(
    roster: Roster, point: Floats, *, world: int, n_weeks: int, seed: int, of_point: int = 0,
    fork: Fork | None = None,
) -> History:  # fmt: skip
    """Play one world and keep everything.

    Args:
        roster: who is in the world.
        point: parameters, ``[parameter]``.
        world: number of the world.
        n_weeks: weeks to play.
        seed: master seed.
        of_point: 0 where points share random numbers, else the point's number plus 1.
        fork: where it leaves the world whose future it is.
    """
    block = Block(roster, n_weeks, seed)
    block.begin(point, fork.pasts(world) if fork else world, of_point)
    kept = [block.kept()]
    turns = fork.turns(world) if fork else {}
    for week in range(1, n_weeks + 1):
        if week - 1 in turns:
            block.give_lucks(turns[week - 1])
        block.play(week)
        kept.append(block.kept())
    return history_of(roster, world, kept)


def history_of(roster: Roster, number: int, kept: Sequence[tuple[Reals, ...]]) -> History:
    """Return the history of a world from its state at the start and after each week."""
    parts = (np.stack(part).astype(np.float64) for part in zip(*kept, strict=True))
    relations, pairs, states, system = parts
    return History(roster, number, relations, pairs, states, system[:, 0])
