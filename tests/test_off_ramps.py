"""Off-ramps: each try is a world that could have been; tables follow from the tries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.__main__ import main, read_jobs
from sim.engine.history import replay
from sim.engine.native import PLAIN
from sim.forks.off_ramps import (
    BOTH,
    STEPS,
    first_weeks,
    steps_table,
    tried,
    variants_of,
    windows,
    worlds_table,
)
from sim.plan.changes import Change, changed
from sim.plan.scenario import STEPS as NAMES
from sim.plan.scenario import OffRamps
from sim.report.ramps import run_off_ramps

if PLAIN:
    pytest.skip("plays too many worlds for plain Python", allow_module_level=True)

ENDS = ("AAA", "BBB")
TRIED = ("words", "talks", "apology", "hotline", "mediator", "sanctions", "withdraw")


def test_every_step_that_is_named_is_declared() -> None:
    assert tuple(STEPS) == NAMES


def test_each_try_is_the_fork_in_which_the_step_is_taken() -> None:
    plan = OffRamps(before=6, within=10, lasts=4, lucks=2, steps=TRIED)
    job = sim.job(scenario="two_rivals", worlds=300, weeks=60, seed=3)
    weeks = first_weeks(job, 0, np.arange(300), plan)
    study = sim.run(scenario="two_rivals", worlds=300, weeks=60, seed=3, progress=False)
    first = study.outcomes["first_week_rung_5"].fillna(0).to_numpy(int)
    assert np.array_equal(weeks, first)
    point = job.parameter_points()[0]
    numbers = np.flatnonzero(weeks > 20)[:3]
    rows = tried(job, 0, numbers, weeks[numbers], plan)
    assert len(rows) == 3 * 7 * len(
        variants_of(job.scenario.roster, plan, job.points[0].parameters)
    )
    assert rows["lucks"].tolist() == [2 if k in (0, 1, 2, 4, 6) else 0 for k in rows["before"]]
    for row in rows.iloc[:: len(rows) // 60].to_dict("records"):
        week, last = int(row["week"]), int(row["outcome_week"]) + 10
        one = ENDS if row["by"] == "AAA" else ENDS[::-1]
        sides = [ENDS, ENDS[::-1]] if row["by"] == BOTH else [one]
        roster = changed(job.scenario.roster, _changes(str(row["step"]), sides, week, plan))
        mine = replay(roster, point, world=int(row["world"]), n_weeks=70, seed=3)
        came = mine.pair(*ENDS, "rung")[week : last + 1].max() >= 5
        assert row["saved"] == (not came), row


def _changes(step: str, sides: list[tuple[str, str]], week: int, plan: OffRamps) -> list[Change]:
    """Return what a step changes, written down a second time."""
    weeks = min(plan.lasts, 70 - week + 1)
    if step == "hotline":
        return [Change("parameter", week, name="hotline", value=1.0, weeks=70 - week + 1)]
    if step == "mediator":
        return [Change("mediator", week, "AAA", "BBB")]
    if step == "apology":
        return [Change("apology", week, a, b, weeks=weeks) for a, b in sides]
    kind, name, value = {
        "words": ("limit", "rhetoric", 0.25), "talks": ("hold", "diplomacy", 0.75),
        "sanctions": ("limit", "sanctions", 0.0), "withdraw": ("limit", "deployment", 0.25),
    }[step]  # fmt: skip
    return [Change(kind, week, a, b, name, value, weeks) for a, b in sides]


def made(saved: dict[tuple[int, str, str], list[int]]) -> pd.DataFrame:
    """Return tries of worlds, by world, step and side: whether it is saved 0, 1, 2 weeks before."""
    rows = []
    for (world, step, by), weeks in saved.items():
        for before, value in enumerate(weeks):
            rows.append(
                {"world": world, "outcome_week": 20, "week": 20 - before, "before": before,
                 "step": step, "by": by, "saved": value, "peace": 2 + value, "usual": 2,
                 "lucks": 4, "calm": 2, "lost": 0.04 * before}
            )  # fmt: skip
    return pd.DataFrame(rows)


TRIES = made({
    (1, "words", "AAA"): [0, 0, 1], (1, "words", "BBB"): [0, 0, 0], (1, "words", BOTH): [0, 1, 1],
    (1, "withdraw", "BBB"): [1, 1, 0],
    (2, "words", "AAA"): [0, 0, 0], (2, "words", "BBB"): [0, 0, 0], (2, "words", BOTH): [0, 0, 0],
    (2, "withdraw", "BBB"): [0, 0, 0],
    (3, "words", "AAA"): [0, 0, 0], (3, "words", "BBB"): [0, 0, 0], (3, "words", BOTH): [0, 1, 0],
    (3, "withdraw", "BBB"): [0, 0, 0],
})  # fmt: skip


def test_windows_are_shares_by_week_and_gains_are_paired() -> None:
    table: Any = windows(TRIES).set_index(["step", "by", "before"])
    assert table.loc[("words", BOTH, 1), "saved"] == pytest.approx(2 / 3)
    assert table.loc[("words", "AAA", 2), ["worlds", "saved"]].tolist() == [3, pytest.approx(1 / 3)]
    row = table.loc[("words", BOTH, 1)]
    assert row["comes"] == pytest.approx(1 - (3 / 4 + 2 / 4 + 3 / 4) / 3)
    assert row["usual"] == 0.5
    assert row["gain"] == pytest.approx((1 / 4 + 0 + 1 / 4) / 3)
    assert row["gain_lo"] < row["gain"] < row["gain_hi"]
    assert row["saved_lo"] < row["saved"] < row["saved_hi"]


def test_steps_stop_where_any_week_does_and_cost_what_they_cost() -> None:
    table: Any = steps_table(TRIES).set_index(["step", "by"])
    assert table.loc[("words", BOTH), "stops"] == pytest.approx(2 / 3)
    assert table.loc[("words", BOTH), "latest_median"] == 1.0
    assert table.loc[("withdraw", "BBB"), "latest_median"] == 0.0
    assert np.isnan(table.loc[("words", "BBB"), "latest_median"])
    row = table.loc[("words", "AAA")]
    assert row["price"] == pytest.approx(100 * (0.0 + 0.04 + 0.08) / 6)  # of six calm futures
    assert row["gain"] == pytest.approx(1 / 12 / 3)  # one of twelve futures, in one of three worlds


def test_the_least_and_the_latest_step_of_each_world() -> None:
    table: Any = worlds_table(TRIES, ENDS).set_index("world")
    one = table.loc[1]
    assert one[["least", "least_by", "least_before"]].tolist() == ["words", "AAA", 2]
    assert one[["latest", "latest_by", "latest_before"]].tolist() == ["withdraw", "BBB", 0]
    assert one[["first_alone", "second_alone", "any"]].tolist() == [True, True, True]
    assert table.loc[2, ["first_alone", "second_alone", "any"]].tolist() == [False] * 3
    three = table.loc[3]
    assert three[["least", "least_by", "least_before"]].tolist() == ["words", BOTH, 1]
    assert not three["first_alone"]


def test_a_control_is_no_step_that_keeps_the_peace() -> None:
    rows = pd.concat([TRIES, made({(2, "show", BOTH): [0, 1, 1]})])
    table: Any = worlds_table(rows, ENDS).set_index("world")
    assert table.loc[2, ["any", "control"]].tolist() == [False, True]
    assert table["control"].tolist() == [False, True, False]


def test_a_show_of_force_does_harm_and_spares_some_worlds_all_the_same(tmp_path: Path) -> None:
    found = sim.off_ramps(scenario="two_rivals", worlds=1500, seed=3, progress=False,
                          output=tmp_path / "o",
                          off_ramps={"most": 60, "before": 13,
                                     "steps": ["words", "show"]})  # fmt: skip
    table: Any = found.steps.set_index(["step", "by"])
    assert table.loc[("show", BOTH), "gain_hi"] < 0.0
    assert table.loc[("words", BOTH), "gain_lo"] > 0.0
    assert table.loc[("show", BOTH), "stops"] > 0.0


def test_a_hotline_is_of_leaders_who_have_none_and_restraint_of_those_with_allies() -> None:
    job = sim.job(scenario="two_rivals")
    values = dict(job.points[0].parameters)
    names = {v.step for v in variants_of(job.scenario.roster, OffRamps(), values)}
    assert "restrain" not in names
    assert "hotline" in names
    hot = {v.step for v in variants_of(job.scenario.roster, OffRamps(), {**values, "hotline": 1.0})}
    assert names - hot == {"hotline"}
    nato = sim.job(scenario="baltic_reinforcement")
    pair = OffRamps(pair=("POL", "RUS"))
    poles = {(v.step, v.by) for v in variants_of(nato.scenario.roster, pair, values)}
    assert "hotline" not in {step for step, _ in poles}
    assert ("restrain", "POL") in poles


SMALL = ["experiment=off_ramps", "scenario=two_rivals", "worlds=200", "weeks=60", "seed=3",
         "off_ramps={most: 6, before: 5, within: 8, lucks: 2}", "figures=none"]  # fmt: skip


def test_a_search_leaves_tables_and_a_page_and_goes_on_where_it_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*SMALL, f"output={tmp_path / 'o'}"]
    assert main(words) == 0
    told = capsys.readouterr().out
    assert "steps were tried in the first 6 in which they did so after week 5" in told
    page = (tmp_path / "o" / "summary.md").read_text("utf-8")
    tables = {name: pd.read_parquet(tmp_path / "o" / f"off_ramps_{name}.parquet")
              for name in ("windows", "steps", "worlds")}  # fmt: skip
    assert tables["worlds"]["world"].is_unique
    assert set(tables["windows"]["before"]) == set(range(6))
    (part,) = (tmp_path / "o" / "off_ramps").glob("*.parquet")
    before = part.read_bytes()
    stamp = part.stat().st_mtime_ns
    assert main(words) == 0
    assert part.stat().st_mtime_ns == stamp  # not played again
    assert (tmp_path / "o" / "summary.md").read_text("utf-8") == page
    part.write_bytes(before[: len(before) // 2])  # cut
    assert main(words) == 0
    assert part.read_bytes() == before
    assert main([*words[:-1], "seed=4", words[-1]]) == 2


def test_threads_and_blocks_leave_no_trace(tmp_path: Path) -> None:
    found = []
    for k, threads in enumerate((1, 2)):
        (job,) = read_jobs([*SMALL, f"output={tmp_path / str(k)}", f"execution.threads={threads}"])
        run_off_ramps(job)
        found.append(pd.read_parquet(tmp_path / str(k) / "off_ramps_windows.parquet"))
    pd.testing.assert_frame_equal(*found)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["off_ramps.most=0"], "off_ramps.most"),
        (["off_ramps.before=60"], "must be less than 60, the weeks of the worlds"),
        (["off_ramps.steps=[restrain]"], "can be taken by nobody here"),
        (["off_ramps.steps=[word]"], "words"),
        (["off_ramps.pair=AAA-CCC"], "have no relation in two_rivals"),
        (["fork={week: 3}"], "cannot be combined with fork"),
        (["vary.fog=[0,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8]"], "at 8 points at most"),
        (["off_ramps.rung=calm"], "must be one of display, crisis, clash, war, nuclear"),
    ],
)
def test_searches_that_cannot_be_are_refused(
    more: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*SMALL[:5], *more]) == 2
    assert told in capsys.readouterr().err


def test_worlds_that_stay_quiet_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*SMALL, "off_ramps.rung=nuclear", "worlds=20", f"output={tmp_path / 'o'}"]
    assert main(words) == 0
    assert "none of 20 worlds came to nuclear use after week 5" in capsys.readouterr().out
