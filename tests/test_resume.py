"""Whatever stops a run, the same command goes on from what was kept and ends with the same bytes.

A short form of `make torture`, which does much more of it (scripts/torture.py).
"""

from __future__ import annotations

import errno
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.__main__ import read_jobs
from sim.errors import InputError
from sim.plan.scenario import Job
from sim.study import runner as playing
from sim.study import shards
from sim.study.runner import identity_of, play_study
from sim.study.shards import Shard
from sim.study.store import SHARDS, Store
from sim.study.table_writer import tabulate
from tests.scripts import ROOT, script

TORTURE = script("scripts", "torture")

WORDS = (
    "scenario=two_rivals", "worlds=40", "weeks=12", "vary.offence=[0.2,0.8]",
    "series=[rung_leaders]", "precision={quantity: display, tolerance: 0.05, most: 120}",
    "compare={line: {diplomacy: hotline}}", "execution.shard=25", "output=out",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def job_of(*words: str) -> Job:
    (job,) = read_jobs([*WORDS, *words])
    return job


def go(*words: str) -> dict[str, bytes]:
    """Play a study, or what it lacks, in this process; return the bytes of its files."""
    job = job_of(*words)
    with Store.opened(job.output, identity_of(job)) as store:
        store.write_manifest({})
        tabulate(job, store, play_study(job, store))
    return files()


def files() -> dict[str, bytes]:
    paths = [*Path("out").rglob("*.parquet"), *Path("out").rglob("*.shard")]
    return {path.as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("undisturbed"))
        return go("execution.threads=1")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Count how often each shard is played."""
    plays: Counter[str] = Counter()

    def play_shard(shard: Shard, progress: Any = None) -> tuple[str, bytes]:
        plays[shard.name] += 1
        return shards.play_shard(shard, progress)

    monkeypatch.setattr(playing, "play_shard", play_shard)
    return plays


# Stopped at a moment of choice, in this process


class Stopped(BaseException):
    """Ends a run at once, as a kill would: nothing that catches errors sees it."""


def at_write(number: int, stop: Callable[[], None]) -> Callable[..., None]:
    """Return a ``write_shard`` that stops at a shard, before (odd) or after (even) it is kept."""
    write, seen = Store.write_shard, iter(range(10_000))

    def write_shard(self: Store, name: str, content: bytes) -> None:
        if (turn := next(seen)) == number and number % 2:
            stop()
        write(self, name, content)
        if turn == number and not number % 2:
            stop()

    return write_shard


def _raise(error: BaseException) -> Callable[[], None]:
    def stop() -> None:
        raise error

    return stop


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("number", [1, 8])
@pytest.mark.parametrize(
    "error", [Stopped(), KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")]
)
def test_a_run_stopped_anywhere_goes_on_and_plays_again_at_most_what_was_in_hand(
    undisturbed: dict[str, bytes], counted: Counter[str], monkeypatch: pytest.MonkeyPatch,
    error: BaseException, number: int, threads: int,
) -> None:  # fmt: skip
    with monkeypatch.context() as patch:
        patch.setattr(Store, "write_shard", at_write(number, _raise(error)))
        with pytest.raises(type(error)):
            go(f"execution.threads={threads}")
    kept = {path.name for path in Path("out", SHARDS).glob("*.shard")}
    before = counted.total()
    assert before - len(kept) <= threads
    assert go(f"execution.threads={threads}") == undisturbed
    n_shards = len([name for name in undisturbed if name.endswith(".shard")])
    assert counted.total() - before == n_shards - len(kept)
    assert not list(Path("out").rglob("*.part"))


def test_a_finished_study_plays_nothing_again(
    undisturbed: dict[str, bytes], counted: Counter[str]
) -> None:
    go("execution.threads=2")
    counted.clear()
    assert go("execution.threads=1") == undisturbed
    assert counted.total() == 0


def test_it_can_be_gone_on_with_in_other_shards_and_threads(
    undisturbed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Store, "write_shard", at_write(4, _raise(Stopped())))
        with pytest.raises(Stopped):
            go("execution.threads=2")
    found = go("execution.threads=1", "execution.shard=11")
    tables = {name for name in undisturbed if name.endswith(".parquet")}
    assert {name: found[name] for name in tables} == {name: undisturbed[name] for name in tables}


def test_tables_that_could_not_be_written_are_written_by_the_next_run(
    undisturbed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    swap, left = os.replace, iter(range(1000))

    def replace(part: Path, place: Path) -> None:
        if Path(place).suffix == ".parquet" and next(left) >= 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        swap(part, place)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        with pytest.raises(OSError, match="No space left"):
            go("execution.threads=1")
    assert go("execution.threads=1") == undisturbed


def test_a_point_that_failed_is_listed_and_played_again_when_asked(
    undisturbed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = shards.play_worlds  # type: ignore[attr-defined]

    def play_worlds(roster: Any, points: Any, worlds: Any, terms: Any, **options: Any) -> Any:
        offence = job_of().parameters_of([0])[0] != points[-1]
        if len(points) > 1 or offence.any():
            raise ZeroDivisionError("no such world")
        return whole(roster, points, worlds, terms, **options)

    with monkeypatch.context() as patch:
        patch.setattr(shards, "play_worlds", play_worlds)
        found = go("execution.threads=1")
    assert "out/failed.parquet" in found
    import pandas as pd

    failed = pd.read_parquet("out/failed.parquet")
    assert list(failed["point"]) == [1, 2, 3]
    assert (
        failed["reason"].str.startswith("ZeroDivisionError: no such world (test_resume.py, ").all()
    )
    assert go("execution.threads=1")["out/failed.parquet"] == found["out/failed.parquet"]
    again = go("execution.threads=1", "retry_failed=true")
    assert {n for n in again if "parquet" in n} == {n for n in undisturbed if "parquet" in n}
    assert all(again[name] == undisturbed[name] for name in undisturbed if "parquet" in name)


# Damaged files


@pytest.mark.parametrize("seed", [0, *(pytest.param(k, marks=pytest.mark.slow) for k in (1, 2))])
def test_damaged_files_are_made_again_and_nothing_else_is(
    undisturbed: dict[str, bytes], counted: Counter[str], seed: int
) -> None:
    chance = random.Random(seed)
    go("execution.threads=2")
    for spoil in (
        TORTURE._cut("shards/*.shard"), TORTURE._flip("shards/*.shard"), TORTURE._empty,
        TORTURE._parts, TORTURE._gone("shards/*.shard"), TORTURE._gone("*.parquet"),
        TORTURE._cut("*.parquet"), TORTURE._cut("manifest.json"), TORTURE._lost,
        TORTURE._flip("manifest.json"),
    ):  # fmt: skip
        spoil(Path("out"), chance)
        bad = sum(
            files().get(name) != content
            for name, content in undisturbed.items()
            if name.endswith(".shard")
        )
        counted.clear()
        assert go("execution.threads=2") == undisturbed
        assert counted.total() == bad
        assert not list(Path("out").rglob("*.part"))


def test_a_shard_of_another_study_or_another_place_is_played_again(
    undisturbed: dict[str, bytes],
) -> None:
    go("execution.threads=1")
    own = sorted(Path("out", SHARDS).glob("*.shard"))
    shutil.copyfile(own[1], own[0])
    (job,) = read_jobs([*WORDS, "seed=2", "execution.threads=1"])
    other = next(iter(playing.shards_of(job, playing.Round(0, (0,), 0, 40), "another")))
    own[2].write_bytes(shards.play_shard(other)[1])
    assert go("execution.threads=1") == undisturbed


# Real processes

SWEEP = TORTURE.Sweep(
    "short", ("scenario=two_rivals", "weeks=30", "worlds=900", "vary.offence=[0.2,0.8]",
              "execution.threads=2", "execution.shard=30"),
)  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], float]:
    found: tuple[dict[str, bytes], float] = TORTURE.undisturbed(
        SWEEP, tmp_path_factory.mktemp("whole") / "run"
    )
    return found


@pytest.mark.parametrize(
    "fault",
    ["manifest cut", *(pytest.param(fault, marks=pytest.mark.long)
                       for fault in ("Ctrl-C", "file too large", "files of others"))],
)  # fmt: skip
def test_a_process_that_is_stopped_goes_on_to_the_same_bytes(
    whole: tuple[dict[str, bytes], float], fault: str, tmp_path: Path
) -> None:
    found = TORTURE.suffered(fault, SWEEP, tmp_path / "run", *whole, 7)
    assert found.wrong == ""


@pytest.mark.long
def test_a_run_killed_twice_in_its_middle_keeps_every_shard_that_was_written(
    whole: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    wanted, _ = whole
    where = TORTURE.prepare(tmp_path / "run")
    kept: dict[str, tuple[int, int]] = {}
    for least in (3, 20):
        command = TORTURE.Command(SWEEP, where)
        while len(list((where / TORTURE.SHARDS).glob("*.shard"))) < least:
            assert command.process.poll() is None
        command.process.send_signal(signal.SIGKILL)
        assert command.end() == -signal.SIGKILL
        now = TORTURE.whole_shards(where, wanted)
        assert len(now) >= least
        assert {name: now[name] for name in kept} == kept
        kept = now
    assert TORTURE.finish(SWEEP, where) == ""
    assert TORTURE.difference(where, wanted) == ""
    after = TORTURE.whole_shards(where, wanted)
    assert {name: after[name] for name in kept} == kept


@pytest.mark.long
def test_a_worker_of_dask_that_is_killed_costs_nothing_but_time(
    whole: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    far = SWEEP._replace(words=(*SWEEP.words[:-2], "execution=dask", "execution.workers=2",
                                "execution.shard=30"))  # fmt: skip
    found = TORTURE.suffered("worker killed", far, tmp_path / "run", *whole, 3)
    assert found.wrong == ""


def test_a_folder_that_cannot_be_written_is_told_without_a_traceback(tmp_path: Path) -> None:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    done = subprocess.run(
        [sys.executable, "-m", "sim", *SWEEP.words, "output=out"], cwd=tmp_path, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, preexec_fn=limited, timeout=100,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert done.returncode == 1
    assert "cannot read or write" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_study_with_another_setting_is_not_gone_on_with() -> None:
    go("execution.threads=1")
    before = files()
    with pytest.raises(InputError, match="seed: is 1 in this folder and 3 in the new run"):
        go("execution.threads=1", "seed=3")
    assert files() == before
