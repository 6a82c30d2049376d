"""The four worlds of Jervis 1978: offence or defence, distinguishable or not.

Two states that want only security, without a quarrel, in the same worlds four times over. Run as
``python experiments/four_worlds.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from finding import change, level, point_at, state, told

from sim import Study

WORST, BEST = "doubly_dangerous", "doubly_stable"


def finding(study: Study) -> Iterator[str]:
    """Give the share of each world, and how the mixed ones differ from the worst and the best."""
    for quantity in ("display", "clash"):
        for name in study.design["world"]:
            share = level(study.value(quantity, point_at(study, world=name)))
            yield f"{name.replace('_', ' ')}, a {quantity}: {share} of worlds."
        worst, best = (point_at(study, world=name) for name in (WORST, BEST))
        for name in sorted(set(study.design["world"]) - {WORST, BEST}):
            words, mixed = name.replace("_", " "), point_at(study, world=name)
            yield (
                f"doubly dangerous less {words}: {told(change(study, quantity, worst, mixed))}; "
                f"{words} less doubly stable: {told(change(study, quantity, mixed, best))}."
            )


def main(overrides: Sequence[str]) -> int:
    """Run, and state the finding."""
    return state("four_worlds", finding, "points_forest", overrides)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
