"""Print relation-weeks per second of every face of the model, and where the time goes.

Machines are noisy: each figure is the best of several runs, the ratios are of runs next to each
other, and the profile is of one thread. ``python -m bench --memory`` also plays 100,000 worlds of
104 weeks and prints the largest memory the process held, ``--points`` plays 10,000 design points
of 100 worlds, and ``--studies`` measures only what a study costs beyond its worlds.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from bench import studies
from sim import ensemble, read_jobs
from sim.arithmetic import exponential
from sim.jit import group, kernel, row
from sim.lanes import Floats, Row
from sim.randomness import Key, key_of, uniforms
from sim.roster import Roster
from sim.scenario import Job

WEEKS = 104
CALLS = 20_000
UNIFORM_CALLS = 4.5  # a relation-week: 3 of its own, half of its pair's 3
EXPONENTIALS = 12.5  # a relation-week: 9 in choice, half of its pair's 7


def best_of(runs: int, measure: Callable[[], float]) -> float:
    """Return the smallest of several measurements: the one least disturbed."""
    return min(measure() for _ in range(runs))


def ensemble_ns(roster: Roster, points: Floats, *, worlds: int, threads: int, lanes: int) -> float:
    """Return wall nanoseconds per relation-week of the ensemble."""
    options = {"n_weeks": WEEKS, "seed": 1, "threads": threads, "lanes": lanes}
    ensemble.play(roster, points, n_worlds=lanes * threads, **options)  # compile and warm up
    record = ensemble.play(roster, points, n_worlds=worlds, **options)
    return 1e9 / float(record.facts["relation_weeks_per_second"])


def mesa_ns(job: Job, weeks: int) -> float:
    """Return wall nanoseconds per relation-week of one Mesa model."""
    from sim.mesa_world import EscalationModel

    model = EscalationModel(job.scenario.roster, job.points[0].parameters, seed=1)
    model.step()
    begun = time.perf_counter()
    for _ in range(weeks):
        model.step()
    seconds = time.perf_counter() - begun
    model.close()
    return seconds * 1e9 / weeks / job.scenario.roster.n_relations


def mesa_without_jit_ns() -> float:
    """Return the same without compilation, from a process of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "bench", "--mesa"],
        env={**os.environ, "SPIRAL_JIT": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(run.stdout)


@row
class _Sum(Row):
    value: float


@kernel
def _many_uniforms(key: Key, out: Floats, n_calls: int) -> None:
    lane = group(0, 16)
    total = _Sum(out, 0, lane)
    for k in range(n_calls):
        a, b, c, d = uniforms(key, k, 1, 1, lane)
        total.value = total.value + a + b + c + d


@kernel
def _many_exponentials(out: Floats, n_calls: int) -> None:
    lane = group(0, 16)
    total = _Sum(out, 0, lane)
    for _ in range(n_calls):
        total.value = exponential(total.value) - 1.0


def call_ns(function: Callable[..., None], *args: object) -> float:
    """Return nanoseconds per call and lane of a kernel that makes ``CALLS`` calls."""
    function(*args, 1)
    begun = time.perf_counter()
    function(*args, CALLS)
    return (time.perf_counter() - begun) * 1e9 / CALLS / 16


def profile(full_ns: float, small_ns: float) -> dict[str, float]:
    """Return where a relation-week's nanoseconds go.

    Random numbers and exponentials are timed alone; what the full roster costs more than two
    states, whose world fits the nearest cache, is memory.
    """
    key = key_of(1, np.arange(16, dtype=np.uint32), np.zeros(16, np.uint32))
    out = _Sum.empty(1, 16)
    random = UNIFORM_CALLS * best_of(5, lambda: call_ns(_many_uniforms, key, out))
    exponentials = EXPONENTIALS * best_of(5, lambda: call_ns(_many_exponentials, out))
    memory = max(0.0, full_ns - small_ns)
    return {
        "random numbers": random,
        "exponentials": exponentials,
        "memory": memory,
        "the rest": full_ns - random - exponentials - memory,
    }


def peak_memory_gib(job: Job) -> tuple[float, float]:
    """Play 100,000 worlds; return the largest resident memory in GiB, and the seconds it took."""
    record = ensemble.play(
        job.scenario.roster, job.parameter_points(), n_worlds=100_000, n_weeks=WEEKS, seed=1
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 2**30
    return peak, float(record.facts["seconds"])


def show(name: str, ns: float, note: str = "") -> None:
    """Print one line of the table."""
    print(f"{name:<34}{1e9 / ns:>16,.0f}{ns:>12,.1f}   {note}")


def main() -> None:
    """Measure and print."""
    (job,) = read_jobs([])
    roster, points = job.scenario.roster, job.parameter_points()
    if "--mesa" in sys.argv:
        print(mesa_ns(job, 4))
        return
    if "--memory" in sys.argv:
        peak, seconds = peak_memory_gib(job)
        print(f"100,000 worlds of {WEEKS} weeks: {peak:.2f} GiB at most, {seconds:.0f} s")
        return
    if "--points" in sys.argv:
        seconds, peak, ms = studies.many_points()
        print(f"10,000 points of 100 worlds, two states, 104 weeks: {seconds:.0f} s "
              f"({ms:.1f} ms a point), {peak:.2f} GiB at most")  # fmt: skip
        return
    if "--studies" in sys.argv:
        studies.main()
        return
    threads = os.cpu_count() or 1
    print(f"{roster.n_relations} relations, {WEEKS} weeks, {threads} processors\n")
    print(f"{'':<34}{'relation-weeks/s':>16}{'ns each':>12}")
    one = best_of(5, lambda: ensemble_ns(roster, points, worlds=320, threads=1, lanes=16))
    show("ensemble, one thread", one)
    both = best_of(5, lambda: ensemble_ns(roster, points, worlds=640, threads=threads, lanes=16))
    show(f"ensemble, {threads} threads", both, f"{one / both:.2f} times one thread")
    single = best_of(3, lambda: ensemble_ns(roster, points, worlds=16, threads=1, lanes=1))
    show("ensemble, one thread, one lane", single, f"lanes are {single / one:.1f} times one lane")
    show("Mesa, compiled", best_of(3, lambda: mesa_ns(job, WEEKS)))
    plain = mesa_without_jit_ns()
    show("Mesa, plain Python", plain, f"the ensemble is {plain / one:,.0f} times this")
    (rivals,) = read_jobs(["scenario=two_rivals"])
    small = best_of(
        5,
        lambda: ensemble_ns(
            rivals.scenario.roster, rivals.parameter_points(), worlds=3200, threads=1, lanes=16
        ),
    )
    print("\nwhere a relation-week goes, one thread (ns)")
    for name, ns in profile(one, small).items():
        print(f"  {name:<20}{ns:>8.1f}")
    studies.main()


if __name__ == "__main__":
    main()
