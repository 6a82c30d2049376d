"""The folder of a study on disk: shards that are whole or absent, files that replace whole ones.

Everything is written beside its place under a hidden name, flushed to the disk and renamed, so that
a kill, a full disk or a power cut leaves either the old file or the new one. ``manifest.json`` says
which study the folder belongs to; a lock keeps two runs apart and dies with its process.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import Any
from uuid import uuid4

from sim.checking.sources import Fault, InputError, clean, show
from sim.shards import LARGEST, DamagedShardError, Leaf, unpack

MANIFEST = "manifest.json"
SHARDS = "shards"
LOCK = ".lock"
_PART = ".part"
FREE = ("dry_run", "execution", "output", "output_root", "overrides", "quantities", "retry_failed",
        "tracks")  # fmt: skip
"""Keys of a config that may change between two runs of one study: no world depends on them."""
MOST_TOLD = 20


@dataclass(frozen=True)
class Identity:
    """What makes a study the same study: its config, its points and the model."""

    config: Mapping[str, Any]  # the whole resolved config, plain
    points: str  # digest of the design points
    model: str  # digest of the model's sources

    @classmethod
    def of(cls, resolved: Mapping[str, Any], points: bytes, model: str) -> Identity:
        """Return the identity of a resolved config.

        Args:
            resolved: the whole config.
            points: the design points as bytes.
            model: digest of the model's sources.
        """
        plain = json.loads(json.dumps(dict(resolved), default=str))
        return cls(plain, hashlib.sha256(points).hexdigest()[:32], model)

    @property
    def digest(self) -> str:
        """A short name of it."""
        told = json.dumps([_fixed(self.config), self.points, self.model], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    def differences(self, other: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Give what differs in a manifest: a key, and its value there and here."""
        there, here = (_flat(_fixed(c)) for c in (other.get("config"), self.config))
        for key in sorted({*there, *here}):
            if there.get(key) != here.get(key):
                was, now = (show(v[key]) if key in v else "not given" for v in (there, here))
                yield key, f"is {was} there and {now} here"
        if other.get("model") != self.model:
            yield "the model", "its code has changed since the study began"
        elif other.get("points") != self.points:
            yield "the design", "its points differ"


def _fixed(config: Any) -> dict[str, Any]:
    """Return what of a config, and of the choices that made it, no second run may change."""
    rest = {k: v for k, v in config.items() if k not in FREE} if isinstance(config, dict) else {}
    choices = rest.get("choices")
    if isinstance(choices, dict):  # execution=dask changes no world either
        rest["choices"] = {k: v for k, v in choices.items() if k not in FREE}
    return rest


def _flat(tree: Any, path: str = "") -> dict[str, Any]:
    """Return the leaves of a tree by their dotted paths."""
    if isinstance(tree, Mapping) and tree:
        return {k: v for n, t in tree.items() for k, v in _flat(t, f"{path}.{n}").items()}
    if isinstance(tree, list) and tree:
        return {k: v for n, t in enumerate(tree) for k, v in _flat(t, f"{path}[{n}]").items()}
    return {path.lstrip("."): tree}


@dataclass
class Store:
    """A study's folder, locked by this process."""

    folder: Path
    identity: Identity
    _lock: TextIOWrapper | None = field(default=None, repr=False)

    @classmethod
    @contextlib.contextmanager
    def opened(cls, folder: Path, identity: Identity) -> Iterator[Store]:
        """Give the store of a study: a new folder, or one in which the same study was begun.

        Raises:
            InputError: if the folder holds another study or other files, or is in use.
            OSError: if it cannot be written.
        """
        _check_folder(folder, identity)
        (folder / SHARDS).mkdir(parents=True, exist_ok=True)
        store = cls(folder, identity, (folder / LOCK).open("a"))
        assert store._lock is not None
        try:
            _lock(store._lock, folder)
            store._remove_parts()
            yield store
        finally:
            store._lock.close()

    # Files

    @contextlib.contextmanager
    def replacing(self, name: str) -> Iterator[Path]:
        """Give a path to write to; it becomes the file of that name when all went well."""
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(f".{place.name}.{uuid4().hex[:8]}{_PART}")
        try:
            yield part
            _flush(part)
            os.replace(part, place)
            _flush(place.parent)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

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
        """Return the manifest, {} before there is one."""
        return _read_manifest(self.folder)

    def write_manifest(self, facts: Mapping[str, Any]) -> None:
        """Write the manifest: what the study is, and facts about it."""
        told = {**facts, "config": self.identity.config, "points_digest": self.identity.points,
                "model": self.identity.model, "study": self.identity.digest}  # fmt: skip
        text = json.dumps(told, indent=2, default=str, ensure_ascii=False)
        self.write_text(MANIFEST, text + "\n")

    # Shards

    def write_shard(self, name: str, content: bytes) -> None:
        """Keep a packed shard."""
        self.write(f"{SHARDS}/{name}", content)

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
        for part in self.folder.rglob(f".*{_PART}"):
            part.unlink(missing_ok=True)


def _check_folder(folder: Path, identity: Identity) -> None:
    """Raise InputError unless a folder is new, or empty, or holds the same study."""
    told = _read_manifest(folder)
    if not told:
        holds = [p.name for p in folder.iterdir()] if folder.exists() else []
        if {name for name in holds if not _is_part(name)} - {LOCK, SHARDS, MANIFEST}:
            raise InputError(
                [Fault(str(folder), "output", "is not empty and holds no study: choose another")]
            )
        return
    there = {"config": told.get("config", {}), "model": told.get("model"),
             "points": told.get("points_digest")}  # fmt: skip
    if differences := list(identity.differences(there)):
        faults = [Fault(f"{folder} holds another study", key, what) for key, what in differences]
        rest = len(faults) - MOST_TOLD
        more = [Fault(str(folder), "", f"{rest} more settings differ")] if rest > 0 else []
        hint = Fault(str(folder), "", "give the same settings to go on, or another output")
        raise InputError([*faults[:MOST_TOLD], *more, hint])


def _is_part(name: str) -> bool:
    """Say whether a file is one that a run which was killed left half written."""
    return name.startswith(".") and name.endswith(_PART)


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(
            [Fault(str(folder / MANIFEST), "", f"cannot be read: {clean(error)}")]
        ) from None
    return told if isinstance(told, dict) else {}


def _lock(file: TextIOWrapper, folder: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError([Fault(str(folder), "", "another run is writing to it")]) from None


def _flush(path: Path) -> None:
    """Have a file or a folder on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
