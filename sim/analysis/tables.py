"""A run as tidy tables: what is kept of its worlds, put into words, units and intervals.

Each function turns a :class:`~sim.engine.record.Record` (or one history) into a pandas frame of
plain columns, one row an observation. Means come from exact integer sums. A quantile is the value
of the world that completes its share, counted from the lowest (Hyndman & Fan 1996, type 1). It is
known to lie in one bin of a histogram, between the lowest and the highest value that was seen, and
to be a value that is possible there: levels of instruments are in quarters, and so means over n
relations in quarters of 1/n. Where several are left, the bin's worlds are taken to be spread over
them evenly. So rungs, small counts, levels, 0 and what is alike in all worlds are exact; the rest
are right to a bin, which is 0.005 wide for what runs from 0 to 1.

Nothing here draws or writes: see :mod:`sim.plots` and :mod:`sim.report`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.intervals import paired_difference, wilson
from sim.engine import record
from sim.engine.history import History
from sim.engine.native import entry
from sim.engine.notes import MEASURES, Measure
from sim.engine.record import N_BINS, N_RUNGS, OUTCOMES, SCOPES, Record, extents
from sim.lanes import Floats, Row
from sim.model.roster import RelationTraits, Roster
from sim.model.stages.character import meant_by
from sim.model.state import Pair, Relation, State, System
from sim.model.vocabulary import LEVELS, Rung
from sim.plan.scenario import Point

QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
QUARTER = 0.25
"""Levels of instruments are multiples of it."""
MOST_WORDED = 8
"""Settings named in the words for a design point."""
MOST_WRITTEN = 14
"""Letters of a number that a person may have written; what has more was drawn or computed."""
PEAKS = (Rung.DISPLAY, Rung.CLASH, Rung.WAR)
WEEKS = (*(name for name in OUTCOMES if name.startswith("first_week")), "returned_week")
"""Outcomes that are a week, or missing where it never came."""
_WHOLE = 2**62
MOST_PARTS = 100_000
"""Relations, at most, that a level is a mean of."""
RUNG_NAMES = tuple(rung.name.lower() for rung in Rung)


class Names(NamedTuple):
    """A column of names: few, each many times."""

    names: tuple[str, ...]
    at: NDArray[np.int32]  # [row] place among them


Columns = dict[str, Any]
"""A table by its columns, ``[row]`` each: arrays, or :class:`Names`."""


def framed(columns: Columns) -> pd.DataFrame:
    """Return columns as a frame."""
    return pd.DataFrame({
        name: pd.array(np.array(column.names, object)[column.at], dtype="str")
        if isinstance(column, Names)
        else column
        for name, column in columns.items()
    })  # fmt: skip


def _grid(**axes: Sequence[Any]) -> Columns:
    """Return columns that run through all combinations, the last axis fastest."""
    columns: Columns = {}
    before, after = 1, math.prod(len(values) for values in axes.values())
    for name, values in axes.items():
        after //= len(values)
        if isinstance(values[0], str):
            columns[name] = _spread_names(tuple(values), before, after)
        else:
            columns[name] = np.tile(np.repeat(np.asarray(values), after), before)
        before *= len(values)
    return columns


@lru_cache(maxsize=32)
def _spread_names(names: tuple[str, ...], before: int, after: int) -> Names:
    """Return names as a column, each ``after`` times in turn, all ``before`` times; kept."""
    return Names(names, np.tile(np.repeat(np.arange(len(names), dtype=np.int32), after), before))


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


def worded(label: Mapping[str, Any], words: Mapping[str, Mapping[Any, str]] | None = None) -> str:
    """Return what is varied, and its levels, in words.

    Args:
        label: what is varied, and the levels of one point.
        words: for the levels of what is varied, where they must be told from others; see
            :func:`level_words`.
    """
    shown = list(label.items())[: MOST_WORDED if len(label) <= MOST_WORDED else MOST_WORDED - 1]
    parts = [_level(name, level, (words or {}).get(name, {})) for name, level in shown]
    if (rest := len(label) - len(shown)) > 0:
        parts.append(f"... ({rest} more)")
    return ", ".join(parts) or "as configured"


def _level(name: str, level: Any, words: Mapping[Any, str]) -> str:
    if isinstance(level, str):
        return words.get(level) or level.replace("_", " ")
    return f"{name.removeprefix('scenario.')} = {words.get(float(level)) or _numeral(float(level))}"


def _numeral(number: float) -> str:
    """Return a number with six digits, or with all that someone wrote."""
    brief, exact = f"{number:g}", repr(number)
    return exact if float(brief) != number and len(exact) <= MOST_WRITTEN else brief


def level_words(levels: Iterable[Any]) -> dict[Any, str]:
    """Return the levels of one axis in words, no two alike: names, or :func:`numerals`."""
    found = list(dict.fromkeys(levels))
    if any(isinstance(level, str) for level in found):
        return dict(names_apart(str(level) for level in found))
    return dict(numerals(found))


def names_apart(names: Iterable[str]) -> dict[str, str]:
    """Return names with spaces for underscores, but for those that would then be alike."""
    found = dict.fromkeys(names)
    spaced = Counter(name.replace("_", " ") for name in found)
    return {
        name: name if spaced[name.replace("_", " ")] > 1 else name.replace("_", " ")
        for name in found
    }


def numerals(numbers: Iterable[float], digits: int = 6) -> dict[float, str]:
    """Return numbers as text, with as many digits as it takes to tell each from the others.

    Args:
        numbers: any; the same may come twice.
        digits: that each has at least, where it is not written with fewer.
    """
    found = sorted({float(number) for number in numbers})
    for n in range(digits, 18):
        words = [f"{number:.{n}g}" for number in found]
        if len(set(words)) == len(found):
            break
    return dict(zip(found, words, strict=True))


# Curves

_quantile_bins = {
    np.dtype(np.uint16): entry(record.quantile_bins, wide=False),
    np.dtype(np.int32): entry(record.quantile_wide_bins, wide=False),
}


class Levels(NamedTuple):
    """What is kept of a measure in many worlds; see :class:`sim.engine.record.Tally`."""

    bins: NDArray[Any]  # [..., bin] worlds, or those of the bins in use, one after the other
    zeros: NDArray[Any]  # [...] worlds whose whole number is 0
    ends: NDArray[Any]  # [..., 2] TOP less the lowest whole number, and the highest


def quantiles(
    levels: Levels, n_worlds: int, scales: Sequence[Measure], steps: Sequence[float]
) -> Floats:
    """Return :data:`QUANTILES` of histograms in their measures' units (see the top of the file).

    Args:
        levels: what was counted, ``[..., measure]``.
        n_worlds: in each histogram.
        scales: the measures, ``[measure]``.
        steps: whole numbers from one possible value to the next, ``[measure]``.

    Returns:
        ``[..., measure, quantile]``.
    """
    bins, zeros, ends = levels
    first, width = extents(ends, [measure.bins for measure in scales])
    n_before = np.arange(len(first)) * N_BINS + first if bins.ndim > 1 else np.cumsum(width) - width
    parts = [Fraction(step).limit_denominator(MOST_PARTS) for step in steps]
    of_scale = [(m.bins, *p.as_integer_ratio()) for m, p in zip(scales, parts, strict=True)]
    needed = [max(1, math.ceil(share * n_worlds - 1e-9)) for share in QUANTILES.values()]
    found = np.zeros((len(needed), *zeros.shape), np.int64)
    _quantile_bins[bins.dtype](
        bins.ravel(), n_before, zeros.astype(np.int32).ravel(),
        ends.astype(np.uint16).reshape(-1, 2), np.array(of_scale), np.array(needed),
        found.reshape(len(needed), -1),
    )  # fmt: skip
    scale = np.array([float(measure.scale) for measure in scales])
    value: Floats = found / scale - np.array([measure.offset for measure in scales])
    return np.moveaxis(value, 0, -1)


def _steps(roster: Roster) -> dict[str, float]:
    """Return the whole numbers between possible values of the measures that are mean levels."""
    east, atlas = roster.leaders[1], roster.atlas
    opposed = atlas.relation_traits[:, RelationTraits.FIELDS.index("opposed"), 0] > 0.0
    of_east = [owner == east for owner, _ in roster.relations]
    n_facing = int((opposed & of_east).sum())
    n_of = {"deployment_leaders": 2, "rhetoric_leaders": 2,
            "sanctions_on_east": n_facing, "deployment_east": n_facing}  # fmt: skip
    return {m.name: QUARTER * m.scale / n_of[m.name] for m in MEASURES if m.name in n_of}


def _moments(sums: NDArray[np.int64], n: int) -> tuple[Floats, Floats]:
    """Return mean and variance over worlds from sums of whole numbers and of their squares."""
    first, second = sums[..., 0], sums[..., 1]
    if second.max(initial=0) > _WHOLE // n:  # else nothing overflows: first ** 2 <= n * second
        first, second = first.astype(object), second.astype(object)
    spread = (second * n - first * first).astype(float)  # exact, then rounded once
    return (first / n).astype(float), spread / (n * max(1.0, n - 1.0))


def _curves(record: Record) -> Columns:
    """Return mean, quantiles and Monte Carlo standard error of every measure, week by week."""
    n = record.n_worlds
    names = [measure.name for measure in MEASURES]
    columns = _grid(point=record.points, week=record.weeks, measure=names)
    scale = np.array([measure.scale for measure in MEASURES], float)
    offset = np.array([measure.offset for measure in MEASURES])
    mean, variance = _moments(record.tally.level_sums, n)
    columns["mean"] = (mean / scale - offset).ravel()
    kept = Levels(record.tally.level_bins, record.tally.level_zeros, record.tally.level_ends)
    steps = _steps(record.roster)
    found = quantiles(kept, n, MEASURES, [steps.get(measure.name, 1.0) for measure in MEASURES])
    columns |= {name: found[..., k].ravel() for k, name in enumerate(QUANTILES)}
    mcse = np.sqrt(variance / n) / scale if n > 1 else np.full(mean.shape, np.nan)
    return {**columns, "mcse": mcse.ravel(), "worlds": np.full(mean.size, n)}


def curves(record: Record) -> pd.DataFrame:
    """Return mean, quantiles and Monte Carlo standard error of every measure, week by week."""
    return framed(_curves(record))


# Rungs


def _reached(record: Record) -> Columns:
    """Return the share of worlds that have reached each rung by each week, with its interval."""
    columns = _grid(point=record.points, scope=SCOPES, week=record.weeks, rung=range(1, N_RUNGS))
    so_far = np.cumsum(record.tally.reached[..., 1:], axis=2, dtype=np.int64).ravel()
    columns["share"] = so_far / record.n_worlds
    columns["lo"], columns["hi"] = wilson(so_far, record.n_worlds)
    return columns


def _rungs(record: Record) -> Columns:
    """Return, by week, how often the leaders stand on a rung, and how many opposed pairs do.

    ``subject`` is the share of the pair that the scenario is about.
    """
    columns = _grid(point=record.points, week=record.weeks, rung=range(N_RUNGS))
    columns["name"] = _spread_names(RUNG_NAMES, record.n_points * len(record.weeks), 1)
    columns["share"] = record.tally.rungs_leaders.ravel() / record.n_worlds
    columns["pairs"] = record.tally.rungs_pairs.ravel() / record.n_worlds
    columns["subject"] = record.tally.rungs_subject.ravel() / record.n_worlds
    return columns


def rung_line(rungs: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the mean and the quantiles of a pair's rung by week, from shares of worlds.

    Args:
        rungs: table of rungs, of one point.
        column: ``share`` (the leaders) or ``subject``.
    """
    shares = rungs.pivot(index="week", columns="rung", values=column).sort_index()
    so_far = shares.to_numpy().cumsum(axis=1)
    line = pd.DataFrame({"week": shares.index, "mean": shares.to_numpy() @ shares.columns})
    for name, share in QUANTILES.items():
        line[name] = (so_far < share - 1e-9).sum(axis=1)
    return line


def _pairs(record: Record) -> Columns:
    """Return each pair's mean fear, both ways, and the share of worlds in which it peaked high."""
    roster, n = record.roster, record.n_worlds
    atlas, codes = roster.atlas, tuple(roster.codes)
    first, second = np.array(roster.pairs, np.int32).T
    opposed = atlas.relation_traits[atlas.left, RelationTraits.FIELDS.index("opposed"), 0] > 0.0
    columns = _grid(point=record.points, pair=range(roster.n_pairs))
    pair = columns.pop("pair")
    columns["first"], columns["second"] = Names(codes, first[pair]), Names(codes, second[pair])
    columns["opposed"] = opposed[pair]
    fear = record.tally.fear / 1e6 / n
    columns["fear_first"] = fear[:, atlas.left].ravel()  # the first's fear of the second
    columns["fear_second"] = fear[:, atlas.right].ravel()
    at_least = record.tally.pair_peaks[..., ::-1].cumsum(axis=-1)[..., ::-1]
    for rung in PEAKS:
        count = at_least[..., rung].ravel()
        columns[f"peak_{rung:d}"] = count / n
        columns[f"peak_{rung:d}_lo"], columns[f"peak_{rung:d}_hi"] = wilson(count, n)
    return columns


COUNTED: Mapping[str, Callable[[Record], Columns]] = {
    "curves": _curves, "reached": _reached, "rungs": _rungs, "pairs": _pairs,
}  # fmt: skip
"""Tables of what is counted over worlds, by name."""


# Worlds


def outcomes(record: Record) -> pd.DataFrame:
    """Return one row a world; a week that never came is missing.

    ``draw`` is the row of the posterior that the world had, -1 where parameters are not drawn.
    """
    columns = _grid(point=record.points, world=range(record.n_worlds))
    draw = np.full(record.n_worlds, -1) if record.draw is None else record.draw
    columns["draw"] = np.tile(draw, record.n_points).astype(np.int32)
    frame = pd.DataFrame(columns | dict(zip(OUTCOMES, record.outcomes.T, strict=True)))
    for name in WEEKS:
        weeks = frame[name].astype("Int32")
        frame[name] = weeks.where(weeks >= 0)
    return frame


TELLING = ["world", "peak_rung_leaders", "peak_rung_any", "peak_week", "clashes"]
"""Columns of outcomes by which the narrated worlds are chosen."""


def typical_worlds(outcomes: pd.DataFrame, at_most: int) -> list[int]:
    """Return worlds whose leaders peaked at the median rung, thinned evenly.

    Args:
        outcomes: one row for each world, of one point.
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
    best = {"peak_rung_leaders": "max", "peak_rung_any": "max", "peak_week": "min",
            "clashes": "max"}  # fmt: skip
    for column, end in best.items():
        outcomes = outcomes[outcomes[column] == outcomes[column].agg(end)]
    return int(outcomes["world"].min())


def differences(outcomes: pd.DataFrame, rungs: Sequence[int]) -> pd.DataFrame:
    """Return how much more often each point's leaders reach a rung than the first point's.

    Args:
        outcomes: one row for each world, as :func:`outcomes` gives them.
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
        counted = {name: framed(make(record)) for name, make in COUNTED.items()}
        return cls(**counted, outcomes=outcomes(record))

    def at(self, point: int) -> Tables:
        """Return the rows of one design point."""
        frames = (getattr(self, field.name) for field in fields(self))
        return Tables(*(frame[frame["point"] == point] for frame in frames))


# One world in full


def in_full(history: History) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield one world's relations, pairs, states and system: all fields, week by week."""
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

    Hostility runs from 0 to about 1.4; the perception gap is the mean over both sides of how far
    ``seen`` is from ``meant``.

    Returns:
        Columns ``week, actor, meant, seen, rung, fear, rhetoric, deployment, sanctions,
        diplomacy``; fear is the actor's of the other, the instruments are the actor's.
    """
    roster, world = history.roster, history.world(parameters)
    west, east = roster.leaders
    frames = []
    for actor, other in ((west, east), (east, west)):
        acts = {k: history.relation(actor, other, k) for k in ("fear", *LEVELS)}
        r = roster.relation(actor, other)
        meant = [meant_by(world, roster.atlas, r, week) for week in range(len(history.system))]
        seen = history.relation(other, actor, "perceived")
        frames.append(
            pd.DataFrame({"week": range(len(seen)), "actor": actor, "meant": meant, "seen": seen,
                          "rung": history.pair(actor, other, "rung"), **acts})
        )  # fmt: skip
    return pd.concat(frames, ignore_index=True)
