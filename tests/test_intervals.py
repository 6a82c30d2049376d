"""Intervals of counts and times hold the truth where little was seen, or watching ended early."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.analysis.intervals import (
    changed_counts,
    counts,
    garwood,
    median_time,
    shares_apart,
    student,
    wholes,
)

# Counts


@pytest.mark.parametrize(
    ("events", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.39)]
)
def test_garwood_gives_the_tabled_ends(events: int, low: float, high: float) -> None:
    """Garwood 1936, table of the 95 % limits of a Poisson mean."""
    assert garwood(events) == pytest.approx((low, high), rel=1e-3)


def interval(values: np.ndarray) -> tuple[float, float]:
    low, high = counts(values.sum(), (values * values).sum(), len(values))
    return float(low), float(high)


def test_a_count_never_seen_in_fifty_worlds_may_be_up_to_074() -> None:
    assert interval(np.zeros(50, int)) == pytest.approx((0.0, 0.0738), abs=1e-4)


def test_a_count_is_never_below_zero_and_a_rare_one_has_the_exact_ends() -> None:
    one = np.eye(1, 50, dtype=int)[0]
    low, high = interval(one)
    assert student(1, 1, 50)[0] < 0.0  # what a normal count would have
    assert low == 0.0
    assert high == pytest.approx(5.572 / 50, rel=1e-3)
    together = 20 * one  # of one world alone: no surer than as many of twenty
    assert interval(together)[1] > garwood(20)[1] / 50


def test_an_interval_has_a_width_where_all_worlds_are_alike() -> None:
    low, high = interval(np.full(50, 2))
    assert (low, high) == pytest.approx((2 - 0.0738, 2 + 0.0738), abs=1e-4)
    rung_low, rung_high = wholes(150, 450, 50)
    assert (rung_low, rung_high) == pytest.approx((3 - 0.0738, 3 + 0.0738), abs=1e-4)


def test_of_many_events_the_interval_is_students() -> None:
    values = np.random.default_rng(1).poisson(4.0, 200)
    expected = student(values.sum(), (values * values).sum(), 200)
    assert interval(values) == pytest.approx(tuple(map(float, expected)))


def test_one_world_has_no_interval() -> None:
    assert np.isnan(counts(0, 0, 1)).all()
    assert np.isnan(changed_counts(0, 0, 0, 1)).all()


@pytest.mark.parametrize("rate", [0.004, 0.02, 0.1, 0.5])
def test_intervals_of_counts_hold_the_rate_at_least_as_often_as_they_say(rate: float) -> None:
    worlds = np.random.default_rng(3).poisson(rate, (4000, 60))
    total, squares = worlds.sum(axis=1), (worlds * worlds).sum(axis=1)
    low, high = counts(total, squares, 60)
    assert ((low <= rate) & (rate <= high)).mean() > 0.94


# Differences of counts


def test_a_difference_has_a_width_where_no_world_changed() -> None:
    assert changed_counts(0, 0, 0, 50) == pytest.approx((-0.0738, 0.0738), abs=1e-4)


def test_a_difference_is_turned_round_with_its_ends() -> None:
    low, high = changed_counts(7, 2, 11, 80)
    back_low, back_high = changed_counts(2, 7, 11, 80)
    assert (low, high) == pytest.approx((-back_high, -back_low))


def test_of_many_changes_the_interval_is_students() -> None:
    change = np.random.default_rng(2).integers(-3, 5, 200)
    squares = (change * change).sum()
    up, down = change[change > 0].sum(), -change[change < 0].sum()
    found = changed_counts(up, down, squares, 200)
    assert found == pytest.approx(tuple(map(float, student(change.sum(), squares, 200))))


@pytest.mark.parametrize(("rise", "fall"), [(0.005, 0.005), (0.05, 0.0), (0.1, 0.02), (0.4, 0.3)])
def test_intervals_of_differences_hold_the_truth_at_least_as_often_as_they_say(
    rise: float, fall: float
) -> None:
    random = np.random.default_rng(5)
    up, down = random.poisson(rise, (4000, 60)), random.poisson(fall, (4000, 60))
    squares = ((up - down) ** 2).sum(axis=1)
    worlds = np.maximum(up - down, 0).sum(axis=1), np.maximum(down - up, 0).sum(axis=1)
    low, high = changed_counts(*worlds, squares, 60)
    assert ((low <= rise - fall) & (rise - fall <= high)).mean() > 0.94


# Times that may be cut off


def test_a_median_time_is_that_of_kaplan_and_meier() -> None:
    """The 6-MP arm of Gehan (1965): median 23 weeks, from 13 on (as R's survival has it)."""
    times = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    cut = [0, 0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1]
    found = median_time(times, cut)
    assert (found.value, found.low, found.high) == (23.0, 13.0, np.inf)
    assert (found.n, found.n_cut) == (21, 12)


def test_a_shorter_run_does_not_shorten_the_median_time() -> None:
    times = np.random.default_rng(4).exponential(20.0, 4000).round()
    for horizon in (30, 60, 200):
        found = median_time(np.minimum(times, horizon), times > horizon)
        assert found.value == pytest.approx(20.0 * np.log(2.0), abs=1.0)
        assert found.low <= found.value <= found.high


def test_a_median_that_is_not_seen_is_not_reached() -> None:
    most_wait = median_time([7] * 40 + [20] * 60, [0] * 40 + [1] * 60)
    assert not most_wait.reached
    assert most_wait.value == np.inf
    all_wait = median_time([20] * 9, [1] * 9)
    assert (all_wait.reached, all_wait.n_cut) == (False, 9)


def test_a_few_times_have_a_median_but_no_interval() -> None:
    found = median_time([3, 4, 9], [0, 0, 0])
    assert found.value == 4.0
    assert np.isnan([found.low, found.high]).all()


def test_intervals_of_a_median_time_hold_it_about_as_often_as_they_say() -> None:
    random, truth = np.random.default_rng(6), float(stats.expon.median())
    held = []
    for _ in range(300):
        times, ends = random.exponential(1.0, 60), random.uniform(0.5, 3.0, 60)
        found = median_time(np.minimum(times, ends), times > ends)
        held.append(found.low <= truth <= found.high)
    assert np.mean(held) > 0.91


@pytest.mark.parametrize(
    ("successes", "n", "others", "m", "low", "high"),
    [  # Newcombe 1998, table II, method 10
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (10, 10, 0, 20, 0.6791, 1.0000),
        (0, 10, 0, 20, -0.1611, 0.2775),
    ],
)
def test_two_shares_are_apart_as_published(
    successes: int, n: int, others: int, m: int, low: float, high: float
) -> None:
    found = shares_apart(successes, n, others, m)
    assert [round(float(end), 4) for end in found] == [low, high]
