"""Why a world came to its worst: which links on the way were decisive, alone and in pairs.

Each link is taken out of the world's own past, and the future is played again: with the same luck,
and with other lucks from the end of the link's week on. A link's *effect* is by how many futures of
a hundred the outcome comes less often without it, on the same lucks as futures that have it. This
is the counterfactual reading of a cause (Lewis 1973; Pearl 2000): necessary, where the outcome does
not come without it; sufficient, where it comes with it alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.intervals import changed_counts, wilson
from sim.errors import Fault, InputError
from sim.forks.futures import NEVER, Arm, Outcome, Past, outcomes_of, worst
from sim.forks.links import AT_MOST, Link, LinkKind, links_of, nearest_links
from sim.model.vocabulary import Rung
from sim.plan.changes import Change

BEFORE = 39
"""Weeks before the worst one for which the risk is told."""
LUCKS = 200
"""Other lucks in which each link is tried."""
LEAST = Rung.DISPLAY
"""The rung that a world must have come to."""
STRONGEST = 5
"""Links that are tried in pairs."""
DECISIVE = 0.5
"""Part of the futures with a link in which the outcome comes without it, at most, where the link is
decisive."""

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Share:
    """In how many of some futures the outcome comes."""

    came: int
    n: int

    @property
    def value(self) -> float:
        """The share."""
        return self.came / self.n

    @property
    def ends(self) -> tuple[float, float]:
        """The two ends of its 95 % interval (Wilson)."""
        low, high = wilson(self.came, self.n)
        return float(low), float(high)


def _share(came: Bools) -> Share:
    return Share(int(came.sum()), len(came))


@dataclass(frozen=True)
class Weighed:
    """A link, and what becomes of the world without it.

    Attributes:
        link: it.
        same: whether the outcome comes without it, luck being the same.
        had: in how many futures it comes with it, other lucks after its week.
        lacked: ... without it, on the same lucks.
        effect: the difference, with the ends of its 95 % interval.
        alone: in how many it comes with this link and none of the others, of the strongest.
    """

    link: Link
    same: bool
    had: Share
    lacked: Share
    effect: tuple[float, float, float]
    alone: Share | None = None

    @property
    def decisive(self) -> bool:
        """Whether the outcome comes at most half as often without it, clear of chance."""
        return self.effect[1] > 0.0 and self.lacked.value <= DECISIVE * self.had.value


@dataclass(frozen=True)
class Two:
    """Two links, and what becomes of the world without either and without both.

    All lucks are other after the later of the two weeks.

    Attributes:
        first, second: places of the links, in order of weeks.
        had: in how many futures the outcome comes with both.
        lacks: without the first, without the second, without both.
        follows: whether the second is gone where the first is taken out.
    """

    first: int
    second: int
    had: Share
    lacks: tuple[Share, Share, Share]
    follows: bool

    @property
    def relation(self) -> str:
        """How the two work: ``together``, ``chain``, ``either`` or nothing of these.

        Together: without either of them the outcome comes at most half as often, so that both are
        needed. A chain: the same, but the second would not have been without the first. Either: it
        comes more often than that without one of them, but not without both.
        """
        few = [s.value <= DECISIVE * self.had.value for s in self.lacks]
        if not self.had.came or not few[2]:
            return ""
        if few[0] and few[1]:
            return "chain" if self.follows else "together"
        return "" if few[0] or few[1] else "either"


@dataclass(frozen=True)
class Why:
    """What a world's worst came of.

    Attributes:
        past: the world.
        outcome: its worst.
        links: those asked about, in order of weeks.
        pairs: the strongest in pairs.
        risk: by week, in how many futures with other lucks from its end on the outcome came within
            the next ``within`` weeks.
        within: see :func:`why`.
        n_lucks: other lucks in which each was tried.
    """

    past: Past
    outcome: Outcome
    links: tuple[Weighed, ...]
    pairs: tuple[Two, ...]
    risk: Mapping[int, Share]
    within: int
    n_lucks: int

    @property
    def ranked(self) -> list[Weighed]:
        """The links, the strongest first; of equals the nearer."""
        return sorted(self.links, key=lambda w: (-w.effect[0], w.same, w.link.near))

    @property
    def ends(self) -> tuple[str, str]:
        """Codes of the two states."""
        roster = self.past.scenario.roster
        one, other = roster.pairs[self.outcome.pair]
        return roster.codes[one], roster.codes[other]

    def table(self) -> pd.DataFrame:
        """Return a row for each link, the strongest first."""
        rows = []
        for rank, weighed in enumerate(self.ranked, 1):
            link = weighed.link
            had, lacked, alone = weighed.had, weighed.lacked, weighed.alone
            rows.append(
                {
                    "rank": rank, "week": link.week, "kind": link.kind.value, "who": link.who,
                    "toward": link.toward, "what": link.text,
                    "same_luck": "comes" if weighed.same else "does not come",
                    "with": had.value, "with_lo": had.ends[0], "with_hi": had.ends[1],
                    "without": lacked.value, "without_lo": lacked.ends[0],
                    "without_hi": lacked.ends[1], "effect": weighed.effect[0],
                    "effect_lo": weighed.effect[1], "effect_hi": weighed.effect[2],
                    "alone": alone.value if alone else np.nan,
                    "alone_lo": alone.ends[0] if alone else np.nan,
                    "alone_hi": alone.ends[1] if alone else np.nan,
                    "decisive": weighed.decisive, "futures": had.n,
                }
            )  # fmt: skip
        return pd.DataFrame(rows)

    def pairs_table(self) -> pd.DataFrame:
        """Return a row for each pair of links that was tried."""
        rows = []
        for two in self.pairs:
            first, second = self.links[two.first].link, self.links[two.second].link
            rows.append(
                {
                    "week_1": first.week, "what_1": first.text, "week_2": second.week,
                    "what_2": second.text, "with_both": two.had.value,
                    "without_1": two.lacks[0].value, "without_2": two.lacks[1].value,
                    "without_both": two.lacks[2].value, "relation": two.relation,
                    "futures": two.had.n,
                }
            )  # fmt: skip
        return pd.DataFrame(rows)


def effect_of(had: Bools, lacked: Bools) -> tuple[float, float, float]:
    """Return by how much a share falls from futures to others on the same lucks, with its interval.

    Args:
        had, lacked: whether the outcome comes, ``[future]``.
    """
    up, down = int((had & ~lacked).sum()), int((lacked & ~had).sum())
    low, high = changed_counts(up, down, up + down, len(had))
    return (up - down) / len(had), max(-1.0, float(low)), min(1.0, float(high))


def why(
    past: Past, *, pair: tuple[str, str] | None = None, within: int = 26, n_lucks: int = LUCKS,
    at_most: int = AT_MOST, in_pairs: bool = True, threads: int = 1,
) -> Why:  # fmt: skip
    """Return what a world's worst came of.

    Args:
        past: the world.
        pair: two states whose worst it is; see :func:`sim.forks.futures.worst`.
        within: weeks after the worst one in which the outcome still counts.
        n_lucks: other lucks in which each link is tried, 1 or more.
        at_most: links that are asked about.
        in_pairs: whether the strongest are tried in pairs.
        threads: threads to use.

    Raises:
        InputError: if the world, or the pair, never came to a display of force.
    """
    outcome = worst(past.history, pair, within)
    if outcome.rung < LEAST:
        told = f"never came beyond rung {outcome.rung}: there is nothing to explain"
        raise InputError([Fault(f"world {past.number}", "", told)])
    links = nearest_links(past, outcome, at_most)
    n = n_lucks + 1
    weeks = sorted({link.week for link in links})
    arms = [Arm(("had", week), week, week, n_lucks=n) for week in weeks]
    way = range(max(0, outcome.week - BEFORE), outcome.week) if in_pairs else range(0)
    for week in way:  # the risk, as far ahead from each
        until = min(week + within, past.n_weeks)
        arms.append(Arm(("risk", week), week + 1, week, n_lucks=n, until=until))
    arms += [Arm(("without", k), link.week, link.week, link.changes, link.events, n)
             for k, link in enumerate(links)]  # fmt: skip
    came = {name: weeks != NEVER for name, weeks in
            outcomes_of(past, outcome, arms, threads=threads).items()}  # fmt: skip
    weighed = []
    for k, link in enumerate(links):
        had, lacked = came["had", link.week], came["without", k]
        effect = effect_of(had[1:], lacked[1:])
        weighed.append(Weighed(link, bool(lacked[0]), _share(had[1:]), _share(lacked[1:]), effect))
    risk = {week: _share(came["risk", week][1:]) for week in way}
    found = Why(past, outcome, tuple(weighed), (), risk, within, n_lucks)
    return _closer(found, n, threads) if in_pairs else found


def _merged(changes: Sequence[Change]) -> tuple[Change, ...]:
    return tuple(dict.fromkeys(changes))


def _kept_alone(found: Why, k: int, n: int) -> Arm:
    """Return the futures that have one of the links and none of the others."""
    links = [weighed.link for weighed in found.links]
    link, others = links[k], [other for j, other in enumerate(links) if j != k]
    changes = _merged([*link.held, *(c for other in others for c in other.changes)])
    gone = tuple(place for other in others for place in other.events)
    return Arm(("alone", k), min(each.week for each in links), link.week, changes, gone, n)


def _closer(found: Why, n: int, threads: int) -> Why:
    """Try the strongest links alone, and in pairs."""
    links = [weighed.link for weighed in found.links]
    strongest = sorted(map(found.links.index, found.ranked[:STRONGEST]))
    arms = [_kept_alone(found, k, n) for k in strongest]
    for i, j in combinations(strongest, 2):
        first, second = links[i], links[j]
        both = _merged((*first.changes, *second.changes))
        gone = (*first.events, *second.events)
        arms += [
            Arm(("first", i, j), first.week, second.week, first.changes, first.events, n),
            Arm(("both", i, j), first.week, second.week, both, gone, n),
        ]
    weeks = outcomes_of(found.past, found.outcome, arms, threads=threads)
    came = {name: _share(each[1:] != NEVER) for name, each in weeks.items()}
    after = {i: _after(found.past, links[i], [links[j] for j in strongest]) for i in strongest[:-1]}
    pairs = tuple(
        Two(i, j, found.links[j].had,
            (came["first", i, j], found.links[j].lacked, came["both", i, j]),
            _same_link(links[j]) not in after[i])
        for i, j in combinations(strongest, 2)
    )  # fmt: skip
    weighed = tuple(replace(each, alone=came.get(("alone", k)))
                    for k, each in enumerate(found.links))  # fmt: skip
    return replace(found, pairs=pairs, links=weighed)


def _after(past: Past, gone: Link, links: Sequence[Link]) -> set[tuple[object, ...]]:
    """Return which of some links there still are without one, luck being the same."""
    scenario, week = past.scenario, max(link.week for link in links)
    events = tuple(e for k, e in enumerate(scenario.events) if k not in gone.events)
    roster = past.with_changes(gone.changes, gone.events)
    other = replace(past, n_weeks=week, scenario=replace(scenario, roster=roster, events=events))
    ends = {(link.who, link.toward) for link in links if link.event is None}
    pairs = {int(roster.atlas.pair[roster.relation(*each)]) for each in ends}
    there = {
        _same_link(link)
        for pair in pairs for link in links_of(other, Outcome(pair, 0, week, week))
    }  # fmt: skip
    return there | {_same_link(link) for link in links if link.event is not None}


def _same_link(link: Link) -> tuple[object, ...]:
    return link.week, link.kind, link.who, link.toward


# Over an ensemble


@dataclass(frozen=True)
class Kinds:
    """Which kinds of links were decisive, over worlds that came to an outcome.

    Attributes:
        worlds: their numbers.
        table: a row for each kind of link: in how many of them one was decisive, and its share.
        before: in how many of them a link of any kind before the worst week was decisive.
        n_lucks: other lucks in which each link was tried.
    """

    worlds: tuple[int, ...]
    table: pd.DataFrame
    before: int
    n_lucks: int


def kinds_of(whys: Sequence[Why]) -> Kinds:
    """Return which kinds of links were decisive in some worlds.

    Args:
        whys: of the worlds, one or more.
    """
    rows, n = [], len(whys)
    for kind in LinkKind:
        mine = [[w for w in each.links if w.link.kind == kind] for each in whys]
        decisive = sum(any(w.decisive for w in some) for some in mine)
        needed = sum(any(not w.same for w in some) for some in mine)
        first = sum(each.ranked[0].link.kind == kind for each in whys if each.ranked)
        before = sum(
            any(w.decisive and w.link.week < each.outcome.week for w in some)
            for each, some in zip(whys, mine, strict=True)
        )
        low, high = wilson(decisive, n)
        rows.append(
            {
                "kind": kind.value, "worlds": n, "asked": sum(bool(some) for some in mine),
                "decisive": decisive, "share": decisive / n, "lo": float(low), "hi": float(high),
                "decisive_before": before, "necessary_same_luck": needed, "strongest": first,
            }
        )  # fmt: skip
    table = pd.DataFrame(rows).sort_values(["decisive", "kind"], ascending=[False, True])
    earlier = sum(
        any(w.decisive and w.link.week < each.outcome.week for w in each.links) for each in whys
    )
    return Kinds(tuple(each.past.number for each in whys), table.reset_index(drop=True), earlier,
                 whys[0].n_lucks)  # fmt: skip
