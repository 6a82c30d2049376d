"""A folder of figures: what was drawn before is replaced, everything else is left alone.

A list beside the folder, ``.drawn``, holds the SHA-256 and the name of every file that was drawn
into it, as ``sha256sum`` writes them. A file is taken for this program's if it is as listed, or as
it is drawn now, whole or cut off. A file of somebody else that has the name of a figure is kept
under another name.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from sim.study.store import naming, part_of

DRAWN = ".drawn"
_LINE = re.compile(r"([0-9a-f]{64})  ([^/\\\0]+)")
Listed = set[tuple[str, str]]
"""Digests and names of files."""


@contextlib.contextmanager
def renewed(folder: Path) -> Iterator[Path]:
    """Yield an empty folder to draw into; its files then replace those that were drawn before.

    Args:
        folder: where they go; made if it is not there.

    Raises:
        OSError: if something cannot be written; what was drawn before is then still there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    new = part_of(folder / "new")  # within it: the folder may be a link to another disk
    new.mkdir()
    try:
        with naming(folder):
            yield new
            _exchange(folder, new)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _exchange(folder: Path, new: Path) -> None:
    """Put new files in the place of those that were drawn before."""
    before, files = _listed(folder), sorted(new.iterdir())
    drawn = {(_digest(path), path.name) for path in files}
    _list(folder, before | drawn)  # first, so that a run that is killed knows its own
    for path in files:
        place = folder / path.name
        if os.path.lexists(place) and not _is_own(place, path, before):
            place.rename(_unused(place))
        os.replace(path, place)
    for digest, name in before:
        old = folder / name
        if name not in {path.name for path in files} and old.is_file() and _digest(old) == digest:
            old.unlink()
    _list(folder, drawn)


def _is_own(place: Path, new: Path, before: Listed) -> bool:
    """Say whether a file that is in the way of a new one was drawn by this program."""
    if not place.is_file():
        return False
    return (_digest(place), place.name) in before or new.read_bytes().startswith(place.read_bytes())


def _unused(place: Path) -> Path:
    """Return a free name after that of a file: ``fan-2.png`` after ``fan.png``."""
    names = (place.with_name(f"{place.stem}-{k}{place.suffix}") for k in itertools.count(2))
    return next(name for name in names if not os.path.lexists(name))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _listed(folder: Path) -> Listed:
    """Return what was drawn into a folder before, as far as the list says so."""
    try:
        lines = (folder.parent / DRAWN).read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, UnicodeDecodeError):
        return set()
    found = [line for line in map(_LINE.fullmatch, lines) if line]
    return {(line[1], line[2]) for line in found if line[2] not in (".", "..")}


def _list(folder: Path, drawn: Listed) -> None:
    """Write down what was drawn into a folder."""
    place = folder.parent / DRAWN
    part = part_of(place)
    lines = sorted(f"{digest}  {name}\n" for digest, name in drawn)
    part.write_text("".join(lines), encoding="utf-8")
    os.replace(part, place)
