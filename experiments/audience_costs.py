"""Do audience costs make crises rarer, and harder to back out of (Fearon 1994)?

Run as ``python experiments/audience_costs.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import numpy as np
from finding import Estimate, change, mean, moves, point_at, state, told, values

from sim import Study


def yielding(study: Study, after: int, before: int) -> Estimate:
    """Return the difference in the share of sides that yield when forces meet.

    Worlds have different numbers of confrontations: a ratio of sums, linearised (Cochran 1977).
    """
    each = np.zeros(len(values(study, "yields", after)))
    for point, sign in ((after, 1.0), (before, -1.0)):
        yields = values(study, "yields", point)
        sides = yields + values(study, "stands", point)
        share = yields.sum() / max(1, sides.sum())
        each += sign * (share + (yields - share * sides) / max(1e-9, sides.mean()))
    return mean(each)


def finding(study: Study) -> Iterator[str]:
    """Give what the highest audience costs change against none."""
    none, most = min(study.design["audience"]), max(study.design["audience"])
    without, with_costs = (point_at(study, audience=scale) for scale in (none, most))
    crises, clashes, clash, disputes = (
        change(study, name, with_costs, without)
        for name in ("crises", "clashes", "clash", "disputes")
    )
    before = study.value("crises", without)[0]
    yield (
        f"With audience costs at {most:g} times the usual against {none:g}, the number of crises "
        f"begun a world {moves(crises)}: {told(crises)} on {before:.2f}; disputes {told(disputes)}."
    )
    yielded = yielding(study, with_costs, without)
    yield f"The share of sides that yield when forces meet {moves(yielded)}: {told(yielded)}."
    yield f"Leaders' clash {told(clash)}; clashes of opposed pairs a world {told(clashes)}."


def main(overrides: Sequence[str]) -> int:
    """Run, and state the finding."""
    return state("audience_costs", finding, "points_line", overrides)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
