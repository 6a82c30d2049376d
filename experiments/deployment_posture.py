"""Spiral or deterrence (Jervis 1976): does the same firmness calm a rival or inflame it?

Run as ``python experiments/deployment_posture.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from finding import change, moves, point_at, state, told

from sim import Study

FIRMNESS = "scenario.traits.AAA.firmness"


def finding(study: Study) -> Iterator[str]:
    """Give what full firmness changes, by how far the rival seeks gain."""
    ends = min(study.design[FIRMNESS]), max(study.design[FIRMNESS])
    for greed in sorted(set(study.design["challenger_greed"])):
        soft, firm = (point_at(study, **{FIRMNESS: end, "challenger_greed": greed}) for end in ends)
        display, crisis, clash = (
            change(study, name, firm, soft) for name in ("display", "crisis", "clash")
        )
        yield (
            f"Against a rival that seeks gain by {greed:g}, from no firmness to full, the share of "
            f"worlds with a clash {moves(clash)}: {told(clash)}; crisis {told(crisis)}; display "
            f"{told(display)}."
        )


def main(overrides: Sequence[str]) -> int:
    """Run, and state the finding."""
    return state("deployment_posture", finding, "points_lines", overrides)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
