"""Does the solidarity of allies deter, or entrap (Snyder 1984)?

Run as ``python experiments/alliance_solidarity.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from finding import change, moves, point_at, state, told

from sim import Study

WORDS = {"spiral": "wants only security", "mixed": "wants some gain", "deterrence": "wants gain"}


def finding(study: Study) -> Iterator[str]:
    """Give what full solidarity changes against none, by what the challenger wants."""
    ends = min(study.design["solidarity"]), max(study.design["solidarity"])
    for doctrine in dict.fromkeys(study.design["doctrine"]):
        loose, close = (point_at(study, solidarity=end, doctrine=doctrine) for end in ends)
        disputes, clash, clashes, widened = (
            change(study, name, close, loose)
            for name in ("disputes", "clash", "clashes", "widened")
        )
        yield (
            f"Where the challenger {WORDS.get(doctrine, doctrine)}, from no solidarity to full the "
            f"number of disputes a world {moves(disputes)}: {told(disputes)}; clashes "
            f"{told(clashes)}; allies drawn in {told(widened)}; leaders' clash {told(clash)}."
        )


def main(overrides: Sequence[str]) -> int:
    """Run, and state the finding."""
    return state("alliance_solidarity", finding, "points_lines", overrides)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
