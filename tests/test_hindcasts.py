"""Crises told the day before: what is played, what counts as force, base rates, log scores."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from sim.evidence import hindcasts
from sim.evidence.hindcasts import any_day, before, came_to_force, crises, like_others, log_score
from sim.model.parameters import parameter_block
from sim.model.roster import Entry, with_calendar
from sim.model.vocabulary import Happening

BY_NAME = {crisis.name: crisis for crisis in crises()}
STILL = parameter_block(
    {"strike_strength": 0.0, "incident": 0.0, "miscalculation_strength": 0.0}, 1
)[0, :, 0]  # fmt: skip


def test_the_named_crises_are_there_and_quiet_ones_count() -> None:
    assert {"georgia_2008", "crimea_2014", "able_archer_1983"} <= set(BY_NAME)
    assert sum(not crisis.force for crisis in crises()) >= 5
    assert [crisis.day for crisis in crises()] == sorted(crisis.day for crisis in crises())


@pytest.mark.parametrize("name", BY_NAME)
def test_a_crisis_is_played_from_what_came_before_its_day_alone(name: str) -> None:
    crisis = BY_NAME[name]
    scenario = before(crisis)
    assert set(crisis.pair) <= set(scenario.roster.codes)
    assert scenario.start < crisis.day <= crisis.until
    assert all(event.date < crisis.day for event in scenario.events)
    if crisis.by_rule:
        assert scenario.given["relations"] == {}
        assert scenario.given["pairs"] == {}


@pytest.mark.parametrize(
    ("days_after", "counts"),
    [(-8, False), (0, True), (9, True), (17, False)],  # the crisis lasts ten days
)
def test_force_counts_from_the_day_to_the_end(
    monkeypatch: pytest.MonkeyPatch, days_after: int, counts: bool
) -> None:
    crisis = BY_NAME["georgia_2008"]
    scenario = before(crisis)
    week = (crisis.day + timedelta(days=days_after) - scenario.start).days // 7
    fire = Entry(week, Happening.FORCE, scenario.roster.relation("RUS", "GEO"), 1.0)
    planted = replace(scenario, roster=with_calendar(scenario.roster, [fire]))
    monkeypatch.setattr(hindcasts, "before", lambda _: planted)
    came = came_to_force(crisis, STILL[None], worlds=16, seed=1, threads=1)
    assert came.shape == (16,)
    assert came.mean() == 1.0 if counts else came.mean() < 0.5  # what comes of it counts


def test_without_accidents_and_choice_nothing_comes() -> None:
    came = came_to_force(BY_NAME["cuba_1962"], STILL[None], worlds=32, seed=1, threads=1)
    assert came.sum() == 0.0


def test_worlds_are_shared_out_to_the_sets_in_turn() -> None:
    crisis, calm = BY_NAME["crimea_2014"], STILL
    fierce = parameter_block({"strike_base": 2.0, "strike_strength": 3.0}, 1)[0, :, 0]
    came = came_to_force(crisis, np.array([calm, fierce]), worlds=32, seed=1, threads=1)
    assert came[::2].sum() == 0.0
    assert came[1::2].mean() > 0.5


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (7, 0.05025), (3, 0.05025 * 3.0 / 7.0), (30, 0.09045), (365, 0.2362), (800, 0.2362),
        (52, 0.09045 + (0.1407 - 0.09045) * math.log(52 / 30) / math.log(3)),
    ],
)  # fmt: skip
def test_a_crisis_like_others_by_its_days(days: int, expected: float) -> None:
    crisis = replace(BY_NAME["cuba_1962"], until=BY_NAME["cuba_1962"].day + timedelta(days - 1))
    assert crisis.days == days
    assert like_others(crisis) == pytest.approx(expected)


def test_the_pair_on_any_day_by_its_own_record_or_that_of_neighbours() -> None:
    cuba = BY_NAME["cuba_1962"]  # 31 onsets of the two in 46 years, .6271 of them with force
    assert any_day(cuba) == pytest.approx(1 - math.exp(-31 / 46 * 0.6271 * 36 / 365.25))
    georgia = BY_NAME["georgia_2008"]  # a state for one year of the record
    assert any_day(georgia) == pytest.approx(1 - math.exp(-0.1777 * 0.6271 * 10 / 365.25))


@pytest.mark.parametrize(
    ("probability", "force", "expected"),
    [(0.25, True, math.log(0.25)), (0.25, False, math.log(0.75)), (0.0, True, math.log(1e-3)),
     (1.0, False, math.log(1e-3))],
)  # fmt: skip
def test_a_log_score(probability: float, force: bool, expected: float) -> None:
    assert log_score(probability, force) == pytest.approx(expected)
