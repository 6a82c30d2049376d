"""What a scenario may hold, told and begun: every key, every kind, a skeleton that runs; status."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

import sim
from sim.__main__ import main
from sim.analysis import dictionary
from sim.config import guide
from sim.config.schema import BlocSheet, EventSheet, Invented, ScenarioSheet, Traits
from sim.model.vocabulary import Happening
from sim.plan import changes
from tests.scripts import ROOT, script


def test_every_key_and_every_kind_of_event_is_told() -> None:
    page = guide.page()
    for sheet in guide.TITLES:
        told = guide.meanings(sheet)
        assert list(told) == list(sheet.model_fields)
        assert all(told.values())
    assert set(guide.KINDS) == {kind.name.lower() for kind in Happening}
    assert page.count("\n| `") == sum(len(s.model_fields) for s in guide.TITLES) + len(
        Happening
    ) + len(changes.KINDS)


@pytest.mark.parametrize(
    ("sheet", "key", "allowed", "default"),
    [
        (Traits, "spending", "a number from -0.5 to 2", "the table's"),
        (ScenarioSheet, "title", "one line of printable text, 1 to 120 characters", "required"),
        (ScenarioSheet, "states", "a list", "required"),
        (Invented, "proximity", "a mapping", "none"),
        (BlocSheet, "leader", "a code of three capital letters (ISO 3166)", "required"),
        (EventSheet, "weeks", "a whole number from 1 to 52", "none"),
    ],
)
def test_what_a_key_may_be_is_what_its_check_says(
    sheet: type, key: str, allowed: str, default: str
) -> None:
    assert guide.allowed(sheet.model_fields[key]) == allowed  # type: ignore[attr-defined]
    assert guide.default(sheet, key) == default


def test_a_skeleton_is_a_scenario_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "scenario", "own"]) == 0
    path = tmp_path / "mine" / "scenario" / "own.yaml"
    assert "python -m sim --config-dir=mine scenario=own" in capsys.readouterr().out
    tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(tree) | {"subject", "coded", "changes"} == set(ScenarioSheet.model_fields)
    study = sim.run(scenario="own", configs="mine", worlds=8, weeks=10, progress=False)
    assert study.scenario.roster.codes == ("USA", "CHN", "JPN", "PHL")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["new"], "must be followed by scenario NAME"),
        (["new", "scenaro", "x"], "did you mean scenario?"),
        (["new", "scenario"], "needs a name"),
        (["new", "scenario", "../x"], "needs a name"),
        (["new", "scenario", "crimea_2014"], "is the name of a shipped scenario"),
        (["new", "scenario", "a", "b", "c"], "takes a name and a folder"),
        (["status"], "must be followed by folders"),
        (["status", "--all"], "must be followed by folders"),
        (["status", "nowhere"], "holds no study"),
    ],
)
def test_what_cannot_be_begun_or_told_is_refused(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_nothing_of_the_users_is_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine" / "scenario" / "own.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    assert main(["new", "scenario", "own"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert path.read_text() == "mine"


def test_a_study_says_how_far_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "a"

    def stop(done: int, total: int) -> None:
        if done >= 64:
            raise RuntimeError("stop")

    given = {"scenario": "two_rivals", "worlds": 256, "weeks": 8, "output": folder,
             "execution": {"shard": 64, "threads": 1}}  # fmt: skip
    with pytest.raises(RuntimeError, match="stop"):
        sim.run(given | {"output": None}, output=folder, progress=stop)
    assert main(["status", str(folder)]) == 1
    told = capsys.readouterr().out
    assert "not finished:" in told
    assert "of 256 worlds played" in told
    assert f"the same command with output={folder} goes on" in told
    sim.run(given | {"output": None}, output=folder, progress=False)
    assert main(["status", str(folder)]) == 0
    assert "finished 20" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"worlds": "x", "points": 1}', "\x00"])
def test_a_folder_that_holds_something_else_is_told(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "manifest.json").write_text(text)
    assert main(["status", str(tmp_path)]) == 2
    assert "was not written by a run" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["schema.md", "columns.md", "parameters.md", "states.md"])
def test_pages_of_declarations_are_as_they_are_written(name: str) -> None:
    told = script("scripts", "pages").pages()[name]
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == told, "make docs"


def test_every_column_that_a_run_writes_is_told_in_its_file() -> None:
    study = sim.run(
        scenario="two_rivals", worlds=16, weeks=4, vary={"fog": [0.0, 0.5]}, progress=False,
        compare={"calm": {"parameters": {"offence": 0.1}}}, series=["fear_leaders"],
    )  # fmt: skip
    for name in study.names:
        told = study.columns(name)
        assert list(told["column"]) == list(study.table(name).columns)
        varied = told["column"][told["meaning"].str.startswith("what is varied")].to_list()
        assert varied == (["fog"] if name == "design" else [])
        written = pq.read_schema(study.folder / f"{name}.parquet").metadata
        assert written[b"table"].decode() == dictionary.TABLES[name]
        assert list(json.loads(written[b"columns"])) == list(told["column"])


def test_csvs_say_what_is_varied_in_every_row(tmp_path: Path) -> None:
    study = sim.run(
        scenario="two_rivals", worlds=16, weeks=4, vary={"fog": [0.0, 0.5]}, progress=False
    )
    for path in study.to_csv(tmp_path, ["points", "curves", "design"]):
        frame = pd.read_csv(path)
        assert list(frame.columns) == list(study.tidy(path.stem).columns)
        assert list(frame.columns[:2]) == ["point", "fog"]
        assert (frame["fog"] == frame["point"].map({0: 0.0, 1: 0.5})).all()
