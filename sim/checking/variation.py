"""The parameters of a config, and the levels at which some of them are varied."""

from __future__ import annotations

import itertools
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.checking.findings import Composed, Findings
from sim.checking.sources import PARAMETER_GROUPS, InputError, Steps, nearest, origin
from sim.parameters import COEFFICIENTS, defaults
from sim.scenario import Point

MOST_POINTS = 100_000
MOST_LEVELS = 1000


def sound_values(
    found: Findings, raw: Any, *, of: Steps = ("parameters",), source: str = ""
) -> dict[str, float]:
    """Return the parameters of a mapping that are sound, and note the others."""
    sound = {}
    for name, value in raw.items() if isinstance(raw, dict) else ():
        if name not in COEFFICIENTS:
            found.add((*of, name), "no such parameter", nearest(name, COEFFICIENTS),
                      value=value, source=source)  # fmt: skip
        elif told := _refused(name, value):
            found.add((*of, name), told, value=value, source=source)
        else:
            sound[name] = float(value)
    return sound


def _refused(name: str, value: Any) -> str:
    """Return what is wrong with the value of a parameter, or ''."""
    c = COEFFICIENTS[name]
    real = isinstance(value, int | float) and not isinstance(value, bool)
    if real and c.low <= value <= c.high:
        return ""
    return f"must be a number from {c.low:g} to {c.high:g} ({c.meaning.removeprefix('... ')})"


@dataclass(frozen=True)
class Axis:
    """Something that is varied: its name, and the parameters of each level."""

    name: str
    levels: tuple[tuple[str | float, Mapping[str, float]], ...]

    @property
    def touched(self) -> set[str]:
        """Names of the parameters that any level sets."""
        return {name for _, values in self.levels for name in values}


def axes_of(found: Findings) -> list[Axis]:
    """Return what is varied, as far as it is sound."""
    raw = found.composed.tree["vary"]
    axes = []
    for name, levels in raw.items() if isinstance(raw, dict) else ():
        path = ("vary", name)
        if name not in COEFFICIENTS and name not in PARAMETER_GROUPS:
            like = nearest(name, [*COEFFICIENTS, *PARAMETER_GROUPS])
            groups = ", ".join(PARAMETER_GROUPS)
            found.add(path, f"neither a parameter nor one of {groups}", like)
        elif not isinstance(levels, list) or not 0 < len(levels) <= MOST_LEVELS:
            found.add(path, f"must be a list of 1 to {MOST_LEVELS} levels", value=levels)
        else:
            level = _option_level if name in PARAMETER_GROUPS else _number_level
            axes.append(Axis(name, tuple(_levels(found, name, levels, level))))
    _check_axes(found, axes)
    return axes


_Level = tuple[str | float, Mapping[str, float]]


def _levels(
    found: Findings,
    name: str,
    levels: list[Any],
    read: Callable[[Findings, str, Any, Steps], _Level | None],
) -> Iterator[_Level]:
    seen = set()
    for at, value in enumerate(levels):
        path = ("vary", name, at)
        if (level := read(found, name, value, path)) is None:
            continue
        if level[0] in seen:
            found.add(path, "is given twice", value=value)
        seen.add(level[0])
        yield level


def _number_level(found: Findings, name: str, value: Any, path: Steps) -> _Level | None:
    if told := _refused(name, value):
        found.add(path, told, value=value)
        return None
    return float(value), {name: float(value)}


def _option_level(found: Findings, group: str, value: Any, path: Steps) -> _Level | None:
    files = found.composed.files
    if faults := files.faults_of_name(group, value, ""):
        found.add(path, faults[0].allowed, faults[0].nearest, value=value)
        return None
    try:
        layers = files.layers(group, value)
    except InputError as error:
        found.faults += error.faults
        found.paths.append(path)
        return None
    values: dict[str, float] = {}
    for layer in layers:
        values |= sound_values(found, layer.source.tree["parameters"], source=layer.source.name)
    return value, values


def _check_axes(found: Findings, axes: Sequence[Axis]) -> None:
    """Look for parameters that are varied twice, or given and varied."""
    varied: dict[str, str] = {}
    for axis in axes:
        for name in axis.touched:
            if name in varied:
                found.add(("vary", axis.name), f"{name} is varied by {varied[name]} too")
            varied[name] = axis.name
        if axis.name in found.composed.typed:
            told = "has no effect: it is varied"
            found.add((axis.name,), told, source=found.composed.typed[axis.name])
    for source in found.composed.overrides:
        given = source.tree.get("parameters")
        for name in given if isinstance(given, dict) else ():
            if name in varied:
                told = f"has no effect: vary.{varied[name]} sets it"
                found.add(("parameters", name), told, source=source.name)
    if (n_points := _n_points(axes)) > MOST_POINTS:
        found.add(("vary",), f"has {n_points} points; at most {MOST_POINTS} are allowed")


def _n_points(axes: Iterable[Axis]) -> int:
    n_points = 1
    for axis in axes:
        n_points *= len(axis.levels)
    return n_points


def grid(found: Findings, axes: Sequence[Axis], given: Mapping[str, float]) -> tuple[Point, ...]:
    """Return the full grid of the levels."""
    base = {**defaults(), **given}
    for axis in axes:
        for name in _set_by_choice(found.composed, axis.name):
            base[name] = COEFFICIENTS[name].value
    return tuple(
        Point(
            label={axis.name: name for axis, (name, _) in zip(axes, levels, strict=True)},
            parameters=ChainMap(*(dict(values) for _, values in levels), base),
        )
        for levels in itertools.product(*(axis.levels for axis in axes))
    )


def _set_by_choice(composed: Composed, group: str) -> set[str]:
    """Return the parameters that come from the chosen option of a group that is varied."""
    if group not in PARAMETER_GROUPS:
        return set()
    layers = {c.source.name for c in composed.files.layers(group, composed.chosen[group])}
    sources = [*composed.sources, *composed.overrides]
    return {
        name
        for name in composed.tree["parameters"]
        if origin(sources, ("parameters", name)).name in layers
    }
