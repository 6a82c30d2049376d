"""A run as tidy tables: what is kept of its worlds, put into words, units and intervals.

Each function turns a :class:`~sim.record.Record` (or one history) into a pandas frame of plain
columns, one row an observation. Means come from exact integer sums. A quantile is the lowest bin
of the histogram at which the worlds so far make up its share (Hyndman & Fan 1996, type 1), given
as the bin's midpoint: exact for rungs and small counts and where all worlds are alike, elsewhere
right to half a bin, which is 0.0025 for what runs from 0 to 1. The last bin is open; a quantile in
it is its lower end.

Nothing here draws or writes: see :mod:`sim.plots` and :mod:`sim.report`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import record
from sim.engine.native import entry
from sim.history import History
from sim.intervals import paired_difference, wilson
from sim.lanes import Floats, Row
from sim.parameters import Parameters, parameter_block
from sim.record import N_BINS, N_RUNGS, OUTCOMES, SCOPES, Record
from sim.roster import RelationTraits
from sim.rules import perception as seeing
from sim.scenario import Point
from sim.stages.character import greed_of
from sim.tracks import MEASURES, Measure
from sim.vocabulary import Instrument, Rung
from sim.world import Pair, Relation, State, System

QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
MOST_WORDED = 8
"""Settings named in the words for a design point."""
PEAKS = (Rung.DISPLAY, Rung.CLASH, Rung.WAR)
WEEKS = (*(name for name in OUTCOMES if name.startswith("first_week")), "returned_week")
"""Outcomes that are a week, or missing where it never came."""
_WHOLE = 2**62
INSTRUMENTS = tuple(instrument.name.lower() for instrument in Instrument)
RUNG_NAMES = tuple(rung.name.lower() for rung in Rung)


def _grid(**axes: Sequence[Any]) -> dict[str, Any]:
    """Return columns that run through all combinations, the last axis fastest."""
    columns, before, after = {}, 1, math.prod(len(values) for values in axes.values())
    for name, values in axes.items():
        after //= len(values)
        is_text = isinstance(values[0], str)
        columns[name] = (
            _spread_names(tuple(values), before, after)
            if is_text
            else np.tile(np.repeat(np.asarray(values), after), before)
        )
        before *= len(values)
    return columns


@lru_cache(maxsize=32)
def _spread_names(names: tuple[str, ...], before: int, after: int) -> Any:
    """Return names as a column, each ``after`` times in turn, all ``before`` times; kept."""
    return pd.array(np.tile(np.repeat(np.asarray(names, object), after), before), dtype="str")


def design(points: Sequence[Point]) -> pd.DataFrame:
    """Return ``point`` and a column for each varied key, one row a design point."""
    frame = pd.DataFrame([{"point": k, **dict(point.label)} for k, point in enumerate(points)])
    for key in frame.columns[1:]:
        if any(isinstance(level, str) for level in frame[key]):
            frame[key] = frame[key].astype(str)
    return frame


def label_of(point: Point) -> str:
    """Return a design point in words: ``doubly stable, hotline = 1``."""
    return worded(point.label)


def worded(label: Mapping[str, Any]) -> str:
    """Return what is varied, and its levels, in words."""
    parts = (
        v.replace("_", " ") if isinstance(v, str) else f"{k.removeprefix('scenario.')} = {v:g}"
        for k, v in label.items()
    )
    words = list(parts)
    if len(words) > MOST_WORDED:
        words = [*words[: MOST_WORDED - 1], f"... ({len(words) - MOST_WORDED + 1} more)"]
    return ", ".join(words) or "as configured"


# Curves

_quantile_bins = entry(record.quantile_bins, wide=False)


def quantiles(bins: NDArray[Any], measure: Measure) -> Floats:
    """Return :data:`QUANTILES` of histograms in the measure's unit (see the top of the file).

    Args:
        bins: counts, ``[..., bin]``.
        measure: what the bins hold.

    Returns:
        ``[..., quantile]``.
    """
    shares = np.array(list(QUANTILES.values()))
    at = np.zeros((*bins.shape[:-1], len(shares)), np.int64)
    rows = np.ascontiguousarray(bins, np.int32).reshape(-1, bins.shape[-1])
    _quantile_bins(rows, shares, at.reshape(-1, len(shares)))
    middle = np.where(at < N_BINS - 1, (measure.bins - 1) / 2.0, 0.0)
    value: Floats = (at * measure.bins + middle) / measure.scale - measure.offset
    return value


def _moments(sums: NDArray[np.int64], n: int) -> tuple[Floats, Floats]:
    """Return mean and variance over worlds from sums of whole numbers and of their squares."""
    first, second = sums[..., 0], sums[..., 1]
    if second.max(initial=0) > _WHOLE // n:  # else nothing overflows: first ** 2 <= n * second
        first, second = first.astype(object), second.astype(object)
    spread = (second * n - first * first).astype(float)  # exact, then rounded once
    return (first / n).astype(float), spread / (n * max(1.0, n - 1.0))


def curves(record: Record) -> pd.DataFrame:
    """Return mean, quantiles and Monte Carlo standard error of every measure, week by week."""
    n = record.n_worlds
    names = [measure.name for measure in MEASURES]
    columns: dict[str, Any] = _grid(point=record.points, week=record.weeks, measure=names)
    scale = np.array([measure.scale for measure in MEASURES], float)
    offset = np.array([measure.offset for measure in MEASURES])
    mean, variance = _moments(record.tally.level_sums, n)
    columns["mean"] = (mean / scale - offset).ravel()
    bins = record.tally.level_bins
    found = np.stack([quantiles(bins[:, :, k], m) for k, m in enumerate(MEASURES)], axis=2)
    # Where all worlds are alike every quantile is known exactly.
    found = np.where(variance[..., None] == 0.0, (mean / scale - offset)[..., None], found)
    columns |= dict(zip(QUANTILES, found.reshape(-1, len(QUANTILES)).T, strict=True))
    columns["mcse"] = (np.sqrt(variance / n) / scale).ravel() if n > 1 else np.nan
    return pd.DataFrame({**columns, "worlds": np.int64(n)})


# Rungs


def reached(record: Record) -> pd.DataFrame:
    """Return the share of worlds that have reached each rung by each week, with its interval."""
    columns: dict[str, Any] = _grid(
        point=record.points, scope=SCOPES, week=record.weeks, rung=range(1, N_RUNGS)
    )
    so_far = np.cumsum(record.tally.reached[..., 1:], axis=2, dtype=np.int64).ravel()
    columns["share"] = so_far / record.n_worlds
    columns["lo"], columns["hi"] = wilson(so_far, record.n_worlds)
    return pd.DataFrame(columns)


def rungs(record: Record) -> pd.DataFrame:
    """Return, by week, how often the leaders stand on a rung, and how many opposed pairs do."""
    columns: dict[str, Any] = _grid(point=record.points, week=record.weeks, rung=range(N_RUNGS))
    columns["name"] = _spread_names(RUNG_NAMES, record.n_points * len(record.weeks), 1)
    columns["share"] = record.tally.rungs_leaders.ravel() / record.n_worlds
    columns["pairs"] = record.tally.rungs_pairs.ravel() / record.n_worlds
    return pd.DataFrame(columns)


def pairs(record: Record) -> pd.DataFrame:
    """Return each pair's mean fear, both ways, and the share of worlds in which it peaked high."""
    roster, n = record.roster, record.n_worlds
    atlas, codes = roster.atlas, np.array(roster.codes)
    first, second = np.array(roster.pairs).T
    opposed = atlas.relation_traits[atlas.left, RelationTraits.FIELDS.index("opposed"), 0] > 0.0
    columns: dict[str, Any] = _grid(point=record.points, pair=range(roster.n_pairs))
    pair = columns.pop("pair")
    columns["first"], columns["second"] = codes[first][pair], codes[second][pair]
    columns["opposed"] = opposed[pair]
    fear = record.tally.fear / 1e6 / n
    columns["fear_first"] = fear[:, atlas.left].ravel()  # the first's fear of the second
    columns["fear_second"] = fear[:, atlas.right].ravel()
    at_least = record.tally.pair_peaks[..., ::-1].cumsum(axis=-1)[..., ::-1]
    for rung in PEAKS:
        count = at_least[..., rung].ravel()
        columns[f"peak_{rung:d}"] = count / n
        columns[f"peak_{rung:d}_lo"], columns[f"peak_{rung:d}_hi"] = wilson(count, n)
    return pd.DataFrame(columns)


# Worlds


def outcomes(record: Record) -> pd.DataFrame:
    """Return one row a world; a week that never came is missing.

    ``draw`` is the row of the posterior that the world had, -1 where parameters are not drawn.
    """
    columns: dict[str, Any] = _grid(point=record.points, world=range(record.n_worlds))
    draw = np.full(record.n_worlds, -1) if record.draw is None else record.draw
    columns["draw"] = np.tile(draw, record.n_points).astype(np.int32)
    frame = pd.DataFrame(columns | dict(zip(OUTCOMES, record.outcomes.T, strict=True)))
    for name in WEEKS:
        weeks = frame[name].astype("Int32")
        frame[name] = weeks.where(weeks >= 0)
    return frame


def typical_worlds(outcomes: pd.DataFrame, at_most: int) -> list[int]:
    """Return worlds whose leaders peaked at the median rung, thinned evenly.

    Args:
        outcomes: a row a world, of one point.
        at_most: largest number of worlds, 1 or more.
    """
    peaks = outcomes["peak_rung_leaders"]
    middle = peaks.quantile(0.5, interpolation="lower")
    found = outcomes.loc[peaks == middle, "world"].to_numpy()
    keep = np.unique(np.linspace(0, len(found) - 1, min(at_most, len(found))).astype(int))
    return [int(world) for world in found[keep]]


def worst_world(outcomes: pd.DataFrame) -> int:
    """Return the world of one point whose leaders peaked highest.

    Of several, that in which any opposed pair peaked highest, and of those the first to peak.
    """
    order = ["peak_rung_leaders", "peak_rung_any", "peak_week", "clashes", "world"]
    ranked = outcomes.sort_values(order, ascending=[False, False, True, False, True])
    return int(ranked["world"].iloc[0])


def differences(outcomes: pd.DataFrame, rungs: Sequence[int]) -> pd.DataFrame:
    """Return how much more often each point's leaders reach a rung than the first point's.

    Args:
        outcomes: a row a world, as :func:`outcomes` gives them.
        rungs: rungs to compare at.
    """
    peaks = outcomes.pivot(index="world", columns="point", values="peak_rung_leaders")
    rows = []
    for rung in rungs:
        for point in peaks.columns[1:]:
            change, low, high = paired_difference(
                peaks[peaks.columns[0]] >= rung, peaks[point] >= rung
            )
            rows.append((point, rung, change, low, high))
    return pd.DataFrame(rows, columns=["point", "rung", "difference", "lo", "hi"])


@dataclass(frozen=True)
class Tables:
    """The tables of a run."""

    curves: pd.DataFrame
    reached: pd.DataFrame
    rungs: pd.DataFrame
    pairs: pd.DataFrame
    outcomes: pd.DataFrame

    @classmethod
    def of(cls, record: Record) -> Tables:
        """Return the tables of a record."""
        return cls(*(make(record) for make in (curves, reached, rungs, pairs, outcomes)))

    def at(self, point: int) -> Tables:
        """Return the rows of one design point."""
        frames = (getattr(self, field.name) for field in fields(self))
        return Tables(*(frame[frame["point"] == point] for frame in frames))


# One world in full


def tracks(history: History) -> Iterator[tuple[str, pd.DataFrame]]:
    """Give one world's relations, pairs, states and system: all fields, week by week."""
    roster = history.roster
    owner, rival = zip(*roster.relations, strict=True)
    first, second = zip(*((roster.codes[i], roster.codes[j]) for i, j in roster.pairs), strict=True)
    kinds: tuple[tuple[str, type[Row], Floats, Mapping[str, Sequence[Any]]], ...] = (
        ("relations", Relation, history.relations, {"owner": owner, "rival": rival}),
        ("pairs", Pair, history.pairs, {"first": first, "second": second}),
        ("states", State, history.states, {"state": roster.codes}),
        ("system", System, history.system[:, None], {}),
    )
    for kind, row, values, names in kinds:
        n_weeks, n_rows = values.shape[:2]
        columns: dict[str, Any] = {"world": np.int64(history.number)}
        columns["week"] = np.repeat(np.arange(n_weeks), n_rows)
        columns |= {name: np.tile(np.asarray(codes), n_weeks) for name, codes in names.items()}
        flat = values.reshape(n_weeks * n_rows, -1)
        columns |= dict(zip(row.FIELDS, flat.T, strict=True))
        yield kind, pd.DataFrame(columns)


def two_views(history: History, parameters: Mapping[str, float]) -> pd.DataFrame:
    """Return what the leaders did in one world, as it was meant and as the other side saw it.

    Hostility runs from 0 to about 1.35; the perception gap is the mean over both sides of how far
    ``seen`` is from ``meant``.

    Returns:
        Columns ``week, actor, meant, seen, rung, fear, rhetoric, deployment, sanctions,
        diplomacy``; fear is the actor's of the other, the instruments are the actor's.
    """
    p = Parameters(parameter_block(parameters, 1), 0, 0)
    roster, frames = history.roster, []
    west, east = roster.leaders
    for actor, other in ((west, east), (east, west)):
        own = greed_of(roster.atlas, p, roster.codes.index(actor))
        acts = {k: history.relation(actor, other, k) for k in ("fear", *INSTRUMENTS)}
        meant = [
            seeing.hostility(p, rhetoric, deployment, sanctions, violence, own)
            for rhetoric, deployment, sanctions, violence in zip(
                acts["rhetoric"].tolist(), acts["deployment"].tolist(), acts["sanctions"].tolist(),
                history.pair(actor, other, "violence").tolist(), strict=True,
            )
        ]  # fmt: skip
        seen = history.relation(other, actor, "perceived")
        frames.append(
            pd.DataFrame({"week": range(len(seen)), "actor": actor, "meant": meant, "seen": seen,
                          "rung": history.pair(actor, other, "rung"), **acts})
        )  # fmt: skip
    return pd.concat(frames, ignore_index=True)
