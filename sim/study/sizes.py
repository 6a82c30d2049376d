"""How much of a study is held at a time: worlds and points of a shard, and bytes of either.

What a shard holds depends on nothing but the job. All sizes are worked out together, once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.notes import MEASURES
from sim.engine.record import N_BINS, OUTCOMES, count_type, empty_tally, kept_weeks
from sim.plan.scenario import Job

SHARD_WORK = 5_000_000
"""Relation-weeks of a shard: about half a second of one thread."""
TALLY_ROOM = 32_000_000
"""Bytes that the tallies of a shard's points may take."""
FRAME = 100_000
"""Bytes of a shard in addition to its numbers, and of the reason why a point failed."""
BLOCK = 16


@dataclass(frozen=True)
class Sizes:
    """What is held of a job at a time."""

    tally: int  # bytes that the tally of a point takes in memory, about
    points: int  # whose tallies are held at a time
    worlds: int  # in a shard
    world: int  # bytes that a world's rows take in a shard, at most
    shard: int  # bytes of a shard when unpacked, at most


def sizes_of(job: Job) -> Sizes:
    """Return how much of a job is held at a time."""
    most = job.precision.most if job.precision else job.n_worlds  # worlds of a point
    n_kept = len(kept_weeks(job.n_weeks, job.every))
    tally = n_kept * len(MEASURES) * (N_BINS * np.dtype(count_type(most)).itemsize + 24)
    points = max(1, TALLY_ROOM // tally)
    worlds, world = (
        _worlds(job),
        16 + 4 * (len(OUTCOMES) + len(job.own)) + 2 * n_kept * len(job.series),
    )
    rosters = {id(s.roster): s.roster for s in job.scenarios}.values()
    empty = (empty_tally(roster, job.n_weeks, 1, job.every, most=most) for roster in rosters)
    point = FRAME + max(sum(counts.nbytes for counts in tally) for tally in empty)
    n_points = len(job.points)
    rows = min(worlds, n_points * most) * world
    return Sizes(tally, points, worlds, world, FRAME + rows + min(n_points, points) * point)


def _worlds(job: Job) -> int:
    """Return the number of worlds in a shard."""
    if job.execution.shard is not None:
        return job.execution.shard
    work = job.n_weeks * max(s.roster.n_relations for s in job.scenarios)
    return max(1, SHARD_WORK // work // BLOCK) * BLOCK
