"""A scheduler and workers of one's own, in other folders: lost, paused, and of another version."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sim.__main__ import main
from tests.scripts import ROOT

pytestmark = [pytest.mark.long, pytest.mark.skipif(os.name != "posix", reason="stops processes")]

WORDS = ["scenario=two_rivals", "worlds=4000", "weeks=52", "figures=none",
         "vary.fog=[0,0.3,0.6,0.9]", "execution.shard=64"]  # fmt: skip
TABLES = ("outcomes", "points", "curves")
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a command of Dask in a folder of its own, and end it at the end of the test."""
    with ExitStack() as stack:

        def begin(*words: str, place: str, **env: str) -> subprocess.Popen[bytes]:
            folder = tmp_path / place
            folder.mkdir(exist_ok=True)
            process = subprocess.Popen(
                [str(Path(sys.executable).parent / "dask"), *words], cwd=folder,
                env={**os.environ, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        yield begin


@pytest.fixture
def scheduler(start: Start, tmp_path: Path) -> str:
    file = tmp_path / "scheduler.json"
    start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
          "--scheduler-file", str(file), place="scheduler")  # fmt: skip
    for _ in range(300):
        if file.exists() and file.read_text():
            return str(json.loads(file.read_text())["address"])
        time.sleep(0.1)
    raise TimeoutError("no scheduler")


def worker(start: Start, address: str, place: str, **env: str) -> subprocess.Popen[bytes]:
    return start("worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny",
                 "--host", "127.0.0.1", place=place, **env)  # fmt: skip


def test_a_paused_and_a_killed_worker_leave_the_bytes_of_a_run_on_one_machine(
    start: Start, scheduler: str, tmp_path: Path
) -> None:
    assert main([*WORDS, f"output={tmp_path / 'here'}"]) == 0
    one, two = (worker(start, scheduler, place) for place in ("one", "two"))
    far = subprocess.Popen(
        [sys.executable, "-m", "sim", *WORDS, "execution=dask", f"execution.address={scheduler}",
         f"output={tmp_path / 'far'}"],
        cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    shards = tmp_path / "far" / "shards"
    while far.poll() is None and len(list(shards.glob("*.shard"))) < 10:
        time.sleep(0.05)
    one.send_signal(signal.SIGSTOP)
    two.kill()
    worker(start, scheduler, "three")
    time.sleep(3.0)
    one.send_signal(signal.SIGCONT)
    assert far.wait(timeout=240) == 0
    for name in TABLES:
        here, there = (tmp_path / place / f"{name}.parquet" for place in ("here", "far"))
        assert here.read_bytes() == there.read_bytes(), name


def test_a_worker_with_other_rules_is_found_before_it_can_spoil_anything(
    start: Start, scheduler: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    shutil.copytree(
        ROOT / "sim", other / "sim", ignore=shutil.ignore_patterns("built", "__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", other)
    rule = other / "sim" / "model" / "rules" / "appraisal.py"
    text = rule.read_text("utf-8")
    assert "1.0 - " in text
    rule.write_text(text.replace("1.0 - ", "1.01 - ", 1), "utf-8")
    worker(start, scheduler, "old", PYTHONPATH=str(other), SPIRAL_PLAIN="1")
    code = main(["scenario=two_rivals", "worlds=8", "weeks=4", "figures=none", "execution=dask",
                 f"execution.address={scheduler}", f"output={tmp_path / 'spoilt'}"])  # fmt: skip
    assert code == 1
    told = capfd.readouterr().err
    assert "has other rules" in told
    assert "install the same version there" in told
    assert not list((tmp_path / "spoilt" / "shards").glob("*.shard"))
