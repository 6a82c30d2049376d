"""Build the classroom page: one HTML file with the model, its words and nothing from outside.

``make classroom`` runs this. The model in the page is the Python one: rules, stages and the turn
are compiled to WebAssembly (:mod:`sim.translate.page`), scenarios and parameters are packed from
the same checked objects that the command line plays. The same sources give the same bytes.
"""

from __future__ import annotations

import base64
import json
import sys
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from numpy.typing import NDArray

from sim.config.job import load_scenario
from sim.config.sources import CONFIGS, PARAMETER_GROUPS
from sim.engine.native import FOLDER, digest
from sim.engine.notes import MEASURES, Total
from sim.lanes import Real
from sim.model.parameters import COEFFICIENTS, Parameters
from sim.model.roster import PairTraits, RelationTraits, StateTraits
from sim.model.rules.reaction import LINK
from sim.model.state import Pair, Relation, State, System
from sim.model.vocabulary import (
    HELD_PARAMETER,
    LEVELS,
    MISTAKES,
    N_HELD,
    Cause,
    Happening,
    Instrument,
    Origin,
    Rung,
)
from sim.plan.changes import KINDS, Change, held_at, what_of, words_of
from sim.plan.scenario import MISCALCULATION, Scenario
from sim.seat import codes, moves
from sim.story import chronicle, reasons, wording
from sim.translate import page as compiled

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "classroom"
WORDS = ROOT / "sim" / "words"
PAGE = SOURCES / "spiral.html"
MOST = 1_000_000
"""Bytes that the page may have."""
MORE = ("settings.js", "story.js", "forks.js", "games.js")
"""Parts of the engine, in order."""
SCRIPTS = ("charts.js", "lessons.js", "sandbox.js", "kit.js", "app.js")
"""Parts of the page, in order; after them any other script there is."""
STUB = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Spiral</title>
<!--@@POLICY@@-->
<style>/*@@STYLE@@*/</style>
</head>
<body>
<p>Spiral's engine is loaded.</p>
<script>/*@@ENGINE@@*/</script>
<script>/*@@WORDS@@*/</script>
<script>/*@@PAGE@@*/</script>
</body>
</html>
"""
POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src data:\">"
)


# The model


def packed_scenario(name: str) -> dict[str, Any]:
    """Return a scenario as plain numbers and names."""
    raw = yaml.safe_load((CONFIGS / "scenario" / f"{name}.yaml").read_text(encoding="utf-8"))
    scenario = load_scenario(name)
    _check_packable(name, raw)
    roster, atlas = scenario.roster, scenario.roster.atlas._asdict()
    return {
        "name": name,
        "title": scenario.title,
        "account": " ".join(scenario.account.split()),
        "start": scenario.start.isoformat(),
        "codes": list(roster.codes),
        "names": [s.name for s in roster.states],
        "blocs": [int(roster.blocs.get(c, 0)) for c in roster.codes],
        "places": [
            None if s.latitude is None else [s.latitude, s.longitude] for s in roster.states
        ],
        "invented": sorted(raw.get("invented") or {}),
        "movable": _movable(raw),
        "pair_keys": sorted(raw.get("pairs") or {}),
        "challenger_by_rule": not any(
            "challenger" in t for t in (raw.get("traits") or {}).values()
        ),
        "events": _packed_events(scenario),
        "atlas": {k: v if isinstance(v, int) else _shortest(v) for k, v in atlas.items()},
    }


def _shortest(values: NDArray[Any]) -> list[int] | list[float]:
    """Return numbers as a list; a float32 as the shortest number that it is the nearest to."""
    if values.dtype == Real:
        return [float(str(value)) for value in values.ravel()]
    return list(values.ravel().tolist())


def _check_packable(name: str, raw: Mapping[str, Any]) -> None:
    """Refuse a scenario that the page could not change as the command line does."""
    for key, start in (raw.get("relations") or {}).items():
        if set(start) & set(MISCALCULATION):
            raise SystemExit(f"{name}: {key} has its own miscalculation; the page cannot tell")


def _movable(raw: Mapping[str, Any]) -> list[str]:
    """Return the relations whose proximity decides nothing else: who relates, how they start."""
    west, east = (raw["blocs"][side]["leader"] for side in ("west", "east"))
    ends = (f"{west}>{east}", f"{east}>{west}")
    invented = {west, east} <= set(raw.get("invented") or {})
    given = all("deployment" in raw.get("relations", {}).get(key, {}) for key in ends)
    return list(ends) if invented and given else []


def _packed_events(scenario: Scenario) -> list[dict[str, Any]]:
    sizeless = (Happening.ACCESSION, Happening.WAR, Happening.CEASEFIRE)
    return [
        {
            **({"id": e.id} if e.id else {}),
            "date": e.date.isoformat(),
            "week": e.week,
            "kind": e.kind.name.lower(),
            "actor": e.actor,
            "target": e.target,
            **({} if e.kind in sizeless else {"size": e.size}),
            **({"weeks": e.weeks} if e.weeks else {}),
            "what": " ".join(e.what.split()),
            "source": " ".join(e.source.split()),
        }
        for e in scenario.events
    ]


def presets() -> dict[str, dict[str, dict[str, float]]]:
    """Return what each option of the groups of parameters sets."""
    return {
        group: {
            path.stem: {
                k: float(v) for k, v in (yaml.safe_load(path.read_text("utf-8")) or {}).items()
            }
            for path in sorted((CONFIGS / group).glob("*.yaml"))
        }
        for group in PARAMETER_GROUPS
    }


def defaults_of_groups(
    options: Mapping[str, Mapping[str, Mapping[str, float]]],
) -> dict[str, float]:
    """Return what the options chosen by default set; it must be what is declared."""
    root = yaml.safe_load((CONFIGS / "config.yaml").read_text("utf-8"))
    chosen = {
        g: o for entry in root["defaults"] if isinstance(entry, dict) for g, o in entry.items()
    }
    told = {k: v for group in options for k, v in options[group][chosen[group]].items()}
    for name, value in told.items():
        if value != COEFFICIENTS[name].value:
            raise SystemExit(
                f"{name} is {value} by default, declared as {COEFFICIENTS[name].value}"
            )
    return told


def instruments() -> dict[str, dict[str, Any]]:
    """Return what the page needs of the declarations of instruments."""
    return {
        i.field: {
            "raised": i.declared.raising,
            "lowered": i.declared.lowering,
            "event": None if i.declared.event is None else i.declared.event.name.lower(),
            "ordinary": i.declared.ordinary,
        }
        for i in Instrument
    }


def story() -> dict[str, Any]:
    """Return what the telling of a story needs of declarations, and its words in English."""
    english = words_of_languages()["en"]
    return {
        "words": {key: text for key, text in english.items() if key.startswith(wording.OWN)},
        "terms": {
            "raised": {end: why.value for end, why in reasons.RAISING.items()},
            "lowered": {end: why.value for end, why in reasons.LOWERING.items()},
        },
        "mistakes": {
            kind.declared.field: [wording.what_of(kind), *kind.declared.directions]
            for kind in chronicle.PLAINLY
        },
        "given": {i.field: i.declared.given for i in reasons.FELT},
        "setting": {kind.name.lower(): i.field for kind, i in reasons.SETS.items()},
        "alarming": [kind.name.lower() for kind in reasons.ALARMING],
        "link": LINK,
        "origins": [origin.name.lower() for origin in Origin],
        "chosen": [int(Cause.CHOICE), int(Cause.DRAWN_IN)],
        "weeks_own": list(reasons.WEEKS_OWN),
        "quiet": [i.field for i in reasons.QUIET],
    }


def words_of_languages() -> dict[str, dict[str, Any]]:
    """Return the words of each language by key."""
    return {p.stem: json.loads(p.read_text("utf-8")) for p in sorted(WORDS.glob("*.json"))}


def changes_of_page() -> dict[str, Any]:
    """Return what each kind of change takes and holds, but for those of the calendar."""
    kinds = {}
    for name, kind in KINDS.items():
        if not kind.calendar:
            each = {of: Change(name, name=of) for of in kind.names or ("",)}
            kinds[name] = {
                "ends": kind.ends,
                "fixed": held_at(Change(name)) if not (kind.takes_value) else None,
                "what": {of: {"what": what_of(change), "words": words_of(change)}
                         for of, change in each.items()},
            }  # fmt: skip
    return {"n": N_HELD, "parameter": HELD_PARAMETER, "kinds": kinds}


def seat() -> dict[str, Any]:
    """Return what a game from the seat of one state is made of."""
    return {
        "scenario": moves.SCENARIO,
        "turns": moves.TURNS,
        "weeks": moves.WEEKS,
        "seats": list(moves.SEATS),
        "acts": [act._asdict() for act in moves.ACTS],
        "rivals": moves.RIVALS,
        "parameters": moves.PARAMETERS,
        "hostility": moves.HOSTILITY,
        "alphabet": codes.ALPHABET,
        "seeds": codes.MOST_SEEDS,
        "shown": [*LEVELS, "perceived", "seen_posture", "fear", "stance", *MISTAKES],
    }


def packed_rules(width: int = compiled.WIDTH) -> str:
    """Return the module of the rules, deflated, as base64."""
    found = compiled.module(ROOT, FOLDER, width).read_bytes()
    return base64.b64encode(zlib.compress(found, 9)).decode()


def packed_model(width: int = compiled.WIDTH) -> dict[str, Any]:
    """Return everything of the model, of which all that is code is in ``rules``.

    Args:
        width: worlds in a block of the module, 2 or 4.
    """
    rows = (Parameters, Relation, Pair, State, System, RelationTraits, PairTraits, StateTraits,
            Total)  # fmt: skip
    options = presets()
    return {
        "version": f"{version('spiral-sim')} {digest()}",
        "rules": packed_rules(width),
        "layout": compiled.layout(ROOT),
        "fields": {row.__name__: list(row.FIELDS) for row in rows},
        "parameters": [{"name": name, **asdict(c)} for name, c in COEFFICIENTS.items()],
        "presets": options,
        "defaults": defaults_of_groups(options),
        "measures": [asdict(m) for m in MEASURES],
        "rungs": [rung.name.lower() for rung in Rung],
        "instruments": instruments(),
        "steps": {i.field: list(i.declared.levels) for i in Instrument},
        "happenings": [kind.name.lower() for kind in Happening],
        "story": story(),
        "changes": changes_of_page(),
        "seat": seat(),
        "scenarios": {
            path.stem: packed_scenario(path.stem)
            for path in sorted((CONFIGS / "scenario").glob("*.yaml"))
        },
    }


# The page


def engine(width: int = compiled.WIDTH) -> str:
    """Return the engine as JavaScript: the global ``Spiral``, and a module for Node.

    Args:
        width: worlds in a block of the module, 2 or 4.
    """
    more = "\n".join(_read(name) for name in MORE)
    text = _read("engine.js").replace("/*@@MORE@@*/", more)
    return text.replace("/*@@MODEL@@*/", literal(packed_model(width)))


def _plain(value: Any) -> Any:
    """Return a value with whole numbers written without a point: JavaScript has only doubles."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def literal(value: Any) -> str:
    """Return a value as a JavaScript literal that cannot close the script it stands in."""
    text = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for risky in "<\u2028\u2029":
        text = text.replace(risky, f"\\u{ord(risky):04x}")
    return text


def _read(name: str) -> str:
    path = SOURCES / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _script(text: str) -> str:
    """Return code that cannot close its script element."""
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def page() -> str:
    """Return the whole page."""
    known = {"engine.js", *MORE, *SCRIPTS}
    others = sorted(p.name for p in SOURCES.glob("*.js") if p.name not in known)
    scripts = "\n".join(_read(name) for name in (*SCRIPTS[:-1], *others, SCRIPTS[-1]))
    words = words_of_languages()
    words["en"] = {k: text for k, text in words["en"].items() if not k.startswith(wording.OWN)}
    lessons = json.loads(_read("lessons.json") or "null")
    players = json.loads(_read("players.json") or "null")
    told = "".join(f"const {name} = {literal(value)};\n" for name, value in (
        ("WORDS", words), ("LESSONS", lessons), ("PLAYERS", players)))  # fmt: skip
    parts = {
        "<!--@@POLICY@@-->": POLICY,
        "/*@@STYLE@@*/": _read("style.css").replace("</style", "<\\/style"),
        "/*@@ENGINE@@*/": _script(engine()),
        "/*@@WORDS@@*/": told,
        "/*@@PAGE@@*/": _script(scripts),
    }
    text = _read("page.html") or STUB
    for mark, part in parts.items():
        if text.count(mark) != 1:
            raise SystemExit(f"page.html must hold {mark} once")
        before, after = text.split(mark)
        text = before + part + after
    return text


def main() -> None:
    """Write the page, or say why it cannot be."""
    text = page().encode()
    if len(text) > MOST:
        raise SystemExit(f"the page has {len(text)} bytes; {MOST} are allowed")
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE
    target.write_bytes(text)
    print(f"{target.name}: {len(text) / 1000:.0f} kB of {MOST / 1000:.0f}")


if __name__ == "__main__":
    main()
