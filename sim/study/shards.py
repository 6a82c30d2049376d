"""A shard: some worlds of a study, the smallest piece of work that is kept or lost as a whole.

A :class:`Shard` holds everything needed to play it, on this machine or another; playing gives a
:class:`Leaf`, what is kept of its worlds; a leaf is packed into bytes that end up as one file.
The bytes are ``MAGIC``, the SHA-256 of what follows, and zstd-compressed Arrow tensors of numbers:
no shard can hold code, and one that is cut or flipped is never taken for whole.
"""

from __future__ import annotations

import hashlib
import math
import os
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.engine import record
from sim.engine.ensemble import Played, Progress, Terms, Worlds, play_worlds
from sim.engine.native import entry, width
from sim.engine.notes import MEASURES
from sim.engine.record import (
    N_BINS,
    NARROW,
    OUTCOMES,
    TYPES,
    Tally,
    add,
    empty_tally,
    extents,
    kept_weeks,
)
from sim.lanes import Floats
from sim.model.roster import Roster

MAGIC = b"SPIRAL SHARD 3\n"
_DIGEST = hashlib.sha256().digest_size
_LENGTH = 8
_trim = entry(record.trim, wide=False)
_add_trimmed = entry(record.add_trimmed, wide=False)
_PACKAGE = Path(__file__).resolve().parents[1]
_PYTHON = os.path.dirname(os.__file__)
HANDFUL = 6_000_000
"""Bytes of histograms that are filled at a time."""
LARGEST = 2**32
"""Most bytes that a shard may have when unpacked."""


class DamagedShardError(ValueError):
    """Bytes that are not a whole shard, or not the one requested."""


@dataclass(frozen=True)
class Shard:
    """Worlds to play together: neighbours in the order of a study."""

    name: str  # within its study
    study: str  # digest of the study it belongs to
    rules: str  # digest of the rules that it is to be played by
    roster: Roster
    points: tuple[int, ...]  # numbers of its design points, rising
    parameters: Floats  # [point, parameter]
    of_point: NDArray[np.int64]  # [world] place in ``points``
    number: NDArray[np.int64]  # [world]
    paired: bool
    terms: Terms
    draws: Floats | None = None  # [draw, parameter] what its worlds draw, where parameters are open
    draw: NDArray[np.int64] | None = None  # [world] row in ``draws``

    def worlds(self) -> Worlds:
        """Return its worlds."""
        point, number = self.of_point, self.number
        own = np.asarray(self.points, np.int64)[point] + 1
        return Worlds(point, number, np.zeros_like(point) if self.paired else own, self.draw)

    def part(self, points: range) -> Shard:
        """Return the worlds of some of its points, by their places."""
        first, stop = np.searchsorted(self.of_point, (points.start, points.stop))
        return replace(
            self, points=self.points[points.start : points.stop],
            parameters=self.parameters[points.start : points.stop],
            of_point=self.of_point[first:stop] - points.start, number=self.number[first:stop],
            draw=None if self.draw is None else self.draw[first:stop],
        )  # fmt: skip


@dataclass(frozen=True)
class Leaf:
    """What is kept of a shard that was played.

    Once packed its histograms are trimmed: the bins in use, one after the other, where the engine's
    narrow counts hold them (:func:`sim.engine.record.trim`).
    """

    name: str
    study: str
    points: NDArray[np.int64]  # [point] numbers of its design points
    of_point: NDArray[np.int64]  # [world] place in ``points``
    number: NDArray[np.int64]  # [world]
    played: Played
    failed: tuple[tuple[int, str], ...] = ()  # design points that could not be played, and why

    def counts_of(self, points: range) -> Tally:
        """Return the counts of some of its points, by their places, in the engine's types.

        Histograms are trimmed if its own are.
        """
        own, mine = self.played.tally, slice(points.start, points.stop)
        parts = {name: getattr(own, name)[mine] for name in Tally._fields}
        if own.level_bins.ndim == 1:
            per_point = extents(own.level_ends)[1].reshape(len(self.points), -1).sum(axis=1)
            ends = np.concatenate([[0], np.cumsum(per_point)])
            parts["level_bins"] = own.level_bins[ends[points.start] : ends[points.stop]]
        return Tally(*(parts[name].astype(of, copy=False) for name, of in TYPES.items()))

    def add_to(self, tally: Tally, points: range, start: int) -> None:
        """Add the counts of some of its points to a tally.

        Args:
            tally: to add to (out).
            points: places of the points in this leaf.
            start: place of the first in the tally.

        Raises:
            ValueError: if the tally is of other weeks.
        """
        mine, there = slice(points.start, points.stop), slice(start, start + len(points))
        own = self.played.tally
        for name in Tally._fields:
            counts, more = getattr(tally, name)[there], getattr(own, name)
            if name != "level_bins" or more.ndim > 1:
                add(name, counts, more[mine])
                continue
            first, n_used = (x.reshape(len(self.points), -1) for x in extents(own.level_ends))
            if own.level_ends[mine].shape != tally.level_ends[there].shape:
                raise ValueError("a tally of other weeks")
            ends = np.cumsum(n_used.sum(axis=1))
            in_use = more[ends[points.start] - n_used[points.start].sum() : ends[points.stop - 1]]
            if counts.dtype == np.uint16:
                _add_trimmed(
                    in_use.astype(np.uint16, copy=False), first[mine].ravel(),
                    n_used[mine].ravel(), counts.reshape(-1, N_BINS),
                )  # fmt: skip
            else:
                rows = np.repeat(np.arange(n_used[mine].size), n_used[mine].ravel())
                into = np.arange(len(rows)) - np.repeat(
                    (np.cumsum(n_used[mine]) - n_used[mine].ravel()) - first[mine].ravel(),
                    n_used[mine].ravel(),
                )
                counts.reshape(-1, N_BINS)[rows, into] += in_use


def play_shard(shard: Shard, progress: Progress | None = None) -> tuple[str, bytes]:
    """Play a shard in this thread; return its name and its packed leaf.

    A point that cannot be played is noted with its reason and costs none of the others. What is
    not the point's error (no memory, no disk, an interrupt, an error of ``progress``) is raised.
    """
    guarded = None if progress is None else partial(_tell, progress)
    try:
        leaf = _leaf(shard, guarded)
    except (MemoryError, OSError):
        raise
    except _TellingError as error:
        raise error.own from None
    except Exception as error:
        if len(shard.points) == 1:
            leaf = _failed_leaf(shard, error)
        else:
            leaf = _point_by_point(shard, progress)
    return shard.name, pack(leaf)


class _TellingError(BaseException):
    """What went wrong in telling how far it is, which no point is to blame for."""

    def __init__(self, own: Exception) -> None:
        self.own = own


def _tell(progress: Progress, n_worlds: int) -> None:
    try:
        progress(n_worlds)
    except Exception as error:
        raise _TellingError(error) from None


def _leaf(shard: Shard, progress: Progress | None) -> Leaf:
    """Play a few points at a time, whose counts stay in the processor's cache."""
    leaves = [_played(shard.part(points), progress) for points in _handfuls(shard)]
    return _joined(leaves) if len(leaves) > 1 else leaves[0]


def _played(shard: Shard, progress: Progress | None) -> Leaf:
    played = play_worlds(
        shard.roster, shard.parameters, shard.worlds(), shard.terms, draws=shard.draws,
        progress=progress,
    )  # fmt: skip
    played = replace(played, tally=trimmed(played.tally))
    points = np.asarray(shard.points, np.int64)
    return Leaf(shard.name, shard.study, points, shard.of_point, shard.number, played)


def _handfuls(shard: Shard) -> Iterator[range]:
    """Yield places of points whose tallies fit into the cache together, and fill whole blocks."""
    n_points, terms = len(shard.points), shard.terms
    bins = len(kept_weeks(terms.n_weeks, terms.every)) * len(MEASURES) * N_BINS
    per_point = -(-len(shard.number) // n_points)
    whole = width() // math.gcd(per_point, width())
    step = max(1, HANDFUL // (bins * np.dtype(np.uint16).itemsize) // whole) * whole
    if len(shard.number) > NARROW:  # their histograms are not trimmed
        step = n_points
    for first in range(0, n_points, step):
        yield range(first, min(first + step, n_points))


def _failed_leaf(shard: Shard, error: Exception) -> Leaf:
    """Return the leaf of a shard whose only point failed: no worlds, and the reason."""
    terms = shard.terms
    n_kept = len(kept_weeks(terms.n_weeks, terms.every))
    tally = empty_tally(shard.roster, terms.n_weeks, 1, terms.every)
    nothing = Played(
        tally,
        np.zeros((0, len(OUTCOMES)), np.int32),
        np.zeros((0, n_kept, len(terms.series)), np.uint16),
        np.zeros((0, 0), np.int32),
        asked=np.zeros((0, len(terms.asked)), np.int32),
    )
    none = np.zeros(0, np.int64)
    reason = ((shard.points[0], _told_of(error)),)
    return Leaf(
        shard.name, shard.study, np.asarray(shard.points, np.int64), none, none, nothing, reason
    )


def _told_of(error: Exception) -> str:
    """Return what went wrong, where in a user's own code if it was there, and in which world."""
    told = "; ".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())])
    frames = traceback.extract_tb(error.__traceback__)
    if own := [frame for frame in frames if _is_own(frame.filename)]:
        told += f" ({Path(own[-1].filename).name}, line {own[-1].lineno}, in {own[-1].name})"
    return told


def _is_own(filename: str) -> bool:
    """Say whether a file is the user's: not of this package, nor of an installed library."""
    return not (Path(filename).is_relative_to(_PACKAGE) or "site-packages" in filename
                or filename.startswith(_PYTHON))  # fmt: skip


def _point_by_point(shard: Shard, progress: Progress | None) -> Leaf:
    """Play each point of a shard apart, so that one that fails costs no other."""
    leaves = [
        unpack(play_shard(shard.part(range(at, at + 1)), progress)[1])
        for at in range(len(shard.points))
    ]
    return _joined(leaves)


def _joined(leaves: Sequence[Leaf]) -> Leaf:
    """Return leaves of different points as one, in their order."""
    parts = [leaf.played for leaf in leaves]
    n_before = np.cumsum([0, *(len(leaf.points) for leaf in leaves)])
    tally = Tally(*(np.concatenate(a) for a in zip(*(p.tally for p in parts), strict=True)))
    return Leaf(
        leaves[0].name,
        leaves[0].study,
        np.concatenate([leaf.points for leaf in leaves]),
        np.concatenate([x.of_point + n for x, n in zip(leaves, n_before, strict=False)]),
        np.concatenate([leaf.number for leaf in leaves]),
        Played(
            tally,
            np.concatenate([p.outcomes for p in parts]),
            np.concatenate([p.series for p in parts]),
            np.zeros((0, 0), np.int32),
            asked=np.concatenate([p.asked for p in parts]),
        ),
        tuple(failure for leaf in leaves for failure in leaf.failed),
    )


# Bytes


def _small(counts: NDArray[Any]) -> NDArray[Any]:
    """Return whole numbers in the smallest type that holds them."""
    if counts.dtype.kind not in "iu" or not counts.size:
        return counts
    low, high = int(counts.min()), int(counts.max())
    types = (np.uint8, np.uint16, np.uint32) if low >= 0 else (np.int8, np.int16, np.int32)
    return counts.astype(
        next((t for t in types if np.iinfo(t).min <= low and high <= np.iinfo(t).max), np.int64)
    )


def _text(words: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\0".join(words).encode(), np.uint8)


def _words(text: NDArray[np.uint8]) -> list[str]:
    return text.tobytes().decode().split("\0") if len(text) else []


def trimmed(tally: Tally) -> Tally:
    """Return a tally with trimmed histograms, if they are not trimmed yet, nor wide."""
    bins = tally.level_bins
    if bins.ndim == 1 or bins.dtype != np.uint16:
        return tally
    first, n_used = extents(tally.level_ends)
    in_use = np.zeros(int(n_used.sum()), np.uint16)
    _trim(bins.reshape(-1, N_BINS), first, n_used, in_use)
    return tally._replace(level_bins=in_use)


def pack(leaf: Leaf) -> bytes:
    """Return a leaf as bytes that guard themselves."""
    played = leaf.played
    arrays = (
        _text((leaf.name, leaf.study)), _text([reason for _, reason in leaf.failed]),
        np.array([point for point, _ in leaf.failed], np.int64), leaf.points, leaf.of_point,
        leaf.number, played.outcomes, played.series, played.asked, *trimmed(played.tally),
    )  # fmt: skip
    file = pa.BufferOutputStream()
    for array in arrays:
        pa.ipc.write_tensor(pa.Tensor.from_numpy(np.ascontiguousarray(_small(array))), file)
    plain = file.getvalue()
    packed: bytes = pa.compress(plain, codec="zstd", asbytes=True)
    body = int(plain.size).to_bytes(_LENGTH, "little") + packed
    return MAGIC + hashlib.sha256(body).digest() + body


def unpack(content: bytes, most: int = LARGEST) -> Leaf:
    """Return the leaf of packed bytes; its counts are in small types.

    How long they are when unpacked stands under their digest, and is looked at first.

    Args:
        content: the bytes.
        most: bytes that they may have when unpacked.

    Raises:
        DamagedShardError: if the bytes are not exactly those of a packed leaf, or too many.
    """
    body = content[len(MAGIC) + _DIGEST :]
    told = content[len(MAGIC) : len(MAGIC) + _DIGEST]
    if not content.startswith(MAGIC) or hashlib.sha256(body).digest() != told:
        raise DamagedShardError("its checksum does not match its content")
    size = int.from_bytes(body[:_LENGTH], "little")
    if size > most:
        raise DamagedShardError(f"it claims {size} bytes; {most} are allowed")
    try:
        plain = pa.decompress(memoryview(body)[_LENGTH:], decompressed_size=size, codec="zstd")
        return _whole(_read(pa.BufferReader(plain)))
    except (ValueError, TypeError, OSError, pa.ArrowException) as error:
        raise DamagedShardError(f"it cannot be read ({error})") from None


def _whole(leaf: Leaf) -> Leaf:
    """Return a leaf whose arrays go together.

    Raises:
        ValueError: if one has another shape than the others call for, or names what is not there.
    """
    played, n_points, n_worlds = leaf.played, len(leaf.points), len(leaf.number)
    of_worlds = leaf.of_point, leaf.number, played.outcomes, played.series, played.asked
    bins, ends = played.tally.level_bins, played.tally.level_ends
    whole = [x for x in played.tally if x is not bins or bins.ndim > 1]
    shapes = [len(x) == n_worlds for x in of_worlds] + [len(x) == n_points for x in whole]
    shapes.append(ends.shape[2:] == (len(MEASURES), 2))
    if bins.ndim == 1 and shapes[-1]:
        shapes.append(len(bins) == extents(ends)[1].sum())
    shapes += [leaf.number.ndim == 1, played.asked.ndim == 2,
               played.outcomes.shape[1:] == (len(OUTCOMES),),
               bool((np.diff(leaf.points) > 0).all())]  # fmt: skip
    if not all(shapes) or (
        n_worlds and not 0 <= leaf.of_point.min() <= leaf.of_point.max() < n_points
    ):
        raise ValueError("its parts are inconsistent")
    return leaf


def _read(file: pa.BufferReader) -> Leaf:
    def read(kind: type[np.generic] | None = None) -> NDArray[Any]:
        array: NDArray[Any] = pa.ipc.read_tensor(file).to_numpy()
        return array if kind is None else array.astype(kind, copy=False)

    name, study = _words(read())
    reasons, failed = _words(read()), read()
    points, of_point, number = read(np.int64), read(np.int64), read(np.int64)
    outcomes, series, asked = read(np.int32), read(np.uint16), read(np.int32)
    tally = Tally(*(read() for _ in Tally._fields))
    played = Played(tally, outcomes, series, np.zeros((0, 0), np.int32), asked=asked)
    failures = tuple((int(k), reason) for k, reason in zip(failed, reasons, strict=True))
    return Leaf(name, study, points, of_point, number, played, failures)
