"""Stage 8: allies join, neutrals move, and everything slow takes its step."""

from __future__ import annotations

from sim.lanes import anywhere, least, most, where
from sim.lanes.randomness import uniforms
from sim.model.parameters import Parameters
from sim.model.roster import Atlas, PairTraits, RelationTraits, StateTraits
from sim.model.rules import choice, confrontation, reaction, spread
from sim.model.stages.character import can_deploy, firmness_of, leaning_from, pain_of
from sim.model.stages.events import accede
from sim.model.stages.held import held
from sim.model.state import Pair, Relation, State, System, World
from sim.model.vocabulary import (
    HELD_CHANNEL,
    HELD_JOINING,
    HELD_MEDIATION,
    SHOWN,
    SIDES,
    Bloc,
    Draw,
    Origin,
    Violence,
)


def join_state(world: World, atlas: Atlas, week: int, i: int, lane: int) -> None:
    """Draw a state into, or leave it out of, its allies' new clash with the other leader."""
    p = Parameters(world.parameters, 0, lane)
    state, system = State(world.states, i, lane), System(world.system, 0, lane)
    trait = StateTraits(atlas.state_traits, i, 0)
    state.joined_fight = 0.0
    if anywhere((system.west_attacked > 0.0) | (system.east_attacked > 0.0)):
        may = held(atlas, week, HELD_JOINING, i, 1.0 - state.joined_fight) > 0.0
        u, _, _, _ = uniforms(world.key, week, atlas.state_number[i], Draw.SPREAD, lane)
        for side in range(2):
            r = atlas.toward[i, 1 - side]
            if r >= 0:
                me = Relation(world.relations, r, lane)
                us = Pair(world.pairs, atlas.pair[r], lane)
                called = system.west_attacked if side == 0 else system.east_attacked
                near = RelationTraits(atlas.relation_traits, r, 0).proximity
                leaning = leaning_from(world, atlas, r, lane)
                ties = confrontation.ties(p, state.bloc, SIDES[side], leaning)
                odds = confrontation.joining_odds(p, near, me.fear, trait.leads, called, ties)
                joins = (
                    (called > 0.0)
                    & (us.violence == Violence.NONE)
                    & (me.deployment < SHOWN)
                    & (u < odds)
                    & can_deploy(p)
                    & may
                )
                me.deployment = where(joins, SHOWN, me.deployment)
                me.fresh = where(joins, 1.0, me.fresh)
                me.trace = where(joins, reaction.begun(Origin.DRAWN_IN), me.trace)
                state.joined_fight = where(joins, 1.0, state.joined_fight)
        system.joins += state.joined_fight


def settle_pair(world: World, atlas: Atlas, week: int, pair: int, lane: int) -> None:
    """Let a neutral mediate, and channel quality move."""
    p = Parameters(world.parameters, 0, lane)
    us, system = Pair(world.pairs, pair, lane), System(world.system, 0, lane)
    a = Relation(world.relations, atlas.left[pair], lane)
    b = Relation(world.relations, atlas.right[pair], lane)
    u, _, _, _ = uniforms(world.key, week, atlas.pair_number[pair], Draw.SPREAD, lane)
    odds = choice.mediation_odds(p, us.rung, us.violence, system.mediators)
    us.mediated = held(atlas, week, HELD_MEDIATION, pair, where(u < odds, 1.0, 0.0))
    us.talks = choice.talks(p, us.talks, us.mediated)
    both = least(a.diplomacy, b.diplomacy)
    cut = ((a.step_diplomacy < 0.0) & (a.diplomacy == 0.0)) | (
        (b.step_diplomacy < 0.0) & (b.diplomacy == 0.0)
    )
    leaders = PairTraits(atlas.pair_traits, pair, 0).leaders
    us.channel = spread.channel(p, us.channel, both, a.perceived, b.perceived, leaders)
    quality = us.channel * where(cut, 1.0 - p.expulsion_cost, 1.0)
    us.channel = held(atlas, week, HELD_CHANNEL, pair, quality)


def live_state(world: World, atlas: Atlas, i: int, lane: int) -> None:
    """Move a state's economy, spending and cohesion by what its relations went through."""
    p = Parameters(world.parameters, 0, lane)
    state = State(world.states, i, lane)
    pain, covered = pain_of(world, atlas, p, i, lane)
    clashes, yields, rallying, threat, grievance = 0.0, 0.0, 0.0, 0.0, 0.0
    for r in range(atlas.first[i], atlas.first[i + 1]):
        me = Relation(world.relations, r, lane)
        clashes += Pair(world.pairs, atlas.pair[r], lane).new_clash
        yields += where(me.stance < 0.0, 1.0, 0.0)
        rallying = most(rallying, me.rhetoric * me.pooled_fear)
        rival = State(world.states, atlas.rival[r], lane)
        usual = StateTraits(atlas.state_traits, atlas.rival[r], 0).capability
        arms = rival.capability / most(usual, 1e-9)
        threat = most(threat, me.pooled_fear * arms)
        grievance = most(grievance, me.grievance)
    state.stress = spread.stress(p, pain, state.adaptation)
    state.adaptation = spread.adaptation(p, state.adaptation, pain, covered)
    state.cohesion = spread.cohesion(p, state.cohesion, clashes, rallying, yields, state.audience)
    state.spending = spread.spending(p, state.spending, threat, grievance, state.stress)


def recount_state(world: World, atlas: Atlas, week: int, i: int, lane: int) -> None:
    """Recount a state's capability; let a neutral lean, and perhaps join a bloc."""
    p = Parameters(world.parameters, 0, lane)
    state = State(world.states, i, lane)
    trait = StateTraits(atlas.state_traits, i, 0)
    state.capability = spread.capability(p, trait.capability, state.spending, state.stress)
    west, east = atlas.toward[i, 0], atlas.toward[i, 1]
    if west >= 0 and east >= 0 and trait.mediator > 0.0:
        of_west = Relation(world.relations, west, lane).fear
        of_east = Relation(world.relations, east, lane).fear
        neutral = state.bloc == Bloc.NONE
        leaning = spread.lean(p, state.lean, of_east, of_west)
        state.lean = where(neutral, leaning, state.lean)
        _, u, _, _ = uniforms(world.key, week, atlas.state_number[i], Draw.SPREAD, lane)
        joins = neutral & (u < spread.accession_odds(p, state.lean))
        if anywhere(joins):
            side = where(state.lean > 0.0, Bloc.WEST, Bloc.EAST)
            accede(world, atlas, i, side, where(joins, 1.0, 0.0), lane)


def remember_relation(world: World, atlas: Atlas, r: int, lane: int) -> None:
    """Move grievance, and belief in the rival's resolve."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    them = Relation(world.relations, atlas.reverse[r], lane)
    rival = State(world.states, atlas.rival[r], lane)
    me.grievance = spread.grievance(p, me.grievance, me.grievance_floor, them.sanctions, them.force)
    me.score = reaction.struck(p, me.score, them.force)
    firmness = firmness_of(atlas, p, atlas.rival[r])
    me.resolve = spread.resolve(
        p, me.resolve, them.deployment, them.rhetoric, firmness, rival.audience
    )
