"""docs/ says what the code does, and its notebooks run."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from sim.model.parameters import COEFFICIENTS
from tests.scripts import script

odd = script("scripts", "odd")

TEXT = odd.PAGE.read_text(encoding="utf-8")


def test_the_page_is_current() -> None:
    assert odd.page() == TEXT, "run `make docs`"


@pytest.mark.parametrize(
    "element",
    ["Purpose and patterns", "Entities, state variables and scales",
     "Process overview and scheduling", "Design concepts", "Initialization", "Input data",
     "Submodels"],
)  # fmt: skip
def test_every_element_has_its_heading(element: str) -> None:
    assert re.search(rf"^## \d\. {element}$", TEXT, re.MULTILINE)


@pytest.mark.parametrize(
    "concept",
    ["Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction",
     "Sensing", "Interaction", "Stochasticity", "Collectives", "Observation"],
)  # fmt: skip
def test_every_design_concept_is_spoken_of(concept: str) -> None:
    assert f"**{concept}.**" in TEXT


def test_every_parameter_and_every_rule_is_there() -> None:
    for name in COEFFICIENTS:
        assert f"| `{name}` |" in TEXT, name
    for path in (odd.PACKAGE / "rules").glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                assert f"<code>{node.name}</code>" in TEXT, node.name


def test_nothing_is_left_to_fill_in_and_links_lead_somewhere() -> None:
    assert not re.search(r"^\{\w+\}$", TEXT, re.MULTILINE)
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", TEXT):
        assert (odd.PAGE.parent / link).exists(), link


def test_it_says_what_the_model_must_not_be_used_for() -> None:
    assert "must not be used for" in TEXT[:600]


def test_readme_promises_no_language_that_the_page_does_not_speak() -> None:
    root = odd.PAGE.parent.parent
    languages = {path.stem for path in (root / "sim/words").glob("*.json")}
    text = (root / "docs/classroom.md").read_text(encoding="utf-8")
    told = re.search(r"The page speaks ([^.]*);", text)
    assert told is not None
    assert set(re.findall(r"`(\w+)`", told[1])) == languages


# The site

DOCS = odd.PAGE.parent
NOTEBOOKS = sorted(
    path for path in DOCS.rglob("*.md") if path.read_text("utf-8").startswith("---\nfile_format")
)


def test_every_page_is_in_the_table_of_contents_and_every_link_leads_somewhere() -> None:
    named = set()
    for toc in re.findall(r"```\{toctree\}(.*?)```", (DOCS / "index.md").read_text("utf-8"), re.S):
        named |= {line for line in toc.splitlines() if line and not line.startswith(":")}
    pages = {str(p.relative_to(DOCS).with_suffix("")) for p in DOCS.rglob("*.md")}
    assert named == pages - {"index"}
    for page in DOCS.rglob("*.md"):
        for link in re.findall(r"\]\((?!http|#)([^)#\s]+)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_six_tutorials_are_notebooks() -> None:
    assert len([path for path in NOTEBOOKS if path.parent.name == "tutorials"]) == 6


@pytest.mark.slow
@pytest.mark.parametrize("page", NOTEBOOKS, ids=lambda page: page.stem)
def test_a_notebook_runs(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("IPython")
    script("scripts", "cells").run(page)
