"""The state of a block of worlds: one array for relations, pairs, states and the whole system.

Every array is ``[row, field, lane]`` with the block of worlds last and contiguous; the classes here
name the fields and give their ranges. A relation is directed, i -> j: what i does to j, what i
believes j is doing, the fear i has of j. What does not change during a run is in
:mod:`sim.model.roster`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sim.lanes import Reals, Row, each
from sim.lanes.randomness import Key
from sim.model.roster import Roster
from sim.model.vocabulary import LEVELS, MISTAKES, STEPS


class Relation(Row):
    """What one state does to another, believes of it and fears from it."""

    levels: float = each(LEVELS)  # rhetoric, deployment ...: 0..1 in quarters
    perceived: float  # 0.., what the other is believed to be doing, about 1.75 at most
    misled: float  # 0..alarm_limit, the part of alarm that came of misread intent
    alarm: float  # 0..alarm_limit, recent upward surprise
    reply: float  # 0..2, impulse to answer a fresh act
    fear: float  # 0..1
    pooled_fear: float  # 0..1, after consulting allies
    grievance: float  # 0..1
    grievance_floor: float  # 0..1, what grievance fades to
    score: float  # -trust_limit..score_limit, acts of the other not yet settled, or trust
    own_acts: float  # 0.., own recent displays and uses of force
    seen_posture: float  # 0..1 + forward_weight, the other's forces as last looked at
    exposure: float  # 0..1, how much the two have to do with one another by their size
    exercise: float  # 0..1, forces that exercise, as a level of deployment
    announced: float  # 1 where the exercise was announced
    resolve: float  # 0..1, the other's resolve as believed
    retaliation: float  # 0..1, retaliation expected
    capability_error: float  # around 1, factor on the other's capability as perceived
    steps: float = each(STEPS)  # step_rhetoric ...: -1, 0 or 1, chosen this week
    heat: float  # what of the score weighs in this week's choices
    motive: float  # 0..1, for a hostile step this week
    strike: float  # weight of using force by choice, at unit contact and heat
    reason: float  # a vocabulary.Origin, of what would be done without provocation
    trace: float  # of the last act: links * 8 + its vocabulary.Origin
    due_trace: float  # ... of an act that is chosen this week
    due_words: float  # ... of words that are chosen this week
    fresh: float  # 0..1, a display or force begun this week
    force: float  # 0 or 1, force used this week
    excused: float  # 0 or 1, its accident of this week was taken for one
    stance: float  # 1 stood, -1 yielded, 0 not confronted this week
    mistakes: float = each(MISTAKES)  # misread_intent ...: 1, -1 in their two directions, or 0

    if TYPE_CHECKING:  # the fields that are declared in the vocabulary

        def __getattr__(self, name: str) -> float: ...
        def __setattr__(self, name: str, value: float) -> None: ...


class Pair(Row):
    """What two states share."""

    channel: float  # 0..1, quality of attaches and diplomatic channels
    talks: float  # 0..1, a mediator's talks, running out
    violence: float  # a vocabulary.Violence
    stake: float  # 0..1, the left side's part of what is at issue
    issue: float  # about -3.5..3.5, slow salience of the pair's issues
    salience: float  # logits, issue and climate together
    rung: float  # a vocabulary.Rung
    new_clash: float  # 0 or 1, violence began this week
    declared: float  # 0 or 1, a dated war began this week
    cause: float  # a vocabulary.Cause, of the violence there is
    root: float  # trace of the act that it began with
    mediated: float  # 0 or 1, mediation began this week


class State(Row):
    """What one state is and has."""

    bloc: float  # a vocabulary.Bloc
    capability: float  # share of the world's, after spending and erosion
    pooled_capability: float  # with what allies are counted on for
    nuclear: float  # 0..1, own weapons or an umbrella
    audience: float  # 0.., audience costs its leader faces
    cohesion: float  # -0.5..0.5, 0 is normal
    stress: float  # 0..1, economic stress
    adaptation: float  # 0..1, adaptation to sanctions
    spending: float  # -0.5..2, military spending relative to normal, less 1
    lean: float  # -1 (east) .. 1 (west)
    hosted: float  # 0..1, forces of allies that stand forward in it, as a level of deployment
    step_hosted: float  # -1, 0 or 1, chosen this week
    joined_fight: float  # 0 or 1, drawn into an ally's clash this week
    acceded: float  # 0 or 1, joined a bloc this week


class System(Row):
    """What the whole world shares."""

    climate: float  # about -3.5..3.5
    issue_noise: float  # sqrt(1 - issue_memory**2)
    climate_noise: float  # sqrt(1 - climate_memory**2)
    pair_part: float  # issue_size * sqrt(1 - climate_share)
    climate_part: float  # issue_size * sqrt(climate_share)
    west_capability: float  # sum over the bloc
    east_capability: float
    west_fear: float  # capability-weighted mean fear of the other leader
    east_fear: float
    mediators: float  # 0..1, standing of neutrals between the blocs
    west_forward: float  # 0..1, most forces of the west that stand in one of its members
    east_forward: float
    west_line: float  # 0..1, nearness of such forces to the other leader
    east_line: float
    west_attacked: float  # 1 or more if the east's leader newly clashed with a western state
    east_attacked: float
    stands: float  # confrontations in which a side stood, so far
    yields: float  # confrontations in which a side yielded, so far
    west_concessions: float  # times a state of the west gave way to one of another side, so far
    east_concessions: float
    west_gains: float  # of what is at issue with others, taken by states of the west, so far
    east_gains: float
    crises: float  # crises begun by a choice of one of the two leaders, so far
    joins: float  # allies drawn into a fight, so far
    accessions: float  # neutrals that joined a bloc, so far


class World(NamedTuple):
    """The state of a block of worlds."""

    relations: Reals  # [relation, Relation field, lane]
    pairs: Reals  # [pair, Pair field, lane]
    states: Reals  # [state, State field, lane]
    system: Reals  # [1, System field, lane]
    parameters: Reals  # [1, Parameters field, lane]
    key: Key  # what tells the lanes' random numbers apart


def empty_world(roster: Roster, parameters: Reals, key: Key) -> World:
    """Return a block of worlds with every field of its state at zero.

    Args:
        roster: who is in the worlds.
        parameters: ``[1, Parameters field, lane]``.
        key: random key of the lanes.
    """
    n_lanes = parameters.shape[2]
    return World(
        Relation.empty(roster.n_relations, n_lanes),
        Pair.empty(roster.n_pairs, n_lanes),
        State.empty(roster.n_states, n_lanes),
        System.empty(1, n_lanes),
        parameters,
        key,
    )
