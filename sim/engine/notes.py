"""Stage 9: what is noted of a block of worlds while it is played, week by week.

Only whole numbers are noted: the rung of every pair, the coded act of every relation with what was
misread, and a few measures of the world. :mod:`sim.engine.record` folds them when the block is
done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.lanes import Reals, Row, least, most, note, where
from sim.model import turn
from sim.model.roster import Atlas, RelationTraits, Roster, StateTraits
from sim.model.rules.ladder import displays
from sim.model.stages.character import meant_by, shown_by
from sim.model.state import Pair, Relation, State, System, World
from sim.model.vocabulary import MISTAKES, Bloc, Miscalculation, Rung, Violence


@dataclass(frozen=True)
class Measure:
    """Something about a world in a week, kept as a whole number of 1 / ``scale``.

    ``bins`` whole numbers share a bin of the histogram (256 bins, the last open).
    """

    name: str
    label: str
    unit: str
    scale: int = 1000
    bins: int = 5
    offset: float = 0.0


MEASURES = (
    Measure("rung_leaders", "rung of the two leaders", "rung", 1, 1),
    Measure("fear_leaders", "fear between the two leaders", "0 to 1"),
    Measure("gap_leaders", "perception gap of the two leaders", "hostility, 0 to 1.4", 1000, 8),
    Measure("channel_leaders", "channel between the two leaders", "quality, 0 to 1"),
    Measure("grievance_leaders", "grievance between the two leaders", "0 to 1"),
    Measure("deployment_leaders", "deployment of the two leaders", "level, 0 to 1"),
    Measure("rhetoric_leaders", "rhetoric of the two leaders", "level, 0 to 1"),
    Measure("fear_mean", "fear between the blocs", "mean, 0 to 1"),
    Measure("sanctions_on_east", "sanctions on the east's leader", "mean level, 0 to 1"),
    Measure("stress_east", "economic stress of the east's leader", "0 to 1"),
    Measure("spending_west", "military spending of the west's leader", "change", 1000, 12, 1.0),
    Measure("spending_east", "military spending of the east's leader", "change", 1000, 12, 1.0),
    Measure("cohesion_east", "cohesion of the east's leader", "-0.5 to 0.5", 1000, 5, 0.5),
    Measure("cohesion_west", "cohesion of the west's leader", "-0.5 to 0.5", 1000, 5, 0.5),
    Measure("lean_neutrals", "leaning of the neutrals", "-1 east to 1 west", 1000, 10, 1.0),
    Measure("pairs_disputing", "opposed pairs at a display or above", "pairs", 1, 1),
    Measure("pairs_fighting", "opposed pairs at a clash or above", "pairs", 1, 1),
    Measure("stands", "sides that stood in a confrontation, so far", "count", 1, 4),
    Measure("yields", "sides that yielded in a confrontation, so far", "count", 1, 4),
    Measure("crises", "crises begun by choice, so far", "count", 1, 1),
    Measure("joins", "allies drawn into a clash, so far", "count", 1, 1),
    Measure("accessions", "neutrals that joined a bloc, so far", "count", 1, 1),
    Measure("concessions_west", "times the west gave way, so far", "count", 1, 4),
    Measure("concessions_east", "times the east gave way, so far", "count", 1, 4),
    Measure("gains_west", "taken by the west, so far", "of what a pair has at issue", 100, 4),
    Measure("gains_east", "taken by the east, so far", "of what a pair has at issue", 100, 4),
    Measure("stake_leaders", "part of what is at issue that the west's leader holds", "0 to 1"),
    Measure("forward_west", "forces of the west that stand in its members", "mean level, 0 to 1"),
    Measure("forward_east", "forces of the east that stand in its members", "mean level, 0 to 1"),
    Measure("deployment_east", "deployment of the east's leader", "mean level, 0 to 1"),
    Measure("alarm_east", "alarm of the east's leader", "mean, 0 to 2", 1000, 10),
    Measure("fear_east", "the east's leader's fear of the west's", "0 to 1"),
)  # fmt: skip
(
    RUNG_LEADERS, FEAR_LEADERS, GAP_LEADERS, CHANNEL_LEADERS, GRIEVANCE_LEADERS,
    DEPLOYMENT_LEADERS, RHETORIC_LEADERS, FEAR_MEAN, SANCTIONS_ON_EAST, STRESS_EAST,
    SPENDING_WEST, SPENDING_EAST, COHESION_EAST, COHESION_WEST, LEAN_NEUTRALS, PAIRS_DISPUTING,
    PAIRS_FIGHTING, STANDS, YIELDS, CRISES, JOINS, ACCESSIONS, CONCESSIONS_WEST,
    CONCESSIONS_EAST, GAINS_WEST, GAINS_EAST, STAKE_LEADERS, FORWARD_WEST, FORWARD_EAST,
    DEPLOYMENT_EAST, ALARM_EAST, FEAR_EAST,
) = range(len(MEASURES))  # fmt: skip
_SCALE = tuple(float(m.scale) for m in MEASURES)
_OFFSET = tuple(m.offset for m in MEASURES)

THREAT, DISPLAY, FORCE = Rung.COERCION, Rung.DISPLAY, Rung.CLASH
"""Coded levels of an act that threatens, of one that displays and of one that uses force."""
LEVEL = 7
"""The bits of a coded act that hold its level; the others are flags."""
MISREAD = 1 << 3
"""The first of the flags that tell the kinds of miscalculation, in their order."""
ACCIDENT = MISREAD << Miscalculation.ACCIDENT
FRESH, STOOD, YIELDED, DRAWN_IN, MEDIATED, EXCUSED = (
    MISREAD << (len(Miscalculation) + bit) for bit in range(6)
)
"""Flags: a display begun, raised, acted on anew or unintended this week; stood, or yielded, face to
face; drawn into an ally's clash; a neutral began to mediate; an accident was taken for one."""

_MISTAKES = tuple(Relation.FIELDS.index(name) for name in MISTAKES)
_MISTAKE_FLAGS = tuple(MISREAD << kind for kind in Miscalculation)


class Total(Row):
    """What is summed over the weeks for a relation."""

    fear: float


class Tracks(NamedTuple):
    """What stage 9 notes, week by week; week 0 is the start."""

    rungs: NDArray[np.uint8]  # [week, pair, lane]
    acts: NDArray[np.uint16]  # [week, relation, lane] level and flags
    traces: NDArray[np.uint8]  # [week, relation, lane] of its last act, see rules.reaction
    causes: NDArray[np.uint16]  # [week, pair, lane] of the violence there is: cause + root * 8
    levels: NDArray[np.uint16]  # [week, measure, lane]
    totals: Reals  # [relation, Total field, lane]


def empty_tracks(roster: Roster, n_weeks: int, n_lanes: int) -> Tracks:
    """Return tracks for the start and ``n_weeks`` weeks."""
    return Tracks(
        np.zeros((n_weeks + 1, roster.n_pairs, n_lanes), np.uint8),
        np.zeros((n_weeks + 1, roster.n_relations, n_lanes), np.uint16),
        np.zeros((n_weeks + 1, roster.n_relations, n_lanes), np.uint8),
        np.zeros((n_weeks + 1, roster.n_pairs, n_lanes), np.uint16),
        np.zeros((n_weeks + 1, len(MEASURES), n_lanes), np.uint16),
        Total.empty(roster.n_relations, n_lanes),
    )


def some_worlds(tracks: Tracks, lanes: slice) -> Tracks:
    """Return the tracks of some lanes; nothing is copied."""
    return Tracks(*(array[..., lanes] for array in tracks))  # type: ignore[arg-type]


def _act(me: Relation, us: Pair, joined: float) -> float:
    """Return the coded act of a relation this week, its level and flags, as one whole number."""
    level = where(me.rhetoric >= 0.75, THREAT, Rung.CALM)
    level = where(displays(shown_by(me)) | (me.fresh >= 1.0), DISPLAY, level)
    level = where(me.force > 0.0, FORCE, level)
    for kind in range(len(_MISTAKES)):
        level += where(me[_MISTAKES[kind]] == 0.0, 0.0, _MISTAKE_FLAGS[kind])
    return (
        level
        + where(me.fresh >= 1.0, FRESH, 0.0)
        + where(me.stance > 0.0, STOOD, 0.0)
        + where(me.stance < 0.0, YIELDED, 0.0)
        + where((joined > 0.0) & (me.fresh >= 1.0), DRAWN_IN, 0.0)
        + where(us.mediated > 0.0, MEDIATED, 0.0)
        + where(me.excused > 0.0, EXCUSED, 0.0)
    )


def _gap(world: World, atlas: Atlas, r: int, lane: int) -> float:
    """Return how far the rival's picture of r's acts is from what r's owner means by them (S5)."""
    them = Relation(world.relations, atlas.reverse[r], lane)
    gap = them.perceived - meant_by(world, atlas, r, lane)
    return most(gap, -gap)


def _note(tracks: Tracks, week: int, measure: int, lane: int, value: float) -> None:
    """Note a measure as a whole number of its scale, cut to what the track holds."""
    whole = (value + _OFFSET[measure]) * _SCALE[measure] + 0.5
    note(tracks.levels, week, measure, lane, most(0.0, least(65535.0, whole)))


def _observe_relations(world: World, atlas: Atlas, week: int, tracks: Tracks, lane: int) -> None:
    """Note every relation's act, and means over the relations between the blocs."""
    fear, opposed, sanctions, toward = 0.0, 0.0, 0.0, 0.0
    deployment, alarm, outward = 0.0, 0.0, 0.0
    east = atlas.leaders[1]
    for r in range(len(atlas.owner)):
        me = Relation(world.relations, r, lane)
        us = Pair(world.pairs, atlas.pair[r], lane)
        joined = State(world.states, atlas.owner[r], lane).joined_fight
        note(tracks.acts, week, r, lane, _act(me, us, joined))
        note(tracks.traces, week, r, lane, me.trace)
        total = Total(tracks.totals, r, lane)
        total.fear = total.fear + me.fear
        if RelationTraits(atlas.relation_traits, r, 0).opposed > 0.0:
            fear += me.fear
            opposed += 1.0
            if atlas.rival[r] == east:
                sanctions += me.sanctions
                toward += 1.0
            if atlas.owner[r] == east:
                deployment += me.deployment
                alarm += me.alarm
                outward += 1.0
    _note(tracks, week, FEAR_MEAN, lane, fear / opposed)
    _note(tracks, week, SANCTIONS_ON_EAST, lane, sanctions / toward)
    _note(tracks, week, DEPLOYMENT_EAST, lane, deployment / outward)
    _note(tracks, week, ALARM_EAST, lane, alarm / outward)


def _observe_pairs(world: World, atlas: Atlas, week: int, tracks: Tracks, lane: int) -> None:
    """Note every pair's rung, and how many opposed pairs dispute or fight."""
    disputing, fighting = 0.0, 0.0
    for pair in range(len(atlas.left)):
        rung = Pair(world.pairs, pair, lane).rung
        note(tracks.rungs, week, pair, lane, rung)
        us = Pair(world.pairs, pair, lane)
        burning = us.violence > Violence.NONE
        note(tracks.causes, week, pair, lane, where(burning, us.cause + us.root * 8.0, 0.0))
        opposed = RelationTraits(atlas.relation_traits, atlas.left[pair], 0).opposed
        disputing += where(rung >= Rung.DISPLAY, opposed, 0.0)
        fighting += where(rung >= Rung.CLASH, opposed, 0.0)
    _note(tracks, week, PAIRS_DISPUTING, lane, disputing)
    _note(tracks, week, PAIRS_FIGHTING, lane, fighting)


def _observe_leaders(world: World, atlas: Atlas, week: int, tracks: Tracks, lane: int) -> None:
    """Note what the two leaders do to each other and how each fares."""
    ra, rb = atlas.toward[atlas.leaders[0], 1], atlas.toward[atlas.leaders[1], 0]
    a, b = Relation(world.relations, ra, lane), Relation(world.relations, rb, lane)
    us = Pair(world.pairs, atlas.leaders_pair, lane)
    west, east = (
        State(world.states, atlas.leaders[0], lane),
        State(world.states, atlas.leaders[1], lane),
    )
    gap = 0.5 * (_gap(world, atlas, ra, lane) + _gap(world, atlas, rb, lane))
    _note(tracks, week, RUNG_LEADERS, lane, us.rung)
    _note(tracks, week, FEAR_LEADERS, lane, 0.5 * (a.fear + b.fear))
    _note(tracks, week, FEAR_EAST, lane, b.fear)
    _note(tracks, week, GAP_LEADERS, lane, gap)
    _note(tracks, week, CHANNEL_LEADERS, lane, us.channel)
    _note(tracks, week, GRIEVANCE_LEADERS, lane, 0.5 * (a.grievance + b.grievance))
    _note(tracks, week, DEPLOYMENT_LEADERS, lane, 0.5 * (a.deployment + b.deployment))
    _note(tracks, week, RHETORIC_LEADERS, lane, 0.5 * (a.rhetoric + b.rhetoric))
    _note(tracks, week, STRESS_EAST, lane, east.stress)
    _note(tracks, week, SPENDING_WEST, lane, west.spending)
    _note(tracks, week, SPENDING_EAST, lane, east.spending)
    _note(tracks, week, COHESION_WEST, lane, west.cohesion)
    _note(tracks, week, COHESION_EAST, lane, east.cohesion)


def _observe_system(world: World, atlas: Atlas, week: int, tracks: Tracks, lane: int) -> None:
    """Note the neutrals' leaning, and what has been counted so far."""
    leaning, west, east, in_west, in_east = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(len(atlas.state_number)):
        mediator = StateTraits(atlas.state_traits, i, 0).mediator
        state = State(world.states, i, lane)
        leaning += mediator * state.lean
        west += where(state.bloc == Bloc.WEST, state.hosted, 0.0)
        east += where(state.bloc == Bloc.EAST, state.hosted, 0.0)
        in_west += where(state.bloc == Bloc.WEST, 1.0, 0.0)
        in_east += where(state.bloc == Bloc.EAST, 1.0, 0.0)
    system = System(world.system, 0, lane)
    stake = Pair(world.pairs, atlas.leaders_pair, lane).stake
    is_left = atlas.owner[atlas.left[atlas.leaders_pair]] == atlas.leaders[0]
    _note(tracks, week, STAKE_LEADERS, lane, stake if is_left else 1.0 - stake)
    _note(tracks, week, FORWARD_WEST, lane, west / most(1.0, in_west))
    _note(tracks, week, FORWARD_EAST, lane, east / most(1.0, in_east))
    _note(tracks, week, CONCESSIONS_WEST, lane, system.west_concessions)
    _note(tracks, week, CONCESSIONS_EAST, lane, system.east_concessions)
    _note(tracks, week, GAINS_WEST, lane, system.west_gains)
    _note(tracks, week, GAINS_EAST, lane, system.east_gains)
    _note(tracks, week, LEAN_NEUTRALS, lane, leaning)
    _note(tracks, week, STANDS, lane, system.stands)
    _note(tracks, week, YIELDS, lane, system.yields)
    _note(tracks, week, CRISES, lane, system.crises)
    _note(tracks, week, JOINS, lane, system.joins)
    _note(tracks, week, ACCESSIONS, lane, system.accessions)


def observe(world: World, atlas: Atlas, week: int, tracks: Tracks, lane: int) -> None:
    """Stage 9: note the week. Nothing of the world changes."""
    _observe_relations(world, atlas, week, tracks, lane)
    _observe_pairs(world, atlas, week, tracks, lane)
    _observe_leaders(world, atlas, week, tracks, lane)
    _observe_system(world, atlas, week, tracks, lane)


def play_weeks(
    world: World, atlas: Atlas, first: int, stop: int, tracks: Tracks, lane: int
) -> None:
    """Take steps from ``first`` to before ``stop``, noting each: 0 begins, w plays week w."""
    for step in range(first, stop):
        if step == 0:
            turn.begin(world, atlas, lane)
        else:
            turn.play_turn(world, atlas, step - 1, lane)
        observe(world, atlas, step, tracks, lane)
