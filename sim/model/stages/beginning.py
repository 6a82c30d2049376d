"""Before the first week: every field set from traits and parameters."""

from __future__ import annotations

from sim.lanes import where
from sim.lanes.arithmetic import clamp
from sim.model.parameters import Parameters
from sim.model.roster import Atlas, PairTraits, RelationTraits, StateTraits
from sim.model.rules import consultation, perception, reaction, spread
from sim.model.stages.character import arms_from, greed_of, pain_of, posture_from
from sim.model.stages.consult import consult_blocs
from sim.model.stages.events import settle_system
from sim.model.stages.place import tally_bases
from sim.model.stages.stand import stand_on_rung
from sim.model.state import Pair, Relation, State, World
from sim.model.vocabulary import LEVELS, STARTS, Bloc, Instrument

_LEVELS = tuple(Relation.FIELDS.index(name) for name in LEVELS)
_STARTS = tuple(RelationTraits.FIELDS.index(name) for name in STARTS)
_GIVEN = tuple(Parameters.FIELDS.index(i.declared.given) for i in Instrument)


def begin_relation(world: World, atlas: Atlas, r: int, lane: int) -> None:
    """Set a relation's state at the start from its traits."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    trait = RelationTraits(atlas.relation_traits, r, 0)
    for k in range(len(_LEVELS)):
        me[_LEVELS[k]] = p[_GIVEN[k]] * trait[_STARTS[k]]
    one = StateTraits(atlas.state_traits, atlas.owner[r], 0)
    other = StateTraits(atlas.state_traits, atlas.rival[r], 0)
    apart = _disagreement(one, other) + _disagreement(other, one)
    usual = spread.start_grievance(p, trait.opposed, trait.proximity, trait.rivalry, apart)
    me.grievance = perception.given(trait.start_grievance, usual)
    me.grievance_floor = me.grievance
    feared = spread.start_fear(p, trait.opposed, trait.proximity, trait.rivalry)
    me.fear = perception.given(trait.start_fear, feared)
    me.pooled_fear = me.fear
    me.resolve = p.start_resolve
    me.capability_error = 1.0
    me.exposure = reaction.exposure(p, one.capability, other.capability)


def _disagreement(neutral: StateTraits, leader: StateTraits) -> float:
    """Return how little a neutral agrees with the leader of a bloc, 0 to 1; 0 of any others."""
    west = where(leader.leads == Bloc.WEST, 1.0 - neutral.west_affinity, 0.0)
    east = where(leader.leads == Bloc.EAST, 1.0 - neutral.east_affinity, 0.0)
    return where(neutral.start_bloc == Bloc.NONE, west + east, 0.0)


def begin_pair(world: World, atlas: Atlas, pair: int, lane: int) -> None:
    """Set a pair's state at the start from its traits, and what each side sees of it."""
    p = Parameters(world.parameters, 0, lane)
    us = Pair(world.pairs, pair, lane)
    trait = PairTraits(atlas.pair_traits, pair, 0)
    us.channel = perception.given(trait.start_channel, p.start_channel)
    us.violence = trait.start_violence
    us.stake = 0.5
    a = Relation(world.relations, atlas.left[pair], lane)
    b = Relation(world.relations, atlas.right[pair], lane)
    _see_start(world, atlas, atlas.left[pair], b, us.violence, lane)
    _see_start(world, atlas, atlas.right[pair], a, us.violence, lane)
    stand_on_rung(us, a, b)


def _see_start(
    world: World, atlas: Atlas, r: int, other: Relation, violence: float, lane: int
) -> None:
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    part = perception.hostile_part(p, greed_of(atlas, p, atlas.rival[r]))
    me.seen_posture = posture_from(world, atlas, atlas.reverse[r], lane)
    arms = arms_from(world, atlas, atlas.reverse[r], lane)
    me.perceived = perception.hostility(
        p, other.rhetoric, me.seen_posture, other.sanctions, arms, violence, part
    )


def begin_state(world: World, atlas: Atlas, i: int, lane: int) -> None:
    """Set a state's state at the start from its traits."""
    p = Parameters(world.parameters, 0, lane)
    state = State(world.states, i, lane)
    trait = StateTraits(atlas.state_traits, i, 0)
    state.bloc = trait.start_bloc
    state.spending = trait.start_spending
    state.lean = trait.start_lean
    state.hosted = p.deployment_given * trait.start_hosted
    state.capability = spread.capability(p, trait.capability, trait.start_spending, 0.0)
    state.nuclear = consultation.nuclear_cover(p, trait.nuclear, state.bloc)
    state.audience = spread.audience(p, trait.democracy)


def begin_economy(world: World, atlas: Atlas, i: int, lane: int) -> None:
    """Let a state's economy be used to the sanctions that are in force at the start."""
    p = Parameters(world.parameters, 0, lane)
    pain, _ = pain_of(world, atlas, p, i, lane)
    State(world.states, i, lane).adaptation = clamp(pain)


def begin(world: World, atlas: Atlas, lane: int) -> None:
    """Set a world to its start."""
    settle_system(world, lane)
    for i in range(len(atlas.state_number)):
        begin_state(world, atlas, i, lane)
    for r in range(len(atlas.owner)):
        begin_relation(world, atlas, r, lane)
    for i in range(len(atlas.state_number)):
        begin_economy(world, atlas, i, lane)
    tally_bases(world, atlas, lane)
    for pair in range(len(atlas.left)):
        begin_pair(world, atlas, pair, lane)
    consult_blocs(world, atlas, lane)
