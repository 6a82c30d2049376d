"""From scenes to sentences: names, dates, causes and grammar.

A week of a history is told by the day it begins: week 1, the first that is played, begins on the
scenario's first day. Where there are several ways to say a thing they are taken in turn, so that
the same world always gives the same text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sim.engine.history import History
from sim.model.vocabulary import Instrument, Origin, Rung, Violence
from sim.plan.scenario import Scenario
from sim.story.chronicle import (
    Chronicle,
    Deed,
    Kind,
    Scene,
    War,
    read,
    turning_points,
    weight_of,
)
from sim.story.escaping import plain
from sim.story.reasons import Cause, Why
from sim.story.wording import Name, Names, Words, of

MOST_DEEDS, LEAST_DEED = 4, 1.2
"""Deeds told of one scene beside its dated events, and the weight below which one is left out
beside weightier ones."""
MOST_PAIRS = 5
"""Other pairs named at the end."""
LEAST_LOST, LEAST_MOVED = 0.02, 0.05
"""Parts of what is at issue that are told: lost in a week, and moved by the end."""
AFRAID = 0.3
"""Fear from which a state that seeks allies is said to be afraid."""


@dataclass(frozen=True)
class Told:
    """A scene, the day its week begins, and its sentences."""

    scene: Scene
    day: date
    text: str


@dataclass(frozen=True)
class Story:
    """A world in words."""

    world: int
    words: Words
    opening: str
    scenes: tuple[Told, ...]
    elsewhere: str
    closing: str


def tell(
    history: History,
    scenario: Scenario,
    parameters: Mapping[str, float],
    *,
    at_most: int = 16,
    language: str = "en",
) -> Story:
    """Tell one world.

    Args:
        history: the world in full.
        scenario: where it comes from.
        parameters: the parameters it was played with, all of them.
        at_most: largest number of scenes told.
        language: code of a language of ``sim/words``.

    Raises:
        InputError: if there is no such language, or if it has no stories yet.
    """
    words = of(language)
    chronicle = read(history, parameters, scenario.events)
    teller = _Teller(chronicle, scenario.start, words)
    chosen = turning_points(chronicle, at_most=at_most)
    return Story(
        world=history.number,
        words=words,
        opening=teller.opening(),
        scenes=tuple(Told(s, teller.day(s.week), teller.scene(s)) for s in chosen),
        elsewhere=teller.elsewhere(chosen),
        closing=teller.closing(),
    )


def markdown(story: Story) -> str:
    """Return a story as Markdown: a paragraph, a dated list, a paragraph."""
    words = story.words
    scenes = [
        f"- **{words.long_date(t.day)}** ({words.week(t.scene.week)}). {plain(_flush(t.text))}"
        for t in story.scenes
    ]
    end = " ".join(part for part in (story.elsewhere, story.closing) if part)
    return "\n".join([plain(story.opening), "", *scenes, "", plain(end)])


def _flush(text: str) -> str:
    """Return text in one line: what an event is called may have several."""
    return " ".join(text.split())


def _took(scene: Scene, deed: Deed) -> bool:
    """Say whether force that was not answered took something, where no meeting tells of it."""
    met = any(d.kind == Kind.MET and d.before != d.after for d in scene.deeds)
    return deed.lost <= -LEAST_LOST and not met


class _Teller:
    """Turns scenes into sentences; where there are several ways to say a thing, by turns."""

    def __init__(self, chronicle: Chronicle, start: date, words: Words) -> None:
        self.words = words
        self.history, self.scenes, self.start = chronicle.history, chronicle.scenes, start
        self.wars = chronicle.wars
        self.names = Names(self.history.roster, words)
        self._used: Counter[str] = Counter()
        self._sentences: dict[Kind, Callable[[Scene, Deed], str]] = {
            Kind.EVENT: self._event,
            Kind.RAISED: self._step,
            Kind.LOWERED: self._step,
            Kind.RENEWED: self._renewal,
            Kind.STATIONED: self._station,
            Kind.WITHDRAWN: self._station,
            Kind.SLIPPED: self._slip,
            Kind.MET: self._meeting,
            Kind.STRUCK: self._strike,
            Kind.ESCALATED: self._escalation,
            Kind.ENDED: self._end,
            Kind.MEDIATED: self._mediation,
            Kind.JOINED: self._joining,
            Kind.ACCEDED: self._accession,
            Kind.MISSED: self._missed,
            Kind.MISREAD: self._misreading,
            Kind.MISTAKEN: self._mistake,
        }

    def day(self, week: int) -> date:
        """Return the day on which a week of the history begins (week 0 is the start itself)."""
        return self.start + timedelta(days=7 * max(0, week - 1))

    def _say(self, what: str, /, **words: str) -> str:
        """Return the next of the ways to say a thing."""
        ways = self.words.ways(what)
        self._used[what] += 1
        return ways[(self._used[what] - 1) % len(ways)].format(**words)

    # A scene

    def scene(self, scene: Scene) -> str:
        """Return what happened in a scene, in the order of the turn."""
        able = [d for d in scene.deeds if d.kind in self._sentences]
        dated = [d for d in able if d.kind == Kind.EVENT]  # the calendar takes nobody's place
        kept = sorted((d for d in able if d not in dated), key=lambda d: -weight_of(d))[:MOST_DEEDS]
        kept = [d for d in kept if weight_of(d) >= LEAST_DEED] or ([] if dated else kept[:1])
        kept += dated
        parts = [self._sentences[d.kind](scene, d) for d in able if d in kept]
        kinds = {d.kind for d in scene.deeds if not (d.kind == Kind.SLIPPED and d.before)}
        if Kind.CLASHED in kinds and not kinds & {Kind.SLIPPED, Kind.MET, Kind.STRUCK}:
            parts.append(self._say("clashed", both=self._both(scene)))
        parts += [self._root(scene), self._standing(scene), self._aftermath(scene, kinds)]
        return " ".join(self.words.opened(part) for part in parts if part)

    def _both(self, scene: Scene) -> Name:
        return self.names.both(scene.first, scene.second)

    def _the_two(self) -> Name:
        """Return what the leaders are called where it is plain that they are meant."""
        told = self._say("leaders")
        return Name(lambda _: told)

    def _root(self, scene: Scene) -> str:
        """Return what a clash goes back to, if the act that began it was called forth."""
        found = [d.root for d in scene.deeds if d.root is not None]
        if not found or found[0].links < 2:
            return ""
        root = found[0]
        between = root.links - (1 if root.origin == Origin.MISREADING else 2)
        through = self._say("through", acts=self.words.count("acts", between)) if between else ""
        kind = root.origin.name.lower()
        if not root.who:
            return self._say("root", through=through, origin=self._say(f"some {kind}"))
        who, their = self.names.the(root.who), self.names.of(root.who)
        day = self.words.long_date(self.day(root.week))
        origin = self._say(f"root {kind}", who=who, their=their, day=day)
        return self._say("root", through=through, origin=origin)

    def _standing(self, scene: Scene) -> str:
        """Return where the pair stands now, if it has moved from or to a display or more."""
        if scene.rung == scene.rung_before or max(scene.rung, scene.rung_before) < Rung.DISPLAY:
            return ""
        who = self._the_two() if scene.leaders else self._both(scene)
        way = "up" if scene.rung > scene.rung_before else "down"
        return self._say(f"standing {way}", who=who, rung=self.words.rung(scene.rung))

    def _aftermath(self, scene: Scene, kinds: Set[Kind]) -> str:
        """Return how fear rose in the month after a scene that frightened."""
        frightening = {Kind.SLIPPED, Kind.CLASHED, Kind.ESCALATED, Kind.EVENT}
        if not scene.leaders or not frightening & kinds:
            return ""
        later = min(scene.week + 4, len(self.history.system) - 1)
        rises = []
        for me, them in ((scene.first, scene.second), (scene.second, scene.first)):
            fear = self.history.relation(me, them, "fear")
            rises.append((fear[later] - fear[scene.week - 1], me, them, fear))
        rise, me, them, fear = max(rises, key=lambda r: r[0])
        if rise < 0.02:
            return ""
        return self._say(
            "aftermath",
            me=self.names.the(me),
            my=self.names.of(me),
            them=self.names.the(them),
            before=self.words.decimal(fear[scene.week - 1]),
            after=self.words.decimal(fear[later]),
        )

    def _noun_of(self, deed: Deed) -> str:
        return self.words.noun(deed.instrument, deed.after)

    # Deeds

    def _event(self, scene: Scene, deed: Deed) -> str:
        if deed.event is None:
            return ""
        day, what = self.words.long_date(deed.event.date), self.words.event(deed.event.what)
        return self._say("event", day=day, what=what)

    def _step(self, scene: Scene, deed: Deed) -> str:
        way = "raised" if deed.kind == Kind.RAISED else "lowered"
        step = self.words.step(way, deed.instrument or Instrument.RHETORIC, deed.after)
        did = step.format(them=self.names.the(deed.target), their=self.names.of(deed.target))
        actor, because = self.names.the(deed.actor), self._because(scene, deed)
        if not because:
            return self._say("plain step", actor=actor, did=did)
        return self._say("step", actor=actor, did=did, because=because)

    def _slip(self, scene: Scene, deed: Deed) -> str:
        slips = [d for d in scene.deeds if d.kind == Kind.SLIPPED and d.after == deed.after]
        if slips[0] is not deed:
            return ""  # told with the first
        actor, other = self.names.the(deed.actor), self.names.the(deed.target)
        if deed.after < 0.0:
            return self._say("excused show" if deed.before else "show", actor=actor, other=other)
        if len(slips) > 1:
            excused = all(d.before for d in slips)
            return self._say("both excused" if excused else "both slip")
        fired = self._say("slip", actor=actor, other=other)
        if deed.before:
            return self._say("excused", fired=fired, other=other)
        if any(d.kind == Kind.ANSWERED for d in scene.deeds):
            return self._say("shot back", fired=fired, other=other)
        if any(d.kind == Kind.CLASHED for d in scene.deeds):
            told = self._say("held fire", fired=fired, other=other)
            return self._say("and lost", told=told, other=other) if _took(scene, deed) else told
        return fired

    def _renewal(self, scene: Scene, deed: Deed) -> str:
        actor, them = self.names.the(deed.actor), self.names.the(deed.target)
        did = self._say("renewed", them=them, noun=self._noun_of(deed))
        because = self._because(scene, deed)
        if not because:
            return self._say("plain step", actor=actor, did=did)
        return self._say("step", actor=actor, did=did, because=because)

    def _strike(self, scene: Scene, deed: Deed) -> str:
        actor, other = self.names.the(deed.actor), self.names.the(deed.target)
        did, because = self._say("struck", them=other), self._because(scene, deed)
        what = "struck because" if because else "plain step"
        told = self._say(what, actor=actor, did=did, because=because)
        if any(d.kind == Kind.STRUCK and d.actor == deed.target for d in scene.deeds):
            return told
        if any(d.kind == Kind.ANSWERED and d.actor == deed.target for d in scene.deeds):
            return self._say("struck back", told=told, other=other)
        told = self._say("unanswered", told=told, other=other)
        return self._say("which cost", told=told) if _took(scene, deed) else told

    def _meeting(self, scene: Scene, deed: Deed) -> str:
        sides = [(deed.actor, deed.before), (deed.target, deed.after)]
        judged = {cause.who: cause.why for cause in deed.causes}
        clauses = []
        for at, (code, stance) in enumerate(sides):
            error = {Why.SURE: "underrating", Why.DAUNTED: "overrating"}.get(
                judged.get(code, Why.FOG)
            )
            their = self.names.of(sides[1 - at][0])
            because = self._say(error, their=their) if error else ""
            stood, gave = self._say("stood"), self._say("gave")
            lost = deed.lost if at == 0 else -deed.lost
            if stance < 0.0 < sides[1 - at][1] and lost >= LEAST_LOST:
                gave = self._say("gave up", gave=gave)
            did = stood if stance > 0.0 else gave
            clauses.append(self._say("side", who=self.names.the(code), because=because, did=did))
        if deed.before == deed.after and not judged:
            clauses = [self._say("none gave way" if deed.before > 0.0 else "both backed down")]
        fighting = scene.rung_before >= Rung.CLASH
        text = self._say("met fighting" if fighting else "met", how=self.words.joined(clauses))
        clashed = any(d.kind == Kind.CLASHED for d in scene.deeds)
        if clashed and deed.before + deed.after > 1.0:
            return self._say("came to a clash", text=text)
        return text

    def _escalation(self, scene: Scene, deed: Deed) -> str:
        what = "nuclear use" if deed.after > Violence.WAR else "became a war"
        return self._say(what, both=self._both(scene))

    def _end(self, scene: Scene, deed: Deed) -> str:
        what = "end war" if deed.before > Violence.CLASH else "end shooting"
        mediated = self._say("mediated") if deed.causes else ""
        return self._say(what, both=self._both(scene), mediated=mediated)

    def _mediation(self, scene: Scene, deed: Deed) -> str:
        return self._say("mediation", both=self._both(scene))

    def _joining(self, scene: Scene, deed: Deed) -> str:
        allies = [
            s.second if s.first == deed.target else s.first
            for s in self.scenes
            if s.week == deed.week
            and deed.target in (s.first, s.second)
            and any(d.kind == Kind.CLASHED for d in s.deeds)
        ]
        named = self.words.listed([self.names.the(c) for c in allies])
        ally = self._say("ally", allies=named) if allies else ""
        actor, target = self.names.the(deed.actor), self.names.the(deed.target)
        return self._say("joining", actor=actor, ally=ally, target=target)

    def _accession(self, scene: Scene, deed: Deed) -> str:
        because = self._fear_of_other(deed.actor, deed.target, deed.week, "afraid")
        actor, target = self.names.the(deed.actor), self.names.the(deed.target)
        return self._say("accession", actor=actor, because=because, target=target)

    def _fear_of_other(self, code: str, led: str, week: int, what: str) -> str:
        """Return, as a clause of a kind, that a state is afraid of the other leader, if it is."""
        west, east = self.history.roster.leaders
        other = east if led == west else west
        if (code, other) not in self.history.roster.relations:
            return ""
        fear = self.history.relation(code, other, "fear")[week]
        if fear < AFRAID:
            return ""
        other, host = self.names.the(other), self.names.the(code)
        return self._say(what, host=host, other=other, fear=self.words.decimal(fear))

    def _station(self, scene: Scene, deed: Deed) -> str:
        more = deed.kind == Kind.STATIONED
        words = self.words.hosted(deed.kind, deed.after)
        did = words.format(host=self.names.the(deed.target))
        if more:
            did += self._fear_of_other(deed.target, deed.actor, deed.week, "host")
        return self._say("plain step", actor=self.names.the(deed.actor), did=did)

    def _missed(self, scene: Scene, deed: Deed) -> str:
        what = "missed warning" if deed.after > 0.0 else "missed concession"
        them, their = self.names.the(deed.target), self.names.of(deed.target)
        return self._say(what, actor=self.names.the(deed.actor), them=them, their=their)

    def _misreading(self, scene: Scene, deed: Deed) -> str:
        if any(c.why == Why.MISREAD and c.week == deed.week for d in scene.deeds for c in d.causes):
            return ""  # told as a cause
        actor, noun = self.names.the(deed.actor), self.words.noun(deed.instrument, deed.before)
        return self._say("misreading", actor=actor, their=self.names.of(deed.target), noun=noun)

    def _mistake(self, scene: Scene, deed: Deed) -> str:
        if deed.mistake is None:
            return ""
        what, way = self.words.mistake(deed.mistake, deed.after > 0.0)
        actor, their = self.names.the(deed.actor), self.names.of(deed.target)
        return self._say("mistake", actor=actor, their=their, what=what, way=way)

    # Causes

    def _because(self, scene: Scene, deed: Deed) -> str:
        return self.words.because([self._cause(scene, cause, deed) for cause in deed.causes])

    def _cause(self, scene: Scene, cause: Cause, deed: Deed) -> str:
        past = deed.week - cause.week
        when = self._say("last week") if past == 1 else ""
        if past > 1:
            when = self._say("weeks ago", weeks=self.words.number(past))
        them, their = self.names.the(deed.target), self.names.of(deed.target)
        noun = self.words.noun(cause.instrument, cause.level)
        fear = self.history.relation(deed.actor, deed.target, "fear")[deed.week]
        if cause.event is not None:
            here = any(d.event == cause.event for d in scene.deeds)
            day = self.words.long_date(cause.event.date)
            return self._say("in answer" if here else "in mind", day=day)
        return self._say(
            cause.why, them=them, their=their, noun=noun, when=when, fear=self.words.decimal(fear)
        )

    # The whole world

    def opening(self) -> str:
        """Return how the two leaders began."""
        west, east = self.history.roster.leaders
        sides = []
        for me, them in ((west, east), (east, west)):
            held = []
            for instrument in sorted(Instrument, key=lambda i: i.declared.ordinary is not None):
                level = float(self.history.relation(me, them, instrument.field)[0])
                words = self.words.held(instrument, level)  # '' of an instrument at rest
                held += [words] if words else []
            start = self._say(
                "side at the start", who=self.names.the(me), held=self.words.listed(held)
            )
            sides.append(start)
        fears = self.words.listed([
            self._say("fear was", my=self.names.of(me), them=self.names.the(them),
                      fear=self.words.decimal(self.history.relation(me, them, "fear")[0]))
            for me, them in ((west, east), (east, west))
        ])  # fmt: skip
        began = self._say(
            "start",
            day=self.words.long_date(self.start),
            leaders=self.names.both(west, east),
            rung=self.words.rung(int(self.history.pair(west, east, "rung")[0])),
            sides=self.words.apart(sides),
        )
        return " ".join(map(self.words.opened, (began, self._say("scale", fears=fears))))

    def closing(self) -> str:
        """Return how the two leaders ended."""
        west, east = self.history.roster.leaders
        rungs = self.history.pair(west, east, "rung").astype(int)
        fears = [self._moved(me, them) for me, them in ((west, east), (east, west))]
        parts = [
            self._course(rungs),
            self._spent(rungs),
            self.words.listed(fears),
            self._held(west, east, self._say("between leaders")),
            *map(self._war, self.wars),
        ]
        if self.history.roster.names_subject:
            one, other = self.history.roster.subject
            between = self._say("between", both=self.names.both(one, other))
            parts.append(self._held(one, other, between))
        return " ".join(self.words.opened(part) for part in parts if part)

    def _course(self, rungs: NDArray[np.int64]) -> str:
        """Return how high the leaders came, and when they were back where they had begun."""
        peak, at = int(rungs.max()), int(rungs.argmax())
        leaders, rung = self.names.both(*self.history.roster.leaders), self.words.rung(peak)
        if peak == rungs[0]:
            return self._say("never higher", leaders=leaders, rung=rung)
        after = [week for week in range(at, len(rungs)) if rungs[week] <= rungs[0]]
        day = self.words.long_date(self.day(at))
        if not after:
            return self._say("highest stayed", leaders=leaders, rung=rung, day=day)
        later = after[0] - at
        how_long = "a week later" if later == 1 else "weeks later"
        back = self._say(how_long, weeks=self.words.number(later))
        return self._say("highest back", leaders=leaders, rung=rung, day=day, back=back)

    def _spent(self, rungs: NDArray[np.int64]) -> str:
        """Return how long the leaders displayed force, how often they clashed, and their end."""
        high, last = int((rungs[1:] >= Rung.DISPLAY).sum()), self.words.rung(int(rungs[-1]))
        number = self.words.number(high)
        weeks = self._say(
            "weeks high" if high else "no week", weeks=number, all=str(len(rungs) - 1)
        )
        clashes = sum(
            s.leaders and any(d.kind == Kind.CLASHED for d in s.deeds) for s in self.scenes
        )
        if not clashes:
            return self._say("spent", weeks=weeks, rung=last)
        return self._say("spent clashed", weeks=weeks, times=self.words.times(clashes), rung=last)

    def _moved(self, me: str, them: str) -> str:
        """Return how one leader's fear of the other went from the start to the end."""
        fear = self.history.relation(me, them, "fear")
        rose, fell = fear[-1] > fear[0] + 0.005, fear[-1] < fear[0] - 0.005
        before, after = self.words.decimal(fear[0]), self.words.decimal(fear[-1])
        what = "fear rose" if rose else "fear fell" if fell else "fear same"
        return self._say(what, my=self.names.of(me), them=self.names.the(them), fear=after,
                         before=before, after=after)  # fmt: skip

    def _held(self, one: str, other: str, between: str) -> str:
        """Return who held how much of what is at issue at the end, if its parts have moved."""
        roster = self.history.roster
        left = roster.atlas.left[roster.atlas.pair[roster.relation(one, other)]]
        stake = self.history.pair(one, other, "stake")
        moved_by = float(stake[-1] - stake[0])
        if abs(moved_by) < LEAST_MOVED:
            return ""
        gains = moved_by > 0.0
        first, second = roster.relations[left]
        part = float(stake[-1]) if gains else 1.0 - float(stake[-1])
        who = self.names.the(first if gains else second)
        return self._say("held", who=who, part=f"{100.0 * part:.0f}", between=between)

    def _war(self, war: War) -> str:
        """Return how a war of the pair that the scenario is about came, and how it went."""
        both = self.names.both(war.first, war.second)
        day = self.words.long_date(war.event.date if war.event else self.day(war.week))
        if war.found:
            return self._say("war found", both=both, day=day)
        length = (
            self._say("war goes on")
            if war.lasts
            else self._say("war lasted", weeks=self._long(war))
        )
        what = "war dated" if war.event else "war grown"
        return self._say(what, both=both, day=day, length=length)

    def _long(self, war: War) -> str:
        """Return how many weeks a war was fought."""
        return self.words.count("weeks", war.weeks) if war.weeks else self._say("less than a week")

    def elsewhere(self, told: Sequence[Scene]) -> str:
        """Return what else there was: other pairs' clashes, in one sentence."""
        clashes: Counter[tuple[str, str]] = Counter()
        for scene in self.scenes:
            if not scene.leaders and any(d.kind == Kind.CLASHED for d in scene.deeds):
                clashes[scene.first, scene.second] += 1
        if not clashes:
            return ""
        most = clashes.most_common(MOST_PAIRS)
        named = [self._often(self.names.both(*ends), k) for ends, k in most]
        rest = len(clashes) - len(most)
        more = [self.words.count("other pairs", rest)] if rest else []
        pairs = self.words.apart([*named, *more])
        return self.words.opened(self._say("elsewhere", pairs=pairs))

    def _often(self, pair: Name, clashes: int) -> str:
        """Return a pair, and how often it clashed if it was more than once."""
        if clashes < 2:
            return pair
        return self._say("how often", pair=pair, times=self.words.times(clashes))
