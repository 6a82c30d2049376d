"""What each mechanism of the report does to headline quantities, as a table and a figure.

Run as ``python experiments/mechanisms.py [share=1] [output=docs]`` (``make mechanisms``). It writes
``docs/mechanisms.md`` and its figure, or the same into another folder.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from finding import save, settings
from matplotlib.figure import Figure

from sim.__main__ import exit_code
from sim.evidence.claims import Trial
from sim.evidence.mechanisms import MECHANISMS, OFF, QUANTITIES, READINESS, elasticities
from sim.plots import drawing
from sim.plots.reactions import draw_changes

DRAWN = ("display", "clash", "disputes", "accessions")
UNITS = {
    "display": "share of worlds", "clash": "share of worlds", "disputes": "a world",
    "accessions": "a world",
}  # fmt: skip

HEAD = """# What each mechanism does

Written by `make mechanisms`. The default scenario, {worlds} worlds of 104 weeks, the same luck in
every row. *Readiness* is the strength of a mechanism, 1 as declared; at 0 what the scenario gives
stays and nobody adds to it, but forces may still be used; *off* takes that away as well (of words,
deployments, sanctions and channels, of which a scenario gives some). Strengths that end before 3
are at the end of their range (1.5 of S5), or left out (S9). Entries are changes against readiness 1
with 95 % intervals, paired world by world; what is clear of zero is bold. Shares are of worlds,
counts are a world, fear runs from 0 to 1. None of it is a forecast.
"""


def told(row: pd.Series) -> str:
    """Return a change with its interval, bold where it is clear of zero."""
    text = f"{row['change']:+.3f} [{row['lo']:+.3f}, {row['hi']:+.3f}]"
    return f"**{text}**" if row["lo"] > 0.0 or row["hi"] < 0.0 else text


def table(rows: pd.DataFrame) -> str:
    """Return the Markdown table: a row for each mechanism and readiness, a column a quantity."""
    base = rows[(rows["mechanism"] == "rhetoric") & (rows["readiness"] == "1")]
    means = dict(zip(base["quantity"], base["value"], strict=True))
    lines = [
        "| mechanism | readiness | " + " | ".join(QUANTITIES.values()) + " |",
        "|---|---|" + "---|" * len(QUANTITIES),
        "| all | 1 | " + " | ".join(f"{means[q]:.3f}" for q in QUANTITIES) + " |",
    ]
    for mechanism, name in MECHANISMS.items():
        for readiness in (OFF, *READINESS):
            some = rows[(rows["mechanism"] == mechanism) & (rows["readiness"] == readiness)]
            if readiness != "1" and len(some):
                cells = [told(some[some["quantity"] == q].iloc[0]) for q in QUANTITIES]
                lines.append(f"| {name} | {readiness} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def draw(rows: pd.DataFrame) -> Figure:
    """Return the figure: a panel for each of a few quantities, a row for each mechanism."""
    named = rows.assign(mechanism=rows["mechanism"].map(MECHANISMS))
    figure = Figure(figsize=(10.5, 7.5), layout="constrained")
    for k, (ax, quantity) in enumerate(
        zip(figure.subplots(2, 2, sharey=True).flat, DRAWN, strict=True)
    ):
        draw_changes(ax, named[named["quantity"] == quantity], ("0", "1/3", "3"))
        ax.set_title(QUANTITIES[quantity], loc="left")
        ax.set_xlabel(f"change against readiness 1, {UNITS[quantity]}")
        if k == 0:
            ax.legend(title="readiness", loc="lower left")
    return figure


def main(words: list[str]) -> int:
    """Write the table and the figure; return the exit code."""
    code: int = exit_code(lambda: _main(words))
    return code


def _main(words: list[str]) -> int:
    given = settings(words, share=float, output=Path)
    trial, folder = Trial(share=given.get("share", 1.0)), given.get("output", Path("docs"))
    worlds = 1920
    rows = elasticities(trial, worlds=worlds)
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    with drawing():
        what = "Change of headline quantities with the readiness for each mechanism."
        save(draw(rows), folder / "figures" / "mechanisms.png", what)
    text = HEAD.format(worlds=trial.n(worlds)) + "\n" + table(rows)
    text += "\n\n![Changes by mechanism](figures/mechanisms.png)\n"
    (folder / "mechanisms.md").write_text(text, encoding="utf-8")
    print(folder / "mechanisms.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
