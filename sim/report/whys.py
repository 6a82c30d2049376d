"""Why worlds went as they did: a page, tables and a figure for one world or for many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from sim import plots
from sim.analysis.intervals import wilson
from sim.forks.links import AT_MOST, sentence
from sim.forks.sentences import COME, Teller, percent
from sim.forks.why import DECISIVE, Kinds, Why
from sim.report.calibration_figures import Line
from sim.report.drawing import drawn_into
from sim.report.figures import TITLE, Plan, sheet
from sim.report.summary import NOTE, figure
from sim.story.escaping import plain

BESIDE, SIZE = 3.35, 9.5
"""Width of the words beside the risk, in inches, and size of their letters, in points."""
METHOD = (
    "Each link was taken out of the world's own past and the future played again: once with the "
    "same luck, and with {n} other lucks from the end of the link's week on; the futures with the "
    "link have the same lucks. *Decisive*: without it the outcome comes at most half as often, "
    "clear of chance (95 %). *Alone*: with this link and none of the others."
)


def figure_of(why: Why) -> Figure:
    """Return how the risk of a world rose, and what its links did."""
    with plots.drawing():
        return _drawn(why)


def _drawn(why: Why) -> Figure:
    table, week, what = why.table(), why.outcome.week, COME[why.outcome.rung]
    number = why.past.fork.world if why.past.fork else why.past.number
    one, other = why.ends
    caption = Line(
        f"{why.past.scenario.title}; world {number}, seed {why.past.seed}; {why.n_lucks} futures "
        f"for each point; a link counts where {what} comes by week {why.outcome.until}; bands and "
        "thin lines: 95 % intervals"
    )
    head = f"Why {one} and {other} came to {what}: the risk on the way, and what each link did"
    width = 11.0
    chart = sheet(width, 3.9 + 0.3 * len(table), head, caption)
    above, below = chart.subplots(2, 1, height_ratios=(2.4, 0.3 * len(table) + 0.5))
    risk = pd.DataFrame(
        {"week": at, "share": share.value, "lo": share.ends[0], "hi": share.ends[1]}
        for at, share in why.risk.items()
    )
    marks = {
        int(row["week"]): str(row["kind"]) for row in table[table["decisive"]].to_dict("records")
    }
    plots.draw_risk(above, risk, week, what, why.within, marks)
    plots.draw_links(below, table, what)
    top = plots.folded(head, 72.0 * (width - 0.3), TITLE, weight="bold", most=3).count("\n")
    told = [f"• {line}" for line in Teller(why).sentences()[2:5]]
    text = "\n\n".join(plots.folded(line, 72.0 * BESIDE, SIZE, most=6) for line in told)
    height = float(chart.get_size_inches()[1])
    chart.text(0.13 / width, 1.0 - (0.62 + 0.25 * top) / height, text, fontsize=SIZE, va="top")
    return chart


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
        effect = f"{100 * row['effect']:+.0f} [{100 * row['effect_lo']:.0f}, "
        effect += f"{100 * row['effect_hi']:.0f}]"
        lines.append(
            f"| {row['rank']} | {row['week']} | {bold}{plain(sentence(row['what']))}{bold} | "
            f"{row['same_luck']} | {percent(row['with'])} | {percent(row['without'])} | {effect} | "
            f"{percent(row['alone']) if row['alone'] == row['alone'] else ''} |"
        )
    lines += ["", "Effect: of a hundred futures, in how many fewer it comes without the link, with "
              "its 95 % interval (paired luck by luck).", ""]  # fmt: skip
    if drawn or failed:
        lines += [figure("why", failed), ""]
    lines += [
        f"Asked about are the {AT_MOST} links that lie nearest to the worst week: the fewest steps "
        "back along the reasons that the story gives, then the latest. Tables: links and pairs, "
        "as CSV and Parquet.",
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
    """Return which kinds of links were decisive, in sentences."""
    table = kinds.table
    n = len(kinds.worlds)
    top = [row for row in table.to_dict("records") if row["decisive"]]
    lines = [f"{n} worlds that came to {what}; each link tried with {kinds.n_lucks} other lucks."]
    lines += [
        f"A link of the kind “{row['kind']}” was decisive in {percent(row['share'])} "
        f"({100 * row['lo']:.0f} to {100 * row['hi']:.0f})."
        for row in top
    ]
    low, high = wilson(kinds.before, n)
    lines.append(
        f"A link before the worst week was decisive in {percent(kinds.before / n)} "
        f"({100 * float(low):.0f} to {100 * float(high):.0f})."
    )
    if not top:
        lines.append("No link was decisive in any of them.")
    return lines


def kinds_page(kinds: Kinds, what: str, failed: dict[str, str]) -> str:
    """Return which kinds of links were decisive, as Markdown."""
    lines = [f"# Which kinds of links were decisive for {what}", "", f"> {NOTE}", ""]
    lines += [f"- {plain(one)}" for one in kinds_lines(kinds, what)]
    lines += ["", METHOD.split("*Alone*")[0].format(n=kinds.n_lucks), ""]
    lines += [
        "| kind of link | asked about | decisive | share [95 %] | before the worst week | "
        "needed with the same luck | strongest |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in kinds.table.to_dict("records"):
        ends = f"{percent(row['share'])} [{100 * row['lo']:.0f}, {100 * row['hi']:.0f}]"
        lines.append(
            f"| {row['kind']} | {row['asked']} | {row['decisive']} | {ends} | "
            f"{row['decisive_before']} | {row['necessary_same_luck']} | {row['strongest']} |"
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
    _write_table(kinds.table, folder, "kinds")
    what = COME[rung]

    def planned() -> Iterator[Plan]:
        yield "kinds", lambda: _kinds_figure(kinds, what, title, seed)

    _, failed = drawn_into(folder / "figures", formats, planned)
    place = folder / "kinds.md"
    place.write_text(kinds_page(kinds, what, failed), encoding="utf-8")
    return place


def _kinds_figure(kinds: Kinds, what: str, title: str, seed: int) -> Figure:
    caption = Line(
        f"{title}; {len(kinds.worlds)} worlds, seed {seed}; each link tried with {kinds.n_lucks} "
        f"other lucks; decisive: without it {what} comes at most {percent(DECISIVE)} as often; "
        "lines: 95 % intervals"
    )
    rows = int((kinds.table["asked"] > 0).sum())
    chart = sheet(9.0, 1.6 + 0.36 * rows, f"Which links were decisive for {what}", caption)
    plots.draw_kinds(chart.subplots(), kinds.table, what)
    return chart
