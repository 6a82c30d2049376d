"""What is varied: axes with their levels or ranges, and variants to compare.

A :class:`Level` is what one value of an axis sets: parameters, and places in the scenario. How
levels are combined into the points of a design is in :mod:`sim.config.points`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.config.findings import Composed, Findings
from sim.config.schema import DeclaredSheet, RangeSheet, VariantSheet
from sim.config.sources import PARAMETER_GROUPS, Steps, dotted, numbered, origin
from sim.errors import InputError, nearest
from sim.lanes import Floats
from sim.model.parameters import COEFFICIENTS, Coefficient
from sim.plan.sampling import scaled

MOST_LEVELS = 1000
MOST_DIGITS = 6
"""Digits of a place in a list."""
MOST_LETTERS = 60
"""Longest name of a variant."""
VARIED_GROUPS = (*PARAMETER_GROUPS, "scenario")
VARIANT, BASELINE = "variant", "baseline"
"""Name of the axis of what is compared, and of its first level."""

Edit = tuple[Steps, Any]
"""A place in the scenario and what is put there; the empty place is the whole."""
Note = Callable[..., None]
"""Takes the error of a value, and the nearest valid name."""


@dataclass(frozen=True)
class Level:
    """One value of an axis, and what it sets."""

    name: str | float
    parameters: Mapping[str, float] = field(default_factory=dict)  # nan: left to the posterior
    scenario: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class Axis:
    """Something that is varied, at levels or within a range."""

    name: str
    base: str | float  # its value in the config itself
    levels: tuple[Level, ...] = ()
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    steps: Steps = ()  # its place in the scenario, where it is none of parameters and groups

    @property
    def is_range(self) -> bool:
        """Whether it runs from ``low`` to ``high`` rather than through levels."""
        return not self.levels

    def along(self, shares: Floats) -> list[Level]:
        """Return the levels at shares, 0..1, of the way from the first to the last."""
        if self.levels:
            last = len(self.levels) - 1
            return [self.levels[min(int(share * (last + 1)), last)] for share in shares]
        return [self.level(float(v)) for v in scaled(shares, self.low, self.high, self.log)]

    def level(self, value: float) -> Level:
        """Return the level of a number."""
        if self.steps:
            return Level(value, scenario=((self.steps, value),))
        return Level(value, {self.name: value})

    @property
    def touched(self) -> set[str]:
        """Names of the parameters that any level sets."""
        mine = {name for level in self.levels for name in level.parameters}
        return mine if self.levels or self.steps else {self.name}


# Parameters


def sound_values(
    found: Findings, raw: Any, *, of: Steps = ("parameters",), source: str = ""
) -> dict[str, float]:
    """Return the parameters of a mapping that are valid, and note the others."""
    sound = {}
    for name, value in raw.items() if isinstance(raw, dict) else ():
        if name not in COEFFICIENTS:
            found.add((*of, name), "unknown parameter", nearest(name, COEFFICIENTS),
                      value=value, source=source)  # fmt: skip
        elif told := refused(name, value):
            found.add((*of, name), told, value=value, source=source)
        else:
            sound[name] = float(value)
    return sound


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def refused(name: str, value: Any) -> str:
    """Return the error in the value of a parameter, or ''."""
    c = COEFFICIENTS[name]
    if _is_number(value) and c.low <= value <= c.high:
        return ""
    return f"must be a number {_allowed(c)}"


def _allowed(c: Coefficient) -> str:
    return f"from {c.low:g} to {c.high:g} ({c.meaning.removeprefix('... ')})"


# Axes


def axes_of(found: Findings, given: Mapping[str, float]) -> list[Axis]:
    """Return what is varied, as far as it is valid.

    Args:
        found: collects the errors (out).
        given: all parameters as the config has them.
    """
    raw = found.composed.tree["vary"]
    axes = []
    for path, levels in _flat(("vary",), raw if isinstance(raw, dict) else {}):
        axes += _axes_at(found, path, levels, given)
    check_axes(found, axes)
    return axes


def _flat(path: Steps, raw: Mapping[Any, Any]) -> Iterator[tuple[Steps, Any]]:
    """Yield each varied name with its levels; names in the scenario may be nested or dotted."""
    for name, levels in raw.items():
        nested = isinstance(levels, dict) and not {"low", "high"} & set(levels)
        inside = len(path) > 1 or name == "scenario"
        if nested and inside and levels:
            yield from _flat((*path, name), levels)
        else:
            yield (*path, name), levels


def _axes_at(found: Findings, path: Steps, levels: Any, given: Mapping[str, float]) -> list[Axis]:
    name = ".".join(map(str, path[1:]))
    if name == "parameters":
        return _declared(found, path, levels, given)
    if (axis := named(found, path, name, given)) is None:
        return []
    if isinstance(levels, dict):
        return _ranged(found, path, levels, axis)
    if not isinstance(levels, list) or not 0 < len(levels) <= MOST_LEVELS:
        told = f"must be a list of 1 to {MOST_LEVELS} levels, or a range as {{low: 0, high: 1}}"
        found.add(path, told, value=levels)
        return []
    read = tuple(_levels(found, path, levels, axis))
    return [Axis(axis.name, axis.base, read, steps=axis.steps)] if read else []


def named(found: Findings, path: Steps, name: str, given: Mapping[str, float]) -> Axis | None:
    """Return an axis of this name, without levels; None if there is nothing of that name."""
    if name in COEFFICIENTS:
        return Axis(name, given[name])
    if name in VARIED_GROUPS:
        return Axis(name, found.composed.chosen[name])
    if name.startswith("scenario."):
        return _place(found, path, name)
    like = nearest(name, [*COEFFICIENTS, *VARIED_GROUPS])
    groups = ", ".join(VARIED_GROUPS)
    found.add(path, f"must be a parameter, one of {groups}, or a path in the scenario, as "
              "scenario.traits.POL.firmness", like)  # fmt: skip
    return None


def _place(found: Findings, path: Steps, name: str) -> Axis | None:
    """Return an axis of a place in the scenario."""
    here: Any = found.composed.tree.get("scenario")
    steps: list[str | int] = []
    for word in name.split(".")[1:]:
        number = isinstance(here, list) and word.isdecimal() and len(word) < MOST_DIGITS
        (step,) = numbered(here, (int(word) if number else word,))
        inside = isinstance(here, list) and isinstance(step, int) and step < len(here)
        if isinstance(here, list) and not inside:
            found.add(path, f"the scenario has no {'.'.join(map(str, [*steps, word]))}")
            return None
        here = here[step] if inside else (here.get(step) if isinstance(here, dict) else None)
        steps.append(step)
    base = here if isinstance(here, str) or _is_number(here) else "as configured"
    return Axis(name, base, steps=tuple(steps))


def _declared(found: Findings, path: Steps, raw: Any, given: Mapping[str, float]) -> list[Axis]:
    """Return axes of parameters over their declared ranges, or over a part of these."""
    before = len(found.faults)
    part = raw if isinstance(raw, dict) else {"of": raw}
    found.validate(DeclaredSheet, part, path)
    if len(found.faults) > before:
        return []
    names, within = part["of"], part.get("within")
    axes = []
    for name in COEFFICIENTS if names == "all" else names:
        c = COEFFICIENTS[name]
        half = (c.high - c.low) * (1.0 if within is None else within)
        low, high = max(c.low, given[name] - half), min(c.high, given[name] + half)
        axes.append(
            Axis(name, given[name], low=c.low if within is None else low,
                 high=c.high if within is None else high)
        )  # fmt: skip
    return axes


def _ranged(found: Findings, path: Steps, raw: dict[Any, Any], axis: Axis) -> list[Axis]:
    before = len(found.faults)
    found.validate(RangeSheet, raw, path)
    if axis.name in VARIED_GROUPS:
        found.add(path, "is a config group: list its options")
    if len(found.faults) > before:
        return []
    low, high = float(raw["low"]), float(raw["high"])
    log = raw.get("scale") == "log"
    if not low < high:
        found.add(path, "low must be below high", value=low)
    if log and low <= 0.0:
        found.add((*path, "low"), "must be above 0 on a log scale", value=low)
    for end, value in (("low", low), ("high", high)):
        if axis.name in COEFFICIENTS and (told := refused(axis.name, value)):
            found.add((*path, end), told, value=value)
    if len(found.faults) > before:
        return []
    return [Axis(axis.name, axis.base, low=low, high=high, log=log, steps=axis.steps)]


def _levels(found: Findings, path: Steps, levels: list[Any], axis: Axis) -> Iterator[Level]:
    seen = set()
    for at, value in enumerate(levels):
        here = (*path, at)

        def note(told: str, like: str = "", here: Steps = here, value: Any = value) -> None:
            found.add(here, told, like, value=value)

        level = level_of(found, axis, value, note)
        if level is None:
            continue
        if level.name in seen:
            note("is given twice")
        seen.add(level.name)
        yield level


def level_of(found: Findings, axis: Axis, value: Any, note: Note) -> Level | None:
    """Return the level of an axis at a value, or None if the value is invalid.

    Args:
        found: collects errors of a file that the level is read from (out).
        axis: which.
        value: as it was given.
        note: called with each error.
    """
    if axis.name in VARIED_GROUPS:
        return _option(found, axis.name, value, note)
    if axis.steps:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            note("must be a number or a text")
            return None
        return Level(value, scenario=((axis.steps, value),))
    if told := refused(axis.name, value):
        note(told)
        return None
    return Level(float(value), {axis.name: float(value)})


def _option(found: Findings, group: str, value: Any, note: Note) -> Level | None:
    """Return the level that an option of a group is."""
    files = found.composed.files
    if faults := files.faults_of_name(group, value, ""):
        note(faults[0].allowed, faults[0].nearest)
        return None
    try:
        layers = files.layers(group, value)
    except InputError as error:
        found.faults += error.faults
        found.paths.append(("vary",))
        return None
    if group == "scenario":
        return Level(value, scenario=(((), value),))
    values = {name: _unset(found, name) for name in _set_by_choice(found.composed, group)}
    for layer in layers:
        values |= sound_values(found, layer.source.tree["parameters"], source=layer.source.name)
    return Level(value, values)


def _unset(found: Findings, name: str) -> float:
    """Return the value of a parameter that nothing sets; nan if it is drawn."""
    return math.nan if name in found.drawn else COEFFICIENTS[name].value


def _set_by_choice(composed: Composed, group: str) -> set[str]:
    """Return the parameters that come from the chosen option of a group."""
    layers = {c.source.name for c in composed.files.layers(group, composed.chosen[group])}
    sources = [*composed.sources, *composed.overrides]
    given = composed.tree.get("parameters")
    return {
        name
        for name in (given if isinstance(given, dict) else ())
        if name in COEFFICIENTS and origin(sources, ("parameters", name)).name in layers
    }


def check_axes(found: Findings, axes: Sequence[Axis], of: Steps = ("vary",)) -> None:
    """Check for what is varied twice, or given and varied.

    Args:
        found: collects the errors (out).
        axes: what is varied.
        of: the part of the config that says so.
    """
    varied: dict[str, str] = {}
    places: dict[Steps, str] = {}
    for axis in axes:
        for name in sorted(axis.touched):
            if name in varied:
                found.add((*of, axis.name), f"{name} is varied by {varied[name]} too")
            varied[name] = axis.name
        if axis.steps or axis.name == "scenario":
            for steps, other in places.items():
                if steps[: len(axis.steps)] == axis.steps[: len(steps)]:
                    found.add((*of, axis.name), f"is varied by {other} too")
            places[axis.steps] = axis.name
        if axis.name in found.composed.typed:
            told = f"has no effect: it is varied by {dotted(of)}; leave it out"
            found.add((axis.name,), told, source=found.composed.typed[axis.name])
    for source in found.composed.overrides:
        given = source.tree.get("parameters")
        for name in given if isinstance(given, dict) else ():
            if name in varied:
                told = f"has no effect: it is set by {dotted((*of, varied[name]))}"
                found.add(("parameters", name), told, source=source.name)


# Variants


def variants_of(found: Findings, axes: Sequence[Axis]) -> list[Level]:
    """Return the baseline and the variants to compare with it; nothing if there are none."""
    raw = found.composed.tree["compare"]
    if not isinstance(raw, dict) or not raw:
        return []
    if len(raw) > MOST_LEVELS:
        found.add(("compare",), f"must have at most {MOST_LEVELS} variants")
        return []
    levels = [Level(BASELINE)]
    taken = {name: axis.name for axis in axes for name in axis.touched}
    for name, changes in raw.items():
        path = ("compare", name)
        sound = isinstance(name, str) and name.isprintable() and name != BASELINE
        if not sound or not 0 < len(name) <= MOST_LETTERS:
            told = f"must have a name of 1 to {MOST_LETTERS} letters that is not {BASELINE}"
            found.add(path, told)
            continue
        found.validate(VariantSheet, changes, path)
        if found.within(*path):
            continue
        level = _variant(found, name, changes)
        for parameter in sorted(set(level.parameters) & set(taken)):
            found.add(path, f"{parameter} is varied by {taken[parameter]} too")
        for edited, _ in level.scenario:
            steps = numbered(found.composed.tree.get("scenario"), edited)
            for axis in axes:
                within_scenario = bool(axis.steps) or axis.name == "scenario"
                if within_scenario and steps == axis.steps[: len(steps)]:
                    found.add(path, f"sets a value that {axis.name} varies")
        levels.append(level)
    return levels


def _variant(found: Findings, name: str, changes: Mapping[str, Any]) -> Level:
    parameters: dict[str, float] = {}
    edits: tuple[Edit, ...] = ()
    for group in PARAMETER_GROUPS:
        if changes.get(group) is not None:

            def note(told: str, like: str = "", group: str = group) -> None:
                found.add(("compare", name, group), told, like, value=changes[group])

            option = _option(found, group, changes[group], note)
            parameters |= option.parameters if option else {}
    path = ("compare", name, "parameters")
    parameters |= sound_values(found, changes.get("parameters", {}), of=path)
    scenario = changes.get("scenario", {})
    if isinstance(scenario, str):

        def note_scenario(told: str, like: str = "") -> None:
            found.add(("compare", name, "scenario"), told, like, value=scenario)

        option = _option(found, "scenario", scenario, note_scenario)
        edits = option.scenario if option else ()
    else:
        edits = tuple(_leaves((), scenario))
    if not parameters and not edits:
        found.add(("compare", name), f"must set at least one of {', '.join(VARIED_GROUPS)} "
                  "or parameters")  # fmt: skip
    return Level(name, parameters, edits)


def _leaves(path: Steps, tree: Mapping[Any, Any]) -> Iterator[Edit]:
    """Yield every place of a nested mapping that holds something else than a mapping."""
    for name, value in tree.items():
        if isinstance(value, dict) and value:
            yield from _leaves((*path, name), value)
        else:
            yield (*path, name), value
