"""A run imports what it uses, and draws what is asked for."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from scipy.stats import CensoredData, ecdf

from sim import read_jobs, report
from sim.analysis.intervals import LEVEL, median_time
from sim.engine.history import replay
from sim.errors import InputError
from sim.model.parameters import parameter_block
from sim.report import running

SIZE = ("scenario=two_rivals", "worlds=24", "weeks=8", "execution.threads=1")
SELDOM = {"dask", "distributed", "mesa", "networkx", "xarray"}


def loaded(*words: str) -> set[str]:
    """Return the modules that a process has loaded once it has done what it was asked to."""
    code = (
        "import sys\nfrom sim.__main__ import main\n"
        "sys.argv[1:] = " + repr([*SIZE, *words]) + "\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('LOADED', *sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    (line,) = (x for x in run.stdout.splitlines() if x.startswith("LOADED "))
    return set(line.split()[1:])


def test_what_is_shown_before_a_run_needs_neither_scipy_nor_matplotlib() -> None:
    assert not loaded("dry_run=true") & {*SELDOM, "scipy", "matplotlib"}


def test_a_run_without_figures_needs_no_matplotlib(tmp_path: Path) -> None:
    found = loaded(f"output={tmp_path / 'out'}", "figures=none")
    assert (tmp_path / "out" / "summary.md").exists()
    assert not found & {*SELDOM, "matplotlib", "scipy.stats"}


@pytest.mark.slow
def test_a_run_with_figures_needs_neither_pyplot_nor_statistics(tmp_path: Path) -> None:
    found = loaded(f"output={tmp_path / 'out'}")
    assert "matplotlib" in found
    svg = "matplotlib.backends.backend_svg"
    assert not found & {*SELDOM, "matplotlib.pyplot", "scipy.stats", svg}


# Figures


def run(output: Path, *words: str) -> Path:
    (job,) = read_jobs([*SIZE, *words])
    return report.run(replace(job, output=output), console=Console(quiet=True))


def kinds(output: Path) -> set[str]:
    return {path.suffix for path in (output / "figures").iterdir()}


@pytest.mark.slow
def test_figures_are_what_the_last_run_asked_for_and_files_of_others_stay(tmp_path: Path) -> None:
    output = run(tmp_path / "out")
    assert kinds(output) == {".png"}
    (output / "figures" / "mine.txt").write_text("mine")
    first = {p.name: p.read_bytes() for p in (output / "figures").glob("*.png")}
    run(output, "figures=all")
    assert kinds(output) == {".png", ".svg", ".txt"}
    both = {p.name: p.read_bytes() for p in (output / "figures").glob("*.png")}
    assert both == first
    run(output, "figures=none")
    assert [p.name for p in (output / "figures").iterdir()] == ["mine.txt"]
    told = (output / "summary.md").read_text()
    assert "](figures/" not in told
    assert "figures=none" in told
    manifest = json.loads((output / "manifest.json").read_text())
    assert (manifest["figures"], manifest["runs"]) == ("none", 3)


def test_a_kind_of_figure_that_is_not_known_is_refused() -> None:
    with pytest.raises(InputError, match="must be one of png, all, none"):
        read_jobs([*SIZE, "figures=pdf"])


# What stands in for what is slow to import, or to play


def test_the_median_time_is_that_of_scipy() -> None:
    random = np.random.default_rng(1)
    for _ in range(200):
        n = int(random.integers(6, 60))
        times, ends = random.integers(1, 20, n), random.integers(1, 25, n)
        cut = times > ends
        if cut.all():
            continue
        found = median_time(np.minimum(times, ends), cut)
        waiting = ecdf(CensoredData.right_censored(np.minimum(times, ends), cut)).sf
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            around = waiting.confidence_interval(LEVEL, method="log-log")
        for value, curve in (
            (found.value, waiting),
            (found.low, around.low),
            (found.high, around.high),
        ):
            shares = np.where(
                np.isnan(curve.probabilities), waiting.probabilities, curve.probabilities
            )
            below = waiting.quantiles[shares <= 0.5]
            assert value == (below[0] if len(below) else np.inf)


@pytest.mark.parametrize("paired", ["true", "false"])
def test_rungs_of_worlds_played_together_are_those_of_each_in_full(paired: str) -> None:
    (job,) = read_jobs([*SIZE, "vary.fear_gain=[1,3]", f"paired={paired}"])
    numbers = [3, 0, *range(5, 23)]
    found = running._Replays(job).leaders_rungs(1, numbers)
    for k, world in enumerate(numbers):
        point = parameter_block(job.parameters_in(1, world), 1)[0, :, 0]
        one = replay(
            job.scenario.roster, point, world=world, n_weeks=8, seed=job.seed,
            of_point=0 if job.paired else 2,
        )  # fmt: skip
        assert np.array_equal(found[:, k], one.pair(*one.roster.leaders, "rung")), world
