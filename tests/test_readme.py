"""The README says what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.console import Console

import sim
from sim.model.parameters import COEFFICIENTS
from tests.scripts import ROOT


def examples(text: str) -> list[str]:
    """Return the blocks of Python in a page."""
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def test_every_parameter_has_a_meaning_a_unit_and_a_source() -> None:
    for name, c in COEFFICIENTS.items():
        assert c.meaning, name
        assert c.unit, name
        assert c.source, name


def test_the_notebook_example_runs() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = (code for code in examples(text) if "EscalationModel" in code)
    names: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), names)
    model = names["model"]
    assert model.week == 52  # type: ignore[attr-defined]


def test_the_reading_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = (code for code in examples(text) if "open_study" in code)
    (job,) = sim.read_jobs(["scenario=two_rivals", "worlds=5", "weeks=9", "output=mine"])
    sim.report.run(job, console=Console(quiet=True))
    exec(compile(example.replace("outputs/...", "mine"), "README.md", "exec"), {})
    assert (tmp_path / "csv" / "points.csv").exists()


def test_every_option_is_in_the_page_of_settings_and_exists() -> None:
    text = (ROOT / "docs" / "howto" / "settings.md").read_text(encoding="utf-8")
    for group in ("scenario", "miscalculation", "world", "doctrine", "diplomacy", "experiment"):
        told = text.split(f"| `{group}` | ")[1].split("\n")[0]
        files = {path.stem for path in (ROOT / "configs" / group).glob("*.yaml")}
        assert {name for name in files if f"`{name}`" in told} == files, group


def test_the_readme_is_what_a_newcomer_reads_and_its_links_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.count("\n") <= 200
    links = re.findall(r"\]\((?!http)([^)#]+)", text)
    assert len(links) > 20
    for link in links:
        assert (ROOT / link).exists(), link
