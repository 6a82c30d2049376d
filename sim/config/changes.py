"""What is changed in a scenario from outside: each change checked on its own, and all together.

A change that cannot act is an error: of two states that have no relation, after the last week, of a
parameter that counts at the start only. So are two that hold one thing in one week.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from sim.config.axes import refused
from sim.config.findings import Findings
from sim.config.schema import QUARTERS, ChangeSheet
from sim.config.sources import Steps
from sim.errors import nearest
from sim.model.roster import Roster
from sim.model.vocabulary import (
    HELD_CEILING,
    HELD_LEVEL,
    HELD_RISE,
    HELD_STEP,
    Happening,
    Instrument,
)
from sim.plan.calendar import BLOCS
from sim.plan.changes import AT_START, KINDS, Change, holds_of, rows_of, words_of

PLACE: Steps = ("scenario", "changes")


def sheets(raw: Mapping[str, Any]) -> dict[int, ChangeSheet]:
    """Return the changes of a scenario that are valid on their own, by place."""
    given, sound = raw.get("changes"), {}
    for at, entry in enumerate(given if isinstance(given, list) else []):
        try:
            sound[at] = ChangeSheet.model_validate(entry)
        except ValidationError:
            continue
    return sound


# Of the calendar


def with_calendar_changes(found: Findings, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a scenario's sheets with the events that changes add, without those they remove."""
    events, start = raw.get("events", []), raw.get("start")
    changes = sheets(raw)
    if not isinstance(events, list) or not any(KINDS[c.kind].calendar for c in changes.values()):
        return raw
    ids = [e.get("id") if isinstance(e, dict) else None for e in events]
    gone, more = set(), []
    for at, change in changes.items():
        path = (*PLACE, at)
        if change.kind == "remove" and change.name is not None:
            if change.name in gone:
                found.add((*path, "name"), "is removed already", value=change.name)
            elif change.name not in ids:
                like = nearest(change.name, [name for name in ids if isinstance(name, str)])
                found.add((*path, "name"), "the scenario has no event of this id", like,
                          value=change.name)  # fmt: skip
            gone.add(change.name)
        elif change.kind in ("event", "admit") and change.week is not None:
            event = _event(found, path, change, start)
            more += [event] if event else []
    kept = [e for e, name in zip(events, ids, strict=True) if name is None or name not in gone]
    return {**raw, "events": [*kept, *more]}


def _event(
    found: Findings, path: Steps, change: ChangeSheet, start: object
) -> dict[str, Any] | None:
    """Return the event that a change adds, or None if that cannot be said."""
    try:
        day = date.fromisoformat(str(start)) + timedelta(weeks=(change.week or 1) - 1)
    except (ValueError, OverflowError):
        return None
    told = {"id": f"change_{path[-1]}", "date": str(day), "what": "changed from outside",
            "source": "a change"}  # fmt: skip
    if change.kind == "admit":
        if change.who is None or change.value not in BLOCS:
            return None
        return {**told, "kind": "accession", "actor": change.who, "target": change.value}
    kinds = [kind.name.lower() for kind in Happening]
    if change.name not in kinds:
        if change.name is not None:
            found.add((*path, "name"), f"must be one of {', '.join(kinds)}",
                      nearest(change.name, kinds), value=change.name)  # fmt: skip
        return None
    if change.who is None or change.toward is None:
        return None
    size = {} if change.value is None else {"size": change.value}
    return {**told, "kind": change.name, "actor": change.who, "target": change.toward, **size}


# Each, and all together


def check_changes(
    found: Findings, raw: Mapping[str, Any], roster: Roster | None, n_weeks: int | None,
    why: Callable[[str, str], str],
) -> tuple[Change, ...]:  # fmt: skip
    """Return the changes of a scenario; note what is wrong with them.

    Args:
        found: collects the errors (out).
        raw: the scenario's sheets.
        roster: who is there, None where that is in doubt.
        n_weeks: weeks of the worlds, if known.
        why: returns why two states have no relation, or nothing.
    """
    made = {}
    for at, sheet in sheets(raw).items():
        path, before = (*PLACE, at), len(found.faults)
        _check_keys(found, path, sheet)
        _check_week(found, path, sheet, n_weeks)
        if not found.within(*path, "name") and not found.within(*path, "value"):
            _check_value(found, path, sheet)
        change = Change(sheet.kind, sheet.week or 0, sheet.who or "", sheet.toward or "",
                        sheet.name or "", sheet.value, sheet.weeks or 1)  # fmt: skip
        if roster is not None and not any(found.within(*path, k) for k in ("who", "toward")):
            _check_ends(found, path, change, roster, why)
        if len(found.faults) == before:
            made[at] = change
    if roster is not None:
        _check_together(found, made, roster)
    return tuple(made.values())


def _check_keys(found: Findings, path: Steps, sheet: ChangeSheet) -> None:
    """Check for keys that a kind needs and lacks, or has and does not take."""
    kind = KINDS[sheet.kind]
    wanted = {
        "who": kind.ends != "none",
        "toward": kind.ends in ("relation", "pair"),
        "name": bool(kind.names) or sheet.kind in ("event", "remove"),
        "week": sheet.kind != "remove",
        "value": kind.takes_value,
        "weeks": kind.lasts,
    }
    optional = {"weeks": kind.lasts, "value": sheet.kind == "event"}
    for key, needed in wanted.items():
        has = getattr(sheet, key) is not None
        if needed and not has and not optional.get(key):
            found.add((*path, key), f"is required for {sheet.kind}{_told(sheet, key)}")
        elif has and not needed and not optional.get(key):
            found.add((*path, key), f"{sheet.kind} takes no {key}", value=getattr(sheet, key))
    if kind.names and sheet.name is not None and sheet.name not in kind.names:
        told = "unknown parameter" if sheet.kind == "parameter" else (
            f"must be one of {', '.join(kind.names)}")  # fmt: skip
        found.add((*path, "name"), told, nearest(sheet.name, kind.names), value=sheet.name)


def _told(sheet: ChangeSheet, key: str) -> str:
    kind = KINDS[sheet.kind]
    if key == "name" and kind.names and sheet.kind != "parameter":
        return f": one of {', '.join(kind.names)}"
    return f": one of {', '.join(kind.words)}" if key == "value" and kind.words else ""


def _check_week(found: Findings, path: Steps, sheet: ChangeSheet, n_weeks: int | None) -> None:
    if sheet.week is None or n_weeks is None:
        return
    last = sheet.week + (sheet.weeks or 1) - 1
    if last > n_weeks:
        key = "week" if sheet.week > n_weeks else "weeks"
        found.add((*path, key), f"is after the end: the worlds have {n_weeks} weeks",
                  value=getattr(sheet, key))  # fmt: skip


def _check_value(found: Findings, path: Steps, sheet: ChangeSheet) -> None:
    kind, value, told, like = KINDS[sheet.kind], sheet.value, "", ""
    if sheet.kind == "parameter":
        name = str(sheet.name)
        told = refused(name, value)
        if name in AT_START or name.startswith("start_"):
            found.add((*path, "name"), "counts before the first week only: vary it, or give it "
                      "under parameters", value=name)  # fmt: skip
    elif sheet.kind == "admit":
        told = "" if value in BLOCS else f"must be {' or '.join(BLOCS)}"
    elif sheet.kind in ("hold", "limit"):
        told = "" if value in QUARTERS else "must be one of the levels 0, 0.25, 0.5, 0.75 and 1"
    elif kind.between:
        low, high = kind.between
        sound = isinstance(value, float) and low <= value <= high
        told = "" if sound else f"must be a number from {low:g} to {high:g}"
    elif kind.words or sheet.kind == "misreading":
        words = words_of(Change(sheet.kind, name=sheet.name or ""))
        if value not in words:
            told, like = f"must be one of {', '.join(words)}", nearest(value, words)
    if told:
        found.add((*path, "value"), told, like, value=value)


def _check_ends(
    found: Findings, path: Steps, change: Change, roster: Roster, why: Callable[[str, str], str]
) -> None:
    if KINDS[change.kind].calendar:
        return  # looked at as an event
    known, unknown = {*roster.codes, *BLOCS}, False
    for key in ("who", "toward"):
        name = getattr(change, key)
        if name and name not in known:
            unknown = True
            found.add((*path, key), "is not among the scenario's states",
                      nearest(name, roster.codes), value=name)  # fmt: skip
    if not unknown and not found.within(*path, "name") and not rows_of(roster, change):
        told = f"{change.who} and {change.toward} have no relation here"
        found.add(path, told + why(change.who, change.toward))


def _check_together(found: Findings, made: Mapping[int, Change], roster: Roster) -> None:
    """Check for changes that hold one thing in one week."""
    taken: dict[tuple[int, int, int], int] = {}
    for at, change in made.items():
        others = set()
        for hold in holds_of(roster, change):
            what = hold.what
            for more in (HELD_RISE, HELD_CEILING, HELD_STEP):  # nor held and restrained as well
                if more <= what < more + len(Instrument):
                    what += HELD_LEVEL - more
            others.add(taken.setdefault((hold.week, what, hold.row), at))
        for other in sorted(others - {at}):
            found.add((*PLACE, at), f"contradicts changes[{other}] ({made[other]}): both hold the "
                      "same in the same week", value=str(change))  # fmt: skip


def check_fork(
    found: Findings, scenarios: Sequence[Sequence[Change]], event_weeks: Mapping[str, int],
    n_weeks: int,
) -> None:  # fmt: skip
    """Check a fork against the changes of its futures, and for futures that would all be the same.

    Args:
        found: collects the errors (out).
        scenarios: the changes of each scenario that is played, the config's own first.
        event_weeks: week of each dated event that a change removes, by its id.
        n_weeks: weeks of the worlds.
    """
    tree = found.composed.tree
    fork = tree["fork"]
    week, world, same = fork["week"], fork.get("world"), fork.get("luck") == "same"
    turns = [turn[0] for turn in fork.get("past") or ()]
    if sorted(set(turns)) != turns or max(turns, default=0) > week:
        told = f"must be in order of weeks, each once, up to week {week} of the fork"
        found.add(("fork", "past"), told, value=fork["past"])
    if week >= n_weeks:
        found.add(("fork", "week"), f"leaves no future: the worlds have {n_weeks} weeks",
                  value=week)  # fmt: skip
    kept = fork.get("kept") or 0  # of the past itself
    if kept > len(scenarios[0]):
        found.add(("fork", "kept"), "is more than there are changes", value=kept)
    for k, changes in enumerate(scenarios):
        if tuple(changes[:kept]) != tuple(scenarios[0][:kept]):
            told = f"the first {kept} must be those of the past, in every variant"
            found.add(PLACE if not k else ("compare",), told)
        for at, change in enumerate(changes[kept:], kept):
            when = event_weeks.get(change.name, 0) + 1 if change.kind == "remove" else change.week
            if when <= week:
                told = f"is in the past of the fork, which is after week {week}"
                told += f" ({change})" if k else ""
                path: Steps = (*PLACE, at, "week") if not k else ("compare",)
                if change.kind == "remove" and not k:
                    path = (*PLACE, at, "name")
                    found.add(path, f"{told}; it is of week {when}", value=change.name)
                else:
                    found.add(path, told, value=when)
    if same and world is not None and tree["worlds"] > 1:
        told = f"must be 1 where futures of one world have the same luck, not {tree['worlds']}"
        found.add(("worlds",), told)
    varied = tree["vary"] or tree["compare"]
    if same and len(scenarios[0]) == kept and not varied:
        found.add(("fork", "luck"), "with the same luck and no changes every future is the past "
                  "again", value="same")  # fmt: skip
