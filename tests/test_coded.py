"""Starting levels from coded events, blocs of any name, and inputs without effect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.config.coded import coded_starts, codes
from sim.model.vocabulary import Bloc
from tests.scripts import script

HEAD = "date,actor,target,code\n"


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "events.csv"
    path.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_table_of_codes_has_scores_and_instruments() -> None:
    assert len(codes()) == 320
    assert codes()["130"] == (-4.4, "rhetoric")
    assert codes()["154"] == (-7.2, "deployment")
    assert codes()["163"] == (-6.5, "sanctions")
    assert {instrument for _, instrument in codes().values()} == {
        "", "rhetoric", "deployment", "sanctions", "diplomacy",
    }  # fmt: skip


def test_levels_are_the_faded_weight_of_events_as_computed_by_hand(tmp_path: Path) -> None:
    # Four weeks, each of one mobilisation (7.2): their mean weight a week is 7.2, of 10 for full.
    lines = [f"2025-01-{day:02d},RUSMIL,USA,154" for day in (1, 8, 15, 22)]
    others = ["2025-01-02,USA,RUS,0811", "2024-01-01,RUS,USA,154", "2025-01-29,RUS,USA,154",
              "2025-01-05,RUS,CHN,154", "2025-01-05,RUS,USA,010"]  # fmt: skip
    path = written(tmp_path, *lines, *others)
    found = coded_starts(path, ["USA", "RUS"], "2025-01-29", weeks=4, full={"deployment": 10})
    assert found["relations"]["RUS>USA"] == {"deployment": 0.75}  # 0.72, in quarters
    told = found["coded"]["levels"]["RUS>USA"]["deployment"]
    assert told == {"level": 0.75, "low": 0.75, "high": 0.75, "events": 4}  # alike in all weeks
    # One accommodation (5.0) in the oldest of four weeks, of 20 for full: left to the rules.
    assert "USA>RUS" not in found["relations"]
    assert found["coded"]["levels"]["USA>RUS"]["diplomacy"]["level"] == 0.5
    assert found["coded"]["events"] == 5


def test_the_spread_is_that_of_weeks_drawn_anew(tmp_path: Path) -> None:
    lines = ["2025-01-20,RUS,USA,190"] * 12  # fights, all in one week
    found = coded_starts(written(tmp_path, *lines), ["USA", "RUS"], "2025-01-27", weeks=8,
                         full={"deployment": 60.0})  # fmt: skip
    told = found["coded"]["levels"]["RUS>USA"]["deployment"]
    assert told["low"] == 0.0
    assert told["high"] > told["level"] >= 0.25


def test_a_finer_code_than_is_known_counts_as_its_root(tmp_path: Path) -> None:
    found = coded_starts(written(tmp_path, *["2025-01-20,RUS,USA,1549"] * 9), ["USA", "RUS"],
                         "2025-01-27", weeks=4)  # fmt: skip
    assert found["relations"] == {"RUS>USA": {"deployment": 1.0}}


def test_all_that_is_wrong_with_a_file_is_told(tmp_path: Path) -> None:
    path = written(
        tmp_path, "2025-13-01,RUS,USA,154", "2025-01-01,RUS,USA,ninety", "2025-01-01,R,U,999"
    )
    with pytest.raises(sim.InputError) as error:
        coded_starts(path, ["USA", "RUS"], "2025-01-27")
    for told in ("line 2", "date must be", "line 3", "code is no CAMEO code", "line 4"):
        assert told in str(error.value)
    path.write_text("date,code\n2025-01-01,154\n", encoding="utf-8")
    with pytest.raises(sim.InputError, match="date, actor, target, code; actor, target missing"):
        coded_starts(path, ["USA"], "2025-01-27")
    with pytest.raises(sim.InputError, match="cannot be read"):
        coded_starts(tmp_path / "none.csv", ["USA"], "2025-01-27")
    with pytest.raises(sim.InputError) as error:
        coded_starts(path, ["USA"], "soon", weeks=2, full={"rhetorik": 3, "sanctions": 0})
    for told in ("YYYY-MM-DD", "4 to 520", "did you mean rhetoric?", "above 0"):
        assert told in str(error.value)
    with pytest.raises(sim.InputError, match="has no event between these states"):
        coded_starts(written(tmp_path, "2025-01-01,RUS,USA,154"), ["FRA"], "2025-01-27")


def test_a_scenario_starts_at_them_and_the_summary_says_where_they_are_from(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, *[f"2024-12-{day:02d},AAA,BBB,154" for day in range(2, 30)])
    found = sim.coded_starts(path, ["AAA", "BBB"], "2025-01-06", weeks=8)
    mine = sim.scenario("mine", base="two_rivals", **found)
    study = sim.run(scenario=mine, worlds=8, weeks=6, progress=False,
                    quantities=["deployment[AAA>BBB] @ 0"])  # fmt: skip
    assert study.value("deployment[AAA>BBB] @ 0")[0] == found["relations"]["AAA>BBB"]["deployment"]
    told = (study.folder / "summary.md").read_text("utf-8")
    assert "## Starting levels from coded events" in told
    assert "`events.csv`" in told
    assert "| AAA>BBB | deployment | 1 |" in told.replace("\\>", ">")


# Blocs of any name


SEA: dict[str, Any] = {
    "title": "Sea", "account": "Two sides of a sea.", "start": "2025-01-06",
    "states": ["USA", "JPN", "CHN", "PRK"],
    "blocs": {"treaty": {"leader": "USA", "members": ["JPN"]},
              "china": {"leader": "CHN", "members": ["PRK"]}},
    "traits": {"china": {"greed": 0.4}},
    "events": [{"date": "2025-03-10", "kind": "speech", "actor": "treaty", "target": "china",
                "size": 0.5, "what": "A speech", "source": "assumption"}],
}  # fmt: skip


def test_blocs_may_be_called_anything_and_are_the_same_world() -> None:
    own = sim.scenario("sea", **SEA)
    assert own.roster.leaders == ("USA", "CHN")
    assert own.roster.blocs["PRK"] == Bloc.EAST
    usual = sim.scenario("sea", **{
        **SEA, "blocs": {"west": SEA["blocs"]["treaty"], "east": SEA["blocs"]["china"]},
        "traits": {"east": {"greed": 0.4}},
        "events": [{**SEA["events"][0], "actor": "west", "target": "east"}],
    })  # fmt: skip
    for mine, theirs in zip(own.roster.atlas, usual.roster.atlas, strict=True):
        assert np.array_equal(mine, theirs)


def test_a_bloc_may_say_which_side_it_is() -> None:
    blocs = {"china": {**SEA["blocs"]["china"], "side": "east"},
             "treaty": {**SEA["blocs"]["treaty"], "side": "west"}}  # fmt: skip
    assert sim.scenario("sea", **{**SEA, "blocs": blocs}).roster.leaders == ("USA", "CHN")


def test_errors_call_a_bloc_what_it_is_called() -> None:
    blocs = {"treaty": {"leader": "USA", "members": ["JPN", "PRK"]},
             "china": {"leader": "CHN", "members": ["PRK", "FRA"]}}  # fmt: skip
    with pytest.raises(sim.InputError) as error:
        sim.scenario("sea", **{**SEA, "blocs": blocs})
    assert "scenario.blocs.china.members[0]" in str(error.value)
    assert "is already in treaty" in str(error.value)


# Inputs without effect


def test_what_changes_nothing_is_named_and_what_changes_something_is_not() -> None:
    job = sim.job(
        scenario="two_rivals", weeks=60, parameters={"join": 0.02, "fear_gain": 3.0},
        vary={"solidarity": [0.0, 0.5], "fog": [0.0, 1.0]},
    )  # fmt: skip
    found = sim.without_effect(job)
    assert {"parameters.join", "vary.solidarity"} <= set(found)
    assert not {"parameters.fear_gain", "vary.fog"} & set(found)
    assert not [key for key in found if key.startswith("scenario.traits")]  # the rules give them


def test_an_event_that_comes_too_late_to_matter_is_named_by_its_id() -> None:
    late = {"id": "late", "date": "2025-06-02", "kind": "speech", "actor": "AAA", "target": "BBB",
            "size": 0.0, "what": "Nothing is said", "source": "assumption"}  # fmt: skip
    loud = {**late, "id": "loud", "kind": "deployment", "size": 1.0, "date": "2025-01-20"}
    mine = sim.scenario("mine", base="two_rivals", events=[loud, late])
    found = sim.without_effect(sim.job(scenario=mine, weeks=40))
    assert "scenario.events.late" in found
    assert "scenario.events.loud" not in found


# The example of a page


def test_the_page_of_mesa_draws_a_model_and_takes_what_it_offers() -> None:
    app = script("examples", "mesa_app")
    given = {k: v["value"] if isinstance(v, dict) else v for k, v in app.PARAMETERS.items()}
    model = app.Rivals(**{**given, "seed": "7"})
    model.play(10)
    figure = app.ladder(model)
    above, below = figure.axes
    assert above.lines[0].get_ydata().tolist() == [
        int(r) for r in model.history.pair("AAA", "BBB", "rung")
    ]
    assert len(below.lines[0].get_xdata()) == 11
    assert model.master_seed == 7


# What a newcomer does wrong


def test_a_state_that_is_there_already_may_change_its_bloc_and_is_not_added_twice() -> None:
    moved = sim.scenario("x", base="attache_briefing", states={"add": {"KOR": "west"}})
    assert moved.roster.blocs["KOR"] == Bloc.WEST
    left = sim.scenario("x", base="attache_briefing", states={"add": {"POL": None}})
    assert "POL" not in left.roster.blocs
    with pytest.raises(sim.InputError, match="is in the base already"):
        sim.scenario("x", base="attache_briefing", states={"add": ["KOR"]})


def test_an_error_of_ones_own_code_is_told_with_its_line_and_world() -> None:
    def fails(world: Any) -> float:
        return 1.0 / (world.number - 3)

    with pytest.raises(sim.StudyError) as error:
        sim.run(scenario="two_rivals", worlds=8, weeks=12, quantities=[fails], progress=False)
    told = str(error.value)
    assert "while worlds were played" in told
    assert "ZeroDivisionError" in told
    assert "in world 3" in told
    assert "test_coded.py, line " in told
    assert ", in fails)" in told


def test_an_expression_is_put_right_with_its_own_states() -> None:
    with pytest.raises(sim.InputError, match=r"write fear\[AAA>BBB\]"):
        sim.job(scenario="two_rivals", quantities=["fear[AAA-BBB]"])
    with pytest.raises(sim.InputError, match=r"write clash\[AAA-BBB\]"):
        sim.job(scenario="two_rivals", quantities=["clash[AAA>BBB]"])
    with pytest.raises(sim.InputError, match="write and, or"):
        sim.job(scenario="two_rivals", quantities=["clash[AAA-BBB] & display[AAA-BBB]"])


def test_what_a_study_lacks_is_told_with_how_to_have_it() -> None:
    study = sim.run(scenario="two_rivals", worlds=8, weeks=6, progress=False)
    with pytest.raises(sim.StudyError, match="if it is run with compare"):
        study.table("differences")
    with pytest.raises(sim.StudyError, match="list it in quantities and run again"):
        study.value("crisis[AAA-BBB]")


def test_a_nearness_that_gives_no_relation_is_said_so() -> None:
    given = {**SEA, "states": [*SEA["states"], "VNM"], "invented": {
        "VNM": {"name": "Vietnam", "capability": 0.01, "democracy": 0.2, "nuclear": 0.0,
                "proximity": {"CHN": 1.0, "JPN": 0.5}}}}  # fmt: skip
    mine = sim.scenario("sea", **given)
    idle = sim.without_effect(sim.job(scenario=mine, weeks=10))
    assert "scenario.invented.VNM.proximity.JPN" in idle
    assert "scenario.invented.VNM.proximity.CHN" not in idle
    with pytest.raises(sim.InputError, match=r"proximity 0\.8 or more"):
        sim.scenario("sea", **given, subject="JPN-VNM")


def test_a_quantity_that_no_file_could_be_called_is_drawn_and_told(tmp_path: Path) -> None:
    name = "fear[AAA>BBB] / 2"
    study = sim.run(scenario="two_rivals", worlds=20, weeks=10, quantities=[name], figures="png",
                    precision={"quantity": name, "tolerance": 1e-6, "most": 40},
                    output=tmp_path / "a", progress=False)  # fmt: skip
    drawn = [path.name for path in (study.folder / "figures").iterdir()]
    assert [x for x in drawn if x.startswith("convergence_fear_AAA_BBB_2_")]
    assert not [x for x in drawn if set(x) & set('<>:"/\\|?* ')]
    told = (study.folder / "summary.md").read_text("utf-8")
    assert f"| `{name}` | " in told.replace("\\>", ">").replace("\\[", "[")
    assert "1 point did not reach it" in told


def test_what_was_never_seen_is_not_called_unmoved() -> None:
    study = sim.run(
        scenario="two_rivals", worlds=4, weeks=4, quantities=["war"], progress=False,
        vary={"fear_gain": {"low": 1.0, "high": 4.0}, "hotline": {"low": 0.0, "high": 1.0}},
        design={"method": "morris", "points": 4},
    )  # fmt: skip
    told = (study.folder / "summary.md").read_text("utf-8")
    assert "It was seen in no world" in told
    assert "No varied input has an effect" not in told


def test_a_value_that_a_function_takes_along_makes_it_another(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"scenario": "two_rivals", "worlds": 8, "weeks": 6}

    def above(least: float) -> Any:
        def calm(world: Any) -> float:
            return float((world.series("fear[AAA>BBB]") > least).sum())

        return calm

    sim.run(settings, quantities=[above(0.1)], output=tmp_path / "a", progress=False)
    sim.run(settings, quantities=[above(0.1)], output=tmp_path / "a", progress=False)
    with pytest.raises(sim.InputError, match="holds"):
        sim.run(settings, quantities=[above(0.9)], output=tmp_path / "a", progress=False)
