"""The one place that decides how code is compiled, and the one that owns the cache of it.

``SPIRAL_JIT=0`` in the environment turns compilation off: every function is then plain Python,
slow and easy to step through, with the same bits.

numba's own cache looks at one file only, so that a change in an imported rule would go unseen.
The cache folder is therefore named by a digest of all sources of the package, but for those known
to hold nothing that is compiled, and of the versions of numba and Python. ``SPIRAL_CACHE_DIR``
chooses its parent; an unwritable one falls back to a temporary folder.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from sim.lanes import Row

F = TypeVar("F", bound=Callable[..., Any])
R = TypeVar("R", bound=type[Row])

ENABLED = os.environ.get("SPIRAL_JIT", "1") != "0"
STALE_DAYS = 30
NEVER_COMPILED = frozenset(
    {"__init__", "__main__", "calibration", "checking", "cluster", "comparison", "design",
     "facts", "inlining", "intervals", "measures", "observation", "parquet", "playing", "plots",
     "properties", "quantities", "report", "scenario", "sensitivity", "shards", "store",
     "story", "study", "tabulating", "targets", "threads", "transpile"}
)  # fmt: skip
"""Modules and packages whose change leaves compiled code as it is; none may import this one."""


@cache
def model_digest() -> str:
    """Return a name for the exact sources of the model: all that can change what a world does."""
    package = Path(__file__).parent
    found = hashlib.sha256()
    for source in sorted(package.rglob("*.py")):
        place = source.relative_to(package)
        if place.parts[0].removesuffix(".py") not in NEVER_COMPILED:
            found.update(place.as_posix().encode())
            found.update(source.read_bytes())
    return found.hexdigest()[:16]


def _digest() -> str:
    """Return a name for this exact model, numba and Python."""
    facts = (model_digest(), version("numba"), platform.python_version(), platform.processor())
    return hashlib.sha256(" ".join(facts).encode()).hexdigest()[:16]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _cache_folder() -> Path:
    chosen = os.environ.get("SPIRAL_CACHE_DIR")
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    parent = Path(chosen or f"{home}/spiral").expanduser()
    folder = parent / _digest()
    if _writable(folder):
        _forget_stale(parent, keep=folder)
        return folder
    return Path(tempfile.gettempdir()) / f"spiral-{os.getuid()}" / folder.name


def _forget_stale(parent: Path, keep: Path) -> None:
    """Remove compiled code that no start has used for a month."""
    os.utime(keep)
    limit = time.time() - STALE_DAYS * 86400
    for other in parent.iterdir():
        if len(other.name) == 16 and other.is_dir() and other.stat().st_mtime < limit:
            shutil.rmtree(other, ignore_errors=True)


if ENABLED:
    CACHE = _cache_folder()
    os.environ["NUMBA_CACHE_DIR"] = str(CACHE)
    import numba

    numba.config.CACHE_DIR = str(CACHE)
    from sim import simd


def _one_lane(first: int, width: int) -> int:
    """Return the index of one lane: without compilation a group has one."""
    return first


group: Callable[[int, int], int] = simd.group if ENABLED else _one_lane


def is_cold() -> bool:
    """Say whether the kernel still has to be compiled (nothing compiled is in the cache)."""
    return ENABLED and not any(CACHE.rglob("*ensemble*.nbi"))


def jit(function: F) -> F:
    """Compile a rule or a stage, to be inlined where compiled code calls it.

    It gets no entry for Python (which halves the time to compile); call its ``py_func`` there.
    """
    if not ENABLED:
        return function
    inner = {"forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    compiled: F = numba.njit(nogil=True, error_model="numpy", **inner)(function)
    return compiled


def kernel(function: F) -> F:
    """Compile a function that Python calls: as :func:`jit`, and kept in the cache.

    Given something that :func:`jit` has compiled, return its entry for Python.
    """
    if not ENABLED:
        return function
    plain = getattr(function, "py_func", function)
    compiled: F = numba.njit(nogil=True, error_model="numpy", cache=True)(plain)
    return compiled


def row(kind: R) -> R:
    """Let compiled code make views of this kind of :class:`~sim.lanes.Row`."""
    if ENABLED:
        simd.register(kind)
    return kind
