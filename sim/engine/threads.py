"""Tasks in threads: results as they come, little ahead of the reader, nothing left behind."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def n_threads(asked: int | None) -> int:
    """Return the number of threads to use: as many as there are processors if none is asked for."""
    return asked or os.cpu_count() or 1


def in_threads(
    task: Callable[[Item], Result], items: Iterable[Item], threads: int
) -> Iterator[Result]:
    """Run a task for each item in threads, and give results as they come, in any order.

    At most twice as many items as threads are taken ahead, so that ``items`` may be endless.

    Args:
        task: one that leaves the interpreter to others for most of its time.
        items: what to run it for.
        threads: how many run at once, 1 or more; 1 runs in the caller's own thread.
    """
    if threads == 1:
        yield from map(task, items)
        return
    todo = iter(items)
    with ThreadPoolExecutor(threads) as pool:
        running: set[Future[Result]] = set()
        try:
            while True:
                room = 2 * threads - len(running)
                running |= {pool.submit(task, item) for item in islice(todo, room)}
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        finally:
            for future in running:
                future.cancel()


def in_order(
    task: Callable[[Item], Result], items: Iterable[Item], threads: int
) -> Iterator[Result]:
    """Run a task for each item in threads, and give results in the order of the items.

    Args:
        task: as for :func:`in_threads`.
        items: what to run it for; at most one more than threads is taken ahead.
        threads: how many run at once, 1 or more; 1 runs in the caller's own thread.
    """
    if threads == 1:
        yield from map(task, items)
        return
    todo = iter(items)
    with ThreadPoolExecutor(threads) as pool:
        ahead: deque[Future[Result]] = deque()
        try:
            while True:
                room = threads + 1 - len(ahead)
                ahead.extend(pool.submit(task, item) for item in islice(todo, room))
                if not ahead:
                    return
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()
