"""Rewrite the pages of docs/ that are made from declarations: schema, columns, parameters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sim.analysis import dictionary
from sim.config import guide
from sim.model import parameters
from sim.study.results import COLUMNS

DOCS = Path(__file__).parent.parent / "docs"


def pages() -> Mapping[str, str]:
    """Return the text of every page by the name of its file."""
    template = (Path(__file__).parent / "parameters.md").read_text("utf-8")
    return {
        "schema.md": guide.page(), "columns.md": dictionary.page(COLUMNS),
        "parameters.md": template.replace("{table}", parameters.table()),
    }  # fmt: skip


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
