"""Hold the model against the record and write docs/evidence.md with its figures.

Run as ``python experiments/evidence.py`` after ``python -m sim experiment=calibrate
output=outputs/calibrate``; ``make evidence`` does both. Settings are given as on the command line,
for example ``worlds=32``; ``calibration=FOLDER`` and ``draws=N`` (of the properties) as well.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console

from sim import read_jobs
from sim.__main__ import exit_code
from sim.engine.threads import n_threads
from sim.errors import Fault, InputError
from sim.evidence.calibration.watching import Watch
from sim.evidence.claims import hold, summarised
from sim.model.parameters import Parameters, defaults
from sim.model.sheets import DATA
from sim.report import evidence as said
from sim.report.calibrating import IDENTIFIED
from sim.report.calibration_figures import Line
from sim.report.running import progress_bar

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
KEPT = 0.999
"""Share of the posterior's weight that is shipped."""
OWN = {"calibration": str(ROOT / "outputs" / "calibrate"), "docs": str(DOCS), "draws": "24"}
CALIBRATION_FIGURES = ("plausible", "waves", "recovery")

WEEKS = (
    "A week is the finest grain: acts of one day and the next lie a week apart here or in one "
    "week, while half of the record's follow within a day."
)
ROUTINE = (
    "Answers of routine are still too many and those that escalate too few: what calls for an "
    "answer fades over half a year, and the record's answers come at once or not at all."
)
SLOW = (
    "A score is slow, so that some answers come late; the record's crises end sooner than "
    "disputes do."
)
SEA = (
    "The record is of all states: far dyads dispute mostly by force at sea and in the air, without "
    "a display before."
)
REASONS = {
    **dict.fromkeys(
        ("inter_incident_gap_q50", "inter_incident_gap_q75",
         "esc_curve_use_plus_by_7d_start_below4"), WEEKS),
    **dict.fromkeys(
        ("react_within_7d", "react_within_30d", "react_escalates_given_h3",
         "response_none_given_init_h3", "response_use_given_init_h3", "mid_reciprocated"), ROUTINE),
    **dict.fromkeys(("icb_response_lag_q75", "icb_response_lag_q90"), SLOW),
    **dict.fromkeys(
        ("dyadmid_use_plus_contig_land", "dyadmid_use_plus_noncontig", "dyadmid_use_plus_majmaj"),
        SEA),
    "join_prob_ally_major": "Major members join by the same rule as others, at a multiple; the "
    "record's majors join everywhere, not only near Russia.",
    "mid_multiparty": "Several members may be drawn in by one clash, and each clash counts.",
    **dict.fromkeys(
        ("recurrence_rival_within_1y", "recurrence_rival_within_5y",
         "recurrence_nonrival_within_1y", "recurrence_contig_land_within_1y",
         "recurrence_contig_land_within_5y"),
        "Members differ in grievance by nearness and rivalry only; the record's other dyads are "
        "mostly far from any quarrel."),
    "ru_nato_maxhost_display": "The record has threats too, so that shares need not add up to 1.",
    "icb_mediation_occurred": "Those who may mediate are today's few neutrals.",
}  # fmt: skip
"""What is thought to be missing where a figure is not met."""


def main(arguments: list[str]) -> int:
    """Play, write and say where it is; return the exit code."""
    return exit_code(lambda: _main(arguments))


def _main(arguments: list[str]) -> int:
    given = dict(word.split("=", 1) for word in arguments if word.split("=", 1)[0] in OWN)
    own = {**OWN, **given}
    rest = [word for word in arguments if word.split("=", 1)[0] not in OWN]
    (job,) = read_jobs(["experiment=base_rates", "worlds=96", *rest])
    folder, docs = Path(own["calibration"]), Path(own["docs"])
    if not (folder / "summary.md").is_file():
        told = "holds no finished calibration: python -m sim experiment=calibrate output=..."
        raise InputError([Fault(str(folder), "calibration", told)])
    out = Console(highlight=False)
    sets = shipped(pd.read_csv(folder / "posterior.csv"))
    base = np.array([defaults()[name] for name in Parameters.FIELDS])
    draws = np.tile(base, (len(sets), 1))
    for name in sets.columns[1:]:
        draws[:, Parameters.FIELDS.index(name)] = sets[name]
    weights = sets["weight"].to_numpy()
    threads = n_threads(job.execution.threads)
    watch = Watch(job.scenario.roster, job.n_worlds, job.n_weeks, job.seed + 1, threads)
    with progress_bar(out) as progress:
        bar = progress.add_task("worlds", total=(len(draws) + said.REPEATS) * job.n_worlds)
        found = said.evidence(watch, base, draws, weights, lambda n: progress.advance(bar, n))
    chosen = np.random.default_rng(job.seed).choice(len(draws), int(own["draws"]), p=weights)
    held = []
    with progress_bar(out) as progress:
        for draw in progress.track(chosen, description="properties of draws"):
            names = list(sets.columns[1:])
            held.append(hold(dict(zip(names, sets[names].iloc[draw].astype(float), strict=True))))
    caption = Line(f"{job.scenario.title}; {job.n_worlds} worlds a set, {len(draws)} sets")
    write(docs, folder, found, sets, summarised(held), caption)
    sets.to_csv(DATA / "posterior.csv", index=False, float_format="%.5g", lineterminator="\n")
    print(docs / "evidence.md")
    return 0


def shipped(posterior: pd.DataFrame) -> pd.DataFrame:
    """Return the weightiest sets that hold nearly all of the weight, their weights summing to 1."""
    alike = list(posterior.columns[1:])  # draws of a chain may repeat
    sets = posterior.groupby(alike, sort=False)["weight"].sum().reset_index()
    sets = sets[["weight", *alike]].sort_values(
        "weight", ascending=False, kind="stable", ignore_index=True
    )
    before = sets["weight"].cumsum() - sets["weight"]
    sets = sets[before < KEPT * sets["weight"].sum()].reset_index(drop=True)
    return sets.assign(weight=sets["weight"] / sets["weight"].sum())


def write(
    docs: Path, folder: Path, found: said.Evidence, sets: pd.DataFrame, held: pd.DataFrame,
    caption: Line,
) -> None:  # fmt: skip
    """Write the page and its figures."""
    figures = docs / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    said.draw(found, figures, caption)
    for name in CALIBRATION_FIGURES:
        shutil.copy(folder / "figures" / f"{name}.png", figures / f"{name}.png")
    parameters = pd.read_parquet(folder / "parameters.parquet")
    recovery = pd.read_parquet(folder / "recovery.parquet")
    known = parameters["contraction"] >= IDENTIFIED
    parts = {
        "counts": said.counted(found),
        "failures": said.failures(found, REASONS),
        "fitted": said.table(found, "fit"),
        "checks": said.table(found, "check"),
        "definitions": said.definitions(),
        "silences": said.silences(),
        "properties": said.markdown(held),
        "identified": said.named(parameters["parameter"][known].to_list()),
        "unidentified": said.named(parameters["parameter"][~known].to_list()),
        "recovery": said.markdown(recovery[["parameter", "p", "q", "cover_50", "cover_90"]]),
        "sets": str(len(sets)),
        "effective": f"{1.0 / (sets['weight'] ** 2).sum():.0f}",
        "result": said.result(found),
    }
    template = (Path(__file__).parent / "evidence.md").read_text(encoding="utf-8")
    for name, text in parts.items():
        template = template.replace("{" + name + "}", text)
    (docs / "evidence.md").write_text(template, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
