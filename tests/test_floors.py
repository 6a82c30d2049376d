"""A file imports only from folders below its own."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "sim"

FOLDERS = (
    "errors", "interrupts", "translate", "lanes", "model", "engine", "plan", "analysis", "config",
    "study", "story", "forks", "evidence", "plots", "report", "worlds", "seat", "front",
    "asking", "playing", "mesa_model", "mesa_world", "vocabulary", "__main__",
)  # fmt: skip
"""Folders, and modules that stand alone, from the ground up: each imports only from those before.

``mesa_world`` and ``vocabulary`` are former names that stay importable.
"""

ONLY = {
    "mesa": {"mesa_model"},
    "hydra": {"__main__"},
    "matplotlib": {"plots", "report", "worlds", "front"},
    "dask": {"study"},
    "distributed": {"study"},
    "msgpack": {"study"},
    "SALib": {"plan", "analysis"},
    "sklearn": {"evidence"},
    "emcee": {"evidence"},
}
"""Libraries that only some folders may know."""

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


def test_every_file_is_in_a_folder_of_the_house() -> None:
    assert {unit(path) for path in FILES} == set(FOLDERS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_file_imports_only_from_folders_below_its_own(path: Path) -> None:
    mine, wrong = FOLDERS.index(unit(path)), []
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "sim" and len(parts) == 2 and parts[1] not in FOLDERS:
            wrong.append(name)  # a name of the whole package
        elif parts[0] == "sim":
            inside = parts[1] == unit(path) and path.parent != PACKAGE
            if not inside and FOLDERS.index(parts[1]) >= mine:
                wrong.append(name)
        elif unit(path) not in ONLY.get(parts[0], {unit(path)}):
            wrong.append(name)
    assert wrong == []


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_no_module_imports_itself_through_others() -> None:
    modules = {module_of(path): path for path in FILES}
    graph = {
        module: {n if n in modules else n.rpartition(".")[0] for n in imported(path)} & set(modules)
        for module, path in modules.items()
    }
    assert list(TopologicalSorter({m: found - {m} for m, found in graph.items()}).static_order())


def test_former_names_stay_importable() -> None:
    from sim.mesa_world import EscalationModel
    from sim.vocabulary import Instrument

    assert EscalationModel is import_module("sim").EscalationModel
    assert Instrument is import_module("sim").Instrument


def test_rules_know_no_arrays_randomness_or_files() -> None:
    allowed = {"__future__", "sim.lanes.arithmetic", "sim.lanes", "sim.model.parameters",
               "sim.model.vocabulary"}  # fmt: skip
    for path in (PACKAGE / "model/rules").glob("*.py"):
        for name in imported(path):
            module = name.rpartition(".")[0]
            assert module in allowed or module.startswith("sim.model.rules"), f"{path.name}: {name}"


@pytest.mark.parametrize("names", [(), ("engine.ensemble", "engine.history", "plan.scenario")])
def test_simulating_loads_no_heavy_library(names: tuple[str, ...]) -> None:
    script = f"import sys, {', '.join(['sim', *(f'sim.{n}' for n in names)])}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True,
        cwd=PACKAGE.parent,
    ).stdout.split()  # fmt: skip
    assert {"sim", *(f"sim.{n}" for n in names)} <= set(loaded)
    assert set(HEAVY) & set(loaded) == set()
