"""The turn: nine stages, as a state or the whole world goes through them, in this order.

1. events: issues drift, dated events happen (:func:`drift`)
2. perceive: each state reads what its rivals do
3. appraise: fear moves
4. consult: allies pool fear and posture, leaders appeal to neutrals
5. choose: raise, hold or lower rhetoric, deployment, sanctions and diplomacy
6. act: the steps take effect; force is chosen; forces have accidents
7. confront: forces meet, each side stands or yields, clashes and wars follow
8. spread: allies join, neutrals realign, everything slow moves (:func:`spread_week`)
9. record (:func:`sim.engine.notes.observe`)

Stages 2, 3, 5 and 6 are a state's own and are called for each agent; the others are the world's.
What a stage does for one relation, pair or state is in :mod:`sim.model.stages`.
"""

from __future__ import annotations

from sim.lanes.arithmetic import rested
from sim.model.roster import Atlas
from sim.model.stages.beginning import begin as begin
from sim.model.stages.choose import act_relation, choose_relation
from sim.model.stages.confront import confront_pair
from sim.model.stages.consult import consult_blocs, consult_relation, consult_state
from sim.model.stages.events import drift_pair, drift_system, happen, settle_system
from sim.model.stages.perceive import appraise_relation, perceive_relation
from sim.model.stages.place import choose_station, station, tally_bases
from sim.model.stages.spread import (
    join_state,
    live_state,
    recount_state,
    remember_relation,
    settle_pair,
)
from sim.model.stages.stand import stand_pair
from sim.model.state import Pair, Relation, State, System, World

RESTING = 32
"""Weeks from one rest to the next."""
_N_RELATION, _N_PAIR = len(Relation.FIELDS), len(Pair.FIELDS)
_N_STATE, _N_SYSTEM = len(State.FIELDS), len(System.FIELDS)


def rest(world: World, lane: int) -> None:
    """Let what has faded to next to nothing be nothing: :func:`sim.lanes.arithmetic.rested`."""
    for r in range(world.relations.shape[0]):
        relation = Relation(world.relations, r, lane)
        for k in range(_N_RELATION):
            relation[k] = rested(relation[k])
    for at in range(world.pairs.shape[0]):
        pair = Pair(world.pairs, at, lane)
        for k in range(_N_PAIR):
            pair[k] = rested(pair[k])
    for i in range(world.states.shape[0]):
        state = State(world.states, i, lane)
        for k in range(_N_STATE):
            state[k] = rested(state[k])
    system = System(world.system, 0, lane)
    for k in range(_N_SYSTEM):
        system[k] = rested(system[k])


def drift(world: World, atlas: Atlas, week: int, lane: int) -> None:
    """Stage 1: issues drift, dated events happen; now and then what has faded rests."""
    if week % RESTING == 0:
        rest(world, lane)
    settle_system(world, lane)
    drift_system(world, week, lane)
    for i in range(len(atlas.state_number)):
        State(world.states, i, lane).acceded = 0.0
    for pair in range(len(atlas.left)):
        drift_pair(world, atlas, week, pair, lane)
    if week + 1 < len(atlas.event_first):
        for event in range(atlas.event_first[week], atlas.event_first[week + 1]):
            happen(world, atlas, event, lane)
    tally_bases(world, atlas, lane)


def perceive(world: World, atlas: Atlas, week: int, i: int, lane: int) -> None:
    """Stage 2, for one state: read what its rivals do."""
    for r in range(atlas.first[i], atlas.first[i + 1]):
        perceive_relation(world, atlas, week, r, lane)


def appraise(world: World, atlas: Atlas, i: int, lane: int) -> None:
    """Stage 3, for one state: fear moves."""
    for r in range(atlas.first[i], atlas.first[i + 1]):
        appraise_relation(world, atlas, r, lane)


def consult(world: World, atlas: Atlas, lane: int) -> None:
    """Stage 4: allies pool fear and posture, leaders appeal to neutrals."""
    consult_blocs(world, atlas, lane)
    for i in range(len(atlas.state_number)):
        consult_state(world, atlas, i, lane)
    for r in range(len(atlas.owner)):
        consult_relation(world, atlas, r, lane)


def choose(world: World, atlas: Atlas, week: int, i: int, lane: int) -> None:
    """Stage 5, for one state: raise, hold or lower each instrument; invite allied forces or not."""
    for r in range(atlas.first[i], atlas.first[i + 1]):
        choose_relation(world, atlas, week, r, lane)
    choose_station(world, atlas, week, i, lane)


def act(world: World, atlas: Atlas, week: int, i: int, lane: int) -> None:
    """Stage 6, for one state: the chosen steps take effect."""
    for r in range(atlas.first[i], atlas.first[i + 1]):
        act_relation(world, atlas, week, r, lane)
    station(world, atlas, i, lane)


def confront(world: World, atlas: Atlas, week: int, lane: int) -> None:
    """Stage 7 (and the accidents of stage 6): pairs slip, meet, stand, yield, fight."""
    for pair in range(len(atlas.left)):
        confront_pair(world, atlas, week, pair, lane)


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


def decide(world: World, atlas: Atlas, week: int, lane: int) -> None:
    """Stages 1 to 5: what happens, what each state makes of it, and what it chooses to do."""
    n_states = len(atlas.state_number)
    drift(world, atlas, week, lane)  # 1
    for i in range(n_states):
        perceive(world, atlas, week, i, lane)  # 2
    for i in range(n_states):
        appraise(world, atlas, i, lane)  # 3
    consult(world, atlas, lane)  # 4
    for i in range(n_states):
        choose(world, atlas, week, i, lane)  # 5


def carry_out(world: World, atlas: Atlas, week: int, lane: int) -> None:
    """Stages 6 to 8: what was chosen takes effect, forces meet, and what follows."""
    for i in range(len(atlas.state_number)):
        act(world, atlas, week, i, lane)  # 6
    confront(world, atlas, week, lane)  # 6, 7
    spread_week(world, atlas, week, lane)  # 8


def play_turn(world: World, atlas: Atlas, week: int, lane: int) -> None:
    """Play one week: the numbered turn of the design, but for its last stage, the record."""
    decide(world, atlas, week, lane)
    carry_out(world, atlas, week, lane)
