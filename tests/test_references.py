"""What comments, docstrings and pages refer to is there: functions, modules, files, commands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.scripts import ROOT, script

FOLDERS = ("sim", "experiments", "scripts", "bench", "tests", "configs", "classroom", "docs")
TESTS = ROOT / "tests"
CODE = sorted(path for name in FOLDERS for path in (ROOT / name).rglob("*.py"))
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(p for name in FOLDERS for p in (ROOT / name).rglob("*.md")))
    if path.name != "CHANGELOG.md"  # what it tells of may be gone
)
SCRIPTS = sorted(p for kind in ("classroom/*.js", "configs/**/*.yaml") for p in ROOT.glob(kind))
ROLE = re.compile(r":(?:mod|func|class|attr|meth|data|exc):`~?([^`]+)`")
QUOTED = re.compile(r"(?<![`:])(`{1,2})([^`\n]+)\1(?!`)")
PLACE = re.compile(rf"(?<![\w/.>-])(?:{'|'.join(FOLDERS)})/[\w./-]*\w/?")
FILE = re.compile(
    r"[\w.-]+(?:/[\w.-]+)*\.(?:py|md|yaml|js|json|csv|css|html|sh|toml|parquet|svg|png)"
)
DOTTED = re.compile(r"(?:\w+/)*[a-z]\w*(?:\.[A-Za-z_]\w*)+(?:\(.*\))?")
KINDS = {"job": ["sim.plan.scenario.Job"], "study": ["sim.study.results.Study"]}
"""What pages call an object of a class."""
MADE = {"classroom/spiral.html", "manifest.json", "summary.md", "points.csv", "NAME.yaml"}
"""Files that are made, by a run or by `make`; as all tables and figures of a run are."""


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def modules() -> dict[str, list[str]]:
    """Return the package's modules by every end of their paths: ``ladder``, ``rules/ladder``."""
    found: dict[str, list[str]] = {}
    for path in (ROOT / "sim").rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        for k in range(len(parts)):
            found.setdefault("/".join(parts[k:]), []).append(".".join(parts))
    return found


def holds(holder: Any, names: list[str]) -> bool:
    """Say whether a module or class has a name, or the names that lead on from there."""
    if not names:
        return True
    if isinstance(holder, ModuleType) and names[0] not in defined(holder):
        return False
    if hasattr(holder, names[0]):
        return holds(getattr(holder, names[0]), names[1:])
    return names[0] in getattr(holder, "__annotations__", {})


@cache
def defined(module: ModuleType) -> set[str]:
    """Return what a module of ours defines, not what it imports; of a package or another's, all."""
    path = Path(module.__file__ or "")
    if path.name == "__init__.py" or ROOT not in path.parents:
        return set(dir(module))
    own = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            own.add(node.name)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            own |= (
                {each.id for each in ast.walk(target) if isinstance(each, ast.Name)}
                if target
                else set()
            )
    return own


@cache
def whole(name: str) -> bool:
    """Say whether a dotted name, from its package on, is there."""
    parts = name.split(".")
    for k in range(len(parts), 0, -1):
        try:
            module = import_module(".".join(parts[:k]))
        except ImportError:
            continue
        return holds(module, parts[k:])
    return False


@cache
def module_of(path: Path) -> ModuleType:
    """Return the module that a file holds."""
    if path.parts[len(ROOT.parts)] in ("experiments", "scripts"):
        return script(path.parent.name, path.stem)
    parts = path.relative_to(ROOT).with_suffix("").parts
    return import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))


def classes_around(text: str, line: int) -> list[str]:
    """Return the names of the classes that a line stands in."""
    return [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef) and node.lineno <= line <= (node.end_lineno or 0)
    ]


def lost_roles(path: Path) -> Iterator[str]:
    """Give the references of a file, by role, that lead nowhere."""
    text = path.read_text(encoding="utf-8")
    for found in ROLE.finditer(text):
        name, line = found[1], text.count("\n", 0, found.start()) + 1
        module = module_of(path)
        around = [getattr(module, each, None) for each in classes_around(text, line)]
        if not (
            ("." in name and whole(name))
            or any(holds(each, name.split(".")) for each in (module, *around))
        ):
            yield f"{named(path)}:{line}: {name}"


@pytest.fixture(autouse=True)
def beside_the_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "experiments"))


def test_a_reference_of_a_docstring_or_comment_leads_somewhere() -> None:
    assert [each for path in CODE for each in lost_roles(path)] == []


# Names and places in backquotes, and places anywhere


def places_of(path: Path, text: str) -> Iterator[tuple[int, str]]:
    """Give the files and folders that a text names, with their lines."""
    for found in PLACE.finditer(text):
        yield found.start(), found[0]
    for found in QUOTED.finditer(text):
        for word in re.findall(r"[^\s=,]+", found[2]):
            if FILE.fullmatch(word) and "/" not in word:
                yield found.start(), word
    if path.suffix == ".md":
        for found in re.finditer(r"\]\((?!https?:|#)([^)#]+)", text):
            yield found.start(), found[1]


def is_there(path: Path, name: str) -> bool:
    """Say whether a file or folder is there, seen from the root or from where it is named."""
    homes = (
        path.parent,
        *(ROOT / place for place in (".", "sim", "sim/data", "classroom", "docs")),
    )
    there = any((home / name).exists() or (home / f"{name}.py").exists() for home in homes)
    return there or name in MADE or name.endswith((".parquet", ".svg", ".png"))


def lost_places(path: Path) -> Iterator[str]:
    """Give the files and folders that a file names and that are not there."""
    text = path.read_text(encoding="utf-8")
    for at, name in places_of(path, text):
        if not is_there(path, name):
            yield f"{named(path)}:{text.count(chr(10), 0, at) + 1}: {name}"


def test_a_file_that_is_named_is_there() -> None:
    texts = [path for path in (*CODE, *PAGES, *SCRIPTS) if TESTS not in path.parents]
    assert [each for path in texts for each in lost_places(path)] == []


def arguments(path: Path, text: str) -> set[str]:
    """Return the names that a file's functions and lines give to values of their own."""
    if path.suffix != ".py":
        return set()
    return {node.arg for node in ast.walk(ast.parse(text)) if isinstance(node, ast.arg)}


def lost_names(path: Path) -> Iterator[str]:
    """Give what is in backquotes, looks like a name in a module, and is not."""
    text = path.read_text(encoding="utf-8")
    own = arguments(path, text)
    for found in QUOTED.finditer(text):
        name = found[2].partition("(")[0]
        if not DOTTED.fullmatch(name) or FILE.fullmatch(name):
            continue
        first, *rest = name.split(".")
        if first in own or "NAME" in rest:
            continue
        known = [first] if first == "sim" else [*modules().get(first, []), *KINDS.get(first, [])]
        if known and not any(whole(".".join([each, *rest])) for each in known):
            yield f"{named(path)}:{text.count(chr(10), 0, found.start()) + 1}: {name}"


def test_a_name_in_backquotes_is_in_its_module() -> None:
    assert [each for path in (*CODE, *PAGES) for each in lost_names(path)] == []


def test_a_command_that_is_named_can_be_given() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for path in (*CODE, *PAGES):
        for _, quoted in QUOTED.findall(path.read_text(encoding="utf-8")):
            if (made := re.match(r"make (\w+)", quoted)) is not None:
                assert made[1] in targets, (named(path), quoted)
            if (run := re.search(r"python -m ([\w.]+)", quoted)) is not None:
                place = ROOT / run[1].replace(".", "/")
                assert place.is_dir() or place.with_suffix(".py").is_file(), (named(path), quoted)


def test_every_room_of_the_house_is_there_and_has_its_floor() -> None:
    text = (ROOT / "DESIGN.md").read_text(encoding="utf-8")
    table = text.split("| folder, lowest layer first |")[1].split("\n\n")[0]
    rooms = [room for row in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
             for room in re.findall(r"`(\w+)/?`", row)]  # fmt: skip
    former = {"mesa_world", "vocabulary"}
    there = {path.stem for path in (ROOT / "sim").iterdir() if path.suffix == ".py"}
    there |= {path.parent.name for path in (ROOT / "sim").glob("*/__init__.py")}
    assert sorted(rooms) == sorted(there - {"__init__"} - former)
