"""From the command line to a job: what a config says is what is played."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import yaml

import sim
from sim import __main__ as cli
from sim.__main__ import main, read_jobs
from sim.config.job import load_scenario
from sim.config.sources import CONFIGS, GROUPS, PARAMETER_GROUPS
from sim.errors import InputError
from sim.model.parameters import COEFFICIENTS, Parameters, defaults
from sim.model.roster import BY_RULE, PairTraits, RelationTraits, StateTraits
from sim.model.vocabulary import Bloc, Happening
from sim.plan.calendar import members
from sim.plan.scenario import Job, Scenario

ROOT = Path(__file__).parent.parent
SCENARIOS = sorted(path.stem for path in (CONFIGS / "scenario").glob("*.yaml"))
RIVALS = "scenario=two_rivals"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test in an empty folder of its own."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def job(*overrides: str) -> Job:
    (only,) = read_jobs(overrides)
    return only


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def own_scenario(folder: Path, text: str) -> Scenario:
    """Return a scenario that lies on the two rivals."""
    write(folder / "scenario/own.yaml", f"defaults: [two_rivals, _self_]\n{text}")
    return sim.load_scenario("own", folder)


def relation_trait(at: Scenario, owner: str, rival: str, name: str) -> float:
    r = at.roster.relation(owner, rival)
    return float(str(at.roster.atlas.relation_traits[r, RelationTraits.FIELDS.index(name), 0]))


def state_trait(at: Scenario, code: str, name: str) -> float:
    i = at.roster.codes.index(code)
    return float(str(at.roster.atlas.state_traits[i, StateTraits.FIELDS.index(name), 0]))


def pair_trait(at: Scenario, one: str, other: str, name: str) -> float:
    p = at.roster.atlas.pair[at.roster.relation(one, other)]
    return float(str(at.roster.atlas.pair_traits[p, PairTraits.FIELDS.index(name), 0]))


def calendar(at: Scenario) -> list[tuple[int, Happening, int, float]]:
    """Return week, kind, row and size of every entry of the atlas's calendar."""
    atlas = at.roster.atlas
    return [
        (
            week,
            Happening(atlas.event_kind[e]),
            int(atlas.event_row[e]),
            float(str(atlas.event_size[e])),
        )
        for week in range(len(atlas.event_first) - 1)
        for e in range(atlas.event_first[week], atlas.event_first[week + 1])
    ]


# What is chosen is what is played


def test_the_default_is_the_briefing_at_declared_values() -> None:
    j = job()
    assert (j.experiment, j.scenario.name) == ("escalation", "attache_briefing")
    assert (j.n_worlds, j.n_weeks, j.seed, j.paired, j.tracks) == (2000, 104, 1, True, ())
    assert [dict(point.label) for point in j.points] == [{}]
    assert dict(j.points[0].parameters) == defaults()
    assert j.output.parts[:2] == ("outputs", "escalation")
    assert json.loads(json.dumps(j.resolved))["scenario"]["title"] == j.scenario.title


def test_settings_reach_the_job() -> None:
    j = job(
        RIVALS, "worlds=50", "weeks=9", "seed=18446744073709551615", "tracks=[7,0]",
        "paired=false", "execution.threads=2", "output=results/one",
    )  # fmt: skip
    assert (j.n_worlds, j.n_weeks, j.seed) == (50, 9, 2**64 - 1)
    assert (j.tracks, j.paired) == ((0, 7), False)
    assert j.execution.threads == 2
    assert j.output == Path("results/one")


@pytest.mark.parametrize("group", PARAMETER_GROUPS)
def test_every_option_of_a_group_sets_its_parameters_and_no_others(group: str) -> None:
    files = sorted((CONFIGS / group).glob("*.yaml"))
    said = {path.stem: yaml.safe_load(path.read_text()) or {} for path in files}
    j = job(RIVALS, f"vary.{group}=[{','.join(said)}]")
    for point in j.points:
        option = str(point.label[group])
        assert dict(point.parameters) == {**defaults(), **said[option]}, option
    n_different = len({tuple(sorted(values.items())) for values in said.values()})
    assert n_different == len(said), "two options are the same"


@pytest.mark.parametrize("choice", ["world=doubly_stable", "diplomacy=full", "doctrine=mixed"])
def test_a_chosen_option_sets_its_parameters(choice: str) -> None:
    group, option = choice.split("=")
    said = yaml.safe_load((CONFIGS / group / f"{option}.yaml").read_text())
    assert dict(job(RIVALS, choice).points[0].parameters) == {**defaults(), **said}


def test_a_parameter_on_the_command_line_wins_over_a_group_and_stands_in_its_column() -> None:
    j = job(RIVALS, "miscalculation=high", "parameters.miscalculation_strength=3")
    assert j.points[0].parameters["miscalculation_strength"] == 3.0
    block = j.parameter_points()
    assert block.shape == (1, len(COEFFICIENTS))
    assert block[0, Parameters.FIELDS.index("miscalculation_strength")] == 3.0
    assert block[0, Parameters.FIELDS.index("fear_gain")] == COEFFICIENTS["fear_gain"].value


def test_vary_makes_the_full_grid_with_labels() -> None:
    j = job(RIVALS, "vary.offence=[0.1,0.9]", "vary.miscalculation=[none,high]")
    found = [
        (
            dict(point.label),
            point.parameters["offence"],
            point.parameters["miscalculation_strength"],
        )
        for point in j.points
    ]
    assert found == [
        ({"offence": 0.1, "miscalculation": "none"}, 0.1, 0.0),
        ({"offence": 0.1, "miscalculation": "high"}, 0.1, 2.0),
        ({"offence": 0.9, "miscalculation": "none"}, 0.9, 0.0),
        ({"offence": 0.9, "miscalculation": "high"}, 0.9, 2.0),
    ]
    at = Parameters.FIELDS.index("offence")
    assert j.parameter_points()[:, at].tolist() == [0.1, 0.1, 0.9, 0.9]


def test_a_varied_group_replaces_its_choice_and_leaves_other_parameters_alone(
    tmp_path: Path,
) -> None:
    write(
        tmp_path / "mine/experiment/two.yaml",
        "# @package _global_\ndefaults:\n  - override /world: doubly_dangerous\n"
        "vary: {world: [baseline, doubly_stable]}\n",
    )
    j = job(f"--config-dir={tmp_path}/mine", RIVALS, "experiment=two", "parameters.fear_gain=3")
    assert [p.parameters["offence"] for p in j.points] == [COEFFICIENTS["offence"].value, 0.1]
    assert {p.parameters["fear_gain"] for p in j.points} == {3.0}


def test_four_worlds_compares_two_rivals_without_a_quarrel() -> None:
    j = job("experiment=four_worlds")
    assert j.scenario.name == "two_rivals"
    assert relation_trait(j.scenario, "AAA", "BBB", "start_grievance") == 0.0
    assert {p.parameters["challenger_greed"] for p in j.points} == {0.0}
    cells = {(p.parameters["offence"], p.parameters["distinguishability"]) for p in j.points}
    assert cells == {(0.9, 0.1), (0.9, 0.9), (0.1, 0.1), (0.1, 0.9)}


# Scenarios


@pytest.mark.parametrize("name", SCENARIOS)
def test_all_that_a_shipped_scenario_says_reaches_its_roster(name: str) -> None:
    at = sim.load_scenario(name)
    said = yaml.safe_load((CONFIGS / "scenario" / f"{name}.yaml").read_text())
    assert set(at.roster.codes) == set(said["states"])
    assert at.roster.leaders == tuple(said["blocs"][side]["leader"] for side in ("west", "east"))
    about = said.get("subject", "-".join(at.roster.leaders))
    assert set(at.roster.subject) == {about[:3], about[-3:]}
    assert at.roster.names_subject == ("subject" in said)
    for key, start in said.get("relations", {}).items():
        for trait, value in start.items():
            assert relation_trait(at, key[:3], key[4:], f"start_{trait}") == value, key
    for key, start in said.get("pairs", {}).items():
        if "channel" in start:
            assert pair_trait(at, key[:3], key[4:], "start_channel") == start["channel"]
    for code, traits in said.get("traits", {}).items():
        for trait, value in traits.items():
            name_there = "start_hosted" if trait == "hosted" else trait
            assert state_trait(at, code, name_there) == value
    assert [e.week for e in at.events] == [
        (date.fromisoformat(e["date"]) - at.start).days // 7 for e in said["events"]
    ]
    assert max((e.week for e in at.events), default=0) < 104, "beyond the default horizon"


def test_the_briefing_is_heard_by_every_western_member_and_at_home() -> None:
    at = sim.load_scenario("attache_briefing")
    (event,) = at.events
    assert (event.kind, event.date, event.week) == (Happening.BRIEFING, date(2025, 12, 18), 0)
    told = [at.roster.relations[r] for _, kind, r, _ in calendar(at) if kind == Happening.SPEECH]
    west = set(members(at.roster, "west"))
    assert {rival for _, rival in told if rival in at.roster.blocs} == west
    assert len(west) == 32
    assert {owner for owner, _ in told} == {event.actor} == {"RUS"}
    spoken = at.roster.atlas.event_kind == Happening.SPEECH
    assert set(at.roster.atlas.event_target[spoken]) == {Bloc.WEST}  # a neutral once it has joined
    assert {(week, size) for week, _, _, size in calendar(at)} == {(0, 0.75)}
    (speaker,) = [row for _, kind, row, _ in calendar(at) if kind == Happening.BRIEFING]
    assert at.roster.codes[speaker] == "RUS"


def test_wars_and_ceasefires_name_relations_and_accessions_name_states() -> None:
    at = sim.load_scenario("georgia_2008")
    fought = at.roster.relation("RUS", "GEO")

    def of(kind: Happening) -> list[tuple[int, float]]:
        return [(row, size) for _, k, row, size in calendar(at) if k == kind]

    assert of(Happening.WAR) == [(fought, 2.0)]
    assert of(Happening.CEASEFIRE) == [(fought, 0.0)]
    joined = [(at.roster.codes[row], size) for row, size in of(Happening.ACCESSION)]
    assert sorted(joined) == [("ALB", 1.0), ("HRV", 1.0)]


def test_a_war_at_the_start_is_the_pairs_violence() -> None:
    at = sim.load_scenario("attache_briefing")
    assert pair_trait(at, "UKR", "RUS", "start_violence") == 2.0
    assert pair_trait(at, "USA", "RUS", "start_violence") == 0.0


def test_the_leader_of_the_east_is_the_challenger_unless_a_trait_says_otherwise() -> None:
    def challengers(at: Scenario) -> list[str]:
        return [code for code in at.roster.codes if state_trait(at, code, "challenger") > 0.0]

    assert challengers(sim.load_scenario("crimea_2014")) == ["RUS"]
    assert challengers(job(RIVALS).scenario) == ["BBB"]
    assert challengers(job(RIVALS, "scenario.traits.AAA.challenger=1").scenario) == ["AAA"]
    assert challengers(job(RIVALS, "scenario.traits.BBB.challenger=0").scenario) == []


def test_factors_and_directions_of_miscalculation_reach_states_and_relations(
    tmp_path: Path,
) -> None:
    at = own_scenario(
        tmp_path,
        "traits: {BBB: {accident_odds: 3, hostile_share: 0.9}}\n"
        'relations: {"AAA>BBB": {signal_odds: 0.5, yielding_share: 0}}\n',
    )
    assert relation_trait(at, "BBB", "AAA", "accident_odds") == 3.0
    assert relation_trait(at, "BBB", "AAA", "hostile_share") == 0.9
    assert relation_trait(at, "BBB", "AAA", "signal_odds") == 1.0
    assert relation_trait(at, "AAA", "BBB", "accident_odds") == 1.0
    assert relation_trait(at, "AAA", "BBB", "hostile_share") == BY_RULE
    assert relation_trait(at, "AAA", "BBB", "signal_odds") == 0.5
    assert relation_trait(at, "AAA", "BBB", "yielding_share") == 0.0


def test_invented_states_are_numbered_by_their_letters_or_as_given(tmp_path: Path) -> None:
    numbers = {s.code: s.number for s in sim.load_scenario("two_rivals").roster.states}
    assert numbers == {"AAA": 1000 + int("AAA", 36), "BBB": 1000 + int("BBB", 36)}
    given = own_scenario(tmp_path, "invented: {AAA: {number: 60000}}\n")
    assert given.roster.codes == ("BBB", "AAA")


def test_the_order_of_states_and_of_a_pairs_ends_never_matters(tmp_path: Path) -> None:
    whole = yaml.safe_load((CONFIGS / "scenario/two_rivals.yaml").read_text())
    start = {"channel": 0.3, "violence": "clash"}
    turned = {"states": ["BBB", "AAA"], "pairs": {"BBB-AAA": start}, "subject": "BBB-AAA"}
    given = {"pairs": {"AAA-BBB": start}, "subject": "AAA-BBB"}
    write(tmp_path / "scenario/one.yaml", yaml.dump({**whole, **given}))
    write(tmp_path / "scenario/turned.yaml", yaml.dump({**whole, **turned}))
    one, other = (sim.load_scenario(name, tmp_path) for name in ("one", "turned"))
    for a, b in zip(one.roster.atlas, other.roster.atlas, strict=True):
        np.testing.assert_array_equal(a, b)
    assert pair_trait(other, "AAA", "BBB", "start_channel") == 0.3
    assert pair_trait(other, "AAA", "BBB", "start_violence") == 1.0


def test_historical_scenarios_are_about_the_pair_that_they_are_named_for() -> None:
    found = {name: sim.load_scenario(name).roster.subject for name in SCENARIOS}
    assert found["georgia_2008"] == ("RUS", "GEO")
    assert found["crimea_2014"] == ("RUS", "UKR")
    assert found["attache_briefing"] == ("USA", "RUS")


def test_a_subject_can_be_taken_back() -> None:
    roster = job("scenario=georgia_2008", "scenario.subject=null").scenario.roster
    assert roster.subject == roster.leaders == ("USA", "RUS")


def test_nearness_of_invented_states_comes_from_the_scenario(tmp_path: Path) -> None:
    near = "invented: {AAA: {proximity: {BBB: 0.6}}, BBB: {proximity: {AAA: 0.6}}}\n"
    at = own_scenario(tmp_path, near)
    assert relation_trait(at, "AAA", "BBB", "proximity") == 0.6


def test_load_scenario_gives_what_the_command_line_gives() -> None:
    loaded = sim.load_scenario("crimea_2014")
    composed = job("scenario=crimea_2014").scenario
    assert loaded.events == composed.events
    for a, b in zip(loaded.roster.atlas, composed.roster.atlas, strict=True):
        np.testing.assert_array_equal(a, b)


# Files of one's own


def test_own_files_join_the_groups_and_may_lie_on_the_projects(tmp_path: Path) -> None:
    mine = tmp_path / "mi 'ne"
    write(
        mine / "scenario/own.yaml",
        "# @package scenario\ndefaults: [two_rivals, _self_]\ntitle: Own\n"
        'relations: {"AAA>BBB": {fear: 0.5}}\n',
    )
    write(mine / "miscalculation/wild.yaml", "# @package parameters\naccident: 0.05\n")
    j = job("--config-dir", str(mine), "scenario=own", "miscalculation=wild")
    assert (j.scenario.name, j.scenario.title) == ("own", "Own")
    assert relation_trait(j.scenario, "AAA", "BBB", "start_fear") == 0.5
    assert relation_trait(j.scenario, "AAA", "BBB", "start_rhetoric") == 0.25
    assert j.points[0].parameters["accident"] == 0.05
    assert sim.load_scenario("own", mine).title == "Own"


# The command line


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """Put a stand-in for the report, and return the list of jobs that it is given."""
    jobs: list[Job] = []

    def run(job: Job) -> Path:
        jobs.append(job)
        return job.output

    monkeypatch.setitem(sys.modules, "sim.report", SimpleNamespace(run=run))
    return jobs


def test_a_run_plays_one_job_and_hydra_leaves_no_file(played: list[Job]) -> None:
    assert main([RIVALS, "worlds=3"]) == 0
    assert [j.n_worlds for j in played] == [3]
    assert list(Path.cwd().iterdir()) == []


def test_a_multirun_plays_each_combination_into_a_folder_of_its_own(played: list[Job]) -> None:
    assert main(["-m", RIVALS, "miscalculation=none,high", "worlds=3,4", "output=out"]) == 0
    found = [
        (j.points[0].parameters["miscalculation_strength"], j.n_worlds, str(j.output))
        for j in played
    ]
    assert found == [
        (0.0, 3, "out/0"), (0.0, 4, "out/1"), (2.0, 3, "out/2"), (2.0, 4, "out/3")
    ]  # fmt: skip
    assert list(Path.cwd().iterdir()) == []


def test_a_multirun_with_one_fault_plays_nothing(played: list[Job]) -> None:
    assert main(["-m", RIVALS, "worlds=3,0"]) == 2
    assert played == []


class Noon(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Noon:
        return cls(2026, 1, 1, 12, tzinfo=tz)


def test_multiruns_in_the_same_second_do_not_share_a_folder(
    played: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "datetime", Noon)
    for _ in range(3):
        assert main(["-m", RIVALS, "worlds=3,4"]) == 0
    noon = Path("outputs/escalation/2026-01-01T12-00-00Z")
    assert [j.output.relative_to(noon.parent).as_posix() for j in played] == [
        f"{noon.name}{own}/{k}" for own in ("", "-2", "-3") for k in (0, 1)
    ]


def test_a_run_that_is_only_estimated_or_shown_takes_no_folder(played: list[Job]) -> None:
    assert main(["-m", RIVALS, "worlds=3,4", "dry_run=true"]) == 0
    assert main(["--cfg", "job", RIVALS]) == 0
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.parametrize(
    ("failure", "code", "told"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (PermissionError(13, "Permission denied", "out/manifest.json"), 1, "out/manifest.json"),
    ],
)
def test_an_end_before_time_is_one_line_and_an_exit_code(
    failure: BaseException,
    code: int,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(job: Job) -> None:
        raise failure

    stand_in = SimpleNamespace(run=run)
    monkeypatch.setitem(sys.modules, "sim.report", stand_in)
    assert main([RIVALS]) == code
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line


def test_help_tells_what_it_is_and_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "not a forecast" in shown
    for group in GROUPS:
        assert group in shown
        for path in (CONFIGS / group).glob("*.yaml"):
            assert path.stem in shown


@pytest.mark.parametrize(
    "words", [[], ["install=tcsh"], ["worlds=3"], ["query=bash", "install=bash"]]
)
def test_shell_completion_says_what_it_takes(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--shell-completion", *words]) == 2
    assert "must be one of install, uninstall and query: install=bash" in capsys.readouterr().err


def test_shell_completion_installs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--shell-completion", "install=bash"]) == 0
    assert "complete" in capsys.readouterr().out


def test_cfg_shows_the_composed_config(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cfg", "job", RIVALS, "miscalculation=high", "parameters.fear_gain=3"]) == 0
    shown = yaml.safe_load(capsys.readouterr().out)
    assert shown["parameters"]["fear_gain"] == 3
    assert shown["parameters"]["miscalculation_strength"] == 2
    assert shown["scenario"]["states"] == ["AAA", "BBB"]
    assert list(Path.cwd().iterdir()) == []


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run() -> Run:
    def start(*arguments: str, path: Path = ROOT) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            env={**os.environ, "PYTHONPATH": str(path), "SPIRAL_PLAIN": "1"},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return start


def test_neither_import_nor_help_waits_for_heavy_packages(run: Run) -> None:
    heavy = ["pandas", "matplotlib", "mesa", "pyarrow", "scipy"]
    code = (
        "import sys, sim\n"
        "assert not {'numpy', 'hydra', *%r} & set(sys.modules)\n"
        "from sim.__main__ import main\n"
        "main(['--help'])\n"
        "assert not set(%r) & set(sys.modules)\n"
    )
    done = run("-c", code % (heavy, heavy))
    assert done.returncode == 0, done.stderr


def test_configs_are_found_in_a_wheel(run: Run, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(ROOT / "sim", site / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(CONFIGS, site / "sim" / "configs")
    write(site / "sim/configs/scenario/shipped.yaml", "defaults: [two_rivals]\n")
    done = run("-m", "sim", "--help", path=site)
    assert "shipped" in done.stdout, done.stderr


def test_every_public_name_is_there() -> None:
    for name in set(sim.__all__) - {"EscalationModel"}:  # which would load mesa
        assert getattr(sim, name) is not None
    assert "class EscalationModel" in (ROOT / "sim/mesa_model.py").read_text()
    with pytest.raises(AttributeError, match="no_such"):
        sim.no_such  # type: ignore[attr-defined]  # noqa: B018


def test_a_job_cannot_be_changed() -> None:
    j: Any = job(RIVALS)
    with pytest.raises(AttributeError):
        j.n_worlds = 3


_HOMELESS = """
import os, pwd
os.environ.pop("HOME", None)
def nobody(number):
    raise KeyError(number)
pwd.getpwuid = nobody
"""


@pytest.mark.slow
def test_without_a_home_a_run_is_made_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(_HOMELESS)

    def done(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "sim", *words], cwd=tmp_path, capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"}, timeout=300, check=False,
        )  # fmt: skip

    played = done("scenario=two_rivals", "worlds=2", "weeks=3", "output=out")
    assert played.returncode == 0, played.stderr
    refused = done("output=~/x")
    assert refused.returncode == 2
    assert "no matching home folder" in refused.stderr


# Forces forward


def alliances(tmp_path: Path, **more: Any) -> Scenario:
    """Return the two alliances with some things changed, read from a file."""
    tree = yaml.safe_load((CONFIGS / "scenario/two_alliances.yaml").read_text())
    path = tmp_path / "scenario/own.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text("# @package scenario\n" + yaml.safe_dump({**tree, **more}), encoding="utf-8")
    return load_scenario("own", tmp_path)


def test_hosted_of_a_bloc_is_of_its_members_and_not_of_its_leader(tmp_path: Path) -> None:
    found = alliances(tmp_path, traits={"west": {"hosted": 0.25}})
    hosts = {c: state_trait(found, c, "start_hosted") for c in found.roster.codes}
    west = [c for c in found.roster.codes if found.roster.blocs.get(c) == Bloc.WEST]
    leader = found.roster.leaders[0]
    assert len(west) > 1
    assert {c: 0.25 * (c in west and c != leader) for c in hosts} == hosts


def _dated(kind: str, actor: str, target: str, **more: Any) -> dict[str, Any]:
    day = {"date": "2025-03-03", "what": "It happens", "source": "a test"}
    return {**day, "kind": kind, "actor": actor, "target": target, **more}


def test_on_one_day_who_joins_comes_before_what_is_done_to_members(tmp_path: Path) -> None:
    base = load_scenario("two_alliances").roster
    member = next(c for c in base.codes if base.blocs.get(c) == Bloc.WEST and c != base.leaders[0])
    neutral = [c for c in base.codes if base.blocs.get(c, Bloc.NONE) == Bloc.NONE]
    assert neutral
    joins = _dated("accession", neutral[0], "west")
    forward = _dated("forward", "west", neutral[0], size=0.25)
    found = alliances(tmp_path, events=[forward, joins])
    assert [kind for _, kind, *_ in calendar(found)] == [Happening.ACCESSION, Happening.FORWARD]
    with pytest.raises(InputError, match="another of its members"):
        alliances(tmp_path, events=[_dated("forward", member, member, size=0.25)])
