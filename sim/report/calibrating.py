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
from sim.evidence.calibration.aims import CAUSES, NAMES, distances, fitted_rows
from sim.evidence.calibration.prior import CALIBRATED, SPACE
from sim.evidence.calibration.recovery import Recovery, recovered
from sim.evidence.calibration.watching import Watch
from sim.evidence.calibration.waves import Calibrated, calibrate, n_worlds
from sim.evidence.score import score
from sim.evidence.targets import targets
from sim.interrupts import leaving
from sim.lanes import Floats
from sim.plan.scenario import FIGURES, Job
from sim.report.drawing import drawn_into
from sim.report.gallery import renewed
from sim.report.progress import progress_bar
from sim.report.running import facts_of, in_own_folder, kept, say
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
        f"Calibration of {len(CALIBRATED)} parameters on {len(fitted_rows())} recorded "
        f"figures and {len(CAUSES)} of cause: {plan.waves} waves of {plan.points:,} points, then "
        f"{plan.draws:,} draws of the posterior; {n_worlds(plan, job.n_worlds):,} worlds of "
        f"{job.n_weeks} weeks."
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
    causes: pd.DataFrame  # see causes_of
    observed: pd.DataFrame  # every figure at every draw of the posterior
    waves: Sequence[Floats]  # [point] distances of each wave, the posterior last
    declared: float  # distance of the hand-set parameters
    recovery: Recovery
    worth: pd.DataFrame  # see worth_of
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
            causes=causes_of(found),
            observed=pd.DataFrame(found.final.seen, columns=list(NAMES)),
            waves=[_known(distances(wave.seen)) for wave in (*found.waves, found.final)],
            declared=float(_known(distances(found.declared.seen)).mean()),
            recovery=recovery,
            worth=worth_of(found),
            n_worlds=n_worlds(plan, job.n_worlds),
        )

    def write(self, store: Store) -> None:
        """Write all tables."""
        with store.replacing("posterior.csv") as part:
            self.posterior.to_csv(part, index=False, float_format="%.6g", lineterminator="\n")
        write_table(store, "parameters", self.parameters)
        write_table(store, "targets", self.targets)
        write_table(store, "causes", self.causes)
        write_table(store, "observed", self.observed)
        write_table(store, "worth", self.worth)
        write_table(store, "recovery", self.recovery.table())
        ranks = pd.DataFrame(self.recovery.ranks, columns=list(CALIBRATED))
        write_table(store, "ranks", ranks)

    def headline(self) -> str:
        """Return the result in a sentence."""
        means = dict(zip(self.targets["target"], self.targets["value"], strict=True))
        fitted = score(means, fitted_rows())
        checks = score(means, [t for t in targets().values() if t.use == "check"])
        return (
            f"At the posterior's mean {fitted.inside} of {fitted.of} fitted figures and "
            f"{checks.inside} of {checks.of} checks lie strictly inside the record's 95 % "
            f"interval; root mean square distance of the checks {checks.rms:.1f} standard errors. "
            f"Distance of a draw from what is fitted {np.median(self.waves[-1]):.2f}, of the "
            f"hand-set values {self.declared:.2f}."
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
                f"{self.n_worlds:,} worlds were simulated. {worth_told(self.worth)}",
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
                "The posterior's CSV holds the parameter sets; use them with "
                "`parameters={from: PATH}`.",
                "",
            )
        )


def parameters_of(found: Calibrated, declared: Mapping[str, float]) -> pd.DataFrame:
    """Return one row for each parameter, those that the data say most about first.

    Columns ``parameter, low, high, log`` (of the prior), ``declared``, ``mean`` and ``q05`` to
    ``q95`` of the posterior, and ``contraction``: the share of the prior's variance that is gone.
    """
    table, rows = found.table(), []
    for k, name in enumerate(CALIBRATED):
        low, high, log = SPACE[name]
        value = table[name].to_numpy()
        quantiles = zip(QUANTILES, np.quantile(value, QUANTILES), strict=True)
        rows.append(
            {"parameter": name, "low": low, "high": high, "log": log, "declared": declared[name],
             "mean": float(value.mean()),
             **{f"q{round(100 * q):02d}": v for q, v in quantiles},
             "contraction": 1.0 - 12.0 * float(found.final.unit[:, k].var())}
        )  # fmt: skip
    frame = pd.DataFrame(rows)
    return frame.sort_values("contraction", ascending=False, kind="stable", ignore_index=True)


def targets_of(found: Calibrated) -> pd.DataFrame:
    """Return one row for each target: recorded, hand-set, over the posterior, and the verdict.

    ``value`` is the mean over the posterior, ``lo`` and ``hi`` hold 95 % of its draws.
    """
    rows = []
    for target in targets().values():
        k = NAMES.index(target.name)
        value, low, high = summed(found.final.seen[:, k])
        rows.append(
            {"target": target.name, "use": target.use, "recorded": target.value,
             "recorded_lo": target.low, "recorded_hi": target.high,
             "by_hand": float(found.declared.seen[:, k].mean()), "value": value, "lo": low,
             "hi": high, "verdict": target.verdict(value)}
        )  # fmt: skip
    return pd.DataFrame(rows)


def causes_of(found: Calibrated) -> pd.DataFrame:
    """Return one row for each figure of cause, as of targets; ``low, high`` is the band asked."""
    rows = []
    for cause in CAUSES:
        k = NAMES.index(cause.name)
        value, low, high = summed(found.final.seen[:, k])
        rows.append(
            {"cause": cause.label, "low": cause.low, "high": cause.high,
             "by_hand": float(found.declared.seen[:, k].mean()), "value": value, "lo": low,
             "hi": high}
        )  # fmt: skip
    return pd.DataFrame(rows)


def summed(seen: Floats) -> tuple[float, float, float]:
    """Return the mean of what was seen, and what holds 95 % of it; nan where nothing was."""
    known = seen[np.isfinite(seen)]
    if not len(known):
        return np.nan, np.nan, np.nan
    low, high = np.quantile(known, (0.025, 0.975))
    return float(known.mean()), float(low), float(high)


def _known(found: Floats) -> Floats:
    return found[np.isfinite(found)]


def worth_of(found: Calibrated) -> pd.DataFrame:
    """Return what the draws are worth, one row.

    Columns ``sets``, ``worth`` (independent draws, after the chains' autocorrelation),
    ``corrected`` (what they would be worth with the weights that the simulation would give them),
    ``shift`` (how far these would move the mean of the parameter that moves most, in standard
    deviations) and ``explained`` (by the emulator, of the variance of the figure that it tells
    worst over the last wave).
    """
    moved = float(np.abs(found.shift).max())
    return pd.DataFrame(
        {"sets": [len(found.final.unit)], "worth": [found.worth],
         "corrected": [found.corrected_worth], "shift": [moved],
         "explained": [float(found.emulator.explained.min())]}
    )  # fmt: skip


def worth_told(worth: pd.DataFrame) -> str:
    """Return in words what a posterior's draws are worth, from :func:`worth_of`."""
    (row,) = worth.to_dict("records")
    return (
        f"The {row['sets']:.0f} sets of the posterior weigh alike and are worth {row['worth']:.0f} "
        f"independent draws. Weighted by their own simulations they would be worth "
        f"{row['corrected']:.0f}, and no parameter's mean would move by more than "
        f"{row['shift']:.2f} standard deviations."
    )


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
