"""The calendar: dated events, and whom they mean on their day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sim.model.roster import Entry, Roster, with_calendar
from sim.model.vocabulary import EXERCISES, Bloc, Happening, Violence

BLOCS = {"west": Bloc.WEST, "east": Bloc.EAST}


@dataclass(frozen=True)
class Event:
    """One dated event as the scenario gives it."""

    date: date
    week: int  # 0 is the week that begins with the scenario's start
    kind: Happening
    actor: str  # a state's code, or a bloc's name: its members on that day
    target: str
    size: float  # level or amount, 0..1; 0 where the kind has none
    what: str
    source: str
    id: str = ""  # by which an experiment changes it; '' none
    weeks: int = 0  # that an exercise lasts


def members(roster: Roster, name: str) -> tuple[str, ...]:
    """Return the states a name stands for: a bloc's at the start, leader included, or one state."""
    if name in BLOCS:
        return tuple(c for c in roster.codes if roster.blocs.get(c) == BLOCS[name])
    return (name,)


def may_count(roster: Roster, name: str, events: Iterable[Event]) -> tuple[str, ...]:
    """Return the states a name may come to stand for: also neutrals and those that accede."""
    if name not in BLOCS:
        return (name,)
    moving = {event.actor for event in events if event.kind == Happening.ACCESSION}
    start = (Bloc.NONE, BLOCS[name])
    return tuple(c for c in roster.codes if c in moving or roster.blocs.get(c, start[0]) in start)


def sides_at(roster: Roster, events: Iterable[Event], event: Event) -> dict[str, Bloc]:
    """Return the bloc of each state on one, after the dated accessions before an event."""
    sides = dict(roster.blocs)
    for earlier in events:
        if earlier is event:
            break
        if earlier.kind == Happening.ACCESSION:
            sides[earlier.actor] = _joined(earlier, sides)
    return sides


def _joined(event: Event, sides: Mapping[str, Bloc]) -> Bloc:
    """Return the bloc of an accession: the one it names, or that of the state it names."""
    return BLOCS[event.target] if event.target in BLOCS else sides[event.target]


def rows(
    place: Mapping[tuple[str, str], int], actors: Iterable[str], targets: Iterable[str]
) -> list[int]:
    """Return the relations of some states toward others, in order; none if there are none.

    Args:
        place: index of each relation by its states, as of :func:`places`.
        actors, targets: codes of the owners and of the rivals.
    """
    ends = [(a, b) for a in actors for b in targets]
    return sorted(place[pair] for pair in ends if pair in place)


def places(roster: Roster) -> dict[tuple[str, str], int]:
    """Return the index of each relation by its states."""
    return {ends: r for r, ends in enumerate(roster.relations)}


def dated(roster: Roster, events: Sequence[Event]) -> Roster:
    """Return the roster with these events, which are in order of date, in its calendar.

    An event of a bloc means its members on that day, which are known when it is played.
    """
    place = places(roster)
    return with_calendar(
        roster, [entry for event in events for entry in _entries(roster, place, events, event)]
    )


def _entries(
    roster: Roster, place: Mapping[tuple[str, str], int], events: Sequence[Event], event: Event
) -> list[Entry]:
    if event.kind == Happening.ACCESSION:
        joined = float(_joined(event, sides_at(roster, events, event)))
        return [Entry(event.week, event.kind, roster.codes.index(event.actor), joined)]
    size = event.size
    if event.kind == Happening.FORWARD:
        return [Entry(event.week, event.kind, roster.codes.index(event.target), size)]
    if event.kind == Happening.BRIEFING:
        speaker = Entry(event.week, event.kind, roster.codes.index(event.actor), size)
        speech = replace(event, kind=Happening.SPEECH)
        return [*_entries(roster, place, events, speech), speaker]
    if event.kind in EXERCISES:
        end = replace(event, week=event.week + event.weeks)
        return [
            *_on_relations(roster, place, events, event, size),
            *(
                entry._replace(actor=Bloc.NONE, target=Bloc.NONE)  # whatever bloc it is in by then
                for entry in _on_relations(roster, place, events, end, 0.0)
            ),
        ]
    if event.kind in (Happening.WAR, Happening.CEASEFIRE):
        size = float(Violence.WAR if event.kind == Happening.WAR else Violence.NONE)
    return _on_relations(roster, place, events, event, size)


def _on_relations(
    roster: Roster,
    place: Mapping[tuple[str, str], int],
    events: Sequence[Event],
    event: Event,
    size: float,
) -> list[Entry]:
    ends = event.actor, event.target
    return [
        Entry(event.week, event.kind, row, size, *(BLOCS.get(end, Bloc.NONE) for end in ends))
        for row in rows(place, *(may_count(roster, end, events) for end in ends))
    ]
