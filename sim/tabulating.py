"""From shards to tables: points are gathered a few at a time, so that memory does not grow.

Every table is tidy Parquet of plain types, as R's arrow and pandas read it. What columns mean is
in :mod:`sim.measures`, :mod:`sim.quantities` and :mod:`sim.comparison`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim import comparison, measures, sensitivity
from sim.playing import Holdings, most_points
from sim.quantities import Sums
from sim.record import OUTCOMES, Record, Tally, add, empty_tally, kept_weeks
from sim.scenario import Job
from sim.shards import Leaf
from sim.store import Store
from sim.threads import in_order, n_threads
from sim.tracks import MEASURES

COMPRESSION = "zstd"
MOST_SETTLING = 100
"""Design points whose convergence is tabulated."""


def plain(frame: pd.DataFrame) -> pa.Table:
    """Return a frame as a table of plain types, without an index, that R's arrow reads as well."""
    table = pa.Table.from_pandas(frame, preserve_index=False, nthreads=1)
    fields = [
        field.with_type(pa.string()) if pa.types.is_large_string(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))  # and leave out what pandas notes for itself


def write_table(store: Store, name: str, frame: pd.DataFrame) -> None:
    """Write a table whole."""
    with store.replacing(f"{name}.parquet") as part:
        pq.write_table(plain(frame), part, compression=COMPRESSION)


def tabulate(job: Job, store: Store, held: Holdings) -> None:
    """Write all tables of a study from its shards.

    Args:
        job: what was played.
        store: its shards, and where the tables go.
        held: which shards hold which points.
    """
    write_table(store, "design", measures.design(job.points))
    with ExitStack() as files:
        writers: dict[str, pq.ParquetWriter] = {}
        for tables in _tables(job, store, held):
            for name, table in tables.items():
                if name not in writers:
                    part = files.enter_context(store.replacing(f"{name}.parquet"))
                    writers[name] = files.enter_context(
                        pq.ParquetWriter(part, table.schema, compression=COMPRESSION)
                    )
                writers[name].write_table(table)
    failed = pd.DataFrame(sorted(held.failed.items()), columns=["point", "reason"])
    if len(failed):
        write_table(store, "failed", failed)
    else:
        store.remove("failed.parquet")
    _write_analyses(job, store, held)


# A few points at a time


def _tables(job: Job, store: Store, held: Holdings) -> Iterator[dict[str, pa.Table]]:
    """Give the rows of the streamed tables, a few points at a time, in order of points."""
    leaf_of = lru_cache(maxsize=4)(lambda name: _leaf(store, name))

    def rows_of(points: range) -> dict[str, pa.Table]:
        names = dict.fromkeys(name for point in points for name in held.of_point[point])
        record, series = _gathered(job, points, held, map(leaf_of, names))
        return {name: plain(frame) for name, frame in _rows(job, record, series).items()}

    yield from in_order(rows_of, _chunks(job, held), n_threads(job.execution.threads))


def _leaf(store: Store, name: str) -> Leaf:
    leaf = store.shard(name)
    if leaf is None:
        raise OSError(f"shard {name} was damaged while it was read: run the same command again")
    return leaf


def _chunks(job: Job, held: Holdings) -> Iterator[range]:
    """Give stretches of points that play the same scenario in the same number of worlds."""
    first, points = 0, job.points
    kind = [(point.variant, held.worlds.get(k)) for k, point in enumerate(points)]
    for k in range(1, len(points) + 1):
        if k == len(points) or kind[k] != kind[first] or k - first == most_points(job):
            if first not in held.failed:
                yield range(first, k)
            first = k


def _gathered(
    job: Job, points: range, held: Holdings, leaves: Iterable[Leaf]
) -> tuple[Record, NDArray[np.uint16]]:
    """Return the record of a stretch of points, and their series, from shards."""
    roster, n = job.scenario_of(points[0]).roster, held.worlds[points[0]]
    tally = empty_tally(roster, job.n_weeks, len(points), job.every)
    outcomes = np.zeros((len(points) * n, len(OUTCOMES)), np.int32)
    n_kept = len(kept_weeks(job.n_weeks, job.every))
    series = np.zeros((len(points) * n, n_kept, len(job.series)), np.uint16)
    for leaf in leaves:
        _add(tally, leaf, points)
        point = leaf.points[leaf.of_point]
        mine = (point >= points.start) & (point < points.stop)
        place = (point[mine] - points.start) * n + leaf.number[mine]
        outcomes[place] = leaf.played.outcomes[mine]
        series[place] = leaf.played.series[mine]
    record = Record(
        roster, job.n_weeks, n, tally, outcomes, np.zeros((0, 0), np.int32), {}, job.every,
        points.start, draw=job.posterior.row_of(np.arange(n)) if job.posterior else None,
    )  # fmt: skip
    return record, series


def _add(tally: Tally, leaf: Leaf, points: range) -> None:
    """Add a leaf's counts of some points to a tally; the points of a leaf are neighbours."""
    first, stop = np.searchsorted(leaf.points, (points.start, points.stop))
    start = leaf.points[first] - points.start
    for name in Tally._fields:
        counts, more = getattr(tally, name), getattr(leaf.played.tally, name)
        add(name, counts[start : start + stop - first], more[first:stop])


def _rows(job: Job, record: Record, series: NDArray[np.uint16]) -> dict[str, pd.DataFrame]:
    sums = Sums.zero(record.n_points)
    sums.add(np.repeat(np.arange(record.n_points), record.n_worlds), record.outcomes)
    frames = {**vars(measures.Tables.of(record)), "points": sums.estimates(record.first_point)}
    if job.series:
        frames["series"] = _series(job, record, series)
    return frames


def _series(job: Job, record: Record, series: NDArray[np.uint16]) -> pd.DataFrame:
    """Return ``point, world, week`` and a column a measure."""
    shape = (record.n_points, record.n_worlds, len(record.weeks))
    point, world, week = (index.ravel() for index in np.indices(shape))
    columns: dict[str, Any] = {"point": point + record.first_point, "world": world,
                               "week": np.asarray(record.weeks)[week]}  # fmt: skip
    for k, at in enumerate(job.series):
        m = MEASURES[at]
        columns[m.name] = (series[:, :, k] / m.scale - m.offset).ravel()
    return pd.DataFrame(columns)


# Analyses of the whole


def read(store: Store, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return a table of a store, or some of its columns."""
    path = store.folder / f"{name}.parquet"
    frame: pd.DataFrame = pq.read_table(path, columns=columns).to_pandas()
    return frame


def _write_analyses(job: Job, store: Store, held: Holdings) -> None:
    """Write the tables that look at several points or at growing numbers of worlds."""
    if not held.worlds:
        return
    pairs = {k: p.baseline for k, p in enumerate(job.points) if p.baseline is not None}
    if pairs:
        outcomes = read(store, "outcomes")
        series = read(store, "series") if job.series else None
        weeks = kept_weeks(job.n_weeks, job.every)
        write_table(store, "differences", comparison.differences(outcomes, pairs))
        write_table(store, "fates", comparison.fates(outcomes, pairs))
        write_table(store, "difference_curves",
                    comparison.difference_curves(outcomes, series, pairs, weeks))  # fmt: skip
    if (
        not job.design.is_drawn
        and len(job.points) <= MOST_SETTLING
        and max(held.worlds.values()) > 1
    ):
        settling = comparison.convergence(read(store, "outcomes"), job.quantities)
        write_table(store, "convergence", settling)
    if job.design.method in SENSITIVITIES and not held.failed:
        write_table(store, "sensitivity", _sensitivity(job, read(store, "points")))


SENSITIVITIES: Mapping[str, Any] = {"morris": sensitivity.morris, "saltelli": sensitivity.sobol}


def _sensitivity(job: Job, points: pd.DataFrame) -> pd.DataFrame:
    """Return the indices of every quantity of the report."""
    frames: list[pd.DataFrame] = []
    design = job.design
    for name in job.quantities:
        values = points[points["quantity"] == name].sort_values("point")["value"].to_numpy(float)
        if design.method == "morris" and design.unit is not None:
            found = sensitivity.morris(design.axes, design.unit, values, design.seed)
        else:
            found = sensitivity.sobol(design.axes, values, design.seed)
        found.insert(0, "quantity", name)
        frames.append(found)
    return pd.concat(frames, ignore_index=True)
