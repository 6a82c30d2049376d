"""What place, stakes, sanctions, arms, words and neutrals must show, P20 to P27.

The same kind of claim as in :mod:`sim.evidence.claims` and :mod:`sim.evidence.reactions`. Each
inserts an act, or sets one trait or parameter, and compares the same worlds with and without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from sim.analysis.intervals import Z
from sim.engine.notes import LEVEL, MEASURES, Tracks
from sim.evidence import laboratory as lab
from sim.evidence import sizes
from sim.evidence.claims import (
    Difference,
    Held,
    Trial,
    fall,
    held,
    rise,
    rivals,
    sanctions_of_members,
    small_alliance,
)
from sim.evidence.mechanisms import headline
from sim.lanes import Floats
from sim.model.roster import Roster, with_calendar
from sim.model.vocabulary import Happening, Rung

Values = Mapping[str, float]
AT = lab.AT
HOST = "POL"


def _play(
    trial: Trial, roster: Roster, changed: Values | None = None, *, worlds: int, weeks: int
) -> Tracks:
    values = {**trial.parameters, **(changed or {})}
    return lab.play(roster, values, worlds=trial.n(worlds), weeks=weeks, seed=trial.seed)


def level(tracks: Tracks, measure: str, first: int, stop: int | None = None) -> Floats:
    """Return the mean of a measure over some weeks, ``[world]``."""
    k = [m.name for m in MEASURES].index(measure)
    weeks = tracks.levels[first:stop, k].astype(float)
    found: Floats = weeks.mean(0) / MEASURES[k].scale - MEASURES[k].offset
    return found


def _any_force(tracks: Tracks, relations: Sequence[int], first: int, stop: int) -> Floats:
    used = np.zeros(tracks.acts.shape[2], bool)
    for r in relations:
        used |= lab.force(tracks, r)[first:stop].any(0)
    return used.astype(float)


# P20 relief


def _sanctioned_display(sanctions: float) -> Roster:
    """Return the small alliance: Russia mobilises against Poland, all members sanction it."""
    roster = small_alliance()
    display = (AT - 1, Happening.DEPLOYMENT, roster.relation("RUS", HOST), 0.75)
    return with_calendar(roster, [display, *sanctions_of_members(roster, AT, sanctions)])


def _weeks_shown(trial: Trial, roster: Roster, changed: Values) -> Floats:
    """Return for how many weeks of the year Russia keeps up its display toward Poland."""
    tracks = _play(trial, roster, changed, worlds=2048, weeks=AT + lab.YEAR)
    r = roster.relation("RUS", HOST)
    shown = (tracks.acts[AT:, r] & LEVEL) >= Rung.DISPLAY
    found: Floats = np.cumprod(shown, axis=0).sum(0).astype(float)
    return found


def relief(trial: Trial) -> Held:
    """P20: sanctions that end with a display end it sooner than none and than perpetual ones."""
    tied = _weeks_shown(trial, _sanctioned_display(0.75), {"conditional": 1.0})
    none = _weeks_shown(trial, _sanctioned_display(0.0), {"conditional": 1.0})
    perpetual = _weeks_shown(trial, _sanctioned_display(0.75), {"conditional": 0.0})
    return held("P20 sanctions that end with a display end it sooner than none and than lasting",
                 fall(none, tied), fall(perpetual, tied))  # fmt: skip


# P21 arms


def _armed(spending: float) -> Roster:
    two = lab.pair_of_rivals()
    return lab.with_traits(two, **{code: {"start_spending": spending} for code in two.codes})


def arms_race(trial: Trial) -> Held:
    """P21: an even arms race raises fear and the risk of force."""
    still, armed = (_play(trial, _armed(level), worlds=8192, weeks=104) for level in (0.0, 0.5))
    sides = lab.between_leaders(lab.pair_of_rivals())
    return held(
        "P21 an even arms race raises fear and the risk of force",
        rise(level(still, "fear_leaders", 1), level(armed, "fear_leaders", 1)),
        rise(_any_force(still, sides, 1, 105), _any_force(armed, sides, 1, 105)),
    )


def arms_race_indistinguishable(trial: Trial) -> Held:
    """P21: the more so where defence cannot be told from offence."""
    more = []
    for distinguishability in (0.9, 0.1):
        changed = {"distinguishability": distinguishability}
        still, armed = (
            _play(trial, _armed(spending), changed, worlds=8192, weeks=104)
            for spending in (0.0, 0.5)
        )
        sides = lab.between_leaders(lab.pair_of_rivals())
        more.append(
            (
                level(armed, "fear_leaders", 1) - level(still, "fear_leaders", 1),
                _any_force(armed, sides, 1, 105) - _any_force(still, sides, 1, 105),
            )
        )
    return held(
        "P21 ... the more so where defence cannot be told from offence",
        *(rise(little, much) for little, much in zip(*more, strict=True)),
    )


# P22 forward basing


def _placed(roster: Roster, where: str, size: float, at: int = AT - 1) -> Roster:
    """Return the roster with forces of the west placed at home or forward in a member."""
    if where == "home":
        row = roster.relation("USA", "RUS")
        return with_calendar(roster, [(at, Happening.DEPLOYMENT, row, size)])
    row = roster.codes.index(where)
    return with_calendar(roster, [(at, Happening.FORWARD, row, size)])


def forward_alarms(trial: Trial) -> Held:
    """P22: forces in an ally near the rival raise its fear more than as many at home."""
    roster = lab.with_start(small_alliance(), ("USA", "RUS"), start_deployment=0.0)
    home, forward = (
        _play(trial, _placed(roster, where, 0.25), worlds=1024, weeks=AT + 26)
        for where in ("home", HOST)
    )
    fear = [_fear(tracks, AT + 1) for tracks in (home, forward)]
    return held("P22 forces forward in an ally alarm more than as many at home", rise(*fear))


def _fear(tracks: Tracks, first: int) -> Floats:
    return level(tracks, "fear_east", first)


def forward_protects(trial: Trial) -> Held:
    """P22: they deter a prober from that ally."""
    prober = lab.with_traits(small_alliance(), RUS={"greed": 0.8})
    r = prober.relation("RUS", HOST)
    shown = []
    for roster in (prober, lab.with_traits(prober, **{HOST: {"start_hosted": 0.5}})):
        tracks = _play(trial, roster, worlds=1024, weeks=104)
        shown.append(lab.hostile_acts(tracks, [r], 1, 105))
    return held("P22 they deter a prober from that ally", fall(*shown))


def forward_withdrawn(trial: Trial) -> Held:
    """P22: their withdrawal reassures a seeker: it fears less and deploys less."""
    forward = lab.with_traits(small_alliance(), **{HOST: {"start_hosted": 0.5}})
    kept = _play(trial, forward, {"unstation_base": -12.0}, worlds=2048, weeks=104)
    left = _play(trial, _placed(forward, HOST, 0.0), {"unstation_base": -12.0},
                 worlds=2048, weeks=104)  # fmt: skip
    return held("P22 their withdrawal reassures a seeker",
                 fall(_fear(kept, AT + 1), _fear(left, AT + 1)),
                 fall(level(kept, "deployment_east", AT + 1),
                      level(left, "deployment_east", AT + 1)))  # fmt: skip


# P23 first strike


def first_strike(trial: Trial) -> Held:
    """P23: a mobilisation raises chosen force where offence has the advantage, not where defence.

    Counted are worlds in which the other side uses force within a quarter, with accidents and
    meetings off. *Not* is at most a tenth of the rise under the advantage of offence: that a
    display gives heat remains.
    """
    two = lab.pair_of_rivals()
    mine, theirs = lab.between_leaders(two)
    mobilised = with_calendar(two, [(AT - 1, Happening.DEPLOYMENT, theirs, 0.75)])
    changes = {}
    for offence in (0.9, 0.1):
        values = {"offence": offence, **lab.NO_ACCIDENTS, "incident": 0.0}
        plain, tense = (
            _any_force(
                _play(trial, roster, values, worlds=24576, weeks=AT + 13), [mine], AT, AT + 13
            )
            for roster in (two, mobilised)
        )
        changes[offence] = (plain, tense)
    return held("P23 a mobilisation raises chosen force under offence, not under defence",
                 rise(*changes[0.9]),
                 _at_most_tenth(*changes[0.1], rise(*changes[0.9])))  # fmt: skip


def _at_most_tenth(plain: Floats, tense: Floats, under_offence: Difference) -> Difference:
    """Return how far a rise stays under a tenth of what offence makes of it."""
    found = rise(plain, tense)
    bound = 0.1 * under_offence.mean
    return Difference(bound - found.mean, bound - found.high, bound - found.low)


# P24 one-sided understanding


def one_sided(trial: Trial) -> Held:
    """P24: one side's sensibility helps, and less than both sides'."""
    two = lab.pair_of_rivals()
    none = {code: {"sensibility": 0.0} for code in two.codes}
    one = {**none, "AAA": {"sensibility": 0.9}}
    both = {code: {"sensibility": 0.9} for code in two.codes}
    played = (
        _play(trial, lab.with_traits(two, **given), worlds=16384, weeks=156)
        for given in (none, one, both)
    )
    blind, half, wise = (lab.peaks(tracks, 0, Rung.CLASH) for tracks in played)
    return held("P24 one side's sensibility helps, and less than both sides'",
                 fall(blind, half), fall(half, wise))  # fmt: skip


# P25 stakes


def softness_costs(trial: Trial) -> Held:
    """P25: a prober met with softness takes more of what is at issue."""
    prober = rivals(grievance=0.1, fear=0.05, firmness=0.0)
    gains = [
        level(
            _play(trial, prober, {"challenger_greed": 0.8, "defender_firmness": firmness},
                  worlds=4096, weeks=156),
            "gains_east", 156,
        )
        for firmness in (1.0, 0.5, 0.0)
    ]  # fmt: skip
    return held("P25 a prober met with softness takes more",
                 *(rise(firm, soft) for firm, soft in pairwise(gains)))  # fmt: skip


# P26 no ornaments

REACTING = ("rhetoric", "sanctions", "appeal", "spending", "cohesion")


def moved_by(trial: Trial, mechanism: str) -> dict[str, Difference]:
    """Return what readiness for a mechanism does, 0 against 1 with the same start.

    Returns:
        Of each headline quantity of the default scenario, with over without; of fear, what is
        beyond 5 % of it.
    """
    found = {}
    without, with_it = (
        headline(trial, {f"{mechanism}_strength": strength}) for strength in (0.0, 1.0)
    )
    for name in with_it:
        found[name] = rise(without[name], with_it[name])
    fear, room = found["fear"], 0.05 * float(without["fear"].mean())
    low, high = (fear.low, fear.high) if fear.mean > 0.0 else (-fear.high, -fear.low)
    found["fear"] = Difference(abs(fear.mean) - room, low - room, high - room)
    return found


def _no_ornament(mechanism: str) -> Callable[[Trial], Held]:
    def claim(trial: Trial) -> Held:
        moved = moved_by(trial, mechanism)
        sides = [
            d if name == "fear" or d.mean > 0.0 else Difference(-d.mean, -d.high, -d.low)
            for name, d in moved.items()
        ]
        clearest = max(sides, key=lambda d: d.low / max(abs(d.mean), 1e-9))
        return held(f"P26 readiness for {mechanism} changes what comes", clearest)

    claim.__name__ = f"no_ornament_{mechanism}"
    claim.__doc__ = f"P26: readiness for {mechanism}, 0 against 1, moves a headline quantity."
    return claim


# P27 sizes


def sizes_of_members(trial: Trial) -> Held:
    """P27: disputes by pair go with the member's size as well as with proximity."""
    found = [
        sizes.rank_correlation(sizes.of_era(trial.parameters, worlds=trial.n(640), seed=seed))
        for seed in range(trial.seed, trial.seed + 4)
    ]
    off = np.array(found) - 0.65
    half = Z * float(off.std(ddof=1)) / np.sqrt(len(off))
    mean = float(off.mean())
    return held("P27 disputes by pair rank as recorded, .65 or more",
                 Difference(mean, mean - half, mean + half))  # fmt: skip


def pairs_not_opposed(trial: Trial) -> Held:
    """P27: pairs not opposed dispute at recorded rates by class, within a factor of two."""
    steps = []
    found = sizes.by_class(sizes.of_era(trial.parameters, worlds=trial.n(320), seed=trial.seed))
    for mine, theirs in found.values():
        steps += [rise(np.full(len(mine), 0.5 * theirs), mine),
                  fall(np.full(len(mine), 2.0 * theirs), mine)]  # fmt: skip
    return held("P27 pairs not opposed dispute at recorded rates, within a factor of two", *steps)


def wars_of_others(trial: Trial) -> Held:
    """P27: and fight at most .1 wars a year without Russia and Ukraine."""
    roster = lab.today()
    wars = lab.wars_of_others(_play(trial, roster, worlds=640, weeks=156), roster)
    return held("P27 ... and fight at most .1 wars a year", fall(np.full(len(wars), 0.1), wars))


LEVERS: tuple[Callable[[Trial], Held], ...] = (
    relief, arms_race, arms_race_indistinguishable, forward_alarms, forward_protects,
    forward_withdrawn, first_strike, one_sided, softness_costs,
    *(_no_ornament(mechanism) for mechanism in REACTING),
    sizes_of_members, pairs_not_opposed, wars_of_others,
)  # fmt: skip
