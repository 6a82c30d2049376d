"""Tasks on the workers of Dask: a local cluster, or the scheduler at an address. Nothing else.

What a task does and where its result goes is the caller's. A task runs again when its worker dies,
so it must not matter how often it runs.

A local cluster has one thread a worker, listens on 127.0.0.1 only (whoever may log in on this
machine can reach it there while it runs), shows no dashboard, and is gone when the caller is done,
breaks off or is killed. Its workers import the script that Python was started with, so a script
calls this under ``if __name__ == "__main__":``. Workers at an address need the caller's version of
this package.
"""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
import struct
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import chain, islice
from multiprocessing import resource_tracker
from queue import Empty, SimpleQueue
from typing import Any, TypeVar
from urllib.parse import urlsplit

from sim.interrupts import deaf, deafen

T = TypeVar("T")
R = TypeVar("R")

LOOPBACK = "127.0.0.1"
AHEAD = 3
"""Tasks in flight for each thread of a worker: one runs, the others are on their way."""
ANSWER = 10.0
"""Seconds in which a scheduler must answer."""
TICK = 2.0
"""Seconds between looks at whether there are workers at all."""
LONGEST = 64_000_000
"""Longest answer of a scheduler to be read, in bytes; it names all its workers."""
GREETING = {"compression": None, "pickle-protocol": 4, "python": (3, 11, 0)}
"""What a server of Dask must hear of a visitor."""
START = 60.0
"""Seconds in which the local workers must be up, and later down."""
NO_WORKERS = 60.0
"""Seconds without any worker after which to give up."""
SETTINGS = {
    "distributed.scheduler.allowed-failures": 20,  # the neighbours of a task that kills count too
    "distributed.deploy.lost-worker-timeout": "10 minutes",  # or one slow to return is lost
    "distributed.worker.profile.enabled": False,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}
"""Settings of Dask in which a local cluster differs."""


class ClusterError(RuntimeError):
    """No scheduler, no workers, or a task that costs worker after worker; the text says which."""


class MissingDaskError(ImportError):
    """Dask is not installed; the text says how to install it."""


def in_dask(
    task: Callable[[T], R],
    items: Iterable[T],
    *,
    address: str | None = None,
    workers: int | None = None,
) -> Iterator[R]:
    """Yield the result of a task for each item, in the order in which they come.

    No more than ``AHEAD`` tasks a worker's thread are in flight, so that ``items`` may be endless.
    An error of a task is raised here, and ends it all.

    Args:
        task: what to do with an item; a function of a module that the workers can import.
        items: arguments of the task, small.
        address: of a running scheduler, as ``tcp://10.0.0.1:8786``; a local cluster if not given.
            Whoever answers there as a scheduler may run code here.
        workers: processes of a local cluster, 1 or more; as many as there are processors if not
            given.

    Raises:
        MissingDaskError: if ``distributed`` is not installed.
        ClusterError: if there is no scheduler, or none any more; if there are no workers for a
            minute; or if a task costs worker after worker.
        ValueError: if ``workers`` is below 1.
    """
    todo = iter(items)
    ahead = [*islice(todo, 1)]
    if not ahead:  # nothing to start a cluster for
        return
    todo = chain(ahead, todo)
    with _client(address, os.cpu_count() or 1 if workers is None else workers) as client:
        running = set[Any]()
        done: SimpleQueue[Any] = SimpleQueue()
        while True:
            room = AHEAD * max(1, _n_threads(client))
            for item in islice(todo, max(0, room - len(running))):
                future = client.submit(task, item, pure=False)
                future.add_done_callback(done.put)
                running.add(future)
            if not running:
                return
            future = _next(done, client)
            running.remove(future)
            yield _result(future)


def _n_threads(client: Any) -> int:
    """Return the number of threads of all workers there are now."""
    try:
        return sum(client.nthreads().values())
    except OSError as error:
        raise ClusterError(_LOST) from error


def _next(done: SimpleQueue[Any], client: Any) -> Any:
    """Wait for a task to be done, as long as there are workers."""
    waited = 0.0
    while waited < NO_WORKERS:
        try:
            return done.get(timeout=TICK)
        except Empty:
            waited = 0.0 if _n_threads(client) else waited + TICK
    raise ClusterError(f"the Dask scheduler has had no workers for {NO_WORKERS:g} seconds")


_LOST = "the Dask scheduler was lost; finished shards are kept: rerun the same command to resume"


def _result(future: Any) -> Any:
    """Return the result of a task that is done."""
    from distributed import KilledWorker

    try:
        return future.result()
    except CancelledError as error:
        raise ClusterError(_LOST) from error
    except KilledWorker as error:
        told = "several Dask workers died on the same task; they may have run out of memory"
        raise ClusterError(told) from error


# Where the workers are


@contextmanager
def _client(address: str | None, workers: int) -> Iterator[Any]:
    """Yield a client of the scheduler at an address, or of a local cluster."""
    try:
        from distributed import Client
    except ImportError as error:
        told = 'execution=dask needs Dask: pip install "spiral-sim[cluster]"'
        raise MissingDaskError(told) from error
    with ExitStack() as stack:
        stack.enter_context(_hushed())
        if address is None:
            where: Any = stack.enter_context(_local_cluster(workers))
        else:
            where = _answering(address)
        yield stack.enter_context(Client(where, timeout=ANSWER, set_as_default=False))


@contextmanager
def _local_cluster(workers: int) -> Iterator[Any]:
    """Yield a cluster of processes of one thread each.

    A terminal sends Ctrl-C to all processes, and tells all when it is closed, but it is the caller
    who ends the workers. So the cluster is started by a thread that hears neither: what it starts,
    and starts again, does not hear them either, and an interrupted start is still brought to its
    end.
    """
    import dask

    if workers < 1:
        raise ValueError(f"workers must be 1 or more, not {workers}")
    if os.name == "posix":
        with deaf("SIGHUP"), _without_its_warnings():
            resource_tracker.ensure_running()  # started later, it would let Ctrl-C through again
    with (
        dask.config.set(SETTINGS),
        ThreadPoolExecutor(1, initializer=deafen, initargs=("SIGINT", "SIGHUP")) as pool,
    ):
        start = pool.submit(_started, workers)
        try:
            yield start.result()
        finally:
            if start.exception() is None:
                start.result().close(timeout=START)


@contextmanager
def _without_its_warnings() -> Iterator[None]:
    """Let the resource tracker start so that it says nothing of what ended workers tidied first."""
    before = os.environ.get("PYTHONWARNINGS")
    mine = "ignore::UserWarning:multiprocessing.resource_tracker"
    os.environ["PYTHONWARNINGS"] = f"{before},{mine}" if before else mine
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONWARNINGS"]
        else:
            os.environ["PYTHONWARNINGS"] = before


def _started(workers: int) -> Any:
    """Start a cluster on this machine; once more if a worker dies while it starts."""
    try:
        try:
            return _cluster(workers)
        except (OSError, RuntimeError):
            return _cluster(workers)
    except (OSError, RuntimeError) as error:
        told = f"the local cluster of Dask did not start: {error}"
        guard = 'In a script, the call belongs under if __name__ == "__main__":'
        raise ClusterError(f"{told} {guard}") from error


def _cluster(workers: int) -> Any:
    from distributed import LocalCluster

    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host=LOOPBACK,
        memory_limit=0,  # none: results are small, nothing is to be moved to disk
        death_timeout=START,
        dashboard_address=None,
        scheduler_kwargs={"dashboard_address": f"{LOOPBACK}:0"},  # or it takes port 8787
        silence_logs=logging.CRITICAL,
    )


def _answering(address: str) -> str:
    """Return an address if a scheduler of Dask says there in time that it is one.

    It is asked before Dask's own client connects, since that unpickles what it is sent.
    """
    try:
        # A thread of its own: the caller may be in an event loop, as in a notebook.
        with ThreadPoolExecutor(1) as pool:
            kind = pool.submit(asyncio.run, asyncio.wait_for(_kind(address), ANSWER)).result()
    except Exception as error:  # whatever is at the address answers as it likes
        told = str(error) or f"no answer within {ANSWER:g} seconds"
        raise ClusterError(f"no Dask scheduler answers at {address}: {told}") from error
    if kind != "Scheduler":
        raise ClusterError(f"at {address} is not a Dask scheduler but {kind!r:.60}")
    return address


async def _kind(address: str) -> object:
    """Return what a server of Dask says that it is. Its words are read as data, never as code."""
    where = urlsplit(address)
    if where.scheme not in ("tcp", "tls") or not where.hostname or where.port is None:
        raise ValueError("an address is tcp://HOST:PORT or tls://HOST:PORT")
    tls = _certificates() if where.scheme == "tls" else None
    reader, writer = await asyncio.open_connection(where.hostname, where.port, ssl=tls)
    try:
        writer.write(_framed(GREETING))
        await _read(reader)  # its own greeting
        writer.write(_framed({"op": "identity", "reply": True}))
        answer = await _read(reader)
    finally:
        writer.close()
    return answer.get("type") if isinstance(answer, dict) else answer


def _certificates() -> ssl.SSLContext:
    """Return the certificates that Dask's settings name."""
    from distributed.security import Security

    context = Security().get_connection_args("client")["ssl_context"]
    if not isinstance(context, ssl.SSLContext):
        raise ValueError("tls:// needs certificates in Dask's settings, distributed.comm.tls")
    return context


def _framed(message: Any) -> bytes:
    """Return a message as Dask sends it: size of the rest, number of frames, lengths, frames."""
    import msgpack

    frame: bytes = msgpack.packb(message)
    return struct.pack("<3Q", 16 + len(frame), 1, len(frame)) + frame


async def _read(reader: asyncio.StreamReader) -> Any:
    """Return the first frame of a message, which holds numbers, texts, lists and mappings.

    Frames after it would be unpickled, and an object hook would import what the first one names.
    """
    import msgpack

    (size,) = struct.unpack("<Q", await reader.readexactly(8))
    if size > LONGEST:
        raise ValueError("the server does not speak the Dask protocol")
    whole = await reader.readexactly(size)
    n_frames, length = struct.unpack_from("<2Q", whole)
    first = whole[8 + 8 * n_frames :][:length]
    return msgpack.unpackb(first, strict_map_key=False)


@contextmanager
def _hushed() -> Iterator[None]:
    """Keep what Dask logs here from the terminal: what matters is raised."""
    with ExitStack() as stack:
        for name in [n for n in logging.root.manager.loggerDict if n.startswith("distributed")]:
            logger = logging.getLogger(name)
            stack.callback(setattr, logger, "disabled", logger.disabled)
            logger.disabled = True
        yield
