"""Each lesson of the classroom says only what the model does: its claims, tested as it plays them.

The page and these tests read the same settings, ``classroom/lessons.json``. A claim compares
panels over the same worlds; its 95 % interval must lie where the lesson says. A cause that a lesson
names is tested by taking it away: what is then left of the difference must be little, or much.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
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
from sim.engine.notes import ACCIDENT, FRESH, MEASURES, MISREAD, YIELDED, Tracks
from sim.model.parameters import COEFFICIENTS, parameter_block
from sim.model.roster import Roster
from sim.model.state import Relation
from sim.model.vocabulary import Cause, Rung
from sim.plan.changes import Change, changed

ROOT = Path(__file__).parent.parent
LESSONS: list[dict[str, Any]] = json.loads((ROOT / "classroom/lessons.json").read_text())
WORDS: dict[str, str] = json.loads((ROOT / "sim/words/en.json").read_text())
WORLDS = 800
SHOWN = 200
"""Worlds that the page plays; in them, too, the claims can be seen."""
PLACE = {m.name: k for k, m in enumerate(MEASURES)}


def some(values: Iterable[Any], lesson: Callable[[Any], dict[str, Any]]) -> list[Any]:
    """Return values, those of lessons with real states marked as long: their worlds are large."""
    return [pytest.param(*each, marks=pytest.mark.long) if lesson(each).get("real") else each
            for each in values]  # fmt: skip


CLAIMS = [(lesson, claim) for lesson in LESSONS for claim in lesson["claims"]]
CAUSES = [(lesson, cause) for lesson in LESSONS for cause in lesson["causes"]]
EACH = [pytest.param(each, marks=pytest.mark.long) if each.get("real") else each
        for each in LESSONS]  # fmt: skip
BEGUN = {"chosen": Cause.CHOICE, "met": Cause.MET, "accident": Cause.ACCIDENT}
"""What a clash began with, by the name that lessons give it."""


@dataclass(frozen=True)
class Panel:
    """The worlds of one panel of a lesson, of the pair that it looks at, week by week."""

    rungs: NDArray[np.uint8]  # [week, world]
    causes: NDArray[np.uint16]  # [week, world] of the violence there is
    acts: NDArray[np.uint16]  # [week, relation, world] of its two sides
    levels: NDArray[np.uint16]  # [week, measure, world]
    misread: dict[str, NDArray[np.float64]]  # weeks with a misreading, by its kind, [world]

    @property
    def clashes_begin_with(self) -> NDArray[np.int64]:
        """What the first clash began with, ``[world]``; 0 where none came."""
        first = (self.rungs >= Rung.CLASH).argmax(axis=0)
        cause: NDArray[np.int64] = self.causes[first, np.arange(len(first))] & 7
        return cause

    def outcome(self, of: dict[str, Any]) -> NDArray[np.float64]:
        """Return what the worlds came to, ``[world]``."""
        if of["kind"] == "reached":
            weeks = slice(of["until"] + 1 if "until" in of else None)
            return (self.rungs[weeks].max(axis=0) >= of["rung"]).astype(float)
        if of["kind"] == "cause":
            return (self.clashes_begin_with == BEGUN[of["cause"]]).astype(float)
        if of["kind"] == "misread":
            return self.misread[f"{of['field']} {of['sign']}"].astype(float)
        weeks = slice(of["from"], of["to"] + 1)
        if of["measure"] == "confrontations":
            return sum(self.outcome({**of, "measure": name}) for name in ("stands", "yields"))
        k = PLACE[of["measure"]]
        levels = self.levels[weeks, k] / MEASURES[k].scale - MEASURES[k].offset
        return levels.mean(axis=0)


@cache
def roster_of(scenario: str, changes: str) -> Roster:
    """Return a scenario's roster with changes to its starts and traits."""
    tree = yaml.safe_load((CONFIGS / f"scenario/{scenario}.yaml").read_text())
    for part, rows in json.loads(changes).items():
        for row, values in rows.items():
            tree.setdefault(part, {}).setdefault(row, {}).update(values)
    return scenario_from(tree, scenario).roster


def pair_of(roster: Roster, codes: str | None) -> int:
    """Return the pair that a lesson looks at: the leaders', unless it names another."""
    if codes is None:
        return int(roster.atlas.leaders_pair)
    wanted = {roster.codes.index(code) for code in codes.split("-")}
    (found,) = (k for k, pair in enumerate(roster.pairs) if set(pair) == wanted)
    return found


@cache
def played(name: str, panel: int, without: str = "{}") -> Panel:
    """Play the worlds of a lesson's panel, with some other parameters if they are given."""
    (lesson,) = (one for one in LESSONS if one["name"] == name)
    given = lesson["panels"][panel]
    roster = roster_of(lesson["scenario"], json.dumps(given["changes"]))
    roster = changed(roster, [Change(**act) for act in given.get("acts", ())])
    point = parameter_block({**given["parameters"], **json.loads(without)}, 1)[0, :, 0]
    pair = pair_of(roster, lesson.get("pair"))
    ends = [r for r, of in enumerate(roster.atlas.pair) if of == pair]
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
        seen: Tracks = block.tracks.value
        kept = (seen.rungs[:, pair], seen.causes[:, pair], seen.acts[:, ends], seen.levels)
        noted.append([array[..., : block.n_worlds].copy() for array in kept])
    rungs, causes, acts, levels = (np.concatenate(of, axis=-1) for of in zip(*noted, strict=True))
    return Panel(rungs, causes, acts, levels, misread)


def values(
    name: str, panel: int, of: dict[str, Any], without: str = "{}"
) -> NDArray[np.float64]:  # fmt: skip
    """Return an outcome of a panel's worlds; of a ratio, what each adds to it (linearised)."""
    worlds = played(name, panel, without)
    if of["kind"] != "ratio":
        return worlds.outcome(of)
    top, bottom = (worlds.outcome(of[part]) for part in ("top", "bottom"))
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
    ("lesson", "claim"),
    some(CLAIMS, lambda each: each[0]),
    ids=[f"{one['name']}-{claim['name']}" for one, claim in CLAIMS],
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


def gap(
    lesson: dict[str, Any], claim: dict[str, Any], cause: dict[str, Any]
) -> NDArray[np.float64]:
    """Return the difference that a claim states, ``[world]``, as a cause would have it."""
    without = json.dumps(cause.get("without", {}))
    of = cause.get("outcome", claim["outcome"])
    above, below = (values(lesson["name"], claim[k], of, without) for k in ("above", "below"))
    return above - below


@pytest.mark.parametrize(
    ("lesson", "cause"),
    some(CAUSES, lambda each: each[0]),
    ids=[f"{one['name']}-{cause['name']}" for one, cause in CAUSES],
)
def test_a_cause_that_a_lesson_names_is_one(lesson: dict[str, Any], cause: dict[str, Any]) -> None:
    (claim,) = (one for one in lesson["claims"] if one["name"] == cause["claim"])
    whole, left = gap(lesson, claim, {}), gap(lesson, claim, cause)
    if "share" in cause:  # with the mechanism off, at most this part of the difference is left
        assert cause["share"] <= 0.5
        assert interval(cause["share"] * whole, left)[1] < 0.0
    else:  # what is taken away is not what makes the difference
        assert cause["keeps"] >= 0.5
        assert interval(cause["keeps"] * whole, left)[0] > 0.0


def shown_at_first(lesson: dict[str, Any]) -> tuple[int, int, int]:
    """Return the panel in which more worlds reach a rung, the other, and the rung."""
    claim = next(
        one for one in lesson["claims"]
        if one["outcome"]["kind"] == "reached" and ("above" in one or "same" in one)
    )  # fmt: skip
    above, below = claim["same"] if "same" in claim else (claim["above"], claim["below"])
    return above, below, claim["outcome"]["rung"]


@pytest.mark.parametrize("lesson", EACH, ids=lambda lesson: lesson["name"])
def test_a_telling_world_shows_what_its_lesson_is_about(lesson: dict[str, Any]) -> None:
    telling = lesson["telling"]
    shows, world = telling["shows"], telling["world"]
    panel = played(lesson["name"], telling["panel"])
    rungs = panel.rungs[:, world]
    first = int((rungs >= shows["rung"]).argmax())
    assert world < SHOWN
    assert rungs.max() >= shows["rung"]
    assert 6 <= first <= shows["by"]
    if "cause" in shows:
        assert panel.clashes_begin_with[world] == BEGUN[shows["cause"]]
    flags = panel.acts[: first + 1, :, world]
    wanted = {"misread": MISREAD, "yields": YIELDED, "fresh": FRESH, "accident": ACCIDENT}
    for name, times in shows.get("times", {}).items():
        assert ((flags & wanted[name]) > 0).sum() >= times, name


@pytest.mark.parametrize("lesson", EACH, ids=lambda lesson: lesson["name"])
def test_in_a_world_where_it_matters_the_panels_part_as_the_lesson_says(
    lesson: dict[str, Any],
) -> None:
    above, below, rung = shown_at_first(lesson)
    high, low = (played(lesson["name"], k).rungs.max(axis=0) for k in (above, below))
    assert len(set(lesson["matters"])) >= 12
    for world in lesson["matters"]:
        assert world < SHOWN
        assert high[world] >= rung > low[world]


def test_the_fourteen_lessons_are_there_in_order_and_real_states_only_where_it_is_said() -> None:
    assert [lesson["name"] for lesson in LESSONS] == [
        "security_dilemma", "four_worlds", "spiral_or_deterrence", "reassurance", "false_alarms",
        "chance", "audience_costs", "alliances", "channels", "sanctions", "buffers", "arms_race",
        "one_run", "last_week",
    ]  # fmt: skip
    for lesson in LESSONS:
        roster = roster_of(lesson["scenario"], "{}")
        real = [state.number <= 1000 for state in roster.states]
        assert all(real) if lesson.get("real", False) else not any(real)


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
        needed += [f"{of}.cause.{cause['name']}" for cause in lesson["causes"]]
        needed += [f"{of}.cause.{c['name']}.ask" for c in lesson["causes"] if "without" in c]
        needed += [f"{of}.try.{link['name']}" for link in lesson["try"]]
        for kind in ("bet", "answer"):
            needed += [f"{of}.{kind}.{k}" for k in (1, 2, 3)]
        needed += [f"{of}.reason.{k}" for k in (1, 2, 3)]
        assert [key for key in needed if not WORDS.get(key)] == []
