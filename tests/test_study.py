"""A study says what its worlds say: enough of them, compared world by world, read back as kept."""

from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.csv as pacsv
import pytest
from rich.console import Console

from sim import report
from sim.__main__ import read_jobs
from sim.analysis.comparison import convergence
from sim.analysis.intervals import FEW, paired_difference, wilson
from sim.analysis.quantities import QUANTITIES, Sums, distance
from sim.analysis.tables import Tables
from sim.engine import ensemble, native
from sim.engine.blocks import WorldError
from sim.engine.ensemble import Worlds
from sim.engine.notes import MEASURES
from sim.engine.record import Record
from sim.errors import InputError
from sim.model.parameters import Parameters
from sim.plan.scenario import Job
from sim.report import cost, drawing
from sim.study import runner as playing
from sim.study import shards
from sim.study.parquet import TableFile
from sim.study.results import Study, open_study

RIVALS = ("scenario=two_rivals", "weeks=40", "seed=3")
GAIN = Parameters.FIELDS.index("fear_gain")
HARSH = ("parameters.miscalculation_strength=4",)


def job(output: Path, *words: str) -> Job:
    (found,) = read_jobs(words)
    return replace(found, output=output)


def run(job: Job) -> Study:
    return open_study(report.run(job, console=Console(quiet=True)))


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Two variants beside a baseline at two points, with series."""
    output = tmp_path_factory.mktemp("studies") / "compared"
    return run(
        job(
            output, *RIVALS, *HARSH, "worlds=120", "vary.fear_gain=[1,2.5]",
            "compare.hotline={diplomacy: hotline}",
            "compare.silent={scenario: {pairs: {AAA-BBB: {channel: 0.0}}}}",
            "series=[fear_leaders,rung_leaders]", "every=4",
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def in_memory(compared: Study) -> Record:
    """The points of the first scenario, played without a store."""
    (found,) = read_jobs([*RIVALS, *HARSH, "worlds=120", "vary.fear_gain=[1,2.5]"])
    return found.play()


# The same as in memory


def test_a_study_holds_what_the_ensemble_gives_in_memory(compared: Study, in_memory) -> None:
    """Points 0 and 3 are the baselines at the two levels of fear_gain."""
    outcomes = Tables.of(in_memory).outcomes
    for point, there in ((0, 0), (3, 1)):
        found = compared.at(point).outcomes.drop(columns="point").reset_index(drop=True)
        expected = outcomes[outcomes["point"] == there].drop(columns="point")
        pd.testing.assert_frame_equal(
            found, expected.reset_index(drop=True), check_dtype=False
        )  # fmt: skip


def test_kept_weeks_are_those_of_the_weekly_curves(compared: Study, in_memory) -> None:
    every = Tables.of(in_memory)
    weeks = [*range(0, 40, 4), 40]
    for name in ("curves", "rungs", "reached"):
        mine = getattr(compared.at(3), name)
        whole = getattr(every.at(1), name)
        assert sorted(set(mine["week"])) == weeks
        expected = whole[whole["week"].isin(weeks)].drop(columns="point").reset_index(drop=True)
        found = mine.drop(columns="point").reset_index(drop=True)
        pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_the_series_of_all_worlds_average_to_the_curve(compared: Study) -> None:
    series = compared.table("series", points=4)
    mean = series.groupby("week")["fear_leaders"].mean()
    curve = compared.table("curves", points=4, measures=["fear_leaders"]).set_index("week")["mean"]
    np.testing.assert_allclose(mean.loc[curve.index], curve, atol=1e-12)


# Quantities


@pytest.mark.parametrize("name", QUANTITIES)
def test_a_quantity_and_its_interval_come_from_the_outcomes(compared: Study, name: str) -> None:
    outcomes = compared.at(2).outcomes
    values = QUANTITIES[name].seen(outcomes).astype(float)
    value, low, high = compared.value(name, 2)
    assert value == pytest.approx(values.mean())
    if QUANTITIES[name].is_share:
        assert (low, high) == pytest.approx(tuple(map(float, wilson(values.sum(), len(values)))))
        return
    half = 1.9801 * values.std(ddof=1) / np.sqrt(120)  # t of 119 degrees of freedom
    if values.sum() >= FEW and half > 3.69 / 120:
        assert (low, high) == pytest.approx((value - half, value + half), rel=1e-4)
    else:
        half *= 0.9999
        assert 0.0 <= low <= max(0.0, value - half) <= value + half <= high
        assert high - value >= 3.688 / 120


def test_what_is_never_seen_has_an_interval_in_every_table(compared: Study) -> None:
    """Nobody is drawn into a fight of two, so that neither points nor variants differ in it."""
    assert not compared.outcomes["widened"].any()
    never = 3.6889 / 120
    for point in range(6):
        assert compared.value("widened", point) == pytest.approx((0.0, 0.0, never), abs=1e-6)
    assert compared.difference("widened", 1) == pytest.approx((0.0, -never, never), abs=1e-6)
    settling = convergence(compared.outcomes, ["widened"])
    assert settling["hi"].to_numpy() == pytest.approx(3.6889 / settling["worlds"], rel=1e-4)


def test_sums_do_not_depend_on_the_order_of_worlds(in_memory) -> None:
    point = np.repeat([0, 1], 120)
    order = np.random.default_rng(1).permutation(240)
    one, other = Sums.zero(2), Sums.zero(2)
    one.add(point, in_memory.outcomes)
    for part in np.array_split(order, 7):
        other.add(point[part], in_memory.outcomes[part])
    pd.testing.assert_frame_equal(one.estimates(), other.estimates())


# Comparing


def test_differences_are_of_the_same_worlds(compared: Study) -> None:
    for point, baseline in ((1, 0), (2, 0), (4, 3), (5, 3)):
        before, after = compared.at(baseline).outcomes, compared.at(point).outcomes
        assert list(before["world"]) == list(after["world"])
        pair = [rows["peak_rung_leaders"] >= 5 for rows in (before, after)]
        assert compared.difference("clash", point) == pytest.approx(paired_difference(*pair))
        change = after["misread_intent"].to_numpy(float) - before["misread_intent"].to_numpy(float)
        value, low, high = compared.difference("misread_intent", point)
        assert value == pytest.approx(change.mean())
        half = max(1.9801 * change.std(ddof=1) / np.sqrt(120), 3.68888 / 120)
        assert np.abs(change).sum() >= FEW
        assert (low, high) == pytest.approx((value - half, value + half), rel=1e-4)


def test_fates_name_every_world_that_peaked_elsewhere_and_no_other(compared: Study) -> None:
    for point, baseline in ((1, 0), (5, 3)):
        before, after = compared.at(baseline).outcomes, compared.at(point).outcomes
        was, now = (rows["peak_rung_leaders"].to_numpy() for rows in (before, after))
        rows = compared.fates[compared.fates["point"] == point]
        assert list(rows["world"]) == list(np.flatnonzero(was != now))
        assert list(rows["after"]) == list(now[was != now])
    assert len(compared.fates) > 5


def test_the_curve_of_a_difference_ends_at_the_difference(compared: Study) -> None:
    curves = compared.table("difference_curves", points=2)
    last = curves[curves["week"] == 40].set_index("measure")
    assert last.loc["clash", "difference"] == pytest.approx(compared.difference("clash", 2)[0])
    assert last.loc["clash", "lo"] == pytest.approx(compared.difference("clash", 2)[1])
    series = compared.table("series", columns=["point", "world", "week", "fear_leaders"])
    ends = series[series["week"] == 40].set_index(["point", "world"])["fear_leaders"]
    change = ends.loc[2] - ends.loc[0]
    assert last.loc["fear_leaders", "difference"] == pytest.approx(change.mean())


# Enough worlds


def test_a_precision_takes_batches_until_each_point_is_precise_and_no_more(tmp_path: Path) -> None:
    asked = "precision={quantity: clash, tolerance: 0.05, most: 2000}"
    study = run(job(tmp_path / "p", *RIVALS, "worlds=64", asked,
                    "vary.miscalculation_strength=[0,1,6]"))  # fmt: skip
    rows = study.points[study.points["quantity"] == "clash"].set_index("point")
    assert (distance(rows) <= 0.05).all()
    assert rows["worlds"].nunique() > 1
    for point, n in rows["worlds"].items():
        assert n % 64 == 0
        outcomes = study.at(int(str(point))).outcomes
        assert list(outcomes["world"]) == list(range(n))
        if n > 64:  # one batch fewer was not enough
            before = (outcomes["peak_rung_leaders"] >= 5)[: n - 64]
            low, high = wilson(before.sum(), n - 64)
            assert max(high - before.mean(), before.mean() - low) > 0.05
    assert "Worlds were added in batches of 64" in (study.folder / "summary.md").read_text()


def test_a_count_that_is_never_seen_is_not_precise_before_its_upper_end_is(tmp_path: Path) -> None:
    """Of two rivals none is drawn in: the exact upper end, 3.69 / n, is below 0.1 from 40 on."""
    asked = "precision={quantity: widened, tolerance: 0.1, most: 2000}"
    study = run(job(tmp_path / "p", *RIVALS, "worlds=8", asked))
    assert set(study.points["worlds"]) == {40}
    assert study.value("widened") == pytest.approx((0.0, 0.0, 0.0922), abs=1e-4)


def test_a_share_that_is_never_seen_is_not_precise_before_its_upper_end_is(tmp_path: Path) -> None:
    asked = "precision={quantity: war, tolerance: 0.05, most: 2000}"
    study = run(job(tmp_path / "p", *RIVALS, "worlds=40", "parameters.war_onset=0", asked))
    assert study.value("war")[0] == 0.0
    assert study.value("war")[2] <= 0.05
    assert set(study.points["worlds"]) == {80}  # 0.046; of 40 it is 0.088, and half that is 0.044


def test_the_headline_tells_the_worlds_that_were_played(tmp_path: Path) -> None:
    asked = "precision={quantity: clash, tolerance: 0.001, most: 100}"
    out = StringIO()
    asked_job = job(tmp_path / "p", *RIVALS, "worlds=40", asked)
    folder = report.run(asked_job, console=Console(file=out, width=200))
    assert "Two rivals: 100 worlds of 40 weeks." in out.getvalue()
    assert "40 worlds of" not in out.getvalue()
    assert (folder / "summary.md").read_text().count("100 worlds") >= 2
    assert open_study(folder).manifest["played"] == 100


def test_the_figures_of_the_first_point_tell_its_own_worlds(compared: Study) -> None:
    worlds = compared.points.assign(worlds=compared.points["point"].map(lambda k: 120 + 64 * k))
    study = open_study(compared.folder)
    vars(study)["points"] = worlds  # as after a precision that took more worlds at later points
    printed = {
        name: " ".join(text.get_text() for text in make().texts)
        for name, make in drawing.figures_of(study)
        if name in ("fan", "points_reached")
    }
    assert "; 120 worlds, seed 3" in printed["fan"]
    assert "120 to 440 worlds" in printed["points_reached"]


def test_a_precision_stops_at_the_most_worlds_and_says_so(tmp_path: Path) -> None:
    asked = "precision={quantity: clash, tolerance: 0.001, most: 100}"
    study = run(job(tmp_path / "p", *RIVALS, *HARSH, "worlds=40", asked))
    assert set(study.points["worlds"]) == {100}
    assert "1 point did not reach it" in (study.folder / "summary.md").read_text()


def test_convergence_is_that_of_the_first_worlds(compared: Study) -> None:
    table = convergence(compared.outcomes, ["clash"])
    row = table[(table["point"] == 3)].iloc[4]
    first = compared.at(3).outcomes.head(int(row["worlds"]))
    assert row["value"] == pytest.approx((first["peak_rung_leaders"] >= 5).mean())


# Reading


def test_the_xarray_view_has_the_numbers_of_the_table(compared: Study) -> None:
    found = compared.to_xarray()
    table = compared.curves.set_index(["point", "week", "measure"])
    rng = np.random.default_rng(2)
    for _ in range(20):
        point, week = int(rng.integers(6)), int(rng.choice(compared.weeks))
        measure = str(rng.choice(found["measure"].to_numpy()))
        value = float(found["q75"].sel(point=point, week=week, measure=measure))
        assert value == table.loc[(point, week, measure), "q75"]
    part = found["mean"].isel(point=[4, 1], week=slice(2, 5), measure=[3, 0])
    whole = found["mean"].to_numpy()
    assert np.array_equal(part.to_numpy(), whole[[4, 1]][:, 2:5][:, :, [3, 0]])
    assert list(found["variant"].to_numpy()[:3]) == ["baseline", "hotline", "silent"]


def test_a_value_of_the_view_reads_its_point_alone(compared: Study, monkeypatch) -> None:
    rows = []
    read = TableFile.read

    def watched(self, *given):
        found = read(self, *given)
        rows.append(len(found))
        return found

    view = compared.to_xarray()
    monkeypatch.setattr(TableFile, "read", watched)
    float(view["mean"].sel(point=2, week=8, measure="fear_leaders"))
    assert rows == [len(compared.weeks) * len(MEASURES)]


def test_worlds_that_are_read_by_columns_are_those_of_the_table(compared: Study) -> None:
    worlds, frame = compared.first().outcomes, compared.at(0).outcomes
    assert len(worlds) == len(frame) == 120
    for column in frame:
        pd.testing.assert_series_equal(worlds[column], frame[column])
    high = worlds["peak_rung_leaders"] >= 3
    assert 0 < len(worlds[high]) == high.sum() < 120
    pd.testing.assert_series_equal(worlds[high]["clashes"], frame[high]["clashes"])
    pd.testing.assert_frame_equal(worlds[high][["world", "wars"]], frame[high][["world", "wars"]])
    assert worlds.iloc[3].equals(frame.iloc[3])


@pytest.mark.usefixtures("shipped")
def test_a_report_reads_no_more_columns_of_worlds_than_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = job(tmp_path / "x", *RIVALS, *HARSH, "worlds=60", "parameters=posterior",
                "compare.hotline={diplomacy: hotline}")  # fmt: skip
    read, seen = Study.table, []

    def watched(self: Study, name: str, **given: Any) -> pd.DataFrame:
        if name == "outcomes" and given.get("worlds") is None:
            seen.append(given.get("columns") or ["all"])
        return read(self, name, **given)

    monkeypatch.setattr(Study, "table", watched)
    report.run(asked, console=Console(quiet=True))
    assert len(seen) > 20
    assert {len(columns) for columns in seen} == {1}
    assert ["all"] not in seen


def test_csv_holds_what_parquet_holds(compared: Study, tmp_path: Path) -> None:
    written = compared.to_csv(tmp_path / "csv", ["points", "outcomes", "design"])
    assert [path.name for path in written] == ["points.csv", "outcomes.csv", "design.csv"]
    for path in written:
        there = pacsv.read_csv(path).to_pandas()
        here = compared.tidy(path.stem)
        assert list(there.columns) == list(here.columns)
        for column in here:
            a, b = there[column], here[column]
            same = np.array_equal(a.isna(), b.isna()) and (
                np.array_equal(a.dropna().to_numpy(), b.dropna().to_numpy())
            )
            assert same, column


@pytest.mark.slow
def test_every_figure_is_drawn_again_from_the_tables_alone(compared: Study, monkeypatch) -> None:
    before = {path.name: path.read_bytes() for path in (compared.folder / "figures").glob("*.png")}

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("something was simulated")

    for module in (ensemble, shards):
        monkeypatch.setattr(module, "play_worlds", forbidden)
    monkeypatch.setattr(native, "library", forbidden)
    report.draw(compared)
    after = {path.name: path.read_bytes() for path in (compared.folder / "figures").glob("*.png")}
    assert after == before
    assert {"differences.png", "difference_curves.png", "fates.png"} <= set(after)


def test_a_folder_without_a_study_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no readable study"):
        open_study(tmp_path)


def test_a_table_that_is_not_there_is_told_with_the_nearest(compared: Study) -> None:
    with pytest.raises(InputError, match="did you mean fates"):
        compared.table("fate")


# What cannot be played


def test_a_failing_point_is_listed_and_costs_no_other(tmp_path: Path, monkeypatch) -> None:
    words = (*RIVALS, "worlds=32", "vary.fear_gain=[1,1.5,2]", "execution.threads=1",
             "figures=none")  # fmt: skip
    whole = run(job(tmp_path / "whole", *words))
    real = shards.play_worlds  # type: ignore[attr-defined]

    def failing(roster, points, worlds: Worlds, terms, **options):
        if 1.5 in points[worlds.point, GAIN]:
            raise WorldError("fear of AAA toward BBB is not a finite number")
        return real(roster, points, worlds, terms, **options)

    out = StringIO()
    with monkeypatch.context() as patch:
        patch.setattr(shards, "play_worlds", failing)
        folder = report.run(job(tmp_path / "part", *words), console=Console(file=out, width=200))
    study = open_study(folder)
    assert "1 of 3 points failed" in out.getvalue()
    failed = study.table("failed")
    assert list(failed["point"]) == [1]
    assert "not a finite number" in failed["reason"][0]
    assert sorted(set(study.points["point"])) == [0, 2]
    pd.testing.assert_frame_equal(study.at(2).outcomes, whole.at(2).outcomes)
    assert "**1 point of 3 failed**" in (folder / "summary.md").read_text()
    again = run(job(tmp_path / "part", *words))  # failures are kept until they are asked for
    assert again.has("failed")
    again = run(job(tmp_path / "part", *words, "retry_failed=true"))
    assert not again.has("failed")
    pd.testing.assert_frame_equal(again.outcomes, whole.outcomes)


def test_a_world_that_leaves_the_numbers_is_a_failure_with_its_place() -> None:
    (found,) = read_jobs([*RIVALS, "worlds=16"])
    points = found.parameter_points()
    points[:, GAIN] = np.inf
    with pytest.raises(WorldError, match=r"world \d+: .*field \w+: not a finite number"):
        ensemble.play(found.scenario.roster, points, n_worlds=16, n_weeks=5, seed=1)


# What it will cost


def test_a_dry_run_says_what_it_would_cost_and_writes_nothing(tmp_path: Path) -> None:
    out = StringIO()
    asked = job(tmp_path / "x", *RIVALS, "vary.fear_gain=[1,2,3]", "worlds=50", "dry_run=true")
    report.run(asked, console=Console(file=out, width=200))
    told = out.getvalue()
    assert "3 points (grid), 1 scenario, 150 worlds, 12,000 relation-weeks" in told
    assert re.search(r"about \d+ s \(measured on this machine\), about \d+ MB on disk", told)
    assert re.search(r"on disk, about \d+ MB of memory", told)
    assert list(tmp_path.iterdir()) == []


SCENARIOS = "vary.scenario=[two_rivals,two_alliances]"


def test_a_design_over_scenarios_counts_those_that_it_plays(tmp_path: Path) -> None:
    """The config's own scenario, attache_briefing, is played at no point."""
    out = StringIO()
    asked = job(tmp_path / "x", SCENARIOS, "worlds=5", "weeks=4", "dry_run=true")
    report.run(asked, console=Console(file=out, width=200))
    most = max(s.roster.n_relations for s in asked.scenarios)
    assert f"2 scenarios: 2 points x 5 worlds x 4 weeks x 2 to {most} relations" in out.getvalue()
    assert "2 points (grid), 2 scenarios, 10 worlds" in out.getvalue()


@pytest.mark.slow
def test_a_design_over_scenarios_is_reported_as_what_it_played(tmp_path: Path) -> None:
    study = run(job(tmp_path / "s", SCENARIOS, "worlds=5", "weeks=4"))
    text = (study.folder / "summary.md").read_text()
    assert text.startswith("# 2 scenarios\n")
    assert "**Two rivals**" in text
    assert "**Two alliances**" in text
    assert "briefing" not in text
    assert re.search(r"2 to \d+ states, 2 to \d+ directed relations", text)
    assert "Alphia and Betania: display or more" in text
    assert study.scenario.roster.leaders == ("AAA", "BBB")
    assert study.title == "2 scenarios"


def test_the_memory_that_is_told_grows_with_points_and_not_with_worlds() -> None:
    def told(*words: str) -> float:
        (found,) = read_jobs([*RIVALS, *words])
        return cost.estimate(found).memory

    million = told("worlds=1000000")
    assert cost.BYTES_PROGRAM < told("worlds=10") < million < 0.65e9
    assert told("worlds=3000000") < 1.1 * million
    points = "vary.fear_gain={low: 1, high: 3}", "design.method=sobol", "design.points=64"
    assert told("worlds=10") < told("worlds=10", *points) < 1e9


def test_the_disk_a_run_takes_is_within_a_factor_of_two_of_what_was_said(compared: Study) -> None:
    (found,) = read_jobs([
        *RIVALS, *HARSH, "worlds=120", "vary.fear_gain=[1,2.5]",
        "compare.hotline={diplomacy: hotline}",
        "compare.silent={scenario: {pairs: {AAA-BBB: {channel: 0.0}}}}",
        "series=[fear_leaders,rung_leaders]", "every=4",
    ])  # fmt: skip
    files = [*compared.folder.glob("*.parquet"), *(compared.folder / "shards").iterdir()]
    taken = sum(path.stat().st_size for path in files)
    assert taken / 2 < cost.estimate(found).disk < taken * 2


def test_shards_cover_every_world_once_whatever_their_size() -> None:
    for size in (1, 7, 64, 10_000):
        (found,) = read_jobs([*RIVALS, "worlds=50", "vary.scenario.traits.AAA.firmness=[0.1,0.2]",
                              "vary.fear_gain=[1,2]", f"execution.shard={size}"])  # fmt: skip
        batch = playing.Round(0, tuple(range(4)), 0, 50)
        seen = [
            (shard.points[k], int(world))
            for shard in playing.shards_of(found, batch, "x")
            for k, world in zip(shard.of_point, shard.number, strict=True)
        ]
        assert seen == [(p, w) for p in range(4) for w in range(50)]
