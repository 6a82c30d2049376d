"""Print relation-weeks per second of every face of the model.

Machines are noisy: each figure is the best of several runs, and ratios are of runs next to each
other. ``python -m bench --memory`` also plays a million worlds of two rivals and prints the largest
memory the process held, ``--points`` plays 10,000 design points of 100 worlds; ``--studies``
measures only what a study costs beyond its worlds, ``--processes`` only what whole runs cost.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from bench import processes, studies
from bench.crowds import crowd
from sim import read_jobs
from sim.engine import ensemble, native
from sim.lanes import Floats
from sim.model.roster import Roster
from sim.plan.scenario import Job
from sim.translate import building

WEEKS = 104


def best_of(runs: int, measure: Callable[[], float]) -> float:
    """Return the smallest of several measurements: the one least disturbed."""
    return min(measure() for _ in range(runs))


def ensemble_ns(roster: Roster, points: Floats, *, worlds: int, threads: int) -> float:
    """Return wall nanoseconds per relation-week of the ensemble."""
    options: dict[str, Any] = {"n_weeks": WEEKS, "seed": 1, "threads": threads}
    ensemble.play(roster, points, n_worlds=16 * threads, **options)  # warm up
    record = ensemble.play(roster, points, n_worlds=worlds, **options)
    return 1e9 / float(record.facts["relation_weeks_per_second"])


def mesa_ns(job: Job, weeks: int) -> float:
    """Return wall nanoseconds per relation-week of one Mesa model."""
    from sim.mesa_model import EscalationModel

    model = EscalationModel(job.scenario.roster, job.points[0].parameters, seed=1)
    model.step()
    begun = time.perf_counter()
    for _ in range(weeks):
        model.step()
    seconds = time.perf_counter() - begun
    model.close()
    return seconds * 1e9 / weeks / job.scenario.roster.n_relations


def plain_mesa_ns() -> float:
    """Return the same in plain Python, from a process of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "bench", "--mesa"],
        env={**os.environ, "SPIRAL_PLAIN": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(run.stdout)


def variant_ns(variant: str) -> float:
    """Return the ensemble's with a variant of the library, from a process of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "bench", "--one"],
        env={**os.environ, "SPIRAL_VARIANT": variant},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(run.stdout)


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
    if "--one" in sys.argv:
        print(best_of(5, lambda: ensemble_ns(roster, points, worlds=320, threads=1)))
        return
    if "--processes" in sys.argv:
        processes.main(memory="--memory" in sys.argv)
        return
    if "--points" in sys.argv:
        cost, ms = studies.many_points()
        print(f"10,000 points of 100 worlds, two states, 104 weeks: {cost.seconds:.0f} s of the "
              f"processor ({ms:.1f} ms a point), {cost.gib:.2f} GiB at most")  # fmt: skip
        return
    if "--studies" in sys.argv:
        studies.main()
        return
    threads = os.cpu_count() or 1
    print(f"{roster.n_relations} relations, {WEEKS} weeks, {threads} processors\n")
    print(f"{'':<34}{'relation-weeks/s':>16}{'ns each':>12}")
    one = best_of(5, lambda: ensemble_ns(roster, points, worlds=320, threads=1))
    show(f"ensemble, one thread ({native.library().variant})", one)
    both = best_of(5, lambda: ensemble_ns(roster, points, worlds=640, threads=threads))
    show(f"ensemble, {threads} threads", both, f"{one / both:.2f} times one thread")
    for variant in building.able(native.FOLDER, native.digest()):
        show(f"ensemble, one thread, {variant}", variant_ns(variant))
    (rivals,) = read_jobs(["scenario=two_rivals"])
    few, its = rivals.scenario.roster, rivals.parameter_points()
    small = best_of(5, lambda: ensemble_ns(few, its, worlds=3200, threads=1))
    show("two states, one thread", small, "folding among it")
    many = crowd(500)
    large = best_of(3, lambda: ensemble_ns(many, points, worlds=32, threads=1))
    show(
        f"500 states, {many.n_relations:,} relations",
        large,
        f"{large / one:.2f} times a relation's",
    )
    show("Mesa, compiled", best_of(3, lambda: mesa_ns(job, WEEKS)))
    plain = plain_mesa_ns()
    show("Mesa, plain Python", plain, f"the ensemble is {plain / one:,.0f} times this")
    studies.main()
    processes.main(memory="--memory" in sys.argv)


if __name__ == "__main__":
    main()
