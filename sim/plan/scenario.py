"""What a run is, once it is checked: a scenario with its calendar, design points, sizes and places.

A :class:`Scenario` is who is in the world, how everybody starts and which dated events happen. A
:class:`Job` is a scenario with the points of the parameters at which it is played. Both are made
by :mod:`sim.config` from a composed config; nothing here reads a file or doubts what it is given.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.engine.blocks import Block
from sim.engine.ensemble import play
from sim.engine.forks import Fork
from sim.engine.history import History
from sim.engine.posterior import Posterior, settled
from sim.engine.record import Record
from sim.lanes import Floats
from sim.model.parameters import Parameters
from sim.model.roster import Roster
from sim.model.sheets import Geography, PairSheet, StateSheet, pair_table, state_table
from sim.model.vocabulary import ODDS, SHARES, Violence
from sim.plan.calendar import Event
from sim.plan.changes import Change

MISCALCULATION = (*ODDS, *SHARES)
"""Traits of a state or a relation that change the odds or directions of miscalculation."""

FIGURES = {"png": ("png",), "all": ("png", "svg"), "none": ()}
"""Kinds of files that figures are written as, by what a config calls them."""

LONGEST = 1900
"""Characters in which a job tells itself."""
FIRST_INVENTED = 1000
"""Numbers of invented states begin here; real ones (COW codes) end below."""


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
    changes: tuple[Change, ...] = ()  # from outside; those of the calendar are in it

    def __repr__(self) -> str:
        states = ", ".join(self.roster.codes[:8]) + (", ..." if len(self.roster.codes) > 8 else "")
        return (
            f"Scenario({self.name!r}: {self.title!r} from {self.start}; "
            f"{len(self.roster.codes)} states ({states}), {len(self.roster.pairs)} pairs, "
            f"{len(self.events)} events"
            + (f", changed: {'; '.join(map(str, self.changes))})" if self.changes else ")")
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


STEPS = (
    "freeze", "words", "talks", "apology", "hotline", "mediator", "sanctions", "restrain",
    "withdraw", "show",
)  # fmt: skip
"""Steps toward peace, from the least to the greatest, and a control at the end; what each is:
:mod:`sim.forks.off_ramps`."""


@dataclass(frozen=True)
class OffRamps:
    """What is tried to keep worlds from an outcome; see :mod:`sim.forks.off_ramps`."""

    steps: tuple[str, ...] = STEPS  # of these, which are tried
    most: int = 200  # worlds that come to the outcome, of each point
    before: int = 26  # weeks before it in which a step is taken at the earliest
    within: int = 26  # weeks after it in which it still counts as having come
    lasts: int = 26  # weeks for which a step holds
    lucks: int = 5  # other lucks in which each step is tried, in some of the weeks
    rung: int = 5  # the outcome: the two come to this rung
    pair: tuple[str, str] | None = None  # whose; None: the scenario's pair


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
                of_point: int, fork: Fork | None = None) -> History:  # fmt: skip
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
    off_ramps: OffRamps | None = None  # if given, these are sought, nothing else
    quantities: tuple[str, ...] = ("display", "clash")  # what the report is about
    own: tuple[str, ...] = ()  # quantities of one's own that are kept, by their expressions
    every: int = 1  # weeks from one kept week to the next
    series: tuple[int, ...] = ()  # measures kept of every world, by their place in MEASURES
    execution: Execution = Execution()
    agents: Agents | None = None  # who plays, if not the rules alone
    fork: Fork | None = None  # where its worlds leave those whose futures they are
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
        if self.fork is not None:
            whose = f"world {self.fork.world}" if self.fork.world is not None else "each world"
            until = f", futures of {whose} after week {self.fork.week}{until}"
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

    def pasts(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the numbers of the worlds whose pasts some worlds have: their own, or a fork's."""
        return self.fork.pasts(numbers) if self.fork else numbers

    def parameters_in(self, point: int, world: int) -> dict[str, float]:
        """Return all parameters of one world of a point, those that it drew among them."""
        values = self.parameters_of([point])
        if self.posterior is not None:
            values = settled(values, self.posterior.of_worlds(self.pasts(np.array([world])))[0])
        return dict(zip(Parameters.FIELDS, values[0].tolist(), strict=True))

    def values_in(self, point: int, worlds: Iterable[int]) -> Floats:
        """Return all parameters of some worlds of a point, ``[world, parameter]``."""
        return np.array([list(self.parameters_in(point, int(world)).values()) for world in worlds])

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
