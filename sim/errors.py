"""Errors in an input: errors that name the file, the key and what is allowed.

All errors of an input are reported together. This module knows of nothing else in the package.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

SHOWN = 60
"""Longest piece of an input that a message repeats, in characters."""


def clean(text: object) -> str:
    """Return text that is safe and short to print."""
    shown = str(text)
    return printable(shown if len(shown) <= SHOWN else shown[: SHOWN - 3] + "...")


def printable(text: str) -> str:
    """Return text with everything that a terminal would not show as itself written out."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def show(value: object) -> str:
    """Return a value as a YAML file would have it, cut to what fits into a message."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and abs(value) >= 10**20:
        return f"a number of about {round(value.bit_length() * 0.30103)} digits"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        return f"a mapping with {len(value)} keys"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"a list of {len(value)}"
    return f'"{clean(value)}"'


def is_whole(value: Any, low: int, high: int) -> bool:
    """Say whether a value is a whole number (numpy's too, but no truth value) in a range."""
    sound = isinstance(value, int | Integral) and not isinstance(value, bool)
    return sound and low <= int(value) <= high


def nearest(name: object, names: Iterable[str]) -> str:
    """Return the valid name that is most like the given one, or ''."""
    folded, wanted = {n.casefold(): n for n in names}, str(name)[:SHOWN].casefold()
    close = difflib.get_close_matches(wanted, folded, n=1, cutoff=0.6)
    longer = [n for n in folded if len(wanted) > 2 and n.startswith(wanted)]
    return folded[[*close, *longer][0]] if close or longer else ""


@dataclass(frozen=True)
class Fault:
    """One error in an input: where it is, and what is allowed there."""

    source: str  # the file or override it comes from
    key: str  # what in it; '' for the whole
    allowed: str  # what is allowed, or what is wrong
    value: str = ""  # as shown
    nearest: str = ""  # the valid name most like it

    def __str__(self) -> str:
        what = " = ".join(part for part in (self.key, self.value) if part)
        told = f"{what}: {self.allowed}" if what else self.allowed
        hint = f"; did you mean {self.nearest}?" if self.nearest else ""
        return printable(f"{self.source}: {told}{hint}")


class InputError(ValueError):
    """Errors in a configuration; the text lists all of them."""

    LIMIT = 100
    HEAD = "in the configuration; nothing was run"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__(self._text())

    def _text(self) -> str:
        n = len(self.faults)
        lines = [f"spiral: {n} {'error' if n == 1 else 'errors'} {self.HEAD}"]
        lines += [f"  {fault}" for fault in self.faults[: self.LIMIT]]
        if n > self.LIMIT:
            lines.append(f"  ... and {n - self.LIMIT} more")
        return "\n".join(lines)


class StudyError(InputError):
    """A study folder that is missing, unfinished, damaged or not written by a run."""

    HEAD = "in the study folder"


class FailedError(StudyError):
    """A study of which no point could be played."""

    HEAD = "while worlds were played"
