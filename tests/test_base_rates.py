"""P10: disputes of the default scenario resemble the recorded ones."""

from __future__ import annotations

import pytest

from sim import ensemble, read_jobs
from sim.observation import observed
from sim.record import Record
from sim.targets import targets

BURN_IN = 52


@pytest.fixture(scope="module")
def rates() -> dict[str, float]:
    (job,) = read_jobs(["experiment=base_rates"])
    record = ensemble.play(
        job.scenario.roster, job.parameter_points(), n_worlds=160, n_weeks=364, seed=2,
        disputes_from=BURN_IN,
    )  # fmt: skip
    return observed(record, counted_from=BURN_IN)


def test_every_target_is_observed_and_nothing_else(rates: dict[str, float]) -> None:
    assert set(rates) == set(targets())


def test_two_thirds_of_the_targets_are_met(rates: dict[str, float]) -> None:
    verdicts = [t.verdict(rates[name]) for name, t in targets().items()]
    assert sum(v in ("inside", "nearly") for v in verdicts) >= 2 * len(verdicts) / 3


@pytest.fixture(scope="module")
def default() -> Record:
    (job,) = read_jobs([])
    return ensemble.play(
        job.scenario.roster, job.parameter_points(), n_worlds=640, n_weeks=104, seed=3
    )


def test_a_war_between_the_blocs_comes_in_fewer_than_one_world_in_fifty(default: Record) -> None:
    wars = (default.outcome("peak_rung_any")[0] >= 6).mean()
    assert wars < 0.02


def test_the_leaders_outcomes_are_graded(default: Record) -> None:
    peaks = default.outcome("peak_rung_leaders")[0]
    for rung in (3, 4, 5):
        assert 0.02 < (peaks >= rung).mean() < 0.98


def test_worlds_come_back_down(default: Record) -> None:
    climbed = default.outcome("peak_rung_leaders")[0] >= 3
    early = default.outcome("peak_week")[0] < 52
    returned = default.outcome("returned_week")[0] >= 0
    assert returned[climbed & early].mean() > 0.5
