"""Stage 4: allies pool fear and capability, leaders appeal to neutrals."""

from __future__ import annotations

from sim.lanes import most, where
from sim.model.parameters import Parameters
from sim.model.roster import Atlas, RelationTraits, StateTraits
from sim.model.rules import appraisal, consultation
from sim.model.state import Relation, State, System, World
from sim.model.vocabulary import Bloc


def consult_blocs(world: World, atlas: Atlas, lane: int) -> None:
    """Sum up each bloc's capability and its fear of the other leader; count willing mediators."""
    system = System(world.system, 0, lane)
    west, east, west_fear, east_fear, between = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(len(atlas.state_number)):
        state = State(world.states, i, lane)
        in_west = where(state.bloc == Bloc.WEST, state.capability, 0.0)
        in_east = where(state.bloc == Bloc.EAST, state.capability, 0.0)
        west += in_west
        east += in_east
        if atlas.toward[i, 1] >= 0:
            west_fear += in_west * Relation(world.relations, atlas.toward[i, 1], lane).fear
        if atlas.toward[i, 0] >= 0:
            east_fear += in_east * Relation(world.relations, atlas.toward[i, 0], lane).fear
        trait = StateTraits(atlas.state_traits, i, 0)
        torn = 1.0 - most(state.lean, -state.lean)
        between += where(state.bloc == Bloc.NONE, trait.mediator * torn, 0.0)
    system.west_capability = west
    system.east_capability = east
    system.west_fear = west_fear / most(west, 1e-12)
    system.east_fear = east_fear / most(east, 1e-12)
    system.mediators = between


def consult_state(world: World, atlas: Atlas, i: int, lane: int) -> None:
    """Let a state count on its bloc, and a neutral hear the leaders' appeals."""
    p = Parameters(world.parameters, 0, lane)
    state = State(world.states, i, lane)
    system = System(world.system, 0, lane)
    trait = StateTraits(atlas.state_traits, i, 0)
    bloc = where(
        state.bloc == Bloc.WEST,
        system.west_capability,
        where(state.bloc == Bloc.EAST, system.east_capability, 0.0),
    )
    state.pooled_capability = consultation.pooled_capability(p, state.capability, bloc)
    west = Relation(world.relations, atlas.toward[atlas.leaders[0], 1], lane).rhetoric
    east = Relation(world.relations, atlas.toward[atlas.leaders[1], 0], lane).rhetoric
    appealed = consultation.appealed(
        p, state.lean, west, east, trait.west_affinity, trait.east_affinity
    )
    state.lean = where(state.bloc == Bloc.NONE, appealed, state.lean)


def consult_relation(world: World, atlas: Atlas, r: int, lane: int) -> None:
    """Pool fear of the other bloc's leader with allies; weigh the retaliation to expect."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    trait = RelationTraits(atlas.relation_traits, r, 0)
    system = System(world.system, 0, lane)
    owner = State(world.states, atlas.owner[r], lane)
    rival = State(world.states, atlas.rival[r], lane)
    allies = where(owner.bloc == Bloc.WEST, system.west_fear, system.east_fear)
    pooled = consultation.pooled_fear(p, me.fear, allies)
    allied = (owner.bloc > Bloc.NONE) & (rival.bloc > Bloc.NONE) & (owner.bloc != rival.bloc)
    if trait.rival_leads > Bloc.NONE:
        me.pooled_fear = where(allied, pooled, me.fear)
    else:
        me.pooled_fear = me.fear
    theirs = appraisal.share(rival.pooled_capability, owner.pooled_capability)
    guarded = where(owner.bloc == rival.bloc, 0.0, rival.hosted)
    me.retaliation = consultation.expected_retaliation(
        p, me.resolve, theirs, me.capability_error, guarded
    )
