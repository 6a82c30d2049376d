"""Counts are the same however they are folded, packed and gathered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.__main__ import read_jobs
from sim.engine import ensemble, record
from sim.engine.notes import MEASURES
from sim.engine.record import N_BINS, Tally, empty_tally, widened
from sim.plan.scenario import Job
from sim.study.runner import Round, shards_of
from sim.study.shards import DamagedShardError, Leaf, pack, play_shard, unpack

WEEKS = 6


@pytest.fixture(scope="module")
def job() -> Job:
    levels = "vary.fear_gain=[1,2,3]"
    (found,) = read_jobs(["scenario=two_rivals", "worlds=70", f"weeks={WEEKS}", levels])
    return found


@pytest.fixture(scope="module")
def leaf(job: Job) -> Leaf:
    """Three points of 70 worlds, in one shard."""
    (shard,) = shards_of(job, Round(0, (0, 1, 2), 0, 70), "study")
    return unpack(play_shard(shard)[1])


def whole(job: Job) -> Tally:
    """Return the counts of all points, as they are in memory."""
    return job.play().tally


def differing(one: Tally, other: Tally) -> list[str]:
    return [
        name
        for name in Tally._fields
        if not np.array_equal(getattr(one, name), getattr(other, name))
    ]


def test_the_bin_of_a_value_is_its_quotient() -> None:
    values = np.arange(record.TOP + 1)
    for measure, per_bin in zip(MEASURES, record._PER_BIN, strict=True):
        assert np.array_equal(values * per_bin >> 20, values // measure.bins), measure.name


def test_histograms_that_are_full_are_put_by(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = whole(job)
    monkeypatch.setattr(ensemble, "NARROW", 40)  # three times in each thread, or more
    assert differing(whole(job), expected) == []


def test_a_histogram_of_more_worlds_than_a_narrow_count_holds_is_whole() -> None:
    (job,) = read_jobs(["scenario=two_rivals", "worlds=66000", "weeks=1"])
    bins = whole(job).level_bins
    assert (bins.sum(axis=-1) == 66000).all()
    assert bins.max() > record.NARROW


@pytest.mark.parametrize("most", [70, record.NARROW + 1], ids=["narrow", "wide"])
def test_points_are_gathered_from_a_packed_leaf_one_by_one(job: Job, leaf: Leaf, most: int) -> None:
    tally = empty_tally(job.scenario.roster, WEEKS, 3, most=most)
    for point in (2, 0, 1):
        leaf.add_to(tally, range(point, point + 1), point)
    assert differing(tally, whole(job)) == []


def test_points_are_gathered_together_and_in_another_place(job: Job, leaf: Leaf) -> None:
    tally = empty_tally(job.scenario.roster, WEEKS, 4)
    leaf.add_to(tally, range(1, 3), 2)
    assert differing(Tally(*(x[2:] for x in tally)), Tally(*(x[1:] for x in whole(job)))) == []
    assert not any(x[:2].any() for x in tally)


def test_wide_histograms_are_packed_as_they_are(job: Job, leaf: Leaf) -> None:
    wide = replace(leaf, played=replace(leaf.played, tally=whole(job)))
    tally = empty_tally(job.scenario.roster, WEEKS, 3)
    unpack(pack(wide)).add_to(tally, range(3), 0)
    assert differing(widened(tally), whole(job)) == []


def test_a_leaf_does_not_change_when_it_is_packed_again(leaf: Leaf) -> None:
    assert pack(unpack(pack(leaf))) == pack(leaf)


@pytest.mark.parametrize("change", [-1, 1])
def test_trimmed_histograms_that_do_not_go_with_their_ends_are_refused(
    leaf: Leaf, change: int
) -> None:
    bins = leaf.played.tally.level_bins
    wrong = np.resize(bins, len(bins) + change)
    tally = leaf.played.tally._replace(level_bins=wrong)
    with pytest.raises(DamagedShardError, match="parts are inconsistent"):
        unpack(pack(replace(leaf, played=replace(leaf.played, tally=tally))))


def test_a_leaf_of_other_weeks_is_refused(job: Job, leaf: Leaf) -> None:
    tally = empty_tally(job.scenario.roster, WEEKS + 1, 3)
    with pytest.raises(ValueError):
        leaf.add_to(tally, range(3), 0)
    assert leaf.played.tally.level_bins.size < 3 * (WEEKS + 1) * len(MEASURES) * N_BINS / 4
