"""Dyad by dyad: onsets counted as the record counts them, intervals, and the forecast."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.engine.disputes import DISPUTE_COLUMNS
from sim.engine.record import Record
from sim.evidence import sizes
from sim.evidence.dyads import FORECAST, STATE_SINCE, begun, compared, forecast, poisson_interval
from sim.evidence.observation import YEAR

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("count", "years", "low", "high"),
    [(0, 1.0, 0.0, 3.689), (5, 1.0, 1.623, 11.668), (5, 50.0, 0.03246, 0.23337)],  # Garwood 1936
)
def test_an_exact_interval_of_a_rate(count: int, years: float, low: float, high: float) -> None:
    assert poisson_interval(count, years) == pytest.approx((low, high), rel=1e-3, abs=1e-9)


@pytest.fixture(scope="module")
def era() -> Record:
    return sizes.of_era({}, worlds=48, seed=1)


def test_who_is_drawn_in_has_not_begun_and_a_broken_year_does_not_count(era: Record) -> None:
    rows = np.full((4, len(DISPUTE_COLUMNS)), 0, np.int32)
    place = {name: k for k, name in enumerate(DISPUTE_COLUMNS)}
    rows[:, place["first_week"]] = (
        sizes.FROM, sizes.FROM + YEAR, sizes.FROM, sizes.FROM + 6 * YEAR
    )  # fmt: skip
    rows[2, place["joined"]] = 1
    assert list(begun(replace(era, disputes=rows))["year"]) == [0, 1]


def test_simulated_onsets_are_a_years_of_whole_years(era: Record) -> None:
    rows = compared(era).set_index(["first", "second"])
    found = begun(era)
    pair = era.roster.atlas.pair[era.roster.relation("USA", "RUS")]
    n = int((found["pair"] == pair).sum())
    assert rows.loc[("USA", "RUS"), "simulated"] == pytest.approx(n / (48 * 6), rel=0.01)
    assert rows.loc[("USA", "RUS"), "onsets"] == 31
    assert rows["recorded"].is_monotonic_decreasing
    assert set(rows.loc[rows["kind"] == "allied then"].index) == {
        ("POL", "RUS"), ("HUN", "RUS"), ("ALB", "RUS"), ("BGR", "RUS"), ("ROU", "RUS")
    }  # fmt: skip


def test_a_forecast_is_of_every_member_in_every_year_in_which_it_was_a_state(
    era: Record,
) -> None:
    rows = forecast(era)
    assert rows["b"].nunique() == 32
    assert (rows["a"] == "RUS").all()
    for code, years in rows.groupby("b")["year"]:
        assert list(years) == list(range(STATE_SINCE.get(str(code), 1992), FORECAST.stop))
    assert rows["probability"].between(0.0, 1.0).all()
    assert (rows["lo"] <= rows["probability"]).all()
    assert (rows["probability"] <= rows["hi"]).all()


def test_a_year_with_two_onsets_is_one_year(era: Record) -> None:
    rows = forecast(era).set_index("b")["probability"]
    found = begun(era)
    pair = era.roster.atlas.pair[era.roster.relation("USA", "RUS")]
    mine = found[found["pair"] == pair]
    assert mine.duplicated().any()
    assert rows["USA"].iloc[0] == pytest.approx(len(mine.drop_duplicates()) / (48 * 6))


def test_the_forecast_that_is_shipped_is_in_the_columns_that_were_announced() -> None:
    with (ROOT / "docs/dyad_forecast_1992_2014.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert list(rows[0]) == ["a", "b", "year", "probability"]
    frame = pd.DataFrame(rows).astype({"year": int, "probability": float})
    assert len(frame) == 32 * len(FORECAST) - sum(since - 1992 for since in STATE_SINCE.values())
