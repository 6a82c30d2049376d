"""Calibration: scales, prior, emulator, chains, weights; it goes on where it was stopped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim import read_jobs
from sim.config import job
from sim.errors import InputError
from sim.evidence.calibration import prior, waves
from sim.evidence.calibration.chance import by_chance
from sim.evidence.calibration.emulator import fitted
from sim.evidence.calibration.likelihood import centre, distance, linked, spread, unlinked
from sim.evidence.calibration.sampling import sampled
from sim.evidence.calibration.watching import Watch, watched
from sim.evidence.targets import targets
from sim.model.parameters import COEFFICIENTS, Parameters
from sim.plan.scenario import Calibration
from sim.study.runner import identity_of
from sim.study.store import Store

TARGETS = list(targets().values())
PLAN = Calibration(waves=2, points=256, draws=32, more=1, trials=0)


@pytest.fixture(scope="module")
def watch() -> Watch:
    (own,) = read_jobs(["experiment=calibrate"])
    return Watch(own.scenario.roster, 4, 208, 1, 2)


@pytest.fixture(scope="module")
def base() -> np.ndarray:
    (own,) = read_jobs(["experiment=calibrate"])
    return own.parameter_points()[0]


def test_scales_can_be_taken_back_and_widen_narrow_intervals_to_a_quarter() -> None:
    recorded = np.array([t.value for t in TARGETS])
    assert unlinked(TARGETS, linked(TARGETS, recorded)) == pytest.approx(recorded, abs=1e-9)
    t = targets()["mid_still_ongoing_after_30d"]
    assert t.span == (pytest.approx(0.75 * t.value), pytest.approx(1.25 * t.value))
    low, high = (linked([t], np.array([end])) for end in t.span)
    assert spread([t]) == pytest.approx((high - low) / 3.92)


def test_the_distance_of_the_record_from_itself_is_nothing_and_grows_with_standard_errors() -> None:
    variance = spread(TARGETS) ** 2
    away = centre(TARGETS) + 2.0 * spread(TARGETS)
    assert distance(centre(TARGETS), centre(TARGETS), variance) == 0.0
    assert distance(away, centre(TARGETS), variance) == pytest.approx(4.0 * len(TARGETS))


def test_the_prior_fills_each_range_evenly_and_leaves_other_parameters(base: np.ndarray) -> None:
    unit = prior.first_wave(512, seed=3)
    assert np.abs(unit.mean(axis=0) - 0.5).max() < 0.01
    assert unit.var(axis=0) == pytest.approx(np.full(unit.shape[1], 1.0 / 12.0), rel=0.02)
    points = prior.whole(unit, base)
    for k, name in enumerate(Parameters.FIELDS):
        column, own = points[:, k], COEFFICIENTS[name]
        if name in prior.CALIBRATED:
            assert own.low <= column.min() < column.max() <= own.high
        else:
            assert (column == base[k]).all()
    assert prior.unit_of(points[5]) == pytest.approx(unit[5])


def test_an_emulator_finds_a_quadratic_and_knows_its_own_error() -> None:
    generator = np.random.default_rng(4)
    unit = generator.random((600, 6))
    truth = 3.0 * unit[:, 0] - 2.0 * unit[:, 1] * unit[:, 2] + unit[:, 3] ** 2
    noise = 0.1 * generator.standard_normal(600)
    emulator = fitted(unit, np.column_stack([truth, truth + noise, generator.random(600)]))
    new = generator.random((200, 6))
    wanted = 3.0 * new[:, 0] - 2.0 * new[:, 1] * new[:, 2] + new[:, 3] ** 2
    assert emulator(new)[:, 0] == pytest.approx(wanted, abs=0.02)
    assert emulator.variance[1] == pytest.approx(0.01, rel=0.25)
    assert emulator.explained[0] > 0.999
    assert emulator.explained[2] < 0.05


def test_chains_draw_from_the_posterior_they_are_given_and_repeat_by_seed() -> None:
    middle, sd = np.array([0.5, 0.4, 0.6]), np.array([0.05, 0.1, 0.02])

    def log_likelihood(unit: np.ndarray) -> np.ndarray:
        return -0.5 * (((unit - middle) / sd) ** 2).sum(axis=1)

    starts = np.random.default_rng(5).random((16, 3))
    draws = sampled(log_likelihood, starts, n_draws=1000, n_steps=3000, seed=6)
    assert (draws.mean(axis=0) - middle) / sd == pytest.approx(np.zeros(3), abs=0.2)
    assert draws.std(axis=0) == pytest.approx(sd, rel=0.15)
    again = sampled(log_likelihood, starts, n_draws=1000, n_steps=3000, seed=6)
    assert draws.tobytes() == again.tobytes()


def test_chains_stay_inside_the_prior() -> None:
    starts = np.random.default_rng(7).random((16, 2))
    draws = sampled(lambda unit: 50.0 * unit[:, 0], starts, n_draws=500, n_steps=600, seed=8)
    assert draws.min() > 0.0
    assert draws.max() < 1.0
    assert draws[:, 0].mean() > 0.9


def test_a_point_is_watched_alike_alone_and_among_others(watch: Watch, base: np.ndarray) -> None:
    points = prior.whole(prior.first_wave(3, seed=9), base)
    names = list(targets())
    many = watched(watch, points, names, 100)
    alone = watched(watch, points[2:], names, 100 + 2 * watch.n_worlds)
    assert many[2].tobytes() == alone[0].tobytes()


@pytest.mark.long
def test_a_calibration_goes_on_where_it_was_stopped(
    watch: Watch, base: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waves, "_STEPS", 60)
    (own,) = read_jobs(["experiment=calibrate"])
    identity = identity_of(own)

    class StoppedError(Exception):
        pass

    def whole(folder: str, stop_at: int | None = None) -> tuple[waves.Calibrated, list[int]]:
        played: list[int] = []

        def progress(n: int) -> None:
            played.append(n)
            if stop_at is not None and sum(played) >= stop_at:
                raise StoppedError

        with Store.opened(tmp_path / folder, identity) as store:
            store.write_manifest({})
            return waves.calibrate(PLAN, watch, base, store, progress), played

    found, _ = whole("one")
    with pytest.raises(StoppedError):
        whole("other", stop_at=1500)
    kept = sorted((tmp_path / "other" / "waves").iterdir())
    assert kept
    (tmp_path / "other" / "waves" / kept[0].name).write_bytes(b"damaged")
    gone_on, _ = whole("other")
    assert found.final.unit.tobytes() == gone_on.final.unit.tobytes()
    assert found.weights.tobytes() == gone_on.weights.tobytes()
    table = found.table()
    assert table["weight"].sum() == pytest.approx(1.0)
    assert table["weight"].is_monotonic_decreasing


def test_chance_alone_meets_what_it_is_given_and_little_else(watch: Watch) -> None:
    found = by_chance(watch.roster, 100, 364, 1)
    assert set(found) == set(targets())
    said = {name: t.verdict(found[name]) for name, t in targets().items()}
    assert said["onset_rate_russia_nato_member"] == "inside"
    assert said["first_incident_use"] == "inside"
    assert sum(v in ("inside", "nearly") for v in said.values()) < len(said) / 4


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["weeks=100"], "208 or more"),
        (["vary.offence=[0,1]"], "cannot be combined with vary or compare"),
        (["execution=dask"], "runs in threads only"),
        (["parameters=posterior"], "not a posterior"),
        (["calibrate.points=5"], "calibrate.points"),
        (["calibrate.wave=5"], "waves"),
    ],
)
def test_a_calibration_that_cannot_be_is_told_so(words: list[str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        read_jobs(["experiment=calibrate", *words])


def test_a_calibration_says_which_libraries_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"spiral-sim\[analysis\]"):
        read_jobs(["experiment=calibrate"])
