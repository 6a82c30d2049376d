"""A study is played: which worlds, in which shards, here or on a cluster, until there are enough.

Worlds are played in rounds. A fixed number of worlds is one round over all points; a precision
takes batches until each point's interval is narrow enough. A round is cut into shards; those that
are already in the store are not played again. What a shard holds depends on nothing but the job,
so neither the machine nor an interruption leaves a trace.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from sim.analysis.quantities import Sums
from sim.engine import native
from sim.engine.asked import asked, source_of
from sim.engine.ensemble import Progress, Terms
from sim.engine.sources import code_digest
from sim.engine.threads import in_threads, n_threads
from sim.model.roster import Atlas
from sim.plan.scenario import Execution, Job
from sim.study.cluster import ClusterError, in_dask
from sim.study.shards import Leaf, Shard, play_shard, unpack
from sim.study.sizes import sizes_of
from sim.study.store import SHARDS, Identity, Store


@dataclass(frozen=True)
class Round:
    """The same worlds at some of the points."""

    number: int
    points: tuple[int, ...]
    first: int  # of the worlds
    stop: int  # one past the last


class Part(NamedTuple):
    """Worlds of a point that are in one shard: they follow those of the part before."""

    shard: str  # its name
    stop: int  # number of the first world of the next part


@dataclass
class Holdings:
    """What a study has so far."""

    of_point: dict[int, list[Part]] = field(default_factory=dict)  # in the order of worlds
    worlds: dict[int, int] = field(default_factory=dict)  # number of each point that did not fail
    failed: dict[int, str] = field(default_factory=dict)  # points that could not be played, and why
    n_played: int = 0  # worlds played in this run, not before


def identity_of(job: Job) -> Identity:
    """Return what makes a job's study the same study: all that decides its numbers.

    These are the rules, the rosters' arrays, the parameters of every point, and which worlds are
    played; not who or what is called how, nor which file something was read from.
    """
    design = job.design
    told = (
        [(dict(p.label), p.variant, p.baseline) for p in job.points],
        (job.n_worlds, job.n_weeks, job.seed, job.paired, job.every, job.series),
        (job.precision, job.calibrate, job.posterior and job.posterior.digest),
        [(text, [source_of(name) for name in asked(text).functions]) for text in job.own],
        job.agents and (dict(job.agents.told), job.agents.source),
        job.off_ramps,
        job.fork and (job.fork.week, job.fork.world, job.fork.other, job.fork.past),
        (design.method, design.seed, design.unit.tobytes()) if design.unit is not None else (),
    )
    return Identity.of(
        job.resolved,
        points=job.parameter_points().tobytes() + repr(told).encode(),
        roster=b"".join(_arrays(s.roster.atlas) for s in job.scenarios),
        model=f"{native.digest()} {code_digest(*_deciding(job))}",
    )


def _arrays(atlas: Atlas) -> bytes:
    """Return all that the kernel knows of a roster, arrays with their names, types and shapes."""
    found = [(name, np.asarray(value)) for name, value in atlas._asdict().items()]
    return b"".join(f"{n} {a.dtype.str} {a.shape}".encode() + a.tobytes() for n, a in found)


def _deciding(job: Job) -> tuple[str, ...]:
    """Return the modules that, beside the rules, decide which worlds a job plays."""
    more = (
        ("sim.evidence.calibration", "sim.evidence.observation", "sim.evidence.targets")
        if job.calibrate
        else ()
    )
    enough = ("sim.analysis.quantities", "sim.analysis.intervals") if job.precision or more else ()
    own = ("sim.engine.asked",) if job.own else ()
    ramps = ("sim.forks.off_ramps", "sim.plan.changes") if job.off_ramps else ()
    return ("sim.engine.posterior", *own, *enough, *more, *ramps)


# Shards


def shards_of(job: Job, batch: Round, study: str) -> Iterator[Shard]:
    """Yield the shards of a round, in order.

    A shard ends at the end of a variant, or when it has enough worlds or points.

    Args:
        job: what is played.
        batch: the round.
        study: digest of the study.
    """
    width, sizes = batch.stop - batch.first, sizes_of(job)
    for points in _runs(job, batch.points):
        n_total, start = len(points) * width, 0
        while start < n_total:
            last_point = min(len(points), start // width + sizes.points)
            stop = min(n_total, start + sizes.worlds, last_point * width)
            yield _shard(job, batch, points, start, stop, study)
            start = stop


def first_shards(job: Job, study: str) -> list[str]:
    """Return the names of the shards of the first round.

    Args:
        job: what is played.
        study: digest of the study.
    """
    batch = Round(0, tuple(range(len(job.points))), 0, job.n_worlds)
    return [shard.name for shard in shards_of(job, batch, study)]


def _runs(job: Job, points: Iterable[int]) -> Iterator[tuple[int, ...]]:
    """Yield the stretches of points that play the same scenario."""
    run: list[int] = []
    for point in points:
        if run and job.points[point].variant != job.points[run[-1]].variant:
            yield tuple(run)
            run = []
        run.append(point)
    if run:
        yield tuple(run)


def _shard(
    job: Job, batch: Round, points: tuple[int, ...], start: int, stop: int, study: str
) -> Shard:
    """Return the worlds from ``start`` to ``stop`` of a stretch of points, point after point."""
    at, number = np.divmod(np.arange(start, stop), batch.stop - batch.first)
    first, last = int(at[0]), int(at[-1])
    mine = points[first : last + 1]
    number = number + batch.first
    draws, draw = job.posterior.of_worlds(job.pasts(number)) if job.posterior else (None, None)
    return Shard(
        name=f"{batch.number:03d}-{points[0]:06d}-{start:09d}-{stop:09d}.shard",
        study=study,
        rules=native.digest(),
        roster=job.scenario_of(points[0]).roster,
        points=mine,
        parameters=job.parameters_of(mine),
        of_point=at - first,
        number=number,
        paired=job.paired,
        terms=terms_of(job),
        draws=draws,
        draw=draw,
    )


def terms_of(job: Job) -> Terms:
    """Return how the worlds of a job are played."""
    return Terms(
        job.n_weeks, job.seed, job.every, job.series, asked=job.own, player=job.agents,
        fork=job.fork,
    )  # fmt: skip


# Rounds


def play_study(
    job: Job,
    store: Store,
    *,
    progress: Progress | None = None,
    begin_round: Callable[[int, int], None] | None = None,
) -> Holdings:
    """Play what a study lacks.

    Args:
        job: what is to be played.
        store: where shards are kept.
        progress: called with the number of worlds just finished, or found finished.
        begin_round: called at the start of a round with its number and its worlds.
    """
    held = Holdings()
    sums = Sums.zero(len(job.points), job.own)
    step = job.n_worlds
    most = job.precision.most if job.precision else step
    open_points = tuple(range(len(job.points)))
    first = number = 0
    while open_points and first < most:
        batch = Round(number, open_points, first, min(first + step, most))
        if begin_round:
            begin_round(number, len(open_points) * (batch.stop - batch.first))
        _play_round(job, store, batch, held, sums, progress)
        first, number = batch.stop, number + 1
        open_points = _unsure(job, open_points, held, sums)
    for point in range(len(job.points)):
        if point not in held.failed:
            held.worlds[point] = int(sums.n[point])
    return held


def _unsure(job: Job, points: Iterable[int], held: Holdings, sums: Sums) -> tuple[int, ...]:
    """Return the points that need more worlds."""
    if job.precision is None:
        return ()
    far = sums.distances(job.precision.quantity)
    tolerance = job.precision.tolerance
    return tuple(k for k in points if k not in held.failed and far[k] > tolerance)


def _play_round(
    job: Job, store: Store, batch: Round, held: Holdings, sums: Sums, progress: Progress | None
) -> None:
    """Play the shards of a round that the store lacks, and count those of the whole round."""

    def count(leaf: Leaf, n_worlds: int, fresh: bool) -> None:
        held.failed.update(leaf.failed)
        sums.add(leaf.points[leaf.of_point], leaf.played.outcomes, leaf.played.asked)
        if fresh:
            held.n_played += n_worlds
        elif progress:
            progress(n_worlds)

    most = sizes_of(job).shard

    def lacking() -> Iterator[Shard]:
        for shard in shards_of(job, batch, store.identity.digest):
            for at, point in enumerate(shard.points):
                last = np.searchsorted(shard.of_point, at, side="right") - 1
                part = Part(shard.name, int(shard.number[last]) + 1)
                held.of_point.setdefault(point, []).append(part)
            leaf = store.shard(shard.name, most)
            if leaf is not None and leaf.failed and job.retry_failed:
                store.remove(f"{SHARDS}/{shard.name}")
                leaf = None
            if leaf is None:
                yield shard
            else:
                count(leaf, len(shard.number), False)

    for _, content in results_of(lacking(), job.execution, store.write_shard, progress):
        leaf = unpack(content)
        count(leaf, len(leaf.number), True)


def results_of(
    shards: Iterable[Shard],
    execution: Execution,
    keep: Callable[[str, bytes], None],
    progress: Progress | None = None,
) -> Iterator[tuple[str, bytes]]:
    """Yield shards that were played, as they come: their names and their packed leaves.

    A thread keeps its shard before it takes another, so that a kill costs what is in hand alone.

    Args:
        shards: what to play; taken little ahead.
        execution: where and how.
        keep: is given each shard once, in any thread, before it is given on.
        progress: called with the number of worlds just finished.
    """
    if execution.kind == "dask":
        for name, content, n_worlds in in_dask(
            played_far, shards, address=execution.address, workers=n_threads(execution.workers)
        ):
            keep(name, content)
            if progress:
                progress(n_worlds)
            yield name, content
        return

    def played_here(shard: Shard) -> tuple[str, bytes]:
        name, content = play_shard(shard, progress)
        keep(name, content)
        return name, content

    yield from in_threads(played_here, shards, n_threads(execution.threads))


def played_far(shard: Shard) -> tuple[str, bytes, int]:
    """Play a shard on a worker; return its name, its packed leaf and its number of worlds.

    Raises:
        ClusterError: if the worker has other rules than the caller.
    """
    if (own := native.digest()) != shard.rules:
        raise ClusterError(
            f"a worker on {platform.node()} has other rules ({own}) than this machine "
            f"({shard.rules}): install the same version there"
        )
    return (*play_shard(shard), len(shard.number))
