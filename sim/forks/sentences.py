"""What forks found, in sentences."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from sim.forks.futures import Past
from sim.forks.links import Link, sentence
from sim.forks.why import ALL, Compared, Group, Share, Two, Weighed, Why
from sim.model.roster import RelationTraits
from sim.model.state import Pair
from sim.model.vocabulary import Rung
from sim.story.wording import Names, listed, long_date

COME = ("calm", "accusations", "coercion", "a display of force", "a crisis", "a clash", "a war",
        "nuclear use")  # fmt: skip
"""What a pair comes to, by its rung."""
MOST_TOLD = 4
"""Pairs of links, and groups of them, that are told."""
_RUNG, _OPPOSED = Pair.FIELDS.index("rung"), RelationTraits.FIELDS.index("opposed")


def percent(share: float) -> str:
    """Return a share as a whole percentage."""
    return f"{100.0 * share:.0f} %"


def between(share: Share) -> str:
    """Return a share with the ends of its 95 % interval, in per cent."""
    low, high = share.ends
    return f"{percent(share.value)} ({100.0 * low:.0f} to {100.0 * high:.0f})"


def hundredths(effect: tuple[float, float, float]) -> str:
    """Return a difference of shares in points of a hundred, with the ends of its interval."""
    value, low, high = (100.0 * each for each in effect)
    return f"{value:+.1f} points ({low:+.1f} to {high:+.1f})"


class Teller:
    """Tells why a world went as it did."""

    def __init__(self, why: Why) -> None:
        self.why, self.past = why, why.past
        self.names = Names(why.past.scenario.roster)
        self.it = COME[why.outcome.rung]

    def day(self, week: int) -> str:
        """Return the day on which a week begins."""
        return day_of(self.past, week)

    def headline(self) -> str:
        """Return what the world came to, and when."""
        one, other = (self.names.the(code) for code in self.why.ends)
        week = self.why.outcome.week
        told = (
            f"{one} and {other} came to {self.it} in week {week} of {self.past.label}, the week of "
            f"{self.day(week)}"
        )
        return sentence(told) + "."

    def sentences(self) -> list[str]:
        """Return what was found, the headline first."""
        found = [self.headline(), self.trigger(), self.course(), self.others()]
        ranked = self.why.ranked
        found += [self.decisive(w) for w in ranked if w.decisive]
        clear = [w for w in ranked if not w.decisive and w.compared.clear(len(ranked))]
        found += [self.lesser(w) for w in clear]
        found += [told for two in self.why.pairs if (told := self.two(two))][:MOST_TOLD]
        if ranked and not clear and not any(w.decisive for w in ranked):
            best = ranked[0]
            found.append(
                f"None of the {len(ranked)} earlier links made a measurable difference by itself; "
                f"the largest is {_noun(best.link)}: {hundredths(best.compared.effect)}."
            )
        found += self.together()
        return [each for each in found if each]

    def trigger(self) -> str:
        """Return what it began with, and what would have been without."""
        triggers = self.why.triggers
        if not triggers:
            return ""
        what = listed([w.link.text for w in triggers])
        told = f"It began so: {what}."
        if len(triggers) > 1:
            return told
        after = triggers[0].compared.lacked
        return (
            f"{told} Had that not happened, {self.it} would have come by week "
            f"{self.why.outcome.until} in {between(after)} of replays."
        )

    def course(self) -> str:
        """Return how the risk changed along the way."""
        risk, week = self.why.risk, self.why.outcome.week
        marks = [w for w in (week - 26, week - 13, week - 4, week - 1) if w in risk]
        if not marks:
            return ""
        shares = [between(risk[w]) for w in marks]
        when = ["one week" if week - w == 1 else f"{week - w} weeks" for w in marks]
        parts = "; ".join(
            f"{weeks} before {share}" for share, weeks in zip(shares, when, strict=True)
        )
        return (
            f"The risk on the way, the share of {risk[marks[0]].n} replays with fresh chance in "
            f"which {self.it} came within {self.why.within} weeks: {parts}."
        )

    def others(self) -> str:
        """Return which other pairs came as high before."""
        history, roster = self.past.history, self.past.scenario.roster
        outcome = self.why.outcome
        high = history.pairs[1 : outcome.week, :, _RUNG] >= max(outcome.rung, Rung.CLASH)
        opposed = roster.atlas.relation_traits[roster.atlas.left, _OPPOSED, 0] > 0.0
        opposed[roster.atlas.subject_pair] = True
        found = [int(p) for p in np.flatnonzero(high.any(0) & opposed) if p != outcome.pair]
        if not found:
            return ""
        both = [
            " and ".join(self.names.the(roster.codes[i]) for i in roster.pairs[p])
            for p in found[:MOST_TOLD]
        ]
        rest = len(found) - len(both)
        more = f" and {rest} pairs more" if rest else ""
        return sentence(f"as high before them stood {'; '.join(both)}{more}") + "."

    def decisive(self, weighed: Weighed) -> str:
        """Return what a decisive link did, and whether it would have done so alone."""
        link, compared = weighed.link, weighed.compared
        told = (
            f"Without {_noun(link)} {self.it} follows in {between(compared.lacked)} of replays "
            f"instead of {percent(compared.had.value)}: it was decisive"
        )
        if weighed.alone is None:
            return f"{told}."
        if 2 * weighed.alone.came > compared.had.came:
            return (
                f"{told}. Alone, without the other links, it leads to {self.it} in "
                f"{between(weighed.alone)}."
            )
        return (
            f"{told}. Alone it would have come to nothing in {percent(1.0 - weighed.alone.value)}."
        )

    def lesser(self, weighed: Weighed) -> str:
        """Return what a link did that mattered without being decisive."""
        compared = weighed.compared
        return (
            f"{sentence(_noun(weighed.link))} raised the share of replays that come to {self.it} "
            f"from {percent(compared.lacked.value)} to {percent(compared.had.value)} "
            f"({hundredths(compared.effect)})."
        )

    def two(self, two: Two) -> str:
        """Return how two links worked, where they did more than one by one."""
        first, second = (_noun(self.why.links[k].link) for k in (two.first, two.second))
        one, other, both = two.lacks
        shares = [percent(s.value) for s in (both.had, one.lacked, other.lacked, both.lacked)]
        if two.relation == "together":
            return (
                f"{sentence(first)} and {second} are needed together: {self.it} comes in "
                f"{shares[0]} of replays with both, {shares[1]} without the first and {shares[2]} "
                "without the second."
            )
        if two.relation == "chain":
            return (
                f"{sentence(second)} would not have been without {first}, with the luck that there "
                f"was: they are one chain, and without it {self.it} comes in {shares[1]} of "
                "replays."
            )
        if two.relation == "either":
            return (
                f"Either of {first} and {second} would have done: {self.it} comes in "
                f"{shares[1]} of replays without the first, {shares[2]} without the second, but in "
                f"{shares[3]} without both."
            )
        return ""

    def together(self) -> list[str]:
        """Return what all earlier links, and those of a kind or a side, did together."""
        groups = {each.name: each for each in self.why.groups}
        if ALL not in groups:
            return []
        whole, rest = groups.pop(ALL), list(groups.values())
        n = whole.n_links
        called = f"all {n} earlier links together" if n > 1 else "the one earlier link"
        found = [self._joint(called, whole.compared)]
        clear = [g for g in rest if g.compared.clear(len(rest)) and g.n_links < whole.n_links]
        clear.sort(key=lambda g: -abs(g.compared.effect[0]))
        return found + [self._joint(self._called(g), g.compared) for g in clear[:MOST_TOLD]]

    def _joint(self, what: str, compared: Compared) -> str:
        effect = compared.effect[0]
        made = (
            "which is no measurable difference" if not compared.clear()
            else "so they raised it" if effect > 0.0 else "so they lowered it"
        )  # fmt: skip
        return (
            f"Without {what} the risk on the eve would have been {between(compared.lacked)} "
            f"instead of {percent(compared.had.value)}, {made} ({hundredths(compared.effect)})."
        )

    def _called(self, group: Group) -> str:
        if group.name in self.past.scenario.roster.codes:
            return f"the {group.n_links} links that were {self.names.of(group.name)}"
        return f"the {group.n_links} links of the kind “{group.name}”"


def _noun(link: Link) -> str:
    return f"{link.noun} in week {link.week}"


def day_of(past: Past, week: int) -> str:
    """Return the day on which a week of a world begins, in words."""
    return long_date(past.scenario.start + timedelta(weeks=max(0, week - 1)))
