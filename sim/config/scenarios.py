"""What must hold between the values of a scenario, looked at among those that are valid.

A value that is wrong on its own (:mod:`sim.config.schema`) does not hide what is wrong elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, get_args

from pydantic import TypeAdapter, ValidationError, create_model

from sim.config.changes import check_changes, with_calendar_changes
from sim.config.findings import Findings
from sim.config.schema import (
    QUARTERS,
    BlocSheet,
    Code,
    EventSheet,
    Invented,
    PairStart,
    RelationStart,
    ScenarioSheet,
    Sheet,
    Traits,
)
from sim.config.sources import Steps
from sim.errors import clean, nearest, show
from sim.model.roster import Roster, build_roster, why_unrelated, with_subject
from sim.model.sheets import StateSheet, state_table
from sim.model.vocabulary import EXERCISES, Bloc, Happening, Instrument
from sim.plan import calendar
from sim.plan import scenario as built
from sim.plan.calendar import BLOCS, Event
from sim.plan.changes import changed
from sim.plan.scenario import Scenario

BLOC_NAME = re.compile("[a-z][a-z0-9_]{0,39}")
"""What a bloc may be called."""


@dataclass(frozen=True)
class Parts:
    """What is valid in a scenario, each value on its own.

    Of an entry that is not, the values that are; but a bloc is valid as a whole or not here.
    """

    codes: Mapping[int, str]  # by place in the list
    blocs: Mapping[str, BlocSheet]
    traits: Mapping[str, Traits]
    relations: Mapping[str, RelationStart]
    pairs: Mapping[str, PairStart]
    subject: tuple[str, str] | None  # the two states that it says it is about
    invented: Mapping[str, Invented]
    events: Mapping[int, EventSheet]
    dated: Mapping[int, EventSheet]  # all events: what is not sound in one is None

    @property
    def states(self) -> set[str]:
        """Codes of the states."""
        return set(self.codes.values())

    @property
    def leaders(self) -> tuple[str, str]:
        """Codes of the leaders of west and east."""
        return self.blocs["west"].leader, self.blocs["east"].leader

    @property
    def sides(self) -> dict[str, Bloc]:
        """Side of each state that is on one."""
        return {
            code: BLOCS[side]
            for side, bloc in self.blocs.items()
            for code in (bloc.leader, *bloc.members)
        }


def _sound(raw: Any, key: TypeAdapter[Any], kind: TypeAdapter[Any]) -> dict[Any, Any]:
    """Return the entries of a mapping or a list that are valid on their own."""
    sound = {}
    entries = (
        raw.items() if isinstance(raw, dict) else enumerate(raw if isinstance(raw, list) else [])
    )
    for name, entry in entries:
        try:
            sound[key.validate_python(name)] = kind.validate_python(entry)
        except ValidationError:
            continue
    return sound


def _partly(raw: Any, key: TypeAdapter[Any], sheet: type[Sheet]) -> dict[Any, Any]:
    """Return all entries of a mapping or a list with a valid key, each with its valid values."""
    anything: TypeAdapter[Any] = TypeAdapter(Any)
    return {n: _pruned(_lenient(sheet), e) for n, e in _sound(raw, key, anything).items()}


@cache
def _lenient(sheet: type[Sheet]) -> type[Sheet]:
    """Return a kind of sheet that lacks nothing: what must be given may be None."""
    fields: dict[str, Any] = {
        name: (Annotated[(info.annotation, *info.metadata)], None)
        for name, info in sheet.model_fields.items()
        if info.is_required()
    }
    return create_model(sheet.__name__, __base__=sheet, **fields)


def _pruned(sheet: type[Sheet], entry: Any) -> Sheet:
    """Return an entry without the values that are invalid."""
    given = entry if isinstance(entry, dict) else {}
    given = {name: value for name, value in given.items() if name in sheet.model_fields}
    try:
        return sheet.model_validate(given)
    except ValidationError as error:
        wrong = {told["loc"][0] for told in error.errors()}
        return sheet.model_validate({n: v for n, v in given.items() if n not in wrong})


_PARTS: dict[str, tuple[TypeAdapter[Any], TypeAdapter[Any]]] = {
    "states": (TypeAdapter(int), TypeAdapter(Code)),
    "blocs": (TypeAdapter(str), TypeAdapter(BlocSheet)),
    "events": (TypeAdapter(int), TypeAdapter(EventSheet)),
}
_SHEETS: dict[str, tuple[TypeAdapter[Any], type[Sheet]]] = {"dated": (TypeAdapter(int), EventSheet)}
for _name in ("traits", "relations", "pairs", "invented"):
    _key, _kind = get_args(ScenarioSheet.model_fields[_name].annotation)
    _SHEETS[_name] = (TypeAdapter(_key), _kind)


def _parts(found: Findings, raw: Mapping[str, Any]) -> Parts:
    """Return what is valid in a scenario; of a part that is no list, or too long, nothing."""
    whole = {n: v for n, v in raw.items() if ("scenario", n) not in found.paths}
    sound = {name: _sound(whole.get(name), *kinds) for name, kinds in _PARTS.items()}
    whole["dated"] = whole.get("events")
    partly = {name: _partly(whole.get(name), *kinds) for name, kinds in _SHEETS.items()}
    subject = raw.get("subject") if not found.within("scenario", "subject") else None
    ends = (subject[:3], subject[-3:]) if subject else None
    return Parts(codes=sound.pop("states"), subject=ends, **sound, **partly)


def _check_states(found: Findings, parts: Parts) -> None:
    """Check for states that are unknown, given twice or invented in vain."""
    real, seen = state_table(), set()
    invented = found.composed.tree["scenario"].get("invented")
    own = {str(code) for code in invented} if isinstance(invented, dict) else set()
    for at, code in parts.codes.items():
        path = ("scenario", "states", at)
        if code in seen:
            found.add(path, "is listed twice", value=code)
        if code not in real and code not in own:
            like = nearest(code, real)
            told = "unknown state: not in the table of states, nor under invented"
            if isinstance(code, str) and len(code) == 3 and not like:
                told += f", as {clean(code)}: {{name: ..., capability: 0.01, democracy: 0.5}}"
            found.add(path, told, like, value=code)
        seen.add(code)
    for code, sheet in parts.invented.items():
        if code in real:
            told = f"is {real[code].name}, a real state: change it under scenario.traits"
            found.add(("scenario", "invented", code), told)
        _check_proximity(found, parts, code, sheet)
    _check_names(found, parts)
    _check_numbers(found, parts)


def _check_names(found: Findings, parts: Parts) -> None:
    """Check for two states of one name, whatever its capitals and spaces."""
    real = state_table()
    taken = {_bare(real[c].name): c for c in parts.states if c in real}
    for code, sheet in parts.invented.items():
        name = sheet.name or code
        if (other := taken.setdefault(_bare(name), code)) != code:
            path = ("scenario", "invented", code, "name")
            found.add(path, f"is the name of {other}", value=sheet.name)


def _bare(name: str) -> str:
    return " ".join(name.casefold().split())


def _check_proximity(found: Findings, parts: Parts, code: str, sheet: Invented) -> None:
    for other, near in sheet.proximity.items():
        path = ("scenario", "invented", code, "proximity", other)
        back = parts.invented[other].proximity.get(code, near) if other in parts.invented else near
        if other == code:
            found.add(path, "is the state itself")
        elif near != back and code < other:
            told = f"is {show(back)} in the other direction; the two must be equal"
            found.add(path, told, value=near)


def _check_numbers(found: Findings, parts: Parts) -> None:
    taken = {state_table()[c].number: c for c in parts.states if c in state_table()}
    for code, sheet in parts.invented.items():
        number = built.invented_number(code) if sheet.number is None else sheet.number
        if number in taken:
            path = ("scenario", "invented", code, "number")
            found.add(path, f"is the number of {taken[number]}", value=number)
        taken[number] = code


def _check_blocs(found: Findings, parts: Parts) -> None:
    """Check for members that are not there, or there twice."""
    seen: dict[str, str] = {}
    for side, bloc in parts.blocs.items():
        entries: list[tuple[Steps, str]] = [(("leader",), bloc.leader)]
        entries += [(("members", at), code) for at, code in enumerate(bloc.members)]
        for step, code in entries:
            path = ("scenario", "blocs", side, *step)
            if code in seen:
                other = found.blocs.get(seen[code], seen[code])
                told = "is listed twice" if seen[code] == side else f"is already in {other}"
                found.add(path, told, value=code)
            seen[code] = side
            _check_there(found, parts, path, code)


def _check_there(found: Findings, parts: Parts, path: Steps, code: str, key: bool = False) -> None:
    """Note a state that is not among the scenario's; silent where its states are in doubt."""
    if code not in parts.states and not found.within("scenario", "states"):
        like = nearest(code, parts.states)
        if key:
            found.add(path, f"{code} is not among the scenario's states", like)
        else:
            found.add(path, "is not among the scenario's states", like, value=code)


def _check_mentions(found: Findings, parts: Parts) -> None:
    """Check for traits, relations and pairs of states that are not there."""
    for name in ("traits", "invented", "relations", "pairs"):
        for key in set(getattr(parts, name)) - set(BLOCS):
            for code in sorted({key[:3], key[-3:]}):
                _check_there(found, parts, ("scenario", name, key), code, key=True)
    for code in parts.subject or ():
        _check_there(found, parts, ("scenario", "subject"), code)
    for code, sheet in parts.invented.items():
        for other in sheet.proximity:
            path = ("scenario", "invented", code, "proximity", other)
            _check_there(found, parts, path, other, key=True)
        for at, other in enumerate(sheet.rivals):
            _check_there(found, parts, ("scenario", "invented", code, "rivals", at), other)
    for key in parts.pairs:
        if key < (back := f"{key[-3:]}-{key[:3]}") and back in parts.pairs:
            found.add(("scenario", "pairs", back), f"is also given as {key}")


def _check_hosts(found: Findings, parts: Parts) -> None:
    """Check that forces of allies stand in members only, and not in their own leader."""
    for code, traits in parts.traits.items():
        hosts = traits.hosted > 0.0 and code not in BLOCS
        if hosts and (code not in parts.sides or code in parts.leaders):
            path = ("scenario", "traits", code, "hosted")
            told = "must be 0: forces of allies stand in a member of a bloc that is not its leader"
            found.add(path, told, value=traits.hosted)


_SIZELESS = (Happening.ACCESSION, Happening.WAR, Happening.CEASEFIRE)
_STEPPED = (
    *(i.declared.event for i in Instrument if i.declared.event is not None),
    Happening.FORWARD,
    Happening.BRIEFING,
    *EXERCISES,
)
EXERCISE_WEEKS = 2
"""Weeks that an exercise lasts unless its event says so."""


def _check_events(found: Findings, parts: Parts, start: date | None, n_weeks: int | None) -> None:
    """Check for events at the wrong time, of the wrong size, or of states that are not there."""
    taken: dict[str, int] = {}
    for at, event in parts.dated.items():
        path: Steps = ("scenario", "events", at)
        if event.id is not None and (other := taken.setdefault(event.id, at)) != at:
            found.add((*path, "id"), f"is the id of events[{other}] too", value=event.id)
        if event.kind is not None and not found.within(*path, "size"):
            _check_size(found, path, event)
        if start and event.date is not None:
            _check_date(found, path, event, start, n_weeks)
        if event.kind is not None and event.weeks is not None and not _lasts(event):
            found.add((*path, "weeks"), f"{event.kind} takes no weeks", value=event.weeks)
        for end in ("actor", "target"):
            if (name := getattr(event, end)) is not None and name not in BLOCS:
                _check_there(found, parts, (*path, end), name)


def _check_date(
    found: Findings, path: Steps, event: EventSheet, start: date, n_weeks: int | None
) -> None:
    if event.date < start:
        told = f"is before the start of the scenario, {start}"
        found.add((*path, "date"), told, value=str(event.date))
    elif n_weeks and _week(start, event) >= n_weeks:
        told = f"is after the end: weeks must be {_week(start, event) + 1} or more"
        found.add((*path, "date"), f"{told}, not {n_weeks}", value=str(event.date))


def _lasts(event: EventSheet) -> bool:
    return Happening[event.kind.upper()] in EXERCISES


def _check_size(found: Findings, path: Steps, event: EventSheet) -> None:
    kind = Happening[event.kind.upper()]
    if kind in _SIZELESS:
        if event.size is not None:
            found.add((*path, "size"), f"{event.kind} takes no size", value=event.size)
    elif event.size is None:
        found.add((*path, "size"), f"is required for {event.kind}")
    elif kind in _STEPPED and event.size not in QUARTERS:
        found.add((*path, "size"), "must be one of the levels 0, 0.25, 0.5, 0.75 and 1",
                  value=event.size)  # fmt: skip
    elif kind == Happening.FORCE and event.size != 1.0:
        found.add((*path, "size"), "must be 1: force is used or it is not", value=event.size)


def _week(start: date, event: EventSheet) -> int:
    return (event.date - start).days // 7


def _roster(found: Findings, parts: Parts) -> Roster | None:
    """Return the roster of the parts, or None where it is in doubt who is there."""
    if any(found.within("scenario", name) for name in ("states", "blocs", "invented")):
        return None
    proximity = {
        (min(code, other), max(code, other)): near
        for code, sheet in parts.invented.items()
        for other, near in sheet.proximity.items()
    }
    rivals = {
        (min(code, other), max(code, other))
        for code, sheet in parts.invented.items() for other in sheet.rivals
    }  # fmt: skip
    invented = {code: _invented(code, sheet) for code, sheet in parts.invented.items()}
    sheets = built.state_sheets(
        sorted(parts.states),
        invented,
        _traits(parts),
        challenger=parts.leaders[1],
    )
    number = {sheet.code: sheet.number for sheet in sheets}
    pairs = {(key[:3], key[-3:]): start for key, start in parts.pairs.items()}
    try:
        return build_roster(
            sheets,
            built.pair_sheets(dict.fromkeys(rivals, 0.0) | proximity, rivals),
            parts.sides,
            parts.leaders,
            starts={
                (key[:3], key[-3:]): built.relation_start(start.given())
                for key, start in parts.relations.items()
            },
            pair_starts={
                (a, b) if number.get(a, 0) < number.get(b, 0) else (b, a): built.pair_start(
                    start.channel, start.violence
                )
                for (a, b), start in pairs.items()
            },
        )
    except ValueError as error:
        found.add(("scenario", "blocs"), str(error))
        return None


def _traits(parts: Parts) -> dict[str, dict[str, Any]]:
    """Return what the scenario says of each state: its own traits over those of its bloc."""
    given = {name: traits.given() for name, traits in parts.traits.items()}
    names = {bloc: side for side, bloc in BLOCS.items()}
    of_bloc = {code: given.get(names[bloc], {}) for code, bloc in parts.sides.items()}
    for leader in parts.leaders:  # which hosts nobody
        of_bloc[leader] = {k: v for k, v in of_bloc.get(leader, {}).items() if k != "hosted"}
    return {
        code: {**of_bloc.get(code, {}), **given.get(code, {})}
        for code in parts.states
        if of_bloc.get(code) or code in given
    }


def _invented(code: str, sheet: Invented) -> StateSheet:
    return StateSheet(
        code=code,
        number=built.invented_number(code) if sheet.number is None else sheet.number,
        name=sheet.name,
        capability=sheet.capability,
        democracy=sheet.democracy,
        nuclear=sheet.nuclear,
    )


def _check_relations(found: Findings, parts: Parts, roster: Roster) -> None:
    """Check for relations, pairs and events of states that have nothing to do with one another."""
    place = calendar.places(roster)

    def unrelated(one: str, other: str) -> str:
        return f"{one} and {other} have no relation here{_why(parts, roster, one, other)}"

    for name in ("relations", "pairs"):
        for key in getattr(parts, name):
            one, other = key[:3], key[-3:]
            if {one, other} <= parts.states and (one, other) not in place:
                found.add(("scenario", name, key), unrelated(one, other))
    if parts.subject and set(parts.subject) <= parts.states and parts.subject not in place:
        one, other = parts.subject
        found.add(("scenario", "subject"), unrelated(one, other))
    known = {*parts.states, *BLOCS}
    acceding = tuple(event.actor for event in _accessions(parts))
    for at, event in parts.events.items():
        path = ("scenario", "events", at)
        if not {event.actor, event.target} <= known:
            continue
        if event.kind == "accession":
            _check_accession(found, parts, path, event)
            continue
        if event.kind == "forward":
            _check_forward(found, parts, path, event)
            continue
        if event.kind == "briefing" and event.actor in BLOCS:
            found.add((*path, "actor"), "must be one state", value=event.actor)
            continue
        ends = [
            calendar.members(roster, end) + (acceding if end in BLOCS else ())
            for end in (event.actor, event.target)
        ]
        if not calendar.rows(place, *ends):
            found.add(path, unrelated(event.actor, event.target))


def _why(parts: Parts, roster: Roster, one: str, other: str) -> str:
    """Return why two states have no relation, or '' where it is not of two states."""
    states = {state.code: state for state in roster.states}
    if one == other or not {one, other} <= set(states):
        return ""
    own = [code for code in (one, other) if code in parts.invented]
    told = f": {why_unrelated(states[one], states[other], parts.sides)}"
    if own:
        first, rest = own[0], other if own[0] == one else one
        near = rest in parts.invented[first].proximity or (
            rest in parts.invented and first in parts.invented[rest].proximity
        )
        told = told if near else ": nothing is said of how near they are"
        told += f" (invented.{first}.proximity.{rest} and invented.{first}.rivals say so)"
    return told


def _accessions(parts: Parts) -> list[EventSheet]:
    """Return the accessions, in order of date."""
    found = [event for event in parts.events.values() if event.kind == "accession"]
    return sorted(found, key=lambda event: event.date)


def _sides_before(parts: Parts, event: EventSheet) -> dict[str, Bloc | None]:
    """Return the side of each state before an accession."""
    sides: dict[str, Bloc | None] = {**parts.sides}
    for earlier in _accessions(parts):
        if earlier is event or earlier.date > event.date:
            break
        sides[earlier.actor] = BLOCS.get(earlier.target) or sides.get(earlier.target)
    return sides


def _check_accession(found: Findings, parts: Parts, path: Steps, event: EventSheet) -> None:
    sides = _sides_before(parts, event)
    joined = BLOCS.get(event.target) or sides.get(event.target)
    if event.actor in BLOCS or event.actor in parts.leaders:
        found.add((*path, "actor"), "must be one state that leads no bloc", value=event.actor)
    elif joined is None:
        found.add((*path, "target"), "must be a bloc or one of its members", value=event.target)
    elif sides.get(event.actor) == joined:
        since = "from the start" if parts.sides.get(event.actor) == joined else "already"
        found.add((*path, "actor"), f"is a member {since}", value=event.actor)


def _check_forward(found: Findings, parts: Parts, path: Steps, event: EventSheet) -> None:
    """Check that forces go forward to one member from its own bloc."""
    sides = _sides_before(parts, event)
    host = None if event.target in BLOCS else sides.get(event.target)
    sender = BLOCS.get(event.actor) or sides.get(event.actor)
    if host is None or event.target in parts.leaders:
        found.add((*path, "target"), "must be one member of a bloc on that day, not its leader",
                  value=event.target)  # fmt: skip
    elif sender != host or event.actor == event.target:
        found.add((*path, "actor"), f"must be the bloc of {event.target} or another of its members",
                  value=event.actor)  # fmt: skip


def _with_roles(found: Findings, raw: Any) -> Any:
    """Return a scenario's sheets with its two blocs under the names of their roles.

    Blocs may be called anything. The first is the one that is content with things as they are
    (``west``), the second that of the challenger (``east``); a bloc's own ``side`` says otherwise.
    """
    blocs = raw.get("blocs") if isinstance(raw, dict) else None
    if not isinstance(blocs, dict) or len(blocs) != 2 or set(blocs) <= set(BLOCS):
        return raw
    if not all(isinstance(name, str) and BLOC_NAME.fullmatch(name) for name in blocs):
        return raw
    names = list(blocs)
    sides = [b.get("side") if isinstance(b, dict) else None for b in blocs.values()]
    if "west" in names or "east" in names:  # one is a role already
        first = names.index("west") if "west" in names else 1 - names.index("east")
    else:
        first = 1 if sides == ["east", "west"] or sides == ["east", None] else 0
    roles = {names[first]: "west", names[1 - first]: "east"}
    found.blocs = {role: name for name, role in roles.items()}

    def bare(bloc: Any) -> Any:
        return {k: v for k, v in bloc.items() if k != "side"} if isinstance(bloc, dict) else bloc

    def event(given: Any) -> Any:
        ends = ("actor", "target", "who", "toward", "value")
        if not isinstance(given, dict):
            return given
        return {k: roles.get(v, v) if k in ends and isinstance(v, str) else v
                for k, v in given.items()}  # fmt: skip

    whole = {**raw, "blocs": {roles[name]: bare(bloc) for name, bloc in blocs.items()}}
    if isinstance(traits := raw.get("traits"), dict):
        whole["traits"] = {
            roles.get(k, k) if isinstance(k, str) else k: v for k, v in traits.items()
        }
    if isinstance(events := raw.get("events"), list):
        whole["events"] = [event(given) for given in events]
    if isinstance(changes := raw.get("changes"), list):
        whole["changes"] = [event(given) for given in changes]
    return whole


def coherent_scenario(found: Findings, n_weeks: int | None) -> Scenario | None:
    """Return the scenario, or None if anything is wrong with it."""
    given = found.composed.tree["scenario"]
    raw = _with_roles(found, given)
    if isinstance(raw, Mapping):
        raw = with_calendar_changes(found, raw)
    found.validate(ScenarioSheet, raw, ("scenario",))
    needed = [name for name, of in ScenarioSheet.model_fields.items() if of.is_required()]
    if any(name not in raw and not found.within("scenario", name) for name in needed):
        return None  # a key that is no text at all: the check went no further
    parts = _parts(found, raw)
    start = None if found.within("scenario", "start") else date.fromisoformat(raw["start"])
    _check_states(found, parts)
    if not found.within("scenario", "blocs"):
        _check_blocs(found, parts)
    _check_mentions(found, parts)
    if not found.within("scenario", "blocs"):
        _check_hosts(found, parts)
    _check_events(found, parts, start, n_weeks)
    if (roster := _roster(found, parts)) is not None:
        _check_relations(found, parts, roster)
    changes = check_changes(
        found, raw, roster, n_weeks,
        lambda one, other: _why(parts, roster, one, other) if roster is not None else "",
    )  # fmt: skip
    if found.within("scenario") or roster is None or start is None:
        return None
    events = sorted(
        (
            Event(e.date, _week(start, e), Happening[e.kind.upper()], e.actor, e.target,
                  e.size or 0.0, e.what, e.source, e.id or "",
                  (e.weeks or EXERCISE_WEEKS) if _lasts(e) else 0)
            for e in parts.events.values()
        ),
        # on one day accessions come first, since they decide who is meant
        key=lambda event: (event.date, event.kind != Happening.ACCESSION),
    )  # fmt: skip
    if parts.subject:
        roster = with_subject(roster, *parts.subject)
    return Scenario(
        name=found.composed.chosen["scenario"],
        title=raw["title"],
        account=raw["account"],
        start=start,
        roster=changed(calendar.dated(roster, events), changes),
        events=tuple(events),
        given=given,
        changes=changes,
    )
