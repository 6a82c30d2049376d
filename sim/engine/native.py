"""The compiled library: found, in a checkout rebuilt where the rules have changed, and called.

:func:`entry` gives the compiled face of a function of the model, under the same name and with the
same meaning; ``SPIRAL_PLAIN=1`` in the environment gives the function itself, slow and easy to step
through, with the same bits. Named tuples of arrays are handed over as a :class:`Reference`, which
holds their addresses.
"""

from __future__ import annotations

import contextlib
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
FOLDER = ROOT / building.PLACE
MOST_DIMENSIONS = 5
ELEMENTS: Mapping[str, Any] = {"Reals": np.float32, "Floats": np.float64, "Ints": np.int64}

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
    kind = _kind(type(value))  # type: ignore[arg-type]
    parts: list[Any] = []
    for (name, of), part in zip(kind._fields_, value, strict=True):  # type: ignore[misc]
        if of is _Array:
            wanted = _element(type(value), name)  # type: ignore[arg-type]
            if part.dtype != wanted:
                raise TypeError(f"{name} must hold {np.dtype(wanted)}, not {part.dtype}")
            parts.append(_Array.of(part))
        else:
            parts.append(int(part) if of is ctypes.c_int64 else _struct_of(part))
    return kind(*parts)


@cache
def _kind(of: Any) -> type[ctypes.Structure]:
    """Return the structure that a named tuple is in the library."""
    fields: list[tuple[str, Any]] = []
    for name in of.__annotations__:
        told = _annotation(of, name)
        if told == "int":
            fields.append((name, ctypes.c_int64))
        elif told in ELEMENTS or told.startswith("NDArray["):
            fields.append((name, _Array))
        else:
            fields.append((name, _kind(getattr(sys.modules[of.__module__], told))))
    return type(of.__name__, (ctypes.Structure,), {"_fields_": fields})


def _annotation(of: Any, name: str) -> str:
    """Return an annotation as it is written."""
    annotation = of.__annotations__[name]
    told: str = getattr(annotation, "__forward_arg__", annotation)
    return told


@cache
def _element(of: Any, name: str) -> Any:
    """Return the kind of number that an annotated array holds; None for what is no array."""
    told = _annotation(of, name)
    if told.startswith("NDArray["):
        return getattr(np, told.removeprefix("NDArray[np.").removesuffix("]"))
    return ELEMENTS.get(told)


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
    digest, files = building.recorded(FOLDER)
    if digest and not files:  # a wheel: all is there, and nothing may be written
        return _load(digest, building.able(FOLDER, digest)[-1])
    if digest and _unchanged(files):
        with contextlib.suppress(OSError):
            return _load(digest, building.able(FOLDER, digest)[-1])
    with building.writing(FOLDER), FileLock(FOLDER / ".lock"):
        return _load(*building.refresh(ROOT, FOLDER))


def digest() -> str:
    """Return what tells these rules from others: a digest of the text they are compiled from.

    Comments and docstrings do not count, nor where files lie.
    """
    return building.digest_of_text(building.source(ROOT)[0]) if PLAIN else library().digest


def _unchanged(files: Mapping[str, str]) -> bool:
    """Say whether the files that the library was built from are what they were."""
    try:
        return all(building.digest_of(ROOT / path) == told for path, told in files.items())
    except OSError:
        return False


def _load(digest: str, variant: str) -> Library:
    place = FOLDER / building.library_name(digest, variant, building.here())
    calls = ctypes.CDLL(str(place))
    return Library(digest, variant, calls, int(calls.spiral_width()))


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

    given_names = [name for name in function.__annotations__ if name not in ("lane", "return")]
    wanted = [_element(function, name) for name in given_names]

    def compiled(*given: Any) -> None:
        for value, kind in zip(given, wanted, strict=True):
            if kind is not None and value.dtype != kind:
                raise TypeError(f"{function.__name__} takes {np.dtype(kind)}, not {value.dtype}")
        getattr(library().calls, f"spiral_{function.__name__}")(*map(argument, given))

    return plain if PLAIN else compiled


def argument(given: Any) -> Any:
    """Return an argument as the library takes it."""
    if isinstance(given, Reference):
        return given.address
    if isinstance(given, np.ndarray):
        return ctypes.byref(_Array.of(given))
    return ctypes.c_int64(given)
