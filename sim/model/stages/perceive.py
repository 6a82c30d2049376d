"""Stages 2 and 3: a state reads what a rival does, and fear moves."""

from __future__ import annotations

from sim.lanes import most, where
from sim.lanes.randomness import uniforms
from sim.model.parameters import Parameters
from sim.model.roster import Atlas, RelationTraits
from sim.model.rules import appraisal, perception, reaction
from sim.model.stages.character import (
    arms_from,
    felt_from,
    greed_of,
    posture_from,
    sensibility_of,
)
from sim.model.stages.held import held
from sim.model.state import Pair, Relation, State, System, World
from sim.model.vocabulary import HELD_MISTAKE, Draw, Miscalculation


def perceive_relation(world: World, atlas: Atlas, week: int, r: int, lane: int) -> None:
    """Let one state read what one rival does."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    them = Relation(world.relations, atlas.reverse[r], lane)
    us = Pair(world.pairs, atlas.pair[r], lane)
    trait = RelationTraits(atlas.relation_traits, r, 0)
    u_fog, u_intent, u_capability, u_signal = uniforms(
        world.key, week, atlas.relation_number[r], Draw.PERCEIVE, lane
    )
    clear = perception.clarity(p, us.channel)
    pressed = perception.pressure(p, clear, us.rung)

    part = perception.hostile_part(p, greed_of(atlas, p, atlas.rival[r]))
    theirs = felt_from(world, atlas, atlas.reverse[r], lane)
    arms = arms_from(world, atlas, atlas.reverse[r], lane)
    shown = perception.hostility(p, them.rhetoric, theirs, them.sanctions, arms, us.violence, part)
    seen = perception.through_fog(p, shown, clear, u_fog)
    hostile = perception.given(trait.hostile_share, p.hostile_share + p.fear_bias * me.fear)
    intent = perception.mistake(p.misread_intent * trait.intent_odds * pressed, hostile, u_intent)
    me.misread_intent = held(atlas, week, HELD_MISTAKE + Miscalculation.INTENT, r, intent)
    seen = perception.misread_intent(p, seen, me.misread_intent)
    warned = 1.0 - perception.given(trait.concession_share, p.concession_share)
    signal = perception.mistake(p.lost_signal * trait.signal_odds * pressed, warned, u_signal)
    me.misread_signal = held(atlas, week, HELD_MISTAKE + Miscalculation.SIGNAL, r, signal)
    seen = perception.lose_signal(seen, me.perceived, me.misread_signal)

    wrong = where(me.misread_intent > 0.0, seen - me.perceived, 0.0)
    me.misled = perception.alarm(p, me.misled, wrong)
    me.alarm = perception.alarm(p, me.alarm, seen - me.perceived)
    me.perceived = perception.picture(p, me.perceived, seen)
    me.reply = perception.reply_impulse(p, me.reply, them.fresh, me.misread_signal)
    posture = posture_from(world, atlas, atlas.reverse[r], lane)
    _keep_score(p, me, them, posture, sensibility_of(atlas, p, atlas.owner[r]), part)
    over = perception.given(trait.overestimate_share, p.overestimate_share)
    capability = perception.mistake(
        p.misread_capability * trait.capability_odds * pressed, over, u_capability
    )
    me.misread_capability = held(
        atlas, week, HELD_MISTAKE + Miscalculation.CAPABILITY, r, capability
    )
    me.capability_error = perception.capability_error(p, me.misread_capability)


def _keep_score(
    p: Parameters, me: Relation, them: Relation, posture: float, sensibility: float,
    hostile_part: float,
) -> None:  # fmt: skip
    """Add last week's acts of the other to the score, or let its restraint lower it."""
    shift = 4.0 * (posture - me.seen_posture)
    me.seen_posture = posture
    display = where(them.fresh >= 1.0, 1.0, 0.0)
    raised = most(0.0, shift)
    sanction, word = most(0.0, them.step_sanctions), most(0.0, them.step_rhetoric)
    provoked = reaction.provocation(p, display, raised, sanction, word, hostile_part)
    quiet = where((provoked > 0.0) | (shift > 0.0) | (them.fresh > 0.0), 0.0, 1.0)
    warning = where(me.misread_signal > 0.0, 0.0, provoked)
    felt = warning * reaction.understood(p, sensibility, me.own_acts)
    eased = reaction.reassurance(p, most(0.0, 0.0 - shift), me.own_acts, quiet)
    reassured = where(me.misread_signal < 0.0, 0.0, eased)
    me.score = reaction.score(p, me.score, felt, reassured)


def appraise_relation(world: World, atlas: Atlas, r: int, lane: int) -> None:
    """Move one state's fear of one rival."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    trait = RelationTraits(atlas.relation_traits, r, 0)
    owner, rival = (
        State(world.states, atlas.owner[r], lane),
        State(world.states, atlas.rival[r], lane),
    )
    own = perception.hostility(
        p, me.rhetoric, felt_from(world, atlas, r, lane), me.sanctions,
        arms_from(world, atlas, r, lane), 0.0, 1.0,
    )  # fmt: skip
    sensibility = sensibility_of(atlas, p, atlas.owner[r])
    unprovoked = appraisal.unprovoked(sensibility, me.perceived, own)
    theirs = appraisal.share(rival.capability * me.capability_error, owner.capability)
    greed = greed_of(atlas, p, atlas.owner[r])
    near = most(trait.proximity, _line(world, atlas, r, lane))
    threat = appraisal.threat(p, unprovoked, near, theirs, greed, reaction.trust(me.score))
    me.fear = appraisal.fear(p, me.fear, threat)


def _line(world: World, atlas: Atlas, r: int, lane: int) -> float:
    """Return how near the other bloc's forces stand to a leader, 0 to 1; 0 of anybody else."""
    system = System(world.system, 0, lane)
    line = 0.0
    if atlas.owner[r] == atlas.leaders[1] and atlas.rival[r] == atlas.leaders[0]:
        line = system.west_line
    if atlas.owner[r] == atlas.leaders[0] and atlas.rival[r] == atlas.leaders[1]:
        line = system.east_line
    return line
