"""Rewrite the pages of docs/ that are made from declarations and tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sim.analysis import dictionary
from sim.config import guide
from sim.config.job import load_scenario
from sim.model import parameters
from sim.model.sheets import state_table
from sim.model.vocabulary import Bloc
from sim.study.results import COLUMNS

DOCS = Path(__file__).parent.parent / "docs"


def states() -> str:
    """Return the page of the real states: what the table knows of each, and where it stands."""
    roster = load_scenario("attache_briefing").roster
    lines = [
        "# The real states", "",
        "*Written by `make docs`.* States of the table, with their bloc in the default scenario. "
        "Any other is invented in a scenario ([tutorial](tutorials/own_scenario.md)). Capability "
        "is the share of the world's (COW CINC).", "",
        "| code | state | bloc | capability | democracy | nuclear |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for code, sheet in sorted(state_table().items()):
        bloc = roster.blocs.get(code, Bloc.NONE).name.lower() if code in roster.codes else "-"
        lines.append(
            f"| {code} | {sheet.name} | {'neutral' if bloc == 'none' else bloc} "
            f"| {sheet.capability:.3g} | {sheet.democracy:.2f} | {sheet.nuclear:g} |"
        )
    return "\n".join(lines) + "\n"


def pages() -> Mapping[str, str]:
    """Return the text of every page by the name of its file."""
    template = (Path(__file__).parent / "parameters.md").read_text("utf-8")
    return {
        "schema.md": guide.page(), "columns.md": dictionary.page(COLUMNS),
        "states.md": states(), "parameters.md": template.replace("{table}", parameters.table()),
    }  # fmt: skip


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
