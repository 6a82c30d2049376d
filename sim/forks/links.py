"""The links that lie before a week: what states did, misread and let slip on the way to it.

A :class:`Link` is a deed of the story (:mod:`sim.story.chronicle`) or a misreading, with what a
future without it changes. Which are asked about is a rule, not a choice: see :func:`nearest_links`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from sim.forks.futures import Outcome, Past
from sim.model.state import Pair
from sim.model.vocabulary import Happening, Instrument, Miscalculation, Rung
from sim.plan.calendar import BLOCS
from sim.plan.changes import Change, words_of
from sim.story.chronicle import Deed, Kind, deeds_of
from sim.story.reasons import Cause, Reasons, Shared, Side, Why
from sim.story.wording import ENGLISH, Names, opened, what_of

AT_MOST = 15
"""Links that are asked about."""
FAR_BACK = 52
"""Weeks before the worst one in which links are looked for."""


class LinkKind(StrEnum):
    """Kinds of links."""

    WORDS = "words"
    DEPLOYMENT = "deployment"
    SANCTIONS = "sanctions"
    EXPULSION = "expulsion"
    RENEWAL = "renewed display"
    FORCE = "chosen force"
    MEETING = "forces met"
    MISREADING = "misreading"
    ACCIDENT = "accident"
    DRAWN_IN = "drawn in"
    EVENT = "dated event"


_OF_INSTRUMENT = {
    Instrument.RHETORIC: LinkKind.WORDS, Instrument.DEPLOYMENT: LinkKind.DEPLOYMENT,
    Instrument.SANCTIONS: LinkKind.SANCTIONS,
}  # fmt: skip


@dataclass(frozen=True)
class Link:
    """Something on the way to a world's worst week that futures can be without.

    Attributes:
        week: 1 for the first that is played.
        kind: of link.
        who, toward: whose it is, and of or against whom.
        text: what happened, as a clause.
        noun: the same as a thing: ``Poland's misreading in week 11``.
        without: what is held in a future without it, if it is none of the calendar.
        kept: what is held in a future that has it whatever else there is.
        event: its place in the scenario's events, if it is one.
        instrument: that was raised, or lowered.
        lowers: whether it was lowered.
        begins: whether it is what the outcome consists of: the force, the meeting, the accident or
            the dated war of its own week.
        near: steps from it to the outcome.
    """

    week: int
    kind: LinkKind
    who: str
    toward: str
    text: str
    noun: str
    without: Change | None = None
    kept: Change | None = None
    event: int | None = None
    instrument: Instrument | None = None
    lowers: bool = False
    begins: bool = False
    near: int = 0

    @property
    def changes(self) -> tuple[Change, ...]:
        """What is held in a future without it."""
        return (self.without,) if self.without else ()

    @property
    def events(self) -> tuple[int, ...]:
        """Places of the events that do not happen in a future without it."""
        return () if self.event is None else (self.event,)

    @property
    def held(self) -> tuple[Change, ...]:
        """What is held in a future that has it whatever else there is."""
        return (self.kept,) if self.kept else ()


def nearest_links(past: Past, outcome: Outcome, at_most: int = AT_MOST) -> tuple[Link, ...]:
    """Return the links nearest to an outcome, in order of weeks.

    A link is an act (an instrument raised, a display renewed, diplomats expelled, force chosen,
    forces that met and stood, an ally drawn in), a misreading of any kind, an accident or a dated
    event. From the links of the outcome's own week the chain is followed back, step by step: from
    an act to what moved it, as the story has it (:class:`sim.story.reasons.Reasons`); from force,
    an accident or a meeting also to the last raise of the forces on either side; from a misreading
    to the act that was misread; from an ally drawn in to the fight it joined. The nearest are those
    of the fewest steps, and of as many steps those of the latest weeks. What room is left goes to
    the pair's other links, the latest first. None lies more than :data:`FAR_BACK` weeks back.

    Args:
        past: the world.
        outcome: its worst.
        at_most: number of links.
    """
    chain = _Chain(past, outcome)
    found = chain.followed()[:at_most]
    known = set(map(key_of, found))
    rest = [link for link in chain.of_pair(outcome.pair) if key_of(link) not in known]
    rest.sort(key=lambda link: (-link.week, -_TURN.index(link.kind), link.who, link.text))
    found += [_further(link, FURTHEST) for link in rest[: at_most - len(found)]]
    found = [replace(k, begins=k.week == outcome.week and chain.ends(k)) for k in found]
    return tuple(sorted(found, key=lambda link: (link.week, _TURN.index(link.kind), link.who)))


_TURN = (
    LinkKind.EVENT, LinkKind.MISREADING, LinkKind.WORDS, LinkKind.SANCTIONS, LinkKind.EXPULSION,
    LinkKind.DEPLOYMENT, LinkKind.RENEWAL, LinkKind.DRAWN_IN, LinkKind.ACCIDENT, LinkKind.FORCE,
    LinkKind.MEETING,
)  # fmt: skip
"""Kinds in the order of the turn."""
_ENDING = (LinkKind.FORCE, LinkKind.MEETING, LinkKind.ACCIDENT, LinkKind.DRAWN_IN)
_FORCES = (LinkKind.DEPLOYMENT, LinkKind.RENEWAL)
_POSTURES = (*_FORCES, LinkKind.WORDS, LinkKind.SANCTIONS)
_NEW_CLASH = Pair.FIELDS.index("new_clash")
MISTAKEN = {
    "misread_capability": ("overrated {their} capability", "underrated {their} capability"),
    "misread_signal": ("missed a warning of {them}", "missed a concession of {them}"),
    "misread_resolve": ("was sure that {them} would yield", "feared that {them} would stand"),
}
"""What is said of a mistake, in its two directions, where its declaration says it less well."""
FURTHEST = 99
"""Steps that a link counts as away from the outcome which no chain leads to."""


def _further(link: Link, steps: int) -> Link:
    return replace(link, near=steps)


def links_of(past: Past, outcome: Outcome) -> list[Link]:
    """Return all links of an outcome's pair up to its week, of the last year."""
    return _Chain(past, outcome).of_pair(outcome.pair)


def key_of(link: Link) -> tuple[object, ...]:
    """Return what makes a link the same link."""
    return link.week, link.kind, link.who, link.toward, link.text


class _Chain:
    """The links of a world before an outcome, and what each goes back to."""

    def __init__(self, past: Past, outcome: Outcome) -> None:
        self.past, self.outcome = past, outcome
        self.history, self.roster = past.history, past.scenario.roster
        self.reasons = Reasons(self.history, past.parameters, past.scenario.events)
        self.teller = _Teller(Names(self.roster), past)
        self._of_pair: dict[int, list[Link]] = {}
        self._shared: dict[int, Shared] = {}

    def of_pair(self, pair: int) -> list[Link]:
        """Return the links of a pair up to the outcome, in no order."""
        if pair not in self._of_pair:
            us = self._shared[pair] = Shared(self.history, pair)
            every = (
                *_of_deeds(self.teller, self.reasons, us), *_of_mistakes(self.teller, us),
                *_of_events(self.teller, self.past, pair), *_drawn_in(self.teller, self.past, pair),
            )  # fmt: skip
            last = self.outcome.week
            self._of_pair[pair] = [k for k in every if max(1, last - FAR_BACK) <= k.week <= last]
        return self._of_pair[pair]

    def followed(self) -> list[Link]:
        """Return the links of the chain, the nearest first."""
        now = [k for k in self.of_pair(self.outcome.pair) if k.week == self.outcome.week]
        ending = [k for k in now if self.ends(k)] or now
        found = {key_of(k): _further(k, 0) for k in ending}
        steps, ahead = 0, ending
        while ahead and steps < FURTHEST:
            steps += 1
            back = [k for link in ahead for k in self.behind(link)]
            ahead = []
            for link in back:
                if key_of(link) not in found:
                    found[key_of(link)] = _further(link, steps)
                    ahead.append(link)
        return sorted(found.values(), key=lambda k: (k.near, -k.week, -_TURN.index(k.kind), k.who))

    def ends(self, link: Link) -> bool:
        """Say whether an outcome may consist of a link."""
        if self.outcome.rung < Rung.CLASH:
            return link.kind in _FORCES
        if link.event is not None:
            return self.past.scenario.events[link.event].kind in (Happening.WAR, Happening.FORCE)
        return link.kind in _ENDING

    def behind(self, link: Link) -> list[Link]:
        """Return what a link goes back to."""
        if link.kind == LinkKind.EVENT:
            return []
        if link.kind == LinkKind.DRAWN_IN:
            return self._fights(link)
        me, them = self._sides(link)
        found = []
        if link.kind == LinkKind.MISREADING:
            found += self._last(them, link.week - 1, _POSTURES)
        if link.kind in _ENDING:
            found += self._last(me, link.week, _FORCES) + self._last(them, link.week, _FORCES)
        if link.kind == LinkKind.MEETING:
            found += [k for k in self.of_pair(self._pair(link))
                      if k.week == link.week and k.kind == LinkKind.MISREADING]  # fmt: skip
        if link.kind == LinkKind.FORCE:
            found += self._traced(me, link.week, self.reasons.struck(me, link.week))
        elif link.kind == LinkKind.RENEWAL:
            found += self._traced(me, link.week, self.reasons.renewed(me, link.week))
        elif link.instrument is not None:
            moved = self.reasons.terms(me, link.instrument, link.week, int(link.lowers))
            causes = self.reasons.weightiest(moved, me, link.week)
            found += self._traced(me, link.week, causes)
        return [k for k in found if key_of(k) != key_of(link)]

    def _pair(self, link: Link) -> int:
        return int(self.roster.atlas.pair[self.roster.relation(link.who, link.toward)])

    def _sides(self, link: Link) -> tuple[Side, Side]:
        """Return whose link it is, and the other side."""
        pair = self._pair(link)
        self.of_pair(pair)
        us = self._shared[pair]
        return (us.a, us.b) if us.a.owner == link.who else (us.b, us.a)

    def _last(self, me: Side, before: int, kinds: Sequence[LinkKind], most: int = 1) -> list[Link]:
        """Return the last links of some kinds of one side, up to a week."""
        mine = [
            k for k in self.of_pair(self.roster.atlas.pair[me.r])
            if k.kind in kinds and k.who == me.owner and k.week <= before
        ]  # fmt: skip
        return sorted(mine, key=lambda k: k.week)[-most:]

    def _traced(self, me: Side, week: int, causes: Sequence[Cause]) -> list[Link]:
        """Return the links that causes of an act are."""
        found: list[Link] = []
        for cause in causes:
            if cause.why == Why.MISREAD:
                found += [k for k in self._last(me, cause.week, (LinkKind.MISREADING,), 3)
                          if k.week == cause.week]  # fmt: skip
            elif cause.why in (Why.FIGHT, Why.SHOTS):
                found += [k for side in (me, me.them)
                          for k in self._last(side, cause.week, _ENDING)]  # fmt: skip
            elif cause.why == Why.EVENT and cause.event is not None:
                at = self.past.scenario.events.index(cause.event)
                found += [k for k in self.of_pair(int(self.roster.atlas.pair[me.r]))
                          if k.event == at]  # fmt: skip
            elif cause.why in (Why.FEAR, Why.GRIEVANCE):
                kinds = _FORCES if cause.why == Why.FEAR else (LinkKind.SANCTIONS, *_ENDING)
                found += self._last(me.them, week - 1, kinds, 2)
                found += self._last(me, week - 1, (LinkKind.MISREADING,))
            elif cause.why in (Why.REPLY, Why.ACT, Why.UNSETTLED, Why.SCORE):
                found += self._last(me.them, cause.week, _POSTURES)
        return found

    def _fights(self, link: Link) -> list[Link]:
        """Return what began the fights that an ally joined in its week."""
        found = []
        for pair, ends in enumerate(self.roster.pairs):
            codes = {self.roster.codes[i] for i in ends}
            if link.toward in codes and link.who not in codes:
                clash = self.history.pairs[link.week, pair, _NEW_CLASH]
                if clash > 0.0:
                    found += [k for k in self.of_pair(pair)
                              if k.week == link.week and k.kind in _ENDING]  # fmt: skip
        return found


class _Teller:
    """Says what a link is."""

    def __init__(self, names: Names, past: Past) -> None:
        self.names, self.past = names, past

    def did(self, who: str, toward: str, what: str) -> str:
        them, their = self.names.the(toward), self.names.of(toward)
        return f"{self.names.the(who)} {what.format(them=them, their=their)}"

    def of(self, who: str, noun: str) -> str:
        return f"{self.names.of(who)} {noun}"


def _of_deeds(teller: _Teller, reasons: Reasons, us: Shared) -> Iterator[Link]:
    """Yield the links that a pair's deeds are."""
    for deed in deeds_of(reasons, us, 1.0):
        who, toward, week = deed.actor, deed.target, deed.week
        if deed.kind in (Kind.RAISED, Kind.LOWERED):
            yield from _of_step(teller, deed)
        elif deed.kind == Kind.RENEWED:
            text = teller.did(who, toward, "acted anew within its display against {them}")
            yield Link(
                week, LinkKind.RENEWAL, who, toward, text, teller.of(who, "renewed display"),
                Change("restrain", week, who, toward, "deployment"),
            )  # fmt: skip
        elif deed.kind == Kind.STRUCK:
            text = teller.did(who, toward, "chose to use force against {them}")
            yield Link(
                week, LinkKind.FORCE, who, toward, text, teller.of(who, "use of force"),
                Change("force", week, who, toward, value="none"),
                Change("force", week, who, toward, value="used"),
            )  # fmt: skip
        elif deed.kind == Kind.MET and deed.before > 0.0 and deed.after > 0.0:
            both = f"{teller.names.the(who)} and {teller.names.the(toward)}"
            yield Link(
                week, LinkKind.MEETING, who, toward, f"forces of {both} met, and both stood",
                "the meeting of forces",
                Change("incident", week, who, toward, value="none"),
                Change("incident", week, who, toward, value="met"),
            )  # fmt: skip


def _of_step(teller: _Teller, deed: Deed) -> Iterator[Link]:
    """Yield the link that a step is: a raise, or an expulsion; nothing of what calms."""
    who, toward, week = deed.actor, deed.target, deed.week
    assert deed.instrument is not None
    raised, field = deed.kind == Kind.RAISED, deed.instrument.field
    if deed.instrument == Instrument.DIPLOMACY:
        if not raised and deed.after < 0.5:
            text = teller.did(who, toward, ENGLISH.step("lowered", deed.instrument, deed.after))
            yield Link(
                week, LinkKind.EXPULSION, who, toward, text, teller.of(who, "expulsion"),
                Change("hold", week, who, toward, field, deed.before),
                Change("hold", week, who, toward, field, deed.after),
                instrument=deed.instrument, lowers=True,
            )  # fmt: skip
        return
    if raised:
        text = teller.did(who, toward, ENGLISH.step("raised", deed.instrument, deed.after))
        noun = teller.of(who, ENGLISH.noun(deed.instrument, deed.after))
        yield Link(
            week, _OF_INSTRUMENT[deed.instrument], who, toward, text, noun,
            Change("restrain", week, who, toward, field),
            Change("hold", week, who, toward, field, deed.after), instrument=deed.instrument,
        )  # fmt: skip


def _of_mistakes(teller: _Teller, us: Shared) -> Iterator[Link]:
    """Yield the misreadings and the accidents of a pair."""
    for me in (us.a, us.b):
        for kind in Miscalculation:
            wrong = getattr(me, kind.declared.field)
            for week in map(int, np.flatnonzero(wrong)):
                if week:
                    yield _mistake(teller, me, kind, week, float(wrong[week]))


def _mistake(teller: _Teller, me: Side, kind: Miscalculation, week: int, way: float) -> Link:
    who, toward, name = me.owner, me.rival, kind.name.lower()
    if kind == Miscalculation.ACCIDENT:
        made = Change("accident", week, who, toward, value="none")
        what = "opened fire" if way > 0.0 else "moved up"
        took = ""
        if me.excused[week]:
            took = f", and {teller.names.the(toward)} took it for an accident"
        text = f"forces of {teller.names.the(who)} {what} without orders{took}"
        link = LinkKind.ACCIDENT, who, toward, text, teller.of(who, "accident")
    else:
        made = Change("misreading", week, who, toward, name, "none")
        direction = kind.declared.directions[0 if way > 0.0 else 1]
        plain = f"misread {{their}} {what_of(kind)} as {direction}"
        ways = MISTAKEN.get(kind.declared.field, (plain, plain))
        text = teller.did(who, toward, ways[0 if way > 0.0 else 1])
        link = LinkKind.MISREADING, who, toward, text, teller.of(who, "misreading")
    word = next(word for word, value in words_of(made).items() if value == way)
    kept = Change(made.kind, week, who, toward, made.name, word)
    return Link(week, *link, made, kept)


def _of_events(teller: _Teller, past: Past, pair: int) -> Iterator[Link]:
    """Yield the dated events between the two states, or of their blocs."""
    roster = past.scenario.roster
    ends = {roster.codes[i] for i in roster.pairs[pair]}
    for at, event in enumerate(past.scenario.events):
        named = {event.actor, event.target}
        if named <= ends | set(BLOCS):
            what = event.what.splitlines()[0].rstrip(".")
            yield Link(event.week + 1, LinkKind.EVENT, event.actor, event.target, what,
                       f"the event “{what}”", event=at)  # fmt: skip


def _drawn_in(teller: _Teller, past: Past, pair: int) -> Iterator[Link]:
    """Yield that one of the two states was drawn into an ally's fight."""
    roster, history = past.scenario.roster, past.history
    one, other = (roster.codes[i] for i in roster.pairs[pair])
    for who, toward in ((one, other), (other, one)):
        for week in map(int, np.flatnonzero(history.state(who, "joined_fight"))):
            text = teller.did(who, toward, "was drawn into an ally's fight with {them}")
            yield Link(week, LinkKind.DRAWN_IN, who, toward, text, teller.of(who, "joining"),
                       Change("stay_out", week, who))  # fmt: skip


def sentence(text: str) -> str:
    """Return a clause as a sentence begins."""
    return opened(text).rstrip(".")
