"""Main effects and interactions of a grid, and the index of several studies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.__main__ import main
from sim.analysis import effects
from sim.analysis.intervals import student

DESIGN = pd.DataFrame(
    {"point": range(4), "dose": [0.0, 0.0, 2.0, 2.0], "kind": ["plain", "odd", "plain", "odd"]}
)
CLASHES = {0: [0, 1, 0, 2], 1: [1, 1, 0, 2], 2: [1, 1, 1, 4], 3: [5, 2, 1, 4]}
"""Clashes of four worlds at each point."""


def worlds(point: int, columns: Sequence[str]) -> pd.DataFrame:
    assert list(columns) == ["clashes"]
    return pd.DataFrame({"clashes": CLASHES[point]})


def test_effects_are_means_of_paired_changes_as_computed_by_hand() -> None:
    found = effects.effects(worlds, DESIGN, dict.fromkeys(range(4), 4), ["clashes"])
    main = found[found["other"] == ""].set_index("factor")
    # dose: (1+5-0-1)/2, (1+2-1-1)/2, (1+1-0-0)/2, (4+4-2-2)/2 = 2.5, .5, 1, 2
    assert main["value"]["dose"] == pytest.approx(1.5)
    low, high = student(6.0, 2.5**2 + 0.5**2 + 1 + 4, 4)
    assert (main["lo"]["dose"], main["hi"]["dose"]) == (pytest.approx(low), pytest.approx(high))
    # kind: (1+5-0-1)/2, (1+2-1-1)/2, 0, 0
    assert main["value"]["kind"] == pytest.approx((2.5 + 0.5) / 4)
    assert (main["low"]["kind"], main["high"]["kind"]) == ("plain", "odd")
    both = found[found["other"] != ""].iloc[0]
    # at odd: 4, 1, 1, 2; at plain: 1, 0, 1, 2
    assert both["value"] == pytest.approx((3 + 1 + 0 + 0) / 4)
    assert (both["factor"], both["other"], both["other_high"]) == ("dose", "kind", "odd")


def test_what_never_changes_has_an_interval_with_a_width() -> None:
    def still(point: int, columns: Sequence[str]) -> pd.DataFrame:
        return pd.DataFrame({"clashes": [3, 1, 2]})

    found = effects.effects(still, DESIGN, dict.fromkeys(range(4), 3), ["clashes"])
    assert (found["value"] == 0.0).all()
    assert (found["lo"] < 0.0).all()
    assert (found["hi"] > 0.0).all()


@pytest.mark.parametrize(
    ("rows", "whole"),
    [(range(4), True), (range(3), False), ([0, 1], False), ([0, 1, 2, 3, 0], False)],
)
def test_only_a_full_grid_of_two_factors_has_effects(rows: Sequence[int], whole: bool) -> None:
    assert effects.is_grid(DESIGN.iloc[list(rows)]) is whole


@pytest.fixture(scope="module")
def study() -> sim.Study:
    return sim.run(
        scenario="two_rivals", worlds=300, weeks=78, progress=False,
        vary={"accident": [0.001, 0.01], "world": ["doubly_dangerous", "doubly_stable"]},
        quantities=["clash", "fear_leaders @ 78"],
    )  # fmt: skip


def test_they_agree_with_the_estimates_of_the_points(study: sim.Study) -> None:
    points = study.tidy("points").query("quantity == 'clash'")
    mean = points.groupby("accident")["value"].mean()
    row = study.effects.query("quantity == 'clash' and factor == 'accident' and other == ''")
    assert row["value"].iloc[0] == pytest.approx(mean[0.01] - mean[0.001])
    assert row["lo"].iloc[0] < row["value"].iloc[0] < row["hi"].iloc[0]


def test_a_summary_tells_what_each_factor_does_and_what_depends_on_another(
    study: sim.Study,
) -> None:
    told = (study.folder / "summary.md").read_text("utf-8")
    section = told.split("## What each factor does")[1].split("\n## ")[0]
    assert "`world`, over all levels of the others: doubly\\_dangerous to doubly\\_stable: -" in (
        section.replace("doubly_", "doubly\\_")
    )
    assert "the effect of `accident` (0.001 to 0.01) differs by" in section
    assert told.index("## What each factor does") < told.index("## Results of the first point")


def test_several_studies_have_an_index_and_one_table(tmp_path: Path) -> None:
    words = ["-m", "scenario=two_rivals", "worlds=16", "weeks=12", "figures=none",
             "miscalculation=none,low", "parameters.hotline=0,1",
             f"output={tmp_path / 'all'}"]  # fmt: skip
    assert main(words) == 0
    points = pd.read_parquet(tmp_path / "all" / "points.parquet")
    assert list(points.columns[:4]) == ["job", "folder", "miscalculation", "parameters.hotline"]
    rows = points.query("quantity == 'display'")
    assert rows[["miscalculation", "parameters.hotline"]].to_numpy().tolist() == [
        ["none", "0"], ["none", "1"], ["low", "0"], ["low", "1"],
    ]  # fmt: skip
    own = sim.open_study(tmp_path / "all" / "3").points.query("quantity == 'display'")
    assert rows["value"].iloc[3] == own["value"].iloc[0]
    assert "[3](3/summary.md)" in (tmp_path / "all" / "index.md").read_text("utf-8")


def test_what_is_not_a_study_shows_itself_in_a_few_lines() -> None:
    job = sim.job(scenario="two_rivals", vary={"fog": [0.0, 1.0]}, worlds=7, weeks=30)
    assert repr(job).startswith("Job of 'Two rivals': 2 points over fog, 7 worlds of 30 weeks")
    many = sim.job(scenario="two_rivals", quantities=[f"fear_mean @ {k}" for k in range(99)])
    assert len(repr(many)) < 2000
    from sim.engine.history import replay

    world = replay(job.scenario.roster, job.parameter_points()[0], world=3, n_weeks=30, seed=1)
    peak = int(np.max(world.pair("AAA", "BBB", "rung")))
    assert f"History of world 3: 30 weeks of 2 states; AAA and BBB come to rung {peak}" in repr(
        world
    )
