"""A thousand random configs: each is refused with its faults told, or is sound to the last value.

Valid configs over all keys are spoiled at random: values of the wrong kind, size or alphabet, names
that are not there, parts moved, doubled or left out. ``SPIRAL_FUZZ=20000`` (`make fuzz`) does more;
a case is found again by its number, which seeds all of it.
"""

from __future__ import annotations

import copy
import itertools
import math
import os
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from sim.__main__ import CommandLine, read_jobs
from sim.analysis.quantities import QUANTITIES
from sim.config.findings import Composed
from sim.config.job import check
from sim.engine.notes import MEASURES
from sim.errors import InputError
from sim.model.parameters import COEFFICIENTS, Parameters
from sim.plan.scenario import Execution, Job, Scenario
from sim.report import cost
from sim.study.runner import Round, identity_of, play_study, shards_of
from sim.study.store import Store
from sim.study.table_writer import tabulate

N_CASES = int(os.environ.get("SPIRAL_FUZZ", "1000"))
COMPOSED = 25
"""Of so many cases one goes through the whole command line, and one through a file."""
PLAYED = 40
"""Of so many cases one is played as well, if it is accepted and small."""
CHUNKS = 20

Tree = dict[str, Any]


# What is valid


LEVELS: dict[str, list[Any]] = {
    "offence": [0.1, 0.5, 0.9],
    "hotline": [0, 1],
    "fear_gain": [0.5, 2],
    "misread_intent": [0.0, 0.1],
    "world": ["doubly_stable", "doubly_dangerous"],
    "diplomacy": ["none", "hotline", "full"],
    "doctrine": ["spiral", "deterrence"],
    "miscalculation": ["none", "high"],
    "scenario": ["two_rivals", "georgia_2008"],
    "scenario.traits.AAA.firmness": [0.2, 0.8],
    "scenario.traits.west.greed": [0.0, 0.3],
    "scenario.relations.AAA>BBB.rhetoric": [0.25, 0.75],
    "scenario.pairs.AAA-BBB.violence": ["none", "clash"],
    "scenario.events.0.size": [0.25, 0.5],
    "scenario.title": ["One", "Two"],
}
RANGES: dict[str, Any] = {
    "offence": {"low": 0.1, "high": 0.9},
    "fear_gain": {"low": 0.1, "high": 3, "scale": "log"},
    "accident": {"low": 0.0, "high": 0.04, "scale": "linear"},
    "scenario.traits.BBB.greed": {"low": 0.0, "high": 0.5},
}
VARIANTS: list[Any] = [
    {"diplomacy": "hotline"},
    {"parameters": {"fear_gain": 0.5}},
    {"world": "doubly_stable", "parameters": {"hotline": 0.9}},
    {"scenario": {"traits": {"AAA": {"greed": 0.4}}}},
    {"scenario": {"events": []}},
    {"scenario": {"events": {0: {"size": 0.75}}}},
    {"scenario": "georgia_2008"},
]
EVENT = {
    "date": "2025-01-07", "kind": "speech", "actor": "AAA", "target": "east", "size": 0.5,
    "what": "words", "source": "assumption",
}  # fmt: skip
EMPTY: Tree = {"traits": {"AAA": {}}}
LISTS = ["offence,hotline\n0.1,0.2\n0.5,1\n", "diplomacy,scenario.traits.AAA.greed\nnone,0.1\n"]


def valid(tree: Tree, chance: random.Random) -> Tree:
    """Return a config that may well be sound, with something in any of its keys."""
    method = chance.choice(
        ["grid", "grid", "grid", "star", "list", "latin_hypercube", "sobol", "morris", "saltelli"]
    )
    tree["design"] = {"method": method, "points": None, "file": None, "seed": chance.getrandbits(8)}
    if method == "list":
        tree["design"]["file"] = chance.choice(["a.csv", "b.csv"])
    elif method in ("grid", "star"):
        names = chance.sample(sorted(LEVELS), chance.choice([0, 1, 1, 2, 3]))
        tree["vary"] = {name: list(LEVELS[name]) for name in names}
    else:
        tree["design"]["points"] = chance.choice([1, 2, 4, 8, 8, 16])
        names = chance.sample(sorted(RANGES), chance.choice([1, 2, 3]))
        tree["vary"] = {name: dict(RANGES[name]) for name in names}
        if chance.random() < 0.06:
            tree["vary"] = {"parameters": chance.choice(["all", ["fear_gain", "join", "offence"]])}
            tree["design"]["points"] = min(tree["design"]["points"], 4)
    if chance.random() < 0.4 and method not in ("morris", "saltelli"):
        names = [f"v{k}" for k in range(chance.choice([1, 1, 2]))]
        tree["compare"] = {name: copy.deepcopy(chance.choice(VARIANTS)) for name in names}
    return _settings(tree, chance)


def _settings(tree: Tree, chance: random.Random) -> Tree:
    maybe: dict[str, Callable[[], Any]] = {
        "precision": lambda: {"quantity": "clash", "tolerance": 0.1, "most": 9000},
        "quantities": lambda: chance.sample(sorted(QUANTITIES), 2),
        "series": lambda: chance.sample([m.name for m in MEASURES], 2),
        "every": lambda: chance.choice([1, 2, 52, 5200]),
        "worlds": lambda: chance.choice([1, 2, 100, 10_000_000]),
        "seed": lambda: chance.choice([0, 2**64 - 1]),
        "tracks": lambda: [0],
        "paired": lambda: False,
        "dry_run": lambda: True,
        "output": lambda: chance.choice(["outputs/x", "outputs/x/y", "outputs/ü/ö"]),
        "parameters": lambda: {"join": 0.1, "resolve_spread": 0.1},
    }
    for key, value in maybe.items():
        if chance.random() < 0.2:
            tree[key] = value()
    if chance.random() < 0.3:
        own = {"shard": chance.choice([None, 1, 7])}
        tree["execution"] = {**tree["execution"], **own}
    return tree


# What is done to it


def junk(chance: random.Random, depth: int = 0) -> Any:
    """Return a value that hardly belongs anywhere."""
    scalars: list[Any] = [
        None, True, False, 0, 1, -1, 2, 0.5, 0.25, 1.2, -0.0, 1e-320, 1e308, 10**30, 10**400, 2**63,
        2**64, math.nan, math.inf, -math.inf, "", " ", "1", "nan", "all", "null", "baseline", "AAA",
        "NO", "west", "east", "_target_", "${seed}", "../x", "/dev/zero", "a.csv", "x\0y", "\ud800",
        "\u202e", "é" * 70, "x" * 3000, "9" * 5000, "2025-01-06", "low", "high", "grid", "morris",
        "AAA>BBB", "speech", "-1", "1e3", "0x10", "0.1", datetime(2025, 1, 6).date(), 1 + 2**52,
    ]  # fmt: skip
    kind = chance.random()
    if depth > 2 or kind < 0.7:
        return chance.choice(scalars)
    if kind < 0.82:
        return [junk(chance, depth + 1) for _ in range(chance.choice([0, 1, 2, 3, 1200]))][
            : chance.choice([3, 2000])
        ]
    keys = [*scalars, *LEVELS, *EVENT, "points", "seed", "parameters", "scenario", "scale"]
    found = {}
    for _ in range(chance.choice([0, 1, 2])):
        found[chance.choice(keys)] = junk(chance, depth + 1)
    return found


def places(tree: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything in a tree."""
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree)
    found = []
    for step, value in inside:
        found.append((*here, step))
        if isinstance(value, dict | list):
            found += places(value, (*here, step))
    return found


STUDY = ("vary", "compare", "design", "precision", "quantities", "series", "every", "execution",
         "worlds", "weeks", "seed", "tracks", "output")  # fmt: skip


def spoil(tree: Tree, chance: random.Random) -> None:
    """Change one thing in a config (in place)."""
    part = {key: tree[key] for key in STUDY if key in tree} if chance.random() < 0.7 else tree
    if not (paths := places(part)):
        return
    path = chance.choice(paths)
    node: Any = tree
    for step in path[:-1]:
        node = node[step]
    last, value = path[-1], node[path[-1]]
    match chance.choice(["junk", "junk", "near", "near", "remove", "add", "move", "wrap"]):
        case "junk":
            node[last] = junk(chance)
        case "near":
            node[last] = _near(value, chance)
        case "remove":
            del node[last]
        case "add" if isinstance(node, dict):
            node[chance.choice([junk(chance, 9), *LEVELS, "scenario.events.9.size", ""])] = value
        case "add":
            node.append(copy.deepcopy(value))
        case "move":
            from_path = chance.choice(paths)
            other: Any = tree
            for step in from_path:
                other = other[step]
            node[last] = copy.deepcopy(other)
        case _:
            node[last] = chance.choice([[value], {"low": value}, {last: value}, str(value)])


def _near(value: Any, chance: random.Random) -> Any:
    """Return a value of the same kind that is a little or a lot off."""
    if isinstance(value, bool) or value is None:
        return chance.choice([0, 1, "true"])
    if isinstance(value, int | float):
        small = value if abs(value) < 1e300 else 7
        return chance.choice(
            [-value, value + 1, value * 10, small / 3, small + 1e-9, 0, f"{small}", float(small)]
        )
    if isinstance(value, str):
        cut = chance.randrange(len(value) + 1)
        return chance.choice([value[:cut], value.upper(), value + " ", value[::-1], f"{value}.0"])
    if isinstance(value, list):
        return chance.choice([value * 2, value[:1], value[::-1], [], [*value, junk(chance)]])
    return {chance.choice([k, f"{k}x", f" {k}"]): v for k, v in value.items()}


def case(number: int, tree: Mapping[str, Any]) -> Tree:
    """Return the config of a number: sound, or spoiled once or more."""
    chance = random.Random(f"fuzz {number}")
    made = valid(copy.deepcopy(dict(tree)), chance)
    for _ in range(chance.choice([0, 0, 0, 1, 1, 2, 3])):
        spoil(made, chance)
    return made


# What must hold of a job


def assert_sound(job: Job, *, within_root: bool = True) -> None:
    """Look at every value of a job that could be out of bounds.

    Args:
        job: what was read.
        within_root: whether its output must lie in the output root, as what a file names must.
    """
    assert 1 <= job.n_worlds <= 10_000_000
    assert 1 <= job.n_weeks <= 5200
    assert 0 <= job.seed < 2**64
    assert isinstance(job.paired, bool)
    assert all(0 <= world < job.n_worlds for world in job.tracks)
    assert len(set(job.tracks)) == len(job.tracks)
    assert not within_root or job.output.resolve().is_relative_to(Path.cwd() / "outputs")
    assert job.quantities
    assert set(job.quantities) <= set(QUANTITIES)
    assert 1 <= job.every <= 5200
    assert all(0 <= k < len(MEASURES) for k in job.series)
    assert len(set(job.series)) == len(job.series)
    if job.precision:
        assert job.precision.quantity in QUANTITIES
        assert 1e-6 <= job.precision.tolerance <= 1e6
        assert job.n_worlds <= job.precision.most <= 10_000_000
    assert_execution(job)
    assert_points(job)
    for scenario in job.scenarios:
        assert_scenario(scenario, job.n_weeks)


def assert_execution(job: Job) -> None:
    how = job.execution
    assert how.kind in ("local", "dask")
    for number, most in ((how.threads, 1024), (how.workers, 1024), (how.shard, 10_000_000)):
        assert number is None or (type(number) is int and 1 <= number <= most)
    assert how.address is None


def assert_points(job: Job) -> None:
    assert 1 <= len(job.points) <= 100_000
    values, known = job.parameter_points(), [COEFFICIENTS[name] for name in Parameters.FIELDS]
    assert (values >= [c.low for c in known]).all()  # and none is NaN
    assert (values <= [c.high for c in known]).all()
    for k, point in enumerate(job.points):
        assert tuple(point.label) == job.design.axes
        assert len(point.parameters) == len(COEFFICIENTS)
        for level in point.label.values():
            assert level.isprintable() if isinstance(level, str) else math.isfinite(level)
        assert 0 <= point.variant < len(job.scenarios)
        if point.baseline is not None:
            assert 0 <= point.baseline < k
            before = dict(job.points[point.baseline].label)
            assert before.pop("variant") == "baseline"
            assert before == {n: v for n, v in point.label.items() if n != "variant"}
            assert job.points[point.baseline].baseline is None
    labels = [tuple(point.label.values()) for point in job.points]
    if job.design.method in ("grid", "star"):
        assert len(set(labels)) == len(labels)


def assert_scenario(scenario: Scenario, n_weeks: int) -> None:
    atlas = scenario.roster.atlas
    for array in (atlas.relation_traits, atlas.pair_traits, atlas.state_traits, atlas.event_size):
        assert np.isfinite(array).all()
        assert (np.abs(array) <= 100.0).all()
    assert all(0 <= e.week < n_weeks and 0 <= e.size <= 1 for e in scenario.events)
    assert len(atlas.event_first) <= n_weeks + 1
    assert scenario.start.weekday() == 0
    assert len(scenario.roster.codes) >= 2


def n_asked(tree: Tree, job: Job) -> int:
    """Return how many points a config asks for that was accepted."""
    vary, points = tree["vary"], tree["design"].get("points")
    n_axes = len(job.design.axes) - bool(tree["compare"])
    sizes = [len(found) for found in _leaves(vary) if isinstance(found, list)]
    made = {
        "grid": math.prod(sizes),
        "list": len(job.points) // (1 + len(tree["compare"])),
        "morris": (points or 0) * (n_axes + 1),
        "saltelli": (points or 0) * (n_axes + 2),
    }.get(job.design.method, points)
    if job.design.method == "star":  # a level that is the base is the first point itself
        return len(job.points)
    return int(made) * (1 + len(tree["compare"]))


def _leaves(tree: Any) -> list[Any]:
    if isinstance(tree, dict):
        return list(itertools.chain(*(_leaves(inside) for inside in tree.values())))
    return [tree]


def assert_told(error: InputError) -> None:
    """See that a refusal names its faults in lines that a terminal can show."""
    lines = str(error).split("\n")
    assert len(lines) == 1 + min(101, max(1, len(error.faults)))
    assert all(line.isprintable() and 0 < len(line) < 3000 for line in lines)


def assert_playable(job: Job) -> None:
    """Play a little of a job and tabulate it."""
    few = replace(
        job, n_worlds=2, precision=None, series=job.series[:2], output=Path("played"),
        tracks=(), execution=Execution(threads=1),
    )  # fmt: skip
    identity = identity_of(few)
    assert cost.lines(few, cost.estimate(few))
    few = replace(few, output=Path(f"played-{identity.digest}"))
    with Store.opened(few.output, identity) as store:
        held = play_study(few, store)
        assert held.failed == {}
        tabulate(few, store, held)


# The bases


@pytest.fixture(scope="module")
def bases() -> list[Composed]:
    """Return two configs as Hydra composes them, the first with an event."""
    found = []
    for words in (["scenario=two_rivals", "weeks=60"], ["scenario=georgia_2008", "weeks=60"]):
        composed = CommandLine.of(words).compose((0,) * len(words), 0, [])
        tree = copy.deepcopy(dict(composed.tree))
        tree["scenario"]["events"] = [dict(EVENT), *tree["scenario"]["events"]]
        if "AAA" not in tree["scenario"]["states"]:
            del tree["scenario"]["events"][0]
        found.append(replace(composed, tree=tree))
    return found


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in zip(("a.csv", "b.csv"), LISTS, strict=True):
        Path(name).write_text(text, encoding="utf-8")


# The cases


def judge(composed: Composed, tree: Tree, number: int) -> bool:
    """Check a config as a command does; say whether it was accepted."""
    try:
        job = check(replace(composed, tree=tree), datetime.now(UTC))
    except InputError as error:
        assert_told(error)
        return False
    assert_sound(job)
    assert len(job.points) == n_asked(tree, job)
    if len(job.points) < 5000:
        identity_of(job)
        first = Round(0, tuple(range(len(job.points))), 0, min(job.n_worlds, 64))
        assert next(shards_of(job, first, "study")).number.size >= 1
    work = len(job.points) * job.n_weeks * job.scenario.roster.n_relations
    if number % PLAYED == 0 and work < 20_000:
        assert_playable(job)
    return True


@pytest.mark.parametrize(
    "chunk",
    [*range(6), *(pytest.param(k, marks=pytest.mark.slow) for k in range(6, CHUNKS))],
)
def test_any_config_is_refused_with_its_faults_or_is_sound(
    bases: list[Composed], chunk: int
) -> None:
    accepted = 0
    for number in range(chunk, N_CASES, CHUNKS):
        composed = bases[number % 8 == 7]
        tree = case(number, composed.tree)
        try:
            accepted += judge(composed, tree, number)
        except Exception as error:
            raise AssertionError(f"case {number}") from error
    assert accepted > N_CASES / CHUNKS / 10  # or nothing was looked at


def flat(tree: Any, path: str = "") -> list[str]:
    """Return a tree as overrides of the command line."""
    if isinstance(tree, dict) and tree and not {"low", "high"} & set(tree):
        return [
            word for k, v in tree.items() for word in flat(v, f"{path}.{k}" if path else f"{k}")
        ]
    text = yaml.safe_dump(tree, default_flow_style=True, width=10**6, allow_unicode=True).strip()
    return [f"{path}={text.removesuffix('...').strip()}"]


def refused_or_sound(words: list[str]) -> None:
    try:
        jobs = read_jobs(words)
    except InputError as error:
        assert_told(error)
        return
    for job in jobs:
        assert_sound(job, within_root=False)


def test_any_command_line_is_refused_with_its_faults_or_is_sound(bases: list[Composed]) -> None:
    for number in range(0, N_CASES, COMPOSED):
        chance = random.Random(f"words {number}")
        tree = case(number, bases[0].tree)
        keys = [key for key in (*STUDY, "parameters") if key in tree]
        words = [word for key in chance.sample(keys, 4) for word in _written(tree[key], key)]
        try:
            refused_or_sound(["scenario=two_rivals", *chance.sample(words, min(6, len(words)))])
        except Exception as error:
            raise AssertionError(f"case {number}") from error


def _written(tree: Any, key: str) -> list[str]:
    try:
        return flat(tree, key)
    except yaml.YAMLError:
        return []


TRICKS = [
    "vary: {offence: &a [0.1]}\n", "vary: {offence: !!set {0.1}}\n", "vary: {<<: {offence: [1]}}\n",
    "worlds: 0o17\n", "worlds: 1_000\n", "worlds: 0x10\n", "weeks: 1:30\n", "seed: 1e3\n",
    "vary: {offence: [.1, 1e-1]}\n", "vary: {offence: [.NaN]}\n", "vary: {? [a] : [1]}\n",
    "compare: {no: {diplomacy: none}}\n", "compare: {yes: {diplomacy: no}}\n", "---\n---\n{}\n",
    "compare: {a: {scenario: {states: [AAA]}}}\n", "vary: {offence: [0.1]}\nvary: {hotline: [0]}\n",
    "design: {file: a.csv}\n", "design: null\n", "precision: {}\n", "precision: []\n", "vary: []\n",
    "compare: {v: null}\n", "compare: {v: {scenario: {events: {0: {size: 1}}}}}\n", "\tworlds: 1\n",
    "compare: {v: {scenario: {states: {-1: NOR}}}}\n", "series: [rung_leaders, rung_leaders]\n",
    "compare: {? 2025-01-01 : {diplomacy: none}}\n", "quantities: []\n", "quantities: clash\n",
    "vary: {scenario: {traits: {AAA: {}}}}\n", "vary: {scenario: {}}\n", "vary: {scenario.: [1]}\n",
    "vary: {parameters: []}\n", "vary: {parameters: {offence: [1]}}\n", "\ufeffworlds: 3\n",
    "vary: {scenario: {events: {'٣': {size: [0.5]}}}}\n", "vary: {scenario.states.²: [AAA]}\n",
]  # fmt: skip
"""Files in which YAML, or a place in the scenario, is not what it looks like."""


def test_any_file_is_refused_with_its_faults_or_is_sound(
    bases: list[Composed], tmp_path: Path
) -> None:
    path = tmp_path / "mine/experiment/own.yaml"
    path.parent.mkdir(parents=True)
    n_random = N_CASES // COMPOSED // 2
    for number in range(n_random + len(TRICKS)):
        text = TRICKS[number - n_random] if number >= n_random else _file(number, bases[0])
        path.write_text(f"# @package _global_\n{text}", encoding="utf-8", errors="replace")
        try:
            refused_or_sound(["--config-dir=mine", "scenario=two_rivals", "experiment=own"])
        except Exception as error:
            raise AssertionError(f"file {number}: {text[:500]}") from error


def _file(number: int, composed: Composed) -> str:
    """Return a spoiled config as the text of a file, sometimes spoiled once more as text."""
    chance = random.Random(f"file {number}")
    tree = case(3 * number + 1, composed.tree)
    tree = {key: tree[key] for key in (*STUDY, "parameters") if key in tree}
    try:
        text = yaml.safe_dump(
            tree, allow_unicode=True, default_flow_style=chance.choice([None, True])
        )
    except yaml.YAMLError:
        text = "worlds: 1\n"
    if chance.random() < 0.3:
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(["\t", ":", "- ", "{", "'", "\x85", "#", "\0"]) + text[at:]
    return text


# What the fuzz found


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"precision": {"quantit": "clash", "tolerance": 1, "most": 9999}}, "mean quantity?"),
        ({"design": {"method": "list", "file": "/dev/zero"}}, "is not a regular file"),
        ({"design": {"method": "list", "file": "."}}, "is not a regular file"),
        ({"compare": {"v": {"scenario": {"events": {7: {"size": 1}}}}}}, "has no events[7].size"),
        ({"compare": {"v": {"scenario": {"events": {-1: {"size": 1}}}}}}, "has no events[-1].size"),
        ({"compare": {"v": {"scenario": {"states": {True: "NOR"}}}}}, "the scenario has no states"),
        ({"compare": {"": {"diplomacy": "none"}}}, "1 to 60 letters"),
        ({"vary": {f"scenario.events.{'9' * 5000}.size": [1]}}, "the scenario has no events"),
        ({"vary": {"offence": {"low": 0, "high": 1}}, "design": {"method": "morris", "points": 1}},
         "2 or more"),
        ({"vary": {"scenario.traits.AAA.greed": [0, 1]}, "compare": {"v": {"scenario": EMPTY}}},
         "sets a value that scenario.traits.AAA.greed varies"),
        ({"vary": {"scenario.traits.AAA.greed": [0, 1]},
          "compare": {"v": {"scenario": "georgia_2008"}}},
         "sets a value that scenario.traits.AAA.greed"),
        ({"vary": {"scenario": ["two_rivals"]}, "compare": {"v": {"scenario": "georgia_2008"}}},
         "sets a value that scenario varies"),
        ({"design": {"method": "list", "file": "a.csv"},
          "compare": {"v": {"parameters": {"hotline": 1}}}}, "hotline is varied by hotline too"),
        ({"vary": {"scenario.traits.AAA.greed": {"low": 0, "high": 1}},
          "design": {"method": "latin_hypercube", "points": 3000}}, "more than 2000 scenarios"),
    ],
)  # fmt: skip
def test_what_the_fuzz_found_is_refused(bases: list[Composed], changes: Tree, told: str) -> None:
    with pytest.raises(InputError) as raised:
        check(replace(bases[0], tree={**bases[0].tree, **changes}), datetime.now(UTC))
    assert told in str(raised.value)


def test_a_list_that_sets_a_parameter_twice_is_refused(bases: list[Composed]) -> None:
    Path("twice.csv").write_text("world,offence\ndoubly_stable,0.3\n", encoding="utf-8")
    tree = {**bases[0].tree, "design": {"method": "list", "file": "twice.csv"}}
    with pytest.raises(InputError, match="offence is varied by world too"):
        check(replace(bases[0], tree=tree), datetime.now(UTC))
