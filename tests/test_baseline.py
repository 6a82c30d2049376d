"""The model gives what it gave when the baseline was stored; `make baseline` stores it anew."""

from __future__ import annotations

import json

from tests.scripts import script


def test_the_model_gives_the_stored_baseline() -> None:
    stored = script("scripts", "baseline")
    before = json.loads(stored.STORED.read_text(encoding="utf-8"))
    now = stored.baseline()
    for name, found in now.items():
        assert found["means"] == before[name]["means"], f"{name}: on purpose? see CHANGELOG.md"
    assert now == before
