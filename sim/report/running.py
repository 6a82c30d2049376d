"""A run from beginning to end: play a job, write its tables, figures, tracks and summary.

Everything is written to a hidden folder beside the output and moved there when all is done: a
folder of results is whole or absent, and nothing is ever overwritten. What the files hold is in
:mod:`sim.measures`, :mod:`sim.report.figures` and :mod:`sim.report.summary`.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from uuid import uuid4

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from sim import ensemble, jit, measures
from sim.history import History, replay
from sim.measures import Tables
from sim.record import Record
from sim.report import summary
from sim.scenario import Job
from sim.story import Story, tell

TYPICAL = 15
"""Worlds replayed to find the typical one."""
TOLD_ALONE = 4
"""Design points whose world is told where there is one world a point."""
PACKAGES = ("numpy", "numba", "pandas", "pyarrow", "matplotlib")


def run(job: Job, *, console: Console | None = None) -> Path:
    """Play a job, write its files and say where they are.

    Args:
        job: what to run.
        console: where to say it; the terminal if not given.

    Returns:
        The folder of the results, ``job.output``.

    Raises:
        FileExistsError: if the folder exists and is not empty.
    """
    out = console or Console(highlight=False)
    begun, started = time.perf_counter(), datetime.now(UTC)
    with _draft(job.output) as folder:
        cold = jit.is_cold()
        record = _play(job, out, cold)
        with out.status("Telling stories"):
            replays = _Replays(job)
            _write_tracks(job, replays, folder)
            tables = Tables.of(record)
            leading = _leading_worlds(job, tables, replays)
        with out.status("Writing tables and drawing figures"):
            _write_tables(job, tables, folder)
            drawn = _draw(job, tables, leading, folder)
        stories = {one.heading: one.story for one in leading}
        page = summary.page(job, tables, stories, drawn, record.facts)
        (folder / "summary.md").write_text(page, encoding="utf-8")
        manifest = _manifest(job, record, started, time.perf_counter() - begun)
        text = json.dumps(manifest, indent=2, default=str, ensure_ascii=False)
        (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
    for line in summary.headline(job, tables.at(0)):
        out.print(line, markup=False, soft_wrap=True)
    out.print(str(job.output / "summary.md"), markup=False, soft_wrap=True)
    return job.output


@contextmanager
def _draft(output: Path) -> Iterator[Path]:
    """Give a hidden folder that becomes ``output`` in the end, or goes if anything fails."""
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise FileExistsError(f"{output} exists and is not empty; nothing is overwritten")
    folder = output.parent / f".{output.name}.{uuid4().hex[:8]}.part"
    folder.mkdir(parents=True)
    try:
        yield folder
        os.rename(folder, output)  # refuses a folder that is no longer empty
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _play(job: Job, out: Console, cold: bool) -> Record:
    """Play the worlds under a progress bar."""
    total = job.n_worlds * len(job.points)
    points = f"{len(job.points)} points x " if len(job.points) > 1 else ""
    out.print(
        f"{job.scenario.title}: {points}{summary.count(job.n_worlds, 'world')} x "
        f"{summary.count(job.n_weeks, 'week')} x {job.scenario.roster.n_relations} relations",
        markup=False,
    )
    if cold:
        out.print("Compiling the model, once, about 30 s.")
    _warm_up(job)
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=out, transient=True) as progress:
        bar = progress.add_task("worlds", total=total)
        return job.play(progress=lambda n: progress.advance(bar, n))


def _warm_up(job: Job) -> None:
    """Compile or load the kernel, so that progress and speed are those of the worlds."""
    points = job.parameter_points()[:1]
    ensemble.play(
        job.scenario.roster, points, n_worlds=1, n_weeks=1, seed=job.seed, lanes=job.lanes
    )


# Worlds in full


class _Replays:
    """Plays single worlds of a job again, one at a time."""

    def __init__(self, job: Job) -> None:
        self._job, self._points = job, job.parameter_points()

    def __call__(self, point: int, world: int) -> History:
        """Return one world of one design point in full."""
        job = self._job
        return replay(
            job.scenario.roster, self._points[point], world=world, n_weeks=job.n_weeks,
            seed=job.seed, of_point=0 if job.paired else point + 1,
        )  # fmt: skip


@dataclass(frozen=True)
class _Told:
    """A world with its story, under its heading."""

    heading: str
    point: int
    history: History
    story: Story


def _leading_worlds(job: Job, tables: Tables, replays: _Replays) -> list[_Told]:
    """Return the worlds the summary tells: a typical one and the worst, or the only one."""

    def told(heading: str, point: int, history: History) -> _Told:
        parameters = job.points[point].parameters
        return _Told(heading, point, history, tell(history, job.scenario, parameters))

    if job.n_worlds == 1:
        return [
            told(
                f"What happened ({measures.label_of(job.points[k])})"
                if len(job.points) > 1
                else "What happened",
                k,
                replays(k, 0),
            )
            for k in range(min(TOLD_ALONE, len(job.points)))
        ]
    worlds = tables.outcomes[tables.outcomes["point"] == 0]
    typical = _typical(worlds, replays)
    worst = measures.worst_world(worlds)
    if worst == typical.number:
        return [told(f"A typical world, which is also the worst (world {worst})", 0, typical)]
    return [
        told(f"A typical world (world {typical.number})", 0, typical),
        told(f"The worst world (world {worst})", 0, replays(0, worst)),
    ]


def _typical(worlds: pd.DataFrame, replays: _Replays) -> History:
    """Return the world of median peak rung whose area under the leaders' rungs is the median."""
    found: list[tuple[float, int]] = []
    for world in measures.typical_worlds(worlds, TYPICAL):
        history = replays(0, world)
        found.append((float(history.pair(*history.roster.leaders, "rung").sum()), world))
    return replays(0, sorted(found)[(len(found) - 1) // 2][1])


def _write_tracks(job: Job, replays: _Replays, folder: Path) -> None:
    """Write the worlds asked for in full, one file a kind of thing, one world at a time."""
    writers: dict[str, pq.ParquetWriter] = {}
    try:
        for point in range(len(job.points)):
            for world in job.tracks:
                for kind, frame in measures.tracks(replays(point, world)):
                    frame.insert(0, "point", point)
                    table = plain(frame)
                    if kind not in writers:
                        (folder / "tracks").mkdir(exist_ok=True)
                        path = folder / "tracks" / f"{kind}.parquet"
                        writers[kind] = pq.ParquetWriter(path, table.schema)
                    writers[kind].write_table(table)
    finally:
        for writer in writers.values():
            writer.close()


# Files


def plain(frame: pd.DataFrame) -> pa.Table:
    """Return a frame as a table of plain types, without an index, that R's arrow reads as well."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    fields = [
        field.with_type(pa.string()) if pa.types.is_large_string(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))  # and leave out what pandas notes for itself


def _write_tables(job: Job, tables: Tables, folder: Path) -> None:
    frames = {"design": measures.design(job.points), **vars(tables)}
    for name, frame in frames.items():
        pq.write_table(plain(frame), folder / f"{name}.parquet")


def _draw(job: Job, tables: Tables, leading: list[_Told], folder: Path) -> list[str]:
    """Draw and save the figures; return their names."""
    import matplotlib

    matplotlib.use("Agg")
    from sim import plots
    from sim.report import figures

    (folder / "figures").mkdir()
    drawn = []
    with matplotlib.rc_context(plots.STYLE):
        for name, figure in _figures(job, tables, leading):
            figures.save(figure, folder / "figures", name)
            drawn.append(name)
    return drawn


def _figures(job: Job, tables: Tables, leading: list[_Told]) -> Iterator[tuple[str, Any]]:
    from sim.report import figures

    roster, points = job.scenario.roster, job.points
    caption = figures.Caption(job.scenario.title, job.n_worlds, job.seed)
    if job.n_worlds == 1:
        for one in leading:
            views = measures.two_views(one.history, points[one.point].parameters)
            at = f"_{one.point}" if len(points) > 1 else ""
            yield f"history{at}", figures.history(one.history, caption)
            yield f"views{at}", figures.views(one.history.number, views, roster, caption)
        return
    first, typical = tables.at(0), leading[0].history
    if len(points) > 1:
        labels = [measures.label_of(point) for point in points]
        design = measures.design(points)
        yield from figures.compare(tables, design, labels, roster, caption)
        caption = figures.Caption(f"{job.scenario.title} ({labels[0]})", job.n_worlds, job.seed)
    yield "fan", figures.fan(first, roster, caption)
    yield "reached", figures.reached(first, roster, caption)
    yield "rungs", figures.rungs(first, roster, caption)
    views = measures.two_views(typical, points[0].parameters)
    yield "gap", figures.gap(first, views, roster, caption, typical.number)
    yield from figures.fear(first, roster, caption)


def _manifest(job: Job, record: Record, started: datetime, seconds: float) -> Mapping[str, Any]:
    """Return what is needed to run a job again, and how it went."""
    return {
        "note": summary.NOTE,
        "experiment": job.experiment,
        "scenario": job.scenario.name,
        "started": started.isoformat(timespec="seconds"),
        "seed": job.seed,
        "worlds": job.n_worlds,
        "weeks": job.n_weeks,
        "points": len(job.points),
        "paired": job.paired,
        "tracks": list(job.tracks),
        "config": dict(job.resolved),
        "versions": {"python": platform.python_version(), "sim": _version("spiral-sim")}
        | {name: _version(name) for name in PACKAGES},
        "git": _checkout(Path(__file__).resolve().parents[2]),
        "platform": {
            "system": platform.platform(),
            "machine": platform.machine(),
            "processors": os.cpu_count(),
        },
        "seconds": {"simulation": record.facts["seconds"], "all": seconds},
        "relation_weeks_per_second": record.facts["relation_weeks_per_second"],
        "threads": record.facts["threads"],
        "lanes": record.facts["lanes"],
        "compiled": jit.ENABLED,
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _checkout(root: Path) -> Mapping[str, Any] | None:
    """Return the commit of a checkout and whether files differ from it; None elsewhere."""
    if not (root / ".git").exists():
        return None

    def git(*words: str) -> str:
        found = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, timeout=10, check=True
        )
        return found.stdout.strip()

    try:
        changed = bool(git("status", "--porcelain", "--untracked-files=no"))
        return {"commit": git("rev-parse", "HEAD"), "changed": changed}
    except (OSError, subprocess.SubprocessError):
        return None
