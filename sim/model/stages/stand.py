"""The rung a pair stands on, read off at the start and at the end of each week."""

from __future__ import annotations

from sim.model.roster import Atlas
from sim.model.rules import ladder
from sim.model.stages.character import shown_by
from sim.model.state import Pair, Relation, World


def stand_on_rung(us: Pair, a: Relation, b: Relation) -> None:
    """Read off the rung of a pair from its two relations and its violence."""
    us.rung = ladder.rung(
        a.rhetoric, b.rhetoric, shown_by(a), shown_by(b), a.sanctions, b.sanctions, us.violence
    )


def stand_pair(world: World, atlas: Atlas, pair: int, lane: int) -> None:
    """Read off the rung a pair stands on at the end of the week."""
    a = Relation(world.relations, atlas.left[pair], lane)
    b = Relation(world.relations, atlas.right[pair], lane)
    stand_on_rung(Pair(world.pairs, pair, lane), a, b)
