"""Remarks on settings that are valid but unusual."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sim.plan.scenario import Job

SHOWN = 5
"""Points of a kind that are named."""


def remarks(job: Job) -> Iterator[str]:
    """Yield remarks on a job, each in a line: a list that has the same point more than once."""
    if job.design.method != "list":
        return
    alike = defaultdict[tuple[object, ...], list[int]](list)
    for number, point in enumerate(job.points):
        alike[tuple(point.label.items())].append(number)
    repeated = [numbers for numbers in alike.values() if len(numbers) > 1]
    for numbers in repeated[:SHOWN]:
        named = ", ".join(map(str, numbers[:SHOWN])) + (", ..." if len(numbers) > SHOWN else "")
        yield f"design.file has the same point more than once: {named}"
    if len(repeated) > SHOWN:
        yield f"design.file has {len(repeated) - SHOWN} other points more than once"
