"""The README says what the code says."""

from __future__ import annotations

from sim.parameters import COEFFICIENTS
from tests.scripts import ROOT, script


def test_the_parameter_table_is_the_declarations() -> None:
    readme = script("scripts", "readme")
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme.rewritten(text) == text, "run `make docs`"


def test_every_parameter_has_a_meaning_a_unit_and_a_source() -> None:
    for name, c in COEFFICIENTS.items():
        assert c.meaning, name
        assert c.unit, name
        assert c.source, name
