"""A historian of simulated worlds: codes disputes from acts as the MID project does from reports.

A dispute of a pair opens in the first week in which a side displays (level 3) or uses (level 5)
force, and stays open until ``GAP`` weeks pass without either; it ends in its last coded week. The
MID rule of six months does not suit coded postures, which leave no silent weeks; 8 weeks is close
to the 90 % quantile of the gaps between dated MID incidents (73 days).

An *incident* is a side's display begun, raised or unintended, or a side's use of force; a display
that is only kept up is none. The finest grain is a week, and the turn orders what a week holds:
displays come before forces meet, so that a dispute that opens with forces that meet opens with a
display; an accident comes before the answer to it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.notes import (
    ACCIDENT,
    DISPLAY,
    DRAWN_IN,
    FORCE,
    FRESH,
    LEVEL,
    MEDIATED,
    STOOD,
    YIELDED,
    Tracks,
)
from sim.lanes import row_of
from sim.model.roster import Atlas
from sim.model.vocabulary import Cause, Origin, Rung

GAP = 8

DISPUTE_COLUMNS = (
    "lane",  # world within its block, later the world's number
    "pair",
    "first_week",
    "last_week",
    "initiator",  # 0 the pair's lower number, 1 the other
    "first_level",  # the initiator's, 3 or 5
    "answer",  # highest level of the other side, 0, 2, 3 or 5
    "answer_week",  # first week in which the other side displayed or used force, -1 never
    "force_week",  # first week of force by anybody, -1 never
    "highest",  # 3, 5 or 6 (war)
    "previous_end",  # last week of the pair's previous dispute, -1 none
    "open",  # 1 if still open at the horizon (censored)
    "joined",  # 1 if it opened with a state drawn into its ally's clash
    "crisis",  # 1 if both sides displayed, or force was used
    "mediated",  # 1 if a neutral mediated
    "yielded",  # the side that alone yielded last when forces met, -1 none
    "cause",  # a vocabulary.Cause: what it opens with
    "origin",  # a vocabulary.Origin: what its first act goes back to
    "links",  # acts from that root to its first act, 1 or more
)
INCIDENT_COLUMNS = (
    "dispute",  # row of its dispute
    "week",
    "sides",  # 1 the pair's lower number, 2 the other, 3 both
    "level",  # 3 or 5
)
BOTH = 3


def no_incidents() -> NDArray[np.int32]:
    """Return the incidents of no disputes."""
    return np.zeros((0, len(INCIDENT_COLUMNS)), np.int32)


def most_disputes(n_weeks: int) -> int:
    """Return how many disputes a pair can have at most."""
    return n_weeks // (GAP + 1) + 2


def _note_incident(
    out: NDArray[Any], n_found: int, dispute: int, week: int, sides: int, level: int
) -> int:
    if n_found < len(out):
        row = row_of(out, n_found)
        row[0], row[1], row[2], row[3] = dispute, week, sides, level
    return n_found + 1


def _incidents(
    a: Any, b: Any, first: int, dispute: int, week: int, out: NDArray[Any], n_found: int
) -> int:
    """Note a week's incidents in their order, of two sides of which ``first`` (0, 1) acts first."""
    one, other = (a, b) if first == 0 else (b, a)
    if one & FRESH:
        n_found = _note_incident(out, n_found, dispute, week, 1 + first, DISPLAY)
    if other & FRESH:
        n_found = _note_incident(out, n_found, dispute, week, 2 - first, DISPLAY)
    forced, answered = one & LEVEL == FORCE, other & LEVEL == FORCE
    if forced and answered and (one & STOOD and other & STOOD):
        return _note_incident(out, n_found, dispute, week, BOTH, FORCE)
    if answered and not forced:
        return _note_incident(out, n_found, dispute, week, 2 - first, FORCE)
    if forced:
        slipped = answered and other & ACCIDENT and not one & ACCIDENT
        leads = 1 - first if slipped else first
        n_found = _note_incident(out, n_found, dispute, week, 1 + leads, FORCE)
        if answered:
            n_found = _note_incident(out, n_found, dispute, week, 2 - leads, FORCE)
    return n_found


def _opener(a: Any, b: Any, tie: int) -> tuple[int, int]:
    """Return who opens a dispute, 0 or 1, and with which level.

    Force that came of forces that met followed a display of the same week; else the higher level
    opens, then whoever had the accident, then the tie.
    """
    level_a, level_b = int(a & LEVEL), int(b & LEVEL)
    if max(level_a, level_b) == FORCE and (a & STOOD or b & STOOD) and (a | b) & FRESH:
        fresh_a, fresh_b = a & FRESH > 0, b & FRESH > 0
        return (tie if fresh_a == fresh_b else (0 if fresh_a else 1)), DISPLAY
    if level_a != level_b:
        return (0 if level_a > level_b else 1), max(level_a, level_b)
    slip_a, slip_b = a & ACCIDENT > 0, b & ACCIDENT > 0
    return (tie if slip_a == slip_b else (0 if slip_a else 1)), level_a


def _cause(act: Any, trace: int) -> int:
    """Return what a dispute opens with: how its first act came about."""
    if act & DRAWN_IN:
        return int(Cause.DRAWN_IN)
    if trace == 8 + Origin.EVENT:
        return int(Cause.EVENT)
    if act & ACCIDENT and trace == 8 + Origin.ACCIDENT:
        return int(Cause.ACCIDENT)
    if act & STOOD and not act & FRESH:  # else the display of the same week opens it
        return int(Cause.MET)
    return int(Cause.CHOICE)


def code_pair(
    tracks: Tracks,
    atlas: Atlas,
    pair: int,
    lane: int,
    counted_from: int,
    out: NDArray[Any],
    n_found: int,
    incidents: NDArray[Any],
    n_incidents: int,
) -> tuple[int, int]:
    """Code the disputes of one pair in one world that begin in ``counted_from`` or later.

    Args:
        tracks: what was noted.
        atlas: the roster.
        pair, lane: which pair, which world.
        counted_from: first week counted; what begins earlier is coded but not given.
        out: rows of disputes to fill; beyond its end they are counted but not kept (out).
        n_found: disputes found so far.
        incidents: rows of incidents to fill, as ``out`` (out).
        n_incidents: incidents found so far.

    Returns:
        The number of disputes and of incidents found so far.
    """
    acts: NDArray[Any] = tracks.acts
    left, right = atlas.left[pair], atlas.right[pair]
    n_weeks, previous, start, last = acts.shape[0], -1, -1, -1
    side, first, answer, answered, force, highest = 0, 0, 0, -1, -1, 0
    joined, crisis, mediated, yielded, cause, trace = 0, 0, 0, -1, 0, 0
    for week in range(1, n_weeks + 1):
        a = int(acts[week, left, lane]) if week < n_weeks else 0
        b = int(acts[week, right, lane]) if week < n_weeks else 0
        level_a, level_b = int(a & LEVEL), int(b & LEVEL)
        active = max(level_a, level_b) >= DISPLAY
        if start >= 0 and (week == n_weeks or (not active and week - last >= GAP)):
            if start >= counted_from:
                if n_found < len(out):
                    row = row_of(out, n_found)
                    row[0], row[1], row[2], row[3] = lane, pair, start, last
                    row[4], row[5], row[6], row[7] = side, first, answer, answered
                    row[8], row[9], row[10] = force, highest, previous
                    row[11] = 1 if last >= n_weeks - GAP else 0
                    row[12], row[13], row[14], row[15] = joined, crisis, mediated, yielded
                    row[16], row[17], row[18] = cause, trace % 8, trace // 8
                n_found += 1
            previous, start = last, -1
        if not active:
            if start >= 0:
                answer = max(answer, level_b if side == 0 else level_a)
            continue
        if start < 0:
            side, first = _opener(a, b, (week + pair) % 2)
            start, answer, answered, force, highest = week, 0, -1, -1, 0
            joined = 1 if (b if side else a) & DRAWN_IN else 0
            crisis, mediated, yielded = 0, 0, -1
            opens = right if side else left
            trace = int(tracks.traces[week, opens, lane])
            trace = trace if trace > 0 else 8 + Origin.STANDING
            cause = _cause(b if side else a, trace)
        last = week
        other = level_b if side == 0 else level_a
        answer = max(answer, other)
        if other >= DISPLAY and answered < 0:
            answered = week
        if max(level_a, level_b) >= FORCE and force < 0:
            force = week
        if force == week or min(level_a, level_b) >= DISPLAY:
            crisis = 1
        if (a | b) & MEDIATED:
            mediated = 1
        if (a & YIELDED > 0) != (b & YIELDED > 0):
            yielded = 0 if a & YIELDED else 1
        at_war = tracks.rungs[week, pair, lane] >= Rung.WAR
        highest = max(highest, Rung.WAR if at_war else max(level_a, level_b))
        if start >= counted_from:
            starts = side if week == start else (week + pair) % 2
            n_incidents = _incidents(a, b, starts, n_found, week, incidents, n_incidents)
    return n_found, n_incidents
