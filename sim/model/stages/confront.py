"""Stages 6 and 7: forces slip and meet, sides stand or yield, violence begins and ends."""

from __future__ import annotations

from sim.lanes import anywhere, least, most, where
from sim.lanes.arithmetic import logistic
from sim.lanes.randomness import uniforms
from sim.model.parameters import Parameters
from sim.model.roster import Atlas, PairTraits, RelationTraits, StateTraits
from sim.model.rules import appraisal, confrontation, ladder, perception, reaction, spread
from sim.model.stages.character import (
    can_deploy,
    fielded_by,
    firmness_of,
    greed_of,
    opening_of,
    shown_by,
)
from sim.model.stages.held import held
from sim.model.state import Pair, Relation, State, System, World
from sim.model.vocabulary import (
    HELD_EXCUSED,
    HELD_MET,
    HELD_MISTAKE,
    HELD_STANCE,
    HELD_STRIKE,
    SHOWN,
    Bloc,
    Cause,
    Draw,
    Miscalculation,
    Origin,
    Rung,
    Violence,
)


def _slip(
    atlas: Atlas, p: Parameters, week: int, r: int, me: Relation, them: Relation, us: Pair, u: float
) -> None:
    """Let one side's forces have an accident (1 force, -1 an unintended display)."""
    trait = RelationTraits(atlas.relation_traits, r, 0)
    odds = trait.accident_odds * ladder.accident_odds(
        p, trait.proximity, me.exposure, fielded_by(me), fielded_by(them), me.motive, them.motive,
        us.rung, us.salience,
    )  # fmt: skip
    slip = perception.mistake(odds, perception.given(trait.force_share, p.force_share), u)
    me.accident = held(atlas, week, HELD_MISTAKE + Miscalculation.ACCIDENT, r, slip)


def _readiness(
    world: World, atlas: Atlas, week: int, r: int, them: Relation, us: Pair, u: float, lane: int
) -> float:
    """Return one side's log-odds of standing firm, on what it believes of the other."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    trait = RelationTraits(atlas.relation_traits, r, 0)
    owner = State(world.states, atlas.owner[r], lane)
    rival = State(world.states, atlas.rival[r], lane)
    pressed = perception.pressure(p, perception.clarity(p, us.channel), us.rung)
    wrong = perception.mistake(
        p.misjudged_resolve * trait.resolve_odds * pressed,
        perception.given(trait.yielding_share, p.yielding_share),
        u,
    )
    me.misread_resolve = held(atlas, week, HELD_MISTAKE + Miscalculation.RESOLVE, r, wrong)
    believed = confrontation.believed_resolve(p, me.resolve, me.misread_resolve)
    theirs = appraisal.share(rival.pooled_capability, owner.pooled_capability)
    return confrontation.standing(
        p, me.grievance, me.pooled_fear, owner.audience, me.rhetoric,
        firmness_of(atlas, p, atlas.owner[r]), greed_of(atlas, p, atlas.owner[r]), believed,
        theirs * me.capability_error, owner.nuclear * rival.nuclear, us.rung, owner.cohesion,
    )  # fmt: skip


def _settle(p: Parameters, me: Relation, their_stance: float, meant: float) -> None:
    """Let one side bear the outcome: displays after accidents, steps down, lessons learned."""
    slipped = (me.accident < 0.0) & (meant > 0.0) & can_deploy(p)
    shown = where(slipped, most(me.deployment, SHOWN), me.deployment)
    me.fresh = where(slipped, 1.0, me.fresh)
    me.fresh = most(me.fresh, p.force_impulse * me.force)
    me.deployment = where(me.stance < 0.0, confrontation.backed_down(shown), shown)
    me.exercise = where(me.stance < 0.0, 0.0, me.exercise)
    me.resolve = confrontation.learned(p, me.resolve, their_stance)


def _remember_acts(p: Parameters, me: Relation) -> None:
    """Let an own display or use of force settle what was called for."""
    acted = where((me.fresh >= 1.0) | (me.force > 0.0), 1.0, 0.0)
    me.score = reaction.settled(p, me.score, acted)
    me.reply = me.reply * (1.0 - p.reply_settle * acted)
    me.own_acts = reaction.own_acts(p, me.own_acts, acted)


def _strikes(p: Parameters, me: Relation, them: Relation, u: float) -> float:
    """Return 1 where one side chooses to use force, and trace the act to its root."""
    shown = where(them.fresh >= 1.0, 1.0, 0.0)
    warm = reaction.warmth(p, me.heat, shown)
    own, theirs = fielded_by(me), fielded_by(them)
    odds = reaction.strike_odds(p, me.strike, own, theirs, warm)
    of_itself = reaction.warmth(p, 0.0, 0.0)
    calm = reaction.strike_odds(p, me.strike, own, theirs, of_itself)
    struck = (u < odds) & can_deploy(p)
    provoked = reaction.linked(them.trace)
    me.due_trace = where(u < calm, reaction.begun(me.reason), provoked)
    return where(struck, 1.0, 0.0)


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
    u_force_a, u_force_b, u_meant_a, u_meant_b = uniforms(
        world.key, week, atlas.pair_number[pair], Draw.FORCE, lane
    )
    begun = (most(a.fresh, b.fresh) > 0.0) & (us.rung < Rung.DISPLAY)
    system.crises += where(begun, 1.0, 0.0)
    _slip(atlas, p, week, ra, a, b, us, u_slip_a)
    _slip(atlas, p, week, rb, b, a, us, u_slip_b)

    trait = PairTraits(atlas.pair_traits, pair, 0)
    met = u_meet < ladder.incident_odds(
        p, shown_by(a), shown_by(b), a.reply, b.reply, trait.proximity, us.violence, us.salience
    )
    meet = held(atlas, week, HELD_MET, pair, where(met, 1.0, 0.0)) > 0.0
    strike_a = held(atlas, week, HELD_STRIKE, ra, _strikes(p, a, b, u_force_a))
    strike_b = held(atlas, week, HELD_STRIKE, rb, _strikes(p, b, a, u_force_b))
    a.stance, b.stance = 0.0, 0.0
    a.excused, b.excused = 0.0, 0.0
    a.misread_resolve, b.misread_resolve = 0.0, 0.0
    us.new_clash = 0.0
    us.cause = where(us.violence == Violence.NONE, Cause.NONE, us.cause)
    us.root = where(us.violence == Violence.NONE, 0.0, us.root)
    slipped = (a.accident != 0.0) | (b.accident != 0.0)
    forced = (a.force > 0.0) | (b.force > 0.0) | (us.violence > Violence.NONE)
    chosen = (strike_a > 0.0) | (strike_b > 0.0)
    if anywhere(meet | slipped | forced | chosen):
        ready_a = _readiness(world, atlas, week, ra, b, us, u_judge_a, lane)
        ready_b = _readiness(world, atlas, week, rb, a, us, u_judge_b, lane)
        stance_a = where(u_stand_a < logistic(ready_a), 1.0, -1.0)
        stance_b = where(u_stand_b < logistic(ready_b), 1.0, -1.0)
        a.stance = where(meet, held(atlas, week, HELD_STANCE, ra, stance_a), 0.0)
        b.stance = where(meet, held(atlas, week, HELD_STANCE, rb, stance_b), 0.0)
        a.misread_resolve = where(meet, a.misread_resolve, 0.0)
        b.misread_resolve = where(meet, b.misread_resolve, 0.0)
        system.stands += most(0.0, a.stance) + most(0.0, b.stance)
        system.yields += most(0.0, -a.stance) + most(0.0, -b.stance)
        clear = perception.clarity(p, us.channel)
        meant_a = _is_meant(atlas, p, week, ra, a, b, clear, u_meant_a)
        meant_b = _is_meant(atlas, p, week, rb, b, a, clear, u_meant_b)
        _know_cause(a, b, us, strike_a, strike_b, meant_a, meant_b)
        _strike(p, a, b, us, strike_a, strike_b, meant_a, meant_b, ready_a, ready_b,
                u_answer_a, u_answer_b)  # fmt: skip
        _burn(world, atlas, pair, u_war, u_nuclear, u_end, lane)
    _concede(world, atlas, pair, lane)
    _remember_acts(p, a)
    _remember_acts(p, b)


def _is_meant(
    atlas: Atlas, p: Parameters, week: int, r: int, me: Relation, them: Relation, clarity: float,
    u: float,
) -> float:  # fmt: skip
    """Return 1 where the other side takes an accident of this one for meant, else 0."""
    slipped = me.accident != 0.0
    read = u < reaction.taken_as_meant(p, them.heat, clarity)
    excused = held(atlas, week, HELD_EXCUSED, r, where(read, 0.0, 1.0))
    meant = excused < 1.0
    me.excused = where(slipped, excused, 0.0)
    me.trace = where(slipped & meant, reaction.begun(Origin.ACCIDENT), me.trace)
    return where(slipped & meant, 1.0, 0.0)


def _know_cause(
    a: Relation, b: Relation, us: Pair, strike_a: float, strike_b: float, meant_a: float,
    meant_b: float,
) -> None:  # fmt: skip
    """Note what a clash that may begin now comes of, and the trace of the act that begins it."""
    event = (a.force > 0.0) | (b.force > 0.0)
    met = (a.stance > 0.0) & (b.stance > 0.0)
    chosen = most(strike_a, strike_b) > 0.0
    slipped = most(meant_a * a.accident, meant_b * b.accident) > 0.0
    cause = where(slipped, Cause.ACCIDENT, Cause.NONE)
    cause = where(chosen, Cause.CHOICE, cause)
    cause = where(met, Cause.MET, cause)
    cause = where(event, Cause.EVENT, cause)
    struck_a = where(strike_a > 0.0, a.due_trace, 0.0)
    struck_b = where(strike_b > 0.0, b.due_trace, 0.0)
    root = where(slipped, reaction.begun(Origin.ACCIDENT), 0.0)
    root = where(chosen, most(struck_a, struck_b), root)
    stood = most(a.trace, b.trace)
    root = where(met, where(stood > 0.0, stood, reaction.begun(Origin.STANDING)), root)
    root = where(event, reaction.begun(Origin.EVENT), root)
    cause = where(root == reaction.begun(Origin.DRAWN_IN), Cause.DRAWN_IN, cause)
    quiet = us.violence == Violence.NONE
    us.cause = where(quiet, cause, us.cause)
    us.root = where(quiet, root, us.root)


def _strike(
    p: Parameters, a: Relation, b: Relation, us: Pair, strike_a: float, strike_b: float,
    meant_a: float, meant_b: float, ready_a: float, ready_b: float, u_answer_a: float,
    u_answer_b: float,
) -> None:  # fmt: skip
    """Let force be used and answered, and both sides bear the outcome."""
    fight = where((a.stance > 0.0) & (b.stance > 0.0), 1.0, 0.0)
    a.trace = where(strike_a > 0.0, a.due_trace, a.trace)
    b.trace = where(strike_b > 0.0, b.due_trace, b.trace)
    struck_a = most(most(most(fight, meant_a * a.accident), a.force), strike_a)
    struck_b = most(most(most(fight, meant_b * b.accident), b.force), strike_b)
    answer_a = where(u_answer_a < logistic(ready_a + p.retaliation), most(0.0, struck_b), 0.0)
    answer_b = where(u_answer_b < logistic(ready_b + p.retaliation), most(0.0, struck_a), 0.0)
    trace_a, trace_b = a.trace, b.trace
    a.trace = where((answer_a > 0.0) & (struck_a <= 0.0), reaction.linked(trace_b), trace_a)
    b.trace = where((answer_b > 0.0) & (struck_b <= 0.0), reaction.linked(trace_a), trace_b)
    at_war = where(us.violence > Violence.CLASH, 1.0, 0.0)
    a.force = most(at_war, most(0.0, most(struck_a, answer_a)))
    b.force = most(at_war, most(0.0, most(struck_b, answer_b)))
    stance_a = a.stance
    _settle(p, a, b.stance, meant_a)
    _settle(p, b, stance_a, meant_b)


def _concede(world: World, atlas: Atlas, pair: int, lane: int) -> None:
    """Let what is at issue change hands where one side gives way."""
    p = Parameters(world.parameters, 0, lane)
    ra, rb = atlas.left[pair], atlas.right[pair]
    a, b = Relation(world.relations, ra, lane), Relation(world.relations, rb, lane)
    us = Pair(world.pairs, pair, lane)
    shown_a, shown_b = shown_by(a), shown_by(b)
    open_a, open_b = opening_of(world, atlas, p, ra, lane), opening_of(world, atlas, p, rb, lane)
    held_a, held_b = us.stake, 1.0 - us.stake
    gave_a = confrontation.lost(p, held_a, a.stance, b.stance, a.force, b.force)
    gave_b = confrontation.lost(p, held_b, b.stance, a.stance, b.force, a.force)
    crept_b = confrontation.encroached(p, held_a, open_b, shown_b, shown_a, us.rung)
    crept_a = confrontation.encroached(p, held_b, open_a, shown_a, shown_b, us.rung)
    loss_a, loss_b = least(held_a, gave_a + crept_b), least(held_b, gave_b + crept_a)
    us.stake = held_a - loss_a + loss_b
    a.grievance = spread.lessened(p, a.grievance, loss_a)
    b.grievance = spread.lessened(p, b.grievance, loss_b)
    bloc_a = State(world.states, atlas.owner[ra], lane).bloc
    bloc_b = State(world.states, atlas.owner[rb], lane).bloc
    system = System(world.system, 0, lane)
    _count_loss(system, where(gave_a > 0.0, 1.0, 0.0), loss_a, bloc_a, bloc_b)
    _count_loss(system, where(gave_b > 0.0, 1.0, 0.0), loss_b, bloc_b, bloc_a)


def _count_loss(system: System, gave: float, loss: float, loser: float, winner: float) -> None:
    """Count that a side gave way (1), and what the other took, unless the two are of one bloc."""
    apart = where(loser == winner, 0.0, 1.0)
    system.west_concessions += where(loser == Bloc.WEST, apart * gave, 0.0)
    system.east_concessions += where(loser == Bloc.EAST, apart * gave, 0.0)
    system.west_gains += where(winner == Bloc.WEST, apart * loss, 0.0)
    system.east_gains += where(winner == Bloc.EAST, apart * loss, 0.0)


def _call_allies(system: System, leads: float, struck: float, clash: float) -> None:
    """Tell a bloc that the leader of the other (bloc ``leads``) newly clashed with a member.

    ``clash`` is 0, or how loudly the attack calls.
    """
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
    after = confrontation.violence(
        p, before, Relation(world.relations, ra, lane).force,
        Relation(world.relations, rb, lane).force, war, nuclear, us.talks, u_end,
    )  # fmt: skip
    us.violence = where(us.declared > 0.0, before, after)  # a dated war lasts its week
    us.new_clash = where((before == Violence.NONE) & (us.violence > Violence.NONE), 1.0, 0.0)
    call_i = us.new_clash * confrontation.called(p, one.hosted)
    call_j = us.new_clash * confrontation.called(p, other.hosted)
    _call_allies(system, StateTraits(atlas.state_traits, i, 0).leads, other.bloc, call_j)
    _call_allies(system, StateTraits(atlas.state_traits, j, 0).leads, one.bloc, call_i)
