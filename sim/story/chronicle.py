"""What happened in one world: a history read back as deeds and scenes.

A *deed* is one thing a state did or that befell a pair: a raise or lowering of an instrument, an
accident, a meeting of forces, the start or end of a clash; with its causes, from
:mod:`sim.story.reasons`. A *scene* is what happened to one pair in one week. Nothing is made up:
each deed is read off the fields of :mod:`sim.model.state`. The words are in
:mod:`sim.story.telling`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.history import History
from sim.lanes import Floats
from sim.model.roster import RelationTraits
from sim.model.rules.reaction import LINK
from sim.model.vocabulary import (
    SHOWN,
    STEPS,
    Bloc,
    Happening,
    Instrument,
    Miscalculation,
    Rung,
    Violence,
)
from sim.model.vocabulary import Cause as Began
from sim.plan.calendar import Event
from sim.story.reasons import SETS, Cause, Reasons, Root, Shared, Side, Why, root_of

OPPOSED = 0.45
"""How much the scenes of an opposed pair count, beside 1 for the leaders': a judgement."""

APART = ("INTENT", "CAPABILITY", "SIGNAL", "ACCIDENT", "RESOLVE")
"""Kinds of miscalculation that have sentences of their own; of capability what follows is told."""


class Kind(StrEnum):
    """Kinds of deeds, in the order in which those of a week are told: that of the turn."""

    EVENT = "event"
    MISREAD = "misread"
    MISSED = "missed"
    MISTAKEN = "mistaken"
    RAISED = "raised"
    LOWERED = "lowered"
    RENEWED = "renewed"
    STATIONED = "stationed"
    WITHDRAWN = "withdrawn"
    SLIPPED = "slipped"
    MET = "met"
    STRUCK = "struck"
    ANSWERED = "answered"
    CLASHED = "clashed"
    ESCALATED = "escalated"
    JOINED = "joined"
    MEDIATED = "mediated"
    ENDED = "ended"
    ACCEDED = "acceded"


@dataclass(frozen=True)
class Deed:
    """One thing that happened in a week (of the history: week 1 is the first that is played)."""

    week: int
    kind: Kind
    actor: str
    target: str
    instrument: Instrument | None = None
    before: float = 0.0  # level of the instrument or of forces, violence, or the actor's stance;
    #                      1 where an accident was taken for one
    after: float = 0.0  # ... or the target's stance; 1 force, -1 display of an accident
    because: Callable[[], tuple[Cause, ...]] = field(default=tuple, compare=False, repr=False)
    event: Event | None = None
    mistake: Miscalculation | None = None  # of a kind that has no sentences of its own
    root: Root | None = None  # of a clash
    lost: float = 0.0  # by the actor, of what is at issue with the target; below 0 it gained

    @cached_property
    def causes(self) -> tuple[Cause, ...]:
        """Why it was done; looked for only where it is told."""
        return self.because()


@dataclass(frozen=True)
class Scene:
    """What happened to one pair in one week, and how much it matters."""

    week: int
    first: str
    second: str
    leaders: bool
    rung_before: int
    rung: int
    peak: bool  # the pair displays force, and has never stood so high before
    deeds: tuple[Deed, ...]
    weight: float


@dataclass(frozen=True)
class War:
    """A war of the pair that a scenario is about, or a dated one that found them at war."""

    week: int
    first: str
    second: str
    event: Event | None  # that began it, or was to begin it
    found: bool  # the two were at war already
    weeks: int  # at whose end it was being fought
    lasts: bool  # ... to the last


@dataclass(frozen=True)
class Chronicle:
    """Everything that happened in one world."""

    history: History
    scenes: tuple[Scene, ...]  # in order of weeks
    wars: tuple[War, ...] = ()  # of the pair that the scenario is about, unless it is the leaders'


# Deeds


def _weeks(condition: NDArray[Any]) -> Iterator[int]:
    """Yield the weeks in which something holds."""
    yield from map(int, np.flatnonzero(condition))


def _steps(reasons: Reasons, me: Side, instruments: Iterable[Instrument]) -> Iterator[Deed]:
    """Yield the raises and lowerings that one side chose and that had an effect."""
    for instrument in instruments:
        levels, step = getattr(me, instrument.field), getattr(me, STEPS[instrument])
        for week in _weeks(np.diff(levels, prepend=levels[0])):
            before, after = float(levels[week - 1]), float(levels[week])
            dated = reasons.events(me, week, *(k for k, i in SETS.items() if i == instrument))
            if dated or step[week] * (after - before) <= 0.0 or me.stance[week] < 0.0:
                continue
            up = after > before
            kind, why = (
                (Kind.RAISED, reasons.raised) if up else (Kind.LOWERED, reasons.lowered)
            )  # fmt: skip
            because = partial(why, me, instrument, week)
            yield Deed(week, kind, me.owner, me.rival, instrument, before, after, because)


PLAINLY = tuple(kind for kind in Miscalculation if kind.name not in APART)
"""Kinds of miscalculation that are told from their declaration."""


def _renewals(reasons: Reasons, me: Side) -> Iterator[Deed]:
    """Yield the acts of one side within a display that it kept up."""
    for week in _weeks(me.fresh >= 1.0):
        kept = me.deployment[week - 1] >= SHOWN and me.deployment[week] == me.deployment[week - 1]
        chosen = me.accident[week] >= 0.0 and me.force[week] == 0.0
        if week and kept and chosen:
            level = float(me.deployment[week])
            because = partial(reasons.renewed, me, week)
            yield Deed(week, Kind.RENEWED, me.owner, me.rival, Instrument.DEPLOYMENT, level, level,
                       because)  # fmt: skip


def _mistakes(me: Side) -> Iterator[Deed]:
    """Yield one side's accidents, the acts it misread and the signals it missed."""
    for week in _weeks(me.accident):
        if me.us.violence[week - 1] < Violence.WAR:
            excused, slip = float(me.excused[week]), float(me.accident[week])
            yield Deed(week, Kind.SLIPPED, me.owner, me.rival, before=excused, after=slip,
                       lost=_lost(me, week))  # fmt: skip
    for week in _weeks(me.misread_intent > 0.0):
        posture, level = me.them.posture(week - 1)
        yield Deed(week, Kind.MISREAD, me.owner, me.rival, posture, level, 1.0)
    for week in _weeks(me.misread_signal):
        if week < 2:
            continue
        before, after = (float(me.them.deployment[w]) for w in (week - 2, week - 1))
        warned = me.misread_signal[week] > 0.0 and me.them.fresh[week - 1] >= 1.0 and after >= SHOWN
        conceded = me.misread_signal[week] < 0.0 and before >= SHOWN and after < before
        if warned or conceded:
            missed = 1.0 if warned else -1.0
            yield Deed(week, Kind.MISSED, me.owner, me.rival, Instrument.DEPLOYMENT, after, missed)
    for kind in PLAINLY:
        wrong = getattr(me, kind.declared.field)
        for week in _weeks(wrong):
            way = float(wrong[week])
            yield Deed(week, Kind.MISTAKEN, me.owner, me.rival, after=way, mistake=kind)


def _lost(me: Side, week: int) -> float:
    """Return how much of what is at issue a side lost in a week; below 0 it gained."""
    stake, toward = me.us.stake, 1.0 if me.us.a is me else -1.0
    return float(toward * (stake[week - 1] - stake[week]))


def _meetings(us: Shared) -> Iterator[Deed]:
    """Yield the meetings of a pair below war; ``before`` and ``after`` are the sides' stances."""
    a, b = us.a, us.b
    for week in _weeks(a.stance):
        if us.violence[week - 1] >= Violence.WAR:
            continue
        causes = tuple(
            Cause(Why.SURE if me.misread_resolve[week] > 0.0 else Why.DAUNTED, week, who=me.owner)
            for me in (a, b)
            if me.misread_resolve[week]
        )
        stances = float(a.stance[week]), float(b.stance[week])
        yield Deed(week, Kind.MET, a.owner, b.owner, None, *stances, partial(tuple, causes),
                   lost=_lost(a, week))  # fmt: skip


def _fighting(reasons: Reasons, us: Shared) -> Iterator[Deed]:
    """Yield the clashes and wars of a pair, how they began and when they ended."""
    sides = (us.a, us.b)
    changed = np.diff(us.violence, prepend=us.violence[0]) != 0.0
    for week in _weeks(changed | (us.new_clash > 0.0)):
        anew = us.new_clash[week] > 0.0  # also where a ceasefire is broken in its very week
        before = float(Violence.NONE if anew else us.violence[week - 1])
        after = float(us.violence[week])
        if any(reasons.events(me, week, Happening.WAR) for me in sides):
            continue
        if not anew and any(reasons.events(me, week, Happening.CEASEFIRE) for me in sides):
            continue
        names = us.a.owner, us.b.owner
        if after == Violence.NONE:
            talking = us.talks[week - 1] > 0.2
            causes = (Cause(Why.TALKS, week),) if talking else ()
            yield Deed(week, Kind.ENDED, *names, None, before, after, partial(tuple, causes))
            continue
        if before == Violence.NONE:
            yield from _shots(reasons, us, week)
            root = root_of(us, week)
            yield Deed(week, Kind.CLASHED, *names, None, before, 1.0, root=root)
        if after > Violence.CLASH:
            yield Deed(week, Kind.ESCALATED, *names, None, before, after)


def _shots(reasons: Reasons, us: Shared, week: int) -> Iterator[Deed]:
    """Yield who chose to use force where a clash begins, and who answered force or an accident."""
    for me in (us.a, us.b):
        them = me.them
        slip = them.accident[week] > 0.0 and not them.excused[week]
        answers = slip and me.accident[week] <= 0.0
        if us.cause[week] in (Began.CHOICE, Began.DRAWN_IN):
            answers = them.force[week] > 0.0 and me.trace[week] == them.trace[week] + LINK
            if me.force[week] > 0.0 and not answers:
                because = partial(reasons.struck, me, week)
                yield Deed(week, Kind.STRUCK, me.owner, me.rival, because=because,
                           lost=_lost(me, week))  # fmt: skip
        if me.force[week] > 0.0 and answers:
            yield Deed(week, Kind.ANSWERED, me.owner, me.rival)


def _wars(reasons: Reasons, us: Shared) -> Iterator[War]:
    """Yield the wars of a pair, and the dated ones that found it at war."""
    fought, n_weeks = us.violence >= Violence.WAR, len(us.violence)
    for week in range(1, n_weeks):
        dated = [e for me in (us.a, us.b) for e in reasons.events(me, week, Happening.WAR)]
        going = bool(fought[week - 1]) and not us.new_clash[week]
        begun = fought[week] or (dated and us.cause[week] == Began.EVENT)  # may end in its week
        if (going and dated) or (begun and not going):
            later = range(week, n_weeks)
            over = (w for w in later if not fought[w] or (w > week and us.new_clash[w]))
            end = next(over, n_weeks)
            yield War(week, us.a.owner, us.b.owner, dated[0] if dated else None, going, end - week,
                      end == n_weeks)  # fmt: skip


def deeds_of(reasons: Reasons, us: Shared, near: float) -> Iterator[Deed]:
    """Yield what the two states of a pair did to one another, in no order.

    Args:
        reasons: of the world.
        us: the pair.
        near: how much it matters, 0 to 1: of those that hardly do, only what moves forces.
    """
    for me in (us.a, us.b):
        yield from _mistakes(me)
        yield from _renewals(reasons, me)
        # Of pairs that hardly matter, only what can move them to a display.
        yield from _steps(reasons, me, Instrument if near >= OPPOSED else (Instrument.DEPLOYMENT,))
    yield from _meetings(us)
    yield from _fighting(reasons, us)
    for week in _weeks(us.mediated):
        yield Deed(week, Kind.MEDIATED, us.a.owner, us.b.owner)


def _of_states(history: History, events: Sequence[Event]) -> Iterator[Deed]:
    """Yield the allies that were drawn in, the neutrals that joined a bloc, forces stationed."""
    west, east = history.roster.leaders
    forward = {(e.target, e.week + 1) for e in events if e.kind == Happening.FORWARD}
    dated = {(e.actor, e.week + 1) for e in events if e.kind == Happening.ACCESSION}
    for code in history.roster.codes:
        bloc = history.state(code, "bloc")
        for week in _weeks(history.state(code, "joined_fight")):
            yield Deed(week, Kind.JOINED, code, east if bloc[week] == Bloc.WEST else west)
        for week in _weeks(history.state(code, "acceded")):
            if (code, week) not in dated:
                yield Deed(week, Kind.ACCEDED, code, west if bloc[week] == Bloc.WEST else east)
        hosted, step = history.state(code, "hosted"), history.state(code, "step_hosted")
        for week in _weeks(np.diff(hosted, prepend=hosted[0])):
            before, after = float(hosted[week - 1]), float(hosted[week])
            if step[week] * (after - before) > 0.0 and (code, week) not in forward:
                kind = Kind.STATIONED if after > before else Kind.WITHDRAWN
                led = west if bloc[week] == Bloc.WEST else east
                yield Deed(week, kind, led, code, before=before, after=after)


def _of_events(leaders: tuple[str, str], events: Sequence[Event]) -> Iterator[Deed]:
    """Yield the scenario's dated events, once each; a bloc is stood for by its leader."""
    led = dict(zip(("west", "east"), leaders, strict=True))
    told: set[tuple[date, str]] = set()
    for event in events:
        if (event.date, event.what) not in told:
            told.add((event.date, event.what))
            actor, target = (led.get(c, c) for c in (event.actor, event.target))
            yield Deed(event.week + 1, Kind.EVENT, actor, target, event=event)


# Scenes

_SEQUENCE = tuple(Kind)
_WEIGHTS = {
    Kind.EVENT: 5.0, Kind.SLIPPED: 7.0, Kind.MET: 5.0, Kind.ANSWERED: 1.0, Kind.CLASHED: 6.0,
    Kind.MEDIATED: 2.0, Kind.JOINED: 6.0, Kind.ACCEDED: 5.0, Kind.MISSED: 2.0, Kind.MISREAD: 1.0,
    Kind.MISTAKEN: 2.0,
    Kind.RENEWED: 2.0, Kind.STATIONED: 4.0, Kind.WITHDRAWN: 2.5, Kind.STRUCK: 7.0,
}  # fmt: skip


def weight_of(deed: Deed) -> float:
    """Return how much a deed matters to the course of events: a judgement, to pick what to tell."""
    raised = deed.kind == Kind.RAISED
    if deed.kind == Kind.ESCALATED:
        return 20.0 if deed.after > Violence.WAR else 12.0
    if deed.kind == Kind.ENDED:
        return 9.0 if deed.before > Violence.CLASH else 2.5
    if deed.kind == Kind.SLIPPED and deed.before:
        return 3.0 if deed.after > 0.0 else 1.5
    if deed.kind not in (Kind.RAISED, Kind.LOWERED):
        return _WEIGHTS[deed.kind]
    if deed.instrument == Instrument.DEPLOYMENT:
        crossed = (deed.before >= SHOWN) != (deed.after >= SHOWN)
        return (6.0 if crossed else 4.0 * deed.after) if raised else 4.0 * crossed
    if deed.instrument == Instrument.DIPLOMACY:
        return {0.0: 4.0, 0.75: 1.5 * raised, 1.0: 3.0}.get(deed.after, 1.0 - 0.5 * raised)
    if deed.instrument == Instrument.SANCTIONS:
        return 2.5 if raised else 1.5
    return 1.0 + 1.2 * deed.after if raised else 0.5


def _near(history: History, events: Sequence[Event]) -> dict[tuple[str, str], float]:
    """Return how much each pair's scenes count, 1 those of leaders and subject: a judgement."""
    roster, at = history.roster, RelationTraits.FIELDS.index("opposed")
    named = {frozenset((e.actor, e.target)) for e in events}
    near = {}
    for pair, (i, j) in enumerate(roster.pairs):
        codes = roster.codes[i], roster.codes[j]
        opposed = roster.atlas.relation_traits[roster.atlas.left[pair], at, 0] > 0.0
        near[codes] = 0.7 if frozenset(codes) in named else OPPOSED if opposed else 0.2
        if pair in (roster.atlas.leaders_pair, roster.atlas.subject_pair):
            near[codes] = 1.0
    return near


def read(
    history: History, parameters: Mapping[str, float], events: Sequence[Event] = ()
) -> Chronicle:
    """Read a history back as scenes.

    Args:
        history: one world in full.
        parameters: the parameters it was played with, all of them.
        events: the scenario's dated events.
    """
    roster, reasons = history.roster, Reasons(history, parameters, events)
    deeds: dict[tuple[int, str, str], list[Deed]] = defaultdict(list)
    rungs: dict[tuple[str, str], Floats] = {}
    near, flat = _near(history, events), np.zeros(len(history.system))
    for pair in range(roster.n_pairs):
        us = Shared(history, pair)
        rungs[us.a.owner, us.b.owner] = us.rung
        codes = us.a.owner, us.b.owner
        for deed in deeds_of(reasons, us, near[codes]):
            deeds[deed.week, *codes].append(deed)
    known = {frozenset(codes): codes for codes in rungs}
    for deed in (*_of_states(history, events), *_of_events(roster.leaders, events)):
        if deed.week < len(history.system):
            codes = known.get(frozenset((deed.actor, deed.target)), (deed.actor, deed.target))
            deeds[deed.week, *codes].append(deed)
    scenes = [
        _scene(roster.leaders, key, found, rungs.get(key[1:], flat), near.get(key[1:], 0.8))
        for key, found in deeds.items()
    ]
    ordered = tuple(sorted(scenes, key=lambda s: (s.week, -s.weight, s.first)))
    subject = roster.atlas.subject_pair
    wars = _wars(reasons, Shared(history, subject)) if roster.names_subject else ()
    return Chronicle(history, ordered, tuple(wars))


def _scene(
    leaders: tuple[str, str],
    key: tuple[int, str, str],
    deeds: list[Deed],
    rungs: Floats,
    near: float,
) -> Scene:
    week, first, second = key
    now = int(rungs[week])
    peak = now >= Rung.DISPLAY and now > int(rungs[:week].max())
    weights = sorted(map(weight_of, deeds), reverse=True)
    weight = near * (weights[0] + 0.3 * sum(weights[1:]) + (5.0 if peak else 0.0))
    deeds.sort(key=lambda d: (_SEQUENCE.index(d.kind), d.instrument or 0, d.actor))
    return Scene(
        week, first, second, {first, second} == set(leaders), int(rungs[week - 1]), now, peak,
        tuple(deeds), weight,
    )  # fmt: skip


def turning_points(chronicle: Chronicle, *, at_most: int = 16) -> tuple[Scene, ...]:
    """Return the scenes that matter most, in order.

    First each scene in which the leaders climbed higher than ever before, their wars and their
    last way down; then the weightiest others, each kind of scene counting for less the more often
    it has been chosen.

    Args:
        chronicle: what happened.
        at_most: largest number of scenes, 2 or more.
    """
    own = [scene for scene in chronicle.scenes if scene.leaders]
    due = [s for s in own if s.peak or any(d.kind == Kind.ESCALATED for d in s.deeds)]
    down = [s for s in own if s.rung_before >= Rung.DISPLAY > s.rung]
    chosen = sorted({*due, *down[-1:]}, key=lambda s: -s.weight)[:at_most]
    rest = [(s, _sort_of(s)) for s in chronicle.scenes if s not in chosen]
    seen: dict[tuple[bool, Kind], int] = defaultdict(int)
    while rest and len(chosen) < at_most:
        at = max(range(len(rest)), key=lambda k: rest[k][0].weight * 0.75 ** seen[rest[k][1]])
        best, sort = rest[at]
        if best.weight < 1.0 and len(chosen) >= at_most // 2:
            break
        del rest[at]
        chosen.append(best)
        seen[sort] += 1
    return tuple(sorted(chosen, key=lambda s: (s.week, -s.weight, s.first)))


def _sort_of(scene: Scene) -> tuple[bool, Kind]:
    return scene.leaders, max(scene.deeds, key=weight_of).kind
