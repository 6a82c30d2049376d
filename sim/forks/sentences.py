"""What forks found, in sentences."""

from __future__ import annotations

from datetime import timedelta

from sim.forks.futures import Past
from sim.forks.links import Link, sentence
from sim.forks.why import DECISIVE, Share, Two, Weighed, Why
from sim.story.wording import Names, long_date

COME = ("calm", "accusations", "coercion", "a display of force", "a crisis", "a clash", "a war",
        "nuclear use")  # fmt: skip
"""What a pair comes to, by its rung."""
MOST_TOLD = 4
"""Links, and pairs of links, that are told beside the decisive ones."""


def percent(share: float) -> str:
    """Return a share as a whole percentage."""
    return f"{100.0 * share:.0f} %"


def between(share: Share) -> str:
    """Return a share with the ends of its interval, in per cent."""
    low, high = share.ends
    return f"{percent(share.value)} ({100.0 * low:.0f} to {100.0 * high:.0f})"


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
        return (
            sentence(
                f"{one} and {other} came to {self.it} in week {week} of world "
                f"{self.past.number}, the week of {self.day(week)}"
            )
            + "."
        )

    def sentences(self) -> list[str]:
        """Return what was found, the headline first."""
        found = [self.headline(), self.course()]
        ranked = self.why.ranked
        decisive = [w for w in ranked if w.decisive]
        if not decisive:
            found.append(
                f"No link by itself was decisive: without any of the {len(ranked)} nearest it "
                f"still comes to {self.it} in more than half as many futures as with it."
            )
        found += [self.decisive(w) for w in decisive]
        found += [self.lesser(w) for w in ranked if not w.decisive and w.effect[1] > 0.0]
        found += [told for two in self.why.pairs if (told := self.two(two))][:MOST_TOLD]
        earlier = [w for w in ranked if w.link.week < self.why.outcome.week]
        if earlier and not any(w.effect[1] > 0.0 for w in earlier):
            best = max(w.effect[2] for w in earlier)
            found.append(
                f"None of the {len(earlier)} links of earlier weeks changed the share of futures "
                f"by more than chance can (at most {100.0 * best:.0f} of a hundred): they are one "
                "push among many."
            )
        return [each for each in found if each]

    def course(self) -> str:
        """Return how the risk rose along the way."""
        risk, week = self.why.risk, self.why.outcome.week
        marks = [w for w in (week - 26, week - 13, week - 4, week - 1) if w in risk]
        if not marks:
            return ""
        shares = [between(risk[w]) for w in marks]
        when = ["one week" if week - w == 1 else f"{week - w} weeks" for w in marks]
        parts = "; ".join(
            f"{share} from {weeks} before" for share, weeks in zip(shares, when, strict=True)
        )
        return (
            f"With other luck, {self.it} came within {self.why.within} weeks in: {parts} "
            f"({risk[marks[0]].n} futures each)."
        )

    def decisive(self, weighed: Weighed) -> str:
        """Return what a decisive link did, and whether it would have done so alone."""
        link, peace = weighed.link, 1.0 - weighed.lacked.value
        low, high = (1.0 - end for end in reversed(weighed.lacked.ends))
        told = (
            f"Without {_noun(link)} there is no {self.bare} in {percent(peace)} of futures "
            f"({100.0 * low:.0f} to {100.0 * high:.0f}), against "
            f"{percent(1.0 - weighed.had.value)} with it"
        )
        if weighed.alone is None:
            return f"{told}."
        if weighed.alone.value > DECISIVE * weighed.had.value:
            return (
                f"{told}; alone, without the other links, it leads to {self.it} in "
                f"{between(weighed.alone)}."
            )
        return (
            f"{told}; alone it would have come to nothing in {percent(1.0 - weighed.alone.value)}."
        )

    def lesser(self, weighed: Weighed) -> str:
        """Return what a link did that mattered without being decisive."""
        return (
            f"{sentence(_noun(weighed.link))} raised the share of futures from "
            f"{percent(weighed.lacked.value)} to {percent(weighed.had.value)}."
        )

    def two(self, two: Two) -> str:
        """Return how two links worked, where they did more than one by one."""
        first, second = (_noun(self.why.links[k].link) for k in (two.first, two.second))
        shares = [percent(share.value) for share in (two.had, *two.lacks)]
        if two.relation == "together":
            return (
                f"{sentence(first)} and {second} are needed together: {self.it} comes in "
                f"{shares[0]} of futures with both, {shares[1]} without the first and {shares[2]} "
                "without the second."
            )
        if two.relation == "chain":
            return (
                f"{sentence(second)} would not have been without {first}: the two are one chain, "
                f"and without it {self.it} comes in {shares[1]} of futures."
            )
        if two.relation == "either":
            return (
                f"Either of {first} and {second} would have done: {self.it} comes in "
                f"{shares[1]} of futures without the first, {shares[2]} without the second, but in "
                f"{shares[3]} without both."
            )
        return ""

    @property
    def bare(self) -> str:
        """What it came to, without its article."""
        return self.it.removeprefix("a ")


def _noun(link: Link) -> str:
    return f"{link.noun} in week {link.week}"


def day_of(past: Past, week: int) -> str:
    """Return the day on which a week of a world begins, in words."""
    return long_date(past.scenario.start + timedelta(weeks=max(0, week - 1)))
