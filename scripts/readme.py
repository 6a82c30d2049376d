"""Rewrite the generated part of README.md: the table of parameters."""

from __future__ import annotations

from pathlib import Path

from sim.model.parameters import table

BEGIN, END = "<!-- parameters: made by `make docs` -->", "<!-- end of parameters -->"
README = Path(__file__).parent.parent / "README.md"


def rewritten(text: str) -> str:
    """Return the README with the table as the declarations have it now."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")
