"""A file imports only from floors below its own, or from what is listed before it on its own."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "sim"

FLOORS = (
    ("lanes", "translate", "vocabulary", "parameters", "arithmetic", "randomness", "facts",
     "targets", "posterior", "roster", "world"),
    ("rules",),
    ("stages", "turn", "tracks", "disputes", "record", "threads", "engine", "ensemble", "shards",
     "cluster", "interrupts", "history"),
    ("mesa_world", "observation", "scenario", "design", "intervals", "properties", "quantities",
     "escaping", "checking", "measures", "story", "sensitivity", "comparison", "store", "playing",
     "tabulating", "parquet", "study", "calibration"),
    ("plots", "report"),
    ("__main__",),
)  # fmt: skip
"""Modules and packages of each floor, F0 first."""

ONLY = {
    "mesa": {"mesa_world"},
    "hydra": {"__main__"},
    "matplotlib": {"plots", "report"},
    "dask": {"cluster"},
    "distributed": {"cluster"},
    "msgpack": {"cluster"},
    "SALib": {"design", "sensitivity"},
    "sklearn": {"calibration"},
    "emcee": {"calibration"},
}
"""Libraries that only some modules may know."""

HEAVY = ("mesa", "hydra", "omegaconf", "matplotlib", "pandas", "networkx", "SALib",
         "distributed", "dask", "sklearn", "emcee")  # fmt: skip


def unit(path: Path) -> str:
    """Return the module or the package of the floor plan that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Yield the full names of what a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")
PLAN = [name for floor in FLOORS for name in floor]


def test_every_file_is_on_a_floor() -> None:
    assert {unit(path) for path in FILES} - set(PLAN) == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_file_imports_only_what_lies_below(path: Path) -> None:
    mine = PLAN.index(unit(path))
    wrong = []
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "sim":
            assert parts[1:], f"{path.name} imports the whole package"
            inside = parts[1] == unit(path) and path.parent != PACKAGE
            if not inside and PLAN.index(parts[1]) >= mine:
                wrong.append(name)
        elif unit(path) not in ONLY.get(parts[0], {unit(path)}):
            wrong.append(name)
    assert wrong == []


def test_rules_know_no_arrays_randomness_or_files() -> None:
    allowed = {"__future__", "sim.arithmetic", "sim.lanes", "sim.parameters"}
    for path in (PACKAGE / "rules").glob("*.py"):
        for name in imported(path):
            module = name.rpartition(".")[0]
            assert module in allowed or module.startswith("sim.rules"), f"{path.name}: {name}"


@pytest.mark.parametrize("n_floors", [0, 3])
def test_simulating_loads_no_heavy_library(n_floors: int) -> None:
    names = [f"sim.{name}" for floor in FLOORS[:n_floors] for name in floor]
    script = f"import sys, {', '.join(['sim', *names])}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True,
        cwd=PACKAGE.parent,
    ).stdout.split()  # fmt: skip
    assert "sim" in loaded
    assert set(HEAVY) & set(loaded) == set()
