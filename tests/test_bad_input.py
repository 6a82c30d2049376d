"""Whatever is typed: every fault is told at once, with exit code 2 and no traceback."""

from __future__ import annotations

import contextlib
import copy
import math
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.__main__ import CommandLine, main, read_jobs
from sim.config.job import check, load_scenario
from sim.config.sources import SIZE
from sim.errors import InputError
from sim.model.parameters import COEFFICIENTS, defaults
from sim.plan.scenario import Job

ROOT = Path(__file__).parent.parent
RIVALS = "scenario=two_rivals"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test in an empty folder of its own."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def told(*arguments: str) -> list[str]:
    """Return the lines of the message of a command line, one a fault."""
    with pytest.raises(InputError) as raised:
        read_jobs(arguments)
    return str(raised.value).split("\n")[1:]


BASE = CommandLine.of([RIVALS]).compose((0,), 0, [])
"""The two rivals, composed once."""


def judged(changes: Mapping[str, Any]) -> list[str]:
    """Return the faults of the two rivals with other values at the root; none if it is sound."""
    try:
        check(replace(BASE, tree={**BASE.tree, **changes}), datetime.now(UTC))
    except InputError as error:
        return [str(fault) for fault in error.faults]
    return []


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def short(value: object) -> str:
    """Return a name for a case that any terminal can show."""
    return ascii(value)[:40]


# All at once


def test_faults_of_every_kind_are_told_together_with_source_key_value_and_nearest_name(
    tmp_path: Path,
) -> None:
    write(
        tmp_path / "mine/scenario/own.yaml",
        "defaults: [two_rivals, _self_]\n"
        'relations: {"AAA>BBB": {rethoric: 0.5, fear: 1.5}}\n'
        "traits: {CCC: {greed: 0.5}}\n",
    )
    lines = told(
        "--config-dir", f"{tmp_path}/mine", "--bogus", "scenario=own", "wolrd=doubly_stable",
        "miscalculation=hgih", "worlds=0", "parameters.fear_gian=3",
        "parameters.misread_intent=1.2",
        "a b=1", "execution.threads=0", "vary.ofence=[0.1]", "output=~nobody-here/out",
    )  # fmt: skip
    own = str(tmp_path / "mine/scenario/own.yaml")
    wanted = [
        ("--bogus", "unknown flag"),
        (own, "rethoric", "0.5", "rhetoric"),
        (own, "AAA>BBB.fear", "1.5", "from 0 to 1"),
        (own, "traits.CCC", "not among the scenario's states"),
        ("wolrd=doubly_stable", "unknown key", "did you mean world?"),
        ("miscalculation=hgih", "hair_trigger, high", "did you mean high?"),
        ("worlds=0", "worlds = 0", "from 1 to 10000000"),
        ("parameters.fear_gian=3", "did you mean fear_gain?"),
        ("misread_intent=1.2", "from 0 to 0.5"),
        ("a b=1", "not key=value"),
        ("execution.threads=0", "from 1 to 1024"),
        ("vary.ofence", "did you mean offence?"),
        ("output=~nobody-here/out", "no matching home folder"),
    ]
    for parts in wanted:
        assert any(all(part in line for part in parts) for line in lines), parts
    assert len(lines) == len(wanted), lines


def test_the_process_ends_with_exit_code_2_and_without_a_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sim", "worlds=0", "sead=3", "\udcff=1"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "SPIRAL_PLAIN": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for part in ("3 errors", "worlds = 0", "did you mean seed?", "\\udcff=1"):
        assert part in done.stderr


@pytest.mark.parametrize("shown", [[], ["--cfg", "job"], ["--info", "config"]])
def test_a_typo_is_refused_whatever_is_asked_for(
    shown: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*shown, RIVALS, "miscalculatoin=high"]) == 2
    assert "did you mean miscalculation?" in capsys.readouterr().err


# One value


@pytest.mark.parametrize("beyond", [-0.01, 0.01, 10**400], ids=["below", "above", "far above"])
def test_no_parameter_may_leave_its_declared_range(beyond: float) -> None:
    values = {n: (c.low if beyond < 0 else c.high) + beyond if abs(beyond) < 1 else beyond
              for n, c in COEFFICIENTS.items()}  # fmt: skip
    faults = judged({"parameters": values})
    assert len(faults) == len(COEFFICIENTS)
    for (name, c), fault in zip(COEFFICIENTS.items(), faults, strict=True):
        assert f"parameters.{name} = " in fault
        assert f"must be a number from {c.low:g} to {c.high:g}" in fault


def test_every_parameter_may_be_at_the_ends_of_its_range() -> None:
    assert judged({"parameters": {name: c.low for name, c in COEFFICIENTS.items()}}) == []
    assert judged({"parameters": {name: c.high for name, c in COEFFICIENTS.items()}}) == []


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -math.inf, True, "1", "abc", "", None, [1], {"a": 1}, 10**4000],
    ids=short,
)
def test_only_a_finite_number_is_a_number(value: object) -> None:
    for key, changes in {
        "parameters.hotline": {"parameters": {"hotline": value}},
        "vary.hotline[0]": {"vary": {"hotline": [value]}},
        "worlds": {"worlds": value},
        "seed": {"seed": value},
        "weeks": {"weeks": value},
        "tracks[0]": {"tracks": [value]},
    }.items():
        (fault,) = judged(changes)
        assert f"{key} = " in fault
        assert len(fault) < 300


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({"worlds": 0}, "from 1 to 10000000"),
        ({"worlds": -5}, "from 1 to 10000000"),
        ({"worlds": 10_000_001}, "from 1 to 10000000"),
        ({"worlds": 2.5}, "whole number"),
        ({"weeks": 0}, "from 1 to 5200"),
        ({"weeks": 5201}, "from 1 to 5200"),
        ({"seed": -1}, "from 0 to 18446744073709551615"),
        ({"seed": 2**64}, "from 0 to 18446744073709551615"),
        ({"seed": 1e3}, "whole number"),
        ({"paired": 1}, "true or false"),
        ({"paired": "yes"}, "true or false"),
        ({"design": {"method": "lhs"}}, "grid"),
        ({"execution": {"threads": 0}}, "from 1 to 1024"),
        ({"execution": {"kind": "slurm"}}, "local, dask"),
        ({"execution": {"thread": 2, "threads": 2}}, "did you mean threads?"),
        ({"threads": 2}, "did you mean execution.threads?"),
        ({"fear_gain": 2}, "did you mean parameters.fear_gain?"),
        ({"world": {"offence": 0.2}}, "is a group"),
        ({"parameters": 3}, "a mapping"),
        ({"parameters": {"typo": 1}}, "unknown parameter"),
        ({"parameters": {False: 1}}, "unknown parameter"),
        ({"tracks": [2000]}, "from 0 to 1999"),
        ({"tracks": [-1]}, "from 0"),
        ({"tracks": [1, 1]}, "listed twice"),
        ({"tracks": 3}, "a list"),
        ({"tracks": list(range(1001))}, "at most 1000 entries"),
        ({"output": 3}, "printable text"),
        ({"output": ""}, "printable text"),
        ({"output": "a\u202eb"}, "printable text"),
        ({"output": "a\0b"}, "printable text"),
        ({"output_root": None}, "printable text"),
        ({"scenario": [1]}, "a mapping"),
        ({"_target_": "os.system"}, "unknown key"),
        ({3: 4}, "should be strings"),
    ],
    ids=short,
)
def test_a_setting_out_of_range_is_refused(changes: dict[str, Any], allowed: str) -> None:
    (fault,) = judged(changes)
    assert allowed in fault


# One word of the command line


@pytest.mark.parametrize(
    ("word", "allowed"),
    [
        ("scenario=crimea", "did you mean crimea_2014?"),
        ("scenario=../scenario/two_rivals", "must be one of"),
        ("scenario=/etc/passwd", "must be one of"),
        ("scenario=[two_rivals]", "must be one of"),
        ("doctrine=null", "must be one of"),
        ("doctrine=3", "must be one of"),
        ("+doctrine=mixed", "write doctrine=option"),
        ("~doctrine", "write doctrine=option"),
        ("doctrine@world=mixed", "write doctrine=option"),
        ("doctrine/sub=mixed", "unknown config group"),
        ("doctrine=mixed,spiral", "--multirun"),
        ("doctrine=glob(*)", "--multirun"),
        ("worlds=1,2", "--multirun"),
        ("hydra.run.dir=/tmp", "Hydra's settings"),
        ("hydra/launcher=basic", "Hydra's settings"),
        ("hydra.searchpath=[/tmp]", "Hydra's settings"),
        ("parameters._target_=os.system", "_target_ is not allowed"),
        ("scenario.title=${oc.env:HOME}", "interpolation"),
        ("parameters.fear_gain=${seed}", "interpolation"),
        ("=3", "not key=value"),
        ("worlds", "not key=value"),
        ("", "not key=value"),
        ("é=1", "not key=value"),
        ("\udcff=1", "not key=value"),
        ("worlds=\x00", "not key=value"),
        ("worlds=" + "9" * 4900, "not key=value"),
        ("x=" + "[" * 2000, "not key=value"),
        ("x=" + "1" * 6000, "longer than 5000"),
        ("--config-path=/tmp", "--config-dir"),
        ("--config-name=other", "--config-dir"),
        ("--experimental-rerun=x.pickle", "--config-dir"),
        ("--config-dir=nowhere", "folder does not exist"),
        ("--config-dir=${oc.env:HOME}", "interpolation"),
        ("--config-dir", "expected one argument"),
        ("--multirnu", "did you mean --multirun?"),
        ("--cfg=jbo", "invalid choice"),
        ("--shell-completion", "install=bash"),
    ],
    ids=short,
)
def test_a_word_that_says_nothing_valid_is_refused(word: str, allowed: str) -> None:
    (fault,) = CommandLine.of([word]).faults
    assert allowed in str(fault)
    assert len(str(fault)) < 400


@pytest.mark.parametrize(
    ("word", "allowed"),
    [
        ("seed=interval(0,1)", "must list its values"),
        ("seed=range(0,10000000000)", "more than 1000 values"),
        ("doctrine=glob(z*)", "matching options"),
        ("doctrine=mixed,spirla", "did you mean spiral?"),
    ],
    ids=short,
)
def test_a_sweep_without_an_end_or_a_choice_is_refused(word: str, allowed: str) -> None:
    (fault,) = CommandLine.of(["-m", word]).faults
    assert allowed in str(fault)


def test_a_multirun_of_too_many_jobs_is_refused() -> None:
    lines = told("-m", RIVALS, "seed=range(0,100)", "worlds=range(1,12)")
    assert lines == ["  command line: asks for 1100 jobs; at most 1000 are allowed"]


@pytest.mark.parametrize(
    ("word", "allowed"),
    [
        ("~worlds", "~worlds: worlds: is required"),
        ("~parameters.nothing", "~parameters.nothing: cannot be merged into the configuration"),
        ("worlds.x=1", "worlds = a mapping with 1 keys: must be a whole number"),
        ("vary=[1]", "vary=[1]: cannot be merged into the configuration"),
        ("defaults=[]", "unknown key"),
        ("_global_=3", "unknown key"),
    ],
    ids=short,
)
def test_an_override_that_does_not_fit_in_hides_no_other(word: str, allowed: str) -> None:
    lines = told(RIVALS, "seed=-1", word)
    assert len(lines) == 2
    assert any(allowed in line for line in lines), lines


# What is varied


@pytest.mark.parametrize(
    ("vary", "allowed"),
    [
        ({"offence": []}, "1 to 1000 levels"),
        ({"offence": 0.5}, "1 to 1000 levels"),
        ({"offence": [0.1] * 1001}, "1 to 1000 levels"),
        ({"offence": [0.1, 1.2]}, "from 0 to 1"),
        ({"offence": [0.1, 0.1]}, "is given twice"),
        ({"wrold": ["baseline"]}, "did you mean world?"),
        ({"execution": ["local"]}, "must be a parameter, one of"),
        ({3: [1]}, "must be a parameter, one of"),
        ({"world": ["baseline", "doubly_stabel"]}, "did you mean doubly_stable?"),
        ({"world": ["../world/baseline"]}, "must be one of"),
        ({"world": [1]}, "must be one of"),
        ({"world": ["doubly_stable"], "offence": [0.1]}, "varied by"),
    ],
    ids=short,
)
def test_levels_must_be_there_valid_and_different(vary: dict[str, Any], allowed: str) -> None:
    (fault,) = judged({"vary": vary})
    assert allowed in fault


def test_what_is_given_and_varied_is_refused_as_it_would_have_no_effect() -> None:
    lines = told(
        RIVALS, "vary.offence=[0.1,0.2]", "parameters.offence=0.3", "vary.doctrine=[mixed]",
        "doctrine=spiral",
    )  # fmt: skip
    assert len(lines) == 2
    assert all("has no effect" in line for line in lines)


def test_a_grid_of_more_than_100000_points_is_refused_before_it_is_made() -> None:
    levels = [k / 1000 for k in range(400)]
    (fault,) = judged({"vary": {"offence": levels, "distinguishability": levels}})
    assert "160000 points" in fault


# Scenarios


SOUND = """
defaults: [two_rivals, _self_]
"""


def event(**changes: Any) -> str:
    fields = {
        "date": '"2025-01-07"', "kind": "speech", "actor": "AAA", "target": "BBB", "size": 0.5,
        "what": "words", "source": "assumption", **changes,
    }  # fmt: skip
    inside = ", ".join(f"{k}: {v}" for k, v in fields.items() if v is not None)
    return f"events:\n  - {{{inside}}}\n"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("states: [AAA, BBB, NO]", ("states[2] = false", "write NOR")),
        ("states: [AAA, BBB, 578]", ("states[2] = 578", "three capital letters")),
        ("states: [AAA, BBB, Norway]", ("states[2]", "did you mean NOR?")),
        ("states: [AAA, BBB, NOW]", ("unknown state", "did you mean NOR?")),
        ("states: [AAA, BBB, AAA]", ("states[2]", "listed twice")),
        ("states: AAA", ("states", "must be a list")),
        ("start: 2025-01-07", ("start", "must be a Monday", "Tuesday")),
        ("start: soon", ("start", "YYYY-MM-DD")),
        ("start: 2025-02-30", ("start", "YYYY-MM-DD")),
        ("blocs: {west: {members: [BBB]}}", ("east.leader", "is already in west")),
        ("blocs: {west: {members: [AAA]}}", ("west.members[0]", "listed twice")),
        ("blocs: {west: {leader: NOR}}", ("west.leader", "not among")),
        ("blocs: {north: {leader: AAA}}", ("blocs.north", "unknown key")),
        ("traits: {AAA: {gred: 0.1}}", ("traits.AAA.gred", "did you mean greed?")),
        ("traits: {AAA: {greed: true}}", ("greed = true", "from 0 to 1")),
        ("traits: {AAA: {greed: .inf}}", ("greed = inf", "from 0 to 1")),
        ("traits: {AAA: {greed: '0.1'}}", ('greed = "0.1"', "from 0 to 1")),
        ("traits: {AAA: {accident_odds: -1}}", ("accident_odds", "from 0 to 100")),
        ("traits: {NO: {greed: 0.1}}", ("scenario.traits", "write NOR")),
        ("traits: {NOR: {greed: 0.1}}", ("traits.NOR", "not among")),
        ('relations: {"AAA>NOR": {fear: 0.1}}', ("AAA>NOR", "not among")),
        ('relations: {"AAA-BBB": {fear: 0.1}}', ("relations", "USA>RUS")),
        ('relations: {"AAA>AAA": {fear: 0.1}}', ("relations", "two states")),
        ('relations: {"AAA>BBB": {rhetoric: 0.3}}', ("rhetoric", "0.25, 0.5, 0.75")),
        ('pairs: {"BBB-AAA": {channel: 0.1}}', ("BBB-AAA", "also given as AAA-BBB")),
        ('pairs: {"AAA-BBB": {violence: wra}}', ("violence", "did you mean war?")),
        ("subject: AAA", ("subject", "two states")),
        ("subject: AAA-AAA", ("subject", "two states")),
        ("subject: AAA-NOR", ("subject", "not among")),
        ("subject: [AAA, BBB]", ("subject", "two states")),
        ("invented: {AAA: {number: 70000}}", ("number", "from 1 to 65535")),
        ("invented: {AAA: {number: 15663}}", ("number", "is the number of")),
        ("invented: {AAA: {proximity: {BBB: 0.1}}}", ("proximity", "must be equal")),
        (
            "invented: {AAA: {proximity: {BBB: 0.1}}, BBB: {proximity: {AAA: 0.1}}}",
            ("AAA and BBB have no relation",),
        ),
        (
            "invented: {USA: {name: x, capability: 0.1, democracy: 1, nuclear: 0}}",
            ("invented.USA", "a real state"),
        ),
        ("_target_: os.system", ("line", "_target_ is not allowed")),
        ("title: ${oc.env:HOME}", ("line", "interpolation")),
        ("title: &a x\naccount: *a", ("line", "anchors")),
        ("title: &a x", ("line", "anchors")),
        ("traits: &a {AAA: *a}", ("line", "anchors")),
        ("title: !!python/object:os.system x", ("line", "tags")),
        ("title: a\ntitle: b", ("line", "duplicate")),
        ("title: [", ("line", "invalid YAML")),
        ("a: " + "[" * 40 + "]" * 40, ("nested deeper",)),
        ("states: [" + "AAA," * 60000 + "]", ("more than 50000 entries",)),
        ("states: [" + "AAA," * 400 + "]", ("at most 300 entries",)),
        ("title: " + "9" * 5000, ("cannot be read", "digits")),
        ('title: "\\u202e"', ("title", "printable text")),
        ("title: ''", ("title", "1 to 120 characters")),
        ('title: "a\\nb"', ("title", "one line")),
        ('title: " "', ("title", "one line")),
        ('invented: {AAA: {name: "a\\nb"}}', ("invented.AAA.name", "one line")),
        ("invented: {AAA: {name: BETANIA}}", ("invented.BBB.name", "is the name of AAA")),
        ("states: [AAA, BBB, NOR]\ninvented: {AAA: {name: norway}}", ("is the name of NOR",)),
        ("title: " + "x" * 200, ("title", "1 to 120 characters")),
        ("account: " + "x" * SIZE, (f"more than {SIZE} bytes",)),
        ("hydra: {run: {dir: /tmp}}", ("Hydra's settings",)),
        (event(kind="spech"), ("kind", "did you mean speech?")),
        (event(date='"2025-01-05"'), ("date", "before the start")),
        (event(actor="CCC"), ("actor", "not among")),
        (event(actor="nroth"), ("actor", "not among")),
        (event(target="AAA"), ("AAA and AAA have no relation",)),
        (event(target="west"), ("AAA and west have no relation",)),
        (event(size=None), ("size", "is required")),
        (event(size=0.3), ("size", "0.25, 0.5, 0.75")),
        (event(size=1.2), ("size", "from 0 to 1")),
        (event(kind="war", size=0.5), ("size", "takes no size")),
        (event(kind="accession", size=None), ("actor", "leads no bloc")),
        (event(kind="force", size=0.5), ("size", "must be 1")),
        (event(place="Oslo"), ("place", "unknown key")),
        (event(kind="forward", target="BBB", size=0.5), ("target", "must be one member")),
        (event(kind="forward", target="west", size=0.5), ("target", "must be one member")),
        (event(kind="exercise", weeks=0), ("weeks", "from 1 to 52")),
        (event(weeks=3), ("weeks", "takes no weeks")),
        (event(kind="snap_exercise", size=0.3), ("size", "0.25, 0.5, 0.75")),
        (event(kind="briefing", size=0.3), ("size", "0.25, 0.5, 0.75")),
        (event(kind="briefing", actor="west"), ("actor", "must be one state")),
        ("traits: {AAA: {hosted: 0.25}}", ("hosted", "not its leader")),
    ],
    ids=short,
)
def test_a_fault_in_a_scenarios_file_is_told_with_its_place(
    text: str, parts: tuple[str, ...], tmp_path: Path
) -> None:
    path = write(tmp_path / "scenario/own.yaml", f"{SOUND}{text}\n")
    with pytest.raises(InputError) as raised:
        load_scenario("own", tmp_path)
    faults = [str(fault) for fault in raised.value.faults]
    assert any(all(part in fault for part in parts) for fault in faults), faults
    assert len(faults) <= 2, faults
    for fault in faults:
        assert str(path) in fault or "scenario/two_rivals.yaml" in fault


def test_an_event_after_a_shorter_horizon_is_refused() -> None:
    lines = told("scenario=crimea_2014", "weeks=51")
    assert len(lines) == 1
    assert "weeks must be 52 or more, not 51" in lines[0]
    assert "scenario/crimea_2014.yaml" in lines[0]


def test_an_event_of_two_states_without_a_relation_is_refused_and_of_a_bloc_is_not(
    tmp_path: Path,
) -> None:
    start = "defaults: [attache_briefing, _self_]\n"
    single = event(date='"2026-01-05"', actor="PRT", target="TJK")
    whole = event(date='"2026-01-05"', actor="west", target="TJK")
    write(tmp_path / "scenario/single.yaml", start + single)
    write(tmp_path / "scenario/whole.yaml", start + whole)
    with pytest.raises(InputError, match="PRT and TJK have no relation"):
        load_scenario("single", tmp_path)
    assert 0 < len(load_scenario("whole", tmp_path).roster.atlas.event_row) < 32


@pytest.mark.parametrize("said", ['relations: {"PRT>TJK": {fear: 1}}', "subject: PRT-TJK"])
def test_a_relation_of_two_states_that_have_none_is_refused(said: str, tmp_path: Path) -> None:
    text = f"defaults: [attache_briefing, _self_]\n{said}\n"
    write(tmp_path / "scenario/dead.yaml", text)
    with pytest.raises(InputError, match="PRT and TJK have no relation here"):
        load_scenario("dead", tmp_path)


# Files


@pytest.mark.parametrize(
    ("name", "text", "parts"),
    [
        ("world/own.yaml", "offence: 0.2\n", ("must begin with", "# @package parameters")),
        ("world/own.yaml", "# @package _global_\nworlds: 3\n", ("must begin with",)),
        ("world/own.yaml", "# @package parameters\nofence: 0.2\n", ("did you mean offence?",)),
        ("world/own.yaml", "# @package parameters\n- 3\n", ("must be a mapping",)),
        ("world/own.yaml", "# @package parameters\ndefaults: [own]\n", ("defaults", "one other")),
        ("world/own.yaml", "# @package parameters\ndefaults: [../../x]\n", ("must be one of",)),
        ("world/own.yaml", "# @package parameters\ndefaults: [/hydra/x]\n", ("must be one of",)),
        ("world/own.yaml", "# @package parameters\ndefaults: [{/a: b}]\n", ("defaults",)),
        ("world/own.yaml", "# @package parameters\ndefaults: [two]\n", ("include itself",)),
        ("world/doubly_stable.yaml", "# @package parameters\n{}\n", ("shadows the shipped",)),
        (
            "experiment/own.yaml",
            "# @package _global_\ndefaults: [override /world: nowhere]\n",
            ("must be one of",),
        ),
        ("experiment/own.yaml", "# @package _global_\nwrolds: 3\n", ("did you mean worlds?",)),
        (
            "experiment/own.yaml",
            "# @package _global_\nvary: {hotline: []}\n",
            ("vary.hotline", "1 to 1000"),
        ),
        (
            "experiment/own.yaml",
            "# @package _global_\nhydra: {searchpath: [/tmp]}\n",
            ("Hydra's settings",),
        ),
    ],
    ids=short,
)
def test_a_file_of_ones_own_is_checked_like_the_projects(
    name: str, text: str, parts: tuple[str, ...], tmp_path: Path
) -> None:
    path = write(tmp_path / name, text)
    write(tmp_path / "world/two.yaml", "# @package parameters\ndefaults: [own]\n")
    (line,) = told(f"--config-dir={tmp_path}", RIVALS, f"{path.parent.name}={path.stem}")
    for part in (str(tmp_path), *parts):
        assert part in line


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "scenario/own.yaml", "").write_bytes(b"\xff\xfe\x00title")
    (line,) = told(f"--config-dir={tmp_path}", "scenario=own", "worlds=7")
    assert "cannot be read" in line


def test_a_scenario_that_is_not_there_is_the_only_thing_wrong_with_it() -> None:
    (line,) = told("scenario=two_rival", "scenario.traits.AAA.greed=0.1", "weeks=3")
    assert "did you mean two_rivals?" in line


def test_a_broken_file_does_not_hide_other_faults(tmp_path: Path) -> None:
    write(tmp_path / "scenario/own.yaml", "title: &a x\n")
    lines = told(f"--config-dir={tmp_path}", "scenario=own", "seed=-1", "parameters.typo=1")
    assert len(lines) == 3


def test_everything_wrong_with_entries_is_told_at_once(tmp_path: Path) -> None:
    write(
        tmp_path / "scenario/own.yaml",
        """defaults: [two_rivals, _self_]
events:
  - {date: soon, kind: speech, actor: ZZZ, target: BBB, what: x, source: y}
  - {date: 1999-01-07, kind: war, actor: AAA, target: YYY, size: 0.5, what: x}
  - {date: 2025-01-07, kind: speach, actor: XXX, target: BBB, size: 7, what: x, source: y, z: 1}
  - 3
traits: {SWE: {greed: 7}}
relations: {"AAA>NOR": {fear: 2}}
pairs: {"AAA-DNK": {channel: 5}}
""",
    )
    lines = told(f"--config-dir={tmp_path}", "scenario=own")
    parts = [
        ("[0].date", "YYYY-MM-DD"), ("[0].size", "is required for speech"),
        ("[0].actor", "not among"), ("[1].date", "before the start"), ("[1].target", "not among"),
        ("[1].size", "takes no size"), ("[1].source", "is required"), ("[2].kind", "one of"),
        ("[2].actor", "not among"), ("[2].size", "from 0 to 1"), ("[2].z", "unknown key"),
        ("[3] = 3", "mapping"), ("SWE.greed", "from 0 to 1"), ("traits.SWE: ", "not among"),
        ("NOR.fear", "from 0 to 1"), ("AAA>NOR: ", "not among"), ("DNK.channel", "from 0 to 1"),
        ("AAA-DNK: ", "not among"),
    ]  # fmt: skip
    for key, allowed in parts:
        assert any(key in line and allowed in line for line in lines), (key, allowed)
    assert len(lines) == len(parts), lines


def test_a_variant_that_changes_nothing_names_what_it_may_change() -> None:
    (line,) = told(RIVALS, "compare.a={}")
    offered = line.partition("name one of ")[2].replace(" or ", ", ").split(", ")
    for name in filter(None, offered):
        value = {"scenario": "two_alliances", "parameters": "{hotline: 1}"}.get(name, "none")
        value = {"world": "doubly_stable", "doctrine": "mixed"}.get(name, value)
        assert read_jobs([RIVALS, f"compare.a={{{name}: {value}}}"])[0].points[1].baseline == 0


# Where the output goes


def test_a_file_may_name_a_folder_inside_the_output_root_only(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    Path("outputs").mkdir()
    Path("outputs/link").symlink_to(tmp_path / "there")
    Path("outputs/file").write_text("")
    for output in ("x", "../x", "outputs/../x", str(tmp_path / "x"), "outputs/link/x", "~", "~/x"):
        (fault,) = judged({"output": output})
        assert "inside outputs if set in a file" in fault
    assert "inside outputs if set in a file" in judged({"output_root": "/tmp"})[0]
    assert "is not a folder" in judged({"output": "outputs/file/x"})[0]
    assert "is not a folder" in judged({"output": "outputs/file"})[0]
    assert "cannot be a folder" in judged({"output": "outputs/" + "x" * 900})[0]
    for output in ("outputs/x", str(Path.cwd() / "outputs/x"), "outputs"):
        assert judged({"output": output}) == []


def test_an_experiments_file_cannot_write_elsewhere_but_the_command_line_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "there"
    write(tmp_path / "experiment/own.yaml", f"# @package _global_\noutput: {there}\n")
    own = (f"--config-dir={tmp_path}", RIVALS, "experiment=own")
    (line,) = told(*own)
    assert "own.yaml: output" in line
    assert "inside outputs if set in a file" in line
    assert read_jobs([*own, f"output={there}/2"])[0].output == there / "2"
    assert read_jobs([*own, f"output_root={tmp_path}"])[0].output == there
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read_jobs([RIVALS, "output=~/runs"])[0].output == tmp_path / "runs"
    assert read_jobs([RIVALS, "output_root=~"])[0].output.is_relative_to(tmp_path)
    Path("file").write_text("")
    for word in ("output=file", "output=file/x", "output_root=file"):
        (line,) = told(RIVALS, word)
        assert "is not a folder" in line


def test_an_empty_folder_will_do() -> None:
    Path("empty").mkdir()
    assert read_jobs([RIVALS, "output=empty"])[0].output == Path("empty")


# Who is connected to


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("experiment/own.yaml", "# @package _global_\nexecution: {address: 'tcp://a:1'}\n"),
        ("execution/own.yaml", "defaults: [dask]\naddress: tcp://a:1\n"),
    ],
)
def test_no_file_names_an_address_to_connect_to(name: str, text: str, tmp_path: Path) -> None:
    path = write(tmp_path / name, text)
    own = (f"--config-dir={tmp_path}", RIVALS, f"{path.parent.name}=own")
    (line,) = told(*own)
    assert str(path) in line
    assert "must not be set in a file" in line
    for address in ("tcp://b:2", "tls://[::1]:8786"):
        assert read_jobs([*own, f"execution.address={address}"])[0].execution.address == address
    assert read_jobs([*own, "execution.address=null"])[0].execution.address is None


@pytest.mark.parametrize(
    "text",
    [
        "compare: {a: {execution: {address: 'tcp://a:1'}}}",
        "compare: {a: {execution: own}}",
        "vary: {execution: [own]}",
        "vary: {execution.address: ['tcp://a:1']}",
    ],
)
def test_no_variant_or_level_names_an_address(text: str, tmp_path: Path) -> None:
    write(tmp_path / "experiment/own.yaml", f"# @package _global_\n{text}\n")
    write(tmp_path / "execution/own.yaml", "defaults: [dask]\naddress: tcp://a:1\n")
    assert told(f"--config-dir={tmp_path}", RIVALS, "experiment=own") != []


@pytest.mark.parametrize("address", ["here", "tcp://", "inproc://x:1", "tcp://a", "http://a:1", ""])
def test_an_address_has_a_protocol_a_host_and_a_port(address: str) -> None:
    (line,) = told(RIVALS, f"execution.address='{address}'")
    assert "tcp://HOST:PORT" in line


# Files that are none


@pytest.mark.parametrize("word", ["parameters", "design.method=list", "scenario", "experiment"])
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "large"])
def test_only_a_regular_file_of_some_size_is_read(word: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"{word}/own.yaml"
    path.parent.mkdir()
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "folder":
            path.mkdir()
        case _:
            with path.open("w") as file:
                file.truncate(10**10)
    words = {"parameters": (f"parameters={path}",),
             "design.method=list": ("design.method=list", f"design.file={path}")}  # fmt: skip
    own = (f"--config-dir={tmp_path}", RIVALS if word != "scenario" else "worlds=3")
    (line,) = told(*own, *words.get(word, (f"{word}=own",)))
    assert ("more than" if kind == "large" else "is not a regular file") in line


@pytest.mark.parametrize(
    "number", ["0.1_0", "\uff10.\uff11", "\u0660.\u0661", "0x0", "nan", "inf", "1e999"]
)
def test_a_number_in_a_csv_is_of_plain_digits(number: str) -> None:
    write(Path("list.csv"), f"offence\n0.5\n{number}\n")
    (line,) = told(RIVALS, "design.method=list", "design.file=list.csv")
    assert "list.csv, line 3: offence" in line
    write(Path("drawn.csv"), f"weight,offence\n1,0.5\n1,{number}\n{number},0.5\n")
    lines = told(RIVALS, "parameters=drawn.csv")
    assert "drawn.csv, line 3: offence" in lines[0]
    assert "drawn.csv, line 4: weight" in lines[1]


@pytest.mark.parametrize("number", ["0.5", "+.5", "5e-1", "1", "1.", " 0.25 ", "1E-05", "0"])
def test_a_number_in_a_csv_may_be_written_as_programs_do(number: str) -> None:
    write(Path("list.csv"), f"\ufeffoffence\n{number}\n")
    (job,) = read_jobs([RIVALS, "design.method=list", "design.file=list.csv"])
    assert job.points[0].parameters["offence"] == float(number)


def test_a_list_with_the_same_point_twice_gets_a_remark(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played = SimpleNamespace(run=lambda job: job.output)
    monkeypatch.setitem(sys.modules, "sim.report", played)
    words = [RIVALS, "design.method=list", "design.file=list.csv"]
    write(Path("list.csv"), "offence,hotline\n0.5,1\n0.1,1\n0.50,1.0\n5e-1,1\n")
    assert main(words) == 0
    assert "the same point more than once: 0, 2, 3\n" in capsys.readouterr().err
    write(Path("list.csv"), "offence,hotline\n0.5,1\n0.1,1\n0.5,0\n")
    assert main(words) == 0
    assert capsys.readouterr().err == ""


# Text as it is typed


@pytest.mark.parametrize(
    "text",
    ["Größe", "1e3", "a,b", "3", "true", "it's", 'a "b" \\', "\\'", "[x] {y}: z", "a=b", "a, b; c",
     "(x", "range(1,2)", "x # y", "null and void", "早"],
)  # fmt: skip
def test_text_needs_no_quotes_beyond_the_shells(text: str) -> None:
    words = (f"output={text}", f"scenario.title={text}", "scenario=nordic_accession",
             f"scenario.events[0].what={text}", f"+scenario.events.1.source={text}")  # fmt: skip
    for several in ([], ["-m"] if "," not in text else []):
        (job,) = read_jobs([*several, *words])
        assert job.scenario.title == text
        assert str(job.output) == (f"{text}/0" if several else text)
        assert text in [event.what for event in job.scenario.events]
        assert text in [event.source for event in job.scenario.events]


def test_text_may_be_quoted_and_a_multirun_lists_its_values() -> None:
    assert str(read_jobs([RIVALS, "output='a,b'"])[0].output) == "a,b"
    found = read_jobs(["-m", RIVALS, "scenario.title=a,b"])
    assert [job.scenario.title for job in found] == ["a", "b"]


def test_what_must_be_quoted_says_how() -> None:
    (line,) = told(RIVALS, "vary.scenario.title=[Größe]")
    assert """quoted: 'vary.scenario.title="..."'""" in line


def test_an_entry_of_a_list_is_set_as_messages_name_it() -> None:
    words = ("scenario=nordic_accession", "scenario.events[1].date=1999-01-01")
    (line,) = told(*words)
    assert line.startswith(f"  override {words[1]}: scenario.events[1].date = ")


# Anything at all


def assert_sound(job: Job) -> None:
    """Look at every value of a job that could be out of range."""
    assert 1 <= job.n_worlds <= 10_000_000
    assert 1 <= job.n_weeks <= 5200
    assert 0 <= job.seed < 2**64
    threads = job.execution.threads
    assert threads is None or 1 <= threads <= 1024
    assert isinstance(job.paired, bool)
    assert all(0 <= world < job.n_worlds for world in job.tracks)
    assert len(set(job.tracks)) == len(job.tracks)
    assert 1 <= len(job.points) <= 100_000
    for point in job.points:
        assert set(point.parameters) == set(COEFFICIENTS)
        assert all(COEFFICIENTS[name].allows(value) for name, value in point.parameters.items())
    atlas = job.scenario.roster.atlas
    for array in (atlas.relation_traits, atlas.pair_traits, atlas.state_traits, atlas.event_size):
        assert np.isfinite(array).all()
        assert (np.abs(array) <= 100.0).all()
    assert all(0 <= e.week < job.n_weeks and 0 <= e.size <= 1 for e in job.scenario.events)
    assert len(atlas.event_first) <= job.n_weeks + 1
    assert job.scenario.start.weekday() == 0


EVENT = {
    "date": "2025-01-07", "kind": "speech", "actor": "AAA", "target": "east", "size": 0.5,
    "what": "words", "source": "assumption",
}  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([-1, 0, 1, 2, 0.25, 0.5, 1.2, 10**400, 2**64, math.nan, math.inf, -0.0])
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["AAA", "BBB", "NOR", "RUS", "west", "NO", "war", "speech", "baseline", "${seed}", "../x",
         "_target_", "2025-01-06", "2025-13-01", "AAA>BBB", "AAA-BBB", "9" * 300, "\ud800", "\0"]
    )
)  # fmt: skip
NAMES = st.sampled_from([*BASE.tree, *BASE.tree["scenario"], *EVENT, *list(COEFFICIENTS)[:9]])
JUNK = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(SCALARS.filter(lambda x: x == x) | NAMES, inner, max_size=3)
    ),
    max_leaves=6,
)


def places(tree: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything in a tree."""
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree)
    found = []
    for step, value in inside:
        found.append((*here, step))
        if isinstance(value, dict | list):
            found += places(value, (*here, step))
    return found


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_config_is_a_sound_job_or_told_faults(data: st.DataObject) -> None:
    tree = copy.deepcopy(dict(BASE.tree))
    tree["scenario"]["events"] = [dict(EVENT)]
    tree |= {"parameters": {"fear_gain": 2.0, "offence": 0.5}, "vary": {"hotline": [0, 1]}}
    tree["tracks"] = [1]
    for _ in range(data.draw(st.integers(0, 3))):
        path = data.draw(st.sampled_from(places(tree)))
        node: Any = tree
        for step in path[:-1]:
            node = node[step]
        match data.draw(st.sampled_from(["change", "remove", "add"])):
            case "change":
                node[path[-1]] = data.draw(JUNK)
            case "remove":
                del node[path[-1]]
            case _ if isinstance(node, list):
                node.append(data.draw(JUNK))
            case _:
                node[data.draw(NAMES)] = data.draw(JUNK)
    try:
        job = check(replace(BASE, tree=tree), datetime.now(UTC))
    except InputError as error:
        shown = str(error)
    else:
        assert_sound(job)
        assert job.output.resolve().is_relative_to(Path.cwd() / "outputs")
        assert job.execution.address is None
        return
    assert shown.isprintable() or "\n" in shown


def test_a_key_that_is_no_text_hides_what_is_missing_but_is_no_crash() -> None:
    with pytest.raises(InputError, match="scenario"):
        check(replace(BASE, tree={**BASE.tree, "scenario": {"\ud800": None}}), datetime.now(UTC))


WORDS = st.lists(
    st.text(max_size=12)
    | st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["", "", "+", "++", "~", "--", "-"]),
        st.sampled_from(
            ["worlds", "seed", "parameters.fear_gain", "parameters", "vary.offence", "vary.world",
             "world", "scenario", "scenario.states", "scenario.traits.AAA", "tracks", "output",
             "execution.shard", "hydra", "hydra.run.dir", "m", "multirun", "cfg", "a/b", "a@b", ""]
        ),
        st.sampled_from(["=", "=", "=", "", ":"]),
        st.sampled_from(
            ["1", "0", "-1", "nan", "[1,2]", "[0.1,0.9]", "1,2", "range(0,3)", "glob(*)", "null",
             "{a:1}", "two_rivals", "doubly_stable", "choice(1,2)", "interval(0,1)", "${seed}",
             "'x", "[[", "x=y", "../x", "9" * 5000, "sort(3,2)", "int(2)", "[AAA,BBB]"]
        ),
    ),
    max_size=4,
)  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(WORDS, st.booleans())
def test_any_word_is_understood_or_a_fault(words: list[str], multirun: bool) -> None:
    line = CommandLine.of([RIVALS, *(["-m"] if multirun else []), *words])
    for word in line.words:
        faulty = any(fault.source == word.source for fault in line.faults)
        assert bool(word.strings) != faulty, word


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(WORDS)
def test_any_command_line_is_sound_jobs_or_told_faults(words: list[str]) -> None:
    with contextlib.suppress(InputError):
        for job in read_jobs([RIVALS, *words]):
            assert_sound(job)


def test_the_base_of_the_random_configs_is_itself_sound() -> None:
    job = check(BASE, datetime.now(UTC))
    assert_sound(job)
    assert dict(job.points[0].parameters) == defaults()
