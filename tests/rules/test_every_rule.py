"""No rule without rows of its own."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path

import pytest

import sim.model.rules

MODULES = sorted(
    path.stem for path in Path(sim.model.rules.__path__[0]).glob("*.py") if path.stem != "__init__"
)


@pytest.mark.parametrize("name", MODULES)
def test_every_rule_has_a_table_of_its_own(name: str) -> None:
    module = import_module(f"sim.model.rules.{name}")
    tests = (Path(__file__).parent / f"test_{name}.py").read_text(encoding="utf-8")
    rules = [
        rule
        for rule, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
    ]
    assert rules
    assert [rule for rule in rules if f"def test_{rule}(" not in tests] == []
