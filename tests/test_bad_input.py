"""Whatever is typed: every fault is told at once, with exit code 2 and no traceback."""

from __future__ import annotations

import copy
import math
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.__main__ import CommandLine, main, read_jobs
from sim.checking.findings import Composed
from sim.checking.job import check
from sim.checking.sources import SIZE, InputError
from sim.ensemble import WIDTHS
from sim.parameters import COEFFICIENTS, defaults
from sim.scenario import Job

ROOT = Path(__file__).parent.parent
RIVALS = "scenario=two_rivals"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test in an empty folder of its own."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def told(*arguments: str) -> list[str]:
    """Return the lines of the message, one a fault."""
    with pytest.raises(InputError) as raised:
        read_jobs(arguments)
    return str(raised.value).split("\n")[1:]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


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
        "miscalculation=hgih", "worlds=0", "parameters.fear_gian=3", "parameters.misread_intent=1.2",
        "a b=1", "execution.lanes=3", "vary.ofence=[0.1]", "output=../out",
    )  # fmt: skip
    own = str(tmp_path / "mine/scenario/own.yaml")
    wanted = [
        ("--bogus", "no such flag"),
        (own, "rethoric", "0.5", "rhetoric"),
        (own, "AAA>BBB.fear", "1.5", "from 0 to 1"),
        (own, "traits.CCC", "not among the scenario's states"),
        ("wolrd=doubly_stable", "no such key", "did you mean world?"),
        ("miscalculation=hgih", "hair_trigger, high", "did you mean high?"),
        ("worlds=0", "worlds = 0", "from 1 to 10000000"),
        ("parameters.fear_gian=3", "did you mean fear_gain?"),
        ("misread_intent=1.2", "from 0 to 0.5"),
        ("a b=1", "not key=value"),
        ("execution.lanes=3", "1, 4, 8, 16"),
        ("vary.ofence", "did you mean offence?"),
        ("output=../out", "must lie in the current folder"),
    ]
    for parts in wanted:
        assert any(all(part in line for part in parts) for line in lines), parts
    assert len(lines) == len(wanted), lines


def test_the_process_ends_with_exit_code_2_and_without_a_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sim", "worlds=0", "sead=3", "\udcff=1"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "SPIRAL_JIT": "0"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for part in ("3 faults", "worlds = 0", "did you mean seed?", "\\udcff=1"):
        assert part in done.stderr


@pytest.mark.parametrize("shown", [[], ["--cfg", "job"], ["--info", "config"]])
def test_a_typo_is_refused_whatever_is_asked_for(
    shown: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*shown, RIVALS, "miscalculatoin=high"]) == 2
    assert "did you mean miscalculation?" in capsys.readouterr().err


# One value


@pytest.mark.parametrize("name", ["fear_gain", "misread_intent", "deploy_base"])
def test_a_parameter_must_be_a_number_in_its_declared_range(name: str) -> None:
    c = COEFFICIENTS[name]
    junk = [
        c.low - 0.01,
        c.high + 0.01,
        "nan",
        "inf",
        "-inf",
        "true",
        "'1'",
        "null",
        "[1]",
        "{a:1}",
    ]
    for value in [*junk, "1" + "0" * 400, "abc"]:
        (line,) = told(RIVALS, f"parameters.{name}={value}")
        assert f"must be a number from {c.low:g} to {c.high:g}" in line
    for value in (c.low, c.high):
        (job,) = read_jobs([RIVALS, f"parameters.{name}={value}"])
        assert job.points[0].parameters[name] == value


@pytest.mark.parametrize(
    ("override", "allowed"),
    [
        ("worlds=0", "from 1 to 10000000"),
        ("worlds=-5", "from 1 to 10000000"),
        ("worlds=10000001", "from 1 to 10000000"),
        ("worlds=2.5", "whole number"),
        ("worlds=true", "whole number"),
        ("worlds='5'", "whole number"),
        ("worlds=null", "whole number"),
        ("worlds=" + "9" * 400, "whole number"),
        ("worlds=" + "9" * 4900, "not key=value"),
        ("worlds=[1]", "whole number"),
        ("worlds.x=1", "whole number"),
        ("~worlds", "must be given"),
        ("weeks=0", "from 1 to 5200"),
        ("weeks=5201", "from 1 to 5200"),
        ("seed=-1", "from 0 to 18446744073709551615"),
        ("seed=18446744073709551616", "from 0 to 18446744073709551615"),
        ("seed=1e3", "whole number"),
        ("paired=1", "true or false"),
        ("paired=yes", "true or false"),
        ("design=lhs", "grid"),
        ("execution.lanes=3", "1, 4, 8, 16"),
        ("execution.lanes=true", "1, 4, 8, 16"),
        ("execution.threads=0", "from 1 to 1024"),
        ("execution.thread=2", "did you mean threads?"),
        ("threads=2", "did you mean execution.threads?"),
        ("fear_gain=2", "did you mean parameters.fear_gain?"),
        ("world.offence=0.2", "is a group"),
        ("parameters=3", "a mapping"),
        ("parameters.typo=1", "no such parameter"),
        ("tracks=[2000]", "from 0 to 1999"),
        ("tracks=[-1]", "from 0"),
        ("tracks=[1,1]", "given twice"),
        ("tracks=3", "a list"),
        ("tracks=[" + "0," * 1000 + "0]", "at most 1000 entries"),
        ("output=3", "printable text"),
        ("output='a\u202eb'", "not key=value"),
        ("output=''", "printable text"),
        ("x=" + "[" * 3000, "not key=value"),
        ("x=" + "1" * 6000, "longer than 5000"),
    ],
)
def test_a_setting_out_of_range_is_refused(override: str, allowed: str) -> None:
    (line,) = told(RIVALS, override)
    assert allowed in line
    assert len(line) < 400


@pytest.mark.parametrize(
    ("override", "allowed"),
    [
        ("scenario=crimea", "did you mean crimea_2014?"),
        ("scenario=../scenario/two_rivals", "choose one of"),
        ("scenario=/etc/passwd", "choose one of"),
        ("scenario=[two_rivals]", "choose one of"),
        ("doctrine=null", "choose one of"),
        ("+doctrine=mixed", "write doctrine=option"),
        ("~doctrine", "write doctrine=option"),
        ("doctrine@world=mixed", "write doctrine=option"),
        ("doctrin=mixed", "did you mean doctrine?"),
        ("doctrine/sub=mixed", "no such group"),
        ("doctrine=mixed,spiral", "--multirun"),
        ("worlds=1,2", "--multirun"),
        ("hydra.run.dir=/tmp", "Hydra's own settings"),
        ("hydra/launcher=basic", "Hydra's own settings"),
        ("hydra.searchpath=[/tmp]", "Hydra's own settings"),
        ("parameters._target_=os.system", "_target_ is not allowed"),
        ("scenario.title=${oc.env:HOME}", "interpolation"),
        ("parameters.fear_gain=${seed}", "interpolation"),
        ("=3", "not key=value"),
        ("worlds", "not key=value"),
        ("", "not key=value"),
        ("é=1", "not key=value"),
        ("worlds=\x00", "not key=value"),
        ("--config-path=/tmp", "--config-dir"),
        ("--experimental-rerun=x.pickle", "--config-dir"),
        ("--config-dir=nowhere", "no such folder"),
    ],
)
def test_a_word_that_is_no_choice_is_refused(override: str, allowed: str) -> None:
    (line,) = told(override)
    assert allowed in line


# What is varied


@pytest.mark.parametrize(
    ("overrides", "allowed"),
    [
        (["vary.offence=[]"], "1 to 1000 levels"),
        (["vary.offence=0.5"], "1 to 1000 levels"),
        (["vary.offence=[0.1,1.2]"], "from 0 to 1"),
        (["vary.offence=[0.1,nan]"], "from 0 to 1"),
        (["vary.offence=[0.1,'0.2']"], "from 0 to 1"),
        (["vary.offence=[0.1,0.1]"], "given twice"),
        (["vary.wrold=[baseline]"], "did you mean world?"),
        (["vary.scenario=[two_rivals]"], "neither a parameter nor"),
        (["vary.world=[baseline,doubly_stabel]"], "did you mean doubly_stable?"),
        (["vary.world=['../world/baseline']"], "choose one of"),
        (["vary.world=[1]"], "choose one of"),
        (["vary.offence=[0.1,0.2]", "parameters.offence=0.3"], "has no effect"),
        (["vary.world=[baseline]", "world=doubly_stable"], "has no effect"),
        (["vary.world=[doubly_stable]", "vary.offence=[0.1]"], "varied by"),
    ],
)
def test_levels_must_be_there_valid_and_different(overrides: list[str], allowed: str) -> None:
    (line,) = told(RIVALS, *overrides)
    assert allowed in line


def test_a_grid_of_more_than_100000_points_is_refused_before_it_is_made() -> None:
    levels = ",".join(f"0.{k:03d}" for k in range(400))
    overrides = [f"vary.{name}=[{levels}]" for name in ("offence", "distinguishability")]
    (line,) = told(RIVALS, *overrides)
    assert "160000 points" in line


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
        ("states: [AAA, BBB, NRO]", ("no such state", "did you mean NOR?")),
        ("states: [AAA, BBB, AAA]", ("states[2]", "given twice")),
        ("states: AAA", ("states", "must be a list")),
        ("start: 2025-01-07", ("start", "must be a Monday", "Tuesday")),
        ("start: soon", ("start", "YYYY-MM-DD")),
        ("start: 2025-02-30", ("start", "YYYY-MM-DD")),
        ("blocs: {west: {members: [BBB]}}", ("east.leader", "is in west already")),
        ("blocs: {west: {members: [AAA]}}", ("west.members[0]", "given twice")),
        ("blocs: {west: {leader: NOR}}", ("west.leader", "not among")),
        ("blocs: {north: {leader: AAA}}", ("blocs.north", "no such key")),
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
        ('pairs: {"BBB-AAA": {channel: 0.1}}', ("BBB-AAA", "given as AAA-BBB too")),
        ('pairs: {"AAA-BBB": {violence: wra}}', ("violence", "did you mean war?")),
        ("invented: {AAA: {number: 70000}}", ("number", "from 1 to 65535")),
        ("invented: {AAA: {number: 15707}}", ("number", "of AAA")),
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
        ("traits: &a {AAA: *a}", ("line", "anchors")),
        ("title: !!python/object:os.system x", ("line", "tags")),
        ("title: a\ntitle: b", ("line", "duplicate")),
        ("title: [", ("line", "not YAML")),
        ("a: " + "[" * 40 + "]" * 40, ("nested deeper",)),
        ("states: [" + "AAA," * 60000 + "]", ("more than 50000 entries",)),
        ("states: [" + "AAA," * 400 + "]", ("at most 300 entries",)),
        ("title: " + "9" * 5000, ("cannot be read", "digits")),
        ('title: "\\u202e"', ("title", "printable text")),
        ("title: ''", ("title", "1 to 120 characters")),
        ("title: " + "x" * 200, ("title", "1 to 120 characters")),
        ("account: " + "x" * SIZE, (f"{SIZE} are allowed",)),
        ("hydra: {run: {dir: /tmp}}", ("Hydra's own settings",)),
        (event(kind="spech"), ("kind", "did you mean speech?")),
        (event(date='"2025-01-05"'), ("date", "before the start")),
        (event(date='"2027-01-05"'), ("date", "weeks must be 105 or more")),
        (event(actor="CCC"), ("actor", "not among")),
        (event(actor="nroth"), ("actor", "not among")),
        (event(target="AAA"), ("AAA and AAA have no relation",)),
        (event(target="west"), ("AAA and west have no relation",)),
        (event(size=None), ("size", "must be given")),
        (event(size=0.3), ("size", "0.25, 0.5, 0.75")),
        (event(size=1.2), ("size", "from 0 to 1")),
        (event(kind="war", size=0.5), ("size", "carries no size")),
        (event(kind="accession", size=None), ("actor", "leads no bloc")),
        (event(kind="force", size=0.5), ("size", "must be 1")),
        (event(place="Oslo"), ("place", "no such key")),
    ],
)
def test_a_fault_in_a_scenarios_file_is_told_with_its_place(
    text: str, parts: tuple[str, ...], tmp_path: Path
) -> None:
    path = write(tmp_path / "scenario/own.yaml", f"{SOUND}{text}\n")
    lines = told(f"--config-dir={tmp_path}", "scenario=own")
    for line in lines:
        assert str(path) in line
    assert any(all(part in line for part in parts) for line in lines), lines
    assert len(lines) <= 2, lines


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
    (line,) = told(f"--config-dir={tmp_path}", "scenario=single")
    assert "PRT and TJK have no relation" in line
    (job,) = read_jobs([f"--config-dir={tmp_path}", "scenario=whole"])
    assert 0 < len(job.scenario.roster.atlas.event_row) < 32


def test_a_relation_of_two_states_that_have_none_is_refused(tmp_path: Path) -> None:
    write(
        tmp_path / "scenario/dead.yaml",
        'defaults: [attache_briefing, _self_]\nrelations: {"PRT>TJK": {fear: 1}}\n',
    )
    (line,) = told(f"--config-dir={tmp_path}", "scenario=dead")
    assert "PRT and TJK have no relation here" in line


# Files


@pytest.mark.parametrize(
    ("name", "text", "parts"),
    [
        ("world/own.yaml", "offence: 0.2\n", ("must begin with", "# @package parameters")),
        ("world/own.yaml", "# @package _global_\nworlds: 3\n", ("must begin with",)),
        ("world/own.yaml", "# @package parameters\nofence: 0.2\n", ("did you mean offence?",)),
        ("world/own.yaml", "# @package parameters\n- 3\n", ("must be a mapping",)),
        ("world/own.yaml", "# @package parameters\ndefaults: [own]\n", ("defaults", "one other")),
        ("world/own.yaml", "# @package parameters\ndefaults: [../../x]\n", ("choose one of",)),
        ("world/own.yaml", "# @package parameters\ndefaults: [/hydra/x]\n", ("choose one of",)),
        ("world/own.yaml", "# @package parameters\ndefaults: [{/a: b}]\n", ("defaults",)),
        ("world/own.yaml", "# @package parameters\ndefaults: [two]\n", ("lie on itself",)),
        ("world/doubly_stable.yaml", "# @package parameters\n{}\n", ("hides the project's",)),
        (
            "experiment/own.yaml",
            "# @package _global_\ndefaults: [override /world: nowhere]\n",
            ("choose one of",),
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
            ("Hydra's own settings",),
        ),
    ],
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


def test_a_broken_file_does_not_hide_other_faults(tmp_path: Path) -> None:
    write(tmp_path / "scenario/own.yaml", "title: &a x\n")
    lines = told(f"--config-dir={tmp_path}", "scenario=own", "seed=-1", "parameters.typo=1")
    assert len(lines) == 3


# Where the output goes


def test_an_output_outside_the_current_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    Path("link").symlink_to(tmp_path / "there")
    Path("file").write_text("")
    for override in ("output=../x", f"output={tmp_path}/x", "output=link/x", "output_root=/tmp"):
        (line,) = told(RIVALS, override)
        assert "must lie in the current folder" in line
    for override in ("output=file/x", "output=file"):
        (line,) = told(RIVALS, override)
        assert "is not a folder" in line
    (line,) = told(RIVALS, f"output={'x' * 900}")
    assert "cannot be a folder" in line
    (job,) = read_jobs([RIVALS, f"output={Path.cwd()}/x"])
    assert job.output == Path.cwd() / "x"


def test_results_are_never_written_over() -> None:
    write(Path("done/manifest.json"), "{}")
    (line,) = told(RIVALS, "output=done")
    assert "already holds a manifest.json" in line
    Path("empty").mkdir()
    assert read_jobs([RIVALS, "output=empty"])[0].output == Path("empty")


# Anything at all


def assert_sound(job: Job) -> None:
    """Look at every value of a job that could be out of range."""
    assert 1 <= job.n_worlds <= 10_000_000
    assert 1 <= job.n_weeks <= 5200
    assert 0 <= job.seed < 2**64
    assert job.lanes in WIDTHS
    assert job.threads is None or 1 <= job.threads <= 1024
    assert isinstance(job.paired, bool)
    assert all(0 <= world < job.n_worlds for world in job.tracks)
    assert len(set(job.tracks)) == len(job.tracks)
    assert job.output.resolve().is_relative_to(Path.cwd())
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


BASE = CommandLine.of([RIVALS, "vary.hotline=[0,1]", "tracks=[1]"])._compose((0, 0, 0), 0, [])
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
    tree["parameters"] = {"fear_gain": 2.0, "offence": 0.5}
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
    composed = Composed(tree, BASE.chosen, BASE.files, BASE.sources)
    try:
        assert_sound(check(composed, datetime.now(UTC)))
    except InputError as error:
        assert error.faults
        assert str(error).isprintable() or "\n" in str(error)


WORDS = st.lists(
    st.text(max_size=12)
    | st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["", "", "+", "++", "~", "--", "-"]),
        st.sampled_from(
            ["worlds", "seed", "parameters.fear_gain", "parameters", "vary.offence", "vary.world",
             "world", "scenario", "scenario.states", "scenario.traits.AAA", "tracks", "output",
             "execution.lanes", "hydra", "hydra.run.dir", "m", "multirun", "cfg", "a/b", "a@b", ""]
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


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(WORDS)
def test_any_command_line_is_sound_jobs_or_told_faults(words: list[str]) -> None:
    try:
        for job in read_jobs([RIVALS, *words]):
            assert_sound(job)
    except InputError as error:
        assert error.faults


def test_the_base_of_the_random_configs_is_itself_sound() -> None:
    job = check(BASE, datetime.now(UTC))
    assert_sound(job)
    assert dict(job.points[0].parameters) == defaults()
