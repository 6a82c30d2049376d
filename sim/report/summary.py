"""``summary.md``: what a person reads first of a run. Numbers with intervals, figures, stories.

Everything is computed from the run's own tables (:class:`sim.analysis.tables.Tables`), so that a
reader can find each number again in its files. The stories come ready from :mod:`sim.story`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis import causes
from sim.analysis import tables as measures
from sim.analysis.intervals import MedianTime, median_time
from sim.analysis.tables import PEAKS, Tables
from sim.model.roster import RelationTraits, Roster
from sim.model.vocabulary import Happening, Miscalculation, Mistake, Rung
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
from sim.story.escaping import code, plain
from sim.story.wording import Names, long_date
from sim.study.results import Study

NOTE = (
    "This is not a forecast. Spiral is an instrument for thinking about escalation; its numbers "
    "say what follows from its assumptions, not what will happen."
)
UNDRAWN = "None were drawn (`figures=none`); the same command with `figures=png` draws them."
RUNGS = (Rung.DISPLAY, Rung.CRISIS, Rung.CLASH, Rung.WAR)
MISREADINGS = {kind.declared.column: kind.declared.rate for kind in Miscalculation}
CAPTIONS = {
    "fan": "Escalation rung of the leader dyad; ribbon width: share of worlds on the rung.",
    "reached": "Cumulative share of worlds that have reached each rung, with 95 % intervals.",
    "rungs": "Share of worlds on each rung by week; right: opposed dyads at display or above.",
    "gap": "Hostility of the same acts as intended and as perceived by the other side.",
    "fear_map": "Mean fear by dyad, drawn between capitals; distant states are at the edge.",
    "fear_pairs": "Mean fear of each direction; line length: asymmetry.",
    "points_reached": "Cumulative share of worlds by rung, one panel for each design point.",
    "causes": "Clashes by proximate cause with their shares; line: 95 % interval of all clashes.",
    "fear": "Mean fear of the leader dyad by week.",
    "history": "Rung, fear and instruments of the leader dyad by week.",
    "views": "Hostility of the same acts as intended and as perceived by the other side.",
}
"""How to read each figure, by the start of its name."""
OF_SUBJECT = {
    "fan": "Escalation rung of the dyad that the scenario is about, and of the leader dyad; ribbon "
    "width: share of worlds on the rung.",
    "rungs": "Share of worlds on each rung by week: the dyad that the scenario is about, then the "
    "leader dyad; right: opposed dyads at display or above.",
}
"""The same, where a scenario names the pair that it is about."""
MOST_PAIRS = 5
"""Pairs that are not opposed listed by name."""
WEEKS_A_YEAR = 365.25 / 7.0


def way_down(tables: Tables) -> tuple[int, Estimate, MedianTime]:
    """Return how many worlds rose above their initial rung and came back, at one point.

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
    first = int(study.points["point"].min())
    lines = list(_first_point(job, study.first()))
    lines += [f"{n}: {value} ({ends})." for n, value, ends in sections.own(study, first, job.own)]
    if job.precision is not None and (missed := sections.missed(job, study)):
        lines.append(missed)
    return tuple(lines)


def _first_point(job: Job, tables: Tables) -> tuple[str, ...]:
    """Return one point in four lines."""
    worlds, point = tables.outcomes, int(tables.outcomes["point"].iloc[0])
    scenario = job.scenario_of(point)
    at = f", at {measures.label_of(job.points[point])}" if len(job.points) > 1 else ""
    size = f"{count(len(worlds), 'world')} of {count(job.n_weeks, 'week')}{at}"
    first = f"{scenario.title}: {size}. Not a forecast."
    if len(worlds) == 1:
        return (first, *_one_world(scenario, worlds.iloc[0]))
    somewhere = share(worlds["peak_rung_any"] >= Rung.CLASH)
    disputes, clashes = mean(worlds["disputes"]), mean(worlds["clashes"])
    rose, back, time = way_down(tables)
    down = f"{percent(back.value)} of those returned; median time {weeks(time)}"
    they = "the leaders" if scenario.roster.names_subject else "they"
    return (
        first,
        *_pairs_climbed(scenario, worlds),
        f"Opposed states clashed somewhere in {percent(somewhere.value)} of worlds; a world saw "
        f"{amount(disputes.value)} disputes and {amount(clashes.value)} clashes.",
        *_begun(worlds),
        f"In {percent(rose / len(worlds))} of worlds {they} rose above their initial rung; {down}."
        if rose
        else f"In no world did {they} rise above their initial rung.",
    )


def _pairs_climbed(scenario: Scenario, worlds: pd.DataFrame) -> tuple[str, ...]:
    """Return how high the scenario's subject climbed, if it names one, and the leaders."""
    leaders = f"{_climbed(_leaders(scenario), worlds['peak_rung_leaders'])}."
    if not scenario.roster.names_subject:
        return (leaders,)
    subject = _climbed(_named(scenario, scenario.roster.subject), worlds["peak_rung_subject"])
    dated = "; a war between them is among the scenario's dated events"
    return f"{subject}{dated if _is_war_dated(scenario) else ''}.", leaders


def _climbed(who: str, peaks: pd.Series[int]) -> str:
    display, clash, war = (share(peaks >= r) for r in (Rung.DISPLAY, Rung.CLASH, Rung.WAR))
    return (
        f"{who} came to a display of force in {percent(display.value)} of worlds "
        f"({span(display)}), to a clash in {percent(clash.value)} ({span(clash)}), to war in "
        f"{percent(war.value)} ({span(war)})"
    )


def _is_war_dated(scenario: Scenario) -> bool:
    """Say whether a dated event puts the scenario's subject to war."""
    atlas = scenario.roster.atlas
    wars = atlas.event_row[atlas.event_kind == Happening.WAR]
    return bool((atlas.pair[wars] == atlas.subject_pair).any())


def _one_world(scenario: Scenario, world: pd.Series[int]) -> tuple[str, ...]:
    peak, when, back = (world[c] for c in ("peak_rung_leaders", "peak_week", "returned_week"))
    down = "" if pd.isna(back) else f" and returned in week {back}"
    lines = [f"{_leaders(scenario)} {_stood(int(peak), int(when), down)}."]
    if scenario.roster.names_subject:
        peak = int(world["peak_rung_subject"])
        when = int(world[f"first_week_rung_{peak}_subject"]) if peak else 0
        lines.insert(0, f"{_named(scenario, scenario.roster.subject)} {_stood(peak, when)}.")
    return (
        *lines,
        f"Between opposed states: {count(int(world['disputes']), 'dispute')} and "
        f"{count(int(world['clashes']), 'clash')}, {count(int(world['wars']), 'war')} among them.",
        *_others_in(scenario, world),
        *_begun(world.to_frame().T),
        f"Misreadings: {', '.join(_counted(kind.declared, world) for kind in Miscalculation)}.",
    )


def _stood(peak: int, when: int, down: str = "") -> str:
    rung = f"rung {peak} ({Rung(peak).name.lower()})"
    return f"stood highest in week {when}, on {rung}{down}" if when else f"never rose above {rung}"


def _others_in(scenario: Scenario, world: pd.Series[int]) -> tuple[str, ...]:
    """Return what pairs that are not opposed did in one world, if there are any."""
    disputes, clashes, wars = (int(world[f"{name}_other"]) for name in EVENTS)
    if not _n_others(scenario.roster):
        return ()
    return (
        f"Between states that are not opposed: {count(disputes, 'dispute')} and "
        f"{count(clashes, 'clash')}, {count(wars, 'war')} among them.",
    )


def _n_others(roster: Roster) -> int:
    """Return the number of pairs that are not opposed."""
    at = RelationTraits.FIELDS.index("opposed")
    return int((roster.atlas.relation_traits[roster.atlas.left, at, 0] <= 0.0).sum())


def _begun(worlds: pd.DataFrame) -> tuple[str, ...]:
    """Return in a line what the clashes of some worlds began with and what they go back to."""

    def listed(parts: Sequence[causes.Part], verbs: tuple[str, str]) -> str:
        found = [(int(part.counted(worlds).sum()), part.words) for part in parts]
        (n, words), *rest = [(n, words) for n, words in found if n]
        first = f"{n:,} {verbs[0] if n == 1 else verbs[1]} {words}"
        return ", ".join([first, *(f"{n:,} {words}" for n, words in rest)])

    total, excused = (int(worlds[name].sum()) for name in ("clashes", causes.EXCUSED))
    fire = int(worlds[causes.UNANSWERED].sum())
    taken = f"{count(excused, 'accident')} taken for an accident" if excused == 1 else (
        f"{count(excused, 'accident')} taken for accidents"
    )  # fmt: skip
    if not total:
        return (f"No opposed pair clashed; {taken} by the other side.",) if excused else ()
    return (
        f"Of {count(total, 'clash')} of opposed pairs "
        f"{listed(causes.BY_CAUSE, ('began', 'began'))}; "
        f"{listed(causes.BY_ROOT, ('goes back', 'go back'))}. "
        f"Counted apart: {fire:,} of them one side's deliberate fire that nobody answered; beside "
        f"them {taken} by the other side.",
    )


def _counted(kind: Mistake, world: pd.Series[int]) -> str:
    n = int(world[kind.column])
    return f"{n} {kind.count}" if kind.count.startswith("of ") else count(n, kind.count)


def _leaders(scenario: Scenario) -> str:
    return _named(scenario, scenario.roster.leaders)


def _named(scenario: Scenario, codes: Sequence[str]) -> str:
    """Return the names of two states, as a sentence begins with them."""
    one, other = map(Names(scenario.roster).the, codes)
    return f"{one[:1].upper()}{one[1:]} and {other}"


# Parts of the page


OPPOSED = (
    "Opposed are states that start in opposed blocs; other dyads, of which a neutral is one side, "
    "are counted apart. A clash is any use of force: a seizure, shots, an exchange of fire."
)
ALL_PAIRS = (
    "Share of worlds by peak rung; {} are not opposed, all in `pairs.parquet`. What stood from the "
    "start counts as reached, but begins nothing."
)


def _own(study: Study, point: int, names: Sequence[str]) -> list[str]:
    """Return the quantities of one's own at a point."""
    if not names:
        return []
    rows = [(code(name), value, ends) for name, value, ends in sections.own(study, point, names)]
    return table(("quantity of one's own", "estimate", "95 % interval"), rows)


def _reach(tables: Tables, scenario: Scenario) -> list[str]:
    rows = []
    several = int(tables.pairs["opposed"].sum()) > 1
    scopes = {"peak_rung_leaders": _leaders(scenario)}
    if scenario.roster.names_subject:
        scopes = {"peak_rung_subject": _named(scenario, scenario.roster.subject), **scopes}
    if several:
        scopes["peak_rung_any"] = "Any two opposed states"
    for column, who in scopes.items():
        for rung in RUNGS:
            e = share(tables.outcomes[column] >= rung)
            rows.append((f"{plain(who)}: {rung.name.lower()} or more", percent(e.value), span(e)))
    rose, back, time = way_down(tables)
    if rose:
        which = "in which the leaders" if scenario.roster.names_subject else "that"
        who = f"Of the {count(rose, 'world')} {which} rose: returned by the end of the run"
        rows.append((who, percent(back.value), span(back)))
    lines = table(("reached", "share of worlds", "95 % interval"), rows)
    if rose:
        told = f"Median time from the peak back to the initial rung: {weeks(time)}."
        lines += ["", f"{told} Kaplan-Meier estimate with its 95 % interval."]
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
            ("stands", "sides that stood firm in confrontations, including neutrals"),
            ("yields", "sides that yielded, including neutrals"),
            ("widened", "allies drawn into a clash"),
            ("accessions", "neutrals that joined a bloc"),
            ("concessions_west", "times a state of the west gave way"),
            ("concessions_east", "times a state of the east gave way"),
            ("gains_west", "taken by the west, hundredths of what a pair has at issue"),
            ("gains_east", "taken by the east, hundredths of what a pair has at issue"),
        )
        for e in [mean(worlds[column])]
    ]
    answered = ratio(worlds["disputes_answered"], worlds["disputes"])
    rows.insert(1, ("... answered in kind", percent(answered.value), span(answered)))
    return table(("events per world", "mean", "95 % interval"), rows)


EVENTS = ("disputes", "clashes", "wars")


def _others(tables: Tables, scenario: Scenario, n_weeks: int) -> list[str]:
    """Return what pairs that are not opposed did, and which of them most often."""
    pairs = tables.pairs[~tables.pairs["opposed"]]
    if pairs.empty:
        return []
    rows = []
    for name in EVENTS:
        e = mean(tables.outcomes[f"{name}_other"])
        cells = amount(e.value), amounts(e), amount(e.value * WEEKS_A_YEAR / n_weeks)
        rows.append((f"{name} of dyads that are not opposed", *cells))
    lines = table(("events per world", "mean", "95 % interval", "per year"), rows)
    columns = [f"peak_{rung:d}" for rung in (Rung.CLASH, Rung.WAR, Rung.DISPLAY)]
    most = pairs.sort_values(columns, ascending=False, kind="stable").head(MOST_PAIRS)
    named: list[tuple[str, ...]] = []
    for _, row in most[most["peak_3"] > 0.0].iterrows():
        peaks = (percent(float(row[f"peak_{rung:d}"])) for rung in PEAKS)
        named.append((plain(_named(scenario, (row["first"], row["second"]))), *peaks))
    if named:
        head = ("most often among them", *(f"{rung.name.lower()} or more" for rung in PEAKS))
        lines += ["", *table(head, named), "", ALL_PAIRS.format(count(len(pairs), "dyad"))]
    return lines


def _causes(tables: Tables) -> list[str]:
    """Return clashes by what they began with, and by what they go back to."""
    worlds = tables.outcomes
    if not worlds["clashes"].sum():
        return []
    lines = []
    for head, parts in (
        ("clashes of opposed pairs by what they began with", causes.BY_CAUSE),
        ("... and by what they go back to", causes.BY_ROOT),
    ):
        rows = [_part(part.name, part.counted(worlds), worlds["clashes"]) for part in parts]
        if parts is causes.BY_CAUSE:
            told = "... one side's deliberate fire that nobody answered"
            rows.append(_part(told, worlds[causes.UNANSWERED], worlds["clashes"]))
        columns = ("mean a world", "95 % interval", "share of clashes", "95 % interval")
        lines += [*table((head, *columns), rows), ""]
    excused, chain = mean(worlds[causes.EXCUSED]), mean(worlds["links"])
    told = "Accidents that the other side took for accidents are no clashes: "
    told += f"{amount(excused.value)} a world ({amounts(excused)}). "
    told += "The longest chain of acts from a root to a clash has "
    told += f"{amount(chain.value)} links in a world ({amounts(chain)}), 0 without a clash."
    return [*lines, told]


def _part(name: str, some: pd.Series[int], clashes: pd.Series[int]) -> tuple[str, ...]:
    each, part = mean(some), ratio(some, clashes)
    return name, amount(each.value), amounts(each), percent(part.value), span(part)


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
    return table(("mean over worlds", "start", "end", "5-95 % range, end"), rows)


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
        stories: narrated worlds, by their headings.
        figures: what became of the figures.
        facts: ``seconds`` and ``relation_weeks_per_second`` of the simulation.
    """
    first = int(study.points["point"].min())
    tables, scenario = study.first(), job.scenario_of(first)
    lines = [f"# {plain(job.title)}", "", f"> {NOTE}", "", *_accounts(job)]
    lines += _forked(job)
    lines += ["## Run", "", *_run(job, study, facts), ""]
    lines += _coded(job)
    several, alone = study.n_points > 1, bool(study.points["worlds"].max() == 1)
    if study.has("differences"):
        lines += ["## Differences from the baseline", "", *sections.comparison(study), ""]
    if study.has("sensitivity"):
        lines += ["## Sensitivity", "", *sections.matters(study)]
    if study.has("effects"):
        lines += ["## What each factor does", "", *sections.effects(study)]
    if several:
        paired = "common random numbers" if job.paired else "independent random numbers"
        lines += [
            "## Design points",
            "",
            f"Estimates with 95 % intervals ({paired}):",
            "",
            *sections.points(study),
            "",
        ]
    if not alone and not study.is_drawn:
        of = f" of the first point ({plain(study.label(first))})" if several else ""
        lines += [f"## Results{of}", ""]
        for part in (
            _own(study, first, job.own),
            _reach(tables, scenario),
            _events(tables),
            _others(tables, scenario, job.n_weeks),
            _causes(tables),
            _misreadings(tables, job.n_weeks, scenario.roster.n_relations),
            _start_and_end(tables, job),
        ):
            lines += [*part, ""]
    lines += _figures(figures, scenario)
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


def _forked(job: Job) -> list[str]:
    """Return whose futures the worlds are, and what is changed from outside."""
    lines = []
    if (fork := job.fork) is not None:
        luck = "with other luck from then on" if fork.other else "with the same luck"
        whose = (
            f"The worlds are futures of world {fork.world} after week {fork.week}, {luck}; world 0 "
            "is that world itself."
            if fork.world is not None
            else f"The worlds have their own pasts up to week {fork.week}, {luck}."
        )
        lines += [f"**Fork.** {whose}", ""]
    changed = {s.changes: s for s in job.scenarios if s.changes}
    for changes in changed:
        lines += ["Changed from outside: " + plain("; ".join(map(str, changes))) + ".", ""]
    return lines


def _coded(job: Job) -> list[str]:
    """Return what starting levels were read from, of each scenario whose were."""
    lines: list[str] = []
    for scenario in job.scenarios:
        if (coded := scenario.given.get("coded")) is None:
            continue
        rows = [
            (name, instrument, f"{x['level']:g}", f"{x['low']:g} to {x['high']:g}",
             f"{x['events']:,}")
            for name, levels in coded["levels"].items() for instrument, x in levels.items()
        ]  # fmt: skip
        lines += [
            "## Starting levels from coded events", "",
            f"{plain(scenario.title)}: {coded['events']:,} events of the {coded['weeks']} weeks "
            f"before {long_date(scenario.start)}, from {code(coded['source'])} (CAMEO codes, "
            "Goldstein weights). The spread is of weeks drawn anew. Runs start at the level; where "
            "events are too few for one (0, diplomacy 0.5), at what the rules give.", "",
            *table(("relation", "instrument", "level", "spread, 95 %", "events"), rows), "",
        ]  # fmt: skip
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


def _played_by(job: Job) -> list[str]:
    """Return which states are played by agents that were taught to choose otherwise, if any."""
    if job.agents is None:
        return []
    who = ", ".join(f"{code(state)} by {code(kind)}" for state, kind in job.agents.told.items())
    return [f"Played by agents of one's own: {who}.", ""]


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
        *_played_by(job),
        *(f"- {plain(line)}" for line in headline(job, study)[1:]),
    ]
    if job.posterior:
        lines += ["", *(f"- {line}" for line in sections.posterior(job, study))]
    if job.precision:
        lines += ["", sections.precision(job, study)]
    if study.has("failed"):
        n = len(study.table("failed"))
        lines += ["", f"**{count(n, 'point')} of {study.n_points} failed** and are missing below; "
                  "`failed.parquet` gives the reasons."]  # fmt: skip
    return lines


def _figures(drawn: Drawn, scenario: Scenario) -> list[str]:
    """Return the figures with their captions, and what is to be said of those there are not."""
    lines = ["## Figures", ""]
    if not drawn.names and not drawn.failed:
        lines += [UNDRAWN, ""]
    if drawn.instead:
        told = "; ".join(f"{plain(word)} for {plain(x)}" for x, word in drawn.instead.items())
        lines += [f"Figures show {told}: no installed font has all characters.", ""]
    for name in drawn.names:
        lines += [figure(name), "", f"*{_caption(name, scenario.roster)}*", ""]
    for name in drawn.failed:
        lines += [figure(name, drawn.failed), ""]
    return lines


def figure(name: str, failed: Mapping[str, str] | None = None) -> str:
    """Return the link to a figure, or why it could not be drawn."""
    if failed and name in failed:
        return f"**Figure `{name}` could not be drawn**: {plain(failed[name])}"
    return f"![{name}](figures/{name}.png)"


def _caption(name: str, roster: Roster) -> str:
    """Return how to read a figure: the caption whose name it starts with, the longest first."""
    from sim.report import design_figures  # knows matplotlib

    own = OF_SUBJECT if roster.names_subject else {}
    captions = {**CAPTIONS, **own, **design_figures.CAPTIONS}
    found = [key for key in captions if name.startswith(key)]
    return captions[max(found, key=len)] if found else ""


FILES = {
    "design": "one row for each design point",
    "points": "every quantity at every point, with its interval and the number of worlds",
    "differences": "every quantity minus the baseline, paired by world, with its interval",
    "difference_curves": "the same by week",
    "fates": "the worlds in which the peak rung of the leader dyad differs from the baseline",
    "sensitivity": "sensitivity indices with their intervals",
    "convergence": "estimates as a function of the number of worlds",
    "curves": "every measure by week: mean, quantiles, Monte Carlo error",
    "reached": "cumulative share of worlds that have reached each rung",
    "rungs": "share of worlds, and number of opposed dyads, on each rung by week",
    "outcomes": "one row for each world; a week is missing if the event never occurred",
    "series": "the requested measures by week for every world",
    "pairs": "one row for each dyad: mean fear in both directions, share of worlds by peak rung",
    "leading": "acts of the leaders by week, in the worlds described above",
    "failed": "design points that failed, with the reason",
}


def _files(study: Study) -> list[str]:
    """Return what each file holds."""
    lines = ["- `manifest.json`: everything needed to repeat the run (configuration, seed)"]
    lines += [f"- `{name}.parquet`: {text}" for name, text in FILES.items() if study.has(name)]
    if study.manifest["tracks"]:
        lines.append("- `tracks/`: the requested worlds in full: relations, pairs, states, system")
    return [
        *lines,
        "- `shards/`: simulated results, from which the same command resumes or redraws",
        "",
        "`sim.open_study(folder)` reads them in Python; `to_csv` exports them.",
        "",
        "Quantiles lie within the range of simulated values. They are exact for 0, for rungs, for "
        "levels of instruments and for counts except those of sides that stood or yielded; others "
        "are accurate to one histogram bin (0.005 wide for values from 0 to 1).",
    ]
