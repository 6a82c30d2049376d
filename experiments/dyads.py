"""Dyad by dyad: onsets simulated and recorded 1946-91, and a forecast of 1992-2014.

Run as ``python experiments/dyads.py [worlds=1600] [output=docs]`` (``make dyads``). It writes
``docs/dyads.md`` with its figure and ``docs/dyad_forecast_1992_2014.csv``, or the same elsewhere.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from finding import save, settings
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import spearmanr

from sim import read_jobs
from sim.__main__ import exit_code
from sim.evidence.dyads import compared, forecast
from sim.evidence.sizes import of_era
from sim.plots import drawing
from sim.plots.style import EAST, INK, NEUTRAL, OKABE_ITO, WEST

KINDS = {
    "opposed": (EAST, "o"), "allied then": (NEUTRAL, "D"), "rivals": (WEST, "s"),
    "neighbours by land": (OKABE_ITO[2], "^"), "the rest": (INK, "x"),
}  # fmt: skip

HEAD = """# Dyad by dyad

Written by `make dyads`: {worlds} worlds of six counted years, started by rule as the record is
(`scenario=record_1946_91`), over the posterior. Onsets are a year, with the two states as
originators; recorded ones are of 1946-91 (COW Dyadic MID 4.02) with their exact Poisson interval.
*Pulls* are what the rules give a dyad at the start, 0 to 1: proximity; exposure, which goes with
the two states' size; grievance and fear, the mean of the two sides. The blocs are those of 2025
through all the years: members that were the Soviet Union's allies then are marked.

{inside} of {n} dyads lie inside their interval; among the {n_opposed} opposed ones simulated and
recorded onsets have a rank correlation of {rank:.2f}, with the {n_allied} that were allied then
{rank_all:.2f}, among the {n_other} that are not opposed {rank_other:.2f}.
"""
TAIL = """
[dyad_forecast_1992_2014.csv](dyad_forecast_1992_2014.csv) has the probability that a year sees an
onset between Russia and each member of 2025, for every year from 1992 to 2014 in which both were
states. Nothing is fitted to a year after 1991, and no rule knows the calendar, so that a dyad has
the same probability in every year. It is there to be judged, not to be believed.
"""


def table(rows: pd.DataFrame) -> str:
    """Return the Markdown table of all dyads that are compared."""
    names = ("dyad", "kind", "simulated", "recorded", "95 % interval", "onsets, years", "inside",
             "proximity", "exposure", "grievance", "fear")  # fmt: skip
    lines = ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]  # fmt: skip
    lines += [
        f"| {r['first']}-{r['second']} | {r['kind']} | {r['simulated']:.3f} | {r['recorded']:.3f} "
        f"| {r['lo']:.3f} to {r['hi']:.3f} | {r['onsets']}, {r['years']} "
        f"| {'yes' if r['inside'] else 'no'} | {r['proximity']:.2f} | {r['exposure']:.2f} "
        f"| {r['grievance']:.2f} | {r['fear']:.2f} |"
        for r in rows.to_dict("records")
    ]
    return "\n".join(lines)


def draw(ax: Axes, rows: pd.DataFrame) -> None:
    """Draw recorded against simulated onsets a year, on square roots; far dyads by name."""
    for kind, (colour, marker) in KINDS.items():
        some = rows[rows["kind"] == kind]
        x, y = np.sqrt(some["simulated"]), np.sqrt(some["recorded"])
        ends = np.abs(np.sqrt([some["lo"], some["hi"]]) - y.to_numpy())
        ax.errorbar(x, y, yerr=ends, fmt="none", ecolor=colour, alpha=0.25, lw=0.8)
        ax.plot(x, y, marker, color=colour, ms=6, label=kind)
    far = rows[(rows["recorded"] > 0.12) | (rows["simulated"] > 0.25)]
    for r in far.to_dict("records"):
        at = np.sqrt(r["simulated"]), np.sqrt(r["recorded"])
        ax.annotate(f"{r['first']}-{r['second']}", at, xytext=(5, 4), textcoords="offset points",
                    fontsize=8)  # fmt: skip
    top = float(np.sqrt(max(rows["simulated"].max(), rows["hi"].max())))
    ax.plot([0.0, top], [0.0, top], color=INK, lw=1.0)
    ticks = np.array([0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8])
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_ticks(np.sqrt(ticks), [f"{t:g}" for t in ticks])
    ax.set_xlabel("simulated onsets a year")
    ax.set_ylabel("recorded onsets a year, 1946-91, 95 % interval")
    ax.legend(loc="upper left")


def main(words: list[str]) -> int:
    """Write the page, its figure and the forecast; return the exit code."""
    code: int = exit_code(lambda: _main(words))
    return code


def _main(words: list[str]) -> int:
    given = settings(words, worlds=int, output=Path)
    worlds, folder = given.get("worlds", 1600), given.get("output", Path("docs"))
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    (job,) = read_jobs(["parameters=posterior"])
    record = of_era({}, worlds=worlds, seed=1, posterior=job.posterior)
    rows = compared(record)
    opposed, allied = rows["kind"] == "opposed", rows["kind"] == "allied then"
    rank, rank_all, rank_other = (
        float(spearmanr(some["simulated"], some["recorded"]).statistic)
        for some in (rows[opposed], rows[opposed | allied], rows[~(opposed | allied)])
    )
    with drawing():
        figure = Figure(figsize=(8.0, 7.2), layout="constrained")
        draw(figure.subplots(), rows)
        save(figure, folder / "figures" / "dyads.png", "Onsets of disputes by dyad.")
    text = HEAD.format(
        worlds=worlds, inside=int(rows["inside"].sum()), n=len(rows), n_opposed=int(opposed.sum()),
        n_allied=int(allied.sum()), n_other=int((~(opposed | allied)).sum()), rank=rank,
        rank_all=rank_all, rank_other=rank_other,
    )  # fmt: skip
    page = folder / "dyads.md"
    page.write_text(text + "\n![Onsets by dyad](figures/dyads.png)\n\n" + table(rows) + "\n" + TAIL,
                    encoding="utf-8")  # fmt: skip
    columns = forecast(record)[["a", "b", "year", "probability"]].round({"probability": 5})
    columns.to_csv(folder / "dyad_forecast_1992_2014.csv", index=False, lineterminator="\n")
    print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
