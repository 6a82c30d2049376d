"""What sort of state one is: what follows from its traits, relations and the parameters."""

from __future__ import annotations

from sim.lanes import least, most, where
from sim.model.parameters import Parameters
from sim.model.roster import Atlas, RelationTraits, StateTraits
from sim.model.rules import choice, ladder, perception, spread
from sim.model.state import Pair, Relation, State, System, World
from sim.model.vocabulary import Bloc


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


def opening_of(world: World, atlas: Atlas, p: Parameters, r: int, lane: int) -> float:
    """Return what one state sees to gain from another, 0 to 1."""
    stake = Pair(world.pairs, atlas.pair[r], lane).stake
    held = stake if atlas.left[atlas.pair[r]] == r else 1.0 - stake
    retaliation = Relation(world.relations, r, lane).retaliation
    return choice.opportunity(p, greed_of(atlas, p, atlas.owner[r]), retaliation, held)


def can_deploy(p: Parameters) -> bool:
    """Say whether there are forces at all: readiness to deploy, or some that a scenario gives."""
    return (p.deployment_strength > 0.0) | (p.deployment_given > 0.0)


def shown_by(me: Relation) -> float:
    """Return the deployment of a relation that counts as a display, exercises among it."""
    return most(me.deployment, ladder.exercised(me.exercise, me.announced))


def fielded_by(me: Relation) -> float:
    """Return the forces of a relation that others may come into contact with, 0 to 1."""
    return most(me.deployment, me.exercise)


def posture_from(world: World, atlas: Atlas, r: int, lane: int) -> float:
    """Return the forces of a relation as its rival feels them, but for exercises."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    system = System(world.system, 0, lane)
    forward = 0.0
    if atlas.owner[r] == atlas.leaders[0] and atlas.rival[r] == atlas.leaders[1]:
        forward = system.west_forward
    if atlas.owner[r] == atlas.leaders[1] and atlas.rival[r] == atlas.leaders[0]:
        forward = system.east_forward
    return perception.posture(p, me.deployment, forward)


def felt_from(world: World, atlas: Atlas, r: int, lane: int) -> float:
    """Return the forces of a relation as its rival feels them, exercises among them."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    posture = posture_from(world, atlas, r, lane)
    return perception.felt(p, posture, me.exercise, me.announced)


def arms_from(world: World, atlas: Atlas, r: int, lane: int) -> float:
    """Return the owner's military spending above normal as the rival feels it."""
    owner = State(world.states, atlas.owner[r], lane)
    rival = State(world.states, atlas.rival[r], lane)
    opposed = (owner.bloc > Bloc.NONE) & (rival.bloc > Bloc.NONE) & (owner.bloc != rival.bloc)
    usual = RelationTraits(atlas.relation_traits, r, 0).rivalry
    return perception.armed(owner.spending, where(opposed, 1.0, usual))


def meant_by(world: World, atlas: Atlas, r: int, lane: int) -> float:
    """Return the hostility that a state means by what it does to another, a prober's forces all."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    violence = Pair(world.pairs, atlas.pair[r], lane).violence
    return perception.hostility(
        p, me.rhetoric, felt_from(world, atlas, r, lane), me.sanctions,
        arms_from(world, atlas, r, lane), violence, greed_of(atlas, p, atlas.owner[r]),
    )  # fmt: skip


def leaning_from(world: World, atlas: Atlas, r: int, lane: int) -> float:
    """Return how far a neutral leans away from the leader of a bloc, 0 to 1; else 0."""
    owner = State(world.states, atlas.owner[r], lane)
    leads = RelationTraits(atlas.relation_traits, r, 0).rival_leads
    away = where(leads == Bloc.EAST, owner.lean, where(leads == Bloc.WEST, -owner.lean, 0.0))
    return where(owner.bloc == Bloc.NONE, most(0.0, away), 0.0)


def pain_of(world: World, atlas: Atlas, p: Parameters, i: int, lane: int) -> tuple[float, float]:
    """Return the economic pain of all sanctions a state receives and imposes.

    And the share of its trade that those it receives cover.
    """
    pain, covered = 0.0, 0.0
    for r in range(atlas.first[i], atlas.first[i + 1]):
        me = Relation(world.relations, r, lane)
        them = Relation(world.relations, atlas.reverse[r], lane)
        share = RelationTraits(atlas.relation_traits, r, 0).trade
        pain += spread.pain(p, them.sanctions, me.sanctions, share)
        covered += share * them.sanctions
    return pain, covered
