"""Off-ramps from beginning to end: play what is missing, write tables, figures and a page.

The output folder is a store as a study's is: an interrupted search goes on when the same command is
given with the same output.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure
from rich.console import Console

from sim import plots
from sim.analysis.intervals import median_time, shares_apart, wilson
from sim.analysis.tables import label_of
from sim.engine.threads import n_threads
from sim.forks.off_ramps import (
    BOTH,
    CHUNK,
    STEPS,
    Ints,
    first_weeks,
    sides_of,
    steps_table,
    tried,
    variants_of,
    windows,
    worlds_table,
)
from sim.forks.sentences import COME, percent
from sim.interrupts import leaving
from sim.plan.scenario import FIGURES, Job, OffRamps
from sim.report.calibration_figures import Line
from sim.report.drawing import drawn_into
from sim.report.figures import Plan, sheet, width_for
from sim.report.gallery import renewed
from sim.report.progress import progress_bar
from sim.report.running import facts_of, in_own_folder, kept, say
from sim.report.summary import NOTE, figure
from sim.story.escaping import plain
from sim.story.wording import Names
from sim.study.runner import identity_of
from sim.study.store import Store
from sim.study.table_writer import write_table

PARTS = "off_ramps"
COLUMNS = 3
"""Panels of steps side by side."""


@dataclass(frozen=True)
class Found:
    """What was found at one point of a design."""

    point: int
    label: str
    ends: tuple[str, str]
    n_worlds: int  # played
    rows: pd.DataFrame  # see tried
    windows: pd.DataFrame
    steps: pd.DataFrame
    worlds: pd.DataFrame


def run_off_ramps(
    job: Job, *, console: Console | None = None, told: Callable[[int, int], object] | None = None,
) -> Path:  # fmt: skip
    """Seek the off-ramps of a job's worlds, write everything and say where it is.

    Args:
        job: a job with off-ramps.
        console: where to print; the terminal by default.
        told: is called with the number of futures that are done, and of all.

    Returns:
        The folder of the results; see :func:`sim.report.running.in_own_folder`.

    Raises:
        InputError: if the folder holds something else.
        OSError: if something cannot be written; finished parts are kept.
    """
    out, plan = console or Console(highlight=False), job.off_ramps
    assert plan is not None
    say(out, [_planned(job, plan)])
    if job.dry_run:
        return job.output
    job = in_own_folder(job)
    with Store.opened(job.output, identity_of(job), lambda word: say(out, [word])) as store:
        begun, facts = time.perf_counter(), facts_of(job, store)
        store.write_manifest(facts)
        try:
            with leaving(kept(job)):
                found = [_found(job, point, store, out, told) for point in range(len(job.points))]
        except (KeyboardInterrupt, OSError):
            say(out, [kept(job)])
            raise
        whole = [each for each in found if len(each.rows)]
        for name in ("windows", "steps", "worlds"):
            if whole:
                tables = [getattr(each, name).assign(point=each.point) for each in whole]
                write_table(store, f"off_ramps_{name}", pd.concat(tables, ignore_index=True))
        with renewed(store.folder / "figures") as folder:
            plans = partial(_plans, job, plan, whole)
            drawn, failed = drawn_into(folder, FIGURES[job.figures], plans)
        store.write_text("summary.md", _page(job, plan, found, drawn, failed))
        facts["finished"] = datetime.now(UTC).isoformat(timespec="seconds")
        facts["seconds"] = {"all": time.perf_counter() - begun}
        store.write_manifest(facts)
    say(out, [*(line for each in found for line in lines_of(job, plan, each)),
              *compared(job, plan, found), str(job.output / "summary.md")])  # fmt: skip
    return job.output


def _planned(job: Job, plan: OffRamps) -> str:
    what = COME[plan.rung]
    return (
        f"Off-ramps: {len(plan.steps)} steps by either side and by both, in each of the "
        f"{plan.before} weeks before {what}, with the same luck and {plan.lucks} others, in up to "
        f"{plan.most} worlds that come to it, of {job.n_worlds:,} worlds of {job.n_weeks} weeks"
        + (f" at {len(job.points)} points." if len(job.points) > 1 else ".")
    )


# Playing


def _found(
    job: Job, point: int, store: Store, out: Console, told: Callable[[int, int], object] | None
) -> Found:
    """Return what is found at a point, from the store as far as it is there."""
    plan = job.off_ramps
    assert plan is not None
    scenario = job.scenario_of(point)
    roster, ends = scenario.roster, sides_of(scenario.roster, plan)
    weeks = first_weeks(job, point, np.arange(job.n_worlds), plan)
    numbers = np.flatnonzero(weeks > 0)[: plan.most]
    n_futures = (len(variants_of(roster, plan, job.points[point].parameters)) + 1) * (
        plan.lucks + 1
    )
    total = int(np.minimum(weeks[numbers], plan.before + 1).sum()) * n_futures
    parts, done = [], 0
    with progress_bar(out) as progress:
        words = f"futures of {len(numbers)} worlds"
        bar = progress.add_task(words, total=max(1, total))

        def advance(n: int) -> None:
            nonlocal done
            done += n
            progress.advance(bar, n)
            if told:
                told(done, total)

        for start in range(0, len(numbers), CHUNK):
            some = numbers[start : start + CHUNK]
            parts.append(_part(job, point, store, some, weeks[some], advance, n_futures))
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    label = label_of(job.points[point]) if len(job.points) > 1 else ""
    if not len(rows):
        nothing = pd.DataFrame()
        return Found(point, label, ends, job.n_worlds, rows, nothing, nothing, nothing)
    return Found(point, label, ends, job.n_worlds, rows, windows(rows), steps_table(rows),
                 worlds_table(rows, ends))  # fmt: skip


def _part(
    job: Job, point: int, store: Store, numbers: Ints, weeks: Ints, advance: Callable[[int], None],
    n_futures: int,
) -> pd.DataFrame:  # fmt: skip
    """Return what was tried in some worlds, from the store if it is there."""
    plan = job.off_ramps
    assert plan is not None
    name = f"{PARTS}/{point}_{int(numbers[0]):07d}"
    path = store.folder / f"{name}.parquet"
    try:
        held = pd.read_parquet(path)
        if set(held["world"]) == set(numbers.tolist()):
            advance(int(np.minimum(weeks, plan.before + 1).sum()) * n_futures)
            return held
    except (OSError, KeyError, ValueError, pa.ArrowException):
        pass
    rows = tried(
        job, point, numbers, weeks, plan, threads=n_threads(job.execution.threads),
        progress=advance,
    )  # fmt: skip
    write_table(store, name, rows)
    return rows


# What is said of it


def lines_of(job: Job, plan: OffRamps, found: Found) -> list[str]:
    """Return what was found at a point, in sentences."""
    what, names = COME[plan.rung], Names(job.scenario_of(found.point).roster)
    one, other = (names.the(code) for code in found.ends)
    head = f"{found.label}: " if found.label else ""
    if not len(found.rows):
        return [f"{head}none of {found.n_worlds:,} worlds came to {what}."]
    worlds, n = found.worlds, len(found.worlds)

    def share(column: str) -> str:
        count = int(worlds[column].sum())
        low, high = wilson(count, n)
        return f"{percent(count / n)} ({100 * low:.0f} to {100 * high:.0f})"

    alone = worlds["first_alone"] | worlds["second_alone"]
    worlds = worlds.assign(alone=alone)
    lines = [
        f"{head}Of {n} worlds in which {one} and {other} came to {what}, with the same luck a step "
        f"in the last {plan.before} weeks would have kept the peace for the next {plan.within} in "
        f"{share('any')}; a step of one side alone in {share('alone')} "
        f"({one} {share('first_alone')}, {other} {share('second_alone')})."
    ]
    table = found.windows
    best = found.steps.sort_values("stops", ascending=False)
    for row in best.head(3).to_dict("records"):
        part = table[(table["step"] == row["step"]) & (table["by"] == row["by"])]
        marks = [b for b in (0, 1, 4, 13, 26) if b in set(part["before"])]
        told = ", ".join(
            f"{_ago(b)} {percent(float(part.loc[part['before'] == b, 'saved'].iloc[0]))}"
            for b in marks
        )
        by = "both" if row["by"] == BOTH else names.the(row["by"])
        lines.append(f"“{STEPS[row['step']].title}” by {by} keeps the peace: {told}.")
    median = _latest(worlds, plan)
    lines.append(f"The last step that works comes {median}.")
    return lines


def compared(job: Job, plan: OffRamps, found: list[Found]) -> list[str]:
    """Return how much more or less is spared at other points than at the first, in sentences."""
    lines = []
    first = found[0]
    for each in found[1:]:
        if not len(first.rows) or not len(each.rows):
            continue
        n, m = len(each.worlds), len(first.worlds)
        parts = []
        for name, column in (("some step", "any"), ("one side alone", "alone")):
            mine, its = (
                w["any"] if column == "any" else w["first_alone"] | w["second_alone"]
                for w in (each.worlds, first.worlds)
            )
            low, high = shares_apart(mine.sum(), n, its.sum(), m)
            change = mine.mean() - its.mean()
            parts.append(f"{name} {change:+.2f} [{float(low):+.2f}, {float(high):+.2f}]")
        for step, by in (("mediator", BOTH), ("words", BOTH), ("withdraw", BOTH)):
            rows = [f.rows[(f.rows["step"] == step) & (f.rows["by"] == by)] for f in (each, first)]
            ago = [r[r["before"] == 4] for r in rows]
            if all(len(r) for r in ago):
                low, high = shares_apart(ago[0]["saved"].sum(), len(ago[0]),
                                         ago[1]["saved"].sum(), len(ago[1]))  # fmt: skip
                change = ago[0]["saved"].mean() - ago[1]["saved"].mean()
                title = STEPS[step].title
                parts.append(f"“{title}” by both 4 weeks before {change:+.2f} "
                             f"[{float(low):+.2f}, {float(high):+.2f}]")  # fmt: skip
        lines.append(
            f"{each.label} against {first.label}, shares of worlds that are spared: "
            f"{', '.join(parts)}."
        )
    return lines


def _latest(worlds: pd.DataFrame, plan: OffRamps) -> str:
    """Return how late the last step that works comes, in the median, with its interval."""
    works = worlds[worlds["any"]]
    if not len(works):
        return "never"
    median = median_time(works["latest_before"], np.zeros(len(works), bool))
    known = median.low == median.low
    ends = f"; {median.low:.0f} to {median.high:.0f}" if known else ""
    return f"{_ago(int(median.value))} (median{ends})"


def _ago(before: int) -> str:
    if before == 0:
        return "in its very week"
    return "one week before" if before == 1 else f"{before} weeks before"


def _page(
    job: Job, plan: OffRamps, found: list[Found], drawn: tuple[str, ...], failed: dict[str, str]
) -> str:
    what = COME[plan.rung]
    lines = [f"# Off-ramps: what would have kept {plain(job.title)} from {what}", "",
             f"> {NOTE}", ""]  # fmt: skip
    for each in found:
        lines += [f"- {plain(line)}" for line in lines_of(job, plan, each)]
    lines += [f"- {plain(line)}" for line in compared(job, plan, found)]
    lines += ["", (
        f"Every step was taken in every week from {plan.before} weeks before {what} to its very "
        f"week, and held for {plan.lasts} weeks (a hotline from then on; a mediator begins once). "
        "*Spared*: with the same luck it does not come until "
        f"{plan.within} weeks after the week in which it did. *Other luck*: luck is another from "
        f"the step's week on, {plan.lucks} times for each world; the gain is paired luck by luck. "
        "To spare a world that is known to have clashed is easier than to make those to come safer: "
        "the first may turn on a hair, the second is what a policy is worth."
    ), ""]  # fmt: skip
    for each in found:
        lines += _tables(plan, each)
    for name in [*drawn, *(n for n in failed if n not in drawn)]:
        lines += [figure(name, failed), ""]
    lines += ["Tables: `off_ramps_windows`, `off_ramps_steps`, `off_ramps_worlds`; every try in "
              f"`{PARTS}/`.", ""]  # fmt: skip
    return "\n".join(lines)


def _tables(plan: OffRamps, found: Found) -> list[str]:
    if not len(found.rows):
        return []
    one, other = found.ends
    lines = [f"## {plain(found.label)}", ""] if found.label else []
    lines += [
        "| step | by | spares if in time [95 %] | latest, median weeks before | spares 1, 4, 13 "
        "weeks before | gain with other luck, 4 weeks before [95 %] | "
        f"{one} loses | {other} loses |",
        "|---|---|---|---|---|---|---|---|",
    ]
    table = found.windows
    for row in found.steps.to_dict("records"):
        part = table[(table["step"] == row["step"]) & (table["by"] == row["by"])]
        part = part.set_index("before")
        early = ", ".join(percent(part["saved"].get(b, np.nan)) for b in (1, 4, 13)
                          if b in part.index)  # fmt: skip
        gain = ""
        if 4 in part.index:
            g = part.loc[4]
            gain = f"{100 * g['gain']:+.0f} [{100 * g['gain_lo']:.0f}, {100 * g['gain_hi']:.0f}]"
        ends = f"[{100 * row['stops_lo']:.0f}, {100 * row['stops_hi']:.0f}]"
        latest = row["latest_median"]
        costs = [
            f"{row[f'cost_{side}']:+.1f} [{row[f'cost_{side}_lo']:.1f}, "
            f"{row[f'cost_{side}_hi']:.1f}]"
            for side in ("first", "second")
        ]
        last = f"{latest:.0f}" if latest == latest else ""
        lines.append(
            f"| {STEPS[row['step']].title} | {row['by']} | {percent(row['stops'])} {ends} | "
            f"{last} | {early} | {gain} | {costs[0]} | {costs[1]} |"
        )
    told = (
        "Loses: of what is at issue, in hundredths, in the mean of futures with other luck, needed "
        "or not, with its 95 % interval; below 0 it gains."
    )
    return [*lines, "", told, ""]


def _plans(job: Job, plan: OffRamps, found: list[Found]) -> Iterator[Plan]:
    for each in found:
        suffix = f"_{each.point}" if len(job.points) > 1 else ""
        yield f"windows{suffix}", partial(_windows_figure, job, plan, each)


def _windows_figure(job: Job, plan: OffRamps, found: Found) -> Figure:
    what, n = COME[plan.rung], len(found.worlds)
    caption = Line(
        f"{job.scenario_of(found.point).title}{'; ' + found.label if found.label else ''}; {n} "
        f"worlds that came to it, seed {job.seed}; luck is the same; a step holds for "
        f"{plan.lasts} weeks; bands: 95 % intervals"
    )
    table = found.windows
    names = [name for name in plan.steps if name in set(table["step"])]
    columns = min(COLUMNS, len(names))
    n_rows = -(-len(names) // columns)
    title = f"Until when a step keeps the peace: {what} of {found.ends[0]} and {found.ends[1]}"
    chart = sheet(width_for(columns), 1.2 + 2.6 * n_rows, title, caption, legend=0.3)
    axes = chart.subplots(n_rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
    top = min(1.0, max(0.1, 1.1 * float(table["saved_hi"].max())))
    shown = table.assign(by=table["by"].map({found.ends[0]: "west", found.ends[1]: "east",
                                             BOTH: "both"}))  # fmt: skip
    shown = shown.rename(columns={"saved": "share", "saved_lo": "lo", "saved_hi": "hi"})
    for ax, name in zip(axes, names, strict=False):
        plots.draw_window(ax, shown[shown["step"] == name], STEPS[name].title, top)
    for ax in axes[len(names) :]:
        ax.set_axis_off()
    for ax in axes[::columns]:
        ax.set_ylabel("worlds spared")
    for k, ax in enumerate(axes[: len(names)]):
        if k >= len(names) - columns:
            ax.set_xlabel(f"weeks before {what}")
            ax.tick_params(labelbottom=True)
    plots.window_legend(chart, found.ends)
    return chart
