"""Many worlds at once: blocks of lanes, played in threads. Nothing else.

A block is a few neighbouring worlds; the kernel plays them sixteen lanes at a time without holding
the interpreter, so that plain threads use all cores. Nothing a world does depends on its block, its
lane or its thread.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import turn
from sim.disputes import DISPUTE_COLUMNS, GAP
from sim.jit import ENABLED, group, kernel
from sim.lanes import Floats
from sim.randomness import key_of
from sim.record import OUTCOMES, Record, Tally, empty_tally, fold, merged
from sim.roster import Atlas, Roster
from sim.tracks import Tracks, empty_tracks, observe
from sim.world import World, empty_world

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
    disputes_from: int | None = None,
    progress: Progress | None = None,
) -> Record:
    """Play worlds at one or more points of the parameters and return what is kept of them.

    Args:
        roster: who is in the worlds.
        points: parameters of each point, ``[point, parameter]``.
        n_worlds: worlds of each point, 1 or more.
        n_weeks: weeks of each world, 1 or more.
        seed: master seed, 0 to 2**64 - 1.
        first_world: number of the first world; the same worlds are played at every point.
        threads: threads to use; as many as there are processors if not given.
        lanes: worlds played as one value, one of ``WIDTHS``.
        block: worlds in a block, a multiple of ``lanes`` (or made one).
        paired: whether points share random numbers.
        disputes_from: keep a row for each dispute that begins in this week or later.
        progress: called with the number of worlds just finished.

    Raises:
        ValueError: if a count is below 1, or ``lanes`` is not a width.
    """
    if min(n_worlds, n_weeks, len(points)) < 1:
        raise ValueError("worlds, weeks and points must be 1 or more")
    width = lanes if ENABLED else 1
    player = block_player(width)
    n_total = n_worlds * len(points)
    size = max(width, block - block % width)
    tallies: dict[int, Tally] = {}  # one a thread, so that none waits for another
    outcomes = np.zeros((n_total, len(OUTCOMES)), np.int32)
    kept: dict[int, NDArray[np.int32]] = {}
    room = size * roster.n_pairs * (n_weeks // (GAP + 1) + 2)  # no pair has more disputes

    def play_one(start: int) -> int:
        at = np.arange(start, start + size)
        of_point = np.minimum(at // n_worlds, len(points) - 1)
        key = key_of(
            seed,
            (first_world + at % n_worlds).astype(np.uint32),
            (np.zeros_like(at) if paired else of_point + 1).astype(np.uint32),
        )
        columns = np.ascontiguousarray(points[of_point].T[None])
        world = empty_world(roster, columns, key)
        tracks = empty_tracks(roster, n_weeks, size)
        player(world, roster.atlas, 0, n_weeks + 1, tracks)
        n_real = min(size, n_total - start)
        found = np.zeros((room, len(DISPUTE_COLUMNS)), np.int32)
        thread = threading.get_ident()
        if thread not in tallies:
            tallies[thread] = empty_tally(roster, n_weeks, len(points))
        n_found = fold(
            tracks, roster.atlas, of_point[:n_real], tallies[thread],
            outcomes[start : start + n_real], found, disputes_from or 0,
        )  # fmt: skip
        if disputes_from is not None:
            found[:, 0] += start
            kept[start] = found[: min(n_found, room)].copy()
        return n_real

    begun = time.perf_counter()
    for n_done in _in_threads(play_one, range(0, n_total, size), threads or os.cpu_count() or 1):
        if progress:
            progress(n_done)
    seconds = time.perf_counter() - begun
    rows = [kept[start] for start in sorted(kept)]
    return Record(
        roster=roster,
        n_weeks=n_weeks,
        n_worlds=n_worlds,
        tally=merged(tallies.values()),
        outcomes=outcomes,
        disputes=np.concatenate(rows) if rows else np.zeros((0, len(DISPUTE_COLUMNS)), np.int32),
        facts={
            "seconds": seconds,
            "relation_weeks_per_second": n_total * n_weeks * roster.n_relations / seconds,
            "threads": threads or os.cpu_count() or 1,
            "lanes": width,
        },
    )


def _in_threads(task: Callable[[int], int], starts: range, threads: int) -> Iterator[int]:
    """Run a task for each start in threads, and give results as they come."""
    if threads == 1:
        yield from map(task, starts)
        return
    todo = iter(starts)
    running: set[Future[Any]] = set()
    with ThreadPoolExecutor(threads) as pool:
        try:
            while True:
                while len(running) < 2 * threads and (start := next(todo, None)) is not None:
                    running.add(pool.submit(task, start))
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        finally:
            for future in running:
                future.cancel()
