"""``summary.md``: what a person reads first of a run. Numbers with intervals, figures, stories.

Everything is computed from the run's own tables (:class:`sim.analysis.tables.Tables`), so that a
reader can find each number again in its files. The stories come ready from :mod:`sim.story`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis import tables as measures
from sim.analysis.intervals import MedianTime, median_time
from sim.analysis.tables import Tables
from sim.model.vocabulary import Rung
from sim.plan.scenario import Job, Scenario
from sim.report import sections
from sim.report.cost import remarks
from sim.report.drawing import Drawn
from sim.report.numbers import (
    Estimate,
    amount,
    amounts,
    count,
    from_to,
    mean,
    percent,
    ratio,
    share,
    span,
    table,
    weeks,
)
from sim.story import Story, markdown
from sim.story.escaping import plain
from sim.story.wording import Names, long_date
from sim.study.results import Study

NOTE = (
    "This is not a forecast. Spiral is an instrument for thinking about escalation; its numbers "
    "say what follows from its assumptions, not what will happen."
)
UNDRAWN = "None were drawn (`figures=none`); the same command with `figures=png` draws them."
RUNGS = (Rung.DISPLAY, Rung.CRISIS, Rung.CLASH, Rung.WAR)
MISREADINGS = {
    "misread_intent": "intent misread",
    "misread_capability": "capability misread",
    "misread_signal": "signals lost",
    "accidents": "accidents",
    "misjudged_resolve": "resolve misjudged",
}
CAPTIONS = {
    "fan": "Where the leaders stand. A ribbon is as thick as the share of worlds on its rung.",
    "reached": "The share of worlds that had reached a rung by each week, with 95 % intervals.",
    "rungs": "The rungs worlds stand on, week by week; right, how many opposed pairs stand high.",
    "gap": "The same acts as they were meant and as the other side saw them.",
    "fear_map": "Mean fear between states, at their capitals; distant states are at the edge.",
    "fear_pairs": "How much each side fears the other; the longer the line, the less alike.",
    "points_reached": "The design points side by side.",
    "fear": "Fear between the two, week by week.",
    "history": "Rungs, fear and the instruments of both sides, week by week.",
    "views": "The same acts as they were meant and as the other side saw them.",
}
"""How to read each figure, by the start of its name."""


def way_down(tables: Tables) -> tuple[int, Estimate, MedianTime]:
    """Return what became of worlds whose leaders rose above where they began, at one point.

    Returns:
        How many rose, the share of those that came back down after their peak before the run
        ended, and the median number of weeks from the peak back: worlds that the end of the run
        cut off count as long as they were watched.
    """
    start = tables.rungs.query("week == 0 and share > 0")["rung"].max()
    rose = tables.outcomes[tables.outcomes["peak_rung_leaders"] > start]
    back = rose["returned_week"].to_numpy(float, na_value=np.nan)
    cut = np.isnan(back)
    until = np.where(cut, tables.rungs["week"].max(), back) - rose["peak_week"].to_numpy(float)
    return len(rose), share(rose["returned_week"].notna()), median_time(until, cut)


def headline(job: Job, study: Study) -> tuple[str, ...]:
    """Return a study in a few lines: its first point, or all points where they were drawn."""
    if study.is_drawn:
        said = sections.spread(study), remarks(job)
        return (f"{job.title}. Not a forecast.", *(line for part in said for line in part))
    return _first_point(job, study.first())


def _first_point(job: Job, tables: Tables) -> tuple[str, ...]:
    """Return one point in four lines."""
    worlds, point = tables.outcomes, int(tables.outcomes["point"].iloc[0])
    scenario = job.scenario_of(point)
    at = f", at {measures.label_of(job.points[point])}" if len(job.points) > 1 else ""
    size = f"{count(len(worlds), 'world')} of {count(job.n_weeks, 'week')}{at}"
    first = f"{scenario.title}: {size}. Not a forecast."
    if len(worlds) == 1:
        return (first, *_one_world(scenario, worlds.iloc[0]))
    peaks = worlds["peak_rung_leaders"]
    display, clash, war = (share(peaks >= r) for r in (Rung.DISPLAY, Rung.CLASH, Rung.WAR))
    somewhere = share(worlds["peak_rung_any"] >= Rung.CLASH)
    disputes, clashes = mean(worlds["disputes"]), mean(worlds["clashes"])
    rose, back, time = way_down(tables)
    down = f"{percent(back.value)} of those came back down; median time {weeks(time)}"
    return (
        first,
        f"{_leaders(scenario)} came to a display of force in {percent(display.value)} of worlds "
        f"({span(display)}), to a clash in {percent(clash.value)} ({span(clash)}), to war in "
        f"{percent(war.value)} ({span(war)}).",
        f"Opposed states clashed somewhere in {percent(somewhere.value)} of worlds; a world saw "
        f"{amount(disputes.value)} disputes and {amount(clashes.value)} clashes.",
        f"In {percent(rose / len(worlds))} of worlds they rose above where they began; {down}."
        if rose
        else "In no world did they rise above where they began.",
    )


def _one_world(scenario: Scenario, world: pd.Series[int]) -> tuple[str, ...]:
    peak, when = int(world["peak_rung_leaders"]), int(world["peak_week"])
    back, rung = world["returned_week"], f"rung {peak} ({Rung(peak).name.lower()})"
    down = "" if pd.isna(back) else f" and were back down in week {back}"
    course = (
        f"stood highest in week {when}, on {rung}{down}" if when else f"never rose above {rung}"
    )
    return (
        f"{_leaders(scenario)} {course}.",
        f"Between opposed states: {count(int(world['disputes']), 'dispute')} and "
        f"{count(int(world['clashes']), 'clash')}, {count(int(world['wars']), 'war')} among them.",
        f"Misreadings: {int(world['misread_intent'])} of intent, "
        f"{int(world['misread_capability'])} of capability, {int(world['misread_signal'])} lost "
        f"signals, {count(int(world['accidents']), 'accident')}.",
    )


def _leaders(scenario: Scenario) -> str:
    west, east = map(Names(scenario.roster).the, scenario.roster.leaders)
    return f"{west[:1].upper()}{west[1:]} and {east}"


# Parts of the page


OPPOSED = (
    "Opposed are states that start in opposed blocs; fights of or with neutrals are not counted. A "
    "clash is any use of force: a seizure, shots, an exchange of fire."
)


def _reach(tables: Tables, scenario: Scenario) -> list[str]:
    rows = []
    several = int(tables.pairs["opposed"].sum()) > 1
    scopes = {"peak_rung_leaders": _leaders(scenario), "peak_rung_any": "Any two opposed states"}
    for column, who in list(scopes.items())[: 2 if several else 1]:
        for rung in RUNGS:
            e = share(tables.outcomes[column] >= rung)
            rows.append((f"{plain(who)}: {rung.name.lower()} or more", percent(e.value), span(e)))
    rose, back, time = way_down(tables)
    if rose:
        who = f"Of the {count(rose, 'world')} that rose: back down by the end of the run"
        rows.append((who, percent(back.value), span(back)))
    lines = table(("reached", "share of worlds", "95 % interval"), rows)
    if rose:
        told = f"Median time from the peak back to where they began: {weeks(time)}."
        lines += ["", f"{told} Estimated by Kaplan-Meier, with its 95 % interval."]
    if several:
        lines += ["", OPPOSED]
    return lines


def _events(tables: Tables) -> list[str]:
    worlds = tables.outcomes
    rows = [
        (name, amount(e.value), amounts(e))
        for column, name in (
            ("disputes", "disputes of opposed pairs"),
            ("clashes", "clashes of opposed pairs"),
            ("wars", "wars of opposed pairs"),
            ("crises", "crises begun by choice"),
            ("stands", "sides that stood when forces met, neutrals too"),
            ("yields", "sides that yielded, neutrals too"),
            ("widened", "allies drawn into a clash"),
            ("accessions", "neutrals that joined a bloc"),
        )
        for e in [mean(worlds[column])]
    ]
    answered = ratio(worlds["disputes_answered"], worlds["disputes"])
    rows.insert(1, ("... answered in kind", percent(answered.value), span(answered)))
    return table(("in a world", "mean", "95 % interval"), rows)


def _misreadings(tables: Tables, n_weeks: int, n_relations: int) -> list[str]:
    per_hundred = 100.0 / (n_weeks * n_relations)
    rows = []
    for column, name in MISREADINGS.items():
        e = mean(tables.outcomes[column])
        rows.append((name, *(f"{x * per_hundred:.3g}" for x in (e.value,))))
    return table(("misreadings", "per 100 relation-weeks"), rows)


def _start_and_end(tables: Tables, job: Job) -> list[str]:
    names = {
        "fear_leaders": "fear between the leaders, 0 to 1",
        "gap_leaders": "perception gap of the leaders, hostility",
        "channel_leaders": "channel between the leaders, quality 0 to 1",
        "grievance_leaders": "grievance between the leaders, 0 to 1",
    }
    rows = []
    for name, label in names.items():
        line = tables.curves[tables.curves["measure"] == name].set_index("week")
        start, end = line.loc[0], line.loc[job.n_weeks]
        rows.append(
            (
                label,
                f"{start['mean']:.3f}",
                f"{end['mean']:.3f}",
                f"{end['q05']:.3f} to {end['q95']:.3f}",
            )
        )
    return table(("mean over worlds", "start", "end", "nine tenths of worlds, end"), rows)


# The page


def page(
    job: Job,
    study: Study,
    stories: Mapping[str, Story],
    figures: Drawn,
    facts: Mapping[str, Any],
) -> str:
    """Return the summary of a run as Markdown.

    Args:
        job: what was run.
        study: what it left.
        stories: worlds told, by their headings.
        figures: what became of the figures.
        facts: ``seconds`` and ``relation_weeks_per_second`` of the simulation.
    """
    first = int(study.points["point"].min())
    tables, scenario = study.first(), job.scenario_of(first)
    lines = [f"# {plain(job.title)}", "", f"> {NOTE}", "", *_accounts(job)]
    lines += ["## What was run", "", *_run(job, study, facts), ""]
    several, alone = study.n_points > 1, bool(study.points["worlds"].max() == 1)
    if study.has("differences"):
        lines += ["## What the variants change", "", *sections.comparison(study), ""]
    if study.has("sensitivity"):
        lines += ["## What matters", "", *sections.matters(study)]
    if several:
        paired = "the same random numbers at every point" if job.paired else "points independent"
        lines += [
            "## The design",
            "",
            f"By design point ({paired}):",
            "",
            *sections.points(study),
            "",
        ]
    if not alone and not study.is_drawn:
        of = f" of the first point ({plain(study.label(first))})" if several else ""
        lines += [f"## The numbers{of}", ""]
        for part in (
            _reach(tables, scenario),
            _events(tables),
            _misreadings(tables, job.n_weeks, scenario.roster.n_relations),
            _start_and_end(tables, job),
        ):
            lines += [*part, ""]
    lines += _figures(figures)
    for heading, story in stories.items():
        lines += [f"## {plain(heading)}", "", markdown(story), ""]
        if several and not alone and job.paired and study.n_points <= sections.MOST_ROWS:
            lines += ["The same world at each design point:", ""]
            lines += [*sections.same_world(study, story.world), ""]
    lines += ["## Files", "", *_files(study), ""]
    return "\n".join(lines)


def _accounts(job: Job) -> list[str]:
    """Return what each scenario is about; under its title, where there are several."""
    accounts = {scenario.title: scenario.account for scenario in job.scenarios}
    lines = []
    for title, account in accounts.items():
        head = f"**{plain(title)}**: " if len(accounts) > 1 else ""
        lines += [head + plain(textwrap.fill(account, 100)), ""]
    return lines


def _when(job: Job) -> str:
    """Return what weeks the scenarios of a job play, and how many states and relations they have.

    ``week by week from 1 January 2024 to 29 December 2025 (104 weeks); 2 to 36 states, ...``
    """
    weeks_of = {
        (long_date(s.start), long_date(s.start + timedelta(days=7 * job.n_weeks)))
        for s in job.scenarios
    }
    dates = " from {} to {}".format(*weeks_of.pop()) if len(weeks_of) == 1 else ""
    sizes = [(s.roster.n_states, s.roster.n_relations) for s in job.scenarios]
    states, relations = (sorted(set(each)) for each in zip(*sizes, strict=True))
    return (
        f"week by week{dates} ({job.n_weeks} weeks); {from_to(states, 'state')}, "
        f"{from_to(relations, 'directed relation')}"
    )


def _run(job: Job, study: Study, facts: Mapping[str, Any]) -> list[str]:
    """Return what was played, how fast, and the headline."""
    at_each = f" at each of {study.n_points} design points" if study.n_points > 1 else ""
    speed = facts["relation_weeks_per_second"]
    paced = f", {speed:,.0f} relation-weeks a second" if speed else ""
    worlds = study.points.groupby("point")["worlds"].first()
    lines = [
        f"{from_to([worlds.min(), worlds.max()], 'world')}{at_each}, {_when(job)}; "
        f"experiment `{job.experiment}`, seed {job.seed}. "
        f"It took {facts['seconds']['simulation']:.1f} s{paced}.",
        "",
        *(f"- {plain(line)}" for line in headline(job, study)[1:]),
    ]
    if job.posterior:
        lines += ["", *(f"- {line}" for line in sections.posterior(job, study))]
    if job.precision:
        lines += ["", sections.precision(job, study)]
    if study.has("failed"):
        n = len(study.table("failed"))
        lines += ["", f"**{count(n, 'point')} of {study.n_points} failed** and are missing below; "
                  "`failed.parquet` says why."]  # fmt: skip
    return lines


def _figures(drawn: Drawn) -> list[str]:
    """Return the figures with their captions, and what is to be said of those there are not."""
    lines = ["## Figures", ""]
    if not drawn.names and not drawn.failed:
        lines += [UNDRAWN, ""]
    if drawn.instead:
        told = "; ".join(f"{plain(word)} for {plain(x)}" for x, word in drawn.instead.items())
        lines += [f"Figures have {told}: no font of this machine has all letters.", ""]
    for name in drawn.names:
        lines += [figure(name), "", f"*{_caption(name)}*", ""]
    for name in drawn.failed:
        lines += [figure(name, drawn.failed), ""]
    return lines


def figure(name: str, failed: Mapping[str, str] | None = None) -> str:
    """Return the link to a figure, or why it could not be drawn."""
    if failed and name in failed:
        return f"**Figure `{name}` could not be drawn**: {plain(failed[name])}"
    return f"![{name}](figures/{name}.png)"


def _caption(name: str) -> str:
    """Return how to read a figure: the caption whose name it starts with, the longest first."""
    from sim.report import design_figures  # knows matplotlib

    captions = {**CAPTIONS, **design_figures.CAPTIONS}
    found = [key for key in captions if name.startswith(key)]
    return captions[max(found, key=len)] if found else ""


FILES = {
    "design": "a row a design point",
    "points": "every quantity at every point, with its interval and the number of worlds",
    "differences": "every quantity less the baseline's in the same worlds, with its interval",
    "difference_curves": "the same week by week",
    "fates": "the worlds whose leaders peaked on another rung than in the baseline",
    "sensitivity": "sensitivity indices with their intervals",
    "convergence": "how the estimates settled as worlds were added",
    "curves": "every measure by week: mean, quantiles, Monte Carlo error",
    "reached": "share of worlds that had reached a rung by each week",
    "rungs": "share of worlds, and number of opposed pairs, on each rung by week",
    "outcomes": "a row a world; a week that never came is missing; draw is its set of parameters",
    "series": "the measures asked for, week by week for every world",
    "pairs": "a row a pair: mean fear both ways, how often it peaked high",
    "leading": "what the leaders did in the worlds told above, week by week",
    "failed": "points that could not be played, and why",
}


def _files(study: Study) -> list[str]:
    """Return what each file holds."""
    lines = ["- `manifest.json`: everything needed to run this again: config, seed, versions"]
    lines += [f"- `{name}.parquet`: {text}" for name, text in FILES.items() if study.has(name)]
    if study.manifest["tracks"]:
        lines.append("- `tracks/`: the worlds asked for in full: relations, pairs, states, system")
    return [
        *lines,
        "- `shards/`: what was played; the same command goes on from it, or draws anew",
        "",
        "`sim.open_study(folder)` reads them in Python; `to_csv` writes them for others.",
        "",
        "Quantiles lie between the lowest and the highest value seen. They are exact for 0, for "
        "rungs, for levels of instruments and for counts but those of sides that stood or yielded; "
        "others are right to a bin of a histogram (0.005 wide for what runs from 0 to 1).",
    ]
