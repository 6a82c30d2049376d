"""Tasks on Dask give what they give here, whatever dies, and leave nothing behind."""

from __future__ import annotations

import logging
import os
import pickle
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import dask
import msgpack
import psutil
import pytest
from distributed import LocalCluster, Security
from distributed.protocol.core import loads
from distributed.protocol.utils import unpack_frames

from sim.study import cluster
from sim.study.cluster import AHEAD, ClusterError, MissingDaskError, in_dask

ROOT = Path(__file__).parents[1]
LISTENING, LOOPBACK = "0A", "0100007F"  # in the words of /proc/net/tcp


def square(n: int) -> int:
    return n * n


def slow(n: int) -> int:
    time.sleep(60.0 if n else 0.0)
    return n


def brief(n: int) -> int:
    time.sleep(1.0 if n else 0.0)
    return n


def noted(item: tuple[str, int, float]) -> int:
    """Leave a line for each time that a task is begun, and take some seconds."""
    path, n, seconds = item
    with open(path, "a", encoding="utf-8") as notes:
        notes.write(f"{n} {os.getpid()}\n")
    time.sleep(seconds)
    return n * n


def refuse(n: int) -> int:
    raise ZeroDivisionError(f"no task for {n}")


def die(n: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def listening(_: int = 0) -> set[str]:
    """Return the addresses on which this process listens, in hexadecimal."""
    mine = {os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if _open(fd)}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/self/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            words = line.split()
            if words[3] == LISTENING and f"socket:[{words[9]}]" in mine:
                found.add(words[1].split(":")[0])
    return found


def _open(fd: str) -> bool:
    return os.path.lexists(f"/proc/self/fd/{fd}")


def workers_of(process: int | None = None) -> list[psutil.Process]:
    """Return the running worker processes that a process has begun."""
    children = psutil.Process(process).children(recursive=True)
    return [child for child in children if "spawn_main" in " ".join(_command(child))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


# Results


def test_results_are_those_of_map_over_every_item(tmp_path: Path) -> None:
    items = [(str(tmp_path / "notes"), n, 0.0) for n in [*range(20), 3, 3]]
    expected = sorted(n * n for _, n, _ in items)
    assert sorted(in_dask(noted, items, workers=2)) == expected
    assert len((tmp_path / "notes").read_text().splitlines()) == 22  # equal items are two tasks


def test_no_items_need_no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert [*in_dask(square, [], workers=1)] == []


def test_few_items_are_taken_ahead_and_nothing_listens_beyond_this_machine() -> None:
    taken: list[int] = []

    def endless() -> Iterator[int]:
        while True:
            taken.append(len(taken))
            yield taken[-1]

    results = in_dask(listening, endless(), workers=2)
    for n_results in range(1, 20):
        assert next(results) | listening() == {LOOPBACK}  # the workers and this process
        assert len(taken) < n_results + AHEAD * 2
    results.close()  # type: ignore[attr-defined]
    assert listening() == set()


# What goes wrong


@pytest.mark.slow
def test_killed_worker_costs_only_its_task(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    results = in_dask(noted, [(str(notes), n, 0.2) for n in range(8)], workers=2)
    found = [next(results)]
    victim = int(notes.read_text().split()[-1])  # it has just begun a task
    os.kill(victim, signal.SIGKILL)
    found += results
    assert sorted(found) == [n * n for n in range(8)]
    begun = [int(line.split()[0]) for line in notes.read_text().splitlines()]
    again = [n for n in range(8) if begun.count(n) > 1]
    assert 1 <= len(again) <= 2  # the one in hand, and perhaps one not yet fetched
    assert len(begun) == 8 + len(again)


def test_error_of_a_task_is_raised_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError, match="no task for 7"):
        next(in_dask(refuse, [7], workers=1))
    assert workers_of() == []


def test_task_that_kills_its_workers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cluster.SETTINGS, "distributed.scheduler.allowed-failures", 1)
    with pytest.raises(ClusterError, match="several Dask workers died"):
        next(in_dask(die, [0], workers=1))
    assert workers_of() == []


def test_without_dask_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingDaskError, match=r'pip install "spiral-sim\[cluster\]"'):
        next(in_dask(square, [1]))


def test_workers_below_one_are_refused() -> None:
    with pytest.raises(ValueError, match="workers must be 1 or more, not 0"):
        next(in_dask(square, [1], workers=0))


# What is left, and what listens


@pytest.mark.slow
def test_caller_who_leaves_early_leaves_no_process(capfd: pytest.CaptureFixture[str]) -> None:
    results = in_dask(slow, range(10), workers=2)
    assert next(results) == 0
    assert len(workers_of()) == 2
    results.close()  # type: ignore[attr-defined]
    assert workers_of() == []
    assert listening() == set()
    assert capfd.readouterr() == ("", "")


_SCRIPT = """
from tests.test_cluster import brief, in_dask
if __name__ == "__main__":
    for result in in_dask(brief, range(100), workers=2):
        print("result", result, flush=True)
"""


@pytest.fixture
def caller(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A caller in a process group of its own, as a terminal makes it, that waits for tasks."""
    script = tmp_path / "script.py"
    script.write_text(_SCRIPT, encoding="utf-8")
    started = subprocess.Popen(
        [sys.executable, str(script)], env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    with started:
        assert started.stdout is not None
        assert started.stdout.readline() == "result 0\n"
        yield started
        started.kill()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_ended_caller_leaves_no_process(caller: subprocess.Popen[str], how: signal.Signals) -> None:
    workers = workers_of(caller.pid)
    assert len(workers) == 2
    if how == signal.SIGINT:
        os.killpg(caller.pid, how)
    else:
        caller.send_signal(how)
    _, told = caller.communicate(timeout=90)
    assert until(lambda: not any(worker.is_running() for worker in workers))
    if how == signal.SIGINT:  # the one account of it is the caller's own
        assert told.count("Traceback") == 1
        assert told.rstrip().endswith("KeyboardInterrupt")


_COMMAND = """
import sys
from sim.__main__ import exit_code
from tests.test_cluster import in_dask, slow
def act():
    for result in in_dask(slow, range(100), workers=2):
        print("result", result, flush=True)
    return 0
if __name__ == "__main__":
    sys.exit(exit_code(act))
"""


@pytest.mark.parametrize(
    "how",
    [signal.SIGTERM, *(pytest.param(how, marks=pytest.mark.long)
                       for how in (signal.SIGINT, signal.SIGHUP))],
)  # fmt: skip
def test_ended_command_leaves_no_process_soon(tmp_path: Path, how: signal.Signals) -> None:
    script = tmp_path / "script.py"
    script.write_text(_COMMAND, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script)], env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as command:  # fmt: skip
        assert command.stdout is not None
        assert command.stdout.readline() == "result 0\n"
        workers = workers_of(command.pid)
        assert len(workers) == 2
        begun = time.monotonic()
        if how == signal.SIGTERM:  # as of `kill`; a terminal tells all its processes
            command.send_signal(how)
        else:
            os.killpg(command.pid, how)
        _, told = command.communicate(timeout=30)
        assert time.monotonic() - begun < 8.0  # 2 promised, on a machine with nothing else to do
        assert until(lambda: not any(worker.is_running() for worker in workers))
    assert command.returncode == 128 + how
    assert told.count("\n") == 1
    assert told.startswith("spiral: interrupted")


# A scheduler elsewhere


_ELSEWHERE = """
import sys
from distributed import LocalCluster
with LocalCluster(
    n_workers=int(sys.argv[1]), threads_per_worker=1, processes=False, protocol="tcp://",
    host="127.0.0.1", dashboard_address=None, silence_logs=50,
    scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
) as cluster:
    print(cluster.scheduler_address, flush=True)
    sys.stdin.read()
"""


Elsewhere = Callable[[int], tuple[str, subprocess.Popen[str]]]


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    """Start a scheduler, its workers being its threads; give its address and process."""
    with ExitStack() as stack:

        def start(n_workers: int) -> tuple[str, subprocess.Popen[str]]:
            process = subprocess.Popen(
                [sys.executable, "-c", _ELSEWHERE, str(n_workers)], cwd=ROOT,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            stack.enter_context(process)
            stack.callback(process.kill)
            assert process.stdout is not None
            return process.stdout.readline().strip(), process

        yield start


def test_scheduler_at_an_address_does_the_same(elsewhere: Elsewhere) -> None:
    address, _ = elsewhere(2)
    assert sorted(in_dask(square, range(20), address=address)) == [*map(square, range(20))]
    assert workers_of() == []  # no cluster of our own beside it


def test_scheduler_without_workers_is_given_up(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "TICK", 0.1)
    monkeypatch.setattr(cluster, "NO_WORKERS", 0.5)
    with pytest.raises(ClusterError, match="no workers for"):
        next(in_dask(square, [1], address=elsewhere(0)[0]))


def test_task_is_waited_for_as_long_as_it_takes(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "TICK", 0.1)
    monkeypatch.setattr(cluster, "NO_WORKERS", 0.5)
    assert [*in_dask(brief, [1], address=elsewhere(1)[0])] == [1]


@pytest.fixture
def stranger() -> Iterator[Callable[[bytes], str]]:
    """Listen, and answer whoever comes with some bytes, or not at all."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve(answer: bytes) -> None:
            with server.accept()[0] as visitor:
                visitor.sendall(answer)
                visitor.recv(1 << 20)
                time.sleep(0.0 if answer else 5.0)

        def start(answer: bytes) -> str:
            threading.Thread(target=serve, args=(answer,), daemon=True).start()
            return f"tcp://127.0.0.1:{server.getsockname()[1]}"

        yield start


def _fault(address: str) -> str:
    begun = time.monotonic()
    with pytest.raises(ClusterError) as caught:
        next(in_dask(square, [1], address=address))
    assert time.monotonic() - begun < 5.0
    assert str(caught.value).count("\n") == 0
    return str(caught.value)


def test_unreachable_address_is_one_clear_error(
    stranger: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "ANSWER", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        refused = f"tcp://127.0.0.1:{closed.getsockname()[1]}"
    assert f"no Dask scheduler answers at {refused}" in _fault(refused)
    assert "no answer within 0.5 seconds" in _fault(stranger(b""))
    assert "no Dask scheduler answers at here: an address is tcp://HOST:PORT" in _fault("here")
    answer = b"HTTP/1.0 400 Bad Request\r\n\r\n"
    assert "does not speak the Dask protocol" in _fault(stranger(answer))


class Opened:
    """Opens a file where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (str(self.path), "w")


def framed(*frames: bytes) -> bytes:
    """Return a message as Dask sends it."""
    lengths = struct.pack(f"<{len(frames) + 1}Q", len(frames), *map(len, frames))
    return struct.pack("<Q", len(lengths) + sum(map(len, frames))) + lengths + b"".join(frames)


def crafted(path: Path) -> dict[str, bytes]:
    """Return messages that open a file when Dask reads them, and one that imports a module."""
    sub = msgpack.packb({"pickled-obj": pickle.dumps(Opened(path)), "num-sub-frames": 0})
    serialised = {"serializer": "pickle", "num-sub-frames": 1, "compression": [None],
                  "writeable": ()}  # fmt: skip
    enum = {"__Enum__": True, "__module__": "this", "__name__": "x", "name": "y"}
    return {
        "pickled": framed(msgpack.packb({"type": {"__Pickled__": 1}}), sub),
        "serialized": framed(
            msgpack.packb({"type": {"__Serialized__": 1}}),
            msgpack.packb(serialised), pickle.dumps(Opened(path)),
        ),
        "enum": framed(msgpack.packb({"type": enum})),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["pickled", "serialized", "enum"])
@pytest.mark.parametrize("greeting", [True, False], ids=["greeting", "answer"])
def test_nothing_that_a_stranger_sends_is_run(
    kind: str, greeting: bool, tmp_path: Path, stranger: Callable[[bytes], str]
) -> None:
    told = crafted(tmp_path / "opened")[kind]
    hello = b"" if greeting else framed(msgpack.packb(cluster.GREETING))
    _fault(stranger(hello + told))
    assert not (tmp_path / "opened").exists()
    assert "this" not in sys.modules


def test_what_a_stranger_sends_would_be_run_by_the_client_of_dask(tmp_path: Path) -> None:
    for kind, message in crafted(tmp_path / "opened").items():
        if kind != "enum":
            loads(unpack_frames(message[8:]))
            assert (tmp_path / "opened").exists()
            (tmp_path / "opened").unlink()


def test_a_long_or_endless_answer_is_not_waited_for(stranger: Callable[[bytes], str]) -> None:
    assert "does not speak the Dask protocol" in _fault(stranger(struct.pack("<Q", 1 << 40)))
    nested = framed(b"\x91" * 100_000)
    assert "no Dask scheduler answers" in _fault(stranger(nested))
    assert "no Dask scheduler answers" in _fault(stranger(framed()))


_CERTIFICATE = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    " -subj /CN=localhost -keyout key.pem -out cert.pem"
)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate by openssl")
def test_scheduler_with_a_certificate_is_asked_and_one_with_another_is_not_believed(
    tmp_path: Path,
) -> None:
    for name in ("mine", "theirs"):
        (tmp_path / name).mkdir()
        subprocess.run(_CERTIFICATE.split(), cwd=tmp_path / name, check=True, capture_output=True)

    def settings(name: str) -> dict[str, str]:
        cert, key = (str(tmp_path / name / file) for file in ("cert.pem", "key.pem"))
        tls = "distributed.comm.tls."
        return {f"{tls}ca-file": cert} | {
            f"{tls}{role}.{what}": path
            for role in ("scheduler", "worker", "client")
            for what, path in (("cert", cert), ("key", key))
        }

    with (
        dask.config.set(settings("mine")),
        LocalCluster(
            n_workers=1, processes=False, protocol="tls://", host="127.0.0.1",
            dashboard_address=None, scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
            security=Security(),
        ) as secure,
    ):  # fmt: skip
        assert secure.scheduler_address.startswith("tls://")
        assert [*in_dask(square, [3], address=secure.scheduler_address)] == [9]
        with dask.config.set(settings("theirs")):
            assert "certificate verify failed" in _fault(secure.scheduler_address)


def test_tls_without_certificates_is_one_clear_error() -> None:
    assert "needs certificates" in _fault("tls://127.0.0.1:8786")


@pytest.mark.slow
def test_lost_scheduler_is_one_clear_error(elsewhere: Elsewhere) -> None:
    address, scheduler = elsewhere(1)
    results = in_dask(slow, range(5), address=address)
    assert next(results) == 0
    scheduler.kill()
    with pytest.raises(ClusterError, match="lost; finished shards are kept"):
        next(results)


def test_scheduler_lost_while_waiting_is_told_once(elsewhere: Elsewhere) -> None:
    address, scheduler = elsewhere(1)
    results = in_dask(slow, range(5), address=address)
    assert next(results) == 0
    logged: list[logging.LogRecord] = []
    watch = logging.Handler()
    watch.emit = logged.append
    logging.getLogger("distributed.client").addHandler(watch)
    threading.Timer(0.5, scheduler.kill).start()
    with pytest.raises(ClusterError, match="lost; finished shards are kept"):
        next(results)
    logging.getLogger("distributed.client").removeHandler(watch)
    assert logged == []
