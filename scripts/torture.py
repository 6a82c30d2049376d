"""Break runs in every way that can be thought of, go on, and compare (`make torture`).

A dozen small sweeps are each run once undisturbed. Then, at random moments drawn from a seed, a run
is killed, interrupted, terminated, robbed of a worker, filled up or locked out of its folder, or
finds its files damaged, or its manifest lost. The same command goes on until it is done. Every
table, every shard, every figure and the summary (but for its timing) must then be what the
undisturbed run left, to the last byte; no shard that was whole may have been played again; what
others put into the folder must still be there; a folder with the shards of another study must be
refused; and nothing may hang.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

from sim.engine.threads import in_threads

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 120.0
"""Seconds that a command may take; one that takes longer hangs."""
TICK = 0.004
SHARDS = "out/shards"
SMALL = ("scenario=two_rivals", "weeks=30")
ROUNDS = "precision={quantity: display, tolerance: 0.04, most: 960}"
LIST = "offence,fear_gain,diplomacy\n0.1,1,none\n0.5,2,hotline\n0.9,4,full\n"
TIMING = re.compile(r" It took [^.]*(?:\.\d[^.]*)?\.")


class Sweep(NamedTuple):
    """A study, and the words of its command."""

    name: str
    words: tuple[str, ...]

    @property
    def far(self) -> bool:
        """Whether it is played by Dask."""
        return "execution=dask" in self.words


def _sweep(name: str, *words: str, shard: int, threads: int = 2, far: bool = False) -> Sweep:
    where = ("execution=dask", "execution.workers=2") if far else (f"execution.threads={threads}",)
    return Sweep(name, (*where, f"execution.shard={shard}", *words))


SWEEPS = (
    _sweep("one point", *SMALL, "worlds=2000", shard=100),
    _sweep("one thread", *SMALL, "worlds=600", "vary.hotline=[0.1,0.5]", shard=70, threads=1),
    _sweep("grid", *SMALL, "worlds=90", "vary.offence=[0.1,0.5,0.9]",
           "vary.diplomacy=[none,hotline]", shard=37),
    _sweep("star", *SMALL, "worlds=64", "design.method=star", "vary.hotline=[0.2,0.8]",
           "vary.world=[doubly_stable,doubly_dangerous]", shard=48),
    _sweep("list", *SMALL, "worlds=150", "design.method=list", "design.file=list.csv", shard=64),
    _sweep("tiny shards", *SMALL, "worlds=60", "vary.fear_gain=[0.5,2]", shard=1),
    _sweep("compare", *SMALL, "worlds=300", "tracks=[0,7]",
           "compare={calm: {parameters: {fear_gain: 0.5}}, line: {diplomacy: hotline}}", shard=90),
    _sweep("compare scenarios", *SMALL, "worlds=200", "series=[rung_leaders]",
           "compare={firm: {scenario: {traits: {AAA: {firmness: 0.9}}}}}", shard=60),
    _sweep("precision", *SMALL, "worlds=120", "vary.offence=[0.2,0.8]", ROUNDS, shard=50),
    _sweep("series", *SMALL, "worlds=240", "vary.scenario.traits.BBB.firmness=[0.1,0.9]",
           "series=[rung_leaders,fear_leaders]", "every=3", shard=33),
    _sweep("many states", "scenario=georgia_2008", "worlds=48", "weeks=60", shard=8),
    _sweep("alone", *SMALL, "worlds=1", "vary.hotline=[0.1,0.5,0.9]", shard=1),
    _sweep("dask", *SMALL, "worlds=400", "vary.offence=[0.1,0.9]", shard=40, far=True),
    _sweep("dask compare", *SMALL, "worlds=200", ROUNDS, "series=[rung_leaders]",
           "compare={line: {diplomacy: hotline}}", shard=25, far=True),
)  # fmt: skip


class Outcome(NamedTuple):
    """What came of a fault."""

    fault: str
    sweep: str
    wrong: str  # '' if all went well
    kept: int  # shards that outlived the fault
    again: int  # shards that were played after it


# Commands


class Command:
    """The command of a sweep in a folder, as a process group of its own."""

    def __init__(self, sweep: Sweep, where: Path, most_bytes: int | None = None) -> None:
        def limited() -> None:
            if most_bytes is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

        self.begun = time.monotonic()
        self.log = (where / "log.txt").open("a+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sim", *sweep.words, "output=out"],
            cwd=where, env=_environment(), stdout=self.log, stderr=self.log,
            start_new_session=True, preexec_fn=limited,
        )  # fmt: skip

    def end(self) -> int | None:
        """Wait for the end; return the exit code, None if it hangs."""
        try:
            return self.process.wait(max(0.1, LIMIT - (time.monotonic() - self.begun)))
        except subprocess.TimeoutExpired:
            return None
        finally:
            self.clear()
            self.log.close()

    def clear(self) -> None:
        """End what is left of its process group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def workers(self) -> list[psutil.Process]:
        """Return the processes of its Dask workers."""
        with contextlib.suppress(psutil.Error):
            found = psutil.Process(self.process.pid).children(recursive=True)
            return [child for child in found if "spawn_main" in " ".join(_command_line(child))]
        return []


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}


def _command_line(process: psutil.Process) -> list[str]:
    with contextlib.suppress(psutil.Error):
        return list(process.cmdline())
    return []


def finish(sweep: Sweep, where: Path) -> str:
    """Run a sweep to its end; return what went wrong, or ''."""
    code = Command(sweep, where).end()
    return "" if code == 0 else "hangs" if code is None else f"ends with {code}"


def prepare(where: Path) -> Path:
    """Make the folder in which a sweep is run."""
    where.mkdir(parents=True, exist_ok=True)
    (where / "list.csv").write_text(LIST, encoding="utf-8")
    return where


# What is compared


def contents(where: Path) -> dict[str, bytes]:
    """Return all that must be the same whatever happened, by name."""
    out = where / "out"
    files = [*out.rglob("*.parquet"), *out.rglob("*.shard"), *out.glob("figures/*.png")]
    found = {path.relative_to(out).as_posix(): path.read_bytes() for path in files}
    summary = out / "summary.md"
    text = summary.read_text(encoding="utf-8") if summary.exists() else ""
    found["summary.md"] = TIMING.sub("", text).encode()
    return found


def difference(where: Path, wanted: dict[str, bytes]) -> str:
    """Return how a folder differs from an undisturbed one, or ''."""
    found = contents(where)
    names = {*found, *wanted}
    wrong = sorted(name for name in names if found.get(name) != wanted.get(name))
    left = [path.name for path in (where / "out").rglob(".*.part")]
    told = [f"{', '.join(wrong[:3])} differ"] if wrong else []
    return "; ".join([*told, *(f"{name} is left" for name in left)])


def whole_shards(where: Path, wanted: dict[str, bytes]) -> dict[str, tuple[int, int]]:
    """Return which file each shard is that is as it should be: its inode and time."""
    found = {}
    for path in (where / SHARDS).glob("*.shard"):
        state = path.stat()
        if path.read_bytes() == wanted.get(f"shards/{path.name}"):
            found[path.name] = (state.st_ino, state.st_mtime_ns)
    return found


# Faults: each spoils a folder, and returns what went wrong meanwhile

Scene = tuple[Sweep, Path, random.Random, float]
"""What is run, where, the source of chance, and how long an undisturbed run takes."""


def _moment(command: Command, scene: Scene) -> None:
    """Wait until a random moment: of the whole run, or soon after some shard is written."""
    _, where, chance, seconds = scene
    if chance.random() < 0.3:
        stop = chance.uniform(0.1, 1.05) * seconds
        while time.monotonic() - command.begun < stop and command.process.poll() is None:
            time.sleep(TICK)
        return
    wanted = chance.randint(0, 12)
    while command.process.poll() is None and time.monotonic() - command.begun < LIMIT:
        if len(list((where / SHARDS).glob("*.shard"))) >= wanted and (where / SHARDS).exists():
            break
        time.sleep(TICK)
    time.sleep(chance.choice([0.0, 0.0, 0.01, 0.1, 0.5]) * chance.random())


def _traceback(where: Path) -> bool:
    return "Traceback" in (where / "log.txt").read_text(encoding="utf-8")


def _signalled(number: signal.Signals, group: bool) -> Callable[[Scene], str]:
    def fault(scene: Scene) -> str:
        command = Command(scene[0], scene[1])
        _moment(command, scene)
        out = scene[1] / "out"  # before and after, Python itself is starting and stopping
        amid = (out / "manifest.json").exists() and not (out / "summary.md").exists()
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if group else os.kill)(command.process.pid, number)
        if command.end() is None:
            return "hangs"
        return "shows a traceback" if amid and _traceback(scene[1]) else ""

    return fault


def _worker_killed(scene: Scene) -> str:
    """Kill a worker of Dask; the run itself must come to its end."""
    command = Command(scene[0], scene[1])
    while not command.workers() and command.process.poll() is None:
        time.sleep(TICK)
    _moment(command, scene)
    for worker in scene[2].sample(command.workers(), min(1, len(command.workers()))):
        with contextlib.suppress(psutil.Error):
            worker.kill()
    code = command.end()
    return "hangs" if code is None else "" if code == 0 else f"ends with {code}"


def _refused(command: Command, where: Path) -> str:
    """Return what is wrong with how a run ended that could not write, or ''."""
    code = command.end()
    if code is None:
        return "hangs"
    told = (where / "log.txt").read_text(encoding="utf-8")
    if code not in (0, 1) or _traceback(where):
        return f"ends with {code}" + (" and a traceback" if _traceback(where) else "")
    return "" if code == 0 or "cannot read or write" in told else "does not say why it stopped"


def _file_limit(scene: Scene) -> str:
    """Let no file grow beyond a few bytes, as on a disk with a quota."""
    sweep, where, chance, _ = scene
    sizes = [1000, 2500, 4000, 7000, 10_000, 15_000, 30_000]
    return _refused(Command(sweep, where, chance.choice(sizes)), where)


def _mounted(where: Path, size: str, then: str) -> Callable[[], None]:
    """Mount a small disk; return what lifts its limits."""
    where.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", where], check=True)

    def lift() -> None:
        subprocess.run(["mount", "-o", f"remount,{then}", where], check=True)

    return lift


def _disk_full(scene: Scene) -> str:
    """Run on a disk with too little room; then give it more."""
    sweep, where, chance, _ = scene
    room = chance.choice(["16k", "40k", "64k", "100k", "140k", "200k", "300k"])
    more = _mounted(where / "out", room, "rw,size=64m")
    wrong = _refused(Command(sweep, where), where)
    more()
    return wrong


def _unwritable(scene: Scene) -> str:
    """Run part, make the disk read-only, run again; then let it be written."""
    sweep, where, chance, seconds = scene
    more = _mounted(where / "out", "64m", "rw")
    if wrong := _signalled(signal.SIGKILL, True)((sweep, where, chance, 0.8 * seconds)):
        return wrong
    subprocess.run(["mount", "-o", "remount,ro", where / "out"], check=True)
    command = Command(sweep, where)
    wrong = _refused(command, where)
    more()
    return wrong


def _spoiled(spoil: Callable[[Path, random.Random], object]) -> Callable[[Scene], str]:
    """Run part or all, then spoil a file."""

    def fault(scene: Scene) -> str:
        sweep, where, chance, _ = scene
        if chance.random() < 0.4:
            wrong = _signalled(signal.SIGKILL, True)(scene)
        else:
            wrong = finish(sweep, where)
        spoil(where / "out", chance)
        return wrong

    return fault


def _a(pattern: str, out: Path, chance: random.Random) -> Path | None:
    files = sorted(out.glob(pattern))
    return chance.choice(files) if files else None


def _cut(pattern: str) -> Callable[[Path, random.Random], object]:
    def spoil(out: Path, chance: random.Random) -> None:
        if (path := _a(pattern, out, chance)) is not None:
            os.truncate(path, chance.randrange(path.stat().st_size))

    return spoil


def _flip(pattern: str) -> Callable[[Path, random.Random], object]:
    def spoil(out: Path, chance: random.Random) -> None:
        if (path := _a(pattern, out, chance)) is not None:
            content = bytearray(path.read_bytes())
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            path.write_bytes(content)

    return spoil


def _empty(out: Path, chance: random.Random) -> None:
    if (path := _a("shards/*.shard", out, chance)) is not None:
        path.write_bytes(b"")


def _gone(pattern: str) -> Callable[[Path, random.Random], object]:
    def spoil(out: Path, chance: random.Random) -> None:
        if (path := _a(pattern, out, chance)) is not None:
            path.unlink()

    return spoil


def _foreign(out: Path, chance: random.Random) -> None:
    """Put the shard of another study, or another shard of this one, under a shard's name."""
    own = _a("shards/*.shard", out, chance)
    others = sorted(out.parent.parent.parent.glob("undisturbed/*/out/shards/*.shard"))
    near = [path for path in sorted(out.glob("shards/*.shard")) if path != own]
    if own is not None:
        shutil.copyfile(chance.choice(near if near and chance.random() < 0.5 else others), own)


def _lost(out: Path, chance: random.Random) -> None:
    """Lose the manifest, and at times what else says whose the folder is."""
    for name in ("manifest.json", ".lock")[: chance.randint(1, 2)]:
        (out / name).unlink(missing_ok=True)


def _usurped(scene: Scene) -> str:
    """Cut the manifest over the shards of another study: refused until the own ones are back."""
    sweep, where, chance, _ = scene
    other = Sweep("another", (*sweep.words, "seed=2"))
    wrong = finish(sweep, where) or finish(other, prepare(where / "another"))
    shards, foreign, aside = where / SHARDS, where / "another" / SHARDS, where / "aside"
    shards.rename(aside)
    shutil.copytree(foreign, shards)
    _cut("manifest.json")(where / "out", chance)
    code = Command(sweep, where).end()
    told = (where / "log.txt").read_text(encoding="utf-8")
    if code != 2 or "holds another study" not in told or _traceback(where):
        wrong = wrong or f"ends with {code} over the shards of another study"
    if {p.name for p in shards.iterdir()} != {p.name for p in foreign.iterdir()}:
        wrong = wrong or "changes the shards of another study"
    shutil.rmtree(shards)
    aside.rename(shards)
    return wrong


def _visited(scene: Scene) -> str:
    """Run, put files of one's own into the folder, run again: they must be left alone."""
    sweep, where, _, _ = scene
    wrong = finish(sweep, where)
    names = ("notes.md", "figures/notes.md", "figures/fan.pdf", "tracks/own.csv", "a/.b.part")
    for name in names:
        place = where / "out" / name
        place.parent.mkdir(exist_ok=True)
        place.write_text("my own")
    wrong = wrong or finish(sweep, where)
    gone = [name for name in names if not (where / "out" / name).is_file()]
    wrong = wrong or (f"removes {', '.join(gone)}" if gone else "")
    for name in {*names}.difference(gone):
        (where / "out" / name).unlink()
    return wrong


def _parts(out: Path, chance: random.Random) -> None:
    """Leave files half written, as a power cut does."""
    for name in ("manifest.json", "points.parquet", "shards/000-000000-000000000-000000007.shard"):
        place = out / name
        if place.parent.is_dir():
            place.with_name(f".{place.name}.{chance.randrange(16**8):08x}.part").write_bytes(b"x")


FAULTS: dict[str, Callable[[Scene], str]] = {
    "kill -9": _signalled(signal.SIGKILL, True),
    "kill -9, workers live": _signalled(signal.SIGKILL, False),
    "Ctrl-C": _signalled(signal.SIGINT, True),
    "SIGTERM": _signalled(signal.SIGTERM, False),
    "worker killed": _worker_killed,
    "shard cut": _spoiled(_cut("shards/*.shard")),
    "shard flipped": _spoiled(_flip("shards/*.shard")),
    "shard empty": _spoiled(_empty),
    "shard gone": _spoiled(_gone("shards/*.shard")),
    "shard of another": _spoiled(_foreign),
    "parts left": _spoiled(_parts),
    "manifest cut": _spoiled(_cut("manifest.json")),
    "manifest flipped": _spoiled(_flip("manifest.json")),
    "manifest lost": _spoiled(_lost),
    "shards of another": _usurped,
    "files of others": _visited,
    "table gone": _spoiled(_gone("**/*.parquet")),
    "table cut": _spoiled(_cut("**/*.parquet")),
    "figure gone": _spoiled(_gone("figures/*.png")),
    "figure cut": _spoiled(_cut("figures/*.png")),
    "list of figures cut": _spoiled(_cut(".drawn")),
    "summary cut": _spoiled(_cut("summary.md")),
    "file too large": _file_limit,
    "disk full": _disk_full,
    "unwritable": _unwritable,
}
OFTEN = {"kill -9": 4, "Ctrl-C": 3, "worker killed": 2, "SIGTERM": 2, "disk full": 2}
ON_DASK = ("worker killed", "kill -9, workers live")
MOUNTED = ("disk full", "unwritable")


def may_mount(where: Path) -> bool:
    """Say whether small disks can be mounted here."""
    where.mkdir(exist_ok=True)
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", where], check=True, capture_output=True)
        subprocess.run(["umount", where], check=True)
        return True
    return False


def drawn(n_faults: int, chance: random.Random, kinds: Sequence[str]) -> list[tuple[str, Sweep]]:
    """Return faults with their sweeps: every kind and every sweep before any comes again."""
    plan = [kind for kind in kinds for _ in range(OFTEN.get(kind, 1))]
    names = [plan[k % len(plan)] for k in range(n_faults)]
    chance.shuffle(names)
    near, far = ([s for s in SWEEPS if s.far == dask] for dask in (False, True))
    turn = {False: chance.sample(near, len(near)), True: chance.sample(far, len(far))}
    found = []
    for k, name in enumerate(names):
        pool = turn[name in ON_DASK or (name not in MOUNTED and k % 7 == 0)]
        pool.append(pool.pop(0))
        found.append((name, pool[-1]))
    return found


# All of it


def undisturbed(sweep: Sweep, where: Path) -> tuple[dict[str, bytes], float]:
    """Return what a run leaves that nothing disturbs, and how long it takes."""
    begun = time.monotonic()
    if wrong := finish(sweep, prepare(where)):
        raise SystemExit(f"{sweep.name} {wrong} undisturbed:\n{(where / 'log.txt').read_text()}")
    return contents(where), time.monotonic() - begun


def suffered(
    fault: str, sweep: Sweep, where: Path, wanted: dict[str, bytes], seconds: float, seed: int
) -> Outcome:
    """Let a sweep suffer a fault and go on; return what came of it."""
    chance = random.Random(f"{seed} {fault} {sweep.name} {where.name}")
    try:
        wrong = FAULTS[fault]((sweep, prepare(where), chance, seconds))
        before = whole_shards(where, wanted)
        wrong = wrong or finish(sweep, where) or difference(where, wanted)
        after = whole_shards(where, wanted)
        lost = [name for name, file in before.items() if after.get(name) != file]
        told = wrong or (f"{len(lost)} whole shards were played again" if lost else "")
        return Outcome(fault, sweep.name, told, len(before), len(after) - len(before) + len(lost))
    finally:
        if os.path.ismount(where / "out"):
            subprocess.run(["umount", "-l", where / "out"], check=False)


def outcomes(n_faults: int, seed: int, folder: Path, at_once: int) -> Iterator[Outcome]:
    """Give what came of each fault, as it comes."""
    chance = random.Random(seed)
    kinds = [k for k in FAULTS if k not in MOUNTED or may_mount(folder / "mount")]
    plan = drawn(n_faults, chance, kinds)
    sweeps = [sweep for sweep in SWEEPS if any(sweep is used for _, used in plan)]

    def whole(sweep: Sweep) -> tuple[str, tuple[dict[str, bytes], float]]:
        return sweep.name, undisturbed(sweep, folder / "undisturbed" / sweep.name)

    wanted = dict(in_threads(whole, sweeps, at_once))

    def one(numbered: tuple[int, tuple[str, Sweep]]) -> Outcome:
        k, (fault, sweep) = numbered
        where = folder / "faults" / str(k)
        found = suffered(fault, sweep, where, *wanted[sweep.name], seed)
        if not found.wrong:
            shutil.rmtree(where)
        return found

    yield from in_threads(one, enumerate(plan), at_once)


def table(found: Sequence[Outcome]) -> str:
    """Return faults and outcomes as a table."""
    head = ("fault", "times", "same bytes", "wrong", "shards kept", "shards played after")
    rows: list[tuple[str, ...]] = [head]
    for fault in dict.fromkeys(one.fault for one in found):
        mine = [one for one in found if one.fault == fault]
        n_wrong = sum(bool(one.wrong) for one in mine)
        rows.append((fault, *map(str, (len(mine), len(mine) - n_wrong, n_wrong,
                     sum(one.kept for one in mine), sum(one.again for one in mine)))))  # fmt: skip
    return "\n".join("  ".join(f"{cell:<22}" for cell in row).rstrip() for row in rows)


def main() -> int:
    """Run the faults and print the table; return 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--faults", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=2, help="commands that run at a time")
    parser.add_argument("--keep", type=Path, help="a folder for what is run; else a temporary one")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="torture-"))
    folder.mkdir(parents=True, exist_ok=True)
    begun, found = time.monotonic(), []
    for one in outcomes(given.faults, given.seed, folder, given.at_once):
        found.append(one)
        print(f"{len(found):3d} {one.fault:<22} {one.sweep:<18} {one.wrong or 'same'}", flush=True)
    wrong = [one for one in found if one.wrong]
    sweeps = Counter(one.sweep for one in found)
    print(f"\n{table(found)}\n\n{len(found)} faults over {len(sweeps)} sweeps in "
          f"{time.monotonic() - begun:.0f} s; {len(wrong)} wrong")  # fmt: skip
    if not wrong and not given.keep:
        shutil.rmtree(folder)
    elif wrong:
        print(f"what is left of them: {folder}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
