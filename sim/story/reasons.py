"""Why a state did what it did: the terms that weighed most in its choice, and what fed them.

A *cause* is a term of the choice's own log-odds in the week it was made. A term is known by its
coefficient, and weighs what the choice (:func:`sim.model.stages.choose.weights`) would lose without
it: nothing of the rules stands here again. An alarm or an impulse to reply is traced further: to a
misreading, to a fresh act of the rival, to a clash, to a dated event, or to fog; a score, to the
act that is not settled; a clash, through the acts that led to it, to its *root*. :class:`Shared`
and :class:`Side` read a history by pair and by directed relation.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

import numpy as np

from sim.engine.history import History
from sim.lanes import Floats, Real, Reals
from sim.lanes.randomness import Key
from sim.model.parameters import Parameters, parameter_block
from sim.model.rules.reaction import LINK
from sim.model.stages.character import greed_of
from sim.model.stages.choose import weights
from sim.model.state import Pair, Relation, World
from sim.model.vocabulary import EXERCISES, SHOWN, SIDES, Happening, Instrument, Origin, Violence
from sim.plan.calendar import BLOCS, Event

SETS = {i.declared.event: i for i in Instrument if i.declared.event is not None} | {
    Happening.BRIEFING: Instrument.RHETORIC
}
"""Instruments that dated events set."""
ALARMING = (*SETS, *EXERCISES, Happening.FORWARD)
"""Kinds of dated events that may surprise a rival by what they set."""
FELT = (Instrument.RHETORIC, Instrument.DEPLOYMENT, Instrument.SANCTIONS)
"""Instruments that a rival sees as hostile."""
QUIET = tuple(i for i in Instrument if i.declared.ordinary is None
              and i not in (Instrument.DEPLOYMENT, Instrument.RHETORIC))  # fmt: skip
"""Instruments that threaten, but less than forces on display and loud words do."""
BACK = 3
"""Weeks to look back for what fed an alarm or a reply; both fade faster than that."""
LEAST = 0.3
"""Log-odds that a term must add to be told."""
FAR_BACK = 26
"""Weeks to look back for an act that is not settled."""


class Why(StrEnum):
    """Kinds of causes."""

    EVENT = "event"  # a dated event
    REPLY = "reply"  # the rival's fresh display, answered
    ACT = "act"  # alarm at what the rival did
    FIGHT = "fight"  # alarm at, or reply to, a clash
    MISREAD = "misread"  # alarm at what was misread
    FOG = "fog"  # alarm at what was seen unclearly
    UNSETTLED = "unsettled"  # a display of the rival, not yet settled
    SHOTS = "shots"  # force that the rival used, not yet settled
    SCORE = "score"  # other acts that are not settled
    TRUST = "trust"  # the rival's restraint, which lowered the score below zero
    FEAR = "fear"
    GRIEVANCE = "grievance"
    GAIN = "gain"  # a prober's opportunity
    ISSUE = "issue"  # the pair's issues run hot
    COOLED = "cooled"  # they have cooled
    CHANNEL = "channel"
    TALKS = "talks"  # a mediator's
    COST = "cost"  # of a high posture
    RESPECT = "respect"  # a prober's, for retaliation
    UNREST = "unrest"  # lack of cohesion at home
    SURE = "sure"  # resolve misjudged: the other will yield
    DAUNTED = "daunted"  # resolve misjudged: the other will stand


RAISING = {
    "reply": Why.REPLY, "alarm": Why.ACT, "heat": Why.SCORE, "fear": Why.FEAR,
    "grievance": Why.GRIEVANCE, "opportunity": Why.GAIN, "cohesion": Why.UNREST,
}  # fmt: skip
LOWERING = {
    "talks": Why.TALKS, "channel": Why.CHANNEL, "cost": Why.COST, "respect": Why.RESPECT,
    "alarm": Why.ACT, "heat": Why.TRUST,
}  # fmt: skip
"""Causes by the ends of the names of coefficients; the issue has none of its own."""
WEEKS_OWN = ("perceived", "alarm", "pooled_fear", "retaliation")
"""Fields of a relation that a week's choice finds as they are at the end of the week."""


@dataclass(frozen=True)
class Cause:
    """Why something was done: what weighed, when it arose, and the rival's act behind it."""

    why: Why
    week: int
    instrument: Instrument | None = None  # of the rival, which was seen, misread or answered
    level: float = 0.0  # of that instrument
    who: str = ""  # the side whose judgement it is, in a meeting
    event: Event | None = None


@dataclass(frozen=True)
class Root:
    """What a clash goes back to.

    Attributes:
        origin: its kind.
        links: acts from the root to the one that began the clash, 1 or more.
        who: the side whose act, misreading or accident it was; empty if unknown.
        week: of that act.
    """

    origin: Origin
    links: int
    who: str = ""
    week: int = 0


def traced(trace: float) -> tuple[int, Origin]:
    """Return the links and the origin that a trace stands for."""
    links, origin = divmod(int(trace), int(LINK))
    return links, Origin(origin)


def _act_of(me: Side, before: int, trace: float) -> int:
    """Return the last week up to one in which a side did what leaves a trace; 0 if none is seen."""
    slipped = traced(trace) == (1, Origin.ACCIDENT)
    for week in range(before, 0, -1):
        spoke = me.rhetoric[week] > me.rhetoric[week - 1]
        did = me.fresh[week] > 0.0 or me.force[week] > 0.0 or spoke
        if did and me.trace[week] == trace and (me.accident[week] != 0.0 or not slipped):
            return week
    return 0


def root_of(us: Shared, week: int) -> Root:
    """Return what a clash that began in a week goes back to, act by act of one side and the other.

    An act that was called forth has one link more than the last act of the other side. Where an act
    was covered by another of the same week, who began is not known.
    """
    trace = float(us.root[week])
    links, origin = traced(trace)
    sides = [me for me in (us.a, us.b) if me.trace[week] == trace]
    if not links or not sides:
        return Root(origin if links else Origin.STANDING, max(1, links))
    me, at = sides[0], _act_of(sides[0], week, trace)
    for left in range(links - 1, 0, -1):
        me, at = me.them, _act_of(me.them, at, left * LINK + origin)
    return Root(origin, links, me.owner, at) if at else Root(origin, links)


class Shared:
    """One pair of a history, by field of :class:`~sim.model.state.Pair`, and its two sides."""

    def __init__(self, history: History, pair: int) -> None:
        atlas = history.roster.atlas
        self.history, self._fields = history, history.pairs[:, pair]
        self.a = Side(self, int(atlas.left[pair]))
        self.b = Side(self, int(atlas.right[pair]))
        self.a.them, self.b.them = self.b, self.a

    def __getattr__(self, name: str) -> Floats:
        values = self._fields[:, Pair.FIELDS.index(name)]
        setattr(self, name, values)
        return values


class Side:
    """One directed relation of a history, by field of :class:`~sim.model.state.Relation`."""

    them: Side

    def __init__(self, us: Shared, r: int) -> None:
        self.us, self.r = us, r
        self.owner, self.rival = us.history.roster.relations[r]
        self._fields = us.history.relations[:, r]

    def __getattr__(self, name: str) -> Floats:
        values = self._fields[:, Relation.FIELDS.index(name)]
        setattr(self, name, values)
        return values

    def posture(self, week: int) -> tuple[Instrument, float]:
        """Return the most threatening thing this side is doing: displays, loud words, the rest."""
        for instrument, least in (
            (Instrument.DEPLOYMENT, SHOWN),
            (Instrument.RHETORIC, SHOWN),
            (Instrument.DEPLOYMENT, 0.25),
            *((quiet, 0.25) for quiet in QUIET),
        ):
            level = float(getattr(self, instrument.field)[week])
            if level >= least:
                return instrument, level
        return Instrument.RHETORIC, float(self.rhetoric[week])


def _meant(history: History, events: Sequence[Event], event: Event) -> tuple[list[str], list[str]]:
    """Return the actors and the targets of an event: of a bloc, its members on that day.

    Forces that go forward are a matter between the leaders.
    """
    sides = {code: history.state(code, "bloc")[event.week] for code in history.roster.codes}
    for earlier in events:
        if earlier is event:
            break
        if earlier.week == event.week and earlier.kind == Happening.ACCESSION:
            sides[earlier.actor] = history.state(earlier.actor, "bloc")[event.week + 1]
    if event.kind == Happening.FORWARD:
        side = int(sides[event.target] != SIDES[0])
        return [history.roster.leaders[side]], [history.roster.leaders[1 - side]]
    actors, targets = (
        [code for code, side in sides.items() if side == BLOCS[end]] if end in BLOCS else [end]
        for end in (event.actor, event.target)
    )
    return actors, targets


class Reasons:
    """Answers why, from the parameters a world was played with and the scenario's events."""

    def __init__(
        self, history: History, parameters: Mapping[str, float], events: Sequence[Event]
    ) -> None:
        self.history, self.p = history, parameters
        self._block = parameter_block(parameters, 1).astype(Real)
        self._events: dict[tuple[str, str, int], list[Event]] = defaultdict(list)
        for event in events:
            if event.week + 1 < len(history.system):
                for actor, target in product(*_meant(history, events, event)):
                    self._events[actor, target, event.week + 1].append(event)

    def events(self, me: Side, week: int, *kinds: Happening) -> list[Event]:
        """Return the dated events of some kinds by one side toward the other in a week."""
        return [e for e in self._events.get((me.owner, me.rival, week), []) if e.kind in kinds]

    def alarm(self, me: Side, week: int) -> Cause:
        """Return what fed the alarm that a side feels in a week."""
        kept = self.p["alarm_memory"]
        weeks = range(max(1, week - BACK), week + 1)
        fed = [(me.alarm[w] - kept * me.alarm[w - 1]) * kept ** (week - w) for w in weeks]
        return self._surprise(me, weeks[int(np.argmax(fed))])

    def _surprise(self, me: Side, week: int) -> Cause:
        """Return what surprised a side in a week: it reads what was done in the week before."""
        posture, level = me.them.posture(week - 1)
        if me.misread_intent[week] > 0.0:
            return Cause(Why.MISREAD, week, posture, level)
        done = self.events(me.them, week, *ALARMING)
        told = [event for event in done if self._stirs(me.them, week, event)]
        if me.us.violence[week - 1] < Violence.WAR:
            told += self.events(me, week, Happening.WAR) + self.events(me.them, week, Happening.WAR)
        for event in (*self.events(me, week, Happening.ALARM), *told):
            return Cause(Why.EVENT, week, event=event)
        if week > 1:
            if me.us.violence[week - 1] > me.us.violence[week - 2]:
                return Cause(Why.FIGHT, week - 1)
            for instrument in (Instrument.DEPLOYMENT, *QUIET, Instrument.RHETORIC):
                levels = getattr(me.them, instrument.field)
                if levels[week - 1] > levels[week - 2]:
                    return Cause(Why.ACT, week - 1, instrument, float(levels[week - 1]))
        if me.us.violence[week - 1] > 0.0:
            return Cause(Why.FIGHT, week - 1)
        return Cause(Why.FOG, week, posture, level)

    def _stirs(self, me: Side, week: int, event: Event) -> bool:
        """Say whether an event made what a side does look more hostile to its rival than before."""
        if event.kind == Happening.FORWARD:
            side = "west" if me.owner == self.history.roster.leaders[0] else "east"
            forces = self.history.whole(f"{side}_forward")
            return bool(forces[week] > forces[week - 1])
        if event.kind in EXERCISES:
            kept = 1.0 - self.p["notice"] * me.announced
            before = max(me.deployment[week - 1], kept[week - 1] * me.exercise[week - 1])
            return bool(kept[week] * me.exercise[week] > before)
        instrument = SETS[event.kind]
        level = self.p[instrument.declared.given] * event.size
        return instrument in FELT and level > getattr(me, instrument.field)[week - 1]

    def displayed(self, me: Side, week: int) -> list[Event]:
        """Return the dated events by which a side freshly displayed force in a week.

        What is fresh of them is read in their week; a history has it no more.
        """
        if not week:
            return []
        before, given = me.deployment[week - 1], self.p["deployment_given"]
        found = [
            event
            for event in self.events(me, week, Happening.DEPLOYMENT)
            if given * event.size >= SHOWN and given * event.size > before
        ]
        kept = me.exercise[week - 1] * (1.0 - me.announced[week - 1])
        if me.exercise[week] >= SHOWN and me.exercise[week] > max(before, kept):
            found += self.events(me, week, Happening.SNAP_EXERCISE)
        return found

    def reply(self, me: Side, week: int) -> Cause:
        """Return the fresh act of the rival that a side answers."""
        for event in self.displayed(me.them, week):
            return Cause(Why.EVENT, week, event=event)
        weeks = range(max(0, week - BACK), week)
        fresh = {w: 1.0 if self.displayed(me.them, w) else me.them.fresh[w] for w in weeks}
        at = max(weeks, key=lambda w: fresh[w] * self.p["reply_memory"] ** (week - w))
        for event in self.displayed(me.them, at):
            return Cause(Why.EVENT, at, event=event)
        if me.them.fresh[at] < 1.0:
            return Cause(Why.FIGHT, at)
        # The rival may have backed down in the very week in which it displayed.
        shown = max(SHOWN, float(me.them.deployment[at]))
        return Cause(Why.REPLY, at, Instrument.DEPLOYMENT, shown)

    def unsettled(self, me: Side, before: int) -> Cause:
        """Return the rival's act before a week that weighs most in the score against it."""
        weeks = range(max(1, before - FAR_BACK), before + 1)  # this week's events count already

        def weight(week: int) -> float:
            acted = week < before
            force = self.p["score_force"] * me.them.force[week] * acted
            fresh = me.them.fresh[week] >= 1.0 and acted
            display = self.p["score_display"] * (fresh or bool(self.displayed(me.them, week)))
            return float(max(force, display) * self.p["score_memory"] ** (before - week))

        at = max(weeks, key=weight, default=0)
        if not at or weight(at) <= 0.0:
            return Cause(Why.SCORE, max(0, before - 1))
        if me.them.force[at] > 0.0 and at < before:
            return Cause(Why.SHOTS, at)
        for event in self.displayed(me.them, at):
            return Cause(Why.EVENT, at, event=event)
        shown = max(SHOWN, float(me.them.deployment[at]))
        return Cause(Why.UNSETTLED, at, Instrument.DEPLOYMENT, shown)

    def renewed(self, me: Side, week: int) -> tuple[Cause, ...]:
        """Return what of the score made a side act anew within a display that it keeps up."""
        hot = self.p["posture_heat"] * me.heat[week] >= LEAST
        return (self.unsettled(me, week),) if hot else ()

    def struck(self, me: Side, week: int) -> tuple[Cause, ...]:
        """Return why a side chose to use force."""
        links, origin = traced(me.trace[week])
        if links > 1 or origin == Origin.STANDING:
            shown = me.them.fresh[week] >= 1.0 and me.them.accident[week] >= 0.0
            level = max(SHOWN, float(me.them.deployment[week]))
            fresh = Cause(Why.REPLY, week, Instrument.DEPLOYMENT, level)
            return (fresh if shown else self.unsettled(me, week),)
        if origin == Origin.GAIN:
            return (Cause(Why.GAIN, week),)
        if origin != Origin.OWN:
            return ()
        feared = me.pooled_fear[week] >= me.grievance[week]
        return (Cause(Why.FEAR if feared else Why.GRIEVANCE, week),)

    def raised(self, me: Side, instrument: Instrument, week: int) -> tuple[Cause, ...]:
        """Return what weighed most in raising an instrument."""
        ordinary, after = instrument.declared.ordinary, getattr(me, instrument.field)[week]
        back = ordinary is not None and after <= ordinary
        return () if back else self.weightiest(self.terms(me, instrument, week, 0), me, week)

    def lowered(self, me: Side, instrument: Instrument, week: int) -> tuple[Cause, ...]:
        """Return what weighed most in lowering an instrument."""
        ordinary, after = instrument.declared.ordinary, getattr(me, instrument.field)[week]
        back = ordinary is not None and after >= ordinary
        return () if back else self.weightiest(self.terms(me, instrument, week, 1), me, week)

    def terms(self, me: Side, instrument: Instrument, week: int, way: int) -> dict[Why, float]:
        """Return what each term adds to the log-odds of raising (0) or lowering (1) in a week."""
        declared = instrument.declared
        beginning, ends, issue = (
            (declared.raising, RAISING, Why.ISSUE),
            (declared.lowering, LOWERING, Why.COOLED),
        )[way]
        places = {name: k for k, name in enumerate(Parameters.FIELDS)}

        def weighed(without: str = "", salience: float = 1.0) -> float:
            block = self._block.copy()
            if without:
                block[0, places[without]] = 0.0
            world = self._world(me, week, block, salience)
            weight = weights(world, self.history.roster.atlas, me.r, instrument, 1.0, 0)[way]
            return math.log(weight) if weight > 0.0 else 0.0

        whole = weighed()
        names = {f"{beginning}_{end}": why for end, why in ends.items()}
        found = {why: whole - weighed(name) for name, why in names.items() if name in places}
        return {**found, issue: whole - weighed(salience=0.0)}

    def _world(self, me: Side, week: int, parameters: Reals, salience: float) -> World:
        """Return the world that a choice found, with the issue of its pair so many times as hot."""
        history, pair = self.history, self.history.roster.atlas.pair[me.r]
        relations, pairs = history.relations[week - 1].copy(), history.pairs[week - 1].copy()
        own, hot = [Relation.FIELDS.index(n) for n in WEEKS_OWN], Pair.FIELDS.index("salience")
        relations[me.r, own] = history.relations[week, me.r, own]
        for name, value in self._unanswered(me, week).items():
            relations[me.r, Relation.FIELDS.index(name)] = value
        pairs[pair, hot] = salience * history.pairs[week, pair, hot]
        states, system = history.states[week - 1], history.system[week - 1][None]
        nothing = np.zeros(1, np.uint32)
        key = Key(0, 0, nothing, nothing, nothing)
        parts = [part[..., None].astype(Real) for part in (relations, pairs, states, system)]
        return World(parts[0], parts[1], parts[2], parts[3], parameters, key)

    def _unanswered(self, me: Side, week: int) -> dict[str, float]:
        """Return the score and the impulse to reply as a choice found them.

        What the week's own acts settled of them is no longer in the history; the heat is.
        """
        p, heat = Parameters(self._block, 0, 0), float(me.heat[week])
        greed = greed_of(self.history.roster.atlas, p, self.history.roster.atlas.owner[me.r])
        part = 1.0 - greed * (float(me.retaliation[week]) if heat > 0.0 else 1.0)
        kept = 1.0 - p.reply_settle if me.fresh[week] >= 1.0 or me.force[week] > 0.0 else 1.0
        reply = float(me.reply[week])
        return {"score": heat / part if part > 0.0 else 0.0,
                "reply": reply / kept if kept > 0.0 else reply}  # fmt: skip

    def weightiest(self, terms: Mapping[Why, float], me: Side, week: int) -> tuple[Cause, ...]:
        """Return the one or two terms that weighed most, traced to their sources."""
        trace = {Why.ACT: self.alarm, Why.REPLY: self.reply, Why.SCORE: self.unsettled}
        ranked = sorted(terms.items(), key=lambda term: -term[1])[:2]
        causes = (
            trace[why](me, week) if why in trace else Cause(why, week)
            for why, weight in ranked
            if weight >= max(LEAST, 0.5 * ranked[0][1])
        )
        return _told_once(dict.fromkeys(causes))  # an alarm and a reply may have one source


def _told_once(causes: Collection[Cause]) -> tuple[Cause, ...]:
    """Return causes without those that tell of the same act as another, less closely."""
    closer = {Why.FIGHT: (Why.SHOTS,), Why.UNSETTLED: (Why.REPLY, Why.ACT)}
    known = [(cause.why, cause.week) for cause in causes]
    return tuple(
        cause
        for cause in causes
        if not any((why, cause.week) in known for why in closer.get(cause.why, ()))
    )
