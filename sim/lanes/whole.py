"""Enums whose members count as Python's own integers beside a float32.

A member of ``enum.IntEnum`` is not quite an ``int`` to NumPy, which takes it for an int64, so that
a float32 and a member would make a double. The members of this one hand their operations to the
integer that they are.
"""

from __future__ import annotations

import enum
from typing import Any


class IntEnum(enum.IntEnum):
    """An enum of integers, for the words of the model."""

    __array_priority__ = 1e6  # NumPy leaves operations to a member

    def __add__(self, other: Any) -> Any:
        return int(self) + other

    def __radd__(self, other: Any) -> Any:
        return other + int(self)

    def __sub__(self, other: Any) -> Any:
        return int(self) - other

    def __rsub__(self, other: Any) -> Any:
        return other - int(self)

    def __mul__(self, other: Any) -> Any:
        return int(self) * other

    def __rmul__(self, other: Any) -> Any:
        return other * int(self)

    def __truediv__(self, other: Any) -> Any:
        return int(self) / other

    def __rtruediv__(self, other: Any) -> Any:
        return other / int(self)

    def __lt__(self, other: Any) -> Any:
        return int(self) < other

    def __le__(self, other: Any) -> Any:
        return int(self) <= other

    def __gt__(self, other: Any) -> Any:
        return int(self) > other

    def __ge__(self, other: Any) -> Any:
        return int(self) >= other

    def __eq__(self, other: object) -> Any:
        return int(self) == other

    def __ne__(self, other: object) -> Any:
        return int(self) != other

    def __hash__(self) -> int:
        return int.__hash__(self)
