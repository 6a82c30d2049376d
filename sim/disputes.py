"""A historian of simulated worlds: codes disputes from acts as the MID project does from reports.

A dispute of a pair opens in the first week in which a side displays (level 3) or uses (level 5)
force, and stays open until ``GAP`` weeks pass without either; it ends in its last coded week. The
MID rule of six months does not suit coded postures, which leave no silent weeks; 8 weeks is close
to the 90 % quantile of the gaps between dated MID incidents (73 days). The finest grain is a week.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.jit import jit

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
)


@jit
def _level(acts: NDArray[np.uint8], week: int, r: int, lane: int) -> int:
    return int(acts[week, r, lane]) & 7


@jit
def code_pair(
    acts: NDArray[np.uint8],
    rungs: NDArray[np.uint8],
    left: int,
    right: int,
    pair: int,
    lane: int,
    gap: int,
    counted_from: int,
    out: NDArray[Any],
    n_found: int,
) -> int:
    """Code the disputes of one pair in one world that begin in ``counted_from`` or later.

    Args:
        acts: coded acts, ``[week, relation, lane]``.
        rungs: rungs, ``[week, pair, lane]``.
        left, right: the pair's two relations.
        pair, lane: which pair, which world.
        gap: weeks of silence that close a dispute.
        counted_from: first week counted; what begins earlier is coded but not given.
        out: rows to fill; beyond its end disputes are counted but not kept (out).
        n_found: disputes found so far.

    Returns:
        The number of disputes found so far.
    """
    n_weeks, previous, start, last = acts.shape[0], -1, -1, -1
    side, first, answer, answered, force, highest = 0, 0, 0, -1, -1, 0
    for week in range(1, n_weeks + 1):
        a = _level(acts, week, left, lane) if week < n_weeks else 0
        b = _level(acts, week, right, lane) if week < n_weeks else 0
        active = a >= 3 or b >= 3
        if start >= 0 and (week == n_weeks or (not active and week - last >= gap)):
            if start >= counted_from:
                if n_found < len(out):
                    row = out[n_found]
                    row[0], row[1], row[2], row[3], row[4], row[5] = (
                        lane, pair, start, last, side, first,
                    )  # fmt: skip
                    row[6], row[7], row[8], row[9], row[10] = (
                        answer, answered, force, highest, previous,
                    )  # fmt: skip
                    row[11] = 1 if last >= n_weeks - gap else 0
                n_found += 1
            previous, start = last, -1
        if not active:
            if start >= 0:
                answer = max(answer, b if side == 0 else a)
            continue
        if start < 0:
            side = 0 if a > b or (a == b and (week + pair) % 2 == 0) else 1
            start, first, answer, answered, force, highest = week, max(a, b), 0, -1, -1, 0
        last = week
        other = b if side == 0 else a
        answer = max(answer, other)
        if other >= 3 and answered < 0:
            answered = week
        if max(a, b) >= 5 and force < 0:
            force = week
        highest = max(highest, 6 if rungs[week, pair, lane] >= 6 else max(a, b))
    return n_found
