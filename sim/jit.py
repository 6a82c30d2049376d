"""The one place that decides how code is compiled, and the one that owns the cache of it.

``SPIRAL_JIT=0`` in the environment turns compilation off: every function is then plain Python,
slow and easy to step through, with the same bits.

numba's own cache looks at one file only, so that a change in an imported rule would go unseen.
The cache folder is therefore named by a digest of all sources of the package, but for those known
to hold nothing that is compiled, and of the versions of numba and Python. ``SPIRAL_CACHE_DIR``
chooses its parent; an unwritable one falls back to a temporary folder.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import os
import platform
import shutil
import stat
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
MARK = ".compiled-by-spiral"
"""A file in each cache folder: what lacks it is somebody else's."""
NEVER_COMPILED = frozenset(
    {"__init__", "__main__", "calibration", "checking", "cluster", "comparison", "design",
     "facts", "inlining", "interrupts", "intervals", "measures", "observation", "parquet",
     "playing", "plots",
     "properties", "quantities", "report", "scenario", "sensitivity", "shards", "store",
     "story", "study", "tabulating", "targets", "threads", "transpile"}
)  # fmt: skip
"""Modules and packages whose change leaves compiled code as it is; none may import this one."""


def _sources(also: tuple[str, ...] = ()) -> list[Path]:
    """Return the sources of what is compiled, and of other modules and packages, in order."""
    package, left_out = Path(__file__).parent, NEVER_COMPILED.difference(also)
    return [
        source
        for source in sorted(package.rglob("*.py"))
        if source.relative_to(package).parts[0].removesuffix(".py") not in left_out
    ]


@cache
def model_digest(*also: str) -> str:
    """Return a name for what the model computes: its code, whatever is said beside it.

    Comments, docstrings, layout and the places of files leave it as it is.

    Args:
        also: modules and packages that decide besides those that are compiled.
    """
    codes = sorted(bare(source.read_text(encoding="utf-8")) for source in _sources(also))
    return hashlib.sha256("\0".join(codes).encode()).hexdigest()[:16]


def bare(source: str) -> str:
    """Return a module's code without comments and docstrings, in one layout."""
    return ast.unparse(_Bare().visit(ast.parse(source)))


class _Bare(ast.NodeTransformer):
    """Takes out strings that stand alone, which say something and do nothing."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        """Return a statement, None if it is a string."""
        text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if text else node


def _digest() -> str:
    """Return a name for these exact sources, numba and Python."""
    found = hashlib.sha256()
    for source in _sources():
        found.update(source.relative_to(Path(__file__).parent).as_posix().encode())
        found.update(source.read_bytes())
    facts = (version("numba"), platform.python_version(), platform.processor())
    found.update(" ".join(facts).encode())
    return found.hexdigest()[:16]


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
    try:
        parent = Path(chosen or f"{home}/spiral").expanduser()
    except RuntimeError:  # nobody's home
        return _temporary()
    folder = parent / _digest()
    if _writable(folder):
        (folder / MARK).touch()
        _forget_stale(parent, keep=folder)
        return folder
    return _temporary()


def _temporary() -> Path:
    """Return a folder that is ours alone: what lies in a cache is run."""
    folder = Path(tempfile.gettempdir()) / f"spiral-{os.getuid()}"
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700)
    found = folder.lstat() if os.path.lexists(folder) else None
    ours = found and stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if found and ours and not found.st_mode & 0o077:
        return folder / _digest()
    return Path(tempfile.mkdtemp(prefix="spiral-"))


def _forget_stale(parent: Path, keep: Path) -> None:
    """Remove folders with our mark that no start has used for a month."""
    os.utime(keep)
    limit = time.time() - STALE_DAYS * 86400
    for other in parent.iterdir():
        if (other / MARK).is_file() and not other.is_symlink() and other.stat().st_mtime < limit:
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
