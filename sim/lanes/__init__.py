"""A value that is one float32 or sixteen: the plain meaning of every operation a rule may use.

The block of worlds is the last axis of every array, and a *lane* is a place on it. Rules and
stages are written for one world; in plain Python a lane is one world, compiled the same text works
on a group of them as one value (``sim/translate/prelude.hpp`` says the same for C++). To make that
possible a rule has no ``if``: it uses :func:`where`, :func:`least` and :func:`most`.

State, parameters and all that is computed of them are float32, with the same bits in plain Python:
a number that a rule writes down is a Python float, which NumPy 2 takes for a float32 as soon as it
meets one. What may be chosen before that is turned into a float32 here; indices and random words
are Python integers, enums :class:`sim.lanes.whole.IntEnum`. Annotations of rules say ``float``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Real = np.float32
"""The kind of number that a world consists of."""
Reals = NDArray[np.float32]
"""A block array, ``[row, field, lane]``."""
Floats = NDArray[np.float64]
"""Numbers outside the worlds: points, sums, shares."""


def where(condition: bool, yes: float, no: float) -> float:
    """Return ``yes`` where the condition holds, else ``no``; both are always computed."""
    return Real(yes if condition else no)  # type: ignore[return-value]


def least(a: float, b: float) -> float:
    """Return the smaller of two values."""
    return Real(a if a < b else b)  # type: ignore[return-value]


def most(a: float, b: float) -> float:
    """Return the larger of two values. Clip with the constant first: ``most(0.0, x)``."""
    return Real(a if a > b else b)  # type: ignore[return-value]


def anywhere(condition: bool) -> bool:
    """Say whether the condition holds in any lane, so that a stage may skip idle work."""
    return condition


def word(x: int) -> int:
    """Keep the low 32 bits of an integer: one word of a random number."""
    return int(x) & 0xFFFFFFFF


def fraction(x: int) -> float:
    """Turn a word into a uniform on [0, 1) with a grain of 2**-24."""
    return Real((x >> 8) * 2.0**-24)  # type: ignore[return-value]


def scaled(x: float, n: float) -> float:
    """Return ``x * 2**n`` for a whole number ``n``, where that is a normal number."""
    return Real(math.ldexp(x, int(n)) if n == n else n)  # type: ignore[return-value]


def words(numbers: NDArray[np.uint32], lane: int) -> int:
    """Load a word from ``numbers[lane]``."""
    return int(numbers[lane])


def note(out: NDArray[Any], week: int, row: int, lane: int, value: float) -> None:
    """Store a non-negative whole number into the integer track ``out[week, row, lane]``."""
    out[week, row, lane] = int(value)


def row_of(array: NDArray[Any], at: int) -> NDArray[Any]:
    """Return one row of a table of whole numbers, as a view."""
    row: NDArray[Any] = array[at]
    return row


class Row:
    """A view of one row of an array ``[row, field, lane]`` by the names of its fields.

    A subclass lists its fields as annotations, in the order of the second axis. Reading an
    attribute loads the value in the lane, assigning one stores it; so does its place among them
    (``row[k]``). What a subclass assigns to a field in its body is kept in ``DECLARED``; by
    :func:`each` one annotation stands for several fields.

    Args:
        array: the block array the row lies in.
        row: index of the row.
        lane: index of the lane.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ()
    DECLARED: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        given = {name: cls.__dict__.get(name) for name in cls.__annotations__}
        fields = (v if isinstance(v, Each) else (name,) for name, v in given.items())
        cls.FIELDS = tuple(name for names in fields for name in names)
        cls.DECLARED = {name: given.get(name) for name in cls.FIELDS}
        for position, name in enumerate(cls.FIELDS):
            setattr(cls, name, _field(position))

    def __init__(self, array: Reals, row: int, lane: int) -> None:
        self._array, self._row, self._lane = array, row, lane

    def __getitem__(self, field: int) -> float:
        value: float = self._array[self._row, field, self._lane]
        return value

    def __setitem__(self, field: int, value: float) -> None:
        self._array[self._row, field, self._lane] = value

    @classmethod
    def empty(cls, n_rows: int, n_lanes: int) -> Reals:
        """Return a block array of zeros for ``n_rows`` rows of this kind."""
        return np.zeros((n_rows, len(cls.FIELDS), n_lanes), Real)


class TraitRow(Row):
    """A view of a row that is the same in all worlds: its array has one lane."""


def _field(position: int) -> Any:
    def load(self: Row) -> float:
        value: float = self._array[self._row, position, self._lane]
        return value

    def store(self: Row, value: float) -> None:
        self._array[self._row, position, self._lane] = value

    getter: Callable[[Row], float] = load
    return property(getter, store)


class Each(tuple[str, ...]):
    """Names of fields for which one annotation stands."""


def each(names: Iterable[str]) -> Any:
    """Return what an annotation of a :class:`Row` is assigned to stand for these fields."""
    return Each(names)
