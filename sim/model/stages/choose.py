"""Stages 5 and 6: a state chooses its steps toward a rival, and they take effect."""

from __future__ import annotations

from sim.lanes import Floats
from sim.lanes.randomness import uniforms
from sim.model.parameters import Parameters
from sim.model.roster import Atlas, RelationTraits
from sim.model.rules import choice, ladder, perception
from sim.model.stages.character import firmness_of, greed_of
from sim.model.state import Pair, Relation, State, World
from sim.model.vocabulary import LEVELS, STEPS, Draw, Instrument

_LEVELS = tuple(Relation.FIELDS.index(name) for name in LEVELS)
_STEPS = tuple(Relation.FIELDS.index(name) for name in STEPS)


def weights(world: World, atlas: Atlas, r: int, instrument: int, lane: int) -> tuple[float, float]:
    """Return the weights with which one state raises and lowers an instrument toward one rival."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    us = Pair(world.pairs, atlas.pair[r], lane)
    owner = State(world.states, atlas.owner[r], lane)
    trait = RelationTraits(atlas.relation_traits, r, 0)
    greed = greed_of(atlas, p, atlas.owner[r])
    firmness = firmness_of(atlas, p, atlas.owner[r])
    clear = perception.clarity(p, us.channel)
    opening = choice.opportunity(p, greed, me.retaliation)
    motive = choice.motive(me.pooled_fear, me.grievance, opening)
    if instrument == Instrument.RHETORIC:
        accuse = choice.accuse_more(
            p, me.pooled_fear, me.alarm, owner.cohesion, firmness, us.salience
        )
        return motive * accuse, choice.accuse_less(p, me.alarm, me.rhetoric, us.salience)
    if instrument == Instrument.DEPLOYMENT:
        deploy = choice.deploy_more(
            p, me.pooled_fear, me.alarm, me.reply, me.grievance, me.perceived, opening,
            me.retaliation, greed, firmness, owner.audience, owner.cohesion, owner.stress,
            me.deployment, trait.proximity, us.salience,
        )  # fmt: skip
        withdraw = choice.deploy_less(
            p, me.pooled_fear, me.alarm, me.perceived, opening, me.retaliation, greed, firmness,
            owner.audience, me.rhetoric, owner.stress, me.deployment, clear, us.talks, us.salience,
        )  # fmt: skip
        return motive * deploy, withdraw
    if instrument == Instrument.SANCTIONS:
        sanction = choice.sanction_more(p, me.alarm, me.grievance, me.perceived, owner.stress)
        return motive * sanction, choice.sanction_less(p, me.sanctions)
    talk = choice.talk_more(p, me.pooled_fear, me.rhetoric, owner.audience, me.diplomacy)
    return talk, choice.talk_less(p, me.alarm, me.rhetoric, me.diplomacy, motive)


def choose_relation(world: World, atlas: Atlas, week: int, r: int, lane: int) -> None:
    """Let one state choose, toward one rival, to raise, hold or lower each instrument."""
    me = Relation(world.relations, r, lane)
    u_words, u_forces, u_sanctions, u_talks = uniforms(
        world.key, week, atlas.relation_number[r], Draw.CHOOSE, lane
    )
    more, less = weights(world, atlas, r, Instrument.RHETORIC, lane)
    me.step_rhetoric = choice.step(more, less, u_words)
    more, less = weights(world, atlas, r, Instrument.DEPLOYMENT, lane)
    me.step_deployment = choice.step(more, less, u_forces)
    more, less = weights(world, atlas, r, Instrument.SANCTIONS, lane)
    me.step_sanctions = choice.step(more, less, u_sanctions)
    more, less = weights(world, atlas, r, Instrument.DIPLOMACY, lane)
    me.step_diplomacy = choice.step(more, less, u_talks)


def note_weights(world: World, atlas: Atlas, r: int, out: Floats, lane: int) -> None:
    """Write into ``out``, ``[instrument, 2]``, what one state weighs toward one rival."""
    for instrument in range(len(_LEVELS)):
        more, less = weights(world, atlas, r, instrument, lane)
        out[instrument, 0], out[instrument, 1] = more, less


def act_relation(world: World, atlas: Atlas, r: int, lane: int) -> None:
    """Let the chosen steps take effect."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    before = me.deployment
    for k in range(len(_LEVELS)):
        if k != Instrument.DEPLOYMENT:
            me[_LEVELS[k]] = ladder.moved(me[_LEVELS[k]], me[_STEPS[k]])
    me.deployment = ladder.deployed(p, before, me.step_deployment, me.reply)
    me.fresh = ladder.fresh_display(before, me.deployment)
