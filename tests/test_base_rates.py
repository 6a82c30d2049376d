"""P10: disputes of the default scenario resemble the recorded ones."""

from __future__ import annotations

import pytest

from sim import ensemble, read_jobs
from sim.observation import TARGETS, base_rates
from sim.record import Record

BURN_IN = 52
HELD = (
    "onset_contiguous", "onset_apart", "force", "reached_force", "began_with_force", "answered",
    "display_unanswered", "force_unanswered", "force_met_by_force", "duration_q50", "duration_q75",
    "duration_q90", "ongoing_30d", "ongoing_180d", "ongoing_365d", "force_by_30d", "force_by_90d",
    "force_by_180d", "force_by_365d", "answer_within_7d", "answer_within_21d",
)  # fmt: skip
"""What a weekly model can be held to; force within 7 days is below its grain."""


@pytest.fixture(scope="module")
def rates() -> dict[str, float]:
    (job,) = read_jobs(["experiment=base_rates"])
    record = ensemble.play(
        job.scenario.roster, job.parameter_points(), n_worlds=160, n_weeks=364, seed=2,
        disputes_from=BURN_IN,
    )  # fmt: skip
    return base_rates(record, counted_from=BURN_IN)


@pytest.mark.parametrize("name", HELD)
def test_a_rate_is_within_a_factor_of_two_of_the_record(rates: dict[str, float], name: str) -> None:
    assert 0.5 <= rates[name] / TARGETS[name].value <= 2.0


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
