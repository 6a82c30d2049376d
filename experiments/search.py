"""Search coefficients against base rates, causes and properties at once.

Run as ``python experiments/search.py [rounds=10] [seed=1] [from=values.json]`` (``make search``).
Every round fits a line to all outputs over the parameters around the best set so far, minimises the
predicted misfit inside a few trust regions, and tries what it finds. The best set is written to
``outputs/search.json`` after every round; nothing is taken over by itself.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from finding import settings
from numpy.typing import NDArray

from sim.__main__ import exit_code
from sim.evidence import laboratory, sizes
from sim.evidence.calibration.prior import SPACE, place_of, values_at
from sim.evidence.laboratory import AIMS
from sim.evidence.observation import observed
from sim.evidence.score import linked, unlinked
from sim.evidence.targets import targets
from sim.model.parameters import COEFFICIENTS

Vector = NDArray[np.float64]

NAMES = tuple(SPACE)
WEIGHT = 2.5  # of an aim, relative to a base rate
INCIDENTS = 1.6  # weight of a rate of incidents
SPREADS = (0.02, 0.04, 0.08)  # of the sets tried around the best one
ROOM = 0.8  # of half an interval; what leaves it costs most while it crosses the interval's end


def _place(values: Mapping[str, float]) -> Vector:
    """Return where values lie in the space, 0 to 1; what is not given is as declared."""
    given = [values.get(name, COEFFICIENTS[name].value) for name in NAMES]
    return np.clip(place_of(NAMES, np.array(given)), 0.0, 1.0)


def _values(z: Vector) -> dict[str, float]:
    """Return the values at a place."""
    found = values_at(NAMES, z)
    return {name: float(f"{value:.4g}") for name, value in zip(NAMES, found, strict=True)}


RATES = {name: t for name, t in targets().items() if t.value != 0.0 and t.use != "check"}
LOW, CENTRE, HIGH = np.array([linked(t, [t.low, t.value, t.high]) for t in RATES.values()]).T
HALF = np.maximum((HIGH - LOW) / 2.0, 0.15)
FACTOR = np.array([INCIDENTS if "MIE" in t.source else 1.0 for t in RATES.values()])
FACTOR[list(RATES).index("react_within_30d")] *= 1.5  # routine answers are what rates overdo


def outputs(values: Mapping[str, float], seed: int) -> Vector:
    """Return all that is judged: figures of reaction, then base rates, nan where nothing was."""
    found = laboratory.figures(values, worlds=2048, seed=10 + seed)
    era = sizes.of_era(values, worlds=160, seed=seed)
    rates, found["sizes"] = observed(era, counted_from=sizes.FROM), sizes.rank_correlation(era)
    for kind, (mine, theirs) in sizes.by_class(era).items():
        found[f"others, {kind}"] = float(mine.mean()) / theirs
    judged = [aim.judged(found[name]) for name, aim in AIMS.items()]
    return np.array(judged + [linked(t, rates[name]) for name, t in RATES.items()])


def misfits(y: Vector) -> Vector:
    """Return what each output adds to the misfit; ``y`` is ``[output]`` or ``[output, set]``."""
    columns = y.reshape(len(y), -1)
    aims = [WEIGHT * a.off(columns[k]) for k, a in enumerate(AIMS.values())]
    off = np.abs(columns[len(AIMS) :] - CENTRE[:, None]) / HALF[:, None]
    off = np.where(np.isnan(off), 5.0, np.minimum(off, 5.0))
    crossing = np.clip((off - ROOM) / (1.2 - ROOM), 0.0, 1.0)
    rates = FACTOR[:, None] * (0.1 * off + crossing + 0.35 * np.maximum(off - 1.2, 0.0))
    return np.vstack([np.array(aims), rates]).reshape(y.shape)


def told(y: Vector) -> str:
    """Return how good a set is, in a line."""
    each = misfits(y)
    missed = {n: round(float(m), 1) for n, m in zip(AIMS, each, strict=False) if m > 0.1}
    off = np.abs(y[len(AIMS) :] - CENTRE) / HALF
    names = np.array(list(RATES))
    worst = [f"{names[k]} {off[k]:.1f}" for k in np.argsort(-np.nan_to_num(off, nan=9))[:6]]
    strict = sum(
        t.verdict(float(unlinked(t, v))) == "inside"
        for t, v in zip(RATES.values(), y[len(AIMS) :], strict=True)
    )
    return f"misfit {each.sum():.1f}, {strict} of {len(off)} rates inside, off {missed} {worst}"


def candidates(
    z: Vector, y: Vector, tried: list[tuple[Vector, Vector]], rng: np.random.Generator
) -> list[Vector]:
    """Return places where a line through the outputs around ``z`` has the least misfit."""
    places = np.array([t[0] for t in tried]) - z
    seen = np.array([t[1] for t in tried])
    whole = ~np.isnan(seen).any(axis=1)
    places, seen = places[whole], seen[whole]
    weight = 1.0 / (1.0 + (np.linalg.norm(places, axis=1) / 0.35) ** 2)
    x = np.hstack([np.ones((len(places), 1)), places])
    xw = x * weight[:, None]
    ridge = np.diag([1e-3] + [3e-3] * len(z))
    fit = np.linalg.solve(xw.T @ x + ridge, xw.T @ seen)
    middle, slope = 0.5 * (fit[0] + y), fit[1:].T
    found = []
    for radius in (0.01, 0.02, 0.04, 0.08):
        best, cost, spread = np.zeros(len(z)), math.inf, radius / 2.0
        for _ in range(400):
            some = rng.normal(size=(len(z), 64)) * (rng.random((len(z), 64)) < 0.25)
            steps = np.clip(best[:, None] + spread * some, -radius, radius)
            steps = np.clip(z[:, None] + steps, 0.0, 1.0) - z[:, None]
            costs = misfits(middle[:, None] + slope @ steps).sum(0) + 6.0 * (steps**2).sum(0)
            at = int(np.argmin(costs))
            if costs[at] < cost:
                best, cost = steps[:, at], float(costs[at])
            else:
                spread = max(0.97 * spread, radius / 40.0)
        found.append(np.clip(z + best, 0.0, 1.0))
    return found


def remember(out: Path, tried: list[tuple[Vector, Vector]]) -> None:
    """Keep all that was tried beside the best set, so that a search can go on."""
    places, seen = (np.array(rows) for rows in zip(*tried, strict=True))
    np.savez(out.with_suffix(".npz"), names=np.array(NAMES), places=places, seen=seen)


def remembered(out: Path, z: Vector) -> list[tuple[Vector, Vector]]:
    """Return what was tried before in the same space; what is new in it stood where ``z`` is."""
    path = out.with_suffix(".npz")
    if not path.is_file():
        return []
    with np.load(path, allow_pickle=False) as kept:
        names, places, seen = list(kept["names"]), kept["places"], kept["seen"]
    if seen.shape[1] != len(AIMS) + len(RATES):
        return []
    whole = np.tile(z, (len(places), 1))
    for k, name in enumerate(names):
        if name in NAMES:
            whole[:, NAMES.index(name)] = places[:, k]
    return list(zip(whole, seen, strict=True))


def main(words: list[str]) -> int:
    """Search, and write the best set found so far; return the exit code."""
    code: int = exit_code(lambda: _main(words))
    return code


def _main(words: list[str]) -> int:
    types = {"rounds": int, "seed": int, "threads": int, "out": Path, "from": Path}
    given = settings(words, **types)
    rounds, seed = given.get("rounds", 10), given.get("seed", 1)
    out = given.get("out", Path("outputs/search.json"))
    out.parent.mkdir(parents=True, exist_ok=True)
    start = json.loads(given["from"].read_text(encoding="utf-8")) if "from" in given else {}
    rng, z = np.random.default_rng(seed), _place(start)
    tried = remembered(out, z)
    known = len(tried)  # perhaps by other worlds: they show slopes, and are not taken
    began = time.time()
    with ThreadPoolExecutor(given.get("threads", 2)) as pool:

        def attempt(places: list[Vector]) -> None:
            sets = [_values(p) for p in places]
            results = pool.map(lambda v: outputs(v, seed), sets)
            tried.extend(zip(places, results, strict=True))

        attempt([z])
        print("start", told(tried[-1][1]), flush=True)
        eye = np.eye(len(z)) if len(tried) <= len(z) else np.zeros((0, len(z)))
        attempt([z + 0.08 * (1.0 if z[k] < 0.5 else -1.0) * eye[k] for k in range(len(eye))])
        print(f"slopes {time.time() - began:.0f} s", flush=True)
        for number in range(rounds):
            z, y = min(tried[known:], key=lambda t: float(misfits(t[1]).sum()))
            attempt(candidates(z, y, tried, rng))
            z, y = min(tried[known:], key=lambda t: float(misfits(t[1]).sum()))
            out.write_text(json.dumps(_values(z), indent=1), encoding="utf-8")
            remember(out, tried)
            print(f"{number} {time.time() - began:.0f} s", told(y), flush=True)
            near = rng.choice([-1.0, 0.0, 1.0], size=(12, len(z)), p=[0.15, 0.7, 0.15])
            attempt([np.clip(z + SPREADS[k % 3] * n, 0.0, 1.0) for k, n in enumerate(near)])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
