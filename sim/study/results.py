"""A study that was run, read back from its folder: frames, an xarray view, CSV.

Nothing is simulated here and nothing changed. Small tables are read whole when first requested;
of large ones (``curves``, ``outcomes``, ``series``) take what is needed by :meth:`Study.table`, or
the lazy view of :meth:`Study.to_xarray`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.analysis import dictionary, effects
from sim.analysis import tables as measures
from sim.analysis.quantities import QUANTITIES, own_of, quantity_of
from sim.analysis.tables import QUANTILES, Tables
from sim.config.job import scenario_from
from sim.config.schema import (
    MOST_POINTS,
    MOST_STATES,
    MOST_WEEKS,
    MOST_WORLDS,
    PrecisionSheet,
    quantity,
    text,
    whole,
)
from sim.config.sources import dotted
from sim.engine.asked import ExpressionError
from sim.engine.notes import MEASURES
from sim.engine.record import N_RUNGS, OUTCOMES, SCOPES, kept_weeks
from sim.errors import Fault, InputError, StudyError, clean, nearest, show
from sim.plan.scenario import Scenario
from sim.study.parquet import TableFile, regular
from sim.study.store import MANIFEST

if TYPE_CHECKING:
    import xarray as xr

INT = pa.int64()
STATISTICS = ("mean", *QUANTILES, "mcse")
LABELLED = ("points", "outcomes", "curves", "reached", "rungs", "differences",
            "difference_curves", "series", "fates", "convergence")  # fmt: skip
"""Tables of which :meth:`Study.tidy` and the CSVs say what is varied in every row."""
MOST_BYTES = 20_000_000
"""Largest manifest that is read."""
MOST_NAMED = 30
"""Names that a message lists."""
COLUMNS = {
    "design": ("point",),
    "points": ("point", "quantity", "value", "lo", "hi", "worlds"),
    "outcomes": ("point", "world", "draw", *OUTCOMES),
    "curves": ("point", "week", "measure", *STATISTICS, "worlds"),
    "reached": ("point", "scope", "week", "rung", "share", "lo", "hi"),
    "rungs": ("point", "week", "rung", "name", "share", "pairs", "subject"),
    "pairs": ("point", "first", "second", "opposed", "fear_first", "fear_second"),
    "series": ("point", "world", "week"),
    "differences": ("point", "baseline", "quantity", "difference", "lo", "hi", "up", "down",
                    "worlds"),
    "difference_curves": ("point", "baseline", "week", "measure", "difference", "lo", "hi"),
    "fates": ("point", "baseline", "world", "before", "after"),
    "sensitivity": ("quantity", "parameter", "index", "value", "lo", "hi"),
    "effects": effects.COLUMNS,
    "convergence": ("point", "worlds", "quantity", "value", "lo", "hi"),
    "failed": ("point", "reason"),
    "leading": ("point", "world", "week", "actor", "meant", "seen", "rung", "fear"),
}  # fmt: skip
"""Columns that a table has, in addition to any others."""
TEXTS = {"quantity", "measure", "scope", "name", "first", "second", "parameter", "index", "reason",
         "actor", "factor", "other", "low", "high", "other_low", "other_high"}  # fmt: skip
"""Those of them that hold texts; the others hold numbers."""
FORMULA = r"^[=+\-@\t\r\n\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"
"""How a text begins that a spreadsheet would take for a formula."""


class _Part(BaseModel):
    """A part of a manifest: what is not read is not looked at."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class _Config(_Part):
    """What is read of a resolved config."""

    scenario: dict[str, Any]
    worlds: Annotated[int, whole(1, MOST_WORLDS)]
    weeks: Annotated[int, whole(1, MOST_WEEKS)]
    every: Annotated[int, whole(1, MOST_WEEKS)]
    precision: PrecisionSheet | None = None


class _Drawn(_Part):
    """What is read of a posterior."""

    draws: Annotated[int, whole(0, MOST_WORLDS)]
    parameters: list[Annotated[str, text(100)]] = Field(max_length=1000)


class _Manifest(_Part):
    """What is read of a manifest."""

    config: _Config
    scenario: Annotated[str, text(100)]
    note: Annotated[str, text(1000)]
    points: Annotated[int, whole(1, MOST_POINTS)]
    seed: Annotated[int, whole(0, 2**64 - 1)]
    title: Annotated[str, text(1000)]
    first_scenario: dict[str, Any]
    same_leaders: bool
    drawn: bool
    posterior: _Drawn | None = None
    quantities: list[Annotated[str, quantity()]] = Field(min_length=1, max_length=100)
    tracks: list[Annotated[int, whole(0, MOST_WORLDS)]] = Field(max_length=1000)


@dataclass(frozen=True)
class Study:
    """A folder that a run left behind."""

    folder: Path
    manifest: Mapping[str, Any]

    # What was run

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario of the first point; that of another may differ by what was varied."""
        try:
            return scenario_from(self.manifest["first_scenario"], self.manifest["scenario"])
        except InputError as error:
            raise StudyError(error.faults) from None

    @property
    def title(self) -> str:
        """The title of its scenarios, or how many differ in it."""
        return str(self.manifest["title"])

    @property
    def config(self) -> Mapping[str, Any]:
        """The resolved config."""
        config: Mapping[str, Any] = self.manifest["config"]
        return config

    @property
    def n_points(self) -> int:
        """Number of design points."""
        return int(self.manifest["points"])

    @property
    def weeks(self) -> list[int]:
        """The weeks of which curves are kept."""
        return kept_weeks(int(self.config["weeks"]), int(self.config["every"]))

    @property
    def is_drawn(self) -> bool:
        """Whether design points were drawn, so that none of them is of interest by itself."""
        return bool(self.manifest["drawn"])

    @property
    def n_draws(self) -> int:
        """Number of sets of parameters that worlds draw from; 0 where nothing is drawn."""
        posterior = self.manifest.get("posterior") or {"parameters": []}
        return int(posterior["draws"]) if posterior["parameters"] else 0

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names of the quantities that the report is about."""
        return tuple(self.manifest["quantities"])

    @property
    def known(self) -> tuple[str, ...]:
        """Names of all quantities that there are, those of one's own last."""
        precision = (self.config.get("precision") or {}).get("quantity")
        return (*QUANTITIES, *own_of([*self.quantities, *([precision] if precision else [])]))

    # Tables

    @property
    def names(self) -> list[str]:
        """Names of the tables there are."""
        return sorted(path.stem for path in self.folder.glob("*.parquet"))

    def has(self, name: str) -> bool:
        """Say whether there is such a table."""
        return name in self.names

    def table(
        self,
        name: str,
        *,
        points: int | Iterable[int] | None = None,
        worlds: int | Iterable[int] | None = None,
        columns: Sequence[str] | None = None,
        measures: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return a table, or the part of it that is requested; only that part is kept in memory.

        Args:
            name: of the table; see :attr:`names`.
            points: design points to read.
            worlds: worlds to read, of tables that have them.
            columns: columns to read.
            measures: measures to read, of tables that have them.

        Raises:
            InputError: if there is no such table, point, column or measure.
            StudyError: if the file was not written by a run.
        """
        file = self.file(name)
        for column in columns or ():
            self._known(column, file.schema.names, file.path.name, "column")
        for measure in measures or ():
            self._known(measure, [m.name for m in MEASURES], file.path.name, "measure")
        wanted: dict[str, pa.Array | None] = {
            "point": None if points is None else pa.array(map(self._point, _each(points)), INT),
            "world": None if worlds is None else pa.array(map(self._world, _each(worlds)), INT),
            "measure": None if measures is None else pa.array(measures, pa.string()),
        }
        keep: Any = None
        for column, values in wanted.items():
            if values is not None:
                self._known(column, file.schema.names, file.path.name, "column")
                if file.schema.field(column).type != values.type:
                    raise file.fault(f"must have a column {column} of type {values.type}")
                mine = pc.field(column).isin(values)
                keep = mine if keep is None else keep & mine
        frame: pd.DataFrame = file.read(columns, keep).to_pandas()
        return frame

    def tidy(self, name: str = "points", **part: Any) -> pd.DataFrame:
        """Return a table, or a part of it, with a column for each thing that is varied.

        Args:
            name: of the table.
            part: ``points, worlds, columns, measures``, as of :meth:`table`.

        Returns:
            The columns of the table; after ``point`` a column for each axis of the design, by its
            name (``vary_NAME`` where the table has such a column itself).

        Raises:
            InputError: if there is no such table, point, column or measure.
        """
        frame = self.table(name, **part)
        if name not in LABELLED or "point" not in frame.columns:
            return frame
        at = list(frame.columns).index("point") + 1
        design = self.design.set_index("point")
        for k, (title, axis) in enumerate(self._factors(frame.columns).items()):
            frame.insert(at + k, title, design[axis].reindex(frame["point"]).to_numpy())
        return frame

    def _factors(self, taken: Iterable[str]) -> dict[str, str]:
        """Return what is varied, by the name that its column has beside others."""
        axes = [str(axis) for axis in self.design.columns if axis != "point"]
        return {f"vary_{axis}" if axis in taken else axis: axis for axis in axes}

    def columns(self, name: str) -> pd.DataFrame:
        """Return what the columns of a table mean: ``column, type, unit, meaning``.

        Raises:
            InputError: if there is no such table.
            StudyError: if the file was not written by a run.
        """
        schema = self.file(name).schema
        told = [dictionary.meaning(name, column) for column in schema.names]
        return pd.DataFrame(
            {"column": schema.names, "type": [str(kind) for kind in schema.types],
             "unit": [unit for _, unit in told], "meaning": [text for text, _ in told]}
        )  # fmt: skip

    def file(self, name: str) -> TableFile:
        """Return the file of a table, whose columns are those that a run writes.

        Raises:
            InputError: if there is no such table.
            StudyError: if the file was not written by a run.
        """
        self._known(name, self.names, str(self.folder), "table")
        found = TableFile(self.folder / f"{name}.parquet", self._most_rows(name))
        types = {field.name: field.type for field in found.schema}
        for column in COLUMNS.get(name, ()):
            fits = (pa.types.is_null, pa.types.is_string if column in TEXTS else _is_number)
            if column not in types or not any(fit(types[column]) for fit in fits):
                kind = "texts" if column in TEXTS else "numbers"
                raise found.fault(f"must have a column {column} of {kind}")
        return found

    def _most_rows(self, name: str) -> int:
        """Return the most rows that the study's own table of a name can have."""
        config = self.config
        worlds = max(config["worlds"], (config.get("precision") or {"most": 0})["most"])
        weeks = len(self.weeks)
        each = {
            "design": 1, "failed": 1, "points": len(self.known), "differences": len(self.known),
            "curves": weeks * len(MEASURES), "reached": weeks * len(SCOPES) * N_RUNGS,
            "rungs": weeks * N_RUNGS, "pairs": MOST_STATES * MOST_STATES, "outcomes": worlds,
            "fates": worlds, "difference_curves": weeks * 2 * len(MEASURES),
            "leading": 8 * (config["weeks"] + 1),
        }  # fmt: skip
        return self.n_points * int(each.get(name, max(1000, worlds) * weeks))

    def _known(self, name: object, names: Sequence[str], source: str, what: str) -> None:
        """Raise InputError unless a name is one of several."""
        if name not in names:
            some = ", ".join(map(clean, names[:MOST_NAMED]))
            told = f"unknown {what} {clean(name)}; available: {some or 'none'}"
            more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
            if what in ("table", "quantity"):
                more += _how_to_have(str(name))
            raise StudyError([Fault(source, "", told + more, nearest=nearest(name, names))])

    def _point(self, point: object) -> int:
        """Return the number of a design point.

        Raises:
            InputError: if there is none of that number.
        """
        told = f"must be a design point, from 0 to {self.n_points - 1}"
        return self._numbered("point", point, self.n_points, told)

    def _world(self, world: object) -> int:
        """Return the number of a world.

        Raises:
            InputError: if it is none.
        """
        told = f"must be a world, from 0 to {MOST_WORLDS - 1}"
        return self._numbered("world", world, MOST_WORLDS, told)

    def _numbered(self, what: str, number: object, stop: int, told: str) -> int:
        if isinstance(number, int | np.integer) and 0 <= number < stop:
            return int(number)
        raise InputError([Fault(str(self.folder), what, told, show(number))])

    def at(self, point: int) -> Tables:
        """Return the tables of one design point."""
        return self.tables([point])

    def first(self) -> Tables:
        """Return the tables of the first point that was played; of its worlds what is requested."""
        return self.in_parts(int(self.points["point"].min()))

    def in_parts(self, point: int) -> Tables:
        """Return the tables of a point; of its worlds what is requested."""
        names = [name for name in Tables.__dataclass_fields__ if name != "outcomes"]
        worlds: Any = Worlds(self, self._point(point))
        return Tables(**{name: self.table(name, points=point) for name in names}, outcomes=worlds)

    def tables(self, points: Iterable[int] | None = None) -> Tables:
        """Return the tables of some design points, or of all."""
        wanted = None if points is None else list(points)
        return Tables(*(self.table(name, points=wanted) for name in Tables.__dataclass_fields__))

    @cached_property
    def design(self) -> pd.DataFrame:
        """One row for each design point: ``point`` and a column for each thing that is varied."""
        found = self.table("design")
        if list(found["point"]) != list(range(self.n_points)):
            raise self.file("design").fault(f"must have the points 0 to {self.n_points - 1}")
        return found

    @cached_property
    def points(self) -> pd.DataFrame:
        """Every quantity at every point: ``point, quantity, value, lo, hi, worlds``."""
        return self.table("points")

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row for each world."""
        return self.table("outcomes")

    @cached_property
    def curves(self) -> pd.DataFrame:
        """Every measure by week: ``point, week, measure, mean, q05 ... q95, mcse, worlds``."""
        return self.table("curves")

    @cached_property
    def reached(self) -> pd.DataFrame:
        """Share of worlds that have reached each rung by each week."""
        return self.table("reached")

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Paired differences from the baseline, of every quantity."""
        return self.table("differences")

    @cached_property
    def fates(self) -> pd.DataFrame:
        """Worlds whose leaders peaked at another rung than in the baseline."""
        return self.table("fates")

    @cached_property
    def sensitivity(self) -> pd.DataFrame:
        """Sensitivity indices with their intervals."""
        return self.table("sensitivity")

    @cached_property
    def effects(self) -> pd.DataFrame:
        """Main effects and interactions of a full grid, with their intervals."""
        return self.table("effects")

    def value(self, quantity: str, point: int = 0) -> tuple[float, float, float]:
        """Return a quantity at a point: its estimate and the ends of its 95 % interval.

        Raises:
            InputError: if there is no such quantity, or nothing of it at that point.
        """
        row = self._row("points", quantity, point)
        return float(row["value"]), float(row["lo"]), float(row["hi"])

    def difference(self, quantity: str, point: int = 1) -> tuple[float, float, float]:
        """Return how much a quantity at a point differs from its baseline, and the interval.

        Raises:
            InputError: if there is no such quantity, or the point is not compared with another.
        """
        row = self._row("differences", quantity, point)
        return float(row["difference"]), float(row["lo"]), float(row["hi"])

    def _row(self, name: str, quantity: str, point: int) -> Any:
        """Return the row of a quantity at a point, of a table that has one for each."""
        self._known(quantity, self.known, str(self.folder), "quantity")
        point, rows = self._point(point), getattr(self, name)
        found = rows[(rows["point"] == point) & (rows["quantity"] == quantity)]
        if not len(found):
            there = ", ".join(map(str, sorted(set(rows["point"]))[:MOST_NAMED])) or "none"
            told = f"is not in {name}.parquet; available: {there}"
            raise InputError([Fault(str(self.folder), "point", told, str(point))])
        return found.iloc[0]

    def label(self, point: int) -> str:
        """Return a design point in words.

        Raises:
            InputError: if there is no such point.
        """
        row = self.design.set_index("point").loc[self._point(point)]
        return measures.worded({str(k): v for k, v in row.items()}, self._words)

    @cached_property
    def _words(self) -> dict[str, dict[Any, str]]:
        """The levels of what labels name, in words, by the name of the axis."""
        named = self.design.columns.drop("point")[: measures.MOST_WORDED]
        return {str(name): measures.level_words(self.design[name]) for name in named}

    # Elsewhere

    def to_csv(self, folder: str | Path, names: str | Sequence[str] | None = None) -> list[Path]:
        """Write tables as CSV (UTF-8, comma, a missing value is empty), a few rows at a time.

        A spreadsheet takes a text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line
        break for a formula. Such texts, which only settings given by hand can hold, are written
        with an apostrophe before them; numbers never are. Parquet holds them as they are. After
        ``point`` comes a column for each thing that is varied, as in :meth:`tidy`.

        Args:
            folder: where to; made if it is not there.
            names: of tables; all if not given.

        Returns:
            The files.

        Raises:
            InputError: if there is no such table.
            StudyError: if a file was not written by a run.
        """
        names = [names] if isinstance(names, str) else names
        files = [self.file(name) for name in (self.names if names is None else names)]
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        return [self._write_csv(file, place / f"{file.path.stem}.csv") for file in files]

    def _write_csv(self, file: TableFile, path: Path) -> Path:
        """Write a table as CSV, without anything that a spreadsheet would take for a formula."""
        from pyarrow import csv

        names, kinds = list(file.schema.names), list(file.schema.types)
        levels = self._levels(names) if file.path.stem in LABELLED and "point" in names else {}
        at = names.index("point") + 1 if levels else 0
        names[at:at] = levels
        kinds[at:at] = [column.type for column in levels.values()]
        heads = [_inert(pa.array([name])).to_pylist()[0] for name in names]
        with csv.CSVWriter(path, pa.schema(zip(heads, kinds, strict=True))) as out:
            for batch in file.batches():
                cells = list(batch.columns)
                cells[at:at] = [column.take(cells[at - 1]) for column in levels.values()]
                cells = [_inert(c) if pa.types.is_string(c.type) else c for c in cells]
                out.write_batch(pa.RecordBatch.from_arrays(cells, heads))
        return path

    def _levels(self, taken: Sequence[str]) -> dict[str, pa.Array]:
        """Return the levels of what is varied, ``[point]``, by the name of their column."""
        factors = self._factors(taken)
        return {title: pa.array(self.design[axis], from_pandas=True)
                for title, axis in factors.items()}  # fmt: skip

    def to_xarray(self) -> xr.Dataset:
        """Return the curves as a dataset that reads a value only when it is requested.

        Dimensions ``point, week, measure``; variables ``mean, q05 ... q95, mcse``; what is varied
        stands as coordinates along ``point``. ``ds["q50"].sel(point=3, measure="fear_leaders")``
        reads one row group of the file.
        """
        import xarray as xr
        from xarray.core import indexing

        file = self.file("curves")
        found = self.design.set_index("point")
        names = [measure.name for measure in MEASURES]
        played = [self._point(k) for k in sorted(set(self.points["point"]))]
        shape = (len(played), len(self.weeks), len(names))
        lazy = {
            name: (("point", "week", "measure"),
                   indexing.LazilyIndexedArray(_lazy_array(file, name, played, shape)))
            for name in STATISTICS
        }  # fmt: skip
        varied = {str(k): ("point", found.loc[played, k].to_numpy()) for k in found.columns
                  if k not in ("week", "measure")}  # fmt: skip
        return xr.Dataset(
            lazy,
            coords={"point": played, "week": self.weeks, "measure": names, **varied},
            attrs={"title": self.title, "note": self.manifest["note"],
                   "seed": str(self.manifest["seed"])},
        )  # fmt: skip


def _lazy_array(file: TableFile, column: str, points: list[int], shape: tuple[int, ...]) -> Any:
    """Return a column of the curves as xarray wants an array that is not read yet."""
    from xarray.backends import BackendArray
    from xarray.core import indexing

    class Lazy(BackendArray):
        """Points are read from the file; weeks and measures are then taken from them."""

        def __init__(self) -> None:
            self.shape, self.dtype = shape, np.dtype(float)

        def __getitem__(self, key: Any) -> Any:
            support = indexing.IndexingSupport.OUTER_1VECTOR
            return indexing.explicit_indexing_adapter(key, shape, support, self._get)

        def _get(self, key: tuple[Any, ...]) -> Any:
            """Return the values at an outer key: read the points it names, then take the rest."""
            of_points, *rest = key
            places = np.arange(shape[0])[of_points]
            wanted = np.unique(places)
            keep = pc.field("point").isin(pa.array([points[k] for k in wanted], pa.int64()))
            values = file.read([column], keep).column(column).to_numpy()
            if values.size != len(wanted) * math.prod(shape[1:]):
                raise file.fault("lacks weeks or measures of a point")
            values = values.reshape(-1, *shape[1:])  # in order of points
            return (
                values[(np.searchsorted(wanted, places), *rest)]
                if places.ndim == 0
                else (values[np.searchsorted(wanted, places)][(slice(None), *rest)])
            )

    return Lazy()


@dataclass(frozen=True)
class Worlds:
    """The outcomes of a point's worlds, or of some: a frame whose columns are read when requested.

    What it cannot do by itself it does by reading the whole.
    """

    study: Study
    point: int
    kept: pd.Series[bool] | None = None  # which worlds, where they are not all

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return self._read([key])[key]
        if isinstance(key, list):
            return self._read(key)
        if self.kept is not None:
            raise TypeError("worlds are chosen once")
        return Worlds(self.study, self.point, key)

    def __len__(self) -> int:
        return len(self["world"]) if self.kept is None else int(self.kept.sum())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by Python, not for a frame's sake
            raise AttributeError(name)
        return getattr(self._read(None), name)

    def _read(self, columns: list[str] | None) -> pd.DataFrame:
        frame = self.study.table("outcomes", points=self.point, columns=columns)
        return frame if self.kept is None else frame[self.kept]


def _is_number(kind: pa.DataType) -> bool:
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean)
    return any(test(kind) for test in tests)


def _each(given: int | Iterable[int]) -> list[Any]:
    """Return the numbers of which one or several were given."""
    return list(given) if isinstance(given, Iterable) else [given]


def _inert(texts: pa.Array) -> pa.Array:
    """Return texts with an apostrophe before each that begins as a formula does."""
    return pc.replace_substring_regex(texts, f"({FORMULA})", r"'\1")


CALLED_FOR = {
    "differences": "compare", "difference_curves": "compare", "fates": "compare",
    "effects": "a grid of two things or more under vary", "series": "series=[...]",
    "sensitivity": "design.method=morris or saltelli",
}  # fmt: skip
"""What a study must be run with to have a table."""


def _how_to_have(name: str) -> str:
    """Return how a study comes to have a table or a quantity, or ''."""
    if name in CALLED_FOR:
        return f"; a study has it if it is run with {CALLED_FOR[name]}"
    try:
        own = own_of([name]) and quantity_of(name)
    except ExpressionError:
        return ""
    return "; list it in quantities and run again" if own else ""


def open_study(folder: str | Path) -> Study:
    """Return a study from its folder, which may come from an untrusted source.

    Args:
        folder: the output of a run.

    Raises:
        StudyError: if there is no finished study, or its manifest was not written by a run.
    """
    place = Path(folder)
    manifest = _read_manifest(place / MANIFEST)
    if isinstance(manifest, dict) and not manifest.get("finished"):
        raise StudyError([Fault(str(place), "", "is not finished: rerun its command to resume it")])
    try:
        _Manifest.model_validate(manifest)
    except ValidationError as error:
        raise StudyError(_faults_of(place / MANIFEST, error)) from None
    return Study(place, manifest)


def _read_manifest(path: Path) -> Any:
    """Return what a manifest says, without validation."""
    try:
        regular(path, MOST_BYTES)
        return json.loads(path.read_text(encoding="utf-8"))
    except StudyError as error:
        (fault,) = error.faults
        told = f"holds no readable study: {MANIFEST} {fault.allowed}"
    except RecursionError:
        told = f"holds no readable study: {MANIFEST} is nested too deeply"
    except (OSError, ValueError, MemoryError) as error:
        told = f"holds no readable study: {MANIFEST}: {clean(error)}"
    raise StudyError([Fault(str(path.parent), "", told)])


def _faults_of(path: Path, error: ValidationError) -> Iterator[Fault]:
    """Yield the errors of a manifest."""
    for told in error.errors(include_url=False):
        allowed = told.get("ctx", {}).get("allowed") or clean(told["msg"])
        value = "" if told["type"] == "missing" else show(told["input"])
        yield Fault(str(path), dotted(told["loc"]), allowed, value)
