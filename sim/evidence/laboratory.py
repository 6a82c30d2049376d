"""What causes what: figures of reaction, from worlds that are paired on common random numbers.

Each answers one question of the design's P13 to P18: how many further acts an inserted one calls
forth (:func:`reproduction`), what a clash leaves (:func:`memory`), what remains when a mechanism
is taken out (:func:`clashed`, :data:`FROZEN`), where worlds settle (:func:`regimes`), what clashes
begin with (:func:`causes`). Rates alone cannot tell noise from memory; these can.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.config.job import load_scenario
from sim.engine.blocks import noted
from sim.engine.notes import DISPLAY, FORCE, FRESH, LEVEL, Tracks
from sim.evidence import sizes
from sim.evidence.claims import JERVIS, rivals
from sim.evidence.observation import WEEKS_PER_YEAR, leader_dyads
from sim.lanes import Floats
from sim.model.parameters import parameter_block
from sim.model.roster import RelationTraits, Roster, StateTraits, with_calendar
from sim.model.vocabulary import Cause, Happening, Rung

Bools = NDArray[np.bool_]
Values = Mapping[str, float]

NO_ACCIDENTS = {"accident": 0.0}
NO_NOISE = {"issue_size": 0.0}
NO_WORDS = {"accuse_base": -8.0, "accuse_fear": 0.0, "accuse_alarm": 0.0, "accuse_heat": 0.0,
            "accuse_firmness": 0.0, "accuse_issue": 0.0}  # fmt: skip
NO_DEPLOYMENTS = {"deploy_base": -12.0, "deploy_fear": 0.0, "deploy_heat": 0.0,
                  "deploy_reply": 0.0, "deploy_alarm": 0.0, "deploy_firmness": 0.0,
                  "deploy_opportunity": 0.0, "deploy_grievance": 0.0}  # fmt: skip
FROZEN = {
    "perception_rate": 0.0, "alarm_gain": 0.0, "fear_rise": 0.0, "fear_fall": 0.0,
    "deploy_reply": 0.0, "reply_threshold": 1.0, "score_limit": 0.0, "trust_limit": 0.0,
    "incident_fresh": 0.0, "strike_fresh": 0.0, "grievance_force": 0.0, "grievance_sanctions": 0.0,
    "grievance_fade": 0.0, "belief_rate": 0.0, "belief_up": 0.0, "belief_down": 0.0,
    "channel_rate": 0.0, "expulsion_cost": 0.0, "strike_first": 0.0, "withdraw_relief": 0.0,
    "lift_condition": 0.0, "grievance_loss": 0.0, "grievance_forward": 0.0, "spend_rate": 0.0,
}  # fmt: skip
"""What a state makes of the other's acts stays as at the start; noise, accidents, events and
routine go on."""

AT = 10
"""The week in which an act is inserted."""
YEAR = 52
SETTLED = 0.9
"""Share of a year at a display or above from which two rivals have settled there."""


@cache
def pair_of_rivals() -> Roster:
    """Return the roster of the scenario ``two_rivals``."""
    return load_scenario("two_rivals").roster


@cache
def today() -> Roster:
    """Return the roster of the default scenario."""
    return load_scenario("attache_briefing").roster


@cache
def calm_start() -> Roster:
    """Return two rivals with little to fear at the start."""
    return rivals(grievance=0.1, fear=0.1, rhetoric=0.25, deployment=0.25, firmness=0.5)


@cache
def tense_start() -> Roster:
    """Return the same two with much to fear: loud words, mobilised forces."""
    return rivals(grievance=0.1, fear=0.9, rhetoric=1.0, deployment=0.75, firmness=0.5)


def with_traits(roster: Roster, **given: Mapping[str, float]) -> Roster:
    """Return the roster with other traits of some states, by code."""
    of_states = roster.atlas.state_traits.copy()
    for code, values in given.items():
        for name, value in values.items():
            of_states[roster.codes.index(code), StateTraits.FIELDS.index(name), 0] = value
    return replace(roster, atlas=roster.atlas._replace(state_traits=of_states))


def with_start(roster: Roster, relation: tuple[str, str], **given: float) -> Roster:
    """Return the roster with another start of one relation."""
    of_relations = roster.atlas.relation_traits.copy()
    for name, value in given.items():
        of_relations[roster.relation(*relation), RelationTraits.FIELDS.index(name), 0] = value
    return replace(roster, atlas=roster.atlas._replace(relation_traits=of_relations))


def inserted(roster: Roster, kind: Happening, size: float, *relations: tuple[str, str]) -> Roster:
    """Return the roster with one more act, in week :data:`AT`, on each of these relations."""
    calendar = [(AT - 1, kind, roster.relation(*r), size) for r in relations]
    return with_calendar(roster, calendar)


def one_display(roster: Roster) -> Roster:
    """Return the roster in which the east's leader shows force to the west's once more."""
    west, east = roster.leaders
    return inserted(roster, Happening.DEPLOYMENT, 0.5, (east, west))


def one_exchange(roster: Roster) -> Roster:
    """Return the roster in which the two leaders once exchange fire."""
    west, east = roster.leaders
    return inserted(roster, Happening.FORCE, 1.0, (east, west), (west, east))


def play(
    roster: Roster, values: Values | None = None, *, worlds: int = 1024, weeks: int = 104,
    seed: int = 11,
) -> Tracks:  # fmt: skip
    """Return what is noted of worlds at the declared parameters but for ``values``."""
    point = parameter_block(values or {}, 1)[0, :, 0]
    return noted(roster, point, np.arange(worlds), n_weeks=weeks, seed=seed)


def between_leaders(roster: Roster) -> tuple[int, int]:
    """Return the relations of the two leaders with one another."""
    west, east = roster.leaders
    return roster.relation(west, east), roster.relation(east, west)


def force(tracks: Tracks, r: int) -> Bools:
    """Return whether a relation used force, ``[week, world]``."""
    used: Bools = (tracks.acts[:, r] & LEVEL) == FORCE
    return used


def display(tracks: Tracks, r: int) -> Bools:
    """Return whether a relation began, raised or renewed a display, ``[week, world]``."""
    shown: Bools = (tracks.acts[:, r] & FRESH) > 0
    return shown & ~force(tracks, r)


def hostile_acts(tracks: Tracks, relations: Iterable[int], first: int, stop: int) -> Floats:
    """Return the number of displays and uses of force in some weeks, ``[world]``."""
    count = np.zeros(tracks.acts.shape[2])
    for r in relations:
        count += display(tracks, r)[first:stop].sum(0) + force(tracks, r)[first:stop].sum(0)
    return count


def reproduction(
    roster: Roster, values: Values | None = None, *, worlds: int = 1024, seed: int = 11,
    without: Tracks | None = None,
) -> Floats:  # fmt: skip
    """Return the further acts, of either side, that one inserted display causes within a year.

    Args:
        roster: who is in the world; the display is of the east's leader.
        values: parameters that differ from the declared ones.
        worlds: to play.
        seed: of the worlds.
        without: the same worlds without it, if they are at hand.

    Returns:
        Of each world, ``[world]``; the inserted display itself is not counted.
    """
    sides, stop = between_leaders(roster), AT + 1 + YEAR
    before = without or play(roster, values, worlds=worlds, weeks=stop, seed=seed)
    after = play(one_display(roster), values, worlds=worlds, weeks=stop, seed=seed)
    first = AT + 1
    return hostile_acts(after, sides, first, stop) - hostile_acts(before, sides, first, stop)


def peaks(tracks: Tracks, pair: int, rung: Rung) -> Floats:
    """Return whether a pair reached a rung, ``[world]``."""
    came: Floats = (tracks.rungs[:, pair].max(0) >= rung).astype(float)
    return came


def clashed(roster: Roster, values: Values | None = None, *, worlds: int = 2048,
            weeks: int = 156, seed: int = 11) -> Floats:  # fmt: skip
    """Return whether the two leaders clashed, ``[world]``."""
    tracks = play(roster, values, worlds=worlds, weeks=weeks, seed=seed)
    return peaks(tracks, roster.atlas.leaders_pair, Rung.CLASH)


def memory(
    roster: Roster, values: Values | None = None, *, worlds: int = 2048, seed: int = 11
) -> Floats:
    """Return the rise, by an inserted exchange of fire, of any force in its 13th to 51st week."""
    sides, stop = between_leaders(roster), AT + YEAR

    def any_force(of: Roster) -> Floats:
        tracks = play(of, values, worlds=worlds, weeks=stop, seed=seed)
        used = force(tracks, sides[0]) | force(tracks, sides[1])
        return used[AT + 13 : stop].any(0).astype(float)

    return any_force(one_exchange(roster)) - any_force(roster)


def answered_only(tracks: Tracks, roster: Roster) -> Tracks:
    """Return tracks in which force that the other side did not use as well is a display.

    What is left of a clash is the weeks in which fire was exchanged.
    """
    left, right = roster.atlas.left, roster.atlas.right
    acts, rungs = tracks.acts.copy(), tracks.rungs.copy()
    fired = (acts & LEVEL) == FORCE
    both = fired[:, left] & fired[:, right]
    for side in (left, right):
        alone = fired[:, side] & ~both
        shown = acts[:, side] - (FORCE - DISPLAY) | FRESH
        acts[:, side] = np.where(alone, shown, acts[:, side])
    rungs[(rungs == Rung.CLASH) & ~both] = Rung.CRISIS
    return tracks._replace(acts=acts, rungs=rungs)


def newly(tracks: Tracks, pair: int, rung: Rung) -> Bools:
    """Return whether a pair newly came to a rung or beyond, ``[week, world]``."""
    rungs = tracks.rungs[:, pair]
    came = np.zeros(rungs.shape, bool)
    came[1:] = (rungs[1:] >= rung) & (rungs[:-1] < rung)
    return came


def new_clashes(tracks: Tracks, pair: int) -> Bools:
    """Return whether a pair's violence began, ``[week, world]``."""
    return newly(tracks, pair, Rung.CLASH)


def cause_of(tracks: Tracks, pair: int) -> NDArray[np.integer[Any]]:
    """Return the :class:`~sim.model.vocabulary.Cause` of a pair's violence, ``[week, world]``."""
    found: NDArray[np.integer[Any]] = tracks.causes[:, pair] & 7
    return found


def second_and_third_year(
    roster: Roster, values: Values | None = None, *, worlds: int = 4096, seed: int = 11
) -> tuple[Bools, Bools]:
    """Return whether the leaders newly clashed in year 2, and in year 3, issues being still."""
    tracks = play(roster, {**(values or {}), **NO_NOISE}, worlds=worlds, weeks=156, seed=seed)
    began = new_clashes(tracks, roster.atlas.leaders_pair)
    second: Bools = np.asarray(began[52:104].any(0))
    third: Bools = np.asarray(began[104:156].any(0))
    return second, third


def regimes(
    values: Values | None = None, *, tense: bool, world: str, worlds: int = 512, seed: int = 11
) -> Floats:
    """Return the share of year 5 that two rivals spend at a display or above, ``[world]``.

    Args:
        values: parameters that differ from the declared ones.
        tense: a start of fear .9, loud words and mobilised forces; else fear .1 and calm.
        world: one of the four of Jervis.
        worlds: to play.
        seed: of the worlds.
    """
    changed = {**(values or {}), **JERVIS[world], **NO_ACCIDENTS}
    tracks = play(
        tense_start() if tense else calm_start(), changed, worlds=worlds, weeks=260, seed=seed
    )
    share: Floats = (tracks.rungs[-YEAR:, 0] >= Rung.DISPLAY).mean(0)
    return share


def causes(tracks: Tracks, roster: Roster, pairs: Sequence[int] | None = None) -> dict[str, int]:
    """Return how many clashes began with each cause, and how many were one side's alone.

    Args:
        tracks: what was noted.
        roster: who is in the worlds.
        pairs: the pairs that count, else the east's leader with each member of the west.
    """
    found = {cause.name.lower(): 0 for cause in Cause}
    found |= {"accident_alone": 0, "unanswered": 0}
    for pair in leader_dyads(roster).pair if pairs is None else pairs:
        began = new_clashes(tracks, int(pair))
        kinds = cause_of(tracks, int(pair))[began]
        for cause in Cause:
            found[cause.name.lower()] += int((kinds == cause).sum())
        left, right = roster.atlas.left[pair], roster.atlas.right[pair]
        both = (force(tracks, left) & force(tracks, right))[began]
        found["accident_alone"] += int(((kinds == Cause.ACCIDENT) & ~both).sum())
        found["unanswered"] += int(((kinds != Cause.ACCIDENT) & ~both).sum())
    return found


def wars(tracks: Tracks, pairs: Sequence[int]) -> tuple[int, int]:
    """Return how many wars began among pairs, and how many of them by an accident alone."""
    began, by_accident = 0, 0
    for pair in pairs:
        new = newly(tracks, pair, Rung.WAR)
        began += int(new.sum())
        by_accident += int((cause_of(tracks, pair)[new] == Cause.ACCIDENT).sum())
    return began, by_accident


def wars_of_others(tracks: Tracks, roster: Roster) -> Floats:
    """Return wars a year among pairs that are not opposed, ``[world]``.

    Russia and Ukraine, who are at war from the start, are left out.
    """
    begun = np.zeros(tracks.rungs.shape[2])
    for pair in (pair for pairs in sizes.classes(roster).values() for pair in pairs):
        if {roster.codes[i] for i in roster.pairs[pair]} != {"RUS", "UKR"}:
            begun += newly(tracks, pair, Rung.WAR).sum(0)
    found: Floats = begun * WEEKS_PER_YEAR / (tracks.rungs.shape[0] - 1)
    return found


# Everything at once, to judge a set of values


@dataclass(frozen=True)
class Aim:
    """What a figure should be, with the room that a search gives it."""

    low: float = -np.inf
    high: float = np.inf
    scale: float = 0.1  # what counts as one unit off
    log: bool = False  # judged by its logarithm

    def off(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return by how many units values (their logarithms, if judged so) miss the aim, 0 to 6."""
        low, high = (np.log([self.low, self.high])) if self.log else (self.low, self.high)
        missed = np.maximum(low - value, 0.0) + np.maximum(value - high, 0.0)
        return np.minimum(missed / self.scale, 6.0)

    def judged(self, value: float) -> float:
        """Return a figure as it is judged."""
        return float(np.log(max(value, 0.005))) if self.log else value


AIMS: dict[str, Aim] = {
    "display to acts, two rivals": Aim(0.42, 0.72, 0.15, log=True),
    "display to acts, doubly dangerous": Aim(1.2, 4.5, 0.2, log=True),
    "display to acts, doubly stable": Aim(high=0.12, scale=0.025),
    "two rivals clash": Aim(0.08, 0.32, 0.2, log=True),
    "frozen keeps, two rivals": Aim(high=0.38, scale=0.06),
    "no words keeps, two rivals": Aim(low=0.38, scale=0.06),
    "no deployments keeps, two rivals": Aim(high=0.82, scale=0.06),
    "exchange of fire leaves": Aim(0.045, 0.13, 0.015),
    "year 3 after a clash in year 2": Aim(2.5, 20.0, 0.2, log=True),
    "dangerous, calm: at a display": Aim(low=0.37, scale=0.08),
    "dangerous, tense: at a display": Aim(low=0.68, scale=0.08),
    "dangerous, calm: between": Aim(high=0.15, scale=0.05),
    "dangerous, tense: between": Aim(high=0.15, scale=0.05),
    "stable: at a display": Aim(high=0.01, scale=0.02),
    "greed .3 over 0": Aim(1.12, 9.0, 0.1, log=True),
    "greed .5 over .3": Aim(1.12, 9.0, 0.1, log=True),
    "greed .8 over .5": Aim(1.12, 9.0, 0.1, log=True),
    "leaders clash": Aim(0.18, 0.31, 0.03),
    "no accidents keeps, leaders": Aim(low=0.68, scale=0.1),
    "frozen keeps, leaders": Aim(high=0.26, scale=0.07),
    "begun by a choice": Aim(low=0.68, scale=0.06),
    "wars by an accident": Aim(high=0.11, scale=0.05),
    "sizes": Aim(low=0.68, scale=0.06),
    "others, rivals": Aim(0.6, 1.6, 0.2, log=True),
    "others, neighbours by land": Aim(0.6, 1.6, 0.2, log=True),
    "others, the rest": Aim(0.6, 1.6, 0.2, log=True),
    "wars of others": Aim(high=0.085, scale=0.02),
}
"""What a search judges of P13 to P18 and P27, some way inside what the design asks."""


def figures(values: Values, *, worlds: int = 1024, seed: int = 11) -> dict[str, float]:
    """Return the figures that :data:`AIMS` name, but for those of the record's era.

    Args:
        values: parameters that differ from the declared ones.
        worlds: of two rivals; the default scenario has an eighth of them.
        seed: of the worlds.
    """
    two, year = pair_of_rivals(), AT + 1 + YEAR
    plain = play(two, values, worlds=worlds, weeks=year, seed=seed)
    found = {
        "display to acts, two rivals": reproduction(
            two, values, worlds=worlds, seed=seed, without=plain
        ).mean()
    }
    for name in ("doubly dangerous", "doubly stable"):
        caused = reproduction(two, {**values, **JERVIS[name]}, worlds=worlds, seed=seed)
        found[f"display to acts, {name}"] = caused.mean()

    def share(roster: Roster, changed: Values, n: int) -> float:
        return float(clashed(roster, {**values, **changed}, worlds=n, seed=seed).mean())

    base = max(share(two, {}, 2 * worlds), 1e-3)
    found["two rivals clash"] = base
    for name, changed in (
        ("frozen", FROZEN), ("no words", NO_WORDS), ("no deployments", NO_DEPLOYMENTS)
    ):  # fmt: skip
        found[f"{name} keeps, two rivals"] = share(two, changed, 2 * worlds) / base
    found["exchange of fire leaves"] = memory(two, values, worlds=2 * worlds, seed=seed).mean()
    second, third = second_and_third_year(two, values, worlds=2 * worlds, seed=seed)
    after = (third[second].sum() + 0.5) / (second.sum() + 1.0)
    found["year 3 after a clash in year 2"] = after / max(
        (third[~second].sum() + 0.5) / ((~second).sum() + 1.0), 1e-3
    )
    for tense, start in ((False, "calm"), (True, "tense")):
        spent = regimes(values, tense=tense, world="doubly dangerous", worlds=worlds // 2,
                        seed=seed)  # fmt: skip
        found[f"dangerous, {start}: at a display"] = (spent > SETTLED).mean()
        found[f"dangerous, {start}: between"] = ((spent > 0.1) & (spent <= SETTLED)).mean()
    quiet = regimes(values, tense=True, world="doubly stable", worlds=worlds // 4, seed=seed)
    found["stable: at a display"] = (quiet > SETTLED).mean()
    by_greed = [
        max(
            clashed(with_traits(two, BBB={"greed": g}), values, worlds=worlds, seed=seed).mean(),
            0.003,
        )
        for g in (0.0, 0.3, 0.5, 0.8)
    ]
    for k, name in enumerate(("greed .3 over 0", "greed .5 over .3", "greed .8 over .5")):
        found[name] = by_greed[k + 1] / by_greed[k]
    roster, n = today(), worlds // 8
    now = play(roster, values, worlds=n, seed=seed)
    pair = roster.atlas.leaders_pair
    leaders = max(peaks(now, pair, Rung.CLASH).mean(), 1e-3)
    found["leaders clash"] = leaders
    begun = causes(now, roster)
    total = sum(begun[c.name.lower()] for c in Cause)
    found["begun by a choice"] = (begun["choice"] + begun["met"]) / max(total, 1)
    found["wars of others"] = wars_of_others(now, roster).mean()
    n_wars, by_accident = wars(now, range(roster.n_pairs))
    found["wars by an accident"] = by_accident / max(n_wars, 1)
    for name, changed in (("no accidents", NO_ACCIDENTS), ("frozen", FROZEN)):
        left = play(roster, {**values, **changed}, worlds=n, seed=seed)
        found[f"{name} keeps, leaders"] = peaks(left, pair, Rung.CLASH).mean() / leaders
    return {name: float(value) for name, value in found.items()}
