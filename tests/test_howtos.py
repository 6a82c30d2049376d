"""The how-tos of CONTRIBUTING.md, followed step by step in a scratch copy or the public API."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from sim import load_scenario, parameter_block, play, replay
from sim.errors import InputError
from sim.model import sheets
from tests.scripts import ROOT

Edits = Mapping[str, tuple[tuple[str, str], ...]]
"""In each file, text that stands there once and what it becomes."""


def scratch(place: Path, edits: Edits) -> Path:
    """Return a copy of the tree with edits."""
    leave = shutil.ignore_patterns("__pycache__", "*.so", "*.csv.gz", "outputs")
    for name in ("sim", "configs", "scripts"):
        shutil.copytree(ROOT / name, place / name, ignore=leave)
    shutil.copy(ROOT / "pyproject.toml", place)
    (place / "docs").mkdir()
    shutil.copytree(ROOT / "docs" / "howto", place / "docs" / "howto")
    for name, changes in edits.items():
        path = place / name
        text = path.read_text(encoding="utf-8")
        for before, after in changes:
            assert text.count(before) == 1, (name, before)
            text = text.replace(before, after)
        path.write_text(text, encoding="utf-8")
    return place


def python(tree: Path, *words: str) -> str:
    """Run Python in a scratch copy, on the plain face; return what it prints."""
    env = {**os.environ, "SPIRAL_PLAIN": "1", "PYTHONPATH": str(tree)}
    done = subprocess.run(
        [sys.executable, *words], cwd=tree, env=env, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# A parameter and a rule

HABIT: Edits = {
    "sim/model/parameters.py": (
        (
            '    _section("consultation")\n',
            '    fear_habit: float = _declare(0.0, 0.0, 1.0, "1", "fear lost to habituation")\n'
            '    _section("consultation")\n',
        ),
    ),
    "sim/model/rules/appraisal.py": (
        (
            "def fear(p: Parameters",
            "def habituated(p: Parameters, fear: float) -> float:\n"
            '    """Return the fear that is left after a week of habituation."""\n'
            "    return (1.0 - p.fear_habit) * fear\n\n\n"
            "def fear(p: Parameters",
        ),
    ),
    "sim/model/stages/perceive.py": (
        (
            "appraisal.fear(p, me.fear, threat)",
            "appraisal.habituated(p, appraisal.fear(p, me.fear, threat))",
        ),
    ),
}
FEARS = """
import sim
from sim import load_scenario, parameter_block, replay
from sim.translate import building
from pathlib import Path

assert Path(sim.__file__).is_relative_to(Path.cwd())
assert "habituated" in building.source(Path.cwd())[0]
for habit in (0.0, 0.5):
    point = parameter_block({"fear_habit": habit}, 1)[0, :, 0]
    world = replay(load_scenario("two_rivals").roster, point, world=0, n_weeks=6, seed=1)
    print(*world.relation("AAA", "BBB", "fear").tolist())
"""


def test_a_parameter_and_a_rule_reach_the_world_the_translation_and_the_page(
    tmp_path: Path,
) -> None:
    tree = scratch(tmp_path, HABIT)
    without, with_habit = (
        [float(word) for word in line.split()] for line in python(tree, "-c", FEARS).splitlines()
    )
    rivals, point = load_scenario("two_rivals").roster, parameter_block({}, 1)[0, :, 0]
    before = replay(rivals, point, world=0, n_weeks=6, seed=1)
    assert without == before.relation("AAA", "BBB", "fear").tolist()
    assert with_habit[-1] < 0.5 * without[-1]
    python(tree, "scripts/pages.py")
    page = (tree / "docs" / "parameters.md").read_text(encoding="utf-8")
    assert "| `fear_habit` | 0 | 0 to 1 |" in page


# A measure and a figure

TENSE = (
    '"AAA>BBB": {{rhetoric: 0.25, deployment: 0.25, sanctions: 0.0, diplomacy: 0.5, grievance: {}'
)
SPREAD: Edits = {
    "sim/engine/notes.py": (
        (
            ")  # fmt: skip\n(\n    RUNG_LEADERS",
            '    Measure("grievance_gap", "grievance, west less east", "-1 to 1", 1000, 10, 1.0),\n'
            ")  # fmt: skip\n(\n    RUNG_LEADERS",
        ),
        ("FEAR_EAST,\n) = range", "FEAR_EAST,\n    GRIEVANCE_GAP,\n) = range"),
        (
            "    _note(tracks, week, STRESS_EAST, lane",
            "    _note(tracks, week, GRIEVANCE_GAP, lane, a.grievance - b.grievance)\n"
            "    _note(tracks, week, STRESS_EAST, lane",
        ),
    ),
    "sim/report/figures.py": (
        (
            "def rungs(tables",
            "def grievance(tables: Tables, caption: Caption) -> Figure:\n"
            '    """Return the grievance gap of the leader dyad over time."""\n'
            '    figure = sheet(9.0, 5.0, "Grievance gap of the leader dyad", caption)\n'
            "    ax = figure.subplots()\n"
            '    plots.draw_measure(ax, tables.curves, "grievance_gap", "grievance, -1 to 1")\n'
            "    return figure\n\n\n"
            "def rungs(tables",
        ),
    ),
    "sim/report/drawing.py": (
        (
            '    yield "rungs", ',
            '    yield "grievance", partial(figures.grievance, tables, caption)\n'
            '    yield "rungs", ',
        ),
    ),
    "configs/scenario/two_rivals.yaml": (
        (
            TENSE.format(0.25),
            TENSE.format(0.75),
        ),
    ),
    "sim/report/summary.py": (
        ("CAPTIONS = {\n", 'CAPTIONS = {\n    "grievance": "Grievance gap by week.",\n'),
    ),
}
GAP = """
import sim

study = sim.open_study("out")
gap = study.table("curves", measures=["grievance_gap"])
print(len(gap), float(gap["mean"].iloc[0]))
"""


@pytest.mark.slow
def test_a_measure_and_a_figure_are_in_the_tables_and_in_the_summary(tmp_path: Path) -> None:
    tree = scratch(tmp_path, SPREAD)
    words = ("scenario=two_rivals", "worlds=2", "weeks=4", "output=out", "every=1")
    python(tree, "-m", "sim", *words)
    n_weeks, gap = python(tree, "-c", GAP).split()
    assert (int(n_weeks), float(gap)) == (5, pytest.approx(0.5, abs=0.11))
    assert (tree / "out/figures/grievance.png").stat().st_size > 10_000
    page = (tree / "out/summary.md").read_text(encoding="utf-8")
    assert "![grievance](figures/grievance.png)\n\n*Grievance gap by week.*" in page


# A country


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield a copy of the tables of states and pairs, which are read instead of the shipped."""
    folder = tmp_path / "data"
    shutil.copytree(sheets.DATA, folder)
    monkeypatch.setattr(sheets, "DATA", folder)
    caches = (sheets.state_table, sheets.pair_table, sheets.membership_table)
    for each in caches:
        each.cache_clear()
    yield folder
    for each in caches:
        each.cache_clear()


def add(path: Path, **values: str) -> None:
    """Add a row to a table; what is not given is empty."""
    names = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    with path.open("a", encoding="utf-8") as file:
        file.write(",".join(values.get(name, "") for name in names) + "\n")


MALAYSIA = {"iso3": "MYS", "number": "820", "name": "Malaysia", "cinc": "0.004", "polyarchy": "0.4",
            "warheads": "0", "capital_latitude": "3.15", "capital_longitude": "101.7"}  # fmt: skip
FAR = {"contiguity": "0", "capitals_km": "9000", "rivalry": "0", "trade_usd_m": "100"}
MAJORS = [("USA", "MYS"), ("GBR", "MYS"), ("FRA", "MYS"), ("RUS", "MYS"), ("CHN", "MYS")]
OWN = """# @package scenario
title: With Malaysia
account: Two blocs of one member each, and a neutral.
start: "2025-01-06"
states: [USA, RUS, MYS]
blocs:
  west: {leader: USA, members: []}
  east: {leader: RUS, members: []}
traits: {}
relations: {}
pairs: {}
invented: {}
events: []
"""


def test_a_country_without_the_rows_of_its_pairs_is_an_error_that_names_them_all(
    tables: Path,
) -> None:
    add(tables / "states.csv", **MALAYSIA)
    add(tables / "pairs.csv", first="USA", second="MYS", **FAR)
    with pytest.raises(InputError) as raised:
        sheets.pair_table()
    told = [str(fault) for fault in raised.value.faults]
    assert len(told) == 4
    for major, _ in MAJORS[1:]:
        assert any(f"{major}-MYS: no row" in line for line in told)


@pytest.mark.parametrize(
    ("pair", "allowed"),
    [
        (("USA", "ZZZ"), "no row for ZZZ in states.csv"),
        (("RUS", "USA"), "the lower number must be first"),
        (("USA", "RUS"), "is listed twice"),
    ],
)
def test_a_pair_that_is_unknown_misordered_or_repeated_is_an_error(
    pair: tuple[str, str], allowed: str, tables: Path
) -> None:
    add(tables / "pairs.csv", first=pair[0], second=pair[1], **FAR)
    with pytest.raises(InputError, match=allowed):
        sheets.pair_table()


def test_a_row_taken_from_the_shipped_table_is_missed(tables: Path) -> None:
    path = tables / "pairs.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(x for x in lines if not x.startswith("USA,RUS,")), encoding="utf-8")
    with pytest.raises(InputError, match="USA-RUS: no row"):
        load_scenario("attache_briefing")


def test_a_country_with_its_rows_plays(tables: Path, tmp_path: Path) -> None:
    add(tables / "states.csv", **MALAYSIA)
    for first, second in MAJORS:
        add(tables / "pairs.csv", first=first, second=second, **FAR)
    own = tmp_path / "mine/scenario/own.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(OWN, encoding="utf-8")
    roster = load_scenario("own", tmp_path / "mine").roster
    assert ("MYS", "RUS") in roster.relations
    played = play(roster, parameter_block({}, 1)[:, :, 0], n_worlds=2, n_weeks=4, seed=1)
    assert len(played.outcomes) == 2


# A scenario


def test_a_scenario_of_ones_own_is_played_with_what_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "mine/scenario/tense.yaml"
    path.parent.mkdir(parents=True)
    shipped = (ROOT / "configs/scenario/two_rivals.yaml").read_text(encoding="utf-8")
    assert shipped.count("fear: 0.25}") == 2
    path.write_text(shipped.replace("fear: 0.25}", "fear: 0.75}"), encoding="utf-8")
    tense = load_scenario("tense", tmp_path / "mine").roster
    world = replay(tense, parameter_block({}, 1)[0, :, 0], world=0, n_weeks=4, seed=1)
    assert world.relation("AAA", "BBB", "fear")[0] == 0.75


# What the page promises


def test_every_how_to_has_its_test_and_every_mark_its_line() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    heads = {line.removeprefix("### ") for line in page.splitlines() if line.startswith("### ")}
    assert heads == {
        "a parameter", "a rule", "an instrument, or a kind of miscalculation",
        "a language", "a measure, with its figure", "a country", "a scenario", "a figure",
    }  # fmt: skip
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for mark in ("[MODEL]", "[STUDY]", "[FORMAT]", "[API]"):
        assert f"| **{mark}** |" in page
        assert f"- **{mark}** changes" in changes
