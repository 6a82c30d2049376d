"""Studies from Python: the same checks and bytes as the command line, tables, figures, reruns."""

from __future__ import annotations

import gc
import threading
import time
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

import sim
from sim.__main__ import read_jobs
from sim.config.sources import CONFIGS, Choices
from sim.model.vocabulary import Bloc
from sim.report import progress
from sim.report.progress import Tally
from sim.study.runner import identity_of

FEW: dict[str, Any] = {"scenario": "two_rivals", "worlds": 40, "weeks": 12, "progress": False}
EXPERIMENTS = Choices(CONFIGS).options("experiment")
SCENARIOS = Choices(CONFIGS).options("scenario")


@pytest.fixture(scope="module")
def study() -> sim.Study:
    return sim.run(**FEW, vary={"fog": [0.0, 0.5]})


# The same as from the command line


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_is_the_same_study_from_python_and_from_the_command_line(name: str) -> None:
    (typed,) = read_jobs([f"experiment={name}"])
    assert identity_of(sim.job(experiment=name)).digest == identity_of(typed).digest


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_is_the_same_study_from_both_and_built_in_python(name: str) -> None:
    (typed,) = read_jobs([f"scenario={name}"])
    wanted = identity_of(typed).digest
    assert identity_of(sim.job(scenario=name)).digest == wanted
    assert identity_of(sim.job(scenario=sim.scenario(name))).digest == wanted


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        (["parameters.fear_gain=3", "miscalculation=high"],
         {"parameters": {"fear_gain": 3}, "miscalculation": "high"}),
        (["vary.fog=[0,0.5,1]", "seed=7"], {"vary.fog": np.array([0.0, 0.5, 1.0]), "seed": 7}),
        (["compare.hotline={diplomacy: hotline}"],
         {"compare": {"hotline": {"diplomacy": "hotline"}}}),
        (["scenario=crimea_2014", "scenario.events.yanukovych_removed.size=0.2"],
         {"scenario": "crimea_2014", "scenario.events.yanukovych_removed.size": 0.2}),
        (["parameters=posterior", "world=doubly_stable"],
         {"parameters": "posterior", "world": "doubly_stable"}),
        (["vary.fog={low: 0, high: 1}", "design.method=sobol", "design.points=8"],
         {"vary": {"fog": {"low": 0, "high": 1}}, "design": {"method": "sobol", "points": 8}}),
        (["tracks=[0,2]"], {"tracks": range(0, 3, 2)}),
    ],
)  # fmt: skip
def test_settings_mean_what_the_words_mean(words: list[str], settings: dict[str, Any]) -> None:
    (typed,) = read_jobs(words)
    assert identity_of(sim.job(settings)).digest == identity_of(typed).digest
    again = read_jobs(list(sim.job(settings).resolved["overrides"]))  # can be typed
    assert identity_of(again[0]).digest == identity_of(typed).digest


def test_tables_are_the_same_bytes_as_the_command_line_writes(
    tmp_path: Path, study: sim.Study
) -> None:
    words = ["scenario=two_rivals", "worlds=40", "weeks=12", "vary.fog=[0,0.5]", "figures=none"]
    (typed,) = read_jobs([*words, f"output={tmp_path / 'typed'}"])
    from sim.report import run

    folder = run(typed)
    for name in ("points", "curves", "outcomes"):
        mine, theirs = ((f / f"{name}.parquet").read_bytes() for f in (study.folder, folder))
        assert mine == theirs


def test_all_errors_come_together_in_one_readable_text() -> None:
    with pytest.raises(sim.InputError) as caught:
        sim.run({"quantities": ["clsh"]}, scenario="two_rivels", wrolds=3, worlds=1.5,
                seed=object(), parameters={"fog": "${x}"}, configs="nowhere")  # fmt: skip
    told = str(caught.value)
    for part in (
        "did you mean two_rivals?",
        "did you mean worlds?",
        "must be a whole number",
        "no object",
        "interpolation",
        "did you mean clash?",
        "folder does not exist",
    ):
        assert part in told
    assert told.startswith("spiral: 7 errors")


@pytest.mark.parametrize("key", ["dry_run", "calibrate"])
def test_what_leaves_no_study_is_told_so(key: str) -> None:
    value = True if key == "dry_run" else None
    settings = {"dry_run": value} if value else {"experiment": "calibrate"}
    with pytest.raises(sim.InputError, match="leaves no study"):
        sim.run(settings, progress=False)


# Where it lies, and how far it is


def test_a_study_without_a_folder_is_gone_when_nobody_holds_it() -> None:
    found = sim.run(**FEW)
    folder = found.folder
    assert (folder / "points.parquet").exists()
    del found
    gc.collect()
    assert not folder.exists()


def test_a_study_in_a_folder_stays_and_is_read_again(tmp_path: Path) -> None:
    played: list[int] = []
    given = {**FEW, "progress": lambda done, total: played.append(done)}
    first = sim.run(**given, output=tmp_path / "a")
    assert played[-1] == 40
    bytes_before = (first.folder / "points.parquet").read_bytes()
    again = sim.run(**given, output=tmp_path / "a")
    assert (again.folder / "points.parquet").read_bytes() == bytes_before
    assert isinstance(sim.open_study(tmp_path / "a"), sim.Study)


def test_a_cancelled_study_keeps_what_was_finished_and_goes_on(tmp_path: Path) -> None:
    stop, shards = threading.Event(), tmp_path / "a" / "shards"
    given = {**FEW, "worlds": 640, "output": tmp_path / "a",
             "settings": {"execution.shard": 64, "execution.threads": 1}}  # fmt: skip
    settings = given.pop("settings")

    def told(done: int, total: int) -> None:
        assert total == 640
        if done >= 128:
            stop.set()

    with pytest.raises(sim.CancelledError, match="of 640 worlds"):
        sim.run(settings, **{**given, "progress": told}, cancel=stop.is_set)
    n_kept = len(list(shards.glob("*.shard")))
    assert 0 < n_kept < 10
    whole = sim.run(settings, **given)
    assert len(whole.outcomes) == 640
    straight = sim.run(settings, **{k: v for k, v in given.items() if k != "output"})
    assert whole.outcomes.equals(straight.outcomes)


def test_a_folder_that_cannot_be_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(sim.InputError, match="is not a folder"):
        sim.run(**FEW, output=tmp_path / "file" / "inside")


def test_a_log_has_a_line_every_half_minute(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from rich.console import Console

    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    with progress.tallied(Console(force_terminal=False)) as tally:
        tally.begin(1000)
        for _ in range(10):
            clock[0] += 10.0
            tally.advance(50)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" worlds")[0] for line in lines] == [
        "150 of 1,000", "300 of 1,000", "450 of 1,000"
    ]  # fmt: skip
    assert lines[1].endswith("about 2 min left")


def test_a_tally_counts_and_asks() -> None:
    seen: list[tuple[int, int]] = []
    tally = Tally(lambda *_: None, lambda done, total: seen.append((done, total)),
                  lambda: len(seen) > 2)  # fmt: skip
    tally.begin(10)
    tally.advance(4)
    with pytest.raises(sim.CancelledError, match="after 10 of 10"):
        tally.advance(6)
    assert seen == [(0, 10), (4, 10), (10, 10)]


# Tables, figures, again


def test_what_is_varied_is_in_every_row(study: sim.Study) -> None:
    for name in ("points", "outcomes", "curves", "reached"):
        frame = study.tidy(name)
        assert list(frame.columns[:2]) == ["point", "fog"]
        assert (frame["fog"] == frame["point"].map({0: 0.0, 1: 0.5})).all()
        assert len(frame) == len(study.table(name))


def test_every_figure_of_the_report_can_be_had_alone_and_on_axes_of_ones_own(
    study: sim.Study,
) -> None:
    assert {"fan", "reached", "rungs", "points_reached"} <= set(study.figures)
    for name in study.figures:
        alone = study.plot(name)
        assert isinstance(alone, Figure)
        assert alone.axes
        assert alone._repr_png_()[:4] == b"\x89PNG"  # type: ignore[attr-defined]
    whole, axes = plt.subplots(1, 2)
    assert study.plot("reached", point=1, ax=axes[0]) is whole
    assert axes[1] in whole.axes
    assert len(whole.subfigs) == 1
    assert whole.subfigs[0].axes
    with pytest.raises(sim.InputError, match=r"unknown figure fam; .*did you mean fan"):
        study.plot("fam")
    with pytest.raises(sim.InputError, match="from 0 to 1"):
        study.plot("fan", point=2)
    plt.close(whole)


def test_a_study_is_run_again_alike_and_with_something_changed(study: sim.Study) -> None:
    alike = study.rerun(progress=False)
    for name in ("points", "curves", "outcomes"):
        mine, theirs = ((s.folder / f"{name}.parquet").read_bytes() for s in (study, alike))
        assert mine == theirs
    more = study.rerun(worlds=64, progress=False)
    first = more.outcomes[more.outcomes["world"] < 40].reset_index(drop=True)
    assert first.equals(study.outcomes)
    assert sim.run(from_=study.folder, worlds=8, progress=False).config["worlds"] == 8


def test_a_varied_group_and_a_posterior_are_run_again() -> None:
    first = sim.run(**FEW, vary={"miscalculation": ["none", "high"]}, parameters="posterior")
    again = first.rerun(progress=False)
    assert first.outcomes.equals(again.outcomes)


def test_what_is_shown_of_a_study_is_short_and_safe(study: sim.Study) -> None:
    assert "fog = 0.5" in repr(study)
    assert len(repr(study)) < 2000
    assert "<table>" in study._repr_html_()
    many = sim.run(**FEW, vary={"fog": np.linspace(0.0, 1.0, 24)})
    assert len(repr(many)) < 2000
    assert len(many._repr_html_()) < 2000


# Scenarios


def test_states_are_added_to_and_dropped_from_a_base() -> None:
    taiwan = {"name": "Taiwan", "capability": 0.01, "democracy": 0.9, "nuclear": 0.0,
              "proximity": {"CHN": 0.8, "JPN": 0.6}, "rivals": ["CHN"]}  # fmt: skip
    found = sim.scenario("strait", base="attache_briefing",
                         states={"add": ["TWN"], "drop": ["ISL", "KOR"]},
                         invented={"TWN": taiwan})  # fmt: skip
    codes = found.roster.codes
    assert "TWN" in codes
    assert not {"ISL", "KOR"} & set(codes)
    assert len(codes) == len(sim.load_scenario("attache_briefing").roster.codes) - 1
    assert any({codes[i] for i in pair} == {"TWN", "CHN"} for pair in found.roster.pairs)
    played = sim.run(scenario=found, worlds=8, weeks=4, progress=False)
    assert played.scenario.name == "strait"


@pytest.mark.parametrize(
    ("relation", "more", "why"),
    [
        ("CHN>TWN", {"proximity": {"CHN": 0.8}}, "both are neutral, neither leads a bloc, and they "
         "are no rivals (invented.TWN.proximity.CHN and invented.TWN.rivals say so)"),
        ("CHN>TWN", {}, "nothing is said of how near they are"),
        ("FRA>DEU", {}, "they are of one bloc"),
        ("PRT>TJK", {}, "they are of opposed blocs, but no neighbours"),
        ("SWE>SRB", {}, "one is neutral, neither leads a bloc"),
    ],
)  # fmt: skip
def test_why_two_have_no_relation_is_told(relation: str, more: dict[str, Any], why: str) -> None:
    taiwan = {"name": "Taiwan", "capability": 0.01, "democracy": 0.9, "nuclear": 0.0, **more}
    with pytest.raises(sim.InputError) as caught:
        sim.scenario("strait", base="attache_briefing", states={"add": ["TWN"]},
                     invented={"TWN": taiwan}, relations={relation: {"fear": 0.5}})  # fmt: skip
    assert why in str(caught.value)


def test_a_scenario_from_nothing_but_sheets() -> None:
    own = sim.scenario(
        "duel", title="A duel", account="Two.", start="2030-01-07", states=["USA", "CHN"],
        blocs={"west": {"leader": "USA", "members": []}, "east": {"leader": "CHN", "members": []}},
    )  # fmt: skip
    assert own.title == "A duel"
    assert own.roster.codes == ("USA", "CHN")


def test_an_added_state_may_be_put_into_a_bloc() -> None:
    georgia = {"name": "Atlantis", "capability": 0.01, "democracy": 0.9, "nuclear": 0.0,
               "proximity": {"RUS": 0.8}}  # fmt: skip
    found = sim.scenario("more", base="attache_briefing", states={"add": {"ATL": "west"}},
                         invented={"ATL": georgia})  # fmt: skip
    assert found.roster.blocs["ATL"] == Bloc.WEST
    assert found.roster.relation("ATL", "RUS") >= 0
    with pytest.raises(sim.InputError, match="must be west or east, or None"):
        sim.scenario("more", base="attache_briefing", states={"add": {"ATL": "north"}},
                     invented={"ATL": georgia})  # fmt: skip


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"settings": "two_rivals"}, "must be a mapping of keys"),
        ({"vary": [1, 2]}, "cannot be merged"),
        ({"progress": "yes"}, 'argument progress: "yes": must be a function, True or False'),
        ({"cancel": True}, "argument cancel: true: must be a function"),
    ],
)
def test_what_is_no_setting_is_told_in_a_line(given: dict[str, Any], told: str) -> None:
    settings = given.pop("settings", None)
    with pytest.raises(sim.InputError) as caught:
        sim.run(settings, **{**FEW, **given})
    assert told in str(caught.value)


def test_null_parameters_draw_nothing_and_a_scenario_is_shown_in_a_line() -> None:
    assert sim.job(scenario="two_rivals", parameters=None).posterior is None
    shown = repr(sim.scenario("attache_briefing"))
    assert len(shown) < 300
    assert "57 states" in shown


def test_errors_of_a_scenario_come_together() -> None:
    with pytest.raises(sim.InputError) as caught:
        sim.scenario(base="two_rivals", states={"ad": ["FRA"], "drop": ["AAB"]})
    assert "did you mean add?" in str(caught.value)
    assert "is not a state of the base" in str(caught.value)
    with pytest.raises(sim.InputError, match=r"QQQ: \{name: \.\.\., capability"):
        sim.scenario(base="attache_briefing", states={"add": ["QQQ"]})


def test_nothing_of_it_reads_the_command_lines_library() -> None:
    import subprocess
    import sys

    code = (
        "import sys, sim; sim.job(scenario='two_rivals'); sim.run; "
        "print(any(name.split('.')[0] == 'hydra' for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
