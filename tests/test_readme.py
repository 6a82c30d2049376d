"""The README says what the code says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from sim.parameters import COEFFICIENTS

ROOT = Path(__file__).parent.parent


def test_the_parameter_table_is_the_declarations() -> None:
    spec = importlib.util.spec_from_file_location("readme", ROOT / "scripts" / "readme.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert script.rewritten(text) == text, "run `make docs`"


def test_every_parameter_has_a_meaning_a_unit_and_a_source() -> None:
    for name, c in COEFFICIENTS.items():
        assert c.meaning, name
        assert c.unit, name
        assert c.source, name
