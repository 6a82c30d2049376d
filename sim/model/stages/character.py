"""What sort of state one is: what follows from its traits, relations and the parameters."""

from __future__ import annotations

from sim.lanes import least
from sim.model.parameters import Parameters
from sim.model.roster import Atlas, RelationTraits, StateTraits
from sim.model.rules import perception, spread
from sim.model.state import Relation, World


def greed_of(atlas: Atlas, p: Parameters, i: int) -> float:
    """Return how far a state seeks gain, 0 to 1."""
    trait = StateTraits(atlas.state_traits, i, 0)
    return least(1.0, trait.greed + p.challenger_greed * trait.challenger)


def sensibility_of(atlas: Atlas, p: Parameters, i: int) -> float:
    """Return how far a state understands that the other may be reacting to it, 0 to 1."""
    return perception.given(StateTraits(atlas.state_traits, i, 0).sensibility, p.sensibility)


def firmness_of(atlas: Atlas, p: Parameters, i: int) -> float:
    """Return how firmly a state meets hostility with hostility, 0 to 1."""
    trait = StateTraits(atlas.state_traits, i, 0)
    added = p.challenger_firmness * trait.challenger + p.defender_firmness * (
        1.0 - trait.challenger
    )
    return least(1.0, trait.firmness + added)


def pain_of(world: World, atlas: Atlas, p: Parameters, i: int, lane: int) -> float:
    """Return the economic pain of all sanctions a state receives and imposes."""
    pain = 0.0
    for r in range(atlas.first[i], atlas.first[i + 1]):
        me = Relation(world.relations, r, lane)
        them = Relation(world.relations, atlas.reverse[r], lane)
        share = RelationTraits(atlas.relation_traits, r, 0).trade
        pain += spread.pain(p, them.sanctions, me.sanctions, share)
    return pain
