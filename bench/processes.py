"""What a process of its own costs: processor time, and the most memory that it held.

Where a system does not count either (Windows), it is NaN.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

FIRST_PROGRESS = """
import sys, tempfile, time
from pathlib import Path
from dataclasses import replace
from sim import read_jobs
import sim.report
from sim.study.runner import identity_of, play_study
from sim.study.store import Store

class Reached(BaseException):
    pass

def stop(n):
    raise Reached

(job,) = read_jobs(sys.argv[1:])
job = replace(job, output=Path(tempfile.mkdtemp()) / "study")
try:
    with Store.opened(job.output, identity_of(job)) as store:
        play_study(job, store, progress=stop)
except Reached:
    pass
"""
MEGABYTES = 1024 if sys.platform != "darwin" else 1024 * 1024
"""The unit of the most memory, as the system tells it, in a mebibyte."""


class Cost(NamedTuple):
    """What a process cost."""

    seconds: float  # of the processor, user and system
    gib: float  # most resident memory


def cost_of(words: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run Python with some arguments to its end, and return what it cost.

    Raises:
        subprocess.CalledProcessError: if it fails.
    """
    command = [sys.executable, *words]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env={**os.environ, **(environment or {})}, stdout=quiet) as run:
        if not hasattr(os, "wait4"):
            code, cost = run.wait(), Cost(float("nan"), float("nan"))
        else:
            _, status, used = os.wait4(run.pid, 0)
            run.returncode = code = os.waitstatus_to_exitcode(status)
            cost = Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / MEGABYTES / 1024)
    if code:
        raise subprocess.CalledProcessError(code, command)
    return cost


def run_of(*words: str) -> Cost:
    """Return what a whole run costs, in a folder that is then taken away."""
    with tempfile.TemporaryDirectory() as folder:
        return cost_of(["-m", "sim", *words, f"output={Path(folder) / 'run'}"])


def starts(*words: str) -> tuple[Cost, Cost]:
    """Return what a run costs up to its first progress: the first time, and the second."""
    with tempfile.TemporaryDirectory() as folder:
        kept = {"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
        first, second = (cost_of(["-c", FIRST_PROGRESS, *words], kept) for _ in range(2))
    return first, second


def main(*, memory: bool) -> None:
    """Measure and print.

    Args:
        memory: whether a million worlds are played as well.
    """
    print("\nprocesses of their own, seconds of the processor")
    first, second = starts()
    print(f"  first start to first progress: {first.seconds:.1f}; second: {second.seconds:.1f}")
    for kind in ("png", "all", "none"):
        cost = run_of(f"figures={kind}")
        print(f"  the default run, figures={kind}: {cost.seconds:.1f}, {cost.gib:.2f} GiB at most")
    if memory:
        for n_worlds in (300_000, 1_000_000):
            cost = run_of("scenario=two_rivals", "weeks=26", f"worlds={n_worlds}")
            print(f"  {n_worlds:,} worlds of two rivals: {cost.seconds:.0f}, {cost.gib:.2f} GiB")
