"""What a run is, once it is checked: a scenario with its calendar, design points, sizes and places.

A :class:`Scenario` is who is in the world, how everybody starts and which dated events happen. A
:class:`Job` is a scenario with the points of the parameters at which it is played. Both are made
by :mod:`sim.config` from a composed config; nothing here reads a file or doubts what it is given.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from sim.engine.blocks import Block
from sim.engine.ensemble import play
from sim.engine.history import History
from sim.engine.posterior import Posterior, settled
from sim.engine.record import Record
from sim.lanes import Floats
from sim.model.parameters import Parameters
from sim.model.roster import Entry, Roster, with_calendar
from sim.model.sheets import Geography, PairSheet, StateSheet, pair_table, state_table
from sim.model.vocabulary import EXERCISES, ODDS, SHARES, Bloc, Happening, Violence

BLOCS = {"west": Bloc.WEST, "east": Bloc.EAST}
MISCALCULATION = (*ODDS, *SHARES)
"""Traits of a state or a relation that change the odds or directions of miscalculation."""

FIGURES = {"png": ("png",), "all": ("png", "svg"), "none": ()}
"""Kinds of files that figures are written as, by what a config calls them."""

LONGEST = 1900
"""Characters in which a job tells itself."""
FIRST_INVENTED = 1000
"""Numbers of invented states begin here; real ones (COW codes) end below."""


@dataclass(frozen=True)
class Event:
    """One dated event as the scenario gives it."""

    date: date
    week: int  # 0 is the week that begins with the scenario's start
    kind: Happening
    actor: str  # a state's code, or a bloc's name: its members on that day
    target: str
    size: float  # level or amount, 0..1; 0 where the kind has none
    what: str
    source: str
    id: str = ""  # by which an experiment changes it; '' none
    weeks: int = 0  # that an exercise lasts


@dataclass(frozen=True, repr=False)
class Scenario:
    """Who is in the world, how everybody starts, and what is known to happen."""

    name: str
    title: str
    account: str
    start: date  # a Monday
    roster: Roster  # its atlas holds the calendar of events
    events: tuple[Event, ...]  # in order of date
    given: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)  # its config

    def __repr__(self) -> str:
        states = ", ".join(self.roster.codes[:8]) + (", ..." if len(self.roster.codes) > 8 else "")
        return (
            f"Scenario({self.name!r}: {self.title!r} from {self.start}; "
            f"{len(self.roster.codes)} states ({states}), {len(self.roster.pairs)} pairs, "
            f"{len(self.events)} events)"
        )


@dataclass(frozen=True)
class Point:
    """One point of a design."""

    label: Mapping[str, str | float]  # what is varied, and its level here; {} for a single point
    parameters: Mapping[str, float]  # all parameters; nan: each world's own, of the posterior
    variant: int = 0  # which of the job's scenarios is played
    baseline: int | None = None  # number of the point it is to be compared with


@dataclass(frozen=True)
class Design:
    """How the points of a job were chosen."""

    method: str = "grid"
    axes: tuple[str, ...] = ()  # names of what is varied
    unit: Floats | None = None  # [point, axis] in 0..1, where a method draws them
    seed: int = 1  # of what a method draws

    @property
    def is_drawn(self) -> bool:
        """Whether points are drawn, so that none of them is of interest by itself."""
        return self.unit is not None


@dataclass(frozen=True)
class Precision:
    """When a point has enough worlds."""

    quantity: str  # name of a quantity
    tolerance: float  # from its estimate to the farther end of its 95 % interval, at most
    most: int  # worlds of a point


@dataclass(frozen=True)
class Calibration:
    """How the parameters are calibrated; see :mod:`sim.evidence.calibration`."""

    waves: int  # 2 or more
    points: int  # of each wave
    draws: int  # of the posterior
    more: int  # times as many worlds a draw of the posterior gets as a point of a wave
    trials: int  # of simulation-based calibration


@dataclass(frozen=True)
class Execution:
    """Where and how worlds are played; nothing here changes a result."""

    kind: str = "local"  # or dask
    threads: int | None = None  # None: as many as there are processors
    shard: int | None = None  # most worlds in a shard; None: about half a second of work
    workers: int | None = None  # of a local Dask cluster
    address: str | None = None  # of a Dask scheduler that is there already


class Agents(Protocol):
    """States that are taught to choose otherwise, and play worlds instead of the rules alone."""

    told: Mapping[str, str]  # the class of each, by what it stands for
    source: str  # what makes them what they are

    def __call__(self, block: Block) -> Callable[[], None]:
        """Return what plays the next week of a block, see :data:`sim.engine.ensemble.Player`."""

    def history(self, roster: Roster, parameters: Floats, *, world: int, n_weeks: int, seed: int,
                of_point: int) -> History:  # fmt: skip
        """Return one world in full, as :func:`sim.engine.history.replay` does."""


@dataclass(frozen=True, repr=False)
class Job:
    """A checked config: everything a run needs."""

    experiment: str
    scenarios: tuple[Scenario, ...]  # that points play; the config's own is first, if one does
    points: tuple[Point, ...]
    n_worlds: int  # of each point; with a precision, of each batch
    n_weeks: int
    seed: int
    paired: bool
    tracks: tuple[int, ...]  # worlds to keep in full
    output: Path
    resolved: Mapping[str, Any]  # plain resolved config for the manifest
    design: Design = Design()
    precision: Precision | None = None
    calibrate: Calibration | None = None  # if given, parameters are calibrated, nothing else
    quantities: tuple[str, ...] = ("display", "clash")  # what the report is about
    own: tuple[str, ...] = ()  # quantities of one's own that are kept, by their expressions
    every: int = 1  # weeks from one kept week to the next
    series: tuple[int, ...] = ()  # measures kept of every world, by their place in MEASURES
    execution: Execution = Execution()
    agents: Agents | None = None  # who plays, if not the rules alone
    posterior: Posterior | None = None  # what is drawn where a point leaves a parameter open
    dry_run: bool = False
    retry_failed: bool = False
    figures: str = "png"  # one of FIGURES
    unclaimed: Path | None = None  # the output if none is given: it, or the next free, is taken

    def __repr__(self) -> str:
        n_points, axes = len(self.points), ", ".join(self.design.axes)
        varied = f" over {axes}" if axes else ""
        until = (
            f", until {self.precision.quantity} is within {self.precision.tolerance:g}"
            if self.precision
            else ""
        )
        told = (
            f"Job of {self.title!r}: {n_points} point{'s' if n_points > 1 else ''}{varied}, "
            f"{self.n_worlds:,} worlds of {self.n_weeks} weeks each{until}, seed {self.seed}, "
            f"experiment {self.experiment}; of interest: {', '.join(self.quantities)}"
        )
        return told if len(told) < LONGEST else told[: LONGEST - 3] + "..."

    @property
    def scenario(self) -> Scenario:
        """The scenario of the config, or the first that is played if no point plays that."""
        return self.scenarios[0]

    @property
    def title(self) -> str:
        """The title of its scenarios, or how many differ in it."""
        titles = {scenario.title for scenario in self.scenarios}
        return self.scenario.title if len(titles) == 1 else f"{len(titles)} scenarios"

    def scenario_of(self, point: int) -> Scenario:
        """Return the scenario that a point plays."""
        return self.scenarios[self.points[point].variant]

    def parameters_of(self, points: Iterable[int]) -> Floats:
        """Return the parameters of some points, ``[point, parameter]``; nan where drawn."""
        names = Parameters.FIELDS
        return np.array([[self.points[k].parameters[name] for name in names] for k in points])

    def parameter_points(self) -> Floats:
        """Return the parameters of every point, ``[point, parameter]``; nan where drawn."""
        return self.parameters_of(range(len(self.points)))

    def parameters_in(self, point: int, world: int) -> dict[str, float]:
        """Return all parameters of one world of a point, those that it drew among them."""
        values = self.parameters_of([point])
        if self.posterior is not None:
            values = settled(values, self.posterior.of_worlds(np.array([world]))[0])
        return dict(zip(Parameters.FIELDS, values[0].tolist(), strict=True))

    @property
    def drawn(self) -> tuple[str, ...]:
        """Names of the parameters that are drawn at one point or more."""
        names = self.posterior.names if self.posterior else ()
        return tuple(
            name for name in names if any(math.isnan(p.parameters[name]) for p in self.points)
        )

    def play(
        self, *, disputes_from: int | None = None, progress: Callable[[int], None] | None = None
    ) -> Record:
        """Play the job's worlds in memory; see :func:`sim.engine.ensemble.play` for the arguments.

        Raises:
            ValueError: if its points play different scenarios.
        """
        if len(self.scenarios) > 1:
            raise ValueError("points that play different scenarios are played by a study")
        return play(
            self.scenario.roster,
            self.parameter_points(),
            n_worlds=self.n_worlds,
            n_weeks=self.n_weeks,
            seed=self.seed,
            threads=self.execution.threads,
            paired=self.paired,
            posterior=self.posterior,
            disputes_from=disputes_from,
            progress=progress,
        )


# States and pairs


def invented_number(code: str) -> int:
    """Return the number of an invented state that gives none: 1000 and its letters in base 36."""
    return FIRST_INVENTED + int(code, 36)


def state_sheet(base: StateSheet, traits: Mapping[str, float]) -> StateSheet:
    """Return a state's sheet with the traits a scenario gives it."""
    own = {name: value for name, value in traits.items() if name in MISCALCULATION}
    rest: dict[str, Any] = {name: v for name, v in traits.items() if name not in own}
    return replace(base, **rest, miscalculation=own)


def state_sheets(
    codes: Iterable[str],
    invented: Mapping[str, StateSheet],
    traits: Mapping[str, Mapping[str, float]],
    challenger: str,
) -> list[StateSheet]:
    """Return the sheets of a scenario's states.

    Args:
        codes: the states.
        invented: sheets of those that are not in the table of real states.
        traits: what a scenario says of a state, by code.
        challenger: the state that may probe for gain, unless traits name one.
    """
    if not any("challenger" in given for given in traits.values()):
        traits = {**traits, challenger: {**traits.get(challenger, {}), "challenger": 1.0}}
    table = {**state_table(), **invented}
    return [state_sheet(table[code], traits.get(code, {})) for code in codes]


def pair_sheets(
    proximity: Mapping[tuple[str, str], float], rivals: Collection[tuple[str, str]] = ()
) -> list[PairSheet]:
    """Return the sheets of the real pairs and of those with an invented state.

    Args:
        proximity: 0..1, of pairs with an invented state; neighbours from the nearness of a sea on.
        rivals: those of them that are rivals.
    """
    near = Geography().sea
    invented = [
        PairSheet(first=a, second=b, proximity=value, adjacent=value >= near,
                  rivalry=float((a, b) in rivals))
        for (a, b), value in proximity.items()
    ]  # fmt: skip
    return [*pair_table().values(), *invented]


def pair_start(channel: float | None, violence: str | None) -> dict[str, float]:
    """Return the traits of a pair that a scenario gives, by the names of the roster."""
    given = {} if channel is None else {"start_channel": channel}
    if violence is not None:
        given["start_violence"] = float(Violence[violence.upper()])
    return given


def relation_start(given: Mapping[str, float]) -> dict[str, float]:
    """Return the traits of a relation that a scenario gives, by the names of the roster."""
    return {n if n in MISCALCULATION else f"start_{n}": value for n, value in given.items()}


# The calendar of events


def members(roster: Roster, name: str) -> tuple[str, ...]:
    """Return the states a name stands for: a bloc's at the start, leader included, or one state."""
    if name in BLOCS:
        return tuple(c for c in roster.codes if roster.blocs.get(c) == BLOCS[name])
    return (name,)


def may_count(roster: Roster, name: str, events: Iterable[Event]) -> tuple[str, ...]:
    """Return the states a name may come to stand for: also neutrals and those that accede."""
    if name not in BLOCS:
        return (name,)
    moving = {event.actor for event in events if event.kind == Happening.ACCESSION}
    start = (Bloc.NONE, BLOCS[name])
    return tuple(c for c in roster.codes if c in moving or roster.blocs.get(c, start[0]) in start)


def sides_at(roster: Roster, events: Iterable[Event], event: Event) -> dict[str, Bloc]:
    """Return the bloc of each state on one, after the dated accessions before an event."""
    sides = dict(roster.blocs)
    for earlier in events:
        if earlier is event:
            break
        if earlier.kind == Happening.ACCESSION:
            sides[earlier.actor] = _joined(earlier, sides)
    return sides


def _joined(event: Event, sides: Mapping[str, Bloc]) -> Bloc:
    """Return the bloc of an accession: the one it names, or that of the state it names."""
    return BLOCS[event.target] if event.target in BLOCS else sides[event.target]


def rows(
    place: Mapping[tuple[str, str], int], actors: Iterable[str], targets: Iterable[str]
) -> list[int]:
    """Return the relations of some states toward others, in order; none if there are none.

    Args:
        place: index of each relation by its states, as of :func:`places`.
        actors, targets: codes of the owners and of the rivals.
    """
    ends = [(a, b) for a in actors for b in targets]
    return sorted(place[pair] for pair in ends if pair in place)


def places(roster: Roster) -> dict[tuple[str, str], int]:
    """Return the index of each relation by its states."""
    return {ends: r for r, ends in enumerate(roster.relations)}


def dated(roster: Roster, events: Sequence[Event]) -> Roster:
    """Return the roster with these events, which are in order of date, in its calendar.

    An event of a bloc means its members on that day, which are known when it is played.
    """
    place = places(roster)
    return with_calendar(
        roster, [entry for event in events for entry in _entries(roster, place, events, event)]
    )


def _entries(
    roster: Roster, place: Mapping[tuple[str, str], int], events: Sequence[Event], event: Event
) -> list[Entry]:
    if event.kind == Happening.ACCESSION:
        joined = float(_joined(event, sides_at(roster, events, event)))
        return [Entry(event.week, event.kind, roster.codes.index(event.actor), joined)]
    size = event.size
    if event.kind == Happening.FORWARD:
        return [Entry(event.week, event.kind, roster.codes.index(event.target), size)]
    if event.kind == Happening.BRIEFING:
        speaker = Entry(event.week, event.kind, roster.codes.index(event.actor), size)
        speech = replace(event, kind=Happening.SPEECH)
        return [*_entries(roster, place, events, speech), speaker]
    if event.kind in EXERCISES:
        end = replace(event, week=event.week + event.weeks)
        return [
            *_on_relations(roster, place, events, event, size),
            *(
                entry._replace(actor=Bloc.NONE, target=Bloc.NONE)  # whatever bloc it is in by then
                for entry in _on_relations(roster, place, events, end, 0.0)
            ),
        ]
    if event.kind in (Happening.WAR, Happening.CEASEFIRE):
        size = float(Violence.WAR if event.kind == Happening.WAR else Violence.NONE)
    return _on_relations(roster, place, events, event, size)


def _on_relations(
    roster: Roster,
    place: Mapping[tuple[str, str], int],
    events: Sequence[Event],
    event: Event,
    size: float,
) -> list[Entry]:
    ends = event.actor, event.target
    return [
        Entry(event.week, event.kind, row, size, *(BLOCS.get(end, Bloc.NONE) for end in ends))
        for row in rows(place, *(may_count(roster, end, events) for end in ends))
    ]
