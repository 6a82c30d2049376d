"""What do forces forward in an ally do to the rival, to the ally and to the leaders?

Run as ``python experiments/forward_basing.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from finding import Estimate, level, moves, point_at, state, told

from sim import Study


def shown(study: Study, point: int) -> Estimate:
    """Return the share of worlds in which Russia and Estonia come to a clash."""
    rows = study.table("pairs", points=point)
    (row,) = (r for r in rows.to_dict("records") if {r["first"], r["second"]} == {"RUS", "EST"})
    return row["peak_5"], row["peak_5_lo"], row["peak_5_hi"]


def finding(study: Study) -> Iterator[str]:
    """Give what brigades, and none, change against a seeker and against a prober."""
    for greed, rival in ((0.0, "wants only security"), (0.5, "probes for gain")):
        base = point_at(study, challenger_greed=greed, variant="baseline")
        for variant, words in (("brigades", "brigades"), ("withdrawn", "no forces")):
            point = point_at(study, challenger_greed=greed, variant=variant)
            clash = study.difference("clash", point)
            yield (
                f"With {words} of allies in the Baltic states and Poland, and a Russia that "
                f"{rival}: the share of worlds in which the leaders clash {moves(clash)}, "
                f"{told(clash)}; disputes a world {told(study.difference('disputes', point))}; "
                f"what is at issue that the east takes, in hundredths of a pair's: "
                f"{told(study.difference('gains_east', point))}."
            )
            yield (
                f"Clash of Russia with Estonia: {level(shown(study, base))} of worlds as they are, "
                f"{level(shown(study, point))} with {words}."
            )


def main(overrides: Sequence[str]) -> int:
    """Run, and state the finding."""
    return state("forward_basing", finding, "differences", overrides)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
