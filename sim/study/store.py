"""The folder of a study on disk: shards that are whole or absent, files that replace whole ones.

Everything is written beside its place under a hidden name, flushed to the disk and renamed, so that
a kill, a full disk or a power cut leaves either the old file or the new one. ``manifest.json`` says
which study the folder belongs to, and so does every shard, so that a lost manifest is written anew;
a lock keeps two runs apart and dies with its process.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import json
import os
import re
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from filelock import FileLock, Timeout

from sim.errors import Fault, InputError, clean, show
from sim.study.shards import LARGEST, DamagedShardError, Leaf, unpack

MANIFEST = "manifest.json"
SHARDS = "shards"
FOLDERS = (SHARDS, "figures", "tracks", "waves")
"""Folders that a study writes to, in addition to its own."""
LOCK = ".lock"
_PART = re.compile(r"\..+\.[0-9a-f]{8}\.part")
FREE = ("dry_run", "execution", "figures", "output", "output_root", "overrides", "quantities",
        "retry_failed", "tracks")  # fmt: skip
"""Keys of a config that may change between two runs of one study: no world depends on them."""
WORDS = ("account", "note", "source", "title", "what")
"""Keys of a config that are words for people, at any depth."""
MOST_TOLD = 20
REFUSED = {errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
"""What a file system answers that cannot do what it is asked, sync a folder or lock a file."""
CLOSED = {errno.EACCES, errno.EPERM}
"""What it answers where a folder may be written to, but not be opened."""
Warn = Callable[[str], None]


@dataclass(frozen=True)
class Identity:
    """What makes a study the same study: all that decides its numbers, and nothing else.

    The config decides nothing by itself: what follows from it is in the digests. It is kept to tell
    how two studies differ.
    """

    config: Mapping[str, Any]  # the whole resolved config, plain
    points: str  # digest of the design points and of how their worlds are played
    roster: str  # digest of the arrays of all rosters
    model: str  # digest of the model's code

    @classmethod
    def of(
        cls, resolved: Mapping[str, Any], *, points: bytes, roster: bytes, model: str
    ) -> Identity:
        """Return the identity of a study.

        Args:
            resolved: the whole config.
            points: the design points, and how their worlds are played, as bytes.
            roster: the arrays of all rosters as bytes.
            model: digest of the model's code.
        """
        plain = json.loads(json.dumps(dict(resolved), default=str))
        return cls(plain, _short(points), _short(roster), model)

    @property
    def digest(self) -> str:
        """A short name of it."""
        return _short(json.dumps([self.points, self.roster, self.model]).encode())

    def differences(self, manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield what differs in the manifest of another study: a key, its value there and here."""
        there, here = (_flat(_fixed(c)) for c in (manifest.get("config"), self.config))
        keys = [k for k in sorted({*there, *here}) if there.get(k) != here.get(k)]
        for key in keys:
            was, now = (show(v[key]) if key in v else "not given" for v in (there, here))
            yield key, f"is {was} in this folder and {now} in the new run"
        if manifest.get("model") != self.model:
            yield "the model", "its code has changed since the study began"
        elif not keys and manifest.get("roster_digest") != self.roster:
            yield "the roster", "data of states, pairs or events have changed since the study began"
        elif not keys and manifest.get("points_digest") != self.points:
            yield "the design", "its points differ"


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _fixed(config: Any) -> dict[str, Any]:
    """Return what of a config, and of the choices that made it, no second run may change."""
    rest = {k: v for k, v in config.items() if k not in FREE} if isinstance(config, dict) else {}
    choices = rest.get("choices")
    if isinstance(choices, dict):  # execution=dask changes no world either
        rest["choices"] = {k: v for k, v in choices.items() if k not in FREE}
    return rest


def _flat(tree: Any, path: str = "") -> dict[str, Any]:
    """Return the leaves of a tree by their dotted paths, words for people left out."""
    if isinstance(tree, Mapping) and tree:
        kept = {n: t for n, t in tree.items() if n not in WORDS}
        return {k: v for n, t in kept.items() for k, v in _flat(t, f"{path}.{n}").items()}
    if isinstance(tree, list) and tree:
        return {k: v for n, t in enumerate(tree) for k, v in _flat(t, f"{path}[{n}]").items()}
    return {path.lstrip("."): tree}


@dataclass
class Store:
    """A study's folder, locked by this process."""

    folder: Path
    identity: Identity
    warn: Warn
    _told: set[str] = field(default_factory=set, repr=False)

    @classmethod
    @contextlib.contextmanager
    def opened(
        cls, folder: Path, identity: Identity, warn: Warn = warnings.warn
    ) -> Iterator[Store]:
        """Yield the store of a study: a new folder, or one in which the same study was begun.

        Args:
            folder: where it is.
            identity: of the study.
            warn: called once for each thing that the file system does not support.

        Raises:
            InputError: if the folder holds another study or other files, or is in use.
            OSError: if it cannot be written.
        """
        _check_folder(folder, identity)
        (folder / SHARDS).mkdir(parents=True, exist_ok=True)
        store = cls(folder, identity, warn)
        with _locked(folder) as lock:
            if lock is None:
                store._warn_once("no file locks; do not start a second run in this folder")
            _check_folder(folder, identity)  # again: another run may have ended meanwhile
            _sign(folder, lock, identity.digest)
            store._remove_parts()
            yield store

    def _warn_once(self, what: str) -> None:
        if what not in self._told:
            self._told.add(what)
            self.warn(f"{self.folder}: limited file system: {what}")

    # Files

    @contextlib.contextmanager
    def replacing(self, name: str) -> Iterator[Path]:
        """Yield a path to write to; it becomes the file of that name when all went well.

        Raises:
            OSError: if it cannot be written; the error names the file.
        """
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        part = part_of(place)
        try:
            with naming(place):
                yield part
                synced = _flushed(part, place)
                os.replace(part, place)
                synced &= _flushed(place.parent)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        if not synced:
            self._warn_once("files cannot be synced; shards lost in a power failure are recomputed")

    def write(self, name: str, content: bytes) -> None:
        """Write a file whole."""
        with self.replacing(name) as part:
            part.write_bytes(content)

    def write_text(self, name: str, text: str) -> None:
        """Write a file of text whole."""
        self.write(name, text.encode("utf-8"))

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        (self.folder / name).unlink(missing_ok=True)

    def manifest(self) -> dict[str, Any]:
        """Return the manifest of the study, {} if there is none that is whole."""
        told, _ = _read_manifest(self.folder)
        return told if told.get("study") == self.identity.digest else {}

    def write_manifest(self, facts: Mapping[str, Any]) -> None:
        """Write the manifest: what the study is, and facts about it."""
        own = self.identity
        told = {**facts, "config": own.config, "points_digest": own.points,
                "roster_digest": own.roster, "model": own.model, "study": own.digest}  # fmt: skip
        text = json.dumps(told, indent=2, default=str, ensure_ascii=False)
        self.write_text(MANIFEST, text + "\n")

    # Shards

    def write_shard(self, name: str, content: bytes) -> None:
        """Keep a packed shard."""
        self.write(f"{SHARDS}/{name}", content)

    def shard_names(self) -> list[str]:
        """Return the names of the shards that are there, whole or not."""
        return shard_names(self.folder)

    def shard(self, name: str, most: int = LARGEST) -> Leaf | None:
        """Return a shard; None if it is absent, and also, after removing it, if it is damaged.

        Args:
            name: of the shard.
            most: bytes that it may have when unpacked.
        """
        path = self.folder / SHARDS / name
        try:
            if path.exists() and not (path.is_file() and path.stat().st_size <= most):
                raise DamagedShardError("it is too large, or no file")
            with naming(path):
                leaf = unpack(path.read_bytes(), most)
            if (leaf.name, leaf.study) != (name, self.identity.digest):
                raise DamagedShardError("it is another shard")
        except FileNotFoundError:
            return None
        except DamagedShardError:
            path.unlink(missing_ok=True)
            return None
        return leaf

    def _remove_parts(self) -> None:
        """Remove what runs that were killed left half written."""
        for folder in (self.folder, *(self.folder / name for name in FOLDERS)):
            for part in [p for p in _listed(folder) if _PART.fullmatch(p.name)]:
                if part.is_dir() and not part.is_symlink():
                    shutil.rmtree(part)
                else:
                    part.unlink(missing_ok=True)


def shard_names(folder: Path) -> list[str]:
    """Return the names of the shards in a study's folder, whole or not."""
    return sorted(path.name for path in (folder / SHARDS).glob("*.shard"))


def take(folder: Path) -> Path:
    """Make a folder that nobody else has, and return it: this one, or the next with a number.

    Making it and learning that nobody has it are one step, so two runs never get the same.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    for number in itertools.count(2):
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
            break
        stem = folder.name if number == 2 else folder.name.rpartition("-")[0]
        folder = folder.with_name(f"{stem}-{number}")
    return folder


def part_of(place: Path) -> Path:
    """Return a name beside a place under which it is made; what is left there is removed."""
    return place.with_name(f".{place.name}.{uuid4().hex[:8]}.part")


# Whose a folder is


def _check_folder(folder: Path, identity: Identity) -> None:
    """Raise InputError unless a folder is new, or empty, or holds the same study."""
    told, why = _read_manifest(folder)
    if told.get("study") == identity.digest or _is_empty(folder):
        return
    signed = _signature(folder / LOCK) == identity.digest
    own = signed if told else _is_of(folder, identity.digest)
    if own:
        return
    if told:
        _check_same(folder, identity, told)
    elif own is not None:
        what = f"holds another study, and its {MANIFEST} {why}: use the settings of that study"
        what += " to resume it, or another output folder"
        raise InputError([Fault(str(folder), "output", what)])
    elif (folder / MANIFEST).exists():
        what = f"{why}, and no other file identifies the study: use another output folder"
        raise InputError([Fault(str(folder / MANIFEST), "", what)])
    elif _names(folder) - {LOCK, SHARDS}:
        raise InputError(
            [Fault(str(folder), "output", "is not empty and holds no study: use another folder")]
        )


def _names(folder: Path) -> set[str]:
    """Return the names of what is in a folder and whole."""
    return {path.name for path in _listed(folder) if not _PART.fullmatch(path.name)}


def _is_empty(folder: Path) -> bool:
    """Say whether a folder holds nothing that could be lost, whoever began to write to it."""
    return not _names(folder) - {LOCK, SHARDS} and not _names(folder / SHARDS)


def _check_same(folder: Path, identity: Identity, manifest: Mapping[str, Any]) -> None:
    """Raise InputError with all that differs from the study of a manifest."""
    if differences := list(identity.differences(manifest)):
        faults = [Fault(f"{folder} holds another study", key, what) for key, what in differences]
        rest = len(faults) - MOST_TOLD
        more = [Fault(str(folder), "", f"{rest} more settings differ")] if rest > 0 else []
        hint = Fault(str(folder), "", "use the same settings to resume it, or another folder")
        raise InputError([*faults[:MOST_TOLD], *more, hint])


def _is_of(folder: Path, study: str) -> bool | None:
    """Say whether a folder is of a study: by its whole shards, or by the run that had it last.

    Returns:
        Whether one of the shards is of the study; None if nothing says whose the folder is.
    """
    others = False
    for path in _listed(folder / SHARDS):
        with contextlib.suppress(OSError, DamagedShardError):
            if unpack(path.read_bytes()).study == study:
                return True
            others = True
    signed = _signature(folder / LOCK)
    return False if others else signed == study if signed else None


def _listed(folder: Path) -> list[Path]:
    """Return what is in a folder, in order of name; nothing if it is not there."""
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _read_manifest(folder: Path) -> tuple[dict[str, Any], str]:
    """Return a folder's manifest; {} and what is wrong with it if it is not there or not whole."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, "is missing"
    except (ValueError, RecursionError) as error:
        return {}, f"cannot be read ({clean(error)})"
    if not isinstance(told, dict) or not told:
        return {}, "cannot be read (it holds no settings)"
    return told, ""


# The lock


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[int | None]:
    """Have a folder to ourselves; yield its lock's handle, None where the disk has no locks.

    Raises:
        InputError: if another run has it.
    """
    handles: list[int] = []
    lock = FileLock(
        folder / LOCK, blocking=False, thread_local=False, fallback_to_soft=False,
        preserve_lock_file=True, on_acquired=handles.append,
    )  # fmt: skip
    try:
        with naming(folder / LOCK):
            lock.acquire()
    except Timeout:
        told = "another run is writing to this folder"
        raise InputError([Fault(str(folder), "", told)]) from None
    except OSError as error:
        if error.errno not in REFUSED:
            raise
    try:
        yield handles[0] if handles else None
    finally:
        lock.release()


def _sign(folder: Path, lock: int | None, study: str) -> None:
    """Note in a lock whose it is, for the day on which the manifest is lost.

    Args:
        folder: of the study.
        lock: the lock's handle: where locks are mandatory, no other may write to it.
        study: whose it is.
    """
    with naming(folder / LOCK):
        if lock is None:
            (folder / LOCK).write_text(study, encoding="ascii")
        else:
            os.ftruncate(lock, 0)
            os.lseek(lock, 0, os.SEEK_SET)
            os.write(lock, study.encode())


def _signature(path: Path) -> str:
    """Return the study that a lock is of; '' if it does not say."""
    try:
        found = path.read_text(encoding="ascii")
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
    except PermissionError:  # where locks are mandatory, while another run holds it
        if os.name != "nt":
            raise
        return ""
    return found if re.fullmatch("[0-9a-f]{32}", found) else ""


# The disk


def _flushed(path: Path, name: Path | None = None) -> bool:
    """Have a file or a folder on the disk; return False where the file system cannot be told to.

    Windows has no such thing for a folder, and flushes only what is open for writing.

    Args:
        path: of the file or folder.
        name: what an error calls it, if not by its path.
    """
    if os.name == "nt" and path.is_dir():
        return True
    refused = REFUSED | (CLOSED if path.is_dir() else set())
    try:
        with naming(name or path):
            handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
    except OSError as error:
        if error.errno in refused:
            return False
        raise
    return True


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Have every error of the disk name a file: this one, if it names none."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(path)
        raise
