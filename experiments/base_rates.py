"""Set the model's disputes beside the recorded ones: onsets, severity, answers, durations.

Run as ``python experiments/base_rates.py``. A target counts as met inside its 95 % interval, and as
nearly met within a quarter of its value.
"""

from __future__ import annotations

import sys

from sim import read_jobs
from sim.evidence.observation import WEEKS_PER_YEAR, observed
from sim.evidence.targets import targets

BURN_IN = 52  # weeks before disputes are counted


def table(found: dict[str, float]) -> str:
    """Return a Markdown table of the model's figures beside the targets."""
    lines = ["| | model | recorded | 95 % interval | unit | verdict |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {t.label} | {found[t.name]:.3g} | {t.value:g} | {t.low:g} to {t.high:g} "
        f"| {t.unit} | {t.verdict(found[t.name])} |"
        for t in targets().values()
    ]
    return "\n".join(lines)


def main(overrides: list[str]) -> None:
    """Play, compare and print."""
    (job,) = read_jobs(["experiment=base_rates", *overrides])
    found = observed(job.play(disputes_from=BURN_IN), counted_from=BURN_IN)
    years = (job.n_weeks - BURN_IN) / WEEKS_PER_YEAR
    print(f"{job.scenario.title}: {job.n_worlds} worlds, {years:.1f} years counted in each\n")
    print(table(found))
    verdicts = [t.verdict(found[t.name]) for t in targets().values()]
    print(
        f"\n{verdicts.count('inside')} of {len(verdicts)} inside, {verdicts.count('nearly')} "
        f"nearly, {verdicts.count('off')} off."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
