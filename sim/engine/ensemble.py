"""Many worlds at once: blocks of lanes, played in threads. Nothing else.

A block is a few neighbouring worlds; the library plays them without holding the interpreter, so
that plain threads use all cores. Nothing a world does depends on its block, its lane or its thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.engine import record
from sim.engine.asked import Field, UnseenError, Watched, values_of
from sim.engine.blocks import Block
from sim.engine.disputes import DISPUTE_COLUMNS, INCIDENT_COLUMNS, most_disputes, no_incidents
from sim.engine.forks import Fork
from sim.engine.native import entry, refer, width
from sim.engine.notes import Tracks, some_worlds
from sim.engine.posterior import Posterior, settled
from sim.engine.record import (
    NARROW,
    OUTCOMES,
    Record,
    Tally,
    empty_tally,
    kept_weeks,
    merged,
    widened,
)
from sim.engine.threads import in_threads, n_threads
from sim.lanes import Floats
from sim.model.parameters import Parameters
from sim.model.roster import Roster

Progress = Callable[[int], None]
Player = Callable[[Block], Callable[[], None]]
"""Takes a block of one world that was begun, and returns what plays its next week and notes it."""
_fold = entry(record.fold, wide=False)
_code = entry(record.code, wide=False)


@dataclass(frozen=True)
class Terms:
    """How worlds are played, and what is kept of them."""

    n_weeks: int  # of each world, 1 or more
    seed: int  # master seed, 0 to 2**64 - 1
    every: int = 1  # weeks from one kept week to the next
    series: tuple[int, ...] = ()  # measures to keep of every world, by their place in MEASURES
    disputes_from: int | None = None  # keep a row for each dispute that begins then or later
    asked: tuple[str, ...] = ()  # quantities of one's own, see sim.engine.asked
    player: Player | None = None  # what plays each world; None: the rules
    fork: Fork | None = None  # where worlds leave those whose futures they are


@dataclass(frozen=True)
class Worlds:
    """Which worlds to play."""

    point: NDArray[np.int64]  # [world] row of its parameters
    number: NDArray[np.int64]  # [world]
    stream: NDArray[np.int64]  # [world] 0 where points share random numbers, else a point's own
    draw: NDArray[np.int64] | None = None  # [world] row of its draw, where parameters are drawn


def nothing_asked() -> NDArray[np.int32]:
    """Return the values of no quantities in no worlds."""
    return np.zeros((0, 0), np.int32)


@dataclass(frozen=True)
class Played:
    """What is kept of worlds that were played."""

    tally: Tally
    outcomes: NDArray[np.int32]  # [world, column of OUTCOMES]
    series: NDArray[np.uint16]  # [world, kept week, measure of Terms.series]
    disputes: NDArray[np.int32]  # [row, DISPUTE_COLUMNS], where asked for
    incidents: NDArray[np.int32] = field(default_factory=no_incidents)  # [row, INCIDENT_COLUMNS]
    asked: NDArray[np.int32] = field(default_factory=nothing_asked)  # [world, of Terms.asked]


def _parameters(
    points: Floats, draws: Floats | None, worlds: Worlds, at: NDArray[np.int64]
) -> Floats:
    """Return the parameters of some worlds, ``[world, parameter]``: their points' and their draws'.

    Raises:
        ValueError: if a point leaves a parameter open that is not drawn.
    """
    values = points[worlds.point[at]]
    if draws is not None and worlds.draw is not None:
        values = settled(values, draws[worlds.draw[at]])
    if np.isnan(values).any():
        name = Parameters.FIELDS[int(np.argwhere(np.isnan(values))[0, 1])]
        raise ValueError(f"{name} is NaN (sampled), but no posterior is given")
    return values


def play_worlds(
    roster: Roster,
    points: Floats,
    worlds: Worlds,
    terms: Terms,
    *,
    draws: Floats | None = None,
    threads: int = 1,
    progress: Progress | None = None,
) -> Played:
    """Play worlds and return what is kept of them; nothing depends on threads or blocks.

    Args:
        roster: who is in the worlds.
        points: parameters of each point, ``[point, parameter]``; nan where they are drawn.
        worlds: which worlds, 1 or more.
        terms: how they are played.
        draws: what ``worlds.draw`` tells the rows of, ``[draw, parameter]``.
        threads: threads to use.
        progress: called with the number of worlds just finished.

    Raises:
        ValueError: if a parameter is nan and not drawn.
        WorldError: if a world leaves the numbers.
    """
    n_total, size = len(worlds.point), width() if terms.player is None else 1
    outcomes = np.zeros((n_total, len(OUTCOMES)), np.int32)
    kept = kept_weeks(terms.n_weeks, terms.every)
    series = np.zeros((n_total, len(kept), len(terms.series)), np.uint16)
    answers = np.zeros((n_total, len(terms.asked)), np.int32)
    coded: dict[int, tuple[NDArray[np.int32], NDArray[np.int32]]] = {}
    desks: dict[int, _Desk] = {}  # one a thread, so that none waits for another

    def play_one(start: int) -> int:
        at = np.arange(start, min(start + size, n_total))
        thread = threading.get_ident()
        if thread not in desks:
            desks[thread] = _Desk(roster, len(points), terms)
        desk = desks[thread]
        block = desk.block
        begun = _parameters(points, draws, worlds, at), worlds.number[at], worlds.stream[at]
        if terms.asked:
            answers[at] = desk.answers(terms.asked, *begun)
        else:
            desk.begin(*begun)
            desk.play()
        block.check_finite()
        outcomes[at] = desk.fold(worlds.point[at])
        if terms.series:
            noted = block.tracks.value.levels[kept][:, terms.series, : len(at)]
            series[at] = noted.transpose(2, 0, 1)
        if terms.disputes_from is not None:
            disputes, incidents = coded_disputes(
                roster, block.tracks.value, block.n_worlds, terms.disputes_from
            )
            disputes[:, 0] += start
            coded[start] = disputes, incidents
        return len(at)

    for n_done in in_threads(play_one, range(0, n_total, size), threads):
        if progress:
            progress(n_done)
    tally = merged(desk.total(n_total) for desk in desks.values())
    return Played(tally, outcomes, series, *_joined(coded), answers)


class _Desk:
    """What a thread works with: a block, and the tally it folds blocks into."""

    def __init__(self, roster: Roster, n_points: int, terms: Terms) -> None:
        self.block = Block(roster, terms.n_weeks, terms.seed)
        self.tally = refer(empty_tally(roster, terms.n_weeks, n_points, terms.every))
        self.every, self.player, self.fork = terms.every, terms.player, terms.fork
        self.turns: dict[int, NDArray[np.int64]] = {}  # lucks of the worlds, by week
        self.past = _Past(roster, terms.fork) if terms.fork else None
        self.n_folded = 0
        self.full: list[Tally] = []  # what had no more room, at most one
        self.room = np.zeros((most_disputes(terms.n_weeks), len(DISPUTE_COLUMNS)), np.int32)
        self.looked_at: dict[Field, Floats] = {}  # [week, world]

    def begin(
        self, parameters: Floats, numbers: NDArray[np.int64], streams: NDArray[np.int64]
    ) -> None:
        """Begin worlds; futures of one world are brought at once to where they part."""
        if self.fork is None:
            self.block.begin(parameters, numbers, streams)
            return
        self.turns = self.fork.turns(numbers)
        quick = self.player is None and not self.looked_at
        if quick and self.past and self.past.brought(self.block, parameters, streams):
            return
        self.block.begin(parameters, self.fork.pasts(numbers), streams)

    def play(self) -> None:
        """Play a block that was begun to its last week, and look at what is asked for."""
        block, n = self.block, self.block.n_worlds
        if self.player is None and not self.looked_at:
            for week, lucks in self.turns.items():
                if week >= block.week:
                    block.play(week)
                    block.give_lucks(lucks)
            block.play(block.n_weeks)
            return
        step = self.player(block) if self.player else lambda: block.play(block.week + 1)
        found = {of: np.zeros((block.n_weeks + 1, n)) for of in self.looked_at}
        for week in range(block.n_weeks + 1):
            if week:
                step()
            if week in self.turns:
                block.give_lucks(self.turns[week])
            for of, values in found.items():
                values[week] = block.field(*of)[:n]
        self.looked_at = found

    def answers(self, asked: Sequence[str], parameters: Floats, numbers: NDArray[np.int64],
                streams: NDArray[np.int64]) -> NDArray[np.int32]:  # fmt: skip
        """Play worlds and return the values of what is asked of them, ``[world, asked]``.

        Fields of the state are looked at week by week once it is known that they are asked for;
        till then the worlds are played again.
        """
        while True:
            self.begin(parameters, numbers, streams)
            self.play()
            shown = some_worlds(self.block.tracks.value, slice(len(numbers)))
            block, fields = self.block, self.looked_at
            try:
                return values_of(
                    asked, Watched(block.roster, block.n_weeks, shown, numbers.tolist(), fields)
                )
            except UnseenError as unseen:
                self.looked_at[unseen.field] = np.zeros(0)

    def fold(self, points: NDArray[np.int64]) -> NDArray[np.int32]:
        """Fold the block into the tally, and return the rows of its worlds."""
        rows = np.zeros((len(points), len(OUTCOMES)), np.int32)
        block = self.block
        if self.n_folded + len(points) > NARROW:
            self._put_by()
        self.n_folded += len(points)
        _fold(block.tracks, block.atlas, points, self.tally, rows, self.every, self.room)
        return rows

    def total(self, n_worlds: int) -> Tally:
        """Return the tally, with room for so many worlds in all."""
        if n_worlds <= NARROW:
            return self.tally.value
        self._put_by()
        return self.full[0]

    def _put_by(self) -> None:
        """Empty the tally into a wider one."""
        self.full = [merged([*self.full, widened(self.tally.value)])]
        for counts in self.tally.value:
            counts.fill(0)
        self.n_folded = 0


class _Past:
    """The past that the futures of one world share, played once for as long as nothing else is."""

    def __init__(self, roster: Roster, fork: Fork) -> None:
        self.roster, self.fork = roster, fork
        self.block: Block | None = None
        self.key: tuple[bytes, int] | None = None

    def brought(self, block: Block, parameters: Floats, streams: NDArray[np.int64]) -> bool:
        """Bring a block to where its futures part; False if they do not share a past."""
        alike = (parameters == parameters[0]).all() and (streams == streams[0]).all()
        if self.fork.world is None or not alike:
            return False
        key = parameters[0].tobytes(), int(streams[0])
        if self.block is None:
            self.block = Block(self.roster, block.n_weeks, block.seed)
        if key != self.key:
            self.block.begin(parameters[0], self.fork.world, streams[0])
            for week, lucks in self.fork.turns(0).items():
                self.block.play(week)
                if week < self.fork.week:
                    self.block.give_lucks(lucks)
            self.key = key
        block.take(self.block, np.zeros(len(streams), np.int64))
        return True


def coded_disputes(
    roster: Roster, tracks: Tracks, n_worlds: int, counted_from: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the disputes of worlds and their incidents.

    Args:
        roster: who is in the worlds.
        tracks: what was noted of them.
        n_worlds: worlds that count, from the first lane.
        counted_from: first week whose disputes are given.

    Returns:
        ``[row, DISPUTE_COLUMNS]`` and ``[row, INCIDENT_COLUMNS]``, in as much room as they need.
    """
    n_rows = n_worlds * roster.n_pairs * most_disputes(len(tracks.rungs) - 1)
    disputes = np.zeros((n_rows, len(DISPUTE_COLUMNS)), np.int32)
    incidents = np.zeros((n_rows, len(INCIDENT_COLUMNS)), np.int32)
    found = np.zeros(2, np.int64)
    given = refer(tracks), refer(roster.atlas), n_worlds, counted_from, disputes
    _code(*given, incidents, found)
    if found[1] > len(incidents):
        incidents = np.zeros((int(found[1]), len(INCIDENT_COLUMNS)), np.int32)
        _code(*given, incidents, found)
    return disputes[: found[0]].copy(), incidents[: found[1]].copy()


def _joined(
    coded: dict[int, tuple[NDArray[np.int32], NDArray[np.int32]]],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the disputes and incidents of all blocks, incidents numbered by their disputes."""
    disputes = [np.zeros((0, len(DISPUTE_COLUMNS)), np.int32)]
    incidents = [no_incidents()]
    n_before = 0
    for start in sorted(coded):
        mine, theirs = coded[start]
        theirs[:, 0] += n_before
        n_before += len(mine)
        disputes.append(mine)
        incidents.append(theirs)
    return np.concatenate(disputes), np.concatenate(incidents)


def play(
    roster: Roster,
    points: Floats,
    *,
    n_worlds: int,
    n_weeks: int,
    seed: int,
    first_world: int = 0,
    threads: int | None = None,
    paired: bool = True,
    posterior: Posterior | None = None,
    disputes_from: int | None = None,
    progress: Progress | None = None,
) -> Record:
    """Play the same worlds at one or more points of the parameters, in memory.

    Args:
        roster: who is in the worlds.
        points: parameters of each point, ``[point, parameter]``; nan where they are drawn.
        n_worlds: worlds of each point, 1 or more.
        n_weeks: weeks of each world, 1 or more.
        seed: master seed, 0 to 2**64 - 1.
        first_world: number of the first world; the same worlds are played at every point.
        threads: threads to use; as many as there are processors if not given.
        paired: whether points share random numbers.
        posterior: what each world draws, at every point, where its parameters are nan.
        disputes_from: keep a row for each dispute that begins in this week or later.
        progress: called with the number of worlds just finished.

    Raises:
        ValueError: if a count is below 1, or a parameter is nan and not drawn.
        WorldError: if a world leaves the numbers.
    """
    if min(n_worlds, n_weeks, len(points)) < 1:
        raise ValueError("worlds, weeks and points must be 1 or more")
    point, number = np.divmod(np.arange(n_worlds * len(points)), n_worlds)
    stream = np.zeros_like(point) if paired else point + 1
    draws, draw = posterior.of_worlds(first_world + number) if posterior else (None, None)
    worlds = Worlds(point, first_world + number, stream, draw)
    terms = Terms(n_weeks, seed, disputes_from=disputes_from)
    begun = time.perf_counter()
    played = play_worlds(
        roster, points, worlds, terms, draws=draws, threads=n_threads(threads), progress=progress
    )
    seconds = time.perf_counter() - begun
    return Record(
        roster=roster,
        n_weeks=n_weeks,
        n_worlds=n_worlds,
        tally=widened(played.tally),
        outcomes=played.outcomes,
        disputes=played.disputes,
        incidents=played.incidents,
        draw=posterior.row_of(first_world + np.arange(n_worlds)) if posterior else None,
        facts={
            "seconds": seconds,
            "relation_weeks_per_second": len(point) * n_weeks * roster.n_relations / seconds,
            "threads": n_threads(threads),
            "lanes": width(),
        },
    )
