"""Run the code of a page of docs/ as a notebook would, without one: cells.py PAGE ..."""

from __future__ import annotations

import re
import sys
from pathlib import Path

CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def cells(page: str) -> list[str]:
    """Return the code of each cell of a page, without its tags."""
    return [re.sub(r"\A(:.*\n)+", "", code) for code in CELL.findall(page)]


def run(path: Path) -> None:
    """Run all cells of a page in one namespace.

    Raises:
        Exception: whatever a cell does.
    """
    import matplotlib as mpl

    mpl.use("agg")
    names: dict[str, object] = {"__name__": "__main__"}
    for number, code in enumerate(cells(path.read_text("utf-8"))):
        exec(compile(code, f"{path.name}, cell {number + 1}", "exec"), names)


if __name__ == "__main__":
    for word in sys.argv[1:]:
        run(Path(word))
        print(word)
