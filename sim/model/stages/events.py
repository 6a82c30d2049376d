"""Stage 1: issues and climate drift, dated events happen, states accede to blocs."""

from __future__ import annotations

from sim.lanes import least, most, where
from sim.lanes.arithmetic import bell, square_root
from sim.lanes.randomness import uniforms
from sim.model.parameters import Parameters
from sim.model.roster import Atlas, RelationTraits, StateTraits
from sim.model.rules import consultation, ladder, perception, reaction, spread
from sim.model.stages.place import place
from sim.model.state import Pair, Relation, State, System, World
from sim.model.vocabulary import SIDES, Bloc, Cause, Draw, Happening, Origin


def settle_system(world: World, lane: int) -> None:
    """Set what depends on parameters alone, which a change may alter from a week on."""
    p = Parameters(world.parameters, 0, lane)
    system = System(world.system, 0, lane)
    system.issue_noise = square_root(1.0 - p.issue_memory * p.issue_memory)
    system.climate_noise = square_root(1.0 - p.climate_memory * p.climate_memory)
    system.climate_part = p.issue_size * square_root(most(0.0001, p.climate_share))
    system.pair_part = p.issue_size * square_root(most(0.0001, 1.0 - p.climate_share))


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


def drift_pair(world: World, atlas: Atlas, week: int, pair: int, lane: int) -> None:
    """Move the salience of a pair's issues, and clear what happened last week."""
    p = Parameters(world.parameters, 0, lane)
    us = Pair(world.pairs, pair, lane)
    system = System(world.system, 0, lane)
    a, b, c, d = uniforms(world.key, week, atlas.pair_number[pair], Draw.ISSUE, lane)
    us.issue = spread.slow_noise(us.issue, p.issue_memory, system.issue_noise, bell(a, b, c, d))
    us.declared = 0.0
    us.salience = system.pair_part * us.issue + system.climate_part * system.climate
    Relation(world.relations, atlas.left[pair], lane).force = 0.0
    Relation(world.relations, atlas.right[pair], lane).force = 0.0


def happen(world: World, atlas: Atlas, event: int, lane: int) -> None:
    """Let one dated event happen, where it means who is in its blocs now."""
    p = Parameters(world.parameters, 0, lane)
    kind, at, size = atlas.event_kind[event], atlas.event_row[event], atlas.event_size[event]
    if kind == Happening.ACCESSION:
        outside = State(world.states, at, lane).bloc != size
        now = where(outside & (p.accession_strength > 0.0), 1.0, 0.0)
        accede(world, atlas, at, size, now, lane)
    elif kind == Happening.FORWARD:
        place(world, atlas, at, p.deployment_given * size, lane)
    elif kind == Happening.BRIEFING:
        _brief(world, atlas, at, p.rhetoric_given * size, lane)
    else:
        acts = _belongs(world, atlas.owner[at], atlas.event_actor[event], lane)
        meant = acts * _belongs(world, atlas.rival[at], atlas.event_target[event], lane) > 0.0
        us = Pair(world.pairs, atlas.pair[at], lane)
        _happen_to_relation(p, kind, meant, Relation(world.relations, at, lane), size)
        if kind == Happening.WAR or kind == Happening.CEASEFIRE:
            _declare(us, meant & (size > us.violence), Relation(world.relations, at, lane),
                     Relation(world.relations, atlas.reverse[at], lane))  # fmt: skip
            us.violence = where(meant, size, us.violence)
        elif kind == Happening.DIPLOMACY and size <= 0.0:
            cut = meant & (p.channel_strength > 0.0)
            us.channel = us.channel * where(cut, 1.0 - p.expulsion_cost, 1.0)


def _declare(us: Pair, begins: bool, me: Relation, them: Relation) -> None:
    """Note that a war which begins now comes of a dated event, on both sides."""
    us.declared = where(begins, 1.0, us.declared)
    us.cause = where(begins, Cause.EVENT, us.cause)
    us.root = where(begins, reaction.begun(Origin.EVENT), us.root)
    me.trace = where(begins, reaction.begun(Origin.EVENT), me.trace)
    them.trace = where(begins, reaction.begun(Origin.EVENT), them.trace)


def _belongs(world: World, i: int, bloc: float, lane: int) -> float:
    """Return 1 where a state is in a bloc now, or none is asked for (0), else 0."""
    anybody = 1.0 if bloc == Bloc.NONE else 0.0
    return where(State(world.states, i, lane).bloc == bloc, 1.0, anybody)


def _happen_to_relation(p: Parameters, kind: int, meant: bool, me: Relation, size: float) -> None:
    if kind == Happening.SPEECH:
        spoken = where(meant, most(me.rhetoric, p.rhetoric_given * size), me.rhetoric)
        me.trace = where(spoken > me.rhetoric, reaction.begun(Origin.EVENT), me.trace)
        me.rhetoric = spoken
    elif kind == Happening.DEPLOYMENT:
        deployed = where(meant, p.deployment_given * size, me.deployment)
        begun = ladder.fresh_display(me.deployment, deployed)
        me.fresh = most(me.fresh, begun)
        me.trace = where(begun > 0.0, reaction.begun(Origin.EVENT), me.trace)
        me.deployment = deployed
    elif kind == Happening.SANCTIONS:
        me.sanctions = where(meant, p.sanctions_given * size, me.sanctions)
    elif kind == Happening.DIPLOMACY:
        me.diplomacy = where(meant, p.diplomacy_given * size, me.diplomacy)
    elif kind == Happening.EXERCISE or kind == Happening.SNAP_EXERCISE:
        _exercise(p, meant, me, size, 1.0 if kind == Happening.EXERCISE else 0.0)
    elif kind == Happening.GRIEVANCE:
        me.grievance = where(meant, least(1.0, me.grievance + size), me.grievance)
    elif kind == Happening.FORCE:
        me.force = where(meant, size, me.force)
        me.trace = where(meant, reaction.begun(Origin.EVENT), me.trace)
    elif kind == Happening.ALARM:
        me.alarm = where(meant, perception.alarm(p, me.alarm, size), me.alarm)
        me.perceived = where(meant, me.perceived + size, me.perceived)


def _exercise(p: Parameters, meant: bool, me: Relation, size: float, announced: float) -> None:
    """Let forces begin to exercise, or end (0); a snap exercise of some size is a display."""
    level = p.deployment_given * size
    before = most(me.deployment, ladder.exercised(me.exercise, me.announced))
    begun = ladder.fresh_display(before, ladder.exercised(level, announced))
    begun = where(meant, begun, 0.0)
    me.fresh = most(me.fresh, begun)
    me.trace = where(begun > 0.0, reaction.begun(Origin.EVENT), me.trace)
    me.exercise = where(meant, level, me.exercise)
    me.announced = where(meant, where(level > 0.0, announced, 0.0), me.announced)


def _brief(world: World, atlas: Atlas, i: int, size: float, lane: int) -> None:
    """Let those at home, and the neutrals, hear a state's briefing of foreign attaches (S1, S8)."""
    p = Parameters(world.parameters, 0, lane)
    speaker = State(world.states, i, lane)
    speaker.cohesion = spread.briefed(p, speaker.cohesion, size)
    for side in range(2):
        if atlas.leaders[side] == i:
            for k in range(len(atlas.state_number)):
                state = State(world.states, k, lane)
                trait = StateTraits(atlas.state_traits, k, 0)
                affinity = trait.west_affinity if side == 0 else trait.east_affinity
                toward = 1.0 if side == 0 else -1.0
                heard = consultation.briefed(p, state.lean, toward, size, affinity)
                state.lean = where(state.bloc == Bloc.NONE, heard, state.lean)


def accede(world: World, atlas: Atlas, i: int, bloc: float, now: float, lane: int) -> None:
    """Let a state join a bloc where ``now`` is 1; the rival leader's grievance rises (S4)."""
    p = Parameters(world.parameters, 0, lane)
    state = State(world.states, i, lane)
    state.acceded = most(state.acceded, now)
    state.bloc = where(now > 0.0, bloc, state.bloc)
    state.hosted = where(now > 0.0, 0.0, state.hosted)
    state.nuclear = where(now > 0.0, most(state.nuclear, p.umbrella), state.nuclear)
    System(world.system, 0, lane).accessions += now
    hurt = now * p.accession_strength * p.grievance_accession
    for side in range(2):
        # a leader is aggrieved by whoever joins the other side
        felt = where(bloc == SIDES[1 - side], hurt, 0.0)
        there = atlas.toward[i, side]
        if there >= 0:  # the more the nearer the line comes
            felt = felt * RelationTraits(atlas.relation_traits, there, 0).proximity
            _aggrieve(Relation(world.relations, atlas.reverse[there], lane), felt, 0.5 * felt)
            between = atlas.toward[atlas.leaders[side], 1 - side]
            _aggrieve(Relation(world.relations, between, lane), p.accession_leader * felt, 0.0)


def _aggrieve(me: Relation, added: float, lasting: float) -> None:
    me.grievance = least(1.0, me.grievance + added)
    me.grievance_floor = least(1.0, me.grievance_floor + lasting)
