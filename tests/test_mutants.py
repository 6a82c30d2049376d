"""The changes of `make mutants`: what is changed, how evenly, and that a survivor is named."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.scripts import script

mutants = script("scripts", "mutants")

RULE = b'''
def rule(p: Parameters, me: Relation, them: Relation) -> float:
    """Return 1 - 2 * 3."""
    return where(me.fear > 0.25, p.hotline * me.alarm - least(0.5, them.alarm), -me.fear)
'''


def test_a_rule_is_changed_in_every_way() -> None:
    changes = mutants.changes("rules/x.py", RULE)
    found = [(change.kind, change.text) for change in changes]
    assert len({(change.span, change.after) for change in changes}) == len(changes)
    assert {
        ("sign", "- least(0.5, them.alarm) -> + least(0.5, them.alarm)"),
        ("sign", "-me.fear -> me.fear"),
        ("term dropped", "me.alarm - least(0.5, them.alarm) -> me.alarm"),
        ("factor dropped", "p.hotline * me.alarm -> me.alarm"),
        ("factor dropped", "p.hotline * me.alarm -> p.hotline"),
        ("comparison", "me.fear > 0.25 -> me.fear < 0.25"),
        ("comparison", "me.fear > 0.25 -> me.fear >= 0.25"),
        ("least, most", "least(0.5, them.alarm) -> most(0.5, them.alarm)"),
        ("other field", "p.hotline -> p.hotline_floor"),
        ("other field", "me.fear -> me.pooled_fear"),
        ("other side", "me -> them"),
        ("other side", "them -> me"),
        ("constant", "0.25 -> 1.25"),
    } <= set(found)  # fmt: skip
    assert sum(kind == "arguments swapped" for kind, _ in found) == 1


def test_every_change_is_python_and_differs() -> None:
    for change in mutants.changes("rules/x.py", RULE):
        start, end = change.span
        changed = RULE[:start] + b"(" + change.after.encode() + b")" + RULE[end:]
        assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(RULE)), change


def test_changes_are_spread_over_every_rule_and_stage_by_the_seed() -> None:
    every = mutants.all_changes(mutants.ROOT)
    one, again, other = (mutants.chosen(every, 2, seed) for seed in (1, 1, 2))
    assert one == again != other
    assert len(one) >= 60
    played, possible = (
        Counter((change.path, change.function) for change in changes) for changes in (one, every)
    )
    assert played == {at: min(2, number) for at, number in possible.items()}
    assert {path.split("/")[0] for path, _ in played} == {"rules", "stages"}


def test_every_equivalent_change_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    known = dict(mutants.EQUIVALENT)
    monkeypatch.setattr(mutants, "EQUIVALENT", {})
    made = {
        (place, change.text)
        for change in mutants.all_changes(mutants.ROOT)
        for place in (change.function, change.path)
    }
    assert set(known) - made == set()


@pytest.mark.parametrize(
    ("row", "code", "last"),
    [("double(1.0) > 0.0", 1, "sim/model/rules/toy.py:2 double: 2.0 -> 3.0"),
     ("double(1.5) == 3.0", 0, "4 changes, 100.0% caught")],
)  # fmt: skip
def test_survivors_are_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    row: str,
    code: int,
    last: str,
) -> None:
    folders = (
        "sim",
        "sim/model",
        "sim/model/rules",
        "sim/model/stages",
        "tests",
        "tests/rules",
        "tests/stages",
    )
    for name in folders:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    rule = tmp_path / "sim/model/rules/toy.py"
    rule.write_text("def double(x):\n    return 2.0 * -x * -1.0\n")
    (tmp_path / "tests/rules/test_toy.py").write_text(
        f"from sim.model.rules.toy import double\ndef test_double():\n    assert {row}\n"
    )
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    monkeypatch.setattr(mutants, "NEEDED", ("sim", "tests"))
    before = rule.read_text()
    assert mutants.main(["--each", "4"]) == code
    assert last in capsys.readouterr().out
    assert rule.read_text() == before
