"""How preparedness, diplomacy and miscalculation together shape the risk of a clash.

Preparedness is the readiness of all states to deploy, diplomacy what channels are worth, and
miscalculation the scale of the odds of all its kinds. Run as ``python experiments/three_way.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from finding import Estimate, mean, moves, state, told, values

from sim import Study

AXES = {
    "deployment_strength": "preparedness",
    "channel_strength": "diplomacy",
    "miscalculation_strength": "miscalculation",
}


def effect(study: Study, name: str, where: pd.Series | None = None) -> Estimate:
    """Return what the highest level of an axis changes against the lowest, over all the others."""
    rows = study.design if where is None else study.design[where]
    low, high = (rows[rows[name] == end]["point"] for end in (rows[name].min(), rows[name].max()))
    after, before = (
        np.mean([values(study, "clash", int(k)) for k in points], axis=0) for points in (high, low)
    )
    return mean(after - before)


def finding(study: Study) -> Iterator[str]:
    """Give the effect of each axis from end to end, and how diplomacy's depends on the others."""
    for name, words in AXES.items():
        change = effect(study, name)
        ends = min(study.design[name]), max(study.design[name])
        yield (
            f"From {ends[0]:g} to {ends[1]:g} of {words}, the share of worlds in which the leaders "
            f"clash {moves(change)} by {told(change)}, the others averaged."
        )
    for other in ("miscalculation_strength", "deployment_strength"):
        levels = study.design[other]
        for end in (levels.min(), levels.max()):
            change = effect(study, "channel_strength", levels == end)
            yield f"Diplomacy's part of that where {AXES[other]} is {end:g}: {told(change)}."


def main(overrides: Sequence[str]) -> int:
    """Run, and state the finding."""
    return state("three_way", finding, "points_response_clash", overrides)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
