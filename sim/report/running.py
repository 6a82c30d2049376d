"""A run from beginning to end: play what is missing, write tables, figures, stories and summary.

The output folder is the store of a study (:mod:`sim.study.store`). An interrupted run goes on when
the same command is given with the same output; a finished one plays nothing and writes its tables
and figures anew. What the files hold is in :mod:`sim.study.table_writer`,
:mod:`sim.report.figures`, :mod:`sim.report.design_figures` and :mod:`sim.report.summary`.
"""

from __future__ import annotations

import os
import platform
import shlex
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray
from rich.console import Console

from sim.analysis import tables as measures
from sim.config.sources import CONFIGS, Choices
from sim.engine import native
from sim.engine.blocks import noted
from sim.engine.history import History, replay
from sim.interrupts import leaving
from sim.model.parameters import parameter_block
from sim.plan.scenario import FIGURES, Job
from sim.report import cost, summary
from sim.report.drawing import draw
from sim.report.inert import WORLDS, without_effect
from sim.report.progress import CancelledError, Told, tallied
from sim.story import Story, tell
from sim.study.cluster import ClusterError
from sim.study.results import Study, open_study
from sim.study.runner import Holdings, first_shards, identity_of, play_study
from sim.study.store import Store, take
from sim.study.table_writer import SENSITIVITIES, plain, tabulate, write_table

TYPICAL = 15
"""Worlds played again to find the typical one."""
TOLD_ALONE = 4
"""Design points whose world is narrated where there is one world a point."""
PACKAGES = ("numpy", "pandas", "pyarrow", "matplotlib")


def run(
    job: Job, *, console: Console | None = None, told: Told | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Path:  # fmt: skip
    """Run a job and write its files, or only estimate its cost.

    Args:
        job: what to run.
        console: where to print; the terminal by default.
        told: is called with the number of worlds that are done, and of all.
        cancel: is asked whenever some are done whether to stop.

    Returns:
        The folder of the results; see :func:`in_own_folder`.

    Raises:
        InputError: if the folder holds another study.
        OSError: if something cannot be written; finished shards are kept.
        CancelledError: if it was told to stop; finished shards are kept.
    """
    out = console or Console(highlight=False)
    if job.dry_run:
        say(out, cost.lines(job, cost.estimate(job)))
        shipped = Choices(CONFIGS).options("scenario")
        if idle := without_effect(job, scenario=job.scenario.name not in shipped):
            say(out, [f"Without effect in {WORLDS} worlds: {', '.join(idle)}"])
        return job.output
    job = in_own_folder(job)
    with Store.opened(job.output, identity_of(job), lambda told: say(out, [told])) as store:
        try:
            with leaving(kept(job)):
                study = _run(job, store, out, told, cancel)
        except (KeyboardInterrupt, OSError, ClusterError, CancelledError):
            say(out, [kept(job)])
            raise
    if study is not None:
        say(out, [*summary.headline(job, study), str(job.output / "summary.md")])
    return job.output


def in_own_folder(job: Job) -> Job:
    """Return a job with a folder for it: the given one, or a new one that no other run has."""
    given = job.output != job.unclaimed
    return job if given else replace(job, output=take(job.output))


def _run(
    job: Job, store: Store, out: Console, told: Told | None, cancel: Callable[[], bool] | None
) -> Study | None:
    """Bring a study to its end; None if no point could be played."""
    begun = time.perf_counter()
    facts = facts_of(job, store)
    store.write_manifest(facts)
    held, seconds = _play(job, store, out, told, cancel)
    _tell_failures(job, held, out)
    with out.status("Writing tables"):
        tabulate(job, store, held)
    if not held.worlds:
        return None
    with out.status("Writing stories"):
        replays = _Replays(job)
        _write_tracks(job, store, replays)
        leading = [] if job.design.is_drawn else _leading_worlds(job, store, held, replays)
        if leading:
            write_table(store, "leading", _views(leading))
    facts |= _speed(facts, seconds, held.n_played * job.n_weeks * _mean_relations(job))
    facts["played"] = sum(held.worlds.values())
    facts["first_scenario"] = dict(job.scenario_of(min(held.worlds)).given)
    facts |= {"finished": datetime.now(UTC).isoformat(timespec="seconds")}
    facts["seconds"] = {"simulation": facts.pop("simulation"), "all": time.perf_counter() - begun}
    store.write_manifest(facts)
    study = open_study(store.folder)
    with out.status("Drawing figures"):
        drawn = draw(study, FIGURES[job.figures])
    stories = {one.heading: one.story for one in leading}
    page = summary.page(job, study, stories, drawn, facts)
    store.write_text("summary.md", page)
    return study


def kept(job: Job) -> str:
    """Return the message of an interrupted run."""
    place = shlex.quote(f"output={job.output}")
    return f"Finished shards are kept. To resume, run the same command with {place}"


def say(out: Console, lines: Iterable[str]) -> None:
    """Print lines without markup, each as it comes."""
    for line in lines:
        out.print(line, markup=False, soft_wrap=True)


# Playing


def _play(
    job: Job, store: Store, out: Console, told: Told | None, cancel: Callable[[], bool] | None
) -> tuple[Holdings, float]:
    """Play what is missing under a progress bar; return what there is, and the seconds it took."""
    say(out, [*cost.announced(job), *_found(job, store)])
    begun = time.perf_counter()
    with tallied(out, told, cancel) as tally:

        def begin_round(number: int, n_worlds: int) -> None:
            tally.begin(n_worlds, "worlds" if number == 0 else f"worlds, batch {number + 1}")

        held = play_study(job, store, progress=tally.advance, begin_round=begin_round)
    return held, time.perf_counter() - begun


def _found(job: Job, store: Store) -> Iterator[str]:
    """Yield how much of the first round a store holds already, if it holds anything."""
    there = set(store.shard_names())
    if there:
        names = first_shards(job, store.identity.digest)
        n_found = sum(name in there for name in names)
        yield f"{n_found} of {len(names)} shards found"


def _tell_failures(job: Job, held: Holdings, out: Console) -> None:
    if not held.failed:
        return
    lines = [f"{len(held.failed)} of {len(job.points)} points failed; failed.parquet lists all. "
             "To rerun them: retry_failed=true"]  # fmt: skip
    if job.design.method in SENSITIVITIES:
        lines.append("Sensitivity indices are not computed until all points are complete.")
    for point, reason in sorted(held.failed.items())[:5]:
        lines.append(f"  point {point} ({measures.label_of(job.points[point])}): {reason}")
    say(out, lines)


# Worlds in full


class _Replays:
    """Plays single worlds of a job again, one at a time."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def __call__(self, point: int, world: int) -> History:
        """Return one world of one design point in full."""
        job = self._job
        parameters = parameter_block(job.parameters_in(point, world), 1)[0, :, 0]
        again = job.agents.history if job.agents else replay
        return again(
            job.scenario_of(point).roster, parameters, world=world,
            n_weeks=job.n_weeks, seed=job.seed, of_point=self._stream(point), fork=job.fork,
        )  # fmt: skip

    def leaders_rungs(self, point: int, worlds: Sequence[int]) -> NDArray[np.uint8]:
        """Return the rung of the leaders in some worlds of a point, ``[week, world]``."""
        job, roster = self._job, self._job.scenario_of(point).roster
        if job.agents:
            leaders = (self(point, world).pair(*roster.leaders, "rung") for world in worlds)
            return np.stack([rungs.astype(np.uint8) for rungs in leaders], axis=-1)
        tracks = noted(
            roster, job.values_in(point, worlds), worlds, n_weeks=job.n_weeks, seed=job.seed,
            stream=self._stream(point), fork=job.fork,
        )  # fmt: skip
        return tracks.rungs[:, roster.atlas.leaders_pair]

    def _stream(self, point: int) -> int:
        return 0 if self._job.paired else point + 1


@dataclass(frozen=True)
class _Told:
    """A world with its story, under its heading."""

    heading: str
    point: int
    history: History
    parameters: Mapping[str, float]
    story: Story


def _outcomes_of_first(store: Store, held: Holdings) -> pd.DataFrame:
    """Return the outcomes of the first point that was played."""
    keep = [("point", "==", min(held.worlds))]
    path = store.folder / "outcomes.parquet"
    table = pq.read_table(path, columns=measures.TELLING, filters=keep)
    found: pd.DataFrame = table.to_pandas(split_blocks=True, self_destruct=True)
    return found


def _leading_worlds(job: Job, store: Store, held: Holdings, replays: _Replays) -> list[_Told]:
    """Return the worlds the summary tells: a typical one and the worst, or the only one."""
    first, outcomes = min(held.worlds), _outcomes_of_first(store, held)

    def told(heading: str, point: int, history: History) -> _Told:
        parameters = job.parameters_in(point, history.number)
        story = tell(history, job.scenario_of(point), parameters)
        return _Told(heading, point, history, parameters, story)

    if max(held.worlds.values()) == 1:
        points = range(first, min(first + TOLD_ALONE, len(job.points)))
        several = len(job.points) > 1
        return [
            told(f"Course of events ({measures.label_of(job.points[k])})" if several
                 else "Course of events", k, replays(k, 0))
            for k in points
        ]  # fmt: skip
    typical = _typical(outcomes, first, replays)
    worst = measures.worst_world(outcomes)
    if worst == typical.number:
        return [told(f"A typical world, which is also the worst (world {worst})", first, typical)]
    return [
        told(f"A typical world (world {typical.number})", first, typical),
        told(f"The worst world (world {worst})", first, replays(first, worst)),
    ]


def _typical(worlds: pd.DataFrame, point: int, replays: _Replays) -> History:
    """Return the world of median peak rung whose area under the leaders' rungs is the median."""
    likely = measures.typical_worlds(worlds, TYPICAL)
    areas = replays.leaders_rungs(point, likely).sum(axis=0, dtype=np.int64)
    found = sorted(zip(areas.tolist(), likely, strict=True))
    return replays(point, found[(len(found) - 1) // 2][1])


def _views(leading: list[_Told]) -> pd.DataFrame:
    """Return what the leaders did in the narrated worlds, so that it can be drawn again."""
    frames = []
    for one in leading:
        frame = measures.two_views(one.history, one.parameters)
        frame.insert(0, "point", one.point)
        frame.insert(1, "world", one.history.number)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _write_tracks(job: Job, store: Store, replays: _Replays) -> None:
    """Write the worlds requested in full, one file for each kind, one world at a time."""
    if not job.tracks:
        return
    with ExitStack() as files:
        writers: dict[str, pq.ParquetWriter] = {}
        for point in range(len(job.points)):
            for world in job.tracks:
                for kind, frame in measures.in_full(replays(point, world)):
                    frame.insert(0, "point", point)
                    table = plain(frame)
                    if kind not in writers:
                        part = files.enter_context(store.replacing(f"tracks/{kind}.parquet"))
                        writers[kind] = files.enter_context(pq.ParquetWriter(part, table.schema))
                    writers[kind].write_table(table)


# The manifest


def facts_of(job: Job, store: Store) -> dict[str, Any]:
    """Return what is needed to run a job again, and how it went so far."""
    before = store.manifest()
    seconds = before.get("seconds")
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {
        "note": summary.NOTE,
        "experiment": job.experiment,
        "scenario": job.scenario.name,
        "title": job.title,
        "same_leaders": len({(s.roster.leaders, s.roster.subject) for s in job.scenarios}) == 1,
        "started": before.get("started", now),
        "finished": None,
        "runs": int(_number(before.get("runs"))) + 1,
        "seed": job.seed,
        "worlds": job.n_worlds,
        "weeks": job.n_weeks,
        "points": len(job.points),
        "paired": job.paired,
        "drawn": job.design.is_drawn,
        "posterior": _posterior(job),
        "quantities": list(job.quantities),
        "tracks": list(job.tracks),
        "figures": job.figures,
        "execution": dict(vars(job.execution)),
        "overrides": list(job.resolved["overrides"]),
        "versions": {"python": platform.python_version(), "sim": _version("spiral-sim")}
        | {name: _version(name) for name in PACKAGES},
        "git": _checkout(Path(__file__).resolve().parents[2]),
        "platform": {
            "system": platform.platform(),
            "machine": platform.machine(),
            "processors": os.cpu_count(),
        },
        "engine": "plain" if native.PLAIN else native.library().variant,
        "simulation": _number(seconds.get("simulation") if isinstance(seconds, dict) else None),
        "relation_weeks_per_second": _number(before.get("relation_weeks_per_second")) or None,
    }


def _number(found: object) -> float:
    """Return a number that a manifest holds, 0 if it holds something else."""
    return float(found) if isinstance(found, int | float) else 0.0


def _posterior(job: Job) -> Mapping[str, Any] | None:
    """Return what parameters are drawn from, and which are; None where none could be."""
    if job.posterior is None:
        return None
    return {"source": job.posterior.source, "digest": job.posterior.digest,
            "draws": job.posterior.n_draws, "parameters": list(job.drawn)}  # fmt: skip


def _mean_relations(job: Job) -> float:
    """Return the number of relations of a world, the mean over points."""
    each = [job.scenario_of(k).roster.n_relations for k in range(len(job.points))]
    return sum(each) / len(each)


def _speed(facts: Mapping[str, Any], seconds: float, work: float) -> dict[str, Any]:
    """Return how fast this run was, or the one before where this one had nothing to play."""
    if work == 0:
        return {}
    return {"simulation": facts["simulation"] + seconds,
            "relation_weeks_per_second": work / seconds}  # fmt: skip


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
