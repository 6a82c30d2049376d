"""The index of a multirun: what each study varied, and the estimates of all in one table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from sim.plan.scenario import Job
from sim.report.numbers import table
from sim.story.escaping import code, plain
from sim.study.results import open_study
from sim.study.table_writer import COMPRESSION
from sim.study.table_writer import plain as plain_table


def write_index(jobs: Sequence[Job]) -> Path | None:
    """Write the index of several studies into the folder that they share.

    ``index.md`` lists them; ``points.parquet`` has the estimates of all, with ``job``, ``folder``
    and a column for each thing in which the studies, or their points, differ.

    Args:
        jobs: what was run, in order.

    Returns:
        ``index.md``; None where the studies share no folder, or none was finished.
    """
    places = {job.output.parent for job in jobs}
    done = {k: job for k, job in enumerate(jobs) if (job.output / "points.parquet").is_file()}
    if len(places) != 1 or not done:
        return None
    place, varied = places.pop(), _varied(jobs)
    frames = []
    for k, job in done.items():
        frame = open_study(job.output).tidy("points")
        for at, (name, value) in enumerate(varied[k].items()):
            frame.insert(at, name if name not in frame else f"job_{name}", value)
        frame.insert(0, "folder", job.output.name)
        frame.insert(0, "job", k)
        frames.append(frame)
    points = pd.concat(frames, ignore_index=True)
    pq.write_table(plain_table(points), place / "points.parquet", compression=COMPRESSION)
    names = list(dict.fromkeys(name for values in varied for name in values))
    rows = [
        (f"[{job.output.name}]({job.output.name}/summary.md)", plain(job.title),
         *(plain(varied[k].get(name, "")) for name in names),
         "finished" if k in done else "not finished")
        for k, job in enumerate(jobs)
    ]  # fmt: skip
    lines = ["# Studies of one command", ""]
    lines += table(("study", "title", *map(code, names), ""), rows)
    lines += ["", "The estimates of all of them are in `points.parquet`.", ""]
    path = place / "index.md"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _varied(jobs: Sequence[Job]) -> list[dict[str, str]]:
    """Return what of the overrides differs between jobs, for each its values by name."""
    given = [dict(word.split("=", 1) for word in job.resolved["overrides"]) for job in jobs]
    names = dict.fromkeys(name for values in given for name in values)
    differing = [n for n in names if len({values.get(n) for values in given}) > 1]
    return [{n: values[n] for n in differing if n in values} for values in given]
