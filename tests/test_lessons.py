"""Each lesson of the classroom says only what the model does: its claims, tested as it plays them.

The page and these tests read the same settings, ``classroom/lessons.json``. A claim compares
panels over the same worlds; its 95 % interval must lie where the lesson says.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from sim.analysis.intervals import paired_difference, student, wilson
from sim.config.job import scenario_from
from sim.config.sources import CONFIGS
from sim.engine.blocks import Block
from sim.engine.native import width
from sim.engine.notes import MEASURES, Tracks
from sim.model.parameters import COEFFICIENTS, parameter_block
from sim.model.roster import Roster
from sim.model.state import Relation

ROOT = Path(__file__).parent.parent
LESSONS: list[dict[str, Any]] = json.loads((ROOT / "classroom/lessons.json").read_text())
WORDS: dict[str, str] = json.loads((ROOT / "sim/words/en.json").read_text())
WORLDS = 800
SHOWN = 200
"""Worlds that the page plays; in them, too, the claims can be seen."""
PLACE = {m.name: k for k, m in enumerate(MEASURES)}
CLAIMS = [(lesson, claim) for lesson in LESSONS for claim in lesson["claims"]]


class Panel:
    """The worlds of one panel of a lesson, played week by week."""

    def __init__(self, roster: Roster, tracks: Tracks, misread: dict[str, Any]) -> None:
        self._roster, self._tracks, self._misread = roster, tracks, misread

    def outcome(self, of: dict[str, Any]) -> NDArray[np.float64]:
        """Return what the worlds came to, ``[world]``."""
        if of["kind"] == "reached":
            rungs = self._tracks.rungs[:, self._roster.atlas.leaders_pair]
            return (rungs.max(axis=0) >= of["rung"]).astype(float)
        if of["kind"] == "misread":
            return self._misread[f"{of['field']} {of['sign']}"].astype(float)
        weeks = slice(of["from"], of["to"] + 1)
        if of["measure"] == "confrontations":
            return sum(self.outcome({**of, "measure": name}) for name in ("stands", "yields"))
        k = PLACE[of["measure"]]
        levels = self._tracks.levels[weeks, k] / MEASURES[k].scale - MEASURES[k].offset
        return levels.mean(axis=0)


@cache
def roster_of(scenario: str, changes: str) -> Roster:
    """Return a scenario's roster with changes to its starts and traits."""
    tree = yaml.safe_load((CONFIGS / f"scenario/{scenario}.yaml").read_text())
    for part, rows in json.loads(changes).items():
        for row, values in rows.items():
            tree.setdefault(part, {}).setdefault(row, {}).update(values)
    return scenario_from(tree, scenario).roster


@cache
def played(name: str, panel: int) -> Panel:
    """Play the worlds of a lesson's panel."""
    (lesson,) = (one for one in LESSONS if one["name"] == name)
    given = lesson["panels"][panel]
    roster = roster_of(lesson["scenario"], json.dumps(given["changes"]))
    point = parameter_block(given["parameters"], 1)[0, :, 0]
    block = Block(roster, lesson["weeks"], given.get("seed", lesson["seed"]))
    counted = [claim["outcome"] for claim in lesson["claims"]]
    misread = {f"{o['field']} {o['sign']}": np.zeros(WORLDS) for o in counted if "field" in o}
    noted = []
    for first in range(0, WORLDS, width()):
        mine = slice(first, min(first + width(), WORLDS))
        block.begin(point, np.arange(WORLDS)[mine])
        for week in range(lesson["weeks"] + 1):
            block.play(week)
            for kind in misread:
                field, sign = kind.split()
                row = block.world.relations[:, Relation.FIELDS.index(field), : block.n_worlds]
                misread[kind][mine] += (row * int(sign) > 0).sum(axis=0)
        noted.append([array[..., : block.n_worlds].copy() for array in block.tracks.value])
    tracks = Tracks(*(np.concatenate(of, axis=-1) for of in zip(*noted, strict=True)))
    return Panel(roster, tracks, misread)


def values(name: str, panel: int, of: dict[str, Any]) -> NDArray[np.float64]:
    """Return an outcome of a panel's worlds; of a ratio, what each adds to it (linearised)."""
    if of["kind"] != "ratio":
        return played(name, panel).outcome(of)
    top, bottom = (played(name, panel).outcome(of[part]) for part in ("top", "bottom"))
    ratio = top.mean() / bottom.mean()
    return ratio + (top - ratio * bottom) / bottom.mean()


def interval(before: NDArray[np.float64], after: NDArray[np.float64]) -> tuple[float, float]:
    """Return the 95 % interval of the mean paired difference."""
    if set(np.unique([before, after])) <= {0.0, 1.0}:
        return paired_difference(before, after)[1:]
    change = after - before
    low, high = student(change.sum(), (change * change).sum(), len(change))
    return float(low), float(high)


@pytest.mark.parametrize(
    ("lesson", "claim"), CLAIMS, ids=[f"{one['name']}-{claim['name']}" for one, claim in CLAIMS]
)
def test_a_lesson_claims_what_the_model_does(lesson: dict[str, Any], claim: dict[str, Any]) -> None:
    name, of = lesson["name"], claim["outcome"]
    if "above" in claim:
        below, above = values(name, claim["below"], of), values(name, claim["above"], of)
        assert interval(below, above)[0] > 0.0
        assert interval(below[:SHOWN], above[:SHOWN])[0] > 0.0
    elif "same" in claim:
        low, high = interval(*(values(name, panel, of) for panel in claim["same"]))
        assert -claim["within"] < low <= high < claim["within"]
    elif "between" in claim:
        reached = values(name, claim["panel"], of)
        low, high = wilson(reached.sum(), len(reached))
        assert claim["between"][0] < low <= high < claim["between"][1]
    else:
        later, earlier = (values(name, claim["panel"], o) for o in (claim["against"], of))
        assert interval(later, earlier)[0] > 0.0


def test_the_twelve_lessons_are_there_and_real_states_come_only_at_the_end() -> None:
    assert len(LESSONS) == 12
    for number, lesson in enumerate(LESSONS, start=1):
        roster = roster_of(lesson["scenario"], "{}")
        assert all(state.number > 1000 for state in roster.states) == (number < 10)
        assert lesson.get("real", False) == (number >= 10)


def test_settings_of_lessons_are_inside_the_declared_ranges() -> None:
    for lesson in LESSONS:
        for place in (*lesson["panels"], *lesson["try"]):
            for name, value in place["parameters"].items():
                assert COEFFICIENTS[name].allows(value), (lesson["name"], name)


def test_every_lesson_has_its_words() -> None:
    for lesson in LESSONS:
        of = f"lesson.{lesson['name']}"
        needed = [f"{of}.{part}" for part in ("title", "question", "explain", "source", "check")]
        needed += [f"{of}.panel.{panel['name']}" for panel in lesson["panels"]]
        needed += [f"{of}.claim.{claim['name']}" for claim in lesson["claims"]]
        needed += [f"{of}.try.{link['name']}" for link in lesson["try"]]
        for kind in ("bet", "answer"):
            needed += [f"{of}.{kind}.{k}" for k in (1, 2, 3)]
        needed += [f"{of}.reason.{k}" for k in (1, 2, 3)]
        assert [key for key in needed if not WORDS.get(key)] == []
