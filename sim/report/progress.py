"""How far a run has come, told where it runs: a bar in a terminal, in a notebook, lines in a log.

A notebook's bar is a piece of HTML that is renewed in place, so that no widgets need to be
installed. Where neither is, one line comes every :data:`LOG_SECONDS` seconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from threading import RLock
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from sim.report.numbers import duration

LOG_SECONDS = 30.0
"""Seconds between two lines of a log."""
RENEWED = 0.2
"""Seconds between two states of a notebook's bar."""
Told = Callable[[int, int], object]
"""Is called with how many worlds are done, and of how many."""


class CancelledError(Exception):
    """A run that was told to stop; what it had finished is kept in its folder."""


@dataclass
class Tally:
    """How many worlds are done."""

    show: Callable[[str, int, int], object]  # what is counted, how many are done, of how many
    told: Told | None = None
    cancel: Callable[[], bool] | None = None
    words: str = "worlds"
    total: int = 0
    done: int = 0
    _lock: RLock = field(default_factory=RLock, repr=False)  # shards end in several threads

    def begin(self, total: int, words: str = "worlds") -> None:
        """Expect more."""
        with self._lock:
            self.total += total
            self.words = words
            self._tell()

    def advance(self, n: int) -> None:
        """Count some as done.

        Raises:
            CancelledError: if the run was told to stop.
        """
        with self._lock:
            self.done += n
            self._tell()
        if self.cancel is not None and self.cancel():
            raise CancelledError(f"cancelled after {self.done:,} of {self.total:,} {self.words}")

    def _tell(self) -> None:
        self.show(self.words, self.done, self.total)
        if self.told is not None:
            self.told(self.done, self.total)


def in_notebook() -> bool:
    """Say whether a notebook runs this."""
    shell = sys.modules.get("IPython")
    found = shell.get_ipython() if shell is not None else None
    return type(found).__name__ == "ZMQInteractiveShell"


def progress_bar(out: Console) -> Progress:
    """Return a terminal's bar that goes away when it is done."""
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    return Progress(*columns, console=out, transient=True)


@contextmanager
def tallied(
    out: Console, told: Told | None = None, cancel: Callable[[], bool] | None = None
) -> Iterator[Tally]:
    """Yield a tally that is shown where this runs.

    Args:
        out: where to print; a quiet one shows nothing.
        told: is called as well.
        cancel: is asked whenever some worlds are done whether to stop.
    """
    if out.quiet:
        yield Tally(lambda *_: None, told, cancel)
    elif in_notebook():
        bar = _Notebook()
        try:
            yield Tally(bar.show, told, cancel)
        finally:
            bar.close()
    elif out.is_terminal:
        with progress_bar(out) as progress:
            task = progress.add_task("worlds", total=0)

            def show(words: str, done: int, total: int) -> None:
                progress.update(task, description=words, completed=done, total=total)

            yield Tally(show, told, cancel)
    else:
        yield Tally(_Log(out).show, told, cancel)


class _Log:
    """Lines in a log, one every half minute."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._begun = self._last = time.monotonic()

    def show(self, words: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last < LOG_SECONDS or not done:
            return
        self._last = now
        left = (now - self._begun) * (total - done) / done
        told = f"{done:,} of {total:,} {words} ({done / total:.0%}), about {duration(left)} left"
        self._out.print(told, markup=False, soft_wrap=True)


class _Notebook:
    """A bar in the output of a notebook's cell."""

    def __init__(self) -> None:
        shown: Any = import_module("IPython.display")  # there, as a notebook runs this
        HTML, display = shown.HTML, shown.display

        self._html: Callable[[str], Any] = HTML
        self._handle: Any = display(HTML(""), display_id=True)
        self._begun, self._last = time.monotonic(), 0.0

    def show(self, words: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last < RENEWED and done < total:
            return
        self._last = now
        left = f", {duration((now - self._begun) * (total - done) / done)} left" if done else ""
        self._handle.update(
            self._html(
                f'<progress value="{done}" max="{max(total, 1)}" style="width:20em"></progress> '
                f"{done:,} of {total:,} {words}{left}"
            )
        )

    def close(self) -> None:
        """Leave nothing behind."""
        self._handle.update(self._html(""))
