"""A calibration from beginning to end: play what is missing, write posterior, tables and figures.

The output folder is a store as a study's is: an interrupted calibration goes on when the same
command is given with the same output.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rich.console import Console

from sim.engine.threads import n_threads
from sim.evidence.calibration.prior import CALIBRATED
from sim.evidence.calibration.recovery import Recovery, recovered
from sim.evidence.calibration.watching import Watch
from sim.evidence.calibration.waves import (
    Calibrated,
    calibrate,
    distances,
    fit_targets,
    n_worlds,
)
from sim.evidence.targets import targets
from sim.interrupts import leaving
from sim.lanes import Floats
from sim.model.parameters import COEFFICIENTS
from sim.plan.scenario import FIGURES, Job
from sim.report.drawing import drawn_into
from sim.report.gallery import renewed
from sim.report.running import facts_of, in_own_folder, kept, progress_bar, say
from sim.report.summary import NOTE, figure
from sim.story.escaping import plain
from sim.study.runner import identity_of
from sim.study.store import Store
from sim.study.table_writer import write_table

if TYPE_CHECKING:
    from sim.report.figures import Plan

IDENTIFIED = 0.5
"""Share of the prior's variance that the data must take away for a parameter to be identified."""
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def run_calibration(job: Job, *, console: Console | None = None) -> Path:
    """Calibrate a job's parameters, write everything and say where it is.

    Args:
        job: a job with a calibration.
        console: where to print; the terminal by default.

    Returns:
        The folder of the results; see :func:`sim.report.running.in_own_folder`.

    Raises:
        InputError: if the folder holds something else.
        OSError: if something cannot be written; finished parts are kept.
    """
    out, plan = console or Console(highlight=False), job.calibrate
    assert plan is not None
    say(out, [
        f"Calibration of {len(CALIBRATED)} parameters on {len(fit_targets())} recorded "
        f"figures: {plan.waves} waves of {plan.points:,} points, then {plan.draws:,} draws of the "
        f"posterior; {n_worlds(plan, job.n_worlds):,} worlds of {job.n_weeks} weeks."
    ])  # fmt: skip
    if job.dry_run:
        return job.output
    job = in_own_folder(job)
    with Store.opened(job.output, identity_of(job), lambda told: say(out, [told])) as store:
        begun, facts = time.perf_counter(), facts_of(job, store)
        store.write_manifest(facts)
        try:
            with leaving(kept(job)):
                found, recovery = _calibrated(job, store, out)
        except (KeyboardInterrupt, OSError):
            say(out, [kept(job)])
            raise
        told = Told.of(job, found, recovery)
        told.write(store)
        failed = _draw(store.folder / "figures", told, job)
        store.write_text("summary.md", told.page(failed, drawn=job.figures != "none"))
        facts["finished"] = datetime.now(UTC).isoformat(timespec="seconds")
        facts["seconds"] = {"all": time.perf_counter() - begun}
        store.write_manifest(facts)
    say(out, [told.headline(), str(job.output / "summary.md")])
    return job.output


def _calibrated(job: Job, store: Store, out: Console) -> tuple[Calibrated, Recovery]:
    """Return the calibration and its test, under progress bars."""
    plan = job.calibrate
    assert plan is not None
    threads = n_threads(job.execution.threads)
    watch = Watch(job.scenario.roster, job.n_worlds, job.n_weeks, job.seed, threads)
    with progress_bar(out) as progress:
        bar = progress.add_task("worlds", total=n_worlds(plan, job.n_worlds))
        found = calibrate(
            plan, watch, job.parameter_points()[0], store, lambda n: progress.advance(bar, n)
        )
    with progress_bar(out) as progress:
        bar = progress.add_task("recovery trials", total=plan.trials)
        recovery = recovered(found, plan.trials, job.seed, lambda n: progress.advance(bar, n))
    return found, recovery


@dataclass(frozen=True)
class Told:
    """A calibration as tables."""

    scenario: str
    posterior: pd.DataFrame  # weight, and a column for each calibrated parameter
    parameters: pd.DataFrame  # see parameters_of
    targets: pd.DataFrame  # see targets_of
    waves: Sequence[Floats]  # [point] distances of each wave, the posterior last
    declared: float  # distance of the hand-set parameters
    recovery: Recovery
    effective: float
    n_worlds: int

    @classmethod
    def of(cls, job: Job, found: Calibrated, recovery: Recovery) -> Told:
        """Return the tables of a calibration."""
        plan = job.calibrate
        assert plan is not None
        return cls(
            scenario=job.scenario.title,
            posterior=found.table(),
            parameters=parameters_of(found, job.points[0].parameters),
            targets=targets_of(found),
            waves=[distances(wave) for wave in (*found.waves, found.final)],
            declared=float(distances(found.declared).mean()),
            recovery=recovery,
            effective=found.effective,
            n_worlds=n_worlds(plan, job.n_worlds),
        )

    def write(self, store: Store) -> None:
        """Write all tables."""
        with store.replacing("posterior.csv") as part:
            self.posterior.to_csv(part, index=False, float_format="%.6g", lineterminator="\n")
        write_table(store, "parameters", self.parameters)
        write_table(store, "targets", self.targets)
        write_table(store, "recovery", self.recovery.table())
        ranks = pd.DataFrame(self.recovery.ranks, columns=list(CALIBRATED))
        write_table(store, "ranks", ranks)

    def headline(self) -> str:
        """Return the result in a sentence."""
        verdicts = self.targets["verdict"]
        met = int(verdicts.isin(("inside", "nearly")).sum())
        return (
            f"{met} of {len(verdicts)} recorded figures are met at the posterior's mean, "
            f"{int((verdicts == 'off').sum())} are off by more than a factor of three; distance "
            f"{np.median(self.waves[-1]):.2f} standard errors, "
            f"{self.declared:.2f} with the hand-set values."
        )

    def page(self, failed: Mapping[str, str], *, drawn: bool = True) -> str:
        """Return the summary, in Markdown.

        Args:
            failed: why figures could not be drawn, by their names.
            drawn: whether they were to be drawn.
        """

        def shown(name: str) -> list[str]:
            return [figure(name, failed), ""] if drawn else []

        known = self.parameters[self.parameters["contraction"] >= IDENTIFIED]["parameter"]
        unknown = self.parameters[self.parameters["contraction"] < IDENTIFIED]["parameter"]
        recovery = self.recovery.table()
        bad = recovery[recovery["q"] < 0.05]["parameter"]
        return "\n".join(
            (
                f"# Calibration: {plain(self.scenario)}",
                "",
                NOTE,
                "",
                self.headline(),
                "",
                f"{self.n_worlds:,} worlds were simulated. The {len(self.posterior):,} weighted "
                f"draws of the posterior have an effective sample size of {self.effective:.0f}.",
                "",
                *shown("plausible"),
                f"Identified by the data (prior variance reduced by {IDENTIFIED:.0%} or more): "
                f"{', '.join(known) or 'none'}.",
                "",
                f"Not identified: {', '.join(unknown) or 'none'}.",
                "",
                *shown("targets"),
                *shown("waves"),
                *shown("recovery"),
                f"Simulation-based calibration with {len(self.recovery.ranks)} known parameter "
                f"sets: ranks differ from uniform (false discovery rate 5 %) for: "
                f"{', '.join(bad) or 'no parameter'}. 90 % intervals cover "
                f"{recovery['cover_90'].mean():.1%} of true values, 50 % intervals "
                f"{recovery['cover_50'].mean():.1%}.",
                "",
                "The posterior's CSV holds the weighted parameter sets; use them with "
                "`parameters={from: PATH}`.",
                "",
            )
        )


def parameters_of(found: Calibrated, declared: Mapping[str, float]) -> pd.DataFrame:
    """Return one row for each parameter, those that the data say most about first.

    Columns ``parameter, low, high, declared``, ``mean`` and ``q05`` to ``q95`` of the posterior,
    and ``contraction``: the share of the prior's variance that is gone.
    """
    table, rows = found.table(), []
    weight = table["weight"].to_numpy()
    for name in CALIBRATED:
        own = COEFFICIENTS[name]
        value = table[name].to_numpy()
        mean = float((weight * value).sum())
        variance = float((weight * (value - mean) ** 2).sum())
        quantiles = zip(QUANTILES, weighted_quantiles(value, weight), strict=True)
        rows.append(
            {"parameter": name, "low": own.low, "high": own.high, "declared": declared[name],
             "mean": mean, **{f"q{round(100 * q):02d}": v for q, v in quantiles},
             "contraction": 1.0 - 12.0 * variance / (own.high - own.low) ** 2}
        )  # fmt: skip
    frame = pd.DataFrame(rows)
    return frame.sort_values("contraction", ascending=False, kind="stable", ignore_index=True)


def targets_of(found: Calibrated) -> pd.DataFrame:
    """Return one row for each target: recorded, hand-set, over the posterior, and the verdict.

    ``value`` is the mean over the posterior, ``lo`` and ``hi`` hold 95 % of its draws.
    """
    rows = []
    for k, target in enumerate(targets().values()):
        seen = found.final.seen[:, k]
        known = np.isfinite(seen) & (found.weights > 0.0)
        weight = found.weights[known] / found.weights[known].sum()
        mean = float((weight * seen[known]).sum())
        low, high = weighted_quantiles(seen[known], weight, (0.025, 0.975))
        rows.append(
            {"target": target.name, "use": target.use, "recorded": target.value,
             "recorded_lo": target.low, "recorded_hi": target.high,
             "by_hand": float(found.declared.seen[:, k].mean()), "value": mean, "lo": low,
             "hi": high, "verdict": target.verdict(mean)}
        )  # fmt: skip
    return pd.DataFrame(rows)


def weighted_quantiles(
    values: Floats, weights: Floats, shares: Sequence[float] = QUANTILES
) -> Floats:
    """Return quantiles of weighted values, ``[share]``."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    at = np.searchsorted(reached, np.array(shares) * reached[-1])
    found: Floats = values[order][np.minimum(at, len(values) - 1)]
    return found


def _draw(folder: Path, told: Told, job: Job) -> dict[str, str]:
    """Draw the figures of a calibration; return why some could not be drawn, by their names."""

    def planned() -> Iterator[Plan]:
        from sim.report import calibration_figures as plans

        caption = plans.Line(f"{told.scenario}; {told.n_worlds:,} worlds, seed {job.seed}")
        return plans.of_calibration(
            told.parameters, told.targets, told.waves, told.declared, told.recovery.ranks, caption
        )

    with renewed(folder) as place:
        return drawn_into(place, FIGURES[job.figures], planned)[1]
