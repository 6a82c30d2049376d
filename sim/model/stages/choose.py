"""Stages 5 and 6: a state chooses its steps toward a rival, and they take effect."""

from __future__ import annotations

from sim.lanes.randomness import uniforms
from sim.model.parameters import Parameters
from sim.model.roster import Atlas, RelationTraits
from sim.model.rules import choice, ladder, perception
from sim.model.stages.character import firmness_of, greed_of
from sim.model.state import Pair, Relation, State, World
from sim.model.vocabulary import Draw


def choose_relation(world: World, atlas: Atlas, week: int, r: int, lane: int) -> None:
    """Let one state choose, toward one rival, to raise, hold or lower each instrument."""
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
    u_words, u_forces, u_sanctions, u_talks = uniforms(
        world.key, week, atlas.relation_number[r], Draw.CHOOSE, lane
    )
    more = choice.deploy_more(
        p, me.pooled_fear, me.alarm, me.reply, me.grievance, me.perceived, opening,
        me.retaliation, greed, firmness, owner.audience, owner.cohesion, owner.stress,
        me.deployment, trait.proximity, us.salience,
    )  # fmt: skip
    less = choice.deploy_less(
        p, me.pooled_fear, me.alarm, me.perceived, opening, me.retaliation, greed, firmness,
        owner.audience, me.rhetoric, owner.stress, me.deployment, clear, us.talks, us.salience,
    )  # fmt: skip
    me.step_deployment = choice.step(motive * more, less, u_forces)
    more = choice.accuse_more(p, me.pooled_fear, me.alarm, owner.cohesion, firmness, us.salience)
    less = choice.accuse_less(p, me.alarm, me.rhetoric, us.salience)
    me.step_rhetoric = choice.step(motive * more, less, u_words)
    more = choice.sanction_more(p, me.alarm, me.grievance, me.perceived, owner.stress)
    less = choice.sanction_less(p, me.sanctions)
    me.step_sanctions = choice.step(motive * more, less, u_sanctions)
    more = choice.talk_more(p, me.pooled_fear, me.rhetoric, owner.audience, me.diplomacy)
    less = choice.talk_less(p, me.alarm, me.rhetoric, me.diplomacy, motive)
    me.step_diplomacy = choice.step(more, less, u_talks)


def act_relation(world: World, atlas: Atlas, r: int, lane: int) -> None:
    """Let the chosen steps take effect."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    before = me.deployment
    me.rhetoric = ladder.moved(me.rhetoric, me.step_rhetoric)
    me.deployment = ladder.deployed(p, before, me.step_deployment, me.reply)
    me.sanctions = ladder.moved(me.sanctions, me.step_sanctions)
    me.diplomacy = ladder.moved(me.diplomacy, me.step_diplomacy)
    me.fresh = ladder.fresh_display(before, me.deployment)
