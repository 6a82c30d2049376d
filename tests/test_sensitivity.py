"""Indices are those that mathematics gives, and every row of a design counts."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest

from sim.analysis import sensitivity
from sim.lanes import Floats
from sim.plan import sampling as design
from sim.plan.sampling import MissingLibraryError

NAMES = ["zeal", "beta", "alpha"]  # not in alphabetical order: libraries like to sort
A, B = 7.0, 0.1


def ishigami(rows: Floats) -> Floats:
    x = (2.0 * rows - 1.0) * np.pi
    first, second, third = x.T
    return np.sin(first) + A * np.sin(second) ** 2 + B * third**4 * np.sin(first)


def ishigami_indices() -> dict[str, list[float]]:
    """Return the indices as Ishigami & Homma (1990) integrate them."""
    alone = [0.5 * (1.0 + B * np.pi**4 / 5.0) ** 2, A**2 / 8.0, 0.0]
    both = B**2 * np.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    whole = sum(alone) + both
    total = [alone[0] + both, alone[1], both]
    return {"S1": [v / whole for v in alone], "ST": [v / whole for v in total]}


def bilinear(rows: Floats) -> Floats:
    """3 a - 2 b + c d: effects of 3, of -2, and of the other's level."""
    return 3.0 * rows[:, 0] - 2.0 * rows[:, 1] + rows[:, 2] * rows[:, 3]


def column(frame: pd.DataFrame, index: str, of: str = "value") -> list[float]:
    return frame.loc[frame["index"] == index, of].tolist()


# Morris


@pytest.fixture(scope="module")
def screened() -> pd.DataFrame:
    rows = design.morris(600, 4, 3)
    return sensitivity.morris(["d", "b", "c", "a"], rows, bilinear(rows), 3)


def test_effects_of_a_linear_part_are_its_slopes(screened: pd.DataFrame) -> None:
    assert screened["parameter"].tolist() == ["d", "b", "c", "a"] * 3
    assert np.allclose(column(screened, "mu")[:2], [3.0, -2.0], atol=1e-12)
    assert np.allclose(column(screened, "mu_star")[:2], [3.0, 2.0], atol=1e-12)
    assert np.allclose(column(screened, "sigma")[:2], 0.0, atol=1e-12)
    certain = screened[screened["parameter"].isin(["d", "b"])]
    assert np.allclose(certain["lo"], certain["hi"], atol=1e-12)


def test_effects_of_an_interaction_are_the_levels_of_the_other_axis(screened) -> None:
    levels = np.array([0.0, 1.0, 2.0, 3.0]) / 3.0
    spread = levels.std()
    error = spread / 600**0.5
    kurtosis = ((levels - 0.5) ** 4).mean() / spread**4
    expected = {
        "mu": (0.5, error), "mu_star": (0.5, error),
        "sigma": (spread, 0.5 * error * (kurtosis - 1.0) ** 0.5),  # Kenney & Keeping 1951
    }  # fmt: skip
    for index, (truth, one_error) in expected.items():
        values, lo, hi = (np.array(column(screened, index, of)[2:]) for of in ("value", "lo", "hi"))
        assert np.allclose(values, truth, atol=4.0 * one_error)
        assert np.allclose(hi - values, 1.96 * one_error, rtol=0.2)
        assert np.allclose(values - lo, hi - values)


def test_size_of_an_effect_does_not_cancel_but_its_mean_does() -> None:
    rows = design.morris(32, 2, 1)  # all there are: the mean over the grid is exact
    found = sensitivity.morris(["a", "b"], rows, (rows[:, 0] - 0.5) * (rows[:, 1] - 0.5), 1)
    assert np.allclose(column(found, "mu"), 0.0, atol=1e-12)
    assert np.allclose(column(found, "mu_star"), 1.0 / 3.0, atol=1e-12)


def test_intervals_of_effects_hold_the_truth_about_as_often_as_they_say() -> None:
    truth = {"mu": [3.0, -2.0, 0.5, 0.5], "mu_star": [3.0, 2.0, 0.5, 0.5]}
    held = []
    for seed in range(40):
        rows = design.morris(20, 4, seed)
        found = sensitivity.morris(list("abcd"), rows, bilinear(rows), seed)
        for index, expected in truth.items():
            lo, hi = np.array(column(found, index, "lo")), np.array(column(found, index, "hi"))
            held.append((lo[2:] <= expected[2:]) & (hi[2:] >= expected[2:]))
    assert 0.85 < np.mean(held) < 0.99


def test_what_is_no_trajectory_is_refused() -> None:
    rows = design.morris(4, 3, 1)
    with pytest.raises(ValueError, match="two or more trajectories of 4 points"):
        sensitivity.morris(NAMES, rows[:-1], np.zeros(15), 1)
    with pytest.raises(ValueError, match="two or more trajectories of 4 points"):
        sensitivity.morris(NAMES, rows, np.zeros(12), 1)
    with pytest.raises(ValueError, match="step once, and alone"):
        sensitivity.morris(NAMES, design.latin_hypercube(16, 3, 1), np.zeros(16), 1)
    with pytest.raises(ValueError, match="step once, and alone"):
        sensitivity.morris(NAMES, np.roll(rows, 1, axis=0), np.zeros(16), 1)


# Sobol


def test_shares_of_variance_are_those_of_ishigami() -> None:
    found = sensitivity.sobol(NAMES, ishigami(design.saltelli(4096, 3, 3)), 3)
    assert found["parameter"].tolist() == NAMES * 2
    for index, expected in ishigami_indices().items():
        assert np.allclose(column(found, index), expected, atol=0.03)
        assert (np.array(column(found, index, "lo")) < expected).all()
        assert (np.array(column(found, index, "hi")) > expected).all()


def test_intervals_of_shares_hold_the_truth_and_narrow_with_the_blocks() -> None:
    held, widths = [], []
    for seed in range(30):
        found = sensitivity.sobol(NAMES, ishigami(design.saltelli(256, 3, seed)), seed)
        for index, expected in ishigami_indices().items():
            lo, hi = np.array(column(found, index, "lo")), np.array(column(found, index, "hi"))
            held.append((lo <= expected) & (hi >= expected))
            widths.append(hi - lo)
    assert np.mean(held) > 0.9
    many = sensitivity.sobol(NAMES, ishigami(design.saltelli(4096, 3, 1)), 1)
    assert (many["hi"] - many["lo"]).mean() < 0.4 * np.mean(widths)


def test_shares_do_not_depend_on_the_unit_of_the_outcome() -> None:
    values = ishigami(design.saltelli(128, 3, 1))
    expected = sensitivity.sobol(NAMES, values, 1)["value"]
    for scale, shift in [(1e-200, 0.0), (1e6, -1e8), (-1.0, 5.0)]:
        found = sensitivity.sobol(NAMES, scale * values + shift, 1)["value"]
        assert np.allclose(found, expected, atol=1e-6)


def test_part_of_a_block_is_refused() -> None:
    with pytest.raises(ValueError, match="two or more blocks of 5 points are needed, not 14"):
        sensitivity.sobol(NAMES, np.arange(14.0), 1)
    with pytest.raises(ValueError, match="two or more blocks"):
        sensitivity.sobol(NAMES, np.arange(5.0), 1)


# Both


def analysed(method: str, values: Floats, seed: int = 1) -> pd.DataFrame:
    if method == "morris":
        return sensitivity.morris(NAMES, design.morris(20, 3, 1), values, seed)
    return sensitivity.sobol(NAMES, values, seed)


both = pytest.mark.parametrize(("method", "n_rows"), [("morris", 80), ("sobol", 320)])


@both
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("level", [0.0, 1.0, 0.1, -1e12])
def test_outcome_that_never_changes_gives_zeros(method: str, n_rows: int, level: float) -> None:
    found = analysed(method, np.full(n_rows, level))
    assert (found[["value", "lo", "hi"]] == 0.0).all(axis=None)


@both
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("row", range(10))
def test_outcome_that_changes_once_gives_numbers(method: str, n_rows: int, row: int) -> None:
    values = np.zeros(n_rows)
    values[row] = 1.0
    assert np.isfinite(analysed(method, values)[["value", "lo", "hi"]]).all(axis=None)


@both
@pytest.mark.parametrize("hole", [np.nan, np.inf])
def test_rows_without_a_value_are_named_and_never_dropped(
    method: str, n_rows: int, hole: float
) -> None:
    values = np.ones(n_rows)
    values[[3, 17]] = hole
    with pytest.raises(ValueError, match=r"2 points have no value \(3, 17\); play them again"):
        analysed(method, values)
    values[20:40] = hole
    with pytest.raises(ValueError, match=r"22 points .*, 27 and 12 more"):
        analysed(method, values)


@both
def test_bootstrap_depends_on_its_seed_alone(method: str, n_rows: int) -> None:
    values = np.random.default_rng(1).random(n_rows)
    first, other = analysed(method, values, 2**64 - 1), analysed(method, values, 0)
    assert first.equals(analysed(method, values, 2**64 - 1))
    assert other.equals(analysed(method, values, 0))
    assert (first["value"] == other["value"]).all()
    assert (first["hi"] != other["hi"]).all()


@both
def test_what_cannot_be_below_zero_has_no_interval_there(method: str, n_rows: int) -> None:
    width = {"morris": 4, "sobol": 5}[method]
    values = np.zeros((n_rows // width, width))
    values[::2] = 1.0
    values[0, 1] = 0.0  # one effect in the whole design, so that its interval is wide
    found = analysed(method, values.ravel())
    bounded = found["index"].isin(["mu_star", "sigma", "ST"])
    assert (found.loc[bounded, "lo"] >= 0.0).all()
    assert (found.loc[bounded & (found["hi"] > 0.0), "lo"] == 0.0).any()
    assert (found.loc[~bounded, "lo"] < 0.0).any()


@both
def test_without_salib_the_error_says_what_to_install(
    method: str, n_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = design.morris(20, 3, 1)
    monkeypatch.setattr(design, "morris", lambda *_: rows)
    for name in [name for name in sys.modules if name.split(".")[0] == "SALib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "SALib", None)
    with pytest.raises(MissingLibraryError, match=r'pip install "spiral-sim\[analysis\]"'):
        analysed(method, np.zeros(n_rows))
