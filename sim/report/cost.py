"""What a run will cost, before it is run: points, worlds, relation-weeks, time, disk and memory.

Time is measured on this machine by playing a few worlds; disk is counted from what a table and a
shard hold, memory from what is held at a time. All are estimates, and said to be.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from sim.analysis.quantities import QUANTITIES
from sim.analysis.tables import QUANTILES
from sim.engine import native
from sim.engine.ensemble import play
from sim.engine.notes import MEASURES
from sim.engine.record import N_RUNGS, OUTCOMES, SCOPES, kept_weeks
from sim.engine.threads import n_threads
from sim.plan.scenario import Job
from sim.report.numbers import count, duration, from_to, size
from sim.study.sizes import BLOCK, Sizes, sizes_of
from sim.study.table_writer import FEW, GROUP

POINT = 0.003
"""Seconds to gather and tabulate a point."""
LONG = 30.0
"""Seconds from which on a run says beforehand how long it may take."""
FIXED = 8.0
"""Seconds to start, draw and tell."""
BYTES_CURVE, BYTES_WORLD, BYTES_SHARD = 2.4, 10.0, 4000.0
"""Compressed bytes of a number in the curves, of a world's outcomes, of a shard's frame."""
BYTES_PROGRAM, BYTES_ROW, BYTES_COLUMN = 380e6, 200.0, 60.0
"""Bytes of the program and its libraries, of a world while its row group is written, and while a
column of all worlds of a point is read."""
TRIED = 1_000_000
"""Relation-weeks that are played to measure the speed."""


@dataclass(frozen=True)
class Estimate:
    """What a run will cost; with a precision, from one batch to the most worlds."""

    n_points: int
    n_worlds: int  # of all points, at least
    most_worlds: int
    work: float  # relation-weeks, at least
    seconds: float
    most_seconds: float
    disk: float  # bytes
    memory: float  # bytes, of this process at most


def headline(job: Job) -> str:
    """Return what will be run, in a line."""
    points = f"{len(job.points):,} points x " if len(job.points) > 1 else ""
    batch = " a batch" if job.precision else ""
    relations = [scenario.roster.n_relations for scenario in job.scenarios]
    return (
        f"{job.title}: {points}{count(job.n_worlds, 'world')}{batch} x "
        f"{count(job.n_weeks, 'week')} x {from_to(relations, 'relation')}"
    )


def remarks(job: Job) -> list[str]:
    """Return what is allowed in a job, but hardly meant: Sobol points that are not balanced."""
    unit = job.design.unit
    if unit is None or job.design.method not in ("sobol", "saltelli"):
        return []
    n_points, n_axes = unit.shape
    base = n_points if job.design.method == "sobol" else n_points // (n_axes + 2)
    if base & (base - 1) == 0:
        return []
    low = 1 << (base.bit_length() - 1)
    return [
        f"design.points = {base} is not a power of two, so that the Sobol points are not balanced; "
        f"use {low} or {2 * low}."
    ]


def estimate(job: Job) -> Estimate:
    """Return what a job will cost."""
    n_points = len(job.points)
    most = job.precision.most if job.precision else job.n_worlds
    relation_weeks = job.n_weeks * sum(
        job.scenario_of(k).roster.n_relations for k in range(n_points)
    )
    speed, sizes = _speed(job), sizes_of(job)
    execution = job.execution
    hands = n_threads(execution.workers if execution.kind == "dask" else execution.threads)

    def seconds(n_worlds: int) -> float:
        return FIXED + relation_weeks * n_worlds * speed / hands + POINT * n_points

    return Estimate(
        n_points, n_points * job.n_worlds, n_points * most, relation_weeks * float(job.n_worlds),
        seconds(job.n_worlds), seconds(most), _disk(job, most, sizes),
        _memory(job, most, hands, sizes),
    )  # fmt: skip


def _speed(job: Job) -> float:
    """Return the seconds a relation-week takes one thread here, from a tenth of a second's work."""
    n_relations = job.scenario.roster.n_relations
    n_weeks = min(job.n_weeks, 4 if native.PLAIN else 52)  # plain Python is a thousand times slower
    n_worlds = max(BLOCK, TRIED // (n_relations * n_weeks) // BLOCK * BLOCK)
    n_worlds = 1 if native.PLAIN else n_worlds
    begun = time.perf_counter()
    play(
        job.scenario.roster, job.parameters_of([0]), n_worlds=n_worlds, n_weeks=n_weeks,
        seed=job.seed, threads=1, posterior=job.posterior,
    )  # fmt: skip
    return (time.perf_counter() - begun) / (n_worlds * n_weeks * n_relations)


def _disk(job: Job, n_worlds: int, sizes: Sizes) -> float:
    """Return about how many bytes the shards and the tables take."""
    weeks = len(kept_weeks(job.n_weeks, job.every))
    numbers = weeks * (len(MEASURES) * (len(QUANTILES) + 2) + N_RUNGS * (3 * len(SCOPES) + 3))
    spread = weeks * len(MEASURES) * min(n_worlds, 40)  # bins in use
    point = BYTES_CURVE * (numbers + 0.3 * spread + 4 * (len(QUANTITIES) + len(job.own)))
    world = BYTES_WORLD * (len(OUTCOMES) + len(job.own)) / 8 + 2 * weeks * len(job.series)
    n_points = len(job.points)
    shards = max(n_points / 8, n_points * n_worlds / sizes.worlds)
    return n_points * (point + n_worlds * world) + shards * BYTES_SHARD


def _memory(job: Job, n_worlds: int, hands: int, sizes: Sizes) -> float:
    """Return about how many bytes this process takes at most.

    Shards in hand, or the tallies and rows of the points in hand, or a column of a point's worlds.
    """
    n_points = min(len(job.points), sizes.points)
    n_held, tallies, most = n_worlds * n_points, n_points * sizes.tally, sizes.shard
    rows = BYTES_ROW * (min(n_held, GROUP) if n_held > FEW else (hands + 1) * n_held)
    return BYTES_PROGRAM + max(
        2 * hands * most if job.execution.kind == "local" else most,
        (hands + 1) * tallies + rows, BYTES_COLUMN * n_worlds,
    )  # fmt: skip


def lines(job: Job, cost: Estimate) -> list[str]:
    """Return an estimate in words, one line for each thing."""
    worlds = count(cost.n_worlds, "world")
    if cost.most_worlds > cost.n_worlds:
        worlds += f", at most {cost.most_worlds:,}"
    time_needed = duration(cost.seconds)
    if cost.most_seconds > 1.5 * cost.seconds:
        time_needed += f" to {duration(cost.most_seconds)}"
    scenarios = count(len(job.scenarios), "scenario")
    return [
        headline(job),
        f"  {count(cost.n_points, 'point')} ({job.design.method}), {scenarios}, {worlds}, "
        f"{cost.work:,.0f} relation-weeks",
        f"  about {time_needed} (measured on this machine), about {size(cost.disk)} on disk, "
        f"about {size(cost.memory)} of memory",
        *(f"  {remark}" for remark in remarks(job)),
    ]


def announced(job: Job) -> Iterator[str]:
    """Yield what is said before a job is played: what it is and, if it is long, what it costs."""
    yield headline(job)
    cost = estimate(job)
    if cost.seconds > LONG:
        yield from lines(job, cost)[1:]
