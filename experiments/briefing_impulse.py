"""The attache briefing of December 2025: prelude to action, or only a symbol?

Run as ``python experiments/briefing_impulse.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from finding import fate_shares, level, moves, point_at, state, told

from sim import Study


def finding(study: Study) -> Iterator[str]:
    """Give what the briefing changes, and a deed in its place."""
    briefing, deed = (point_at(study, variant=v) for v in ("briefing", "display"))
    yield (
        f"Without it the leaders clash in {level(study.value('clash'))} of worlds. With the "
        f"briefing that share {moves(study.difference('clash', briefing))}: "
        f"{told(study.difference('clash', briefing))}; clashes of opposed pairs a world: "
        f"{told(study.difference('clashes', briefing))} on {study.value('clashes')[0]:.2f}."
    )
    higher, lower = fate_shares(study, briefing)
    yield (
        f"The leaders' peak rung is higher for it in {level(higher)} of worlds, lower in "
        f"{level(lower)}."
    )
    yield (
        "A display of force toward the same states on the same day: leaders' clash "
        f"{told(study.difference('clash', deed))}, clashes a world "
        f"{told(study.difference('clashes', deed))}."
    )


def main(overrides: Sequence[str]) -> int:
    """Run, and state the finding."""
    return state("briefing_impulse", finding, "difference_curves", overrides)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
