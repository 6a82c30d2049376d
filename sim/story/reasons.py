"""Why a state did what it did: the terms that weighed most in its choice, and what fed them.

A *cause* is a term of the choice's own log-odds in the week it was made
(:mod:`sim.model.rules.choice`). An alarm or an impulse to reply is traced further: to a misreading,
to a fresh act of the rival, to a clash, to a dated event, or to fog. :class:`Shared` and
:class:`Side` read a history by pair and by directed relation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

import numpy as np

from sim.engine.history import History
from sim.lanes import Floats
from sim.model.parameters import Parameters, parameter_block
from sim.model.stages.character import greed_of
from sim.model.state import Pair, Relation
from sim.model.vocabulary import Happening, Instrument
from sim.plan.scenario import BLOCS, Event

INSTRUMENTS = {i.name.lower(): i for i in Instrument}
SETS = {
    Happening.SPEECH: Instrument.RHETORIC,
    Happening.DEPLOYMENT: Instrument.DEPLOYMENT,
    Happening.SANCTIONS: Instrument.SANCTIONS,
    Happening.DIPLOMACY: Instrument.DIPLOMACY,
}
"""Instruments that dated events set."""
SHOWN = 0.5
"""Deployment from which it is a display of force (:func:`sim.model.rules.ladder.displays`)."""
BACK = 3
"""Weeks to look back for what fed an alarm or a reply; both fade faster than that."""


class Why(StrEnum):
    """Kinds of causes."""

    EVENT = "event"  # a dated event
    REPLY = "reply"  # the rival's fresh display, answered
    ACT = "act"  # alarm at what the rival did
    FIGHT = "fight"  # alarm at, or reply to, a clash
    MISREAD = "misread"  # alarm at what was misread
    FOG = "fog"  # alarm at what was seen unclearly
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


@dataclass(frozen=True)
class Cause:
    """Why something was done: what weighed, when it arose, and the rival's act behind it."""

    why: Why
    week: int
    instrument: Instrument | None = None  # of the rival, which was seen, misread or answered
    level: float = 0.0  # of that instrument
    who: str = ""  # the side whose judgement it is, in a meeting
    event: Event | None = None


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
        self.us = us
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
            (Instrument.SANCTIONS, 0.25),
        ):
            level = float(getattr(self, instrument.name.lower())[week])
            if level >= least:
                return instrument, level
        return Instrument.RHETORIC, float(self.rhetoric[week])


def _meant(history: History, events: Sequence[Event], event: Event) -> tuple[list[str], list[str]]:
    """Return the actors and the targets of an event: of a bloc, its members on that day."""
    sides = {code: history.state(code, "bloc")[event.week] for code in history.roster.codes}
    for earlier in events:
        if earlier is event:
            break
        if earlier.week == event.week and earlier.kind == Happening.ACCESSION:
            sides[earlier.actor] = history.state(earlier.actor, "bloc")[event.week + 1]
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
        roster, block = history.roster, Parameters(parameter_block(parameters, 1), 0, 0)
        self.history, self.p = history, parameters
        self.greed = {
            c: float(greed_of(roster.atlas, block, i)) for i, c in enumerate(roster.codes)
        }
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
        for event in (*self.events(me, week, Happening.ALARM), *self.events(me.them, week, *SETS)):
            return Cause(Why.EVENT, week, event=event)
        if week > 1:
            if me.us.violence[week - 1] > me.us.violence[week - 2]:
                return Cause(Why.FIGHT, week - 1)
            for name in ("deployment", "sanctions", "rhetoric"):
                levels = getattr(me.them, name)
                if levels[week - 1] > levels[week - 2]:
                    return Cause(Why.ACT, week - 1, INSTRUMENTS[name], float(levels[week - 1]))
        if me.us.violence[week - 1] > 0.0:
            return Cause(Why.FIGHT, week - 1)
        return Cause(Why.FOG, week, posture, level)

    def reply(self, me: Side, week: int) -> Cause:
        """Return the fresh act of the rival that a side answers."""
        for event in self.events(me.them, week, Happening.DEPLOYMENT):
            return Cause(Why.EVENT, week, event=event)
        weeks = range(max(0, week - BACK), week)
        fed = [me.them.fresh[w] * self.p["reply_memory"] ** (week - w) for w in weeks]
        at = weeks[int(np.argmax(fed))]
        if me.them.fresh[at] < 1.0:
            return Cause(Why.FIGHT, at)
        # The rival may have backed down in the very week in which it displayed.
        shown = max(SHOWN, float(me.them.deployment[at]))
        return Cause(Why.REPLY, at, Instrument.DEPLOYMENT, shown)

    def raised(self, me: Side, name: str, week: int) -> tuple[Cause, ...]:
        """Return what weighed most in raising an instrument (see :mod:`sim.model.rules.choice`)."""
        p, greed = self.p, self.greed[me.owner]
        fear, alarm = float(me.pooled_fear[week]), float(me.alarm[week])
        grievance, salience = float(me.grievance[week - 1]), float(me.us.salience[week])
        terms: dict[Why, float] = {}
        if name == "deployment":
            retaliation = float(me.retaliation[week])
            gain = greed * max(0.0, 1.0 - p["deterrence"] * retaliation)
            terms = {
                Why.REPLY: p["deploy_reply"] * float(me.reply[week]) * (1.0 - greed * retaliation),
                Why.ACT: (1.0 - greed) * p["deploy_alarm"] * alarm,
                Why.FEAR: (1.0 - greed) * p["deploy_fear"] * fear,
                Why.GRIEVANCE: p["deploy_grievance"] * grievance,
                Why.GAIN: p["deploy_opportunity"] * gain,
                Why.ISSUE: salience,
            }
        elif name == "rhetoric":
            cohesion = float(self.history.state(me.owner, "cohesion")[week - 1])
            terms = {
                Why.ACT: p["accuse_alarm"] * alarm,
                Why.FEAR: p["accuse_fear"] * fear,
                Why.ISSUE: p["accuse_issue"] * salience,
                Why.UNREST: -p["accuse_cohesion"] * cohesion,
            }
        elif name == "sanctions":
            terms = {
                Why.ACT: p["sanction_alarm"] * alarm,
                Why.GRIEVANCE: p["sanction_grievance"] * grievance,
            }
        elif me.diplomacy[week] > SHOWN:
            terms = {Why.FEAR: p["talk_fear"] * fear * p["sensibility"]}
        return self._weightiest(terms, me, week)

    def lowered(self, me: Side, name: str, week: int) -> tuple[Cause, ...]:
        """Return what weighed most in lowering an instrument."""
        p, us, salience = self.p, me.us, float(me.us.salience[week])
        terms: dict[Why, float] = {}
        if name == "deployment":
            level = float(me.deployment[week - 1])
            respect = self.greed[me.owner] * float(me.retaliation[week])
            clarity = p["channel_strength"] * float(us.channel[week - 1])
            terms = {
                Why.TALKS: p["withdraw_talks"] * float(us.talks[week - 1]),
                Why.CHANNEL: p["withdraw_channel"] * clarity,
                Why.COST: p["withdraw_cost"] * level * level,
                Why.RESPECT: p["withdraw_respect"] * respect,
                Why.COOLED: -p["withdraw_issue"] * salience,
            }
        elif name == "rhetoric":
            terms = {Why.COOLED: -p["accuse_issue"] * salience}
        elif name == "diplomacy" and me.diplomacy[week] < SHOWN:
            terms = {Why.ACT: p["expel_alarm"] * float(me.alarm[week])}
        return self._weightiest(terms, me, week)

    def _weightiest(self, terms: Mapping[Why, float], me: Side, week: int) -> tuple[Cause, ...]:
        """Return the one or two terms that weighed most, traced to their sources."""
        trace = {Why.ACT: self.alarm, Why.REPLY: self.reply}
        ranked = sorted(terms.items(), key=lambda term: -term[1])[:2]
        causes = (
            trace[why](me, week) if why in trace else Cause(why, week)
            for why, weight in ranked
            if weight >= max(0.3, 0.5 * ranked[0][1])
        )
        return tuple(dict.fromkeys(causes))  # an alarm and a reply may have one source
