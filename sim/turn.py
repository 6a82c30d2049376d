"""The turn: one function a stage for one relation, pair or state, then :func:`play_turn`.

A stage loads what its rules need, asks for random numbers, and stores what they answer. Inside a
stage nothing that is read is written by another row of the same stage, so the order of states
never matters. ``lane`` is one world or a group of them (see :mod:`sim.lanes`).

Every stage has the same arguments: ``world`` (state, parameters and random key), ``atlas`` (what
does not change), ``week`` where it draws, the relation ``r``, pair or state ``i`` it is for, and
``lane``.
"""

from __future__ import annotations

from sim.arithmetic import bell, logistic, square_root
from sim.jit import jit
from sim.lanes import anywhere, least, most, where
from sim.parameters import Parameters
from sim.randomness import uniforms
from sim.roster import Atlas, PairTraits, RelationTraits, StateTraits
from sim.rules import (
    appraisal,
    choice,
    confrontation,
    consultation,
    ladder,
    perception,
    spread,
)
from sim.vocabulary import Draw, Happening
from sim.world import Pair, Relation, State, System, World


# Before the first week


@jit
def begin_relation(world: World, atlas: Atlas, r: int, lane: int) -> None:
    """Set a relation's state at the start from its traits."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    trait = RelationTraits(atlas.relation_traits, r, 0)
    me.rhetoric = where(p.rhetoric_strength > 0.0, trait.start_rhetoric, 0.0)
    me.deployment = where(p.deployment_strength > 0.0, trait.start_deployment, 0.0)
    me.sanctions = where(p.sanctions_strength > 0.0, trait.start_sanctions, 0.0)
    me.diplomacy = where(p.channel_strength > 0.0, trait.start_diplomacy, 0.0)
    usual = spread.start_grievance(p, trait.opposed, trait.proximity, trait.rivalry)
    me.grievance = perception.given(trait.start_grievance, usual)
    me.grievance_floor = me.grievance
    me.fear = perception.given(trait.start_fear, p.start_fear * trait.proximity * trait.opposed)
    me.pooled_fear = me.fear
    me.resolve = p.start_resolve
    me.capability_error = 1.0


@jit
def begin_pair(world: World, atlas: Atlas, pair: int, lane: int) -> None:
    """Set a pair's state at the start from its traits, and what each side sees of it."""
    p = Parameters(world.parameters, 0, lane)
    us = Pair(world.pairs, pair, lane)
    trait = PairTraits(atlas.pair_traits, pair, 0)
    us.channel = perception.given(trait.start_channel, p.start_channel)
    us.violence = trait.start_violence
    a = Relation(world.relations, atlas.left[pair], lane)
    b = Relation(world.relations, atlas.right[pair], lane)
    _see_start(world, atlas, atlas.left[pair], b, us.violence, lane)
    _see_start(world, atlas, atlas.right[pair], a, us.violence, lane)
    _stand_on_rung(us, a, b)


@jit
def _see_start(
    world: World, atlas: Atlas, r: int, other: Relation, violence: float, lane: int
) -> None:
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    part = perception.hostile_part(p, greed_of(atlas, p, atlas.rival[r]))
    me.perceived = perception.hostility(
        p, other.rhetoric, other.deployment, other.sanctions, violence, part
    )


@jit
def begin_state(world: World, atlas: Atlas, i: int, lane: int) -> None:
    """Set a state's state at the start from its traits."""
    p = Parameters(world.parameters, 0, lane)
    state = State(world.states, i, lane)
    trait = StateTraits(atlas.state_traits, i, 0)
    state.bloc = trait.start_bloc
    state.spending = trait.start_spending
    state.lean = trait.start_lean
    state.capability = spread.capability(p, trait.capability, trait.start_spending, 0.0)
    state.nuclear = consultation.nuclear_cover(p, trait.nuclear, state.bloc)
    state.audience = spread.audience(p, trait.democracy)


@jit
def begin_system(world: World, lane: int) -> None:
    """Set what depends on parameters alone, once a world."""
    p = Parameters(world.parameters, 0, lane)
    system = System(world.system, 0, lane)
    system.issue_noise = square_root(1.0 - p.issue_memory * p.issue_memory)
    system.climate_noise = square_root(1.0 - p.climate_memory * p.climate_memory)
    system.climate_part = p.issue_size * square_root(most(0.0001, p.climate_share))
    system.pair_part = p.issue_size * square_root(most(0.0001, 1.0 - p.climate_share))


@jit
def begin(world: World, atlas: Atlas, lane: int) -> None:
    """Set a world to its start."""
    begin_system(world, lane)
    for i in range(len(atlas.state_number)):
        begin_state(world, atlas, i, lane)
    for r in range(len(atlas.owner)):
        begin_relation(world, atlas, r, lane)
    for pair in range(len(atlas.left)):
        begin_pair(world, atlas, pair, lane)
    consult_blocs(world, atlas, lane)


# Traits that depend on parameters


@jit
def greed_of(atlas: Atlas, p: Parameters, i: int) -> float:
    """Return how far a state seeks gain, 0 to 1."""
    trait = StateTraits(atlas.state_traits, i, 0)
    return least(1.0, trait.greed + p.challenger_greed * trait.challenger)


@jit
def firmness_of(atlas: Atlas, p: Parameters, i: int) -> float:
    """Return how firmly a state meets hostility with hostility, 0 to 1."""
    trait = StateTraits(atlas.state_traits, i, 0)
    added = (
        p.challenger_firmness * trait.challenger + p.defender_firmness * (1.0 - trait.challenger)
    )
    return least(1.0, trait.firmness + added)


# 1 Events


@jit
def drift_system(world: World, week: int, lane: int) -> None:
    """Move the climate that all pairs share."""
    p = Parameters(world.parameters, 0, lane)
    system = System(world.system, 0, lane)
    a, b, c, d = uniforms(world.key, week, 0, Draw.CLIMATE, lane)
    system.climate = spread.slow_noise(
        system.climate, p.climate_memory, system.climate_noise, bell(a, b, c, d)
    )
    system.west_attacked = 0.0
    system.east_attacked = 0.0


@jit
def drift_pair(
    world: World, atlas: Atlas, week: int, pair: int, lane: int
) -> None:
    """Move the salience of a pair's issues, and clear what happened last week."""
    p = Parameters(world.parameters, 0, lane)
    us = Pair(world.pairs, pair, lane)
    system = System(world.system, 0, lane)
    a, b, c, d = uniforms(world.key, week, atlas.pair_number[pair], Draw.ISSUE, lane)
    us.issue = spread.slow_noise(us.issue, p.issue_memory, system.issue_noise, bell(a, b, c, d))
    us.salience = system.pair_part * us.issue + system.climate_part * system.climate
    Relation(world.relations, atlas.left[pair], lane).force = 0.0
    Relation(world.relations, atlas.right[pair], lane).force = 0.0


@jit
def happen(world: World, atlas: Atlas, event: int, lane: int) -> None:
    """Let one dated event happen."""
    p = Parameters(world.parameters, 0, lane)
    kind, at, size = atlas.event_kind[event], atlas.event_row[event], atlas.event_size[event]
    if kind == Happening.ACCESSION:
        now = where(p.accession_strength > 0.0, 1.0, 0.0)
        accede(world, atlas, at, size, now, lane)
    elif kind == Happening.WAR or kind == Happening.CEASEFIRE:
        Pair(world.pairs, at, lane).violence = size
    else:
        _happen_to_relation(p, kind, Relation(world.relations, at, lane), size)
        if kind == Happening.DIPLOMACY and size <= 0.0:
            us = Pair(world.pairs, atlas.pair[at], lane)
            us.channel = us.channel * (1.0 - p.expulsion_cost)


@jit
def _happen_to_relation(p: Parameters, kind: int, me: Relation, size: float) -> None:
    if kind == Happening.SPEECH:
        me.rhetoric = where(p.rhetoric_strength > 0.0, most(me.rhetoric, size), 0.0)
    elif kind == Happening.DEPLOYMENT:
        me.fresh = most(me.fresh, ladder.fresh_display(me.deployment, size))
        me.deployment = where(p.deployment_strength > 0.0, size, 0.0)
    elif kind == Happening.SANCTIONS:
        me.sanctions = where(p.sanctions_strength > 0.0, size, 0.0)
    elif kind == Happening.DIPLOMACY:
        me.diplomacy = where(p.channel_strength > 0.0, size, 0.0)
    elif kind == Happening.GRIEVANCE:
        me.grievance = least(1.0, me.grievance + size)
    elif kind == Happening.FORCE:
        me.force = size
    elif kind == Happening.ALARM:
        me.alarm = perception.alarm(p, me.alarm, size)
        me.perceived = me.perceived + size


@jit
def accede(
    world: World, atlas: Atlas, i: int, bloc: float, now: float, lane: int
) -> None:
    """Let a state join a bloc where ``now`` is 1; the rival leader's grievance rises (S4)."""
    p = Parameters(world.parameters, 0, lane)
    state = State(world.states, i, lane)
    state.acceded = now
    state.bloc = where(now > 0.0, bloc, state.bloc)
    state.nuclear = where(now > 0.0, most(state.nuclear, p.umbrella), state.nuclear)
    System(world.system, 0, lane).accessions += now
    hurt = now * p.accession_strength * p.grievance_accession
    for side in range(2):
        # side 0: the west's leader is aggrieved by whoever joins the east, and the reverse
        felt = where(bloc == 2.0 - side, hurt, 0.0)
        there = atlas.toward[i, side]
        if there >= 0:
            _aggrieve(Relation(world.relations, atlas.reverse[there], lane), felt, 0.5 * felt)
        between = atlas.toward[atlas.leaders[side], 1 - side]
        _aggrieve(Relation(world.relations, between, lane), p.accession_leader * felt, 0.0)


@jit
def _aggrieve(me: Relation, added: float, lasting: float) -> None:
    me.grievance = least(1.0, me.grievance + added)
    me.grievance_floor = least(1.0, me.grievance_floor + lasting)


# 2 Perceive


@jit
def perceive_relation(
    world: World, atlas: Atlas, week: int, r: int, lane: int
) -> None:
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
    shown = perception.hostility(
        p, them.rhetoric, them.deployment, them.sanctions, us.violence, part
    )
    seen = perception.through_fog(p, shown, clear, u_fog)
    hostile = perception.given(trait.hostile_share, p.hostile_share + p.fear_bias * me.fear)
    me.misread_intent = perception.mistake(
        p.misread_intent * trait.intent_odds * pressed, hostile, u_intent
    )
    seen = perception.misread_intent(p, seen, me.misread_intent)
    warned = 1.0 - perception.given(trait.concession_share, p.concession_share)
    me.misread_signal = perception.mistake(
        p.lost_signal * trait.signal_odds * pressed, warned, u_signal
    )
    seen = perception.lose_signal(seen, me.perceived, me.misread_signal)

    me.alarm = perception.alarm(p, me.alarm, seen - me.perceived)
    me.perceived = perception.picture(p, me.perceived, seen)
    me.reply = perception.reply_impulse(p, me.reply, them.fresh, me.misread_signal)
    over = perception.given(trait.overestimate_share, p.overestimate_share)
    me.misread_capability = perception.mistake(
        p.misread_capability * trait.capability_odds * pressed, over, u_capability
    )
    me.capability_error = perception.capability_error(p, me.misread_capability)


# 3 Appraise


@jit
def appraise_relation(world: World, atlas: Atlas, r: int, lane: int) -> None:
    """Move one state's fear of one rival."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    trait = RelationTraits(atlas.relation_traits, r, 0)
    owner, rival = (
        State(world.states, atlas.owner[r], lane),
        State(world.states, atlas.rival[r], lane),
    )
    own = perception.hostility(p, me.rhetoric, me.deployment, me.sanctions, 0.0, 1.0)
    unprovoked = appraisal.unprovoked(p, me.perceived, own)
    theirs = appraisal.share(rival.capability * me.capability_error, owner.capability)
    greed = greed_of(atlas, p, atlas.owner[r])
    threat = appraisal.threat(p, unprovoked, trait.proximity, theirs, greed)
    me.fear = appraisal.fear(p, me.fear, threat)


# 4 Consult


@jit
def consult_blocs(world: World, atlas: Atlas, lane: int) -> None:
    """Sum up each bloc's capability and its fear of the other leader; count willing mediators."""
    p = Parameters(world.parameters, 0, lane)
    system = System(world.system, 0, lane)
    west, east, west_fear, east_fear, between = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(len(atlas.state_number)):
        state = State(world.states, i, lane)
        in_west = where(state.bloc == 1.0, state.capability, 0.0)
        in_east = where(state.bloc == 2.0, state.capability, 0.0)
        west += in_west
        east += in_east
        if atlas.toward[i, 1] >= 0:
            west_fear += in_west * Relation(world.relations, atlas.toward[i, 1], lane).fear
        if atlas.toward[i, 0] >= 0:
            east_fear += in_east * Relation(world.relations, atlas.toward[i, 0], lane).fear
        trait = StateTraits(atlas.state_traits, i, 0)
        torn = 1.0 - most(state.lean, -state.lean)
        between += where(state.bloc == 0.0, trait.mediator * torn, 0.0)
    system.west_capability = west
    system.east_capability = east
    system.west_fear = west_fear / most(west, 1e-12)
    system.east_fear = east_fear / most(east, 1e-12)
    system.mediators = between


@jit
def consult_state(world: World, atlas: Atlas, i: int, lane: int) -> None:
    """Let a state count on its bloc, and a neutral hear the leaders' appeals."""
    p = Parameters(world.parameters, 0, lane)
    state = State(world.states, i, lane)
    system = System(world.system, 0, lane)
    trait = StateTraits(atlas.state_traits, i, 0)
    bloc = where(
        state.bloc == 1.0,
        system.west_capability,
        where(state.bloc == 2.0, system.east_capability, 0.0),
    )
    state.pooled_capability = consultation.pooled_capability(p, state.capability, bloc)
    west = Relation(world.relations, atlas.toward[atlas.leaders[0], 1], lane).rhetoric
    east = Relation(world.relations, atlas.toward[atlas.leaders[1], 0], lane).rhetoric
    appealed = consultation.appealed(
        p, state.lean, west, east, trait.west_affinity, trait.east_affinity
    )
    state.lean = where(state.bloc == 0.0, appealed, state.lean)


@jit
def consult_relation(world: World, atlas: Atlas, r: int, lane: int) -> None:
    """Pool fear of the other bloc's leader with allies; weigh the retaliation to expect."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    trait = RelationTraits(atlas.relation_traits, r, 0)
    system = System(world.system, 0, lane)
    owner = State(world.states, atlas.owner[r], lane)
    rival = State(world.states, atlas.rival[r], lane)
    allies = where(owner.bloc == 1.0, system.west_fear, system.east_fear)
    pooled = consultation.pooled_fear(p, me.fear, allies)
    allied = (owner.bloc > 0.0) & (rival.bloc > 0.0) & (owner.bloc != rival.bloc)
    if trait.rival_leads > 0.0:
        me.pooled_fear = where(allied, pooled, me.fear)
    else:
        me.pooled_fear = me.fear
    theirs = appraisal.share(rival.pooled_capability, owner.pooled_capability)
    me.retaliation = consultation.expected_retaliation(me.resolve, theirs, me.capability_error)


# 5 Choose


@jit
def choose_relation(
    world: World, atlas: Atlas, week: int, r: int, lane: int
) -> None:
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
    more = choice.accuse_more(
        p, me.pooled_fear, me.alarm, owner.cohesion, firmness, us.salience
    )
    less = choice.accuse_less(p, me.alarm, me.rhetoric, us.salience)
    me.step_rhetoric = choice.step(motive * more, less, u_words)
    more = choice.sanction_more(p, me.alarm, me.grievance, me.perceived, owner.stress)
    less = choice.sanction_less(p, me.sanctions)
    me.step_sanctions = choice.step(motive * more, less, u_sanctions)
    more = choice.talk_more(p, me.pooled_fear, me.rhetoric, owner.audience, me.diplomacy)
    less = choice.talk_less(p, me.alarm, me.rhetoric, me.diplomacy, motive)
    me.step_diplomacy = choice.step(more, less, u_talks)


# 6 Act


@jit
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


# 7 Confront


@jit
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


@jit
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


@jit
def _settle(p: Parameters, me: Relation, their_stance: float) -> None:
    """Let one side bear the outcome: displays after accidents, steps down, lessons learned."""
    shown = where(me.accident < 0.0, most(me.deployment, 0.5), me.deployment)
    me.fresh = most(me.fresh, ladder.fresh_display(me.deployment, shown))
    me.fresh = most(me.fresh, p.force_impulse * me.force)
    me.deployment = where(me.stance < 0.0, confrontation.backed_down(shown), shown)
    me.resolve = confrontation.learned(p, me.resolve, their_stance)


@jit
def confront_pair(
    world: World, atlas: Atlas, week: int, pair: int, lane: int
) -> None:
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
    begun = (most(a.fresh, b.fresh) > 0.0) & (us.rung < 3.0)
    system.crises += where(begun, 1.0, 0.0)
    _slip(atlas, p, ra, a, b, us, u_slip_a)
    _slip(atlas, p, rb, b, a, us, u_slip_b)

    trait = PairTraits(atlas.pair_traits, pair, 0)
    meet = u_meet < ladder.incident_odds(
        p, a.deployment, b.deployment, a.reply, b.reply, trait.proximity, us.violence, us.salience
    )
    ready_a = _readiness(world, atlas, ra, b, us, u_judge_a, lane)
    ready_b = _readiness(world, atlas, rb, a, us, u_judge_b, lane)
    a.stance = where(meet, where(u_stand_a < logistic(ready_a), 1.0, -1.0), 0.0)
    b.stance = where(meet, where(u_stand_b < logistic(ready_b), 1.0, -1.0), 0.0)
    a.misread_resolve = where(meet, a.misread_resolve, 0.0)
    b.misread_resolve = where(meet, b.misread_resolve, 0.0)
    system.stands += most(0.0, a.stance) + most(0.0, b.stance)
    system.yields += most(0.0, -a.stance) + most(0.0, -b.stance)

    fight = where((a.stance > 0.0) & (b.stance > 0.0), 1.0, 0.0)
    struck_a = most(most(fight, a.accident), a.force)
    struck_b = most(most(fight, b.accident), b.force)
    answer_a = where(u_answer_a < logistic(ready_a + p.retaliation), most(0.0, struck_b), 0.0)
    answer_b = where(u_answer_b < logistic(ready_b + p.retaliation), most(0.0, struck_a), 0.0)
    at_war = where(us.violence > 1.0, 1.0, 0.0)
    a.force = most(at_war, most(0.0, most(struck_a, answer_a)))
    b.force = most(at_war, most(0.0, most(struck_b, answer_b)))
    stance_a = a.stance
    _settle(p, a, b.stance)
    _settle(p, b, stance_a)
    _burn(world, atlas, pair, u_war, u_nuclear, u_end, lane)


@jit
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
    us.new_clash = where((before == 0.0) & (us.violence > 0.0), 1.0, 0.0)
    east_hits = StateTraits(atlas.state_traits, i, 0).leads == 2.0
    east_hits_back = StateTraits(atlas.state_traits, j, 0).leads == 2.0
    west_hits = StateTraits(atlas.state_traits, i, 0).leads == 1.0
    west_hits_back = StateTraits(atlas.state_traits, j, 0).leads == 1.0
    if east_hits:
        system.west_attacked = most(
            system.west_attacked, where(other.bloc == 1.0, us.new_clash, 0.0)
        )
    if east_hits_back:
        system.west_attacked = most(
            system.west_attacked, where(one.bloc == 1.0, us.new_clash, 0.0)
        )
    if west_hits:
        system.east_attacked = most(
            system.east_attacked, where(other.bloc == 2.0, us.new_clash, 0.0)
        )
    if west_hits_back:
        system.east_attacked = most(
            system.east_attacked, where(one.bloc == 2.0, us.new_clash, 0.0)
        )


# 8 Spread


@jit
def join_state(
    world: World, atlas: Atlas, week: int, i: int, lane: int
) -> None:
    """Draw a state into, or leave it out of, its allies' new clash with the other leader."""
    p = Parameters(world.parameters, 0, lane)
    state, system = State(world.states, i, lane), System(world.system, 0, lane)
    trait = StateTraits(atlas.state_traits, i, 0)
    state.joined_fight = 0.0
    if anywhere((system.west_attacked > 0.0) | (system.east_attacked > 0.0)):
        u, _, _, _ = uniforms(world.key, week, atlas.state_number[i], Draw.SPREAD, lane)
        for side in range(2):
            r = atlas.toward[i, 1 - side]
            if r >= 0:
                me = Relation(world.relations, r, lane)
                us = Pair(world.pairs, atlas.pair[r], lane)
                called = system.west_attacked if side == 0 else system.east_attacked
                near = RelationTraits(atlas.relation_traits, r, 0).proximity
                odds = confrontation.joining_odds(p, near, me.fear, trait.leads)
                joins = (
                    (called > 0.0)
                    & (state.bloc == side + 1.0)
                    & (us.violence == 0.0)
                    & (me.deployment < 0.5)
                    & (u < odds)
                    & (p.deployment_strength > 0.0)
                )
                me.deployment = where(joins, 0.5, me.deployment)
                me.fresh = where(joins, 1.0, me.fresh)
                state.joined_fight = where(joins, 1.0, state.joined_fight)
        system.joins += state.joined_fight


@jit
def settle_pair(
    world: World, atlas: Atlas, week: int, pair: int, lane: int
) -> None:
    """Let a neutral mediate, and channel quality move."""
    p = Parameters(world.parameters, 0, lane)
    us, system = Pair(world.pairs, pair, lane), System(world.system, 0, lane)
    a = Relation(world.relations, atlas.left[pair], lane)
    b = Relation(world.relations, atlas.right[pair], lane)
    u, _, _, _ = uniforms(world.key, week, atlas.pair_number[pair], Draw.SPREAD, lane)
    odds = choice.mediation_odds(p, us.rung, us.violence, system.mediators)
    us.mediated = where(u < odds, 1.0, 0.0)
    us.talks = choice.talks(p, us.talks, us.mediated)
    both = least(a.diplomacy, b.diplomacy)
    cut = ((a.step_diplomacy < 0.0) & (a.diplomacy == 0.0)) | (
        (b.step_diplomacy < 0.0) & (b.diplomacy == 0.0)
    )
    leaders = PairTraits(atlas.pair_traits, pair, 0).leaders
    us.channel = spread.channel(p, us.channel, both, a.perceived, b.perceived, leaders)
    us.channel = us.channel * where(cut, 1.0 - p.expulsion_cost, 1.0)


@jit
def live_state(world: World, atlas: Atlas, i: int, lane: int) -> None:
    """Move a state's economy, spending and cohesion by what its relations went through."""
    p = Parameters(world.parameters, 0, lane)
    state = State(world.states, i, lane)
    trait = StateTraits(atlas.state_traits, i, 0)
    pain, clashes, yields, rallying, threat, grievance = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for r in range(atlas.first[i], atlas.first[i + 1]):
        me = Relation(world.relations, r, lane)
        them = Relation(world.relations, atlas.reverse[r], lane)
        share = RelationTraits(atlas.relation_traits, r, 0).trade
        pain += spread.pain(p, them.sanctions, share, me.sanctions, share)
        clashes += Pair(world.pairs, atlas.pair[r], lane).new_clash
        yields += where(me.stance < 0.0, 1.0, 0.0)
        rallying = most(rallying, me.rhetoric * me.pooled_fear)
        rival = State(world.states, atlas.rival[r], lane)
        usual = StateTraits(atlas.state_traits, atlas.rival[r], 0).capability
        arms = rival.capability / most(usual, 1e-9)
        threat = most(threat, me.pooled_fear * arms)
        grievance = most(grievance, me.grievance)
    state.stress = spread.stress(p, pain, state.adaptation)
    state.adaptation = spread.adaptation(p, state.adaptation, pain)
    state.cohesion = spread.cohesion(
        p, state.cohesion, clashes, rallying, yields, state.audience
    )
    state.spending = spread.spending(p, state.spending, threat, grievance, state.stress)


@jit
def recount_state(
    world: World, atlas: Atlas, week: int, i: int, lane: int
) -> None:
    """Recount a state's capability; let a neutral lean, and perhaps join a bloc."""
    p = Parameters(world.parameters, 0, lane)
    state = State(world.states, i, lane)
    trait = StateTraits(atlas.state_traits, i, 0)
    state.capability = spread.capability(p, trait.capability, state.spending, state.stress)
    west, east = atlas.toward[i, 0], atlas.toward[i, 1]
    if west >= 0 and east >= 0 and trait.mediator > 0.0:
        of_west = Relation(world.relations, west, lane).fear
        of_east = Relation(world.relations, east, lane).fear
        neutral = state.bloc == 0.0
        leaning = spread.lean(p, state.lean, of_east, of_west)
        state.lean = where(neutral, leaning, state.lean)
        _, u, _, _ = uniforms(world.key, week, atlas.state_number[i], Draw.SPREAD, lane)
        joins = neutral & (u < spread.accession_odds(p, state.lean))
        if anywhere(joins):
            side = where(state.lean > 0.0, 1.0, 2.0)
            accede(world, atlas, i, side, where(joins, 1.0, 0.0), lane)


@jit
def remember_relation(world: World, atlas: Atlas, r: int, lane: int) -> None:
    """Move grievance, and belief in the rival's resolve."""
    p = Parameters(world.parameters, 0, lane)
    me = Relation(world.relations, r, lane)
    them = Relation(world.relations, atlas.reverse[r], lane)
    rival = State(world.states, atlas.rival[r], lane)
    me.grievance = spread.grievance(
        p, me.grievance, me.grievance_floor, them.sanctions, them.force
    )
    firmness = firmness_of(atlas, p, atlas.rival[r])
    me.resolve = spread.resolve(
        p, me.resolve, them.deployment, them.rhetoric, firmness, rival.audience
    )


# 9 Record


@jit
def _stand_on_rung(us: Pair, a: Relation, b: Relation) -> None:
    us.rung = ladder.rung(
        a.rhetoric, b.rhetoric, a.deployment, b.deployment, a.sanctions, b.sanctions, us.violence
    )


@jit
def stand_pair(world: World, atlas: Atlas, pair: int, lane: int) -> None:
    """Read off the rung a pair stands on at the end of the week."""
    a = Relation(world.relations, atlas.left[pair], lane)
    b = Relation(world.relations, atlas.right[pair], lane)
    _stand_on_rung(Pair(world.pairs, pair, lane), a, b)


# The stages as a state or the whole world goes through them


@jit
def drift(world: World, atlas: Atlas, week: int, lane: int) -> None:
    """Stage 1: issues drift, dated events happen."""
    drift_system(world, week, lane)
    for i in range(len(atlas.state_number)):
        State(world.states, i, lane).acceded = 0.0
    for pair in range(len(atlas.left)):
        drift_pair(world, atlas, week, pair, lane)
    if week + 1 < len(atlas.event_first):
        for event in range(atlas.event_first[week], atlas.event_first[week + 1]):
            happen(world, atlas, event, lane)


@jit
def perceive(world: World, atlas: Atlas, week: int, i: int, lane: int) -> None:
    """Stage 2, for one state: read what its rivals do."""
    for r in range(atlas.first[i], atlas.first[i + 1]):
        perceive_relation(world, atlas, week, r, lane)


@jit
def appraise(world: World, atlas: Atlas, i: int, lane: int) -> None:
    """Stage 3, for one state: fear moves."""
    for r in range(atlas.first[i], atlas.first[i + 1]):
        appraise_relation(world, atlas, r, lane)


@jit
def consult(world: World, atlas: Atlas, lane: int) -> None:
    """Stage 4: allies pool fear and posture, leaders appeal to neutrals."""
    consult_blocs(world, atlas, lane)
    for i in range(len(atlas.state_number)):
        consult_state(world, atlas, i, lane)
    for r in range(len(atlas.owner)):
        consult_relation(world, atlas, r, lane)


@jit
def choose(world: World, atlas: Atlas, week: int, i: int, lane: int) -> None:
    """Stage 5, for one state: raise, hold or lower each instrument toward each rival."""
    for r in range(atlas.first[i], atlas.first[i + 1]):
        choose_relation(world, atlas, week, r, lane)


@jit
def act(world: World, atlas: Atlas, i: int, lane: int) -> None:
    """Stage 6, for one state: the chosen steps take effect."""
    for r in range(atlas.first[i], atlas.first[i + 1]):
        act_relation(world, atlas, r, lane)


@jit
def confront(world: World, atlas: Atlas, week: int, lane: int) -> None:
    """Stage 7 (and the accidents of stage 6): pairs slip, meet, stand, yield, fight."""
    for pair in range(len(atlas.left)):
        confront_pair(world, atlas, week, pair, lane)


@jit
def spread_week(world: World, atlas: Atlas, week: int, lane: int) -> None:
    """Stage 8: allies join, neutrals move, and everything slow takes its step."""
    for i in range(len(atlas.state_number)):
        join_state(world, atlas, week, i, lane)
    for pair in range(len(atlas.left)):
        settle_pair(world, atlas, week, pair, lane)
    for r in range(len(atlas.owner)):
        remember_relation(world, atlas, r, lane)
    for i in range(len(atlas.state_number)):
        live_state(world, atlas, i, lane)
    for i in range(len(atlas.state_number)):
        recount_state(world, atlas, week, i, lane)
    for pair in range(len(atlas.left)):
        stand_pair(world, atlas, pair, lane)


@jit
def play_turn(world: World, atlas: Atlas, week: int, lane: int) -> None:
    """Play one week: the numbered turn of the design, but for its last stage, the record."""
    n_states = len(atlas.state_number)
    drift(world, atlas, week, lane)  # 1
    for i in range(n_states):
        perceive(world, atlas, week, i, lane)  # 2
    for i in range(n_states):
        appraise(world, atlas, i, lane)  # 3
    consult(world, atlas, lane)  # 4
    for i in range(n_states):
        choose(world, atlas, week, i, lane)  # 5
    for i in range(n_states):
        act(world, atlas, i, lane)  # 6
    confront(world, atlas, week, lane)  # 6, 7
    spread_week(world, atlas, week, lane)  # 8
