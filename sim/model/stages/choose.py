"""Stages 5 and 6: a state chooses its steps toward a rival, and they take effect."""

from __future__ import annotations

from sim.lanes import Floats, anywhere, most, where
from sim.lanes.randomness import uniforms
from sim.model.parameters import Parameters
from sim.model.roster import Atlas, RelationTraits
from sim.model.rules import choice, ladder, perception, reaction
from sim.model.stages.character import (
    firmness_of,
    greed_of,
    leaning_from,
    opening_of,
    sensibility_of,
    shown_by,
)
from sim.model.stages.held import hold_choices, is_held
from sim.model.state import Pair, Relation, State, World
from sim.model.vocabulary import LEVELS, SHOWN, STEPS, Draw, Instrument, Origin, Violence

_LEVELS = tuple(Relation.FIELDS.index(name) for name in LEVELS)
_STEPS = tuple(Relation.FIELDS.index(name) for name in STEPS)


def weights(
    world: World, atlas: Atlas, r: int, instrument: int, provoked: float, lane: int
) -> tuple[float, float]:
    """Return the weights with which one state raises and lowers an instrument toward one rival.

    Args:
        world, atlas, r, lane: see :mod:`sim.model.stages`.
        instrument: which.
        provoked: 1 as things are; 0 without alarm, replies and heat: what it would do of itself.
    """
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    them = Relation(world.relations, atlas.reverse[r], lane)
    us = Pair(world.pairs, atlas.pair[r], lane)
    owner = State(world.states, atlas.owner[r], lane)
    trait = RelationTraits(atlas.relation_traits, r, 0)
    greed = greed_of(atlas, p, atlas.owner[r])
    firmness = firmness_of(atlas, p, atlas.owner[r])
    clear = perception.clarity(p, us.channel)
    opening = opening_of(world, atlas, p, r, lane)
    heat = provoked * reaction.heat(me.score, greed, me.retaliation)
    alarm = provoked * me.alarm
    motive = choice.motive(p, me.pooled_fear, me.grievance, heat, opening)
    if instrument == Instrument.RHETORIC:
        accuse = choice.accuse_more(
            p, me.pooled_fear, alarm, heat, owner.cohesion, firmness, us.salience
        )
        return motive * accuse, choice.accuse_less(p, alarm, me.rhetoric, us.salience)
    if instrument == Instrument.DEPLOYMENT:
        deploy = choice.deploy_more(
            p, me.pooled_fear, alarm, provoked * me.reply, heat, me.grievance, me.perceived,
            opening, me.retaliation, greed, firmness, owner.audience, owner.cohesion,
            owner.stress, me.deployment, trait.proximity, us.salience,
        )  # fmt: skip
        relief = choice.relief(p, them.sanctions, owner.stress, owner.audience, them.rhetoric)
        withdraw = choice.deploy_less(
            p, me.pooled_fear, alarm, heat, me.perceived, opening, me.retaliation, greed,
            firmness, owner.audience, me.rhetoric, owner.stress, me.deployment, clear, us.talks,
            relief, us.salience,
        )  # fmt: skip
        return motive * me.exposure * deploy, withdraw
    if instrument == Instrument.SANCTIONS:
        away = leaning_from(world, atlas, r, lane)
        sanction = choice.sanction_more(p, alarm, me.grievance, me.perceived, owner.stress, away)
        quiet = (shown_by(them) < SHOWN) & (us.violence == Violence.NONE)
        met = where(quiet, 1.0, 0.0)
        return motive * sanction, choice.sanction_less(p, me.sanctions, met)
    sensibility = sensibility_of(atlas, p, atlas.owner[r])
    talk = choice.talk_more(
        p, me.pooled_fear, sensibility, me.rhetoric, owner.audience, me.diplomacy
    )
    return talk, choice.talk_less(p, alarm, me.rhetoric, me.diplomacy, motive)


def choose_relation(world: World, atlas: Atlas, week: int, r: int, lane: int) -> None:
    """Let one state choose, toward one rival, to raise, hold or lower each instrument."""
    me = Relation(world.relations, r, lane)
    u_words, u_forces, u_sanctions, u_talks = uniforms(
        world.key, week, atlas.relation_number[r], Draw.CHOOSE, lane
    )
    _choose_forces(world, atlas, r, u_forces, lane)
    _choose_words(world, atlas, r, u_words, lane)
    more, less = weights(world, atlas, r, Instrument.SANCTIONS, 1.0, lane)
    me.step_sanctions = choice.step(more, less, u_sanctions)
    more, less = weights(world, atlas, r, Instrument.DIPLOMACY, 1.0, lane)
    me.step_diplomacy = choice.step(more, less, u_talks)


def _choose_forces(world: World, atlas: Atlas, r: int, u: float, lane: int) -> None:
    """Let one state choose how to deploy against one rival, and how ready it is to strike.

    An act goes back to the other's last one if, with the same luck, it would not have been without
    the alarm, the reply and the heat that the other called forth; to a misreading if it would not
    have been without the alarm that came of one.
    """
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    them = Relation(world.relations, atlas.reverse[r], lane)
    us = Pair(world.pairs, atlas.pair[r], lane)
    trait = RelationTraits(atlas.relation_traits, r, 0)
    greed = greed_of(atlas, p, atlas.owner[r])
    firmness = firmness_of(atlas, p, atlas.owner[r])
    opening = opening_of(world, atlas, p, r, lane)
    me.heat = reaction.heat(me.score, greed, me.retaliation)
    me.motive = choice.motive(p, me.pooled_fear, me.grievance, me.heat, opening)
    me.reason = where(opening > me.pooled_fear + me.grievance, Origin.GAIN, Origin.OWN)
    me.strike = reaction.strike(
        p, me.motive, me.exposure, trait.proximity, opening, (1.0 - greed) * me.pooled_fear,
        firmness, me.perceived, me.retaliation, reaction.mobilised(shown_by(them)), us.talks,
        us.salience,
    )  # fmt: skip
    more, less = weights(world, atlas, r, Instrument.DEPLOYMENT, 1.0, lane)
    me.step_deployment = choice.step(more, less, u)
    again = choice.renewed(more, less, choice.renew(p, me.heat, me.deployment), u)
    me.fresh = where(again, 1.0, 0.0)
    me.due_trace = 0.0
    acts = (me.step_deployment > 0.0) | again
    if anywhere(acts):
        calm, rest = weights(world, atlas, r, Instrument.DEPLOYMENT, 0.0, lane)
        routine = choice.renew(p, 0.0, me.deployment)
        of_itself = (choice.step(calm, rest, u) > 0.0) | choice.renewed(calm, rest, routine, u)
        fewer = more * reaction.without_misreading(p.deploy_alarm, me.misled, greed)
        longer = less / reaction.without_misreading(p.withdraw_alarm, me.misled, greed)
        renewing = choice.renew(p, me.heat, me.deployment)
        read_right = (choice.step(fewer, longer, u) > 0.0) | choice.renewed(
            fewer, longer, renewing, u
        )
        provoked = where(read_right, reaction.linked(them.trace), reaction.begun(Origin.MISREADING))
        trace = where(of_itself, reaction.begun(me.reason), provoked)
        me.due_trace = where(acts, trace, 0.0)


def _choose_words(world: World, atlas: Atlas, r: int, u: float, lane: int) -> None:
    """Let one state choose what to say of one rival; words have a trace as forces have."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    them = Relation(world.relations, atlas.reverse[r], lane)
    more, less = weights(world, atlas, r, Instrument.RHETORIC, 1.0, lane)
    me.step_rhetoric = choice.step(more, less, u)
    me.due_words = 0.0
    speaks = me.step_rhetoric > 0.0
    if anywhere(speaks):
        calm, rest = weights(world, atlas, r, Instrument.RHETORIC, 0.0, lane)
        of_itself = choice.step(calm, rest, u) > 0.0
        fewer = more * reaction.without_misreading(p.accuse_alarm, me.misled, 0.0)
        longer = less / reaction.without_misreading(p.soften_alarm, me.misled, 0.0)
        read_right = choice.step(fewer, longer, u) > 0.0
        provoked = where(read_right, reaction.linked(them.trace), reaction.begun(Origin.MISREADING))
        trace = where(of_itself, reaction.begun(me.reason), provoked)
        me.due_words = where(speaks, trace, 0.0)


def note_weights(world: World, atlas: Atlas, r: int, out: Floats, lane: int) -> None:
    """Write into ``out``, ``[instrument, 2]``, what one state weighs toward one rival."""
    for instrument in range(len(_LEVELS)):
        more, less = weights(world, atlas, r, instrument, 1.0, lane)
        out[instrument, 0], out[instrument, 1] = more, less


def act_relation(world: World, atlas: Atlas, week: int, r: int, lane: int) -> None:
    """Let the chosen steps take effect, or what is held in their place."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    if is_held(atlas, week):
        hold_choices(atlas, week, r, me)
    before = me.deployment
    said = me.rhetoric
    for k in range(len(_LEVELS)):
        if k != Instrument.DEPLOYMENT:
            me[_LEVELS[k]] = ladder.moved(me[_LEVELS[k]], me[_STEPS[k]])
    me.deployment = ladder.deployed(p, before, me.step_deployment, me.reply)
    kept = where((before >= SHOWN) & (me.deployment >= SHOWN), me.fresh, 0.0)
    me.fresh = most(kept, ladder.fresh_display(before, me.deployment))
    words = where(me.rhetoric > said, me.due_words, me.trace)
    me.trace = where(me.fresh > 0.0, me.due_trace, words)
