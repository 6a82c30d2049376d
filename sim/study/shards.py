"""A shard: some worlds of a study, the smallest piece of work that is kept or lost as a whole.

A :class:`Shard` holds everything needed to play it, on this machine or another; playing gives a
:class:`Leaf`, what is kept of its worlds; a leaf is packed into bytes that end up as one file.
The bytes are ``MAGIC``, the SHA-256 of what follows, and zstd-compressed Arrow tensors of numbers:
no shard can hold code, and one that is cut or flipped is never taken for whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.engine import record
from sim.engine.ensemble import Played, Progress, Terms, Worlds, play_worlds
from sim.engine.native import entry
from sim.engine.notes import MEASURES
from sim.engine.record import N_BINS, OUTCOMES, Tally, add, empty_tally, extents, kept_weeks
from sim.lanes import Floats
from sim.model.roster import Roster

MAGIC = b"SPIRAL SHARD 2\n"
_DIGEST = hashlib.sha256().digest_size
_LENGTH = 8
_trim = entry(record.trim, wide=False)
_add_trimmed = entry(record.add_trimmed, wide=False)
LARGEST = 2**32
"""Most bytes that a shard may have when unpacked."""


class DamagedShardError(ValueError):
    """Bytes that are not a whole shard, or not the one requested."""


@dataclass(frozen=True)
class Shard:
    """Worlds to play together: neighbours in the order of a study."""

    name: str  # within its study
    study: str  # digest of the study it belongs to
    roster: Roster
    points: tuple[int, ...]  # numbers of its design points, rising
    parameters: Floats  # [point, parameter]
    of_point: NDArray[np.int64]  # [world] place in ``points``
    number: NDArray[np.int64]  # [world]
    paired: bool
    terms: Terms
    draws: Floats | None = None  # [draw, parameter] what its worlds draw, where parameters are open
    draw: NDArray[np.int64] | None = None  # [world] row in ``draws``

    def worlds(self, only: NDArray[np.bool_] | None = None) -> Worlds:
        """Return its worlds, or some of them."""
        keep = np.ones(len(self.number), bool) if only is None else only
        point, number = self.of_point[keep], self.number[keep]
        own = np.asarray(self.points, np.int64)[point] + 1
        draw = None if self.draw is None else self.draw[keep]
        return Worlds(point, number, np.zeros_like(point) if self.paired else own, draw)


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
            first, width = (x.reshape(len(self.points), -1) for x in extents(own.level_ends))
            if own.level_ends[mine].shape != tally.level_ends[there].shape:
                raise ValueError("a tally of other weeks")
            ends = np.cumsum(width.sum(axis=1))
            trimmed = more[ends[points.start] - width[points.start].sum() : ends[points.stop - 1]]
            if counts.dtype == np.uint16:
                _add_trimmed(
                    trimmed.astype(np.uint16, copy=False), first[mine].ravel(),
                    width[mine].ravel(), counts.reshape(-1, N_BINS),
                )  # fmt: skip
            else:
                rows = np.repeat(np.arange(width[mine].size), width[mine].ravel())
                into = np.arange(len(rows)) - np.repeat(
                    (np.cumsum(width[mine]) - width[mine].ravel()) - first[mine].ravel(),
                    width[mine].ravel(),
                )
                counts.reshape(-1, N_BINS)[rows, into] += trimmed


def play_shard(shard: Shard, progress: Progress | None = None) -> tuple[str, bytes]:
    """Play a shard in this thread; return its name and its packed leaf.

    A point that cannot be played is noted with its reason and costs none of the others. What is
    not the point's error (no memory, no disk, an interrupt) is raised.
    """
    try:
        leaf = _leaf(shard, np.ones(len(shard.number), bool), progress)
    except (MemoryError, OSError):
        raise
    except Exception as error:
        if len(shard.points) == 1:
            leaf = _failed_leaf(shard, error)
        else:
            leaf = _point_by_point(shard, progress)
    return shard.name, pack(leaf)


def _leaf(shard: Shard, keep: NDArray[np.bool_], progress: Progress | None) -> Leaf:
    played = play_worlds(
        shard.roster, shard.parameters, shard.worlds(keep), shard.terms, draws=shard.draws,
        progress=progress,
    )  # fmt: skip
    return Leaf(
        shard.name, shard.study, np.asarray(shard.points, np.int64), shard.of_point[keep],
        shard.number[keep], played,
    )  # fmt: skip


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
    )
    none = np.zeros(0, np.int64)
    reason = ((shard.points[0], f"{type(error).__name__}: {error}"),)
    return Leaf(
        shard.name, shard.study, np.asarray(shard.points, np.int64), none, none, nothing, reason
    )


def _point_by_point(shard: Shard, progress: Progress | None) -> Leaf:
    """Play each point of a shard apart, so that one that fails costs no other."""
    leaves = []
    for at, point in enumerate(shard.points):
        mine = shard.of_point == at
        alone = replace(
            shard, points=(point,), parameters=shard.parameters[at : at + 1],
            of_point=np.zeros(int(mine.sum()), np.int64), number=shard.number[mine],
            draw=None if shard.draw is None else shard.draw[mine],
        )  # fmt: skip
        leaves.append(unpack(play_shard(alone, progress)[1]))
    return _joined(leaves)


def _joined(leaves: Sequence[Leaf]) -> Leaf:
    """Return leaves of one point each as one."""
    parts = [leaf.played for leaf in leaves]
    tally = Tally(*(np.concatenate(a) for a in zip(*(p.tally for p in parts), strict=True)))
    return Leaf(
        leaves[0].name,
        leaves[0].study,
        np.concatenate([leaf.points for leaf in leaves]),
        np.concatenate([np.full(len(x.number), k) for k, x in enumerate(leaves)]).astype(np.int64),
        np.concatenate([leaf.number for leaf in leaves]),
        Played(
            tally,
            np.concatenate([p.outcomes for p in parts]),
            np.concatenate([p.series for p in parts]),
            np.zeros((0, 0), np.int32),
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


def _trimmed(tally: Tally) -> Tally:
    """Return a tally with trimmed histograms, if they are not trimmed yet, nor wide."""
    bins = tally.level_bins
    if bins.ndim == 1 or bins.dtype != np.uint16:
        return tally
    first, width = extents(tally.level_ends)
    trimmed = np.zeros(int(width.sum()), np.uint16)
    _trim(bins.reshape(-1, N_BINS), first, width, trimmed)
    return tally._replace(level_bins=trimmed)


def pack(leaf: Leaf) -> bytes:
    """Return a leaf as bytes that guard themselves."""
    played = leaf.played
    arrays = (
        _text((leaf.name, leaf.study)), _text([reason for _, reason in leaf.failed]),
        np.array([point for point, _ in leaf.failed], np.int64), leaf.points, leaf.of_point,
        leaf.number, played.outcomes, played.series, *_trimmed(played.tally),
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
    of_worlds = (leaf.of_point, leaf.number, played.outcomes, played.series)
    bins, ends = played.tally.level_bins, played.tally.level_ends
    whole = [x for x in played.tally if x is not bins or bins.ndim > 1]
    shapes = [len(x) == n_worlds for x in of_worlds] + [len(x) == n_points for x in whole]
    shapes.append(ends.shape[2:] == (len(MEASURES), 2))
    if bins.ndim == 1 and shapes[-1]:
        shapes.append(len(bins) == extents(ends)[1].sum())
    shapes += [leaf.number.ndim == 1, played.outcomes.shape[1:] == (len(OUTCOMES),),
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
    outcomes, series = read(np.int32), read(np.uint16)
    tally = Tally(*(read() for _ in Tally._fields))
    played = Played(tally, outcomes, series, np.zeros((0, 0), np.int32))
    failures = tuple((int(k), reason) for k, reason in zip(failed, reasons, strict=True))
    return Leaf(name, study, points, of_point, number, played, failures)
