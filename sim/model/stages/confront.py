"""Stages 6 and 7: forces slip and meet, sides stand or yield, violence begins and ends."""

from __future__ import annotations

from sim.lanes import anywhere, most, where
from sim.lanes.arithmetic import logistic
from sim.lanes.randomness import uniforms
from sim.model.parameters import Parameters
from sim.model.roster import Atlas, PairTraits, RelationTraits, StateTraits
from sim.model.rules import appraisal, confrontation, ladder, perception
from sim.model.stages.character import firmness_of, greed_of
from sim.model.state import Pair, Relation, State, System, World
from sim.model.vocabulary import SHOWN, Bloc, Draw, Rung, Violence


def _slip(
    atlas: Atlas, p: Parameters, r: int, me: Relation, them: Relation, us: Pair, u: float
) -> None:
    """Let one side's forces have an accident (1 force, -1 an unintended display)."""
    trait = RelationTraits(atlas.relation_traits, r, 0)
    odds = trait.accident_odds * ladder.accident_odds(
        p, trait.proximity, me.deployment, them.deployment, me.fear, them.fear, us.rung,
        us.salience,
    )  # fmt: skip
    me.accident = perception.mistake(odds, perception.given(trait.force_share, p.force_share), u)


def _readiness(
    world: World, atlas: Atlas, r: int, them: Relation, us: Pair, u: float, lane: int
) -> float:
    """Return one side's log-odds of standing firm, on what it believes of the other."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    trait = RelationTraits(atlas.relation_traits, r, 0)
    owner = State(world.states, atlas.owner[r], lane)
    rival = State(world.states, atlas.rival[r], lane)
    pressed = perception.pressure(p, perception.clarity(p, us.channel), us.rung)
    me.misread_resolve = perception.mistake(
        p.misjudged_resolve * trait.resolve_odds * pressed,
        perception.given(trait.yielding_share, p.yielding_share),
        u,
    )
    believed = confrontation.believed_resolve(p, me.resolve, me.misread_resolve)
    theirs = appraisal.share(rival.pooled_capability, owner.pooled_capability)
    return confrontation.standing(
        p, me.grievance, me.pooled_fear, owner.audience, me.rhetoric,
        firmness_of(atlas, p, atlas.owner[r]), greed_of(atlas, p, atlas.owner[r]), believed,
        theirs * me.capability_error, owner.nuclear * rival.nuclear, us.rung, owner.cohesion,
    )  # fmt: skip


def _settle(p: Parameters, me: Relation, their_stance: float) -> None:
    """Let one side bear the outcome: displays after accidents, steps down, lessons learned."""
    slipped = (me.accident < 0.0) & (p.deployment_strength > 0.0)
    shown = where(slipped, most(me.deployment, SHOWN), me.deployment)
    me.fresh = most(me.fresh, ladder.fresh_display(me.deployment, shown))
    me.fresh = most(me.fresh, p.force_impulse * me.force)
    me.deployment = where(me.stance < 0.0, confrontation.backed_down(shown), shown)
    me.resolve = confrontation.learned(p, me.resolve, their_stance)


def confront_pair(world: World, atlas: Atlas, week: int, pair: int, lane: int) -> None:
    """Let forces slip and meet, sides stand or yield, violence begin and end."""
    p = Parameters(world.parameters, 0, lane)
    ra, rb = atlas.left[pair], atlas.right[pair]
    a, b = Relation(world.relations, ra, lane), Relation(world.relations, rb, lane)
    us = Pair(world.pairs, pair, lane)
    system = System(world.system, 0, lane)
    u_slip_a, u_stand_a, u_answer_a, u_judge_a = uniforms(
        world.key, week, atlas.relation_number[ra], Draw.ACT, lane
    )
    u_slip_b, u_stand_b, u_answer_b, u_judge_b = uniforms(
        world.key, week, atlas.relation_number[rb], Draw.ACT, lane
    )
    u_meet, u_end, u_war, u_nuclear = uniforms(
        world.key, week, atlas.pair_number[pair], Draw.CONFRONT, lane
    )
    begun = (most(a.fresh, b.fresh) > 0.0) & (us.rung < Rung.DISPLAY)
    system.crises += where(begun, 1.0, 0.0)
    _slip(atlas, p, ra, a, b, us, u_slip_a)
    _slip(atlas, p, rb, b, a, us, u_slip_b)

    trait = PairTraits(atlas.pair_traits, pair, 0)
    meet = u_meet < ladder.incident_odds(
        p, a.deployment, b.deployment, a.reply, b.reply, trait.proximity, us.violence, us.salience
    )
    a.stance, b.stance = 0.0, 0.0
    a.misread_resolve, b.misread_resolve = 0.0, 0.0
    us.new_clash = 0.0
    slipped = (a.accident != 0.0) | (b.accident != 0.0)
    forced = (a.force > 0.0) | (b.force > 0.0) | (us.violence > Violence.NONE)
    if anywhere(meet | slipped | forced):
        ready_a = _readiness(world, atlas, ra, b, us, u_judge_a, lane)
        ready_b = _readiness(world, atlas, rb, a, us, u_judge_b, lane)
        a.stance = where(meet, where(u_stand_a < logistic(ready_a), 1.0, -1.0), 0.0)
        b.stance = where(meet, where(u_stand_b < logistic(ready_b), 1.0, -1.0), 0.0)
        a.misread_resolve = where(meet, a.misread_resolve, 0.0)
        b.misread_resolve = where(meet, b.misread_resolve, 0.0)
        system.stands += most(0.0, a.stance) + most(0.0, b.stance)
        system.yields += most(0.0, -a.stance) + most(0.0, -b.stance)
        _strike(p, a, b, us, ready_a, ready_b, u_answer_a, u_answer_b)
        _burn(world, atlas, pair, u_war, u_nuclear, u_end, lane)


def _strike(
    p: Parameters, a: Relation, b: Relation, us: Pair, ready_a: float, ready_b: float,
    u_answer_a: float, u_answer_b: float,
) -> None:  # fmt: skip
    """Let force be used and answered, and both sides bear the outcome."""
    fight = where((a.stance > 0.0) & (b.stance > 0.0), 1.0, 0.0)
    struck_a = most(most(fight, a.accident), a.force)
    struck_b = most(most(fight, b.accident), b.force)
    answer_a = where(u_answer_a < logistic(ready_a + p.retaliation), most(0.0, struck_b), 0.0)
    answer_b = where(u_answer_b < logistic(ready_b + p.retaliation), most(0.0, struck_a), 0.0)
    at_war = where(us.violence > Violence.CLASH, 1.0, 0.0)
    a.force = most(at_war, most(0.0, most(struck_a, answer_a)))
    b.force = most(at_war, most(0.0, most(struck_b, answer_b)))
    stance_a = a.stance
    _settle(p, a, b.stance)
    _settle(p, b, stance_a)


def _call_allies(system: System, leads: float, struck: float, clash: float) -> None:
    """Tell a bloc that the leader of the other (bloc ``leads``) newly clashed with a member."""
    if leads == Bloc.EAST:
        hit = where(struck == Bloc.WEST, clash, 0.0)
        system.west_attacked = most(system.west_attacked, hit)
    if leads == Bloc.WEST:
        hit = where(struck == Bloc.EAST, clash, 0.0)
        system.east_attacked = most(system.east_attacked, hit)


def _burn(
    world: World, atlas: Atlas, pair: int, u_war: float, u_nuclear: float,
    u_end: float, lane: int,
) -> None:  # fmt: skip
    """Let violence begin, grow and end; tell the blocs of a leader's new clash."""
    p = Parameters(world.parameters, 0, lane)
    ra, rb = atlas.left[pair], atlas.right[pair]
    us, system = Pair(world.pairs, pair, lane), System(world.system, 0, lane)
    i, j = atlas.owner[ra], atlas.owner[rb]
    one, other = State(world.states, i, lane), State(world.states, j, lane)
    weapons_i = StateTraits(atlas.state_traits, i, 0).nuclear
    weapons_j = StateTraits(atlas.state_traits, j, 0).nuclear
    war = where(u_war < confrontation.war_odds(p, one.nuclear * other.nuclear), 1.0, 0.0)
    nuclear = where(u_nuclear < confrontation.nuclear_odds(p, weapons_i, weapons_j), 1.0, 0.0)
    before = us.violence
    us.violence = confrontation.violence(
        p, before, Relation(world.relations, ra, lane).force,
        Relation(world.relations, rb, lane).force, war, nuclear, us.talks, u_end,
    )  # fmt: skip
    us.new_clash = where((before == Violence.NONE) & (us.violence > Violence.NONE), 1.0, 0.0)
    _call_allies(system, StateTraits(atlas.state_traits, i, 0).leads, other.bloc, us.new_clash)
    _call_allies(system, StateTraits(atlas.state_traits, j, 0).leads, one.bloc, us.new_clash)
