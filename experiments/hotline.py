"""Does a hotline between the leaders lower the risk of a clash, and more where more is misread?

Run as ``python experiments/hotline.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from finding import moves, percent, point_at, relative, state, told

from sim import Study


def finding(study: Study) -> Iterator[str]:
    """Give the difference at every scale of the odds of miscalculation."""
    for scale in sorted(set(study.design["miscalculation_strength"])):
        point = point_at(study, miscalculation_strength=scale, variant="hotline")
        base = point_at(study, miscalculation_strength=scale, variant="baseline")
        change, part = study.difference("clash", point), relative(study, "clash", point, base)
        yield (
            f"With a hotline the share of worlds in which the leaders clash {moves(change)} at "
            f"{scale:g} times the odds of miscalculation: {told(change)}, {percent(part)} of "
            f"{study.value('clash', base)[0]:.3f}; "
            f"clashes of opposed pairs a world: {told(study.difference('clashes', point))}."
        )


def main(overrides: Sequence[str]) -> int:
    """Run, and state the finding."""
    return state("hotline", finding, "differences_along", overrides)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
