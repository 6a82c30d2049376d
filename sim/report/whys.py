"""Why worlds went as they did: a page, tables and a figure for one world or for many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim import plots
from sim.forks.links import AT_MOST, sentence
from sim.forks.sentences import COME, Teller, percent
from sim.forks.why import ALL, Kinds, Why
from sim.report.calibration_figures import Line
from sim.report.drawing import drawn_into
from sim.report.figures import TITLE, DrawnNames, Plan, sheet
from sim.report.summary import NOTE, figure
from sim.story.escaping import plain

BESIDE, SIZE = 3.0, 9.5
"""Width of the words beside the risk, in inches, and size of their letters, in points."""
METHOD = (
    "Each link was taken out of the world's own past: it does not happen in its week (it may come "
    "later). The future was then played again: once with the same luck, and {n} times with fresh "
    "chance from the end of the link's week on; the replays with the link have the same luck. "
    "*Decisive*: without it the outcome comes at most half as often, clear of chance at 95 % for "
    "all links together. What the outcome consisted of in its own week is its *trigger*, and is "
    "not ranked: without it there is no outcome in that week by definition."
)


def figure_of(why: Why) -> Figure:
    """Return how the risk of a world rose, and what its links did."""
    with plots.drawing():
        return _drawn(why)


def _drawn(why: Why) -> Figure:
    table, week, what = why.table(), why.outcome.week, COME[why.outcome.rung]
    names = DrawnNames(why.past.scenario.roster)
    one, other = (names.the(code) for code in why.ends)
    caption = Line(
        f"{why.past.scenario.title}; {why.past.label}, seed {why.past.seed}; {why.n_lucks} replays "
        f"for each point; below, a replay counts where {what} comes by week {why.outcome.until}; "
        "bands and lines: 95 % intervals"
    )
    links = table[~table["trigger"]]
    width, rows = 11.0, max(4, len(links))
    head = f"Why {one} and {other} came to {what}: the risk on the way, and what each link did"
    chart = sheet(width, 4.2 + 0.3 * rows, head, caption)
    above, below = chart.subplots(2, 1, height_ratios=(2.6, 0.3 * rows + 0.5))
    risk = pd.DataFrame(
        {"week": at, "share": share.value, "lo": share.ends[0], "hi": share.ends[1]}
        for at, share in why.risk.items()
    )
    plots.draw_risk(above, risk, week, what, why.within, links, why.ends)
    plots.draw_links(below, links, what)
    top = plots.folded(head, 72.0 * (width - 0.3), TITLE, weight="bold", most=3).count("\n")
    told = [f"• {line}" for line in _beside(why)]
    text = "\n\n".join(plots.folded(line, 72.0 * BESIDE, SIZE, most=7) for line in told)
    height = float(chart.get_size_inches()[1])
    chart.text(0.13 / width, 1.0 - (0.62 + 0.25 * top) / height, text, fontsize=SIZE, va="top")
    return chart


def _beside(why: Why) -> list[str]:
    """Return the sentences that stand beside the risk: the trigger, and the strongest finding."""
    teller = Teller(why)
    decisive = [teller.decisive(w) for w in why.ranked if w.decisive]
    joint = teller.together()
    return [s for s in (teller.trigger(), *decisive[:1], *joint[:1]) if s][:2]


def page(why: Why, drawn: Sequence[str], failed: dict[str, str]) -> str:
    """Return why a world went as it did, as Markdown."""
    table = why.table()
    told = Teller(why).sentences()
    lines = [f"# {plain(told[0].rstrip('.'))}", "", f"> {NOTE}", ""]
    lines += [f"- {plain(one)}" for one in told[1:]]
    lines += ["", "## The links, the strongest first", "", METHOD.format(n=why.n_lucks), ""]
    lines += ["| | week | what happened | same luck | with it | without it | effect | alone |",
              "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for row in table.to_dict("records"):
        bold = "**" if row["decisive"] else ""
        what = f"{bold}{plain(sentence(row['what']))}{bold}"
        if row["trigger"]:
            lines.append(
                f"| trigger | {row['week']} | {what} | {row['same_luck']} | | "
                f"{percent(row['without'])} | | |"
            )
            continue
        effect = (
            f"{100 * row['effect']:+.1f} [{100 * row['effect_lo']:+.1f}, "
            f"{100 * row['effect_hi']:+.1f}]"
        )
        alone = percent(row["alone"]) if row["alone"] == row["alone"] else ""
        lines.append(
            f"| {row['rank']} | {row['week']} | {what} | {row['same_luck']} | "
            f"{percent(row['with'])} | {percent(row['without'])} | {effect} | {alone} |"
        )
    lines += [
        "",
        "With it, without it: replays in which it comes by week "
        f"{why.outcome.until}, so that an earlier link is followed for longer. Effect: of a "
        "hundred replays, in how many fewer it comes without the link, with its 95 % interval "
        "(paired luck by luck). Alone: with this link and none of the others.",
        "",
        "## Taken out together",
        "",
        "All earlier links of a kind, or of a side, were taken out with the luck that there was; "
        f"chance is fresh from the week before the outcome. The risk is of {why.within} weeks.",
        "",
        "| without | links | risk on the eve | without them | effect |",
        "|---|---|---|---|---|",
        *(
            f"| {row['group']} | {row['links']} | {percent(row['risk'])} | "
            f"{percent(row['without'])} | {100 * row['effect']:+.1f} "
            f"[{100 * row['effect_lo']:+.1f}, {100 * row['effect_hi']:+.1f}] |"
            for row in why.groups_table().to_dict("records")
        ),
        "",
    ]
    if drawn or failed:
        lines += [figure("why", failed), ""]
    lines += [
        f"Tested were the {AT_MOST} links that lie nearest to the worst week: the fewest steps "
        "back along the reasons that the story gives for an act (a rule of the story, no causal "
        "graph), then the latest. The story says what an act answered; here is what the outcome "
        "hung on. Tables: links, pairs and groups, as CSV and Parquet.",
        "",
    ]
    return "\n".join(lines)


def write(why: Why, folder: Path, kinds: Sequence[str]) -> Path:
    """Write why a world went as it did into a folder; return its page.

    Args:
        why: it.
        folder: is made if it is not there.
        kinds: of files that the figure is drawn as.

    Raises:
        OSError: if something cannot be written.
    """
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    _write_table(why.table(), folder, "links")
    _write_table(why.pairs_table(), folder, "pairs")
    _write_table(why.groups_table(), folder, "groups")

    def planned() -> Iterator[Plan]:
        yield "why", partial(_drawn, why)

    drawn, failed = drawn_into(folder / "figures", kinds, planned)
    place = folder / "why.md"
    place.write_text(page(why, drawn, failed), encoding="utf-8")
    return place


def _write_table(table: pd.DataFrame, folder: Path, name: str) -> None:
    table.to_csv(folder / f"{name}.csv", index=False)
    table.to_parquet(folder / f"{name}.parquet", index=False)


# Over many worlds


def kinds_lines(kinds: Kinds, what: str) -> list[str]:
    """Return what began the worst, and which kinds of earlier links mattered, in sentences."""
    n = len(kinds.worlds)
    lines = [f"{n} worlds that came to {what}, each with {kinds.n_lucks} replays of every kind."]
    began = [
        f"{row['kind']} in {percent(row['share'])} ({100 * row['lo']:.0f} to {100 * row['hi']:.0f})"
        for row in kinds.triggers.to_dict("records")
    ]
    lines.append(f"The trigger: {', '.join(began)}.")
    rows = {row["kind"]: row for row in kinds.links.to_dict("records")}
    if ALL in rows:
        whole = rows.pop(ALL)
        lines.append(
            f"A single earlier link was decisive in {whole['decisive']} of the "
            f"{whole['testable']} worlds in which one could have been found so."
        )
        if whole["effect_lo"] == whole["effect_lo"]:
            lines.append(
                f"All earlier links together raised the risk on the eve, "
                f"{percent(whole['risk'])}, by {_points(whole)}."
            )
    clear = [row for row in rows.values() if row["effect_lo"] > 0.0 or row["effect_hi"] < 0.0]
    clear.sort(key=lambda row: -abs(row["effect"]))
    lines += [
        f"“{row['kind'].capitalize()}”, where there is any ({row['asked']} worlds): {_points(row)}."
        for row in clear
    ]
    return lines


def _points(row: Mapping[Any, Any]) -> str:
    return (
        f"{100 * row['effect']:+.1f} points ({100 * row['effect_lo']:+.1f} to "
        f"{100 * row['effect_hi']:+.1f})"
    )


def kinds_page(kinds: Kinds, what: str, failed: dict[str, str]) -> str:
    """Return what began the worst, and which kinds of earlier links mattered, as Markdown."""
    lines = [f"# What began {what}, and what led to it", "", f"> {NOTE}", ""]
    lines += [f"- {plain(one)}" for one in kinds_lines(kinds, what)]
    lines += ["", METHOD.format(n=kinds.n_lucks), ""]
    lines += [
        "*Testable*: worlds in which the outcome comes often enough with the link that its absence "
        "could have shown. *Together*: all links of the kind are taken out with the luck that "
        "there was, and chance is fresh from the week before the outcome; the effect on the risk "
        "of half a year is the mean over worlds that have such links, with its interval over "
        "these worlds.",
        "",
        "| earlier links | worlds that have any | testable | decisive, one by one | share of the "
        "testable [95 %] | risk on the eve | together, points [95 %] |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in kinds.links.to_dict("records"):
        share = (
            f"{percent(row['share'])} [{100 * row['lo']:.0f}, {100 * row['hi']:.0f}]"
            if row["testable"] else ""
        )  # fmt: skip
        lines.append(
            f"| {row['kind']} | {row['asked']} | {row['testable']} | {row['decisive']} | {share} | "
            f"{percent(row['risk'])} | {100 * row['effect']:+.1f} "
            f"[{100 * row['effect_lo']:+.1f}, {100 * row['effect_hi']:+.1f}] |"
        )
    lines += ["", figure("kinds", failed), ""]
    return "\n".join(lines)


def write_kinds(
    kinds: Kinds, folder: Path, formats: Sequence[str], *, rung: int, title: str, seed: int
) -> Path:
    """Write which kinds of links were decisive into a folder; return its page.

    Args:
        kinds: they.
        folder: is made if it is not there.
        formats: kinds of files that the figure is drawn as.
        rung: that the worlds came to.
        title: of the scenario.
        seed: of the worlds.

    Raises:
        OSError: if something cannot be written.
    """
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    _write_table(kinds.triggers, folder, "triggers")
    _write_table(kinds.links, folder, "kinds")
    what = COME[rung]

    def planned() -> Iterator[Plan]:
        yield "kinds", lambda: _kinds_figure(kinds, what, title, seed)

    _, failed = drawn_into(folder / "figures", formats, planned)
    place = folder / "kinds.md"
    place.write_text(kinds_page(kinds, what, failed), encoding="utf-8")
    return place


def _kinds_figure(kinds: Kinds, what: str, title: str, seed: int) -> Figure:
    caption = Line(
        f"{title}; {len(kinds.worlds)} worlds, seed {seed}; {kinds.n_lucks} replays each; right: "
        "all earlier links of a kind taken out, in the worlds that have any (their number); lines: "
        "95 % intervals"
    )
    rows = max(3, len(kinds.links))
    head = f"What began {what}, and what earlier links did to the risk of it"
    chart = sheet(12.0, 2.0 + 0.34 * rows, head, caption)
    left, right = chart.subplots(1, 2, width_ratios=(1.0, 1.4))
    plots.draw_triggers(left, kinds.triggers, what)
    plots.draw_kinds(right, kinds.links)
    return chart
