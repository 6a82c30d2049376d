"""A run leaves a whole folder or none, and its files say what was played."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from rich.console import Console

from sim import plots, report
from sim.__main__ import read_jobs
from sim.analysis import causes
from sim.analysis import tables as measures
from sim.analysis.quantities import QUANTITIES
from sim.analysis.tables import Tables
from sim.engine import ensemble, record
from sim.engine.history import replay
from sim.errors import InputError
from sim.model.roster import with_calendar
from sim.model.vocabulary import Happening
from sim.plan.scenario import Job
from sim.report import figures, numbers, running, sections, summary
from sim.study.results import open_study

SIZE = ("worlds=20", "weeks=16", "seed=7", "execution.threads=2")
POINTS = "offence,accident\n0.5,0.01\n1.0,0.05\n"


def _job(output: Path, *words: str) -> Job:
    (job,) = read_jobs([*SIZE, *words])
    return replace(job, output=output)


def _run(job: Job) -> Path:
    return report.run(job, console=Console(quiet=True))


@pytest.fixture(scope="module")
def job(tmp_path_factory) -> Job:
    output = tmp_path_factory.mktemp("runs") / "here"
    points = tmp_path_factory.mktemp("design") / "points.csv"
    points.write_text(POINTS)
    listed = ("design.method=list", f"design.file={points}")
    return _job(output, *listed, "tracks=[3,11]", "paired=false")


@pytest.fixture(scope="module")
def folder(job: Job) -> Path:
    """Two points that do not share their random numbers, and two worlds in full."""
    return _run(job)


@pytest.fixture(scope="module")
def tables(job: Job) -> Tables:
    """The same run's tables, without the report."""
    record = ensemble.play(
        job.scenario.roster, job.parameter_points(), n_worlds=job.n_worlds, n_weeks=job.n_weeks,
        seed=job.seed, paired=job.paired,
    )  # fmt: skip
    return Tables.of(record)


@pytest.fixture(scope="module")
def alone(tmp_path_factory) -> Path:
    """A run of one world."""
    output = tmp_path_factory.mktemp("runs") / "alone"
    return _run(_job(output, "scenario=two_rivals", "worlds=1"))


# Files


def test_every_table_is_written_as_computed(folder, tables) -> None:
    for name, frame in vars(tables).items():
        found = pd.read_parquet(folder / f"{name}.parquet")
        assert list(found.columns) == list(frame.columns)
        for column in frame:
            expected = frame[column].to_numpy(object, na_value=None)
            got = found[column].to_numpy(object, na_value=None)
            assert list(got) == list(expected), f"{name}.{column}"
    design = pd.read_parquet(folder / "design.parquet")
    assert design.to_dict("list") == {
        "point": [0, 1], "offence": [0.5, 1.0], "accident": [0.01, 0.05],
    }  # fmt: skip


def test_tables_are_plain_for_other_readers(folder) -> None:
    plain = re.compile(r"int\d+|double|float|bool|string")
    for path in folder.rglob("*.parquet"):
        schema = pq.read_schema(path)
        told = set(schema.metadata or {})
        assert told <= {b"table", b"columns"}, path.name  # no pandas index
        for field in schema:
            assert plain.fullmatch(str(field.type)), f"{path.name}: {field}"
    weeks = pq.read_table(folder / "outcomes.parquet")["first_week_rung_7"]
    assert str(weeks.type) == "int32"
    assert weeks.null_count > 0


def test_tracks_are_the_worlds_asked_for_at_every_point(folder, job, tables) -> None:
    relations = pd.read_parquet(folder / "tracks" / "relations.parquet")
    assert set(zip(relations["point"], relations["world"], strict=True)) == {
        (p, w) for p in (0, 1) for w in (3, 11)
    }
    pairs = pd.read_parquet(folder / "tracks" / "pairs.parquet")
    leaders = pairs[(pairs["first"] == "USA") & (pairs["second"] == "RUS")]
    peaks = leaders.groupby(["point", "world"])["rung"].max()
    outcomes = tables.outcomes.set_index(["point", "world"])["peak_rung_leaders"]
    for key, peak in peaks.items():
        assert peak == outcomes[key]
    point = job.parameter_points()[1]
    history = replay(job.scenario.roster, point, world=11, n_weeks=16, seed=7, of_point=2)
    found = relations.query("point == 1 and world == 11 and owner == 'RUS' and rival == 'EST'")
    assert np.array_equal(found["fear"], history.relation("RUS", "EST", "fear"))


def test_the_manifest_is_enough_to_run_it_again(folder, job) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["config"] == json.loads(json.dumps(job.resolved))
    assert manifest["finished"]
    assert manifest["seed"] == 7
    assert (manifest["worlds"], manifest["weeks"], manifest["points"]) == (20, 16, 2)
    assert not manifest["paired"]
    assert manifest["versions"]["python"] == sys.version.split()[0]
    assert manifest["versions"]["numpy"] == np.__version__
    assert manifest["relation_weeks_per_second"] > 0
    assert "not a forecast" in manifest["note"]


def test_a_folder_of_other_things_is_left_alone(tmp_path) -> None:
    output = tmp_path / "results"
    output.mkdir()
    (output / "mine.txt").write_text("precious")
    with pytest.raises(InputError, match="is not empty and holds no study"):
        _run(_job(output, "scenario=two_rivals"))
    assert [p.name for p in tmp_path.iterdir()] == ["results"]
    assert [p.name for p in output.iterdir()] == ["mine.txt"]


def test_a_run_that_breaks_off_is_no_study_until_it_is_run_again(tmp_path, monkeypatch) -> None:
    def broken(*_: object) -> str:
        raise KeyboardInterrupt

    job = _job(tmp_path / "results", "scenario=two_rivals", "worlds=2", "weeks=3")
    with monkeypatch.context() as patch:
        patch.setattr(running, "tabulate", broken)
        with pytest.raises(KeyboardInterrupt):
            _run(job)
    with pytest.raises(InputError, match="not finished"):
        open_study(job.output)
    shards = {path: path.stat().st_mtime_ns for path in (job.output / "shards").iterdir()}
    assert open_study(_run(job)).value("display")[0] >= 0.0
    assert shards == {path: path.stat().st_mtime_ns for path in shards}


def test_nothing_half_written_stays(folder) -> None:
    assert not list(folder.rglob("*.part"))


def test_importing_the_report_does_not_import_matplotlib() -> None:
    code = "import sys, sim.report; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# The summary


def test_the_summary_shows_the_outcomes_numbers(folder, tables) -> None:
    text = (folder / "summary.md").read_text()
    first = tables.at(0).outcomes
    display = numbers.percent((first["peak_rung_leaders"] >= 3).mean())
    assert f"| The United States and Russia: display or more | {display} |" in text
    assert f"| disputes of opposed pairs | {first['disputes'].mean():.2f} |" in text
    per_hundred = 100.0 / (16 * 2 * len(tables.at(0).pairs))
    intent = f"{first['misread_intent'].mean() * per_hundred:.3g}"
    assert f"| intent misread | {intent} |" in text
    assert "not a forecast" in text


def test_the_summary_says_what_clashes_began_with_and_go_back_to(folder, tables) -> None:
    """Parts by cause, and by root, add up to all clashes: in a sentence and in tables."""
    text = (folder / "summary.md").read_text()
    first = tables.at(0).outcomes
    n = int(first["clashes"].sum())
    assert n > 0
    line = next(line for line in text.splitlines() if line.startswith("- Of "))
    assert line.startswith(f"- Of {n:,} clash")
    begun, rooted = line.partition(" Counted")[0].split(" opposed pairs ")[1].split(";")
    for told, parts in ((begun, causes.BY_CAUSE), (rooted, causes.BY_ROOT)):
        assert sum(map(int, re.findall(r"\d+", told))) == n
        for part in parts:
            some = part.counted(first)
            assert (part.words in told) == (some.sum() > 0)
            row = f"| {part.name} | {numbers.amount(some.mean())} |"
            assert row in text
            assert numbers.percent(some.sum() / n) in text[text.index(row) :].partition("\n")[0]
    assert f" {first['clashes_unanswered'].sum()} of them one side's deliberate fire" in line
    assert f"{first['excused'].sum()} accident" in line


def test_every_cause_and_every_root_is_told() -> None:
    assert {part.of for part in causes.BY_CAUSE} == set(record.CAUSES)
    assert {part.of for part in causes.BY_ROOT} == set(record.ORIGINS)
    assert set(causes.names()) <= set(QUANTITIES)


def test_the_parts_of_clashes_add_up_in_every_world(tables) -> None:
    worlds = tables.outcomes
    for parts in (causes.BY_CAUSE, causes.BY_ROOT):
        assert (sum(part.counted(worlds) for part in parts) == worlds["clashes"]).all()


def test_a_war_that_is_dated_is_a_clash_by_an_event(rivals, point) -> None:
    dated = with_calendar(rivals, [(2, Happening.WAR, 0, 2.0)])
    found = ensemble.play(dated, point()[None], n_worlds=4, n_weeks=3, seed=1)
    for column in ("clashes", "clashes_event", "clashes_of_event"):
        assert (found.outcome(column) == 1).all(), column


def test_the_summary_tells_the_typical_and_the_worst_world(folder, tables, job) -> None:
    text = (folder / "summary.md").read_text()
    first = tables.at(0).outcomes
    worst = measures.worst_world(first)
    found = re.search(r"## A typical world \(world (\d+)\)", text)
    assert found
    assert f"## The worst world (world {worst})" in text
    peaks = first.set_index("world")["peak_rung_leaders"]
    assert peaks[int(found[1])] == peaks.quantile(0.5, interpolation="lower")
    told = text[text.index("## The worst world") :]
    course = re.search(r"stood (?:highest, on|higher than at the start \() ?rung (\d) \(", told)
    assert course
    assert int(course[1]) == peaks[worst]
    assert all(measures.label_of(point) in text for point in job.points)


def test_every_figure_that_is_linked_exists_and_the_reverse(folder, alone) -> None:
    for results in (folder, alone):
        text = (results / "summary.md").read_text()
        assert "could not be drawn" not in text
        linked = set(re.findall(r"\((figures/\w+\.png)\)", text))
        drawn = {f"figures/{p.name}" for p in (results / "figures").glob("*.png")}
        assert linked == drawn
        assert {p.suffix for p in (results / "figures").iterdir()} == {".png"}


def test_one_world_is_a_lesson_by_itself(alone) -> None:
    text = (alone / "summary.md").read_text()
    assert "## Course of events" in text
    assert "95 % interval" not in text
    assert {p.stem for p in (alone / "figures").iterdir()} == {"history", "views"}
    assert pq.read_table(alone / "curves.parquet")["mcse"].null_count > 0


# The pair that a scenario is about, and pairs that are not opposed

GEORGIA = ("scenario=georgia_2008", "weeks=60")


@pytest.fixture(scope="module")
def georgia(tmp_path_factory) -> Path:
    return _run(_job(tmp_path_factory.mktemp("runs") / "georgia", *GEORGIA))


def test_a_scenario_that_names_its_pair_is_told_of_that_pair_first(georgia) -> None:
    text, worlds = (georgia / "summary.md").read_text(), open_study(georgia).outcomes
    first, second, *_, last = re.findall(r"^- (.*)$", text[: text.index("## Results")], re.M)
    war = numbers.percent((worlds["peak_rung_subject"] >= 6).mean())
    assert first.startswith("Russia and Georgia came to a display of force in ")
    assert f"to war in {war}" in first
    assert first.endswith("; a war between them is among the scenario's dated events.")
    assert second.startswith("The United States and Russia came to a display of force in ")
    assert "the leaders" in last
    for who in ("Russia and Georgia", "The United States and Russia", "Any two opposed states"):
        assert f"| {who}: war or more |" in text
    assert text.index("| Russia and Georgia: war") < text.index("| The United States and Russia:")


def test_a_scenario_that_names_no_pair_is_told_of_its_leaders_alone(folder) -> None:
    text = (folder / "summary.md").read_text()
    first, second, *_ = re.findall(r"^- (.*)$", text[: text.index("## Results")], re.M)
    assert first.startswith("The United States and Russia came to a display of force in ")
    assert "dated events" not in first
    assert second.startswith("Opposed states clashed somewhere in ")
    assert "the leaders rose" not in text


def test_figures_name_the_pair_that_a_scenario_is_about_and_the_leaders(georgia) -> None:
    study, caption = open_study(georgia), figures.Caption("A test", 20, 7)
    tables, roster = study.first(), study.scenario.roster
    fan = figures.fan(tables, roster, caption)
    assert fan.texts[0].get_text() == "Escalation rung over time: Russia and Georgia"
    assert "the United States and Russia" in fan.axes[1].get_title()
    for figure in (
        figures.reached(tables, roster, caption),
        figures.rungs(tables, roster, caption),
    ):
        titles = [ax.get_title() for ax in figure.axes]
        assert titles[:2] == ["Russia and Georgia", "The United States and Russia"]
        assert len(titles) == 3
    beside = figures.side_by_side(tables.reached, {0: "as configured"}, roster, caption)
    assert beside.texts[0].get_text() == "Rungs reached by week: Russia and Georgia"
    shown = tables.reached[tables.reached["scope"] == "subject"]
    for figure in (figures.reached(tables, roster, caption), beside):
        ax: Any = figure.axes[0]
        for line, rung in zip(ax.lines, (3, 4, 5, 6), strict=False):
            expected = shown[shown["rung"] == rung].sort_values("week")["share"]
            assert np.array_equal(line.get_ydata(), expected)


def test_captions_go_with_the_figures_of_the_pair_that_a_scenario_is_about(georgia, folder) -> None:
    told = "*Escalation rung of the dyad that the scenario is about, and of the leader dyad;"
    assert f"figures/fan.png)\n\n{told}" in (georgia / "summary.md").read_text()
    assert "that the scenario is about" not in (folder / "summary.md").read_text()


def test_pairs_that_are_not_opposed_are_told_by_the_year_and_by_name(georgia) -> None:
    text, study = (georgia / "summary.md").read_text(), open_study(georgia)
    for name in ("disputes", "clashes", "wars"):
        mean = study.outcomes[f"{name}_other"].mean()
        row = re.search(rf"\| {name} of dyads that are not opposed \| (.*?) \|.*\| (.*?) \|", text)
        assert row
        assert row[1] == numbers.amount(mean)
        assert row[2] == numbers.amount(mean * 365.25 / 7 / 60)
    pairs = study.table("pairs").query("not opposed")
    listed = re.search(r"most often among them.*\n.*\n((?:\|.*\n)+)", text)
    assert listed
    rows = listed[1].splitlines()
    assert rows[0].startswith("| Russia and Georgia | ")
    assert len(rows) == min(5, (pairs["peak_3"] > 0.0).sum())
    assert f"{len(pairs)} dyads are not opposed" in text


def test_where_all_pairs_are_opposed_nothing_is_told_of_others(alone) -> None:
    assert "not opposed" not in (alone / "summary.md").read_text()


def test_one_world_is_told_of_its_pair_first_and_of_pairs_that_are_not_opposed(tmp_path) -> None:
    job = _job(tmp_path / "one", *GEORGIA, "worlds=1", "figures=none")
    study = open_study(_run(job))
    (world,) = study.outcomes.to_dict("records")
    _, subject, leaders, _, others, *_ = summary.headline(job, study)
    peak = world["peak_rung_subject"]
    week = world[f"first_week_rung_{peak}_subject"]
    assert subject.startswith(f"Russia and Georgia stood highest in week {week}, on rung {peak} (")
    assert leaders.startswith("The United States and Russia ")
    assert f" {world['disputes_other']} dispute" in others
    assert f" {world['clashes_other']} clash" in others


# What matters


def _indices(seen: float = 0.2, **most: float) -> SimpleNamespace:
    """Return a drawn study of two parameters with these total shares of the variance."""
    rows = [
        {"quantity": "clash", "parameter": name, "index": index, "value": value, "lo": 0.0,
         "hi": value}
        for name, value in most.items() for index in ("S1", "ST")
    ]  # fmt: skip
    points = pd.DataFrame({"point": range(6), "quantity": "clash", "value": seen})
    return SimpleNamespace(quantities=("clash",), points=points, sensitivity=pd.DataFrame(rows),
                           has=lambda name: name == "sensitivity")  # fmt: skip


def test_where_nothing_changed_nothing_is_ranked() -> None:
    study = _indices(fear_gain=0.0, accident=0.0)
    (told,) = sections.spread(study)
    assert told.endswith("No varied input has an effect, so there is no ranking.")
    text = "\n".join(sections.matters(study))
    assert "fear_gain" not in told + text
    assert sections.UNMOVED in text


def test_what_was_never_seen_is_not_said_to_be_moved_by_nothing() -> None:
    study = _indices(0.0, fear_gain=0.0, accident=0.0)
    (told,) = sections.spread(study)
    assert told.endswith(
        "It was seen in no world, so nothing is known of what moves it: play more worlds."
    )
    assert sections.UNMOVED not in told + "\n".join(sections.matters(study))


def test_what_moves_nothing_is_not_ranked_beside_what_does() -> None:
    study = _indices(fear_gain=0.0, accident=0.4)
    (told,) = sections.spread(study)
    assert told.endswith("Largest effects: accident.")
    assert "`accident`" in "\n".join(sections.matters(study))
    assert "`fear_gain`" not in "\n".join(sections.matters(study))


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.25, "25 %"), (0.004, "0.4 %"), (0.9996, "99.96 %"), (1.0, "100 %")],
)
def test_shares_near_the_ends_keep_their_digits(share, text) -> None:
    assert numbers.percent(share) == text


def test_a_ratio_counts_events_and_not_worlds() -> None:
    found = numbers.ratio(pd.Series([1, 0, 30]), pd.Series([2, 0, 40]))
    assert found.value == pytest.approx(31 / 42)
    # rest = part - ratio * whole = (-20/42, 0, 20/42); half = z sqrt(sum rest^2 / 2 / 3) / 14
    half = 1.959964 * np.sqrt(2 * (20 / 42) ** 2 / 2 / 3) / 14
    assert half < 0.05
    assert found.low < 31 / 42 - half  # as many independent events would be less sure
    spread = numbers.ratio(pd.Series([0, 0, 60]), pd.Series([20, 20, 60]))
    assert (spread.low, spread.high) == (0.0, 1.0)  # of worlds that have nothing in common


@pytest.mark.parametrize(("part", "value"), [([0, 0, 0], 0.0), ([2, 1, 2], 1.0)])
def test_a_ratio_of_none_or_all_has_an_interval(part: list[int], value: float) -> None:
    found = numbers.ratio(pd.Series(part), pd.Series([2, 1, 2]))
    assert found.value == value
    assert found.high - found.low == pytest.approx(0.4345, abs=1e-4)  # Wilson, 0 of 5


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.00"), (0.0037, "0.004"), (0.00042, "0.0004"), (0.0095, "0.01"), (3.14159, "3.14"),
     (12.34, "12.3"), (-0.0037, "-0.004")],
)  # fmt: skip
def test_amounts_near_zero_keep_a_digit(value: float, text: str) -> None:
    assert numbers.amount(value) == text


def test_a_count_never_seen_is_told_with_its_upper_end() -> None:
    assert numbers.amounts(numbers.mean(pd.Series([0] * 1000))) == "0.00 to 0.004"


# Times


def _times(back: list[float | None], peak: list[int], n_weeks: int) -> Tables:
    worlds = pd.DataFrame({
        "peak_rung_leaders": 3, "peak_week": peak,
        "returned_week": pd.array(back, dtype="Int32"),
    })  # fmt: skip
    rungs = pd.DataFrame({"week": [0, n_weeks], "rung": 1, "share": 1.0})
    return Tables(worlds, worlds, rungs, worlds, worlds)


def test_worlds_that_never_came_back_count_in_the_median_time_back() -> None:
    back: list[float | None] = [*range(12, 22), *[None] * 10]
    rose, share, time = summary.way_down(_times(back, [10] * 20, 60))
    assert (rose, share.value) == (20, 0.5)
    assert (time.value, time.n_cut) == (11.0, 10)  # of those alone that came back: 6.5
    assert numbers.weeks(time).startswith("11 weeks (6 to not reached; 10 of 20 had not returned")


def test_a_median_time_back_that_was_not_seen_is_not_reached() -> None:
    back: list[float | None] = [12, 13, *[None] * 18]
    _, _, time = summary.way_down(_times(back, [10] * 20, 60))
    assert numbers.weeks(time).startswith("not reached (")
    assert "18 of 20 had not returned at the end of the run" in numbers.weeks(time)


# Figures


@pytest.fixture
def ax():
    return Figure().subplots()


def test_curves_are_drawn_as_tabled(ax, tables) -> None:
    first = tables.at(0)
    rows = first.reached[first.reached["scope"] == "any"]
    plots.draw_reached(ax, rows)
    for line, rung in zip(ax.lines, (3, 4, 5, 6), strict=True):
        expected = rows[rows["rung"] == rung].sort_values("week")["share"]
        assert np.array_equal(line.get_ydata(), expected)


def test_the_two_views_are_not_swapped(ax) -> None:
    views = pd.DataFrame({"week": [0, 1], "actor": "AAA", "meant": [0.1, 0.2], "seen": [0.4, 0.3]})
    plots.draw_views(ax, views, "AAA", "Alphia", "Betania", "k")
    drawn = {line.get_label(): list(line.get_ydata()) for line in ax.lines}
    assert drawn == {"as intended": [0.1, 0.2], "as perceived by Betania": [0.4, 0.3]}


def test_fear_of_a_leader_is_read_from_either_side() -> None:
    pairs = pd.DataFrame(
        {
            "first": ["AAA", "LED", "CCC"], "second": ["LED", "BBB", "LED"],
            "opposed": [True, True, False],
            "fear_first": [0.1, 0.2, 0.9], "fear_second": [0.3, 0.4, 0.9],
        }
    )  # fmt: skip
    rows = plots.fear_of(pairs, "LED").set_index("state")
    assert rows.loc["AAA"].to_dict() == {"held": 0.1, "felt": 0.3}
    assert rows.loc["BBB"].to_dict() == {"held": 0.4, "felt": 0.2}
    assert "CCC" not in rows.index


def test_clashes_are_stacked_by_cause_as_tabled(folder, tables) -> None:
    """Bars from zero, causes in their order, the share of each where there is room."""
    study = open_study(folder)
    figure = figures.causes(study.points, {1: "calm", 0: "tense"}, figures.Caption("A test", 20, 7))
    ax: Any = figure.axes[0]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["calm", "tense"]
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == [part.name for part in causes.BY_CAUSE]
    for row, point in enumerate((1, 0)):
        worlds, at = tables.at(point).outcomes, 0.0
        told = {round(t.get_position()[0], 9): t.get_text() for t in ax.texts
                if t.get_position()[1] == 1 - row}  # fmt: skip
        for part, bars in zip(causes.BY_CAUSE, ax.containers, strict=True):
            mean, bar = part.counted(worlds).mean(), bars.patches[row]
            assert bar.get_y() + bar.get_height() / 2 == 1 - row
            assert bar.get_x() == pytest.approx(at)
            assert bar.get_width() == pytest.approx(mean)
            if text := told.get(round(bar.get_x() + mean / 2, 9)):
                assert text == f"{100 * mean / worlds['clashes'].mean():.0f}%"
            at += mean
        assert at == pytest.approx(worlds["clashes"].mean())
        ends = study.points.query(f"point == {point} and quantity == 'clashes'").iloc[0]
        line = ax.collections[0].get_segments()[row]
        assert line[:, 0].tolist() == [ends["lo"], ends["hi"]]
    assert ax.get_xlim()[0] == 0.0
    assert "per world" in ax.get_xlabel()


def test_causes_can_be_told_apart_in_grey_and_read(ax) -> None:
    """Each number has the contrast that WCAG asks for; neighbours differ in luminance."""

    def luminance(colour: str) -> float:
        parts = [
            c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    for colour in plots.CAUSE_COLOURS:
        ink = {"white": 1.0, "black": 0.0}[plots.ink_on(colour)]
        dark, light = sorted((ink, luminance(colour)))
        assert (light + 0.05) / (dark + 0.05) > 4.5, colour
    for one, other in pairwise(plots.CAUSE_COLOURS):
        dark, light = sorted((luminance(one), luminance(other)))
        assert (light + 0.05) / (dark + 0.05) > 1.4, (one, other)


def test_every_figure_says_what_it_is(job, folder, tables) -> None:
    roster, caption = job.scenario.roster, figures.Caption("A test", 20, 7)
    history = replay(roster, job.parameter_points()[0], world=0, n_weeks=16, seed=7, of_point=1)
    views = measures.two_views(history, job.points[0].parameters)
    first = tables.at(0)
    labels = {k: measures.label_of(point) for k, point in enumerate(job.points)}
    drawn = [
        figures.fan(first, roster, caption),
        figures.reached(first, roster, caption),
        figures.rungs(first, roster, caption),
        figures.gap(first, views, roster, caption, 0),
        figures.history(views, roster, caption, 0),
        figures.views(0, views, roster, caption),
        *(make() for _, make in figures.fear(first, roster, caption)),
        figures.side_by_side(tables.reached, labels, roster, caption),
        figures.causes(open_study(folder).points, labels, caption),
    ]  # fmt: skip
    assert len(drawn) == 10
    for figure in drawn:
        print_ = " ".join(text.get_text() for text in figure.texts)
        assert "not a forecast" in print_
        assert "A test; 20 worlds, seed 7" in print_


@pytest.mark.parametrize(("n_worlds", "n_weeks"), [(2, 1), (3, 5)])
def test_the_smallest_runs_are_reported_too(tmp_path, n_worlds, n_weeks) -> None:
    size = (f"worlds={n_worlds}", f"weeks={n_weeks}")
    output = _run(_job(tmp_path / "small", "scenario=two_rivals", *size))
    assert "nan" not in (output / "summary.md").read_text()
    assert (output / "figures" / "fan.png").stat().st_size > 5000
