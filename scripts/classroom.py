"""Build the classroom page: one HTML file with the model, its words and nothing from outside.

``make classroom`` runs this. The model in the page is the Python one: rules, stages and the turn
are compiled to WebAssembly (:mod:`sim.translate.page`), scenarios and parameters are packed from
the same checked objects that the command line plays. The same sources give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from numpy.typing import ArrayLike, NDArray

from sim.config.job import load_scenario, scenario_from
from sim.config.sources import CONFIGS, PARAMETER_GROUPS
from sim.engine.blocks import Block
from sim.engine.native import FOLDER, digest, width
from sim.engine.notes import MEASURES, Total
from sim.lanes import Real
from sim.model.parameters import COEFFICIENTS, Parameters, parameter_block
from sim.model.roster import PairTraits, RelationTraits, Roster, StateTraits
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
from sim.plan.changes import changed as laid_on
from sim.plan.scenario import MISCALCULATION, Scenario
from sim.seat import codes, moves
from sim.story import chronicle, reasons, wording
from sim.translate import page as compiled

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "classroom"
WORDS = ROOT / "sim" / "words"
PAGE = SOURCES / "spiral.html"
LIBRARY = ROOT / "node_modules" / "lean-qr"
"""What draws QR codes: the one library in the page, MIT (see package.json)."""
MOST = 1_000_000
"""Bytes that the page may have."""
MORE = ("settings.js", "story.js", "forks.js", "games.js")
"""Parts of the engine, in order."""
BESIDE = "worlds.js"
"""What stands in the engine's script, and so in workers, too."""
WORLDS = 200
"""Worlds of each panel of a lesson that stand in the page."""
KEYS_OF_PANELS = {"name", "parameters", "changes", "acts", "seed"}
BANDS = (0.1, 0.5, 0.9)
SCRIPTS = ("kept.js", "page.js", "charts.js", "lessons.js", "sandbox.js", "kit.js", "app.js")
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
<script id="engine">/*@@ENGINE@@*/</script>
<script>/*@@WORDS@@*/</script>
<script>/*@@PAGE@@*/</script>
</body>
</html>
"""
POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src data:; "
    'worker-src blob:">'
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
        "shown": [*LEVELS, "perceived", "seen_posture", "fear", "stance", "force", *MISTAKES],
    }


def packed_rules(width: int = compiled.WIDTH) -> str:
    """Return the module of the rules, deflated, as base64."""
    return deflated(compiled.module(ROOT, FOLDER, width).read_bytes())


def deflated(content: bytes) -> str:
    """Return bytes deflated, as base64."""
    return base64.b64encode(zlib.compress(content, 9)).decode()


def packed_scenarios() -> dict[str, Any]:
    """Return the names of all scenarios, and all of them as deflated JSON, by name."""
    names = sorted(path.stem for path in (CONFIGS / "scenario").glob("*.yaml"))
    text = literal({name: packed_scenario(name) for name in names})
    return {"names": names, "packed": deflated(text.encode())}


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
        "scenarios": packed_scenarios(),
    }


# The worlds of lessons


class Worlds(NamedTuple):
    """What is noted of the worlds of a panel."""

    rungs: NDArray[np.uint8]  # [week, world] of the pair that the lesson looks at
    causes: NDArray[np.uint8]  # [world] what its first clash began with, 0 where none came
    levels: NDArray[np.uint16]  # [week, measure, world]
    misread: Mapping[str, NDArray[np.int64]]  # [world]

    def level(self, measure: str) -> NDArray[np.uint16]:
        """Return a measure as it is noted, ``[week, world]``."""
        return self.levels[:, [m.name for m in MEASURES].index(measure)]

    def tally(self, of: str) -> NDArray[np.int64]:
        """Return what is counted of each world, ``[world]``."""
        if of in self.misread:
            return self.misread[of]
        measure, first, last = of.split()
        weeks = self.level(measure)[int(first) : int(last) + 1]
        return np.asarray(weeks.sum(axis=0, dtype=np.int64))


def changed_scenario(name: str, changes: Mapping[str, Any]) -> Scenario:
    """Return a scenario as the command line changes it: events are replaced, the rest laid on."""

    def laid(below: Any, above: Any) -> Any:
        if not isinstance(below, dict) or not isinstance(above, dict):
            return above
        return {**below, **{k: laid(below.get(k), v) for k, v in above.items()}}

    text = (CONFIGS / "scenario" / f"{name}.yaml").read_text(encoding="utf-8")
    return scenario_from(laid(yaml.safe_load(text), changes), name)


def tallies(of: Mapping[str, Any]) -> list[str]:
    """Return what an outcome needs counted of each world, by the keys of worlds.js.

    A measure is summed from week to week, a misreading has a sign.

    Raises:
        KeyError: if it is of no kind that is known here.
    """
    kinds: dict[str, Any] = {
        "reached": list,
        "cause": list,
        "misread": lambda: [f"{of['field']} {of['sign']}"],
        "ratio": lambda: tallies(of["top"]) + tallies(of["bottom"]),
        "level": lambda: [
            f"{name} {of['from']} {of['to']}"
            for name in (
                ("stands", "yields") if of["measure"] == "confrontations" else (of["measure"],)
            )
        ],
    }
    found: list[str] = kinds[of["kind"]]()
    return found


def worlds_of(
    lesson: Mapping[str, Any], panel: Mapping[str, Any], counted: Sequence[str] = ()
) -> Worlds:
    """Play the worlds of a panel of a lesson as it is declared, counting the misreadings."""
    roster = changed_scenario(lesson["scenario"], panel["changes"]).roster
    roster = laid_on(roster, [Change(**act) for act in panel.get("acts", ())])
    pair = pair_of(roster, lesson.get("pair"))
    point = parameter_block(panel["parameters"], 1)[0, :, 0]
    block = Block(roster, lesson["weeks"], panel.get("seed", lesson["seed"]))
    misread = {of: np.zeros(WORLDS, np.int64) for of in counted if len(of.split()) == 2}
    rungs, causes, levels = [], [], []
    for first in range(0, WORLDS, width()):
        mine = slice(first, min(first + width(), WORLDS))
        block.begin(point, np.arange(WORLDS)[mine])
        for week in range(1, lesson["weeks"] + 1):
            block.play(week)
            for of in misread:
                field, sign = of.split()
                row = block.world.relations[:, Relation.FIELDS.index(field), : block.n_worlds]
                misread[of][mine] += (row * int(sign) > 0).sum(axis=0)
        tracks = block.tracks.value
        rungs.append(tracks.rungs[:, pair, : block.n_worlds].copy())
        causes.append(first_causes(tracks.causes[:, pair, : block.n_worlds]))
        levels.append(tracks.levels[..., : block.n_worlds].copy())
    return Worlds(np.concatenate(rungs, -1), np.concatenate(causes), np.concatenate(levels, -1),
                  misread)  # fmt: skip


def pair_of(roster: Roster, ends: str | None) -> int:
    """Return the pair that a lesson looks at: the leaders', unless it names another."""
    if ends is None:
        return int(roster.atlas.leaders_pair)
    return int(roster.atlas.pair[roster.relation(*ends.split("-"))])


def first_causes(causes: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Return what the first clash of each world began with, of ``[week, world]``."""
    first = (causes > 0).argmax(axis=0)
    return np.asarray(causes[first, np.arange(causes.shape[1])] % 8, np.uint8)


def _planes(values: ArrayLike, kind: str) -> bytes:
    """Return whole numbers byte by byte, all lowest bytes first: they pack better so."""
    cells = np.ascontiguousarray(values, kind)
    return cells.view(np.uint8).reshape(-1, cells.itemsize).T.tobytes()


def packed_worlds(worlds: Worlds, counted: Sequence[str], measure: str | None) -> bytes:
    """Return what the page shows of the worlds of a panel (read by built.js)."""
    sofar = np.maximum.accumulate(worlds.rungs, axis=0)
    ladder = np.arange(len(Rung))
    counts = (worlds.rungs[..., None] == ladder).sum(axis=1)
    reached = (sofar[..., None] >= ladder).sum(axis=1)
    steps = [np.diff(each.T, prepend=0).astype(np.uint8).tobytes() for each in (counts, reached)]
    parts = [
        *steps,
        sofar[-1].tobytes(),
        worlds.causes.tobytes(),
        *(_planes(worlds.tally(of), "<u4") for of in counted),
    ]
    if measure:
        ranks = [int(q * (WORLDS - 1) + 0.5) for q in BANDS]
        bands = np.sort(worlds.level(measure), axis=1)[:, ranks].T
        parts.append(_planes(np.diff(bands.astype(np.int64), prepend=0).astype(np.uint16), "<u2"))
    return b"".join(parts)


def counted_in(lesson: Mapping[str, Any]) -> list[str] | None:
    """Return what a lesson needs counted of its worlds; None if it holds what is not known here."""
    if any(set(panel) - KEYS_OF_PANELS for panel in lesson["panels"]):
        return None
    outcomes = [claim[of] for claim in lesson["claims"] for of in ("outcome", "against")
                if of in claim]  # fmt: skip
    try:
        return list(dict.fromkeys(of for each in outcomes for of in tallies(each)))
    except KeyError:
        return None


def _state_of(lessons: Sequence[Mapping[str, Any]]) -> str:
    """Return a digest of all that the worlds of lessons are played and packed from."""
    files = [*sorted((CONFIGS / "scenario").glob("*.yaml")), Path(__file__)]
    declared = [asdict(c) for c in COEFFICIENTS.values()]
    text = literal([digest(), declared, lessons, [path.read_text("utf-8") for path in files]])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _put(place: Path, content: bytes) -> None:
    """Write a file at once, for whoever builds at the same time."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
        file.write(content)
    Path(file.name).replace(place)


def built_in(lessons: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the worlds of all lessons; the page plays those that are not known here itself."""
    known = [(each, counted) for each in lessons if (counted := counted_in(each)) is not None]

    def packed(lesson: Mapping[str, Any], counted: list[str], panel: Mapping[str, Any]) -> bytes:
        worlds = worlds_of(lesson, panel, counted)
        return packed_worlds(worlds, counted, lesson["show"].get("measure"))

    asked = [(each, counted, panel) for each, counted in known for panel in each["panels"]]
    place = FOLDER / f"lessons-{_state_of(lessons)}.bin"
    if not place.exists():
        with ThreadPoolExecutor() as at_once:
            parts = list(at_once.map(packed, *zip(*asked, strict=True)) if asked else [])
        _put(place, b"".join(parts))
    told = [{"name": each["name"], "measure": each["show"].get("measure"),
             "tallies": counted}
            for each, counted in known]  # fmt: skip
    return {"worlds": WORLDS, "lessons": told, "packed": deflated(place.read_bytes())}


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


def qr_codes() -> str:
    """Return what draws QR codes with its licence, as the constant ``LeanQR``; null without it."""
    if not LIBRARY.is_dir():
        return "const LeanQR = null;\n"
    code, notice = ((LIBRARY / name).read_text("utf-8") for name in ("index.js", "LICENSE"))
    made = f"const LeanQR = ((exports) => {{\n{code}\nreturn exports;\n}})({{}});\n"
    return f"/* lean-qr\n\n{notice}*/\n{made}"


def page() -> str:
    """Return the whole page."""
    known = {"engine.js", *MORE, BESIDE, *SCRIPTS}
    others = sorted(p.name for p in SOURCES.glob("*.js") if p.name not in known)
    scripts = "\n".join(_read(name) for name in (*SCRIPTS[:-1], *others, SCRIPTS[-1]))
    words = words_of_languages()
    words["en"] = {k: text for k, text in words["en"].items() if not k.startswith(wording.OWN)}
    lessons = json.loads(_read("lessons.json") or "[]")
    players = json.loads(_read("players.json") or "null")
    told = "".join(f"const {name} = {literal(value)};\n" for name, value in (
        ("WORDS", words), ("LESSONS", lessons), ("BUILT", built_in(lessons)), ("PLAYERS", players),
    ))  # fmt: skip
    parts = {
        "<!--@@POLICY@@-->": POLICY,
        "/*@@STYLE@@*/": _read("style.css").replace("</style", "<\\/style"),
        "/*@@ENGINE@@*/": _script(f"{engine()}\n{_read(BESIDE)}"),
        "/*@@WORDS@@*/": told + _script(qr_codes()),
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
    lacking = "" if LIBRARY.is_dir() else ", without QR codes: npm ci brings what draws them"
    print(f"{target.name}: {len(text) / 1000:.0f} kB of {MOST / 1000:.0f}{lacking}")


if __name__ == "__main__":
    main()
