"""The points of a design: which combinations of levels are played, and in which scenario."""

from __future__ import annotations

import copy
import csv
import itertools
import json
from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from omegaconf import OmegaConf

from sim.config.axes import (
    VARIANT,
    Axis,
    Edit,
    Level,
    check_axes,
    level_of,
    named,
)
from sim.config.findings import Findings
from sim.config.scenarios import coherent_scenario
from sim.config.schema import MOST_POINTS, DesignSheet
from sim.config.sources import SIZE, Steps, dotted, number_or_text, numbered, read_csv
from sim.errors import Fault, clean, nearest
from sim.lanes import Floats
from sim.plan import sampling
from sim.plan.scenario import Design, Point, Scenario

MOST_SCENARIOS = 2000
SAMPLED = {
    "latin_hypercube": sampling.latin_hypercube,
    "sobol": sampling.sobol,
    "morris": sampling.morris,
    "saltelli": sampling.saltelli,
}
RANGES_ONLY = ("morris", "saltelli")
_NUMBERS = {"morris": "trajectories", "saltelli": "base samples"}

Row = tuple[Level, ...]


# Rows of levels


def rows_of(
    found: Findings, axes: list[Axis], given: Mapping[str, float]
) -> tuple[list[Axis], list[Row], Floats | None]:
    """Return the axes, the rows of a design and their places in the unit cube, if drawn.

    Args:
        found: collects the errors (out).
        axes: what is varied; a CSV brings its own.
        given: all parameters as the config has them.
    """
    raw = DesignSheet.model_validate(found.composed.tree["design"])
    method = raw.method
    _check_keys(found, raw, axes)
    if found.within("design"):
        return axes, [], None
    if method == "list":
        axes, rows = _listed(found, raw.file or "", given)
        return axes, rows, None
    if method in SAMPLED:
        return _sampled(found, raw, axes)
    for axis in axes:
        if axis.is_range:
            told = f"needs a list of levels: design.method is {method}"
            found.add(("vary", axis.name), told)
    if method == "star":
        return axes, _star(axes), None
    n_points = 1
    for axis in axes:
        n_points *= max(1, len(axis.levels))
    if n_points > MOST_POINTS:
        found.add(("vary",), f"has {n_points} points; at most {MOST_POINTS} are allowed")
        return axes, [], None
    return axes, list(itertools.product(*(axis.levels for axis in axes))), None


def _check_keys(found: Findings, raw: DesignSheet, axes: Sequence[Axis]) -> None:
    """Check for keys that a method needs and lacks, or has and does not take."""
    method = raw.method
    needs_points = method in SAMPLED
    if needs_points and raw.points is None:
        told = f"is required for {method}: the number of {_NUMBERS.get(method, 'points')}"
        found.add(("design", "points"), told)
    if not needs_points and raw.points is not None:
        told = f"applies to {', '.join(SAMPLED)} only; design.method is {method}"
        found.add(("design", "points"), told, value=raw.points)
    if method == "list" and raw.file is None:
        told = "is required for list: a CSV with one column for each varied name"
        found.add(("design", "file"), told)
    if method != "list" and raw.file is not None:
        told = f"applies to list only; design.method is {method}"
        found.add(("design", "file"), told, value=raw.file)
    if method == "list" and axes:
        found.add(("vary",), "must be empty: the points are read from design.file")
    if needs_points and not axes and not found.within("vary"):
        found.add(("design", "method"), "needs at least one axis under vary", value=method)
    if method in RANGES_ONLY and found.composed.tree.get("compare"):
        found.add(("compare",), f"cannot be combined with {method}")


def _star(axes: Sequence[Axis]) -> list[Row]:
    """Return the base and, for each axis, its levels with all others at the base."""
    base = tuple(Level(axis.base) for axis in axes)
    rows: list[Row] = [base]
    for k, axis in enumerate(axes):
        others = [level for level in axis.levels if level.name != axis.base]
        rows += [(*base[:k], level, *base[k + 1 :]) for level in others]
    return rows


def _sampled(
    found: Findings, raw: DesignSheet, axes: list[Axis]
) -> tuple[list[Axis], list[Row], Floats | None]:
    method, n = raw.method, raw.points or 0
    for axis in axes:
        if method in RANGES_ONLY and not axis.is_range:
            told = f"needs a range as {{low: 0, high: 1}}: design.method is {method}"
            found.add(("vary", axis.name), told)
    per_unit = {"morris": len(axes) + 1, "saltelli": len(axes) + 2}.get(method, 1)
    if (n_points := n * per_unit) > MOST_POINTS:
        told = f"makes {n_points} points; at most {MOST_POINTS} are allowed"
        found.add(("design", "points"), told, value=raw.points)
    if found.within("design") or found.within("vary"):
        return axes, [], None
    try:
        unit = SAMPLED[method](n, len(axes), raw.seed)
    except ImportError as error:
        found.add(("design", "method"), str(error), value=method)
        return axes, [], None
    except ValueError as error:
        found.add(("design", "points"), clean(error), value=raw.points)
        return axes, [], None
    columns = [axis.along(unit[:, k]) for k, axis in enumerate(axes)]
    return axes, list(zip(*columns, strict=True)), unit


def _listed(found: Findings, name: str, given: Mapping[str, float]) -> tuple[list[Axis], list[Row]]:
    """Return the axes and the rows of a CSV."""
    try:
        lines = read_csv(name, 10 * SIZE)
    except (OSError, ValueError, csv.Error) as error:
        told = getattr(error, "strerror", None) or clean(error)
        found.add(("design", "file"), f"cannot be read: {told}", value=name)
        return [], []
    head, body = (lines[0], lines[1:]) if lines else ([], [])
    axes = [named(found, ("design", "file", key), key, given) for key in head]
    if not body or len(body) > MOST_POINTS:
        found.add(("design", "file"), f"must have 1 to {MOST_POINTS} lines below the header")
    if len(set(head)) < len(head):
        found.add(("design", "file"), "has a duplicate column", value=name)
    if found.within("design"):
        return [], []
    known = [axis for axis in axes if axis is not None]
    rows = [_listed_row(found, known, line, f"{name}, line {k + 2}") for k, line in enumerate(body)]
    if found.within("design"):
        return known, []
    columns = [{level.name: level for level in column} for column in zip(*rows, strict=True)]
    known = [replace(a, levels=tuple(c.values())) for a, c in zip(known, columns, strict=True)]
    check_axes(found, known, of=("design", "file"))
    return known, rows


def _listed_row(found: Findings, axes: Sequence[Axis], line: list[str], source: str) -> Row:
    if len(line) != len(axes):
        found.faults.append(Fault(source, "", f"has {len(line)} values, not {len(axes)}"))
        found.paths.append(("design", "file"))
        return ()
    row = []
    for axis, text in zip(axes, line, strict=True):

        def note(told: str, like: str = "", axis: Axis = axis, text: str = text) -> None:
            found.faults.append(Fault(source, axis.name, told, clean(text), like))
            found.paths.append(("design", "file"))

        level = level_of(found, axis, number_or_text(text), note)
        row += [level] if level else []
    return tuple(row)


# Points


def points_of(
    found: Findings,
    axes: Sequence[Axis],
    rows: Sequence[Row],
    variants: Sequence[Level],
    base: Mapping[str, float],
    scenario: Scenario,
    n_weeks: int,
) -> tuple[tuple[Point, ...], tuple[Scenario, ...]]:
    """Return the points of a design and the scenarios they play, the config's own first.

    Where every point plays another one, the config's own is not among them.
    """
    if (n_points := len(rows) * max(1, len(variants))) > MOST_POINTS:
        found.add(("compare",), f"makes {n_points} points; at most {MOST_POINTS} are allowed")
        return (), ()
    made = {_changes(row) for row in rows}  # counted before any is made, which takes its time
    if len(made) * max(1, len({_changes([variant]) for variant in variants})) > MOST_SCENARIOS:
        found.add(("vary",), f"makes more than {MOST_SCENARIOS} scenarios")
        return (), ()
    played = _Scenarios(found, scenario, n_weeks)
    points, own = [], dict(base)
    for k, row in enumerate(rows):
        label = {axis.name: level.name for axis, level in zip(axes, row, strict=True)}
        for v, variant in enumerate(variants or [None]):
            levels = row if variant is None else (*row, variant)
            points.append(
                Point(
                    label=label if variant is None else {**label, VARIANT: variant.name},
                    parameters=ChainMap(_set_by(levels), own),
                    variant=played.number(levels),
                    baseline=k * len(variants) if variant is not None and v > 0 else None,
                )
            )
    if all(point.variant > 0 for point in points):
        points = [replace(point, variant=point.variant - 1) for point in points]
        return tuple(points), tuple(played.scenarios[1:])
    return tuple(points), tuple(played.scenarios)


def _set_by(levels: Sequence[Level]) -> dict[str, float]:
    """Return the parameters that levels set, the last of them where several do."""
    return {name: value for level in levels for name, value in level.parameters.items()}


def _changes(levels: Sequence[Level]) -> str:
    """Return what levels change in the scenario, as text."""
    return json.dumps([edit for level in levels for edit in level.scenario], default=str)


class _Scenarios:
    """The scenarios that points play: each different one is made once."""

    def __init__(self, found: Findings, own: Scenario, n_weeks: int) -> None:
        self.scenarios = [own]
        self._found, self._n_weeks = found, n_weeks
        self._numbers: dict[str, int] = {"[]": 0}

    def number(self, levels: Sequence[Level]) -> int:
        """Return the number of the scenario with the changes of these levels."""
        key = _changes(levels)
        if key not in self._numbers:
            self._numbers[key] = len(self.scenarios)
            edits = [edit for level in levels for edit in level.scenario]
            self.scenarios.append(self._made(edits, levels))
        return self._numbers[key]

    def _made(self, edits: Sequence[Edit], levels: Sequence[Level]) -> Scenario:
        """Return the config's scenario with changes; collect its errors."""
        composed = self._found.composed
        tree: Any = copy.deepcopy(composed.tree["scenario"])
        chosen = dict(composed.chosen)
        for steps, value in edits:
            steps = numbered(tree, steps)
            if not steps:
                tree, chosen["scenario"] = _option_tree(self._found, value), value
            elif _has_place(tree, steps):
                tree = _put(tree, steps, value)
            else:
                events = tree.get("events") or ()
                ids = [e["id"] for e in events if isinstance(e, dict) and e.get("id")]
                like = nearest(steps[1], ids) if steps[:1] == ("events",) else ""
                self._found.add(("vary",), f"the scenario has no {dotted(steps)}", like)
        changed = Findings(replace(composed, tree={**composed.tree, "scenario": tree},
                                   chosen=chosen))  # fmt: skip
        made = coherent_scenario(changed, self._n_weeks)
        names = ", ".join(str(level.name) for level in levels if level.scenario)
        for fault in changed.faults:
            self._found.faults.append(replace(fault, source=f"vary or compare, at {clean(names)}"))
            self._found.paths.append(("vary",))
        return made if made is not None else self.scenarios[0]


def _option_tree(found: Findings, option: str) -> dict[Any, Any]:
    layers = found.composed.files.layers("scenario", option)
    merged = OmegaConf.merge(*(dict(layer.source.tree) for layer in layers))
    tree: Any = OmegaConf.to_container(merged)
    return dict(tree["scenario"])


def _has_place(tree: Any, steps: Steps) -> bool:
    """Say whether something can be put at a place: a list has no more places than it has."""
    for step in steps:
        if isinstance(tree, list):
            if type(step) is not int or not 0 <= step < len(tree):
                return False
            tree = tree[step]
        else:
            tree = tree.get(step) if isinstance(tree, dict) else None
    return True


def _put(tree: Any, steps: Sequence[str | int], value: Any) -> Any:
    """Return a tree with a value put at a place; mappings on the way are made."""
    step, rest = steps[0], steps[1:]
    if isinstance(tree, list) and isinstance(step, int):
        new = list(tree)
        new[step] = _put(new[step], rest, value) if rest else value
        return new
    inside: dict[Any, Any] = dict(tree) if isinstance(tree, dict) else {}
    inside[step] = _put(inside.get(step), rest, value) if rest else value
    return inside


def design_of(
    found: Findings, axes: Sequence[Axis], unit: Floats | None, n_variants: int
) -> Design:
    """Return how the points were chosen."""
    raw = DesignSheet.model_validate(found.composed.tree["design"])
    names = tuple(axis.name for axis in axes)
    return Design(raw.method, (*names, VARIANT) if n_variants else names, unit, raw.seed)
