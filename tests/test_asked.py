"""Quantities of one's own: what expressions mean, what they cost nobody, and what is refused."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.quantities import quantity_of
from sim.engine import asked, history
from sim.engine.asked import Asked, ExpressionError, Field, Watched
from sim.engine.notes import MEASURES, empty_tracks
from sim.evidence.claims import rivals
from sim.model.vocabulary import Rung

ROSTER = rivals()
RUNGS = np.array([[0, 1], [3, 1], [4, 2], [5, 0]])  # [week, world]
FEAR = np.array([[0.1, 0.4], [0.2, 0.4], [0.6, 0.0], [0.3, 0.8]])


def watched() -> Watched:
    """Return two worlds of three weeks whose rungs and fear are known."""
    tracks = empty_tracks(ROSTER, 3, 2)
    tracks.rungs[:, 0] = RUNGS
    k = [m.name for m in MEASURES].index("spending_west")
    tracks.levels[:, k] = 1200  # of a scale of 1000, less 1
    fear = Field("relations", ROSTER.relation("AAA", "BBB"), "fear")
    stress = Field("states", 1, "stress")
    fields = {fear: FEAR, stress: 2.0 * FEAR}
    return Watched(ROSTER, 3, tracks, [5, 6], fields)


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        ("display[AAA-BBB]", "event", [1, 0]),
        ("clash[BBB-AAA]", "event", [1, 0]),
        ("always(rung[AAA-BBB] < 6)", "event", [1, 1]),
        ("rung[AAA-BBB] >= 1 and fear[AAA>BBB] > 0.5", "event", [1, 0]),
        ("fear[AAA>BBB] @ 1 > 0.3", "event", [0, 1]),
        ("not display[AAA-BBB] @ 0", "event", [1, 1]),
        ("0 < fear[AAA>BBB] @ 3 < 0.5", "event", [1, 0]),
        ("rung[AAA-BBB] @ 2", "whole", [4, 2]),
        ("weeks(display[AAA-BBB])", "whole", [3, 0]),
        ("first(rung[AAA-BBB] >= 2)", "whole", [1, 2]),
        ("first(clash[AAA-BBB])", "whole", [2 + (Rung.CLASH > 4), 4]),
        ("sum(rung[AAA-BBB][1:3])", "whole", [7, 3]),
        ("fear[AAA>BBB]", "real", [300, 400]),
        ("max(fear[AAA>BBB][:2])", "real", [200, 400]),
        ("min(fear[AAA>BBB])", "real", [100, 0]),
        ("last(fear[AAA>BBB]) - fear[AAA>BBB] @ 0", "real", [200, 400]),
        ("mean(display[AAA-BBB])", "real", [750, 0]),
        ("stress[BBB] @ 2 / 2", "real", [600, 0]),
        ("abs(-fear[AAA>BBB] @ 3)", "real", [300, 800]),
        ("spending_west", "real", [200, 200]),
    ],
)
def test_an_expression_means_what_it_says(text: str, kind: str, wanted: list[int]) -> None:
    it = asked.asked(text)
    assert it.kind == kind
    assert it.of(watched()).tolist() == wanted


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "characters"), ("x" * 201, "characters"), ("=1+1", "must not begin"),
        ("fear[", "is no expression"), ("(" * 150 + "1", "is no expression"),
        ("1 + 2", "names no pair"), ("fear_leader", "has no measure"),
        ("fear[AAA-BBB]", "write fear[AAA>BBB]"), ("clash[AAA>BBB]", "write clash[AAA-BBB]"),
        ("feer[AAA>BBB]", "has no feer"), ("fear[aaa>bbb]", "must hold codes"),
        ("fear[AAA>BBB] @ -1", "weeks must be"), ("fear[AAA>BBB] @ fear_mean", "weeks must be"),
        ("fear[AAA>BBB][5:5]", "holds no week"), ("fear[AAA>BBB][::2]", "cannot hold"),
        ("max(fear[AAA>BBB] @ 2)", "one value"), ("ever(fear[AAA>BBB])", "a condition"),
        ("fear[AAA>BBB] and 1", "a condition"), ("max(1, 2)", "takes one thing"),
        ("open('x')", "has no function open"), ("fear[AAA>BBB].T", "cannot hold"),
        ("().__class__", "cannot hold"), ("[x for x in fear_mean]", "cannot hold"),
        ("fear_mean if True else 1", "cannot hold"), ("fear_mean ** 9", "cannot hold"),
        ("fear_mean in 3", "can compare"), ("True", "cannot hold"), ("'a'", "cannot hold"),
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused(text: str, told: str) -> None:
    with pytest.raises(ExpressionError, match=r".*") as error:
        asked.asked(text)
    assert told in str(error.value)


def test_a_number_that_is_none_or_too_large_is_an_error_and_not_a_value() -> None:
    for text in ("fear[AAA>BBB] @ 0 / (stress[BBB] @ 2)", "20000 * fear[AAA>BBB] @ 3"):
        with pytest.raises(ArithmeticError, match="is not a number"):
            asked.asked(text).of(watched())


def test_what_a_scenario_does_not_have_is_told_with_all_else_that_is_wrong() -> None:
    with pytest.raises(sim.InputError) as error:
        sim.job(scenario="two_rivals", weeks=52, precision={
            "quantity": "fear[AAA>BBB] @ 53", "tolerance": 0.1, "most": 4000},
            quantities=["clsh", "clash[AAA-BBC]", "nope()", "fear[AAA>BBB"])  # fmt: skip
    told = str(error.value)
    assert "did you mean clash?" in told
    assert "names BBC, which is not in the scenario" in told
    assert "names nope(), a function of Python that was not given" in told
    assert "is no expression" in told
    assert "names week 53; the last is 52" in told


def peak_fear(world: Any) -> float:
    """Return the most that the first fears the second, and check what is seen on the way."""
    fear = world.series("fear[AAA>BBB]")
    assert len(fear) == world.n_weeks + 1
    return float(fear.max())


OWN = [
    "clash",
    "clash[AAA-BBB]",
    "max(fear[AAA>BBB])",
    "fear_leaders @ 26",
    "weeks(display[AAA-BBB])",
]


@pytest.fixture(scope="module")
def study() -> sim.Study:
    return sim.run(
        scenario="two_rivals", worlds=150, weeks=52, vary={"fog": [0.0, 0.6]}, progress=False,
        quantities=[*OWN, peak_fear], compare={"hot": {"parameters": {"hotline": 1.0}}},
        series=["fear_leaders"],
    )  # fmt: skip


def test_they_agree_with_what_is_kept_of_every_world(study: sim.Study) -> None:
    worlds, series = study.table("outcomes"), study.table("series")
    assert (worlds["clash[AAA-BBB]"] == (worlds["peak_rung_leaders"] >= Rung.CLASH)).all()
    assert worlds["clash[AAA-BBB]"].between(0, 1).all()
    of_week = series[series["week"] == 26]["fear_leaders"].to_numpy()
    assert worlds["fear_leaders @ 26"].to_numpy() == pytest.approx(of_week, abs=5e-4)
    assert (worlds["peak_fear()"] == worlds["max(fear[AAA>BBB])"]).all()


def test_a_field_is_what_a_replay_of_the_world_shows(study: sim.Study) -> None:
    job = sim.job(scenario="two_rivals", weeks=52)
    world = history.replay(
        job.scenario.roster, job.parameter_points()[0], world=17, n_weeks=52, seed=job.seed
    )
    own = sim.run(
        scenario="two_rivals", weeks=52, worlds=40, progress=False,
        quantities=["max(fear[AAA>BBB])", "last(stress[BBB])", "channel[AAA-BBB] @ 10"],
    )  # fmt: skip
    row = own.table("outcomes").set_index("world").loc[17]
    assert row["max(fear[AAA>BBB])"] == pytest.approx(
        world.relation("AAA", "BBB", "fear").max(), abs=5e-4
    )
    assert row["last(stress[BBB])"] == pytest.approx(world.state("BBB", "stress")[-1], abs=5e-4)
    assert row["channel[AAA-BBB] @ 10"] == pytest.approx(
        world.pair("AAA", "BBB", "channel")[10], abs=5e-4
    )


def test_the_estimates_are_of_the_worlds_and_so_are_the_differences(study: sim.Study) -> None:
    worlds, points = study.table("outcomes"), study.points
    for name in [*OWN[1:], "peak_fear()"]:
        of = worlds[worlds["point"] == 1][name]
        row = points[(points["point"] == 1) & (points["quantity"] == name)].iloc[0]
        assert row["value"] == pytest.approx(of.mean(), abs=1e-9)
        assert row["lo"] < row["value"] < row["hi"] or of.std() == 0.0
        if quantity_of(name).scale > 1:  # Student's interval
            half = 1.976 * of.std() / 150**0.5
            assert row["hi"] - row["value"] == pytest.approx(half, rel=1e-3)
        paired = study.differences.query("quantity == @name and point == 1")
        first = worlds[worlds["point"] == int(paired["baseline"].iloc[0])][name].to_numpy()
        assert paired["difference"].iloc[0] == pytest.approx((of.to_numpy() - first).mean())
    assert (
        "fear"
        in study.columns("outcomes").query("column == 'max(fear[AAA>BBB])'")["column"].iloc[0]
    )


def test_threads_shards_and_a_kill_leave_no_trace(tmp_path: Path) -> None:
    settings: dict[str, Any] = {
        "scenario": "two_rivals", "worlds": 64, "weeks": 40, "vary": {"fog": [0.1, 0.4]},
        "quantities": OWN,
    }  # fmt: skip
    whole = sim.run(settings, output=tmp_path / "whole", progress=False)
    stop = threading.Event()
    stopped, cut = tmp_path / "stopped", {**settings, "execution": {"shard": 16, "threads": 2}}
    with pytest.raises(sim.CancelledError):
        sim.run(cut, output=stopped, progress=lambda done, of: stop.set(), cancel=stop.is_set)
    again = sim.run(cut, output=stopped, progress=False)
    for name in ("outcomes", "points"):
        pd.testing.assert_frame_equal(whole.table(name), again.table(name))


def test_worlds_are_played_until_one_of_them_is_precise() -> None:
    found = sim.run(
        scenario="two_rivals", worlds=64, weeks=40, progress=False,
        precision={"quantity": "fear[AAA>BBB] @ 40", "tolerance": 0.008, "most": 4000},
    )  # fmt: skip
    value, low, high = found.value("fear[AAA>BBB] @ 40")
    assert max(value - low, high - value) <= 0.008
    worlds = int(found.points["worlds"].iloc[0])
    assert 64 < worlds < 4000
    assert worlds % 64 == 0


def test_sensitivity_is_of_them_too() -> None:
    found = sim.run(
        scenario="two_rivals", worlds=16, weeks=26, quantities=["fear[AAA>BBB]"], progress=False,
        vary={"fear_gain": {"low": 1.0, "high": 4.0}, "hotline": {"low": 0.0, "high": 1.0}},
        design={"method": "morris", "points": 4},
    )  # fmt: skip
    rows = found.sensitivity.query("index == 'mu_star' and quantity == 'fear[AAA>BBB]'")
    by = rows.set_index("parameter")["value"]
    assert by["fear_gain"] > by["hotline"]


def test_a_function_is_known_by_its_source_and_a_lambda_is_refused(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"scenario": "two_rivals", "worlds": 8, "weeks": 12}

    def mine(world: Any) -> float:
        return float(world.number)

    first = sim.run(settings, quantities=[mine], output=tmp_path / "a", progress=False)
    assert first.table("outcomes")["mine()"].tolist() == list(range(8))

    def mine(world: Any) -> float:  # type: ignore[no-redef]
        return float(world.number + 1)

    with pytest.raises(sim.InputError, match="holds"):
        sim.run(settings, quantities=[mine], output=tmp_path / "a", progress=False)
    with pytest.raises(sim.InputError, match="lambda"):
        sim.job(settings | {"quantities": [lambda world: 1.0]})
    with pytest.raises(sim.InputError, match="execution=local"):
        sim.job({"scenario": "two_rivals", "quantities": [mine], "execution": {"kind": "dask"}})


def test_an_error_of_a_function_costs_its_point_and_is_told() -> None:
    def fails(world: Any) -> float:
        if world.number == 3:
            raise KeyError("no such thing")
        return 1.0

    with pytest.raises(Exception, match="no such thing"):
        sim.run(scenario="two_rivals", worlds=8, weeks=12, quantities=[fails], progress=False)


def test_nothing_that_a_function_catches_hides_a_field() -> None:
    def careful(world: Any) -> float:
        try:
            return float(world.series("alarm[BBB>AAA]").max())
        except Exception:
            return -1.0

    found = sim.run(
        scenario="two_rivals", worlds=20, weeks=30, quantities=[careful], progress=False
    )
    assert (found.table("outcomes")["careful()"] >= 0.0).all()


def test_every_event_and_kind_is_one_of_those_that_the_docs_name() -> None:
    assert isinstance(asked.asked("clash[AAA-BBB]"), Asked)
    for name in asked.EVENTS:
        assert quantity_of(f"{name}[AAA-BBB]").is_share
