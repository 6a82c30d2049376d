"""One digest, however a study is executed: threads, shards, Dask, the seed of hashes."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from sim.__main__ import read_jobs
from sim.study.runner import identity_of, play_study
from sim.study.store import Store
from sim.study.table_writer import tabulate
from tests.scripts import ROOT, script

DIGEST = script("scripts", "digest")


def tables(*words: str) -> str:
    """Play the study of ``scripts/digest.py``; return the digest of its tables."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        (job,) = read_jobs([*DIGEST.STUDY, f"output={folder}/study", *words])
        with Store.opened(job.output, identity_of(job)) as store:
            tabulate(job, store, play_study(job, store))
        return str(DIGEST.digest(job.output))


@functools.cache
def reference() -> str:
    return tables("execution.threads=1")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        "execution.threads=2",
        pytest.param("execution.threads=1 execution.shard=1", marks=pytest.mark.slow),
        "execution.threads=2 execution.shard=7",
        "execution.threads=2 execution.shard=10000",
    ],
)
def test_tables_are_the_same_for_any_threads_and_shards(words: str) -> None:
    assert tables(*words.split()) == reference()


@pytest.mark.long
def test_tables_are_the_same_from_workers_of_dask() -> None:
    assert tables("execution=dask", "execution.workers=2", "execution.shard=40") == reference()


def test_tables_differ_for_another_seed_or_the_digest_says_nothing() -> None:
    assert tables("execution.threads=1", "seed=2") != reference()


@pytest.mark.long
def test_the_whole_command_leaves_the_same_files_whatever_seeds_the_hashes() -> None:
    found = set()
    for seed in ("0", "1"):
        done = subprocess.run(
            [sys.executable, str(ROOT / "scripts/digest.py"), f"execution.threads={1 + int(seed)}"],
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
            capture_output=True, text=True, timeout=300, check=True,
        )  # fmt: skip
        found.add(done.stdout)
    assert len(found) == 1
