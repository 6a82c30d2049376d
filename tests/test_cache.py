"""The folder of compiled code is ours, and nothing else is touched."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from sim import jit

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPIRAL_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def old(folder: Path) -> Path:
    """Return a folder that nobody has touched for a year."""
    folder.mkdir()
    (folder / "mine.txt").write_text("precious")
    os.utime(folder, (time.time() - 365 * 86400,) * 2)
    return folder


def test_only_folders_with_our_mark_are_removed(tmp_path: Path) -> None:
    mine = old(tmp_path / "sixteen_letters_")
    stale = tmp_path / "0123456789abcdef"
    stale.mkdir()
    (stale / jit.MARK).touch()
    os.utime(stale, (time.time() - 365 * 86400,) * 2)
    folder = jit._cache_folder()
    assert (folder / jit.MARK).is_file()
    assert (mine / "mine.txt").read_text() == "precious"
    assert not stale.exists()


def test_a_folder_in_the_temporary_one_is_used_if_it_is_ours_alone(tmp_path: Path) -> None:
    place = tmp_path / f"spiral-{os.getuid()}"
    assert jit._temporary().parent == place
    assert place.stat().st_mode & 0o777 == 0o700
    place.chmod(0o777)
    assert jit._temporary().parent != place
    place.rmdir()
    place.symlink_to(tmp_path)
    assert jit._temporary().parent != place


_HOMELESS = """
import os, pwd
os.environ.pop("HOME", None)
os.environ.pop("SPIRAL_CACHE_DIR", None)
os.environ.pop("XDG_CACHE_HOME", None)
def nobody(number):
    raise KeyError(number)
pwd.getpwuid = nobody
"""


def test_without_a_home_a_run_is_made_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(_HOMELESS)
    for words in (
        ("-c", "import sim.jit"),
        ("-m", "sim", "scenario=two_rivals", "worlds=2", "weeks=3", "output=out"),
    ):
        done = subprocess.run(
            [sys.executable, *words], cwd=tmp_path, capture_output=True, text=True, timeout=300,
            env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}", "TMPDIR": str(tmp_path),
                 "SPIRAL_JIT": "0" if "-m" in words else "1"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    done = subprocess.run(
        [sys.executable, "-m", "sim", "output=~/x"], cwd=tmp_path, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}", "SPIRAL_JIT": "0"}, timeout=300,
    )  # fmt: skip
    assert done.returncode == 2
    assert "no such home folder" in done.stderr
