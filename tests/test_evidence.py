"""The evidence page: what is told of scores, properties and crises; and the whole, from nothing."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.__main__ import main
from sim.evidence.score import pencil
from sim.evidence.targets import targets
from sim.report import evidence as said
from tests.scripts import ROOT, script

TEXT = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")


def test_scores_are_told_of_rows_that_an_account_can_tell_alone() -> None:
    record = {t.name: t.value for t in targets().values()}
    told = said.scores({"the record": record, "a pencil": pencil(), "before": said.earlier()})
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in told.splitlines()[2:]]
    of = [(line[1], line[2]) for line in lines]
    assert of == [
        ("the record", "23 of 23"), ("the record", "20 of 20"), ("a pencil", "18 of 20"),
        ("the record", "4 of 4"), ("a pencil", "4 of 4"), ("before", "1 of 4"),
        ("the record", "24 of 24"),
    ]  # fmt: skip
    assert {line[4] for line in lines if line[1] == "the record"} == {"0.0"}


def test_what_holds_at_fewer_than_all_draws_is_named_the_rarest_first() -> None:
    held = pd.DataFrame(
        {"claim": ["P1 a", "P2 b", "P3 c"], "draws": 24, "holds": [24, 20, 3],
         "unclear": [0, 4, 1], "reversed": [0, 0, 20]}
    )  # fmt: skip
    told = said.fewer(held)
    assert "Of 3 properties 1 hold at each of 24 draws" in told
    assert told.index("P3 c: at 3 of 24, reversed at 20") < told.index("P2 b: at 20 of 24")
    assert "P1 a" not in told


def test_a_log_score_is_summed_by_what_came() -> None:
    frame = pd.DataFrame(
        {"crisis": ["x", "y"], "title": ["X", "Y"], "day": "2000-01-01", "days": 5,
         "by_rule": [False, True], "force": [True, False], "account": "one",
         "probability": [0.5, 0.2], "score": [math.log(0.5), math.log(0.8)]}
    )  # fmt: skip
    told = said.hindcasts(frame)
    assert "| X | 2000-01-01 | 5 | yes | 0.500, -0.69 |" in told
    assert "| Y (by rule) | 2000-01-01 | 5 | no | 0.200, -0.22 |" in told
    assert "| mean, all | | | | -0.46 |" in told
    assert "| mean, force | | | | -0.69 |" in told


def test_the_page_that_is_there_has_every_part() -> None:
    assert not re.search(r"^\{\w+\}$", TEXT, re.MULTILINE)
    for heading in ("Scores", "What lies outside, and why", "What each mechanism buys",
                    "Crises, told the day before", "Figures of cause",
                    "Does the method recover known parameters?"):  # fmt: skip
        assert f"## {heading}\n" in TEXT
    for name in ("targets", "structure", "hindcasts", "plausible", "waves", "recovery"):
        assert f"(figures/{name}.png)" in TEXT
        assert (ROOT / "docs" / "figures" / f"{name}.png").is_file()


def test_the_posterior_that_ships_weighs_alike_and_is_worth_two_hundred_sets() -> None:
    sets = pd.read_csv(ROOT / "sim" / "data" / "posterior.csv")
    assert len(sets) >= 200
    assert np.allclose(sets["weight"], 1.0 / len(sets), rtol=1e-4)
    assert sets.duplicated().mean() <= 0.02  # a chain may stay where it is


@pytest.mark.long
def test_the_page_is_made_from_nothing_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "experiments"))
    folder = tmp_path / "calibrate"
    words = ["experiment=calibrate", "worlds=4", "weeks=208", "calibrate.waves=2",
             "calibrate.points=512", "calibrate.draws=32", "calibrate.more=1",
             "calibrate.trials=10", f"output={folder}"]  # fmt: skip
    assert main(words) == 0
    evidence = script("experiments", "evidence")
    given = [f"calibration={folder}", f"docs={tmp_path / 'docs'}", f"parts={tmp_path / 'parts'}",
             "draws=2", "share=0.02", "worlds=512"]  # fmt: skip
    assert evidence.main(given) == 0
    page = tmp_path / "docs" / "evidence.md"
    text = page.read_text(encoding="utf-8")
    assert "| Georgia |" in text
    assert "reaction frozen" in text
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "parts").iterdir()}
    page.unlink()
    assert evidence.main(given) == 0
    assert page.read_text(encoding="utf-8") == text
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "parts").iterdir()} == kept


def test_without_a_calibration_it_says_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "experiments"))
    assert script("experiments", "evidence").main([f"calibration={tmp_path}"]) == 2
    assert "holds no finished calibration" in capsys.readouterr().err
