"""What a study costs beyond its worlds: by point, by shard, by worker, in memory.

Figures are differences and ratios of runs next to each other, in processor time where one process
plays. ``python -m bench --points`` plays 10,000 points of 100 worlds.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bench.processes import Cost, run_of
from sim import read_jobs
from sim.plan.scenario import Job
from sim.study.runner import identity_of, play_study
from sim.study.store import Store
from sim.study.table_writer import tabulate

RIVALS = "scenario=two_rivals"


def job_of(*words: str) -> Job:
    """Return the job of a command line."""
    (job,) = read_jobs(words)
    return job


def levels(n_points: int) -> str:
    """Return an override that varies a parameter over a number of points."""
    return f"vary.fear_gain=[{','.join(f'{1 + 2 * k / n_points:.5f}' for k in range(n_points))}]"


def seconds_of(job: Job) -> float:
    """Return the processor time it takes to play a study and to write its tables, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        job = replace(job, output=Path(folder) / "study")
        with Store.opened(job.output, identity_of(job)) as store:
            begun = time.process_time()
            tabulate(job, store, play_study(job, store))
            return time.process_time() - begun


def best_pair(
    runs: int, one: Callable[[], float], other: Callable[[], float]
) -> tuple[float, float]:
    """Return the smallest of several measurements of two things, taken in turn."""
    pairs = [(one(), other()) for _ in range(runs)]
    return min(a for a, _ in pairs), min(b for _, b in pairs)


def overhead_ms(every: int, n_points: int = 400, runs: int = 3) -> float:
    """Return the milliseconds that a point of 100 worlds costs beyond its worlds."""
    many = job_of(RIVALS, "worlds=100", f"every={every}", levels(n_points))
    whole = job_of(RIVALS, f"worlds={100 * n_points}", f"every={every}")
    design, single = best_pair(runs, lambda: seconds_of(many), lambda: seconds_of(whole))
    return 1000.0 * (design - single) / n_points


def design_ratio(n_points: int = 24, runs: int = 3) -> float:
    """Return the speed of a design on the full roster, over that of one point as large."""
    many = job_of("worlds=100", levels(n_points))
    whole = job_of(f"worlds={100 * n_points}")
    design, single = best_pair(runs, lambda: seconds_of(many), lambda: seconds_of(whole))
    return single / design


def dask_ratio(n_worlds: int = 12_000) -> float:
    """Return how much faster two Dask workers play than one; the start of a cluster is left out."""
    from sim.study.cluster import in_dask
    from sim.study.runner import Round, played_far, shards_of

    job = job_of(f"worlds={n_worlds}")
    batch = Round(0, (0,), 0, n_worlds)

    def seconds(workers: int) -> float:
        begun = 0.0
        shards = list(shards_of(job, batch, "bench"))
        warm = 2 * workers  # the first shards load the kernel
        for k, _ in enumerate(in_dask(played_far, shards, workers=workers)):
            if k + 1 == warm:
                begun = time.perf_counter()
        return (time.perf_counter() - begun) / (len(shards) - warm)

    one, two = best_pair(2, lambda: seconds(1), lambda: seconds(2))
    return one / two


def many_points(every: int = 13) -> tuple[Cost, float]:
    """Play 10,000 points of 100 worlds; return what it cost, and milliseconds a point."""
    words = ("design.method=sobol", "design.points=10000", "vary.fear_gain={low: 1, high: 3}",
             "vary.miscalculation_strength={low: 0, high: 4}", "figures=none")  # fmt: skip
    cost = run_of(RIVALS, "worlds=100", f"every={every}", *words)
    return cost, cost.seconds / 10.0


def main() -> None:
    """Measure and print."""
    print("\na study beyond its worlds")
    for every in (13, 4, 1):
        ms = overhead_ms(every)
        print(f"  a point of 100 worlds, kept every {every:>2} weeks: {ms:.2f} ms")
    print(f"  24 points over 1 point of as many worlds, all states: {design_ratio():.2f} its speed")
    print(f"  two Dask workers over one: {dask_ratio():.2f} times")
