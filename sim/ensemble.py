"""Many worlds at once: blocks of lanes, played in threads. Nothing else.

A block is a few neighbouring worlds; the kernel plays them sixteen lanes at a time without holding
the interpreter, so that plain threads use all cores. Nothing a world does depends on its block, its
lane or its thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sim import turn
from sim.disputes import DISPUTE_COLUMNS, INCIDENT_COLUMNS, most_disputes, no_incidents
from sim.jit import ENABLED, group, kernel
from sim.lanes import Floats
from sim.parameters import Parameters
from sim.posterior import Posterior, settled
from sim.randomness import key_of
from sim.record import OUTCOMES, Record, Tally, code, empty_tally, fold, kept_weeks, merged
from sim.roster import Atlas, Roster
from sim.threads import in_threads, n_threads
from sim.tracks import Tracks, empty_tracks, observe
from sim.world import Pair, Relation, State, System, World, empty_world

WIDTHS = (1, 4, 8, 16)
Progress = Callable[[int], None]
BlockPlayer = Callable[[World, Atlas, int, int, Tracks], None]


@cache
def block_player(width: int) -> BlockPlayer:
    """Return the kernel that plays a block ``width`` lanes at a time.

    It takes the block, the atlas, the first step to take and the one to stop before, and the tracks
    to note them in. Step 0 begins the worlds, step w plays their week w.
    """
    if width not in WIDTHS:
        raise ValueError(f"lanes must be one of {WIDTHS}, not {width}")

    @kernel
    def play_block(world: World, atlas: Atlas, first: int, stop: int, tracks: Tracks) -> None:
        for k in range(world.parameters.shape[2] // width):
            lane = group(k * width, width)
            for step in range(first, stop):
                if step == 0:
                    turn.begin(world, atlas, lane)
                else:
                    turn.play_turn(world, atlas, step - 1, lane)
                observe(world, atlas, step, tracks, lane)

    return play_block


@dataclass(frozen=True)
class Terms:
    """How worlds are played, and what is kept of them."""

    n_weeks: int  # of each world, 1 or more
    seed: int  # master seed, 0 to 2**64 - 1
    lanes: int = 16  # worlds played as one value, one of WIDTHS
    block: int = 16  # worlds in a block, a multiple of lanes (or made one)
    every: int = 1  # weeks from one kept week to the next
    series: tuple[int, ...] = ()  # measures to keep of every world, by their place in MEASURES
    disputes_from: int | None = None  # keep a row for each dispute that begins then or later


@dataclass(frozen=True)
class Worlds:
    """Which worlds to play."""

    point: NDArray[np.int64]  # [world] row of its parameters
    number: NDArray[np.int64]  # [world]
    stream: NDArray[np.int64]  # [world] 0 where points share random numbers, else a point's own
    draw: NDArray[np.int64] | None = None  # [world] row of its draw, where parameters are drawn


@dataclass(frozen=True)
class Played:
    """What is kept of worlds that were played."""

    tally: Tally
    outcomes: NDArray[np.int32]  # [world, column of OUTCOMES]
    series: NDArray[np.uint16]  # [world, kept week, measure of Terms.series]
    disputes: NDArray[np.int32]  # [row, DISPUTE_COLUMNS], where asked for
    incidents: NDArray[np.int32] = field(default_factory=no_incidents)  # [row, INCIDENT_COLUMNS]


class WorldError(ArithmeticError):
    """A world left the numbers: something in it is not finite."""


def _check_finite(world: World, roster: Roster, numbers: NDArray[np.int64]) -> None:
    """Raise :class:`WorldError` if anything in a block's worlds is not a finite number."""
    for kind, row in ((world.relations, Relation), (world.pairs, Pair), (world.states, State),
                      (world.system, System)):  # fmt: skip
        if not np.isfinite(kind[:, :, : len(numbers)]).all():
            where, field, lane = np.argwhere(~np.isfinite(kind[:, :, : len(numbers)]))[0]
            name = f"{row.__name__.lower()} {where}"
            if row is Relation:
                name = "{} toward {}".format(*roster.relations[where])
            told = f"world {numbers[lane]}: {row.FIELDS[field]} of {name} is not a finite number"
            raise WorldError(told)


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
        raise ValueError(f"{name} is open (nan) and nothing is drawn for it")
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
        ValueError: if ``terms.lanes`` is not a width, or a parameter is nan and not drawn.
        WorldError: if a world leaves the numbers.
    """
    width = terms.lanes if ENABLED else 1
    player = block_player(width)
    n_total, n_weeks = len(worlds.point), terms.n_weeks
    size = max(width, terms.block - terms.block % width)
    kept = kept_weeks(n_weeks, terms.every)
    tallies: dict[int, Tally] = {}  # one a thread, so that none waits for another
    outcomes = np.zeros((n_total, len(OUTCOMES)), np.int32)
    series = np.zeros((n_total, len(kept), len(terms.series)), np.uint16)
    coded: dict[int, tuple[NDArray[np.int32], NDArray[np.int32]]] = {}

    def play_one(start: int) -> int:
        at = np.minimum(np.arange(start, start + size), n_total - 1)  # the last fills its block
        n_real = min(size, n_total - start)
        mine = slice(start, start + n_real)
        key = key_of(
            terms.seed,
            worlds.number[at].astype(np.uint32),
            worlds.stream[at].astype(np.uint32),
        )
        columns = np.ascontiguousarray(_parameters(points, draws, worlds, at).T[None])
        world = empty_world(roster, columns, key)
        tracks = empty_tracks(roster, n_weeks, size)
        player(world, roster.atlas, 0, n_weeks + 1, tracks)
        _check_finite(world, roster, worlds.number[mine])
        thread = threading.get_ident()
        if thread not in tallies:
            tallies[thread] = empty_tally(roster, n_weeks, len(points), terms.every)
        fold(tracks, roster.atlas, worlds.point[mine], tallies[thread], outcomes[mine], terms.every)
        if terms.series:
            series[mine] = tracks.levels[kept][:, terms.series, :n_real].transpose(2, 0, 1)
        if terms.disputes_from is not None:
            disputes, incidents = _coded(tracks, roster, n_real, terms.disputes_from)
            disputes[:, 0] += start
            coded[start] = disputes, incidents
        return n_real

    for n_done in in_threads(play_one, range(0, n_total, size), threads):
        if progress:
            progress(n_done)
    return Played(merged(tallies.values()), outcomes, series, *_joined(coded))


def _coded(
    tracks: Tracks, roster: Roster, n_lanes: int, counted_from: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the disputes of a block's worlds and their incidents, in as much room as they need."""
    room = n_lanes * roster.n_pairs * most_disputes(len(tracks.rungs) - 1)
    disputes = np.zeros((room, len(DISPUTE_COLUMNS)), np.int32)
    incidents = np.zeros((room, len(INCIDENT_COLUMNS)), np.int32)
    n_disputes, n_incidents = code(tracks, roster.atlas, n_lanes, counted_from, disputes, incidents)
    if n_incidents > len(incidents):
        incidents = np.zeros((n_incidents, len(INCIDENT_COLUMNS)), np.int32)
        code(tracks, roster.atlas, n_lanes, counted_from, disputes, incidents)
    return disputes[:n_disputes].copy(), incidents[:n_incidents].copy()


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
    lanes: int = 16,
    block: int = 16,
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
        lanes: worlds played as one value, one of ``WIDTHS``.
        block: worlds in a block, a multiple of ``lanes`` (or made one).
        paired: whether points share random numbers.
        posterior: what each world draws, at every point, where its parameters are nan.
        disputes_from: keep a row for each dispute that begins in this week or later.
        progress: called with the number of worlds just finished.

    Raises:
        ValueError: if a count is below 1, ``lanes`` is not a width, or a parameter is nan and not
            drawn.
        WorldError: if a world leaves the numbers.
    """
    if min(n_worlds, n_weeks, len(points)) < 1:
        raise ValueError("worlds, weeks and points must be 1 or more")
    point, number = np.divmod(np.arange(n_worlds * len(points)), n_worlds)
    stream = np.zeros_like(point) if paired else point + 1
    draws, draw = posterior.of_worlds(first_world + number) if posterior else (None, None)
    worlds = Worlds(point, first_world + number, stream, draw)
    terms = Terms(n_weeks, seed, lanes, block, disputes_from=disputes_from)
    begun = time.perf_counter()
    played = play_worlds(
        roster, points, worlds, terms, draws=draws, threads=n_threads(threads), progress=progress
    )
    seconds = time.perf_counter() - begun
    return Record(
        roster=roster,
        n_weeks=n_weeks,
        n_worlds=n_worlds,
        tally=played.tally,
        outcomes=played.outcomes,
        disputes=played.disputes,
        incidents=played.incidents,
        draw=posterior.row_of(first_world + np.arange(n_worlds)) if posterior else None,
        facts={
            "seconds": seconds,
            "relation_weeks_per_second": len(point) * n_weeks * roster.n_relations / seconds,
            "threads": n_threads(threads),
            "lanes": lanes if ENABLED else 1,
        },
    )
