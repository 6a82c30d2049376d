"""Off-ramps from beginning to end: play what is missing, write tables, figures and a page.

The output folder is a store as a study's is: an interrupted search goes on when the same command is
given with the same output.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure
from rich.console import Console

from sim import plots
from sim.analysis.intervals import changed_counts, median_time, student, wilson
from sim.analysis.tables import label_of
from sim.engine.threads import n_threads
from sim.errors import Fault, InputError
from sim.forks.off_ramps import (
    BOTH,
    CHUNK,
    CONTROL,
    STEPS,
    Ints,
    first_weeks,
    has_luck,
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
from sim.report.figures import DrawnNames, Plan, sheet, width_for
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
COLUMNS_TRIED = ["world", "outcome_week", "week", "before", "step", "by", "saved", "peace", "usual",
                 "lucks", "calm", "lost"]  # fmt: skip
COLUMNS = 3
"""Panels of steps side by side."""


@dataclass(frozen=True)
class Found:
    """What was found at one point of a design."""

    point: int
    label: str
    ends: tuple[str, str]
    n_worlds: int  # played
    came: frozenset[int]  # worlds of these that come to the outcome
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
    for point in range(len(job.points)):
        roster = job.scenario_of(point).roster
        if not [v for v in variants_of(roster, plan, job.points[point].parameters)
                if v.step != CONTROL]:  # fmt: skip
            told_so = (
                "can be taken by nobody here: of a hotline leaders who have none, of restraint "
            )
            told_so += "sides that have allies"
            raise InputError([Fault("off_ramps", "steps", told_so, ", ".join(plan.steps))])
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
              *compared(plan, found), str(job.output / "summary.md")])  # fmt: skip
    return job.output


def _planned(job: Job, plan: OffRamps) -> str:
    what = COME[plan.rung]
    return (
        f"Off-ramps: {len(plan.steps)} steps by either side and by both, in each of the "
        f"{plan.before} weeks before {what}, with the same luck and {plan.lucks} others, in up to "
        f"{plan.most} worlds that come to it after week {plan.before}, of {job.n_worlds:,} worlds "
        f"of {job.n_weeks} weeks"
        f"{f' at {len(job.points)} points' if len(job.points) > 1 else ''}."
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
    numbers = np.flatnonzero(weeks > plan.before)[: plan.most]
    n_lucky = sum(map(has_luck, range(plan.before + 1)))
    n_futures = len(variants_of(roster, plan, job.points[point].parameters)) + 1
    n_futures *= plan.before + 1 + plan.lucks * n_lucky
    total = len(numbers) * n_futures
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
    came = frozenset(np.flatnonzero(weeks > 0).tolist())
    label = label_of(job.points[point]) if len(job.points) > 1 else ""
    if not len(rows):
        nothing = pd.DataFrame()
        return Found(point, label, ends, job.n_worlds, came, rows, nothing, nothing, nothing)
    return Found(point, label, ends, job.n_worlds, came, rows, windows(rows), steps_table(rows),
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
        n_tried = len(
            variants_of(job.scenario_of(point).roster, plan, job.points[point].parameters)
        )
        same = set(held["world"]) == set(numbers.tolist()) and list(held.columns) == COLUMNS_TRIED
        if same and len(held) == len(numbers) * n_tried * (plan.before + 1):
            advance(len(numbers) * n_futures)
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

TOLD = (4, 13)
"""Weeks before the outcome of which it is told what steps are worth."""
BEST = 4
"""Steps that are told."""


def lines_of(job: Job, plan: OffRamps, found: Found) -> list[str]:
    """Return what was found at a point, in sentences."""
    what, names = COME[plan.rung], Names(job.scenario_of(found.point).roster)
    one, other = (names.the(code) for code in found.ends)
    head = f"{found.label}: " if found.label else ""
    low, high = wilson(len(found.came), found.n_worlds)
    lines = [
        f"{head}{one} and {other} came to {what} in {len(found.came)} of {found.n_worlds:,} worlds "
        f"({100 * low:.0f} to {100 * high:.0f} %); steps were tried in the first "
        f"{len(found.worlds)} in which they did so after week {plan.before}."
    ]
    if not len(found.rows):
        return [f"{head}none of {found.n_worlds:,} worlds came to {what} after week {plan.before}."]

    def who(by: str) -> str:
        return "both" if by == BOTH else names.the(by)

    table = found.windows
    for before in (b for b in TOLD if b in set(table["before"])):
        part = table[(table["before"] == before) & table["gain"].notna()]
        if not len(part):
            continue
        steps = part[part["step"] != CONTROL].sort_values("gain", ascending=False)
        told = "; ".join(
            f"“{STEPS[row['step']].title}” by {who(row['by'])} {percent(row['comes'])} "
            f"({_points(row, 'gain')})"
            for row in steps.head(BEST).to_dict("records")
        )
        bad = part[(part["step"] == CONTROL) & (part["by"] == BOTH)].to_dict("records")
        control = "".join(
            f" The control, a show of force by both: {percent(row['comes'])} "
            f"({_points(row, 'gain')})."
            for row in bad
        )
        usual = float(part["usual"].iloc[0])
        lines.append(
            f"{head}With fresh chance from {before} weeks before, {what} follows within "
            f"{before + plan.within} weeks in {percent(usual)} of replays if nothing is done. "
            f"What saves most: {told}.{control}"
        )
    worlds = found.worlds.assign(alone=found.worlds["first_alone"] | found.worlds["second_alone"])

    def share(column: str) -> str:
        count = int(worlds[column].sum())
        low, high = wilson(count, len(worlds))
        return f"{percent(count / len(worlds))} ({100 * low:.0f} to {100 * high:.0f})"

    lines.append(
        f"{head}With the same luck some step, in some week, would have spared {share('any')} of "
        f"these worlds, a step of one side alone {share('alone')} ({one} {share('first_alone')}, "
        f"{other} {share('second_alone')}). Much of that is a hair's breadth: the control, which "
        f"does harm, spares {share('control')}."
    )
    lines.append(
        f"{head}In the median of the worlds that a step spares, the latest that does comes "
        f"{_latest(worlds)}."
    )
    return lines


def _points(row: Mapping[Any, Any], name: str) -> str:
    return (
        f"{100 * row[name]:+.1f} points [{100 * row[f'{name}_lo']:+.1f}, "
        f"{100 * row[f'{name}_hi']:+.1f}]"
    )


def compared(plan: OffRamps, found: list[Found]) -> list[str]:
    """Return how other points differ from the first, in the same worlds, in sentences."""
    lines, first, what = [], found[0], COME[plan.rung]
    for each in found[1:]:
        n = min(each.n_worlds, first.n_worlds)
        up, down = len(each.came - first.came), len(first.came - each.came)
        low, high = changed_counts(up, down, up + down, n)
        lines.append(
            f"{each.label} against {first.label}: {len(each.came)} of {n:,} worlds come to {what} "
            f"instead of {len(first.came)}, {100 * (up - down) / n:+.1f} points "
            f"[{100 * float(low):+.1f}, {100 * float(high):+.1f}], the same worlds compared."
        )
        if not len(first.rows) or not len(each.rows):
            continue
        common = sorted(set(each.worlds["world"]) & set(first.worlds["world"]))
        mine, its = (f.worlds.set_index("world").loc[common] for f in (each, first))
        parts = []
        for name, columns in (("some step", ["any"]),
                              ("one side alone", ["first_alone", "second_alone"])):  # fmt: skip
            a, b = mine[columns].any(axis=1).to_numpy(), its[columns].any(axis=1).to_numpy()
            up, down = int((a & ~b).sum()), int((b & ~a).sum())
            low, high = changed_counts(up, down, up + down, max(1, len(common)))
            apart = (up - down) / max(1, len(common))
            parts.append(f"{name} {apart:+.2f} [{float(low):+.2f}, {float(high):+.2f}]")
        late = (its["latest_before"] - mine["latest_before"]).dropna().to_numpy(float)
        if len(late) > 1:
            ends = student(late.sum(), np.square(late).sum(), len(late))
            parts.append(
                f"the latest step that does so may come {late.mean():+.1f} weeks later "
                f"[{float(ends[0]):+.1f}, {float(ends[1]):+.1f}]"
            )
        lines.append(
            f"In the {len(common)} worlds that come to it either way, spared with the same luck: "
            f"{', '.join(parts)}."
        )
        gains = [
            f.windows[(f.windows["step"] != CONTROL) & f.windows["gain"].notna()].set_index(
                ["step", "by", "before"]
            )["gain"]
            for f in (each, first)
        ]
        change = (gains[0] - gains[1]).dropna()
        lines.append(
            f"With fresh chance steps save {100 * gains[0].mean():.1f} replays of a hundred in the "
            f"mean of all steps and weeks, {100 * gains[1].mean():.1f} there "
            f"({100 * change.mean():+.1f} points)."
        )
    return lines


def _latest(worlds: pd.DataFrame) -> str:
    """Return how late the last step that spares a world comes, in the median, with its interval."""
    works = worlds[worlds["any"]]
    if not len(works):
        return "never"
    median = median_time(works["latest_before"], np.zeros(len(works), bool))
    known = median.low == median.low
    ends = f"; 95 % interval {median.low:.0f} to {median.high:.0f}" if known else ""
    return f"{_ago(int(median.value))} ({median.n} worlds{ends})"


def _ago(before: int) -> str:
    if before == 0:
        return "in the very week"
    return "one week before" if before == 1 else f"{before} weeks before"


def _page(
    job: Job, plan: OffRamps, found: list[Found], drawn: tuple[str, ...], failed: dict[str, str]
) -> str:
    what = COME[plan.rung]
    lines = [f"# Off-ramps: what would have kept {plain(job.title)} from {what}", "",
             f"> {NOTE}", ""]  # fmt: skip
    for each in found:
        lines += [f"- {plain(line)}" for line in lines_of(job, plan, each)]
    lines += [f"- {plain(line)}" for line in compared(plan, found)]
    lines += ["", (
        f"Every step was taken in every week from {plan.before} weeks before {what} to its very "
        f"week, and held for {plan.lasts} weeks (a hotline from then on; a mediator begins once, "
        "after the confrontations of its week). *Fresh chance*: luck is another from the step's "
        f"week on, {plan.lucks} times for each world, in some of the weeks; compared luck by luck "
        "with nothing done. That is what a step is worth. *Spared*: with the same luck, it does "
        f"not come until {plan.within} weeks after the week in which it did. Any change, a harmful "
        "one too, spares some worlds so, because they came to it by a hair: a show of force is "
        "tried as a control."
    ), ""]  # fmt: skip
    for name in [*drawn, *(n for n in failed if n not in drawn)]:
        lines += [figure(name, failed), ""]
    for each in found:
        lines += _tables(plan, each)
    lines += ["Tables: `off_ramps_windows`, `off_ramps_steps`, `off_ramps_worlds`; every try in "
              f"`{PARTS}/`.", ""]  # fmt: skip
    return "\n".join(lines)


def _tables(plan: OffRamps, found: Found) -> list[str]:
    if not len(found.rows):
        return []
    one, other = found.ends
    lines = [f"## {plain(found.label)}", ""] if found.label else []
    lines += [
        "| step | by | comes with fresh chance, all weeks | saved, points [95 %] | price, points "
        "[95 %] | spares with the same luck, in some week [95 %] | latest, median weeks before |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in found.steps.to_dict("records"):
        latest = row["latest_median"]
        last = f"{latest:.0f}" if latest == latest else ""
        ends = f"[{100 * row['stops_lo']:.0f}, {100 * row['stops_hi']:.0f}]"
        price = (
            f"{row['price']:+.1f} [{row['price_lo']:+.1f}, {row['price_hi']:+.1f}]"
            if row["price"] == row["price"] else ""
        )  # fmt: skip
        lines.append(
            f"| {STEPS[row['step']].title} | {row['by']} | {percent(row['comes'])} of "
            f"{percent(row['usual'])} | {100 * row['gain']:+.1f} [{100 * row['gain_lo']:+.1f}, "
            f"{100 * row['gain_hi']:+.1f}] | {price} | {percent(row['stops'])} {ends} | {last} |"
        )
    told = (
        f"Price: what {one} loses to {other} by the step, in hundredths of what is at issue, in "
        "replays that do not come to it either way; below 0 it gains."
    )
    return [*lines, "", told, ""]


def _plans(job: Job, plan: OffRamps, found: list[Found]) -> Iterator[Plan]:
    for each in found:
        suffix = f"_{each.point}" if len(job.points) > 1 else ""
        yield f"windows{suffix}", partial(_figure, job, plan, each, False)
        yield f"spared{suffix}", partial(_figure, job, plan, each, True)


def _figure(job: Job, plan: OffRamps, found: Found, spared: bool) -> Figure:
    """Return the closing windows: futures saved with fresh chance, or worlds with the same luck."""
    what, n = COME[plan.rung], len(found.worlds)
    luck = (
        "the same luck: any change spares some, the control too" if spared
        else f"fresh chance from the week of the step, {plan.lucks} times for each world, compared "
        "with nothing done"
    )  # fmt: skip
    caption = Line(
        f"{job.scenario_of(found.point).title}{'; ' + found.label if found.label else ''}; {n} "
        f"worlds that came to it, seed {job.seed}; {luck}; a step holds for {plan.lasts} weeks; "
        f"{'bands' if spared else 'bars'}: 95 % intervals"
    )
    table = found.windows if spared else found.windows[found.windows["gain"].notna()]
    names = [name for name in plan.steps if name in set(table["step"]) and name != CONTROL]
    columns = min(COLUMNS, max(1, len(names)))
    n_rows = max(1, -(-len(names) // columns))
    of = DrawnNames(job.scenario_of(found.point).roster)
    one, other = (of.the(code) for code in found.ends)
    title = (
        f"Worlds spared with the same luck: {what} of {one} and {other}" if spared
        else f"What a step is worth, and until when: {what} of {one} and {other}"
    )  # fmt: skip
    chart = sheet(width_for(columns), 1.2 + 2.6 * n_rows, title, caption, legend=0.3)
    axes = chart.subplots(n_rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
    key = "saved" if spared else "gain"
    sides = {found.ends[0]: "west", found.ends[1]: "east", BOTH: "both"}
    shown = table.assign(by=table["by"].map(sides), share=table[key], lo=table[f"{key}_lo"],
                         hi=table[f"{key}_hi"])  # fmt: skip
    harm = (shown["step"] == CONTROL) & (shown["by"] == "both") & spared
    control = shown[harm]
    drawn = pd.concat([shown[shown["step"].isin(names)], control])
    ends = (min(0.0, float(drawn["lo"].min())), max(0.0, float(drawn["hi"].max())))
    for ax, name in zip(axes, names, strict=False):
        plots.draw_window(ax, shown[shown["step"] == name], control, STEPS[name].title, ends,
                          points=not spared)  # fmt: skip
    for ax in axes[len(names) :]:
        ax.set_axis_off()
    for ax in axes[::columns]:
        ax.set_ylabel("worlds spared" if spared else "replays saved, of 100")
    for k, ax in enumerate(axes[: len(names)]):
        if k >= len(names) - columns:
            ax.set_xlabel(f"weeks before {what}")
            ax.tick_params(labelbottom=True)
    plots.window_legend(chart, (one, other), control=spared)
    return chart
