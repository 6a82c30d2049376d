"""No setting is idle: what a claim, experiment, option, lesson or test sets changes what is played.

A setting that changes no bit asks nothing: a claim about a prober was once asked of worlds without
one. Each set of values is played beside the same without one of its values; the two must differ.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from sim.__main__ import read_jobs
from sim.config.job import load_scenario, scenario_from
from sim.config.sources import CONFIGS, PARAMETER_GROUPS
from sim.engine.ensemble import play
from sim.evidence import claims as properties
from sim.lanes import Floats
from sim.model.parameters import COEFFICIENTS, Parameters, defaults, parameter_block
from sim.model.roster import PairTraits, RelationTraits, Roster, StateTraits, with_calendar
from sim.plan.changes import Change, changed
from sim.plan.scenario import Job
from tests.conftest import EXTREME, point_of

TESTS = Path(__file__).parent
LESSONS = json.loads((TESTS.parent / "classroom/lessons.json").read_text(encoding="utf-8"))
Values = Mapping[str, float]


def prints(roster: Roster, points: Floats, *, worlds: int, weeks: int) -> list[str]:
    """Return what tells points apart that play the same worlds: a digest of each."""
    record = play(roster, points, n_worlds=worlds, n_weeks=weeks, seed=1)
    rows = record.outcomes.reshape(len(points), worlds, -1)
    return [
        hashlib.sha256(b"".join(part[k].tobytes() for part in (*record.tally, rows))).hexdigest()
        for k in range(len(points))
    ]


def points_of(sets: Iterable[Values]) -> Floats:
    return np.array([parameter_block(values, 1)[0, :, 0] for values in sets])


def idle(roster: Roster, values: Values, *, worlds: int = 64, weeks: int = 104) -> set[str]:
    """Return the values without which the same worlds come to the same."""
    declared = defaults()
    told = [name for name in values if values[name] != declared[name]]
    sets = [dict(values), *({**values, name: declared[name]} for name in told)]
    whole, *fewer = prints(roster, points_of(sets), worlds=worlds, weeks=weeks)
    return {name for name, found in zip(told, fewer, strict=True) if found == whole}


def always_idle(
    plays: Iterable[tuple[Roster, dict[str, float], int]], worlds: int
) -> list[tuple[str, float]]:
    """Return the values that change nothing wherever they are played.

    What all share may be idle where it meets the end of its mechanism.
    """
    never: dict[tuple[str, float], bool] = {}
    for roster, values, weeks in plays:
        without = idle(roster, values, worlds=worlds, weeks=weeks)
        for name, value in values.items():
            if value != COEFFICIENTS[name].value:
                never[name, value] = never.get((name, value), True) and name in without
    return [setting for setting, is_idle in never.items() if is_idle]


# Claims of the properties


@dataclass
class Asked:
    """What a claim plays: its rosters, how each was made, and the values it changes."""

    plays: list[tuple[Roster, dict[str, float], int]] = field(default_factory=list)
    of_rivals: list[tuple[Roster, dict[str, float]]] = field(default_factory=list)
    of_events: list[tuple[Roster, Roster]] = field(default_factory=list)  # without and with

    def worlds(self, roster: Roster) -> list[tuple[dict[str, float], int]]:
        return [(values, weeks) for r, values, weeks in self.plays if r is roster]


def asked(claim: Callable[[properties.Trial], Any], patch: pytest.MonkeyPatch) -> Asked:
    """Let a claim play few worlds, and return what it plays."""
    found = Asked()
    rivals, calendar = properties.rivals, with_calendar
    old = {name: getattr(properties.Trial, name) for name in ("play", "measured")}

    def noted_rivals(**given: float) -> Roster:
        found.of_rivals.append((rivals(**given), given))
        return found.of_rivals[-1][0]

    def noted_calendar(roster: Roster, events: Any) -> Roster:
        found.of_events.append((roster, calendar(roster, events)))
        return found.of_events[-1][1]

    def noted(name: str) -> Callable[..., Any]:
        def run(trial: Any, roster: Roster, *given: Any, **terms: Any) -> Any:
            changed = given[-1] if given and isinstance(given[-1], dict) else {}
            found.plays.append((roster, changed, terms.get("weeks", 104)))
            return old[name](trial, roster, *given, **terms)

        return run

    patch.setattr(properties, "rivals", noted_rivals)
    patch.setattr(properties, "with_calendar", noted_calendar)
    for name in old:
        patch.setattr(properties.Trial, name, noted(name))
    claim(properties.Trial(share=1e-9))
    return found


def differ(one: Roster, other: Roster, plays: Iterable[tuple[dict[str, float], int]]) -> bool:
    """Say whether any of some plays comes to something else with the other roster."""
    return any(
        prints(one, points_of([values]), worlds=64, weeks=weeks)
        != prints(other, points_of([values]), worlds=64, weeks=weeks)
        for values, weeks in plays
    )


@pytest.mark.parametrize("claim", properties.CLAIMS, ids=lambda claim: claim.__name__)
def test_every_setting_of_a_claim_changes_what_it_plays(
    claim: Callable[[properties.Trial], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        found = asked(claim, patch)
    assert found.plays
    assert always_idle(found.plays, worlds=64) == []
    for roster, given in found.of_rivals:
        plays = found.worlds(roster) or [
            each for base, eventful in found.of_events if base is roster
            for each in found.worlds(eventful)
        ]  # fmt: skip
        for name in given:
            usual = properties.rivals(**{k: v for k, v in given.items() if k != name})
            assert differ(roster, usual, plays), f"rivals({name}={given[name]})"
    for without_events, eventful in found.of_events:
        assert differ(eventful, without_events, found.worlds(eventful)), "its events"


def test_the_challenger_of_the_small_alliance_probes_for_gain() -> None:
    sets = points_of({"challenger_greed": greed} for greed in (0.0, 0.15, 0.6))
    assert len(set(prints(properties.small_alliance(), sets, worlds=16, weeks=52))) == 3


# Experiments


@cache
def job_of(name: str, *more: str) -> Job:
    (job,) = read_jobs([f"experiment={name}", *more])
    return job


def of_points(job: Job, worlds: int) -> list[str]:
    """Return a digest of each point of a job."""
    found: list[str] = []
    for k in range(len(job.points)):
        roster, points = job.scenario_of(k).roster, job.parameters_of([k])
        found += prints(roster, points, worlds=worlds, weeks=job.n_weeks)
    return found


EXPERIMENTS = sorted(path.stem for path in (CONFIGS / "experiment").glob("*.yaml"))
DRAWN = ("morris_all", "sobol_top")
"""Their points are drawn. What the screening finds to move nothing is its answer."""
LEVELS = [name for name in EXPERIMENTS if len(job_of(name).points) > 1 and name not in DRAWN]


@pytest.mark.parametrize("name", LEVELS)
def test_every_level_and_variant_of_an_experiment_is_another_world(name: str) -> None:
    job = job_of(name)
    found = of_points(job, 8)
    same = [
        (dict(job.points[j].label), dict(job.points[k].label))
        for k in range(len(found))
        for j in range(k)
        if found[j] == found[k]
    ]
    assert same == []


def test_every_parameter_of_the_variance_decomposition_moves_what_is_played() -> None:
    job = job_of("sobol_top")
    points = job.parameter_points()
    for name in job.design.axes:
        k = Parameters.FIELDS.index(name)
        sets = np.repeat(points_of([{}]), 3, axis=0)
        sets[1, k], sets[2, k] = points[:, k].min(), points[:, k].max()
        found = prints(job.scenario.roster, sets, worlds=8, weeks=job.n_weeks)
        assert len(set(found)) == 3, name


def test_what_an_experiment_sets_for_all_its_points_changes_one_or_more() -> None:
    for name in EXPERIMENTS:
        tree = yaml.safe_load((CONFIGS / f"experiment/{name}.yaml").read_text(encoding="utf-8"))
        for parameter, value in ((tree or {}).get("parameters") or {}).items():
            usual = COEFFICIENTS[parameter].value
            assert value != usual, (name, parameter)
            without = job_of(name, f"parameters.{parameter}={usual}")
            assert of_points(job_of(name), 8) != of_points(without, 8), (name, parameter)


# Options of the groups


def test_every_value_of_an_option_changes_what_is_played() -> None:
    roster = load_scenario("attache_briefing").roster
    found: dict[str, set[str]] = {}
    for group in PARAMETER_GROUPS:
        sets = {
            path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            for path in sorted((CONFIGS / group).glob("*.yaml"))
        }
        told = prints(roster, points_of(sets.values()), worlds=16, weeks=104)
        assert len(set(told)) == len(sets), group
        for option, values in sets.items():
            if without := idle(roster, values, worlds=16):
                found[f"{group}={option}"] = without
    assert found == {}


# Lessons


def roster_of(
    lesson: Mapping[str, Any], changes: Mapping[str, Any], acts: Iterable[Mapping[str, Any]] = ()
) -> Roster:  # fmt: skip
    text = (CONFIGS / f"scenario/{lesson['scenario']}.yaml").read_text(encoding="utf-8")
    tree = yaml.safe_load(text)
    for part, rows in changes.items():
        for row, values in rows.items():
            tree.setdefault(part, {}).setdefault(row, {}).update(values)
    return changed(scenario_from(tree, lesson["scenario"]).roster, [Change(**a) for a in acts])


def without_one(changes: Mapping[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    """Give changes without one of their values, with the path of what is left out."""
    for part, rows in changes.items():
        for row, values in rows.items():
            for name in values:
                fewer = {k: v for k, v in values.items() if k != name}
                yield f"{part}.{row}.{name}", {**changes, part: {**rows, row: fewer}}


@pytest.mark.parametrize(
    "lesson",
    [pytest.param(each, marks=pytest.mark.long) if each.get("real") else each for each in LESSONS],
    ids=lambda lesson: lesson["name"],
)
def test_every_setting_of_a_lesson_changes_what_it_plays(lesson: dict[str, Any]) -> None:
    weeks, found, never = lesson["weeks"], [], {}
    panels = [
        (roster_of(lesson, panel["changes"], panel.get("acts", ())), panel["parameters"], weeks)
        for panel in lesson["panels"]
    ]
    assert always_idle(panels, worlds=32) == []
    for panel, (roster, values, _) in zip(lesson["panels"], panels, strict=True):
        (whole,) = prints(roster, points_of([values]), worlds=32, weeks=weeks)
        found.append((whole, panel.get("seed")))
        for path, fewer in without_one(panel["changes"]):
            other = roster_of(lesson, fewer, panel.get("acts", ()))
            usual = prints(other, points_of([values]), worlds=32, weeks=weeks)
            never[path] = never.get(path, True) and usual == [whole]
        for k, act in enumerate(acts := panel.get("acts", [])):
            other = roster_of(lesson, panel["changes"], acts[:k] + acts[k + 1 :])
            usual = prints(other, points_of([values]), worlds=32, weeks=weeks)
            assert usual != [whole], act
    assert not any(never.values()), never
    assert len(set(found)) == len(found)
    plain = roster_of(lesson, {})
    for tried in lesson["try"]:
        assert idle(plain, tried["parameters"], worlds=32, weeks=weeks) == set(), tried["name"]


# Settings of the tests


def literals() -> Iterable[tuple[str, dict[str, float]]]:
    """Yield every mapping of parameters to numbers that is written out in a test of worlds.

    Tests of single rules and stages, in folders of their own, play no world: they are held by
    changes of the rules (``make mutants``).
    """
    for path in sorted(TESTS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                try:
                    values = ast.literal_eval(node)
                except (ValueError, TypeError):
                    continue
                if values and all(
                    name in COEFFICIENTS and isinstance(value, int | float)
                    and COEFFICIENTS[name].allows(value) for name, value in values.items()
                ):  # fmt: skip
                    yield f"{path.name}:{node.lineno}", values


def test_every_value_that_a_test_sets_changes_some_world(eventful: Roster, rivals: Roster) -> None:
    rosters = [
        eventful,
        rivals,
        *(load_scenario(s).roster for s in ("two_alliances", "attache_briefing")),
    ]
    found = {
        (place, name)
        for place, values in literals()
        for name in set.intersection(*(idle(r, values, worlds=16, weeks=52) for r in rosters))
    }
    assert found == set()


@pytest.mark.parametrize(
    "kind", [RelationTraits, PairTraits, StateTraits], ids=lambda k: k.__name__
)
def test_every_trait_changes_what_is_recorded(kind: Any, eventful: Roster) -> None:
    name = {RelationTraits: "relation", PairTraits: "pair", StateTraits: "state"}[kind] + "_traits"
    table, point = getattr(eventful.atlas, name), point_of(EXTREME)[None]
    (usual,) = prints(eventful, point, worlds=16, weeks=52)
    for column, field_name in enumerate(kind.FIELDS):
        found = set()
        for value in (0.25, 0.75):  # one may be what the rules give
            changed = table.copy()
            changed[:, column] = value
            atlas = eventful.atlas._replace(**{name: changed})
            found |= set(prints(replace(eventful, atlas=atlas), point, worlds=16, weeks=52))
        assert found != {usual}, field_name
