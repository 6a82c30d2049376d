"""Print one digest of all tables of a small study, to compare machines and Pythons.

    python scripts/digest.py execution.threads=2 execution.shard=7

The words may change how the study is executed; whatever they are, the digest must be the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

STUDY = (
    "scenario=two_rivals", "worlds=40", "weeks=30", "every=2", "tracks=[3]",
    "series=[rung_leaders,fear_mean]", "vary.offence=[0.1,0.9]",
    "vary.scenario.traits.AAA.firmness=[0.2,0.8]", "quantities=[display,peak_rung]",
    "precision={quantity: display, tolerance: 0.08, most: 120}",
    "compare={line: {diplomacy: hotline}, proud: {scenario: {traits: {BBB: {greed: 0.4}}}}}",
    "output=study",
)  # fmt: skip
"""A study with something of everything: levels, variants, batches, kept series, whole tracks."""
TIMING = re.compile(r" It took [^.]*(?:\.\d[^.]*)?\.")


def digest(folder: Path) -> str:
    """Return what tells the results of one study from another's: all its tables and its summary."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.parquet")):
        found.update(path.relative_to(folder).as_posix().encode())
        found.update(path.read_bytes())
    summary = folder / "summary.md"
    if summary.exists():
        found.update(TIMING.sub("", summary.read_text(encoding="utf-8")).encode())
    return found.hexdigest()


def played(words: Sequence[str]) -> str:
    """Play the study in a new folder; return its digest."""
    from sim.__main__ import main

    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        with (
            open(os.devnull, "w", encoding="utf-8") as nowhere,
            contextlib.redirect_stdout(nowhere),
        ):
            if main([*STUDY, *words]) != 0:
                raise SystemExit("the study could not be played")
        return digest(Path("study"))


if __name__ == "__main__":
    print(played(sys.argv[1:]))
