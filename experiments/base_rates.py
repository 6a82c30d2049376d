"""Set the model's disputes beside the recorded ones: onsets, severity, answers, durations.

Run as ``python experiments/base_rates.py``. A figure counts strictly inside its 95 % interval.
Beside the model stand what is left of it if no state reacts, acts by chance alone, and, for the
figures that are kept from the calibration, what a pencil makes of the others and what the record of
before 1946 would say.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace

from sim import read_jobs
from sim.evidence.calibration.chance import by_chance
from sim.evidence.laboratory import FROZEN
from sim.evidence.observation import WEEKS_PER_YEAR, observed
from sim.evidence.score import pencil
from sim.evidence.targets import targets
from sim.plan.scenario import Job
from sim.report.evidence import CHANCE, EARLIER, PENCIL, earlier, scores

BURN_IN = 52  # weeks before disputes are counted


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
        CHANCE: by_chance(job.scenario.roster, job.n_worlds, job.n_weeks, job.seed),
        PENCIL: pencil(),
        EARLIER: earlier(),
    }
    print(f"\nDistances are in standard errors of the record.\n\n{scores(accounts)}")


if __name__ == "__main__":
    main(sys.argv[1:])
