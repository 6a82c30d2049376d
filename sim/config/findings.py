"""The errors so far in a composed config, each with its source and its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, get_args

from pydantic import ValidationError

from sim.config.schema import ExecutionSheet, Settings, Sheet
from sim.config.sources import GROUPS, Choices, Source, Steps, dotted, numbered, origin
from sim.errors import Fault, clean, nearest, show
from sim.model.parameters import COEFFICIENTS


@dataclass(frozen=True)
class Composed:
    """A config as Hydra composed it, and where everything in it comes from."""

    tree: Mapping[str, Any]
    chosen: Mapping[str, str]  # option of each config group
    files: Choices
    sources: Sequence[Source]  # of files, in the order in which they were composed
    overrides: Sequence[Source] = ()  # on the command line
    typed: Mapping[str, str] = field(default_factory=dict)  # groups chosen there, and how
    words: Sequence[str] = ()  # the overrides as they were composed
    unsure: Sequence[Steps] = ()  # parts that lack a file or override already found faulty
    number: int | None = None  # of the job, where there are several


@dataclass
class Findings:
    """The errors so far."""

    composed: Composed
    faults: list[Fault] = field(default_factory=list)
    paths: list[Steps] = field(default_factory=list)
    drawn: frozenset[str] = frozenset()  # parameters that worlds draw where nothing sets them
    blocs: Mapping[str, str] = field(default_factory=dict)  # what west and east are called here

    def add(
        self, path: Steps, allowed: str, like: str = "", *, value: object = ..., source: str = ""
    ) -> None:
        """Note a error of the value at a path."""
        if any(path[: len(part)] == part for part in self.composed.unsure):
            return
        sources = [*self.composed.sources, *self.composed.overrides]
        own = path
        if path[:1] == ("scenario",) and len(path) > 2 and path[1] in ("blocs", "traits"):
            own = (*path[:2], self.blocs.get(str(path[2]), path[2]), *path[3:])
        shown = "" if value is ... else show(value)
        name = source or origin(sources, own).name
        self.paths.append(path)
        self.faults.append(Fault(name, dotted(own), allowed + self._event(path), shown, like))

    def _event(self, path: Steps) -> str:
        """Return which event a path leads into, if it does and the event has an id."""
        scenario = self.composed.tree.get("scenario")
        events = scenario.get("events") if isinstance(scenario, dict) else None
        if path[:2] != ("scenario", "events") or not isinstance(events, list) or "id" in path:
            return ""
        ids = (e["id"] for e in events if isinstance(e, dict) and isinstance(e.get("id"), str))
        mine = (name for name in ids if numbered(events, (name,)) == path[2:3])
        return "".join(f" (event {clean(name)})" for name in mine)

    def within(self, *path: str | int) -> bool:
        """Say whether anything is wrong at a path or below."""
        return any(found[: len(path)] == path for found in self.paths)

    def typed(self, *path: str) -> bool:
        """Say whether a value was given on the command line or in Python, not by a file."""
        return any(source.depth(path) == len(path) for source in self.composed.overrides)

    def validate(self, model: type[Sheet], raw: Any, path: Steps = ()) -> None:
        """Note everything that a part of the config may not hold."""
        try:
            model.model_validate(raw)
        except ValidationError as error:
            for told in error.errors(include_url=False):
                self._translate(model, path, told)

    def _translate(self, model: type[Sheet], path: Steps, told: Mapping[str, Any]) -> None:
        loc, context = tuple(told["loc"]), told.get("ctx", {})
        if loc and loc[-1] == "[key]":
            allowed = f"has a key that {context.get('allowed', 'is no text')}"
            key = loc[-2] if isinstance(loc[-2], str) else ...
            self.add(path + loc[:-2], allowed, context.get("nearest", ""), value=key)
        elif path + loc == ("parameters",) and told["type"] == "dict_type":
            allowed = "must be a mapping of names to values, as {from: FILE, offence: 0.7}"
            self.add(loc, allowed, value=told["input"])
        elif told["type"] == "extra_forbidden" and path + loc in [(group,) for group in GROUPS]:
            self.add(loc, f"is a group: write {loc[0]}=option, or parameters.NAME=value")
        elif told["type"] == "extra_forbidden":
            names = _names_at(model, loc[:-1])
            like = names.get(nearest(loc[-1], names), "")
            self.add(path + loc, "unknown key", like, value=told["input"])
        elif told["type"] == "missing":
            self.add(path + loc, "is required")
        else:
            allowed = context.get("allowed") or _ALLOWED.get(told["type"], told["msg"])
            allowed = allowed.format(**context) if told["type"] in _ALLOWED else allowed
            self.add(path + loc, allowed, context.get("nearest", ""), value=told["input"])


_ALLOWED = {
    "dict_type": "must be a mapping of names to values",
    "model_type": "must be a mapping of names to values",
    "list_type": "must be a list",
    "bool_type": "must be true or false",
    "too_long": "must have at most {max_length} entries",
    "too_short": "must have at least {min_length} entries",
}


def _names_at(model: type[Sheet], loc: Steps) -> dict[str, str]:
    """Return the keys allowed at a place, and how to write each."""
    here: Any = model
    for step in loc:
        inside = isinstance(here, type) and issubclass(here, Sheet)
        here = here.model_fields[step].annotation if inside else get_args(here)[-1]
        if isinstance(here, UnionType):  # a part or null
            here = get_args(here)[0]
    names = {name: name for name in here.model_fields}
    if model is Settings and not loc:
        names |= {name: name for name in GROUPS}
        names |= {name: f"execution.{name}" for name in ExecutionSheet.model_fields}
        names |= {name: f"parameters.{name}" for name in COEFFICIENTS}
    return names
