"""Why a world came to its worst: what began it, and which links on the way were decisive.

What it consisted of is its *trigger*: the force, the meeting or the accident of its own week. Each
other link is taken out of the world's own past (it does not happen in its week; it may later), and
the future is played again: with the same luck, and with other lucks from the end of the link's week
on. Its *effect* is by how many futures of a hundred the outcome comes less often without it, on the
same lucks as futures that have it: a counterfactual reading of a cause (Lewis 1973; Pearl 2000), in
probabilities. What many links did together is asked on the eve: all of a kind, or of a side, are
taken out with the luck as it was, and luck is another from the week before the outcome on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.intervals import changed_counts, student, wilson
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
SURE = 0.05
"""Chance at which a difference is clear, divided among the links of a world."""
ALL = "all earlier links"

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


@dataclass(frozen=True)
class Compared:
    """Futures that have something and futures that lack it, luck by luck.

    Attributes:
        had, lacked: in how many the outcome comes.
        effect: by how much its share is less without, with the ends of its 95 % interval.
        chance: of so large a difference by chance alone (exact sign test, two sides).
    """

    had: Share
    lacked: Share
    effect: tuple[float, float, float]
    chance: float

    @classmethod
    def of(cls, had: Bools, lacked: Bools) -> Compared:
        """Return what two arms on the same lucks say.

        Args:
            had, lacked: whether the outcome comes, ``[future]``.
        """
        up, down, n = int((had & ~lacked).sum()), int((lacked & ~had).sum()), len(had)
        low, high = changed_counts(up, down, up + down, n)
        effect = (up - down) / n, max(-1.0, float(low)), min(1.0, float(high))
        return cls(Share(int(had.sum()), n), Share(int(lacked.sum()), n), effect,
                   sign_test(up, down))  # fmt: skip

    def clear(self, tests: int = 1) -> bool:
        """Say whether the difference is clear of chance, being one of so many that are tested."""
        return self.chance <= SURE / tests

    @property
    def halved(self) -> bool:
        """Whether the outcome comes at most half as often without."""
        return self.lacked.value <= DECISIVE * self.had.value

    def decides(self, tests: int = 1) -> bool:
        """Say whether it is decisive: halved, less often, and clear of chance."""
        return self.halved and self.effect[0] > 0.0 and self.clear(tests)

    def testable(self, tests: int = 1) -> bool:
        """Say whether it could be found decisive at all, if the outcome never came without it."""
        return sign_test(self.had.came, 0) <= SURE / tests


def sign_test(up: int, down: int) -> float:
    """Return the chance of a split as uneven as this, or more, of changes that go either way."""
    from scipy.special import bdtr

    return min(1.0, 2.0 * float(bdtr(min(up, down), up + down, 0.5))) if up + down else 1.0


@dataclass(frozen=True)
class Weighed:
    """A link, and what becomes of the world without it.

    Attributes:
        link: it.
        same: whether the outcome comes without it, luck being the same.
        compared: futures with it and without, other lucks after its week.
        decisive: whether the outcome comes at most half as often without it, clear of chance.
        trigger: whether it is what the outcome consisted of, in its very week.
        alone: in how many futures it comes with this link and none of the others, of the strongest.
    """

    link: Link
    same: bool
    compared: Compared
    decisive: bool
    trigger: bool = False
    alone: Share | None = None


@dataclass(frozen=True)
class Two:
    """Two links, and what becomes of the world without either and without both.

    All lucks are other after the later of the two weeks.

    Attributes:
        first, second: places of the links, in order of weeks.
        lacks: futures with both against those without the first, without the second, without both.
        follows: whether the second is gone where the first is taken out.
    """

    first: int
    second: int
    lacks: tuple[Compared, Compared, Compared]
    follows: bool

    @property
    def relation(self) -> str:
        """How the two work: ``together``, ``chain``, ``either`` or nothing of these.

        Together: without either of them the outcome comes at most half as often, clear of chance,
        so that both are needed. A chain: the same, but the second would not have been without the
        first. Either: it comes more often than that without one of them, but not without both.
        """
        one, other, both = (each.decides() for each in self.lacks)
        if not both:
            return ""
        if one and other:
            return "chain" if self.follows else "together"
        apart = not (self.lacks[0].halved or self.lacks[1].halved)
        return "either" if apart else ""


@dataclass(frozen=True)
class Group:
    """Several earlier links taken out together, and what that does to the risk on the eve."""

    name: str
    n_links: int
    compared: Compared


@dataclass(frozen=True)
class Why:
    """What a world's worst came of.

    Attributes:
        past: the world.
        outcome: its worst.
        links: those asked about, in order of weeks.
        pairs: the strongest in pairs.
        groups: of earlier links, all of them first.
        risk: by week, in how many futures with other lucks from its end on the outcome came within
            the next ``within`` weeks.
        within: see :func:`why`.
        n_lucks: other lucks in which each was tried.
    """

    past: Past
    outcome: Outcome
    links: tuple[Weighed, ...]
    pairs: tuple[Two, ...]
    groups: tuple[Group, ...]
    risk: Mapping[int, Share]
    within: int
    n_lucks: int

    @property
    def triggers(self) -> list[Weighed]:
        """What the outcome consisted of."""
        return [weighed for weighed in self.links if weighed.trigger]

    @property
    def ranked(self) -> list[Weighed]:
        """The other links, the strongest first; of equals the nearer."""
        rest = [weighed for weighed in self.links if not weighed.trigger]
        return sorted(rest, key=lambda w: (-w.compared.effect[0], w.same, w.link.near))

    @property
    def ends(self) -> tuple[str, str]:
        """Codes of the two states."""
        roster = self.past.scenario.roster
        one, other = roster.pairs[self.outcome.pair]
        return roster.codes[one], roster.codes[other]

    def table(self) -> pd.DataFrame:
        """Return a row for each link, triggers first (rank 0), then the strongest."""
        rows = []
        for rank, weighed in [*((0, w) for w in self.triggers), *enumerate(self.ranked, 1)]:
            link, compared, alone = weighed.link, weighed.compared, weighed.alone
            had, lacked = compared.had, compared.lacked
            rows.append(
                {
                    "rank": rank, "week": link.week, "kind": link.kind.value, "who": link.who,
                    "toward": link.toward, "what": link.text, "trigger": weighed.trigger,
                    "same_luck": "comes" if weighed.same else "does not come",
                    "with": had.value, "with_lo": had.ends[0], "with_hi": had.ends[1],
                    "without": lacked.value, "without_lo": lacked.ends[0],
                    "without_hi": lacked.ends[1], "effect": compared.effect[0],
                    "effect_lo": compared.effect[1], "effect_hi": compared.effect[2],
                    "chance": compared.chance, "decisive": weighed.decisive,
                    "alone": alone.value if alone else np.nan,
                    "alone_lo": alone.ends[0] if alone else np.nan,
                    "alone_hi": alone.ends[1] if alone else np.nan, "futures": had.n,
                }
            )  # fmt: skip
        return pd.DataFrame(rows)

    def pairs_table(self) -> pd.DataFrame:
        """Return a row for each pair of links that was tried."""
        rows = []
        for two in self.pairs:
            first, second = self.links[two.first].link, self.links[two.second].link
            one, other, both = two.lacks
            rows.append(
                {
                    "week_1": first.week, "what_1": first.text, "week_2": second.week,
                    "what_2": second.text, "with_both": both.had.value,
                    "without_1": one.lacked.value, "without_2": other.lacked.value,
                    "without_both": both.lacked.value, "relation": two.relation,
                    "futures": both.had.n,
                }
            )  # fmt: skip
        return pd.DataFrame(rows)

    def groups_table(self) -> pd.DataFrame:
        """Return a row for each group of earlier links that was taken out together."""
        return pd.DataFrame(
            {
                "group": each.name, "links": each.n_links, "risk": each.compared.had.value,
                "without": each.compared.lacked.value, "effect": each.compared.effect[0],
                "effect_lo": each.compared.effect[1], "effect_hi": each.compared.effect[2],
                "chance": each.compared.chance, "futures": each.compared.had.n,
            }
            for each in self.groups
        )  # fmt: skip


def why(
    past: Past, *, pair: tuple[str, str] | None = None, within: int = 26, n_lucks: int = LUCKS,
    at_most: int = AT_MOST, in_full: bool = True, threads: int = 1,
) -> Why:  # fmt: skip
    """Return what a world's worst came of.

    Args:
        past: the world.
        pair: two states whose worst it is; see :func:`sim.forks.futures.worst`.
        within: weeks after the worst one in which the outcome still counts; they are played also
            where the world itself ends before.
        n_lucks: other lucks in which each link is tried, 1 or more.
        at_most: links that are asked about.
        in_full: whether the risk on the way is told, and the strongest are tried alone, and in
            pairs.
        threads: threads to use.

    Raises:
        InputError: if the world, or the pair, never came to a display of force.
    """
    if within < 1 or n_lucks < 1:
        raise ValueError("within and n_lucks must be 1 or more")
    outcome = worst(past.history, pair, within)
    if outcome.rung < LEAST:
        told = f"never came beyond rung {outcome.rung}: there is nothing to explain"
        raise InputError([Fault(past.label, "", told)])
    links = nearest_links(past, outcome, at_most)
    n, eve = n_lucks + 1, outcome.week - 1
    arms = [Arm(("had", week), week, week, n_lucks=n) for week in sorted({k.week for k in links})]
    way = range(max(0, outcome.week - BEFORE) if in_full else eve, outcome.week)
    arms += [
        Arm(("risk", week), week + 1, week, n_lucks=n, until=week + within) for week in way
    ]  # as far ahead from each
    arms += [Arm(("without", k), link.week, link.week, link.changes, link.events, n)
             for k, link in enumerate(links)]  # fmt: skip
    groups = _groups(links, outcome)
    for name, some in groups.items():
        changes = _merged(c for link in some for c in link.changes)
        gone = tuple(place for link in some for place in link.events)
        first = min(link.week for link in some)
        arms.append(Arm(("group", name), first, eve, changes, gone, n, until=eve + within))
    came = {name: weeks != NEVER for name, weeks in
            outcomes_of(past, outcome, arms, threads=threads).items()}  # fmt: skip
    n_tests = max(1, sum(not link.begins for link in links))
    weighed = []
    for k, link in enumerate(links):
        had, lacked = came["had", link.week], came["without", k]
        compared = Compared.of(had[1:], lacked[1:])
        decides = not link.begins and compared.decides(n_tests)
        weighed.append(Weighed(link, bool(lacked[0]), compared, decides, link.begins))
    found = Why(
        past, outcome, tuple(weighed), (),
        tuple(Group(name, len(some), Compared.of(came["risk", eve][1:], came["group", name][1:]))
              for name, some in groups.items()),
        {week: Share(int(came["risk", week][1:].sum()), n_lucks) for week in way},
        within, n_lucks,
    )  # fmt: skip
    return _closer(found, n, threads) if in_full else found


def _groups(links: Sequence[Link], outcome: Outcome) -> dict[str, list[Link]]:
    """Return the earlier links that are taken out together, by what they have in common."""
    earlier = [link for link in links if link.week < outcome.week]
    found = {ALL: earlier}
    for kind in LinkKind:
        found[kind.value] = [link for link in earlier if link.kind == kind]
    for who in sorted({link.who for link in earlier if link.event is None}):
        found[who] = [link for link in earlier if link.who == who and link.event is None]
    return {name: some for name, some in found.items() if some}


def _merged(changes: Iterable[Change]) -> tuple[Change, ...]:
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
    arms = [Arm(("had", links[k].week), links[k].week, links[k].week, n_lucks=n)
            for k in {links[k].week: k for k in strongest}.values()]  # fmt: skip
    arms += [_kept_alone(found, k, n) for k in strongest]
    for k in strongest:
        arms.append(Arm(("second", k), links[k].week, links[k].week, links[k].changes,
                        links[k].events, n))  # fmt: skip
    for i, j in combinations(strongest, 2):
        first, second = links[i], links[j]
        both = _merged((*first.changes, *second.changes))
        gone = (*first.events, *second.events)
        arms += [
            Arm(("first", i, j), first.week, second.week, first.changes, first.events, n),
            Arm(("both", i, j), first.week, second.week, both, gone, n),
        ]
    weeks = outcomes_of(found.past, found.outcome, arms, threads=threads)
    came = {name: each[1:] != NEVER for name, each in weeks.items()}
    after = {i: _after(found.past, links[i], [links[j] for j in strongest]) for i in strongest[:-1]}
    pairs = []
    for i, j in combinations(strongest, 2):
        had = came["had", links[j].week]
        lacks = (
            Compared.of(had, came["first", i, j]), Compared.of(had, came["second", j]),
            Compared.of(had, came["both", i, j]),
        )  # fmt: skip
        pairs.append(Two(i, j, lacks, _same_link(links[j]) not in after[i]))
    weighed = list(found.links)
    for k in strongest:
        alone = came["alone", k]
        weighed[k] = replace(weighed[k], alone=Share(int(alone.sum()), len(alone)))
    return replace(found, pairs=tuple(pairs), links=tuple(weighed))


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
    """What began the worst of some worlds, and which kinds of earlier links mattered.

    Attributes:
        worlds: their numbers.
        triggers: a row for each kind: ``kind, worlds, n, share, lo, hi``.
        links: a row for each kind of earlier link: ``asked``, worlds that have one; ``testable``,
            in which one could have been found decisive; ``decisive``, in which one was; ``share,
            lo, hi`` of the testable; ``effect, effect_lo, effect_hi``, by how much the risk on the
            eve is less without all of the kind, in the mean of the worlds that have one, with its
            interval over worlds; ``risk``, the risk on the eve in those.
        n_lucks: other lucks in which each was tried.
    """

    worlds: tuple[int, ...]
    triggers: pd.DataFrame
    links: pd.DataFrame
    n_lucks: int


def kinds_of(whys: Sequence[Why]) -> Kinds:
    """Return what began the worst of some worlds, and which kinds of earlier links mattered.

    Args:
        whys: of the worlds, one or more.
    """
    n = len(whys)
    triggers, rows = [], []
    for kind in LinkKind:
        began = sum(any(w.link.kind == kind for w in each.triggers) for each in whys)
        if began:
            low, high = wilson(began, n)
            triggers.append({"kind": kind.value, "worlds": n, "n": began, "share": began / n,
                             "lo": float(low), "hi": float(high)})  # fmt: skip
    for name in (ALL, *(kind.value for kind in LinkKind)):
        groups = [g.compared for each in whys for g in each.groups if g.name == name]
        if not groups:
            continue
        mine = [
            [w for w in each.ranked
             if w.link.week < each.outcome.week and name in (ALL, w.link.kind.value)]
            for each in whys
        ]  # fmt: skip
        tests = [max(1, len(each.ranked)) for each in whys]
        testable = [any(w.compared.testable(k) for w in some)
                    for some, k in zip(mine, tests, strict=True)]  # fmt: skip
        decisive = [any(w.decisive for w in some) for some in mine]
        low, high = wilson(sum(decisive), max(1, sum(testable)))
        effect = np.array([each.effect[0] for each in groups])
        ends = student(effect.sum(), np.square(effect).sum(), len(effect))
        rows.append(
            {
                "kind": name, "asked": len(groups), "testable": sum(testable),
                "decisive": sum(decisive),
                "share": sum(decisive) / sum(testable) if sum(testable) else np.nan,
                "lo": float(low) if sum(testable) else np.nan,
                "hi": float(high) if sum(testable) else np.nan,
                "risk": float(np.mean([each.had.value for each in groups])),
                "effect": effect.mean(), "effect_lo": float(ends[0]), "effect_hi": float(ends[1]),
            }
        )  # fmt: skip
    began_by = pd.DataFrame(triggers, columns=["kind", "worlds", "n", "share", "lo", "hi"])
    began_by = began_by.sort_values(["n", "kind"], ascending=[False, True])
    return Kinds(tuple(each.past.number for each in whys), began_by.reset_index(drop=True),
                 pd.DataFrame(rows), whys[0].n_lucks)  # fmt: skip
