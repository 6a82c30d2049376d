"""Where forces stand: allies' forces in a member, and what the other leader makes of it.

Forces of a bloc that stand forward in one of its members are nearer to the other leader, alarm it
more than as many at home and are resented by it; they protect their host as a tripwire (Schelling
1966). Which members there are moves the line.
"""

from __future__ import annotations

from sim.lanes import least, most, where
from sim.lanes.randomness import uniforms
from sim.model.parameters import Parameters
from sim.model.roster import Atlas, RelationTraits
from sim.model.rules import choice, ladder, spread
from sim.model.state import Relation, State, System, World
from sim.model.vocabulary import PRESENCE, SIDES, Draw


def tally_bases(world: World, atlas: Atlas, lane: int) -> None:
    """Find each bloc's most forward forces, and how near to the other leader they stand."""
    system = System(world.system, 0, lane)
    system.west_forward, system.west_line = _forward(world, atlas, 0, lane)
    system.east_forward, system.east_line = _forward(world, atlas, 1, lane)


def _forward(world: World, atlas: Atlas, side: int, lane: int) -> tuple[float, float]:
    most_forces, nearest = 0.0, 0.0
    for i in range(len(atlas.state_number)):
        r = atlas.toward[i, 1 - side]
        if r >= 0 and i != atlas.leaders[side]:
            state = State(world.states, i, lane)
            forces = where(state.bloc == SIDES[side], state.hosted, 0.0)
            near = RelationTraits(atlas.relation_traits, r, 0).proximity
            most_forces = most(most_forces, forces)
            nearest = most(nearest, near * least(1.0, forces / PRESENCE))
    return most_forces, nearest


def choose_station(world: World, atlas: Atlas, week: int, i: int, lane: int) -> None:
    """Let a member and its leader choose to raise, hold or lower the forces that stand in it."""
    p = Parameters(world.parameters, 0, lane)
    state = State(world.states, i, lane)
    _, _, _, u = uniforms(world.key, week, atlas.state_number[i], Draw.STATION, lane)
    state.step_hosted = 0.0
    for side in range(2):
        r, led = atlas.toward[i, 1 - side], atlas.toward[atlas.leaders[side], 1 - side]
        if r >= 0 and i != atlas.leaders[side]:
            fear = Relation(world.relations, r, lane).pooled_fear
            more = choice.station_more(p, fear, Relation(world.relations, led, lane).pooled_fear)
            step = choice.step(more, choice.station_less(p, fear), u)
            state.step_hosted = where(state.bloc == SIDES[side], step, state.step_hosted)


def station(world: World, atlas: Atlas, i: int, lane: int) -> None:
    """Let the chosen step of forces in a member take effect."""
    state = State(world.states, i, lane)
    place(world, atlas, i, ladder.moved(state.hosted, state.step_hosted), lane)


def place(world: World, atlas: Atlas, i: int, level: float, lane: int) -> None:
    """Set the forces of allies that stand in a state; the other bloc's leader resents a rise."""
    p = Parameters(world.parameters, 0, lane)
    state = State(world.states, i, lane)
    raised = most(0.0, level - state.hosted)
    state.hosted = level
    for side in range(2):
        r = atlas.toward[i, 1 - side]
        if r >= 0 and i != atlas.leaders[side]:
            rival = Relation(world.relations, atlas.reverse[r], lane)
            near = RelationTraits(atlas.relation_traits, r, 0).proximity
            felt = where(state.bloc == SIDES[side], raised, 0.0)
            rival.grievance = spread.stationed(p, rival.grievance, felt, near)
