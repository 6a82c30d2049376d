"""Do sanctions restrain more if they end when a display ends?

Run as ``python experiments/sanctions_relief.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from finding import minus, moves, point_at, state, told

from sim import Study


def finding(study: Study) -> Iterator[str]:
    """Give what sanctions change, untied and tied, where they hurt little and much."""
    for bite in sorted(set(study.design["bite"])):
        for tied in sorted(set(study.design["conditional"])):
            without = point_at(study, bite=bite, conditional=tied, variant="unsanctioned")
            display, clash = (minus(study.difference(q, without)) for q in ("display", "clash"))
            yield (
                f"Bite {bite:g}, tied by {tied:g}: with sanctions the share of worlds in which the "
                f"leaders come to a display {moves(display)}, {told(display)}; to a clash "
                f"{told(clash)}; disputes a world "
                f"{told(minus(study.difference('disputes', without)))}."
            )


def main(overrides: Sequence[str]) -> int:
    """Run, and state the finding."""
    return state("sanctions_relief", finding, "differences", overrides)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
