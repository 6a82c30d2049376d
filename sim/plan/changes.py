"""What is changed in a world from outside, one thing for some weeks; the rest is left to the rules.

A :class:`Change` is data, as an event is. Most are *held* while the world is played
(:mod:`sim.model.stages.held`); a dated event that is added or removed, and a state that is
admitted, change the calendar. What a kind of change takes stands in :data:`KINDS`, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sim.model.parameters import Parameters
from sim.model.roster import Hold, Roster, with_holds
from sim.model.vocabulary import (
    HELD_CEILING,
    HELD_CHANNEL,
    HELD_EXCUSED,
    HELD_JOINING,
    HELD_LEVEL,
    HELD_MEDIATION,
    HELD_MET,
    HELD_MISTAKE,
    HELD_PARAMETER,
    HELD_RISE,
    HELD_STANCE,
    HELD_STEP,
    HELD_STRIKE,
    Instrument,
    Miscalculation,
)
from sim.plan.calendar import members, places, rows

Value = float | str | None


@dataclass(frozen=True)
class Kind:
    """What a kind of change takes, and what it does."""

    meaning: str
    holds: int = 0  # what it holds in a week: see HELD_MISTAKE; with names, what the first holds
    ends: str = "relation"  # relation (who, toward), pair (the same, in either order), state, none
    names: tuple[str, ...] = ()  # that it may be about
    words: Mapping[str, float] = field(default_factory=dict)  # values by name
    between: tuple[float, float] | None = None  # values that are numbers
    lasts: bool = False  # takes weeks; without, one week; a parameter: from its week on
    calendar: bool = False  # changes the calendar of events, not what is held
    valued: bool = False  # takes a value that its name, or the scenario, says more of
    fixed: float = 1.0  # what it is held at if it takes no value

    @property
    def takes_value(self) -> bool:
        """Whether a value has to be given."""
        return self.between is not None or bool(self.words) or self.valued


def _words(kind: Miscalculation) -> dict[str, float]:
    first, second = (way.strip('"') for way in kind.declared.directions)
    return {"none": 0.0, first: 1.0, second: -1.0}


MISTAKEN = {kind.name.lower(): kind for kind in Miscalculation if kind.name != "ACCIDENT"}
INSTRUMENTS = {instrument.field: instrument for instrument in Instrument}
STANCES = {"stand": 1.0, "yield": -1.0}
KINDS: Mapping[str, Kind] = {
    "misreading": Kind("what a state misreads of another in a week", HELD_MISTAKE,
                       names=tuple(MISTAKEN), valued=True),
    "accident": Kind("the accident of a state's forces", HELD_MISTAKE + Miscalculation.ACCIDENT,
                     words=_words(Miscalculation.ACCIDENT)),
    "apology": Kind("accidents of a state are taken for what they are by the other", HELD_EXCUSED,
                    lasts=True),
    "incident": Kind("forces of two states that meet", HELD_MET, "pair",
                     words={"none": 0.0, "met": 1.0}),
    "stance": Kind("how a state stands where forces meet", HELD_STANCE, words=STANCES),
    "force": Kind("force that a state chooses to use", HELD_STRIKE,
                  words={"none": 0.0, "used": 1.0}, lasts=True),
    "hold": Kind("the level of an instrument", HELD_LEVEL, names=tuple(INSTRUMENTS),
                 between=(0.0, 1.0), lasts=True),
    "step": Kind("a step with an instrument, a quarter up or down or none", HELD_STEP,
                 names=tuple(INSTRUMENTS), words={"raise": 1.0, "keep": 0.0, "lower": -1.0},
                 lasts=True),
    "orders": Kind("how a state's forces stand wherever others meet them", HELD_STANCE,
                   words=STANCES, lasts=True),
    "hold_fire": Kind("a state does not choose to use force", HELD_STRIKE, lasts=True, fixed=0.0),
    "restrain": Kind("an instrument is not raised, nor acted on anew", HELD_RISE,
                     names=tuple(INSTRUMENTS), lasts=True, fixed=0.0),
    "limit": Kind("an instrument comes down to a level at most, and is not raised", HELD_CEILING,
                  names=tuple(INSTRUMENTS), between=(0.0, 1.0), lasts=True),
    "channel": Kind("the quality of the channel of two states", HELD_CHANNEL, "pair",
                    between=(0.0, 1.0), lasts=True),
    "mediator": Kind("a neutral begins to mediate between two states", HELD_MEDIATION, "pair"),
    "stay_out": Kind("a state does not join an ally's fight", HELD_JOINING, "state", lasts=True,
                     fixed=0.0),
    "parameter": Kind("a parameter, from a week on", HELD_PARAMETER, "none",
                      names=Parameters.FIELDS, valued=True),
    "admit": Kind("a state joins a bloc", ends="state", calendar=True, valued=True),
    "event": Kind("a dated event happens", calendar=True),
    "remove": Kind("a dated event does not happen", ends="none", calendar=True),
}  # fmt: skip
"""Kinds of changes by the name that a config gives them."""
AT_START = ("audience", "size_half", "size_share")
"""Parameters that count before the first week only, with those whose names begin with start_."""


@dataclass(frozen=True)
class Change:
    """One thing that is changed in a world.

    Attributes:
        kind: one of :data:`KINDS`.
        week: the first in which it holds, 1 for the first that is played.
        who: the state whose misreading, accident, step or choice it is; or a bloc's members.
        toward: the other state, or a bloc's members.
        name: of a misreading its kind, of a level the instrument, of a parameter its name, of an
            event its kind, of one that is removed its id.
        value: what it is held at: a number, or a word of its kind.
        weeks: how long.
    """

    kind: str
    week: int = 0
    who: str = ""
    toward: str = ""
    name: str = ""
    value: Value = None
    weeks: int = 1

    def __str__(self) -> str:
        ends = ">".join(end for end in (self.who, self.toward) if end)
        about = " ".join(part for part in (self.name, ends) if part)
        value = "" if self.value is None else f" {self.value}"
        when = f" in week {self.week}" if self.week else ""
        lasting = f" for {self.weeks} weeks" if self.weeks > 1 else ""
        return f"{self.kind} {about}{value}{when}{lasting}"


def words_of(change: Change) -> Mapping[str, float]:
    """Return the words that a change's value may be, with what they stand for."""
    if change.kind == "misreading":
        return _words(MISTAKEN[change.name])
    return KINDS[change.kind].words


def held_at(change: Change) -> float:
    """Return the number that a change is held at."""
    if isinstance(change.value, str):
        return words_of(change)[change.value]
    return KINDS[change.kind].fixed if change.value is None else float(change.value)


def what_of(change: Change) -> int:
    """Return what a change holds, see :data:`sim.model.vocabulary.HELD_MISTAKE`."""
    place = MISTAKEN.get(change.name, INSTRUMENTS.get(change.name, 0))
    return KINDS[change.kind].holds + place


def rows_of(roster: Roster, change: Change) -> list[int]:
    """Return the relations, the pairs or the states that a change is about; none if there are none.

    Of a bloc they are its members at the start.
    """
    ends = KINDS[change.kind].ends
    if change.kind == "parameter":
        return [Parameters.FIELDS.index(change.name)]
    if ends == "state":
        return [roster.codes.index(code) for code in members(roster, change.who)
                if code in roster.codes]  # fmt: skip
    found = rows(places(roster), members(roster, change.who), members(roster, change.toward))
    return sorted({int(roster.atlas.pair[r]) for r in found}) if ends == "pair" else found


def holds_of(roster: Roster, change: Change) -> Iterator[Hold]:
    """Yield what a change holds, week by week."""
    if KINDS[change.kind].calendar:
        return
    value = held_at(change)
    for row in rows_of(roster, change):
        for week in range(change.week, change.week + change.weeks):
            yield Hold(week - 1, what_of(change), row, value)


def changed(roster: Roster, changes: Iterable[Change]) -> Roster:
    """Return the roster of worlds in which these changes hold; its calendar stays as it is."""
    return with_holds(roster, [hold for one in changes for hold in holds_of(roster, one)])
