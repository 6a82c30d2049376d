"""Which kind of miscalculation matters, and does its direction?

Each of the five kinds alone: its odds from nothing to four times the usual, and the share of its
mistakes that go one way rather than the other. Run as
``python experiments/miscalculation_sweep.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from finding import Estimate, change, moves, state, told

from sim import Study
from sim.model.parameters import COEFFICIENTS


def ends(study: Study, name: str) -> tuple[int, int]:
    """Return the points at which one parameter alone is lowest and highest."""
    design = study.design
    others = [c for c in design.columns if c not in ("point", name)]
    alone = design[(design[others] == design[others].iloc[0]).all(axis=1)].sort_values(name)
    return int(alone["point"].iloc[0]), int(alone["point"].iloc[-1])


def finding(study: Study) -> Iterator[str]:
    """Give, for each parameter, what its highest level changes against its lowest; most first."""
    found: dict[str, tuple[Estimate, Estimate]] = {}
    for name in study.design.columns[1:]:
        low, high = ends(study, name)
        found[name] = change(study, "clash", high, low), change(study, "clashes", high, low)
    for name, (clash, clashes) in sorted(found.items(), key=lambda kv: -abs(kv[1][0][0])):
        levels = sorted(set(study.design[name]))
        yield (
            f"{COEFFICIENTS[name].meaning}, from {levels[0]:g} to {levels[-1]:g}: the share of "
            f"worlds in which the leaders clash {moves(clash)}, {told(clash)}; clashes a world "
            f"{told(clashes)}."
        )


def main(overrides: Sequence[str]) -> int:
    """Run, and state the finding."""
    return state("miscalculation_sweep", finding, "points_star_clash", overrides)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
