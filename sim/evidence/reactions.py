"""What a reaction must show, P13 to P19, asked of any set of parameters.

The same kind of claim as in :mod:`sim.evidence.claims`; a bound that the design sets is part of the
difference, so that a claim holds where the 95 % interval lies on the right side of its bound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np

from sim.analysis.intervals import Z
from sim.engine.notes import ACCIDENT, EXCUSED, Tracks
from sim.evidence import laboratory as lab
from sim.evidence.claims import (
    JERVIS,
    Difference,
    Held,
    Trial,
    fall,
    held,
    rise,
)
from sim.evidence.observation import leader_dyads
from sim.lanes import Floats
from sim.model.parameters import defaults
from sim.model.roster import Roster
from sim.model.vocabulary import Cause, Rung

Values = Mapping[str, float]


def _at_least(values: Floats, bound: float) -> Difference:
    return rise(np.full(len(values), bound), values)


def _at_most(values: Floats, bound: float) -> Difference:
    return fall(np.full(len(values), bound), values)


def _shares(values: Floats, bound: float, *, most: bool = False) -> Difference:
    """Return how far a share of worlds is on the right side of a bound."""
    share, half = values.mean(), Z * np.sqrt(max(values.var(), 0.25 / len(values) ** 2))
    half /= np.sqrt(len(values))
    off = bound - share if most else share - bound
    return Difference(float(off), float(off - half), float(off + half))


def _reproduction(trial: Trial, changed: Values, worlds: int = 4096) -> Floats:
    values = {**trial.parameters, **changed}
    return lab.reproduction(lab.pair_of_rivals(), values, worlds=trial.n(worlds), seed=trial.seed)


def _clashed(
    trial: Trial, roster: Roster, changed: Values | None = None, *, worlds: int = 8192,
    weeks: int = 156,
) -> Floats:  # fmt: skip
    values = {**trial.parameters, **(changed or {})}
    return lab.clashed(roster, values, worlds=trial.n(worlds), weeks=weeks, seed=trial.seed)


# P13 reproduction


def reproduction_of_rivals(trial: Trial) -> Held:
    """P13: one display of two rivals calls forth 0.3 to 0.8 further acts within a year."""
    caused = _reproduction(trial, {}, 8192)
    return held("P13 a display calls forth 0.3 to 0.8 further acts of two rivals",
                 _at_least(caused, 0.3), _at_most(caused, 0.8))  # fmt: skip


def reproduction_by_world(trial: Trial) -> Held:
    """P13: it orders the four worlds as Jervis does, from at most .15 to between 1 and 5."""
    caused = {name: _reproduction(trial, world) for name, world in JERVIS.items()}
    worst, best = caused["doubly dangerous"], caused["doubly stable"]
    between = (caused["offence, distinguishable"], caused["defence, indistinguishable"])
    steps = [rise(best, one) for one in between] + [rise(one, worst) for one in between]
    bounds = (_at_least(worst, 1.0), _at_most(worst, 5.0), _at_most(best, 0.15))
    claim = "P13 it orders the four worlds: 1 to 5 in the worst, at most .15 in the best"
    return held(claim, *steps, *bounds)


def reproduction_by_channel(trial: Trial) -> Held:
    """P13: it falls with channels and with sensibility, and rises with fear."""
    plain = _reproduction(trial, {}, 16384)
    worlds = 16384
    fear = {"fear_gain": 1.5 * {**defaults(), **trial.parameters}["fear_gain"]}
    return held("P13 it falls with a hotline and with sensibility, and rises with fear",
                 fall(plain, _reproduction(trial, {"hotline": 1.0}, worlds)),
                 fall(plain, _reproduction(trial, {"sensibility": 0.8}, worlds)),
                 rise(plain, _reproduction(trial, fear, worlds)))  # fmt: skip


# P14 choice


def _of_today(trial: Trial, worlds: int = 640) -> Tracks:
    return lab.play(lab.today(), trial.parameters, worlds=trial.n(worlds), seed=trial.seed)


def clashes_by_choice(trial: Trial) -> Held:
    """P14: at least 60 % of clashes of Russia and members begin by choice or forces that stood."""
    roster, tracks = lab.today(), _of_today(trial)
    chosen, total = (np.zeros(tracks.rungs.shape[2]) for _ in range(2))
    for pair in leader_dyads(roster).pair:
        began = lab.new_clashes(tracks, int(pair))
        cause = np.where(began, lab.cause_of(tracks, int(pair)), 0)
        chosen += ((cause == Cause.CHOICE) | (cause == Cause.MET)).sum(0)
        total += began.sum(0)
    return held("P14 six in ten clashes begin by a choice or between forces that stood",
                 rise(0.6 * total, chosen))  # fmt: skip


def clashes_without_accidents(trial: Trial) -> Held:
    """P14: with accidents off the leaders' clash keeps at least 60 %."""
    plain = _clashed(trial, lab.today(), worlds=2048, weeks=104)
    without = _clashed(trial, lab.today(), lab.NO_ACCIDENTS, worlds=2048, weeks=104)
    return held("P14 without accidents the leaders still clash six times in ten",
                 rise(0.6 * plain, without))  # fmt: skip


def wars_by_accident(trial: Trial) -> Held:
    """P14: at most a fifth of wars begin by an accident."""
    roster, tracks = lab.today(), _of_today(trial, 1280)
    began, slipped = (np.zeros(tracks.rungs.shape[2]) for _ in range(2))
    for pair in range(roster.n_pairs):
        new = lab.newly(tracks, pair, Rung.WAR)
        began += new.sum(0)
        slipped += (new & (lab.cause_of(tracks, pair) == Cause.ACCIDENT)).sum(0)
    return held("P14 at most a fifth of wars begin by an accident", fall(0.2 * began, slipped))


# P15 reaction


def frozen_leaders(trial: Trial) -> Held:
    """P15: with every reaction frozen at most a third of the leaders' clashes remain."""
    plain = _clashed(trial, lab.today(), worlds=2048, weeks=104)
    frozen = _clashed(trial, lab.today(), lab.FROZEN, worlds=2048, weeks=104)
    return held("P15 frozen, at most a third of the leaders' clashes remain",
                 fall(plain / 3.0, frozen))  # fmt: skip


def frozen_rivals(trial: Trial) -> Held:
    """P15: and at most 45 % of two rivals'."""
    two = lab.pair_of_rivals()
    plain, frozen = _clashed(trial, two), _clashed(trial, two, lab.FROZEN)
    return held("P15 frozen, at most 45 % of two rivals' remain", fall(0.45 * plain, frozen))


def without_words(trial: Trial) -> Held:
    """P15: with no rhetoric ever raised at least 30 % of two rivals' clashes remain."""
    two = lab.pair_of_rivals()
    plain, mute = _clashed(trial, two), _clashed(trial, two, lab.NO_WORDS)
    return held("P15 without words at least 30 % of two rivals' remain", rise(0.3 * plain, mute))


def without_deployments(trial: Trial) -> Held:
    """P15: with no deployment ever raised at most 90 %."""
    two = lab.pair_of_rivals()
    plain, still = _clashed(trial, two), _clashed(trial, two, lab.NO_DEPLOYMENTS)
    return held("P15 without deployments at most 90 %", fall(0.9 * plain, still))


# P16 memory


def exchange_of_fire(trial: Trial) -> Held:
    """P16: an exchange of fire raises the odds of force 13 to 51 weeks on by .03 to .15."""
    left = lab.memory(lab.pair_of_rivals(), trial.parameters, worlds=trial.n(8192), seed=trial.seed)
    return held("P16 an exchange of fire raises the odds of later force by .03 to .15",
                 _at_least(left, 0.03), _at_most(left, 0.15))  # fmt: skip


def year_after_year(trial: Trial) -> Held:
    """P16: with issues still a clash in year 2 at least doubles the odds of one in year 3."""
    second, third = lab.second_and_third_year(
        lab.pair_of_rivals(), trial.parameters, worlds=trial.n(16384), seed=trial.seed
    )
    after, else_ = third[second], third[~second]
    more = after.mean() - 2.0 * else_.mean() if len(after) else 0.0
    half = Z * np.sqrt(
        max(after.var() if len(after) else 0.25, 1e-3) / max(len(after), 1)
        + 4.0 * else_.var() / max(len(else_), 1)
    )
    found = Difference(float(more), float(more - half), float(more + half))
    return held("P16 a clash in year 2 at least doubles the odds of one in year 3", found)


# P17 two regimes


def two_regimes(trial: Trial) -> Held:
    """P17: the doubly dangerous world settles at peace or at a display, by its start."""
    worlds = trial.n(2048)
    differences = []
    for tense, least in ((False, 0.3), (True, 0.6)):
        spent = lab.regimes(trial.parameters, tense=tense, world="doubly dangerous",
                            worlds=worlds, seed=trial.seed)  # fmt: skip
        at = (spent > lab.SETTLED).astype(float)
        between = ((spent > 0.1) & (spent <= lab.SETTLED)).astype(float)
        differences += [_shares(at, least), _shares(between, 0.2, most=True)]
    return held("P17 two regimes in the doubly dangerous world", *differences)


def one_regime(trial: Trial) -> Held:
    """P17: the doubly stable world comes to rest from either start."""
    differences = []
    for tense in (False, True):
        spent = lab.regimes(trial.parameters, tense=tense, world="doubly stable",
                            worlds=trial.n(2048), seed=trial.seed)  # fmt: skip
        differences.append(_shares((spent > lab.SETTLED).astype(float), 0.02, most=True))
    return held("P17 one regime in the doubly stable world", *differences)


# P18, P19


def greed_clashes(trial: Trial) -> Held:
    """P18: a greedier rival clashes more at every step of greed."""
    two = lab.pair_of_rivals()
    rosters = [lab.with_traits(two, BBB={"greed": g}) for g in (0.0, 0.3, 0.5, 0.8)]
    by_greed = [_clashed(trial, roster) for roster in rosters]
    steps = [rise(a, b) for a, b in pairwise(by_greed)]
    return held("P18 a greedier rival clashes more at every step", *steps)


def _excused(trial: Trial, changed: Values) -> tuple[Floats, Floats]:
    """Return the accidents of two rivals, and how many were taken for accidents, ``[world]``."""
    two = lab.pair_of_rivals()
    values = {**trial.parameters, **changed}
    tracks = lab.play(two, values, worlds=trial.n(8192), weeks=156, seed=trial.seed)
    slipped = ((tracks.acts & ACCIDENT) > 0).sum((0, 1)).astype(float)
    return slipped, ((tracks.acts & EXCUSED) > 0).sum((0, 1)).astype(float)


def _share_excused(trial: Trial, changed: Values) -> tuple[float, float]:
    """Return the share of accidents that are taken for accidents, and its standard error."""
    slipped, excused = _excused(trial, changed)
    share = excused.sum() / max(slipped.sum(), 1.0)
    return float(share), float(np.sqrt(share * (1.0 - share) / max(slipped.sum(), 1.0)))


def channels_excuse(trial: Trial) -> Held:
    """P19: a channel raises the share of accidents that end without an answer."""
    shut, shut_error = _share_excused(trial, {"channel_strength": 0.0})
    hot, hot_error = _share_excused(trial, {"hotline": 1.0})
    half = Z * float(np.hypot(shut_error, hot_error))
    found = Difference(hot - shut, hot - shut - half, hot - shut + half)
    return held("P19 a channel raises the share of accidents taken for accidents", found)


def hotline_where_more_is_misread(trial: Trial) -> Held:
    """P19: a hotline helps at least as much, in proportion, where more is misread."""
    two = lab.pair_of_rivals()
    kept = []
    for odds in (1.0, 3.0):
        changed = {"miscalculation_strength": odds}
        plain = _clashed(trial, two, changed, worlds=24576)
        hot = _clashed(trial, two, {**changed, "hotline": 1.0}, worlds=24576)
        share = hot.mean() / plain.mean()
        change = hot - share * plain
        kept.append((share, change.std() / np.sqrt(len(change)) / plain.mean()))
    (little, e1), (much, e2) = kept
    half = Z * float(np.hypot(e1, e2))
    off = float(little - much)
    return held("P19 a hotline helps as much, in proportion, where more is misread",
                 Difference(off, off - half, off + half))  # fmt: skip


REACTIONS: tuple[Callable[[Trial], Held], ...] = (
    reproduction_of_rivals, reproduction_by_world, reproduction_by_channel, clashes_by_choice,
    clashes_without_accidents, wars_by_accident, frozen_leaders, frozen_rivals, without_words,
    without_deployments, exchange_of_fire, year_after_year, two_regimes, one_regime,
    greed_clashes, channels_excuse, hotline_where_more_is_misread,
)  # fmt: skip
