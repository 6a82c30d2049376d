"""Set the model's disputes beside the recorded ones: onsets, severity, answers, durations.

Run as ``python experiments/base_rates.py``. A figure counts strictly inside its 95 % interval; it
is *nearly* there within a quarter of its value, which is told and counts nothing. Beside the model
stand what is left of it if no state reacts, acts by chance alone, and, for the figures that are
kept from the search, what a pencil makes of the others.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace

from sim import read_jobs
from sim.evidence.calibration.chance import by_chance
from sim.evidence.laboratory import FROZEN
from sim.evidence.observation import WEEKS_PER_YEAR, observed
from sim.evidence.score import Score, pencil, score
from sim.evidence.targets import OURS, targets
from sim.plan.scenario import Job

BURN_IN = 52  # weeks before disputes are counted
ROWS = {
    f"of {OURS}": [t for t in targets().values() if t.is_ours],
    "of all states": [t for t in targets().values() if not t.is_ours],
    "checks": [t for t in targets().values() if t.use == "check"],
}


def table(found: Mapping[str, float]) -> str:
    """Return a Markdown table of the model's figures beside the targets."""
    lines = ["| | model | recorded | 95 % interval | unit | counted among | verdict |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    lines += [
        f"| {t.label} | {found[t.name]:.3g} | {t.value:g} | {t.low:g} to {t.high:g} "
        f"| {t.unit} | {t.population} | {t.verdict(found[t.name])} |"
        for t in targets().values()
    ]
    return "\n".join(lines)


def told(name: str, rows: str, found: Score) -> str:
    """Return a row of the table of scores."""
    return (
        f"| {name} | {rows} | {found.inside} of {found.of} | {found.median:.1f} | {found.rms:.1f} "
        f"| {found.groups_inside:.1f} of {found.groups} | {found.groups_rms:.1f} |"
    )


def scores(of: Mapping[str, Mapping[str, float]]) -> str:
    """Return the table of scores of several accounts; of the pencil, the checks alone."""
    lines = ["| account | figures | strictly inside | median distance | rms distance "
             "| groups inside | rms of groups |", "|---|---|---|---|---|---|---|"]  # fmt: skip
    for rows, chosen in ROWS.items():
        for name, found in of.items():
            known = {t.name for t in chosen} <= set(found)
            lines += [told(name, rows, score(found, chosen))] if known else []
    return "\n".join(lines)


def _observed(job: Job, changed: Mapping[str, float]) -> dict[str, float]:
    (point,) = job.points
    played = replace(job, points=(replace(point, parameters={**point.parameters, **changed}),))
    return observed(played.play(disputes_from=BURN_IN), counted_from=BURN_IN)


def main(overrides: list[str]) -> None:
    """Play, compare and print."""
    (job,) = read_jobs(["experiment=base_rates", *overrides])
    found = _observed(job, {})
    years = (job.n_weeks - BURN_IN) / WEEKS_PER_YEAR
    print(f"{job.scenario.title}: {job.n_worlds} worlds, {years:.1f} years counted in each\n")
    print(table(found))
    accounts = {
        "the model": found,
        "the model, no state reacting": _observed(job, FROZEN),
        "chance alone": by_chance(job.scenario.roster, job.n_worlds, job.n_weeks, job.seed),
        "a pencil": pencil(),
    }
    print(f"\nDistances are in standard errors of the record.\n\n{scores(accounts)}")


if __name__ == "__main__":
    main(sys.argv[1:])
