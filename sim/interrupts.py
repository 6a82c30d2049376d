"""Signals: Ctrl-C, SIGTERM and SIGHUP end a command in order, or by force after a grace period.

Python hears a signal between two steps of its own, and what it calls may take long: a compiler, a
worker that is slow to stop. So the main thread has :data:`GRACE` seconds to come to an end; then
another thread ends the process. Files are whole at any moment; what was in hand is played again.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import util
from types import FrameType

GRACE = 1.5
"""Seconds from a signal to the end, at any moment."""


def _numbers(*names: str) -> tuple[int, ...]:
    """Return those of some signals that this system has."""
    return tuple(getattr(signal, name) for name in names if hasattr(signal, name))


SIGNALS = _numbers("SIGINT", "SIGTERM", "SIGHUP")
_last_words: list[str] = []


@dataclass
class Ending:
    """The signal that ends a command, if one came."""

    number: int = 0
    over: threading.Event = field(
        default_factory=threading.Event
    )  # the command has come to its end

    @property
    def code(self) -> int:
        """The exit code that the shell knows, 128 and the signal; 0 if none came."""
        return 128 + self.number if self.number else 0

    @property
    def told(self) -> str:
        """The message at such an end."""
        by = "" if self.number == signal.SIGINT else f" by {signal.Signals(self.number).name}"
        return f"spiral: interrupted{by}"

    def hear(self, number: int, _: FrameType | None) -> None:
        """Interrupt the main thread, once: a second signal must not break off its tidying up."""
        if not self.number:
            self.number = number
            raise KeyboardInterrupt

    def watch(self, bell: socket.socket) -> None:
        """Wait for a signal, then for the end of the command; end it if that does not come."""
        while rung := bell.recv(1):
            if rung[0] in SIGNALS and not self.over.wait(GRACE):
                self.number = rung[0]
                self.force()

    def force(self) -> None:
        """End this process and those it began, now."""
        for child in multiprocessing.active_children():
            child.kill()
        # Semaphores, of which Python would say that they were left.
        util._run_finalizers(0)  # type: ignore[attr-defined]
        lines = "".join(f"{line}\n" for line in (*_last_words, self.told))
        with contextlib.suppress(OSError):  # the terminal may be gone
            if os.isatty(1):
                os.write(1, b"\x1b[?25h\n")  # a progress bar hides the cursor
            os.write(2, lines.encode(errors="replace"))
        os._exit(self.code)


@contextmanager
def heeded() -> Iterator[Ending]:
    """Yield the end that a signal may bring: KeyboardInterrupt, and soon after it no process.

    A signal that is ignored, as SIGHUP under nohup, stays so. Outside the main thread
    no signal is handled.
    """
    ending = Ending()
    if threading.current_thread() is not threading.main_thread():
        yield ending
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    heard = [number for number, how in before.items() if how not in (signal.SIG_IGN, None)]
    bell, rope = socket.socketpair()
    rope.setblocking(False)
    with bell, rope:
        old = signal.set_wakeup_fd(rope.fileno(), warn_on_full_buffer=False)
        watch = threading.Thread(target=ending.watch, args=(bell,), daemon=True)
        with contextlib.suppress(RuntimeError):  # no memory for a thread
            watch.start()
        try:
            for number in heard:
                signal.signal(number, ending.hear)
            yield ending
        finally:
            ending.over.set()
            for number in heard:
                signal.signal(number, before[number])
            signal.set_wakeup_fd(old)
            rope.close()
            if watch.ident is not None:
                watch.join()


def deafen(*names: str) -> None:
    """Have this thread, and the processes it starts, not hear signals; where the system can."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, _numbers(*names))


@contextmanager
def deaf(*names: str) -> Iterator[None]:
    """Do not hear signals for a while, as :func:`deafen`."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _numbers(*names))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def leaving(words: str) -> Iterator[None]:
    """Print a message if the process is ended before it can do so itself."""
    _last_words.append(words)
    try:
        yield
    finally:
        _last_words.remove(words)


def tell(text: str) -> None:
    """Print to the error stream, if it is open."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)
