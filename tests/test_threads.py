"""Threads take little ahead, give what they promise in its order, and stop when nobody reads."""

from __future__ import annotations

import itertools
import threading
import time
import weakref
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from sim import report
from sim.__main__ import read_jobs
from sim.engine.threads import in_order, in_threads
from sim.study import table_writer as tabulating
from sim.study.shards import Leaf


def slow_when_even(item: int) -> int:
    time.sleep(0.02 if item % 2 == 0 else 0.0)
    return item * item


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_results_in_order_are_in_the_order_of_the_items(threads: int) -> None:
    assert list(in_order(slow_when_even, range(12), threads)) == [k * k for k in range(12)]


@pytest.mark.parametrize("threads", [1, 3])
def test_every_item_is_run_once_in_any_order(threads: int) -> None:
    assert sorted(in_threads(slow_when_even, range(12), threads)) == [k * k for k in range(12)]


@pytest.mark.parametrize("run", [in_order, in_threads])
def test_an_endless_supply_is_taken_little_ahead(run) -> None:
    taken = itertools.count()
    results = run(slow_when_even, taken, 2)
    first = [next(results) for _ in range(5)]
    results.close()
    assert len(first) == 5
    assert next(taken) <= 5 + 5


@pytest.mark.parametrize("run", [in_order, in_threads])
def test_an_error_of_a_task_reaches_the_reader_and_ends_the_threads(run) -> None:
    def failing(item: int) -> int:
        if item == 3:
            raise ValueError("three")
        return item

    before = threading.active_count()
    with pytest.raises(ValueError, match="three"):
        list(run(failing, range(100), 2))
    assert threading.active_count() == before


def test_a_point_in_many_shards_is_gathered_with_few_of_them_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaves: list[weakref.ref[Leaf]] = []
    most = [0]
    read = tabulating._leaf

    def watched(store, name, room):
        most[0] = max(most[0], sum(leaf() is not None for leaf in leaves))
        leaf = read(store, name, room)
        leaves.append(weakref.ref(leaf))
        return leaf

    monkeypatch.setattr(tabulating, "_leaf", watched)
    (job,) = read_jobs(["scenario=two_rivals", "worlds=60", "weeks=4", "execution.shard=2"])
    report.run(replace(job, output=tmp_path / "x"), console=Console(quiet=True))
    assert len(leaves) == 30
    assert most[0] <= 6
