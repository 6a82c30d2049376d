"""Do sanctions restrain more if they come at once, step by step, late or never?

Run as ``python experiments/sanctions_timing.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from finding import minus, moves, point_at, state, told

from sim import Study

TIMINGS = {
    "at_once": "all of them in the first week",
    "a_year_late": "all of them a year later",
}


def in_week(study: Study, point: int, measure: str, week: int) -> str:
    """Return how much more of a measure there is with sanctions than at a point without."""
    rows = study.table("difference_curves", points=point, measures=[measure])
    row = rows[rows["week"] <= week].iloc[-1]
    return f"{told(minus((row['difference'], row['lo'], row['hi'])))} in week {row['week']}"


def finding(study: Study) -> Iterator[str]:
    """Give what sanctions change as they came, and what another timing changes."""
    never = point_at(study, variant="never")
    clash = minus(study.difference("clash", never))
    yield (
        "With sanctions step by step, against none, the share of worlds in which the leaders "
        f"clash {moves(clash)}: {told(clash)}; disputes a world "
        f"{told(minus(study.difference('disputes', never)))}."
    )
    for measure, words in (("stress_east", "economic stress"), ("deployment_east", "deployment")):
        weeks = (in_week(study, never, measure, week) for week in (28, study.weeks[-1]))
        yield f"Russia's {words}: {', '.join(weeks)}."
    for variant, words in TIMINGS.items():
        point = point_at(study, variant=variant)
        yield (
            f"With {words}, against step by step: leaders' clash "
            f"{told(study.difference('clash', point))}, disputes a world "
            f"{told(study.difference('disputes', point))}."
        )


def main(overrides: Sequence[str]) -> int:
    """Run, and state the finding."""
    return state("sanctions_timing", finding, "difference_curves", overrides)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
