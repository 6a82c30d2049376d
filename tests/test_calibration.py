"""Calibration: aims, prior, emulator, chains, what draws are worth; it goes on where it stopped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim import read_jobs
from sim.config import job
from sim.errors import InputError
from sim.evidence import laboratory as lab
from sim.evidence.calibration import aims, prior, waves
from sim.evidence.calibration.chance import by_chance
from sim.evidence.calibration.emulator import Emulator, fitted
from sim.evidence.calibration.sampling import sampled
from sim.evidence.calibration.watching import Watch, watched, with_causes
from sim.evidence.targets import targets
from sim.model.parameters import COEFFICIENTS, Parameters
from sim.plan.scenario import Calibration
from sim.study.runner import identity_of
from sim.study.store import Store

PLAN = Calibration(waves=2, points=256, draws=32, more=1, trials=0)


@pytest.fixture(scope="module")
def watch() -> Watch:
    (own,) = read_jobs(["experiment=calibrate"])
    return Watch(own.scenario.roster, 4, 208, 1, 2)


@pytest.fixture(scope="module")
def base() -> np.ndarray:
    (own,) = read_jobs(["experiment=calibrate"])
    return own.parameter_points()[0]


def recorded() -> np.ndarray:
    """Return what would be observed where every aim is met, ``[name]``."""
    values = [t.value for t in targets().values()]
    middles = [(c.low * c.high) ** 0.5 if c.by_ratio else 0.5 * (c.low + c.high)
               for c in aims.CAUSES]  # fmt: skip
    return np.array([*values, *middles])


def test_only_figures_of_russia_and_nato_are_fitted_and_causes_beside_them() -> None:
    assert all(t.is_ours and t.use == "fit" for t in aims.fitted_rows())
    assert {t.use for t in targets().values() if not t.is_ours} == {"check", "shown"}
    assert aims.names()[16:] == [cause.name for cause in aims.CAUSES]
    assert len(aims.names()) == 16 + 13


def test_an_aim_met_is_at_no_distance_and_an_end_of_a_band_at_three_standard_errors() -> None:
    met = recorded()
    assert aims.distances(met[None]) == pytest.approx(0.0, abs=1e-9)
    met[aims.NAMES.index("force_after_fire")] = 0.15
    off = (aims.aimed(met[None])[0] - aims.centre()) / aims.spread()
    assert off[aims.names().index("force_after_fire")] == pytest.approx(3.0)
    assert np.abs(off).sum() == pytest.approx(3.0)
    assert aims.distances(met[None]) == pytest.approx(3.0 / 29**0.5)
    assert aims.distances(met[None], causes=False) == pytest.approx(0.0, abs=1e-9)


def test_what_was_not_seen_is_as_far_as_can_be() -> None:
    unseen = recorded()
    unseen[aims.NAMES.index("ru_nato_duration_q50")] = np.nan
    assert np.isinf(aims.distances(unseen[None])).all()


def test_errors_that_go_together_are_found_and_causes_go_with_nothing() -> None:
    generator = np.random.default_rng(2)
    replicas = np.tile(recorded(), (400, 1))
    shared, own = generator.standard_normal((2, 400))
    near, far = (
        aims.NAMES.index(f"onset_rate_russia_nato_{w}") for w in ("contig_any", "noncontig")
    )
    replicas[:, near] *= np.exp(0.1 * shared)
    replicas[:, far] *= np.exp(0.1 * (0.8 * shared + 0.6 * own))
    found = aims.correlations(replicas)
    assert found[0, 1] == pytest.approx(0.5 * 0.8, abs=0.03)
    assert np.diag(found) == pytest.approx(np.ones(16))
    whole = aims.covariance(found)
    assert np.sqrt(np.diag(whole)) == pytest.approx(aims.spread())
    assert (whole[16:, :16] == 0.0).all()


def test_the_distance_of_two_errors_that_go_together_is_less_than_apart() -> None:
    together = np.array([[1.0, 0.8], [0.8, 1.0]])
    off = np.array([[1.0, 1.0], [1.0, -1.0]])
    assert waves.distance(off, together) == pytest.approx([2.0 / 1.8, 2.0 / 0.2])
    assert waves.distance(off, np.eye(2)) == pytest.approx([2.0, 2.0])


def test_figures_of_cause_are_those_of_the_laboratory(watch: Watch, base: np.ndarray) -> None:
    two = lab.pair_of_rivals()
    seen = with_causes(watch, base[None], 100)
    assert seen.shape == (1, len(aims.NAMES))
    found = dict(zip(aims.NAMES, seen[0], strict=True))
    assert found["acts_after_display"] == lab.reproduction(two, worlds=64, seed=101).mean()
    assert found["force_after_fire"] == lab.memory(two, worlds=128, seed=101).mean()
    mute = lab.clashed(two, lab.NO_WORDS, worlds=64, seed=101).sum() + 0.5
    plain = lab.clashed(two, worlds=64, seed=101).sum() + 0.5
    assert found["kept_without_words"] == mute / plain
    spent = lab.regimes(tense=True, world="doubly dangerous", worlds=32, seed=101)
    assert found["settled_tense"] == (spent > 0.9).mean()
    recorded = watched(watch, base[None], 100)
    assert seen[:, : recorded.shape[1]].tobytes() == recorded.tobytes()


def test_the_prior_fills_each_range_evenly_and_leaves_other_parameters(base: np.ndarray) -> None:
    unit = prior.first_wave(512, seed=3)
    assert np.abs(unit.mean(axis=0) - 0.5).max() < 0.01
    assert unit.var(axis=0) == pytest.approx(np.full(unit.shape[1], 1.0 / 12.0), rel=0.02)
    points = prior.whole(unit, base)
    for k, name in enumerate(Parameters.FIELDS):
        column, own = points[:, k], COEFFICIENTS[name]
        if name in prior.CALIBRATED:
            low, high, _ = prior.SPACE[name]
            assert own.low <= low <= column.min() < column.max() <= high <= own.high
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
    assert emulator.covariance[1, 1] == pytest.approx(0.01, rel=0.25)
    assert emulator.covariance[0, 1] == pytest.approx(0.0, abs=0.002)
    assert emulator.explained[0] > 0.999
    assert emulator.explained[2] < 0.05


def test_chains_draw_from_the_posterior_they_are_given_and_repeat_by_seed() -> None:
    middle, sd = np.array([0.5, 0.4, 0.6]), np.array([0.05, 0.1, 0.02])

    def log_likelihood(unit: np.ndarray) -> np.ndarray:
        return -0.5 * (((unit - middle) / sd) ** 2).sum(axis=1)

    starts = np.random.default_rng(5).random((16, 3))
    found = sampled(log_likelihood, starts, n_draws=1000, n_steps=3000, seed=6)
    draws = found.unit
    assert 300 < found.worth < 24_000  # of 16 chains with 1,500 steps each
    assert (draws.mean(axis=0) - middle) / sd == pytest.approx(np.zeros(3), abs=0.2)
    assert draws.std(axis=0) == pytest.approx(sd, rel=0.15)
    again = sampled(log_likelihood, starts, n_draws=1000, n_steps=3000, seed=6)
    assert draws.tobytes() == again.unit.tobytes()


def test_chains_stay_inside_the_prior() -> None:
    starts = np.random.default_rng(7).random((16, 2))
    draws = sampled(lambda unit: 50.0 * unit[:, 0], starts, n_draws=500, n_steps=600, seed=8).unit
    assert draws.min() > 0.0
    assert draws.max() < 1.0
    assert draws[:, 0].mean() > 0.9


def test_a_point_is_watched_alike_alone_and_among_others(watch: Watch, base: np.ndarray) -> None:
    points = prior.whole(prior.first_wave(3, seed=9), base)
    many = watched(watch, points, 100)
    alone = watched(watch, points[2:], 100 + 2 * watch.n_worlds)
    assert many[2].tobytes() == alone[0].tobytes()


class Straight:
    """A stand-in for a regressor: every aim is the first parameter."""

    def predict(self, unit: np.ndarray) -> np.ndarray:
        return np.tile(unit[:, :1], (1, len(aims.names()))) + aims.centre()


def test_a_correction_undoes_what_the_emulator_has_wrong() -> None:
    """Aims are twice as far off as the emulator says; the weight tells by how much."""
    n = len(aims.names())
    unit = np.linspace(0.0, 0.2, 32)[:, None]
    emulator = Emulator(Straight(), np.zeros((n, n)), np.ones(n))
    errors = np.eye(n)
    seen = np.tile(recorded(), (32, 1))
    k = aims.NAMES.index("acts_after_display")  # judged as it is
    for name in ("acts_after_display", "acts_after_display_dangerous", "force_after_fire"):
        seen[:, aims.NAMES.index(name)] += 2.0 * unit[:, 0]
    assert seen[-1, k] == pytest.approx(0.55 + 0.4)
    found = waves.corrections(emulator, errors, waves.Wave(unit, seen))
    # simulated: three aims off by 2u; emulated: all by u
    wanted = np.exp(-0.5 * (3.0 * (2.0 * unit[:, 0]) ** 2 - n * unit[:, 0] ** 2))
    assert found == pytest.approx(wanted / wanted.sum(), rel=1e-6)


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
    assert found.corrections.tobytes() == gone_on.corrections.tobytes()
    table = found.table()
    assert table["weight"].sum() == pytest.approx(1.0)
    assert table["weight"].nunique() == 1
    assert found.corrections.sum() == pytest.approx(1.0)
    assert 1.0 <= found.corrected_worth <= 32.0


def test_chance_alone_meets_what_it_is_given_and_little_else(watch: Watch) -> None:
    found = by_chance(watch.roster, 100, 364, 1)
    assert set(found) == set(targets())
    said = {name: t.verdict(found[name]) for name, t in targets().items()}
    assert said["onset_rate_russia_nato_member"] == "inside"
    assert said["first_incident_use"] == "inside"
    assert sum(v == "inside" for v in said.values()) < len(said) / 4


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
