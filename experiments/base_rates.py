"""Set the model's disputes beside the recorded ones: onsets, severity, answers, durations.

Run as ``python experiments/base_rates.py``. A target counts as met inside its 95 % interval, and as
near within a factor of two of its value.
"""

from __future__ import annotations

import sys

from sim import read_jobs
from sim.observation import TARGETS, WEEKS_PER_YEAR, Target, base_rates

BURN_IN = 52  # weeks before disputes are counted


def verdict(found: float, target: Target) -> str:
    """Say how near a figure is to its target."""
    if target.low <= found <= target.high:
        return "inside"
    near = target.value > 0 and 0.5 <= found / target.value <= 2.0
    return "within a factor of two" if near else "off"


def table(found: dict[str, float]) -> str:
    """Return a Markdown table of the model's figures beside the targets."""
    lines = ["| | model | recorded | 95 % interval | unit | verdict |", "|---|---|---|---|---|---|"]
    for name, t in TARGETS.items():
        value = found[name]
        lines.append(
            f"| {name.replace('_', ' ')} | {value:.3g} | {t.value:g} | {t.low:g} to {t.high:g} "
            f"| {t.unit} | {verdict(value, t)} |"
        )
    return "\n".join(lines)


def main(overrides: list[str]) -> None:
    """Play, compare and print."""
    (job,) = read_jobs(["experiment=base_rates", *overrides])
    found = base_rates(job.play(disputes_from=BURN_IN), counted_from=BURN_IN)
    years = (job.n_weeks - BURN_IN) / WEEKS_PER_YEAR
    print(f"{job.scenario.title}: {job.n_worlds} worlds, {years:.1f} years counted in each\n")
    print(table(found))
    verdicts = [verdict(found[name], target) for name, target in TARGETS.items()]
    print(f"\n{verdicts.count('inside')} of {len(verdicts)} inside, {verdicts.count('off')} off.")


if __name__ == "__main__":
    main(sys.argv[1:])
