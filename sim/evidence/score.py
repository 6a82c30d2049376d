"""How well simulated figures agree with recorded ones, and what simpler accounts come to.

The headline is the number of figures *strictly inside* their 95 % interval. Beside it stand the
median and the root mean square of the *standardised distance*: how far a figure is from the
recorded value, in standard errors of the record, on the scale on which its interval is even
(logarithms of rates and times, log-odds of shares). Rows that say nearly the same thing are a
*group*, and count once in the last two columns. Groups were made by what is measured, before any
figure was looked at; they are a column of ``sim/data/targets.csv``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.analysis.intervals import Z
from sim.evidence.targets import Target, targets
from sim.lanes import Floats

FURTHEST = 10.0
"""Standard errors beyond which a distance counts no more: what is off is off."""
_NONE_OF = 0.003  # what stands for no case in a share
_LITTLE = 0.5  # days, incidents or onsets per 1000 dyad-years: what stands for none


def linked(target: Target, value: ArrayLike) -> Floats:
    """Return figures on the scale on which they are judged: log-odds of shares, logarithms of rest.

    Args:
        target: what they stand beside.
        value: figures in the target's unit, of any shape; 0 or more.
    """
    found = np.asarray(value, float)
    if target.is_share:
        share = np.clip(found, 0.0, 1.0)
        odds: Floats = np.log((share + _NONE_OF) / (1.0 - share + _NONE_OF))
        return odds
    logged: Floats = np.log(np.maximum(found, 0.0) + _LITTLE)
    return logged


def unlinked(target: Target, value: ArrayLike) -> Floats:
    """Return the figures of which :func:`linked` gives these."""
    found = np.exp(np.asarray(value, float))
    if target.is_share:
        share: Floats = (found * (1.0 + _NONE_OF) - _NONE_OF) / (1.0 + found)
        return np.clip(share, 0.0, 1.0)
    whole: Floats = np.maximum(found - _LITTLE, 0.0)
    return whole


def distance(target: Target, found: float) -> float:
    """Return how many standard errors of the record a figure is off, 0 to :data:`FURTHEST`.

    Of a recorded 0 the interval's upper end counts as :data:`~sim.analysis.intervals.Z` of them.
    A figure that is not known is as far off as any.
    """
    if not math.isfinite(found):
        return FURTHEST
    if target.value == 0.0:
        return min(FURTHEST, Z * max(found, 0.0) / target.high)
    value, low, high, at = linked(target, [target.value, target.low, target.high, found])
    room = high - value if at > value else value - low
    return min(FURTHEST, float(Z * abs(at - value) / max(room, 1e-6)))


@dataclass(frozen=True)
class Score:
    """How well figures agree with the record."""

    inside: int  # strictly inside their 95 % interval
    of: int
    median: float  # of standardised distances
    rms: float
    groups_inside: float  # groups, each counted as the share of its rows that are inside
    groups: int
    groups_rms: float  # of groups, each by the mean square of its rows

    @property
    def share(self) -> float:
        """Share of the rows that are inside."""
        return self.inside / max(self.of, 1)


def score(found: Mapping[str, float], rows: Iterable[Target]) -> Score:
    """Return the score of figures, by the names of targets, over some of these.

    Raises:
        ValueError: if there is no row.
    """
    chosen = list(rows)
    if not chosen:
        raise ValueError("a score needs at least one row")
    off = np.array([distance(t, found[t.name]) for t in chosen])
    inside = np.array([t.verdict(found[t.name]) == "inside" for t in chosen])
    names = [t.group for t in chosen]
    members = [np.array([name == group for name in names]) for group in sorted(set(names))]
    return Score(
        inside=int(inside.sum()),
        of=len(chosen),
        median=float(np.median(off)),
        rms=float(np.sqrt((off**2).mean())),
        groups_inside=float(sum(inside[mine].mean() for mine in members)),
        groups=len(members),
        groups_rms=float(np.sqrt(np.mean([(off[mine] ** 2).mean() for mine in members]))),
    )


# What can be said without a model


def pencil() -> dict[str, float]:
    """Return what a line of algebra makes of all other rows, by the names of the checks.

    It is let see more than the calibration is: the record of all states too. A check that follows
    from nothing is given the recorded value of the nearest
    kind: that is what a reader with a pencil would write.
    """
    record = {t.name: t.value for t in targets().values() if t.use != "check"}
    return {name: rule(record) for name, rule in _PENCIL.items()}


def _between(low: str, high: str, days: float, ends: tuple[float, float]) -> Callable[..., float]:
    """Return a share between two of other days, along the logarithm of days."""
    part = math.log(days / ends[0]) / math.log(ends[1] / ends[0])
    return lambda r: r[low] + part * (r[high] - r[low])


def _after(years: float, name: str) -> Callable[..., float]:
    """Return the odds of something within so many years whose odds a year never change."""
    return lambda r: 1.0 - (1.0 - r[name]) ** years


_PENCIL: dict[str, Callable[[Mapping[str, float]], float]] = {
    # neighbours are 197 of 644 dyad-years
    "onset_rate_russia_nato_member": lambda r: (
        197.0 * r["onset_rate_russia_nato_contig_any"]
        + 447.0 * r["onset_rate_russia_nato_noncontig"]
    ) / 644.0,
    "war_onset_rate_russia_nato_member": lambda r: 0.0,
    "onset_dispersion_russia_nato": lambda r: 1.0,  # independent of one another
    "ru_nato_maxhost_display": lambda r: 1.0 - r["ru_nato_maxhost_use"],
    "dyadmid_use_plus_majmaj": lambda r: r["dyadmid_use_plus_noncontig"],
    "dyadmid_war_majmaj": lambda r: 0.0,
    "first_incident_display": lambda r: 1.0 - r["first_incident_use"],
    "mid_reciprocated": lambda r: r["ru_nato_reciprocated"],
    "mid_war_given_not_reciprocated": lambda r: 0.0,
    # the same factor again from the median to 75 % and on, a little less than twice as far
    "icb_response_lag_q90": lambda r: (
        r["icb_response_lag_q50"]
        * (r["icb_response_lag_q75"] / r["icb_response_lag_q50"]) ** (1.2816 / 0.6745)
    ),
    "mid_duration_q50": lambda r: r["ru_nato_duration_q50"],
    "mid_duration_q75": lambda r: r["ru_nato_duration_q75"],
    "mid_still_ongoing_after_180d": _between(
        "mid_still_ongoing_after_30d", "mid_still_ongoing_after_365d", 180.0, (30.0, 365.0)),
    "esc_curve_use_plus_by_180d_start_below4": _between(
        "esc_curve_use_plus_by_90d_start_below4", "esc_curve_use_plus_by_365d_start_below4", 180.0,
        (90.0, 365.0)),
    "ever_use_given_start_display": lambda r: r["esc_curve_use_plus_by_365d_start_below4"],
    "recurrence_contig_land_within_5y": _after(5.0, "recurrence_contig_land_within_1y"),
    "recurrence_rival_within_5y": _after(5.0, "recurrence_rival_within_1y"),
    # of a dispute of another, any of some thirty members joins
    "mid_multiparty": lambda r: 1.0 - (1.0 - r["join_prob_ally"]) ** 30,
    "trans_h4_to_h3": lambda r: 1.0 - r["trans_h3_to_h4"],
    "trans_end_after_h4": lambda r: r["trans_end_after_h3"],
}  # fmt: skip
