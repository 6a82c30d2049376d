"""What :mod:`tests.kernels` and the model are when compiled, at any width and variant."""

from __future__ import annotations

import atexit
import ctypes
import shutil
import tempfile
from functools import cache
from pathlib import Path

from sim.engine import native
from sim.engine.native import Library, argument
from sim.translate import building
from sim.translate.cpp import Entry, translated
from sim.translate.reading import Package
from tests.scripts import ROOT

WIDTHS = (1, 2, 4, 8, 16, 32)
KERNELS = ("operate", "evaluate", "answer", "draw")


@cache
def _folder() -> Path:
    folder = tempfile.mkdtemp(prefix="spiral-compiled-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _built(text: str, name: str, variant: building.Variant) -> Library:
    target = building.here()
    place = _folder() / f"{name}{building.TARGETS[target].suffix}"
    building.compile_text(text, target, variant, place)
    return Library(building.digest_of_text(text), name, ctypes.CDLL(str(place)), variant.width)


@cache
def kernels(width: int) -> Library:
    """Return the test's own kernels, ``width`` worlds as one value."""
    package = Package(ROOT, ("sim", "tests"))
    text = translated(package, [Entry("tests.kernels", name) for name in KERNELS])
    flags = next(iter(building.TARGETS[building.here()].variants.values())).flags
    return _built(text, f"kernels-{width}", building.Variant(flags, width))


@cache
def model(variant: str, width: int) -> Library:
    """Return the model's library of a variant, at any width."""
    text, _ = building.source(ROOT)
    flags = building.TARGETS[building.here()].variants[variant].flags
    return _built(text, f"model-{variant}-{width}", building.Variant(flags, width))


def call(library: Library, name: str, *given: object) -> None:
    """Call an entry of a library."""
    getattr(library.calls, f"spiral_{name}")(*map(argument, given))


def able() -> list[str]:
    """Return the variants that this machine can run."""
    return building.able(native.FOLDER, native.digest())
