"""The four worlds of Jervis 1978: offence or defence, distinguishable or not.

Two states that want only security, without a quarrel, in the same worlds four times over. Run as
``python experiments/four_worlds.py``; writes the study and prints the finding with its intervals.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from sim import read_jobs
from sim.intervals import paired_difference
from sim.report import run
from sim.vocabulary import Rung

WORST, BEST = "doubly_dangerous", "doubly_stable"


def shares(outcomes: pd.DataFrame, design: pd.DataFrame, rung: Rung) -> dict[str, np.ndarray]:
    """Return, for each of the four, whether each world reached a rung."""
    names = design.set_index("point")["world"]
    return {
        str(names[point]): (rows.sort_values("world")["peak_rung_leaders"] >= rung).to_numpy()
        for point, rows in outcomes.groupby("point")
    }


def difference(before: np.ndarray, after: np.ndarray) -> str:
    """Return the paired difference, after less before, with its 95 % interval."""
    change, low, high = paired_difference(before, after)
    return f"{change:+.3f} [{low:+.3f}, {high:+.3f}]"


def main(overrides: list[str]) -> None:
    """Play, write and state the finding."""
    (job,) = read_jobs(["experiment=four_worlds", *overrides])
    folder = run(job)
    outcomes = pd.read_parquet(folder / "outcomes.parquet")
    design = pd.read_parquet(folder / "design.parquet")
    for rung in (Rung.DISPLAY, Rung.CLASH):
        found = shares(outcomes, design, rung)
        print(f"\nreached a {rung.name.lower()}:")
        for name, reached in found.items():
            print(f"  {name.replace('_', ' '):<28} {reached.mean():.3f}")
        for name, reached in found.items():
            if name not in (WORST, BEST):
                told = name.replace("_", " ")
                print(f"  doubly dangerous less {told}: {difference(reached, found[WORST])}")
                print(f"  {told} less doubly stable: {difference(found[BEST], reached)}")


if __name__ == "__main__":
    main(sys.argv[1:])
