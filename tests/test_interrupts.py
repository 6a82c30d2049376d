"""Whatever ends a run from outside ends it soon, with a word, an exit code and what was kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sim import interrupts
from sim.__main__ import exit_code, main
from sim.interrupts import heeded

ROOT = Path(__file__).parents[1]
SOON = 2.0
ROOM = 6.0
"""Seconds that a busy machine may take beyond those promised."""
ENDS = [
    (signal.SIGINT, 130, "spiral: interrupted"),
    (signal.SIGTERM, 143, "spiral: interrupted by SIGTERM"),
    (signal.SIGHUP, 129, "spiral: interrupted by SIGHUP"),
]

Begin = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def begin(tmp_path: Path) -> Begin:
    """Begin a Python in an empty folder, where nothing is compiled."""

    def start(*words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-u", *words], cwd=tmp_path, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "SPIRAL_PLAIN": "1"},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    return start


def ended(process: subprocess.Popen[str], number: int) -> tuple[str, str]:
    """Send a signal, wait for the end that must come soon, and return what was said."""
    begun = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert time.monotonic() - begun < SOON + ROOM
    return out, err


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.parametrize(("number", "code", "told"), ENDS)
def test_a_run_ends_soon_and_says_how_to_go_on(
    begin: Begin, number: int, code: int, told: str, tmp_path: Path
) -> None:
    run = begin("-m", "sim", "scenario=two_rivals", "worlds=100000", "weeks=9",
                "execution.shard=8", "output=my runs")  # fmt: skip
    assert "Two rivals" in first_line(run)
    shards = tmp_path / "my runs/shards"
    while not shards.is_dir() or not list(shards.glob("*.shard")):
        time.sleep(0.05)
        assert run.poll() is None
    out, err = ended(run, number)
    assert err.splitlines() == [told]
    assert "Finished shards are kept" in out
    assert "run the same command with 'output=my runs'" in out
    assert run.returncode == code


_DEAF = """
import contextlib, hashlib, sys
from sim.__main__ import exit_code
from sim.interrupts import leaving
def act():
    with leaving("this is kept"):
        with contextlib.suppress(KeyboardInterrupt):  # come before Python is deaf
            print("begun")
            deafen()
        deafen()
    return 0
def deafen():
    hashlib.pbkdf2_hmac("sha256", b"", b"", 2 * 10**9)  # minutes in which Python hears nothing
sys.exit(exit_code(act))
"""


@pytest.mark.parametrize(("number", "code", "told"), ENDS)
def test_what_hears_nothing_is_ended_all_the_same(
    begin: Begin, number: int, code: int, told: str
) -> None:
    run = begin("-c", _DEAF)
    assert first_line(run) == "begun\n"
    _, err = ended(run, number)
    assert err.splitlines() == ["this is kept", told]
    assert run.returncode == code


_SLOW = """
import sys, time
from sim.__main__ import exit_code
def act():
    try:
        print("begun")
        time.sleep(60)
    finally:
        print("tidied")
        {}
    return 0
sys.exit(exit_code(act))
"""


def test_a_second_signal_does_not_break_off_tidying_up(begin: Begin) -> None:
    run = begin("-c", _SLOW.format("time.sleep(0.5); print('whole')"))
    first_line(run)
    run.send_signal(signal.SIGINT)
    assert first_line(run) == "tidied\n"
    out, err = ended(run, signal.SIGINT)
    assert out == "whole\n"
    assert err == "spiral: interrupted\n"
    assert run.returncode == 130


def test_endless_tidying_up_is_not_waited_for(begin: Begin) -> None:
    run = begin("-c", _SLOW.format("time.sleep(60)"))
    first_line(run)
    assert ended(run, signal.SIGTERM)[1] == "spiral: interrupted by SIGTERM\n"
    assert run.returncode == 143


def test_a_signal_that_is_ignored_stays_so(begin: Begin) -> None:
    ignoring = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)"
    run = begin("-c", ignoring + _SLOW.replace("sleep(60)", "sleep(1)").format("pass"))
    first_line(run)
    run.send_signal(signal.SIGHUP)
    assert run.communicate(timeout=30) == ("tidied\n", "")
    assert run.returncode == 0


def test_signals_are_as_before_when_a_command_is_done() -> None:
    before = [signal.getsignal(number) for number in interrupts.SIGNALS]
    with heeded():
        assert [signal.getsignal(number) for number in interrupts.SIGNALS] != before
    assert [signal.getsignal(number) for number in interrupts.SIGNALS] == before
    assert main(["--version"]) == 0
    assert [signal.getsignal(number) for number in interrupts.SIGNALS] == before


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (MemoryError("Unable to allocate 3 GiB"), "Unable to allocate 3 GiB"),
        (MemoryError(), "memory"),
        (RuntimeError("can't start new thread"), "can't start new thread"),
        (ImportError("x.so: failed to map segment"), "x.so: failed to map segment"),
    ],
)
def test_memory_that_is_short_is_a_line(
    failure: Exception, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def act() -> int:
        raise failure

    assert exit_code(act) == 1
    assert capsys.readouterr().err == f"spiral: out of memory: {told}\n"


def test_a_fault_of_the_program_is_not_taken_for_a_lack_of_memory() -> None:
    def act() -> int:
        raise RuntimeError("no such thing")

    with pytest.raises(RuntimeError, match="no such thing"):
        exit_code(act)
