"""Write docs/odd.md: the ODD protocol, its parts about parameters and rules made from the code.

The prose is in ``scripts/odd.md``; a line ``{name}`` there is replaced by a part made here.
"""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sim.engine.notes import MEASURES
from sim.engine.record import OUTCOMES
from sim.model.parameters import COEFFICIENTS
from sim.model.vocabulary import Miscalculation
from sim.translate.reading import Package

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "sim"
PAGE = ROOT / "docs" / "odd.md"
RULES = (
    "perception", "reaction", "appraisal", "consultation", "choice", "ladder", "confrontation",
    "spread",
)  # fmt: skip
DIRECTIONS = {
    kind.declared.field: "1 {}, -1 {}, 0 none, this week".format(*kind.declared.directions)
    for kind in Miscalculation
}
"""What is said of a field that tells a miscalculation."""
ENTITIES = ("Relation", "Pair", "State", "System")


def _table(head: str, rows: Iterator[str]) -> str:
    """Return a Markdown table from lines with cells between bars."""
    return "\n".join([f"| {head} |", "|" + "---|" * (head.count("|") + 1), *rows])


def _classes(module: str) -> dict[str, ast.ClassDef]:
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def _fields(module: str, name: str) -> str:
    """Return the fields of a row and the remarks behind them as a table."""
    lines = (PACKAGE / f"{module}.py").read_text(encoding="utf-8").splitlines()
    read = Package(ROOT).module(f"sim.{module.replace('/', '.')}")

    def rows() -> Iterator[str]:
        for node in read.classes[name].body:
            remark = lines[node.lineno - 1].partition("#")[2].strip()
            for field in read.fields(node):
                told = DIRECTIONS.get(field) or remark.rpartition("...: ")[2] or "as above"
                yield f"| `{field}` | {told} |"

    return _table("field | meaning and range", rows())


def entities() -> str:
    """Return the state variables of every kind of entity, and the traits that never change."""
    said = {name: ast.get_docstring(node) for name, node in _classes("model/state").items()}
    parts = [f"**{name}**: {said[name]}\n\n{_fields('model/state', name)}" for name in ENTITIES]
    traits = ("StateTraits", "PairTraits", "RelationTraits")
    parts += [f"**{name}**\n\n{_fields('model/roster', name)}" for name in traits]
    return "\n\n".join(parts)


def _functions(path: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [n for n in tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]


def _first_line(node: ast.FunctionDef) -> str:
    told = ast.get_docstring(node) or ""
    return " ".join(told.split("\n\n")[0].split()).replace("``", "`")


def schedule() -> str:
    """Return the turn as it is called, with what each step does."""
    source = (PACKAGE / "model/turn.py").read_text(encoding="utf-8")
    said = {node.name: _first_line(node) for node in _functions(PACKAGE / "model/turn.py")}
    turn = source[source.index("def decide") :]
    called = [name for name in re.findall(r"(\w+)\(world, atlas", turn) if name in said]
    rows = (
        f"| `{name}` | {said[name]} |"
        for name in called
        if name not in ("play_turn", "decide", "carry_out")
    )
    return _table("step | what happens", rows)


def draws() -> str:
    """Return the purposes of random numbers."""
    node = _classes("model/vocabulary")["Draw"]
    names = [t.id for a in node.body if isinstance(a, ast.Assign) for t in a.targets
             if isinstance(t, ast.Name)]  # fmt: skip
    return ", ".join(f"`{name.lower()}`" for name in names)


def statuses() -> str:
    """Return how many parameters are measured, calibrated and assumed."""
    counts = Counter(c.status for c in COEFFICIENTS.values())
    return ", ".join(f"{n} {status}" for status, n in counts.most_common())


def parameters() -> str:
    """Return the tables of all parameters, one for each group."""
    parts = []
    for group in dict.fromkeys(c.group for c in COEFFICIENTS.values()):
        rows = (
            f"| `{name}` | {c.value:g} | {c.low:g} to {c.high:g} | {c.unit} | {c.meaning} | "
            f"{c.source} | {c.status} |"
            for name, c in COEFFICIENTS.items()
            if c.group == group
        )
        table = _table("parameter | value | range | unit | meaning | source | status", rows)
        title = f"<summary>{group.capitalize()}</summary>"
        parts.append(f"<details>{title}\n\n{table}\n\n</details>")
    return "\n\n".join(parts)


def _formula(lines: list[str], node: ast.FunctionDef) -> str:
    """Return the body of a rule after its docstring, without indentation."""
    body = lines[node.body[1].lineno - 1 : node.end_lineno]
    return "\n".join(line.removeprefix("    ") for line in body)


def rules() -> str:
    """Return every public rule: what it gives, and its formula as it is computed."""
    parts = []
    for module in RULES:
        path = PACKAGE / "model/rules" / f"{module}.py"
        text = path.read_text(encoding="utf-8")
        told = (ast.get_docstring(ast.parse(text)) or "").split("\n\n")
        parts.append(f"### {module.capitalize()}\n\n" + "\n\n".join(told))
        for node in _functions(path):
            arguments = ", ".join(a.arg for a in node.args.args)
            parts.append(
                f"<details><summary><code>{node.name}</code>: {_first_line(node)}</summary>\n\n"
                f"Of {arguments}:\n\n```python\n{_formula(text.splitlines(), node)}\n```\n\n"
                "</details>"
            )
    return "\n\n".join(parts)


def beginning() -> str:
    """Return what is set at the start, in order."""
    nodes = _functions(PACKAGE / "model/stages" / "beginning.py")
    return _table("step | what is set", (f"| `{n.name}` | {_first_line(n)} |" for n in nodes))


def sources() -> str:
    """Return the tables of input data with unit, year and source."""
    with (PACKAGE / "data" / "sources.csv").open(newline="", encoding="utf-8") as lines:
        rows = [
            f"| {r['table']} | `{r['column']}` | {r['meaning']} | {r['unit']} | {r['year']} | "
            f"{r['source']} |"
            for r in csv.DictReader(lines)
        ]
    return _table("table | column | meaning | unit | year | source", iter(rows))


def measures() -> str:
    """Return what is noted of a world every week."""
    return _table("measure | meaning | unit", (f"| `{m.name}` | {m.label} | {m.unit} |"
                                               for m in MEASURES))  # fmt: skip


def outcomes() -> str:
    """Return the columns of the row that a world leaves."""
    return ", ".join(f"`{name}`" for name in OUTCOMES)


PARTS = {
    part.__name__: part
    for part in (entities, schedule, draws, statuses, parameters, rules, beginning, sources,
                 measures, outcomes)
}  # fmt: skip


def page() -> str:
    """Return the whole page as the code has it now."""
    text = (Path(__file__).parent / "odd.md").read_text(encoding="utf-8")
    for name, part in PARTS.items():
        text = text.replace("{" + name + "}", part())
    return text


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
