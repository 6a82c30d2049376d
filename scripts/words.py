"""Say what a language lacks: ``python scripts/words.py de``; ``--template`` writes what is to do.

The words of a language are the texts of its file in ``sim/words``, by key. English has those of the
page and of stories there; what is declared in English elsewhere (titles of scenarios, meanings of
parameters, ...) has keys made of names, see :func:`declared`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sim.config.job import load_scenario
from sim.config.sources import CONFIGS
from sim.model.parameters import COEFFICIENTS
from sim.model.sheets import state_table
from sim.story.chronicle import PLAINLY
from sim.story.wording import THE, what_of

CAUSES = "story.because."
WORDS = Path(__file__).parents[1] / "sim" / "words"


def declared() -> Iterator[tuple[str, Any]]:
    """Yield the keys and texts that English has in declarations and scenarios."""
    for name, coefficient in COEFFICIENTS.items():
        yield f"parameter.{name}", name.replace("_", " ")
        yield f"parameter.{name}.meaning", coefficient.meaning
        if coefficient.unit != "1":
            yield f"unit.{coefficient.unit}", coefficient.unit
    for kind in PLAINLY:
        mistake = [what_of(kind), *kind.declared.directions]
        yield f"story.mistake.{kind.declared.field}", mistake
    for sheet in state_table().values():
        yield f"state.{sheet.name}", sheet.name
    for path in sorted((CONFIGS / "scenario").glob("*.yaml")):
        scenario = load_scenario(path.stem)
        yield f"scenario.{path.stem}.title", scenario.title
        yield f"scenario.{path.stem}.account", " ".join(scenario.account.split())
        for state in scenario.roster.states:
            yield f"state.{state.name}", state.name
        for event in scenario.events:
            what = " ".join(event.what.split())
            yield f"event.{what}", what


def of(language: str) -> dict[str, Any]:
    """Return the words of a language's file."""
    found: dict[str, Any] = json.loads((WORDS / f"{language}.json").read_text("utf-8"))
    return found


@cache
def english() -> dict[str, Any]:
    """Return everything that a whole language says, in English."""
    return {**dict(declared()), **of("en")}


def faults(words: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the words of a language: keys and marks that English lacks.

    Only the forms of names are a language's own.
    """
    known, found = english(), []
    for key, text in words.items():
        if is_form(key) or key.startswith("story.form."):
            continue
        if key not in known:
            found.append(f"{key}: no such key")
        elif wrong := marks(text) - allowed(key):
            extra = ", ".join(sorted(wrong))
            found.append(f"{key}: no {extra} in English")
    return found


def is_form(key: str) -> bool:
    """Say whether a key is of a form of a state's name, of which each language has its own."""
    name, _, form = key.rpartition(".")
    return name.startswith("state.") and (form == THE or name in english())


def allowed(key: str) -> set[str]:
    """Return the names that may be filled into the text of a key; all causes have the same."""
    known = english()
    of_causes = [text for each, text in known.items() if each.startswith(CAUSES)]
    return marks(of_causes if key.startswith(CAUSES) else known[key])


def marks(text: Any) -> set[str]:
    """Return the names that are filled into a text."""
    return set(re.findall(r"\{(\w+)", json.dumps(text, ensure_ascii=False)))


def main(words: list[str]) -> int:
    """Print what a language lacks and what is wrong with it; return 1 if something is wrong."""
    languages = sorted(path.stem for path in WORDS.glob("*.json"))
    names = [word for word in words if word != "--template"]
    if len(names) != 1 or ("--template" not in words and names[0] not in languages):
        print(f"python scripts/words.py LANG [--template], LANG of: {', '.join(languages)}")
        return 2
    told = of(names[0]) if names[0] in languages else {}
    missing = {k: text for k, text in english().items() if k not in told and not is_form(k)}
    if "--template" in words:
        print(json.dumps({**told, **missing}, indent=1, ensure_ascii=False))
        return 0
    wrong = faults(told)
    print(
        "\n".join([*(f"missing: {key}" for key in missing), *(f"wrong: {each}" for each in wrong)])
    )
    print(f"{names[0]}: {len(told)} keys, {len(missing)} missing, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
