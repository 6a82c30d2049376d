"""How a study stands: finished or not, how much of it is played, whether a run is at it now."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from sim.config.sources import SIZE, read_text
from sim.errors import Fault, StudyError, clean, printable
from sim.report.numbers import count, duration
from sim.study.store import LOCK, MANIFEST, shard_names

_SHARD = re.compile(r"(\d{3})-\d{6}-(\d{9})-(\d{9})\.shard")


def status(folder: Path) -> list[str]:
    """Return how the study in a folder stands, in lines.

    Raises:
        StudyError: if there is none.
    """
    try:
        manifest = json.loads(read_text(folder / MANIFEST, 20 * SIZE))
        lines = list(_lines(folder, manifest))
    except (OSError, ValueError, KeyError, TypeError) as error:
        told = getattr(error, "strerror", None) or "its manifest was not written by a run"
        raise StudyError([Fault(str(folder), "", f"holds no study: {told}")]) from None
    return [printable(line) for line in lines]


def _lines(folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
    worlds, points = int(manifest["worlds"]), int(manifest["points"])
    yield f"{clean(manifest['title'])}: {count(points, 'point')} of {count(worlds, 'world')}, " \
          f"{count(int(manifest['weeks']), 'week')}, seed {int(manifest['seed'])}"  # fmt: skip
    if manifest.get("finished"):
        seconds = float(manifest["seconds"]["all"])
        yield f"finished {clean(manifest['finished'])}, in {duration(seconds)}"
        failed = folder / "failed.parquet"
        if failed.exists():
            yield "some points failed: see failed.parquet; retry_failed=true plays them again"
        return
    if manifest["config"].get("calibrate"):
        parts = sum(1 for _ in (folder / "waves").glob("*.parquet"))
        yield f"a calibration, not finished: {count(parts, 'part')} of waves kept"
        yield _who(folder)
        return
    names = [_SHARD.fullmatch(name) for name in shard_names(folder)]
    found = [match for match in names if match]
    played = sum(int(match[3]) - int(match[2]) for match in found)
    rounds = 1 + max((int(match[1]) for match in found), default=0)
    of = f" of {worlds * points:,}" if rounds == 1 else f" in {rounds} batches"
    share = f" ({played / (worlds * points):.0%})" if rounds == 1 else ""
    yield f"not finished: {played:,}{of} worlds played{share}, in {count(len(found), 'shard')}"
    yield _who(folder)


def _who(folder: Path) -> str:
    if _is_running(folder):
        return "a run is at it now"
    return f"no run is at it: the same command with output={folder} goes on"


def _is_running(folder: Path) -> bool:
    """Say whether somebody holds the study's lock."""
    if not (folder / LOCK).exists():
        return False
    try:
        with FileLock(folder / LOCK, timeout=0):
            return False
    except (Timeout, OSError):
        return True
