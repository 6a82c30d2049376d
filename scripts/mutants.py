"""Change rules and stages one place at a time and see whether their tests notice (`make mutants`).

Each change is made in the syntax tree: a sign, a dropped term or factor, swapped arguments, a
turned comparison, a field of another name or of the other side, another constant. It is written
into a scratch copy, never into the checkout, and ``tests/rules`` and ``tests/stages`` alone must
fail on it. Every function gets the same number of changes, chosen from a seed.

    python scripts/mutants.py --each 3 --seed 5
    python scripts/mutants.py --only rules/choice.py --each 1000

Exit code: 0, or 1 if too few are caught, or 2 if the tests fail on the code as it stands.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple
from zlib import crc32

from sim.engine.threads import in_threads
from sim.lanes import Row
from sim.model.parameters import Parameters
from sim.model.roster import PairTraits, RelationTraits, StateTraits
from sim.model.state import Pair, Relation, State, System

ROOT = Path(__file__).resolve().parents[1]
MODEL = Path("sim/model")
"""Where ``rules`` and ``stages`` lie, in the checkout."""
PARTS = ("rules", "stages")
NEEDED = ("sim", "configs", "tests/__init__.py", "tests/tiny.py", "tests/rules", "tests/stages",
          "pyproject.toml")  # fmt: skip
LEAST = 0.85
"""Share of the changes that must be caught."""
LIMIT = 120.0
"""Seconds that the tests may take; if they hang, the change is caught."""

ROWS: dict[str, type[Row]] = {
    kind.__name__: kind
    for kind in (Parameters, Relation, Pair, State, System, RelationTraits, PairTraits, StateTraits)
}
COMPARISONS: dict[type[ast.cmpop], tuple[ast.cmpop, ...]] = {
    ast.Gt: (ast.Lt(), ast.GtE()), ast.GtE: (ast.Lt(), ast.Gt()), ast.Lt: (ast.Gt(), ast.LtE()),
    ast.LtE: (ast.Gt(), ast.Lt()), ast.Eq: (ast.NotEq(),), ast.NotEq: (ast.Eq(),),
}  # fmt: skip
SIDES = {"me": "them", "a": "b", "owner": "rival", "one": "other", "left": "right",
         "west": "east", "force_a": "force_b"}  # fmt: skip
SIDES |= {other: one for one, other in SIDES.items()}
PLUMBING = {"p", "world", "atlas", "lane", "week", "i", "r", "pair"}
COMMUTATIVE = {"least", "most", "bell"}

_SUM, _PRODUCT = "terms of a sum", "factors of a product"
_BOTH = "the rule is the same from both sides"
_LENGTH = "arrays of one length"
_ASKED = "both sides are asked, or neither"
_GRAIN = "a probability that is never 0; a uniform meets it once in 2**24"
EQUIVALENT: dict[tuple[str, str], str] = {
    ("drift_system", "spread.slow_noise(system.climate, p.climate_memory -> "
     "spread.slow_noise(p.climate_memory, system.climate"): _PRODUCT,
    ("drift_pair", "spread.slow_noise(us.issue, p.issue_memory -> "
     "spread.slow_noise(p.issue_memory, us.issue"): _PRODUCT,
    ("drift_system", "system.climate_noise, bell(a, b, c, d)) -> "
     "bell(a, b, c, d), system.climate_noise)"): _PRODUCT,
    ("linked", "0.0 -> 1.0"): "the least trace of an act is 9",
    ("fear", "threat > before -> threat >= before"): "at equality there is no way to go",
    ("share", "total > 0.0 -> total >= 0.0"): "nothing of nothing is 0 either way",
    ("join_state", "system.west_attacked > 0.0 -> system.west_attacked >= 0.0"): "idle work",
    ("join_state", "system.east_attacked > 0.0 -> system.east_attacked >= 0.0"): "idle work",
    ("join_state", "2 -> 3"): "no state is in a third bloc",
    ("recount_state", "state.lean > 0.0 -> state.lean >= 0.0"): "who leans nowhere joins nobody",
    ("begin", "atlas.owner -> atlas.rival"): _LENGTH,
    ("begin", "atlas.left -> atlas.right"): _LENGTH,
    ("weights", "owner.audience, me.rhetoric -> me.rhetoric, owner.audience"): _PRODUCT,
    ("weights", "me.rhetoric, owner.audience -> owner.audience, me.rhetoric"): _PRODUCT,
    ("_readiness", "believed, theirs * me.capability_error -> "
     "theirs * me.capability_error, believed"): _PRODUCT,
    ("_readiness", "owner.audience, me.rhetoric -> me.rhetoric, owner.audience"): _PRODUCT,
    ("consult_relation", "me.resolve, theirs -> theirs, me.resolve"): _PRODUCT,
    ("consult_relation", "theirs, me.capability_error -> me.capability_error, theirs"): _PRODUCT,
    ("appraise_relation", "unprovoked, near -> near, unprovoked"): _PRODUCT,
    ("_slip", "fielded_by(me), fielded_by(them) -> fielded_by(them), fielded_by(me)"): _BOTH,
    ("_slip", "me.motive, them.motive -> them.motive, me.motive"): _BOTH,
    ("confront_pair", "shown_by(a), shown_by(b) -> shown_by(b), shown_by(a)"): _BOTH,
    ("confront_pair", "a.reply, b.reply -> b.reply, a.reply"): _BOTH,
    ("confront_pair", "u_stand_a < logistic(ready_a) -> u_stand_a <= logistic(ready_a)"): _GRAIN,
    ("confront_pair", "u_stand_b < logistic(ready_b) -> u_stand_b <= logistic(ready_b)"): _GRAIN,
    ("stages/confront.py", "a.stance > 0.0 -> a.stance >= 0.0"): _ASKED,
    ("stages/confront.py", "b.stance > 0.0 -> b.stance >= 0.0"): _ASKED,
    ("stages/confront.py", "< logistic(ready_a + p.retaliation) -> "
     "<= logistic(ready_a + p.retaliation)"): _GRAIN,
    ("stages/confront.py", "< logistic(ready_b + p.retaliation) -> "
     "<= logistic(ready_b + p.retaliation)"): _GRAIN,
    ("_strikes", "u < calm -> u <= calm"): _GRAIN,
    ("_burn", "weapons_i, weapons_j) -> weapons_j, weapons_i)"): _BOTH,
    ("settle_pair", "a.perceived, b.perceived -> b.perceived, a.perceived"): _BOTH,
    ("begin_pair", "stand_on_rung(us, a, b) -> stand_on_rung(us, b, a)"): _BOTH,
    ("stand_pair", "a, b) -> b, a)"): _BOTH,
    ("stand_on_rung", "ladder.rung(a.rhetoric, b.rhetoric -> "
     "ladder.rung(b.rhetoric, a.rhetoric"): _BOTH,
    ("stand_on_rung", "shown_by(a), shown_by(b) -> shown_by(b), shown_by(a)"): _BOTH,
    ("stand_on_rung", "a.sanctions, b.sanctions -> b.sanctions, a.sanctions"): _BOTH,
}  # fmt: skip
"""Changes that change no number that can occur: function or file, change, and why."""


def _n_same(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((k for k, (a, b) in pairs if a != b), min(len(one), len(other)))


class Change(NamedTuple):
    """One change to one place."""

    path: str  # from the model's folder
    function: str
    line: int
    kind: str
    before: str
    after: str
    span: tuple[int, int]  # in bytes of the file

    @property
    def text(self) -> str:
        """What is changed, of a long expression from the change on."""
        before, after = self.before, self.after
        if len(before) > 40:
            cut = before.rfind(" ", 0, _n_same(before, after)) + 1
            before, after = before[cut:], after[cut:]
        if self.kind == "arguments swapped":
            end = before.find(",", len(before) - _n_same(before[::-1], after[::-1]))
            before, after = (before[:end], after[:end]) if end >= 0 else (before, after)
        return f"{before or 'nothing'} -> {after or 'nothing'}"

    def __str__(self) -> str:
        return f"{MODEL / self.path}:{self.line} {self.function}: {self.text}"

    @property
    def reason(self) -> str | None:
        """Why this changes nothing, if it is known to."""
        found = (EQUIVALENT.get((place, self.text)) for place in (self.function, self.path))
        return next(filter(None, found), None)


# What can be changed


def _with(node: Any, **fields: Any) -> Any:
    """Return a node with other fields."""
    made = copy.copy(node)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def _other_side(name: str) -> str:
    """Return a name with its side changed, or the same name."""
    if name in SIDES:
        return SIDES[name]
    here = {"west_": "east_", "east_": "west_"}
    return next((new + name[len(old) :] for old, new in here.items() if name.startswith(old)), name)


def _next_field(kind: type[Row], name: str) -> str:
    return kind.FIELDS[(kind.FIELDS.index(name) + 1) % len(kind.FIELDS)]


class _Function:
    """What can be changed in one function."""

    def __init__(self, tree: ast.FunctionDef) -> None:
        self.tree = tree
        self.names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        self.kinds = {arg.arg: ast.unparse(arg.annotation or arg) for arg in tree.args.args}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                self.kinds |= dict(_views(node.targets[0], node.value))

    def _row(self, value: ast.expr) -> type[Row] | None:
        """Return the kind of row that an expression is a view of."""
        if isinstance(value, ast.Name):
            return ROWS.get(self.kinds.get(value.id, ""))
        return ROWS.get(_called(value))

    def _swapped(self, call: ast.Call) -> Iterator[ast.expr]:
        """Yield a call with two neighbouring arguments of one kind swapped."""
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name in COMMUTATIVE | set(ROWS):
            return
        for k in range(1 if name == "where" else 0, len(call.args) - 1):
            one, other = call.args[k : k + 2]
            plain = {ast.unparse(one), ast.unparse(other)}
            if len(plain) == 2 and not PLUMBING & plain and self._row(one) == self._row(other):
                yield _with(call, args=[*call.args[:k], other, one, *call.args[k + 2 :]])

    def alternatives(self, node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
        """Yield what may stand in place of an expression, and what kind of change it is."""
        match node:
            case ast.BinOp(left=left, op=ast.Add()):
                yield "sign", _with(node, op=ast.Sub())
                yield "term dropped", left
            case ast.BinOp(left=left, op=ast.Sub()):
                yield "sign", _with(node, op=ast.Add())
                yield "term dropped", left
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                yield "factor dropped", left
                yield "factor dropped", right
            case ast.BinOp(left=left, op=ast.Div()):
                yield "factor dropped", left
            case ast.BinOp(op=ast.BitAnd()):
                yield "and, or", _with(node, op=ast.BitOr())
            case ast.BinOp(op=ast.BitOr()):
                yield "and, or", _with(node, op=ast.BitAnd())
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                yield "sign", operand
            case ast.Compare(ops=[op]):
                for other in COMPARISONS.get(type(op), ()):
                    yield "comparison", _with(node, ops=[other])
            case ast.Call(func=ast.Name(id="least" | "most" as name)):
                other_name = "most" if name == "least" else "least"
                yield "least, most", _with(node, func=ast.Name(other_name))
            case ast.Call():
                for call in self._swapped(node):
                    yield "arguments swapped", call
            case ast.Attribute(value=value, attr=attr):
                kind = self._row(value)
                if kind is not None:
                    yield "other field", _with(node, attr=_next_field(kind, attr))
                if _other_side(attr) != attr:
                    yield "other side", _with(node, attr=_other_side(attr))
            case ast.Name(id=name, ctx=ast.Load()) if _other_side(name) in self.names - {name}:
                yield "other side", ast.Name(_other_side(name))
            case ast.Subscript(value=ast.Attribute(attr="reverse"), slice=row):
                yield "other side", row
            case ast.Constant(value=float(value)):
                yield "constant", ast.Constant(0.0 if value == 1.0 else value + 1.0)
            case ast.Constant(value=int(value)) if not isinstance(value, bool):
                yield "constant", ast.Constant(1 - value if value in (0, 1) else value + 1)


def _called(value: ast.expr) -> str:
    """Return the name of the function that is called, or ''."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id
    return ""


def _views(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str]]:
    """Yield name and kind of the rows that an assignment makes views of."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, its in zip(target.elts, value.elts, strict=True):
            yield from _views(one, its)
    elif isinstance(target, ast.Name) and _called(value) in ROWS:
        yield target.id, _called(value)


def changes(path: str, source: bytes) -> list[Change]:
    """Return every change that can be made to the functions of a file.

    Args:
        path: the file, from the model's folder.
        source: its text.
    """
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = []
    for tree in ast.parse(source).body:
        if not isinstance(tree, ast.FunctionDef):
            continue
        function = _Function(tree)
        for statement in tree.body[1 if ast.get_docstring(tree) is not None else 0 :]:
            for node in ast.walk(statement):
                for kind, other in function.alternatives(node):
                    assert isinstance(node, ast.expr)
                    assert node.end_lineno is not None
                    assert node.end_col_offset is not None
                    span = (
                        starts[node.lineno - 1] + node.col_offset,
                        starts[node.end_lineno - 1] + node.end_col_offset,
                    )
                    before, after = ast.unparse(node), ast.unparse(other)
                    found.append(Change(path, tree.name, node.lineno, kind, before, after, span))
    return found


def all_changes(root: Path) -> list[Change]:
    """Return every change that can be made to rules and stages, but for equivalent ones."""
    files = [path for part in PARTS for path in sorted((root / MODEL / part).glob("*.py"))]
    return [
        change
        for path in files
        for change in changes(path.relative_to(root / MODEL).as_posix(), path.read_bytes())
        if change.reason is None
    ]


def chosen(candidates: Sequence[Change], each: int, seed: int) -> list[Change]:
    """Return ``each`` changes of every function, of as many kinds as there are."""
    by_function: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in candidates:
        by_function[change.path, change.function].append(change)
    found = []
    for (path, function), own in by_function.items():
        random.Random(f"{seed} {path} {function}").shuffle(own)
        seen: Counter[str] = Counter()
        turn = {}
        for change in own:
            turn[change] = seen[change.kind]
            seen[change.kind] += 1
        found += sorted(own, key=lambda change: turn[change])[:each]
    return found


# Playing a change


def copy_needed(root: Path, to: Path) -> None:
    """Copy what rules, stages and their tests need."""
    for name in NEEDED:
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        if (root / name).is_dir():
            shutil.copytree(root / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(root / name, to / name)


def fails(folder: Path, *tests: str) -> bool:
    """Say whether tests fail in a scratch copy."""
    known = [name for name in tests if (folder / name).exists()]
    if not known:
        return False
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *known]
    env = {**os.environ, "PYTHONPATH": str(folder),
           "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # fmt: skip
    try:
        return subprocess.run(
            command, cwd=folder, env=env, timeout=LIMIT, capture_output=True, check=False
        ).returncode != 0  # fmt: skip
    except subprocess.TimeoutExpired:
        return True


def caught(folder: Path, change: Change) -> bool:
    """Say whether the tests notice a change; the scratch copy is as before afterwards."""
    file = folder / MODEL / change.path
    source = file.read_bytes()
    start, end = change.span
    file.write_bytes(source[:start] + b"(" + change.after.encode() + b")" + source[end:])
    # Cached bytecode goes by length and time, so each change has a time of its own.
    stamp = crc32(repr(change).encode())
    os.utime(file, (stamp, stamp))
    part, name = change.path.split("/")
    try:
        own = f"tests/{part}/test_{name}"
        return fails(folder, own) or fails(folder, *(f"tests/{part}" for part in PARTS))
    finally:
        file.write_bytes(source)


def played(changes: Sequence[Change], folders: Sequence[Path]) -> dict[Change, bool]:
    """Return whether each change is caught, one at a time in each scratch copy."""
    free: SimpleQueue[Path] = SimpleQueue()
    for folder in folders:
        free.put(folder)

    def task(change: Change) -> tuple[Change, bool]:
        folder = free.get()
        try:
            return change, caught(folder, change)
        finally:
            free.put(folder)

    found = {}
    for change, is_caught in in_threads(task, changes, len(folders)):
        found[change] = is_caught
        if not is_caught:
            print(f"survives: {change}", flush=True)
        if len(found) % 50 == 0:
            print(f"{len(found)} of {len(changes)} played", flush=True)
    return found


def table(found: dict[Change, bool]) -> str:
    """Return what is caught, by file and by kind of change, and every survivor."""
    lines = []
    for title, name in (("file", "path"), ("kind of change", "kind")):
        groups: dict[str, list[bool]] = defaultdict(list)
        for change, is_caught in found.items():
            groups[getattr(change, name)].append(is_caught)
        lines += ["", f"{title:26} changes  caught"]
        for group, results in sorted(groups.items()):
            lines.append(f"{group:26} {len(results):7} {sum(results):7}")
    survivors = sorted(change for change, is_caught in found.items() if not is_caught)
    share = 1.0 - len(survivors) / len(found)
    lines += ["", f"{len(found)} changes, {share:.1%} caught", *map(str, survivors)]
    return "\n".join(lines)


def main(words: Sequence[str] | None = None) -> int:
    """Play the changes and print what is caught."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--each", type=int, default=2, help="changes of every function (2)")
    parser.add_argument("--seed", type=int, default=1, help="which changes (1)")
    parser.add_argument("--jobs", type=int, default=2, help="how many at once (2)")
    parser.add_argument("--only", default="", help="files whose path begins so: rules/choice")
    parser.add_argument("--list", action="store_true", help="list the changes, play none")
    options = parser.parse_args(words)
    candidates = [c for c in all_changes(ROOT) if c.path.startswith(options.only)]
    todo = chosen(candidates, options.each, options.seed)
    if options.list:
        print("\n".join(map(str, todo)))
        return 0
    print(f"{len(todo)} of {len(candidates)} changes; {len(EQUIVALENT)} more are equivalent")
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(scratch) / str(job) for job in range(options.jobs)]
        for folder in folders:
            copy_needed(ROOT, folder)
        if fails(folders[0], *(f"tests/{part}" for part in PARTS)):
            print("the tests fail on the code as it stands")
            return 2
        found = played(todo, folders)
    print(table(found))
    return 0 if sum(found.values()) >= LEAST * len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
