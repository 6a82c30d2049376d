"""From scenes to sentences: names, dates, causes and grammar.

A week of a history is told by the day it begins: week 1, the first that is played, begins on the
scenario's first day. Where there are several ways to say a thing they are taken in turn, so that
the same world always gives the same text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sim.history import History
from sim.scenario import Scenario
from sim.story.chronicle import (
    Chronicle,
    Deed,
    Kind,
    Scene,
    read,
    turning_points,
    weight_of,
)
from sim.story.reasons import Cause, Why
from sim.story.wording import (
    CAUSES,
    HELD,
    LOWERS,
    RAISES,
    Names,
    is_loose,
    listed,
    long_date,
    moved,
    noun_of,
    number,
    opened,
    rung_of,
    times,
)
from sim.vocabulary import Instrument, Rung, Violence

MOST_DEEDS, LEAST_DEED = 4, 1.2
"""Deeds told of one scene, and the weight below which one is left out beside weightier ones."""
MOST_PAIRS = 5
"""Other pairs named at the end."""


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
    opening: str
    scenes: tuple[Told, ...]
    elsewhere: str
    closing: str


def tell(
    history: History, scenario: Scenario, parameters: Mapping[str, float], *, at_most: int = 16
) -> Story:
    """Tell one world.

    Args:
        history: the world in full.
        scenario: where it comes from.
        parameters: the parameters it was played with, all of them.
        at_most: largest number of scenes told.
    """
    chronicle = read(history, parameters, scenario.events)
    teller = _Teller(chronicle, scenario.start)
    chosen = turning_points(chronicle, at_most=at_most)
    return Story(
        world=history.number,
        opening=teller.opening(),
        scenes=tuple(Told(s, teller.day(s.week), teller.scene(s)) for s in chosen),
        elsewhere=teller.elsewhere(chosen),
        closing=teller.closing(),
    )


def markdown(story: Story) -> str:
    """Return a story as Markdown: a paragraph, a dated list, a paragraph."""
    scenes = [f"- **{long_date(t.day)}** (week {t.scene.week}). {t.text}" for t in story.scenes]
    end = " ".join(part for part in (story.elsewhere, story.closing) if part)
    return "\n".join([story.opening, "", *scenes, "", end])


class _Teller:
    """Turns scenes into sentences; where there are several ways to say a thing, by turns."""

    def __init__(self, chronicle: Chronicle, start: date) -> None:
        self.history, self.scenes, self.start = chronicle.history, chronicle.scenes, start
        self.names = Names(self.history.roster)
        self._used: Counter[str] = Counter()
        self._sentences: dict[Kind, Callable[[Scene, Deed], str]] = {
            Kind.EVENT: self._event,
            Kind.RAISED: self._step,
            Kind.LOWERED: self._step,
            Kind.SLIPPED: self._slip,
            Kind.MET: self._meeting,
            Kind.ESCALATED: self._escalation,
            Kind.ENDED: self._end,
            Kind.MEDIATED: self._mediation,
            Kind.JOINED: self._joining,
            Kind.ACCEDED: self._accession,
            Kind.MISSED: self._missed,
            Kind.MISREAD: self._misreading,
        }

    def day(self, week: int) -> date:
        """Return the day on which a week of the history begins (week 0 is the start itself)."""
        return self.start + timedelta(days=7 * max(0, week - 1))

    def _say(self, what: str, *ways: str) -> str:
        """Return the next of several ways to say a thing."""
        self._used[what] += 1
        return ways[(self._used[what] - 1) % len(ways)]

    # A scene

    def scene(self, scene: Scene) -> str:
        """Return what happened in a scene, in the order of the turn."""
        able = [d for d in scene.deeds if d.kind in self._sentences]
        kept = sorted(able, key=lambda d: -weight_of(d))[:MOST_DEEDS]
        kept = [d for d in kept if weight_of(d) >= LEAST_DEED] or kept[:1]
        parts = [self._sentences[d.kind](scene, d) for d in able if d in kept]
        kinds = {d.kind for d in scene.deeds}
        if Kind.CLASHED in kinds and not kinds & {Kind.SLIPPED, Kind.MET}:
            parts.append(f"{self._both(scene)} clashed")
        parts += [self._standing(scene), self._aftermath(scene)]
        return " ".join(opened(part) for part in parts if part)

    def _both(self, scene: Scene) -> str:
        return f"{self.names.the(scene.first)} and {self.names.the(scene.second)}"

    def _standing(self, scene: Scene) -> str:
        """Return where the pair stands now, if it has moved from or to a display or more."""
        if scene.rung == scene.rung_before or max(scene.rung, scene.rung_before) < Rung.DISPLAY:
            return ""
        rung = rung_of(scene.rung)
        up = scene.rung > scene.rung_before
        who = "the two" if scene.leaders else self._both(scene)
        return self._say(
            f"standing {up}",
            f"{who} now stood on {rung}",
            f"that put {who} on {rung}" if up else f"that brought {who} down to {rung}",
        )

    def _aftermath(self, scene: Scene) -> str:
        """Return how fear rose in the month after a scene that frightened."""
        frightening = {Kind.SLIPPED, Kind.CLASHED, Kind.ESCALATED, Kind.EVENT}
        if not scene.leaders or not frightening & {d.kind for d in scene.deeds}:
            return ""
        later = min(scene.week + 4, len(self.history.system) - 1)
        rises = []
        for me, them in ((scene.first, scene.second), (scene.second, scene.first)):
            fear = self.history.relation(me, them, "fear")
            rises.append((fear[later] - fear[scene.week - 1], me, them, fear))
        rise, me, them, fear = max(rises, key=lambda r: r[0])
        if rise < 0.02:
            return ""
        span = f"from {fear[scene.week - 1]:.2f} to {fear[later]:.2f}"
        return self._say(
            "aftermath",
            f"within a month {self.names.of(me)} fear of {self.names.the(them)} rose {span}",
            f"in the month that followed, {self.names.the(me)} grew more afraid ({span})",
        )

    # Deeds

    def _event(self, scene: Scene, deed: Deed) -> str:
        if deed.event is None:
            return ""
        return f"on the calendar for {long_date(deed.event.date)}: {deed.event.what}"

    def _step(self, scene: Scene, deed: Deed) -> str:
        ways = RAISES if deed.kind == Kind.RAISED else LOWERS
        words = ways[deed.instrument or Instrument.RHETORIC][round(4 * deed.after)]
        did = words.format(them=self.names.the(deed.target), their=self.names.of(deed.target))
        actor, because = self.names.the(deed.actor), self._because(scene, deed)
        if not because:
            return f"{actor} {did}"
        return self._say("step", f"{actor} {did}, {because}", f"{because}, {actor} {did}")

    def _slip(self, scene: Scene, deed: Deed) -> str:
        slips = [d for d in scene.deeds if d.kind == Kind.SLIPPED and d.after == deed.after]
        if slips[0] is not deed:
            return ""  # told with the first
        actor, other = self.names.the(deed.actor), self.names.the(deed.target)
        if deed.after < 0.0:
            both = f"units of {actor} moved up without orders"
            return f"{both}, and {other} saw a show of force"
        if len(slips) > 1:
            return "without orders, forces on both sides opened fire"
        fired = self._say(
            "slip",
            f"forces of {actor} fired on those of {other} without orders",
            f"by accident, a unit of {actor} opened fire on forces of {other}",
        )
        if any(d.kind == Kind.ANSWERED for d in scene.deeds):
            return f"{fired}, and {other} shot back"
        if any(d.kind == Kind.CLASHED for d in scene.deeds):
            return f"{fired}; {other} held its fire, but it was a clash all the same"
        return fired

    def _meeting(self, scene: Scene, deed: Deed) -> str:
        sides = [(deed.actor, deed.before), (deed.target, deed.after)]
        judged = {cause.who: cause.why for cause in deed.causes}
        clauses = []
        for at, (code, stance) in enumerate(sides):
            other = self.names.of(sides[1 - at][0])
            error = {Why.SURE: "underrating", Why.DAUNTED: "overrating"}.get(
                judged.get(code, Why.FOG)
            )
            because = f", {error} {other} resolve," if error else ""
            stood = self._say("stood", "stood firm", "would not yield")
            gave = self._say("gave", "gave way", "backed down")
            clauses.append(f"{self.names.the(code)}{because} {stood if stance > 0.0 else gave}")
        if deed.before == deed.after and not judged:
            clauses = ["neither gave way" if deed.before > 0.0 else "both backed down"]
        fighting = scene.rung_before >= Rung.CLASH
        began = self._say(
            f"met {fighting}",
            "with the fighting not over" if fighting else "their forces came face to face",
            "in the fighting" if fighting else "their forces met",
        )
        joint = "; " if any(", " in clause for clause in clauses) else " and "
        text = f"{began}{', ' if fighting else ': '}{joint.join(clauses)}"
        clashed = any(d.kind == Kind.CLASHED for d in scene.deeds)
        return (
            f"{text}, and it came to a clash"
            if clashed and deed.before + deed.after > 1.0
            else text
        )

    def _escalation(self, scene: Scene, deed: Deed) -> str:
        if deed.after > Violence.WAR:
            return f"in the war of {self._both(scene)} nuclear weapons were used"
        return f"the clash of {self._both(scene)} became a war"

    def _end(self, scene: Scene, deed: Deed) -> str:
        what = "war" if deed.before > Violence.CLASH else "shooting"
        mediated = ", with mediators talking to both" if deed.causes else ""
        return self._say(
            f"end {what}",
            f"the {what} between {self._both(scene)} ended{mediated}",
            f"between {self._both(scene)} the {what} stopped{mediated}",
        )

    def _mediation(self, scene: Scene, deed: Deed) -> str:
        return self._say(
            "mediation",
            f"neutral states stepped in to mediate between {self._both(scene)}",
            f"{self._both(scene)} accepted the good offices of neutral states",
        )

    def _joining(self, scene: Scene, deed: Deed) -> str:
        allies = [
            s.second if s.first == deed.target else s.first
            for s in self.scenes
            if s.week == deed.week
            and deed.target in (s.first, s.second)
            and any(d.kind == Kind.CLASHED for d in s.deeds)
        ]
        ally = f" on the side of {listed([self.names.the(c) for c in allies])}" if allies else ""
        return (
            f"{self.names.the(deed.actor)} was drawn in{ally} and put on a show of force "
            f"against {self.names.the(deed.target)}"
        )

    def _accession(self, scene: Scene, deed: Deed) -> str:
        west, east = self.history.roster.leaders
        other = east if deed.target == west else west
        because = ""
        if (deed.actor, other) in self.history.roster.relations:
            fear = self.history.relation(deed.actor, other, "fear")[deed.week]
            because = f", afraid of {self.names.the(other)} ({fear:.2f})" if fear >= 0.3 else ""
        joined = f"joined the bloc led by {self.names.the(deed.target)}"
        return f"{self.names.the(deed.actor)} gave up its neutrality{because}, and {joined}"

    def _missed(self, scene: Scene, deed: Deed) -> str:
        actor, their = self.names.the(deed.actor), self.names.of(deed.target)
        if deed.after > 0.0:
            return f"{actor} missed the warning in {their} show of force"
        return f"{actor} did not notice that {self.names.the(deed.target)} had drawn back forces"

    def _misreading(self, scene: Scene, deed: Deed) -> str:
        if any(c.why == Why.MISREAD and c.week == deed.week for d in scene.deeds for c in d.causes):
            return ""  # told as a cause
        actor, noun = self.names.the(deed.actor), noun_of(deed.instrument, deed.before)
        their = self.names.of(deed.target)
        return self._say(
            "misreading",
            f"{actor} misread intent: it took {their} {noun} for hostile",
            f"{actor} read more hostility into {their} {noun} than was meant",
        )

    # Causes

    def _because(self, scene: Scene, deed: Deed) -> str:
        clauses = [self._cause(scene, cause, deed) for cause in deed.causes]
        clauses.sort(key=is_loose)
        joint = ", " if any(map(is_loose, clauses)) else " and "
        return joint.join(clauses)

    def _cause(self, scene: Scene, cause: Cause, deed: Deed) -> str:
        past = deed.week - cause.week
        when = (
            "" if past <= 0 else f" {number(past)} weeks before" if past > 1 else " the week before"
        )
        them, their = self.names.the(deed.target), self.names.of(deed.target)
        noun = noun_of(cause.instrument, cause.level)
        fear = self.history.relation(deed.actor, deed.target, "fear")[deed.week]
        if cause.event is not None:
            here = any(d.event == cause.event for d in scene.deeds)
            day = long_date(cause.event.date)
            return "in answer to it" if here else f"with what happened on {day} in mind"
        ways = CAUSES[cause.why]
        return self._say(cause.why, *ways).format(
            them=them, their=their, noun=noun, when=when, fear=f"{fear:.2f}"
        )

    # The whole world

    def opening(self) -> str:
        """Return how the two leaders began."""
        west, east = self.history.roster.leaders
        sides = []
        for me, them in ((west, east), (east, west)):
            levels = {
                instrument: float(self.history.relation(me, them, instrument.name.lower())[0])
                for instrument in (Instrument.RHETORIC, Instrument.DEPLOYMENT, Instrument.SANCTIONS)
            }
            held = [HELD[i][round(4 * level)] for i, level in levels.items() if level > 0.0]
            held.append(HELD[Instrument.DIPLOMACY][
                round(4 * float(self.history.relation(me, them, "diplomacy")[0]))
            ])  # fmt: skip
            sides.append(f"{self.names.the(me)} with {listed(held)}")
        fears = " and ".join(
            f"{self.names.of(me)} fear of {self.names.the(them)} was "
            f"{self.history.relation(me, them, 'fear')[0]:.2f}"
            for me, them in ((west, east), (east, west))
        )
        rung = rung_of(int(self.history.pair(west, east, "rung")[0]))
        began = f"at the start, on {long_date(self.start)}, {self._leaders()} stood on {rung}"
        parts = (f"{began}: {sides[0]}; {sides[1]}", f"{fears}, on a scale from 0 to 1")
        return " ".join(map(opened, parts))

    def _leaders(self) -> str:
        west, east = self.history.roster.leaders
        return f"{self.names.the(west)} and {self.names.the(east)}"

    def closing(self) -> str:
        """Return how the two leaders ended."""
        west, east = self.history.roster.leaders
        rungs = self.history.pair(west, east, "rung").astype(int)
        n_weeks, peak = len(rungs) - 1, int(rungs.max())
        at = int(rungs.argmax())
        after = [week for week in range(at, n_weeks + 1) if rungs[week] <= rungs[0]]
        if peak == rungs[0]:
            course = f"never stood higher than at the start ({rung_of(peak)})"
        else:
            course = f"stood highest, on {rung_of(peak)}, in the week of {long_date(self.day(at))}"
            later = after[0] - at if after else 0
            back = "a week later" if later == 1 else f"{number(later)} weeks later"
            down = f"were back where they had begun {back}" if after else "did not come back down"
            course += f", and {down}"
        high = int((rungs >= Rung.DISPLAY).sum())
        fears = [
            f"{self.names.of(me)} fear of {self.names.the(them)} "
            f"{moved(self.history.relation(me, them, 'fear'))}"
            for me, them in ((west, east), (east, west))
        ]
        weeks = f"{number(high)} of the {n_weeks} weeks" if high else "no week"
        last = f"at the end they stood on {rung_of(int(rungs[-1]))}"
        clashes = sum(
            s.leaders and any(d.kind == Kind.CLASHED for d in s.deeds) for s in self.scenes
        )
        clashed = f", clashed {times(clashes)}," if clashes else ""
        return " ".join(
            opened(part)
            for part in (
                f"{self._leaders()} {course}",
                f"they spent {weeks} at a display of force or above{clashed} and {last}",
                " and ".join(fears),
            )
        )

    def elsewhere(self, told: Sequence[Scene]) -> str:
        """Return what else there was: other pairs' clashes, in one sentence."""
        clashes: Counter[tuple[str, str]] = Counter()
        for scene in self.scenes:
            if not scene.leaders and any(d.kind == Kind.CLASHED for d in scene.deeds):
                clashes[scene.first, scene.second] += 1
        if not clashes:
            return ""
        most = clashes.most_common(MOST_PAIRS)
        named = [
            f"{self.names.the(a)} and {self.names.the(b)}" + (f" ({times(k)})" if k > 1 else "")
            for (a, b), k in most
        ]
        rest = len(clashes) - len(most)
        more = [f"{number(rest)} other pair{'s' if rest > 1 else ''}"] if rest else []
        return opened(f"away from the leaders, forces clashed between {'; '.join([*named, *more])}")
