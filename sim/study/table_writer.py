"""From shards to tables: a few points and a few worlds at a time, so that memory does not grow.

Every table is tidy Parquet of plain types, as R's arrow and pandas read it. What columns mean is
in :mod:`sim.analysis.tables`, :mod:`sim.analysis.quantities` and :mod:`sim.analysis.comparison`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.analysis import comparison, dictionary, effects, sensitivity
from sim.analysis import tables as measures
from sim.analysis.quantities import Sums, quantity_of
from sim.engine.notes import MEASURES
from sim.engine.record import NARROW, OUTCOMES, Record, Tally, empty_tally, kept_weeks
from sim.engine.threads import in_order, n_threads
from sim.model.roster import Roster
from sim.plan.scenario import Job
from sim.study.runner import Holdings
from sim.study.shards import Leaf, trimmed
from sim.study.sizes import sizes_of
from sim.study.store import Store

COMPRESSION = "zstd"
MOST_SETTLING = 100
"""Design points whose convergence is tabulated."""
SELDOM_TWICE = ("mean", "mcse", "share", "lo", "hi", "value")
"""Columns in which values seldom recur, so that a dictionary of them is of no use."""
GROUP = 1 << 20
"""Rows of a row group: as many as pyarrow makes them of a whole table."""
FEW = 1 << 16
"""Worlds whose rows are held without a thought."""


def plain(frame: pd.DataFrame) -> pa.Table:
    """Return a frame as a table of plain types, without an index, that R's arrow reads as well."""
    table = pa.Table.from_pandas(frame, preserve_index=False, nthreads=1)
    fields = [
        field.with_type(pa.string()) if pa.types.is_large_string(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))  # and leave out what pandas notes for itself


def arrow(columns: measures.Columns) -> pa.Table:
    """Return columns as a table of plain types, once it is written without Arrow's own schema."""
    return pa.table({
        name: pa.DictionaryArray.from_arrays(pa.array(column.at), pa.array(column.names))
        if isinstance(column, measures.Names)
        else pa.array(column, from_pandas=True)  # what is not a number is missing
        for name, column in columns.items()
    })  # fmt: skip


def write_table(store: Store, name: str, frame: pd.DataFrame) -> None:
    """Write a table whole."""
    table = plain(frame)
    with store.replacing(f"{name}.parquet") as part:
        pq.write_table(told(name, table), part, compression=COMPRESSION)


def told(name: str, table: pa.Table) -> pa.Table:
    """Return a table that says what its columns mean, if it is one of a study's."""
    if name not in dictionary.TABLES:
        return table
    return table.replace_schema_metadata(dictionary.metadata(name, table.schema.names))


def tabulate(job: Job, store: Store, held: Holdings) -> None:
    """Write all tables of a study from its shards.

    Args:
        job: what was played.
        store: its shards, and where the tables go.
        held: which shards hold which points.
    """
    design = measures.design(job.points)
    write_table(store, "design", design)
    with ExitStack() as files:
        opened: dict[str, _File] = {}
        for name, table in _tables(job, store, held):
            if name not in opened:
                part = files.enter_context(store.replacing(f"{name}.parquet"))
                opened[name] = files.enter_context(_File(part, told(name, table).schema))
            opened[name].add(table)
            del table  # before the next is made
    failed = pd.DataFrame(sorted(held.failed.items()), columns=["point", "reason"])
    if len(failed):
        write_table(store, "failed", failed)
    else:
        store.remove("failed.parquet")
    _write_analyses(job, store, held, design)


class _File(AbstractContextManager["_File"]):
    """A table that is written as its rows come, those of several small tables together."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        whole = [field.name for field in schema if pa.types.is_integer(field.type)]
        often = [field.name for field in schema if field.name not in SELDOM_TWICE]
        self._writer = pq.ParquetWriter(
            path, schema, compression=COMPRESSION, use_dictionary=often, write_statistics=whole,
            store_schema=False,
        )  # fmt: skip
        if schema.metadata:
            self._writer.add_key_value_metadata(schema.metadata)
        self._waiting: list[pa.Table] = []

    def add(self, table: pa.Table) -> None:
        """Write rows, now or together with more."""
        self._waiting.append(table)
        if sum(map(len, self._waiting)) >= GROUP // 4:
            self._write()

    def __exit__(self, kind: type[BaseException] | None, *about: object) -> None:
        if kind is None and self._waiting:
            self._write()
        self._writer.close()

    def _write(self) -> None:
        rows = pa.concat_tables(self._waiting).unify_dictionaries().combine_chunks()
        self._waiting = []
        self._writer.write_table(rows, row_group_size=GROUP)


# A few points at a time


Named = tuple[str, pa.Table]


def _tables(job: Job, store: Store, held: Holdings) -> Iterator[Named]:
    """Yield the rows of the streamed tables, a few points at a time, in order of points.

    Points of few worlds are made in threads; those of many one row group after the other.
    """
    sizes = sizes_of(job)
    leaf_of = lru_cache(maxsize=4)(lambda name: _leaf(store, name, sizes.shard))

    weeks = len(kept_weeks(job.n_weeks, job.every)) if job.series else 0

    def rows_of(points: range) -> Iterable[Named]:
        rows, n = _rows(_Stretch(job, held, points), leaf_of), len(points) * held.worlds[points[0]]
        return list(rows) if n <= FEW and n * weeks <= GROUP else rows

    found = in_order(rows_of, _chunks(job, held, sizes.points), n_threads(job.execution.threads))
    return chain.from_iterable(found)


def _leaf(store: Store, name: str, most: int) -> Leaf:
    leaf = store.shard(name, most)
    if leaf is None:
        raise OSError(f"shard {name} was damaged while it was read: rerun the same command")
    return leaf


def _chunks(job: Job, held: Holdings, most: int) -> Iterator[range]:
    """Yield stretches of points, not too many, of the same scenario and number of worlds."""
    first, points = 0, job.points
    kind = [(point.variant, held.worlds.get(k)) for k, point in enumerate(points)]
    for k in range(1, len(points) + 1):
        if k == len(points) or kind[k] != kind[first] or k - first == most:
            if first not in held.failed:
                yield range(first, k)
            first = k


def _rows(stretch: _Stretch, leaf_of: Callable[[str], Leaf]) -> Iterator[Named]:
    """Yield the tables of a stretch of points, those of its worlds by row groups."""
    job, points, n = stretch.job, stretch.points, stretch.n
    roster = job.scenario_of(points[0]).roster
    counts = _Counts(stretch, roster)

    def group(places: range) -> pa.Table:
        rows = np.zeros((len(OUTCOMES), len(places)), np.int32)
        own = np.zeros((len(job.own), len(places)), np.int32)
        for name in stretch.shards(places):
            leaf = leaf_of(name)
            counts.add(leaf)
            at, mine = stretch.places_of(leaf, places)
            rows[:, at], own[:, at] = leaf.played.outcomes[mine].T, leaf.played.asked[mine].T
        return _outcomes(stretch, places, rows, own)

    yield from (("outcomes", group(places)) for places in _groups(len(points) * n))
    no_rows = np.zeros((0, len(OUTCOMES)), np.int32), np.zeros((0, 0), np.int32)
    record = Record(roster, job.n_weeks, n, counts.tally(), *no_rows, {}, job.every, points.start)
    for name, make in measures.COUNTED.items():
        yield name, arrow(make(record))
    yield "points", plain(counts.sums.estimates(points.start))
    if job.series:
        yield from (("series", table) for table in _series(stretch, leaf_of))


def _groups(n_rows: int) -> Iterator[range]:
    """Yield the rows of each row group."""
    for start in range(0, n_rows, GROUP):
        yield range(start, min(start + GROUP, n_rows))


@dataclass(frozen=True)
class _Stretch:
    """Neighbouring points that play the same scenario in the same number of worlds.

    The place of a world is its number in the stretch, point after point.
    """

    job: Job
    held: Holdings
    points: range

    @property
    def n(self) -> int:
        """Worlds of each point."""
        return self.held.worlds[self.points[0]]

    def ids(self, places: range) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the point and the number of some worlds."""
        at, world = np.divmod(np.asarray(places), self.n)
        return at + self.points.start, world

    def shards(self, places: range) -> Iterable[str]:
        """Return the names of the shards that hold some worlds, in their order."""
        names: dict[str, None] = {}
        for at in range(places.start // self.n, -(-places.stop // self.n)):
            first, last = places.start - at * self.n, places.stop - at * self.n
            parts = self.held.of_point[self.points[at]]
            for part in parts[bisect_right(parts, first, key=lambda part: part.stop) :]:
                names[part.shard] = None
                if part.stop >= last:
                    break
        return names

    def places_of(self, leaf: Leaf, places: range) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return where among some worlds those of a leaf are, and which of the leaf they are."""
        point = leaf.points[leaf.of_point]
        place = (point - self.points.start) * self.n + leaf.number
        mine = (point >= self.points.start) & (point < self.points.stop)
        mine &= (place >= places.start) & (place < places.stop)
        return place[mine] - places.start, mine


class _Counts:
    """What is counted of the worlds of a stretch of points, leaf by leaf.

    Most points lie in one leaf, whose histograms stay trimmed; those of others are added up.
    """

    def __init__(self, stretch: _Stretch, roster: Roster) -> None:
        self.sums = Sums.zero(len(stretch.points), stretch.job.own)
        self._stretch, self._roster = stretch, roster
        self._seen = set[str]()
        self._whole: dict[int, Tally] = {}  # of the points that begin at each and are in one leaf
        self._shared: dict[int, Tally] = {}  # of the others

    def add(self, leaf: Leaf) -> None:
        """Count a leaf's worlds of these points, once."""
        if leaf.name in self._seen:
            return
        self._seen.add(leaf.name)
        points = self._stretch.points
        first, stop = map(int, np.searchsorted(leaf.points, (points.start, points.stop)))
        for is_whole, places in groupby(range(first, stop), lambda k: self._is_whole(leaf, k)):
            mine = list(places)
            if is_whole:
                run = range(mine[0], mine[-1] + 1)
                self._whole[int(leaf.points[mine[0]])] = leaf.counts_of(run)
                continue
            for at in mine:
                tally = self._shared.setdefault(int(leaf.points[at]), self._empty())
                leaf.add_to(tally, range(at, at + 1), 0)
        worlds = (leaf.of_point >= first) & (leaf.of_point < stop)
        row = leaf.points[leaf.of_point[worlds]] - points.start
        self.sums.add(row, leaf.played.outcomes[worlds], leaf.played.asked[worlds])

    def tally(self) -> Tally:
        """Return the counts of all points."""
        n = self._stretch.n
        shared = {k: trimmed(x) if n <= NARROW else x for k, x in self._shared.items()}
        parts = [part for _, part in sorted({**self._whole, **shared}.items())]
        return Tally(*(np.concatenate(counts) for counts in zip(*parts, strict=True)))

    def _is_whole(self, leaf: Leaf, at: int) -> bool:
        stretch = self._stretch
        return stretch.n <= NARROW and len(stretch.held.of_point[int(leaf.points[at])]) == 1

    def _empty(self) -> Tally:
        job = self._stretch.job
        return empty_tally(self._roster, job.n_weeks, 1, job.every, most=self._stretch.n)


def _outcomes(
    stretch: _Stretch, places: range, rows: NDArray[np.int32], own: NDArray[np.int32]
) -> pa.Table:
    """Return some worlds as :func:`sim.analysis.tables.outcomes` does, without copying their rows.

    Args:
        stretch: what they are of.
        places: which they are.
        rows: ``[column of OUTCOMES, world]``.
        own: quantities of one's own, as they are kept, ``[quantity, world]``.
    """
    point, world = stretch.ids(places)
    posterior = stretch.job.posterior
    past = stretch.job.pasts(world)
    draw = posterior.row_of(past) if posterior else np.full(len(world), -1)
    columns = {"point": point, "world": world, "draw": draw.astype(np.int32),
               **dict(zip(OUTCOMES, rows, strict=True))}  # fmt: skip
    for name, values in zip(stretch.job.own, own, strict=True):
        scale = quantity_of(name).scale
        columns[name] = values if scale == 1 else values / scale
    missing = {name: columns[name] < 0 for name in measures.WEEKS}
    return pa.table({k: pa.array(v, mask=missing.get(k)) for k, v in columns.items()})


def _series(stretch: _Stretch, leaf_of: Callable[[str], Leaf]) -> Iterator[pa.Table]:
    """Yield ``point, world, week`` and a column a measure, by row groups."""
    job = stretch.job
    weeks = np.asarray(kept_weeks(job.n_weeks, job.every))
    for rows in _groups(len(stretch.points) * stretch.n * len(weeks)):
        places = range(rows.start // len(weeks), -(-rows.stop // len(weeks)))
        levels = np.zeros((len(places), len(weeks), len(job.series)), np.uint16)
        for name in stretch.shards(places):
            leaf = leaf_of(name)
            where, mine = stretch.places_of(leaf, places)
            levels[where] = leaf.played.series[mine]
        of_world, of_week = np.divmod(np.asarray(rows), len(weeks))
        of_world -= places.start
        point, world = stretch.ids(places)
        columns = {"point": point[of_world], "world": world[of_world], "week": weeks[of_week]}
        for k, at in enumerate(job.series):
            m = MEASURES[at]
            columns[m.name] = levels[of_world, of_week, k] / m.scale - m.offset
        yield pa.table(columns)


# Analyses of the whole


def read(store: Store, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return a table of a store, or some of its columns."""
    path = store.folder / f"{name}.parquet"
    frame: pd.DataFrame = pq.read_table(path, columns=columns).to_pandas()
    return frame


@dataclass(frozen=True, eq=False)
class _Worlds:
    """The worlds of a study's tables: those of small points are read together, once."""

    store: Store
    held: Holdings

    @cached_property
    def _together(self) -> dict[int, range]:
        """Which points are read with each point: neighbours with few worlds in all."""
        blocks: list[list[int]] = []
        room = 0
        for point in sorted(self.held.worlds):
            if (n := self.held.worlds[point]) > room:
                blocks.append([])
                room = FEW
            blocks[-1].append(point)
            room -= n
        return {k: range(block[0], block[-1] + 1) for block in blocks for k in block}

    def outcomes(self, point: int, columns: Sequence[str]) -> pd.DataFrame:
        """Return some columns of the outcomes of a point; no rows if it was not played."""
        if point not in self.held.worlds:
            return pd.DataFrame(columns=list(columns))
        if self.held.worlds[point] > FEW:
            return self._read("outcomes", columns, ("point", "==", point))
        frame, places = self._small(self._together[point])
        return frame.iloc[places[point]][list(columns)]

    def series(
        self, point: int, name: str, weeks: Sequence[int], n_worlds: int
    ) -> NDArray[np.float64]:
        """Return a measure of a point's first worlds in some weeks, ``[world, week]``."""
        keep = ("point", "==", point), ("week", "in", list(weeks)), ("world", "<", n_worlds)
        values = self._read("series", [name], *keep)[name].to_numpy(float)
        return values.reshape(n_worlds, len(weeks))

    @lru_cache(maxsize=2)  # noqa: B019  (a baseline and what is compared with it)
    def _small(self, points: range) -> tuple[pd.DataFrame, dict[int, slice]]:
        keep = ("point", ">=", points.start), ("point", "<", points.stop)
        frame = self._read("outcomes", None, *keep)
        ends = np.searchsorted(frame["point"].to_numpy(), np.arange(points.start, points.stop + 1))
        return frame, {k: slice(*ends[at : at + 2]) for at, k in enumerate(points)}

    def _read(self, name: str, columns: Sequence[str] | None, *keep: Any) -> pd.DataFrame:
        path = self.store.folder / f"{name}.parquet"
        found: pd.DataFrame = pq.read_table(path, columns=columns, filters=list(keep)).to_pandas()
        return found


def _write_analyses(job: Job, store: Store, held: Holdings, design: pd.DataFrame) -> None:
    """Write the tables that look at several points or at growing numbers of worlds."""
    if not held.worlds:
        return
    worlds = _Worlds(store, held)
    pairs = {k: p.baseline for k, p in enumerate(job.points) if p.baseline is not None}
    if pairs:
        weeks = kept_weeks(job.n_weeks, job.every)
        names = [MEASURES[k].name for k in job.series]
        write_table(store, "differences", comparison.differences(worlds.outcomes, pairs, job.own))
        write_table(store, "fates", comparison.fates(worlds.outcomes, pairs))
        curves = comparison.difference_curves(worlds.outcomes, worlds.series, names, pairs, weeks)
        write_table(store, "difference_curves", curves)
    if (
        not job.design.is_drawn
        and len(job.points) <= MOST_SETTLING
        and max(held.worlds.values()) > 1
    ):
        write_table(store, "convergence", _convergence(job, worlds))
    if (
        effects.is_grid(design)
        and not held.failed
        and len(design) * min(held.worlds.values()) <= effects.MOST_VALUES
        and min(held.worlds.values()) > 1
    ):
        found = effects.effects(worlds.outcomes, design, held.worlds, job.quantities)
        write_table(store, "effects", found)
    if job.design.method in SENSITIVITIES and not held.failed:
        write_table(store, "sensitivity", _sensitivity(job, read(store, "points")))


def _convergence(job: Job, worlds: _Worlds) -> pd.DataFrame:
    """Return how the quantities of the report settle at each point."""
    frames = [
        comparison.settling(
            quantity_of(name).seen(worlds.outcomes(point, [quantity_of(name).column])), name, point
        )
        for point in sorted(worlds.held.worlds)
        for name in job.quantities
    ]
    return pd.concat(frames, ignore_index=True)


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
