"""The compiled library: found, in a checkout rebuilt where the rules have changed, and called.

:func:`entry` gives the compiled face of a function of the model, under the same name and with the
same meaning; ``SPIRAL_PLAIN=1`` in the environment gives the function itself, slow and easy to step
through, with the same bits. Named tuples of arrays are handed over as a :class:`Reference`, which
holds their addresses.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from filelock import FileLock

from sim.translate import building

PLAIN = os.environ.get("SPIRAL_PLAIN", "0") == "1"
"""Whether the model is played in plain Python."""
ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent / "built"
MOST_DIMENSIONS = 5
ELEMENTS: Mapping[str, Any] = {"Floats": np.float64, "Ints": np.int64}

Tuple = TypeVar("Tuple", bound=tuple[Any, ...])


class _Array(ctypes.Structure):
    _fields_ = (("address", ctypes.c_void_p), ("shape", ctypes.c_int64 * MOST_DIMENSIONS))

    @classmethod
    def of(cls, array: np.ndarray[Any, Any]) -> _Array:
        if not array.flags.c_contiguous:
            raise ValueError("an array for the engine must be contiguous")
        return cls(array.ctypes.data, (ctypes.c_int64 * MOST_DIMENSIONS)(*array.shape))


@dataclass(frozen=True)
class Reference(Generic[Tuple]):
    """A named tuple of arrays, and its address as the library takes it."""

    value: Tuple
    struct: ctypes.Structure | None = field(repr=False)

    @property
    def address(self) -> Any:
        """Where the library finds it; valid as long as this reference lives."""
        assert self.struct is not None
        return ctypes.byref(self.struct)


def refer(value: Tuple) -> Reference[Tuple]:
    """Return a reference to a named tuple of arrays, whose arrays must stay where they are.

    Raises:
        TypeError: if an array's elements are not of the kind its annotation says.
    """
    return Reference(value, None if PLAIN else _struct_of(value))


def _struct_of(value: Any) -> ctypes.Structure:
    kind = _kind(type(value))
    parts = []
    for (name, of), part in zip(kind._fields_, value, strict=True):  # type: ignore[misc]
        if of is _Array:
            wanted = _element(type(value), name)
            if part.dtype != wanted:
                raise TypeError(f"{name} must hold {np.dtype(wanted)}, not {part.dtype}")
            parts.append(_Array.of(part))
        else:
            parts.append(int(part) if of is ctypes.c_int64 else _struct_of(part))
    return kind(*parts)


@cache
def _kind(of: Any) -> type[ctypes.Structure]:
    """Return the structure that a named tuple is in the library."""
    fields = []
    for name, annotation in of.__annotations__.items():
        told = getattr(annotation, "__forward_arg__", annotation)
        if told == "int":
            fields.append((name, ctypes.c_int64))
        elif told in ELEMENTS or told.startswith("NDArray["):
            fields.append((name, _Array))
        else:
            fields.append((name, _kind(getattr(sys.modules[of.__module__], told))))
    return type(of.__name__, (ctypes.Structure,), {"_fields_": fields})


@cache
def _element(of: Any, name: str) -> Any:
    annotation = of.__annotations__[name]
    told = getattr(annotation, "__forward_arg__", annotation)
    return ELEMENTS.get(told) or getattr(np, told.removeprefix("NDArray[np.").removesuffix("]"))


# The library


@dataclass(frozen=True)
class Library:
    """A library that is loaded."""

    digest: str  # of the text that it was built from
    variant: str
    calls: ctypes.CDLL
    width: int  # worlds in a block


@cache
def library() -> Library:
    """Return the library for this machine; in a checkout it is built where it is missing or old.

    Raises:
        BuildError: if it has to be built and cannot.
    """
    digest, files = _recorded()
    if files and not _unchanged(files):
        return _rebuilt()
    try:
        return _load(digest, _variant(digest))
    except OSError:
        return _rebuilt()


def digest() -> str:
    """Return what tells these rules from others: a digest of the text they are compiled from.

    Comments and docstrings do not count, nor where files lie.
    """
    return building.digest_of_text(building.source(ROOT)[0]) if PLAIN else library().digest


def _recorded() -> tuple[str, dict[str, str]]:
    """Return the digest that the libraries were built from, and those of the files; '' if none."""
    try:
        digest, *lines = (FOLDER / building.RECORD).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return "", {}
    pairs = (line.split(" ", 1) for line in lines)
    return digest, {path: told for told, path in pairs}


def _unchanged(files: Mapping[str, str]) -> bool:
    """Say whether the files that the library was built from are what they were."""
    try:
        return all(building.digest_of(ROOT / path) == told for path, told in files.items())
    except OSError:
        return False


def _variant(digest: str) -> str:
    """Return the best variant of a library's that this processor can run."""
    if chosen := os.environ.get("SPIRAL_VARIANT"):
        return chosen
    return able(digest)[-1]


def able(digest: str = "") -> list[str]:
    """Return the variants of a library that this processor can run, the best last."""
    variants, level = building.TARGETS[building.here()].variants, _processor(digest)
    return [name for name in variants if name == "base" or int(name.removeprefix("v")) <= level]


def _processor(digest: str) -> int:
    """Return what the processor can do, asked of a library that every processor runs."""
    target = building.here()
    base = FOLDER / building.library_name(digest, "base", target)
    probe = base if base.exists() else FOLDER / building.library_name("0", "level", target)
    if not probe.exists():
        base_variant = building.TARGETS[target].variants["base"]
        building.compile_text(building.level(), target, base_variant, probe)
    return int(ctypes.CDLL(str(probe)).spiral_level())


def _load(digest: str, variant: str) -> Library:
    place = FOLDER / building.library_name(digest, variant, building.here())
    calls = ctypes.CDLL(str(place))
    return Library(digest, variant, calls, int(calls.spiral_width()))


def _rebuilt() -> Library:
    """Return the library of this checkout's rules, compiled if they have changed."""
    FOLDER.mkdir(exist_ok=True)
    with FileLock(FOLDER / ".lock"):
        text, files = building.source(ROOT)
        digest, target = building.digest_of_text(text), building.here()
        variant = _variant(digest)
        place = FOLDER / building.library_name(digest, variant, target)
        if not place.exists():
            print("spiral: compiling the rules", file=sys.stderr)
            building.compile_text(text, target, building.TARGETS[target].variants[variant], place)
        if _recorded() != (digest, files):
            building.write_record(FOLDER, digest, files)
        return _load(digest, variant)


# Calls


def width() -> int:
    """Return the number of worlds in a block."""
    return 1 if PLAIN else library().width


def entry(function: Callable[..., Any], *, wide: bool = True) -> Callable[..., None]:
    """Return the face of a function of the model that is called from outside it.

    It takes what the function takes: named tuples as :class:`Reference`, whole numbers, arrays of
    whole numbers or floats. A wide one plays all worlds of a block and takes no ``lane``.

    Args:
        function: one of :data:`sim.translate.building.ENTRIES`.
        wide: whether its last argument is a lane.
    """

    def plain(*given: Any) -> None:
        values = [g.value if isinstance(g, Reference) else g for g in given]
        function(*values, *([0] if wide else []))

    def compiled(*given: Any) -> None:
        getattr(library().calls, f"spiral_{function.__name__}")(*map(argument, given))

    return plain if PLAIN else compiled


def argument(given: Any) -> Any:
    """Return an argument as the library takes it."""
    if isinstance(given, Reference):
        return given.address
    if isinstance(given, np.ndarray):
        return ctypes.byref(_Array.of(given))
    return ctypes.c_int64(given)
