"""An instrument and a kind of miscalculation are declared once, and everything else follows."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from sim.engine import notes
from sim.engine.record import OUTCOMES
from sim.model.parameters import COEFFICIENTS
from sim.model.state import Relation
from sim.model.vocabulary import LEVELS, MISTAKES, STEPS, Instrument, Miscalculation
from tests.scripts import ROOT

Edits = dict[str, tuple[tuple[str, str], ...]]
"""What a developer writes: in each file, what comes before some text that stands there once."""

INSTRUMENT: Edits = {
    "sim/model/vocabulary.py": (
        (
            "\n    def __new__(cls, declared: Lever)",
            """
    CYBER = Lever(
        levels=("none", "probing", "intrusion", "disruption", "sabotage"),
        strength="cyber_strength",
        given="cyber_given",
        raising="hack",
        lowering="relent",
        start_opposed=0.25,
    )
""",
        ),
        ("\n\nclass Happening(", "    HACK = 8\n"),
    ),
    "sim/model/parameters.py": (
        (
            '    _section("world")',
            '    cyber_strength: float = _declare(1.0, 0.0, 3.0, "1", "readiness to intrude")\n'
            '    cyber_given: float = _declare(1.0, 0.0, 1.0, "1", "part that is given")\n',
        ),
        (
            '    _section("diplomacy")',
            '    hack_base: float = _declare(-3.0, -9.0, 9.0, "logit", "readiness to intrude")\n'
            '    hack_alarm: float = _declare(1.0, 0.0, 9.0, "logit", "... per alarm")\n'
            '    hack_grievance: float = _declare(1.0, 0.0, 9.0, "logit", "... per grievance")\n'
            '    relent_base: float = _declare(-3.0, -9.0, 3.0, "logit", "readiness to relent")\n',
        ),
    ),
    "sim/model/rules/choice.py": (
        (
            "def talk_more(",
            '''def hack_more(p: Parameters, alarm: float, grievance: float) -> float:
    """Return the weight, before the motive, of intruding further."""
    logit = p.hack_base + p.hack_alarm * alarm + p.hack_grievance * grievance
    return p.cyber_strength * exponential(logit)


def hack_less(p: Parameters) -> float:
    """Return the weight of relenting."""
    return exponential(p.relent_base)


''',
        ),
    ),
    "sim/model/stages/choose.py": (
        (
            "    talk = choice.talk_more(",
            "    if instrument == Instrument.CYBER:\n"
            "        hack = choice.hack_more(p, alarm, me.grievance)\n"
            "        return motive * hack, choice.hack_less(p)\n",
        ),
        (
            "    more, less = weights(world, atlas, r, Instrument.SANCTIONS, 1.0, lane)",
            "    u_hack, _, _, _ = uniforms(\n"
            "        world.key, week, atlas.relation_number[r], Draw.HACK, lane\n"
            "    )\n"
            "    more, less = weights(world, atlas, r, Instrument.CYBER, 1.0, lane)\n"
            "    me.step_cyber = choice.step(more, less, u_hack)\n",
        ),
    ),
}
WORDS: Edits = {
    "sim/words/en.json": tuple(
        (f' "story.{way}.sanctions": [', f' "story.{way}.cyber": {json.dumps(words)},\n')
        for way, words in (
            ("noun", ("restraint", "probing", "intrusion", "disruption", "sabotage")),
            ("raised", ("", "probed networks of {them}", "broke into networks of {them}",
                        "disrupted networks of {them}", "sabotaged plants of {them}")),
            ("lowered", ("left networks of {them} alone", "went back to probing {them}",
                         "stopped disrupting {them}", "stopped sabotaging {them}", "")),
            ("held", ("", "probing of networks", "intrusion", "disruption", "sabotage")),
        )
    ),
}  # fmt: skip
KIND: Edits = {
    "sim/model/vocabulary.py": (
        (
            "\n    def __new__(cls, declared: Mistake)",
            """
    ROUTINE = Mistake(
        field="misread_routine",
        directions=("an attack", "an exercise"),
        share="attack_share",
        column="misread_routine",
        label="misreadings of routine",
        rate="routine misread",
        count="of routine",
    )
""",
        ),
        ("\n\nclass Happening(", "    ROUTINE = 9\n"),
    ),
    "sim/model/parameters.py": (
        (
            "    hostile_share: float",
            "    misread_routine: float = "
            '_declare(0.05, 0.0, 0.9, "1/relation-week", "odds of misreading routine")\n'
            "    attack_share: float = "
            '_declare(0.5, 0.0, 1.0, "1", "share of routine read as an attack")\n',
        ),
    ),
    "sim/model/stages/perceive.py": (
        (
            "    warned = 1.0",
            "    u_routine, _, _, _ = uniforms(\n"
            "        world.key, week, atlas.relation_number[r], Draw.ROUTINE, lane\n"
            "    )\n"
            "    me.misread_routine = perception.mistake(\n"
            "        p.misread_routine * trait.routine_odds * pressed,\n"
            "        perception.given(trait.attack_share, p.attack_share),\n"
            "        u_routine,\n"
            "    )\n"
            "    seen = perception.misread_intent(p, seen, me.misread_routine)\n",
        ),
    ),
}


def write(root: Path, edits: Edits) -> None:
    """Write what a developer would."""
    for name, changes in edits.items():
        text = (root / name).read_text("utf-8")
        for before, added in changes:
            assert text.count(before) == 1, (name, before)
            text = text.replace(before, added + before)
        (root / name).write_text(text, "utf-8")


# What is there


def test_what_a_declaration_names_is_there() -> None:
    words = json.loads((ROOT / "sim/words/en.json").read_text("utf-8"))
    for instrument in Instrument:
        declared = instrument.declared
        assert len(declared.levels) == 5
        assert declared.strength in COEFFICIENTS
        assert {f"{declared.raising}_base", f"{declared.lowering}_base"} <= set(COEFFICIENTS)
        for way in ("noun", "raised", "lowered", "held"):
            assert len(words[f"story.{way}.{instrument.field}"]) == 5
    for kind in Miscalculation:
        assert kind.declared.share in COEFFICIENTS
        assert kind.declared.column in OUTCOMES
    assert {*LEVELS, *STEPS, *MISTAKES} <= set(Relation.FIELDS)


def test_flags_of_an_act_are_apart_and_fit() -> None:
    flags = [
        *(notes.MISREAD << kind for kind in Miscalculation),
        notes.FRESH, notes.STOOD, notes.YIELDED, notes.DRAWN_IN, notes.MEDIATED,
    ]  # fmt: skip
    assert flags[Miscalculation.ACCIDENT] == notes.ACCIDENT
    assert sum(flags) | notes.LEVEL == sum(flags) + notes.LEVEL < 1 << 16
    assert len(set(flags)) == len(flags)


# What is not there yet


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the project with a fifth instrument and a sixth kind of miscalculation."""
    root = tmp_path_factory.mktemp("copy")
    for folder in ("sim", "configs"):
        shutil.copytree(
            ROOT / folder, root / folder, ignore=shutil.ignore_patterns("built", "__pycache__")
        )
    for edits in (INSTRUMENT, WORDS, KIND):
        write(root, edits)
    yield root
    shutil.rmtree(root)


def test_an_instrument_takes_four_files_and_a_kind_of_miscalculation_three() -> None:
    assert len(INSTRUMENT) == 4
    assert len(KIND) == 3


@pytest.mark.slow
def test_a_new_instrument_and_a_new_kind_are_played_told_and_drawn(copy: Path) -> None:
    scenario, out = copy / "configs" / "scenario" / "two_rivals.yaml", copy / "out"
    text = scenario.read_text("utf-8")
    scenario.write_text(
        text.replace("rhetoric:", "cyber: 0.5, routine_odds: 2.0, rhetoric:"), "utf-8"
    )
    command = [
        sys.executable, "-m", "sim", "scenario=two_rivals", "worlds=1", "weeks=12", "tracks=[0]",
        "parameters.hack_base=3", "parameters.misread_routine=0.9",
        "quantities=[misread_routine]", "figures=all", f"output={out}",
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    summary = (out / "summary.md").read_text("utf-8")
    assert ", 24 of routine." in summary
    assert "Alphia with criticism, a military presence, intrusion and" in summary
    assert "sabotaged plants of" in summary
    assert re.search(r"misread \w+'s? routine as an (attack|exercise)", summary)
    assert ">sabotage<" in (figure := (out / "figures" / "history.svg").read_text("utf-8")) or (
        "<!-- sabotage -->" in figure
    )
    tracks = pd.read_parquet(out / "tracks" / "relations.parquet")
    assert set(tracks["misread_routine"]) == {-1.0, 0.0, 1.0}
    assert tracks["cyber"].max() == 1.0
    assert pd.read_parquet(out / "outcomes.parquet")["misread_routine"].item() == 24
