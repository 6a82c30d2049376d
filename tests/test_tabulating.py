"""Tables come out the same however few worlds are held at a time, and memory does not grow."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sim.__main__ import read_jobs
from sim.analysis import comparison
from sim.analysis.comparison import difference_curves
from sim.analysis.intervals import changed_shares, student
from sim.plan.scenario import Job
from sim.study import table_writer as tabulating
from sim.study.runner import Holdings, identity_of, play_study
from sim.study.store import Store
from sim.study.table_writer import read, tabulate

HARSH = ("scenario=two_rivals", "weeks=12", "parameters.miscalculation_strength=4")
JOBS = {
    "points": (*HARSH, "worlds=50", "vary.fear_gain=[1,1.5,2,2.5]", "execution.shard=30"),
    "one": (*HARSH, "worlds=170", "execution.shard=16"),
    "rounds": (*HARSH, "worlds=40", "vary.offence=[0.2,0.8]", "execution.shard=25",
               "precision={quantity: display, tolerance: 0.05, most: 120}"),
    "compared": (*HARSH, "worlds=60", "series=[rung_leaders,fear_leaders]", "every=5",
                 "compare.line={diplomacy: hotline}", "vary.fear_gain=[1,2.5]"),
    "drawn": (*HARSH, "worlds=60", "parameters=posterior", "series=[rung_leaders]"),
}  # fmt: skip


def job_of(output: Path, *words: str) -> Job:
    (job,) = read_jobs(words)
    return replace(job, output=output)


def tables(job: Job, store: Store, held: Holdings) -> dict[str, pd.DataFrame]:
    tabulate(job, store, held)
    return {path.stem: read(store, path.stem) for path in store.folder.glob("*.parquet")}


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize(("few", "group", "values"), [(0, 1 << 20, 1 << 22), (7, 33, 100)])
def test_tables_do_not_depend_on_how_many_worlds_are_held_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, few: int, group: int, values: int
) -> None:
    job = job_of(tmp_path / "x", *JOBS[name])
    with Store.opened(job.output, identity_of(job)) as store:
        held = play_study(job, store)
        whole = tables(job, store, held)
        bytes_before = {p.name: p.read_bytes() for p in store.folder.glob("*.parquet")}
        monkeypatch.setattr(tabulating, "FEW", few)
        monkeypatch.setattr(tabulating, "GROUP", group)
        monkeypatch.setattr(comparison, "MOST_VALUES", values)
        again = tables(job, store, held)
    assert whole.keys() == again.keys()
    assert {"outcomes", "curves", "points", "convergence"} <= whole.keys()
    for table, frame in whole.items():
        pd.testing.assert_frame_equal(again[table], frame, rtol=1e-12)
    if group == 1 << 20:
        after = {p.name: p.read_bytes() for p in store.folder.glob("*.parquet")}
        assert after == bytes_before


# Memory


def peak(folder: Path, n_worlds: int) -> int:
    """Return the most bytes that the rows of so many worlds take while they are tabulated.

    Arrow's own are looked at when a table is given, numpy's all the time.
    """
    job = job_of(folder, "scenario=two_rivals", "weeks=2", f"worlds={n_worlds}",
                 "execution.shard=2000", "series=[rung_leaders]")  # fmt: skip
    with Store.opened(folder, identity_of(job)) as store:
        held = play_study(job, store)
        tracemalloc.start()
        before, most, n_rows = pa.total_allocated_bytes(), 0, 0
        for name, table in tabulating._tables(job, store, held):
            n_rows += len(table) if name == "outcomes" else 0
            most = max(most, pa.total_allocated_bytes() - before)
            del table
        most += tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert n_rows == n_worlds
    return most


def test_memory_does_not_grow_with_worlds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabulating, "FEW", 1000)
    monkeypatch.setattr(tabulating, "GROUP", 8000)
    peak(tmp_path / "warm", 8000)
    one, three = peak(tmp_path / "one", 16_000), peak(tmp_path / "three", 48_000)
    assert three < 1.15 * one


# Differences by week, worlds by worlds


def test_a_difference_by_week_is_that_of_counting_worlds_one_by_one() -> None:
    rng = np.random.default_rng(1)
    n, weeks = 200, [0, 3, 6, 9]
    frames = {
        k: pd.DataFrame({
            "world": np.arange(m),
            "peak_rung_leaders": rng.integers(0, 8, m),
            **{f"first_week_rung_{r:d}": rng.choice([1, 3, 4, 9, np.nan], m)
               for r in comparison.RUNGS},
        })
        for k, m in ((0, n), (1, n + 50))
    }  # fmt: skip
    levels = {k: rng.normal(size=(n, len(weeks))) for k in frames}
    found = difference_curves(
        lambda point, columns: frames[point][list(columns)],
        lambda point, _, some, m: levels[point][:m][:, [weeks.index(w) for w in some]],
        ["fear_leaders"], {1: 0}, weeks,
    ).set_index(["measure", "week"])  # fmt: skip
    for rung in comparison.RUNGS:
        for week in weeks:
            was, now = (
                [_has_reached(frames[k].iloc[world], rung, week) for world in range(n)]
                for k in (0, 1)
            )
            up = sum(b and not a for a, b in zip(was, now, strict=True))
            down = sum(a and not b for a, b in zip(was, now, strict=True))
            row = found.loc[(rung.name.lower(), week)]
            expected = [float(x) for x in changed_shares(up, down, n)]
            assert list(row[["difference", "lo", "hi"]]) == pytest.approx(expected)
    change = levels[1] - levels[0]
    lo, _ = student(change.sum(axis=0), (change**2).sum(axis=0), n)
    np.testing.assert_allclose(found.loc["fear_leaders", "difference"], change.mean(axis=0))
    np.testing.assert_allclose(found.loc["fear_leaders", "lo"], lo)


def _has_reached(row: pd.Series, rung: int, week: int) -> bool:
    """Say whether a world has; one that peaks there but in no week began there."""
    first = row[f"first_week_rung_{rung:d}"]
    return bool(first <= week) if first == first else bool(row["peak_rung_leaders"] >= rung)
