"""A study that was run, read back from its folder: frames, an xarray view, CSV.

Nothing is simulated here and nothing changed. Small tables are read whole when first asked for;
of large ones (``curves``, ``outcomes``, ``series``) take what is needed by :meth:`Study.table`, or
the lazy view of :meth:`Study.to_xarray`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from sim import measures
from sim.checking.job import scenario_from
from sim.checking.sources import Fault, InputError, nearest
from sim.measures import QUANTILES, Tables
from sim.record import kept_weeks
from sim.scenario import Scenario
from sim.store import MANIFEST
from sim.tracks import MEASURES

if TYPE_CHECKING:
    import xarray as xr

STATISTICS = ("mean", *QUANTILES, "mcse")


@dataclass(frozen=True)
class Study:
    """A folder that a run left behind."""

    folder: Path
    manifest: Mapping[str, Any]

    # What was run

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario of the first point; that of another may differ by what was varied."""
        return scenario_from(self.manifest["first_scenario"], self.manifest["scenario"])

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

    # Tables

    @property
    def names(self) -> list[str]:
        """Names of the tables there are."""
        return sorted(path.stem for path in self.folder.glob("*.parquet"))

    def has(self, name: str) -> bool:
        """Say whether there is such a table."""
        return (self.folder / f"{name}.parquet").is_file()

    def table(
        self,
        name: str,
        *,
        points: int | Iterable[int] | None = None,
        columns: Sequence[str] | None = None,
        measures: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return a table, or the part of it that is asked for; only that part is read.

        Args:
            name: of the table; see :attr:`names`.
            points: design points to read.
            columns: columns to read.
            measures: measures to read, of tables that have them.

        Raises:
            InputError: if there is no such table.
        """
        path = self.folder / f"{name}.parquet"
        if not path.is_file():
            told = f"there is no table {name}; there are {', '.join(self.names)}"
            raise InputError([Fault(str(self.folder), "", told, nearest=nearest(name, self.names))])
        keep: Any = None
        if points is not None:
            wanted = [points] if isinstance(points, int) else [int(k) for k in points]
            keep = pc.field("point").isin(pa.array(wanted, pa.int64()))
        if measures is not None:
            mine = pc.field("measure").isin(pa.array(list(measures), pa.string()))
            keep = mine if keep is None else keep & mine
        found = ds.dataset(path).to_table(columns=columns, filter=keep)
        frame: pd.DataFrame = found.to_pandas()
        return frame

    def at(self, point: int) -> Tables:
        """Return the tables of one design point."""
        return self.tables([point])

    def tables(self, points: Iterable[int] | None = None) -> Tables:
        """Return the tables of some design points, or of all."""
        wanted = None if points is None else list(points)
        return Tables(*(self.table(name, points=wanted) for name in Tables.__dataclass_fields__))

    @cached_property
    def design(self) -> pd.DataFrame:
        """A row a design point: ``point`` and a column for each thing that is varied."""
        return self.table("design")

    @cached_property
    def points(self) -> pd.DataFrame:
        """Every quantity at every point: ``point, quantity, value, lo, hi, worlds``."""
        return self.table("points")

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """A row a world."""
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

    def value(self, quantity: str, point: int = 0) -> tuple[float, float, float]:
        """Return a quantity at a point: its estimate and the ends of its 95 % interval."""
        rows = self.points
        row = rows[(rows["point"] == point) & (rows["quantity"] == quantity)].iloc[0]
        return float(row["value"]), float(row["lo"]), float(row["hi"])

    def difference(self, quantity: str, point: int = 1) -> tuple[float, float, float]:
        """Return how much a quantity at a point differs from its baseline, and the interval."""
        rows = self.differences
        row = rows[(rows["point"] == point) & (rows["quantity"] == quantity)].iloc[0]
        return float(row["difference"]), float(row["lo"]), float(row["hi"])

    def label(self, point: int) -> str:
        """Return a design point in words."""
        row = self.design.set_index("point").loc[point]
        return measures.worded({str(k): v for k, v in row.items()}, self._words)

    @cached_property
    def _words(self) -> dict[str, dict[Any, str]]:
        """The levels of what labels name, in words, by the name of the axis."""
        named = self.design.columns.drop("point")[: measures.MOST_WORDED]
        return {str(name): measures.level_words(self.design[name]) for name in named}

    # Elsewhere

    def to_csv(self, folder: str | Path, names: Sequence[str] | None = None) -> list[Path]:
        """Write tables as CSV (UTF-8, comma, a missing value is empty), a few rows at a time.

        Args:
            folder: where to; made if it is not there.
            names: of tables; all if not given.

        Returns:
            The files.
        """
        from pyarrow import csv

        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        written = []
        for name in names or self.names:
            source = pq.ParquetFile(self.folder / f"{name}.parquet")
            path = place / f"{name}.csv"
            with csv.CSVWriter(path, source.schema_arrow) as file:
                for batch in source.iter_batches():
                    file.write_batch(batch)
            written.append(path)
        return written

    def to_xarray(self) -> xr.Dataset:
        """Return the curves as a dataset that reads a value only when it is asked for.

        Dimensions ``point, week, measure``; variables ``mean, q05 ... q95, mcse``; what is varied
        stands as coordinates along ``point``. ``ds["q50"].sel(point=3, measure="fear_leaders")``
        reads one row group of the file.
        """
        import xarray as xr
        from xarray.core import indexing

        path = self.folder / "curves.parquet"
        found = self.design.set_index("point")
        names = [measure.name for measure in MEASURES]
        played = sorted(set(self.points["point"]))
        shape = (len(played), len(self.weeks), len(names))
        lazy = {
            name: (("point", "week", "measure"),
                   indexing.LazilyIndexedArray(_lazy_array(path, name, played, shape)))
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


def _lazy_array(path: Path, column: str, points: list[int], shape: tuple[int, ...]) -> Any:
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
            found = ds.dataset(path).to_table(columns=["point", column], filter=keep)
            values = found.column(column).to_numpy().reshape(-1, *shape[1:])  # in order of points
            return (
                values[(np.searchsorted(wanted, places), *rest)]
                if places.ndim == 0
                else (values[np.searchsorted(wanted, places)][(slice(None), *rest)])
            )

    return Lazy()


def open_study(folder: str | Path) -> Study:
    """Return a study from its folder.

    Args:
        folder: the output of a run.

    Raises:
        InputError: if there is no finished study.
    """
    place = Path(folder)
    try:
        manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        if not manifest.get("finished"):
            raise InputError([Fault(str(place), "", "is not finished: run its command again")])
    except (OSError, ValueError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError([Fault(str(place), "", f"holds no study that can be read: {error}")]) \
            from None  # fmt: skip
    return Study(place, manifest)
