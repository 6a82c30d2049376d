"""Which of a job's inputs change nothing: found by leaving each out and playing the same worlds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

import numpy as np

from sim.config.job import scenario_from
from sim.engine.blocks import noted
from sim.engine.notes import Tracks
from sim.errors import InputError
from sim.lanes import Floats
from sim.model.parameters import Parameters, defaults, parameter_block
from sim.model.roster import Roster
from sim.plan.scenario import Job

WORLDS = 16
"""Worlds in which an input may show what it does."""
SHEETS = ("traits", "relations", "pairs")
"""Parts of a scenario of which each entry is a mapping of names to values."""


MOST_AXES = 40
"""Axes of a design that are looked at."""


def without_effect(job: Job, *, scenario: bool = True) -> list[str]:
    """Return the inputs of a job without which the same worlds are the same to the last bit.

    Looked at are what the scenario of the first point says of states, relations and pairs beyond
    what the rules give anyway, its dated events, the parameters that differ from the declared
    ones, and what is varied. An input that a scenario cannot do without is left out. What does
    nothing in :data:`WORLDS` worlds may still do something in another.

    Args:
        job: what is looked at.
        scenario: whether what the scenario says is looked at, which takes longest.

    Returns:
        Keys as in a config, in order.
    """
    asker = _Asker(job)
    found = list(asker.of_scenario()) if scenario else []
    return [*found, *asker.of_parameters(), *asker.of_design()]


def _alike(some: Iterable[Any], others: Iterable[Any]) -> bool:
    """Say whether arrays are equal, one by one."""
    return all(
        np.array_equal(np.asarray(a), np.asarray(b)) for a, b in zip(some, others, strict=True)
    )


class _Asker:
    def __init__(self, job: Job) -> None:
        self.job = job
        self.scenario = job.scenario_of(0)
        self.values = job.parameters_in(0, 0)
        self.roster = self.scenario.roster
        self.usual = self._play(self.roster, self.values)

    def _play(self, roster: Roster, values: Mapping[str, float]) -> Tracks:
        point: Floats = parameter_block(values, 1)[0, :, 0]
        job = self.job
        return noted(roster, point, np.arange(WORLDS), n_weeks=job.n_weeks, seed=job.seed)

    def _same(self, roster: Roster, values: Mapping[str, float]) -> bool:
        if roster.relations != self.roster.relations:
            return False
        return _alike(self._play(roster, values), self.usual)

    def of_scenario(self) -> Iterator[str]:
        """Yield the keys of the scenario that change nothing."""
        given = self.scenario.given
        for sheet in SHEETS:
            for name, entry in (given.get(sheet) or {}).items():
                for key in entry:
                    tree = deepcopy(dict(given))
                    del tree[sheet][name][key]
                    if self._inert(tree):
                        yield f"scenario.{sheet}.{name}.{key}"
        for code, sheet in (given.get("invented") or {}).items():
            for other in sheet.get("proximity", {}):
                if (code, other) not in self.roster.relations:
                    yield f"scenario.invented.{code}.proximity.{other}"
        for at, event in enumerate(given.get("events") or []):
            tree = deepcopy(dict(given))
            del tree["events"][at]
            if self._inert(tree):
                yield f"scenario.events.{event.get('id', at)}"

    def _inert(self, tree: dict[str, Any]) -> bool:
        try:
            roster = scenario_from(tree, self.scenario.name).roster
        except InputError:
            return False
        said = not _alike(roster.atlas, self.roster.atlas)  # what the rules do not give anyway
        return said and self._same(roster, self.values)

    def of_parameters(self) -> Iterator[str]:
        """Yield the parameters whose values differ from the declared ones and change nothing."""
        varied = {name for point in self.job.points for name in point.label}
        told = {k: v for k, v in defaults().items() if k not in {*varied, *self.job.drawn}}
        for name, declared in told.items():
            changed = self.values[name] != declared
            if changed and self._same(self.roster, {**self.values, name: declared}):
                yield f"parameters.{name}"

    def of_design(self) -> Iterator[str]:
        """Yield what is varied, where another level changes nothing."""
        job, first = self.job, self.job.points[0]
        for axis in job.design.axes[:MOST_AXES]:
            others = [
                k for k, point in enumerate(job.points)
                if point.label.get(axis) != first.label.get(axis)
                and all(point.label.get(a) == first.label.get(a) for a in point.label if a != axis)
            ]  # fmt: skip
            if axis in Parameters.FIELDS and not others:  # drawn: from one end to the other
                levels = [float(point.label[axis]) for point in job.points]
                ends = ({**self.values, axis: level} for level in (min(levels), max(levels)))
                same = _alike(*(self._play(self.roster, values) for values in ends))
            else:
                same = bool(others) and all(
                    self._same(job.scenario_of(k).roster, job.parameters_in(k, 0)) for k in others
                )
            if same:
                yield f"vary.{axis}"
