"""The package needs no module that only POSIX has, and goes on without what Windows lacks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sim import interrupts
from sim.interrupts import deaf, deafen
from sim.study import store
from tests.scripts import ROOT

HIDDEN = (
    "fcntl", "grp", "nis", "pty", "pwd", "readline", "resource", "spwd",
    "syslog", "termios", "tty",
)  # fmt: skip

_IMPORT_ALL = """
import importlib, os, pkgutil, signal, sys
import asyncio, subprocess, tempfile, multiprocessing.connection  # Python's own have others there
import dask, distributed, emcee, filelock, hydra, matplotlib, mesa, pandas, pyarrow.dataset, rich
import rich.console, SALib, scipy.stats, sklearn, xarray

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}")

hidden = set(sys.argv[1:])
for name in hidden & {*sys.modules}:
    del sys.modules[name]
sys.meta_path.insert(0, Hidden())
for name in ("SIGHUP", "SIGKILL", "pthread_sigmask"):
    delattr(signal, name)
for name in ("getuid", "geteuid", "getgid", "fork", "uname", "chown", "mkfifo"):
    delattr(os, name)
import sim
found = [each.name for each in pkgutil.walk_packages(sim.__path__, "sim.")]
for name in found:
    importlib.import_module(name)
print(len(found))
"""


def test_every_module_is_imported_where_there_is_no_posix() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL, *HIDDEN], cwd=ROOT, text=True, capture_output=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 80


def test_signals_that_a_system_lacks_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "SIGHUP")
    assert interrupts._numbers("SIGINT", "SIGHUP") == (signal.SIGINT,)
    monkeypatch.delattr(signal, "pthread_sigmask")
    deafen("SIGINT")
    with deaf("SIGINT"):
        pass


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="this system masks no signals")
def test_a_deaf_thread_hears_again_afterwards() -> None:
    def masked() -> set[int]:
        return signal.pthread_sigmask(signal.SIG_BLOCK, ())

    before = masked()
    with deaf("SIGHUP"):
        assert masked() == before | {signal.SIGHUP}
    assert masked() == before


def test_a_signature_under_a_mandatory_lock_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / store.LOCK
    monkeypatch.setattr(type(path), "read_text", locked)
    with pytest.raises(PermissionError):
        store._signature(path)
    monkeypatch.setattr(os, "name", "nt")
    assert store._signature(path) == ""
