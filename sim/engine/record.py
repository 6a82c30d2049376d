"""What is kept of a run: integer tallies of all worlds, and one row of outcomes a world.

When a block of worlds is done its tracks (:mod:`sim.engine.notes`) are folded into the *tally*,
integer histograms whose size does not depend on the number of worlds, and into a row for each
world. Sums of integers are exact, so it does not matter in which order, by which thread or in which
machine blocks are folded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.disputes import DISPUTE_COLUMNS, code_pair, no_incidents
from sim.engine.notes import (
    ACCESSIONS,
    CONCESSIONS_EAST,
    CONCESSIONS_WEST,
    CRISES,
    DISPLAY,
    EXCUSED,
    FORCE,
    GAINS_EAST,
    GAINS_WEST,
    JOINS,
    LEVEL,
    MEASURES,
    MISREAD,
    STANDS,
    YIELDS,
    Total,
    Tracks,
)
from sim.lanes import row_of
from sim.model.roster import Atlas, Ints, RelationTraits, Roster
from sim.model.vocabulary import Cause, Miscalculation, Origin, Rung

N_BINS = 256
N_RUNGS = len(Rung)
SCOPES = ("leaders", "any", "subject")
"""Whose rungs are counted: the leaders', any opposed pair's, those of the scenario's subject."""

CAUSES = tuple(cause for cause in Cause if cause != Cause.NONE)
ORIGINS = tuple(origin for origin in Origin if origin != Origin.NONE)

OUTCOMES = (
    "peak_rung_leaders", "peak_rung_any", "peak_rung_subject", "peak_week",
    *(f"first_week_rung_{rung}" for rung in range(1, N_RUNGS)),
    *(f"first_week_rung_{rung}_subject" for rung in range(1, N_RUNGS)),
    "returned_week", "clashes", "wars", "disputes", "disputes_answered",
    "clashes_other", "wars_other", "disputes_other",
    *(kind.declared.column for kind in Miscalculation),
    "crises", "stands", "yields", "widened", "accessions",
    "concessions_west", "concessions_east", "gains_west", "gains_east",
    *(f"clashes_{cause.name.lower()}" for cause in CAUSES),
    *(f"clashes_of_{origin.name.lower()}" for origin in ORIGINS),
    "clashes_accident_alone", "clashes_unanswered", "wars_of_accident", "excused",
    "links", "first_cause_leaders", "first_origin_leaders", "first_links_leaders",
)  # fmt: skip
"""Columns of the row a world leaves; a week that never came is -1."""
_AT = {name: k for k, name in enumerate(OUTCOMES)}
_FIRST, _RETURNED, _CLASHES = _AT["first_week_rung_1"], _AT["returned_week"], _AT["clashes"]
_FIRST_SUBJECT = _AT["first_week_rung_1_subject"]
_MISREAD, _N_KINDS = _AT[Miscalculation.INTENT.declared.column], len(Miscalculation)
_COUNTED_COLUMN = (
    _AT["crises"], _AT["stands"], _AT["yields"], _AT["widened"], _AT["accessions"],
    _AT["concessions_west"], _AT["concessions_east"], _AT["gains_west"], _AT["gains_east"],
)  # fmt: skip
_COUNTED_MEASURE = (
    CRISES, STANDS, YIELDS, JOINS, ACCESSIONS, CONCESSIONS_WEST, CONCESSIONS_EAST, GAINS_WEST,
    GAINS_EAST,
)  # fmt: skip
_BY_CAUSE, _BY_ORIGIN = _AT["clashes_choice"], _AT["clashes_of_own"]
_ALONE, _UNANSWERED = _AT["clashes_accident_alone"], _AT["clashes_unanswered"]
_WARS_OF_ACCIDENT, _EXCUSED, _LINKS = _AT["wars_of_accident"], _AT["excused"], _AT["links"]
_FIRST_CAUSE = _AT["first_cause_leaders"]
_PEAK, _PEAK_ANY, _PEAK_SUBJECT, _PEAK_WEEK = 0, 1, 2, 3
_WARS, _DISPUTES, _ANSWERED = _CLASHES + 1, _CLASHES + 2, _CLASHES + 3
_CLASHES_OTHER, _WARS_OTHER = _AT["clashes_other"], _AT["wars_other"]
_DISPUTES_OTHER = _AT["disputes_other"]
_BINS = tuple(m.bins for m in MEASURES)
_PER_BIN = tuple(-(-(1 << 20) // m.bins) for m in MEASURES)  # value * this >> 20 is its bin
_ANSWER = DISPUTE_COLUMNS.index("answer")


class Tally(NamedTuple):
    """Integer counts over worlds."""

    level_sums: NDArray[np.int64]  # [point, kept week, measure, 2] of values and squares
    level_bins: NDArray[np.uint16]  # [point, kept week, measure, bin] worlds; see widened
    rungs_leaders: NDArray[np.int32]  # [point, kept week, rung] worlds
    rungs_subject: NDArray[np.int32]  # [point, kept week, rung] worlds
    rungs_pairs: NDArray[np.int64]  # [point, kept week, rung] opposed pairs, all worlds
    reached: NDArray[
        np.int32
    ]  # [point, scope, kept week, rung] worlds that reach it since the last
    pair_peaks: NDArray[np.int32]  # [point, pair, rung] worlds that peak there
    fear: NDArray[np.int64]  # [point, relation] sum over worlds of mean fear in millionths
    level_zeros: NDArray[np.int32]  # [point, kept week, measure] worlds whose whole number is 0
    level_ends: NDArray[np.uint16]  # [point, kept week, measure, 2] TOP - lowest, highest


TYPES: Mapping[str, type[np.integer]] = {
    "level_sums": np.int64, "level_bins": np.uint16, "rungs_leaders": np.int32,
    "rungs_subject": np.int32, "rungs_pairs": np.int64, "reached": np.int32,
    "pair_peaks": np.int32, "fear": np.int64, "level_zeros": np.int32, "level_ends": np.uint16,
}  # fmt: skip
"""Of a tally as the engine fills it."""
TOP = 65535
"""Highest whole number that a track of levels holds."""
NARROW = 65535
"""Most worlds of which a tally as the engine fills it can hold the histograms."""
HIGHEST = ("level_ends",)
"""Counts of which tallies together have the higher, not the sum."""


def kept_weeks(n_weeks: int, every: int) -> list[int]:
    """Return the weeks of which rows are kept: every so many from the start, and the last."""
    return [*range(0, n_weeks, every), n_weeks]


def empty_tally(
    roster: Roster, n_weeks: int, n_points: int, every: int = 1, *, most: int = NARROW
) -> Tally:
    """Return a tally of no worlds.

    Args:
        roster: who is in the worlds.
        n_weeks: weeks of each world.
        n_points: design points.
        every: weeks from one kept week to the next.
        most: worlds of a point that it must have room for.
    """
    weeks, measures = len(kept_weeks(n_weeks, every)), len(MEASURES)
    shapes = (
        (weeks, measures, 2),
        (weeks, measures, N_BINS),
        (weeks, N_RUNGS),
        (weeks, N_RUNGS),
        (weeks, N_RUNGS),
        (len(SCOPES), weeks, N_RUNGS),
        (roster.n_pairs, N_RUNGS),
        (roster.n_relations,),
        (weeks, measures),
        (weeks, measures, 2),
    )
    types = {**TYPES, "level_bins": count_type(most)}.values()
    return Tally(*(np.zeros((n_points, *x), of) for x, of in zip(shapes, types, strict=True)))


def count_type(n_worlds: int) -> type[np.uint16] | type[np.int32]:
    """Return the type of a histogram's counts of so many worlds."""
    return np.uint16 if n_worlds <= NARROW else np.int32


def widened(tally: Tally) -> Tally:
    """Return a copy of a tally whose histograms have room for any number of worlds."""
    types = {name: counts.dtype for name, counts in tally._asdict().items()}
    types["level_bins"] = np.dtype(np.int32)
    return Tally(*(counts.astype(types[name]) for name, counts in tally._asdict().items()))


def add(name: str, counts: NDArray[Any], more: NDArray[Any]) -> None:
    """Add some worlds' counts of a field of the tally to those of others.

    Args:
        name: of the field.
        counts: to add to (out).
        more: of other worlds, in the same shape.
    """
    together = np.maximum if name in HIGHEST else np.add
    together(counts, more, out=counts, casting="same_kind")


def merged(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of tallies: exact, whatever their order; the first is added to."""
    first, *rest = tallies
    for tally in rest:
        for name in Tally._fields:
            add(name, getattr(first, name), getattr(tally, name))
    return first


def _opposed(atlas: Atlas, pair: int) -> bool:
    """Say whether a pair's two states start in opposed blocs."""
    return RelationTraits(atlas.relation_traits, atlas.left[pair], 0).opposed > 0.0


def _fold_levels(
    tracks: Tracks, tally: Tally, first: int, stop: int, point: int, every: int
) -> None:
    """Fold the levels of neighbouring worlds of one point, a histogram after the other."""
    last = tracks.levels.shape[0] - 1
    for kept in range(tally.level_sums.shape[1]):
        week = min(kept * every, last)
        for measure in range(tracks.levels.shape[1]):
            total, squares, zeros, low, high = 0, 0, 0, TOP, 0
            for lane in range(first, stop):
                value = int(tracks.levels[week, measure, lane])
                total += value
                squares += value * value
                zeros += 1 if value == 0 else 0
                low = min(low, value)
                high = max(high, value)
                at = min((value * _PER_BIN[measure]) >> 20, N_BINS - 1)
                tally.level_bins[point, kept, measure, at] += 1
            tally.level_sums[point, kept, measure, 0] += total
            tally.level_sums[point, kept, measure, 1] += squares
            tally.level_zeros[point, kept, measure] += zeros
            low_so_far = int(tally.level_ends[point, kept, measure, 0])
            high_so_far = int(tally.level_ends[point, kept, measure, 1])
            tally.level_ends[point, kept, measure, 0] = max(low_so_far, TOP - low)
            tally.level_ends[point, kept, measure, 1] = max(high_so_far, high)


def _fold_rungs(
    tracks: Tracks, atlas: Atlas, tally: Tally, row: NDArray[np.int32], lane: int, point: int,
    every: int,
) -> None:  # fmt: skip
    """Fold the rungs of all weeks; fill in a world's peaks, first weeks, clashes and wars."""
    top_leaders, top_any, top_subject = -1, -1, -1
    last = tracks.rungs.shape[0] - 1
    for week in range(last + 1):
        any_now = 0
        kept = (week + every - 1) // every  # the kept week at or after this one
        is_kept = week % every == 0 or week == last
        for pair in range(tracks.rungs.shape[1]):
            rung = int(tracks.rungs[week, pair, lane])
            before = int(tracks.rungs[max(week - 1, 0), pair, lane])
            clash = 1 if rung >= Rung.CLASH and before < Rung.CLASH else 0
            war = 1 if rung >= Rung.WAR and before < Rung.WAR else 0
            if _opposed(atlas, pair):
                tally.rungs_pairs[point, kept, rung] += 1 if is_kept else 0
                any_now = max(any_now, rung)
                row[_CLASHES] += clash
                row[_WARS] += war
            else:
                row[_CLASHES_OTHER] += clash
                row[_WARS_OTHER] += war
        now = int(tracks.rungs[week, atlas.leaders_pair, lane])
        subject = int(tracks.rungs[week, atlas.subject_pair, lane])
        tally.rungs_leaders[point, kept, now] += 1 if is_kept else 0
        tally.rungs_subject[point, kept, subject] += 1 if is_kept else 0
        for rung in range(top_leaders + 1, now + 1):
            tally.reached[point, 0, kept, rung] += 1
            if rung > 0:
                row[_FIRST + rung - 1] = week
        for rung in range(top_any + 1, any_now + 1):
            tally.reached[point, 1, kept, rung] += 1
        for rung in range(top_subject + 1, subject + 1):
            tally.reached[point, 2, kept, rung] += 1
            if rung > 0:
                row[_FIRST_SUBJECT + rung - 1] = week
        if now > top_leaders:
            top_leaders = now
            row[_PEAK_WEEK] = week
        top_any = max(top_any, any_now)
        top_subject = max(top_subject, subject)
    row[_PEAK], row[_PEAK_ANY], row[_PEAK_SUBJECT] = top_leaders, top_any, top_subject
    start = int(tracks.rungs[0, atlas.leaders_pair, lane])
    for week in range(int(row[_PEAK_WEEK]) + 1, tracks.rungs.shape[0]):
        if tracks.rungs[week, atlas.leaders_pair, lane] <= start and top_leaders > start:
            row[_RETURNED] = week
            break


def _fold_pairs(tracks: Tracks, tally: Tally, lane: int, point: int) -> None:
    for pair in range(tracks.rungs.shape[1]):
        peak = 0
        for week in range(tracks.rungs.shape[0]):
            peak = max(peak, int(tracks.rungs[week, pair, lane]))
        tally.pair_peaks[point, pair, peak] += 1


def _fold_misreadings(tracks: Tracks, row: NDArray[np.int32], lane: int) -> None:
    for week in range(1, tracks.acts.shape[0]):
        for r in range(tracks.acts.shape[1]):
            misread = int(tracks.acts[week, r, lane]) // MISREAD
            if misread > 0:
                for kind in range(_N_KINDS):
                    row[_MISREAD + kind] += (misread >> kind) & 1


def _fold_causes(tracks: Tracks, atlas: Atlas, row: NDArray[np.int32], lane: int) -> None:
    """Count clashes and wars of opposed pairs by what they began with and what they go back to."""
    for pair in range(tracks.rungs.shape[1]):
        if _opposed(atlas, pair):
            for week in range(1, tracks.rungs.shape[0]):
                rung, before = (
                    int(tracks.rungs[week, pair, lane]),
                    int(tracks.rungs[week - 1, pair, lane]),
                )
                code = int(tracks.causes[week, pair, lane])
                cause, origin, links = code % 8, (code // 8) % 8, code // 64
                if cause == 0:  # violence that a dated war imposes
                    cause, origin, links = int(Cause.EVENT), int(Origin.EVENT), 1
                if origin == 0:  # forces that stood face to face from the start
                    origin = int(Origin.STANDING)
                if rung >= Rung.CLASH and before < Rung.CLASH:
                    row[_BY_CAUSE + cause - 1] += 1
                    row[_BY_ORIGIN + origin - 1] += 1
                    row[_LINKS] = max(int(row[_LINKS]), links)
                    a = int(tracks.acts[week, atlas.left[pair], lane])
                    b = int(tracks.acts[week, atlas.right[pair], lane])
                    alone = min(a & LEVEL, b & LEVEL) < FORCE
                    if alone and cause == Cause.ACCIDENT:
                        row[_ALONE] += 1
                    if alone and cause != Cause.ACCIDENT:
                        row[_UNANSWERED] += 1
                    if pair == atlas.leaders_pair and row[_FIRST_CAUSE] == 0:
                        row[_FIRST_CAUSE] = cause
                        row[_FIRST_CAUSE + 1] = origin
                        row[_FIRST_CAUSE + 2] = links
                if rung >= Rung.WAR and before < Rung.WAR and cause == Cause.ACCIDENT:
                    row[_WARS_OF_ACCIDENT] += 1
    for week in range(1, tracks.acts.shape[0]):
        for r in range(tracks.acts.shape[1]):
            row[_EXCUSED] += 1 if int(tracks.acts[week, r, lane]) & EXCUSED else 0


def fold(
    tracks: Tracks,
    atlas: Atlas,
    points: Ints,
    tally: Tally,
    outcomes: NDArray[np.int32],
    every: int,
    disputes: NDArray[np.int32],
) -> None:
    """Fold a block's tracks into the tally and its worlds' rows.

    Args:
        tracks: what was noted.
        atlas: the roster.
        points: design point of each lane that counts, ``[lane]``; lanes beyond are padding.
        tally: counts to add to (out).
        outcomes: ``[lane, column]`` to fill (out).
        every: weeks from one kept week to the next.
        disputes: room for the disputes of a pair, ``[most_disputes(n_weeks), column]`` (out).
    """
    n_weeks = tracks.rungs.shape[0] - 1
    first, n_lanes = 0, len(points)
    for lane in range(n_lanes):
        if lane == n_lanes - 1 or points[min(lane + 1, n_lanes - 1)] != points[lane]:
            _fold_levels(tracks, tally, first, lane + 1, int(points[lane]), every)
            first = lane + 1
    for lane in range(n_lanes):
        point, row = int(points[lane]), row_of(outcomes, lane)
        _clear(row)
        _fold_rungs(tracks, atlas, tally, row, lane, point, every)
        _fold_pairs(tracks, tally, lane, point)
        _fold_misreadings(tracks, row, lane)
        _fold_causes(tracks, atlas, row, lane)
        for k in range(len(_COUNTED_COLUMN)):
            row[_COUNTED_COLUMN[k]] = tracks.levels[n_weeks, _COUNTED_MEASURE[k], lane]
        for r in range(len(atlas.owner)):
            mean = Total(tracks.totals, r, lane).fear / (n_weeks + 1)
            tally.fear[point, r] += int(mean * 1e6 + 0.5)
        for pair in range(len(atlas.left)):
            _fold_disputes(tracks, atlas, row, pair, lane, disputes)


def _clear(row: NDArray[np.int32]) -> None:
    """Set a world's row to nothing: counts to 0, weeks to -1."""
    for column in range(len(row)):
        row[column] = -1 if column >= _FIRST and column <= _RETURNED else 0


def _fold_disputes(
    tracks: Tracks,
    atlas: Atlas,
    row: NDArray[np.int32],
    pair: int,
    lane: int,
    disputes: NDArray[np.int32],
) -> None:
    """Count a pair's disputes; of an opposed one also those answered by a display or more."""
    n_found, _ = code_pair(tracks, atlas, pair, lane, 0, disputes, 0, disputes, len(disputes))
    if _opposed(atlas, pair):
        row[_DISPUTES] += n_found
        for k in range(n_found):
            row[_ANSWERED] += 1 if disputes[k, _ANSWER] >= DISPLAY else 0
    else:
        row[_DISPUTES_OTHER] += n_found


def code(
    tracks: Tracks,
    atlas: Atlas,
    n_lanes: int,
    counted_from: int,
    disputes: NDArray[np.int32],
    incidents: NDArray[np.int32],
    found: Ints,
) -> None:
    """Code the disputes of all pairs of a block's worlds, opposed or not, and their incidents.

    Args:
        tracks: what was noted.
        atlas: the roster.
        n_lanes: worlds that count; lanes beyond are padding.
        counted_from: first week whose disputes are given.
        disputes, incidents: ``[row, column]`` to fill with as many as fit (out).
        found: the number of disputes and of incidents found, ``[2]`` (out).
    """
    n_disputes, n_incidents = 0, 0
    for lane in range(n_lanes):
        for pair in range(len(atlas.left)):
            n_disputes, n_incidents = code_pair(
                tracks, atlas, pair, lane, counted_from, disputes, n_disputes, incidents,
                n_incidents,
            )  # fmt: skip
    found[0] = n_disputes
    found[1] = n_incidents


def quantile_bins(
    bins: NDArray[np.uint16],
    start: Ints,
    zeros: NDArray[np.int32],
    ends: NDArray[np.uint16],
    scales: Ints,
    needed: Ints,
    found: Ints,
) -> None:
    """Find the whole number of the world that completes a share, for each histogram.

    Args:
        bins: counts of all histograms, one after the other.
        start: where the lowest bin in use of each stands among them, ``[histogram]``.
        zeros, ends: as in :class:`Tally`, ``[histogram]`` and ``[histogram, 2]``.
        scales: whole numbers in a bin, and numerator and denominator of the whole numbers from one
            possible value to the next, ``[measure, 3]``; histograms go through the measures.
        needed: worlds that make up each share, 1 or more, rising.
        found: ``[share, histogram]`` to fill (out).
    """
    _find_values(bins, start, zeros, ends, scales, needed, found)


def quantile_wide_bins(
    bins: NDArray[np.int32],
    start: Ints,
    zeros: NDArray[np.int32],
    ends: NDArray[np.uint16],
    scales: Ints,
    needed: Ints,
    found: Ints,
) -> None:
    """Do the same in histograms of more worlds than :data:`NARROW`."""
    _find_values(bins, start, zeros, ends, scales, needed, found)


def _find_values(
    bins: NDArray[Any],
    start: Ints,
    zeros: NDArray[np.int32],
    ends: NDArray[np.uint16],
    scales: Ints,
    needed: Ints,
    found: Ints,
) -> None:
    for row in range(len(start)):
        measure, into = row % len(scales), int(start[row])
        lowest, highest = TOP - int(ends[row, 0]), int(ends[row, 1])
        per_bin = int(scales[measure, 0])
        at, last = min(lowest // per_bin, N_BINS - 1), min(highest // per_bin, N_BINS - 1)
        so_far = int(bins[into]) if lowest <= highest else 0
        for k in range(len(needed)):
            while so_far < int(needed[k]) and at < last:
                at += 1
                into += 1
                so_far += int(bins[into])
            inside = int(bins[into])
            place = int(needed[k]) - (so_far - inside)
            # What is 0 comes first in the lowest bin, and is no more to be guessed at.
            known = int(zeros[row]) if at == 0 else 0
            low = max(lowest, 1 if known > 0 else at * per_bin)
            high = min(highest, (at + 1) * per_bin - 1) if at < N_BINS - 1 else highest
            value = _spread_over(
                low, high, place - known, inside - known, int(scales[measure, 1]),
                int(scales[measure, 2]),
            )  # fmt: skip
            found[k, row] = 0 if place <= known else value


def _spread_over(low: int, high: int, place: int, inside: int, above: int, below: int) -> int:
    """Return the value of a world of those that are spread evenly over what is possible.

    Args:
        low, high: ends of what is possible; whole numbers.
        place: of the world among them, 1 to ``inside``.
        inside: number of worlds.
        above, below: multiples of their quotient, rounded half up, are possible.
    """
    first = max(0, ((2 * low - 1) * below + 2 * above - 1) // (2 * above))
    stop = ((2 * high + 1) * below + 2 * above - 1) // (2 * above)
    chosen = first + (2 * place - 1) * max(1, stop - first) // (2 * max(1, inside))
    return max(low, min(max(low, high), (2 * chosen * above + below) // (2 * below)))


def extents(ends: NDArray[np.uint16], per_bin: Sequence[int] = _BINS) -> tuple[Ints, Ints]:
    """Return the first bin in use of each histogram, and how many there are from it to the last.

    Args:
        ends: as in :class:`Tally`, ``[..., measure, 2]``.
        per_bin: whole numbers in a bin, ``[measure]``.

    Returns:
        Both ``[histogram]``; no bins where there are no worlds.
    """
    low, high = TOP - ends[..., 0].astype(np.int64), ends[..., 1].astype(np.int64)
    first, last = (np.minimum(end // np.array(per_bin), N_BINS - 1) for end in (low, high))
    return first.ravel(), np.maximum(last - first + 1, 0).ravel()


def trim(bins: NDArray[np.uint16], first: Ints, width: Ints, trimmed: NDArray[np.uint16]) -> None:
    """Write the bins in use one after the other.

    Args:
        bins: counts, ``[histogram, bin]``.
        first, width: as :func:`extents` gives them.
        trimmed: counts, ``[sum of width]`` (out).
    """
    at = 0
    for row in range(bins.shape[0]):
        for k in range(int(width[row])):
            trimmed[at] = bins[row, int(first[row]) + k]
            at += 1


def add_trimmed(
    trimmed: NDArray[np.uint16], first: Ints, width: Ints, bins: NDArray[np.uint16]
) -> None:
    """Add what :func:`trim` wrote to histograms (out)."""
    at = 0
    for row in range(bins.shape[0]):
        for k in range(int(width[row])):
            bins[row, int(first[row]) + k] += trimmed[at]
            at += 1


@dataclass(frozen=True)
class Record:
    """What a run leaves: points with the same number of worlds."""

    roster: Roster
    n_weeks: int
    n_worlds: int  # of each point
    tally: Tally
    outcomes: NDArray[np.int32]  # [point * world, column of OUTCOMES]
    disputes: NDArray[np.int32]  # [row, DISPUTE_COLUMNS], where asked for
    facts: dict[str, Any]  # seconds, relation-weeks per second, threads, lanes
    every: int = 1  # weeks from one kept week to the next
    first_point: int = 0  # number of the first point
    incidents: NDArray[np.int32] = field(default_factory=no_incidents)  # [row, INCIDENT_COLUMNS]
    draw: NDArray[np.int64] | None = None  # [world] draw of the posterior, where there is one

    @property
    def weeks(self) -> list[int]:
        """Numbers of the kept weeks."""
        return kept_weeks(self.n_weeks, self.every)

    @property
    def points(self) -> range:
        """Numbers of the points."""
        return range(self.first_point, self.first_point + self.n_points)

    @property
    def n_points(self) -> int:
        """Number of design points."""
        return int(self.tally.rungs_leaders.shape[0])

    def outcome(self, column: str) -> NDArray[np.int32]:
        """Return one column of outcomes, ``[point, world]``."""
        return self.outcomes[:, _AT[column]].reshape(self.n_points, self.n_worlds)
