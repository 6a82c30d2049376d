"""What does it do to the risk of a clash when attaches are expelled, and then let back?

Run as ``python experiments/expelled_attaches.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from finding import change, level, moves, point_at, state, told

from sim import Study


def finding(study: Study) -> Iterator[str]:
    """Give the difference that every way of expelling makes, and what coming back undoes."""
    yield f"With attaches the two rivals clash in {level(study.value('clash'))} of worlds."
    for variant, words in (
        ("by_one_side", "one side expels them"),
        ("by_both", "both expel them"),
        ("by_both_then_back", "both do, and let them back after half a year"),
    ):
        risk = study.difference("clash", point_at(study, variant=variant))
        yield f"If {words}, that share {moves(risk)}: {told(risk)}."
    back = [point_at(study, variant=v) for v in ("by_both_then_back", "by_both")]
    yield (
        f"Coming back, against staying away: clash {told(change(study, 'clash', *back))}, "
        f"misreadings of intent a world {told(change(study, 'misread_intent', *back))}."
    )


def main(overrides: Sequence[str]) -> int:
    """Run, and state the finding."""
    return state("expelled_attaches", finding, "difference_curves", overrides)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
